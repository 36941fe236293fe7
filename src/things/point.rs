//! A point: one property or service of one device, resolved from its thing model.

use crate::layout::number::WHOLE_MAX;
use crate::model::{Access, Assistant, DataKind, Property, Safety, Service, X};
use crate::{Names, traits};
use base::id::{DeviceId, PointId};
use base::{Bilingual, Lang, Quantity, Unit, Value, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Longest text of a property that names no length (TSL), in characters.
const TEXT_LENGTH: usize = 2048;

/// One value of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Token {
    /// How the core writes it: `cool`.
    pub token: String,
    /// How the device writes it: `1`.
    pub code: i64,
    /// How people call it.
    pub names: Names,
}

/// What values a point takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PointKind {
    /// On or off.
    Bool,
    /// A number.
    Number {
        /// Its unit.
        unit: Unit,
        /// Smallest value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// Largest value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
        /// Distance of settable values.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<f64>,
    },
    /// One of a list.
    Enum {
        /// The list.
        tokens: Vec<Token>,
    },
    /// A text.
    Text {
        /// Longest, in characters.
        max_chars: usize,
    },
    /// A structure or an array, kept as it is.
    Other,
    /// A service: written with its arguments, never read.
    Service,
}

/// A point as everything above the thing model sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PointSpec {
    /// Its id: the same for the same device and identifier, for ever.
    pub id: PointId,
    /// Its device.
    pub device: DeviceId,
    /// Identifier in the thing model.
    pub identifier: String,
    /// What it means.
    #[serde(rename = "trait", default, skip_serializing_if = "Option::is_none")]
    pub trait_: Option<String>,
    /// What values it takes.
    #[serde(flatten)]
    pub kind: PointKind,
    /// Whether it can be written.
    pub writable: bool,
    /// Whether the device reports it after a write.
    pub feedback: bool,
    /// What a wrong write can do.
    pub safety: Safety,
    /// What the assistant may do.
    pub assistant: Assistant,
    /// What people call it within its device.
    pub names: Names,
}

/// Why a value does not fit a point.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Misfit {
    /// Another kind of value.
    #[error("takes {expected}, not {got}")]
    Kind {
        /// What it takes.
        expected: &'static str,
        /// What came.
        got: &'static str,
    },
    /// Outside its range.
    #[error("takes {min}..{max} {unit}, not {got}")]
    Range {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Symbol of the unit.
        unit: &'static str,
        /// What came.
        got: f64,
    },
    /// Not in its list.
    #[error("takes one of {allowed}, not {got}")]
    Token {
        /// The list.
        allowed: String,
        /// What came.
        got: String,
    },
    /// Not a finite number, or a text that is too long.
    #[error("is not finite or too long")]
    Size,
    /// It cannot be written.
    #[error("can only be read")]
    ReadOnly,
}

impl PointKind {
    /// From a property of a thing model.
    ///
    /// # Errors
    /// When its specs do not fit its type.
    pub fn of_property(p: &Property) -> Result<PointKind, Bilingual> {
        PointKind::of_type(p.data_type.type_, &p.data_type.specs, &p.x)
    }

    /// From a type of TSL with its specs, and what we add to it.
    ///
    /// # Errors
    /// When the specs do not fit the type.
    pub fn of_type(type_: DataKind, specs: &Json, x: &X) -> Result<PointKind, Bilingual> {
        Ok(match type_ {
            DataKind::Bool => PointKind::Bool,
            DataKind::Int | DataKind::Float | DataKind::Double => {
                let unit = match (x.unit, specs.get("unit").and_then(Json::as_str)) {
                    (Some(unit), _) => unit,
                    (None, Some(written)) => unit_of_tsl(written),
                    (None, None) => Unit::one(),
                };
                let (min, max, step) = (number(specs, "min")?, number(specs, "max")?, number(specs, "step")?);
                if let (Some(a), Some(b)) = (min, max)
                    && a > b
                {
                    return Err(Bilingual::new("min 大于 max", "min is above max"));
                }
                PointKind::Number { unit, min, max, step }
            }
            DataKind::Enum => PointKind::Enum { tokens: tokens(specs, x)? },
            DataKind::Text => {
                let written = specs.get("length").and_then(|l| l.as_u64().or_else(|| l.as_str()?.trim().parse().ok()));
                let max_chars =
                    written.and_then(|n| usize::try_from(n).ok()).unwrap_or(TEXT_LENGTH).min(limits::TEXT_CHARS_MAX);
                PointKind::Text { max_chars }
            }
            DataKind::Date => PointKind::Text { max_chars: 20 },
            DataKind::Struct | DataKind::Array => PointKind::Other,
        })
    }

    /// Whether a value fits kind, range and list.
    ///
    /// # Errors
    /// The first reason why it does not fit.
    pub fn check(&self, value: &Value) -> Result<(), Misfit> {
        match (self, value) {
            (PointKind::Bool, Value::Bool(_)) | (PointKind::Other, _) | (PointKind::Service, Value::Map(_)) => Ok(()),
            (PointKind::Number { unit, min, max, .. }, Value::Number(n)) => {
                let (low, high) = (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY));
                if !n.is_finite() {
                    Err(Misfit::Size)
                } else if *n < low || *n > high {
                    Err(Misfit::Range { min: low, max: high, unit: unit.symbol(), got: *n })
                } else {
                    Ok(())
                }
            }
            (PointKind::Enum { tokens }, Value::Text(t)) => {
                if tokens.iter().any(|k| k.token == *t) {
                    Ok(())
                } else {
                    let allowed = tokens.iter().map(|k| k.token.as_str()).collect::<Vec<_>>().join(", ");
                    Err(Misfit::Token { allowed, got: t.clone() })
                }
            }
            (PointKind::Text { max_chars }, Value::Text(t)) if t.chars().count() <= *max_chars => Ok(()),
            (PointKind::Text { .. }, Value::Text(_)) => Err(Misfit::Size),
            (kind, value) => Err(Misfit::Kind { expected: kind.expects(), got: value.kind() }),
        }
    }

    /// Reads a value as a TSL device writes it (booleans 0 or 1, enumerations by code), or by its token.
    ///
    /// # Errors
    /// When it does not fit kind, range or list.
    pub fn decode(&self, wire: &Json) -> Result<Value, Misfit> {
        let kind = || Misfit::Kind { expected: self.expects(), got: kind_of(wire) };
        let value = match (self, wire) {
            (PointKind::Bool, Json::Bool(b)) => Value::Bool(*b),
            (PointKind::Bool, Json::Number(n)) => match whole(n) {
                Some(0) => Value::Bool(false),
                Some(1) => Value::Bool(true),
                _ => return Err(kind()),
            },
            (PointKind::Enum { tokens }, Json::Number(n)) => {
                let token = tokens.iter().find(|t| Some(t.code) == whole(n));
                Value::Text(token.map_or_else(|| n.to_string(), |t| t.token.clone()))
            }
            (PointKind::Enum { tokens }, Json::String(s)) => {
                let token = tokens.iter().find(|t| t.token == *s);
                let token = token.or_else(|| tokens.iter().find(|t| t.code.to_string() == *s));
                Value::Text(token.map_or_else(|| s.clone(), |t| t.token.clone()))
            }
            (PointKind::Bool | PointKind::Enum { .. }, _) | (_, Json::Null) => return Err(kind()),
            _ => Value::from_json(wire).ok_or(Misfit::Size)?,
        };
        self.check(&value).map(|()| value)
    }

    /// Writes a value as a TSL device expects it: whole numbers without a point.
    pub fn encode(&self, value: &Value) -> Json {
        match (self, value) {
            (PointKind::Enum { tokens }, Value::Text(t)) => {
                tokens.iter().find(|k| k.token == *t).map_or_else(|| Json::from(t.clone()), |k| Json::from(k.code))
            }
            (PointKind::Bool, Value::Bool(b)) => Json::from(u8::from(*b)),
            (_, v) => plain(v),
        }
    }

    /// Name of what it takes, for errors.
    pub fn expects(&self) -> &'static str {
        match self {
            PointKind::Bool => "true or false",
            PointKind::Number { .. } => "a number",
            PointKind::Enum { .. } => "a token of its list",
            PointKind::Text { .. } => "a text",
            PointKind::Other => "a structure",
            PointKind::Service => "a map of arguments",
        }
    }
}

/// Name of a kind of JSON, for errors.
pub(crate) fn kind_of(wire: &Json) -> &'static str {
    match wire {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "text",
        Json::Array(_) => "list",
        Json::Object(_) => "map",
    }
}

/// A whole number, also where a device writes it as `1.0`.
pub(crate) fn whole(n: &serde_json::Number) -> Option<i64> {
    n.as_i64().or_else(|| n.as_f64().and_then(whole_of))
}

/// A float that is a whole number.
fn whole_of(x: f64) -> Option<i64> {
    let exact = x.fract() == 0.0 && x.abs() <= WHOLE_MAX;
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    exact.then_some(x as i64)
}

/// A value as JSON, whole numbers without a point: devices read `24.0` as text or not at all.
pub(crate) fn plain(value: &Value) -> Json {
    match value {
        Value::Bool(b) => Json::Bool(*b),
        Value::Number(n) => whole_of(*n).map_or_else(|| Json::from(*n), Json::from),
        Value::Text(t) => Json::String(t.clone()),
        Value::List(items) => items.iter().map(plain).collect(),
        Value::Map(members) => members.iter().map(|(k, v)| (k.clone(), plain(v))).collect(),
    }
}

/// TSL writes units as symbols; what is not in our table counts as a pure number.
fn unit_of_tsl(written: &str) -> Unit {
    let code = match written {
        "°C" | "℃" => "Cel",
        "°F" | "℉" => "[degF]",
        "%RH" | "%" => "%",
        "ppm" => "[ppm]",
        "Lux" | "lux" => "lx",
        "kWh" | "kW·h" => "kW.h",
        "Wh" => "W.h",
        "m³" => "m3",
        "μg/m³" | "µg/m³" => "ug/m3",
        other => other,
    };
    Unit::by_code(code).unwrap_or(Unit::one())
}

/// TSL writes the numbers of its specs as texts.
fn number(specs: &Json, key: &str) -> Result<Option<f64>, Bilingual> {
    let written = match specs.get(key) {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::String(s)) if s.trim().is_empty() => return Ok(None),
        Some(v) => v,
    };
    let parsed = match written {
        Json::String(s) => s.trim().parse::<f64>().ok(),
        other => other.as_f64(),
    };
    parsed
        .filter(|n| n.is_finite())
        .map(Some)
        .ok_or_else(|| Bilingual::new(format!("{key} 不是数字"), format!("{key} is not a number")))
}

fn tokens(specs: &Json, x: &X) -> Result<Vec<Token>, Bilingual> {
    let Some(codes) = specs.as_object().filter(|o| !o.is_empty()) else {
        return Err(Bilingual::new("枚举需要取值表", "an enumeration needs its list of values"));
    };
    codes
        .iter()
        .map(|(code, name)| {
            let number = code.parse::<i64>().map_err(|_| {
                Bilingual::new(format!("枚举代码“{code}”不是整数"), format!("code `{code}` is not a whole number"))
            })?;
            let token = x.tokens.get(code).cloned().unwrap_or_else(|| code.clone());
            let mut names = x
                .trait_
                .as_deref()
                .and_then(traits::by_id)
                .and_then(|t| t.state(&token))
                .map_or_else(Names::default, |s| s.names());
            if let Some(name) = name.as_str() {
                let list = if Lang::of_text(name) == Lang::Zh { &mut names.zh } else { &mut names.en };
                if !list.iter().any(|n| n == name) {
                    list.push(name.into());
                }
            }
            Ok(Token { token, code: number, names })
        })
        .collect()
}

impl PointSpec {
    /// The id of a point: a hash of device and identifier, so it needs no table and survives every restart.
    pub fn id_of(device: DeviceId, identifier: &str) -> PointId {
        PointId::of_name(&format!("{device}.{identifier}"))
    }

    /// From a property.
    ///
    /// # Errors
    /// When the specs of the property do not fit its type.
    pub fn of_property(device: DeviceId, p: &Property) -> Result<PointSpec, Bilingual> {
        let t = p.x.trait_.as_deref().and_then(traits::by_id);
        let mut names = p.x.aliases.clone();
        name_first(&mut names, &p.name);
        if let Some(t) = t {
            names.zh.extend(t.zh.iter().map(|s| s.to_string()).filter(|s| !names.zh.contains(s)).collect::<Vec<_>>());
            names.en.extend(t.en.iter().map(|s| s.to_string()).filter(|s| !names.en.contains(s)).collect::<Vec<_>>());
        }
        Ok(PointSpec {
            id: PointSpec::id_of(device, &p.identifier),
            device,
            identifier: p.identifier.clone(),
            trait_: p.x.trait_.clone(),
            kind: PointKind::of_property(p)?,
            writable: p.access_mode.writable(),
            feedback: p.x.feedback.unwrap_or(p.access_mode != Access::Write),
            safety: p.x.safety.unwrap_or(t.map_or(Safety::Comfort, |t| t.safety)),
            assistant: p.x.assistant.unwrap_or_default(),
            names,
        })
    }

    /// From a service.
    pub fn of_service(device: DeviceId, s: &Service) -> PointSpec {
        let t = s.x.trait_.as_deref().and_then(traits::by_id);
        let mut names = s.x.aliases.clone();
        name_first(&mut names, &s.name);
        PointSpec {
            id: PointSpec::id_of(device, &s.identifier),
            device,
            identifier: s.identifier.clone(),
            trait_: s.x.trait_.clone(),
            kind: PointKind::Service,
            writable: true,
            feedback: false,
            safety: s.x.safety.unwrap_or(t.map_or(Safety::Comfort, |t| t.safety)),
            assistant: s.x.assistant.unwrap_or_default(),
            names,
        }
    }

    /// Whether it has this trait.
    pub fn is(&self, trait_id: &str) -> bool {
        self.trait_.as_deref() == Some(trait_id)
    }

    /// The unit of a number.
    pub fn unit(&self) -> Option<Unit> {
        match &self.kind {
            PointKind::Number { unit, .. } => Some(*unit),
            _ => None,
        }
    }

    /// Whether a value fits kind, range and list. For writing, the point must also be writable.
    ///
    /// # Errors
    /// The first reason why it does not fit.
    pub fn check(&self, value: &Value) -> Result<(), Misfit> {
        self.kind.check(value)
    }

    /// Rounds a number to the settable step and clamps it to the range; other values are unchanged.
    pub fn settle(&self, value: Value) -> Value {
        match (&self.kind, value) {
            (PointKind::Number { min, max, step, .. }, Value::Number(n)) => {
                let base = min.unwrap_or(0.0);
                let n = match step {
                    Some(step) if *step > 0.0 => base + ((n - base) / step).round() * step,
                    _ => n,
                };
                // Steps such as 0.1 leave dust in the last digits.
                let n = (n * 1e6).round() / 1e6;
                Value::Number(n.max(min.unwrap_or(f64::NEG_INFINITY)).min(max.unwrap_or(f64::INFINITY)))
            }
            (_, value) => value,
        }
    }

    /// How close a report must be to count as the value that was sent: half a step.
    pub fn tolerance(&self) -> f64 {
        match &self.kind {
            PointKind::Number { step: Some(step), .. } => step / 2.0 + 1e-9,
            PointKind::Number { min: Some(a), max: Some(b), .. } => (b - a) / 200.0,
            _ => 1e-6,
        }
    }

    /// A value in words: `24 °C`, `on`, 制冷.
    pub fn words(&self, value: &Value) -> Bilingual {
        let named = self
            .trait_
            .as_deref()
            .and_then(traits::by_id)
            .and_then(|t| t.state_of(value))
            .map(|s| s.names().bilingual());
        match (&self.kind, value) {
            (PointKind::Number { unit, .. }, Value::Number(n)) => Bilingual::same(Quantity::new(*n, *unit).to_string()),
            (PointKind::Enum { tokens }, Value::Text(t)) => tokens
                .iter()
                .find(|k| k.token == *t)
                .filter(|k| !k.names.is_empty())
                .map_or_else(|| named.unwrap_or(Bilingual::same(t.clone())), |k| k.names.bilingual()),
            (PointKind::Bool, Value::Bool(b)) => {
                named.unwrap_or_else(|| if *b { Bilingual::new("是", "yes") } else { Bilingual::new("否", "no") })
            }
            (_, v) => Bilingual::same(v.to_string()),
        }
    }

    /// Reads a value as a TSL device writes it (booleans 0 or 1, enumerations by code).
    ///
    /// # Errors
    /// When it does not fit kind, range or list.
    pub fn decode(&self, wire: &Json) -> Result<Value, Misfit> {
        self.kind.decode(wire)
    }

    /// Writes a value as a TSL device expects it.
    pub fn encode(&self, value: &Value) -> Json {
        self.kind.encode(value)
    }
}

fn name_first(names: &mut Names, name: &str) {
    let list = if Lang::of_text(name) == Lang::Zh { &mut names.zh } else { &mut names.en };
    if !list.iter().any(|n| n == name) {
        list.insert(0, name.into());
    }
}
