//! Questions about what was.

use super::{FIXTURE, check_both, hear, now, shown as understood, world};
use crate::{Dialogue, Utterance};
use documents::chart::Range;
use documents::{PastAsk, PastQuery};

/// In one line: what is asked, of which points, over which time.
pub(super) fn shown(q: &PastQuery) -> String {
    let points = q.select.points(&FIXTURE.world, now());
    let name = |p: &base::id::PointId| {
        let spec = FIXTURE.world.point(*p).unwrap();
        format!("{}.{}", world::key(&FIXTURE.world, spec.device), spec.identifier)
    };
    let condition = |c: &documents::Condition| {
        let op = serde_json::to_string(&c.op).unwrap().replace('"', "");
        format!("{op}{}", c.value)
    };
    let ask = match &q.ask {
        PastAsk::Last(c) => format!("last{}", condition(c)),
        PastAsk::Who(c) => format!("who{}", condition(c)),
        PastAsk::Since(c) => format!("since{}", condition(c)),
        PastAsk::HowLong(c) => format!("long{}", condition(c)),
        PastAsk::HowOften(c) => format!("often{}", condition(c)),
        PastAsk::Ever(c) => format!("ever{}", condition(c)),
        other => format!("{other:?}").to_lowercase(),
    };
    let range = match &q.range {
        None => String::new(),
        Some(Range::Calendar(name)) => format!(" in {name}"),
        Some(Range::Last(length)) => format!(" in {length}"),
        Some(Range::Between { from, to }) => {
            let hours = |t: &base::Timestamp| (*t - now()).as_millis() as f64 / 3_600_000.0;
            format!(" in {:.1}..{:.1}", hours(from), hours(to))
        }
    };
    let compare = q.compare.map_or_else(String::new, |s| format!(" against {s:?}").to_lowercase());
    let mut names: Vec<String> = points.iter().map(name).collect();
    names.sort();
    format!("past {ask} of {}{range}{compare}", names.join(" "))
}

#[test]
fn when_it_was_last_so() {
    check_both(
        "",
        &[
            (
                "when was the lab window last opened",
                "实验室窗户上次什么时候打开的",
                "past last=true of lab_window.open",
            ),
            ("when did the kitchen light go off", "厨房灯几点关的", "past last=false of kit_light.power"),
            (
                "when was the last time the studio window was open",
                "画室窗户最后一次打开是什么时候",
                "past last=true of stu_window.open",
            ),
            (
                "what time did the maple air conditioner come on today",
                "枫树空调今天几点开的",
                "past last=true of m1_ac.power in today",
            ),
            (
                "when was the main entrance last unlocked",
                "正门上次是什么时候解锁的",
                "past last=false of rec_door.locked",
            ),
            (
                "when was the greenhouse last above 30 degrees",
                "花房温度上次超过30度是什么时候",
                "past last>30 of hot_temp.temperature",
            ),
        ],
    );
}

#[test]
fn who_did_it() {
    check_both(
        "",
        &[
            ("who opened the lab window", "谁开的实验室窗户", "past who=true of lab_window.open"),
            ("who turned on the kitchen light", "谁把厨房灯打开的", "past who=true of kit_light.power"),
            (
                "who switched off the irrigation pump last night",
                "昨晚是谁关的灌溉泵",
                "past who=false of hot_pump.power in -28.2..-16.2",
            ),
            ("who locked the main entrance", "正门是谁锁的", "past who=true of rec_door.locked"),
        ],
    );
}

#[test]
fn for_how_long_and_how_often() {
    check_both(
        "",
        &[
            ("how long has the kitchen light been on", "厨房灯开了多久了", "past since=true of kit_light.power"),
            (
                "since when is the lab window open",
                "实验室窗户从什么时候开始开着的",
                "past since=true of lab_window.open",
            ),
            ("how long has the main entrance been unlocked", "正门没锁多久了", "past since=false of rec_door.locked"),
            (
                "how long was the fume hood on yesterday",
                "昨天通风橱开了多长时间",
                "past long=true of lab_hood.power in yesterday",
            ),
            (
                "how many hours did the irrigation pump run today",
                "今天灌溉泵运行了几个小时",
                "past long=true of hot_pump.power in today",
            ),
            (
                "how often was the lab window opened today",
                "今天实验室窗户开了几次",
                "past often=true of lab_window.open in today",
            ),
            (
                "how many times did the irrigation pump come on this week",
                "这周灌溉泵启动了多少次",
                "past often=true of hot_pump.power in this_week",
            ),
            (
                "how long was the living room tv on this week compared with last week",
                "客厅电视这周开了多久，和上周比",
                "past long=true of liv_tv.power in this_week against week",
            ),
        ],
    );
}

#[test]
fn whether_it_ever_was() {
    check_both(
        "",
        &[
            (
                "was the lab ever above 26 degrees yesterday",
                "昨天实验室有没有超过26度",
                "past ever>26 of lab_temp.temperature in yesterday",
            ),
            (
                "did the greenhouse drop below 12 degrees yesterday",
                "昨天花房低于过12度吗",
                "past ever<12 of hot_temp.temperature in yesterday",
            ),
            (
                "has the studio window been opened today",
                "今天画室窗户开过吗",
                "past ever=true of stu_window.open in today",
            ),
            (
                "was anybody in the maple meeting room yesterday",
                "昨天枫树会议室有人来过吗",
                "past ever=true of m1_occ.occupancy in yesterday",
            ),
            (
                "was the kitchen light on yesterday",
                "昨天厨房灯开过没有",
                "past ever=true of kit_light.power in yesterday",
            ),
        ],
    );
}

#[test]
fn what_it_came_to() {
    check_both(
        "",
        &[
            (
                "what was the highest temperature in the lab yesterday",
                "昨天实验室最高多少度",
                "past highest of lab_temp.temperature in yesterday",
            ),
            (
                "how hot did it get in the greenhouse today",
                "花房今天最高到了多少度",
                "past highest of hot_temp.temperature in today",
            ),
            (
                "how cold did it get in the lab yesterday",
                "昨天实验室最低温度是多少",
                "past lowest of lab_temp.temperature in yesterday",
            ),
            (
                "when was it hottest in the greenhouse yesterday",
                "昨天花房什么时候最热",
                "past highest of hot_temp.temperature in yesterday",
            ),
            (
                "what was the average humidity in the greenhouse this week",
                "这周花房的平均湿度是多少",
                "past mean of hot_humid.humidity in this_week",
            ),
            (
                "what was the temperature in the lab yesterday",
                "昨天实验室的温度是多少",
                "past value of lab_temp.temperature in yesterday",
            ),
            (
                "how much energy did the canteen use yesterday",
                "昨天餐厅用了多少电",
                "past used of can_meter.energy in yesterday",
            ),
            (
                "how much electricity did we use this week compared to last week",
                "我们这周比上周多用了多少电",
                "past used of main_meter.energy in this_week against week",
            ),
        ],
    );
}

#[test]
fn in_other_words() {
    check_both(
        "",
        &[
            (
                "how long ago was the lab window opened",
                "实验室窗户是多久之前打开的",
                "past last=true of lab_window.open",
            ),
            ("when did the irrigation pump stop", "灌溉泵什么时候停的", "past last=false of hot_pump.power"),
            (
                "when was somebody last in the maple meeting room",
                "枫树会议室上次有人是什么时候",
                "past last=true of m1_occ.occupancy",
            ),
            (
                "how long has nobody been in the maple meeting room",
                "枫树会议室没人多久了",
                "past since=false of m1_occ.occupancy",
            ),
            ("who last locked the main entrance", "正门是谁锁的", "past who=true of rec_door.locked"),
            (
                "what time did the bedroom light go on yesterday",
                "卧室灯昨天几点开的",
                "past last=true of bed_light.power in yesterday",
            ),
            (
                "has the lab window been opened today",
                "今天有人开过实验室窗户吗",
                "past ever=true of lab_window.open in today",
            ),
            ("has the fume hood been on today", "通风橱今天开过吗", "past ever=true of lab_hood.power in today"),
            (
                "was the cooling valve open yesterday",
                "冷却水阀昨天开过没有",
                "past ever=true of lab_valve.open in yesterday",
            ),
            (
                "how warm was it in the lab yesterday",
                "昨天实验室的温度是多少",
                "past value of lab_temp.temperature in yesterday",
            ),
        ],
    );
}

#[test]
fn in_still_other_words() {
    check_both(
        "",
        &[
            (
                "how humid was the greenhouse yesterday",
                "昨天花房的湿度是多少",
                "past value of hot_humid.humidity in yesterday",
            ),
            (
                "what was the brightest it got in the greenhouse yesterday",
                "昨天花房最亮的时候是多少",
                "past highest of hot_lux.illuminance in yesterday",
            ),
            (
                "when was it coldest in the lab yesterday",
                "实验室昨天什么时候最冷",
                "past lowest of lab_temp.temperature in yesterday",
            ),
            (
                "on average how warm was the lab this week",
                "实验室这周平均多少度",
                "past mean of lab_temp.temperature in this_week",
            ),
            (
                "how many minutes was the coffee machine on today",
                "咖啡机今天开了多少分钟",
                "past long=true of kit_coffee.power in today",
            ),
            (
                "how often was the main entrance unlocked yesterday",
                "正门昨天解锁了几次",
                "past often=false of rec_door.locked in yesterday",
            ),
            (
                "how many times did the kitchen fan run today",
                "厨房排风扇今天转了几次",
                "past often=true of kit_fan.power in today",
            ),
            ("since when is the living room tv on", "客厅电视从几点开始开着的", "past since=true of liv_tv.power"),
            (
                "how much energy was used in the canteen last month",
                "上个月餐厅用电多少",
                "past used of can_meter.energy in last_month",
            ),
        ],
    );
}

/// What is about the present, an order, a rule or a chart stays what it is.
#[test]
fn what_is_no_question_about_the_past() {
    for text in [
        "is the kitchen light on",
        "厨房灯开着吗",
        "how warm is it in the lab",
        "turn on the kitchen light",
        "when the lab window was open for an hour, turn off the fume hood",
        "谁在枫树会议室",
        "有人打开正门就告诉我",
        "draw the lab temperature of yesterday",
        "每天实验室窗户开了几次，画成柱状图",
        "what time is it",
        "再过多久天黑",
    ] {
        let heard = understood(&hear(text, "", &Dialogue::default()));
        assert!(!heard.starts_with("past"), "{text}: {heard}");
    }
}

#[test]
fn the_past_goes_on() {
    for turns in [
        &[
            ("how often was the lab window opened yesterday", "past often=true of lab_window.open in yesterday"),
            ("and today?", "past often=true of lab_window.open in today"),
            ("what about the studio window", "past often=true of stu_window.open in today"),
        ][..],
        &[
            ("昨天实验室最高多少度", "past highest of lab_temp.temperature in yesterday"),
            ("花房呢", "past highest of hot_temp.temperature in yesterday"),
            ("今天呢", "past highest of hot_temp.temperature in today"),
        ],
        &[
            ("is the kitchen light on", "all:op:=,value:true of kit_light.power"),
            ("since when", "past since=true of kit_light.power"),
            ("who turned it on", "past who=true of kit_light.power"),
            ("什么时候开的", "past last=true of kit_light.power"),
        ],
        &[("打开厨房灯", "kit_light.power=true"), ("它开了多久了", "past since=true of kit_light.power")],
    ] {
        let mut dialogue = Dialogue::default();
        for (text, expected) in turns {
            let u = hear(text, "", &dialogue);
            assert_eq!(understood(&u), *expected, "{text}");
            dialogue.remember(&Utterance::new(*text, now()), &u);
        }
    }
}
