//! `scale`: one range of numbers stretched to another.

use crate::analysis::{Function, Meaning, Seen};
use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Bilingual, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `scale`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// One end of the input's range, in its own unit.
    pub(crate) from_min: f64,
    /// The other end.
    pub(crate) from_max: f64,
    /// What `from_min` becomes.
    pub(crate) to_min: f64,
    /// What `from_max` becomes.
    pub(crate) to_max: f64,
    /// Unit of the result; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// Inputs outside of the range give its ends.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) limit: bool,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Scale {
    from: (f64, f64),
    to: (f64, f64),
    limit: bool,
}

impl Kind for Scale {
    const TYPE: &'static str = "scale";
    const TITLE: Text = Text::new("线性换算", "Scale");
    const DOC: Text = Text::new(
        "把输入的范围 from_min 到 from_max 线性换算为 to_min 到 to_max。范围以外按同一直线延伸；limit 为真时停在两端。",
        "Stretches the input's range from `from_min` to `from_max` to one from `to_min` to `to_max`. Beyond it the same line \
         goes on, or with `limit` stays at its ends.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("换算后的数", "the result"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("0 到 10 V 的信号是 0 到 100 %", "a signal of 0 to 10 V is 0 to 100 %"),
            params: r#"{"from_min": 0, "from_max": 10, "to_min": 0, "to_max": 100, "unit": "%", "limit": true}"#,
            inputs: &[("in", Carries::Number("V"))],
            rows: &["0:00 | 2.5 | 25", "0:10 | 10 | 100", "0:20 | 11 | 100", "0:30 | -1 | 0", "0:40 | ? | ?"],
        },
        Example {
            title: Text::new("反向，范围以外延伸", "the other way round, and beyond"),
            params: r#"{"from_min": 0, "from_max": 500, "to_min": 100, "to_max": 0, "unit": "%"}"#,
            inputs: &[("in", Carries::Number("lx"))],
            rows: &["0:00 | 0 | 100", "0:10 | 250 | 50", "0:20 | 600 | -20"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("limit", "true")],
            "{in}由 {from_min} 到 {from_max} 换算为 {to_min:number} 到 {to_max:number}（止于两端）",
            "{in} scaled from {from_min} … {from_max} to {to_min:number} … {to_max:number}, within its ends",
        ),
        Words::new(
            "{in}由 {from_min} 到 {from_max} 换算为 {to_min:number} 到 {to_max:number}",
            "{in} scaled from {from_min} … {from_max} to {to_min:number} … {to_max:number}",
        ),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Scale> {
        let own = scope.number(0, "in")?;
        scope.produces(0, PortType::Number(params.unit.unwrap_or(own)));
        let width = params.from_max - params.from_min;
        let slope = (params.to_max - params.to_min) / width;
        if !(width.is_finite() && width.abs() > 0.0 && slope.is_finite()) {
            scope.fault(
                "rule.params",
                "from_max",
                Bilingual::new("from_min 和 from_max 应不同", "`from_min` and `from_max` must differ"),
            );
            return None;
        }
        let (from, to) = ((params.from_min, params.from_max), (params.to_min, params.to_max));
        Some(Scale { from, to, limit: params.limit })
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

impl Scale {
    fn of(&self, n: f64) -> f64 {
        let ((a, b), (x, y)) = (self.from, self.to);
        let share = (n - a) / (b - a);
        let share = if self.limit { share.clamp(0.0, 1.0) } else { share };
        x + share * (y - x)
    }
}
