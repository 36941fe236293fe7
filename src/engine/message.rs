//! A raw message while rules look at it: its payload is taken apart once for all of them, if one of them asks.
//!
//! What it is *not*: it keeps nothing. Start at [`Incoming`].

use crate::topic::Filter;
use base::Value;
use base::limits::TEXT_CHARS_MAX;
use documents::Message;
use documents::signal::Payload;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::fmt;

/// Largest whole number up to which a number holds every one exactly: 2^53.
const EXACT_MAX: i64 = 9_007_199_254_740_992;

/// A message that is being looked at.
pub(crate) struct Incoming<'m> {
    pub(crate) message: &'m Message,
    json: Option<Tape<'m>>,
}

/// A message as one rule sees it.
#[derive(Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub(crate) incoming: &'a Incoming<'a>,
    /// The filter by which it was heard.
    pub(crate) filter: &'a Filter,
}

impl<'m> Incoming<'m> {
    /// Takes the payload apart where somebody looks into it.
    pub(crate) fn new(message: &'m Message, looked_into: bool) -> Incoming<'m> {
        let json = match &message.payload {
            Payload::Text(text) if looked_into => Tape::read(text),
            Payload::Text(_) | Payload::Base64(_) => None,
        };
        Incoming { message, json }
    }

    /// What stands at a path of the payload; none when it is no JSON, nothing stands there, or no single value.
    pub(crate) fn field(&self, path: &[String]) -> Option<Value> {
        self.json.as_ref()?.field(path)
    }

    /// The JSON text of what stands at a path, `null` where nothing does; none when the payload is no JSON.
    pub(crate) fn json(&self, path: &[String]) -> Option<String> {
        let Payload::Text(text) = &self.message.payload else { return None };
        let json: Json = serde_json::from_str(text).ok()?;
        let mut at = Some(&json);
        for step in path {
            at = at.and_then(|json| match json {
                Json::Object(members) => members.get(step),
                Json::Array(items) if step == "0" || !step.starts_with(['0', '+']) => {
                    items.get(step.parse::<usize>().ok()?)
                }
                _ => None,
            });
        }
        Some(at.unwrap_or(&Json::Null).to_string())
    }
}

/// A JSON text as a row of tokens: of what is nested, the token before it knows where it ends.
struct Tape<'t>(Vec<Token<'t>>);

enum Token<'t> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'t, str>),
    /// Its items follow, up to this place.
    Array(usize),
    /// Keys and values follow in turn, up to this place.
    Object(usize),
}

impl<'t> Tape<'t> {
    fn read(text: &'t str) -> Option<Tape<'t>> {
        let mut tape = Tape(Vec::with_capacity(8));
        let mut json = serde_json::Deserializer::from_str(text);
        (&mut tape).deserialize(&mut json).ok()?;
        json.end().ok()?;
        Some(tape)
    }

    fn field(&self, path: &[String]) -> Option<Value> {
        let mut at = 0;
        for step in path {
            at = match self.0.get(at)? {
                Token::Object(end) => self.member(at + 1, *end, step)?,
                Token::Array(end) => self.item(at + 1, *end, step)?,
                Token::Null | Token::Bool(_) | Token::Number(_) | Token::Text(_) => return None,
            };
        }
        match self.0.get(at)? {
            Token::Bool(b) => Some(Value::Bool(*b)),
            Token::Number(n) => Some(Value::Number(*n)),
            Token::Text(t) if t.len() <= TEXT_CHARS_MAX || t.chars().count() <= TEXT_CHARS_MAX => {
                Some(Value::text(t.as_ref()))
            }
            Token::Null | Token::Text(_) | Token::Array(_) | Token::Object(_) => None,
        }
    }

    /// The place after a value.
    fn after(&self, at: usize) -> usize {
        match self.0.get(at) {
            Some(Token::Array(end) | Token::Object(end)) => *end,
            _ => at + 1,
        }
    }

    /// The value of a key; of several that are the same the last one counts.
    fn member(&self, mut at: usize, end: usize, name: &str) -> Option<usize> {
        let mut found = None;
        while at < end {
            if matches!(self.0.get(at), Some(Token::Text(key)) if key == name) {
                found = Some(at + 1);
            }
            at = self.after(at + 1);
        }
        found
    }

    fn item(&self, mut at: usize, end: usize, index: &str) -> Option<usize> {
        let index: usize = index.parse().ok().filter(|_| index == "0" || !index.starts_with(['0', '+']))?;
        for _ in 0..index {
            at = self.after(at);
            if at >= end {
                return None;
            }
        }
        (at < end).then_some(at)
    }
}

impl<'t> DeserializeSeed<'t> for &mut Tape<'t> {
    type Value = ();
    fn deserialize<D: Deserializer<'t>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for &mut Tape<'t> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.push(Token::Null);
        Ok(())
    }
    fn visit_bool<E: Error>(self, b: bool) -> Result<(), E> {
        self.0.push(Token::Bool(b));
        Ok(())
    }
    fn visit_f64<E: Error>(self, n: f64) -> Result<(), E> {
        self.0.push(if n.is_finite() { Token::Number(n) } else { Token::Null });
        Ok(())
    }
    /// A whole number that would be changed is no value: counters and ids must not be copied wrong.
    fn visit_i64<E: Error>(self, n: i64) -> Result<(), E> {
        let exact = (-EXACT_MAX..=EXACT_MAX).contains(&n);
        self.0.push(if exact { Token::Number(n as f64) } else { Token::Null });
        Ok(())
    }
    fn visit_u64<E: Error>(self, n: u64) -> Result<(), E> {
        self.visit_i64(i64::try_from(n).unwrap_or(i64::MAX))
    }
    fn visit_borrowed_str<E: Error>(self, text: &'t str) -> Result<(), E> {
        self.0.push(Token::Text(Cow::Borrowed(text)));
        Ok(())
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.push(Token::Text(Cow::Owned(text.to_owned())));
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<(), A::Error> {
        let at = self.0.len();
        self.0.push(Token::Null);
        while items.next_element_seed(&mut *self)?.is_some() {}
        let end = self.0.len();
        if let Some(token) = self.0.get_mut(at) {
            *token = Token::Array(end);
        }
        Ok(())
    }
    fn visit_map<A: MapAccess<'t>>(self, mut members: A) -> Result<(), A::Error> {
        let at = self.0.len();
        self.0.push(Token::Null);
        while members.next_key_seed(&mut *self)?.is_some() {
            members.next_value_seed(&mut *self)?;
        }
        let end = self.0.len();
        if let Some(token) = self.0.get_mut(at) {
            *token = Token::Object(end);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            any::<u64>().prop_map(Json::from),
            (-1e300f64..1e300).prop_map(Json::from),
            ".{0,8}".prop_map(Json::from),
        ];
        leaf.prop_recursive(4, 60, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
                prop::collection::btree_map("[a-c~/\"\\\\é]{0,2}", inner, 0..6)
                    .prop_map(|m| Json::Object(m.into_iter().collect())),
            ]
        })
    }

    /// Every place of a document.
    fn places(json: &Json, at: &[String], all: &mut Vec<(Vec<String>, Json)>) {
        all.push((at.to_vec(), json.clone()));
        let below = |step: String| at.iter().cloned().chain([step]).collect::<Vec<_>>();
        match json {
            Json::Array(items) => items.iter().enumerate().for_each(|(i, v)| places(v, &below(i.to_string()), all)),
            Json::Object(members) => members.iter().for_each(|(k, v)| places(v, &below(k.clone()), all)),
            _ => {}
        }
    }

    fn single(json: &Json) -> Option<Value> {
        match json {
            Json::Bool(b) => Some(Value::Bool(*b)),
            Json::String(s) => Some(Value::text(s)),
            Json::Number(n) if n.is_f64() => n.as_f64().map(Value::Number),
            Json::Number(n) => n.as_i64().filter(|n| n.abs() <= EXACT_MAX).map(|n| Value::Number(n as f64)),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    proptest! {
        #[test]
        fn every_place_is_found(json in any_json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) }.unwrap();
            let tape = Tape::read(&text).unwrap();
            let mut all = Vec::new();
            places(&json, &[], &mut all);
            for (path, value) in all {
                prop_assert_eq!(tape.field(&path), single(&value), "{:?} of {}", path, text);
                let beyond: Vec<String> = path.iter().cloned().chain(["nowhere".to_owned()]).collect();
                prop_assert_eq!(tape.field(&beyond), None);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}", path in prop::collection::vec(".{0,3}", 0..4)) {
            let tape = Tape::read(&text);
            prop_assert_eq!(tape.is_some(), serde_json::from_str::<Json>(&text).is_ok(), "{}", text);
            let _found = tape.and_then(|t| t.field(&path));
        }
    }

    #[test]
    fn odd_documents() {
        let field = |text: &str, path: &[&str]| {
            Tape::read(text).and_then(|t| t.field(&path.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()))
        };
        let list = r#"{"a": [10, [20], 30]}"#;
        assert_eq!(field(list, &["a", "2"]), Some(Value::Number(30.0)));
        for index in ["3", "02", "+2", "-", "-1", "99999999999999999999", ""] {
            assert_eq!(field(list, &["a", index]), None, "{index}");
        }
        assert_eq!(field(r#"{"a": 1, "a": 2}"#, &["a"]), Some(Value::Number(2.0)));
        assert_eq!(field(r#"{"\u0061": "\u00e9\n"}"#, &["a"]), Some(Value::text("é\n")));
        let long = |n: usize| json!({"a": "é".repeat(n)}).to_string();
        assert!(field(&long(TEXT_CHARS_MAX), &["a"]).is_some() && field(&long(TEXT_CHARS_MAX + 1), &["a"]).is_none());
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(field(&deep, &[]), None);
    }
}
