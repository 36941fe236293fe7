//! The recorded values of some points, in the order of time, read piece by piece.

use base::id::PointId;
use base::{Quality, Sample, Span, Timestamp, Value};
use std::collections::{BTreeSet, VecDeque};
use store::{Store, StoreError};

/// Values that are held of all points together.
const HELD_MAX: usize = 200_000;
/// Fewest values that are read of a point at a time.
const PAGE_MIN: usize = 500;
/// Most values that are read of a point at a time.
const PAGE_MAX: usize = 20_000;

/// One point on its way.
struct Line {
    point: PointId,
    /// How long a value holds; none: however long.
    hold: Option<Span>,
    /// Read and not given yet.
    ahead: VecDeque<Sample>,
    /// From where the next page is read; none when there is nothing more.
    next: Option<Timestamp>,
    /// When the value that was given last holds no more.
    ends: Option<Timestamp>,
}

/// The values of points in `[from, to)`, oldest first. A measured number that is not told again ends as a value of bad
/// quality: what the rule sees there is nothing.
pub(super) struct Feed<'a> {
    store: &'a Store,
    to: Timestamp,
    page: usize,
    lines: Vec<Line>,
    /// When which line has something to give.
    queue: BTreeSet<(Timestamp, usize)>,
    read: u64,
}

impl<'a> Feed<'a> {
    /// Opens it, and gives what is known at its beginning.
    pub(super) async fn open(
        store: &'a Store,
        points: &[(PointId, Option<Span>)],
        (from, to): (Timestamp, Timestamp),
    ) -> Result<(Feed<'a>, Vec<(PointId, Sample)>), StoreError> {
        let page = (HELD_MAX / points.len().max(1)).clamp(PAGE_MIN, PAGE_MAX);
        let mut feed = Feed { store, to, page, lines: Vec::new(), queue: BTreeSet::new(), read: 0 };
        let mut known = Vec::new();
        for (i, (point, hold)) in points.iter().enumerate() {
            let before = store.telemetry().before(*point, from).await?.filter(|s| s.quality != Quality::Bad);
            let held = before.filter(|s| hold.is_none_or(|h| s.at + h > from));
            let ends = held.as_ref().and_then(|s| hold.map(|h| s.at + h));
            known.extend(held.map(|s| (*point, s)));
            feed.lines.push(Line { point: *point, hold: *hold, ahead: VecDeque::new(), next: Some(from), ends });
            feed.queue_up(i).await?;
        }
        Ok((feed, known))
    }

    /// How many recorded values were read.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// What was reported at the next moment at which anything was.
    pub(super) async fn next(&mut self) -> Result<Option<(Timestamp, Vec<(PointId, Sample)>)>, StoreError> {
        let Some((at, _)) = self.queue.first().copied() else { return Ok(None) };
        let mut reports = Vec::new();
        while let Some((_, i)) = self.queue.first().copied().filter(|(t, _)| *t == at) {
            self.queue.pop_first();
            if let Some(line) = self.lines.get_mut(i) {
                reports.push((line.point, line.take(at)));
            }
            self.queue_up(i).await?;
        }
        Ok(Some((at, reports)))
    }

    /// Puts the next moment of a line into the queue.
    async fn queue_up(&mut self, i: usize) -> Result<(), StoreError> {
        let Some(line) = self.lines.get_mut(i) else { return Ok(()) };
        if let (true, Some(from)) = (line.ahead.is_empty(), line.next) {
            let page = self.store.telemetry().scan(line.point, from, self.to, self.page).await?;
            self.read += page.len() as u64;
            line.next = (page.len() == self.page).then(|| page.last().map(|s| s.at + Span::from_micros(1))).flatten();
            line.ahead = page.into();
        }
        let reported = line.ahead.front().map(|s| s.at);
        let ended = line.ends.filter(|ends| *ends < self.to && reported.is_none_or(|at| *ends < at));
        self.queue.extend(ended.or(reported).map(|at| (at, i)));
        Ok(())
    }
}

impl Line {
    /// What it has for a moment.
    fn take(&mut self, at: Timestamp) -> Sample {
        let reported = if self.ahead.front().is_some_and(|s| s.at == at) { self.ahead.pop_front() } else { None };
        let sample = reported.unwrap_or(Sample { value: Value::Bool(false), quality: Quality::Bad, at });
        self.ends = self.hold.filter(|_| sample.quality != Quality::Bad).map(|h| at + h);
        sample
    }
}
