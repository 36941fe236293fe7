//! Goes to the next track or item.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;

/// The trait `next`.
pub(super) const TRAIT: Trait = Trait {
    id: "next",
    shape: Shape::Service,
    zh: &["下一个", "下一首"],
    en: &["next"],
    states: &[],
    operations: &[Operation { name: "next", write: Write::Call }],
    nudge: 0.0,
    safety: Safety::Comfort,
};
