//! All rules that run. `step` is synchronous and total: reports and a time in, effects out.
//!
//! What it is *not*: it has no clock and sends nothing. Time never goes backwards here: an earlier `now` counts as the
//! latest one.

use crate::compile::compile;
use crate::instance::{Instance, Scratch, Turn};
use crate::limits::DUE_PER_STEP_MAX;
use crate::message::Incoming;
use crate::plan::{Plan, Present, Wake};
use crate::topic::Listeners;
use base::id::{ConnectionId, DeviceId, PointId, RuleId, RunId};
use base::{Diagnostics, IdGen, Sample, Timestamp};
use documents::{Deed, Message, PortValue, RuleGraph, Trace};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use things::World;

/// What the engine wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A node asks for something.
    Deed {
        /// The rule.
        rule: RuleId,
        /// The run.
        run: RunId,
        /// The node that asks for it.
        node: String,
        /// Instance key; empty for the only instance.
        instance: String,
        /// What.
        deed: Deed,
    },
    /// What one evaluation changed; follows the deeds of the same evaluation. Its `commands` are filled by the runtime.
    Trace(Trace),
}

/// All rules that run, and their state. The stored form restores it exactly, timers included.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Engine {
    /// Where each rule stands in `rules`.
    places: BTreeMap<RuleId, usize>,
    rules: Vec<Option<Running>>,
    /// Places that are free.
    free: Vec<usize>,
    /// The latest time it was told.
    latest: Timestamp,
    /// The places of the rules that each point or device wakes, in the order of the rules.
    wakes: BTreeMap<Wake, Vec<usize>>,
    /// The nodes that each raw topic wakes, by connection.
    listeners: BTreeMap<Option<ConnectionId>, Listeners<(RuleId, usize)>>,
    /// When which instance wants to be stepped.
    timers: BTreeSet<(Timestamp, RuleId, String)>,
    scratch: Scratch,
}

/// One rule that runs.
#[derive(Debug, Clone, PartialEq)]
struct Running {
    plan: Plan,
    /// By instance key, in order; a rule that serves one place has the empty key only.
    instances: Vec<(String, Instance)>,
}

/// One call from outside, under way.
struct Round<'a> {
    now: Timestamp,
    ids: &'a mut IdGen,
    effects: Vec<Effect>,
}

impl Running {
    /// Lets every instance do something, and keeps its timer in order.
    fn touch(
        &mut self,
        timers: &mut BTreeSet<(Timestamp, RuleId, String)>,
        scratch: &mut Scratch,
        round: &mut Round<'_>,
        mut act: impl FnMut(&mut Instance, &mut Turn<'_>),
    ) {
        let Running { plan, instances } = self;
        for (key, instance) in instances {
            let before = instance.deadline();
            let Round { now, ids, effects } = round;
            act(instance, &mut Turn { plan, key, now: *now, ids, effects, scratch });
            let after = instance.deadline();
            if before != after {
                if let Some(at) = before {
                    timers.remove(&(at, plan.rule, key.clone()));
                }
                if let Some(at) = after {
                    timers.insert((at, plan.rule, key.clone()));
                }
            }
        }
    }
}

/// The stored form: indexes are left out.
#[derive(Serialize, Deserialize)]
struct Stored {
    latest: Timestamp,
    rules: Vec<StoredRule>,
}

#[derive(Serialize, Deserialize)]
struct StoredRule {
    plan: Plan,
    instances: BTreeMap<String, Instance>,
}

impl From<Engine> for Stored {
    fn from(mut engine: Engine) -> Stored {
        let rules = engine.places.values().filter_map(|place| engine.rules.get_mut(*place)?.take());
        let stored = rules.map(|r| StoredRule { plan: r.plan, instances: r.instances.into_iter().collect() });
        Stored { latest: engine.latest, rules: stored.collect() }
    }
}

impl TryFrom<Stored> for Engine {
    type Error = &'static str;
    fn try_from(stored: Stored) -> Result<Engine, Self::Error> {
        let mut engine = Engine { latest: stored.latest, ..Engine::default() };
        for StoredRule { plan, mut instances } in stored.rules {
            if instances.values().any(|i| !i.fits(&plan)) {
                return Err("the state of a rule does not belong to its plan");
            }
            instances.values_mut().for_each(|i| i.refresh(&plan));
            engine.install(Running { plan, instances: instances.into_iter().collect() });
        }
        Ok(engine)
    }
}

/// What is stored is the same; where it stands does not matter.
impl PartialEq for Engine {
    fn eq(&self, other: &Engine) -> bool {
        self.latest == other.latest && self.running().eq(other.running())
    }
}

impl Engine {
    /// Compiles a graph and makes it run, or replaces the running one; nodes that stayed the same keep their state.
    /// A graph with errors changes nothing. Nothing is commanded here: what shall happen at once is due in the next step.
    pub fn enable(&mut self, graph: &RuleGraph, world: &World, present: &dyn Present, now: Timestamp) -> Diagnostics {
        let (plan, found) = compile(graph, world);
        if let Some(plan) = plan {
            self.latest = self.latest.max(now);
            self.replace(plan, present);
        }
        found
    }

    /// Ends a rule and forgets its state.
    pub fn disable(&mut self, rule: RuleId) {
        let Some(place) = self.places.remove(&rule) else { return };
        let Some(running) = self.rules.get_mut(place).and_then(Option::take) else { return };
        self.free.push(place);
        for wake in running.plan.wakes() {
            if let Some(places) = self.wakes.get_mut(&wake) {
                places.retain(|p| *p != place);
                if places.is_empty() {
                    self.wakes.remove(&wake);
                }
            }
        }
        for (node, connection, filter) in running.plan.filters() {
            if let Some(listeners) = self.listeners.get_mut(&connection) {
                listeners.remove(filter, (rule, node));
                if listeners.is_empty() {
                    self.listeners.remove(&connection);
                }
            }
        }
        for (key, instance) in running.instances {
            if let Some(at) = instance.deadline() {
                self.timers.remove(&(at, rule, key));
            }
        }
    }

    /// Whether a rule runs.
    pub fn contains(&self, rule: RuleId) -> bool {
        self.places.contains_key(&rule)
    }

    /// The plan of a rule that runs.
    pub fn plan(&self, rule: RuleId) -> Option<&Plan> {
        self.at(rule).map(|r| &r.plan)
    }

    fn at(&self, rule: RuleId) -> Option<&Running> {
        self.rules.get(*self.places.get(&rule)?)?.as_ref()
    }

    /// What runs, in the order of the rules.
    fn running(&self) -> impl Iterator<Item = &Running> {
        self.places.values().filter_map(|place| self.rules.get(*place)?.as_ref())
    }

    /// The present values of a rule's outputs, in the order of evaluation; none when it does not run.
    pub fn values(&self, rule: RuleId) -> Option<Vec<PortValue>> {
        let running = self.at(rule)?;
        running.instances.first().map(|(_, instance)| instance.ports(&running.plan))
    }

    /// The rules that can write a point, each with the node that does.
    pub fn writers(&self, point: PointId) -> Vec<(RuleId, &str)> {
        self.running()
            .flat_map(|r| r.plan.writes().into_iter().map(|(p, node)| (p, r.plan.rule, node)))
            .filter_map(|(p, rule, node)| (p == point).then_some((rule, node)))
            .collect()
    }

    /// The raw topics that rules listen to, each once: connection, where none is the embedded broker, and filter.
    pub fn topics(&self) -> Vec<(Option<ConnectionId>, String)> {
        let all: BTreeSet<_> = self.running().flat_map(|r| r.plan.listens()).collect();
        all.into_iter().collect()
    }

    /// The world became another one: recompiles every rule, from these graphs. What no longer compiles keeps its old
    /// plan and is returned with the reasons.
    pub fn world_changed<'a>(
        &mut self,
        graphs: impl Iterator<Item = &'a RuleGraph>,
        world: &World,
        present: &dyn Present,
        now: Timestamp,
    ) -> Vec<(RuleId, Diagnostics)> {
        self.latest = self.latest.max(now);
        let mut failed = Vec::new();
        for graph in graphs {
            let Some(old) = self.plan(graph.id) else { continue };
            match compile(graph, world) {
                (Some(plan), _) if *old == plan => {}
                (Some(plan), _) => self.replace(plan, present),
                (None, found) => failed.push((graph.id, found)),
            }
        }
        failed
    }

    /// Applies due timers, then the reports in their order.
    pub fn step(&mut self, changed: &[(PointId, Sample)], now: Timestamp, ids: &mut IdGen) -> Vec<Effect> {
        let mut round = self.begin(now, ids);
        for (point, sample) in changed {
            self.wake(Wake::Point(*point), &mut round, |i, turn| i.report(turn, *point, sample));
        }
        round.effects
    }

    /// Applies due timers, then that a device came or went.
    pub fn link(&mut self, device: DeviceId, online: bool, now: Timestamp, ids: &mut IdGen) -> Vec<Effect> {
        let mut round = self.begin(now, ids);
        self.wake(Wake::Device(device), &mut round, |i, turn| i.link(turn, device, online));
        round.effects
    }

    /// Applies due timers, then a message to every rule that listens to its topic: a raw one, or one of the reserved
    /// topics on which the runtime tells what happened (`documents::signal::RESERVED`). Nothing of what it carries stays
    /// but what nodes make of it.
    pub fn message(&mut self, message: &Message, now: Timestamp, ids: &mut IdGen) -> Vec<Effect> {
        let mut round = self.begin(now, ids);
        let Some(listeners) = self.listeners.get(&message.connection) else { return round.effects };
        let woken = listeners.of(&message.topic);
        let looked_into = woken.iter().any(|(rule, _)| self.plan(*rule).is_some_and(|p| p.looks_into_payloads));
        let incoming = Incoming::new(message, looked_into);
        for (rule, source) in woken {
            self.touch(rule, &mut round, |i, turn| i.message(turn, source, &incoming));
        }
        round.effects
    }

    /// Applies due timers, then the answer to a call of a node of a run, as a message on `$replies/...`.
    pub fn reply(
        &mut self,
        (rule, run, node): (RuleId, RunId, &str),
        message: &Message,
        now: Timestamp,
        ids: &mut IdGen,
    ) -> Vec<Effect> {
        let mut round = self.begin(now, ids);
        let incoming = Incoming::new(message, true);
        self.touch(rule, &mut round, |i, turn| i.reply(turn, (run, node), &incoming));
        round.effects
    }

    /// Whether a node of a run waits for the answer to a call.
    pub fn awaits(&self, rule: RuleId, run: RunId, node: &str) -> bool {
        self.at(rule).is_some_and(|r| r.instances.iter().any(|(_, i)| i.awaits(&r.plan, run, node)))
    }

    /// Time goes on, and what was due happens.
    fn begin<'a>(&mut self, now: Timestamp, ids: &'a mut IdGen) -> Round<'a> {
        self.latest = self.latest.max(now);
        let now = self.latest;
        let mut round = Round { now, ids, effects: Vec::new() };
        for _ in 0..DUE_PER_STEP_MAX {
            let Some((at, rule, key)) = self.timers.first().filter(|(at, ..)| *at <= now).cloned() else { break };
            self.touch(rule, &mut round, |instance, turn| {
                if turn.key == key {
                    instance.time(turn, at);
                }
            });
        }
        round
    }

    /// When `step` has to be called next even if nothing is reported.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.timers.first().map(|(at, ..)| *at)
    }

    /// Lets every rule do something that a point or device wakes.
    fn wake(&mut self, wake: Wake, round: &mut Round<'_>, mut act: impl FnMut(&mut Instance, &mut Turn<'_>)) {
        let Engine { wakes, rules, timers, scratch, .. } = self;
        for place in wakes.get(&wake).into_iter().flatten() {
            if let Some(running) = rules.get_mut(*place).and_then(Option::as_mut) {
                running.touch(timers, scratch, round, &mut act);
            }
        }
    }

    /// Lets a rule do something.
    fn touch(&mut self, rule: RuleId, round: &mut Round<'_>, act: impl FnMut(&mut Instance, &mut Turn<'_>)) {
        let Engine { places, rules, timers, scratch, .. } = self;
        let Some(place) = places.get(&rule) else { return };
        if let Some(running) = rules.get_mut(*place).and_then(Option::as_mut) {
            running.touch(timers, scratch, round, act);
        }
    }

    /// Puts a plan in the place of the present one, if there is one. A rule that serves one place has one instance,
    /// under the empty key.
    fn replace(&mut self, plan: Plan, present: &dyn Present) {
        let key = String::new();
        let old = self.at(plan.rule).and_then(|old| Some((&old.plan, &old.instances.first()?.1)));
        let (mut instance, fresh) = match old {
            Some((old_plan, instance)) => instance.carry(old_plan, &plan),
            None => (Instance::new(&plan), vec![true; plan.nodes.len()]),
        };
        // Nothing leaves while values settle, so neither ids nor effects come of it.
        let (ids, effects) = (&mut IdGen::new(0), &mut Vec::new());
        let mut turn = Turn { plan: &plan, key: &key, now: self.latest, ids, effects, scratch: &mut self.scratch };
        instance.settle(&mut turn, &fresh, present);
        self.disable(plan.rule);
        self.install(Running { plan, instances: vec![(key, instance)] });
    }

    fn install(&mut self, running: Running) {
        let rule = running.plan.rule;
        let place = self.free.pop().unwrap_or(self.rules.len());
        for wake in running.plan.wakes() {
            let places = self.wakes.entry(wake).or_default();
            let of = |p: &usize| self.rules.get(*p).and_then(|r| Some(r.as_ref()?.plan.rule));
            let at = places.partition_point(|p| of(p) < Some(rule));
            places.insert(at, place);
        }
        for (node, connection, filter) in running.plan.filters() {
            self.listeners.entry(connection).or_default().add(filter, (rule, node));
        }
        for (key, instance) in &running.instances {
            if let Some(at) = instance.deadline() {
                self.timers.insert((at, rule, key.clone()));
            }
        }
        self.places.insert(rule, place);
        match self.rules.get_mut(place) {
            Some(empty) => *empty = Some(running),
            None => self.rules.push(Some(running)),
        }
    }
}
