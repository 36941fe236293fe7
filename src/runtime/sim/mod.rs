//! The demo building and what happens in it: the building as data, its physics, its people, and its past.
//!
//! What it is *not*: a driver's contract; what a device does by command is `drivers::simulated`. Start at
//! [`building`](mod@building) for what exists, at [`Simulation`] for what runs, at [`Past`] for what was.

pub mod building;
mod past;
mod physics;
mod simulation;

pub use building::{device, point, scene, space, values, world};
pub use past::{DAYS, EVERY_MINUTES, Past};
pub use simulation::{HELD, SEED, STEP, Simulation};

#[cfg(test)]
mod tests;
