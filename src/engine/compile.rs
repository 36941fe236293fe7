//! From a graph to a plan. All faults are reported at once, each with its place in the document.
//!
//! The order of nodes and edges in the document does not matter: nodes are evaluated in topological order, ties by id.
//! What it is *not*: it runs nothing. Start at [`compile`]; the wiring is checked in `wiring.rs`, parameters in each
//! kind's own file by way of [`Scope`].

use crate::each;
use crate::limits::{NODE_ID_CHARS_MAX, RUNS_MAX, SPAN_MS_MAX, SUGGESTIONS_MAX};
use crate::nodes::{self, Op, Registration};
use crate::origin::{self, Origin, Origins};
use crate::plan::{Plan, PlanNode};
use crate::ports::{PortSpec, PortType};
use crate::rows::Rows;
use crate::subgraph::{self, Flat};
use crate::topic::Filter;
use crate::wiring::{self, Wiring};
use base::diagnostic::{has_errors, nearest};
use base::id::{ConnectionId, PointId, RuleId};
use base::limits::{RULE_EDGES_MAX, RULE_NODES_MAX};
use base::{Bilingual, Diagnostic, Diagnostics, Span, Unit, Value};
use documents::{Node, RuleGraph, rule};
use std::collections::BTreeSet;
use things::{Here, World};

/// The driver whose connections carry topics.
pub(crate) const MQTT_DRIVER: &str = "mqtt";

/// As many outputs as a node that stands alone can have.
#[cfg(test)]
const OUTPUTS_ALONE: usize = 16;

/// Checks a graph and compiles it. All faults at once, but for those of sub-graphs, which come first; without errors
/// there is a plan, and of a rule that stands for several rooms or devices one for each.
pub fn compile(graph: &RuleGraph, world: &World) -> (Vec<Plan>, Diagnostics) {
    let mut found = Diagnostics::new();
    let flat = Flat::of(graph, &mut found);
    if has_errors(&found) {
        return (Vec::new(), found);
    }
    let (plans, found) = match &graph.each {
        Some(each) => each::plans(each, world, |here| compile_flat(flat.graph(), world, Some(here))),
        None => {
            let (plan, found) = compile_flat(flat.graph(), world, None);
            (plan.into_iter().collect(), found)
        }
    };
    (plans, flat.placed(found))
}

fn compile_flat(graph: &RuleGraph, world: &World, here: Option<Here>) -> (Option<Plan>, Diagnostics) {
    let mut found = Diagnostics::new();
    if graph.schema_version != rule::SCHEMA_VERSION {
        let written = graph.schema_version;
        let known = rule::SCHEMA_VERSION;
        found.push(Diagnostic::error(
            "rule.version",
            "/schemaVersion",
            Bilingual::new(
                format!("不认识版本 {written}，现为 {known}"),
                format!("version {written} is not known, the present one is {known}"),
            ),
        ));
    }
    limit(graph.nodes.len(), RULE_NODES_MAX, "/nodes", &mut found);
    limit(graph.edges.len(), RULE_EDGES_MAX, "/edges", &mut found);
    if has_errors(&found) {
        return (None, found);
    }
    if !(1..=RUNS_MAX).contains(&graph.runs.max) {
        let message = Bilingual::new(
            format!("应在 1 到 {RUNS_MAX} 之间，而不是 {}", graph.runs.max),
            format!("takes 1 to {RUNS_MAX}, not {}", graph.runs.max),
        );
        found.push(Diagnostic::error("rule.runs", "/runs/max", message));
    }
    if graph.nodes.is_empty() {
        found.push(Diagnostic::error("rule.empty", "/nodes", Bilingual::new("规则没有节点", "the rule has no nodes")));
    }
    each::check(graph, &mut found);
    let kinds = kinds(graph, &mut found);
    let wiring = wiring::check(graph, &kinds, &mut found);
    let ops = nodes_in_order(graph, (world, here), &kinds, &wiring, &mut found);
    if has_errors(&found) {
        return (None, found);
    }
    wiring::hints(graph, &kinds, &wiring, &mut found);
    let plan = place(graph, &kinds, &wiring, ops).map(|plan| Plan { here, ..plan });
    if let Some(plan) = &plan {
        origin::check_plan(graph, plan, &mut found);
        if has_errors(&found) {
            return (None, found);
        }
    }
    if plan.is_none() {
        found.push(Diagnostic::error(
            "rule.internal",
            "",
            Bilingual::new("计划不一致，请报告此问题", "the plan does not fit together; please report this"),
        ));
    }
    (plan, found)
}

fn limit(count: usize, most: usize, path: &str, found: &mut Diagnostics) {
    if count > most {
        found.push(Diagnostic::error(
            "rule.limit",
            path,
            Bilingual::new(
                format!("最多 {most} 项，现有 {count} 项"),
                format!("at most {most} are possible, there are {count}"),
            ),
        ));
    }
}

/// The kind of each node, where it is known; checks ids, types and versions.
fn kinds(graph: &RuleGraph, found: &mut Diagnostics) -> Vec<Option<&'static Registration>> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut kinds = Vec::with_capacity(graph.nodes.len());
    for (i, node) in graph.nodes.iter().enumerate() {
        check_id(i, node, &mut seen, found);
        let kind = nodes::by_type(&node.type_);
        match kind {
            None => {
                let all: Vec<&str> = nodes::KINDS.iter().map(|k| k.type_).chain([subgraph::TYPE]).collect();
                let names = nearest(&node.type_, all.iter().copied(), SUGGESTIONS_MAX);
                let fault = Diagnostic::error(
                    "rule.unknown_type",
                    format!("/nodes/{i}/type"),
                    Bilingual::new(
                        format!("没有“{}”这种节点", node.type_),
                        format!("there is no node type `{}`", node.type_),
                    ),
                );
                found.push(fault.help(suggestion(&names, &all)));
            }
            Some(kind) if kind.version != node.type_version => found.push(Diagnostic::error(
                "rule.type_version",
                format!("/nodes/{i}/typeVersion"),
                Bilingual::new(
                    format!("“{}”的版本是 {}，不是 {}", kind.type_, kind.version, node.type_version),
                    format!("`{}` has version {}, not {}", kind.type_, kind.version, node.type_version),
                ),
            )),
            Some(_) => {}
        }
        kinds.push(kind);
    }
    kinds
}

fn check_id<'a>(i: usize, node: &'a Node, seen: &mut BTreeSet<&'a str>, found: &mut Diagnostics) {
    let path = format!("/nodes/{i}/id");
    let chars = node.id.chars().count();
    if chars == 0 || chars > NODE_ID_CHARS_MAX || node.id.ends_with('/') {
        let message = Bilingual::new(
            format!("节点 id 应有 1 到 {NODE_ID_CHARS_MAX} 个字符，不以 / 结尾；子图里的节点连同子图的 id 一起计"),
            format!(
                "the id of a node has 1 to {NODE_ID_CHARS_MAX} characters, those of its sub-graphs included, and does \
                 not end with `/`"
            ),
        );
        found.push(Diagnostic::error("rule.node_id", path.clone(), message));
    }
    if !seen.insert(&node.id) {
        let message =
            Bilingual::new(format!("节点 id“{}”重复", node.id), format!("`{}` is the id of another node too", node.id));
        found.push(Diagnostic::error("rule.duplicate_node", path, message));
    }
}

/// "Did you mean", or the whole list when nothing is near.
pub(crate) fn suggestion(near: &[&str], all: &[&str]) -> Bilingual {
    let (list, zh, en) =
        if near.is_empty() { (all, "可用", "known") } else { (near, "您是否指", "did you mean") };
    let list = list.join(", ");
    Bilingual::new(format!("{zh}：{list}"), format!("{en}: {list}"))
}

/// Compiles every node, inputs before what they feed.
fn nodes_in_order(
    graph: &RuleGraph,
    (world, here): (&World, Option<Here>),
    kinds: &[Option<&'static Registration>],
    wiring: &Wiring,
    found: &mut Diagnostics,
) -> Vec<Option<Op>> {
    let mut ops: Vec<Option<Op>> = vec![None; graph.nodes.len()];
    let mut known: Vec<Produced> = vec![Produced::default(); graph.nodes.len()];
    let rest = (0..graph.nodes.len()).filter(|i| !wiring.order.contains(i));
    for i in wiring.order.iter().copied().chain(rest) {
        let (Some(Some(kind)), Some(node)) = (kinds.get(i), graph.nodes.get(i)) else { continue };
        let arriving = wiring.arriving(i);
        let types = |port: usize| {
            arriving
                .get(port)
                .into_iter()
                .flatten()
                .filter_map(|from| known.get(from.node)?.types.get(from.port)?.clone())
                .collect()
        };
        let name = |from: &wiring::Arrival| graph.edges.get(from.edge).map(|e| e.to.port.clone());
        let mut scope = Scope {
            rule: graph.id,
            world,
            here,
            path: format!("/nodes/{i}/params"),
            inputs: (0..kind.inputs.len()).map(types).collect(),
            names: arriving.iter().map(|froms| froms.iter().filter_map(name).collect()).collect(),
            origins: arriving
                .iter()
                .map(|froms| froms.iter().map(|from| known.get(from.node)?.origin(kinds, from)).collect())
                .collect(),
            start: arriving.iter().flatten().any(|from| known.get(from.node).is_some_and(|p| p.start)),
            produced: Produced {
                types: kind.outputs.iter().map(|o| PortType::fixed(o.kind)).collect(),
                start: false,
                origins: Origins::default(),
            },
            found,
        };
        scope.produced.start = scope.start;
        let heard = origin::of(kind, &scope.origins);
        let op = (kind.compile)(&node.params, &mut scope);
        match heard {
            Ok(heard) => {
                let said = std::mem::take(&mut scope.produced.origins);
                scope.produced.origins =
                    Origins { values: said.values.or(heard.values), events: said.events.or(heard.events) };
            }
            Err(why) => scope.fault_of_node("rule.message", why),
        }
        let mut produced = scope.produced;
        // What begins a run does not begin again with the rule: only levels before the next event do.
        produced.start &= !kind.outputs.iter().all(|o| o.kind.is_event());
        if let (Some(place), Some(types)) = (ops.get_mut(i), known.get_mut(i)) {
            *place = op;
            *types = produced;
        }
        wiring.check_types(graph, kinds, i, &known.iter().map(|p| p.types.as_slice()).collect::<Vec<_>>(), found);
    }
    ops
}

/// What a node gives.
#[derive(Debug, Clone, Default)]
struct Produced {
    types: Vec<Option<PortType>>,
    /// A source before it says `initial: fire`.
    start: bool,
    /// The messages that its outputs belong to, as far as that is known.
    origins: Origins,
}

impl Produced {
    /// The messages that what arrives from it belongs to.
    fn origin(&self, kinds: &[Option<&'static Registration>], from: &wiring::Arrival) -> Option<Origin> {
        let port = kinds.get(from.node).copied()??.outputs.get(from.port)?;
        if port.kind.is_event() { self.origins.events.clone() } else { self.origins.values.clone() }
    }
}

/// Puts the nodes into order and numbers what flows between them.
fn place(
    graph: &RuleGraph,
    kinds: &[Option<&'static Registration>],
    wiring: &Wiring,
    mut ops: Vec<Option<Op>>,
) -> Option<Plan> {
    let mut first = vec![0; graph.nodes.len()];
    let mut next = 0;
    for i in &wiring.order {
        *first.get_mut(*i)? = next;
        next += kinds.get(*i).copied()??.outputs.len();
    }
    let mut nodes = Vec::with_capacity(graph.nodes.len());
    for i in &wiring.order {
        let slots = |(port, spec): (&Vec<wiring::Arrival>, &PortSpec)| -> Option<Vec<usize>> {
            let mut slots: Vec<usize> =
                port.iter().map(|from| Some(first.get(from.node)? + from.port)).collect::<Option<_>>()?;
            if !spec.named {
                slots.sort_unstable();
                slots.dedup();
            }
            Some(slots)
        };
        let inputs = kinds.get(*i).copied()??.inputs;
        nodes.push(PlanNode {
            id: graph.nodes.get(*i)?.id.as_str().into(),
            op: ops.get_mut(*i)?.take()?,
            inputs: Rows::new(&wiring.arriving(*i).iter().zip(inputs).map(slots).collect::<Option<Vec<_>>>()?)?,
            output: *first.get(*i)?,
        });
    }
    Plan::new(graph.id, (graph.mode, graph.runs), nodes)
}

/// What a node kind sees while its parameters are checked.
pub(crate) struct Scope<'a> {
    /// The rule that the node is part of.
    pub(crate) rule: RuleId,
    pub(crate) world: &'a World,
    /// The room or device that it is compiled for, where the rule stands for several.
    pub(crate) here: Option<Here>,
    /// JSON pointer of the parameters.
    path: String,
    /// For each declared input the types that arrive, where they are known.
    inputs: Vec<Vec<PortType>>,
    /// For each declared input the names of the ports at which something arrives.
    names: Vec<Vec<String>>,
    /// For each declared input the messages that belong to what arrives.
    origins: Vec<Option<Vec<Origin>>>,
    start: bool,
    produced: Produced,
    found: &'a mut Diagnostics,
}

impl<'a> Scope<'a> {
    /// Of a node that stands alone, for running examples.
    #[cfg(test)]
    pub(crate) fn alone(
        world: &'a World,
        inputs: Vec<Vec<PortType>>,
        names: Vec<Vec<String>>,
        origins: Vec<Option<Vec<Origin>>>,
        found: &'a mut Diagnostics,
    ) -> Scope<'a> {
        let rule = RuleId::of_name("alone");
        Scope {
            rule,
            world,
            here: None,
            path: String::new(),
            inputs,
            names,
            origins,
            start: false,
            produced: Produced { types: vec![None; OUTPUTS_ALONE], ..Produced::default() },
            found,
        }
    }

    /// What an output of a node that stands alone carries, where it has said so.
    #[cfg(test)]
    pub(crate) fn produced(&self, port: usize) -> Option<&PortType> {
        self.produced.types.get(port)?.as_ref()
    }
    /// The type that arrives at an input; none when nothing does, or when what comes before is at fault.
    pub(crate) fn input(&self, port: usize) -> Option<&PortType> {
        self.inputs.get(port)?.first()
    }
    /// The types that arrive at an input that there are several of.
    pub(crate) fn types(&self, port: usize) -> &[PortType] {
        self.inputs.get(port).map_or(&[], Vec::as_slice)
    }
    /// The names of the ports of an input at which something arrives, in their order where the input is `named`.
    pub(crate) fn names(&self, port: usize) -> &[String] {
        self.names.get(port).map_or(&[], Vec::as_slice)
    }
    /// The node gives the messages of this filter.
    pub(crate) fn hears(&mut self, filter: &Filter) {
        self.produced.origins.events = Some(Origin::message(&self.path, filter));
    }
    /// The filters of the messages that an event at this input can be.
    pub(crate) fn heard(&self, port: usize) -> Vec<&Filter> {
        self.origins.get(port).into_iter().flatten().flatten().flat_map(Origin::filters).collect()
    }
    /// Whether an event at this input can be something else than a message.
    pub(crate) fn unheard(&self, port: usize) -> bool {
        self.origins.get(port).into_iter().flatten().flatten().any(|o| o.always)
    }
    /// Refuses values at an input that are known only while a message is looked at.
    pub(crate) fn lasting(&mut self, port: usize, field: &str) -> bool {
        let passing = self.origins.get(port).into_iter().flatten().flatten().any(|o| !o.always);
        if passing {
            self.fault(
                "rule.message",
                field,
                Bilingual::new(
                    "消息里的值只属于这一条消息，不能看它随时间的变化",
                    "a value of a message belongs to this one message; how it changes in time cannot be seen",
                ),
            );
            self.help("用 gate 节点判断每一条消息", "a `gate` node judges each message by itself");
        }
        !passing
    }
    /// Whether a connection carries topics; without one, the embedded broker does.
    pub(crate) fn checked_connection(&mut self, connection: Option<ConnectionId>) -> bool {
        let Some(id) = connection else { return true };
        let (code, message) = match self.world.connection(id) {
            Some(c) if c.driver == MQTT_DRIVER => return true,
            Some(c) => (
                "rule.connection",
                Bilingual::new(
                    format!("连接的驱动是 {}，没有主题", c.driver),
                    format!("the connection's driver is `{}`, which has no topics", c.driver),
                ),
            ),
            None => (
                "rule.unknown_connection",
                Bilingual::new(format!("没有连接 {id}"), format!("there is no connection {id}")),
            ),
        };
        self.fault(code, "connection", message);
        let known = self.world.connections().filter(|c| c.driver == MQTT_DRIVER).take(SUGGESTIONS_MAX);
        let ids: Vec<String> = known.map(|c| c.id.to_string()).collect();
        if !ids.is_empty() {
            let help = suggestion(&[], &ids.iter().map(String::as_str).collect::<Vec<_>>());
            self.help(help.zh, help.en);
        }
        false
    }
    /// Says what an output carries where the declaration leaves it open.
    pub(crate) fn produces(&mut self, port: usize, type_: PortType) {
        if let Some(place) = self.produced.types.get_mut(port) {
            *place = Some(type_);
        }
    }
    /// A condition on this source that already holds when the rule is enabled counts as having become true.
    pub(crate) fn fires_at_start(&mut self) {
        self.produced.start = true;
    }
    /// Whether a source before this node says so.
    pub(crate) fn input_fires_at_start(&self) -> bool {
        self.start
    }

    /// Reports a fault of a parameter; an empty field means the parameters as a whole.
    pub(crate) fn fault(&mut self, code: &str, field: &str, message: Bilingual) {
        let path = if field.is_empty() { self.path.clone() } else { format!("{}/{field}", self.path) };
        self.found.push(Diagnostic::error(code, path, message));
    }
    /// Reports what is possible but should be known.
    pub(crate) fn warn(&mut self, code: &str, field: &str, message: Bilingual) {
        self.found.push(Diagnostic::warning(code, format!("{}/{field}", self.path), message));
    }
    /// Reports a fault of the node as it is connected.
    fn fault_of_node(&mut self, code: &str, message: Bilingual) {
        let path = self.path.strip_suffix("/params").unwrap_or_default().to_owned();
        self.found.push(Diagnostic::error(code, path, message));
    }
    /// Says how to mend what was reported last.
    pub(crate) fn help(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        if let Some(last) = self.found.last_mut() {
            last.help = Some(Bilingual::new(zh, en));
        }
    }
    /// Reports a point that does not exist.
    pub(crate) fn unknown_point(&mut self, field: &str, point: PointId) {
        self.fault(
            "rule.unknown_point",
            field,
            Bilingual::new(format!("没有点位 {point}"), format!("there is no point {point}")),
        );
        if let Some(last) = self.found.last_mut() {
            last.help = Some(Bilingual::new("用点位查询得到现有的 id", "search the points for the ids that exist"));
        }
    }
    /// Reports a unit that does not convert.
    pub(crate) fn wrong_unit(&mut self, field: &str, written: Unit, needed: Unit) {
        let (a, b) = (written.code(), needed.code());
        self.fault(
            "rule.unit",
            field,
            Bilingual::new(format!("单位 {a} 与 {b} 不能换算"), format!("unit {a} does not convert to {b}")),
        );
        if let Some(last) = self.found.last_mut() {
            let all: Vec<&str> =
                base::unit::UNITS.iter().filter(|u| u.dimension == needed.dimension()).map(|u| u.code).collect();
            last.help = Some(suggestion(&[], &all));
        }
    }
    /// Reports a value of another type than what arrives, or a token that is not in the list.
    pub(crate) fn wrong_value(&mut self, field: &str, type_: &PortType, value: &Value) {
        let words = type_.words();
        if let (PortType::Enum(tokens), Value::Text(token)) = (type_, value) {
            self.fault(
                "rule.token",
                field,
                Bilingual::new(format!("没有“{token}”这个取值"), format!("there is no value `{token}` here")),
            );
            let all: Vec<&str> = tokens.iter().map(String::as_str).collect();
            if let Some(last) = self.found.last_mut() {
                last.help = Some(suggestion(&nearest(token, all.iter().copied(), SUGGESTIONS_MAX), &all));
            }
            return;
        }
        self.fault(
            "rule.value_kind",
            field,
            Bilingual::new(
                format!("输入是{}，不能与 {value} 比较", words.zh),
                format!("the input is {}, which does not compare with {value}", words.en),
            ),
        );
    }
    /// A span that a node may wait.
    pub(crate) fn checked_span(&mut self, field: &str, span: Span) -> Option<Span> {
        let ms = span.as_millis();
        if (1..=SPAN_MS_MAX).contains(&ms) {
            return Some(span);
        }
        self.fault(
            "rule.span",
            field,
            Bilingual::new(
                format!("应在 1 到 {SPAN_MS_MAX} 毫秒之间，而不是 {ms}"),
                format!("takes 1 to {SPAN_MS_MAX} milliseconds, not {ms}"),
            ),
        );
        None
    }
}

/// Conversion leaves dust in the last digits (68 °F is 20 °C, not 20.000000000000057).
pub(crate) fn tidy(n: f64) -> f64 {
    let rounded = libm::round(n * 1e9) / 1e9;
    if rounded.is_finite() { rounded } else { n }
}
