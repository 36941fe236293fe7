//! Combustible gas is detected.

use super::{Shape, State, Trait};
use crate::model::Safety;

/// The trait `gas`.
pub(super) const TRAIT: Trait = Trait {
    id: "gas",
    shape: Shape::Bool,
    zh: &["燃气报警", "燃气泄漏"],
    en: &["gas alarm", "gas leak"],
    states: &[
        State { value: "true", zh: &["有燃气泄漏", "报警"], en: &["gas detected", "alarm"] },
        State { value: "false", zh: &["正常"], en: &["clear", "normal"] },
    ],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
