//! Correlated colour temperature; lower is warmer.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;
use base::Dimension;

/// The trait `colour_temperature`.
pub(super) const TRAIT: Trait = Trait {
    id: "colour_temperature",
    shape: Shape::Number(Dimension::ColourTemperature),
    zh: &["色温"],
    en: &["colour temperature", "color temperature"],
    states: &[],
    operations: &[
        Operation { name: "set", write: Write::Given },
        Operation { name: "increase", write: Write::Up },
        Operation { name: "decrease", write: Write::Down },
        Operation { name: "maximum", write: Write::Max },
        Operation { name: "minimum", write: Write::Min },
    ],
    nudge: 500.0,
    safety: Safety::Comfort,
};
