use crate::model::Origin;
use crate::{
    CORNER_METRES_MAX, CORNERS_MAX, Corner, Device, Names, Placement, PointKind, PointSpec, Product, Selector, Space,
    SpaceKind, ThingModel, World, WorldDoc, compat, templates,
};
use base::id::{DeviceId, ProductId, SpaceId};
use base::{Severity, Timestamp, Value, canonical};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;

fn at(s: i64) -> Timestamp {
    Timestamp::from_millis(s * 1000)
}

/// Two rooms on a floor; a lamp that moved from one to the other at 100 s, a blind, and a disabled lamp.
fn world() -> World {
    let space = |key: &str, kind, parent: Option<&str>| Space {
        id: SpaceId::of_name(key),
        kind,
        names: Names::new(key, key),
        parent: parent.map(SpaceId::of_name),
        tags: BTreeSet::new(),
        outline: Vec::new(),
    };
    let product = |t: &str| Product {
        id: ProductId::of_name(t),
        key: t.into(),
        names: Names::new(t, t),
        model: templates::by_name(t).unwrap().clone(),
    };
    let device = |key: &str, template: &str, places: &[(&str, i64)]| Device {
        id: DeviceId::of_name(key),
        product: ProductId::of_name(template),
        key: key.into(),
        names: Names::new(key, key),
        placements: places.iter().map(|(s, t)| Placement { space: Some(SpaceId::of_name(s)), from: at(*t) }).collect(),
        route: crate::Route::Simulated,
        tags: BTreeSet::from(["tagged".to_string()]),
        disabled: key == "off",
    };
    let (world, found) = World::build(WorldDoc {
        products: vec![product("light_dimmable"), product("blind")],
        spaces: vec![
            space("floor", SpaceKind::Floor, None),
            space("a", SpaceKind::Room, Some("floor")),
            space("b", SpaceKind::Room, Some("floor")),
        ],
        devices: vec![
            device("lamp", "light_dimmable", &[("a", 0), ("b", 100)]),
            device("blind", "blind", &[("b", 0)]),
            device("off", "light_dimmable", &[("a", 0)]),
        ],
        ..WorldDoc::default()
    });
    assert_eq!(found, vec![]);
    world
}

#[test]
fn selectors_know_what_where_and_when() {
    let world = world();
    let names = |s: Selector, t: i64| -> Vec<String> {
        let mut names: Vec<String> =
            s.devices(&world, at(t)).iter().map(|d| world.device(*d).unwrap().key.clone()).collect();
        names.sort();
        names
    };
    let in_space = |key: &str| Selector { spaces: vec![SpaceId::of_name(key)], ..Selector::default() };
    assert_eq!(names(Selector::default(), 0), [""; 0], "an empty description selects nothing");
    assert_eq!(
        names(Selector { everything: true, ..Selector::default() }, 0),
        ["blind", "lamp"],
        "nothing that is disabled"
    );
    assert_eq!((names(in_space("a"), 99), names(in_space("a"), 100)), (vec!["lamp".into()], vec![]));
    assert_eq!(names(in_space("floor"), 0), ["blind", "lamp"]);
    assert_eq!(names(Selector { kinds: vec!["blind".into()], ..in_space("b") }, 200), ["blind"]);
    assert_eq!(
        names(Selector { except: vec![Selector::device(DeviceId::of_name("lamp"))], ..in_space("b") }, 200),
        ["blind"]
    );
    assert_eq!(names(Selector { tags: vec!["other".into()], ..in_space("b") }, 200), [""; 0]);
    let brightness = Selector { trait_: Some("brightness".into()), ..in_space("b") }.points(&world, at(200));
    assert_eq!(brightness, [PointSpec::id_of(DeviceId::of_name("lamp"), "brightness")]);
}

#[test]
fn a_world_reports_what_it_cannot_resolve() {
    let mut doc = world().doc().clone();
    doc.devices[0].product = ProductId::of_name("nothing");
    doc.spaces[0].parent = Some(SpaceId::of_name("a"));
    let codes: BTreeSet<String> = World::build(doc).1.into_iter().map(|d| format!("{} {}", d.code, d.path)).collect();
    assert!(
        codes.contains("world.product /devices/0/product") && codes.contains("world.space_cycle /spaces/0/parent"),
        "{codes:?}"
    );
}

#[test]
fn all_faults_of_a_model_at_once() {
    let model = json!({
        "properties": [
            {"identifier": "a b", "name": "x", "accessMode": "rw", "dataType": {"type": "int", "specs": {"min": "9", "max": "1"}}, "colour": 1},
            {"identifier": "t", "name": "t", "accessMode": "x", "dataType": {"type": "int"}},
            {"identifier": "p", "name": "p", "accessMode": "rw", "dataType": {"type": "bool"}, "x": {"trait": "on_of"}},
            {"identifier": "p", "name": "p", "accessMode": "w", "dataType": {"type": "text"}, "x": {"trait": "on_off"}}
        ],
        "events": [{"identifier": "e", "name": "e", "type": "warn"}]
    });
    let found = ThingModel::parse(&model, Origin::Created).1;
    let codes: Vec<&str> = found.iter().map(|d| d.code.as_str()).collect();
    let expected = [
        "model.shape",
        "model.identifier",
        "model.unknown_field",
        "model.specs",
        "model.trait",
        "model.duplicate",
        "model.write_only",
        "model.trait_kind",
        "model.value",
    ];
    assert_eq!(codes, expected);
    assert_eq!(found.iter().filter(|d| d.severity == Severity::Warning).count(), 1);
    assert!(found.iter().any(|d| d.help.as_ref().is_some_and(|h| h.en.contains("on_off"))), "names the nearest trait");
}

#[test]
fn faults_within_types_are_found_where_they_are() {
    let part = |id: &str, data: serde_json::Value| json!({"identifier": id, "name": id, "dataType": data});
    let mut deep = json!({"type": "int"});
    for _ in 0..12 {
        deep = json!({"type": "array", "specs": {"item": deep}});
    }
    let model = json!({
        "properties": [
            {"identifier": "s", "name": "s", "accessMode": "r", "dataType": {"type": "struct", "specs": [part("a", json!({"type": "enum", "specs": {}})), part("b", json!({"type": "number"})), {"name": "c"}]}},
            {"identifier": "d", "name": "d", "accessMode": "r", "dataType": deep}
        ],
        "events": [{"identifier": "e", "name": "e", "type": "info", "outputData": [part("x", json!({"type": "int", "specs": {"min": "a"}})), part("x", json!({"type": "int"}))]}],
        "services": [{"identifier": "f", "name": "f", "callType": "sync", "inputData": [part("a b", json!({"type": "array", "specs": {"item": {"type": "bool"}}}))]}]
    });
    let places = |origin| -> Vec<String> {
        let found = ThingModel::parse(&model, origin).1;
        found.into_iter().map(|d| format!("{} {:?} {}", d.code, d.severity, d.path)).collect()
    };
    let created = places(Origin::Created);
    assert_eq!(
        created[..4],
        [
            "model.specs Error /properties/0/dataType/specs/2",
            "model.specs Error /properties/0/dataType/specs/1/dataType/type",
            "model.specs Error /properties/0/dataType/specs/0/dataType/specs",
            &format!("model.specs Error /properties/1/dataType{}/specs", "/specs/item".repeat(9)),
        ]
    );
    assert_eq!(
        created[4..],
        [
            "model.specs Error /events/0/outputData/0/dataType/specs",
            "model.duplicate Error /events/0/outputData/1/identifier",
            "model.identifier Error /services/0/inputData/0/identifier",
        ]
    );
    assert!(places(Origin::Imported).iter().all(|d| !d.contains("specs Error")), "only warned of");
}

#[test]
fn what_was_imported_is_written_back_unchanged() {
    let model = json!({
        "schema": "https://example.com/schema.json", "profile": {"productKey": "k", "version": "1.0"}, "functionBlockId": "b", "vendor": {"z": 1},
        "properties": [{"identifier": "p", "name": "电源", "accessMode": "rw", "required": true, "dataType": {"type": "bool", "specs": {"0": "关", "1": "开"}}, "vendorExtra": [1]}],
        "events": [], "services": []
    });
    let (read, found) = ThingModel::parse(&model, Origin::Imported);
    assert_eq!(found, vec![]);
    assert_eq!(canonical::to_string(&read.unwrap()).unwrap(), canonical::to_string(&model).unwrap());
    assert!(ThingModel::parse(&model, Origin::Created).0.is_none());
}

#[test]
fn values_are_checked_settled_and_translated() {
    let device = DeviceId::of_name("d");
    let spec = |t: &str, id: &str| {
        PointSpec::of_property(
            device,
            templates::by_name(t).unwrap().properties.iter().find(|p| p.identifier == id).unwrap(),
        )
        .unwrap()
    };
    let setpoint = spec("air_conditioner", "target_temperature");
    assert!(
        setpoint.check(&30.5.into()).is_err()
            && setpoint.check(&Value::Bool(true)).is_err()
            && setpoint.check(&f64::NAN.into()).is_err()
    );
    assert_eq!(setpoint.settle(23.3.into()), Value::Number(23.5));
    assert_eq!(setpoint.settle(99.0.into()), Value::Number(30.0));
    assert_eq!(setpoint.words(&23.5.into()).en, "23.5°C");
    let mode = spec("air_conditioner", "mode");
    assert_eq!((mode.decode(&json!(1)), mode.encode(&"cool".into())), (Ok("cool".into()), json!(1)));
    assert!(mode.decode(&json!(99)).is_err() && mode.decode(&json!(true)).is_err());
    assert_eq!(mode.words(&"cool".into()).zh, "制冷");
    let power = spec("light_switch", "power");
    assert_eq!(
        (power.decode(&json!(1)), power.decode(&json!(true)), power.encode(&true.into())),
        (Ok(true.into()), Ok(true.into()), json!(1))
    );
    assert!(power.decode(&json!(2)).is_err() && power.decode(&json!(null)).is_err());
}

#[test]
fn a_newer_model_says_what_it_breaks() {
    let old = templates::by_name("air_conditioner").unwrap().clone();
    assert_eq!(compat::report(&old, &old), vec![]);
    let (mut framed, raw) = (old.clone(), crate::layout::RawLayout::default());
    framed.x.raw = Some(raw);
    assert_eq!(compat::report(&framed, &old).into_iter().map(|d| d.code).collect::<Vec<_>>(), ["compat.raw"]);
    assert_eq!(compat::report(&old, &framed), vec![]);
    let mut new = old.clone();
    new.properties.retain(|p| p.identifier != "power");
    new.properties[0].data_type.specs["max"] = json!("28");
    new.properties[1].data_type.specs.as_object_mut().unwrap().remove("1");
    let codes: Vec<String> = compat::report(&old, &new).into_iter().map(|d| d.code).collect();
    assert_eq!(codes, ["compat.removed", "compat.specs", "compat.codes"]);
}

proptest! {
    #[test]
    fn any_json_is_read_or_refused(text in "\\PC{0,60}", n in any::<f64>()) {
        for json in [json!({"properties": text}), json!({"properties": [{"identifier": text, "name": 1}]}), json!({ text.clone(): n })] {
            for origin in [Origin::Created, Origin::Imported] {
                let (model, found) = ThingModel::parse(&json, origin);
                prop_assert_eq!(model.is_none(), base::diagnostic::has_errors(&found));
            }
        }
    }

    #[test]
    fn what_is_settled_fits(min in -50i32..50, width in 0i32..100, step in 0u8..5, n in -1e4f64..1e4) {
        let kind = PointKind::Number { unit: base::Unit::one(), min: Some(min.into()), max: Some((min + width).into()), step: Some(f64::from(step) / 2.0) };
        let mut spec = PointSpec::of_property(DeviceId::of_name("d"), &templates::by_name("light_dimmable").unwrap().properties[1]).unwrap();
        spec.kind = kind;
        prop_assert_eq!(spec.check(&spec.settle(Value::Number(n))), Ok(()));
    }
}

#[test]
fn an_outline_is_none_or_can_be_drawn() {
    let corner = |x, y| Corner { x, y };
    let faults = |outline: Vec<Corner>| {
        let mut doc = world().doc().clone();
        doc.spaces[1].outline = outline;
        World::build(doc).1.into_iter().map(|d| format!("{} {}", d.code, d.path)).collect::<Vec<_>>()
    };
    assert_eq!(faults(vec![corner(0.0, 0.0), corner(4.0, 0.0), corner(4.0, 3.0)]), [""; 0]);
    let refused = ["world.space_outline /spaces/1/outline"];
    assert_eq!(faults(vec![corner(0.0, 0.0), corner(4.0, 0.0)]), refused);
    assert_eq!(faults(vec![corner(0.0, f64::NAN); 4]), refused);
    assert_eq!(faults(vec![corner(0.0, 2.0 * CORNER_METRES_MAX); 4]), refused);
    assert_eq!(faults(vec![corner(0.0, 0.0); CORNERS_MAX + 1]), refused);
}
