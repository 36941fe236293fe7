//! Web hooks that others call: each has a name and a secret of its own, shown once. A call carries the secret, or is
//! signed with it.
//!
//! What it is *not*: what a call means is a rule's matter. Start at [`Hooks::make`]; a call is judged by [`Hooks::admit`].

use crate::db::Db;
use crate::seal::Seal;
use crate::secret::Secret;
use crate::{StoreError, error};
use base::canonical;
use base::{Span, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;
use sqlx::Row;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Most web hooks.
pub const HOOKS_MAX: usize = 200;
/// Longest name of a web hook, in characters.
pub const NAME_CHARS_MAX: usize = 64;
/// What a secret begins with, so that it is recognised in files where it should not be.
pub const SECRET_PREFIX: &str = "csh_";
/// Random bytes of a secret.
const SECRET_BYTES: usize = 32;
/// The last use is written down no more often than this.
const LAST_USED_STEP: Span = Span::from_secs(60);

/// What is known of a web hook; never its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hook {
    /// Its name: letters, digits, `-` and `_`.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was last called, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Timestamp>,
}

/// What a caller proves itself with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof<'a> {
    /// The secret itself.
    Secret(&'a str),
    /// HMAC-SHA256 of the body, keyed by the secret, in hexadecimal.
    Signature(&'a str),
}

/// The web hooks. Cheap to clone.
#[derive(Clone)]
pub struct Hooks {
    db: Db,
    seal: Arc<Seal>,
}

impl Hooks {
    pub(crate) fn new(db: Db, seal: Arc<Seal>) -> Self {
        Hooks { db, seal }
    }

    /// Makes a web hook. Its secret is given once and never again.
    ///
    /// # Errors
    /// `store.taken` when there is one of that name, `store.limit` for a name that is none or one hook too many,
    /// `store.random`, what the seal says, or a database error.
    pub async fn make(&self, name: &str, by: &str, now: Timestamp) -> Result<(Hook, Secret), StoreError> {
        error::limit("the name of a web hook", name.chars().count(), NAME_CHARS_MAX)?;
        let secret = Secret::random::<SECRET_BYTES>(SECRET_PREFIX)?;
        let sealed = self.seal.seal(&row_name(name), &secret).await?;
        let mut tx = self.db.writer().await?.begin().await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM hook").fetch_one(&mut *tx).await?;
        let count = usize::try_from(count).unwrap_or(usize::MAX).saturating_add(1);
        error::limit("the number of web hooks", count, HOOKS_MAX)?;
        let done = sqlx::query("INSERT OR IGNORE INTO hook (name, secret, created, created_by) VALUES (?, ?, ?, ?)")
            .bind(name)
            .bind(sealed)
            .bind(now.as_micros())
            .bind(by)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Taken { what: "web hook", name: name.into() });
        }
        tx.commit().await?;
        Ok((Hook { name: name.into(), created: now, created_by: by.into(), last_used: None }, secret))
    }

    /// Gives a web hook another secret; the old one is no longer good.
    ///
    /// # Errors
    /// `store.not_found`, `store.random`, what the seal says, or a database error.
    pub async fn renew(&self, name: &str) -> Result<Secret, StoreError> {
        let secret = Secret::random::<SECRET_BYTES>(SECRET_PREFIX)?;
        let sealed = self.seal.seal(&row_name(name), &secret).await?;
        let update = sqlx::query("UPDATE hook SET secret = ? WHERE name = ?").bind(sealed).bind(name);
        let done = update.execute(self.db.writer().await?).await?;
        if done.rows_affected() == 0 { Err(unknown(name)) } else { Ok(secret) }
    }

    /// All web hooks, by name.
    ///
    /// # Errors
    /// A database error.
    pub async fn list(&self) -> Result<Vec<Hook>, StoreError> {
        let rows = sqlx::query("SELECT name, created, created_by, last_used FROM hook ORDER BY name");
        let rows = rows.fetch_all(self.db.readers().await?).await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Hook {
                name: row.try_get("name")?,
                created: Timestamp::from_micros(row.try_get("created")?),
                created_by: row.try_get("created_by")?,
                last_used: row.try_get::<Option<i64>, _>("last_used")?.map(Timestamp::from_micros),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Removes a web hook; nobody can call it any more.
    ///
    /// # Errors
    /// `store.not_found`, or a database error.
    pub async fn remove(&self, name: &str) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM hook WHERE name = ?").bind(name);
        let done = delete.execute(self.db.writer().await?).await?;
        if done.rows_affected() == 0 { Err(unknown(name)) } else { Ok(()) }
    }

    /// Whether a call may be taken. What is wrong with it, an unknown name or a wrong secret, is not told apart.
    ///
    /// # Errors
    /// `secret.unknown`, what the seal says, or a database error.
    pub async fn admit(&self, name: &str, proof: Proof<'_>, body: &[u8], now: Timestamp) -> Result<(), StoreError> {
        let refused = || StoreError::SecretUnknown("web hook");
        let row = sqlx::query("SELECT secret, last_used FROM hook WHERE name = ?").bind(name);
        let Some(row) = row.fetch_optional(self.db.readers().await?).await? else { return Err(refused()) };
        let secret = self.seal.open(&row_name(name), row.try_get("secret")?).await?;
        if !holds(&secret, proof, body) {
            return Err(refused());
        }
        let last_used = row.try_get::<Option<i64>, _>("last_used")?.map(Timestamp::from_micros);
        if last_used.is_none_or(|last| now - last >= LAST_USED_STEP) {
            let update = sqlx::query("UPDATE hook SET last_used = ? WHERE name = ?").bind(now.as_micros()).bind(name);
            update.execute(self.db.writer().await?).await?;
        }
        Ok(())
    }
}

fn unknown(name: &str) -> StoreError {
    StoreError::NotFound { what: "web hook", id: name.into() }
}

/// What a secret is sealed for.
fn row_name(name: &str) -> String {
    format!("hook {name}")
}

/// Whether a proof is right; takes as long for each that is not.
fn holds(secret: &Secret, proof: Proof<'_>, body: &[u8]) -> bool {
    match proof {
        Proof::Secret(text) => {
            let hash = |text: &str| canonical::sha256(text.as_bytes());
            hash(text).ct_eq(&hash(secret.expose())).into()
        }
        Proof::Signature(hex) => {
            let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else { return false };
            let signed = canonical::hex(&mac.chain_update(body).finalize().into_bytes());
            signed.as_bytes().ct_eq(hex.to_ascii_lowercase().as_bytes()).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, both, code};

    #[tokio::test]
    async fn a_hook_is_called_with_its_secret_or_signed_by_it() {
        let (_dir, stores) = both().await;
        for store in stores {
            let hooks = store.hooks();
            let (made, secret) = hooks.make("door-bell", "li", at(0)).await.unwrap();
            assert!(secret.expose().starts_with(SECRET_PREFIX));
            assert_eq!(code(hooks.make("door-bell", "li", at(1)).await), "store.taken");
            assert_eq!(code(hooks.make(&"n".repeat(65), "li", at(1)).await), "store.limit");
            hooks.admit("door-bell", Proof::Secret(secret.expose()), b"", at(100)).await.unwrap();
            let sign = |secret: &str, body: &[u8]| {
                let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
                canonical::hex(&mac.finalize().into_bytes())
            };
            let signature = sign(secret.expose(), b"{}");
            hooks.admit("door-bell", Proof::Signature(&signature), b"{}", at(110)).await.unwrap();
            for (name, proof, body) in [
                ("door-bell", Proof::Secret("csh_00"), &b"{}"[..]),
                ("door-bell", Proof::Secret(""), b"{}"),
                ("door-bell", Proof::Signature(&signature), b"{ }"),
                ("door-bell", Proof::Signature(""), b"{}"),
                ("other", Proof::Secret(secret.expose()), b"{}"),
            ] {
                assert_eq!(code(hooks.admit(name, proof, body, at(120)).await), "secret.unknown", "{name} {proof:?}");
            }
            assert_eq!(hooks.list().await.unwrap(), [Hook { last_used: Some(at(100)), ..made }]);
            let newer = hooks.renew("door-bell").await.unwrap();
            assert_eq!(
                code(hooks.admit("door-bell", Proof::Secret(secret.expose()), b"", at(130)).await),
                "secret.unknown"
            );
            hooks.admit("door-bell", Proof::Secret(newer.expose()), b"", at(130)).await.unwrap();
            hooks.remove("door-bell").await.unwrap();
            assert_eq!(code(hooks.remove("door-bell").await), "store.not_found");
            assert_eq!(code(hooks.renew("door-bell").await), "store.not_found");
        }
    }
}
