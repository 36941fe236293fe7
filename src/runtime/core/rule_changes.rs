//! A saved rule is taken out of use, or removed. What it raised is over then; taking the turn back brings it back.
//!
//! What it is *not*: who may do it is `request.rs`; another content is saved by `rules.rs`. Start at
//! [`Core::change_rule`].

use super::{Core, schedules};
use base::id::{RuleId, TurnId};
use base::{Bilingual, Timestamp};
use documents::journal::Denial;
use documents::{Actor, Outcome, Reason, Refusal, RuleChange, RuleGraph, RuleState};
use things::Safety;

impl Core {
    /// A rule that can be paused or removed.
    ///
    /// # Errors
    /// When there is none, or it is made of a schedule and goes with it.
    pub(super) fn changeable(&self, rule: RuleId) -> Result<&RuleGraph, Denial> {
        let denied = |reason, zh: &str, en: &str| Denial {
            refusal: Refusal::new(reason, Bilingual::new(zh, en)),
            safety: Safety::None,
            diagnostics: Vec::new(),
        };
        match self.state.rules.get(&rule) {
            None => Err(denied(Reason::UnknownDevice, "没有这条规则", "there is no such rule")),
            Some(saved) if schedules::is_made(&saved.graph) => Err(denied(
                Reason::NotAllowed,
                "这条规则由时间表生成，请更改时间表",
                "this rule is made of a schedule; change the schedule instead",
            )),
            Some(saved) => Ok(&saved.graph),
        }
    }

    /// What becomes of a rule, in words, with what it does.
    pub(super) fn rule_change_in_words(&self, rule: RuleId, change: RuleChange) -> Bilingual {
        let Some(saved) = self.state.rules.get(&rule) else { return Bilingual::default() };
        let (name, does) = (&saved.graph.name, engine::explain(&saved.graph, &self.world));
        let (zh, en) = match change {
            RuleChange::Pause => ("停用", "take out of use"),
            RuleChange::Remove => ("删除", "delete"),
        };
        Bilingual::new(
            format!("{zh}规则“{}”：{}", name.zh, does.zh),
            format!("{en} the rule “{}”: {}", name.en, does.en),
        )
    }

    /// Takes a rule out of use, or away.
    pub(super) fn change_rule(
        &mut self,
        rule: RuleId,
        change: RuleChange,
        by: &Actor,
        turn: Option<TurnId>,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let Some(saved) = self.state.rules.get(&rule).cloned() else { return };
        let graph = RuleGraph { state: RuleState::Draft, ..saved.graph.clone() };
        match change {
            RuleChange::Pause => self.save_rule(graph, &saved.by, saved.approved_by, turn, now, out),
            RuleChange::Remove => {
                // Out of use first, so that nothing of it is left behind.
                self.save_rule(graph, &saved.by, saved.approved_by.clone(), None, now, out);
                out.retain(|o| !matches!(o, Outcome::Rule(stopped) if stopped.graph.id == rule));
                self.state.shadows.remove(&rule);
                self.state.rules.remove(&rule);
                let revision = self.state.ids.next(now);
                if let Some(turn) = turn {
                    self.turn_mut(turn, by).rules.push((rule, Some(saved), revision));
                }
                out.push(Outcome::RuleGone(rule));
            }
        }
    }
}
