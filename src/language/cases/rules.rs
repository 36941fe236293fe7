//! Rules: the whole graph of each shape, compared as nodes and edges.

use super::{act, hear};
use crate::Dialogue;
use documents::{Act, Draft, RuleGraph, Verdict};
use serde_json::Value as Json;
use things::PointSpec;

/// A graph in one line: `source1=kit_motion.motion compare1(= true) ... | source1>compare1 ...`.
fn shape(g: &RuleGraph) -> String {
    let mut nodes = Vec::new();
    for n in &g.nodes {
        let p = |k: &str| n.params.get(k).cloned().unwrap_or(Json::Null);
        nodes.push(match n.type_.as_str() {
            "point" => format!("{}={}", n.id, point(&p("point"))),
            "compare" => format!(
                "{}({}{}{})",
                n.id,
                p("op").as_str().unwrap(),
                p("value"),
                if p("hysteresis").is_null() { String::new() } else { format!("~{}", p("hysteresis")) }
            ),
            "for_duration" | "delay" => format!("{}({}s)", n.id, p("span_ms").as_i64().unwrap() / 1000),
            "edge" => format!("{}({})", n.id, p("on").as_str().unwrap()),
            "command" if !p("select").is_null() => format!("{}(several)", n.id),
            "command" => {
                let a: Act = serde_json::from_value(Json::Object(n.params.clone())).unwrap();
                format!("{}({})", n.id, act(&a))
            }
            "time_window" => {
                format!("{}({}..{}{})", n.id, p("from").as_str().unwrap(), p("to").as_str().unwrap(), days(&p("days")))
            }
            "schedule" => format!("{}({}{})", n.id, p("times"), days(&p("days"))),
            "interval" => format!("{}({}s)", n.id, p("every_ms").as_i64().unwrap() / 1000),
            "count_within" => format!("{}({} in {}s)", n.id, p("count"), p("span_ms").as_i64().unwrap() / 1000),
            "notify" => format!("{}({})", n.id, p("en").as_str().unwrap()),
            _ => n.id.clone(),
        });
    }
    let edges: Vec<String> = g.edges.iter().map(|e| format!("{}>{}", e.from.node, e.to.node)).collect();
    format!("{} | {}", nodes.join(" "), edges.join(" "))
}

fn days(days: &Json) -> String {
    if days.is_null() { String::new() } else { format!(" {days}") }
}

fn point(id: &Json) -> String {
    let id = serde_json::from_value(id.clone()).unwrap();
    let spec: &PointSpec = super::FIXTURE.world.point(id).unwrap();
    format!("{}.{}", super::world::key(&super::FIXTURE.world, spec.device), spec.identifier)
}

fn check(text: &str, expected: &str) {
    let u = hear(text, "", &Dialogue::default());
    match u.parts.as_slice() {
        [p] => match &p.verdict {
            Verdict::Draft(Draft::Rule(g)) => assert_eq!(shape(g), expected, "{text}"),
            other => panic!("{text}: {other:?}"),
        },
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn shapes() {
    let dwell = "source1=can_co2.co2 compare1(>1000.0) hold1(300s) edge1(rising) command1(can_vent.power=true) | source1>compare1 compare1>hold1 hold1>edge1 edge1>command1";
    let back = "source1=can_co2.co2 compare1(>1000.0~200.0) edge1(rising) command1(can_vent.power=true) edge2(falling) command2(can_vent.power=false) | source1>compare1 compare1>edge1 edge1>command1 compare1>edge2 edge2>command2";
    let state = "source1=lab_window.open compare1(=true) edge1(rising) command1(lab_hood.power=false) | source1>compare1 compare1>edge1 edge1>command1";
    let both = "source1=m1_occ.occupancy compare1(=true) source2=m1_co2.co2 compare2(>900.0) and1 edge1(rising) command1(m1_ac.power=true) | source1>compare1 source2>compare2 compare1>and1 compare2>and1 and1>edge1 edge1>command1";
    let either = "source1=hot_temp.temperature compare1(>30.0) source2=hot_humid.humidity compare2(<40.0) or1 edge1(rising) command1(hot_pump.power=true) | source1>compare1 source2>compare2 compare1>or1 compare2>or1 or1>edge1 edge1>command1";
    let empty = "source1=m1_occ.occupancy compare1(=false) hold1(900s) edge1(rising) command1(m1_ac.power=false) command2(m1_light.power=false) | source1>compare1 compare1>hold1 hold1>edge1 edge1>command1 edge1>command2";
    let lasting = "source1=kit_motion.motion compare1(=true) edge1(rising) command1(kit_light.power=true) delay1(300s) command2(kit_light.power=false) | source1>compare1 compare1>edge1 edge1>command1 edge1>delay1 delay1>command2";
    let otherwise = "source1=lab_window.open compare1(=true) edge1(rising) command1(lab_hood.power=false) edge2(falling) command2(lab_hood.power=true) | source1>compare1 compare1>edge1 edge1>command1 compare1>edge2 edge2>command2";
    for (expected, texts) in [
        (
            dwell,
            &[
                "if co2 in the canteen is above 1000 ppm for 5 minutes, turn on the canteen ventilation",
                "turn on the canteen ventilation when the canteen co2 is over 1000 for five minutes",
                "如果餐厅二氧化碳超过1000持续五分钟，就打开餐厅新风",
                "餐厅二氧化碳高于1000ppm达5分钟时，把餐厅新风打开",
            ][..],
        ),
        (
            back,
            &[
                "when co2 in the canteen is above 1000 ppm turn on the canteen ventilation until it falls below 800",
                "餐厅二氧化碳超过1000就打开餐厅新风，低于800再关",
                "餐厅二氧化碳超过1000时打开餐厅新风，直到低于800",
            ][..],
        ),
        (
            state,
            &[
                "when the lab window opens turn off the fume hood",
                "turn off the fume hood if the lab window is open",
                "实验室窗户打开时关掉通风橱",
                "一旦实验室窗户开了就关掉通风橱",
            ][..],
        ),
        (
            both,
            &[
                "when somebody is in the maple meeting room and co2 is over 900 turn on the maple air conditioner",
                "如果有人在枫树会议室并且二氧化碳高于900，就打开枫树空调",
            ][..],
        ),
        (
            either,
            &[
                "if the greenhouse temperature goes above 30 or humidity drops below 40, turn on the irrigation pump",
                "花房温度高于30度或者湿度低于40%就打开灌溉泵",
            ][..],
        ),
        (
            empty,
            &[
                "if nobody is in the maple meeting room for 15 minutes turn off the air conditioner and the light",
                "枫树会议室没人超过15分钟就把空调和灯都关了",
            ][..],
        ),
        (
            lasting,
            &[
                "whenever motion is detected in the kitchen turn on the kitchen light for 5 minutes",
                "厨房检测到有人移动就打开厨房灯5分钟",
            ][..],
        ),
        (
            otherwise,
            &[
                "when the lab window is open turn off the fume hood, otherwise turn it on",
                "实验室窗户打开时关掉通风橱，否则打开",
            ][..],
        ),
    ] {
        for text in texts {
            check(text, expected);
        }
    }
}

#[test]
fn a_notice_says_its_own_words_or_what_has_happened() {
    let told = |text: &str, en: &str| {
        let nodes = "source1=can_co2.co2 compare1(>1000.0) edge1(rising)";
        let edges = "source1>compare1 compare1>edge1 edge1>notify1 source1>notify1";
        check(text, &format!("{nodes} notify1({en} (canteen air sensor: {{v1}})) | {edges}"));
    };
    told("tell me when the canteen CO2 is above 1000 ppm", "The canteen CO2 is above 1000 ppm");
    told("if the canteen CO2 is above 1000 ppm, let me know", "The canteen CO2 is above 1000 ppm");
    told("餐厅二氧化碳高于1000就通知我", "餐厅二氧化碳高于1000");
    told("餐厅二氧化碳高于1000就通知我开窗透气", "开窗透气");
}

#[test]
fn a_rule_that_is_half_understood_is_not_made() {
    for text in [
        "when the moon is full turn on the kitchen light",
        "if the attic is above 30 degrees turn on the kitchen fan",
        "如果月亮圆了就打开厨房灯",
        "when the lab window opens turn on the zorbo",
        "at 7 pm turn on the kitchen light",
        "晚上七点打开厨房灯",
        "厨房灯咕噜就打开",
    ] {
        let shown = super::shown(&hear(text, "", &Dialogue::default()));
        assert!(shown.split("; ").all(|p| p.starts_with("no ")), "{text}: {shown}");
    }
}

/// The graphs of a request, one behind the other.
fn graphs(text: &str) -> String {
    let shown = |v: &Verdict| match v {
        Verdict::Draft(Draft::Rule(g)) => shape(g),
        Verdict::Refusal(r) => format!("no {}", r.reason.code()),
        other => format!("{other:?}"),
    };
    hear(text, "", &Dialogue::default()).parts.iter().map(|p| shown(&p.verdict)).collect::<Vec<_>>().join(" / ")
}

#[test]
fn what_people_say_around_a_rule() {
    let mut wrong = Vec::new();
    for (text, parts) in [
        // What has to last is not begun by a value between the two.
        (
            "once the canteen co2 has been above 1000 for five minutes turn on the canteen ventilation, off as soon as it drops below 700",
            &["compare1(>1000.0) hold1(300s)", "compare2(<700.0)", "can_vent.power=false"][..],
        ),
        (
            "餐厅二氧化碳连续五分钟都超过1000，就打开餐厅新风，降到700以下再关",
            &["compare1(>1000.0) hold1(300s)", "can_vent.power=false"],
        ),
        // Not yet.
        ("实验室窗户开了十分钟还没关，就关掉通风橱", &["compare1(=false) not1 hold1(600s)"]),
        // The thing that was spoken of before.
        (
            "when the lab window opens turn off the fume hood, and turn it on when the window is shut",
            &["lab_hood.power=false", " / source1=lab_window.open compare1(=false)", "lab_hood.power=true"],
        ),
        (
            "when the lab window opens turn off the fume hood. Turn it on 30 seconds after the window closes",
            &["lab_hood.power=false", "compare1(=false) hold1(30s)", "lab_hood.power=true"],
        ),
        // One more condition with the same acts, or with the last of them.
        (
            "tell me when the greenhouse temperature goes above 30 and once more when it goes above 35",
            &["compare1(>30.0)", " / ", "compare1(>35.0)"],
        ),
        (
            "when the greenhouse temperature is above 30 pump on. Below 20 pump off, also off if the greenhouse humidity is above 80",
            &["hot_pump.power=true", "compare1(<20.0)", "source1=hot_humid.humidity compare1(>80.0)"],
        ),
        // Times.
        ("at half nine every evening turn off the reception main light", &["schedule1([\"21:30\"]"]),
        ("half past six every evening turn on the amber lamp", &["schedule1([\"18:30\"]"]),
        (
            "咖啡机工作日早上七点开，傍晚六点关",
            &["schedule1([\"07:00\"]", "schedule1([\"18:00\"]", "kit_coffee.power=false"],
        ),
        ("晚上十点以后厨房有人移动就打开厨房灯；早上六点以后就不用管了", &["22:00..06:00"]),
        ("厨房晚上六点到九点有人移动就开灯；到九点都关掉", &["18:00..21:00", "21:00"]),
        // A remark, a title, a misspelling.
        ("tell me when the kitchen leak sensor is wet. Just a message, don't switch anything.", &["notify1"]),
        ("if the lab window is stil open at 10 pm, turn off the fume hood", &["22:00", "lab_hood.power=false"]),
        // Where, and what.
        (
            "when nobody has been in the kitchen for ten minutes switch off the light in there",
            &["hold1(600s)", "kit_light.power=false"],
        ),
        ("turn on the living room air conditioner when it is hotter than 28", &["liv_env.temperature compare1(>28.0)"]),
        ("花房遮阳帘光照超过20000就拉上", &["source1=hot_lux.illuminance compare1(>20000.0)", "hot_shade"]),
        ("厨房有人移动就打开客厅吊灯，亮度30%", &["liv_light.power=true", "liv_light.brightness=30"]),
        (
            "when the kitchen leak sensor is wet, turn on the living room pendant, brightness 30%",
            &["liv_light.brightness=30"],
        ),
        // What excludes itself.
        ("the greenhouse must never be below 26 and never above 20", &["no contradiction"]),
        ("花房温度不许低于26度，也不许高于20度", &["no contradiction"]),
        ("when the greenhouse temperature is below 18 and above 26 turn on the irrigation pump", &["no contradiction"]),
        ("花房温度低于18度而且高于26度就打开灌溉泵", &["no contradiction"]),
        // A room that nobody knows is not every room.
        ("when somebody is in room 905 turn on the kitchen light", &["no unknown_place"]),
    ] {
        let got = graphs(text);
        if let Some(missing) = parts.iter().find(|p| !got.contains(**p)) {
            wrong.push(format!("{text}\n    without {missing}\n    {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a rule that was just proposed becomes by what is said then.
fn revised(first: &str, then: &str) -> Vec<Verdict> {
    let mut dialogue = Dialogue::default();
    dialogue.remember(&crate::Utterance::new(first, super::now()), &hear(first, "", &Dialogue::default()));
    hear(then, "", &dialogue).parts.into_iter().map(|p| p.verdict).collect()
}

#[test]
fn a_proposed_rule_is_said_otherwise() {
    const EN: &str = "when the canteen co2 is above 1000 for five minutes turn on the canteen ventilation";
    const ZH: &str = "餐厅二氧化碳超过1000持续五分钟就打开餐厅新风";
    let mut wrong = Vec::new();
    for (first, then, parts) in [
        (EN, "make it 1200 instead", &["compare1(>1200.0)", "hold1(300s)"][..]),
        (EN, "make it ten minutes", &["compare1(>1000.0)", "hold1(600s)"]),
        (ZH, "改成1200", &["compare1(>1200.0)", "hold1(300s)"]),
        (ZH, "改成十分钟", &["compare1(>1000.0)", "hold1(600s)"]),
        (EN, "only on weekdays", &["workdays", "gate1", "edge1>gate1", "gate1>command1"]),
        (EN, "not on weekends", &["sat", "not1>gate1", "gate1>command1"]),
        (ZH, "周末不要执行", &["sat", "not1>gate1", "gate1>command1"]),
        (EN, "only between 8 am and 6 pm", &["08:00..18:00", "gate1>command1"]),
        (EN, "also turn off the kitchen fan", &["can_vent.power=true", "kit_fan.power=false", "edge1>command2"]),
        (ZH, "还要关掉厨房排风扇", &["can_vent.power=true", "kit_fan.power=false", "edge1>command2"]),
        (EN, "and tell me", &["can_vent.power=true", "edge1>notify1"]),
        (ZH, "同时通知我", &["can_vent.power=true", "edge1>notify1"]),
    ] {
        let verdicts = revised(first, then);
        let got = match verdicts.as_slice() {
            [Verdict::Draft(Draft::Rule(g))] if g.meta.contains_key("revises") => shape(g),
            other => format!("{other:?}"),
        };
        if let Some(missing) = parts.iter().find(|p| !got.contains(**p)) {
            wrong.push(format!("{then}\n    without {missing}\n    {got}"));
        }
    }
    for (first, then, name) in [(ZH, "命名为换气", "换气"), (ZH, "改名叫换气", "换气")] {
        match revised(first, then).as_slice() {
            [Verdict::Draft(Draft::Rule(g))] if g.name.en == name => {}
            other => wrong.push(format!("{then}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
