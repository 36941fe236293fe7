//! Changes of the chart before: "by floor instead", 换成柱状图, "last month", "only the meeting rooms", "add humidity".
//!
//! What it is *not*: no new chart is made here. Start at [`apply`].

use super::heard::Heard;
use super::points::{points, room_of, trait_of};
use super::shape::{gather, lines, metrics, settle};
use crate::phrases::link::Scene;
use crate::phrases::phrase::Np;
use base::id::{PointId, SpaceId};
use documents::chart::{ChartKind, Compared, GroupBy, GroupOrder};
use documents::{Bucket, ChartQuery, Refusal};

/// The chart with what was said changed; nothing where the sentence changes nothing of it.
pub(super) fn apply(before: &ChartQuery, heard: &Heard, scene: &Scene<'_>) -> Option<Result<ChartQuery, Refusal>> {
    let mut query = before.clone();
    let drawn: Vec<PointId> = before.metrics.iter().flat_map(|m| m.select.points(scene.world, scene.now)).collect();
    if heard.nps.iter().any(|n| !n.is_empty() && !n.pronoun) || heard.numbered {
        match pointed(&drawn, heard, scene) {
            Ok(points) if points.is_empty() => return None,
            Ok(points) => {
                let agg = before.metrics.first().map(|m| m.agg).filter(|_| heard.agg.is_none());
                query.metrics = metrics(&points, query.kind, heard.agg.or(agg), scene);
            }
            Err(refusal) => return Some(Err(refusal)),
        }
    }
    kind(&mut query, heard);
    if let Some(agg) = heard.agg {
        for metric in &mut query.metrics {
            let first = metric.select.points(scene.world, scene.now).first().copied();
            metric.agg = gather(first, query.kind, Some(agg), scene);
        }
    }
    if let Some(range) = &heard.range {
        query.range = range.clone();
    }
    if let Some(bucket) = heard.bucket {
        query.bucket = bucket;
        query.group.retain(|g| matches!(g, GroupBy::Area | GroupBy::Floor | GroupBy::Device));
    }
    if !heard.group.is_empty() {
        query.group.clone_from(&heard.group);
    }
    if let Some(shift) = heard.shift {
        query.compare = Some(Compared { shift });
        if query.kind == ChartKind::Trend {
            query.kind = ChartKind::Compare;
        }
    }
    if let Some(dir) = heard.top.or(heard.sort) {
        query.order = Some(GroupOrder { by: Default::default(), dir });
        query.limit = heard.limit.or(query.limit);
        if !matches!(query.kind, ChartKind::Bar | ChartKind::Table | ChartKind::TopN) {
            query.kind = if heard.top.is_some() { ChartKind::TopN } else { ChartKind::Bar };
        }
    }
    if !heard.lines.is_empty() {
        let points: Vec<PointId> = query.metrics.iter().flat_map(|m| m.select.points(scene.world, scene.now)).collect();
        let more = lines(&heard.lines, &points, scene);
        if heard.edit { query.threshold = more } else { query.threshold.extend(more) }
    }
    settle(&mut query);
    (query != *before).then_some(Ok(query))
}

fn kind(query: &mut ChartQuery, heard: &Heard) {
    let Some(kind) = heard.kinds.last().copied() else { return };
    let was = query.kind;
    query.kind = kind;
    if was == ChartKind::Heatmap && kind != was {
        query.group.retain(|g| !matches!(g, GroupBy::Hour | GroupBy::Weekday | GroupBy::Day));
    }
    if kind == ChartKind::Heatmap {
        query.bucket = Bucket::Auto;
    }
}

/// The points that shall be drawn from now on.
fn pointed(drawn: &[PointId], heard: &Heard, scene: &Scene<'_>) -> Result<Vec<PointId>, Refusal> {
    let quantity = drawn.iter().find_map(|p| trait_of(*p, scene));
    let said = |n: &Np| n.head.is_some() || !n.props.is_empty();
    let nps: Vec<Np> = heard.nps.iter().filter(|n| !n.pronoun).cloned().collect();
    // A place alone is about the quantity that is drawn, a quantity alone about the rooms that are drawn.
    let nps: Vec<Np> = nps
        .into_iter()
        .map(|n| match quantity {
            Some(q) if n.only_place() && !heard.nps.iter().any(said) => Np { props: vec![q], ..n },
            _ => n,
        })
        .collect();
    let alone = nps.iter().all(|n| n.only_prop() && !n.has_place());
    let part = Heard {
        nps,
        numbered: heard.numbered,
        group: if alone { vec![GroupBy::Device] } else { Vec::new() },
        states: heard.states.clone(),
        ..Heard::default()
    };
    let mut found = points(&part, scene)?;
    if heard.only || heard.remove {
        let kept: Vec<PointId> = drawn.iter().copied().filter(|p| found.contains(p) == heard.only).collect();
        if !kept.is_empty() {
            return Ok(kept);
        }
    }
    if alone {
        let rooms: Vec<SpaceId> = drawn.iter().filter_map(|p| room_of(*p, scene)).collect();
        let there: Vec<PointId> =
            found.iter().copied().filter(|p| room_of(*p, scene).is_some_and(|r| rooms.contains(&r))).collect();
        if !there.is_empty() {
            found = there;
        }
    }
    if heard.add {
        let mut all = drawn.to_vec();
        all.extend(found.iter().filter(|p| !drawn.contains(p)));
        return Ok(all);
    }
    Ok(found)
}
