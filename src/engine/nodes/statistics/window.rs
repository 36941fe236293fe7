//! `window`: what a number was over a time: its mean, its extremes, its spread.

use crate::analysis::{Meaning, Seen};
use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::quantities::is_scale;
use crate::series::Series;
use crate::words::Words;
use base::{Bilingual, Span, Timestamp, Unit, Value};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is made of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Statistic {
    /// The mean: of levels by the time that each lasted.
    Mean,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The difference of the largest and the smallest.
    Range,
    /// The standard deviation.
    Deviation,
    /// The value that is not exceeded in so many percent of the time.
    Percentile,
    /// The sum of samples.
    Sum,
    /// How many samples there are.
    Count,
}

/// Parameters of `window`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// What is made of the values: `mean`, `min`, `max`, `range`, `deviation`, `percentile`, `sum`, `count`.
    pub(crate) op: Statistic,
    /// How long the window is.
    pub(crate) span_ms: Span,
    /// Windows follow each other, counted from midnight, and the result is that of the last whole one; otherwise the window
    /// goes along with time. A day at most.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) tumbling: bool,
    /// Of `percentile`: which, from 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub(crate) percent: Option<f64>,
    /// How often the result is brought up to date while no input changes; a sixtieth of the window when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) every_ms: Option<Span>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Window {
    op: Statistic,
    span: Span,
    every: Span,
    percent: f64,
    /// Whether values are taken at events.
    sampled: bool,
    /// The zone whose midnights tumbling windows are counted from.
    zone: Option<String>,
    /// By which differences come into the unit of the result.
    factor: f64,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    series: Series,
    /// When it was stepped last.
    at: Option<Timestamp>,
    /// Of tumbling windows: the end of the present one, and the result of the one before.
    ends: Option<Timestamp>,
    result: Option<f64>,
}

const IN: usize = 0;
const EACH: usize = 1;
/// A day, the longest of tumbling windows.
const DAY_MS: i64 = 86_400_000;

impl Kind for Window {
    const TYPE: &'static str = "window";
    const TITLE: Text = Text::new("时间窗统计", "Window");
    const DOC: Text = Text::new(
        "一段时间内的统计：平均 mean、最小 min、最大 max、极差 range、标准差 deviation、百分位数 percentile、总和 sum、个数 count。\
         输入是持续的值，按各值持续的时间加权；未知的时间不计。连接 each 后改为在每个事件时取一个样本，各样本同等计算，\
         sum 和 count 只在此时有意义。窗口随时间移动；tumbling 为真时从当地零点起一个接一个，结果取上一个完整的窗口。\
         内存有限：短于窗口 1/256 的片段合并，只在窗口的旧端和百分位数上有微小误差。",
        "Statistics over a time: `mean`, `min`, `max`, `range`, standard `deviation`, `percentile`, `sum`, `count`. The input is \
         a level, so each value counts by the time that it lasted; times in which it is unknown do not count. With `each` \
         connected a sample is taken at each event instead, and all samples count alike; `sum` and `count` have a meaning only \
         then. The window goes along with time; with `tumbling`, windows follow each other from local midnight on, and the \
         result is that of the last whole one. Memory is bounded: pieces shorter than 1/256 of the window are merged, which \
         blurs its old end and percentiles a little and nothing else.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number")),
        PortSpec::optional("each", PortKind::Event, Text::new("何时取样", "when a sample is taken")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("统计值", "the result"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("最近一分钟的平均值，按时间加权", "the mean of the last minute, by time"),
            params: r#"{"op": "mean", "span_ms": 60000}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &[
                "0:00 | 20 | 20",
                "0:30 | 26 | 20",
                "0:45 | 26 | 22",
                "1:00 | 26 | 23",
                "1:15 | 26 | 24.5",
                "1:30 | ? | 26",
                "2:30 | ? | ?",
            ],
        },
        Example {
            title: Text::new("最近一分钟的最大值", "the largest of the last minute"),
            params: r#"{"op": "max", "span_ms": 60000}"#,
            inputs: &[("in", Carries::Number("W"))],
            rows: &["0:00 | 100 | 100", "0:10 | 900 | 900", "0:20 | 100 | 900", "1:20 | 100 | 100"],
        },
        Example {
            title: Text::new("每 15 分钟的平均功率", "the mean power of each quarter of an hour"),
            params: r#"{"op": "mean", "span_ms": 900000, "tumbling": true}"#,
            inputs: &[("in", Carries::Number("kW"))],
            rows: &["0:00 | 4 | ?", "5:00 | 1 | ?", "15:00 | 1 | 2", "20:00 | 7 | 2", "30:00 | 7 | 5", "60:00 | 7 | 7"],
        },
        Example {
            title: Text::new("按事件取样的总和", "the sum of samples that events take"),
            params: r#"{"op": "sum", "span_ms": 60000}"#,
            inputs: &[("in", Carries::Number("L")), ("each", Carries::Event)],
            rows: &[
                "0:00 | 2 | - | ?",
                "0:10 | 2 | ! | 2",
                "0:20 | 2 | ! | 4",
                "0:30 | 5 | ! | 9",
                "1:20 | 5 | - | 7",
                "2:00 | 5 | - | ?",
            ],
        },
        Example {
            title: Text::new("90 百分位数", "the percentile of 90"),
            params: r#"{"op": "percentile", "percent": 90, "span_ms": 100000}"#,
            inputs: &[("in", Carries::Number("[ppm]"))],
            rows: &["0:00 | 400 | 400", "1:20 | 900 | 400", "1:30 | 900 | 900"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("op", "mean"), ("tumbling", "true")],
            "{in}在每 {span_ms:span}内的平均值[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the mean of {in} in each {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "min"), ("tumbling", "true")],
            "{in}在每 {span_ms:span}内的最小值[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the minimum of {in} in each {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "max"), ("tumbling", "true")],
            "{in}在每 {span_ms:span}内的最大值[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the maximum of {in} in each {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "range"), ("tumbling", "true")],
            "{in}在每 {span_ms:span}内的极差[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the range of {in} in each {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "deviation"), ("tumbling", "true")],
            "{in}在每 {span_ms:span}内的标准差[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the standard deviation of {in} in each {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "percentile"), ("tumbling", "true")],
            "{in}在每 {span_ms:span}内的 {percent} 百分位数[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the percentile {percent} of {in} in each {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "sum"), ("tumbling", "true")],
            "{in}在每 {span_ms:span}内的总和[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the sum of {in} in each {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "count"), ("tumbling", "true")],
            "{in}在每 {span_ms:span}内的样本数[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the number of samples of {in} in each {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "mean")],
            "{in}在最近 {span_ms:span}内的平均值[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the mean of {in} over the last {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "min")],
            "{in}在最近 {span_ms:span}内的最小值[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the minimum of {in} over the last {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "max")],
            "{in}在最近 {span_ms:span}内的最大值[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the maximum of {in} over the last {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "range")],
            "{in}在最近 {span_ms:span}内的极差[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the range of {in} over the last {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "deviation")],
            "{in}在最近 {span_ms:span}内的标准差[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the standard deviation of {in} over the last {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "percentile")],
            "{in}在最近 {span_ms:span}内的 {percent} 百分位数[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the percentile {percent} of {in} over the last {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "sum")],
            "{in}在最近 {span_ms:span}内的总和[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the sum of {in} over the last {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("op", "count")],
            "{in}在最近 {span_ms:span}内的样本数[（取样：{each}）][（每 {every_ms:span}更新）]",
            "the number of samples of {in} over the last {span_ms:span}[, taken {each}][, updated every {every_ms:span}]",
        ),
    ];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Window> {
        let sampled = scope.connected(EACH);
        let mut sound = sampled || scope.lasting(IN, "");
        let span = scope.checked_span("span_ms", params.span_ms);
        let every = checked_every(params.every_ms, params.span_ms, scope);
        if params.tumbling && params.span_ms.as_millis() > DAY_MS {
            scope.fault(
                "rule.span",
                "span_ms",
                Bilingual::new("逐个的窗口至多一天", "a tumbling window is a day at most"),
            );
            sound = false;
        }
        if matches!(params.op, Statistic::Sum | Statistic::Count) && !sampled {
            let message = Bilingual::new("持续的值没有总和与个数", "a level has no sum and no count");
            scope.fault("rule.params", "op", message);
            scope.help(
                "连接 each，在每个事件时取样；功率到能量用 integral",
                "connect `each` to take samples at events; for power to energy take `integral`",
            );
            sound = false;
        }
        let percent = match (params.op, params.percent) {
            (Statistic::Percentile, Some(p)) if (0.0..=100.0).contains(&p) => Some(p),
            (Statistic::Percentile, _) => {
                scope.fault("rule.params", "percent", Bilingual::new("应在 0 到 100 之间", "takes 0 to 100"));
                None
            }
            (_, Some(_)) => {
                let message = Bilingual::new("只有 percentile 才有 percent", "only `percentile` has a `percent`");
                scope.fault("rule.params", "percent", message);
                None
            }
            (_, None) => Some(0.0),
        };
        let own = scope.number(IN, "in")?;
        let (unit, factor) = result_unit(params.op, own);
        scope.produces(0, PortType::Number(unit));
        if params.op == Statistic::Sum && is_scale(own) {
            scope.fault("rule.unit", "op", Bilingual::new("温度不能相加", "temperatures do not add up"));
            sound = false;
        }
        let zone = params.tumbling.then(|| scope.world.site().time_zone.clone());
        let (span, every, percent) = (span?, every?, percent?);
        sound.then_some(Window { op: params.op, span, every, percent, sampled, zone, factor })
    }

    fn init(&self) -> Memory {
        Memory { series: Series::default(), at: None, ends: None, result: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        let now = io.now;
        if let Some(zone) = &self.zone
            && memory.ends.is_none_or(|ends| ends <= now)
        {
            self.turn(memory, zone, now);
        }
        let value = io.value(IN).and_then(Value::as_number);
        if !self.sampled {
            memory.series.level(now, value, self.span);
        } else if let Some(value) = value.filter(|_| io.event(EACH)) {
            memory.series.sample(now, value, self.span);
        }
        if self.zone.is_none() {
            memory.series.forget(now - self.span);
            memory.result = self.result(&memory.series, now);
        }
        memory.at = Some(now);
        io.set(0, memory.result.and_then(known));
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        if self.zone.is_some() {
            return memory.ends;
        }
        memory.at.filter(|_| !memory.series.is_still()).map(|at| at + self.every)
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let (low, high) = seen.term(IN).bounds();
        let at_once = !self.sampled && self.zone.is_none();
        // Sums of shares are not exact in the last digits.
        let loose = |n: f64, by: f64| n + by * (1e-9 + 1e-9 * n.abs());
        let spread = (0.0, loose((high - low) * self.factor, 1.0));
        vec![match self.op {
            // The present value is one of those that are looked at.
            Statistic::Min if at_once => seen.near(IN, 0.0, f64::INFINITY),
            Statistic::Max if at_once => seen.near(IN, f64::INFINITY, 0.0),
            Statistic::Min | Statistic::Max => seen.bounded((low, high)),
            Statistic::Mean | Statistic::Percentile => seen.bounded((loose(low, -1.0), loose(high, 1.0))),
            Statistic::Range | Statistic::Deviation => seen.bounded(spread),
            Statistic::Count => seen.bounded((0.0, f64::INFINITY)),
            Statistic::Sum => Meaning::Value(seen.hidden(0, None)),
        }]
    }
}

impl Window {
    /// The last whole window is over, and perhaps others before it.
    fn turn(&self, memory: &mut Memory, zone: &str, now: Timestamp) {
        let (from, to) = window_of(now, self.span, zone);
        if memory.ends.is_some() {
            let (before, _) = window_of(from - Span::from_micros(1), self.span, zone);
            memory.series.forget(before);
            memory.result = self.result(&memory.series, from);
        }
        memory.series.forget(from);
        memory.ends = Some(to);
    }

    fn result(&self, series: &Series, now: Timestamp) -> Option<f64> {
        if self.op == Statistic::Percentile {
            return series.percentile(now, self.percent);
        }
        let all = series.summary(now)?;
        Some(match self.op {
            Statistic::Mean | Statistic::Percentile => all.mean,
            Statistic::Min => all.low,
            Statistic::Max => all.high,
            Statistic::Range => (all.high - all.low) * self.factor,
            Statistic::Deviation => all.deviation * self.factor,
            Statistic::Sum => all.mean * all.weight,
            Statistic::Count => libm::round(all.weight),
        })
    }
}

/// How often a result is brought up to date: as it is written, else a sixtieth of the span.
pub(crate) fn checked_every(every: Option<Span>, span: Span, scope: &mut Scope<'_>) -> Option<Span> {
    match every {
        Some(every) => scope.checked_tick("every_ms", every),
        None => Some(Span::from_micros(span.as_micros() / 60).max(Span::from_secs(1))),
    }
}

/// The unit of a result, and the factor by which differences come into it.
fn result_unit(op: Statistic, own: Unit) -> (Unit, f64) {
    match op {
        Statistic::Count => (Unit::one(), 1.0),
        Statistic::Range | Statistic::Deviation => difference_unit(own),
        Statistic::Mean | Statistic::Min | Statistic::Max | Statistic::Percentile | Statistic::Sum => (own, 1.0),
    }
}

/// The unit of a difference: of temperatures K.
pub(crate) fn difference_unit(own: Unit) -> (Unit, f64) {
    match Unit::by_code("K").filter(|_| is_scale(own)) {
        Some(kelvin) => (kelvin, own.def().factor),
        None => (own, 1.0),
    }
}

/// The window that a time is in: counted from local midnight, the last one of a day cut off by the next.
fn window_of(now: Timestamp, span: Span, zone: &str) -> (Timestamp, Timestamp) {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let today = now.to_jiff().to_zoned(zone);
    let midnight = today.start_of_day().map_or(now, |z| Timestamp::from_jiff(z.timestamp()));
    let tomorrow = today.tomorrow().and_then(|z| z.start_of_day());
    let tomorrow = tomorrow.map_or(now + span, |z| Timestamp::from_jiff(z.timestamp()));
    let length = span.as_micros().max(1);
    let from = midnight + Span::from_micros((now - midnight).as_micros().div_euclid(length) * length);
    (from, (from + span).min(tomorrow).max(now + Span::from_micros(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_counted_from_midnight_on_long_and_short_days_too() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let hours = |n: i64| Span::from_secs(n * 3600);
        for (now, span, zone, from, to) in [
            ("2026-11-21T10:20:00Z", hours(1), "Asia/Kolkata", "2026-11-21T09:30:00Z", "2026-11-21T10:30:00Z"),
            ("2026-11-21T10:20:00Z", hours(24), "Asia/Shanghai", "2026-11-20T16:00:00Z", "2026-11-21T16:00:00Z"),
            // A day of 25 hours, and one of 23: the last window ends at midnight.
            ("2026-10-25T22:30:00Z", hours(6), "Europe/Berlin", "2026-10-25T22:00:00Z", "2026-10-25T23:00:00Z"),
            ("2026-03-29T20:00:00Z", hours(6), "Europe/Berlin", "2026-03-29T17:00:00Z", "2026-03-29T22:00:00Z"),
            ("2026-12-31T23:59:59Z", hours(1), "UTC", "2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z"),
        ] {
            assert_eq!(window_of(at(now), span, zone), (at(from), at(to)), "{now} {zone}");
        }
    }
}
