use super::*;
use crate::model::Origin;
use crate::{Device, Names, Product, ThingModel, WorldDoc};
use base::id::ProductId;
use proptest::prelude::*;
use serde_json::json;

const NOW: i64 = 1_763_700_000_000;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW)
}

fn me() -> DeviceId {
    DeviceId::of_name("d")
}

fn world() -> World {
    let property = |id: &str, mode: &str, type_: &str, specs: Json, x: Json| json!({"identifier": id, "name": id, "accessMode": mode, "dataType": {"type": type_, "specs": specs}, "x": x});
    let part = |id: &str, type_: &str, specs: Json| json!({"identifier": id, "name": id, "dataType": {"type": type_, "specs": specs}});
    let position = json!([
        part("lat", "double", json!({"min": "-90", "max": "90"})),
        part("fix", "bool", json!({"0": "a", "1": "b"}))
    ]);
    let model = json!({
        "properties": [
            property("t", "r", "float", json!({"min": "-40", "max": "80", "unit": "°C"}), json!({"trait": "measure.temperature"})),
            property("n", "rw", "int", json!({"min": "0"}), json!({})),
            property("on", "rw", "bool", json!({"0": "关", "1": "开"}), json!({"trait": "on_off"})),
            property("mode", "rw", "enum", json!({"0": "自动", "1": "制冷"}), json!({"trait": "mode", "tokens": {"0": "auto", "1": "cool"}})),
            property("label", "rw", "text", json!({"length": "4"}), json!({})),
            property("when", "rw", "date", json!({}), json!({})),
            property("pos", "rw", "struct", position, json!({})),
            property("list", "rw", "array", json!({"size": "3", "item": {"type": "int"}}), json!({})),
            property("free", "rw", "struct", json!({}), json!({})),
            property("own", "rw", "struct", json!([part("value", "int", json!({}))]), json!({})),
        ],
        "events": [{"identifier": "alarm", "name": "a", "type": "alert", "outputData": [part("level", "enum", json!({"1": "low", "2": "high"})), part("t", "float", json!({}))]}],
        "services": [{"identifier": "go", "name": "g", "callType": "async", "inputData": [part("speed", "int", json!({"max": "9"})), part("loud", "bool", json!({}))], "outputData": [part("took", "int", json!({}))]}]
    });
    let (model, found) = ThingModel::parse(&model, Origin::Created);
    assert_eq!(found, vec![]);
    let product =
        Product { id: ProductId::of_name("p"), key: "p".into(), names: Names::new("p", "p"), model: model.unwrap() };
    let device = Device {
        id: me(),
        product: product.id,
        key: "d".into(),
        names: Names::new("d", "d"),
        placements: vec![],
        route: crate::Route::Direct,
        tags: Default::default(),
        disabled: false,
    };
    let (world, found) =
        World::build(WorldDoc { products: vec![product], devices: vec![device], ..WorldDoc::default() });
    assert_eq!(found, vec![]);
    world
}

/// What was taken, by identifier, and the faults as `code identifier`.
fn said(params: Json) -> (Json, Vec<String>) {
    let world = world();
    let taken = properties(&world, me(), params.as_object().unwrap(), now());
    let values = taken.values.iter().map(|(id, s)| (world.point(*id).unwrap().identifier.clone(), json!(s.value)));
    (values.collect(), codes(&taken.faults))
}

fn codes(faults: &[Fault]) -> Vec<String> {
    for f in faults {
        assert!(
            !f.message.zh.is_empty()
                && !f.message.en.is_empty()
                && base::Lang::of_text(&f.message.zh) == base::Lang::Zh,
            "{f:?}"
        );
    }
    faults.iter().map(|f| format!("{} {}", f.code, f.identifier)).collect()
}

#[test]
fn what_fits_is_taken() {
    for (wire, value) in [
        (json!({"t": 21.5}), json!({"t": 21.5})),
        (json!({"t": {"value": 21.5, "time": NOW}}), json!({"t": 21.5})),
        (json!({"t": {"value": 21.5}}), json!({"t": 21.5})),
        (json!({"n": 3.0, "on": 1.0}), json!({"n": 3.0, "on": true})),
        (json!({"on": 0, "mode": 1}), json!({"on": false, "mode": "cool"})),
        (json!({"on": true, "mode": "1"}), json!({"on": true, "mode": "cool"})),
        (json!({"mode": "auto", "label": "四个汉字"}), json!({"mode": "auto", "label": "四个汉字"})),
        (json!({"when": "1763700000000"}), json!({"when": "1763700000000"})),
        (json!({"when": 1_763_700_000_000_i64}), json!({"when": "1763700000000"})),
        (json!({"pos": {"lat": 31.2, "fix": 1}}), json!({"pos": {"lat": 31.2, "fix": true}})),
        (json!({"pos": {"value": {"lat": 31.2}, "time": NOW}}), json!({"pos": {"lat": 31.2}})),
        (json!({"list": [1, 2, 3]}), json!({"list": [1.0, 2.0, 3.0]})),
        (json!({"free": {"any": [{"thing": 1}]}}), json!({"free": {"any": [{"thing": 1.0}]}})),
        (json!({"own": {"value": 1}}), json!({"own": {"value": 1.0}})),
    ] {
        assert_eq!(said(wire.clone()), (value, vec![]), "{wire}");
    }
}

#[test]
fn each_misfit_has_its_code_and_the_rest_is_taken() {
    let mut deep = json!(1);
    for _ in 0..20 {
        deep = json!({ "a": deep });
    }
    for (wire, fault) in [
        (json!({"nothing": 1}), "ingest.unknown nothing"),
        (json!({"go": {}}), "ingest.unknown go"),
        (json!({"t": "21.5"}), "ingest.type t"),
        (json!({"t": null}), "ingest.type t"),
        (json!({"t": true}), "ingest.type t"),
        (json!({"t": 80.1}), "ingest.range t"),
        (json!({"n": 1.5}), "ingest.type n"),
        (json!({"n": -1}), "ingest.range n"),
        (json!({"on": 2}), "ingest.type on"),
        (json!({"on": "true"}), "ingest.type on"),
        (json!({"mode": 9}), "ingest.token mode"),
        (json!({"mode": "warm"}), "ingest.token mode"),
        (json!({"mode": [0]}), "ingest.type mode"),
        (json!({"label": "五个汉字了"}), "ingest.size label"),
        (json!({"label": 1}), "ingest.type label"),
        (json!({"when": "today"}), "ingest.type when"),
        (json!({"pos": [1]}), "ingest.type pos"),
        (json!({"pos": {"lat": 91}}), "ingest.range pos.lat"),
        (json!({"pos": {"lat": 1, "up": 1}}), "ingest.unknown pos.up"),
        (json!({"list": [1, 2, 3, 4]}), "ingest.limit list"),
        (json!({"list": [1, "b"]}), "ingest.type list[1]"),
        (json!({"list": 1}), "ingest.type list"),
        (json!({"free": deep}), "ingest.size free"),
    ] {
        assert_eq!(said(wire.clone()), (json!({}), vec![fault.to_string()]), "{wire}");
        let mut more = wire.clone();
        if !wire.as_object().unwrap().contains_key("t") {
            more["t"] = json!(20);
            assert_eq!(said(more), (json!({"t": 20.0}), vec![fault.to_string()]), "{wire}");
        }
    }
    let many: Map<String, Json> =
        (0..=PROPERTIES_MAX).map(|i| (format!("p{i}"), json!(1))).chain([("t".into(), json!(1))]).collect();
    assert_eq!(said(Json::Object(many)), (json!({}), vec!["ingest.limit ".into()]));
    let many: Map<String, Json> =
        (1..PROPERTIES_MAX).map(|i| (format!("p{i}"), json!(1))).chain([("t".into(), json!(1))]).collect();
    let (values, faults) = said(Json::Object(many));
    assert_eq!((values, faults.len()), (json!({"t": 1.0}), FAULTS_MAX), "more faults than are told");
}

#[test]
fn times_that_cannot_be_are_replaced() {
    let world = world();
    let at = |time: Json| {
        let taken = properties(&world, me(), json!({"t": {"value": 1, "time": time}}).as_object().unwrap(), now());
        assert!(taken.faults.iter().all(|f| f.severity == base::Severity::Warning));
        (taken.values[0].1.at.as_millis() - NOW, codes(&taken.faults))
    };
    let late = vec!["ingest.time t".to_string()];
    for (time, offset, faults) in [
        (json!(NOW - 86_400_000), -86_400_000, vec![]),
        (json!((NOW - 1).to_string()), -1, vec![]),
        (json!(NOW + 600_000), 600_000, vec![]),
        (json!(NOW + 600_001), 0, late.clone()),
        (json!(NOW / 1000), 0, late.clone()),
        (json!(i64::MAX), 0, late.clone()),
        (json!("2026-11-21"), 0, late.clone()),
        (json!(-1), 0, late),
    ] {
        assert_eq!(at(time.clone()), (offset, faults), "{time}");
    }
}

#[test]
fn events_and_answers_are_whole_or_refused() {
    let world = world();
    let told = |params: Json| {
        event(&world, me(), "alarm", &params, now())
            .map(|t| (json!(t.output), t.at.as_millis() - NOW, codes(&t.faults)))
            .map_err(|f| codes(&f))
    };
    assert_eq!(told(json!({"level": 2, "t": 60.5})), Ok((json!({"level": "2", "t": 60.5}), 0, vec![])));
    assert_eq!(told(json!({"value": {"level": 1}, "time": NOW - 5})), Ok((json!({"level": "1"}), -5, vec![])));
    assert_eq!(told(json!({"value": {}, "time": 5})), Ok((json!({}), 0, vec!["ingest.time alarm".into()])));
    assert_eq!(told(json!(null)), Ok((json!({}), 0, vec![])));
    assert_eq!(
        told(json!({"level": 3, "t": "x", "u": 1})),
        Err(vec!["ingest.token level".into(), "ingest.type t".into(), "ingest.unknown u".into()])
    );
    assert_eq!(told(json!("x")), Err(vec!["ingest.type ".into()]));
    assert_eq!(
        event(&world, me(), "t", &json!({}), now()).map_err(|f| codes(&f)),
        Err(vec!["ingest.unknown t".into()])
    );
    assert_eq!(
        event(&world, DeviceId::of_name("e"), "alarm", &json!({}), now()).map_err(|f| codes(&f)),
        Err(vec!["ingest.unknown alarm".into()])
    );
    let answer = |data: Json| reply(&world, me(), "go", &data).map(|v| json!(v)).map_err(|f| codes(&f));
    assert_eq!(answer(json!({"took": 3})), Ok(json!({"took": 3.0})));
    assert_eq!(answer(json!([])), Ok(json!({})));
    assert_eq!(answer(json!({"took": 3.5, "x": 1})), Err(vec!["ingest.type took".into(), "ingest.unknown x".into()]));
}

#[test]
fn devices_are_told_in_their_own_words() {
    let world = world();
    let wire = |id: &str, value: Json| {
        let spec = world.point(PointSpec::id_of(me(), id)).unwrap();
        outgoing(&world, spec, &serde_json::from_value(value).unwrap()).map_err(|f| codes(&f))
    };
    for (id, value, told) in [
        ("t", json!(21.5), json!(21.5)),
        ("n", json!(3.0), json!(3)),
        ("on", json!(true), json!(1)),
        ("mode", json!("cool"), json!(1)),
        ("when", json!("2025-11-21T04:40:00Z"), json!("1763700000000")),
        ("when", json!("1763700000000"), json!("1763700000000")),
        ("pos", json!({"lat": 31.0, "fix": true}), json!({"fix": 1, "lat": 31})),
        ("list", json!([1.0, 2.0]), json!([1, 2])),
        ("free", json!({"a": 1.0}), json!({"a": 1})),
        ("go", json!({"speed": 3.0, "loud": false}), json!({"loud": 0, "speed": 3})),
        ("go", json!({}), json!({})),
    ] {
        let got = wire(id, value.clone());
        assert_eq!(got.as_ref().map(|w| w.to_string()), Ok(told.to_string()), "{id} {value}");
    }
    for (id, value, faults) in [
        ("t", json!(99.0), vec!["ingest.range t"]),
        ("n", json!(1.5), vec!["ingest.type n"]),
        ("mode", json!("warm"), vec!["ingest.token mode"]),
        ("when", json!("soon"), vec!["ingest.type when"]),
        ("when", json!(1.0), vec!["ingest.type when"]),
        ("pos", json!({"lat": 100.0, "up": 1.0}), vec!["ingest.range pos.lat", "ingest.unknown pos.up"]),
        ("list", json!([1.0, 2.0, 3.0, 4.0]), vec!["ingest.limit list"]),
        (
            "go",
            json!({"speed": 10.0, "loud": 1.0, "x": 1.0}),
            vec!["ingest.type loud", "ingest.range speed", "ingest.unknown x"],
        ),
        ("go", json!(true), vec!["ingest.type go"]),
    ] {
        assert_eq!(wire(id, value.clone()), Err(faults.iter().map(|f| f.to_string()).collect()), "{id} {value}");
    }
}

#[test]
fn faults_speak_both_languages() {
    let world = world();
    let text = |params: Json| properties(&world, me(), params.as_object().unwrap(), now()).faults.remove(0).message;
    let range = text(json!({"t": 80.1}));
    assert_eq!(
        (range.zh.as_str(), range.en.as_str()),
        ("“t”应为 -40..80 °C，而不是 80.1", "`t` takes -40..80 °C, not 80.1")
    );
    assert_eq!(text(json!({"n": -1})).en, "`n` takes at least 0, not -1");
    assert_eq!(text(json!({"on": "x"})).zh, "“on”应为布尔值，而不是文本");
    let typed = properties(&world, me(), json!({"pos": {"lat": 91}, "x": 1}).as_object().unwrap(), now());
    let types: Vec<_> = typed.faults.iter().map(|f| f.type_).collect();
    assert_eq!(types, [Some(crate::model::DataKind::Double), None], "the type within the structure");
    let long = text(json!({"x".repeat(900): 1})).en;
    assert!(long.chars().count() < 100, "{long}");
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,6}".prop_map(Json::from)
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            proptest::collection::vec(("value|time|lat|fix|[a-z]", inner), 0..4)
                .prop_map(|kv| Json::Object(kv.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn anything_is_taken_or_refused(key in "t|n|on|mode|label|when|pos|list|free|own|.{0,4}", wire in any_json()) {
        let world = world();
        let params: Map<String, Json> = [(key.clone(), wire.clone())].into_iter().collect();
        let taken = properties(&world, me(), &params, now());
        let refused = taken.faults.iter().any(|f| f.severity == base::Severity::Error);
        prop_assert_eq!(taken.values.is_empty(), refused);
        for (id, sample) in taken.values {
            let spec = world.point(id).unwrap();
            prop_assert!(spec.check(&sample.value).is_ok());
            // What was taken can be told, and then means the same.
            let told = outgoing(&world, spec, &sample.value).unwrap();
            let again = properties(&world, me(), &[(key.clone(), json!({"value": told}))].into_iter().collect(), now());
            if key != "own" {
                prop_assert_eq!(&again.values[0].1.value, &sample.value);
            }
        }
        prop_assert!(event(&world, me(), "alarm", &wire, now()).is_ok() || !wire.is_null());
        prop_assert!(reply(&world, me(), "go", &wire).is_ok() || !wire.is_null());
    }
}
