//! Conversations and their turns, as they are shown again: what was said and what was answered.
//!
//! What it is *not*: what a turn *did* is in the log; nothing is decided from here. Start at [`Conversations::append`].

use crate::db::{Db, column, number};
use crate::{StoreError, error};
use base::id::{ConversationId, TurnId};
use base::{Timestamp, canonical, limits};
use documents::Actor;
use serde::Serialize;
use serde_json::Value as Json;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Most conversations; a new one removes the one that rested longest.
pub const CONVERSATIONS_MAX: usize = 10_000;
/// Most turns of a conversation; the oldest goes.
pub const TURNS_MAX: usize = 1_000;
/// Largest reply, as canonical text.
pub const REPLY_BYTES_MAX: usize = 1 << 20;
/// Characters of the first text that stand for the conversation in lists.
const OPENING_CHARS: usize = 80;

/// One turn: what was said and what was answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Turn {
    /// Its id.
    pub id: TurnId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// When.
    pub at: Timestamp,
    /// Who spoke.
    pub actor: Actor,
    /// What was said.
    pub text: String,
    /// What was answered.
    pub reply: Json,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Time of its first turn.
    pub started: Timestamp,
    /// Time of its last turn.
    pub last: Timestamp,
    /// How many turns it had.
    pub turns: u64,
    /// How it began, shortened.
    pub opening: String,
}

/// The conversations. Cheap to clone.
#[derive(Clone)]
pub struct Conversations {
    db: Db,
}

impl Conversations {
    pub(crate) fn new(db: Db) -> Self {
        Conversations { db }
    }

    /// Adds a turn; its conversation begins with the first one. Adding it again changes nothing.
    ///
    /// # Errors
    /// `store.limit` for a text or reply that is too long, or a database error.
    pub async fn append(&self, turn: &Turn) -> Result<(), StoreError> {
        error::limit("a text", turn.text.chars().count(), limits::UTTERANCE_CHARS_MAX)?;
        let reply = canonical::to_string(&turn.reply)?;
        error::limit("a reply", reply.len(), REPLY_BYTES_MAX)?;
        let conversation = turn.conversation.to_string();
        let mut tx = self.db.writer().await?.begin().await?;
        let known =
            sqlx::query("SELECT 1 FROM turn WHERE id = ?").bind(turn.id.to_string()).fetch_optional(&mut *tx).await?;
        if known.is_some() {
            return Ok(());
        }
        let count: i64 = sqlx::query_scalar(
            "INSERT INTO conversation (id, started, last, turns, opening) VALUES (?1, ?2, ?2, 1, ?3) \
             ON CONFLICT (id) DO UPDATE SET last = max(last, ?2), turns = turns + 1 RETURNING turns",
        )
        .bind(&conversation)
        .bind(turn.at.as_micros())
        .bind(turn.text.chars().take(OPENING_CHARS).collect::<String>())
        .fetch_one(&mut *tx)
        .await?;
        sqlx::query("INSERT INTO turn (id, conversation, number, at, actor, text, reply) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind(turn.id.to_string())
            .bind(&conversation)
            .bind(count)
            .bind(turn.at.as_micros())
            .bind(canonical::to_string(&turn.actor)?)
            .bind(&turn.text)
            .bind(reply)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM turn WHERE conversation = ? AND number <= ?")
            .bind(&conversation)
            .bind(count - column(TURNS_MAX as u64))
            .execute(&mut *tx)
            .await?;
        if count == 1 {
            sqlx::query("DELETE FROM conversation WHERE id NOT IN (SELECT id FROM conversation ORDER BY last DESC, id DESC LIMIT ?)")
                .bind(column(CONVERSATIONS_MAX as u64))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Conversations whose last turn was before a time (all without one), newest first, at most `limit`.
    ///
    /// # Errors
    /// `store.limit` for more than [`CONVERSATIONS_MAX`], or a database error.
    pub async fn list(&self, before: Option<Timestamp>, limit: usize) -> Result<Vec<Conversation>, StoreError> {
        error::limit("a list of conversations", limit, CONVERSATIONS_MAX)?;
        let rows = sqlx::query(
            "SELECT id, started, last, turns, opening FROM conversation WHERE last < ? ORDER BY last DESC, id DESC LIMIT ?",
        );
        let rows = rows.bind(before.map_or(i64::MAX, Timestamp::as_micros)).bind(column(limit as u64));
        rows.fetch_all(self.db.readers().await?).await?.iter().map(read_conversation).collect()
    }

    /// The newest turns of a conversation, at most `limit`, oldest of them first.
    ///
    /// # Errors
    /// `store.not_found`, `store.limit` for more than [`TURNS_MAX`], or a database error.
    pub async fn get(&self, id: ConversationId, limit: usize) -> Result<Vec<Turn>, StoreError> {
        error::limit("a list of turns", limit, TURNS_MAX)?;
        let rows = sqlx::query(
            "SELECT id, at, actor, text, reply FROM turn WHERE conversation = ? ORDER BY number DESC LIMIT ?",
        )
        .bind(id.to_string())
        .bind(column(limit as u64))
        .fetch_all(self.db.readers().await?)
        .await?;
        if rows.is_empty() && limit > 0 {
            return Err(StoreError::NotFound { what: "conversation", id: id.to_string() });
        }
        rows.iter().rev().map(|row| read_turn(id, row)).collect()
    }
}

fn read_conversation(row: &SqliteRow) -> Result<Conversation, StoreError> {
    Ok(Conversation {
        id: ConversationId::parse(row.try_get("id")?).map_err(|e| StoreError::corrupt("a conversation", e))?,
        started: Timestamp::from_micros(row.try_get("started")?),
        last: Timestamp::from_micros(row.try_get("last")?),
        turns: number(row.try_get("turns")?),
        opening: row.try_get("opening")?,
    })
}

fn read_turn(conversation: ConversationId, row: &SqliteRow) -> Result<Turn, StoreError> {
    let text: &str = row.try_get("id")?;
    let damaged = |e: serde_json::Error| StoreError::corrupt(format!("turn {text}"), e);
    Ok(Turn {
        id: TurnId::parse(text).map_err(|e| StoreError::corrupt("a turn", e))?,
        conversation,
        at: Timestamp::from_micros(row.try_get("at")?),
        actor: serde_json::from_str(row.try_get("actor")?).map_err(damaged)?,
        text: row.try_get("text")?,
        reply: serde_json::from_str(row.try_get("reply")?).map_err(damaged)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::testing::{at, both, code};
    use documents::{Channel, Role};
    use serde_json::json;

    fn turn(conversation: &str, number: i64, text: &str) -> Turn {
        Turn {
            id: TurnId::of_name(&format!("{conversation}{number}")),
            conversation: ConversationId::of_name(conversation),
            at: at(number),
            actor: Actor::person("Ann", Role::Operator, Channel::Chat),
            text: text.into(),
            reply: json!({"text": "好的"}),
        }
    }

    #[tokio::test]
    async fn turns_are_kept_in_order_and_once() {
        let (_dir, stores) = both().await;
        for store in stores {
            let all = store.conversations();
            let turns = [
                turn("a", 1, "开灯"),
                turn("a", 2, "and the fan"),
                turn("b", 3, &"长".repeat(200)),
                turn("a", 4, "关灯"),
            ];
            for t in turns.iter().chain(&turns[..2]) {
                all.append(t).await.unwrap();
            }
            let a = ConversationId::of_name("a");
            assert_eq!(all.get(a, 9).await.unwrap(), [turns[0].clone(), turns[1].clone(), turns[3].clone()]);
            assert_eq!(all.get(a, 2).await.unwrap(), [turns[1].clone(), turns[3].clone()]);
            assert_eq!(code(all.get(ConversationId::of_name("c"), 9).await), "store.not_found");
            let first = Conversation { id: a, started: at(1), last: at(4), turns: 3, opening: "开灯".into() };
            let second = Conversation {
                id: ConversationId::of_name("b"),
                started: at(3),
                last: at(3),
                turns: 1,
                opening: "长".repeat(80),
            };
            assert_eq!(all.list(None, 9).await.unwrap(), [first.clone(), second.clone()]);
            assert_eq!(all.list(Some(at(4)), 9).await.unwrap(), [second]);
            assert_eq!(all.list(None, 1).await.unwrap(), [first]);
            assert_eq!(code(all.append(&turn("a", 5, &"x".repeat(2_001))).await), "store.limit");
            assert_eq!(
                code(all.append(&Turn { reply: json!("x".repeat(REPLY_BYTES_MAX)), ..turn("a", 5, "") }).await),
                "store.limit"
            );
        }
    }

    #[tokio::test]
    async fn the_oldest_turns_go() {
        let store = Store::open_in_memory();
        for n in 0..1_003 {
            store.conversations().append(&turn("a", n, "x")).await.unwrap();
        }
        let kept = store.conversations().get(ConversationId::of_name("a"), TURNS_MAX).await.unwrap();
        assert_eq!((kept.len(), kept[0].at), (TURNS_MAX, at(3)));
    }
}
