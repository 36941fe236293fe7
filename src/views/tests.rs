//! Every kind of chart in both languages, as it is drawn.

use super::*;
use base::{Bilingual, Lang, Timestamp, Unit, Value};
use documents::Bucket;
use documents::chart::Aggregation;
use documents::chart_frame::{Column, ColumnRole, Counts, FrameMetric};
use serde_json::json;
use std::collections::BTreeSet;

/// A column of a test: its name, unit, and categories in both languages.
type Head = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const ROOMS: &[(&str, &str)] = &[("会议室", "Meeting room"), ("办公区", "Open office")];
const STATES: &[(&str, &str)] = &[("关", "closed"), ("开", "open")];
const PERIODS: &[(&str, &str)] = &[("本期", "this period"), ("一周前", "a week earlier")];
const DAYS: &[(&str, &str)] = &[("周一", "Mon"), ("周二", "Tue")];
const HOURS: &[(&str, &str)] = &[("00", "00"), ("01", "01")];

fn column(head: &Head, lang: Lang) -> Column {
    let (name, unit, order) = *head;
    let role = match name {
        "time" | "end" => ColumnRole::Time,
        "value" => ColumnRole::Value,
        "low" | "high" | "count" | "x" | "y" => ColumnRole::Number,
        _ => ColumnRole::Category,
    };
    let order = order.iter().map(|(zh, en)| Bilingual::new(*zh, *en).get(lang).to_owned()).collect();
    Column { name: name.into(), role, title: name.into(), unit: Unit::by_code(unit), order }
}

/// A frame with every combination of its categories and of two times, and values that count up; the second is missing.
fn frame(kind: ChartKind, heads: &[Head], metrics: &[(&str, &str, &str, Aggregation)], lang: Lang) -> ChartFrame {
    let columns: Vec<Column> = heads.iter().map(|h| column(h, lang)).collect();
    let at = |text: &str| Timestamp::parse(text).unwrap();
    let mut rows: Vec<Vec<Option<Value>>> = vec![vec![]];
    for c in columns.iter().filter(|c| matches!(c.role, ColumnRole::Time | ColumnRole::Category) && c.name != "end") {
        let own: Vec<String> = match c.role {
            ColumnRole::Time => (8..10).map(|h| format!("2026-11-18T0{h}:00:00+08:00")).collect(),
            _ => c.order.clone(),
        };
        rows = rows
            .iter()
            .flat_map(|r| own.iter().map(move |o| [r.clone(), vec![Some(Value::text(o))]].concat()))
            .collect();
    }
    for (i, row) in rows.iter_mut().enumerate() {
        for c in columns.iter().skip(row.len()) {
            row.push(match c.role {
                ColumnRole::Time => Some(Value::text("2026-11-18T09:30:00+08:00")),
                _ if i == 1 && c.name == "value" => None,
                _ => Some(Value::Number(20.0 + i as f64)),
            });
        }
    }
    let metrics = metrics.iter().map(|(zh, en, unit, agg)| FrameMetric {
        name: Bilingual::new(*zh, *en).get(lang).to_owned(),
        agg: *agg,
        unit: Unit::by_code(unit),
        low: None,
        high: None,
    });
    let samples = rows.len() as u64;
    let counts =
        Counts { series: 2, series_total: 3, points: 3, missing: vec!["P".into()], without_value: 2, samples, gaps: 1 };
    ChartFrame {
        lang,
        kind,
        from: at("2026-11-17T16:00:00Z"),
        to: at("2026-11-18T16:00:00Z"),
        time_zone: "Asia/Shanghai".into(),
        bucket: Bucket::Hour,
        metrics: metrics.collect(),
        columns,
        rows,
        counts,
    }
}

fn query(kind: ChartKind, threshold: &[f64]) -> ChartQuery {
    let metric = json!({ "select": { "kinds": ["sensor"] }, "agg": "mean" });
    serde_json::from_value(json!({
        "kind": kind, "metrics": [metric], "range": { "calendar": "today" }, "threshold": threshold,
    }))
    .unwrap()
}

/// Every field that a drawing names, and every one that it makes.
fn fields(spec: &Json, used: &mut BTreeSet<String>, made: &mut BTreeSet<String>) {
    match spec {
        Json::Object(o) => {
            for (key, value) in o {
                match (key.as_str(), value) {
                    ("datasets", _) => {}
                    ("field", Json::String(name)) => drop(used.insert(name.clone())),
                    ("as", Json::String(name)) => drop(made.insert(name.clone())),
                    _ => fields(value, used, made),
                }
            }
        }
        Json::Array(list) => list.iter().for_each(|s| fields(s, used, made)),
        _ => {}
    }
}

/// Names in both languages, unit and aggregation of what is drawn.
type Drawn = (&'static str, &'static str, &'static str, Aggregation);
/// Name, kind, columns, metrics and thresholds of a chart.
type Case<'a> = (&'a str, ChartKind, &'a [Head], &'a [Drawn], &'a [f64]);

const TEMPERATURE: Drawn = ("温度", "temperature", "Cel", Aggregation::Mean);
const HUMIDITY: Drawn = ("湿度", "humidity", "%", Aggregation::Mean);
const ENERGY: Drawn = ("电量", "energy", "kW.h", Aggregation::Delta);
const DOOR: Drawn = ("开合", "opening", "-", Aggregation::Last);
const BOTH: &[(&str, &str)] = &[("温度", "temperature"), ("湿度", "humidity")];

#[test]
fn every_kind_is_drawn_in_both_languages() {
    use ChartKind::*;
    let time: Head = ("time", "-", &[]);
    let rooms: Head = ("area", "-", ROOMS);
    let value: Head = ("value", "Cel", &[]);
    let used: Head = ("value", "kW.h", &[]);
    let cases: &[Case<'_>] = &[
        ("trend", Trend, &[time, rooms, value], &[TEMPERATURE], &[26.0]),
        (
            "trend_of_two_units",
            Trend,
            &[time, rooms, ("metric", "-", BOTH), ("value", "-", &[])],
            &[TEMPERATURE, HUMIDITY],
            &[26.0],
        ),
        ("bar", Bar, &[rooms, value], &[TEMPERATURE], &[26.0]),
        ("bar_over_time", Bar, &[time, rooms, used], &[ENERGY], &[]),
        ("heatmap", Heatmap, &[("hour", "-", HOURS), ("weekday", "-", DAYS), value], &[TEMPERATURE], &[]),
        ("gauge", Gauge, &[rooms, value], &[TEMPERATURE], &[26.0]),
        (
            "state_timeline",
            StateTimeline,
            &[("device", "-", ROOMS), ("state", "-", STATES), time, ("end", "-", &[])],
            &[DOOR],
            &[],
        ),
        (
            "histogram",
            Histogram,
            &[("low", "Cel", &[]), ("high", "Cel", &[]), ("count", "1", &[])],
            &[TEMPERATURE],
            &[],
        ),
        ("scatter", Scatter, &[time, rooms, ("x", "Cel", &[]), ("y", "%", &[])], &[TEMPERATURE, HUMIDITY], &[]),
        ("pie", Pie, &[rooms, used], &[ENERGY], &[]),
        ("table", Table, &[time, rooms, value], &[TEMPERATURE], &[]),
        ("top_n", TopN, &[rooms, used], &[ENERGY], &[]),
        ("compare", Compare, &[time, rooms, ("period", "-", PERIODS), value], &[TEMPERATURE], &[]),
        ("stat", Stat, &[rooms, value], &[TEMPERATURE], &[]),
    ];
    for (name, kind, heads, metrics, threshold) in cases {
        for lang in [Lang::Zh, Lang::En] {
            let chart = chart(query(*kind, threshold), frame(*kind, heads, metrics, lang));
            let (mut used, mut made) = (BTreeSet::new(), BTreeSet::new());
            fields(&chart.spec, &mut used, &mut made);
            let missing: Vec<_> =
                used.iter().filter(|f| !made.contains(*f) && chart.frame.column(f).is_none()).collect();
            assert!(missing.is_empty(), "{name}: {missing:?}");
            insta::assert_json_snapshot!(format!("{name}_{}", lang.tag()), chart.spec);
        }
    }
}

#[test]
fn a_chart_is_said_in_both_languages() {
    let rooms: Head = ("area", "-", ROOMS);
    let heads: &[Head] = &[("time", "-", &[]), rooms, ("value", "Cel", &[])];
    for (lang, title, words, said) in [
        (
            Lang::Zh,
            "温度 · 会议室、办公区 · 2026-11-18",
            "温度，平均值；按房间；每小时；2026-11-18 (Asia/Shanghai)；3 个点位，4 条历史数据；共 3 组，显示 2 组；1 处没有数据，图上留空；没有数据的点位：P等 2 个。",
            "温度 · 会议室、办公区 · 2026-11-18：最低 20°C，最高 23°C。",
        ),
        (
            Lang::En,
            "Temperature · Meeting room, Open office · 2026-11-18",
            "temperature, mean; by room; every hour; 2026-11-18 (Asia/Shanghai); 3 points, 4 stored values; 2 of 3 series shown; gaps where nothing is known: 1; without any value: P and 1 more.",
            "Temperature · Meeting room, Open office · 2026-11-18: 20°C at the lowest, 23°C at the highest.",
        ),
    ] {
        let mut frame = frame(ChartKind::Trend, heads, &[TEMPERATURE], lang);
        if let Some(area) = frame.columns.iter_mut().find(|c| c.name == "area") {
            area.title = Bilingual::new("房间", "Room").get(lang).into();
        }
        let chart = chart(query(ChartKind::Trend, &[]), frame);
        assert_eq!(chart.title, title);
        assert_eq!(chart.words, words);
        assert_eq!(summary(&chart.title, &chart.frame), said);
    }
}

#[test]
fn nothing_is_said_to_be_nothing() {
    let heads: &[Head] = &[("time", "-", &[]), ("area", "-", ROOMS), ("value", "Cel", &[])];
    let mut empty = frame(ChartKind::Trend, heads, &[TEMPERATURE], Lang::En);
    empty.rows.iter_mut().for_each(|r| *r.last_mut().unwrap() = None);
    assert!(summary("Temperature", &empty).contains("there are no values"));
}
