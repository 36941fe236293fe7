//! Colour of light by name.

use super::{Operation, Shape, State, Trait, Write};
use crate::model::Safety;

/// The trait `colour`.
pub(super) const TRAIT: Trait = Trait {
    id: "colour",
    shape: Shape::Token,
    zh: &["颜色"],
    en: &["colour", "color"],
    states: &[
        State { value: "red", zh: &["红色", "红"], en: &["red"] },
        State { value: "orange", zh: &["橙色", "橙"], en: &["orange"] },
        State { value: "yellow", zh: &["黄色", "黄"], en: &["yellow"] },
        State { value: "green", zh: &["绿色", "绿"], en: &["green"] },
        State { value: "cyan", zh: &["青色"], en: &["cyan", "turquoise"] },
        State { value: "blue", zh: &["蓝色", "蓝"], en: &["blue"] },
        State { value: "purple", zh: &["紫色", "紫"], en: &["purple", "violet"] },
        State { value: "pink", zh: &["粉色", "粉红色"], en: &["pink"] },
        State { value: "white", zh: &["白色", "白"], en: &["white"] },
    ],
    operations: &[Operation { name: "set", write: Write::Given }],
    nudge: 0.0,
    safety: Safety::Comfort,
};
