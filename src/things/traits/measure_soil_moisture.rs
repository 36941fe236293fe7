//! Water in soil.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.soil_moisture`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.soil_moisture",
    shape: Shape::Number(Dimension::Ratio),
    zh: &["土壤湿度"],
    en: &["soil moisture", "moisture"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
