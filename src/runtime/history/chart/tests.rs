//! Charts over the demo building, with a log in memory.

use super::*;
use crate::history::tests::history;
use crate::sim;
use documents::chart::{Compared, Metric, Range, Shift};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use things::Selector;

/// The demo building with a day of temperatures, a door and a meter.
fn reports() -> Vec<(base::id::PointId, i64, Value)> {
    let mut out = Vec::new();
    for hour in 0..30i64 {
        for (point, n) in [("meeting_air", 20.0), ("open_air", 22.0), ("gym_air", 18.0)] {
            // The gym fell silent six hours ago.
            if point != "gym_air" || hour > 6 {
                out.push((sim::point(point, "temperature"), hour * 3_600, Value::Number(n + (hour % 5) as f64)));
            }
        }
        out.push((sim::point("energy", "energy"), hour * 3_600, Value::Number(1_000.0 - hour as f64 * 2.0)));
        out.push((sim::point("front_door", "open"), hour * 3_600 + 600, Value::Bool(hour % 3 == 0)));
    }
    out.sort_by_key(|(_, ago, _)| -ago);
    out
}

fn temperature() -> Metric {
    let points = ["meeting_air", "open_air", "gym_air"].map(|d| sim::point(d, "temperature")).to_vec();
    Metric { select: Selector { points, ..Selector::default() }, agg: Aggregation::Mean, name: None }
}

fn of(device: &str, property: &str, agg: Aggregation) -> Metric {
    Metric { select: Selector::point(sim::point(device, property)), agg, name: None }
}

fn query(kind: ChartKind, metric: Metric, last: &str) -> ChartQuery {
    ChartQuery {
        kind,
        metrics: vec![metric],
        range: Range::Last(last.into()),
        compare: None,
        bucket: Bucket::Auto,
        group: vec![],
        order: None,
        limit: None,
        threshold: vec![],
        title: None,
    }
}

async fn frame(query: &ChartQuery) -> Result<ChartFrame, HistoryError> {
    let (world, history) = history(&reports()).await;
    history.chart(&world, query, Lang::En, |_| true).await
}

/// The rows in a line each.
fn lines(frame: &ChartFrame) -> Vec<String> {
    let cell = |v: &Option<Value>| v.as_ref().map_or_else(|| "-".into(), |v| v.to_string());
    frame.rows.iter().map(|r| r.iter().map(cell).collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn a_trend_has_a_line_for_each_device_with_gaps() {
    let asked = ChartQuery { bucket: Bucket::Hours2, ..query(ChartKind::Trend, temperature(), "8h") };
    let found = frame(&asked).await.unwrap();
    assert_eq!(found.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["time", "device", "value"]);
    assert_eq!(found.column("value").unwrap().title, "temperature (°C)");
    let gym: Vec<String> = lines(&found).into_iter().filter(|l| l.contains("Gym")).collect();
    assert_eq!(gym.len(), 4);
    assert!(gym[0].starts_with("2026-11-21T10:00:00+08:00") && !gym[0].ends_with('-'), "{gym:?}");
    assert!(gym[3].ends_with('-'), "{gym:?}");
    assert_eq!((found.counts.series, found.counts.points, found.counts.without_value), (3, 3, 0));
    assert!(found.counts.gaps >= 2);
}

#[tokio::test]
async fn rooms_hours_and_an_earlier_time() {
    let by_floor = ChartQuery { group: vec![GroupBy::Floor], ..query(ChartKind::Bar, temperature(), "4h") };
    let found = frame(&by_floor).await.unwrap();
    assert_eq!(found.columns[0].order, ["First floor", "Second floor"]);
    assert_eq!(found.rows.len(), 2);

    let hours = ChartQuery { group: vec![GroupBy::Hour], ..query(ChartKind::Bar, temperature(), "24h") };
    let found = frame(&hours).await.unwrap();
    assert_eq!((found.rows.len(), found.column("hour").unwrap().order.len()), (24, 24));

    let compared = ChartQuery {
        compare: Some(Compared { shift: Shift::Day }),
        bucket: Bucket::Hour,
        ..query(ChartKind::Compare, of("energy", "energy", Aggregation::Delta), "4h")
    };
    let found = frame(&compared).await.unwrap();
    assert_eq!(found.column("period").unwrap().order, ["this period", "a day earlier"]);
    let shown = lines(&found);
    assert_eq!(shown.len(), 8, "{shown:?}");
    assert!(shown.iter().take(4).all(|l| l.ends_with("this period 2")), "{shown:?}");
    assert!(shown[4].starts_with("2026-11-21T14:00"), "the earlier time is laid over this one: {shown:?}");
}

#[tokio::test]
async fn states_have_lanes_and_shares() {
    let door = of("front_door", "open", Aggregation::Last);
    let found = frame(&query(ChartKind::Trend, door.clone(), "6h")).await.unwrap();
    assert_eq!(found.kind, ChartKind::StateTimeline);
    assert_eq!(found.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["device", "state", "time", "end"]);
    assert!(found.rows.len() >= 3, "{:?}", lines(&found));

    let shares = ChartQuery {
        group: vec![GroupBy::State],
        ..query(ChartKind::Pie, Metric { agg: Aggregation::DurationOn, ..door }, "6h")
    };
    let found = frame(&shares).await.unwrap();
    let hours: f64 = found.rows.iter().filter_map(|r| r.last()?.as_ref()?.as_number()).sum();
    assert_eq!(found.rows.len(), 2, "{:?}", lines(&found));
    assert!((hours - 6.0).abs() < 1e-6, "{hours}");
}

#[tokio::test]
async fn distributions_and_pairs() {
    let found = frame(&query(ChartKind::Histogram, temperature(), "24h")).await.unwrap();
    assert!(found.rows.iter().any(|r| r.last().unwrap().as_ref().and_then(Value::as_number) > Some(0.0)));
    let mut pairs = query(ChartKind::Scatter, of("meeting_air", "temperature", Aggregation::Mean), "24h");
    pairs.metrics.push(of("open_air", "temperature", Aggregation::Mean));
    let found = frame(&pairs).await.unwrap();
    assert!(found.rows.len() > 100, "{}", found.rows.len());
    assert!(found.rows.iter().all(|r| r.iter().all(Option::is_some)));
}

#[tokio::test]
async fn what_cannot_be_drawn_says_what_can() {
    let nothing = Metric {
        select: Selector {
            spaces: vec![sim::space("server")],
            trait_: Some("measure.co2".into()),
            ..Selector::default()
        },
        ..temperature()
    };
    let states = of("front_door", "open", Aggregation::Last);
    let mixed = Metric {
        select: Selector {
            points: vec![sim::point("open_air", "co2"), sim::point("open_air", "temperature")],
            ..Selector::default()
        },
        ..temperature()
    };
    let minutes = ChartQuery { bucket: Bucket::Minute, ..query(ChartKind::Trend, temperature(), "24h") };
    for (asked, code, path) in [
        (query(ChartKind::Trend, nothing, "4h"), "history.nothing", "/metrics/0/select"),
        (query(ChartKind::Pie, states, "4h"), "chart.states", "/metrics/0/agg"),
        (query(ChartKind::Trend, mixed, "4h"), "history.units", "/metrics/0/select"),
        (minutes, "history.limit", "/bucket"),
    ] {
        let found = frame(&asked).await.unwrap_err().diagnostic().unwrap();
        assert_eq!((found.code.as_str(), found.path.as_str()), (code, path), "{found:?}");
        assert!(found.help.is_some());
    }
}

/// Every field that a drawing names and does not make.
fn fields(spec: &serde_json::Value, used: &mut BTreeSet<String>, made: &mut BTreeSet<String>) {
    match spec {
        serde_json::Value::Object(o) => {
            for (key, value) in o.iter().filter(|(key, _)| *key != "datasets") {
                match (key.as_str(), value.as_str()) {
                    ("field", Some(name)) => drop(used.insert(name.to_owned())),
                    ("as", Some(name)) => drop(made.insert(name.to_owned())),
                    _ => fields(value, used, made),
                }
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|s| fields(s, used, made)),
        _ => {}
    }
}

static RUNTIME: LazyLock<(tokio::runtime::Runtime, World, History)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (world, history) = runtime.block_on(history(&reports()));
    (runtime, world, history)
});

fn metrics() -> impl Strategy<Value = serde_json::Value> {
    let point = prop::sample::select(vec![
        json!({ "points": [sim::point("meeting_air", "temperature"), sim::point("gym_air", "temperature")] }),
        json!({ "points": [sim::point("open_air", "humidity")] }),
        json!({ "points": [sim::point("energy", "energy")] }),
        json!({ "points": [sim::point("front_door", "open"), sim::point("open_window", "open")] }),
    ]);
    let agg = prop::sample::select(vec!["mean", "min", "max", "sum", "last", "count", "delta", "duration_on", "p95"]);
    (point, agg).prop_map(|(select, agg)| json!({ "select": select, "agg": agg }))
}

fn queries() -> impl Strategy<Value = serde_json::Value> {
    let kind = prop::sample::select(vec![
        "trend",
        "bar",
        "heatmap",
        "gauge",
        "state_timeline",
        "histogram",
        "scatter",
        "pie",
        "table",
        "top_n",
        "compare",
        "stat",
    ]);
    let groups = prop::sample::select(vec!["area", "device", "floor", "hour", "weekday", "day", "metric", "state"]);
    let bucket = prop::sample::select(vec!["auto", "1h", "1d", "whole"]);
    let shift = prop::option::of(prop::sample::select(vec!["1d", "1w", "1mo"]));
    let metrics = prop::collection::vec(metrics(), 1..4);
    (kind, metrics, prop::collection::vec(groups, 0..3), bucket, shift, prop::option::of(1u32..4)).prop_map(
        |(kind, metrics, group, bucket, shift, limit)| {
            json!({
                "kind": kind, "metrics": metrics, "range": { "last": "26h" }, "group": group, "bucket": bucket,
                "compare": shift.map(|shift| json!({ "shift": shift })), "limit": limit, "threshold": [21],
            })
        },
    )
}

proptest! {
    #[test]
    fn every_legal_request_is_drawn_from_what_its_table_has(query in queries()) {
        let query: ChartQuery = serde_json::from_value(query).unwrap();
        prop_assume!(query.check().is_empty());
        let (runtime, world, history) = &*RUNTIME;
        match runtime.block_on(history.chart(world, &query, Lang::Zh, |_| true)) {
            Ok(frame) => {
                prop_assert!(frame.rows.iter().all(|r| r.len() == frame.columns.len()));
                let names: BTreeSet<String> = frame.columns.iter().map(|c| c.name.clone()).collect();
                prop_assert_eq!(names.len(), frame.columns.len());
                let chart = views::chart(query, frame);
                let (mut used, mut made) = (BTreeSet::new(), BTreeSet::new());
                fields(&chart.spec, &mut used, &mut made);
                let unknown: Vec<_> = used.iter().filter(|f| !made.contains(*f) && !names.contains(*f)).collect();
                prop_assert!(unknown.is_empty(), "{unknown:?} of {names:?}");
            }
            // What cannot be together is said, with a way to mend it.
            Err(error) => prop_assert!(error.diagnostic().is_some_and(|d| d.help.is_some())),
        }
    }
}
