//! The past of points: questions about it, answered from the store beside the host.
//!
//! What it is *not*: it decides nothing and writes nothing of what devices report (the log does). Start at [`History`];
//! how values become one is `aggregate`, what a day is `calendar`, when something last was so is `past`.

pub(crate) mod aggregate;
pub(crate) mod calendar;
mod chart;
mod keeper;
mod past;
#[cfg(test)]
mod tests;

pub use keeper::{PAST, Plan, Source, keep};

use aggregate::{Cell, Line, Together, hold_of};
use base::id::{DeviceId, PointId, SpaceId};
use base::{Bilingual, Clock, Diagnostic, Sample, Span, Timestamp, Unit};
use documents::Finding;
use documents::chart::{Aggregation, Range};
use documents::history::{
    BUCKETS_MAX, Bucket, Grouping, HistoryFrame, HistoryQuery, HistorySeries, POINTS_MAX, PastProgress, PointBucket,
    PointHistory, SERIES_MAX,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::telemetry::SCAN_SAMPLES_MAX;
use store::{Store, StoreError};
use things::{PointKind, PointSpec, Selector, SpaceKind, World};
use tokio::sync::watch;

/// Most stored values that one question reads.
pub const SAMPLES_MAX: u64 = 5_000_000;
/// Most values of an answer: series times pieces of time.
pub const CELLS_MAX: usize = 100_000;
/// Traits that are named when a question finds nothing.
const NAMED_MAX: usize = 12;

/// Why a question about the past has no answer.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// It asks for something that cannot be.
    #[error("{text:?}")]
    Ask {
        /// Stable code.
        code: &'static str,
        /// Where in the question, as a JSON pointer.
        path: Cow<'static, str>,
        /// What is wrong.
        text: Bilingual,
        /// What can be asked instead.
        help: Box<Bilingual>,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl HistoryError {
    /// What is wrong with the question; none when the store failed.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        match self {
            HistoryError::Ask { code, path, text, help } => {
                Some(Diagnostic::error(*code, path.clone(), text.clone()).help(Bilingual::clone(help)))
            }
            HistoryError::Store(_) => None,
        }
    }

    /// The same about a part of a larger question.
    fn within(self, whole: &str) -> HistoryError {
        match self {
            HistoryError::Ask { code, path, text, help } => {
                HistoryError::Ask { code, path: format!("{whole}{path}").into(), text, help }
            }
            store => store,
        }
    }

    fn limit(what: &'static str, most: impl std::fmt::Display, path: &'static str) -> HistoryError {
        let zh = match what {
            "range" => "时间范围（天）",
            "buckets" => "时间段",
            "points" => "点位",
            "series" => "序列",
            "samples" => "历史数据",
            _ => "结果",
        };
        HistoryError::Ask {
            code: "history.limit",
            path: path.into(),
            text: Bilingual::new(format!("{zh}过多，最多 {most}"), format!("too much: at most {most} {what}")),
            help: Box::new(Bilingual::new(
                "请缩短时间范围、加大时间段，或缩小选择范围",
                "take a shorter range, a larger bucket, or select less",
            )),
        }
    }
}

/// The past of points. Cheap to clone.
#[derive(Clone)]
pub struct History {
    store: Store,
    clock: Arc<dyn Clock>,
    past: Arc<watch::Sender<PastProgress>>,
    findings: Arc<watch::Sender<Arc<Vec<Finding>>>>,
}

/// What one series is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    All,
    Point(PointId),
    Device(DeviceId),
    Space(SpaceId),
    Elsewhere,
}

/// A series that is being put together.
struct Group {
    pieces: Vec<Together>,
    whole: Together,
    points: usize,
    samples: u64,
}

/// From when until when a range lasts at a site in this time zone, seen from a moment; the end is not included.
///
/// # Errors
/// When the range is none, or is too long.
pub fn resolve(range: &Range, now: Timestamp, time_zone: &str) -> Result<(Timestamp, Timestamp), HistoryError> {
    calendar::resolve(range, now, &calendar::zone(time_zone))
}

impl History {
    pub(crate) fn new(store: Store, clock: Arc<dyn Clock>) -> History {
        History { store, clock, past: Arc::new(watch::Sender::new(PastProgress::NONE)), findings: Arc::default() }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// How far the writing of a past is.
    pub fn progress(&self) -> PastProgress {
        self.past.borrow().clone()
    }

    /// What the past month shows, as it was found last; the costliest comes first.
    pub fn findings(&self) -> Arc<Vec<Finding>> {
        self.findings.borrow().clone()
    }

    /// Answers a question about the points that `sees` lets through.
    ///
    /// # Errors
    /// When the question asks for nothing, for too much or for what cannot be together; when the store cannot be read.
    pub async fn query(
        &self,
        world: &World,
        query: &HistoryQuery,
        sees: impl Fn(&PointSpec) -> bool,
    ) -> Result<HistoryFrame, HistoryError> {
        let now = self.clock.now();
        let zone = calendar::zone(&world.site().time_zone);
        let (from, to) = calendar::resolve(&query.range, now, &zone)?;
        let (bucket, borders) = calendar::pieces(from, to, query.bucket, &zone)?;
        let specs = selected(world, &query.select, to, sees)?;
        let unit = common_unit(&specs, query.agg, world)?;
        let mut groups: BTreeMap<Key, Group> = BTreeMap::new();
        let (mut samples, mut without_value) = (0, 0);
        for spec in &specs {
            let group = groups.entry(key(world, spec, query.group, to)).or_insert_with(|| Group {
                pieces: vec![Together::default(); borders.len() - 1],
                whole: Together::default(),
                points: 0,
                samples: 0,
            });
            if query.agg == Aggregation::Last && group.points > 0 {
                return Err(several_last());
            }
            let (cells, read) = self.cells(spec, &borders, now, query.agg == Aggregation::P95).await?;
            let mut whole = Cell::default();
            let convert = conversion(spec.unit(), unit, query.agg);
            for (cell, piece) in cells.iter().zip(&mut group.pieces) {
                piece.add(cell, query.agg, &convert);
                whole.extend(cell);
            }
            group.whole.add(&whole, query.agg, &convert);
            group.points += 1;
            group.samples += read;
            samples += read;
            without_value += usize::from(!whole.is_known());
            if samples > SAMPLES_MAX {
                return Err(HistoryError::limit("samples", SAMPLES_MAX, "/range"));
            }
            if groups.len() * borders.len() > CELLS_MAX {
                return Err(HistoryError::limit("values", CELLS_MAX, "/bucket"));
            }
        }
        let series_total = groups.len();
        let series = cut(in_words(groups, world, query), query.limit)?;
        let gaps = series.iter().flat_map(|s| &s.values).filter(|v| v.is_none()).count();
        Ok(HistoryFrame {
            from,
            to,
            time_zone: world.site().time_zone.clone(),
            bucket,
            agg: query.agg,
            unit,
            starts: borders.split_last().map_or_else(Vec::new, |(_, starts)| starts.to_vec()),
            series,
            series_total,
            points: specs.len(),
            without_value,
            samples,
            gaps,
        })
    }

    /// The past of one point.
    ///
    /// # Errors
    /// As [`History::query`].
    pub async fn point(
        &self,
        world: &World,
        spec: &PointSpec,
        range: &Range,
        bucket: Bucket,
    ) -> Result<PointHistory, HistoryError> {
        let now = self.clock.now();
        let zone = calendar::zone(&world.site().time_zone);
        let (from, to) = calendar::resolve(range, now, &zone)?;
        let (bucket, borders) = calendar::pieces(from, to, bucket, &zone)?;
        let (cells, _) = self.cells(spec, &borders, now, false).await?;
        let mut whole = Cell::default();
        cells.iter().for_each(|c| whole.extend(c));
        Ok(PointHistory {
            point: spec.id,
            unit: spec.unit(),
            from,
            to,
            time_zone: world.site().time_zone.clone(),
            bucket,
            buckets: cells.iter().zip(&borders).map(|(cell, at)| of_cell(cell, *at)).collect(),
            whole: of_cell(&whole, from),
        })
    }

    /// The stored values of a point as they are, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn samples(
        &self,
        point: PointId,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Vec<Sample>, StoreError> {
        self.store.telemetry().scan(point, from, to, limit).await
    }

    /// A point over the pieces of time, and how many stored values it has there.
    async fn cells(
        &self,
        spec: &PointSpec,
        borders: &[Timestamp],
        now: Timestamp,
        keep_all: bool,
    ) -> Result<(Vec<Cell>, u64), HistoryError> {
        let (Some(first), Some(to)) = (borders.first().copied(), borders.last().copied()) else {
            return Ok((Vec::new(), 0));
        };
        let telemetry = self.store.telemetry();
        let before = telemetry.before(spec.id, first).await?;
        let mut line = Line::new(borders, now, hold_of(spec), keep_all, before);
        let (mut from, mut read) = (first, 0);
        loop {
            let page = telemetry.scan(spec.id, from, to, SCAN_SAMPLES_MAX).await?;
            let full = page.len() == SCAN_SAMPLES_MAX;
            read += page.len() as u64;
            let last = page.last().map(|s| s.at);
            page.into_iter().for_each(|s| line.push(s));
            match last {
                Some(at) if full && read <= SAMPLES_MAX => from = at + Span::from_micros(1),
                _ => return Ok((line.finish(), read)),
            }
        }
    }
}

/// The points of a question.
fn selected<'a>(
    world: &'a World,
    select: &Selector,
    at: Timestamp,
    sees: impl Fn(&PointSpec) -> bool,
) -> Result<Vec<&'a PointSpec>, HistoryError> {
    let readable = |p: &&PointSpec| p.kind != PointKind::Service && sees(p);
    let found: Vec<&PointSpec> =
        select.points(world, at).into_iter().filter_map(|id| world.point(id)).filter(readable).collect();
    if found.len() > POINTS_MAX {
        return Err(HistoryError::limit("points", POINTS_MAX, "/select"));
    }
    if !found.is_empty() {
        return Ok(found);
    }
    // The same without its trait says what there is instead.
    let wider = Selector { trait_: None, ..select.clone() };
    let traits: BTreeSet<&str> = world
        .points()
        .filter(|p| !wider.is_empty() && wider.selects(world, p, at))
        .filter(readable)
        .filter_map(|p| p.trait_.as_deref())
        .collect();
    let there = traits.into_iter().take(NAMED_MAX).collect::<Vec<_>>().join(", ");
    let help = if there.is_empty() {
        Bilingual::new("那里没有可读的点位", "there is no point there that can be read")
    } else {
        Bilingual::new(format!("那里有：{there}"), format!("there are: {there}"))
    };
    let text = Bilingual::new("没有符合的点位", "no point fits");
    Err(HistoryError::Ask { code: "history.nothing", path: "/select".into(), text, help: Box::new(help) })
}

/// The unit of the answer. Numbers are of one dimension, or there is no answer.
fn common_unit(specs: &[&PointSpec], agg: Aggregation, world: &World) -> Result<Option<Unit>, HistoryError> {
    match agg {
        Aggregation::Count => return Ok(Some(Unit::one())),
        Aggregation::DurationOn => return Ok(Unit::by_code("h")),
        Aggregation::Last if specs.iter().any(|s| s.unit().is_none()) => return Ok(None),
        _ => {}
    }
    if let Some(state) = specs.iter().find(|s| s.unit().is_none()) {
        let words = world.point_words(state.id);
        return Err(HistoryError::Ask {
            code: "history.not_a_number",
            path: "/agg".into(),
            text: Bilingual::new(
                format!("{}不是数值，无法这样汇总", words.zh),
                format!("{} has no numbers to put together like this", words.en),
            ),
            help: Box::new(Bilingual::new(
                "用 select.trait 指明要看的量；对开关状态用 duration_on、count 或 last",
                "say which quantity with select.trait; for states use duration_on, count or last",
            )),
        });
    }
    let Some(unit) = specs.first().and_then(|s| s.unit()) else { return Ok(None) };
    let other = specs.iter().filter_map(|s| s.unit()).find(|u| u.dimension() != unit.dimension());
    match other {
        None => Ok(Some(unit)),
        Some(other) => Err(HistoryError::Ask {
            code: "history.units",
            path: "/select".into(),
            text: Bilingual::new(
                format!("单位不同：{} 与 {}", unit.code(), other.code()),
                format!("the units differ: {} and {}", unit.code(), other.code()),
            ),
            help: Box::new(Bilingual::new("用 select.trait 只选一种量", "select one quantity with select.trait")),
        }),
    }
}

/// From the unit of a point to that of the answer.
fn conversion(own: Option<Unit>, wanted: Option<Unit>, agg: Aggregation) -> impl Fn(f64) -> f64 {
    move |n| match (own, wanted) {
        (Some(own), Some(wanted)) if own != wanted && own.dimension() == wanted.dimension() => {
            let converted =
                if agg == Aggregation::Delta { own.convert_delta(n, wanted) } else { own.convert(n, wanted) };
            converted.unwrap_or(n)
        }
        _ => n,
    }
}

fn several_last() -> HistoryError {
    HistoryError::Ask {
        code: "history.several",
        path: "/group".into(),
        text: Bilingual::new("多个点位没有共同的末值", "several points have no last value together"),
        help: Box::new(Bilingual::new("用 group 为 point 逐个列出", "let group be point")),
    }
}

/// The series of a point. Places are those at the end of the range.
fn key(world: &World, spec: &PointSpec, group: Grouping, at: Timestamp) -> Key {
    let within = |kinds: &[SpaceKind]| {
        let space = world.device(spec.device).and_then(|d| d.space_at(at))?;
        world.path_of(space).into_iter().find(|s| world.space(*s).is_some_and(|s| kinds.contains(&s.kind)))
    };
    match group {
        Grouping::Nothing => Key::All,
        Grouping::Point => Key::Point(spec.id),
        Grouping::Device => Key::Device(spec.device),
        Grouping::Room => within(&[SpaceKind::Room, SpaceKind::Zone]).map_or(Key::Elsewhere, Key::Space),
        Grouping::Floor => within(&[SpaceKind::Floor]).map_or(Key::Elsewhere, Key::Space),
    }
}

fn in_words(groups: BTreeMap<Key, Group>, world: &World, query: &HistoryQuery) -> Vec<HistorySeries> {
    let series = |(key, group): (Key, Group)| {
        let name = match key {
            Key::All => Bilingual::new("全部", "all"),
            Key::Point(id) => world.point_words(id),
            Key::Device(id) => world.device(id).map_or_else(Bilingual::default, |d| d.names.bilingual()),
            Key::Space(id) => world.space(id).map_or_else(Bilingual::default, |s| s.names.bilingual()),
            Key::Elsewhere => Bilingual::new("其他位置", "elsewhere"),
        };
        HistorySeries {
            name,
            point: if let Key::Point(id) = key { Some(id) } else { None },
            device: if let Key::Device(id) = key { Some(id) } else { None },
            space: if let Key::Space(id) = key { Some(id) } else { None },
            points: group.points,
            samples: group.samples,
            values: group.pieces.iter().map(|p| p.value(query.agg)).collect(),
            whole: group.whole.value(query.agg),
        }
    };
    groups.into_iter().map(series).collect()
}

/// The series with the largest values first where not all are wanted.
fn cut(mut series: Vec<HistorySeries>, limit: Option<usize>) -> Result<Vec<HistorySeries>, HistoryError> {
    let most = limit.unwrap_or(SERIES_MAX);
    if most == 0 || most > SERIES_MAX || (limit.is_none() && series.len() > SERIES_MAX) {
        return Err(HistoryError::limit("series", SERIES_MAX, "/limit"));
    }
    if series.len() > most {
        let size = |s: &HistorySeries| s.whole.as_ref().and_then(base::Value::as_number).unwrap_or(f64::NEG_INFINITY);
        series.sort_by(|a, b| size(b).total_cmp(&size(a)));
        series.truncate(most);
    }
    Ok(series)
}

fn of_cell(cell: &Cell, at: Timestamp) -> PointBucket {
    let known = cell.is_known();
    PointBucket {
        at,
        count: cell.count,
        mean: cell.mean().filter(|_| cell.min.is_some()),
        min: cell.min,
        max: cell.max,
        last: cell.last.clone(),
        on_ms: known.then_some(cell.on_us / 1_000),
    }
}

/// One series always fits into an answer.
const _: () = assert!(BUCKETS_MAX <= CELLS_MAX);
