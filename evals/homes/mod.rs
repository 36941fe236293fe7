//! Homes of third parties as worlds of ours: the table of kinds, the device's own ranges, the first values, and the way
//! back from points to what a home's device shows.
//!
//! What it is *not*: nothing runs here. Start at [`build`]; the table is in `table`.

pub mod calls;
mod models;
pub mod ops;
pub(crate) mod table;
mod values;

use crate::suite::{Home, HomeDevice, Place, State};
use base::id::{DeviceId, PointId, ProductId, SpaceId};
use base::{Lang, Timestamp, Value};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use things::model::{DataKind, Property, ThingModel};
use things::{
    Device, Names, Place as OnEarth, Placement, PointKind, PointSpec, Product, Site, Space, SpaceKind, States, World,
    WorldDoc,
};

/// State of a device that cannot be reached.
const UNREACHABLE: &str = "unavailable";

/// How a home is made into a world.
#[derive(Debug, Clone, Copy, Default)]
pub struct How<'a> {
    /// States other than the home's.
    pub setup: Option<&'a BTreeMap<String, State>>,
    /// Whether the sensors of a room are one device.
    pub merged: bool,
    /// Moment with its offset, which gives the time zone.
    pub now: Option<&'a str>,
    /// Further names of devices by id.
    pub also: Option<&'a BTreeMap<String, String>>,
}

/// A home as a world.
#[derive(Debug, Clone)]
pub struct Built {
    /// The configuration.
    pub doc: WorldDoc,
    /// The world.
    pub world: Arc<World>,
    /// First values.
    pub values: BTreeMap<PointId, Value>,
    /// Devices that cannot be reached.
    pub unreachable: Vec<DeviceId>,
    /// The home's devices in its order.
    pub bound: Vec<Bound>,
    /// Ids of the home's rooms.
    pub areas: Vec<String>,
    /// Ids of the home's floors.
    pub floors: Vec<String>,
    /// Whether every first value counts as told, also those that the driver chose.
    pub all_told: bool,
    by_point: BTreeMap<PointId, usize>,
}

/// A home's device and the points it became.
#[derive(Debug, Clone)]
pub struct Bound {
    /// As the home has it, with the item's states.
    pub device: HomeDevice,
    /// Its points; none when its kind has no template.
    pub points: Vec<PointId>,
}

/// A device before it stands in a world.
struct Part {
    index: usize,
    model: ThingModel,
}

/// Makes a world of a home.
pub fn build(home: &Home, how: &How<'_>) -> Built {
    let mut doc = WorldDoc { site: site(how.now), ..WorldDoc::default() };
    doc.spaces = spaces(home);
    let mut bound: Vec<Bound> =
        home.devices.iter().map(|d| Bound { device: set_up(d, how), points: Vec::new() }).collect();
    let parts: Vec<Part> = bound
        .iter()
        .enumerate()
        .filter_map(|(index, b)| models::of(&b.device).map(|model| Part { index, model }))
        .collect();
    let (single, groups) = if how.merged { grouped(parts, &bound) } else { (parts, BTreeMap::new()) };
    for Part { index, model } in single {
        let Some(b) = bound.get_mut(index) else { continue };
        let id = DeviceId::of_name(&b.device.id);
        b.points = point_ids(id, &model);
        let names = names(&b.device, how);
        push(&mut doc, &b.device.id, b.device.area.as_deref(), names, model);
    }
    for (area, parts) in groups {
        merge(&mut doc, home, &area, parts, &mut bound, how);
    }
    let ids = |places: &[Place]| places.iter().map(|p| p.id.clone()).collect();
    Built { areas: ids(&home.areas), floors: ids(&home.floors), ..finish(doc, bound) }
}

fn finish(doc: WorldDoc, bound: Vec<Bound>) -> Built {
    let (world, _) = World::build(doc.clone());
    let mut values = BTreeMap::new();
    let mut by_point = BTreeMap::new();
    let mut unreachable = BTreeSet::new();
    for (index, b) in bound.iter().enumerate() {
        for spec in b.points.iter().filter_map(|p| world.point(*p)) {
            by_point.insert(spec.id, index);
            if let Some(value) = first_value(&b.device, spec) {
                values.insert(spec.id, value);
            }
            if b.device.state_text().as_deref() == Some(UNREACHABLE) {
                unreachable.insert(spec.device);
            }
        }
    }
    Built {
        doc,
        world: Arc::new(world),
        values,
        unreachable: unreachable.into_iter().collect(),
        bound,
        areas: Vec::new(),
        floors: Vec::new(),
        all_told: false,
        by_point,
    }
}

/// The value a home's device gives to a point, where the point takes it.
fn first_value(device: &HomeDevice, spec: &PointSpec) -> Option<Value> {
    let number = matches!(spec.kind, PointKind::Number { .. });
    let value = match &device.ops {
        Some(_) => calls::value(device, spec)?,
        None => values::value(device, spec.trait_.as_deref(), number)?,
    };
    Some(spec.settle(value)).filter(|v| spec.check(v).is_ok())
}

impl Built {
    /// The demo building; its devices are known by their keys, their kinds by our own words.
    pub fn of_demo(doc: WorldDoc, values: BTreeMap<PointId, Value>) -> Built {
        let (world, _) = World::build(doc.clone());
        let bound: Vec<Bound> = world
            .devices()
            .map(|d| Bound {
                device: HomeDevice {
                    id: d.key.clone(),
                    name: d.key.clone(),
                    aliases: Vec::new(),
                    domain: world.kind_of(d.id).unwrap_or("").to_owned(),
                    area: None,
                    device_class: None,
                    state: Json::Null,
                    attributes: Map::new(),
                    ops: None,
                },
                points: world.points_of(d.id).map(|p| p.id).collect(),
            })
            .collect();
        let by_point = bound.iter().enumerate().flat_map(|(n, b)| b.points.iter().map(move |p| (*p, n))).collect();
        Built {
            doc,
            world: Arc::new(world),
            values,
            unreachable: Vec::new(),
            bound,
            areas: Vec::new(),
            floors: Vec::new(),
            all_told: true,
            by_point,
        }
    }
    /// How many devices have no template.
    pub fn left_out(&self) -> usize {
        self.bound.iter().filter(|b| b.points.is_empty()).count()
    }
    /// The home's device that a point belongs to.
    pub fn device_of(&self, point: PointId) -> Option<&HomeDevice> {
        self.bound.get(*self.by_point.get(&point)?).map(|b| &b.device)
    }
    /// The room of a name, or of the id that the home gives it.
    pub fn area(&self, name: &str) -> Option<SpaceId> {
        let own = self.areas.iter().find(|id| *id == name).map(|id| space_id(id));
        self.doc.spaces.iter().find(|s| Some(s.id) == own || s.names.all().any(|n| n == name)).map(|s| s.id)
    }
    /// Values of a device's points by trait.
    fn by_trait<'a>(&'a self, bound: &Bound, get: impl Fn(PointId) -> Option<Value>) -> BTreeMap<&'a str, Value> {
        let specs = bound.points.iter().filter_map(|p| self.world.point(*p));
        specs.filter_map(|s| Some((s.trait_.as_deref().unwrap_or(""), get(s.id)?))).collect()
    }
    /// What a device shows, given what it showed at first.
    pub fn shown(&self, bound: &Bound, first: &BTreeMap<PointId, Value>, states: &States) -> Json {
        let before = self.by_trait(bound, |p| first.get(&p).cloned());
        let now = self.by_trait(bound, |p| states.get(&p).map(|s| s.value.clone()));
        values::shown(&bound.device, &before, &now)
    }
    /// What changed of a device that was commanded: its state, and the attributes of the points that were written.
    pub fn changed(&self, bound: &Bound, written: &BTreeSet<PointId>, states: &States) -> Json {
        let now = self.by_trait(bound, |p| states.get(&p).map(|s| s.value.clone()));
        let mut attributes = Map::new();
        for spec in bound.points.iter().filter(|p| written.contains(p)).filter_map(|p| self.world.point(*p)) {
            let shown = states
                .get(&spec.id)
                .and_then(|s| values::attribute(&bound.device.domain, spec.trait_.as_deref().unwrap_or(""), &s.value));
            attributes.extend(shown.map(|(name, json)| (name.to_owned(), json)));
        }
        serde_json::json!({ "state": values::state(&bound.device.domain, &now), "attributes": attributes })
    }
    /// Lets a home's device show something else, and gives the values that its points take by that.
    pub fn set(&mut self, id: &str, to: &State) -> Vec<(PointId, Value)> {
        let world = self.world.clone();
        let Some(bound) = self.bound.iter_mut().find(|b| b.device.id == id) else { return Vec::new() };
        bound.device.set(to);
        let specs = bound.points.iter().filter_map(|p| world.point(*p));
        specs.filter_map(|spec| Some((spec.id, first_value(&bound.device, spec)?))).collect()
    }
}

fn set_up(device: &HomeDevice, how: &How<'_>) -> HomeDevice {
    let mut device = device.clone();
    if let Some(to) = how.setup.and_then(|s| s.get(&device.id)) {
        device.set(to);
    }
    device
}

/// How far north homes are taken to be, in degrees: nobody says where they are.
const LATITUDE: f64 = 40.0;
/// Degrees to the east for each hour that clocks are ahead.
const DEGREES_PER_HOUR: i32 = 15;

/// A site in the time zone of a moment's offset, in the middle of that zone; without one that of the default.
fn site(now: Option<&str>) -> Site {
    let site = Site { names: Names::new("家", "Home"), ..Site::default() };
    let offset = now.and_then(|t| t.get(t.len().checked_sub(6)?..)).filter(|o| o.ends_with(":00"));
    let hours = offset.and_then(|o| o.split(':').next()?.parse::<i32>().ok());
    match hours {
        // The signs of these zones are the other way round.
        Some(hours) => {
            let place = OnEarth { latitude: LATITUDE, longitude: f64::from(hours * DEGREES_PER_HOUR) };
            Site { time_zone: format!("Etc/GMT{:+}", -hours), place: Some(place), ..site }
        }
        None => site,
    }
}

pub(crate) fn space_id(id: &str) -> SpaceId {
    SpaceId::of_name(&format!("eval.{id}"))
}

fn spaces(home: &Home) -> Vec<Space> {
    let root = space_id("site");
    let space = |id: SpaceId, kind, names, parent| Space {
        id,
        kind,
        names,
        parent,
        tags: BTreeSet::new(),
        outline: Vec::new(),
    };
    let mut spaces = vec![space(root, SpaceKind::Site, Names::new("家", "home"), None)];
    let named = |p: &Place| names_of(std::iter::once(&p.name).chain(&p.aliases));
    for floor in &home.floors {
        spaces.push(space(space_id(&format!("floor.{}", floor.id)), SpaceKind::Floor, named(floor), Some(root)));
    }
    for area in &home.areas {
        let floor = area.floor.as_ref().map(|f| space_id(&format!("floor.{f}")));
        spaces.push(space(space_id(&area.id), SpaceKind::Room, named(area), floor.or(Some(root))));
    }
    spaces
}

/// Names by the language that each is written in.
fn names_of<'a>(all: impl Iterator<Item = &'a String>) -> Names {
    let mut names = Names::default();
    for name in all {
        let list = if Lang::of_text(name) == Lang::Zh { &mut names.zh } else { &mut names.en };
        if !list.contains(name) {
            list.push(name.clone());
        }
    }
    names
}

fn names(device: &HomeDevice, how: &How<'_>) -> Names {
    let also = how.also.and_then(|a| a.get(&device.id));
    names_of(std::iter::once(&device.name).chain(&device.aliases).chain(also))
}

fn point_ids(device: DeviceId, model: &ThingModel) -> Vec<PointId> {
    let identifiers =
        model.properties.iter().map(|p| &p.identifier).chain(model.services.iter().map(|s| &s.identifier));
    identifiers.map(|i| PointSpec::id_of(device, i)).collect()
}

fn push(doc: &mut WorldDoc, key: &str, area: Option<&str>, names: Names, model: ThingModel) {
    let product = ProductId::of_name(&format!("eval.{key}"));
    doc.products.push(Product { id: product, key: key.into(), names: model.x.names.clone(), model });
    let space = area.map(space_id);
    doc.devices.push(Device {
        id: DeviceId::of_name(key),
        product,
        key: key.into(),
        names,
        placements: vec![Placement { space, from: Timestamp::MIN }],
        route: things::Route::Simulated,
        tags: BTreeSet::new(),
        disabled: false,
    });
}

/// Sensors of numbers by room, one of each trait; the rest stays as it is. A battery is another device's, not the room's.
fn grouped(parts: Vec<Part>, bound: &[Bound]) -> (Vec<Part>, BTreeMap<String, Vec<Part>>) {
    let (mut single, mut groups) = (Vec::new(), BTreeMap::<String, Vec<Part>>::new());
    for part in parts {
        let trait_of = |p: &Part| p.model.properties.first().and_then(|p| p.x.trait_.clone());
        let area = bound.get(part.index).and_then(|b| b.device.area.clone()).filter(|_| {
            let numeric =
                |p: &Property| matches!(p.data_type.type_, DataKind::Double | DataKind::Float | DataKind::Int);
            matches!(&part.model.properties[..], [p] if !p.access_mode.writable() && numeric(p))
                && part.model.services.is_empty()
                && trait_of(&part).is_some_and(|t| t != "battery")
        });
        match area {
            Some(area) if groups.get(&area).is_none_or(|g| g.iter().all(|p| trait_of(p) != trait_of(&part))) => {
                groups.entry(area).or_default().push(part);
            }
            _ => single.push(part),
        }
    }
    for alone in groups.extract_if(.., |_, g| g.len() < 2).map(|(_, g)| g).collect::<Vec<_>>() {
        single.extend(alone);
    }
    (single, groups)
}

/// One device with a point for each sensor, which keeps the sensor's names.
fn merge(doc: &mut WorldDoc, home: &Home, area: &str, parts: Vec<Part>, bound: &mut [Bound], how: &How<'_>) {
    let key = format!("merged.{area}");
    let mut model = ThingModel::default();
    for (n, part) in parts.into_iter().enumerate() {
        let (Some(b), Some(mut property)) = (bound.get_mut(part.index), part.model.properties.into_iter().next())
        else {
            continue;
        };
        if n == 0 {
            model.x = part.model.x;
            model.x.kind = "sensor".into();
            model.x.names = Names::of(&["环境传感器"], &["room sensor"]);
        }
        property.identifier = format!("point{n}");
        property.name = b.device.name.clone();
        property.x.aliases = names(&b.device, how);
        b.points = vec![PointSpec::id_of(DeviceId::of_name(&key), &property.identifier)];
        model.properties.push(property);
    }
    let place = home.areas.iter().find(|a| a.id == area);
    let called: Vec<String> = place
        .into_iter()
        .flat_map(|p| std::iter::once(&p.name).chain(&p.aliases))
        .map(|name| match Lang::of_text(name) {
            Lang::Zh => format!("{name}环境传感器"),
            Lang::En => format!("{name} sensors"),
        })
        .collect();
    push(doc, &key, Some(area), names_of(called.iter()), model);
}

#[cfg(test)]
mod tests;
