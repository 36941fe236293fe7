//! How much each of many may ask for: a bucket that fills steadily and holds so much for a burst. Bounded: the one that
//! rested longest is forgotten, which only gives it a full bucket.

use base::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Parts of one request, so that slow filling needs no fractions.
const PARTS: i64 = 1_000_000;

/// A bucket for each key.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    per_second: i64,
    burst: i64,
    keys_max: usize,
    kept: Mutex<BTreeMap<K, (Timestamp, i64)>>,
}

impl<K: Ord + Copy> Buckets<K> {
    /// `per_second` steadily and `burst` at once; at most `keys_max` keys are remembered.
    pub(crate) fn new(per_second: u32, burst: u32, keys_max: usize) -> Self {
        Buckets { per_second: per_second.into(), burst: burst.into(), keys_max, kept: Mutex::default() }
    }

    /// One request more.
    ///
    /// # Errors
    /// How many seconds to wait until there is room for one.
    pub(crate) fn take(&self, key: K, now: Timestamp) -> Result<(), u32> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let full = self.burst * PARTS;
        let left = kept.get(&key).map_or(full, |(at, left)| {
            // A microsecond fills as many parts as requests are allowed in a second.
            left.saturating_add((now - *at).as_micros().max(0).saturating_mul(self.per_second)).min(full)
        });
        let enough = left >= PARTS;
        kept.insert(key, (now, if enough { left - PARTS } else { left }));
        if kept.len() > self.keys_max
            && let Some(oldest) = kept.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| *key)
        {
            kept.remove(&oldest);
        }
        if enough {
            return Ok(());
        }
        let rate = self.per_second.max(1) * PARTS;
        let wait = (PARTS - left + rate - 1) / rate;
        Err(u32::try_from(wait).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_a_steady_rate_for_each() {
        let at = |ms: i64| Timestamp::from_millis(1_000_000 + ms);
        let buckets = Buckets::new(2, 3, 2);
        assert!((0..3).all(|_| buckets.take(1, at(0)).is_ok()));
        assert_eq!((buckets.take(1, at(0)), buckets.take(1, at(499))), (Err(1), Err(1)));
        assert_eq!((buckets.take(1, at(500)), buckets.take(1, at(501))), (Ok(()), Err(1)));
        assert_eq!(buckets.take(2, at(501)), Ok(()));
        // Rest fills it, but no further than a burst.
        assert_eq!((0..9).filter(|_| buckets.take(1, at(60_000)).is_ok()).count(), 3);
        // The one that rested longest is forgotten, and has a full bucket when it comes back.
        assert_eq!(buckets.take(3, at(60_001)), Ok(()));
        assert_eq!((0..9).filter(|_| buckets.take(2, at(60_002)).is_ok()).count(), 3);
    }

    #[test]
    fn slow_filling_says_how_long() {
        let buckets = Buckets::new(1, 1, 9);
        let at = Timestamp::from_millis(5_000);
        assert_eq!((buckets.take((), at), buckets.take((), at)), (Ok(()), Err(1)));
    }
}
