//! Scenes: what several points shall be, together, under one name.
//!
//! What it is *not*: running one is a request like any other; policy and arbitration see each of its writes. Start at
//! [`Scene`].

use crate::point::Misfit;
use crate::{Names, World};
use base::id::{PointId, SceneId, SpaceId};
use base::{Bilingual, Diagnostic, Diagnostics, Value, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most scenes of one world.
pub const SCENES_MAX: usize = 1_000;
/// Most writes of one scene: what one request may make.
pub const SCENE_ACTS_MAX: usize = limits::COMMANDS_PER_REQUEST_MAX;

/// What several points shall be, together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// Its id.
    pub id: SceneId,
    /// What it is called.
    pub names: Names,
    /// Where it belongs; none for the whole site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// What is written, in this order.
    #[schemars(length(min = 1, max = SCENE_ACTS_MAX))]
    pub acts: Vec<SceneAct>,
}

/// One write of a scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SceneAct {
    /// Which point.
    pub point: PointId,
    /// What it becomes, in the point's own unit; for a service its arguments.
    pub value: Value,
}

impl Scene {
    /// What of it does not fit what exists; paths begin in the scene: `/acts/0/value`.
    pub fn check(&self, world: &World) -> Diagnostics {
        let mut found = Diagnostics::new();
        if self.acts.is_empty() || self.acts.len() > SCENE_ACTS_MAX {
            let (zh, en) = (
                format!("场景须有 1 到 {SCENE_ACTS_MAX} 项设置"),
                format!("a scene writes 1 to {SCENE_ACTS_MAX} points"),
            );
            found.push(Diagnostic::error("scene.acts", "/acts", Bilingual::new(zh, en)));
        }
        let mut seen = BTreeSet::new();
        for (i, act) in self.acts.iter().enumerate() {
            let fault = |field: &str, code: &str, zh: String, en: String| {
                Diagnostic::error(code, format!("/acts/{i}/{field}"), Bilingual::new(zh, en))
            };
            let Some(spec) = world.point(act.point) else {
                found.push(fault("point", "scene.point", "点位不存在".into(), "there is no such point".into()));
                continue;
            };
            let name = world.point_words(act.point);
            if !seen.insert(act.point) {
                let (zh, en) = (format!("{}出现了两次", name.zh), format!("{} is written twice", name.en));
                found.push(fault("point", "scene.twice", zh, en));
            }
            let misfit = if spec.writable { spec.check(&act.value).err() } else { Some(Misfit::ReadOnly) };
            if let Some(misfit) = misfit {
                let (zh, en) = (format!("{}不接受该值（{misfit}）", name.zh), format!("{} {misfit}", name.en));
                found.push(fault("value", "scene.value", zh, en));
            }
        }
        found
    }
}

/// What is wrong with the scenes of a world as a whole, and, as warnings, what of them no longer fits it: a scene
/// outlives the removal of a device, and says when it is run what it could not do.
pub(crate) fn check_all(world: &World) -> Diagnostics {
    let mut found = Diagnostics::new();
    let scenes = &world.doc().scenes;
    if scenes.len() > SCENES_MAX {
        let text =
            Bilingual::new(format!("最多 {SCENES_MAX} 个场景"), format!("at most {SCENES_MAX} scenes are possible"));
        found.push(Diagnostic::error("world.limit", "/scenes", text));
    }
    let mut ids = BTreeSet::new();
    for (i, scene) in scenes.iter().enumerate() {
        if !ids.insert(scene.id) {
            let text = Bilingual::new("场景 id 重复", "two scenes have this id");
            found.push(Diagnostic::error("world.duplicate", format!("/scenes/{i}/id"), text));
        }
        if scene.space.is_some_and(|s| world.space(s).is_none()) {
            let text = Bilingual::new("场景所在的空间不存在", "the space of the scene does not exist");
            found.push(Diagnostic::error("world.scene_space", format!("/scenes/{i}/space"), text));
        }
        found.extend(scene.check(world).into_iter().map(|d| Diagnostic {
            path: format!("/scenes/{i}{}", d.path),
            ..Diagnostic::warning(d.code, "", d.message)
        }));
    }
    found
}
