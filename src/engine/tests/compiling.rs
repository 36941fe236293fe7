//! What the compiler refuses, and how it says so.

use super::{graph, pt, ventilation, world};
use crate::compile;
use base::diagnostic::has_errors;
use base::id::SpaceId;
use documents::RuleGraph;
use serde_json::{Value as Json, json};

/// Faults as `code path`.
fn faults(graph: &RuleGraph) -> Vec<String> {
    let (plan, found) = compile(graph, &world());
    assert_eq!(plan.is_empty(), has_errors(&found));
    for d in &found {
        assert!(!d.message.zh.is_empty() && !d.message.en.is_empty() && d.message.zh != d.message.en, "{d:?}");
    }
    found.iter().map(|d| format!("{} {}", d.code, d.path)).collect()
}

/// A chain from a point by a comparison to a command, with parameters of one node replaced.
fn chain(point: &str, compare: Json, command: Json) -> RuleGraph {
    graph(
        &[
            ("p", "point", json!({"point": point})),
            ("c", "compare", compare),
            ("e", "edge", json!({})),
            ("x", "command", command),
        ],
        &["p.out -> c.in", "c.out -> e.in", "e.out -> x.in"],
    )
}

const FAN_ON: fn() -> Json = || json!({"point": "@fan.power", "setting": {"to": true}});

#[test]
fn comparisons_are_typed() {
    let check = |point: &str, compare: Json, expected: &[&str]| {
        assert_eq!(faults(&chain(point, compare.clone(), FAN_ON())), expected, "{point} {compare}")
    };
    check("@co2.co2", json!({"op": ">", "value": 1000}), &[]);
    check("@co2.co2", json!({"op": ">", "value": 0.1, "unit": "%"}), &[]);
    check("@ac.mode", json!({"op": "=", "value": "cool"}), &[]);
    check("@door.open", json!({"op": "!=", "value": false}), &[]);
    check("@co2.co2", json!({"op": ">", "value": 20, "unit": "Cel"}), &["rule.unit /nodes/1/params/unit"]);
    check("@co2.co2", json!({"op": ">", "value": "high"}), &["rule.value_kind /nodes/1/params/value"]);
    check("@ac.mode", json!({"op": "=", "value": "cold"}), &["rule.token /nodes/1/params/value"]);
    check("@ac.mode", json!({"op": ">", "value": "cool"}), &["rule.value_kind /nodes/1/params/op"]);
    check("@door.open", json!({"op": "=", "value": "open"}), &["rule.value_kind /nodes/1/params/value"]);
    check("@door.open", json!({"op": "=", "value": true, "unit": "Cel"}), &["rule.unit /nodes/1/params/unit"]);
    check("@co2.co2", json!({"op": "=", "value": 1000, "hysteresis": 5}), &["rule.params /nodes/1/params/hysteresis"]);
    check("@co2.co2", json!({"op": ">", "value": 1000, "hysteresis": -5}), &["rule.params /nodes/1/params/hysteresis"]);
    check("@co2.co2", json!({"op": "above", "value": 1000}), &["rule.params /nodes/1/params"]);
    check("@co2.co2", json!({"op": ">", "value": 1000, "hysterese": 5}), &["rule.params /nodes/1/params"]);
    check("@co2.nothing", json!({"op": ">", "value": 1000}), &["rule.unknown_point /nodes/0/params/point"]);
    check("@curtain.stop", json!({"op": ">", "value": 1000}), &["rule.not_readable /nodes/0/params/point"]);
}

#[test]
fn commands_are_checked_against_the_model() {
    let check = |command: Json, expected: &[&str]| {
        assert_eq!(
            faults(&chain("@co2.co2", json!({"op": ">", "value": 1000}), command.clone())),
            expected,
            "{command}"
        );
    };
    check(json!({"point": "@ac.target_temperature", "setting": {"to": 24}}), &[]);
    check(json!({"point": "@ac.target_temperature", "setting": {"to": 75}, "unit": "[degF]"}), &[]);
    check(json!({"point": "@ac.target_temperature", "setting": {"by": -1}}), &[]);
    check(json!({"point": "@ac.mode", "setting": {"to": "cool"}}), &[]);
    check(json!({"point": "@curtain.stop", "setting": {"call": {}}}), &[]);
    check(
        json!({"point": "@ac.target_temperature", "setting": {"to": 75}}),
        &["rule.out_of_range /nodes/3/params/setting"],
    );
    check(
        json!({"point": "@ac.target_temperature", "setting": {"to": 24}, "unit": "lx"}),
        &["rule.unit /nodes/3/params/unit"],
    );
    check(
        json!({"point": "@ac.target_temperature", "setting": {"to": true}}),
        &["rule.value_kind /nodes/3/params/setting"],
    );
    check(json!({"point": "@ac.target_temperature", "setting": {"by": 0}}), &["rule.setting /nodes/3/params/setting"]);
    check(
        json!({"point": "@ac.target_temperature", "setting": "toggle"}),
        &["rule.value_kind /nodes/3/params/setting"],
    );
    check(json!({"point": "@ac.mode", "setting": {"to": "warm"}}), &["rule.token /nodes/3/params/setting"]);
    check(
        json!({"point": "@ac.current_temperature", "setting": {"to": 24}}),
        &["rule.not_writable /nodes/3/params/point"],
    );
    check(json!({"point": "@fan.power", "setting": {"call": {}}}), &["rule.setting /nodes/3/params/setting"]);
    check(json!({"point": "@fan.power", "setting": {"to": true}, "unit": "%"}), &["rule.unit /nodes/3/params/unit"]);
    check(json!({"point": "@curtain.stop", "setting": {"to": true}}), &["rule.setting /nodes/3/params/setting"]);
    check(
        json!({"point": "@curtain.stop", "setting": {"call": {"speed": 1}}}),
        &["rule.setting /nodes/3/params/setting"],
    );
    check(json!({"setting": {"to": true}}), &["rule.params /nodes/3/params"]);
    check(json!({"select": {"kinds": ["light"], "trait": "on_off"}, "setting": {"to": true}}), &[]);
    check(
        json!({"select": {"kinds": ["light"]}, "setting": {"to": true}}),
        &["rule.value_kind /nodes/3/params/setting"; 2],
    );
    check(json!({"select": {"kinds": ["toaster"]}, "setting": {"to": true}}), &["rule.select /nodes/3/params/select"]);
    check(
        json!({"select": {"spaces": [SpaceId::of_name("hall")]}, "setting": {"to": 5}}),
        &[
            "rule.not_writable /nodes/3/params/select",
            "rule.not_writable /nodes/3/params/select",
            "rule.not_writable /nodes/3/params/select",
            "rule.select /nodes/3/params/select",
        ],
    );
}

#[test]
fn wiring_is_checked() {
    let check = |change: &dyn Fn(&mut RuleGraph), expected: &[&str]| {
        let mut rule = ventilation();
        change(&mut rule);
        assert_eq!(faults(&rule), expected);
    };
    check(&|_| {}, &[]);
    check(&|g| g.nodes[1].type_ = "compere".into(), &["rule.unknown_type /nodes/1/type"]);
    check(&|g| g.nodes[1].type_version = 2, &["rule.type_version /nodes/1/typeVersion"]);
    check(
        &|g| g.nodes[5].id = "high".into(),
        &[
            "rule.duplicate_node /nodes/5/id",
            "rule.edge_node /edges/4/to/node",
            "rule.edge_node /edges/5/from/node",
            "rule.port_unconnected /nodes/5",
        ],
    );
    check(
        &|g| g.nodes[4].id = String::new(),
        &["rule.node_id /nodes/4/id", "rule.edge_node /edges/3/to/node", "rule.port_unconnected /nodes/4"],
    );
    check(&|g| g.edges[0].to.port = "input".into(), &["rule.edge_port /edges/0/to/port"]);
    check(&|g| g.edges[0].to.port = "out".into(), &["rule.edge_port /edges/0/to/port"]);
    check(&|g| g.edges[0].from.node = "co".into(), &["rule.edge_node /edges/0/from/node"]);
    check(&|g| g.edges[1].from = g.edges[0].from.clone(), &["rule.port_type /edges/1"]);
    check(&|g| g.edges[3].from.node = "long".into(), &["rule.port_type /edges/3"]);
    check(&|g| g.edges[1].from.node = "stop".into(), &["rule.port_type /edges/1"]);
    check(&|g| g.edges.push(g.edges[0].clone()), &["rule.port_taken /edges/7/to"]);
    check(&|g| drop(g.edges.remove(1)), &["rule.port_unconnected /nodes/2"]);
    check(&|g| g.schema_version = 9, &["rule.version /schemaVersion"]);
    check(&|g| *g = graph(&[], &[]), &["rule.empty /nodes"]);
    check(&|g| _ = g.node("spare", "point", json!({"point": pt("door.open")})), &["rule.unused /nodes/8"]);
    check(&|g| _ = g.node("both", "and", json!({})).edge("high.out", "both.in1"), &["rule.port_unconnected /nodes/8"]);
    check(
        &|g| _ = g.node("both", "and", json!({})).edge("high.out", "both.in1").edge("low.out", "both.in33"),
        &["rule.edge_port /edges/8/to/port"],
    );
    check(&|g| g.nodes[2].params["span_ms"] = json!(0), &["rule.span /nodes/2/params/span_ms"]);
}

#[test]
fn all_faults_come_at_once() {
    let mut rule = ventilation();
    rule.nodes[1].params["value"] = json!("much");
    rule.nodes[2].params["span_ms"] = json!(-1);
    rule.nodes[4].params["point"] = json!(pt("door.open"));
    rule.nodes[6].type_ = "egde".into();
    rule.edges.remove(0);
    assert_eq!(
        faults(&rule),
        [
            "rule.unknown_type /nodes/6/type",
            "rule.port_unconnected /nodes/1",
            "rule.span /nodes/2/params/span_ms",
            "rule.not_writable /nodes/4/params/point"
        ]
    );
}

#[test]
fn loops_are_named() {
    let not = |id: &'static str| (id, "not", json!({}));
    let rule = graph(
        &[not("a"), not("b"), not("c"), not("d"), ("e", "edge", json!({})), ("x", "command", FAN_ON())],
        &["a.out -> b.in", "b.out -> a.in", "c.out -> c.in", "b.out -> d.in", "d.out -> e.in", "e.out -> x.in"],
    );
    let found = compile(&rule, &world()).1;
    assert_eq!(
        found.iter().map(|d| d.message.en.as_str()).collect::<Vec<_>>(),
        ["these nodes form a loop: a → b → a", "these nodes form a loop: c → c"]
    );
}

#[test]
fn help_names_what_is_near() {
    let mut rule = ventilation();
    rule.nodes[1].type_ = "compere".into();
    rule.edges[6].to.node = "of".into();
    let found = compile(&rule, &world()).1;
    let help: Vec<&str> = found.iter().filter_map(|d| d.help.as_ref()).map(|h| h.en.as_str()).collect();
    assert_eq!(help, ["did you mean: compare, convert", "did you mean: off, on"]);
    let found = compile(&chain("@ac.mode", json!({"op": "=", "value": "col"}), FAN_ON()), &world()).1;
    assert_eq!(found[0].help.as_ref().unwrap().en, "did you mean: cool");
}

#[test]
fn limits_hold() {
    let mut rule = ventilation();
    for i in 0..200 {
        rule.node(&format!("n{i}"), "point", json!({"point": pt("door.open")}));
    }
    assert_eq!(faults(&rule), ["rule.limit /nodes"]);
}

#[test]
fn a_range_is_told_in_the_unit_of_the_point() {
    let command = json!({"point": "@ac.target_temperature", "setting": {"to": 104}, "unit": "[degF]"});
    let found = compile(&chain("@co2.co2", json!({"op": ">", "value": 1000}), command), &world()).1;
    assert_eq!(found[0].message.en, "Meeting room AC setpoint: takes 16 to 30 °C, not 40");
    assert_eq!(found[0].message.zh, "“会议室空调的设定温度”：取值范围为 16 到 30 °C，不能是 40");
}
