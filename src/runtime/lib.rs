//! The shell around the pure core: it takes what comes in, writes it down, steps once and lets the effects leave.
//!
//! What it is *not*: it speaks no HTTP and calls no model. Start at [`Core`] (synchronous, deterministic: one event in,
//! outcomes out) and then [`host`] (the one task that owns the core, the log and the drivers).

pub mod access;
pub mod backtest;
pub mod clock;
mod connections;
pub mod core;
pub mod findings;
pub mod handle;
pub mod history;
pub mod host;
mod identities;
pub mod registration;
pub mod replay;
mod revisions;
mod rule_findings;
pub mod sandbox;
pub mod sim;

pub use crate::clock::SystemClock;
pub use crate::core::{Core, why};
pub use crate::handle::{Handle, HostError};
pub use crate::history::{History, HistoryError, resolve};
pub use crate::host::{Host, Options, Time};

#[cfg(test)]
mod host_tests;
#[cfg(test)]
mod trials;
