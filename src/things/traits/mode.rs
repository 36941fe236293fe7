//! How a climate device works.

use super::{Operation, Shape, State, Trait, Write};
use crate::model::Safety;

/// The trait `mode`.
pub(super) const TRAIT: Trait = Trait {
    id: "mode",
    shape: Shape::Token,
    zh: &["模式"],
    en: &["mode"],
    states: &[
        State { value: "off", zh: &["关闭", "关"], en: &["off"] },
        State { value: "auto", zh: &["自动"], en: &["auto", "automatic"] },
        State { value: "cool", zh: &["制冷", "冷风"], en: &["cool", "cooling"] },
        State { value: "heat", zh: &["制热", "暖风", "制暖"], en: &["heat", "heating"] },
        State { value: "heat_cool", zh: &["冷暖"], en: &["heat/cool"] },
        State { value: "dry", zh: &["除湿", "抽湿"], en: &["dry", "dehumidify"] },
        State { value: "fan_only", zh: &["送风", "通风"], en: &["fan only", "fan"] },
        State { value: "eco", zh: &["节能"], en: &["eco"] },
        State { value: "sleep", zh: &["睡眠"], en: &["sleep"] },
    ],
    operations: &[Operation { name: "set_mode", write: Write::Given }],
    nudge: 0.0,
    safety: Safety::Comfort,
};
