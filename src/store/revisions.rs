//! Configuration as append-only revisions: nothing is changed in place, everything can be compared and taken back.
//!
//! What it is *not*: it does not know what a world or a rule means; bodies are canonical JSON. Start at
//! [`Revisions::put`].

use crate::db::{Db, column, number};
use crate::diff::{Change, diff};
use crate::{StoreError, error};
use base::id::RevisionId;
use base::{Timestamp, canonical};
use documents::Actor;
use serde::Serialize;
use serde_json::Value as Json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteExecutor};

/// Largest body, as canonical text.
pub const BODY_BYTES_MAX: usize = 64 << 20;
/// Longest name of what is configured, in characters.
pub const REVISION_NAME_CHARS_MAX: usize = 128;
/// Most revisions of one list.
pub const REVISIONS_LISTED_MAX: usize = 1_000;

/// What kind of thing is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Noun {
    /// The world: products, spaces, devices. There is one.
    World,
    /// A rule, named by its id.
    Rule,
}

impl Noun {
    const ALL: [Noun; 2] = [Noun::World, Noun::Rule];

    fn text(self) -> &'static str {
        match self {
            Noun::World => "world",
            Noun::Rule => "rule",
        }
    }
}

/// One state of one thing that is configured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Revision {
    /// Its id.
    pub id: RevisionId,
    /// What kind of thing.
    pub noun: Noun,
    /// Which: an id as text, or a fixed word where there is only one.
    pub name: String,
    /// Counts the revisions of this thing from 1.
    pub seq: u64,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub author: Actor,
    /// The thing.
    pub body: Json,
    /// The revision before it.
    pub parent: Option<RevisionId>,
}

/// A revision to be put; the store knows its number and its parent.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRevision {
    /// Its id.
    pub id: RevisionId,
    /// What kind of thing.
    pub noun: Noun,
    /// Which.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Actor,
    /// The thing.
    pub body: Json,
}

/// The revisions. Cheap to clone.
#[derive(Clone)]
pub struct Revisions {
    db: Db,
}

impl Revisions {
    pub(crate) fn new(db: Db) -> Self {
        Revisions { db }
    }

    /// Puts a revision after the newest one of the same thing. Putting it again changes nothing, so a replayed log
    /// does no harm.
    ///
    /// # Errors
    /// `revision.conflict` when the id is taken by another content, `store.limit`, or a database error.
    pub async fn put(&self, new: NewRevision) -> Result<Revision, StoreError> {
        error::limit("a name", new.name.chars().count(), REVISION_NAME_CHARS_MAX)?;
        let body = canonical::to_string(&new.body)?;
        error::limit("a revision", body.len(), BODY_BYTES_MAX)?;
        let mut tx = self.db.writer().await?.begin().await?;
        if let Some(old) = find(&mut *tx, new.id).await? {
            let same = old.noun == new.noun && old.name == new.name && canonical::to_string(&old.body)? == body;
            return if same { Ok(old) } else { Err(StoreError::Conflict(new.id.to_string())) };
        }
        let newest = sqlx::query("SELECT id, seq FROM revision WHERE noun = ? AND name = ? ORDER BY seq DESC LIMIT 1")
            .bind(new.noun.text())
            .bind(&new.name)
            .fetch_optional(&mut *tx)
            .await?;
        let (parent, seq) = match newest {
            Some(row) => (Some(id(row.try_get("id")?)?), number(row.try_get("seq")?) + 1),
            None => (None, 1),
        };
        sqlx::query(
            "INSERT INTO revision (id, noun, name, seq, at, author, body, parent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(new.id.to_string())
        .bind(new.noun.text())
        .bind(&new.name)
        .bind(column(seq))
        .bind(new.at.as_micros())
        .bind(canonical::to_string(&new.author)?)
        .bind(body)
        .bind(parent.map(|p: RevisionId| p.to_string()))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let NewRevision { id, noun, name, at, author, body } = new;
        Ok(Revision { id, noun, name, seq, at, author, body, parent })
    }

    /// One revision.
    ///
    /// # Errors
    /// `store.not_found`, or a database error.
    pub async fn get(&self, id: RevisionId) -> Result<Revision, StoreError> {
        let found = find(self.db.readers().await?, id).await?;
        found.ok_or_else(|| StoreError::NotFound { what: "revision", id: id.to_string() })
    }

    /// The newest revision of each thing of a kind, by name.
    ///
    /// # Errors
    /// A database error.
    pub async fn current(&self, noun: Noun) -> Result<Vec<Revision>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, noun, name, seq, at, author, body, parent FROM revision AS r WHERE noun = ?1 \
             AND seq = (SELECT max(seq) FROM revision WHERE noun = ?1 AND name = r.name) ORDER BY name",
        );
        rows.bind(noun.text()).fetch_all(self.db.readers().await?).await?.iter().map(read).collect()
    }

    /// The revisions of one thing, newest first, at most `limit`.
    ///
    /// # Errors
    /// `store.limit` for more than [`REVISIONS_LISTED_MAX`], or a database error.
    pub async fn history(&self, noun: Noun, name: &str, limit: usize) -> Result<Vec<Revision>, StoreError> {
        error::limit("a list of revisions", limit, REVISIONS_LISTED_MAX)?;
        let rows = sqlx::query(
            "SELECT id, noun, name, seq, at, author, body, parent FROM revision WHERE noun = ? AND name = ? ORDER BY seq DESC LIMIT ?",
        );
        let rows = rows.bind(noun.text()).bind(name).bind(column(limit as u64));
        rows.fetch_all(self.db.readers().await?).await?.iter().map(read).collect()
    }

    /// What differs from revision `a` to revision `b`.
    ///
    /// # Errors
    /// `store.not_found`, or a database error.
    pub async fn diff(&self, a: RevisionId, b: RevisionId) -> Result<Vec<Change>, StoreError> {
        Ok(diff(&self.get(a).await?.body, &self.get(b).await?.body))
    }

    /// Makes a new revision with the body of an old one.
    ///
    /// # Errors
    /// `store.not_found`, `revision.conflict`, or a database error.
    pub async fn revert(
        &self,
        to: RevisionId,
        id: RevisionId,
        at: Timestamp,
        author: Actor,
    ) -> Result<Revision, StoreError> {
        let old = self.get(to).await?;
        self.put(NewRevision { id, noun: old.noun, name: old.name, at, author, body: old.body }).await
    }
}

async fn find(db: impl SqliteExecutor<'_>, id: RevisionId) -> Result<Option<Revision>, StoreError> {
    let row = sqlx::query("SELECT id, noun, name, seq, at, author, body, parent FROM revision WHERE id = ?")
        .bind(id.to_string());
    row.fetch_optional(db).await?.as_ref().map(read).transpose()
}

fn id(text: &str) -> Result<RevisionId, StoreError> {
    RevisionId::parse(text).map_err(|e| StoreError::corrupt("a revision", e))
}

fn read(row: &SqliteRow) -> Result<Revision, StoreError> {
    let text: &str = row.try_get("id")?;
    let damaged = |detail: &dyn std::fmt::Display| StoreError::corrupt(format!("revision {text}"), detail);
    let noun: &str = row.try_get("noun")?;
    let parent: Option<&str> = row.try_get("parent")?;
    Ok(Revision {
        id: id(text)?,
        noun: Noun::ALL
            .into_iter()
            .find(|n| n.text() == noun)
            .ok_or_else(|| damaged(&format!("`{noun}` is not configured here")))?,
        name: row.try_get("name")?,
        seq: number(row.try_get("seq")?),
        at: Timestamp::from_micros(row.try_get("at")?),
        author: serde_json::from_str(row.try_get("author")?).map_err(|e| damaged(&e))?,
        body: serde_json::from_str(row.try_get("body")?).map_err(|e| damaged(&e))?,
        parent: parent.map(id).transpose()?,
    })
}
