//! The assistant without its building: the contract of tools, back ends that understand words, and the turn loop that
//! joins them.
//!
//! What it is *not*: it knows no runtime, no store and no HTTP. What it needs of the building it declares as
//! [`Surroundings`]; what it can do it is given as a [`ToolSet`]. Start at [`turn`], then [`tool`].

pub mod backend;
mod consent;
pub mod conversation;
mod embedded;
pub mod events;
mod gather;
mod howto;
pub mod readback;
mod surroundings;
pub mod tool;
mod tool_set;
pub mod turn;
pub mod validate;

pub use backend::{Backend, BackendError, BackendEvent, Inquiry};
pub use conversation::Memory;
pub use embedded::Embedded;
pub use events::{Phase, TurnEvent};
pub use surroundings::{Consent, Decided, Gone, Snapshot, Surroundings};
pub use tool::{Caller, DynTool, Example, Fault, Hints, Shown, Tool, ToolError, ToolSpec};
pub use tool_set::{INPUT_BYTES_MAX, OUTPUT_BYTES_MAX, ToolSet, ToolSetError};
pub use turn::{Agent, TurnError, TurnLimits, TurnRequest};

#[cfg(test)]
mod tests;
