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
    /// What was answered, in words; it is searched.
    pub answer: String,
    /// What was answered, whole.
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
    /// What its owner named it.
    pub title: Option<String>,
    /// Whose it is: the kind and name of who spoke first.
    pub owner: (String, String),
}

/// Where a list goes on: the time of the last turn of a conversation, and its id.
pub type Place = (Timestamp, ConversationId);

/// Which conversations are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// Only those of one who speaks like this actor.
    pub owner: Option<Actor>,
    /// Only those in whose title, words or answers this stands, in any case of the letters.
    pub text: Option<String>,
    /// Only those that come after this one, newest first.
    pub after: Option<Place>,
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
            "INSERT INTO conversation (id, started, last, turns, opening, owner_kind, owner) \
             VALUES (?1, ?2, ?2, 1, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET last = max(last, ?2), turns = turns + 1 RETURNING turns",
        )
        .bind(&conversation)
        .bind(turn.at.as_micros())
        .bind(turn.text.chars().take(OPENING_CHARS).collect::<String>())
        .bind(kind_of(&turn.actor))
        .bind(&turn.actor.name)
        .fetch_one(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO turn (id, conversation, number, at, actor, text, answer, reply) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(turn.id.to_string())
        .bind(&conversation)
        .bind(count)
        .bind(turn.at.as_micros())
        .bind(canonical::to_string(&turn.actor)?)
        .bind(&turn.text)
        .bind(&turn.answer)
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

    /// The wanted conversations, newest first, at most `limit`.
    ///
    /// # Errors
    /// `store.limit` for more than [`CONVERSATIONS_MAX`] or a text that is too long, or a database error.
    pub async fn list(&self, wanted: &Wanted, limit: usize) -> Result<Vec<Conversation>, StoreError> {
        error::limit("a list of conversations", limit, CONVERSATIONS_MAX)?;
        let text = wanted.text.as_deref().map(|text| {
            error::limit("a text", text.chars().count(), limits::UTTERANCE_CHARS_MAX).map(|()| pattern(text))
        });
        let (last, id) = wanted.after.map_or((i64::MAX, String::new()), |(at, id)| (at.as_micros(), id.to_string()));
        // Substrings and not words: Chinese is written without spaces, and two characters are a word already.
        let rows = sqlx::query(
            "SELECT id, started, last, turns, opening, title, owner_kind, owner FROM conversation c \
             WHERE (last, id) < (?1, ?2) AND (?3 IS NULL OR (owner_kind = ?3 AND owner = ?4)) AND (?5 IS NULL \
             OR title LIKE ?5 ESCAPE '!' OR EXISTS (SELECT 1 FROM turn t WHERE t.conversation = c.id \
             AND (t.text LIKE ?5 ESCAPE '!' OR t.answer LIKE ?5 ESCAPE '!'))) ORDER BY last DESC, id DESC LIMIT ?6",
        )
        .bind(last)
        .bind(id)
        .bind(wanted.owner.as_ref().map(kind_of))
        .bind(wanted.owner.as_ref().map(|actor| actor.name.as_str()))
        .bind(text.transpose()?)
        .bind(column(limit as u64));
        rows.fetch_all(self.db.readers().await?).await?.iter().map(read_conversation).collect()
    }

    /// A conversation without its turns.
    ///
    /// # Errors
    /// `store.not_found`, or a database error.
    pub async fn find(&self, id: ConversationId) -> Result<Conversation, StoreError> {
        let row = sqlx::query(
            "SELECT id, started, last, turns, opening, title, owner_kind, owner FROM conversation WHERE id = ?",
        );
        let row = row.bind(id.to_string()).fetch_optional(self.db.readers().await?).await?;
        read_conversation(&row.ok_or_else(|| unknown(id))?)
    }

    /// Names a conversation, or takes its name away.
    ///
    /// # Errors
    /// `store.not_found`, `store.limit` for a name that is too long, or a database error.
    pub async fn rename(&self, id: ConversationId, title: Option<&str>) -> Result<(), StoreError> {
        error::limit("a name", title.unwrap_or_default().chars().count(), limits::NAME_CHARS_MAX)?;
        let done = sqlx::query("UPDATE conversation SET title = ? WHERE id = ?").bind(title).bind(id.to_string());
        let done = done.execute(self.db.writer().await?).await?;
        if done.rows_affected() == 0 { Err(unknown(id)) } else { Ok(()) }
    }

    /// Deletes a conversation with its turns. What the turns did stays in the log.
    ///
    /// # Errors
    /// `store.not_found`, or a database error.
    pub async fn delete(&self, id: ConversationId) -> Result<(), StoreError> {
        let done = sqlx::query("DELETE FROM conversation WHERE id = ?").bind(id.to_string());
        let done = done.execute(self.db.writer().await?).await?;
        if done.rows_affected() == 0 { Err(unknown(id)) } else { Ok(()) }
    }

    /// The newest turns of a conversation, at most `limit`, oldest of them first.
    ///
    /// # Errors
    /// `store.not_found`, `store.limit` for more than [`TURNS_MAX`], or a database error.
    pub async fn get(&self, id: ConversationId, limit: usize) -> Result<Vec<Turn>, StoreError> {
        error::limit("a list of turns", limit, TURNS_MAX)?;
        let rows = sqlx::query(
            "SELECT id, at, actor, text, answer, reply FROM turn WHERE conversation = ? ORDER BY number DESC LIMIT ?",
        )
        .bind(id.to_string())
        .bind(column(limit as u64))
        .fetch_all(self.db.readers().await?)
        .await?;
        if rows.is_empty() && limit > 0 {
            return Err(unknown(id));
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
        title: row.try_get("title")?,
        owner: (row.try_get("owner_kind")?, row.try_get("owner")?),
    })
}

fn unknown(id: ConversationId) -> StoreError {
    StoreError::NotFound { what: "conversation", id: id.to_string() }
}

/// The kind of an actor as it is written.
pub fn kind_of(actor: &Actor) -> String {
    serde_json::to_value(actor.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What LIKE takes for "stands anywhere in it".
fn pattern(text: &str) -> String {
    let mut out = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(c);
    }
    out.push('%');
    out
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
        answer: row.try_get("answer")?,
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
            answer: "好的，50%".into(),
            reply: json!({"text": "好的，50%"}),
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
            let first = Conversation {
                id: a,
                started: at(1),
                last: at(4),
                turns: 3,
                opening: "开灯".into(),
                title: None,
                owner: ("person".into(), "Ann".into()),
            };
            let second = Conversation {
                id: ConversationId::of_name("b"),
                started: at(3),
                last: at(3),
                turns: 1,
                opening: "长".repeat(80),
                ..first.clone()
            };
            let every = Wanted::default();
            assert_eq!(all.list(&every, 9).await.unwrap(), [first.clone(), second.clone()]);
            let after = Wanted { after: Some((at(4), a)), ..every.clone() };
            assert_eq!(all.list(&after, 9).await.unwrap(), [second]);
            assert_eq!(all.list(&every, 1).await.unwrap(), std::slice::from_ref(&first));
            assert_eq!(all.find(a).await.unwrap(), first);
            assert_eq!(code(all.append(&turn("a", 5, &"x".repeat(2_001))).await), "store.limit");
            assert_eq!(
                code(all.append(&Turn { reply: json!("x".repeat(REPLY_BYTES_MAX)), ..turn("a", 5, "") }).await),
                "store.limit"
            );
        }
    }

    #[tokio::test]
    async fn they_are_searched_named_and_deleted() {
        let (_dir, stores) = both().await;
        for store in stores {
            let all = store.conversations();
            let of_bob =
                Turn { actor: Actor::person("Bob", Role::Viewer, Channel::Chat), ..turn("b", 2, "Is it Warm?") };
            for t in [turn("a", 1, "把三楼的灯都关了"), of_bob.clone(), turn("c", 2, "100_lux!")] {
                all.append(&t).await.unwrap();
            }
            let (a, b) = (ConversationId::of_name("a"), ConversationId::of_name("b"));
            let found = async |text: &str, owner: Option<&Actor>| {
                let wanted = Wanted { owner: owner.cloned(), text: Some(text.into()), after: None };
                all.list(&wanted, 9).await.unwrap().iter().map(|c| c.id).collect::<Vec<_>>()
            };
            assert_eq!(found("三楼", None).await, [a]);
            assert_eq!(found("warm", None).await, [b]);
            // In the answers too; and what LIKE means by these signs is not meant.
            assert_eq!(found("50%", None).await.len(), 3);
            assert_eq!((found("%", None).await.len(), found("0_l", None).await.len()), (3, 1));
            assert_eq!((found("_", None).await.len(), found("x!", None).await.len()), (1, 1));
            assert_eq!(found("好的", Some(&of_bob.actor)).await, [b]);
            all.rename(a, Some("夜间")).await.unwrap();
            assert_eq!((found("夜", None).await, all.find(a).await.unwrap().title.as_deref()), (vec![a], Some("夜间")));
            all.rename(a, None).await.unwrap();
            assert_eq!(found("夜", None).await, []);
            assert_eq!(code(all.rename(a, Some(&"n".repeat(65))).await), "store.limit");
            all.delete(a).await.unwrap();
            for gone in [all.delete(a).await, all.rename(a, None).await, all.get(a, 9).await.map(drop)] {
                assert_eq!(code(gone), "store.not_found");
            }
            // Two that were last spoken in at the same time are both listed, page by page.
            let first = all.list(&Wanted::default(), 1).await.unwrap().remove(0);
            let rest = Wanted { after: Some((first.last, first.id)), ..Wanted::default() };
            assert_eq!(all.list(&rest, 9).await.unwrap().len(), 1);
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
