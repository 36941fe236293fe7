//! `text_change`: a text changed: its case, a part of it, something replaced.

use crate::compile::Scope;
use crate::limits::PATTERN_CHARS_MAX;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::limits::TEXT_CHARS_MAX;
use base::{Bilingual, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is done with the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Change {
    /// Capital letters.
    Upper,
    /// Small letters.
    Lower,
    /// Without space at both ends.
    Trim,
    /// Everything that is `find` becomes `with`.
    Replace,
    /// One of the parts that `find` separates, by `index`.
    Part,
}

/// Parameters of `text_change`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// What is done: `upper`, `lower`, `trim`, `replace`, `part`.
    pub(crate) op: Change,
    /// What is replaced, or what separates the parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) find: Option<String>,
    /// What it is replaced by; nothing when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) with: Option<String>,
    /// Which part, counted from 1; from the end with negative numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) index: Option<i32>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum TextChange {
    /// Capital letters.
    Upper,
    /// Small letters.
    Lower,
    /// Without space at both ends.
    Trim,
    /// What is found becomes something else.
    Replace(String, String),
    /// One of the parts.
    Part(String, i32),
}

impl Kind for TextChange {
    const TYPE: &'static str = "text_change";
    const TITLE: Text = Text::new("文本处理", "Change a text");
    const DOC: Text = Text::new(
        "大写 upper、小写 lower、去掉两端空白 trim、把 find 替换为 with（replace）、按 find 分开取第 index 部分（part，从 1 数起，\
         负数从末尾数）。没有那一部分、结果过长或输入未知时输出未知。",
        "Capital letters (`upper`), small ones (`lower`), without space at both ends (`trim`), with `with` in the place of each \
         `find` (`replace`), or one of the parts that `find` separates (`part`, counted from 1, from the end if negative). \
         Unknown when there is no such part, when it becomes too long, and when the input is unknown.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("文本", "a text"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("处理后的文本", "the result"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("主题的最后一段", "the last level of a topic"),
            params: r#"{"op": "part", "find": "/", "index": -1}"#,
            inputs: &[("in", Carries::Enum(&["a/b/on", "a"]))],
            rows: &["0:00 | a/b/on | on", "0:10 | a | a", "0:20 | ? | ?"],
        },
        Example {
            title: Text::new("没有第三部分", "there is no third part"),
            params: r#"{"op": "part", "find": ",", "index": 3}"#,
            inputs: &[("in", Carries::Enum(&["1,2", "1,2,3"]))],
            rows: &["0:00 | 1,2 | ?", "0:10 | 1,2,3 | 3"],
        },
        Example {
            title: Text::new("替换与大小写", "replaced"),
            params: r#"{"op": "replace", "find": "_", "with": "-"}"#,
            inputs: &[("in", Carries::Enum(&["fan_only"]))],
            rows: &["0:00 | fan_only | fan-only"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(&[("op", "upper")], "大写的{in}", "{in} in capitals"),
        Words::when(&[("op", "lower")], "小写的{in}", "{in} in small letters"),
        Words::when(&[("op", "trim")], "去掉两端空白的{in}", "{in} without space at its ends"),
        Words::when(&[("op", "replace")], "把{find}替换[为{with}]后的{in}", "{in} with {find} replaced[ by {with}]"),
        Words::when(&[("op", "part")], "{in}按{find}分开的第 {index} 部分", "part {index} of {in} separated by {find}"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<TextChange> {
        scope.produces(0, PortType::Text);
        let type_ = scope.input(0)?;
        if !matches!(type_, PortType::Text | PortType::Enum(_)) {
            let words = type_.words();
            scope.fault(
                "rule.value_kind",
                "",
                Bilingual::new(format!("需要文本，而不是{}", words.zh), format!("takes a text, not {}", words.en)),
            );
            scope.help("用 template 节点把值变成文本", "a `template` node makes a text of a value");
            return None;
        }
        let takes = match params.op {
            Change::Upper | Change::Lower | Change::Trim => [false, false, false],
            Change::Replace => [true, true, false],
            Change::Part => [true, false, true],
        };
        let given = [params.find.is_some(), params.with.is_some(), params.index.is_some()];
        let mut sound = true;
        for ((name, takes), given) in ["find", "with", "index"].into_iter().zip(takes).zip(given) {
            if given && !takes {
                scope.fault("rule.params", name, Bilingual::new("这里用不到", "it is of no use here"));
                sound = false;
            }
        }
        let chars = |text: &Option<String>| text.as_ref().map_or(0, |t| t.chars().count());
        if takes[0] && !(1..=PATTERN_CHARS_MAX).contains(&chars(&params.find))
            || chars(&params.with) > PATTERN_CHARS_MAX
        {
            scope.fault(
                "rule.params",
                "find",
                Bilingual::new(
                    format!("find 应有 1 到 {PATTERN_CHARS_MAX} 个字符，with 也不超过它"),
                    format!("`find` has 1 to {PATTERN_CHARS_MAX} characters, and `with` no more"),
                ),
            );
            sound = false;
        }
        if takes[2] && params.index.is_none_or(|i| i == 0) {
            let message = Bilingual::new("从 1 数起，或从末尾 -1 数起", "counts from 1, or from -1 at the end");
            scope.fault("rule.params", "index", message);
            sound = false;
        }
        let find = params.find.unwrap_or_default();
        sound.then(|| match params.op {
            Change::Upper => TextChange::Upper,
            Change::Lower => TextChange::Lower,
            Change::Trim => TextChange::Trim,
            Change::Replace => TextChange::Replace(find, params.with.unwrap_or_default()),
            Change::Part => TextChange::Part(find, params.index.unwrap_or(1)),
        })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let result = io.value(0).and_then(Value::as_text).and_then(|text| self.of(text));
        io.set(0, result.filter(|text| text.chars().count() <= TEXT_CHARS_MAX).map(Value::Text));
    }
}

impl TextChange {
    fn of(&self, text: &str) -> Option<String> {
        Some(match self {
            TextChange::Upper => text.to_uppercase(),
            TextChange::Lower => text.to_lowercase(),
            TextChange::Trim => text.trim().to_owned(),
            TextChange::Replace(find, with) => text.replace(find.as_str(), with),
            TextChange::Part(find, index) => {
                let place = usize::try_from(index.unsigned_abs()).ok()?.checked_sub(1)?;
                let mut parts = text.split(find.as_str());
                let part = if *index > 0 { parts.nth(place) } else { text.rsplit(find.as_str()).nth(place) };
                part?.to_owned()
            }
        })
    }
}
