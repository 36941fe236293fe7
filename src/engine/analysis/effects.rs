//! One rule reduced to what it does: what its nodes mean, what triggers its actions, what they write.

use super::meaning::{Meaning, Moment, Occasion, Seen};
use super::region::Region;
use crate::plan::{Plan, PlanNode, Wake};
use base::canonical::sha256;
use base::id::{PointId, RuleId};
use documents::{RuleGraph, Setting};
use std::collections::BTreeSet;
use std::rc::Rc;
use things::{Here, World};

/// What a rule does.
pub(super) struct Outline<'a> {
    pub(super) graph: &'a RuleGraph,
    pub(super) plan: Plan,
    /// By slot.
    pub(super) meanings: Vec<Meaning>,
    /// What it does, action by action.
    pub(super) doings: Vec<Doing>,
}

/// An action of a rule, and when it happens.
pub(super) struct Doing {
    /// Its node, by its place in the plan.
    pub(super) node: usize,
    /// What is done, without when: the same for the same action in every rule.
    pub(super) what: u128,
    /// What is done and when.
    pub(super) whole: u128,
    /// When.
    pub(super) moment: Moment,
    /// What makes it happen.
    pub(super) triggers: Triggers,
    /// The points that it writes, with what they shall become where that is known.
    pub(super) writes: Vec<(PointId, Option<Setting>)>,
}

/// What makes an event happen.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Triggers {
    /// Reports of these points.
    pub(super) points: BTreeSet<PointId>,
    /// Messages that these nodes hear.
    pub(super) heard: BTreeSet<usize>,
}

impl Triggers {
    fn add(&mut self, other: &Triggers) {
        self.points.extend(&other.points);
        self.heard.extend(&other.heard);
    }
}

impl<'a> Outline<'a> {
    /// Of a rule that compiles.
    pub(super) fn new(graph: &'a RuleGraph, plan: Plan, world: &World) -> Outline<'a> {
        let mut meanings: Vec<Meaning> = Vec::with_capacity(plan.slots);
        let mut hashes: Vec<u128> = Vec::with_capacity(plan.slots);
        let triggers = triggers(&plan);
        let mut doings = Vec::new();
        for (index, node) in plan.nodes.iter().enumerate() {
            let what = hash(&serde_json::to_vec(&node.op).unwrap_or_default());
            let whole = whole(node, what, &hashes);
            // What comes back through a delay is not known yet: some event.
            let back = Meaning::Moment(Moment::of(Occasion::Event(whole), Region::everything().rough()));
            let arriving = |port| node.inputs.row(port).map(|s| meanings.get(s).unwrap_or(&back)).collect();
            let seen = Seen { world, inputs: (0..node.inputs.len()).map(arriving).collect(), hash: whole };
            let said = heard(node).map_or_else(|| node.op.meaning(&seen), |heard| vec![heard]);
            let outputs = node.op.outputs();
            let writes = writes(node);
            if outputs.is_empty() || !writes.is_empty() {
                let moment = seen.events(node.op.inputs());
                let triggers = cause(node, &triggers).unwrap_or_default();
                doings.push(Doing { node: index, what, whole, moment, triggers, writes });
            }
            let rest = (said.len()..outputs.len()).filter_map(|port| Some(seen.opaque(port, outputs.get(port)?.kind)));
            let given: Vec<Meaning> = said.into_iter().take(outputs.len()).chain(rest).collect();
            meanings.extend(given);
            hashes.extend((0..outputs.len()).map(|port| whole.wrapping_add(port as u128)));
        }
        Outline { graph, plan, meanings, doings }
    }

    /// The rule.
    pub(super) fn id(&self) -> RuleId {
        self.graph.id
    }

    /// The rule, and the room or device that it is for where it stands for several.
    pub(super) fn who(&self) -> (RuleId, Option<Here>) {
        self.plan.who()
    }

    /// The id of a node.
    pub(super) fn node(&self, index: usize) -> String {
        self.plan.nodes.get(index).map_or_else(String::new, |n| n.id.to_string())
    }
}

/// What a source of messages means; none where it is no such source.
fn heard(node: &PlanNode) -> Option<Meaning> {
    let (connection, filter) = node.op.listens().filter(|_| node.op.inputs().is_empty())?;
    let occasion = Occasion::Heard(connection, Rc::new(filter.clone()));
    Some(Meaning::Moment(Moment::of(occasion, Region::everything())))
}

/// What a node computes, with all that it computes it from: ids of nodes do not count.
fn whole(node: &PlanNode, what: u128, hashes: &[u128]) -> u128 {
    let mut text = what.to_be_bytes().to_vec();
    for (slots, spec) in node.inputs.rows().zip(node.op.inputs()) {
        let mut before: Vec<u128> = slots.map(|s| hashes.get(s).copied().unwrap_or_default()).collect();
        if spec.many && !spec.named {
            before.sort_unstable();
        }
        text.push(0);
        text.extend(before.into_iter().flat_map(u128::to_be_bytes));
    }
    hash(&text)
}

fn hash(bytes: &[u8]) -> u128 {
    sha256(bytes).iter().take(16).fold(0, |n, byte| (n << 8) | u128::from(*byte))
}

fn writes(node: &PlanNode) -> Vec<(PointId, Option<Setting>)> {
    let acts = node.op.acts();
    let known = acts.iter().map(|act| (act.point, Some(act.setting.clone())));
    let rest = node.op.effects_on().into_iter().filter(|p| acts.iter().all(|a| a.point != *p)).map(|p| (p, None));
    known.chain(rest).collect()
}

/// What makes each output change, by slot. A second pass brings what comes back through a delay.
fn triggers(plan: &Plan) -> Vec<Triggers> {
    let mut all = vec![Triggers::default(); plan.slots];
    for _ in 0..2 {
        for (index, node) in plan.nodes.iter().enumerate() {
            let mut level = Triggers::default();
            level.points.extend(node.op.wakes().into_iter().filter_map(|wake| match wake {
                Wake::Point(point) => Some(point),
                Wake::Device(_) => None,
            }));
            level.heard.extend(node.op.listens().map(|_| index));
            node.inputs.all().filter_map(|s| all.get(s)).for_each(|t| level.add(t));
            let event = cause(node, &all).unwrap_or_else(|| level.clone());
            for (slot, port) in (node.output..).zip(node.op.outputs()) {
                if let Some(place) = all.get_mut(slot) {
                    place.add(if port.kind.is_event() { &event } else { &level });
                }
            }
        }
    }
    all
}

/// What the events that arrive at a node come from; none where it takes no events.
fn cause(node: &PlanNode, all: &[Triggers]) -> Option<Triggers> {
    let rows = node.inputs.rows().zip(node.op.inputs());
    let mut events = rows.filter(|(_, spec)| spec.kind.is_event()).map(|(slots, _)| slots).peekable();
    events.peek()?;
    let mut cause = Triggers::default();
    events.flatten().filter_map(|s| all.get(s)).for_each(|t| cause.add(t));
    Some(cause)
}
