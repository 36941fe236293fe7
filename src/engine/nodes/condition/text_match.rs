//! `text_match`: whether a text is, contains, begins or ends with another, or fits a pattern.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Bilingual, Value};
use regex::{Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest text or pattern, in characters.
const CHARS_MAX: usize = 512;
/// Most memory of a pattern, in bytes: what is compiled of it, and what matching keeps.
const PATTERN_BYTES_MAX: usize = 256 * 1024;

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum How {
    /// It is the text.
    Equals,
    /// The text stands in it.
    Contains,
    /// It begins with the text.
    Starts,
    /// It ends with the text.
    Ends,
    /// The regular expression is found in it; `^` and `$` are its ends.
    Pattern,
}

/// Parameters of `text_match`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How to compare: `equals`, `contains`, `starts`, `ends`, or `pattern` for a regular expression.
    pub(crate) how: How,
    /// The text, or the regular expression.
    #[schemars(length(min = 1, max = CHARS_MAX))]
    pub(crate) text: String,
    /// Whether `A` and `a` are the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) ignore_case: bool,
}

/// The node in a plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Params", into = "Params")]
pub(crate) struct TextMatch {
    params: Params,
    pattern: Regex,
}

impl PartialEq for TextMatch {
    fn eq(&self, other: &Self) -> bool {
        let key = |n: &TextMatch| (n.params.how, n.params.text.clone(), n.params.ignore_case);
        key(self) == key(other)
    }
}

impl TryFrom<Params> for TextMatch {
    type Error = regex::Error;
    fn try_from(params: Params) -> Result<TextMatch, regex::Error> {
        let plain = regex::escape(&params.text);
        let pattern = match params.how {
            How::Equals => format!("^{plain}$"),
            How::Contains => plain,
            How::Starts => format!("^{plain}"),
            How::Ends => format!("{plain}$"),
            How::Pattern => params.text.clone(),
        };
        let mut builder = RegexBuilder::new(&pattern);
        builder.case_insensitive(params.ignore_case).size_limit(PATTERN_BYTES_MAX).dfa_size_limit(PATTERN_BYTES_MAX);
        Ok(TextMatch { pattern: builder.build()?, params })
    }
}

impl From<TextMatch> for Params {
    fn from(node: TextMatch) -> Params {
        node.params
    }
}

impl Kind for TextMatch {
    const TYPE: &'static str = "text_match";
    const TITLE: Text = Text::new("文本匹配", "Text match");
    const DOC: Text = Text::new(
        "输入文本是否等于、包含、开头是、结尾是给定的文本，或符合正则表达式。正则表达式没有回溯，匹配时间与文本长度成正比；\
         不支持反向引用和环视。输入未知时输出未知。",
        "Whether the input text equals, contains, starts or ends with a given text, or fits a regular expression. Patterns do not \
         backtrack, so that matching takes time in proportion to the text; there are no back references and no look-around. An \
         unknown input gives an unknown output.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Value, Text::new("文本", "the text"))];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否匹配", "whether it matches"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("以某段文本开头，不分大小写", "begins with a text, in capitals or not"),
            params: r#"{"how": "starts", "text": "err.", "ignore_case": true}"#,
            inputs: &[("in", Carries::Enum(&["ERR.42", "errors", "an err."]))],
            rows: &["0:00 | ERR.42 | true", "0:10 | errors | false", "0:20 | an err. | false", "0:30 | ? | ?"],
        },
        Example {
            title: Text::new("正则表达式", "a pattern"),
            params: r#"{"how": "pattern", "text": "^E[0-9]{2}$"}"#,
            inputs: &[("in", Carries::Enum(&["E42", "E4", "xE42"]))],
            rows: &["0:00 | E42 | true", "0:10 | E4 | false", "0:20 | xE42 | false"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("how", "equals"), ("ignore_case", "true")],
            "{in}（不分大小写）就是 {text}",
            "{in}, in capitals or not, reads {text}",
        ),
        Words::when(&[("how", "equals")], "{in}就是 {text}", "{in} reads {text}"),
        Words::when(
            &[("how", "contains"), ("ignore_case", "true")],
            "{in}（不分大小写）含有 {text}",
            "{in}, in capitals or not, contains {text}",
        ),
        Words::when(&[("how", "contains")], "{in}含有 {text}", "{in} contains {text}"),
        Words::when(
            &[("how", "starts"), ("ignore_case", "true")],
            "{in}（不分大小写）以 {text} 开头",
            "{in}, in capitals or not, starts with {text}",
        ),
        Words::when(&[("how", "starts")], "{in}以 {text} 开头", "{in} starts with {text}"),
        Words::when(
            &[("how", "ends"), ("ignore_case", "true")],
            "{in}（不分大小写）以 {text} 结尾",
            "{in}, in capitals or not, ends with {text}",
        ),
        Words::when(&[("how", "ends")], "{in}以 {text} 结尾", "{in} ends with {text}"),
        Words::when(
            &[("how", "pattern"), ("ignore_case", "true")],
            "{in}（不分大小写）符合 {text}",
            "{in}, in capitals or not, fits the pattern {text}",
        ),
        Words::when(&[("how", "pattern")], "{in}符合 {text}", "{in} fits the pattern {text}"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<TextMatch> {
        if let Some(type_) = scope.input(0).cloned()
            && !matches!(type_, PortType::Text | PortType::Enum(_))
        {
            let words = type_.words();
            let message =
                Bilingual::new(format!("需要文本，而不是{}", words.zh), format!("takes a text, not {}", words.en));
            scope.fault("rule.value_kind", "", message);
            return None;
        }
        if !scope.counted("text", params.text.chars().count(), 1, CHARS_MAX) {
            return None;
        }
        let node = TextMatch::try_from(params);
        if let Err(why) = &node {
            let message =
                Bilingual::new(format!("正则表达式有误：{why}"), format!("the pattern cannot be used: {why}"));
            scope.fault("rule.pattern", "text", message);
        }
        node.ok()
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let found = io.value(0).and_then(Value::as_text).map(|text| self.pattern.is_match(text));
        io.set(0, found.map(Value::Bool));
    }
}
