//! The demo building that runs: its devices do what they are told, its physics goes on, and what changes enough to be
//! worth telling is told.

use super::physics::{MINUTE, Physics};
use base::id::{DeviceId, PointId};
use base::{Span, Timestamp, Value};
use documents::Signal;
use drivers::simulated::{Config, Fault, Simulated};
use drivers::{Input, Session};
use std::collections::BTreeMap;
use std::sync::Arc;
use things::{Route, World};

/// Seed of the demo building where nobody chose another.
pub const SEED: u64 = 2026;
/// How often the physics goes on when nothing is said of it.
pub const STEP: Span = Span::from_secs(10);
/// How long a sensor goes on showing what somebody let it measure.
pub const HELD: Span = Span::from_secs(600);
/// Steps in which a long sleep of the machine is made up for.
const CATCH_UP: i64 = 3_000;

/// The session of the simulated devices.
#[derive(Debug, Clone)]
pub struct Simulation {
    devices: Simulated,
    physics: Physics,
    /// What was told last of each point.
    told: Vec<f64>,
    /// Points that show what somebody wanted, and until when.
    held: BTreeMap<PointId, Timestamp>,
    step: Span,
    next: Timestamp,
}

impl Simulation {
    /// The building of a seed at a time. It goes on from what devices showed last, where they did.
    pub fn new(seed: u64, world: Arc<World>, now: Timestamp, shown: &BTreeMap<PointId, Value>) -> Self {
        let mut physics = Physics::new(seed, &world, now);
        physics.take_over(shown);
        let row = physics.row();
        let values = row.slots.iter().zip(&row.numbers).filter_map(|(slot, n)| Some((slot.point, slot.told(*n)?)));
        let mut values: BTreeMap<PointId, Value> = values.collect();
        values.extend(shown.iter().map(|(p, v)| (*p, v.clone())));
        let told = row.numbers.clone();
        let devices = Simulated::new(Config::default(), world, values);
        Simulation { devices, physics, told, held: BTreeMap::new(), step: STEP, next: now + STEP }
    }

    /// The same with another time between two steps of the physics.
    pub fn with_step(self, step: Span) -> Self {
        Simulation { step, next: self.physics.at() + step, ..self }
    }

    /// What devices did by command is taken over by the physics, and what follows from it at once is told.
    fn absorb(&mut self, signals: Vec<Signal>, now: Timestamp) -> Vec<Signal> {
        let mut changed = false;
        for signal in &signals {
            let Signal::Report { device, values } = signal else { continue };
            for (point, sample) in values {
                self.physics.set(*device, *point, &sample.value);
                changed = true;
            }
        }
        if !changed {
            return signals;
        }
        for (point, sample) in signals.iter().filter_map(reported).flatten() {
            self.was_told(*point, &sample.value);
        }
        self.physics.settle();
        let mut out = signals;
        out.extend(self.tell(now));
        out
    }

    fn was_told(&mut self, point: PointId, value: &Value) {
        let row = self.physics.row();
        if let Some(place) = row.place(point) {
            self.told[place] = super::physics::slots::Slot::number(value).unwrap_or(row.numbers[place]);
        }
    }

    /// What changed by more than its sensor's dead band.
    fn tell(&mut self, now: Timestamp) -> Vec<Signal> {
        self.held.retain(|_, until| *until > now);
        let row = self.physics.row();
        let mut values = Vec::new();
        for (place, slot) in row.slots.iter().enumerate() {
            let number = row.numbers[place];
            if slot.differs(self.told[place], number)
                && !self.held.contains_key(&slot.point)
                && let Some(value) = slot.told(number)
            {
                self.told[place] = number;
                values.push((slot.point, value));
            }
        }
        if values.is_empty() { Vec::new() } else { self.devices.show(values, now) }
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Signal> {
        let done = self.devices.handle(Input::Tick, now);
        let mut out = self.absorb(done, now);
        if now >= self.next {
            let behind = (now - self.physics.at()).as_micros();
            let step = self.step.min(MINUTE).as_micros().max(behind / CATCH_UP);
            self.physics.run(now, Span::from_micros(step));
            self.next = now + self.step;
            out.extend(self.tell(now));
        }
        out
    }

    fn misbehave(&mut self, device: DeviceId, fault: Fault, now: Timestamp) -> Vec<Signal> {
        self.physics.leak(device, fault == Fault::Leaking);
        let mut out = self.devices.handle(Input::Fault(device, fault), now);
        if fault == Fault::None {
            // Whatever it kept to itself is told anew.
            for place in self.physics.places_of(device) {
                self.told[place] = f64::INFINITY;
            }
        }
        out.extend(self.tell(now));
        out
    }

    fn become_world(&mut self, world: &Arc<World>, now: Timestamp) -> Vec<Signal> {
        let before: BTreeMap<PointId, f64> =
            self.physics.row().slots.iter().map(|s| s.point).zip(self.told.iter().copied()).collect();
        self.physics.become_world(world);
        let mut out = self.devices.handle(Input::World(world.clone()), now);
        // What is new shows what its device began with, until the physics says otherwise.
        let points: Vec<PointId> = self.physics.row().slots.iter().map(|s| s.point).collect();
        self.told = Vec::with_capacity(points.len());
        for (place, point) in points.into_iter().enumerate() {
            let fresh = self.devices.value(point).cloned().filter(|_| !before.contains_key(&point));
            if let Some(value) = fresh {
                self.physics.begin(point, &value);
            }
            self.told.push(before.get(&point).copied().unwrap_or(self.physics.row().numbers[place]));
        }
        self.physics.settle();
        out.extend(self.tell(now));
        out
    }

    fn measure(&mut self, point: PointId, value: Value, now: Timestamp) -> Vec<Signal> {
        let mut out = self.devices.handle(Input::Measure(point, value.clone()), now);
        let device = out.iter().find_map(|s| if let Signal::Report { device, .. } = s { Some(*device) } else { None });
        if let Some(device) = device {
            self.physics.force(device, point, &value);
            self.was_told(point, &value);
            self.held.insert(point, now + HELD);
            self.physics.settle();
            out.extend(self.tell(now));
        }
        out
    }
}

fn reported(signal: &Signal) -> Option<&Vec<(PointId, base::Sample)>> {
    if let Signal::Report { values, .. } = signal { Some(values) } else { None }
}

impl Session for Simulation {
    fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Signal> {
        match input {
            Input::Tick => self.tick(now),
            Input::World(world) => self.become_world(&world, now),
            Input::Measure(point, value) => self.measure(point, value, now),
            Input::Fault(device, fault) => self.misbehave(device, fault, now),
            Input::Start | Input::Command(_) | Input::Publish(_) | Input::Post(_) | Input::Listen(_) => {
                self.devices.handle(input, now)
            }
        }
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.devices.deadline().into_iter().chain([self.next]).min()
    }

    fn route(&self) -> Route {
        Route::Simulated
    }

    fn copy(&self) -> Option<Box<dyn Session>> {
        // Whoever takes a copy runs it ahead.
        Some(Box::new(self.clone().with_step(MINUTE)))
    }

    fn faults(&self) -> Vec<(DeviceId, Fault)> {
        self.devices.faults()
    }
}
