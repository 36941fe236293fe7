//! Electric energy counted since the meter was made.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `meter.energy`.
pub(super) const TRAIT: Trait = Trait {
    id: "meter.energy",
    shape: Shape::Number(Dimension::Energy),
    zh: &["用电量", "电量", "能耗"],
    en: &["energy", "energy use", "electricity", "consumption"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
