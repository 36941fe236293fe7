//! Sessions of the page: a one-time code in the address is exchanged for a cookie. Both are stored as hashes and both
//! expire. Start at [`Sessions::mint_code`].

use crate::db::{Db, column};
use crate::secret::{Hashed, Secret, role, role_text};
use crate::{StoreError, error};
use base::{Timestamp, limits};
use documents::Role;
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Most sessions; a new one ends the oldest.
pub const SESSIONS_MAX: usize = 1_000;
/// Most login codes that wait; a new one ends the oldest.
pub const CODES_MAX: usize = 100;
/// Random bytes of a cookie.
const COOKIE_BYTES: usize = 32;
/// Random bytes of a login code.
const CODE_BYTES: usize = 16;

/// Somebody at the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Who.
    pub name: String,
    /// What they may do at most.
    pub role: Role,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub expires: Timestamp,
}

/// The sessions and login codes. Cheap to clone.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
}

impl Sessions {
    pub(crate) fn new(db: Db) -> Self {
        Sessions { db }
    }

    /// Makes a login code, good for one login until it expires.
    ///
    /// # Errors
    /// `store.limit` for a name that is too long, `store.random`, or a database error.
    pub async fn mint_code(
        &self,
        name: &str,
        role: Role,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<Secret, StoreError> {
        error::limit("a name", name.chars().count(), limits::NAME_CHARS_MAX)?;
        let code = Secret::random::<CODE_BYTES>("")?;
        let hashed = Hashed::of(code.expose()).ok_or(StoreError::SecretUnknown("code"))?;
        let mut tx = self.db.writer().await?.begin().await?;
        sqlx::query("DELETE FROM login_code WHERE expires <= ? OR id NOT IN (SELECT id FROM login_code ORDER BY id DESC LIMIT ?)")
            .bind(now.as_micros())
            .bind(column(CODES_MAX as u64 - 1))
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO login_code (selector, hash, name, role, expires) VALUES (?, ?, ?, ?, ?)")
            .bind(hashed.selector())
            .bind(hashed.bytes())
            .bind(name)
            .bind(role_text(role))
            .bind(expires.as_micros())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Uses a login code up and begins a session until `expires`. Returns what becomes the cookie.
    ///
    /// # Errors
    /// `secret.unknown` also for a code that was used, `secret.expired`, or a database error.
    pub async fn redeem(
        &self,
        code: &str,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<(Session, Secret), StoreError> {
        let unknown = StoreError::SecretUnknown("code");
        let Some(hashed) = Hashed::of(code) else { return Err(unknown) };
        let mut tx = self.db.writer().await?.begin().await?;
        let rows = sqlx::query("SELECT id, hash, name, role, expires FROM login_code WHERE selector = ?")
            .bind(hashed.selector())
            .fetch_all(&mut *tx)
            .await?;
        let Some(row) = rows.iter().find(|r| r.try_get("hash").is_ok_and(|h| hashed.is(h))) else {
            return Err(unknown);
        };
        sqlx::query("DELETE FROM login_code WHERE id = ?").bind(row.try_get::<i64, _>("id")?).execute(&mut *tx).await?;
        let good_until = Timestamp::from_micros(row.try_get("expires")?);
        if good_until <= now {
            tx.commit().await?;
            return Err(StoreError::SecretExpired { what: "code", at: good_until });
        }
        let session = Session { name: row.try_get("name")?, role: role(row.try_get("role")?)?, created: now, expires };
        let cookie = Secret::random::<COOKIE_BYTES>("")?;
        let hashed = Hashed::of(cookie.expose()).ok_or(StoreError::SecretUnknown("session"))?;
        sqlx::query(
            "DELETE FROM session WHERE expires <= ? OR id NOT IN (SELECT id FROM session ORDER BY id DESC LIMIT ?)",
        )
        .bind(now.as_micros())
        .bind(column(SESSIONS_MAX as u64 - 1))
        .execute(&mut *tx)
        .await?;
        sqlx::query("INSERT INTO session (selector, hash, name, role, created, expires) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(hashed.selector())
            .bind(hashed.bytes())
            .bind(&session.name)
            .bind(role_text(session.role))
            .bind(now.as_micros())
            .bind(expires.as_micros())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok((session, cookie))
    }

    /// Whose session a cookie is.
    ///
    /// # Errors
    /// `secret.unknown`, `secret.expired`, or a database error.
    pub async fn verify(&self, cookie: &str, now: Timestamp) -> Result<Session, StoreError> {
        let (_, session) = self.find(cookie).await?;
        if session.expires <= now {
            return Err(StoreError::SecretExpired { what: "session", at: session.expires });
        }
        Ok(session)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// `secret.unknown`, or a database error.
    pub async fn end(&self, cookie: &str) -> Result<(), StoreError> {
        let (id, _) = self.find(cookie).await?;
        sqlx::query("DELETE FROM session WHERE id = ?").bind(id).execute(self.db.writer().await?).await?;
        Ok(())
    }

    async fn find(&self, cookie: &str) -> Result<(i64, Session), StoreError> {
        let unknown = StoreError::SecretUnknown("session");
        let Some(hashed) = Hashed::of(cookie) else { return Err(unknown) };
        let rows = sqlx::query("SELECT id, hash, name, role, created, expires FROM session WHERE selector = ?")
            .bind(hashed.selector())
            .fetch_all(self.db.readers().await?)
            .await?;
        let Some(row) = rows.iter().find(|r| r.try_get("hash").is_ok_and(|h| hashed.is(h))) else {
            return Err(unknown);
        };
        Ok((row.try_get("id")?, read(row)?))
    }
}

fn read(row: &SqliteRow) -> Result<Session, StoreError> {
    Ok(Session {
        name: row.try_get("name")?,
        role: role(row.try_get("role")?)?,
        created: Timestamp::from_micros(row.try_get("created")?),
        expires: Timestamp::from_micros(row.try_get("expires")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, both, code};

    #[tokio::test]
    async fn a_code_begins_one_session() {
        let (_dir, stores) = both().await;
        for store in stores {
            let sessions = store.sessions();
            let login = sessions.mint_code("Ann", Role::Operator, at(100), at(0)).await.unwrap();
            let late = sessions.mint_code("Ann", Role::Operator, at(100), at(0)).await.unwrap();
            let (session, cookie) = sessions.redeem(login.expose(), at(1_000), at(50)).await.unwrap();
            assert_eq!(
                session,
                Session { name: "Ann".into(), role: Role::Operator, created: at(50), expires: at(1_000) }
            );
            for (used, expected) in [
                (&login, "secret.unknown"),
                (&cookie, "secret.unknown"),
                (&late, "secret.expired"),
                (&late, "secret.unknown"),
            ] {
                assert_eq!(code(sessions.redeem(used.expose(), at(1_000), at(100)).await), expected);
            }
            assert_eq!(sessions.verify(cookie.expose(), at(999)).await.unwrap(), session);
            assert_eq!(code(sessions.verify(cookie.expose(), at(1_000)).await), "secret.expired");
            sessions.end(cookie.expose()).await.unwrap();
            assert_eq!(code(sessions.verify(cookie.expose(), at(51)).await), "secret.unknown");
            assert_eq!(code(sessions.end(cookie.expose()).await), "secret.unknown");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_several_at_once_one_gets_in() {
        let (_dir, [store, _]) = both().await;
        let login = store.sessions().mint_code("Ann", Role::Owner, at(100), at(0)).await.unwrap();
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let (sessions, login) = (store.sessions().clone(), login.clone());
                tokio::spawn(async move { sessions.redeem(login.expose(), at(1_000), at(1)).await.is_ok() })
            })
            .collect();
        let mut in_ = 0;
        for t in tries {
            in_ += usize::from(t.await.unwrap());
        }
        assert_eq!(in_, 1);
    }

    #[tokio::test]
    async fn the_oldest_goes_when_there_are_too_many() {
        let store = crate::Store::open_in_memory();
        let mut codes = Vec::new();
        for _ in 0..=CODES_MAX {
            codes.push(store.sessions().mint_code("Ann", Role::Viewer, at(100), at(0)).await.unwrap());
        }
        assert_eq!(code(store.sessions().redeem(codes[0].expose(), at(9), at(1)).await), "secret.unknown");
        assert_eq!(code(store.sessions().redeem(codes[1].expose(), at(9), at(1)).await), "ok");
    }
}
