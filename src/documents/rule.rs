//! Rule graphs as they are said, stored, shown and edited. What a node means is the engine's catalogue.

use base::id::RuleId;
use base::{Bilingual, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use things::Each;

/// Version of this form.
pub const SCHEMA_VERSION: u32 = 1;

/// What happens when a rule is triggered while it still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum RuleMode {
    /// The new trigger is dropped.
    #[default]
    Single,
    /// The old run ends.
    Restart,
    /// The new one waits.
    Queued,
    /// Both run.
    Parallel,
}

/// How many runs a rule may have at once, and what becomes of a trigger beyond that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunLimit {
    /// Most runs that are under way at once (`parallel`), or triggers that wait (`queued`); 1 to 100.
    #[schemars(range(min = 1, max = 100))]
    pub max: u32,
    /// What becomes of a trigger beyond that.
    #[serde(default, skip_serializing_if = "is_newest")]
    pub overflow: Overflow,
}

impl Default for RunLimit {
    fn default() -> Self {
        RunLimit { max: 10, overflow: Overflow::Newest }
    }
}

/// Which one gives way when there are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum Overflow {
    /// The newest: the trigger is dropped.
    #[default]
    Newest,
    /// The oldest: its run ends, or it no longer waits.
    Oldest,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_newest(overflow: &Overflow) -> bool {
    *overflow == Overflow::Newest
}

fn is_default_limit(limit: &RunLimit) -> bool {
    *limit == RunLimit::default()
}

/// How far a rule is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum RuleState {
    /// It does not run.
    #[default]
    Draft,
    /// It runs, and its commands are only shown.
    Shadow,
    /// It runs.
    Live,
}

/// A rule graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleGraph {
    /// Version of the form, [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Its id.
    pub id: RuleId,
    /// What it is called.
    pub name: Bilingual,
    /// What happens when it is triggered while it runs.
    #[serde(default)]
    pub mode: RuleMode,
    /// How many runs it may have at once; counts in modes `parallel` and `queued`.
    #[serde(default, skip_serializing_if = "is_default_limit")]
    pub runs: RunLimit,
    /// How far it is in use.
    #[serde(default)]
    pub state: RuleState,
    /// The rooms or devices for each of which the rule stands by itself, at most `RULE_PLACES_MAX`: every one has its
    /// own values and runs, and what is `here` in a node is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<Each>,
    /// Its nodes, at most `RULE_NODES_MAX`.
    #[schemars(length(max = limits::RULE_NODES_MAX))]
    pub nodes: Vec<Node>,
    /// What flows where, at most `RULE_EDGES_MAX`.
    #[schemars(length(max = limits::RULE_EDGES_MAX))]
    pub edges: Vec<Edge>,
    /// Where the editor draws the nodes; no part of what the rule does.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub layout: Map<String, Json>,
    /// Where it comes from: author, request.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub meta: Map<String, Json>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Node {
    /// Unique within the graph; stays when the graph is edited, since state is kept by it.
    pub id: String,
    /// Kind of node in the catalogue: `compare`.
    #[serde(rename = "type")]
    pub type_: String,
    /// Version of that kind.
    #[serde(default = "one")]
    pub type_version: u32,
    /// Its parameters.
    #[serde(default)]
    pub params: Map<String, Json>,
}

fn one() -> u32 {
    1
}

/// One end of an edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// The node.
    pub node: String,
    /// Its port.
    pub port: String,
}

/// A connection from an output to an input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// An output.
    pub from: Port,
    /// An input.
    pub to: Port,
}

impl RuleGraph {
    /// An empty graph.
    pub fn new(id: RuleId, name: Bilingual) -> Self {
        RuleGraph {
            schema_version: SCHEMA_VERSION,
            id,
            name,
            mode: RuleMode::default(),
            runs: RunLimit::default(),
            state: RuleState::default(),
            each: None,
            nodes: Vec::new(),
            edges: Vec::new(),
            layout: Map::new(),
            meta: Map::new(),
        }
    }
    /// Adds a node. `params` must be a JSON object.
    pub fn node(&mut self, id: &str, type_: &str, params: Json) -> &mut Self {
        let params = if let Json::Object(o) = params { o } else { Map::new() };
        self.nodes.push(Node { id: id.into(), type_: type_.into(), type_version: 1, params });
        self
    }
    /// Adds an edge; ends are written `node.port`.
    pub fn edge(&mut self, from: &str, to: &str) -> &mut Self {
        let port = |s: &str| {
            let (node, port) = s.rsplit_once('.').unwrap_or((s, "out"));
            Port { node: node.into(), port: port.into() }
        };
        self.edges.push(Edge { from: port(from), to: port(to) });
        self
    }
    /// Hash of the document without layout, state and meta. Graphs that are written differently and do the same have
    /// different ones; `engine::meaning_hash` is equal for them.
    pub fn content_hash(&self) -> String {
        let mut bare = self.clone();
        bare.layout.clear();
        bare.meta.clear();
        bare.state = RuleState::Draft;
        base::canonical::hash(&bare).unwrap_or_default()
    }
}
