//! Temperature.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.temperature`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.temperature",
    shape: Shape::Number(Dimension::Temperature),
    zh: &["温度", "气温"],
    en: &["temperature"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
