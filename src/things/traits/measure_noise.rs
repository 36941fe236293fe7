//! Sound pressure level.

use super::{Shape, Trait};
use crate::model::Safety;
use base::Dimension;

/// The trait `measure.noise`.
pub(super) const TRAIT: Trait = Trait {
    id: "measure.noise",
    shape: Shape::Number(Dimension::SoundLevel),
    zh: &["噪音", "噪声", "分贝"],
    en: &["noise", "sound level", "noise level"],
    states: &[],
    operations: &[],
    nudge: 0.0,
    safety: Safety::None,
};
