//! `docs_search`: what the manual says about a question, and where it is read.

use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::{Bilingual, Lang};
use documents::reply::Link;
use manual::Hit;
use policy::Effect;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Sections that are given when the call does not say how many.
const SECTIONS_DEFAULT: u8 = 5;

/// Searches Castellan's manual: how devices are connected, what a rule can do, what a message or error means, how it is
/// run. It knows nothing of this building's devices; for those use `point_search` and `point_read`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What is looked for, in words.
    #[schemars(length(min = 1, max = 300))]
    pub query: String,
    /// The language of the manual; that of the caller when absent.
    #[serde(default)]
    pub lang: Option<Lang>,
    /// How many sections; 5 when absent.
    #[serde(default)]
    #[schemars(range(min = 1, max = 20))]
    pub limit: Option<u8>,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// What the manual says first, when one section answers the question as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Bilingual>,
    /// Where that is read.
    pub links: Vec<Link>,
    /// The sections that fit best, the best first.
    pub sections: Vec<Hit>,
}

/// The tool.
pub struct DocsSearch;

#[async_trait]
impl Tool for DocsSearch {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "docs_search";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "how something is done",
            input: r#"{"query": "How do I connect a Modbus device?", "lang": "en"}"#,
            expect: &[("/links/0/url", "\"/docs/en/modbus\"")],
        },
        Example {
            name: "by words, in Chinese",
            input: r#"{"query": "寄存器 字节顺序", "lang": "zh", "limit": 1}"#,
            expect: &[("/sections/0/url", "\"/docs/zh-CN/modbus#寄存器\""), ("/links", "[]")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let lang = input.lang.unwrap_or(caller.lang);
        let answer = manual::answer(&input.query, lang);
        let text = answer.as_ref().map(|a| match lang {
            Lang::Zh => Bilingual::same(format!("手册《{}》：{}", a.title, a.text)),
            Lang::En => Bilingual::same(format!("The manual, “{}”: {}", a.title, a.text)),
        });
        let links = answer.map(|a| Link { title: a.title, url: a.url }).into_iter().collect();
        let limit = usize::from(input.limit.unwrap_or(SECTIONS_DEFAULT));
        Ok(Output { text, links, sections: manual::search(&input.query, lang, limit) })
    }
}
