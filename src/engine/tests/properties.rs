//! What holds for any graph and any inputs.

use super::{at, graph, message, pt, world};
use crate::{Effect, Engine, compile, explain, meaning_hash, nodes, read};
use base::diagnostic::has_errors;
use base::id::PointId;
use base::{IdGen, Lang, Quality, Sample, Span, Timestamp, Value};
use documents::{Deed, Message, Payload, RuleGraph, RuleMode};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use things::{States, World};

/// Points that rules read in these tests, with a value for any seed.
const POINTS: [&str; 4] = ["co2.co2", "door.open", "motion.motion", "ac.mode"];
/// Filters that rules listen to, and what is said.
const FILTERS: [&str; 4] = ["a/+", "+/b", "a/#", "a/+/b/+"];
const TOPICS: [&str; 7] = ["a", "a/b", "b/b", "a/x/b/y", "/b", "a/+", "c"];
const PAYLOADS: [&str; 7] =
    [r#"{"v":1}"#, r#"{"v":-2.5e3}"#, r#"{"v":true}"#, r#"{"v":"a/b"}"#, "7", "{", r#"{"v":[1]}"#];
const SPANS: [i64; 4] = [1, 1_000, 60_000, 300_000];

fn params(type_: &str, seed: usize) -> Json {
    let span = SPANS[seed % SPANS.len()];
    match type_ {
        "point" => {
            json!({"point": pt(POINTS[seed % POINTS.len()]), "initial": if seed.is_multiple_of(3) { "fire" } else { "hold" }})
        }
        "compare" => match seed % 5 {
            0 => json!({"op": ">", "value": 1000, "hysteresis": 200}),
            1 => json!({"op": "<=", "value": 0.09, "unit": "%"}),
            2 => json!({"op": "=", "value": "cool"}),
            3 => json!({"op": "!=", "value": true}),
            _ => json!({"op": ">=", "value": 900}),
        },
        "for_duration" | "delay" => json!({"span_ms": span}),
        "edge" => json!({"on": (["rising", "falling", "both"][seed % 3])}),
        "command" => match seed % 3 {
            0 => json!({"point": pt("fan.power"), "setting": {"to": seed.is_multiple_of(2)}}),
            1 => json!({"select": {"kinds": ["light"], "trait": "on_off"}, "setting": "toggle"}),
            _ => json!({"point": pt("ac.target_temperature"), "setting": {"by": 1.5}, "unit": "K"}),
        },
        "mqtt_topic" => json!({"topic": FILTERS[seed % FILTERS.len()]}),
        "json_field" => {
            json!({"path": (["/v", "", "/v/0"][seed % 3]), "as": (["number", "bool", "text"][seed % 3])})
        }
        "publish" => match seed % 4 {
            0 => json!({"topic": "out/{1}", "payload": {"v": "{seq}"}}),
            1 => json!({"topic": "out/{seq}", "payload": "v {seq}"}),
            2 => json!({"topic": "out", "payload": ["{seq}", "{1}", "x {seq}"]}),
            _ => json!({"topic": "out", "payload": 1, "retain": true}),
        },
        _ => json!({}),
    }
}

/// What a message leads to: a condition on it, by itself or together with a level, and what is published then. Its
/// event is given back.
fn hearing(rule: &mut RuleGraph, id: &str, seed: usize, level: Option<String>) -> String {
    let part = |name: &str| format!("{id}{name}");
    let (heard, field) = (part("heard"), part("field"));
    let seed = seed - seed % 3;
    rule.node(&heard, "mqtt_topic", params("mqtt_topic", seed));
    rule.node(&field, "json_field", params("json_field", seed))
        .edge(&format!("{heard}.message"), &format!("{field}.in"));
    rule.node(&part("high"), "compare", json!({"op": ">", "value": 0}));
    rule.edge(&format!("{field}.out"), &part("high.in"));
    let mut condition = part("high.out");
    if let Some(level) = level {
        rule.node(&part("both"), if seed.is_multiple_of(2) { "and" } else { "or" }, json!({}));
        rule.edge(&condition, &part("both.in1")).edge(&level, &part("both.in2"));
        condition = part("both.out");
    }
    rule.node(&part("gate"), "gate", json!({}));
    rule.edge(&format!("{heard}.message"), &part("gate.in")).edge(&condition, &part("gate.if"));
    rule.node(&part("tell"), "publish", params("publish", seed % 3));
    rule.edge(&part("gate.out"), &part("tell.in")).edge(&format!("{field}.out"), &part("tell.seq"));
    part("gate.out")
}

/// A graph of the right form: every node takes what fits from those before it, a delay now and then from one after it.
fn fitting(genes: &[(usize, usize)], mode: RuleMode) -> RuleGraph {
    let mut rule = graph(&[], &[]);
    rule.mode = mode;
    let (mut bools, mut events): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let (mut numbers, mut delays): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (i, (kind, seed)) in genes.iter().enumerate() {
        let id = format!("n{i}");
        let out = format!("{id}.out");
        let pick = |list: &[String], salt: usize| list.get((seed / 7 + salt) % list.len().max(1)).cloned();
        let (a, b, event, number) = (pick(&bools, 0), pick(&bools, 1), pick(&events, 0), pick(&numbers, 0));
        match (kind % 11, a, b, event, number) {
            (0, _, _, _, Some(number)) => {
                rule.node(&id, "compare", params("compare", if seed.is_multiple_of(2) { 0 } else { 4 }))
                    .edge(&number, &format!("{id}.in"));
                bools.push(out);
            }
            (type_ @ (1 | 2), Some(a), ..) => {
                let type_ = if type_ == 1 { "for_duration" } else { "not" };
                rule.node(&id, type_, params(type_, *seed)).edge(&a, &format!("{id}.in"));
                bools.push(out);
            }
            (type_ @ (3 | 4), Some(a), Some(b), ..) => {
                rule.node(&id, if type_ == 3 { "and" } else { "or" }, json!({}))
                    .edge(&a, &format!("{id}.in1"))
                    .edge(&b, &format!("{id}.in7"));
                bools.push(out);
            }
            (5 | 6, Some(a), ..) => {
                rule.node(&id, "edge", params("edge", *seed)).edge(&a, &format!("{id}.in"));
                events.push(out);
            }
            (7, _, _, Some(event), _) => {
                rule.node(&id, "command", params("command", *seed)).edge(&event, &format!("{id}.in"));
            }
            (8, _, _, Some(event), _) => {
                rule.node(&id, "delay", params("delay", *seed)).edge(&event, &format!("{id}.in"));
                events.push(out);
                delays.push(id);
            }
            (9, Some(a), _, Some(event), _) => {
                rule.node(&id, "gate", json!({})).edge(&event, &format!("{id}.in")).edge(&a, &format!("{id}.if"));
                if let Some(delay) = delays.get(seed % delays.len().max(1)) {
                    rule.edge(&out, &format!("{delay}.in"));
                }
                events.push(out);
            }
            // Messages do not wait for their turn.
            (10, level, ..) if mode != RuleMode::Queued => events.push(hearing(&mut rule, &id, *seed, level)),
            _ => {
                let which = seed % 3;
                rule.node(&id, "point", params("point", which));
                if which == 0 { numbers.push(out) } else { bools.push(out) }
            }
        }
    }
    rule
}

/// A graph of any form, made of parts that can be right.
fn any_graph(genes: &[(usize, usize)], edges: &[(usize, usize, usize)]) -> RuleGraph {
    const TYPES: [&str; 18] = [
        "point",
        "point",
        "compare",
        "for_duration",
        "and",
        "or",
        "not",
        "edge",
        "delay",
        "gate",
        "command",
        "unheard",
        "mqtt_topic",
        "mqtt_topic",
        "json_field",
        "json_field",
        "publish",
        "publish",
    ];
    const PORTS: [&str; 7] = ["in", "in1", "in2", "if", "out", "in40", "seq"];
    let mut rule = graph(&[], &[]);
    for (i, (kind, seed)) in genes.iter().enumerate() {
        let (type_, other) = (TYPES[kind % TYPES.len()], TYPES[seed % TYPES.len()]);
        rule.node(
            &format!("n{}", if seed.is_multiple_of(31) { 0 } else { i }),
            type_,
            params(if seed.is_multiple_of(5) { other } else { type_ }, *seed),
        );
    }
    for (from, to, port) in edges {
        let from = from % (genes.len() + 1);
        let hears = rule.nodes.get(from).is_some_and(|n| n.type_ == "mqtt_topic");
        rule.edge(
            &format!("n{from}.{}", if hears { "message" } else { "out" }),
            &format!("n{}.{}", to % genes.len().max(1), PORTS[port % PORTS.len()]),
        );
    }
    rule
}

/// Milliseconds that pass, what is reported then, and what is said on raw topics.
type Stimulus = Vec<(i64, Vec<(usize, usize)>, Vec<Message>)>;

/// Messages that rules know, and any others.
fn messages() -> impl Strategy<Value = Vec<Message>> {
    let topic = prop_oneof![4 => prop::sample::select(TOPICS.to_vec()).prop_map(str::to_owned), 1 => ".{0,12}"];
    let payload = prop_oneof![
        4 => prop::sample::select(PAYLOADS.to_vec()).prop_map(str::to_owned).prop_map(Payload::Text),
        1 => ".{0,12}".prop_map(Payload::Text),
        1 => ".{0,12}".prop_map(Payload::Base64),
    ];
    let one = (topic, payload).prop_map(|(topic, payload)| Message { payload, ..message(&topic, "") });
    prop::collection::vec(one, 0..3)
}

fn stimulus() -> impl Strategy<Value = Stimulus> {
    prop::collection::vec(
        (
            prop_oneof![Just(0), 1_i64..2_000, 50_000_i64..400_000],
            prop::collection::vec((0..POINTS.len(), any::<usize>()), 0..4),
            messages(),
        ),
        1..25,
    )
}

fn sample(point: usize, seed: usize, now: Timestamp) -> (PointId, Sample) {
    let value = match (point, seed % 13) {
        (_, 0) => Value::Number(f64::NAN),
        (_, 1) => Value::text("odd"),
        (0, n) => Value::Number([400.0, 799.0, 800.0, 900.0, 1000.0, 1001.0, 5000.0, f64::MAX][n % 8]),
        (1 | 2, n) => Value::Bool(n % 2 == 0),
        (_, n) => Value::text(["off", "cool", "heat"][n % 3]),
    };
    let quality = if seed.is_multiple_of(11) { Quality::Bad } else { Quality::Good };
    (pt(POINTS[point]), Sample { value, quality, at: now })
}

fn started(rule: &RuleGraph, world: &World) -> Option<Engine> {
    let mut states = States::new();
    states.extend((0..POINTS.len()).map(|p| sample(p, 5, at(0.0))));
    let mut engine = Engine::default();
    engine.enable(rule, world, &states, at(0.0));
    engine.contains(rule.id).then_some(engine)
}

/// Runs and returns the effects step by step; at `restart` the engine goes through its stored form.
fn run(engine: &mut Engine, stimulus: &Stimulus, restart: Option<usize>) -> Vec<Vec<Effect>> {
    let mut ids = IdGen::new(3);
    let mut now = at(0.0);
    let mut all = Vec::new();
    for (i, (wait, reports, messages)) in stimulus.iter().enumerate() {
        if restart == Some(i) {
            let text = serde_json::to_string(engine).unwrap();
            *engine = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(engine).unwrap(), text);
        }
        now = now + Span::from_millis(*wait);
        let samples: Vec<(PointId, Sample)> = reports.iter().map(|(p, s)| sample(*p, *s, now)).collect();
        all.push(engine.step(&samples, now, &mut ids));
        for message in messages {
            all.push(engine.message(message, now, &mut ids));
        }
        assert!(engine.deadline().is_none_or(|t| t > now), "what was due is done");
    }
    all
}

/// Everything that comes out fits: values have the type of their port, commands fit their points.
fn sound(effects: &[Vec<Effect>], world: &World) {
    for effect in effects.iter().flatten() {
        match effect {
            Effect::Deed { deed: Deed::Act(act), .. } => match &act.setting {
                documents::Setting::To(value) => assert_eq!(world.point(act.point).unwrap().check(value), Ok(())),
                documents::Setting::By(n) => assert!(n.is_finite()),
                documents::Setting::Toggle | documents::Setting::Call(_) => {}
            },
            Effect::Deed { deed: Deed::Publish(message), .. } => {
                assert!(message.topic.starts_with("out") && !message.topic.contains(['+', '#', '\0']), "{message:?}");
                let Payload::Text(text) = &message.payload else { panic!("{message:?}") };
                let sound = text.starts_with("v ") || serde_json::from_str::<Json>(text).is_ok();
                assert!(sound, "{text}");
            }
            Effect::Deed { deed, .. } => panic!("{deed:?} of a rule that only writes and publishes"),
            Effect::Trace(trace) => {
                assert!(
                    serde_json::to_string(trace)
                        .is_ok_and(|text| serde_json::from_str(&text).is_ok_and(|t: documents::Trace| t == *trace))
                );
                for entry in &trace.entries {
                    assert!(entry.value.as_ref().and_then(Value::as_number).is_none_or(f64::is_finite), "{entry:?}");
                }
            }
        }
    }
}

/// The same rule written otherwise: other ids, another order, defaults written out.
fn rewritten(rule: &RuleGraph, turn: usize) -> RuleGraph {
    let mut other = rule.clone();
    let ids: BTreeMap<&str, String> = rule
        .nodes
        .iter()
        .rev()
        .enumerate()
        .map(|(i, n)| (n.id.as_str(), format!("m{}", (i * 7 + turn) % 1_009)))
        .collect();
    for node in &mut other.nodes {
        node.params = nodes::by_type(&node.type_).and_then(|k| (k.normal)(&node.params)).unwrap();
        node.id = ids[node.id.as_str()].clone();
    }
    for edge in &mut other.edges {
        edge.from.node = ids[edge.from.node.as_str()].clone();
        edge.to.node = ids[edge.to.node.as_str()].clone();
    }
    let (nodes, edges) = (turn % other.nodes.len(), turn % other.edges.len().max(1));
    other.nodes.rotate_left(nodes);
    other.edges.reverse();
    other.edges.rotate_left(edges);
    other
}

/// What is done in each step, in any order.
fn deeds(effects: &[Vec<Effect>]) -> Vec<Vec<String>> {
    let deed = |effect: &Effect| match effect {
        Effect::Deed { deed, .. } => Some(serde_json::to_string(deed).unwrap()),
        Effect::Trace(_) => None,
    };
    let sorted = |step: &Vec<Effect>| {
        let mut all: Vec<String> = step.iter().filter_map(deed).collect();
        all.sort();
        all
    };
    effects.iter().map(sorted).collect()
}

fn genes() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..1000_usize, 0..1000_usize), 1..30)
}

fn modes() -> impl Strategy<Value = RuleMode> {
    prop_oneof![Just(RuleMode::Single), Just(RuleMode::Restart), Just(RuleMode::Queued), Just(RuleMode::Parallel)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_runs(genes in genes(), mode in modes(), stimulus in stimulus()) {
        let world = world();
        let rule = fitting(&genes, mode);
        let found = compile(&rule, &world).1;
        prop_assert!(!has_errors(&found), "{found:?}");
        let mut engine = started(&rule, &world).unwrap();
        sound(&run(&mut engine, &stimulus, None), &world);
    }

    #[test]
    fn a_restart_changes_nothing(genes in genes(), mode in modes(), stimulus in stimulus(), when in 0..25_usize) {
        let world = world();
        let rule = fitting(&genes, mode);
        let (mut a, mut b) = (started(&rule, &world).unwrap(), started(&rule, &world).unwrap());
        prop_assert_eq!(run(&mut a, &stimulus, None), run(&mut b, &stimulus, Some(when % stimulus.len())));
        prop_assert_eq!(a, b);
    }

    #[test]
    fn the_order_in_the_document_does_not_matter(genes in genes(), mode in modes(), stimulus in stimulus(), turn in 0..100_usize) {
        let world = world();
        let rule = fitting(&genes, mode);
        let mut other = rule.clone();
        other.nodes.reverse();
        let turned = turn % other.nodes.len().max(1);
        other.nodes.rotate_left(turned);
        let turned = turn % other.edges.len().max(1);
        other.edges.rotate_left(turned);
        prop_assert_eq!(compile(&rule, &world).0, compile(&other, &world).0);
        let (mut a, mut b) = (started(&rule, &world).unwrap(), started(&other, &world).unwrap());
        prop_assert_eq!(run(&mut a, &stimulus, None), run(&mut b, &stimulus, None));
    }

    #[test]
    fn replacing_a_rule_by_itself_changes_nothing(genes in genes(), mode in modes(), stimulus in stimulus()) {
        let world = world();
        let rule = fitting(&genes, mode);
        let mut engine = started(&rule, &world).unwrap();
        run(&mut engine, &stimulus, None);
        let before = engine.clone();
        engine.enable(&rule, &world, &States::new(), at(0.0));
        prop_assert_eq!(engine, before);
    }

    #[test]
    fn any_graph_is_refused_or_runs(genes in genes(), edges in prop::collection::vec((0..40_usize, 0..40_usize, 0..12_usize), 0..40), stimulus in stimulus()) {
        let world = world();
        let rule = any_graph(&genes, &edges);
        let (plan, found) = compile(&rule, &world);
        prop_assert_eq!(plan.is_empty(), has_errors(&found));
        let words = explain(&rule, &world);
        prop_assert!(!words.zh.is_empty() && !words.en.is_empty());
        if let Some(mut engine) = started(&rule, &world) {
            sound(&run(&mut engine, &stimulus, None), &world);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    // Loops are left out: the order of the nodes decides where they are cut.
    #[test]
    fn a_rule_means_the_same_however_it_is_written(genes in genes(), mode in modes(), turn in 0..1_009_usize) {
        let world = world();
        let genes: Vec<(usize, usize)> = genes.into_iter().filter(|(kind, _)| kind % 11 != 9).collect();
        let rule = fitting(&genes, mode);
        if let Some(turn) = turn.checked_rem(rule.nodes.len()) {
            prop_assert_eq!(meaning_hash(&rewritten(&rule, turn), &world), meaning_hash(&rule, &world));
        }
    }

    // Where a rule has but one run, ids decide which of the triggers of one moment begins it.
    #[test]
    fn what_means_the_same_does_the_same(genes in genes(), stimulus in stimulus(), turn in 0..1_009_usize) {
        let world = world();
        let rule = fitting(&genes, RuleMode::Parallel);
        let (words, meaning) = (explain(&rule, &world), meaning_hash(&rule, &world));
        let again = [Lang::Zh, Lang::En].into_iter().filter_map(|lang| read(words.get(lang), lang, &world).ok());
        // A rule without actions says nothing of what it reads.
        let others = again.filter(|again| !again.nodes.is_empty()).chain([rewritten(&rule, turn)]);
        let same: Vec<RuleGraph> = others.filter(|other| meaning_hash(other, &world) == meaning).collect();
        let did = deeds(&run(&mut started(&rule, &world).unwrap(), &stimulus, None));
        for mut other in same {
            other.id = rule.id;
            let mut engine = started(&other, &world).unwrap();
            prop_assert_eq!(&deeds(&run(&mut engine, &stimulus, None)), &did, "{}", words.en);
        }
    }
}
