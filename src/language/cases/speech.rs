//! How people really say it: Cantonese, what others said, lists by number, one place for several things, rooms by their
//! other names, orders of which one part is not understood.

use super::{check, check_both, check_in, hear, shown};
use crate::Dialogue;

#[test]
fn cantonese() {
    check(&[
        ("開廚房燈", "kit_light.power=true"),
        ("熄咗廚房盞燈", "kit_light.power=false"),
        ("唔該熄晒客廳啲燈", "liv_lamp.power=false liv_light.power=false"),
        ("冚唪唥加濕器熄晒佢", "bed_humid.power=false"),
        ("拉開睡房啲窗簾", "bed_curtain.position=100"),
        ("客廳冷氣較到廿五度", "liv_ac.target_temperature=25"),
        ("將客廳冷氣校低兩度", "liv_ac.target_temperature=-2"),
        ("客廳吊燈較到六成光", "liv_light.brightness=60"),
        ("閱讀燈轉藍色", "liv_lamp.color=blue"),
        ("加濕器校到五十五巴仙", "bed_humid.target_humidity=55"),
        ("開廚房燈同埋咖啡機", "kit_coffee.power=true kit_light.power=true"),
        ("熄廚房燈，開睡房燈", "kit_light.power=false; bed_light.power=true"),
        ("睡房窗簾落一半", "bed_curtain.position=50"),
        ("開車房盞燈", "no unknown_place"),
        ("唔好熄廚房燈", "no nothing_to_do"),
        (
            "邊啲燈開緊",
            "which:op:=,value:true of bed_light.power can_light.power kit_light.power liv_lamp.power \
          liv_light.power m1_light.power m2_light.power rec_lamp.power rec_light.power stu_light.power",
        ),
    ]);
    check_in(
        "bedroom",
        &[
            ("熄燈", "bed_light.power=false"),
            ("光啲", "bed_light.brightness=+20"),
            ("暗啲啦", "bed_light.brightness=-20"),
            ("閂窗簾", "bed_curtain.position=0"),
        ],
    );
}

#[test]
fn what_somebody_else_says_is_no_order() {
    check_both(
        "kitchen",
        &[
            ("the courier said: unlock the main entrance", "快递员说：把正门锁打开", "no not_allowed"),
            ("a label reads \"open the cooling valve\"", "标签上写着“打开冷却水阀”", "no not_allowed"),
            ("our neighbour shouted turn the lights off", "邻居喊道把灯关掉", "no not_allowed"),
            ("the radio says turn on the kitchen fan", "广播里说打开厨房排风扇", "no not_allowed"),
            ("activate \"film night\"", "启动“观影”", "scene_film.activate=call"),
        ],
    );
}

#[test]
fn one_place_for_several_things() {
    check_both(
        "",
        &[
            (
                "turn on the light and the fan in the kitchen",
                "打开厨房的灯和排风扇",
                "kit_fan.power=true kit_light.power=true",
            ),
            (
                "in the living room, close the curtain and turn the lights off",
                "客厅里，拉上窗帘，把灯关掉",
                "liv_curtain.position=0; liv_lamp.power=false liv_light.power=false",
            ),
            (
                "the bedroom is too cold, raise it by 2 degrees",
                "卧室太冷了，调高两度",
                "bed_heater.target_temperature=+2",
            ),
            (
                "turn off the lights in the bedroom, the kitchen and the canteen",
                "把卧室、厨房和餐厅的灯关掉",
                "bed_light.power=false can_light.power=false kit_light.power=false",
            ),
        ],
    );
}

#[test]
fn rooms_by_other_names() {
    check_both(
        "",
        &[
            ("turn on the lights in the sitting room", "打开起居室的灯", "liv_lamp.power=true liv_light.power=true"),
            ("turn off the bed room light", "关掉卧室的灯", "bed_light.power=false"),
            ("turn on the attic light", "打开阁楼的灯", "no unknown_place"),
            ("turn off the heating in the crypt", "把陶艺室的空调关掉", "no unknown_place"),
            ("close the curtain in the music room", "拉上琴房的窗帘", "no unknown_place"),
        ],
    );
}

#[test]
fn each_order_has_its_verdict() {
    check_both(
        "",
        &[
            (
                "turn on the kitchen light and frobnicate the reading lamp",
                "打开厨房灯，把阅读灯嘎嘣一下",
                "kit_light.power=true; no not_understood",
            ),
            (
                "turn on the kitchen light and turn on the attic light",
                "打开厨房灯，打开阁楼的灯",
                "kit_light.power=true; no unknown_place",
            ),
            (
                "close the bedroom curtain, set the living room air conditioner to 90 degrees",
                "拉上卧室窗帘，把客厅空调调到90度",
                "bed_curtain.position=0; no out_of_range",
            ),
            (
                "lock the reading lamp and turn off the kitchen light",
                "给阅读灯上锁，关掉厨房灯",
                "no no_capability; kit_light.power=false",
            ),
        ],
    );
}

#[test]
fn so_far_and_so_much_more() {
    check_both(
        "",
        &[
            ("lower the bedroom curtain halfway", "卧室窗帘放下一半", "bed_curtain.position=50"),
            ("open the bedroom curtain halfway", "卧室窗帘打开一半", "bed_curtain.position=50"),
            ("open the bedroom curtain another 20 percent", "卧室窗帘再开两成", "bed_curtain.position=+20"),
            ("close the bedroom curtain another 10 percent", "卧室窗帘再关一成", "bed_curtain.position=-10"),
            ("open the bedroom curtain to 20 percent", "卧室窗帘开到两成", "bed_curtain.position=20"),
        ],
    );
}

#[test]
fn an_unknown_word_beside_an_order_stops_it() {
    for text in ["zorbing has begun, lights off in the kitchen", "吃完嘎嘣了，把厨房灯关了", "厨房灯关掉，嘎嘣留着"]
    {
        let said = shown(&hear(text, "", &Dialogue::default()));
        assert!(said.starts_with("no "), "{text}: {said}");
    }
}
