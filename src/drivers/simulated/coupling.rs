//! What belongs together in one device: a lamp whose brightness is set is on, a lamp that is switched on has some
//! brightness, an air conditioner that is put into a mode runs.

use base::Value;
use base::id::PointId;
use std::collections::BTreeMap;
use things::{PointKind, PointSpec, World};

/// Brightness or speed of a device that is switched on and had none.
const FULL: f64 = 100.0;

/// Changes the other points of the device as the device itself would. Returns those that changed.
pub(super) fn apply(
    world: &World,
    written: &PointSpec,
    value: &Value,
    values: &mut BTreeMap<PointId, Value>,
) -> Vec<PointId> {
    let mut changed = Vec::new();
    let mut set = |trait_id: &str, value: Value| {
        if let Some(point) = world.point_with(written.device, trait_id)
            && values.get(&point.id) != Some(&value)
        {
            values.insert(point.id, value);
            changed.push(point.id);
        }
    };
    match (written.trait_.as_deref().unwrap_or(""), value) {
        ("brightness" | "fan_speed", Value::Number(n)) => set("on_off", Value::Bool(*n > 0.0)),
        ("mode", Value::Text(mode)) => set("on_off", Value::Bool(mode != "off")),
        ("colour" | "colour_temperature", _) => set("on_off", Value::Bool(true)),
        ("playback", Value::Text(state)) if state == "playing" => set("on_off", Value::Bool(true)),
        ("on_off", Value::Bool(on)) => switched(world, written, *on, values, &mut changed),
        _ => {}
    }
    changed
}

fn switched(
    world: &World,
    written: &PointSpec,
    on: bool,
    values: &mut BTreeMap<PointId, Value>,
    changed: &mut Vec<PointId>,
) {
    for point in world.points_of(written.device) {
        let new = match (&point.kind, values.get(&point.id)) {
            (PointKind::Number { .. }, Some(Value::Number(n))) if point.is("brightness") || point.is("fan_speed") => {
                match (on, *n > 0.0) {
                    (true, false) => Value::Number(FULL),
                    (false, true) => Value::Number(0.0),
                    _ => continue,
                }
            }
            (PointKind::Enum { tokens }, Some(Value::Text(mode))) if point.is("mode") && on && mode == "off" => {
                let Some(first) = tokens.iter().find(|t| t.token != "off") else { continue };
                Value::text(first.token.clone())
            }
            _ => continue,
        };
        values.insert(point.id, new);
        changed.push(point.id);
    }
}
