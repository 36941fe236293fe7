//! One step of everything: what each device draws and gives, then the air of the rooms, the plant and the meters.

use super::super::building::{Appliance, Serves, Use};
use super::Physics;
use super::air::{self, Loads};
use super::bound::{Kind, Unit};
use super::noise::unit;
use super::people;
use super::plant::{BOILER_WATTS, LEAK, PANEL_WATTS, TAP};
use super::slots::{Part, code, is_token};

/// Share of the sun on the glass that gets in.
const SUN_IN: f64 = 0.55;
/// Light of a watt of sun, lx and square metre.
const LUX: f64 = 110.0;
/// Share of the light on the glass that reaches the desks.
const DAYLIGHT: f64 = 0.1;
/// Light of the lamps of a room when they are full, lx.
const LAMPS: f64 = 420.0;
/// Kilowatts at which a car charges.
const CHARGE: f64 = 7.0;
/// Hours in which a wet floor dries.
const DRIES: f64 = 0.5;

/// What works in a step.
struct Step {
    hours: f64,
    loads: Vec<Loads>,
    /// How much light the covers of a room let in.
    covers: Vec<f64>,
    /// How much heat a radiator gives, 0 to 1.
    warmth: f64,
    /// Heat taken from the water, W.
    heat: f64,
    /// Electric power, W.
    site: f64,
    /// Air that the building's own handler brings to offices, room volumes in an hour.
    handler: f64,
}

impl Physics {
    /// One step of so many hours; of none, only what follows at once.
    pub(super) fn work(&mut self, hours: f64) {
        let rooms = self.bound.rooms.len();
        let pumped = self.is_on(Kind::Pump(Serves::Heating));
        let mut step = Step {
            hours,
            loads: vec![Loads::default(); rooms],
            covers: vec![1.0; rooms],
            warmth: self.plant.warmth(pumped),
            heat: 0.0,
            site: 0.0,
            handler: 0.0,
        };
        self.by_themselves(hours);
        for unit in &self.bound.units {
            if let (Kind::Cover, Some(room), Some(at)) = (unit.kind, unit.room, self.get(unit, Part::Position)) {
                step.covers[room] = step.covers[room].min(0.1 + 0.9 * at / 100.0);
            }
            let outdoors = unit.room.is_some_and(|r| self.bound.rooms[r].usage == Use::Outdoor);
            if unit.kind == Kind::Ventilation && outdoors && self.runs(unit) {
                step.handler += self.get(unit, Part::Speed).unwrap_or(100.0) / 100.0;
            }
        }
        self.rooms(&mut step);
        for i in 0..self.bound.units.len() {
            let one = self.bound.units[i].clone();
            let watts = self.draw(&one, i, &mut step);
            self.memory[i].watts = watts;
            step.site += watts;
        }
        if hours > 0.0 {
            air::step(&self.bound.rooms, &mut self.air, &step.loads, &self.weather, hours);
        }
        self.serve(&step, pumped);
        self.count(hours);
        self.show();
    }

    /// What devices of a kind do together: whether one of them runs.
    pub(super) fn is_on(&self, kind: Kind) -> bool {
        self.bound.units.iter().any(|u| u.kind == kind && self.runs(u))
    }

    pub(super) fn runs(&self, unit: &Unit) -> bool {
        self.get(unit, Part::OnOff).unwrap_or(1.0) > 0.5
    }

    /// Sun, daylight, radiators, people and what stands on desks.
    fn rooms(&mut self, step: &mut Step) {
        for (i, room) in self.bound.rooms.iter().enumerate() {
            let people = self.people[i];
            let load = &mut step.loads[i];
            load.people = people;
            let sun: f64 = room.fronts.iter().map(|f| self.weather.on_wall(f.facing) * f.glass).sum();
            load.watts += sun * SUN_IN * step.covers[i];
            self.light[i] = (0.0, sun * step.covers[i] * LUX * DAYLIGHT / room.area);
            let desks = match room.usage {
                Use::Office => 70.0 * people + 1.2 * room.area,
                Use::Meeting => 0.8 * room.area + if people > 0.0 { 160.0 } else { 0.0 },
                Use::Kitchen => 25.0 + if people > 0.0 { 500.0 } else { 0.0 },
                Use::Living | Use::Sleeping => 30.0,
                Use::Outdoor => 0.0,
                _ => 0.3 * room.area,
            };
            load.watts += desks;
            step.site += desks;
            let (fresh, radiator) = match room.usage {
                Use::Office | Use::Meeting | Use::Break => (1.3, true),
                Use::Passage | Use::Wash => (0.6, true),
                _ => (0.0, false),
            };
            load.changes += fresh * step.handler;
            if radiator {
                let wants = ((19.8 - self.air[i].temperature) * 20.0).clamp(0.0, 60.0) * room.area;
                load.watts += wants * step.warmth;
                step.heat += wants * step.warmth;
            }
        }
    }

    /// What a device gives its room; its electric power.
    fn draw(&mut self, one: &Unit, i: usize, step: &mut Step) -> f64 {
        let level = |part| self.get(one, part).unwrap_or(100.0) / 100.0;
        let room = one.room.filter(|r| self.bound.rooms[*r].usage != Use::Outdoor);
        let area = room.map_or(20.0, |r| self.bound.rooms[r].area);
        if !self.runs(one) {
            return match one.kind {
                Kind::Charger | Kind::Media | Kind::AirConditioner => 1.0,
                _ => 0.0,
            };
        }
        let watts = match one.kind {
            Kind::Light => {
                let bright = level(Part::Brightness);
                if let Some(r) = one.room {
                    self.light[r].0 += LAMPS * bright;
                }
                (area * 6.0).min(900.0) * bright
            }
            Kind::AirConditioner | Kind::FanCoil => return self.conditioned(one, room, area, step),
            Kind::Thermostat | Kind::Heater => return self.heated(one, room, area, step),
            Kind::Ventilation => {
                let speed = level(Part::Speed);
                if let Some(r) = room {
                    step.loads[r].changes += 3.2 * speed;
                }
                (if room.is_some() { 260.0 } else { 3_200.0 }) * speed * speed + 20.0
            }
            Kind::Fan => {
                if let Some(r) = room.filter(|r| self.bound.rooms[*r].usage == Use::Wash) {
                    step.loads[r].changes += 2.0;
                }
                45.0 * level(Part::Speed)
            }
            Kind::Dehumidifier | Kind::Humidifier => return self.moistened(one, room, step),
            Kind::Outlet(what) => self.appliance(one, what),
            Kind::Pump(serves) => match serves {
                Serves::Heating => 370.0,
                Serves::Taps => 90.0 + self.plant.water * 900.0,
                Serves::Other => 300.0,
            },
            Kind::Boiler => 110.0,
            Kind::Charger => return self.charge(one, i, step.hours),
            Kind::Media => {
                if one.place(Part::Playback).is_some() {
                    85.0
                } else {
                    12.0
                }
            }
            Kind::Vacuum => {
                if self.get(one, Part::Battery) < Some(100.0) {
                    28.0
                } else {
                    2.0
                }
            }
            Kind::Window => {
                if let Some(r) = room.filter(|_| self.get(one, Part::Contact) == Some(1.0)) {
                    step.loads[r].changes += 3.0 + self.weather.wind;
                }
                0.0
            }
            _ => 0.0,
        };
        if let Some(r) = room.filter(|_| !matches!(one.kind, Kind::Boiler | Kind::Pump(_))) {
            step.loads[r].watts += watts;
        }
        watts
    }

    /// An air conditioner or fan coil: it brings its room towards the setpoint, as strongly as it can.
    fn conditioned(&self, one: &Unit, room: Option<usize>, area: f64, step: &mut Step) -> f64 {
        let (Some(room), Some(set)) = (room, self.get(one, Part::Setpoint)) else { return 30.0 };
        let mode = self.get(one, Part::Mode).unwrap_or(code("auto"));
        let above = self.air[room].temperature - set;
        let strength = 0.3 + 0.7 * self.get(one, Part::Speed).unwrap_or(100.0) / 100.0;
        let most = area * 130.0 * strength;
        let either = is_token(mode, "auto") || is_token(mode, "heat_cool");
        let load = &mut step.loads[room];
        if above > 0.0 && (either || is_token(mode, "cool") || is_token(mode, "dry")) {
            let cold = (above * area * 70.0).min(most);
            load.watts -= cold;
            load.dry = cold / most;
            // The cold water of a fan coil is made at the roof, with less power than a small machine takes.
            return 30.0 + cold / if one.kind == Kind::FanCoil { 4.2 } else { 3.3 };
        }
        if above < 0.0 && (either || is_token(mode, "heat")) {
            let wants = (-above * area * 70.0).min(most);
            if one.kind == Kind::FanCoil {
                load.watts += wants * step.warmth;
                step.heat += wants * step.warmth;
                return 30.0;
            }
            load.watts += wants;
            return 30.0 + wants / 3.1;
        }
        25.0
    }

    /// A thermostat lets warm water in; a heater makes its own heat.
    fn heated(&self, one: &Unit, room: Option<usize>, area: f64, step: &mut Step) -> f64 {
        let (Some(room), Some(set)) = (room, self.get(one, Part::Setpoint)) else { return 0.0 };
        if self.get(one, Part::Mode) == Some(code("off")) {
            return 0.0;
        }
        let below = set - self.air[room].temperature;
        if one.kind == Kind::Heater {
            let watts = (below * 400.0).clamp(0.0, 1_500.0);
            step.loads[room].watts += watts;
            return watts;
        }
        let wants = (below * area * 40.0).clamp(0.0, area * 90.0) * step.warmth;
        step.loads[room].watts += wants;
        step.heat += wants;
        2.0
    }

    fn moistened(&self, one: &Unit, room: Option<usize>, step: &mut Step) -> f64 {
        let (Some(room), Some(set)) = (room, self.get(one, Part::HumiditySetpoint)) else { return 0.0 };
        let above = self.air[room].humidity() - set;
        let dries = one.kind == Kind::Dehumidifier;
        let wants = if dries { above } else { -above };
        let strength = (wants / 4.0).clamp(0.0, 1.0);
        step.loads[room].moist += if dries { -2.4 } else { 2.4 } * strength;
        4.0 + 280.0 * strength
    }

    fn appliance(&self, one: &Unit, what: Appliance) -> f64 {
        let chance = unit(self.seed, one.channel + 520, self.local.part(3));
        let people = one.room.map_or(0.0, |r| self.people[r]);
        match what {
            Appliance::Coffee if people > 0.0 && chance < 0.5 => 1_250.0,
            Appliance::Coffee => 18.0,
            Appliance::Printer if people > 0.0 && chance < 0.2 => 480.0,
            Appliance::Printer => 9.0,
            Appliance::Rack => 2_100.0 + 350.0 * people::at_work(self.local) + 60.0 * chance,
            Appliance::Fridge if self.local.minute % 50 < 18 => 95.0,
            Appliance::Fridge => 2.0,
            Appliance::Washer if self.local.weekday() % 3 == 2 && (19.5..20.6).contains(&self.local.hour) => 620.0,
            Appliance::Washer => 1.0,
            Appliance::Other => 60.0,
        }
    }

    /// A car takes what it wants, slower towards the end.
    fn charge(&mut self, one: &Unit, i: usize, hours: f64) -> f64 {
        let plugged = self.get(one, Part::Plug) == Some(1.0);
        let wants = self.visit(one, self.local).map_or(0.0, |v| v.2) - self.memory[i].charged;
        if !plugged || wants <= 0.0 {
            return 3.0;
        }
        let kilowatts = CHARGE * (0.1 + wants / 3.0).min(1.0);
        self.memory[i].charged += kilowatts * hours;
        kilowatts * 1_000.0
    }

    /// What goes on without anybody: the vacuum's way and its battery.
    fn by_themselves(&mut self, hours: f64) {
        for i in 0..self.bound.units.len() {
            let one = self.bound.units[i].clone();
            if one.kind != Kind::Vacuum {
                continue;
            }
            let (Some(run), Some(battery)) = (self.get(&one, Part::Run), self.get(&one, Part::Battery)) else {
                continue;
            };
            let rate = match run {
                r if is_token(r, "cleaning") => -66.0,
                r if is_token(r, "docked") => 40.0,
                _ => -4.0,
            };
            let battery = (battery + rate * hours).clamp(0.0, 100.0);
            self.put(i, Part::Battery, battery);
            let there = self.memory[i].hours > 2.0 / 60.0;
            let next = if is_token(run, "cleaning") && battery < 40.0 {
                code("returning")
            } else if is_token(run, "returning") && there {
                code("docked")
            } else {
                run
            };
            self.memory[i].hours = if (next - run).abs() < 0.5 { self.memory[i].hours + hours } else { 0.0 };
            self.put(i, Part::Run, next);
        }
    }

    /// Boiler, taps, leaks, panels, exhaust gas.
    fn serve(&mut self, step: &Step, pumped: bool) {
        let boiler = self.bound.units.iter().find(|u| u.kind == Kind::Boiler && self.runs(u));
        let set = boiler.map(|u| self.get(u, Part::Setpoint).unwrap_or(55.0));
        let ground = self.weather.on_ground();
        let outside = (self.weather.temperature, self.weather.rain, ground);
        self.plant.heat = step.heat.min(BOILER_WATTS);
        self.plant.step(set, pumped, outside, step.hours);
        self.plant.sun = PANEL_WATTS * 0.8 * ground / 1_000.0;
        self.plant.site = step.site;
        let fans = self.bound.units.iter().filter(|u| u.kind == Kind::Ventilation && self.runs(u));
        let blown = fans.filter(|u| u.room.is_some_and(|r| self.bound.rooms[r].usage == Use::Parking)).count() > 0;
        let cars = 2.0 + 26.0 * people::rush(self.local);
        let rate = if blown { 6.0 } else { 1.2 };
        let goal = if blown { 2.0 + (cars - 2.0) * 0.3 } else { cars };
        self.plant.exhaust = goal + (self.plant.exhaust - goal) * libm::exp(-rate * step.hours);
        self.flow(step.hours);
    }

    /// Tap water, and where it should not be.
    fn flow(&mut self, hours: f64) {
        let valves = self.bound.units.iter().filter(|u| u.kind == Kind::Valve);
        let open = valves.filter(|u| self.get(u, Part::Opening) == Some(0.0)).count() == 0;
        let open = open && self.is_on(Kind::Pump(Serves::Taps));
        let mut taps = 0.0;
        for (i, room) in self.bound.rooms.iter().enumerate() {
            let wet = matches!(room.usage, Use::Wash | Use::Break | Use::Kitchen) && self.people[i] > 0.0;
            let channel = 200_000 + u64::try_from(i).unwrap_or(0);
            if wet && unit(self.seed, channel, self.local.minute) < 0.35 {
                taps += TAP;
            }
        }
        self.plant.water = if open { taps } else { 0.0 };
        for wet in &mut self.wet {
            *wet = (*wet - hours).max(0.0);
        }
        // A leaking valve leaks whether it is open or closed.
        for unit in self.bound.units.iter().filter(|u| self.leaking.contains(&u.id)) {
            self.plant.water += LEAK;
            if let Some(room) = unit.room {
                self.wet[room] = DRIES;
            }
        }
    }
}
