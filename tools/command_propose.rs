//! `command_propose`: asks for a change of points. What policy allows is done at once, the rest waits for a person.

use crate::shared::{Came, check_acts, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::limits::COMMANDS_PER_REQUEST_MAX;
use documents::{Act, Event, Proposal, Receipt, Refusal};
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Asks for changes of points. What policy allows is sent to the devices at once, and the receipts say what became of
/// it: `confirmed` means that the device itself reported the new value. What needs a person becomes a proposal and is
/// NOT done until somebody approves it. Never say that something was done unless its receipt says so.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What shall change: `{"point": id, "setting": {"to": value}}`, `{"by": number}`, `"toggle"` or, for a service,
    /// `{"call": {arguments}}`. Numbers are in the point's own unit.
    #[schemars(length(min = 1, max = COMMANDS_PER_REQUEST_MAX))]
    pub acts: Vec<Act>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// What became of the commands that policy let through, and of those it forbids.
    pub receipts: Vec<Receipt>,
    /// What waits for a person.
    pub proposals: Vec<Proposal>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct CommandPropose(pub(crate) Handle);

#[async_trait]
impl Tool for CommandPropose {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "command_propose";
    const EFFECT: Effect = Effect::Actuate;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "turn on a light",
            input: r#"{"acts": [{"point": "pt_36e76ff37b6c8fd4a5dcd0ee1be16815", "setting": {"to": true}}]}"#,
            expect: &[("/receipts/0/state", "\"confirmed\""), ("/receipts/0/observed", "true")],
        },
        Example {
            name: "two degrees colder",
            input: r#"{"acts": [{"point": "pt_d1d1cce00aef8eb0ac72b92a2e8e4b52", "setting": {"by": -2}}]}"#,
            expect: &[("/receipts/0/value", "23.0"), ("/receipts/0/state", "\"confirmed\"")],
        },
        Example {
            name: "unlock a door: a person is asked",
            input: r#"{"acts": [{"point": "pt_f073f0e6f9548fafaf86b7cd27a95c68", "setting": {"to": false}}]}"#,
            expect: &[
                ("/receipts", "[]"),
                ("/proposals/0/state", "\"pending\""),
                ("/proposals/0/safety", "\"security\""),
            ],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let (acts, who) = (input.acts.clone(), caller.clone());
        let look = move |core: &runtime::Core| check_acts(&acts, core.world(), &who);
        let faults = self.0.read(look).await.map_err(|e| host(&e))?;
        if !faults.is_empty() {
            return Err(ToolError::input(faults));
        }
        let event = Event::Request { actor: caller.actor.clone(), turn: Some(caller.turn), acts: input.acts };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        let receipts = came.receipts(&self.0).await.map_err(|e| host(&e))?;
        Ok(Output { receipts, proposals: came.proposals, refusals: came.refusals })
    }
}
