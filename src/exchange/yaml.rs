//! YAML as JSON, within limits: depth, number of values, aliases counted as often as they are used.
//!
//! A tagged value `!input NAME` becomes `{"$input": NAME}`, as in our templates; any other tag of the reader's own
//! becomes `{"$tag": NAME}`, which no importer takes. Start at [`read`].

use crate::limits::{DEPTH_MAX, VALUES_MAX};
use base::Bilingual;
use documents::template::INPUT_KEY;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value as Json, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What is being built.
enum Open {
    List(Vec<Json>),
    Map(Map<String, Json>, Option<String>),
}

struct Frame {
    open: Open,
    anchor: usize,
}

/// Reads the first document of a text.
///
/// # Errors
/// What is wrong, with line and column.
pub(crate) fn read(text: &str) -> Result<Json, Bilingual> {
    let mut builder = Builder { stack: Vec::new(), anchors: BTreeMap::new(), values: 0, done: None };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| {
            let (line, column) = (e.marker().line(), e.marker().col() + 1);
            let why = e.info();
            Bilingual::new(
                format!("第 {line} 行第 {column} 列不是合法的 YAML：{why}"),
                format!("line {line}, column {column} is no YAML: {why}"),
            )
        })?;
        let line = span.start.line();
        builder
            .take(event)
            .map_err(|why| Bilingual::new(format!("第 {line} 行：{}", why.zh), format!("line {line}: {}", why.en)))?;
        if builder.done.is_some() {
            break;
        }
    }
    Ok(builder.done.unwrap_or(Json::Null))
}

struct Builder {
    stack: Vec<Frame>,
    anchors: BTreeMap<usize, Json>,
    values: usize,
    done: Option<Json>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) -> Result<(), Bilingual> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref());
                self.put(value, anchor)
            }
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).cloned().ok_or_else(|| {
                    Bilingual::new("别名指向未完成的值", "an alias of something that is not complete")
                })?;
                self.values += count(&value);
                self.put(value, 0)
            }
            Event::SequenceStart(anchor, tag) => self.open(Open::List(Vec::new()), anchor, tag),
            Event::MappingStart(anchor, tag) => self.open(Open::Map(Map::new(), None), anchor, tag),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(frame) = self.stack.pop() else { return Ok(()) };
                let value = match frame.open {
                    Open::List(items) => Json::Array(items),
                    Open::Map(map, _) => Json::Object(map),
                };
                self.put(value, frame.anchor)
            }
            Event::DocumentEnd => {
                self.done.get_or_insert(Json::Null);
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => Ok(()),
        }
    }

    fn open(&mut self, open: Open, anchor: usize, tag: Option<Cow<'_, Tag>>) -> Result<(), Bilingual> {
        if self.stack.len() >= DEPTH_MAX {
            return Err(Bilingual::new(
                format!("嵌套超过 {DEPTH_MAX} 层"),
                format!("nested deeper than {DEPTH_MAX} levels"),
            ));
        }
        if let Some(tag) = tag.filter(|t| !t.is_yaml_core_schema()) {
            let name = &tag.suffix;
            return Err(Bilingual::new(
                format!("标签 !{name} 不能用在列表或映射上"),
                format!("a list or a map cannot have the tag !{name}"),
            ));
        }
        self.stack.push(Frame { open, anchor });
        Ok(())
    }

    fn put(&mut self, value: Json, anchor: usize) -> Result<(), Bilingual> {
        self.values += 1;
        if self.values > VALUES_MAX {
            return Err(Bilingual::new(format!("超过 {VALUES_MAX} 个值"), format!("more than {VALUES_MAX} values")));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.stack.last_mut().map(|f| &mut f.open) {
            None => self.done = Some(value),
            Some(Open::List(items)) => items.push(value),
            Some(Open::Map(map, key)) => match key.take() {
                None => *key = Some(key_of(&value)),
                Some(name) if name == "<<" => merge(map, value),
                Some(name) => _ = map.insert(name, value),
            },
        }
        Ok(())
    }
}

/// What a merge key brings: keys that the map does not have.
fn merge(map: &mut Map<String, Json>, value: Json) {
    match value {
        Json::Object(other) => {
            for (key, value) in other {
                map.entry(key).or_insert(value);
            }
        }
        Json::Array(items) => items.into_iter().for_each(|item| merge(map, item)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn key_of(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// How many values there are in it, itself included.
pub(crate) fn count(value: &Json) -> usize {
    match value {
        Json::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Json::Object(map) => 1 + map.values().map(count).sum::<usize>(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 1,
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Json {
    match tag {
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => return Json::String(text.into()),
        Some(tag) if tag.is_yaml_core_schema() => {}
        Some(tag) if tag.suffix == "input" => return json!({ INPUT_KEY: text }),
        Some(tag) => return json!({ "$tag": format!("{} {text}", tag.suffix) }),
        None => {}
    }
    if style == ScalarStyle::Plain { plain(text) } else { Json::String(text.into()) }
}

/// A plain scalar: the core schema of YAML 1.2, and the words of YAML 1.1 for true and false, which people still write.
fn plain(text: &str) -> Json {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Json::Null,
        _ => {}
    }
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => return Json::Bool(true),
        "false" | "no" | "off" => return Json::Bool(false),
        _ => {}
    }
    let digits = text.trim_start_matches(['-', '+']);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Json::String(text.into());
    }
    if let Ok(n) = text.parse::<i64>() {
        return n.into();
    }
    let shaped = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+'));
    match text.parse::<f64>() {
        Ok(n) if shaped && n.is_finite() => n.into(),
        _ => Json::String(text.into()),
    }
}

/// Writes JSON as YAML in block style; texts in double quotes wherever they could be read as something else.
pub(crate) fn write(value: &Json) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

fn block(value: &Json, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    match value {
        Json::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                out.push_str(&pad);
                out.push_str(&text(key));
                out.push(':');
                nested(value, depth + 1, out);
            }
        }
        Json::Array(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&pad);
                out.push('-');
                let mut inner = String::new();
                block(item, depth + 1, &mut inner);
                match item {
                    // The first key stands beside the dash.
                    Json::Object(map) if !map.is_empty() => {
                        out.push(' ');
                        out.push_str(inner.trim_start_matches(' '));
                    }
                    _ => nested(item, depth + 1, out),
                }
            }
        }
        other => {
            out.push_str(&pad);
            out.push_str(&flat(other));
            out.push('\n');
        }
    }
}

fn nested(value: &Json, depth: usize, out: &mut String) {
    let empty = match value {
        Json::Object(map) => map.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => true,
    };
    if empty {
        out.push(' ');
        out.push_str(&flat(value));
        out.push('\n');
    } else {
        out.push('\n');
        block(value, depth, out);
    }
}

fn flat(value: &Json) -> String {
    match value {
        Json::String(s) => text(s),
        other => other.to_string(),
    }
}

fn text(s: &str) -> String {
    let bare = s.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && s.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/'))
        && plain(s) == Json::String(s.into());
    // A JSON text is a double-quoted YAML text.
    if bare { s.into() } else { Json::String(s.into()).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn documents_are_read() {
        let text = "a: &x\n  - on\n  - \"on\"\n  - 22:30\n  - 0x1f\nb: *x\nc: !input lamp\nd: {<<: {k: 1}, j: 1.5}\n---\nmore\n";
        let document = read(text).unwrap();
        assert_eq!(
            document,
            json!({
                "a": [true, "on", "22:30", "0x1f"],
                "b": [true, "on", "22:30", "0x1f"],
                "c": {"$input": "lamp"},
                "d": {"k": 1, "j": 1.5}
            })
        );
    }

    #[test]
    fn limits_hold() {
        assert!(read(&"[".repeat(10_000)).is_err());
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for i in 1..12 {
            let one = format!("*a{}", i - 1);
            bomb.push_str(&format!("a{i}: &a{i} [{}]\n", vec![one; 9].join(", ")));
        }
        let why = read(&bomb).unwrap_err();
        assert!(why.en.contains("values"), "{why:?}");
        assert!(read("a: [").unwrap_err().en.starts_with("line "));
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i32>().prop_map(Json::from),
            "[ -~]{0,8}|[一-龥]{0,3}|(on|yes|null|1e3|0x1|~|- a|a: b)".prop_map(Json::from),
        ];
        leaf.prop_recursive(3, 30, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                proptest::collection::vec(("[ -~]{0,6}", inner), 0..4)
                    .prop_map(|kv| Json::Object(kv.into_iter().filter(|(k, _)| k != "<<").collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in any_json()) {
            let text = write(&value);
            prop_assert_eq!(read(&text), Ok(value), "{}", text);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[-a: \n\\[\\]{}&*!<|>\"'#?,]{0,60}|.{0,60}") {
            drop(read(&text));
        }
    }
}
