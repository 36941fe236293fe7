//! Product templates that are shipped: thing models with traits and words, as JSON files in `templates/`.

use crate::ThingModel;
use crate::model::Origin;
use std::collections::BTreeMap;
use std::sync::LazyLock;

macro_rules! files {
    ($($name:literal),* $(,)?) => { &[$(($name, include_str!(concat!("templates/", $name, ".json")))),*] };
}

/// Every file of `templates/`, in alphabetical order.
const FILES: &[(&str, &str)] = files![
    "air_conditioner",
    "air_purifier",
    "awning",
    "blind",
    "boiler",
    "button",
    "contact_door",
    "contact_garage",
    "contact_window",
    "curtain",
    "dehumidifier",
    "door_opener",
    "ev_charger",
    "fan",
    "fan_coil",
    "garage_door",
    "gate",
    "heater",
    "humidifier",
    "lawn_mower",
    "light_colour",
    "light_dimmable",
    "light_switch",
    "light_tunable",
    "lock",
    "meter_energy",
    "meter_gas",
    "meter_heat",
    "meter_power",
    "meter_water",
    "outlet",
    "pump",
    "pump_metered",
    "room_sensor",
    "scene",
    "sensor_battery",
    "sensor_co",
    "sensor_co2",
    "sensor_count",
    "sensor_gas",
    "sensor_humidity",
    "sensor_illuminance",
    "sensor_leak",
    "sensor_motion",
    "sensor_noise",
    "sensor_occupancy",
    "sensor_pm25",
    "sensor_power",
    "sensor_pressure",
    "sensor_problem",
    "sensor_smoke",
    "sensor_soil_moisture",
    "sensor_temperature",
    "sensor_wind",
    "shade",
    "shutter",
    "siren",
    "speaker",
    "switch",
    "television",
    "thermostat",
    "vacuum",
    "valve",
    "valve_modulating",
    "ventilation",
    "weather_station",
    "window_opener",
];

static PARSED: LazyLock<BTreeMap<&'static str, ThingModel>> = LazyLock::new(|| {
    FILES
        .iter()
        .filter_map(|(name, text)| {
            let json = serde_json::from_str(text).ok()?;
            ThingModel::parse(&json, Origin::Created).0.map(|m| (*name, m))
        })
        .collect()
});

/// The template of a name.
pub fn by_name(name: &str) -> Option<&'static ThingModel> {
    PARSED.get(name)
}

/// All templates by name.
pub fn all() -> impl Iterator<Item = (&'static str, &'static ThingModel)> {
    PARSED.iter().map(|(n, m)| (*n, m))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_valid_model_and_round_trips() {
        for (name, text) in FILES {
            let json: serde_json::Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            let (model, found) = ThingModel::parse(&json, Origin::Created);
            assert_eq!(found, vec![], "{name}");
            let model = model.unwrap();
            assert!(!model.x.kind.is_empty(), "{name} needs x.kind");
            assert!(
                !model.x.names.zh.is_empty() && !model.x.names.en.is_empty(),
                "{name} needs names in both languages"
            );
            assert_eq!(
                base::canonical::to_string(&model).unwrap(),
                base::canonical::to_string(&json).unwrap(),
                "{name}"
            );
        }
    }

    #[test]
    fn the_list_is_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|f| f.unwrap().file_name().into_string().unwrap().trim_end_matches(".json").to_string())
            .collect();
        files.sort();
        assert_eq!(files, FILES.iter().map(|f| f.0.to_string()).collect::<Vec<_>>());
    }
}
