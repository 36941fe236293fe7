//! Light output as a share of the most.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;
use base::Dimension;

/// The trait `brightness`.
pub(super) const TRAIT: Trait = Trait {
    id: "brightness",
    shape: Shape::Number(Dimension::Ratio),
    zh: &["亮度"],
    en: &["brightness", "dim level"],
    states: &[],
    operations: &[
        Operation { name: "set", write: Write::Given },
        Operation { name: "increase", write: Write::Up },
        Operation { name: "decrease", write: Write::Down },
        Operation { name: "maximum", write: Write::Max },
        Operation { name: "minimum", write: Write::Min },
    ],
    nudge: 20.0,
    safety: Safety::Comfort,
};
