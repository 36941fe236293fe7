//! What a raw message costs in the engine alone, in nanoseconds: one rule for all devices, and a rule for each of 100.
//!
//! `cargo run --release -p engine --example raw`. It is no test: what it prints depends on the machine.

use base::id::RuleId;
use base::{Bilingual, IdGen, Timestamp};
use documents::{Deed, Message, Payload, RuleGraph};
use engine::{Effect, Engine};
use serde_json::json;
use std::time::Instant;
use things::{States, World, WorldDoc};

/// Devices that send.
const DEVICES: usize = 100;
/// Messages of one round: few enough that other work on the machine leaves some rounds alone.
const ROUND: usize = 1_000;
/// Rounds; the fastest counts.
const ROUNDS: usize = 500;

fn main() {
    for (name, filters) in
        [("wild", vec!["bench/+/temp".to_owned()]), ("perN", (0..DEVICES).map(|d| format!("bench/{d}/temp")).collect())]
    {
        for (heat, temperature, answers) in [("cold", 20.3, 0), ("hot", 26.3, 1)] {
            report(&format!("{name} {heat}"), &mut engine(&filters), temperature, answers);
        }
    }
}

fn engine(filters: &[String]) -> Engine {
    let world = World::build(WorldDoc::default()).0;
    let mut engine = Engine::default();
    for filter in filters {
        let found = engine.enable(&rule(filter), &world, &States::new(), Timestamp::from_millis(0));
        assert!(found.is_empty(), "{found:?}");
    }
    engine
}

fn rule(filter: &str) -> RuleGraph {
    let device = if filter.contains('+') { "{1}" } else { filter.split('/').nth(1).unwrap_or_default() };
    let mut rule = RuleGraph::new(RuleId::of_name(filter), Bilingual::same(filter));
    rule.node("heard", "mqtt_topic", json!({"topic": filter}))
        .node("t", "json_field", json!({"path": "/t", "as": "number"}))
        .node("hot", "compare", json!({"op": ">", "value": 25}))
        .node("gate", "gate", json!({}))
        .node("seq", "json_field", json!({"path": "/seq", "as": "number"}))
        .node("tell", "publish", json!({"topic": format!("cmd/{device}/set"), "payload": {"on": true, "seq": "{seq}"}}))
        .edge("heard.message", "t.in")
        .edge("heard.message", "seq.in")
        .edge("heard.message", "gate.in")
        .edge("t.out", "hot.in")
        .edge("hot.out", "gate.if")
        .edge("gate.out", "tell.in")
        .edge("seq.out", "tell.seq");
    rule
}

#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "it measures time and says it")]
fn report(name: &str, engine: &mut Engine, temperature: f64, answers: usize) {
    let messages: Vec<Message> = (0..DEVICES)
        .map(|d| Message {
            connection: None,
            topic: format!("bench/{d}/temp"),
            payload: Payload::Text(json!({"t": temperature, "seq": 123_456 + d}).to_string()),
            qos: 0,
            retain: false,
        })
        .collect();
    let mut ids = IdGen::new(1);
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let mut published = 0;
        for message in messages.iter().cycle().take(ROUND) {
            let effects = engine.message(message, Timestamp::from_millis(1), &mut ids);
            published += effects.iter().filter(|e| matches!(e, Effect::Deed { deed: Deed::Publish(_), .. })).count();
        }
        best = best.min(began.elapsed().as_secs_f64() * 1e9 / ROUND as f64);
        assert_eq!(published, answers * ROUND);
    }
    println!("{name:10} {best:7.0} ns per message");
}
