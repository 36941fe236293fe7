//! A chart that can be drawn: the numbers as a table, what is drawn from them, and both in words.
//!
//! What it is *not*: nothing is computed here; the runtime fills the table and `views` draws it. Start at [`Chart`].

use crate::chart::{Aggregation, ChartKind, ChartQuery};
use crate::history::Bucket;
use base::{Lang, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Most rows of a chart's table.
pub const ROWS_MAX: usize = 4_000;
/// Most lines, lanes or stacks of a chart; those with the largest values are shown.
pub const SERIES_SHOWN_MAX: usize = 20;
/// Most slices of a pie besides the one for the others.
pub const SLICES_MAX: usize = 8;
/// Most dials or figures of a chart.
pub const DIALS_MAX: usize = 12;

/// A chart that can be drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// What was asked for.
    pub query: ChartQuery,
    /// The title.
    pub title: String,
    /// What is drawn, in words: quantity, places, time and step as they were resolved, and what is missing.
    pub words: String,
    /// The numbers.
    pub frame: ChartFrame,
    /// Vega-Lite 6 with the rows bound.
    pub spec: Json,
}

/// The numbers of a chart, a row for each value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChartFrame {
    /// Language of titles and names.
    pub lang: Lang,
    /// The kind that is drawn: states have no line, and numbers no lanes.
    pub kind: ChartKind,
    /// From when.
    pub from: Timestamp,
    /// Until when, not included.
    pub to: Timestamp,
    /// The site's time zone, in which days begin.
    pub time_zone: String,
    /// The step that was used.
    pub bucket: Bucket,
    /// The quantities, in the order of the request.
    pub metrics: Vec<FrameMetric>,
    /// What the rows have, in order.
    pub columns: Vec<Column>,
    /// The rows; null where nothing is known.
    pub rows: Vec<Vec<Option<Value>>>,
    /// How much it is.
    pub counts: Counts,
}

/// One quantity of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrameMetric {
    /// What it is called.
    pub name: String,
    /// How values became one.
    pub agg: Aggregation,
    /// Unit of its numbers; none for states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Smallest value that it can have, where the models say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Largest value that it can have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// A column of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name in the drawing: `time`, `end`, `value`, `x`, `y`, `low`, `high`, `count`, `state`, `period`, `device` or
    /// that of a group.
    pub name: String,
    /// What stands in it.
    pub role: ColumnRole,
    /// Its title for people, with the unit.
    pub title: String,
    /// Unit of its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Its categories in the order in which they are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// An instant, written with the site's own offset.
    Time,
    /// A name.
    Category,
    /// A number.
    Number,
    /// A number or the words of a state.
    Value,
}

/// How much a chart shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Lines, bars, lanes or slices that are shown.
    pub series: usize,
    /// How many there are.
    pub series_total: usize,
    /// Points that were looked at.
    pub points: usize,
    /// Names of some of those that have no value in this time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// How many have none.
    pub without_value: usize,
    /// Stored values that were read.
    pub samples: u64,
    /// Pieces of time without a value, over the series that are shown.
    pub gaps: usize,
}

impl ChartFrame {
    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }
    /// Where the column of a name stands.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }
    /// Whether no row has a value.
    pub fn is_empty(&self) -> bool {
        let measured: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .filter(|(_, c)| matches!(c.role, ColumnRole::Number | ColumnRole::Value) || c.name == "state")
            .map(|(i, _)| i)
            .collect();
        !self.rows.iter().any(|row| measured.iter().any(|i| row.get(*i).is_some_and(Option::is_some)))
    }
}
