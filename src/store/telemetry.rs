//! What points were, and when. What was reported is in the log first (`log`); from there it is sealed into chunks, in the
//! background, and only then may the log let go of it. Both are read together: of equal times, what was written last
//! counts.
//!
//! What it is *not*: it aggregates nothing (the runtime does) and starts no task: who owns the store says when to seal.
//! Start at [`Telemetry`], then [`Records`].

mod chunks;
mod codec;
mod head;
#[cfg(test)]
mod tests;

pub use chunks::Past;
pub(crate) use chunks::{Chunks, FILE};
pub(crate) use head::Head;

use crate::{Log, StoreError};
use base::id::PointId;
use base::{Sample, Timestamp};
use chunks::{Mark, packed};
use documents::{Batch, Event};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Most samples of one scan.
pub const SCAN_SAMPLES_MAX: usize = 100_000;
/// Values that are sealed in one go.
pub const SEAL_VALUES: usize = 32_768;
/// Samples that a scan holds beyond its limit before it forgets the newest.
const SLACK: usize = 1_024;
/// What is in the log was written later than any chunk.
const LOG_ORDER: u64 = 1 << 62;

/// The history of points.
#[async_trait::async_trait]
pub trait Telemetry: Send + Sync {
    /// The newest sample of each point that has one: the one measured last; of equal times the one written last.
    ///
    /// # Errors
    /// When the history cannot be read.
    async fn last(&self, points: &[PointId]) -> Result<BTreeMap<PointId, Sample>, StoreError>;

    /// The samples of a point measured in `[from, to)`, oldest first, at most `limit`; of equal times the one written
    /// last. For more, scan again from just after the last one.
    ///
    /// # Errors
    /// `store.limit` when more than [`SCAN_SAMPLES_MAX`] are asked for; when the history cannot be read.
    async fn scan(
        &self,
        point: PointId,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Vec<Sample>, StoreError>;

    /// The newest sample of a point measured before an instant.
    ///
    /// # Errors
    /// When the history cannot be read.
    async fn before(&self, point: PointId, at: Timestamp) -> Result<Option<Sample>, StoreError>;
}

/// The values that a batch reports, in order.
pub(crate) fn reports(batch: &Batch) -> impl Iterator<Item = &(PointId, Sample)> {
    batch.events.iter().flat_map(|e| if let Event::Report { values, .. } = e { values.as_slice() } else { &[] })
}

/// A sample that was found, and when it was written compared with others.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) order: u64,
    pub(crate) sample: Sample,
}

impl Found {
    /// One of the log.
    pub(crate) fn in_log(seq: u64, sample: Sample) -> Found {
        Found { order: LOG_ORDER | seq, sample }
    }
}

/// Oldest first; of equal times the one written last. What is in order already costs little.
pub(crate) fn merge(found: &mut Vec<Found>) {
    found.sort_by_key(|f| (f.sample.at, f.order));
    found.dedup_by(|later, earlier| {
        let same = later.sample.at == earlier.sample.at;
        if same {
            std::mem::swap(later, earlier);
        }
        same
    });
}

/// Forgets what is beyond the limit once it is much.
pub(crate) fn trim(found: &mut Vec<Found>, limit: usize) {
    if found.len() > limit * 2 + SLACK {
        merge(found);
        found.truncate(limit);
    }
}

/// The history: the log and what is sealed of it, read together. Cheap to clone.
#[derive(Clone)]
pub struct Records {
    log: Log,
    chunks: Chunks,
    /// The last batch that is sealed.
    sealed: Arc<AtomicU64>,
}

impl Records {
    pub(crate) async fn open(log: Log, chunks: Chunks) -> Result<Records, StoreError> {
        // A log that begins anew in an old folder is not sealed, whatever was before.
        let sealed = chunks.sealed().await?.min(log.last_seq());
        Ok(Records { log, chunks, sealed: Arc::new(AtomicU64::new(sealed)) })
    }

    pub(crate) fn in_memory(log: Log, chunks: Chunks) -> Records {
        Records { log, chunks, sealed: Arc::default() }
    }

    pub(crate) async fn close(&self) {
        self.chunks.close().await;
    }

    /// The last batch of the log that is sealed: up to it, the log may let go.
    pub fn sealed(&self) -> u64 {
        self.sealed.load(Ordering::Acquire)
    }

    /// About how many values wait to be sealed.
    pub fn waiting(&self) -> usize {
        self.log.waiting()
    }

    /// Seals what is on the disk, at most about [`SEAL_VALUES`] values. True: there is more.
    ///
    /// # Errors
    /// When the log cannot be read or the chunks cannot be written. Then nothing was sealed.
    pub async fn seal(&self) -> Result<bool, StoreError> {
        // What is not on the disk may be lost with the power, and its number would be given again.
        let (sealed, durable) = (self.sealed(), self.log.durable_seq());
        let (mut upto, mut count) = (sealed, 0);
        let mut values: BTreeMap<PointId, Vec<Sample>> = BTreeMap::new();
        while upto < durable && count < SEAL_VALUES {
            let page = self.log.page(upto + 1).await?;
            let before = upto;
            for batch in page.iter().take_while(|b| b.seq <= durable) {
                for (point, sample) in reports(batch) {
                    values.entry(*point).or_default().push(sample.clone());
                    count += 1;
                }
                upto = batch.seq;
            }
            if upto == before {
                // Numbers that a checkpoint took the place of.
                upto = durable;
            }
        }
        if upto == sealed {
            return Ok(false);
        }
        let chunks = off_thread(move || packed(values.into_iter().collect())).await?;
        self.chunks.put(&chunks, Mark::Sealed(upto)).await?;
        self.sealed.fetch_max(upto, Ordering::AcqRel);
        self.log.forget(upto);
        Ok(upto < durable)
    }

    /// Puts small chunks together. True: there is more to do.
    ///
    /// # Errors
    /// When the chunks cannot be read or written.
    pub async fn tidy(&self) -> Result<bool, StoreError> {
        self.chunks.tidy().await
    }

    /// How far a past is written; none when it was never begun.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn past(&self, name: &str) -> Result<Option<Past>, StoreError> {
        self.chunks.past(name).await
    }

    /// Begins a past, unless it was begun, and says how far it is.
    ///
    /// # Errors
    /// When the history cannot be written.
    pub async fn begin_past(&self, name: &str, past: Past) -> Result<Past, StoreError> {
        self.chunks.begin_past(name, past).await?;
        Ok(self.chunks.past(name).await?.unwrap_or(past))
    }

    /// Writes the next day of a past, all or nothing; what the log has of the same time counts more.
    ///
    /// # Errors
    /// When the history cannot be written.
    pub async fn write_day(&self, name: &str, values: Vec<(PointId, Vec<Sample>)>) -> Result<(), StoreError> {
        let chunks = off_thread(move || {
            let newest = |(point, samples): &(PointId, Vec<Sample>)| {
                samples.iter().max_by_key(|s| s.at).map(|s| (*point, s.clone()))
            };
            let newest: Vec<(PointId, Sample)> = values.iter().filter_map(newest).collect();
            packed(values).map(|chunks| (chunks, newest))
        });
        let (chunks, newest) = chunks.await?;
        self.chunks.put(&chunks, Mark::Day(name)).await?;
        self.log.remember(&newest);
        Ok(())
    }
}

/// Compression is work for a thread that may be busy.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Closed)?
}

#[async_trait::async_trait]
impl Telemetry for Records {
    async fn last(&self, points: &[PointId]) -> Result<BTreeMap<PointId, Sample>, StoreError> {
        for point in self.log.unknown(points) {
            self.log.complete(point, self.before(point, Timestamp::MAX).await?);
        }
        Ok(self.log.newest(points))
    }

    async fn scan(
        &self,
        point: PointId,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Vec<Sample>, StoreError> {
        crate::error::limit("a scan", limit, SCAN_SAMPLES_MAX)?;
        // First the log, then the chunks: what is sealed in between is found twice rather than not at all.
        let mut found = Vec::new();
        self.log.collect(point, (from, to), self.sealed(), limit, &mut found).await?;
        self.chunks.scan(point, (from, to), limit, &mut found).await?;
        merge(&mut found);
        found.truncate(limit);
        Ok(found.into_iter().map(|f| f.sample).collect())
    }

    async fn before(&self, point: PointId, at: Timestamp) -> Result<Option<Sample>, StoreError> {
        let logged = self.log.newest_before(point, at, self.sealed()).await?;
        let sealed = self.chunks.newest(point, at).await?;
        Ok(match (logged, sealed) {
            (Some(a), Some(b)) => Some(if a.at >= b.at { a } else { b }),
            (a, b) => a.or(b),
        })
    }
}
