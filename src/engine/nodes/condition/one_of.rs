//! `one_of`: whether a value is one of a list.

use crate::analysis::{Condition, Meaning, Seen};
use crate::compile::{Scope, tidy};
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Unit, Value};
use documents::Comparison;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most values of a list.
const VALUES_MAX: usize = 64;

/// Parameters of `one_of`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The list: tokens of the enumeration, texts or numbers.
    #[schemars(length(min = 1, max = VALUES_MAX))]
    pub(crate) values: Vec<Value>,
    /// Unit of numbers; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// Whether it holds for what is not in the list instead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) not: bool,
}

/// The node in a plan: numbers are in the unit of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OneOf {
    values: Vec<Value>,
    not: bool,
}

impl Kind for OneOf {
    const TYPE: &'static str = "one_of";
    const TITLE: Text = Text::new("属于", "One of");
    const DOC: Text = Text::new(
        "输入是否是列表中的一个；not 为 true 时，是否不在列表中。枚举的取值在编译时检查，数值按单位换算。输入未知时输出未知。",
        "Whether the input is one of a list; with `not`, whether it is none of them. Tokens of an enumeration are checked when \
         the rule is compiled, numbers are converted. An unknown input gives an unknown output.",
    );
    const INPUTS: &'static [PortSpec] =
        &[PortSpec::one("in", PortKind::Value, Text::new("要看的值", "the value that is looked at"))];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否属于", "whether it is"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("制冷或除湿", "cooling or drying"),
            params: r#"{"values": ["cool", "dry"]}"#,
            inputs: &[("in", Carries::Enum(&["off", "cool", "dry", "heat"]))],
            rows: &[
                "0:00 | off | false",
                "0:10 | dry | true",
                "0:20 | cool | true",
                "0:30 | ? | ?",
                "0:40 | heat | false",
            ],
        },
        Example {
            title: Text::new("不是这些编号", "none of these numbers"),
            params: r#"{"values": [3, 5], "not": true}"#,
            inputs: &[("in", Carries::Number("1"))],
            rows: &["0:00 | 3 | false", "0:10 | 4 | true"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(&[("not", "true")], "{in}不是 {values} 之一", "{in} is none of {values}"),
        Words::new("{in}是 {values} 之一", "{in} is one of {values}"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<OneOf> {
        let counted = scope.counted("values", params.values.len(), 1, VALUES_MAX);
        let type_ = scope.input(0)?.clone();
        let mut values = Vec::with_capacity(params.values.len());
        for (i, value) in params.values.into_iter().enumerate() {
            let field = format!("values/{i}");
            let known =
                |token: &String| if let PortType::Enum(tokens) = &type_ { tokens.contains(token) } else { true };
            match (&type_, value) {
                (PortType::Number(own), Value::Number(n)) => {
                    let from = params.unit.unwrap_or(*own);
                    match from.convert(n, *own) {
                        Some(n) => values.push(Value::Number(tidy(n))),
                        None => {
                            scope.wrong_unit("unit", from, *own);
                            return None;
                        }
                    }
                }
                (PortType::Enum(_) | PortType::Text, Value::Text(token)) if known(&token) => {
                    values.push(Value::Text(token))
                }
                (PortType::Bool, Value::Bool(b)) => values.push(Value::Bool(b)),
                (_, value) => scope.wrong_value(&field, &type_, &value),
            }
        }
        if params.unit.is_some() && !matches!(type_, PortType::Number(_)) {
            scope.no_unit();
            return None;
        }
        (counted && values.len() <= VALUES_MAX).then_some(OneOf { values, not: params.not })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let found = io.value(0).map(|value| self.values.contains(value) != self.not);
        io.set(0, found.map(Value::Bool));
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let is = |value| seen.compared(0, Comparison::Eq, value);
        let any = Condition::any(self.values.iter().map(is));
        vec![Meaning::Condition(if self.not { any.not() } else { any })]
    }
}
