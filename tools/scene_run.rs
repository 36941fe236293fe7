//! `scene_run`: runs a scene, or lists the scenes.

use crate::shared::{Came, host, sees};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::diagnostic::nearest;
use base::id::SceneId;
use base::{Bilingual, Diagnostic, limits};
use documents::{Act, Event, Proposal, Receipt, Refusal};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{Scene, World};

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
        let who = caller.clone();
        let look = move |core: &Core| {
            let scene = find(core.world(), &wanted)?;
            let mut acts = Act::of_scene(scene, core.world());
            acts.retain(|act| core.world().point(act.point).is_none_or(|p| sees(&who, p)));
            Ok((scene.id, acts))
        };
        let (scene, acts) = self.0.read(look).await.map_err(|e| host(&e))??;
        if acts.is_empty() {
            let text = Bilingual::new("该场景的点位均不对你开放", "none of the points of this scene is open to you");
            return Err(ToolError::tell("not_allowed", text));
        }
        let event = Event::Request { actor: caller.actor.clone(), turn: Some(caller.turn), acts };
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

/// The scene with this id or name.
fn find<'a>(world: &'a World, written: &str) -> Result<&'a Scene, ToolError> {
    if let Some(scene) = SceneId::parse(written).ok().and_then(|id| world.scene(id)) {
        return Ok(scene);
    }
    let called = |scene: &&Scene| scene.names.all().any(|n| n.to_lowercase() == written.trim().to_lowercase());
    let found: Vec<&Scene> = world.scenes().filter(called).collect();
    if let [scene] = found[..] {
        return Ok(scene);
    }
    let fault = |code, zh: String, en: String| Diagnostic::error(code, "/scene", Bilingual::new(zh, en));
    let fault = if found.is_empty() {
        let all = world.scenes().flat_map(|s| s.names.all());
        let near = nearest(written, all, 3).join(", ");
        let found = fault("unknown_scene", format!("没有场景“{written}”"), format!("there is no scene “{written}”"));
        let help = if near.is_empty() {
            Bilingual::new("不带 scene 调用可列出场景", "call it without `scene` to list the scenes")
        } else {
            Bilingual::new(format!("最接近的：{near}"), format!("the nearest are: {near}"))
        };
        found.help(help)
    } else {
        let ids = found.iter().map(|s| s.id.to_string()).collect::<Vec<_>>().join(", ");
        let (zh, en) = (
            format!("有 {} 个场景叫“{written}”", found.len()),
            format!("{} scenes are called “{written}”", found.len()),
        );
        fault("ambiguous", zh, en).help(Bilingual::new(format!("用 id：{ids}"), format!("give an id: {ids}")))
    };
    Err(ToolError::input(vec![fault]))
}
