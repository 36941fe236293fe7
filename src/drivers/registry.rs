//! The list of drivers for connections. One line each.

use crate::Driver;

/// All of them, by name.
pub const DRIVERS: &[Driver] = &[crate::modbus::DRIVER, crate::mqtt::DRIVER, crate::webhook::DRIVER];

/// The driver of a name.
pub fn by_name(name: &str) -> Option<&'static Driver> {
    DRIVERS.iter().find(|d| d.name == name)
}
