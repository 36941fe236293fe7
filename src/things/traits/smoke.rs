//! Smoke is detected.

use super::{Shape, State, Trait};
use crate::model::Safety;

/// The trait `smoke`.
pub(super) const TRAIT: Trait = Trait {
    id: "smoke",
    shape: Shape::Bool,
    zh: &["烟雾", "烟雾报警"],
    en: &["smoke", "smoke alarm"],
    states: &[
        State { value: "true", zh: &["有烟雾", "报警"], en: &["smoke detected", "alarm"] },
        State { value: "false", zh: &["正常"], en: &["clear", "normal"] },
    ],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
