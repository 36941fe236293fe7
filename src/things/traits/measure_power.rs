//! Electric power.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.power`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.power",
    shape: Shape::Number(Dimension::Power),
    zh: &["功率"],
    en: &["power", "power draw"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
