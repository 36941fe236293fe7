//! Electric potential.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.voltage`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.voltage",
    shape: Shape::Number(Dimension::Voltage),
    zh: &["电压"],
    en: &["voltage"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
