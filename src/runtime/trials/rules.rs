//! The rules of the trials: what a building of this kind has, each over devices whose physics answers.

use crate::sim;
use base::Bilingual;
use base::id::RuleId;
use documents::{RuleGraph, RuleMode, RuleState};
use serde_json::{Value as Json, json};

/// A condition on a point that sets another point when it becomes true, and once more when it no longer is.
struct Pair {
    name: &'static str,
    read: (&'static str, &'static str),
    compare: Json,
    hold_ms: Option<i64>,
    write: (&'static str, &'static str),
    on: Json,
    off: Option<Json>,
}

/// All rules, in use.
pub(super) fn all() -> Vec<RuleGraph> {
    pairs().iter().map(pair).chain([lights_by_motion(), stairs_in_turn()]).collect()
}

fn pairs() -> Vec<Pair> {
    vec![
        Pair {
            name: "fresh air",
            read: ("meeting_air", "co2"),
            compare: json!({ "op": ">", "value": 850, "hysteresis": 200 }),
            hold_ms: Some(120_000),
            write: ("meeting_fan", "power"),
            on: json!(true),
            off: Some(json!(false)),
        },
        Pair {
            name: "exhaust",
            read: ("parking_co", "co"),
            compare: json!({ "op": ">", "value": 25, "hysteresis": 10 }),
            hold_ms: None,
            write: ("parking_fan", "power"),
            on: json!(true),
            off: Some(json!(false)),
        },
        Pair {
            name: "window",
            read: ("open_window", "open"),
            compare: json!({ "op": "=", "value": true }),
            hold_ms: Some(60_000),
            write: ("open_ac", "power"),
            on: json!(false),
            off: None,
        },
        Pair {
            name: "heating",
            read: ("training_air", "temperature"),
            compare: json!({ "op": "<", "value": 20, "hysteresis": 1 }),
            hold_ms: None,
            write: ("training_coil", "power"),
            on: json!(true),
            off: Some(json!(false)),
        },
        Pair {
            name: "sun",
            read: ("open_lux", "illuminance"),
            compare: json!({ "op": ">", "value": 500, "hysteresis": 200 }),
            hold_ms: Some(300_000),
            write: ("meeting_blind", "position"),
            on: json!(20),
            off: Some(json!(100)),
        },
        Pair {
            name: "leak",
            read: ("plant_leak", "leak"),
            compare: json!({ "op": "=", "value": true }),
            hold_ms: None,
            write: ("supply_pump", "power"),
            on: json!(false),
            off: None,
        },
    ]
}

fn begin(name: &str) -> RuleGraph {
    let mut graph = RuleGraph::new(RuleId::of_name(name), Bilingual::same(name));
    graph.state = RuleState::Live;
    graph
}

fn pair(pair: &Pair) -> RuleGraph {
    let mut graph = begin(pair.name);
    let (read, write) = (sim::point(pair.read.0, pair.read.1), sim::point(pair.write.0, pair.write.1));
    graph.node("source", "point", json!({ "point": read })).node("is", "compare", pair.compare.clone());
    graph.edge("source.out", "is.in");
    let mut condition = "is";
    if let Some(span) = pair.hold_ms {
        graph.node("held", "for_duration", json!({ "span_ms": span })).edge("is.out", "held.in");
        condition = "held";
    }
    graph.node("start", "edge", json!({ "on": "rising" })).edge(&format!("{condition}.out"), "start.in");
    graph.node("on", "command", json!({ "point": write, "setting": { "to": pair.on } })).edge("start.out", "on.in");
    if let Some(off) = &pair.off {
        graph.node("stop", "edge", json!({ "on": "falling" })).edge("is.out", "stop.in");
        graph.node("off", "command", json!({ "point": write, "setting": { "to": off } })).edge("stop.out", "off.in");
    }
    graph
}

/// Light by motion, off five minutes after the last one.
fn lights_by_motion() -> RuleGraph {
    let mut graph = begin("corridor");
    let light = sim::point("corridor1_light", "power");
    graph
        .node("motion", "point", json!({ "point": sim::point("corridor1_motion", "motion") }))
        .node("none", "not", json!({}))
        .node("still", "for_duration", json!({ "span_ms": 300_000 }))
        .node("somebody", "edge", json!({ "on": "rising" }))
        .node("nobody", "edge", json!({ "on": "rising" }))
        .node("on", "command", json!({ "point": light, "setting": { "to": true } }))
        .node("off", "command", json!({ "point": light, "setting": { "to": false } }))
        .edge("motion.out", "somebody.in")
        .edge("somebody.out", "on.in")
        .edge("motion.out", "none.in")
        .edge("none.out", "still.in")
        .edge("still.out", "nobody.in")
        .edge("nobody.out", "off.in");
    graph
}

/// A run that waits: whoever comes to the lobby has light there at once and on the parking deck a minute later.
fn stairs_in_turn() -> RuleGraph {
    let mut graph = begin("welcome");
    graph.mode = RuleMode::Restart;
    graph
        .node("motion", "point", json!({ "point": sim::point("lobby_motion", "motion") }))
        .node("somebody", "edge", json!({ "on": "rising" }))
        .node("later", "delay", json!({ "span_ms": 60_000 }))
        .node("end", "delay", json!({ "span_ms": 600_000 }))
        .node("here", "command", json!({ "point": sim::point("lobby_light", "power"), "setting": { "to": true } }))
        .node("there", "command", json!({ "point": sim::point("parking_light", "power"), "setting": { "to": true } }))
        .node("dark", "command", json!({ "point": sim::point("parking_light", "power"), "setting": { "to": false } }))
        .edge("motion.out", "somebody.in")
        .edge("somebody.out", "here.in")
        .edge("somebody.out", "later.in")
        .edge("later.out", "there.in")
        .edge("later.out", "end.in")
        .edge("end.out", "dark.in");
    graph
}
