//! Rooms and devices of a world as the physics needs them: areas and walls from the outlines, devices by what their
//! points mean and where they are.

use super::super::building::{self, Appliance, Counts, Serves, Use};
use super::slots::{PARTS, Part, Row};
use base::id::{DeviceId, SpaceId};
use std::collections::BTreeMap;
use things::{Space, SpaceKind, World};

/// Height of a room in metres.
const HEIGHT: f64 = 2.8;
/// Share of an outer wall that is glass.
const GLASS: f64 = 0.3;
/// Heat through a square metre of glass, outer wall and inner wall, W/K.
const THROUGH: (f64, f64, f64) = (2.0, 0.6, 1.6);
/// Area of a room that nobody drew, m².
const AREA: f64 = 25.0;

/// A window front.
#[derive(Debug, Clone)]
pub(super) struct Front {
    /// Where it looks: east, south.
    pub(super) facing: (f64, f64),
    /// Glass in m².
    pub(super) glass: f64,
}

/// A room.
#[derive(Debug, Clone)]
pub(super) struct Room {
    pub(super) id: SpaceId,
    pub(super) usage: Use,
    pub(super) people: f64,
    pub(super) area: f64,
    pub(super) volume: f64,
    pub(super) fronts: Vec<Front>,
    /// Heat to the outside, W/K.
    pub(super) outside: f64,
    /// Heat to other rooms: which, W/K.
    pub(super) neighbours: Vec<(usize, f64)>,
}

/// What kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Light,
    Cover,
    /// An air conditioner makes its own heat and cold.
    AirConditioner,
    /// A fan coil takes both from water.
    FanCoil,
    /// It lets warm water into a floor or radiator.
    Thermostat,
    Heater,
    /// It brings air from outside.
    Ventilation,
    Fan,
    Dehumidifier,
    Humidifier,
    Outlet(Appliance),
    Pump(Serves),
    Boiler,
    Charger,
    Vacuum,
    Media,
    Valve,
    ElectricityMeter(Counts),
    Door,
    Window,
    Weather,
    Sensor,
}

/// A device.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) id: DeviceId,
    pub(super) kind: Kind,
    pub(super) room: Option<usize>,
    /// Where its parts are in the row.
    places: [u16; PARTS],
    /// For chances of its own.
    pub(super) channel: u64,
    /// Whether the people of the building use it.
    pub(super) by_people: bool,
    /// Whether they never switch it off: see `building::always_cooled`.
    pub(super) always_on: bool,
}

/// No place.
const NONE: u16 = u16::MAX;

impl Unit {
    pub(super) fn place(&self, part: Part) -> Option<usize> {
        Some(self.places[part as usize]).filter(|p| *p != NONE).map(usize::from)
    }
    pub(super) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.places.iter().filter(|p| **p != NONE).map(|p| usize::from(*p))
    }
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Bound {
    pub(super) rooms: Vec<Room>,
    pub(super) units: Vec<Unit>,
}

impl Bound {
    pub(super) fn of(world: &World, row: &Row) -> Bound {
        let spaces: Vec<&Space> =
            world.spaces().filter(|s| matches!(s.kind, SpaceKind::Room | SpaceKind::Zone)).collect();
        let index: BTreeMap<SpaceId, usize> = spaces.iter().enumerate().map(|(i, s)| (s.id, i)).collect();
        let mut rooms: Vec<Room> = spaces.iter().map(|s| room(world, s)).collect();
        for a in 0..spaces.len() {
            for b in 0..spaces.len() {
                if a != b && spaces[a].parent == spaces[b].parent {
                    join(&mut rooms, (a, spaces[a]), (b, spaces[b]));
                }
            }
        }
        let mut units = Vec::new();
        for (i, device) in world.devices().enumerate() {
            let mut places = [NONE; PARTS];
            for spec in world.points_of(device.id) {
                let Some(place) = row.place(spec.id) else { continue };
                let Some(part) = row.slots[place].part else { continue };
                if places[part as usize] == NONE {
                    places[part as usize] = u16::try_from(place).unwrap_or(NONE);
                }
            }
            if places.iter().all(|p| *p == NONE) {
                continue;
            }
            let key = world.product(device.product).map_or("", |p| p.key.as_str());
            units.push(Unit {
                id: device.id,
                kind: kind(world.kind_of(device.id).unwrap_or(""), key, device.id),
                room: device.space().and_then(|s| index.get(&s).copied()),
                places,
                channel: 1_000 + u64::try_from(i).unwrap_or(0),
                by_people: !building::is_the_visitors(device.id),
                always_on: building::always_cooled() == device.id,
            });
        }
        Bound { rooms, units }
    }
}

fn kind(kind: &str, product: &str, id: DeviceId) -> Kind {
    match (kind, product) {
        ("light", _) => Kind::Light,
        ("blind" | "curtain" | "shade" | "shutter" | "awning", _) => Kind::Cover,
        ("air_conditioner", _) => Kind::AirConditioner,
        ("fan_coil", _) => Kind::FanCoil,
        ("thermostat", _) => Kind::Thermostat,
        ("heater", _) => Kind::Heater,
        ("fan", "ventilation") => Kind::Ventilation,
        ("fan", _) => Kind::Fan,
        ("dehumidifier", _) => Kind::Dehumidifier,
        ("humidifier", _) => Kind::Humidifier,
        ("outlet" | "switch", _) => Kind::Outlet(building::appliance(id)),
        ("pump" | "circulation_pump", _) => Kind::Pump(building::serves(id)),
        ("boiler", _) => Kind::Boiler,
        ("ev_charger", _) => Kind::Charger,
        ("vacuum", _) => Kind::Vacuum,
        ("speaker" | "television", _) => Kind::Media,
        ("valve", _) => Kind::Valve,
        ("meter", "meter_energy" | "meter_power") => Kind::ElectricityMeter(building::counts(id)),
        ("door" | "garage_door" | "gate", _) => Kind::Door,
        ("window", _) => Kind::Window,
        ("weather_station", _) => Kind::Weather,
        _ => Kind::Sensor,
    }
}

/// Edges of the box around an outline: west, north, east, south.
fn edges(space: &Space) -> Option<[f64; 4]> {
    let first = space.outline.first()?;
    let mut edges = [first.x, first.y, first.x, first.y];
    for c in &space.outline {
        edges = [edges[0].min(c.x), edges[1].min(c.y), edges[2].max(c.x), edges[3].max(c.y)];
    }
    Some(edges)
}

/// The area within an outline.
fn area(space: &Space) -> f64 {
    let corners = &space.outline;
    let next = corners.iter().cycle().skip(1);
    let twice: f64 = corners.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum();
    if corners.is_empty() { AREA } else { twice.abs() / 2.0 }
}

fn room(world: &World, space: &Space) -> Room {
    let (usage, people) = building::usage(space.id);
    let area = area(space).max(1.0);
    let mut room = Room {
        id: space.id,
        usage,
        people: f64::from(people),
        area,
        volume: area * HEIGHT,
        fronts: Vec::new(),
        outside: area * 0.1,
        neighbours: Vec::new(),
    };
    let plate = space.parent.and_then(|p| world.space(p)).and_then(edges);
    if let (Some(own), Some(plate)) = (edges(space), plate) {
        let (wide, deep) = (own[2] - own[0], own[3] - own[1]);
        let walls = [(0, (-1.0, 0.0), deep), (1, (0.0, -1.0), wide), (2, (1.0, 0.0), deep), (3, (0.0, 1.0), wide)];
        for (edge, facing, length) in walls {
            if (own[edge] - plate[edge]).abs() < 1e-6 {
                wall_outside(&mut room, facing, length);
            }
        }
    }
    room
}

fn wall_outside(room: &mut Room, facing: (f64, f64), length: f64) {
    let wall = length * HEIGHT;
    // Machines, cars and what is under the ground have no windows.
    let glass = if matches!(room.usage, Use::Machines | Use::Parking) { 0.0 } else { wall * GLASS };
    room.outside += glass * THROUGH.0 + (wall - glass) * THROUGH.1;
    if glass > 0.0 {
        room.fronts.push(Front { facing, glass });
    }
}

/// Lets heat pass where two rooms have a wall in common; towards a balcony the wall is an outer one.
fn join(rooms: &mut [Room], (a, one): (usize, &Space), (b, other): (usize, &Space)) {
    let (Some(one), Some(other)) = (edges(one), edges(other)) else { return };
    let along = |lo: usize| (one[lo + 2].min(other[lo + 2]) - one[lo].max(other[lo])).max(0.0);
    let touches = |edge: usize, opposite: usize| (one[edge] - other[opposite]).abs() < 1e-6;
    let shared = [(0, 2, 1, (-1.0, 0.0)), (2, 0, 1, (1.0, 0.0)), (1, 3, 0, (0.0, -1.0)), (3, 1, 0, (0.0, 1.0))];
    for (edge, opposite, direction, facing) in shared {
        let length = if touches(edge, opposite) { along(direction) } else { 0.0 };
        if length <= 0.0 || rooms[a].usage == Use::Outdoor {
            continue;
        }
        if rooms[b].usage == Use::Outdoor {
            wall_outside(&mut rooms[a], facing, length);
        } else {
            rooms[a].neighbours.push((b, length * HEIGHT * THROUGH.2));
        }
    }
}
