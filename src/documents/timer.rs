//! Timers: what happens once, after a while or at a moment. A timer and a reminder tell people; commands that are done
//! later are a timer as well, so that all of them are seen, asked about and ended in one way.
//!
//! What it is *not*: what happens again and again is a rule, or a schedule.

use crate::{Act, Actor};
use base::id::{SpaceId, TimerId, TurnId};
use base::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest time that a timer may run: a year and a day.
pub const LENGTH_MAX: Span = Span::from_secs(366 * 24 * 3600);
/// Shortest time.
pub const LENGTH_MIN: Span = Span::from_secs(1);
/// Longest name or text of a timer, in characters.
pub const TIMER_TEXT_MAX: usize = 200;

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Somebody wants to know when a while is over.
    Timer,
    /// Somebody wants to be told something at a moment.
    Reminder,
    /// Commands are done then.
    Commands,
}

/// When it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// After so many milliseconds.
    AfterMs(Span),
    /// At a moment.
    At(Timestamp),
}

/// A timer that is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTimer {
    /// What it is for.
    pub purpose: Purpose,
    /// When it is over.
    pub end: End,
    /// What it is called; of a reminder what is to be said, of commands the words that asked for them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = TIMER_TEXT_MAX))]
    pub text: String,
    /// Where it belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// What is done then; only of commands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Act>,
}

/// How far a timer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimerState {
    /// It runs.
    Running {
        /// Until when.
        due: Timestamp,
    },
    /// It stands still.
    Paused {
        /// What is left of it.
        left_ms: Span,
    },
    /// It is over.
    Finished {
        /// Since when.
        at: Timestamp,
    },
    /// Somebody ended it before.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

/// A timer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timer {
    /// Its id.
    pub id: TimerId,
    /// What it is for.
    pub purpose: Purpose,
    /// What it is called; of a reminder what is to be said, of commands the words that asked for them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Where it belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// What is done when it is over; only of commands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Act>,
    /// How long it was meant to run when it was set, in milliseconds.
    pub length_ms: Span,
    /// How far it is.
    pub state: TimerState,
    /// Who set it.
    pub by: Actor,
    /// The turn in which it was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<TurnId>,
    /// When it was set.
    pub at: Timestamp,
}

impl Timer {
    /// Whether it still counts, or stands still.
    pub fn is_open(&self) -> bool {
        matches!(self.state, TimerState::Running { .. } | TimerState::Paused { .. })
    }
    /// When it is over, while it runs.
    pub fn due(&self) -> Option<Timestamp> {
        if let TimerState::Running { due } = self.state { Some(due) } else { None }
    }
    /// What is left of it.
    pub fn left(&self, now: Timestamp) -> Span {
        match self.state {
            TimerState::Running { due } => (due - now).max(Span::ZERO),
            TimerState::Paused { left_ms } => left_ms,
            TimerState::Finished { .. } | TimerState::Cancelled { .. } => Span::ZERO,
        }
    }
}

/// What shall become of a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimerChange {
    /// It is ended; nothing happens.
    Cancel,
    /// It stands still.
    Pause,
    /// It goes on.
    Resume,
    /// It runs longer by so many milliseconds, or shorter where the number is negative.
    ByMs(Span),
}

/// Which timers are meant; what is absent is not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimerRef {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// What it is called, or part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where it belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// How long it was meant to run when it was set, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_ms: Option<Span>,
    /// All of them, where one is meant otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
}

impl TimerRef {
    /// Whether a timer is one of them. What is done later is meant only where it is said, or where nothing else is.
    pub fn fits(&self, timer: &Timer) -> bool {
        let said = |text: &String| timer.text.to_lowercase().contains(&text.trim().to_lowercase());
        self.purpose.is_none_or(|p| p == timer.purpose)
            && self.text.as_ref().is_none_or(said)
            && self.space.is_none_or(|s| timer.space == Some(s))
            && self.length_ms.is_none_or(|l| l == timer.length_ms)
    }
}
