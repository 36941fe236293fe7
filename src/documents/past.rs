//! Typed questions about what was, and their answers: when it last became so, since when, how long, how often, whether
//! ever, what it reached.
//!
//! What it is *not*: values in pieces of time, for charts; those are in `history`. Start at [`PastQuery`].

use crate::Condition;
use crate::chart::{Range, Shift};
use base::id::{DeviceId, PointId};
use base::{Bilingual, Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Selector;

/// Most rows of an answer; what is put together is of all.
pub const PAST_ROWS_MAX: usize = 200;
/// How far back is looked where no time was said, in days.
pub const LOOK_BACK_DAYS: i64 = 366;

/// A question about what was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PastQuery {
    /// Which points. Where they have numbers, these are of one dimension.
    pub select: Selector,
    /// Over which time: as far back as there is a record, at most a year, where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// What is asked.
    pub ask: PastAsk,
    /// The same, so much earlier, is told beside it. Only for `mean`, `used`, `how_long` and `how_often`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<Shift>,
}

/// What is asked about the past of the selected points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PastAsk {
    /// What were they? Of numbers the lowest, the highest and the mean, of states the last.
    Value,
    /// When did it last become so, and who or what made it so?
    Last(Condition),
    /// Who or what made it so, the last time?
    Who(Condition),
    /// Since when is it so?
    Since(Condition),
    /// For how long was it so, in all?
    HowLong(Condition),
    /// How often did it become so?
    HowOften(Condition),
    /// Was it ever so?
    Ever(Condition),
    /// What was the highest, and when?
    Highest,
    /// What was the lowest, and when?
    Lowest,
    /// What was the mean, by time?
    Mean,
    /// What did meters count?
    Used,
}

impl PastAsk {
    /// What must hold, where it is about that.
    pub fn condition(&self) -> Option<&Condition> {
        match self {
            PastAsk::Last(c)
            | PastAsk::Who(c)
            | PastAsk::Since(c)
            | PastAsk::HowLong(c)
            | PastAsk::HowOften(c)
            | PastAsk::Ever(c) => Some(c),
            _ => None,
        }
    }
    /// Whether it comes to one number for all points.
    pub fn is_summed(&self) -> bool {
        matches!(self, PastAsk::HowLong(_) | PastAsk::HowOften(_) | PastAsk::Mean | PastAsk::Used)
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PastFrame {
    /// From when.
    pub from: Timestamp,
    /// Until when, not included.
    pub to: Timestamp,
    /// When it was asked.
    pub at: Timestamp,
    /// The site's time zone.
    pub time_zone: String,
    /// Unit of the numbers; none for states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// The points that answer, those that answer best first.
    pub rows: Vec<PastRow>,
    /// What all points come to: hours of `how_long`, how many times, a mean, what was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<f64>,
    /// The same in the time that it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<f64>,
    /// How many points were looked at.
    pub points: usize,
    /// How many of them have no value in this time.
    pub without_value: usize,
}

/// What became of one point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PastRow {
    /// The device.
    pub device: DeviceId,
    /// The point.
    pub point: PointId,
    /// When it became so; when the highest or lowest was reached; none where the record does not go back so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Until when it was so; none while it still is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The lowest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The highest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// The mean, by time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// For how long it was so, in milliseconds.
    pub long_ms: Span,
    /// How often it became so.
    pub often: u64,
    /// Who or what made it so, as far as the record says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Bilingual>,
}
