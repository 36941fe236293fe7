//! Values of points, their quality and their time.

use crate::{Timestamp, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A value in the core. Enumerations are their tokens (`cool`, `heat`), never a vendor's numbers: codes are
/// translated at the thing model. A number carries no unit; the point's model does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// On or off, open or closed, yes or no.
    Bool(bool),
    /// A finite number in the point's own unit.
    Number(f64),
    /// A text, or the token of an enumeration.
    Text(String),
    /// Several values.
    List(Vec<Value>),
    /// A structure; also the arguments of a service.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }
    /// The arguments of a service that takes none.
    pub fn no_arguments() -> Self {
        Value::Map(BTreeMap::new())
    }
    /// As a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }
    /// As a number.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Number(n) => Some(*n),
            _ => None,
        }
    }
    /// As a text or token.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(t) => Some(t),
            _ => None,
        }
    }
    /// Name of its kind, for errors.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::Text(_) => "text",
            Value::List(_) => "list",
            Value::Map(_) => "map",
        }
    }
    /// Equal, with numbers compared to within `tolerance`.
    pub fn close_to(&self, other: &Value, tolerance: f64) -> bool {
        match (self, other) {
            (Value::Number(a), Value::Number(b)) => (a - b).abs() <= tolerance,
            _ => self == other,
        }
    }
    /// From JSON; `None` for null, for a number that is not finite, and beyond the limits of depth and length.
    pub fn from_json(json: &serde_json::Value) -> Option<Value> {
        fn read(json: &serde_json::Value, depth: usize) -> Option<Value> {
            if depth > limits::VALUE_DEPTH_MAX {
                return None;
            }
            Some(match json {
                serde_json::Value::Null => return None,
                serde_json::Value::Bool(b) => Value::Bool(*b),
                serde_json::Value::Number(n) => Value::Number(n.as_f64().filter(|x| x.is_finite())?),
                serde_json::Value::String(s) if s.chars().count() <= limits::TEXT_CHARS_MAX => Value::Text(s.clone()),
                serde_json::Value::String(_) => return None,
                serde_json::Value::Array(a) => {
                    Value::List(a.iter().map(|v| read(v, depth + 1)).collect::<Option<_>>()?)
                }
                serde_json::Value::Object(o) => {
                    Value::Map(o.iter().map(|(k, v)| Some((k.clone(), read(v, depth + 1)?))).collect::<Option<_>>()?)
                }
            })
        }
        read(json, 0)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(b) => write!(f, "{b}"),
            Value::Number(n) => f.write_str(&number_text(*n)),
            Value::Text(t) => f.write_str(t),
            Value::List(_) | Value::Map(_) => f.write_str(&crate::canonical::to_string(self).map_err(|_| fmt::Error)?),
        }
    }
}

/// A number for people: at most three decimals, no trailing zeros.
pub fn number_text(n: f64) -> String {
    let text = format!("{n:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}
impl From<f64> for Value {
    fn from(n: f64) -> Self {
        Value::Number(n)
    }
}
impl From<&str> for Value {
    fn from(t: &str) -> Self {
        Value::Text(t.into())
    }
}

/// How far a value can be trusted (OPC UA Part 8 severity classes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// Reported by the device in its normal state.
    #[default]
    Good,
    /// Old, substituted or out of range.
    Uncertain,
    /// The device says it is wrong, or is not reachable.
    Bad,
}

/// A value with quality and source time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// The value.
    pub value: Value,
    /// How far it can be trusted.
    #[serde(default)]
    pub quality: Quality,
    /// When the device measured it.
    pub at: Timestamp,
}

impl Sample {
    /// A good value.
    pub fn good(value: impl Into<Value>, at: Timestamp) -> Self {
        Sample { value: value.into(), quality: Quality::Good, at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        for (n, text) in [(21.0, "21"), (21.5, "21.5"), (0.3333333, "0.333"), (-0.0001, "0"), (1200.0, "1200")] {
            assert_eq!(number_text(n), text);
        }
    }

    #[test]
    fn json_beyond_the_limits_is_refused() {
        let mut deep = serde_json::json!(1);
        for _ in 0..20 {
            deep = serde_json::json!([deep]);
        }
        assert_eq!(Value::from_json(&deep), None);
        assert_eq!(Value::from_json(&serde_json::json!(null)), None);
    }
}
