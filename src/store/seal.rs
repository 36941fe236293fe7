//! Secrets that must be read again (what a device signs its login with, the password of a broker outside) cannot be
//! hashed. They are sealed with XChaCha20-Poly1305 and a random nonce each, bound to their row, so that one cannot be
//! put in the place of another. The key lies beside the data base in a file of its own, so that a copy of the data
//! base alone gives nothing away.
//!
//! What it is *not*: a guard against somebody who can read the whole data folder. Start at [`Seal::seal`].

use crate::db::Db;
use crate::error::KeyFault;
use crate::secret::{Secret, random_bytes};
use crate::{StoreError, db};
use base::canonical;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// The key's file in the data folder.
pub const KEY_FILE: &str = "castellan.key";
/// What its one line begins with; the digits after it are the key.
const KEY_FORM: &str = "castellan-key-1 ";
/// Bytes of the file beyond which it is none of ours.
const KEY_FILE_BYTES_MAX: u64 = 256;
/// The form of what is sealed: this byte, the nonce, the text with its tag.
const FORM: u8 = 1;
const NONCE_BYTES: usize = 24;

type Key = [u8; 32];

/// Seals secrets and opens them. The key is made with the first secret.
pub(crate) struct Seal {
    db: Db,
    /// None keeps the key in RAM, as the data base is.
    path: Option<PathBuf>,
    cipher: OnceCell<(XChaCha20Poly1305, Fingerprint)>,
}

/// Tells keys apart and says nothing about them.
type Fingerprint = [u8; 32];

impl Seal {
    pub(crate) fn new(db: Db, dir: Option<&Path>) -> Arc<Seal> {
        Arc::new(Seal { db, path: dir.map(|dir| dir.join(KEY_FILE)), cipher: OnceCell::new() })
    }

    /// Seals a secret for a row.
    pub(crate) async fn seal(&self, row: &str, secret: &Secret) -> Result<Vec<u8>, StoreError> {
        let nonce = random_bytes::<NONCE_BYTES>()?;
        let plain = Payload { msg: secret.expose().as_bytes(), aad: row.as_bytes() };
        let (cipher, _) = self.cipher().await?;
        let text = cipher.encrypt(&XNonce::from(nonce), plain).map_err(|e| StoreError::corrupt(row, e))?;
        Ok([&[FORM], nonce.as_slice(), &text].concat())
    }

    /// Opens what was sealed for a row.
    pub(crate) async fn open(&self, row: &str, sealed: &[u8]) -> Result<Secret, StoreError> {
        let damaged = || StoreError::corrupt(row, "it cannot be unsealed");
        let (form, rest) = sealed.split_first().ok_or_else(damaged)?;
        if *form != FORM {
            return Err(StoreError::Version { what: row.into(), found: (*form).into(), known: FORM.into() });
        }
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let (cipher, _) = self.cipher().await?;
        let plain = cipher.decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: row.as_bytes() });
        plain.ok().and_then(|bytes| String::from_utf8(bytes).ok()).map(Secret::new).ok_or_else(damaged)
    }

    /// Looks whether what is sealed can be opened. Makes nothing.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        match self.fingerprint().await? {
            Some(_) => self.cipher().await.map(drop),
            None => Ok(()),
        }
    }

    /// Forgets with which key was sealed, after everything sealed is gone: the file that is there is good from now on,
    /// and without a file a new key is made.
    pub(crate) async fn begin_anew(&self, tx: &mut sqlx::SqliteConnection) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sealing_key").execute(&mut *tx).await?;
        match self.cipher.get() {
            Some((_, fingerprint)) => remember(&mut *tx, fingerprint).await,
            None => Ok(()),
        }
    }

    async fn fingerprint(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let found = sqlx::query_scalar("SELECT fingerprint FROM sealing_key");
        Ok(found.fetch_optional(self.db.writer().await?).await?)
    }

    async fn cipher(&self) -> Result<&(XChaCha20Poly1305, Fingerprint), StoreError> {
        let load = || async {
            let expected = self.fingerprint().await?;
            let key = match &self.path {
                None => random_bytes()?,
                Some(path) => match (read(path)?, &expected) {
                    (Some(key), _) => key,
                    (None, None) => make(path)?,
                    (None, Some(_)) => return Err(StoreError::Key { path: path.clone(), fault: KeyFault::Lost }),
                },
            };
            let fingerprint = canonical::sha256(&[KEY_FORM.as_bytes(), &key].concat());
            match (expected, &self.path) {
                (Some(expected), Some(path)) if expected != fingerprint => {
                    return Err(StoreError::Key { path: path.clone(), fault: KeyFault::Wrong });
                }
                (Some(_), _) => {}
                (None, _) => remember(&mut *self.db.writer().await?.acquire().await?, &fingerprint).await?,
            }
            Ok((XChaCha20Poly1305::new(&key.into()), fingerprint))
        };
        self.cipher.get_or_try_init(load).await
    }
}

async fn remember(connection: &mut sqlx::SqliteConnection, fingerprint: &Fingerprint) -> Result<(), StoreError> {
    let insert = sqlx::query("INSERT INTO sealing_key (id, fingerprint) VALUES (1, ?)");
    insert.bind(fingerprint.as_slice()).execute(connection).await?;
    Ok(())
}

/// Reads the key; none when there is no file.
fn read(path: &Path) -> Result<Option<Key>, StoreError> {
    let unusable = |source| StoreError::Folder { path: path.into(), source };
    let fault = |fault| StoreError::Key { path: path.into(), fault };
    let file = match File::open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(unusable)?,
    };
    let mode = file.metadata().map_err(unusable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(fault(KeyFault::Mode(mode)));
    }
    let mut text = Vec::new();
    file.take(KEY_FILE_BYTES_MAX).read_to_end(&mut text).map_err(unusable)?;
    decode(&text).map(Some).ok_or_else(|| fault(KeyFault::Damaged))
}

/// The key of a file's text.
fn decode(text: &[u8]) -> Option<Key> {
    let digits = text.strip_prefix(KEY_FORM.as_bytes())?.strip_suffix(b"\n")?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    bytes?.try_into().ok()
}

/// Makes a key. It is on the disk under its name, whole, before anything is sealed with it.
fn make(path: &Path) -> Result<Key, StoreError> {
    let key: Key = random_bytes()?;
    let unusable = |source| StoreError::Folder { path: path.into(), source };
    let fresh = path.with_extension("key.new");
    match fs::remove_file(&fresh) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(unusable(e)),
        _ => db::make_private_file(&fresh)?,
    }
    let write = || {
        let mut file = File::options().write(true).open(&fresh)?;
        file.write_all(format!("{KEY_FORM}{}\n", canonical::hex(&key)).as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, path)?;
        path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
    };
    write().map_err(unusable)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_a_key_or_none(bytes in prop::collection::vec(any::<u8>(), 0..128), cut in 0_usize..82) {
            prop_assert_eq!(decode(&bytes), None);
            let line = format!("{KEY_FORM}{}\n", canonical::hex(&[7; 32]));
            let cut = line.as_bytes().iter().copied().take(cut).collect::<Vec<u8>>();
            prop_assert_eq!(decode(&cut).is_some(), cut.len() == line.len());
        }

        #[test]
        fn what_is_sealed_opens_for_its_row_alone_and_only_whole(text in "\\PC{0,40}", row in "[a-z]{1,9}", at in any::<prop::sample::Index>(), bit in 0_u32..8) {
            tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
                let seal = Seal::new(Db::in_memory(migrations::CASTELLAN), None);
                let secret = Secret::new(text);
                let mut sealed = seal.seal(&row, &secret).await.unwrap();
                assert_ne!(sealed, seal.seal(&row, &secret).await.unwrap());
                assert_eq!(seal.open(&row, &sealed).await.unwrap(), secret);
                assert!(seal.open(&format!("{row}2"), &sealed).await.is_err());
                assert!(seal.open(&row, &sealed[..at.index(sealed.len())]).await.is_err());
                let place = at.index(sealed.len());
                sealed[place] ^= 1 << bit;
                assert!(seal.open(&row, &sealed).await.is_err());
            });
        }
    }
}
