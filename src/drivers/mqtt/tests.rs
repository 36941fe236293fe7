//! The session of the sample configuration, in the hands of the harness and of tables.

mod broker;

use super::config::Config;
use super::session::{Follows, Heard, Publish, Session};
use super::*;
use crate::Input;
use crate::harness::{Still, Trial, command, connection, world};
use base::id::DeviceId;
use base::{Clock, Sample as Measured, Timestamp, Value};
use bytes::Bytes;
use documents::{Message, Signal, signal::Payload};
use std::sync::Arc;
use things::{Connection, World};

/// The driver's sample on trial.
pub(crate) struct Sample {
    session: Session,
    /// What the device was told last.
    sent: Option<Publish>,
}

const STATE: &str = "plugs/desk/state";
const AVAILABILITY: &str = "plugs/desk/availability";
const DESK: &[(&str, &str)] = &[("outlet", "desk")];

fn hear(session: &mut Session, topic: &str, payload: &[u8], retain: bool, now: Timestamp) -> Vec<Signal> {
    let mut follows = Follows::default();
    let payload = Bytes::copy_from_slice(payload);
    session.heard(Heard { topic: topic.into(), payload, qos: 1, retain }, now, &mut follows);
    follows.signals
}

impl Trial for Sample {
    const RIGHT: u8 = 5;

    fn new(connection: &Connection, world: Arc<World>) -> Self {
        let config: Config = crate::form::read(&connection.config).unwrap();
        Sample { session: Session::new(connection.id, config, world), sent: None }
    }
    fn devices() -> &'static [(&'static str, &'static str)] {
        DESK
    }
    fn connect(&mut self, _: Timestamp) -> Vec<Signal> {
        self.session.connected()
    }
    fn lose(&mut self, _: Timestamp) -> Vec<Signal> {
        self.session.lost("unplugged")
    }
    fn right(&mut self, choice: u8, now: Timestamp) -> Vec<Signal> {
        let (topic, payload, retain) = match choice {
            0 => (STATE, r#"{"state": "ON", "power": 12.5}"#, false),
            1 => (STATE, r#"{"state": "OFF"}"#, true),
            2 => ("workshop/a/b", "anything", false),
            3 => (AVAILABILITY, "offline", false),
            _ => (AVAILABILITY, "online", true),
        };
        hear(&mut self.session, topic, payload.as_bytes(), retain, now)
    }
    fn garbage(&mut self, bytes: &[u8], now: Timestamp) -> Vec<Signal> {
        let topic = match bytes.first() {
            Some(0..=99) => STATE,
            Some(100..=199) => AVAILABILITY,
            Some(200..=230) => "workshop/x",
            _ => "nobody/asked",
        };
        hear(&mut self.session, topic, bytes, false, now)
    }
    fn told(&mut self, input: Input, now: Timestamp) -> Vec<Signal> {
        let answer = self.session.told(input, now);
        self.sent = answer.publish.or(self.sent.take());
        answer.signals
    }
    fn obey(&mut self, now: Timestamp) -> Vec<Signal> {
        let Some(sent) = self.sent.take() else { return Vec::new() };
        hear(&mut self.session, STATE, &sent.payload, false, now)
    }
}

fn session(config: Json) -> (Session, Arc<World>) {
    let mut at = connection(&DRIVER);
    at.config = config.as_object().unwrap().clone();
    let world = world(&at, DESK);
    assert_eq!((DRIVER.check)(&at.config, &world).into_iter().filter(|d| d.is_error()).collect::<Vec<_>>(), vec![]);
    let config = crate::form::read(&at.config).unwrap();
    (Session::new(at.id, config, world.clone()), world)
}

fn up(config: Json) -> (Session, Arc<World>) {
    let (mut session, world) = session(config);
    session.connected();
    (session, world)
}

fn desk() -> DeviceId {
    DeviceId::of_name("desk")
}

fn now() -> Timestamp {
    Still.now()
}

fn link(online: bool, reason: &str) -> Vec<Signal> {
    vec![Signal::Link { device: desk(), online, reason: reason.into() }]
}

/// Reported values by identifier.
fn reported(world: &World, signals: &[Signal]) -> Vec<(String, Value)> {
    let values = signals.iter().flat_map(|s| match s {
        Signal::Report { values, .. } => values.clone(),
        _ => vec![],
    });
    values.map(|(p, s): (_, Measured)| (world.point(p).unwrap().identifier.clone(), s.value)).collect()
}

#[test]
fn a_state_topic_becomes_a_report_by_the_model() {
    let (mut session, world) = up(Json::Object(sample()));
    for (payload, expected) in [
        (r#"{"state": "ON", "power": 12.5}"#, vec![("power", Value::Bool(true)), ("active_power", 12.5.into())]),
        (r#"{"state": "on", "power": "7"}"#, vec![("active_power", 7.0.into())]),
        (r#"{"state": "OFF", "power": "seven"}"#, vec![("power", Value::Bool(false))]),
        (r#"{"other": 1}"#, vec![]),
        ("no json", vec![]),
        ("\u{0}", vec![]),
    ] {
        let signals = hear(&mut session, STATE, payload.as_bytes(), true, now());
        let expected: Vec<_> = expected.into_iter().map(|(i, v): (&str, Value)| (i.to_string(), v)).collect();
        assert_eq!(reported(&world, &signals), expected, "{payload}");
    }
    assert_eq!(hear(&mut session, "plugs/other/state", b"{}", false, now()), vec![]);
}

#[test]
fn a_device_is_there_when_broker_and_topics_say_so() {
    let (mut session, _) = session(Json::Object(sample()));
    assert_eq!(session.links(), link(false, "not connected yet"));
    assert_eq!(session.links(), vec![]);
    assert_eq!(session.connected(), vec![]);
    // What the broker had kept is no sign of life.
    assert!(matches!(hear(&mut session, STATE, br#"{"state": "ON"}"#, true, now())[..], [Signal::Report { .. }]));
    let fresh = hear(&mut session, STATE, br#"{"state": "ON"}"#, false, now());
    assert_eq!(fresh[1..], link(true, "it reports"));
    let offline = "offline, says plugs/desk/availability";
    assert_eq!(hear(&mut session, AVAILABILITY, b"offline", true, now()), link(false, offline));
    assert_eq!(hear(&mut session, AVAILABILITY, b"what?", true, now()), vec![]);
    assert_eq!(hear(&mut session, AVAILABILITY, b"online", true, now()), link(true, "online, say its topics"));
    assert_eq!(session.lost("unplugged"), link(false, "unplugged"));
    assert_eq!(session.connected(), vec![]);
    assert_eq!(hear(&mut session, AVAILABILITY, b"online", true, now()), link(true, "online, say its topics"));
    let refused = "the broker refused the subscription to plugs/+/state";
    assert_eq!(session.refused(["plugs/+/state".to_string()]), link(false, refused));
}

#[test]
fn without_availability_a_device_is_there_while_the_broker_is() {
    let (mut session, _) = session(json!({ "host": "b", "devices": [{ "product": "outlet", "device": "desk" }] }));
    assert_eq!(session.connected(), link(true, "the broker is connected"));
    assert_eq!(session.lost("gone"), link(false, "gone"));
}

#[test]
fn why_a_device_is_gone_is_told_when_it_changes() {
    let (mut session, _) = session(Json::Object(sample()));
    assert_eq!(session.lost("nobody answers"), link(false, "nobody answers"));
    assert_eq!(session.lost("nobody answers"), vec![]);
    assert_eq!(session.lost("the password is wrong"), link(false, "the password is wrong"));
    let (mut session, _) = up(json!({ "host": "b" }));
    assert_eq!(session.links(), vec![]);
    assert_eq!(session.lost("x"), link(false, "x"));
    assert_eq!(session.connected(), link(false, "its connection says nothing of its topics"));
}

#[test]
fn a_command_becomes_a_message_or_says_why_not() {
    let (mut session, world) = session(Json::Object(sample()));
    let point = |id: &str| world.points().find(|p| p.identifier == id).unwrap().id;
    let on = || Input::Command(command(&world, point("power"), true.into(), 1, now()));
    let refused = |signals: &[Signal]| match signals {
        [Signal::Delivered { refused: Some(why), .. }] => why.clone(),
        other => panic!("{other:?}"),
    };
    let before = session.told(on(), now());
    assert_eq!(refused(&before.signals), "there is no connection to the broker: not connected yet");
    session.connected();
    let sent = session.told(on(), now());
    assert_eq!(sent.signals, vec![]);
    let publish = sent.publish.unwrap();
    assert_eq!((publish.topic.as_str(), publish.payload), ("plugs/desk/set", br#"{"state": "ON"}"#.to_vec()));
    assert_eq!((publish.qos, publish.retain), (1, false));
    let late = session.told(on(), now() + base::Span::from_secs(11));
    assert_eq!(refused(&late.signals), "it is too late for it");
    let unmapped = command(&world, point("active_power"), 1.0.into(), 2, now());
    assert_eq!(refused(&session.told(Input::Command(unmapped), now()).signals), "no topic is given for this command");
}

#[test]
fn a_rule_writes_no_topic_of_a_device() {
    let (session, _) = up(Json::Object(sample()));
    let mut session = session;
    let mut publish = |topic: &str, payload: Payload| {
        let message = Message { connection: None, topic: topic.into(), payload, qos: 2, retain: true };
        session.told(Input::Publish(message), now()).publish
    };
    let text = || Payload::Text("x".into());
    for topic in ["plugs/desk/set", STATE, AVAILABILITY, "castellan/status", "a/#", ""] {
        assert_eq!(publish(topic, text()), None, "{topic}");
    }
    let sent = publish("workshop/bell", text()).unwrap();
    assert_eq!((sent.payload, sent.qos, sent.retain, sent.command), (b"x".to_vec(), 1, true, None));
    assert_eq!(publish("workshop/bell", Payload::Base64("/w==".into())).unwrap().payload, vec![0xff]);
    assert_eq!(publish("workshop/bell", Payload::Base64("?".into())), None);
}

#[test]
fn raw_topics_are_handed_over_as_they_came() {
    let (mut session, _) = up(Json::Object(sample()));
    let raw = |signals: Vec<Signal>| match &signals[..] {
        [Signal::Message(m)] => Some((m.topic.clone(), m.payload.clone(), m.retain)),
        [] => None,
        other => panic!("{other:?}"),
    };
    let text = |t: &str| Payload::Text(t.into());
    assert_eq!(raw(hear(&mut session, "workshop/a", b"1", true, now())), Some(("workshop/a".into(), text("1"), true)));
    let bytes = raw(hear(&mut session, "workshop", &[0xff], false, now()));
    assert_eq!(bytes, Some(("workshop".into(), Payload::Base64("/w==".into()), false)));
    assert_eq!(raw(hear(&mut session, "garden", b"1", false, now())), None);
    session.told(Input::Listen(vec!["garden/+".into(), "bad#".into()]), now());
    assert_eq!(raw(hear(&mut session, "garden/a", b"1", false, now())).unwrap().1, text("1"));
    assert_eq!(
        session.filters(),
        ["garden/+", "plugs/desk/availability", "plugs/desk/state", "workshop/#"].map(str::to_string)
    );
    let big = vec![b'x'; documents::signal::PAYLOAD_BYTES_MAX + 1];
    assert_eq!(raw(hear(&mut session, "garden/a", &big, false, now())), None);
}

#[test]
fn all_faults_with_their_places() {
    let at = connection(&DRIVER);
    let world = world(&at, DESK);
    let device = |mapping: Json| json!({ "product": "outlet", "device": "desk", "mapping": mapping });
    for (config, expected) in [
        (json!({ "host": "" }), vec!["mqtt.host /host"]),
        (json!({ "host": "b", "qos": 2 }), vec!["driver.range /qos"]),
        (json!({ "host": "b", "listen": ["a/#/b", "+"] }), vec!["mqtt.filter /listen/0"]),
        (
            json!({ "host": "b", "devices": [
                { "product": "outlt", "device": "desk" },
                { "product": "outlet", "device": "dsek", "template": "x" },
                device(json!({ "points": [{ "identifier": "pwer", "topic": "a/+" }] })),
            ] }),
            vec![
                "mqtt.product /devices/0/product outlet",
                "mqtt.template /devices/1/template",
                "mqtt.device /devices/1/device desk",
                "mqtt.topic /devices/2/mapping/points/0/topic",
                "mqtt.identifier /devices/2/mapping/points/0/identifier power",
            ],
        ),
        (
            json!({ "host": "b", "devices": [device(json!({
                "points": [{ "identifier": "power", "topic": "a", "path": "x..", "values": { "ON": "yes" }, "scale": 0 }],
                "commands": [
                    { "identifier": "active_power", "topic": "a" },
                    { "identifier": "power", "topic": "b", "template": "{\"state\": value}" },
                ],
                "events": [{ "identifier": "pressed", "topic": "e" }],
                "availability": [{ "topic": "v", "online": "x", "offline": "x" }],
            }))] }),
            vec![
                "mqtt.path /devices/0/mapping/points/0/path",
                "mqtt.scale /devices/0/mapping/points/0/scale",
                "mqtt.payload_template /devices/0/mapping/commands/1/template",
                "mqtt.availability /devices/0/mapping/availability/0",
                "mqtt.values /devices/0/mapping/points/0/values",
                "mqtt.read_only /devices/0/mapping/commands/0/identifier",
                "mqtt.identifier /devices/0/mapping/events/0/identifier",
            ],
        ),
        (
            json!({ "host": "b", "listen": ["set", "#"], "devices": [device(json!({
                "commands": [{ "identifier": "power", "topic": "set" }] }))] }),
            vec!["mqtt.command_heard /listen/0", "mqtt.command_heard /listen/1"],
        ),
    ] {
        let found = (DRIVER.check)(config.as_object().unwrap(), &world);
        let short: Vec<String> = found
            .iter()
            .map(|d| {
                assert!(!d.message.zh.is_empty() && !d.message.en.is_empty());
                let near = d.help.as_ref().and_then(|h| h.en.strip_prefix("nearest: ")).unwrap_or_default();
                format!("{} {} {near}", d.code, d.path).trim_end().to_string()
            })
            .collect();
        assert_eq!(short, expected, "{config}");
    }
}

#[test]
fn an_event_is_told_by_its_word() {
    let mut at = connection(&DRIVER);
    let config = json!({ "host": "b", "devices": [{ "product": "button", "device": "door", "mapping": {
        "events": [
            { "identifier": "pressed", "topic": "bell/{device}", "path": "$.action", "words": ["single", "double"] },
            { "identifier": "rung", "topic": "bell/{device}/any" },
        ] } }] });
    at.config = config.as_object().unwrap().clone();
    let mut doc = world(&at, &[("button", "door")]).doc().clone();
    doc.products[0].model.events = ["pressed", "rung"]
        .map(|identifier| {
            let event = json!({ "identifier": identifier, "name": identifier, "type": "info" });
            serde_json::from_value(event).unwrap()
        })
        .to_vec();
    let (world, found) = World::build(doc);
    assert_eq!((found, (DRIVER.check)(&at.config, &world)), (vec![], vec![]));
    let mut session = Session::new(at.id, crate::form::read(&at.config).unwrap(), Arc::new(world));
    session.connected();
    let mut told = |topic: &str, payload: &str, retain: bool| {
        let signals = hear(&mut session, topic, payload.as_bytes(), retain, now());
        let event = |s| match s {
            Signal::Occurrence { event, output, .. } if output == Value::no_arguments() => event,
            other => panic!("{other:?}"),
        };
        signals.into_iter().map(event).collect::<Vec<String>>()
    };
    for (topic, payload, retain, expected) in [
        ("bell/door", r#"{"action": "single"}"#, false, vec!["pressed"]),
        ("bell/door", r#"{"action": "hold"}"#, false, vec![]),
        ("bell/door", r#"{"action": ""}"#, false, vec![]),
        ("bell/door", r#"{"action": "double"}"#, true, vec![]),
        ("bell/door", "single", false, vec![]),
        ("bell/door/any", "whatever", false, vec!["rung"]),
        ("bell/door/any", "", false, vec![]),
    ] {
        assert_eq!(told(topic, payload, retain), expected, "{topic} {payload}");
    }
}
