//! What a conversation remembers: the devices last spoken of, the last draft, the question that waits for an answer.
//!
//! What it is *not*: no transcript, and nothing that has happened; receipts are the runtime's. Bounded and expiring.

pub(crate) mod context;
pub(crate) mod follow;

use crate::Utterance;
use base::id::{DeviceId, RuleId};
use base::{Lang, Span, Timestamp};
use documents::{DeviceAct, Draft, Question, Reason, RuleAct, Understanding, Verdict};
use serde::{Deserialize, Serialize};
use things::{Selector, World};

/// Most sets of devices that are remembered.
pub(crate) const SALIENT_MAX: usize = 10;
/// Most points in one remembered set.
pub(crate) const SET_MAX: usize = 200;
/// After this silence nothing is remembered.
pub(crate) const EXPIRY: Span = Span::from_secs(15 * 60);

/// The memory of one conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Dialogue {
    /// Language last spoken.
    pub lang: Option<Lang>,
    /// What was spoken of, the latest last.
    salient: Vec<Selector>,
    /// The drafts of the last turn.
    last: Vec<Draft>,
    /// The question that waits for an answer.
    pending: Option<Question>,
    /// The question that was asked last, also when it was answered.
    #[serde(default)]
    asked: Option<Question>,
    /// A request that was held back for want of a device, a place or a possible value.
    #[serde(default)]
    held: Option<String>,
    /// The rules that were spoken of last: one, or those of a list in their order.
    #[serde(default)]
    rules: Vec<RuleId>,
    /// When that was.
    #[serde(default)]
    rules_at: Timestamp,
    /// When the last turn was.
    at: Timestamp,
}

impl Dialogue {
    /// Takes in a turn.
    pub fn remember(&mut self, u: &Utterance, understanding: &Understanding) {
        if u.now - self.at > EXPIRY {
            // A rule that this turn has just shown is of this turn.
            let (rules, rules_at) = (std::mem::take(&mut self.rules), self.rules_at);
            *self = Dialogue { rules, rules_at, ..Dialogue::default() };
        }
        self.at = u.now;
        self.lang = Some(understanding.lang);
        self.pending = None;
        let mut last = Vec::new();
        let mut held = None;
        for part in &understanding.parts {
            match &part.verdict {
                Verdict::Draft(draft) => {
                    self.note(draft);
                    last.push(draft.clone());
                }
                Verdict::Question(q) => {
                    self.pending = Some(q.clone());
                    self.asked = Some(q.clone());
                    held = Some(u.text.clone());
                }
                // What was not understood leaves what it was said to.
                Verdict::Refusal(r) if r.reason == Reason::NotUnderstood => held = held.or_else(|| self.held.clone()),
                Verdict::Refusal(r) if r.reason != Reason::OutOfDomain => held = Some(u.text.clone()),
                Verdict::Refusal(_) => {}
            }
        }
        self.held = held;
        if !last.is_empty() {
            self.last = last;
        }
    }

    /// The devices last spoken of, unless it is too long ago.
    pub fn salient(&self, world: &World, now: Timestamp) -> Vec<DeviceId> {
        let recent = now - self.at <= EXPIRY;
        self.salient.last().filter(|_| recent).map_or_else(Vec::new, |s| s.devices(world, now))
    }

    /// The devices of the last sets, the latest last, unless it is too long ago: "both".
    pub(crate) fn sets(&self, world: &World, now: Timestamp) -> Vec<Vec<DeviceId>> {
        let recent = now - self.at <= EXPIRY;
        self.salient.iter().filter(|_| recent).map(|s| s.devices(world, now)).collect()
    }

    /// The question that was asked last, also when it was answered.
    pub(crate) fn asked(&self, now: Timestamp) -> Option<&Question> {
        if now - self.at > EXPIRY { None } else { self.asked.as_ref() }
    }

    /// A request that was held back for want of a device, a place or a possible value.
    pub(crate) fn held(&self, now: Timestamp) -> Option<&str> {
        if now - self.at > EXPIRY { None } else { self.held.as_deref() }
    }

    /// The question that waits for an answer.
    pub fn pending(&self, now: Timestamp) -> Option<&Question> {
        if now - self.at > EXPIRY { None } else { self.pending.as_ref() }
    }

    /// The drafts of the last turn that had any.
    pub fn last(&self, now: Timestamp) -> &[Draft] {
        if now - self.at > EXPIRY { &[] } else { &self.last }
    }

    /// The rules that were spoken of last, unless it is too long ago.
    pub(crate) fn rules(&self, now: Timestamp) -> &[RuleId] {
        if now - self.rules_at > EXPIRY { &[] } else { &self.rules }
    }

    /// Whether nothing but a rule was spoken of in the last turn that had a draft.
    pub(crate) fn about_rules(&self, now: Timestamp) -> bool {
        matches!(self.last(now), [Draft::Rule(_) | Draft::Rules(_)])
    }

    /// A rule was shown.
    pub fn showed_rule(&mut self, rule: RuleId, at: Timestamp) {
        (self.rules, self.rules_at) = (vec![rule], at);
    }

    fn note_rules(&mut self, act: &RuleAct) {
        let rules = match act {
            RuleAct::Ask { rules, .. } => rules.clone(),
            RuleAct::Switch { rule, .. } | RuleAct::Remove(rule) | RuleAct::Run(rule) => vec![*rule],
        };
        if !rules.is_empty() {
            (self.rules, self.rules_at) = (rules, self.at);
        }
    }

    fn note(&mut self, draft: &Draft) {
        let set = match draft {
            Draft::Commands(acts) => {
                Selector { points: acts.iter().map(|a| a.point).take(SET_MAX).collect(), ..Selector::default() }
            }
            Draft::Query(q) => q.select.clone(),
            Draft::Past(q) => q.select.clone(),
            Draft::Device(
                DeviceAct::Rename { device, .. } | DeviceAct::Move { device, .. } | DeviceAct::Service { device, .. },
            ) => Selector { devices: [*device].into(), ..Selector::default() },
            Draft::Rules(act) => return self.note_rules(act),
            Draft::Rule(_)
            | Draft::Chart(_)
            | Draft::Device(_)
            | Draft::SaveScene { .. }
            | Draft::Timer(_)
            | Draft::List(_)
            | Draft::Clock(_)
            | Draft::Dialogue(_) => {
                return;
            }
        };
        self.salient.push(set);
        if self.salient.len() > SALIENT_MAX {
            self.salient.remove(0);
        }
    }
}
