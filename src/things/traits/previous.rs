//! Goes back a track or item.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;

/// The trait `previous`.
pub(super) const TRAIT: Trait = Trait {
    id: "previous",
    shape: Shape::Service,
    zh: &["上一个", "上一首"],
    en: &["previous"],
    states: &[],
    operations: &[Operation { name: "previous", write: Write::Call }],
    nudge: 0.0,
    safety: Safety::Comfort,
};
