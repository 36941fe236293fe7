//! A building on paper, and a bus on which its devices are.

mod check;
mod noise;
mod peer;
mod session;
mod trial;
mod values;

pub(crate) use trial::Gateway;

use super::codec::{Answer, Raw, Request};
use super::config::{Config, Table};
use super::session::{Ask, Bus, Heard};
use crate::{Input, Session};
use base::id::{CommandId, ConnectionId, DeviceId, PointId, ProductId};
use base::{Sample, Span, Timestamp, Value};
use documents::{Actor, Cause, Command, Priority, Signal};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use things::model::Origin;
use things::{Connection, Device, Names, PointSpec, Product, Route, ThingModel, World, WorldDoc};

pub(super) fn object(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

pub(super) fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + ms)
}

fn property(identifier: &str, access: &str, type_: &str, specs: Json) -> Json {
    // The tokens of an enumeration are its names here.
    let x = if type_ == "enum" { json!({ "tokens": specs }) } else { json!({}) };
    json!({
        "identifier": identifier, "name": identifier, "accessMode": access,
        "dataType": { "type": type_, "specs": specs }, "x": x,
    })
}

pub(super) fn model() -> ThingModel {
    let json = json!({ "properties": [
        property("temperature", "r", "float", json!({ "min": "-40", "max": "85" })),
        property("setpoint", "rw", "float", json!({ "min": "5", "max": "30", "step": "0.5" })),
        property("on", "rw", "bool", json!({ "0": "off", "1": "on" })),
        property("mode", "rw", "enum", json!({ "0": "auto", "1": "cool", "2": "heat" })),
        property("label", "rw", "text", json!({ "length": "12" })),
        property("level", "rw", "int", json!({ "min": "0", "max": "100" })),
        property("alarm", "r", "bool", json!({ "0": "no", "1": "yes" })),
        property("reset", "w", "bool", json!({ "0": "no", "1": "yes" })),
        property("extra", "r", "struct", json!([])),
    ]});
    let (model, found) = ThingModel::parse(&json, Origin::Created);
    model.unwrap_or_else(|| panic!("{found:?}"))
}

pub(super) fn connection() -> ConnectionId {
    ConnectionId::of_name("bus")
}

fn device(key: &str, disabled: bool) -> Device {
    Device {
        id: DeviceId::of_name(key),
        product: ProductId::of_name("ctl"),
        key: key.into(),
        names: Names::new(key, key),
        placements: vec![],
        route: Route::Via(connection()),
        tags: BTreeSet::new(),
        disabled,
    }
}

/// Devices of one product; those with a `-` in front are disabled.
pub(super) fn world(devices: &[&str]) -> World {
    let product = Product {
        id: ProductId::of_name("ctl"),
        key: "ctl".into(),
        names: Names::new("控制器", "controller"),
        model: model(),
    };
    let bus = Connection {
        id: connection(),
        driver: "modbus".into(),
        names: Names::new("总线", "bus"),
        config: Map::new(),
        disabled: false,
    };
    let devices = devices.iter().map(|k| device(k.trim_start_matches('-'), k.starts_with('-'))).collect();
    let (world, found) =
        World::build(WorldDoc { products: vec![product], devices, connections: vec![bus], ..WorldDoc::default() });
    assert_eq!(found, vec![]);
    world
}

pub(super) fn spec(identifier: &str) -> PointSpec {
    let world = world(&["a"]);
    world.points().find(|p| p.identifier == identifier).unwrap().clone()
}

fn point(device: &str, identifier: &str) -> PointId {
    PointSpec::id_of(DeviceId::of_name(device), identifier)
}

/// Units 1 and 2 are devices a and b with the same map.
pub(super) fn config(changes: Json) -> Map<String, Json> {
    let mut config = object(json!({
        "transport": { "tcp": { "host": "bus" } },
        "poll_ms": 1000,
        "refresh_ms": 60_000,
        "maps": { "ctl": { "registers": [
            { "identifier": "temperature", "table": "input", "address": 0, "type": "i16", "scale": 0.1 },
            { "identifier": "setpoint", "address": 10, "type": "i16", "scale": 0.1 },
            { "identifier": "mode", "address": 11, "bits": { "from": 4, "count": 2 } },
            { "identifier": "alarm", "address": 11, "bits": { "from": 0, "count": 1 } },
            { "identifier": "level", "address": 14 },
            { "identifier": "on", "table": "coil", "address": 3 },
            { "identifier": "reset", "table": "coil", "address": 4 },
        ]}},
        "devices": [
            { "product": "ctl", "device": "a", "unit": 1, "map": "ctl" },
            { "product": "ctl", "device": "b", "unit": 2, "map": "ctl" },
        ],
    }));
    config.extend(object(changes));
    config
}

pub(super) fn bus(changes: Json, devices: &[&str]) -> Bus {
    Bus::new(Config::parse(&config(changes)).unwrap(), connection(), &world(devices), at(0))
}

pub(super) fn command(name: &str, device: &str, identifier: &str, value: impl Into<Value>) -> Command {
    let value = value.into();
    Command {
        id: CommandId::of_name(name),
        device: DeviceId::of_name(device),
        point: point(device, identifier),
        expect: Some(value.clone()),
        value,
        actor: Actor::system(),
        cause: Cause::Direct,
        priority: Priority::Normal,
        at: at(0),
        deadline: at(1_000_000),
    }
}

/// The other end of the bus: what stands where, and how it misbehaves.
#[derive(Default)]
pub(super) struct Field {
    /// By unit, table and address. What is not there is an illegal address.
    pub(super) words: BTreeMap<(u8, Table, u16), u16>,
    /// Units that do not answer.
    pub(super) silent: BTreeSet<u8>,
    /// Units that take writes and do nothing.
    pub(super) deaf: BTreeSet<u8>,
    /// The line cannot be opened, or breaks.
    pub(super) cut: bool,
    /// An exception for each write.
    pub(super) refuses: Option<u8>,
    /// What was asked, oldest first.
    pub(super) asked: Vec<(Timestamp, Ask)>,
}

impl Field {
    pub(super) fn of(units: &[u8]) -> Field {
        let mut field = Field::default();
        for unit in units {
            field.set(*unit, Table::Input, 0, &[215]);
            field.set(*unit, Table::Holding, 10, &[200, 0b01_0001, 0, 0, 40]);
            field.set(*unit, Table::Coil, 3, &[0, 0]);
        }
        field
    }

    pub(super) fn set(&mut self, unit: u8, table: Table, from: u16, values: &[u16]) {
        self.words.extend((from..).zip(values).map(|(a, v)| ((unit, table, a), *v)));
    }

    fn get(&self, unit: u8, table: Table, start: u16, count: u16) -> Option<Vec<u16>> {
        (start..start + count).map(|a| self.words.get(&(unit, table, a)).copied()).collect()
    }

    fn answers(&mut self, ask: &Ask) -> Heard {
        let Ask::Call { unit, request } = ask else {
            return Heard::Opened(if self.cut { Err("cannot connect".into()) } else { Ok(()) });
        };
        if self.cut {
            return Heard::Lost("the connection was closed".into());
        }
        if self.silent.contains(unit) {
            return Heard::Silent;
        }
        let exception = |code| Heard::Answer(Answer::Exception(code));
        match request {
            Request::Read { table, start, count } => match self.get(*unit, *table, *start, *count) {
                None => exception(2),
                Some(words) if table.is_bits() => {
                    Heard::Answer(Answer::Raw(Raw::Bits(words.iter().map(|w| *w != 0).collect())))
                }
                Some(words) => Heard::Answer(Answer::Raw(Raw::Words(words))),
            },
            _ if self.refuses.is_some() => exception(self.refuses.unwrap()),
            Request::Write { start, raw, .. } => {
                let (table, values) = match raw {
                    Raw::Bits(bits) => (Table::Coil, bits.iter().map(|b| u16::from(*b)).collect()),
                    Raw::Words(words) => (Table::Holding, words.clone()),
                };
                if !self.deaf.contains(unit) {
                    self.set(*unit, table, *start, &values);
                }
                Heard::Answer(Answer::Done)
            }
            Request::Mask { address, and, or } => {
                let old = self.words[&(*unit, Table::Holding, *address)];
                self.set(*unit, Table::Holding, *address, &[old & and | or & !and]);
                Heard::Answer(Answer::Done)
            }
        }
    }

    /// Lets the bus work until a time. A request takes 10 ms, and one that is not answered a second.
    pub(super) fn run(&mut self, bus: &mut Bus, from: Timestamp, until: Timestamp) -> Vec<(Timestamp, Signal)> {
        let mut now = from;
        let mut out = Vec::new();
        while now < until {
            if let Some(ask) = bus.next(now) {
                self.asked.push((now, ask.clone()));
                let heard = self.answers(&ask);
                now = now + Span::from_millis(if heard == Heard::Silent { 1_000 } else { 10 });
                out.extend(bus.heard(heard, now).into_iter().map(|s| (now, s)));
            } else {
                let next = bus.deadline().unwrap_or(until);
                assert!(next > now, "what is due was not asked for at {now}");
                now = next;
            }
        }
        out
    }

    pub(super) fn writes(&self) -> Vec<Request> {
        let write = |(_, ask): &'_ (Timestamp, Ask)| match ask {
            Ask::Call { request: Request::Read { .. }, .. } | Ask::Open => None,
            Ask::Call { request, .. } => Some(request.clone()),
        };
        self.asked.iter().filter_map(write).collect()
    }
}

/// Signals in short: `a on: answers`, `a temperature 21.5`, `cm ok`, `cm no: reason`.
pub(super) fn short(signals: &[(Timestamp, Signal)]) -> Vec<String> {
    let devices: BTreeMap<DeviceId, &str> = ["a", "b"].map(|k| (DeviceId::of_name(k), k)).into();
    let points: BTreeMap<PointId, String> = model()
        .properties
        .iter()
        .flat_map(|p| ["a", "b"].map(|d| (point(d, &p.identifier), format!("{d} {}", p.identifier))))
        .collect();
    let mut out = Vec::new();
    for (_, signal) in signals {
        match signal {
            Signal::Report { values, .. } => out.extend(values.iter().map(|(p, Sample { value, quality, .. })| {
                let mark = if *quality == base::Quality::Good { String::new() } else { format!(" {quality:?}") };
                format!("{} {value}{mark}", points[p])
            })),
            Signal::Link { device, online, reason } => {
                out.push(format!("{} {}: {reason}", devices[device], if *online { "on" } else { "off" }));
            }
            Signal::Delivered { refused: None, .. } => out.push("ok".into()),
            Signal::Delivered { refused: Some(why), .. } => out.push(format!("no: {why}")),
            other => panic!("{other:?}"),
        }
    }
    out
}

pub(super) fn tell(bus: &mut Bus, input: Input, now: Timestamp) -> Vec<String> {
    let said: Vec<(Timestamp, Signal)> = bus.handle(input, now).into_iter().map(|s| (now, s)).collect();
    short(&said)
}
