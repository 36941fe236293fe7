//! A raw message while rules look at it: its payload is taken apart once for all of them, if one of them asks.
//!
//! What it is *not*: it keeps nothing. Start at [`Incoming`].

use crate::topic::Filter;
use base::Value;
use base::limits::TEXT_CHARS_MAX;
use documents::Message;
use documents::signal::Payload;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
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
