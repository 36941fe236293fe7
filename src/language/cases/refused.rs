//! Refusals that name what is missing: whole names of things and places that nobody knows, and what was wanted of a device
//! that is not there; and what is said beside an order and asks for nothing.

use super::{check_both, hear, world};
use crate::Dialogue;
use base::Value;
use documents::{Refusal, Verdict};

fn refusal(text: &str) -> Refusal {
    let heard = hear(text, "", &Dialogue::default());
    let found = heard.parts.into_iter().find_map(|p| if let Verdict::Refusal(r) = p.verdict { Some(r) } else { None });
    found.unwrap_or_else(|| panic!("{text} is no refusal"))
}

#[test]
fn what_was_wanted_of_a_missing_device_is_kept() {
    /// English, Chinese, room, kind, trait and value that were looked for.
    type Row = (&'static str, &'static str, Option<&'static str>, &'static str, &'static str, Value);
    let table: &[Row] = &[
        ("turn on the studio fan", "打开画室的风扇", Some("fan"), "studio", "on_off", true.into()),
        ("switch the lab tv off", "把实验室的电视关掉", Some("television"), "lab", "on_off", false.into()),
        ("close the canteen curtains", "拉上餐厅的窗帘", Some("curtain"), "canteen", "position", 0.0.into()),
        ("unlock the kitchen door", "解锁厨房的门", Some("lock"), "kitchen", "lock", false.into()),
        ("set the kitchen to 21 degrees", "厨房温度调到21度", None, "kitchen", "setpoint", 21.0.into()),
        (
            "set the kitchen speaker volume to 30",
            "厨房音箱音量调到30",
            Some("speaker"),
            "kitchen",
            "volume",
            30.0.into(),
        ),
    ];
    for (en, zh, kind, place, trait_, value) in table {
        for text in [en, zh] {
            let sought = refusal(text).sought.unwrap_or_else(|| panic!("{text}: nothing is kept"));
            assert_eq!(sought.kind.as_deref(), *kind, "{text}");
            assert_eq!(sought.spaces, [world::space(place)], "{text}");
            assert_eq!((sought.trait_.as_str(), &sought.value), (*trait_, value), "{text}");
        }
    }
    // What nobody knows is no kind.
    for text in ["turn on the frobnicator", "打开扭扭机"] {
        assert_eq!(refusal(text).sought, None, "{text}");
    }
}

#[test]
fn a_name_that_nobody_knows_is_named_whole() {
    for (text, code, word) in [
        ("打开果汁机", "unknown_device", "果汁机"),
        ("把榨汁机关掉", "unknown_device", "榨汁机"),
        ("关掉瑜伽室的灯", "unknown_place", "瑜伽室"),
        ("舞蹈房多少度", "unknown_place", "舞蹈房"),
        ("把南翼的百叶帘都关上", "unknown_place", "南翼"),
        ("南翼的温度是多少", "unknown_place", "南翼"),
        ("turn off the atrium lights", "unknown", "atrium"),
    ] {
        let r = refusal(text);
        assert!(r.reason.code().starts_with(code), "{text}: {} {}", r.reason.code(), r.text.zh);
        assert!(r.text.zh.contains(word), "{text}: {}", r.text.zh);
    }
}

#[test]
fn what_people_do_beside_an_order_is_left_out() {
    check_both(
        "",
        &[
            ("turn off the kitchen light, everyone has left", "大家都下楼了，关掉厨房灯", "kit_light.power=false"),
            ("the baby is asleep, dim the bedroom light", "宝宝睡着了，把卧室灯调暗", "bed_light.brightness=-20"),
            ("close the bedroom curtain so that I can nap", "拉上卧室窗帘，省得吵到邻居", "bed_curtain.position=0"),
            ("turn on the kitchen light because we cook", "因为我们做饭，打开厨房灯", "kit_light.power=true"),
        ],
    );
}

#[test]
fn what_cleans_needs_no_name_beside_another_order() {
    check_both(
        "",
        &[(
            "kitchen light off and start vacuuming",
            "关掉厨房灯，开始打扫",
            "kit_light.power=false; vac.activity=cleaning",
        )],
    );
}
