//! The embedded compiler: Chinese and English text into typed drafts, against the live registry.
//!
//! What it is *not*: it executes nothing, asks no policy, knows no clock and no network; whether a device is reachable
//! is the runtime's to say. Start at [`understand`]; the words it knows are in `lexicon.toml`.

mod dialogue;
mod lexicon;
pub mod render;

pub use dialogue::Dialogue;
pub use lexicon::Lexicon;

use base::id::SpaceId;
use base::{Bilingual, Lang, Timestamp};
use documents::{Part, Reason, Refusal, Understanding, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{States, World};

/// What was said, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Utterance {
    /// The words.
    pub text: String,
    /// The language to answer in; that of the text when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// Where the speaker is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// When it was said.
    pub now: Timestamp,
}

impl Utterance {
    /// Words without a place.
    pub fn new(text: impl Into<String>, now: Timestamp) -> Self {
        Utterance { text: text.into(), lang: None, space: None, now }
    }
    /// The language to answer in.
    pub fn answer_lang(&self) -> Lang {
        self.lang.unwrap_or_else(|| Lang::of_text(&self.text))
    }
}

/// Turns words into drafts, questions and refusals, clause by clause. Total and deterministic.
pub fn understand(u: &Utterance, _d: &Dialogue, _world: &World, _lexicon: &Lexicon, _states: &States) -> Understanding {
    let text = Bilingual::new("没有听懂", "I did not understand that");
    let verdict = Verdict::Refusal(Refusal::new(Reason::NotUnderstood, text));
    Understanding {
        lang: u.answer_lang(),
        parts: vec![Part { span: (0, u.text.chars().count()), verdict }],
        confidence: 0.0,
    }
}
