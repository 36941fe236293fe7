//! A small office with a month of its own making: what is wasteful is found, what is not is left alone.

use super::*;
use base::id::{ProductId, SpaceId};
use base::{Sample, Value};
use documents::finding::EnergySource;
use documents::journal::JOURNAL_VERSION;
use documents::{Batch, Event};
use std::collections::BTreeMap;
use things::{Device, Names, Placement, Product, Route, Site, Space, SpaceKind, WorldDoc, templates};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-20T16:00:00Z").unwrap()
}

/// So many seconds after the beginning of the time that is looked at, which is a local midnight.
fn at(seconds: i64) -> Timestamp {
    now() - LOOKED_AT + Span::from_secs(seconds)
}

/// Key, template, Chinese and English name of each device of the room.
const DEVICES: &[(&str, &str, &str, &str)] = &[
    ("ac", "air_conditioner", "会议室空调", "Meeting AC"),
    ("presence", "sensor_occupancy", "会议室人在传感器", "Meeting presence"),
    ("motion", "sensor_motion", "会议室人体传感器", "Meeting motion"),
    ("lamp", "light_switch", "会议室灯", "Meeting light"),
    ("window", "contact_window", "会议室窗户", "Meeting window"),
    ("meter", "sensor_power", "会议室空调电表", "Meeting AC meter"),
];

fn id(key: &str) -> DeviceId {
    DeviceId::of_name(key)
}

fn world(tag: &str) -> World {
    let room = SpaceId::of_name("room");
    let product = |template: &str| ProductId::of_name(template);
    let doc = WorldDoc {
        site: Site::default(),
        products: DEVICES
            .iter()
            .map(|(_, template, ..)| Product {
                id: product(template),
                key: (*template).into(),
                names: Names::new(template, template),
                model: templates::by_name(template).unwrap().clone(),
            })
            .collect(),
        spaces: vec![Space {
            id: room,
            kind: SpaceKind::Room,
            names: Names::new("会议室", "Meeting room"),
            parent: None,
            tags: [tag.to_owned()].into(),
            outline: Vec::new(),
        }],
        devices: DEVICES
            .iter()
            .map(|(key, template, zh, en)| Device {
                id: id(key),
                product: product(template),
                key: (*key).into(),
                names: Names::new(zh, en),
                placements: vec![Placement { space: Some(room), from: Timestamp::MIN }],
                route: Route::Simulated,
                tags: Default::default(),
                disabled: false,
            })
            .collect(),
        ..WorldDoc::default()
    };
    let (world, found) = World::build(doc);
    assert_eq!(found, vec![]);
    world
}

fn point(world: &World, key: &str, trait_: &str) -> PointId {
    world.point_with(id(key), trait_).unwrap().id
}

/// Reports: device, trait, seconds after the beginning, value.
type Reports = Vec<(&'static str, &'static str, i64, Value)>;

async fn found_in(world: &World, reports: Reports) -> Vec<Finding> {
    let store = Store::open_in_memory();
    let mut by_device: BTreeMap<DeviceId, Vec<(PointId, Sample)>> = BTreeMap::new();
    for (key, trait_, seconds, value) in reports {
        let sample = Sample::good(value, at(seconds));
        by_device.entry(id(key)).or_default().push((point(world, key, trait_), sample));
    }
    let events = by_device.into_iter().map(|(device, values)| Event::Report { device, values }).collect();
    let batch = Batch { version: JOURNAL_VERSION, seq: 1, at: now(), events, outcomes: vec![] };
    store.log().append(&batch).await.unwrap();
    find(&store, world, now()).await.unwrap()
}

/// Thirty days in which somebody is there from nine to twelve.
fn people() -> Reports {
    (0..30)
        .flat_map(|d| {
            [("presence", "occupancy", d * DAY + 9 * HOUR, true), ("presence", "occupancy", d * DAY + 12 * HOUR, false)]
        })
        .map(|(key, t, s, v)| (key, t, s, Value::Bool(v)))
        .chain([
            ("presence", "occupancy", 0, Value::Bool(false)),
            ("motion", "motion", 0, Value::Bool(false)),
            ("window", "contact", 0, Value::Bool(false)),
            ("ac", "mode", 0, Value::text("cool")),
        ])
        .collect()
}

/// Something is switched from an hour to another on some days.
fn daily(key: &'static str, trait_: &'static str, days: std::ops::Range<i64>, from: i64, to: i64) -> Reports {
    days.flat_map(|d| {
        [
            (key, trait_, d * DAY + from * HOUR, Value::Bool(true)),
            (key, trait_, d * DAY + to * HOUR, Value::Bool(false)),
        ]
    })
    .collect()
}

fn kinds(found: &[Finding]) -> Vec<FindingKind> {
    found.iter().map(|f| f.kind).collect()
}

#[tokio::test]
async fn cooling_an_empty_room_is_found_with_its_cost_and_a_rule() {
    let world = world("meeting_room");
    // On from nine to eighteen; empty from ten minutes after twelve.
    let mut reports = people();
    reports.extend(daily("ac", "on_off", 0..30, 9, 18));
    reports.extend((0..30 * 24).map(|h| ("meter", "measure.power", h * HOUR, Value::Number(1_200.0))));
    let found = found_in(&world, reports).await;
    assert_eq!(kinds(&found), [FindingKind::ConditionedWhileEmpty]);
    let f = &found[0];
    let hours = 30.0 * (6.0 - 10.0 / 60.0);
    assert!((f.hours - hours).abs() < 0.2, "{} {hours}", f.hours);
    assert_eq!((f.times, f.evidence.len(), f.energy.source), (30, 30, EnergySource::Measured));
    assert!((f.energy.kwh - hours * 1.2).abs() < 1.0, "{}", f.energy.kwh);
    assert!((f.cost.amount - f.energy.kwh * PRICE_PER_KWH).abs() < 0.1);
    assert_eq!(f.evidence[0].to, at(29 * DAY + 18 * HOUR));
    assert_eq!(
        f.text.en,
        "In the last 30 days Meeting AC ran for 175 hours while nobody was in Meeting room (30 times). Meanwhile it used \
         about 210 kWh (as its meter counted), which is about 168 CNY at 0.80 CNY per kWh."
    );
    assert_eq!(
        f.text.zh,
        "过去 30 天里，会议室空调在会议室没人时共运行了 175 小时（30 次）。这期间用电约 210 kWh（电表实测），按每度 0.80 元计约 168 元。"
    );
    assert_eq!(f.points[0], point(&world, "ac", "on_off"));
    assert_eq!(f.readback, engine::explain(&f.rule, &world));
    insta::assert_snapshot!(format!("{}\n{}", f.readback.zh, f.readback.en));
    assert!(!has_errors(&engine::compile(&f.rule, &world).1));
}

#[tokio::test]
async fn a_month_without_waste_has_no_finding() {
    let world = world("meeting_room");
    // The room is cooled while somebody is there, a little before and after; the lamp too; the window is opened at noon.
    let mut careful = people();
    careful.extend(daily("ac", "on_off", 0..30, 9, 12));
    careful.extend(daily("lamp", "on_off", 0..30, 9, 12));
    careful.extend(daily("window", "contact", 0..30, 12, 13));
    assert_eq!(found_in(&world, careful).await, vec![]);
    // Forgotten now and then is human.
    let mut now_and_then = people();
    now_and_then.extend(daily("ac", "on_off", 0..3, 9, 18));
    now_and_then.extend(daily("ac", "on_off", 3..30, 9, 12));
    now_and_then.extend(daily("lamp", "on_off", 0..3, 20, 24));
    assert_eq!(found_in(&world, now_and_then).await, vec![]);
    // It only blows.
    let mut blowing = people();
    blowing.retain(|r| r.1 != "mode");
    blowing.push(("ac", "mode", 0, Value::text("fan_only")));
    blowing.extend(daily("ac", "on_off", 0..30, 9, 18));
    assert_eq!(found_in(&world, blowing).await, vec![]);
    // Nobody knows whether somebody is there.
    let mut unknown = people();
    unknown.retain(|r| r.0 != "presence" && r.0 != "motion");
    unknown.extend(daily("ac", "on_off", 0..30, 0, 24));
    assert_eq!(found_in(&world, unknown).await, vec![]);
    // Somebody sits where the presence sensor does not look, and moves now and then.
    let mut still = people();
    still.extend(daily("ac", "on_off", 0..30, 9, 18));
    still.extend((0..30).flat_map(|d| {
        (0..36).flat_map(move |i| {
            let s = d * DAY + 12 * HOUR + i * 600;
            [("motion", "motion", s, Value::Bool(true)), ("motion", "motion", s + 60, Value::Bool(false))]
        })
    }));
    assert_eq!(found_in(&world, still).await, vec![]);
    assert_eq!(found_in(&world, Reports::new()).await, vec![]);
}

#[tokio::test]
async fn machines_are_cooled_without_people() {
    let mut reports = people();
    reports.extend(daily("ac", "on_off", 0..30, 0, 24));
    assert_eq!(found_in(&world("server_room"), reports).await, vec![]);
}

#[tokio::test]
async fn lights_at_night_and_open_windows_are_found_too() {
    let world = world("meeting_room");
    let mut reports = people();
    reports.extend(daily("lamp", "on_off", 0..30, 9, 24));
    reports.extend(daily("ac", "on_off", 0..30, 9, 12));
    reports.extend(daily("window", "contact", 0..30, 9, 11));
    let found = found_in(&world, reports).await;
    assert_eq!(kinds(&found), [FindingKind::ConditionedWhileOpen, FindingKind::LightAtNight]);
    assert!(found.iter().all(|f| f.energy.source == EnergySource::Assumed));
    // Two hours of each evening, from ten on.
    assert!((found[1].hours - 60.0).abs() < 0.2, "{}", found[1].hours);
    assert!((found[0].hours - 60.0).abs() < 0.2, "{}", found[0].hours);
    let ids: std::collections::BTreeSet<_> = found.iter().map(|f| f.rule.id).collect();
    assert_eq!(ids.len(), 2);
    for f in &found {
        insta::assert_snapshot!(format!("{}\n{}\n{}\n{}", f.text.zh, f.text.en, f.readback.zh, f.readback.en));
    }
}
