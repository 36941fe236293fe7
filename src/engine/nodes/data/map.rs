//! `map`: a value by a table of others.

use crate::analysis::{Condition, Meaning, Seen, Term};
use crate::compile::Scope;
use crate::limits::TABLE_ROWS_MAX;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Bilingual, Unit, Value};
use documents::Comparison;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Parameters of `map`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// What each value becomes, by the value as a text: `cool`, `true`, `2`.
    pub(crate) table: BTreeMap<String, Value>,
    /// What all others become; without it they become unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) other: Option<Value>,
    /// Unit of the results, where they are numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

/// How close a number is to one of the table.
const CLOSE: f64 = 1e-9;

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Map {
    rows: Vec<(Value, Value)>,
    other: Option<Value>,
}

impl Kind for Map {
    const TYPE: &'static str = "map";
    const TITLE: Text = Text::new("对照表", "Map");
    const DOC: Text = Text::new(
        "按对照表把取值换成另一个：枚举、文本、布尔值或数值都可以，结果应为同一种值。表里没有的取 other，没有 other 则未知。\
         输入未知时输出未知。",
        "Changes a value into another by a table: tokens, texts, true and false, numbers. The results are of one kind. What is \
         not in the table becomes `other`, or unknown without it. Unknown when the input is.",
    );
    const INPUTS: &'static [PortSpec] =
        &[PortSpec::one("in", PortKind::Value, Text::new("要查的值", "the value to look up"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("表里的结果", "what the table says"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("风速档位到百分比", "fan levels to percent"),
            params: r#"{"table": {"low": 30, "high": 100}, "other": 0, "unit": "%"}"#,
            inputs: &[("in", Carries::Enum(&["off", "low", "high"]))],
            rows: &["0:00 | low | 30", "0:10 | high | 100", "0:20 | off | 0", "0:30 | ? | ?"],
        },
        Example {
            title: Text::new("代码到取值", "codes to tokens"),
            params: r#"{"table": {"1": "open", "2": "closed"}}"#,
            inputs: &[("in", Carries::Number("1"))],
            rows: &["0:00 | 1 | open", "0:10 | 2 | closed", "0:20 | 3 | ?"],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "{in}在表 {table} 中的对应值[（其余为 {other}）][（以 {unit} 计）]",
        "{in} by the table {table}[, else {other}][, in {unit}]",
    )];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Map> {
        let mut sound = scope.counted("table", params.table.len(), 1, TABLE_ROWS_MAX);
        let gives = scope.type_of("table", params.unit, params.table.values().chain(&params.other));
        if let Some(type_) = &gives {
            scope.produces(0, type_.clone());
        }
        let takes = scope.input(0)?.clone();
        let mut rows = Vec::with_capacity(params.table.len());
        for (key, value) in params.table {
            let key_value = match &takes {
                PortType::Bool => key.parse().ok().map(Value::Bool),
                PortType::Number(_) => key.parse().ok().filter(|n: &f64| n.is_finite()).map(Value::Number),
                PortType::Enum(tokens) => tokens.contains(&key).then(|| Value::text(&*key)),
                PortType::Text => Some(Value::text(&*key)),
                PortType::Event | PortType::Message => None,
            };
            match (key_value, &takes) {
                (Some(key), _) => rows.push((key, value)),
                (None, PortType::Enum(tokens)) => {
                    let all: Vec<&str> = tokens.iter().map(String::as_str).collect();
                    scope.unknown_name("table", &key, &all);
                    sound = false;
                }
                (None, _) => {
                    let words = takes.words();
                    scope.fault(
                        "rule.value_kind",
                        "table",
                        Bilingual::new(
                            format!("输入是{}，不会是“{key}”", words.zh),
                            format!("the input is {}, which is never `{key}`", words.en),
                        ),
                    );
                    sound = false;
                }
            }
        }
        gives.filter(|_| sound).map(|_| Map { rows, other: params.other })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let result = io.value(0).and_then(|value| {
            let row = self.rows.iter().find(|(key, _)| key.close_to(value, CLOSE));
            row.map(|(_, result)| result).or(self.other.as_ref()).cloned()
        });
        io.set(0, result);
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let is = |key: &Value| seen.close_to(0, key, CLOSE);
        let row = |(key, value): &(Value, Value)| (is(key).yes, Term::Is(value.clone()));
        let others = Condition::any(self.rows.iter().map(|(key, _)| seen.compared(0, Comparison::Eq, key))).not().yes;
        let other = (others, self.other.clone().map_or(Term::Unknown, Term::Is));
        vec![Meaning::Value(Term::Cases(self.rows.iter().map(row).chain([other]).collect()))]
    }
}
