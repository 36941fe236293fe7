//! What the analysis finds, and what it leaves alone, in the test building.

use super::{analyse, analyse_rule};
use crate::tests::{graph, pt, world};
use base::Bilingual;
use base::id::RuleId;
use documents::rule_finding::Certainty;
use documents::{RuleFinding, RuleFindingKind, RuleGraph};
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
