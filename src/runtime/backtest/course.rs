//! The course of one point: how it was used, when nothing is known of it, and its values thinned for drawing.

use crate::findings::spans::{Spans, append};
use crate::history::aggregate::is_on;
use base::{Span, Timestamp, Value};
use documents::backtest::{CourseSample, GAPS_MAX, PIECES_MAX, Usage};
use documents::finding::Interval;

/// A course that is being followed.
#[derive(Debug, Clone)]
pub(super) struct Course {
    from: Timestamp,
    /// Length of a piece of time.
    step: i64,
    value: Option<Value>,
    since: Timestamp,
    changes: u64,
    /// When it was on.
    pub(super) on: Spans,
    gaps: Spans,
    /// The values of the present piece that are kept, by time.
    piece: Vec<CourseSample>,
    out: Vec<CourseSample>,
}

impl Course {
    /// One that begins with a value, or with nothing known.
    pub(super) fn begin(from: Timestamp, to: Timestamp, value: Option<Value>) -> Course {
        let pieces = i64::try_from(PIECES_MAX).unwrap_or(i64::MAX);
        let step = ((to - from).as_micros() / pieces).max(1);
        let mut course = Course {
            from,
            step,
            value: value.clone(),
            since: from,
            changes: 0,
            on: Spans::new(),
            gaps: Spans::new(),
            piece: Vec::new(),
            out: Vec::new(),
        };
        course.keep(CourseSample { at: from, value });
        course
    }

    /// What it is.
    pub(super) fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }

    /// It has a value from now on, or nothing is known of it. Whether that is a change.
    pub(super) fn set(&mut self, at: Timestamp, value: Option<Value>) -> bool {
        if self.value == value {
            return false;
        }
        self.close(at);
        // What becomes known again is no change of the thing itself.
        self.changes += u64::from(self.value.is_some() && value.is_some());
        self.value.clone_from(&value);
        self.since = at;
        self.keep(CourseSample { at, value });
        true
    }

    /// What held up to now.
    fn close(&mut self, at: Timestamp) {
        match &self.value {
            Some(value) if is_on(value) => append(&mut self.on, self.since, at),
            Some(_) => {}
            None => append(&mut self.gaps, self.since, at),
        }
    }

    /// Keeps at most two values of each piece: of numbers the smallest and the largest, else the first and the last.
    fn keep(&mut self, sample: CourseSample) {
        let piece = |at: Timestamp| (at - self.from).as_micros() / self.step;
        if self.piece.first().is_some_and(|first| piece(first.at) != piece(sample.at)) {
            self.out.append(&mut self.piece);
        }
        self.piece.push(sample);
        if self.piece.len() <= 2 {
            return;
        }
        let number = |i: usize| self.piece.get(i).and_then(|s| s.value.as_ref()?.as_number());
        let middle = match (number(0), number(1), number(2)) {
            (Some(a), Some(b), Some(c)) => {
                let ranked = [a, b, c];
                let inner = a.max(b).min(a.min(b).max(c));
                ranked.iter().position(|n| n.total_cmp(&inner).is_eq()).unwrap_or(1)
            }
            _ => 1,
        };
        self.piece.remove(middle);
    }

    /// Ends it.
    pub(super) fn end(&mut self, at: Timestamp) {
        self.close(at);
        self.since = at;
        self.out.append(&mut self.piece);
        if let Some(last) = self.out.last().filter(|last| last.at < at && last.value.is_some()) {
            self.out.push(CourseSample { at, value: last.value.clone() });
        }
    }

    pub(super) fn usage(&self) -> Usage {
        Usage { on_ms: total(&self.on), changes: self.changes }
    }

    pub(super) fn gap_time(&self) -> Span {
        total(&self.gaps)
    }

    pub(super) fn gaps(&self) -> Vec<Interval> {
        self.gaps.iter().take(GAPS_MAX).copied().collect()
    }

    pub(super) fn samples(self) -> Vec<CourseSample> {
        self.out
    }
}

fn total(spans: &[Interval]) -> Span {
    Span::from_micros(spans.iter().map(|s| (s.to - s.from).as_micros()).sum())
}
