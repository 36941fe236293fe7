//! Stops a movement.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;

/// The trait `stop`.
pub(super) const TRAIT: Trait = Trait {
    id: "stop",
    shape: Shape::Service,
    zh: &["停止"],
    en: &["stop"],
    states: &[],
    operations: &[Operation { name: "stop", write: Write::Call }],
    nudge: 0.0,
    safety: Safety::Comfort,
};
