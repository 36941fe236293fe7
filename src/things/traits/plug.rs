//! Whether a vehicle or a cable is plugged in.

use super::{Shape, State, Trait};
use crate::model::Safety;

/// The trait `plug`.
pub(super) const TRAIT: Trait = Trait {
    id: "plug",
    shape: Shape::Bool,
    zh: &["插枪状态", "车辆连接"],
    en: &["vehicle connection", "vehicle"],
    states: &[
        State { value: "true", zh: &["已插枪", "已插上"], en: &["plugged in", "connected"] },
        State { value: "false", zh: &["未插枪", "未插上"], en: &["unplugged", "not plugged in"] },
    ],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
