//! Sentences about which devices there are, and those that only sound like it.

use super::{hear, now, shown};
use crate::{Dialogue, Utterance};

/// Whole sentences: nothing of what is shown is sorted, names have spaces.
fn check(room: &str, table: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let got = shown(&hear(text, room, &Dialogue::default()));
        if got != *expected {
            wrong.push(format!("{text}\n    expected {expected}\n    got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check_both(table: &[(&str, &str, &str)]) {
    let each: Vec<(&str, &str)> =
        table.iter().flat_map(|(en, zh, expected)| [(*en, *expected), (*zh, *expected)]).collect();
    check("", &each);
}

#[test]
fn adding() {
    check_both(&[
        (
            "add a temperature and humidity sensor to the kitchen",
            "在厨房添加一个温湿度传感器",
            "register 1 room_sensor in kitchen as",
        ),
        ("register a smart plug", "登记一个智能插座", "register 1 outlet in - as"),
        ("please add a motion sensor in the lab", "请给实验室加一个人体传感器", "register 1 sensor_motion in lab as"),
        ("install two speakers in the studio", "在画室安装两个音箱", "register 2 speaker in studio as"),
        ("add a kitchen leak sensor", "添加厨房的水浸传感器", "register 1 sensor_leak in kitchen as"),
        (
            "connect a new dimmable light to the lounge",
            "给客厅加一盏调光灯",
            "register 1 light_dimmable in living_room as",
        ),
    ]);
    check(
        "",
        &[
            (
                "Add a humidity sensor called By the Window to the kitchen.",
                "register 1 sensor_humidity in kitchen as By the Window",
            ),
            ("add a thermometer in the lab and call it “Bench 3”", "register 1 sensor_temperature in lab as Bench 3"),
            ("在实验室添加一个温度计，叫台面 3 号。", "register 1 sensor_temperature in lab as 台面 3 号"),
            ("添加一个叫“窗边”的湿度传感器", "register 1 sensor_humidity in - as 窗边"),
            ("把一个新的水泵添加到花房里，名叫滴灌泵", "register 1 pump in greenhouse as 滴灌泵"),
            ("帮我新增3个插座", "register 3 outlet in - as"),
            ("can you add an air purifier to the living room for me", "register 1 air_purifier in living_room as"),
        ],
    );
    check(
        "kitchen",
        &[
            ("add a leak sensor in here", "register 1 sensor_leak in kitchen as"),
            ("在这里添加一个水浸传感器", "register 1 sensor_leak in kitchen as"),
        ],
    );
}

#[test]
fn changing() {
    check_both(&[
        ("move the reading lamp to the bedroom", "把阅读灯移到卧室", "move liv_lamp to bedroom"),
        ("relocate the humidifier into the studio", "把加湿器搬到画室里", "move bed_humid to studio"),
        ("take the fume hood out of service", "停用设备通风橱", "service lab_hood false"),
        ("put the fume hood back into service", "启用设备通风橱", "service lab_hood true"),
        ("remove the amber lamp", "删除琥珀灯", "remove rec_lamp"),
        ("delete the device dusty", "把设备小灰删掉", "remove vac"),
        ("remove the kitchen fan anyway", "强制删除厨房排风扇", "remove kit_fan anyway"),
        ("delete the light in the kitchen", "删除厨房的灯", "remove kit_light"),
        ("unregister the irrigation pump", "注销灌溉泵", "remove hot_pump"),
    ]);
    check(
        "",
        &[
            ("rename the amber lamp to Sunset", "rename rec_lamp as Sunset"),
            ("把琥珀灯改名为夕阳灯", "rename rec_lamp as 夕阳灯"),
            ("把琥珀灯的名字改成 Sunset", "rename rec_lamp as Sunset"),
            ("call the kitchen fan Breeze", "rename kit_fan as Breeze"),
            ("给厨房排风扇取名叫“清风”", "rename kit_fan as 清风"),
            ("restore the removed device old lamp", "restore old lamp"),
            ("恢复删除的旧台灯", "restore 旧台灯"),
        ],
    );
}

/// An unknown product, place or device is refused with its reason; several are asked about.
#[test]
fn nothing_is_guessed() {
    check_both(&[
        ("add a new radiation sensor to the kitchen", "给厨房添加一个辐射传感器", "no unknown_device"),
        ("add a leak sensor called Drip to the attic", "在阁楼添加一个叫滴水的水浸传感器", "no unknown_place"),
        ("add a leak sensor to the attic", "在阁楼添加一个水浸传感器", "no unknown_place"),
        ("register a light in the kitchen", "在厨房登记一盏灯", "ask 4"),
        ("add a new device", "添加一个设备", "no ambiguous"),
        ("register a zorbo", "登记一台跑步机", "no unknown_device"),
        ("rename the zorbo to Bob", "把跑步机改名为小跑", "no unknown_device"),
        ("take the zorbo out of service", "停用设备跑步机", "no unknown_device"),
        ("move the amber lamp to the attic", "把琥珀灯搬到阁楼", "no unknown_place"),
        ("delete the fan", "删除风扇", "ask 3"),
    ]);
    check("", &[("add a leak sensor to the meeting room", "ask 2"), ("把琥珀灯移到会议室", "ask 2")]);
}

/// Commands that share words with these sentences stay commands.
#[test]
fn commands_stay_commands() {
    check(
        "",
        &[
            ("卧室地暖加两度", "bed_heater.target_temperature=+2"),
            ("加湿器调到45%", "bed_humid.target_humidity=45"),
            ("disable the kitchen light", "kit_light.power=false"),
            ("停用厨房灯", "kit_light.power=false"),
            ("启用厨房灯", "kit_light.power=true"),
            ("move the pine blinds to 40 percent", "m2_blind.position=40"),
            ("把松树百叶移到40%", "m2_blind.position=40"),
            ("put the kitchen light on", "kit_light.power=true"),
        ],
    );
    for text in [
        "把小灰叫回去充电",
        "add 2 degrees to the bedroom thermostat",
        "add a bit of light in the bedroom",
        "恢复播放客厅电视",
        "add milk to the shopping list",
        "把牛奶添加到购物清单",
        "remove the hold of the pine blinds",
        "turn off and remove the kitchen light",
        "delete everything",
        "删除",
        "add more light",
        "add a rule",
        "move up",
    ] {
        let got = shown(&hear(text, "", &Dialogue::default()));
        for act in ["register", "rename", "move ", "service", "remove", "restore"] {
            assert!(!got.contains(act), "{text}: {got}");
        }
    }
}

#[test]
fn a_question_is_answered_and_names_are_remembered() {
    let mut dialogue = Dialogue::default();
    for (text, expected) in [
        ("register a light in the kitchen called Shelf", "ask 4"),
        ("the second one", "register 1 light_dimmable in kitchen as Shelf"),
        ("move the reading lamp to the bedroom", "move liv_lamp to bedroom"),
        ("rename it to Bedside", "rename liv_lamp as Bedside"),
    ] {
        let u = hear(text, "", &dialogue);
        assert_eq!(shown(&u), expected, "{text}");
        dialogue.remember(&Utterance::new(text, now()), &u);
    }
}
