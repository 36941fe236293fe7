//! What rules do in time: dwell, hysteresis, edges, restarts, runs.

use super::{Bench, at, check, graph, pt, ventilation};
use base::{Bilingual, Quality, Sample, Value};
use documents::rule::RuleMode;
use documents::{RuleGraph, TraceEntry};
use serde_json::json;
use things::model::QualityPolicy;
use things::{States, World};

fn n(number: f64) -> Value {
    Value::Number(number)
}
const ON: Value = Value::Bool(true);
const OFF: Value = Value::Bool(false);

/// When the door is open, turn on the hall light; every part of the edge can be given.
fn door(initial: &str, on: &str) -> RuleGraph {
    graph(
        &[
            ("door", "point", json!({"point": "@door.open", "initial": initial})),
            ("edge", "edge", json!({"on": on})),
            ("light", "command", json!({"point": "@hall_light.power", "setting": {"to": true}})),
        ],
        &["door.out -> edge.in", "edge.out -> light.in"],
    )
}

/// Motion turns the hall light on, and off again 60 s later.
fn motion_light(mode: RuleMode) -> RuleGraph {
    let mut rule = graph(
        &[
            ("motion", "point", json!({"point": "@motion.motion"})),
            ("seen", "edge", json!({})),
            ("on", "command", json!({"point": "@hall_light.power", "setting": {"to": true}})),
            ("later", "delay", json!({"span_ms": 60_000})),
            ("off", "command", json!({"point": "@hall_light.power", "setting": {"to": false}})),
        ],
        &["motion.out -> seen.in", "seen.out -> on.in", "seen.out -> later.in", "later.out -> off.in"],
    );
    rule.mode = mode;
    rule
}

#[test]
fn dwell_then_until() {
    let mut bench = Bench::new(&ventilation(), &[("co2.co2", n(600.0))]);
    check(
        &mut bench,
        &[
            (10.0, &[("co2.co2", n(1200.0))], &[]),
            (200.0, &[("co2.co2", n(1100.0))], &[]),
            (309.999, &[], &[]),
            (310.0, &[], &["fan.power=true"]),
            (400.0, &[("co2.co2", n(1300.0))], &[]),
            (500.0, &[("co2.co2", n(800.0))], &[]),
            (510.0, &[("co2.co2", n(799.0))], &["fan.power=false"]),
            (520.0, &[("co2.co2", n(700.0))], &[]),
        ],
    );
}

#[test]
fn a_break_starts_the_dwell_anew() {
    let mut bench = Bench::new(&ventilation(), &[("co2.co2", n(900.0))]);
    check(
        &mut bench,
        &[
            (10.0, &[("co2.co2", n(1200.0))], &[]),
            (300.0, &[("co2.co2", n(1000.0))], &[]),
            (301.0, &[("co2.co2", n(1200.0))], &[]),
            (310.0, &[], &[]),
            (601.0, &[], &["fan.power=true"]),
        ],
    );
}

#[test]
fn intervals_are_closed_at_their_start() {
    // The report that ends the condition comes exactly when the dwell is over: it has held for five minutes.
    let mut bench = Bench::new(&ventilation(), &[("co2.co2", n(900.0))]);
    check(&mut bench, &[(0.0, &[("co2.co2", n(1200.0))], &[]), (300.0, &[("co2.co2", n(900.0))], &["fan.power=true"])]);
    // A microsecond less is not enough.
    let mut bench = Bench::new(&ventilation(), &[("co2.co2", n(900.0))]);
    check(
        &mut bench,
        &[(0.0, &[("co2.co2", n(1200.0))], &[]), (299.999, &[("co2.co2", n(900.0))], &[]), (300.0, &[], &[])],
    );
}

#[test]
fn the_deadline_is_the_end_of_the_dwell() {
    let mut bench = Bench::new(&ventilation(), &[("co2.co2", n(900.0))]);
    assert_eq!(bench.engine.deadline(), None);
    bench.step(5.0, &[("co2.co2", n(1200.0))]);
    assert_eq!(bench.engine.deadline(), Some(at(305.0)));
    bench.step(305.0, &[]);
    assert_eq!(bench.engine.deadline(), None);
}

#[test]
fn a_restart_in_the_dwell_keeps_the_timer() {
    let mut bench = Bench::new(&ventilation(), &[("co2.co2", n(900.0))]);
    bench.step(10.0, &[("co2.co2", n(1200.0))]);
    bench.restart();
    assert_eq!(bench.engine.deadline(), Some(at(310.0)));
    check(&mut bench, &[(309.0, &[], &[]), (310.0, &[], &["fan.power=true"])]);
    // It was down when the time came: caught up once.
    let mut bench = Bench::new(&ventilation(), &[("co2.co2", n(900.0))]);
    bench.step(10.0, &[("co2.co2", n(1200.0))]);
    bench.restart();
    check(&mut bench, &[(4000.0, &[], &["fan.power=true"]), (4001.0, &[], &[])]);
}

#[test]
fn what_holds_at_enable_gives_no_edge() {
    check(
        &mut Bench::new(&door("hold", "rising"), &[("door.open", ON)]),
        &[
            (1.0, &[], &[]),
            (2.0, &[("door.open", ON)], &[]),
            (3.0, &[("door.open", OFF)], &[]),
            (4.0, &[("door.open", ON)], &["hall_light.power=true"]),
        ],
    );
    // The first report after enabling is what holds at enable, as far as is known.
    check(&mut Bench::new(&door("hold", "rising"), &[]), &[(1.0, &[("door.open", ON)], &[])]);
}

#[test]
fn initial_fire_makes_what_holds_count() {
    let mut bench = Bench::new(&door("fire", "rising"), &[("door.open", ON)]);
    assert_eq!(bench.engine.deadline(), Some(at(0.0)), "it is due at once");
    check(&mut bench, &[(0.0, &[], &["hall_light.power=true"]), (1.0, &[("door.open", ON)], &[])]);
    bench.restart();
    check(&mut bench, &[(2.0, &[("door.open", ON)], &[])]);
    check(&mut Bench::new(&door("fire", "rising"), &[]), &[(1.0, &[("door.open", ON)], &["hall_light.power=true"])]);
    check(
        &mut Bench::new(&door("fire", "falling"), &[("door.open", ON)]),
        &[(0.0, &[], &[]), (1.0, &[("door.open", OFF)], &["hall_light.power=true"])],
    );
}

#[test]
fn enabling_again() {
    let rule = ventilation();
    let mut bench = Bench::new(&rule, &[("co2.co2", n(900.0))]);
    bench.step(10.0, &[("co2.co2", n(1200.0))]);
    // The same graph: the timer runs on.
    bench.engine.enable(&rule, &bench.world, &bench.states, at(100.0));
    assert_eq!(bench.engine.deadline(), Some(at(310.0)));
    // Another action: the condition is the same, and so is its timer.
    let mut other = rule.clone();
    other.nodes[4].params["setting"] = json!({"to": false});
    bench.engine.enable(&other, &bench.world, &bench.states, at(110.0));
    assert_eq!(bench.engine.deadline(), Some(at(310.0)));
    // Another condition starts anew.
    let mut other = rule.clone();
    other.nodes[1].params["value"] = json!(1100);
    bench.engine.enable(&other, &bench.world, &bench.states, at(120.0));
    assert_eq!(bench.engine.deadline(), Some(at(420.0)));
    // Disabled and enabled, everything starts anew.
    bench.engine.disable(rule.id);
    assert!(!bench.engine.contains(rule.id));
    assert_eq!((bench.engine.deadline(), bench.step(500.0, &[("co2.co2", n(1300.0))])), (None, vec![]));
    bench.engine.enable(&rule, &bench.world, &bench.states, at(600.0));
    check(
        &mut bench,
        &[
            (900.0, &[], &[]),
            (910.0, &[("co2.co2", n(700.0))], &["fan.power=false"]),
            (920.0, &[("co2.co2", n(1300.0))], &[]),
            (1220.0, &[], &["fan.power=true"]),
        ],
    );
}

#[test]
fn a_dwell_that_began_before_enabling() {
    // Nobody knows for how long it has been high: that it has been long enough is no news.
    let high: &[(&str, Value)] = &[("co2.co2", n(1200.0))];
    check(&mut Bench::new(&ventilation(), high), &[(300.0, &[], &[]), (301.0, high, &[])]);
    // Unless what already holds shall count: then it counts from the moment of enabling.
    let mut rule = ventilation();
    rule.nodes[0].params.insert("initial".into(), json!("fire"));
    check(&mut Bench::new(&rule, high), &[(299.0, &[], &[]), (300.0, &[], &["fan.power=true"])]);
}

#[test]
fn a_graph_with_errors_leaves_the_old_plan() {
    let rule = ventilation();
    let mut bench = Bench::new(&rule, &[("co2.co2", n(900.0))]);
    let mut broken = rule.clone();
    broken.edges.pop();
    assert!(!bench.engine.enable(&broken, &bench.world, &bench.states, at(1.0)).is_empty());
    check(&mut bench, &[(2.0, &[("co2.co2", n(700.0))], &["fan.power=false"])]);
}

#[test]
fn equal_times_apply_in_order() {
    let open_close: &[(&str, Value)] = &[("door.open", ON), ("door.open", OFF)];
    check(
        &mut Bench::new(&door("hold", "both"), &[("door.open", OFF)]),
        &[(1.0, open_close, &["hall_light.power=true", "hall_light.power=true"])],
    );
    // Whichever of two conditions becomes true last triggers, once.
    let both = graph(
        &[
            ("door", "point", json!({"point": "@door.open"})),
            ("dark", "point", json!({"point": "@lux.illuminance"})),
            ("low", "compare", json!({"op": "<", "value": 50})),
            ("and", "and", json!({})),
            ("edge", "edge", json!({})),
            ("light", "command", json!({"point": "@hall_light.power", "setting": {"to": true}})),
        ],
        &[
            "door.out -> and.in1",
            "dark.out -> low.in",
            "low.out -> and.in2",
            "and.out -> edge.in",
            "edge.out -> light.in",
        ],
    );
    let known = [("door.open", OFF), ("lux.illuminance", n(100.0))];
    check(
        &mut Bench::new(&both, &known),
        &[(1.0, &[("door.open", ON)], &[]), (2.0, &[("lux.illuminance", n(10.0))], &["hall_light.power=true"])],
    );
    check(
        &mut Bench::new(&both, &known),
        &[(1.0, &[("lux.illuminance", n(10.0)), ("door.open", ON)], &["hall_light.power=true"])],
    );
}

#[test]
fn a_gate_is_no_trigger() {
    let rule = graph(
        &[
            ("motion", "point", json!({"point": "@motion.motion"})),
            ("seen", "edge", json!({})),
            ("lux", "point", json!({"point": "@lux.illuminance"})),
            ("dark", "compare", json!({"op": "<", "value": 50})),
            ("gate", "gate", json!({})),
            ("light", "command", json!({"point": "@hall_light.power", "setting": "toggle"})),
        ],
        &[
            "motion.out -> seen.in",
            "seen.out -> gate.in",
            "lux.out -> dark.in",
            "dark.out -> gate.if",
            "gate.out -> light.in",
        ],
    );
    check(
        &mut Bench::new(&rule, &[("motion.motion", OFF), ("lux.illuminance", n(100.0))]),
        &[
            (1.0, &[("motion.motion", ON)], &[]),
            (2.0, &[("lux.illuminance", n(10.0))], &[]),
            (3.0, &[("motion.motion", OFF)], &[]),
            (4.0, &[("motion.motion", ON)], &["hall_light.power=toggle"]),
        ],
    );
}

#[test]
fn several_events_reach_one_command() {
    let rule = graph(
        &[
            ("a", "point", json!({"point": "@door.open"})),
            ("b", "point", json!({"point": "@window.open"})),
            ("ea", "edge", json!({})),
            ("eb", "edge", json!({})),
            ("light", "command", json!({"point": "@hall_light.power", "setting": {"to": true}})),
        ],
        &["a.out -> ea.in", "b.out -> eb.in", "ea.out -> light.in", "eb.out -> light.in"],
    );
    check(
        &mut Bench::new(&rule, &[("door.open", OFF), ("window.open", OFF)]),
        &[
            (1.0, &[("door.open", ON)], &["hall_light.power=true"]),
            (2.0, &[("window.open", ON)], &["hall_light.power=true"]),
        ],
    );
}

#[test]
fn bad_quality_follows_the_model() {
    let bad = |seconds: f64| (pt("co2.co2"), Sample { value: n(0.0), quality: Quality::Bad, at: at(seconds) });
    // (policy, commands when the sensor fails in the dwell and comes back high)
    let cases: [(Option<QualityPolicy>, &[&str]); 4] = [
        (None, &[]),
        (Some(QualityPolicy::Skip), &[]),
        (Some(QualityPolicy::Hold), &["fan.power=true"]),
        (Some(QualityPolicy::Safe(n(2000.0))), &["fan.power=true"]),
    ];
    for (policy, expected) in cases {
        let mut doc = super::building();
        let product = doc.products.iter_mut().find(|p| p.key == "sensor_co2").unwrap();
        product.model.properties[0].x.quality = policy.clone();
        let mut bench = Bench::new(&ventilation(), &[("co2.co2", n(900.0))]);
        bench.world = World::build(doc).0;
        bench.engine = crate::Engine::default();
        bench.engine.enable(&ventilation(), &bench.world, &bench.states, at(0.0));
        bench.step(0.0, &[("co2.co2", n(1200.0))]);
        assert_eq!(bench.apply(&[bad(100.0)], at(100.0)), Vec::<String>::new());
        bench.step(110.0, &[("co2.co2", n(1200.0))]);
        assert_eq!(bench.step(300.0, &[]), expected, "{policy:?}");
    }
}

#[test]
fn values_that_do_not_fit_count_as_bad() {
    let mut bench = Bench::new(&ventilation(), &[("co2.co2", n(900.0))]);
    bench.step(1.0, &[("co2.co2", n(1200.0))]);
    for odd in [n(f64::NAN), n(f64::INFINITY), Value::text("high"), ON, Value::no_arguments()] {
        bench.step(2.0, &[("co2.co2", odd)]);
        assert_eq!(bench.engine.deadline(), None, "the dwell is broken off");
        bench.step(3.0, &[("co2.co2", n(1200.0))]);
    }
}

#[test]
fn time_does_not_go_backwards() {
    let mut bench = Bench::new(&ventilation(), &[("co2.co2", n(900.0))]);
    bench.step(1000.0, &[("co2.co2", n(1200.0))]);
    bench.step(10.0, &[("co2.co2", n(1250.0))]);
    assert_eq!(bench.engine.deadline(), Some(at(1300.0)));
}

#[test]
fn modes_of_a_run_under_way() {
    // Motion at 10 s and again at 40 s; the light goes off 60 s after a run began.
    let cases: [(RuleMode, &[(f64, &str)]); 4] = [
        (RuleMode::Single, &[(10.0, "true"), (70.0, "false")]),
        (RuleMode::Restart, &[(10.0, "true"), (40.0, "true"), (100.0, "false")]),
        (RuleMode::Queued, &[(10.0, "true"), (70.0, "false"), (70.0, "true"), (130.0, "false")]),
        (RuleMode::Parallel, &[(10.0, "true"), (40.0, "true"), (70.0, "false"), (100.0, "false")]),
    ];
    for (mode, expected) in cases {
        let mut bench = Bench::new(&motion_light(mode), &[("motion.motion", OFF)]);
        let mut seen = Vec::new();
        for tick in 0..200_u32 {
            let second = f64::from(tick);
            let reports: &[(&str, Value)] = match tick {
                10 | 40 => &[("motion.motion", ON)],
                20 | 50 => &[("motion.motion", OFF)],
                _ => &[],
            };
            if matches!(tick, 45 | 69) {
                bench.restart();
            }
            seen.extend(bench.step(second, reports).into_iter().map(|c| (second, c)));
        }
        let expected: Vec<(f64, String)> =
            expected.iter().map(|(t, v)| (*t, format!("hall_light.power={v}"))).collect();
        assert_eq!(seen, expected, "{mode:?}");
        assert_eq!(bench.engine.deadline(), None);
    }
}

#[test]
fn events_are_counted_while_a_run_is_under_way() {
    // The second of two movements within a minute turns the light on for 60 s. The one at 70 s comes during a run.
    let expected = [(20.0, "true"), (80.0, "false"), (85.0, "true"), (145.0, "false")];
    for mode in [RuleMode::Single, RuleMode::Restart, RuleMode::Queued, RuleMode::Parallel] {
        let mut rule = motion_light(mode);
        rule.node("twice", "count_within", json!({"count": 2, "span_ms": 60_000}));
        rule.edges.retain(|e| e.from.node != "seen");
        rule.edge("seen.out", "twice.in").edge("twice.out", "on.in").edge("twice.out", "later.in");
        let mut bench = Bench::new(&rule, &[("motion.motion", OFF)]);
        let mut seen = Vec::new();
        for tick in 0..200_u32 {
            let second = f64::from(tick);
            let reports: &[(&str, Value)] = match tick {
                10 | 20 | 70 | 85 => &[("motion.motion", ON)],
                12 | 22 | 72 | 87 => &[("motion.motion", OFF)],
                _ => &[],
            };
            if matches!(tick, 45 | 75) {
                bench.restart();
            }
            seen.extend(bench.step(second, reports).into_iter().map(|c| (second, c)));
        }
        let expected = expected.map(|(t, v)| (t, format!("hall_light.power={v}")));
        assert_eq!(seen, expected, "{mode:?}");
    }
}

#[test]
fn what_a_gate_stops_ends_no_run_and_what_waits_for_its_turn_counts_once() {
    // While the AC is on, motion restarts the light; without it, the run goes on.
    let mut rule = motion_light(RuleMode::Restart);
    rule.node("ac", "point", json!({"point": pt("ac.power")})).node("only", "gate", json!({}));
    rule.edges.retain(|e| e.from.node != "seen");
    rule.edge("seen.out", "only.in").edge("ac.out", "only.if").edge("only.out", "on.in").edge("only.out", "later.in");
    let mut bench = Bench::new(&rule, &[("motion.motion", OFF), ("ac.power", ON)]);
    check(
        &mut bench,
        &[
            (10.0, &[("motion.motion", ON)], &["hall_light.power=true"]),
            (20.0, &[("motion.motion", OFF), ("ac.power", OFF)], &[]),
            (30.0, &[("motion.motion", ON)], &[]),
            (70.0, &[], &["hall_light.power=false"]),
        ],
    );
    // Queued: the counter beside the commands sees each movement once, when it happens.
    let mut rule = motion_light(RuleMode::Queued);
    rule.node("all", "counter", json!({})).edge("seen.out", "all.up");
    rule.node("tell", "publish", json!({"topic": "count", "payload": {"n": "{n}"}}));
    rule.edge("later.out", "tell.in").edge("all.out", "tell.n");
    let mut bench = Bench::new(&rule, &[("motion.motion", OFF)]);
    bench.step(10.0, &[("motion.motion", ON)]);
    bench.step(20.0, &[("motion.motion", OFF)]);
    bench.step(30.0, &[("motion.motion", ON)]);
    let count = |bench: &Bench| {
        let ports = bench.engine.values(rule.id, None).unwrap();
        ports.into_iter().find(|p| p.node == "all").and_then(|p| p.value)
    };
    assert_eq!(count(&bench), Some(n(2.0)));
    bench.step(100.0, &[]);
    assert_eq!(count(&bench), Some(n(2.0)));
}

#[test]
fn a_run_has_ended_when_the_next_trigger_comes_at_its_end() {
    let mut bench = Bench::new(&motion_light(RuleMode::Single), &[("motion.motion", OFF)]);
    check(
        &mut bench,
        &[
            (10.0, &[("motion.motion", ON)], &["hall_light.power=true"]),
            (20.0, &[("motion.motion", OFF)], &[]),
            (70.0, &[("motion.motion", ON)], &["hall_light.power=false", "hall_light.power=true"]),
        ],
    );
}

#[test]
fn a_loop_through_a_delay_repeats() {
    let rule = graph(
        &[
            ("door", "point", json!({"point": "@door.open"})),
            ("edge", "edge", json!({})),
            ("again", "delay", json!({"span_ms": 10_000})),
            ("gate", "gate", json!({})),
            ("blink", "command", json!({"point": "@hall_light.power", "setting": "toggle"})),
        ],
        &[
            "door.out -> edge.in",
            "edge.out -> again.in",
            "again.out -> gate.in",
            "door.out -> gate.if",
            "gate.out -> again.in",
            "gate.out -> blink.in",
        ],
    );
    let blink: &[&str] = &["hall_light.power=toggle"];
    check(
        &mut Bench::new(&rule, &[("door.open", OFF)]),
        &[
            (1.0, &[("door.open", ON)], &[]),
            (11.0, &[], blink),
            (21.0, &[], blink),
            // Late by a day: once, not eight thousand times.
            (86_400.0, &[], blink),
            (86_410.0, &[], blink),
            (86_411.0, &[("door.open", OFF)], &[]),
            (86_420.0, &[], &[]),
            (86_430.0, &[], &[]),
        ],
    );
}

#[test]
fn traces_tell_run_trigger_and_changes() {
    let mut bench = Bench::new(&ventilation(), &[("co2.co2", n(900.0))]);
    bench.step(1.0, &[("co2.co2", n(950.0))]);
    assert_eq!(bench.traces, vec![], "nothing but the source has changed");
    bench.step(2.0, &[("co2.co2", n(1200.0))]);
    bench.step(302.0, &[]);
    let entry =
        |node: &str, port: &str, value: Option<Value>| TraceEntry { node: node.into(), port: port.into(), value };
    let [first, second] = bench.traces.as_slice() else { panic!("{:?}", bench.traces) };
    assert_eq!(
        (first.run, first.trigger.as_ref().map(|t| (t.point, t.value.clone()))),
        (None, Some((pt("co2.co2"), n(1200.0))))
    );
    assert_eq!(first.entries, [entry("co2", "out", Some(n(1200.0))), entry("high", "out", Some(ON))]);
    assert_eq!((second.run.is_some(), &second.trigger, second.at), (true, &None, at(302.0)));
    assert_eq!(second.entries, [entry("long", "out", Some(ON)), entry("start", "out", None)]);
}

#[test]
fn a_changed_world_recompiles() {
    let rule = graph(
        &[
            ("door", "point", json!({"point": "@door.open"})),
            ("edge", "edge", json!({})),
            (
                "lights",
                "command",
                json!({"select": {"kinds": ["light"], "trait": "on_off", "spaces": [base::id::SpaceId::of_name("living")]}, "setting": {"to": true}}),
            ),
        ],
        &["door.out -> edge.in", "edge.out -> lights.in"],
    );
    let mut bench = Bench::new(&rule, &[("door.open", OFF)]);
    check(
        &mut bench,
        &[
            (1.0, &[("door.open", ON)], &["reading_lamp.power=true", "floor_lamp.power=true"]),
            (2.0, &[("door.open", OFF)], &[]),
        ],
    );
    // One lamp is moved away: the rule follows, and the edge remembers its level.
    let mut doc = super::building();
    let lamp = doc.devices.iter_mut().find(|d| d.key == "floor_lamp").unwrap();
    lamp.placements.push(things::Placement { space: None, from: at(3.0) });
    assert_eq!(
        bench.engine.world_changed([&rule].into_iter(), &World::build(doc.clone()).0, &bench.states, at(3.0)),
        vec![]
    );
    check(&mut bench, &[(4.0, &[("door.open", ON)], &["reading_lamp.power=true"]), (5.0, &[("door.open", OFF)], &[])]);
    // Both are gone: the old plan stays, and somebody is told.
    doc.devices.retain(|d| !d.key.ends_with("lamp"));
    let failed = bench.engine.world_changed([&rule].into_iter(), &World::build(doc).0, &States::new(), at(6.0));
    assert_eq!(
        failed.iter().map(|(id, found)| (*id, found[0].code.as_str())).collect::<Vec<_>>(),
        [(rule.id, "rule.select")]
    );
    check(&mut bench, &[(7.0, &[("door.open", ON)], &["reading_lamp.power=true"])]);
}

#[test]
fn plans_tell_what_they_read_and_write() {
    let bench = Bench::new(&ventilation(), &[]);
    let plan = bench.engine.plans(ventilation().id).next().unwrap();
    assert_eq!(plan.reads().collect::<Vec<_>>(), [pt("co2.co2")]);
    assert_eq!(plan.writes(), [(pt("fan.power"), "off"), (pt("fan.power"), "on")]);
    assert_eq!(bench.engine.writers(pt("fan.power")), [(ventilation().id, "off"), (ventilation().id, "on")]);
    assert_eq!(plan.order().collect::<Vec<_>>(), ["co2", "high", "long", "low", "start", "on", "stop", "off"]);
}

#[test]
fn many_rules_share_a_point() {
    let mut bench = Bench::new(&door("hold", "rising"), &[("door.open", OFF)]);
    let mut second = door("hold", "falling");
    second.id = base::id::RuleId::of_name("second");
    second.name = Bilingual::same("second");
    assert_eq!(bench.engine.enable(&second, &bench.world, &bench.states, at(0.0)), vec![]);
    let light: &[&str] = &["hall_light.power=true"];
    check(&mut bench, &[(1.0, &[("door.open", ON)], light), (2.0, &[("door.open", OFF)], light)]);
    bench.engine.disable(second.id);
    check(&mut bench, &[(3.0, &[("door.open", ON)], light), (4.0, &[("door.open", OFF)], &[])]);
}

#[test]
fn a_stored_form_that_does_not_fit_is_refused() {
    let mut bench = Bench::new(&motion_light(RuleMode::Single), &[("motion.motion", OFF)]);
    bench.step(1.0, &[("motion.motion", ON)]);
    let good = serde_json::to_value(&bench.engine).unwrap();
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut json = good.clone();
        change(&mut json);
        assert_ne!(json, good);
        serde_json::from_value::<crate::Engine>(json).is_err()
    };
    assert!(serde_json::from_value::<crate::Engine>(good.clone()).is_ok());
    assert!(refused(&|j| _ = j["rules"][0]["plan"]["nodes"].as_array_mut().unwrap().pop()));
    assert!(refused(&|j| j["rules"][0]["plan"]["nodes"].as_array_mut().unwrap().swap(0, 1)));
    assert!(refused(&|j| j["rules"][0]["plan"]["nodes"][1]["inputs"] = json!([[99]])));
    assert!(refused(&|j| _ = j["rules"][0]["instances"][""]["values"].as_array_mut().unwrap().pop()));
    assert!(refused(&|j| j["rules"][0]["instances"][""]["runs"][0]["nodes"] = json!({"0": {"point": null}})));
}
