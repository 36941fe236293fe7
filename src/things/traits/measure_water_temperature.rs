//! Temperature of water in a boiler, a tank or a pipe: not that of the room around it.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.water_temperature`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.water_temperature",
    shape: Shape::Number(Dimension::Temperature),
    zh: &["水温", "供水温度"],
    en: &["water temperature", "supply temperature"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
