//! What a listener hears while a turn runs, and who listens.

use base::id::{ConversationId, TurnId};
use documents::{Proposal, Question, Receipt, Refusal, Reply};
use serde::Serialize;
use std::time::Duration;
use tokio::sync::mpsc;

/// Events that may wait for a listener.
pub const EVENTS_MAX: usize = 256;
/// How long a turn waits for a listener that does not take events; then it goes on without.
pub const LISTENER_WAIT: Duration = Duration::from_secs(2);

/// How far a tool call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It began.
    Start,
    /// It gave an output.
    Done,
    /// It gave none.
    Error,
}

/// One event of a turn. Serialises to its data; [`TurnEvent::name`] is its name in an event stream.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TurnEvent {
    /// The turn began.
    Turn {
        /// The conversation.
        conversation_id: ConversationId,
        /// The turn.
        turn_id: TurnId,
    },
    /// A tool is called.
    Tool {
        /// Number of the call in this turn.
        id: usize,
        /// Name of the tool.
        name: String,
        /// How far it is.
        phase: Phase,
        /// Why there is no output.
        #[serde(skip_serializing_if = "Option::is_none")]
        summary: Option<String>,
    },
    /// A command came further.
    Receipt(Receipt),
    /// Something waits for approval, or was decided.
    Proposal(Box<Proposal>),
    /// Something has to be known.
    Question(Question),
    /// Something is not done.
    Refusal(Refusal),
    /// The next piece of the text.
    Text {
        /// The piece.
        delta: String,
    },
    /// The end: all of it.
    Reply(Box<Reply>),
}

impl TurnEvent {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            TurnEvent::Turn { .. } => "turn",
            TurnEvent::Tool { .. } => "tool",
            TurnEvent::Receipt(_) => "receipt",
            TurnEvent::Proposal(_) => "proposal",
            TurnEvent::Question(_) => "question",
            TurnEvent::Refusal(_) => "refusal",
            TurnEvent::Text { .. } => "text",
            TurnEvent::Reply(_) => "reply",
        }
    }
}

/// Who hears of a turn. One that is gone or stuck never holds the turn up.
#[derive(Debug, Default)]
pub(crate) struct Listener(pub(crate) Option<mpsc::Sender<TurnEvent>>);

impl Listener {
    pub(crate) async fn tell(&mut self, event: TurnEvent) {
        let Some(to) = &self.0 else { return };
        let taken = tokio::time::timeout(LISTENER_WAIT, to.send(event)).await;
        if !matches!(taken, Ok(Ok(()))) {
            self.0 = None;
        }
    }
}
