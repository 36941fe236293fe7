//! `integral`: what a number adds up to over time, such as power to energy.

use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::quantities::{over_time, unit_of};
use crate::words::Words;
use base::{Bilingual, Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `integral`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The input counts once in this time, and the result is a number: 3600000 gives hours of it. Not for power, flow and
    /// speed, which add up to energy, volume and length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) per_ms: Option<Span>,
    /// Unit of the result of power, flow and speed: kWh, m³ and m when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// How often the result is brought up to date while no input changes; each minute when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) every_ms: Option<Span>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Integral {
    /// By which the input times seconds becomes the result.
    factor: f64,
    every: Span,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    sum: f64,
    /// The level that goes on, and up to when it is counted.
    present: Option<(Timestamp, f64)>,
}

const IN: usize = 0;
const RESET: usize = 1;

impl Kind for Integral {
    const TYPE: &'static str = "integral";
    const TITLE: Text = Text::new("累积", "Integral");
    const DOC: Text = Text::new(
        "数值对时间的积分：功率累积为能量，流量为体积，速度为长度；其他量按 per_ms 计，结果为纯数（如度小时）。\
         每个值计到下一个值为止，未知的时间不计。reset 的事件使它从 0 开始。",
        "What a number adds up to over time: power to energy, flow to volume, speed to length; others are counted in `per_ms` \
         and give a pure number, such as degree hours. Each value counts until the next one; times in which it is unknown do \
         not count. An event at `reset` makes it begin at 0 again.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number")),
        PortSpec::optional("reset", PortKind::Event, Text::new("重新开始", "begins again")),
    ];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("累积值", "what it adds up to"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("功率到能量，未知的时间不计", "power to energy; unknown times do not count"),
            params: "{}",
            inputs: &[("in", Carries::Number("kW")), ("reset", Carries::Event)],
            rows: &[
                "0:00 | 6 | - | 0",
                "10:00 | 3 | - | 1",
                "20:00 | ? | - | 1.5",
                "30:00 | 6 | - | 1.5",
                "40:00 | 6 | - | 2.5",
                "50:00 | 6 | ! | 0",
                "60:00 | 6 | - | 1",
            ],
        },
        Example {
            title: Text::new("度小时", "degree hours"),
            params: r#"{"per_ms": 3600000}"#,
            inputs: &[("in", Carries::Number("K"))],
            rows: &["0:00 | 4 | 0", "30:00 | 4 | 2"],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "{in}的累积[（每 {per_ms:span}计一次）][（以 {unit} 计）][（每 {every_ms:span}更新）][（{reset}清零）]",
        "the integral of {in}[ per {per_ms:span}][, in {unit}][, updated every {every_ms:span}][, begun again {reset}]",
    )];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Integral> {
        let lasting = scope.lasting(IN, "");
        let every = scope.checked_tick("every_ms", params.every_ms.unwrap_or(Span::from_secs(60)));
        let per = match params.per_ms {
            Some(per) => Some(scope.checked_span("per_ms", per)?),
            None => None,
        };
        let own = scope.number(IN, "in")?;
        let (unit, factor) = match (over_time(own), per) {
            (Some(dimension), None) => {
                let unit = params.unit.or_else(|| unit_of(dimension))?;
                if unit.dimension() != dimension {
                    scope.wrong_unit("unit", unit, unit_of(dimension)?);
                    return None;
                }
                (unit, own.def().factor / unit.def().factor)
            }
            (None, Some(per)) if params.unit.is_none() => (Unit::one(), 1e6 / per.as_micros() as f64),
            (Some(_), Some(_)) => {
                let message = Bilingual::new("这个量的累积有自己的单位", "what this adds up to has a unit of its own");
                scope.fault("rule.params", "per_ms", message);
                scope.help("不要 per_ms，可用 unit 选单位", "leave `per_ms` out; `unit` chooses the unit");
                return None;
            }
            (None, Some(_)) => {
                let message = Bilingual::new("这个量的累积没有单位", "what this adds up to has no unit of its own");
                scope.fault("rule.unit", "unit", message);
                return None;
            }
            (None, None) => {
                let message = Bilingual::new(
                    "应说明每多长时间计一次，如 3600000 为每小时",
                    "say in which time it counts once, as 3600000 for an hour",
                );
                scope.fault("rule.params", "per_ms", message);
                return None;
            }
        };
        scope.produces(0, PortType::Number(unit));
        every.filter(|_| lasting).map(|every| Integral { factor, every })
    }

    fn init(&self) -> Memory {
        Memory { sum: 0.0, present: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        if let Some((since, value)) = memory.present {
            let seconds = (io.now - since).as_micros().max(0) as f64 / 1e6;
            let sum = memory.sum + value * self.factor * seconds;
            // Beyond all bounds nothing more is added.
            memory.sum = Some(sum).filter(|s| s.is_finite()).unwrap_or(memory.sum);
        }
        if io.event(RESET) {
            memory.sum = 0.0;
        }
        memory.present = io.value(IN).and_then(Value::as_number).map(|n| (io.now, n));
        io.set(0, known(memory.sum));
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        memory.present.filter(|(_, value)| value.abs() > 0.0).map(|(since, _)| since + self.every)
    }
}
