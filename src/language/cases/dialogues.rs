//! What a conversation remembers.

use super::{FIXTURE, hear, now, shown};
use crate::dialogue::EXPIRY;
use crate::{Dialogue, Utterance};
use base::{Sample, Value};
use documents::{Draft, Setting, Verdict};

fn talk(turns: &[(&str, &str)]) {
    let mut dialogue = Dialogue::default();
    for (text, expected) in turns {
        let u = hear(text, "", &dialogue);
        assert_eq!(shown(&u), *expected, "{text}");
        dialogue.remember(&Utterance::new(*text, now()), &u);
    }
}

#[test]
fn pronouns_options_and_names() {
    talk(&[
        ("turn on the kitchen light", "kit_light.power=true"),
        ("turn it off", "kit_light.power=false"),
        ("把它打开", "kit_light.power=true"),
    ]);
    talk(&[("turn on the fan", "ask 3"), ("the second one", "lab_hood.power=true")]);
    talk(&[("打开风扇", "ask 3"), ("厨房的", "kit_fan.power=true"), ("关掉它", "kit_fan.power=false")]);
    talk(&[
        ("turn on the fan", "ask 3"),
        ("turn on the kitchen light", "kit_light.power=true"),
        ("the second one", "no not_understood"),
    ]);
    talk(&[
        ("is the bedroom light on", "all:op:=,value:true of bed_light.power"),
        ("dim it to 20%", "bed_light.brightness=20"),
    ]);
}

/// Talks with devices that stand as they were left: what is drafted is taken as done.
fn talk_on(room: &str, turns: &[(&str, &str)]) {
    let mut dialogue = Dialogue::default();
    let mut states = things::States::new();
    for (text, expected) in turns {
        let mut u = Utterance::new(*text, now());
        u.space = (!room.is_empty()).then(|| super::world::space(room));
        let heard = crate::understand(&u, &dialogue, &FIXTURE.world, &FIXTURE.lexicon, &states);
        assert_eq!(shown(&heard), *expected, "{text}");
        for act in heard.parts.iter().flat_map(|p| match &p.verdict {
            Verdict::Draft(Draft::Commands(acts)) => acts.clone(),
            _ => Vec::new(),
        }) {
            let before = states.get(&act.point).and_then(|s: &Sample| s.value.as_number()).unwrap_or_default();
            let value = match act.setting {
                Setting::To(v) => v,
                Setting::By(n) => Value::Number(before + n),
                _ => continue,
            };
            states.insert(act.point, Sample::good(value, now()));
        }
        dialogue.remember(&u, &heard);
    }
}

#[test]
fn the_same_for_others() {
    talk(&[
        ("turn off the kitchen light", "kit_light.power=false"),
        ("the bedroom light too", "bed_light.power=false"),
        ("and the canteen", "can_light.power=false"),
        ("松树会议室的也关掉", "m2_light.power=false"),
    ]);
    talk(&[
        ("关掉厨房灯", "kit_light.power=false"),
        ("卧室的也是", "bed_light.power=false"),
        ("还有餐厅", "can_light.power=false"),
        ("餐厅灯再打开", "can_light.power=true"),
    ]);
    talk(&[
        ("open the living room curtain", "liv_curtain.position=100"),
        ("the bedroom as well", "bed_curtain.position=100"),
        ("close them both again", "bed_curtain.position=0 liv_curtain.position=0"),
    ]);
    talk(&[
        ("拉开客厅窗帘", "liv_curtain.position=100"),
        ("卧室也一样", "bed_curtain.position=100"),
        ("把它们俩都拉上", "bed_curtain.position=0 liv_curtain.position=0"),
    ]);
    talk(&[
        ("set the maple air conditioner to 24", "m1_ac.target_temperature=24"),
        ("same for the pine air conditioner", "m2_ac.target_temperature=24"),
        ("the living room one too", "liv_ac.target_temperature=24"),
    ]);
    talk(&[
        ("枫树空调调到24度", "m1_ac.target_temperature=24"),
        ("松树空调照样来", "m2_ac.target_temperature=24"),
        ("客厅那台也来", "liv_ac.target_temperature=24"),
    ]);
    talk(&[("turn on the irrigation pump", "hot_pump.power=true"), ("the fume hood too", "lab_hood.power=true")]);
}

#[test]
fn another_value() {
    talk_on(
        "",
        &[
            ("bedroom light to 30 percent", "bed_light.brightness=30"),
            ("no wait, 40", "bed_light.brightness=40"),
            ("another 10", "bed_light.brightness=+10"),
            ("a bit more, say five", "bed_light.brightness=+5"),
            ("same for the pine room light", "m2_light.brightness=55"),
            ("make it 20", "m2_light.brightness=20"),
        ],
    );
    talk_on(
        "",
        &[
            ("卧室灯调到30%", "bed_light.brightness=30"),
            ("口误，40", "bed_light.brightness=40"),
            ("再亮十个点", "bed_light.brightness=+10"),
            ("再来十", "bed_light.brightness=+10"),
            ("再暗二十", "bed_light.brightness=-20"),
        ],
    );
    talk_on(
        "",
        &[
            ("living room curtain to 50", "liv_curtain.position=50"),
            ("lower, 30", "liv_curtain.position=30"),
            ("up another 10", "liv_curtain.position=+10"),
        ],
    );
    // What could not be is put right by the value alone.
    talk(&[
        ("set the bedroom thermostat to 90", "no out_of_range"),
        ("fine, 22 then", "bed_heater.target_temperature=22"),
    ]);
    talk(&[("卧室地暖调到90度", "no out_of_range"), ("那22总行吧", "bed_heater.target_temperature=22")]);
}

#[test]
fn corrections() {
    talk(&[
        ("turn on the kitchen light", "kit_light.power=true"),
        ("no, the bedroom one", "undo; bed_light.power=true"),
    ]);
    talk(&[("打开厨房灯", "kit_light.power=true"), ("不是这个，是卧室的", "undo; bed_light.power=true")]);
    talk(&[
        ("turn on the light in the attic", "no unknown_place"),
        ("sorry, I meant the kitchen", "kit_light.power=true"),
    ]);
    talk(&[("打开阁楼的灯", "no unknown_place"), ("说错了，厨房", "kit_light.power=true")]);
    talk(&[
        ("turn off the kitchen light", "kit_light.power=false"),
        ("never mind, they are still cooking, leave it on", "kit_light.power=true"),
    ]);
}

#[test]
fn questions_go_on() {
    talk(&[
        ("how warm is it in the lab", "value of lab_temp.temperature"),
        ("and the greenhouse?", "value of hot_temp.temperature"),
        ("what about the humidity", "value of hot_humid.humidity"),
        ("客厅呢", "value of liv_env.humidity"),
        ("which room has the least", "lowest of hot_humid.humidity liv_env.humidity"),
    ]);
    talk(&[
        ("实验室多少度", "value of lab_temp.temperature"),
        ("花房呢", "value of hot_temp.temperature"),
        ("湿度呢", "value of hot_humid.humidity"),
        ("客厅的湿度呢", "value of liv_env.humidity"),
    ]);
    talk(&[
        ("is the lab window open", "all:op:=,value:true of lab_window.open"),
        ("and the studio window?", "all:op:=,value:true of stu_window.open"),
    ]);
    talk(&[
        ("how warm is it in the bedroom", "value of bed_heater.current_temperature"),
        ("what is it set to", "value of bed_heater.target_temperature"),
        ("make it 21", "bed_heater.target_temperature=21"),
    ]);
    talk(&[
        ("is the main entrance locked", "all:op:=,value:true of rec_door.locked"),
        ("lock it then", "rec_door.locked=true"),
    ]);
}

#[test]
fn sets_rooms_and_the_other_one() {
    talk(&[
        ("turn on the kitchen light", "kit_light.power=true"),
        ("turn on the bedroom light", "bed_light.power=true"),
        ("it is late, kill both", "bed_light.power=false kit_light.power=false"),
    ]);
    talk(&[
        ("打开厨房灯", "kit_light.power=true"),
        ("打开卧室灯", "bed_light.power=true"),
        ("太晚了，都关掉", "bed_light.power=false kit_light.power=false"),
    ]);
    talk(&[
        ("turn on the kitchen light", "kit_light.power=true"),
        ("turn on the bedroom light", "bed_light.power=true"),
        ("turn the other one off", "kit_light.power=false"),
    ]);
    // Things of the room that was spoken of.
    talk(&[
        ("how warm is it in the pine meeting room", "value of m2_ac.current_temperature"),
        ("put its air conditioner on then", "m2_ac.power=true"),
        ("close the blinds too", "m2_blind.position=0"),
    ]);
    talk(&[("打开卧室灯", "bed_light.power=true"), ("窗帘也拉开", "bed_curtain.position=100")]);
    talk(&[
        ("turn off the fan", "ask 3"),
        ("the one in the kitchen", "kit_fan.power=false"),
        ("again", "kit_fan.power=false"),
        ("forget it", "cancel"),
    ]);
}

#[test]
fn the_reason_and_the_last_step() {
    talk(&[
        ("is the kitchen light on", "all:op:=,value:true of kit_light.power"),
        ("since when", "past since=true of kit_light.power"),
        ("turn it off", "kit_light.power=false"),
        ("undo the last step", "undo"),
    ]);
    talk(&[
        ("打开画室插座", "stu_plug.power=true"),
        ("客厅吊灯也打开", "liv_light.power=true"),
        ("撤销刚才那一步", "undo"),
    ]);
}

#[test]
fn what_was_and_what_is_in_one_talk() {
    talk(&[
        ("is the lab window open", "all:op:=,value:true of lab_window.open"),
        ("从什么时候开始的", "past since=true of lab_window.open"),
        ("how often was it opened today", "past often=true of lab_window.open in today"),
        ("昨天呢", "past often=true of lab_window.open in yesterday"),
        ("and the studio window?", "past often=true of stu_window.open in yesterday"),
        ("how warm is it in the lab", "value of lab_temp.temperature"),
        ("what was the highest temperature in the lab yesterday", "past highest of lab_temp.temperature in yesterday"),
        ("花房呢", "past highest of hot_temp.temperature in yesterday"),
        ("turn on the irrigation pump", "hot_pump.power=true"),
        ("它昨天运行了多久", "past long=true of hot_pump.power in yesterday"),
        ("and this week?", "past long=true of hot_pump.power in this_week"),
        ("turn it off", "hot_pump.power=false"),
        ("thanks", "smalltalk"),
    ]);
}

#[test]
fn ten_turns_and_forgetting() {
    talk(&[
        ("turn on the kitchen light", "kit_light.power=true"),
        ("turn it off", "kit_light.power=false"),
        ("打开它", "kit_light.power=true"),
        ("how warm is it in the lab", "value of lab_temp.temperature"),
        ("and the greenhouse?", "value of hot_temp.temperature"),
        ("set the bedroom thermostat to 20", "bed_heater.target_temperature=20"),
        ("make it 21", "bed_heater.target_temperature=21"),
        ("turn on the bedroom light", "bed_light.power=true"),
        ("厨房的也打开", "kit_light.power=true"),
        ("dim the bedroom light to 30", "bed_light.brightness=30"),
        ("40", "bed_light.brightness=40"),
        ("thanks", "smalltalk"),
    ]);
    // After a long silence nothing is remembered.
    let mut dialogue = Dialogue::default();
    let u = hear("turn on the kitchen light", "", &dialogue);
    dialogue.remember(&Utterance::new("turn on the kitchen light", now() - EXPIRY - EXPIRY), &u);
    assert_eq!(shown(&hear("the bedroom one too", "", &dialogue)).split(' ').next(), Some("no"));
}
