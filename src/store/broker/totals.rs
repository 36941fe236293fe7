//! How much there is, so that a limit is met without a search.

use crate::StoreError;
use crate::db::number;
use sqlx::Row as _;
use sqlx::sqlite::SqlitePool;
use std::collections::BTreeMap;

/// What is kept of a session in RAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Queue {
    /// Its row.
    pub(super) id: i64,
    /// How many messages wait.
    pub(super) messages: u64,
}

/// How much there is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) sessions: BTreeMap<String, Queue>,
    pub(super) messages: u64,
    pub(super) message_bytes: u64,
    pub(super) retained: u64,
    pub(super) retained_bytes: u64,
}

impl Totals {
    pub(super) async fn count(pool: &SqlitePool) -> Result<Totals, StoreError> {
        let mut totals = Totals::default();
        let sessions = sqlx::query(
            "SELECT session.id AS id, key, count(message.id) AS messages, \
             coalesce(sum(length(data)), 0) AS bytes FROM session \
             LEFT JOIN message ON message.session = session.id GROUP BY session.id",
        );
        for row in sessions.fetch_all(pool).await? {
            let messages = number(row.try_get("messages")?);
            totals.messages += messages;
            totals.message_bytes += number(row.try_get("bytes")?);
            totals.sessions.insert(row.try_get("key")?, Queue { id: row.try_get("id")?, messages });
        }
        let (retained, bytes): (i64, i64) =
            sqlx::query_as("SELECT count(*), coalesce(sum(length(payload) + length(properties)), 0) FROM retained")
                .fetch_one(pool)
                .await?;
        (totals.retained, totals.retained_bytes) = (number(retained), number(bytes));
        Ok(totals)
    }

    /// Messages of a session went.
    pub(super) fn less(&mut self, session: &str, messages: u64, bytes: u64) {
        if let Some(queue) = self.sessions.get_mut(session) {
            queue.messages = queue.messages.saturating_sub(messages);
        }
        self.messages = self.messages.saturating_sub(messages);
        self.message_bytes = self.message_bytes.saturating_sub(bytes);
    }
}
