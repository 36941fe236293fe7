//! `round`: a number in whole steps.

use crate::analysis::{Function, Meaning, Seen};
use crate::checks::known;
use crate::compile::{Scope, tidy};
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// To which step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Towards {
    /// To the nearest; what lies between goes away from zero.
    #[default]
    Nearest,
    /// To the one below.
    Down,
    /// To the one above.
    Up,
}

/// Parameters of `round`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The size of a step.
    #[schemars(range(min = 0.0))]
    pub(crate) step: f64,
    /// To which step: `nearest`, `down`, `up`; `nearest` when absent.
    #[serde(default, skip_serializing_if = "is_nearest")]
    pub(crate) towards: Towards,
    /// Unit of the step; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

fn is_nearest(towards: &Towards) -> bool {
    *towards == Towards::Nearest
}

/// The node in a plan: the step is in the unit of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Round {
    step: f64,
    towards: Towards,
}

impl Kind for Round {
    const TYPE: &'static str = "round";
    const TITLE: Text = Text::new("取整", "Round");
    const DOC: Text = Text::new(
        "按步长取整：最近（nearest）、向下（down）或向上（up）。输入未知时输出未知。",
        "Rounds to whole steps: to the `nearest`, `down` or `up`. Unknown when the input is.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("取整后的数", "the number in whole steps"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("温控器的半度一档", "half degrees, as a thermostat takes them"),
            params: r#"{"step": 0.5}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &["0:00 | 21.2 | 21", "0:10 | 21.25 | 21.5", "0:20 | -0.25 | -0.5", "0:30 | ? | ?"],
        },
        Example {
            title: Text::new("向下取整百", "down to whole hundreds"),
            params: r#"{"step": 100, "towards": "down"}"#,
            inputs: &[("in", Carries::Number("lx"))],
            rows: &["0:00 | 199 | 100", "0:10 | 200 | 200", "0:20 | -1 | -100"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("towards", "down")],
            "{in}按 {step:number} 一档向下取整",
            "{in} rounded down to steps of {step:number}",
        ),
        Words::when(
            &[("towards", "up")],
            "{in}按 {step:number} 一档向上取整",
            "{in} rounded up to steps of {step:number}",
        ),
        Words::new("{in}按 {step:number} 一档取整", "{in} rounded to steps of {step:number}"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Round> {
        let own = scope.number(0, "in")?;
        scope.produces(0, PortType::Number(own));
        let step = scope.converted_delta("step", params.step, params.unit, own)?;
        let step = scope.positive("step", step)?;
        Some(Round { step, towards: params.towards })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let result = io.value(0).and_then(Value::as_number).and_then(|n| known(self.of(n)));
        io.set(0, result);
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let this = self.clone();
        vec![Meaning::Value(seen.term(0).through(Function::steady(move |n| this.of(n))))]
    }
}

impl Round {
    fn of(&self, n: f64) -> f64 {
        let steps = n / self.step;
        // What conversion has left in the last digits does not lead to the next step.
        let steps = if (steps - libm::round(steps)).abs() < 1e-9 { libm::round(steps) } else { steps };
        let steps = match self.towards {
            Towards::Nearest => libm::round(steps),
            Towards::Down => libm::floor(steps),
            Towards::Up => libm::ceil(steps),
        };
        tidy(steps * self.step)
    }
}
