//! What the broker keeps: over restarts and crashes, at its limits, and against a plain model in RAM.

use super::*;
use crate::testing::{at, both, code, crash, damage, tear};
use crate::{Store, migrations};
use proptest::prelude::*;
use serde_json::json;
use std::fs;
use std::path::Path;

const WAL: &str = "broker.db-wal";

fn session(key: &str) -> Session {
    let subscriptions = vec![Subscription { filter: format!("{key}/#"), options: json!({"qos": 1}) }];
    Session { key: key.into(), state: key.as_bytes().to_vec(), subscriptions, expires: None }
}

fn begin(key: &str) -> Keep {
    Keep::Session(session(key))
}

fn message(number: u64, bytes: usize) -> Message {
    Message { number, data: vec![number.to_le_bytes()[0]; bytes], expires: None }
}

fn queue(key: &str, number: u64) -> Keep {
    Keep::Queue { session: key.into(), message: message(number, 10) }
}

fn retained(topic: &str, bytes: usize) -> Retained {
    Retained { topic: topic.into(), payload: vec![7; bytes], qos: 1, properties: b"{}".to_vec(), expires: None }
}

async fn apply(broker: &Broker, changes: Vec<Keep>) -> Applied {
    broker.apply(changes).await.unwrap()
}

async fn all_sessions(broker: &Broker) -> Vec<Session> {
    let mut all: Vec<Session> = Vec::new();
    loop {
        let page = broker.sessions(all.last().map(|s| s.key.as_str())).await.unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

async fn all_messages(broker: &Broker, session: &str) -> Vec<Message> {
    let mut all: Vec<Message> = Vec::new();
    loop {
        let page = broker.messages(session, all.last().map(|m| m.number)).await.unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

async fn numbers(broker: &Broker, session: &str) -> Vec<u64> {
    all_messages(broker, session).await.iter().map(|m| m.number).collect()
}

async fn topics(broker: &Broker) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    loop {
        let page = broker.retained(all.last().map(String::as_str)).await.unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page.into_iter().map(|r| r.topic));
    }
}

async fn tamper(dir: &Path, sql: &'static str) {
    crate::testing::tamper(dir, "broker.db", migrations::BROKER, sql).await;
}

#[tokio::test]
async fn what_is_kept_comes_back_as_it_was() {
    let (dir, stores) = both().await;
    let other = Session { state: vec![0, 255], subscriptions: vec![], expires: Some(at(5)), key: "键".into() };
    let late = Message { number: u64::from(u32::MAX), data: vec![], expires: Some(at(9)) };
    for store in &stores {
        let broker = store.broker();
        let changes = vec![
            begin("a"),
            queue("a", 2),
            Keep::Session(other.clone()),
            queue("a", 1),
            Keep::Queue { session: "键".into(), message: late.clone() },
            Keep::Retain(retained("t/1", 3)),
            Keep::Retain(retained("t/0", 4)),
        ];
        assert_eq!(apply(broker, changes).await, Applied::default());
        // Another state leaves what waits; a number that comes again is replaced.
        let changed = Session { state: b"later".to_vec(), ..session("a") };
        let again = Keep::Queue { session: "a".into(), message: message(2, 99) };
        let replaced = Retained { qos: 0, ..retained("t/1", 9) };
        let changes =
            vec![Keep::Session(changed.clone()), again, Keep::Retain(replaced), Keep::Release { topic: "t/0".into() }];
        assert_eq!(apply(broker, changes).await, Applied::default());
        assert_eq!(all_sessions(broker).await, [changed, other.clone()]);
        assert_eq!(all_messages(broker, "a").await, [message(1, 10), message(2, 99)]);
        assert_eq!(all_messages(broker, "键").await, std::slice::from_ref(&late));
        assert_eq!(broker.retained(None).await.unwrap(), [Retained { qos: 0, ..retained("t/1", 9) }]);

        let gone = vec![
            Keep::Unqueue { session: "a".into(), number: 1 },
            Keep::Unqueue { session: "a".into(), number: 77 },
            Keep::EndSession { session: "键".into() },
            Keep::EndSession { session: "nobody".into() },
            Keep::Release { topic: "nothing".into() },
        ];
        assert_eq!(apply(broker, gone).await, Applied::default());
        assert_eq!(numbers(broker, "a").await, [2]);
        assert_eq!(numbers(broker, "键").await, [0; 0]);
    }
    let copy = crash(dir.path());
    let after = Store::open(copy.path()).await.unwrap();
    assert_eq!(all_sessions(after.broker()).await, all_sessions(stores[0].broker()).await);
    assert_eq!(all_messages(after.broker(), "a").await, all_messages(stores[0].broker(), "a").await);
    assert_eq!(topics(after.broker()).await, ["t/1"]);
}

#[tokio::test]
async fn pages_are_bounded_and_lose_nothing() {
    let store = Store::open_in_memory();
    let broker = store.broker();
    let keys: Vec<String> = (0..PAGE_ROWS_MAX + 7).map(|n| format!("s{n:05}")).collect();
    apply(broker, keys.iter().map(|k| begin(k)).collect()).await;
    assert_eq!(broker.sessions(None).await.unwrap().len(), PAGE_ROWS_MAX);
    assert_eq!(all_sessions(broker).await.into_iter().map(|s| s.key).collect::<Vec<_>>(), keys);

    let large = |number| Keep::Queue { session: "s00000".into(), message: message(number, MESSAGE_BYTES_MAX) };
    apply(broker, (0..5).map(large).collect()).await;
    assert_eq!(broker.messages("s00000", None).await.unwrap().len(), 2, "a page ends when it has enough bytes");
    assert_eq!(numbers(broker, "s00000").await, [0, 1, 2, 3, 4]);
}

/// A broker with small limits, on a data base in memory.
fn small() -> Broker {
    let limits =
        Limits { sessions: 3, queued_per_session: 4, queued: 6, queued_bytes: 1_000, retained: 2, retained_bytes: 100 };
    Broker::limited(Db::in_memory(migrations::BROKER), limits)
}

#[tokio::test]
async fn the_oldest_messages_make_room_and_are_counted() {
    let broker = small();
    apply(&broker, ["a", "b", "c"].map(begin).to_vec()).await;
    let dropped = |pairs: &[(&str, u64)]| Applied {
        dropped: pairs.iter().map(|(k, n)| ((*k).to_owned(), *n)).collect(),
        refused: vec![],
    };
    assert_eq!(apply(&broker, (1..=4).map(|n| queue("a", n)).collect()).await, dropped(&[]));
    assert_eq!(apply(&broker, (5..=6).map(|n| queue("a", n)).collect()).await, dropped(&[("a", 2)]));
    assert_eq!(numbers(&broker, "a").await, [3, 4, 5, 6]);
    // Six in all: the oldest of all go, whosever they are.
    assert_eq!(apply(&broker, (1..=3).map(|n| queue("b", n)).collect()).await, dropped(&[("a", 1)]));
    assert_eq!((numbers(&broker, "a").await, numbers(&broker, "b").await), (vec![4, 5, 6], vec![1, 2, 3]));
    assert_eq!(apply(&broker, (1..=4).map(|n| queue("c", n)).collect()).await, dropped(&[("a", 3), ("b", 1)]));
    // A message that was delivered makes room too.
    let delivered = vec![Keep::Unqueue { session: "c".into(), number: 1 }, queue("b", 4)];
    assert_eq!(apply(&broker, delivered).await, dropped(&[]));
    assert_eq!((numbers(&broker, "b").await, numbers(&broker, "c").await), (vec![2, 3, 4], vec![2, 3, 4]));
    // Bytes: all older ones go for a large one, and one that is alone too large goes itself.
    let large = |number, bytes| Keep::Queue { session: "a".into(), message: message(number, bytes) };
    assert_eq!(apply(&broker, vec![large(7, 1_000)]).await.dropped.values().sum::<u64>(), 7);
    assert_eq!(numbers(&broker, "a").await, [0; 0]);
    assert_eq!(apply(&broker, vec![large(8, 990), queue("b", 9)]).await, dropped(&[]));
    assert_eq!((numbers(&broker, "a").await, numbers(&broker, "b").await), (vec![8], vec![9]));
}

#[tokio::test]
async fn what_there_is_no_room_for_is_refused_alone() {
    let broker = small();
    let long = "k".repeat(SESSION_BYTES_MAX);
    let huge = Keep::Queue { session: "a".into(), message: message(1, MESSAGE_BYTES_MAX + 1) };
    let changes = vec![
        begin("a"),
        begin(&long),
        begin("b"),
        begin("c"),
        begin("d"),
        begin("a"),
        queue("d", 1),
        huge,
        queue("a", 2),
    ];
    let refused = vec![
        Refused::Session(long),
        Refused::Session("d".into()),
        Refused::Message { session: "d".into(), number: 1 },
        Refused::Message { session: "a".into(), number: 1 },
    ];
    assert_eq!(apply(&broker, changes).await, Applied { refused, ..Applied::default() });
    assert_eq!(all_sessions(&broker).await.len(), 3);
    assert_eq!(numbers(&broker, "a").await, [2]);

    let changes = vec![
        Keep::Retain(retained("1", 60)),
        Keep::Retain(retained("2", 60)),
        Keep::Retain(retained("2", 30)),
        Keep::Retain(retained("3", 1)),
        Keep::Retain(retained("2", 36)),
        Keep::Retain(retained("1", 61)),
        Keep::Retain(retained("4", 1)),
    ];
    let refused = ["2", "3", "1"].map(|t| Refused::Retained(t.into())).to_vec();
    assert_eq!(apply(&broker, changes).await, Applied { refused, ..Applied::default() });
    assert_eq!(topics(&broker).await, ["2", "4"]);
    assert_eq!(code(broker.apply(vec![begin("a"); BATCH_CHANGES_MAX + 1]).await), "store.limit");
}

#[tokio::test]
async fn what_has_expired_goes() {
    let (_dir, stores) = both().await;
    for store in stores {
        let broker = store.broker();
        let until = |ms| Some(at(ms));
        let brief = |number, ms| Keep::Queue {
            session: "a".into(),
            message: Message { expires: until(ms), ..message(number, 1) },
        };
        let changes = vec![
            begin("a"),
            Keep::Session(Session { expires: until(10), ..session("b") }),
            Keep::Session(Session { expires: until(20), ..session("c") }),
            brief(1, 10),
            brief(2, 20),
            queue("a", 3),
            queue("b", 1),
            Keep::Retain(Retained { expires: until(10), ..retained("t", 1) }),
            Keep::Retain(Retained { expires: until(11), ..retained("u", 1) }),
            Keep::Retain(retained("v", 1)),
        ];
        apply(broker, changes).await;
        assert_eq!(broker.remove_expired(at(9)).await.unwrap(), Expired::default());
        let expired = Expired { sessions: 1, messages: 1, retained: 1 };
        assert_eq!(broker.remove_expired(at(10)).await.unwrap(), expired);
        assert_eq!(all_sessions(broker).await.into_iter().map(|s| s.key).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!((numbers(broker, "a").await, topics(broker).await), (vec![2, 3], vec!["u".into(), "v".into()]));
        assert_eq!(apply(broker, vec![queue("b", 2)]).await.refused.len(), 1, "it is not there any more");
        apply(broker, vec![begin("b")]).await;
        assert_eq!(numbers(broker, "b").await, [0; 0], "nothing waits for one that begins anew");
    }
}

#[tokio::test]
async fn a_batch_that_fails_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    apply(store.broker(), vec![begin("a"), queue("a", 1)]).await;
    store.close().await;
    tamper(
        dir.path(),
        "CREATE TRIGGER refuse BEFORE INSERT ON message WHEN new.number = 3 BEGIN SELECT RAISE(ABORT, 'refused'); END",
    )
    .await;
    let store = Store::open(dir.path()).await.unwrap();
    let broker = store.broker();
    let bad = vec![begin("b"), queue("a", 2), Keep::Retain(retained("t", 1)), queue("a", 3)];
    assert_eq!(code(broker.apply(bad).await), "store.database");
    assert_eq!((all_sessions(broker).await.len(), numbers(broker, "a").await), (1, vec![1]));
    assert_eq!(apply(broker, vec![queue("b", 1)]).await.refused.len(), 1, "the session was not begun");
    assert_eq!(apply(broker, vec![queue("a", 2), begin("b")]).await, Applied::default());
    assert_eq!(numbers(broker, "a").await, [1, 2]);
}

#[tokio::test]
async fn a_damaged_session_takes_no_other_with_it_and_a_damaged_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    apply(store.broker(), ["a", "b", "c"].map(begin).to_vec()).await;
    store.close().await;
    for (sql, left) in [
        ("UPDATE session SET subscriptions = '[{\"filter\":1}]' WHERE key = 'b'", vec!["a", "c"]),
        ("UPDATE session SET subscriptions = ''", vec![]),
    ] {
        tamper(dir.path(), sql).await;
        let store = Store::open(dir.path()).await.unwrap();
        let keys: Vec<String> = all_sessions(store.broker()).await.into_iter().map(|s| s.key).collect();
        assert_eq!(keys, left);
        store.close().await;
    }
    fs::write(dir.path().join("broker.db"), "no data base at all, and long enough to be looked at".repeat(99)).unwrap();
    let said = Store::open(dir.path()).await.err().unwrap();
    assert_eq!(said.code(), "store.corrupt");
    assert!(said.to_string().contains("broker.db"), "{said}");
}

#[tokio::test]
async fn a_batch_that_nobody_waits_for_is_written() {
    let (_dir, stores) = both().await;
    for store in stores {
        let broker = store.broker();
        let abandoned = broker.apply(vec![begin("a"), queue("a", 1)]);
        // Polled once and let go, wherever the writer is by then.
        drop(tokio::time::timeout(std::time::Duration::ZERO, abandoned).await);
        apply(broker, vec![queue("a", 2)]).await;
        assert_eq!(numbers(broker, "a").await, [1, 2]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_torn_tail_costs_no_batch_that_was_kept_and_halves_none(sure in 1u64..12, more in 0u64..12, place in 0_usize..=1_000, tear in tear()) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(dir.path()).await.unwrap();
            // Each batch has the same message for two sessions.
            let batch = |n| vec![begin("a"), queue("a", n), begin("b"), queue("b", n)];
            for n in 1..=sure {
                apply(store.broker(), batch(n)).await;
            }
            let kept = fs::metadata(dir.path().join(WAL)).unwrap().len();
            for n in sure + 1..=sure + more {
                apply(store.broker(), batch(n)).await;
            }
            let copy = crash(dir.path());
            let all = fs::metadata(copy.path().join(WAL)).unwrap().len();
            let span = usize::try_from(all - kept).unwrap();
            damage(&copy.path().join(WAL), usize::try_from(kept).unwrap() + span * place / 1_000, &tear);

            let after = Store::open(copy.path()).await.unwrap();
            let there = numbers(after.broker(), "a").await;
            let last = there.len() as u64;
            assert!(last >= sure, "{last} of {sure} kept");
            assert_eq!(there, (1..=last).collect::<Vec<_>>());
            assert_eq!(numbers(after.broker(), "b").await, there);
            apply(after.broker(), vec![queue("a", last + 1)]).await;
        });
    }
}

/// The same in plain words, without counting ahead.
#[derive(Default)]
struct Model {
    /// Key, and for each message its place in the order of all, its number and its size.
    sessions: BTreeMap<String, Vec<(u64, u64, usize)>>,
    retained: BTreeMap<String, usize>,
    came: u64,
}

impl Model {
    fn apply(&mut self, limits: Limits, changes: &[Keep]) -> Applied {
        let mut applied = Applied::default();
        for change in changes {
            self.change(limits, change, &mut applied);
        }
        for (key, waiting) in &mut self.sessions {
            while waiting.len() > limits.queued_per_session {
                let first = waiting.iter().map(|(_, n, _)| *n).min().unwrap();
                waiting.retain(|(_, n, _)| *n != first);
                *applied.dropped.entry(key.clone()).or_default() += 1;
            }
        }
        loop {
            let all: Vec<(u64, usize)> = self.sessions.values().flatten().map(|(id, _, size)| (*id, *size)).collect();
            let bytes: usize = all.iter().map(|(_, size)| size).sum();
            if all.len() <= limits.queued && bytes <= limits.queued_bytes {
                return applied;
            }
            // While there are too many bytes several go at once.
            let many = if bytes > limits.queued_bytes { 64.max(all.len().saturating_sub(limits.queued)) } else { 1 };
            let mut ids: Vec<u64> = all.into_iter().map(|(id, _)| id).collect();
            ids.sort_unstable();
            ids.truncate(many);
            for (key, waiting) in &mut self.sessions {
                let before = waiting.len();
                waiting.retain(|(id, ..)| !ids.contains(id));
                if waiting.len() < before {
                    *applied.dropped.entry(key.clone()).or_default() += (before - waiting.len()) as u64;
                }
            }
        }
    }

    fn change(&mut self, limits: Limits, change: &Keep, applied: &mut Applied) {
        match change {
            Keep::Session(s) if !self.sessions.contains_key(&s.key) && self.sessions.len() >= limits.sessions => {
                applied.refused.push(Refused::Session(s.key.clone()));
            }
            Keep::Session(s) => drop(self.sessions.entry(s.key.clone()).or_default()),
            Keep::EndSession { session } => drop(self.sessions.remove(session)),
            Keep::Queue { session, message } => match self.sessions.get_mut(session) {
                Some(waiting) => {
                    self.came += 1;
                    waiting.retain(|(_, n, _)| *n != message.number);
                    waiting.push((self.came, message.number, message.data.len()));
                }
                None => {
                    applied.refused.push(Refused::Message { session: session.clone(), number: message.number });
                }
            },
            Keep::Unqueue { session, number } => {
                if let Some(waiting) = self.sessions.get_mut(session) {
                    waiting.retain(|(_, n, _)| n != number);
                }
            }
            Keep::Retain(r) => {
                self.retained.remove(&r.topic);
                let size = r.payload.len() + r.properties.len();
                let bytes: usize = self.retained.values().sum();
                if self.retained.len() >= limits.retained || bytes + size > limits.retained_bytes {
                    applied.refused.push(Refused::Retained(r.topic.clone()));
                } else {
                    self.retained.insert(r.topic.clone(), size);
                }
            }
            Keep::Release { topic } => drop(self.retained.remove(topic)),
        }
    }
}

fn change() -> impl Strategy<Value = Keep> {
    let key = || prop::sample::select(vec!["a", "b", "c", "d"]).prop_map(str::to_owned);
    prop_oneof![
        2 => key().prop_map(|k| begin(&k)),
        1 => key().prop_map(|session| Keep::EndSession { session }),
        6 => (key(), 0u64..20, 0_usize..400).prop_map(|(session, n, size)| Keep::Queue { session, message: message(n, size) }),
        2 => (key(), 0u64..20).prop_map(|(session, number)| Keep::Unqueue { session, number }),
        2 => (key(), 0_usize..60).prop_map(|(topic, size)| Keep::Retain(retained(&topic, size))),
        1 => key().prop_map(|topic| Keep::Release { topic }),
    ]
}

proptest! {
    #[test]
    fn batches_do_what_the_model_does(batches in prop::collection::vec(prop::collection::vec(change(), 0..12), 1..12)) {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
            let (broker, mut model) = (small(), Model::default());
            for batch in batches {
                let expected = model.apply(broker.shared.limits, &batch);
                assert_eq!(apply(&broker, batch).await, expected);
                for (key, waiting) in &model.sessions {
                    let mut expected: Vec<u64> = waiting.iter().map(|(_, n, _)| *n).collect();
                    expected.sort_unstable();
                    assert_eq!(numbers(&broker, key).await, expected, "{key}");
                }
                assert_eq!(topics(&broker).await, model.retained.keys().cloned().collect::<Vec<_>>());
                let counted = Totals::count(broker.shared.db.writer().await.unwrap()).await.unwrap();
                assert_eq!(broker.shared.totals.lock().await.as_ref(), Some(&counted));
            }
        });
    }
}
