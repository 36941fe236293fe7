//! Whether a device is switched on.

use super::{Operation, Shape, State, Trait, Write};
use crate::model::Safety;

/// The trait `on_off`.
pub(super) const TRAIT: Trait = Trait {
    id: "on_off",
    shape: Shape::Bool,
    zh: &["开关"],
    en: &["power", "switch"],
    states: &[
        State { value: "true", zh: &["开着", "打开", "开"], en: &["on"] },
        State { value: "false", zh: &["关着", "关闭", "关"], en: &["off"] },
    ],
    operations: &[
        Operation { name: "turn_on", write: Write::Bool(true) },
        Operation { name: "turn_off", write: Write::Bool(false) },
        Operation { name: "toggle", write: Write::Toggle },
    ],
    nudge: 0.0,
    safety: Safety::Comfort,
};
