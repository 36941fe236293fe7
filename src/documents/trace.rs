//! What a rule did in one step, and why.

use base::id::{CommandId, ConnectionId, PointId, RuleId, RunId};
use base::{Bilingual, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One step of one rule that changed something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// The rule.
    pub rule: RuleId,
    /// The run; none while only values change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The room or device of a rule that stands for several, by its id; empty for other rules.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instance: String,
    /// When.
    pub at: Timestamp,
    /// The report that caused the step; none for time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// The message that caused the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<HeardMessage>,
    /// The nodes whose time had come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timers: Vec<String>,
    /// Outputs that changed, in the order of evaluation.
    pub entries: Vec<TraceEntry>,
    /// Commands that came out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<CommandId>,
    /// What failed in nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<TraceError>,
    /// What came of it, as the runtime judges it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<TraceClass>,
}

/// What came of a step. Each kind is kept apart, so that errors and actions survive thousands of steps in which nothing
/// happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TraceClass {
    /// Something in it failed, or a command of it did.
    Failed,
    /// It acted.
    Acted,
    /// Something happened that the rule looks at, or a run went on, and nothing was asked for.
    Ran,
    /// Only values changed.
    Changed,
}

impl TraceClass {
    /// All of them, the most important first.
    pub const ALL: [TraceClass; 4] = [TraceClass::Failed, TraceClass::Acted, TraceClass::Ran, TraceClass::Changed];
}

/// The message that caused a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeardMessage {
    /// The connection; none is the embedded broker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// Its topic.
    pub topic: String,
}

/// Something that failed in a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TraceError {
    /// The node.
    pub node: String,
    /// Stable code: `script.fuel`.
    pub code: String,
    /// What is wrong.
    pub text: Bilingual,
}

/// The present value of an output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PortValue {
    /// The node.
    pub node: String,
    /// Its output.
    pub port: String,
    /// Its value; none while it is unknown, and of an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Of an event: when it happened last, as far as it is remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fired: Option<Timestamp>,
}

/// The present values of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleValues {
    /// The rule.
    pub rule: RuleId,
    /// Whether it runs; a rule that does not has no values.
    pub runs: bool,
    /// Its outputs, in the order of evaluation.
    pub ports: Vec<PortValue>,
}

/// The report that caused a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The point.
    pub point: PointId,
    /// Its new value.
    pub value: Value,
}

/// One output that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TraceEntry {
    /// The node.
    pub node: String,
    /// Its output.
    pub port: String,
    /// The new value; none when it became undefined or was an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}
