//! A thing model proposed from the first messages of a device, for a person to approve.
//!
//! Types come from what was seen: messages that contradict each other widen the type, so that every message seen would
//! be taken by the model. Meaning and unit come from the identifier, by the words of the traits themselves; each guess
//! says why. What it is *not*: a decision. Ranges stay open, and only traits that are controls become writable.
//!
//! Start at [`propose`].

mod seen;
mod words;

use crate::ingest::{Fault, PROPERTIES_MAX};
use crate::model::{Access, DataKind, DataType, ModelX, Profile, Property, X};
use crate::traits::{Shape, Trait};
use crate::{Names, ThingModel, templates};
use base::{Bilingual, Unit};
use schemars::JsonSchema;
use seen::Seen;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use words::Match;

/// Most messages that are looked at.
pub const MESSAGES_MAX: usize = 100;
/// Numbers seen so often, all whole, count as whole numbers.
const WHOLE_SEEN_MIN: usize = 3;
/// Most values of an enumeration.
const TOKENS_MAX: usize = 8;

/// A proposal.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Inferred {
    /// The model.
    pub model: ThingModel,
    /// What was guessed and why, one for each property, and one for the kind of device.
    pub guesses: Vec<Guess>,
    /// What could not become a property.
    pub left_out: Vec<Fault>,
}

/// A guess.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Guess {
    /// The property; empty for the device as a whole.
    pub identifier: String,
    /// Why it was guessed.
    pub reason: Bilingual,
}

/// Proposes a model from messages: maps of identifiers to values, each bare or as `{value, time}`.
pub fn propose(product_key: &str, messages: &[Map<String, Json>]) -> Inferred {
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    let (mut left_out, mut too_many) = (Vec::new(), false);
    for (identifier, said) in messages.iter().take(MESSAGES_MAX).flatten() {
        if !seen.contains_key(identifier.as_str()) {
            if seen.len() == PROPERTIES_MAX {
                too_many = true;
                continue;
            }
            order.push(identifier);
        }
        let value = bare(said);
        let before = seen.remove(identifier.as_str()).unwrap_or_default();
        seen.insert(identifier, before.and(Seen::of(value, 0)));
    }
    let matches: BTreeMap<&str, Match> =
        seen.iter().filter_map(|(id, seen)| Some((*id, words::best(id, seen)?))).collect();
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    for m in matches.values() {
        *used.entry(m.trait_.id).or_default() += 1;
    }
    let (mut properties, mut guesses) = (Vec::new(), Vec::new());
    for id in order {
        let found = seen.get(id).unwrap_or(&Seen::Nothing);
        if !crate::model_check::is_identifier(id) {
            left_out.push(Fault::left_out(id, "不是合规的标识符", "is no identifier of a thing model"));
        } else if *found == Seen::Nothing {
            left_out.push(Fault::left_out(id, "从未有值", "never had a value"));
        } else {
            let m = matches.get(id);
            let alone = m.is_some_and(|m| used.get(m.trait_.id) == Some(&1));
            let (property, reason) = property(id, found, m, alone);
            properties.push(property);
            guesses.push(Guess { identifier: id.to_string(), reason });
        }
    }
    if too_many {
        left_out.push(Fault::left_out(
            "",
            &format!("只取前 {PROPERTIES_MAX} 个标识符"),
            &format!("only the first {PROPERTIES_MAX} identifiers are taken"),
        ));
    }
    let (x, reason) = kind(&properties);
    guesses.push(Guess { identifier: String::new(), reason });
    let profile = Profile { product_key: product_key.to_string(), ..Profile::default() };
    Inferred { model: ThingModel { profile, properties, x, ..ThingModel::default() }, guesses, left_out }
}

fn bare(said: &Json) -> &Json {
    match said.as_object() {
        Some(o) if o.keys().all(|k| k == "value" || k == "time") => o.get("value").unwrap_or(said),
        _ => said,
    }
}

fn property(id: &str, seen: &Seen, m: Option<&Match>, alone: bool) -> (Property, Bilingual) {
    let tokens = tokens(seen, m.map(|m| m.trait_));
    let data_type = match (&tokens, m) {
        (Some(tokens), _) => {
            let codes: Map<String, Json> = tokens.iter().enumerate().map(|(i, t)| (i.to_string(), json!(t))).collect();
            DataType { type_: DataKind::Enum, specs: Json::Object(codes) }
        }
        (None, Some(m)) if m.trait_.shape == Shape::Bool => {
            let word = |value| m.trait_.state(value).and_then(|s| s.zh.first()).copied().unwrap_or_default();
            DataType { type_: DataKind::Bool, specs: json!({"0": word("false"), "1": word("true")}) }
        }
        (None, Some(m)) if matches!(m.trait_.shape, Shape::Number(_)) => {
            DataType { type_: DataKind::Double, specs: json!({}) }
        }
        (None, _) => data_type(seen),
    };
    let mut why = vec![seen.words(&data_type)];
    let mut x = X::default();
    if let Some(tokens) = tokens {
        x.tokens = tokens.into_iter().enumerate().map(|(i, t)| (i.to_string(), t)).collect();
    }
    let fits = m.filter(|m| m.trait_.shape != Shape::Token || data_type.type_ == DataKind::Enum);
    let mut writable = false;
    if let Some(m) = fits {
        x.trait_ = Some(m.trait_.id.to_string());
        x.unit = m.unit;
        why.push(m.words());
        // What is said in words is also told in words, which an enumeration of codes cannot.
        writable = !m.trait_.operations.is_empty() && data_type.type_ != DataKind::Enum;
        if writable {
            why.push(Bilingual::new("这是可控制的，故设为可写", "this can be controlled, so it is writable"));
        }
    }
    let name = match fits.filter(|_| alone).and_then(|m| m.trait_.zh.first()) {
        Some(name) => (*name).to_string(),
        None => words::of(id).join(" "),
    };
    let property = Property {
        identifier: id.to_string(),
        name: if name.is_empty() { id.to_string() } else { name },
        access_mode: if writable { Access::ReadWrite } else { Access::Read },
        required: false,
        data_type,
        x,
        extra: Map::new(),
    };
    (property, Bilingual::join(&why, &Bilingual::new("；", "; ")))
}

/// The type of what was seen, where the identifier says nothing.
fn data_type(seen: &Seen) -> DataType {
    let (type_, specs) = match seen {
        Seen::Bool => (DataKind::Bool, json!({"0": "否", "1": "是"})),
        Seen::Number { whole: true, count, .. } if *count >= WHOLE_SEEN_MIN => (DataKind::Int, json!({})),
        Seen::Number { .. } => (DataKind::Double, json!({})),
        Seen::Text { longest, .. } if *longest <= 256 => (DataKind::Text, json!({"length": "256"})),
        Seen::Text { .. } => (DataKind::Text, json!({"length": base::limits::TEXT_CHARS_MAX.to_string()})),
        Seen::Struct(members) => {
            let member =
                |(id, seen): (&String, &Seen)| json!({"identifier": id, "name": id, "dataType": data_type(seen)});
            (DataKind::Struct, members.iter().map(member).collect())
        }
        Seen::Array(item) if **item != Seen::Nothing && **item != Seen::Any => {
            (DataKind::Array, json!({"size": crate::ingest::ITEMS_MAX.to_string(), "item": data_type(item)}))
        }
        Seen::Array(_) => (DataKind::Array, json!({})),
        Seen::Nothing | Seen::Any => (DataKind::Struct, json!({})),
    };
    DataType { type_, specs }
}

/// The values of an enumeration: few words that come again, or that the trait knows.
fn tokens(seen: &Seen, t: Option<&Trait>) -> Option<Vec<String>> {
    let Seen::Text { values, count, .. } = seen else { return None };
    let values: &BTreeSet<String> = values.as_ref()?;
    let is_word = |v: &String| !v.is_empty() && v.chars().all(|c| c.is_alphabetic() || matches!(c, '_' | '-' | ' '));
    let known = t.is_some_and(|t| t.shape == Shape::Token && values.iter().all(|v| t.state(v).is_some()));
    let again = values.len() >= 2 && *count > values.len() && values.iter().all(is_word);
    ((known || again) && values.len() <= TOKENS_MAX).then(|| values.iter().cloned().collect())
}

/// What kind of device has these traits: the one whose templates have exactly these, a sensor when nothing is written.
fn kind(properties: &[Property]) -> (ModelX, Bilingual) {
    let traits = |list: &[Property]| list.iter().filter_map(|p| p.x.trait_.clone()).collect::<BTreeSet<String>>();
    let named = |kind: &str, names: Names| ModelX { kind: kind.to_string(), names, ..ModelX::default() };
    if properties.iter().all(|p| !p.access_mode.writable()) {
        let reason =
            Bilingual::new("没有可写的属性，视为传感器", "nothing can be written, so it is taken for a sensor");
        return (named("sensor", Names::new("传感器", "sensor")), reason);
    }
    let own = traits(properties);
    let alike: Vec<&ThingModel> = templates::all().map(|(_, m)| m).filter(|m| traits(&m.properties) == own).collect();
    let kinds: BTreeSet<&str> = alike.iter().map(|m| m.x.kind.as_str()).collect();
    match (alike.first(), kinds.len()) {
        (Some(model), 1) => {
            let name = model.x.names.bilingual();
            let reason = Bilingual::new(
                format!("属性与“{}”的模板一致", name.zh),
                format!("it has the properties of the template \"{}\"", name.en),
            );
            (named(&model.x.kind, model.x.names.clone()), reason)
        }
        _ => {
            let reason =
                Bilingual::new("无法判断是哪类设备，请填写", "what kind of device it is cannot be told; please say");
            (named("device", Names::new("设备", "device")), reason)
        }
    }
}

/// The unit that shipped templates give to a trait.
fn usual_unit(t: &Trait) -> Option<Unit> {
    let properties = templates::all().flat_map(|(_, m)| &m.properties);
    properties.filter(|p| p.x.trait_.as_deref() == Some(t.id)).find_map(|p| p.x.unit)
}

#[cfg(test)]
mod tests;
