//! Something is wrong with a device.

use super::{Shape, State, Trait};
use crate::model::Safety;

/// The trait `problem`.
pub(super) const TRAIT: Trait = Trait {
    id: "problem",
    shape: Shape::Bool,
    zh: &["故障", "问题"],
    en: &["problem", "fault"],
    states: &[
        State { value: "true", zh: &["有故障", "异常"], en: &["problem", "faulty"] },
        State { value: "false", zh: &["正常"], en: &["ok", "normal"] },
    ],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
