//! States and attributes of a home's device as values of points, and back.
//!
//! What it is *not*: it knows no world; a point is given by its trait.

use super::table;
use crate::suite::HomeDevice;
use base::Value;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// Full scale of a lamp's brightness in homes.
const FULL_BRIGHTNESS: f64 = 255.0;
/// Traits whose attribute is a plain number of the same scale.
const PLAIN: &[(&str, &[&str])] = &[
    ("setpoint", &["temperature", "target_temperature"]),
    ("humidity_setpoint", &["humidity"]),
    ("fan_speed", &["percentage"]),
    ("position", &["current_position", "current_valve_position", "position", "degree"]),
    ("tilt", &["current_tilt_position"]),
    ("colour_temperature", &["color_temp_kelvin"]),
    ("battery", &["battery_level"]),
];

/// The value that a home's device gives to a point; none: it says nothing about it.
pub(super) fn value(device: &HomeDevice, trait_id: Option<&str>, number: bool) -> Option<Value> {
    let state = device.state_text();
    let state = state.as_deref();
    let is = |words: &[&str]| state.map(|s| Value::Bool(words.contains(&s)));
    let domain = device.domain.as_str();
    match (domain, trait_id.unwrap_or("")) {
        ("sensor", "battery") => reading(device),
        ("weather", "measure.temperature") => device.number("temperature").map(Value::Number),
        ("person", _) => is(&["home", "家", "在家"]),
        // Such a sensor is "on" where something is not safe.
        ("binary_sensor", "lock") => is(&["off"]),
        ("climate", "on_off") => state.map(|s| Value::Bool(s != "off")),
        ("media_player", "on_off") => state.map(|s| Value::Bool(!matches!(s, "off" | "standby"))),
        ("humidifier" | "light" | "switch" | "input_boolean" | "siren" | "fan", "on_off") => is(&["on"]),
        (_, "brightness") => brightness(device, state),
        (_, "volume") => device.number("volume_level").map(|v| Value::Number(if v > 1.0 { v } else { v * 100.0 })),
        (_, "mute") => device.attributes.get("is_volume_muted").and_then(Json::as_bool).map(Value::Bool),
        (_, "mode") => state.filter(|s| *s != "on").map(Value::text),
        (_, "playback") => state.map(|s| Value::text(if matches!(s, "playing" | "paused") { s } else { "idle" })),
        (_, "run") => state.map(Value::text),
        (_, "lock") => is(&["locked"]),
        (_, "opening") => is(&["open"]),
        ("climate", "measure.temperature") => device.number("current_temperature").map(Value::Number),
        (_, "fan_speed") => match device.number("percentage") {
            Some(n) => Some(Value::Number(n)),
            None => is(&["on"]).filter(|v| *v == Value::Bool(true)).map(|_| Value::Number(100.0)),
        },
        (_, "position") => plain(device, "position").or_else(|| {
            state
                .filter(|s| matches!(*s, "open" | "closed"))
                .map(|s| Value::Number(if s == "open" { 100.0 } else { 0.0 }))
        }),
        ("sensor", _) if number => reading(device),
        ("binary_sensor", _) => is(&["on"]),
        (_, id) => plain(device, id),
    }
}

fn plain(device: &HomeDevice, trait_id: &str) -> Option<Value> {
    let (_, names) = PLAIN.iter().find(|(t, _)| *t == trait_id)?;
    names.iter().find_map(|n| device.number(n)).map(Value::Number)
}

fn reading(device: &HomeDevice) -> Option<Value> {
    let state = device.state_text().and_then(|s| s.trim().parse().ok());
    state.or_else(|| device.number("native_value")).map(Value::Number)
}

fn brightness(device: &HomeDevice, state: Option<&str>) -> Option<Value> {
    if let Some(highest) = device.limit("brightness", "highest") {
        return device.number("brightness").map(|n| Value::Number(n * 100.0 / highest.max(1.0)));
    }
    match device.number("brightness") {
        Some(n) => Some(Value::Number((n * 100.0 / FULL_BRIGHTNESS).round())),
        None if state == Some("on") => Some(Value::Number(100.0)),
        None => None,
    }
}

/// The attribute that a value shows as: its name, and the value in the home's scale.
pub(super) fn attribute(domain: &str, trait_id: &str, value: &Value) -> Option<(&'static str, Json)> {
    let number = value.as_number();
    Some(match (domain, trait_id) {
        (_, "brightness") => ("brightness", json!((number? * FULL_BRIGHTNESS / 100.0).round())),
        (_, "volume") => ("volume_level", json!((number? * 10.0).round() / 1000.0)),
        (_, "mute") => ("is_volume_muted", json!(value.as_bool()?)),
        (_, "colour") => ("rgb_color", json!(table::rgb(value)?)),
        ("climate", "measure.temperature") => ("current_temperature", json!(number?)),
        ("cover" | "valve", "position") => ("current_position", json!(number?)),
        (_, id) => (PLAIN.iter().find(|(t, _)| *t == id)?.1.first()?, json!(number?)),
    })
}

/// The state that the values of a device's traits show as.
pub(super) fn state(domain: &str, values: &BTreeMap<&str, Value>) -> Option<String> {
    let flag = |t: &str| values.get(t).and_then(Value::as_bool);
    let token = |t: &str| values.get(t).and_then(Value::as_text);
    let pick = |on: Option<bool>, yes: &str, no: &str| on.map(|b| if b { yes } else { no }.to_owned());
    match domain {
        "climate" => match (flag("on_off"), token("mode")) {
            (Some(false), _) => Some("off".into()),
            (_, Some(mode)) => Some(mode.into()),
            (on, None) => pick(on, "on", "off"),
        },
        "media_player" => match (flag("on_off"), token("playback")) {
            (Some(false), _) => Some("off".into()),
            (_, Some(p @ ("playing" | "paused"))) => Some(p.into()),
            _ => Some("on".into()),
        },
        "cover" | "valve" => match values.get("position").and_then(Value::as_number) {
            Some(n) => pick(Some(n > 0.0), "open", "closed"),
            None => pick(flag("opening"), "open", "closed"),
        },
        "lock" => pick(flag("lock"), "locked", "unlocked"),
        // A machine that is sent home is on its way first.
        "vacuum" | "lawn_mower" => token("run").map(|s| if s == "docked" { "returning" } else { s }.to_owned()),
        "person" => pick(values.values().next().and_then(Value::as_bool), "home", "not_home"),
        _ => match (flag("on_off"), values.values().next()) {
            (Some(on), _) => pick(Some(on), "on", "off"),
            (None, Some(Value::Bool(on))) => pick(Some(*on), "on", "off"),
            (None, Some(other)) => Some(other.to_string()),
            (None, None) => None,
        },
    }
}

/// What a device shows: its own state and attributes as they were, with whatever has changed since.
pub(super) fn shown(device: &HomeDevice, before: &BTreeMap<&str, Value>, now: &BTreeMap<&str, Value>) -> Json {
    let mut attributes: Map<String, Json> = device.attributes.clone();
    for (trait_id, value) in now.iter().filter(|(t, v)| before.get(*t) != Some(v)) {
        if let Some((name, json)) = attribute(&device.domain, trait_id, value) {
            attributes.insert(name.into(), json);
        }
    }
    let (old, new) = (state(&device.domain, before), state(&device.domain, now));
    let state = if old == new { device.state.clone() } else { json!(new) };
    json!({ "state": state, "attributes": attributes })
}
