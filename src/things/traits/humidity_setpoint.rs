//! Relative humidity that a device aims at.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;
use base::Dimension;

/// The trait `humidity_setpoint`.
pub(super) const TRAIT: Trait = Trait {
    id: "humidity_setpoint",
    shape: Shape::Number(Dimension::Ratio),
    zh: &["目标湿度", "设定湿度"],
    en: &["target humidity", "humidity setpoint"],
    states: &[],
    operations: &[
        Operation { name: "set", write: Write::Given },
        Operation { name: "increase", write: Write::Up },
        Operation { name: "decrease", write: Write::Down },
        Operation { name: "maximum", write: Write::Max },
        Operation { name: "minimum", write: Write::Min },
    ],
    nudge: 5.0,
    safety: Safety::Comfort,
};
