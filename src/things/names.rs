//! What people call a thing, in both languages.

use base::{Bilingual, Lang};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names in both languages. The first of a list is the display name, the rest are aliases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Chinese names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zh: Vec<String>,
    /// English names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub en: Vec<String>,
}

impl Names {
    /// One name in each language.
    pub fn new(zh: &str, en: &str) -> Self {
        Names { zh: vec![zh.into()], en: vec![en.into()] }
    }
    /// Several names in each language, the display name first.
    pub fn of(zh: &[&str], en: &[&str]) -> Self {
        Names { zh: zh.iter().map(|s| s.to_string()).collect(), en: en.iter().map(|s| s.to_string()).collect() }
    }
    /// The display name; the other language's when this one has none, empty when there is none at all.
    pub fn display(&self, lang: Lang) -> &str {
        let (first, second) = match lang {
            Lang::Zh => (&self.zh, &self.en),
            Lang::En => (&self.en, &self.zh),
        };
        first.first().or(second.first()).map_or("", String::as_str)
    }
    /// The display name in both languages.
    pub fn bilingual(&self) -> Bilingual {
        Bilingual::new(self.display(Lang::Zh), self.display(Lang::En))
    }
    /// All names in both languages.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.zh.iter().chain(&self.en).map(String::as_str)
    }
    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}
