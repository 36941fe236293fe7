//! `rule_run`: runs a rule by hand.

use crate::shared::{Came, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use base::id::RuleId;
use documents::{Event, Receipt, Refusal};
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Runs a rule that is in use by hand. Only what begins with its `manual` nodes runs; a rule without one says so.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which rule.
    pub rule: RuleId,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words; absent when it was not run.
    pub text: Option<Bilingual>,
    /// What became of its commands.
    pub receipts: Vec<Receipt>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct RuleRun(pub(crate) Handle);

#[async_trait]
impl Tool for RuleRun {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "rule_run";
    const EFFECT: Effect = Effect::Actuate;
    const EXAMPLES: &'static [Example] = &[Example {
        name: "a rule without a manual node says so",
        input: r#"{"rule": "ru_51b05e94c9ac849992fad751e28cbb1b"}"#,
        expect: &[("/text", "null"), ("/refusals/0/reason", "\"no_capability\"")],
    }];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let event = Event::RuleRun { actor: caller.actor.clone(), turn: Some(caller.turn), rule: input.rule };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        let receipts = came.receipts(&self.0).await.map_err(|e| host(&e))?;
        let text = came.refusals.is_empty().then(|| Bilingual::new("规则已运行。", "The rule was run."));
        Ok(Output { text, receipts, refusals: came.refusals })
    }
}
