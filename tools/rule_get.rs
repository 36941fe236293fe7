//! `rule_get`: one rule in words and as a graph, or the list of rules.

use crate::shared::{host, rule_words};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use base::id::RuleId;
use documents::journal::RuleRevision;
use documents::{RuleGraph, RuleState};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most rules of a list.
const RULES_MAX: usize = 100;

/// Reads one rule: what it does in plain words, how far it is in use, who asked for and approved it, and its graph.
/// Without `rule` it lists all rules without their graphs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which rule; all of them when absent.
    #[serde(default)]
    pub rule: Option<RuleId>,
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
    /// The graph; absent in a list.
    pub graph: Option<RuleGraph>,
}

/// The rules.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Bilingual,
    /// The rules, at most a hundred.
    pub rules: Vec<Rule>,
    /// How many there are in all.
    pub total: usize,
}

/// The tool.
pub struct RuleGet(pub(crate) Handle);

#[async_trait]
impl Tool for RuleGet {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "rule_get";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "one rule with its graph",
            input: r#"{"rule": "ru_51b05e94c9ac849992fad751e28cbb1b"}"#,
            expect: &[
                ("/rules/0/state", "\"live\""),
                ("/rules/0/approved_by", "\"Li\""),
                ("/rules/0/graph/nodes/0/id", "\"co2\""),
            ],
        },
        Example { name: "all rules", input: "{}", expect: &[("/total", "1"), ("/rules/0/graph", "null")] },
    ];

    async fn run(&self, _caller: &Caller, input: Input) -> Result<Output, ToolError> {
        self.0.read(move |core| read(core, input.rule)).await.map_err(|e| host(&e))?
    }
}

fn read(core: &Core, rule: Option<RuleId>) -> Result<Output, ToolError> {
    let Some(id) = rule else {
        let rules: Vec<Rule> = core.rules().values().take(RULES_MAX).map(|r| view(core, r, false)).collect();
        let words: Vec<Bilingual> = core.rules().values().take(RULES_MAX).map(rule_words).collect();
        let text = if words.is_empty() {
            Bilingual::new("还没有规则。", "There are no rules yet.")
        } else {
            Bilingual::join(&words, &Bilingual::new("", " "))
        };
        return Ok(Output { text, rules, total: core.rules().len() });
    };
    let found = core
        .rules()
        .get(&id)
        .ok_or_else(|| ToolError::tell("unknown_rule", Bilingual::new("没有这条规则", "there is no such rule")))?;
    let rule = view(core, found, true);
    let state = rule_words(found);
    let text =
        Bilingual::new(format!("{}{}", state.zh, rule.explanation.zh), format!("{} {}", state.en, rule.explanation.en));
    Ok(Output { text, rules: vec![rule], total: 1 })
}

fn view(core: &Core, r: &RuleRevision, whole: bool) -> Rule {
    Rule {
        rule: r.graph.id,
        name: r.graph.name.clone(),
        state: r.graph.state,
        runs: core.rule_runs(r.graph.id),
        explanation: engine::explain(&r.graph, core.world()),
        author: r.by.name.clone(),
        approved_by: r.approved_by.as_ref().map(|a| a.name.clone()),
        graph: whole.then(|| r.graph.clone()),
    }
}
