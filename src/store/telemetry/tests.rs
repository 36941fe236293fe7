//! Whatever is sealed, put together, pulled out or let go: the answers stay those of the log.

use super::*;
use crate::Store;
use crate::testing::{at, code, crash};
use base::Quality;
use base::Value;
use base::id::DeviceId;
use documents::journal::JOURNAL_VERSION;
use proptest::prelude::*;
use std::path::Path;

fn point(n: u8) -> PointId {
    PointId::of_name(&n.to_string())
}

fn batch(seq: u64, values: Vec<(PointId, Sample)>) -> Batch {
    let report = Event::Report { device: DeviceId::of_name("device"), values };
    Batch { version: JOURNAL_VERSION, seq, at: at(0), events: vec![report], outcomes: vec![] }
}

/// What a step of a test does.
#[derive(Debug, Clone)]
enum Step {
    /// Reports: point, milliseconds, value.
    Report(Vec<(u8, i64, Value)>),
    Seal,
    Tidy,
    LetGo,
    /// The process is killed.
    Kill,
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => (-50i32..50).prop_map(|n| Value::Number(f64::from(n) / 2.0)),
        1 => any::<bool>().prop_map(Value::Bool),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => proptest::collection::vec((0u8..3, 0i64..40, value()), 1..8).prop_map(Step::Report),
        2 => Just(Step::Seal),
        2 => Just(Step::Tidy),
        1 => Just(Step::LetGo),
        1 => Just(Step::Kill),
    ]
}

/// The answers of a plain map: of equal times, what was written last.
type Model = BTreeMap<PointId, BTreeMap<Timestamp, Value>>;

async fn agrees(store: &Store, model: &Model) {
    let telemetry = store.telemetry();
    for p in 0..3 {
        let samples = model.get(&point(p)).cloned().unwrap_or_default();
        for (from, to, limit) in [(0, 100, 1_000), (10, 25, 1_000), (5, 100, 3), (0, 100, 0)] {
            let found = telemetry.scan(point(p), at(from), at(to), limit).await.unwrap();
            let found: Vec<(Timestamp, Value)> = found.into_iter().map(|s| (s.at, s.value)).collect();
            let expected: Vec<(Timestamp, Value)> =
                samples.range(at(from)..at(to)).take(limit).map(|(t, v)| (*t, v.clone())).collect();
            assert_eq!(found, expected, "point {p}, {from}..{to}, at most {limit}");
        }
        for ms in [0, 7, 20, 100] {
            let found = telemetry.before(point(p), at(ms)).await.unwrap().map(|s| (s.at, s.value));
            let expected = samples.range(..at(ms)).next_back().map(|(t, v)| (*t, v.clone()));
            assert_eq!(found, expected, "point {p} before {ms}");
        }
        let last = telemetry.last(&[point(p)]).await.unwrap().remove(&point(p)).map(|s| (s.at, s.value));
        assert_eq!(last, samples.last_key_value().map(|(t, v)| (*t, v.clone())), "point {p}");
    }
}

async fn all(dir: &Path, steps: Vec<Step>) {
    let (mut held, mut seq, mut model) = (None, 0, Model::new());
    let mut store = Store::open(dir).await.unwrap();
    for step in steps {
        match step {
            Step::Report(values) => {
                seq += 1;
                let mut reported = Vec::new();
                for (p, ms, value) in values {
                    reported.push((point(p), Sample::good(value.clone(), at(ms))));
                    model.entry(point(p)).or_default().insert(at(ms), value);
                }
                store.log().append(&batch(seq, reported)).await.unwrap();
                store.log().durable(seq).await.unwrap();
            }
            Step::Seal => while store.records().seal().await.unwrap() {},
            Step::Tidy => while store.records().tidy().await.unwrap() {},
            Step::LetGo => {
                store.log().put_checkpoint(seq, 1, b"state").await.unwrap();
                store.retain(u64::MAX).await.unwrap();
            }
            Step::Kill => {
                let copy = crash(held.as_ref().map_or(dir, |d: &tempfile::TempDir| d.path()));
                drop(store);
                store = Store::open(copy.path()).await.unwrap();
                held = Some(copy);
            }
        }
        agrees(&store, &model).await;
    }
    store.close().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn the_answers_stay_the_same(steps in proptest::collection::vec(step(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(all(dir.path(), steps));
    }
}

#[tokio::test]
async fn what_was_not_acknowledged_is_not_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    store.log().append(&batch(1, vec![(point(0), Sample::good(1.0, at(1)))])).await.unwrap();
    store.log().durable(1).await.unwrap();
    std::fs::rename(dir.path().join("history.db-wal"), dir.path().join("gone")).unwrap();
    // Whether it is written still depends on what SQLite wants of the file; acknowledged it is not.
    drop(store.log().append(&batch(2, vec![(point(0), Sample::good(2.0, at(2)))])).await);
    assert_eq!(store.log().durable_seq(), 1);
    drop(store.records().seal().await);
    assert!(store.records().sealed() <= 1);
}

#[tokio::test]
async fn a_past_goes_on_where_it_was_and_nothing_is_there_twice() {
    let dir = tempfile::tempdir().unwrap();
    let day = |n: i64| vec![(point(0), (0..10).map(|i| Sample::good(i as f64, at(n * 100 + i))).collect::<Vec<_>>())];
    let begun = Past { from: at(0), to: at(300), days: 3, done: 0, samples: 0 };
    let mut held = None;
    for (round, expected) in [1, 2, 3, 3].into_iter().enumerate() {
        let store = Store::open(held.as_ref().map_or(dir.path(), |d: &tempfile::TempDir| d.path())).await.unwrap();
        let other = Past { to: at(999), ..begun };
        let past = store.records().begin_past("demo", if round == 0 { begun } else { other }).await.unwrap();
        assert_eq!(
            (past.to, past.done, past.samples),
            (at(300), u32::try_from(round.min(3)).unwrap(), 10 * round.min(3) as u64)
        );
        if past.done < past.days {
            store.records().write_day("demo", day(i64::from(past.done))).await.unwrap();
        }
        let found = store.telemetry().scan(point(0), at(0), at(9_999), 99).await.unwrap();
        assert_eq!(found.len(), expected * 10);
        let last = store.telemetry().last(&[point(0)]).await.unwrap();
        assert_eq!(last.get(&point(0)).map(|s| s.at), found.last().map(|s| s.at));
        held = Some(crash(held.as_ref().map_or(dir.path(), |d: &tempfile::TempDir| d.path())));
    }
}

#[tokio::test]
async fn many_small_chunks_become_few() {
    let store = Store::open_in_memory();
    for seq in 1..=300u64 {
        let ms = i64::try_from(seq).unwrap();
        let values = (0..10).map(|i| (point(0), Sample::good(i as f64, at(ms * 10 + i)))).collect();
        store.log().append(&batch(seq, values)).await.unwrap();
        store.records().seal().await.unwrap();
    }
    assert_eq!(store.records().waiting(), 0);
    while store.records().tidy().await.unwrap() {}
    let found = store.telemetry().scan(point(0), at(0), at(99_999), 9_999).await.unwrap();
    assert_eq!(found.len(), 3_000);
    assert!(found.windows(2).all(|w| w[0].at < w[1].at));
    assert!(store.records().chunks.count().await.unwrap() <= 2);
}

#[tokio::test]
async fn a_damaged_chunk_is_said_and_quality_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let bad = Sample { quality: Quality::Bad, ..Sample::good("cool", at(1)) };
    store.log().append(&batch(1, vec![(point(0), bad.clone()), (point(1), bad.clone())])).await.unwrap();
    store.log().durable(1).await.unwrap();
    store.records().seal().await.unwrap();
    assert_eq!(store.telemetry().scan(point(0), at(0), at(9), 9).await.unwrap(), [bad]);
    store.close().await;
    let sql = "UPDATE chunk SET v = zeroblob(length(v))";
    crate::testing::tamper(dir.path(), FILE, crate::migrations::TELEMETRY, sql).await;
    let store = Store::open(dir.path()).await.unwrap();
    assert_eq!(code(store.telemetry().scan(point(0), at(0), at(9), 9).await), "store.corrupt");
    assert_eq!(code(store.telemetry().scan(point(2), at(0), at(9), 9).await), "ok");
}
