//! What devices said and was not taken, for those who mend devices. The last ones are kept, all are counted.

use crate::limits::{EXCERPT_CHARS_MAX, REJECTED_MAX};
use base::id::DeviceId;
use base::{Bilingual, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// One payload that was not taken.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Rejected {
    /// The device that sent it.
    pub device: DeviceId,
    /// On which topic; for HTTP the path.
    pub topic: String,
    /// Stable code.
    pub code: String,
    /// What is wrong with it.
    pub message: Bilingual,
    /// How it begins.
    pub excerpt: String,
    /// When it came.
    pub at: Timestamp,
}

/// The last payloads that were not taken.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    kept: Mutex<(VecDeque<Rejected>, u64)>,
}

impl Ring {
    pub(crate) fn push(&self, rejected: Rejected) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.0.len() >= REJECTED_MAX {
            kept.0.pop_front();
        }
        kept.0.push_back(rejected);
        kept.1 += 1;
    }
    /// The kept ones, newest first.
    pub(crate) fn list(&self) -> Vec<Rejected> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).0.iter().rev().cloned().collect()
    }
    /// How many there were.
    pub(crate) fn count(&self) -> u64 {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

/// The beginning of a payload, for people: bytes that are no text are shown as �, control characters as spaces.
pub(crate) fn excerpt(payload: &[u8]) -> String {
    let start = payload.get(..EXCERPT_CHARS_MAX * 4).unwrap_or(payload);
    let text = String::from_utf8_lossy(start);
    let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    shown.take(EXCERPT_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_kept_and_all_are_counted() {
        let ring = Ring::default();
        for n in 0..REJECTED_MAX + 5 {
            ring.push(Rejected {
                device: DeviceId::of_name("d"),
                topic: n.to_string(),
                code: "c".into(),
                message: Bilingual::default(),
                excerpt: excerpt(b"\x00\xff{"),
                at: Timestamp::from_millis(0),
            });
        }
        let list = ring.list();
        assert_eq!((list.len(), ring.count()), (REJECTED_MAX, REJECTED_MAX as u64 + 5));
        assert_eq!(list[0].topic, (REJECTED_MAX + 4).to_string());
        assert_eq!(list[0].excerpt, " \u{fffd}{");
        assert_eq!(excerpt(&[b'a'; 10_000]).len(), EXCERPT_CHARS_MAX);
    }
}
