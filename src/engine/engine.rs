//! All rules that run. `step` is synchronous and total: reports and a time in, effects out.
//!
//! What it is *not*: it has no clock and sends nothing. Time never goes backwards here: an earlier `now` counts as the
//! latest one.

use crate::compile::compile;
use crate::instance::{Instance, Turn};
use crate::limits::DUE_PER_STEP_MAX;
use crate::message::Incoming;
use crate::plan::Plan;
use crate::topic::Listeners;
use base::id::{ConnectionId, PointId, RuleId, RunId};
use base::{Diagnostics, IdGen, Sample, Timestamp};
use documents::{Act, Message, PortValue, RuleGraph, Trace};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use things::{States, World};

/// What the engine wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Something shall be written.
    Command {
        /// The rule.
        rule: RuleId,
        /// The run.
        run: RunId,
        /// The node that asks for it.
        node: String,
        /// Instance key; empty for the only instance.
        instance: String,
        /// What.
        act: Act,
    },
    /// A message shall be published.
    Publish {
        /// The rule.
        rule: RuleId,
        /// The run.
        run: RunId,
        /// The node that asks for it.
        node: String,
        /// What.
        message: Message,
    },
    /// What one evaluation changed; follows the commands of the same evaluation. Its `commands` are filled by the runtime.
    Trace(Trace),
}

/// All rules that run, and their state. The stored form restores it exactly, timers included.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Engine {
    rules: BTreeMap<RuleId, Running>,
    /// The latest time it was told.
    latest: Timestamp,
    /// The rules that each point wakes.
    wakes: BTreeMap<PointId, BTreeSet<RuleId>>,
    /// The nodes that each raw topic wakes, by connection.
    listeners: BTreeMap<Option<ConnectionId>, Listeners<(RuleId, usize)>>,
    /// When which instance wants to be stepped.
    timers: BTreeSet<(Timestamp, RuleId, String)>,
}

/// One rule that runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Running {
    graph: RuleGraph,
    plan: Plan,
    /// By instance key; a rule that serves one place has the empty key only.
    instances: BTreeMap<String, Instance>,
}

/// The stored form: indexes are left out.
#[derive(Serialize, Deserialize)]
struct Stored {
    latest: Timestamp,
    rules: Vec<Running>,
}

impl From<Engine> for Stored {
    fn from(engine: Engine) -> Stored {
        Stored { latest: engine.latest, rules: engine.rules.into_values().collect() }
    }
}

impl TryFrom<Stored> for Engine {
    type Error = &'static str;
    fn try_from(stored: Stored) -> Result<Engine, Self::Error> {
        let mut engine = Engine { latest: stored.latest, ..Engine::default() };
        for running in stored.rules {
            if running.instances.values().any(|i| !i.fits(&running.plan)) {
                return Err("the state of a rule does not belong to its plan");
            }
            engine.install(running);
        }
        Ok(engine)
    }
}

impl Engine {
    /// Compiles a graph and makes it run, or replaces the running one; nodes that stayed the same keep their state.
    /// A graph with errors changes nothing. Nothing is commanded here: what shall happen at once is due in the next step.
    pub fn enable(&mut self, graph: RuleGraph, world: &World, states: &States, now: Timestamp) -> Diagnostics {
        let (plan, found) = compile(&graph, world);
        if let Some(plan) = plan {
            self.latest = self.latest.max(now);
            self.replace(graph, plan, states);
        }
        found
    }

    /// Ends a rule and forgets its state.
    pub fn disable(&mut self, rule: RuleId) {
        let Some(running) = self.rules.remove(&rule) else { return };
        for point in running.plan.reads() {
            if let Some(rules) = self.wakes.get_mut(&point) {
                rules.remove(&rule);
                if rules.is_empty() {
                    self.wakes.remove(&point);
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
            if let Some(at) = instance.deadline(&running.plan) {
                self.timers.remove(&(at, rule, key));
            }
        }
    }

    /// Whether a rule runs.
    pub fn contains(&self, rule: RuleId) -> bool {
        self.rules.contains_key(&rule)
    }

    /// The plan of a rule that runs.
    pub fn plan(&self, rule: RuleId) -> Option<&Plan> {
        self.rules.get(&rule).map(|r| &r.plan)
    }

    /// The present values of a rule's outputs, in the order of evaluation; none when it does not run.
    pub fn values(&self, rule: RuleId) -> Option<Vec<PortValue>> {
        let running = self.rules.get(&rule)?;
        running.instances.values().next().map(|instance| instance.ports(&running.plan))
    }

    /// The rules that can write a point, each with the node that does.
    pub fn writers(&self, point: PointId) -> Vec<(RuleId, &str)> {
        self.rules
            .iter()
            .flat_map(|(id, r)| r.plan.writes().into_iter().filter(|(p, _)| *p == point).map(|(_, node)| (*id, node)))
            .collect()
    }

    /// The raw topics that rules listen to, each once: connection, where none is the embedded broker, and filter.
    pub fn topics(&self) -> Vec<(Option<ConnectionId>, String)> {
        let all: BTreeSet<_> = self.rules.values().flat_map(|r| r.plan.listens()).collect();
        all.into_iter().collect()
    }

    /// The world became another one: recompiles every rule. What no longer compiles keeps its old plan and is returned
    /// with the reasons.
    pub fn world_changed(&mut self, world: &World, states: &States, now: Timestamp) -> Vec<(RuleId, Diagnostics)> {
        self.latest = self.latest.max(now);
        let mut failed = Vec::new();
        let graphs: Vec<RuleGraph> = self.rules.values().map(|r| r.graph.clone()).collect();
        for graph in graphs {
            let id = graph.id;
            match compile(&graph, world) {
                (Some(plan), _) if self.plan(id) == Some(&plan) => {}
                (Some(plan), _) => self.replace(graph, plan, states),
                (None, found) => failed.push((id, found)),
            }
        }
        failed
    }

    /// Applies due timers, then the reports in their order.
    pub fn step(&mut self, changed: &[(PointId, Sample)], now: Timestamp, ids: &mut IdGen) -> Vec<Effect> {
        self.latest = self.latest.max(now);
        let now = self.latest;
        let mut effects = Vec::new();
        self.due(now, ids, &mut effects);
        for (point, sample) in changed {
            let rules: Vec<RuleId> = self.wakes.get(point).into_iter().flatten().copied().collect();
            for rule in rules {
                for key in self.keys(rule) {
                    self.touch(rule, &key, now, ids, &mut effects, |instance, turn| {
                        instance.report(turn, *point, sample)
                    });
                }
            }
        }
        effects
    }

    /// Applies due timers, then a raw message to every rule that listens to its topic. Nothing of it stays but the runs
    /// that wait.
    pub fn message(&mut self, message: &Message, now: Timestamp, ids: &mut IdGen) -> Vec<Effect> {
        self.latest = self.latest.max(now);
        let now = self.latest;
        let mut effects = Vec::new();
        self.due(now, ids, &mut effects);
        let Some(listeners) = self.listeners.get(&message.connection) else { return effects };
        let woken = listeners.of(&message.topic);
        let looked_into = woken.iter().any(|(rule, _)| self.plan(*rule).is_some_and(|p| p.looks_into_payloads));
        let incoming = Incoming::new(message, looked_into);
        for (rule, source) in woken {
            for key in self.keys(rule) {
                self.touch(rule, &key, now, ids, &mut effects, |instance, turn| {
                    instance.message(turn, source, &incoming)
                });
            }
        }
        effects
    }

    fn due(&mut self, now: Timestamp, ids: &mut IdGen, effects: &mut Vec<Effect>) {
        for _ in 0..DUE_PER_STEP_MAX {
            let Some((at, rule, key)) = self.timers.first().filter(|(at, ..)| *at <= now).cloned() else { break };
            self.touch(rule, &key, now, ids, effects, |instance, turn| instance.time(turn, at));
        }
    }

    /// The instance keys of a rule.
    fn keys(&self, rule: RuleId) -> Vec<String> {
        self.rules.get(&rule).map(|r| r.instances.keys().cloned().collect()).unwrap_or_default()
    }

    /// When `step` has to be called next even if nothing is reported.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.timers.first().map(|(at, ..)| *at)
    }

    /// Lets one instance do something, and keeps its timer in order.
    fn touch(
        &mut self,
        rule: RuleId,
        key: &str,
        now: Timestamp,
        ids: &mut IdGen,
        effects: &mut Vec<Effect>,
        act: impl FnOnce(&mut Instance, &mut Turn<'_>),
    ) {
        let Some((running, before)) = self.rules.get_mut(&rule).and_then(|r| {
            let before = r.instances.get(key)?.deadline(&r.plan);
            Some((r, before))
        }) else {
            return;
        };
        let Some(instance) = running.instances.get_mut(key) else { return };
        act(instance, &mut Turn { plan: &running.plan, key, now, ids, effects });
        let after = instance.deadline(&running.plan);
        if before != after {
            if let Some(at) = before {
                self.timers.remove(&(at, rule, key.to_owned()));
            }
            if let Some(at) = after {
                self.timers.insert((at, rule, key.to_owned()));
            }
        }
    }

    /// Puts a plan in the place of the present one, if there is one. A rule that serves one place has one instance,
    /// under the empty key.
    fn replace(&mut self, graph: RuleGraph, plan: Plan, states: &States) {
        let key = String::new();
        let old = self.rules.get(&graph.id).and_then(|old| Some((&old.plan, old.instances.get(&key)?)));
        let (mut instance, fresh) = match old {
            Some((old_plan, instance)) => instance.carry(old_plan, &plan),
            None => (Instance::new(&plan), vec![true; plan.nodes.len()]),
        };
        // Nothing leaves while values settle, so neither ids nor effects come of it.
        let mut turn =
            Turn { plan: &plan, key: &key, now: self.latest, ids: &mut IdGen::new(0), effects: &mut Vec::new() };
        instance.settle(&mut turn, fresh, states);
        self.disable(graph.id);
        self.install(Running { graph, plan, instances: BTreeMap::from([(key, instance)]) });
    }

    fn install(&mut self, running: Running) {
        let rule = running.graph.id;
        for point in running.plan.reads() {
            self.wakes.entry(point).or_default().insert(rule);
        }
        for (node, connection, filter) in running.plan.filters() {
            self.listeners.entry(connection).or_default().add(filter, (rule, node));
        }
        for (key, instance) in &running.instances {
            if let Some(at) = instance.deadline(&running.plan) {
                self.timers.insert((at, rule, key.clone()));
            }
        }
        self.rules.insert(rule, running);
    }
}
