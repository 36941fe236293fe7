//! The contract of a driver whose devices are behind a socket: what it needs to start, what runs then, and how it says
//! what it heard.
//!
//! A driver's folder has `config` (one type: parser, schema, form, docs), a pure codec and session, and the task that
//! owns the socket. The runtime keeps the sending end of [`Started::inputs`] and pumps [`Setup::said`] into its queue.

use crate::Input;
use base::id::ConnectionId;
use base::{Bilingual, Clock, Diagnostics};
use documents::Signal;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::fmt;
use std::sync::Arc;
use things::{Connection, Device, Names, Product, World};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Inputs that wait for a driver at most; a command beyond is refused as "busy". One batch of messages may make rules
/// publish thousands at once.
pub const INPUTS_MAX: usize = 16_384;
/// Signals that wait for the runtime at most; a driver waits then, and so does its bus.
pub const SAID_MAX: usize = 256;

/// What a driver heard, in one group.
#[derive(Debug, Default)]
pub struct Said {
    /// What.
    pub signals: Vec<Signal>,
    /// Devices it found by itself.
    pub found: Vec<Found>,
    /// Told once it is on disk (`true`), or that it could not be written (`false`). What a peer is acknowledged waits
    /// for it.
    pub durable: Option<oneshot::Sender<bool>>,
}

/// What a driver knows of devices that nobody registered.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// One is there, or is described anew.
    Offer(Box<Candidate>),
    /// One is no longer offered.
    Gone {
        /// The connection on which it was found.
        connection: ConnectionId,
        /// Its key.
        key: String,
    },
}

/// A device that a driver found by itself. It is offered to a person and exists once that person approves: then
/// product and device are put, and [`Driver::adopt`] adds the mapping to the connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Unique within the connection; the same device has the same key whenever it is found.
    pub key: String,
    /// What it is called.
    pub names: Names,
    /// Its product. Devices that can do the same have the same one.
    pub product: Product,
    /// The device, reached over this connection.
    pub device: Device,
    /// How the driver reaches its points, in the form of its own configuration.
    #[schemars(with = "Map<String, Json>")]
    pub mapping: Json,
    /// What the description says and the device will not have here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Bilingual>,
}

/// The secret of a connection. Not printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Password(pub Option<String>);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Password(…)" } else { "Password(none)" })
    }
}

/// What a driver is started with.
#[derive(Clone)]
pub struct Setup {
    /// The connection.
    pub connection: Connection,
    /// Its secret.
    pub password: Password,
    /// What exists.
    pub world: Arc<World>,
    /// The present time.
    pub clock: Arc<dyn Clock>,
    /// Where it says what it heard.
    pub said: mpsc::Sender<Said>,
}

/// A driver that runs.
pub struct Started {
    /// Where it is told. Closing it stops the driver: it ends what is under way and closes its socket.
    pub inputs: mpsc::Sender<Input>,
    /// Ends when the driver has stopped.
    pub task: JoinHandle<()>,
}

/// Adds the mapping of a device to a configuration.
pub type Adopt = fn(&Map<String, Json>, &Candidate) -> Map<String, Json>;

/// A driver for devices behind a connection. A new one is one folder and one line in [`crate::registry`].
pub struct Driver {
    /// Its name in configuration.
    pub name: &'static str,
    /// What it is called.
    pub title: fn() -> Bilingual,
    /// The schema of its configuration: forms and documentation come from it.
    pub schema: fn() -> Schema,
    /// A configuration that parses, for the form and the documentation.
    pub sample: fn() -> Map<String, Json>,
    /// All faults of a configuration against what exists.
    pub check: fn(&Map<String, Json>, &World) -> Diagnostics,
    /// Starts it within a tokio runtime. The configuration was checked before.
    pub start: fn(Setup) -> Result<Started, Diagnostics>,
    /// The configuration with the mapping of a device that it found; the same when it has that one. `None`: this driver
    /// finds none.
    pub adopt: Option<Adopt>,
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("name", &self.name).finish_non_exhaustive()
    }
}
