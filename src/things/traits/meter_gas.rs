//! Gas counted since the meter was made.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `meter.gas`.
pub(super) const TRAIT: Trait = Trait {
    id: "meter.gas",
    shape: Shape::Number(Dimension::Volume),
    zh: &["用气量", "燃气量"],
    en: &["gas use", "gas consumption"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
