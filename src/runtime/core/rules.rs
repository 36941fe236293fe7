//! Rules: stepping them, letting their commands leave, saving and switching them.

use super::commands::Wish;
use super::{Core, TRACES_MAX};
use base::id::{CommandId, ConnectionId, PointId, RevisionId, RunId, TurnId};
use base::{Bilingual, Diagnostics, Sample, Timestamp};
use documents::alarm::AlarmSource;
use documents::journal::{Denial, RuleRevision};
use documents::{Actor, Cause, Message, Outcome, Priority, Reason, Refusal, RuleGraph, RuleState};
use engine::{Effect, Plan};
use policy::Decision;
use std::collections::BTreeMap;
use things::Safety;

impl Core {
    /// Lets the rules see what changed (or only that time went on) and carries out what they want.
    pub(super) fn step_rules(&mut self, changed: &[(PointId, Sample)], now: Timestamp, out: &mut Vec<Outcome>) {
        if self.state.rules_off {
            return;
        }
        let effects = self.state.engine.step(changed, now, &mut self.state.ids);
        self.carry_out(effects, now, out);
    }

    /// Lets the rules see a raw message.
    pub(super) fn on_message(&mut self, message: &Message, now: Timestamp, out: &mut Vec<Outcome>) {
        if self.state.rules_off {
            return;
        }
        let effects = self.state.engine.message(message, now, &mut self.state.ids);
        self.carry_out(effects, now, out);
    }

    /// The raw topics that rules listen to, by connection; none is the embedded broker.
    pub fn topics(&self) -> Vec<(Option<ConnectionId>, String)> {
        if self.state.rules_off { Vec::new() } else { self.state.engine.topics() }
    }

    /// Carries out what rules want. A rule that is only tried out writes and publishes nothing.
    fn carry_out(&mut self, effects: Vec<Effect>, now: Timestamp, out: &mut Vec<Outcome>) {
        let mut made: BTreeMap<RunId, Vec<CommandId>> = BTreeMap::new();
        for effect in effects {
            match effect {
                Effect::Command { rule, run, node, act, .. } => {
                    let shadow = self.state.rules.get(&rule).is_none_or(|r| r.graph.state != RuleState::Live);
                    if shadow {
                        continue;
                    }
                    let actor = Actor::rule(rule);
                    let wish =
                        Wish { actor: &actor, cause: Cause::Run { rule, run, node }, priority: Priority::Normal };
                    let verdict = self.verdict_for(&actor, policy::Effect::Actuate, &[act.point]);
                    let id = match verdict.decision {
                        Decision::Allow => self.issue(&act, &wish, now, out),
                        Decision::Ask | Decision::Deny => self.refuse_by_policy(&act, &wish, &verdict, now, out),
                    };
                    made.entry(run).or_default().push(id);
                }
                Effect::Publish { rule, message, .. } => {
                    if self.state.rules.get(&rule).is_some_and(|r| r.graph.state == RuleState::Live) {
                        out.push(Outcome::Publish(message));
                    }
                }
                Effect::Trace(mut trace) => {
                    trace.commands = trace.run.and_then(|r| made.get(&r).cloned()).unwrap_or_default();
                    self.state.traces.push_back(trace.clone());
                    while self.state.traces.len() > TRACES_MAX {
                        self.state.traces.pop_front();
                    }
                    out.push(Outcome::Trace(trace));
                }
            }
        }
    }

    /// Saves a rule as it shall be from now on and makes it run or stop. What does not compile is not saved as one that runs.
    pub(super) fn save_rule(
        &mut self,
        graph: RuleGraph,
        by: &Actor,
        approved_by: Option<Actor>,
        turn: Option<TurnId>,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        if graph.state != RuleState::Draft
            && let Err(denial) = self.compiled(&graph)
        {
            out.push(Outcome::Denied(denial));
            return;
        }
        let revision: RevisionId = self.state.ids.next(now);
        let rule = graph.id;
        let before = self.state.rules.get(&rule).cloned();
        let saved = RuleRevision { revision, graph, by: by.clone(), approved_by, turn, at: now };
        self.install_rule(saved.clone(), now);
        self.clear("rule.world_changed", AlarmSource::Rule(rule), now, out);
        if let Some(turn) = turn {
            self.turn_mut(turn, by).rules.push((rule, before, revision));
        }
        out.push(Outcome::Rule(Box::new(saved)));
    }

    /// Lets a rule run as if a person had approved it, even where rules are off. For copies that reach nothing.
    pub(crate) fn try_out(&mut self, graph: &RuleGraph, now: Timestamp) -> Result<(), Denial> {
        self.state.rules_off = false;
        let saved = self.state.rules.get(&graph.id).map(|r| &r.graph);
        if crate::sandbox::play::is_in_use(graph, saved) {
            return Ok(());
        }
        self.compiled(graph)?;
        let (graph, system) = (RuleGraph { state: RuleState::Live, ..graph.clone() }, Actor::system());
        self.save_rule(graph, &system, Some(system.clone()), None, now, &mut Vec::new());
        Ok(())
    }

    /// The points that a rule looks at, and those that it can set.
    pub(crate) fn points_of_rule(&self, graph: &RuleGraph) -> (Vec<PointId>, Vec<PointId>) {
        self.compiled(graph).map_or_else(
            |_| (Vec::new(), Vec::new()),
            |(plan, _)| (plan.reads().collect(), plan.writes().into_iter().map(|(p, _)| p).collect()),
        )
    }

    /// The plan of a rule with its warnings, or why it cannot be used.
    pub(super) fn compiled(&self, graph: &RuleGraph) -> Result<(Plan, Diagnostics), Denial> {
        let (plan, diagnostics) = engine::compile(graph, &self.world);
        if let Some(plan) = plan {
            return Ok((plan, diagnostics));
        }
        let first = diagnostics.iter().find(|d| d.is_error()).map_or_else(Bilingual::default, |d| d.message.clone());
        let text = Bilingual::new(
            format!("规则未通过检查：{}", first.zh),
            format!("The rule did not pass its checks: {}", first.en),
        );
        Err(Denial { refusal: Refusal::new(Reason::Contradiction, text), safety: Safety::None, diagnostics })
    }

    /// Makes the engine run, or not run, what a revision says. It was compiled just before.
    fn install_rule(&mut self, saved: RuleRevision, now: Timestamp) {
        let rule = saved.graph.id;
        if saved.graph.state == RuleState::Draft {
            self.state.engine.disable(rule);
        } else {
            self.state.engine.enable(saved.graph.clone(), &self.world, &self.state.states, now);
        }
        self.state.rules.insert(rule, saved);
    }
}
