//! What a number has been lately: its levels, each as long as it lasted, or single samples of it.
//!
//! Memory is bounded whatever happens: pieces that together are shorter than a small part of the span are merged. Means,
//! deviations, sums, counts and extremes stay exact then, but for what leaves the span at its old end; percentiles and
//! former values are those of merged pieces. What it is *not*: it has no clock. Start at [`Series`].

use crate::limits::SERIES_PARTS;
use base::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The past of a number.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Series {
    /// What is over, oldest first.
    pieces: VecDeque<Piece>,
    /// The level that goes on, and since when.
    present: Option<(Timestamp, f64)>,
}

/// A time in which it had one value, or several that are merged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Piece {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    /// How much it counts: seconds, or samples.
    pub(crate) weight: f64,
    pub(crate) mean: f64,
    /// Sum of the squares of what differs from the mean, each by its weight.
    spread: f64,
    low: f64,
    high: f64,
}

/// What several pieces are together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    pub(crate) weight: f64,
    pub(crate) mean: f64,
    /// Standard deviation.
    pub(crate) deviation: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    (to - from).as_micros().max(0) as f64 / 1e6
}

impl Piece {
    fn level(from: Timestamp, to: Timestamp, value: f64) -> Piece {
        Piece { from, to, weight: seconds(from, to), mean: value, spread: 0.0, low: value, high: value }
    }

    /// Both as one.
    fn with(self, other: Piece) -> Piece {
        let weight = self.weight + other.weight;
        let share = if weight > 0.0 { other.weight / weight } else { 0.5 };
        let apart = other.mean - self.mean;
        Piece {
            from: self.from.min(other.from),
            to: self.to.max(other.to),
            weight,
            mean: self.mean + apart * share,
            spread: self.spread + other.spread + apart * apart * share * self.weight,
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    fn is_finite(&self) -> bool {
        self.mean.is_finite() && self.spread.is_finite()
    }
}

impl Series {
    /// From now on it has this level, or none that is known.
    pub(crate) fn level(&mut self, now: Timestamp, value: Option<f64>, span: Span) {
        let value = value.filter(|v| v.is_finite());
        if self.present.map(|(_, v)| v.to_bits()) == value.map(f64::to_bits) {
            return;
        }
        if let Some((since, before)) = self.present.filter(|(since, _)| *since < now) {
            self.push(Piece::level(since, now, before), span);
        }
        self.present = value.map(|v| (now, v));
    }

    /// A single sample.
    pub(crate) fn sample(&mut self, now: Timestamp, value: f64, span: Span) {
        if value.is_finite() {
            self.push(Piece { weight: 1.0, ..Piece::level(now, now, value) }, span);
        }
    }

    fn push(&mut self, piece: Piece, span: Span) {
        let part = Span::from_micros(span.as_micros() / SERIES_PARTS);
        let both = self.pieces.back().filter(|last| piece.to - last.from <= part).map(|last| last.with(piece));
        match (both.filter(Piece::is_finite), self.pieces.back_mut()) {
            (Some(both), Some(last)) => *last = both,
            _ => self.pieces.push_back(piece),
        }
        // Numbers beyond all bounds do not merge; they do not pile up either.
        while self.pieces.len() > 4 * usize::try_from(SERIES_PARTS).unwrap_or(usize::MAX) {
            self.pieces.pop_front();
        }
    }

    /// Leaves out what was before a time. A level that lasted beyond it counts from then on.
    pub(crate) fn forget(&mut self, before: Timestamp) {
        while self.pieces.front().is_some_and(|p| p.to < before || (p.to == before && p.from < p.to)) {
            self.pieces.pop_front();
        }
        if let Some(first) = self.pieces.front_mut().filter(|p| p.from < before) {
            let share = seconds(before, first.to) / seconds(first.from, first.to);
            *first = Piece { from: before, weight: first.weight * share, spread: first.spread * share, ..*first };
        }
        if let Some((since, _)) = self.present.as_mut() {
            *since = (*since).max(before);
        }
    }

    /// Its pieces, the level that goes on up to now included.
    pub(crate) fn pieces(&self, now: Timestamp) -> impl Iterator<Item = Piece> {
        let present = self.present.filter(|(since, _)| *since < now).map(|(since, v)| Piece::level(since, now, v));
        self.pieces.iter().copied().chain(present)
    }

    /// The level that goes on.
    pub(crate) fn present(&self) -> Option<f64> {
        self.present.map(|(_, value)| value)
    }

    /// Whether nothing is left that could leave the span.
    pub(crate) fn is_still(&self) -> bool {
        self.pieces.is_empty()
    }

    /// What it was at its oldest moment, if that is not after a time.
    pub(crate) fn first(&self, by: Timestamp) -> Option<f64> {
        match self.pieces.front() {
            Some(piece) => (piece.from <= by).then_some(piece.mean),
            None => self.present.filter(|(since, _)| *since <= by).map(|(_, value)| value),
        }
    }

    /// All of it together. A level that has only just begun counts by itself where nothing else is known.
    pub(crate) fn summary(&self, now: Timestamp) -> Option<Summary> {
        let just_now = || self.present.map(|(_, v)| Piece::level(now, now, v));
        let all = self.pieces(now).reduce(Piece::with).or_else(just_now)?;
        let deviation = if all.weight > 0.0 { (all.spread / all.weight).sqrt() } else { 0.0 };
        // A level that has only just begun has no weight, yet it is one of the values.
        let (low, high) = self.present.map_or((all.low, all.high), |(_, v)| (all.low.min(v), all.high.max(v)));
        Some(Summary { weight: all.weight, mean: all.mean, deviation, low, high })
    }

    /// The value below or at which it was for this share of the time, or for this share of the samples.
    pub(crate) fn percentile(&self, now: Timestamp, percent: f64) -> Option<f64> {
        let mut pieces: Vec<Piece> = self.pieces(now).collect();
        if pieces.is_empty() {
            return self.present();
        }
        pieces.sort_by(|a, b| a.mean.total_cmp(&b.mean));
        let whole: f64 = pieces.iter().map(|p| p.weight).sum();
        let mut so_far = 0.0;
        for piece in &pieces {
            so_far += piece.weight;
            if so_far >= whole * percent / 100.0 - 1e-9 * whole {
                return Some(piece.mean);
            }
        }
        pieces.last().map(|p| p.mean)
    }

    /// The slope of the straight line that fits best, per second.
    pub(crate) fn slope(&self, now: Timestamp) -> Option<f64> {
        let middle = |p: &Piece| seconds(p.from, now) - seconds(p.from, p.to) / 2.0;
        let (mut weight, mut time, mut value) = (0.0, 0.0, 0.0);
        for piece in self.pieces(now) {
            weight += piece.weight;
            time += piece.weight * middle(&piece);
            value += piece.weight * piece.mean;
        }
        let (time, value) = (time / weight, value / weight);
        let (mut along, mut across) = (0.0, 0.0);
        for piece in self.pieces(now) {
            // Before now counts backwards.
            let ago = middle(&piece) - time;
            let length = seconds(piece.from, piece.to);
            across -= piece.weight * ago * (piece.mean - value);
            along += piece.weight * (ago * ago + length * length / 12.0);
        }
        Some(across / along).filter(|slope| slope.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    const SPAN: Span = Span::from_secs(100);

    fn summary(series: &Series, now: i64) -> (f64, f64, f64, f64) {
        let s = series.summary(at(now)).unwrap();
        (s.mean, s.deviation, s.low, s.high)
    }

    #[test]
    fn levels_count_by_their_time() {
        let mut series = Series::default();
        series.level(at(0), Some(10.0), SPAN);
        assert_eq!(summary(&series, 0), (10.0, 0.0, 10.0, 10.0));
        series.level(at(30), Some(20.0), SPAN);
        assert_eq!(summary(&series, 30), (10.0, 0.0, 10.0, 20.0));
        assert_eq!(summary(&series, 60), (15.0, 5.0, 10.0, 20.0));
        assert_eq!(series.percentile(at(60), 50.0), Some(10.0));
        assert_eq!(series.percentile(at(61), 50.0), Some(20.0));
        // What is not known does not count.
        series.level(at(60), None, SPAN);
        assert_eq!(summary(&series, 90), (15.0, 5.0, 10.0, 20.0));
        series.forget(at(15));
        assert_eq!(series.first(at(15)), Some(10.0));
        assert!((summary(&series, 90).0 - 50.0 / 3.0).abs() < 1e-12);
        series.forget(at(60));
        assert_eq!(series.summary(at(90)), None);
    }

    #[test]
    fn samples_count_one_by_one() {
        let mut series = Series::default();
        for (t, n) in [(0, 1.0), (10, 2.0), (20, 6.0)] {
            series.sample(at(t), n, SPAN);
        }
        let s = series.summary(at(20)).unwrap();
        assert!((s.weight - 3.0).abs() < 1e-12 && (s.mean - 3.0).abs() < 1e-12);
        series.forget(at(10));
        assert!((series.summary(at(20)).unwrap().mean - 4.0).abs() < 1e-12);
    }

    #[test]
    fn a_line_has_its_slope() {
        let mut series = Series::default();
        for t in 0..50 {
            series.level(at(t), Some(t as f64 * 2.0), SPAN);
        }
        // Stairs fit a line that is a little flatter.
        assert!((series.slope(at(50)).unwrap() - 2.0).abs() < 1e-3);
    }

    proptest! {
        #[test]
        fn memory_is_bounded_and_merging_blurs_only_the_old_end(
            changes in prop::collection::vec((0_i64..3_000_000, -50.0_f64..50.0), 1..1_000),
        ) {
            let mut series = Series::default();
            let (mut now, mut all) = (at(0), Vec::new());
            for (wait, value) in changes {
                now = now + Span::from_micros(wait);
                series.level(now, Some(value), SPAN);
                series.forget(now - SPAN);
                all.push((now, value));
            }
            let end = now + Span::from_secs(1);
            let start = end - SPAN;
            series.forget(start);
            let ends = all.iter().skip(1).map(|n| n.0).chain([end]);
            let exact: f64 = all.iter().zip(ends).map(|((a, v), b)| seconds((*a).max(start), b.max(start)) * v).sum();
            let s = series.summary(end).unwrap();
            let part = seconds(start, end) / SERIES_PARTS as f64;
            prop_assert!((s.mean * s.weight - exact).abs() < 100.0 * part, "{} {exact}", s.mean * s.weight);
            let parts = usize::try_from(SERIES_PARTS).unwrap();
            prop_assert!(series.pieces.len() <= 2 * parts + 2, "{}", series.pieces.len());
            let text = serde_json::to_string(&series).unwrap();
            prop_assert_eq!(serde_json::from_str::<Series>(&text).unwrap(), series);
        }
    }
}
