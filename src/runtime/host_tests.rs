//! The host on virtual time, with a real log.

use crate::handle::Handle;
use crate::host::{Host, Options, Time};
use crate::replay;
use crate::sim;
use base::id::{CommandId, PointId, RevisionId};
use base::{Span, Timestamp, Value};
use documents::{Act, Actor, Channel, Event, Outcome, ReceiptState, Role};
use drivers::Session;
use drivers::simulated::{Config, Fault, Simulated};
use store::Store;

fn options(at: Timestamp) -> Options {
    Options { time: Time::Manual(at), seed: 1, safe: false, build: "test".into() }
}

fn start_of_time() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

/// A running demo building.
async fn demo_host(store: Store, at: Timestamp) -> (Handle, tokio::task::JoinHandle<()>) {
    let (handle, mut host) = Host::start(store, options(at)).await.unwrap();
    if host.core().world().devices().next().is_none() {
        host.configure(Event::World {
            revision: RevisionId::of_name("demo"),
            doc: Box::new(sim::world()),
            by: Actor::system(),
        })
        .await;
    }
    let session: Box<dyn Session> =
        Box::new(Simulated::new(Config::default(), host.core().world().clone(), sim::values()));
    host.attach(session);
    (handle, tokio::spawn(host.run()))
}

fn switch(point: PointId, value: impl Into<Value>) -> Event {
    Event::Request {
        actor: Actor::person("Li", Role::Operator, Channel::Chat),
        turn: None,
        acts: vec![Act::to(point, value)],
    }
}

fn commands(outcomes: &[Outcome]) -> Vec<CommandId> {
    outcomes.iter().filter_map(|o| if let Outcome::Send(c) = o { Some(c.id) } else { None }).collect()
}

#[tokio::test]
async fn waiting_for_a_receipt_lets_virtual_time_pass() {
    let (handle, task) = demo_host(Store::open_in_memory(), start_of_time()).await;
    let out = handle.apply(switch(sim::point("lobby_light", "power"), true)).await.unwrap();
    let receipts = handle.settled(commands(&out)).await.unwrap();
    assert_eq!(receipts.iter().map(|r| r.state).collect::<Vec<_>>(), [ReceiptState::Confirmed]);
    assert_eq!(handle.now() - start_of_time(), Span::from_millis(150));
    // A blind travels four seconds; a silent device is given up at its deadline.
    let out = handle.apply(switch(sim::point("meeting_blind", "position"), 100.0)).await.unwrap();
    assert_eq!(handle.settled(commands(&out)).await.unwrap()[0].state, ReceiptState::Confirmed);
    handle.fault(sim::device("lobby_light"), Fault::Silent).await.unwrap();
    let out = handle.apply(switch(sim::point("lobby_light", "power"), false)).await.unwrap();
    assert_eq!(handle.settled(commands(&out)).await.unwrap()[0].state, ReceiptState::TimedOut);
    handle.stop().await;
    task.await.unwrap();
}

#[tokio::test]
async fn a_restart_continues_and_a_replay_agrees_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let power = sim::point("lobby_light", "power");
    let mut now = start_of_time();
    for round in 0..3 {
        let store = Store::open(dir.path()).await.unwrap();
        let (handle, task) = demo_host(store.clone(), now).await;
        let out = handle.apply(switch(power, round % 2 == 0)).await.unwrap();
        handle.settled(commands(&out)).await.unwrap();
        handle.measure(sim::point("meeting_air", "co2"), Value::Number(900.0 + f64::from(round))).await.unwrap();
        handle.durable().await.unwrap();
        now = handle.now() + Span::from_secs(60);
        if round == 1 {
            // Pulled plug: no checkpoint is written.
            task.abort();
            assert!(task.await.is_err());
        } else {
            handle.stop().await;
            task.await.unwrap();
        }
        let report = replay::replay(&store, |_| {}).await.unwrap();
        assert_eq!(report.differs, None);
        assert!(report.commands > round as u64, "{report:?}");
        store.close().await;
    }
}

#[tokio::test]
async fn time_passes_with_everything_that_is_due_on_the_way() {
    let (handle, task) = demo_host(Store::open_in_memory(), start_of_time()).await;
    let mut batches = handle.subscribe();
    handle.apply(switch(sim::point("meeting_blind", "position"), 100.0)).await.unwrap();
    handle.advance(Span::from_secs(10)).await.unwrap();
    assert_eq!(handle.now() - start_of_time(), Span::from_secs(10));
    let mut positions = Vec::new();
    while let Ok(batch) = batches.try_recv() {
        for event in &batch.events {
            if let Event::Report { values, .. } = event {
                let blind = values.iter().filter(|(p, _)| *p == sim::point("meeting_blind", "position"));
                positions
                    .extend(blind.filter(|_| batch.at > start_of_time()).map(|(_, s)| (batch.at, s.value.clone())));
            }
        }
    }
    let first = start_of_time() + Span::from_millis(150);
    let expected: Vec<(Timestamp, Value)> =
        (1..=4).map(|i| (first + Span::from_secs(i), Value::Number(25.0 * i as f64))).collect();
    assert_eq!(positions, expected);
    handle.stop().await;
    task.await.unwrap();
}

#[tokio::test]
async fn a_replay_begins_at_the_oldest_checkpoint_when_the_log_before_it_is_gone() {
    let store = Store::open_in_memory();
    let mut now = start_of_time();
    for round in 0..3 {
        let (handle, task) = demo_host(store.clone(), now).await;
        let out = handle.apply(switch(sim::point("lobby_light", "power"), round % 2 == 0)).await.unwrap();
        handle.settled(commands(&out)).await.unwrap();
        now = handle.now() + Span::from_secs(1);
        handle.stop().await;
        task.await.unwrap();
    }
    let whole = replay::replay(&store, |_| {}).await.unwrap();
    assert_eq!(store.retain(u64::MAX).await.unwrap(), 0, "nothing goes that is not sealed");
    while store.records().seal().await.unwrap() {}
    assert!(store.retain(u64::MAX).await.unwrap() > 0);
    let rest = replay::replay(&store, |_| {}).await.unwrap();
    assert_eq!((&whole.differs, &rest.differs), (&None, &None));
    assert!((1..whole.commands).contains(&rest.commands) && rest.batches.0 > 1, "{rest:?}");
}
