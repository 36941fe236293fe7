//! Speed of a fan as a share of the most.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;
use base::Dimension;

/// The trait `fan_speed`.
pub(super) const TRAIT: Trait = Trait {
    id: "fan_speed",
    shape: Shape::Number(Dimension::Ratio),
    zh: &["风速", "风量"],
    en: &["fan speed", "speed"],
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
