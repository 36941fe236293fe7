//! What a vacuum cleaner or mower does.

use super::{Operation, Shape, State, Trait, Write};
use crate::model::Safety;

/// The trait `run`.
pub(super) const TRAIT: Trait = Trait {
    id: "run",
    shape: Shape::Token,
    zh: &["运行状态", "清扫"],
    en: &["activity"],
    states: &[
        State { value: "cleaning", zh: &["正在清扫", "清扫", "打扫"], en: &["cleaning", "running"] },
        State { value: "docked", zh: &["已回充", "充电中"], en: &["docked"] },
        State { value: "paused", zh: &["暂停"], en: &["paused"] },
        State { value: "idle", zh: &["空闲"], en: &["idle"] },
        State { value: "returning", zh: &["正在回充"], en: &["returning"] },
    ],
    operations: &[
        Operation { name: "start", write: Write::Token("cleaning") },
        Operation { name: "pause", write: Write::Token("paused") },
        Operation { name: "dock", write: Write::Token("docked") },
        Operation { name: "stop", write: Write::Token("idle") },
    ],
    nudge: 0.0,
    safety: Safety::Comfort,
};
