//! Somebody is there.

use super::{Shape, State, Trait};
use crate::model::Safety;

/// The trait `occupancy`.
pub(super) const TRAIT: Trait = Trait {
    id: "occupancy",
    shape: Shape::Bool,
    zh: &["占用", "有人"],
    en: &["occupancy", "presence"],
    states: &[
        State { value: "true", zh: &["有人", "占用"], en: &["occupied", "present"] },
        State { value: "false", zh: &["没人", "无人", "空闲"], en: &["empty", "unoccupied", "clear"] },
    ],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
