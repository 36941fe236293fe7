//! `device_restore`: a removed device comes back as it was.

use crate::shared::devices::{changed_words, removed_called};
use crate::shared::{Came, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use documents::{Change, Event, Proposal, Refusal};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Device;

/// Restores a device that was removed in the last 24 hours, as it was. In a conversation and for agents this asks a
/// person first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which device: its id or the name that it had.
    pub device: String,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// What came back, in words; absent when nothing did.
    pub text: Option<Bilingual>,
    /// What waits for a person.
    pub proposals: Vec<Proposal>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct DeviceRestore(pub(crate) Handle);

#[async_trait]
impl Tool for DeviceRestore {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "device_restore";
    const EFFECT: Effect = Effect::Configure;
    const EXAMPLES: &'static [Example] = &[Example {
        name: "a lamp that was removed: a person is asked first",
        input: r#"{"device": "Old lamp"}"#,
        expect: &[
            ("/text", "null"),
            ("/proposals/0/state", "\"pending\""),
            ("/proposals/0/readback/en", "\"restore device “Old lamp”\""),
        ],
    }];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let look = |core: &Core| {
            let removed: Vec<Device> = core.removed().map(|r| r.device.clone()).collect();
            (removed, core.world().clone())
        };
        let (removed, before) = self.0.read(look).await.map_err(|e| host(&e))?;
        let device = removed_called(&input.device, &removed).map_err(ToolError::input)?;
        let changes = vec![Change::RestoreDevice(device)];
        let event = Event::Configure { actor: caller.actor.clone(), turn: Some(caller.turn), changes };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        Ok(Output {
            text: changed_words(&came.configured, &before),
            proposals: came.proposals,
            refusals: came.refusals,
        })
    }
}
