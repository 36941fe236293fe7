//! What a configuration means for the devices that exist: which topic says what of whom, and which message a command
//! becomes.
//!
//! What it is *not*: state. A new world or configuration makes a new plan. Start at [`Plan::of`].

use super::codec::{Reading, Writing};
use super::config::{Availability, CommandMap, Config, Mapped, Mapping, PointMap};
use base::id::{ConnectionId, DeviceId, PointId};
use serde_json_path::JsonPath;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use things::{Device, PointSpec, Route, World};

/// What a message on a topic says.
#[derive(Debug, Clone)]
pub(super) enum Use {
    /// The value of a point.
    Point { point: PointId, identifier: Arc<str>, reading: Reading },
    /// An event, when its word is one of these.
    Event { identifier: Arc<str>, path: Option<Arc<JsonPath>>, words: Vec<String> },
    /// Whether the device is there: the place in its list, and the words.
    Availability { index: usize, path: Option<Arc<JsonPath>>, online: String, offline: String },
}

/// The message that a command becomes.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) topic: String,
    pub(super) writing: Writing,
    pub(super) retain: bool,
    pub(super) qos: u8,
}

/// A configuration, resolved.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    /// What topics say, by topic and device.
    pub(super) topics: BTreeMap<String, Vec<(DeviceId, Use)>>,
    /// What commands become.
    pub(super) orders: BTreeMap<PointId, Order>,
    /// The devices, with the topics of their availability.
    pub(super) devices: BTreeMap<DeviceId, Vec<String>>,
    /// Those of them of which the configuration says nothing.
    pub(super) unmapped: BTreeSet<DeviceId>,
    /// Topics that are the devices' own; a rule does not publish there.
    pub(super) own: BTreeSet<String>,
}

impl Plan {
    /// Resolves a configuration. Devices that do not exist, are disabled or are reached otherwise are left out.
    pub(super) fn of(config: &Config, connection: ConnectionId, world: &World) -> Plan {
        let mut build = Build { plan: Plan::default(), paths: BTreeMap::new() };
        if let Some(presence) = &config.presence {
            build.plan.own.insert(presence.topic.clone());
        }
        for mapped in &config.devices {
            // What a device says or is told stays its own even while it is disabled.
            for mapping in mappings(config, mapped) {
                build.plan.own.extend(topics_of(mapping).map(|t| mapped.topic(t)));
            }
            let device = world.device_by_key(&mapped.product, &mapped.device);
            if let Some(device) = device.filter(|d| d.route == Route::Via(connection) && !d.disabled) {
                build.device(config, mapped, device, world);
            }
        }
        let mut plan = build.plan;
        for device in world.devices().filter(|d| d.route == Route::Via(connection) && !d.disabled) {
            if let Entry::Vacant(place) = plan.devices.entry(device.id) {
                place.insert(Vec::new());
                plan.unmapped.insert(device.id);
            }
        }
        plan
    }
}

/// The mappings of a device: its template's, then its own.
pub(super) fn mappings<'a>(config: &'a Config, mapped: &'a Mapped) -> impl Iterator<Item = &'a Mapping> {
    let template = mapped.template.as_ref().and_then(|name| config.templates.iter().find(|t| t.name == *name));
    template.map(|t| &t.mapping).into_iter().chain([&mapped.mapping])
}

/// The topics of a mapping as they are written.
pub(super) fn topics_of(mapping: &Mapping) -> impl Iterator<Item = &str> {
    let points = mapping.points.iter().map(|p| &p.topic);
    let commands = mapping.commands.iter().map(|c| &c.topic);
    let events = mapping.events.iter().map(|e| &e.topic);
    let availability = mapping.availability.iter().map(|a| &a.topic);
    points.chain(commands).chain(events).chain(availability).map(String::as_str)
}

struct Build {
    plan: Plan,
    /// Each path is compiled once, however many devices use it.
    paths: BTreeMap<String, Option<Arc<JsonPath>>>,
}

impl Build {
    fn device(&mut self, config: &Config, mapped: &Mapped, device: &Device, world: &World) {
        let points: BTreeMap<&str, &PointSpec> =
            world.points_of(device.id).map(|p| (p.identifier.as_str(), p)).collect();
        let mut availability: Vec<String> = Vec::new();
        for mapping in mappings(config, mapped) {
            for p in &mapping.points {
                if let Some(spec) = points.get(p.identifier.as_str()) {
                    let reading = self.reading(p);
                    let said = Use::Point { point: spec.id, identifier: p.identifier.as_str().into(), reading };
                    self.topic(mapped.topic(&p.topic), device.id, said);
                }
            }
            for e in &mapping.events {
                let path = self.path(e.path.as_deref());
                let said = Use::Event { identifier: e.identifier.as_str().into(), path, words: e.words.clone() };
                self.topic(mapped.topic(&e.topic), device.id, said);
            }
            for a in &mapping.availability {
                let topic = mapped.topic(&a.topic);
                let said = self.availability(a, availability.len());
                availability.push(topic.clone());
                self.topic(topic, device.id, said);
            }
            for c in &mapping.commands {
                if let Some(spec) = points.get(c.identifier.as_str()) {
                    self.plan.orders.insert(spec.id, order(config, mapped, c));
                }
            }
        }
        self.plan.devices.insert(device.id, availability);
    }

    fn topic(&mut self, topic: String, device: DeviceId, said: Use) {
        self.plan.topics.entry(topic).or_default().push((device, said));
    }

    fn reading(&mut self, p: &PointMap) -> Reading {
        Reading { path: self.path(p.path.as_deref()), values: p.values.clone(), scale: p.scale, offset: p.offset }
    }

    fn availability(&mut self, a: &Availability, index: usize) -> Use {
        let path = self.path(a.path.as_deref());
        Use::Availability { index, path, online: a.online.clone(), offline: a.offline.clone() }
    }

    fn path(&mut self, path: Option<&str>) -> Option<Arc<JsonPath>> {
        let path = path?;
        self.paths.entry(path.to_string()).or_insert_with(|| JsonPath::parse(path).ok().map(Arc::new)).clone()
    }
}

/// What a command becomes; what it leaves open is as the point reports it.
fn order(config: &Config, mapped: &Mapped, c: &CommandMap) -> Order {
    let reported = mappings(config, mapped).flat_map(|m| &m.points).find(|p| p.identifier == c.identifier);
    let values = match reported {
        Some(p) if c.values.is_empty() => &p.values,
        _ => &c.values,
    };
    Order {
        topic: mapped.topic(&c.topic),
        writing: Writing {
            template: c.template.clone(),
            values: values.clone(),
            scale: c.scale.or(reported.map(|p| p.scale)).unwrap_or(1.0),
            offset: c.offset.or(reported.map(|p| p.offset)).unwrap_or(0.0),
            decimals: c.decimals,
        },
        retain: c.retain,
        qos: c.qos,
    }
}
