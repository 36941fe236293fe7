//! Sub-graphs run as what stands in them, and their faults have places.

use super::*;
use crate::tests::generate::{Dice, with_kind};
use crate::tests::{Bench, graph, world};
use crate::{compile, explain, meaning_hash};
use base::Value;
use documents::Edge;
use serde_json::{Map, json};

/// Motion starts what stands within.
fn rule(params: Json) -> RuleGraph {
    graph(
        &[
            ("motion", "point", json!({"point": "@motion.motion"})),
            ("seen", "edge", json!({})),
            ("fan", TYPE, params),
            ("light", "command", json!({"point": "@hall_light.power", "setting": {"to": false}})),
        ],
        &["motion.out -> seen.in", "seen.out -> fan.start", "fan.over -> light.in"],
    )
}

fn example() -> Json {
    serde_json::from_str(EXAMPLES[0].params).unwrap()
}

fn faults(rule: &RuleGraph) -> Vec<String> {
    compile(rule, &world()).1.into_iter().map(|d| format!("{} {}", d.code, d.path)).collect()
}

#[test]
fn what_stands_within_runs_in_its_place() {
    let mut bench = Bench::new(&rule(example()), &[("motion.motion", Value::Bool(false))]);
    assert_eq!(bench.step(10.0, &[("motion.motion", Value::Bool(true))]), ["fan.power=true"]);
    bench.restart();
    assert_eq!(bench.step(609.0, &[]), [""; 0]);
    assert_eq!(bench.step(610.0, &[]), ["fan.power=false", "hall_light.power=false"]);
    let nodes: Vec<&str> = bench.traces[1].entries.iter().map(|e| e.node.as_str()).collect();
    assert_eq!(
        (nodes.as_slice(), bench.traces[1].timers.as_slice()),
        (["fan/wait"].as_slice(), ["fan/wait".to_owned()].as_slice())
    );
}

#[test]
fn sub_graphs_stand_in_sub_graphs() {
    let within = |inner: Json| {
        json!({
            "graph": {"nodes": [{"id": "in", "type": TYPE, "params": inner}]},
            "inputs": {"start": [{"node": "in", "port": "start"}]},
            "outputs": {"over": {"node": "in", "port": "over"}},
        })
    };
    let mut params = example();
    for _ in 1..SUBGRAPH_DEPTH_MAX {
        params = within(params);
    }
    let (plain, deep) = (rule(example()), rule(params.clone()));
    assert_eq!(faults(&deep), [""; 0]);
    let world = world();
    assert_eq!(meaning_hash(&plain, &world), meaning_hash(&deep, &world));
    assert_eq!(explain(&plain, &world), explain(&deep, &world));
    let inner = "/params/graph/nodes/0".repeat(SUBGRAPH_DEPTH_MAX);
    assert_eq!(faults(&rule(within(params))), [format!("rule.limit /nodes/2{inner}")]);
}

#[test]
fn faults_have_their_places_in_the_document() {
    let with = |change: &dyn Fn(&mut Json)| {
        let mut params = example();
        change(&mut params);
        faults(&rule(params))
    };
    let set = |path: &str, value: Json| {
        let path = path.to_owned();
        move |params: &mut Json| *params.pointer_mut(&path).unwrap() = value.clone()
    };
    let within = "/nodes/2/params/graph";
    assert_eq!(
        with(&set("/graph/nodes/1/params/span_ms", json!(0))),
        [format!("rule.span {within}/nodes/1/params/span_ms")]
    );
    assert_eq!(
        with(&set("/graph/nodes/0/type", json!("comand"))),
        [format!("rule.unknown_type {within}/nodes/0/type")]
    );
    assert_eq!(
        with(&set("/graph/nodes/2/id", json!("on"))),
        [
            format!("rule.duplicate_node {within}/nodes/2/id"),
            format!("rule.edge_node {within}/edges/0/to/node"),
            format!("rule.port_unconnected {within}/nodes/2"),
        ]
    );
    assert_eq!(
        with(&set("/graph/nodes/0/id", json!(""))),
        ["rule.edge_node /nodes/2/params/inputs/start/0/node".to_owned(),]
    );
    assert_eq!(
        with(&set("/graph/edges/0/from/port", json!("end"))),
        [format!("rule.edge_port {within}/edges/0/from/port")]
    );
    assert_eq!(with(&set("/inputs/start/1/port", json!("on"))), ["rule.edge_port /nodes/2/params/inputs/start/1/port"]);
    assert_eq!(with(&set("/inputs/start/1/node", json!("no"))), ["rule.edge_node /nodes/2/params/inputs/start/1/node"]);
    assert_eq!(with(&set("/outputs/over/port", json!("end"))), ["rule.edge_port /nodes/2/params/outputs/over/port"]);
    assert_eq!(with(&set("/outputs", json!({}))), ["rule.edge_port /edges/2/from/port"]);
    assert_eq!(with(&set("/inputs", json!({}))), ["rule.edge_port /edges/1/to/port"]);
    assert_eq!(with(&set("/inputs/start", json!([]))), ["rule.params /nodes/2/params/inputs/start"]);
    assert_eq!(with(&set("/graph", json!([]))), ["rule.params /nodes/2/params"]);
    assert_eq!(with(&|params| params["more"] = json!(1)), ["rule.params /nodes/2/params"]);
    assert_eq!(
        with(&|params| params["outputs"]["a b"] = json!({"node": "wait", "port": "out"})),
        ["rule.params /nodes/2/params/outputs/a b"]
    );
    let mut twice = rule(example());
    twice.node("fan", "delay", json!({"span_ms": 1000}));
    assert_eq!(faults(&twice), ["rule.duplicate_node /nodes/2/id"]);
    let mut other = rule(example());
    other.nodes[2].type_version = 2;
    assert_eq!(faults(&other), ["rule.type_version /nodes/2/typeVersion"]);
}

#[test]
fn one_edge_that_becomes_very_many_is_refused() {
    let wide = |inner: Json| {
        let port = json!({"node": "in", "port": "start"});
        json!({
            "graph": {"nodes": [{"id": "in", "type": TYPE, "params": inner}]},
            "inputs": {"start": vec![port; 500]},
            "outputs": {"over": {"node": "in", "port": "over"}},
        })
    };
    assert_eq!(faults(&rule(wide(wide(wide(example()))))), ["rule.limit /edges"]);
}

/// Moves some of the nodes of a rule into a sub-graph.
fn wrapped(rule: &RuleGraph, is_within: impl Fn(usize) -> bool) -> RuleGraph {
    let within = |id: &str| rule.nodes.iter().position(|n| n.id == id).is_some_and(&is_within);
    let nodes = |inner: bool| -> Vec<Node> {
        rule.nodes.iter().enumerate().filter(|(i, _)| is_within(*i) == inner).map(|(_, n)| n.clone()).collect()
    };
    let (mut inner, mut outer): (Vec<Edge>, Vec<Edge>) = (Vec::new(), Vec::new());
    let (mut inputs, mut outputs) = (Map::new(), Map::new());
    for (i, edge) in rule.edges.iter().cloned().enumerate() {
        let own = |port: String| Port { node: "sub".into(), port };
        match (within(&edge.from.node), within(&edge.to.node)) {
            (true, true) => inner.push(edge),
            (false, false) => outer.push(edge),
            (false, true) => {
                inputs.insert(format!("in{i}"), json!([edge.to]));
                outer.push(Edge { from: edge.from, to: own(format!("in{i}")) });
            }
            (true, false) => {
                outputs.insert(format!("out{i}"), json!(edge.from));
                outer.push(Edge { from: own(format!("out{i}")), to: edge.to });
            }
        }
    }
    let params = json!({"graph": {"nodes": nodes(true), "edges": inner}, "inputs": inputs, "outputs": outputs});
    let mut made = RuleGraph { nodes: nodes(false), edges: outer, ..rule.clone() };
    made.node("sub", TYPE, params);
    made
}

#[test]
fn any_nodes_can_stand_in_a_sub_graph_and_the_rule_stays_the_same() {
    let world = world();
    for (seed, kind) in (1..).zip(crate::nodes::KINDS) {
        let Some(rule) = with_kind(kind.type_, &mut Dice::new(seed), &world) else { continue };
        let made = wrapped(&rule, |place| (seed >> (place % 8)) & 1 == 1);
        let (plans, found) = compile(&made, &world);
        assert!(!plans.is_empty(), "{}: {found:?}", kind.type_);
        assert_eq!(meaning_hash(&made, &world), meaning_hash(&rule, &world), "{}", kind.type_);
    }
}
