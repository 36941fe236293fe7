//! What leaves a rule: everything that a node can ask for. Policy and arbitration decide what becomes of it.

use crate::alarm::{Acknowledgement, AlarmSeverity, AlarmSource};
use crate::{Act, Cause, Message};
use base::id::{ConnectionId, NoticeId, RuleId, RunId, SceneId};
use base::{Bilingual, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a node asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A point shall be written, or a service called.
    Act(Act),
    /// A raw message shall be published.
    Publish(Message),
    /// A scene shall be run.
    Scene(SceneId),
    /// Somebody shall be told.
    Notify(Notify),
    /// An alarm is raised until it is cleared.
    Raise(Raise),
    /// An alarm is over.
    Clear {
        /// Its code, as it was raised.
        code: String,
        /// What it is about; the rule itself when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<AlarmSource>,
    },
    /// A web hook of somebody else shall be called.
    Post(Post),
}

/// How urgent it is that somebody reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum NoticeLevel {
    /// Good to know.
    #[default]
    Info,
    /// Somebody should look at it today.
    Warning,
    /// Somebody should look at it now.
    Urgent,
}

/// Something that people shall be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    /// How urgent it is.
    #[serde(default)]
    pub level: NoticeLevel,
    /// What.
    pub text: Bilingual,
}

/// An alarm that a rule raises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Raise {
    /// Its code; with the source it is what makes it the same alarm again.
    pub code: String,
    /// How bad it is.
    pub severity: AlarmSeverity,
    /// In words.
    pub text: Bilingual,
    /// What it is about; the rule itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<AlarmSource>,
}

/// A request to a web hook of somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// The connection, of driver `webhook`: where it is and with which secret.
    pub connection: ConnectionId,
    /// What follows the address of the connection; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The body, a JSON text of at most `PAYLOAD_BYTES_MAX` bytes.
    pub body: String,
    /// The node that asks for it, so that it can be told what came of it; the runtime says which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// Something that people were told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// How urgent it is.
    pub level: NoticeLevel,
    /// What.
    pub text: Bilingual,
    /// The rule that said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
    /// The run in which it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// When.
    pub at: Timestamp,
    /// Who has read it; absent while nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Acknowledgement>,
}
