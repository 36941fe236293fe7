//! What the field says: the one vocabulary in which drivers and device access tell the runtime what they heard.
//!
//! What it is *not*: a person's or a program's wish. Nothing here can ask for anything.

use crate::Cause;
use base::id::{CommandId, ConnectionId, DeviceId, PointId};
use base::{Sample, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest payload of a raw message, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 256 * 1024;
/// Longest topic, in bytes.
pub const TOPIC_BYTES_MAX: usize = 512;

/// First levels of the topics on which only Castellan itself tells rules what happened; no client may use them.
/// `$events/{device}/{event}` a device told of an event; `$calls/{point}` a service is called;
/// `$alarms/{raised|cleared|acknowledged}/{severity}/{code}`; `$webhooks/{name}`; `$rules/{rule}/run` by hand;
/// `$started`; `$replies/{done|failed}` what came of a call.
pub const RESERVED: [&str; 7] = ["$alarms", "$calls", "$events", "$replies", "$rules", "$started", "$webhooks"];

/// A payload as it came. Bytes that are not UTF-8 are never taken apart by a rule; they are kept in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    /// UTF-8.
    Text(String),
    /// Anything else, in base64 (RFC 4648 section 4).
    Base64(String),
}

/// A message on a raw topic: of the embedded broker, or of a connection to another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The connection; none is the embedded broker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// Its topic.
    pub topic: String,
    /// What it carries.
    pub payload: Payload,
    /// MQTT quality of service, 0 to 2.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub qos: u8,
    /// Whether it is kept for those who subscribe later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retain: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(n: &u8) -> bool {
    *n == 0
}

/// What the field says.
#[derive(Debug, Clone, PartialEq)]
pub enum Signal {
    /// A device reported values, decoded and checked by its model.
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
    /// A command was taken, or not and why.
    Delivered {
        /// The command.
        command: CommandId,
        /// None: taken.
        refused: Option<String>,
        /// What a service answered.
        reply: Option<Value>,
    },
    /// What became of a rule's post to a web hook of somebody else.
    Posted {
        /// What asked for it.
        cause: Cause,
        /// None: it arrived. Otherwise why it did not, after every attempt.
        failed: Option<String>,
    },
    /// A device told of an event of its model, checked by it.
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
}
