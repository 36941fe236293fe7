//! The product of acts, ways to point at things and the two languages: each sentence means what its parts mean, and
//! courtesy, marks and traditional characters change nothing.

use super::{check_in, hear, shown};
use crate::Dialogue;

/// A way to point: English, Chinese, where it is said, what it means.
struct Way {
    en: &'static str,
    zh: &'static str,
    room: &'static str,
    devices: &'static [&'static str],
}

const fn way(en: &'static str, zh: &'static str, room: &'static str, devices: &'static [&'static str]) -> Way {
    Way { en, zh, room, devices }
}

/// An act: sentences with a gap in English and in Chinese, and what is written.
struct Deed {
    en: &'static [&'static str],
    zh: &'static [&'static str],
    setting: &'static str,
}

const LIGHTS: &[Way] = &[
    way("the kitchen light", "厨房灯", "", &["kit_light"]),
    way("the amber lamp", "琥珀灯", "", &["rec_lamp"]),
    way("the lights in the living room", "客厅的灯", "", &["liv_light", "liv_lamp"]),
    way("all the bedroom lights", "卧室所有的灯", "", &["bed_light"]),
    way("the lights on the second floor", "二楼的灯", "", &["m1_light", "m2_light"]),
    way("every light on the third floor", "三楼所有的灯", "", &["stu_light"]),
    way("the lights in here", "这里的灯", "parlour", &["liv_light", "liv_lamp"]),
    way("the lights in this room", "这个房间的灯", "meet2", &["m2_light"]),
    way("all the lights in this space", "这屋的灯", "bedroom", &["bed_light"]),
    way("the lights", "灯", "kitchen", &["kit_light"]),
    way("the reading lamp and the kitchen light", "阅读灯和厨房灯", "", &["liv_lamp", "kit_light"]),
    way("all lights on the first floor but the amber lamp", "除了琥珀灯一楼所有的灯", "", &["rec_light", "can_light"]),
    way(
        "all my lights",
        "全屋的灯",
        "",
        &[
            "rec_light",
            "rec_lamp",
            "can_light",
            "m1_light",
            "m2_light",
            "stu_light",
            "liv_light",
            "liv_lamp",
            "bed_light",
            "kit_light",
        ],
    ),
    way(
        "the lights in every room",
        "每个房间的灯",
        "",
        &[
            "rec_light",
            "rec_lamp",
            "can_light",
            "m1_light",
            "m2_light",
            "stu_light",
            "liv_light",
            "liv_lamp",
            "bed_light",
            "kit_light",
        ],
    ),
];

const SWITCHES: &[Deed] = &[
    Deed {
        en: &["turn on {}", "switch {} on", "put {} on"],
        zh: &["打开{}", "把{}打开", "{}开一下"],
        setting: "power=true",
    },
    Deed {
        en: &["turn off {}", "switch {} off", "{} off", "shut off {}"],
        zh: &["关掉{}", "把{}关了", "{}关一下", "{}都熄掉"],
        setting: "power=false",
    },
    Deed { en: &["toggle {}"], zh: &["切换{}"], setting: "power=toggle" },
];

const DIMMABLE: &[Way] = &[
    way("the bedroom light", "卧室灯", "", &["bed_light"]),
    way("the lights in the living room", "客厅的灯", "", &["liv_light", "liv_lamp"]),
    way("the lights on the second floor", "二楼的灯", "", &["m1_light", "m2_light"]),
    way("the lights in here", "这里的灯", "studio", &["stu_light"]),
];

const LEVELS: &[Deed] = &[
    Deed {
        en: &["set {} to 40%", "dim {} to forty percent", "put {} at 40 percent"],
        zh: &["把{}调到40%", "{}亮度设为百分之四十", "{}开到四成", "{}留四成亮"],
        setting: "brightness=40",
    },
    Deed {
        en: &["brighten {}", "make {} brighter"], zh: &["{}亮一点", "把{}调亮一点"], setting: "brightness=+20"
    },
    Deed { en: &["dim {}", "make {} darker"], zh: &["{}暗一点", "把{}调暗些"], setting: "brightness=-20" },
    Deed { en: &["raise {} by 15%"], zh: &["{}调高15%"], setting: "brightness=+15" },
    Deed { en: &["set {} to maximum"], zh: &["{}调到最亮"], setting: "brightness=100" },
    Deed { en: &["set {} to minimum"], zh: &["{}调到最暗"], setting: "brightness=1" },
];

const COVERS: &[Way] = &[
    way("the bedroom curtain", "卧室窗帘", "", &["bed_curtain"]),
    way("the curtains in the living room", "客厅的窗帘", "", &["liv_curtain"]),
    way("the curtains", "窗帘", "bedroom", &["bed_curtain"]),
    way("the blinds on the second floor", "二楼的百叶帘", "", &["m2_blind"]),
    way("the pine blinds", "松树百叶", "", &["m2_blind"]),
];

const POSITIONS: &[Deed] = &[
    Deed {
        en: &["open {}", "pull {} up", "raise {}"],
        zh: &["打开{}", "把{}拉开", "{}升起来"],
        setting: "position=100",
    },
    Deed {
        en: &["close {}", "shut {}", "pull {} down"],
        zh: &["关上{}", "把{}拉上", "{}放下来"],
        setting: "position=0",
    },
    Deed {
        en: &["set {} to 30%", "open {} to 30 percent"],
        zh: &["{}开到三成", "把{}调到30%"],
        setting: "position=30",
    },
    Deed { en: &["open {} halfway"], zh: &["{}开一半"], setting: "position=50" },
];

const CLIMATE: &[Way] = &[
    way("the living room air conditioner", "客厅空调", "", &["liv_ac"]),
    way("the ac in the pine meeting room", "松树会议室的空调", "", &["m2_ac"]),
    way("the air conditioning", "空调", "meet1", &["m1_ac"]),
    way("the air conditioners on the second floor", "二楼的空调", "", &["m1_ac", "m2_ac"]),
];

const DEGREES: &[Deed] = &[
    Deed {
        en: &["set {} to 24 degrees", "put {} at 24", "turn {} to 24°"],
        zh: &["{}调到24度", "把{}设为24", "{}打到二十四度"],
        setting: "target_temperature=24",
    },
    Deed { en: &["turn {} up by two degrees"], zh: &["{}调高两度"], setting: "target_temperature=+2" },
    Deed { en: &["lower {} by 2 degrees"], zh: &["{}再降两度"], setting: "target_temperature=-2" },
    Deed { en: &["set {} to cool"], zh: &["{}调成制冷"], setting: "mode=cool" },
];

fn product(ways: &[Way], deeds: &[Deed]) {
    for w in ways {
        let mut table = Vec::new();
        for d in deeds {
            let expected = w.devices.iter().map(|k| format!("{k}.{}", d.setting)).collect::<Vec<_>>().join(" ");
            let said = d.en.iter().map(|s| s.replace("{}", w.en)).chain(d.zh.iter().map(|s| s.replace("{}", w.zh)));
            table.extend(said.map(|s| (s, expected.clone())));
        }
        check_in(w.room, &table.iter().map(|(s, e)| (s.as_str(), e.as_str())).collect::<Vec<_>>());
    }
}

#[test]
fn lights_are_switched() {
    product(LIGHTS, SWITCHES);
}

#[test]
fn lights_are_dimmed() {
    product(DIMMABLE, LEVELS);
}

#[test]
fn covers_are_moved() {
    product(COVERS, POSITIONS);
}

#[test]
fn climate_is_set() {
    product(CLIMATE, DEGREES);
}

#[test]
fn courtesy_and_writing_change_nothing() {
    for w in LIGHTS.iter().filter(|w| w.devices.len() < 4) {
        for d in SWITCHES {
            let (en, zh) = (d.en[0].replace("{}", w.en), d.zh[1 % d.zh.len()].replace("{}", w.zh));
            let alike = [
                vec![
                    en.clone(),
                    format!("{en}, please."),
                    format!("could you {en}?"),
                    en.to_uppercase(),
                    format!("hey castellan, {en}"),
                ],
                vec![
                    zh.clone(),
                    format!("{zh}。"),
                    format!("请{zh}"),
                    format!("麻烦你{zh}一下"),
                    zh.replace('灯', "燈").replace('关', "關"),
                ],
            ];
            for list in alike {
                let read: Vec<String> = list.iter().map(|s| shown(&hear(s, w.room, &Dialogue::default()))).collect();
                assert!(read.iter().all(|r| *r == read[0]), "{list:?}\n{read:?}");
            }
        }
    }
}
