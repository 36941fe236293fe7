//! `bench`: figures of this machine, each beside what it stands on: the log beside the disk's own sync, a sentence to
//! its draft, what the server needs of memory.

use super::args::{Bench, BenchCommand};
use super::failure::Failure;
use super::parts::{self, Wanted};
use super::{bench_rules, bench_socket, say, say_json};
use base::{Bilingual, Clock, Lang};
use language::{Dialogue, Lexicon, Utterance};
use runtime::{SystemClock, sim};
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;
use store::Store;
use things::{States, World};

/// Sentences that are understood, in turn; each is about the demo building.
const SENTENCES: &[&str] = &[
    "turn on the lobby light",
    "set the meeting room AC to 23 degrees",
    "which windows are open?",
    "if the open office is warmer than 27 degrees for 5 minutes then turn on the open office AC",
    "打开大厅灯",
    "把会议室空调调到23度",
    "办公区现在多少度？",
    "如果办公区温度高于27度持续5分钟就打开办公区空调",
];
/// How often each is understood.
const ROUNDS: usize = 50;

/// The figures.
#[derive(Serialize)]
struct Figures {
    start_us: i64,
    resident_bytes: u64,
    log_append_us: Percentiles,
    log_append_fsync_us: Percentiles,
    disk_fsync_us: Percentiles,
    sentence_to_draft_us: Percentiles,
    lexicon_us: i64,
}

#[derive(Serialize)]
struct Percentiles {
    p50: i64,
    p99: i64,
}

pub(super) async fn run(args: Bench, lang: Lang) -> Result<ExitCode, Failure> {
    match args.command {
        Some(BenchCommand::Socket(socket)) => return bench_socket::run(socket, lang).await,
        Some(BenchCommand::Rules(rules)) => return bench_rules::run(&rules, lang),
        None => {}
    }
    let clock = SystemClock::default();
    let folder = args.disk.unwrap_or_else(std::env::temp_dir).join(format!("castellan-bench-{}", std::process::id()));
    let measured = measure(&folder, &clock).await;
    let removed = std::fs::remove_dir_all(&folder);
    let figures = measured?;
    removed.map_err(|e| {
        Failure::system("无法删除测量用的文件夹", "the folder of the measurement cannot be removed", &e)
    })?;
    if args.json {
        say_json(&figures)?;
    } else {
        show(&figures, lang);
    }
    Ok(ExitCode::SUCCESS)
}

async fn measure(folder: &Path, clock: &SystemClock) -> Result<Figures, Failure> {
    let (start_us, resident_bytes) = start(folder, clock).await?;
    let log = store::log::bench(folder, clock).await?;
    let (sentence_to_draft_us, lexicon_us) = sentences(clock);
    Ok(Figures {
        start_us,
        resident_bytes,
        log_append_us: Percentiles { p50: log.append_p50_us, p99: log.append_p99_us },
        log_append_fsync_us: Percentiles { p50: log.durable_p50_us, p99: log.durable_p99_us },
        disk_fsync_us: Percentiles { p50: log.fsync_p50_us, p99: log.fsync_p99_us },
        sentence_to_draft_us,
        lexicon_us,
    })
}

/// From nothing to a demo building that answers, and what it holds in memory then.
async fn start(folder: &Path, clock: &SystemClock) -> Result<(i64, u64), Failure> {
    let began = clock.now();
    let store = Store::open(&folder.join("start")).await?;
    let building = parts::building(&store, &Wanted { demo: true, empty: false, safe: false, speed: None }).await?;
    let host = tokio::spawn(building.host.run());
    let answered = building.handle.read(|core| core.world().devices().count()).await;
    let took = (clock.now() - began).as_micros();
    let resident = api::resident_bytes();
    building.handle.stop().await;
    drop(host.await);
    store.close().await;
    answered.map_err(|e| Failure::system("控制核心没有应答", "the runtime does not answer", &e))?;
    Ok((took, resident))
}

fn sentences(clock: &SystemClock) -> (Percentiles, i64) {
    let (world, _) = World::build(sim::world());
    let began = clock.now();
    let lexicon = Lexicon::build(&world);
    let lexicon_us = (clock.now() - began).as_micros();
    let states = States::new();
    let mut took: Vec<i64> = Vec::with_capacity(SENTENCES.len() * ROUNDS);
    for _ in 0..ROUNDS {
        for text in SENTENCES {
            let began = clock.now();
            let utterance = Utterance { text: (*text).into(), lang: None, space: None, now: began };
            let understood = language::understand(&utterance, &Dialogue::default(), &world, &lexicon, &states);
            std::hint::black_box(understood);
            took.push((clock.now() - began).as_micros());
        }
    }
    took.sort_unstable();
    let at = |percent: usize| took.get((took.len() * percent / 100).min(took.len() - 1)).copied().unwrap_or(0);
    (Percentiles { p50: at(50), p99: at(99) }, lexicon_us)
}

fn show(f: &Figures, lang: Lang) {
    let row = |zh: &str, en: &str, p: &Percentiles| {
        say(&format!("{}  p50 {} us  p99 {} us", Bilingual::new(zh, en).get(lang), p.p50, p.p99));
    };
    let started = Bilingual::new("从零到应答", "from nothing to answering");
    say(&format!("{}  {} us", started.get(lang), f.start_us));
    let memory = Bilingual::new("此时的常驻内存", "resident memory then");
    say(&format!("{}  {} KiB", memory.get(lang), f.resident_bytes / 1024));
    row("日志追加（写入）", "log append (written)", &f.log_append_us);
    row("日志追加到落盘", "log append to acknowledged", &f.log_append_fsync_us);
    row("本机磁盘 fsync", "fsync of this disk", &f.disk_fsync_us);
    row("一句话到草案", "sentence to draft", &f.sentence_to_draft_us);
    let words = Bilingual::new("词典建立", "lexicon of the demo building");
    say(&format!("{}  {} us", words.get(lang), f.lexicon_us));
}
