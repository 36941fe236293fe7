//! What the embedded broker keeps over a restart: sessions that outlive their connection, the messages that wait for
//! them, and retained messages.
//!
//! What it is *not*: it knows nothing of MQTT; states, options and properties are the broker's own bytes. Start at
//! [`Broker::apply`] for writing and [`Broker::remove_expired`] for the start.
//!
//! Changes come in batches, and a batch is one transaction: it is on the disk when [`Broker::apply`] returns. What
//! there is no room for is refused one by one, or pushes the oldest waiting message out, and is counted; the rest of
//! the batch counts. So that counting needs no search, the totals are in RAM.

#[cfg(test)]
mod tests;
mod totals;
mod write;

use crate::db::{Db, column, number};
use crate::{StoreError, error};
use base::Timestamp;
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Mutex;
use totals::Totals;

/// Most sessions; one more is refused.
pub const SESSIONS_MAX: usize = 100_000;
/// Largest session: its key, its state and its subscriptions.
pub const SESSION_BYTES_MAX: usize = 1 << 20;
/// Most messages that wait for one session; the oldest goes.
pub const QUEUED_PER_SESSION_MAX: usize = 1_000;
/// Most messages that wait in all; the oldest goes.
pub const QUEUED_MAX: usize = 200_000;
/// Most bytes of all messages that wait; the oldest go.
pub const QUEUED_BYTES_MAX: usize = 256 << 20;
/// Most retained messages; one more is refused.
pub const RETAINED_MAX: usize = 100_000;
/// Most bytes of all retained messages; what is more is refused.
pub const RETAINED_BYTES_MAX: usize = 128 << 20;
/// Largest message; a larger one is refused.
pub const MESSAGE_BYTES_MAX: usize = 2 << 20;
/// Most changes of one batch.
pub const BATCH_CHANGES_MAX: usize = 10_000;
/// Most rows of one page of reading.
pub const PAGE_ROWS_MAX: usize = 1_000;
/// Bytes after which a page of reading ends.
pub const PAGE_BYTES_MAX: usize = 4 << 20;

/// What a session listens to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// The topic filter.
    pub filter: String,
    /// How, in the broker's words.
    pub options: Json,
}

/// A session that outlives its connection.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// What it is found by.
    pub key: String,
    /// The broker's own bytes.
    pub state: Vec<u8>,
    /// What it listens to.
    pub subscriptions: Vec<Subscription>,
    /// Until when; none is forever.
    pub expires: Option<Timestamp>,
}

/// A message that waits for a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its number within the session. Messages are in the order of their numbers.
    pub number: u64,
    /// The broker's own bytes.
    pub data: Vec<u8>,
    /// Until when; none is forever.
    pub expires: Option<Timestamp>,
}

/// The last message of a topic, for who comes later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retained {
    /// The topic.
    pub topic: String,
    /// What it said.
    pub payload: Vec<u8>,
    /// With which assurance.
    pub qos: u8,
    /// The broker's own bytes.
    pub properties: Vec<u8>,
    /// Until when; none is forever.
    pub expires: Option<Timestamp>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Keep {
    /// A session began or is another now. Messages that wait for it stay.
    Session(Session),
    /// A session is over, and what waits for it goes.
    EndSession {
        /// Its key.
        session: String,
    },
    /// A message waits; one of the same number is replaced.
    Queue {
        /// Key of the session.
        session: String,
        /// The message.
        message: Message,
    },
    /// A message does not wait any more.
    Unqueue {
        /// Key of the session.
        session: String,
        /// Its number.
        number: u64,
    },
    /// A topic has a retained message, in place of an old one.
    Retain(Retained),
    /// A topic has none any more.
    Release {
        /// The topic.
        topic: String,
    },
}

/// Something that there was no room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// A session that is too large, or one too many.
    Session(String),
    /// A message that is too large, or for a session that is not kept.
    Message {
        /// Key of the session.
        session: String,
        /// Number of the message.
        number: u64,
    },
    /// A retained message that is too large, or one too many.
    Retained(String),
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// How many of the oldest messages went for want of room, by session.
    pub dropped: BTreeMap<String, u64>,
    /// What there was no room for.
    pub refused: Vec<Refused>,
}

/// How much had expired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expired {
    /// Sessions, with all that waited for them.
    pub sessions: u64,
    /// Messages of sessions that go on.
    pub messages: u64,
    /// Retained messages.
    pub retained: u64,
}

/// What the embedded broker keeps. Cheap to clone.
#[derive(Clone)]
pub struct Broker {
    shared: Arc<Shared>,
}

struct Shared {
    db: Db,
    /// The totals, once they are counted; held by who changes something.
    totals: Mutex<Option<Totals>>,
    limits: Limits,
}

/// The limits, so that tests can reach them.
#[derive(Debug, Clone, Copy)]
struct Limits {
    sessions: usize,
    queued_per_session: usize,
    queued: usize,
    queued_bytes: usize,
    retained: usize,
    retained_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            sessions: SESSIONS_MAX,
            queued_per_session: QUEUED_PER_SESSION_MAX,
            queued: QUEUED_MAX,
            queued_bytes: QUEUED_BYTES_MAX,
            retained: RETAINED_MAX,
            retained_bytes: RETAINED_BYTES_MAX,
        }
    }
}

impl Broker {
    pub(crate) fn new(db: Db) -> Self {
        Broker::limited(db, Limits::default())
    }

    fn limited(db: Db, limits: Limits) -> Self {
        Broker { shared: Arc::new(Shared { db, totals: Mutex::default(), limits }) }
    }

    /// Applies changes in order, all in one transaction, which is on the disk when this returns. It runs to its end
    /// even when nobody waits for it any more.
    ///
    /// # Errors
    /// `store.limit` for more than [`BATCH_CHANGES_MAX`] changes, or a database error; then nothing was changed.
    pub async fn apply(&self, changes: Vec<Keep>) -> Result<Applied, StoreError> {
        error::limit("a batch", changes.len(), BATCH_CHANGES_MAX)?;
        let shared = self.shared.clone();
        tokio::spawn(async move { shared.apply(changes).await }).await.map_err(|_| StoreError::Closed)?
    }

    /// Removes what has expired: at the start before anything is read, and now and then.
    ///
    /// # Errors
    /// A database error.
    pub async fn remove_expired(&self, now: Timestamp) -> Result<Expired, StoreError> {
        let shared = self.shared.clone();
        tokio::spawn(async move { shared.remove_expired(now).await }).await.map_err(|_| StoreError::Closed)?
    }

    /// The next page of sessions in the order of their keys, after this one; empty at the end. One that is damaged is
    /// left out with a warning, so that it does not take the others with it.
    ///
    /// # Errors
    /// A database error.
    pub async fn sessions(&self, after: Option<&str>) -> Result<Vec<Session>, StoreError> {
        let mut after = after.map(str::to_owned);
        loop {
            // A page that has only damaged ones is not the end.
            let page = self
                .page(
                    sqlx::query(
                        "SELECT key, state, subscriptions, expires, length(state) + length(subscriptions) AS size \
                         FROM session WHERE ?1 IS NULL OR key > ?1 ORDER BY key LIMIT ?2",
                    )
                    .bind(after.clone())
                    .bind(column(PAGE_ROWS_MAX as u64)),
                    |row| Ok((row.try_get::<String, _>("key")?, read_session(row))),
                )
                .await?;
            let Some((last, _)) = page.last() else { return Ok(Vec::new()) };
            after = Some(last.clone());
            let sessions: Vec<Session> = page.into_iter().filter_map(|(key, read)| whole(&key, read)).collect();
            if !sessions.is_empty() {
                return Ok(sessions);
            }
        }
    }

    /// The next page of messages that wait for a session, after this number; empty at the end.
    ///
    /// # Errors
    /// A database error.
    pub async fn messages(&self, session: &str, after: Option<u64>) -> Result<Vec<Message>, StoreError> {
        let query = sqlx::query(
            "SELECT number, data, message.expires AS expires, length(data) AS size FROM message \
             JOIN session ON session.id = message.session WHERE key = ?1 AND (?2 IS NULL OR number > ?2) \
             ORDER BY number LIMIT ?3",
        );
        let query = query.bind(session.to_owned()).bind(after.map(column)).bind(column(PAGE_ROWS_MAX as u64));
        self.page(query, |row| {
            Ok(Message { number: number(row.try_get("number")?), data: row.try_get("data")?, expires: expires(row)? })
        })
        .await
    }

    /// The next page of retained messages in the order of their topics, after this one; empty at the end.
    ///
    /// # Errors
    /// A database error.
    pub async fn retained(&self, after: Option<&str>) -> Result<Vec<Retained>, StoreError> {
        let query = sqlx::query(
            "SELECT topic, payload, qos, properties, expires, length(payload) + length(properties) AS size \
             FROM retained WHERE ?1 IS NULL OR topic > ?1 ORDER BY topic LIMIT ?2",
        );
        let query = query.bind(after.map(str::to_owned)).bind(column(PAGE_ROWS_MAX as u64));
        self.page(query, |row| {
            Ok(Retained {
                topic: row.try_get("topic")?,
                payload: row.try_get("payload")?,
                qos: u8::try_from(row.try_get::<i64, _>("qos")?).unwrap_or(0),
                properties: row.try_get("properties")?,
                expires: expires(row)?,
            })
        })
        .await
    }

    /// Reads rows until a page is full.
    async fn page<T>(
        &self,
        query: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
        read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = query.fetch(self.shared.db.readers().await?);
        let (mut page, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            bytes += number(row.try_get("size")?);
            page.push(read(&row)?);
            if bytes >= PAGE_BYTES_MAX as u64 {
                break;
            }
        }
        Ok(page)
    }

    pub(crate) async fn close(&self) {
        self.shared.db.close().await;
    }
}

fn read_session(row: &SqliteRow) -> Result<Session, StoreError> {
    let key: String = row.try_get("key")?;
    let subscriptions = serde_json::from_str(row.try_get("subscriptions")?);
    Ok(Session {
        subscriptions: subscriptions.map_err(|e| StoreError::corrupt("a session", e))?,
        state: row.try_get("state")?,
        expires: expires(row)?,
        key,
    })
}

fn whole(key: &str, read: Result<Session, StoreError>) -> Option<Session> {
    read.inspect_err(
        |e| tracing::warn!(session = key, error = %e, "a session of the broker is damaged; it is left out"),
    )
    .ok()
}

fn expires(row: &SqliteRow) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.try_get::<Option<i64>, _>("expires")?.map(Timestamp::from_micros))
}
