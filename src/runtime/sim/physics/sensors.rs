//! What sensors and meters show of the building.

use super::super::building::{Counts, Use};
use super::Physics;
use super::air::Air;
use super::bound::{Kind, Unit};
use super::noise::unit;
use super::slots::Part;

/// Minutes for which a motion sensor stays as it is.
const MOTION_MINUTES: i64 = 2;

impl Physics {
    /// Meters go on.
    pub(super) fn count(&mut self, hours: f64) {
        for i in 0..self.bound.units.len() {
            let one = self.bound.units[i].clone();
            let watts = self.metered(&one, i);
            let kilowatt_hours = watts / 1_000.0 * hours;
            for (part, more) in [
                (Part::Energy, kilowatt_hours),
                (Part::Heat, self.plant.heat / 1_000.0 * hours),
                (Part::Water, self.plant.water * hours),
            ] {
                if let Some(place) = one.place(part) {
                    self.row.numbers[place] += more;
                }
            }
            self.show_power(&one, watts);
        }
    }

    /// The electric power that a device shows or counts, W.
    fn metered(&self, one: &Unit, i: usize) -> f64 {
        let of = |wanted: &dyn Fn(&Unit) -> bool| -> f64 {
            let all = self.bound.units.iter().zip(&self.memory);
            all.filter(|(u, _)| u.room == one.room && wanted(u)).map(|(_, m)| m.watts).sum()
        };
        match one.kind {
            // What the sun gives is not taken from the grid.
            Kind::ElectricityMeter(Counts::Site) => (self.plant.site - self.plant.sun).max(0.0),
            Kind::ElectricityMeter(Counts::Sun) => self.plant.sun,
            Kind::ElectricityMeter(Counts::Climate) => {
                of(&|u| matches!(u.kind, Kind::AirConditioner | Kind::FanCoil | Kind::Heater))
            }
            Kind::ElectricityMeter(Counts::Chargers) => of(&|u| u.kind == Kind::Charger),
            Kind::Boiler => self.plant.heat,
            _ if one.place(Part::Heat).is_some() => self.plant.heat,
            _ => self.memory[i].watts,
        }
    }

    fn show_power(&mut self, one: &Unit, watts: f64) {
        let volts = 230.0 + 5.0 * (unit(self.seed, one.channel + 530, self.local.part(10)) - 0.5);
        for (part, number) in [(Part::Power, watts), (Part::Voltage, volts), (Part::Current, watts / volts)] {
            if let Some(place) = one.place(part) {
                self.row.numbers[place] = number;
            }
        }
    }

    /// Everything that is measured of rooms, weather and plant.
    pub(super) fn show(&mut self) {
        for i in 0..self.bound.units.len() {
            let one = self.bound.units[i].clone();
            match one.kind {
                Kind::Boiler => {
                    self.put(i, Part::Supply, self.plant.supply);
                    self.put(i, Part::Pressure, 1.5 + 0.006 * (self.plant.supply - 40.0));
                }
                Kind::Weather => self.show_weather(i),
                _ if one.place(Part::Heat).is_some() => self.put(i, Part::Supply, self.plant.supply),
                _ => self.show_room(&one, i),
            }
        }
    }

    fn show_weather(&mut self, i: usize) {
        let weather = self.weather;
        self.put(i, Part::Temperature, weather.temperature);
        self.put(i, Part::Humidity, weather.humidity);
        self.put(i, Part::Wind, weather.wind);
        self.put(i, Part::Illuminance, weather.on_ground() * 110.0);
    }

    fn show_room(&mut self, one: &Unit, i: usize) {
        let Some(r) = one.room else { return };
        let outdoors = self.bound.rooms[r].usage == Use::Outdoor;
        let air = if outdoors { Air::outside(&self.weather) } else { self.air[r] };
        // Sensors of one room differ a little, each in its own way.
        let own = unit(self.seed, one.channel + 531, 0) - 0.5;
        let people = self.people[r] > 0.0;
        let moves = people && unit(self.seed, one.channel + 532, self.local.part(MOTION_MINUTES)) < 0.6;
        let light = if outdoors { self.weather.on_ground() * 110.0 } else { self.light[r].0 + self.light[r].1 };
        for (part, number) in [
            (Part::Temperature, air.temperature + 0.3 * own),
            (Part::Humidity, (air.humidity() + 2.0 * own).clamp(0.0, 100.0)),
            (Part::Co2, air.co2 + 15.0 * own),
            (Part::Co, self.plant.exhaust),
            (Part::Illuminance, light),
            (Part::Soil, self.plant.soil),
            (Part::Pressure, 1.5 + 0.006 * (self.plant.supply - 40.0)),
            (Part::Wind, self.weather.wind),
            (Part::Motion, f64::from(u8::from(moves))),
            (Part::Occupancy, f64::from(u8::from(people))),
            (Part::Leak, f64::from(u8::from(self.wet[r] > 0.0))),
        ] {
            self.put(i, part, number);
        }
    }
}
