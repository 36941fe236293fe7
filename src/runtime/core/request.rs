//! What people and programs ask for: policy first, then commands at once, a proposal, or a denial.

use super::commands::Wish;
use super::{Core, PROPOSAL_LIFE, PROPOSALS_MAX, bound, schedules};
use base::id::{CommandId, PointId, ProposalId, RuleId, TurnId};
use base::{Bilingual, Diagnostics, Timestamp, limits};
use documents::journal::Denial;
use documents::{
    Act, Actor, Cause, Outcome, Priority, Proposal, ProposalDoc, ProposalState, Reason, Refusal, RuleChange, RuleGraph,
    RuleState,
};
use policy::{Decision, Effect, Verdict};
use things::{Assistant, Safety};

impl Core {
    /// Asks policy about points; of several the strictest answer.
    pub(super) fn verdict_for(&self, actor: &Actor, effect: Effect, points: &[PointId]) -> Verdict {
        policy::decide_all(points.iter().map(|point| {
            let (exposure, safety) =
                self.world.point(*point).map_or((Assistant::Hidden, Safety::Life), |p| (p.assistant, p.safety));
            policy::Request { role: actor.role, channel: actor.channel, effect, exposure, safety }
        }))
    }

    pub(super) fn verdict_in_general(&self, actor: &Actor, effect: Effect, safety: Safety) -> Verdict {
        policy::decide(&policy::Request {
            role: actor.role,
            channel: actor.channel,
            effect,
            exposure: Assistant::Act,
            safety,
        })
    }

    fn safety_of(&self, points: &[PointId]) -> Safety {
        points.iter().filter_map(|p| self.world.point(*p)).map(|p| p.safety).max().unwrap_or(Safety::None)
    }

    fn denied(&self, refusal: Refusal, safety: Safety, out: &mut Vec<Outcome>) {
        out.push(Outcome::Denied(Denial { refusal, safety, diagnostics: Vec::new() }));
    }

    /// A command that policy does not let through leaves a receipt that says so.
    pub(super) fn refuse_by_policy(
        &mut self,
        act: &Act,
        wish: &Wish<'_>,
        verdict: &Verdict,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) -> CommandId {
        let id = self.state.ids.next(now);
        self.refuse(id, act, wish, Refusal::new(Reason::NotAllowed, verdict.why.clone()), now, out);
        id
    }

    pub(super) fn on_request(
        &mut self,
        actor: &Actor,
        turn: Option<TurnId>,
        acts: &[Act],
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let cause = turn.map_or(Cause::Direct, Cause::Turn);
        self.request(actor, (turn, &cause), acts, now, out);
    }

    /// Asks policy about each act: some are done, some proposed, some refused.
    pub(super) fn request(
        &mut self,
        actor: &Actor,
        (turn, cause): (Option<TurnId>, &Cause),
        acts: &[Act],
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        if acts.len() > limits::COMMANDS_PER_REQUEST_MAX {
            let text = Bilingual::new(
                format!("一次最多 {} 条命令", limits::COMMANDS_PER_REQUEST_MAX),
                format!("at most {} commands are possible at once", limits::COMMANDS_PER_REQUEST_MAX),
            );
            return self.denied(Refusal::new(Reason::OutOfRange, text), Safety::None, out);
        }
        let mut to_ask: Vec<Act> = Vec::new();
        let mut why = Bilingual::default();
        for act in acts {
            let verdict = self.verdict_for(actor, Effect::Actuate, &[act.point]);
            let wish = Wish { actor, cause: cause.clone(), priority: Priority::Normal };
            match verdict.decision {
                Decision::Allow => {
                    let id = self.issue(act, &wish, now, out);
                    self.note_write(turn, actor, id);
                }
                Decision::Ask => {
                    why = verdict.why;
                    to_ask.push(act.clone());
                }
                Decision::Deny => {
                    self.refuse_by_policy(act, &wish, &verdict, now, out);
                }
            }
        }
        if !to_ask.is_empty() {
            self.propose(actor, turn, ProposalDoc::Commands(to_ask), why, now, out);
        }
    }

    pub(super) fn on_propose(
        &mut self,
        actor: &Actor,
        turn: Option<TurnId>,
        document: &ProposalDoc,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let why = Bilingual::new("由人批准后执行", "it is done once a person approves");
        self.propose(actor, turn, document.clone(), why, now, out);
    }

    /// Checks a document and makes a proposal of it.
    pub(super) fn propose(
        &mut self,
        actor: &Actor,
        turn: Option<TurnId>,
        document: ProposalDoc,
        why: Bilingual,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let (reads, writes, diagnostics): (Vec<PointId>, Vec<PointId>, Diagnostics) = match &document {
            ProposalDoc::Commands(acts) => (Vec::new(), acts.iter().map(|a| a.point).collect(), Vec::new()),
            ProposalDoc::Rule(graph) => match self.compiled(graph) {
                Ok((plans, mut found)) => {
                    found.extend(self.findings_about(graph, &plans));
                    let (reads, writes) = engine::touched(&plans);
                    (reads.into_iter().collect(), writes.into_iter().collect(), found)
                }
                Err(denial) => return out.push(Outcome::Denied(denial)),
            },
            ProposalDoc::Configuration(changes) => match self.check_changes(changes, now) {
                Ok(()) => (Vec::new(), schedules::written(changes, &self.world).0, Vec::new()),
                Err(denial) => return out.push(Outcome::Denied(denial)),
            },
            ProposalDoc::RuleChange { rule, .. } => match self.changeable(*rule) {
                Ok(graph) => (Vec::new(), self.points_of_rule(graph).1.into_iter().collect(), Vec::new()),
                Err(denial) => return out.push(Outcome::Denied(denial)),
            },
        };
        let safety = self.safety_of(&writes);
        let verdicts = [
            self.verdict_in_general(actor, Effect::Propose, Safety::None),
            self.verdict_for(actor, Effect::Read, &reads),
            self.verdict_for(actor, Effect::Propose, &writes),
        ];
        if let Some(verdict) = verdicts.into_iter().find(|v| v.decision == Decision::Deny) {
            return self.denied(Refusal::new(Reason::NotAllowed, verdict.why), safety, out);
        }
        let readback = match &document {
            ProposalDoc::Commands(acts) => self.acts_in_words(acts),
            ProposalDoc::Rule(graph) => engine::explain(graph, &self.world),
            ProposalDoc::Configuration(changes) => self.changes_in_words(changes),
            ProposalDoc::RuleChange { rule, change } => self.rule_change_in_words(*rule, *change),
        };
        let proposal = Proposal {
            id: self.state.ids.next(now),
            hash: document.hash(),
            document,
            diagnostics,
            readback,
            why,
            safety,
            by: actor.clone(),
            turn,
            at: now,
            expires: now + PROPOSAL_LIFE,
            state: ProposalState::Pending,
            decided_by: None,
        };
        self.state.proposals.insert(proposal.id, proposal.clone());
        bound(&mut self.state.proposals, PROPOSALS_MAX, |_| true);
        out.push(Outcome::Proposal(Box::new(proposal)));
    }

    /// Commands in words, made by code.
    pub fn acts_in_words(&self, acts: &[Act]) -> Bilingual {
        let parts: Vec<Bilingual> = acts
            .iter()
            .map(|act| {
                let name = self.world.point_words(act.point);
                let value = match (&act.setting, self.world.point(act.point)) {
                    (documents::Setting::To(v), Some(spec)) => spec.words(v),
                    (documents::Setting::By(d), _) => Bilingual::same(format!("{d:+}")),
                    (documents::Setting::Toggle, _) => Bilingual::new("切换", "toggle"),
                    _ => Bilingual::new("执行", "run"),
                };
                Bilingual::new(format!("{} → {}", name.zh, value.zh), format!("{} → {}", name.en, value.en))
            })
            .collect();
        Bilingual::join(&parts, &Bilingual::new("；", "; "))
    }

    pub(super) fn on_decide(
        &mut self,
        actor: &Actor,
        turn: Option<TurnId>,
        (id, hash, approve): (ProposalId, &str, bool),
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let Some(proposal) = self.state.proposals.get(&id).cloned() else {
            return self.denied(
                Refusal::new(Reason::UnknownDevice, Bilingual::new("没有这个提案", "there is no such proposal")),
                Safety::None,
                out,
            );
        };
        let verdict = self.verdict_in_general(actor, Effect::Approve, proposal.safety);
        if verdict.decision != Decision::Allow || !actor.may_approve() {
            let why = if verdict.decision == Decision::Allow {
                Bilingual::new("只有人可以批准", "only a person approves")
            } else {
                verdict.why
            };
            return self.denied(Refusal::new(Reason::NotAllowed, why), proposal.safety, out);
        }
        let stale = if proposal.state != ProposalState::Pending {
            Some(Bilingual::new("该提案已有结论", "the proposal has been decided"))
        } else if proposal.expires <= now {
            Some(Bilingual::new("该提案已过期", "the proposal has expired"))
        } else if proposal.hash != hash {
            Some(Bilingual::new("该提案与所看到的内容不一致", "the proposal is not what was shown"))
        } else {
            None
        };
        if let Some(text) = stale {
            return self.denied(Refusal::new(Reason::NothingToDo, text), proposal.safety, out);
        }
        // What exists may have changed since it was shown; then it keeps waiting.
        let checked = match &proposal.document {
            ProposalDoc::Rule(graph) => self.compiled(graph).map(|_| ()),
            ProposalDoc::Configuration(changes) => self.check_changes(changes, now),
            ProposalDoc::RuleChange { rule, .. } => self.changeable(*rule).map(|_| ()),
            ProposalDoc::Commands(_) => Ok(()),
        };
        if let (true, Err(denial)) = (approve, checked) {
            return out.push(Outcome::Denied(denial));
        }
        let mut decided = proposal;
        decided.state = if approve { ProposalState::Approved } else { ProposalState::Rejected };
        decided.decided_by = Some(actor.clone());
        self.state.proposals.insert(id, decided.clone());
        out.push(Outcome::Proposal(Box::new(decided.clone())));
        if !approve {
            return;
        }
        // What is done belongs to the turn that asked for it, so that taking back that turn takes it back.
        let turn = decided.turn.or(turn);
        match decided.document {
            ProposalDoc::Commands(acts) => {
                for act in &acts {
                    let wish =
                        Wish { actor, cause: turn.map_or(Cause::Direct, Cause::Turn), priority: Priority::Normal };
                    let command = self.issue(act, &wish, now, out);
                    self.note_write(turn, actor, command);
                }
            }
            ProposalDoc::Rule(graph) => {
                // A trial was proposed as such; everything else is proposed to be used.
                let trial = graph.state == RuleState::Shadow;
                let state = if trial { RuleState::Shadow } else { RuleState::Live };
                let graph = RuleGraph { state, ..*graph };
                self.save_rule(graph, &decided.by, Some(actor.clone()), turn, now, out);
            }
            ProposalDoc::Configuration(changes) => {
                self.configure(&decided.by, Some(actor.clone()), turn, &changes, now, out);
            }
            ProposalDoc::RuleChange { rule, change } => self.change_rule(rule, change, actor, turn, now, out),
        }
    }

    pub(super) fn on_rule_switch(
        &mut self,
        actor: &Actor,
        turn: Option<TurnId>,
        (rule, state): (RuleId, RuleState),
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let Some(saved) = self.state.rules.get(&rule).cloned() else {
            return self.denied(
                Refusal::new(Reason::UnknownDevice, Bilingual::new("没有这条规则", "there is no such rule")),
                Safety::None,
                out,
            );
        };
        let graph = RuleGraph { state, ..saved.graph };
        let verdict = self.verdict_in_general(actor, Effect::Configure, Safety::Comfort);
        let by_person = actor.may_approve() && verdict.decision == Decision::Allow;
        match verdict.decision {
            Decision::Deny => self.denied(Refusal::new(Reason::NotAllowed, verdict.why), Safety::Comfort, out),
            // Content that a person approved may be switched by a person; anything else is proposed.
            Decision::Allow if state != RuleState::Live || saved.approved_by.is_some() || by_person => {
                let approved_by = saved.approved_by.or_else(|| by_person.then(|| actor.clone()));
                self.save_rule(graph, &saved.by, approved_by, turn, now, out);
            }
            Decision::Allow | Decision::Ask => {
                let document = match state {
                    RuleState::Draft => ProposalDoc::RuleChange { rule, change: RuleChange::Pause },
                    RuleState::Shadow | RuleState::Live => ProposalDoc::Rule(Box::new(graph)),
                };
                self.propose(actor, turn, document, verdict.why, now, out);
            }
        }
    }
}
