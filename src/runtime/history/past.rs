//! Questions about what was: when it last became so, since when, for how long, how often, what was reached.
//!
//! A value counts as long as it holds, as in `aggregate`. What it is *not*: who made it so; the core knows that, and it is
//! told by the tool. Start at [`History::past`].

use super::aggregate::hold_of;
use super::{History, HistoryError, SAMPLES_MAX, calendar, common_unit, selected};
use base::{Quality, Sample, Span, Timestamp, Value};
use documents::chart::{Aggregation, Range, Shift};
use documents::past::{LOOK_BACK_DAYS, PAST_ROWS_MAX};
use documents::{Bucket, Comparison, Condition, Grouping, HistoryQuery, PastAsk, PastFrame, PastQuery, PastRow};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use store::telemetry::SCAN_SAMPLES_MAX;
use things::{PointSpec, World};

/// How far back is looked, step by step, where no time was said, in days.
const STEPS_BACK: &[i64] = &[1, 7, 31, LOOK_BACK_DAYS];

/// What became of one point over a range.
#[derive(Debug, Default)]
struct Course {
    /// Whether the condition held when it was last known.
    was: Option<bool>,
    /// When it last became so; none where it was so at the beginning already.
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    value: Option<Value>,
    long_us: i64,
    often: u64,
    high: Option<(f64, Timestamp)>,
    low: Option<(f64, Timestamp)>,
    /// A value is known.
    known: bool,
    /// There is a record before the range.
    goes_back: bool,
}

impl Course {
    /// A value that was reported, and held until an instant.
    fn take(&mut self, sample: &Sample, from: Timestamp, ends: Timestamp, condition: Option<&Condition>) {
        let (at, held) = (sample.at.max(from), (ends - sample.at.max(from)).as_micros().max(0));
        self.known = true;
        if let Value::Number(n) = sample.value {
            if self.high.is_none_or(|(high, _)| n > high) {
                self.high = Some((n, at));
            }
            if self.low.is_none_or(|(low, _)| n < low) {
                self.low = Some((n, at));
            }
        }
        let Some(condition) = condition else { return };
        let holds = condition.op.holds(&sample.value, &condition.value);
        let before = self.was.replace(holds);
        if holds {
            self.long_us += held;
            self.value = Some(sample.value.clone());
        }
        match (before, holds) {
            (Some(false), true) => {
                self.often += 1;
                (self.since, self.until) = (Some(at), None);
            }
            // The record begins with it, or it was so before the range.
            (None, true) => (self.since, self.until) = ((sample.at >= from).then_some(at), None),
            (Some(true), false) => self.until = Some(at),
            _ => {}
        }
    }

    /// Whether an earlier record could say more.
    fn leaves_open(&self) -> bool {
        self.goes_back && self.since.is_none()
    }

    fn row(self, spec: &PointSpec, ask: &PastAsk) -> PastRow {
        let extreme = match (ask, ask.condition().map(|c| c.op)) {
            (PastAsk::Highest, _) | (PastAsk::Ever(_), Some(Comparison::Gt | Comparison::Ge)) => self.high,
            (PastAsk::Lowest, _) | (PastAsk::Ever(_), Some(Comparison::Lt | Comparison::Le)) => self.low,
            _ => None,
        };
        let (at, value) = match extreme {
            Some((n, at)) => (Some(at), Some(Value::Number(n))),
            None => (self.since, self.value),
        };
        PastRow {
            device: spec.device,
            point: spec.id,
            at,
            until: self.until,
            value,
            low: self.low.map(|(n, _)| n),
            high: self.high.map(|(n, _)| n),
            mean: None,
            long_ms: Span::from_micros(self.long_us),
            often: self.often,
            by: None,
        }
    }
}

impl History {
    /// Answers a question about what the points were that `sees` lets through. Who made it so is not told.
    ///
    /// # Errors
    /// As [`History::query`].
    pub async fn past(
        &self,
        world: &World,
        query: &PastQuery,
        sees: impl Fn(&PointSpec) -> bool + Copy,
    ) -> Result<PastFrame, HistoryError> {
        let now = self.clock.now();
        let zone = calendar::zone(&world.site().time_zone);
        let longest = Range::Last(format!("{LOOK_BACK_DAYS}d"));
        let (from, to) = calendar::resolve(query.range.as_ref().unwrap_or(&longest), now, &zone)?;
        // What was reported this instant is in it.
        let to = if to == now { now + Span::from_micros(1) } else { to };
        let mut frame = self.over(world, query, (from, to), sees).await?;
        if let Some(shift) = query.compare.filter(|_| query.ask.is_summed())
            && let Some(range) = earlier(from, to, shift, &zone)
        {
            frame.earlier = self.over(world, query, range, sees).await?.whole;
        }
        Ok(frame)
    }

    async fn over(
        &self,
        world: &World,
        query: &PastQuery,
        (from, to): (Timestamp, Timestamp),
        sees: impl Fn(&PointSpec) -> bool,
    ) -> Result<PastFrame, HistoryError> {
        let agg = match &query.ask {
            PastAsk::Highest => Aggregation::Max,
            PastAsk::Lowest => Aggregation::Min,
            PastAsk::Mean => Aggregation::Mean,
            PastAsk::Used => Aggregation::Delta,
            PastAsk::Value => Aggregation::Last,
            _ => Aggregation::Count,
        };
        let range = Range::Between { from, to };
        let select = query.select.clone();
        let history = HistoryQuery { select, range, bucket: Bucket::Whole, agg, group: Grouping::Nothing, limit: None };
        let mut frame = PastFrame {
            from,
            to,
            at: self.clock.now(),
            time_zone: world.site().time_zone.clone(),
            unit: None,
            rows: Vec::new(),
            whole: None,
            earlier: None,
            points: 0,
            without_value: 0,
        };
        if let PastAsk::Mean | PastAsk::Used = query.ask {
            let found = self.query(world, &history, sees).await?;
            frame.whole = found.series.first().and_then(|s| s.whole.as_ref()).and_then(Value::as_number);
            (frame.unit, frame.points, frame.without_value) = (found.unit, found.points, found.without_value);
            return Ok(frame);
        }
        let specs = selected(world, &query.select, to, sees)?;
        if query.ask.condition().is_none() {
            frame.unit = common_unit(&specs, agg, world)?;
        }
        frame.points = specs.len();
        let mut read = 0;
        for spec in specs {
            let row = match query.ask {
                PastAsk::Value => self.values(world, spec, &history.range).await?,
                _ => self.row(spec, query, (from, to), &mut read).await?,
            };
            match row {
                Some(row) => frame.rows.push(row),
                None => frame.without_value += 1,
            }
        }
        finish(&mut frame, &query.ask);
        Ok(frame)
    }

    /// Lowest, highest, mean and last value of a point; none where nothing is known.
    async fn values(&self, world: &World, spec: &PointSpec, range: &Range) -> Result<Option<PastRow>, HistoryError> {
        let whole = self.point(world, spec, range, Bucket::Whole).await?.whole;
        let row = Course::default().row(spec, &PastAsk::Value);
        Ok(whole.last.is_some().then_some(PastRow {
            value: whole.last,
            low: whole.min,
            high: whole.max,
            mean: whole.mean,
            ..row
        }))
    }

    /// What became of one point; none where nothing is known of it. Where no time was said, it is looked back step by step
    /// until the last change is found.
    async fn row(
        &self,
        spec: &PointSpec,
        query: &PastQuery,
        (from, to): (Timestamp, Timestamp),
        read: &mut u64,
    ) -> Result<Option<PastRow>, HistoryError> {
        let last = matches!(query.ask, PastAsk::Last(_) | PastAsk::Who(_) | PastAsk::Since(_));
        let steps = if last && query.range.is_none() { STEPS_BACK } else { &[] };
        let starts = steps.iter().map(|days| from.max(to - Span::from_secs(days * 86_400)));
        let mut course = Course::default();
        for start in starts.chain(steps.is_empty().then_some(from)) {
            course = self.course(spec, query.ask.condition(), (start, to), read).await?;
            if !course.leaves_open() {
                break;
            }
        }
        Ok(course.known.then(|| course.row(spec, &query.ask)))
    }

    async fn course(
        &self,
        spec: &PointSpec,
        condition: Option<&Condition>,
        (first, to): (Timestamp, Timestamp),
        read: &mut u64,
    ) -> Result<Course, HistoryError> {
        let until = to.min(self.clock.now());
        let telemetry = self.store.telemetry();
        let hold = hold_of(spec);
        let mut held = telemetry.before(spec.id, first).await?;
        let mut course = Course { goes_back: held.is_some(), ..Course::default() };
        let mut take = |held: &mut Option<Sample>, next: Timestamp| {
            let Some(sample) = held.take().filter(|s| s.quality != Quality::Bad) else { return };
            let ends = hold.map_or(next, |h| next.min(sample.at + h)).min(until);
            if ends > first || sample.at >= first {
                course.take(&sample, first, ends, condition);
            }
        };
        let mut from = first;
        loop {
            let page = telemetry.scan(spec.id, from, to, SCAN_SAMPLES_MAX).await?;
            let full = page.len() == SCAN_SAMPLES_MAX;
            *read += page.len() as u64;
            if *read > SAMPLES_MAX {
                return Err(HistoryError::limit("samples", SAMPLES_MAX, "/range"));
            }
            for sample in page {
                from = sample.at + Span::from_micros(1);
                take(&mut held, sample.at);
                held = Some(sample);
            }
            if !full {
                take(&mut held, until);
                return Ok(course);
            }
        }
    }
}

/// The rows that answer, the best first, and what they come to.
fn finish(frame: &mut PastFrame, ask: &PastAsk) {
    let number = |r: &PastRow| r.value.as_ref().and_then(Value::as_number).unwrap_or_default();
    match ask {
        PastAsk::Last(_) | PastAsk::Who(_) => {
            frame.rows.retain(|r| r.value.is_some());
            // What is so since before the record began comes last.
            frame.rows.sort_by_key(|r| std::cmp::Reverse(r.at));
        }
        PastAsk::Since(_) => frame.rows.sort_by_key(|r| (r.value.is_none() || r.until.is_some(), r.at)),
        PastAsk::HowLong(_) => {
            let all: i64 = frame.rows.iter().map(|r| r.long_ms.as_millis()).sum();
            frame.whole = Some(all as f64 / 3_600_000.0);
            frame.rows.sort_by_key(|r| std::cmp::Reverse(r.long_ms));
        }
        PastAsk::HowOften(_) => {
            frame.whole = Some(frame.rows.iter().map(|r| r.often).sum::<u64>() as f64);
            frame.rows.sort_by_key(|r| std::cmp::Reverse(r.often));
        }
        PastAsk::Ever(_) => frame.rows.sort_by_key(|r| std::cmp::Reverse(r.long_ms)),
        PastAsk::Highest => frame.rows.sort_by(|a, b| number(b).total_cmp(&number(a))),
        PastAsk::Lowest => frame.rows.sort_by(|a, b| number(a).total_cmp(&number(b))),
        PastAsk::Value | PastAsk::Mean | PastAsk::Used => {}
    }
    frame.rows.truncate(PAST_ROWS_MAX);
}

/// The same time, so much earlier, by the clock on the wall.
fn earlier(from: Timestamp, to: Timestamp, shift: Shift, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let span = match shift {
        Shift::Day => 1.day(),
        Shift::Week => 1.week(),
        Shift::Month => 1.month(),
        Shift::Year => 1.year(),
    };
    let back = |at: Timestamp| {
        let there = at.to_jiff().to_zoned(zone.clone()).checked_sub(span).ok()?;
        Some(Timestamp::from_jiff(there.timestamp()))
    };
    Some((back(from)?, back(to)?))
}
