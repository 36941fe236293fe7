//! `doctor`: looks at everything that an installation needs, and says what to do where something is wrong.

use super::args::Doctor;
use super::client::Client;
use super::failure::{FAILED, Failure};
use super::{folder, replay, say, say_json};
use api::Ready;
use api::listen;
use base::{Bilingual, Clock, Lang};
use runtime::SystemClock;
use serde::Serialize;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;
use store::{Store, StoreError};

/// Less room than this on the disk is a warning.
const DISK_FREE_BYTES_MIN: u64 = 512 << 20;
/// A clock before this time (milliseconds since 1970) is wrong: the program is not older.
const BUILT_AFTER_MS: i64 = 1_763_000_000_000;

/// How good something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Health {
    Good,
    Warning,
    Bad,
}

/// What was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    name: &'static str,
    health: Health,
    text: Bilingual,
}

fn finding(name: &'static str, health: Health, zh: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding { name, health, text: Bilingual::new(zh, en) }
}

pub(super) async fn run(args: Doctor, lang: Lang) -> Result<ExitCode, Failure> {
    let folder = folder::path(&args.folder)?;
    let mut found = vec![version(), clock()];
    found.extend(files(&folder));
    found.extend(disk(&folder));
    let client = Client::find(&folder, lang).await?;
    found.push(server(client.as_ref()).await);
    if args.discard_secrets && client.is_some() {
        return Err(Failure::new("请先停止服务器，再丢弃密钥", "stop the server first, then discard the secrets"));
    }
    if client.is_none() {
        found.push(port(args.port).await);
        if folder.is_dir() {
            found.push(key(&folder, args.discard_secrets).await?);
        }
    }
    if folder.is_dir() {
        found.push(log(&folder, lang).await);
    }
    if args.json {
        say_json(&found)?;
    } else {
        for f in &found {
            let mark = match f.health {
                Health::Good => Bilingual::new("正常", "good"),
                Health::Warning => Bilingual::new("注意", "warning"),
                Health::Bad => Bilingual::new("有误", "bad"),
            };
            say(&format!("{:8} {:12} {}", mark.get(lang), f.name, f.text.get(lang)));
        }
    }
    let bad = found.iter().any(|f| f.health == Health::Bad);
    Ok(if bad { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

fn version() -> Finding {
    let text = format!("castellan {}", env!("CARGO_PKG_VERSION"));
    finding("version", Health::Good, text.clone(), text)
}

fn clock() -> Finding {
    let now = SystemClock::default().now();
    if now.as_millis() < BUILT_AFTER_MS {
        return finding("clock", Health::Bad, format!("时钟为 {now}，请校时"), format!("the clock says {now}; set it"));
    }
    finding("clock", Health::Good, now.to_string(), now.to_string())
}

/// The folder and its files are the owner's alone.
fn files(folder: &Path) -> Vec<Finding> {
    let name = folder.display();
    if !folder.is_dir() {
        let (zh, en) =
            (format!("{name} 还不存在，serve 会建立它"), format!("{name} does not exist yet; `serve` makes it"));
        return vec![finding("folder", Health::Warning, zh, en)];
    }
    let open = |path: &Path| fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 != 0);
    let mut found = Vec::new();
    if open(folder) {
        found.push(finding(
            "folder",
            Health::Warning,
            format!("其他用户可以进入 {name}：chmod 700 {name}"),
            format!("other users can enter {name}: chmod 700 {name}"),
        ));
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_file() && open(&path) {
            let name = path.display();
            let (zh, en) = (
                format!("其他用户可以读取 {name}：chmod 600 {name}"),
                format!("other users can read {name}: chmod 600 {name}"),
            );
            found.push(finding("folder", Health::Bad, zh, en));
        }
    }
    if found.is_empty() {
        found.push(finding("folder", Health::Good, name.to_string(), name.to_string()));
    }
    found
}

fn disk(folder: &Path) -> Option<Finding> {
    let existing = folder.ancestors().find(|p| p.is_dir())?;
    let stat = rustix::fs::statvfs(existing).ok()?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let mib = free >> 20;
    Some(if free < DISK_FREE_BYTES_MIN {
        finding("disk", Health::Warning, format!("只剩 {mib} MiB"), format!("only {mib} MiB are free"))
    } else {
        finding("disk", Health::Good, format!("剩余 {mib} MiB"), format!("{mib} MiB are free"))
    })
}

async fn server(client: Option<&Client>) -> Finding {
    let Some(client) = client else {
        return finding("server", Health::Good, "没有在运行", "it does not run");
    };
    match client.get::<Ready>("/readyz").await {
        Ok(ready) if ready.version != env!("CARGO_PKG_VERSION") => {
            let v = ready.version;
            finding(
                "server",
                Health::Warning,
                format!("运行的是版本 {v}，请重新启动"),
                format!("version {v} runs; start it again"),
            )
        }
        Ok(ready) if !ready.rules_run => {
            finding("server", Health::Warning, "安全模式：规则不运行", "safe mode: no rule runs")
        }
        Ok(_) => finding("server", Health::Good, "在运行，已就绪", "it runs and is ready"),
        Err(failure) => finding("server", Health::Bad, failure.what.zh, failure.what.en),
    }
}

async fn port(wanted: u16) -> Finding {
    match listen::bind(listen::LOCAL, wanted, None).await {
        Ok(listener) => match listener.local_addr().map(|a| a.port()) {
            Ok(port) if port != wanted && wanted != 0 => finding(
                "port",
                Health::Warning,
                format!("{wanted} 已被占用，serve 会改用 {port}"),
                format!("{wanted} is taken; `serve` would use {port}"),
            ),
            _ => finding("port", Health::Good, format!("{wanted} 空闲"), format!("{wanted} is free")),
        },
        Err(e) => finding("port", Health::Bad, e.to_string(), e.to_string()),
    }
}

/// What is sealed can be read.
async fn key(folder: &Path, discard: bool) -> Result<Finding, Failure> {
    let store = Store::open(folder).await?;
    let discarded = if discard { store.credentials().discard_sealed().await } else { Ok(()) };
    let checked = match discarded {
        Ok(()) => store.credentials().check().await,
        failed => failed,
    };
    store.close().await;
    Ok(match checked {
        Ok(()) => finding("key", Health::Good, "已封存的密钥可以读取", "what is sealed can be read"),
        Err(StoreError::Key { fault, .. }) => {
            let Bilingual { zh, en } = fault.text();
            finding(
                "key",
                Health::Bad,
                format!("{zh}（castellan doctor --discard-secrets）"),
                format!("{en} (`castellan doctor --discard-secrets`)"),
            )
        }
        Err(error) => return Err(error.into()),
    })
}

/// Reads every batch and applies it again: the log is whole and tells the truth.
async fn log(folder: &Path, lang: Lang) -> Finding {
    match replay::report(folder, lang).await {
        Err(failure) => finding("log", Health::Bad, failure.what.zh, failure.what.en),
        Ok(report) if report.get("differs").is_some_and(|d| !d.is_null()) => finding(
            "log",
            Health::Bad,
            "重放与日志不同：运行 castellan replay 查看",
            "a replay differs from the log: see `castellan replay`",
        ),
        Ok(report) => {
            let events = report.get("events").cloned().unwrap_or_default();
            finding(
                "log",
                Health::Good,
                format!("{events} 个事件，重放一致"),
                format!("{events} events, replayed the same"),
            )
        }
    }
}
