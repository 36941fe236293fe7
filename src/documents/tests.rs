use super::*;
use base::id::{DeviceId, PointId, ProductId, RuleId};
use base::{Bilingual, Sample, Timestamp, Value, canonical};
use proptest::prelude::*;
use query::FrameResult;
use serde_json::json;
use std::collections::BTreeSet;
use things::{Device, Names, PointSpec, Product, Selector, States, World, WorldDoc, templates};

#[test]
fn every_document_has_a_schema_that_says_what_it_is() {
    for (name, schema) in schemas() {
        let text = schema.get("description").and_then(|d| d.as_str()).unwrap_or_default();
        assert!(!text.is_empty(), "{name} has no description");
    }
}

/// A log of a build before alarms had states still opens: what was acknowledged is not lost with an update.
#[test]
fn an_alarm_of_an_older_log_is_read() {
    let written = json!({
        "version": journal::JOURNAL_VERSION, "seq": 7, "at": Timestamp::from_millis(1), "events": ["tick"],
        "outcomes": [{ "alarm": { "code": "ingest.misfit", "text": { "zh": "无效", "en": "wrong" } } }],
    });
    let batch: Batch = serde_json::from_value(written.clone()).unwrap();
    assert!(matches!(&batch.outcomes[..], [Outcome::Told { code, .. }] if code == "ingest.misfit"));
    assert_eq!(serde_json::to_value(&batch).unwrap(), written);
}

#[test]
fn the_hash_of_a_rule_is_what_it_does() {
    let mut graph = RuleGraph::new(RuleId::of_name("r"), Bilingual::same("r"));
    graph.node("a", "point", json!({"point": PointId::of_name("p")})).edge("a.out", "b.in");
    let hash = graph.content_hash();
    graph.layout.insert("a".into(), json!([1, 2]));
    graph.meta.insert("author".into(), json!("me"));
    graph.state = RuleState::Live;
    assert_eq!(graph.content_hash(), hash);
    graph.nodes[0].id = "c".into();
    assert_ne!(graph.content_hash(), hash);
    let text = canonical::to_string_pretty(&graph).unwrap();
    let back: RuleGraph = serde_json::from_str(&text).unwrap();
    assert_eq!(canonical::to_string_pretty(&back).unwrap(), text, "import then export is identical");
    assert!(serde_json::from_value::<RuleGraph>(json!({"schemaVersion": 1, "nodez": []})).is_err());
}

/// Three thermometers: 20, 25, and one that never spoke.
fn thermometers() -> (World, States, Vec<PointId>) {
    let product = ProductId::of_name("t");
    let device = |i: usize| DeviceId::of_name(&i.to_string());
    let devices = (0..3)
        .map(|i| Device {
            id: device(i),
            product,
            key: i.to_string(),
            names: Names::new("温度", "t"),
            placements: vec![],
            route: things::Route::Simulated,
            tags: BTreeSet::new(),
            disabled: false,
        })
        .collect();
    let model = templates::by_name("sensor_temperature").unwrap().clone();
    let (world, _) = World::build(WorldDoc {
        products: vec![Product { id: product, key: "t".into(), names: Names::default(), model }],
        devices,
        ..WorldDoc::default()
    });
    let points: Vec<PointId> = (0..3).map(|i| PointSpec::id_of(device(i), "temperature")).collect();
    let now = Timestamp::from_millis(0);
    let states = States::from([(points[0], Sample::good(20.0, now)), (points[1], Sample::good(25.0, now))]);
    (world, states, points)
}

#[test]
fn questions_are_answered_from_a_snapshot() {
    let (world, states, points) = thermometers();
    let above = |n: f64| Condition { op: Comparison::Gt, value: Value::Number(n) };
    let all = || Selector { everything: true, ..Selector::default() };
    let check = |select: Selector, ask: Ask, result: FrameResult, rows: &[PointId]| {
        let frame = Query { select, ask: ask.clone() }.answer(&world, &states, Timestamp::from_millis(0));
        let mut rows = rows.to_vec();
        rows.sort();
        assert_eq!((frame.result, frame.rows.iter().map(|r| r.point).collect::<Vec<_>>()), (result, rows), "{ask:?}");
    };
    check(all(), Ask::Any(above(24.0)), FrameResult::Truth(true), &points[1..2]);
    check(all(), Ask::Any(above(30.0)), FrameResult::Truth(false), &[]);
    check(all(), Ask::All(above(10.0)), FrameResult::Truth(false), &points[2..]);
    check(all(), Ask::Count(above(10.0)), FrameResult::Count(2), &points[..2]);
    check(all(), Ask::Which(above(24.0)), FrameResult::Rows, &points[1..2]);
    check(all(), Ask::Highest, FrameResult::Number(25.0), &points[1..2]);
    check(all(), Ask::Lowest, FrameResult::Number(20.0), &points[..1]);
    check(all(), Ask::Mean, FrameResult::Number(22.5), &points);
    check(all(), Ask::Sum, FrameResult::Number(45.0), &points);
    check(Selector::point(points[2]), Ask::Value, FrameResult::Nothing, &points[2..]);
}

proptest! {
    #[test]
    fn a_comparison_and_its_negation_never_agree(a in -10i8..10, b in -10i8..10, op in 0..6usize) {
        let op = [Comparison::Eq, Comparison::Ne, Comparison::Lt, Comparison::Le, Comparison::Gt, Comparison::Ge][op];
        let (a, b) = (Value::Number(a.into()), Value::Number(b.into()));
        prop_assert_ne!(op.holds(&a, &b), op.negated().holds(&a, &b));
    }
}
