//! A plan: a graph that passed every check, as arrays in order of evaluation. Names are gone from the hot path: what
//! flows is found by the number of its *slot*, one per output.
//!
//! What it is *not*: it holds no state. Start at [`Plan`].

use crate::limits::FAULTS_MAX;
use crate::message::Heard;
use crate::nodes::{Op, State};
use crate::ports::PortKind;
use crate::rows::Rows;
use crate::topic::Filter;
use base::id::{ConnectionId, DeviceId, PointId, RuleId};
use base::{Bilingual, Sample, Timestamp, Value};
use documents::{Deed, RuleMode, RunLimit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use things::{Here, States};

/// What lets a node be stepped from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wake {
    /// A report of this point.
    Point(PointId),
    /// This device came or went.
    Device(DeviceId),
}

/// What is known when a rule is enabled.
pub trait Present {
    /// The present value of a point.
    fn sample(&self, point: PointId) -> Option<&Sample>;
    /// Whether a device can be reached; none while nothing was heard of it.
    fn online(&self, device: DeviceId) -> Option<bool>;
}

impl Present for States {
    fn sample(&self, point: PointId) -> Option<&Sample> {
        self.get(&point)
    }
    fn online(&self, _: DeviceId) -> Option<bool> {
        None
    }
}

/// A graph that passed every check, ready to run. Its stored form is exact: what ran before a restart runs after it,
/// even if the world has changed meanwhile so that the graph no longer compiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Plan {
    pub(crate) rule: RuleId,
    /// The room or device that it is for, where the rule stands for several; no part of the stored form.
    pub(crate) here: Option<Here>,
    pub(crate) mode: RuleMode,
    pub(crate) runs: RunLimit,
    /// In order of evaluation: topological, ties by id.
    pub(crate) nodes: Vec<PlanNode>,
    /// How many outputs there are.
    pub(crate) slots: usize,
    /// The nodes that each slot feeds.
    pub(crate) consumers: Rows,
    /// The nodes that points and devices wake, in order.
    pub(crate) sources: Box<[(Wake, usize)]>,
    /// The slots whose values belong to a message and pass with it.
    pub(crate) passing: Vec<bool>,
    /// Whether it takes values out of payloads.
    pub(crate) looks_into_payloads: bool,
}

/// The points that plans read, and those that they can write.
pub fn touched<'p>(plans: impl IntoIterator<Item = &'p Plan>) -> (BTreeSet<PointId>, BTreeSet<PointId>) {
    let (mut reads, mut writes) = (BTreeSet::new(), BTreeSet::new());
    for plan in plans {
        reads.extend(plan.reads());
        writes.extend(plan.writes().into_iter().map(|(point, _)| point));
    }
    (reads, writes)
}

/// A node of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlanNode {
    /// Its id in the graph.
    pub(crate) id: Box<str>,
    /// What it does.
    pub(crate) op: Op,
    /// For each declared input the slots that arrive there: one for a value, any number for events or `many`; named
    /// ones in the order of their names.
    pub(crate) inputs: Rows,
    /// The slot of its first output.
    pub(crate) output: usize,
}

/// The stored form: what follows from the nodes is left out.
#[derive(Serialize, Deserialize)]
struct Stored {
    rule: RuleId,
    mode: RuleMode,
    #[serde(default)]
    runs: RunLimit,
    nodes: Vec<PlanNode>,
}

impl From<Plan> for Stored {
    fn from(plan: Plan) -> Stored {
        Stored { rule: plan.rule, mode: plan.mode, runs: plan.runs, nodes: plan.nodes }
    }
}

impl TryFrom<Stored> for Plan {
    type Error = &'static str;
    fn try_from(stored: Stored) -> Result<Plan, Self::Error> {
        Plan::new(stored.rule, (stored.mode, stored.runs), stored.nodes)
            .ok_or("the plan is not sound: a slot is out of place")
    }
}

impl Plan {
    /// From nodes in order of evaluation. `None` when their slots do not fit together.
    pub(crate) fn new(rule: RuleId, (mode, runs): (RuleMode, RunLimit), nodes: Vec<PlanNode>) -> Option<Plan> {
        let slots: usize = nodes.iter().map(|n| n.op.outputs().len()).sum();
        let mut consumers = vec![Vec::new(); slots];
        let mut sources: Vec<(Wake, usize)> = Vec::new();
        let mut passing = Vec::with_capacity(slots);
        let mut next = 0;
        for (i, node) in nodes.iter().enumerate() {
            if node.output != next || node.inputs.len() != node.op.inputs().len() {
                return None;
            }
            for slot in node.inputs.all() {
                // Only a delay may be fed by what is evaluated after it.
                if slot >= next && !node.op.delays() {
                    return None;
                }
                consumers.get_mut(slot)?.push(i);
            }
            let passes = node.passes(&passing);
            passing.extend(node.op.outputs().iter().map(|o| passes && !o.kind.is_event()));
            next += node.op.outputs().len();
            for wake in node.op.wakes() {
                sources.push((wake, i));
            }
        }
        for list in &mut consumers {
            list.dedup();
        }
        sources.sort_unstable();
        let (consumers, sources) = (Rows::new(&consumers)?, sources.into());
        let looks_into_payloads = nodes.iter().any(|n| matches!(n.op, Op::JsonField(_)));
        Some(Plan { rule, here: None, mode, runs, nodes, slots, consumers, sources, passing, looks_into_payloads })
    }

    /// The rule.
    pub fn rule(&self) -> RuleId {
        self.rule
    }
    /// The room or device that it is for, where the rule stands for several.
    pub fn here(&self) -> Option<Here> {
        self.here
    }
    /// The same as a text, as traces name it; empty where the rule stands for itself.
    pub(crate) fn place(&self) -> String {
        self.here.map_or_else(String::new, |here| here.to_string())
    }
    /// The rule, and what it is for.
    pub(crate) fn who(&self) -> (RuleId, Option<Here>) {
        (self.rule, self.here)
    }
    /// The points it reads.
    pub fn reads(&self) -> impl Iterator<Item = PointId> {
        self.wakes().filter_map(|wake| match wake {
            Wake::Point(point) => Some(point),
            Wake::Device(_) => None,
        })
    }
    /// The devices of which it is told whether they can be reached.
    pub fn devices(&self) -> impl Iterator<Item = DeviceId> {
        self.wakes().filter_map(|wake| match wake {
            Wake::Device(device) => Some(device),
            Wake::Point(_) => None,
        })
    }
    /// What wakes it, each once, in order.
    pub(crate) fn wakes(&self) -> impl Iterator<Item = Wake> {
        self.sources.chunk_by(|a, b| a.0 == b.0).filter_map(|chunk| Some(chunk.first()?.0))
    }
    /// The nodes that a point or device wakes.
    pub(crate) fn woken(&self, wake: Wake) -> impl Iterator<Item = usize> {
        let from = self.sources.partition_point(|(w, _)| *w < wake);
        self.sources.iter().skip(from).take_while(move |(w, _)| *w == wake).map(|(_, node)| *node)
    }
    /// The points it can write, each with the node that does.
    pub fn writes(&self) -> Vec<(PointId, &str)> {
        let mut all: Vec<(PointId, &str)> =
            self.nodes.iter().flat_map(|n| n.op.effects_on().into_iter().map(|p| (p, &*n.id))).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
    /// The raw topics it listens to: connection, where none is the embedded broker, and filter.
    pub fn listens(&self) -> Vec<(Option<ConnectionId>, String)> {
        let raw = self.filters().filter(|(.., filter)| !filter.is_reserved());
        let mut all: Vec<_> = raw.map(|(_, connection, filter)| (connection, filter.to_string())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
    /// Whether a message on this topic wakes it.
    pub fn hears(&self, connection: Option<ConnectionId>, topic: &str) -> bool {
        let Ok(topic) = Filter::parse(topic) else { return false };
        self.filters().any(|(_, of, filter)| of == connection && filter.covers(&topic))
    }
    /// The raw topics it can publish to, with the node that does; `+` and `#` stand where a slot is.
    pub fn publishes(&self) -> Vec<(Option<ConnectionId>, String, &str)> {
        let topic = |n: &PlanNode| n.op.publishes().map(|(connection, topic)| (connection, topic.to_string()));
        self.nodes.iter().filter_map(|n| topic(n).map(|(connection, topic)| (connection, topic, &*n.id))).collect()
    }
    /// The nodes that hear messages.
    pub(crate) fn filters(&self) -> impl Iterator<Item = (usize, Option<ConnectionId>, &Filter)> {
        self.nodes.iter().enumerate().filter_map(|(i, n)| n.op.listens().map(|(connection, f)| (i, connection, f)))
    }
    /// The ids of its nodes in order of evaluation.
    pub fn order(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().map(|n| &*n.id)
    }
}

impl PlanNode {
    /// Whether something follows from its events: it asks for a deed, or it waits.
    pub(crate) fn acts(&self) -> bool {
        self.op.delays() || self.op.outputs().is_empty()
    }
    /// Whether its values belong to a message: it takes them out of one, or they follow from such values at once.
    /// What an event makes of them stays.
    fn passes(&self, passing: &[bool]) -> bool {
        let ports = self.op.inputs().iter().zip(self.inputs.rows());
        let mut of_values = false;
        for (port, mut slots) in ports {
            match port.kind {
                PortKind::Message => return true,
                PortKind::Event => return false,
                PortKind::Bool | PortKind::Value => {
                    of_values |= slots.any(|slot| passing.get(slot) == Some(&true));
                }
            }
        }
        of_values
    }
}

/// What flows in one instance: present values, and what one evaluation adds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Board {
    /// Present value of each slot.
    pub(crate) values: Vec<Option<Value>>,
    /// The events of this evaluation.
    pub(crate) fired: Vec<bool>,
    /// What the node that was stepped last has changed.
    pub(crate) changed: Vec<usize>,
    /// What it asks for.
    pub(crate) deeds: Vec<Deed>,
    /// What failed in it: a stable code, and words.
    pub(crate) faults: Vec<(&'static str, Bilingual)>,
    /// Values as they were before, in the order in which they were replaced; only kept while a message is looked at.
    pub(crate) before: Option<Vec<(usize, Option<Value>)>>,
}

impl Board {
    /// Takes up these present values, for a look at a message or not.
    pub(crate) fn begin(&mut self, values: Vec<Option<Value>>, message: bool) {
        self.fired.clear();
        self.fired.resize(values.len(), false);
        self.values = values;
        self.changed.clear();
        self.deeds.clear();
        self.before = message.then(Vec::new);
    }

    /// The present values, without what only held while a message was looked at.
    pub(crate) fn settled(&mut self, passing: &[bool]) -> Vec<Option<Value>> {
        for (slot, value) in self.before.take().into_iter().flatten().rev() {
            if let Some(place) = self.values.get_mut(slot).filter(|_| passing.get(slot) == Some(&true)) {
                *place = value;
            }
        }
        std::mem::take(&mut self.values)
    }
}

/// What a node learns from outside in one step.
#[derive(Clone, Copy)]
pub(crate) enum News<'a> {
    /// Nothing.
    Nothing,
    /// The rule has just been enabled: what is known.
    Present(&'a dyn Present),
    /// A report of one of its points.
    Report(PointId, &'a Sample),
    /// Its device came or went.
    Link(DeviceId, bool),
    /// A message that it, or a node before it, has heard.
    Message(Heard<'a>),
}

/// What a node sees in one step. Ports are numbers in the order of its declaration.
pub(crate) struct Io<'a> {
    /// The time.
    pub(crate) now: Timestamp,
    /// The rule has just been enabled: values settle, and no event leaves.
    pub(crate) first: bool,
    node: &'a PlanNode,
    news: News<'a>,
    board: &'a mut Board,
}

impl<'a> Io<'a> {
    pub(crate) fn new(now: Timestamp, first: bool, node: &'a PlanNode, news: News<'a>, board: &'a mut Board) -> Io<'a> {
        Io { now, first, node, news, board }
    }

    /// The report of a point that the node is woken by: what it said just now, or what is known when the rule is enabled.
    pub(crate) fn report(&self, point: PointId) -> Option<&'a Sample> {
        match self.news {
            News::Report(of, sample) => (of == point).then_some(sample),
            News::Present(present) => present.sample(point),
            News::Nothing | News::Link(..) | News::Message(_) => None,
        }
    }
    /// Whether a device that the node is woken by can be reached, where that is what it learns now.
    pub(crate) fn link(&self, device: DeviceId) -> Option<bool> {
        match self.news {
            News::Link(of, online) => (of == device).then_some(online),
            News::Present(present) => present.online(device),
            News::Nothing | News::Report(..) | News::Message(_) => None,
        }
    }
    /// The message that is being looked at.
    pub(crate) fn heard(&self) -> Option<Heard<'a>> {
        match self.news {
            News::Message(heard) => Some(heard),
            News::Nothing | News::Present(_) | News::Report(..) | News::Link(..) => None,
        }
    }
    /// The value at an input.
    pub(crate) fn value(&self, port: usize) -> Option<&Value> {
        self.values(port).next().flatten()
    }
    /// One of the values at an input that there are several of, by its place.
    pub(crate) fn nth_value(&self, port: usize, place: usize) -> Option<&Value> {
        let slot = self.node.inputs.row(port).nth(place)?;
        self.board.values.get(slot)?.as_ref()
    }
    /// The values at an input that there are several of.
    pub(crate) fn values(&self, port: usize) -> impl Iterator<Item = Option<&Value>> {
        self.node.inputs.row(port).map(|slot| self.board.values.get(slot).and_then(Option::as_ref))
    }
    /// Whether an event arrives at an input.
    pub(crate) fn event(&self, port: usize) -> bool {
        self.node.inputs.row(port).any(|slot| self.board.fired.get(slot) == Some(&true))
    }
    /// Whether an event arrives at one of the ports of an input that there are several of, by its place.
    pub(crate) fn nth_event(&self, port: usize, place: usize) -> bool {
        self.node.inputs.row(port).nth(place).is_some_and(|slot| self.board.fired.get(slot) == Some(&true))
    }
    /// Gives an output a value; none means unknown.
    pub(crate) fn set(&mut self, port: usize, value: Option<Value>) {
        let slot = self.node.output + port;
        if let Some(present) = self.board.values.get_mut(slot)
            && *present != value
        {
            let before = std::mem::replace(present, value);
            if let Some(all) = &mut self.board.before {
                all.push((slot, before));
            }
            self.board.changed.push(slot);
        }
    }
    /// Sends an event from an output.
    pub(crate) fn fire(&mut self, port: usize) {
        let slot = self.node.output + port;
        if let Some(fired) = self.board.fired.get_mut(slot).filter(|f| !**f && !self.first) {
            *fired = true;
            self.board.changed.push(slot);
        }
    }
    /// Asks for something to be done.
    pub(crate) fn ask(&mut self, deed: Deed) {
        self.board.deeds.push(deed);
    }
    /// Says that something failed (a script, a conversion); the trace tells it as an error. What the node gives is up to it.
    pub(crate) fn fail(&mut self, code: &'static str, text: Bilingual) {
        if self.board.faults.len() < FAULTS_MAX {
            self.board.faults.push((code, text));
        }
    }
}

/// One step of a node.
pub(crate) fn step(node: &PlanNode, state: &mut State, board: &mut Board, now: Timestamp, first: bool, news: News<'_>) {
    board.changed.clear();
    node.op.step(state, &mut Io::new(now, first, node, news, board));
}
