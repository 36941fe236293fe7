//! A graph while it is drawn: nodes get their ids in order, and what is alike is drawn once.

use base::id::{ConnectionId, DeviceId, RuleId, SceneId};
use base::{Bilingual, Value};
use documents::{Edge, Node, RuleGraph, rule::Port};
use engine::{Group, NodeSpec};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// An output of a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wire {
    node: String,
    port: String,
}

impl Wire {
    /// Another output of the same node.
    pub(crate) fn port(&self, port: &str) -> Wire {
        Wire { node: self.node.clone(), port: port.into() }
    }
}

/// What flows into an input: none, one, or several wires.
pub(crate) type Inputs<'a> = &'a [(&'a str, &'a [Wire])];

/// A graph that grows.
#[derive(Debug, Clone)]
pub(crate) struct Sketch {
    graph: RuleGraph,
    /// Nodes that give the same whenever they are the same, by what they are.
    known: BTreeMap<String, Wire>,
}

impl Sketch {
    /// An empty graph. The id comes from where the rule comes from, so that reading it again replaces it.
    pub(crate) fn new(origin: &str, name: Bilingual) -> Sketch {
        Sketch { graph: RuleGraph::new(RuleId::of_name(origin), name), known: BTreeMap::new() }
    }

    /// Adds a node; the wire is its output `out`.
    pub(crate) fn node(&mut self, type_: &str, params: Json, inputs: Inputs<'_>) -> Wire {
        // Ids sort in the order of the source, and so do commands of one moment.
        let id = format!("n{:03}", self.graph.nodes.len() + 1);
        for (port, wires) in inputs {
            for from in *wires {
                self.graph.edges.push(Edge {
                    from: Port { node: from.node.clone(), port: from.port.clone() },
                    to: Port { node: id.clone(), port: (*port).into() },
                });
            }
        }
        let params = if let Json::Object(o) = params { o } else { Map::new() };
        self.graph.nodes.push(Node { id: id.clone(), type_: type_.into(), type_version: 1, params });
        Wire { node: id, port: "out".into() }
    }

    /// Adds a node that gives a value, unless there is one like it.
    pub(crate) fn value(&mut self, type_: &str, params: Json, inputs: Inputs<'_>) -> Wire {
        let key = format!("{type_} {params} {inputs:?}");
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let wire = self.node(type_, params, inputs);
        self.known.insert(key, wire.clone());
        wire
    }

    /// All of these conditions; none for none.
    pub(crate) fn all(&mut self, wires: &[Wire]) -> Option<Wire> {
        self.joined("and", wires)
    }

    /// Any of these conditions; none for none.
    pub(crate) fn any(&mut self, wires: &[Wire]) -> Option<Wire> {
        self.joined("or", wires)
    }

    fn joined(&mut self, type_: &str, wires: &[Wire]) -> Option<Wire> {
        let mut wires = wires.to_vec();
        wires.sort();
        wires.dedup();
        match wires.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => {
                let names: Vec<String> = (1..=several.len()).map(|n| format!("in{n}")).collect();
                let inputs: Vec<(&str, &[Wire])> = names.iter().map(String::as_str).zip(several.chunks(1)).collect();
                Some(self.value(type_, json!({}), &inputs))
            }
        }
    }

    /// The contrary of a condition.
    pub(crate) fn not(&mut self, wire: &Wire) -> Wire {
        self.value("not", json!({}), &[("in", std::slice::from_ref(wire))])
    }

    /// A comparison with a given value.
    pub(crate) fn compare(&mut self, wire: &Wire, op: &str, value: &Value) -> Wire {
        self.value("compare", json!({ "op": op, "value": value }), &[("in", std::slice::from_ref(wire))])
    }

    /// The moment at which a condition becomes true.
    pub(crate) fn rising(&mut self, wire: &Wire) -> Wire {
        self.value("edge", json!({ "on": "rising" }), &[("in", std::slice::from_ref(wire))])
    }

    /// Whether a condition has held for a time; at once when there is none.
    pub(crate) fn lasting(&mut self, wire: &Wire, ms: i64) -> Wire {
        if ms == 0 {
            return wire.clone();
        }
        self.value("for_duration", json!({ "span_ms": ms }), &[("in", std::slice::from_ref(wire))])
    }

    /// The moment at which a number becomes another.
    pub(crate) fn changed(&mut self, wire: &Wire) -> Wire {
        // The smallest number there is: any change is at least as large.
        self.node("changed_by", json!({ "by": f64::MIN_POSITIVE }), &[("in", std::slice::from_ref(wire))])
    }
    /// At times of the day, on these days of the week; every day when none is named. A time is `22:30`, `sunset` or
    /// `sunset-00:30`.
    pub(crate) fn daily(&mut self, times: &[String], days: &[String]) -> Wire {
        let mut params = json!({ "times": times });
        if !days.is_empty() {
            params["days"] = json!({ "weekdays": days });
        }
        self.node("schedule", params, &[])
    }
    /// By a cron expression.
    pub(crate) fn cron(&mut self, expression: &str) -> Wire {
        self.node("cron", json!({ "expression": expression }), &[])
    }
    /// Every so often, from when the rule is enabled.
    pub(crate) fn every(&mut self, ms: i64) -> Wire {
        self.node("interval", json!({ "every_ms": ms, "from": "enabled" }), &[])
    }
    /// The system has started.
    pub(crate) fn startup(&mut self) -> Wire {
        self.node("startup", json!({}), &[]).port("message")
    }
    /// A person runs it.
    pub(crate) fn manual(&mut self) -> Wire {
        self.node("manual", json!({}), &[]).port("message")
    }
    /// A web hook is called.
    pub(crate) fn webhook(&mut self, name: &str) -> Wire {
        self.node("webhook", json!({ "name": name }), &[]).port("message")
    }
    /// A device tells of an event.
    pub(crate) fn device_event(&mut self, device: DeviceId, event: &str) -> Wire {
        self.node("event", json!({ "device": device, "event": event }), &[]).port("message")
    }
    /// Whether a device can be reached.
    pub(crate) fn online(&mut self, device: DeviceId) -> Wire {
        self.value("is_online", json!({ "device": device }), &[])
    }
    /// The payload of a message as text.
    pub(crate) fn payload(&mut self, message: &Wire) -> Wire {
        self.value("message_part", json!({ "part": "payload" }), &[("in", std::slice::from_ref(message))])
    }
    /// Whether it is between two times of the day, on these days of the week.
    pub(crate) fn time_window(&mut self, from: &str, to: &str, days: &[String]) -> Wire {
        let mut params = json!({ "from": from, "to": to });
        if !days.is_empty() {
            params["days"] = json!({ "weekdays": days });
        }
        self.value("time_window", params, &[])
    }
    /// Whether a text equals, contains, starts or ends with another.
    pub(crate) fn text_match(&mut self, wire: &Wire, how: &str, text: &str) -> Wire {
        self.value("text_match", json!({ "how": how, "text": text }), &[("in", std::slice::from_ref(wire))])
    }
    /// Runs a scene.
    pub(crate) fn scene(&mut self, scene: SceneId, when: &[Wire]) {
        self.node("scene", json!({ "scene": scene }), &[("in", when)]);
    }
    /// Tells people something, in the words of the source.
    pub(crate) fn notify(&mut self, text: &str, when: &[Wire]) {
        let text = text.replace('{', "{{").replace('}', "}}");
        self.node("notify", json!({ "zh": text, "en": text }), &[("in", when)]);
    }
    /// Waits after one event for another: the moment at which it comes, and that at which it is too late.
    pub(crate) fn wait(&mut self, when: &[Wire], until: &[Wire], ms: i64) -> (Wire, Wire) {
        let params = json!({ "span_ms": ms });
        let happened = self.node("sequence", params.clone(), &[("first", when), ("second", until)]);
        (happened, self.node("timeout", params, &[("in", until), ("start", when)]))
    }
    /// At most one event in a time.
    pub(crate) fn throttle(&mut self, event: &Wire, ms: i64) -> Wire {
        self.node("throttle", json!({ "span_ms": ms }), &[("in", std::slice::from_ref(event))])
    }
    /// Whether an event was not long ago; with `fixed` a further one does not make it longer.
    pub(crate) fn pulse(&mut self, event: &Wire, ms: i64, fixed: bool) -> Wire {
        let mut params = json!({ "span_ms": ms });
        if fixed {
            params["fixed"] = json!(true);
        }
        self.node("pulse", params, &[("in", std::slice::from_ref(event))])
    }
    /// A range laid upon another.
    pub(crate) fn scale(&mut self, wire: &Wire, from: (f64, f64), to: (f64, f64), limit: bool) -> Wire {
        let mut params = json!({ "from_min": from.0, "from_max": from.1, "to_min": to.0, "to_max": to.1 });
        if limit {
            params["limit"] = json!(true);
        }
        self.value("scale", params, &[("in", std::slice::from_ref(wire))])
    }
    /// Whole numbers.
    pub(crate) fn round(&mut self, wire: &Wire) -> Wire {
        self.value("round", json!({ "step": 1.0 }), &[("in", std::slice::from_ref(wire))])
    }
    /// Calls a web hook of somebody else.
    pub(crate) fn post(&mut self, to: ConnectionId, body: Json, slots: &[(String, Wire)], when: &Wire) {
        let mut inputs: Vec<(&str, &[Wire])> = vec![("in", std::slice::from_ref(when))];
        inputs.extend(slots.iter().map(|(name, wire)| (name.as_str(), std::slice::from_ref(wire))));
        self.node("webhook_post", json!({ "connection": to, "body": body }), &inputs);
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.graph.nodes.len()
    }

    /// Whether something comes out of it.
    pub(crate) fn acts(&self) -> bool {
        self.graph.nodes.iter().any(|n| ends(&n.type_))
    }

    /// The graph itself.
    pub(crate) fn graph(&mut self) -> &mut RuleGraph {
        &mut self.graph
    }

    /// The finished graph, without what leads nowhere.
    pub(crate) fn done(mut self) -> RuleGraph {
        loop {
            let graph = &mut self.graph;
            let used: Vec<bool> =
                graph.nodes.iter().map(|n| ends(&n.type_) || graph.edges.iter().any(|e| e.from.node == n.id)).collect();
            if used.iter().all(|u| *u) {
                return self.graph;
            }
            let mut keep = used.iter();
            graph.nodes.retain(|_| keep.next().copied().unwrap_or(true));
            let nodes: Vec<String> = graph.nodes.iter().map(|n| n.id.clone()).collect();
            graph.edges.retain(|e| nodes.contains(&e.from.node) && nodes.contains(&e.to.node));
        }
    }
}

/// Every kind of node by its name.
static KINDS: LazyLock<BTreeMap<&'static str, NodeSpec>> =
    LazyLock::new(|| engine::catalogue().into_iter().map(|k| (k.type_, k)).collect());

/// A kind of node.
pub(crate) fn kind(type_: &str) -> Option<&'static NodeSpec> {
    KINDS.get(type_)
}

/// Whether rules end with nodes of this kind: it stands in the group of actions.
pub(crate) fn ends(type_: &str) -> bool {
    kind(type_).is_some_and(|k| k.group == Group::Action)
}
