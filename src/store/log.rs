//! The one write-ahead log: every [`Batch`] of the runtime in order, checkpoints of its state, and retention.
//!
//! What it is *not*: it knows nothing of what a batch means, save the times of its reports (telemetry is read from here
//! until it is sealed). Start at [`Log`].
//!
//! # What is promised, and why it holds
//!
//! *Written* (`append` returned): the row is committed to SQLite's write-ahead file by `write(2)`. The pages are the
//! kernel's, so they survive `kill -9`; they do not survive a loss of power.
//!
//! *Acknowledged* (`durable` returned): the write-ahead file was also brought to the disk by `fdatasync`, in groups
//! (module `sync`). That is enough for SQLite in WAL mode with `synchronous=NORMAL`:
//! - a commit lies in the write-ahead file until a checkpoint moves it into the database. SQLite syncs the write-ahead
//!   file before such a move and the database after it, and starts the write-ahead file anew (with a synced header of
//!   new salt) only when all of it was moved. So at any time a commit is either in the write-ahead file, which the next
//!   group sync covers, or in the database and synced;
//! - each frame carries the salt and a checksum over all frames before it. At the next start everything up to the last
//!   whole commit counts; a torn tail is cut. Frames are written in order and an acknowledgement covers all before it,
//!   so a tail never holds an acknowledged batch;
//! - the directory entry of the write-ahead file is synced when the log is opened, and the file is never replaced while
//!   a connection is open;
//! - closing another handle of the write-ahead file is harmless: SQLite holds its POSIX locks on the other two files.
//!
//! As SQLite itself does, this takes for granted that a write does not damage neighbouring bytes when power fails.
//! After a failed sync the kernel may have dropped the pages it could not write, so nothing is acknowledged any more.

mod bench;
mod disk;
mod ram;
mod sync;
#[cfg(test)]
mod tests;
mod writer;

pub use bench::{BenchFigures, bench};

use crate::telemetry::{Found, Head};
use crate::{StoreError, telemetry};
use base::id::PointId;
use base::{Sample, Timestamp};
use disk::Disk;
use documents::Batch;
use ram::Ram;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Largest batch, as canonical text.
pub const BATCH_BYTES_MAX: usize = 64 << 20;
/// Which end of the checkpoints that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Newest,
    Oldest,
}

/// Largest checkpoint.
pub const CHECKPOINT_BYTES_MAX: usize = 256 << 20;
/// Checkpoints kept: the newest, and those to fall back to when it is damaged.
pub const CHECKPOINTS_KEPT: u8 = 3;
/// Most batches of one page of reading.
pub const PAGE_BATCHES_MAX: usize = 256;
/// Bytes after which a page of reading ends.
pub const PAGE_BYTES_MAX: usize = 4 << 20;

/// The log. Cheap to clone; all clones are the same log.
#[derive(Clone)]
pub struct Log {
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Disk(Arc<Disk>),
    Ram(Arc<Ram>),
}

/// A state of the runtime, to start from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last batch that it contains.
    pub seq: u64,
    /// The state.
    pub data: Vec<u8>,
}

impl Log {
    /// Opens the log in a data folder; a fresh one has no history elsewhere either.
    pub(crate) async fn open(dir: &Path, lock: Arc<File>, fresh: bool) -> Result<Log, StoreError> {
        Ok(Log { kind: Kind::Disk(Arc::new(Disk::open(dir, lock, fresh).await?)) })
    }

    /// A log in RAM, for tests and evals. What is written is at once durable.
    pub(crate) fn in_memory() -> Log {
        Log { kind: Kind::Ram(Arc::default()) }
    }

    /// Writes a batch. When this returns, it survives the death of the process; see [`Log::durable`] for the death of
    /// the machine. A call that is dropped half-way still writes.
    ///
    /// # Errors
    /// `log.order` when it does not follow [`Log::last_seq`]; `store.full`, `store.database` when it could not be
    /// written. Then the log is as before: the same batch may be tried again, or, when the runtime has gone on
    /// without it, [`Log::put_checkpoint`] with its present state lets the log continue after it.
    pub async fn append(&self, batch: &Batch) -> Result<(), StoreError> {
        match &self.kind {
            Kind::Disk(disk) => disk.append(batch).await,
            Kind::Ram(ram) => ram.append(batch),
        }
    }

    /// Waits until a batch is on the disk: from then on it may be acknowledged.
    ///
    /// # Errors
    /// `log.sync` when the disk did not take it, `store.closed`.
    pub async fn durable(&self, seq: u64) -> Result<(), StoreError> {
        match &self.kind {
            Kind::Disk(disk) => disk.durable(seq).await,
            Kind::Ram(_) => Ok(()),
        }
    }

    /// Number of the last batch that is written or contained in a checkpoint; 0 for an empty log.
    pub fn last_seq(&self) -> u64 {
        match &self.kind {
            Kind::Disk(disk) => disk.last_seq(),
            Kind::Ram(ram) => ram.last_seq(),
        }
    }

    /// Number of the last batch that is on the disk.
    pub fn durable_seq(&self) -> u64 {
        match &self.kind {
            Kind::Disk(disk) => disk.durable_seq(),
            Kind::Ram(ram) => ram.last_seq(),
        }
    }

    /// Reads batches in order, from this number on.
    pub fn read_from(&self, seq: u64) -> Reader {
        Reader { log: self.clone(), next: seq.max(1) }
    }

    /// Stores the state after batch `seq`, in the version of its form; the oldest beyond [`CHECKPOINTS_KEPT`] goes.
    ///
    /// # Errors
    /// `log.order` when there is a newer checkpoint; when the database cannot be written.
    pub async fn put_checkpoint(&self, seq: u64, version: u16, data: &[u8]) -> Result<(), StoreError> {
        crate::error::limit("a checkpoint", data.len(), CHECKPOINT_BYTES_MAX)?;
        match &self.kind {
            Kind::Disk(disk) => disk.put_checkpoint(seq, version, data).await,
            Kind::Ram(ram) => ram.put_checkpoint(seq, version, data),
        }
    }

    /// The newest undamaged checkpoint of this version.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn latest_checkpoint(&self, version: u16) -> Result<Option<Checkpoint>, StoreError> {
        self.checkpoint(version, Which::Newest).await
    }

    /// The oldest undamaged checkpoint of this version: where a replay begins when the log before it is gone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn oldest_checkpoint(&self, version: u16) -> Result<Option<Checkpoint>, StoreError> {
        self.checkpoint(version, Which::Oldest).await
    }

    async fn checkpoint(&self, version: u16, which: Which) -> Result<Option<Checkpoint>, StoreError> {
        match &self.kind {
            Kind::Disk(disk) => disk.checkpoint(version, which).await,
            Kind::Ram(ram) => Ok(ram.checkpoint(version, which)),
        }
    }

    /// Deletes the batches before a number, but none that follows the oldest checkpoint that is kept: without a
    /// checkpoint nothing goes. Returns how many went.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub(crate) async fn retain(&self, before_seq: u64) -> Result<u64, StoreError> {
        match &self.kind {
            Kind::Disk(disk) => disk.retain(before_seq).await,
            Kind::Ram(ram) => Ok(ram.retain(before_seq)),
        }
    }

    fn head(&self) -> &Head {
        match &self.kind {
            Kind::Disk(disk) => disk.head(),
            Kind::Ram(ram) => ram.head(),
        }
    }

    /// The points whose history from before this process is not counted among the newest.
    pub(crate) fn unknown(&self, points: &[PointId]) -> Vec<PointId> {
        self.head().unknown(points)
    }

    /// Counts the older history of a point among the newest.
    pub(crate) fn complete(&self, point: PointId, stored: Option<Sample>) {
        self.head().complete(point, stored);
    }

    /// The newest samples.
    pub(crate) fn newest(&self, points: &[PointId]) -> BTreeMap<PointId, Sample> {
        self.head().get(points)
    }

    /// Counts samples that are not from here among the newest.
    pub(crate) fn remember(&self, samples: &[(PointId, Sample)]) {
        self.head().remember(samples);
    }

    /// How many values are not sealed.
    pub(crate) fn waiting(&self) -> usize {
        self.head().waiting()
    }

    /// Batches up to this one are sealed.
    pub(crate) fn forget(&self, upto: u64) {
        self.head().forget(upto);
    }

    /// Some batches from a number on; none at the end. Numbers may be missing.
    pub(crate) async fn page(&self, from: u64) -> Result<Vec<Batch>, StoreError> {
        match &self.kind {
            Kind::Disk(disk) => disk.page(from).await,
            Kind::Ram(ram) => Ok(ram.page(from)),
        }
    }

    /// The oldest samples of a point in the batches after a number: at least `limit` of them, or all.
    pub(crate) async fn collect(
        &self,
        point: PointId,
        range: (Timestamp, Timestamp),
        after: u64,
        limit: usize,
        found: &mut Vec<Found>,
    ) -> Result<(), StoreError> {
        let here = self.head().collect(point, range, found);
        if after + 1 >= here {
            return Ok(());
        }
        match &self.kind {
            Kind::Disk(disk) => disk.collect(point, range, (after, here), limit, found).await,
            Kind::Ram(ram) => {
                ram.collect(point, range, (after, here), limit, found);
                Ok(())
            }
        }
    }

    /// The newest sample of a point before an instant in the batches after a number.
    pub(crate) async fn newest_before(
        &self,
        point: PointId,
        at: Timestamp,
        after: u64,
    ) -> Result<Option<Sample>, StoreError> {
        let mut found = Vec::new();
        let here = self.head().collect(point, (Timestamp::MIN, at), &mut found);
        if after + 1 < here {
            let earlier = match &self.kind {
                Kind::Disk(disk) => disk.newest_sample(point, at, (after, here)).await?,
                Kind::Ram(ram) => ram.newest_before(point, at, (after, here)),
            };
            found.extend(earlier);
        }
        Ok(found.into_iter().max_by_key(|f| (f.sample.at, f.order)).map(|f| f.sample))
    }

    /// Last sync; ends the tasks and closes the connections. Clones find the log closed.
    pub(crate) async fn close(&self) {
        if let Kind::Disk(disk) = &self.kind {
            disk.close().await;
        }
    }
}

/// Reads the log page by page. At its end it gives `None`; asked again later, it goes on with what came since.
pub struct Reader {
    log: Log,
    next: u64,
}

impl Reader {
    /// The next page, without gaps; none at the end.
    ///
    /// # Errors
    /// `log.gap` when a batch is missing, `store.version` when it has a form that this build cannot read,
    /// `store.corrupt` when it is no batch.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Batch>>, StoreError> {
        let last = self.log.last_seq();
        let page = match &self.log.kind {
            Kind::Disk(disk) => disk.page(self.next).await?,
            Kind::Ram(ram) => ram.page(self.next),
        };
        if page.is_empty() {
            return if self.next <= last {
                Err(StoreError::Gap { expected: self.next, found: None })
            } else {
                Ok(None)
            };
        }
        for batch in &page {
            if batch.seq != self.next {
                return Err(StoreError::Gap { expected: self.next, found: Some(batch.seq) });
            }
            self.next += 1;
        }
        Ok(Some(page))
    }
}

/// The times that a batch speaks of: when it was applied, and when its values were measured.
fn times(batch: &Batch) -> (Timestamp, Timestamp) {
    telemetry::reports(batch).fold((batch.at, batch.at), |(t0, t1), (_, s)| (t0.min(s.at), t1.max(s.at)))
}

/// The number that must come next.
fn follows(last: u64, seq: u64) -> Result<(), StoreError> {
    if seq == last + 1 { Ok(()) } else { Err(StoreError::Order { expected: last + 1, found: seq }) }
}
