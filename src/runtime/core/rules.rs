//! Rules: stepping them, letting their commands leave, saving and switching them.

use super::commands::Wish;
use super::{Core, Link};
use base::id::{CommandId, ConnectionId, DeviceId, PointId, RevisionId, RuleId, RunId, TurnId};
use base::{Bilingual, Diagnostics, IdGen, Sample, Timestamp, Value};
use documents::alarm::{AlarmSource, AlarmState};
use documents::journal::{Denial, RuleRevision};
use documents::{
    Act, Actor, Cause, Deed, Message, Notice, Notify, Outcome, Payload, Post, Priority, Reason, Receipt, ReceiptState,
    Refusal, RuleGraph, RuleState, Setting,
};
use engine::{Effect, Engine, Plan, Present, touched};
use policy::Decision;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use things::{PointKind, Safety, SceneAct, States};

/// Rounds in which rules hear of what came of the round before, within one event; what is left is not told, so that no
/// loop holds the core.
const ROUNDS_MAX: usize = 8;

/// What is known when a rule is enabled.
pub(super) struct Known<'a> {
    pub(super) states: &'a States,
    pub(super) links: &'a BTreeMap<DeviceId, Link>,
}

impl Present for Known<'_> {
    fn sample(&self, point: PointId) -> Option<&Sample> {
        self.states.get(&point)
    }
    fn online(&self, device: DeviceId) -> Option<bool> {
        self.links.get(&device).map(|l| l.online)
    }
}

/// A message by which Castellan itself tells rules what happened (`documents::signal::RESERVED`).
pub(super) fn reserved(topic: String, content: &impl Serialize) -> Message {
    let payload = Payload::Text(base::canonical::to_string(content).unwrap_or_default());
    Message { connection: None, topic, payload, qos: 0, retain: false }
}

impl Core {
    /// Lets the rules see what changed (or only that time went on) and carries out what they want.
    pub(super) fn step_rules(&mut self, changed: &[(PointId, Sample)], now: Timestamp, out: &mut Vec<Outcome>) {
        self.step_by(now, out, |engine, ids| engine.step(changed, now, ids));
    }

    /// Lets the rules see that a device came or went.
    pub(super) fn step_link(&mut self, device: DeviceId, online: bool, now: Timestamp, out: &mut Vec<Outcome>) {
        self.step_by(now, out, |engine, ids| engine.link(device, online, now, ids));
    }

    /// Lets the rules see a message.
    pub(super) fn step_message(&mut self, message: &Message, now: Timestamp, out: &mut Vec<Outcome>) {
        self.step_by(now, out, |engine, ids| engine.message(message, now, ids));
    }

    fn step_by(
        &mut self,
        now: Timestamp,
        out: &mut Vec<Outcome>,
        step: impl FnOnce(&mut Engine, &mut IdGen) -> Vec<Effect>,
    ) {
        if self.state.rules_off {
            return;
        }
        let effects = step(&mut self.state.engine, &mut self.state.ids);
        self.carry_out(effects, now, out);
    }

    /// The raw topics that rules listen to, by connection; none is the embedded broker.
    pub fn topics(&self) -> Vec<(Option<ConnectionId>, String)> {
        if self.state.rules_off { Vec::new() } else { self.state.engine.topics() }
    }

    /// Whether a rule in use hears a message on this topic of Castellan's own.
    pub fn is_heard(&self, topic: &str) -> bool {
        let hears = |rule: &RuleId| self.state.engine.plans(*rule).any(|p| p.hears(None, topic));
        !self.state.rules_off && self.state.rules.keys().any(hears)
    }

    /// Rules hear of what an event has led to: alarms, services that are called, answers to their own calls.
    pub(super) fn tell_rules(&mut self, now: Timestamp, out: &mut Vec<Outcome>) {
        let mut told = 0;
        for _ in 0..ROUNDS_MAX {
            let new: Vec<Outcome> =
                out.get(told..).unwrap_or_default().iter().filter(|o| concerns(o)).cloned().collect();
            told = out.len();
            for outcome in new {
                self.tell_rules_of(&outcome, now, out);
            }
            if told == out.len() {
                return;
            }
        }
    }

    fn tell_rules_of(&mut self, outcome: &Outcome, now: Timestamp, out: &mut Vec<Outcome>) {
        match outcome {
            Outcome::Alarm(alarm) => {
                let what = match (alarm.state, &alarm.acknowledged) {
                    (_, Some(seen)) if seen.at == now => "acknowledged",
                    (AlarmState::Active, _) => "raised",
                    (AlarmState::Cleared, _) => "cleared",
                };
                let severity = serde_json::to_value(alarm.severity).unwrap_or_default();
                let topic = format!("$alarms/{what}/{}/{}", severity.as_str().unwrap_or_default(), alarm.code);
                let content = json!({ "alarm": alarm.id, "source": alarm.source.to_string(), "text": alarm.text });
                self.step_message(&reserved(topic, &content), now, out);
            }
            Outcome::Send(command) if self.is_service(command.point) => {
                let topic = format!("$calls/{}", command.point);
                self.step_message(&reserved(topic, &command.value), now, out);
            }
            Outcome::Receipt(receipt) => self.tell_caller(receipt, now, out),
            _ => {}
        }
    }

    fn is_service(&self, point: PointId) -> bool {
        self.world.point(point).is_some_and(|p| p.kind == PointKind::Service)
    }

    /// The answer to a call goes to the node that has made it, if it still waits.
    fn tell_caller(&mut self, receipt: &Receipt, now: Timestamp, out: &mut Vec<Outcome>) {
        let Some(flight) = self.state.flights.get(&receipt.command) else { return };
        let Cause::Run { rule, run, node } = flight.command.cause.clone() else { return };
        if !self.state.engine.awaits(rule, run, &node) {
            return;
        }
        let message = match receipt.state {
            ReceiptState::Acked | ReceiptState::Confirmed => {
                let reply = receipt.observed.clone().unwrap_or_else(|| Value::Map(BTreeMap::new()));
                reserved("$replies/done".into(), &reply)
            }
            ReceiptState::Refused | ReceiptState::TimedOut | ReceiptState::Unknown => {
                let reason = receipt.reason.as_ref().map(|r| r.text.clone());
                reserved("$replies/failed".into(), &json!({ "state": receipt.state, "reason": reason }))
            }
            ReceiptState::Sent => return,
        };
        self.step_by(now, out, |engine, ids| engine.reply((rule, run, &node), &message, now, ids));
    }

    /// Somebody runs a rule by hand.
    pub(super) fn on_rule_run(
        &mut self,
        actor: &Actor,
        turn: Option<TurnId>,
        rule: RuleId,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let verdict = self.verdict_in_general(actor, policy::Effect::Actuate, Safety::Comfort);
        if verdict.decision != Decision::Allow {
            return self.say(Reason::NotAllowed, verdict.why, out);
        }
        let topic = format!("$rules/{rule}/run");
        let engine = &self.state.engine;
        let hears = engine.plans(rule).any(|plan| plan.hears(None, &topic));
        let refusal = match (self.state.rules.get(&rule), engine.contains(rule) && !self.state.rules_off) {
            (None, _) => Some((Reason::UnknownDevice, Bilingual::new("没有这条规则", "there is no such rule"))),
            (_, true) if hears => None,
            (_, true) => Some((
                Reason::NoCapability,
                Bilingual::new(
                    "这条规则不能手动运行：没有“手动”节点",
                    "this rule is not run by hand: it has no `manual` node",
                ),
            )),
            (_, false) => Some((Reason::NothingToDo, Bilingual::new("这条规则没有启用", "this rule is not in use"))),
        };
        if let Some((reason, text)) = refusal {
            return self.say(reason, text, out);
        }
        let content = json!({ "by": actor.name, "turn": turn });
        self.step_message(&reserved(topic, &content), now, out);
    }

    /// Carries out what rules want. A rule that is only tried out does nothing.
    fn carry_out(&mut self, effects: Vec<Effect>, now: Timestamp, out: &mut Vec<Outcome>) {
        let mut made: BTreeMap<RunId, Vec<CommandId>> = BTreeMap::new();
        for effect in effects {
            match effect {
                Effect::Deed { rule, run, .. } if self.is_on_trial(rule) => {
                    self.would_do(rule, run, &effect, now);
                    made.entry(run).or_default();
                }
                Effect::Deed { rule, run, node, deed, .. } => {
                    if self.state.rules.get(&rule).is_some_and(|r| r.graph.state == RuleState::Live) {
                        let commands = self.do_deed((rule, run, node), deed, now, out);
                        made.entry(run).or_default().extend(commands);
                    }
                }
                Effect::Trace(mut trace) => {
                    let commands = trace.run.and_then(|run| made.get(&run).cloned());
                    let acted = commands.is_some();
                    trace.commands = commands.unwrap_or_default();
                    trace.class = Some(self.class_of(&trace, acted));
                    self.state.traces.keep(trace.clone());
                    out.push(Outcome::Trace(trace));
                }
            }
        }
    }

    fn is_on_trial(&self, rule: RuleId) -> bool {
        self.state.rules.get(&rule).is_some_and(|r| r.graph.state == RuleState::Shadow)
    }

    /// Does what a node asks for, and gives the commands that came of it.
    fn do_deed(
        &mut self,
        (rule, run, node): (RuleId, RunId, String),
        deed: Deed,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) -> Vec<CommandId> {
        let cause = Cause::Run { rule, run, node };
        let acts = match deed {
            Deed::Act(act) => vec![act],
            Deed::Scene(scene) => {
                let acts = self.world.scene(scene).map(|s| s.acts.clone()).unwrap_or_default();
                acts.into_iter().map(|a| self.act_of_scene(a)).collect()
            }
            Deed::Publish(message) => {
                out.push(Outcome::Publish(message));
                Vec::new()
            }
            Deed::Notify(notify) => {
                let Notify { level, text } = notify;
                let (id, run) = (self.state.ids.next(now), Some(run));
                let notice = Notice { id, level, text, rule: Some(rule), run, at: now, read: None };
                self.keep_notice(notice, out);
                Vec::new()
            }
            Deed::Raise(raise) => {
                self.raise_by_rule(rule, &raise, now, out);
                Vec::new()
            }
            Deed::Clear { code, source } => {
                self.clear_by_rule(rule, (&code, source), now, out);
                Vec::new()
            }
            Deed::Post(post) => {
                out.push(Outcome::Post(Box::new(Post { cause: Some(cause.clone()), ..post })));
                Vec::new()
            }
        };
        let actor = Actor::rule(rule);
        let wish = Wish { actor: &actor, cause, priority: Priority::Normal };
        acts.iter().map(|act| self.issue_by_rule(act, &wish, now, out)).collect()
    }

    fn act_of_scene(&self, act: SceneAct) -> Act {
        let setting = if self.is_service(act.point) { Setting::Call(act.value) } else { Setting::To(act.value) };
        Act { point: act.point, setting }
    }

    fn issue_by_rule(&mut self, act: &Act, wish: &Wish<'_>, now: Timestamp, out: &mut Vec<Outcome>) -> CommandId {
        if let Some(refused) = self.refuse_loop(act, wish, now, out) {
            return refused;
        }
        let verdict = self.verdict_for(wish.actor, policy::Effect::Actuate, &[act.point]);
        match verdict.decision {
            Decision::Allow => self.issue(act, wish, now, out),
            Decision::Ask | Decision::Deny => self.refuse_by_policy(act, wish, &verdict, now, out),
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
        self.clear(super::hops::CODE, AlarmSource::Rule(rule), now, out);
        self.forget_posts(rule, now, out);
        if self.state.rules.get(&rule).is_none_or(|r| r.graph.state != RuleState::Live) {
            self.clear_of_rule(rule, now, out);
        }
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
    pub(crate) fn points_of_rule(&self, graph: &RuleGraph) -> (BTreeSet<PointId>, BTreeSet<PointId>) {
        self.compiled(graph).map(|(plans, _)| touched(&plans)).unwrap_or_default()
    }

    /// The plans of a rule with its warnings, or why it cannot be used.
    pub(super) fn compiled(&self, graph: &RuleGraph) -> Result<(Vec<Plan>, Diagnostics), Denial> {
        let (plans, diagnostics) = engine::compile(graph, &self.world);
        if !plans.is_empty() {
            return Ok((plans, diagnostics));
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
            let present = Known { states: &self.state.states, links: &self.state.links };
            self.state.engine.enable(&saved.graph, &self.world, &present, now);
        }
        self.follow_shadow(&saved.graph, now);
        self.state.rules.insert(rule, saved);
    }
}

/// Whether rules can hear of an outcome.
fn concerns(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Alarm(_) | Outcome::Send(_) | Outcome::Receipt(_))
}
