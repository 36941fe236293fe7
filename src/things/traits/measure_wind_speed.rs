//! Speed of the wind.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.wind_speed`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.wind_speed",
    shape: Shape::Number(Dimension::Speed),
    zh: &["风力"],
    en: &["wind speed", "wind"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
