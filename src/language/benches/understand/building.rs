//! Buildings of any size for the benchmarks: floors of ten rooms, ten devices in each room, every name in both languages.

use base::Timestamp;
use base::id::{DeviceId, ProductId, SpaceId};
use things::{Device, Names, Placement, Product, Route, Site, Space, SpaceKind, World, WorldDoc, templates};

/// Rooms of a floor: Chinese and English.
const ROOMS: &[(&str, &str)] = &[
    ("会议室", "meeting room"),
    ("开放办公区", "open office"),
    ("茶水间", "kitchenette"),
    ("走廊", "corridor"),
    ("实验室", "lab"),
    ("机房", "server room"),
    ("储藏室", "storeroom"),
    ("接待室", "reception"),
    ("休息室", "lounge"),
    ("档案室", "archive"),
];

/// Devices of a room: template, Chinese and English, and whether the name tells the room.
const DEVICES: &[(&str, &str, &str, bool)] = &[
    ("light_dimmable", "灯", "light", true),
    ("light_switch", "吊灯", "ceiling lamp", false),
    ("air_conditioner", "空调", "air conditioner", true),
    ("curtain", "窗帘", "curtain", true),
    ("room_sensor", "环境传感器", "climate sensor", true),
    ("contact_window", "窗户", "window", true),
    ("sensor_motion", "人体感应", "motion sensor", true),
    ("outlet", "插座", "socket", false),
    ("ventilation", "新风", "ventilation", true),
    ("lock", "门锁", "door lock", true),
];

/// A building of that many devices.
pub(crate) fn of(devices: usize) -> World {
    let (mut spaces, mut all) = (Vec::new(), Vec::new());
    let of_floor = ROOMS.len() * DEVICES.len();
    for floor in 1..=devices.div_ceil(of_floor) {
        let (zh, en) = (format!("{floor}楼"), format!("floor {floor}"));
        spaces.push(space(&en, SpaceKind::Floor, None, (&zh, &en)));
        for (room_zh, room_en) in ROOMS {
            let (room_zh, room_en) = (format!("{zh}{room_zh}"), format!("{en} {room_en}"));
            spaces.push(space(&room_en, SpaceKind::Room, Some(&en), (&room_zh, &room_en)));
            for (template, own_zh, own_en, told) in DEVICES {
                let names = if *told {
                    Names::new(&format!("{room_zh}{own_zh}"), &format!("{room_en} {own_en}"))
                } else {
                    Names::new(own_zh, own_en)
                };
                all.push(device(&format!("{room_en} {own_en}"), template, names, &room_en));
            }
        }
    }
    all.truncate(devices);
    let products = templates::all().map(|(name, model)| Product {
        id: ProductId::of_name(name),
        key: name.into(),
        names: model.x.names.clone(),
        model: model.clone(),
    });
    let doc =
        WorldDoc { site: Site::default(), products: products.collect(), spaces, devices: all, ..WorldDoc::default() };
    let (world, found) = World::build(doc);
    assert_eq!(found, vec![]);
    world
}

fn space(key: &str, kind: SpaceKind, parent: Option<&str>, (zh, en): (&str, &str)) -> Space {
    Space {
        id: SpaceId::of_name(key),
        kind,
        names: Names::new(zh, en),
        parent: parent.map(SpaceId::of_name),
        tags: Default::default(),
        outline: Vec::new(),
    }
}

fn device(key: &str, template: &str, names: Names, room: &str) -> Device {
    Device {
        id: DeviceId::of_name(key),
        product: ProductId::of_name(template),
        key: key.into(),
        names,
        placements: vec![Placement { space: Some(SpaceId::of_name(room)), from: Timestamp::MIN }],
        route: Route::Simulated,
        tags: Default::default(),
        disabled: false,
    }
}
