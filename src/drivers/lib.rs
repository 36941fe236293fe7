//! Southbound drivers: the contract and the list. A driver turns commands into its protocol and its protocol into
//! reports.
//!
//! What it is *not*: a driver knows no rule, no other driver and not the store; it is told what to write and says what
//! it heard. Start at [`Session`]: the pure half of a driver, a state machine with time passed in. A driver whose
//! session needs a socket adds a task around it; [`simulated`] needs none.

use base::id::{CommandId, DeviceId, PointId};
use base::{Sample, Timestamp, Value};
use documents::Command;

pub mod simulated;

/// What a session is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// It shall begin: say which devices can be reached and what they show.
    Start,
    /// Time went on to its deadline.
    Tick,
    /// Write this.
    Command(Command),
    /// A simulated device shall measure this. Other drivers ignore it.
    Measure(PointId, Value),
    /// A simulated device shall misbehave so. Other drivers ignore it.
    Fault(DeviceId, simulated::Fault),
}

/// What a session says.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// A device reported values.
    Report {
        /// The device.
        device: DeviceId,
        /// Its values.
        values: Vec<(PointId, Sample)>,
    },
    /// A device came or went.
    Link {
        /// The device.
        device: DeviceId,
        /// Whether it can be reached.
        online: bool,
        /// Why.
        reason: String,
    },
    /// A command was taken, or not and why.
    Delivered {
        /// The command.
        command: CommandId,
        /// None: taken.
        refused: Option<String>,
    },
}

/// The pure half of a driver.
pub trait Session: Send {
    /// Takes one input and says what follows at once.
    fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Output>;
    /// When it wants its next [`Input::Tick`].
    fn deadline(&self) -> Option<Timestamp>;
    /// Whether a device is its own.
    fn serves(&self, device: DeviceId) -> bool;
}
