//! Announcements as devices send them, and what becomes of them.

use super::*;
use crate::contract::Candidate;
use crate::mqtt::{DRIVER, config::Discovery};
use base::id::ConnectionId;
use proptest::prelude::*;
use serde_json::json;
use things::{Connection, Names, World, WorldDoc};

fn id() -> ConnectionId {
    ConnectionId::of_name("broker")
}

fn finder() -> Finder {
    let mut config: Config = serde_json::from_value(json!({ "host": "b" })).unwrap();
    config.discovery = Discovery { enabled: true, ..Discovery::default() };
    Finder::new(id(), &config)
}

fn offered(found: Option<Found>) -> Candidate {
    match found {
        Some(Found::Offer(candidate)) => *candidate,
        other => panic!("{other:?}"),
    }
}

/// The candidate of several announcements; the last one tells of all.
fn candidate(announcements: &[(&str, Json)]) -> Candidate {
    let mut finder = finder();
    let mut last = None;
    for (topic, payload) in announcements {
        last = finder.heard(&format!("homeassistant/{topic}/config"), payload.to_string().as_bytes());
    }
    let candidate = offered(last);
    is_sound(&candidate);
    candidate
}

/// Once approved, it is a world without fault and a configuration without fault.
fn is_sound(candidate: &Candidate) {
    let config = json!({ "host": "b" }).as_object().unwrap().clone();
    let adopted = (DRIVER.adopt.unwrap())(&config, candidate);
    let connection = Connection {
        id: id(),
        driver: "mqtt".into(),
        names: Names::default(),
        config: config.clone(),
        disabled: false,
    };
    let (world, found) = World::build(WorldDoc {
        products: vec![candidate.product.clone()],
        devices: vec![candidate.device.clone()],
        connections: vec![connection],
        ..WorldDoc::default()
    });
    assert_eq!(found, vec![]);
    assert_eq!((DRIVER.check)(&adopted, &world), vec![], "{adopted:?}");
    assert_eq!((DRIVER.adopt.unwrap())(&adopted, candidate), adopted, "adopted twice");
    assert!(candidate.losses.iter().all(|l| !l.zh.is_empty() && !l.en.is_empty()));
}

/// `identifier trait` of properties and services, and the losses.
fn short(candidate: &Candidate) -> (Vec<String>, Vec<&str>) {
    let model = &candidate.product.model;
    let with = |i: &str, t: &Option<String>| format!("{i} {}", t.as_deref().unwrap_or("-"));
    let properties = model.properties.iter().map(|p| with(&p.identifier, &p.x.trait_));
    let services = model.services.iter().map(|s| with(&s.identifier, &s.x.trait_));
    let events = model.events.iter().map(|e| format!("{} event", e.identifier));
    (properties.chain(services).chain(events).collect(), candidate.losses.iter().map(|l| l.en.as_str()).collect())
}

#[test]
fn entities_of_one_device_become_one_candidate() {
    let device = json!({ "ids": ["0x01"], "name": "书房插座", "mf": "Acme", "mdl": "Plug 2" });
    let plug = candidate(&[
        (
            "switch/0x01/switch",
            json!({ "dev": device, "dev_cla": "outlet", "stat_t": "z/plug", "cmd_t": "z/plug/set",
                "val_tpl": "{{ value_json.state }}", "cmd_tpl": "{\"state\": \"{{ value }}\"}",
                "avty": [{ "t": "z/bridge", "val_tpl": "{{ value_json.state }}" }, { "t": "z/plug/there" }],
                "avty_mode": "all" }),
        ),
        (
            "sensor/0x01/power",
            json!({ "dev": device, "~": "z/plug", "stat_t": "~", "val_tpl": "{{ value_json.power | float }}",
                "dev_cla": "power", "unit_of_meas": "W", "stat_cla": "measurement" }),
        ),
        ("camera/0x01/eye", json!({ "dev": device, "name": "Eye", "t": "z/eye" })),
    ]);
    assert_eq!(
        short(&plug),
        (vec!["power measure.power".into(), "switch on_off".into()], vec!["Eye: component `camera` is not supported"])
    );
    assert_eq!(plug.key, "0x01");
    assert_eq!(plug.names.zh, ["书房插座"]);
    assert_eq!(plug.product.names.en, ["Acme Plug 2"]);
    assert!(plug.product.key.starts_with("acme_plug_2-"), "{}", plug.product.key);
    assert_eq!(plug.product.model.x.kind, "outlet");
    let expected = json!({
        "product": plug.product.key, "device": "0x01",
        "mapping": {
            "points": [
                { "identifier": "power", "topic": "z/plug", "path": "$.power" },
                { "identifier": "switch", "topic": "z/plug", "path": "$.state",
                  "values": { "OFF": false, "ON": true } },
            ],
            "commands": [{ "identifier": "switch", "topic": "z/plug/set", "template": "{\"state\": \"{value}\"}",
                           "values": { "OFF": false, "ON": true } }],
            "availability": [
                { "topic": "z/bridge", "path": "$.state", "online": "online", "offline": "offline" },
                { "topic": "z/plug/there", "online": "online", "offline": "offline" },
            ],
        },
    });
    assert_eq!(plug.mapping, expected);
}

#[test]
fn each_component() {
    for (topic, announced, expected, losses) in [
        (
            "light/lamp",
            json!({ "schema": "json", "stat_t": "l", "cmd_t": "l/set", "brightness": true,
                "supported_color_modes": ["color_temp"] }),
            vec!["lamp on_off", "lamp_brightness brightness"],
            vec!["lamp: colour mode `color_temp` is not supported"],
        ),
        (
            "light/lamp",
            json!({ "stat_t": "l", "cmd_t": "l/set", "bri_stat_t": "b", "bri_cmd_t": "b/set", "bri_scl": 100,
                "rgb_cmd_t": "r" }),
            vec!["lamp on_off", "lamp_brightness brightness"],
            vec!["lamp: rgb_command_topic is not supported"],
        ),
        (
            "cover/blind",
            json!({ "cmd_t": "c/set", "pos_t": "c/pos", "set_pos_t": "c/pos/set", "dev_cla": "blind",
                "pos_open": 0, "pos_clsd": 255, "tilt_cmd_t": "c/tilt" }),
            vec!["blind position", "blind_tilt tilt", "blind_stop stop"],
            vec![],
        ),
        ("cover/gate", json!({ "cmd_t": "c/set", "stat_t": "c", "pl_stop": null }), vec!["gate opening"], vec![]),
        (
            "climate/room",
            json!({ "modes": ["off", "heat", "cool"], "mode_cmd_t": "m/set", "mode_stat_t": "m", "temp_cmd_t": "t/set",
                "temp_stat_t": "t", "curr_temp_t": "c", "min_temp": 16, "max_temp": 30, "fan_mode_cmd_t": "f" }),
            vec!["room_target setpoint", "room_temperature measure.temperature", "room mode"],
            vec!["room: fan_mode_command_topic is not supported"],
        ),
        (
            "fan/fan",
            json!({ "stat_t": "f", "cmd_t": "f/set", "pct_stat_t": "p", "pct_cmd_t": "p/set", "spd_rng_max": 3 }),
            vec!["fan on_off", "fan_speed fan_speed"],
            vec![],
        ),
        ("lock/door", json!({ "stat_t": "l", "cmd_t": "l/set" }), vec!["door lock"], vec![]),
        ("number/n", json!({ "stat_t": "n", "cmd_t": "n/set", "max": 9, "unit_of_meas": "min" }), vec!["n -"], vec![]),
        ("select/s", json!({ "stat_t": "s", "cmd_t": "s/set", "ops": ["a", "b"] }), vec!["s -"], vec![]),
        ("button/b", json!({ "cmd_t": "b" }), vec!["b press"], vec![]),
        ("scene/s", json!({ "cmd_t": "b" }), vec!["s activate"], vec![]),
        (
            "event/e",
            json!({ "stat_t": "e", "evt_typ": ["press", "long press"] }),
            vec!["e_press event", "e_long_press event"],
            vec![],
        ),
        (
            "device_automation/x/t",
            json!({ "t": "z/remote", "type": "press", "stype": "left", "pl": "left_press",
                "val_tpl": "{{ value_json.action }}" }),
            vec!["left_press event"],
            vec![],
        ),
        ("binary_sensor/d", json!({ "stat_t": "d", "dev_cla": "door" }), vec!["d contact"], vec![]),
        (
            "sensor/t",
            json!({ "stat_t": "t", "dev_cla": "temperature", "unit_of_meas": "°Réaumur" }),
            vec!["t -"],
            vec!["t: the unit `°Réaumur` is unknown: a plain number", "t: the unit `°Réaumur` is none of temperature"],
        ),
        ("sensor/t", json!({ "stat_t": "t", "dev_cla": "enum", "ops": ["a", "b"] }), vec!["t -"], vec![]),
        ("sensor/t", json!({ "stat_t": "t" }), vec!["t -"], vec![]),
    ] {
        let found = candidate(&[(topic, announced)]);
        let expected: Vec<String> = expected.into_iter().map(str::to_string).collect();
        assert_eq!(short(&found), (expected, losses), "{topic}");
    }
}

#[test]
fn what_is_not_understood_is_left_out_and_said() {
    let found = candidate(&[
        (
            "sensor/t",
            json!({ "device": { "identifiers": "t" }, "components": {}, "stat_t": "t", "name": "Tank",
            "val_tpl": "{{ value | float * 2 }}", "unique_id": "x" }),
        ),
        ("button/b", json!({ "dev": { "ids": "t" }, "cmd_t": "b" })),
    ]);
    assert_eq!(
        short(&found),
        (vec!["b press".to_string()], vec!["Tank: value_template is not understood: {{ value | float * 2 }}"])
    );
    assert_eq!(finder().heard("homeassistant/sensor/t/config", br#"{"name": "nothing"}"#), None);
    assert_eq!(finder().heard("homeassistant/sensor/t/config", b"no json"), None);
    assert_eq!(finder().heard("elsewhere/sensor/t/config", br#"{"stat_t": "t"}"#), None);
}

#[test]
fn the_device_form_has_several_entities() {
    let found = candidate(&[(
        "device/dev1",
        json!({ "dev": { "ids": "dev1", "name": "Bathroom" }, "o": { "name": "x" }, "stat_t": "bath/state",
            "cmps": {
                "t": { "p": "sensor", "dev_cla": "temperature", "unit_of_meas": "°C",
                       "val_tpl": "{{ value_json.temperature }}" },
                "h": { "p": "sensor", "dev_cla": "humidity", "unit_of_meas": "%",
                       "val_tpl": "{{ value_json.humidity }}" },
                "gone": { "p": "sensor" },
            } }),
    )]);
    let identifiers: Vec<&str> = found.product.model.properties.iter().map(|p| p.identifier.as_str()).collect();
    assert_eq!(identifiers, ["t", "h", "gone"]);
    assert_eq!(found.names.en, ["Bathroom"]);
}

#[test]
fn an_announcement_is_offered_once_and_withdrawn_when_it_is_emptied() {
    let mut finder = finder();
    let device = json!({ "ids": ["lamp"] });
    let lamp = json!({ "dev": device, "stat_t": "l", "cmd_t": "l/set" }).to_string();
    let battery = json!({ "dev": device, "stat_t": "b", "dev_cla": "battery", "unit_of_meas": "%" }).to_string();
    let (one, two) = ("homeassistant/light/lamp/config", "homeassistant/sensor/lamp/battery/config");
    let first = offered(finder.heard(one, lamp.as_bytes()));
    assert_eq!(finder.heard(one, lamp.as_bytes()), None);
    let both = offered(finder.heard(two, battery.as_bytes()));
    assert_eq!(both.product.model.properties.len(), 2);
    assert_eq!(both.device.id, first.device.id);
    assert_eq!(offered(finder.heard(two, b"")), first);
    assert_eq!(finder.heard(one, b""), Some(Found::Gone { connection: id(), key: "lamp".into() }));
    assert_eq!(finder.heard(one, b""), None);
    // Once it is mapped, it is offered only when it changes.
    let mut config: Config = serde_json::from_value(json!({ "host": "b" })).unwrap();
    config.devices = vec![serde_json::from_value(first.mapping.clone()).unwrap()];
    let mut finder = Finder::new(id(), &config);
    assert_eq!(finder.heard(one, lamp.as_bytes()), None);
    offered(finder.heard(two, battery.as_bytes()));
}

proptest! {
    #[test]
    fn any_announcement(
        topic in "(sensor|light|cover|climate|device)(/[a-z]{1,3}){1,2}", payload in ".{0,80}",
        keys in proptest::collection::btree_map("[a-z_]{1,12}|stat_t|cmd_t|dev|ids|cmps|modes|~|bri_scl|ops", "(true|null|1|-1|\"~/\\+\"|\"\\{\\{ value \\}\\}\"|\"\"|\\[\\]|\\{\\}|\\[\"a\",\"a\"\\])", 0..8),
    ) {
        let topic = format!("homeassistant/{topic}/config");
        let made = format!("{{{}}}", keys.iter().map(|(k, v)| format!("\"{k}\": {v}")).collect::<Vec<_>>().join(","));
        for payload in [payload, made] {
            if let Some(Found::Offer(candidate)) = finder().heard(&topic, payload.as_bytes()) {
                prop_assert!(!candidate.key.is_empty());
            }
        }
    }
}
