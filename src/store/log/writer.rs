//! The one task that writes `history.db`: batches, checkpoints and retention in the order they were asked for. Since
//! it is a task, a caller that gives up half-way leaves nothing half done.

use super::{CHECKPOINTS_KEPT, follows};
use crate::StoreError;
use crate::db::column;
use crate::telemetry::Head;
use base::id::PointId;
use base::{Sample, Timestamp};
use sqlx::pool::PoolConnection;
use sqlx::{Connection, Sqlite};
use std::fs::File;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};

/// Most writes that wait.
pub(crate) const QUEUE_MAX: usize = 64;
/// Batches that one deletion takes: appends wait no longer than this lasts.
const RETAIN_SLICE: i64 = 500;

type Done<T> = oneshot::Sender<Result<T, StoreError>>;

/// Something to write.
pub(crate) enum Write {
    /// The next batch.
    Append(Row, Done<()>),
    /// A state of the runtime.
    Checkpoint { seq: u64, version: u16, hash: [u8; 32], data: Vec<u8>, done: Done<()> },
    /// Deletes at most [`RETAIN_SLICE`] batches before a number.
    Retain { before: u64, done: Done<u64> },
    /// The end.
    Close,
}

/// A batch as it is stored, and its reports for the head.
pub(crate) struct Row {
    pub(crate) seq: u64,
    pub(crate) times: (Timestamp, Timestamp),
    pub(crate) version: u16,
    pub(crate) data: Vec<u8>,
    pub(crate) reports: Vec<(PointId, Sample)>,
}

/// How far it came.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Written {
    /// The last batch.
    pub(crate) seq: u64,
    /// Writes since the start, of any kind.
    pub(crate) writes: u64,
    /// Values since the start.
    pub(crate) values: u64,
    /// Bytes since the start.
    pub(crate) bytes: u64,
}

/// The task's own things.
pub(crate) struct Writer {
    pub(crate) connection: PoolConnection<Sqlite>,
    pub(crate) written: watch::Sender<Written>,
    pub(crate) head: Arc<Head>,
    /// Held until the last write is done, however the store ends.
    pub(crate) lock: Arc<File>,
}

impl Writer {
    pub(crate) async fn run(mut self, mut queue: mpsc::Receiver<Write>) {
        while let Some(write) = queue.recv().await {
            // An asker that has gone away needs no answer.
            match write {
                Write::Append(row, done) => drop(done.send(self.append(row).await)),
                Write::Checkpoint { seq, version, hash, data, done } => {
                    drop(done.send(self.checkpoint(seq, version, &hash, data).await));
                }
                Write::Retain { before, done } => drop(done.send(self.retain(before).await)),
                Write::Close => break,
            }
        }
        drop(self.lock);
    }

    async fn append(&mut self, row: Row) -> Result<(), StoreError> {
        follows(self.written.borrow().seq, row.seq)?;
        let bytes = row.data.len();
        sqlx::query("INSERT INTO batch (id, t0, t1, version, data) VALUES (?, ?, ?, ?, ?)")
            .bind(column(row.seq))
            .bind(row.times.0.as_micros())
            .bind(row.times.1.as_micros())
            .bind(row.version)
            .bind(row.data)
            .execute(&mut *self.connection)
            .await?;
        self.head.update(row.seq, &row.reports);
        self.advance(row.seq, row.reports.len(), bytes);
        Ok(())
    }

    async fn checkpoint(&mut self, seq: u64, version: u16, hash: &[u8], data: Vec<u8>) -> Result<(), StoreError> {
        let bytes = data.len();
        let mut tx = self.connection.begin().await?;
        let newest: i64 =
            sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM checkpoint").fetch_one(&mut *tx).await?;
        if column(seq) < newest {
            return Err(StoreError::Order { expected: crate::db::number(newest), found: seq });
        }
        sqlx::query("INSERT OR REPLACE INTO checkpoint (seq, version, hash, data) VALUES (?, ?, ?, ?)")
            .bind(column(seq))
            .bind(version)
            .bind(hash)
            .bind(data)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM checkpoint WHERE seq NOT IN (SELECT seq FROM checkpoint ORDER BY seq DESC LIMIT ?)")
            .bind(CHECKPOINTS_KEPT)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.advance(seq, 0, bytes);
        Ok(())
    }

    async fn retain(&mut self, before: u64) -> Result<u64, StoreError> {
        let deleted = sqlx::query(
            "DELETE FROM batch WHERE id IN (SELECT id FROM batch WHERE id < ? AND id <= (SELECT min(seq) FROM checkpoint) ORDER BY id LIMIT ?)",
        )
        .bind(column(before))
        .bind(RETAIN_SLICE)
        .execute(&mut *self.connection)
        .await?;
        if deleted.rows_affected() > 0 {
            self.advance(0, 0, 0);
        }
        Ok(deleted.rows_affected())
    }

    fn advance(&self, seq: u64, values: usize, bytes: usize) {
        self.written.send_modify(|w| {
            w.seq = w.seq.max(seq);
            w.writes += 1;
            w.values += values as u64;
            w.bytes += bytes as u64;
        });
    }
}
