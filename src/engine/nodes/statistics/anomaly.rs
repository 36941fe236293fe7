//! `anomaly`: whether a number is far from what it usually is.

use crate::compile::Scope;
use crate::nodes::statistics::window::checked_every;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::series::Series;
use crate::words::Words;
use base::{Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// On which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Side {
    /// On either.
    #[default]
    Both,
    /// Above the mean.
    Above,
    /// Below the mean.
    Below,
}

/// Parameters of `anomaly`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Over which time the usual mean and spread are taken.
    pub(crate) span_ms: Span,
    /// How many standard deviations off the mean count as unusual; 3 is common.
    #[schemars(range(min = 0.0))]
    pub(crate) score: f64,
    /// On which side: `both`, `above`, `below`; `both` when absent.
    #[serde(default, skip_serializing_if = "is_both")]
    pub(crate) side: Side,
    /// The standard deviation counts as this much at least, so that what hardly ever changes does not alarm at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub(crate) floor: Option<f64>,
    /// Unit of `floor`; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// How often the result is brought up to date while no input changes; a sixtieth of the time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) every_ms: Option<Span>,
}

fn is_both(side: &Side) -> bool {
    *side == Side::Both
}

/// The node in a plan: `floor` is in the unit of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Anomaly {
    span: Span,
    every: Span,
    score: f64,
    side: Side,
    floor: f64,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    series: Series,
    /// When it was stepped last.
    at: Option<Timestamp>,
    /// When the first value was known.
    since: Option<Timestamp>,
}

impl Kind for Anomaly {
    const TYPE: &'static str = "anomaly";
    const TITLE: Text = Text::new("异常", "Anomaly");
    const DOC: Text = Text::new(
        "现值与最近 span_ms 的平均值（按时间加权）相差超过 score 个标准差时为 true（z 分数）。新值出现时还不影响平均值，\
         持续下去就渐渐成为常态。第一个值之后过了 span_ms 才有结果，此前未知；输入未知时未知。",
        "True while the present value is more than `score` standard deviations off its mean of the last `span_ms`, by time (the \
         z-score). A new value does not count in the mean when it comes; if it stays, it becomes usual by and by. Unknown until \
         `span_ms` after the first value, so that there is something to compare with, and while the input is.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number"))];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否异常", "whether it is unusual"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("功率突然偏离常态", "power that is suddenly unusual"),
            params: r#"{"span_ms": 60000, "score": 3}"#,
            inputs: &[("in", Carries::Number("W"))],
            rows: &[
                "0:00 | 100 | ?",
                "0:30 | 110 | ?",
                "1:00 | 100 | false",
                "1:10 | 150 | true",
                "1:11 | 112 | false",
                "1:20 | ? | ?",
            ],
        },
        Example {
            title: Text::new(
                "几乎不变的量用 floor；只看偏高",
                "a floor for what hardly ever changes; only above counts",
            ),
            params: r#"{"span_ms": 60000, "score": 3, "side": "above", "floor": 1}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &["0:00 | 4 | ?", "1:00 | 6.5 | false", "1:01 | 10 | true", "1:02 | -20 | false"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("side", "above")],
            "{in}比其最近 {span_ms:span}的平均值高出 {score} 个标准差以上[（标准差至少 {floor:number}）][（每 {every_ms:span}更新）]",
            "{in} is more than {score} standard deviations above its mean of the last {span_ms:span}[, taken as {floor:number} at least][, updated every {every_ms:span}]",
        ),
        Words::when(
            &[("side", "below")],
            "{in}比其最近 {span_ms:span}的平均值低出 {score} 个标准差以上[（标准差至少 {floor:number}）][（每 {every_ms:span}更新）]",
            "{in} is more than {score} standard deviations below its mean of the last {span_ms:span}[, taken as {floor:number} at least][, updated every {every_ms:span}]",
        ),
        Words::new(
            "{in}与其最近 {span_ms:span}的平均值相差 {score} 个标准差以上[（标准差至少 {floor:number}）][（每 {every_ms:span}更新）]",
            "{in} is more than {score} standard deviations off its mean of the last {span_ms:span}[, taken as {floor:number} at least][, updated every {every_ms:span}]",
        ),
    ];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Anomaly> {
        let lasting = scope.lasting(0, "");
        let span = scope.checked_span("span_ms", params.span_ms);
        let every = checked_every(params.every_ms, params.span_ms, scope);
        let score = scope.positive("score", params.score);
        let own = scope.number(0, "in")?;
        let floor = match params.floor {
            Some(floor) => {
                let floor = scope.converted_delta("floor", floor, params.unit, own)?;
                scope.positive("floor", floor)
            }
            None => Some(0.0),
        };
        let (span, every, score, floor) = (span?, every?, score?, floor?);
        lasting.then_some(Anomaly { span, every, score, side: params.side, floor })
    }

    fn init(&self) -> Memory {
        Memory { series: Series::default(), at: None, since: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        let now = io.now;
        let value = io.value(0).and_then(Value::as_number);
        memory.series.level(now, value, self.span);
        memory.series.forget(now - self.span);
        memory.at = Some(now);
        memory.since = memory.since.or(value.map(|_| now));
        let learned = memory.since.is_some_and(|since| since + self.span <= now);
        let all = memory.series.summary(now).filter(|_| learned);
        let unusual = all.zip(value).map(|(all, value)| {
            let off = value - all.mean;
            let far = off.abs() > self.score * all.deviation.max(self.floor);
            far && match self.side {
                Side::Both => true,
                Side::Above => off > 0.0,
                Side::Below => off < 0.0,
            }
        });
        io.set(0, unusual.map(Value::Bool));
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        let learning = memory.since.map(|since| since + self.span).filter(|t| memory.at.is_some_and(|at| at < *t));
        let moving = memory.at.filter(|_| !memory.series.is_still()).map(|at| at + self.every);
        learning.into_iter().chain(moving).min()
    }
}
