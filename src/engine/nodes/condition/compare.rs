//! `compare`: whether a value is above, below, equal to another, with hysteresis.

use crate::analysis::{Condition, Meaning, Seen};
use crate::compile::{Scope, tidy};
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use base::{Bilingual, Unit, Value};
use documents::Comparison;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `compare`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How to compare. Order exists only between numbers.
    pub(crate) op: Comparison,
    /// With what: a number, true or false, a token of the enumeration, a text.
    pub(crate) value: Value,
    /// Unit of `value` and `hysteresis`; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// Once true it stays true until the value has come back by more than this. Only with `<`, `<=`, `>`, `>=`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub(crate) hysteresis: Option<f64>,
}

/// The node in a plan: limits are in the unit of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Compare {
    op: Comparison,
    /// Becomes true by this.
    on: Value,
    /// Stays true by this.
    stay: Value,
}

impl Kind for Compare {
    const TYPE: &'static str = "compare";
    const TITLE: Text = Text::new("比较", "Compare");
    const DOC: Text = Text::new(
        "比较输入与给定的值。单位在编译时换算。有回差（hysteresis）时，一旦成立，要退回超过回差才不再成立：\
         “> 1000，回差 200”在高于 1000 时成立，回到 800 或以下时不再成立。输入未知时输出未知。",
        "Compares the input with a given value. Units are converted when the rule is compiled. With `hysteresis`, what has \
         become true stays true until the value has come back by that much: `> 1000` with 200 becomes true above 1000 and \
         false at 800 or below. An unknown input gives an unknown output.",
    );
    const INPUTS: &'static [PortSpec] =
        &[PortSpec::one("in", PortKind::Value, Text::new("要比较的值", "the value to compare"))];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("比较是否成立", "whether it holds"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("高于 1000 ppm，回到 800 ppm 为止", "above 1000 ppm until back at 800 ppm"),
            params: r#"{"op": ">", "value": 1000, "hysteresis": 200}"#,
            inputs: &[("in", Carries::Number("[ppm]"))],
            rows: &[
                "0:00 | 900 | false",
                "0:10 | 1000 | false",
                "0:20 | 1001 | true",
                "0:30 | 900 | true",
                "0:40 | 800 | false",
                "0:50 | 900 | false",
            ],
        },
        Example {
            title: Text::new("单位换算：低于 68 °F", "converted units: below 68 °F"),
            params: r#"{"op": "<", "value": 68, "unit": "[degF]"}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &["0:00 | 20.5 | false", "0:10 | 19.9 | true", "0:20 | ? | ?"],
        },
        Example {
            title: Text::new("枚举：模式为制冷", "an enumeration: the mode is cool"),
            params: r#"{"op": "=", "value": "cool"}"#,
            inputs: &[("in", Carries::Enum(&["off", "cool", "heat"]))],
            rows: &["0:00 | heat | false", "0:10 | cool | true"],
        },
        Example {
            title: Text::new("布尔值：不是 true", "a boolean: not true"),
            params: r#"{"op": "!=", "value": true}"#,
            inputs: &[("in", Carries::Bool)],
            rows: &["0:00 | true | false", "0:10 | false | true"],
        },
    ];

    type Params = Params;
    /// Whether it held when the input was last known.
    type State = bool;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Compare> {
        let ordered = !matches!(params.op, Comparison::Eq | Comparison::Ne);
        let band = params.hysteresis.unwrap_or(0.0);
        let mut sound = true;
        if band < 0.0 || !band.is_finite() {
            scope.fault("rule.params", "hysteresis", Bilingual::new("回差不能为负", "hysteresis cannot be negative"));
            sound = false;
        } else if band > 0.0 && !ordered {
            scope.fault(
                "rule.params",
                "hysteresis",
                Bilingual::new("回差只能用于 <、<=、>、>=", "hysteresis goes with <, <=, >, >= only"),
            );
            sound = false;
        } else if band > 0.0 {
            sound = scope.lasting(0, "hysteresis");
        }
        let type_ = scope.input(0)?.clone();
        match (&type_, &params.value) {
            (PortType::Number(unit), Value::Number(value)) => {
                let from = params.unit.unwrap_or(*unit);
                let (Some(on), Some(band)) = (from.convert(*value, *unit), from.convert_delta(band, *unit)) else {
                    scope.wrong_unit("unit", from, *unit);
                    return None;
                };
                let stay = if matches!(params.op, Comparison::Gt | Comparison::Ge) { on - band } else { on + band };
                (sound && on.is_finite() && stay.is_finite()).then(|| Compare {
                    op: params.op,
                    on: Value::Number(tidy(on)),
                    stay: Value::Number(tidy(stay)),
                })
            }
            (_, value) if !type_.admits(value) => {
                scope.wrong_value("value", &type_, value);
                None
            }
            _ if ordered => {
                let words = type_.words();
                scope.fault(
                    "rule.value_kind",
                    "op",
                    Bilingual::new(
                        format!("{}没有大小之分，只能用 = 或 !=", words.zh),
                        format!("{} has no order; use = or !=", words.en),
                    ),
                );
                None
            }
            (PortType::Enum(tokens), Value::Text(token)) if !tokens.contains(token) => {
                scope.wrong_value("value", &type_, &params.value);
                None
            }
            _ if params.unit.is_some() => {
                scope.fault("rule.unit", "unit", Bilingual::new("只有数值才有单位", "only numbers have a unit"));
                None
            }
            _ => sound.then(|| Compare { op: params.op, on: params.value.clone(), stay: params.value.clone() }),
        }
    }

    fn init(&self) -> bool {
        false
    }

    fn step(&self, held: &mut bool, io: &mut Io<'_>) {
        let Some(value) = io.value(0) else { return io.set(0, None) };
        *held = self.op.holds(value, if *held { &self.stay } else { &self.on });
        io.set(0, Some(Value::Bool(*held)));
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let (on, stay) = (seen.compared(0, self.op, &self.on), seen.compared(0, self.op, &self.stay));
        vec![Meaning::Condition(Condition { yes: stay.yes, fall: stay.no, no: on.no, rise: on.yes })]
    }
}
