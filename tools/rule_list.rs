//! `rule_list`: which rules there are.

use crate::shared::{host, rule_words};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use base::id::{DeviceId, RuleId};
use documents::journal::RuleRevision;
use documents::{RuleAsk, RuleState};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most rules of a list.
const RULES_MAX: usize = 100;
/// Most rules that an answer names, and of which it says what they do.
const NAMED_MAX: usize = 10;
const TOLD_MAX: usize = 4;

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
    /// Only these.
    #[serde(default)]
    #[schemars(length(max = RULES_MAX))]
    pub rules: Option<Vec<RuleId>>,
    /// What the text shall answer; how far each is in use when absent.
    #[serde(default)]
    pub ask: Option<RuleAsk>,
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
        .filter(|r| input.rules.as_ref().is_none_or(|rules| rules.contains(&r.graph.id)))
        .filter(|r| using.as_ref().is_none_or(|rules| rules.contains(&r.graph.id)))
        .collect();
    let total = all.len();
    let rules: Vec<Listed> = all.iter().take(RULES_MAX).map(|r| listed(core, r)).collect();
    let text = match input.ask {
        _ if rules.is_empty() => Bilingual::new("没有这样的规则。", "There are no such rules."),
        Some(ask) => answer(&rules, total, ask),
        None => {
            let words: Vec<Bilingual> = all.into_iter().take(RULES_MAX).map(rule_words).collect();
            Bilingual::join(&words, &Bilingual::new("", " "))
        }
    };
    Output { text, rules, total }
}

/// How many there are and what they are called, with what they do where that is asked or they are few.
fn answer(rules: &[Listed], total: usize, ask: RuleAsk) -> Bilingual {
    let count = match total {
        1 => Bilingual::new("1 条规则", "1 rule"),
        n => Bilingual::new(format!("{n} 条规则"), format!("{n} rules")),
    };
    if ask == RuleAsk::Count && total > TOLD_MAX {
        return Bilingual::new(format!("{}。", count.zh), format!("{}.", count.en));
    }
    let tells = ask != RuleAsk::Count && total <= TOLD_MAX;
    let name = |r: &Listed| {
        let off = r.state == RuleState::Draft;
        let (zh, en) = if off { ("（停用）", " (not in use)") } else { ("", "") };
        let (zh, en) = (format!("“{}”{zh}", r.name.zh), format!("“{}”{en}", r.name.en));
        match tells {
            true => Bilingual::new(format!("{zh}：{}", r.explanation.zh), format!("{en}: {}", r.explanation.en)),
            false => Bilingual::new(zh, en),
        }
    };
    let named: Vec<Bilingual> = rules.iter().take(NAMED_MAX).map(name).collect();
    let between = if tells { Bilingual::new("", " ") } else { Bilingual::new("、", ", ") };
    let list = Bilingual::join(&named, &between);
    let (zh, en) = match total.saturating_sub(named.len()) {
        0 if tells => (String::new(), String::new()),
        0 => ("。".into(), ".".into()),
        more => (format!("，另有 {more} 条。"), format!(" and {more} more.")),
    };
    Bilingual::new(format!("{}：{}{zh}", count.zh, list.zh), format!("{}: {}{en}", count.en, list.en))
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
