//! What one entity adds to a device: properties, services, events, and how they are mapped.
//!
//! What it is *not*: it knows no component; [`super::components`] does. Start at [`Part`].

use super::super::config::{CommandMap, EventMap, PointMap};
use super::super::topics;
use super::template::{self, Picked};
use base::{Bilingual, Unit};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use things::PointKind;
use things::model::{Access, DataKind, DataType, Event, Property, Service, X};

/// Longest identifier of the thing model.
const IDENTIFIER_CHARS_MAX: usize = 50;

/// One entity as it was announced, its words in full.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entity {
    /// `sensor`, `light` …
    pub(super) component: String,
    /// Its name in topics.
    pub(super) object: String,
    /// Everything else.
    pub(super) config: Map<String, Json>,
}

impl Entity {
    /// A text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.config.get(key).and_then(Json::as_str)
    }

    /// A word as payloads have it: a text, or a number or truth value as text.
    pub(super) fn word(&self, key: &str, otherwise: &str) -> String {
        match self.config.get(key) {
            Some(Json::String(s)) => s.clone(),
            Some(Json::Number(n)) => n.to_string(),
            Some(Json::Bool(true)) => "True".into(),
            Some(Json::Bool(false)) => "False".into(),
            _ => otherwise.to_string(),
        }
    }

    /// A number.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        let json = self.config.get(key)?;
        json.as_f64().or_else(|| json.as_str()?.trim().parse().ok()).filter(|n| n.is_finite())
    }

    /// A truth value.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.config.get(key).and_then(Json::as_bool).unwrap_or_default()
    }

    /// A list of texts.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        let list = self.config.get(key).and_then(Json::as_array);
        list.into_iter().flatten().filter_map(Json::as_str).map(str::to_string).collect()
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        self.text("name").filter(|n| !n.trim().is_empty()).unwrap_or(&self.object).to_string()
    }
}

/// A name for use in keys and identifiers: letters, digits and underscores.
pub(super) fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.trim_end_matches('_').chars().take(IDENTIFIER_CHARS_MAX - 12).collect()
}

/// How a point of a kind is described in TSL.
pub(super) enum Type {
    /// True or false.
    Bool,
    /// A number with its unit and range.
    Number(Option<Unit>, Option<f64>, Option<f64>, Option<f64>),
    /// One of a list of tokens.
    Tokens(Vec<String>),
    /// A text.
    Text,
}

impl Type {
    fn data(&self, x: &mut X) -> DataType {
        match self {
            Type::Bool => DataType { type_: DataKind::Bool, specs: json!({ "0": "否", "1": "是" }) },
            Type::Number(unit, min, max, step) => {
                x.unit = *unit;
                let mut specs = Map::new();
                for (key, value) in [("min", min), ("max", max), ("step", step)] {
                    if let Some(n) = value {
                        specs.insert(key.into(), Json::String(base::value::number_text(*n)));
                    }
                }
                DataType { type_: DataKind::Double, specs: Json::Object(specs) }
            }
            Type::Tokens(tokens) => {
                let numbered = || tokens.iter().enumerate().map(|(i, t)| (i.to_string(), t.clone()));
                x.tokens = numbered().collect();
                let specs = numbered().map(|(code, token)| (code, Json::String(token))).collect();
                DataType { type_: DataKind::Enum, specs: Json::Object(specs) }
            }
            Type::Text => DataType { type_: DataKind::Text, specs: json!({ "length": "255" }) },
        }
    }
}

/// How a property is reported.
#[derive(Default)]
pub(super) struct State {
    pub(super) topic: String,
    pub(super) path: Option<String>,
    pub(super) values: BTreeMap<String, Json>,
    pub(super) scale: Option<(f64, f64)>,
}

/// How a property is set.
#[derive(Default)]
pub(super) struct Control {
    pub(super) topic: String,
    pub(super) template: Option<String>,
    pub(super) values: BTreeMap<String, Json>,
    pub(super) decimals: Option<u8>,
}

/// What one entity adds to a device.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The shipped template whose kind of device it is.
    pub(super) kind: Option<&'static str>,
    pub(super) properties: Vec<Property>,
    pub(super) services: Vec<Service>,
    pub(super) events: Vec<Event>,
    pub(super) points: Vec<PointMap>,
    pub(super) commands: Vec<CommandMap>,
    pub(super) event_maps: Vec<EventMap>,
    pub(super) losses: Vec<Bilingual>,
}

impl Part {
    /// Says what of an entity is not taken over.
    pub(super) fn lose(&mut self, entity: &Entity, zh: impl Into<String>, en: impl Into<String>) {
        let name = entity.name();
        self.losses.push(Bilingual::new(format!("{name}：{}", zh.into()), format!("{name}: {}", en.into())));
    }

    /// A topic of this name. `None`: there is none, or it cannot be used, which is said.
    pub(super) fn topic(&mut self, entity: &Entity, key: &str) -> Option<String> {
        let topic = entity.text(key)?;
        if topics::valid_topic(topic) && !topic.contains(['{', '}']) {
            return Some(topic.to_string());
        }
        self.lose(entity, format!("{key} 不是主题：{topic}"), format!("{key} is no topic: {topic}"));
        None
    }

    /// A template that picks a value; `None` when it is not understood, which is said.
    pub(super) fn picked(&mut self, entity: &Entity, key: &str) -> Option<Option<String>> {
        let Some(template) = entity.text(key) else { return Some(None) };
        match template::picks(template) {
            Some(Picked::Whole) => Some(None),
            Some(Picked::Path(path)) => Some(Some(path)),
            None => {
                self.lose(
                    entity,
                    format!("无法理解 {key}：{template}"),
                    format!("{key} is not understood: {template}"),
                );
                None
            }
        }
    }

    /// A template that places a value; `None` when it is not understood, which is said.
    pub(super) fn placed(&mut self, entity: &Entity, key: &str, name: &str) -> Option<Option<String>> {
        let Some(template) = entity.text(key) else { return Some(None) };
        match template::places(template, name) {
            Some(template) => Some(Some(template)),
            None => {
                self.lose(
                    entity,
                    format!("无法理解 {key}：{template}"),
                    format!("{key} is not understood: {template}"),
                );
                None
            }
        }
    }

    /// Where an entity reports: topic and template of these names. `None`: nowhere, or not understood.
    pub(super) fn state(&mut self, entity: &Entity, topic: &str, template: &str) -> Option<State> {
        let topic = self.topic(entity, topic)?;
        Some(State { topic, path: self.picked(entity, template)?, ..State::default() })
    }

    /// Where an entity is told: topic and template of these names. `None`: nowhere, or not understood.
    pub(super) fn control(&mut self, entity: &Entity, topic: &str, template: &str) -> Option<Control> {
        let topic = self.topic(entity, topic)?;
        Some(Control { topic, template: self.placed(entity, template, "value")?, ..Control::default() })
    }

    /// Adds a property with what reports and sets it. Without either there is none.
    pub(super) fn property(
        &mut self,
        entity: &Entity,
        (identifier, trait_): (&str, Option<&str>),
        type_: &Type,
        state: Option<State>,
        control: Option<Control>,
    ) {
        let access = match (&state, &control) {
            (Some(_), None) => Access::Read,
            (_, Some(_)) => Access::ReadWrite,
            (None, None) => return,
        };
        let mut x = X { trait_: trait_.map(str::to_string), ..X::default() };
        x.feedback = (state.is_none() && control.is_some()).then_some(false);
        let data_type = type_.data(&mut x);
        let mut property = Property {
            identifier: identifier.to_string(),
            name: entity.name(),
            access_mode: access,
            required: false,
            data_type,
            x,
            extra: Map::new(),
        };
        if let Some(t) = trait_.and_then(things::traits::by_id) {
            if identifier != entity_identifier(entity) {
                property.name = t.zh.first().map_or_else(|| property.name.clone(), |n| n.to_string());
            }
            // A unit that is unknown here, or another than the trait's, leaves a plain number.
            if PointKind::of_property(&property).is_ok_and(|kind| !t.fits(&kind)) {
                property.x.trait_ = None;
                let unit = entity.text("unit_of_measurement").unwrap_or_default();
                self.lose(
                    entity,
                    format!("单位“{unit}”与{}不符", t.zh.first().unwrap_or(&t.id)),
                    format!("the unit `{unit}` is none of {}", t.en.first().unwrap_or(&t.id)),
                );
            }
        }
        self.properties.push(property);
        if let Some(state) = state {
            let (scale, offset) = state.scale.unwrap_or((1.0, 0.0));
            self.points.push(PointMap {
                identifier: identifier.to_string(),
                topic: state.topic,
                path: state.path,
                values: state.values,
                scale,
                offset,
            });
        }
        if let Some(control) = control {
            self.command(entity, identifier, control);
        }
    }

    fn command(&mut self, entity: &Entity, identifier: &str, control: Control) {
        self.commands.push(CommandMap {
            identifier: identifier.to_string(),
            topic: control.topic,
            template: control.template,
            values: control.values,
            scale: None,
            offset: None,
            decimals: control.decimals.unwrap_or(3),
            retain: entity.flag("retain"),
            qos: if entity.number("qos").is_some_and(|q| q < 1.0) { 0 } else { 1 },
        });
    }

    /// Adds a service that sends one payload.
    pub(super) fn service(&mut self, entity: &Entity, identifier: &str, trait_: &str, topic: String, payload: String) {
        let names = things::traits::by_id(trait_).map(|t| t.names()).unwrap_or_default();
        self.services.push(Service {
            identifier: identifier.to_string(),
            name: if identifier == entity_identifier(entity) {
                entity.name()
            } else {
                names.display(base::Lang::Zh).to_string()
            },
            call_type: "async".into(),
            input_data: vec![],
            output_data: vec![],
            x: X { trait_: Some(trait_.to_string()), ..X::default() },
            extra: Map::new(),
        });
        let control = Control { topic, template: Some(payload), ..Control::default() };
        self.command(entity, identifier, control);
    }

    /// Adds an event.
    pub(super) fn event(&mut self, identifier: &str, name: &str, topic: &str, path: Option<String>, word: String) {
        self.events.push(Event {
            identifier: identifier.to_string(),
            name: name.to_string(),
            type_: "info".into(),
            output_data: vec![],
            x: X::default(),
            extra: Map::new(),
        });
        self.event_maps.push(EventMap {
            identifier: identifier.to_string(),
            topic: topic.to_string(),
            path,
            words: vec![word],
        });
    }

    /// Puts something before all identifiers, where another entity has the same.
    pub(super) fn prefix(&mut self, prefix: &str) {
        let add = |identifier: &mut String| *identifier = format!("{prefix}_{identifier}");
        self.properties.iter_mut().for_each(|p| add(&mut p.identifier));
        self.services.iter_mut().for_each(|s| add(&mut s.identifier));
        self.events.iter_mut().for_each(|e| add(&mut e.identifier));
        self.points.iter_mut().for_each(|p| add(&mut p.identifier));
        self.commands.iter_mut().for_each(|c| add(&mut c.identifier));
        self.event_maps.iter_mut().for_each(|e| add(&mut e.identifier));
    }

    /// All its identifiers.
    pub(super) fn identifiers(&self) -> impl Iterator<Item = &String> {
        let properties = self.properties.iter().map(|p| &p.identifier);
        let services = self.services.iter().map(|s| &s.identifier);
        properties.chain(services).chain(self.events.iter().map(|e| &e.identifier))
    }
}

/// The identifier of what an entity is above all.
pub(super) fn entity_identifier(entity: &Entity) -> String {
    let slug = slug(&entity.object);
    if slug.is_empty() { entity.component.clone() } else { slug }
}

/// Words for two states, as a mapping has them.
pub(super) fn two(on: String, off: String) -> BTreeMap<String, Json> {
    BTreeMap::from([(on, Json::Bool(true)), (off, Json::Bool(false))])
}
