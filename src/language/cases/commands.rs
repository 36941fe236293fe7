//! Commands: every act with every way to point at things, in the word orders of both languages.

use super::{check, check_both, check_in};

/// Ways to point at lights, and which they are.
const POINTING: &[(&str, &str, &[&str])] = &[
    ("the kitchen light", "厨房灯", &["kit_light"]),
    ("the reading lamp", "阅读灯", &["liv_lamp"]),
    ("the lights in the living room", "客厅的灯", &["liv_light", "liv_lamp"]),
    ("the lounge lights", "客厅里的灯", &["liv_light", "liv_lamp"]),
    ("all lights on the second floor", "二楼所有的灯", &["m1_light", "m2_light"]),
    ("every light on level 3", "三层的全部灯", &["stu_light"]),
    ("the reading lamp and the bedroom light", "阅读灯和卧室灯", &["liv_lamp", "bed_light"]),
    ("the kitchen and bedroom lights", "厨房和卧室的灯", &["kit_light", "bed_light"]),
    ("the lights in the kitchen and the bedroom", "厨房的灯和卧室的灯", &["kit_light", "bed_light"]),
    ("all lights on the first floor except the amber lamp", "除了琥珀灯以外一楼所有的灯", &["rec_light", "can_light"]),
    (
        "all the lights in the apartment but the kitchen light",
        "除了厨房灯公寓里所有的灯",
        &["liv_light", "liv_lamp", "bed_light"],
    ),
    ("the studio's light", "画室的灯", &["stu_light"]),
];

fn expected(devices: &[&str], setting: &str) -> String {
    devices.iter().map(|d| format!("{d}.{setting}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn switching_by_every_way_of_pointing() {
    let mut table = Vec::new();
    for (en, zh, devices) in POINTING {
        for (before, after, zh_verb, value) in
            [("turn on", "on", "打开", "power=true"), ("switch off", "off", "关掉", "power=false")]
        {
            let sentences = [
                format!("{before} {en}"),
                format!("Please turn {en} {after}."),
                format!("{zh_verb}{zh}"),
                format!("请把{zh}{zh_verb}。"),
                format!("{zh}{zh_verb}"),
            ];
            table.extend(sentences.map(|s| (s, expected(devices, value))));
        }
    }
    check(&table.iter().map(|(s, e)| (s.as_str(), e.as_str())).collect::<Vec<_>>());
}

#[test]
fn one_word_serves_lamps_and_curtains() {
    check_both(
        "",
        &[
            ("open the bedroom curtain", "打开卧室窗帘", "bed_curtain.position=100"),
            ("close the bedroom curtain", "把卧室窗帘关上", "bed_curtain.position=0"),
            ("lower the pine blinds", "放下松树百叶", "m2_blind.position=0"),
            ("lock the main entrance", "锁上正门", "rec_door.locked=true"),
            ("unlock the main entrance lock", "把正门锁解锁", "rec_door.locked=false"),
            ("shut the cooling valve", "关闭冷却水阀", "lab_valve.open=false"),
            ("start dusty", "让小灰开始清扫", "vac.activity=cleaning"),
            ("send dusty back to its dock", "小灰回去充电", "vac.activity=docked"),
            ("pause the living room tv", "暂停客厅电视", "liv_tv.playback=paused"),
            ("mute the tv", "电视静音", "liv_tv.mute=true"),
            ("next song on the bedroom speaker", "卧室音箱下一首", "bed_speaker.next=call"),
            ("activate film night", "执行观影", "scene_film.activate=call"),
            ("press the service bell button", "按一下叫铃", "bell.press=call"),
            ("toggle the kitchen light", "切换厨房灯", "kit_light.power=toggle"),
        ],
    );
}

#[test]
fn values() {
    check_both(
        "",
        &[
            ("set the bedroom light to 35%", "把卧室灯调到35%", "bed_light.brightness=35"),
            ("dim the bedroom light to thirty percent", "卧室灯亮度调到百分之三十", "bed_light.brightness=30"),
            ("set the bedroom light to half", "卧室灯调到一半", "bed_light.brightness=50"),
            ("set the bedroom light to maximum", "卧室灯亮度调到最大", "bed_light.brightness=100"),
            ("make the bedroom light brighter", "卧室灯亮一点", "bed_light.brightness=+20"),
            ("dim the bedroom light a bit", "把卧室灯调暗一点", "bed_light.brightness=-20"),
            ("turn up the volume of the bedroom speaker by 15", "卧室音箱音量调高15", "bed_speaker.volume=+15"),
            ("turn the bedroom speaker down", "卧室音箱小声点", "bed_speaker.volume=-10"),
            ("set the bedroom thermostat to 21.5 degrees", "卧室地暖设为21.5度", "bed_heater.target_temperature=21.5"),
            ("set the bedroom thermostat to 68 fahrenheit", "卧室地暖设为华氏68度", "bed_heater.target_temperature=20"),
            ("set the bedroom to 20", "卧室调到20度", "bed_heater.target_temperature=20"),
            ("raise the bedroom thermostat by two degrees", "卧室地暖升高两度", "bed_heater.target_temperature=+2"),
            ("set the maple air conditioner to cool", "枫树空调调成制冷", "m1_ac.mode=cool"),
            ("set the reading lamp to blue", "阅读灯调成蓝色", "liv_lamp.color=blue"),
            (
                "set the colour temperature of the reading lamp to 3000k",
                "阅读灯色温调到3000k",
                "liv_lamp.color_temperature=3000",
            ),
            ("set the reading lamp to warm white", "阅读灯调成暖白光", "liv_lamp.color_temperature=2700"),
            ("open the pine blinds to 40 percent", "松树百叶开到四成", "m2_blind.position=40"),
            ("set the fume hood to 60%", "通风橱风速调到60", "lab_hood.speed=60"),
            ("set the humidifier to 45 percent", "加湿器调到45%", "bed_humid.target_humidity=45"),
        ],
    );
}

#[test]
fn several_commands_and_what_they_leave_out() {
    check(&[
        ("turn on the kitchen light and close the bedroom curtain", "kit_light.power=true; bed_curtain.position=0"),
        ("打开厨房灯，然后关上卧室窗帘", "kit_light.power=true; bed_curtain.position=0"),
        (
            "set the living room to 22 and the bedroom to 20",
            "liv_ac.target_temperature=22; bed_heater.target_temperature=20",
        ),
        ("客厅调到22度，卧室20度", "liv_ac.target_temperature=22; bed_heater.target_temperature=20"),
        ("turn off the lights that are on in the bedroom", "bed_light.power=false"),
        ("把卧室开着的灯关掉", "bed_light.power=false"),
        ("dim the maple light to 30%", "m1_light.brightness=30"),
        ("kitchen light on and bedroom light off", "kit_light.power=true; bed_light.power=false"),
        ("客厅的灯打开，卧室的关掉", "liv_light.power=true liv_lamp.power=true; bed_light.power=false"),
        ("turn on the rainbow light and set it to green", "stu_light.power=true; stu_light.color=green"),
        ("打开彩虹灯，把它调成绿色", "stu_light.power=true; stu_light.color=green"),
        ("in the kitchen turn on the light and the fan", "kit_light.power=true kit_fan.power=true"),
        ("turn on the kitchen light and the zorbo", "kit_light.power=true; no unknown_device"),
        ("把厨房灯和跑步机打开", "kit_light.power=true; no unknown_device"),
    ]);
}

#[test]
fn where_the_speaker_is() {
    check_in(
        "parlour",
        &[
            ("turn on the lights", "liv_light.power=true liv_lamp.power=true"),
            ("开灯", "liv_light.power=true liv_lamp.power=true"),
            ("close the curtains", "liv_curtain.position=0"),
            ("turn the lights off in here", "liv_light.power=false liv_lamp.power=false"),
            ("louder", "liv_tv.volume=+10"),
            ("太暗了", "liv_light.power=true liv_lamp.power=true"),
            ("it is too hot in here", "liv_ac.target_temperature=-1"),
            ("turn on the light in the kitchen", "kit_light.power=true"),
            ("turn everything off", "liv_light.power=false liv_lamp.power=false liv_tv.power=false liv_ac.power=false"),
        ],
    );
    check(&[
        ("turn on the lights", "ask 4"),
        ("开灯", "ask 4"),
        ("turn on the fan", "ask 3"),
        ("把空调打到26度", "ask 3"),
    ]);
}

#[test]
fn refusals_have_their_reason() {
    check_both(
        "",
        &[
            ("turn on the zorbo", "打开跑步机", "no unknown_device"),
            ("turn on the lights in the attic", "打开阁楼的灯", "no unknown_place"),
            ("turn on the attic light", "把地下室灯打开", "no unknown_place"),
            ("turn on the fan in the bedroom", "打开卧室的风扇", "no unknown_device"),
            ("set the kitchen light to 40%", "厨房灯亮度调到40%", "no no_capability"),
            ("lock the kitchen light", "锁上厨房灯", "no no_capability"),
            ("set the bedroom thermostat to 80 degrees", "卧室地暖调到80度", "no out_of_range"),
            ("set the bedroom light to 21 degrees", "卧室灯调到21度", "no wrong_unit"),
            ("do not turn on the kitchen light", "不要打开厨房灯", "no nothing_to_do"),
            ("turn on the kitchen light flurbly", "厨房灯嘎嘎打开", "no not_understood"),
            ("all lights off except the zorbo", "除了跑步机灯都关掉", "no unknown_device"),
            ("tell me a joke", "讲个笑话", "no out_of_domain"),
            ("turn it off", "把它关掉", "no ambiguous"),
        ],
    );
}

#[test]
fn spelling_writing_and_politeness_do_not_matter() {
    let texts = [
        "turn on the kichen light",
        "TURN ON THE KITCHEN LIGHT!",
        "could you please turn on the kitchen light for me",
        "hey castellan, kitchen light on",
        "打開廚房燈",
        "麻烦你帮我把厨房的灯打开一下好吗",
        "把ｋｉｔｃｈｅｎ　ｌｉｇｈｔ打开",
    ];
    check(&texts.map(|t| (t, "kit_light.power=true")));
}
