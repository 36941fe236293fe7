//! Southbound drivers: the contract and the list. A driver turns commands into its protocol and its protocol into
//! signals.
//!
//! What it is *not*: a driver knows no rule, no other driver and not the store; it is told what to write and says what
//! it heard. Start at [`Session`]: the pure half of a driver, a state machine with time passed in. A driver whose
//! devices are behind a socket is a [`Driver`] in [`registry`]: its task goes around a session of its own; [`simulated`]
//! needs none.

use base::id::DeviceId;
use base::{Timestamp, Value};
use documents::{Command, Message, Post, Signal};
use std::sync::Arc;
use things::{Route, World};

pub mod contract;
pub mod form;
pub mod modbus;
pub mod mqtt;
pub mod registry;
pub mod simulated;
mod tls;
pub mod webhook;

pub use contract::{Candidate, Driver, Found, Said, Setup, Started};

/// What a session is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// It shall begin: say which devices can be reached and what they show.
    Start,
    /// Time went on to its deadline.
    Tick,
    /// Write this.
    Command(Command),
    /// Publish this raw message.
    Publish(Message),
    /// Call the web hook that the connection is to.
    Post(Post),
    /// Rules listen to these raw topics on this route now (MQTT topic filters); messages on others need not be told.
    Listen(Vec<String>),
    /// What exists is now this.
    World(Arc<World>),
    /// A simulated device shall measure this. Other drivers ignore it.
    Measure(base::id::PointId, Value),
    /// A simulated device shall misbehave so. Other drivers ignore it.
    Fault(DeviceId, simulated::Fault),
}

/// What the host holds of a driver: told at once, never waiting.
pub trait Session: Send {
    /// Takes one input and says what follows at once.
    fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Signal>;
    /// When it wants its next [`Input::Tick`].
    fn deadline(&self) -> Option<Timestamp>;
    /// The devices and raw topics that are its own.
    fn route(&self) -> Route;
    /// Another one that is in the same state and reaches nothing real, to try something out on. None where devices are
    /// real.
    fn copy(&self) -> Option<Box<dyn Session>> {
        None
    }
    /// The devices that misbehave since somebody wanted it, and how.
    fn faults(&self) -> Vec<(DeviceId, simulated::Fault)> {
        Vec::new()
    }
}

#[cfg(test)]
mod harness;
#[cfg(test)]
#[path = "../../tests/peers/lib.rs"]
mod peers;
