//! Devices that announce themselves as to Home Assistant: `PREFIX/COMPONENT/[NODE/]OBJECT/config`, and the device form
//! `PREFIX/device/ID/config`. What is announced becomes a candidate that a person approves; nothing exists by itself.
//!
//! Pure. What it is *not*: a copy of Home Assistant. What is lost on the way is told with each candidate:
//!
//! - Components other than sensor, binary_sensor, switch, light, cover, climate, fan, lock, number, select, button,
//!   scene, event and device_automation (triggers).
//! - Templates that do more than pick or place a value: calculation, conditions, other filters. Rounding is left out
//!   without being told: the value is more exact then.
//! - Lights: colour, colour temperature in mired, effects, the schema `template`.
//! - Climate: fan, swing and preset modes, a range of two setpoints. Fans: presets, oscillation, direction.
//! - Locks: codes, and opening beyond unlocking. Covers: that they are moving now (open counts).
//! - Units outside of our table: the value is a plain number. `off_delay`, `expire_after`, encodings but UTF-8.
//! - `availability_mode` `any` and `latest`: all topics must say that the device is there.
//! - Icons, entity categories, suggested areas and display precision: they change no behaviour here.
//!
//! Start at [`Finder::heard`].

mod candidate;
mod components;
mod part;
mod template;
mod words;

use super::config::{Config, Mapped};
use crate::contract::Found;
use base::id::ConnectionId;
use candidate::About;
use part::Entity;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// Most announcements that are kept; more are not looked at.
const ANNOUNCED_MAX: usize = 20_000;
/// Most entities of one announcement or one device.
const ENTITIES_MAX: usize = 200;

/// Collects what is announced.
#[derive(Debug)]
pub struct Finder {
    connection: ConnectionId,
    prefix: String,
    /// Devices that are mapped already, as they are mapped.
    mapped: Vec<Mapped>,
    /// Entities by the topic of their announcement, with the key of their device.
    announced: BTreeMap<String, (String, Vec<Entity>)>,
    /// Topics of announcements, by device.
    devices: BTreeMap<String, Vec<String>>,
}

impl Finder {
    /// Nothing was announced yet.
    pub fn new(connection: ConnectionId, config: &Config) -> Finder {
        Finder {
            connection,
            prefix: config.discovery.prefix.clone(),
            mapped: config.devices.clone(),
            announced: BTreeMap::new(),
            devices: BTreeMap::new(),
        }
    }

    /// Where devices announce themselves.
    pub fn filters(&self) -> Vec<String> {
        vec![format!("{}/+/+/config", self.prefix), format!("{}/+/+/+/config", self.prefix)]
    }

    /// A message came. What follows for the device that it is about; none when it is no announcement, or says nothing
    /// new.
    pub fn heard(&mut self, topic: &str, payload: &[u8]) -> Option<Found> {
        let place = topic.strip_prefix(self.prefix.as_str())?.strip_prefix('/')?.strip_suffix("/config")?;
        let levels: Vec<&str> = place.split('/').collect();
        let (component, object) = match levels[..] {
            [component, object] | [component, _, object] => (component, object),
            _ => return None,
        };
        let json = serde_json::from_slice::<Json>(payload).ok();
        let announced = json.as_ref().and_then(Json::as_object).filter(|map| !map.is_empty()).map(words::in_full);
        let entities = announced.map(|config| entities(component, object, config)).unwrap_or_default();
        let Some(first) = entities.first() else {
            let (device, _) = self.announced.remove(topic)?;
            return Some(self.offer_again(&device, topic));
        };
        let about = About::of(first);
        match self.announced.get(topic) {
            Some((device, before)) if *device == about.key && *before == entities => return None,
            Some((device, _)) if *device != about.key => {
                let device = device.clone();
                self.leave(&device, topic);
            }
            Some(_) => {}
            None if self.announced.len() >= ANNOUNCED_MAX => {
                tracing::warn!(topic, "too many announcements: this one was not looked at");
                return None;
            }
            None => {}
        }
        let topics = self.devices.entry(about.key.clone()).or_default();
        if !topics.iter().any(|t| t == topic) {
            topics.push(topic.to_string());
            topics.sort();
        }
        self.announced.insert(topic.to_string(), (about.key.clone(), entities));
        self.offer(&about)
    }

    /// The device without what this topic announced.
    fn offer_again(&mut self, device: &str, topic: &str) -> Found {
        self.leave(device, topic);
        let rest = self.devices.get(device).and_then(|topics| self.announced.get(topics.first()?)?.1.first());
        let about = rest.map(About::of);
        about
            .and_then(|about| self.offer(&about))
            .unwrap_or_else(|| Found::Gone { connection: self.connection, key: device.to_string() })
    }

    fn leave(&mut self, device: &str, topic: &str) {
        if let Some(topics) = self.devices.get_mut(device) {
            topics.retain(|t| t != topic);
            if topics.is_empty() {
                self.devices.remove(device);
            }
        }
    }

    fn offer(&self, about: &About) -> Option<Found> {
        let topics = self.devices.get(&about.key)?;
        let all = topics.iter().filter_map(|t| self.announced.get(t)).flat_map(|(_, entities)| entities);
        let entities: Vec<&Entity> = all.take(ENTITIES_MAX).collect();
        let candidate = candidate::join(self.connection, about, &entities)?;
        let known = |m: &Mapped| serde_json::to_value(m).is_ok_and(|json| json == candidate.mapping);
        (!self.mapped.iter().any(known)).then(|| Found::Offer(Box::new(candidate)))
    }
}

/// The entities of an announcement; the device form has several, which share what stands beside them.
fn entities(component: &str, object: &str, mut config: Map<String, Json>) -> Vec<Entity> {
    if component != "device" {
        return vec![Entity { component: component.into(), object: object.into(), config }];
    }
    let Some(Json::Object(parts)) = config.remove("components") else { return Vec::new() };
    let mut out = Vec::new();
    for (id, part) in parts.into_iter().take(ENTITIES_MAX) {
        let Json::Object(mut part) = part else { continue };
        for (key, shared) in &config {
            part.entry(key.clone()).or_insert_with(|| shared.clone());
        }
        let Some(Json::String(component)) = part.remove("platform") else { continue };
        out.push(Entity { component, object: id, config: part });
    }
    out
}

#[cfg(test)]
mod tests;
