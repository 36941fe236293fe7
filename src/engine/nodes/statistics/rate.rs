//! `rate`: how fast a number changes.

use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::statistics::window::{checked_every, difference_unit};
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::quantities::{by_time, unit_of};
use crate::series::Series;
use crate::words::Words;
use base::{Bilingual, Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `rate`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Over which time the change is taken.
    pub(crate) span_ms: Span,
    /// The change is given for this time, as a number in the input's unit (of temperatures in K). Not for energy, volume and
    /// length, whose rates have units of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) per_ms: Option<Span>,
    /// Unit of the rate of energy, volume and length: of power, flow and speed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// How often the result is brought up to date while no input changes; a sixtieth of the time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) every_ms: Option<Span>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rate {
    span: Span,
    every: Span,
    /// By which the change over the span becomes the rate.
    factor: f64,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    pub(crate) series: Series,
    /// When it was stepped last.
    pub(crate) at: Option<Timestamp>,
}

impl Kind for Rate {
    const TYPE: &'static str = "rate";
    const TITLE: Text = Text::new("变化率", "Rate of change");
    const DOC: Text = Text::new(
        "最近 span_ms 内变化的快慢：现值与那时的值之差。能量、体积、长度的变化率以功率、流量、速度给出；\
         其他量以 per_ms 时间内的变化给出，是纯数。还没有那么久以前的值时输出未知。",
        "How fast a number has changed in the last `span_ms`: its present value less the one at that time. The rate of energy, \
         volume and length is given as power, flow and speed, that of others as a pure number, the change in the time `per_ms`. \
         Unknown as long as no value of that time ago is known.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number"))];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("变化率", "the rate"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("温度每小时变化多少", "by how much the temperature changes in an hour"),
            params: r#"{"span_ms": 600000, "per_ms": 3600000}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &[
                "0:00 | 20 | ?",
                "5:00 | 20.5 | ?",
                "10:00 | 21 | 6",
                "15:00 | 21 | 3",
                "20:00 | 21 | 0",
                "25:00 | ? | ?",
            ],
        },
        Example {
            title: Text::new("由电表读数得到功率", "power from the readings of a meter"),
            params: r#"{"span_ms": 60000, "unit": "kW"}"#,
            inputs: &[("in", Carries::Number("kW.h"))],
            rows: &["0:00 | 100 | ?", "0:30 | 100.05 | ?", "1:00 | 100.1 | 6"],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "{in}在 {span_ms:span}内的变化率[（每 {per_ms:span}）][（以 {unit} 计）][（每 {every_ms:span}更新）]",
        "the rate of change of {in} within {span_ms:span}[, per {per_ms:span}][, in {unit}][, updated every {every_ms:span}]",
    )];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Rate> {
        let lasting = scope.lasting(0, "");
        let span = scope.checked_span("span_ms", params.span_ms);
        let every = checked_every(params.every_ms, params.span_ms, scope);
        let per = match params.per_ms {
            Some(per) => Some(scope.checked_span("per_ms", per)?),
            None => None,
        };
        let own = scope.number(0, "in")?;
        let seconds = span?.as_micros() as f64 / 1e6;
        let (unit, factor) = match (by_time(own), per) {
            (Some(dimension), None) => {
                let unit = params.unit.or_else(|| unit_of(dimension))?;
                if unit.dimension() != dimension {
                    scope.wrong_unit("unit", unit, unit_of(dimension)?);
                    return None;
                }
                (unit, own.def().factor / unit.def().factor / seconds)
            }
            (None, Some(per)) if params.unit.is_none() => {
                let (_, factor) = difference_unit(own);
                (Unit::one(), factor * per.as_micros() as f64 / 1e6 / seconds)
            }
            (Some(_), Some(_)) => {
                let message = Bilingual::new("这个量的变化率有自己的单位", "the rate of this has a unit of its own");
                scope.fault("rule.params", "per_ms", message);
                scope.help("不要 per_ms，可用 unit 选单位", "leave `per_ms` out; `unit` chooses the unit");
                return None;
            }
            (None, Some(_)) => {
                let message = Bilingual::new("这个量的变化率没有单位", "the rate of this has no unit of its own");
                scope.fault("rule.unit", "unit", message);
                return None;
            }
            (None, None) => {
                let message = Bilingual::new(
                    "应说明每多长时间，如 3600000 为每小时",
                    "say for which time, as 3600000 for an hour",
                );
                scope.fault("rule.params", "per_ms", message);
                return None;
            }
        };
        scope.produces(0, PortType::Number(unit));
        let (span, every) = (span?, every?);
        lasting.then_some(Rate { span, every, factor })
    }

    fn init(&self) -> Memory {
        Memory { series: Series::default(), at: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        let (now, then) = (io.now, io.now - self.span);
        memory.series.level(now, io.value(0).and_then(Value::as_number), self.span);
        memory.series.forget(then);
        memory.at = Some(now);
        let change = memory.series.present().zip(memory.series.first(then)).map(|(a, b)| a - b);
        io.set(0, change.and_then(|change| known(change * self.factor)));
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        memory.at.filter(|_| !memory.series.is_still()).map(|at| at + self.every)
    }
}
