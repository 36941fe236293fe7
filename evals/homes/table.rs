//! The one table from the kinds of devices that homes of third parties have to the product templates that are shipped.
//! Their words for kinds stand nowhere else in the repository but in the adapter that speaks their protocol.

use base::{Unit, Value};
use things::PointKind;
use things::model::ThingModel;
use things::{templates, traits};

/// What the one property of a template means in this row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// As in the template.
    Own,
    /// This trait.
    Trait(&'static str),
    /// No trait: a reading that only its name explains.
    Plain,
}
use Meaning::{Own, Plain, Trait};

/// Any class that no row above has.
const ANY: &str = "*";

/// Domain, class, template, meaning. The first row that fits counts. A domain without a row is left out and counted.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str, Meaning)] = &[
    ("light", ANY, "light_colour", Own),
    ("switch", "outlet", "outlet", Own),
    ("switch", ANY, "switch", Own),
    ("input_boolean", ANY, "switch", Own),
    ("siren", ANY, "siren", Own),
    ("fan", ANY, "fan", Own),
    ("lock", ANY, "lock", Own),
    ("scene", ANY, "scene", Own),
    ("script", ANY, "scene", Own),
    ("button", ANY, "button", Own),
    ("input_button", ANY, "button", Own),
    ("vacuum", ANY, "vacuum", Own),
    ("lawn_mower", ANY, "lawn_mower", Own),
    ("humidifier", "dehumidifier", "dehumidifier", Own),
    ("humidifier", ANY, "humidifier", Own),
    ("climate", "heater", "heater", Own),
    ("climate", ANY, "thermostat", Own),
    ("media_player", "tv", "television", Own),
    ("media_player", ANY, "speaker", Own),
    ("cover", "awning", "awning", Own),
    ("cover", "blind", "blind", Own),
    ("cover", "door", "door_opener", Own),
    ("cover", "garage", "garage_door", Own),
    ("cover", "gate", "gate", Own),
    ("cover", "shade", "shade", Own),
    ("cover", "shutter", "shutter", Own),
    ("cover", "window", "window_opener", Own),
    ("cover", ANY, "curtain", Own),
    ("valve", ANY, "valve", Own),
    // Fallbacks: a person is present or not, whatever the zone; the weather is that of a station.
    ("person", ANY, "sensor_occupancy", Own),
    ("weather", ANY, "weather_station", Own),
    ("binary_sensor", "door", "contact_door", Own),
    ("binary_sensor", "opening", "contact_door", Own),
    ("binary_sensor", "garage_door", "contact_garage", Own),
    ("binary_sensor", "window", "contact_window", Own),
    ("binary_sensor", "motion", "sensor_motion", Own),
    ("binary_sensor", "occupancy", "sensor_occupancy", Own),
    ("binary_sensor", "presence", "sensor_occupancy", Own),
    ("binary_sensor", "smoke", "sensor_smoke", Own),
    ("binary_sensor", "gas", "sensor_gas", Own),
    ("binary_sensor", "moisture", "sensor_leak", Own),
    ("binary_sensor", "plug", "sensor_problem", Trait("plug")),
    ("binary_sensor", "lock", "sensor_problem", Trait("lock")),
    ("binary_sensor", "problem", "sensor_problem", Own),
    ("binary_sensor", ANY, "sensor_problem", Plain),
    ("sensor", "temperature", "sensor_temperature", Own),
    ("sensor", "humidity", "sensor_humidity", Own),
    ("sensor", "carbon_dioxide", "sensor_co2", Own),
    ("sensor", "carbon_monoxide", "sensor_co", Own),
    ("sensor", "pm25", "sensor_pm25", Own),
    ("sensor", "illuminance", "sensor_illuminance", Own),
    ("sensor", "battery", "sensor_battery", Own),
    ("sensor", "power", "sensor_power", Own),
    ("sensor", "voltage", "sensor_power", Trait("measure.voltage")),
    ("sensor", "current", "sensor_power", Trait("measure.current")),
    ("sensor", "energy", "meter_energy", Own),
    ("sensor", "gas", "meter_gas", Own),
    ("sensor", "water", "meter_water", Own),
    ("sensor", "pressure", "sensor_pressure", Own),
    ("sensor", "atmospheric_pressure", "sensor_pressure", Own),
    ("sensor", "sound_pressure", "sensor_noise", Own),
    ("sensor", "moisture", "sensor_soil_moisture", Own),
    ("sensor", "wind_speed", "sensor_wind", Own),
    ("sensor", "people", "sensor_count", Own),
    ("sensor", ANY, "sensor_count", Plain),
];

/// The template of a kind, as a model of its own; none: no template fits.
pub(super) fn model(domain: &str, class: &str) -> Option<ThingModel> {
    let (_, _, template, meaning) = TABLE.iter().find(|(d, c, ..)| *d == domain && (*c == class || *c == ANY))?;
    let mut model = templates::by_name(template)?.clone();
    for property in model.properties.iter_mut() {
        match meaning {
            Own => {}
            Trait(id) => property.x.trait_ = Some((*id).to_owned()),
            Plain => property.x.trait_ = None,
        }
    }
    Some(model)
}

/// The domain and class that a kind of device has in homes; none where they have no such thing.
pub(crate) fn of_kind(kind: &str) -> Option<(&'static str, Option<&'static str>)> {
    // Which devices of the domain cool, their attributes say.
    let kind = if kind == "air_conditioner" { "thermostat" } else { kind };
    let of = |template: &str| templates::by_name(template).is_some_and(|m| m.x.kind == kind);
    let (domain, class, ..) = TABLE.iter().find(|(_, _, template, _)| of(template))?;
    Some((*domain, Some(*class).filter(|c| *c != ANY)))
}

/// Another template of the same table's kinds, where attributes decide.
pub(super) fn template(name: &str) -> Option<ThingModel> {
    templates::by_name(name).cloned()
}

/// Units as people write them, and their codes.
const UNITS: &[(&str, &str)] = &[
    ("°C", "Cel"),
    ("°F", "[degF]"),
    ("%", "%"),
    ("ppm", "[ppm]"),
    ("lx", "lx"),
    ("lux", "lx"),
    ("W", "W"),
    ("kW", "kW"),
    ("Wh", "W.h"),
    ("kWh", "kW.h"),
    ("V", "V"),
    ("A", "A"),
    ("Hz", "Hz"),
    ("bar", "bar"),
    ("hPa", "hPa"),
    ("kPa", "kPa"),
    ("Pa", "Pa"),
    ("dB", "dB"),
    ("m³", "m3"),
    ("L", "L"),
    ("m³/h", "m3/h"),
    ("m/s", "m/s"),
    ("km/h", "km/h"),
    ("µg/m³", "ug/m3"),
    ("μg/m³", "ug/m3"),
];

/// The unit that people write so, where it measures what a trait is about.
pub(super) fn unit(written: &str, trait_id: Option<&str>) -> Option<Unit> {
    let unit = UNITS.iter().find(|(w, _)| *w == written).and_then(|(_, code)| Unit::by_code(code))?;
    let kind = PointKind::Number { unit, min: None, max: None, step: None };
    trait_id.and_then(traits::by_id).is_none_or(|t| t.fits(&kind)).then_some(unit)
}

/// Colours by token, as red, green and blue.
const COLOURS: &[(&str, [u8; 3])] = &[
    ("white", [255, 255, 255]),
    ("red", [255, 0, 0]),
    ("orange", [255, 165, 0]),
    ("yellow", [255, 255, 0]),
    ("green", [0, 128, 0]),
    ("cyan", [0, 255, 255]),
    ("blue", [0, 0, 255]),
    ("purple", [128, 0, 128]),
    ("pink", [255, 192, 203]),
];

/// A colour's parts.
pub(super) fn rgb(token: &Value) -> Option<[u8; 3]> {
    COLOURS.iter().find(|(t, _)| Some(*t) == token.as_text()).map(|(_, rgb)| *rgb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_shipped_template_and_a_trait_that_fits() {
        for (domain, class, template, meaning) in TABLE {
            let model = templates::by_name(template).unwrap_or_else(|| panic!("{domain} {class}: no {template}"));
            if let Trait(id) = meaning {
                assert!(traits::by_id(id).is_some() && model.properties.len() == 1, "{domain} {class}");
            }
        }
        for (_, code) in UNITS {
            assert!(Unit::by_code(code).is_some(), "{code}");
        }
    }
}
