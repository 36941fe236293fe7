//! API tokens. The text is shown once, when it is minted; here is only its hash. Start at [`Tokens::mint`].

use crate::db::Db;
use crate::secret::{Hashed, Secret, random_bytes, role, role_text};
use crate::{StoreError, error};
use base::id::TokenId;
use base::{IdGen, Span, Timestamp, limits};
use documents::Role;
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Most tokens, revoked ones counted.
pub const TOKENS_MAX: usize = 1_000;
/// What a token begins with, so that it is recognised in files where it should not be.
pub const TOKEN_PREFIX: &str = "cst_";
/// Random bytes of a token.
const TOKEN_BYTES: usize = 32;
/// The last use is written down no more often than this.
const LAST_USED_STEP: Span = Span::from_secs(60);

/// What is known of a token; never its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whose or what for.
    pub name: String,
    /// What it may do at most.
    pub role: Role,
    /// When it was minted.
    pub created: Timestamp,
    /// Until when it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Timestamp>,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
}

/// The tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    db: Db,
}

impl Tokens {
    pub(crate) fn new(db: Db) -> Self {
        Tokens { db }
    }

    /// Makes a token. Its text is given once and never again.
    ///
    /// # Errors
    /// `store.limit` for a name that is too long or one token too many, `store.random`, or a database error.
    pub async fn mint(
        &self,
        name: &str,
        role: Role,
        expires: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(Token, Secret), StoreError> {
        error::limit("a name", name.chars().count(), limits::NAME_CHARS_MAX)?;
        let id = IdGen::new(u64::from_le_bytes(random_bytes()?)).next(now);
        let secret = Secret::random::<TOKEN_BYTES>(TOKEN_PREFIX)?;
        let hashed = Hashed::of(secret.expose()).ok_or(StoreError::SecretUnknown("token"))?;
        let mut tx = self.db.writer().await?.begin().await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM token").fetch_one(&mut *tx).await?;
        error::limit(
            "the number of tokens",
            usize::try_from(count).unwrap_or(usize::MAX).saturating_add(1),
            TOKENS_MAX,
        )?;
        sqlx::query(
            "INSERT INTO token (id, selector, hash, name, role, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id.to_string())
        .bind(hashed.selector())
        .bind(hashed.bytes())
        .bind(name)
        .bind(role_text(role))
        .bind(now.as_micros())
        .bind(expires.map(Timestamp::as_micros))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok((Token { id, name: name.into(), role, created: now, expires, last_used: None, revoked: None }, secret))
    }

    /// Whose token this is.
    ///
    /// # Errors
    /// `secret.unknown`, `secret.expired`, `secret.revoked`, or a database error.
    pub async fn verify(&self, presented: &str, now: Timestamp) -> Result<Token, StoreError> {
        let unknown = StoreError::SecretUnknown("token");
        let Some(hashed) = Hashed::of(presented) else { return Err(unknown) };
        let rows = sqlx::query(
            "SELECT id, hash, name, role, created, expires, last_used, revoked FROM token WHERE selector = ?",
        )
        .bind(hashed.selector())
        .fetch_all(self.db.readers().await?)
        .await?;
        let Some(row) = rows.iter().find(|r| r.try_get("hash").is_ok_and(|h| hashed.is(h))) else {
            return Err(unknown);
        };
        let mut token = read(row)?;
        if let Some(at) = token.revoked {
            return Err(StoreError::SecretRevoked { what: "token", at });
        }
        if let Some(at) = token.expires.filter(|at| *at <= now) {
            return Err(StoreError::SecretExpired { what: "token", at });
        }
        if token.last_used.is_none_or(|last| now - last >= LAST_USED_STEP) {
            token.last_used = Some(now);
            sqlx::query("UPDATE token SET last_used = ? WHERE id = ?")
                .bind(now.as_micros())
                .bind(token.id.to_string())
                .execute(self.db.writer().await?)
                .await?;
        }
        Ok(token)
    }

    /// All tokens, oldest first; also those that are no longer good.
    ///
    /// # Errors
    /// A database error.
    pub async fn list(&self) -> Result<Vec<Token>, StoreError> {
        let rows = sqlx::query("SELECT id, name, role, created, expires, last_used, revoked FROM token ORDER BY id");
        rows.fetch_all(self.db.readers().await?).await?.iter().map(read).collect()
    }

    /// Takes a token back. Taking it back again changes nothing.
    ///
    /// # Errors
    /// `store.not_found`, or a database error.
    pub async fn revoke(&self, id: TokenId, now: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query("UPDATE token SET revoked = coalesce(revoked, ?) WHERE id = ?")
            .bind(now.as_micros())
            .bind(id.to_string())
            .execute(self.db.writer().await?)
            .await?;
        if done.rows_affected() == 0 { Err(StoreError::NotFound { what: "token", id: id.to_string() }) } else { Ok(()) }
    }
}

fn read(row: &SqliteRow) -> Result<Token, StoreError> {
    let time = |name| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(name)?.map(Timestamp::from_micros));
    Ok(Token {
        id: TokenId::parse(row.try_get("id")?).map_err(|e| StoreError::corrupt("a token", e))?,
        name: row.try_get("name")?,
        role: role(row.try_get("role")?)?,
        created: Timestamp::from_micros(row.try_get("created")?),
        expires: time("expires")?,
        last_used: time("last_used")?,
        revoked: time("revoked")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::testing::{at, both, code};
    use base::id::{ConnectionId, DeviceId};

    #[tokio::test]
    async fn a_token_is_good_until_it_expires_or_is_taken_back() {
        let (_dir, stores) = both().await;
        for store in stores {
            let tokens = store.tokens();
            let (ever, ever_text) = tokens.mint("家", Role::Owner, None, at(0)).await.unwrap();
            let (brief, brief_text) = tokens.mint("agent", Role::Agent, Some(at(100)), at(0)).await.unwrap();
            assert!(ever_text.expose().starts_with(TOKEN_PREFIX) && ever_text.expose().len() == 68);
            assert_ne!(ever_text, brief_text);
            assert_eq!(tokens.verify(brief_text.expose(), at(99)).await.unwrap().role, Role::Agent);
            assert_eq!(code(tokens.verify(brief_text.expose(), at(100)).await), "secret.expired");
            for wrong in [
                "",
                "cst_",
                &ever_text.expose().to_uppercase(),
                &format!("{} ", ever_text.expose()),
                &"x".repeat(9_999),
            ] {
                assert_eq!(code(tokens.verify(wrong, at(1)).await), "secret.unknown", "{wrong}");
            }
            tokens.revoke(ever.id, at(50)).await.unwrap();
            tokens.revoke(ever.id, at(60)).await.unwrap();
            assert_eq!(code(tokens.verify(ever_text.expose(), at(61)).await), "secret.revoked");
            assert_eq!(code(tokens.revoke(TokenId::of_name("none"), at(0)).await), "store.not_found");
            let mut listed = tokens.list().await.unwrap();
            listed.sort_by(|a, b| a.name.cmp(&b.name));
            assert_eq!(listed, [Token { last_used: Some(at(99)), ..brief }, Token { revoked: Some(at(50)), ..ever }]);
            assert_eq!(code(tokens.mint(&"n".repeat(65), Role::Viewer, None, at(0)).await), "store.limit");
        }
    }

    #[tokio::test]
    async fn the_last_use_is_written_to_the_minute() {
        let store = Store::open_in_memory();
        let (_, text) = store.tokens().mint("t", Role::Viewer, None, at(0)).await.unwrap();
        for (now, expected) in [(1_000, 1_000), (60_999, 1_000), (61_000, 61_000)] {
            store.tokens().verify(text.expose(), at(now)).await.unwrap();
            assert_eq!(store.tokens().list().await.unwrap()[0].last_used, Some(at(expected)));
        }
    }

    #[tokio::test]
    async fn no_secret_is_stored_or_printed() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let (token, text) = store.tokens().mint("of the lobby", Role::Owner, None, at(0)).await.unwrap();
        let code = store.sessions().mint_code("t", Role::Owner, at(9), at(0)).await.unwrap();
        let (session, cookie) = store.sessions().redeem(code.expose(), at(9), at(1)).await.unwrap();
        let credentials = store.credentials();
        let device = DeviceId::of_name("d");
        let device_secret = credentials.issue(device, "pk", "of the porch", at(0)).await.unwrap();
        let device_token = credentials.mint_device_token(device, at(0)).await.unwrap();
        let (connection, password) = (ConnectionId::of_name("c"), Secret::new("a password of 3 words".into()));
        credentials.put_connection_password(connection, &password).await.unwrap();
        let credential = credentials.find("pk", "of the porch").await.unwrap().unwrap();
        let read = credentials.connection_password(connection).await.unwrap();
        assert_eq!((&credential.secret, read.as_ref()), (&device_secret, Some(&password)));
        let printed = format!("{token:?} {text:?} {code:?} {session:?} {cookie:?} {credential:?} {read:?}");
        let mut kept = printed.into_bytes();
        for file in std::fs::read_dir(dir.path()).unwrap() {
            kept.extend(std::fs::read(file.unwrap().path()).unwrap());
        }
        let holds = |text: &str| kept.windows(text.len()).any(|w| w == text.as_bytes());
        assert!(holds("of the lobby") && holds("of the porch"), "what is looked through is what is stored");
        for secret in [text, code, cookie, device_secret, device_token, password] {
            assert!(!holds(secret.expose()));
        }
    }
}
