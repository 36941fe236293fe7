//! Payloads to values and back: JSON paths, words, scales, templates.
//!
//! What it is *not*: it knows no topic and no device; the thing model judges what comes out. Pure. Start at
//! [`Reading::read`] and [`Writing::write`].

use base::Value;
use serde_json::Value as Json;
use serde_json_path::JsonPath;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use things::PointKind;

/// The placeholder that stands for the value in a template.
pub(super) const VALUE: &str = "{value}";
/// Most characters of a payload that an error shows.
const SHOWN_CHARS_MAX: usize = 40;

/// Why a payload says nothing of a point, or a value cannot be said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The payload is not text.
    #[error("the payload is not UTF-8")]
    NotText,
    /// A path is given and the payload is not JSON.
    #[error("the payload is not JSON")]
    NotJson,
    /// The word is not among those that have a meaning.
    #[error("`{0}` has no meaning here")]
    Word(String),
    /// The value has no word.
    #[error("there is no word for {0}")]
    Value(String),
    /// There is a scale and no number.
    #[error("`{0}` is not a number")]
    NotNumber(String),
}

impl CodecError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            CodecError::NotText => "mqtt.not_text",
            CodecError::NotJson => "mqtt.not_json",
            CodecError::Word(_) => "mqtt.word",
            CodecError::Value(_) => "mqtt.value",
            CodecError::NotNumber(_) => "mqtt.not_number",
        }
    }
}

/// A payload, taken apart once however many points are in it.
#[derive(Debug)]
pub struct Body<'a> {
    text: Option<&'a str>,
    json: OnceCell<Option<Json>>,
}

impl<'a> Body<'a> {
    /// Of the bytes of a message.
    pub fn new(bytes: &'a [u8]) -> Self {
        Body { text: std::str::from_utf8(bytes).ok(), json: OnceCell::new() }
    }

    fn json(&self) -> Option<&Json> {
        self.json.get_or_init(|| serde_json::from_str(self.text?).ok()).as_ref()
    }

    /// The whole payload as text, or what stands at a path. `None`: there is nothing at that path.
    ///
    /// # Errors
    /// When the payload is not UTF-8, or has a path and is not JSON.
    pub fn at(&self, path: Option<&JsonPath>) -> Result<Option<Json>, CodecError> {
        let text = self.text.ok_or(CodecError::NotText)?;
        let Some(path) = path else { return Ok(Some(Json::String(text.to_string()))) };
        let json = self.json().ok_or(CodecError::NotJson)?;
        Ok(path.query(json).first().filter(|v| !v.is_null()).cloned())
    }
}

/// A word as people write it in a mapping: `ON`, `1`, `true`.
pub(super) fn word(json: &Json) -> String {
    match json {
        Json::String(s) => s.trim().to_string(),
        other => other.to_string(),
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS_MAX).collect()
}

/// How a value is read from a payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Where it stands; the whole payload without one.
    pub path: Option<Arc<JsonPath>>,
    /// What words mean. Others are refused when there are any.
    pub values: BTreeMap<String, Json>,
    /// The value is the number times this
    pub scale: f64,
    /// plus this.
    pub offset: f64,
}

impl Reading {
    /// The value as the thing model takes it. `None`: the message says nothing of it.
    ///
    /// # Errors
    /// When the payload cannot be taken apart, or its word has no meaning.
    pub fn read(&self, body: &Body<'_>, kind: &PointKind) -> Result<Option<Json>, CodecError> {
        let Some(wire) = body.at(self.path.as_deref())? else { return Ok(None) };
        if !self.values.is_empty() {
            let word = word(&wire);
            return self.values.get(&word).cloned().map(Some).ok_or_else(|| CodecError::Word(shown(&word)));
        }
        Ok(Some(match kind {
            PointKind::Number { .. } => self.number(&wire)?,
            PointKind::Bool => boolean(wire),
            PointKind::Enum { tokens } => token(wire, |t| tokens.iter().any(|k| k.token == t)),
            PointKind::Text { .. } => Json::String(match wire {
                Json::String(s) => s,
                other => other.to_string(),
            }),
            PointKind::Other | PointKind::Service => structure(wire),
        }))
    }

    fn number(&self, wire: &Json) -> Result<Json, CodecError> {
        let number = match wire {
            Json::Number(n) => n.as_f64(),
            Json::String(s) => s.trim().parse().ok(),
            Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
        };
        let scaled = number.map(|n| n * self.scale + self.offset).and_then(serde_json::Number::from_f64);
        scaled.map(Json::Number).ok_or_else(|| CodecError::NotNumber(shown(&word(wire))))
    }
}

fn boolean(wire: Json) -> Json {
    let Json::String(s) = &wire else { return wire };
    match s.trim().to_ascii_lowercase().as_str() {
        "true" | "on" | "1" | "yes" => Json::Bool(true),
        "false" | "off" | "0" | "no" => Json::Bool(false),
        _ => wire,
    }
}

/// A token, or the number of its code.
fn token(wire: Json, known: impl Fn(&str) -> bool) -> Json {
    let Json::String(s) = &wire else { return wire };
    let s = s.trim();
    match s.parse::<i64>() {
        Ok(code) if !known(s) => Json::from(code),
        _ => Json::String(s.to_string()),
    }
}

fn structure(wire: Json) -> Json {
    match &wire {
        Json::String(s) => serde_json::from_str(s).unwrap_or(wire),
        _ => wire,
    }
}

/// How a value is written into a payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Writing {
    /// The payload with [`VALUE`] in it; the value alone without one.
    pub template: Option<String>,
    /// What words mean.
    pub values: BTreeMap<String, Json>,
    /// The value is the number on the wire times this
    pub scale: f64,
    /// plus this.
    pub offset: f64,
    /// Decimals of numbers.
    pub decimals: u8,
}

impl Writing {
    /// The payload.
    ///
    /// # Errors
    /// When there are words and none for this value.
    pub fn write(&self, value: &Value) -> Result<String, CodecError> {
        let wire = self.wire(value)?;
        let Some(template) = &self.template else { return Ok(wire) };
        let in_json = template.trim_start().starts_with(['{', '[']) && !matches!(value, Value::List(_) | Value::Map(_));
        Ok(template.replace(VALUE, &if in_json { escaped(&wire) } else { wire }))
    }

    fn wire(&self, value: &Value) -> Result<String, CodecError> {
        if !self.values.is_empty() && !matches!(value, Value::List(_) | Value::Map(_)) {
            let means = |json: &Json| Value::from_json(json).is_some_and(|v| v.close_to(value, 1e-9));
            let found = self.values.iter().find(|(_, json)| means(json));
            return found.map(|(word, _)| word.clone()).ok_or_else(|| CodecError::Value(shown(&value.to_string())));
        }
        Ok(match value {
            Value::Number(n) => self.number(*n),
            Value::Map(arguments) if arguments.is_empty() && self.template.is_none() => String::new(),
            Value::List(_) | Value::Map(_) => value.to_string(),
            Value::Bool(_) | Value::Text(_) => value.to_string(),
        })
    }

    fn number(&self, n: f64) -> String {
        let wire = (n - self.offset) / if self.scale == 0.0 { 1.0 } else { self.scale };
        let decimals = usize::from(self.decimals);
        let text = format!("{wire:.decimals$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        if text == "-0" { "0".into() } else { text.into() }
    }
}

/// A text as it stands within the quotes of JSON.
fn escaped(text: &str) -> String {
    let quoted = Json::from(text).to_string();
    quoted.strip_prefix('"').and_then(|t| t.strip_suffix('"')).map(str::to_string).unwrap_or(quoted)
}

/// Whether a payload has this word at a path. `None`: it has nothing there, or cannot be taken apart.
pub(super) fn word_at(body: &Body<'_>, path: Option<&JsonPath>) -> Option<String> {
    body.at(path).ok().flatten().map(|json| word(&json))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Unit;
    use proptest::prelude::*;
    use serde_json::json;
    use things::{Names, Token};

    fn reading(path: Option<&str>, values: &[(&str, Json)], scale: f64) -> Reading {
        Reading {
            path: path.map(|p| Arc::new(JsonPath::parse(p).unwrap())),
            values: values.iter().map(|(k, v)| (k.to_string(), v.clone())).collect(),
            scale,
            offset: 0.0,
        }
    }

    fn number() -> PointKind {
        PointKind::Number { unit: Unit::one(), min: None, max: None, step: None }
    }

    fn modes() -> PointKind {
        let token = |t: &str, code| Token { token: t.into(), code, names: Names::default() };
        PointKind::Enum { tokens: vec![token("off", 0), token("cool", 1), token("3", 9)] }
    }

    #[test]
    fn payloads_become_values() {
        let on_off = [("ON", json!(true)), ("OFF", json!(false))];
        let text = PointKind::Text { max_chars: 9 };
        for (payload, reading, kind, expected) in [
            ("21.5", reading(None, &[], 1.0), number(), Ok(Some(json!(21.5)))),
            (" 21 ", reading(None, &[], 0.1), number(), Ok(Some(json!(2.1)))),
            (r#"{"t":{"v":"21.5"}}"#, reading(Some("$.t.v"), &[], 1.0), number(), Ok(Some(json!(21.5)))),
            (r#"{"t":[1,2]}"#, reading(Some("$.t[1]"), &[], 1.0), number(), Ok(Some(json!(2.0)))),
            (r#"{"a":1}"#, reading(Some("$.t"), &[], 1.0), number(), Ok(None)),
            (r#"{"t":null}"#, reading(Some("$.t"), &[], 1.0), number(), Ok(None)),
            ("warm", reading(None, &[], 1.0), number(), Err(CodecError::NotNumber("warm".into()))),
            ("warm", reading(Some("$.t"), &[], 1.0), number(), Err(CodecError::NotJson)),
            ("ON", reading(None, &on_off, 1.0), PointKind::Bool, Ok(Some(json!(true)))),
            ("on", reading(None, &on_off, 1.0), PointKind::Bool, Err(CodecError::Word("on".into()))),
            ("On", reading(None, &[], 1.0), PointKind::Bool, Ok(Some(json!(true)))),
            ("0", reading(None, &[], 1.0), PointKind::Bool, Ok(Some(json!(false)))),
            (r#"{"s":1}"#, reading(Some("$.s"), &[("1", json!(true))], 1.0), PointKind::Bool, Ok(Some(json!(true)))),
            ("cool", reading(None, &[], 1.0), modes(), Ok(Some(json!("cool")))),
            ("1", reading(None, &[], 1.0), modes(), Ok(Some(json!(1)))),
            ("3", reading(None, &[], 1.0), modes(), Ok(Some(json!("3")))),
            (r#"{"n":5}"#, reading(Some("$.n"), &[], 1.0), text, Ok(Some(json!("5")))),
            (r#"{"n":5}"#, reading(None, &[], 1.0), PointKind::Other, Ok(Some(json!({"n": 5})))),
        ] {
            assert_eq!(reading.read(&Body::new(payload.as_bytes()), &kind), expected, "{payload}");
        }
        assert_eq!(reading(None, &[], 1.0).read(&Body::new(&[0xff]), &number()), Err(CodecError::NotText));
    }

    fn writing(template: Option<&str>, values: &[(&str, Json)], scale: f64, decimals: u8) -> Writing {
        let values = values.iter().map(|(k, v)| (k.to_string(), v.clone())).collect();
        Writing { template: template.map(str::to_string), values, scale, offset: 0.0, decimals }
    }

    #[test]
    fn values_become_payloads() {
        let on_off = [("ON", json!(true)), ("OFF", json!(false))];
        let ends = [("OPEN", json!(100)), ("CLOSE", json!(0))];
        for (value, writing, expected) in [
            (Value::Bool(true), writing(None, &on_off, 1.0, 3), Ok("ON")),
            (Value::Bool(true), writing(None, &[], 1.0, 3), Ok("true")),
            (Value::Bool(false), writing(Some(r#"{"state":"{value}"}"#), &on_off, 1.0, 3), Ok(r#"{"state":"OFF"}"#)),
            (Value::Number(50.0), writing(Some(r#"{"b":{value}}"#), &[], 100.0 / 255.0, 0), Ok(r#"{"b":128}"#)),
            (Value::Number(21.0), writing(None, &[], 1.0, 1), Ok("21")),
            (Value::Number(100.0), writing(None, &[], 1.0, 0), Ok("100")),
            (Value::Number(100.0), writing(None, &ends, 1.0, 3), Ok("OPEN")),
            (Value::Number(50.0), writing(None, &ends, 1.0, 3), Err(CodecError::Value("50".into()))),
            (Value::text("a\"b"), writing(Some(r#"{"t":"{value}"}"#), &[], 1.0, 3), Ok(r#"{"t":"a\"b"}"#)),
            (Value::text("a\"b"), writing(Some("say {value}"), &[], 1.0, 3), Ok("say a\"b")),
            (Value::no_arguments(), writing(Some("PRESS"), &[], 1.0, 3), Ok("PRESS")),
            (Value::no_arguments(), writing(None, &[], 1.0, 3), Ok("")),
        ] {
            assert_eq!(writing.write(&value), expected.map(str::to_string), "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0..5u8) {
            let kind = match kind {
                0 => PointKind::Bool,
                1 => number(),
                2 => modes(),
                3 => PointKind::Text { max_chars: 5 },
                _ => PointKind::Other,
            };
            for path in [None, Some("$.a"), Some("$..b[0]")] {
                drop(reading(path, &[], 1.0).read(&Body::new(&bytes), &kind));
            }
        }

        #[test]
        fn what_is_written_is_read_back(n in -1000i32..1000, flag: bool, scale in 1u8..20, text in "[^{}]{0,20}") {
            let (scale, n) = (f64::from(scale) / 10.0, f64::from(n));
            let template = Some(r#"{"v": "{value}"}"#);
            let payload = writing(template, &[], scale, 9).write(&Value::Number(n)).unwrap();
            let back = reading(Some("$.v"), &[], scale).read(&Body::new(payload.as_bytes()), &number()).unwrap().unwrap();
            prop_assert!((back.as_f64().unwrap() - n).abs() < 1e-6, "{payload}");
            let words = [("an", json!(true)), ("aus", json!(false))];
            let payload = writing(None, &words, 1.0, 3).write(&Value::Bool(flag)).unwrap();
            let back = reading(None, &words, 1.0).read(&Body::new(payload.as_bytes()), &PointKind::Bool).unwrap();
            prop_assert_eq!(back, Some(json!(flag)));
            let payload = writing(template, &[], 1.0, 3).write(&Value::text(text.clone())).unwrap();
            let kind = PointKind::Text { max_chars: 50 };
            let back = reading(Some("$.v"), &[], 1.0).read(&Body::new(payload.as_bytes()), &kind).unwrap();
            prop_assert_eq!(back, Some(json!(text)));
        }
    }
}
