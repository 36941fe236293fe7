//! What the agent needs of the building beyond its tools. Declared here, fulfilled above: the agent knows no runtime.

use async_trait::async_trait;
use base::id::{ProposalId, TurnId};
use base::{Bilingual, Timestamp};
use documents::{Actor, Proposal, Receipt, Refusal};
use language::KnownRule;
use std::sync::Arc;
use things::{States, World};

/// What exists and how it is, at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// What exists.
    pub world: Arc<World>,
    /// Present values.
    pub states: Arc<States>,
    /// The rules that exist; the same as before while none changes.
    pub rules: Arc<Vec<KnownRule>>,
    /// Proposals that wait.
    pub pending: Vec<Proposal>,
    /// The moment.
    pub now: Timestamp,
}

/// A yes or no to a proposal, recognised in a conversation by fixed code.
#[derive(Debug, Clone, PartialEq)]
pub struct Consent {
    /// Who said it.
    pub actor: Actor,
    /// In which turn.
    pub turn: TurnId,
    /// To which proposal.
    pub proposal: ProposalId,
    /// Hash of what was shown.
    pub hash: String,
    /// Yes or no.
    pub approve: bool,
}

/// What a yes or no led to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decided {
    /// The proposal as it is now.
    pub proposal: Option<Proposal>,
    /// What became of its commands.
    pub receipts: Vec<Receipt>,
    /// Rules and devices that changed, in words.
    pub changed: Vec<Bilingual>,
    /// Why it was not taken.
    pub refusals: Vec<Refusal>,
}

/// The building does not answer: the process is stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the building does not answer")]
pub struct Gone;

/// The building around the agent.
#[async_trait]
pub trait Surroundings: Send + Sync {
    /// What exists and how it is now.
    async fn snapshot(&self) -> Result<Snapshot, Gone>;
    /// Decides about a proposal. No tool can: a model never reaches this.
    async fn decide(&self, consent: Consent) -> Result<Decided, Gone>;
    /// The newest of these turns that changed something which can be taken back.
    async fn undoable(&self, turns: &[TurnId]) -> Result<Option<TurnId>, Gone>;
}
