//! What the people of the building do with its devices: lamps when they come and go, windows when it is warm, cars in
//! the morning. They leave alone what a visitor has set, for some hours, and the visitor's own devices always.

use super::super::building::Use;
use super::bound::{Kind, Unit};
use super::noise::{unit, whole};
use super::people;
use super::slots::{Part, code};
use super::{Physics, calendar::Local};

/// Minutes between two looks at a device.
const LOOK_MINUTES: i64 = 5;
/// Light below which a lamp is switched on, lx.
const DARK: f64 = 260.0;
/// Sun on the glass from which blinds are lowered, W/m².
const GLARE: f64 = 420.0;
/// Too warm and too cold, °C.
const WARM: f64 = 25.0;
const COLD: f64 = 20.5;

impl Physics {
    /// Who is in each room now.
    pub(super) fn people_move(&mut self) {
        for (i, room) in self.bound.rooms.iter().enumerate() {
            let channel = 10 * u64::try_from(i).unwrap_or(0) + 100_000;
            self.people[i] = people::present(self.seed, channel, room.usage, room.people, self.local);
        }
    }

    /// What they do; each device is looked at every few minutes.
    pub(super) fn people_act(&mut self) {
        for i in 0..self.bound.units.len() {
            let one = self.bound.units[i].clone();
            if one.kind == Kind::Charger {
                self.cars(i, &one);
            }
            if let Kind::Door | Kind::Window = one.kind {
                self.door(i, &one);
            }
            let free = self.memory[i].hands_off.is_none_or(|until| until <= self.at);
            let turn = whole(unit(self.seed, one.channel, 0) * 5.0);
            if !one.by_people || !free || (self.local.minute + turn) % LOOK_MINUTES != 0 {
                continue;
            }
            match one.kind {
                Kind::Light => self.lamp(i, &one),
                Kind::Cover => self.blind(i, &one),
                Kind::AirConditioner | Kind::FanCoil => self.climate(i, &one),
                Kind::Fan => self.extractor(i, &one),
                Kind::Ventilation => self.ventilation(i, &one),
                Kind::Heater => self.heater(i, &one),
                Kind::Media => self.media(i, &one),
                Kind::Vacuum => self.vacuum(i, &one),
                _ => {}
            }
        }
    }

    /// People in the room of a device, and what the room is for.
    fn around(&self, one: &Unit) -> (f64, Use) {
        one.room.map_or((0.0, Use::Other), |r| (self.people[r], self.bound.rooms[r].usage))
    }

    fn lamp(&mut self, i: usize, one: &Unit) {
        let (people, usage) = self.around(one);
        let Some(room) = one.room else { return };
        let lit = self.get(one, Part::OnOff) == Some(1.0);
        // The corridor is lit as long as somebody works; a lamp is forgotten now and then until the evening round.
        let wanted = match usage {
            Use::Passage => people::at_work(self.local) > 0.04,
            Use::Parking => people::at_work(self.local) > 0.02,
            Use::Sleeping => {
                people > 0.0 && (21.8..23.0).contains(&self.local.hour) || (6.6..7.4).contains(&self.local.hour)
            }
            _ => people > 0.0 && self.light[room].1 < DARK,
        };
        let forgotten = unit(self.seed, one.channel + 500, self.local.day) < 0.15 && self.local.hour < 20.5;
        let on = wanted || (lit && forgotten);
        self.put(i, Part::OnOff, f64::from(u8::from(on)));
        let level = if usage == Use::Living { 55.0 } else { 80.0 };
        match (on, self.get(one, Part::Brightness)) {
            (true, Some(0.0)) => self.put(i, Part::Brightness, level),
            (false, Some(_)) => self.put(i, Part::Brightness, 0.0),
            _ => {}
        }
    }

    fn blind(&mut self, i: usize, one: &Unit) {
        let (people, usage) = self.around(one);
        let Some(room) = one.room.map(|r| &self.bound.rooms[r]) else { return };
        let sun = room.fronts.iter().map(|f| self.weather.on_wall(f.facing)).fold(0.0, f64::max);
        let home = matches!(usage, Use::Living | Use::Sleeping);
        let night = self.local.hour < 7.2 || self.local.hour > if usage == Use::Sleeping { 21.5 } else { 19.0 };
        let position = match (home && night, people > 0.0) {
            (true, _) => 0.0,
            (false, true) if sun > GLARE => 30.0,
            (false, true) => 100.0,
            (false, false) if home => 100.0,
            (false, false) => return,
        };
        self.put(i, Part::Position, position);
    }

    fn climate(&mut self, i: usize, one: &Unit) {
        if one.always_on {
            return;
        }
        let (people, _) = self.around(one);
        let Some(room) = one.room else { return };
        let air = self.air[room].temperature;
        let on = self.get(one, Part::OnOff) == Some(1.0);
        if people < 1.0 {
            let patience = unit(self.seed, one.channel + 501, self.local.part(LOOK_MINUTES)) < 0.3;
            if on && patience {
                self.put(i, Part::OnOff, 0.0);
                self.put(i, Part::Speed, 0.0);
            }
            return;
        }
        let mode = if air > WARM {
            "cool"
        } else if air < COLD {
            "heat"
        } else {
            return;
        };
        self.put(i, Part::OnOff, 1.0);
        self.put(i, Part::Mode, code(mode));
        self.put(i, Part::Setpoint, if mode == "cool" { 24.0 } else { 22.0 });
        self.put(i, Part::Speed, 60.0);
    }

    fn extractor(&mut self, i: usize, one: &Unit) {
        let (people, usage) = self.around(one);
        let warm = one.room.is_some_and(|r| self.air[r].temperature > WARM);
        let on = people > 0.0 && (usage == Use::Wash || warm);
        self.put(i, Part::OnOff, f64::from(u8::from(on)));
        self.put(i, Part::Speed, if on { 60.0 } else { 0.0 });
    }

    /// The air handler and the exhaust of the garage go by their timers, a room's own ventilation by its air.
    fn ventilation(&mut self, i: usize, one: &Unit) {
        let (people, usage) = self.around(one);
        let (on, speed) = match usage {
            Use::Outdoor => (self.local.is_working_day() && (7.0..19.5).contains(&self.local.hour), 60.0),
            Use::Parking => (people::rush(self.local) > 0.1 || self.plant.exhaust > 9.0, 80.0),
            _ => (people > 0.0 && one.room.is_some_and(|r| self.air[r].co2 > 850.0), 50.0),
        };
        self.put(i, Part::OnOff, f64::from(u8::from(on)));
        self.put(i, Part::Speed, if on { speed } else { 0.0 });
    }

    fn heater(&mut self, i: usize, one: &Unit) {
        let (people, _) = self.around(one);
        let cold = one.room.is_some_and(|r| self.air[r].temperature < 23.0);
        let early = (6.5..8.5).contains(&self.local.hour) || (21.0..23.0).contains(&self.local.hour);
        self.put(i, Part::OnOff, f64::from(u8::from(people > 0.0 && cold && early)));
    }

    fn media(&mut self, i: usize, one: &Unit) {
        let (people, usage) = self.around(one);
        let on = match usage {
            Use::Living => people > 0.0 && (19.3..22.6).contains(&self.local.hour),
            Use::Meeting => people > 3.0,
            _ => false,
        };
        self.put(i, Part::OnOff, f64::from(u8::from(on)));
        self.put(i, Part::Playback, code(if on { "playing" } else { "idle" }));
    }

    fn vacuum(&mut self, i: usize, one: &Unit) {
        let morning = (10.5..10.6).contains(&self.local.hour);
        if morning && self.get(one, Part::Run) == Some(code("docked")) && self.get(one, Part::Battery) > Some(90.0) {
            self.put(i, Part::Run, code("cleaning"));
        }
    }

    /// When a car is at a charger: from, until, kilowatt-hours that it wants.
    pub(super) fn visit(&self, one: &Unit, local: Local) -> Option<(f64, f64, f64)> {
        let chance = |n: u64| unit(self.seed, one.channel + n, local.day);
        let comes = local.is_working_day() && chance(510) < 0.85;
        comes.then(|| (8.0 + 1.8 * chance(511), 16.8 + 2.4 * chance(512), 8.0 + 28.0 * chance(513)))
    }

    fn cars(&mut self, i: usize, one: &Unit) {
        let there = self.visit(one, self.local).is_some_and(|(from, to, _)| (from..to).contains(&self.local.hour));
        if there && self.get(one, Part::Plug) == Some(0.0) {
            self.memory[i].charged = 0.0;
        }
        self.put(i, Part::Plug, f64::from(u8::from(there)));
    }

    fn door(&mut self, i: usize, one: &Unit) {
        if self.memory[i].hands_off.is_some_and(|until| until > self.at) {
            return;
        }
        let (people, usage) = self.around(one);
        if one.kind == Kind::Door {
            let chance = unit(self.seed, one.channel + 502, self.local.minute);
            let open = chance < 0.3 * people::rush(self.local) + 0.04 * people::at_work(self.local);
            self.put(i, Part::Contact, f64::from(u8::from(open)));
            self.put(i, Part::Position, if open { 100.0 } else { 0.0 });
            return;
        }
        let mild = (16.0..29.0).contains(&self.weather.temperature) && self.weather.rain < 0.3;
        let open = self.get(one, Part::Contact) == Some(1.0);
        let stuffy = one.room.is_some_and(|r| self.air[r].temperature > 23.5 || self.air[r].co2 > 1_000.0);
        let moved = unit(self.seed, one.channel + 503, self.local.minute) < 0.05;
        let asleep = usage == Use::Sleeping && self.local.hour < 7.0;
        match (open, people > 0.0 && !asleep) {
            (false, true) if mild && stuffy && moved => self.put(i, Part::Contact, 1.0),
            (true, true) if !mild && moved => self.put(i, Part::Contact, 0.0),
            (true, false) if moved => self.put(i, Part::Contact, 0.0),
            _ => {}
        }
    }
}
