//! Whether a door, window or lid is open.

use super::{Shape, State, Trait};
use crate::model::Safety;

/// The trait `contact`.
pub(super) const TRAIT: Trait = Trait {
    id: "contact",
    shape: Shape::Bool,
    zh: &["开合状态", "门磁"],
    en: &["contact", "opening"],
    states: &[
        State { value: "true", zh: &["打开", "开着", "开"], en: &["open", "opened"] },
        State { value: "false", zh: &["关闭", "关着", "关"], en: &["closed", "shut"] },
    ],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
