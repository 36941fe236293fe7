//! One SQLite file with one writing connection and a few reading ones, or the same schema in memory. Connections are
//! never recycled: a closed last connection would delete the write-ahead file under the log's hands.

use crate::StoreError;
use crate::migrations::{self, Step};
use sqlx::migrate::MigrateError;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};
use sqlx::{ConnectOptions, Sqlite};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

/// Reading connections per file. Each is a thread and a page cache of [`CACHE_KIB`].
const READERS_MAX: u32 = 2;
/// Page cache of one connection.
const CACHE_KIB: u32 = 1_024;
/// Longest wait for another connection's lock.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// Longest wait for a free connection.
const ACQUIRE_WAIT: Duration = Duration::from_secs(30);
/// The write-ahead file is cut to this when it starts anew.
const WAL_BYTES_KEPT: u32 = 16 << 20;

/// A database of the store. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    steps: &'static [Step],
    pools: OnceCell<Pools>,
}

#[derive(Clone)]
struct Pools {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// Pages in the write-ahead file at which a commit of a [`Durability::CallerSyncs`] file moves them to the database
/// itself. Most of them were moved in the background long before; but while batches come without a pause, only a commit
/// can finish the move, after which the file starts anew.
const CHECKPOINT_PAGES_LATEST: u32 = 4_096;

/// When a commit is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// When it returns.
    EachCommit,
    /// When the caller has brought the write-ahead file to the disk.
    CallerSyncs,
}

/// How a file is opened.
fn options(path: &Path, durability: Durability) -> SqliteConnectOptions {
    let (synchronous, checkpoint_pages) = match durability {
        Durability::EachCommit => (SqliteSynchronous::Full, 1_000),
        Durability::CallerSyncs => (SqliteSynchronous::Normal, CHECKPOINT_PAGES_LATEST),
    };
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .busy_timeout(BUSY_WAIT)
        .pragma("wal_autocheckpoint", checkpoint_pages.to_string())
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .pragma("journal_size_limit", WAL_BYTES_KEPT.to_string())
        .disable_statement_logging()
}

fn pool(max: u32) -> PoolOptions<Sqlite> {
    PoolOptions::new()
        .max_connections(max)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(ACQUIRE_WAIT)
        .test_before_acquire(false)
}

/// Makes a file of mode 0600 where there is none; SQLite gives its side files the same mode.
pub(crate) fn make_private_file(path: &Path) -> Result<(), StoreError> {
    let made = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    made.map(drop).map_err(|source| StoreError::Folder { path: path.into(), source })
}

/// Brings a file up to date.
async fn migrate(writer: &SqlitePool, file: &'static str, steps: &[Step]) -> Result<(), StoreError> {
    migrations::migrator(steps).run(writer).await.map_err(|e| match e {
        MigrateError::VersionMissing(found) => StoreError::Newer { file, found },
        MigrateError::Execute(e) => e.into(),
        source => StoreError::Migration { file, source },
    })
}

impl Db {
    /// Opens or makes a file and brings it up to date.
    pub(crate) async fn open(
        dir: &Path,
        file: &'static str,
        steps: &'static [Step],
        durability: Durability,
    ) -> Result<Db, StoreError> {
        let path: PathBuf = dir.join(file);
        make_private_file(&path)?;
        let connect = async { Ok(pool(1).connect_with(options(&path, durability)).await?) };
        let writer = connect.await.map_err(|e: StoreError| e.of_file(file))?;
        migrate(&writer, file, steps).await.map_err(|e| e.of_file(file))?;
        let readers = pool(READERS_MAX).connect_lazy_with(options(&path, durability).pragma("query_only", "1"));
        Ok(Db { inner: Arc::new(Inner { steps, pools: OnceCell::new_with(Some(Pools { writer, readers })) }) })
    }

    /// A database in memory, made when it is first used.
    pub(crate) fn in_memory(steps: &'static [Step]) -> Db {
        Db { inner: Arc::new(Inner { steps, pools: OnceCell::new() }) }
    }

    async fn pools(&self) -> Result<&Pools, StoreError> {
        let make = || async {
            let memory = SqliteConnectOptions::new().in_memory(true).shared_cache(false).disable_statement_logging();
            // One connection, since each would have a database of its own.
            let writer = pool(1).connect_with(memory).await?;
            for step in self.inner.steps {
                sqlx::raw_sql(step.sql).execute(&writer).await?;
            }
            Ok(Pools { readers: writer.clone(), writer })
        };
        self.inner.pools.get_or_try_init(make).await
    }

    /// The one connection that writes.
    pub(crate) async fn writer(&self) -> Result<&SqlitePool, StoreError> {
        Ok(&self.pools().await?.writer)
    }

    /// Connections that read.
    pub(crate) async fn readers(&self) -> Result<&SqlitePool, StoreError> {
        Ok(&self.pools().await?.readers)
    }

    /// Closes all connections.
    pub(crate) async fn close(&self) {
        if let Some(pools) = self.inner.pools.get() {
            pools.readers.close().await;
            pools.writer.close().await;
        }
    }
}

/// A number for a column.
pub(crate) fn column(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A number from a column.
pub(crate) fn number(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
