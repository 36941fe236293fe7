//! Sentences that somebody pinned as tests, with what they shall mean.
//!
//! What it is *not*: nothing is understood or compared here. Start at [`Pins::make`].

use crate::db::Db;
use crate::{StoreError, error};
use base::id::SpaceId;
use base::{Bilingual, Timestamp, canonical, limits};
use serde_json::Value as Json;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Most pinned sentences.
pub const PINS_MAX: usize = 500;
/// Largest meaning, as canonical text.
pub const MEANING_BYTES_MAX: usize = 1 << 18;

/// A pinned sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Pin {
    /// Its number.
    pub id: i64,
    /// What is said.
    pub text: String,
    /// Where it is said.
    pub space: Option<SpaceId>,
    /// What it shall mean.
    pub meaning: Json,
    /// The same in words.
    pub shall: Vec<Bilingual>,
    /// When it was pinned; a sentence about times means what it meant then.
    pub created: Timestamp,
    /// By whom.
    pub created_by: String,
}

/// The pinned sentences. Cheap to clone.
#[derive(Clone)]
pub struct Pins {
    db: Db,
}

impl Pins {
    pub(crate) fn new(db: Db) -> Self {
        Pins { db }
    }

    /// Pins a sentence; its number is given. One that is pinned in the same place already is replaced.
    ///
    /// # Errors
    /// `store.limit` for a sentence or meaning that is too long or one pin too many, or a database error.
    pub async fn make(&self, pin: &Pin) -> Result<i64, StoreError> {
        error::limit("a pinned sentence", pin.text.chars().count(), limits::UTTERANCE_CHARS_MAX)?;
        let (meaning, shall) = (canonical::to_string(&pin.meaning)?, canonical::to_string(&pin.shall)?);
        error::limit("the meaning of a pinned sentence", meaning.len() + shall.len(), MEANING_BYTES_MAX)?;
        let space = pin.space.map(|s| s.to_string()).unwrap_or_default();
        let mut tx = self.db.writer().await?.begin().await?;
        let delete = sqlx::query("DELETE FROM pin WHERE text = ? AND space = ?").bind(&pin.text).bind(&space);
        delete.execute(&mut *tx).await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM pin").fetch_one(&mut *tx).await?;
        let count = usize::try_from(count).unwrap_or(usize::MAX).saturating_add(1);
        error::limit("the number of pinned sentences", count, PINS_MAX)?;
        let insert = "INSERT INTO pin (text, space, meaning, shall, created, created_by) VALUES (?, ?, ?, ?, ?, ?)";
        let done = sqlx::query(insert)
            .bind(&pin.text)
            .bind(space)
            .bind(meaning)
            .bind(shall)
            .bind(pin.created.as_micros())
            .bind(&pin.created_by)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done.last_insert_rowid())
    }

    /// All pinned sentences, the oldest first.
    ///
    /// # Errors
    /// A database error, or `store.corrupt`.
    pub async fn list(&self) -> Result<Vec<Pin>, StoreError> {
        let rows = sqlx::query("SELECT * FROM pin ORDER BY id").fetch_all(self.db.readers().await?).await?;
        rows.iter().map(read).collect()
    }

    /// Removes a pinned sentence.
    ///
    /// # Errors
    /// `store.not_found`, or a database error.
    pub async fn remove(&self, id: i64) -> Result<(), StoreError> {
        let done = sqlx::query("DELETE FROM pin WHERE id = ?").bind(id).execute(self.db.writer().await?).await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound { what: "pinned sentence", id: id.to_string() });
        }
        Ok(())
    }
}

fn read(row: &SqliteRow) -> Result<Pin, StoreError> {
    let damaged = |e: serde_json::Error| StoreError::corrupt("pin", e);
    let space: String = row.try_get("space")?;
    Ok(Pin {
        id: row.try_get("id")?,
        text: row.try_get("text")?,
        space: SpaceId::parse(&space).ok(),
        meaning: serde_json::from_str(row.try_get("meaning")?).map_err(damaged)?,
        shall: serde_json::from_str(row.try_get("shall")?).map_err(damaged)?,
        created: Timestamp::from_micros(row.try_get("created")?),
        created_by: row.try_get("created_by")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, both, code};
    use serde_json::json;

    fn pin(text: &str, space: Option<SpaceId>) -> Pin {
        let shall = vec![Bilingual::new("大厅灯：开着", "Lobby light: on")];
        let meaning = json!([{ "draft": { "commands": [] } }]);
        Pin { id: 0, text: text.into(), space, meaning, shall, created: at(7), created_by: "li".into() }
    }

    #[tokio::test]
    async fn a_sentence_is_pinned_once_in_a_place() {
        let (_dir, stores) = both().await;
        for store in stores {
            let pins = store.pins();
            let lobby = Some(SpaceId::of_name("lobby"));
            pins.make(&pin("lights on", None)).await.unwrap();
            let second = pins.make(&pin("lights on", lobby)).await.unwrap();
            let third = pins.make(&pin("lights on", None)).await.unwrap();
            let listed = pins.list().await.unwrap();
            assert_eq!(
                listed,
                [Pin { id: second, ..pin("lights on", lobby) }, Pin { id: third, ..pin("lights on", None) }]
            );
            assert_eq!(code(pins.make(&pin(&"x".repeat(limits::UTTERANCE_CHARS_MAX + 1), None)).await), "store.limit");
            pins.remove(second).await.unwrap();
            assert_eq!(code(pins.remove(second).await), "store.not_found");
        }
    }
}
