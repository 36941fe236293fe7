//! Golden imports: every file of `cases/` with what becomes of it, and properties that hold for any text.

use crate::{Format, Given, Imported, import};
use base::id::{ConnectionId, DeviceId, ProductId, SceneId, SpaceId};
use base::{Timestamp, Value};
use std::collections::BTreeSet;
use std::fmt::Write;
use things::{
    Connection, Device, Names, Placement, PointSpec, Product, Scene, SceneAct, Site, Space, SpaceKind, World, WorldDoc,
    templates,
};

/// Longest that a bomb may keep an unoptimised build on a busy machine.
const BOMB_TIME_MAX: std::time::Duration = std::time::Duration::from_secs(20);

/// Devices of the test building: key, template, room, names.
const DEVICES: &[(&str, &str, &str, &str, &str)] = &[
    ("bath_sensor", "room_sensor", "bath", "浴室传感器", "Bathroom sensor"),
    ("front_door", "contact_door", "hall", "前门", "Front door"),
    ("hall_lamp", "light_dimmable", "hall", "走廊灯", "Hall lamp"),
    ("hall_lux", "sensor_illuminance", "hall", "走廊照度", "Hall brightness"),
    ("hall_motion", "sensor_motion", "hall", "走廊移动传感器", "Hall motion"),
    ("lock", "lock", "hall", "前门锁", "Front door lock"),
    ("desk_lamp", "light_colour", "living", "台灯", "Desk lamp"),
    ("floor_lamp", "light_dimmable", "living", "落地灯", "Floor lamp"),
    ("living_ac", "air_conditioner", "living", "客厅空调", "Living room AC"),
    ("living_blind", "blind", "living", "客厅百叶帘", "Living room blind"),
    ("living_sensor", "room_sensor", "living", "客厅传感器", "Living room sensor"),
    ("living_window", "contact_window", "living", "客厅窗户", "Living room window"),
    ("speaker", "speaker", "living", "音箱", "Speaker"),
    ("fan", "fan", "bath", "浴室风扇", "Bathroom fan"),
    ("leak", "sensor_leak", "bath", "浴室漏水传感器", "Bathroom leak"),
    ("awning", "awning", "living", "遮阳篷", "Awning"),
    ("soil", "sensor_soil_moisture", "hall", "花园土壤", "Garden soil"),
    ("weather", "weather_station", "hall", "气象站", "Weather station"),
    ("valve", "valve", "bath", "总水阀", "Main valve"),
    ("meter", "meter_power", "hall", "总电表", "Main meter"),
    ("car", "ev_charger", "hall", "充电桩", "Car charger"),
    ("presence", "sensor_occupancy", "living", "客厅存在传感器", "Living room presence"),
];

/// The test building.
pub(crate) fn world() -> World {
    let spaces = [("hall", "走廊", "Hall"), ("living", "客厅", "Living room"), ("bath", "浴室", "Bathroom")];
    let keys: BTreeSet<&str> = DEVICES.iter().map(|(_, template, ..)| *template).collect();
    let doc = WorldDoc {
        site: Site::default(),
        products: keys
            .into_iter()
            .map(|t| Product {
                id: ProductId::of_name(t),
                key: t.into(),
                names: Names::new(t, t),
                model: templates::by_name(t).unwrap().clone(),
            })
            .collect(),
        spaces: spaces
            .iter()
            .map(|(key, zh, en)| Space {
                id: SpaceId::of_name(key),
                kind: SpaceKind::Room,
                names: Names::new(zh, en),
                parent: None,
                tags: BTreeSet::new(),
                outline: Vec::new(),
            })
            .collect(),
        devices: DEVICES
            .iter()
            .map(|(key, template, room, zh, en)| Device {
                id: DeviceId::of_name(key),
                product: ProductId::of_name(template),
                key: (*key).into(),
                names: Names::new(zh, en),
                placements: vec![Placement { space: Some(SpaceId::of_name(room)), from: Timestamp::MIN }],
                route: things::Route::Simulated,
                tags: BTreeSet::new(),
                disabled: false,
            })
            .collect(),
        scenes: vec![Scene {
            id: SceneId::of_name("movie"),
            names: Names::new("观影", "Movie night"),
            space: None,
            acts: vec![SceneAct {
                point: PointSpec::id_of(DeviceId::of_name("floor_lamp"), "power"),
                value: Value::Bool(false),
            }],
        }],
        connections: [("mqtt", "车间", "Workshop"), ("webhook", "办公室", "Office")]
            .into_iter()
            .map(|(driver, zh, en)| Connection {
                id: ConnectionId::of_name(driver),
                driver: driver.into(),
                names: Names::new(zh, en),
                config: serde_json::Map::new(),
                disabled: false,
            })
            .collect(),
        ..WorldDoc::default()
    };
    let (world, found) = World::build(doc);
    assert_eq!(found, vec![]);
    world
}

/// What an import found, as a person reads it.
fn shown(imported: &Imported) -> String {
    let mut out = String::new();
    if let Some(blueprint) = &imported.blueprint {
        writeln!(out, "blueprint {}: {}", blueprint.title.en, blueprint.doc.en).unwrap();
        for input in &blueprint.inputs {
            writeln!(out, "  {}", serde_json::to_string(input).unwrap()).unwrap();
        }
    }
    for rule in &imported.rules {
        writeln!(out, "# {} {} ({:?})", rule.path, rule.graph.name.en, rule.graph.mode).unwrap();
        writeln!(out, "zh: {}\nen: {}", rule.readback.zh, rule.readback.en).unwrap();
        for d in &rule.diagnostics {
            writeln!(out, "{:?} {} {}: {}", d.severity, d.path, d.code, d.message.en).unwrap();
        }
        for node in &rule.graph.nodes {
            let inputs: Vec<String> = rule
                .graph
                .edges
                .iter()
                .filter(|e| e.to.node == node.id)
                .map(|e| format!(" {}={}.{}", e.to.port, e.from.node, e.from.port))
                .collect();
            let params = serde_json::to_string(&node.params).unwrap();
            writeln!(out, "  {} {} {params}{}", node.id, node.type_, inputs.concat()).unwrap();
        }
    }
    for m in &imported.matches {
        writeln!(out, "match {} -> {} ({:?})", m.name, m.called.en, m.how).unwrap();
    }
    for open in &imported.unmatched {
        writeln!(out, "open {} ({:?})", open.name, open.wanted).unwrap();
    }
    for d in &imported.report {
        writeln!(out, "{:?} {} {}: {} | {}", d.severity, d.path, d.code, d.message.en, d.message.zh).unwrap();
    }
    out
}

/// Every file of `cases/`, in the folder of its format.
#[test]
fn golden() {
    let world = world();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    for format in Format::ALL {
        let Ok(files) = std::fs::read_dir(folder.join(format.name())) else { continue };
        let mut files: Vec<_> = files.map(|f| f.unwrap().path()).collect();
        files.sort();
        for path in files {
            let imported = import(format, &std::fs::read_to_string(&path).unwrap(), &Given::default(), &world);
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            insta::assert_snapshot!(format!("{}_{stem}", format.name()), shown(&imported));
        }
    }
}

#[test]
fn a_blueprint_is_a_rule_with_its_inputs() {
    let world = world();
    let text = include_str!("cases/home_assistant/blueprint.yaml");
    let point = |device: &str, id: &str| PointSpec::id_of(DeviceId::of_name(device), id);
    let with = |inputs: serde_json::Value| {
        let inputs = inputs.as_object().unwrap().clone();
        import(Format::HomeAssistant, text, &Given { inputs, ..Given::default() }, &world)
    };
    let (motion, lamp) = (point("hall_motion", "motion"), point("hall_lamp", "power"));
    let ours = with(serde_json::json!({
        "motion": motion, "lamps": [lamp, point("desk_lamp", "power")], "level": 40, "linger": 60_000, "from": "23:30",
        "afterwards": [{ "action": "persistent_notification.create", "data": { "message": "Somebody was here" } }],
    }));
    insta::assert_snapshot!("a_blueprint_filled_in", shown(&ours));
    // What Home Assistant itself would write is the same rule.
    let (one, two) = (
        with(serde_json::json!({ "motion": motion, "lamps": lamp })),
        with(serde_json::json!({
            "motion": "binary_sensor.hall_motion", "lamps": { "entity_id": "light.hall_lamp" }, "linger": { "minutes": 2 },
        })),
    );
    let hash = |read: &Imported| engine::meaning_hash(&read.rules[0].graph, &world);
    assert_eq!(hash(&one), hash(&two));
    // Other inputs are another rule, the same are the same.
    assert_ne!(one.rules[0].graph.id, ours.rules[0].graph.id);
    assert_eq!(with(serde_json::json!({ "motion": motion, "lamps": lamp })), one);
    let wrong = with(serde_json::json!({
        "motion": lamp, "lamps": "hall", "level": 400, "linger": "long", "from": "late", "quiet": 1, "kind": "hot", "x": 1,
    }));
    let told: Vec<String> = wrong.report.iter().map(|d| format!("{} {}", d.path, d.message.en)).collect();
    insta::assert_snapshot!("a_blueprint_with_wrong_inputs", told.join("\n"));
    assert_eq!(wrong.rules, vec![]);
    // Inputs that blow a text up are refused.
    let many = format!("{}{}", text, "  - !input afterwards\n".repeat(2_000));
    let inputs = serde_json::json!({ "motion": motion, "lamps": lamp, "afterwards": vec!["x"; 100] });
    let given = Given { inputs: inputs.as_object().unwrap().clone(), ..Given::default() };
    let large = import(Format::HomeAssistant, &many, &given, &world);
    assert_eq!(large.report.last().unwrap().code, "import.limit");
}

#[test]
fn a_statement_is_tried_out() {
    use crate::sql::{Sample, trial};
    let world = world();
    let at = Timestamp::parse("2026-11-21T08:00:00Z").unwrap();
    let try_out = |sql: &str, topic: Option<&str>, payload: &str| {
        let sample = Sample {
            topic: topic.map(Into::into),
            payload: payload.into(),
            product_key: Some("plant".into()),
            device_name: Some("pump-1".into()),
        };
        let tried = trial(sql, &sample, &world, at);
        let codes: Vec<String> = tried.diagnostics.iter().map(|d| format!("{}@{}", d.code, d.path)).collect();
        match (tried.published, tried.why) {
            (Some(message), None) => format!("{} {:?}", message.topic, message.payload),
            (None, Some(why)) => why.en,
            other => format!("{other:?} {codes:?}"),
        }
    };
    let hot = include_str!("cases/sql/hot.sql");
    let house = Some("house/7/climate");
    insta::assert_snapshot!(
        [
            try_out(hot, house, r#"{"t": 40.2, "meta": {"unit": {"a": [1, "x"]}}, "mode": "auto", "seq": 1, "items": [{"v": 9007199254740993}]}"#),
            try_out(hot, house, r#"{"t": 28, "mode": "off", "locked": false, "seq": 1}"#),
            try_out(hot, house, r#"{"t": 28, "mode": "off", "locked": true, "seq": 1}"#),
            try_out(hot, house, r#"{"t": 28, "mode": "auto"}"#),
            try_out(hot, house, "hello"),
            try_out(hot, Some("garden/7/climate"), "{}"),
            try_out("SELECT * FROM \"bench/#\"", Some("bench/1"), "ON"),
            try_out("SELECT x / y AS q, abs(x) AS a INTO \"out/q\" FROM \"bench/+\"", Some("bench/1"), r#"{"x": -1, "y": 0}"#),
            try_out(include_str!("cases/sql/device.sql"), None, "{}"),
            try_out("SELECT t FROM", None, "{}"),
        ]
        .join("\n")
    );
}

/// Documents that properties begin from: the golden ones.
fn documents() -> Vec<(Format, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut all = Vec::new();
    for format in Format::ALL {
        let Ok(files) = std::fs::read_dir(folder.join(format.name())) else { continue };
        all.extend(files.map(|f| (format, std::fs::read_to_string(f.unwrap().path()).unwrap())));
    }
    all
}

/// Documents that are deep, long or large beyond measure are answered at once.
#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
fn bombs_are_answered() {
    let world = world();
    let automation = |part: &str| format!("alias: x\ntriggers:\n  - trigger: startup\nactions: {part}\n");
    let nested =
        |open: &str, inner: &str, close: &str, n: usize| format!("{}{inner}{}", open.repeat(n), close.repeat(n));
    let (flow, deep) = (r#"{"id":"a","type":"inject","wires":[["a"]]},"#, 50_000);
    let bombs = [
        (Format::HomeAssistant, automation(&nested("[{sequence: ", "1", "}]", 20_000))),
        (Format::HomeAssistant, automation(&nested("[{if: [{and: ", "1", "}], then: []}]", 20))),
        (Format::HomeAssistant, automation(&format!("[{{delay: 1{}}}]", "0".repeat(400)))),
        (Format::HomeAssistant, automation(&nested("[{repeat: {count: 16, sequence: ", "[{delay: 1}]", "}}]", 12))),
        (Format::HomeAssistant, automation(&nested("[{repeat: {count: 16, sequence: ", "[{delay: 0}]", "}}]", 12))),
        (Format::HomeAssistant, automation(&format!("['{{{{ {} 1 == 1 }}}}']", "not ".repeat(180)))),
        (Format::HomeAssistant, format!("a: &a [x]\nb: [{}]\n", "*a, ".repeat(60_000))),
        (Format::HomeAssistant, format!("- {}", "- ".repeat(deep))),
        (Format::NodeRed, nested("[", "", "]", deep)),
        (Format::NodeRed, format!("[{}{{}}]", flow.repeat(4_000))),
        (Format::NodeRed, format!(r#"[{{"id":"a","type":"inject","repeat":1{},"wires":[]}}]"#, "0".repeat(300))),
        (Format::Alibaba, nested(r#"{"a":"#, "1", "}", deep)),
        (Format::Alibaba, format!(r#"[{}{{}}]"#, r#"{"ruleContent":{"trigger":{}}},"#.repeat(4_000))),
        (Format::Castellan, nested(r#"{"nodes":["#, "", "]}", deep)),
        (Format::Castellan, format!("[{}1]", "{},".repeat(60_000))),
        (Format::Sql, "SELECT ".repeat(2_000)),
    ];
    for (format, text) in bombs {
        let begun = std::time::Instant::now();
        let read = import(format, &text, &Given::default(), &world);
        assert!(!read.report.is_empty(), "{format:?} {:.80}", text);
        assert!(begun.elapsed() < BOMB_TIME_MAX, "{format:?} {:.80}: {:?}", text, begun.elapsed());
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,120}", format in 0..Format::ALL.len()) {
        import(Format::ALL[format], &text, &Given::default(), &world());
    }

    #[test]
    fn a_damaged_document_is_read_or_refused(
        pick: proptest::sample::Index,
        edits in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), "[ -~\n]{0,6}", 0..12_usize), 1..6),
    ) {
        let documents = documents();
        let (format, text) = &documents[pick.index(documents.len())];
        let mut chars: Vec<char> = text.chars().collect();
        for (at, insert, remove) in &edits {
            let at = at.index(chars.len() + 1);
            let end = (at + remove).min(chars.len());
            chars.splice(at..end, insert.chars());
        }
        let imported = import(*format, &chars.into_iter().collect::<String>(), &Given::default(), &world());
        // Whatever is taken can be written in our own form and read again as it is.
        for rule in imported.rules {
            let ours = crate::export(Format::Castellan, &rule.graph, &world()).unwrap();
            let again = import(Format::Castellan, &ours, &Given::default(), &world());
            proptest::prop_assert_eq!(crate::export(Format::Castellan, &again.rules[0].graph, &world()).unwrap(), ours);
        }
    }
}

/// What is written for another system and can be read again means the same.
#[test]
fn what_is_written_is_read_again() {
    let world = world();
    let mut told = String::new();
    for (format, text) in documents().into_iter().filter(|(f, _)| *f != Format::Sql) {
        for rule in import(format, &text, &Given::default(), &world).rules {
            match crate::export(format, &rule.graph, &world) {
                Err(found) => {
                    let why: Vec<&str> = found.iter().map(|d| d.message.en.as_str()).collect();
                    writeln!(told, "{}: {}", rule.graph.name.en, why.join("; ")).unwrap();
                }
                Ok(written) => {
                    let again = import(format, &written, &Given::default(), &world);
                    let same = again.rules.first().is_some_and(|r| r.readback == rule.readback);
                    writeln!(told, "{}: {}", rule.graph.name.en, if same { "same" } else { "not the same" }).unwrap();
                    if !same {
                        told.push_str(&written);
                        told.push_str(&shown(&again));
                    }
                }
            }
        }
    }
    insta::assert_snapshot!(told);
}
