//! `ramp`: a number that changes no faster than allowed.

use crate::analysis::{Meaning, Seen};
use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `ramp`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How much it may change in the time `per_ms`.
    #[schemars(range(min = 0.0))]
    pub(crate) rate: f64,
    /// How much it may fall in that time, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub(crate) fall: Option<f64>,
    /// The time in which it may change so much.
    pub(crate) per_ms: Span,
    /// How often the output is brought up to date on its way; each second when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) every_ms: Option<Span>,
    /// Unit of the change; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

/// The node in a plan: rates are in the unit of the input per microsecond.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ramp {
    rise: f64,
    fall: f64,
    every: Span,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// Where it is, and at what time it was there.
    out: Option<f64>,
    at: Option<Timestamp>,
    /// Where it goes.
    target: Option<f64>,
}

impl Kind for Ramp {
    const TYPE: &'static str = "ramp";
    const TITLE: Text = Text::new("变化率限制", "Ramp");
    const DOC: Text = Text::new(
        "输出以有限的速度跟随输入：每 per_ms 至多变化 rate（下降可另设 fall）。第一个值立即给出。途中每 every_ms 更新一次。\
         输入未知时输出未知，停在原处，恢复后从那里继续。",
        "Follows the input at a limited rate: by `rate` in the time `per_ms` at most, downwards by `fall` if that is given. The \
         first value is taken at once. On its way it is brought up to date every `every_ms`. While the input is unknown so is \
         the output; it goes on afterwards from where it was.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("目标值", "where to go"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("缓变的值", "the value on its way"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("亮度每秒变化 10 %", "brightness by 10 % a second"),
            params: r#"{"rate": 10, "per_ms": 1000}"#,
            inputs: &[("in", Carries::Number("%"))],
            rows: &[
                "0:00 | 0 | 0",
                "0:05 | 25 | 0",
                "0:06 | 25 | 10",
                "0:07 | 25 | 20",
                "0:08 | 25 | 25",
                "0:30 | 20 | 25",
                "0:31 | 20 | 20",
            ],
        },
        Example {
            title: Text::new("下降较慢；未知时停住", "slower downwards; it stops while the input is unknown"),
            params: r#"{"rate": 60, "fall": 6, "per_ms": 60000}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &[
                "0:00 | 40 | 40",
                "0:10 | 30 | 40",
                "0:20 | ? | ?",
                "0:50 | 30 | 39",
                "1:00 | 30 | 38",
                "1:10 | 60 | 37",
                "1:20 | 60 | 47",
            ],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "缓变的{in}（每 {per_ms:span}至多变化 {rate:number}[，下降至多 {fall:number}][，每 {every_ms:span}更新]）",
        "{in} changing gradually (by {rate:number} at most[, downwards by {fall:number}] in {per_ms:span}[, updated every {every_ms:span}])",
    )];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Ramp> {
        let own = scope.number(0, "in")?;
        scope.produces(0, PortType::Number(own));
        let lasting = scope.lasting(0, "");
        let per = scope.checked_span("per_ms", params.per_ms);
        let every = scope.checked_span("every_ms", params.every_ms.unwrap_or(Span::from_secs(1)));
        let rise = scope.converted_delta("rate", params.rate, params.unit, own)?;
        let rise = scope.positive("rate", rise);
        let fall = match params.fall {
            Some(fall) => {
                let fall = scope.converted_delta("fall", fall, params.unit, own)?;
                scope.positive("fall", fall)
            }
            None => rise,
        };
        let (per, every) = (per?.as_micros() as f64, every?);
        let (rise, fall) = (rise? / per, fall? / per);
        lasting.then_some(Ramp { rise, fall, every })
    }

    fn init(&self) -> Memory {
        Memory { out: None, at: None, target: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        if let (Some(out), Some(at), Some(target)) = (memory.out, memory.at, memory.target) {
            let passed = (io.now - at).as_micros().max(0) as f64;
            let out = out + (target - out).clamp(-self.fall * passed, self.rise * passed);
            memory.out = Some(out).filter(|n| n.is_finite());
        }
        memory.target = io.value(0).and_then(Value::as_number);
        memory.at = memory.target.map(|_| io.now);
        memory.out = memory.out.or(memory.target);
        let given = memory.out.filter(|_| memory.target.is_some()).and_then(known);
        io.set(0, given);
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        let on_its_way = memory.target.is_some() && memory.out != memory.target;
        Some(memory.at.filter(|_| on_its_way)? + self.every)
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![seen.bounded(seen.term(0).bounds())]
    }
}
