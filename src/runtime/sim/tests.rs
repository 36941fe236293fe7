//! The building as it runs: what a command does at once and after a while, faults, idle load, and the past that ends
//! where the present begins.

use super::*;
use base::id::{CommandId, PointId};
use base::{Span, Timestamp, Value};
use documents::{Actor, Cause, Command, Priority, Signal};
use drivers::simulated::Fault;
use drivers::{Input, Session};
use std::collections::BTreeMap;
use std::sync::Arc;
use things::{PointKind, World};

/// A Wednesday, ten o'clock in the morning at the site.
fn morning() -> Timestamp {
    Timestamp::parse("2026-11-18T02:00:00Z").unwrap()
}

fn built() -> Arc<World> {
    Arc::new(World::build(world()).0)
}

/// A running building and what its devices showed last.
struct Running {
    session: Simulation,
    now: Timestamp,
    shown: BTreeMap<PointId, Value>,
    reports: usize,
}

impl Running {
    fn at(now: Timestamp) -> Running {
        let mut session = Simulation::new(SEED, built(), now, &BTreeMap::new());
        let said = session.handle(Input::Start, now);
        let mut running = Running { session, now, shown: BTreeMap::new(), reports: 0 };
        running.hear(said);
        running
    }
    fn hear(&mut self, signals: Vec<Signal>) {
        for signal in signals {
            if let Signal::Report { values, .. } = signal {
                self.reports += values.len();
                self.shown.extend(values.into_iter().map(|(p, s)| (p, s.value)));
            }
        }
    }
    fn go(&mut self, minutes: i64) {
        let until = self.now + Span::from_secs(minutes * 60);
        while let Some(next) = self.session.deadline().filter(|t| *t <= until) {
            self.now = next;
            let said = self.session.handle(Input::Tick, next);
            self.hear(said);
        }
        self.now = until;
    }
    fn write(&mut self, key: &str, identifier: &str, value: impl Into<Value>) {
        let command = Command {
            id: CommandId::of_name(identifier),
            device: device(key),
            point: point(key, identifier),
            value: value.into(),
            actor: Actor::system(),
            cause: Cause::Direct,
            priority: Priority::Normal,
            at: self.now,
            deadline: self.now + Span::from_secs(10),
            expect: None,
        };
        let said = self.session.handle(Input::Command(command), self.now);
        self.hear(said);
        self.go(0);
        self.now = self.now + Span::from_secs(1);
        self.go(0);
    }
    fn fault(&mut self, key: &str, fault: Fault) {
        let said = self.session.handle(Input::Fault(device(key), fault), self.now);
        self.hear(said);
    }
    fn number(&self, key: &str, identifier: &str) -> f64 {
        self.shown[&point(key, identifier)].as_number().unwrap()
    }
    fn is(&self, key: &str, identifier: &str) -> bool {
        self.shown[&point(key, identifier)] == Value::Bool(true)
    }
}

/// What a point shows after some minutes with a change and without it.
fn compared(change: impl Fn(&mut Running), minutes: i64, key: &str, identifier: &str) -> (f64, f64) {
    let (mut with, mut without) = (Running::at(morning()), Running::at(morning()));
    change(&mut with);
    with.go(minutes);
    without.go(minutes);
    (with.number(key, identifier), without.number(key, identifier))
}

#[test]
fn every_command_pulls_its_room_the_right_way() {
    let cool = |r: &mut Running| {
        r.write("meeting_ac", "target_temperature", 16.0);
        r.write("meeting_ac", "mode", Value::text("cool"));
    };
    let (with, without) = compared(cool, 40, "meeting_air", "temperature");
    assert!(with < without - 0.5, "cooling: {with} against {without}");
    let heat = |r: &mut Running| {
        r.write("open_ac", "target_temperature", 30.0);
        r.write("open_ac", "mode", Value::text("heat"));
    };
    let (with, without) = compared(heat, 40, "open_air", "temperature");
    assert!(with > without + 0.5, "heating: {with} against {without}");
    let stale = |r: &mut Running| {
        let said = r.session.handle(Input::Measure(point("meeting_air", "co2"), Value::Number(1_800.0)), r.now);
        r.hear(said);
    };
    let fresh = |r: &mut Running| {
        stale(r);
        r.write("meeting_fan", "power", true);
    };
    let (with, _) = compared(fresh, 30, "meeting_air", "co2");
    let (without, _) = compared(stale, 30, "meeting_air", "co2");
    assert!(with < without - 200.0, "ventilation: {with} against {without}");
    let window = |r: &mut Running| {
        let said = r.session.handle(Input::Measure(point("open_window", "open"), Value::Bool(true)), r.now);
        r.hear(said);
    };
    let (with, without) = compared(window, 20, "open_air", "co2");
    assert!(with < without - 40.0, "an open window: {with} against {without}");
    let (with, without) = compared(window, 20, "open_air", "temperature");
    assert!(with < without, "an open window in November: {with} against {without}");
    let (with, without) = compared(|r| r.write("boiler", "power", false), 90, "study_air", "temperature");
    assert!(with <= without, "no boiler: {with} against {without}");
    let (with, without) = compared(|r| r.write("server_ac", "power", false), 60, "server_ac", "current_temperature");
    assert!(with > without + 0.5, "the server room without cooling: {with} against {without}");
}

#[test]
fn light_and_power_follow_at_once() {
    let mut r = Running::at(Timestamp::parse("2026-11-18T20:00:00Z").unwrap());
    let dark = r.number("open_lux", "illuminance");
    r.write("open_light", "power", true);
    assert!(r.number("open_lux", "illuminance") > dark + 200.0);
    r.write("open_light", "brightness", 20.0);
    assert!(r.number("open_lux", "illuminance") < dark + 200.0);
    let idle = r.number("server_rack", "active_power");
    r.write("server_rack", "power", false);
    assert!(idle > 1_500.0 && r.number("server_rack", "active_power") < 5.0);
    // The vacuum leaves its dock and its battery goes down; told to go back, it charges.
    r.write("vacuum", "activity", Value::text("cleaning"));
    r.go(20);
    let used = r.number("vacuum", "battery");
    assert!(used < 90.0, "{used}");
    r.write("vacuum", "activity", Value::text("docked"));
    r.go(20);
    assert!(r.number("vacuum", "battery") > used + 5.0);
}

#[test]
fn faults_on_demand() {
    let mut r = Running::at(morning());
    let before = r.number("water_meter", "volume");
    r.fault("water_valve", Fault::Leaking);
    r.go(30);
    assert!(r.number("water_meter", "volume") > before + 0.15, "the meter runs");
    assert!(r.is("plant_leak", "leak"), "the floor is wet");
    r.fault("water_valve", Fault::None);
    r.go(45);
    assert!(!r.is("plant_leak", "leak"), "it dries");
    r.fault("meeting_air", Fault::Stuck);
    let stuck = r.number("meeting_air", "temperature");
    r.write("meeting_ac", "target_temperature", 16.0);
    r.write("meeting_ac", "mode", Value::text("cool"));
    r.go(60);
    assert!((r.number("meeting_air", "temperature") - stuck).abs() < 1e-9, "it shows what it did");
    assert!(r.number("meeting_ac", "current_temperature") < stuck - 0.5, "the room goes on");
    assert_eq!(r.session.faults(), vec![(device("meeting_air"), Fault::Stuck)]);
    r.fault("meeting_air", Fault::None);
    r.go(1);
    assert!(r.number("meeting_air", "temperature") < stuck - 0.5, "and it shows that again");
}

#[test]
fn what_somebody_lets_a_sensor_measure_stays_for_a_while() {
    let mut r = Running::at(morning());
    let said = r.session.handle(Input::Measure(point("lobby_motion", "motion"), Value::Bool(true)), r.now);
    r.hear(said);
    r.go(9);
    assert!(r.is("lobby_motion", "motion"));
    let said = r.session.handle(Input::Measure(point("lobby_air", "temperature"), Value::Number(30.0)), r.now);
    r.hear(said);
    r.go(9);
    assert!((r.number("lobby_air", "temperature") - 30.0).abs() < 1e-9);
    r.go(300);
    assert!(r.number("lobby_air", "temperature") < 29.0);
}

#[test]
fn the_same_seed_gives_the_same_values_and_another_gives_others() {
    let series = |seed| {
        let mut session = Simulation::new(seed, built(), morning(), &BTreeMap::new());
        let mut said = session.handle(Input::Start, morning());
        for minute in 1..=120 {
            said.extend(session.handle(Input::Tick, morning() + Span::from_secs(minute * 60)));
        }
        said
    };
    assert_eq!(series(7), series(7));
    assert_ne!(series(7), series(8));
}

#[test]
fn an_idle_building_tells_little_and_only_what_fits() {
    let mut r = Running::at(morning());
    r.reports = 0;
    r.go(60);
    let rate = r.reports as f64 / 3_600.0;
    assert!(rate < 10.0, "{rate} values a second");
    assert!(rate > 0.05, "{rate} values a second");
    for (point, value) in &r.shown {
        assert_eq!(built().point(*point).unwrap().check(value), Ok(()));
    }
}

#[test]
fn it_goes_on_from_what_was_shown() {
    let shown = BTreeMap::from([
        (point("meeting_air", "co2"), Value::Number(1_200.0)),
        (point("lobby_light", "power"), Value::Bool(true)),
        (point("energy", "energy"), Value::Number(20_000.0)),
    ]);
    let mut session = Simulation::new(SEED, built(), morning(), &shown);
    let mut r = Running { now: morning(), shown: BTreeMap::new(), reports: 0, session: session.clone() };
    r.hear(session.handle(Input::Start, morning()));
    for (point, value) in shown {
        assert_eq!(r.shown[&point], value);
    }
    r.session = session;
    r.go(2);
    assert!(r.number("meeting_air", "co2") > 1_000.0);
}

#[test]
fn the_past_ends_where_the_present_begins() {
    let mut past = Past::new(SEED, morning());
    let (from, until) = past.range();
    assert_eq!(until, morning());
    let total = past.progress().1;
    assert_eq!(total, 31);
    let (mut last, mut samples, mut days) = (BTreeMap::new(), 0, 0);
    let mut empty_and_cooled = 0;
    while let Some(day) = past.next_day() {
        days += 1;
        assert_eq!(past.progress(), (days, total));
        for (id, values) in day {
            assert!(values.windows(2).all(|w| w[0].at < w[1].at));
            assert!(values.iter().all(|s| s.at > from && s.at <= until));
            samples += values.len();
            last.insert(id, values.last().unwrap().value.clone());
        }
        empty_and_cooled += u32::from(last.get(&point("cedar_ac", "power")) == Some(&Value::Bool(true)));
    }
    assert!((600_000..1_500_000).contains(&samples), "{samples} samples");
    assert_eq!(empty_and_cooled, days, "the Cedar room is cooled at every midnight");
    let now = Running::at(morning());
    let world = built();
    for spec in world.points().filter(|p| p.kind != PointKind::Service) {
        // A colour is nothing that happens by itself.
        let (Some(then), Some(now)) = (last.get(&spec.id), now.shown.get(&spec.id)) else { continue };
        match (then, now) {
            (Value::Number(a), Value::Number(b)) => {
                let near = 0.4_f64.max(b.abs() * 0.06);
                assert!(
                    (a - b).abs() <= near,
                    "{:?} {} was {a} and is {b}",
                    spec.trait_,
                    world.point_words(spec.id).en
                );
            }
            _ => assert_eq!(then, now, "{}", world.point_words(spec.id).en),
        }
    }
}
