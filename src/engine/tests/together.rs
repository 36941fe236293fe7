//! Kinds of nodes together in rules: values of messages that last, statistics over events, points of a selection, control.

use super::{Bench, graph, message, world};
use crate::compile;
use base::Value;
use documents::Message;
use serde_json::{Value as Json, json};

fn light() -> Json {
    json!({"point": "@hall_light.power", "setting": {"to": true}})
}

fn temperature(t: f64) -> Message {
    message("bench/7/temp", &format!(r#"{{"t": {t}}}"#))
}

/// A sensor that only sends messages is held, and its value rises above a limit.
#[test]
fn a_held_value_of_messages_has_edges() {
    let rule = graph(
        &[
            ("heard", "mqtt_topic", json!({"topic": "bench/7/temp"})),
            ("t", "json_field", json!({"path": "/t", "as": "number", "unit": "Cel"})),
            ("kept", "hold", json!({"for_ms": 60_000})),
            ("hot", "compare", json!({"op": ">", "value": 25})),
            ("rising", "edge", json!({"on": "rising"})),
            ("on", "command", light()),
        ],
        &[
            "heard.message -> t.in",
            "t.out -> kept.in",
            "heard.message -> kept.each",
            "kept.out -> hot.in",
            "hot.out -> rising.in",
            "rising.out -> on.in",
        ],
    );
    let mut bench = Bench::new(&rule, &[]);
    let on = vec!["hall_light.power=true".to_owned()];
    assert_eq!(bench.message(1.0, &temperature(20.0)), Vec::<String>::new());
    assert_eq!(bench.message(2.0, &temperature(26.0)), on);
    assert_eq!(bench.message(3.0, &temperature(27.0)), Vec::<String>::new());
    bench.restart();
    assert_eq!(bench.message(4.0, &temperature(24.0)), Vec::<String>::new());
    assert_eq!(bench.message(5.0, &temperature(26.0)), on);
    // What was held has gone; being unknown for a while is no change.
    bench.step(70.0, &[]);
    assert_eq!(bench.message(71.0, &temperature(28.0)), Vec::<String>::new());
    // Without the event, a value of a message does not last.
    let mut loose = rule.clone();
    loose.edges.remove(2);
    let found = compile(&loose, &world()).1;
    assert!(found.iter().any(|d| d.code == "rule.message"), "{found:?}");
}

/// The mean of the last minute of messages.
#[test]
fn samples_of_messages_make_a_window() {
    let rule = graph(
        &[
            ("heard", "mqtt_topic", json!({"topic": "bench/7/temp"})),
            ("t", "json_field", json!({"path": "/t", "as": "number", "unit": "Cel"})),
            ("mean", "window", json!({"op": "mean", "span_ms": 60_000})),
            ("hot", "compare", json!({"op": ">", "value": 25})),
            ("rising", "edge", json!({"on": "rising"})),
            ("on", "command", light()),
        ],
        &[
            "heard.message -> t.in",
            "t.out -> mean.in",
            "heard.message -> mean.each",
            "mean.out -> hot.in",
            "hot.out -> rising.in",
            "rising.out -> on.in",
        ],
    );
    let mut bench = Bench::new(&rule, &[]);
    for (seconds, t) in [(1.0, 20.0), (2.0, 29.0), (3.0, 20.0)] {
        assert_eq!(bench.message(seconds, &temperature(t)), Vec::<String>::new());
    }
    bench.restart();
    // 20, 29, 20, 32 make 25.25.
    assert_eq!(bench.message(4.0, &temperature(32.0)), ["hall_light.power=true"]);
}

/// Any door or window of the house, and only then the light.
#[test]
fn points_of_a_selection_are_one_value() {
    let open = json!({"select": {"everything": true, "trait": "contact"}, "op": "any"});
    let rule = graph(
        &[("open", "aggregate", open), ("rising", "edge", json!({"on": "rising"})), ("on", "command", light())],
        &["open.out -> rising.in", "rising.out -> on.in"],
    );
    let closed = [("door.open", Value::Bool(false)), ("window.open", Value::Bool(false))];
    let mut bench = Bench::new(&rule, &closed);
    assert_eq!(bench.step(1.0, &[("window.open", Value::Bool(true))]), ["hall_light.power=true"]);
    assert_eq!(bench.step(2.0, &[("door.open", Value::Bool(true))]), Vec::<String>::new());
    bench.restart();
    assert_eq!(bench.step(3.0, &closed), Vec::<String>::new());
    assert_eq!(bench.step(4.0, &[("door.open", Value::Bool(true))]), ["hall_light.power=true"]);
}

/// Two events lead a machine from state to state, and time leads it back.
#[test]
fn events_and_time_lead_a_machine() {
    let machine = json!({"states": ["away", "home", "asleep"], "transitions": [
        {"from": "away", "on": "comes", "to": "home"},
        {"from": "home", "on": "rests", "to": "asleep"},
        {"from": "asleep", "after_ms": 10_000, "to": "away"}]});
    let rule = graph(
        &[
            ("door", "point", json!({"point": "@door.open"})),
            ("opens", "edge", json!({"on": "rising"})),
            ("motion", "point", json!({"point": "@motion.motion"})),
            ("rests", "edge", json!({"on": "falling"})),
            ("state", "state_machine", machine),
            ("asleep", "compare", json!({"op": "=", "value": "asleep"})),
            ("both", "edge", json!({"on": "both"})),
            ("tell", "publish", json!({"topic": "state", "payload": "{state}"})),
        ],
        &[
            "door.out -> opens.in",
            "motion.out -> rests.in",
            "opens.out -> state.comes",
            "rests.out -> state.rests",
            "state.out -> asleep.in",
            "asleep.out -> both.in",
            "both.out -> tell.in",
            "state.out -> tell.state",
        ],
    );
    let known = [("door.open", Value::Bool(false)), ("motion.motion", Value::Bool(true))];
    let mut bench = Bench::new(&rule, &known);
    assert_eq!(bench.step(1.0, &[("motion.motion", Value::Bool(false))]), Vec::<String>::new());
    assert_eq!(
        bench.step(2.0, &[("door.open", Value::Bool(true)), ("motion.motion", Value::Bool(true))]),
        Vec::<String>::new()
    );
    assert_eq!(bench.step(3.0, &[("motion.motion", Value::Bool(false))]), ["state asleep"]);
    bench.restart();
    assert_eq!(bench.step(12.0, &[]), Vec::<String>::new());
    assert_eq!(bench.step(14.0, &[]), ["state away"]);
}

/// A script that fails is told by the trace, and gives nothing.
#[test]
fn a_script_that_fails_is_told() {
    let rule = graph(
        &[
            ("co2", "point", json!({"point": "@co2.co2"})),
            ("bad", "script", json!({"code": "1 / (co2 - 700) > 0"})),
            ("rising", "edge", json!({"on": "rising"})),
            ("on", "command", light()),
        ],
        &["co2.out -> bad.co2", "bad.out -> rising.in", "rising.out -> on.in"],
    );
    let mut bench = Bench::new(&rule, &[("co2.co2", Value::Number(600.0))]);
    assert_eq!(bench.step(1.0, &[("co2.co2", Value::Number(700.0))]), Vec::<String>::new());
    let told = bench.traces.iter().flat_map(|t| &t.errors).any(|error| error.code == "script.failed");
    assert!(told, "{:?}", bench.traces);
    assert_eq!(bench.step(2.0, &[("co2.co2", Value::Number(800.0))]), ["hall_light.power=true"]);
}

/// One event, and where it goes by a value.
#[test]
fn a_switch_leads_to_one_of_several_actions() {
    let publish = |topic: &str| json!({"topic": topic, "payload": ""});
    let rule = graph(
        &[
            ("door", "point", json!({"point": "@door.open"})),
            ("opens", "edge", json!({"on": "rising"})),
            ("co2", "point", json!({"point": "@co2.co2"})),
            ("which", "switch", json!({"cases": [{"max": 800}, {"min": 800, "max": 1200}]})),
            ("low", "publish", publish("low")),
            ("middle", "publish", publish("middle")),
            ("high", "publish", publish("high")),
        ],
        &[
            "door.out -> opens.in",
            "opens.out -> which.in",
            "co2.out -> which.by",
            "which.out1 -> low.in",
            "which.out2 -> middle.in",
            "which.else -> high.in",
        ],
    );
    let mut bench = Bench::new(&rule, &[("door.open", Value::Bool(false)), ("co2.co2", Value::Number(600.0))]);
    for (i, (n, expected)) in [(600.0, "low "), (800.0, "middle "), (1200.0, "high ")].into_iter().enumerate() {
        let seconds = i as f64 * 10.0;
        bench.step(seconds + 1.0, &[("co2.co2", Value::Number(n)), ("door.open", Value::Bool(false))]);
        assert_eq!(bench.step(seconds + 2.0, &[("door.open", Value::Bool(true))]), [expected]);
    }
}
