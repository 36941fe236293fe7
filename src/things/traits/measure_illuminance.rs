//! Light falling on a surface.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.illuminance`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.illuminance",
    shape: Shape::Number(Dimension::Illuminance),
    zh: &["光照度", "照度", "光照"],
    en: &["illuminance", "light level", "brightness level"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
