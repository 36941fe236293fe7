//! `replay`: the log again, compared byte for byte.

use super::args::Replay;
use super::client::Client;
use super::failure::{FAILED, Failure};
use super::{folder, say, say_json};
use base::{Bilingual, Lang};
use serde_json::Value as Json;
use std::path::Path;
use std::process::ExitCode;
use store::Store;

pub(super) async fn run(args: Replay, lang: Lang) -> Result<ExitCode, Failure> {
    let report = report(&folder::path(&args.folder)?, lang).await?;
    let differs = report.get("differs").filter(|d| !d.is_null());
    if args.json {
        say_json(&report)?;
    } else {
        show(&report, differs, lang);
    }
    Ok(if differs.is_some() { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

/// What a replay finds; by the server when one runs, since the folder is its own.
pub(super) async fn report(folder: &Path, lang: Lang) -> Result<Json, Failure> {
    if let Some(client) = Client::find(folder, lang).await? {
        return client.post("/api/replay", &serde_json::json!({})).await;
    }
    if !folder.is_dir() {
        let name = folder.display();
        return Err(Failure::new(format!("没有数据文件夹 {name}"), format!("there is no data folder {name}")));
    }
    let store = Store::open(folder).await?;
    let report = runtime::replay::replay(&store, |_| ()).await;
    store.close().await;
    serde_json::to_value(report?)
        .map_err(|e| Failure::system("结果无法写成 JSON", "the result cannot be written as JSON", &e))
}

fn show(report: &Json, differs: Option<&Json>, lang: Lang) {
    let of = |name: &str| report.get(name).cloned().unwrap_or_default();
    let (events, outcomes, commands, traces) = (of("events"), of("outcomes"), of("commands"), of("traces"));
    let counts = Bilingual::new(
        format!("重放 {events} 个事件：{outcomes} 个结果，其中命令 {commands} 条、轨迹 {traces} 条"),
        format!("{events} events applied again: {outcomes} outcomes, of them {commands} commands and {traces} traces"),
    );
    say(counts.get(lang));
    let verdict = match differs {
        None => Bilingual::new("与日志逐字节一致", "the same as the log, byte for byte"),
        Some(d) => {
            let seq = d.get("seq").cloned().unwrap_or_default();
            let text = |name: &str| d.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
            Bilingual::new(
                format!("第 {seq} 批与日志不同\n日志：{}\n重放：{}", text("logged"), text("replayed")),
                format!(
                    "batch {seq} differs from the log\nlogged:   {}\nreplayed: {}",
                    text("logged"),
                    text("replayed")
                ),
            )
        }
    };
    say(verdict.get(lang));
    say(&format!("sha256 {}", of("hash").as_str().unwrap_or_default()));
}
