//! Modbus TCP and RTU: devices that are asked, register by register.
//!
//! [`config`] is the one type from which parser, form and documentation come, [`csv`] its register maps as text,
//! [`check`] holds it against what exists. [`plan`] makes few requests of many registers, [`codec`] makes values of
//! registers, [`session`] decides who speaks next, and [`task`] owns the socket. What it is *not*: a Modbus server, and
//! no router between buses; each connection is a bus of its own.

pub mod check;
pub mod codec;
pub mod config;
pub mod csv;
mod line;
pub mod plan;
pub mod session;
mod task;
mod unit;

#[cfg(test)]
pub(crate) mod tests;

use crate::Driver;
use base::Bilingual;

pub use config::Config;

/// The driver.
pub const DRIVER: Driver = Driver {
    name: "modbus",
    title: || Bilingual::same("Modbus TCP / RTU"),
    schema: || schemars::schema_for!(Config),
    sample: config::sample,
    check: check::check,
    start: task::start,
    adopt: None,
};
