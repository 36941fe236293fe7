//! The answer of one turn: words made by code, and what they were made from.

use crate::{Chart, Frame, Proposal, Question, Receipt, Refusal, Words};
use base::Lang;
use base::id::{ConversationId, TurnId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of answer, in Home Assistant's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResponseType {
    /// Something was done or proposed.
    ActionDone,
    /// A question was answered.
    QueryAnswer,
    /// Nothing could be done.
    Error,
}

/// A place to read more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What is read there, in the language of the reply.
    pub title: String,
    /// Where, without the host: `/docs/en/modbus#registers`.
    pub url: String,
}

/// The answer of one turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn.
    pub turn: TurnId,
    /// Language of the text.
    pub lang: Lang,
    /// What kind of answer.
    pub response_type: ResponseType,
    /// The text.
    pub text: String,
    /// What became of the commands.
    #[serde(default)]
    pub receipts: Vec<Receipt>,
    /// What waits for approval.
    #[serde(default)]
    pub proposals: Vec<Proposal>,
    /// Which words of the request were read as what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Words>,
    /// What has to be known.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// What is not done, and why.
    #[serde(default)]
    pub refusals: Vec<Refusal>,
    /// What answers were made from.
    #[serde(default)]
    pub frames: Vec<Frame>,
    /// Charts, drawn.
    #[serde(default)]
    pub charts: Vec<Chart>,
    /// Where more of it is read.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Whether the turn changed something that can be taken back.
    #[serde(default)]
    pub can_undo: bool,
}
