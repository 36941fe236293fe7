use super::super::building;
use super::*;
use crate::sim;
use things::World;

fn world() -> World {
    World::build(building::world()).0
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn number(physics: &Physics, key: &str, identifier: &str) -> f64 {
    physics.row.numbers[physics.row.place(sim::point(key, identifier)).unwrap()]
}

#[test]
fn a_year_stays_within_bounds() {
    let start = at("2026-01-01T00:00:00Z");
    let mut physics = Physics::new(3, &world(), start);
    let mut energy = 0.0;
    let mut extremes: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for day in 1..=365 {
        physics.run(start + Span::from_secs(day * 86_400), Span::from_secs(900));
        for (slot, n) in physics.row.slots.iter().zip(&physics.row.numbers) {
            assert!(n.is_finite(), "{:?}", slot.part);
            if let Some(part) = slot.part {
                let e = extremes.entry(part as usize).or_insert((*n, *n));
                *e = (e.0.min(*n), e.1.max(*n));
            }
        }
        let now = number(&physics, "energy", "energy");
        assert!(now >= energy, "the meter runs back on day {day}");
        energy = now;
    }
    let within = |part: Part, low: f64, high: f64| {
        let e = extremes[&(part as usize)];
        assert!(e.0 >= low && e.1 <= high, "{part:?} went from {} to {}", e.0, e.1);
    };
    within(Part::Temperature, -12.0, 70.0);
    within(Part::Humidity, 5.0, 100.0);
    within(Part::Co2, 400.0, 4_000.0);
    within(Part::Illuminance, 0.0, 120_000.0);
    within(Part::Battery, 0.0, 100.0);
    within(Part::Soil, 5.0, 75.0);
    let (room, used) = (number(&physics, "open_air", "temperature"), energy - 18_432.0);
    assert!((10.0..36.0).contains(&room), "{room}");
    assert!((20_000.0..400_000.0).contains(&used), "{used} kWh in a year");
}
