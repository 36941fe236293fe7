//! `turn_undo`: takes back what one turn changed.

use crate::shared::{Came, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use base::id::TurnId;
use documents::{Event, Proposal, Receipt, Refusal};
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Takes back, as one, what a turn changed and nobody changed since: devices get their earlier values, rules their
/// earlier form. Policy is asked again. What has no inverse is named.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The turn to take back.
    pub turn: TurnId,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// Rules and devices that changed, in words; absent when none did.
    pub text: Option<Bilingual>,
    /// What became of the inverse commands.
    pub receipts: Vec<Receipt>,
    /// What waits for a person.
    pub proposals: Vec<Proposal>,
    /// What could not be taken back, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct TurnUndo(pub(crate) Handle);

#[async_trait]
impl Tool for TurnUndo {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "turn_undo";
    const EFFECT: Effect = Effect::Actuate;
    const EXAMPLES: &'static [Example] = &[Example {
        name: "the lamp goes off again",
        input: r#"{"turn": "tn_9fe4e8f4443e8f10a2995b508f6f5a77"}"#,
        expect: &[
            ("/receipts/0/point", "\"pt_932d357c51cd832d86870260466766b7\""),
            ("/receipts/0/value", "false"),
            ("/receipts/0/state", "\"confirmed\""),
        ],
    }];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let before = self.0.read(|core| core.world().clone()).await.map_err(|e| host(&e))?;
        let event = Event::Undo { actor: caller.actor.clone(), turn: input.turn, within: Some(caller.turn) };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        let receipts = came.receipts(&self.0).await.map_err(|e| host(&e))?;
        Ok(Output { text: came.in_words(&before), receipts, proposals: came.proposals, refusals: came.refusals })
    }
}
