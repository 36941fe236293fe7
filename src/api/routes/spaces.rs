//! Spaces: site, buildings, floors, rooms, zones.

use super::{Changed, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::configure::{Made, apply, fault, given, nearest};
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::views::{self, SpaceView};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use base::Bilingual;
use base::id::{Space as SpaceMark, SpaceId};
use documents::Change;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;
use things::{Corner, Names, Space, SpaceKind, World};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/spaces",
            get_with(list, |o| o.id("listSpaces").tag("spaces").summary("Spaces, by id."))
                .post_with(create, |o| o.id("createSpace").tag("spaces").summary("Adds a space, such as a room.")),
        )
        .api_route(
            "/api/spaces/{id}",
            get_with(one, |o| o.id("getSpace").tag("spaces").summary("One space."))
                .patch_with(change, |o| {
                    o.id("changeSpace").tag("spaces").summary("Changes what is named, and no more.")
                })
                .delete_with(remove, |o| {
                    o.id("removeSpace").tag("spaces").summary("Removes a space that nothing is in.")
                }),
        )
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<SpaceView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<SpaceId>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        let spaces = core.world().spaces().filter(|s| after.is_none_or(|a| s.id > a)).map(views::space);
        page::cut(spaces, limit, |s| s.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<SpaceMark>) -> Result<Json<SpaceView>, Problem> {
    who.may(policy::Effect::Read)?;
    view(&api, id).await.map(Json)
}

async fn view(api: &Api, id: SpaceId) -> Result<SpaceView, Problem> {
    let found =
        api.handle().read(move |core| core.world().space(id).map(views::space)).await.map_err(|e| stopped(&e))?;
    found.ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::not_found("没有这个空间", "there is no such space")
}

/// A space to add.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewSpace {
    /// What kind.
    kind: SpaceKind,
    /// What it is called.
    names: Names,
    /// The space it is part of: its id, or a name that only it has.
    #[serde(default)]
    parent: Option<String>,
    /// What such a room is for: `meeting_room`.
    #[serde(default)]
    tags: BTreeSet<String>,
    /// Its walls on the plan of its floor, corner by corner.
    #[serde(default)]
    outline: Vec<Corner>,
}

async fn create(
    State(api): State<Api>,
    who: Identity,
    Body(wanted): Body<NewSpace>,
) -> Result<Made<SpaceView, 201>, Problem> {
    who.may(policy::Effect::Configure)?;
    let mut ids = api.ids().await;
    let world = api.world().await?;
    let parent = wanted.parent.as_deref().map(|p| named(&world, p, "/parent")).transpose()?;
    let id = ids.next(api.now());
    let space =
        Space { id, kind: wanted.kind, names: wanted.names, parent, tags: wanted.tags, outline: wanted.outline };
    let applied = apply(&api, &who, vec![Change::PutSpace(Box::new(space))]).await?;
    Made::of(applied, view(&api, id)).await
}

/// What changes of a space; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SpaceChange {
    /// What kind.
    #[serde(default)]
    kind: Option<SpaceKind>,
    /// What it is called.
    #[serde(default)]
    names: Option<Names>,
    /// The space it is part of: its id, or a name that only it has; `null`: of none.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    parent: Option<Option<String>>,
    /// What such a room is for.
    #[serde(default)]
    tags: Option<BTreeSet<String>>,
    /// Its walls on the plan of its floor, corner by corner; `[]`: none.
    #[serde(default)]
    outline: Option<Vec<Corner>>,
}

async fn change(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<SpaceMark>,
    Body(wanted): Body<SpaceChange>,
) -> Result<Made<SpaceView>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    let world = api.world().await?;
    let before = world.space(id).ok_or_else(unknown)?;
    let mut space = before.clone();
    space.kind = wanted.kind.unwrap_or(space.kind);
    if let Some(names) = wanted.names {
        space.names = names;
    }
    if let Some(parent) = wanted.parent {
        space.parent = parent.as_deref().map(|p| named(&world, p, "/parent")).transpose()?;
    }
    if let Some(tags) = wanted.tags {
        space.tags = tags;
    }
    if let Some(outline) = wanted.outline {
        space.outline = outline;
    }
    if space == *before {
        return view(&api, id).await.map(Made::Done);
    }
    let applied = apply(&api, &who, vec![Change::PutSpace(Box::new(space))]).await?;
    Made::of(applied, view(&api, id)).await
}

async fn remove(State(api): State<Api>, who: Identity, Of(id): Of<SpaceMark>) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    apply(&api, &who, vec![Change::RemoveSpace(id)]).await.map(|applied| Json(applied.changed()))
}

/// The space that a field names.
///
/// # Errors
/// When none or several have the name.
pub(super) fn named(world: &World, written: &str, path: &str) -> Result<SpaceId, Problem> {
    find(world, written).map_err(|(message, help)| fault("space.unknown", path, message, help))
}

/// The space with this id, this name, or this path of names (`Floor 2/Meeting room`).
///
/// # Errors
/// What is wrong, and what may help.
pub(crate) fn find(world: &World, written: &str) -> Result<SpaceId, (Bilingual, Option<Bilingual>)> {
    let written = written.trim();
    if let Ok(id) = SpaceId::parse(written)
        && world.space(id).is_some()
    {
        return Ok(id);
    }
    let whole = [written];
    let path: Vec<&str> = written.split('/').map(str::trim).collect();
    for names in [whole.as_slice(), path.as_slice()] {
        let found: Vec<SpaceId> = world.spaces().filter(|s| is_at(world, s.id, names)).map(|s| s.id).collect();
        match found[..] {
            [] => {}
            [id] => return Ok(id),
            _ => {
                return Err((
                    Bilingual::new(
                        format!("有 {} 个空间叫“{written}”", found.len()),
                        format!("{} spaces are called “{written}”", found.len()),
                    ),
                    Some(Bilingual::new(
                        "写上它所在的空间，如“二层/会议室”，或用空间的 id",
                        "name what it is part of too, as in `Floor 2/Meeting room`, or give its id",
                    )),
                ));
            }
        }
    }
    let near = nearest(written, world.spaces().flat_map(|s| s.names.all()));
    Err((Bilingual::new(format!("没有空间“{written}”"), format!("there is no space “{written}”")), near))
}

/// Whether a space has the last of these names, and what it is part of the ones before, from the inside out.
fn is_at(world: &World, space: SpaceId, names: &[&str]) -> bool {
    let Some((last, outer)) = names.split_last() else { return true };
    let called = |id: SpaceId, name: &str| {
        world.space(id).is_some_and(|s| s.names.all().any(|n| n.to_lowercase() == name.to_lowercase()))
    };
    called(space, last)
        && (outer.is_empty() || world.path_of(space).into_iter().skip(1).any(|above| is_at(world, above, outer)))
}
