//! What people read: rules in words, and the catalogue.

use super::{graph, ventilation, world};
use crate::{catalogue, explain, meaning_hash, read};
use base::Lang;
use base::id::SpaceId;
use documents::{RuleGraph, RuleMode};
use serde_json::{Value as Json, json};

#[track_caller]
fn check(rule: &RuleGraph, en: &str, zh: &str) {
    let words = explain(rule, &world());
    assert_eq!(words.en, en);
    assert_eq!(words.zh, zh);
    reads_back(rule);
}

/// Both texts are read as the same rule.
#[track_caller]
pub(super) fn reads_back(rule: &RuleGraph) {
    let world = world();
    let words = explain(rule, &world);
    for lang in [Lang::Zh, Lang::En] {
        let again = read(words.get(lang), lang, &world).unwrap_or_else(|e| panic!("{}: {e:?}", words.get(lang)));
        let same = meaning_hash(&again, &world) == meaning_hash(rule, &world);
        assert!(same, "{}: {}", words.get(lang), serde_json::to_string(&again).unwrap());
    }
}

/// When a condition on points changes, a command follows. `nodes` end with the one that is the condition.
fn when(on: &str, nodes: &[(&str, &str, Json)], edges: &[&str], command: Json) -> RuleGraph {
    let last = nodes.last().unwrap().0;
    let mut nodes = nodes.to_vec();
    nodes.extend([("edge", "edge", json!({"on": on})), ("act", "command", command)]);
    let to_edge = format!("{last}.out -> edge.in");
    let mut edges = edges.to_vec();
    edges.extend([to_edge.as_str(), "edge.out -> act.in"]);
    graph(&nodes, &edges)
}

fn light() -> Json {
    json!({"point": "@hall_light.power", "setting": {"to": true}})
}

fn door(initial: &str) -> (&'static str, &'static str, Json) {
    ("door", "point", json!({"point": "@door.open", "initial": initial}))
}

#[test]
fn dwell_and_until() {
    check(
        &ventilation(),
        "When Meeting room CO2 is above 1000 ppm for 5 minutes, turn on Meeting room fan. When Meeting room CO2 is below 800 ppm, turn off Meeting room fan.",
        "当会议室二氧化碳高于 1000 ppm 持续 5 分钟时，打开会议室风扇。当会议室二氧化碳低于 800 ppm 时，关闭会议室风扇。",
    );
    let rule = graph(
        &[
            ("co2", "point", json!({"point": "@co2.co2"})),
            ("high", "compare", json!({"op": ">", "value": 1000, "hysteresis": 200})),
            ("start", "edge", json!({"on": "rising"})),
            ("on", "command", json!({"point": "@fan.power", "setting": {"to": true}})),
            ("cool", "command", json!({"point": "@ac.mode", "setting": {"to": "cool"}})),
            ("stop", "edge", json!({"on": "falling"})),
            ("off", "command", json!({"point": "@fan.power", "setting": {"to": false}})),
        ],
        &[
            "co2.out -> high.in",
            "high.out -> start.in",
            "start.out -> on.in",
            "start.out -> cool.in",
            "high.out -> stop.in",
            "stop.out -> off.in",
        ],
    );
    check(
        &rule,
        "When Meeting room CO2 is above 1000 ppm (until back at 800 ppm), turn on Meeting room fan and set Meeting room AC mode to cool. When that no longer holds, turn off Meeting room fan.",
        "当会议室二氧化碳高于 1000 ppm（回到 800 ppm 为止）时，打开会议室风扇，并将会议室空调的模式设为制冷。当该条件不再成立时，关闭会议室风扇。",
    );
}

#[test]
fn states_and_changes() {
    check(
        &when("rising", &[door("hold")], &[], light()),
        "When Front door is open, turn on Hall light.",
        "当前门打开时，打开走廊灯。",
    );
    check(
        &when("falling", &[door("hold")], &[], light()),
        "When Front door is closed, turn on Hall light.",
        "当前门关闭时，打开走廊灯。",
    );
    check(
        &when("both", &[door("hold")], &[], light()),
        "Each time Front door changes, turn on Hall light.",
        "每当前门变化时，打开走廊灯。",
    );
    check(
        &when("rising", &[door("fire")], &[], light()),
        "When Front door is open (also if that is already so when the rule is enabled), turn on Hall light.",
        "当前门打开时（启用规则时已如此也算），打开走廊灯。",
    );
    let mode =
        [("ac", "point", json!({"point": "@ac.mode"})), ("cool", "compare", json!({"op": "!=", "value": "cool"}))];
    check(
        &when("rising", &mode, &["ac.out -> cool.in"], light()),
        "When Meeting room AC mode is not cool, turn on Hall light.",
        "当会议室空调的模式不为制冷时，打开走廊灯。",
    );
    let warm = [
        ("t", "point", json!({"point": "@room.temperature"})),
        ("warm", "compare", json!({"op": ">=", "value": 77, "unit": "[degF]"})),
    ];
    check(
        &when("rising", &warm, &["t.out -> warm.in"], light()),
        "When Living room sensor temperature is at least 77°F, turn on Hall light.",
        "当客厅传感器的温度不低于 77°F 时，打开走廊灯。",
    );
    let motion = [
        ("m", "point", json!({"point": "@motion.motion"})),
        ("not", "not", json!({})),
        ("long", "for_duration", json!({"span_ms": 5_400_000})),
    ];
    check(
        &when("rising", &motion, &["m.out -> not.in", "not.out -> long.in"], light()),
        "When Hall motion sensor reports no motion for 1 hour 30 minutes, turn on Hall light.",
        "当走廊移动传感器无人移动持续 1 小时 30 分钟时，打开走廊灯。",
    );
}

#[test]
fn joined_conditions() {
    let nodes = [
        door("hold"),
        ("window", "point", json!({"point": "@window.open"})),
        ("lux", "point", json!({"point": "@lux.illuminance"})),
        ("dark", "compare", json!({"op": "<", "value": 50})),
        ("or", "or", json!({})),
        ("and", "and", json!({})),
    ];
    let edges = [
        "door.out -> or.in1",
        "window.out -> or.in2",
        "lux.out -> dark.in",
        "or.out -> and.in1",
        "dark.out -> and.in2",
    ];
    check(
        &when("rising", &nodes, &edges, light()),
        "When (Front door is open or Meeting room window is open) and Hall brightness is below 50 lx, turn on Hall light.",
        "当（前门打开或会议室窗户打开）且走廊照度低于 50 lx 时，打开走廊灯。",
    );
    check(
        &when("falling", &nodes, &edges, light()),
        "When (Front door is closed and Meeting room window is closed) or Hall brightness is at least 50 lx, turn on Hall light.",
        "当（前门关闭且会议室窗户关闭）或走廊照度不低于 50 lx 时，打开走廊灯。",
    );
    let mut nodes = nodes.to_vec();
    nodes.push(("long", "for_duration", json!({"span_ms": 60_000})));
    let mut edges = edges.to_vec();
    edges.push("or.out -> long.in");
    check(
        &when("rising", &nodes, &edges, light()),
        "When Front door is open or Meeting room window is open, for 1 minute in all, turn on Hall light.",
        "当前门打开或会议室窗户打开，并持续 1 分钟时，打开走廊灯。",
    );
}

#[test]
fn triggers_conditions_and_delays() {
    let mut rule = graph(
        &[
            ("motion", "point", json!({"point": "@motion.motion"})),
            ("seen", "edge", json!({})),
            ("lux", "point", json!({"point": "@lux.illuminance"})),
            ("dark", "compare", json!({"op": "<", "value": 50})),
            ("gate", "gate", json!({})),
            ("on", "command", light()),
            ("later", "delay", json!({"span_ms": 120_000})),
            ("off", "command", json!({"point": "@hall_light.power", "setting": {"to": false}})),
        ],
        &[
            "motion.out -> seen.in",
            "seen.out -> gate.in",
            "lux.out -> dark.in",
            "dark.out -> gate.if",
            "gate.out -> on.in",
            "gate.out -> later.in",
            "later.out -> off.in",
        ],
    );
    rule.mode = RuleMode::Restart;
    check(
        &rule,
        "When Hall motion sensor reports motion, if Hall brightness is below 50 lx, turn on Hall light. 2 minutes after Hall motion sensor reports motion (if Hall brightness is below 50 lx then), turn off Hall light. If it is triggered again meanwhile, it starts over.",
        "当走廊移动传感器有人移动时，如果走廊照度低于 50 lx，打开走廊灯。走廊移动传感器有人移动（且当时走廊照度低于 50 lx）2 分钟后，关闭走廊灯。运行期间再次触发则重新开始。",
    );
}

#[test]
fn several_triggers() {
    let rule = graph(
        &[
            door("hold"),
            ("window", "point", json!({"point": "@window.open"})),
            ("a", "edge", json!({})),
            ("b", "edge", json!({})),
            ("act", "command", light()),
        ],
        &["door.out -> a.in", "window.out -> b.in", "a.out -> act.in", "b.out -> act.in"],
    );
    check(
        &rule,
        "When Front door is open, or when Meeting room window is open, turn on Hall light.",
        "当前门打开时，或当会议室窗户打开时，打开走廊灯。",
    );
}

#[test]
fn commands() {
    let check = |command: Json, en: &str, zh: &str| {
        let rule = when("rising", &[door("hold")], &[], command);
        check(&rule, &format!("When Front door is open, {en}."), &format!("当前门打开时，{zh}。"));
    };
    check(json!({"point": "@lock.locked", "setting": {"to": false}}), "unlock Front door lock", "解锁前门锁");
    check(json!({"point": "@curtain.position", "setting": {"to": 100}}), "open Living room curtain", "打开客厅窗帘");
    check(
        json!({"point": "@curtain.position", "setting": {"to": 30}}),
        "set Living room curtain position to 30%",
        "将客厅窗帘的开度设为 30%",
    );
    check(json!({"point": "@curtain.stop", "setting": {"call": {}}}), "stop Living room curtain", "停止客厅窗帘");
    check(
        json!({"point": "@ac.target_temperature", "setting": {"by": -2}}),
        "lower Meeting room AC setpoint by 2°C",
        "将会议室空调的设定温度降低 2°C",
    );
    check(json!({"point": "@hall_light.power", "setting": "toggle"}), "toggle Hall light", "切换走廊灯");
    let living = SpaceId::of_name("living");
    check(
        json!({"select": {"kinds": ["light"], "trait": "on_off", "spaces": [living]}, "setting": {"to": false}}),
        "turn off every light in Living room (2 devices)",
        "关闭客厅的所有灯（2 台设备）",
    );
    check(
        json!({"select": {"kinds": ["light"], "trait": "brightness", "except": [{"devices": [base::id::DeviceId::of_name("floor_lamp")]}]}, "setting": {"to": 40}}),
        "set brightness of every light except Floor lamp (1 device) to 40%",
        "将所有灯（落地灯除外）（1 台设备）的亮度设为 40%",
    );
}

#[test]
fn faults_are_read_as_far_as_possible() {
    check(&graph(&[], &[]), "This rule does nothing yet.", "这条规则还没有动作。");
    let mut rule = ventilation();
    rule.nodes[0].type_ = "unheard".into();
    rule.nodes.remove(6);
    let words = explain(&rule, &world());
    assert_eq!(
        words.en,
        "When an unknown value is above 1000 for 5 minutes, turn on Meeting room fan. When (an unknown event) happens, turn off Meeting room fan."
    );
}

#[test]
fn times_and_days() {
    let at = |params: Json| graph(&[("at", "schedule", params), ("act", "command", light())], &["at.out -> act.in"]);
    check(
        &at(json!({"times": ["07:30", "sunset-00:30"], "days": "workdays"})),
        "When it is 07:30, 30 minutes before sunset on workdays, turn on Hall light.",
        "当到了 07:30、日落前 30 分钟（工作日）时，打开走廊灯。",
    );
    check(
        &at(json!({"times": ["sunset", "sunrise+01:30", "dawn-00:00:20"]})),
        "When it is sunset, 1 hour 30 minutes after sunrise, 20 seconds before dawn, turn on Hall light.",
        "当到了日落、日出后 1 小时 30 分钟、黎明前 20 秒时，打开走廊灯。",
    );
    check(
        &at(json!({"times": ["09:00"], "days": {"weekdays": ["sun", "sat"]}, "missed": "once"})),
        "When it is 09:00 on Saturdays, Sundays, made up for once if missed, turn on Hall light.",
        "当到了 09:00（周六、周日），错过则补一次时，打开走廊灯。",
    );
    let evening = json!({"from": "22:00", "to": "06:00", "days": "days_off"});
    check(
        &when("rising", &[("night", "time_window", evening)], &[], light()),
        "When it is between 22:00 and 06:00 on days off, turn on Hall light.",
        "当在 22:00 到 06:00 之间（休息日）时，打开走廊灯。",
    );
}

#[test]
fn words_do_not_grow_without_end() {
    let mut rule = graph(&[door("hold")], &[]);
    let mut last = "door".to_owned();
    for i in 0..60 {
        let id = format!("n{i}");
        rule.node(&id, if i % 2 == 0 { "and" } else { "or" }, json!({}));
        rule.edge(&format!("{last}.out"), &format!("{id}.in1")).edge(&format!("{last}.out"), &format!("{id}.in2"));
        last = id;
    }
    rule.node("edge", "edge", json!({})).node(
        "act",
        "command",
        json!({"point": super::pt("hall_light.power"), "setting": {"to": true}}),
    );
    rule.edge(&format!("{last}.out"), "edge.in").edge("edge.out", "act.in");
    let words = explain(&rule, &world());
    assert!(words.en.chars().count() < 2_000, "{}", words.en);
}

#[test]
fn the_catalogue_is_golden() {
    for spec in catalogue() {
        insta::assert_json_snapshot!(format!("catalogue__{}", spec.type_), spec);
    }
}
