//! How many there are.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.count`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.count",
    shape: Shape::Number(Dimension::One),
    zh: &["人数", "数量"],
    en: &["count", "number of people"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
