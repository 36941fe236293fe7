//! What a conversation remembers: the devices last spoken of, the last draft, the question that waits for an answer.
//!
//! What it is *not*: no transcript, and nothing that has happened; receipts are the runtime's. Bounded and expiring.

use crate::Utterance;
use base::id::DeviceId;
use base::{Lang, Span, Timestamp};
use documents::{DeviceAct, Draft, Question, Understanding, Verdict};
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
    /// When the last turn was.
    at: Timestamp,
}

impl Dialogue {
    /// Takes in a turn.
    pub fn remember(&mut self, u: &Utterance, understanding: &Understanding) {
        if u.now - self.at > EXPIRY {
            *self = Dialogue::default();
        }
        self.at = u.now;
        self.lang = Some(understanding.lang);
        self.pending = None;
        let mut last = Vec::new();
        for part in &understanding.parts {
            match &part.verdict {
                Verdict::Draft(draft) => {
                    self.note(draft);
                    last.push(draft.clone());
                }
                Verdict::Question(q) => self.pending = Some(q.clone()),
                Verdict::Refusal(_) => {}
            }
        }
        if !last.is_empty() {
            self.last = last;
        }
    }

    /// The devices last spoken of, unless it is too long ago.
    pub fn salient(&self, world: &World, now: Timestamp) -> Vec<DeviceId> {
        let recent = now - self.at <= EXPIRY;
        self.salient.last().filter(|_| recent).map_or_else(Vec::new, |s| s.devices(world, now))
    }

    /// The question that waits for an answer.
    pub fn pending(&self, now: Timestamp) -> Option<&Question> {
        if now - self.at > EXPIRY { None } else { self.pending.as_ref() }
    }

    /// The drafts of the last turn that had any.
    pub fn last(&self, now: Timestamp) -> &[Draft] {
        if now - self.at > EXPIRY { &[] } else { &self.last }
    }

    fn note(&mut self, draft: &Draft) {
        let set = match draft {
            Draft::Commands(acts) => {
                Selector { points: acts.iter().map(|a| a.point).take(SET_MAX).collect(), ..Selector::default() }
            }
            Draft::Query(q) => q.select.clone(),
            Draft::Device(
                DeviceAct::Rename { device, .. } | DeviceAct::Move { device, .. } | DeviceAct::Service { device, .. },
            ) => Selector { devices: [*device].into(), ..Selector::default() },
            Draft::Rule(_) | Draft::Chart(_) | Draft::Device(_) | Draft::SaveScene { .. } | Draft::Dialogue(_) => {
                return;
            }
        };
        self.salient.push(set);
        if self.salient.len() > SALIENT_MAX {
            self.salient.remove(0);
        }
    }
}
