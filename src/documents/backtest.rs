//! What a rule would have done with the values that were recorded, beside what really happened.
//!
//! What it is *not*: a forecast. What the rule would have changed of the building itself (a room that would have become
//! warmer) is not in the record; the notes say so.

use crate::finding::{EnergySource, Interval};
use crate::trace::Trigger;
use base::id::{PointId, RuleId};
use base::{Bilingual, Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most firings that are listed; the count is of all.
pub const FIRINGS_MAX: usize = 200;
/// Most points whose course is given; the points that are written come first.
pub const POINTS_MAX: usize = 16;
/// Pieces of time of one course; each keeps at most two values.
pub const PIECES_MAX: usize = 240;
/// Most gaps of one point that are listed; their time is of all.
pub const GAPS_MAX: usize = 50;

/// What came of a rule over recorded values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backtest {
    /// The rule.
    pub rule: RuleId,
    /// What it is called.
    pub name: Bilingual,
    /// From when.
    pub from: Timestamp,
    /// Until when; earlier than asked for where a limit was reached.
    pub to: Timestamp,
    /// The site's time zone.
    pub time_zone: String,
    /// All of it in a few sentences, made by code.
    pub text: Bilingual,
    /// How often it would have acted.
    pub fired: usize,
    /// What it would have asked for in all.
    pub actions: usize,
    /// How many of these would have changed nothing: it was so already.
    pub idle: usize,
    /// How often something in it failed.
    pub errors: usize,
    /// When it would have acted, oldest first: the newest, at most [`FIRINGS_MAX`].
    pub firings: Vec<Firing>,
    /// The points that it writes and reads, at most [`POINTS_MAX`].
    pub points: Vec<BacktestPoint>,
    /// What would have become of energy, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy: Option<EnergyChange>,
    /// What has to be known to judge this.
    pub notes: Vec<BacktestNote>,
    /// How many recorded values were read.
    pub samples: u64,
    /// How often the rule was stepped.
    pub steps: u64,
    /// How long it took.
    pub took_ms: Span,
    /// Whether the whole time was looked at; otherwise a limit was reached at `to`.
    pub whole: bool,
}

/// A moment at which the rule would have acted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Firing {
    /// When.
    pub at: Timestamp,
    /// The report that set it off, also where it waited since; none where it was the time alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// What it would have asked for.
    pub actions: Vec<FiringAction>,
}

/// Something that the rule would have asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FiringAction {
    /// The node.
    pub node: String,
    /// In words.
    pub text: Bilingual,
    /// The point, where one would have been written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<PointId>,
    /// What it would have become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What it really was at that moment; absent where nothing is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub really: Option<Value>,
    /// Whether it was so already, so that nothing would have changed.
    pub idle: bool,
    /// When it really became so afterwards, by somebody else, before it would have been set again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<Timestamp>,
}

/// What a rule has to do with a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PointRole {
    /// It reads it.
    Read,
    /// It writes it.
    Written,
    /// It reads what it writes.
    Both,
}

/// A point that the rule reads or writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BacktestPoint {
    /// The point.
    pub point: PointId,
    /// What it is called.
    pub name: Bilingual,
    /// What the rule has to do with it.
    pub role: PointRole,
    /// Unit of its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// How many values are recorded.
    pub samples: u64,
    /// When nothing is known of it, oldest first, at most [`GAPS_MAX`]: the rule saw nothing then.
    pub gaps: Vec<Interval>,
    /// How long nothing is known of it in all.
    pub gap_ms: Span,
    /// How it really was used.
    pub before: Usage,
    /// How it would have been used; of what is written only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Usage>,
    /// Its recorded course, thinned.
    pub real: Vec<CourseSample>,
    /// The course that it would have had, thinned; of what is written only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub would: Vec<CourseSample>,
}

/// How a point was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// How long it was on, open or not zero.
    pub on_ms: Span,
    /// How often its value changed.
    pub changes: u64,
}

/// A value from a time on; none where nothing is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseSample {
    /// From when.
    pub at: Timestamp,
    /// What.
    pub value: Option<Value>,
}

/// Energy before and after, of the devices that the rule switches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnergyChange {
    /// What they really used.
    pub before_kwh: f64,
    /// What they would have used: as much in each hour that they are on.
    pub after_kwh: f64,
    /// How it is known.
    pub source: EnergySource,
    /// What the difference costs; less than zero is saved.
    pub cost: f64,
    /// Currency by ISO 4217: `CNY`.
    pub currency: String,
    /// Devices of which neither a meter nor the usual power is known; they are not in it.
    pub unknown: usize,
}

/// Something that has to be known to judge a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BacktestNote {
    /// Stable code: `open_loop`, `gaps`, `messages`, `links`, `no_data`, `own_past`, `limit`, `energy`.
    pub code: String,
    /// In words.
    pub text: Bilingual,
}
