//! Standing rules: the sentence is said, the rule that comes of it is approved by a person, and every scenario of the
//! item runs through the engine on virtual time. What is predicted is what was observed.

use crate::homes::{self, Built, How};
use crate::predict::{Bench, Outcome, moment, reject};
use crate::suite::{Home, Item, State};
use base::id::PointId;
use base::{Span, Value};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// Longest time that a scenario lets pass in one step.
const ADVANCE_MAX_S: f64 = 40.0 * 86_400.0;

/// What happens in a scenario.
#[derive(Debug, Deserialize)]
struct Scenario {
    name: String,
    #[serde(default)]
    start: BTreeMap<String, State>,
    steps: Vec<Step>,
}

/// First devices change, then time passes.
#[derive(Debug, Deserialize)]
struct Step {
    #[serde(default)]
    set: BTreeMap<String, State>,
    #[serde(default)]
    advance_s: f64,
    /// Whether somebody looks after this step; not what they shall see.
    #[serde(default, deserialize_with = "present")]
    expect: bool,
    #[serde(default, deserialize_with = "present")]
    expect_notify: bool,
}

/// Whether something is given, whatever it is.
fn present<'de, D: serde::Deserializer<'de>>(d: D) -> Result<bool, D::Error> {
    serde::de::IgnoredAny::deserialize(d).map(|_| true)
}

/// Predicts an item with scenarios.
///
/// # Errors
/// When the runtime fails or a scenario cannot be read.
pub(crate) async fn predict(bench: &Bench, item: &Item, home: &Home) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let mut seen = Map::new();
    let scenarios = item.expect.get("scenarios").cloned().unwrap_or_default();
    for scenario in serde_json::from_value::<Vec<Scenario>>(scenarios)? {
        match run(bench, item, home, &scenario, &mut out).await? {
            Some(steps) => seen.insert(scenario.name, Json::Array(steps)),
            None => {
                out.prediction = reject();
                return Ok(out);
            }
        };
    }
    out.prediction.insert("scenarios".into(), Json::Object(seen));
    Ok(out)
}

/// Names of devices that the item gives as inputs of the rule.
fn inputs(item: &Item) -> BTreeMap<String, String> {
    let inputs = item.expect.get("inputs").and_then(Json::as_object).into_iter().flatten();
    inputs.filter_map(|(name, id)| Some((id.as_str()?.to_owned(), name.replace('_', " ")))).collect()
}

/// Runs one scenario; none: no rule came of the sentence.
async fn run(
    bench: &Bench,
    item: &Item,
    home: &Home,
    scenario: &Scenario,
    out: &mut Outcome,
) -> anyhow::Result<Option<Vec<Json>>> {
    let mut setup = item.setup.clone().unwrap_or_default();
    setup.extend(scenario.start.clone());
    let also = inputs(item);
    let how = How { setup: Some(&setup), merged: bench.merged, now: item.now(), also: Some(&also) };
    let mut built = homes::build(home, &how);
    let mut building = bench.building(&built, moment(item.now())).await?;
    out.left_out = built.left_out();
    let mut first: BTreeMap<PointId, Value> =
        building.states().await?.into_iter().map(|(point, sample)| (point, sample.value)).collect();
    let space = item.area().and_then(|a| built.area(a));
    let said = building.say(&item.text, space).await?;
    out.note(&said);
    let rules: Vec<_> = said.rules().cloned().collect();
    if rules.is_empty() {
        building.stop().await;
        return Ok(None);
    }
    for rule in &rules {
        building.approve(rule).await?;
    }
    building.notices();
    let mut notified = 0;
    let mut steps = Vec::with_capacity(scenario.steps.len());
    for step in &scenario.steps {
        for (id, to) in &step.set {
            let states = building.states().await?;
            for (point, value) in put(&mut built, id, to, &mut first, &states) {
                building.handle.measure(point, value).await?;
            }
            building.settle().await?;
        }
        #[expect(clippy::cast_possible_truncation, reason = "bounded by ADVANCE_MAX_S")]
        let ms = (step.advance_s.clamp(0.0, ADVANCE_MAX_S) * 1000.0) as i64;
        building.handle.advance(Span::from_millis(ms)).await?;
        let states = building.states().await?;
        let shown: Map<String, Json> =
            built.bound.iter().map(|b| (b.device.id.clone(), built.shown(b, &first, &states))).collect();
        // Counted since somebody last looked.
        notified += building.notices();
        steps.push(json!({ "states": shown, "notified": notified }));
        if step.expect || step.expect_notify {
            notified = 0;
        }
    }
    building.stop().await;
    Ok(Some(steps))
}

/// Lets a device show something by itself. What it shows from now on is compared with that.
fn put(
    built: &mut Built,
    id: &str,
    to: &State,
    first: &mut BTreeMap<PointId, Value>,
    states: &things::States,
) -> Vec<(PointId, Value)> {
    if let Some(bound) = built.bound.iter().find(|b| b.device.id == id) {
        let shown = built.shown(bound, first, states);
        if let Ok(shown) = serde_json::from_value::<State>(shown) {
            built.set(id, &shown);
        }
    }
    let values = built.set(id, to);
    first.extend(values.iter().cloned());
    values
}
