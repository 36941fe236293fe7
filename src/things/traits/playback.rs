//! What a media player does.

use super::{Operation, Shape, State, Trait, Write};
use crate::model::Safety;

/// The trait `playback`.
pub(super) const TRAIT: Trait = Trait {
    id: "playback",
    shape: Shape::Token,
    zh: &["播放状态", "播放"],
    en: &["playback"],
    states: &[
        State { value: "playing", zh: &["正在播放", "播放"], en: &["playing"] },
        State { value: "paused", zh: &["暂停"], en: &["paused"] },
        State { value: "idle", zh: &["空闲", "停止"], en: &["idle", "stopped"] },
    ],
    operations: &[
        Operation { name: "play", write: Write::Token("playing") },
        Operation { name: "pause", write: Write::Token("paused") },
        Operation { name: "stop", write: Write::Token("idle") },
    ],
    nudge: 0.0,
    safety: Safety::Comfort,
};
