//! All rules together, looked at before they run: what would trigger itself, contradict another, or never happen.
//!
//! Each rule is reduced to its effects: what it writes, and the situations in which it does (`meaning.rs`, `region.rs`).
//! What it is *not*: it changes nothing, and approves nothing.

mod meaning;
mod region;

pub(crate) use meaning::{Condition, Meaning, Moment, Seen};
pub(crate) use region::Region;
