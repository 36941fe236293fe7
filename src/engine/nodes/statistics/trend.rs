//! `trend`: whether a number has been rising or falling.

use crate::compile::Scope;
use crate::nodes::statistics::rate::Memory;
use crate::nodes::statistics::window::checked_every;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::series::Series;
use crate::words::Words;
use base::{Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `trend`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Over which time it is looked at.
    pub(crate) span_ms: Span,
    /// A change by less than this in that time counts as steady.
    #[schemars(range(min = 0.0))]
    pub(crate) steady: f64,
    /// Unit of `steady`; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// How often the result is brought up to date while no input changes; a sixtieth of the time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) every_ms: Option<Span>,
}

/// The node in a plan: `steady` is in the unit of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Trend {
    span: Span,
    every: Span,
    steady: f64,
}

const RISING: &str = "rising";
const FALLING: &str = "falling";
const STEADY: &str = "steady";

impl Kind for Trend {
    const TYPE: &'static str = "trend";
    const TITLE: Text = Text::new("趋势", "Trend");
    const DOC: Text = Text::new(
        "数值在最近 span_ms 内上升（rising）、下降（falling）还是平稳（steady）：对这段时间作最佳直线，\
         按它的总变化与 steady 比较，因此不受个别波动影响。已知的时间不足一半、或现值未知时输出未知。",
        "Whether a number has been `rising`, `falling` or `steady` in the last `span_ms`: by the straight line that fits that \
         time best, so that a single swing does not count for much. Unknown while less than half of that time is known, and \
         while the input is.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("上升、下降或平稳", "rising, falling or steady"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("十分钟内湿度的趋势", "the trend of the humidity in ten minutes"),
        params: r#"{"span_ms": 600000, "steady": 2}"#,
        inputs: &[("in", Carries::Number("%"))],
        rows: &[
            "0:00 | 50 | ?",
            "4:00 | 50 | ?",
            "5:00 | 50 | steady",
            "6:00 | 53 | steady",
            "8:00 | 56 | rising",
            "20:00 | 56 | steady",
            "21:00 | 50 | steady",
            "24:00 | 45 | falling",
            "25:00 | ? | ?",
        ],
    }];
    const WORDS: &'static [Words] = &[Words::new(
        "{in}在最近 {span_ms:span}内的趋势（变化不足 {steady:number} 为平稳[，每 {every_ms:span}更新]）",
        "the trend of {in} over the last {span_ms:span} (steady below {steady:number}[, updated every {every_ms:span}])",
    )];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Trend> {
        scope.produces(0, PortType::Enum([FALLING, STEADY, RISING].map(str::to_owned).to_vec()));
        let lasting = scope.lasting(0, "");
        let span = scope.checked_span("span_ms", params.span_ms);
        let every = checked_every(params.every_ms, params.span_ms, scope);
        let own = scope.number(0, "in")?;
        let steady = scope.converted_delta("steady", params.steady, params.unit, own)?;
        let steady = scope.positive("steady", steady);
        let (span, every, steady) = (span?, every?, steady?);
        lasting.then_some(Trend { span, every, steady })
    }

    fn init(&self) -> Memory {
        Memory { series: Series::default(), at: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        let now = io.now;
        memory.series.level(now, io.value(0).and_then(Value::as_number), self.span);
        memory.series.forget(now - self.span);
        memory.at = Some(now);
        let seconds = self.span.as_micros() as f64 / 1e6;
        let all = memory.series.summary(now).filter(|all| all.weight * 2.0 >= seconds);
        let change = all.zip(memory.series.present()).and_then(|_| memory.series.slope(now)).map(|s| s * seconds);
        let token = change.map(|change| match change {
            c if c >= self.steady => RISING,
            c if c <= -self.steady => FALLING,
            _ => STEADY,
        });
        io.set(0, token.map(Value::from));
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        let at = memory.at?;
        // Until half of the time is known, and as long as something can leave it.
        let short = |weight: f64| weight * 2e6 < self.span.as_micros() as f64;
        let learning = memory.series.present().and(memory.series.summary(at)).is_some_and(|all| short(all.weight));
        let waits = learning || !memory.series.is_still();
        waits.then_some(at + self.every)
    }
}
