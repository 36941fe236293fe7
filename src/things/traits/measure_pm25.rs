//! Fine dust in air.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.pm25`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.pm25",
    shape: Shape::Number(Dimension::Density),
    zh: &["PM2.5", "颗粒物"],
    en: &["PM2.5", "particulates"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
