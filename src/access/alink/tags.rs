//! Tags that a device gives itself (`thing/deviceinfo`). Here they are tags like any other, written `key=value`.

use base::{Bilingual, Diagnostic, Diagnostics};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Most tags of one message.
const TAGS_MAX: usize = 100;
/// Longest key of a tag, in characters.
const KEY_CHARS_MAX: usize = 30;
/// Longest value of a tag, in characters.
const VALUE_CHARS_MAX: usize = 128;

/// A change of one tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// The key has this value from now on.
    Set {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// The key is gone.
    Remove {
        /// The key.
        key: String,
    },
}

impl Label {
    /// Reads the parameters of an update: `[{attrKey, attrValue}]`.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn updates(params: &Json) -> Result<Vec<Label>, Diagnostics> {
        read(params, |path, item, found| {
            let (key, value) = (key(path, item, found), value(path, item, found));
            Some(Label::Set { key: key?, value: value? })
        })
    }

    /// Reads the parameters of a deletion: `[{attrKey}]`.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn deletions(params: &Json) -> Result<Vec<Label>, Diagnostics> {
        read(params, |path, item, found| Some(Label::Remove { key: key(path, item, found)? }))
    }

    fn key(&self) -> &str {
        match self {
            Label::Set { key, .. } | Label::Remove { key } => key,
        }
    }
}

/// The tags of a device after changes. A tag without `=` was given by a person and stays.
pub fn labelled(tags: &BTreeSet<String>, changes: &[Label]) -> BTreeSet<String> {
    let mut tags = tags.clone();
    for change in changes {
        tags.retain(|tag| tag.split_once('=').is_none_or(|(key, _)| key != change.key()));
        if let Label::Set { key, value } = change {
            tags.insert(format!("{key}={value}"));
        }
    }
    tags
}

fn read(
    params: &Json,
    item: impl Fn(&str, &Json, &mut Diagnostics) -> Option<Label>,
) -> Result<Vec<Label>, Diagnostics> {
    let mut found = Diagnostics::new();
    let list = params.as_array().map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() || list.len() > TAGS_MAX {
        found.push(fault("/params", "应为 1 到 100 项的数组", "must be a list of 1 to 100 items"));
    }
    let read = |(i, json): (usize, &Json)| item(&format!("/params/{i}"), json, &mut found);
    let labels: Vec<Label> = list.iter().take(TAGS_MAX).enumerate().filter_map(read).collect();
    if found.is_empty() { Ok(labels) } else { Err(found) }
}

fn key(path: &str, item: &Json, found: &mut Diagnostics) -> Option<String> {
    let key = item.get("attrKey").and_then(Json::as_str).filter(|k| {
        (1..=KEY_CHARS_MAX).contains(&k.len())
            && k.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    });
    if key.is_none() {
        let (zh, en) = ("应为 1 到 30 个字母、数字或 . _ -", "must be 1 to 30 letters, digits or . _ -");
        found.push(fault(&format!("{path}/attrKey"), zh, en));
    }
    key.map(str::to_owned)
}

fn value(path: &str, item: &Json, found: &mut Diagnostics) -> Option<String> {
    let sound = |v: &&str| (1..=VALUE_CHARS_MAX).contains(&v.chars().count()) && !v.chars().any(char::is_control);
    let value = item.get("attrValue").and_then(Json::as_str).filter(sound);
    if value.is_none() {
        let (zh, en) = ("应为 1 到 128 个字符的文本", "must be a text of 1 to 128 characters");
        found.push(fault(&format!("{path}/attrValue"), zh, en));
    }
    value.map(str::to_owned)
}

fn fault(path: &str, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::error("alink.tag", path, Bilingual::new(format!("{path}：{zh}"), format!("{path}: {en}")))
}
