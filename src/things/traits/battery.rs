//! Charge of a battery.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `battery`.
pub(super) const TRAIT: Trait = Trait {
    id: "battery",
    shape: Shape::Number(Dimension::Ratio),
    zh: &["电池电量", "电量"],
    en: &["battery", "battery level"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
