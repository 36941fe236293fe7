//! Values by the types of TSL, also within structures and arrays, and the way back.

use super::ITEMS_MAX;
use super::fault::{Fault, Faults};
use crate::PointKind;
use crate::model::{DataKind, DataType, Property, X};
use crate::point::{kind_of, plain, whole};
use base::limits::VALUE_DEPTH_MAX;
use base::{Timestamp, Value};
use serde::Deserialize;
use serde_json::Value as Json;

/// A type with its specs, at any depth of a model.
#[derive(Clone, Copy)]
pub(super) struct Shape<'a> {
    kind: DataKind,
    specs: &'a Json,
}

impl<'a> Shape<'a> {
    pub(super) fn of(type_: &'a DataType) -> Shape<'a> {
        Shape { kind: type_.type_, specs: &type_.specs }
    }

    fn written(json: &'a Json) -> Option<Shape<'a>> {
        let kind = DataKind::deserialize(json.get("type")?).ok()?;
        Some(Shape { kind, specs: json.get("specs").unwrap_or(&Json::Null) })
    }

    /// The member of a structure. Structures whose model names no members are kept as they are.
    fn member(self, identifier: &str) -> Option<Shape<'a>> {
        let own = |m: &&Json| m.get("identifier").and_then(Json::as_str) == Some(identifier);
        Shape::written(self.specs.as_array()?.iter().find(own)?.get("dataType")?)
    }

    pub(super) fn has_member(self, identifier: &str) -> bool {
        self.kind == DataKind::Struct && self.member(identifier).is_some()
    }

    fn item(self) -> Option<Shape<'a>> {
        Shape::written(self.specs.get("item")?)
    }

    fn items_max(self) -> usize {
        let written = self.specs.get("size").and_then(|s| s.as_u64().or_else(|| s.as_str()?.trim().parse().ok()));
        written.and_then(|n| usize::try_from(n).ok()).map_or(ITEMS_MAX, |n| n.min(ITEMS_MAX))
    }

    fn is_described(self) -> bool {
        match self.kind {
            DataKind::Struct => self.specs.is_array(),
            DataKind::Array => self.item().is_some(),
            _ => true,
        }
    }
}

fn is_nested(p: &Property) -> bool {
    matches!(p.data_type.type_, DataKind::Struct | DataKind::Array)
}

/// The value of a property, whose kind is resolved already.
pub(super) fn property(p: &Property, kind: &PointKind, wire: &Json, faults: &mut Faults) -> Option<Value> {
    if is_nested(p) {
        decode(Shape::of(&p.data_type), wire, &p.identifier, 0, faults)
    } else {
        leaf(p.data_type.type_, kind, wire, &p.identifier).map_err(|f| faults.push(f.of(p.data_type.type_))).ok()
    }
}

/// The way back.
pub(super) fn outgoing(p: &Property, kind: &PointKind, value: &Value, faults: &mut Faults) -> Option<Json> {
    if is_nested(p) {
        encode(Shape::of(&p.data_type), value, &p.identifier, 0, faults)
    } else {
        told(p.data_type.type_, kind, value, &p.identifier).map_err(|f| faults.push(f.of(p.data_type.type_))).ok()
    }
}

/// Reads a value of a type. Where parts of it are faulty there is none, and all of them are reported.
pub(super) fn decode(shape: Shape<'_>, wire: &Json, path: &str, depth: usize, faults: &mut Faults) -> Option<Value> {
    if depth > VALUE_DEPTH_MAX {
        faults.push(Fault::size(path));
        return None;
    }
    let before = faults.count();
    let value = match (shape.kind, wire) {
        (DataKind::Struct | DataKind::Array, _) if !shape.is_described() => {
            read(&PointKind::Other, wire, path).map_err(|f| faults.push(f.of(shape.kind))).ok()
        }
        (DataKind::Struct, Json::Object(members)) if members.len() <= ITEMS_MAX => {
            let mut out = std::collections::BTreeMap::new();
            for (identifier, wire) in members {
                let path = format!("{path}.{identifier}");
                match shape.member(identifier) {
                    None => faults.push(Fault::unknown(&path)),
                    Some(member) => {
                        out.extend(decode(member, wire, &path, depth + 1, faults).map(|v| (identifier.clone(), v)));
                    }
                }
            }
            Some(Value::Map(out))
        }
        (DataKind::Array, Json::Array(items)) if items.len() <= shape.items_max() => {
            let item = shape.item()?;
            let read = |(i, wire): (usize, &Json)| decode(item, wire, &format!("{path}[{i}]"), depth + 1, faults);
            Some(Value::List(items.iter().enumerate().filter_map(read).collect()))
        }
        (DataKind::Struct, Json::Object(members)) => {
            faults.push(Fault::too_many(path, members.len(), ITEMS_MAX).of(shape.kind));
            None
        }
        (DataKind::Array, Json::Array(items)) => {
            faults.push(Fault::too_many(path, items.len(), shape.items_max()).of(shape.kind));
            None
        }
        (DataKind::Struct, other) => {
            faults.push(Fault::no_object(path, other).of(shape.kind));
            None
        }
        (DataKind::Array, other) => {
            faults.push(Fault::no_list(path, kind_of(other)).of(shape.kind));
            None
        }
        (kind, wire) => {
            let point = PointKind::of_type(kind, shape.specs, &X::default());
            let point = point.unwrap_or(PointKind::Other);
            leaf(kind, &point, wire, path).map_err(|f| faults.push(f.of(kind))).ok()
        }
    };
    value.filter(|_| faults.count() == before)
}

/// The way back.
pub(super) fn encode(shape: Shape<'_>, value: &Value, path: &str, depth: usize, faults: &mut Faults) -> Option<Json> {
    if depth > VALUE_DEPTH_MAX {
        faults.push(Fault::size(path));
        return None;
    }
    match (shape.kind, value) {
        (DataKind::Struct | DataKind::Array, _) if !shape.is_described() => Some(plain(value)),
        (DataKind::Struct, Value::Map(members)) => {
            let mut out = serde_json::Map::new();
            for (identifier, value) in members {
                let path = format!("{path}.{identifier}");
                match shape.member(identifier) {
                    None => faults.push(Fault::unknown(&path)),
                    Some(member) => {
                        out.extend(encode(member, value, &path, depth + 1, faults).map(|v| (identifier.clone(), v)));
                    }
                }
            }
            Some(Json::Object(out))
        }
        (DataKind::Array, Value::List(items)) if items.len() <= shape.items_max() => {
            let item = shape.item()?;
            let write = |(i, value): (usize, &Value)| encode(item, value, &format!("{path}[{i}]"), depth + 1, faults);
            Some(Json::Array(items.iter().enumerate().filter_map(write).collect()))
        }
        (DataKind::Array, Value::List(items)) => {
            faults.push(Fault::too_many(path, items.len(), shape.items_max()).of(shape.kind));
            None
        }
        (DataKind::Struct, other) => {
            faults.push(Fault::kind(path, &PointKind::Other, other.kind()).of(shape.kind));
            None
        }
        (DataKind::Array, other) => {
            faults.push(Fault::no_list(path, other.kind()).of(shape.kind));
            None
        }
        (kind, value) => {
            let point = PointKind::of_type(kind, shape.specs, &X::default()).unwrap_or(PointKind::Other);
            told(kind, &point, value, path).map_err(|f| faults.push(f.of(kind))).ok()
        }
    }
}

/// A value without parts.
fn leaf(type_: DataKind, kind: &PointKind, wire: &Json, path: &str) -> Result<Value, Fault> {
    if type_ == DataKind::Date {
        let millis = match wire {
            Json::Number(n) => whole(n),
            Json::String(s) => s.parse().ok(),
            Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
        };
        return millis.map(|ms| Value::text(ms.to_string())).ok_or_else(|| Fault::no_date(path));
    }
    let value = read(kind, wire, path)?;
    is_whole(type_, &value, path).map(|()| value)
}

fn read(kind: &PointKind, wire: &Json, path: &str) -> Result<Value, Fault> {
    kind.decode(wire).map_err(|misfit| Fault::misfit(path, kind, &misfit))
}

fn told(type_: DataKind, kind: &PointKind, value: &Value, path: &str) -> Result<Json, Fault> {
    if type_ == DataKind::Date {
        // People and rules write times as RFC 3339.
        let text = value.as_text().ok_or_else(|| Fault::kind(path, kind, value.kind()))?;
        let millis = text.parse().ok().or_else(|| Some(Timestamp::parse(text)?.as_millis()));
        return millis.map(|ms: i64| Json::from(ms.to_string())).ok_or_else(|| Fault::no_date(path));
    }
    kind.check(value).map_err(|misfit| Fault::misfit(path, kind, &misfit))?;
    is_whole(type_, value, path).map(|()| kind.encode(value))
}

fn is_whole(type_: DataKind, value: &Value, path: &str) -> Result<(), Fault> {
    match value {
        Value::Number(n) if type_ == DataKind::Int && n.fract() != 0.0 => Err(Fault::not_whole(path, *n)),
        _ => Ok(()),
    }
}
