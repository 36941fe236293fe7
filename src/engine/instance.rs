//! One instance of a rule: the state of its nodes and runs, and the evaluation that an input causes.
//!
//! State is laid out by (instance, run, node): nodes on the level side keep theirs for the instance, nodes that delay
//! keep theirs for each run that is under way. What it is *not*: it finds no timers and wakes no other rule; that is
//! [`crate::Engine`].

use crate::Effect;
use crate::message::{Heard, Incoming};
use crate::nodes::State;
use crate::plan::{Board, News, Plan, PlanNode, Present, Wake, step};
use crate::ports::{PortKind, PortSpec};
use base::id::{DeviceId, PointId, RunId};
use base::{IdGen, Sample, Timestamp, Value};
use documents::trace::{HeardMessage, Trace, TraceClass, TraceEntry, TraceError, Trigger};
use documents::{Overflow, PortValue, RuleMode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// When it wants to be stepped although nothing is reported; follows from the rest.
    #[serde(skip)]
    due: Option<Timestamp>,
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
    First(&'a dyn Present),
    /// A report.
    Report(PointId, &'a Sample),
    /// A device came or went.
    Link(DeviceId, bool),
    /// A message. Values that are taken from it belong to it alone and are as before afterwards; events that come of it
    /// count like any others.
    Message(Heard<'a>),
    /// A time that a node waited for.
    Time,
}

/// What an evaluation needs beside the state.
pub(crate) struct Turn<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) now: Timestamp,
    pub(crate) ids: &'a mut IdGen,
    pub(crate) effects: &'a mut Vec<Effect>,
    pub(crate) scratch: &'a mut Scratch,
}

/// Memory that one evaluation leaves to the next one, so that none asks for its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    board: Board,
    dirty: Vec<bool>,
    late: Vec<usize>,
    entries: Vec<(usize, usize)>,
    due: Vec<usize>,
}

impl Scratch {
    /// No node of a plan is to be stepped yet.
    fn clean(&mut self, plan: &Plan) {
        self.dirty.clear();
        self.dirty.resize(plan.nodes.len(), false);
        self.late.clear();
        self.entries.clear();
        self.due.clear();
    }
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
    /// A node has waited for a time, or does so now.
    waits: bool,
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
            due: None,
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
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        self.due
    }

    /// When one of the nodes that begin it by themselves does so next.
    pub(crate) fn begins(&self, plan: &Plan) -> Option<Timestamp> {
        let alone =
            |n: &PlanNode| n.op.inputs().is_empty() && n.op.outputs().iter().any(|port| port.kind == PortKind::Event);
        plan.nodes.iter().zip(&self.nodes).filter(|(n, _)| alone(n)).filter_map(|(n, s)| n.op.deadline(s)).min()
    }

    /// Looks anew when it wants to be stepped.
    pub(crate) fn refresh(&mut self, plan: &Plan) {
        let level = plan.nodes.iter().zip(&self.nodes).filter_map(|(n, s)| n.op.deadline(s));
        let runs = self.runs.iter().filter_map(|r| r.deadline(plan));
        self.due = level.chain(runs).min();
    }

    /// Evaluates the nodes that are new, from the values that are known.
    pub(crate) fn settle(&mut self, turn: &mut Turn<'_>, fresh: &[bool], present: &dyn Present) {
        turn.scratch.clean(turn.plan);
        turn.scratch.dirty.copy_from_slice(fresh);
        self.evaluate(turn, Cause::First(present), &[], Admission::Open);
    }

    /// Evaluates what a report wakes.
    pub(crate) fn report(&mut self, turn: &mut Turn<'_>, point: PointId, sample: &Sample) {
        self.wake(turn, Wake::Point(point), Cause::Report(point, sample));
    }

    /// Evaluates what a device wakes that came or went.
    pub(crate) fn link(&mut self, turn: &mut Turn<'_>, device: DeviceId, online: bool) {
        self.wake(turn, Wake::Device(device), Cause::Link(device, online));
    }

    fn wake(&mut self, turn: &mut Turn<'_>, wake: Wake, cause: Cause<'_>) {
        turn.scratch.clean(turn.plan);
        for index in turn.plan.woken(wake) {
            mark(&mut turn.scratch.dirty, index);
        }
        self.evaluate(turn, cause, &[], Admission::Open);
        self.resume(turn);
    }

    /// Evaluates what a message wakes that this source has heard.
    pub(crate) fn message(&mut self, turn: &mut Turn<'_>, source: usize, incoming: &Incoming<'_>) {
        let Some((_, filter)) = turn.plan.nodes.get(source).and_then(|n| n.op.listens()) else { return };
        turn.scratch.clean(turn.plan);
        mark(&mut turn.scratch.dirty, source);
        self.evaluate(turn, Cause::Message(Heard { incoming, filter }), &[], Admission::Open);
        self.resume(turn);
    }

    /// Whether a node of a run waits for an answer.
    pub(crate) fn awaits(&self, plan: &Plan, run: RunId, node: &str) -> bool {
        let Some((index, node)) = plan.nodes.iter().enumerate().find(|(_, n)| *n.id == *node) else { return false };
        let state = self.runs.iter().find(|r| r.id == run).and_then(|r| r.nodes.get(&index));
        node.op.listens().is_some() && state.is_some_and(|s| node.op.deadline(s).is_some())
    }

    /// Evaluates the node of a run that has waited for this answer, if it still does.
    pub(crate) fn reply(&mut self, turn: &mut Turn<'_>, (run, node): (RunId, &str), incoming: &Incoming<'_>) {
        if !self.awaits(turn.plan, run, node) {
            return;
        }
        let Some((index, waiting)) = turn.plan.nodes.iter().enumerate().find(|(_, n)| *n.id == *node) else { return };
        let Some((_, filter)) = waiting.op.listens() else { return };
        turn.scratch.clean(turn.plan);
        mark(&mut turn.scratch.dirty, index);
        self.evaluate(turn, Cause::Message(Heard { incoming, filter }), &[], Admission::Run(run));
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
            turn.scratch.clean(plan);
            for (index, state) in &run.nodes {
                if by(now, plan.nodes.get(*index).and_then(|n| n.op.deadline(state))) {
                    mark(&mut turn.scratch.dirty, *index);
                }
            }
            self.evaluate(turn, Cause::Time, &[], Admission::Run(id));
        }
        self.resume(turn);
        turn.scratch.clean(plan);
        for (flag, (node, state)) in turn.scratch.dirty.iter_mut().zip(plan.nodes.iter().zip(&self.nodes)) {
            *flag = by(at, node.op.deadline(state));
        }
        if turn.scratch.dirty.contains(&true) {
            self.evaluate(turn, Cause::Time, &[], Admission::Open);
            self.resume(turn);
        }
    }

    /// The present values of the outputs, in the order of evaluation.
    pub(crate) fn ports(&self, plan: &Plan) -> Vec<PortValue> {
        let of_node = |node: &PlanNode| {
            let (id, first) = (node.id.clone(), node.output);
            let port = move |(i, port): (usize, &'static PortSpec)| PortValue {
                node: id.to_string(),
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
            turn.scratch.clean(turn.plan);
            self.evaluate(turn, Cause::Time, &slots, admission);
        }
    }

    /// One evaluation: steps the nodes that are dirty in order, and what follows from them.
    fn evaluate(&mut self, turn: &mut Turn<'_>, cause: Cause<'_>, events: &[usize], admission: Admission) {
        let plan = turn.plan;
        let Scratch { mut board, dirty, late, entries, mut due } = std::mem::take(turn.scratch);
        board.begin(std::mem::take(&mut self.values), cause.passes());
        let timed = matches!(cause, Cause::Time);
        due.extend(dirty.iter().enumerate().filter(|(_, dirty)| timed && **dirty).map(|(i, _)| i));
        let errors = Vec::new();
        let mut pass =
            Pass { cause, board, dirty, late, admission, entries, telling: false, due, errors, waits: false };
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
        for index in late.drain(..) {
            self.visit(turn, &mut pass, index);
        }
        let ran = matches!(pass.admission, Admission::Run(_));
        if pass.waits || ran || !self.runs.is_empty() || matches!(cause, Cause::First(_)) {
            self.runs.retain(|r| r.deadline(plan).is_some());
            self.refresh(plan);
        }
        // A message from which nothing followed leaves no trace.
        if pass.telling || ran || !pass.errors.is_empty() {
            turn.effects.push(Effect::Trace(trace(turn, &pass)));
        }
        self.values = pass.board.settled(&plan.passing);
        let Pass { board, dirty, entries, due, .. } = pass;
        *turn.scratch = Scratch { board, dirty, late, entries, due };
    }

    /// Sends an event that had to wait to those that it waited for: what acts or waits itself. The others have seen it.
    fn resend(&self, plan: &Plan, pass: &mut Pass<'_>, slot: usize) {
        let Some(index) = plan.nodes.iter().position(|n| (n.output..n.output + n.op.outputs().len()).contains(&slot))
        else {
            return;
        };
        if let Some(fired) = pass.board.fired.get_mut(slot) {
            *fired = true;
        }
        pass.note(plan, index, slot);
        for consumer in plan.consumers.row(slot) {
            if plan.nodes.get(consumer).is_some_and(PlanNode::acts) {
                pass.mark(index, consumer);
            }
        }
    }

    /// Steps one node and passes on what it has changed.
    fn visit(&mut self, turn: &mut Turn<'_>, pass: &mut Pass<'_>, index: usize) {
        let plan = turn.plan;
        let Some(node) = plan.nodes.get(index) else { return };
        let (first, news) = match pass.cause {
            Cause::First(present) => (true, News::Present(present)),
            Cause::Report(point, sample) => (false, News::Report(point, sample)),
            Cause::Link(device, online) => (false, News::Link(device, online)),
            Cause::Message(heard) => (false, News::Message(heard)),
            Cause::Time => (false, News::Nothing),
        };
        let passes = pass.cause.passes();
        if !self.begin(turn, pass, node) {
            return;
        }
        let mut passing;
        let state = match pass.admission {
            Admission::Run(id) if node.op.delays() => self.run(id).nodes.entry(index).or_insert_with(|| node.op.init()),
            _ if node.op.delays() => return,
            // What it would remember of a value that passes is nothing that it may keep.
            _ if plan.passing.get(node.output) == Some(&true) => {
                passing = node.op.init();
                &mut passing
            }
            _ => match self.nodes.get_mut(index) {
                Some(state) => state,
                None => return,
            },
        };
        let waited = node.op.deadline(state).is_some();
        step(node, state, &mut pass.board, turn.now, first, news);
        pass.waits |= waited || node.op.deadline(state).is_some();
        let failed = pass.board.faults.drain(..);
        pass.errors.extend(failed.map(|(code, text)| TraceError {
            node: node.id.to_string(),
            code: code.into(),
            text,
        }));
        if passes {
            pass.note_all(plan, index);
        }
        let mut changed = std::mem::take(&mut pass.board.changed);
        for slot in changed.drain(..) {
            let event = node.op.outputs().get(slot - node.output).is_some_and(|o| o.kind.is_event());
            if passes && (event || plan.passing.get(slot) == Some(&true)) {
                pass.wake(plan, index, slot);
                continue;
            }
            pass.note(plan, index, slot);
            pass.wake(plan, index, slot);
        }
        pass.board.changed = changed;
        let rule = plan.rule;
        let deeds = pass.board.deeds.drain(..);
        if let Admission::Run(run) = pass.admission {
            turn.effects.extend(deeds.map(|deed| Effect::Deed {
                rule,
                run,
                node: node.id.to_string(),
                instance: plan.place(),
                deed,
            }));
        }
    }

    /// Whether a node is stepped now. A run begins where something would follow from an event: at the first node that
    /// acts or waits. Until then nothing of what is under way is touched, and what counts and remembers goes on.
    fn begin(&mut self, turn: &mut Turn<'_>, pass: &mut Pass<'_>, node: &PlanNode) -> bool {
        if !node.acts() || matches!(pass.admission, Admission::Run(_)) {
            return true;
        }
        let mut slots = node.inputs.all();
        slots.find(|slot| pass.board.fired.get(*slot) == Some(&true)).is_some_and(|slot| self.admit(turn, pass, slot))
    }

    /// Decides by the rule's mode whether an event goes on.
    fn admit(&mut self, turn: &mut Turn<'_>, pass: &mut Pass<'_>, slot: usize) -> bool {
        if pass.admission == Admission::Open {
            let limit = turn.plan.runs;
            let full = |count: usize| count >= usize::try_from(limit.max).unwrap_or(usize::MAX);
            let drops = limit.overflow == Overflow::Newest;
            pass.admission = match turn.plan.mode {
                RuleMode::Single if !self.runs.is_empty() => Admission::Dropped,
                RuleMode::Parallel if full(self.runs.len()) && drops => Admission::Dropped,
                RuleMode::Queued if !self.runs.is_empty() && full(self.waiting.len()) && drops => Admission::Dropped,
                RuleMode::Queued if !self.runs.is_empty() => {
                    if full(self.waiting.len()) {
                        self.waiting.remove(0);
                    }
                    self.waiting.push(Vec::new());
                    Admission::Queued
                }
                mode => {
                    if mode == RuleMode::Restart {
                        self.runs.clear();
                    } else if mode == RuleMode::Parallel && full(self.runs.len()) {
                        self.runs.remove(0);
                    }
                    Admission::Run(turn.ids.next(turn.now))
                }
            };
        }
        if let (Admission::Queued, Some(waiting)) = (pass.admission, self.waiting.last_mut())
            && !waiting.contains(&slot)
        {
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
        self.telling |= plan.nodes.get(index).is_some_and(|n| !n.op.inputs().is_empty());
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
        for consumer in plan.consumers.row(slot) {
            self.mark(index, consumer);
        }
    }

    /// A node is to be stepped because of another one, at the end where it stands before that.
    fn mark(&mut self, index: usize, consumer: usize) {
        if consumer > index {
            mark(&mut self.dirty, consumer);
        } else {
            self.late.push(consumer);
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
        instance: turn.plan.place(),
        at: turn.now,
        trigger: match pass.cause {
            // What JSON cannot hold is not written down; nodes take it for bad.
            Cause::Report(point, sample) if finite(&sample.value) => {
                Some(Trigger { point, value: sample.value.clone() })
            }
            Cause::Report(..) | Cause::Link(..) | Cause::First(_) | Cause::Message(_) | Cause::Time => None,
        },
        message: match pass.cause {
            Cause::Message(heard) => Some(HeardMessage {
                connection: heard.incoming.message.connection,
                topic: heard.incoming.message.topic.clone(),
            }),
            Cause::Report(..) | Cause::Link(..) | Cause::First(_) | Cause::Time => None,
        },
        timers: pass.due.iter().filter_map(|i| Some(turn.plan.nodes.get(*i)?.id.to_string())).collect(),
        entries: pass.entries.iter().filter_map(|(index, slot)| entry(turn.plan, pass, *index, *slot)).collect(),
        commands: Vec::new(),
        errors: pass.errors.clone(),
        // Something happened, although no run may have begun.
        class: pass.board.fired.contains(&true).then_some(TraceClass::Ran),
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
    Some(TraceEntry { node: node.id.to_string(), port: port.name.into(), value })
}

fn finite(value: &Value) -> bool {
    match value {
        Value::Number(n) => n.is_finite(),
        Value::List(items) => items.iter().all(finite),
        Value::Map(fields) => fields.values().all(finite),
        Value::Bool(_) | Value::Text(_) => true,
    }
}

/// What feeds a port: nodes, each with the number of its output.
type Feeds = Vec<(Box<str>, usize)>;

/// For each node of the new plan the same node of the old one, if there is one.
fn kept(old: &Plan, new: &Plan) -> Vec<Option<usize>> {
    let wiring = |plan: &Plan, index: usize| -> Option<Vec<Feeds>> {
        let named = |slot: usize| {
            let node = plan.nodes.iter().rfind(|n| n.output <= slot && !n.op.outputs().is_empty())?;
            Some((node.id.clone(), slot - node.output))
        };
        plan.nodes.get(index)?.inputs.rows().map(|port| port.map(named).collect()).collect()
    };
    let mut kept: Vec<Option<usize>> = Vec::with_capacity(new.nodes.len());
    for (i, node) in new.nodes.iter().enumerate() {
        let same = old.nodes.iter().position(|o| o.id == node.id && o.op == node.op).filter(|from| {
            let depends_on_new = || {
                node.inputs.all().any(|slot| {
                    new.nodes
                        .iter()
                        .take(i)
                        .zip(&kept)
                        .any(|(n, k)| k.is_none() && (n.output..n.output + n.op.outputs().len()).contains(&slot))
                })
            };
            node.op.delays() || (wiring(old, *from) == wiring(new, i) && !depends_on_new())
        });
        kept.push(same);
    }
    kept
}
