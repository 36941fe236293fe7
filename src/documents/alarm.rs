//! Alarms: what somebody should know, from the moment it was raised until it is over and a person has seen it.

use crate::Actor;
use base::id::{AlarmId, DeviceId, PointId, RuleId, SpaceId};
use base::{Bilingual, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad it is. The order is that of danger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AlarmSeverity {
    /// Nobody said.
    Indeterminate,
    /// Something may become a fault.
    Warning,
    /// A fault that harms little.
    Minor,
    /// A fault that harms much.
    Major,
    /// People or the building are in danger.
    Critical,
}

impl AlarmSeverity {
    /// In words.
    pub fn words(self) -> Bilingual {
        let (zh, en) = match self {
            AlarmSeverity::Indeterminate => ("未定", "indeterminate"),
            AlarmSeverity::Warning => ("警告", "warning"),
            AlarmSeverity::Minor => ("次要", "minor"),
            AlarmSeverity::Major => ("重要", "major"),
            AlarmSeverity::Critical => ("紧急", "critical"),
        };
        Bilingual::new(zh, en)
    }
}

/// What an alarm is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmSource {
    /// A point.
    Point(PointId),
    /// A device.
    Device(DeviceId),
    /// A room or another space.
    Space(SpaceId),
    /// A rule.
    Rule(RuleId),
}

impl fmt::Display for AlarmSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AlarmSource::Point(id) => id.fmt(f),
            AlarmSource::Device(id) => id.fmt(f),
            AlarmSource::Space(id) => id.fmt(f),
            AlarmSource::Rule(id) => id.fmt(f),
        }
    }
}

/// Whether what raised it is still so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AlarmState {
    /// It is.
    Active,
    /// It is over.
    Cleared,
}

/// A person has seen it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// An alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// Its id.
    pub id: AlarmId,
    /// Stable code such as `point.leak` or `device.offline`.
    pub code: String,
    /// What it is about.
    pub source: AlarmSource,
    /// How bad it is.
    pub severity: AlarmSeverity,
    /// In words.
    pub text: Bilingual,
    /// Whether it is still so.
    pub state: AlarmState,
    /// When it was raised first.
    pub raised: Timestamp,
    /// When it was raised last.
    pub last: Timestamp,
    /// How often it was raised: what comes and goes is one alarm that counts.
    pub count: u64,
    /// When it was over; absent while it is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleared: Option<Timestamp>,
    /// Who has seen it; absent while nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledgement>,
}

impl Alarm {
    /// Whether it is over and somebody has seen it.
    pub fn is_closed(&self) -> bool {
        self.state == AlarmState::Cleared && self.acknowledged.is_some()
    }
}
