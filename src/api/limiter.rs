//! Counts how often each of many does something, and says when one has to wait. Bounded: the oldest is forgotten.

use base::{Span, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// So many within a window, for each key.
#[derive(Debug)]
pub(crate) struct Limiter<K> {
    most: usize,
    window: Span,
    keys_max: usize,
    counted: Mutex<BTreeMap<K, (Timestamp, usize)>>,
}

impl<K: Ord + Copy> Limiter<K> {
    /// `most` within `window`; at most `keys_max` keys are remembered.
    pub(crate) fn new(most: usize, window: Span, keys_max: usize) -> Self {
        Limiter { most, window, keys_max, counted: Mutex::default() }
    }

    /// One more.
    ///
    /// # Errors
    /// How many seconds to wait, when there were as many as may be.
    pub(crate) fn take(&self, key: K, now: Timestamp) -> Result<(), u32> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.get(&key).is_some_and(|(since, _)| now - *since >= self.window) {
            counted.remove(&key);
        }
        if counted.len() >= self.keys_max && !counted.contains_key(&key) {
            counted.retain(|_, (since, _)| now - *since < self.window);
            if counted.len() >= self.keys_max
                && let Some(oldest) = counted.iter().min_by_key(|(_, (since, _))| *since).map(|(k, _)| *k)
            {
                counted.remove(&oldest);
            }
        }
        let (since, count) = counted.entry(key).or_insert((now, 0));
        *count += 1;
        if *count <= self.most {
            return Ok(());
        }
        let left = (*since + self.window - now).as_millis().max(0) / 1_000 + 1;
        Err(u32::try_from(left).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_own_count_and_the_oldest_is_forgotten() {
        let at = |ms: i64| Timestamp::from_millis(1_000_000 + ms);
        let limiter = Limiter::new(2, Span::from_secs(10), 2);
        assert_eq!([limiter.take(1, at(0)), limiter.take(1, at(1)), limiter.take(1, at(2))], [Ok(()), Ok(()), Err(10)]);
        assert_eq!(limiter.take(2, at(3)), Ok(()));
        assert_eq!(limiter.take(1, at(10_000)), Ok(()));
        // A third key takes the place of the oldest.
        assert_eq!(limiter.take(3, at(10_001)), Ok(()));
        assert_eq!([limiter.take(2, at(10_002)), limiter.take(2, at(10_003))], [Ok(()), Ok(())]);
    }
}
