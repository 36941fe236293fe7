//! Chart requests. Vega-Lite is made from them by code; no model ever writes one.

use crate::history::Bucket;
use base::diagnostic::Diagnostics;
use base::{Bilingual, Diagnostic, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Selector;

/// Most quantities of a chart.
pub const METRICS_MAX: usize = 4;
/// Most groups that are shown where only some are.
pub const LIMIT_MAX: u32 = 50;
/// Most lines that are drawn for values.
pub const THRESHOLDS_MAX: usize = 8;

/// Kinds of charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChartKind {
    Trend,
    Bar,
    Heatmap,
    Gauge,
    StateTimeline,
    Histogram,
    Scatter,
    Pie,
    Table,
    TopN,
    Compare,
    Stat,
}

/// How values of a bucket become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Aggregation {
    Mean,
    Min,
    Max,
    Sum,
    Last,
    Count,
    Delta,
    DurationOn,
    P95,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Which points.
    pub select: Selector,
    /// How values become one.
    pub agg: Aggregation,
    /// What to call it.
    #[serde(rename = "as", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Bilingual>,
}

/// Over which time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// The last `7d`, `24h`, `30m`.
    Last(String),
    /// Between two instants.
    Between {
        /// From.
        from: Timestamp,
        /// To.
        to: Timestamp,
    },
    /// `today`, `yesterday`, `this_week`, `last_week`, `this_month`, `last_month`, `this_year` in the site's zone.
    Calendar(String),
}

/// How far back the period lies that is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Shift {
    /// A day.
    #[serde(rename = "1d")]
    Day,
    /// A week.
    #[serde(rename = "1w")]
    Week,
    /// A month.
    #[serde(rename = "1mo")]
    Month,
    /// A year.
    #[serde(rename = "1y")]
    Year,
}

/// Compared with the same time, shifted back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// How far.
    pub shift: Shift,
}

/// What becomes one bar, line, slice or row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum GroupBy {
    Area,
    Device,
    Floor,
    Hour,
    Weekday,
    Day,
    Metric,
    State,
}

/// By what groups are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum OrderBy {
    #[default]
    Value,
    Name,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The smallest.
    Asc,
    /// The largest.
    Desc,
}

/// In which order groups stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupOrder {
    /// By what.
    #[serde(default)]
    pub by: OrderBy,
    /// Which end first.
    pub dir: Direction,
}

/// A chart request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChartQuery {
    /// Kind of chart.
    pub kind: ChartKind,
    /// One for each quantity; a scatter has exactly two.
    #[schemars(length(min = 1, max = METRICS_MAX))]
    pub metrics: Vec<Metric>,
    /// Over which time.
    pub range: Range,
    /// Compared with an earlier time of equal length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compared>,
    /// Into which pieces of time.
    #[serde(default)]
    pub bucket: Bucket,
    /// What becomes one bar, line, slice or row; each device where it is empty. A heat map has two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 2))]
    pub group: Vec<GroupBy>,
    /// In which order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<GroupOrder>,
    /// How many groups are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = LIMIT_MAX))]
    pub limit: Option<u32>,
    /// Lines to draw, in the unit of the first metric.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = THRESHOLDS_MAX))]
    pub threshold: Vec<f64>,
    /// Title; made from the metrics when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Bilingual>,
}

impl ChartQuery {
    /// Everything that is wrong with it, whatever world it is drawn for.
    pub fn check(&self) -> Diagnostics {
        let mut found = Diagnostics::new();
        let mut wrong = |code: &str, path: String, text: Bilingual, help: Bilingual| {
            found.push(Diagnostic::error(format!("chart.{code}"), path, text).help(help));
        };
        self.check_metrics(&mut wrong);
        if self.kind == ChartKind::Compare && self.compare.is_none() {
            let text = Bilingual::new("没有说和什么时间比较", "it does not say what it is compared with");
            wrong(
                "compare",
                "/compare".into(),
                text,
                Bilingual::new("例如 {\"shift\": \"1w\"}", "such as {\"shift\": \"1w\"}"),
            );
        }
        if self.compare.is_some() && self.kind.is_of_moments() {
            let text = Bilingual::new("这种图不能比较两段时间", "a chart of this kind compares no two times");
            wrong(
                "compare",
                "/compare".into(),
                text,
                Bilingual::new("改用 compare、trend、bar 或 table", "take compare, trend, bar or table"),
            );
        }
        if self.group.len() > 2 || self.group.first().is_some_and(|g| self.group.get(1) == Some(g)) {
            let text = Bilingual::new("最多按两种不同的方式分组", "at most two different groupings are possible");
            wrong("group", "/group".into(), text, Bilingual::new("留下一两个", "leave one or two"));
        }
        if self.limit.is_some_and(|n| n == 0 || n > LIMIT_MAX) {
            let text = Bilingual::new(format!("limit 为 1 到 {LIMIT_MAX}"), format!("limit is 1 to {LIMIT_MAX}"));
            wrong(
                "limit",
                "/limit".into(),
                text,
                Bilingual::new("给小一点的数，或去掉", "give a smaller one, or none"),
            );
        }
        if self.threshold.len() > THRESHOLDS_MAX || self.threshold.iter().any(|t| !t.is_finite()) {
            let text = Bilingual::new(
                format!("最多 {THRESHOLDS_MAX} 条线"),
                format!("at most {THRESHOLDS_MAX} lines are possible"),
            );
            wrong(
                "threshold",
                "/threshold".into(),
                text,
                Bilingual::new("给有限的几个数", "give a few finite numbers"),
            );
        }
        found
    }

    fn check_metrics(&self, wrong: &mut impl FnMut(&str, String, Bilingual, Bilingual)) {
        let count = self.metrics.len();
        if self.kind == ChartKind::Scatter && count != 2 {
            let text = Bilingual::new("散点图要两个指标", "a scatter has two metrics");
            let help = Bilingual::new("一个作横轴，一个作纵轴", "give one for each axis");
            wrong("metrics", "/metrics".into(), text, help);
        } else if count == 0 || count > METRICS_MAX {
            let text = Bilingual::new(
                format!("指标要 1 到 {METRICS_MAX} 个"),
                format!("1 to {METRICS_MAX} metrics are possible"),
            );
            wrong(
                "metrics",
                "/metrics".into(),
                text,
                Bilingual::new("减少指标或分成几张图", "take fewer, or more charts"),
            );
        } else if count > 1 && self.kind.is_of_one() {
            let text = Bilingual::new("这种图只有一个指标", "a chart of this kind has one metric");
            let help =
                Bilingual::new("留一个指标，或改用 trend、bar、table", "leave one, or take a trend, bar or table");
            wrong("metrics", "/metrics".into(), text, help);
        }
        for (i, metric) in self.metrics.iter().enumerate() {
            if metric.select.is_empty() {
                let text = Bilingual::new("没有说是哪些点位", "it does not say which points");
                let help = Bilingual::new(
                    "给出 points、devices、kinds、trait 或 spaces；全部用 everything",
                    "give points, devices, kinds, trait or spaces; `everything` for all",
                );
                wrong("select", format!("/metrics/{i}/select"), text, help);
            }
            if self.kind == ChartKind::Pie && !metric.agg.adds_up() {
                let text = Bilingual::new("饼图的各块要能相加", "the slices of a pie have to add up");
                let help = Bilingual::new(
                    "agg 用 sum、delta、count 或 duration_on",
                    "let agg be sum, delta, count or duration_on",
                );
                wrong("agg", format!("/metrics/{i}/agg"), text, help);
            }
        }
    }
}

impl ChartKind {
    /// Whether it shows one quantity.
    pub fn is_of_one(self) -> bool {
        matches!(
            self,
            ChartKind::Pie | ChartKind::Histogram | ChartKind::Heatmap | ChartKind::TopN | ChartKind::Compare
        )
    }
    /// Whether it shows moments or a distribution, which no other time is laid beside.
    fn is_of_moments(self) -> bool {
        matches!(
            self,
            ChartKind::Pie
                | ChartKind::Histogram
                | ChartKind::Heatmap
                | ChartKind::Scatter
                | ChartKind::StateTimeline
                | ChartKind::Gauge
        )
    }
}

impl Aggregation {
    /// What it is called.
    pub fn words(self) -> Bilingual {
        match self {
            Aggregation::Mean => Bilingual::new("平均值", "mean"),
            Aggregation::Min => Bilingual::new("最小值", "lowest"),
            Aggregation::Max => Bilingual::new("最大值", "highest"),
            Aggregation::Sum => Bilingual::new("总和", "sum"),
            Aggregation::Last => Bilingual::new("最后的值", "last value"),
            Aggregation::Count => Bilingual::new("次数", "count"),
            Aggregation::Delta => Bilingual::new("用量", "amount used"),
            Aggregation::DurationOn => Bilingual::new("开启时长", "time on"),
            Aggregation::P95 => Bilingual::new("第 95 百分位", "95th percentile"),
        }
    }
    /// Whether the values of parts add up to that of the whole.
    pub fn adds_up(self) -> bool {
        matches!(self, Aggregation::Sum | Aggregation::Delta | Aggregation::Count | Aggregation::DurationOn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn faults(more: Json) -> Vec<String> {
        let mut query = json!({
            "kind": "trend", "range": { "last": "24h" },
            "metrics": [{ "select": { "everything": true, "trait": "measure.temperature" }, "agg": "mean" }],
        });
        for (key, value) in more.as_object().unwrap() {
            query[key] = value.clone();
        }
        let query: ChartQuery = serde_json::from_value(query).unwrap();
        query.check().iter().map(|d| format!("{} {}", d.code, d.path)).collect()
    }

    #[test]
    fn what_cannot_be_drawn_is_said_with_its_place() {
        let metric = json!({ "select": { "kinds": ["light"] }, "agg": "mean" });
        for (more, expected) in [
            (json!({}), vec![]),
            (json!({ "kind": "scatter" }), vec!["chart.metrics /metrics"]),
            (json!({ "kind": "scatter", "metrics": [metric, metric] }), vec![]),
            (json!({ "kind": "pie" }), vec!["chart.agg /metrics/0/agg"]),
            (json!({ "kind": "histogram", "metrics": [metric, metric] }), vec!["chart.metrics /metrics"]),
            (json!({ "metrics": [] }), vec!["chart.metrics /metrics"]),
            (json!({ "metrics": [{ "select": {}, "agg": "mean" }] }), vec!["chart.select /metrics/0/select"]),
            (json!({ "kind": "compare" }), vec!["chart.compare /compare"]),
            (json!({ "kind": "compare", "compare": { "shift": "1w" } }), vec![]),
            (json!({ "kind": "gauge", "compare": { "shift": "1w" } }), vec!["chart.compare /compare"]),
            (json!({ "group": ["area", "area"], "limit": 0 }), vec!["chart.group /group", "chart.limit /limit"]),
        ] {
            assert_eq!(faults(more.clone()), expected, "{more}");
        }
    }

    #[test]
    fn unknown_fields_and_words_are_refused() {
        for text in [
            r#"{"kind": "trend", "metrics": [], "range": {"last": "1h"}, "colour": "red"}"#,
            r#"{"kind": "radar", "metrics": [], "range": {"last": "1h"}}"#,
            r#"{"kind": "trend", "metrics": [], "range": {"last": "1h"}, "bucket": "7m"}"#,
            r#"{"kind": "trend", "metrics": [], "range": {"last": "1h"}, "compare": {"shift": "2w"}}"#,
        ] {
            assert!(serde_json::from_str::<ChartQuery>(text).is_err(), "{text}");
        }
    }
}
