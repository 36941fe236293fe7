//! `scene`: runs a scene.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::Bilingual;
use base::id::{PointId, SceneId};
use documents::{Act, Deed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `scene`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which scene.
    pub(crate) scene: SceneId,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Scene {
    scene: SceneId,
    /// What it writes.
    acts: Vec<Act>,
}

impl Kind for Scene {
    const TYPE: &'static str = "scene";
    const TITLE: Text = Text::new("执行场景", "Run a scene");
    const DOC: Text = Text::new(
        "每来一个事件，就请求执行一个场景。场景里写了什么，以执行时为准；每一项都照样经过策略和仲裁。",
        "For every event, asks for a scene to be run. What it writes is what the scene says at that moment; each of its writes goes \
         through policy and arbitration as any other.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Event, Text::new("何时执行", "when to do it"))];
    const OUTPUTS: &'static [PortSpec] = &[];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("晚间场景", "the scene of the evening"),
        params: r#"{"scene": "sc_d7efd27f34478081a0df587d9c122101"}"#,
        inputs: &[("in", Carries::Event)],
        rows: &["0:00 | - | -", "0:10 | ! | scene sc_d7efd27f34478081a0df587d9c122101"],
    }];
    const WORDS: &'static [Words] = &[Words::new("执行场景{scene:scene}", "run the scene {scene:scene}")];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Scene> {
        let id = params.scene;
        let Some(scene) = scope.world.scene(id) else {
            let message = Bilingual::new(format!("没有场景 {id}"), format!("there is no scene {id}"));
            scope.fault("rule.unknown_scene", "scene", message);
            return None;
        };
        Some(Scene { scene: id, acts: Act::of_scene(scene, scope.world) })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if io.event(0) {
            io.ask(Deed::Scene(self.scene));
        }
    }

    fn effects_on(&self) -> Vec<PointId> {
        self.acts.iter().map(|act| act.point).collect()
    }

    fn acts(&self) -> &[Act] {
        &self.acts
    }
}
