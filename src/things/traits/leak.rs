//! Water is where none should be.

use super::{Shape, State, Trait};
use crate::model::Safety;

/// The trait `leak`.
pub(super) const TRAIT: Trait = Trait {
    id: "leak",
    shape: Shape::Bool,
    zh: &["漏水", "水浸"],
    en: &["leak", "water leak"],
    states: &[
        State { value: "true", zh: &["漏水"], en: &["wet", "leaking"] },
        State { value: "false", zh: &["干燥", "正常"], en: &["dry"] },
    ],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
