//! Templates of what is published: a topic, and a payload whose slots take the values of inputs.
//!
//! A slot is written `{name}`, or `{1}` for what the first wildcard stood for; `{{` and `}}` are braces. In a JSON
//! payload a text that is nothing but a slot becomes the value itself (`"{seq}"` gives `123`), so that what comes out
//! is JSON whatever the values are. `"{seq?}"` is `null` while the value is unknown, and `"{seq:json}"` puts a JSON text in
//! as JSON. What it is *not*: it finds no values. Start at [`Template`].

use crate::limits::NODE_ID_CHARS_MAX;
use base::{Bilingual, Value};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A template as it stands in a plan: pieces in their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Template<S>(Vec<Piece<S>>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Piece<S> {
    /// As it stands.
    Text(String),
    /// The value as plain text.
    Plain(S),
    /// The value as JSON.
    Json(S),
    /// The value as plain text within a JSON text.
    Quoted(S),
    /// The value as JSON, `null` while it is unknown.
    OrNull(S),
    /// A text that is JSON itself.
    Raw(S),
}

/// A part of a text: words, or what stands between two braces.
pub(crate) enum Part {
    /// As it is.
    Text(String),
    /// A slot as it is written.
    Slot(String),
}

/// A slot as it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Written {
    /// What a wildcard of the topic stood for, counted from 1.
    Wildcard(usize),
    /// An input.
    Input(String),
}

/// A slot in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Slot {
    /// What a wildcard of the topic stood for, counted from 1.
    Wildcard(usize),
    /// Place among the named inputs.
    Input(usize),
}

/// The slot of the room or device that a rule stands for.
pub(crate) const HERE: &str = "here";

/// Whether an input can have this name.
pub(crate) fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.len() <= NODE_ID_CHARS_MAX
}

impl Template<Written> {
    /// A plain text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn text(text: &str) -> Result<Self, Bilingual> {
        let mut pieces = Vec::new();
        read(text, &mut pieces, Piece::Plain, str::to_owned)?;
        Ok(Template(pieces))
    }

    /// A payload: a text is sent as it stands, anything else as JSON.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn payload(json: &Json) -> Result<Self, Bilingual> {
        if let Json::String(text) = json {
            return Template::text(text);
        }
        let mut pieces = Vec::new();
        read_json(json, &mut pieces)?;
        Ok(Template(pieces))
    }

    /// With the name of a room or device in the slot `here`, else before everything.
    pub(crate) fn there(mut self, name: &str, mark: &str) -> Self {
        let mut said = false;
        for piece in &mut self.0 {
            if matches!(piece, Piece::Plain(Written::Input(slot)) if slot == HERE) {
                *piece = Piece::Text(name.to_owned());
                said = true;
            }
        }
        if !said {
            self.0.insert(0, Piece::Text(format!("{name}{mark}")));
        }
        self
    }

    /// With slots as they are in a plan.
    pub(crate) fn resolved(self, slot: impl Fn(Written) -> Option<Slot>) -> Option<Template<Slot>> {
        let piece = |piece: Piece<Written>| {
            Some(match piece {
                Piece::Text(text) => Piece::Text(text),
                Piece::Plain(s) => Piece::Plain(slot(s)?),
                Piece::Json(s) => Piece::Json(slot(s)?),
                Piece::Quoted(s) => Piece::Quoted(slot(s)?),
                Piece::OrNull(s) => Piece::OrNull(slot(s)?),
                Piece::Raw(s) => Piece::Raw(slot(s)?),
            })
        };
        self.0.into_iter().map(piece).collect::<Option<_>>().map(Template)
    }
}

impl<S> Template<S> {
    /// Its slots.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &S> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Plain(s) | Piece::Json(s) | Piece::Quoted(s) | Piece::OrNull(s) | Piece::Raw(s) => Some(s),
        })
    }

    /// The text with something in the place of each slot.
    pub(crate) fn filled(&self, mut fill: impl FnMut(&S) -> String) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Plain(s) | Piece::Json(s) | Piece::Quoted(s) | Piece::OrNull(s) | Piece::Raw(s) => {
                    out.push_str(&fill(s));
                }
            }
        }
        out
    }
}

impl Template<Slot> {
    /// The text, with a word in the place of what is missing.
    pub(crate) fn said<'v>(&self, value: impl Fn(Slot) -> Option<Filling<'v>>, missing: &str) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Plain(slot)
                | Piece::Json(slot)
                | Piece::Quoted(slot)
                | Piece::OrNull(slot)
                | Piece::Raw(slot) => match value(*slot) {
                    Some(filling) => filling.plain(&mut out),
                    None => out.push_str(missing),
                },
            }
        }
        out
    }

    /// The text; none when a value is missing or the text becomes longer than this many bytes.
    pub(crate) fn written<'v>(&self, most: usize, value: impl Fn(Slot) -> Option<Filling<'v>>) -> Option<String> {
        let mut out = String::with_capacity(64);
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Plain(slot) => value(*slot)?.plain(&mut out),
                Piece::Json(slot) => value(*slot)?.json(&mut out),
                Piece::Quoted(slot) => match value(*slot)? {
                    Filling::Text(text) => escape(text, &mut out),
                    other => other.plain(&mut out),
                },
                Piece::OrNull(slot) => match value(*slot) {
                    Some(filling) => filling.json(&mut out),
                    None => out.push_str("null"),
                },
                Piece::Raw(slot) => match value(*slot)? {
                    Filling::Text(text) => {
                        serde_json::from_str::<IgnoredAny>(text).ok()?;
                        out.push_str(text);
                    }
                    other => other.plain(&mut out),
                },
            }
            if out.len() > most {
                return None;
            }
        }
        Some(out)
    }
}

/// What goes into a slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Filling<'v> {
    Bool(bool),
    Number(f64),
    Text(&'v str),
}

impl<'v> Filling<'v> {
    /// Of a value; lists and structures are none.
    pub(crate) fn of(value: &'v Value) -> Option<Filling<'v>> {
        match value {
            Value::Bool(b) => Some(Filling::Bool(*b)),
            Value::Number(n) if n.is_finite() => Some(Filling::Number(*n)),
            Value::Text(text) => Some(Filling::Text(text)),
            Value::Number(_) | Value::List(_) | Value::Map(_) => None,
        }
    }

    fn plain(self, out: &mut String) {
        match self {
            Filling::Bool(b) => out.push_str(if b { "true" } else { "false" }),
            Filling::Number(n) => number(n, out),
            Filling::Text(text) => out.push_str(text),
        }
    }

    fn json(self, out: &mut String) {
        if let Filling::Text(text) = self {
            out.push('"');
            escape(text, out);
            out.push('"');
        } else {
            self.plain(out);
        }
    }
}

/// As canonical JSON has it: `26.3`, `123`.
fn number(n: f64, out: &mut String) {
    // The round trip tells whether it is a whole number; canonical JSON writes those without exponent up to 1e21.
    #[expect(clippy::cast_possible_truncation, reason = "compared with what it came from")]
    let whole = n as i64;
    let done = if n.abs() < 1e15 && (whole as f64).total_cmp(&n).is_eq() {
        write!(out, "{whole}")
    } else {
        write!(out, "{}", base::canonical::to_string(&n).unwrap_or_default())
    };
    debug_assert!(done.is_ok(), "writing to a text does not fail");
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_control() => {
                let hex = |digit: u32| char::from_digit(digit, 16).unwrap_or('0');
                out.push_str("\\u00");
                out.extend([hex(u32::from(c) >> 4), hex(u32::from(c) & 15)]);
            }
            c => out.push(c),
        }
    }
}

/// Takes a text apart at its slots.
fn read(
    text: &str,
    pieces: &mut Vec<Piece<Written>>,
    slot: fn(Written) -> Piece<Written>,
    literal: fn(&str) -> String,
) -> Result<(), Bilingual> {
    for part in parts(text)? {
        match part {
            Part::Text(text) => add_text(pieces, &literal(&text)),
            Part::Slot(name) => pieces.push(slot(named(&name)?)),
        }
    }
    Ok(())
}

/// Takes a text apart at its slots.
///
/// # Errors
/// Which brace is without the other.
pub(crate) fn parts(text: &str) -> Result<Vec<Part>, Bilingual> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.next_if_eq(&c).is_some() => plain.push(c),
            '}' => {
                return Err(Bilingual::new(
                    "多出一个 }；若要 } 本身，写 }}",
                    "there is a `}` without its `{`; for the brace itself write `}}`",
                ));
            }
            '{' => {
                let slot: String = std::iter::from_fn(|| chars.next_if(|c| *c != '}')).collect();
                if chars.next().is_none() {
                    return Err(Bilingual::new(
                        "{ 没有对应的 }；若要 { 本身，写 {{",
                        "a `{` has no `}`; for the brace itself write `{{`",
                    ));
                }
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::Slot(slot));
            }
            c => plain.push(c),
        }
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(parts)
}

fn named(name: &str) -> Result<Written, Bilingual> {
    if is_name(name) {
        return Ok(Written::Input(name.to_owned()));
    }
    let number = name.parse().ok().filter(|n| *n > 0 && !name.starts_with(['0', '+']));
    number.map(Written::Wildcard).ok_or_else(|| {
        Bilingual::new(
            format!("“{{{name}}}”不是插槽：写 {{1}} 或 {{名称}}，名称由字母、数字和下划线组成"),
            format!("`{{{name}}}` is no slot: write {{1}}, or {{name}} of letters, digits and underscores"),
        )
    })
}

/// A text that is nothing but a slot which says how it is filled.
fn special(text: &str) -> Result<Option<Piece<Written>>, Bilingual> {
    let Some(inner) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) else { return Ok(None) };
    if let Some(name) = inner.strip_suffix('?') {
        return named(name).map(|slot| Some(Piece::OrNull(slot)));
    }
    inner.strip_suffix(":json").map(|name| named(name).map(Piece::Raw)).transpose()
}

fn add_text(pieces: &mut Vec<Piece<Written>>, more: &str) {
    match pieces.last_mut() {
        _ if more.is_empty() => {}
        Some(Piece::Text(text)) => text.push_str(more),
        _ => pieces.push(Piece::Text(more.to_owned())),
    }
}

fn read_json(json: &Json, pieces: &mut Vec<Piece<Written>>) -> Result<(), Bilingual> {
    let quoted = |text: &str| {
        let mut out = String::new();
        escape(text, &mut out);
        out
    };
    match json {
        Json::String(text) => {
            if let Some(piece) = special(text)? {
                pieces.push(piece);
                return Ok(());
            }
            let mut parts = Vec::new();
            read(text, &mut parts, Piece::Quoted, quoted)?;
            if let [Piece::Quoted(slot)] = parts.as_slice() {
                pieces.push(Piece::Json(slot.clone()));
                return Ok(());
            }
            add_text(pieces, "\"");
            for part in parts {
                match part {
                    Piece::Text(text) => add_text(pieces, &text),
                    slot => pieces.push(slot),
                }
            }
            add_text(pieces, "\"");
        }
        Json::Array(items) => {
            add_text(pieces, "[");
            for (i, item) in items.iter().enumerate() {
                add_text(pieces, if i > 0 { "," } else { "" });
                read_json(item, pieces)?;
            }
            add_text(pieces, "]");
        }
        Json::Object(members) => {
            add_text(pieces, "{");
            // Whichever way the document came, the same text is sent.
            let sorted: BTreeMap<&String, &Json> = members.iter().collect();
            for (i, (key, value)) in sorted.into_iter().enumerate() {
                let between = if i > 0 { "," } else { "" };
                add_text(pieces, &format!("{between}\"{}\":", quoted(key)));
                read_json(value, pieces)?;
            }
            add_text(pieces, "}");
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => add_text(pieces, &json.to_string()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn filling(value: &Json) -> Filling<'_> {
        match value {
            Json::Bool(b) => Filling::Bool(*b),
            Json::Number(n) => Filling::Number(n.as_f64().unwrap()),
            other => Filling::Text(other.as_str().unwrap()),
        }
    }

    fn written(payload: &Json, value: &Json) -> String {
        let template = Template::payload(payload).unwrap().resolved(|_| Some(Slot::Input(0))).unwrap();
        template.written(100_000, |_| Some(filling(value))).unwrap()
    }

    proptest! {
        #[test]
        fn json_stays_json(value in prop_oneof![
            any::<bool>().prop_map(Json::from),
            any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(Json::from),
            (-1e20..1e20_f64).prop_map(|n| Json::from(n.round())),
            "(?s).{0,30}".prop_map(Json::from),
        ], key in "(?s).{0,10}") {
            let text = written(&json!({key.as_str(): ["{v}", {"x": "a {v} \"b\""}]}), &value);
            let back: Json = serde_json::from_str(&text).unwrap();
            let same = match (&back[&key][0], &value) {
                (Json::Number(a), Json::Number(b)) => a.as_f64().unwrap().total_cmp(&(b.as_f64().unwrap() + 0.0)).is_eq(),
                (a, b) => a == b,
            };
            prop_assert!(same, "{} {}", value, text);
            let plain = written(&json!("{v}"), &value);
            prop_assert_eq!(back[&key][1]["x"].as_str().unwrap(), format!("a {plain} \"b\""));
        }

        #[test]
        fn any_template_is_read_or_refused(text in "[{}a1 \"+é]{0,16}") {
            if let Ok(template) = Template::text(&text) {
                let filled = template.filled(|slot| match slot {
                    Written::Wildcard(n) => format!("{{{n}}}"),
                    Written::Input(name) => format!("{{{name}}}"),
                });
                prop_assert_eq!(filled, text.replace("{{", "{").replace("}}", "}"));
                let as_json: Json = serde_json::from_str(&written(&json!([text]), &json!("x"))).unwrap();
                prop_assert!(as_json.is_array());
            }
        }
    }

    #[test]
    fn slots_and_braces() {
        let cases: [(Json, Json, &str); 8] = [
            (json!({"seq": "{v}", "on": true}), json!(123), r#"{"on":true,"seq":123}"#),
            (json!({"b": 1.50, "a": [1, "x", null]}), json!(0), r#"{"a":[1,"x",null],"b":1.5}"#),
            (json!("ON {v}"), json!(26.3), "ON 26.3"),
            (json!("{{{v}}}"), json!(-0.0), "{0}"),
            (json!("{v}"), json!(1e21), "1e+21"),
            (json!("{v}"), json!(123456789012345680000.0), "123456789012345680000"),
            (json!(["{{v}}"]), json!(1), r#"["{v}"]"#),
            (json!({"{v}": "{v}{v}"}), json!("\"\u{1}"), r#"{"{v}":"\"\u0001\"\u0001"}"#),
        ];
        for (payload, value, expected) in cases {
            assert_eq!(written(&payload, &value), expected, "{payload}");
        }
        for bad in ["{", "}", "a}b", "{a", "{}", "{a b}", "{0}", "{01}", "{+1}", "{1a}", "{é}", "{a{b}}"] {
            assert!(Template::text(bad).is_err(), "{bad}");
        }
        let special = |payload: Json, value: Option<Filling<'static>>| {
            let template = Template::payload(&payload).unwrap().resolved(|_| Some(Slot::Input(0))).unwrap();
            template.written(100, |_| value)
        };
        assert_eq!(special(json!({"a": "{v?}"}), None).as_deref(), Some(r#"{"a":null}"#));
        assert_eq!(special(json!({"a": "{v?}"}), Some(Filling::Text("x"))).as_deref(), Some(r#"{"a":"x"}"#));
        assert_eq!(
            special(json!(["{v:json}"]), Some(Filling::Text("{\"b\": [1]}"))).as_deref(),
            Some(r#"[{"b": [1]}]"#)
        );
        assert_eq!(special(json!(["{v:json}"]), Some(Filling::Text("{"))), None);
        assert_eq!(special(json!(["{v:json}"]), None), None);
        let template = Template::text("{a}").unwrap().resolved(|_| Some(Slot::Input(0))).unwrap();
        assert_eq!(template.written(2, |_| Some(Filling::Text("abc"))), None);
        assert_eq!(template.written(3, |_| None), None);
    }
}
