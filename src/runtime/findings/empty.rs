//! Cooled or heated while nobody is there: the air conditioner of a room runs on after everybody has left.

use super::seen::Seen;
use super::spans::{both, hours, lasting};
use super::{Case, about, climate_kw, device_words, rule_id, space_words};
use base::id::{DeviceId, PointId};
use base::{Bilingual, Span};
use documents::RuleGraph;
use documents::finding::FindingKind;
use serde_json::json;
use store::StoreError;

/// Rooms that are cooled for machines or goods.
pub(super) const NOT_FOR_PEOPLE: &[&str] = &["server_room", "plant_room", "cold_room", "storage"];
/// Shorter than this, somebody may just be back soon.
const LEAST: Span = Span::from_secs(30 * 60);
/// Hours in the time that is looked at from which on it is worth telling.
const HOURS_MIN: f64 = 20.0;
/// How often it has to have been so.
const TIMES_MIN: usize = 5;
/// How long nobody is there before the rule acts.
const RULE_WAITS: Span = Span::from_secs(20 * 60);

const KIND: FindingKind = FindingKind::ConditionedWhileEmpty;

pub(super) async fn cases(seen: &Seen<'_>) -> Result<Vec<Case>, StoreError> {
    let mut out = Vec::new();
    for device in seen.world.devices().filter(|d| !d.disabled) {
        let Some(assumed_kw) = climate_kw(seen.world, device.id) else { continue };
        let Some(room) = seen.room(device).filter(|r| !seen.is_for(*r, NOT_FOR_PEOPLE)) else { continue };
        let Some(power) = seen.world.point_with(device.id, "on_off") else { continue };
        let Some((empty, sensors)) = seen.empty(room).await? else { continue };
        let spans = lasting(both(&seen.conditioning(device.id).await?, &empty), LEAST);
        if hours(&spans) < HOURS_MIN || spans.len() < TIMES_MIN {
            continue;
        }
        let (name, place) = (device_words(seen.world, device.id), space_words(seen.world, room));
        let long = about(hours(&spans));
        let times = spans.len();
        out.push(Case {
            kind: KIND,
            device: device.id,
            space: room,
            points: std::iter::once(power.id).chain(sensors.iter().copied()).collect(),
            spans,
            assumed_kw,
            title: Bilingual::new(
                format!("{}没人时，{}还开着", place.zh, name.zh),
                format!("{} runs while nobody is in {}", name.en, place.en),
            ),
            what: Bilingual::new(
                format!("过去 30 天里，{}在{}没人时共运行了 {long} 小时（{times} 次）。", name.zh, place.zh),
                format!(
                    "In the last 30 days {} ran for {long} hours while nobody was in {} ({times} times).",
                    name.en, place.en
                ),
            ),
            rule: rule(device.id, power.id, &sensors, &name, &place),
        });
    }
    Ok(out)
}

/// When it is on and nobody has been there for a while, it goes off.
fn rule(device: DeviceId, power: PointId, sensors: &[PointId], name: &Bilingual, place: &Bilingual) -> RuleGraph {
    let mut graph = RuleGraph::new(
        rule_id(KIND, device),
        Bilingual::new(
            format!("{}没人就关{}", place.zh, name.zh),
            format!("{} off when {} is empty", name.en, place.en),
        ),
    );
    off_while_empty(&mut graph, power, sensors, RULE_WAITS);
    graph
}

/// The nodes of such a rule: on, and nobody there, for a time; then off.
pub(super) fn off_while_empty(graph: &mut RuleGraph, power: PointId, sensors: &[PointId], wait: Span) {
    graph.node("on", "point", json!({ "point": power, "initial": "fire" }));
    graph.node("idle", "and", json!({}));
    graph.node("long", "for_duration", json!({ "span_ms": wait.as_millis() }));
    graph.node("then", "edge", json!({}));
    graph.node("off", "command", json!({ "point": power, "setting": { "to": false } }));
    graph.edge("on.out", "idle.in1");
    for (i, sensor) in sensors.iter().enumerate() {
        let (there, nobody) = (format!("there{}", i + 1), format!("nobody{}", i + 1));
        graph.node(&there, "point", json!({ "point": sensor, "initial": "fire" }));
        graph.node(&nobody, "not", json!({}));
        graph.edge(&format!("{there}.out"), &format!("{nobody}.in"));
        graph.edge(&format!("{nobody}.out"), &format!("idle.in{}", i + 2));
    }
    graph.edge("idle.out", "long.in").edge("long.out", "then.in").edge("then.out", "off.in");
}
