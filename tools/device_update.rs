//! `device_update`: another name, another place, out of service or back. The id of the device stays.

use crate::shared::devices::{changed_words, device_called, renamed, space_called};
use crate::shared::{Came, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::{Bilingual, Diagnostics, Timestamp};
use documents::{Change, Event, Proposal, Refusal};
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{Device, Names, Placement, World};

/// Renames a device, moves it to another space, or takes it out of service (it is neither read nor written) and back.
/// What is absent stays as it is. In a conversation and for agents this asks a person first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which device: its id or its name.
    pub device: String,
    /// What it is called from now on; a language that is absent keeps its name.
    #[serde(default)]
    pub names: Names,
    /// Where it is from now on: id or name of a space.
    #[serde(default)]
    pub space: Option<String>,
    /// Whether it is out of service.
    #[serde(default)]
    pub disabled: Option<bool>,
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
pub struct DeviceUpdate(pub(crate) Handle);

#[async_trait]
impl Tool for DeviceUpdate {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "device_update";
    const EFFECT: Effect = Effect::Configure;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "another name and another room: a person is asked first",
            input: r#"{"device": "Desk lamp", "names": {"zh": ["阅读灯"]}, "space": "大厅"}"#,
            expect: &[
                ("/proposals/0/state", "\"pending\""),
                ("/proposals/0/document/configuration/0/put_device/names/zh/0", "\"阅读灯\""),
                ("/proposals/0/document/configuration/0/put_device/names/en/0", "\"Desk lamp\""),
            ],
        },
        Example {
            name: "out of service",
            input: r#"{"device": "Desk lamp", "disabled": true}"#,
            expect: &[("/proposals/0/document/configuration/0/put_device/disabled", "true")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let (now, before) = (self.0.now(), self.0.read(|core| core.world().clone()).await.map_err(|e| host(&e))?);
        let change = change(&input, &before, caller, now).map_err(ToolError::input)?;
        let event = Event::Configure { actor: caller.actor.clone(), turn: Some(caller.turn), changes: vec![change] };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        Ok(Output {
            text: changed_words(&came.configured, &before),
            proposals: came.proposals,
            refusals: came.refusals,
        })
    }
}

fn change(input: &Input, world: &World, caller: &Caller, now: Timestamp) -> Result<Change, Diagnostics> {
    let device = device_called(&input.device, world, caller);
    let space = input.space.as_deref().map(|written| space_called(written, world)).transpose();
    let (device, space) = match (device, space) {
        (Ok(device), Ok(space)) => (device, space),
        (device, space) => return Err([device.err(), space.err()].into_iter().flatten().flatten().collect()),
    };
    let mut new = Device { names: renamed(&device.names, &input.names), ..device.clone() };
    if let Some(space) = space.filter(|s| device.space() != Some(*s)) {
        new.placements.push(Placement { space: Some(space), from: now });
    }
    new.disabled = input.disabled.unwrap_or(device.disabled);
    Ok(Change::PutDevice(Box::new(new)))
}
