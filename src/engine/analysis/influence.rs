//! What drives what: whether switching one point moves what another one measures.
//!
//! It goes by kinds of devices and traits, and by where they are: a heater drives the temperatures of its room. What it
//! is *not*: no model of how fast, and none of water, wind and weather. Start at [`drives`].

use base::Timestamp;
use base::id::PointId;
use things::World;

/// Kinds of devices that drive what a trait measures, by any of their switches and setpoints.
const DRIVES: &[(&str, &[&str])] = &[
    ("measure.temperature", &["heater", "thermostat", "air_conditioner", "fan_coil", "boiler", "valve"]),
    ("measure.water_temperature", &["boiler", "heater", "pump", "valve"]),
    ("measure.humidity", &["humidifier", "dehumidifier", "air_conditioner", "fan"]),
    ("measure.co2", &["fan", "window"]),
    ("measure.co", &["fan", "window"]),
    ("measure.pm25", &["air_purifier", "fan", "window"]),
    ("measure.illuminance", &["light", "blind", "curtain", "shade", "shutter", "awning"]),
    ("measure.pressure", &["pump", "valve"]),
    ("measure.soil_moisture", &["valve", "pump"]),
];

/// Whether writing `actuator` moves what `sensor` measures: it does by kind, and they are in one place or one device.
pub(super) fn drives(actuator: PointId, sensor: PointId, world: &World) -> bool {
    let (Some(actuator), Some(sensor)) = (world.point(actuator), world.point(sensor)) else { return false };
    let (Some(kind), Some(measured)) = (world.kind_of(actuator.device), sensor.trait_.as_deref()) else { return false };
    let driven = DRIVES.iter().any(|(what, by)| *what == measured && by.contains(&kind));
    if !driven {
        return false;
    }
    let place = |device| world.device(device).and_then(|d| d.space_at(Timestamp::MAX));
    actuator.device == sensor.device
        || match (place(actuator.device), place(sensor.device)) {
            (Some(a), Some(b)) => world.path_of(a).contains(&b) || world.path_of(b).contains(&a),
            _ => false,
        }
}
