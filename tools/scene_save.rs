//! `scene_save`: the present state becomes a scene.

use crate::shared::devices::space_called;
use crate::shared::scenes::scenes_named;
use crate::shared::{Came, check_selector, host, sees};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::id::{SceneId, SpaceId};
use base::{Bilingual, Diagnostic, Timestamp, limits};
use documents::{Change, Event, Proposal, Refusal};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::scene::SCENE_ACTS_MAX;
use things::{Names, Scene, Selector};

/// Most points that are named as left out.
const LEFT_OUT_MAX: usize = 20;

/// Saves what is so at present as a scene, to be run later: of what `select` describes, else of all that is in `space`,
/// else of the whole site. Everything that can be set and has a good value is part of it; what had to be left out is
/// told. A scene that has the name already is replaced. In a conversation and for agents a person is asked first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What the scene is called: `{"zh": ["电影之夜"], "en": ["Movie night"]}`; one language is enough.
    pub names: Names,
    /// Where it belongs: id or name of a space; absent for the whole site.
    #[serde(default)]
    #[schemars(length(min = 1, max = limits::NAME_CHARS_MAX))]
    pub space: Option<String>,
    /// Which points, where it is not all of the space.
    #[serde(default)]
    pub select: Selector,
}

/// A point that is no part of the scene.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LeftOut {
    /// What it is called.
    pub name: Bilingual,
    /// Why.
    pub why: Bilingual,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// What was saved, in words; absent when nothing was.
    pub text: Option<Bilingual>,
    /// The scene.
    pub scene: SceneId,
    /// How many points it sets.
    pub writes: usize,
    /// What could not be part of it, at most twenty.
    pub left_out: Vec<LeftOut>,
    /// What waits for a person.
    pub proposals: Vec<Proposal>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct SceneSave(pub(crate) Handle);

#[async_trait]
impl Tool for SceneSave {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "scene_save";
    const EFFECT: Effect = Effect::Configure;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "the meeting room as it is: a person is asked first",
            input: r#"{"names": {"zh": ["讨论"], "en": ["Discussion"]}, "space": "Meeting room"}"#,
            expect: &[
                ("/proposals/0/state", "\"pending\""),
                ("/proposals/0/document/configuration/0/put_scene/names/en/0", "\"Discussion\""),
            ],
        },
        Example {
            name: "only the lights, in place of the scene of that name",
            input: r#"{"names": {"en": ["Meeting"]}, "space": "Meeting room", "select": {"kinds": ["light"]}}"#,
            expect: &[("/proposals/0/document/configuration/0/put_scene/names/zh/0", "\"会议\"")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let (now, who) = (self.0.now(), caller.clone());
        let look = move |core: &Core| taken(core, &who, &input, now);
        let (mut scene, left_out) = self.0.read(look).await.map_err(|e| host(&e))??;
        if scene.id.bits() == 0 {
            // The turn and the time make an id that no other scene has.
            scene.id = SceneId::of_name(&format!("{} {now}", caller.turn));
        }
        let (id, writes, name) = (scene.id, scene.acts.len(), scene.names.bilingual());
        let changes = vec![Change::PutScene(Box::new(scene))];
        let event = Event::Configure { actor: caller.actor.clone(), turn: Some(caller.turn), changes };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        let text = (!came.configured.is_empty()).then(|| {
            Bilingual::new(
                format!("已将现在的状态保存为场景“{}”，共 {writes} 项。", name.zh),
                format!("Saved the present state as scene “{}”, {writes} settings.", name.en),
            )
        });
        Ok(Output { text, scene: id, writes, left_out, proposals: came.proposals, refusals: came.refusals })
    }
}

/// The scene that the present state makes; its id is zero where there was none of that name.
fn taken(core: &Core, caller: &Caller, input: &Input, now: Timestamp) -> Result<(Scene, Vec<LeftOut>), ToolError> {
    let world = core.world();
    let space = input.space.as_deref().map(|s| space_called(s, world)).transpose().map_err(ToolError::input)?;
    let found = check_selector(&input.select, world, caller, "/select");
    if !found.is_empty() {
        return Err(ToolError::input(found));
    }
    let points = among(&input.select, space).points(world, now);
    let taken = core.snapshot(points.into_iter().filter(|p| world.point(*p).is_some_and(|p| sees(caller, p))));
    if taken.acts.is_empty() || taken.acts.len() > SCENE_ACTS_MAX {
        let (zh, en) = (
            format!("现在可保存的设置有 {} 项，场景须有 1 到 {SCENE_ACTS_MAX} 项", taken.acts.len()),
            format!("{} settings can be saved now; a scene has 1 to {SCENE_ACTS_MAX}", taken.acts.len()),
        );
        return Err(ToolError::input(vec![Diagnostic::error("scene.acts", "/select", Bilingual::new(zh, en))]));
    }
    let left_out = taken.left_out.into_iter().take(LEFT_OUT_MAX);
    let left_out = left_out.map(|l| LeftOut { name: world.point_words(l.point), why: l.why }).collect();
    let before = input.names.all().find_map(|name| scenes_named(world, name).first().copied());
    let scene = match before {
        Some(before) => Scene { acts: taken.acts, space: space.or(before.space), ..before.clone() },
        None => Scene { id: SceneId::from_bits(0), names: input.names.clone(), space, acts: taken.acts },
    };
    Ok((scene, left_out))
}

/// Which points: those described within the space, or all of it.
fn among(select: &Selector, space: Option<SpaceId>) -> Selector {
    let mut select = select.clone();
    if let Some(space) = space
        && select.spaces.is_empty()
        && select.points.is_empty()
        && select.devices.is_empty()
    {
        select.spaces.push(space);
    }
    select.everything |= select.is_empty();
    select
}
