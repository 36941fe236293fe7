//! Rule graphs: checked against the world, compiled to a plan, stepped, read back in words.
//!
//! What it is *not*: it has no clock, no I/O and no ids of its own (time and ids are passed in), it writes no device
//! (it says what it wants as [`Effect`]s) and decides no policy. Start at [`Engine`]; what a node is, in `nodes/mod.rs`.

mod analysis;
mod calendar;
mod checks;
mod compile;
mod each;
mod engine;
mod form;
mod instance;
pub mod limits;
mod message;
mod nodes;
mod origin;
mod plan;
mod ports;
mod quantities;
mod rows;
pub mod scenario;
mod script;
mod series;
mod slots;
mod speech;
mod subgraph;
mod template;
#[cfg(test)]
mod tests;
mod topic;
mod wiring;
mod words;

pub use analysis::{analyse, analyse_rule};
pub use calendar::{check_time_pattern, sun_on};
pub use compile::compile;
pub use engine::{Effect, Engine};
pub use nodes::{Carries, Example, Group, NodeSpec, catalogue};
pub use plan::{Plan, Present, touched};
pub use ports::{PortKind, PortSpec, Text};
pub use scenario::Scenario;
pub use speech::{explain, meaning_hash, read};
pub use subgraph::Flat;
