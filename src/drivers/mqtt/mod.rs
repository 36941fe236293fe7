//! Devices behind an MQTT broker: templates from topic and JSON path to points, commands out, raw topics for rules, and
//! devices that announce themselves as to Home Assistant.
//!
//! What it is *not*: a broker. One connection is one client; what a device is stands in its thing model. Start at
//! [`config::Config`], then [`session::Session`].

mod check;
pub mod codec;
pub mod config;
pub mod discovery;
mod plan;
pub mod session;
mod task;
pub mod topics;

use crate::Driver;
use crate::contract::Candidate;
use base::Bilingual;
use config::{Config, Mapped};
use serde_json::{Map, Value as Json, json};

/// The driver.
pub const DRIVER: Driver = Driver {
    name: "mqtt",
    title: || Bilingual::new("MQTT 服务器", "MQTT broker"),
    schema: || schemars::schema_for!(Config),
    sample,
    check: check::check,
    start: task::start,
    adopt: Some(adopt),
};

fn sample() -> Map<String, Json> {
    let sample = json!({
        "host": "127.0.0.1",
        "user": "castellan",
        "presence": { "topic": "castellan/status" },
        "listen": ["workshop/#"],
        "templates": [{
            "name": "plug",
            "mapping": {
                "points": [
                    { "identifier": "power", "topic": "plugs/{device}/state", "path": "$.state",
                      "values": { "ON": true, "OFF": false } },
                    { "identifier": "active_power", "topic": "plugs/{device}/state", "path": "$.power" }
                ],
                "commands": [
                    { "identifier": "power", "topic": "plugs/{device}/set", "template": "{\"state\": \"{value}\"}" }
                ],
                "availability": [{ "topic": "plugs/{device}/availability" }]
            }
        }],
        "devices": [{ "product": "outlet", "device": "desk", "template": "plug" }]
    });
    match sample {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

/// Adds the mapping of a device that was found, or replaces the one that it has. A configuration that cannot be read
/// stays as it is.
fn adopt(config: &Map<String, Json>, candidate: &Candidate) -> Map<String, Json> {
    let mut out = config.clone();
    let Ok(mapped) = serde_json::from_value::<Mapped>(candidate.mapping.clone()) else { return out };
    let devices = out.entry("devices").or_insert_with(|| Json::Array(Vec::new()));
    if let Json::Array(devices) = devices {
        let same = |d: &Json| {
            d.get("product").and_then(Json::as_str) == Some(mapped.product.as_str())
                && d.get("device").and_then(Json::as_str) == Some(mapped.device.as_str())
        };
        match devices.iter_mut().find(|d| same(d)) {
            Some(place) => *place = candidate.mapping.clone(),
            None => devices.push(candidate.mapping.clone()),
        }
    }
    out
}

#[cfg(test)]
pub(crate) mod tests;
