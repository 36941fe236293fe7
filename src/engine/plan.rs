//! A plan: a graph that passed every check, as arrays in order of evaluation. Names are gone from the hot path: what
//! flows is found by the number of its *slot*, one per output.
//!
//! What it is *not*: it holds no state. Start at [`Plan`].

use crate::nodes::{Op, State};
use base::id::{PointId, RuleId};
use base::{Sample, Timestamp, Value};
use documents::{Act, RuleMode};
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
}

/// A node of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlanNode {
    /// Its id in the graph.
    pub(crate) id: String,
    /// What it does.
    pub(crate) op: Op,
    /// For each declared input the slots that arrive there: one for a value, any number for events or `many`.
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
        Some(Plan { rule, mode, nodes, slots, consumers, sources })
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
}

impl Board {
    pub(crate) fn new(slots: usize) -> Board {
        Board { values: vec![None; slots], fired: vec![false; slots], changed: Vec::new(), acts: Vec::new() }
    }
}

/// What a node sees in one step. Ports are numbers in the order of its declaration.
pub(crate) struct Io<'a> {
    /// The time.
    pub(crate) now: Timestamp,
    /// The rule has just been enabled: values settle, and no event leaves.
    pub(crate) first: bool,
    node: &'a PlanNode,
    report: Option<&'a Sample>,
    board: &'a mut Board,
}

impl<'a> Io<'a> {
    pub(crate) fn new(
        now: Timestamp,
        first: bool,
        node: &'a PlanNode,
        report: Option<&'a Sample>,
        board: &'a mut Board,
    ) -> Io<'a> {
        Io { now, first, node, report, board }
    }

    /// The report of the node's own point, if that is what wakes it.
    pub(crate) fn report(&self) -> Option<&'a Sample> {
        self.report
    }
    /// The value at an input.
    pub(crate) fn value(&self, port: usize) -> Option<&Value> {
        self.values(port).next().flatten()
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
    /// Gives an output a value; none means unknown.
    pub(crate) fn set(&mut self, port: usize, value: Option<Value>) {
        let slot = self.node.output + port;
        if let Some(present) = self.board.values.get_mut(slot)
            && *present != value
        {
            *present = value;
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
}

/// One step of a node.
pub(crate) fn step(
    node: &PlanNode,
    state: &mut State,
    board: &mut Board,
    now: Timestamp,
    first: bool,
    report: Option<&Sample>,
) {
    board.changed.clear();
    node.op.step(state, &mut Io::new(now, first, node, report, board));
}
