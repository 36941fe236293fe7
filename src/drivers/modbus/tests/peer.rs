//! Devices that speak Modbus by another's hand: pymodbus, over TCP and over a serial line.

use super::{connection, object, property};
use crate::contract::Password;
use crate::peers::{self, Peer};
use crate::{Input, Said, Setup, Started, registry};
use base::id::{CommandId, DeviceId, PointId, ProductId};
use base::{Clock, Quality, Sample, Span, Timestamp, Value};
use documents::{Actor, Cause, Command, Priority, Signal};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use things::model::Origin;
use things::{Connection, Device, Names, PointSpec, Product, Route, ThingModel, World, WorldDoc};
use tokio::sync::mpsc;

/// Type, and the value that the peer holds in each order.
const TYPES: [(&str, f64); 8] = [
    ("u16", 51234.0),
    ("i16", -1234.0),
    ("u32", 3_123_456_789.0),
    ("i32", -123_456_789.0),
    ("u64", 1_234_567_890_123_456.0),
    ("i64", -1_234_567_890_123_456.0),
    ("f32", 21.1),
    ("f64", -0.123_456_789),
];
const ORDERS: [&str; 4] = ["big", "little", "big_swapped", "little_swapped"];
const STOP_MAX: Duration = Duration::from_secs(3);

struct Real;

impl Clock for Real {
    #[expect(clippy::disallowed_methods, reason = "a real peer lives in real time")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Timestamp::from_micros(since.as_micros().try_into().unwrap())
    }
}

/// Registers of one device: name, type in the thing model, access, and the rest of the register.
pub(super) type Row = (String, &'static str, &'static str, Json);

pub(super) fn row(name: &str, type_: &'static str, access: &'static str, register: Json) -> Row {
    (name.into(), type_, access, register)
}

/// Everything that unit 1 of the peer has.
fn all_types() -> Vec<Row> {
    let mut rows = Vec::new();
    for (n, (type_, _)) in TYPES.iter().enumerate() {
        let width = if *type_ == "f32" { 2 } else { type_.get(1..).unwrap().parse::<usize>().unwrap() / 16 };
        for (o, order) in ORDERS.iter().enumerate() {
            let register = json!({ "address": 100 * n + o * width, "type": type_, "order": order });
            rows.push((format!("{type_}_{order}"), "double", "rw", register));
        }
    }
    rows.extend([
        row("bcd16", "double", "r", json!({ "address": 800, "type": "bcd16" })),
        row("bcd32", "double", "r", json!({ "address": 810, "type": "bcd32" })),
        row("text", "text", "rw", json!({ "address": 820, "type": "text(12)" })),
        row("bit", "bool", "rw", json!({ "address": 900, "bits": { "from": 2, "count": 1 } })),
        row(
            "three_bits",
            "double",
            "rw",
            json!({ "address": 900, "bits": { "from": 4, "count": 3 }, "write": "mask" }),
        ),
        row("high_byte", "double", "r", json!({ "address": 900, "bits": { "from": 8, "count": 8 } })),
        row("limited", "double", "rw", json!({ "address": 901 })),
        row("scaled", "double", "rw", json!({ "address": 902, "type": "i16", "scale": 0.1, "offset": -5.0 })),
        row("mode", "enum", "rw", json!({ "address": 903 })),
        row("missing", "double", "r", json!({ "address": 904 })),
        row("after", "double", "r", json!({ "address": 905 })),
        row("coil", "bool", "rw", json!({ "address": 1, "table": "coil" })),
        row("coil_2", "bool", "rw", json!({ "address": 2, "table": "coil", "write": "multiple" })),
        row("discrete", "bool", "r", json!({ "address": 12, "table": "discrete" })),
        row("input", "double", "r", json!({ "address": 0, "table": "input", "type": "i16", "scale": 0.1 })),
        row("input_2", "double", "r", json!({ "address": 1, "table": "input", "type": "i16", "scale": 0.1 })),
    ]);
    rows
}

/// Three holding registers, as units 2, 3 and 9 have them.
fn plain() -> Vec<Row> {
    (0..3).map(|a| row(&format!("r{a}"), "double", "rw", json!({ "address": a, "write": "multiple" }))).collect()
}

/// A driver that runs, and everything it has said. A device has the name of its unit.
pub(super) struct Site {
    world: Arc<World>,
    started: Started,
    heard: mpsc::Receiver<Said>,
    values: BTreeMap<PointId, Sample>,
    links: BTreeMap<DeviceId, (bool, String)>,
    delivered: BTreeMap<CommandId, Option<String>>,
    commands: u32,
}

impl Site {
    pub(super) fn start(transport: Json, changes: Json, units: &[(u8, Vec<Row>)]) -> Site {
        let mut doc = WorldDoc::default();
        let mut entries = Vec::new();
        for (unit, rows) in units {
            let key = unit.to_string();
            let specs = |type_: &str| if type_ == "enum" { json!({ "0": "off", "1": "cool" }) } else { json!({}) };
            let properties: Vec<Json> =
                rows.iter().map(|(name, type_, access, _)| property(name, access, type_, specs(type_))).collect();
            let (model, found) = ThingModel::parse(&json!({ "properties": properties }), Origin::Created);
            let id = ProductId::of_name(&key);
            let names = Names::new(&key, &key);
            doc.products.push(Product {
                id,
                key: key.clone(),
                names: names.clone(),
                model: model.unwrap_or_else(|| panic!("{found:?}")),
            });
            doc.devices.push(Device {
                id: DeviceId::of_name(&key),
                product: id,
                key: key.clone(),
                names,
                placements: vec![],
                route: Route::Via(connection()),
                tags: BTreeSet::new(),
                disabled: false,
            });
            let registers: Vec<Json> = rows
                .iter()
                .map(|(name, _, _, register)| {
                    let mut register = object(register.clone());
                    register.insert("identifier".into(), json!(name));
                    Json::Object(register)
                })
                .collect();
            entries.push(json!({ "product": key, "device": key, "unit": unit, "registers": registers }));
        }
        let mut config =
            object(json!({ "transport": transport, "poll_ms": 200, "timeout_ms": 500, "devices": entries }));
        config.extend(object(changes));
        let bus = Connection {
            id: connection(),
            driver: "modbus".into(),
            names: Names::new("总线", "bus"),
            config,
            disabled: false,
        };
        doc.connections.push(bus.clone());
        let (world, found) = World::build(doc);
        assert_eq!(found, vec![]);
        let driver = registry::by_name("modbus").unwrap();
        assert_eq!((driver.check)(&bus.config, &world), vec![]);
        let (said, heard) = mpsc::channel(16);
        let world = Arc::new(world);
        let setup =
            Setup { connection: bus, password: Password(None), world: world.clone(), clock: Arc::new(Real), said };
        let started = (driver.start)(setup).unwrap();
        let (values, links, delivered) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Site { world, started, heard, values, links, delivered, commands: 0 }
    }

    /// Listens until something holds.
    #[track_caller]
    pub(super) fn until(&mut self, what: &str, holds: impl Fn(&Site) -> bool) {
        peers::wait_until(what, || {
            while let Ok(said) = self.heard.try_recv() {
                said.signals.into_iter().for_each(|s| self.hear(s));
            }
            holds(self)
        });
    }

    fn hear(&mut self, signal: Signal) {
        match signal {
            Signal::Report { values, .. } => {
                self.values.extend(values);
            }
            Signal::Link { device, online, reason } => {
                let before = self.links.insert(device, (online, reason));
                assert_ne!(before.map(|(was, _)| was), Some(online), "told twice");
            }
            Signal::Delivered { command, refused, .. } => {
                assert_eq!(self.delivered.insert(command, refused), None, "answered twice");
            }
            other => panic!("{other:?}"),
        }
    }

    fn id(unit: u8, name: &str) -> PointId {
        PointSpec::id_of(DeviceId::of_name(&unit.to_string()), name)
    }

    pub(super) fn shows(&self, unit: u8, name: &str, value: &Value) -> bool {
        self.values
            .get(&Site::id(unit, name))
            .is_some_and(|s| s.value.close_to(value, 1e-9) && s.quality == Quality::Good)
    }

    pub(super) fn is_online(&self, unit: u8, online: bool) -> bool {
        self.links.get(&DeviceId::of_name(&unit.to_string())).is_some_and(|(is, _)| *is == online)
    }

    #[track_caller]
    fn until_shows(&mut self, unit: u8, name: &str, value: impl Into<Value>) {
        let value = value.into();
        self.until(&format!("unit {unit} does not show {name} as {value}"), |s| s.shows(unit, name, &value));
    }

    #[track_caller]
    fn until_online(&mut self, unit: u8, online: bool) {
        self.until(&format!("unit {unit} is not told to be online: {online}"), |s| s.is_online(unit, online));
    }

    /// Writes, and waits for what the protocol says to it.
    #[track_caller]
    fn write(&mut self, unit: u8, name: &str, value: impl Into<Value>) -> Option<String> {
        self.commands += 1;
        let (id, now, value) = (CommandId::of_name(&self.commands.to_string()), Real.now(), value.into());
        let command = Command {
            id,
            device: DeviceId::of_name(&unit.to_string()),
            point: Site::id(unit, name),
            expect: Some(value.clone()),
            value,
            actor: Actor::system(),
            cause: Cause::Direct,
            priority: Priority::Normal,
            at: now,
            deadline: now + Span::from_secs(5),
        };
        assert!(self.world.point(command.point).is_some(), "{name}");
        self.started.inputs.try_send(Input::Command(command)).unwrap();
        self.until("the command is not answered", |s| s.delivered.contains_key(&id));
        self.delivered[&id].clone()
    }

    pub(super) async fn stop(self) {
        drop(self.started.inputs);
        tokio::time::timeout(STOP_MAX, self.started.task).await.expect("it does not stop").unwrap();
    }
}

pub(super) fn tcp(port: u16) -> Json {
    json!({ "tcp": { "host": "127.0.0.1", "port": port } })
}

fn devices_on(port: u16) -> Peer {
    let mut peer =
        Peer::start("modbus", peers::python().arg(peers::script("modbus.py")).args(["tcp", &port.to_string()]));
    peer.wait_for_port(port);
    peer
}

fn reads_everything(site: &mut Site) {
    for (type_, value) in TYPES {
        for order in ORDERS {
            site.until_shows(1, &format!("{type_}_{order}"), value);
        }
    }
    for (name, value) in [
        ("bcd16", Value::Number(1234.0)),
        ("bcd32", Value::Number(98_765_432.0)),
        ("text", "温度 t1".into()),
        ("bit", true.into()),
        ("three_bits", Value::Number(7.0)),
        ("high_byte", Value::Number(170.0)),
        ("limited", Value::Number(50.0)),
        ("scaled", Value::Number(16.5)),
        ("mode", "cool".into()),
        ("after", Value::Number(7.0)),
        ("coil", false.into()),
        ("coil_2", true.into()),
        ("discrete", true.into()),
        ("input", Value::Number(21.5)),
        ("input_2", Value::Number(-10.0)),
    ] {
        site.until_shows(1, name, value);
    }
    assert!(!site.values.contains_key(&Site::id(1, "missing")), "its address is illegal, and its neighbours are read");
}

fn writes_everything(site: &mut Site) {
    for (name, value) in [
        ("u32_little_swapped", Value::Number(7.0)),
        ("f64_little", Value::Number(0.25)),
        ("text", "ok".into()),
        ("three_bits", Value::Number(2.0)),
        ("bit", false.into()),
        ("limited", Value::Number(99.0)),
        ("scaled", Value::Number(-20.5)),
        ("mode", "off".into()),
        ("coil", true.into()),
        ("coil_2", false.into()),
    ] {
        assert_eq!(site.write(1, name, value.clone()), None, "{name}");
        site.until_shows(1, name, value);
    }
    assert!(site.shows(1, "high_byte", &Value::Number(170.0)), "the other bits stay");
    let refused = site.write(1, "limited", 101.0);
    assert_eq!(refused.as_deref(), Some("illegal data value (Modbus exception 3)"));
    assert!(site.shows(1, "limited", &Value::Number(99.0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_type_and_order_over_tcp() {
    let port = peers::free_port();
    let _peer = devices_on(port);
    let mut site = Site::start(tcp(port), json!({}), &[(1, all_types())]);
    reads_everything(&mut site);
    writes_everything(&mut site);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_type_and_order_over_a_serial_line() {
    let (mut line, ours, theirs) = peers::serial_pair();
    let start = || {
        let mut command = peers::python();
        let peer = Peer::start("modbus", command.arg(peers::script("modbus.py")).arg("rtu").arg(&theirs).arg("19200"));
        peer.wait_for_text("starts");
        peer
    };
    let mut peer = start();
    // Such a line has no parity.
    let rtu = json!({ "rtu": { "device": ours.display().to_string(), "baud": 19200, "parity": "none" } });
    let mut site = Site::start(rtu, json!({}), &[(1, all_types()), (9, plain())]);
    reads_everything(&mut site);
    writes_everything(&mut site);
    site.until_online(9, false);
    assert!(site.is_online(1, true), "a silent neighbour takes nobody along");
    peer.stop();
    site.until_online(1, false);
    let _peer = start();
    site.until_online(1, true);
    site.until_shows(1, "limited", 50.0);
    line.stop();
    site.until_online(1, false);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_and_silent_devices_and_one_that_ignores_writes() {
    let port = peers::free_port();
    let peer = devices_on(port);
    let units = [(1, all_types()), (2, plain()), (3, plain()), (9, plain())];
    let mut site = Site::start(tcp(port), json!({ "timeout_ms": 250 }), &units);
    site.until_online(2, false);
    site.until_online(9, false);
    for unit in [1, 3] {
        site.until_online(unit, true);
    }
    site.until_shows(3, "r1", 20.0);
    assert_eq!(site.write(3, "r1", 21.0), None, "it says yes");
    let asked = peer.output().matches("\n3 3 1 1\n").count();
    site.until("it is not looked at", |_| peer.output().matches("\n3 3 1 1\n").count() > asked + 3);
    site.until_shows(3, "r1", 20.0);
    assert_eq!(site.write(9, "r1", 1.0).as_deref(), Some("the device does not answer"));
    site.stop().await;
    // With more patience the slow one is there.
    let mut site = Site::start(tcp(port), json!({ "timeout_ms": 2000 }), &[(2, plain())]);
    site.until_shows(2, "r2", 30.0);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unplugged_and_back() {
    let port = peers::free_port();
    let mut peer = devices_on(port);
    let mut site = Site::start(tcp(port), json!({}), &[(1, all_types()), (3, plain())]);
    site.until_online(1, true);
    assert_eq!(site.write(1, "limited", 80.0), None);
    site.until_shows(1, "limited", 80.0);
    peer.stop();
    site.until_online(1, false);
    site.until_online(3, false);
    assert_eq!(site.write(1, "limited", 81.0).as_deref(), Some("the device does not answer"));
    let _peer = devices_on(port);
    site.until_online(1, true);
    site.until_online(3, true);
    site.until_shows(1, "limited", 50.0);
    site.stop().await;
}

/// Two hundred registers in five groups: one request each, and how long a round trip takes when each register has one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_registers_in_five_requests() {
    let port = peers::free_port();
    let peer = devices_on(port);
    let rows: Vec<Row> =
        (0..200).map(|n| row(&format!("r{n}"), "double", "r", json!({ "address": n / 40 * 100 + n % 40 }))).collect();
    let last = |site: &Site| (0..200).all(|n| site.shows(4, &format!("r{n}"), &Value::Number(f64::from(n % 40))));
    let requests = || peer.output().lines().filter(|l| l.starts_with("4 ")).count();
    for (changes, expected) in [(json!({}), 5), (json!({ "max_registers": 1 }), 200)] {
        let mut changes = object(changes);
        changes.insert("poll_ms".into(), json!(86_400_000));
        let before = requests();
        let mut site = Site::start(tcp(port), Json::Object(changes), &[(4, rows.clone())]);
        site.until("not all registers were read", last);
        assert_eq!(requests() - before, expected);
        let times = || site.values.values().map(|s| s.at);
        let took = times().max().unwrap() - times().min().unwrap();
        let each = took.as_micros() / i64::try_from(expected - 1).unwrap();
        println!("200 registers: {expected} requests, a round trip in {each} us");
        site.stop().await;
    }
}
