//! Cooled or heated with the window open.

use super::empty::NOT_FOR_PEOPLE;
use super::seen::Seen;
use super::spans::{Spans, both, either, hours, lasting};
use super::{Case, about, climate_kw, device_words, rule_id, space_words};
use crate::history::aggregate::is_on;
use base::id::PointId;
use base::{Bilingual, Span};
use documents::RuleGraph;
use documents::finding::FindingKind;
use serde_json::json;
use store::StoreError;

/// Shorter than this, somebody just lets some air in.
const LEAST: Span = Span::from_secs(20 * 60);
/// Hours in the time that is looked at from which on it is worth telling.
const HOURS_MIN: f64 = 15.0;
/// How often it has to have been so.
const TIMES_MIN: usize = 5;
/// How long the window is open before the rule acts.
const RULE_WAITS: Span = Span::from_secs(10 * 60);

const KIND: FindingKind = FindingKind::ConditionedWhileOpen;

pub(super) async fn cases(seen: &Seen<'_>) -> Result<Vec<Case>, StoreError> {
    let mut out = Vec::new();
    for device in seen.world.devices().filter(|d| !d.disabled) {
        let Some(assumed_kw) = climate_kw(seen.world, device.id) else { continue };
        let Some(room) = seen.room(device).filter(|r| !seen.is_for(*r, NOT_FOR_PEOPLE)) else { continue };
        let Some(power) = seen.world.point_with(device.id, "on_off") else { continue };
        let windows: Vec<PointId> = seen
            .points_in(room, "contact")
            .filter(|p| seen.world.kind_of(p.device).is_some_and(|k| k.contains("window")))
            .map(|p| p.id)
            .collect();
        let mut open = Spans::new();
        for window in &windows {
            open = either(&open, &seen.times(*window, is_on).await?.so);
        }
        let spans = lasting(both(&seen.conditioning(device.id).await?, &open), LEAST);
        if hours(&spans) < HOURS_MIN || spans.len() < TIMES_MIN {
            continue;
        }
        let (name, place) = (device_words(seen.world, device.id), space_words(seen.world, room));
        let (long, times) = (about(hours(&spans)), spans.len());
        let mut rule = RuleGraph::new(
            rule_id(KIND, device.id),
            Bilingual::new(
                format!("{}开窗就关{}", place.zh, name.zh),
                format!("{} off while a window of {} is open", name.en, place.en),
            ),
        );
        off_while_open(&mut rule, power.id, &windows);
        out.push(Case {
            kind: KIND,
            device: device.id,
            space: room,
            points: std::iter::once(power.id).chain(windows.iter().copied()).collect(),
            spans,
            assumed_kw,
            title: Bilingual::new(
                format!("{}开着窗时，{}还开着", place.zh, name.zh),
                format!("{} runs while a window of {} is open", name.en, place.en),
            ),
            what: Bilingual::new(
                format!("过去 30 天里，{}在{}开着窗时共运行了 {long} 小时（{times} 次）。", name.zh, place.zh),
                format!(
                    "In the last 30 days {} ran for {long} hours while a window of {} was open ({times} times).",
                    name.en, place.en
                ),
            ),
            rule,
        });
    }
    Ok(out)
}

/// The nodes of the rule: on, and a window open, for a time; then off.
fn off_while_open(graph: &mut RuleGraph, power: PointId, windows: &[PointId]) {
    graph.node("on", "point", json!({ "point": power, "initial": "fire" }));
    graph.node("both", "and", json!({}));
    graph.node("long", "for_duration", json!({ "span_ms": RULE_WAITS.as_millis() }));
    graph.node("then", "edge", json!({}));
    graph.node("off", "command", json!({ "point": power, "setting": { "to": false } }));
    graph.edge("on.out", "both.in1");
    let several = windows.len() > 1;
    if several {
        graph.node("any", "or", json!({}));
        graph.edge("any.out", "both.in2");
    }
    for (i, window) in windows.iter().enumerate() {
        let id = format!("window{}", i + 1);
        graph.node(&id, "point", json!({ "point": window, "initial": "fire" }));
        let to = if several { format!("any.in{}", i + 1) } else { "both.in2".into() };
        graph.edge(&format!("{id}.out"), &to);
    }
    graph.edge("both.out", "long.in").edge("long.out", "then.in").edge("then.out", "off.in");
}
