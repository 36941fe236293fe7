//! `subgraph`: several nodes that stand as one. Before anything else looks at a graph, what stands within takes its place.
//!
//! A node `on` within `light` is `light/on` from then on: checks, plans, traces and words know flat graphs only. What it
//! is *not*: it checks no type and no parameter of a node. Start at [`Flat::of`].

use crate::compile::suggestion;
use crate::limits::{SUBGRAPH_DEPTH_MAX, SUGGESTIONS_MAX};
use crate::nodes::{Carries, Example, Group, NodeSpec};
use crate::ports::{PortKind, PortSpec, Text};
use crate::template::is_name;
use base::diagnostic::nearest;
use base::limits::{RULE_EDGES_MAX, RULE_NODES_MAX};
use base::{Bilingual, Diagnostic, Diagnostics};
use documents::rule::Port;
use documents::{Edge, Node, RuleGraph};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Most ports of sub-graphs that are followed in one graph.
const STEPS_MAX: usize = 16 * RULE_EDGES_MAX;

/// Name in graphs.
pub(crate) const TYPE: &str = "subgraph";
const VERSION: u32 = 1;
const TITLE: Text = Text::new("子图", "Sub-graph");
const DOC: Text = Text::new(
    "把几个节点合成一个：graph 里是节点和边，inputs 和 outputs 说明每个端口通到里面的哪里。检查和运行时里面的节点就地展开，\
     节点 a 里的 b 叫作 a/b，在记录和问题里也用这个名字。子图里可以再有子图，最多四层；节点和边的总数与普通规则的上限相同。",
    "Several nodes that stand as one: `graph` has the nodes and edges, `inputs` and `outputs` say where each port leads within. \
     For checks and at run time the nodes within take its place; `b` within `a` is called `a/b`, in traces and findings too. \
     There may be sub-graphs in a sub-graph, four deep; the limits of a rule count for all of its nodes and edges together.",
);
const INPUTS: &[PortSpec] = &[PortSpec::named(
    "input",
    PortKind::Value,
    Text::new("inputs 里的端口，内容由里面的节点决定", "a port of `inputs`; what it carries is up to the nodes within"),
)];
const OUTPUTS: &[PortSpec] = &[PortSpec::named(
    "output",
    PortKind::Value,
    Text::new(
        "outputs 里的端口，内容由里面的节点决定",
        "a port of `outputs`; what it carries is up to the nodes within",
    ),
)];
const EXAMPLES: &[Example] = &[Example {
    title: Text::new("风扇开十分钟", "a fan for ten minutes"),
    params: r#"{
        "graph": {
            "nodes": [
                {"id": "on", "type": "command", "params": {"point": "pt_03da3643ad1981acb0edbd9b1c641b51", "setting": {"to": true}}},
                {"id": "wait", "type": "delay", "params": {"span_ms": 600000}},
                {"id": "off", "type": "command", "params": {"point": "pt_03da3643ad1981acb0edbd9b1c641b51", "setting": {"to": false}}}
            ],
            "edges": [{"from": {"node": "wait", "port": "out"}, "to": {"node": "off", "port": "in"}}]
        },
        "inputs": {"start": [{"node": "on", "port": "in"}, {"node": "wait", "port": "in"}]},
        "outputs": {"over": {"node": "wait", "port": "out"}}
    }"#,
    inputs: &[("start", Carries::Event)],
    rows: &["0:00 | - | -", "0:10 | ! | true", "10:10 | - | false !"],
}];

/// Parameters of `subgraph`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// What stands within.
    graph: Inner,
    /// Where each input leads: inputs of nodes within, by the name of the port.
    #[serde(default)]
    inputs: BTreeMap<String, Vec<Port>>,
    /// What each output is: an output of a node within, by the name of the port.
    #[serde(default)]
    outputs: BTreeMap<String, Port>,
}

/// What stands within a sub-graph.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Inner {
    /// Its nodes; their ids are unique within it.
    nodes: Vec<Node>,
    /// What flows where within it.
    #[serde(default)]
    edges: Vec<Edge>,
}

/// The kind as it is served.
pub(crate) fn spec() -> NodeSpec {
    NodeSpec {
        group: Group::Action,
        type_: TYPE,
        type_version: VERSION,
        title: TITLE.bilingual(),
        doc: DOC.bilingual(),
        inputs: INPUTS,
        outputs: OUTPUTS,
        params: schemars::schema_for!(Params),
        examples: EXAMPLES,
    }
}

/// A graph without sub-graphs, and where its parts stand in the document.
#[derive(Debug)]
pub struct Flat<'g> {
    graph: Cow<'g, RuleGraph>,
    nodes: Vec<String>,
    edges: Vec<Places>,
}

/// Where an edge stands in the document, and where its ends do.
#[derive(Debug)]
struct Places {
    edge: String,
    from: String,
    to: String,
}

impl<'g> Flat<'g> {
    /// Of a graph. What is wrong with its sub-graphs is told, and left out.
    pub fn of(graph: &'g RuleGraph, found: &mut Diagnostics) -> Flat<'g> {
        if !graph.nodes.iter().any(|n| n.type_ == TYPE) {
            return Flat { graph: Cow::Borrowed(graph), nodes: Vec::new(), edges: Vec::new() };
        }
        let whole = Level::new(graph.nodes.clone(), graph.edges.clone(), Default::default(), 0, found);
        let mut bare = RuleGraph { nodes: Vec::new(), edges: Vec::new(), ..graph.clone() };
        let mut flat = Flat { graph: Cow::Borrowed(graph), nodes: Vec::new(), edges: Vec::new() };
        whole.nodes_into(&mut bare, &mut flat.nodes);
        let mut steps = STEPS_MAX;
        whole.edges_into(&mut bare, &mut flat.edges, &mut steps, found);
        if steps == 0 {
            let message = Bilingual::new(
                "子图的端口层层相通，展开后过多",
                "the ports of the sub-graphs lead on to too many others",
            );
            found.push(Diagnostic::error("rule.limit", "/edges", message));
        }
        flat.graph = Cow::Owned(bare);
        flat
    }

    /// The graph without sub-graphs.
    pub fn graph(&self) -> &RuleGraph {
        &self.graph
    }

    /// Findings about the flat graph, with their places in the document.
    pub fn placed(&self, mut found: Diagnostics) -> Diagnostics {
        for finding in &mut found {
            finding.path = self.place(&finding.path);
        }
        found
    }

    /// The place in the document of a place in the flat graph.
    fn place(&self, path: &str) -> String {
        let (rest, list) = match (path.strip_prefix("/nodes/"), path.strip_prefix("/edges/")) {
            (Some(rest), _) => (rest, &self.nodes),
            (None, Some(rest)) => return self.place_of_edge(rest).unwrap_or_else(|| path.to_owned()),
            (None, None) => return path.to_owned(),
        };
        let (index, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let of = index.parse().ok().and_then(|i: usize| list.get(i));
        of.map_or_else(|| path.to_owned(), |of| format!("{of}{rest}"))
    }

    fn place_of_edge(&self, rest: &str) -> Option<String> {
        let (index, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let places = self.edges.get(index.parse::<usize>().ok()?)?;
        Some(match (rest.strip_prefix("/from"), rest.strip_prefix("/to")) {
            (Some(rest), _) => format!("{}{rest}", places.from),
            (None, Some(rest)) => format!("{}{rest}", places.to),
            (None, None) => format!("{}{rest}", places.edge),
        })
    }
}

/// A graph, or what stands within a sub-graph.
struct Level {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// What stands before the ids of its nodes in the flat graph.
    prefix: String,
    /// Where it stands in the document.
    at: String,
    /// The sub-graphs among its nodes, by their place; none where one could not be read.
    inner: BTreeMap<usize, Option<Sub>>,
}

/// A sub-graph.
struct Sub {
    level: Level,
    inputs: BTreeMap<String, Vec<Port>>,
    /// None where one leads nowhere.
    outputs: BTreeMap<String, Option<Port>>,
    /// Where it stands in the document.
    at: String,
}

/// An end of an edge: a port of a node that is no sub-graph, and where it is said in the document.
type End = (Port, String);

impl Level {
    fn new(
        nodes: Vec<Node>,
        edges: Vec<Edge>,
        (prefix, at): (String, String),
        depth: usize,
        found: &mut Diagnostics,
    ) -> Level {
        let mut inner = BTreeMap::new();
        for (i, node) in nodes.iter().enumerate().filter(|(_, n)| n.type_ == TYPE) {
            let path = format!("{at}/nodes/{i}");
            if nodes.iter().enumerate().any(|(other, n)| n.id == node.id && (other < i || n.type_ != TYPE)) {
                let message = Bilingual::new(
                    format!("节点 id“{}”重复", node.id),
                    format!("`{}` is the id of another node too", node.id),
                );
                found.push(Diagnostic::error("rule.duplicate_node", format!("{path}/id"), message));
            }
            inner.insert(i, Sub::read(node, &prefix, path, depth + 1, found));
        }
        Level { nodes, edges, prefix, at, inner }
    }

    fn nodes_into(&self, graph: &mut RuleGraph, places: &mut Vec<String>) {
        for (i, node) in self.nodes.iter().enumerate() {
            match self.inner.get(&i) {
                Some(sub) => sub.iter().for_each(|sub| sub.level.nodes_into(graph, places)),
                // One more than there may be is enough to say so.
                None if graph.nodes.len() > RULE_NODES_MAX => return,
                None => {
                    graph.nodes.push(Node { id: format!("{}{}", self.prefix, node.id), ..node.clone() });
                    places.push(format!("{}/nodes/{i}", self.at));
                }
            }
        }
    }

    fn edges_into(&self, graph: &mut RuleGraph, places: &mut Vec<Places>, steps: &mut usize, found: &mut Diagnostics) {
        for (i, edge) in self.edges.iter().enumerate() {
            let at = format!("{}/edges/{i}", self.at);
            let (from, to) = (format!("{at}/from"), format!("{at}/to"));
            let (gives, takes) = (self.has(&edge.from, true, &from, found), self.has(&edge.to, false, &to, found));
            let Some((from, from_at)) = self.giver(&edge.from, from).filter(|_| gives && takes) else { continue };
            let mut takers = Vec::new();
            self.takers(&edge.to, to, &mut takers, steps);
            for (to, to_at) in takers {
                if graph.edges.len() > RULE_EDGES_MAX {
                    return;
                }
                graph.edges.push(Edge { from: from.clone(), to });
                places.push(Places { edge: at.clone(), from: from_at.clone(), to: to_at });
            }
        }
        for sub in self.inner.values().flatten() {
            sub.level.edges_into(graph, places, steps, found);
        }
    }

    /// The node of an id, where it is a sub-graph.
    fn sub(&self, id: &str) -> Option<&Option<Sub>> {
        self.inner.iter().find(|(i, _)| self.nodes.get(**i).is_some_and(|n| n.id == id)).map(|(_, sub)| sub)
    }

    /// Whether a port leads somewhere, as far as sub-graphs are concerned; says so if not.
    fn has(&self, port: &Port, output: bool, at: &str, found: &mut Diagnostics) -> bool {
        let sub = match self.sub(&port.node) {
            None => return true,
            Some(None) => return false,
            Some(Some(sub)) => sub,
        };
        let (inputs, outputs) = (sub.inputs.keys(), sub.outputs.keys());
        let known: Vec<&str> =
            if output { outputs.map(String::as_str).collect() } else { inputs.map(String::as_str).collect() };
        if known.contains(&port.port.as_str()) {
            return true;
        }
        let (zh, en) = if output { ("输出", "output") } else { ("输入", "input") };
        let message = Bilingual::new(
            format!("{} 没有{zh}“{}”", port.node, port.port),
            format!("{} has no {en} `{}`", port.node, port.port),
        );
        let near = nearest(&port.port, known.iter().copied(), SUGGESTIONS_MAX);
        found.push(Diagnostic::error("rule.edge_port", format!("{at}/port"), message).help(suggestion(&near, &known)));
        false
    }

    /// Whether a port of a sub-graph leads to a node within it; says so if not.
    fn holds(&self, port: &Port, output: bool, at: &str, found: &mut Diagnostics) -> bool {
        let ids: Vec<&str> = self.nodes.iter().map(|n| n.id.as_str()).collect();
        if ids.contains(&port.node.as_str()) {
            return self.has(port, output, at, found);
        }
        let message = Bilingual::new(format!("没有节点“{}”", port.node), format!("there is no node `{}`", port.node));
        let near = nearest(&port.node, ids.iter().copied(), SUGGESTIONS_MAX);
        found.push(Diagnostic::error("rule.edge_node", format!("{at}/node"), message).help(suggestion(&near, &ids)));
        false
    }

    fn own(&self, port: &Port) -> Port {
        Port { node: format!("{}{}", self.prefix, port.node), port: port.port.clone() }
    }

    /// The output that a port stands for.
    fn giver(&self, port: &Port, at: String) -> Option<End> {
        let Some(sub) = self.sub(&port.node) else { return Some((self.own(port), at)) };
        let sub = sub.as_ref()?;
        sub.level.giver(sub.outputs.get(&port.port)?.as_ref()?, format!("{}/params/outputs/{}", sub.at, port.port))
    }

    /// The inputs that a port stands for.
    fn takers(&self, port: &Port, at: String, ends: &mut Vec<End>, steps: &mut usize) {
        let sub = match self.sub(&port.node) {
            None => return ends.push((self.own(port), at)),
            Some(None) => return,
            Some(Some(sub)) => sub,
        };
        for (i, within) in sub.inputs.get(&port.port).into_iter().flatten().enumerate() {
            if *steps == 0 || ends.len() > RULE_EDGES_MAX {
                return;
            }
            *steps -= 1;
            sub.level.takers(within, format!("{}/params/inputs/{}/{i}", sub.at, port.port), ends, steps);
        }
    }
}

impl Sub {
    fn read(node: &Node, prefix: &str, at: String, depth: usize, found: &mut Diagnostics) -> Option<Sub> {
        let mut refuse = |code: &str, path: &str, zh: String, en: String| {
            found.push(Diagnostic::error(code, format!("{at}{path}"), Bilingual::new(zh, en)));
        };
        if node.type_version != VERSION {
            let written = node.type_version;
            let zh = format!("“{TYPE}”的版本是 {VERSION}，不是 {written}");
            refuse("rule.type_version", "/typeVersion", zh, format!("`{TYPE}` has version {VERSION}, not {written}"));
        }
        if depth > SUBGRAPH_DEPTH_MAX {
            let zh = format!("子图最多 {SUBGRAPH_DEPTH_MAX} 层");
            refuse("rule.limit", "", zh, format!("sub-graphs are at most {SUBGRAPH_DEPTH_MAX} deep"));
            return None;
        }
        let Params { graph: Inner { nodes, edges }, inputs, outputs } =
            match serde_json::from_value(Json::Object(node.params.clone())) {
                Ok(params) => params,
                Err(e) => {
                    let en = format!("the parameters do not have the expected form: {e}");
                    refuse("rule.params", "/params", format!("参数格式不符：{e}"), en);
                    return None;
                }
            };
        let level =
            Level::new(nodes, edges, (format!("{prefix}{}/", node.id), format!("{at}/params/graph")), depth, found);
        let mut sub = Sub { level, inputs: BTreeMap::new(), outputs: BTreeMap::new(), at };
        for (name, ports) in inputs {
            let path = format!("{}/params/inputs/{name}", sub.at);
            named(&name, &path, found);
            if ports.is_empty() {
                let message =
                    Bilingual::new(format!("输入“{name}”不通到任何节点"), format!("input `{name}` leads nowhere"));
                found.push(Diagnostic::error("rule.params", path.clone(), message));
            }
            let holds = |(i, port): &(usize, Port)| sub.level.holds(port, false, &format!("{path}/{i}"), found);
            let ports = ports.into_iter().enumerate().filter(holds).map(|(_, port)| port).collect();
            sub.inputs.insert(name, ports);
        }
        for (name, port) in outputs {
            let path = format!("{}/params/outputs/{name}", sub.at);
            named(&name, &path, found);
            let holds = sub.level.holds(&port, true, &path, found);
            sub.outputs.insert(name, holds.then_some(port));
        }
        Some(sub)
    }
}

/// Says so where no port can be called like this.
fn named(name: &str, path: &str, found: &mut Diagnostics) {
    if !is_name(name) {
        let message = Bilingual::new(
            format!("“{name}”不是端口名：以字母或下划线开头，后面是字母、数字和下划线"),
            format!("`{name}` is no name of a port: a letter or an underscore, then letters, digits and underscores"),
        );
        found.push(Diagnostic::error("rule.params", path, message));
    }
}

#[cfg(test)]
mod tests;
