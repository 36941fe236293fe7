//! What is written for Home Assistant and read again is the same rule, whatever the rule is.

use crate::sketch::{Sketch, Wire};
use crate::tests::world;
use crate::{Format, Given, export, import};
use base::id::{DeviceId, SceneId};
use base::{Bilingual, Value};
use documents::{RuleGraph, RuleMode};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use things::{PointSpec, World};

/// What begins a rule.
#[derive(Debug, Clone)]
enum Begin {
    Becomes(Held, bool, i64),
    Times(Vec<&'static str>, Vec<&'static str>),
    Startup,
    Webhook,
    Message,
}

/// What has to hold.
#[derive(Debug, Clone)]
enum Held {
    Is(&'static str, &'static str, bool),
    Above(&'static str, &'static str, f64, bool),
    Mode(&'static str),
    Between(&'static str, &'static str, Vec<&'static str>),
    Lasts(&'static str, &'static str, i64),
    Not(Box<Held>),
    Both(bool, Vec<Held>),
}

/// What is done.
#[derive(Debug, Clone)]
enum Then {
    Set(&'static str, Vec<(&'static str, Json)>),
    Scene,
    Publish(&'static str),
    If(Held, Vec<Then>),
    Wait(i64, Vec<Then>),
}

fn point(device: &str, trait_: &str) -> PointSpec {
    let world = world();
    world
        .points_of(DeviceId::of_name(device))
        .find(|p| p.is(trait_))
        .unwrap_or_else(|| panic!("{device} {trait_}"))
        .clone()
}

const DAYS: [&[&str]; 3] = [&[], &["mon", "tue"], &["sun"]];

fn bools() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop_oneof![
        Just(("hall_motion", "motion")),
        Just(("front_door", "contact")),
        Just(("lock", "lock")),
        Just(("hall_lamp", "on_off")),
        Just(("valve", "opening")),
        Just(("presence", "occupancy")),
    ]
}

fn held() -> impl Strategy<Value = Held> {
    let leaf = prop_oneof![
        4 => (bools(), any::<bool>()).prop_map(|((d, t), b)| Held::Is(d, t, b)),
        2 => (0..200_i32, any::<bool>()).prop_map(|(n, above)| Held::Above("hall_lux", "measure.illuminance", f64::from(n), above)),
        1 => (0..60_i32).prop_map(|n| Held::Above("living_sensor", "measure.temperature", f64::from(n) / 2.0, true)),
        1 => prop_oneof![Just("cool"), Just("heat")].prop_map(Held::Mode),
        1 => (0..3_usize).prop_map(|d| Held::Between("22:00", "06:30:15", DAYS[d].to_vec())),
        1 => prop_oneof![Just(("sunset", "00:00")), Just(("sunrise+01:00", "sunset-00:30")), Just(("00:00", "sunrise"))]
            .prop_map(|(a, b)| Held::Between(a, b, vec![])),
        1 => (bools(), 1..400_000_i64).prop_map(|((d, t), ms)| Held::Lasts(d, t, ms)),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|h| Held::Not(Box::new(h))),
            (any::<bool>(), proptest::collection::vec(inner, 1..3)).prop_map(|(all, list)| Held::Both(all, list)),
        ]
    })
}

fn begin() -> impl Strategy<Value = Begin> {
    prop_oneof![
        5 => (held(), any::<bool>(), prop_oneof![Just(0_i64), 1..400_000_i64]).prop_map(|(h, up, ms)| Begin::Becomes(h, up, ms)),
        2 => (prop_oneof![Just(vec!["07:30"]), Just(vec!["06:00:05", "23:59"]), Just(vec!["sunset-00:30"]), Just(vec!["sunrise"])], 0..3_usize)
            .prop_map(|(times, d)| Begin::Times(times, DAYS[d].to_vec())),
        1 => Just(Begin::Startup),
        1 => Just(Begin::Webhook),
        1 => Just(Begin::Message),
    ]
}

fn set() -> impl Strategy<Value = Then> {
    let n = 0..=100_i32;
    prop_oneof![
        any::<bool>().prop_map(|on| Then::Set("hall_lamp", vec![("on_off", json!({ "to": on }))])),
        Just(Then::Set("floor_lamp", vec![("on_off", json!("toggle"))])),
        n.clone().prop_map(|n| Then::Set(
            "hall_lamp",
            vec![("on_off", json!({ "to": true })), ("brightness", json!({ "to": n }))]
        )),
        n.clone().prop_map(|n| Then::Set("floor_lamp", vec![("brightness", json!({ "to": n }))])),
        n.clone().prop_map(|n| Then::Set("fan", vec![("fan_speed", json!({ "to": n }))])),
        n.clone().prop_map(|n| Then::Set("living_blind", vec![("position", json!({ "to": n }))])),
        n.clone().prop_map(|n| Then::Set("speaker", vec![("volume", json!({ "to": n }))])),
        any::<bool>().prop_map(|b| Then::Set("speaker", vec![("mute", json!({ "to": b }))])),
        any::<bool>().prop_map(|b| Then::Set("lock", vec![("lock", json!({ "to": b }))])),
        any::<bool>().prop_map(|b| Then::Set("valve", vec![("opening", json!({ "to": b }))])),
        (16..30_i32).prop_map(|n| Then::Set("living_ac", vec![("setpoint", json!({ "to": n }))])),
        Just(Then::Set("living_ac", vec![("on_off", json!({ "to": true })), ("mode", json!({ "to": "cool" }))])),
        Just(Then::Scene),
        prop_oneof![Just("ON"), Just("{{\"a\": 1}}"), Just("50 %")].prop_map(Then::Publish),
    ]
}

fn then() -> impl Strategy<Value = Then> {
    set().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (held(), proptest::collection::vec(inner.clone(), 1..3)).prop_map(|(h, list)| Then::If(h, list)),
            (1..400_000_i64, proptest::collection::vec(inner, 1..3)).prop_map(|(ms, list)| Then::Wait(ms, list)),
        ]
    })
}

fn draw_held(sketch: &mut Sketch, held: &Held) -> Wire {
    match held {
        Held::Is(device, trait_, value) => {
            let level = sketch.value("point", json!({ "point": point(device, trait_).id }), &[]);
            sketch.compare(&level, "=", &Value::Bool(*value))
        }
        Held::Above(device, trait_, n, above) => {
            let level = sketch.value("point", json!({ "point": point(device, trait_).id }), &[]);
            sketch.compare(&level, if *above { ">" } else { "<" }, &Value::Number(*n))
        }
        Held::Mode(token) => {
            let level = sketch.value("point", json!({ "point": point("living_ac", "mode").id }), &[]);
            sketch.compare(&level, "=", &Value::text(*token))
        }
        Held::Between(from, to, days) => {
            sketch.time_window(from, to, &days.iter().map(|d| (*d).to_owned()).collect::<Vec<_>>())
        }
        Held::Lasts(device, trait_, ms) => {
            let wire = draw_held(sketch, &Held::Is(device, trait_, true));
            sketch.lasting(&wire, *ms)
        }
        Held::Not(inner) => {
            let wire = draw_held(sketch, inner);
            sketch.not(&wire)
        }
        Held::Both(all, list) => {
            let wires: Vec<Wire> = list.iter().map(|h| draw_held(sketch, h)).collect();
            if *all { sketch.all(&wires) } else { sketch.any(&wires) }.unwrap()
        }
    }
}

fn draw(sketch: &mut Sketch, from: &Wire, steps: &[Then]) {
    let from = std::slice::from_ref(from);
    for step in steps {
        match step {
            Then::Set(device, list) => {
                for (trait_, setting) in list {
                    let params = json!({ "point": point(device, trait_).id, "setting": setting });
                    sketch.node("command", params, &[("in", from)]);
                }
            }
            Then::Scene => sketch.scene(SceneId::of_name("movie"), from),
            Then::Publish(payload) => {
                _ = sketch.node("publish", json!({ "topic": "a/b", "payload": payload }), &[("in", from)]);
            }
            Then::If(held, inner) => {
                let held = draw_held(sketch, held);
                let gate = sketch.node("gate", json!({}), &[("in", from), ("if", &[held])]);
                draw(sketch, &gate, inner);
            }
            Then::Wait(ms, inner) => {
                let delay = sketch.node("delay", json!({ "span_ms": ms }), &[("in", from)]);
                draw(sketch, &delay, inner);
            }
        }
    }
}

fn graph(begin: &Begin, steps: &[Then], mode: RuleMode) -> RuleGraph {
    let mut sketch = Sketch::new("drawn", Bilingual::same("Drawn"));
    let start = match begin {
        Begin::Becomes(held, up, ms) => {
            let held = draw_held(&mut sketch, held);
            let lasting = sketch.lasting(&held, *ms);
            sketch.value("edge", json!({ "on": if *up { "rising" } else { "falling" } }), &[("in", &[lasting])])
        }
        Begin::Times(times, days) => {
            let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
            sketch.daily(&owned(times), &owned(days))
        }
        Begin::Startup => sketch.startup(),
        Begin::Webhook => sketch.webhook("door-bell"),
        Begin::Message => sketch.value("mqtt_topic", json!({ "topic": "house/+/bell" }), &[]).port("message"),
    };
    draw(&mut sketch, &start, steps);
    let mut graph = sketch.done();
    graph.mode = mode;
    graph
}

/// The rule that is read of what was written, or none where it cannot be said there.
fn again(graph: &RuleGraph, world: &World) -> Option<(String, Vec<RuleGraph>)> {
    let text = export(Format::HomeAssistant, graph, world).ok()?;
    let read = import(Format::HomeAssistant, &text, &Given::default(), world);
    Some((text, read.rules.into_iter().map(|r| r.graph).collect()))
}

proptest! {
    #[test]
    fn what_is_written_means_the_same(
        begin in begin(),
        steps in proptest::collection::vec(then(), 1..4),
        mode in prop_oneof![Just(RuleMode::Single), Just(RuleMode::Restart), Just(RuleMode::Queued)],
    ) {
        let world = world();
        let graph = graph(&begin, &steps, mode);
        if let Some((text, read)) = again(&graph, &world) {
            prop_assert_eq!(read.len(), 1, "{}", text);
            let said = engine::explain(&graph, &world).en;
            let back = engine::explain(&read[0], &world).en;
            prop_assert_eq!(
                engine::meaning_hash(&graph, &world),
                engine::meaning_hash(&read[0], &world),
                "{}\n{}\n{}", said, back, text
            );
        }
    }
}

#[test]
fn a_lamp_is_switched_on_with_its_brightness_or_not_at_all() {
    let world = world();
    let at = Begin::Times(vec!["07:30"], vec![]);
    let on = ("on_off", json!({ "to": true }));
    let bright = ("brightness", json!({ "to": 40 }));
    let both = graph(&at, &[Then::Set("hall_lamp", vec![on, bright.clone()])], RuleMode::Single);
    let (text, read) = again(&both, &world).unwrap();
    assert_eq!(text.matches("light.turn_on").count(), 1, "{text}");
    assert_eq!(engine::meaning_hash(&both, &world), engine::meaning_hash(&read[0], &world));
    let alone = graph(&at, &[Then::Set("hall_lamp", vec![bright])], RuleMode::Single);
    let why = export(Format::HomeAssistant, &alone, &world).unwrap_err();
    assert!(why[0].message.en.contains("switches the device on"), "{why:?}");
}
