//! One instance of a rule: the state of its nodes and runs, and the evaluation that an input causes.
//!
//! State is laid out by (instance, run, node): nodes on the level side keep theirs for the instance, nodes that delay
//! keep theirs for each run that is under way. What it is *not*: it finds no timers and wakes no other rule; that is
//! [`crate::Engine`].

use crate::Effect;
use crate::limits::{RUNS_MAX, WAITING_MAX};
use crate::message::{Heard, Incoming};
use crate::nodes::State;
use crate::plan::{Board, News, Plan, PlanNode, step};
use crate::ports::{PortKind, PortSpec};
use base::id::{PointId, RunId};
use base::{IdGen, Sample, Timestamp, Value};
use documents::trace::{HeardMessage, Trace, TraceEntry, TraceError, Trigger};
use documents::{PortValue, RuleMode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use things::States;

/// State of one instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Instance {
    /// Present value of each slot.
    values: Vec<Option<Value>>,
    /// What each node remembers for the whole instance.
    nodes: Vec<State>,
    /// Runs that are under way, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    runs: Vec<Run>,
    /// Triggers that wait for their turn: the slots of their events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    waiting: Vec<Vec<usize>>,
}

/// A run that is under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Run {
    id: RunId,
    /// What its delays remember, by node.
    nodes: BTreeMap<usize, State>,
}

/// Why nodes are evaluated.
#[derive(Clone, Copy)]
pub(crate) enum Cause<'a> {
    /// The rule was enabled or replaced; the values that are known.
    First(&'a States),
    /// A report.
    Report(PointId, &'a Sample),
    /// A message. What follows from it belongs to it alone: nodes start from nothing, values are as before afterwards.
    Message(Heard<'a>),
    /// A time that a node waited for.
    Time,
}

/// What an evaluation needs beside the state.
pub(crate) struct Turn<'a> {
    pub(crate) plan: &'a Plan,
    /// The instance key.
    pub(crate) key: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) ids: &'a mut IdGen,
    pub(crate) effects: &'a mut Vec<Effect>,
}

/// What becomes of the events of one evaluation.
#[derive(Clone, Copy, PartialEq)]
enum Admission {
    /// No event yet.
    Open,
    /// They belong to this run.
    Run(RunId),
    /// The rule's mode drops them.
    Dropped,
    /// They wait for the present run to end.
    Queued,
}

/// One evaluation under way.
struct Pass<'a> {
    cause: Cause<'a>,
    board: Board,
    /// The nodes to step, by index.
    dirty: Vec<bool>,
    /// Delays that are fed by what comes after them.
    late: Vec<usize>,
    admission: Admission,
    /// Nodes and outputs for the trace.
    entries: Vec<(usize, usize)>,
    /// Something beyond a source has changed.
    telling: bool,
    /// The nodes whose time had come.
    due: Vec<usize>,
    /// What failed.
    errors: Vec<TraceError>,
}

impl Instance {
    /// Everything as it is at first.
    pub(crate) fn new(plan: &Plan) -> Instance {
        Instance {
            values: vec![None; plan.slots],
            nodes: plan.nodes.iter().map(|n| n.op.init()).collect(),
            runs: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// Whether the state belongs to the plan.
    pub(crate) fn fits(&self, plan: &Plan) -> bool {
        let owned = |(i, s): (&usize, &State)| plan.nodes.get(*i).is_some_and(|n| n.op.delays() && n.op.owns(s));
        self.values.len() == plan.slots
            && self.nodes.len() == plan.nodes.len()
            && plan.nodes.iter().zip(&self.nodes).all(|(n, s)| n.op.owns(s))
            && self.runs.iter().all(|r| r.nodes.iter().all(owned))
            && self.waiting.iter().flatten().all(|slot| *slot < plan.slots)
    }

    /// When it wants to be stepped although nothing is reported.
    pub(crate) fn deadline(&self, plan: &Plan) -> Option<Timestamp> {
        let level = plan.nodes.iter().zip(&self.nodes).filter_map(|(n, s)| n.op.deadline(s));
        let runs = self.runs.iter().filter_map(|r| r.deadline(plan));
        level.chain(runs).min()
    }

    /// Evaluates the nodes that are new, from the values that are known.
    pub(crate) fn settle(&mut self, turn: &mut Turn<'_>, fresh: Vec<bool>, states: &States) {
        self.evaluate(turn, Cause::First(states), fresh, &[], Admission::Open);
    }

    /// Evaluates what a report wakes.
    pub(crate) fn report(&mut self, turn: &mut Turn<'_>, point: PointId, sample: &Sample) {
        let mut dirty = vec![false; turn.plan.nodes.len()];
        for index in turn.plan.sources.get(&point).into_iter().flatten() {
            mark(&mut dirty, *index);
        }
        self.evaluate(turn, Cause::Report(point, sample), dirty, &[], Admission::Open);
        self.resume(turn);
    }

    /// Evaluates what a message wakes that this source has heard.
    pub(crate) fn message(&mut self, turn: &mut Turn<'_>, source: usize, incoming: &Incoming<'_>) {
        let Some((_, filter)) = turn.plan.nodes.get(source).and_then(|n| n.op.listens()) else { return };
        let mut dirty = vec![false; turn.plan.nodes.len()];
        mark(&mut dirty, source);
        self.evaluate(turn, Cause::Message(Heard { incoming, filter }), dirty, &[], Admission::Open);
        self.resume(turn);
    }

    /// Evaluates the nodes whose time came at `at`. A run that ends then has ended before a trigger of the same
    /// instant comes: its interval is open at its end.
    pub(crate) fn time(&mut self, turn: &mut Turn<'_>, at: Timestamp) {
        let (plan, now) = (turn.plan, turn.now);
        let by = |limit: Timestamp, t: Option<Timestamp>| t.is_some_and(|t| t <= limit);
        let ids: Vec<RunId> = self.runs.iter().filter(|r| by(at, r.deadline(plan))).map(|r| r.id).collect();
        for id in ids {
            let Some(run) = self.runs.iter().find(|r| r.id == id) else { continue };
            let mut dirty = vec![false; plan.nodes.len()];
            for (index, state) in &run.nodes {
                if by(now, plan.nodes.get(*index).and_then(|n| n.op.deadline(state))) {
                    mark(&mut dirty, *index);
                }
            }
            self.evaluate(turn, Cause::Time, dirty, &[], Admission::Run(id));
        }
        self.resume(turn);
        let dirty: Vec<bool> = plan.nodes.iter().zip(&self.nodes).map(|(n, s)| by(at, n.op.deadline(s))).collect();
        if dirty.contains(&true) {
            self.evaluate(turn, Cause::Time, dirty, &[], Admission::Open);
            self.resume(turn);
        }
    }

    /// The present values of the outputs, in the order of evaluation.
    pub(crate) fn ports(&self, plan: &Plan) -> Vec<PortValue> {
        let of_node = |node: &PlanNode| {
            let (id, first) = (node.id.clone(), node.output);
            let port = move |(i, port): (usize, &'static PortSpec)| PortValue {
                node: id.clone(),
                port: port.name.into(),
                value: self.values.get(first + i).cloned().flatten().filter(|_| !port.kind.is_event()),
                fired: None,
            };
            node.op.outputs().iter().enumerate().map(port).collect::<Vec<_>>()
        };
        plan.nodes.iter().flat_map(of_node).collect()
    }

    /// Starts the triggers that wait, as long as no run is under way.
    fn resume(&mut self, turn: &mut Turn<'_>) {
        while self.runs.is_empty() && !self.waiting.is_empty() {
            let slots = self.waiting.remove(0);
            let admission = Admission::Run(turn.ids.next(turn.now));
            self.evaluate(turn, Cause::Time, vec![false; turn.plan.nodes.len()], &slots, admission);
        }
    }

    /// One evaluation: steps the dirty nodes in order, and what follows from them.
    fn evaluate(
        &mut self,
        turn: &mut Turn<'_>,
        cause: Cause<'_>,
        dirty: Vec<bool>,
        events: &[usize],
        admission: Admission,
    ) {
        let plan = turn.plan;
        let mut board = Board::new(std::mem::take(&mut self.values));
        board.before = cause.passes().then(Vec::new);
        let timed = matches!(cause, Cause::Time);
        let due = dirty.iter().enumerate().filter(|(_, dirty)| timed && **dirty).map(|(i, _)| i).collect();
        let (late, entries, errors) = (Vec::new(), Vec::new(), Vec::new());
        let mut pass = Pass { cause, board, dirty, late, admission, entries, telling: false, due, errors };
        for slot in events {
            self.resend(plan, &mut pass, *slot);
        }
        for index in 0..plan.nodes.len() {
            if pass.dirty.get(index) == Some(&true) {
                self.visit(turn, &mut pass, index);
            }
        }
        let mut late = std::mem::take(&mut pass.late);
        late.sort_unstable();
        late.dedup();
        for index in late {
            self.visit(turn, &mut pass, index);
        }
        self.runs.retain(|r| r.deadline(plan).is_some());
        // A message from which nothing followed leaves no trace.
        let telling = if cause.passes() { matches!(pass.admission, Admission::Run(_)) } else { pass.telling };
        if telling || !pass.errors.is_empty() {
            turn.effects.push(Effect::Trace(trace(turn, &pass)));
        }
        self.values = pass.board.settled();
    }

    /// Sends an event again that had to wait.
    fn resend(&self, plan: &Plan, pass: &mut Pass<'_>, slot: usize) {
        let Some(index) = plan.nodes.iter().position(|n| (n.output..n.output + n.op.outputs().len()).contains(&slot))
        else {
            return;
        };
        if let Some(fired) = pass.board.fired.get_mut(slot) {
            *fired = true;
        }
        pass.note(plan, index, slot);
        pass.wake(plan, index, slot);
    }

    /// Steps one node and passes on what it has changed.
    fn visit(&mut self, turn: &mut Turn<'_>, pass: &mut Pass<'_>, index: usize) {
        let plan = turn.plan;
        let Some(node) = plan.nodes.get(index) else { return };
        let (first, news) = match pass.cause {
            Cause::First(states) => {
                (true, node.op.source().and_then(|p| states.get(&p)).map_or(News::Nothing, News::Report))
            }
            Cause::Report(point, sample) if node.op.source() == Some(point) => (false, News::Report(sample)),
            Cause::Message(heard) => (false, News::Message(heard)),
            Cause::Report(..) | Cause::Time => (false, News::Nothing),
        };
        let passes = pass.cause.passes();
        if passes && !self.begin(turn, pass, node) {
            return;
        }
        let mut passing;
        let state = match pass.admission {
            Admission::Run(id) if node.op.delays() => self.run(id).nodes.entry(index).or_insert_with(|| node.op.init()),
            _ if node.op.delays() => return,
            _ if passes => {
                passing = node.op.init();
                &mut passing
            }
            _ => match self.nodes.get_mut(index) {
                Some(state) => state,
                None => return,
            },
        };
        step(node, state, &mut pass.board, turn.now, first, news);
        let failed = pass.board.faults.drain(..);
        pass.errors.extend(failed.map(|(code, text)| TraceError { node: node.id.clone(), code: code.into(), text }));
        if passes {
            pass.note_all(plan, index);
        }
        let mut changed = std::mem::take(&mut pass.board.changed);
        for slot in changed.drain(..) {
            if passes {
                pass.wake(plan, index, slot);
                continue;
            }
            pass.note(plan, index, slot);
            let event = pass.board.fired.get(slot) == Some(&true);
            if event && !self.admit(turn, pass, slot) {
                if let Some(fired) = pass.board.fired.get_mut(slot) {
                    *fired = false;
                }
                continue;
            }
            pass.wake(plan, index, slot);
        }
        pass.board.changed = changed;
        let (rule, instance) = (plan.rule, turn.key);
        let acts = pass.board.acts.drain(..);
        if let Admission::Run(run) = pass.admission {
            turn.effects.extend(acts.map(|act| Effect::Command {
                rule,
                run,
                node: node.id.clone(),
                instance: instance.into(),
                act,
            }));
            let messages = pass.board.messages.drain(..);
            turn.effects.extend(messages.map(|message| Effect::Publish { rule, run, node: node.id.clone(), message }));
        }
    }

    /// Whether a message goes on to a node. Its run begins where something would follow from it: at the first node that
    /// acts or waits. Until then nothing of what is under way is touched by it.
    fn begin(&mut self, turn: &mut Turn<'_>, pass: &mut Pass<'_>, node: &PlanNode) -> bool {
        if !node.op.delays() && !node.op.outputs().is_empty() {
            return true;
        }
        let slots = node.inputs.iter().flatten();
        slots
            .copied()
            .find(|slot| pass.board.fired.get(*slot) == Some(&true))
            .is_some_and(|slot| self.admit(turn, pass, slot))
    }

    /// Decides by the rule's mode whether an event goes on.
    fn admit(&mut self, turn: &mut Turn<'_>, pass: &mut Pass<'_>, slot: usize) -> bool {
        if pass.admission == Admission::Open {
            pass.admission = match turn.plan.mode {
                RuleMode::Single if !self.runs.is_empty() => Admission::Dropped,
                RuleMode::Parallel if self.runs.len() >= RUNS_MAX => Admission::Dropped,
                RuleMode::Queued if self.waiting.len() >= WAITING_MAX => Admission::Dropped,
                RuleMode::Queued if !self.runs.is_empty() => {
                    self.waiting.push(Vec::new());
                    Admission::Queued
                }
                mode => {
                    if mode == RuleMode::Restart {
                        self.runs.clear();
                    }
                    Admission::Run(turn.ids.next(turn.now))
                }
            };
        }
        if let (Admission::Queued, Some(waiting)) = (pass.admission, self.waiting.last_mut()) {
            waiting.push(slot);
        }
        matches!(pass.admission, Admission::Run(_))
    }

    fn run(&mut self, id: RunId) -> &mut Run {
        let index = self.runs.iter().position(|r| r.id == id).unwrap_or_else(|| {
            self.runs.push(Run { id, nodes: BTreeMap::new() });
            self.runs.len() - 1
        });
        &mut self.runs[index]
    }

    /// This state under another plan, and which nodes are new there. A node keeps its state when it and everything it
    /// depends on are the same: a changed condition is a new condition.
    pub(crate) fn carry(&self, old: &Plan, new: &Plan) -> (Instance, Vec<bool>) {
        let kept = kept(old, new);
        let mut next = Instance::new(new);
        for (from, (to, node)) in
            kept.iter().zip(new.nodes.iter().enumerate()).filter_map(|(from, to)| from.map(|f| (f, to)))
        {
            if let (Some(state), Some(place)) = (self.nodes.get(from), next.nodes.get_mut(to)) {
                place.clone_from(state);
            }
            let base = old.nodes.get(from).map_or(0, |n| n.output);
            for port in 0..node.op.outputs().len() {
                if let (Some(value), Some(place)) =
                    (self.values.get(base + port), next.values.get_mut(node.output + port))
                {
                    place.clone_from(value);
                }
            }
        }
        let place_of = |index: usize| kept.iter().position(|from| *from == Some(index));
        for run in &self.runs {
            let nodes: BTreeMap<usize, State> =
                run.nodes.iter().filter_map(|(i, s)| Some((place_of(*i)?, s.clone()))).collect();
            next.runs.push(Run { id: run.id, nodes });
        }
        next.runs.retain(|r| r.deadline(new).is_some());
        let slot_of = |slot: usize| {
            let (from, node) =
                old.nodes.iter().enumerate().rfind(|(_, n)| n.output <= slot && !n.op.outputs().is_empty())?;
            Some(new.nodes.get(place_of(from)?)?.output + (slot - node.output))
        };
        next.waiting = self.waiting.iter().map(|slots| slots.iter().filter_map(|s| slot_of(*s)).collect()).collect();
        next.waiting.retain(|slots: &Vec<usize>| !slots.is_empty());
        (next, kept.iter().map(Option::is_none).collect())
    }
}

impl Cause<'_> {
    /// What follows belongs to a message and passes with it.
    fn passes(self) -> bool {
        matches!(self, Cause::Message(_))
    }
}

impl Run {
    fn deadline(&self, plan: &Plan) -> Option<Timestamp> {
        self.nodes.iter().filter_map(|(i, s)| plan.nodes.get(*i)?.op.deadline(s)).min()
    }
}

impl Pass<'_> {
    /// Writes down that an output has changed.
    fn note(&mut self, plan: &Plan, index: usize, slot: usize) {
        self.entries.push((index, slot));
        self.telling |= plan.nodes.get(index).is_some_and(|n| n.op.source().is_none());
    }

    /// Writes down what a node says of a message: its events, and all its values, so that a missing one is seen.
    fn note_all(&mut self, plan: &Plan, index: usize) {
        let Some(node) = plan.nodes.get(index) else { return };
        for (slot, port) in (node.output..).zip(node.op.outputs()) {
            if !port.kind.is_event() || self.board.fired.get(slot) == Some(&true) {
                self.entries.push((index, slot));
            }
        }
    }

    /// Marks what an output feeds.
    fn wake(&mut self, plan: &Plan, index: usize, slot: usize) {
        for consumer in plan.consumers.get(slot).into_iter().flatten() {
            if *consumer > index {
                mark(&mut self.dirty, *consumer);
            } else {
                self.late.push(*consumer);
            }
        }
    }
}

fn mark(dirty: &mut [bool], index: usize) {
    if let Some(flag) = dirty.get_mut(index) {
        *flag = true;
    }
}

fn trace(turn: &Turn<'_>, pass: &Pass<'_>) -> Trace {
    Trace {
        rule: turn.plan.rule,
        run: match pass.admission {
            Admission::Run(id) => Some(id),
            Admission::Open | Admission::Dropped | Admission::Queued => None,
        },
        instance: turn.key.into(),
        at: turn.now,
        trigger: match pass.cause {
            // What JSON cannot hold is not written down; nodes take it for bad.
            Cause::Report(point, sample) if finite(&sample.value) => {
                Some(Trigger { point, value: sample.value.clone() })
            }
            Cause::Report(..) | Cause::First(_) | Cause::Message(_) | Cause::Time => None,
        },
        message: match pass.cause {
            Cause::Message(heard) => Some(HeardMessage {
                connection: heard.incoming.message.connection,
                topic: heard.incoming.message.topic.clone(),
            }),
            Cause::Report(..) | Cause::First(_) | Cause::Time => None,
        },
        timers: pass.due.iter().filter_map(|i| Some(turn.plan.nodes.get(*i)?.id.clone())).collect(),
        entries: pass.entries.iter().filter_map(|(index, slot)| entry(turn.plan, pass, *index, *slot)).collect(),
        commands: Vec::new(),
        errors: pass.errors.clone(),
    }
}

fn entry(plan: &Plan, pass: &Pass<'_>, index: usize, slot: usize) -> Option<TraceEntry> {
    let node = plan.nodes.get(index)?;
    let port = node.op.outputs().get(slot.checked_sub(node.output)?)?;
    let value = match pass.cause {
        // Of a message its topic.
        Cause::Message(heard) if port.kind == PortKind::Message => Some(Value::text(&*heard.incoming.message.topic)),
        _ => pass.board.values.get(slot).cloned().flatten(),
    };
    Some(TraceEntry { node: node.id.clone(), port: port.name.into(), value })
}

fn finite(value: &Value) -> bool {
    match value {
        Value::Number(n) => n.is_finite(),
        Value::List(items) => items.iter().all(finite),
        Value::Map(fields) => fields.values().all(finite),
        Value::Bool(_) | Value::Text(_) => true,
    }
}

/// For each node of the new plan the same node of the old one, if there is one.
fn kept(old: &Plan, new: &Plan) -> Vec<Option<usize>> {
    let wiring = |plan: &Plan, index: usize| -> Option<Vec<Vec<(String, usize)>>> {
        let named = |slot: &usize| {
            let node = plan.nodes.iter().rfind(|n| n.output <= *slot && !n.op.outputs().is_empty())?;
            Some((node.id.clone(), *slot - node.output))
        };
        plan.nodes.get(index)?.inputs.iter().map(|port| port.iter().map(named).collect()).collect()
    };
    let mut kept: Vec<Option<usize>> = Vec::with_capacity(new.nodes.len());
    for (i, node) in new.nodes.iter().enumerate() {
        let same = old.nodes.iter().position(|o| o.id == node.id && o.op == node.op).filter(|from| {
            let depends_on_new = || {
                node.inputs.iter().flatten().any(|slot| {
                    new.nodes
                        .iter()
                        .take(i)
                        .zip(&kept)
                        .any(|(n, k)| k.is_none() && (n.output..n.output + n.op.outputs().len()).contains(slot))
                })
            };
            node.op.delays() || (wiring(old, *from) == wiring(new, i) && !depends_on_new())
        });
        kept.push(same);
    }
    kept
}
