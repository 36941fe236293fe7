//! Tests of the crate as a whole, and the building they run in.

mod compiling;
mod each;
pub(crate) mod generate;
mod kinds;
mod messages;
mod properties;
mod reading;
mod semantics;
mod timing;
mod together;
mod words;

use crate::{Effect, Engine};
use base::id::{ConnectionId, DeviceId, PointId, ProductId, RuleId, SceneId, ScheduleId, SpaceId};
use base::{Bilingual, IdGen, Sample, Timestamp, Value};
use documents::{Deed, Message, Payload, RuleGraph, Trace};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use things::schedule::{self, Days, Says, TimeOfDay};
use things::{
    Connection, Device, Names, Placement, PointSpec, Product, Scene, SceneAct, Schedule, Site, Space, SpaceKind,
    States, ThingModel, World, WorldDoc, templates,
};

/// Devices of the test building: key, template, room, names.
const DEVICES: &[(&str, &str, &str, &str, &str)] = &[
    ("ac", "air_conditioner", "meeting", "会议室空调", "Meeting room AC"),
    ("co2", "sensor_co2", "meeting", "会议室二氧化碳", "Meeting room CO2"),
    ("curtain", "curtain", "living", "客厅窗帘", "Living room curtain"),
    ("door", "contact_door", "hall", "前门", "Front door"),
    ("fan", "fan", "meeting", "会议室风扇", "Meeting room fan"),
    ("floor_lamp", "light_dimmable", "living", "落地灯", "Floor lamp"),
    ("hall_light", "light_switch", "hall", "走廊灯", "Hall light"),
    ("lock", "lock", "hall", "前门锁", "Front door lock"),
    ("lux", "sensor_illuminance", "hall", "走廊照度", "Hall brightness"),
    ("motion", "sensor_motion", "hall", "走廊移动传感器", "Hall motion sensor"),
    ("reading_lamp", "light_dimmable", "living", "阅读灯", "Reading lamp"),
    ("room", "room_sensor", "living", "客厅传感器", "Living room sensor"),
    ("window", "contact_window", "meeting", "会议室窗户", "Meeting room window"),
];

/// The document of the test building, for tests that change it.
pub(crate) fn building() -> WorldDoc {
    let spaces = [("hall", "走廊", "Hall"), ("living", "客厅", "Living room"), ("meeting", "会议室", "Meeting room")];
    WorldDoc {
        site: Site { place: Some(things::registry::Place { latitude: 31.23, longitude: 121.47 }), ..Site::default() },
        products: DEVICES
            .iter()
            .map(|(_, template, ..)| *template)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|t| Product { id: ProductId::of_name(t), key: t.into(), names: Names::new(t, t), model: model(t) })
            .collect(),
        spaces: spaces
            .iter()
            .map(|(key, zh, en)| Space {
                id: SpaceId::of_name(key),
                kind: SpaceKind::Room,
                names: Names::new(zh, en),
                parent: None,
                tags: BTreeSet::new(),
                outline: Vec::new(),
            })
            .collect(),
        devices: DEVICES
            .iter()
            .map(|(key, template, room, zh, en)| Device {
                id: DeviceId::of_name(key),
                product: ProductId::of_name(template),
                key: (*key).into(),
                names: Names::new(zh, en),
                placements: vec![Placement { space: Some(SpaceId::of_name(room)), from: Timestamp::MIN }],
                route: things::Route::Simulated,
                tags: BTreeSet::new(),
                disabled: false,
            })
            .collect(),
        scenes: vec![Scene {
            id: SceneId::of_name("evening"),
            names: Names::new("傍晚", "Evening"),
            space: None,
            acts: vec![SceneAct { point: pt("hall_light.power"), value: Value::Bool(true) }],
        }],
        schedules: vec![morning()],
        connections: [("mqtt", "车间", "Workshop"), ("modbus", "车间", "Workshop"), ("webhook", "值班", "On call")]
            .into_iter()
            .map(|(driver, zh, en)| Connection {
                id: ConnectionId::of_name(driver),
                driver: driver.into(),
                names: Names::new(zh, en),
                config: serde_json::Map::new(),
                disabled: false,
            })
            .collect(),
    }
}

/// The model of a template; a lock tells when it is jammed, and a curtain can be held open for a time.
fn model(template: &str) -> ThingModel {
    let mut model = templates::by_name(template).expect(template).clone();
    if template == "lock" {
        let jammed = json!({ "identifier": "jammed", "name": "卡住", "type": "alert" });
        model.events.push(serde_json::from_value(jammed).unwrap());
    }
    if template == "curtain" {
        let seconds = json!({ "type": "int", "specs": { "min": "1", "max": "600", "unit": "s" } });
        let hold = json!({ "identifier": "hold_open", "name": "保持打开", "callType": "async", "inputData": [
            { "identifier": "code", "name": "密码", "dataType": { "type": "text", "specs": { "length": "8" } } },
            { "identifier": "seconds", "name": "秒数", "dataType": seconds },
        ] });
        model.services.push(serde_json::from_value(hold).unwrap());
    }
    model
}

/// Four minutes of each workday.
fn morning() -> Schedule {
    let time = |text| TimeOfDay::parse(text).unwrap();
    Schedule {
        id: ScheduleId::of_name("morning"),
        names: Names::new("早晨", "Morning"),
        space: None,
        says: Says::Switch,
        otherwise: Value::Bool(false),
        week: vec![schedule::Entry {
            days: Days::Workdays,
            from: time("08:01"),
            to: Some(time("08:05")),
            value: Value::Bool(true),
        }],
        exceptions: Vec::new(),
        first: None,
        last: None,
        followers: Vec::new(),
        disabled: false,
    }
}

/// The test building.
pub(crate) fn world() -> World {
    let (world, found) = World::build(building());
    assert_eq!(found, vec![]);
    world
}

/// A point by `device.identifier`.
pub(crate) fn pt(name: &str) -> PointId {
    let (device, identifier) = name.split_once('.').unwrap();
    PointSpec::id_of(DeviceId::of_name(device), identifier)
}

/// A graph from rows: `node ID TYPE PARAMS` as triples and `A.out -> B.in` as text. In parameters `@device.identifier`
/// stands for the id of a point.
pub(crate) fn graph(nodes: &[(&str, &str, Json)], edges: &[&str]) -> RuleGraph {
    let mut graph = RuleGraph::new(RuleId::of_name("test"), Bilingual::new("测试", "Test"));
    for (id, type_, params) in nodes {
        graph.node(id, type_, resolved(params));
    }
    for edge in edges {
        let (from, to) = edge.split_once(" -> ").unwrap();
        graph.edge(from, to);
    }
    graph
}

fn resolved(params: &Json) -> Json {
    match params {
        Json::String(s) if s.starts_with('@') => json!(pt(s.trim_start_matches('@'))),
        Json::Array(a) => a.iter().map(resolved).collect(),
        Json::Object(o) => Json::Object(o.iter().map(|(k, v)| (k.clone(), resolved(v))).collect()),
        other => other.clone(),
    }
}

/// When CO2 is above 1000 ppm for five minutes, turn on the fan; when it is below 800 again, turn it off.
pub(crate) fn ventilation() -> RuleGraph {
    graph(
        &[
            ("co2", "point", json!({"point": "@co2.co2"})),
            ("high", "compare", json!({"op": ">", "value": 1000})),
            ("long", "for_duration", json!({"span_ms": 300_000})),
            ("start", "edge", json!({"on": "rising"})),
            ("on", "command", json!({"point": "@fan.power", "setting": {"to": true}})),
            ("low", "compare", json!({"op": "<", "value": 800})),
            ("stop", "edge", json!({"on": "rising"})),
            ("off", "command", json!({"point": "@fan.power", "setting": {"to": false}})),
        ],
        &[
            "co2.out -> high.in",
            "high.out -> long.in",
            "long.out -> start.in",
            "start.out -> on.in",
            "co2.out -> low.in",
            "low.out -> stop.in",
            "stop.out -> off.in",
        ],
    )
}

/// Seconds after the beginning of the test.
pub(crate) fn at(seconds: f64) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "tests stay within a few hours")]
    Timestamp::from_millis(1_700_000_000_000 + (seconds * 1000.0) as i64)
}

/// A message of the embedded broker.
pub(crate) fn message(topic: &str, payload: &str) -> Message {
    Message { connection: None, topic: topic.into(), payload: Payload::Text(payload.into()), qos: 0, retain: false }
}

/// A message as tests write it: topic, space, payload.
pub(crate) fn message_text(message: &Message) -> String {
    let payload = match &message.payload {
        Payload::Text(text) | Payload::Base64(text) => text,
    };
    let retained = if message.retain { " (retained)" } else { "" };
    format!("{} {payload}{retained}", message.topic)
}

/// An engine with one rule in the test building, and what it did.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) world: World,
    pub(crate) states: States,
    pub(crate) ids: IdGen,
    pub(crate) traces: Vec<Trace>,
}

impl Bench {
    /// Enables a rule at time zero with these values known.
    pub(crate) fn new(graph: &RuleGraph, known: &[(&str, Value)]) -> Bench {
        let mut bench = Bench {
            engine: Engine::default(),
            world: world(),
            states: States::new(),
            ids: IdGen::new(7),
            traces: Vec::new(),
        };
        bench.know(known);
        let found = bench.engine.enable(graph, &bench.world, &bench.states, at(0.0));
        assert_eq!(found, vec![]);
        bench
    }

    fn know(&mut self, known: &[(&str, Value)]) {
        for (name, value) in known {
            self.states.insert(pt(name), Sample::good(value.clone(), at(0.0)));
        }
    }

    /// Steps with reports; the commands as `device.identifier=value`.
    pub(crate) fn step(&mut self, seconds: f64, reports: &[(&str, Value)]) -> Vec<String> {
        let samples: Vec<(PointId, Sample)> =
            reports.iter().map(|(name, value)| (pt(name), Sample::good(value.clone(), at(seconds)))).collect();
        self.apply(&samples, at(seconds))
    }

    /// Steps with samples of any quality.
    pub(crate) fn apply(&mut self, samples: &[(PointId, Sample)], now: Timestamp) -> Vec<String> {
        self.states.extend(samples.iter().cloned());
        let effects = self.engine.step(samples, now, &mut self.ids);
        self.told(effects)
    }

    /// Hands a raw message over.
    pub(crate) fn message(&mut self, seconds: f64, message: &Message) -> Vec<String> {
        let effects = self.engine.message(message, at(seconds), &mut self.ids);
        self.told(effects)
    }

    fn told(&mut self, effects: Vec<Effect>) -> Vec<String> {
        let mut commands = Vec::new();
        for effect in effects {
            match effect {
                Effect::Deed { deed: Deed::Act(act), .. } => commands.push(self.command_text(&act)),
                Effect::Deed { deed: Deed::Publish(message), .. } => commands.push(message_text(&message)),
                Effect::Deed { deed, .. } => commands.push(serde_json::to_string(&deed).unwrap()),
                Effect::Trace(trace) => self.traces.push(trace),
            }
        }
        commands
    }

    fn command_text(&self, act: &documents::Act) -> String {
        let spec = self.world.point(act.point).unwrap();
        let key = &self.world.device(spec.device).unwrap().key;
        let setting = match &act.setting {
            documents::Setting::To(v) => v.to_string(),
            documents::Setting::By(n) => format!("{n:+}"),
            documents::Setting::Toggle => "toggle".into(),
            documents::Setting::Call(_) => "call".into(),
        };
        format!("{key}.{}={setting}", spec.identifier)
    }

    /// Stops the process and starts it again from the stored state.
    pub(crate) fn restart(&mut self) {
        let text = serde_json::to_string(&self.engine).unwrap();
        let engine: Engine = serde_json::from_str(&text).unwrap();
        assert_eq!(engine, self.engine);
        assert_eq!(serde_json::to_string(&engine).unwrap(), text);
        self.engine = engine;
    }
}

/// Seconds, reports, expected commands.
pub(crate) type Row<'a> = (f64, &'a [(&'a str, Value)], &'a [&'a str]);

/// Runs a table.
pub(crate) fn check(bench: &mut Bench, table: &[Row<'_>]) {
    for (seconds, reports, expected) in table {
        assert_eq!(bench.step(*seconds, reports), *expected, "at {seconds} s");
    }
}
