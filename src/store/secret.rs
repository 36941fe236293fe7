//! Secrets: made from the operating system's random bytes, shown once, never printed. What is only compared is stored
//! as SHA-256 and compared in constant time; a plain hash is enough since a secret has at least 128 random bits: there
//! is nothing to guess. What must be read again is sealed (module `seal`).

use crate::StoreError;
use base::canonical;
use documents::Role;
use std::fmt;
use subtle::ConstantTimeEq;

/// Longest text that is looked at as a secret; what is longer is none.
const SECRET_BYTES_MAX: usize = 256;

/// A text that gives access. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A text that came from outside.
    pub fn new(text: String) -> Secret {
        Secret(text)
    }

    /// A prefix and `N` random bytes in hexadecimal.
    pub(crate) fn random<const N: usize>(prefix: &str) -> Result<Secret, StoreError> {
        Ok(Secret(format!("{prefix}{}", canonical::hex(&random_bytes::<N>()?))))
    }

    /// The text, to be shown once or set as a cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Random bytes of the operating system.
#[expect(
    clippy::disallowed_methods,
    reason = "secrets are made here and nowhere else; a token's id takes its seed from here"
)]
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| StoreError::Random(e.to_string()))?;
    Ok(bytes)
}

/// What is stored of a secret.
pub(crate) struct Hashed {
    hash: [u8; 32],
}

impl Hashed {
    /// Of a text that was made here or came from outside; none for a text that cannot be a secret.
    pub(crate) fn of(text: &str) -> Option<Hashed> {
        (text.len() <= SECRET_BYTES_MAX).then(|| Hashed { hash: canonical::sha256(text.as_bytes()) })
    }

    /// Finds the row: eight bytes of the hash. Whoever can measure how long the search takes learns of the hash, not
    /// of the secret.
    pub(crate) fn selector(&self) -> i64 {
        self.hash.iter().take(8).fold(0, |n, b| n << 8 | i64::from(*b))
    }

    /// The column.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.hash
    }

    /// Whether this is the stored one; takes as long for each.
    pub(crate) fn is(&self, stored: &[u8]) -> bool {
        self.hash.ct_eq(stored).into()
    }
}

/// The word of a role in a column.
pub(crate) fn role_text(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Operator => "operator",
        Role::Viewer => "viewer",
        Role::Agent => "agent",
        Role::Bridge => "bridge",
    }
}

/// The role of a word in a column.
pub(crate) fn role(text: &str) -> Result<Role, StoreError> {
    [Role::Owner, Role::Operator, Role::Viewer, Role::Agent, Role::Bridge]
        .into_iter()
        .find(|r| role_text(*r) == text)
        .ok_or_else(|| StoreError::corrupt("a role", text))
}
