//! The ground floor: ids, values, quantities and units, quality, time, diagnostics, canonical JSON.
//!
//! What it is *not*: it knows no device, no rule, no language. It has no clock, no random source, no I/O: time and
//! seeds are passed in. Start at [`value`] and [`unit`].

pub mod bilingual;
pub mod canonical;
pub mod clock;
pub mod diagnostic;
pub mod id;
pub mod limits;
pub mod time;
pub mod unit;
pub mod value;

pub use bilingual::{Bilingual, Lang};
pub use clock::Clock;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use id::{Id, IdGen};
pub use time::{Span, Timestamp};
pub use unit::{Dimension, Quantity, Unit};
pub use value::{Quality, Sample, Value};
