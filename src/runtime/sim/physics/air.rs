//! Air and heat of the rooms: what comes in through walls, windows and people, what machines give and take.

use super::super::building::Use;
use super::bound::Room;
use super::weather::Weather;

/// Heat that a square metre of room holds with all that stands in it, J/K.
const HOLDS: f64 = 90_000.0;
/// Heat that a cubic metre of air carries, W h/K.
const AIR: f64 = 0.34;
/// CO2 outside, ppm.
pub(super) const FRESH: f64 = 420.0;
/// CO2 that a person gives, ppm in a cubic metre and hour.
const BREATH: f64 = 18_700.0;
/// Water that a person gives, g/h.
const SWEAT: f64 = 50.0;
/// Heat that a person gives, W.
const WARMTH: f64 = 95.0;
/// Ground under the garage, °C.
const GROUND: f64 = 16.0;
/// Air that comes in through gaps, room volumes in an hour.
const GAPS: f64 = 0.25;
/// Water that cold surfaces of an air conditioner leave in the air, g/kg.
const DEW: f64 = 8.5;

/// The air of a room.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Air {
    /// °C.
    pub(super) temperature: f64,
    /// ppm.
    pub(super) co2: f64,
    /// Water, g/kg.
    pub(super) water: f64,
}

impl Air {
    pub(super) fn outside(weather: &Weather) -> Air {
        let water = weather.humidity / 100.0 * saturated(weather.temperature);
        Air { temperature: weather.temperature, co2: FRESH, water }
    }
    /// Relative humidity in percent.
    pub(super) fn humidity(&self) -> f64 {
        (100.0 * self.water / saturated(self.temperature)).clamp(5.0, 100.0)
    }
    pub(super) fn with_humidity(self, percent: f64) -> Air {
        Air { water: percent / 100.0 * saturated(self.temperature), ..self }
    }
}

/// Most water that air of a temperature holds, g/kg.
fn saturated(celsius: f64) -> f64 {
    let pressure = 6.112 * libm::exp(17.62 * celsius / (243.12 + celsius));
    622.0 * pressure / (1013.0 - pressure)
}

/// What works on the air of a room during a step.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Loads {
    pub(super) people: f64,
    /// Heat of devices, lamps, sun, W; less than nothing where it is cooled.
    pub(super) watts: f64,
    /// Air brought by machines and open windows, room volumes in an hour.
    pub(super) changes: f64,
    /// How much of its cold an air conditioner gives, 0 to 1.
    pub(super) dry: f64,
    /// Water that a humidifier gives or a dehumidifier takes, g/kg in an hour.
    pub(super) moist: f64,
}

/// Lets a value go towards where it is pulled, for so many hours; exact however long the step.
fn towards(value: f64, goal: f64, rate: f64, hours: f64) -> f64 {
    goal + (value - goal) * libm::exp(-rate * hours)
}

/// One step of all rooms. What neighbours give is taken from before the step.
pub(super) fn step(rooms: &[Room], air: &mut [Air], loads: &[Loads], weather: &Weather, hours: f64) {
    let outside = Air::outside(weather);
    let before: Vec<f64> = air.iter().map(|a| a.temperature).collect();
    for ((room, air), load) in rooms.iter().zip(air.iter_mut()).zip(loads) {
        if room.usage == Use::Outdoor {
            *air = outside;
            continue;
        }
        let changes = GAPS * (1.0 + weather.wind / 8.0) + load.changes;
        let under_ground = room.usage == Use::Parking;
        let around = if under_ground { GROUND } else { outside.temperature };
        let mut pull = (room.outside + changes * room.volume * AIR) * around;
        let mut through = room.outside + changes * room.volume * AIR;
        for (other, heat) in &room.neighbours {
            pull += heat * before.get(*other).copied().unwrap_or(around);
            through += heat;
        }
        let goal = (pull + load.watts + load.people * WARMTH) / through;
        air.temperature = towards(air.temperature, goal, through * 3_600.0 / (room.area * HOLDS), hours);
        air.co2 = towards(air.co2, FRESH + load.people * BREATH / (room.volume * changes), changes, hours);
        let dried = 0.8 * load.dry;
        let given = load.people * SWEAT / (room.volume * 1.2) + load.moist;
        let wet = (changes * outside.water + dried * DEW + given) / (changes + dried);
        let water = towards(air.water, wet.max(0.5), changes + dried, hours);
        air.water = water.min(saturated(air.temperature)).max(0.5);
    }
}
