//! Loudness as a share of the most.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;
use base::Dimension;

/// The trait `volume`.
pub(super) const TRAIT: Trait = Trait {
    id: "volume",
    shape: Shape::Number(Dimension::Ratio),
    zh: &["音量"],
    en: &["volume"],
    states: &[],
    operations: &[
        Operation { name: "set_volume", write: Write::Given },
        Operation { name: "increase", write: Write::Up },
        Operation { name: "decrease", write: Write::Down },
        Operation { name: "maximum", write: Write::Max },
        Operation { name: "minimum", write: Write::Min },
    ],
    nudge: 10.0,
    safety: Safety::Comfort,
};
