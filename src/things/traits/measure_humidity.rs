//! Relative humidity of air.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.humidity`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.humidity",
    shape: Shape::Number(Dimension::Ratio),
    zh: &["湿度"],
    en: &["humidity"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
