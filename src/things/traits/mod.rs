//! The closed list of traits: what a point means, apart from any vendor's identifiers. Language, tools, views, policy
//! and evals speak traits. One file each; adding one is a file and its two lines here.

use crate::model::Safety;
use crate::{Names, PointKind};
use base::{Bilingual, Dimension, Value};

mod activate;
mod battery;
mod brightness;
mod colour;
mod colour_temperature;
mod contact;
mod fan_speed;
mod gas;
mod humidity_setpoint;
mod leak;
mod lock;
mod measure_co;
mod measure_co2;
mod measure_count;
mod measure_current;
mod measure_humidity;
mod measure_illuminance;
mod measure_noise;
mod measure_pm25;
mod measure_power;
mod measure_pressure;
mod measure_soil_moisture;
mod measure_temperature;
mod measure_voltage;
mod measure_water_temperature;
mod measure_wind_speed;
mod meter_energy;
mod meter_gas;
mod meter_heat;
mod meter_water;
mod mode;
mod motion;
mod mute;
mod next;
mod occupancy;
mod on_off;
mod opening;
mod playback;
mod plug;
mod position;
mod press;
mod previous;
mod problem;
mod run;
mod setpoint;
mod smoke;
mod stop;
mod tilt;
mod volume;

/// What values a trait takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// True or false.
    Bool,
    /// A number of a dimension.
    Number(Dimension),
    /// A token; the trait's states are those with a standard meaning, a device may have more.
    Token,
    /// A service.
    Service,
}

/// A state with its words. For numbers there are none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// `true`, `false` or the token.
    pub value: &'static str,
    /// Chinese words, the display word first.
    pub zh: &'static [&'static str],
    /// English words, the display word first.
    pub en: &'static [&'static str],
}

impl State {
    /// Its words.
    pub fn names(&self) -> Names {
        Names::of(self.zh, self.en)
    }
}

/// What a request can do to a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operation {
    /// Name in tools: `turn_on`, `open`, `lock`.
    pub name: &'static str,
    /// What it writes.
    pub write: Write,
}

/// What an operation writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Write {
    /// This boolean.
    Bool(bool),
    /// This token.
    Token(&'static str),
    /// The smallest value of the point.
    Min,
    /// The largest value of the point.
    Max,
    /// A value that the request gives.
    Given,
    /// The present value changed by what the request gives, or by [`Trait::nudge`].
    Up,
    /// Likewise downwards.
    Down,
    /// The other boolean.
    Toggle,
    /// Calls the service.
    Call,
}

/// A trait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trait {
    /// Its name in thing models.
    pub id: &'static str,
    /// What values it takes.
    pub shape: Shape,
    /// Chinese words for the property, the display word first.
    pub zh: &'static [&'static str],
    /// English words for the property, the display word first.
    pub en: &'static [&'static str],
    /// Its states with words.
    pub states: &'static [State],
    /// What a request can do.
    pub operations: &'static [Operation],
    /// "A bit more" changes the value by this, in the coherent unit of display (percent, degrees Celsius).
    pub nudge: f64,
    /// What a wrong write can do.
    pub safety: Safety,
}

/// All traits, in alphabetical order.
pub static ALL: &[&Trait] = &[
    &activate::TRAIT,
    &battery::TRAIT,
    &brightness::TRAIT,
    &colour::TRAIT,
    &colour_temperature::TRAIT,
    &contact::TRAIT,
    &fan_speed::TRAIT,
    &gas::TRAIT,
    &humidity_setpoint::TRAIT,
    &leak::TRAIT,
    &lock::TRAIT,
    &measure_co::TRAIT,
    &measure_co2::TRAIT,
    &measure_count::TRAIT,
    &measure_current::TRAIT,
    &measure_humidity::TRAIT,
    &measure_illuminance::TRAIT,
    &measure_noise::TRAIT,
    &measure_pm25::TRAIT,
    &measure_power::TRAIT,
    &measure_pressure::TRAIT,
    &measure_soil_moisture::TRAIT,
    &measure_temperature::TRAIT,
    &measure_voltage::TRAIT,
    &measure_water_temperature::TRAIT,
    &measure_wind_speed::TRAIT,
    &meter_energy::TRAIT,
    &meter_gas::TRAIT,
    &meter_heat::TRAIT,
    &meter_water::TRAIT,
    &mode::TRAIT,
    &motion::TRAIT,
    &mute::TRAIT,
    &next::TRAIT,
    &occupancy::TRAIT,
    &on_off::TRAIT,
    &opening::TRAIT,
    &playback::TRAIT,
    &plug::TRAIT,
    &position::TRAIT,
    &press::TRAIT,
    &previous::TRAIT,
    &problem::TRAIT,
    &run::TRAIT,
    &setpoint::TRAIT,
    &smoke::TRAIT,
    &stop::TRAIT,
    &tilt::TRAIT,
    &volume::TRAIT,
];

/// The trait of an id.
pub fn by_id(id: &str) -> Option<&'static Trait> {
    ALL.iter().find(|t| t.id == id).copied()
}

impl Trait {
    /// Whether a point of this kind can have the trait.
    pub fn fits(&self, kind: &PointKind) -> bool {
        match (self.shape, kind) {
            (Shape::Bool, PointKind::Bool)
            | (Shape::Token, PointKind::Enum { .. })
            | (Shape::Service, PointKind::Service) => true,
            (Shape::Number(d), PointKind::Number { unit, .. }) => unit.dimension() == d,
            _ => false,
        }
    }

    /// What it takes, in words.
    pub fn expected(&self) -> Bilingual {
        match self.shape {
            Shape::Bool => Bilingual::new("需要 bool", "it takes `bool`"),
            Shape::Token => Bilingual::new("需要 enum", "it takes `enum`"),
            Shape::Service => Bilingual::new("需要服务", "it takes a service"),
            Shape::Number(d) => {
                let units: Vec<&str> = base::unit::UNITS.iter().filter(|u| u.dimension == d).map(|u| u.code).collect();
                let units = units.join(", ");
                Bilingual::new(
                    format!("需要数值，单位为 {units} 之一"),
                    format!("it takes a number with a unit of {units}"),
                )
            }
        }
    }

    /// The state of a token.
    pub fn state(&self, token: &str) -> Option<&'static State> {
        self.states.iter().find(|s| s.value == token)
    }

    /// The state of a value.
    pub fn state_of(&self, value: &Value) -> Option<&'static State> {
        match value {
            Value::Bool(b) => self.state(if *b { "true" } else { "false" }),
            Value::Text(t) => self.state(t),
            Value::Number(_) | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The operation of a name.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|o| o.name == name)
    }

    /// What it is called.
    pub fn names(&self) -> Names {
        Names::of(self.zh, self.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_unique_and_have_words() {
        assert!(ALL.windows(2).all(|w| w[0].id < w[1].id));
        for t in ALL {
            assert!(!t.zh.is_empty() && !t.en.is_empty(), "{}", t.id);
            for s in t.states {
                assert!(!s.zh.is_empty() && !s.en.is_empty(), "{} {}", t.id, s.value);
            }
            if t.shape == Shape::Bool {
                assert!(
                    t.state("true").is_some() && t.state("false").is_some(),
                    "{} needs words for both states",
                    t.id
                );
            }
        }
    }

    #[test]
    fn the_list_is_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/traits");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|f| f.unwrap().file_name().into_string().unwrap().trim_end_matches(".rs").to_string())
            .filter(|f| f != "mod")
            .collect();
        files.sort();
        assert_eq!(files, ALL.iter().map(|t| t.id.replace('.', "_")).collect::<Vec<_>>());
    }
}
