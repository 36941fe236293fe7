//! Homes whose devices list their own operations: models made from those lists, and commands back into calls.

use super::Built;
use super::ops::Write;
use crate::suite::{HomeDevice, Op};
use base::Value;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use things::model::{Access, DataKind, DataType, ModelX, Property, Service, ThingModel, X};
use things::{Names, PointSpec, templates};

/// Names of settings, the trait each is, its smallest and largest value, and its unit.
const SETTINGS: &[(&[&str], &str, f64, f64, &str)] = &[
    (&["brightness"], "brightness", 0.0, 100.0, "%"),
    (&["degree", "position"], "position", 0.0, 100.0, "%"),
    (&["temperature"], "setpoint", 5.0, 35.0, "Cel"),
    (&["volume"], "volume", 0.0, 100.0, "%"),
    (&["speed", "fan_speed", "wind_speed", "intensity"], "fan_speed", 0.0, 100.0, "%"),
    (&["humidity"], "humidity_setpoint", 0.0, 100.0, "%"),
    (&["color_temperature"], "colour_temperature", 2000.0, 6500.0, "[K_cct]"),
    (&["mode"], "mode", 0.0, 0.0, ""),
    (&["color"], "colour", 0.0, 0.0, ""),
];
/// Operations that switch, and what they write.
const SWITCHES: &[(&str, &str, bool)] = &[
    ("turn_on", "on_off", true),
    ("turn_off", "on_off", false),
    ("open", "opening", true),
    ("close", "opening", false),
    ("lock", "lock", true),
    ("unlock", "lock", false),
    ("mute", "mute", true),
    ("unmute", "mute", false),
];
/// Operations that send a device somewhere: the traits that say where it is, in the order in which one is looked for,
/// each with the state that the operation leads to.
const STATES: &[(&str, &[(&str, &str)])] = &[
    ("play", &[("playback", "playing")]),
    ("pause", &[("playback", "paused"), ("run", "paused")]),
    ("stop", &[("playback", "idle"), ("run", "idle")]),
    ("start", &[("run", "cleaning")]),
    ("clean", &[("run", "cleaning")]),
    ("charge", &[("run", "docked")]),
    ("dock", &[("run", "docked")]),
    ("return_to_base", &[("run", "docked")]),
];
/// Operations only of what plays, and only of what drives about: with one of them the others are about the same.
const TELLING: &[(&str, &str)] = &[
    ("play", "playback"),
    ("start", "run"),
    ("clean", "run"),
    ("charge", "run"),
    ("dock", "run"),
    ("return_to_base", "run"),
];
/// Operations that call a service with a trait.
const SERVICES: &[&str] = &["stop", "next", "previous", "press", "activate"];

/// The trait of a device's states, and the state that an operation leads to.
fn state_of(op: &str, ops: &[Op]) -> Option<(&'static str, &'static str)> {
    let (_, of) = TELLING.iter().find(|(name, _)| ops.iter().any(|o| o.op == *name))?;
    let (_, states) = STATES.iter().find(|(name, _)| *name == op)?;
    states.iter().find(|(trait_id, _)| trait_id == of).copied()
}

fn setting_of(op: &str) -> Option<&str> {
    op.strip_prefix("set_")
}

/// A model with what the operations can write.
pub(super) fn model(device: &HomeDevice, ops: &[Op]) -> ThingModel {
    let mut model = ThingModel { x: words(device), ..ThingModel::default() };
    for op in ops {
        if let Some((_, trait_id, _)) = SWITCHES.iter().find(|(name, ..)| *name == op.op) {
            if !model.properties.iter().any(|p| p.identifier == *trait_id) {
                let type_ = DataType { type_: DataKind::Bool, specs: json!({ "0": "关", "1": "开" }) };
                model.properties.push(property(trait_id, type_, Some(trait_id), ""));
            }
        } else if let Some((trait_id, _)) = state_of(&op.op, ops) {
            if !model.properties.iter().any(|p| p.identifier == trait_id) {
                model.properties.push(states(trait_id, ops));
            }
        } else if let Some(name) = setting_of(&op.op) {
            model.properties.push(setting(device, name));
        } else {
            let trait_ = SERVICES.iter().find(|s| **s == op.op).map(|s| (*s).to_owned());
            model.services.push(Service {
                identifier: op.op.clone(),
                name: op.op.replace('_', " "),
                call_type: "sync".into(),
                input_data: Vec::new(),
                output_data: Vec::new(),
                x: X { trait_, ..X::default() },
                extra: Map::new(),
            });
        }
    }
    model
}

/// What people call such a device: the words of the template of the same kind, else its own name.
fn words(device: &HomeDevice) -> ModelX {
    let class = device.device_class.as_deref().unwrap_or(&device.domain);
    let same_kind = templates::all().find(|(_, m)| m.x.kind == class).map(|(_, m)| m.x.clone());
    same_kind.unwrap_or_else(|| ModelX {
        kind: class.to_owned(),
        names: Names { zh: Vec::new(), en: vec![class.replace('_', " ")] },
        ..ModelX::default()
    })
}

fn setting(device: &HomeDevice, name: &str) -> Property {
    let row = SETTINGS.iter().find(|(names, ..)| names.contains(&name));
    let (low, high) = (device.limit(name, "lowest"), device.limit(name, "highest"));
    let options = device.attributes.get(name).and_then(|a| a.get("options")).and_then(Json::as_array);
    if let Some(options) = options {
        let tokens: BTreeMap<String, String> =
            options.iter().filter_map(Json::as_str).enumerate().map(|(n, o)| (n.to_string(), o.to_owned())).collect();
        let specs = json!(tokens);
        let mut p = property(name, DataType { type_: DataKind::Enum, specs }, row.map(|r| r.1), "");
        p.x.tokens = tokens;
        return p;
    }
    let (min, max) = (low.or(row.map(|r| r.2)), high.or(row.map(|r| r.3)));
    let mut specs = Map::new();
    for (key, n) in [("min", min), ("max", max), ("step", Some(1.0))] {
        specs.extend(n.map(|n| (key.to_owned(), json!(n.to_string()))));
    }
    let type_ = DataType { type_: DataKind::Double, specs: Json::Object(specs) };
    property(name, type_, row.map(|r| r.1), row.map_or("", |r| r.4))
}

/// A property that takes the states that the operations lead to.
fn states(trait_id: &str, ops: &[Op]) -> Property {
    let reached = ops.iter().filter_map(|o| state_of(&o.op, ops)).enumerate();
    let tokens: BTreeMap<String, String> = reached.map(|(n, (_, state))| (n.to_string(), state.to_owned())).collect();
    let mut p = property(trait_id, DataType { type_: DataKind::Enum, specs: json!(tokens) }, Some(trait_id), "");
    p.x.tokens = tokens;
    p
}

fn property(identifier: &str, data_type: DataType, trait_id: Option<&str>, unit: &str) -> Property {
    let x = X { trait_: trait_id.map(str::to_owned), unit: base::Unit::by_code(unit), ..X::default() };
    Property {
        identifier: identifier.into(),
        name: identifier.replace('_', " "),
        access_mode: Access::ReadWrite,
        required: false,
        data_type,
        x,
        extra: Map::new(),
    }
}

/// The first value of a point of such a device.
pub(super) fn value(device: &HomeDevice, spec: &PointSpec) -> Option<Value> {
    let state = device.state_text();
    let is = |word: &str| state.as_deref().map(|s| Value::Bool(s == word));
    match spec.trait_.as_deref().unwrap_or("") {
        "on_off" => is("on"),
        "opening" => is("open"),
        "lock" => is("locked"),
        _ => {
            let attribute = device.attributes.get(&spec.identifier)?;
            let text = attribute.get("value").unwrap_or(attribute).as_str().map(Value::text);
            device.number(&spec.identifier).map(Value::Number).or(text)
        }
    }
}

/// The commands as calls in the home's own words; one that the home does not know is a rejection.
pub fn calls(built: &Built, writes: &[Write]) -> Vec<Json> {
    writes.iter().map(|w| call(built, w).unwrap_or_else(|| json!({ "reject": true }))).collect()
}

fn call(built: &Built, write: &Write) -> Option<Json> {
    let device = built.device_of(write.point)?;
    let spec = built.world.point(write.point)?;
    let ops = device.ops.as_ref()?;
    let known = |name: &str| ops.iter().find(|o| o.op == name);
    let switch = write.value.as_bool().and_then(|on| {
        let (name, ..) = SWITCHES.iter().find(|(_, t, to)| *t == spec.identifier && *to == on)?;
        known(name)
    });
    let state = || {
        ops.iter().find(|o| {
            state_of(&o.op, ops).is_some_and(|(t, s)| t == spec.identifier && write.value.as_text() == Some(s))
        })
    };
    let op = switch
        .or_else(state)
        .or_else(|| known(&spec.identifier))
        .or_else(|| known(&format!("set_{}", spec.identifier)))?;
    let args = if op.params.is_empty() { json!([]) } else { json!([write.value]) };
    Some(json!({ "device": device.id, "op": op.op, "args": args }))
}
