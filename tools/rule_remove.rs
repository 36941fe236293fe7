//! `rule_remove`: asks a person whether a rule shall be deleted.

use crate::shared::{Came, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::id::RuleId;
use documents::{Event, Proposal, ProposalDoc, Refusal, RuleChange};
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Proposes to delete a saved rule. It stays in use until a person approves; taking the turn back brings it back. To take
/// it out of use only, `rule_enable` with `draft`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which rule.
    pub rule: RuleId,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// What waits for a person.
    pub proposals: Vec<Proposal>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct RuleRemove(pub(crate) Handle);

#[async_trait]
impl Tool for RuleRemove {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "rule_remove";
    const EFFECT: Effect = Effect::Propose;
    const EXAMPLES: &'static [Example] = &[Example {
        name: "a person is asked first",
        input: r#"{"rule": "ru_51b05e94c9ac849992fad751e28cbb1b"}"#,
        expect: &[("/proposals/0/state", "\"pending\""), ("/proposals/0/document/rule_change/change", "\"remove\"")],
    }];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let document = ProposalDoc::RuleChange { rule: input.rule, change: RuleChange::Remove };
        let event = Event::Propose { actor: caller.actor.clone(), turn: Some(caller.turn), document };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        Ok(Output { proposals: came.proposals, refusals: came.refusals })
    }
}
