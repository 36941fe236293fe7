//! A plan: a graph that passed every check, as arrays in order of evaluation. Names are gone from the hot path: what
//! flows is found by the number of its *slot*, one per output.
//!
//! What it is *not*: it holds no state. Start at [`Plan`].

use crate::limits::FAULTS_MAX;
use crate::message::Heard;
use crate::nodes::{Op, State};
use crate::topic::Filter;
use base::id::{ConnectionId, PointId, RuleId};
use base::{Bilingual, Sample, Timestamp, Value};
use documents::{Act, Message, RuleMode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A graph that passed every check, ready to run. Its stored form is exact: what ran before a restart runs after it,
/// even if the world has changed meanwhile so that the graph no longer compiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Plan {
    pub(crate) rule: RuleId,
    pub(crate) mode: RuleMode,
    /// In order of evaluation: topological, ties by id.
    pub(crate) nodes: Vec<PlanNode>,
    /// How many outputs there are.
    pub(crate) slots: usize,
    /// The nodes that each slot feeds.
    pub(crate) consumers: Vec<Vec<usize>>,
    /// The nodes that each point wakes.
    pub(crate) sources: BTreeMap<PointId, Vec<usize>>,
    /// Whether it takes values out of payloads.
    pub(crate) looks_into_payloads: bool,
}

/// A node of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlanNode {
    /// Its id in the graph.
    pub(crate) id: String,
    /// What it does.
    pub(crate) op: Op,
    /// For each declared input the slots that arrive there: one for a value, any number for events or `many`; named
    /// ones in the order of their names.
    pub(crate) inputs: Vec<Vec<usize>>,
    /// The slot of its first output.
    pub(crate) output: usize,
}

/// The stored form: what follows from the nodes is left out.
#[derive(Serialize, Deserialize)]
struct Stored {
    rule: RuleId,
    mode: RuleMode,
    nodes: Vec<PlanNode>,
}

impl From<Plan> for Stored {
    fn from(plan: Plan) -> Stored {
        Stored { rule: plan.rule, mode: plan.mode, nodes: plan.nodes }
    }
}

impl TryFrom<Stored> for Plan {
    type Error = &'static str;
    fn try_from(stored: Stored) -> Result<Plan, Self::Error> {
        Plan::new(stored.rule, stored.mode, stored.nodes).ok_or("the plan is not sound: a slot is out of place")
    }
}

impl Plan {
    /// From nodes in order of evaluation. `None` when their slots do not fit together.
    pub(crate) fn new(rule: RuleId, mode: RuleMode, nodes: Vec<PlanNode>) -> Option<Plan> {
        let slots: usize = nodes.iter().map(|n| n.op.outputs().len()).sum();
        let mut consumers = vec![Vec::new(); slots];
        let mut sources: BTreeMap<PointId, Vec<usize>> = BTreeMap::new();
        let mut next = 0;
        for (i, node) in nodes.iter().enumerate() {
            if node.output != next || node.inputs.len() != node.op.inputs().len() {
                return None;
            }
            for slot in node.inputs.iter().flatten() {
                // Only a delay may be fed by what is evaluated after it.
                if *slot >= next && !node.op.delays() {
                    return None;
                }
                consumers.get_mut(*slot)?.push(i);
            }
            next += node.op.outputs().len();
            if let Some(point) = node.op.source() {
                sources.entry(point).or_default().push(i);
            }
        }
        for list in &mut consumers {
            list.dedup();
        }
        let looks_into_payloads = nodes.iter().any(|n| matches!(n.op, Op::JsonField(_)));
        Some(Plan { rule, mode, nodes, slots, consumers, sources, looks_into_payloads })
    }

    /// The rule.
    pub fn rule(&self) -> RuleId {
        self.rule
    }
    /// The points it reads.
    pub fn reads(&self) -> impl Iterator<Item = PointId> {
        self.sources.keys().copied()
    }
    /// The points it can write, each with the node that does.
    pub fn writes(&self) -> Vec<(PointId, &str)> {
        let mut all: Vec<(PointId, &str)> =
            self.nodes.iter().flat_map(|n| n.op.effects_on().into_iter().map(|p| (p, n.id.as_str()))).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
    /// The raw topics it listens to: connection, where none is the embedded broker, and filter.
    pub fn listens(&self) -> Vec<(Option<ConnectionId>, String)> {
        let mut all: Vec<_> = self.filters().map(|(_, connection, filter)| (connection, filter.to_string())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
    /// The raw topics it can publish to, with the node that does; `+` and `#` stand where a slot is.
    pub fn publishes(&self) -> Vec<(Option<ConnectionId>, String, &str)> {
        let topic = |n: &PlanNode| n.op.publishes().map(|(connection, topic)| (connection, topic.to_string()));
        self.nodes
            .iter()
            .filter_map(|n| topic(n).map(|(connection, topic)| (connection, topic, n.id.as_str())))
            .collect()
    }
    /// The nodes that hear messages.
    pub(crate) fn filters(&self) -> impl Iterator<Item = (usize, Option<ConnectionId>, &Filter)> {
        self.nodes.iter().enumerate().filter_map(|(i, n)| n.op.listens().map(|(connection, f)| (i, connection, f)))
    }
    /// The ids of its nodes in order of evaluation.
    pub fn order(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().map(|n| n.id.as_str())
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
    pub(crate) acts: Vec<Act>,
    /// What it publishes.
    pub(crate) messages: Vec<Message>,
    /// What failed in it: a stable code, and words.
    pub(crate) faults: Vec<(&'static str, Bilingual)>,
    /// Values as they were before, in the order in which they were replaced; only kept while a message is looked at.
    pub(crate) before: Option<Vec<(usize, Option<Value>)>>,
}

impl Board {
    /// With these present values.
    pub(crate) fn new(values: Vec<Option<Value>>) -> Board {
        Board { fired: vec![false; values.len()], values, ..Board::default() }
    }

    /// The present values, without what only held while a message was looked at.
    pub(crate) fn settled(mut self) -> Vec<Option<Value>> {
        for (slot, value) in self.before.into_iter().flatten().rev() {
            if let Some(place) = self.values.get_mut(slot) {
                *place = value;
            }
        }
        self.values
    }
}

/// What a node learns from outside in one step.
#[derive(Clone, Copy)]
pub(crate) enum News<'a> {
    /// Nothing.
    Nothing,
    /// A report of its own point.
    Report(&'a Sample),
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

    /// The report of the node's own point, if that is what wakes it.
    pub(crate) fn report(&self) -> Option<&'a Sample> {
        match self.news {
            News::Report(sample) => Some(sample),
            News::Nothing | News::Message(_) => None,
        }
    }
    /// The message that is being looked at.
    pub(crate) fn heard(&self) -> Option<Heard<'a>> {
        match self.news {
            News::Message(heard) => Some(heard),
            News::Nothing | News::Report(_) => None,
        }
    }
    /// The value at an input.
    pub(crate) fn value(&self, port: usize) -> Option<&Value> {
        self.values(port).next().flatten()
    }
    /// One of the values at an input that there are several of, by its place.
    pub(crate) fn nth_value(&self, port: usize, place: usize) -> Option<&Value> {
        let slot = self.node.inputs.get(port)?.get(place)?;
        self.board.values.get(*slot)?.as_ref()
    }
    /// The values at an input that there are several of.
    pub(crate) fn values(&self, port: usize) -> impl Iterator<Item = Option<&Value>> {
        self.node
            .inputs
            .get(port)
            .into_iter()
            .flatten()
            .map(|slot| self.board.values.get(*slot).and_then(Option::as_ref))
    }
    /// Whether an event arrives at an input.
    pub(crate) fn event(&self, port: usize) -> bool {
        self.node.inputs.get(port).into_iter().flatten().any(|slot| self.board.fired.get(*slot) == Some(&true))
    }
    /// Whether an event arrives at one of the ports of an input that there are several of, by its place.
    pub(crate) fn nth_event(&self, port: usize, place: usize) -> bool {
        let slot = self.node.inputs.get(port).and_then(|slots| slots.get(place));
        slot.is_some_and(|slot| self.board.fired.get(*slot) == Some(&true))
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
    /// Asks for a point to be written.
    pub(crate) fn act(&mut self, act: Act) {
        self.board.acts.push(act);
    }
    /// Asks for a message to be published.
    pub(crate) fn publish(&mut self, message: Message) {
        self.board.messages.push(message);
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
