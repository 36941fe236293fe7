//! What was reported last, in RAM: the newest sample of each point, and what is not sealed yet.

use super::Found;
use base::id::PointId;
use base::{Sample, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values that are kept here until they are sealed; beyond it they are looked up in the log.
const WAITING_MAX: usize = 100_000;

/// The newest samples in RAM. What was written before this process is looked up when it is first asked for.
pub(crate) struct Head {
    /// Whether there was nothing when it was opened, so that all there is came by here.
    from_the_beginning: bool,
    newest: Mutex<BTreeMap<PointId, Newest>>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Newest {
    sample: Option<Sample>,
    /// Whether what was written before this process is counted.
    complete: bool,
}

/// What is not sealed yet.
struct Waiting {
    /// Batches from this one on are here.
    from: u64,
    /// Values since the last seal, here or not.
    count: usize,
    values: BTreeMap<PointId, Vec<(u64, Sample)>>,
}

impl Head {
    /// `next` is the number of the batch that comes next.
    pub(crate) fn new(from_the_beginning: bool, next: u64) -> Self {
        Head {
            from_the_beginning,
            newest: Mutex::default(),
            waiting: Mutex::new(Waiting { from: next, count: 0, values: BTreeMap::new() }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<PointId, Newest>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts reports that were just written.
    pub(crate) fn update(&self, seq: u64, reports: &[(PointId, Sample)]) {
        let mut newest = self.lock();
        for (point, sample) in reports {
            let entry = newest.entry(*point).or_default();
            if entry.sample.as_ref().is_none_or(|s| s.at <= sample.at) {
                entry.sample = Some(sample.clone());
            }
        }
        drop(newest);
        if reports.is_empty() {
            return;
        }
        let mut waiting = self.lock_waiting();
        waiting.count += reports.len();
        if waiting.count > WAITING_MAX {
            // Nobody seals, or not quickly enough: what is found in the log need not be here too.
            waiting.values.clear();
            waiting.from = seq + 1;
            return;
        }
        for (point, sample) in reports {
            waiting.values.entry(*point).or_default().push((seq, sample.clone()));
        }
    }

    /// Counts samples among the newest that count less than a report of the same time.
    pub(crate) fn remember(&self, samples: &[(PointId, Sample)]) {
        let mut newest = self.lock();
        for (point, sample) in samples {
            let entry = newest.entry(*point).or_default();
            if entry.sample.as_ref().is_none_or(|s| s.at < sample.at) {
                entry.sample = Some(sample.clone());
            }
        }
    }

    /// How many values wait to be sealed.
    pub(crate) fn waiting(&self) -> usize {
        self.lock_waiting().count
    }

    /// Batches up to this one are sealed.
    pub(crate) fn forget(&self, upto: u64) {
        let mut waiting = self.lock_waiting();
        waiting.values.retain(|_, samples| {
            samples.retain(|(seq, _)| *seq > upto);
            !samples.is_empty()
        });
        waiting.count = waiting.values.values().map(Vec::len).sum();
    }

    /// What waits of a point within a range. Returns the batch from which on all is here.
    pub(crate) fn collect(&self, point: PointId, range: (Timestamp, Timestamp), found: &mut Vec<Found>) -> u64 {
        let waiting = self.lock_waiting();
        let within = |s: &Sample| s.at >= range.0 && s.at < range.1;
        let samples = waiting.values.get(&point).into_iter().flatten().filter(|(_, s)| within(s));
        found.extend(samples.map(|(seq, s)| Found::in_log(*seq, s.clone())));
        waiting.from
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
