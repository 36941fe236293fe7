//! Something moves.

use super::{Shape, State, Trait};
use crate::model::Safety;

/// The trait `motion`.
pub(super) const TRAIT: Trait = Trait {
    id: "motion",
    shape: Shape::Bool,
    zh: &["移动", "人体感应", "动静"],
    en: &["motion", "movement"],
    states: &[
        State { value: "true", zh: &["有人移动", "有人", "有动静"], en: &["motion", "motion detected"] },
        State { value: "false", zh: &["无人移动", "没人", "没动静"], en: &["no motion", "clear"] },
    ],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
