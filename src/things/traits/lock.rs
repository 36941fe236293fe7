//! Whether a lock is locked.

use super::{Operation, Shape, State, Trait, Write};
use crate::model::Safety;

/// The trait `lock`.
pub(super) const TRAIT: Trait = Trait {
    id: "lock",
    shape: Shape::Bool,
    zh: &["锁", "门锁"],
    en: &["lock"],
    states: &[
        State { value: "true", zh: &["已上锁", "锁着", "锁好"], en: &["locked"] },
        State { value: "false", zh: &["未上锁", "没锁", "开锁"], en: &["unlocked"] },
    ],
    operations: &[
        Operation { name: "lock", write: Write::Bool(true) },
        Operation { name: "unlock", write: Write::Bool(false) },
    ],
    nudge: 0.0,
    safety: Safety::Security,
};
