//! `rule_validate`: what rules do together, before and while they run.

use crate::rule_explain::Graph;
use crate::shared::{host, sees, unknown_rule, unseen};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::diagnostic::has_errors;
use base::id::RuleId;
use base::{Bilingual, Diagnostic, Diagnostics};
use documents::{RuleFinding, RuleGraph};
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most findings that are told.
const FINDINGS_MAX: usize = 50;

/// Looks at a rule among those in use, or at all of them: loops through points, different values written to one point in
/// situations that can be at once, oscillation, repeated rules, conditions that never or always hold, writes to locks and
/// gates that nothing guards, reads of hidden points. Every finding has a witness: inputs and times at which the engine
/// showed it. Takes the id of a stored rule, or a graph that is only written down, or neither for all rules. Nothing is
/// proposed and nothing runs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// A stored rule.
    #[serde(default)]
    pub rule: Option<RuleId>,
    /// A graph that is only written down. Give either this or `rule`, or neither.
    #[serde(default)]
    pub graph: Option<Graph>,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In one sentence.
    pub text: Bilingual,
    /// Findings, the worst first, with witnesses.
    pub findings: Vec<RuleFinding>,
    /// Findings of the compiler about the one rule.
    pub diagnostics: Diagnostics,
}

/// The tool.
pub struct RuleValidate(pub(crate) Handle);

#[async_trait]
impl Tool for RuleValidate {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "rule_validate";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "a stored rule among the others",
            input: r#"{"rule": "ru_51b05e94c9ac849992fad751e28cbb1b"}"#,
            expect: &[("/findings", "[]"), ("/diagnostics", "[]")],
        },
        Example {
            name: "a rule that triggers itself, only written down",
            input: r#"{"graph": {
                "nodes": [
                    {"id": "is", "type": "point", "params": {"point": "pt_5064db487e97808b97fc61a11a2a77a3"}},
                    {"id": "change", "type": "edge", "params": {"on": "both"}},
                    {"id": "flip", "type": "command", "params": {"point": "pt_5064db487e97808b97fc61a11a2a77a3", "setting": "toggle"}}
                ],
                "edges": [
                    {"from": {"node": "is", "port": "out"}, "to": {"node": "change", "port": "in"}},
                    {"from": {"node": "change", "port": "out"}, "to": {"node": "flip", "port": "in"}}
                ]
            }}"#,
            expect: &[("/findings/0/kind", "\"loop\""), ("/findings/0/certainty", "\"certain\"")],
        },
        Example { name: "all rules", input: "{}", expect: &[("/diagnostics", "[]")] },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let about = match (input.rule, input.graph) {
            (Some(rule), None) => {
                let look = move |core: &runtime::Core| core.rules().get(&rule).map(|saved| saved.graph.clone());
                Some(self.0.read(look).await.map_err(|e| host(&e))?.ok_or_else(unknown_rule)?)
            }
            (None, Some(given)) => {
                let name = Bilingual::new("草稿", "draft");
                let mut graph = RuleGraph::new(RuleId::from_bits(0), name);
                (graph.each, graph.nodes, graph.edges) = (given.each, given.nodes, given.edges);
                Some(graph)
            }
            (None, None) => None,
            (Some(_), Some(_)) => {
                let text = Bilingual::new("rule 和 graph 只能给出一个", "give `rule` or `graph`, not both");
                return Err(ToolError::input(vec![Diagnostic::error("input.choice", "", text)]));
            }
        };
        let found = self.0.rule_findings(about.clone()).await.map_err(|e| host(&e))?;
        let caller = caller.clone();
        self.0.read(move |core| told(core, &caller, about.as_ref(), found)).await.map_err(|e| host(&e))?
    }
}

/// What the caller may know of what was found.
fn told(
    core: &runtime::Core,
    caller: &Caller,
    about: Option<&RuleGraph>,
    mut findings: Vec<RuleFinding>,
) -> Result<Output, ToolError> {
    let world = core.world();
    let mut diagnostics = Diagnostics::new();
    if let Some(graph) = about {
        let hidden = unseen(graph, world, caller);
        if !hidden.is_empty() {
            return Err(ToolError::input(hidden));
        }
        diagnostics = engine::compile(graph, world).1;
    }
    findings.retain(|f| {
        let inputs = f.witness.iter().flat_map(|s| s.inputs.iter().map(|i| &i.point));
        f.points.iter().chain(inputs).all(|p| world.point(*p).is_some_and(|p| sees(caller, p)))
    });
    let count = findings.len();
    findings.truncate(FINDINGS_MAX);
    let text = match count {
        _ if has_errors(&diagnostics) => Bilingual::new("规则未通过编译。", "The rule does not compile."),
        0 => Bilingual::new("没有发现问题。", "Nothing is wrong."),
        1 => Bilingual::new("发现 1 个问题。", "There is 1 finding."),
        n => Bilingual::new(format!("发现 {n} 个问题。"), format!("There are {n} findings.")),
    };
    Ok(Output { text, findings, diagnostics })
}
