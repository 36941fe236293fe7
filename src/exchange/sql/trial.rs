//! A statement tried out on one message: what would be published, or why nothing would.

use super::function::identity_levels;
use super::graph;
use base::{Bilingual, Diagnostics, IdGen, Timestamp};
use documents::signal::Payload;
use documents::{Deed, Message, RuleGraph, RuleState};
use engine::{Effect, Engine};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{States, World};

/// A message to try a statement on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SqlSample")]
pub struct Sample {
    /// The topic; made of the filter and the device when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The payload as text.
    pub payload: String,
    /// Key of the product of the device that sends it; fills the first wildcard of the filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_key: Option<String>,
    /// Key of the device that sends it; fills the second wildcard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SqlTrial")]
pub struct Trial {
    /// What is wrong with the statement; paths are `/LINE/COLUMN`, those of the graph `/nodes/...`.
    pub diagnostics: Diagnostics,
    /// The rule that the statement is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graph: Option<RuleGraph>,
    /// The topic on which the message came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// What would be published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Message>,
    /// Why nothing would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Bilingual>,
}

/// Tries a statement on a message. Nothing leaves, and nothing is kept.
pub fn trial(text: &str, sample: &Sample, world: &World, now: Timestamp) -> Trial {
    let (graph, mut diagnostics) = graph(text);
    let mut out = Trial { diagnostics: Diagnostics::new(), graph: None, topic: None, published: None, why: None };
    if let Some(mut graph) = graph {
        diagnostics.extend(engine::compile(&graph, world).1);
        graph.state = RuleState::Live;
        if !base::diagnostic::has_errors(&diagnostics) {
            let topic = sample.topic.clone().unwrap_or_else(|| filled(&graph, sample));
            let (published, why) = run(&graph, &topic, sample, world, now);
            (out.topic, out.published, out.why) = (Some(topic), published, why);
        }
        graph.state = RuleState::Draft;
        out.graph = Some(graph);
    }
    out.diagnostics = diagnostics;
    out
}

/// The filters of a graph.
fn filters(graph: &RuleGraph) -> impl Iterator<Item = &str> {
    graph.nodes.iter().filter(|n| n.type_ == "mqtt_topic").filter_map(|n| n.params.get("topic")?.as_str())
}

/// The topic of the first filter with its wildcards filled.
fn filled(graph: &RuleGraph, sample: &Sample) -> String {
    let filter = filters(graph).next().unwrap_or("");
    let levels = identity_levels(filter);
    let slash = usize::from(filter.starts_with('/'));
    let mut keys = [&sample.product_key, &sample.device_name].into_iter().flatten().cloned();
    let fill = |(i, level): (usize, &str)| match (level, levels) {
        ("+", Some((product, _))) if i == product - 1 + slash => sample.product_key.clone().unwrap_or_default(),
        ("+", Some((_, device))) if i == device - 1 + slash => sample.device_name.clone().unwrap_or_default(),
        ("+" | "#", _) => keys.next().unwrap_or_else(|| "x".into()),
        (other, _) => other.to_owned(),
    };
    filter.split('/').enumerate().map(fill).collect::<Vec<String>>().join("/")
}

/// Whether a filter matches a topic (MQTT 5 section 4.7).
fn matches(filter: &str, topic: &str) -> bool {
    let (mut levels, mut rest) = (filter.split('/'), topic.split('/'));
    if topic.starts_with('$') && !filter.starts_with('$') {
        return false;
    }
    loop {
        match (levels.next(), rest.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(_)) => {}
            (Some(a), Some(b)) if a == b => {}
            _ => return false,
        }
    }
}

fn run(
    graph: &RuleGraph,
    topic: &str,
    sample: &Sample,
    world: &World,
    now: Timestamp,
) -> (Option<Message>, Option<Bilingual>) {
    let mut engine = Engine::default();
    engine.enable(graph, world, &States::new(), now);
    let payload = Payload::Text(sample.payload.clone());
    let message = Message { connection: None, topic: topic.into(), payload, qos: 0, retain: false };
    let effects = engine.message(&message, now, &mut IdGen::new(1));
    let heard = filters(graph).any(|filter| matches(filter, topic));
    let (mut published, mut failed, mut passed) = (None, None, false);
    for effect in effects {
        match effect {
            Effect::Deed { deed: Deed::Publish(message), .. } => published = Some(message),
            Effect::Deed { .. } => {}
            Effect::Trace(trace) => {
                let gates = graph.nodes.iter().filter(|n| n.type_ == "gate").map(|n| n.id.as_str());
                passed |= gates.into_iter().any(|id| trace.entries.iter().any(|e| e.node == id));
                failed = failed.or_else(|| trace.errors.first().map(|e| e.text.clone()));
            }
        }
    }
    let gated = graph.nodes.iter().any(|n| n.type_ == "gate");
    let why = match (&published, heard) {
        (Some(_), _) => None,
        (None, false) => {
            Some(Bilingual::new(format!("主题“{topic}”不匹配 FROM"), format!("topic `{topic}` does not match `FROM`")))
        }
        (None, true) if gated && !passed => {
            Some(Bilingual::new("WHERE 不成立，或其中有值未知", "`WHERE` does not hold, or a value in it is unknown"))
        }
        (None, true) => Some(failed.unwrap_or_else(|| {
            Bilingual::new("载荷不是 JSON，或结果过长", "the payload is no JSON, or the result is too long")
        })),
    };
    (published, why)
}
