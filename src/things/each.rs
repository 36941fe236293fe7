//! What something stands for one by one: every meeting room, every socket.
//!
//! What it is *not*: one description of many things at once; that is [`Selector`]. Start at [`Each`].

use crate::{Device, Selector, SpaceKind, World};
use base::id::{DeviceId, PointId, SpaceId};
use base::{Bilingual, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// For each of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    /// Spaces: rooms, floors.
    Spaces(Spaces),
    /// Devices.
    Devices(Selector),
}

/// Every space that satisfies all the fields that are given. Without any field it selects nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct Spaces {
    /// Of this kind: `room`, `floor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SpaceKind>,
    /// With all these tags: `meeting_room`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Part of one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<SpaceId>,
    /// One of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<SpaceId>,
    /// But none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<SpaceId>,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Here {
    /// A space.
    Space(SpaceId),
    /// A device.
    Device(DeviceId),
}

impl Each {
    /// All of them as they are from now on, ordered by id.
    pub fn all(&self, world: &World) -> Vec<Here> {
        match self {
            Each::Spaces(spaces) => {
                world.spaces().map(|s| s.id).filter(|s| spaces.selects(world, *s)).map(Here::Space).collect()
            }
            Each::Devices(select) => select.devices(world, Timestamp::MAX).into_iter().map(Here::Device).collect(),
        }
    }
}

impl Spaces {
    /// Whether it selects a space.
    pub fn selects(&self, world: &World, id: SpaceId) -> bool {
        let given = self.kind.is_some() || !(self.tags.is_empty() && self.within.is_empty() && self.only.is_empty());
        let part = || world.path_of(id).iter().skip(1).any(|outer| self.within.contains(outer));
        world.space(id).is_some_and(|space| {
            given
                && self.kind.is_none_or(|kind| space.kind == kind)
                && self.tags.iter().all(|tag| space.tags.contains(tag))
                && (self.within.is_empty() || part())
                && (self.only.is_empty() || self.only.contains(&id))
                && !self.except.contains(&id)
        })
    }
}

impl Here {
    /// Whether a device is there from now on: it is the device, or stands in the space or a part of it.
    pub fn has(self, world: &World, device: &Device) -> bool {
        match self {
            Here::Space(space) => world.is_in(device, space, Timestamp::MAX),
            Here::Device(id) => device.id == id,
        }
    }
    /// Whether a point is one of a device there.
    pub fn has_point(self, world: &World, point: PointId) -> bool {
        let device = world.point(point).and_then(|p| world.device(p.device));
        device.is_some_and(|device| self.has(world, device))
    }
    /// What it is called.
    pub fn words(self, world: &World) -> Bilingual {
        let names = match self {
            Here::Space(id) => world.space(id).map(|s| &s.names),
            Here::Device(id) => world.device(id).map(|d| &d.names),
        };
        names.map_or_else(Bilingual::default, crate::Names::bilingual)
    }
}

impl fmt::Display for Here {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Here::Space(id) => id.fmt(f),
            Here::Device(id) => id.fmt(f),
        }
    }
}

impl FromStr for Here {
    type Err = <DeviceId as FromStr>::Err;
    fn from_str(text: &str) -> Result<Here, Self::Err> {
        text.parse().map(Here::Space).or_else(|_| text.parse().map(Here::Device))
    }
}
