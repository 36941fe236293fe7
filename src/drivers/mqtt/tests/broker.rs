//! The driver against mosquitto, with devices that are programs of others.

use super::super::DRIVER;
use crate::contract::{Candidate, Found, Password, Said, Setup, Started};
use crate::harness::{Still, command, connection, world};
use crate::{Input, peers};
use base::Value;
use base::id::DeviceId;
use documents::signal::Payload;
use documents::{Message, Signal};
use serde_json::{Value as Json, json};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use things::{Connection, World};
use tokio::sync::{mpsc, oneshot};

const DESK: &[(&str, &str)] = &[("outlet", "desk")];

/// What becomes of what is heard: it is on disk, it is still on its way there, it could not be written.
const ON_DISK: u8 = 0;
const ON_ITS_WAY: u8 = 1;
const LOST: u8 = 2;

/// A runtime in small: keeps what the driver says.
struct Runtime {
    started: Option<Started>,
    world: Arc<World>,
    heard: Arc<Mutex<Vec<Signal>>>,
    found: Arc<Mutex<Vec<Found>>>,
    /// Raw messages that are on disk.
    kept: Arc<Mutex<Vec<String>>>,
    disk: Arc<AtomicU8>,
    pump: tokio::task::JoinHandle<()>,
}

impl Runtime {
    fn of(connection: &Connection, password: Option<&str>, world: Arc<World>) -> Runtime {
        Runtime::on(ON_DISK, connection, password, world)
    }

    fn on(disk: u8, connection: &Connection, password: Option<&str>, world: Arc<World>) -> Runtime {
        let (said, mut heard) = mpsc::channel::<Said>(crate::contract::SAID_MAX);
        let setup = Setup {
            connection: connection.clone(),
            password: Password(password.map(str::to_string)),
            world: world.clone(),
            clock: Arc::new(Still),
            said,
        };
        let started = Some((DRIVER.start)(setup).unwrap());
        let (signals, found) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let disk = Arc::new(AtomicU8::new(disk));
        let kept = Arc::new(Mutex::new(Vec::new()));
        let (all, candidates, state, written) = (signals.clone(), found.clone(), disk.clone(), kept.clone());
        let pump = tokio::spawn(async move {
            let mut on_their_way: Vec<oneshot::Sender<bool>> = Vec::new();
            while let Some(said) = heard.recv().await {
                let raw = texts(&said.signals);
                all.lock().unwrap().extend(said.signals);
                candidates.lock().unwrap().extend(said.found);
                if let Some(durable) = said.durable {
                    match state.load(Ordering::SeqCst) {
                        ON_ITS_WAY => on_their_way.push(durable),
                        disk => {
                            if durable.send(disk == ON_DISK).is_ok() && disk == ON_DISK {
                                written.lock().unwrap().extend(raw);
                            }
                        }
                    }
                }
            }
        });
        Runtime { started, world, heard: signals, found, kept, disk, pump }
    }

    fn with(config: Json) -> Runtime {
        Runtime::with_disk(ON_DISK, config)
    }

    fn with_disk(disk: u8, config: Json) -> Runtime {
        let mut at = connection(&DRIVER);
        at.config = config.as_object().unwrap().clone();
        let world = world(&at, DESK);
        Runtime::on(disk, &at, None, world)
    }

    async fn tell(&self, input: Input) {
        self.started.as_ref().unwrap().inputs.send(input).await.unwrap();
    }

    /// Waits until something was said, looking at everything so far.
    async fn until<T>(&self, what: &str, find: impl Fn(&[Signal]) -> Option<T>) -> T {
        let (heard, what) = (&self.heard, what.to_string());
        for _ in 0..3_000 {
            if let Some(found) = find(&heard.lock().unwrap()) {
                return found;
            }
            rest().await;
        }
        panic!("not said: {what}; but {:?}", heard.lock().unwrap());
    }

    /// Waits until the desk's plug came or went for the `n`th time; gives the first reason.
    async fn link(&self, n: usize, online: bool) -> String {
        self.until(&format!("link {n}: {online}"), |signals| {
            let links = signals.iter().filter_map(|s| match s {
                Signal::Link { online, reason, .. } => Some((*online, reason.clone())),
                _ => None,
            });
            let mut turns: Vec<(bool, String)> = links.collect();
            turns.dedup_by_key(|(on, _)| *on);
            turns.into_iter().nth(n).map(|(on, reason)| {
                assert_eq!(on, online, "{reason}");
                reason
            })
        })
        .await
    }

    /// Waits until it is told why the plug is gone, beyond not being connected yet.
    async fn gone(&self) -> String {
        self.until("why it is gone", |signals| {
            signals.iter().find_map(|s| match s {
                Signal::Link { online: false, reason, .. } if reason != "not connected yet" => Some(reason.clone()),
                _ => None,
            })
        })
        .await
    }

    /// Waits until a property was reported with a value.
    async fn report(&self, identifier: &str, value: Value) {
        self.until(&format!("{identifier} = {value}"), |signals| {
            signals.iter().find_map(|s| match s {
                Signal::Report { values, .. } => values
                    .iter()
                    .any(|(p, s)| self.world.point(*p).unwrap().identifier == identifier && s.value == value)
                    .then_some(()),
                _ => None,
            })
        })
        .await;
    }

    fn messages(&self) -> Vec<String> {
        texts(&self.heard.lock().unwrap())
    }

    /// Stops the driver; it must end soon.
    async fn stop(mut self) -> Vec<Signal> {
        let Started { inputs, task } = self.started.take().unwrap();
        drop(inputs);
        tokio::time::timeout(Duration::from_secs(5), task).await.unwrap().unwrap();
        self.pump.await.unwrap();
        self.heard.lock().unwrap().clone()
    }
}

/// The raw messages among signals.
fn texts(signals: &[Signal]) -> Vec<String> {
    let text = |m: &Message| match &m.payload {
        Payload::Text(text) | Payload::Base64(text) => text.clone(),
    };
    signals.iter().filter_map(|s| if let Signal::Message(m) = s { Some(text(m)) } else { None }).collect()
}

async fn rest() {
    let never = std::future::pending::<()>();
    tokio::time::timeout(Duration::from_millis(10), never).await.unwrap_err();
}

fn publish(port: u16, arguments: &[&str]) {
    let port = port.to_string();
    let sent = peers::run(peers::program("mosquitto_pub").args(["-h", "127.0.0.1", "-p", &port]).args(arguments));
    assert!(sent.status.success(), "{sent:?}");
}

fn sample(port: u16) -> Json {
    let mut config = Json::Object((DRIVER.sample)());
    config["port"] = port.into();
    config
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plug_is_read_and_written_and_comes_back_with_its_broker() {
    let port = peers::free_port();
    let mut broker = peers::mosquitto(port, &[]);
    let start = || {
        let mut plug = peers::python();
        plug.arg(peers::script("plug.py")).arg(port.to_string()).arg("desk");
        peers::Peer::start("plug", &mut plug)
    };
    let mut plug = start();
    let status = peers::Peer::start(
        "status",
        peers::program("mosquitto_sub").args(["-p", &port.to_string(), "-t", "castellan/status", "-d"]),
    );
    status.wait_for_text("Subscribed");
    let runtime = Runtime::with(sample(port));
    assert_eq!(runtime.link(0, false).await, "not connected yet");
    runtime.link(1, true).await;
    status.wait_for_text("online");
    runtime.report("power", false.into()).await;

    let power = runtime.world.points().find(|p| p.identifier == "power").unwrap().id;
    runtime.tell(Input::Command(command(&runtime.world, power, true.into(), 1, base::Timestamp::default()))).await;
    runtime
        .until("too late", |s| {
            s.iter().find_map(|s| matches!(s, Signal::Delivered { refused: Some(_), .. }).then_some(()))
        })
        .await;
    runtime.tell(Input::Command(command(&runtime.world, power, true.into(), 2, base::Clock::now(&Still)))).await;
    runtime
        .until("taken", |s| s.iter().find_map(|s| matches!(s, Signal::Delivered { refused: None, .. }).then_some(())))
        .await;
    runtime.report("power", true.into()).await;
    runtime.report("active_power", 12.5.into()).await;

    plug.stop();
    assert_eq!(runtime.link(2, false).await, "offline, says plugs/desk/availability");
    let plug = start();
    runtime.link(3, true).await;
    broker.stop();
    runtime.link(4, false).await;
    let _broker = peers::mosquitto(port, &[]);
    runtime.link(5, true).await;
    plug.wait_for_text("connected");
    let status = peers::Peer::start(
        "status",
        peers::program("mosquitto_sub").args(["-p", &port.to_string(), "-t", "castellan/status", "-d"]),
    );
    status.wait_for_text("Subscribed");
    runtime.stop().await;
    status.wait_for_text("offline");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_with_a_password() {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let mut params = rcgen::CertificateParams::new(vec!["broker.test".to_string()]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let authority = params.self_signed(&authority_key).unwrap();
    let issuer = rcgen::Issuer::new(params, authority_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["broker.test".to_string()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    std::fs::write(file("cert.pem"), certificate.pem()).unwrap();
    std::fs::write(file("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(file("ca.pem"), authority.pem()).unwrap();
    let made = peers::run(peers::program("mosquitto_passwd").args(["-b", "-c", &file("users"), "castellan", "secret"]));
    assert!(made.status.success(), "{made:?}");
    let port = peers::free_port();
    let lines = [
        format!("certfile {}", file("cert.pem")),
        format!("keyfile {}", file("key.pem")),
        "allow_anonymous false".into(),
        format!("password_file {}", file("users")),
    ];
    let _broker = peers::mosquitto(port, &lines.iter().map(String::as_str).collect::<Vec<_>>());
    let try_with = async |tls: Json, password: &str, online: bool| {
        let mut at = connection(&DRIVER);
        let config = json!({ "host": "127.0.0.1", "port": port, "tls": tls, "user": "castellan",
            "devices": [{ "product": "outlet", "device": "desk" }] });
        at.config = config.as_object().unwrap().clone();
        let world = world(&at, DESK);
        let runtime = Runtime::of(&at, Some(password), world);
        let reason = if online { runtime.link(1, true).await } else { runtime.gone().await };
        runtime.stop().await;
        reason
    };
    let named = json!({ "ca": file("ca.pem"), "server_name": "broker.test" });
    assert_eq!(try_with(named.clone(), "secret", true).await, "the broker is connected");
    let inline = json!({ "ca": authority.pem(), "server_name": "broker.test" });
    assert_eq!(try_with(inline, "secret", true).await, "the broker is connected");
    let wrong = try_with(named, "wrong", false).await;
    assert!(wrong.contains("refused user and password"), "{wrong}");
    let unnamed = try_with(json!({ "ca": file("ca.pem") }), "secret", false).await;
    assert!(unnamed.to_lowercase().contains("certificate"), "{unnamed}");
    let other = json!({ "ca": file("ca.pem"), "server_name": "other.test" });
    let other = try_with(other, "secret", false).await;
    assert!(other.to_lowercase().contains("certificate"), "{other}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_before_it_is_on_disk() {
    let port = peers::free_port();
    let _broker = peers::mosquitto(port, &["max_inflight_messages 20"]);
    let config = json!({ "host": "127.0.0.1", "port": port, "listen": ["raw/#"],
        "devices": [{ "product": "outlet", "device": "desk" }] });
    let runtime = Runtime::with(config.clone());
    runtime.link(1, true).await;
    runtime.disk.store(ON_ITS_WAY, Ordering::SeqCst);
    let sub =
        peers::Peer::start("sub", peers::program("mosquitto_sub").args(["-p", &port.to_string(), "-t", "raw/#", "-d"]));
    sub.wait_for_text("Subscribed");
    rest().await;
    for n in 0..3 {
        publish(port, &["-t", "raw/a", "-q", "1", "-m", &n.to_string()]);
    }
    runtime.until("three", |s| (texts(s).len() == 3).then_some(())).await;
    // The process ends before they are on disk: the next one hears them again.
    runtime.stop().await;
    let runtime = Runtime::with_disk(LOST, config.clone());
    runtime.until("again", |s| texts(s).contains(&"0".to_string()).then_some(())).await;
    // They could not be written: the connection is made anew, and they come once more.
    let why = "what was heard could not be written to disk";
    runtime
        .until(why, |s| s.iter().any(|s| matches!(s, Signal::Link { reason, .. } if reason == why)).then_some(()))
        .await;
    runtime.disk.store(ON_DISK, Ordering::SeqCst);
    let kept = runtime.kept.clone();
    runtime.until("on disk", |_| (*kept.lock().unwrap() == ["0", "1", "2"]).then_some(())).await;
    runtime.stop().await;
    let runtime = Runtime::with(config);
    runtime.link(1, true).await;
    publish(port, &["-t", "raw/a", "-q", "1", "-m", "last"]);
    runtime.until("last", |s| texts(s).contains(&"last".to_string()).then_some(())).await;
    assert_eq!(runtime.messages(), ["last"], "what was acknowledged comes no more");
    runtime.stop().await;
}

/// The broker would send it again on each connection, for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_packet_that_is_too_large_costs_one_connection() {
    let port = peers::free_port();
    let _broker = peers::mosquitto(port, &[]);
    let config = json!({ "host": "127.0.0.1", "port": port, "listen": ["raw/#"],
        "devices": [{ "product": "outlet", "device": "desk" }] });
    let runtime = Runtime::with(config.clone());
    runtime.link(1, true).await;
    // Once its own message comes back, it has subscribed.
    let payload = Payload::Text("ready".into());
    let ready = Message { connection: None, topic: "raw/a".into(), payload, qos: 1, retain: false };
    runtime.tell(Input::Publish(ready)).await;
    runtime.until("ready", |s| (texts(s) == ["ready"]).then_some(())).await;
    runtime.stop().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![b'x'; 17 * 1024 * 1024]).unwrap();
    publish(port, &["-t", "raw/big", "-q", "1", "-f", &file.path().display().to_string()]);
    let runtime = Runtime::with(config);
    runtime.gone().await;
    runtime.link(3, true).await;
    publish(port, &["-t", "raw/a", "-q", "1", "-m", "then"]);
    runtime.until("then", |s| (texts(s) == ["then"]).then_some(())).await;
    runtime.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_hear_and_write_raw_topics_but_not_those_of_devices() {
    let port = peers::free_port();
    let _broker = peers::mosquitto(port, &[]);
    let sub = peers::Peer::start(
        "sub",
        peers::program("mosquitto_sub").args(["-p", &port.to_string(), "-t", "#", "-v", "-d"]),
    );
    sub.wait_for_text("Subscribed");
    let runtime = Runtime::with(sample(port));
    sub.wait_for_text("castellan/status online");
    publish(port, &["-t", "garden/a", "-m", "too early"]);
    runtime.tell(Input::Listen(vec!["garden/+".into()])).await;
    let say = |topic: &str, text: &str| {
        let payload = Payload::Text(text.into());
        Input::Publish(Message { connection: None, topic: topic.into(), payload, qos: 1, retain: false })
    };
    runtime.tell(say("plugs/desk/set", "forged")).await;
    runtime.tell(say("garden/a", "heard")).await;
    runtime.until("its own message", |s| (texts(s) == ["heard"]).then_some(())).await;
    runtime.tell(Input::Listen(vec![])).await;
    runtime.tell(say("garden/a", "unheard")).await;
    let seen = sub.wait_for_text("garden/a unheard");
    assert!(!seen.contains("forged"), "{seen}");
    assert_eq!(runtime.messages(), ["heard"]);
    runtime.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announced_device_is_offered_and_works_once_it_is_approved() {
    let port = peers::free_port();
    let _broker = peers::mosquitto(port, &[]);
    let announced = json!({
        "dev": { "ids": ["0x77"], "name": "Hall lamp", "mf": "Acme" }, "~": "z/hall", "schema": "json",
        "stat_t": "~", "cmd_t": "~/set", "brightness": true, "avty_t": "~/there", "avty_tpl": "{{ value_json.state }}",
    });
    let announce = |payload: &str| {
        publish(port, &["-r", "-t", "homeassistant/light/0x77/light/config", "-m", payload]);
    };
    announce(&announced.to_string());
    let mut at = connection(&DRIVER);
    let config = json!({ "host": "127.0.0.1", "port": port, "discovery": { "enabled": true } });
    at.config = config.as_object().unwrap().clone();
    let runtime = Runtime::of(&at, None, world(&at, &[]));
    let found = runtime.found.clone();
    let offered = |list: &[Found]| -> Option<Candidate> {
        list.iter().find_map(|f| if let Found::Offer(c) = f { Some((**c).clone()) } else { None })
    };
    let candidate = runtime.until("an offer", |_| offered(&found.lock().unwrap())).await;
    announce("");
    runtime
        .until("gone", |_| {
            found.lock().unwrap().iter().any(|f| matches!(f, Found::Gone { key, .. } if key == "0x77")).then_some(())
        })
        .await;
    runtime.stop().await;

    at.config = (DRIVER.adopt.unwrap())(&at.config, &candidate);
    let mut doc = world(&at, &[]).doc().clone();
    doc.products.push(candidate.product.clone());
    doc.devices.push(candidate.device.clone());
    let (world, faults) = World::build(doc);
    assert_eq!(faults, vec![]);
    let runtime = Runtime::of(&at, None, Arc::new(world));
    runtime.link(0, false).await;
    let sub = peers::Peer::start(
        "sub",
        peers::program("mosquitto_sub").args(["-p", &port.to_string(), "-t", "z/hall/set", "-d"]),
    );
    sub.wait_for_text("Subscribed");
    publish(port, &["-r", "-t", "z/hall/there", "-m", r#"{"state": "online"}"#]);
    runtime.link(1, true).await;
    publish(port, &["-r", "-t", "z/hall", "-m", r#"{"state": "ON", "brightness": 255}"#]);
    runtime.report("light_brightness", 100.0.into()).await;
    let dim = runtime.world.points().find(|p| p.identifier == "light_brightness").unwrap().id;
    let wanted = command(&runtime.world, dim, 50.0.into(), 1, base::Clock::now(&Still));
    assert_eq!(wanted.device, DeviceId::of_name(&format!("{} 0x77", at.id)));
    runtime.tell(Input::Command(wanted)).await;
    sub.wait_for_text(r#"{"state": "ON", "brightness": 128}"#);
    runtime.stop().await;
}

/// Prints what the driver does by itself. Run with `cargo test --release -p drivers -- --ignored flood --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, and takes the whole machine"]
async fn flood() {
    const COUNT: usize = 500_000;
    for (what, topic, qos) in [
        ("raw topic, QoS 0", "workshop/a/b", "0"),
        ("raw topic, QoS 1", "workshop/a/b", "1"),
        ("one point by JSON path, QoS 0", "plugs/desk/state", "0"),
    ] {
        let port = peers::free_port();
        let _broker = peers::mosquitto(port, &["max_queued_messages 0", "max_inflight_messages 0", "log_type none"]);
        let mut at = connection(&DRIVER);
        at.config = sample(port).as_object().unwrap().clone();
        at.config["templates"][0]["mapping"]["points"][1]["path"] = json!("$.temperature");
        let (said, mut heard) = mpsc::channel::<Said>(crate::contract::SAID_MAX);
        let setup = Setup {
            connection: at.clone(),
            password: Password(None),
            world: world(&at, DESK),
            clock: Arc::new(Still),
            said,
        };
        let started = (DRIVER.start)(setup).unwrap();
        while !heard.recv().await.unwrap().signals.is_empty() {
            publish(port, &["-t", "workshop/ready", "-m", "1"]);
            let ready = heard.recv().await.unwrap().signals;
            if ready.iter().any(|s| matches!(s, Signal::Message(_))) {
                break;
            }
        }
        let (before, mut groups, mut count) = (used(), 0usize, 0usize);
        let mut sender = peers::python();
        sender.arg(peers::script("flood.py")).arg(port.to_string()).arg(topic).arg(COUNT.to_string()).arg(qos);
        let sender = peers::Peer::start("flood", &mut sender);
        let mut first = None;
        while count < COUNT {
            let Said { signals: group, durable, .. } = heard.recv().await.unwrap();
            durable.map(|on_disk| on_disk.send(true));
            first.get_or_insert_with(uptime);
            groups += 1;
            count += group.iter().filter(|s| matches!(s, Signal::Message(_) | Signal::Report { .. })).count();
        }
        let seconds = uptime() - first.unwrap();
        sender.wait_for_text("sent");
        let cpu = used() - before;
        let each = 1e6 * cpu / COUNT as f64;
        println!(
            "{what}: {:.0} messages/s, {each:.1} us of CPU each, {} per group",
            COUNT as f64 / seconds,
            COUNT / groups
        );
        drop(started.inputs);
        started.task.await.unwrap();
    }
}

/// Seconds of CPU that this process has used.
fn used() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}

/// Seconds since the machine was started.
fn uptime() -> f64 {
    std::fs::read_to_string("/proc/uptime").unwrap().split(' ').next().unwrap().parse().unwrap()
}
