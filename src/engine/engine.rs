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
use things::{Here, World};

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
        /// The room or device of a rule that stands for several; empty for other rules.
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
    /// Where each rule stands in `rules`; one that stands for several rooms or devices does once for each.
    places: BTreeMap<Who, usize>,
    rules: Vec<Option<Running>>,
    /// Places that are free.
    free: Vec<usize>,
    /// The latest time it was told.
    latest: Timestamp,
    /// The places of the rules that each point or device wakes, in the order of the rules.
    wakes: BTreeMap<Wake, Vec<usize>>,
    /// The nodes that each raw topic wakes, by connection.
    listeners: BTreeMap<Option<ConnectionId>, Listeners<(Who, usize)>>,
    /// When which rule wants to be stepped.
    timers: BTreeSet<(Timestamp, Who)>,
    scratch: Scratch,
}

/// A rule, and the room or device that it runs for where it stands for several.
type Who = (RuleId, Option<Here>);

/// One rule that runs.
#[derive(Debug, Clone, PartialEq)]
struct Running {
    plan: Plan,
    instance: Instance,
}

/// One call from outside, under way.
struct Round<'a> {
    now: Timestamp,
    ids: &'a mut IdGen,
    effects: Vec<Effect>,
}

impl Running {
    /// Lets it do something, and keeps its timer in order.
    fn touch(
        &mut self,
        timers: &mut BTreeSet<(Timestamp, Who)>,
        scratch: &mut Scratch,
        round: &mut Round<'_>,
        act: impl FnOnce(&mut Instance, &mut Turn<'_>),
    ) {
        let Running { plan, instance } = self;
        let before = instance.deadline();
        let Round { now, ids, effects } = round;
        act(instance, &mut Turn { plan, now: *now, ids, effects, scratch });
        let after = instance.deadline();
        if before != after {
            if let Some(at) = before {
                timers.remove(&(at, plan.who()));
            }
            if let Some(at) = after {
                timers.insert((at, plan.who()));
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
    /// By the room or device that it runs for; the empty key is that of a rule that stands for itself.
    instances: BTreeMap<String, Instance>,
}

impl From<Engine> for Stored {
    fn from(mut engine: Engine) -> Stored {
        let rules = engine.places.values().filter_map(|place| engine.rules.get_mut(*place)?.take());
        let stored = rules.map(|Running { plan, instance }| {
            let instances = BTreeMap::from([(plan.place(), instance)]);
            StoredRule { plan, instances }
        });
        Stored { latest: engine.latest, rules: stored.collect() }
    }
}

impl TryFrom<Stored> for Engine {
    type Error = &'static str;
    fn try_from(stored: Stored) -> Result<Engine, Self::Error> {
        let mut engine = Engine { latest: stored.latest, ..Engine::default() };
        for StoredRule { plan, instances } in stored.rules {
            for (place, mut instance) in instances {
                if !instance.fits(&plan) {
                    return Err("the state of a rule does not belong to its plan");
                }
                instance.refresh(&plan);
                let here = if place.is_empty() { None } else { Some(place.parse().map_err(|_| "no room, no device")?) };
                engine.install(Running { plan: Plan { here, ..plan.clone() }, instance });
            }
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
    /// Without rules, at this time.
    pub(crate) fn beginning(now: Timestamp) -> Engine {
        Engine { latest: now, ..Engine::default() }
    }

    /// Compiles a graph and makes it run, or replaces the running one; nodes that stayed the same keep their state.
    /// A graph with errors changes nothing. Nothing is commanded here: what shall happen at once is due in the next step.
    pub fn enable(&mut self, graph: &RuleGraph, world: &World, present: &dyn Present, now: Timestamp) -> Diagnostics {
        let (plans, found) = compile(graph, world);
        if !plans.is_empty() {
            self.latest = self.latest.max(now);
            self.retain(graph.id, &plans);
            plans.into_iter().for_each(|plan| self.run(plan, present));
        }
        found
    }

    /// Ends a rule and forgets its state.
    pub fn disable(&mut self, rule: RuleId) {
        self.retain(rule, &[]);
    }

    /// Ends a rule where none of these plans is in its place.
    fn retain(&mut self, rule: RuleId, plans: &[Plan]) {
        let stays = |who: &Who| plans.iter().any(|plan| plan.who() == *who);
        let over: Vec<Who> = self.places_of(rule).map(|(who, _)| who).filter(|who| !stays(who)).collect();
        over.into_iter().for_each(|who| self.end(who));
    }

    fn end(&mut self, who: Who) {
        let Some(place) = self.places.remove(&who) else { return };
        let Some(Running { plan, instance }) = self.rules.get_mut(place).and_then(Option::take) else { return };
        self.free.push(place);
        for wake in plan.wakes() {
            if let Some(places) = self.wakes.get_mut(&wake) {
                places.retain(|p| *p != place);
                if places.is_empty() {
                    self.wakes.remove(&wake);
                }
            }
        }
        for (node, connection, filter) in plan.filters() {
            if let Some(listeners) = self.listeners.get_mut(&connection) {
                listeners.remove(filter, (who, node));
                if listeners.is_empty() {
                    self.listeners.remove(&connection);
                }
            }
        }
        if let Some(at) = instance.deadline() {
            self.timers.remove(&(at, who));
        }
    }

    /// Whether a rule runs.
    pub fn contains(&self, rule: RuleId) -> bool {
        self.places_of(rule).next().is_some()
    }

    /// The plans of a rule that runs: one for each room or device that it stands for, else one.
    pub fn plans(&self, rule: RuleId) -> impl Iterator<Item = &Plan> {
        self.places_of(rule).filter_map(|(_, place)| Some(&self.rules.get(place)?.as_ref()?.plan))
    }

    /// Where a rule stands.
    fn places_of(&self, rule: RuleId) -> impl Iterator<Item = (Who, usize)> {
        self.places.range((rule, None)..).take_while(move |(who, _)| who.0 == rule).map(|(who, place)| (*who, *place))
    }

    fn at(&self, who: Who) -> Option<&Running> {
        self.rules.get(*self.places.get(&who)?)?.as_ref()
    }

    /// What runs, in the order of the rules.
    fn running(&self) -> impl Iterator<Item = &Running> {
        self.places.values().filter_map(|place| self.rules.get(*place)?.as_ref())
    }

    /// When a rule begins by itself next; none where it begins at no times, or does not run.
    pub fn due(&self, rule: RuleId) -> Option<Timestamp> {
        let begins = |(who, _)| self.at(who).and_then(|r| r.instance.begins(&r.plan));
        self.places_of(rule).filter_map(begins).min()
    }

    /// The present values of a rule's outputs, in the order of evaluation, where it runs; of a rule that stands for
    /// several rooms or devices for this one.
    pub fn values(&self, rule: RuleId, here: Option<Here>) -> Option<Vec<PortValue>> {
        self.at((rule, here)).map(|running| running.instance.ports(&running.plan))
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
        for graph in graphs.filter(|graph| self.contains(graph.id)).collect::<Vec<_>>() {
            let (plans, found) = compile(graph, world);
            if plans.is_empty() {
                failed.push((graph.id, found));
                continue;
            }
            self.retain(graph.id, &plans);
            for plan in plans {
                if self.at(plan.who()).is_none_or(|old| old.plan != plan) {
                    self.run(plan, present);
                }
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
        let looked_into = woken.iter().any(|(who, _)| self.at(*who).is_some_and(|r| r.plan.looks_into_payloads));
        let incoming = Incoming::new(message, looked_into);
        for (who, source) in woken {
            self.touch(who, &mut round, |i, turn| i.message(turn, source, &incoming));
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
        let all: Vec<Who> = self.places_of(rule).map(|(who, _)| who).collect();
        for who in all {
            self.touch(who, &mut round, |i, turn| i.reply(turn, (run, node), &incoming));
        }
        round.effects
    }

    /// Whether a node of a run waits for the answer to a call.
    pub fn awaits(&self, rule: RuleId, run: RunId, node: &str) -> bool {
        let mut all = self.places_of(rule).filter_map(|(who, _)| self.at(who));
        all.any(|r| r.instance.awaits(&r.plan, run, node))
    }

    /// Time goes on, and what was due happens.
    fn begin<'a>(&mut self, now: Timestamp, ids: &'a mut IdGen) -> Round<'a> {
        self.latest = self.latest.max(now);
        let now = self.latest;
        let mut round = Round { now, ids, effects: Vec::new() };
        for _ in 0..DUE_PER_STEP_MAX {
            let Some((at, who)) = self.timers.first().filter(|(at, _)| *at <= now).copied() else { break };
            self.touch(who, &mut round, |instance, turn| instance.time(turn, at));
        }
        round
    }

    /// When `step` has to be called next even if nothing is reported.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.timers.first().map(|(at, _)| *at)
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
    fn touch(&mut self, who: Who, round: &mut Round<'_>, act: impl FnOnce(&mut Instance, &mut Turn<'_>)) {
        let Engine { places, rules, timers, scratch, .. } = self;
        let Some(place) = places.get(&who) else { return };
        if let Some(running) = rules.get_mut(*place).and_then(Option::as_mut) {
            running.touch(timers, scratch, round, act);
        }
    }

    /// Puts a plan in the place of the present one, if there is one.
    pub(crate) fn run(&mut self, plan: Plan, present: &dyn Present) {
        let (mut instance, fresh) = match self.at(plan.who()) {
            Some(old) => old.instance.carry(&old.plan, &plan),
            None => (Instance::new(&plan), vec![true; plan.nodes.len()]),
        };
        // Nothing leaves while values settle, so neither ids nor effects come of it.
        let (ids, effects) = (&mut IdGen::new(0), &mut Vec::new());
        let mut turn = Turn { plan: &plan, now: self.latest, ids, effects, scratch: &mut self.scratch };
        instance.settle(&mut turn, &fresh, present);
        self.end(plan.who());
        self.install(Running { plan, instance });
    }

    fn install(&mut self, running: Running) {
        let who = running.plan.who();
        let place = self.free.pop().unwrap_or(self.rules.len());
        for wake in running.plan.wakes() {
            let places = self.wakes.entry(wake).or_default();
            let of = |p: &usize| self.rules.get(*p).and_then(|r| Some(r.as_ref()?.plan.who()));
            let at = places.partition_point(|p| of(p) < Some(who));
            places.insert(at, place);
        }
        for (node, connection, filter) in running.plan.filters() {
            self.listeners.entry(connection).or_default().add(filter, (who, node));
        }
        if let Some(at) = running.instance.deadline() {
            self.timers.insert((at, who));
        }
        self.places.insert(who, place);
        match self.rules.get_mut(place) {
            Some(empty) => *empty = Some(running),
            None => self.rules.push(Some(running)),
        }
    }
}
