//! The numbers of a chart: a request becomes series over pieces of time, hours, days of the week, states, and an earlier
//! time; then rows.
//!
//! What it is *not*: nothing is drawn here, that is `views`. Start at [`History::chart`]; what a request comes to is
//! [`plan`].

mod bins;
mod names;
mod plan;
mod rows;
mod spells;
#[cfg(test)]
mod tests;

use super::aggregate::{Cell, Together};
use super::{
    BUCKETS_MAX, CELLS_MAX, History, HistoryError, SAMPLES_MAX, calendar, common_unit, conversion, selected,
    several_last,
};
use base::{Bilingual, Lang, Timestamp, Unit, Value};
use documents::chart::{Aggregation, Direction, GroupBy, OrderBy};
use documents::chart_frame::ChartFrame;
use documents::{Bucket, ChartKind, ChartQuery};
use jiff::tz::TimeZone;
use names::Part;
use plan::{Dim, Plan};
use std::collections::BTreeMap;
use things::{PointKind, PointSpec, World};

/// Most pieces of time of which hours and days of the week are put together.
const CYCLE_PIECES_MAX: usize = 10_000;

/// A quantity with its points.
struct Quantity<'a> {
    specs: Vec<&'a PointSpec>,
    agg: Aggregation,
    unit: Option<Unit>,
}

/// One series: a quantity of some points.
struct Series {
    metric: usize,
    key: Vec<Part>,
    state: Option<String>,
    points: usize,
    /// For this time and the earlier one: a value for each slot.
    periods: Vec<Vec<Together>>,
    whole: Together,
}

/// The slots into which pieces of time are put.
#[derive(Debug, Clone, PartialEq)]
struct Slots {
    bucket: Bucket,
    /// Borders of the pieces, of this time and of the earlier one.
    borders: Vec<Vec<Timestamp>>,
    /// The slot of each piece, likewise.
    of_piece: Vec<Vec<usize>>,
    /// What each slot is called, one for each of the dimensions of time.
    labels: Vec<Vec<String>>,
}

/// What is known before anything is read.
struct Work<'a> {
    world: &'a World,
    query: &'a ChartQuery,
    lang: Lang,
    zone: TimeZone,
    from: Timestamp,
    to: Timestamp,
    now: Timestamp,
    plan: Plan,
    quantities: Vec<Quantity<'a>>,
    slots: Slots,
}

/// What was read.
#[derive(Default)]
struct Read {
    series: Vec<Series>,
    samples: u64,
    missing: Vec<String>,
    /// Numbers of a distribution, by series.
    values: Vec<(Vec<Part>, Vec<f64>)>,
}

impl History {
    /// The numbers of a chart of the points that `sees` lets through, with names in a language.
    ///
    /// # Errors
    /// When the request selects nothing, asks for too much or for what cannot be together; when the store cannot be
    /// read.
    pub async fn chart(
        &self,
        world: &World,
        query: &ChartQuery,
        lang: Lang,
        sees: impl Fn(&PointSpec) -> bool,
    ) -> Result<ChartFrame, HistoryError> {
        let now = self.clock.now();
        let zone = names::zone(world);
        let (from, to) = calendar::resolve(&query.range, now, &zone)?;
        let (kind, quantities) = quantities(world, query, to, &sees)?;
        let alone = quantities.iter().all(|q| q.specs.len() == 1);
        let plan = Plan::of(query, kind, alone);
        let keys = keys(&plan, &quantities, world, to);
        let slots = slots(query, &plan, keys, (from, to), &zone, lang)?;
        let work = Work { world, query, lang, zone, from, to, now, plan, quantities, slots };
        if work.plan.kind == ChartKind::StateTimeline {
            return self.lanes(&work).await;
        }
        let mut read = Read::default();
        for metric in 0..work.quantities.len() {
            if work.plan.has(Dim::State) {
                self.read_states(&work, metric, &mut read).await?;
            } else {
                self.read_values(&work, metric, &mut read).await?;
            }
        }
        match work.plan.kind {
            ChartKind::Histogram => rows::histogram(&work, read),
            ChartKind::Scatter => rows::scatter(&work, read),
            _ => rows::table(&work, read),
        }
    }

    /// Reads the points of a quantity into its series.
    async fn read_values(&self, work: &Work<'_>, metric: usize, read: &mut Read) -> Result<(), HistoryError> {
        let Some(quantity) = work.quantities.get(metric) else { return Ok(()) };
        let agg = quantity.agg;
        let mut places: BTreeMap<Vec<Part>, usize> = BTreeMap::new();
        for spec in &quantity.specs {
            let key = work.key(spec);
            let at = *places.entry(key.clone()).or_insert_with(|| {
                read.series.push(work.series(metric, key.clone(), None));
                read.series.len() - 1
            });
            if read.series.len() * work.slots.labels.len() > CELLS_MAX {
                return Err(HistoryError::limit("values", CELLS_MAX, "/bucket"));
            }
            let convert = conversion(spec.unit(), quantity.unit, agg);
            let mut known = false;
            for period in 0..work.slots.borders.len() {
                let (Some(borders), Some(of_piece)) = (work.slots.borders.get(period), work.slots.of_piece.get(period))
                else {
                    continue;
                };
                let (cells, count) = self.cells(spec, borders, work.now, agg == Aggregation::P95).await?;
                read.samples += count;
                if read.samples > SAMPLES_MAX {
                    return Err(HistoryError::limit("samples", SAMPLES_MAX, "/range"));
                }
                let Some(series) = read.series.get_mut(at) else { continue };
                if agg == Aggregation::Last && period == 0 && series.points > 0 {
                    return Err(several_last());
                }
                if period == 0 {
                    let mut whole = Cell::default();
                    cells.iter().for_each(|c| whole.extend(c));
                    known = whole.is_known();
                    series.whole.add(&whole, agg, &convert);
                    series.points += 1;
                    if work.plan.kind == ChartKind::Histogram {
                        let numbers = cells.iter().filter_map(|c| c.value(agg)?.as_number()).map(&convert).collect();
                        read.values.push((key.clone(), numbers));
                        continue;
                    }
                }
                let mut slots = vec![Cell::default(); work.slots.labels.len()];
                for (cell, slot) in cells.iter().zip(of_piece) {
                    if let Some(into) = slots.get_mut(*slot) {
                        into.extend(cell);
                    }
                }
                let into = series.periods.get_mut(period).into_iter().flatten();
                into.zip(&slots).filter(|(_, c)| c.is_known()).for_each(|(t, c)| t.add(c, agg, &convert));
            }
            if !known {
                read.missing.push(work.world.point_words(spec.id).get(work.lang).to_owned());
            }
        }
        Ok(())
    }

    /// Reads how long, or how often, points were in each state.
    async fn read_states(&self, work: &Work<'_>, metric: usize, read: &mut Read) -> Result<(), HistoryError> {
        let Some(quantity) = work.quantities.get(metric) else { return Ok(()) };
        let mut places: BTreeMap<(Vec<Part>, String), usize> = BTreeMap::new();
        for spec in &quantity.specs {
            let mut known = false;
            for (period, (borders, of_piece)) in work.slots.borders.iter().zip(&work.slots.of_piece).enumerate() {
                let (Some(from), Some(to)) = (borders.first(), borders.last()) else { continue };
                let (spells, count) = self.spells(spec, *from, (*to).min(work.now)).await?;
                read.samples += count;
                known |= !spells.is_empty();
                for spell in spells {
                    let state = spec.words(&spell.value).get(work.lang).to_owned();
                    let key = work.key(spec);
                    let at = *places.entry((key.clone(), state.clone())).or_insert_with(|| {
                        read.series.push(work.series(metric, key, Some(state)));
                        read.series.len() - 1
                    });
                    let Some(series) = read.series.get_mut(at) else { continue };
                    let into = series.periods.get_mut(period).map_or(&mut [][..], Vec::as_mut_slice);
                    for (piece, slot) in borders.windows(2).zip(of_piece) {
                        let [begin, end] = piece else { continue };
                        let (held, begins) =
                            (spell.to.min(*end) - spell.from.max(*begin), (*begin..*end).contains(&spell.from));
                        let number = match quantity.agg {
                            Aggregation::Count if begins => 1.0,
                            Aggregation::DurationOn if held.as_micros() > 0 => held.as_micros() as f64 / 3.6e9,
                            _ => continue,
                        };
                        if let Some(slot) = into.get_mut(*slot) {
                            slot.add_number(number);
                        }
                        if period == 0 {
                            series.whole.add_number(number);
                        }
                    }
                }
            }
            if !known {
                read.missing.push(work.world.point_words(spec.id).get(work.lang).to_owned());
            }
        }
        Ok(())
    }

    /// The lanes of states.
    async fn lanes(&self, work: &Work<'_>) -> Result<ChartFrame, HistoryError> {
        let specs: Vec<&PointSpec> = work.quantities.iter().flat_map(|q| q.specs.iter().copied()).collect();
        let (mut lanes, mut samples, mut missing) = (Vec::new(), 0, Vec::new());
        for spec in &specs {
            let (spells, count) = self.spells(spec, work.from, work.to.min(work.now)).await?;
            samples += count;
            if spells.is_empty() {
                missing.push(work.world.point_words(spec.id).get(work.lang).to_owned());
            }
            lanes.push((*spec, spells));
        }
        rows::lanes(work, lanes, samples, missing)
    }
}

impl Work<'_> {
    fn key(&self, spec: &PointSpec) -> Vec<Part> {
        key(&self.plan, spec, self.world, self.to)
    }
    fn series(&self, metric: usize, key: Vec<Part>, state: Option<String>) -> Series {
        let periods = vec![vec![Together::default(); self.slots.labels.len()]; self.slots.borders.len()];
        Series { metric, key, state, points: 0, periods, whole: Together::default() }
    }
    /// Whether each device has one point only, so that its name is enough.
    fn plain(&self) -> bool {
        self.quantities.iter().all(|q| {
            let mut devices: Vec<_> = q.specs.iter().map(|s| s.device).collect();
            devices.sort();
            devices.windows(2).all(|w| w.first() != w.last())
        })
    }
    fn name(&self, key: &[Part]) -> String {
        let plain = self.plain();
        key.iter().map(|p| p.name(self.world, plain, self.lang)).collect::<Vec<_>>().join(" · ")
    }
}

fn key(plan: &Plan, spec: &PointSpec, world: &World, at: Timestamp) -> Vec<Part> {
    plan.dims.iter().filter_map(|d| Part::of(*d, spec, world, at)).collect()
}

/// How many series there are at most.
fn keys(plan: &Plan, quantities: &[Quantity<'_>], world: &World, at: Timestamp) -> usize {
    let of = |q: &Quantity<'_>| {
        let mut keys: Vec<_> = q.specs.iter().map(|s| key(plan, s, world, at)).collect();
        keys.sort();
        keys.dedup();
        keys.len()
    };
    quantities.iter().map(of).sum::<usize>() * if plan.has(Dim::Period) { 2 } else { 1 }
}

/// The kind that is drawn, and the points of each quantity.
fn quantities<'a>(
    world: &'a World,
    query: &ChartQuery,
    at: Timestamp,
    sees: &impl Fn(&PointSpec) -> bool,
) -> Result<(ChartKind, Vec<Quantity<'a>>), HistoryError> {
    let mut kind = query.kind;
    let mut found = Vec::new();
    for (i, metric) in query.metrics.iter().enumerate() {
        let specs = selected(world, &metric.select, at, sees).map_err(|e| e.within(&format!("/metrics/{i}")))?;
        let numbers = specs.iter().any(|s| matches!(s.kind, PointKind::Number { .. }));
        let states = specs.iter().any(|s| !matches!(s.kind, PointKind::Number { .. }));
        kind = plan::kind(kind, metric.agg, numbers, states).ok_or_else(|| unfit(query, i))?;
        found.push((specs, metric.agg, numbers));
    }
    let by_state = query.group.contains(&GroupBy::State);
    let mut out = Vec::new();
    for (i, (specs, mut agg, numbers)) in found.into_iter().enumerate() {
        if by_state && numbers {
            return Err(unfit(query, i));
        }
        if by_state && agg != Aggregation::Count {
            agg = Aggregation::DurationOn;
        }
        if kind == ChartKind::Trend && query.kind == ChartKind::StateTimeline {
            agg = Aggregation::Mean;
        }
        let unit = match kind {
            ChartKind::StateTimeline => None,
            _ => common_unit(&specs, agg, world).map_err(|e| e.within(&format!("/metrics/{i}")))?,
        };
        out.push(Quantity { specs, agg, unit });
    }
    Ok((kind, out))
}

/// Points that a chart of this kind cannot show.
fn unfit(query: &ChartQuery, metric: usize) -> HistoryError {
    let (text, help) = if query.group.contains(&GroupBy::State) || query.kind == ChartKind::StateTimeline {
        (
            Bilingual::new(
                "这里有数值，数值没有可区分的状态",
                "there are numbers among it, and numbers have no states",
            ),
            Bilingual::new("只选开关一类的点位，或改用 trend", "select points with states only, or take a trend"),
        )
    } else {
        (
            Bilingual::new("状态不能这样画", "states cannot be drawn like this"),
            Bilingual::new(
                "agg 用 duration_on 或 count，或改用 state_timeline",
                "let agg be duration_on or count, or take a state_timeline",
            ),
        )
    };
    HistoryError::Ask {
        code: "chart.states",
        path: format!("/metrics/{metric}/agg").into(),
        text,
        help: Box::new(help),
    }
}

/// The slots of a plan.
fn slots(
    query: &ChartQuery,
    plan: &Plan,
    series: usize,
    (from, to): (Timestamp, Timestamp),
    zone: &TimeZone,
    lang: Lang,
) -> Result<Slots, HistoryError> {
    let most = if plan.cycles() { CYCLE_PIECES_MAX } else { BUCKETS_MAX };
    let usual = plan.pieces_usual(series);
    let (bucket, first) = calendar::pieces_of(from, to, plan.step(query), zone, usual, most)?;
    let mut borders = vec![first];
    if let Some(compared) = query.compare {
        let shifted = |at| calendar::shifted(at, compared.shift, zone);
        borders.push(calendar::pieces_of(shifted(from), shifted(to), bucket, zone, usual, most)?.1);
    }
    let cycles: Vec<GroupBy> =
        plan.dims.iter().filter_map(|d| if let Dim::Cycle(g) = d { Some(*g) } else { None }).collect();
    let mut labels: Vec<Vec<String>> = Vec::new();
    let mut of_piece = Vec::new();
    for (period, borders) in borders.iter().enumerate() {
        let mut slots = Vec::new();
        for (i, start) in borders.iter().take(borders.len().saturating_sub(1)).enumerate() {
            if cycles.is_empty() {
                // The earlier time is laid over this one, piece by piece.
                if period == 0 {
                    let time = plan.has(Dim::Time).then(|| names::instant(*start, zone));
                    labels.push(time.into_iter().collect());
                }
                slots.push(i);
                continue;
            }
            let label: Vec<String> = cycles.iter().map(|g| names::cycle(*g, *start, zone, lang)).collect();
            let known = labels.iter().position(|l| *l == label);
            slots.push(known.unwrap_or(labels.len()));
            if known.is_none() {
                labels.push(label);
            }
        }
        of_piece.push(slots);
    }
    Ok(Slots { bucket, borders, of_piece, labels })
}

/// Puts series in order and leaves out those that are too many; gives how many there were, by name.
fn arranged(work: &Work<'_>, series: Vec<Series>) -> (Vec<Series>, usize, Vec<Series>) {
    let mut keys: Vec<(Vec<Part>, Option<f64>)> = Vec::new();
    for s in &series {
        let value = s.whole_number(work);
        match keys.iter_mut().find(|(k, _)| *k == s.key) {
            Some((_, v)) if work.plan.has(Dim::State) => *v = v.zip(value).map(|(a, b)| a + b).or(*v).or(value),
            Some((_, v)) => *v = v.or(value),
            None => keys.push((s.key.clone(), value)),
        }
    }
    let rank = |key: &[Part]| key.iter().map(|p| p.rank(work.world)).collect::<Vec<_>>();
    keys.sort_by_cached_key(|(key, _)| (rank(key), work.name(key)));
    let total = keys.len();
    let most = work.plan.shown_max(work.query);
    let usual = matches!(work.plan.kind, ChartKind::TopN | ChartKind::Pie).then_some((OrderBy::Value, Direction::Desc));
    let by_value = |keys: &mut Vec<(Vec<Part>, Option<f64>)>, dir: Direction| {
        // What has no value comes last, whichever end is first.
        let size = |v: &Option<f64>| v.map_or(f64::INFINITY, |v| if dir == Direction::Desc { -v } else { v });
        keys.sort_by(|a, b| size(&a.1).total_cmp(&size(&b.1)));
    };
    match work.query.order.map(|o| (o.by, o.dir)).or(usual) {
        Some((OrderBy::Value, dir)) => by_value(&mut keys, dir),
        Some((OrderBy::Name, dir)) => {
            keys.sort_by_cached_key(|(key, _)| work.name(key));
            if dir == Direction::Desc {
                keys.reverse();
            }
        }
        None if total > most => {
            let mut largest = keys.clone();
            by_value(&mut largest, Direction::Desc);
            largest.truncate(most);
            keys.retain(|k| largest.iter().any(|l| l.0 == k.0));
        }
        None => {}
    }
    keys.truncate(most);
    let place = |s: &Series| keys.iter().position(|(k, _)| *k == s.key);
    let (mut shown, others): (Vec<Series>, Vec<Series>) = series.into_iter().partition(|s| place(s).is_some());
    shown.sort_by_key(|s| (place(s), s.metric));
    (shown, total, others)
}

impl Series {
    /// Its value over the whole range.
    fn whole_number(&self, work: &Work<'_>) -> Option<f64> {
        self.whole.value(work.agg(self.metric)).as_ref().and_then(Value::as_number)
    }
}

impl Work<'_> {
    fn agg(&self, metric: usize) -> Aggregation {
        self.quantities.get(metric).map_or(Aggregation::Mean, |q| q.agg)
    }
}
