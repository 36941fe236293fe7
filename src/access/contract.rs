//! What device access needs of the rest, as traits that the runtime fills: where signals go, who may log in, and what is
//! kept over a restart. It knows no store.

use async_trait::async_trait;
use base::Timestamp;
use base::id::{DeviceId, TokenId};
use documents::Signal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Why signals were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InletError {
    /// Too much is waiting.
    #[error("too much is waiting")]
    Busy,
    /// They could not be written to disk.
    #[error("they could not be written to disk")]
    Store,
    /// It is shutting down.
    #[error("the server is shutting down")]
    Stopped,
}

/// Where signals go.
#[async_trait]
pub trait Inlet: Send + Sync {
    /// Takes signals in their order. With `durable` it ends only after they are on disk; without, it may wait for room,
    /// and that holds the devices back.
    async fn accept(&self, signals: Vec<Signal>, durable: bool) -> Result<(), InletError>;
    /// A device gave itself these tags. Ends when they are kept.
    async fn tags(&self, device: DeviceId, tags: BTreeSet<String>) -> Result<(), InletError>;
}

/// The register could not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the register of devices cannot be read")]
pub struct RegistryError;

/// What a device proves itself with. The secret is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its secret.
    pub secret: String,
    /// Timestamp of its last login without TLS.
    pub last: Option<u64>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("last", &self.last).finish_non_exhaustive()
    }
}

/// Who may log in.
#[async_trait]
pub trait Registry: Send + Sync {
    /// The credential of a device; none when it has none.
    async fn credential(&self, device: DeviceId) -> Result<Option<Credential>, RegistryError>;
    /// Keeps the timestamp of a login when it is above the last one; says whether it was. Called only after the
    /// password was found right, so guessing writes nothing.
    async fn logged_in(&self, device: DeviceId, timestamp: u64) -> Result<bool, RegistryError>;
    /// The API token of role `bridge` with this text.
    async fn bridge(&self, token: &str) -> Result<Option<TokenId>, RegistryError>;
    /// The device that this text is a token of.
    async fn device_of_token(&self, token: &str) -> Result<Option<DeviceId>, RegistryError>;
}

/// What is kept could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("MQTT sessions cannot be kept: {0}")]
pub struct KeepError(pub String);

/// One subscription of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The filter as the client wrote it.
    pub filter: String,
    /// Highest quality of service.
    pub qos: u8,
    /// Not what the client itself publishes.
    #[serde(default)]
    pub no_local: bool,
    /// Whether the retain flag is passed on.
    #[serde(default)]
    pub retain_as_published: bool,
    /// Number that MQTT 5 clients give it.
    #[serde(default)]
    pub id: Option<u32>,
}

/// A session that outlives its connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptSession {
    /// Its name, from the identity of its client.
    pub key: String,
    /// Its subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// For how many seconds it lives without a connection.
    pub expiry_secs: u32,
    /// When it ends, while its client is away.
    pub expires: Option<Timestamp>,
}

/// A message that waits for a client, or is retained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptMessage {
    /// Its topic.
    pub topic: String,
    /// What it carries.
    pub payload: Vec<u8>,
    /// Quality of service.
    pub qos: u8,
    /// When nobody wants it any more.
    #[serde(default)]
    pub expires: Option<Timestamp>,
    /// MQTT 5: content type.
    #[serde(default)]
    pub content_type: Option<String>,
    /// MQTT 5: where an answer goes.
    #[serde(default)]
    pub response_topic: Option<String>,
    /// MQTT 5: what an answer carries.
    #[serde(default)]
    pub correlation: Option<Vec<u8>>,
    /// MQTT 5: user properties.
    #[serde(default)]
    pub user: Vec<(String, String)>,
}

/// Everything that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// Sessions.
    pub sessions: Vec<KeptSession>,
    /// Messages that wait, by session and number, in their order.
    pub queued: Vec<(String, u64, KeptMessage)>,
    /// Retained messages.
    pub retained: Vec<KeptMessage>,
}

/// A change of what is kept. Changes are written behind what happens, in groups and in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeepChange {
    /// A session is now so.
    Session(KeptSession),
    /// A session ended, and with it what waits for it.
    NoSession(String),
    /// A message waits.
    Queued {
        /// For which session.
        session: String,
        /// Its number; they rise within a session.
        seq: u64,
        /// The message.
        message: KeptMessage,
    },
    /// A message no longer waits.
    Unqueued {
        /// For which session.
        session: String,
        /// Its number.
        seq: u64,
    },
    /// The retained message of a topic is now this.
    Retained(KeptMessage),
    /// A topic has no retained message any more.
    NotRetained(String),
}

/// What is kept over a restart.
#[async_trait]
pub trait Keep: Send + Sync {
    /// Everything.
    async fn load(&self) -> Result<Kept, KeepError>;
    /// Writes changes, all or none.
    async fn write(&self, changes: Vec<KeepChange>) -> Result<(), KeepError>;
}
