//! Items to predictions: each sentence is said in the simulated building, and what was observed is written in the form
//! that the kind of the item asks for.

use crate::building::{Building, Plan, Said};
use crate::homes::ops::{self, Differences};
use crate::homes::{self, Built, How, calls};
use crate::suite::{Home, Item};
use crate::{assistant, frames, generic, scenarios};
use agent::Backend;
use base::{Clock, Span, Timestamp};
use documents::{Reason, Role};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use things::World;

/// The moment at which an item without one is said: a Wednesday morning.
pub const NOW: &str = "2026-11-18T10:00:00+08:00";

/// What every item needs.
pub struct Bench {
    /// The back end that understands.
    pub backend: Arc<dyn Fn() -> Arc<dyn Backend> + Send + Sync>,
    /// The machine's clock, for timing.
    pub clock: Arc<dyn Clock>,
    /// Whether the sensors of a room are one device.
    pub merged: bool,
}

/// A prediction and what it cost.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The prediction, without its id.
    pub prediction: Map<String, Json>,
    /// From each sentence to its reply.
    pub took: Vec<Span>,
    /// Understanding alone.
    pub thought: Vec<Span>,
    /// Devices of the home without a template.
    pub left_out: usize,
}

impl Outcome {
    pub(crate) fn note(&mut self, said: &Said) {
        self.took.push(said.took);
        self.thought.extend(said.thought);
    }
}

/// The moment of a text, or that of [`NOW`].
pub(crate) fn moment(text: Option<&str>) -> Timestamp {
    text.and_then(Timestamp::parse).or_else(|| Timestamp::parse(NOW)).unwrap_or_default()
}

impl Bench {
    /// Starts the building of a home that was made into a world.
    pub(crate) async fn building(&self, built: &Built, now: Timestamp) -> anyhow::Result<Building> {
        let plan = Plan {
            doc: built.doc.clone(),
            values: built.values.clone(),
            unreachable: built.unreachable.clone(),
            now,
            role: Role::Owner,
        };
        Building::start(plan, (self.backend)(), self.clock.clone()).await
    }

    /// Predicts one item.
    ///
    /// # Errors
    /// When the runtime fails; what is not understood is no error.
    pub async fn predict(&self, item: &Item, home: Option<&Home>) -> anyhow::Result<Outcome> {
        match (item.kind(), home) {
            ("rule" | "automation", Some(home)) => scenarios::predict(self, item, home).await,
            ("class", _) => self.in_home(item, &generic::home()).await,
            (_, Some(home)) => self.in_home(item, home).await,
            (_, None) => Ok(Outcome { prediction: reject(), ..Outcome::default() }),
        }
    }

    async fn in_home(&self, item: &Item, home: &Home) -> anyhow::Result<Outcome> {
        let how = How { setup: item.setup.as_ref(), merged: self.merged, now: item.now(), also: None };
        let built = homes::build(home, &how);
        let here = item.area().or((item.kind() == "class").then_some(generic::HERE));
        let space = here.and_then(|a| built.area(a));
        let mut building = self.building(&built, moment(item.now())).await?;
        assistant::furnish(home, &built, &building).await?;
        let mut out = Outcome { left_out: built.left_out(), ..Outcome::default() };
        if item.kind() == "dialogue" {
            let mut turns = Vec::new();
            for turn in item.expect.get("turns").and_then(Json::as_array).into_iter().flatten() {
                let text = turn.get("text").and_then(Json::as_str).unwrap_or("");
                let kind = turn.pointer("/expect/kind").and_then(Json::as_str).unwrap_or("");
                let said = building.say(text, space).await?;
                out.note(&said);
                turns.push(Json::Object(prediction((kind, text), &built, &building, &said).await?));
            }
            out.prediction.insert("turns".into(), Json::Array(turns));
        } else {
            let said = building.say(&item.text, space).await?;
            out.note(&said);
            out.prediction = prediction((item.kind(), &item.text), &built, &building, &said).await?;
        }
        building.stop().await;
        Ok(out)
    }
}

pub(crate) fn reject() -> Map<String, Json> {
    object(json!({ "reject": true }))
}

pub(crate) fn object(json: Json) -> Map<String, Json> {
    if let Json::Object(o) = json { o } else { Map::new() }
}

/// What was observed, in the form of a kind.
async fn prediction(
    (kind, text): (&str, &str),
    built: &Built,
    building: &Building,
    said: &Said,
) -> anyhow::Result<Map<String, Json>> {
    let mut out = match kind {
        "frame" => frame(built, text, said),
        "state" => state(built, building, said).await?,
        "answer" if said.rejected() => reject(),
        "answer" => object(json!({ "answer": said.reply.text })),
        "calls" => object(json!({ "calls": all_calls(built, said) })),
        "class" => object(json!({ "label": generic::label(built, said) })),
        "effects" => effects(built, said),
        "chart" => chart(built, building, said),
        _ => reject(),
    };
    if said.asked {
        out.insert("asked".into(), json!(true));
    }
    Ok(out)
}

fn frame(built: &Built, text: &str, said: &Said) -> Map<String, Json> {
    let effects = ops::effects(built, &said.writes, Differences::Steps);
    let mut out = match &effects[..] {
        _ if said.rejected() => reject(),
        [] => object(json!({ "answer": said.reply.text })),
        [one] => object(json!({ "effect": one })),
        // More than one operation is no single frame; the first alone would hide that.
        _ => object(json!({ "effect": { "op": "several", "targets": [], "args": {} } })),
    };
    if effects.len() < 2 {
        out.extend(frames::frame(built, text, said).map(|f| ("frame".to_owned(), f)));
    }
    out
}

async fn state(built: &Built, building: &Building, said: &Said) -> anyhow::Result<Map<String, Json>> {
    if said.rejected() {
        return Ok(reject());
    }
    let written: BTreeSet<_> = said.writes.iter().map(|w| w.point).collect();
    let states = building.states().await?;
    let changed = built.bound.iter().filter(|b| b.points.iter().any(|p| written.contains(p)));
    let mut devices: Map<String, Json> =
        changed.map(|b| (b.device.id.clone(), built.changed(b, &written, &states))).collect();
    devices.extend(assistant::changed_lists(built, building).await?);
    let mut out = Map::new();
    out.insert("state".into(), Json::Object(devices));
    Ok(out)
}

/// The chart that was drawn, with its range as instants and its points as the home's devices.
fn chart(built: &Built, building: &Building, said: &Said) -> Map<String, Json> {
    let Some(query) = said.charts().next() else { return reject() };
    let (world, _) = World::build(built.doc.clone());
    let Ok((from, to)) = runtime::resolve(&query.range, building.now, &world.site().time_zone) else {
        return reject();
    };
    let metrics = query.metrics.iter().map(|m| {
        let points = m.select.points(&world, building.now);
        let devices: BTreeSet<&str> =
            points.iter().filter_map(|p| built.device_of(*p)).map(|d| d.id.as_str()).collect();
        json!({ "devices": devices, "agg": m.agg })
    });
    object(json!({ "chart": {
        "kind": query.kind,
        "metrics": metrics.collect::<Vec<_>>(),
        "from": from,
        "to": to,
        "bucket": query.bucket,
        "group": query.group,
        "compare_shift": query.compare.map(|c| c.shift),
        "limit": query.limit,
        "order_dir": query.order.map(|o| o.dir),
        "threshold": query.threshold,
    } }))
}

fn all_calls(built: &Built, said: &Said) -> Vec<Json> {
    let mut calls = calls::calls(built, &said.writes);
    calls.extend(said.refusals().map(|_| json!({ "reject": true })));
    calls.extend(said.reply.questions.iter().map(|_| json!({ "reject": true })));
    calls
}

fn effects(built: &Built, said: &Said) -> Map<String, Json> {
    let mut effects = ops::effects(built, &said.writes, Differences::Results);
    // A standing rule is not what such an item asks for: it counts as an act.
    effects.extend(said.rules().map(|_| json!({ "op": "rule", "targets": ["rule"], "args": {} })));
    let reasons: BTreeSet<&str> = said.refusals().map(|r| Reason::code(r.reason)).collect();
    let mut out = object(json!({ "effects": effects }));
    if !reasons.is_empty() {
        out.insert("refused".into(), json!(reasons));
    }
    if !said.reply.questions.is_empty() {
        out.insert("ask".into(), json!(true));
    }
    out
}
