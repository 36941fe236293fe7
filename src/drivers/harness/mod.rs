//! What every driver of the list must keep, checked the same way for each: its configuration, its codec, and a session
//! that survives loss, repetition, disorder and garbage.
//!
//! What it is *not*: a peer. Whether a protocol is spoken right is for the tests with real peers. Start at [`Trial`]:
//! a driver's tests implement it, and its line stands in [`SUITES`].

use crate::contract::{INPUTS_MAX, Password, Said, Setup};
use crate::registry::{self, DRIVERS};
use crate::{Driver, Input};
use base::id::{CommandId, DeviceId, PointId};
use base::{Clock, Timestamp, Value};
use documents::{Actor, Cause, Command, Priority, Signal};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use things::{Connection, Device, Names, PointKind, Product, Route, World, WorldDoc, templates};
use tokio::sync::mpsc;

/// How long a driver may take to stop.
const STOP_MAX: Duration = Duration::from_secs(5);

/// A driver's session, in the hands of the harness.
pub(crate) trait Trial {
    /// A session that has no connection yet, over the devices of [`Trial::devices`] in [`world`].
    fn new(connection: &Connection, world: Arc<World>) -> Self;
    /// The devices of the driver's sample: product template and key.
    fn devices() -> &'static [(&'static str, &'static str)];
    /// The connection is there.
    fn connect(&mut self, now: Timestamp) -> Vec<Signal>;
    /// The connection is gone.
    fn lose(&mut self, now: Timestamp) -> Vec<Signal>;
    /// The peer says something right. The number chooses what; together, the numbers below [`Trial::RIGHT`] say that
    /// each device is there and what it shows.
    fn right(&mut self, choice: u8, now: Timestamp) -> Vec<Signal>;
    /// How many right things there are.
    const RIGHT: u8;
    /// The peer says these bytes, whatever they mean.
    fn garbage(&mut self, bytes: &[u8], now: Timestamp) -> Vec<Signal>;
    /// The runtime wants something, or time has gone on.
    fn told(&mut self, input: Input, now: Timestamp) -> Vec<Signal>;
    /// The device does what it was told last, if it was told something, and shows what it is then.
    fn obey(&mut self, now: Timestamp) -> Vec<Signal>;
}

/// The checks of one driver.
pub(crate) struct Suite {
    name: &'static str,
    devices: fn() -> &'static [(&'static str, &'static str)],
    survives: fn(),
    round_trip: fn(),
}

impl Suite {
    const fn of<T: Trial>(name: &'static str) -> Suite {
        Suite { name, devices: T::devices, survives: survives::<T>, round_trip: round_trip::<T> }
    }

    /// Of a driver that no device is behind: it has no session.
    const fn without_devices(name: &'static str) -> Suite {
        Suite { name, devices: || &[], survives: || {}, round_trip: || {} }
    }
}

/// One line for each driver.
const SUITES: &[Suite] = &[
    Suite::of::<crate::modbus::tests::Gateway>("modbus"),
    Suite::of::<crate::mqtt::tests::Sample>("mqtt"),
    Suite::without_devices("webhook"),
];

/// A time that does not go on by itself.
pub(crate) struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }
}

/// The sample of a driver as a connection.
pub(crate) fn connection(driver: &Driver) -> Connection {
    Connection {
        id: base::id::ConnectionId::of_name(driver.name),
        driver: driver.name.into(),
        names: Names::new("连接", "connection"),
        config: (driver.sample)(),
        disabled: false,
    }
}

/// A world with one connection and these devices behind it, each of the shipped template whose key its product has.
pub(crate) fn world(connection: &Connection, devices: &[(&str, &str)]) -> Arc<World> {
    let mut doc = WorldDoc { connections: vec![connection.clone()], ..WorldDoc::default() };
    for (template, key) in devices {
        let id = base::id::ProductId::of_name(template);
        if !doc.products.iter().any(|p| p.id == id) {
            doc.products.push(Product {
                id,
                key: (*template).into(),
                names: Names::new("产品", "product"),
                model: templates::by_name(template).unwrap().clone(),
            });
        }
        doc.devices.push(Device {
            id: DeviceId::of_name(key),
            product: id,
            key: (*key).into(),
            names: Names::new("设备", "device"),
            placements: vec![],
            route: Route::Via(connection.id),
            tags: BTreeSet::new(),
            disabled: false,
        });
    }
    let (world, found) = World::build(doc);
    assert_eq!(found, vec![]);
    Arc::new(world)
}

/// A command to a point.
pub(crate) fn command(world: &World, point: PointId, value: Value, n: u64, now: Timestamp) -> Command {
    Command {
        id: CommandId::of_name(&n.to_string()),
        device: world.point(point).unwrap().device,
        point,
        value,
        actor: Actor::system(),
        cause: Cause::Direct,
        priority: Priority::Normal,
        at: now,
        deadline: now + base::Span::from_secs(10),
        expect: None,
    }
}

fn driver(suite: &Suite) -> &'static Driver {
    registry::by_name(suite.name).unwrap()
}

#[test]
fn every_driver_is_covered() {
    let names = |list: Vec<&'static str>| list.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(names(DRIVERS.iter().map(|d| d.name).collect()), names(SUITES.iter().map(|s| s.name).collect()));
}

#[test]
fn the_sample_is_without_fault() {
    for suite in SUITES {
        let driver = driver(suite);
        let connection = connection(driver);
        assert_eq!(
            (driver.check)(&connection.config, &world(&connection, (suite.devices)())),
            vec![],
            "{}",
            suite.name
        );
        if (suite.devices)().is_empty() {
            continue;
        }
        // Without its devices it has faults, and they say where.
        let found = (driver.check)(&connection.config, &world(&connection, &[]));
        assert!(found.iter().any(|d| d.is_error() && !d.path.is_empty()), "{}: {found:?}", suite.name);
    }
}

#[test]
fn the_schema_is_golden() {
    for suite in SUITES {
        insta::assert_json_snapshot!(format!("schema_{}", suite.name), (driver(suite).schema)().to_value());
    }
}

#[test]
fn an_unknown_key_is_refused_and_the_nearest_named() {
    for suite in SUITES {
        let driver = driver(suite);
        let connection = connection(driver);
        let world = world(&connection, (suite.devices)());
        for key in connection.config.keys() {
            let mut config = connection.config.clone();
            let value = config.remove(key).unwrap();
            let mut letters: Vec<char> = key.chars().collect();
            letters.rotate_left(1);
            let wrong: String = if letters.len() < 4 { format!("{key}x") } else { format!("{key}{}", letters[0]) };
            config.insert(wrong.clone(), value);
            let found = (driver.check)(&config, &world);
            let named = found.iter().any(|d| {
                let help = d.help.clone().unwrap_or_default();
                let told = format!("{} {}", help.en, d.message.en);
                d.is_error() && d.path.contains(&wrong) && told.contains(&format!("`{key}`")) && !help.zh.is_empty()
            });
            assert!(named, "{}: {wrong}: {found:?}", suite.name);
        }
    }
}

#[test]
fn a_session_survives_what_comes() {
    for suite in SUITES {
        (suite.survives)();
    }
}

#[test]
fn what_is_written_is_read_back() {
    for suite in SUITES {
        (suite.round_trip)();
    }
}

/// The peer is not there and the runtime does not listen: the driver still ends when its inputs close.
#[tokio::test]
async fn a_driver_stops_within_its_limit() {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    for suite in SUITES {
        let driver = driver(suite);
        let connection = connection(driver);
        let world = world(&connection, (suite.devices)());
        for listening in [true, false] {
            let (said, mut heard) = mpsc::channel::<Said>(1);
            let setup = Setup {
                connection: connection.clone(),
                password: Password(None),
                world: world.clone(),
                clock: Arc::new(Still),
                said,
            };
            let started = (driver.start)(setup).unwrap();
            if listening && !(suite.devices)().is_empty() {
                let first = tokio::time::timeout(STOP_MAX, heard.recv()).await;
                assert!(matches!(first, Ok(Some(_))), "{} says nothing of its devices", suite.name);
            }
            for n in 0..u64::try_from(INPUTS_MAX / 2).unwrap() {
                let wanted = match world.points().find(|p| p.writable) {
                    Some(point) => Input::Command(command(&world, point.id, true.into(), n, Still.now())),
                    None => Input::Listen(Vec::new()),
                };
                started.inputs.try_send(wanted).unwrap();
            }
            drop(started.inputs);
            let ended = tokio::time::timeout(STOP_MAX, async {
                while listening && heard.recv().await.is_some() {}
                started.task.await
            });
            assert!(matches!(ended.await, Ok(Ok(()))), "{} does not stop, listening: {listening}", suite.name);
        }
    }
}

/// One thing that happens to a session.
#[derive(Debug, Clone)]
enum Step {
    Connect,
    Lose,
    Right(u8),
    Garbage(Vec<u8>),
    Command(usize, u8),
    Wait(i64),
    World,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        1 => Just(Step::Connect),
        1 => Just(Step::Lose),
        6 => any::<u8>().prop_map(Step::Right),
        2 => proptest::collection::vec(any::<u8>(), 0..300).prop_map(Step::Garbage),
        2 => (any::<usize>(), any::<u8>()).prop_map(|(p, v)| Step::Command(p, v)),
        2 => (0i64..20_000).prop_map(Step::Wait),
        1 => Just(Step::World),
    ];
    proptest::collection::vec(step, 1..80)
}

/// What the harness knows of a session under trial.
struct Judge {
    connection: Connection,
    world: Arc<World>,
    links: BTreeMap<DeviceId, (bool, String)>,
    asked: BTreeMap<CommandId, bool>,
}

impl Judge {
    fn hear(&mut self, signals: Vec<Signal>) {
        for signal in signals {
            match signal {
                Signal::Link { device, online, reason } => {
                    self.is_ours(device);
                    assert!(!reason.is_empty());
                    let before = self.links.insert(device, (online, reason.clone()));
                    // Only why it is gone may change.
                    let again = before.is_some_and(|(on, why)| on == online && (online || why == reason));
                    assert!(!again, "told twice that {device} is there: {online}, {reason}");
                }
                Signal::Report { device, values } => {
                    self.is_ours(device);
                    assert!(!values.is_empty());
                    for (point, sample) in values {
                        let spec = self.world.point(point).unwrap();
                        assert_eq!(spec.device, device);
                        assert_eq!(spec.check(&sample.value), Ok(()), "{}", spec.identifier);
                    }
                }
                Signal::Delivered { command, .. } => {
                    let open = self.asked.insert(command, false);
                    assert_eq!(open, Some(true), "{command} was not asked, or answered twice");
                }
                Signal::Occurrence { device, event, .. } => {
                    self.is_ours(device);
                    assert!(self.world.model_of(device).unwrap().events.iter().any(|e| e.identifier == event));
                }
                Signal::Posted { .. } => {}
                Signal::Message(message) => assert_eq!(message.connection, Some(self.connection.id)),
            }
        }
    }

    fn is_ours(&self, device: DeviceId) {
        assert_eq!(self.world.device(device).unwrap().route, Route::Via(self.connection.id));
    }
}

/// The connection and the world of a driver's sample.
fn of_sample<T: Trial>() -> (Connection, Arc<World>) {
    let suite = SUITES.iter().find(|s| std::ptr::fn_addr_eq(s.survives, survives::<T> as fn())).unwrap();
    let connection = connection(driver(suite));
    let world = world(&connection, T::devices());
    (connection, world)
}

/// A value that a device was told comes back as its report.
fn round_trip<T: Trial>() {
    let (connection, world) = of_sample::<T>();
    let told = std::cell::Cell::new(0);
    let check = |(choice, value): (usize, u8)| {
        let now = Still.now();
        let mut session = T::new(&connection, world.clone());
        session.connect(now);
        for choice in 0..T::RIGHT {
            session.right(choice, now);
        }
        let Some(command) = wanted(&world, choice, value, 0, now) else { return Ok(()) };
        let spec = world.point(command.point).unwrap();
        let (point, value) = (command.point, command.value.clone());
        let mut signals = session.told(Input::Command(command), now);
        signals.extend(session.obey(now));
        let refused = signals.iter().any(|s| matches!(s, Signal::Delivered { refused: Some(_), .. }));
        if refused || !spec.feedback {
            return Ok(());
        }
        let mut shown = signals.into_iter().filter_map(|s| match s {
            Signal::Report { values, .. } => values.into_iter().find(|(p, _)| *p == point).map(|(_, s)| s.value),
            _ => None,
        });
        let last = shown.next_back();
        let same = last.as_ref().is_some_and(|v| v.close_to(&value, spec.tolerance()));
        assert!(same, "{}: told {}, shows {last:?}", spec.identifier, value);
        told.set(told.get() + 1);
        Ok(())
    };
    let outcome = TestRunner::default().run(&(any::<usize>(), any::<u8>()), check);
    assert!(outcome.is_ok() && told.get() > 0, "{}: {} told, {outcome:?}", connection.driver, told.get());
}

fn survives<T: Trial>() {
    let (connection, world) = of_sample::<T>();
    let name = connection.driver.clone();
    let check = |steps: Vec<Step>| {
        let mut session = T::new(&connection, world.clone());
        let mut judge = Judge {
            connection: connection.clone(),
            world: world.clone(),
            links: BTreeMap::new(),
            asked: BTreeMap::new(),
        };
        let mut now = Still.now();
        let mut connected = false;
        for step in steps {
            let after = match step {
                Step::Connect => true,
                Step::Lose => false,
                _ => connected,
            };
            let signals = match step {
                Step::Connect if !connected => session.connect(now),
                Step::Lose if connected => session.lose(now),
                Step::Right(choice) if connected => session.right(choice % T::RIGHT, now),
                Step::Garbage(bytes) if connected => session.garbage(&bytes, now),
                Step::Connect | Step::Lose | Step::Right(_) | Step::Garbage(_) => continue,
                Step::Command(choice, value) => {
                    let Some(command) = wanted(&world, choice, value, judge.asked.len(), now) else { continue };
                    judge.asked.insert(command.id, true);
                    session.told(Input::Command(command), now)
                }
                Step::Wait(ms) => {
                    now = now + base::Span::from_millis(ms);
                    session.told(Input::Tick, now)
                }
                Step::World => session.told(Input::World(world.clone()), now),
            };
            connected = after;
            judge.hear(signals);
            assert!(connected || judge.links.values().all(|(on, _)| !on), "somebody is there without a connection");
        }
        // Whatever was before: once the peer is back and speaks, every device is there again.
        if connected {
            judge.hear(session.lose(now));
        }
        judge.hear(session.connect(now));
        for choice in 0..T::RIGHT {
            judge.hear(session.right(choice, now));
        }
        let there = world.devices().all(|d| judge.links.get(&d.id).is_some_and(|(on, _)| *on));
        assert!(there, "not every device came back: {:?}", judge.links);
        Ok(())
    };
    let outcome = TestRunner::default().run(&steps(), check);
    assert!(outcome.is_ok(), "{name}: {outcome:?}");
}

/// A command that fits some writable point.
fn wanted(world: &World, choice: usize, value: u8, n: usize, now: Timestamp) -> Option<Command> {
    let writable: Vec<_> = world.points().filter(|p| p.writable).collect();
    let spec = writable.get(choice % writable.len().max(1))?;
    let value = match &spec.kind {
        PointKind::Bool => Value::Bool(value.is_multiple_of(2)),
        PointKind::Number { .. } => spec.settle(Value::Number(value.into())),
        PointKind::Enum { tokens } => Value::Text(tokens.get(usize::from(value) % tokens.len())?.token.clone()),
        PointKind::Text { .. } => Value::text(value.to_string()),
        PointKind::Other | PointKind::Service => Value::no_arguments(),
    };
    Some(command(world, spec.id, value, u64::try_from(n).unwrap(), now))
}
