//! `rule_propose`: checks a rule graph and puts it before a person.

use crate::shared::{Came, host, unseen};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::diagnostic::has_errors;
use base::id::RuleId;
use base::{Bilingual, Diagnostic, limits};
use documents::{Edge, Event, Node, Proposal, ProposalDoc, Reason, Refusal, RuleFindingKind, RuleGraph, RuleMode};
use engine::{Group, NodeSpec, PortKind, PortSpec};
use policy::Effect;
use runtime::Handle;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use things::Each;

/// Proposes a standing rule as a graph of nodes. The graph is checked and compiled; every fault comes back at once with
/// its path and how to mend it. A graph without faults becomes a proposal with a read-back in plain words. The rule does
/// NOT run until a person approves it. `rule_explain` checks a graph without proposing it; `docs_search` tells more of a
/// kind of node.
///
/// What flows along an edge: values, sampled (`v`), among them conditions (`b`); events, which are moments (`e`), among
/// them raw messages (`m`). A condition becomes the event that actions need by `edge`; `gate` lets the event at `in`
/// through while the condition at `if` holds. A value out of a message belongs to that message: judge it with `gate`, not
/// with `edge` or `for_duration`. Slots in topics, payloads and texts: `{name}` is the value at the input `name`, `{1}`
/// what the first wildcard of the topic filter stood for.
/// Usual chains: `point` -> `compare` -> `for_duration` -> `edge` -> `command`; and for devices without a model
/// `mqtt_topic` -> `json_field` -> `compare` -> `gate` at `if`, the message itself -> `gate` at `in`, then `publish`.
/// Every kind of node, with its parameters in braces, then its inputs -> its outputs; `?` may be absent, `in1..` are
/// `in1`, `in2` and so on, `value*` stands for ports under names of your own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = name_the_kinds)]
pub struct Input {
    /// What the rule is called, in both languages.
    pub name: Bilingual,
    /// What happens when it is triggered while it still runs.
    #[serde(default)]
    pub mode: RuleMode,
    /// The rooms or devices for each of which the rule stands by itself; `here: true` in an `aggregate` or `command` means
    /// what is there, and `{here}` in a text is its name. Absent for a rule that is one.
    #[serde(default)]
    pub each: Option<Each>,
    /// Its nodes, with the parameters of their kind as named above.
    #[schemars(length(min = 1, max = limits::RULE_NODES_MAX))]
    pub nodes: Vec<Node>,
    /// What flows where.
    #[schemars(length(max = limits::RULE_EDGES_MAX))]
    pub edges: Vec<Edge>,
    /// The rule that this one takes the place of; a new rule when absent.
    #[serde(default)]
    pub replaces: Option<RuleId>,
    /// The words that asked for it; kept with the rule.
    #[serde(default)]
    #[schemars(length(max = limits::UTTERANCE_CHARS_MAX))]
    pub said: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// What waits for a person, with its read-back.
    pub proposals: Vec<Proposal>,
    /// Why nothing was proposed, or what stands against it.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct RulePropose(pub(crate) Handle);

#[async_trait]
impl Tool for RulePropose {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "rule_propose";
    const EFFECT: Effect = Effect::Propose;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "when CO2 is above 1000 ppm for five minutes, the fan goes on",
            input: r#"{
            "name": {"zh": "会议室换气", "en": "Air the meeting room"},
            "nodes": [
                {"id": "co2", "type": "point", "params": {"point": "pt_bcde3a419c128f958ecbc0acafad775c"}},
                {"id": "high", "type": "compare", "params": {"op": ">", "value": 1000, "hysteresis": 200}},
                {"id": "dwell", "type": "for_duration", "params": {"span_ms": 300000}},
                {"id": "start", "type": "edge"},
                {"id": "fan", "type": "command", "params": {"point": "pt_5064db487e97808b97fc61a11a2a77a3", "setting": {"to": true}}}
            ],
            "edges": [
                {"from": {"node": "co2", "port": "out"}, "to": {"node": "high", "port": "in"}},
                {"from": {"node": "high", "port": "out"}, "to": {"node": "dwell", "port": "in"}},
                {"from": {"node": "dwell", "port": "out"}, "to": {"node": "start", "port": "in"}},
                {"from": {"node": "start", "port": "out"}, "to": {"node": "fan", "port": "in"}}
            ],
            "said": "air the meeting room when the CO2 is high"
        }"#,
            expect: &[
                ("/proposals/0/state", "\"pending\""),
                ("/proposals/0/document/rule/state", "\"draft\""),
                ("/proposals/0/diagnostics", "[]"),
                ("/refusals", "[]"),
            ],
        },
        Example {
            name: "a raw message switches a raw device",
            input: r#"{
            "name": {"zh": "按钮开灯", "en": "A button switches a lamp"},
            "nodes": [
                {"id": "button", "type": "mqtt_topic", "params": {"topic": "plant/+/button"}},
                {"id": "pressed", "type": "json_field", "params": {"path": "/pressed", "as": "bool"}},
                {"id": "gate", "type": "gate"},
                {"id": "lamp", "type": "publish", "params": {"topic": "plant/{1}/lamp", "payload": {"on": true}}}
            ],
            "edges": [
                {"from": {"node": "button", "port": "message"}, "to": {"node": "pressed", "port": "in"}},
                {"from": {"node": "button", "port": "message"}, "to": {"node": "gate", "port": "in"}},
                {"from": {"node": "pressed", "port": "out"}, "to": {"node": "gate", "port": "if"}},
                {"from": {"node": "gate", "port": "out"}, "to": {"node": "lamp", "port": "in"}}
            ]
        }"#,
            expect: &[("/proposals/0/state", "\"pending\""), ("/refusals", "[]")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let graph = graph_of(caller, input)?;
        let (checked, replaces, who) = (graph.1.clone(), graph.0, caller.clone());
        let look = move |core: &runtime::Core| {
            let replaced = replaces.and_then(|r| core.rules().get(&r)).map(|r| (r.graph.runs, r.graph.layout.clone()));
            let mut faults = unseen(&checked, core.world(), &who);
            faults.extend(engine::compile(&checked, core.world()).1);
            (replaced, faults)
        };
        let (replaced, faults) = self.0.read(look).await.map_err(|e| host(&e))?;
        if replaces.is_some() && replaced.is_none() {
            let text = Bilingual::new("没有这条规则", "there is no such rule");
            return Err(ToolError::input(vec![
                Diagnostic::error("unknown_rule", "/replaces", text)
                    .help(Bilingual::new("用 rule_list 查找规则", "rule_list lists rules")),
            ]));
        }
        if has_errors(&faults) {
            return Err(ToolError::input(faults));
        }
        let mut graph = graph.1;
        // Where its nodes stand and how often it may run at once is said elsewhere.
        if let Some((runs, layout)) = replaced {
            (graph.runs, graph.layout) = (runs, layout);
        }
        let document = ProposalDoc::Rule(Box::new(graph));
        let event = Event::Propose { actor: caller.actor.clone(), turn: Some(caller.turn), document };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        let mut refusals = came.refusals;
        refusals.extend(came.proposals.iter().flat_map(|p| &p.diagnostics).filter_map(against));
        Ok(Output { proposals: came.proposals, refusals })
    }
}

/// What stands against a proposal among the rules that are in use, as a typed reason. It can be approved all the same.
fn against(found: &Diagnostic) -> Option<Refusal> {
    let kinds = [RuleFindingKind::Contradiction, RuleFindingKind::Duplicate, RuleFindingKind::Shadowed];
    kinds.iter().any(|k| k.code() == found.code).then(|| Refusal::new(Reason::Contradiction, found.message.clone()))
}

/// The graph, and the rule it replaces. A new rule's id follows from the turn and the content, so that proposing the
/// same thing twice in one turn is one rule.
fn graph_of(caller: &Caller, input: Input) -> Result<(Option<RuleId>, RuleGraph), ToolError> {
    let mut graph = RuleGraph::new(RuleId::from_bits(0), input.name);
    graph.mode = input.mode;
    graph.each = input.each;
    graph.nodes = input.nodes;
    graph.edges = input.edges;
    let new = || RuleId::of_name(&format!("{}.{}", caller.turn, graph.content_hash()));
    graph.id = input.replaces.unwrap_or_else(new);
    graph.meta.insert("author".into(), Json::from(caller.actor.name.clone()));
    if let Some(said) = input.said {
        graph.meta.insert("said".into(), Json::from(said));
    }
    Ok((input.replaces, graph))
}

/// Adds every kind of node to the description, a line for each group: who writes a graph has no other catalogue.
fn name_the_kinds(schema: &mut Schema) {
    let catalogue = engine::catalogue();
    let lines = Group::ALL.iter().map(|group| {
        let kinds: Vec<String> = catalogue.iter().filter(|k| k.group == *group).map(signature).collect();
        format!("- {}: {}", group.words().en, kinds.join("; "))
    });
    let lines: Vec<String> = lines.collect();
    let words = schema.get("description").and_then(Json::as_str).unwrap_or_default();
    let words = format!("{words}\n\n{}", lines.join("\n"));
    schema.insert("description".into(), words.into());
}

/// A kind in one line: its name, parameters and ports.
fn signature(kind: &NodeSpec) -> String {
    let needed = kind.params.get("required").and_then(Json::as_array);
    let needs = |name: &str| needed.is_some_and(|all| all.iter().any(|n| n == name));
    let params = kind.params.get("properties").and_then(Json::as_object);
    let params = params.into_iter().flat_map(|all| all.keys());
    let params: Vec<String> = params.map(|p| format!("{p}{}", if needs(p) { "" } else { "?" })).collect();
    format!("`{}` {{{}}} ({} -> {})", kind.type_, params.join(", "), ports(kind.inputs), ports(kind.outputs))
}

/// Ports by name and what they carry.
fn ports(all: &[PortSpec]) -> String {
    let one = |port: &PortSpec| {
        let many = match (port.named, port.many, port.optional) {
            (true, ..) => "*",
            (_, true, _) => "1..",
            (.., true) => "?",
            _ => "",
        };
        let carries = match port.kind {
            PortKind::Value => "v",
            PortKind::Bool => "b",
            PortKind::Event => "e",
            PortKind::Message => "m",
        };
        format!("{}{many}:{carries}", port.name)
    };
    all.iter().map(one).collect::<Vec<_>>().join(" ")
}
