//! `device_remove`: takes a device out. It can be restored for a while; rules that use it are named first.

use crate::shared::devices::{changed_words, device_called};
use crate::shared::{Came, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use base::id::RuleId;
use documents::{Change, Event, Proposal, Reason, Refusal};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Removes a device. When rules use it they are named and nothing is done, unless `force` is set; such rules then stop
/// working. A removed device can be restored for 24 hours. In a conversation and for agents this asks a person first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which device: its id or its name.
    pub device: String,
    /// Although rules use it.
    #[serde(default)]
    pub force: bool,
}

/// A rule that uses the device.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Use {
    /// Its id.
    pub rule: RuleId,
    /// What it is called.
    pub name: Bilingual,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// What was removed, or what would stop working, in words.
    pub text: Option<Bilingual>,
    /// The rules that use the device.
    pub used_by: Vec<Use>,
    /// What waits for a person.
    pub proposals: Vec<Proposal>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct DeviceRemove(pub(crate) Handle);

#[async_trait]
impl Tool for DeviceRemove {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "device_remove";
    const EFFECT: Effect = Effect::Configure;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "a device that no rule uses: a person is asked first",
            input: r#"{"device": "台灯"}"#,
            expect: &[
                ("/used_by", "[]"),
                ("/proposals/0/state", "\"pending\""),
                ("/proposals/0/readback/en", "\"remove device “Desk lamp” (part of scenes: Leave)\""),
            ],
        },
        Example {
            name: "a device that a rule uses: the rule is named, nothing is done",
            input: r#"{"device": "Meeting room fan"}"#,
            expect: &[
                ("/used_by/0/name/en", "\"Fresh air\""),
                ("/proposals", "[]"),
                ("/refusals/0/reason", "\"contradiction\""),
            ],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let (who, written, force) = (caller.clone(), input.device, input.force);
        let look = move |core: &Core| {
            let device = device_called(&written, core.world(), &who)?.id;
            let named = |rule: RuleId| Some(Use { rule, name: core.rules().get(&rule)?.graph.name.clone() });
            let used_by: Vec<Use> = core.uses_of(device).into_iter().filter_map(named).collect();
            Ok((device, used_by, core.world().clone()))
        };
        let found = self.0.read(look).await.map_err(|e| host(&e))?;
        let (device, used_by, before) = found.map_err(ToolError::input)?;
        let users = list(&used_by);
        if let (Some(users), false) = (&users, force) {
            let text = Bilingual::new(
                format!("规则{}正在使用它，没有删除；若仍要删除，请说“强制删除”", users.zh),
                format!("{} uses it, so it stays; say “remove it anyway” with its name to remove it", users.en),
            );
            let refusals = vec![Refusal::new(Reason::Contradiction, text)];
            return Ok(Output { text: None, used_by, proposals: Vec::new(), refusals });
        }
        let changes = vec![Change::RemoveDevice { device, force }];
        let event = Event::Configure { actor: caller.actor.clone(), turn: Some(caller.turn), changes };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        let broken = users.map(|users| {
            Bilingual::new(format!("规则{}将不再工作。", users.zh), format!("{} would no longer work.", users.en))
        });
        Ok(Output {
            text: changed_words(&came.configured, &before).or(broken),
            used_by,
            proposals: came.proposals,
            refusals: came.refusals,
        })
    }
}

fn list(rules: &[Use]) -> Option<Bilingual> {
    let names: Vec<Bilingual> =
        rules.iter().map(|u| Bilingual::new(format!("“{}”", u.name.zh), format!("Rule “{}”", u.name.en))).collect();
    (!names.is_empty()).then(|| Bilingual::join(&names, &Bilingual::new("、", ", ")))
}
