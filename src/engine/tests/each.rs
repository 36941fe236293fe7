//! Rules that stand for each of several rooms or devices: as many rules, each with its own state.

use super::{at, building, pt};
use crate::{Effect, Engine, compile, explain, meaning_hash, read};
use base::diagnostic::has_errors;
use base::id::{DeviceId, ProductId, RuleId, SpaceId};
use base::{Bilingual, IdGen, Lang, Sample, Value};
use documents::{Deed, RuleFindingKind, RuleGraph, Trace};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;
use things::{Device, Each, Names, Placement, Selector, Space, SpaceKind, Spaces, States, World};

/// Rooms of the office: key, name in both languages, whether a motion sensor is there, how many lights.
const ROOMS: &[(&str, &str, &str, bool, usize)] = &[
    ("m1", "一号会议室", "Room 1", true, 2),
    ("m2", "二号会议室", "Room 2", true, 1),
    ("m3", "三号会议室", "Room 3", false, 1),
];

/// The test building with an office of meeting rooms.
fn office(rooms: &[(&str, &str, &str, bool, usize)]) -> World {
    let mut doc = building();
    let mut device = |key: String, template: &str, room: &str| {
        doc.devices.push(Device {
            id: DeviceId::of_name(&key),
            product: ProductId::of_name(template),
            names: Names::new(&key, &key),
            key,
            placements: vec![Placement { space: Some(SpaceId::of_name(room)), from: base::Timestamp::MIN }],
            route: things::Route::Simulated,
            tags: BTreeSet::new(),
            disabled: false,
        });
    };
    for (key, .., motion, lights) in rooms {
        if *motion {
            device(format!("{key}_motion"), "sensor_motion", key);
        }
        (1..=*lights).for_each(|n| device(format!("{key}_light{n}"), "light_switch", key));
    }
    doc.spaces.extend(rooms.iter().map(|(key, zh, en, ..)| Space {
        id: SpaceId::of_name(key),
        kind: SpaceKind::Room,
        names: Names::new(zh, en),
        parent: None,
        tags: BTreeSet::from(["meeting_room".to_owned()]),
        outline: Vec::new(),
    }));
    World::build(doc).0
}

fn meeting_rooms() -> Option<Each> {
    Some(Each::Spaces(Spaces { tags: vec!["meeting_room".into()], ..Spaces::default() }))
}

/// In every meeting room: when nobody has moved for ten minutes, its lights go off and somebody is told.
pub(super) fn lights_off() -> RuleGraph {
    let mut rule = RuleGraph::new(RuleId::of_name("each"), Bilingual::new("人走灯灭", "Lights off"));
    rule.each = meeting_rooms();
    let select = |kind: &str, trait_: &str| json!({"kinds": [kind], "trait": trait_});
    rule.node(
        "motion",
        "aggregate",
        json!({"select": {"everything": true, "trait": "motion"}, "here": true, "op": "any"}),
    )
    .node("still", "compare", json!({"op": "=", "value": false}))
    .node("long", "for_duration", json!({"span_ms": 600_000}))
    .node("empty", "edge", json!({}))
    .node("off", "command", json!({"select": select("light", "on_off"), "here": true, "setting": {"to": false}}))
    .node("tell", "notify", json!({"zh": "没有人了", "en": "Nobody is there"}))
    .edge("motion.out", "still.in")
    .edge("still.out", "long.in")
    .edge("long.out", "empty.in")
    .edge("empty.out", "off.in")
    .edge("empty.out", "tell.in");
    rule
}

/// The same for one room, without `each`.
fn by_hand(rule: &RuleGraph, room: &str) -> RuleGraph {
    let mut rule = rule.clone();
    rule.each = None;
    rule.id = RuleId::of_name(room);
    for node in &mut rule.nodes {
        if node.params.remove("here").is_some() {
            node.params["select"]["everything"] = json!(false);
            node.params["select"]["spaces"] = json!([SpaceId::of_name(room)]);
        }
    }
    rule
}

/// What an engine did: the place, and what.
fn told(effects: Vec<Effect>, traces: &mut Vec<Trace>) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for effect in effects {
        match effect {
            Effect::Deed { deed: Deed::Act(act), instance, .. } => all.push((instance, act.point.to_string())),
            Effect::Deed { deed: Deed::Notify(notify), instance, .. } => all.push((instance, notify.text.en)),
            Effect::Deed { .. } => {}
            Effect::Trace(trace) => traces.push(trace),
        }
    }
    all
}

fn moves(room: &str, is: bool, seconds: f64) -> (base::id::PointId, Sample) {
    (pt(&format!("{room}_motion.motion")), Sample::good(Value::Bool(is), at(seconds)))
}

#[test]
fn every_room_has_its_own_state_and_is_named() {
    let world = office(ROOMS);
    let (mut engine, mut ids, mut traces) = (Engine::default(), IdGen::new(1), Vec::new());
    let found = engine.enable(&lights_off(), &world, &States::new(), at(0.0));
    // The third room has no sensor: the rule is not for it, and says so.
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].code.as_str(), found[0].path.as_str()), ("rule.each_without", "/nodes/0/params/select"));
    assert_eq!(found[0].message.en, "without Room 3: it selects no point");
    assert_eq!(engine.plans(lights_off().id).count(), 2);
    let (one, two) = (SpaceId::of_name("m1").to_string(), SpaceId::of_name("m2").to_string());
    engine.step(&[moves("m1", true, 0.0), moves("m2", true, 0.0)], at(0.0), &mut ids);
    engine.step(&[moves("m1", false, 1.0)], at(1.0), &mut ids);
    engine.step(&[moves("m2", false, 100.0)], at(100.0), &mut ids);
    let did = told(engine.step(&[], at(601.0), &mut ids), &mut traces);
    let point = |name: &str| pt(name).to_string();
    let mut lights = vec![(one.clone(), point("m1_light1.power")), (one.clone(), point("m1_light2.power"))];
    lights.sort();
    assert_eq!(did[..2], lights);
    assert_eq!(did[2..], [(one.clone(), "Room 1: Nobody is there".to_owned())]);
    assert!(traces.iter().all(|t| t.instance == one));
    // Somebody comes into the first room: the second goes on waiting.
    engine.step(&[moves("m1", true, 650.0)], at(650.0), &mut ids);
    let did = told(engine.step(&[], at(700.0), &mut ids), &mut traces);
    assert_eq!(did, [(two.clone(), point("m2_light1.power")), (two, "Room 2: Nobody is there".to_owned())]);
}

#[test]
fn a_room_that_comes_joins_and_the_others_keep_what_they_know() {
    let (before, mut rooms) = (office(ROOMS), ROOMS.to_vec());
    rooms[2].3 = true;
    let after = office(&rooms);
    let (mut engine, mut ids, mut traces) = (Engine::default(), IdGen::new(1), Vec::new());
    engine.enable(&lights_off(), &before, &States::new(), at(0.0));
    engine.step(&[moves("m1", true, 0.0), moves("m2", true, 0.0)], at(0.0), &mut ids);
    engine.step(&[moves("m1", false, 0.0), moves("m2", false, 0.0)], at(0.0), &mut ids);
    let failed = engine.world_changed([lights_off()].iter(), &after, &States::new(), at(300.0));
    assert_eq!(failed, vec![]);
    assert_eq!(engine.plans(lights_off().id).count(), 3);
    // What is stored is what runs.
    let stored = serde_json::to_string(&engine).unwrap();
    let mut engine: Engine = serde_json::from_str(&stored).unwrap();
    assert_eq!(serde_json::to_string(&engine).unwrap(), stored);
    engine.step(&[moves("m3", true, 350.0)], at(350.0), &mut ids);
    engine.step(&[moves("m3", false, 400.0)], at(400.0), &mut ids);
    // The first two are still ten minutes after the beginning, the third counts from when it was seen.
    assert_eq!(told(engine.step(&[], at(600.0), &mut ids), &mut traces).len(), 5);
    assert_eq!(told(engine.step(&[], at(1000.0), &mut ids), &mut traces).len(), 2);
    // A rule that is saved again keeps it too, and one for fewer rooms forgets the others.
    engine.step(&[moves("m1", true, 1100.0), moves("m2", true, 1100.0)], at(1100.0), &mut ids);
    engine.step(&[moves("m1", false, 1200.0), moves("m2", false, 1200.0)], at(1200.0), &mut ids);
    let mut fewer = lights_off();
    fewer.each = Some(Each::Spaces(Spaces { only: vec![SpaceId::of_name("m1")], ..Spaces::default() }));
    engine.enable(&fewer, &after, &States::new(), at(1300.0));
    assert_eq!(engine.deadline(), Some(at(1800.0)));
    assert_eq!(told(engine.step(&[], at(1800.0), &mut ids), &mut traces).len(), 3);
    assert_eq!(engine.deadline(), None);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let world = office(ROOMS);
    let codes = |rule: &RuleGraph| -> Vec<String> {
        compile(rule, &world).1.iter().map(|d| format!("{} {}", d.code, d.path)).collect()
    };
    let mut rule = lights_off();
    rule.each = None;
    assert_eq!(codes(&rule), ["rule.each /nodes/0/params/here", "rule.each /nodes/4/params/here"]);
    rule.each = Some(Each::Spaces(Spaces::default()));
    assert_eq!(codes(&rule), ["rule.each /each"]);
    rule.each = meeting_rooms();
    rule.nodes.iter_mut().for_each(|n| _ = n.params.remove("here"));
    assert_eq!(codes(&rule), ["rule.each /each"]);
    // Where it works nowhere, the faults are told and not a list of rooms.
    let mut rule = lights_off();
    rule.nodes[0].params["select"] = json!({"everything": true, "trait": "smoke"});
    assert_eq!(codes(&rule), ["rule.select /nodes/0/params/select"]);
    let many: Vec<String> = (0..250).map(|n| format!("r{n}")).collect();
    let many: Vec<(&str, &str, &str, bool, usize)> =
        many.iter().map(|key| (key.as_str(), "间", "Room", true, 1)).collect();
    assert_eq!(compile(&lights_off(), &office(&many)).1[0].code, "rule.limit");
}

#[test]
fn a_rule_can_stand_for_devices() {
    let world = office(ROOMS);
    let mut rule = RuleGraph::new(RuleId::of_name("each"), Bilingual::new("灯", "Lights"));
    rule.each = Some(Each::Devices(Selector { kinds: vec!["light".into()], ..Selector::default() }));
    let select = json!({"everything": true, "trait": "on_off"});
    rule.node("on", "aggregate", json!({"select": select, "here": true, "op": "any"}))
        .node("long", "for_duration", json!({"span_ms": 60_000}))
        .node("late", "edge", json!({}))
        .node("off", "command", json!({"select": select, "here": true, "setting": {"to": false}}))
        .node(
            "alarm",
            "raise_alarm",
            json!({"code": "light.long", "severity": "minor", "zh": "{here}忘关", "en": "{here} was left on"}),
        )
        .edge("on.out", "long.in")
        .edge("long.out", "late.in")
        .edge("late.out", "off.in")
        .edge("late.out", "alarm.in");
    let (mut engine, mut ids) = (Engine::default(), IdGen::new(1));
    assert!(!has_errors(&engine.enable(&rule, &world, &States::new(), at(0.0))));
    for is in [false, true] {
        engine.step(&[(pt("m1_light2.power"), Sample::good(Value::Bool(is), at(1.0)))], at(1.0), &mut ids);
    }
    let effects = engine.step(&[], at(61.0), &mut ids);
    let mut deeds: Vec<String> = effects
        .iter()
        .filter_map(|e| if let Effect::Deed { deed, .. } = e { serde_json::to_string(deed).ok() } else { None })
        .collect();
    deeds.sort();
    let device = DeviceId::of_name("m1_light2");
    assert_eq!(deeds.len(), 2);
    assert!(deeds[0].contains(&pt("m1_light2.power").to_string()), "{deeds:?}");
    assert!(deeds[1].contains("m1_light2 was left on") && deeds[1].contains(&device.to_string()), "{deeds:?}");
}

#[test]
fn what_is_found_in_every_room_is_one_finding() {
    let world = office(ROOMS);
    let mut on = lights_off();
    on.id = RuleId::of_name("other");
    on.nodes[4].params["setting"] = json!({"to": true});
    let (off, found) = (lights_off(), |rules: &[&RuleGraph]| crate::analyse(rules.iter().copied(), &world));
    let both = found(&[&off, &on]);
    let contradictions: Vec<_> = both.iter().filter(|f| f.kind == RuleFindingKind::Contradiction).collect();
    assert_eq!(contradictions.len(), 1, "{both:?}");
    assert_eq!(contradictions[0].rules.len(), 2);
    assert!(!contradictions[0].witness.is_empty());
    let alone = crate::analyse_rule(&off, [&on], &world);
    assert_eq!(alone.iter().filter(|f| f.kind == RuleFindingKind::Contradiction).count(), 1);
    // Rooms do not meddle with each other.
    assert_eq!(found(&[&off]), vec![]);
}

/// Both texts, which are read as the same rule.
#[track_caller]
fn reads_back(rule: &RuleGraph, world: &World) -> Bilingual {
    let words = explain(rule, world);
    for lang in [Lang::Zh, Lang::En] {
        let again = read(words.get(lang), lang, world).unwrap_or_else(|e| panic!("{}: {e:?}", words.get(lang)));
        assert_eq!(meaning_hash(&again, world), meaning_hash(rule, world), "{}", words.get(lang));
        assert!(!has_errors(&compile(&again, world).1));
    }
    words
}

#[test]
fn it_is_said_and_read_back() {
    let (world, mut rule) = (office(ROOMS), lights_off());
    let words = reads_back(&rule, &world);
    assert_eq!(
        words.en,
        "In every meeting room: When none of motion of every device here is true for 10 minutes, turn off every \
         light here (4 devices) and tell people `Nobody is there` (Chinese `没有人了`)."
    );
    assert_eq!(
        words.zh,
        "每间会议室：当这里的所有设备的移动中没有一个成立持续 10 分钟时，关闭这里的所有灯（4 台设备），并通知 \
         “没有人了”（英文 “Nobody is there”）。"
    );
    let (m1, m2, hall) = (SpaceId::of_name("m1"), SpaceId::of_name("m2"), SpaceId::of_name("hall"));
    let every = |kind| Spaces { kind: Some(kind), ..Spaces::default() };
    let tagged = |tags: &[&str]| Spaces { tags: tags.iter().map(|t| (*t).to_owned()).collect(), ..Spaces::default() };
    let begins = [
        (every(SpaceKind::Room), "In every room: ", "每个房间："),
        (
            Spaces { except: vec![m1], ..every(SpaceKind::Room) },
            "In every room except Room 1: ",
            "每个房间（一号会议室除外）：",
        ),
        (
            Spaces { only: vec![m1, m2], ..Spaces::default() },
            "In every space among Room 1 and Room 2: ",
            "每处（限一号会议室、二号会议室）：",
        ),
        (
            Spaces { only: vec![m1, m2, hall], except: vec![hall], ..tagged(&["meeting_room"]) },
            "In every meeting room among Room 1 and Room 2 and Hall except Hall: ",
            "每间会议室（限一号会议室、二号会议室、走廊）（走廊除外）：",
        ),
        (
            Spaces { tags: vec!["meeting_room".into()], ..every(SpaceKind::Room) },
            "In every room tagged `meeting_room`: ",
            "带标签“meeting_room”的每个房间：",
        ),
    ];
    for (spaces, en, zh) in begins {
        rule.each = Some(Each::Spaces(spaces));
        let words = reads_back(&rule, &world);
        assert!(words.en.starts_with(en), "{}", words.en);
        assert!(words.zh.starts_with(zh), "{}", words.zh);
    }
    rule.each = Some(Each::Devices(Selector { kinds: vec!["light".into(), "sensor".into()], ..Selector::default() }));
    let words = explain(&rule, &world);
    assert!(words.en.starts_with("One by one for every light and"), "{}", words.en);
    // A unit that is the points' own is theirs here too.
    let mut other = lights_off();
    other.each = Some(Each::Spaces(Spaces { kind: Some(SpaceKind::Room), ..Spaces::default() }));
    assert_ne!(meaning_hash(&other, &world), meaning_hash(&lights_off(), &world));
    assert_ne!(meaning_hash(&by_hand(&other, "m1"), &world), meaning_hash(&other, &world));
}

proptest! {
    /// A rule for every room does what as many rules written by hand do, whatever is reported in whatever order.
    #[test]
    fn it_does_what_rules_by_hand_do(
        steps in prop::collection::vec((0..2_usize, any::<bool>(), 1..500_u32), 1..40),
    ) {
        let world = office(ROOMS);
        let (mut one, mut many) = (Engine::default(), Engine::default());
        one.enable(&lights_off(), &world, &States::new(), at(0.0));
        for room in ["m1", "m2"] {
            many.enable(&by_hand(&lights_off(), room), &world, &States::new(), at(0.0));
        }
        let (mut ids, mut others, mut now) = (IdGen::new(1), IdGen::new(1), 0.0);
        for (room, is, later) in steps {
            now += f64::from(later);
            let reports = [moves(["m1", "m2"][room], is, now)];
            let points = |effects: Vec<Effect>| -> BTreeSet<String> {
                let act = |e| if let Effect::Deed { deed: Deed::Act(act), .. } = e { Some(act.point.to_string()) } else { None };
                effects.into_iter().filter_map(act).collect()
            };
            let (a, b) = (one.step(&reports, at(now), &mut ids), many.step(&reports, at(now), &mut others));
            prop_assert_eq!(points(a), points(b));
            prop_assert_eq!(one.deadline(), many.deadline());
        }
    }
}
