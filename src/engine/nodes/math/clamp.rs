//! `clamp`: a number kept within limits.

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

/// Parameters of `clamp`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The lowest result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<f64>,
    /// The highest result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<f64>,
    /// Unit of the limits; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

/// The node in a plan: limits are in the unit of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Clamp {
    min: Option<f64>,
    max: Option<f64>,
}

impl Kind for Clamp {
    const TYPE: &'static str = "clamp";
    const TITLE: Text = Text::new("限幅", "Clamp");
    const DOC: Text = Text::new(
        "把数值限制在 min 与 max 之间，两者至少给出一个。输入未知时输出未知。",
        "Keeps a number from going below `min` and above `max`; give one of them at least. Unknown when the input is.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("限制后的数", "the number within its limits"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("设定温度在 18 与 26 °C 之间", "a set temperature between 18 and 26 °C"),
            params: r#"{"min": 18, "max": 26}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &["0:00 | 15 | 18", "0:10 | 21.5 | 21.5", "0:20 | 26 | 26", "0:30 | 40 | 26", "0:40 | ? | ?"],
        },
        Example {
            title: Text::new("单位换算：至多 1 kW", "converted units: 1 kW at most"),
            params: r#"{"max": 1, "unit": "kW"}"#,
            inputs: &[("in", Carries::Number("W"))],
            rows: &["0:00 | 900 | 900", "0:10 | 1200 | 1000"],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "限幅的{in}[，至少 {min:number}][，至多 {max:number}]",
        "{in} kept[ at least {min:number}][ at most {max:number}]",
    )];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Clamp> {
        let own = scope.number(0, "in")?;
        scope.produces(0, PortType::Number(own));
        if params.min.is_none() && params.max.is_none() {
            scope.fault("rule.params", "", Bilingual::new("min 和 max 至少给出一个", "give `min` or `max` at least"));
            return None;
        }
        if !scope.ordered("min", params.min, params.max) {
            return None;
        }
        let min = match params.min {
            Some(n) => Some(scope.converted("min", n, params.unit, own)?),
            None => None,
        };
        let max = match params.max {
            Some(n) => Some(scope.converted("max", n, params.unit, own)?),
            None => None,
        };
        Some(Clamp { min, max })
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

impl Clamp {
    fn of(&self, n: f64) -> f64 {
        let n = self.min.map_or(n, |min| n.max(min));
        self.max.map_or(n, |max| n.min(max))
    }
}
