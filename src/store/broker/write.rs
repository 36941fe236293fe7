//! Writing a batch: each change counts at once in the totals, and the totals are thrown away when the transaction
//! fails, to be counted again.

use super::totals::{Queue, Totals};
use super::{
    Applied, Expired, Keep, MESSAGE_BYTES_MAX, Message, Refused, Retained, SESSION_BYTES_MAX, Session, Shared,
};
use crate::StoreError;
use crate::db::{column, number};
use base::{Timestamp, canonical};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use std::collections::BTreeSet;

/// Messages that go at once while there are too many bytes.
const DROPPED_AT_ONCE: u64 = 64;

/// A transaction, its totals, and what became of its changes.
struct Batch<'a> {
    tx: &'a mut SqliteConnection,
    totals: &'a mut Totals,
    applied: Applied,
    /// Sessions that may have too many messages now.
    grown: BTreeSet<String>,
}

impl Shared {
    pub(super) async fn apply(&self, changes: Vec<Keep>) -> Result<Applied, StoreError> {
        let mut kept = self.totals.lock().await;
        let pool = self.db.writer().await?;
        let mut totals = match kept.take() {
            Some(totals) => totals,
            None => Totals::count(pool).await?,
        };
        let mut connection = pool.acquire().await?;
        let mut tx = connection.begin().await?;
        let mut batch = Batch { tx: &mut tx, totals: &mut totals, applied: Applied::default(), grown: BTreeSet::new() };
        for change in changes {
            self.change(&mut batch, change).await?;
        }
        self.make_room(&mut batch).await?;
        let applied = batch.applied;
        tx.commit().await?;
        *kept = Some(totals);
        Ok(applied)
    }

    pub(super) async fn remove_expired(&self, now: Timestamp) -> Result<Expired, StoreError> {
        let mut kept = self.totals.lock().await;
        let mut tx = self.db.writer().await?.begin().await?;
        let mut gone = [0; 3];
        let deletes = [
            "DELETE FROM session WHERE expires <= ?",
            "DELETE FROM message WHERE expires <= ?",
            "DELETE FROM retained WHERE expires <= ?",
        ];
        for (gone, delete) in gone.iter_mut().zip(deletes) {
            *gone = sqlx::query(delete).bind(now.as_micros()).execute(&mut *tx).await?.rows_affected();
        }
        if gone.iter().any(|n| *n > 0) {
            *kept = None;
        }
        tx.commit().await?;
        let [sessions, messages, retained] = gone;
        Ok(Expired { sessions, messages, retained })
    }

    async fn change(&self, batch: &mut Batch<'_>, change: Keep) -> Result<(), StoreError> {
        match change {
            Keep::Session(session) => batch.put_session(session, self.limits.sessions).await,
            Keep::EndSession { session } => batch.end_session(&session).await,
            Keep::Queue { session, message } => batch.queue(session, message).await,
            Keep::Unqueue { session, number } => batch.unqueue(&session, number).await,
            Keep::Retain(retained) => batch.retain(retained, self.limits.retained, self.limits.retained_bytes).await,
            Keep::Release { topic } => batch.release(&topic).await,
        }
    }

    /// Drops the oldest messages of the sessions that have too many, then the oldest of all.
    async fn make_room(&self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        for session in std::mem::take(&mut batch.grown) {
            let Some(queue) = batch.totals.sessions.get(&session).copied() else { continue };
            let excess = queue.messages.saturating_sub(self.limits.queued_per_session as u64);
            if excess > 0 {
                let oldest = sqlx::query_as(
                    "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE session = ? ORDER BY number LIMIT ?) \
                     RETURNING ?, length(data)",
                );
                let oldest = oldest.bind(queue.id).bind(column(excess)).bind(&session);
                let gone = oldest.fetch_all(&mut *batch.tx).await?;
                batch.dropped(gone);
            }
        }
        loop {
            let mut excess = batch.totals.messages.saturating_sub(self.limits.queued as u64);
            if batch.totals.message_bytes > self.limits.queued_bytes as u64 {
                excess = excess.max(DROPPED_AT_ONCE);
            }
            if excess == 0 || batch.totals.messages == 0 {
                return Ok(());
            }
            let oldest = sqlx::query_as(
                "DELETE FROM message WHERE id IN (SELECT id FROM message ORDER BY id LIMIT ?) \
                 RETURNING (SELECT key FROM session WHERE session.id = message.session), length(data)",
            );
            let gone = oldest.bind(column(excess)).fetch_all(&mut *batch.tx).await?;
            batch.dropped(gone);
        }
    }
}

impl Batch<'_> {
    async fn put_session(&mut self, session: Session, max: usize) -> Result<(), StoreError> {
        let Session { key, state, subscriptions, expires } = session;
        let subscriptions = canonical::to_string(&subscriptions)?;
        let too_large = key.len() + state.len() + subscriptions.len() > SESSION_BYTES_MAX;
        let known = self.totals.sessions.contains_key(&key);
        if too_large || (!known && self.totals.sessions.len() >= max) {
            self.applied.refused.push(Refused::Session(key));
            return Ok(());
        }
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO session (key, state, subscriptions, expires) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (key) DO UPDATE SET state = ?2, subscriptions = ?3, expires = ?4 RETURNING id",
        )
        .bind(&key)
        .bind(state)
        .bind(subscriptions)
        .bind(expires.map(Timestamp::as_micros))
        .fetch_one(&mut *self.tx)
        .await?;
        self.totals.sessions.entry(key).or_insert(Queue { id, messages: 0 });
        Ok(())
    }

    async fn end_session(&mut self, key: &str) -> Result<(), StoreError> {
        let Some(queue) = self.totals.sessions.get(key).copied() else { return Ok(()) };
        if queue.messages > 0 {
            let delete = sqlx::query_scalar("DELETE FROM message WHERE session = ? RETURNING length(data)");
            let sizes: Vec<i64> = delete.bind(queue.id).fetch_all(&mut *self.tx).await?;
            self.totals.less(key, sizes.len() as u64, sizes.into_iter().map(number).sum());
        }
        sqlx::query("DELETE FROM session WHERE id = ?").bind(queue.id).execute(&mut *self.tx).await?;
        self.totals.sessions.remove(key);
        Ok(())
    }

    async fn queue(&mut self, session: String, message: Message) -> Result<(), StoreError> {
        let Message { number: at, data, expires } = message;
        let Some(queue) = self.totals.sessions.get(&session).copied().filter(|_| data.len() <= MESSAGE_BYTES_MAX)
        else {
            self.applied.refused.push(Refused::Message { session, number: at });
            return Ok(());
        };
        if self.insert(queue.id, at, &data, expires).await? == 0 {
            self.unqueue(&session, at).await?;
            self.insert(queue.id, at, &data, expires).await?;
        }
        self.totals.messages += 1;
        self.totals.message_bytes += data.len() as u64;
        if let Some(queue) = self.totals.sessions.get_mut(&session) {
            queue.messages += 1;
        }
        self.grown.insert(session);
        Ok(())
    }

    /// Inserts a message; none when there is one of this number.
    async fn insert(&mut self, id: i64, at: u64, data: &[u8], expires: Option<Timestamp>) -> Result<u64, StoreError> {
        let insert = sqlx::query(
            "INSERT INTO message (session, number, data, expires) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(id).bind(column(at)).bind(data).bind(expires.map(Timestamp::as_micros));
        Ok(insert.execute(&mut *self.tx).await?.rows_affected())
    }

    async fn unqueue(&mut self, session: &str, at: u64) -> Result<(), StoreError> {
        let Some(queue) = self.totals.sessions.get(session) else { return Ok(()) };
        let delete = sqlx::query_scalar("DELETE FROM message WHERE session = ? AND number = ? RETURNING length(data)");
        let size: Option<i64> = delete.bind(queue.id).bind(column(at)).fetch_optional(&mut *self.tx).await?;
        if let Some(size) = size {
            self.totals.less(session, 1, number(size));
        }
        Ok(())
    }

    async fn retain(&mut self, retained: Retained, max: usize, bytes_max: usize) -> Result<(), StoreError> {
        let Retained { topic, payload, qos, properties, expires } = retained;
        let size = payload.len().saturating_add(properties.len());
        // The old one goes in any case: after a refusal the topic has none, not a wrong one.
        self.release(&topic).await?;
        let full = self.totals.retained >= max as u64 || self.totals.retained_bytes + size as u64 > bytes_max as u64;
        if full || size > MESSAGE_BYTES_MAX {
            self.applied.refused.push(Refused::Retained(topic));
            return Ok(());
        }
        sqlx::query("INSERT INTO retained (topic, payload, qos, properties, expires) VALUES (?, ?, ?, ?, ?)")
            .bind(topic)
            .bind(payload)
            .bind(i64::from(qos))
            .bind(properties)
            .bind(expires.map(Timestamp::as_micros))
            .execute(&mut *self.tx)
            .await?;
        self.totals.retained += 1;
        self.totals.retained_bytes += size as u64;
        Ok(())
    }

    async fn release(&mut self, topic: &str) -> Result<(), StoreError> {
        let delete =
            sqlx::query_scalar("DELETE FROM retained WHERE topic = ? RETURNING length(payload) + length(properties)");
        let size: Option<i64> = delete.bind(topic).fetch_optional(&mut *self.tx).await?;
        if let Some(size) = size {
            self.totals.retained = self.totals.retained.saturating_sub(1);
            self.totals.retained_bytes = self.totals.retained_bytes.saturating_sub(number(size));
        }
        Ok(())
    }

    /// Counts messages that went for want of room, each with its session and its size.
    fn dropped(&mut self, gone: Vec<(String, i64)>) {
        for (session, size) in gone {
            self.totals.less(&session, 1, number(size));
            *self.applied.dropped.entry(session).or_default() += 1;
        }
    }
}
