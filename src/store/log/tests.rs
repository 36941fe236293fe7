//! The log's promises, on real files, and the same answers from the log in RAM.

use super::*;
use crate::Store;
use crate::testing::{at, both, code, crash, damage, tear};
use base::id::{AlarmId, DeviceId};
use documents::alarm::{AlarmSeverity, AlarmSource, AlarmState};
use documents::journal::JOURNAL_VERSION;
use documents::{Alarm, Event, Outcome};
use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const WAL: &str = "history.db-wal";

fn point(name: &str) -> PointId {
    PointId::of_name(name)
}

/// A batch whose time is its number in milliseconds, with these reports (point, value, measured at).
fn batch(seq: u64, reports: &[(&str, f64, i64)]) -> Batch {
    let values = reports.iter().map(|(p, v, ms)| (point(p), Sample::good(*v, at(*ms)))).collect();
    let seen = Event::Report { device: DeviceId::of_name("device"), values };
    Batch { version: JOURNAL_VERSION, seq, at: at(i64::try_from(seq).unwrap()), events: vec![seen], outcomes: vec![] }
}

fn numbered(seq: u64) -> Batch {
    batch(seq, &[("a", f64::from(u32::try_from(seq).unwrap()), i64::try_from(seq).unwrap())])
}

/// An outcome as large as its text.
fn alarm(text: &str) -> Outcome {
    Outcome::Alarm(Box::new(Alarm {
        id: AlarmId::of_name("alarm"),
        code: "test".into(),
        source: AlarmSource::Device(DeviceId::of_name("device")),
        severity: AlarmSeverity::Indeterminate,
        text: base::Bilingual::same(text),
        state: AlarmState::Active,
        raised: at(1),
        last: at(1),
        count: 1,
        cleared: None,
        acknowledged: None,
    }))
}

async fn append(store: &Store, seqs: std::ops::RangeInclusive<u64>) {
    for seq in seqs {
        store.log().append(&numbered(seq)).await.unwrap();
    }
}

async fn all(log: &Log, from: u64) -> Vec<Batch> {
    let (mut reader, mut found) = (log.read_from(from), Vec::new());
    while let Some(page) = reader.next_page().await.unwrap() {
        found.extend(page);
    }
    found
}

async fn seqs(log: &Log, from: u64) -> Vec<u64> {
    all(log, from).await.iter().map(|b| b.seq).collect()
}

/// Runs SQL on the log of a closed store.
async fn tamper(dir: &Path, sql: &'static str) {
    crate::testing::tamper(dir, disk::FILE, crate::migrations::HISTORY, sql).await;
}

#[tokio::test]
async fn batches_come_back_as_they_were_and_in_order() {
    let (_dir, stores) = both().await;
    for store in stores {
        let log = store.log();
        assert_eq!((log.last_seq(), seqs(log, 0).await), (0, vec![]));
        let started =
            Event::Started { build: "test".into(), time_zone_data: "2026a".into(), seed: u64::MAX, safe: false };
        let mut first = numbered(1);
        first.events.push(started);
        first.outcomes.push(alarm("test"));
        log.append(&first).await.unwrap();
        for wrong in [0, 1, 3] {
            assert_eq!(code(log.append(&numbered(wrong)).await), "log.order");
        }
        append(&store, 2..=600).await;
        log.durable(600).await.unwrap();
        assert_eq!((log.last_seq(), log.durable_seq()), (600, 600));
        assert_eq!(all(log, 1).await.first(), Some(&first));
        assert_eq!(seqs(log, 595).await, [595, 596, 597, 598, 599, 600]);
        // A reader at the end goes on with what comes later.
        let mut reader = log.read_from(601);
        assert_eq!(reader.next_page().await.unwrap(), None);
        append(&store, 601..=601).await;
        assert_eq!(reader.next_page().await.unwrap(), Some(vec![numbered(601)]));
    }
}

#[tokio::test]
async fn checkpoints_and_retention() {
    let (_dir, stores) = both().await;
    for store in stores {
        let log = store.log();
        append(&store, 1..=20).await;
        assert_eq!(log.latest_checkpoint(1).await.unwrap(), None);
        assert_eq!(log.retain(15).await.unwrap(), 0, "without a checkpoint nothing goes");
        for seq in [4, 8, 12, 16] {
            log.put_checkpoint(seq, 1, &[7; 10]).await.unwrap();
        }
        assert_eq!(code(log.put_checkpoint(15, 1, &[]).await), "log.order");
        assert_eq!(log.latest_checkpoint(1).await.unwrap(), Some(Checkpoint { seq: 16, data: vec![7; 10] }));
        assert_eq!(log.latest_checkpoint(2).await.unwrap(), None);
        assert_eq!(log.oldest_checkpoint(1).await.unwrap(), Some(Checkpoint { seq: 8, data: vec![7; 10] }));
        assert_eq!(log.retain(6).await.unwrap(), 5);
        assert_eq!(log.retain(u64::MAX).await.unwrap(), 3, "what follows the oldest checkpoint kept (8) stays");
        assert_eq!(seqs(log, 9).await, (9..=20).collect::<Vec<_>>());
        assert_eq!(code(log.read_from(1).next_page().await), "log.gap");
        // The runtime went on while nothing could be written: its state closes the gap.
        log.put_checkpoint(30, 1, b"later").await.unwrap();
        assert_eq!(code(log.append(&numbered(21)).await), "log.order");
        append(&store, 31..=31).await;
        assert_eq!(seqs(log, 31).await, [31]);
        let mut over_the_gap = log.read_from(20);
        assert_eq!(code(over_the_gap.next_page().await), "log.gap");
    }
}

#[tokio::test]
async fn a_closed_log_opens_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    append(&store, 1..=3).await;
    let clone = store.clone();
    store.close().await;
    assert_eq!(code(clone.log().append(&numbered(4)).await), "store.closed");
    assert_eq!(code(clone.log().durable(4).await), "store.closed");
    assert!(!dir.path().join(WAL).exists(), "a clean end leaves one file");

    let store = Store::open(dir.path()).await.unwrap();
    assert_eq!((store.log().last_seq(), store.log().durable_seq()), (3, 3));
    append(&store, 4..=4).await;
    store.log().durable(4).await.unwrap();
    assert_eq!(seqs(store.log(), 1).await, [1, 2, 3, 4]);
}

#[tokio::test]
async fn what_is_written_survives_the_process_and_an_append_that_nobody_waits_for() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    append(&store, 1..=50).await;
    let log = store.log().clone();
    let abandoned = tokio::time::timeout(std::time::Duration::ZERO, log.append(&numbered(51))).await;
    while abandoned.is_err() && log.last_seq() < 51 {
        tokio::task::yield_now().await;
    }
    let copy = crash(dir.path());
    let after = Store::open(copy.path()).await.unwrap();
    assert_eq!(after.log().last_seq(), 51);
    assert_eq!(all(after.log(), 1).await, (1..=51).map(numbered).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_torn_tail_costs_nothing_that_was_acknowledged(sure in 1u64..30, more in 0u64..30, place in 0u64..=1_000, tear in tear()) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(dir.path()).await.unwrap();
            append(&store, 1..=sure).await;
            store.log().durable(sure).await.unwrap();
            let on_disk = fs::metadata(dir.path().join(WAL)).unwrap().len();
            append(&store, sure + 1..=sure + more).await;
            let copy = crash(dir.path());
            let all_bytes = fs::metadata(copy.path().join(WAL)).unwrap().len();
            let from = on_disk + (all_bytes - on_disk) * place / 1_000;
            damage(&copy.path().join(WAL), usize::try_from(from).unwrap(), &tear);

            let after = Store::open(copy.path()).await.unwrap();
            let last = after.log().last_seq();
            assert!(last >= sure, "{last} of {sure} acknowledged");
            assert_eq!(all(after.log(), 1).await, (1..=last).map(numbered).collect::<Vec<_>>());
            // And it goes on from there.
            append(&after, last + 1..=last + 1).await;
            after.log().durable(last + 1).await.unwrap();
        });
    }
}

#[tokio::test]
async fn nothing_is_lost_when_the_write_ahead_file_moves_into_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let text = "x".repeat(50_000);
    for seq in 1..=150 {
        let mut large = numbered(seq);
        large.outcomes.push(alarm(&text));
        store.log().append(&large).await.unwrap();
        if seq % 5 == 0 {
            store.log().durable(seq).await.unwrap();
        }
    }
    let copy = crash(dir.path());
    let moved = fs::metadata(copy.path().join("history.db")).unwrap().len();
    assert!(moved > 1_000_000, "the background move has happened: {moved}");
    let after = Store::open(copy.path()).await.unwrap();
    assert_eq!(seqs(after.log(), 1).await, (1..=150).collect::<Vec<_>>());
}

#[tokio::test]
async fn after_a_failed_sync_nothing_is_acknowledged_but_writing_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    append(&store, 1..=1).await;
    store.log().durable(1).await.unwrap();
    fs::rename(dir.path().join(WAL), dir.path().join("gone")).unwrap();
    append(&store, 2..=2).await;
    assert_eq!(code(store.log().durable(2).await), "log.sync");
    append(&store, 3..=3).await;
    assert_eq!(code(store.log().durable(3).await), "log.sync");
    store.log().durable(1).await.unwrap();
    assert_eq!(store.log().durable_seq(), 1);
}

#[tokio::test]
async fn a_batch_that_could_not_be_written_leaves_the_log_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    Store::open(dir.path()).await.unwrap().close().await;
    tamper(
        dir.path(),
        "CREATE TRIGGER refuse BEFORE INSERT ON batch WHEN new.id = 3 BEGIN SELECT RAISE(ABORT, 'refused'); END",
    )
    .await;
    let store = Store::open(dir.path()).await.unwrap();
    append(&store, 1..=2).await;
    for _ in 0..2 {
        assert_eq!(code(store.log().append(&numbered(3)).await), "store.database");
    }
    assert_eq!((store.log().last_seq(), seqs(store.log(), 1).await), (2, vec![1, 2]));
    let newest = store.telemetry().last(&[point("a")]).await.unwrap();
    assert_eq!(newest.get(&point("a")), Some(&Sample::good(2.0, at(2))));
    // The runtime has gone on to batch 3: its state takes the place of what is missing.
    store.log().put_checkpoint(3, 1, b"state").await.unwrap();
    append(&store, 4..=4).await;
    store.log().durable(4).await.unwrap();
    assert_eq!(seqs(store.log(), 4).await, [4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_whole_batches_while_others_are_written() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    append(&store, 1..=10).await;
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let log = store.log().clone();
            tokio::spawn(async move {
                let mut reader = log.read_from(1);
                let mut next = 1;
                while next <= 500 {
                    for b in reader.next_page().await.unwrap().unwrap_or_default() {
                        assert_eq!(b, numbered(next));
                        next += 1;
                    }
                }
            })
        })
        .collect();
    append(&store, 11..=500).await;
    for reader in readers {
        reader.await.unwrap();
    }
}

#[tokio::test]
async fn a_damaged_checkpoint_falls_back_to_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    append(&store, 1..=9).await;
    for seq in [3, 6, 9] {
        store.log().put_checkpoint(seq, 1, &seq.to_le_bytes()).await.unwrap();
    }
    store.close().await;
    let damages = [
        ("UPDATE checkpoint SET data = x'00' WHERE seq = 9", Some(6)),
        ("UPDATE checkpoint SET version = 2 WHERE seq = 6", Some(3)),
        ("UPDATE checkpoint SET hash = x'00' WHERE seq = 3", None),
    ];
    for (sql, left) in damages {
        tamper(dir.path(), sql).await;
        let store = Store::open(dir.path()).await.unwrap();
        assert_eq!(store.log().latest_checkpoint(1).await.unwrap().map(|c| c.seq), left, "{sql}");
        assert_eq!(seqs(store.log(), 1).await.len(), 9, "all can still be replayed");
        store.close().await;
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_said() {
    let damages = [
        ("UPDATE batch SET version = 99 WHERE id = 2", "store.version"),
        ("UPDATE batch SET data = x'7b7d' WHERE id = 2", "store.corrupt"),
        ("UPDATE batch SET data = (SELECT data FROM batch WHERE id = 3) WHERE id = 2", "store.corrupt"),
        ("DELETE FROM batch WHERE id = 2", "log.gap"),
    ];
    for (sql, expected) in damages {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        append(&store, 1..=3).await;
        store.close().await;
        tamper(dir.path(), sql).await;
        let store = Store::open(dir.path()).await.unwrap();
        assert_eq!(code(store.log().read_from(1).next_page().await), expected, "{sql}");
        assert_eq!(seqs(store.log(), 3).await, [3]);
    }
}

#[tokio::test]
async fn telemetry_is_read_from_the_log() {
    // b was measured twice at 5 and arrives late at 2; c came before a restart only.
    let written = [
        batch(1, &[("a", 1.0, 1), ("c", 9.0, 1)]),
        batch(2, &[("a", 2.0, 2), ("b", 5.0, 5)]),
        batch(3, &[("b", 5.5, 5), ("b", 2.0, 2)]),
        batch(4, &[("a", 4.0, 4)]),
    ];
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    store.log().append(&written[0]).await.unwrap();
    store.log().append(&written[1]).await.unwrap();
    store.close().await;
    let (disk, ram) = (Store::open(dir.path()).await.unwrap(), Store::open_in_memory());
    for (store, batches) in [(&disk, &written[2..]), (&ram, &written[..])] {
        for b in batches {
            store.log().append(b).await.unwrap();
        }
    }
    for store in [disk, ram] {
        let telemetry = store.telemetry();
        let last = telemetry.last(&[point("a"), point("b"), point("c"), point("nothing")]).await.unwrap();
        let last: Vec<Option<String>> =
            ["a", "b", "c", "nothing"].map(|p| last.get(&point(p)).map(|s| s.value.to_string())).to_vec();
        assert_eq!(last, [Some("4".into()), Some("5.5".into()), Some("9".into()), None]);
        let table = [
            ("a", 0, 9, 9, "1 2 4"),
            ("a", 1, 4, 9, "1 2"),
            ("a", 0, 9, 2, "1 2"),
            ("b", 0, 9, 9, "2 5.5"),
            ("b", 3, 5, 9, ""),
            ("c", 0, 9, 0, ""),
        ];
        for (p, from, to, limit, expected) in table {
            let found = telemetry.scan(point(p), at(from), at(to), limit).await.unwrap();
            let words: Vec<String> = found.iter().map(|s| s.value.to_string()).collect();
            assert_eq!(words.join(" "), expected, "{p} {from}..{to} limit {limit}");
        }
        assert_eq!(code(telemetry.scan(point("a"), at(0), at(1), usize::MAX).await), "store.limit");
    }
}

#[tokio::test]
async fn files_are_private_and_owned_by_one() {
    let parent = tempfile::tempdir().unwrap();
    let dir: PathBuf = parent.path().join("data");
    let store = Store::open(&dir).await.unwrap();
    append(&store, 1..=1).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    for file in fs::read_dir(&dir).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert_eq!(code(Store::open(&dir).await), "store.in_use");
    store.close().await;
    Store::open(&dir).await.unwrap().close().await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "").unwrap();
    let taken = parent.path().join("taken");
    fs::create_dir_all(taken.join("history.db")).unwrap();
    let locked = parent.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o500)).unwrap();
    let mut cases = vec![file.clone(), file.join("below"), taken];
    // The superuser may write everywhere: then the last case says nothing.
    if fs::write(locked.join("probe"), "").is_err() {
        cases.push(locked);
    }
    for dir in cases {
        let e = Store::open(&dir).await.err().unwrap();
        assert_eq!(e.code(), "store.folder", "{}", dir.display());
        assert!(e.to_string().contains(&*dir.to_string_lossy()), "{e}");
    }
}

#[tokio::test]
async fn files_of_a_newer_build_and_other_files_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    Store::open(dir.path()).await.unwrap().close().await;
    tamper(dir.path(), "INSERT INTO _sqlx_migrations SELECT 99, 'later', installed_on, success, checksum, execution_time FROM _sqlx_migrations").await;
    assert_eq!(code(Store::open(dir.path()).await), "store.newer");

    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("history.db"),
        "this is no database, but it is long enough to be looked at as one".repeat(99),
    )
    .unwrap();
    assert_eq!(code(Store::open(dir.path()).await), "store.corrupt");
}

struct Ticking(std::sync::Mutex<i64>);

impl base::Clock for Ticking {
    fn now(&self) -> Timestamp {
        let mut us = self.0.lock().unwrap();
        *us += 10;
        Timestamp::from_micros(*us)
    }
}

#[tokio::test]
async fn the_bench_measures_with_the_given_clock_and_cleans_up() {
    let dir = tempfile::tempdir().unwrap();
    let figures = bench::run(dir.path(), &Ticking(std::sync::Mutex::new(0)), 3).await.unwrap();
    assert_eq!((figures.append_p50_us, figures.durable_p50_us, figures.fsync_p99_us), (10, 20, 10));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
