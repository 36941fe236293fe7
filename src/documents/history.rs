//! Typed questions about the past, and their answers. What a rule or a command did stands in traces and receipts.
//!
//! What it is *not*: nothing is computed here; the runtime answers from the store. Start at [`HistoryQuery`].

use crate::chart::{Aggregation, Range};
use base::id::{DeviceId, PointId, SpaceId};
use base::{Bilingual, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Selector;

/// Most series of an answer; the count in the answer is of all.
pub const SERIES_MAX: usize = 200;
/// Most buckets of an answer.
pub const BUCKETS_MAX: usize = 2_000;
/// Most points that one question looks at.
pub const POINTS_MAX: usize = 1_000;
/// Longest range of a question, in days.
pub const RANGE_DAYS_MAX: i64 = 3_660;

/// Into which pieces of time values are gathered. Days, weeks and months are those of the site's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
pub enum Bucket {
    /// The smallest step that gives at most 300 pieces.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// One minute.
    #[serde(rename = "1m")]
    Minute,
    /// Five minutes.
    #[serde(rename = "5m")]
    Minutes5,
    /// A quarter of an hour.
    #[serde(rename = "15m")]
    Minutes15,
    /// Half an hour.
    #[serde(rename = "30m")]
    Minutes30,
    /// One hour.
    #[serde(rename = "1h")]
    Hour,
    /// Two hours.
    #[serde(rename = "2h")]
    Hours2,
    /// Six hours.
    #[serde(rename = "6h")]
    Hours6,
    /// One day.
    #[serde(rename = "1d")]
    Day,
    /// One week, from Monday on.
    #[serde(rename = "1w")]
    Week,
    /// One month.
    #[serde(rename = "1mo")]
    Month,
    /// The whole range is one piece.
    #[serde(rename = "whole")]
    Whole,
}

impl Bucket {
    /// Those with a step, the smallest first.
    pub const STEPS: &'static [Bucket] = &[
        Bucket::Minute,
        Bucket::Minutes5,
        Bucket::Minutes15,
        Bucket::Minutes30,
        Bucket::Hour,
        Bucket::Hours2,
        Bucket::Hours6,
        Bucket::Day,
        Bucket::Week,
        Bucket::Month,
    ];

    /// Minutes of a step that divides a day; none for days and longer.
    pub fn minutes(self) -> Option<i64> {
        Some(match self {
            Bucket::Minute => 1,
            Bucket::Minutes5 => 5,
            Bucket::Minutes15 => 15,
            Bucket::Minutes30 => 30,
            Bucket::Hour => 60,
            Bucket::Hours2 => 120,
            Bucket::Hours6 => 360,
            Bucket::Auto | Bucket::Day | Bucket::Week | Bucket::Month | Bucket::Whole => return None,
        })
    }
}

/// What becomes one series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// Everything together.
    #[default]
    Nothing,
    /// Each point.
    Point,
    /// The points of each device.
    Device,
    /// The points of each room.
    Room,
    /// The points of each floor.
    Floor,
}

/// A question about the past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    /// Which points. Where they have numbers, these are of one dimension.
    pub select: Selector,
    /// Over which time.
    pub range: Range,
    /// Into which pieces of time.
    #[serde(default)]
    pub bucket: Bucket,
    /// How the values of a piece become one: numbers are weighed by the time they held. `delta` is what a meter counted,
    /// also over its reset; `duration_on` the hours during which it was on, open or occupied.
    pub agg: Aggregation,
    /// What becomes one series. The mean of several points is the mean of their means; `sum`, `count`, `delta` and
    /// `duration_on` are added up.
    #[serde(default)]
    pub group: Grouping,
    /// How many series are given, those with the largest value over the whole range first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = SERIES_MAX))]
    pub limit: Option<usize>,
}

/// The answer to a question about the past: a table of series and pieces of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryFrame {
    /// From when.
    pub from: Timestamp,
    /// Until when, not included.
    pub to: Timestamp,
    /// The site's time zone, in which days begin.
    pub time_zone: String,
    /// The step that was used.
    pub bucket: Bucket,
    /// How values became one.
    pub agg: Aggregation,
    /// Unit of the values; none for states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// When each piece begins; it ends where the next one begins.
    pub starts: Vec<Timestamp>,
    /// The series.
    pub series: Vec<HistorySeries>,
    /// How many series there are; `series` has at most as many as were asked for.
    pub series_total: usize,
    /// How many points were looked at.
    pub points: usize,
    /// How many of them have no value in this time.
    pub without_value: usize,
    /// How many stored values were read.
    pub samples: u64,
    /// How many pieces of the given series have no value.
    pub gaps: usize,
}

/// One series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistorySeries {
    /// What it is of.
    pub name: Bilingual,
    /// The point, where it is of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<PointId>,
    /// The device, where it is of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// The room or floor, where it is of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// How many points are in it.
    pub points: usize,
    /// How many stored values are in it.
    pub samples: u64,
    /// One value per piece of time; null where there is none.
    pub values: Vec<Option<Value>>,
    /// The value over the whole range.
    pub whole: Option<Value>,
}

/// The past of one point, for a line or a strip of states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointHistory {
    /// The point.
    pub point: PointId,
    /// Unit of its numbers; none for states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// From when.
    pub from: Timestamp,
    /// Until when, not included.
    pub to: Timestamp,
    /// The site's time zone, in which days begin.
    pub time_zone: String,
    /// The step that was used.
    pub bucket: Bucket,
    /// The pieces of time, without holes: where there is no value, the values are null.
    pub buckets: Vec<PointBucket>,
    /// The range as one piece.
    pub whole: PointBucket,
}

/// What a point was during a piece of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointBucket {
    /// When the piece begins.
    pub at: Timestamp,
    /// How many values were reported in it.
    pub count: u64,
    /// Mean of a number, weighed by the time it held.
    pub mean: Option<f64>,
    /// Smallest number.
    pub min: Option<f64>,
    /// Largest number.
    pub max: Option<f64>,
    /// What it was at the end.
    pub last: Option<Value>,
    /// Milliseconds during which it was on, open, occupied or not zero.
    pub on_ms: Option<i64>,
}

/// How far the writing of a past is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PastState {
    /// No past is written: the history is what devices reported.
    None,
    /// It is being written; what is there can be read.
    Running,
    /// All of it is there.
    Done,
}

/// How far the writing of a past is, in days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PastProgress {
    /// How far.
    pub state: PastState,
    /// Days that are written.
    pub done: u32,
    /// Days in all.
    pub total: u32,
    /// Values that are written.
    pub values: u64,
    /// Where it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Where it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

impl PastProgress {
    /// No past is written.
    pub const NONE: PastProgress =
        PastProgress { state: PastState::None, done: 0, total: 0, values: 0, from: None, to: None };
}
