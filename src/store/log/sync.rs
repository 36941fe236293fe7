//! The one task that brings the write-ahead file to the disk, in groups: the first write after a rest at once, so that
//! a lone command is acknowledged in the time of one `fdatasync`; then at most one sync per [`SYNC_WINDOW`], sooner
//! when [`SYNC_VALUES`] values wait. It also moves the write-ahead file into the database before it grows large, so
//! that no append has to.

use super::writer::Written;
use sqlx::sqlite::SqlitePool;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Shortest time between two syncs.
pub(crate) const SYNC_WINDOW: Duration = Duration::from_millis(50);
/// Values that do not wait for the window to end.
pub(crate) const SYNC_VALUES: u64 = 1_000;
/// Bytes of batches after which the write-ahead file is moved into the database.
const MOVE_BYTES: u64 = 4 << 20;

/// How far the disk is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Synced {
    /// The last batch on the disk.
    pub(crate) seq: u64,
    /// Why nothing more will be acknowledged.
    pub(crate) failed: Option<String>,
}

/// The task's own things.
pub(crate) struct Syncer {
    /// The write-ahead file.
    pub(crate) wal: PathBuf,
    pub(crate) connections: SqlitePool,
    pub(crate) written: watch::Receiver<Written>,
    pub(crate) synced: watch::Sender<Synced>,
    pub(crate) lock: Arc<File>,
}

impl Syncer {
    /// Runs until the writer has ended and all that it wrote is on the disk.
    pub(crate) async fn run(mut self) {
        let (mut done, mut moved) = (Written::default(), 0);
        while let Ok(target) = self.written.wait_for(|w| w.writes > done.writes).await.map(|w| *w) {
            if let Err(e) = sync(self.wal.clone()).await {
                tracing::error!(file = %self.wal.display(), error = %e, "the log could not be brought to the disk; nothing is acknowledged until the next start");
                self.synced.send_modify(|s| s.failed = Some(e.to_string()));
                break;
            }
            done = target;
            self.synced.send_modify(|s| s.seq = s.seq.max(done.seq));
            if done.bytes - moved >= MOVE_BYTES {
                self.move_to_database().await;
                moved = done.bytes;
            }
            let many = self.written.wait_for(|w| w.values >= done.values + SYNC_VALUES);
            // Either the window has passed, or many wait, or the writer has ended: each time the next round is due.
            drop(tokio::time::timeout(SYNC_WINDOW, many).await);
        }
        drop(self.lock);
    }

    async fn move_to_database(&self) {
        if let Err(e) = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&self.connections).await {
            tracing::warn!(error = %e, "the write-ahead file could not be moved into the database; it is tried again");
        }
    }
}

/// Brings the write-ahead file to the disk. It is opened by its path each time: what counts is the file that is there.
pub(crate) async fn sync(wal: PathBuf) -> io::Result<()> {
    run_blocking(move || File::open(wal)?.sync_data()).await
}

/// Brings the entries of a directory to the disk.
pub(crate) async fn sync_dir(dir: &Path) -> io::Result<()> {
    let dir = dir.to_path_buf();
    run_blocking(move || File::open(dir)?.sync_all()).await
}

/// The one place of the crate where a thread waits for the disk.
pub(crate) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
