//! `device_register`: new devices of a product. A person approves; no secret ever passes through here.

use crate::shared::devices::{changed_words, product_called, space_called};
use crate::shared::{Came, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::canonical;
use base::id::DeviceId;
use base::{Bilingual, Diagnostics, IdGen, Timestamp};
use documents::{Change, Event, Proposal, ProposalDoc, ProposalState, Refusal};
use policy::Effect;
use runtime::registration::{self, NewDevice};
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use things::{Names, World};

/// Most devices of one call; more come from a table.
const COUNT_MAX: u16 = 50;

/// Registers new devices of a product that exists here or of a shipped template. In a conversation and for agents this
/// asks a person first, and nothing exists before that. The device logs in with a secret that no tool tells: a person
/// opens the device on the page, where it is shown once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Key of a product or of a shipped template such as `room_sensor` or `outlet`, or its name in Chinese or English.
    pub product: String,
    /// What it is called, in Chinese, English or both: `{"zh": ["窗边"], "en": ["By the window"]}`. Made from the
    /// product when absent; of several devices each gets a number.
    #[serde(default)]
    pub names: Names,
    /// Where it is: id or name of a space.
    #[serde(default)]
    pub space: Option<String>,
    /// How many.
    #[serde(default = "single")]
    #[schemars(range(min = 1, max = COUNT_MAX))]
    pub count: u16,
}

fn single() -> u16 {
    1
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// What was added, in words; absent when nothing was.
    pub text: Option<Bilingual>,
    /// The devices, once they exist.
    pub devices: Vec<DeviceId>,
    /// What waits for a person.
    pub proposals: Vec<Proposal>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct DeviceRegister(pub(crate) Handle);

#[async_trait]
impl Tool for DeviceRegister {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "device_register";
    const EFFECT: Effect = Effect::Configure;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "a sensor for a room, by its names: a person is asked first",
            input: r#"{"product": "温湿度传感器", "names": {"zh": ["窗边温度"], "en": ["Window climate"]}, "space": "Lobby"}"#,
            expect: &[
                ("/text", "null"),
                ("/devices", "[]"),
                ("/proposals/0/state", "\"pending\""),
                ("/proposals/0/readback/en", "\"add device “Window climate” in Lobby\""),
            ],
        },
        Example {
            name: "two pumps of a shipped template",
            input: r#"{"product": "pump", "count": 2}"#,
            expect: &[
                ("/proposals/0/readback/zh", "\"添加产品“水泵”；添加设备“水泵 1”；添加设备“水泵 2”\""),
                ("/refusals", "[]"),
            ],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let (now, who) = (self.0.now(), caller.clone());
        let look = move |core: &Core| (changes(core, &who, &input, now), core.world().clone());
        let (changes, before) = self.0.read(look).await.map_err(|e| host(&e))?;
        let changes = changes.map_err(ToolError::input)?;
        let event = Event::Configure { actor: caller.actor.clone(), turn: Some(caller.turn), changes };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        let devices = came.configured.iter().flat_map(|c| &c.changes).filter_map(device_of).collect();
        Ok(Output {
            text: changed_words(&came.configured, &before),
            devices,
            proposals: came.proposals,
            refusals: came.refusals,
        })
    }
}

fn device_of(change: &Change) -> Option<DeviceId> {
    if let Change::PutDevice(device) = change { Some(device.id) } else { None }
}

/// The changes of a call; all faults at once.
fn changes(core: &Core, caller: &Caller, input: &Input, now: Timestamp) -> Result<Vec<Change>, Diagnostics> {
    let world = core.world();
    let product = product_called(&input.product, world);
    let space = input.space.as_deref().map(|written| space_called(written, world)).transpose();
    let (product, space) = match (product, space) {
        (Ok(product), Ok(space)) => (product, space),
        (product, space) => return Err([product.err(), space.err()].into_iter().flatten().flatten().collect()),
    };
    let mut taken = keys(core, world, &product);
    let wanted: Vec<NewDevice> = (1..=input.count)
        .map(|n| NewDevice {
            product: product.clone(),
            key: Some(free_key(&product, &mut taken)),
            names: numbered(&input.names, n, input.count),
            space,
            ..NewDevice::default()
        })
        .collect();
    // Keys are given once, so the ids that follow from them are of these devices alone.
    let turn = DeviceId::of_name(&format!("{}.{}", caller.turn, canonical::hash(&wanted).unwrap_or_default()));
    let seed = u64::try_from(turn.bits() & u128::from(u64::MAX)).unwrap_or_default();
    registration::register(world, &wanted, now, &mut IdGen::new(seed)).map(|(changes, _)| changes)
}

/// Keys of a product that are taken, also by what waits for a person: two proposals must not exclude each other.
fn keys(core: &Core, world: &World, product: &str) -> BTreeSet<String> {
    let id = world.product_by_key(product).map(|p| p.id).or_else(|| {
        let template = registration::product_of_template(product)?;
        Some(template.id)
    });
    let waiting = core.proposals().values().filter(|p| p.state == ProposalState::Pending);
    let proposed = waiting.filter_map(|p| match &p.document {
        ProposalDoc::Configuration(changes) => Some(changes),
        _ => None,
    });
    let proposed = proposed.flatten().filter_map(|c| if let Change::PutDevice(d) = c { Some(&**d) } else { None });
    // A removed device may come back under its key.
    let removed = core.removed().map(|r| &r.device);
    world.devices().chain(proposed).chain(removed).filter(|d| Some(d.product) == id).map(|d| d.key.clone()).collect()
}

fn free_key(product: &str, taken: &mut BTreeSet<String>) -> String {
    let key = (1..).map(|n: u64| format!("{product}_{n}")).find(|key| !taken.contains(key)).unwrap_or_default();
    taken.insert(key.clone());
    key
}

fn numbered(names: &Names, n: u16, of: u16) -> Names {
    let each = |list: &[String]| -> Vec<String> {
        list.iter().map(|name| if of > 1 { format!("{name} {n}") } else { name.clone() }).collect()
    };
    Names { zh: each(&names.zh), en: each(&names.en) }
}
