//! Electric current.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.current`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.current",
    shape: Shape::Number(Dimension::Current),
    zh: &["电流"],
    en: &["current"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
