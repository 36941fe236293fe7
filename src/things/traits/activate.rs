//! Runs something that is stored in the device: a scene, a script.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;

/// The trait `activate`.
pub(super) const TRAIT: Trait = Trait {
    id: "activate",
    shape: Shape::Service,
    zh: &["场景", "执行"],
    en: &["scene", "activate"],
    states: &[],
    operations: &[Operation { name: "activate", write: Write::Call }],
    nudge: 0.0,
    safety: Safety::Comfort,
};
