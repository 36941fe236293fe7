//! The immutable snapshot of what exists, with its indexes. A change of configuration makes a new one.

use crate::calendar::SITE_DAYS_MAX;
use crate::registry::{CORNER_METRES_MAX, CORNERS_MAX, Connection, Device, Product, Route, Site, Space, WorldDoc};
use crate::{PointKind, PointSpec, Scene, Schedule, ThingModel, scene, schedule};
use base::id::{ConnectionId, DeviceId, PointId, ProductId, SceneId, ScheduleId, SpaceId};
use base::{Bilingual, Diagnostic, Diagnostics, Lang, Sample, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;
use std::ops::Range;

/// Deepest nesting of spaces.
pub const SPACE_DEPTH_MAX: usize = 16;
/// Most devices of one world.
pub const DEVICES_MAX: usize = 200_000;

/// Present values of points.
pub type States = BTreeMap<PointId, Sample>;

/// What exists, resolved. Order is by id everywhere, so that results do not depend on chance.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct World {
    doc: WorldDoc,
    products: BTreeMap<ProductId, usize>,
    devices: BTreeMap<DeviceId, usize>,
    spaces: BTreeMap<SpaceId, usize>,
    /// All points, those of a device side by side.
    specs: Vec<PointSpec>,
    points: BTreeMap<PointId, usize>,
    by_device: BTreeMap<DeviceId, Range<usize>>,
    /// Devices of each product, by id.
    by_product: BTreeMap<ProductId, BTreeSet<DeviceId>>,
    /// Devices that are, or once were, in a space or in a part of it.
    by_space: BTreeMap<SpaceId, BTreeSet<DeviceId>>,
    /// Devices that another one shares its display names with.
    namesakes: BTreeSet<DeviceId>,
    /// Devices by the key of their product and their own, as topics and imports name them.
    by_key: BTreeMap<String, BTreeMap<String, DeviceId>>,
    connections: BTreeMap<ConnectionId, usize>,
    scenes: BTreeMap<SceneId, usize>,
    schedules: BTreeMap<ScheduleId, usize>,
    /// What the properties of a product take, in the order of its model; none where one of them is faulty.
    kinds: BTreeMap<ProductId, Vec<PointKind>>,
}

impl World {
    /// Resolves a document. What cannot be resolved (a device of an unknown product) is left out and reported.
    pub fn build(doc: WorldDoc) -> (World, Diagnostics) {
        let mut found = Diagnostics::new();
        let mut world = World { doc, ..World::default() };
        for (i, p) in world.doc.products.iter().enumerate() {
            world.products.insert(p.id, i);
            if let Ok(kinds) = p.model.properties.iter().map(PointKind::of_property).collect() {
                world.kinds.insert(p.id, kinds);
            }
        }
        for (i, s) in world.doc.spaces.iter().enumerate() {
            world.spaces.insert(s.id, i);
        }
        for (i, s) in world.doc.spaces.iter().enumerate() {
            if world.path_of(s.id).len() >= SPACE_DEPTH_MAX {
                found.push(Diagnostic::error(
                    "world.space_cycle",
                    format!("/spaces/{i}/parent"),
                    Bilingual::new("空间层级成环或过深", "the space is part of itself, or nested too deeply"),
                ));
            } else if s.parent.is_some_and(|p| !world.spaces.contains_key(&p)) {
                found.push(Diagnostic::error(
                    "world.space_parent",
                    format!("/spaces/{i}/parent"),
                    Bilingual::new("上级空间不存在", "the parent space does not exist"),
                ));
            }
            if !s.outline_is_sound() {
                found.push(Diagnostic::error(
                    "world.space_outline",
                    format!("/spaces/{i}/outline"),
                    Bilingual::new(
                        format!("轮廓须有 3 到 {CORNERS_MAX} 个角，坐标以米为单位，绝对值不超过 {CORNER_METRES_MAX}"),
                        format!("an outline has 3 to {CORNERS_MAX} corners, in metres, none farther than {CORNER_METRES_MAX}"),
                    ),
                ));
            }
        }
        check_site(&world.doc.site, &mut found);
        if world.doc.devices.len() > DEVICES_MAX {
            found.push(Diagnostic::error(
                "world.limit",
                "/devices",
                Bilingual::new(
                    format!("最多 {DEVICES_MAX} 台设备"),
                    format!("at most {DEVICES_MAX} devices are possible"),
                ),
            ));
        }
        for (i, c) in world.doc.connections.iter().enumerate() {
            world.connections.insert(c.id, i);
        }
        for (i, s) in world.doc.scenes.iter().enumerate() {
            world.scenes.insert(s.id, i);
        }
        for (i, s) in world.doc.schedules.iter().enumerate() {
            world.schedules.insert(s.id, i);
        }
        world.index_devices(&mut found);
        world.index_groups();
        found.extend(scene::check_all(&world));
        found.extend(schedule::check_all(&world));
        (world, found)
    }

    fn index_devices(&mut self, found: &mut Diagnostics) {
        for (i, d) in self.doc.devices.iter().enumerate().take(DEVICES_MAX) {
            let Some(product) = self.products.get(&d.product).and_then(|p| self.doc.products.get(*p)) else {
                found.push(Diagnostic::error(
                    "world.product",
                    format!("/devices/{i}/product"),
                    Bilingual::new(
                        format!("设备“{}”的产品不存在", d.key),
                        format!("the product of device `{}` does not exist", d.key),
                    ),
                ));
                continue;
            };
            if self.devices.insert(d.id, i).is_some() {
                found.push(Diagnostic::error(
                    "world.duplicate",
                    format!("/devices/{i}/id"),
                    Bilingual::new("设备 id 重复", "two devices have this id"),
                ));
            }
            let keys = self.by_key.entry(product.key.clone()).or_default();
            if keys.insert(d.key.clone(), d.id).is_some() {
                found.push(Diagnostic::error(
                    "world.duplicate_key",
                    format!("/devices/{i}/key"),
                    Bilingual::new(
                        format!("产品“{}”已有名为“{}”的设备", product.key, d.key),
                        format!("product `{}` already has a device `{}`", product.key, d.key),
                    ),
                ));
            }
            if let Route::Via(connection) = d.route
                && !self.connections.contains_key(&connection)
            {
                found.push(Diagnostic::error(
                    "world.connection",
                    format!("/devices/{i}/route"),
                    Bilingual::new(
                        format!("设备“{}”所用的连接不存在", d.key),
                        format!("the connection of device `{}` does not exist", d.key),
                    ),
                ));
            }
            let first = self.specs.len();
            self.specs.extend(points_of(d.id, &product.model, i, found));
            self.by_device.insert(d.id, first..self.specs.len());
            self.points.extend(self.specs.iter().enumerate().skip(first).map(|(place, spec)| (spec.id, place)));
        }
    }

    /// What devices have in common, so that a large building need not be searched for it.
    fn index_groups(&mut self) {
        let mut by_space: BTreeMap<SpaceId, BTreeSet<DeviceId>> = BTreeMap::new();
        let mut by_product: BTreeMap<ProductId, BTreeSet<DeviceId>> = BTreeMap::new();
        let mut called: BTreeMap<[&str; 2], DeviceId> = BTreeMap::new();
        let mut namesakes = BTreeSet::new();
        for d in self.devices() {
            by_product.entry(d.product).or_default().insert(d.id);
            for space in d.placements.iter().filter_map(|p| p.space).flat_map(|s| self.outward(s)) {
                by_space.entry(space).or_default().insert(d.id);
            }
            let names = [Lang::Zh, Lang::En].map(|l| d.names.display(l));
            if let Some(other) = called.insert(names, d.id) {
                namesakes.extend([other, d.id]);
            }
        }
        (self.by_space, self.by_product, self.namesakes) = (by_space, by_product, namesakes);
    }

    /// The document it was built from.
    pub fn doc(&self) -> &WorldDoc {
        &self.doc
    }
    /// The site.
    pub fn site(&self) -> &Site {
        &self.doc.site
    }
    /// A product.
    pub fn product(&self, id: ProductId) -> Option<&Product> {
        self.doc.products.get(*self.products.get(&id)?)
    }
    /// A device.
    pub fn device(&self, id: DeviceId) -> Option<&Device> {
        self.doc.devices.get(*self.devices.get(&id)?)
    }
    /// The device with this key, of the product with that one.
    pub fn device_by_key(&self, product: &str, device: &str) -> Option<&Device> {
        self.device(*self.by_key.get(product)?.get(device)?)
    }
    /// The product with this key.
    pub fn product_by_key(&self, key: &str) -> Option<&Product> {
        self.products().find(|p| p.key == key)
    }
    /// A connection.
    pub fn connection(&self, id: ConnectionId) -> Option<&Connection> {
        self.doc.connections.get(*self.connections.get(&id)?)
    }
    /// All connections, by id.
    pub fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.values().filter_map(|i| self.doc.connections.get(*i))
    }
    /// A scene.
    pub fn scene(&self, id: SceneId) -> Option<&Scene> {
        self.doc.scenes.get(*self.scenes.get(&id)?)
    }
    /// All scenes, by id.
    pub fn scenes(&self) -> impl Iterator<Item = &Scene> {
        self.scenes.values().filter_map(|i| self.doc.scenes.get(*i))
    }
    /// A schedule.
    pub fn schedule(&self, id: ScheduleId) -> Option<&Schedule> {
        self.doc.schedules.get(*self.schedules.get(&id)?)
    }
    /// All schedules, by id.
    pub fn schedules(&self) -> impl Iterator<Item = &Schedule> {
        self.schedules.values().filter_map(|i| self.doc.schedules.get(*i))
    }
    /// A space.
    pub fn space(&self, id: SpaceId) -> Option<&Space> {
        self.doc.spaces.get(*self.spaces.get(&id)?)
    }
    /// A point.
    pub fn point(&self, id: PointId) -> Option<&PointSpec> {
        self.specs.get(*self.points.get(&id)?)
    }
    /// All devices, by id.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values().filter_map(|i| self.doc.devices.get(*i))
    }
    /// All spaces, by id.
    pub fn spaces(&self) -> impl Iterator<Item = &Space> {
        self.spaces.values().filter_map(|i| self.doc.spaces.get(*i))
    }
    /// All products, by id.
    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.products.values().filter_map(|i| self.doc.products.get(*i))
    }
    /// All points, by id.
    pub fn points(&self) -> impl Iterator<Item = &PointSpec> {
        self.points.values().filter_map(|i| self.specs.get(*i))
    }
    /// The points of a device, in the order of its model.
    pub fn points_of(&self, device: DeviceId) -> impl Iterator<Item = &PointSpec> {
        self.by_device.get(&device).and_then(|own| self.specs.get(own.clone())).unwrap_or_default().iter()
    }
    /// Id and kind of the property that stands at a place of the model; quicker than [`World::point`], since devices
    /// of one product share it. None where the product has a faulty property.
    pub fn property_at(&self, device: &Device, place: usize) -> Option<(PointId, &PointKind)> {
        let own = self.specs.get(self.by_device.get(&device.id)?.clone())?;
        Some((own.get(place)?.id, self.kinds.get(&device.product)?.get(place)?))
    }
    /// The model of a device.
    pub fn model_of(&self, device: DeviceId) -> Option<&ThingModel> {
        Some(&self.product(self.device(device)?.product)?.model)
    }
    /// The kind of a device: `light`, `curtain`.
    pub fn kind_of(&self, device: DeviceId) -> Option<&str> {
        Some(self.model_of(device)?.x.kind.as_str())
    }
    /// The first point of a device with a trait.
    pub fn point_with(&self, device: DeviceId, trait_id: &str) -> Option<&PointSpec> {
        self.points_of(device).find(|p| p.is(trait_id))
    }
    /// A space and the spaces it is part of, from the inside out; cut at [`SPACE_DEPTH_MAX`].
    pub fn path_of(&self, space: SpaceId) -> Vec<SpaceId> {
        self.outward(space).collect()
    }
    fn outward(&self, space: SpaceId) -> impl Iterator<Item = SpaceId> {
        successors(Some(space), |id| self.space(*id)?.parent).take(SPACE_DEPTH_MAX)
    }
    /// Whether a device was in a space, or in a part of it, at a time.
    pub fn is_in(&self, device: &Device, space: SpaceId, at: Timestamp) -> bool {
        device.space_at(at).is_some_and(|s| self.outward(s).any(|s| s == space))
    }
    /// The devices that were in a space, or in a part of it, at a time; by id.
    pub fn devices_in(&self, space: SpaceId, at: Timestamp) -> impl Iterator<Item = &Device> {
        let once = self.by_space.get(&space).into_iter().flatten().filter_map(|d| self.device(*d));
        once.filter(move |d| self.is_in(d, space, at))
    }
    /// The devices of a product, by id.
    pub fn devices_of(&self, product: ProductId) -> impl Iterator<Item = &Device> {
        self.by_product.get(&product).into_iter().flatten().filter_map(|d| self.device(*d))
    }
    /// Whether another device has the same display names.
    pub fn has_namesake(&self, device: DeviceId) -> bool {
        self.namesakes.contains(&device)
    }
    /// A point in words: device, and the property where the device has several.
    pub fn point_words(&self, id: PointId) -> Bilingual {
        let Some(spec) = self.point(id) else { return Bilingual::new("未知点位", "unknown point") };
        let device = self.device(spec.device).map_or_else(Bilingual::default, |d| d.names.bilingual());
        let (zh, en) = (spec.names.display(Lang::Zh), spec.names.display(Lang::En));
        if self.points_of(spec.device).count() == 1 {
            return device;
        }
        Bilingual::new(format!("{}的{zh}", device.zh), format!("{} {en}", device.en))
    }
}

/// What a site says of itself that others rely on.
fn check_site(site: &Site, found: &mut Diagnostics) {
    if site.place.is_some_and(|p| !p.is_sound()) {
        found.push(Diagnostic::error(
            "world.place",
            "/site/place",
            Bilingual::new(
                "纬度应在 -90 到 90 度之间，经度应在 -180 到 180 度之间",
                "a latitude is -90 to 90 degrees, a longitude -180 to 180",
            ),
        ));
    }
    let days = [("holidays", &site.calendar.holidays), ("workdays", &site.calendar.workdays)];
    for (field, _) in days.iter().filter(|(_, days)| days.len() > SITE_DAYS_MAX) {
        found.push(Diagnostic::error(
            "world.limit",
            format!("/site/calendar/{field}"),
            Bilingual::new(format!("最多 {SITE_DAYS_MAX} 天"), format!("at most {SITE_DAYS_MAX} days are possible")),
        ));
    }
}

fn points_of(device: DeviceId, model: &ThingModel, index: usize, found: &mut Diagnostics) -> Vec<PointSpec> {
    let mut out = Vec::with_capacity(model.properties.len() + model.services.len());
    for p in &model.properties {
        match PointSpec::of_property(device, p) {
            Ok(spec) => out.push(spec),
            Err(message) => found.push(Diagnostic::error("world.property", format!("/devices/{index}"), message)),
        }
    }
    out.extend(model.services.iter().map(|s| PointSpec::of_service(device, s)));
    out
}
