//! Charts of our own cases: what is expected in one line, and whether a chart is that.
//!
//! `KIND AGG POINTS + AGG POINTS | RANGE by=GROUP,GROUP each=BUCKET against=SHIFT order=DIR limit=N lines=N,N`. Points are
//! `device.property,..`, or `*TRAIT` for all that have it; a range is `24h`, `last_week` or `2026-11-02..2026-11-09`.
//!
//! What it is *not*: nothing is drawn here. Start at [`fault`].

use anyhow::Context;
use base::Timestamp;
use base::id::PointId;
use documents::ChartQuery;
use documents::chart::{Metric, Range};
use runtime::sim;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use things::World;

/// What is wrong with a chart; nothing when it is the expected one.
///
/// # Errors
/// When the expected one names what the demo building does not have.
pub fn fault(expected: &str, query: Option<&ChartQuery>, now: Timestamp) -> anyhow::Result<Option<String>> {
    let (world, _) = World::build(sim::world());
    let (what, rest) = expected.split_once(" | ").context("a chart has a range")?;
    let (range, more) = rest.split_once(' ').unwrap_or((rest, ""));
    let (kind, metrics) = what.split_once(' ').context("a chart has metrics")?;
    let mut wanted = BTreeSet::new();
    for metric in metrics.split(" + ") {
        let (agg, points) = metric.split_once(' ').context("a metric has points")?;
        wanted.insert((agg.to_owned(), points_of(points, &world)?));
    }
    let Some(query) = query else { return Ok(Some("no chart".into())) };
    let drawn: BTreeSet<_> = query.metrics.iter().map(|m| (word(json!(m.agg)), selected(m, &world, now))).collect();
    let zone = &world.site().time_zone;
    let time = |range: &Range| runtime::resolve(range, now, zone).ok();
    let right = kind == word(json!(query.kind))
        && wanted == drawn
        && time(&range_of(range)?) == time(&query.range)
        && more == tail(query);
    Ok((!right).then(|| serde_json::to_string(query).unwrap_or_default()))
}

/// What the expected line says after its range.
fn tail(query: &ChartQuery) -> String {
    let list = |items: Vec<Json>| items.into_iter().map(word).collect::<Vec<_>>().join(",");
    let parts = [
        ("by", list(query.group.iter().map(|g| json!(g)).collect())),
        ("each", word(json!(query.bucket)).replace("auto", "")),
        ("against", query.compare.map(|c| word(json!(c.shift))).unwrap_or_default()),
        ("order", query.order.map(|o| word(json!(o.dir))).unwrap_or_default()),
        ("limit", query.limit.map(|n| n.to_string()).unwrap_or_default()),
        ("lines", query.threshold.iter().map(f64::to_string).collect::<Vec<_>>().join(",")),
    ];
    let said = parts.iter().filter(|(_, v)| !v.is_empty()).map(|(name, v)| format!("{name}={v}"));
    said.collect::<Vec<_>>().join(" ")
}

fn word(json: Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

fn selected(metric: &Metric, world: &World, now: Timestamp) -> BTreeSet<PointId> {
    metric.select.points(world, now).into_iter().collect()
}

fn points_of(text: &str, world: &World) -> anyhow::Result<BTreeSet<PointId>> {
    if let Some(quantity) = text.strip_prefix('*') {
        return Ok(world.points().filter(|p| p.is(quantity)).map(|p| p.id).collect());
    }
    let point = |path: &str| {
        let (device, property) = path.split_once('.').context("a device and its property")?;
        let id = sim::point(device, property);
        world.point(id).map(|p| p.id).with_context(|| format!("no point {path}"))
    };
    text.split(',').map(point).collect()
}

fn range_of(text: &str) -> anyhow::Result<Range> {
    let day = |day: &str| Timestamp::parse(&format!("{day}T00:00:00+08:00")).context("a day is YYYY-MM-DD");
    Ok(match text.split_once("..") {
        Some((from, to)) => Range::Between { from: day(from)?, to: day(to)? },
        None if text.starts_with(|c: char| c.is_ascii_digit()) => Range::Last(text.into()),
        None => Range::Calendar(text.into()),
    })
}

/// Whether a line has its form and names what exists.
///
/// # Errors
/// What is wrong with it.
pub fn check(expected: &str) -> anyhow::Result<()> {
    fault(expected, None, crate::predict::moment(None)).map(|_| ())
}
