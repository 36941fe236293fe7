//! Which devices or points are meant, by what they are and where, rather than by a list.

use crate::{PointSpec, World};
use base::Timestamp;
use base::id::{DeviceId, PointId, SpaceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Everything that satisfies all the fields that are given. Without any field it selects nothing: an empty
/// description never widens to the whole building (`everything` says that).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// Every device of the site.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everything: bool,
    /// One of these points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointId>,
    /// A point of one of these devices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceId>,
    /// Of a device of one of these kinds: `light`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// With this trait: `brightness`.
    #[serde(rename = "trait", default, skip_serializing_if = "Option::is_none")]
    pub trait_: Option<String>,
    /// In one of these spaces or a part of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spaces: Vec<SpaceId>,
    /// Of a device with all these tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// But nothing that these select.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Selector>,
}

impl Selector {
    /// One point.
    pub fn point(id: PointId) -> Self {
        Selector { points: vec![id], ..Selector::default() }
    }
    /// One device.
    pub fn device(id: DeviceId) -> Self {
        Selector { devices: vec![id], ..Selector::default() }
    }

    /// Whether no field is given.
    pub fn is_empty(&self) -> bool {
        !self.everything
            && self.points.is_empty()
            && self.devices.is_empty()
            && self.kinds.is_empty()
            && self.trait_.is_none()
            && self.spaces.is_empty()
            && self.tags.is_empty()
    }

    /// The points it selects, with membership as it was at a time, ordered by id. Disabled devices are left out.
    pub fn points(&self, world: &World, at: Timestamp) -> Vec<PointId> {
        if self.is_empty() {
            return Vec::new();
        }
        // What is named or placed is looked up; only a description goes through all devices of its kinds.
        let mut rest = Selector { everything: true, ..self.clone() };
        let candidates: BTreeSet<PointId> = if !self.points.is_empty() {
            std::mem::take(&mut rest.points).into_iter().collect()
        } else if !self.devices.is_empty() {
            let named: BTreeSet<DeviceId> = std::mem::take(&mut rest.devices).into_iter().collect();
            named.into_iter().flat_map(|d| world.points_of(d)).map(|p| p.id).collect()
        } else if !self.spaces.is_empty() {
            let placed = std::mem::take(&mut rest.spaces).into_iter().flat_map(|s| world.devices_in(s, at));
            placed.flat_map(|d| world.points_of(d.id)).map(|p| p.id).collect()
        } else {
            let kinds = std::mem::take(&mut rest.kinds);
            let products = world.products().filter(|p| kinds.is_empty() || kinds.contains(&p.model.x.kind));
            let all = products.flat_map(|p| world.devices_of(p.id)).flat_map(|d| world.points_of(d.id));
            all.filter(|p| self.trait_.as_deref().is_none_or(|t| p.is(t))).map(|p| p.id).collect()
        };
        let selected = |p: &PointId| world.point(*p).is_some_and(|p| rest.selects(world, p, at));
        candidates.into_iter().filter(selected).collect()
    }

    /// The devices it selects, ordered by id.
    pub fn devices(&self, world: &World, at: Timestamp) -> Vec<DeviceId> {
        let mut devices: Vec<DeviceId> =
            self.points(world, at).iter().filter_map(|p| world.point(*p)).map(|p| p.device).collect();
        devices.sort();
        devices.dedup();
        devices
    }

    /// Whether it selects a point.
    pub fn selects(&self, world: &World, point: &PointSpec, at: Timestamp) -> bool {
        let Some(device) = world.device(point.device) else { return false };
        !self.is_empty()
            && !device.disabled
            && (self.points.is_empty() || self.points.contains(&point.id))
            && (self.devices.is_empty() || self.devices.contains(&point.device))
            && (self.kinds.is_empty() || world.kind_of(point.device).is_some_and(|k| self.kinds.iter().any(|w| w == k)))
            && self.trait_.as_deref().is_none_or(|t| point.is(t))
            && (self.spaces.is_empty() || self.spaces.iter().any(|s| world.is_in(device, *s, at)))
            && self.tags.iter().all(|t| device.tags.contains(t))
            && !self.except.iter().any(|e| e.selects(world, point, at))
    }
}
