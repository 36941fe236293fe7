//! What a rule on trial would have done, beside what others really did with the same points.

use crate::Actor;
use base::id::{PointId, RuleId, RunId};
use base::{Bilingual, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most entries of a report; its counts are of all that is kept.
pub const ENTRIES_MAX: usize = 200;

/// How what a rule would have done and what really happened go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShadowKind {
    /// Somebody else did the same at about the same time.
    Agreed,
    /// It was so already.
    Already,
    /// Somebody else set another value at about the same time.
    Different,
    /// Only the rule would have done it.
    Extra,
    /// Only somebody else did it.
    Missing,
    /// Too new to tell.
    Open,
    /// It writes no point: a message, a notice; nothing can be compared.
    Shown,
}

/// One thing that the rule would have done, or that somebody else did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShadowEntry {
    /// How they go together.
    pub kind: ShadowKind,
    /// When; of two, when the first of them was.
    pub at: Timestamp,
    /// The point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<PointId>,
    /// What the rule would have done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would: Option<ShadowWould>,
    /// What really happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real: Option<ShadowReal>,
    /// In words.
    pub text: Bilingual,
}

/// What a rule on trial would have done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShadowWould {
    /// When.
    pub at: Timestamp,
    /// The run.
    pub run: RunId,
    /// The node.
    pub node: String,
    /// What the point would have become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What it was at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<Value>,
}

/// What really happened to a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShadowReal {
    /// When.
    pub at: Timestamp,
    /// What it became.
    pub value: Value,
    /// Who commanded it; none where the device did it by itself or by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
}

/// A rule on trial beside what really happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShadowReport {
    /// The rule.
    pub rule: RuleId,
    /// What it is called.
    pub name: Bilingual,
    /// Since when it is on trial with this content.
    pub since: Timestamp,
    /// Until when it was; none while it still is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// All of it in a few sentences, made by code.
    pub text: Bilingual,
    /// How often somebody else did the same.
    pub agreed: usize,
    /// How often it was so already.
    pub already: usize,
    /// How often somebody else set another value.
    pub different: usize,
    /// How often only the rule would have done something.
    pub extra: usize,
    /// How often only somebody else did something.
    pub missing: usize,
    /// What it would have done beside writing points.
    pub shown: usize,
    /// What is too new to tell.
    pub open: usize,
    /// The newest first, at most [`ENTRIES_MAX`].
    pub entries: Vec<ShadowEntry>,
    /// How much was forgotten since: only so many are kept.
    pub forgotten: u64,
}
