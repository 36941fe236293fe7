//! The log in `history.db`: the way in to its two tasks (`writer`, `sync`), and reading beside them.

use super::sync::{Synced, Syncer, sync, sync_dir};
use super::writer::{QUEUE_MAX, Row, Write, Writer, Written};
use super::{BATCH_BYTES_MAX, Checkpoint, PAGE_BATCHES_MAX, PAGE_BYTES_MAX, Which, times};
use crate::db::{Db, Durability, column, number};
use crate::telemetry::{Found, Head, reports, trim};
use crate::{StoreError, error, migrations};
use base::id::PointId;
use base::{Sample, Timestamp, canonical};
use documents::Batch;
use documents::journal::JOURNAL_VERSION;
use futures::TryStreamExt;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// Its file in the data folder.
pub(crate) const FILE: &str = "history.db";

/// A log on the disk.
pub(crate) struct Disk {
    db: Db,
    queue: mpsc::Sender<Write>,
    written: watch::Receiver<Written>,
    synced: watch::Receiver<Synced>,
    head: Arc<Head>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Disk {
    pub(crate) async fn open(dir: &Path, lock: Arc<File>, fresh: bool) -> Result<Disk, StoreError> {
        let db = Db::open(dir, FILE, migrations::HISTORY, Durability::CallerSyncs).await?;
        let mut connection = db.writer().await?.acquire().await?;
        let last: i64 = sqlx::query_scalar(
            "SELECT max(coalesce((SELECT max(id) FROM batch), 0), coalesce((SELECT max(seq) FROM checkpoint), 0))",
        )
        .fetch_one(&mut *connection)
        .await?;
        let seq = number(last);
        // What a killed process wrote may not be on the disk yet.
        let wal = dir.join(format!("{FILE}-wal"));
        let to_disk = async { sync(wal.clone()).await.and(sync_dir(dir).await) };
        to_disk.await.map_err(|source| StoreError::Folder { path: wal.clone(), source })?;

        let (queue, queued) = mpsc::channel(QUEUE_MAX);
        let (written_sender, written) = watch::channel(Written { seq, ..Written::default() });
        let (synced_sender, synced) = watch::channel(Synced { seq, failed: None });
        let head = Arc::new(Head::new(fresh && seq == 0, seq + 1));
        let writer = Writer { connection, written: written_sender, head: head.clone(), lock: lock.clone() };
        let syncer = Syncer {
            wal,
            connections: db.readers().await?.clone(),
            written: written.clone(),
            synced: synced_sender,
            lock,
        };
        let tasks = vec![tokio::spawn(writer.run(queued)), tokio::spawn(syncer.run())];
        Ok(Disk { db, queue, written, synced, head, tasks: Mutex::new(tasks) })
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) fn last_seq(&self) -> u64 {
        self.written.borrow().seq
    }

    pub(crate) fn durable_seq(&self) -> u64 {
        self.synced.borrow().seq
    }

    async fn write<T>(
        &self,
        write: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Write,
    ) -> Result<T, StoreError> {
        let (done, answer) = oneshot::channel();
        self.queue.send(write(done)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    pub(crate) async fn append(&self, batch: &Batch) -> Result<(), StoreError> {
        let data = canonical::to_string(batch)?.into_bytes();
        error::limit("a batch", data.len(), BATCH_BYTES_MAX)?;
        let row = Row {
            seq: batch.seq,
            times: times(batch),
            version: batch.version,
            data,
            reports: reports(batch).cloned().collect(),
        };
        self.write(|done| Write::Append(row, done)).await
    }

    pub(crate) async fn put_checkpoint(&self, seq: u64, version: u16, data: &[u8]) -> Result<(), StoreError> {
        let (hash, data) = (canonical::sha256(data), data.to_vec());
        self.write(|done| Write::Checkpoint { seq, version, hash, data, done }).await
    }

    pub(crate) async fn retain(&self, before: u64) -> Result<u64, StoreError> {
        let mut gone = 0;
        loop {
            let slice = self.write(|done| Write::Retain { before, done }).await?;
            gone += slice;
            if slice == 0 {
                return Ok(gone);
            }
        }
    }

    pub(crate) async fn durable(&self, seq: u64) -> Result<(), StoreError> {
        let mut synced = self.synced.clone();
        let state = synced.wait_for(|s| s.seq >= seq || s.failed.is_some()).await.map_err(|_| StoreError::Closed)?;
        match &state.failed {
            Some(why) if state.seq < seq => Err(StoreError::Sync(why.clone())),
            _ => Ok(()),
        }
    }

    pub(crate) async fn page(&self, from: u64) -> Result<Vec<Batch>, StoreError> {
        let mut rows = sqlx::query("SELECT id, version, data FROM batch WHERE id >= ? ORDER BY id LIMIT ?")
            .bind(column(from))
            .bind(i64::try_from(PAGE_BATCHES_MAX).unwrap_or(i64::MAX))
            .fetch(self.db.readers().await?);
        let (mut page, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            bytes += row.try_get::<&[u8], _>("data")?.len();
            page.push(decode(&row)?);
            if bytes >= PAGE_BYTES_MAX {
                break;
            }
        }
        Ok(page)
    }

    pub(crate) async fn checkpoint(&self, version: u16, which: Which) -> Result<Option<Checkpoint>, StoreError> {
        let sql = match which {
            Which::Newest => "SELECT seq, version, hash, data FROM checkpoint ORDER BY seq DESC",
            Which::Oldest => "SELECT seq, version, hash, data FROM checkpoint ORDER BY seq ASC",
        };
        let mut rows = sqlx::query(sql).fetch(self.db.readers().await?);
        while let Some(row) = rows.try_next().await? {
            let (seq, found): (i64, i64) = (row.try_get("seq")?, row.try_get("version")?);
            let data: Vec<u8> = row.try_get("data")?;
            if found != i64::from(version) {
                tracing::warn!(seq, found, version, "a checkpoint has another version; the next one is used");
            } else if canonical::sha256(&data) != row.try_get::<&[u8], _>("hash")? {
                tracing::warn!(seq, "a checkpoint is damaged; the next one is used");
            } else {
                return Ok(Some(Checkpoint { seq: number(seq), data }));
            }
        }
        Ok(None)
    }

    /// The newest stored sample of a point before an instant: batches are looked through by the end of their time,
    /// newest first, until none can hold a newer one.
    pub(crate) async fn newest_sample(
        &self,
        point: PointId,
        before: Timestamp,
        (after, until): (u64, u64),
    ) -> Result<Option<Found>, StoreError> {
        let mut rows = sqlx::query(
            "SELECT id, t1, version, data FROM batch
             WHERE id > ? AND id < ? AND t0 < ? AND instr(data, ?) > 0 ORDER BY t1 DESC",
        )
        .bind(column(after))
        .bind(column(until))
        .bind(before.as_micros())
        .bind(point.to_string().into_bytes())
        .fetch(self.db.readers().await?);
        let mut best: Option<(Timestamp, u64, Sample)> = None;
        while let Some(row) = rows.try_next().await? {
            let t1 = Timestamp::from_micros(row.try_get("t1")?);
            if best.as_ref().is_some_and(|(at, ..)| *at > t1) {
                break;
            }
            let batch = decode(&row)?;
            for (_, sample) in reports(&batch).filter(|(p, s)| *p == point && s.at < before) {
                if best.as_ref().is_none_or(|(at, seq, _)| (*at, *seq) <= (sample.at, batch.seq)) {
                    best = Some((sample.at, batch.seq, sample.clone()));
                }
            }
        }
        Ok(best.map(|(_, seq, sample)| Found::in_log(seq, sample)))
    }

    /// The oldest samples of a point in the batches between two numbers: at least `limit` of them, or all.
    pub(crate) async fn collect(
        &self,
        point: PointId,
        (from, to): (Timestamp, Timestamp),
        (after, until): (u64, u64),
        limit: usize,
        found: &mut Vec<Found>,
    ) -> Result<(), StoreError> {
        let mut rows = sqlx::query(
            "SELECT id, version, data FROM batch WHERE id > ? AND id < ? AND t1 >= ? AND t0 < ? AND instr(data, ?) > 0",
        )
        .bind(column(after))
        .bind(column(until))
        .bind(from.as_micros())
        .bind(to.as_micros())
        .bind(point.to_string().into_bytes())
        .fetch(self.db.readers().await?);
        while let Some(row) = rows.try_next().await? {
            let batch = decode(&row)?;
            let own = reports(&batch).filter(|(p, s)| *p == point && s.at >= from && s.at < to);
            found.extend(own.map(|(_, s)| Found::in_log(batch.seq, s.clone())));
            trim(found, limit);
        }
        Ok(())
    }

    pub(crate) async fn close(&self) {
        // An error says that the writer has ended already.
        drop(self.queue.send(Write::Close).await);
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            drop(task.await);
        }
        self.db.close().await;
    }
}

/// Reads a stored batch.
fn decode(row: &SqliteRow) -> Result<Batch, StoreError> {
    let (id, version): (i64, i64) = (row.try_get("id")?, row.try_get("version")?);
    if version != i64::from(JOURNAL_VERSION) {
        return Err(StoreError::Version {
            what: format!("batch {id}"),
            found: number(version),
            known: JOURNAL_VERSION.into(),
        });
    }
    let batch: Batch =
        serde_json::from_slice(row.try_get("data")?).map_err(|e| StoreError::corrupt(format!("batch {id}"), e))?;
    if batch.seq == number(id) {
        Ok(batch)
    } else {
        Err(StoreError::corrupt(format!("batch {id}"), "it has another number"))
    }
}
