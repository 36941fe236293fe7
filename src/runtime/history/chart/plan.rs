//! What a chart request comes to before anything is read: the kind that is drawn, what its rows tell apart, and how many
//! pieces of time and series there may be. Pure.
//!
//! What it is *not*: no value is read here. Start at [`Plan::of`].

use documents::chart::{Aggregation, GroupBy, LIMIT_MAX};
use documents::chart_frame::{DIALS_MAX, ROWS_MAX, SERIES_SHOWN_MAX, SLICES_MAX};
use documents::{Bucket, ChartKind, ChartQuery};

/// Pieces of time of a line where the request names no step.
const LINE_PIECES: usize = 300;
/// Bars where the request names no step.
const BAR_PIECES: usize = 31;
/// Values of each point in a distribution where the request names no step.
const HISTOGRAM_PIECES: usize = 1_000;
/// How many of the largest are shown where no number was said.
const TOP_USUAL: usize = 10;

/// What the rows tell apart, in the order of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dim {
    /// Pieces of time.
    Time,
    /// Each point.
    Each,
    /// Rooms, floors, devices.
    Place(GroupBy),
    /// Hours of the day, days of the week, days.
    Cycle(GroupBy),
    /// States.
    State,
    /// Quantities.
    Metric,
    /// This time and the earlier one.
    Period,
}

/// What a request comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) kind: ChartKind,
    pub(super) dims: Vec<Dim>,
}

impl Plan {
    /// The plan of a request that is drawn as `kind`; `alone`: there is one point of each quantity.
    pub(super) fn of(query: &ChartQuery, kind: ChartKind, alone: bool) -> Plan {
        let mut group = query.group.clone();
        if kind == ChartKind::Heatmap {
            let fillers = [GroupBy::Hour, GroupBy::Weekday].into_iter().filter(|g| !query.group.contains(g));
            group.extend(fillers.take(2usize.saturating_sub(query.group.len())));
        }
        let each = group.is_empty() && !matches!(kind, ChartKind::Scatter | ChartKind::Histogram);
        let cycles = group.iter().any(|g| is_cycle(*g));
        let stepped = !matches!(query.bucket, Bucket::Auto | Bucket::Whole);
        let time = !cycles
            && match kind {
                ChartKind::Trend | ChartKind::Compare => true,
                ChartKind::Bar => stepped || query.bucket == Bucket::Auto && each && alone,
                ChartKind::Table => stepped,
                ChartKind::Scatter | ChartKind::Histogram => true,
                _ => false,
            };
        let mut dims = Vec::new();
        dims.extend(time.then_some(Dim::Time));
        dims.extend(each.then_some(Dim::Each));
        for g in &group {
            let dim = match g {
                GroupBy::Area | GroupBy::Floor | GroupBy::Device => Dim::Place(*g),
                GroupBy::Hour | GroupBy::Weekday | GroupBy::Day => Dim::Cycle(*g),
                GroupBy::State => Dim::State,
                GroupBy::Metric => Dim::Metric,
            };
            if !dims.contains(&dim) {
                dims.push(dim);
            }
        }
        if kind == ChartKind::Histogram {
            dims.retain(|d| matches!(d, Dim::Time | Dim::Place(_)));
        } else if kind == ChartKind::Scatter {
            // Two quantities belong together where they were measured, unless there is one point of each.
            dims.retain(|d| matches!(d, Dim::Time | Dim::Place(_) | Dim::Cycle(_)));
            if query.group.is_empty() && !alone {
                dims.push(Dim::Place(GroupBy::Area));
            }
        } else if query.metrics.len() > 1 && !dims.contains(&Dim::Metric) {
            dims.push(Dim::Metric);
        }
        dims.extend(query.compare.map(|_| Dim::Period));
        Plan { kind, dims }
    }

    pub(super) fn has(&self, dim: Dim) -> bool {
        self.dims.contains(&dim)
    }

    pub(super) fn cycles(&self) -> bool {
        self.dims.iter().any(|d| matches!(d, Dim::Cycle(_)))
    }

    /// The step in which values are read.
    pub(super) fn step(&self, query: &ChartQuery) -> Bucket {
        if self.has(Dim::Cycle(GroupBy::Hour)) {
            Bucket::Hour
        } else if self.cycles() {
            Bucket::Day
        } else if self.has(Dim::Time) {
            query.bucket
        } else {
            Bucket::Whole
        }
    }

    /// Pieces of time where the request names no step, so that all series together stay within the table.
    pub(super) fn pieces_usual(&self, series: usize) -> usize {
        let most = match self.kind {
            ChartKind::Bar => BAR_PIECES,
            ChartKind::Histogram => return HISTOGRAM_PIECES,
            _ => LINE_PIECES,
        };
        most.min(ROWS_MAX / series.clamp(1, SERIES_SHOWN_MAX * 2)).max(1)
    }

    /// How many series are shown.
    pub(super) fn shown_max(&self, query: &ChartQuery) -> usize {
        let said = query.limit.map(|n| n as usize);
        let most = match self.kind {
            ChartKind::Pie => SLICES_MAX,
            ChartKind::Gauge | ChartKind::Stat => DIALS_MAX,
            ChartKind::TopN => return said.unwrap_or(TOP_USUAL).min(LIMIT_MAX as usize),
            ChartKind::Bar | ChartKind::Table | ChartKind::Heatmap => LIMIT_MAX as usize,
            _ => SERIES_SHOWN_MAX,
        };
        said.unwrap_or(most).min(most)
    }
}

fn is_cycle(group: GroupBy) -> bool {
    matches!(group, GroupBy::Hour | GroupBy::Weekday | GroupBy::Day)
}

/// The kind that shows points of these sorts: states have no line and no dial, and numbers no lanes. None: no chart
/// of this kind can show them.
pub(super) fn kind(asked: ChartKind, agg: Aggregation, numbers: bool, states: bool) -> Option<ChartKind> {
    let plain = agg == Aggregation::Last && states;
    match asked {
        ChartKind::StateTimeline if numbers && states => None,
        ChartKind::StateTimeline if numbers => Some(ChartKind::Trend),
        ChartKind::Trend if plain && !numbers => Some(ChartKind::StateTimeline),
        ChartKind::Gauge if plain => Some(ChartKind::Stat),
        ChartKind::StateTimeline | ChartKind::Stat | ChartKind::Table => Some(asked),
        _ if plain => None,
        _ => Some(asked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plan(kind: &str, group: &[&str], bucket: &str, alone: bool) -> Vec<Dim> {
        let metric = json!({ "select": { "kinds": ["light"] }, "agg": "mean" });
        let metrics = if kind == "scatter" { json!([metric, metric]) } else { json!([metric]) };
        let query: ChartQuery = serde_json::from_value(json!({
            "kind": kind, "metrics": metrics, "range": { "last": "24h" }, "group": group, "bucket": bucket,
        }))
        .unwrap();
        Plan::of(&query, query.kind, alone).dims
    }

    #[test]
    fn what_rows_tell_apart() {
        use Dim::{Cycle, Each, Place, Time};
        for (kind, group, bucket, alone, expected) in [
            ("trend", &[][..], "auto", false, vec![Time, Each]),
            ("trend", &["floor"], "auto", false, vec![Time, Place(GroupBy::Floor)]),
            ("trend", &["hour"], "auto", false, vec![Cycle(GroupBy::Hour)]),
            ("bar", &[], "auto", true, vec![Time, Each]),
            ("bar", &[], "auto", false, vec![Each]),
            ("bar", &["area"], "1d", false, vec![Time, Place(GroupBy::Area)]),
            ("heatmap", &["area"], "auto", false, vec![Place(GroupBy::Area), Cycle(GroupBy::Hour)]),
            ("heatmap", &[], "auto", true, vec![Cycle(GroupBy::Hour), Cycle(GroupBy::Weekday)]),
            ("pie", &["area"], "1d", false, vec![Place(GroupBy::Area)]),
            ("scatter", &[], "auto", false, vec![Time, Place(GroupBy::Area)]),
            ("scatter", &[], "auto", true, vec![Time]),
        ] {
            assert_eq!(plan(kind, group, bucket, alone), expected, "{kind} {group:?}");
        }
    }

    #[test]
    fn states_have_lanes_and_numbers_lines() {
        let last = Aggregation::Last;
        assert_eq!(kind(ChartKind::Trend, last, false, true), Some(ChartKind::StateTimeline));
        assert_eq!(kind(ChartKind::StateTimeline, last, true, false), Some(ChartKind::Trend));
        assert_eq!(kind(ChartKind::Gauge, last, false, true), Some(ChartKind::Stat));
        assert_eq!(kind(ChartKind::Pie, last, false, true), None);
        assert_eq!(kind(ChartKind::Bar, Aggregation::DurationOn, false, true), Some(ChartKind::Bar));
    }
}
