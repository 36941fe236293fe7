//! What happens in the building by itself: weather, people, heat, air, light, water and power, step by step. Pure: the
//! same seed and the same commands give the same values.
//!
//! What it is *not*: devices as such; what one does by command, and how it misbehaves, is `drivers::simulated`. Start at
//! [`Physics::advance`].

mod air;
mod bound;
pub(crate) mod calendar;
mod habits;
mod noise;
mod people;
mod plant;
mod sensors;
pub(crate) mod slots;
mod weather;
mod works;

use air::Air;
use base::id::{DeviceId, PointId};
use base::{Span, Timestamp, Value};
use bound::{Bound, Unit};
use calendar::Local;
use plant::Plant;
use slots::{Part, Row};
use std::collections::{BTreeMap, BTreeSet};
use things::World;
use weather::Weather;

/// The step in which the past is computed.
pub(crate) const MINUTE: Span = Span::from_secs(60);
/// How long before its first moment the building is computed, so that walls have the right warmth.
const WARM_UP: Span = Span::from_secs(48 * 3600);
/// How long the people of the building leave a device alone that somebody has set.
const HANDS_OFF: Span = Span::from_secs(6 * 3600);

/// What a device remembers beyond its values.
#[derive(Debug, Clone, Copy, Default)]
struct Memory {
    /// Hours in its present state.
    hours: f64,
    /// Kilowatt-hours since a car was plugged in.
    charged: f64,
    /// Electric power, W.
    watts: f64,
    /// The people of the building leave it alone until then.
    hands_off: Option<Timestamp>,
}

/// The building at a moment.
#[derive(Debug, Clone)]
pub(crate) struct Physics {
    seed: u64,
    at: Timestamp,
    local: Local,
    weather: Weather,
    row: Row,
    bound: Bound,
    air: Vec<Air>,
    /// People in each room.
    people: Vec<f64>,
    /// Light of lamps and sky in each room, lx.
    light: Vec<(f64, f64)>,
    /// Hours for which a room's floor stays wet.
    wet: Vec<f64>,
    memory: Vec<Memory>,
    plant: Plant,
    leaking: BTreeSet<DeviceId>,
}

impl Physics {
    /// The building of a world at a time, as if it had been there for long.
    pub(crate) fn new(seed: u64, world: &World, at: Timestamp) -> Physics {
        let minute = at - Span::from_micros(at.as_micros().rem_euclid(MINUTE.as_micros()));
        let mut physics = Physics::cold(seed, world, minute - WARM_UP);
        physics.run(minute, MINUTE);
        physics.run(at, MINUTE);
        physics.reset_meters();
        physics
    }

    fn cold(seed: u64, world: &World, at: Timestamp) -> Physics {
        let local = Local::of(at);
        let weather = Weather::at(seed, local);
        let row = Row::of(world);
        let bound = Bound::of(world, &row);
        let rooms = bound.rooms.len();
        let inside = Air { temperature: 21.0, co2: 480.0, water: 0.0 }.with_humidity(50.0);
        Physics {
            seed,
            at,
            local,
            weather,
            air: vec![inside; rooms],
            people: vec![0.0; rooms],
            light: vec![(0.0, 0.0); rooms],
            wet: vec![0.0; rooms],
            memory: vec![Memory::default(); bound.units.len()],
            plant: Plant::default(),
            leaking: BTreeSet::new(),
            row,
            bound,
        }
    }

    /// The moment that it shows.
    pub(crate) fn at(&self) -> Timestamp {
        self.at
    }

    /// All values.
    pub(crate) fn row(&self) -> &Row {
        &self.row
    }

    /// Goes on to a time in steps of at most so long.
    pub(crate) fn run(&mut self, until: Timestamp, step: Span) {
        while self.at < until {
            self.advance((self.at + step).min(until));
        }
    }

    /// One step.
    pub(crate) fn advance(&mut self, to: Timestamp) {
        let before = self.local.minute;
        let hours = hours_between(self.at, to);
        self.at = to;
        self.local = Local::of(to);
        self.weather = Weather::at(self.seed, self.local);
        if self.local.minute != before {
            self.people_move();
            self.people_act();
        }
        self.work(hours);
    }

    /// A command, or a person by hand, has set a value: what follows from it at once does.
    pub(crate) fn set(&mut self, device: DeviceId, point: PointId, value: &Value) {
        self.row.set(point, value);
        if let Some(i) = self.bound.units.iter().position(|u| u.id == device) {
            self.memory[i].hands_off = Some(self.at + HANDS_OFF);
        }
    }

    /// What a new device begins with.
    pub(crate) fn begin(&mut self, point: PointId, value: &Value) {
        self.row.set(point, value);
    }

    /// A sensor shall show a value: the room becomes so, where the room can.
    pub(crate) fn force(&mut self, device: DeviceId, point: PointId, value: &Value) {
        self.row.set(point, value);
        let (Some(unit), Some(number)) = (self.bound.units.iter().find(|u| u.id == device), value.as_number()) else {
            return;
        };
        let part = self.row.place(point).and_then(|p| self.row.slots[p].part);
        let Some(air) = unit.room.and_then(|r| self.air.get_mut(r)) else { return };
        match part {
            Some(Part::Temperature) => air.temperature = number,
            Some(Part::Humidity) => *air = air.with_humidity(number),
            Some(Part::Co2) => air.co2 = number.max(air::FRESH),
            _ => {}
        }
    }

    /// Lets what hangs together follow without that time goes on.
    pub(crate) fn settle(&mut self) {
        self.work(0.0);
    }

    /// A valve leaks, or no longer does.
    pub(crate) fn leak(&mut self, device: DeviceId, leaks: bool) {
        if leaks {
            self.leaking.insert(device);
        } else {
            self.leaking.remove(&device);
        }
    }

    /// What exists changed: rooms and devices that stay keep what they are.
    pub(crate) fn become_world(&mut self, world: &World) {
        let mut next = Physics::cold(self.seed, world, self.at);
        for (place, slot) in self.row.slots.iter().enumerate() {
            if let Some(there) = next.row.place(slot.point) {
                next.row.numbers[there] = self.row.numbers[place];
            }
        }
        let rooms: BTreeMap<_, usize> = self.bound.rooms.iter().enumerate().map(|(i, r)| (r.id, i)).collect();
        for (i, room) in next.bound.rooms.iter().enumerate() {
            if let Some(old) = rooms.get(&room.id) {
                (next.air[i], next.people[i], next.wet[i]) = (self.air[*old], self.people[*old], self.wet[*old]);
            }
        }
        let units: BTreeMap<_, usize> = self.bound.units.iter().enumerate().map(|(i, u)| (u.id, i)).collect();
        for (i, unit) in next.bound.units.iter().enumerate() {
            if let Some(old) = units.get(&unit.id) {
                next.memory[i] = self.memory[*old];
            }
        }
        next.plant = self.plant.clone();
        next.leaking = std::mem::take(&mut self.leaking);
        *self = next;
        self.settle();
    }

    /// Shows what devices showed last: the building goes on from there.
    pub(crate) fn take_over(&mut self, shown: &BTreeMap<PointId, Value>) {
        if shown.is_empty() {
            return;
        }
        let units: Vec<(DeviceId, bool)> =
            self.bound.units.iter().map(|u| (u.id, u.kind == bound::Kind::Sensor)).collect();
        let place: BTreeMap<PointId, DeviceId> = units
            .iter()
            .enumerate()
            .flat_map(|(i, (id, _))| self.points_of(i).into_iter().map(move |p| (p, *id)))
            .collect();
        for (point, value) in shown {
            self.row.set(*point, value);
        }
        // Sensors last, so that a room has what its own sensor says.
        for (id, _) in units.iter().filter(|u| u.1) {
            for (point, value) in shown.iter().filter(|(p, _)| place.get(p) == Some(id)) {
                self.force(*id, *point, value);
            }
        }
        self.settle();
    }

    /// Where the values of a device stand in the row.
    pub(crate) fn places_of(&self, device: DeviceId) -> Vec<usize> {
        self.bound.units.iter().filter(|u| u.id == device).flat_map(Unit::places).collect()
    }

    fn points_of(&self, unit: usize) -> Vec<PointId> {
        let unit = &self.bound.units[unit];
        unit.places().map(|p| self.row.slots[p].point).collect()
    }

    /// The meters show what they show in the building's first values.
    fn reset_meters(&mut self) {
        for (place, first) in self.first_meters() {
            self.row.numbers[place] = first;
        }
    }

    /// What the meters show in the building's first values, by their place.
    fn first_meters(&self) -> Vec<(usize, f64)> {
        let values = super::building::values();
        let meter = |place: &usize| self.row.slots[*place].part.is_some_and(Part::is_meter);
        let found = values.iter().filter_map(|(point, value)| Some((self.row.place(*point)?, value.as_number()?)));
        found.filter(|(place, _)| meter(place)).collect()
    }

    /// Lets the meters begin so that they show the building's first values at a later time. Costs as much as going there.
    pub(crate) fn meters_end_at(&mut self, until: Timestamp) {
        let mut ahead = self.clone();
        ahead.run(until, MINUTE);
        for (place, first) in self.first_meters() {
            self.row.numbers[place] += first - ahead.row.numbers[place];
        }
    }

    fn get(&self, unit: &Unit, part: Part) -> Option<f64> {
        unit.place(part).map(|p| self.row.numbers[p])
    }

    fn put(&mut self, unit: usize, part: Part, number: f64) {
        if let Some(place) = self.bound.units[unit].place(part) {
            self.row.numbers[place] = number;
        }
    }
}

fn hours_between(from: Timestamp, to: Timestamp) -> f64 {
    // A step is shorter than a day, so that this is exact.
    f64::from(i32::try_from((to - from).as_millis()).unwrap_or(0).max(0)) / 3_600_000.0
}

#[cfg(test)]
mod tests;
