//! `rule_explain`: what a rule means, stored or only written down.

use crate::shared::{host, rule_words, unknown_rule, unseen};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::id::{PointId, RuleId};
use base::{Bilingual, Diagnostic, Diagnostics, limits};
use documents::{Edge, Node, RuleGraph};
use engine::Plan;
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use things::Each;

/// Explains a rule: its read-back in plain words, the points whose reports move it with their present values, the points
/// it writes, the raw topics it hears and publishes to, and every finding of the compiler. Takes the id of a stored rule,
/// or a graph that is only written down: nothing is proposed and nothing runs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// A stored rule.
    #[serde(default)]
    pub rule: Option<RuleId>,
    /// A graph that is only written down. Give either this or `rule`.
    #[serde(default)]
    pub graph: Option<Graph>,
}

/// A graph as `rule_propose` takes it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    /// The rooms or devices for each of which it stands by itself.
    #[serde(default)]
    pub each: Option<Each>,
    /// Its nodes.
    #[schemars(length(min = 1, max = limits::RULE_NODES_MAX))]
    pub nodes: Vec<Node>,
    /// What flows where.
    #[schemars(length(max = limits::RULE_EDGES_MAX))]
    pub edges: Vec<Edge>,
}

/// A point that a rule reads or writes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Touched {
    /// Which.
    pub point: PointId,
    /// What it is called.
    pub name: Bilingual,
    /// Its present value in words; absent when there never was one.
    pub now: Option<Bilingual>,
}

/// A raw topic.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Topic {
    /// The topic, or the filter.
    pub topic: String,
    /// The connection; absent for the embedded broker.
    pub connection: Option<base::id::ConnectionId>,
}

/// What a rule means.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// The read-back, made by code from the graph.
    pub text: Bilingual,
    /// Whether it could run as it is.
    pub sound: bool,
    /// Points whose reports move it.
    pub reads: Vec<Touched>,
    /// Points that it writes.
    pub writes: Vec<Touched>,
    /// Raw topics that it hears.
    pub hears: Vec<Topic>,
    /// Raw topics that it publishes to.
    pub publishes: Vec<Topic>,
    /// Findings of the compiler, with how to mend them.
    pub diagnostics: Diagnostics,
}

/// The tool.
pub struct RuleExplain(pub(crate) Handle);

#[async_trait]
impl Tool for RuleExplain {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "rule_explain";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "a stored rule: what moves it and what it does",
            input: r#"{"rule": "ru_51b05e94c9ac849992fad751e28cbb1b"}"#,
            expect: &[
                ("/sound", "true"),
                ("/reads/0/name/en", "\"Meeting room sensor CO2\""),
                ("/reads/0/now/en", "\"620 ppm\""),
                ("/writes/0/name/en", "\"Meeting room fan power\""),
            ],
        },
        Example {
            name: "a graph that is only written down",
            input: r#"{"graph": {
                "nodes": [
                    {"id": "co2", "type": "point", "params": {"point": "pt_bcde3a419c128f958ecbc0acafad775c"}},
                    {"id": "high", "type": "compare", "params": {"op": ">", "value": 800}}
                ],
                "edges": [{"from": {"node": "co2", "port": "out"}, "to": {"node": "high", "port": "in"}}]
            }}"#,
            expect: &[("/text/en", "\"This rule does nothing yet.\""), ("/writes", "[]")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let caller = caller.clone();
        self.0.read(move |core| explain(core, &caller, input)).await.map_err(|e| host(&e))?
    }
}

fn explain(core: &Core, caller: &Caller, input: Input) -> Result<Output, ToolError> {
    let world = core.world();
    let (graph, state) = match (input.rule, input.graph) {
        (Some(rule), None) => {
            let saved = core.rules().get(&rule).ok_or_else(unknown_rule)?;
            (saved.graph.clone(), Some(rule_words(saved)))
        }
        (None, Some(given)) => {
            let mut graph = RuleGraph::new(RuleId::from_bits(0), Bilingual::default());
            (graph.each, graph.nodes, graph.edges) = (given.each, given.nodes, given.edges);
            (graph, None)
        }
        _ => {
            let text = Bilingual::new("请给出 rule 或 graph 之一", "give either `rule` or `graph`");
            return Err(ToolError::input(vec![Diagnostic::error("input.choice", "", text)]));
        }
    };
    let hidden = unseen(&graph, world, caller);
    if !hidden.is_empty() {
        return Err(ToolError::input(hidden));
    }
    let (plans, diagnostics) = engine::compile(&graph, world);
    let words = engine::explain(&graph, world);
    let text = match state {
        Some(state) => Bilingual::new(format!("{}{}", state.zh, words.zh), format!("{} {}", state.en, words.en)),
        None => words,
    };
    let touched = |points: BTreeSet<PointId>| -> Vec<Touched> {
        let touched = |point| {
            let spec = world.point(point)?;
            let now = core.states().get(&point).map(|s| spec.words(&s.value));
            Some(Touched { point, name: world.point_words(point), now })
        };
        points.into_iter().filter_map(touched).collect()
    };
    let (reads, writes) = engine::touched(&plans);
    let hears: BTreeSet<_> = plans.iter().flat_map(Plan::listens).collect();
    let publishes: BTreeSet<_> =
        plans.iter().flat_map(Plan::publishes).map(|(connection, topic, _)| (connection, topic)).collect();
    let topics = |topic: String, connection| Topic { topic, connection };
    Ok(Output {
        text,
        sound: !plans.is_empty(),
        reads: touched(reads),
        writes: touched(writes),
        hears: hears.into_iter().map(|(c, t)| topics(t, c)).collect(),
        publishes: publishes.into_iter().map(|(c, t)| topics(t, c)).collect(),
        diagnostics,
    })
}
