//! Water counted since the meter was made.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `meter.water`.
pub(super) const TRAIT: Trait = Trait {
    id: "meter.water",
    shape: Shape::Number(Dimension::Volume),
    zh: &["用水量"],
    en: &["water use", "water consumption"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
