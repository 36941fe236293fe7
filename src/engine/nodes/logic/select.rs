//! `select`: one of several values, chosen by another.

use crate::analysis::{Condition, Meaning, Seen, Term};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Bilingual, Value};
use documents::Comparison;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `select`: none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Select {
    /// What chooses each of the values, in their order.
    cases: Vec<String>,
}

const BY: usize = 0;
const IN: usize = 1;
/// The input that counts where no other is meant.
const ELSE: &str = "else";

impl Kind for Select {
    const TYPE: &'static str = "select";
    const TITLE: Text = Text::new("选择", "Select");
    const DOC: Text = Text::new(
        "按 by 的值取几个输入之一。输入以 by 的取值命名：条件用 true 和 false，枚举用它的取值，文本用该文本；\
         其余情况取名为 else 的输入。by 未知、或没有对应的输入时输出未知。所有输入应为同一种值、同一单位。",
        "Gives one of its inputs, chosen by the value of `by`. The inputs have the names of what `by` can be: `true` and \
         `false` of a condition, the tokens of an enumeration, texts; the one that is called `else` counts for all others. \
         Unknown when `by` is, or when no input is meant. All inputs are of one kind and unit.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("by", PortKind::Value, Text::new("按什么选择", "what chooses")),
        PortSpec::named("in", PortKind::Value, Text::new("以取值命名的值", "a value, by the name of what chooses it")),
    ];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("选中的值", "the value that is chosen"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("有人时 21 °C，无人时 17 °C", "21 °C with people, 17 °C without"),
            params: "{}",
            inputs: &[("by", Carries::Bool), ("true", Carries::Number("Cel")), ("false", Carries::Number("Cel"))],
            rows: &[
                "0:00 | ? | 21 | 17 | ?",
                "0:10 | true | 21 | 17 | 21",
                "0:20 | false | 21 | 17 | 17",
                "0:30 | false | 21 | ? | ?",
            ],
        },
        Example {
            title: Text::new("按模式，其余情况用 else", "by mode, `else` for the rest"),
            params: "{}",
            inputs: &[
                ("by", Carries::Enum(&["cool", "heat", "off"])),
                ("cool", Carries::Number("Cel")),
                ("else", Carries::Number("Cel")),
            ],
            rows: &["0:00 | cool | 25 | 20 | 25", "0:10 | heat | 25 | 20 | 20", "0:20 | off | 25 | 20 | 20"],
        },
    ];
    const WORDS: &'static [Words] =
        &[Words::new("按{by}选取的值（{in:named}）", "the value chosen by {by} ({in:named})")];

    type Params = Params;
    type State = ();

    fn compile(_: Params, scope: &mut Scope<'_>) -> Option<Select> {
        let cases = scope.names(IN).to_vec();
        if cases.is_empty() {
            scope.fault(
                "rule.port_unconnected",
                "",
                Bilingual::new(
                    "没有可选的值：以取值命名的输入，如 true 和 false",
                    "there is nothing to choose from: connect inputs by the names of values, such as `true` and `false`",
                ),
            );
            return None;
        }
        let type_ = scope.joined_type(IN);
        if let Some(type_) = &type_ {
            scope.produces(0, type_.clone());
        }
        let tokens: Option<Vec<String>> = match scope.input(BY)? {
            PortType::Bool => Some(vec!["true".into(), "false".into()]),
            PortType::Enum(tokens) => Some(tokens.clone()),
            PortType::Text => None,
            other => {
                let words = other.words();
                scope.fault(
                    "rule.value_kind",
                    "",
                    Bilingual::new(
                        format!("by 应为条件、枚举或文本，而不是{}", words.zh),
                        format!("`by` is a condition, an enumeration or a text, not {}", words.en),
                    ),
                );
                scope.help("用 compare 节点把数值变成条件", "a `compare` node makes a condition of a number");
                return None;
            }
        };
        let mut sound = true;
        if let Some(tokens) = tokens {
            let mut all: Vec<&str> = tokens.iter().map(String::as_str).collect();
            all.push(ELSE);
            for case in cases.iter().filter(|case| !all.contains(&case.as_str())) {
                scope.unknown_name("", case, &all);
                sound = false;
            }
        }
        type_.filter(|_| sound).map(|_| Select { cases })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let place_of = |name: &str| self.cases.iter().position(|case| case == name);
        let place = match io.value(BY) {
            Some(Value::Bool(b)) => place_of(if *b { "true" } else { "false" }).or_else(|| place_of(ELSE)),
            Some(Value::Text(token)) => place_of(token).or_else(|| place_of(ELSE)),
            _ => None,
        };
        let value = place.and_then(|place| io.nth_value(IN, place)).cloned();
        io.set(0, value);
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        let is = |case: &str| match case {
            "true" | "false" if seen.is_condition(BY) => Value::Bool(case == "true"),
            token => Value::text(token),
        };
        let named = self.cases.iter().filter(|case| *case != ELSE);
        let others = Condition::any(named.map(|case| seen.compared(BY, Comparison::Eq, &is(case)))).not();
        let region = |case: &String| match case.as_str() {
            ELSE => others.yes.clone(),
            case => seen.compared(BY, Comparison::Eq, &is(case)).yes,
        };
        let chosen = self.cases.iter().map(region).zip(seen.terms(IN));
        // Without an `else` nothing is known where no case is meant.
        let rest = (!self.cases.iter().any(|case| case == ELSE)).then(|| (others.yes.clone(), Term::Unknown));
        vec![Meaning::Value(Term::Cases(chosen.chain(rest).collect()))]
    }
}
