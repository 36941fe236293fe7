//! `curve`: a number by a table of points, such as a heating curve.

use crate::analysis::{Function, Meaning, Seen};
use crate::checks::known;
use crate::compile::Scope;
use crate::limits::CURVE_POINTS_MAX;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Bilingual, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `curve`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Pairs of input and result, inputs rising. The input is in its own unit.
    pub(crate) points: Vec<(f64, f64)>,
    /// Unit of the result; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// Keep each result until the next point, instead of going there in a straight line.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) steps: bool,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Curve {
    points: Vec<(f64, f64)>,
    steps: bool,
}

impl Kind for Curve {
    const TYPE: &'static str = "curve";
    const TITLE: Text = Text::new("曲线", "Curve");
    const DOC: Text = Text::new(
        "按一列点查表，点与点之间线性内插；steps 为真时保持前一点的结果。两端以外保持端点的结果。例如供暖曲线。",
        "Looks a number up in a list of points, in straight lines between them, or in steps. Beyond the ends the result is \
         that of the end. A heating curve is one.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("一个数", "a number"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("曲线上的值", "the value on the curve"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("供暖曲线：室外温度到供水温度", "a heating curve: outdoor to flow temperature"),
            params: r#"{"points": [[-15, 55], [0, 40], [15, 25]]}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &[
                "0:00 | -20 | 55",
                "0:10 | -15 | 55",
                "0:20 | -7.5 | 47.5",
                "0:30 | 5 | 35",
                "0:40 | 30 | 25",
                "0:50 | ? | ?",
            ],
        },
        Example {
            title: Text::new("分档：照度到亮度", "in steps: light to brightness"),
            params: r#"{"points": [[0, 100], [200, 50], [500, 0]], "unit": "%", "steps": true}"#,
            inputs: &[("in", Carries::Number("lx"))],
            rows: &["0:00 | 199 | 100", "0:10 | 200 | 50", "0:20 | 800 | 0"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("steps", "true")],
            "{in}在阶梯曲线 {points}[（{unit}）]上的值",
            "{in} on the stepped curve {points}[ in {unit}]",
        ),
        Words::new("{in}在曲线 {points}[（{unit}）]上的值", "{in} on the curve {points}[ in {unit}]"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Curve> {
        let own = scope.number(0, "in");
        if let Some(own) = own {
            scope.produces(0, PortType::Number(params.unit.unwrap_or(own)));
        }
        let counted = scope.counted("points", params.points.len(), 2, CURVE_POINTS_MAX);
        let finite = params.points.iter().all(|(x, y)| x.is_finite() && y.is_finite());
        let rising = params.points.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0));
        if !finite || !rising {
            scope.fault(
                "rule.params",
                "points",
                Bilingual::new("各点的输入应逐个增大", "the inputs of the points must rise from each to the next"),
            );
        }
        own.filter(|_| counted && finite && rising)?;
        Some(Curve { points: params.points, steps: params.steps })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let result = io.value(0).and_then(Value::as_number).and_then(|n| self.at(n)).and_then(known);
        io.set(0, result);
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let this = self.clone();
        let turns: Vec<f64> = self.points.iter().map(|(x, _)| *x).collect();
        let function = Function::turning(turns, move |n| this.at(n).unwrap_or(f64::NAN));
        vec![Meaning::Value(seen.term(0).through(function))]
    }
}

impl Curve {
    fn at(&self, n: f64) -> Option<f64> {
        let next = self.points.iter().position(|(x, _)| *x > n);
        let Some((b, y)) = next.and_then(|at| self.points.get(at)) else { return self.points.last().map(|(_, y)| *y) };
        let before = next.and_then(|at| at.checked_sub(1)).and_then(|at| self.points.get(at));
        Some(match before {
            None => *y,
            Some((_, x)) if self.steps => *x,
            Some((a, x)) => x + (n - a) / (b - a) * (y - x),
        })
    }
}
