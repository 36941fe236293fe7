//! The thing model of a home's device: the template of its kind with the device's own ranges, modes and units.

use super::table;
use crate::suite::HomeDevice;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use things::model::{Access, ThingModel};
use things::traits;

/// Modes that only something that cools has.
const COOLING: &[&str] = &["cool", "dry", "fan_only"];

/// The model; none: no template fits its kind.
pub(super) fn of(device: &HomeDevice) -> Option<ThingModel> {
    if let Some(ops) = &device.ops {
        return Some(super::calls::model(device, ops));
    }
    let unit = text(device, "unit_of_measurement").or_else(|| text(device, "native_unit_of_measurement"));
    let class = match device.device_class.as_deref() {
        Some(class) => class,
        None if matches!(unit, Some("people" | "人")) => "people",
        None if matches!(unit, Some("°C" | "°F")) => "temperature",
        None => "",
    };
    let mut model = match device.domain.as_str() {
        "light" => light(device)?,
        "climate" if cools(device) => table::template("air_conditioner")?,
        "valve" if adjustable(device) => table::template("valve_modulating")?,
        domain => table::model(domain, class)?,
    };
    own_ranges(&mut model, device);
    if let Some(modes) = device.attributes.get("hvac_modes").and_then(Json::as_array) {
        own_modes(&mut model, &modes.iter().filter_map(Json::as_str).collect::<Vec<_>>());
    }
    if let Some(written) = unit {
        for property in model.properties.iter_mut().filter(|p| p.access_mode == Access::Read) {
            if let Some(unit) = table::unit(written, property.x.trait_.as_deref()) {
                property.x.unit = Some(unit);
            }
        }
    }
    leave_out_unsaid(&mut model, device);
    Some(model)
}

fn text<'a>(device: &'a HomeDevice, attribute: &str) -> Option<&'a str> {
    device.attributes.get(attribute)?.as_str()
}

fn list<'a>(device: &'a HomeDevice, attribute: &str) -> Vec<&'a str> {
    let items = device.attributes.get(attribute).and_then(Json::as_array);
    items.into_iter().flatten().filter_map(Json::as_str).collect()
}

fn cools(device: &HomeDevice) -> bool {
    let modes = list(device, "hvac_modes");
    device.state_text().is_some_and(|s| COOLING.contains(&s.as_str())) || modes.iter().any(|m| COOLING.contains(m))
}

fn adjustable(device: &HomeDevice) -> bool {
    ["reports_position", "current_position", "current_valve_position", "position"]
        .iter()
        .any(|a| device.attributes.contains_key(*a))
}

/// A lamp by its colour modes; one that says nothing about them can do everything.
fn light(device: &HomeDevice) -> Option<ThingModel> {
    let modes = list(device, "supported_color_modes");
    let coloured = modes.iter().any(|m| !matches!(*m, "onoff" | "brightness" | "color_temp" | "white"));
    let tunable = modes.contains(&"color_temp");
    let name = match () {
        () if modes.is_empty() || coloured => "light_colour",
        () if tunable => "light_tunable",
        () if modes.contains(&"brightness") => "light_dimmable",
        () => "light_switch",
    };
    let mut model = table::template(name)?;
    if coloured && !tunable {
        model.properties.retain(|p| p.x.trait_.as_deref() != Some("colour_temperature"));
    }
    Some(model)
}

/// Which attributes limit which trait: smallest, largest, step.
const LIMITS: &[(&str, &str, &str, &str)] = &[
    ("setpoint", "min_temp", "max_temp", "target_temp_step"),
    ("humidity_setpoint", "min_humidity", "max_humidity", "target_humidity_step"),
    ("colour_temperature", "min_color_temp_kelvin", "max_color_temp_kelvin", ""),
    ("fan_speed", "", "", "percentage_step"),
];

fn own_ranges(model: &mut ThingModel, device: &HomeDevice) {
    for (trait_id, min, max, step) in LIMITS {
        for property in model.properties.iter_mut().filter(|p| p.x.trait_.as_deref() == Some(*trait_id)) {
            for (key, attribute) in [("min", min), ("max", max), ("step", step)] {
                if let (Some(n), Some(specs)) = (device.number(attribute), property.data_type.specs.as_object_mut()) {
                    specs.insert(key.into(), json!(n.to_string()));
                }
            }
        }
    }
}

/// The modes that the device has, with the words of the trait.
fn own_modes(model: &mut ThingModel, modes: &[&str]) {
    let words = traits::by_id("mode");
    for property in model.properties.iter_mut().filter(|p| p.x.trait_.as_deref() == Some("mode")) {
        let (mut specs, mut tokens) = (Map::new(), BTreeMap::new());
        for (code, mode) in modes.iter().enumerate() {
            let name = words.and_then(|t| t.state(mode)).and_then(|s| s.zh.first().copied()).unwrap_or(mode);
            specs.insert(code.to_string(), json!(name));
            tokens.insert(code.to_string(), (*mode).to_owned());
        }
        if !specs.is_empty() {
            property.data_type.specs = Json::Object(specs);
            property.x.tokens = tokens;
        }
    }
}

/// What a template measures besides and the home says nothing about, the device does not measure.
fn leave_out_unsaid(model: &mut ThingModel, device: &HomeDevice) {
    if model.properties.len() < 2 {
        return;
    }
    model
        .properties
        .retain(|p| p.access_mode.writable() || super::values::value(device, p.x.trait_.as_deref(), true).is_some());
}
