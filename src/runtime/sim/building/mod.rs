//! The demo building as data: an office of three floors with roof and garage, and one apartment, by the shipped
//! templates, with names in both languages. Also the world in which the examples of tools are run.

mod devices;
mod scenes;
mod spaces;

use crate::registration::product_of_template;
use base::id::{DeviceId, PointId, ProductId, SpaceId};
use base::{Timestamp, Value};
pub use scenes::scene;
pub(crate) use spaces::Use;
use std::collections::{BTreeMap, BTreeSet};
use things::{Corner, Device, Names, Place, Placement, PointKind, PointSpec, Product, Site, Space, World, WorldDoc};

/// First values that are not what the trait says: device key, property, value.
const VALUES: &[(&str, &str, f64)] = &[
    ("meeting_air", "temperature", 23.5),
    ("meeting_air", "humidity", 45.0),
    ("meeting_air", "co2", 620.0),
    ("open_air", "temperature", 24.0),
    ("open_air", "humidity", 48.0),
    ("open_air", "co2", 710.0),
    ("energy", "energy", 18_432.0),
    ("charging_meter", "energy", 6_140.0),
    ("cedar_meter", "energy", 2_864.0),
    ("solar_meter", "energy", 9_210.0),
    ("charger1", "energy", 3_180.0),
    ("charger2", "energy", 2_912.0),
    ("water_meter", "volume", 386.0),
    ("heat_meter", "heat", 96_400.0),
    ("lobby_speaker", "volume", 30.0),
    ("meeting_ac", "target_temperature", 25.0),
    ("meeting_ac", "current_temperature", 23.5),
    ("open_ac", "target_temperature", 25.0),
    ("open_ac", "current_temperature", 24.0),
    ("server_ac", "target_temperature", 22.0),
    ("server_ac", "current_temperature", 22.0),
    ("cedar_ac", "target_temperature", 17.0),
    ("boiler", "target_temperature", 55.0),
    ("bedroom_thermostat", "target_temperature", 20.0),
    ("air_handler", "speed", 60.0),
];

/// What is on or open at first: device key, property.
const ON: &[(&str, &str)] = &[
    ("front_lock", "locked"),
    ("water_valve", "open"),
    ("server_ac", "power"),
    ("server_rack", "power"),
    ("printer", "power"),
    ("fridge", "power"),
    ("washer", "power"),
    ("boiler", "power"),
    ("heating_pump", "power"),
    ("supply_pump", "power"),
    ("charger1", "power"),
    ("charger2", "power"),
    ("cedar_ac", "power"),
    ("bedroom_thermostat", "power"),
    ("archive_dehumidifier", "power"),
    ("air_handler", "power"),
];

/// Modes at first: device key, token.
const MODES: &[(&str, &str)] =
    &[("server_ac", "cool"), ("cedar_ac", "cool"), ("bedroom_thermostat", "heat"), ("vacuum", "docked")];

/// First values of what is measured, by trait.
const BY_TRAIT: &[(&str, f64)] = &[
    ("measure.temperature", 22.0),
    ("measure.water_temperature", 45.0),
    ("measure.humidity", 44.0),
    ("measure.co2", 550.0),
    ("measure.co", 2.0),
    ("measure.illuminance", 120.0),
    ("measure.power", 0.0),
    ("measure.pressure", 1.6),
    ("measure.voltage", 230.0),
    ("measure.current", 0.0),
    ("measure.soil_moisture", 45.0),
    ("measure.wind_speed", 2.5),
    ("battery", 100.0),
    ("setpoint", 22.0),
    ("humidity_setpoint", 55.0),
    ("volume", 25.0),
    ("colour_temperature", 4000.0),
];

/// What an electricity meter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// Everything of the site.
    Site,
    /// The climate devices of its room.
    Climate,
    /// The chargers of its room.
    Chargers,
    /// What the sun gives.
    Sun,
}

const METERS: &[(&str, Counts)] = &[
    ("energy", Counts::Site),
    ("cedar_meter", Counts::Climate),
    ("charging_meter", Counts::Chargers),
    ("solar_meter", Counts::Sun),
];

/// What hangs on an outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Appliance {
    Coffee,
    Printer,
    Rack,
    Fridge,
    Washer,
    Other,
}

const APPLIANCES: &[(&str, Appliance)] = &[
    ("coffee", Appliance::Coffee),
    ("printer", Appliance::Printer),
    ("server_rack", Appliance::Rack),
    ("fridge", Appliance::Fridge),
    ("washer", Appliance::Washer),
];

/// What a pump moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Serves {
    /// Water to the taps.
    Taps,
    /// Warm water to radiators and fan coils.
    Heating,
    /// Something else.
    Other,
}

const PUMPS: &[(&str, Serves)] = &[("supply_pump", Serves::Taps), ("heating_pump", Serves::Heating)];

/// Id of a device of the demo building.
pub fn device(key: &str) -> DeviceId {
    DeviceId::of_name(&format!("demo.{key}"))
}

/// Id of a point of the demo building.
pub fn point(key: &str, identifier: &str) -> PointId {
    PointSpec::id_of(device(key), identifier)
}

/// Id of a space of the demo building.
pub fn space(key: &str) -> SpaceId {
    SpaceId::of_name(&format!("demo.{key}"))
}

/// What exists in the demo building.
pub fn world() -> WorldDoc {
    let used: BTreeSet<&str> = devices::all().map(|d| d.1).collect();
    let products: Vec<Product> = used.into_iter().filter_map(product_of_template).collect();
    let product_of = |template: &str| ProductId::of_name(&format!("template.{template}"));
    let spaces = spaces::all()
        .map(|row| Space {
            id: space(row.key),
            kind: row.kind,
            names: Names::of(row.zh, row.en),
            parent: (!row.parent.is_empty()).then(|| space(row.parent)),
            tags: row.tags.iter().map(|t| t.to_string()).collect(),
            outline: corners(row.rect),
        })
        .collect();
    let devices = devices::all()
        .map(|(key, template, place, zh, en)| Device {
            id: device(key),
            product: product_of(template),
            key: (*key).into(),
            names: Names::of(zh, en),
            placements: vec![Placement { space: Some(space(place)), from: Timestamp::MIN }],
            route: things::Route::Simulated,
            tags: BTreeSet::new(),
            disabled: false,
        })
        .collect();
    let site = Site {
        names: Names::new("示范办公楼", "Demo office"),
        place: Some(Place { latitude: 31.23, longitude: 121.47 }),
        ..Site::default()
    };
    WorldDoc {
        site,
        products,
        spaces,
        devices,
        connections: Vec::new(),
        scenes: scenes::scenes(),
        schedules: Vec::new(),
    }
}

fn corners((west, north, east, south): spaces::Rect) -> Vec<Corner> {
    [(west, north), (east, north), (east, south), (west, south)].map(|(x, y)| Corner { x, y }).to_vec()
}

/// First values of its points, at rest: nobody there, nothing on that is not always on.
pub fn values() -> BTreeMap<PointId, Value> {
    let (built, _) = World::build(world());
    let measured = |spec: &PointSpec| {
        let of = spec.trait_.as_deref()?;
        let (_, value) = BY_TRAIT.iter().find(|(id, _)| *id == of)?;
        matches!(spec.kind, PointKind::Number { .. }).then(|| (spec.id, spec.settle(Value::Number(*value))))
    };
    let mut values: BTreeMap<PointId, Value> = built.points().filter_map(measured).collect();
    values.extend(VALUES.iter().map(|(d, p, v)| (point(d, p), Value::Number(*v))));
    values.extend(ON.iter().map(|(d, p)| (point(d, p), Value::Bool(true))));
    values.extend(MODES.iter().map(|(d, token)| {
        let property = if *d == "vacuum" { "activity" } else { "mode" };
        (point(d, property), Value::text(*token))
    }));
    values
}

/// What a room of the building is used for, and how many people it holds.
pub(crate) fn usage(id: SpaceId) -> (Use, u16) {
    spaces::all().find(|row| space(row.key) == id).map_or((Use::Other, 0), |row| (row.usage, row.people))
}

/// Whether a device is left to the visitor: the people of the building do not touch it.
pub(crate) fn is_the_visitors(id: DeviceId) -> bool {
    devices::FIRST.iter().any(|row| device(row.0) == id)
}

/// What a meter counts; its room's chargers where nothing is said.
pub(crate) fn counts(id: DeviceId) -> Counts {
    METERS.iter().find(|(key, _)| device(key) == id).map_or(Counts::Chargers, |(_, counts)| *counts)
}

/// The one honest waste of the building, for whoever looks at its history: the air conditioner of the Cedar room (雪松厅)
/// is set to 17 °C and nobody ever switches it off. It cools nights and weekends through, against the radiators and the
/// rooms beside it, while the presence sensor shows that nobody is there and its own meter counts.
pub(crate) fn always_cooled() -> DeviceId {
    device("cedar_ac")
}

/// What hangs on an outlet.
pub(crate) fn appliance(id: DeviceId) -> Appliance {
    APPLIANCES.iter().find(|(key, _)| device(key) == id).map_or(Appliance::Other, |(_, what)| *what)
}

/// What a pump moves.
pub(crate) fn serves(id: DeviceId) -> Serves {
    PUMPS.iter().find(|(key, _)| device(key) == id).map_or(Serves::Other, |(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use things::SpaceKind;

    fn built() -> World {
        let (world, found) = World::build(world());
        assert_eq!(found, vec![]);
        world
    }

    #[test]
    fn over_a_hundred_devices_and_about_three_hundred_points_without_a_fault() {
        let world = built();
        assert!((100..=130).contains(&world.devices().count()), "{}", world.devices().count());
        assert!((280..=330).contains(&world.points().count()), "{}", world.points().count());
        let kinds: BTreeSet<&str> = world.devices().filter_map(|d| world.kind_of(d.id)).collect();
        assert!(kinds.len() >= 25, "{kinds:?}");
        for (point, value) in values() {
            assert_eq!(world.point(point).unwrap().check(&value), Ok(()));
        }
    }

    #[test]
    fn names_are_given_in_both_languages_and_only_once() {
        let world = built();
        let mut seen = BTreeSet::new();
        let names = world.devices().map(|d| &d.names).chain(world.spaces().map(|s| &s.names));
        for names in names {
            assert!(!names.zh.is_empty() && !names.en.is_empty(), "{names:?}");
            for name in names.all() {
                let office_twice = name == "示范办公楼" || name == "Demo office";
                assert!(seen.insert(name.to_lowercase()) || office_twice, "{name} is given twice");
            }
        }
    }

    #[test]
    fn the_rooms_of_a_floor_tile_its_plate() {
        let area = |(w, n, e, s): spaces::Rect| (e - w) * (s - n);
        for floor in spaces::all().filter(|s| s.kind == SpaceKind::Floor) {
            let rooms: Vec<_> = spaces::all().filter(|s| s.parent == floor.key).collect();
            let sum: f64 = rooms.iter().map(|r| area(r.rect)).sum();
            assert!((sum - area(floor.rect)).abs() < 1e-6, "{}: {sum} of {}", floor.key, area(floor.rect));
            for (i, a) in rooms.iter().enumerate() {
                let ((w, n, e, s), (fw, fn_, fe, fs)) = (a.rect, floor.rect);
                assert!(w >= fw && n >= fn_ && e <= fe && s <= fs && w < e && n < s, "{} is outside", a.key);
                for b in &rooms[i + 1..] {
                    let apart =
                        a.rect.2 <= b.rect.0 || b.rect.2 <= a.rect.0 || a.rect.3 <= b.rect.1 || b.rect.3 <= a.rect.1;
                    assert!(apart, "{} and {} overlap", a.key, b.key);
                }
            }
        }
        assert!(built().spaces().all(|s| s.outline.len() == 4));
    }
}
