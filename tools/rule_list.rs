//! `rule_list`: which rules there are.

use crate::shared::{host, rule_words};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use base::id::{DeviceId, RuleId};
use documents::RuleState;
use documents::journal::RuleRevision;
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most rules of a list.
const RULES_MAX: usize = 100;

/// Lists rules with what they do in plain words and how far they are in use. `rule_get` gives the graph of one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Only those in this state.
    #[serde(default)]
    pub state: Option<RuleState>,
    /// Only those that read or write points of this device.
    #[serde(default)]
    pub device: Option<DeviceId>,
}

/// A rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listed {
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
}

/// The rules.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Bilingual,
    /// The rules, at most a hundred.
    pub rules: Vec<Listed>,
    /// How many there are in all.
    pub total: usize,
}

/// The tool.
pub struct RuleList(pub(crate) Handle);

#[async_trait]
impl Tool for RuleList {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "rule_list";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "all rules",
            input: "{}",
            expect: &[("/total", "1"), ("/rules/0/state", "\"live\""), ("/rules/0/approved_by", "\"Li\"")],
        },
        Example {
            name: "which rules use a device",
            input: r#"{"device": "dv_54263d61f16c828582eddc2987408f00"}"#,
            expect: &[("/total", "1"), ("/rules/0/runs", "true")],
        },
        Example { name: "what is only tried out", input: r#"{"state": "shadow"}"#, expect: &[("/total", "0")] },
    ];

    async fn run(&self, _caller: &Caller, input: Input) -> Result<Output, ToolError> {
        self.0.read(move |core| list(core, &input)).await.map_err(|e| host(&e))
    }
}

fn list(core: &Core, input: &Input) -> Output {
    let using = input.device.map(|device| core.uses_of(device));
    let all: Vec<&RuleRevision> = core
        .rules()
        .values()
        .filter(|r| input.state.is_none_or(|s| r.graph.state == s))
        .filter(|r| using.as_ref().is_none_or(|rules| rules.contains(&r.graph.id)))
        .collect();
    let total = all.len();
    let words: Vec<Bilingual> = all.iter().take(RULES_MAX).map(|r| rule_words(r)).collect();
    let rules = all.into_iter().take(RULES_MAX).map(|r| listed(core, r)).collect();
    let text = if words.is_empty() {
        Bilingual::new("没有这样的规则。", "There are no such rules.")
    } else {
        Bilingual::join(&words, &Bilingual::new("", " "))
    };
    Output { text, rules, total }
}

fn listed(core: &Core, r: &RuleRevision) -> Listed {
    Listed {
        rule: r.graph.id,
        name: r.graph.name.clone(),
        state: r.graph.state,
        runs: core.rule_runs(r.graph.id),
        explanation: engine::explain(&r.graph, core.world()),
        author: r.by.name.clone(),
        approved_by: r.approved_by.as_ref().map(|a| a.name.clone()),
    }
}
