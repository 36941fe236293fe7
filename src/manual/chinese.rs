//! The Chinese of texts that the code has in English alone: descriptions of parameters, options and metrics.
//!
//! `zh.txt` holds them as blocks of two lines, English and Chinese. The pages of reference are made with it, and so are
//! the schemas that a page makes forms of. Start at [`of`] and [`beside`].

use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The annotation of a schema that says its description in Chinese.
pub const DESCRIPTION: &str = "x-description-zh";

static TEXTS: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    let blocks = include_str!("zh.txt").split("\n\n").filter_map(|block| block.trim().split_once('\n'));
    blocks.map(|(en, zh)| (en.trim(), zh.trim())).collect()
});

/// The Chinese of a text that is on one line.
pub fn of(en: &str) -> Option<&'static str> {
    TEXTS.get(en).copied()
}

/// Every text that has Chinese.
pub fn texts() -> impl Iterator<Item = &'static str> {
    TEXTS.keys().copied()
}

/// A text of the code on one line, without the links of rustdoc.
pub fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace("[`", "`").replace("`]", "`")
}

/// Puts the Chinese beside every description of a JSON Schema.
pub fn beside(schema: &mut Json) {
    match schema {
        Json::Object(map) => {
            map.values_mut().for_each(beside);
            if let Some(Json::String(text)) = map.get_mut("description") {
                *text = plain(text);
                if let Some(zh) = of(text) {
                    map.insert(DESCRIPTION.into(), zh.into());
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(beside),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn descriptions_have_their_chinese_beside_them_wherever_they_stand() {
        let en = texts().next().unwrap();
        let mut schema = json!({
            "properties": { "description": { "description": en.replace(' ', "\n ") } },
            "oneOf": [{ "description": "nobody says this" }],
        });
        beside(&mut schema);
        let said = json!({ "description": en, DESCRIPTION: of(en).unwrap() });
        assert_eq!(
            schema,
            json!({ "properties": { "description": said }, "oneOf": [{ "description": "nobody says this" }] })
        );
    }
}
