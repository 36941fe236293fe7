//! Heat counted since the meter was made.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `meter.heat`.
pub(super) const TRAIT: Trait = Trait {
    id: "meter.heat",
    shape: Shape::Number(Dimension::Energy),
    zh: &["用热量", "供热量"],
    en: &["heat use", "thermal energy"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
