//! Things as the API shows them: the core's own types with names, present values and words. Kept apart from the core, so
//! that the core can change without breaking a client.

use crate::auth::Identity;
use base::id::{DeviceId, PointId, RevisionId, RuleId, SceneId, SpaceId, TurnId};
use base::{Bilingual, Sample, Timestamp, Value};
use documents::alarm::AlarmSource;
use documents::journal::RuleRevision;
use documents::{Actor, Alarm, RuleGraph, RuleState};
use runtime::Core;
use runtime::core::Link;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use things::{Corner, Device, Names, PointSpec, Route, Scene, Space, SpaceKind, World};

/// A device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeviceView {
    /// Its id.
    pub id: DeviceId,
    /// Name in topics and imports.
    pub key: String,
    /// Key of its product.
    pub product: String,
    /// What kind of device: `light`.
    pub kind: String,
    /// What it is called.
    pub names: Names,
    /// The space it is in.
    pub space: Option<SpaceId>,
    /// By which way it is reached.
    pub route: Route,
    /// Whether it can be reached; absent when nothing was heard of it yet.
    pub online: Option<bool>,
    /// Since when, and why in the protocol's words.
    pub link: Option<LinkView>,
    /// Marks for selecting.
    pub tags: BTreeSet<String>,
    /// A disabled device is neither read nor written.
    pub disabled: bool,
    /// Its points.
    pub points: Vec<PointId>,
}

/// Whether a device can be reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkView {
    /// Whether it can be reached.
    pub online: bool,
    /// Since when.
    pub since: Timestamp,
    /// Why, in the protocol's words.
    pub reason: String,
}

impl LinkView {
    /// As the core knows it.
    pub(crate) fn of(link: &Link) -> LinkView {
        LinkView { online: link.online, since: link.since, reason: link.reason.clone() }
    }
}

/// A point with its present value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PointView {
    /// What it is.
    #[serde(flatten)]
    pub spec: PointSpec,
    /// Its present value; absent when there never was one.
    pub sample: Option<Sample>,
    /// The present value in words.
    pub words: Option<Bilingual>,
}

/// A site, building, floor, room or zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpaceView {
    /// Its id.
    pub id: SpaceId,
    /// What kind.
    pub kind: SpaceKind,
    /// What it is called.
    pub names: Names,
    /// The space it is part of.
    pub parent: Option<SpaceId>,
    /// What such a room is for.
    pub tags: BTreeSet<String>,
    /// Its walls on the plan of its floor, corner by corner; empty where nobody drew it.
    pub outline: Vec<Corner>,
}

/// A scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SceneView {
    /// Its id.
    pub id: SceneId,
    /// What it is called.
    pub names: Names,
    /// Where it belongs; absent for the whole site.
    pub space: Option<SpaceId>,
    /// What it writes, in this order.
    pub acts: Vec<SceneActView>,
    /// Whether everything is at present as it says.
    pub active: bool,
}

/// One write of a scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SceneActView {
    /// Which point.
    pub point: PointId,
    /// What it becomes.
    pub value: Value,
    /// Both in words.
    pub words: Bilingual,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleView {
    /// Its id.
    pub id: RuleId,
    /// What it is called.
    pub name: Bilingual,
    /// How far it is in use.
    pub state: RuleState,
    /// What it does, in words made by code.
    pub readback: Bilingual,
    /// The revision.
    pub revision: RevisionId,
    /// Who made it.
    pub by: Actor,
    /// Who approved exactly this content.
    pub approved_by: Option<Actor>,
    /// The turn it comes from.
    pub turn: Option<TurnId>,
    /// When.
    pub at: Timestamp,
}

/// A rule with its graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleDetail {
    /// What the list shows too.
    #[serde(flatten)]
    pub rule: RuleView,
    /// Whether it has a plan that runs now.
    pub runs: bool,
    /// The graph.
    pub graph: RuleGraph,
}

/// A device as somebody sees it.
pub(crate) fn device(core: &Core, device: &Device, who: &Identity) -> DeviceView {
    let world = core.world();
    let link = core.link(device.id);
    DeviceView {
        id: device.id,
        key: device.key.clone(),
        product: world.product(device.product).map(|p| p.key.clone()).unwrap_or_default(),
        kind: world.kind_of(device.id).unwrap_or_default().into(),
        names: device.names.clone(),
        space: device.space(),
        route: device.route,
        online: link.map(|l| l.online),
        link: link.map(LinkView::of),
        tags: device.tags.clone(),
        disabled: device.disabled,
        points: world.points_of(device.id).filter(|p| who.sees(p)).map(|p| p.id).collect(),
    }
}

/// A point with its present value.
pub(crate) fn point(core: &Core, spec: &PointSpec) -> PointView {
    let sample = core.states().get(&spec.id).cloned();
    let words = sample.as_ref().map(|s| spec.words(&s.value));
    PointView { spec: spec.clone(), sample, words }
}

/// A space.
pub(crate) fn space(space: &Space) -> SpaceView {
    SpaceView {
        id: space.id,
        kind: space.kind,
        names: space.names.clone(),
        parent: space.parent,
        tags: space.tags.clone(),
        outline: space.outline.clone(),
    }
}

/// A scene as somebody sees it.
pub(crate) fn scene(core: &Core, scene: &Scene, who: &Identity) -> SceneView {
    let world = core.world();
    let seen = scene.acts.iter().filter(|act| world.point(act.point).is_none_or(|p| who.sees(p)));
    let acts = seen.map(|act| {
        let (name, value) = (world.point_words(act.point), world.point(act.point).map(|p| p.words(&act.value)));
        let words = match value {
            Some(value) => Bilingual::new(format!("{}：{}", name.zh, value.zh), format!("{}: {}", name.en, value.en)),
            None => name,
        };
        SceneActView { point: act.point, value: act.value.clone(), words }
    });
    let acts = acts.collect();
    let (id, names) = (scene.id, scene.names.clone());
    SceneView { id, names, space: scene.space, acts, active: core.scene_is_active(scene) }
}

/// Whether somebody may know of an alarm: what is about a point is hidden with it.
pub(crate) fn sees_alarm(world: &World, alarm: &Alarm, who: &Identity) -> bool {
    match alarm.source {
        AlarmSource::Point(point) => world.point(point).is_none_or(|p| who.sees(p)),
        AlarmSource::Device(_) | AlarmSource::Space(_) | AlarmSource::Rule(_) => true,
    }
}

/// A rule in a list.
pub(crate) fn rule(world: &World, saved: &RuleRevision) -> RuleView {
    RuleView {
        id: saved.graph.id,
        name: saved.graph.name.clone(),
        state: saved.graph.state,
        readback: engine::explain(&saved.graph, world),
        revision: saved.revision,
        by: saved.by.clone(),
        approved_by: saved.approved_by.clone(),
        turn: saved.turn,
        at: saved.at,
    }
}
