//! `default`: another value while one is unknown.

use crate::analysis::{Meaning, Seen, Set};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Bilingual, Unit, Value};
use documents::Comparison;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `default`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The value while the input is unknown: of the same kind as the input.
    pub(crate) value: Value,
    /// Unit of a number; the input's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

/// The node in a plan: the value is in the unit of the input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fallback {
    value: Value,
}

impl Kind for Fallback {
    const TYPE: &'static str = "default";
    const TITLE: Text = Text::new("缺省值", "Default");
    const DOC: Text = Text::new(
        "输入已知时给出输入，未知时给出 value，因此总是已知。",
        "Gives the input while it is known and `value` while it is not, so that something is always known.",
    );
    const INPUTS: &'static [PortSpec] =
        &[PortSpec::one("in", PortKind::Value, Text::new("可能未知的值", "a value that may be unknown"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("总是已知的值", "a value that is always known"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("没有室外温度时按 50 °F", "50 °F as long as no outdoor temperature is known"),
            params: r#"{"value": 50, "unit": "[degF]"}"#,
            inputs: &[("in", Carries::Number("Cel"))],
            rows: &["0:00 | ? | 10", "0:10 | -3 | -3", "0:20 | ? | 10"],
        },
        Example {
            title: Text::new("未知视为无人", "unknown counts as nobody there"),
            params: r#"{"value": false}"#,
            inputs: &[("in", Carries::Bool)],
            rows: &["0:00 | ? | false", "0:10 | true | true"],
        },
    ];
    const WORDS: &'static [Words] =
        &[Words::new("{in}（未知时为 {value}[ {unit}]）", "{in}, or {value}[ {unit}] while that is unknown")];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Fallback> {
        let type_ = scope.input(0)?.clone();
        scope.produces(0, type_.clone());
        if let (PortType::Number(own), Value::Number(n)) = (&type_, &params.value) {
            let value = scope.converted("value", *n, params.unit, *own)?;
            return Some(Fallback { value: Value::Number(value) });
        }
        if params.unit.is_some() {
            scope.fault("rule.unit", "unit", Bilingual::new("只有数值才有单位", "only numbers have a unit"));
            return None;
        }
        let listed = match (&type_, &params.value) {
            (PortType::Enum(tokens), Value::Text(token)) => tokens.contains(token),
            _ => type_.admits(&params.value),
        };
        if !listed {
            scope.wrong_value("value", &type_, &params.value);
        }
        listed.then_some(Fallback { value: params.value })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let value = io.value(0).unwrap_or(&self.value).clone();
        io.set(0, Some(value));
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let domain = seen.term(0).domain().zip(Set::compared(Comparison::Eq, &self.value));
        vec![Meaning::Value(seen.hidden(0, domain.map(|(known, value)| known.united(&value))))]
    }
}
