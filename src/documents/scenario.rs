//! What a rule does with values that somebody wrote into a table.

use crate::trace::{PortValue, Trace};
use base::id::{PointId, RunId};
use base::{Bilingual, Diagnostics, Timestamp, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest table, in bytes.
pub const TABLE_BYTES_MAX: usize = 64 * 1024;
/// Most rows of a table.
pub const ROWS_MAX: usize = 1_000;
/// Most columns of a table.
pub const COLUMNS_MAX: usize = 64;
/// Most steps of a run: rows, and moments in between at which something is due.
pub const STEPS_MAX: usize = 5_000;

/// What came of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioRun {
    /// In a sentence, made by code.
    pub text: Bilingual,
    /// Each row, and each moment in between at which the rule did something, in order.
    pub steps: Vec<ScenarioStep>,
    /// What is not as the table expects; a path names row and column: `/rows/3/2`.
    pub differs: Diagnostics,
    /// Whether all of it was run; otherwise [`STEPS_MAX`] was reached.
    pub whole: bool,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioStep {
    /// The row, from 1; none for a moment between two rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// When.
    pub at: Timestamp,
    /// What the rule asked for.
    pub actions: Vec<ScenarioAction>,
    /// Which outputs changed, and why.
    pub traces: Vec<Trace>,
    /// The values of all outputs afterwards.
    pub values: Vec<PortValue>,
}

/// Something that the rule asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioAction {
    /// The run.
    pub run: RunId,
    /// The node.
    pub node: String,
    /// As a table expects it: `meeting_fan.power=true`.
    pub code: String,
    /// In words.
    pub text: Bilingual,
    /// The point, where one is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<PointId>,
    /// What it becomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}
