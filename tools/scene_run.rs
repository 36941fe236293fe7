//! `scene_run`: runs a scene, or lists the scenes.

use crate::shared::scenes::scene_called;
use crate::shared::{Came, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::id::SceneId;
use base::{Bilingual, limits};
use documents::{Event, Proposal, Receipt, Refusal};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Scene;

/// Most scenes of a list.
const SCENES_MAX: usize = 100;

/// Runs a scene: several points are set together, as a person once put them down. Each write goes through policy and has
/// a receipt of its own; what needs a person becomes a proposal and is NOT done until somebody approves it. Without
/// `scene` it changes nothing and lists the scenes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which scene: its id, or a name that only it has. All of them are listed when absent.
    #[serde(default)]
    #[schemars(length(min = 1, max = limits::NAME_CHARS_MAX))]
    pub scene: Option<String>,
}

/// A scene.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listed {
    /// Its id.
    pub scene: SceneId,
    /// What it is called.
    pub name: Bilingual,
    /// How many points it writes.
    pub writes: usize,
    /// Whether everything is at present as it says.
    pub active: bool,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words, where scenes were listed.
    pub text: Option<Bilingual>,
    /// The scenes: the one that was run, or all of them, at most a hundred.
    pub scenes: Vec<Listed>,
    /// What became of its writes.
    pub receipts: Vec<Receipt>,
    /// What waits for a person.
    pub proposals: Vec<Proposal>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct SceneRun(pub(crate) Handle);

#[async_trait]
impl Tool for SceneRun {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "scene_run";
    const EFFECT: Effect = Effect::Actuate;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "the meeting scene, by name",
            input: r#"{"scene": "Meeting"}"#,
            expect: &[
                ("/receipts/0/state", "\"confirmed\""),
                ("/receipts/5/value", "24.0"),
                ("/proposals", "[]"),
                ("/scenes/0/name/zh", "\"会议\""),
            ],
        },
        Example {
            name: "everything off: a person is asked about the lock",
            input: r#"{"scene": "下班"}"#,
            expect: &[("/receipts/0/value", "false"), ("/proposals/0/safety", "\"security\"")],
        },
        Example {
            name: "which scenes there are",
            input: "{}",
            expect: &[("/receipts", "[]"), ("/scenes/0/active", "false")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let Some(wanted) = input.scene else {
            return self.0.read(list).await.map_err(|e| host(&e));
        };
        let find = move |core: &Core| scene_called(core.world(), &wanted).map(|s| s.id);
        let scene = self.0.read(find).await.map_err(|e| host(&e))?.map_err(ToolError::input)?;
        let event = Event::SceneRun { actor: caller.actor.clone(), turn: Some(caller.turn), scene };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        let receipts = came.receipts(&self.0).await.map_err(|e| host(&e))?;
        let scenes = self
            .0
            .read(move |core| core.world().scene(scene).map(|s| listed(core, s)).into_iter().collect())
            .await
            .map_err(|e| host(&e))?;
        Ok(Output { text: None, scenes, receipts, proposals: came.proposals, refusals: came.refusals })
    }
}

fn listed(core: &Core, scene: &Scene) -> Listed {
    let (name, active) = (scene.names.bilingual(), core.scene_is_active(scene));
    Listed { scene: scene.id, name, writes: scene.acts.len(), active }
}

fn list(core: &Core) -> Output {
    let scenes: Vec<Listed> = core.world().scenes().take(SCENES_MAX).map(|s| listed(core, s)).collect();
    let names: Vec<Bilingual> = scenes.iter().map(|s| s.name.clone()).collect();
    let text = if names.is_empty() {
        Bilingual::new("还没有场景。", "There are no scenes yet.")
    } else {
        let names = Bilingual::join(&names, &Bilingual::new("、", ", "));
        Bilingual::new(format!("场景：{}。", names.zh), format!("Scenes: {}.", names.en))
    };
    Output { text: Some(text), scenes, receipts: Vec::new(), proposals: Vec::new(), refusals: Vec::new() }
}
