//! Temperature that a device aims at.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;
use base::Dimension;

/// The trait `setpoint`.
pub(super) const TRAIT: Trait = Trait {
    id: "setpoint",
    shape: Shape::Number(Dimension::Temperature),
    zh: &["设定温度", "目标温度", "温度"],
    en: &["setpoint", "target temperature", "temperature"],
    states: &[],
    operations: &[
        Operation { name: "set_temperature", write: Write::Given },
        Operation { name: "increase", write: Write::Up },
        Operation { name: "decrease", write: Write::Down },
        Operation { name: "maximum", write: Write::Max },
        Operation { name: "minimum", write: Write::Min },
    ],
    nudge: 1.0,
    safety: Safety::Comfort,
};
