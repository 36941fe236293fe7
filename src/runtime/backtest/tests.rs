//! Rules over a past of their own making, and over the thirty days of the demo building.

use super::feed::Feed;
use super::run::over;
use super::*;
use crate::sim::{self, Past};
use base::id::PointId;
use base::{Quality, Sample, Value};
use documents::backtest::PointRole;
use documents::journal::JOURNAL_VERSION;
use documents::{Batch, Event};
use serde_json::json;
use store::Store;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-21T10:00:00Z").unwrap()
}

/// So many minutes after the beginning of the last day.
fn at(minutes: i64) -> Timestamp {
    now() - Span::from_secs(86_400) + Span::from_secs(minutes * 60)
}

fn world() -> Arc<World> {
    Arc::new(World::build(sim::world()).0)
}

async fn recorded(reports: Vec<(PointId, i64, Value)>) -> Store {
    let (world, store) = (world(), Store::open_in_memory());
    let report = |(point, minutes, value): (PointId, i64, Value)| Event::Report {
        device: world.point(point).unwrap().device,
        values: vec![(point, Sample::good(value, at(minutes)))],
    };
    let events = reports.into_iter().map(report).collect();
    let batch = Batch { version: JOURNAL_VERSION, seq: 1, at: now(), events, outcomes: vec![] };
    store.log().append(&batch).await.unwrap();
    store
}

/// When the CO2 of the meeting room is above a limit for ten minutes its fan goes on, and off when it is low again.
fn air() -> RuleGraph {
    let mut graph = RuleGraph::new(RuleId::of_name("air"), base::Bilingual::new("新风", "Fresh air"));
    let fan = sim::point("meeting_fan", "power");
    graph.node("co2", "point", json!({ "point": sim::point("meeting_air", "co2") }));
    graph.node("high", "compare", json!({ "op": ">", "value": 1000 }));
    graph.node("long", "for_duration", json!({ "span_ms": 600_000 }));
    graph.node("start", "edge", json!({}));
    graph.node("stop", "edge", json!({ "on": "falling" }));
    graph.node("on", "command", json!({ "point": fan, "setting": { "to": true } }));
    graph.node("off", "command", json!({ "point": fan, "setting": { "to": false } }));
    graph.edge("co2.out", "high.in").edge("high.out", "long.in").edge("long.out", "start.in");
    graph.edge("high.out", "stop.in").edge("start.out", "on.in").edge("stop.out", "off.in");
    graph
}

async fn run(store: &Store, graph: RuleGraph) -> Backtest {
    let found = Found { graph, world: world(), live_since: None };
    over(store, &found, (at(0), now()), &|_: &PointSpec| true).await.unwrap()
}

#[tokio::test]
async fn what_it_would_have_done_stands_beside_what_happened() {
    let (co2, fan) = (sim::point("meeting_air", "co2"), sim::point("meeting_fan", "power"));
    let mut reports: Vec<(PointId, i64, Value)> = Vec::new();
    // Every ten minutes; high from two to three hours after the beginning; silent from ten to twelve hours.
    for minute in (0..24 * 60).step_by(10).filter(|m| !(600..720).contains(m)) {
        let high = (120..180).contains(&minute);
        reports.push((co2, minute, Value::Number(if high { 1_400.0 } else { 600.0 })));
    }
    // A person switched the fan on half an hour after the rule would have, and off after five hours.
    reports.extend([(fan, 0, false), (fan, 160, true), (fan, 300, false)].map(|(p, m, v)| (p, m, Value::Bool(v))));
    let done = run(&recorded(reports).await, air()).await;
    assert_eq!((done.fired, done.actions, done.idle, done.errors, done.whole), (2, 2, 0, 0, true));
    let firing = &done.firings[0];
    assert_eq!(firing.at, at(130));
    assert_eq!(firing.trigger.as_ref().unwrap().value, Value::Number(1_400.0));
    let action = &firing.actions[0];
    assert_eq!((action.really.clone(), action.later), (Some(Value::Bool(false)), Some(at(160))));
    assert_eq!((done.firings[1].at, done.firings[1].actions[0].really.clone()), (at(180), Some(Value::Bool(true))));
    assert_eq!(done.firings[1].actions[0].later, Some(at(300)));
    let written = &done.points[0];
    assert_eq!((written.point, written.role), (fan, PointRole::Written));
    let minutes = |span: Span| span.as_millis() / 60_000;
    // On from 160 to 300; it would have been from 130 to 180: what a person switched in between is no change of it.
    assert_eq!((minutes(written.before.on_ms), written.before.changes), (140, 2));
    assert_eq!((minutes(written.after.unwrap().on_ms), written.after.unwrap().changes), (50, 2));
    // Silence counts as such an hour after the last value.
    let read = &done.points[1];
    assert_eq!(
        (read.role, read.gaps.len(), read.gaps[0].from, read.gaps[0].to),
        (PointRole::Read, 1, at(650), at(720))
    );
    let codes: Vec<&str> = done.notes.iter().map(|n| n.code.as_str()).collect();
    assert_eq!(codes, ["open_loop", "gaps"]);
    assert!(done.notes[0].text.en.contains("CO2"), "{:?}", done.notes[0]);
    assert!(done.text.en.starts_with("In these 1 days it would have acted 2 times."), "{}", done.text.en);
}

#[tokio::test]
async fn what_it_writes_itself_it_sees() {
    // Toggled each time somebody comes: the point is read by the command only, written values count.
    let (motion, light) = (sim::point("lobby_motion", "motion"), sim::point("lobby_light", "power"));
    let mut graph = RuleGraph::new(RuleId::of_name("echo"), base::Bilingual::same("echo"));
    graph.node("light", "point", json!({ "point": light })).node("lit", "edge", json!({}));
    graph.node("motion", "point", json!({ "point": motion })).node("came", "edge", json!({}));
    graph.node("on", "command", json!({ "point": light, "setting": { "to": true } }));
    graph.node("wait", "delay", json!({ "span_ms": 300_000 }));
    graph.node("off", "command", json!({ "point": light, "setting": { "to": false } }));
    graph.edge("motion.out", "came.in").edge("came.out", "on.in").edge("light.out", "lit.in");
    graph.edge("lit.out", "wait.in").edge("wait.out", "off.in");
    let reports = [(light, 0, false), (motion, 0, false), (motion, 60, true), (motion, 61, false), (motion, 90, true)];
    let done = run(&recorded(reports.map(|(p, m, v)| (p, m, Value::Bool(v))).to_vec()).await, graph).await;
    let told: Vec<(Timestamp, bool)> =
        done.firings.iter().map(|f| (f.at, f.actions[0].value == Some(Value::Bool(true)))).collect();
    assert_eq!(told, [(at(60), true), (at(65), false), (at(90), true), (at(95), false)]);
    assert_eq!(done.points[0].role, PointRole::Both);
}

#[tokio::test]
async fn nothing_recorded_is_said() {
    let done = run(&recorded(vec![]).await, air()).await;
    assert_eq!((done.fired, done.samples), (0, 0));
    assert_eq!(done.notes.iter().map(|n| n.code.as_str()).collect::<Vec<_>>(), ["no_data"]);
    let found = Found { graph: air(), world: world(), live_since: None };
    let hidden = over(&Store::open_in_memory(), &found, (at(0), now()), &|p: &PointSpec| p.unit().is_none()).await;
    assert!(matches!(hidden, Err(BacktestError::Hidden)));
}

#[tokio::test]
async fn values_come_in_the_order_of_time_and_end_when_they_are_old() {
    let (a, b) = (sim::point("meeting_air", "co2"), sim::point("meeting_fan", "power"));
    let store = recorded(vec![
        (a, -10, Value::Number(1.0)),
        (b, -3_000, Value::Bool(true)),
        (a, 100, Value::Number(2.0)),
        (b, 100, Value::Bool(false)),
        (a, 30, Value::Number(3.0)),
    ])
    .await;
    let hour = Some(Span::from_secs(3_600));
    let (mut feed, known) = Feed::open(&store, &[(a, hour), (b, None)], (at(0), at(200))).await.unwrap();
    assert_eq!(known.len(), 2);
    let mut told = Vec::new();
    while let Some((when, reports)) = feed.next().await.unwrap() {
        let good = |s: &Sample| s.quality != Quality::Bad;
        told.push((when, reports.iter().map(|(p, s)| (*p, good(s))).collect::<Vec<_>>()));
    }
    let expected = [
        (at(30), vec![(a, true)]),
        (at(90), vec![(a, false)]),
        (at(100), vec![(a, true), (b, true)]),
        (at(160), vec![(a, false)]),
    ];
    assert_eq!((told.as_slice(), feed.read()), (expected.as_slice(), 3));
}

/// What the demo building's month takes; told with `--nocapture`.
#[tokio::test]
async fn a_month_of_the_demo_building_takes_no_time() {
    let store = Store::open_in_memory();
    let mut past = Past::new(sim::SEED, now());
    let mut days = Vec::new();
    while let Some(day) = past.next_day() {
        days.push(day);
    }
    let (from, _) = past.range();
    let plan =
        store::telemetry::Past { from, to: now(), days: u32::try_from(days.len()).unwrap(), done: 0, samples: 0 };
    store.records().begin_past("demo", plan).await.unwrap();
    for day in days {
        store.records().write_day("demo", day).await.unwrap();
    }
    let found = Found { graph: air(), world: world(), live_since: None };
    let done = over(&store, &found, (from, now()), &|_: &PointSpec| true).await.unwrap();
    println!("{} ms for {} values: {}", done.took_ms.as_millis(), done.samples, done.text.en);
    assert!(done.samples > 4_000 && done.took_ms < Span::from_secs(20), "{done:?}");
}

/// How fast a day is replayed; told with `--nocapture`.
#[test]
fn a_day_of_the_demo_building_is_replayed() {
    let done = replay_day(now());
    println!("{} times as fast as real time: {done:?}", done.factor().round());
    assert!(done.rules > 3 && done.values > 1_000 && done.outcomes > 0, "{done:?}");
}
