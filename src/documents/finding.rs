//! What the history shows that somebody should know, with what would mend it.
//!
//! What it is *not*: nothing is changed by a finding; its rule becomes a proposal when a person asks for it.

use crate::RuleGraph;
use base::id::{DeviceId, FindingId, PointId, SpaceId};
use base::{Bilingual, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most intervals that a finding shows; its hours are of all.
pub const EVIDENCE_MAX: usize = 200;

/// Kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A room is cooled or heated while nobody is in it.
    ConditionedWhileEmpty,
    /// A light is on at night while nobody is there.
    LightAtNight,
    /// A room is cooled or heated while its window is open.
    ConditionedWhileOpen,
}

/// A piece of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
}

/// What it costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// How much.
    pub amount: f64,
    /// Currency by ISO 4217: `CNY`.
    pub currency: String,
    /// Price of one kWh that was taken.
    pub per_kwh: f64,
}

/// Where the energy of a finding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnergySource {
    /// Measured by the device itself.
    Measured,
    /// Hours times the usual power of such a device.
    Assumed,
}

/// Energy that went for nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Energy {
    /// How much.
    pub kwh: f64,
    /// How it is known.
    pub source: EnergySource,
}

/// Something that the history shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Its id: the same as long as it is about the same thing.
    pub id: FindingId,
    /// What kind.
    pub kind: FindingKind,
    /// In a few words.
    pub title: Bilingual,
    /// What was seen, how often, and what it costs.
    pub text: Bilingual,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// The device that it is about.
    pub device: DeviceId,
    /// The points that show it, that of the device first.
    pub points: Vec<PointId>,
    /// The time that was looked at.
    pub looked_at: Interval,
    /// When it was so, the newest first, at most [`EVIDENCE_MAX`].
    pub evidence: Vec<Interval>,
    /// How often it was so.
    pub times: usize,
    /// Hours in all.
    pub hours: f64,
    /// Energy in all.
    pub energy: Energy,
    /// What that energy costs.
    pub cost: Cost,
    /// The rule that would mend it, checked against what exists.
    pub rule: RuleGraph,
    /// What the rule does, in plain words, made by code.
    pub readback: Bilingual,
}
