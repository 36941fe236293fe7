//! Chart requests. Vega-Lite is made from them by code; no model ever writes one.

use base::{Bilingual, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Selector;

/// Kinds of charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChartKind {
    Trend,
    Bar,
    Heatmap,
    Gauge,
    StateTimeline,
    Histogram,
    Scatter,
    Pie,
    Table,
    TopN,
    Compare,
    Stat,
}

/// How values of a bucket become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Aggregation {
    Mean,
    Min,
    Max,
    Sum,
    Last,
    Count,
    Delta,
    DurationOn,
    P95,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Which points.
    pub select: Selector,
    /// How values become one.
    pub agg: Aggregation,
    /// What to call it.
    #[serde(rename = "as", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Bilingual>,
}

/// Over which time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// The last `7d`, `24h`, `30m`.
    Last(String),
    /// Between two instants.
    Between {
        /// From.
        from: Timestamp,
        /// To.
        to: Timestamp,
    },
    /// `today`, `yesterday`, `this_week`, `last_week`, `this_month`, `last_month`, `this_year` in the site's zone.
    Calendar(String),
}

/// A chart request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChartQuery {
    /// Kind of chart.
    pub kind: ChartKind,
    /// One to four; a scatter exactly two.
    #[schemars(length(min = 1, max = 4))]
    pub metrics: Vec<Metric>,
    /// Over which time.
    pub range: Range,
    /// Compared with the same time shifted by `1w`, `1d`, `1mo`, `1y`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<String>,
    /// `auto`, `1m`, `5m`, `15m`, `1h`, `1d`, `1w`, `1mo`.
    #[serde(default = "auto")]
    pub bucket: String,
    /// `area`, `device`, `floor`, `hour`, `weekday`, `day`, `metric`, `state`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<String>,
    /// Largest or smallest first, `desc` or `asc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// How many groups are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Lines to draw, in the unit of the first metric.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub threshold: Vec<f64>,
    /// Title; made from the metrics when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Bilingual>,
}

fn auto() -> String {
    "auto".into()
}
