//! What points were, and when. The reports in the log *are* the history: nothing is written here.
//!
//! What it is *not*: it aggregates nothing yet; sealed chunks and rollups come under the same trait.

use crate::StoreError;
use base::id::PointId;
use base::{Sample, Timestamp};
use documents::{Batch, Event};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Most samples of one scan.
pub const SCAN_SAMPLES_MAX: usize = 100_000;

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

/// The newest samples in RAM. What was written before this process is looked up when it is first asked for.
pub(crate) struct Head {
    /// Whether the log was empty when it was opened, so that all there is came by here.
    from_the_beginning: bool,
    newest: Mutex<BTreeMap<PointId, Newest>>,
}

#[derive(Default)]
struct Newest {
    sample: Option<Sample>,
    /// Whether what was written before this process is counted.
    complete: bool,
}

impl Head {
    pub(crate) fn new(from_the_beginning: bool) -> Self {
        Head { from_the_beginning, newest: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<PointId, Newest>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts reports that were just written.
    pub(crate) fn update(&self, reports: &[(PointId, Sample)]) {
        let mut newest = self.lock();
        for (point, sample) in reports {
            let entry = newest.entry(*point).or_default();
            if entry.sample.as_ref().is_none_or(|s| s.at <= sample.at) {
                entry.sample = Some(sample.clone());
            }
        }
    }

    /// The points whose older history is not counted yet.
    pub(crate) fn unknown(&self, points: &[PointId]) -> Vec<PointId> {
        if self.from_the_beginning {
            return Vec::new();
        }
        let newest = self.lock();
        points.iter().copied().filter(|p| newest.get(p).is_none_or(|n| !n.complete)).collect()
    }

    /// Counts the older history of a point.
    pub(crate) fn complete(&self, point: PointId, stored: Option<Sample>) {
        let mut newest = self.lock();
        let entry = newest.entry(point).or_default();
        entry.complete = true;
        if let Some(stored) = stored
            && entry.sample.as_ref().is_none_or(|s| s.at < stored.at)
        {
            entry.sample = Some(stored);
        }
    }

    /// The newest samples.
    pub(crate) fn get(&self, points: &[PointId]) -> BTreeMap<PointId, Sample> {
        let newest = self.lock();
        points.iter().filter_map(|p| Some((*p, newest.get(p)?.sample.clone()?))).collect()
    }
}

/// What one scan has found: the oldest `limit` samples of a point in a range. Batches may come in any order.
pub(crate) struct Window {
    pub(crate) point: PointId,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    limit: usize,
    found: BTreeMap<Timestamp, (u64, Sample)>,
}

impl Window {
    pub(crate) fn new(point: PointId, from: Timestamp, to: Timestamp, limit: usize) -> Result<Self, StoreError> {
        crate::error::limit("a scan", limit, SCAN_SAMPLES_MAX)?;
        Ok(Window { point, from, to, limit, found: BTreeMap::new() })
    }

    /// Takes what belongs here.
    pub(crate) fn take(&mut self, batch: &Batch) {
        for (point, sample) in reports(batch) {
            if *point != self.point || sample.at < self.from || sample.at >= self.to {
                continue;
            }
            if self.found.get(&sample.at).is_none_or(|(seq, _)| *seq <= batch.seq) {
                self.found.insert(sample.at, (batch.seq, sample.clone()));
            }
            if self.found.len() > self.limit {
                self.found.pop_last();
            }
        }
    }

    /// What was found, oldest first.
    pub(crate) fn samples(self) -> Vec<Sample> {
        self.found.into_values().map(|(_, s)| s).collect()
    }
}
