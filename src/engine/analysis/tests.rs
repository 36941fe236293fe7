//! What the analysis finds, and what it leaves alone, in the test building.

use super::effects::Outline;
use super::meaning::Meaning;
use super::region::Set;
use super::simulate::{Situation, Stage, begin, holds};
use super::{analyse, analyse_rule};
use crate::tests::{graph, pt, world};
use base::id::RuleId;
use base::{Bilingual, Value};
use documents::rule_finding::Certainty;
use documents::{RuleFinding, RuleFindingKind, RuleGraph};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// One way from a condition to a command.
#[derive(Clone)]
struct Way<'a> {
    point: &'a str,
    compare: Json,
    /// How long it has to last, in milliseconds.
    span: Option<i64>,
    on: &'a str,
    write: &'a str,
    setting: Json,
}

fn way<'a>(point: &'a str, compare: Json, write: &'a str, setting: Json) -> Way<'a> {
    Way { point, compare, span: None, on: "rising", write, setting }
}

fn rule(name: &str, ways: &[Way<'_>]) -> RuleGraph {
    let mut rule = graph(&[], &[]);
    rule.id = RuleId::of_name(name);
    rule.name = Bilingual::same(name);
    for (i, w) in ways.iter().enumerate() {
        let id = |what: &str| format!("{what}{i}");
        rule.node(&id("point"), "point", json!({"point": pt(w.point)}));
        rule.node(&id("is"), "compare", w.compare.clone()).edge(&id("point") as &str, &format!("is{i}.in"));
        let mut last = format!("is{i}.out");
        if let Some(span) = w.span {
            rule.node(&id("long"), "for_duration", json!({"span_ms": span})).edge(&last, &format!("long{i}.in"));
            last = format!("long{i}.out");
        }
        rule.node(&id("edge"), "edge", json!({"on": w.on})).edge(&last, &format!("edge{i}.in"));
        rule.node(&id("do"), "command", json!({"point": pt(w.write), "setting": w.setting}));
        rule.edge(&format!("edge{i}.out"), &format!("do{i}.in"));
    }
    rule
}

fn to(value: impl Into<Json>) -> Json {
    json!({"to": value.into()})
}

fn is(op: &str, value: impl Into<Json>) -> Json {
    json!({"op": op, "value": value.into()})
}

fn kinds(found: &[RuleFinding]) -> Vec<(RuleFindingKind, Certainty)> {
    found.iter().map(|f| (f.kind, f.certainty)).collect()
}

fn found(rules: &[RuleGraph]) -> Vec<RuleFinding> {
    analyse(rules, &world())
}

/// Everything that is found, as people read it.
fn told(rules: &[RuleGraph]) -> String {
    let mut text = String::new();
    for finding in found(rules) {
        text.push_str(&format!("{} {:?} {:?}\n", finding.code, finding.severity, finding.certainty));
        text.push_str(&format!("  {}\n  {}\n", finding.message.zh, finding.message.en));
        for rule in &finding.rules {
            text.push_str(&format!("  {}: {}\n", rule.name.en, rule.nodes.join(", ")));
        }
        for step in &finding.witness {
            let inputs: Vec<&str> = step.inputs.iter().map(|i| i.words.en.as_str()).collect();
            let actions: Vec<String> = step.actions.iter().map(|a| format!("{} {}", a.node, a.words.en)).collect();
            let message = step.message.as_ref().map_or(String::new(), |m| match &m.payload {
                documents::Payload::Text(text) | documents::Payload::Base64(text) => format!("{} {text}", m.topic),
            });
            text.push_str(&format!("    {} | {}{message} | {}\n", step.at, inputs.join(", "), actions.join(", ")));
        }
    }
    text
}

use Certainty::{Certain, Possible};
use RuleFindingKind::{Always, Contradiction, Duplicate, Loop, Never, Oscillation, Shadowed, Unguarded};

#[test]
fn contradictions_are_shown() {
    let a = rule("air", &[way("co2.co2", is(">", 1000), "fan.power", to(true))]);
    let b = rule("quiet", &[way("window.open", is("=", true), "fan.power", to(false))]);
    let c = rule("fresh", &[way("co2.co2", is("<", 600), "fan.power", to(false))]);
    assert_eq!(kinds(&found(&[a.clone(), c.clone()])), []);
    insta::assert_snapshot!(told(&[a, b, c]));
}

#[test]
fn the_same_is_told_once() {
    let on = |limit| way("co2.co2", is(">", limit), "fan.power", to(true));
    let off = |point, value| way(point, is("=", value), "fan.power", to(false));
    let a = rule("air", &[on(1000), on(1200)]);
    let b = rule("quiet", &[off("window.open", true), off("motion.motion", false)]);
    let all = found(&[a.clone(), b.clone()]);
    assert_eq!(kinds(&all), [(Contradiction, Certain)]);
    assert!(all[0].message.en.ends_with("(so it is in 3 other places of these rules)"), "{}", all[0].message.en);
    let nodes: Vec<usize> = all[0].rules.iter().map(|r| r.nodes.len()).collect();
    assert_eq!(nodes, [2, 2]);
    // In the other order it is the same, and of two rules that mirror each other two ways are one circle.
    assert_eq!(kinds(&found(&[b, a])), [(Contradiction, Certain)]);
    let mirror = |name: &str, from: &str, write: &str| {
        rule(name, &[true, false].map(|is_on| way(from, is("=", is_on), write, to(is_on))))
    };
    let both = [mirror("a", "hall_light.power", "fan.power"), mirror("b", "fan.power", "hall_light.power")];
    assert_eq!(kinds(&found(&both)), [(Loop, Possible)]);
}

#[test]
fn loops_are_run() {
    let flip = [
        rule("a", &[way("hall_light.power", is("=", true), "fan.power", to(false))]),
        rule("b", &[way("fan.power", is("=", false), "hall_light.power", to(false))]),
        rule("c", &[way("hall_light.power", is("=", false), "fan.power", to(true))]),
        rule("d", &[way("fan.power", is("=", true), "hall_light.power", to(true))]),
    ];
    let all = found(&flip);
    assert!(kinds(&all).contains(&(Loop, Certain)), "{}", told(&flip));
    let both = rule("toggle", &[Way { on: "both", ..way("fan.power", is("=", true), "fan.power", json!("toggle")) }]);
    assert_eq!(kinds(&found(std::slice::from_ref(&both))), [(Loop, Certain)]);
    insta::assert_snapshot!(told(&[both]));
    // What mirrors comes to rest.
    let mirror = [
        rule("a", &[way("hall_light.power", is("=", true), "fan.power", to(true))]),
        rule("b", &[way("fan.power", is("=", true), "hall_light.power", to(true))]),
    ];
    assert_eq!(kinds(&found(&mirror)), [(Loop, Possible)]);
    // What switches itself off again does not trigger itself.
    let off = rule("off", &[Way { span: Some(60_000), ..way("fan.power", is("=", true), "fan.power", to(false)) }]);
    assert_eq!(kinds(&found(&[off])), []);
}

#[test]
fn hysteresis_is_left_alone() {
    assert_eq!(kinds(&found(&[crate::tests::ventilation()])), []);
    let band = json!({"op": "<", "value": 20, "hysteresis": 1});
    let heat = |compare: Json| {
        rule(
            "heat",
            &[
                way("room.temperature", compare.clone(), "ac.power", to(true)),
                Way { on: "falling", ..way("room.temperature", compare, "ac.power", to(false)) },
            ],
        )
    };
    assert_eq!(kinds(&found(&[heat(band)])), []);
    assert_eq!(kinds(&found(&[heat(is("<", 20))])), []);
}

#[test]
fn oscillation_is_run() {
    let cool = |off: f64| {
        [
            rule("cool", &[way("ac.current_temperature", is(">", 26), "ac.power", to(true))]),
            rule("stop", &[way("ac.current_temperature", is("<", off), "ac.power", to(false))]),
        ]
    };
    assert_eq!(kinds(&found(&cool(26.0))), [(Oscillation, Certain)]);
    assert_eq!(kinds(&found(&cool(24.0))), []);
    assert_eq!(kinds(&found(&cool(28.0))), [(Contradiction, Certain)]);
    insta::assert_snapshot!(told(&cool(26.0)));
}

#[test]
fn repeated_rules_are_named() {
    let hot = |name: &str, limit: i32| rule(name, &[way("room.temperature", is(">", limit), "ac.power", to(true))]);
    assert_eq!(kinds(&found(&[hot("a", 26), hot("b", 26)])), [(Duplicate, Certain)]);
    assert_eq!(kinds(&found(&[hot("a", 26), hot("b", 30)])), [(Shadowed, Certain)]);
    assert_eq!(kinds(&found(&[hot("a", 30), hot("b", 26)])), [(Shadowed, Certain)]);
    insta::assert_snapshot!(told(&[hot("warm", 26), hot("hot", 30)]));
    let one = analyse_rule(&hot("c", 28), &[hot("a", 26), hot("b", 26)], &world());
    assert_eq!(kinds(&one), [(Shadowed, Certain)]);
}

#[test]
fn what_cannot_be_is_said() {
    let never = rule("never", &[way("fan.speed", is(">", 100), "fan.power", to(true))]);
    assert_eq!(kinds(&found(&[never])), [(Never, Certain)]);
    let always = rule("always", &[way("fan.speed", is(">=", 0), "fan.power", to(true))]);
    assert_eq!(kinds(&found(&[always])), [(Always, Certain)]);
    let mut both = rule("both", &[way("room.temperature", is(">", 30), "fan.power", to(true))]);
    both.node("cold", "compare", is("<", 20)).edge("point0.out", "cold.in");
    both.node("gate", "gate", json!({})).edge("edge0.out", "gate.in").edge("cold.out", "gate.if");
    both.edges.retain(|e| e.to.node != "do0");
    both.edge("gate.out", "do0.in");
    assert_eq!(kinds(&found(&[both.clone()])), [(Never, Certain)]);
    insta::assert_snapshot!(told(&[both]));
}

#[test]
fn what_opens_needs_a_guard() {
    let open = |setting: bool| rule("open", &[way("motion.motion", is("=", true), "lock.locked", to(setting))]);
    assert_eq!(kinds(&found(&[open(true)])), []);
    assert_eq!(kinds(&found(&[open(false)])), [(Unguarded, Certain)]);
    let lasting =
        rule("open", &[Way { span: Some(5_000), ..way("motion.motion", is("=", true), "lock.locked", to(false)) }]);
    assert_eq!(kinds(&found(&[lasting])), []);
    insta::assert_snapshot!(told(&[open(false)]));
}

#[path = "../examples/analysis/site.rs"]
mod site;

/// What is found in a generated site, as kinds and rules.
fn reported(site: &site::Generated) -> BTreeSet<(RuleFindingKind, Vec<RuleId>)> {
    let rules = |f: &RuleFinding| {
        let mut rules: Vec<RuleId> = f.rules.iter().map(|r| r.rule).collect();
        rules.sort_unstable();
        rules
    };
    analyse(&site.rules, &site.world).iter().map(|f| (f.kind, rules(f))).collect()
}

#[test]
fn all_planted_faults_are_found_and_nothing_else() {
    for seed in 1..=3 {
        let site = site::generate(1_000, 4, seed);
        assert_eq!(site.rules.len(), 1_000);
        let reported = reported(&site);
        let missed: Vec<_> = site.planted.difference(&reported).collect();
        let false_: Vec<_> = reported.difference(&site.planted).collect();
        assert!(missed.is_empty() && false_.is_empty(), "seed {seed}: missed {missed:?}, false {false_:?}");
    }
}

/// A rule of any nodes that ends in one write.
fn chain(name: &str, nodes: &[(&str, &str, Json)], edges: &[&str]) -> RuleGraph {
    let mut rule = graph(nodes, edges);
    rule.id = RuleId::of_name(name);
    rule.name = Bilingual::same(name);
    rule
}

fn at(name: &str, times: Json, days: Json, on: bool) -> RuleGraph {
    let mut when = json!({"times": times});
    if !days.is_null() {
        when["days"] = days;
    }
    let write = json!({"point": "@hall_light.power", "setting": {"to": on}});
    chain(name, &[("at", "schedule", when), ("do", "command", write)], &["at.out -> do.in"])
}

#[test]
fn timetables_are_told_apart() {
    let morning = |on| at(if on { "on" } else { "off" }, json!(["07:30"]), Json::Null, on);
    assert_eq!(kinds(&found(&[morning(true), at("late", json!(["22:00"]), Json::Null, false)])), []);
    assert_eq!(kinds(&found(&[morning(true), morning(false)])), [(Contradiction, Certain)]);
    let workdays = at("work", json!(["07:30"]), json!("workdays"), true);
    let off = at("rest", json!(["07:30"]), json!("days_off"), false);
    assert_eq!(kinds(&found(&[workdays.clone(), off])), []);
    assert_eq!(kinds(&found(&[workdays, morning(false)])), [(Contradiction, Certain)]);
    let monday = at("monday", json!(["07:30", "08:00"]), json!({"weekdays": ["mon"]}), true);
    let tuesday = at("tuesday", json!(["07:30"]), json!({"weekdays": ["tue"]}), false);
    assert_eq!(kinds(&found(&[monday, tuesday])), []);
}

#[test]
fn windows_of_the_day_exclude_each_other() {
    let light = |name: &str, from: &str, to: &str, level: i32| {
        chain(
            name,
            &[
                ("motion", "point", json!({"point": "@motion.motion"})),
                ("window", "time_window", json!({"from": from, "to": to})),
                ("both", "and", json!({})),
                ("edge", "edge", json!({})),
                ("do", "command", json!({"point": "@floor_lamp.brightness", "setting": {"to": level}})),
            ],
            &["motion.out -> both.in1", "window.out -> both.in2", "both.out -> edge.in", "edge.out -> do.in"],
        )
    };
    let night = light("night", "22:00", "06:00", 10);
    assert_eq!(kinds(&found(&[night.clone(), light("day", "06:00", "22:00", 80)])), []);
    assert_eq!(kinds(&found(&[night, light("day", "05:00", "22:00", 80)])), [(Contradiction, Certain)]);
}

/// A command at a change of a condition that nodes work out of points.
fn worked_out(name: &str, nodes: &[(&str, &str, Json)], edges: &[&str], write: &str, setting: Json) -> RuleGraph {
    let mut rule = chain(name, nodes, edges);
    rule.node("edge", "edge", json!({})).edge("is.out", "edge.in");
    rule.node("do", "command", json!({"point": pt(write), "setting": setting})).edge("edge.out", "do.in");
    rule
}

/// The same of one point, step by step.
fn steps(name: &str, point: &str, steps: &[(&str, Json)], compare: Json, on: bool) -> RuleGraph {
    let mut nodes = vec![("in", "point", json!({"point": pt(point)}))];
    let ids = ["a", "b", "c"];
    nodes.extend(ids.iter().zip(steps).map(|(id, (type_, params))| (*id, *type_, params.clone())));
    nodes.push(("is", "compare", compare));
    let edges: Vec<String> = nodes.windows(2).map(|pair| format!("{}.out -> {}.in", pair[0].0, pair[1].0)).collect();
    let edges: Vec<&str> = edges.iter().map(String::as_str).collect();
    worked_out(name, &nodes, &edges, "fan.power", to(on))
}

#[test]
fn what_is_calculated_is_looked_into() {
    let share = json!({"from_min": 0, "from_max": 2000, "to_min": 0, "to_max": 100, "unit": "%"});
    let fresh = |limit: i32| steps("fresh", "co2.co2", &[], is("<", limit), false);
    let scaled = steps("air", "co2.co2", &[("scale", share.clone())], is(">", 50), true);
    assert_eq!(kinds(&found(&[scaled.clone(), fresh(900)])), []);
    assert_eq!(kinds(&found(&[scaled.clone(), fresh(1100)])), [(Contradiction, Certain)]);
    let rounded = [("scale", share), ("round", json!({"step": 10, "towards": "down"})), ("clamp", json!({"max": 50}))];
    let rounded = steps("round", "co2.co2", &rounded, is("=", 50), true);
    assert_eq!(kinds(&found(&[rounded.clone(), fresh(900)])), []);
    assert_eq!(kinds(&found(&[rounded.clone(), fresh(1001)])), [(Contradiction, Certain)]);
    // It oscillates around a limit that is only worked out.
    assert_eq!(kinds(&found(&[rounded.clone(), fresh(1000)])), [(Oscillation, Certain)]);
    assert_eq!(kinds(&found(&[rounded, scaled])), [(Shadowed, Certain)]);
    // What remembers keeps near to what it looks at.
    let window = json!({"op": "min", "span_ms": 600_000});
    let lowest = steps("low", "co2.co2", &[("window", window)], is(">", 1000), true);
    assert_eq!(kinds(&found(&[lowest.clone(), fresh(900)])), []);
    assert_eq!(kinds(&found(&[lowest, fresh(1100)])), [(Contradiction, Certain)]);
    let coarse = steps("coarse", "co2.co2", &[("deadband", json!({"band": 50}))], is(">", 1000), true);
    assert_eq!(kinds(&found(&[coarse.clone(), fresh(900)])), []);
    // What a point can be bounds what comes of it.
    for (type_, params, limit) in [
        ("clamp", json!({"max": 50}), 50),
        ("window", json!({"op": "mean", "span_ms": 60_000}), 101),
        ("ramp", json!({"rate": 1, "per_ms": 1000}), 100),
        ("curve", json!({"points": [[0, 10], [50, 60], [100, 30]]}), 60),
    ] {
        let rule = steps(type_, "fan.speed", &[(type_, params)], is(">", limit), true);
        assert_eq!(kinds(&found(&[rule])), [(Never, Certain)], "{type_}");
    }
}

#[test]
fn several_values_are_put_together() {
    let two = |name: &str, type_: &str, params: Json, compare: Json, on: bool| {
        let (a, b) = if type_ == "min_max" { ("in1", "in2") } else { ("a", "b") };
        let edges = [format!("x.out -> f.{a}"), format!("y.out -> f.{b}"), "f.out -> is.in".to_owned()];
        let edges: Vec<&str> = edges.iter().map(String::as_str).collect();
        let (x, y) = (json!({"point": "@fan.speed"}), json!({"point": "@floor_lamp.brightness"}));
        let nodes = [("x", "point", x), ("y", "point", y), ("f", type_, params), ("is", "compare", compare)];
        worked_out(name, &nodes, &edges, "hall_light.power", to(on))
    };
    let slow = rule("slow", &[way("fan.speed", is("<", 20), "hall_light.power", to(false))]);
    let larger = |limit| two("larger", "min_max", json!({"op": "max"}), is(">", limit), true);
    let smaller = two("smaller", "min_max", json!({"op": "min"}), is(">", 60), true);
    assert_eq!(kinds(&found(&[larger(60), slow.clone()])), [(Contradiction, Certain)]);
    assert_eq!(kinds(&found(&[smaller, slow])), []);
    assert_eq!(kinds(&found(&[larger(100)])), [(Never, Certain)]);
    let apart = |limit| two("apart", "arithmetic", json!({"op": "-"}), is(">", limit), true);
    assert_eq!(kinds(&found(&[apart(100)])), [(Never, Certain)]);
    assert_eq!(kinds(&found(&[apart(99)])), []);
    // A number chosen by a mode, against a number by a table.
    let chosen = |name: &str, (cool, other): (f64, f64), type_: &str, on: bool| {
        let params = if type_ == "map" { json!({"table": {"cool": cool}, "other": other}) } else { json!({}) };
        let mut nodes = vec![("mode", "point", json!({"point": "@ac.mode"})), ("f", type_, params)];
        let mut edges = vec![if type_ == "map" { "mode.out -> f.in" } else { "mode.out -> f.by" }, "f.out -> is.in"];
        if type_ == "select" {
            nodes.extend([("n", "constant", json!({"value": cool})), ("m", "constant", json!({"value": other}))]);
            edges.extend(["n.out -> f.cool", "m.out -> f.else"]);
        }
        nodes.push(("is", "compare", is(if on { ">" } else { "<" }, 10)));
        worked_out(name, &nodes, &edges, "fan.power", to(on))
    };
    let by_table = chosen("a", (20.0, 5.0), "map", true);
    assert_eq!(kinds(&found(&[by_table.clone(), chosen("b", (20.0, 5.0), "select", false)])), []);
    let both = [by_table, chosen("b", (7.0, 30.0), "select", false)];
    assert_eq!(kinds(&found(&both)), [(Contradiction, Certain)]);
    assert_eq!(kinds(&found(&[chosen("b", (7.0, 5.0), "select", false)])), [(Always, Certain)]);
}

#[test]
fn times_that_are_written_otherwise_are_told_apart() {
    let by = |name: &str, type_: &str, params: Json, on: bool| {
        let write = json!({"point": "@hall_light.power", "setting": {"to": on}});
        chain(name, &[("at", type_, params), ("do", "command", write)], &["at.out -> do.in"])
    };
    let cron = |expression: &str, on| by(expression, "cron", json!({"expression": expression}), on);
    let pair = |a: RuleGraph, b: RuleGraph| kinds(&found(&[a, b]));
    let off = |days: &[&str]| at("off", json!(["07:30"]), json!({"weekdays": days}), false);
    assert_eq!(pair(cron("30 7 * * 1-5", true), off(&["sat", "sun"])), []);
    assert_eq!(pair(cron("30 7 * * 1-5", true), off(&["fri", "sat"])), [(Contradiction, Certain)]);
    assert_eq!(pair(cron("0 8 * 1-6 *", true), cron("0 8 * 7-12 *", false)), []);
    assert_eq!(pair(cron("0 8 1 * *", true), cron("0 8 15 * *", false)), []);
    assert_eq!(pair(cron("0 8 1 9 *", true), cron("0 8 * * 1", false)), [(Contradiction, Certain)]);
    assert_eq!(pair(cron("0 8 1 * 1", true), cron("0 8 2 * *", false)), [(Contradiction, Certain)]);
    let quarters = |on| by("quarters", "interval", json!({"every_ms": 900_000}), on);
    assert_eq!(pair(quarters(true), cron("45 6 * * *", false)), [(Contradiction, Certain)]);
    assert_eq!(pair(quarters(true), cron("40 6 * * *", false)), []);
    // The sun of one day is not that of another.
    let dusk = |name: &str, day: &str, on| at(name, json!(["sunset"]), json!({"weekdays": [day]}), on);
    assert_eq!(pair(dusk("a", "mon", true), dusk("b", "tue", false)), []);
    assert_eq!(pair(dusk("a", "mon", true), dusk("b", "mon", false)), [(Contradiction, Certain)]);
    // What waits is not at once with what it waits for.
    let mut later = chain(
        "later",
        &[
            ("at", "schedule", json!({"times": ["07:30"]})),
            ("on", "command", json!({"point": "@hall_light.power", "setting": {"to": true}})),
            ("wait", "delay", json!({"span_ms": 60_000})),
            ("do", "command", json!({"point": "@hall_light.power", "setting": {"to": false}})),
        ],
        &["at.out -> on.in", "at.out -> wait.in", "wait.out -> do.in"],
    );
    assert_eq!(kinds(&found(std::slice::from_ref(&later))), []);
    later.edge("at.out", "do.in");
    assert_eq!(kinds(&found(&[later])), [(Contradiction, Certain)]);
}

#[test]
fn a_programme_of_the_week_is_known() {
    let mut building = crate::tests::building();
    let schedule = &mut building.schedules[0];
    schedule.week[0].days = things::schedule::Days::Everyday;
    let world = things::World::build(building).0;
    let lamp = |name: &str, source: (&str, Json), level: i32| {
        let (type_, params) = source;
        chain(
            name,
            &[
                ("motion", "point", json!({"point": "@motion.motion"})),
                ("when", type_, params),
                ("both", "and", json!({})),
                ("edge", "edge", json!({})),
                ("do", "command", json!({"point": "@floor_lamp.brightness", "setting": {"to": level}})),
            ],
            &["motion.out -> both.in1", "when.out -> both.in2", "both.out -> edge.in", "edge.out -> do.in"],
        )
    };
    let morning = lamp("morning", ("scheduled", json!({"schedule": things_id("morning")})), 80);
    let rest = |from: &str| lamp("rest", ("time_window", json!({"from": from, "to": "08:01"})), 10);
    assert_eq!(kinds(&analyse(&[morning.clone(), rest("08:05")], &world)), []);
    assert_eq!(kinds(&analyse(&[morning, rest("08:03")], &world)), [(Contradiction, Certain)]);
}

fn things_id(name: &str) -> base::id::ScheduleId {
    base::id::ScheduleId::of_name(name)
}

/// A command at a message, gated by a condition on what it carries or on its topic.
fn on_message(name: &str, source: (&str, Json), part: (&str, Json), compare: Json, on: bool) -> RuleGraph {
    chain(
        name,
        &[
            ("heard", source.0, source.1),
            ("part", part.0, part.1),
            ("is", "compare", compare),
            ("gate", "gate", json!({})),
            ("do", "command", json!({"point": "@hall_light.power", "setting": {"to": on}})),
        ],
        &[
            "heard.message -> part.in",
            "part.out -> is.in",
            "heard.message -> gate.in",
            "is.out -> gate.if",
            "gate.out -> do.in",
        ],
    )
}

#[test]
fn witnesses_are_said() {
    let topic = |topic: &str| ("mqtt_topic", json!({"topic": topic}));
    let field = |path: &str, as_: &str| ("json_field", json!({"path": path, "as": as_}));
    let level = |level: u32| ("message_part", json!({"part": "level", "level": level}));
    let press = |name: &str, at: &str, action: &str, on| {
        on_message(name, topic(at), field("/action", "text"), is("=", action), on)
    };
    let pair = |a: RuleGraph, b: RuleGraph| kinds(&found(&[a, b]));
    let single = press("single", "house/+/button", "single", true);
    assert_eq!(pair(single.clone(), press("double", "house/hall/#", "double", false)), []);
    assert_eq!(pair(single.clone(), press("other", "shed/#", "single", false)), []);
    let far = on_message("far", topic("house/hall/#"), field("/m/0/t", "number"), is(">", 30), false);
    assert_eq!(pair(single.clone(), far.clone()), [(Contradiction, Certain)]);
    insta::assert_snapshot!(told(&[single, far.clone()]));
    let near = on_message("near", topic("house/#"), field("/m/0/t", "number"), is("<=", 30), true);
    assert_eq!(pair(near, far), []);
    // Of two levels of the topic one is named by a filter, and one is free.
    let room = |name: &str, room: &str, on| on_message(name, topic("/house/+/#"), level(2), is("=", room), on);
    assert_eq!(pair(room("a", "hall", true), room("b", "loft", false)), []);
    assert_eq!(pair(room("a", "hall", true), room("b", "hall", false)), [(Contradiction, Certain)]);
    // Events of devices, web hooks, alarms.
    let event = json!({"device": base::id::DeviceId::of_name("lock"), "event": "jammed"});
    let alarm = |change: &str| json!({"change": change});
    let hook = |name: &str| json!({"name": name});
    for (type_, one, same, other) in [
        ("event", event.clone(), event.clone(), None),
        ("webhook", hook("bell"), hook("bell"), Some(hook("gong"))),
        ("alarm", alarm("raised"), json!({"change": "raised", "severity": "critical"}), Some(alarm("cleared"))),
    ] {
        let rule = |name: &str, params: &Json, on: bool| {
            let write = json!({"point": "@hall_light.power", "setting": {"to": on}});
            chain(name, &[("at", type_, params.clone()), ("do", "command", write)], &["at.message -> do.in"])
        };
        assert_eq!(pair(rule("a", &one, true), rule("b", &same, false)), [(Contradiction, Certain)], "{type_}");
        if let Some(other) = other {
            assert_eq!(pair(rule("a", &one, true), rule("b", &other, false)), [], "{type_}");
        }
    }
}

/// Points and their values in generated conditions.
const POINTS: [&str; 3] = ["fan.speed", "motion.motion", "ac.mode"];

/// Nodes that make numbers of numbers: some of one, some of two.
fn numbers(rule: &mut RuleGraph, genes: &[(usize, usize)]) -> Vec<String> {
    rule.node("pure", "convert", json!({"unit": "1", "from": "1"})).edge("p0.out", "pure.in");
    let mut all = vec!["pure.out".to_owned()];
    for (i, (kind, seed)) in genes.iter().enumerate() {
        let id = format!("m{i}");
        let pick = |salt: usize| all[(seed / 3 + salt) % all.len()].clone();
        let n = [-2.0, 0.5, 3.0, 40.0][seed % 4];
        let (type_, params): (&str, Json) = match kind % 14 {
            0 => ("scale", json!({"from_min": 0, "from_max": 30, "to_min": 70, "to_max": n, "limit": seed % 3 == 0})),
            1 => ("clamp", json!({"min": 20, "max": 60})),
            2 => ("round", json!({"step": 7, "towards": (["nearest", "down", "up"][seed % 3])})),
            3 => ("curve", json!({"points": [[0, 10], [40, 80], [70, n]], "steps": seed % 3 == 0})),
            4 => ("function", json!({"fn": (["abs", "negate", "sqrt", "ln", "exp", "sin", "sign"][seed % 7])})),
            5 => ("deadband", json!({"band": 15})),
            6 => ("window", json!({"op": (["mean", "min", "max", "range"][seed % 4]), "span_ms": 150_000})),
            7 => ("ramp", json!({"rate": 10, "per_ms": 60_000})),
            8 => ("hold", json!({})),
            9 if seed % 2 == 0 => ("map", json!({"table": {"40": 25, "60": 70}})),
            9 => ("map", json!({"table": {"40": 25, "60": 70}, "other": n})),
            10 => ("min_max", json!({"op": if seed % 2 == 0 { "min" } else { "max" }})),
            11 | 12 => ("arithmetic", json!({"op": (["+", "-", "*", "/", "%", "^"][seed % 6])})),
            _ => ("constant", json!({"value": n})),
        };
        let ports: &[&str] = match type_ {
            "constant" => &[],
            "min_max" => &["in1", "in2"],
            "arithmetic" => &["a", "b"],
            _ => &["in"],
        };
        rule.node(&id, type_, params);
        for (salt, port) in ports.iter().enumerate() {
            rule.edge(&pick(salt), &format!("{id}.{port}"));
        }
        all.push(format!("{id}.out"));
    }
    all
}

/// A graph of conditions: every node takes what there is before it.
fn conditions(genes: &[(usize, usize)], of_numbers: &[(usize, usize)]) -> RuleGraph {
    let mut rule = graph(&[], &[]);
    for (i, point) in POINTS.iter().enumerate() {
        rule.node(&format!("p{i}"), "point", json!({"point": pt(point)}));
    }
    let numbers = numbers(&mut rule, of_numbers);
    let mut bools = vec!["p1.out".to_owned()];
    for (i, (kind, seed)) in genes.iter().enumerate() {
        let id = format!("n{i}");
        let pick = |salt: usize| bools[(seed / 5 + salt) % bools.len()].clone();
        let limit = [20.0, 40.0, 60.0, 80.0][seed % 4];
        let number = numbers[(seed / 4) % numbers.len()].clone();
        let (type_, params, inputs): (&str, Json, Vec<(String, &str)>) = match kind % 11 {
            0 => ("compare", json!({"op": ">", "value": limit}), vec![(number, "in")]),
            1 => ("compare", json!({"op": "<=", "value": limit, "hysteresis": 30}), vec![(number, "in")]),
            2 => (
                "range",
                json!({"low": limit - 15.0, "high": limit, "outside": seed.is_multiple_of(2), "hysteresis": 10}),
                vec![(number, "in")],
            ),
            3 => (
                "hysteresis",
                json!({"on": limit, "off": if seed.is_multiple_of(3) { 50 } else { 10 }}),
                vec![(number, "in")],
            ),
            4 => (
                "one_of",
                json!({"values": ["cool", "heat"], "not": seed.is_multiple_of(2)}),
                vec![("p2.out".into(), "in")],
            ),
            5 => ("and", json!({}), vec![(pick(0), "in1"), (pick(1), "in2")]),
            6 => ("or", json!({}), vec![(pick(0), "in1"), (pick(1), "in2")]),
            7 => ("xor", json!({}), vec![(pick(0), "in1"), (pick(1), "in2")]),
            8 => (
                "latch",
                json!({"wins": if seed.is_multiple_of(2) { "set" } else { "reset" }}),
                vec![(pick(0), "set"), (pick(1), "reset")],
            ),
            9 => ("for_duration", json!({"span_ms": 60_000}), vec![(pick(0), "in")]),
            _ => (if seed.is_multiple_of(2) { "not" } else { "hold_true" }, json!({}), vec![(pick(0), "in")]),
        };
        let params = if type_ == "hold_true" { json!({"span_ms": 60_000}) } else { params };
        rule.node(&id, type_, params);
        for (from, port) in inputs {
            rule.edge(&from, &format!("{id}.{port}"));
        }
        bools.push(format!("{id}.out"));
    }
    rule
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// What a kind says it means holds for whatever the engine makes of it.
    #[test]
    fn meanings_hold(
        genes in prop::collection::vec((0..1000_usize, 0..1000_usize), 1..12),
        numbers in prop::collection::vec((0..1000_usize, 0..1000_usize), 0..8),
        steps in prop::collection::vec((0..11_u32, any::<bool>(), 0..3_usize, any::<bool>()), 1..20),
    ) {
        let (world, rule) = (world(), conditions(&genes, &numbers));
        let (mut plans, faults) = crate::compile(&rule, &world);
        prop_assume!(!plans.is_empty() && !base::diagnostic::has_errors(&faults));
        let outline = Outline::new(&rule, plans.remove(0), &world);
        let first = Situation::from([(pt(POINTS[0]), Value::Number(0.0)), (pt(POINTS[1]), Value::Bool(false)), (pt(POINTS[2]), Value::text("off"))]);
        let mut stage = Stage::new(&[&outline], &first, begin(&world), &world);
        for (speed, motion, mode, waits) in steps {
            let values = [
                (pt(POINTS[0]), Value::Number(f64::from(speed) * 10.0)),
                (pt(POINTS[1]), Value::Bool(motion)),
                (pt(POINTS[2]), Value::text(["off", "cool", "heat"][mode])),
            ];
            stage.report(&values);
            if waits {
                stage.wait();
            }
            let situation = Situation::from(values);
            for output in stage.values(&outline) {
                let node = outline.plan.nodes.iter().find(|n| *n.id == *output.node).unwrap();
                let (condition, is) = match (&outline.meanings[node.output], output.value) {
                    (Meaning::Condition(condition), Some(Value::Bool(is))) => (condition, is),
                    (Meaning::Value(term), Some(value)) => {
                        let domain = term.domain();
                        prop_assert!(domain.is_none_or(|d| d.contains(&value)), "{} is {value} with {situation:?}", output.node);
                        let one = term.region(&Set::compared(documents::Comparison::Eq, &value).unwrap());
                        prop_assert!(one.cells().iter().any(|c| holds(c, &situation)), "{} is {value} with {situation:?}: {one:?}", output.node);
                        continue;
                    }
                    _ => continue,
                };
                let region = if is { &condition.yes } else { &condition.no };
                prop_assert!(region.cells().iter().any(|c| holds(c, &situation)), "{} is {is} with {situation:?}: {region:?}", output.node);
            }
        }
    }
}
