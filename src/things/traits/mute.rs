//! Sound is off.

use super::{Operation, Shape, State, Trait, Write};
use crate::model::Safety;

/// The trait `mute`.
pub(super) const TRAIT: Trait = Trait {
    id: "mute",
    shape: Shape::Bool,
    zh: &["静音"],
    en: &["mute"],
    states: &[
        State { value: "true", zh: &["静音"], en: &["muted"] },
        State { value: "false", zh: &["有声音"], en: &["unmuted"] },
    ],
    operations: &[
        Operation { name: "mute", write: Write::Bool(true) },
        Operation { name: "unmute", write: Write::Bool(false) },
    ],
    nudge: 0.0,
    safety: Safety::Comfort,
};
