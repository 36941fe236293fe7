//! The cause chain: for any state, the command, the rule's run with its node and trigger, and the person behind it.

use super::Core;
pub use super::trail::{TrailKind, TrailLink};
use base::id::{CommandId, PointId, RuleId, RunId, TurnId};
use base::{Bilingual, Sample, Span, Timestamp, Value};
use documents::trace::Trigger;
use documents::{Actor, ActorKind, Cause, Command, Receipt, ReceiptState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a command may be from the report that it made.
const MADE_WITHIN: Span = Span::from_secs(60);

/// Why a point is as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// The point.
    pub point: PointId,
    /// Its present value.
    pub sample: Option<Sample>,
    /// The command that made it so; none when the device did it by itself or by hand.
    pub command: Option<CommandId>,
    /// How far that command came.
    pub receipt: Option<Receipt>,
    /// Who sent it.
    pub actor: Option<Actor>,
    /// The turn of the conversation it was said in.
    pub turn: Option<TurnId>,
    /// The rule that ran.
    pub rule: Option<RuleCause>,
    /// The trail from the state back to what set it off and who asked for it, link by link, over several rules.
    #[serde(default)]
    pub trail: Vec<TrailLink>,
    /// All of it in words.
    pub words: Bilingual,
}

/// The part of a rule in a cause chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleCause {
    /// The rule.
    pub rule: RuleId,
    /// What it is called.
    pub name: Bilingual,
    /// The run.
    pub run: RunId,
    /// The node that asked for the command.
    pub node: String,
    /// The report that started the run.
    pub trigger: Option<Trigger>,
    /// Who asked for the rule.
    pub author: Actor,
    /// Who approved it.
    pub approved_by: Option<Actor>,
}

impl Core {
    /// Why a point is as it is; none for a point that does not exist.
    pub fn why(&self, point: PointId) -> Option<Chain> {
        let spec = self.world.point(point)?;
        let sample = self.state.states.get(&point).cloned();
        let name = self.world.point_words(point);
        let value = sample.as_ref().map_or_else(|| Bilingual::new("未知", "not known"), |s| spec.words(&s.value));
        let is = Bilingual::new(format!("{}现为{}", name.zh, value.zh), format!("{} is {}", name.en, value.en));
        let Some(command) = self.command_behind(point, sample.as_ref()) else {
            let words = Bilingual::new(
                format!("{}：由设备自身上报，没有对应的命令。", is.zh),
                format!("{}: the device reported it by itself, no command made it so.", is.en),
            );
            return Some(Chain {
                point,
                sample,
                command: None,
                receipt: None,
                actor: None,
                turn: None,
                rule: None,
                trail: self.trail(point, None),
                words,
            });
        };
        let receipt = self.receipt(command.id).cloned();
        let rule = self.rule_behind(command);
        let turn = match (&command.cause, &rule) {
            (
                Cause::Turn(t)
                | Cause::Undo(t)
                | Cause::Scene { turn: Some(t), .. }
                | Cause::Timer { turn: Some(t), .. },
                _,
            ) => Some(*t),
            (_, Some(r)) => self.state.rules.get(&r.rule).and_then(|s| s.turn),
            _ => None,
        };
        let because = self.because(command, rule.as_ref());
        let words =
            Bilingual::new(format!("{}，因为{}。", is.zh, because.zh), format!("{} because {}.", is.en, because.en));
        Some(Chain {
            point,
            sample,
            command: Some(command.id),
            receipt,
            actor: Some(command.actor.clone()),
            turn,
            rule,
            trail: self.trail(point, Some(command)),
            words,
        })
    }

    /// The command that explains a value: the last one to the point, or one to the same device whose report came with it.
    fn command_behind(&self, point: PointId, sample: Option<&Sample>) -> Option<&Command> {
        let tolerance = self.world.point(point)?.tolerance();
        let own = self.state.last.get(&point).and_then(|id| self.state.flights.get(id));
        let explains = |f: &&super::Flight| {
            let took = matches!(
                f.receipt.state,
                ReceiptState::Confirmed | ReceiptState::Acked | ReceiptState::TimedOut | ReceiptState::Unknown
            );
            took && sample.is_some_and(|s| s.value.close_to(&f.command.value, tolerance) && s.at >= f.command.at)
        };
        if let Some(flight) = own.filter(explains) {
            return Some(&flight.command);
        }
        let device = self.world.point(point)?.device;
        let at = sample?.at;
        self.world
            .points_of(device)
            .filter(|p| p.id != point)
            .filter_map(|p| self.state.flights.get(self.state.last.get(&p.id)?))
            .find(|f| {
                f.receipt.state == ReceiptState::Confirmed
                    && self.state.states.get(&f.command.point).is_some_and(|s| s.at == at)
            })
            .map(|f| &f.command)
    }

    /// Who or what made a point so at an instant, in words; none where no command did, or the record no longer says.
    pub fn made_by(&self, point: PointId, value: &Value, at: Timestamp) -> Option<Bilingual> {
        let tolerance = self.world.point(point)?.tolerance();
        let made = |f: &&super::Flight| {
            let command = &f.command;
            command.point == point
                && (at - command.at).as_micros().abs() <= MADE_WITHIN.as_micros()
                && command.value.close_to(value, tolerance)
        };
        let command = &self.state.flights.values().rev().find(made)?.command;
        Some(self.because(command, self.rule_behind(command).as_ref()))
    }

    fn rule_behind(&self, command: &Command) -> Option<RuleCause> {
        let Cause::Run { rule, run, node } = &command.cause else { return None };
        let saved = self.state.rules.get(rule)?;
        // A run that a timer started was set going by the last report before it.
        let steps = || self.state.traces.of(*rule);
        let upto = steps().position(|t| t.run == Some(*run)).unwrap_or(usize::MAX);
        let trigger = steps().skip(upto).find_map(|t| t.trigger.clone());
        Some(RuleCause {
            rule: *rule,
            name: saved.graph.name.clone(),
            run: *run,
            node: node.clone(),
            trigger,
            author: saved.by.clone(),
            approved_by: saved.approved_by.clone(),
        })
    }

    fn because(&self, command: &Command, rule: Option<&RuleCause>) -> Bilingual {
        let Some(rule) = rule else {
            let who = who(&command.actor);
            return match command.cause {
                Cause::Undo(_) => Bilingual::new(
                    format!("{}撤销了先前的操作", who.zh),
                    format!("{} took an earlier change back", who.en),
                ),
                Cause::Turn(_) => Bilingual::new(
                    format!("{}在对话中要求", who.zh),
                    format!("{} asked for it in a conversation", who.en),
                ),
                Cause::Scene { scene, .. } => {
                    let name = self.world.scene(scene).map_or_else(
                        || Bilingual::new("已删除的场景", "a scene that was removed"),
                        |s| {
                            let name = s.names.bilingual();
                            Bilingual::new(format!("场景“{}”", name.zh), format!("scene “{}”", name.en))
                        },
                    );
                    Bilingual::new(format!("{}执行了{}", who.zh, name.zh), format!("{} ran {}", who.en, name.en))
                }
                Cause::Timer { .. } => Bilingual::new(
                    format!("{}要求在这个时候执行", who.zh),
                    format!("{} had asked for it at this time", who.en),
                ),
                Cause::Run { .. } | Cause::Direct => {
                    Bilingual::new(format!("{}这样操作", who.zh), format!("{} did it", who.en))
                }
            };
        };
        let author = who(&rule.author);
        let (mut zh, mut en) = (
            format!("规则“{}”的节点 {} 运行了", rule.name.zh, rule.node),
            format!("node {} of rule “{}” ran", rule.node, rule.name.en),
        );
        if let Some(t) = &rule.trigger {
            let name = self.world.point_words(t.point);
            let value =
                self.world.point(t.point).map_or_else(|| Bilingual::same(t.value.to_string()), |p| p.words(&t.value));
            zh.push_str(&format!("，由{}变为{}触发", name.zh, value.zh));
            en.push_str(&format!(" when {} became {}", name.en, value.en));
        }
        zh.push_str(&format!("；该规则由{}提出", author.zh));
        en.push_str(&format!("; the rule was asked for by {}", author.en));
        if let Some(p) = &rule.approved_by {
            let p = who(p);
            zh.push_str(&format!("、{}批准", p.zh));
            en.push_str(&format!(" and approved by {}", p.en));
        }
        Bilingual::new(zh, en)
    }
}

pub(super) fn who(actor: &Actor) -> Bilingual {
    match actor.kind {
        ActorKind::Person => Bilingual::same(actor.name.clone()),
        ActorKind::Agent => Bilingual::new(format!("代理 {}", actor.name), format!("agent {}", actor.name)),
        ActorKind::Rule => Bilingual::new("一条规则", "a rule"),
        ActorKind::System => Bilingual::new("系统", "Castellan"),
    }
}
