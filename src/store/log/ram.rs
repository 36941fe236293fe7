//! The log of tests and evals: the same order and the same answers, without a disk. Batches are kept as they are.

use super::{CHECKPOINTS_KEPT, Checkpoint, PAGE_BATCHES_MAX, Which, follows};
use crate::StoreError;
use crate::error::limit;
use crate::telemetry::{Found, Head, reports, trim};
use base::Timestamp;
use base::id::PointId;
use documents::Batch;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Most batches in RAM.
const RAM_BATCHES_MAX: usize = 1_000_000;

/// A log in RAM.
pub(crate) struct Ram {
    state: Mutex<State>,
    head: Head,
}

impl Default for Ram {
    fn default() -> Self {
        Ram { state: Mutex::default(), head: Head::new(true, 1) }
    }
}

#[derive(Default)]
struct State {
    last: u64,
    batches: VecDeque<Batch>,
    checkpoints: BTreeMap<u64, (u16, Vec<u8>)>,
}

impl Ram {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn append(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut state = self.lock();
        follows(state.last, batch.seq)?;
        limit("a log in RAM", state.batches.len() + 1, RAM_BATCHES_MAX)?;
        state.batches.push_back(batch.clone());
        state.last = batch.seq;
        self.head.update(batch.seq, &reports(batch).cloned().collect::<Vec<_>>());
        Ok(())
    }

    pub(crate) fn last_seq(&self) -> u64 {
        self.lock().last
    }

    pub(crate) fn page(&self, from: u64) -> Vec<Batch> {
        let state = self.lock();
        let start = state.batches.partition_point(|b| b.seq < from);
        state.batches.range(start..).take(PAGE_BATCHES_MAX).cloned().collect()
    }

    pub(crate) fn put_checkpoint(&self, seq: u64, version: u16, data: &[u8]) -> Result<(), StoreError> {
        let mut state = self.lock();
        let newest = state.checkpoints.last_key_value().map_or(0, |(s, _)| *s);
        if seq < newest {
            return Err(StoreError::Order { expected: newest, found: seq });
        }
        state.checkpoints.insert(seq, (version, data.to_vec()));
        while state.checkpoints.len() > usize::from(CHECKPOINTS_KEPT) {
            state.checkpoints.pop_first();
        }
        state.last = state.last.max(seq);
        Ok(())
    }

    pub(crate) fn checkpoint(&self, version: u16, which: Which) -> Option<Checkpoint> {
        let state = self.lock();
        let mut fitting = state.checkpoints.iter().filter(|(_, (v, _))| *v == version);
        let found = match which {
            Which::Newest => fitting.next_back(),
            Which::Oldest => fitting.next(),
        };
        found.map(|(seq, (_, data))| Checkpoint { seq: *seq, data: data.clone() })
    }

    pub(crate) fn retain(&self, before_seq: u64) -> u64 {
        let mut state = self.lock();
        let Some(oldest) = state.checkpoints.first_key_value().map(|(s, _)| *s) else { return 0 };
        let mut gone = 0;
        while state.batches.front().is_some_and(|b| b.seq < before_seq && b.seq <= oldest) {
            state.batches.pop_front();
            gone += 1;
        }
        gone
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) fn newest_before(&self, point: PointId, at: Timestamp, (after, until): (u64, u64)) -> Option<Found> {
        let state = self.lock();
        let batches = state.batches.iter().filter(|b| b.seq > after && b.seq < until);
        let all = batches.flat_map(|b| reports(b).map(|r| (b.seq, r)));
        let own = all.filter(|(_, (p, s))| *p == point && s.at < at);
        own.max_by_key(|(seq, (_, s))| (s.at, *seq)).map(|(seq, (_, s))| Found::in_log(seq, s.clone()))
    }

    pub(crate) fn collect(
        &self,
        point: PointId,
        (from, to): (Timestamp, Timestamp),
        (after, until): (u64, u64),
        limit: usize,
        found: &mut Vec<Found>,
    ) {
        for batch in self.lock().batches.iter().filter(|b| b.seq > after && b.seq < until) {
            let own = reports(batch).filter(|(p, s)| *p == point && s.at >= from && s.at < to);
            found.extend(own.map(|(_, s)| Found::in_log(batch.seq, s.clone())));
            trim(found, limit);
        }
    }
}
