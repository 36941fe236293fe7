//! Pressure.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.pressure`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.pressure",
    shape: Shape::Number(Dimension::Pressure),
    zh: &["压力", "气压"],
    en: &["pressure"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
