//! Open or closed, of a cover or valve without positions.

use super::{Operation, Shape, State, Trait, Write};
use crate::model::Safety;

/// The trait `opening`.
pub(super) const TRAIT: Trait = Trait {
    id: "opening",
    shape: Shape::Bool,
    zh: &["开合"],
    en: &["opening"],
    states: &[
        State { value: "true", zh: &["打开", "开着"], en: &["open"] },
        State { value: "false", zh: &["关闭", "关着"], en: &["closed"] },
    ],
    operations: &[
        Operation { name: "open", write: Write::Bool(true) },
        Operation { name: "close", write: Write::Bool(false) },
        Operation { name: "toggle", write: Write::Toggle },
    ],
    nudge: 0.0,
    safety: Safety::Comfort,
};
