//! What the state of an entity is here: a comparison with the point that means the same.

use super::Automation;
use crate::names::Unmatched;
use crate::sketch::Wire;
use base::Value;
use serde_json::json;
use things::{PointKind, PointSpec, traits};

/// Traits by which a state is read, by the domain of the entity; the first one that a device has counts.
pub(super) fn traits_of(domain: &str) -> &'static [&'static str] {
    match domain {
        "light" | "switch" | "fan" | "input_boolean" | "siren" | "humidifier" | "remote" | "group" => &["on_off"],
        "binary_sensor" => {
            &["contact", "motion", "occupancy", "opening", "leak", "smoke", "gas", "plug", "problem", "lock", "on_off"]
        }
        "cover" | "valve" => &["position", "opening", "contact"],
        "lock" => &["lock"],
        "climate" | "water_heater" => &["mode", "on_off"],
        "media_player" => &["playback", "on_off"],
        "vacuum" | "lawn_mower" => &["run", "on_off"],
        "person" | "device_tracker" | "zone" => &["occupancy"],
        "select" | "input_select" => &["mode"],
        _ => &[],
    }
}

/// Traits of an attribute of an entity.
fn traits_of_attribute(attribute: &str) -> Option<&'static [&'static str]> {
    Some(match attribute {
        "temperature" => &["setpoint"],
        "current_temperature" => &["measure.temperature"],
        "humidity" => &["humidity_setpoint"],
        "current_humidity" => &["measure.humidity"],
        "current_position" => &["position"],
        "current_tilt_position" => &["tilt"],
        "percentage" => &["fan_speed"],
        "battery_level" => &["battery"],
        "hvac_mode" | "preset_mode" => &["mode"],
        "color_temp_kelvin" => &["colour_temperature"],
        "is_volume_muted" => &["mute"],
        _ => return None,
    })
}

/// Whether a word of a state says yes.
fn yes(word: &str) -> Option<bool> {
    match word {
        "on" | "true" | "open" | "opening" | "detected" | "locked" | "home" | "occupied" | "wet" | "problem" => {
            Some(true)
        }
        "off" | "false" | "closed" | "closing" | "clear" | "unlocked" | "not_home" | "empty" | "dry" | "ok" => {
            Some(false)
        }
        _ => None,
    }
}

impl Automation<'_, '_> {
    /// The point that the state of an entity, or one of its attributes, is.
    pub(super) fn point(&mut self, entity: &str, attribute: Option<&str>) -> Result<PointSpec, Unmatched> {
        let domain = entity.split('.').next().unwrap_or("");
        let traits = match attribute {
            None => traits_of(domain),
            Some(name) => traits_of_attribute(name).ok_or(Unmatched::Unknown)?,
        };
        if traits.is_empty() {
            return self.reader.finder.reading(entity).cloned();
        }
        self.reader.finder.point(entity, traits).cloned()
    }

    /// The value of the state of an entity.
    pub(super) fn level(&mut self, spec: &PointSpec) -> Wire {
        self.sketch.value("point", json!({ "point": spec.id }), &[])
    }

    /// Whether an entity is in a state.
    ///
    /// # Errors
    /// Why that cannot be said here: Chinese, English.
    pub(super) fn is_in(
        &mut self,
        entity: &str,
        attribute: Option<&str>,
        state: &str,
    ) -> Result<Wire, (String, String)> {
        let domain = entity.split('.').next().unwrap_or("");
        if matches!(state, "unavailable" | "unknown") {
            return Err((
                "状态 unavailable 和 unknown 在这里不是值，而是质量".into(),
                "`unavailable` and `unknown` are no values here but a matter of quality".into(),
            ));
        }
        // Off is a mode to Home Assistant; here it is the switch, where there is one.
        let switch = matches!(domain, "climate" | "water_heater" | "media_player") && matches!(state, "on" | "off");
        let found = match switch && attribute.is_none() {
            true => self.reader.finder.point(entity, &["on_off"]).cloned().or_else(|_| self.point(entity, None)),
            false => self.point(entity, attribute),
        };
        let spec = found.map_err(|why| {
            let words = why.words(entity);
            (words.zh, words.en)
        })?;
        let level = self.level(&spec);
        let unfit = || {
            (
                format!("“{entity}”的状态“{state}”在这里没有对应的值"),
                format!("state `{state}` of `{entity}` has no counterpart here"),
            )
        };
        match &spec.kind {
            PointKind::Bool => {
                let value = truth(&spec, state).ok_or_else(unfit)?;
                Ok(self.sketch.compare(&level, "=", &Value::Bool(value)))
            }
            PointKind::Enum { .. } => {
                let token = token(&spec, state).ok_or_else(unfit)?;
                Ok(self.sketch.compare(&level, "=", &Value::text(token)))
            }
            PointKind::Number { .. } => match (state.parse::<f64>(), state) {
                (Ok(n), _) if n.is_finite() => Ok(self.sketch.compare(&level, "=", &Value::Number(n))),
                (_, "open") => Ok(self.sketch.compare(&level, ">", &Value::Number(0.0))),
                (_, "closed") => Ok(self.sketch.compare(&level, "<=", &Value::Number(0.0))),
                _ => Err(unfit()),
            },
            PointKind::Text { .. } => Ok(self.sketch.compare(&level, "=", &Value::text(state))),
            PointKind::Other | PointKind::Service => Err(unfit()),
        }
    }
}

/// The boolean that a word means for a point.
pub(super) fn truth(spec: &PointSpec, word: &str) -> Option<bool> {
    let states = spec.trait_.as_deref().and_then(traits::by_id).map_or(&[][..], |t| t.states);
    let said = states.iter().find(|s| s.value == word || s.en.contains(&word) || s.zh.contains(&word));
    said.map(|s| s.value == "true").or_else(|| yes(word))
}

/// The token of an enumeration that a word means.
pub(super) fn token(spec: &PointSpec, word: &str) -> Option<String> {
    let PointKind::Enum { tokens } = &spec.kind else { return None };
    let alike = |name: &str| name.to_lowercase().replace([' ', '-'], "_") == word.to_lowercase();
    tokens.iter().find(|t| alike(&t.token) || t.names.all().any(alike)).map(|t| t.token.clone())
}
