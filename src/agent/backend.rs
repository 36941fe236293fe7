//! What turns words into typed documents: the embedded compiler here, models later, all behind one trait.
//!
//! What it is *not*: a back end executes nothing and writes no reply. What it understood passes validator and policy
//! like everything else.

use crate::Snapshot;
use base::Bilingual;
use documents::Understanding;
use futures::stream::BoxStream;
use language::{Dialogue, Utterance};

/// What a back end is given.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// What was said.
    pub utterance: Utterance,
    /// What the conversation remembers.
    pub dialogue: Dialogue,
    /// What exists and how it is.
    pub snapshot: Snapshot,
}

/// What a back end says while it works. The last is `Understood`.
#[derive(Debug, Clone, PartialEq)]
pub enum BackendEvent {
    /// A stage began.
    Stage(&'static str),
    /// What was understood.
    Understood(Understanding),
}

/// A back end could not work at all. Words that it does not understand are a refusal, not this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", code, text.en)]
pub struct BackendError {
    /// Stable code.
    pub code: &'static str,
    /// In words.
    pub text: Bilingual,
}

/// A way to understand words.
pub trait Backend: Send + Sync {
    /// Its name in logs.
    fn name(&self) -> &'static str;
    /// Works on an utterance.
    fn understand(&self, inquiry: Inquiry) -> BoxStream<'static, Result<BackendEvent, BackendError>>;
}
