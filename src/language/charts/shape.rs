//! From what was heard and the points to a chart: the kind that shows it, how values become one, the range where none was
//! said.
//!
//! What it is *not*: nothing is linked here. Start at [`query`].

use super::heard::Heard;
use super::points::{describe, is_number, trait_of};
use crate::phrases::link::Scene;
use crate::questions::ground::in_unit;
use crate::text::literals::Literal;
use base::id::PointId;
use documents::chart::{Aggregation, ChartKind, Compared, Direction, GroupBy, GroupOrder, METRICS_MAX, Metric, Range};
use documents::{Bucket, ChartQuery};

/// A chart of points.
pub(super) fn query(heard: &Heard, points: &[PointId], scene: &Scene<'_>) -> ChartQuery {
    let kind = kind(heard, points, scene);
    let mut query = ChartQuery {
        kind,
        metrics: metrics(points, kind, heard.agg, scene),
        range: heard.range.clone().unwrap_or_else(|| usual(heard, kind)),
        compare: heard.shift.map(|shift| Compared { shift }),
        bucket: heard.bucket.unwrap_or_default(),
        group: heard.group.clone(),
        order: heard.top.or(heard.sort).map(|dir| GroupOrder { by: Default::default(), dir }),
        limit: heard.limit,
        threshold: lines(&heard.lines, points, scene),
        title: None,
    };
    settle(&mut query);
    query
}

/// One metric for each quantity.
pub(super) fn metrics(points: &[PointId], kind: ChartKind, agg: Option<Aggregation>, scene: &Scene<'_>) -> Vec<Metric> {
    let mut groups: Vec<(Option<&'static str>, Vec<PointId>)> = Vec::new();
    for point in points {
        let quantity = trait_of(*point, scene);
        match groups.iter_mut().find(|(q, _)| *q == quantity) {
            Some((_, list)) => list.push(*point),
            None => groups.push((quantity, vec![*point])),
        }
    }
    groups
        .into_iter()
        .map(|(_, list)| Metric {
            select: describe(&list, scene),
            agg: gather(list.first().copied(), kind, agg, scene),
            name: None,
        })
        .collect()
}

/// How the values of a quantity become one.
pub(super) fn gather(
    point: Option<PointId>,
    kind: ChartKind,
    agg: Option<Aggregation>,
    scene: &Scene<'_>,
) -> Aggregation {
    let Some(point) = point else { return Aggregation::Mean };
    let counted = trait_of(point, scene).is_some_and(|t| t.starts_with("meter."));
    match agg {
        // A share is of what was used.
        Some(Aggregation::Mean | Aggregation::Sum | Aggregation::Last) | None
            if counted && kind != ChartKind::Gauge =>
        {
            Aggregation::Delta
        }
        Some(agg) if is_number(point, scene) => agg,
        None if is_number(point, scene) => match kind {
            ChartKind::Gauge | ChartKind::Stat => Aggregation::Last,
            _ => Aggregation::Mean,
        },
        Some(agg @ (Aggregation::Count | Aggregation::DurationOn | Aggregation::Last)) => agg,
        _ if matches!(kind, ChartKind::StateTimeline | ChartKind::Trend | ChartKind::Gauge) => Aggregation::Last,
        _ => Aggregation::DurationOn,
    }
}

fn kind(heard: &Heard, points: &[PointId], scene: &Scene<'_>) -> ChartKind {
    let numbers = points.iter().all(|p| is_number(*p, scene));
    let meters = points.iter().all(|p| trait_of(*p, scene).is_some_and(|t| t.starts_with("meter.")));
    let shared = heard.group.iter().any(|g| matches!(g, GroupBy::Area | GroupBy::Floor | GroupBy::Device));
    // A general word gives way to a narrower one: "a line chart as a heat map" is said by nobody.
    let said = heard.kinds.iter().copied().max_by_key(|k| match k {
        ChartKind::Trend | ChartKind::Compare => 0,
        ChartKind::Table | ChartKind::Bar => 1,
        _ => 2,
    });
    match said {
        Some(ChartKind::Compare) if heard.shift.is_none() => ChartKind::Trend,
        Some(ChartKind::Trend) if heard.shift.is_some() && numbers && heard.group.is_empty() => ChartKind::Compare,
        Some(ChartKind::Trend) if !numbers && heard.agg.is_none() => ChartKind::StateTimeline,
        Some(ChartKind::TopN | ChartKind::Bar) if heard.top.is_some() || heard.limit.is_some() => ChartKind::TopN,
        Some(kind) => kind,
        None if heard.top.is_some() => ChartKind::TopN,
        None if heard.sort.is_some() => ChartKind::Bar,
        None if heard.shift.is_some() => ChartKind::Compare,
        None if heard.group.contains(&GroupBy::Hour) && heard.group.contains(&GroupBy::Weekday) => ChartKind::Heatmap,
        None if !numbers && heard.agg.is_none() && heard.bucket.is_none() => ChartKind::StateTimeline,
        None if !numbers || shared && heard.bucket.is_none() => ChartKind::Bar,
        None if meters || heard.group.contains(&GroupBy::Weekday) => ChartKind::Bar,
        None => ChartKind::Trend,
    }
}

/// The range where none was said.
fn usual(heard: &Heard, kind: ChartKind) -> Range {
    let last = |text: &str| Range::Last(text.into());
    match (kind, heard.bucket) {
        (ChartKind::Heatmap, _) => last("4w"),
        (_, Some(Bucket::Month)) => Range::Calendar("this_year".into()),
        (_, Some(Bucket::Week)) => last("12w"),
        (_, Some(Bucket::Day)) => last("30d"),
        (
            ChartKind::Pie
            | ChartKind::TopN
            | ChartKind::Bar
            | ChartKind::Scatter
            | ChartKind::Histogram
            | ChartKind::Compare,
            None,
        ) => last("7d"),
        _ => last("24h"),
    }
}

pub(super) fn lines(said: &[Literal], points: &[PointId], scene: &Scene<'_>) -> Vec<f64> {
    let spec = points.first().and_then(|p| scene.world.point(*p));
    let bare = |l: &Literal| match l {
        Literal::Number(n) | Literal::Degrees(n) => Some(*n),
        Literal::Quantity(q) => Some(q.number),
        Literal::Duration(_) | Literal::When(_) => None,
    };
    said.iter().filter_map(|l| spec.and_then(|s| in_unit(l, s).ok()).or_else(|| bare(l))).collect()
}

/// What goes together in a chart of its kind.
pub(super) fn settle(query: &mut ChartQuery) {
    let pair = |group: &[GroupBy]| matches!(group, [a, b] if a != b && [a, b].iter().all(|g| matches!(g, GroupBy::Hour | GroupBy::Weekday | GroupBy::Day)));
    if query.kind == ChartKind::Heatmap {
        if !pair(&query.group) {
            query.group = vec![GroupBy::Hour, GroupBy::Weekday];
        }
        query.bucket = Bucket::Auto;
    } else {
        // "by hour" are pieces of time, unless it is the hour of the day on an axis.
        if query.group.contains(&GroupBy::Hour) && query.bucket == Bucket::Auto && query.group.len() == 1 {
            query.bucket = Bucket::Hour;
        }
        query.group.retain(|g| !matches!(g, GroupBy::Hour | GroupBy::Day));
    }
    query.group.truncate(2);
    if query.kind == ChartKind::TopN {
        query.order = query.order.or(Some(GroupOrder { by: Default::default(), dir: Direction::Desc }));
        if query.group.is_empty() {
            query.group = vec![GroupBy::Area];
        }
    } else if query.kind != ChartKind::Bar && query.kind != ChartKind::Table {
        (query.order, query.limit) = (None, None);
    }
    query.metrics.truncate(METRICS_MAX);
    for metric in &mut query.metrics {
        match query.kind {
            ChartKind::Pie if !metric.agg.adds_up() => metric.agg = Aggregation::Sum,
            ChartKind::Scatter | ChartKind::Histogram if metric.agg == Aggregation::Last => {
                metric.agg = Aggregation::Mean
            }
            _ => {}
        }
    }
    if query.kind == ChartKind::Compare && query.compare.is_none() {
        query.kind = ChartKind::Trend;
    }
    if matches!(
        query.kind,
        ChartKind::Pie
            | ChartKind::Histogram
            | ChartKind::Heatmap
            | ChartKind::Scatter
            | ChartKind::StateTimeline
            | ChartKind::Gauge
    ) {
        query.compare = None;
    }
}

/// Whether every quantity is one that is measured: what is set or switched has no course that somebody asks for in passing.
pub(super) fn is_measured(query: &ChartQuery, scene: &Scene<'_>) -> bool {
    query.metrics.iter().all(|m| {
        let measured = |p: PointId| {
            trait_of(p, scene).is_some_and(|t| t.starts_with("measure") || t.starts_with("meter") || t == "battery")
                || matches!(m.agg, Aggregation::DurationOn | Aggregation::Count)
        };
        m.select.points(scene.world, scene.now).into_iter().all(measured)
    })
}
