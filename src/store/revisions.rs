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
    /// The world as a whole: products, spaces, devices, connections. There is one.
    World,
    /// Changes of it, one list at a time.
    Change,
    /// A rule, named by its id.
    Rule,
}

impl Noun {
    const ALL: [Noun; 3] = [Noun::World, Noun::Change, Noun::Rule];

    fn text(self) -> &'static str {
        match self {
            Noun::World => "world",
            Noun::Change => "change",
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
        // As it will be read back: canonical text knows no difference between 1 and 1.0.
        let stored: Json = serde_json::from_str(&body).map_err(canonical::NotJson::from)?;
        let mut tx = self.db.writer().await?.begin().await?;
        if let Some(old) = find(&mut *tx, new.id).await? {
            let same = old.noun == new.noun && old.name == new.name && old.body == stored;
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
        let NewRevision { id, noun, name, at, author, .. } = new;
        Ok(Revision { id, noun, name, seq, at, author, body: stored, parent })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, both, code};
    use crate::{Store, diff};
    use base::IdGen;
    use documents::{Channel, Role};
    use proptest::prelude::*;
    use serde_json::json;

    fn author() -> Actor {
        Actor::person("Ann", Role::Owner, Channel::Ui)
    }

    fn new(id: &str, noun: Noun, name: &str, body: Json) -> NewRevision {
        NewRevision { id: RevisionId::of_name(id), noun, name: name.into(), at: at(1), author: author(), body }
    }

    #[tokio::test]
    async fn revisions_are_kept_in_order_and_once() {
        let (_dir, stores) = both().await;
        for store in stores {
            let all = store.revisions();
            let (one, two) = (json!({"name": "三楼", "n": 1}), json!({"name": "三楼", "n": 2.5}));
            let first = all.put(new("1", Noun::World, "site", one.clone())).await.unwrap();
            let second = all.put(new("2", Noun::World, "site", two.clone())).await.unwrap();
            all.put(new("3", Noun::Rule, "b", json!([]))).await.unwrap();
            all.put(new("4", Noun::Rule, "a", json!(null))).await.unwrap();
            assert_eq!((first.seq, first.parent, second.seq, second.parent), (1, None, 2, Some(first.id)));
            assert_eq!(second.body, two);

            // A replayed log puts everything again.
            assert_eq!(all.put(new("1", Noun::World, "site", json!({"n": 1.0, "name": "三楼"}))).await.unwrap(), first);
            assert_eq!(code(all.put(new("1", Noun::World, "site", two)).await), "revision.conflict");
            assert_eq!(code(all.put(new("1", Noun::Rule, "site", one)).await), "revision.conflict");

            assert_eq!(all.current(Noun::World).await.unwrap(), std::slice::from_ref(&second));
            let rules: Vec<String> = all.current(Noun::Rule).await.unwrap().into_iter().map(|r| r.name).collect();
            assert_eq!(rules, ["a", "b"]);
            assert_eq!(all.history(Noun::World, "site", 9).await.unwrap(), [second.clone(), first.clone()]);
            assert_eq!(all.history(Noun::World, "site", 1).await.unwrap(), std::slice::from_ref(&second));
            assert_eq!(all.history(Noun::World, "other", 9).await.unwrap(), []);

            let changes = all.diff(first.id, second.id).await.unwrap();
            assert_eq!(changes, [Change { path: "/n".into(), before: Some(json!(1)), after: Some(json!(2.5)) }]);
            let back = all.revert(first.id, RevisionId::of_name("5"), at(2), author()).await.unwrap();
            assert_eq!((back.seq, back.parent, &back.body), (3, Some(second.id), &first.body));
            assert_eq!(code(all.get(RevisionId::of_name("none")).await), "store.not_found");
            assert_eq!(code(all.put(new("6", Noun::Rule, &"x".repeat(200), json!(1))).await), "store.limit");
        }
    }

    #[tokio::test]
    async fn they_are_there_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let put = store.revisions().put(new("1", Noun::Rule, "r", json!({"a": 1}))).await.unwrap();
        store.close().await;
        let store = Store::open(dir.path()).await.unwrap();
        assert_eq!(store.revisions().get(put.id).await.unwrap(), put);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn any_revision_can_be_taken_back(bodies in proptest::collection::vec(diff::tests::any_json(), 2..6), to in any::<prop::sample::Index>()) {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
                let store = Store::open_in_memory();
                let mut ids = IdGen::new(1);
                let mut put = Vec::new();
                for body in &bodies {
                    let revision = NewRevision { id: ids.next(at(1)), ..new("", Noun::Rule, "r", body.clone()) };
                    put.push(store.revisions().put(revision).await.unwrap());
                }
                let (to, newest) = (to.get(&put), put.last().unwrap());
                let back = store.revisions().revert(to.id, ids.next(at(2)), at(2), author()).await.unwrap();
                assert_eq!(store.revisions().current(Noun::Rule).await.unwrap(), std::slice::from_ref(&back));
                assert_eq!(store.revisions().diff(to.id, back.id).await.unwrap(), []);
                assert_eq!(store.revisions().diff(newest.id, back.id).await.unwrap(), diff(&newest.body, &to.body));
                assert_eq!(store.revisions().history(Noun::Rule, "r", 99).await.unwrap().len(), bodies.len() + 1);
            });
        }
    }
}
