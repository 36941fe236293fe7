//! Scenes: what several points shall be, together. Making one is a change of what exists; running one is a request like
//! any other, with a receipt for each write.

use super::spaces::named;
use super::{Changed, changed, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::configure::{Made, apply};
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::views::{self, SceneView};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use base::Bilingual;
use base::id::{Scene as SceneMark, SceneId};
use documents::{Act, Change, Event};
use schemars::JsonSchema;
use serde::Deserialize;
use things::{Names, Scene, SceneAct, World};

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

async fn run(State(api): State<Api>, who: Identity, Of(id): Of<SceneMark>) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Actuate)?;
    let world = api.world().await?;
    let mut acts = Act::of_scene(world.scene(id).ok_or_else(unknown)?, &world);
    acts.retain(|act| world.point(act.point).is_none_or(|p| who.sees(p)));
    if acts.is_empty() {
        let why = Bilingual::new("该场景的点位均不对你开放", "none of the points of this scene is open to you");
        return Err(Problem::forbidden("policy.denied", why));
    }
    let event = Event::Request { actor: who.actor(), turn: None, acts };
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    changed(&api, outcomes).await.map(Json)
}
