//! What the assistant makes when policy says "ask".

use crate::{Act, Actor, Change, RuleGraph};
use base::id::{ProposalId, RuleId, TurnId};
use base::{Bilingual, Diagnostics, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Safety;

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalDoc {
    /// Device commands.
    Commands(Vec<Act>),
    /// A rule, to be saved and made live.
    Rule(Box<RuleGraph>),
    /// Changes of what exists.
    Configuration(Vec<Change>),
    /// A saved rule is taken out of use or removed.
    RuleChange {
        /// Which.
        rule: RuleId,
        /// What becomes of it.
        change: RuleChange,
    },
}

/// What becomes of a saved rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleChange {
    /// It no longer runs, and stays as it is.
    Pause,
    /// It is no longer there.
    Remove,
}

impl ProposalDoc {
    /// SHA-256 of the canonical text. An approval names it, so that what is approved is what was shown.
    pub fn hash(&self) -> String {
        base::canonical::hash(self).unwrap_or_default()
    }
}

/// How far a proposal came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// It waits.
    Pending,
    /// A person approved it, and it was done.
    Approved,
    /// A person rejected it.
    Rejected,
    /// Nobody answered in time.
    Expired,
}

/// A proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// Hash of the document.
    pub hash: String,
    /// What is proposed.
    pub document: ProposalDoc,
    /// Findings of the validator.
    pub diagnostics: Diagnostics,
    /// What it does, in plain words, made by code.
    pub readback: Bilingual,
    /// Why a person is asked.
    pub why: Bilingual,
    /// The strictest safety class it touches.
    pub safety: Safety,
    /// Who asked for it.
    pub by: Actor,
    /// The turn it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<TurnId>,
    /// When it was made.
    pub at: Timestamp,
    /// Until when it can be approved.
    pub expires: Timestamp,
    /// How far it came.
    pub state: ProposalState,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Actor>,
}
