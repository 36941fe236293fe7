//! One WebSocket for everything a page shows: a snapshot, then numbered deltas. Who was away for a little while goes on
//! from the number it had; everybody else begins with a snapshot again.
//!
//! What it is *not*: no history, and no way to act; what changes something is a request of its own. [`hub`] follows the
//! runtime and writes what is sent, once for all who may see the same; [`reader`] is one open socket, which may [`watch`]
//! the values inside one rule.

pub(crate) mod hub;
pub(crate) mod reader;
mod ring;
pub(crate) mod watch;

use crate::views::{DeviceView, LinkView, PointView, RuleView, SpaceView};
use base::id::{DeviceId, ListId, PointId, RuleId};
use base::{Bilingual, Sample, Timestamp};
use documents::{Alarm, List, Notice, PortValue, Proposal, Receipt, Timer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the server says over the socket, each as one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SocketMessage {
    /// Everything as it is; what was known before is replaced.
    Snapshot(Box<Snapshot>),
    /// What changed since the message before.
    Delta {
        /// Its number. Numbers rise; one is left out where nothing in it may be seen by the reader.
        seq: u64,
        /// The changes, in order.
        events: Vec<SocketEvent>,
    },
    /// It goes on from the number that the reader named.
    Resumed {
        /// The run of the server.
        epoch: String,
        /// The number.
        seq: u64,
    },
    /// Values inside the rule that the client watches.
    Values {
        /// The rule.
        rule: RuleId,
        /// Whether it runs.
        runs: bool,
        /// Whether these are all its outputs; otherwise only those that changed.
        whole: bool,
        /// Outputs with their values; of an event, when it happened last.
        ports: Vec<PortValue>,
    },
    /// The rule is not watched, and why.
    Unwatched {
        /// The rule.
        rule: RuleId,
        /// Why.
        why: Bilingual,
    },
    /// Nothing changed for a while; the reader knows by it that the way is open.
    Alive {
        /// The number of the last delta.
        seq: u64,
    },
}

/// What a client may say over the socket, each as one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum SocketRequest {
    /// It wants the values inside a rule as they change: [`SocketMessage::Values`]. One rule at a time.
    Watch {
        /// The rule; absent to end it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<RuleId>,
    },
}

/// Everything a page shows, as it is at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Snapshot {
    /// The run of the server; numbers of another run mean nothing.
    pub epoch: String,
    /// Deltas with higher numbers come after it.
    pub seq: u64,
    /// The server's time.
    pub at: Timestamp,
    /// Devices, by id.
    pub devices: Vec<DeviceView>,
    /// Points with their present values, by id.
    pub points: Vec<PointView>,
    /// Spaces, by id.
    pub spaces: Vec<SpaceView>,
    /// Rules, by id.
    pub rules: Vec<RuleView>,
    /// Proposals that wait, oldest first.
    pub proposals: Vec<Proposal>,
    /// What became of the last commands, newest first.
    pub receipts: Vec<Receipt>,
    /// Alarms that last or that nobody has seen, the one that was raised last first.
    pub alarms: Vec<Alarm>,
    /// What rules have told and nobody has read, the newest first, at most a hundred.
    pub notices: Vec<Notice>,
    /// Timers, reminders and commands that wait, by id.
    pub timers: Vec<Timer>,
    /// Lists, by id.
    pub lists: Vec<List>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum SocketEvent {
    /// A command came further.
    Receipt(Receipt),
    /// A proposal was made or decided.
    Proposal(Box<Proposal>),
    /// A rule was saved or switched.
    Rule(RuleView),
    /// A device came or went.
    Link(LinkEvent),
    /// An alarm was raised, is over or was seen.
    Alarm(Box<Alarm>),
    /// A rule told people something, or somebody has read it.
    Notice(Box<Notice>),
    /// A timer was set, changed or is over.
    Timer(Box<Timer>),
    /// A list was changed, or is gone.
    List(Box<ListEvent>),
    /// Points have new values or another quality. Values that follow each other at once come as the last of them.
    Report(Vec<ReportedPoint>),
}

/// A list was changed, or is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListEvent {
    /// Which.
    pub list: ListId,
    /// How it is now; absent when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<List>,
}

/// A device came or went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkEvent {
    /// The device.
    pub device: DeviceId,
    /// How it can be reached now.
    #[serde(flatten)]
    pub link: LinkView,
}

/// The present value of a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedPoint {
    /// The point.
    pub point: PointId,
    /// Its value, time and quality.
    pub sample: Sample,
    /// In words.
    pub words: Option<Bilingual>,
}

#[cfg(test)]
mod tests;
