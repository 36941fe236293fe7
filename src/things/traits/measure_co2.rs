//! Carbon dioxide in air.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.co2`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.co2",
    shape: Shape::Number(Dimension::Ratio),
    zh: &["二氧化碳浓度", "二氧化碳", "co2"],
    en: &["CO2", "carbon dioxide", "co2 level"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
