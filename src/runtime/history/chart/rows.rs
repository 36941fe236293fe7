//! From series to rows.
//!
//! What it is *not*: nothing is read here. Start at [`table`].

use super::plan::Dim;
use super::spells::Spell;
use super::{HistoryError, Part, Read, Series, Work, arranged, bins, names};
use base::{Bilingual, Unit, Value};
use documents::ChartKind;
use documents::chart::GroupBy;
use documents::chart_frame::{ChartFrame, Column, ColumnRole, Counts, FrameMetric, ROWS_MAX};
use things::{PointKind, PointSpec};

/// Names of points without a value that are given.
const MISSING_NAMED_MAX: usize = 5;

type Row = Vec<Option<Value>>;

/// One row for each series, time and slot.
pub(super) fn table(work: &Work<'_>, read: Read) -> Result<ChartFrame, HistoryError> {
    let (shown, total, others) = arranged(work, read.series);
    let metrics = metrics(work);
    let mut columns: Vec<Column> = work.plan.dims.iter().map(|d| category(*d, work, &shown, &metrics)).collect();
    let units: Vec<Option<Unit>> = metrics.iter().map(|m| m.unit).collect();
    let unit = units.first().copied().flatten().filter(|u| units.iter().all(|o| *o == Some(*u)));
    let mut value = measure("value", unit, work);
    if let [one] = metrics.as_slice() {
        value.title = titled(&one.name, unit);
    }
    columns.push(value);
    let mut rows: Vec<Row> = Vec::new();
    let mut gaps = 0;
    for series in &shown {
        for (period, slots) in series.periods.iter().enumerate() {
            for (slot, value) in work.slots.labels.iter().zip(slots) {
                let value = value.value(work.agg(series.metric)).map(|v| said(v, series, work));
                gaps += usize::from(value.is_none());
                let mut row: Row = cells(work, series, period, slot, &metrics);
                row.push(value);
                rows.push(row);
            }
        }
    }
    if work.plan.kind == ChartKind::Pie && !others.is_empty() {
        rows.extend(others_row(work, &others, &mut columns));
    }
    let counts = Counts { series: keys(&shown), series_total: total, gaps, ..counts(work, read.samples, read.missing) };
    frame(work, metrics, columns, rows, counts)
}

/// What a row says before its value.
fn cells(work: &Work<'_>, series: &Series, period: usize, slot: &[String], metrics: &[FrameMetric]) -> Row {
    let (mut parts, mut slot) = (series.key.iter(), slot.iter());
    let text = |dim: &Dim| match dim {
        Dim::Time | Dim::Cycle(_) => slot.next().cloned(),
        Dim::Each | Dim::Place(_) => parts.next().map(|p| work.name(&[*p])),
        Dim::State => series.state.clone(),
        Dim::Metric => metrics.get(series.metric).map(|m| m.name.clone()),
        Dim::Period => work.query.compare.and_then(|c| names::periods(c.shift, work.lang).into_iter().nth(period)),
    };
    work.plan.dims.iter().map(text).map(|t| t.map(Value::text)).collect()
}

/// A number with the digits that are shown; the words of a state.
fn said(value: Value, series: &Series, work: &Work<'_>) -> Value {
    match value {
        Value::Number(n) => Value::Number(bins::tidy(n)),
        state => {
            let specs = work.quantities.get(series.metric).map_or(&[][..], |q| q.specs.as_slice());
            let spec = specs.iter().find(|s| work.key(s) == series.key);
            spec.map_or(state.clone(), |s| Value::text(s.words(&state).get(work.lang)))
        }
    }
}

/// The column of what rows tell apart, with its categories in order.
fn category(dim: Dim, work: &Work<'_>, shown: &[Series], metrics: &[FrameMetric]) -> Column {
    let place = work.plan.dims.iter().filter(|d| matches!(d, Dim::Each | Dim::Place(_))).position(|d| *d == dim);
    let cycle = work.plan.dims.iter().filter(|d| matches!(d, Dim::Cycle(_))).position(|d| *d == dim);
    let mut order: Vec<String> = match dim {
        Dim::Time => Vec::new(),
        Dim::Each | Dim::Place(_) => {
            let part = |s: &Series| s.key.get(place?).map(|p| work.name(&[*p]));
            shown.iter().filter_map(part).collect()
        }
        Dim::Cycle(g @ (GroupBy::Hour | GroupBy::Weekday)) => names::cycle_order(g, work.lang),
        Dim::Cycle(_) => {
            let mut days: Vec<String> =
                work.slots.labels.iter().filter_map(|l| cycle.and_then(|c| l.get(c).cloned())).collect();
            days.sort();
            days
        }
        Dim::State => {
            let mut states: Vec<String> = shown.iter().filter_map(|s| s.state.clone()).collect();
            states.sort();
            states
        }
        Dim::Metric => metrics.iter().map(|m| m.name.clone()).collect(),
        Dim::Period => work.query.compare.map_or_else(Vec::new, |c| names::periods(c.shift, work.lang).to_vec()),
    };
    let mut seen = std::collections::BTreeSet::new();
    order.retain(|name| seen.insert(name.clone()));
    names::column(dim, order, work.lang)
}

/// The slice of what is left out.
fn others_row(work: &Work<'_>, others: &[Series], columns: &mut [Column]) -> Option<Row> {
    let sum: f64 = others.iter().filter_map(|s| s.whole_number(work)).sum();
    let at = work.plan.dims.iter().position(|d| matches!(d, Dim::Each | Dim::Place(_)))?;
    let name = Bilingual::new("其他", "others").get(work.lang).to_owned();
    columns.get_mut(at)?.order.push(name.clone());
    let mut row: Row = vec![None; columns.len()];
    *row.get_mut(at)? = Some(Value::text(name));
    *row.last_mut()? = Some(Value::Number(bins::tidy(sum)));
    Some(row)
}

/// How often values fall into which range.
pub(super) fn histogram(work: &Work<'_>, read: Read) -> Result<ChartFrame, HistoryError> {
    let (shown, total, _) = arranged(work, read.series);
    let metrics = metrics(work);
    let unit = metrics.first().and_then(|m| m.unit);
    let mut columns = vec![measure("low", unit, work), measure("high", unit, work)];
    let places = work.plan.dims.iter().filter(|d| matches!(d, Dim::Place(_)));
    columns.extend(places.map(|d| category(*d, work, &shown, &metrics)));
    columns.push(measure("count", Some(Unit::one()), work));
    let values = |s: &Series| -> Vec<f64> {
        read.values.iter().filter(|(key, _)| *key == s.key).flat_map(|(_, v)| v).copied().collect()
    };
    let all: Vec<f64> = shown.iter().flat_map(&values).collect();
    let borders = bins::borders(all.iter().copied());
    let mut rows = Vec::new();
    for series in &shown {
        let mut counts = vec![0u32; borders.len().saturating_sub(1)];
        for value in values(series) {
            if let Some(count) = counts.get_mut(bins::bin(value, &borders)) {
                *count += 1;
            }
        }
        for (range, count) in borders.windows(2).zip(counts) {
            let mut row: Row = range.iter().map(|n| Some(Value::Number(*n))).collect();
            row.extend(series.key.iter().map(|p| Some(Value::text(work.name(&[*p])))));
            row.push(Some(Value::Number(f64::from(count))));
            rows.push(row);
        }
    }
    let counts = Counts { series: keys(&shown), series_total: total, ..counts(work, read.samples, read.missing) };
    frame(work, metrics, columns, rows, counts)
}

/// Two quantities of the same place and time.
pub(super) fn scatter(work: &Work<'_>, read: Read) -> Result<ChartFrame, HistoryError> {
    let (shown, total, _) = arranged(work, read.series);
    let metrics = metrics(work);
    let mut columns: Vec<Column> = work.plan.dims.iter().map(|d| category(*d, work, &shown, &metrics)).collect();
    for (name, metric) in ["x", "y"].into_iter().zip(&metrics) {
        columns.push(Column { title: titled(&metric.name, metric.unit), ..measure(name, metric.unit, work) });
    }
    let (mut rows, mut gaps): (Vec<Row>, usize) = (Vec::new(), 0);
    for x in shown.iter().filter(|s| s.metric == 0) {
        let Some(y) = shown.iter().find(|s| s.metric == 1 && s.key == x.key) else { continue };
        let pairs = x.periods.first().into_iter().flatten().zip(y.periods.first().into_iter().flatten());
        for (slot, (a, b)) in work.slots.labels.iter().zip(pairs) {
            match a.value(work.agg(0)).zip(b.value(work.agg(1))) {
                Some((a, b)) => {
                    let mut row = cells(work, x, 0, slot, &metrics);
                    row.extend([Some(said(a, x, work)), Some(said(b, y, work))]);
                    rows.push(row);
                }
                None => gaps += 1,
            }
        }
    }
    let counts = Counts { series: keys(&shown), series_total: total, gaps, ..counts(work, read.samples, read.missing) };
    frame(work, metrics, columns, rows, counts)
}

/// States over time.
pub(super) fn lanes(
    work: &Work<'_>,
    mut lanes: Vec<(&PointSpec, Vec<Spell>)>,
    samples: u64,
    missing: Vec<String>,
) -> Result<ChartFrame, HistoryError> {
    let total = lanes.len();
    let rank = |spec: &PointSpec| {
        let key = work.key(spec);
        (key.iter().map(|p| p.rank(work.world)).collect::<Vec<_>>(), Part::Point(spec.id).rank(work.world))
    };
    lanes.sort_by_cached_key(|(spec, _)| rank(spec));
    lanes.truncate(work.plan.shown_max(work.query));
    let each = work.plan.has(Dim::Each) || work.plan.has(Dim::Place(GroupBy::Device));
    let name = |spec: &PointSpec| {
        let own = work.name(&[Part::Point(spec.id)]);
        if each { own } else { format!("{} · {own}", work.name(&work.key(spec))) }
    };
    let mut device = names::column(Dim::Each, Vec::new(), work.lang);
    let mut state = names::column(Dim::State, Vec::new(), work.lang);
    let end = Bilingual::new("结束", "End").get(work.lang).to_owned();
    let mut rows: Vec<Row> = Vec::new();
    for (spec, spells) in &lanes {
        let lane = name(spec);
        for spell in spells {
            let words = spec.words(&spell.value).get(work.lang).to_owned();
            if !state.order.contains(&words) {
                state.order.push(words.clone());
            }
            let times = [spell.from, spell.to].map(|t| names::instant(t, &work.zone));
            rows.push([lane.clone(), words].into_iter().chain(times).map(|t| Some(Value::text(t))).collect());
        }
        device.order.push(lane);
    }
    state.order.sort();
    let mut columns = vec![device, state, names::column(Dim::Time, Vec::new(), work.lang)];
    columns.push(Column { name: "end".into(), title: end, ..names::column(Dim::Time, Vec::new(), work.lang) });
    let counts = Counts { series: lanes.len(), series_total: total, ..counts(work, samples, missing) };
    frame(work, metrics(work), columns, rows, counts)
}

fn keys(shown: &[Series]) -> usize {
    shown.iter().map(|s| &s.key).collect::<std::collections::BTreeSet<_>>().len()
}

fn counts(work: &Work<'_>, samples: u64, mut missing: Vec<String>) -> Counts {
    let without_value = missing.len();
    missing.truncate(MISSING_NAMED_MAX);
    let points = work.quantities.iter().map(|q| q.specs.len()).sum();
    Counts { points, missing, without_value, samples, ..Counts::default() }
}

fn measure(name: &str, unit: Option<Unit>, work: &Work<'_>) -> Column {
    let (role, zh, en) = match name {
        "value" => (ColumnRole::Value, "值", "Value"),
        "low" => (ColumnRole::Number, "从", "From"),
        "high" => (ColumnRole::Number, "到", "To"),
        "count" => (ColumnRole::Number, "次数", "Count"),
        _ => (ColumnRole::Number, "", ""),
    };
    let title = titled(Bilingual::new(zh, en).get(work.lang), unit);
    Column { name: name.into(), role, title, unit, order: Vec::new() }
}

/// A title with its unit.
fn titled(title: &str, unit: Option<Unit>) -> String {
    match unit.map(Unit::symbol).filter(|s| !s.is_empty()) {
        Some(symbol) => format!("{title} ({symbol})"),
        None => title.to_owned(),
    }
}

/// The quantities by name; where two have the same, how their values became one is part of it.
fn metrics(work: &Work<'_>) -> Vec<FrameMetric> {
    let names: Vec<String> = work
        .quantities
        .iter()
        .zip(&work.query.metrics)
        .map(|(q, m)| {
            let own = m.name.as_ref().map(|n| n.get(work.lang).to_owned());
            own.unwrap_or_else(|| names::quantity(&q.specs, work.lang))
        })
        .collect();
    let twice = |name: &String| names.iter().filter(|n| *n == name).count() > 1;
    let of = |(i, (q, name)): (usize, (&super::Quantity<'_>, &String))| {
        let (low, high) = reach(&q.specs, q.unit);
        let mut name = name.clone();
        if twice(&name) {
            name = format!("{name} ({})", q.agg.words().get(work.lang));
            let before = names.iter().take(i).zip(&work.quantities).filter(|(_, o)| o.agg == q.agg).count();
            if before > 0 {
                name = format!("{name} {}", before + 1);
            }
        }
        FrameMetric { name, agg: q.agg, unit: q.unit, low, high }
    };
    work.quantities.iter().zip(&names).enumerate().map(of).collect()
}

/// Between which values points can be, where all say the same.
fn reach(specs: &[&PointSpec], unit: Option<Unit>) -> (Option<f64>, Option<f64>) {
    let own = |s: &PointSpec| match &s.kind {
        PointKind::Number { unit: u, min, max, .. } if Some(*u) == unit => (*min, *max),
        _ => (None, None),
    };
    let first = specs.first().map_or((None, None), |s| own(s));
    if specs.iter().all(|s| own(s) == first) { first } else { (None, None) }
}

fn frame(
    work: &Work<'_>,
    metrics: Vec<FrameMetric>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    counts: Counts,
) -> Result<ChartFrame, HistoryError> {
    if rows.len() > ROWS_MAX {
        return Err(HistoryError::limit("values", ROWS_MAX, "/bucket"));
    }
    Ok(ChartFrame {
        lang: work.lang,
        kind: work.plan.kind,
        from: work.from,
        to: work.to,
        time_zone: work.world.site().time_zone.clone(),
        bucket: work.slots.bucket,
        metrics,
        columns,
        rows,
        counts,
    })
}
