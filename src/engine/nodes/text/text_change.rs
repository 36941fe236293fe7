//! `text_change`: a text changed: its case, a part of it, something replaced, its hash.

use crate::compile::Scope;
use crate::limits::PATTERN_CHARS_MAX;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::canonical::hex;
use base::limits::TEXT_CHARS_MAX;
use base::{Bilingual, Value};
use md5::Md5;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

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
    /// The characters `from` to `to`.
    Slice,
    /// Its hash by `algorithm`, as lower-case hexadecimal digits.
    Hash,
}

/// How a hash is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Algorithm {
    /// MD5 (RFC 1321); for what others ask for, it protects nothing.
    Md5,
    /// SHA-1 (FIPS 180-4); for what others ask for, it protects nothing.
    Sha1,
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SHA-384 (FIPS 180-4).
    Sha384,
    /// SHA-512 (FIPS 180-4).
    Sha512,
}

/// Parameters of `text_change`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// What is done: `upper`, `lower`, `trim`, `replace`, `part`, `slice`, `hash`.
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
    /// The first character of a slice, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub(crate) from: Option<u32>,
    /// The last character of a slice; the last one of the text when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<u32>,
    /// How a hash is worked out: `md5`, `sha1`, `sha256`, `sha384`, `sha512`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) algorithm: Option<Algorithm>,
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
    /// Characters, counted from 1, both ends included.
    Slice(u32, Option<u32>),
    /// Its hash.
    Hash(Algorithm),
}

impl Kind for TextChange {
    const TYPE: &'static str = "text_change";
    const TITLE: Text = Text::new("文本处理", "Change a text");
    const DOC: Text = Text::new(
        "大写 upper、小写 lower、去掉两端空白 trim、把 find 替换为 with（replace）、按 find 分开取第 index 部分（part，从 1 数起，\
         负数从末尾数）、取第 from 到第 to 个字符（slice，不给 to 就到末尾）、按 algorithm 求摘要（hash，小写十六进制）。\
         没有那一部分、结果过长或输入未知时输出未知。",
        "Capital letters (`upper`), small ones (`lower`), without space at both ends (`trim`), with `with` in the place of each \
         `find` (`replace`), one of the parts that `find` separates (`part`, counted from 1, from the end if negative), the \
         characters `from` to `to` (`slice`, to the end without `to`), or the hash by `algorithm` (`hash`, in lower-case digits). \
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
        Example {
            title: Text::new("第 2 到第 3 个字符", "characters 2 to 3"),
            params: r#"{"op": "slice", "from": 2, "to": 3}"#,
            inputs: &[("in", Carries::Enum(&["abcd", "a"]))],
            rows: &["0:00 | abcd | bc", "0:10 | ? | ?"],
        },
        Example {
            title: Text::new("MD5 摘要", "an MD5 hash"),
            params: r#"{"op": "hash", "algorithm": "md5"}"#,
            inputs: &[("in", Carries::Enum(&["abc"]))],
            rows: &["0:00 | abc | 900150983cd24fb0d6963f7d28e17f72", "0:10 | ? | ?"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(&[("op", "upper")], "大写的{in}", "{in} in capitals"),
        Words::when(&[("op", "lower")], "小写的{in}", "{in} in small letters"),
        Words::when(&[("op", "trim")], "去掉两端空白的{in}", "{in} without space at its ends"),
        Words::when(&[("op", "replace")], "把{find}替换[为{with}]后的{in}", "{in} with {find} replaced[ by {with}]"),
        Words::when(&[("op", "part")], "{in}按{find}分开的第 {index} 部分", "part {index} of {in} separated by {find}"),
        Words::when(
            &[("op", "slice")],
            "{in}从第 {from} 个[到第 {to} 个]的字符",
            "the characters of {in} from number {from}[ to number {to}]",
        ),
        Words::when(&[("op", "hash")], "{in}的 {algorithm} 摘要", "the {algorithm} hash of {in}"),
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
        let takes: &[&str] = match params.op {
            Change::Upper | Change::Lower | Change::Trim => &[],
            Change::Replace => &["find", "with"],
            Change::Part => &["find", "index"],
            Change::Slice => &["from", "to"],
            Change::Hash => &["algorithm"],
        };
        let given = [
            ("find", params.find.is_some()),
            ("with", params.with.is_some()),
            ("index", params.index.is_some()),
            ("from", params.from.is_some()),
            ("to", params.to.is_some()),
            ("algorithm", params.algorithm.is_some()),
        ];
        let mut sound = true;
        for (name, _) in given.into_iter().filter(|(name, given)| *given && !takes.contains(name)) {
            scope.fault("rule.params", name, Bilingual::new("这里用不到", "it is of no use here"));
            sound = false;
        }
        let chars = |text: &Option<String>| text.as_ref().map_or(0, |t| t.chars().count());
        if takes.contains(&"find") && !(1..=PATTERN_CHARS_MAX).contains(&chars(&params.find))
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
        if params.op == Change::Part && params.index.is_none_or(|i| i == 0) {
            let message = Bilingual::new("从 1 数起，或从末尾 -1 数起", "counts from 1, or from -1 at the end");
            scope.fault("rule.params", "index", message);
            sound = false;
        }
        if params.op == Change::Slice
            && (params.from.is_none_or(|n| n == 0) || params.to.is_some_and(|to| params.from.is_some_and(|n| to < n)))
        {
            let message = Bilingual::new("从 1 数起，to 不小于 from", "counts from 1, and `to` is no less");
            scope.fault("rule.params", "from", message);
            sound = false;
        }
        if params.op == Change::Hash && params.algorithm.is_none() {
            scope.fault("rule.params", "algorithm", Bilingual::new("缺少算法", "the algorithm is missing"));
            sound = false;
        }
        let find = params.find.unwrap_or_default();
        sound.then(|| match params.op {
            Change::Upper => TextChange::Upper,
            Change::Lower => TextChange::Lower,
            Change::Trim => TextChange::Trim,
            Change::Replace => TextChange::Replace(find, params.with.unwrap_or_default()),
            Change::Part => TextChange::Part(find, params.index.unwrap_or(1)),
            Change::Slice => TextChange::Slice(params.from.unwrap_or(1), params.to),
            Change::Hash => TextChange::Hash(params.algorithm.unwrap_or(Algorithm::Sha256)),
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
            TextChange::Slice(from, to) => {
                let last = to.map_or(usize::MAX, |to| to as usize);
                text.chars().take(last).skip((*from as usize).saturating_sub(1)).collect()
            }
            TextChange::Hash(algorithm) => {
                let bytes = text.as_bytes();
                match algorithm {
                    Algorithm::Md5 => hex(&Md5::digest(bytes)),
                    Algorithm::Sha1 => hex(&Sha1::digest(bytes)),
                    Algorithm::Sha256 => hex(&Sha256::digest(bytes)),
                    Algorithm::Sha384 => hex(&Sha384::digest(bytes)),
                    Algorithm::Sha512 => hex(&Sha512::digest(bytes)),
                }
            }
        })
    }
}
