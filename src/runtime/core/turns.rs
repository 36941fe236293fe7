//! What a turn of a conversation changed, and taking it back as one.
//!
//! Only what nobody changed since is taken back; acts without an inverse are named; policy is asked again.

use super::commands::Wish;
use super::configure::Step;
use super::{Core, TURNS_MAX};
use base::id::{CommandId, ListId, RevisionId, RuleId, TurnId};
use base::{Bilingual, Timestamp};
use documents::journal::{Denial, RuleRevision};
use documents::{
    Act, Actor, ActorKind, Cause, List, Outcome, Priority, ProposalDoc, Reason, ReceiptState, Refusal, RuleState,
    Setting, Timer,
};
use policy::{Decision, Effect};
use serde::{Deserialize, Serialize};
use things::{PointKind, Safety};

/// What a turn changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TurnRecord {
    pub(super) actor: Actor,
    pub(super) writes: Vec<CommandId>,
    /// Rule, what it was before, and the revision the turn made.
    pub(super) rules: Vec<(RuleId, Option<RuleRevision>, RevisionId)>,
    /// Its changes of what exists, each with what takes it back; the last one first.
    #[serde(default)]
    pub(super) changes: Vec<Step>,
    /// What it did to timers and lists, in order.
    #[serde(default)]
    pub(super) noted: Vec<Before>,
    pub(super) undone: bool,
}

/// A timer or a list as a turn found it and left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Before {
    Timer { before: Option<Box<Timer>>, after: Box<Timer> },
    List { id: ListId, before: Option<Box<List>>, after: Option<Box<List>> },
}

impl TurnRecord {
    fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.rules.is_empty() && self.changes.is_empty() && self.noted.is_empty()
    }
}

impl Core {
    /// Whether a turn changed something that was not taken back yet.
    pub fn turn_can_be_undone(&self, turn: TurnId) -> bool {
        self.turn(turn).is_some_and(|t| !t.undone && !t.is_empty())
    }

    /// The newest turn of an actor that can be taken back.
    pub fn latest_undoable(&self, turns: &[TurnId]) -> Option<TurnId> {
        self.state.turns.iter().rev().map(|(id, _)| *id).find(|id| turns.contains(id) && self.turn_can_be_undone(*id))
    }

    pub(super) fn turn(&self, turn: TurnId) -> Option<&TurnRecord> {
        self.state.turns.iter().find(|(id, _)| *id == turn).map(|(_, t)| t)
    }

    pub(super) fn turn_mut(&mut self, turn: TurnId, actor: &Actor) -> &mut TurnRecord {
        let at = match self.state.turns.iter().position(|(id, _)| *id == turn) {
            Some(at) => at,
            None => {
                while self.state.turns.len() >= TURNS_MAX {
                    self.state.turns.pop_front();
                }
                self.state.turns.push_back((
                    turn,
                    TurnRecord {
                        actor: actor.clone(),
                        writes: Vec::new(),
                        rules: Vec::new(),
                        changes: Vec::new(),
                        noted: Vec::new(),
                        undone: false,
                    },
                ));
                self.state.turns.len() - 1
            }
        };
        &mut self.state.turns[at].1
    }

    /// Writes down that a command belongs to a turn, unless it never left.
    pub(super) fn note_write(&mut self, turn: Option<TurnId>, actor: &Actor, command: CommandId) {
        let left = self.receipt(command).is_some_and(|r| r.state != ReceiptState::Refused);
        if let (Some(turn), true) = (turn, left) {
            self.turn_mut(turn, actor).writes.push(command);
        }
    }

    pub(super) fn on_undo(
        &mut self,
        actor: &Actor,
        turn: TurnId,
        within: Option<TurnId>,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let Some(record) = self.turn(turn).filter(|t| !t.undone).cloned() else {
            let text = Bilingual::new("没有可以撤销的操作", "there is nothing to take back");
            return self.say(Reason::NothingToDo, text, out);
        };
        // Before anything is done, so that a refused undo leaves the turn to somebody who may take it back.
        if let Some(why) = self.forbids_undo(actor, &record) {
            return self.say(Reason::NotAllowed, why, out);
        }
        let mut left_over = Vec::new();
        let mut inverse = Vec::new();
        for command in record.writes.iter().rev() {
            match self.inverse_of(*command) {
                Ok(act) => inverse.push(act),
                Err(text) => left_over.push(text),
            }
        }
        let wish = Wish { actor, cause: Cause::Undo(turn), priority: Priority::Normal };
        let mut to_ask = Vec::new();
        for act in inverse {
            let verdict = self.verdict_for(actor, Effect::Actuate, &[act.point]);
            match verdict.decision {
                Decision::Allow => {
                    let id = self.issue(&act, &wish, now, out);
                    self.note_write(within, actor, id);
                }
                Decision::Ask => to_ask.push(act),
                Decision::Deny => {
                    self.refuse_by_policy(&act, &wish, &verdict, now, out);
                }
            }
        }
        if !to_ask.is_empty() {
            self.on_propose(actor, within, &ProposalDoc::Commands(to_ask), now, out);
        }
        for (rule, before, made) in record.rules.into_iter().rev() {
            self.revert_rule(actor, rule, before, made, now, out);
        }
        left_over.extend(self.take_back(actor, record.changes, now, out));
        for note in record.noted.into_iter().rev() {
            left_over.extend(match note {
                Before::Timer { before, after } => self.revert_timer((before.map(|b| *b), &after), now, out),
                Before::List { id, before, after } => self.revert_list(id, (before.map(|b| *b), after.as_deref()), out),
            });
        }
        if let Some((_, t)) = self.state.turns.iter_mut().find(|(id, _)| *id == turn) {
            t.undone = true;
        }
        for text in left_over {
            self.say(Reason::NothingToDo, text, out);
        }
    }

    /// Why an actor may not take a turn back at all. Its commands are asked about one by one.
    fn forbids_undo(&self, actor: &Actor, record: &TurnRecord) -> Option<Bilingual> {
        if record.rules.is_empty() && record.changes.is_empty() {
            let others = actor.kind == ActorKind::Agent && record.actor != *actor;
            return others
                .then(|| Bilingual::new("代理只能撤销自己的操作", "an agent takes back only what it did itself"));
        }
        let verdict = self.verdict_in_general(actor, Effect::Configure, Safety::Comfort);
        match verdict.decision {
            Decision::Deny => Some(verdict.why),
            // Asking is for what a person did not see; this person says to take back what was shown.
            Decision::Allow | Decision::Ask => (!actor.may_approve()).then(|| {
                Bilingual::new(
                    "只有人可以撤销对规则和设备的更改",
                    "only a person takes changes of rules and devices back",
                )
            }),
        }
    }

    /// The act that takes a command back, or why there is none.
    fn inverse_of(&self, command: CommandId) -> Result<Act, Bilingual> {
        let Some(flight) = self.state.flights.get(&command) else {
            return Err(Bilingual::new("记录已不在", "it is no longer on record"));
        };
        let point = flight.command.point;
        let name = self.world.point_words(point);
        if self.world.point(point).is_none_or(|p| p.kind == PointKind::Service) {
            return Err(Bilingual::new(format!("{}无法撤销", name.zh), format!("{} cannot be taken back", name.en)));
        }
        if self.state.last.get(&point) != Some(&command) {
            return Err(Bilingual::new(
                format!("{}之后已被更改，保持现状", name.zh),
                format!("{} was changed since and stays as it is", name.en),
            ));
        }
        match &flight.before {
            Some(before) => Ok(Act { point, setting: Setting::To(before.clone()) }),
            None => Err(Bilingual::new(
                format!("{}之前的值未知", name.zh),
                format!("what {} was before is not known", name.en),
            )),
        }
    }

    fn revert_rule(
        &mut self,
        actor: &Actor,
        rule: RuleId,
        before: Option<RuleRevision>,
        made: RevisionId,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let Some(current) = self.state.rules.get(&rule).cloned() else {
            if let Some(removed) = before {
                self.save_rule(removed.graph, &removed.by, removed.approved_by, None, now, out);
            }
            return;
        };
        if current.revision != made {
            let name = &current.graph.name;
            let text = Bilingual::new(
                format!("规则“{}”之后已被更改，保持现状", name.zh),
                format!("Rule “{}” was changed since and stays as it is", name.en),
            );
            return self.say(Reason::NothingToDo, text, out);
        }
        // Without an earlier form the rule stays on record, out of use.
        let (graph, by, approved_by) = match before {
            Some(b) => (b.graph, b.by, b.approved_by),
            None => {
                let mut graph = current.graph;
                graph.state = RuleState::Draft;
                (graph, actor.clone(), current.approved_by)
            }
        };
        self.save_rule(graph, &by, approved_by, None, now, out);
    }

    pub(super) fn say(&self, reason: Reason, text: Bilingual, out: &mut Vec<Outcome>) {
        out.push(Outcome::Denied(Denial {
            refusal: Refusal::new(reason, text),
            safety: Safety::None,
            diagnostics: Vec::new(),
        }));
    }
}
