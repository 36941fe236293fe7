//! The demo building: a small office on three floors, twenty devices by the shipped templates, with names in both
//! languages. Also the world in which the examples of tools are run.

use crate::registration::product_of_template;
use base::id::{DeviceId, PointId, ProductId, SpaceId};
use base::{Lang, Timestamp, Value};
use std::collections::{BTreeMap, BTreeSet};
use things::{Device, Names, Placement, PointSpec, Product, Site, Space, SpaceKind, WorldDoc};

/// A space: key, kind, parent, Chinese names, English names, tags.
type SpaceRow = (
    &'static str,
    SpaceKind,
    Option<&'static str>,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const SPACES: &[SpaceRow] = &[
    ("site", SpaceKind::Site, None, &["示范办公楼"], &["Demo office"], &[]),
    ("floor1", SpaceKind::Floor, Some("site"), &["一楼", "首层"], &["First floor", "Ground floor"], &[]),
    ("floor2", SpaceKind::Floor, Some("site"), &["二楼"], &["Second floor"], &[]),
    ("floor3", SpaceKind::Floor, Some("site"), &["三楼"], &["Third floor"], &[]),
    ("lobby", SpaceKind::Room, Some("floor1"), &["大厅", "前厅"], &["Lobby", "Reception"], &["lobby"]),
    ("pantry", SpaceKind::Room, Some("floor1"), &["茶水间"], &["Pantry", "Kitchenette"], &["pantry"]),
    ("plant", SpaceKind::Room, Some("floor1"), &["设备间"], &["Plant room"], &["plant_room"]),
    ("meeting", SpaceKind::Room, Some("floor2"), &["会议室"], &["Meeting room"], &["meeting_room"]),
    ("open", SpaceKind::Room, Some("floor2"), &["办公区", "开放办公区"], &["Open office"], &["office"]),
    ("study", SpaceKind::Room, Some("floor3"), &["经理室", "经理办公室"], &["Manager's office"], &["office"]),
    ("server", SpaceKind::Room, Some("floor3"), &["机房"], &["Server room"], &["server_room"]),
];

/// A device: key, template, space, Chinese names, English names.
type DeviceRow = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const DEVICES: &[DeviceRow] = &[
    ("lobby_light", "light_dimmable", "lobby", &["大厅灯"], &["Lobby light"]),
    ("lobby_motion", "sensor_motion", "lobby", &["大厅人体传感器"], &["Lobby motion sensor"]),
    ("lobby_speaker", "speaker", "lobby", &["大厅音箱"], &["Lobby speaker"]),
    ("front_door", "contact_door", "lobby", &["大门"], &["Front door"]),
    ("front_lock", "lock", "lobby", &["大门锁"], &["Front door lock"]),
    ("coffee", "outlet", "pantry", &["咖啡机"], &["Coffee machine"]),
    ("water_valve", "valve", "plant", &["总水阀"], &["Main water valve"]),
    ("energy", "meter_energy", "plant", &["总电表"], &["Main energy meter"]),
    ("meeting_light", "light_tunable", "meeting", &["会议室灯"], &["Meeting room light"]),
    ("meeting_blind", "blind", "meeting", &["会议室百叶帘"], &["Meeting room blind"]),
    ("meeting_ac", "air_conditioner", "meeting", &["会议室空调"], &["Meeting room AC"]),
    ("meeting_fan", "ventilation", "meeting", &["会议室新风", "会议室风机"], &["Meeting room fan"]),
    ("meeting_air", "room_sensor", "meeting", &["会议室环境传感器"], &["Meeting room sensor"]),
    ("open_light", "light_dimmable", "open", &["办公区灯"], &["Open office light"]),
    ("open_ac", "air_conditioner", "open", &["办公区空调"], &["Open office AC"]),
    ("open_air", "room_sensor", "open", &["办公区环境传感器"], &["Open office sensor"]),
    ("open_window", "contact_window", "open", &["办公区窗户"], &["Open office window"]),
    ("desk_lamp", "light_colour", "study", &["经理室台灯", "台灯"], &["Desk lamp"]),
    ("server_ac", "air_conditioner", "server", &["机房空调"], &["Server room AC"]),
    ("server_leak", "sensor_leak", "server", &["机房水浸传感器"], &["Server room leak sensor"]),
];

/// First values that are not the middle of a range: device key, property, value.
const VALUES: &[(&str, &str, f64)] = &[
    ("meeting_air", "temperature", 23.5),
    ("meeting_air", "humidity", 45.0),
    ("meeting_air", "co2", 620.0),
    ("open_air", "temperature", 24.0),
    ("open_air", "humidity", 48.0),
    ("open_air", "co2", 710.0),
    ("energy", "energy", 18_432.0),
    ("lobby_speaker", "volume", 30.0),
    ("meeting_ac", "target_temperature", 25.0),
    ("meeting_ac", "current_temperature", 23.5),
    ("open_ac", "target_temperature", 25.0),
    ("open_ac", "current_temperature", 24.0),
    ("server_ac", "target_temperature", 22.0),
    ("server_ac", "current_temperature", 22.0),
];

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
    let used: BTreeSet<&str> = DEVICES.iter().map(|d| d.1).collect();
    let products: Vec<Product> = used.into_iter().filter_map(product_of_template).collect();
    let product_of = |template: &str| ProductId::of_name(&format!("template.{template}"));
    let spaces = SPACES
        .iter()
        .map(|(key, kind, parent, zh, en, tags)| Space {
            id: space(key),
            kind: *kind,
            names: Names::of(zh, en),
            parent: parent.map(space),
            tags: tags.iter().map(|t| t.to_string()).collect(),
            outline: Vec::new(),
        })
        .collect();
    let devices = DEVICES
        .iter()
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
    let site =
        Site {
            names: Names::new("示范办公楼", "Demo office"), time_zone: "Asia/Shanghai".into(), language: Lang::Zh
        };
    WorldDoc { site, products, spaces, devices, connections: Vec::new(), scenes: crate::demo_scenes::scenes() }
}

/// First values of its points.
pub fn values() -> BTreeMap<PointId, Value> {
    let mut values: BTreeMap<PointId, Value> =
        VALUES.iter().map(|(d, p, v)| (point(d, p), Value::Number(*v))).collect();
    values.insert(point("front_lock", "locked"), Value::Bool(true));
    values.insert(point("water_valve", "open"), Value::Bool(true));
    values.insert(point("server_ac", "power"), Value::Bool(true));
    values.insert(point("server_ac", "mode"), Value::text("cool"));
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use things::World;

    #[test]
    fn twenty_devices_of_ten_kinds_without_a_fault() {
        let (world, found) = World::build(world());
        assert_eq!(found, vec![]);
        assert_eq!(world.devices().count(), 20);
        let kinds: BTreeSet<&str> = world.devices().filter_map(|d| world.kind_of(d.id)).collect();
        assert!(kinds.len() >= 10, "{kinds:?}");
        for (point, value) in values() {
            assert_eq!(world.point(point).unwrap().check(&value), Ok(()));
        }
    }
}
