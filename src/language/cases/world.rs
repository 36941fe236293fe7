//! A world for tests: a small office with three floors and a flat beside it, named in both languages.

use base::Timestamp;
use base::id::{DeviceId, ProductId, SceneId, SpaceId};
use things::{
    Device, Names, Placement, PointSpec, Product, Scene, SceneAct, Site, Space, SpaceKind, World, WorldDoc, templates,
};

type Words = &'static [&'static str];

/// Key, kind, parent, Chinese names, English names.
const SPACES: &[(&str, SpaceKind, &str, Words, Words)] = &[
    ("site", SpaceKind::Site, "", &["云杉园"], &["Spruce Park"]),
    ("office", SpaceKind::Building, "site", &["办公楼"], &["office building"]),
    ("flat", SpaceKind::Building, "site", &["公寓"], &["apartment"]),
    ("f1", SpaceKind::Floor, "office", &["一楼"], &["first floor"]),
    ("f2", SpaceKind::Floor, "office", &["二楼"], &["second floor"]),
    ("f3", SpaceKind::Floor, "office", &["三楼"], &["third floor"]),
    ("reception", SpaceKind::Room, "f1", &["接待厅"], &["reception"]),
    ("canteen", SpaceKind::Room, "f1", &["餐厅"], &["canteen"]),
    ("meet1", SpaceKind::Room, "f2", &["枫树会议室"], &["maple meeting room"]),
    ("meet2", SpaceKind::Room, "f2", &["松树会议室"], &["pine meeting room"]),
    ("lab", SpaceKind::Room, "f3", &["实验室"], &["lab"]),
    ("studio", SpaceKind::Room, "f3", &["画室"], &["studio"]),
    ("parlour", SpaceKind::Room, "flat", &["客厅"], &["living room", "lounge"]),
    ("bedroom", SpaceKind::Room, "flat", &["卧室"], &["bedroom"]),
    ("kitchen", SpaceKind::Room, "flat", &["厨房"], &["kitchen"]),
    ("hothouse", SpaceKind::Room, "site", &["花房"], &["greenhouse"]),
];

/// Key, template, space, Chinese names, English names.
const DEVICES: &[(&str, &str, &str, Words, Words)] = &[
    ("rec_light", "light_dimmable", "reception", &["接待厅主灯"], &["reception main light"]),
    ("rec_lamp", "light_dimmable", "reception", &["琥珀灯"], &["amber lamp"]),
    ("rec_door", "lock", "reception", &["正门锁"], &["main entrance lock"]),
    ("rec_count", "sensor_count", "reception", &["人数计"], &["visitor counter"]),
    ("can_light", "light_switch", "canteen", &["餐厅灯"], &["canteen light"]),
    ("can_vent", "ventilation", "canteen", &["餐厅新风"], &["canteen ventilation"]),
    ("can_co2", "sensor_co2", "canteen", &["餐厅空气质量"], &["canteen air sensor"]),
    ("m1_light", "light_tunable", "meet1", &["枫树会议室灯"], &["maple room light"]),
    ("m1_ac", "air_conditioner", "meet1", &["枫树空调"], &["maple air conditioner"]),
    ("m1_occ", "sensor_occupancy", "meet1", &["枫树人在感应"], &["maple presence"]),
    ("m1_co2", "sensor_co2", "meet1", &["枫树二氧化碳"], &["maple co2 sensor"]),
    ("m2_light", "light_dimmable", "meet2", &["松树会议室灯"], &["pine room light"]),
    ("m2_ac", "air_conditioner", "meet2", &["松树空调"], &["pine air conditioner"]),
    ("m2_blind", "blind", "meet2", &["松树百叶"], &["pine blinds"]),
    ("lab_hood", "fan", "lab", &["通风橱"], &["fume hood"]),
    ("lab_valve", "valve", "lab", &["冷却水阀"], &["cooling valve"]),
    ("lab_window", "contact_window", "lab", &["实验室窗户"], &["lab window"]),
    ("lab_temp", "sensor_temperature", "lab", &["实验室温度计"], &["lab thermometer"]),
    ("stu_light", "light_colour", "studio", &["彩虹灯"], &["rainbow light"]),
    ("stu_window", "contact_window", "studio", &["画室窗户"], &["studio window"]),
    ("main_meter", "meter_energy", "office", &["总电表"], &["main meter"]),
    ("can_meter", "meter_energy", "canteen", &["餐厅电表"], &["canteen meter"]),
    ("stu_plug", "outlet", "studio", &["画室插座"], &["studio outlet"]),
    ("liv_light", "light_dimmable", "parlour", &["客厅吊灯"], &["living room pendant"]),
    ("liv_lamp", "light_colour", "parlour", &["阅读灯"], &["reading lamp"]),
    ("liv_curtain", "curtain", "parlour", &["客厅窗帘"], &["living room curtain"]),
    ("liv_tv", "television", "parlour", &["客厅电视"], &["living room tv"]),
    ("liv_ac", "air_conditioner", "parlour", &["客厅空调"], &["living room air conditioner"]),
    ("liv_env", "room_sensor", "parlour", &["客厅环境传感器"], &["living room climate sensor"]),
    ("bed_light", "light_dimmable", "bedroom", &["卧室灯"], &["bedroom light"]),
    ("bed_heater", "thermostat", "bedroom", &["卧室地暖"], &["bedroom thermostat"]),
    ("bed_curtain", "curtain", "bedroom", &["卧室窗帘"], &["bedroom curtain"]),
    ("bed_speaker", "speaker", "bedroom", &["卧室音箱"], &["bedroom speaker"]),
    ("bed_humid", "humidifier", "bedroom", &["加湿器"], &["humidifier"]),
    ("kit_light", "light_switch", "kitchen", &["厨房灯"], &["kitchen light"]),
    ("kit_fan", "fan", "kitchen", &["厨房排风扇"], &["kitchen fan"]),
    ("kit_coffee", "outlet", "kitchen", &["咖啡机"], &["coffee machine"]),
    ("kit_leak", "sensor_leak", "kitchen", &["厨房水浸"], &["kitchen leak sensor"]),
    ("kit_motion", "sensor_motion", "kitchen", &["厨房人体感应"], &["kitchen motion sensor"]),
    ("vac", "vacuum", "parlour", &["小灰"], &["dusty"]),
    ("hot_temp", "sensor_temperature", "hothouse", &["花房温度计"], &["greenhouse thermometer"]),
    ("hot_humid", "sensor_humidity", "hothouse", &["花房湿度计"], &["greenhouse hygrometer"]),
    ("hot_lux", "sensor_illuminance", "hothouse", &["花房光照"], &["greenhouse light sensor"]),
    ("hot_pump", "pump", "hothouse", &["灌溉泵"], &["irrigation pump"]),
    ("hot_shade", "shade", "hothouse", &["花房遮阳帘"], &["greenhouse shade"]),
    ("scene_film", "scene", "parlour", &["观影"], &["film night"]),
    ("bell", "button", "reception", &["叫铃"], &["service bell button"]),
];

pub(crate) fn space(key: &str) -> SpaceId {
    SpaceId::of_name(key)
}

pub(crate) fn device(key: &str) -> DeviceId {
    DeviceId::of_name(key)
}

/// A scene: key, place, names, what it writes.
type SceneRow = (
    &'static str,
    Option<&'static str>,
    &'static [&'static str],
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);

/// Scenes: what they write is switched on.
const SCENES: &[SceneRow] = &[
    ("movie", Some("parlour"), &["看电影"], &["movie", "cinema"], &[("liv_lamp", "power"), ("bed_light", "power")]),
    ("tidy", None, &["大扫除"], &["spring clean"], &[("kit_light", "power")]),
    ("night", None, &["晚安"], &["good night"], &[("rec_light", "power")]),
    ("study_a", Some("lab"), &["专注"], &["focus"], &[("rec_light", "power")]),
    ("study_b", Some("studio"), &["专注"], &["focus"], &[("stu_light", "power")]),
];

fn scenes() -> Vec<Scene> {
    let act = |(device_key, identifier): &(&str, &str)| SceneAct {
        point: PointSpec::id_of(device(device_key), identifier),
        value: true.into(),
    };
    SCENES
        .iter()
        .map(|(key, place, zh, en, acts)| Scene {
            id: SceneId::of_name(key),
            names: Names::of(zh, en),
            space: place.map(space),
            acts: acts.iter().map(act).collect(),
        })
        .collect()
}

pub(crate) fn world() -> World {
    let products = templates::all()
        .map(|(name, model)| Product {
            id: ProductId::of_name(name),
            key: name.into(),
            names: model.x.names.clone(),
            model: model.clone(),
        })
        .collect();
    let spaces = SPACES
        .iter()
        .map(|(key, kind, parent, zh, en)| Space {
            id: space(key),
            kind: *kind,
            names: Names::of(zh, en),
            parent: (!parent.is_empty()).then(|| space(parent)),
            tags: Default::default(),
            outline: Vec::new(),
        })
        .collect();
    let devices = DEVICES
        .iter()
        .map(|(key, template, place, zh, en)| Device {
            id: device(key),
            product: ProductId::of_name(template),
            key: (*key).into(),
            names: Names::of(zh, en),
            placements: vec![Placement { space: Some(space(place)), from: Timestamp::MIN }],
            route: things::Route::Simulated,
            tags: Default::default(),
            disabled: false,
        })
        .collect();
    let (world, found) = World::build(WorldDoc {
        site: Site::default(),
        products,
        spaces,
        devices,
        connections: Vec::new(),
        scenes: scenes(),
        schedules: Vec::new(),
    });
    assert_eq!(found, vec![]);
    world
}

/// A device's key, for reading results.
pub(crate) fn key(world: &World, id: DeviceId) -> String {
    world.device(id).map_or_else(String::new, |d| d.key.clone())
}
