//! Changes of what exists: the site, products, spaces, devices, connections, scenes, schedules. Applied together or not at all.

use base::id::{ConnectionId, DeviceId, ProductId, SceneId, ScheduleId, SpaceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{Connection, Device, Product, Scene, Schedule, Site, Space};

/// Most changes of one request.
pub const CHANGES_MAX: usize = 10_000;

/// One change of what exists. `put` makes what is not there and replaces what is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The site: its names, time zone, language, place and calendar.
    PutSite(Box<Site>),
    /// A product.
    PutProduct(Box<Product>),
    /// A space.
    PutSpace(Box<Space>),
    /// A device.
    PutDevice(Box<Device>),
    /// A connection.
    PutConnection(Box<Connection>),
    /// A scene.
    PutScene(Box<Scene>),
    /// A schedule.
    PutSchedule(Box<Schedule>),
    /// A product that no device is of.
    RemoveProduct(ProductId),
    /// A space that nothing is in.
    RemoveSpace(SpaceId),
    /// A device. It can be restored for a while.
    RemoveDevice {
        /// Which.
        device: DeviceId,
        /// Although rules use it.
        #[serde(default)]
        force: bool,
    },
    /// A removed device comes back as it was.
    RestoreDevice(DeviceId),
    /// A connection that no device is behind.
    RemoveConnection(ConnectionId),
    /// A scene that no schedule runs.
    RemoveScene(SceneId),
    /// A schedule.
    RemoveSchedule(ScheduleId),
}
