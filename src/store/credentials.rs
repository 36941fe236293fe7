//! What proves that a device is itself: the secret that it signs its logins with, the largest timestamp that one of
//! them carried, and its token for HTTP. Also the passwords of connections to brokers and gateways outside.
//!
//! What it is *not*: it checks no signature and knows no protocol; who may do what with a device is decided elsewhere.
//! Start at [`Credentials::issue`] and [`Credentials::find`].
//!
//! All rows are in RAM too, still sealed, so that ten thousand devices that connect at once read nothing from the
//! disk, and a name that nobody has costs nothing. A change is written first and then seen in RAM, one change after
//! the other, and it runs to its end even when nobody waits for it any more.

mod known;
#[cfg(test)]
mod tests;

use crate::db::{Db, column};
use crate::seal::Seal;
use crate::secret::{Hashed, Secret};
use crate::{StoreError, error};
use base::Timestamp;
use base::id::{ConnectionId, DeviceId};
use known::{Known, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::oneshot;

/// Most devices with a secret, and with a token.
pub const DEVICES_MAX: usize = 100_000;
/// Most connections with a password.
pub const PASSWORDS_MAX: usize = 1_000;
/// Most secrets that are issued at once.
pub const ISSUE_MAX: usize = 10_000;
/// Longest product key or device key, in bytes.
pub const KEY_BYTES_MAX: usize = 128;
/// Longest password of a connection, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 4_096;
/// What a device's token begins with, so that it is recognised in files where it should not be.
pub const DEVICE_TOKEN_PREFIX: &str = "cdt_";
/// Random bytes of a device's secret; in hexadecimal as long as devices of this family expect it.
const SECRET_BYTES: usize = 16;
/// Random bytes of a device's token.
const TOKEN_BYTES: usize = 32;

/// A device and the two names that it logs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The device.
    pub device: DeviceId,
    /// Key of its product.
    pub product_key: String,
    /// Its name within the product.
    pub device_key: String,
}

impl Identity {
    /// A device by its names.
    pub fn new(device: DeviceId, product_key: impl Into<String>, device_key: impl Into<String>) -> Self {
        Identity { device, product_key: product_key.into(), device_key: device_key.into() }
    }

    fn check(&self) -> Result<(), StoreError> {
        error::limit("a product key", self.product_key.len(), KEY_BYTES_MAX)?;
        error::limit("a device key", self.device_key.len(), KEY_BYTES_MAX)
    }
}

/// What a login is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Whose it is.
    pub device: DeviceId,
    /// What logins are signed with.
    pub secret: Secret,
    /// The largest timestamp of its logins, in milliseconds.
    pub last_login: Option<i64>,
    /// Whether somebody has seen the secret.
    pub shown: bool,
}

/// The credentials of devices and connections. Cheap to clone.
#[derive(Clone)]
pub struct Credentials {
    shared: Arc<Shared>,
}

struct Shared {
    db: Db,
    seal: Arc<Seal>,
    /// The rows, once they are read.
    known: RwLock<Option<Known>>,
    /// Logins that wait to be written with the next commit; no more than there are callers.
    logins: Mutex<Vec<Login>>,
    /// Held by who changes something.
    turn: tokio::sync::Mutex<()>,
}

struct Login {
    device: DeviceId,
    timestamp_ms: i64,
    done: oneshot::Sender<bool>,
}

impl Credentials {
    pub(crate) fn new(db: Db, seal: Arc<Seal>) -> Self {
        let shared = Shared {
            db,
            seal,
            known: RwLock::default(),
            logins: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        };
        Credentials { shared: Arc::new(shared) }
    }

    /// Whether everything that is sealed can be read. For the start, so that a fault of the key file is told before a
    /// device meets it.
    ///
    /// # Errors
    /// `key.lost`, `key.wrong`, `key.damaged`, `key.mode`, each with what to do, or a database error.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.shared.seal.check().await
    }

    /// Gives a device a new secret, which is shown now and never again. An old one stops at once, and the timestamps of
    /// its logins are forgotten with it.
    ///
    /// # Errors
    /// `store.taken` when another device has the names, `store.limit`, what [`Credentials::check`] says, `store.random`,
    /// or a database error.
    pub async fn issue(
        &self,
        device: DeviceId,
        product_key: &str,
        device_key: &str,
        now: Timestamp,
    ) -> Result<Secret, StoreError> {
        let identity = Identity::new(device, product_key, device_key);
        self.put(vec![identity], true, now).await?.pop().ok_or(StoreError::Closed)
    }

    /// The same for many devices, all or none; their secrets come in the same order.
    ///
    /// # Errors
    /// As for [`Credentials::issue`].
    pub async fn issue_many(&self, devices: Vec<Identity>, now: Timestamp) -> Result<Vec<Secret>, StoreError> {
        self.put(devices, true, now).await
    }

    /// The same for who may not see a secret, as a model may not: [`Credentials::show`] gives it to a person later.
    ///
    /// # Errors
    /// As for [`Credentials::issue`].
    pub async fn issue_unseen(&self, devices: Vec<Identity>, now: Timestamp) -> Result<(), StoreError> {
        self.put(devices, false, now).await.map(drop)
    }

    async fn put(&self, devices: Vec<Identity>, shown: bool, now: Timestamp) -> Result<Vec<Secret>, StoreError> {
        error::limit("the number of new secrets", devices.len(), ISSUE_MAX)?;
        devices.iter().try_for_each(Identity::check)?;
        self.alone(|shared| async move { shared.put(devices, shown, now).await }).await
    }

    /// Shows a secret that nobody has seen.
    ///
    /// # Errors
    /// `store.not_found` when there is none, also when it was shown before; what [`Credentials::check`] says, or a
    /// database error.
    pub async fn show(&self, device: DeviceId) -> Result<Secret, StoreError> {
        self.alone(move |shared| async move {
            let unseen = shared.read(|k| k.get(device).filter(|row| !row.shown).cloned())?;
            let row = unseen
                .ok_or_else(|| StoreError::NotFound { what: "unseen secret of device", id: device.to_string() })?;
            let secret = shared.seal.open(&row_name(device), &row.sealed).await?;
            let update = sqlx::query("UPDATE device_secret SET shown = 1 WHERE device = ?").bind(device.to_string());
            update.execute(shared.db.writer().await?).await?;
            shared.write(|known| known.change(device, |row| row.shown = true));
            Ok(secret)
        })
        .await
    }

    /// The credential of the device that logs in by these names.
    ///
    /// # Errors
    /// What [`Credentials::check`] says, `store.corrupt`, or a database error.
    pub async fn find(&self, product_key: &str, device_key: &str) -> Result<Option<Credential>, StoreError> {
        let ask = |known: &Known| known.find(product_key, device_key).map(|(device, row)| (device, row.clone()));
        let found = match self.shared.read(ask) {
            Ok(found) => found,
            Err(_) => {
                let _turn = self.shared.turn.lock().await;
                self.shared.load().await?;
                self.shared.read(ask)?
            }
        };
        let Some((device, row)) = found else { return Ok(None) };
        let secret = self.shared.seal.open(&row_name(device), &row.sealed).await?;
        Ok(Some(Credential { device, secret, last_login: row.last_login, shown: row.shown }))
    }

    /// Writes down the timestamp of a login that is otherwise good. When this returns `true`, it was larger than all
    /// before it and is on the disk, so that the same login is refused after a restart too. `false` refuses the login:
    /// it is a replay, or the device has no secret any more. Logins that come together are written together.
    ///
    /// # Errors
    /// A database error; then the login was not taken.
    pub async fn logged_in(&self, device: DeviceId, timestamp_ms: i64) -> Result<bool, StoreError> {
        loop {
            let (done, mut answer) = oneshot::channel();
            lock(&self.shared.logins).push(Login { device, timestamp_ms, done });
            let written = self.alone(|shared| async move { shared.write_logins().await }).await;
            match (answer.try_recv(), written) {
                (Ok(newer), _) => return Ok(newer),
                (Err(_), Err(e)) => return Err(e),
                // Somebody else's commit had this login in it and failed: try it again.
                (Err(_), Ok(())) => {}
            }
        }
    }

    /// Gives a device other names to log in with. Secret and timestamps stay; without a secret nothing changes.
    ///
    /// # Errors
    /// `store.taken` when another device has the names, `store.limit`, or a database error.
    pub async fn rename(&self, device: DeviceId, product_key: &str, device_key: &str) -> Result<(), StoreError> {
        let to = Identity::new(device, product_key, device_key);
        to.check()?;
        self.alone(|shared| async move {
            if shared.read(|known| known.get(device).is_none())? {
                return Ok(());
            }
            shared.is_free(&to)?;
            sqlx::query("UPDATE device_secret SET product_key = ?, device_key = ? WHERE device = ?")
                .bind(&to.product_key)
                .bind(&to.device_key)
                .bind(device.to_string())
                .execute(shared.db.writer().await?)
                .await?;
            shared.write(|known| known.rename(to));
            Ok(())
        })
        .await
    }

    /// Takes secret and token from a device. Doing it again changes nothing.
    ///
    /// # Errors
    /// A database error.
    pub async fn remove(&self, device: DeviceId) -> Result<(), StoreError> {
        self.alone(move |shared| async move {
            let mut tx = shared.db.writer().await?.begin().await?;
            for delete in ["DELETE FROM device_secret WHERE device = ?", "DELETE FROM device_token WHERE device = ?"] {
                sqlx::query(delete).bind(device.to_string()).execute(&mut *tx).await?;
            }
            tx.commit().await?;
            shared.write(|known| drop(known.remove(device)));
            Ok(())
        })
        .await
    }

    /// Gives a device a token for HTTP, which is shown now and never again. An old one stops at once.
    ///
    /// # Errors
    /// `store.random`, or a database error.
    pub async fn mint_device_token(&self, device: DeviceId, now: Timestamp) -> Result<Secret, StoreError> {
        let token = Secret::random::<TOKEN_BYTES>(DEVICE_TOKEN_PREFIX)?;
        let hashed = Hashed::of(token.expose()).ok_or(StoreError::SecretUnknown("device token"))?;
        let done = sqlx::query(
            "INSERT OR REPLACE INTO device_token (device, selector, hash, created) SELECT ?1, ?2, ?3, ?4 \
             WHERE (SELECT count(*) FROM device_token WHERE device <> ?1) < ?5",
        )
        .bind(device.to_string())
        .bind(hashed.selector())
        .bind(hashed.bytes())
        .bind(now.as_micros())
        .bind(column(DEVICES_MAX as u64))
        .execute(self.shared.db.writer().await?)
        .await?;
        room("the number of devices with a token", done.rows_affected(), DEVICES_MAX)?;
        Ok(token)
    }

    /// Whose token this is.
    ///
    /// # Errors
    /// `secret.unknown`, or a database error.
    pub async fn verify_device_token(&self, presented: &str) -> Result<DeviceId, StoreError> {
        let unknown = StoreError::SecretUnknown("device token");
        let Some(hashed) = Hashed::of(presented) else { return Err(unknown) };
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as("SELECT device, hash FROM device_token WHERE selector = ?")
            .bind(hashed.selector())
            .fetch_all(self.shared.db.readers().await?)
            .await?;
        let (device, _) = rows.iter().find(|(_, hash)| hashed.is(hash)).ok_or(unknown)?;
        DeviceId::parse(device).map_err(|e| StoreError::corrupt("a device token", e))
    }

    /// Keeps the password of a connection, in place of an old one.
    ///
    /// # Errors
    /// `store.limit`, what [`Credentials::check`] says, `store.random`, or a database error.
    pub async fn put_connection_password(&self, id: ConnectionId, password: &Secret) -> Result<(), StoreError> {
        error::limit("a password", password.expose().len(), PASSWORD_BYTES_MAX)?;
        let sealed = self.shared.seal.seal(&password_name(id), password).await?;
        let done = sqlx::query(
            "INSERT OR REPLACE INTO connection_password (connection, password) SELECT ?1, ?2 \
             WHERE (SELECT count(*) FROM connection_password WHERE connection <> ?1) < ?3",
        )
        .bind(id.to_string())
        .bind(sealed)
        .bind(column(PASSWORDS_MAX as u64))
        .execute(self.shared.db.writer().await?)
        .await?;
        room("the number of passwords", done.rows_affected(), PASSWORDS_MAX)
    }

    /// The password of a connection.
    ///
    /// # Errors
    /// What [`Credentials::check`] says, `store.corrupt`, or a database error.
    pub async fn connection_password(&self, id: ConnectionId) -> Result<Option<Secret>, StoreError> {
        let found: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT password FROM connection_password WHERE connection = ?")
                .bind(id.to_string())
                .fetch_optional(self.shared.db.readers().await?)
                .await?;
        match found {
            Some(sealed) => self.shared.seal.open(&password_name(id), &sealed).await.map(Some),
            None => Ok(None),
        }
    }

    /// Forgets the password of a connection. Doing it again changes nothing.
    ///
    /// # Errors
    /// A database error.
    pub async fn remove_connection_password(&self, id: ConnectionId) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM connection_password WHERE connection = ?").bind(id.to_string());
        delete.execute(self.shared.db.writer().await?).await?;
        Ok(())
    }

    /// Discards all secrets of devices, all passwords of connections and all web hooks, since their key is lost for good. From then on
    /// the key file that is there is good, and without one a new key is made.
    ///
    /// # Errors
    /// A database error.
    pub async fn discard_sealed(&self) -> Result<(), StoreError> {
        self.alone(|shared| async move {
            let mut tx = shared.db.writer().await?.begin().await?;
            for delete in ["DELETE FROM device_secret", "DELETE FROM connection_password", "DELETE FROM hook"] {
                sqlx::query(delete).execute(&mut *tx).await?;
            }
            shared.seal.begin_anew(&mut tx).await?;
            tx.commit().await?;
            shared.write(|known| *known = Known::default());
            Ok(())
        })
        .await
    }

    /// Runs a change to its end, whether or not somebody waits for it, and no other beside it. After one that failed
    /// the rows are read again.
    async fn alone<T, F>(&self, change: impl FnOnce(Arc<Shared>) -> F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let shared = self.shared.clone();
        let change = change(shared.clone());
        let whole = async move {
            let _turn = shared.turn.lock().await;
            shared.load().await?;
            let done = change.await;
            if done.is_err() {
                *shared.known.write().unwrap_or_else(PoisonError::into_inner) = None;
            }
            done
        };
        tokio::spawn(whole).await.map_err(|_| StoreError::Closed)?
    }
}

impl Shared {
    /// Asks the rows in RAM.
    fn read<T>(&self, ask: impl FnOnce(&Known) -> T) -> Result<T, StoreError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(ask).ok_or(StoreError::Closed)
    }

    /// Changes the rows in RAM as those on the disk were changed.
    fn write(&self, change: impl FnOnce(&mut Known)) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).as_mut().map(change);
    }

    /// Reads the rows when they are not in RAM.
    async fn load(&self) -> Result<(), StoreError> {
        if self.read(|_| ()).is_err() {
            let known = Known::load(self.db.writer().await?).await?;
            *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
        }
        Ok(())
    }

    /// Whether no other device has the names.
    fn is_free(&self, names: &Identity) -> Result<(), StoreError> {
        let holder = self.read(|known| known.find(&names.product_key, &names.device_key).map(|(device, _)| device))?;
        if holder.is_none_or(|device| device == names.device) { Ok(()) } else { Err(taken(names)) }
    }

    async fn put(&self, devices: Vec<Identity>, shown: bool, now: Timestamp) -> Result<Vec<Secret>, StoreError> {
        let mut names = BTreeSet::new();
        for identity in &devices {
            self.is_free(identity)?;
            if !names.insert((&identity.product_key, &identity.device_key)) {
                return Err(taken(identity));
            }
        }
        let more = self.read(|known| known.len() + devices.iter().filter(|i| known.get(i.device).is_none()).count())?;
        error::limit("the number of devices with a secret", more, DEVICES_MAX)?;
        let (mut secrets, mut rows) = (Vec::with_capacity(devices.len()), Vec::with_capacity(devices.len()));
        for names in devices {
            let secret = Secret::random::<SECRET_BYTES>("")?;
            let sealed = self.seal.seal(&row_name(names.device), &secret).await?;
            rows.push(Row { names, sealed, last_login: None, shown });
            secrets.push(secret);
        }
        let mut tx = self.db.writer().await?.begin().await?;
        for row in &rows {
            sqlx::query(
                "INSERT INTO device_secret (device, product_key, device_key, secret, issued, shown) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (device) DO UPDATE SET product_key = ?2, device_key = ?3, \
                 secret = ?4, issued = ?5, shown = ?6, last_login = NULL",
            )
            .bind(row.names.device.to_string())
            .bind(&row.names.product_key)
            .bind(&row.names.device_key)
            .bind(&row.sealed)
            .bind(now.as_micros())
            .bind(shown)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        self.write(|known| rows.into_iter().for_each(|row| known.insert(row)));
        Ok(secrets)
    }

    /// Writes all logins that wait, in one commit, and answers them.
    async fn write_logins(&self) -> Result<(), StoreError> {
        let waiting = std::mem::take(&mut *lock(&self.logins));
        let mut newest: BTreeMap<DeviceId, i64> = BTreeMap::new();
        let mut answers = Vec::with_capacity(waiting.len());
        for Login { device, timestamp_ms, done } in waiting {
            let row = self.read(|known| known.get(device).map(|row| row.last_login))?;
            let last = newest.get(&device).copied().or(row.flatten());
            let newer = row.is_some() && last.is_none_or(|last| last < timestamp_ms);
            if newer {
                newest.insert(device, timestamp_ms);
            }
            answers.push((done, newer));
        }
        if !newest.is_empty() {
            let pairs: Vec<(String, i64)> = newest.iter().map(|(device, ms)| (device.to_string(), *ms)).collect();
            sqlx::query(
                "UPDATE device_secret SET last_login = login.value ->> 1 FROM json_each(?) AS login \
                 WHERE device = login.value ->> 0",
            )
            .bind(serde_json::to_string(&pairs).map_err(|e| StoreError::corrupt("a login", e))?)
            .execute(self.db.writer().await?)
            .await?;
        }
        self.write(|known| {
            for (device, ms) in newest {
                known.change(device, |row| row.last_login = Some(ms));
            }
        });
        for (done, newer) in answers {
            // Who does not wait any more has hung up.
            done.send(newer).ok();
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Refuses one row too many, which was not written.
fn room(what: &'static str, written: u64, max: usize) -> Result<(), StoreError> {
    error::limit(what, if written == 0 { max.saturating_add(1) } else { 0 }, max)
}

fn taken(names: &Identity) -> StoreError {
    StoreError::Taken { what: "device", name: format!("{} {}", names.product_key, names.device_key) }
}

/// What a device's secret is bound to.
fn row_name(device: DeviceId) -> String {
    format!("the secret of {device}")
}

/// What a connection's password is bound to.
fn password_name(id: ConnectionId) -> String {
    format!("the password of {id}")
}
