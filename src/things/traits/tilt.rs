//! Angle of slats as a share.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;
use base::Dimension;

/// The trait `tilt`.
pub(super) const TRAIT: Trait = Trait {
    id: "tilt",
    shape: Shape::Number(Dimension::Ratio),
    zh: &["叶片角度", "角度"],
    en: &["tilt", "slat angle"],
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
