//! A broker with a world of its own: a lamp, a desk, a disabled device and a bridge; and memory instead of a store.

use crate::peers::{self, Peer};
use access::login::{Signed, sign};
use access::{
    Broker, Credential, Inlet, InletError, Keep, KeepChange, KeepError, Kept, Limits, Options, Registry, RegistryError,
};
use async_trait::async_trait;
use base::id::{DeviceId, PointId, ProductId, TokenId};
use base::{Clock, Span, Timestamp};
use documents::Signal;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use things::{Device, Names, PointSpec, Product, Route, ThingModel, World, WorldDoc};
use tokio::runtime::Runtime;

pub(crate) const SECRET: &str = "secret of";
pub(crate) const TOKEN: &str = "castellan-bridge-token";

/// The machine's clock.
struct Wall;

impl Clock for Wall {
    #[expect(clippy::disallowed_methods, reason = "real clients run on the machine's clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
    }
}

pub(crate) fn now() -> Timestamp {
    Wall.now()
}

#[derive(Default)]
pub(crate) struct Taken {
    pub(crate) signals: Mutex<Vec<Signal>>,
    pub(crate) tags: Mutex<BTreeMap<DeviceId, BTreeSet<String>>>,
    /// Nothing durable is taken.
    pub(crate) broken: AtomicBool,
    /// Durable groups wait while this is held.
    pub(crate) disk: tokio::sync::RwLock<()>,
}

#[async_trait]
impl Inlet for Taken {
    async fn accept(&self, signals: Vec<Signal>, durable: bool) -> Result<(), InletError> {
        if durable {
            let _disk = self.disk.read().await;
            if self.broken.load(Ordering::Relaxed) {
                return Err(InletError::Store);
            }
        }
        self.signals.lock().unwrap().extend(signals);
        Ok(())
    }
    async fn tags(&self, device: DeviceId, tags: BTreeSet<String>) -> Result<(), InletError> {
        self.tags.lock().unwrap().insert(device, tags);
        Ok(())
    }
}

#[derive(Default)]
pub(crate) struct Register {
    last: Mutex<BTreeMap<DeviceId, u64>>,
    pub(crate) reads: AtomicU64,
    pub(crate) writes: AtomicU64,
}

#[async_trait]
impl Registry for Register {
    async fn credential(&self, device: DeviceId) -> Result<Option<Credential>, RegistryError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let last = self.last.lock().unwrap().get(&device).copied();
        Ok(Some(Credential { secret: format!("{SECRET} {device}"), last }))
    }
    async fn logged_in(&self, device: DeviceId, timestamp: u64) -> Result<bool, RegistryError> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        let mut all = self.last.lock().unwrap();
        let rises = all.get(&device).is_none_or(|last| timestamp > *last);
        all.insert(device, timestamp);
        Ok(rises)
    }
    async fn bridge(&self, token: &str) -> Result<Option<TokenId>, RegistryError> {
        Ok((token == TOKEN).then(|| TokenId::of_name("bridge")))
    }
    async fn device_of_token(&self, token: &str) -> Result<Option<DeviceId>, RegistryError> {
        Ok((token == "lamp's token").then(lamp))
    }
}

#[derive(Default)]
pub(crate) struct Memory {
    kept: Mutex<Kept>,
}

#[async_trait]
impl Keep for Memory {
    async fn load(&self) -> Result<Kept, KeepError> {
        Ok(self.kept.lock().unwrap().clone())
    }
    async fn write(&self, changes: Vec<KeepChange>) -> Result<(), KeepError> {
        let mut kept = self.kept.lock().unwrap();
        for change in changes {
            match change {
                KeepChange::Session(session) => {
                    kept.sessions.retain(|s| s.key != session.key);
                    kept.sessions.push(session);
                }
                KeepChange::NoSession(key) => {
                    kept.sessions.retain(|s| s.key != key);
                    kept.queued.retain(|q| q.0 != key);
                }
                KeepChange::Queued { session, seq, message } => kept.queued.push((session, seq, message)),
                KeepChange::Unqueued { session, seq } => kept.queued.retain(|q| (&q.0, q.1) != (&session, seq)),
                KeepChange::Retained(message) => {
                    kept.retained.retain(|r| r.topic != message.topic);
                    kept.retained.push(message);
                }
                KeepChange::NotRetained(topic) => kept.retained.retain(|r| r.topic != topic),
            }
        }
        Ok(())
    }
}

pub(crate) fn lamp() -> DeviceId {
    DeviceId::of_name("lamp")
}
pub(crate) fn point(identifier: &str) -> PointId {
    PointSpec::id_of(lamp(), identifier)
}

/// The world; some devices may be disabled.
pub(crate) fn world(disabled: &[&str]) -> Arc<World> {
    let model: ThingModel = serde_json::from_value(json!({
        "schema": "https://iotx-tsl.oss-ap-southeast-1.aliyuncs.com/schema.json",
        "profile": { "productKey": "pk" },
        "properties": [
            { "identifier": "temperature", "name": "Temperature", "accessMode": "r",
              "dataType": { "type": "float", "specs": { "min": "-40", "max": "80", "unit": "°C" } } },
            { "identifier": "power", "name": "Power", "accessMode": "rw",
              "dataType": { "type": "bool", "specs": { "0": "off", "1": "on" } } },
        ],
        "events": [
            { "identifier": "alarm", "name": "Alarm", "type": "alert", "outputData": [
                { "identifier": "level", "name": "Level", "dataType": { "type": "int", "specs": { "min": "0", "max": "9" } } } ] },
        ],
        "services": [
            { "identifier": "blink", "name": "Blink", "callType": "async",
              "inputData": [ { "identifier": "times", "name": "Times", "dataType": { "type": "int", "specs": { "min": "0", "max": "9" } } } ],
              "outputData": [ { "identifier": "done", "name": "Done", "dataType": { "type": "bool", "specs": { "0": "no", "1": "yes" } } } ] },
        ],
        "x": { "kind": "light" },
    }))
    .unwrap();
    let mut bytes = model.clone();
    bytes.x.raw = serde_json::from_value(json!({
        "up": [ { "when": [{ "at": 0, "equals": "a5" }], "length": 4, "checksum": "sum8",
                  "fields": [ { "identifier": "temperature", "at": 1, "type": "i16", "scale": 0.1 } ] } ],
        "down": [ { "when": [{ "at": 0, "equals": "50" }], "length": 2,
                    "fields": [ { "identifier": "power", "at": 1, "type": "bool" } ] } ],
    }))
    .unwrap();
    let raw =
        Product { id: ProductId::of_name("raw"), key: "raw".into(), names: Names::new("表", "meter"), model: bytes };
    let product = Product { id: ProductId::of_name("pk"), key: "pk".into(), names: Names::new("灯", "lamp"), model };
    let device = |key: &str, disabled: bool| Device {
        id: DeviceId::of_name(key),
        product: if key == "meter" { raw.id } else { product.id },
        key: key.into(),
        names: Names::new(key, key),
        placements: Vec::new(),
        route: Route::Direct,
        tags: BTreeSet::from(["by hand".to_owned()]),
        disabled,
    };
    let devices =
        ["lamp", "desk", "off", "meter"].map(|key| device(key, key == "off" || disabled.contains(&key))).to_vec();
    let (world, found) =
        World::build(WorldDoc { products: vec![product.clone(), raw.clone()], devices, ..WorldDoc::default() });
    assert_eq!(found, []);
    Arc::new(world)
}

/// A running broker.
pub(crate) struct Bench {
    pub(crate) runtime: Runtime,
    pub(crate) broker: Option<Broker>,
    pub(crate) taken: Arc<Taken>,
    pub(crate) register: Arc<Register>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) options: Options,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        Bench::with(|_| {})
    }

    pub(crate) fn with(set: impl FnOnce(&mut Options)) -> Bench {
        let limits = Limits { grace: Span::ZERO, ..Limits::default() };
        let mut options = Options { tcp: Some(([127, 0, 0, 1], 0).into()), limits, ..Options::default() };
        set(&mut options);
        let mut bench = Bench {
            runtime: tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap(),
            broker: None,
            taken: Arc::default(),
            register: Arc::default(),
            memory: Arc::default(),
            options,
        };
        bench.start();
        bench
    }

    pub(crate) fn start(&mut self) {
        let starting = Broker::start(
            self.options.clone(),
            self.taken.clone(),
            self.register.clone(),
            self.memory.clone(),
            world(&[]),
            Arc::new(Wall),
        );
        self.broker = Some(self.runtime.block_on(starting).unwrap());
    }

    pub(crate) fn stop(&mut self) {
        self.runtime.block_on(self.broker.take().unwrap().stop());
    }

    pub(crate) fn broker(&self) -> &Broker {
        self.broker.as_ref().unwrap()
    }

    pub(crate) fn port(&self) -> u16 {
        self.broker().bound().tcp.unwrap().port()
    }

    /// A plan of `client.py` for a device.
    pub(crate) fn device(&self, key: &str, v: u8, more: Json) -> Json {
        let login = login(key);
        let mut plan = json!({ "port": self.port(), "v": v, "id": login.client_id, "user": login.username,
            "pass": login.password });
        plan.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        plan
    }

    /// A plan of `client.py` for a bridge.
    pub(crate) fn bridge(&self, v: u8, more: Json) -> Json {
        let mut plan = json!({ "port": self.port(), "v": v, "id": "bridge", "user": "token", "pass": TOKEN });
        plan.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        plan
    }

    pub(crate) fn reports(&self) -> Vec<(PointId, base::Value)> {
        let signals = self.taken.signals.lock().unwrap();
        let reports = signals.iter().filter_map(|s| match s {
            Signal::Report { values, .. } => Some(values.iter().map(|(p, s)| (*p, s.value.clone()))),
            _ => None,
        });
        reports.flatten().collect()
    }

    /// What came, without the coming and going.
    pub(crate) fn said(&self) -> Vec<Signal> {
        let signals = self.taken.signals.lock().unwrap();
        signals.iter().filter(|s| !matches!(s, Signal::Link { .. })).cloned().collect()
    }

    pub(crate) fn links(&self) -> Vec<(bool, String)> {
        let signals = self.taken.signals.lock().unwrap();
        let links = signals.iter().filter_map(|s| match s {
            Signal::Link { online, reason, .. } => Some((*online, reason.clone())),
            _ => None,
        });
        links.collect()
    }

    /// Waits until so much came.
    pub(crate) fn wait_said(&self, count: usize) -> Vec<Signal> {
        peers::wait_until(&format!("not {count} signals came"), || self.said().len() >= count);
        self.said()
    }
}

/// A login that was never used before.
pub(crate) fn login(key: &str) -> Signed {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let at = u64::try_from(now().as_millis()).unwrap();
    let last = LAST.fetch_max(at, Ordering::Relaxed).max(at);
    let at = LAST.fetch_add(1, Ordering::Relaxed).max(last) + 1;
    login_at(key, Some(at))
}

pub(crate) fn login_at(key: &str, at: Option<u64>) -> Signed {
    sign(key, if key == "meter" { "raw" } else { "pk" }, key, &format!("{SECRET} {}", DeviceId::of_name(key)), at)
}

fn client_command(plans: &[Json]) -> std::process::Command {
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broker/client.py");
    let mut command = peers::python();
    command.arg(script).arg(json!(plans).to_string());
    command
}

/// Runs a plan to its end; returns what happened.
pub(crate) fn run(plan: &Json) -> String {
    run_all(std::slice::from_ref(plan)).remove(0)
}

/// Runs plans one after the other; returns what happened in each.
pub(crate) fn run_all(plans: &[Json]) -> Vec<String> {
    let output = peers::run(&mut client_command(plans));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{plans:?}\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let texts: Vec<String> = text.split("next\n").map(str::to_owned).collect();
    assert_eq!(texts.len(), plans.len(), "{text}");
    texts
}

/// Runs a plan beside the test.
pub(crate) fn start(name: &str, plan: &Json) -> Peer {
    Peer::start(name, &mut client_command(std::slice::from_ref(plan)))
}

/// Runs one of mosquitto's clients; returns whether it was content, and what it said.
pub(crate) fn mosquitto(program: &str, arguments: &[&str]) -> (bool, String) {
    let output = peers::run(peers::program(program).args(arguments));
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

pub(crate) const POST: &str = "/sys/pk/lamp/thing/event/property/post";

pub(crate) fn post(params: &Json) -> String {
    json!({ "id": "7", "version": "1.0", "params": params, "method": "thing.event.property.post" }).to_string()
}
