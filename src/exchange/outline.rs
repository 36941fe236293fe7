//! The shape of a graph as others write rules: starts, and under each a sequence of deeds, conditions and waits. A graph
//! that is no such tree is told with the node that makes it none. Start at [`Outline::of`].

use base::{Bilingual, Diagnostic, Diagnostics, Span, Value};
use documents::{Node, RuleGraph};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// A graph as starts and what follows each.
#[derive(Debug)]
pub(crate) struct Outline<'g> {
    pub(crate) starts: Vec<Start<'g>>,
}

/// Events that begin the same sequence.
#[derive(Debug)]
pub(crate) struct Start<'g> {
    /// The nodes whose events they are.
    pub(crate) triggers: Vec<&'g Node>,
    pub(crate) steps: Vec<Step<'g>>,
}

/// One step of a sequence.
#[derive(Debug)]
pub(crate) enum Step<'g> {
    /// A node where the rule ends.
    Do(&'g Node),
    /// Only if the condition at input `if` of this node holds.
    If(&'g Node, Vec<Step<'g>>),
    /// After the time of this node.
    Wait(&'g Node, Vec<Step<'g>>),
}

/// Walks a graph.
pub(crate) struct Shape<'g> {
    graph: &'g RuleGraph,
}

impl<'g> Outline<'g> {
    /// The outline of a graph.
    ///
    /// # Errors
    /// The nodes that make it no tree.
    pub(crate) fn of(graph: &'g RuleGraph) -> Result<Outline<'g>, Diagnostics> {
        let shape = Shape { graph };
        let mut moments: Vec<BTreeSet<usize>> = Vec::new();
        let mut found = Diagnostics::new();
        for (i, node) in graph.nodes.iter().enumerate() {
            if !takes_event(node) {
                continue;
            }
            let moment = shape.moment(i);
            let inner = moment.iter().any(|n| graph.nodes.get(*n).is_some_and(|n| passes_on(&n.type_)));
            if inner && moment.len() > 1 {
                found.push(blocked(graph, node, "两条路径在此汇合", "two ways come together here"));
            } else if !inner && !moments.contains(&moment) {
                moments.push(moment);
            }
        }
        if !found.is_empty() {
            return Err(found);
        }
        let mut starts = Vec::new();
        for moment in moments {
            let steps = shape.steps(&moment, 0, &mut found);
            let triggers = moment.iter().filter_map(|n| graph.nodes.get(*n)).collect();
            starts.push(Start { triggers, steps });
        }
        if found.is_empty() { Ok(Outline { starts }) } else { Err(found) }
    }
}

impl<'g> Shape<'g> {
    pub(crate) fn new(graph: &'g RuleGraph) -> Shape<'g> {
        Shape { graph }
    }

    /// The nodes whose events arrive at a node.
    fn moment(&self, node: usize) -> BTreeSet<usize> {
        let Some(id) = self.graph.nodes.get(node).map(|n| n.id.as_str()) else { return BTreeSet::new() };
        let arriving = self.graph.edges.iter().filter(|e| e.to.node == id && e.to.port == "in");
        arriving.filter_map(|e| self.graph.nodes.iter().position(|n| n.id == e.from.node)).collect()
    }

    fn steps(&self, moment: &BTreeSet<usize>, depth: usize, found: &mut Diagnostics) -> Vec<Step<'g>> {
        let mut out = Vec::new();
        for (i, node) in self.graph.nodes.iter().enumerate() {
            if !takes_event(node) || self.moment(i) != *moment {
                continue;
            }
            if depth > self.graph.nodes.len() {
                found.push(blocked(self.graph, node, "这里有循环", "there is a loop here"));
                return out;
            }
            let inner = |found: &mut Diagnostics| self.steps(&BTreeSet::from([i]), depth + 1, found);
            match node.type_.as_str() {
                "gate" => out.push(Step::If(node, inner(found))),
                "delay" => out.push(Step::Wait(node, inner(found))),
                other if crate::sketch::ends(other) => out.push(Step::Do(node)),
                other => found.push(blocked(
                    self.graph,
                    node,
                    &format!("“{other}”没有对应的写法"),
                    &format!("`{other}` has no counterpart"),
                )),
            }
        }
        out
    }

    /// The node that feeds an input.
    pub(crate) fn input(&self, node: &Node, port: &str) -> Option<&'g Node> {
        let edge = self.graph.edges.iter().find(|e| e.to.node == node.id && e.to.port == port)?;
        self.graph.nodes.iter().find(|n| n.id == edge.from.node)
    }

    /// The nodes that feed the numbered inputs of an `and` or `or`.
    pub(crate) fn inputs(&self, node: &Node) -> Vec<&'g Node> {
        let edges = self.graph.edges.iter().filter(|e| e.to.node == node.id);
        edges.filter_map(|e| self.graph.nodes.iter().find(|n| n.id == e.from.node)).collect()
    }
}

/// Whether it is fed with events and does something with them.
fn takes_event(node: &Node) -> bool {
    passes_on(&node.type_) || crate::sketch::ends(&node.type_)
}

fn passes_on(type_: &str) -> bool {
    crate::sketch::kind(type_).is_some_and(|spec| {
        let event = |p: &engine::PortSpec| matches!(p.kind, engine::PortKind::Event | engine::PortKind::Message);
        spec.inputs.iter().any(event) && spec.outputs.iter().any(event)
    })
}

/// A node has no counterpart.
pub(crate) fn blocked(graph: &RuleGraph, node: &Node, zh: &str, en: &str) -> Diagnostic {
    let place = graph.nodes.iter().position(|n| n.id == node.id).unwrap_or_default();
    let message = Bilingual::new(format!("节点“{}”：{zh}", node.id), format!("node `{}`: {en}", node.id));
    Diagnostic::error("export.node", format!("/nodes/{place}"), message)
}

/// A parameter of a node.
pub(crate) fn param<'n>(node: &'n Node, name: &str) -> Option<&'n Json> {
    node.params.get(name).filter(|v| !v.is_null())
}

/// A parameter that is a text.
pub(crate) fn text<'n>(node: &'n Node, name: &str) -> Option<&'n str> {
    param(node, name)?.as_str()
}

/// A parameter that is a time, in milliseconds.
pub(crate) fn span(node: &Node, name: &str) -> Option<i64> {
    serde_json::from_value::<Span>(param(node, name)?.clone()).ok().map(Span::as_millis)
}

/// A parameter that is a value.
pub(crate) fn value(node: &Node, name: &str) -> Option<Value> {
    serde_json::from_value(param(node, name)?.clone()).ok()
}
