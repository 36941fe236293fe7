//! The edges of a graph: which output arrives at which input, and in which order nodes can be evaluated.

use crate::compile::suggestion;
use crate::limits::{INPUTS_MAX, SUGGESTIONS_MAX};
use crate::nodes::Registration;
use crate::ports::{PortKind, PortSpec, PortType};
use crate::template::is_name;
use base::diagnostic::nearest;
use base::{Bilingual, Diagnostic, Diagnostics};
use documents::rule::Port;
use documents::{Edge, RuleGraph};
use std::collections::{BTreeMap, BTreeSet};

/// An output, and the edge that leads from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// Index of the node.
    pub(crate) node: usize,
    /// Index of the output in its declaration.
    pub(crate) port: usize,
    /// Index of the edge.
    pub(crate) edge: usize,
}

/// The edges of a graph, resolved.
#[derive(Debug, Default)]
pub(crate) struct Wiring {
    /// By node, by declared input: what arrives.
    arriving: Vec<Vec<Vec<Arrival>>>,
    /// Indexes of nodes in order of evaluation; those of a cycle are missing.
    pub(crate) order: Vec<usize>,
}

type Kinds<'a> = &'a [Option<&'static Registration>];

impl Wiring {
    /// What arrives at the declared inputs of a node.
    pub(crate) fn arriving(&self, node: usize) -> &[Vec<Arrival>] {
        self.arriving.get(node).map_or(&[], Vec::as_slice)
    }

    /// Checks that what arrives at a node is of the declared kind, once the types before it are known.
    pub(crate) fn check_types(
        &self,
        graph: &RuleGraph,
        kinds: Kinds<'_>,
        node: usize,
        known: &[&[Option<PortType>]],
        found: &mut Diagnostics,
    ) {
        let Some(kind) = kinds.get(node).copied().flatten() else { return };
        for (spec, froms) in kind.inputs.iter().zip(self.arriving(node)) {
            // Kinds of port that are fixed were compared when the edge was resolved.
            for from in froms.iter().filter(|_| spec.kind == PortKind::Bool) {
                let Some(Some(type_)) = known.get(from.node).and_then(|types| types.get(from.port)) else { continue };
                if !type_.fits(spec.kind) {
                    mismatch(graph, from.edge, &type_.words(), spec.kind, found);
                }
            }
        }
    }
}

fn mismatch(graph: &RuleGraph, edge: usize, gives: &Bilingual, takes: PortKind, found: &mut Diagnostics) {
    let Some(Edge { from, to }) = graph.edges.get(edge) else { return };
    let takes_words = takes.words();
    let message = Bilingual::new(
        format!("{}.{} 给出{}，{}.{} 需要{}", from.node, from.port, gives.zh, to.node, to.port, takes_words.zh),
        format!("{}.{} gives {}, {}.{} takes {}", from.node, from.port, gives.en, to.node, to.port, takes_words.en),
    );
    let help = match takes {
        PortKind::Message => Bilingual::new("请连接 mqtt_topic 节点", "connect an `mqtt_topic` node"),
        PortKind::Bool => {
            Bilingual::new("用 compare 节点把值变成条件", "a `compare` node makes a condition of a value")
        }
        PortKind::Event => Bilingual::new("用 edge 节点把条件变成事件", "an `edge` node makes an event of a condition"),
        PortKind::Value => {
            Bilingual::new("事件没有值；请连接事件之前的条件", "an event has no value; connect the condition before it")
        }
    };
    found.push(Diagnostic::error("rule.port_type", format!("/edges/{edge}"), message).help(help));
}

/// Resolves every edge and finds an order of evaluation.
pub(crate) fn check(graph: &RuleGraph, kinds: Kinds<'_>, found: &mut Diagnostics) -> Wiring {
    let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, node) in graph.nodes.iter().enumerate() {
        by_id.entry(&node.id).or_insert(i);
    }
    let mut wiring = Wiring {
        arriving: kinds.iter().map(|k| vec![Vec::new(); k.map_or(0, |k| k.inputs.len())]).collect(),
        order: Vec::new(),
    };
    let mut taken: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let mut blind: BTreeSet<usize> = BTreeSet::new();
    let mut links: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (e, edge) in graph.edges.iter().enumerate() {
        let (from, to) = (node_of(&edge.from, "from", e, &by_id, found), node_of(&edge.to, "to", e, &by_id, found));
        let output = from
            .and_then(|n| kinds.get(n).copied().flatten())
            .and_then(|k| port_of(&edge.from, k.outputs, k.inputs, &format!("/edges/{e}/from/port"), true, found));
        let input = to
            .and_then(|n| kinds.get(n).copied().flatten())
            .and_then(|k| port_of(&edge.to, k.inputs, k.outputs, &format!("/edges/{e}/to/port"), false, found));
        if let (Some(from), Some(to)) = (from, to)
            && waits(kinds.get(to).copied().flatten(), input)
        {
            links.insert((from, to));
        }
        let (Some(from), Some(to), Some(output), Some(input)) = (from, to, output, input) else {
            // What should arrive here is unknown, so nothing is said about it missing.
            blind.extend(to);
            continue;
        };
        let specs = kinds
            .get(from)
            .copied()
            .flatten()
            .and_then(|k| k.outputs.get(output))
            .zip(kinds.get(to).copied().flatten().and_then(|k| k.inputs.get(input)));
        let Some((gives, takes)) = specs else { continue };
        if !gives.kind.leads_to(takes.kind) {
            mismatch(graph, e, &gives.kind.words(), takes.kind, found);
            blind.insert(to);
            continue;
        }
        if !takes.kind.is_event()
            && let Some(first) = taken.insert((to, &edge.to.port), e)
        {
            let to = format!("{}.{}", edge.to.node, edge.to.port);
            let first = graph.edges.get(first).map_or_else(String::new, |e| format!("{}.{}", e.from.node, e.from.port));
            let message =
                Bilingual::new(format!("{to} 已连接到 {first}"), format!("{to} is connected to {first} already"));
            let help = Bilingual::new(
                "一个值输入只接一条边；用 and 或 or 合并条件",
                "a value input takes one edge; join conditions with `and` or `or`",
            );
            found.push(Diagnostic::error("rule.port_taken", format!("/edges/{e}/to"), message).help(help));
            continue;
        }
        if let Some(list) = wiring.arriving.get_mut(to).and_then(|ports| ports.get_mut(input)) {
            list.push(Arrival { node: from, port: output, edge: e });
        }
    }
    for (list, spec) in wiring
        .arriving
        .iter_mut()
        .zip(kinds)
        .flat_map(|(ports, kind)| ports.iter_mut().zip(kind.map_or(&[][..], |k| k.inputs)))
    {
        if spec.named {
            list.sort_by_key(|from| graph.edges.get(from.edge).map(|e| e.to.port.as_str()));
        }
    }
    unconnected(graph, kinds, &wiring, &blind, found);
    order(graph, &mut wiring, &links, found);
    wiring
}

/// Whether a node can only be evaluated after what feeds an input of it. A delay waits for values, not for events: those
/// are accepted at the end, so that it may close a loop.
fn waits(kind: Option<&Registration>, input: Option<usize>) -> bool {
    let takes = |kind: &Registration| input.and_then(|i| kind.inputs.get(i)).is_none_or(|spec| spec.kind.is_event());
    !kind.is_some_and(|kind| kind.delays && takes(kind))
}

fn node_of(
    port: &Port,
    end: &str,
    edge: usize,
    by_id: &BTreeMap<&str, usize>,
    found: &mut Diagnostics,
) -> Option<usize> {
    let node = by_id.get(port.node.as_str()).copied();
    if node.is_none() {
        let all: Vec<&str> = by_id.keys().copied().collect();
        let message = Bilingual::new(format!("没有节点“{}”", port.node), format!("there is no node `{}`", port.node));
        let near = nearest(&port.node, all.iter().copied(), SUGGESTIONS_MAX);
        found.push(
            Diagnostic::error("rule.edge_node", format!("/edges/{edge}/{end}/node"), message)
                .help(suggestion(&near, &all)),
        );
    }
    node
}

/// Index of a declared port.
fn port_of(
    port: &Port,
    specs: &[PortSpec],
    others: &[PortSpec],
    path: &str,
    output: bool,
    found: &mut Diagnostics,
) -> Option<usize> {
    let is_meant = |spec: &PortSpec| {
        let number = || port.port.strip_prefix(spec.name).filter(|n| !n.starts_with(['0', '+']))?.parse().ok();
        match (spec.named, spec.many) {
            (true, _) => is_name(&port.port),
            (false, true) => number().is_some_and(|n: usize| (1..=INPUTS_MAX).contains(&n)),
            (false, false) => port.port == spec.name,
        }
    };
    let place = specs.iter().position(is_meant);
    if place.is_none() {
        let (zh, en) = if output { ("输出", "output") } else { ("输入", "input") };
        let wrong_way = others.iter().any(|spec| !spec.named && is_meant(spec));
        let message = if wrong_way {
            Bilingual::new(
                format!("{}.{} 不是{zh}", port.node, port.port),
                format!("{}.{} is not an {en}", port.node, port.port),
            )
        } else {
            Bilingual::new(
                format!("{} 没有{zh}“{}”", port.node, port.port),
                format!("{} has no {en} `{}`", port.node, port.port),
            )
        };
        let names: Vec<String> = specs
            .iter()
            .map(|s| match (s.named, s.many) {
                (true, _) => format!("({})", s.name),
                (false, true) => format!("{0}1..{0}{INPUTS_MAX}", s.name),
                (false, false) => s.name.into(),
            })
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        found.push(Diagnostic::error("rule.edge_port", path, message).help(suggestion(&[], &names)));
    }
    place
}

/// Every input is needed.
fn unconnected(graph: &RuleGraph, kinds: Kinds<'_>, wiring: &Wiring, blind: &BTreeSet<usize>, found: &mut Diagnostics) {
    for (i, (node, kind)) in graph.nodes.iter().zip(kinds).enumerate() {
        let Some(kind) = kind.filter(|_| !blind.contains(&i)) else { continue };
        for (spec, froms) in kind.inputs.iter().zip(wiring.arriving(i)) {
            let message = match (spec.many, froms.len()) {
                // Which of them are needed is a matter of the parameters.
                _ if spec.named || spec.optional => continue,
                (false, 0) => Bilingual::new(
                    format!("输入 {}.{} 没有连接", node.id, spec.name),
                    format!("input {}.{} is not connected", node.id, spec.name),
                ),
                (true, n @ 0..=1) => Bilingual::new(
                    format!("{} 需要至少两个输入（{1}1、{1}2……），现有 {n} 个", node.id, spec.name),
                    format!("{} needs two inputs at least ({1}1, {1}2 and so on), it has {n}", node.id, spec.name),
                ),
                _ => continue,
            };
            found.push(Diagnostic::error("rule.port_unconnected", format!("/nodes/{i}"), message));
        }
    }
}

/// Kahn's algorithm; among those that are ready the smallest id comes first.
fn order(graph: &RuleGraph, wiring: &mut Wiring, links: &BTreeSet<(usize, usize)>, found: &mut Diagnostics) {
    let mut missing = vec![0usize; graph.nodes.len()];
    for (_, to) in links {
        if let Some(n) = missing.get_mut(*to) {
            *n += 1;
        }
    }
    let id = |i: usize| graph.nodes.get(i).map_or("", |n| n.id.as_str());
    let mut ready: BTreeSet<(&str, usize)> =
        missing.iter().enumerate().filter(|(_, n)| **n == 0).map(|(i, _)| (id(i), i)).collect();
    while let Some((_, i)) = ready.pop_first() {
        wiring.order.push(i);
        for (_, to) in links.range((i, 0)..=(i, usize::MAX)) {
            if let Some(n) = missing.get_mut(*to) {
                *n -= 1;
                if *n == 0 {
                    ready.insert((id(*to), *to));
                }
            }
        }
    }
    for cycle in cycles(links, &missing) {
        let names = cycle.iter().chain(cycle.first()).map(|i| id(*i)).collect::<Vec<_>>().join(" → ");
        let message = Bilingual::new(format!("节点成环：{names}"), format!("these nodes form a loop: {names}"));
        let help = Bilingual::new("环路只能经过 delay 节点", "a loop is possible only through a `delay` node");
        let path = cycle.first().map_or_else(String::new, |i| format!("/nodes/{i}"));
        found.push(Diagnostic::error("rule.cycle", path, message).help(help));
    }
}

/// Cycles without a node in common among the nodes that could not be ordered, each from its smallest index on.
fn cycles(links: &BTreeSet<(usize, usize)>, missing: &[usize]) -> Vec<Vec<usize>> {
    let mut left: BTreeSet<usize> = (0..missing.len()).filter(|i| missing.get(*i).is_some_and(|n| *n > 0)).collect();
    let mut cycles = Vec::new();
    while let Some(start) = left.first().copied() {
        // Going backwards either comes round or ends at a node whose cycle is found already.
        let mut path = vec![start];
        let mut last = start;
        while let Some((next, _)) = links.iter().find(|(from, to)| *to == last && left.contains(from)) {
            if let Some(at) = path.iter().position(|i| i == next) {
                let mut cycle = path.split_off(at);
                cycle.reverse();
                let smallest = cycle.iter().enumerate().min_by_key(|(_, i)| **i).map_or(0, |(at, _)| at);
                cycle.rotate_left(smallest);
                left.retain(|i| !cycle.contains(i));
                cycles.push(cycle);
                break;
            }
            path.push(*next);
            last = *next;
        }
        left.retain(|i| !path.contains(i));
    }
    cycles
}

/// What can run, but is hardly meant.
pub(crate) fn hints(graph: &RuleGraph, kinds: Kinds<'_>, wiring: &Wiring, found: &mut Diagnostics) {
    let used: BTreeSet<usize> =
        (0..graph.nodes.len()).flat_map(|i| wiring.arriving(i)).flatten().map(|from| from.node).collect();
    let mut acts = false;
    for (i, (node, kind)) in graph.nodes.iter().zip(kinds).enumerate() {
        let Some(kind) = kind else { continue };
        acts |= kind.outputs.is_empty();
        if !kind.outputs.is_empty() && !used.contains(&i) {
            let message = Bilingual::new(
                format!("节点“{}”的输出没有用到", node.id),
                format!("the output of `{}` is not used", node.id),
            );
            found.push(Diagnostic::warning("rule.unused", format!("/nodes/{i}"), message));
        }
    }
    if !acts {
        found.push(Diagnostic::warning(
            "rule.no_action",
            "/nodes",
            Bilingual::new("规则没有动作", "the rule does nothing"),
        ));
    }
}
