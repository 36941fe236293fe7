//! What the tests of several modules need.

use crate::db::{Db, Durability};
use crate::migrations::Step;
use crate::{Store, StoreError};
use base::Timestamp;
use proptest::prelude::*;
use std::fs;
use std::path::Path;
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

/// What a loss of power or `kill -9` leaves: the files as they are at this moment, without any goodbye.
pub(crate) fn crash(dir: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(dir).unwrap() {
        let file = file.unwrap();
        // What processes share of a data base in RAM is no file of the disk.
        if !file.file_name().to_string_lossy().ends_with("-shm") {
            fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    copy
}

/// Runs SQL on a file of a closed store.
pub(crate) async fn tamper(dir: &Path, file: &'static str, steps: &'static [Step], sql: &'static str) {
    let db = Db::open(dir, file, steps, Durability::EachCommit).await.unwrap();
    sqlx::query(sql).execute(db.writer().await.unwrap()).await.unwrap();
    db.close().await;
}

/// How the end of a write-ahead file looks after a loss of power.
#[derive(Debug, Clone)]
pub(crate) enum Tear {
    Cut,
    Zeros,
    Garbage(u64),
    OneBit,
}

pub(crate) fn tear() -> impl Strategy<Value = Tear> {
    prop_oneof![Just(Tear::Cut), Just(Tear::Zeros), any::<u64>().prop_map(Tear::Garbage), Just(Tear::OneBit)]
}

pub(crate) fn damage(path: &Path, from: usize, tear: &Tear) {
    let mut bytes = fs::read(path).unwrap();
    let tail = bytes.get_mut(from..).unwrap();
    match tear {
        Tear::Cut => bytes.truncate(from),
        Tear::Zeros => tail.fill(0),
        Tear::Garbage(seed) => {
            for (i, b) in (0..).zip(tail) {
                *b = base::canonical::splitmix64(seed ^ i).to_le_bytes()[0];
            }
        }
        Tear::OneBit => tail.iter_mut().take(1).for_each(|b| *b ^= 1),
    }
    fs::write(path, bytes).unwrap();
}
