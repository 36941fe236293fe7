//! `constant`: a value that never changes.

use crate::analysis::{Condition, Meaning, Seen, Term};
use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::{Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::limits::TEXT_CHARS_MAX;
use base::{Bilingual, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `constant`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// A number, true or false, or a text.
    pub(crate) value: Value,
    /// Unit of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Constant {
    value: Value,
}

impl Kind for Constant {
    const TYPE: &'static str = "constant";
    const TITLE: Text = Text::new("常量", "Constant");
    const DOC: Text = Text::new(
        "总是给出同一个值：数值（可带单位）、布尔值或文本。",
        "Always gives the same value: a number, in a unit if it has one, true or false, or a text.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("这个值", "the value"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("目标温度", "a target temperature"),
            params: r#"{"value": 21.5, "unit": "Cel"}"#,
            inputs: &[],
            rows: &["0:00 | 21.5", "1:00 | 21.5"],
        },
        Example {
            title: Text::new("文本", "a text"),
            params: r#"{"value": "eco"}"#,
            inputs: &[],
            rows: &["0:00 | eco"],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new("常量 {value}[ {unit}]", "the constant {value}[ {unit}]")];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Constant> {
        let type_ = scope.type_of("value", params.unit, std::iter::once(&params.value))?;
        scope.produces(0, type_);
        if params.value.as_text().is_some_and(|t| t.chars().count() > TEXT_CHARS_MAX) {
            scope.fault(
                "rule.limit",
                "value",
                Bilingual::new(
                    format!("文本最多 {TEXT_CHARS_MAX} 个字符"),
                    format!("a text has at most {TEXT_CHARS_MAX} characters"),
                ),
            );
            return None;
        }
        if let Value::Number(n) = params.value {
            scope.checked_number("value", n)?;
        }
        Some(Constant { value: params.value })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let value = match &self.value {
            Value::Number(n) => known(*n),
            other => Some(other.clone()),
        };
        io.set(0, value);
    }

    fn meaning(&self, _: &Seen<'_>) -> Vec<Meaning> {
        vec![match self.value.as_bool() {
            Some(holds) => Meaning::Condition(Condition::always(holds)),
            None => Meaning::Value(Term::Is(self.value.clone())),
        }]
    }
}
