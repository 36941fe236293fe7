//! Scenes: running one, whether one is as it says, and the present state as a new one.

use super::Core;
use base::id::{PointId, SceneId, TurnId};
use base::{Bilingual, Quality, Timestamp};
use documents::{Act, Actor, Cause, Outcome, Reason};
use policy::{Decision, Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{PointKind, PointSpec, Scene, SceneAct};

/// The present state of points, as a scene writes it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// What is written, in the order of the points.
    pub acts: Vec<SceneAct>,
    /// What cannot be part of it, and why.
    pub left_out: Vec<LeftOut>,
}

/// A point that a snapshot leaves out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Which.
    pub point: PointId,
    /// Why, in words.
    pub why: Bilingual,
}

impl Core {
    /// Whether every property that a scene writes is as it says. A service has no state and is not asked.
    pub fn scene_is_active(&self, scene: &Scene) -> bool {
        let properties = scene.acts.iter().filter_map(|act| Some((self.world.point(act.point)?, act)));
        let mut states = properties.filter(|(spec, _)| spec.kind != PointKind::Service).peekable();
        states.peek().is_some()
            && states.all(|(spec, act)| {
                self.state.states.get(&spec.id).is_some_and(|s| s.value.close_to(&act.value, spec.tolerance()))
            })
    }

    /// The present state of what can be set among some points. What can only be read is no part of a scene and is not
    /// told either.
    pub fn snapshot(&self, points: impl IntoIterator<Item = PointId>) -> Snapshot {
        let mut found = Snapshot::default();
        for spec in points.into_iter().filter_map(|p| self.world.point(p)) {
            if !spec.writable || spec.kind == PointKind::Service {
                continue;
            }
            match self.settable(spec) {
                Ok(act) => found.acts.push(act),
                Err((zh, en)) => found.left_out.push(LeftOut { point: spec.id, why: Bilingual::new(zh, en) }),
            }
        }
        found
    }

    /// What sets a point to its present value, or why there is nothing that does.
    fn settable(&self, spec: &PointSpec) -> Result<SceneAct, (&'static str, &'static str)> {
        let sample = self.state.states.get(&spec.id).ok_or(("还没有上报过值", "it never reported a value"))?;
        if sample.quality != Quality::Good {
            return Err(("当前值不可靠", "its present value cannot be relied on"));
        }
        if spec.check(&sample.value).is_err() {
            return Err(("当前值不能写回", "its present value cannot be written"));
        }
        Ok(SceneAct { point: spec.id, value: sample.value.clone() })
    }

    /// What running a scene asks for; what is hidden from who runs it is left as it is, unsaid.
    pub(super) fn acts_of_scene(&self, scene: SceneId, actor: &Actor) -> Option<Vec<Act>> {
        let mut acts = Act::of_scene(self.world.scene(scene)?, &self.world);
        acts.retain(|act| {
            let shown =
                |spec: &PointSpec| self.verdict_for(actor, Effect::Read, &[spec.id]).decision == Decision::Allow;
            self.world.point(act.point).is_none_or(shown)
        });
        Some(acts)
    }

    pub(super) fn on_scene_run(
        &mut self,
        actor: &Actor,
        turn: Option<TurnId>,
        scene: SceneId,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let Some(acts) = self.acts_of_scene(scene, actor) else {
            return self.say(Reason::UnknownDevice, Bilingual::new("没有这个场景", "there is no such scene"), out);
        };
        if acts.is_empty() {
            let why = Bilingual::new("该场景的点位均不对你开放", "none of the points of this scene is open to you");
            return self.say(Reason::NotAllowed, why, out);
        }
        self.request(actor, (turn, &Cause::Scene { scene, turn }), &acts, now, out);
    }
}
