//! What is kept: configuration and access in `castellan.db`, the log in `history.db`, what is sealed of its telemetry in
//! `telemetry.db`, the sessions and messages of the embedded broker in `broker.db`, all in one data folder that one
//! process owns. Only this crate speaks SQL.
//!
//! What it is *not*: it decides nothing and knows no clock; times are passed in. It knows no protocol, no request, no
//! rule: documents go in and come out. Start at [`Store`], then [`log`].
//!
//! Run-time checked queries of sqlx; migrations only go forward (`migrations`); one repository file per noun. What
//! must never be lost is the log's promise, written down and argued in [`log`].

pub mod broker;
pub mod conversations;
pub mod credentials;
mod db;
pub mod diff;
pub mod error;
pub mod hooks;
pub mod log;
mod migrations;
pub mod pins;
pub mod revisions;
pub mod seal;
pub mod secret;
pub mod sessions;
pub mod telemetry;
#[cfg(test)]
mod testing;
pub mod tokens;

pub use broker::Broker;
pub use conversations::{Conversation, Conversations, Turn};
pub use credentials::{Credential, Credentials, Identity};
pub use diff::Change;
pub use error::{Class, KeyFault, StoreError};
pub use hooks::{Hook, Hooks, Proof};
pub use log::{Checkpoint, Log};
pub use pins::{Pin, Pins};
pub use revisions::{NewRevision, Noun, Revision, Revisions};
pub use secret::Secret;
pub use sessions::{Session, Sessions};
pub use telemetry::{Past, Records, Telemetry};
pub use tokens::{Token, Tokens};

use db::{Db, Durability};
use seal::Seal;
use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

/// File of the configuration.
const CONFIGURATION_FILE: &str = "castellan.db";
/// File of the embedded broker.
const BROKER_FILE: &str = "broker.db";
/// File whose lock says that a process owns the folder. It stays empty and is never removed.
pub const LOCK_FILE: &str = "castellan.lock";

/// Everything that is kept. Cheap to clone; all clones are the same store.
#[derive(Clone)]
pub struct Store {
    db: Db,
    log: Log,
    records: Records,
    revisions: Revisions,
    tokens: Tokens,
    sessions: Sessions,
    conversations: Conversations,
    credentials: Credentials,
    hooks: Hooks,
    pins: Pins,
    broker: Broker,
}

impl Store {
    /// Opens a data folder, or makes it: mode 0700, its files 0600. The folder is owned until the store is closed or
    /// the process ends, however it ends.
    ///
    /// # Errors
    /// `store.folder`, `store.in_use`, `store.newer`, `store.migration`, `store.corrupt`, or a database error.
    pub async fn open(dir: &Path) -> Result<Store, StoreError> {
        let lock = Arc::new(own(dir)?);
        let db = Db::open(dir, CONFIGURATION_FILE, migrations::CASTELLAN, Durability::EachCommit).await?;
        let broker = Db::open(dir, BROKER_FILE, migrations::BROKER, Durability::EachCommit).await?;
        let chunks = Db::open(dir, telemetry::FILE, migrations::TELEMETRY, Durability::EachCommit).await?;
        let chunks = telemetry::Chunks::new(chunks);
        let log = Log::open(dir, lock, chunks.is_empty().await?).await?;
        let records = Records::open(log.clone(), chunks).await?;
        Ok(Store::of(db, Some(dir), broker, log, records))
    }

    /// A store in memory, for tests and evals. It costs nothing until it is used.
    pub fn open_in_memory() -> Store {
        let log = Log::in_memory();
        let chunks = telemetry::Chunks::new(Db::in_memory(migrations::TELEMETRY));
        let records = Records::in_memory(log.clone(), chunks);
        Store::of(Db::in_memory(migrations::CASTELLAN), None, Db::in_memory(migrations::BROKER), log, records)
    }

    fn of(db: Db, dir: Option<&Path>, broker: Db, log: Log, records: Records) -> Store {
        let seal = Seal::new(db.clone(), dir);
        Store {
            log,
            records,
            credentials: Credentials::new(db.clone(), seal.clone()),
            hooks: Hooks::new(db.clone(), seal),
            broker: Broker::new(broker),
            revisions: Revisions::new(db.clone()),
            tokens: Tokens::new(db.clone()),
            sessions: Sessions::new(db.clone()),
            conversations: Conversations::new(db.clone()),
            pins: Pins::new(db.clone()),
            db,
        }
    }

    /// The write-ahead log.
    pub fn log(&self) -> &Log {
        &self.log
    }
    /// The history of points.
    pub fn telemetry(&self) -> &dyn Telemetry {
        &self.records
    }
    /// The same, to seal and to write a past.
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// Deletes the batches of the log before a number, as far as they are sealed and a checkpoint is kept behind them.
    /// Returns how many went.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn retain(&self, before_seq: u64) -> Result<u64, StoreError> {
        self.log.retain(before_seq.min(self.records.sealed() + 1)).await
    }
    /// The configuration.
    pub fn revisions(&self) -> &Revisions {
        &self.revisions
    }
    /// API tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }
    /// Sessions of the page.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }
    /// Conversations.
    pub fn conversations(&self) -> &Conversations {
        &self.conversations
    }
    /// What devices and connections prove themselves with.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }
    /// Web hooks that others call.
    pub fn hooks(&self) -> &Hooks {
        &self.hooks
    }
    /// Sentences that were pinned as tests.
    pub fn pins(&self) -> &Pins {
        &self.pins
    }
    /// What the embedded broker keeps.
    pub fn broker(&self) -> &Broker {
        &self.broker
    }

    /// Brings everything to the disk, ends the tasks and closes the files. Clones find the store closed. A store that
    /// is only dropped loses nothing that was written either; its folder is free as soon as its tasks have ended.
    pub async fn close(self) {
        self.log.close().await;
        self.records.close().await;
        self.broker.close().await;
        self.db.close().await;
    }
}

/// Makes the folder where there is none and takes it.
fn own(dir: &Path) -> Result<File, StoreError> {
    let folder = |source| StoreError::Folder { path: dir.into(), source };
    if !dir.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(folder)?;
        // A folder that is lost with the power takes what was acknowledged with it.
        dir.canonicalize().and_then(|d| File::open(d.parent().unwrap_or(&d))?.sync_all()).map_err(folder)?;
    }
    let path = dir.join(LOCK_FILE);
    db::make_private_file(&path)?;
    let lock = File::options().write(true).open(&path).map_err(folder)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: dir.into() }),
        Err(TryLockError::Error(e)) => Err(folder(e)),
    }
}
