//! `rule_get`: one rule in words and as a graph.

use crate::shared::{host, rule_words, unknown_rule};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use base::id::RuleId;
use documents::{RuleGraph, RuleState};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Reads one rule: what it does in plain words, how far it is in use, who asked for and approved it, and its graph.
/// `rule_list` finds ids.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which rule.
    pub rule: RuleId,
}

/// A rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Rule {
    /// Its id.
    pub rule: RuleId,
    /// What it is called.
    pub name: Bilingual,
    /// How far it is in use.
    pub state: RuleState,
    /// Whether it runs now.
    pub runs: bool,
    /// What it does, made by code from the graph.
    pub explanation: Bilingual,
    /// Who asked for it.
    pub author: String,
    /// The person who approved exactly this content.
    pub approved_by: Option<String>,
    /// The graph.
    pub graph: RuleGraph,
}

/// The rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Bilingual,
    /// The rule.
    pub rule: Rule,
}

/// The tool.
pub struct RuleGet(pub(crate) Handle);

#[async_trait]
impl Tool for RuleGet {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "rule_get";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[Example {
        name: "one rule with its graph",
        input: r#"{"rule": "ru_51b05e94c9ac849992fad751e28cbb1b"}"#,
        expect: &[("/rule/state", "\"live\""), ("/rule/approved_by", "\"Li\""), ("/rule/graph/nodes/0/id", "\"co2\"")],
    }];

    async fn run(&self, _caller: &Caller, input: Input) -> Result<Output, ToolError> {
        self.0.read(move |core| read(core, input.rule)).await.map_err(|e| host(&e))?
    }
}

fn read(core: &Core, id: RuleId) -> Result<Output, ToolError> {
    let found = core.rules().get(&id).ok_or_else(unknown_rule)?;
    let rule = Rule {
        rule: id,
        name: found.graph.name.clone(),
        state: found.graph.state,
        runs: core.rule_runs(id),
        explanation: engine::explain(&found.graph, core.world()),
        author: found.by.name.clone(),
        approved_by: found.approved_by.as_ref().map(|a| a.name.clone()),
        graph: found.graph.clone(),
    };
    let state = rule_words(found);
    let text =
        Bilingual::new(format!("{}{}", state.zh, rule.explanation.zh), format!("{} {}", state.en, rule.explanation.en));
    Ok(Output { text, rule })
}
