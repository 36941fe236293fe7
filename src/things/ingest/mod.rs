//! What a device says, checked by its model before anything else sees it; and what it is told, in its own words.
//!
//! Properties are taken one by one: the good ones count, the others are left out, each with a fault. An event or an
//! answer is one thing and is taken whole or not at all. Numbers are in the model's unit, as the model says what the
//! device means. What it is *not*: a protocol (topics and envelopes are its callers') or a clock.
//!
//! Start at [`properties`].

mod fault;
mod typed;

pub use fault::Fault;

use crate::model::{DataType, Parameter, Property};
use crate::point::whole;
use crate::{Device, PointKind, PointSpec, World};
use base::id::{DeviceId, PointId};
use base::{Sample, Span, Timestamp, Value};
use fault::Faults;
use serde_json::{Map, Value as Json};
use typed::Shape;

/// Most properties of one message. A message with more is refused whole.
pub const PROPERTIES_MAX: usize = 200;
/// Most items of an array, where its model does not say (TSL).
pub const ITEMS_MAX: usize = 512;
/// Most faults of one message that are told; the rest is only left out.
pub const FAULTS_MAX: usize = 50;
/// How far a device's clock may be ahead; a later time is replaced by ours.
pub const AHEAD_MAX: Span = Span::from_secs(10 * 60);
/// A time before this (2000-01-01) is that of a clock that was never set; it is replaced by ours.
pub const CLOCK_SET: Span = Span::from_secs(946_684_800);

/// What was taken of a message, and what was not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ingested {
    /// What was taken, in the order of the message.
    pub values: Vec<(PointId, Sample)>,
    /// What was not, or not as it was said (a warning). At most [`FAULTS_MAX`].
    pub faults: Vec<Fault>,
}

/// An event of the model, checked by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What it carries.
    pub output: Value,
    /// When it happened.
    pub at: Timestamp,
    /// Warnings: what was not taken as it was said.
    pub faults: Vec<Fault>,
}

/// Takes the properties of a message: each bare, or as `{value, time}` with the time in milliseconds.
pub fn properties(world: &World, device: DeviceId, params: &Map<String, Json>, now: Timestamp) -> Ingested {
    let (mut values, mut faults) = (Vec::new(), Faults::default());
    if params.len() > PROPERTIES_MAX {
        faults.push(Fault::too_many("", params.len(), PROPERTIES_MAX));
        return Ingested { values, faults: faults.list() };
    }
    let Some((device, product)) = world.device(device).and_then(|d| Some((d, world.product(d.product)?))) else {
        faults.push(Fault::no_device());
        return Ingested { values, faults: faults.list() };
    };
    for (identifier, said) in params {
        let Some((property, id, kind)) = find(world, device, &product.model.properties, identifier) else {
            faults.push(Fault::unknown(identifier));
            continue;
        };
        let (wire, time) = unwrapped(said, &property.data_type);
        let at = time.map_or(now, |time| instant(identifier, time, now, &mut faults));
        if let Some(value) = typed::property(property, kind, wire, &mut faults) {
            values.push((id, Sample::good(value, at)));
        }
    }
    Ingested { values, faults: faults.list() }
}

/// Takes an event: its parameters bare, or as `{value, time}`.
///
/// # Errors
/// Every parameter that the model does not know or that does not fit it.
pub fn event(
    world: &World,
    device: DeviceId,
    identifier: &str,
    params: &Json,
    now: Timestamp,
) -> Result<Told, Vec<Fault>> {
    let events = world.model_of(device).map(|m| m.events.as_slice()).unwrap_or_default();
    let Some(event) = events.iter().find(|e| e.identifier == identifier) else {
        return Err(vec![Fault::unknown(identifier)]);
    };
    let mut faults = Faults::default();
    let own = event.output_data.iter().any(|p| p.identifier == "value");
    let (params, time) = if own { (params, None) } else { parted(params) };
    let at = time.map_or(now, |time| instant(identifier, time, now, &mut faults));
    let warned = faults.count();
    match parameters(&event.output_data, params, &mut faults) {
        Some(output) if faults.count() == warned => Ok(Told { output, at, faults: faults.list() }),
        _ => Err(faults.list()),
    }
}

/// Takes what a device answers to a service.
///
/// # Errors
/// Every parameter that the model does not know or that does not fit it.
pub fn reply(world: &World, device: DeviceId, identifier: &str, data: &Json) -> Result<Value, Vec<Fault>> {
    let services = world.model_of(device).map(|m| m.services.as_slice()).unwrap_or_default();
    let Some(service) = services.iter().find(|s| s.identifier == identifier) else {
        return Err(vec![Fault::unknown(identifier)]);
    };
    let mut faults = Faults::default();
    let output = parameters(&service.output_data, data, &mut faults);
    output.filter(|_| faults.count() == 0).ok_or_else(|| faults.list())
}

/// What a device is told: the value of a property, or the arguments of a service, as TSL writes them (booleans 0 or
/// 1, enumerations by code, whole numbers without a point).
///
/// # Errors
/// Everything that does not fit the model.
pub fn outgoing(world: &World, spec: &PointSpec, value: &Value) -> Result<Json, Vec<Fault>> {
    let model = world.model_of(spec.device).ok_or_else(|| vec![Fault::unknown(&spec.identifier)])?;
    let mut faults = Faults::default();
    let wire = if spec.kind == PointKind::Service {
        let Some(service) = model.services.iter().find(|s| s.identifier == spec.identifier) else {
            return Err(vec![Fault::unknown(&spec.identifier)]);
        };
        arguments(&service.input_data, &spec.identifier, value, &mut faults)
    } else {
        let Some(property) = model.properties.iter().find(|p| p.identifier == spec.identifier) else {
            return Err(vec![Fault::unknown(&spec.identifier)]);
        };
        typed::outgoing(property, &spec.kind, value, &mut faults)
    };
    wire.filter(|_| faults.count() == 0).ok_or_else(|| faults.list())
}

/// A property of the model and its point.
fn find<'a>(
    world: &'a World,
    device: &Device,
    members: &'a [Property],
    identifier: &str,
) -> Option<(&'a Property, PointId, &'a PointKind)> {
    let place = members.iter().position(|p| p.identifier == identifier)?;
    let (id, kind) = world.property_at(device, place).or_else(|| {
        let spec = world.point(PointSpec::id_of(device.id, identifier))?;
        Some((spec.id, &spec.kind))
    })?;
    Some((members.get(place)?, id, kind))
}

/// Takes the time off `{value, time}`.
fn parted(said: &Json) -> (&Json, Option<&Json>) {
    match said.as_object() {
        Some(o) if o.keys().all(|k| k == "value" || k == "time") => match o.get("value") {
            Some(value) => (value, o.get("time")),
            None => (said, None),
        },
        _ => (said, None),
    }
}

/// The same, unless it is the value of a structure that has a member `value` of its own.
fn unwrapped<'a>(said: &'a Json, type_: &DataType) -> (&'a Json, Option<&'a Json>) {
    if Shape::of(type_).has_member("value") { (said, None) } else { parted(said) }
}

/// The time that a device says, in milliseconds; ours where that cannot be.
fn instant(identifier: &str, time: &Json, now: Timestamp, faults: &mut Faults) -> Timestamp {
    let millis = match time {
        Json::Number(n) => whole(n),
        Json::String(s) => s.parse().ok(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    };
    let at = millis.map(Timestamp::from_millis);
    match at.filter(|at| *at <= now + AHEAD_MAX && *at >= Timestamp::default() + CLOCK_SET) {
        Some(at) => at,
        None => {
            faults.push(Fault::time(identifier, time));
            now
        }
    }
}

fn parameters(members: &[Parameter], said: &Json, faults: &mut Faults) -> Option<Value> {
    // A device that has nothing to say may say so in several ways.
    let nothing = Map::new();
    let said = match said {
        Json::Null => &nothing,
        Json::Array(list) if list.is_empty() => &nothing,
        Json::Object(o) => o,
        other => {
            faults.push(Fault::no_object("", other));
            return None;
        }
    };
    if said.len() > PROPERTIES_MAX {
        faults.push(Fault::too_many("", said.len(), PROPERTIES_MAX));
        return None;
    }
    let mut out = std::collections::BTreeMap::new();
    for (identifier, wire) in said {
        match members.iter().find(|p| p.identifier == *identifier) {
            None => faults.push(Fault::unknown(identifier)),
            Some(p) => {
                if let Some(value) = typed::decode(Shape::of(&p.data_type), wire, identifier, 0, faults) {
                    out.insert(identifier.clone(), value);
                }
            }
        }
    }
    Some(Value::Map(out))
}

fn arguments(members: &[Parameter], service: &str, value: &Value, faults: &mut Faults) -> Option<Json> {
    let Value::Map(given) = value else {
        faults.push(Fault::kind(service, &PointKind::Service, value.kind()));
        return None;
    };
    let mut out = Map::new();
    for (identifier, value) in given {
        match members.iter().find(|p| p.identifier == *identifier) {
            None => faults.push(Fault::unknown(identifier)),
            Some(p) => {
                if let Some(wire) = typed::encode(Shape::of(&p.data_type), value, identifier, 0, faults) {
                    out.insert(identifier.clone(), wire);
                }
            }
        }
    }
    Some(Json::Object(out))
}

#[cfg(test)]
mod tests;
