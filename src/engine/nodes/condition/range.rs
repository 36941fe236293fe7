//! `range`: whether a number lies between two limits, or outside of them.

use crate::analysis::{Condition, Meaning, Seen, Set};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Bilingual, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `range`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The lower limit; it belongs to the inside.
    pub(crate) low: f64,
    /// The upper limit; it belongs to the inside.
    pub(crate) high: f64,
    /// Unit of the limits and of `hysteresis`; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// Whether it holds outside of the limits instead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) outside: bool,
    /// Once true it stays true until the value is beyond a limit by more than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub(crate) hysteresis: Option<f64>,
}

/// The node in a plan: limits are in the unit of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Range {
    low: f64,
    high: f64,
    outside: bool,
    band: f64,
}

impl Kind for Range {
    const TYPE: &'static str = "range";
    const TITLE: Text = Text::new("范围", "Range");
    const DOC: Text = Text::new(
        "输入是否在两个界限之间（含界限）；outside 为 true 时，是否在界限之外。单位在编译时换算。有回差时，\
         一旦成立，要越过界限超过回差才不再成立。输入未知时输出未知。",
        "Whether the input lies between two limits, which belong to the inside; with `outside`, whether it lies beyond them. \
         Units are converted when the rule is compiled. With `hysteresis`, what has become true stays true until the value has \
         passed a limit by more than that. An unknown input gives an unknown output.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("数值", "the number"))];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否在范围内", "whether it is so"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("舒适的温度，回差半度", "comfortable, with half a degree of hysteresis"),
            params: r#"{"low": 20, "high": 26, "hysteresis": 0.5}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &[
                "0:00 | 19.9 | false",
                "0:10 | 20 | true",
                "0:20 | 26.5 | true",
                "0:30 | 26.6 | false",
                "0:40 | 26.4 | false",
                "0:50 | 26 | true",
                "1:00 | ? | ?",
            ],
        },
        Example {
            title: Text::new("过冷或过热，界限用华氏度", "too cold or too hot, limits in °F"),
            params: r#"{"low": 59, "high": 86, "unit": "[degF]", "outside": true}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &["0:00 | 15 | false", "0:10 | 14.9 | true", "0:20 | 30 | false", "0:30 | 30.1 | true"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("outside", "true")],
            "{in}不在 {low:number} 到 {high:number} 之间[（回差 {hysteresis:difference}）]",
            "{in} is outside {low:number} to {high:number}[ (with a hysteresis of {hysteresis:difference})]",
        ),
        Words::new(
            "{in}在 {low:number} 到 {high:number} 之间[（回差 {hysteresis:difference}）]",
            "{in} is between {low:number} and {high:number}[ (with a hysteresis of {hysteresis:difference})]",
        ),
    ];

    type Params = Params;
    /// Whether it held when the input was last known.
    type State = bool;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Range> {
        let band = params.hysteresis.unwrap_or(0.0);
        let lasting = band <= 0.0 || scope.lasting(0, "hysteresis");
        let own = scope.number(0, "in")?;
        let low = scope.converted("low", params.low, params.unit, own);
        let high = scope.converted("high", params.high, params.unit, own);
        let band = scope.converted_delta("hysteresis", band, params.unit, own);
        let (low, high, band) = (low?, high?, band?);
        let ordered = scope.ordered("low", Some(low), Some(high));
        // Beyond that, what is outside would never be inside again.
        let most = if params.outside { (high - low) / 2.0 } else { f64::MAX };
        let fits = (0.0..=most).contains(&band);
        if !fits && ordered {
            let message = Bilingual::new(
                "回差不能为负；outside 时不能超过范围的一半",
                "hysteresis is not negative and, with `outside`, at most half the range",
            );
            scope.fault("rule.params", "hysteresis", message);
        }
        (ordered && fits && lasting).then_some(Range { low, high, outside: params.outside, band })
    }

    fn init(&self) -> bool {
        false
    }

    fn step(&self, held: &mut bool, io: &mut Io<'_>) {
        let Some(n) = io.value(0).and_then(Value::as_number) else { return io.set(0, None) };
        let band = match (*held, self.outside) {
            (false, _) => 0.0,
            (true, false) => self.band,
            (true, true) => -self.band,
        };
        let inside = (self.low - band..=self.high + band).contains(&n);
        *held = inside != self.outside;
        io.set(0, Some(Value::Bool(*held)));
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let (low, high) = (self.low, self.high);
        let within = |band: f64| seen.term(0).within(&Set::between(low - band, high + band));
        let (at_first, held) =
            if self.outside { (within(0.0).not(), within(-self.band).not()) } else { (within(0.0), within(self.band)) };
        vec![Meaning::Condition(Condition { yes: held.yes, fall: held.no, no: at_first.no, rise: at_first.yes })]
    }
}
