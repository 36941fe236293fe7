//! Commands that a home's devices received, in the words of the evaluation data.

use super::Built;
use base::Value;
use base::id::PointId;
use serde_json::{Map, Value as Json, json};
use things::traits;

/// A command that left, or one that a proposal shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// To which point.
    pub point: PointId,
    /// The value, absolute.
    pub value: Value,
    /// By how much, when it was asked for as a difference.
    pub by: Option<f64>,
}

/// How differences are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differences {
    /// Of a volume as steps, of the rest by what they lead to.
    Steps,
    /// By what they lead to; as a difference where the home does not tell the present value.
    Results,
}

/// What one device did.
#[derive(Debug, Clone, PartialEq)]
struct Deed {
    device: String,
    op: String,
    args: Map<String, Json>,
}

/// Operations that switch a device on by themselves.
const SWITCHING_ON: &[&str] =
    &["set", "set_temperature", "set_mode", "set_speed", "set_volume", "set_humidity", "play"];

/// The commands as operations, each with the devices it went to.
pub fn effects(built: &Built, writes: &[Write], differences: Differences) -> Vec<Json> {
    let mut deeds: Vec<Deed> = Vec::new();
    for write in writes {
        let Some(deed) = deed(built, write, differences) else { continue };
        // Several settings of one lamp are one operation; the last value of a setting counts.
        match deeds.iter_mut().find(|d| d.device == deed.device && d.op == deed.op) {
            Some(known) => known.args.extend(deed.args),
            None => deeds.push(deed),
        }
    }
    let set: Vec<String> =
        deeds.iter().filter(|d| SWITCHING_ON.contains(&d.op.as_str())).map(|d| d.device.clone()).collect();
    deeds.retain(|d| d.op != "turn_on" || !set.contains(&d.device));
    let mut groups: Vec<(Deed, Vec<String>)> = Vec::new();
    for deed in deeds {
        match groups.iter_mut().find(|(g, _)| g.op == deed.op && g.args == deed.args) {
            Some((_, devices)) => devices.push(deed.device),
            None => groups.push((deed.clone(), vec![deed.device])),
        }
    }
    let json = |(deed, mut targets): (Deed, Vec<String>)| {
        targets.sort();
        json!({ "op": deed.op, "targets": targets, "args": deed.args })
    };
    groups.into_iter().map(json).collect()
}

fn deed(built: &Built, write: &Write, differences: Differences) -> Option<Deed> {
    let device = built.device_of(write.point)?;
    let spec = built.world.point(write.point)?;
    let trait_id = spec.trait_.as_deref().unwrap_or("");
    let (op, argument) = named(&device.domain, trait_id, &write.value);
    let mut args = Map::new();
    let mut op = op.to_owned();
    if let Some(name) = argument {
        let told = built.all_told || built.values.contains_key(&write.point);
        match (write.by, differences) {
            (Some(by), Differences::Steps) if trait_id == "volume" => {
                op = "set_volume_relative".into();
                args.insert("volume_step".into(), step(trait_id, by));
            }
            (Some(by), Differences::Results) if !told => {
                args.insert(format!("{name}_delta"), json!(by));
            }
            _ => {
                args.insert(name.into(), json!(write.value));
            }
        }
    }
    Some(Deed { device: device.id.clone(), op, args })
}

/// A step; one of the usual size is also what "up" and "down" mean.
fn step(trait_id: &str, by: f64) -> Json {
    let usual = traits::by_id(trait_id).is_some_and(|t| (t.nudge - by.abs()).abs() < 1e-9);
    match (usual, by > 0.0) {
        (true, true) => json!([by, "up"]),
        (true, false) => json!([by, "down"]),
        (false, _) => json!(by),
    }
}

/// The operation that a value of a trait is, and the name of its argument.
fn named(domain: &str, trait_id: &str, value: &Value) -> (&'static str, Option<&'static str>) {
    let yes = value.as_bool() == Some(true);
    let end = value.as_number().filter(|n| *n <= 0.0 || *n >= 100.0);
    let pick = |a: &'static str, b: &'static str| (if yes { a } else { b }, None);
    match (trait_id, value.as_text(), end) {
        ("on_off", ..) => pick("turn_on", "turn_off"),
        ("lock", ..) => pick("lock", "unlock"),
        ("opening", ..) => pick("open", "close"),
        ("mute", ..) => pick("mute", "unmute"),
        ("position", _, Some(n)) => (if n > 0.0 { "open" } else { "close" }, None),
        ("position", ..) => ("set_position", Some("position")),
        ("tilt", ..) => ("set_tilt", Some("tilt")),
        ("brightness", ..) => ("set", Some("brightness")),
        ("colour", ..) => ("set", Some("color")),
        ("colour_temperature", ..) => ("set", Some("temperature")),
        ("setpoint", ..) => ("set_temperature", Some("temperature")),
        ("humidity_setpoint", ..) => ("set_humidity", Some("humidity")),
        ("fan_speed", ..) => ("set_speed", Some("percentage")),
        ("volume", ..) => ("set_volume", Some("volume_level")),
        ("mode", Some("off"), _) => ("turn_off", None),
        ("mode", ..) => ("set_mode", Some("mode")),
        ("playback", Some("playing"), _) => ("play", None),
        ("playback" | "run", Some("paused"), _) => ("pause", None),
        ("run", Some("cleaning"), _) => ("start", None),
        // Mowers of homes know no stop: they go home.
        ("run", Some("docked" | "returning" | "idle"), _) if domain == "lawn_mower" => ("dock", None),
        ("run", Some("docked" | "returning"), _) => ("return_to_base", None),
        ("playback" | "run", ..) | ("stop", ..) => ("stop", None),
        ("next", ..) => ("next", None),
        ("previous", ..) => ("previous", None),
        ("press", ..) => ("press", None),
        ("activate", ..) if domain == "script" => ("run", None),
        ("activate", ..) => ("activate", None),
        _ => ("write", Some("value")),
    }
}

/// Whether two lists of operations are the same set of single operations.
pub fn same(a: &[Json], b: &[Json]) -> bool {
    let single = |list: &[Json]| -> std::collections::BTreeSet<String> {
        let one = |e: &Json| {
            let targets = e.get("targets").and_then(Json::as_array).cloned().unwrap_or_default();
            let args = e.get("args").cloned().unwrap_or_else(|| json!({}));
            let text = format!("{} {}", e.get("op").unwrap_or(&Json::Null), numbers(&args));
            targets.into_iter().map(move |t| format!("{t} {text}"))
        };
        list.iter().flat_map(one).collect()
    };
    single(a) == single(b)
}

/// Arguments in order, whole numbers without a point.
fn numbers(args: &Json) -> String {
    let Some(object) = args.as_object() else { return args.to_string() };
    let mut parts: Vec<String> = object
        .iter()
        .map(|(k, v)| format!("{k}={}", v.as_f64().map_or_else(|| v.to_string(), base::value::number_text)))
        .collect();
    parts.sort();
    parts.join(",")
}
