//! Simulated devices that behave as the real ones do: they take a command after a while, move at their own speed,
//! report what they did, switch what belongs together, and misbehave on demand.
//!
//! What it is *not*: no physics of rooms and weather; values of sensors come from outside, by [`Input::Measure`] or
//! [`Simulated::show`].

mod coupling;

use crate::{Input, Session};
use base::id::{DeviceId, PointId};
use base::{Sample, Span, Timestamp, Value};
use documents::{Command, Signal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use things::{PointKind, PointSpec, Route, World};

/// Configuration of the driver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// From a command to the report of the device, in milliseconds.
    pub latency_ms: Span,
    /// How much a cover or valve moves in a second, in percent points.
    pub percent_per_s: f64,
    /// Whether devices move at once rather than at their speed.
    pub instant: bool,
}

impl Default for Config {
    fn default() -> Self {
        Config { latency_ms: Span::from_millis(150), percent_per_s: 25.0, instant: false }
    }
}

/// How a device misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SimulatedFault")]
pub enum Fault {
    /// It does not.
    #[default]
    None,
    /// It cannot be reached.
    Offline,
    /// It takes commands and says nothing.
    Silent,
    /// It refuses commands.
    Refusing,
    /// What it measures does not change any more.
    Stuck,
    /// A valve that loses water. To commands it does what it should.
    Leaking,
}

/// Commands that one device holds back at most; the oldest is refused then.
const PENDING_MAX: usize = 64;
/// How often a moving device reports.
const MOVE_REPORT: Span = Span::from_secs(1);

/// A movement under way.
#[derive(Debug, Clone, PartialEq)]
struct Movement {
    target: f64,
    next: Timestamp,
}

/// The session.
#[derive(Debug, Clone)]
pub struct Simulated {
    config: Config,
    world: Arc<World>,
    devices: BTreeSet<DeviceId>,
    values: BTreeMap<PointId, Value>,
    faults: BTreeMap<DeviceId, Fault>,
    /// Commands by the time at which the device acts on them; the number keeps their order.
    pending: BTreeMap<(Timestamp, u64), Command>,
    movements: BTreeMap<PointId, Movement>,
    count: u64,
}

impl Simulated {
    /// Devices of a world with their first values; points without one get the middle of their range.
    pub fn new(config: Config, world: Arc<World>, values: BTreeMap<PointId, Value>) -> Self {
        let devices = simulated(&world);
        let mut all = first_values(&world, &devices);
        all.extend(values);
        Simulated {
            config,
            world,
            devices,
            values: all,
            faults: BTreeMap::new(),
            pending: BTreeMap::new(),
            movements: BTreeMap::new(),
            count: 0,
        }
    }

    fn fault(&self, device: DeviceId) -> Fault {
        self.faults.get(&device).copied().unwrap_or_default()
    }

    /// What a point shows.
    pub fn value(&self, point: PointId) -> Option<&Value> {
        self.values.get(&point)
    }

    /// Lets devices show values of the world around them. A stuck one goes on showing what it did.
    pub fn show(&mut self, values: Vec<(PointId, Value)>, now: Timestamp) -> Vec<Signal> {
        let mut shown: BTreeMap<DeviceId, Vec<PointId>> = BTreeMap::new();
        for (point, value) in values {
            let device = self.world.point(point).map(|p| p.device).filter(|d| self.devices.contains(d));
            if let Some(device) = device.filter(|d| self.fault(*d) != Fault::Stuck) {
                self.values.insert(point, value);
                shown.entry(device).or_default().push(point);
            }
        }
        shown.into_iter().flat_map(|(device, points)| self.report(device, &points, now)).collect()
    }

    fn report(&self, device: DeviceId, points: &[PointId], now: Timestamp) -> Vec<Signal> {
        if matches!(self.fault(device), Fault::Offline | Fault::Silent) {
            return Vec::new();
        }
        let values: Vec<(PointId, Sample)> =
            points.iter().filter_map(|p| Some((*p, Sample::good(self.values.get(p)?.clone(), now)))).collect();
        if values.is_empty() { Vec::new() } else { vec![Signal::Report { device, values }] }
    }

    /// What exists changed: what is new comes, what is gone says nothing more.
    fn become_world(&mut self, world: Arc<World>, now: Timestamp) -> Vec<Signal> {
        let devices = simulated(&world);
        let new: BTreeSet<DeviceId> = devices.difference(&self.devices).copied().collect();
        let mut values = first_values(&world, &devices);
        values.append(&mut self.values);
        values.retain(|point, _| world.point(*point).is_some());
        self.pending.retain(|_, command| devices.contains(&command.device));
        self.movements.retain(|point, _| world.point(*point).is_some());
        (self.world, self.devices, self.values) = (world, devices, values);
        self.start(&new, now)
    }

    fn start(&self, devices: &BTreeSet<DeviceId>, now: Timestamp) -> Vec<Signal> {
        let mut out = Vec::new();
        for device in devices {
            out.push(Signal::Link { device: *device, online: true, reason: "simulated".into() });
            let points: Vec<PointId> = self.world.points_of(*device).map(|p| p.id).collect();
            out.extend(self.report(*device, &points, now));
        }
        out
    }

    fn take(&mut self, command: Command, now: Timestamp) -> Vec<Signal> {
        let id = command.id;
        let refused = |why: &str| vec![Signal::Delivered { command: id, refused: Some(why.into()), reply: None }];
        match self.fault(command.device) {
            Fault::Offline => return Vec::new(),
            Fault::Refusing => return refused("the device refused"),
            Fault::None | Fault::Silent | Fault::Stuck | Fault::Leaking => {}
        }
        if self.pending.len() >= PENDING_MAX * self.devices.len().max(1) {
            return refused("the device is busy");
        }
        self.count += 1;
        self.pending.insert((now + self.config.latency_ms, self.count), command);
        vec![Signal::Delivered { command: id, refused: None, reply: None }]
    }

    /// A device acts on a command.
    fn act(&mut self, command: &Command, now: Timestamp) -> Vec<Signal> {
        let world = self.world.clone();
        let Some(spec) = world.point(command.point) else { return Vec::new() };
        if matches!(self.fault(command.device), Fault::Offline | Fault::Silent | Fault::Refusing) {
            return Vec::new();
        }
        if let (true, Some(target), false) = (moves(spec), command.value.as_number(), self.config.instant) {
            self.movements.insert(spec.id, Movement { target, next: now + MOVE_REPORT });
            return Vec::new();
        }
        if spec.is("stop") {
            let stopped: Vec<PointId> =
                world.points_of(command.device).map(|p| p.id).filter(|p| self.movements.remove(p).is_some()).collect();
            return self.report(command.device, &stopped, now);
        }
        let mut changed = Vec::new();
        if spec.kind != PointKind::Service {
            self.values.insert(spec.id, command.value.clone());
            changed.push(spec.id);
        }
        changed.extend(coupling::apply(&world, spec, &command.value, &mut self.values));
        self.report(command.device, &changed, now)
    }

    fn advance(&mut self, point: PointId, now: Timestamp) -> Vec<Signal> {
        let world = self.world.clone();
        let (Some(spec), Some(movement)) = (world.point(point), self.movements.get_mut(&point)) else {
            return Vec::new();
        };
        let at = self.values.get(&point).and_then(Value::as_number).unwrap_or(0.0);
        let left = movement.target - at;
        let next = if left.abs() <= self.config.percent_per_s {
            movement.target
        } else {
            at + self.config.percent_per_s * left.signum()
        };
        movement.next = now + MOVE_REPORT;
        if (next - movement.target).abs() < 1e-9 {
            self.movements.remove(&point);
        }
        self.values.insert(point, Value::Number(next));
        self.report(spec.device, &[point], now)
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Signal> {
        let mut out = Vec::new();
        let moving: Vec<PointId> = self.movements.iter().filter(|(_, m)| m.next <= now).map(|(p, _)| *p).collect();
        for point in moving {
            out.extend(self.advance(point, now));
        }
        while let Some(entry) = self.pending.first_entry().filter(|e| e.key().0 <= now) {
            let command = entry.remove();
            out.extend(self.act(&command, now));
        }
        out
    }
}

/// The devices of a world that are simulated.
fn simulated(world: &World) -> BTreeSet<DeviceId> {
    world.devices().filter(|d| !d.disabled && d.route == Route::Simulated).map(|d| d.id).collect()
}

fn first_values(world: &World, devices: &BTreeSet<DeviceId>) -> BTreeMap<PointId, Value> {
    world.points().filter(|p| devices.contains(&p.device)).filter_map(|p| Some((p.id, first_value(p)?))).collect()
}

/// Whether a point takes its time.
fn moves(spec: &PointSpec) -> bool {
    spec.is("position") || spec.is("tilt")
}

fn first_value(spec: &PointSpec) -> Option<Value> {
    Some(match &spec.kind {
        PointKind::Bool => Value::Bool(false),
        // What is off or closed stands at its lowest; what is regulated stands in the middle.
        PointKind::Number { min, .. } if moves(spec) || spec.is("brightness") || spec.is("fan_speed") => {
            Value::Number(min.unwrap_or(0.0))
        }
        PointKind::Number { min, max, .. } => {
            spec.settle(Value::Number((min.unwrap_or(0.0) + max.unwrap_or(0.0)) / 2.0))
        }
        PointKind::Enum { tokens } => Value::Text(tokens.first()?.token.clone()),
        PointKind::Text { .. } | PointKind::Other | PointKind::Service => return None,
    })
}

impl Session for Simulated {
    fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Signal> {
        match input {
            Input::Start => self.start(&self.devices, now),
            Input::World(world) => self.become_world(world, now),
            Input::Publish(_) | Input::Post(_) | Input::Listen(_) => Vec::new(),
            Input::Tick => self.tick(now),
            Input::Command(command) => self.take(command, now),
            Input::Measure(point, value) => {
                let device = self.world.point(point).map(|p| p.device).filter(|d| self.devices.contains(d));
                let Some(device) = device else { return Vec::new() };
                self.values.insert(point, value);
                self.report(device, &[point], now)
            }
            Input::Fault(device, _) if !self.devices.contains(&device) => Vec::new(),
            Input::Fault(device, fault) => {
                let before = self.faults.insert(device, fault).unwrap_or_default();
                match (before, fault) {
                    (a, b) if a == b => Vec::new(),
                    (_, Fault::Offline) => {
                        vec![Signal::Link { device, online: false, reason: "simulated fault".into() }]
                    }
                    (Fault::Offline, _) => {
                        let points: Vec<PointId> = self.world.points_of(device).map(|p| p.id).collect();
                        let mut out =
                            vec![Signal::Link { device, online: true, reason: "simulated fault ended".into() }];
                        out.extend(self.report(device, &points, now));
                        out
                    }
                    _ => Vec::new(),
                }
            }
        }
    }

    fn deadline(&self) -> Option<Timestamp> {
        let command = self.pending.keys().next().map(|k| k.0);
        let movement = self.movements.values().map(|m| m.next).min();
        command.into_iter().chain(movement).min()
    }

    fn route(&self) -> Route {
        Route::Simulated
    }

    fn copy(&self) -> Option<Box<dyn Session>> {
        Some(Box::new(self.clone()))
    }

    fn faults(&self) -> Vec<(DeviceId, Fault)> {
        self.faults.iter().filter(|(_, f)| **f != Fault::None).map(|(d, f)| (*d, *f)).collect()
    }
}

#[cfg(test)]
mod tests;
