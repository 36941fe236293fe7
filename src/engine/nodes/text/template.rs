//! `template`: a text with values in it.

use crate::compile::Scope;
use crate::limits::TEMPLATE_CHARS_MAX;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::template::{Part, is_name, parts};
use crate::words::Words;
use base::limits::TEXT_CHARS_MAX;
use base::value::number_text;
use base::{Bilingual, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `template`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The text. `{name}` takes the value at the input `name`, a number with its unit; `{name:1}` with one decimal; `{{` and
    /// `}}` are braces.
    pub(crate) text: String,
    /// Write numbers without their units.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) plain: bool,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TextTemplate {
    pieces: Vec<Piece>,
}

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Piece {
    /// As it stands.
    Text(String),
    /// The value of an input, by its place.
    Value { place: usize, decimals: Option<usize>, unit: String },
}

/// A part of the text as it is written: a name and its decimals.
enum Written {
    Text(String),
    Slot(String, Option<usize>),
}

/// Most decimals of a number.
const DECIMALS_MAX: usize = 9;

impl Kind for TextTemplate {
    const TYPE: &'static str = "template";
    const TITLE: Text = Text::new("文本模板", "Text template");
    const DOC: Text = Text::new(
        "由文本和输入的值拼成一段文本：{名称} 取同名输入的值，数值带单位；{名称:1} 保留一位小数；{{ 和 }} 是花括号本身。\
         有一个值未知时输出未知。",
        "Puts a text together of words and of values: {name} takes the value at the input of that name, a number with its unit; \
         {name:1} with one decimal; {{ and }} are braces. Unknown when one of the values is.",
    );
    const INPUTS: &'static [PortSpec] =
        &[PortSpec::named("value", PortKind::Value, Text::new("文本里的值", "a value of the text"))];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("文本", "the text"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("带单位和小数", "with unit and decimals"),
            params: r#"{"text": "T={t:1},CO2={co2}"}"#,
            inputs: &[("t", Carries::Number("Cel")), ("co2", Carries::Number("[ppm]"))],
            rows: &["0:00 | 21.26 | ? | ?", "0:10 | 21.26 | 800 | T=21.3°C,CO2=800 ppm"],
        },
        Example {
            title: Text::new("花括号与不带单位的数", "braces, and numbers without units"),
            params: r#"{"text": "{{{mode}:{t}}}", "plain": true}"#,
            inputs: &[("mode", Carries::Enum(&["cool", "heat"])), ("t", Carries::Number("Cel"))],
            rows: &["0:00 | cool | 25.5 | {cool:25.5}"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("plain", "true")],
            "不带单位的文本 {text}[（{value:named}）]",
            "the text without units {text}[ ({value:named})]",
        ),
        Words::new("文本 {text}[（{value:named}）]", "the text {text}[ ({value:named})]"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<TextTemplate> {
        scope.produces(0, PortType::Text);
        if params.text.chars().count() > TEMPLATE_CHARS_MAX {
            scope.fault(
                "rule.limit",
                "text",
                Bilingual::new(
                    format!("文本最多 {TEMPLATE_CHARS_MAX} 个字符"),
                    format!("a text has at most {TEMPLATE_CHARS_MAX} characters"),
                ),
            );
            return None;
        }
        let written = match read(&params.text) {
            Ok(written) => written,
            Err(why) => {
                scope.fault("rule.template", "text", why);
                return None;
            }
        };
        let names = scope.names(0).to_vec();
        let types = scope.types(0).to_vec();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let used = |name: &str| written.iter().any(|piece| matches!(piece, Written::Slot(slot, _) if slot == name));
        let mut sound = true;
        for name in names.iter().filter(|name| !used(name)) {
            let message = Bilingual::new(format!("文本里没有用到“{name}”"), format!("the text does not take `{name}`"));
            scope.fault("rule.template", "text", message);
            sound = false;
        }
        let mut pieces = Vec::with_capacity(written.len());
        for piece in written {
            match piece {
                Written::Text(text) => pieces.push(Piece::Text(text)),
                Written::Slot(name, decimals) => {
                    let Some(place) = names.iter().position(|n| *n == name) else {
                        scope.unknown_name("text", &name, &all);
                        sound = false;
                        continue;
                    };
                    let unit = match types.get(place) {
                        Some(PortType::Number(unit)) if !params.plain => unit.symbol(),
                        _ => "",
                    };
                    pieces.push(Piece::Value { place, decimals, unit: spaced(unit) });
                }
            }
        }
        sound.then_some(TextTemplate { pieces })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let text = self.text(io).filter(|text| text.chars().count() <= TEXT_CHARS_MAX);
        io.set(0, text.map(Value::Text));
    }
}

impl TextTemplate {
    fn text(&self, io: &Io<'_>) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Value { place, decimals, unit } => {
                    match (io.nth_value(0, *place)?, decimals) {
                        (Value::Number(n), Some(decimals)) => text.push_str(&format!("{n:.decimals$}")),
                        (Value::Number(n), None) => text.push_str(&number_text(*n)),
                        (other, _) => text.push_str(&other.to_string()),
                    }
                    text.push_str(unit);
                }
            }
        }
        Some(text)
    }
}

/// A unit as it follows a number.
fn spaced(symbol: &str) -> String {
    match symbol {
        "" | "%" | "°C" | "°F" | "°" => symbol.to_owned(),
        other => format!(" {other}"),
    }
}

/// Takes a text apart at its slots.
fn read(text: &str) -> Result<Vec<Written>, Bilingual> {
    let part = |part| match part {
        Part::Text(text) => Ok(Written::Text(text)),
        Part::Slot(slot) => slot_of(&slot),
    };
    parts(text)?.into_iter().map(part).collect()
}

fn slot_of(slot: &str) -> Result<Written, Bilingual> {
    let (name, decimals) = match slot.split_once(':') {
        Some((name, decimals)) => (name, Some(decimals.parse().ok().filter(|n| *n <= DECIMALS_MAX))),
        None => (slot, None),
    };
    match decimals {
        _ if !is_name(name) => {}
        Some(None) => {}
        decimals => return Ok(Written::Slot(name.to_owned(), decimals.flatten())),
    }
    Err(Bilingual::new(
        format!("“{{{slot}}}”不是插槽：写 {{名称}}，或 {{名称:小数位数}}（至多 {DECIMALS_MAX} 位）"),
        format!("`{{{slot}}}` is no slot: write {{name}}, or {{name:decimals}} with {DECIMALS_MAX} decimals at most"),
    ))
}
