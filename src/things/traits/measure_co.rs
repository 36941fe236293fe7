//! Carbon monoxide in air.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.co`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.co",
    shape: Shape::Number(Dimension::Ratio),
    zh: &["一氧化碳"],
    en: &["carbon monoxide", "co"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
