//! `json_field`: one value of a message's JSON payload, known while that message is looked at.

use crate::analysis::{Meaning, Seen, Set, Term, Var};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use base::{Bilingual, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of value is taken; others count as missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum As {
    /// A number. Whole numbers beyond 2^53 count as missing, since they would not stay exact.
    Number,
    /// True or false.
    Bool,
    /// A text.
    Text,
}

/// Parameters of `json_field`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Where it stands in the payload, as a JSON Pointer (RFC 6901): `/t`, `/values/0/temperature`. Empty for the whole
    /// payload, where that is a single value.
    pub(crate) path: String,
    /// What kind of value it is.
    #[serde(rename = "as")]
    pub(crate) as_: As,
    /// Unit of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct JsonField {
    path: Vec<String>,
    #[serde(rename = "as")]
    as_: As,
}

impl Kind for JsonField {
    const TYPE: &'static str = "json_field";
    const TITLE: Text = Text::new("JSON 字段", "JSON field");
    const DOC: Text = Text::new(
        "取出消息 JSON 载荷中的一个值。路径是 JSON Pointer，如 /t。它只在处理这条消息时已知，之后又变为未知：\
         不同消息的值不会混在一起，因此不能接边沿、持续时间或带回差的比较；请用 gate 判断这条消息。\
         载荷不是 JSON、字段不存在或类型不符时没有值。超过 2^53 的整数无法精确表示，也视为没有值。",
        "Takes one value out of a message's JSON payload. The path is a JSON Pointer such as `/t`. The value is known only \
         while this message is looked at, and unknown again after it: values of different messages never mix, so it leads to \
         no edge, no time and no comparison with hysteresis; a `gate` judges this very message. There is no value where the \
         payload is no JSON, nothing stands there, or it is of another kind; nor where a whole number beyond 2^53 would not \
         stay exact.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Message, Text::new("消息", "the message"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("这条消息里的值", "the value in this message"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("温度", "a temperature"),
            params: r#"{"path": "/t", "as": "number", "unit": "Cel"}"#,
            inputs: &[("in", Carries::Message("bench/+/temp"))],
            rows: &[
                "0:00 | - | ?",
                r#"0:10 | bench/7/temp {"t": 26.3, "seq": 123} | 26.3"#,
                r#"0:20 | bench/7/temp {"seq": 124} | ?"#,
                r#"0:30 | bench/7/temp {"t": "26.3"} | ?"#,
                "0:40 | bench/7/temp offline | ?",
            ],
        },
        Example {
            title: Text::new("列表里的一项", "an item of a list"),
            params: r#"{"path": "/relays/1/on", "as": "bool"}"#,
            inputs: &[("in", Carries::Message("plugs/#"))],
            rows: &["0:00 | - | ?", r#"0:10 | plugs/hall {"relays": [{"on": false}, {"on": true}]} | true"#],
        },
        Example {
            title: Text::new("整个载荷就是一个值", "the payload is a single value"),
            params: r#"{"path": "", "as": "number"}"#,
            inputs: &[("in", Carries::Message("meter/power"))],
            rows: &["0:00 | - | ?", "0:10 | meter/power 1520 | 1520"],
        },
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<JsonField> {
        scope.produces(
            0,
            match params.as_ {
                As::Number => PortType::Number(params.unit.unwrap_or(Unit::one())),
                As::Bool => PortType::Bool,
                As::Text => PortType::Text,
            },
        );
        if params.unit.is_some() && params.as_ != As::Number {
            scope.fault("rule.unit", "unit", Bilingual::new("只有数值才有单位", "only numbers have a unit"));
            return None;
        }
        let path = scope.pointer("path", &params.path);
        path.map(|path| JsonField { path, as_: params.as_ })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let found = io.heard().filter(|_| io.event(0)).and_then(|heard| heard.incoming.field(&self.path));
        let fits = |value: &Value| {
            matches!(
                (value, self.as_),
                (Value::Number(_), As::Number) | (Value::Bool(_), As::Bool) | (Value::Text(_), As::Text)
            )
        };
        if found.as_ref().is_some_and(|value| !fits(value)) {
            io.fail(
                "json_field.kind",
                Bilingual::new(
                    "消息里的值不是所要的类型",
                    "the value in the message is not of the kind that is wanted",
                ),
            );
        }
        io.set(0, found.filter(fits));
    }

    fn meaning(&self, _: &Seen<'_>) -> Vec<Meaning> {
        let domain = match self.as_ {
            As::Number => Set::numbers(),
            As::Bool => Set::booleans(),
            As::Text => Set::words([]).complement(),
        };
        vec![Meaning::Value(Term::Var(Var::Field(self.path.as_slice().into()), Some(domain)))]
    }
}
