//! What can go wrong with stored things, for the operator: a stable code, a class, and the source.

use base::{Bilingual, Timestamp};
use std::fmt;
use std::path::PathBuf;

/// What can be done about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It may work later.
    Retry,
    /// Somebody has to change folder, disk or program.
    Configure,
    /// The asker may not, or asked for something that is not there.
    Deny,
    /// Our own mistake.
    Bug,
}

/// Why the key of sealed secrets cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFault {
    /// Secrets are sealed, and the key is not there.
    Lost,
    /// It is the key of another data folder.
    Wrong,
    /// It is not what was written.
    Damaged,
    /// Others may read it.
    Mode(u32),
}

impl KeyFault {
    /// Why, and what to do.
    pub fn text(self) -> Bilingual {
        match self {
            KeyFault::Lost => Bilingual::new(
                "密钥文件不见了，没有它就无法读取已保存的设备密钥和连接密码：请从备份中恢复；若没有备份，请丢弃这些密钥并重新发放",
                "the key file is missing, and without it the stored secrets of devices and connections cannot be read: \
                 put it back from a backup; without one, discard these secrets and issue new ones",
            ),
            KeyFault::Wrong => Bilingual::new(
                "已保存的设备密钥和连接密码不是用这个密钥封存的：请从备份中恢复正确的文件；若没有备份，请丢弃这些密钥并重新发放",
                "this is not the key that the stored secrets of devices and connections were sealed with: \
                 put the right file back from a backup; without one, discard these secrets and issue new ones",
            ),
            KeyFault::Damaged => Bilingual::new(
                "密钥文件已损坏：请从备份中恢复；若没有备份，请删除该文件，丢弃已保存的密钥并重新发放",
                "the key file is damaged: put it back from a backup; without one, remove it, discard the stored secrets \
                 and issue new ones",
            ),
            KeyFault::Mode(mode) => Bilingual::new(
                format!(
                    "其他人可以读取密钥文件（权限 {mode:04o}）：请把权限改为 0600；若已有他人接触过，请重新发放密钥"
                ),
                format!(
                    "the key file may be read by others (mode {mode:04o}): set its mode to 0600, and issue new secrets \
                     if others had access"
                ),
            ),
        }
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

/// What can go wrong with stored things.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder or a file in it cannot be made, read or written.
    #[error("cannot use {path}: {source}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process owns the data folder.
    #[error("{path} is in use by another process")]
    InUse {
        /// Which.
        path: PathBuf,
    },
    /// The files were written by a newer build.
    #[error("{file} was written by a newer version of Castellan (migration {found} is unknown here)")]
    Newer {
        /// Which.
        file: &'static str,
        /// The migration that is not known.
        found: i64,
    },
    /// A migration could not be applied.
    #[error("cannot bring {file} up to date: {source}")]
    Migration {
        /// Which.
        file: &'static str,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// No room on the disk.
    #[error("the disk is full: {0}")]
    Full(#[source] sqlx::Error),
    /// SQLite or its file failed.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    /// What is stored cannot be what was written.
    #[error("{what} is damaged: {detail}")]
    Corrupt {
        /// Which.
        what: String,
        /// How it shows.
        detail: String,
    },
    /// The stored form is of a version that this build cannot read.
    #[error("{what} has version {found}; this build reads version {known}")]
    Version {
        /// Which.
        what: String,
        /// Its version.
        found: u64,
        /// Ours.
        known: u64,
    },
    /// Larger, longer or more than a limit.
    #[error("{what} is {found}, at most {max} is possible")]
    TooMuch {
        /// What.
        what: &'static str,
        /// How much it is.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// A batch that does not follow the last one.
    #[error("batch {found} does not follow: {expected} is next")]
    Order {
        /// The next number.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// A batch that should be in the log is not.
    #[error("batch {expected} is not in the log; the next one there is {found:?}")]
    Gap {
        /// The one that was looked for.
        expected: u64,
        /// The next one.
        found: Option<u64>,
    },
    /// The disk did not take what was written: nothing is acknowledged any more until the next start.
    #[error("the log could not be brought to the disk: {0}")]
    Sync(String),
    /// A revision with this id has other content.
    #[error("revision {0} exists with other content")]
    Conflict(String),
    /// It is not there.
    #[error("no such {what}: {id}")]
    NotFound {
        /// What kind.
        what: &'static str,
        /// Which.
        id: String,
    },
    /// Sealed secrets cannot be read, or none can be sealed.
    #[error("{path}: {fault}")]
    Key {
        /// The key file.
        path: PathBuf,
        /// Why, and what to do.
        fault: KeyFault,
    },
    /// Another one has it.
    #[error("another {what} has the name {name}")]
    Taken {
        /// What kind.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Not a secret that was made here.
    #[error("not a valid {0}")]
    SecretUnknown(&'static str),
    /// The secret is too old.
    #[error("this {what} expired at {at}")]
    SecretExpired {
        /// What kind.
        what: &'static str,
        /// When.
        at: Timestamp,
    },
    /// The secret was taken back.
    #[error("this {what} was revoked at {at}")]
    SecretRevoked {
        /// What kind.
        what: &'static str,
        /// When.
        at: Timestamp,
    },
    /// The operating system gave no random bytes.
    #[error("no random bytes from the operating system: {0}")]
    Random(String),
    /// Not expressible as JSON.
    #[error(transparent)]
    NotJson(#[from] base::canonical::NotJson),
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
}

/// Primary result codes of SQLite (sqlite.org/rescode.html).
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_FULL: u32 = 13;
const SQLITE_NOTADB: u32 = 26;

impl StoreError {
    /// Stable code for APIs and logs.
    pub fn code(&self) -> &'static str {
        match self {
            StoreError::Folder { .. } => "store.folder",
            StoreError::InUse { .. } => "store.in_use",
            StoreError::Newer { .. } => "store.newer",
            StoreError::Migration { .. } => "store.migration",
            StoreError::Full(_) => "store.full",
            StoreError::Database(_) => "store.database",
            StoreError::Corrupt { .. } => "store.corrupt",
            StoreError::Version { .. } => "store.version",
            StoreError::TooMuch { .. } => "store.limit",
            StoreError::Order { .. } => "log.order",
            StoreError::Gap { .. } => "log.gap",
            StoreError::Sync(_) => "log.sync",
            StoreError::Conflict(_) => "revision.conflict",
            StoreError::NotFound { .. } => "store.not_found",
            StoreError::Key { fault: KeyFault::Lost, .. } => "key.lost",
            StoreError::Key { fault: KeyFault::Wrong, .. } => "key.wrong",
            StoreError::Key { fault: KeyFault::Damaged, .. } => "key.damaged",
            StoreError::Key { fault: KeyFault::Mode(_), .. } => "key.mode",
            StoreError::Taken { .. } => "store.taken",
            StoreError::SecretUnknown(_) => "secret.unknown",
            StoreError::SecretExpired { .. } => "secret.expired",
            StoreError::SecretRevoked { .. } => "secret.revoked",
            StoreError::Random(_) => "store.random",
            StoreError::NotJson(_) => "store.not_json",
            StoreError::Closed => "store.closed",
        }
    }

    /// What can be done about it.
    pub fn class(&self) -> Class {
        match self {
            StoreError::Database(_) | StoreError::Random(_) => Class::Retry,
            StoreError::Folder { .. }
            | StoreError::InUse { .. }
            | StoreError::Newer { .. }
            | StoreError::Migration { .. }
            | StoreError::Full(_)
            | StoreError::Corrupt { .. }
            | StoreError::Version { .. }
            | StoreError::Gap { .. }
            | StoreError::Key { .. }
            | StoreError::Sync(_) => Class::Configure,
            StoreError::TooMuch { .. }
            | StoreError::NotFound { .. }
            | StoreError::Taken { .. }
            | StoreError::SecretUnknown(_)
            | StoreError::SecretExpired { .. }
            | StoreError::SecretRevoked { .. } => Class::Deny,
            StoreError::Order { .. } | StoreError::Conflict(_) | StoreError::NotJson(_) | StoreError::Closed => {
                Class::Bug
            }
        }
    }

    /// Names the file that is damaged.
    pub(crate) fn of_file(self, file: &str) -> Self {
        match self {
            StoreError::Corrupt { detail, .. } => StoreError::corrupt(file, detail),
            other => other,
        }
    }

    pub(crate) fn corrupt(what: impl Into<String>, detail: impl ToString) -> Self {
        StoreError::Corrupt { what: what.into(), detail: detail.to_string() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(e: sqlx::Error) -> Self {
        let code =
            e.as_database_error().and_then(|d| d.code()).and_then(|c| c.parse::<u32>().ok()).map_or(0, |c| c & 0xff);
        match (code, e) {
            (SQLITE_FULL, e) => StoreError::Full(e),
            (SQLITE_CORRUPT | SQLITE_NOTADB, e) => StoreError::corrupt("a database file", e),
            (_, sqlx::Error::PoolClosed) => StoreError::Closed,
            (_, e) => StoreError::Database(e),
        }
    }
}

/// Refuses what is beyond a limit.
pub(crate) fn limit(what: &'static str, found: usize, max: usize) -> Result<(), StoreError> {
    if found > max { Err(StoreError::TooMuch { what, found, max }) } else { Ok(()) }
}
