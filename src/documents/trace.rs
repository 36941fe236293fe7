//! What a rule did in one step, and why.

use base::id::{CommandId, PointId, RuleId, RunId};
use base::{Timestamp, Value};
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
    /// Instance key of a rule that serves several rooms; empty for one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instance: String,
    /// When.
    pub at: Timestamp,
    /// The report that caused the step; none for time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// Outputs that changed, in the order of evaluation.
    pub entries: Vec<TraceEntry>,
    /// Commands that came out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<CommandId>,
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
