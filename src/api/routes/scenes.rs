//! Scenes: what several points shall be, together. Making one is a change of what exists, written down or taken from the
//! present state; running one is a request like any other, with a receipt for each write.

use super::spaces::named;
use super::{Changed, changed, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::configure::{Made, apply, fault};
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::views::{self, SceneView};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use base::Bilingual;
use base::id::{PointId, Scene as SceneMark, SceneId};
use documents::{Change, Event};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{Names, Scene, SceneAct, Selector, World};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/scenes",
            get_with(list, |o| o.id("listScenes").tag("scenes").summary("Scenes, by id."))
                .post_with(create, |o| o.id("createScene").tag("scenes").summary("Adds a scene.")),
        )
        .api_route(
            "/api/scenes/{id}",
            get_with(one, |o| o.id("getScene").tag("scenes").summary("One scene."))
                .put_with(replace, |o| o.id("replaceScene").tag("scenes").summary("Replaces a scene; its id stays."))
                .delete_with(remove, |o| o.id("removeScene").tag("scenes").summary("Removes a scene.")),
        )
        .api_route(
            "/api/scenes/snapshot",
            post_with(snapshot, |o| {
                o.id("snapshotScene").tag("scenes").summary("Makes a scene of the present state.").description(
                    "Of `points`, else of what `select` describes, else of all that is in `space`: everything that can be \
                     written and has a good value. What had to be left out is told with the reason.",
                )
            }),
        )
        .api_route(
            "/api/scenes/{id}/run",
            post_with(run, |o| {
                o.id("runScene").tag("scenes").summary("Runs a scene.").description(
                    "One request of all its writes. Policy decides about each: what it lets through has a receipt, \
                     what a person has to approve becomes a proposal.",
                )
            }),
        )
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<SceneView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<SceneId>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        let scenes = core.world().scenes().filter(|s| after.is_none_or(|a| s.id > a));
        page::cut(scenes.map(|s| views::scene(core, s, &who)), limit, |s| s.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<SceneMark>) -> Result<Json<SceneView>, Problem> {
    who.may(policy::Effect::Read)?;
    view(&api, &who, id).await.map(Json)
}

async fn view(api: &Api, who: &Identity, id: SceneId) -> Result<SceneView, Problem> {
    let who = who.clone();
    let look = move |core: &runtime::Core| core.world().scene(id).map(|s| views::scene(core, s, &who));
    api.handle().read(look).await.map_err(|e| stopped(&e))?.ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::not_found("没有这个场景", "there is no such scene")
}

/// A scene as it shall be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SceneWanted {
    /// What it is called.
    names: Names,
    /// Where it belongs: the id of a space, or a name that only it has; absent for the whole site.
    #[serde(default)]
    space: Option<String>,
    /// What is written, in this order.
    acts: Vec<SceneAct>,
}

impl SceneWanted {
    fn scene(self, id: SceneId, world: &World) -> Result<Scene, Problem> {
        let space = self.space.as_deref().map(|s| named(world, s, "/space")).transpose()?;
        Ok(Scene { id, names: self.names, space, acts: self.acts })
    }
}

async fn create(
    State(api): State<Api>,
    who: Identity,
    Body(wanted): Body<SceneWanted>,
) -> Result<Made<SceneView, 201>, Problem> {
    who.may(policy::Effect::Configure)?;
    let mut ids = api.ids().await;
    let world = api.world().await?;
    let id = ids.next(api.now());
    let scene = wanted.scene(id, &world)?;
    let applied = apply(&api, &who, vec![Change::PutScene(Box::new(scene))]).await?;
    Made::of(applied, view(&api, &who, id)).await
}

async fn replace(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<SceneMark>,
    Body(wanted): Body<SceneWanted>,
) -> Result<Made<SceneView>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    let world = api.world().await?;
    let before = world.scene(id).ok_or_else(unknown)?;
    let scene = wanted.scene(id, &world)?;
    if scene == *before {
        return view(&api, &who, id).await.map(Made::Done);
    }
    let applied = apply(&api, &who, vec![Change::PutScene(Box::new(scene))]).await?;
    Made::of(applied, view(&api, &who, id)).await
}

async fn remove(State(api): State<Api>, who: Identity, Of(id): Of<SceneMark>) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    apply(&api, &who, vec![Change::RemoveScene(id)]).await.map(|applied| Json(applied.changed()))
}

/// The present state of which points becomes a scene.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SnapshotWanted {
    /// What the scene is called.
    names: Names,
    /// Where it belongs: the id of a space, or a name that only it has; absent for the whole site.
    #[serde(default)]
    space: Option<String>,
    /// The points; those that can only be read are passed over.
    #[serde(default)]
    points: Vec<PointId>,
    /// A description of the points.
    #[serde(default)]
    select: Selector,
}

/// A scene that was made of the present state.
#[derive(Debug, Serialize, JsonSchema)]
struct SnapshotTaken {
    /// The scene.
    scene: SceneView,
    /// What could be set but has no value that can be written.
    left_out: Vec<LeftOutView>,
}

/// A point that is no part of a snapshot.
#[derive(Debug, Serialize, JsonSchema)]
struct LeftOutView {
    /// Which.
    point: PointId,
    /// What it is called.
    name: Bilingual,
    /// Why, in words.
    why: Bilingual,
}

async fn snapshot(
    State(api): State<Api>,
    who: Identity,
    Body(wanted): Body<SnapshotWanted>,
) -> Result<Made<SnapshotTaken, 201>, Problem> {
    who.may(policy::Effect::Configure)?;
    let mut ids = api.ids().await;
    let world = api.world().await?;
    let space = wanted.space.as_deref().map(|s| named(&world, s, "/space")).transpose()?;
    let mut select = wanted.select;
    select.points.extend(wanted.points);
    if select.is_empty() {
        select.everything = space.is_none();
        select.spaces.extend(space);
    }
    let (now, viewer) = (api.now(), who.clone());
    let look = move |core: &runtime::Core| {
        let world = core.world();
        let seen = |id: &PointId| world.point(*id).is_some_and(|p| viewer.sees(p));
        let taken = core.snapshot(select.points(world, now).into_iter().filter(seen));
        let left_out = taken.left_out.into_iter().map(|l| {
            let name = world.point_words(l.point);
            LeftOutView { point: l.point, name, why: l.why }
        });
        (taken.acts, left_out.collect::<Vec<_>>())
    };
    let (acts, left_out) = api.handle().read(look).await.map_err(|e| stopped(&e))?;
    if acts.is_empty() {
        let text =
            Bilingual::new("没有可写且当前值可靠的点位", "there is no point that can be set and has a good value");
        return Err(fault("scene.nothing", "", text, None));
    }
    let id = ids.next(now);
    let scene = Scene { id, names: wanted.names, space, acts };
    let applied = apply(&api, &who, vec![Change::PutScene(Box::new(scene))]).await?;
    Made::of(applied, async { Ok(SnapshotTaken { scene: view(&api, &who, id).await?, left_out }) }).await
}

async fn run(State(api): State<Api>, who: Identity, Of(id): Of<SceneMark>) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Actuate)?;
    let event = Event::SceneRun { actor: who.actor(), turn: None, scene: id };
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    changed(&api, outcomes).await.map(Json)
}
