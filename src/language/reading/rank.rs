//! Which reading wins, and how sure it is. The weights are set by hand and named.
//!
//! What it is *not*: readings are made elsewhere; nothing is mended here. Start at [`best`].

use crate::orders::commands::Found;
use documents::{Reason, Verdict};

/// Most readings that are compared.
pub(crate) const READINGS_MAX: usize = 32;
const READINGS: i64 = 32;
/// What each kind of part adds to a reading's score, in thousandths.
const DRAFT: i64 = 1000;
const QUESTION: i64 = 600;
/// A refusal that knows what is meant and why it cannot be.
const KNOWING: i64 = 400;
/// A refusal for an unknown name.
const UNKNOWN: i64 = 200;
/// A refusal for an unknown place by the best cover: no other reading of its words may act somewhere else.
const NOWHERE: i64 = 500;
/// Nothing was made of it.
const NOTHING: i64 = 0;
/// What a cover costs for each place behind the best, and for each unit that its words cost more: a worse cover never
/// turns a refusal that knows its reason into an act.
const PLACE: i64 = 10;
const EXCESS: i64 = 65;

/// One reading of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    pub(crate) parts: Vec<Found>,
    pub(crate) confidence: f64,
}

impl Reading {
    pub(crate) fn new(parts: Vec<Found>) -> Reading {
        let confidence = parts.iter().map(|p| p.confidence).fold(1.0, f64::min);
        Reading { parts, confidence }
    }

    /// The mean worth of the parts: a reading is no better for falling into more of them.
    fn score(&self, place: usize, excess: u32) -> i64 {
        let worth = |f: &Found| match &f.verdict {
            Verdict::Draft(_) => DRAFT,
            Verdict::Question(_) => QUESTION,
            Verdict::Refusal(r) => match r.reason {
                Reason::NotUnderstood | Reason::OutOfDomain => NOTHING,
                Reason::UnknownPlace if place == 0 => NOWHERE,
                Reason::UnknownDevice | Reason::UnknownPlace => UNKNOWN,
                _ => KNOWING,
            },
        };
        let count = i64::try_from(self.parts.len().max(1)).unwrap_or(i64::MAX);
        let total: i64 = self.parts.iter().map(worth).sum();
        total / count - PLACE * i64::try_from(place).unwrap_or(READINGS) - EXCESS * i64::from(excess)
    }
}

/// The best reading and its place; the earlier one when two are equal.
pub(crate) fn best(readings: Vec<(u32, Reading)>) -> (usize, Reading) {
    let mut best: Option<(i64, usize, Reading)> = None;
    for (place, (excess, r)) in readings.into_iter().enumerate().take(READINGS_MAX) {
        let score = r.score(place, excess);
        if best.as_ref().is_none_or(|(b, ..)| score > *b) {
            best = Some((score, place, r));
        }
    }
    best.map_or_else(|| (0, Reading { parts: Vec::new(), confidence: 0.0 }), |(_, place, r)| (place, r))
}
