//! The integration binary of the workspace: tests that need more than one crate, the built program, or the repository
//! itself. One binary, so that everything is linked once. What one crate can prove alone is tested beside its code.
//!
//! Start at `tidy` for the house rules. Loops that are short in `make test` and long in `make soak` read the
//! environment variable `SOAK`, as `make help` says.

#[cfg(test)]
mod api;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod mcp;
#[cfg(test)]
#[path = "../peers/lib.rs"]
mod peers;
#[cfg(test)]
mod server;
#[cfg(test)]
mod story;
#[cfg(test)]
mod tidy;
