//! What a site has: products, devices, spaces. Plain configuration documents; [`crate::World`] resolves them.

use crate::{Calendar, Names, Scene, Schedule, ThingModel};
use base::id::{ConnectionId, DeviceId, ProductId, SpaceId};
use base::{Lang, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// What devices of one make have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Key in topics and imports.
    pub key: String,
    /// What it is called.
    pub names: Names,
    /// What its devices can do.
    pub model: ThingModel,
}

/// Where a device was from some time on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// The space; none while it is in store.
    pub space: Option<SpaceId>,
    /// Since when.
    pub from: Timestamp,
}

/// By which way a device, or a raw topic, is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// It is simulated here.
    #[default]
    Simulated,
    /// It logs in to this server with credentials of its own (embedded broker, HTTP).
    Direct,
    /// A driver reaches it over this connection.
    Via(ConnectionId),
}

/// A bus, a broker or a gateway behind which devices are, and how its driver speaks to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// Name of the driver: `mqtt`, `modbus`.
    pub driver: String,
    /// What it is called.
    pub names: Names,
    /// What the driver's own configuration type describes. Never a password: that is sealed in the store.
    #[schemars(with = "Map<String, Json>")]
    pub config: Map<String, Json>,
    /// A disabled connection is closed, and its devices cannot be reached.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Its id; stays when the hardware is replaced.
    pub id: DeviceId,
    /// Its product.
    pub product: ProductId,
    /// Name in topics and imports; unique within the product.
    pub key: String,
    /// What it is called; the first name of a language is the display name.
    pub names: Names,
    /// Where it was, oldest first.
    #[serde(default)]
    pub placements: Vec<Placement>,
    /// By which way it is reached.
    #[serde(default, skip_serializing_if = "is_default")]
    pub route: Route,
    /// Marks for selecting.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// A disabled device is neither read nor written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
}

impl Device {
    /// Where it was at a time.
    pub fn space_at(&self, at: Timestamp) -> Option<SpaceId> {
        self.placements.iter().rev().find(|p| p.from <= at).and_then(|p| p.space)
    }
    /// Where it is now.
    pub fn space(&self) -> Option<SpaceId> {
        self.placements.last().and_then(|p| p.space)
    }
}

/// What kind of space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SpaceKind {
    /// The whole place.
    Site,
    /// A building.
    Building,
    /// A floor.
    Floor,
    /// A room.
    Room,
    /// Part of a room, or rooms taken together.
    Zone,
}

/// A space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// What kind.
    pub kind: SpaceKind,
    /// What it is called.
    pub names: Names,
    /// The space it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<SpaceId>,
    /// What such a room is for (`meeting_room`, `bedroom`), so that "every meeting room" needs no list of names.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Its walls on the plan of its floor, corner by corner; empty where nobody drew it. At most [`CORNERS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outline: Vec<Corner>,
}

/// Most corners of an outline.
pub const CORNERS_MAX: usize = 64;
/// Farthest a corner may be from the origin of its floor, in metres.
pub const CORNER_METRES_MAX: f64 = 10_000.0;

/// A corner of an outline: metres to the east and to the south of the north-west corner of the floor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Corner {
    /// Metres to the east.
    pub x: f64,
    /// Metres to the south.
    pub y: f64,
}

impl Space {
    /// Whether the outline can be drawn: none at all, or three corners and more within the limits.
    pub fn outline_is_sound(&self) -> bool {
        let near = |metres: f64| metres.is_finite() && metres.abs() <= CORNER_METRES_MAX;
        self.outline.is_empty()
            || ((3..=CORNERS_MAX).contains(&self.outline.len()) && self.outline.iter().all(|c| near(c.x) && near(c.y)))
    }
}

/// The site as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// What it is called.
    pub names: Names,
    /// IANA time zone.
    pub time_zone: String,
    /// Language of texts that no person asked for.
    pub language: Lang,
    /// Where on Earth it is, for sunrise and sunset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Which days people work.
    #[serde(default, skip_serializing_if = "is_default")]
    pub calendar: Calendar,
}

/// A place on Earth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Degrees to the north; to the south below zero.
    #[schemars(range(min = -90.0, max = 90.0))]
    pub latitude: f64,
    /// Degrees to the east; to the west below zero.
    #[schemars(range(min = -180.0, max = 180.0))]
    pub longitude: f64,
}

impl Place {
    /// Whether there is such a place.
    pub fn is_sound(&self) -> bool {
        (-90.0..=90.0).contains(&self.latitude) && (-180.0..=180.0).contains(&self.longitude)
    }
}

impl Default for Site {
    fn default() -> Self {
        Site {
            names: Names::new("我的站点", "My site"),
            time_zone: "Asia/Shanghai".into(),
            language: Lang::Zh,
            place: None,
            calendar: Calendar::default(),
        }
    }
}

/// Everything that is configured about what exists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct WorldDoc {
    /// The site.
    pub site: Site,
    /// Its products.
    pub products: Vec<Product>,
    /// Its spaces.
    pub spaces: Vec<Space>,
    /// Its devices.
    pub devices: Vec<Device>,
    /// Its connections.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<Connection>,
    /// Its scenes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenes: Vec<Scene>,
    /// Its schedules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Schedule>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
