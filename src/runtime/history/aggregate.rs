//! How the values of a point become one per piece of time. Pure: samples in, cells out.
//!
//! A value holds until the next one. A state (and a number that people set) holds however long; a measured number at
//! most for [`HOLD_NUMBER`], so that a sensor that fell silent shows as a gap and not as a flat line. A value of bad
//! quality ends what held before it.

use base::{Quality, Sample, Span, Timestamp, Value};
use documents::chart::Aggregation;
use things::{PointKind, PointSpec};

/// How long a measured number counts after it was reported.
pub(crate) const HOLD_NUMBER: Span = Span::from_secs(3_600);
/// Microseconds of an hour.
const HOUR_US: f64 = 3.6e9;

/// Without the dust that sums leave in the last digits.
fn clean(number: f64) -> f64 {
    let rounded = (number * 1e6).round() / 1e6;
    if rounded.is_finite() { rounded } else { number }
}

/// How long values of a point hold.
pub(crate) fn hold_of(spec: &PointSpec) -> Option<Span> {
    match spec.kind {
        PointKind::Number { .. } if !spec.writable => Some(HOLD_NUMBER),
        _ => None,
    }
}

/// Whether a state means on, open, occupied, running.
pub(crate) fn is_on(value: &Value) -> bool {
    match value {
        Value::Bool(b) => *b,
        Value::Number(n) => *n > 0.0,
        Value::Text(t) => t != "off",
        Value::List(_) | Value::Map(_) => false,
    }
}

/// What happened to a point, or to several, during a piece of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Cell {
    /// Reported values that can be trusted.
    pub(super) count: u64,
    /// Microseconds during which a value held.
    held_us: i64,
    /// Integral of the number over those microseconds.
    area: f64,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    /// Sum of the reported numbers.
    sum: f64,
    /// How many of the reported values are numbers.
    numbers: u64,
    pub(super) last: Option<Value>,
    /// What a meter counted.
    delta: Option<f64>,
    pub(super) on_us: i64,
    /// The reported numbers, where a percentile is wanted.
    all: Vec<f64>,
}

impl Cell {
    fn see(&mut self, number: f64) {
        self.min = Some(self.min.map_or(number, |m| m.min(number)));
        self.max = Some(self.max.map_or(number, |m| m.max(number)));
    }

    fn hold(&mut self, value: &Value, us: i64) {
        self.held_us += us;
        if is_on(value) {
            self.on_us += us;
        }
        if let Value::Number(n) = value {
            self.area += n * us as f64;
            self.see(*n);
        }
        self.last = Some(value.clone());
    }

    /// Whether anything is known of this piece.
    pub(super) fn is_known(&self) -> bool {
        self.count > 0 || self.held_us > 0
    }

    /// The mean by time; of a value that came at the very end, the value.
    pub(super) fn mean(&self) -> Option<f64> {
        if self.held_us > 0 && self.min.is_some() {
            return Some(clean(self.area / self.held_us as f64));
        }
        (self.numbers > 0).then(|| clean(self.sum / self.numbers as f64))
    }

    /// The 95th percentile (nearest rank) of what was reported; of what held, where nothing was.
    fn p95(&self) -> Option<f64> {
        if self.all.is_empty() {
            return self.max;
        }
        let mut all = self.all.clone();
        let rank = (all.len() * 95).div_ceil(100).saturating_sub(1);
        let (_, found, _) = all.select_nth_unstable_by(rank, f64::total_cmp);
        Some(*found)
    }

    /// The value of one point.
    pub(super) fn value(&self, agg: Aggregation) -> Option<Value> {
        let number = match agg {
            Aggregation::Last => return self.last.clone(),
            Aggregation::Mean => self.mean(),
            Aggregation::Min => self.min,
            Aggregation::Max => self.max,
            Aggregation::Sum => (self.numbers > 0).then_some(self.sum),
            Aggregation::Count => Some(self.count as f64),
            Aggregation::Delta => self.delta,
            Aggregation::DurationOn => (self.held_us > 0).then(|| self.on_us as f64 / HOUR_US),
            Aggregation::P95 => self.p95(),
        };
        number.map(Value::Number)
    }

    /// The same point over a later piece of time too.
    pub(super) fn extend(&mut self, later: &Cell) {
        self.count += later.count;
        self.held_us += later.held_us;
        self.area += later.area;
        later.min.into_iter().chain(later.max).for_each(|n| self.see(n));
        self.sum += later.sum;
        self.numbers += later.numbers;
        if later.last.is_some() {
            self.last.clone_from(&later.last);
        }
        if let Some(d) = later.delta {
            self.delta = Some(self.delta.unwrap_or(0.0) + d);
        }
        self.on_us += later.on_us;
        self.all.extend_from_slice(&later.all);
    }
}

/// The pieces of several points taken together.
#[derive(Debug, Clone, Default)]
pub(super) struct Together {
    /// Points with a value.
    n: u32,
    sum: f64,
    low: f64,
    high: f64,
    last: Option<Value>,
    all: Vec<f64>,
}

impl Together {
    /// Takes in a point. Numbers are converted first.
    pub(super) fn add(&mut self, cell: &Cell, agg: Aggregation, convert: impl Fn(f64) -> f64) {
        if agg == Aggregation::P95 && !cell.all.is_empty() {
            self.all.extend(cell.all.iter().map(|n| convert(*n)));
        }
        let Some(value) = cell.value(agg) else { return };
        if let Value::Number(n) = value {
            let n = convert(n);
            (self.low, self.high) = if self.n == 0 { (n, n) } else { (self.low.min(n), self.high.max(n)) };
            self.sum += n;
            self.last = Some(Value::Number(n));
        } else {
            self.last = Some(value);
        }
        self.n += 1;
    }

    /// Takes in a number that adds up with the others.
    pub(super) fn add_number(&mut self, number: f64) {
        (self.low, self.high) =
            if self.n == 0 { (number, number) } else { (self.low.min(number), self.high.max(number)) };
        self.sum += number;
        self.n += 1;
    }

    /// One value for all.
    pub(super) fn value(&self, agg: Aggregation) -> Option<Value> {
        if self.n == 0 {
            return None;
        }
        Some(Value::Number(clean(match agg {
            Aggregation::Last => return self.last.clone(),
            Aggregation::Mean => self.sum / f64::from(self.n),
            Aggregation::Min => self.low,
            Aggregation::Max => self.high,
            Aggregation::Sum | Aggregation::Count | Aggregation::Delta | Aggregation::DurationOn => self.sum,
            Aggregation::P95 => {
                let pooled = Cell { all: self.all.clone(), max: Some(self.high), ..Cell::default() };
                pooled.p95().unwrap_or(self.high)
            }
        })))
    }
}

/// One point on its way through the pieces of time. Samples come oldest first.
pub(super) struct Line<'a> {
    borders: &'a [Timestamp],
    /// Nothing holds beyond the present.
    until: Timestamp,
    hold: Option<Span>,
    keep_all: bool,
    cells: Vec<Cell>,
    /// The piece that is filled.
    piece: usize,
    /// The value that holds, since when, and how far it is counted.
    held: Option<(Value, Timestamp, Timestamp)>,
    /// The last number of a meter.
    meter: Option<f64>,
}

impl<'a> Line<'a> {
    /// `borders` as of the pieces; `before` is the newest sample before the first of them.
    pub(super) fn new(
        borders: &'a [Timestamp],
        now: Timestamp,
        hold: Option<Span>,
        keep_all: bool,
        before: Option<Sample>,
    ) -> Line<'a> {
        let (first, last) = (borders.first().copied().unwrap_or(now), borders.last().copied().unwrap_or(now));
        let before = before.filter(|s| s.quality != Quality::Bad);
        Line {
            borders,
            until: last.min(now),
            hold,
            keep_all,
            cells: vec![Cell::default(); borders.len().saturating_sub(1)],
            piece: 0,
            meter: before.as_ref().and_then(|s| s.value.as_number()),
            held: before.map(|s| (s.value, s.at, first)),
        }
    }

    /// Counts what holds up to an instant.
    fn cover(&mut self, until: Timestamp) {
        let Some((value, since, mut from)) = self.held.take() else { return };
        let ends = self.hold.map_or(until, |h| until.min(since + h)).min(self.until);
        while from < ends {
            self.find(from);
            let border = self.borders.get(self.piece + 1).copied().unwrap_or(ends).min(ends);
            if let Some(cell) = self.cells.get_mut(self.piece) {
                cell.hold(&value, (border - from).as_micros());
            }
            if border <= from {
                break;
            }
            from = border;
        }
        self.held = Some((value, since, from));
    }

    /// Goes on to the piece of an instant.
    fn find(&mut self, at: Timestamp) {
        while self.borders.get(self.piece + 1).is_some_and(|end| *end <= at) && self.piece + 1 < self.cells.len() {
            self.piece += 1;
        }
    }

    pub(super) fn push(&mut self, sample: Sample) {
        self.cover(sample.at);
        self.find(sample.at);
        if sample.quality == Quality::Bad {
            self.held = None;
            return;
        }
        if let Some(cell) = self.cells.get_mut(self.piece) {
            cell.count += 1;
            if let Value::Number(n) = sample.value {
                cell.numbers += 1;
                cell.sum += n;
                cell.see(n);
                if let Some(before) = self.meter {
                    // A meter that shows less than before began anew.
                    let counted = if n < before { n } else { n - before };
                    cell.delta = Some(cell.delta.unwrap_or(0.0) + counted);
                }
                if self.keep_all {
                    cell.all.push(n);
                }
            }
            cell.last = Some(sample.value.clone());
        }
        self.meter = sample.value.as_number().or(self.meter);
        self.held = Some((sample.value, sample.at, sample.at));
    }

    pub(super) fn finish(mut self) -> Vec<Cell> {
        self.cover(self.until);
        self.cells
    }
}

#[cfg(test)]
mod tests;
