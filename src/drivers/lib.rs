//! drivers: being built.
