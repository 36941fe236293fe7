//! Joins the entities of one device to a candidate: product with thing model, device, mapping.
//!
//! What it is *not*: it makes no device; a person does, by approving. Start at [`join`].

use super::super::config::{Availability, Mapped, Mapping};
use super::super::topics;
use super::components;
use super::part::{Entity, Part, slug};
use super::template::{self, Picked};
use crate::contract::Candidate;
use base::id::{ConnectionId, DeviceId, ProductId};
use base::{Bilingual, Lang};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use things::model::{Origin, Profile, ThingModel};
use things::{Device, Names, Product, Route, templates};

/// Kinds by how much they say of a device that is several things.
const KINDS: &[&str] = &[
    "light_dimmable",
    "light_switch",
    "air_conditioner",
    "thermostat",
    "lock",
    "fan",
    "outlet",
    "switch",
    "button",
    "scene",
];

/// Longest name.
const NAME_CHARS_MAX: usize = base::limits::NAME_CHARS_MAX;

/// What a device says of itself.
pub(super) struct About {
    /// By which its entities are told to be of one device.
    pub(super) key: String,
    name: String,
    make: String,
}

impl About {
    /// From an entity; one without a description of its device is a device of its own.
    pub(super) fn of(entity: &Entity) -> About {
        let empty = Map::new();
        let device = entity.config.get("device").and_then(Json::as_object).unwrap_or(&empty);
        let text = |key: &str| device.get(key).and_then(Json::as_str).filter(|t| !t.trim().is_empty());
        let identifier = match device.get("identifiers") {
            Some(Json::Array(list)) => list.first().map(word),
            other => other.map(word),
        };
        // Pairs of kind and address.
        let address = || device.get("connections")?.as_array()?.first()?.as_array()?.get(1).map(word);
        let known = identifier.or_else(address).filter(|key| !key.is_empty());
        let key = known.or_else(|| entity.text("unique_id").map(str::to_string)).unwrap_or(entity.object.clone());
        let name = text("name").map_or_else(|| entity.name(), str::to_string);
        let make: Vec<&str> = ["manufacturer", "model"].iter().filter_map(|k| text(k)).collect();
        About { key, name, make: make.join(" ") }
    }
}

fn word(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_string)
}

fn named(name: &str) -> Names {
    let name: String = name.trim().chars().take(NAME_CHARS_MAX).collect();
    match Lang::of_text(&name) {
        Lang::Zh => Names { zh: vec![name], en: vec![] },
        Lang::En => Names { zh: vec![], en: vec![name] },
    }
}

/// The candidate of these entities. `None`: nothing of them is understood.
pub(super) fn join(connection: ConnectionId, about: &About, entities: &[&Entity]) -> Option<Candidate> {
    let mut parts: Vec<Part> = Vec::new();
    let mut taken = BTreeSet::new();
    for entity in entities {
        let mut part = components::part(entity);
        if part.identifiers().any(|i| taken.contains(i)) {
            part.prefix(&entity.component);
        }
        if part.identifiers().any(|i| taken.contains(i)) {
            part = Part { losses: part.losses, ..Part::default() };
            part.lose(entity, "标识符重复", "its identifier is taken");
        }
        taken.extend(part.identifiers().cloned());
        parts.push(part);
    }
    let mut losses: Vec<Bilingual> = Vec::new();
    let mapping = mapping(&parts, entities, &mut losses);
    let mut model = model(&parts);
    losses.splice(0..0, parts.into_iter().flat_map(|p| p.losses));
    if model.properties.is_empty() && model.services.is_empty() && model.events.is_empty() {
        return None;
    }
    let make = if about.make.is_empty() { about.name.as_str() } else { about.make.as_str() };
    let digest: String = base::canonical::hash(&model).ok()?.chars().take(8).collect();
    let product_key = format!("{}-{digest}", if slug(make).is_empty() { "device".into() } else { slug(make) });
    model.profile = Profile { product_key: product_key.clone(), extra: Map::new() };
    let (model, faults) = ThingModel::parse(&serde_json::to_value(&model).ok()?, Origin::Created);
    let Some(model) = model else {
        tracing::warn!(device = about.key, ?faults, "an announced device makes no thing model");
        return None;
    };
    let device_key = match slug(&about.key) {
        plain if plain == about.key.to_lowercase() && !plain.is_empty() => plain,
        // Two keys that differ only in signs stay two.
        plain => {
            let digest: String = base::canonical::hash(&about.key).ok()?.chars().take(6).collect();
            format!("{plain}-{digest}")
        }
    };
    let mapped =
        Mapped { product: product_key.clone(), device: device_key.clone(), topic_name: None, template: None, mapping };
    let product = Product { id: ProductId::of_name(&product_key), key: product_key, names: named(make), model };
    let device = Device {
        id: DeviceId::of_name(&format!("{connection} {}", about.key)),
        product: product.id,
        key: device_key,
        names: named(&about.name),
        placements: vec![],
        route: Route::Via(connection),
        tags: BTreeSet::new(),
        disabled: false,
    };
    let mapping = serde_json::to_value(mapped).ok()?;
    Some(Candidate { key: about.key.clone(), names: device.names.clone(), product, device, mapping, losses })
}

fn model(parts: &[Part]) -> ThingModel {
    let place = |part: &&Part| KINDS.iter().position(|k| Some(*k) == part.kind);
    let covers = parts.iter().find(|p| p.kind.is_some() && p.properties.iter().any(is_cover));
    let kind = covers
        .or_else(|| parts.iter().filter(|p| place(p).is_some()).min_by_key(place))
        .or_else(|| parts.iter().find(|p| p.kind.is_some()))
        .and_then(|p| p.kind);
    ThingModel {
        properties: parts.iter().flat_map(|p| p.properties.clone()).collect(),
        services: parts.iter().flat_map(|p| p.services.clone()).collect(),
        events: parts.iter().flat_map(|p| p.events.clone()).collect(),
        x: kind.and_then(templates::by_name).map(|t| t.x.clone()).unwrap_or_default(),
        ..ThingModel::default()
    }
}

fn is_cover(property: &things::model::Property) -> bool {
    matches!(property.x.trait_.as_deref(), Some("position" | "opening"))
}

fn mapping(parts: &[Part], entities: &[&Entity], losses: &mut Vec<Bilingual>) -> Mapping {
    let mut availability: BTreeMap<String, Availability> = BTreeMap::new();
    for entity in entities {
        for a in availabilities(entity, losses) {
            availability.entry(a.topic.clone()).or_insert(a);
        }
    }
    Mapping {
        points: parts.iter().flat_map(|p| p.points.clone()).collect(),
        commands: parts.iter().flat_map(|p| p.commands.clone()).collect(),
        events: parts.iter().flat_map(|p| p.event_maps.clone()).collect(),
        availability: availability.into_values().collect(),
    }
}

/// Where an entity says whether it is there. Several must all say so, which is said as a loss where it was asked
/// otherwise.
fn availabilities(entity: &Entity, losses: &mut Vec<Bilingual>) -> Vec<Availability> {
    let mut places: Vec<Entity> = Vec::new();
    if let Some(topic) = entity.text("availability_topic") {
        let mut config = entity.config.clone();
        config.insert("topic".into(), Json::String(topic.to_string()));
        if let Some(template) = config.remove("availability_template") {
            config.insert("value_template".into(), template);
        } else {
            config.remove("value_template");
        }
        places.push(Entity { config, ..entity.clone() });
    }
    for config in entity.config.get("availability").and_then(Json::as_array).into_iter().flatten() {
        if let Json::Object(config) = config {
            places.push(Entity { config: config.clone(), ..entity.clone() });
        }
    }
    if places.len() > 1 && entity.text("availability_mode") != Some("all") {
        let (zh, en) = ("多个在线状态主题需全部在线", "all its availability topics must say that it is there");
        losses.push(Bilingual::new(format!("{}：{zh}", entity.name()), format!("{}: {en}", entity.name())));
    }
    let mut out = Vec::new();
    for place in places {
        let Some(topic) = place.text("topic").filter(|t| topics::valid_topic(t) && !t.contains(['{', '}'])) else {
            continue;
        };
        let path = match place.text("value_template").map(template::picks) {
            None | Some(Some(Picked::Whole)) => None,
            Some(Some(Picked::Path(path))) => Some(path),
            Some(None) => {
                let (zh, en) = ("无法理解在线状态的模板", "the template of its availability is not understood");
                losses.push(Bilingual::new(format!("{}：{zh}", entity.name()), format!("{}: {en}", entity.name())));
                continue;
            }
        };
        out.push(Availability {
            topic: topic.to_string(),
            path,
            online: place.word("payload_available", "online"),
            offline: place.word("payload_not_available", "offline"),
        });
    }
    out
}
