//! Every value of every simulated point in one row of numbers, so that a step looks nothing up: booleans as 0 and 1,
//! tokens as their place in [`TOKENS`].

use super::super::building;
use base::Value;
use base::id::PointId;
use std::collections::BTreeMap;
use things::{PointKind, PointSpec, World};

/// What a point is to the physics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Part {
    OnOff,
    Brightness,
    Position,
    Setpoint,
    HumiditySetpoint,
    Mode,
    Speed,
    Temperature,
    /// Of the water, not of the air of the room.
    Supply,
    Humidity,
    Co2,
    Co,
    Illuminance,
    Power,
    Energy,
    Heat,
    Water,
    Voltage,
    Current,
    Pressure,
    Soil,
    Wind,
    Motion,
    Occupancy,
    Contact,
    Leak,
    Plug,
    Opening,
    Battery,
    Run,
    Playback,
}

/// How many parts there are.
pub(super) const PARTS: usize = Part::Playback as usize + 1;

impl Part {
    /// Whether it counts since it was made.
    pub(crate) fn is_meter(self) -> bool {
        matches!(self, Part::Energy | Part::Heat | Part::Water)
    }
}

/// A trait, what it is here, the smallest step in which it is told, and by how much it must change to be told: absolute,
/// and as a share of the value.
const TRAITS: &[(&str, Part, f64, f64, f64)] = &[
    ("on_off", Part::OnOff, 1.0, 0.5, 0.0),
    ("brightness", Part::Brightness, 1.0, 0.5, 0.0),
    ("position", Part::Position, 1.0, 0.5, 0.0),
    ("setpoint", Part::Setpoint, 0.5, 0.1, 0.0),
    ("humidity_setpoint", Part::HumiditySetpoint, 1.0, 0.5, 0.0),
    ("mode", Part::Mode, 1.0, 0.5, 0.0),
    ("fan_speed", Part::Speed, 1.0, 0.5, 0.0),
    ("measure.temperature", Part::Temperature, 0.1, 0.2, 0.0),
    ("measure.water_temperature", Part::Supply, 0.1, 0.2, 0.0),
    ("measure.humidity", Part::Humidity, 0.1, 1.0, 0.0),
    ("measure.co2", Part::Co2, 1.0, 20.0, 0.0),
    ("measure.co", Part::Co, 0.1, 1.0, 0.0),
    ("measure.illuminance", Part::Illuminance, 1.0, 20.0, 0.1),
    ("measure.power", Part::Power, 1.0, 5.0, 0.05),
    ("meter.energy", Part::Energy, 0.01, 0.2, 0.0),
    ("meter.heat", Part::Heat, 0.01, 0.2, 0.0),
    ("meter.water", Part::Water, 0.001, 0.01, 0.0),
    ("measure.voltage", Part::Voltage, 0.1, 1.5, 0.0),
    ("measure.current", Part::Current, 0.01, 0.2, 0.05),
    ("measure.pressure", Part::Pressure, 0.01, 0.05, 0.0),
    ("measure.soil_moisture", Part::Soil, 0.1, 1.0, 0.0),
    ("measure.wind_speed", Part::Wind, 0.1, 0.6, 0.0),
    ("motion", Part::Motion, 1.0, 0.5, 0.0),
    ("occupancy", Part::Occupancy, 1.0, 0.5, 0.0),
    ("contact", Part::Contact, 1.0, 0.5, 0.0),
    ("leak", Part::Leak, 1.0, 0.5, 0.0),
    ("plug", Part::Plug, 1.0, 0.5, 0.0),
    ("opening", Part::Opening, 1.0, 0.5, 0.0),
    ("battery", Part::Battery, 1.0, 1.0, 0.0),
    ("run", Part::Run, 1.0, 0.5, 0.0),
    ("playback", Part::Playback, 1.0, 0.5, 0.0),
];

/// The tokens that the physics knows.
const TOKENS: &[&str] = &[
    "off",
    "auto",
    "cool",
    "heat",
    "heat_cool",
    "dry",
    "fan_only",
    "cleaning",
    "docked",
    "returning",
    "paused",
    "idle",
    "playing",
];

/// A token as a number; -1 for one that the physics does not know.
pub(super) fn code(token: &str) -> f64 {
    TOKENS.iter().position(|t| *t == token).and_then(|i| u8::try_from(i).ok()).map_or(-1.0, f64::from)
}

/// Whether a number stands for a token.
pub(super) fn is_token(number: f64, token: &str) -> bool {
    (number - code(token)).abs() < 0.5
}

/// A point in the row.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) point: PointId,
    pub(crate) kind: SlotKind,
    pub(crate) part: Option<Part>,
    /// The smallest step in which it is told.
    resolution: f64,
    /// By how much it must change to be told.
    band: (f64, f64),
}

/// What values it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotKind {
    Bool,
    Number,
    Token,
}

impl Slot {
    fn of(spec: &PointSpec) -> Option<Slot> {
        let kind = match spec.kind {
            PointKind::Bool => SlotKind::Bool,
            PointKind::Number { .. } => SlotKind::Number,
            PointKind::Enum { .. } => SlotKind::Token,
            PointKind::Text { .. } | PointKind::Other | PointKind::Service => return None,
        };
        let known = TRAITS.iter().find(|t| spec.trait_.as_deref() == Some(t.0));
        if kind == SlotKind::Token && known.is_none() {
            return None;
        }
        let (resolution, band) = known.map_or((1e-6, (1e-6, 0.0)), |t| (t.2, (t.3, t.4)));
        Some(Slot { point: spec.id, kind, part: known.map(|t| t.1), resolution, band })
    }

    /// The number as the device tells it.
    pub(crate) fn told(&self, number: f64) -> Option<Value> {
        Some(match self.kind {
            SlotKind::Bool => Value::Bool(number > 0.5),
            SlotKind::Number => {
                let steps = 1.0 / self.resolution;
                Value::Number(libm::round(number * steps) / steps)
            }
            SlotKind::Token => Value::text(*TOKENS.get(usize::try_from(super::noise::whole(number)).ok()?)?),
        })
    }

    /// Whether a change is worth telling.
    pub(crate) fn differs(&self, told: f64, now: f64) -> bool {
        (now - told).abs() >= self.band.0.max(self.band.1 * told.abs())
    }

    /// A value as a number.
    pub(crate) fn number(value: &Value) -> Option<f64> {
        match value {
            Value::Bool(b) => Some(f64::from(u8::from(*b))),
            Value::Number(n) => Some(*n),
            Value::Text(token) => Some(code(token)),
            Value::List(_) | Value::Map(_) => None,
        }
    }
}

/// What a point shows of which nothing is said: the first of its tokens, off, nothing.
fn at_rest(spec: &PointSpec) -> f64 {
    let PointKind::Enum { tokens } = &spec.kind else { return 0.0 };
    tokens.first().map_or(0.0, |t| code(&t.token))
}

/// The row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) slots: Vec<Slot>,
    pub(crate) numbers: Vec<f64>,
    index: BTreeMap<PointId, usize>,
}

impl Row {
    /// A place for each point of the simulated devices, with the building's first values.
    pub(super) fn of(world: &World) -> Row {
        let mut row = Row::default();
        for spec in world.points() {
            let simulated =
                world.device(spec.device).is_some_and(|d| !d.disabled && d.route == things::Route::Simulated);
            if let Some(slot) = Slot::of(spec).filter(|_| simulated) {
                row.index.insert(spec.id, row.slots.len());
                row.slots.push(slot);
                row.numbers.push(at_rest(spec));
            }
        }
        for (point, value) in building::values() {
            row.set(point, &value);
        }
        row
    }

    pub(crate) fn place(&self, point: PointId) -> Option<usize> {
        self.index.get(&point).copied()
    }

    pub(crate) fn set(&mut self, point: PointId, value: &Value) {
        if let (Some(place), Some(number)) = (self.place(point), Slot::number(value)) {
            self.numbers[place] = number;
        }
    }
}
