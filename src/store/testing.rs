//! What the tests of several modules need.

use crate::{Store, StoreError};
use base::Timestamp;
use tempfile::TempDir;

/// A store on the disk and one in memory, for tests that must come out the same.
pub(crate) async fn both() -> (TempDir, [Store; 2]) {
    let dir = tempfile::tempdir().unwrap();
    let disk = Store::open(dir.path()).await.unwrap();
    (dir, [disk, Store::open_in_memory()])
}

/// The code of an error, or `ok`.
pub(crate) fn code<T>(result: Result<T, StoreError>) -> &'static str {
    result.err().map_or("ok", |e| e.code())
}

/// Some time, and so many milliseconds.
pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + ms)
}
