//! Where time comes from. Pure crates take a [`Timestamp`]; only the shell owns a `Clock`.

use crate::Timestamp;

/// A source of the present time. Real, manual and scaled clocks are made by the shell.
pub trait Clock: Send + Sync {
    /// The present time.
    fn now(&self) -> Timestamp;
}
