//! Text for people in Chinese and English, and which of the two is asked for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language that Castellan speaks. Parses the BCP-47 forms people write (`zh-CN`, `zh-Hans`, `zh_CN`, `en-GB`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    #[default]
    En,
}

impl Lang {
    /// The language of a BCP-47 tag, if it is one of ours.
    pub fn parse(tag: &str) -> Option<Lang> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "zh" | "cmn" | "yue" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// The language a text is written in: Chinese as soon as it has one Han character.
    pub fn of_text(text: &str) -> Lang {
        if text.chars().any(is_han) { Lang::Zh } else { Lang::En }
    }

    /// BCP-47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }
}

/// Whether a character is a Han ideograph (Unicode blocks CJK Unified Ideographs and Extension A).
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// Both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Bilingual { zh: zh.into(), en: en.into() }
    }

    /// The same text in both languages, for names and numbers.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Bilingual { zh: text.clone(), en: text }
    }

    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// Joins texts: `separator` between them, in each language its own.
    pub fn join<'a>(parts: impl IntoIterator<Item = &'a Bilingual>, separator: &Bilingual) -> Bilingual {
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        for p in parts {
            zh.push(p.zh.as_str());
            en.push(p.en.as_str());
        }
        Bilingual { zh: zh.join(&separator.zh), en: en.join(&separator.en) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags() {
        for (tag, lang) in
            [("zh-CN", Lang::Zh), ("zh_Hans", Lang::Zh), ("zh", Lang::Zh), ("en-GB", Lang::En), ("EN", Lang::En)]
        {
            assert_eq!(Lang::parse(tag), Some(lang), "{tag}");
        }
        assert_eq!(Lang::parse("fr"), None);
        assert_eq!(Lang::of_text("把 lamp 打开"), Lang::Zh);
    }
}
