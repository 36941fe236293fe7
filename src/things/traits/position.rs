//! How far a cover or valve is open; 0 is closed.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;
use base::Dimension;

/// The trait `position`.
pub(super) const TRAIT: Trait = Trait {
    id: "position",
    shape: Shape::Number(Dimension::Ratio),
    zh: &["开度", "位置"],
    en: &["position", "opening"],
    states: &[],
    operations: &[
        Operation { name: "set_position", write: Write::Given },
        Operation { name: "open", write: Write::Max },
        Operation { name: "close", write: Write::Min },
        Operation { name: "increase", write: Write::Up },
        Operation { name: "decrease", write: Write::Down },
    ],
    nudge: 20.0,
    safety: Safety::Comfort,
};
