//! What the analysis finds, and what it leaves alone, in the test building.

use super::effects::Outline;
use super::meaning::Meaning;
use super::simulate::{Situation, Stage, holds};
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
            let message = step.message.as_ref().map_or("", |m| m.topic.as_str());
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

/// Points and their values in generated conditions.
const POINTS: [&str; 3] = ["fan.speed", "motion.motion", "ac.mode"];

/// A graph of conditions: every node takes what there is before it.
fn conditions(genes: &[(usize, usize)]) -> RuleGraph {
    let mut rule = graph(&[], &[]);
    for (i, point) in POINTS.iter().enumerate() {
        rule.node(&format!("p{i}"), "point", json!({"point": pt(point)}));
    }
    let mut bools = vec!["p1.out".to_owned()];
    for (i, (kind, seed)) in genes.iter().enumerate() {
        let id = format!("n{i}");
        let pick = |salt: usize| bools[(seed / 5 + salt) % bools.len()].clone();
        let limit = [20.0, 40.0, 60.0, 80.0][seed % 4];
        let (type_, params, inputs): (&str, Json, Vec<(String, &str)>) = match kind % 11 {
            0 => ("compare", json!({"op": ">", "value": limit}), vec![("p0.out".into(), "in")]),
            1 => ("compare", json!({"op": "<=", "value": limit, "hysteresis": 30}), vec![("p0.out".into(), "in")]),
            2 => (
                "range",
                json!({"low": limit - 15.0, "high": limit, "outside": seed.is_multiple_of(2), "hysteresis": 10}),
                vec![("p0.out".into(), "in")],
            ),
            3 => (
                "hysteresis",
                json!({"on": limit, "off": if seed.is_multiple_of(3) { 50 } else { 10 }}),
                vec![("p0.out".into(), "in")],
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
        steps in prop::collection::vec((0..11_u32, any::<bool>(), 0..3_usize, any::<bool>()), 1..20),
    ) {
        let (world, rule) = (world(), conditions(&genes));
        let (plan, faults) = crate::compile(&rule, &world);
        prop_assume!(plan.is_some() && !base::diagnostic::has_errors(&faults));
        let outline = Outline::new(&rule, plan.unwrap(), &world);
        let first = Situation::from([(pt(POINTS[0]), Value::Number(0.0)), (pt(POINTS[1]), Value::Bool(false)), (pt(POINTS[2]), Value::text("off"))]);
        let mut stage = Stage::new(&[&outline], &first, 0.0, &world);
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
            for output in stage.values(rule.id) {
                let node = outline.plan.nodes.iter().find(|n| *n.id == *output.node).unwrap();
                let (Meaning::Condition(condition), Some(Value::Bool(is))) = (&outline.meanings[node.output], output.value) else { continue };
                let region = if is { &condition.yes } else { &condition.no };
                prop_assert!(region.cells().iter().any(|c| holds(c, &situation)), "{} is {is} with {situation:?}: {region:?}", output.node);
            }
        }
    }
}
