//! Spaces: site, buildings, floors, rooms, zones.

use super::stopped;
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::views::{self, SpaceView};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use base::id::{Space, SpaceId};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route("/api/spaces", get_with(list, |o| o.id("listSpaces").tag("spaces").summary("Spaces, by id.")))
        .api_route("/api/spaces/{id}", get_with(one, |o| o.id("getSpace").tag("spaces").summary("One space.")))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// How many, 1 to 500.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<Wanted>,
) -> Result<Json<Page<SpaceView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<SpaceId>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        let spaces = core.world().spaces().filter(|s| after.is_none_or(|a| s.id > a)).map(views::space);
        page::cut(spaces, limit, |s| s.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<Space>) -> Result<Json<SpaceView>, Problem> {
    who.may(policy::Effect::Read)?;
    let found =
        api.handle().read(move |core| core.world().space(id).map(views::space)).await.map_err(|e| stopped(&e))?;
    found.map(Json).ok_or_else(|| Problem::not_found("没有这个空间", "there is no such space"))
}
