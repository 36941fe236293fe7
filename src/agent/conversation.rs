//! Conversations in memory: what each remembers, one turn at a time, each apart from the others.
//!
//! What it is *not*: no transcript and no storage; the API keeps a [`Memory`] in the store and gives it back.

use base::id::{ConversationId, ProposalId, RuleId, TurnId};
use base::{Span, Timestamp};
use documents::{Actor, Proposal, ProposalDoc};
use language::Dialogue;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// Most conversations in memory; the one that was silent longest gives way.
pub const CONVERSATIONS_MAX: usize = 1_000;
/// After this silence a conversation starts afresh.
pub const SILENCE_MAX: Span = Span::from_secs(24 * 3600);
/// Most turns that a conversation can take back.
pub const TURNS_MAX: usize = 50;
/// Most proposals that a conversation remembers to have shown.
pub const SHOWN_MAX: usize = 50;

/// What a conversation remembers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Memory {
    /// Who speaks here, by kind and name. Nobody else does.
    owner: Option<(documents::ActorKind, String)>,
    /// What was spoken of.
    pub dialogue: Dialogue,
    /// Proposals that were shown here, with the hash of what was shown.
    shown: VecDeque<(ProposalId, String)>,
    /// The rule of the proposal that was shown last.
    #[serde(default)]
    rule: Option<RuleId>,
    /// Turns that may be taken back, newest last.
    turns: VecDeque<TurnId>,
    /// When the last turn was.
    at: Timestamp,
}

impl Memory {
    /// Begins a turn: forgets after a long silence, and says whether the actor may speak here.
    pub(crate) fn admit(&mut self, actor: &Actor, now: Timestamp) -> bool {
        let who = (actor.kind, actor.name.clone());
        if self.owner.as_ref().is_some_and(|o| *o != who) {
            return false;
        }
        if now - self.at > SILENCE_MAX {
            *self = Memory::default();
        }
        self.owner = Some(who);
        self.at = now;
        true
    }
    /// A proposal was shown.
    pub(crate) fn showed(&mut self, proposal: &Proposal) {
        push(&mut self.shown, (proposal.id, proposal.hash.clone()), SHOWN_MAX);
        if let ProposalDoc::Rule(rule) = &proposal.document {
            self.rule = Some(rule.id);
            self.dialogue.showed_rule(rule.id, proposal.at);
        }
    }
    /// The rule of the proposal that was shown last.
    pub(crate) fn rule(&self) -> Option<RuleId> {
        self.rule
    }
    /// A turn may have changed something.
    pub(crate) fn acted(&mut self, turn: TurnId) {
        push(&mut self.turns, turn, TURNS_MAX);
    }
    /// Turns that may be taken back, newest first.
    pub(crate) fn turns(&self) -> Vec<TurnId> {
        self.turns.iter().rev().copied().collect()
    }
    /// Of proposals that wait, those that were shown here as they are now.
    pub(crate) fn waiting<'a>(&self, pending: &'a [Proposal]) -> Vec<&'a Proposal> {
        pending.iter().filter(|p| self.shown.iter().any(|(id, hash)| *id == p.id && *hash == p.hash)).collect()
    }
}

fn push<T>(list: &mut VecDeque<T>, item: T, most: usize) {
    list.push_back(item);
    while list.len() > most {
        list.pop_front();
    }
}

struct Slot {
    memory: Arc<tokio::sync::Mutex<Memory>>,
    used: u64,
}

/// All conversations in memory.
#[derive(Default)]
pub(crate) struct Conversations {
    slots: Mutex<(u64, BTreeMap<ConversationId, Slot>)>,
}

impl Conversations {
    /// Opens a conversation for one turn; none while another turn of it runs.
    pub(crate) fn open(&self, id: ConversationId) -> Option<OwnedMutexGuard<Memory>> {
        self.slot(id, None).try_lock_owned().ok()
    }
    /// Whether it is in memory.
    pub(crate) fn knows(&self, id: ConversationId) -> bool {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).1.contains_key(&id)
    }
    /// Puts a conversation back that was kept elsewhere, unless it is in memory.
    pub(crate) fn restore(&self, id: ConversationId, memory: Memory) {
        self.slot(id, Some(memory));
    }
    /// What it remembers; none while a turn runs or when it is not in memory.
    pub(crate) fn memory(&self, id: ConversationId) -> Option<Memory> {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.1.get(&id)?.memory.try_lock().ok().map(|m| m.clone())
    }

    /// Forgets it.
    pub(crate) fn forget(&self, id: ConversationId) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).1.remove(&id);
    }

    fn slot(&self, id: ConversationId, kept: Option<Memory>) -> Arc<tokio::sync::Mutex<Memory>> {
        let mut guard = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, slots) = &mut *guard;
        *count += 1;
        if !slots.contains_key(&id) && slots.len() >= CONVERSATIONS_MAX {
            let idle = slots.iter().filter(|(_, s)| Arc::strong_count(&s.memory) == 1);
            if let Some(oldest) = idle.min_by_key(|(_, s)| s.used).map(|(id, _)| *id) {
                slots.remove(&oldest);
            }
        }
        let fresh = || Slot { memory: Arc::new(tokio::sync::Mutex::new(kept.unwrap_or_default())), used: 0 };
        let slot = slots.entry(id).or_insert_with(fresh);
        slot.used = *count;
        slot.memory.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use documents::{Channel, Role};

    #[test]
    fn one_turn_at_a_time_and_bounded() {
        let all = Conversations::default();
        let id = ConversationId::from_bits;
        let running = all.open(id(0)).unwrap();
        assert!(all.open(id(0)).is_none());
        for n in 1..=CONVERSATIONS_MAX as u128 {
            assert!(all.open(id(n)).is_some());
        }
        // The oldest idle one gave way, not the one that is in use.
        assert!(all.knows(id(0)) && !all.knows(id(1)) && all.knows(id(2)));
        drop(running);
        assert!(all.open(id(0)).is_some());
    }

    #[test]
    fn nobody_else_speaks_in_a_conversation() {
        let (ann, bot) = (Actor::person("ann", Role::Owner, Channel::Chat), Actor::agent("ann", Channel::Mcp));
        let mut memory = Memory::default();
        let now = Timestamp::from_millis(1_800_000_000_000);
        assert!(memory.admit(&ann, now) && !memory.admit(&bot, now) && memory.admit(&ann, now));
        memory.acted(TurnId::from_bits(1));
        assert!(memory.admit(&ann, now + SILENCE_MAX) && memory.turns().len() == 1);
        assert!(memory.admit(&ann, now + SILENCE_MAX + SILENCE_MAX + Span::from_secs(1)) && memory.turns().is_empty());
    }
}
