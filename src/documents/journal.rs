//! The write-ahead log: every input of the runtime in order, and what came of it. Replaying the events gives the
//! same outcomes byte for byte.

use crate::{
    Act, Actor, Alarm, Cause, Change, Command, List, ListChange, Message, NewTimer, Notice, Post, Proposal,
    ProposalDoc, Receipt, RuleGraph, RuleState, Signal, Timer, TimerChange, Trace,
};
use base::id::{
    AlarmId, CommandId, DeviceId, ListId, NoticeId, PointId, ProposalId, RevisionId, RuleId, SceneId, TimerId, TurnId,
};
use base::{Bilingual, Diagnostics, Sample, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{Safety, WorldDoc};

/// Version of the stored form.
pub const JOURNAL_VERSION: u16 = 1;

/// One group of events that were applied together, and their outcomes. One row of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Version of the form, [`JOURNAL_VERSION`].
    pub version: u16,
    /// Number of the batch, without gaps.
    pub seq: u64,
    /// The time at which its events were applied.
    pub at: Timestamp,
    /// What came in, in order.
    pub events: Vec<Event>,
    /// What came out, in order.
    pub outcomes: Vec<Outcome>,
}

/// Everything that can wake the runtime.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The process started. Commands in flight become `unknown`.
    Started {
        /// Version and commit of the build.
        build: String,
        /// Version of the bundled time-zone data.
        time_zone_data: String,
        /// Seed of the ids that the core makes; the first one counts.
        seed: u64,
        /// Whether no rule runs until the next start.
        #[serde(default)]
        safe: bool,
    },
    /// Time went on to a deadline.
    Tick,
    /// The configured world became this one.
    World {
        /// The revision it comes from.
        revision: RevisionId,
        /// The new world.
        doc: Box<WorldDoc>,
        /// Who changed it.
        by: Actor,
    },
    /// A device reported values. Already decoded and checked by its model.
    Report {
        /// The device.
        device: DeviceId,
        /// Its values.
        values: Vec<(PointId, Sample)>,
    },
    /// A device came or went.
    Link {
        /// The device.
        device: DeviceId,
        /// Whether it can be reached.
        online: bool,
        /// Why, in the protocol's words.
        reason: String,
    },
    /// What a driver says of a command.
    Delivered {
        /// The command.
        command: CommandId,
        /// None: taken. Otherwise why it was not.
        refused: Option<String>,
        /// What a service answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply: Option<Value>,
    },
    /// What a driver says of a rule's post to a web hook of somebody else.
    Posted {
        /// What asked for it.
        cause: Cause,
        /// None: it arrived. Otherwise why it did not.
        failed: Option<String>,
    },
    /// A device told of an event of its model.
    Occurrence {
        /// The device.
        device: DeviceId,
        /// Identifier of the event in the thing model.
        event: String,
        /// What it carries.
        output: Value,
        /// When it happened.
        at: Timestamp,
    },
    /// A message on a raw topic that a rule listens to.
    Message(Message),
    /// Somebody changes what exists.
    Configure {
        /// Who.
        actor: Actor,
        /// The turn it belongs to.
        turn: Option<TurnId>,
        /// What; all or nothing.
        changes: Vec<Change>,
    },
    /// Somebody wants something of devices.
    Request {
        /// Who.
        actor: Actor,
        /// The turn it belongs to.
        turn: Option<TurnId>,
        /// What.
        acts: Vec<Act>,
    },
    /// Somebody runs a scene.
    SceneRun {
        /// Who.
        actor: Actor,
        /// The turn it belongs to.
        turn: Option<TurnId>,
        /// Which.
        scene: SceneId,
    },
    /// Somebody proposes something that needs approval.
    Propose {
        /// Who.
        actor: Actor,
        /// The turn it belongs to.
        turn: Option<TurnId>,
        /// What.
        document: ProposalDoc,
    },
    /// A person decides about a proposal.
    Decide {
        /// Who.
        actor: Actor,
        /// The turn, when it was said in a conversation.
        turn: Option<TurnId>,
        /// Which.
        proposal: ProposalId,
        /// Hash of what was shown.
        hash: String,
        /// Yes or no.
        approve: bool,
    },
    /// Somebody makes a rule run, or stops it.
    RuleSwitch {
        /// Who.
        actor: Actor,
        /// The turn it belongs to.
        turn: Option<TurnId>,
        /// Which.
        rule: RuleId,
        /// How far it shall be in use.
        state: RuleState,
    },
    /// Somebody runs a rule by hand: what begins with its `manual` nodes.
    RuleRun {
        /// Who.
        actor: Actor,
        /// The turn it belongs to.
        turn: Option<TurnId>,
        /// Which.
        rule: RuleId,
    },
    /// A person has seen an alarm.
    Acknowledge {
        /// Who.
        actor: Actor,
        /// Which.
        alarm: AlarmId,
    },
    /// A person has read notices.
    NoticesRead {
        /// Who.
        actor: Actor,
        /// Which.
        notices: Vec<NoticeId>,
    },
    /// Somebody sets a timer, a reminder, or commands that are done later.
    TimerStart {
        /// Who.
        actor: Actor,
        /// The turn it belongs to.
        turn: Option<TurnId>,
        /// What is wanted.
        timer: Box<NewTimer>,
    },
    /// Somebody changes timers.
    TimerChange {
        /// Who.
        actor: Actor,
        /// The turn it belongs to.
        turn: Option<TurnId>,
        /// Which.
        timers: Vec<TimerId>,
        /// What shall become of them.
        change: TimerChange,
    },
    /// Somebody changes a list.
    ListChange {
        /// Who.
        actor: Actor,
        /// The turn it belongs to.
        turn: Option<TurnId>,
        /// Which; one that is put may be new.
        list: ListId,
        /// What shall become of it.
        change: ListChange,
    },
    /// Somebody takes back what a turn did.
    Undo {
        /// Who.
        actor: Actor,
        /// The turn to take back.
        turn: TurnId,
        /// The turn in which this was said.
        within: Option<TurnId>,
    },
}

/// Everything that can come out of the core.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A command leaves.
    Send(Command),
    /// A command came further.
    Receipt(Receipt),
    /// A rule did something.
    Trace(Trace),
    /// A proposal was made or decided.
    Proposal(Box<Proposal>),
    /// A rule was saved or its state changed.
    Rule(Box<RuleRevision>),
    /// A rule was removed.
    RuleGone(RuleId),
    /// What exists changed.
    Configured(Box<Configured>),
    /// A rule publishes a raw message.
    Publish(Message),
    /// A rule told people something, or somebody has read it.
    Notice(Box<Notice>),
    /// A timer was set, changed or is over.
    Timer(Box<Timer>),
    /// A list was changed.
    List(Box<List>),
    /// A list is no longer there.
    ListGone(ListId),
    /// A rule calls a web hook of somebody else.
    Post(Box<Post>),
    /// A request could not be carried out.
    Denied(Denial),
    /// Something that somebody should know was raised, is over, or was seen.
    #[serde(rename = "alarm_changed")]
    Alarm(Box<Alarm>),
    /// What builds before alarms had states wrote; only read, so that their logs still open.
    #[serde(rename = "alarm")]
    Told {
        /// Stable code.
        code: String,
        /// In words.
        text: Bilingual,
    },
}

/// What was changed of what exists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Configured {
    /// The revision.
    pub revision: RevisionId,
    /// What was changed, as it was applied: a restored device stands here as it came back.
    pub changes: Vec<Change>,
    /// Who asked for it.
    pub by: Actor,
    /// The person who approved it, where it was proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<Actor>,
    /// The turn it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<TurnId>,
    /// When.
    pub at: Timestamp,
}

/// A rule as it is from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleRevision {
    /// The revision.
    pub revision: RevisionId,
    /// The graph; its `state` says how far it is in use.
    pub graph: RuleGraph,
    /// Who made it.
    pub by: Actor,
    /// The person who approved exactly this content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<Actor>,
    /// The turn it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<TurnId>,
    /// When.
    pub at: Timestamp,
}

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Denial {
    /// What policy or validator said.
    pub refusal: crate::Refusal,
    /// The strictest safety class it touches.
    pub safety: Safety,
    /// Findings, where a document was at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Diagnostics,
}

impl From<Signal> for Event {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Report { device, values } => Event::Report { device, values },
            Signal::Link { device, online, reason } => Event::Link { device, online, reason },
            Signal::Delivered { command, refused, reply } => Event::Delivered { command, refused, reply },
            Signal::Posted { cause, failed } => Event::Posted { cause, failed },
            Signal::Occurrence { device, event, output, at } => Event::Occurrence { device, event, output, at },
            Signal::Message(message) => Event::Message(message),
        }
    }
}
