//! Presses a button.

use super::{Operation, Shape, Trait, Write};
use crate::model::Safety;

/// The trait `press`.
pub(super) const TRAIT: Trait = Trait {
    id: "press",
    shape: Shape::Service,
    zh: &["按下", "按钮"],
    en: &["press", "button"],
    states: &[],
    operations: &[Operation { name: "press", write: Write::Call }],
    nudge: 0.0,
    safety: Safety::Comfort,
};
