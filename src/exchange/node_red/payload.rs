//! What a message carries: its payload as far as it is known, and how a condition or a topic takes it.

use super::Flow;
use crate::sketch::{Sketch, Wire};
use serde_json::{Map, Value as Json, json};

/// What the payload of a message is.
#[derive(Debug, Clone)]
pub(super) enum Payload {
    /// That of a raw message.
    Message(Wire),
    /// A value.
    Value(Wire),
    /// A constant.
    Constant(Json),
    /// A text with slots `{name}`, filled from these values.
    Template(Json, Vec<(String, Wire)>),
}

/// What a property is compared with says which kind of value is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Bool,
    Text,
}

/// The JSON Pointer of `payload.a[0].b`; none for another property.
pub(super) fn pointer(property: &str) -> Option<String> {
    crate::path::pointer(property.strip_prefix("payload")?)
}

impl Payload {
    /// A property of a message as a value of a kind.
    pub(super) fn value(&self, sketch: &mut Sketch, property: &str, kind: Kind) -> Option<Wire> {
        match self {
            Payload::Message(message) => {
                let input = [("in", std::slice::from_ref(message))];
                if property == "topic" {
                    return Some(sketch.value("message_part", json!({ "part": "topic" }), &input));
                }
                let path = pointer(property)?;
                if path.is_empty() && kind == Kind::Text {
                    return Some(sketch.payload(message));
                }
                let as_ = match kind {
                    Kind::Number => "number",
                    Kind::Bool => "bool",
                    Kind::Text => "text",
                };
                Some(sketch.value("json_field", json!({ "path": path, "as": as_ }), &input))
            }
            Payload::Value(wire) => (property == "payload").then(|| wire.clone()),
            Payload::Constant(_) | Payload::Template(..) => None,
        }
    }

    /// The payload of `publish` and the values that fill its slots.
    pub(super) fn published(&self, sketch: &mut Sketch) -> Option<(Json, Vec<(String, Wire)>)> {
        Some(match self {
            Payload::Message(message) => (json!("{payload}"), vec![("payload".into(), sketch.payload(message))]),
            Payload::Value(wire) => (json!("{payload}"), vec![("payload".into(), wire.clone())]),
            Payload::Constant(json) => (escaped(json), Vec::new()),
            Payload::Template(template, slots) => (template.clone(), slots.clone()),
        })
    }
}

/// A constant with its braces doubled, so that none is a slot.
pub(super) fn escaped(json: &Json) -> Json {
    match json {
        Json::String(s) => Json::String(s.replace('{', "{{").replace('}', "}}")),
        Json::Array(items) => items.iter().map(escaped).collect(),
        Json::Object(map) => Json::Object(map.iter().map(|(k, v)| (k.clone(), escaped(v))).collect::<Map<_, _>>()),
        Json::Null | Json::Bool(_) | Json::Number(_) => json.clone(),
    }
}

/// A typed value of an editor field: `{v: "20", vt: "num"}`.
pub(super) fn constant(value: &Json, type_: &str) -> Option<Json> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(match type_ {
        "str" => Json::String(text),
        "num" => match text.trim().parse::<i64>() {
            Ok(n) => n.into(),
            Err(_) => serde_json::Number::from_f64(text.trim().parse().ok()?).map(Json::Number)?,
        },
        "bool" => Json::Bool(text == "true"),
        "json" => serde_json::from_str(&text).ok()?,
        _ => return None,
    })
}

impl Flow<'_, '_, '_> {
    /// A mustache template: `{{payload.a}}` becomes a slot.
    pub(super) fn mustache(&mut self, template: &str, payload: &Payload) -> Option<(String, Vec<(String, Wire)>)> {
        let mut out = String::new();
        let mut slots: Vec<(String, Wire)> = Vec::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(&before.replace('{', "{{").replace('}', "}}"));
            let end = if after.starts_with('{') { "}}}" } else { "}}" };
            let (inner, tail) = after.trim_start_matches('{').split_once(end)?;
            let property = inner.trim_start_matches('&').trim();
            let name = format!("v{}", slots.len() + 1);
            let wire = match payload {
                Payload::Message(message) if property != "topic" => {
                    let path = pointer(property)?;
                    if path.is_empty() {
                        self.sketch.payload(message)
                    } else {
                        // Numbers and texts alike are written as they stand.
                        let part = json!({ "part": "json", "path": path });
                        self.sketch.value("message_part", part, &[("in", std::slice::from_ref(message))])
                    }
                }
                other => other.value(&mut self.sketch, property, Kind::Text)?,
            };
            out.push_str(&format!("{{{name}}}"));
            slots.push((name, wire));
            rest = tail;
        }
        out.push_str(&rest.replace('{', "{{").replace('}', "}}"));
        Some((out, slots))
    }
}
