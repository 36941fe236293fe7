//! `rule_enable`: puts a rule into use or out of it. It never makes a rule live that no person approved.

use crate::shared::{Came, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use base::id::RuleId;
use documents::{Event, Proposal, Refusal, RuleState};
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Puts a saved rule into use (`live`), on trial (`shadow`: what it would do is only shown), or out of use (`draft`).
/// In a conversation and for agents this asks a person first; a rule whose content no person approved is never made
/// live by this.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which rule.
    pub rule: RuleId,
    /// How far it shall be in use.
    pub state: RuleState,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// What changed, in words; absent when nothing did.
    pub text: Option<Bilingual>,
    /// What waits for a person.
    pub proposals: Vec<Proposal>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct RuleEnable(pub(crate) Handle);

#[async_trait]
impl Tool for RuleEnable {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "rule_enable";
    const EFFECT: Effect = Effect::Configure;
    const EXAMPLES: &'static [Example] = &[Example {
        name: "in a conversation a person is asked first",
        input: r#"{"rule": "ru_51b05e94c9ac849992fad751e28cbb1b", "state": "live"}"#,
        expect: &[("/text", "null"), ("/proposals/0/state", "\"pending\"")],
    }];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let Input { rule, state } = input;
        let event = Event::RuleSwitch { actor: caller.actor.clone(), turn: Some(caller.turn), rule, state };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        Ok(Output { text: came.rules_in_words(), proposals: came.proposals, refusals: came.refusals })
    }
}
