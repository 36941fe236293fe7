//! Lists: what is to be bought, what is to be done, and whatever else people write down.

use super::{denied, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base::id::{List as ListMark, ListId};
use documents::{Event, List, ListChange, Outcome};
use runtime::Core;
use schemars::JsonSchema;
use serde::Deserialize;
use things::Names;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/lists",
            get_with(all, |o| o.id("listLists").tag("lists").summary("Lists with what stands on them, by id."))
                .post_with(create, |o| o.id("createList").tag("lists").summary("Makes a list.").response::<201, Json<List>>()),
        )
        .api_route(
            "/api/lists/{id}",
            get_with(one, |o| o.id("getList").tag("lists").summary("One list."))
                .delete_with(remove, |o| o.id("removeList").tag("lists").summary("Removes a list.").response::<204, ()>()),
        )
        .api_route(
            "/api/lists/{id}/change",
            post_with(change, |o| {
                o.id("changeList").tag("lists").summary("Writes down, ticks off or takes off.").description(
                    "`{\"add\": [..]}`, `{\"complete\": [..]}`, `{\"reopen\": [..]}`, `{\"drop\": [..]}`, `\"tidy\"` for what is \
                     done, `\"empty\"` for everything, `{\"put\": names}` for another name.",
                )
            }),
        )
}

async fn all(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<List>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<ListId>(wanted.cursor.as_deref())?);
    let look = move |core: &Core| {
        let lists = core.lists().filter(|l| after.is_none_or(|last| l.id > last));
        page::cut(lists.cloned(), limit, |l| l.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<ListMark>) -> Result<Json<List>, Problem> {
    who.may(policy::Effect::Read)?;
    api.handle().read(move |core| core.list(id).cloned()).await.map_err(|e| stopped(&e))?.map(Json).ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::not_found("没有这个清单", "there is no such list")
}

/// A list as it shall be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListWanted {
    /// What it is called.
    names: Names,
}

async fn create(
    State(api): State<Api>,
    who: Identity,
    Body(wanted): Body<ListWanted>,
) -> Result<(StatusCode, Json<List>), Problem> {
    who.may(policy::Effect::Actuate)?;
    let mut ids = api.ids().await;
    let id = ids.next(api.now());
    applied(&api, &who, id, ListChange::Put(wanted.names)).await.map(|list| (StatusCode::CREATED, list))
}

async fn change(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ListMark>,
    Body(change): Body<ListChange>,
) -> Result<Json<List>, Problem> {
    who.may(policy::Effect::Actuate)?;
    if api.handle().read(move |core| core.list(id).is_none()).await.map_err(|e| stopped(&e))? {
        return Err(unknown());
    }
    applied(&api, &who, id, change).await
}

async fn remove(State(api): State<Api>, who: Identity, Of(id): Of<ListMark>) -> Result<StatusCode, Problem> {
    who.may(policy::Effect::Actuate)?;
    if api.handle().read(move |core| core.list(id).is_none()).await.map_err(|e| stopped(&e))? {
        return Err(unknown());
    }
    let event = Event::ListChange { actor: who.actor(), turn: None, list: id, change: ListChange::Remove };
    for outcome in api.handle().apply(event).await.map_err(|e| stopped(&e))? {
        if let Outcome::Denied(denial) = outcome {
            return Err(denied(denial));
        }
    }
    api.acknowledged().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn applied(api: &Api, who: &Identity, list: ListId, change: ListChange) -> Result<Json<List>, Problem> {
    let event = Event::ListChange { actor: who.actor(), turn: None, list, change };
    let mut found = None;
    for outcome in api.handle().apply(event).await.map_err(|e| stopped(&e))? {
        match outcome {
            Outcome::List(list) => found = Some(*list),
            Outcome::Denied(denial) => return Err(denied(denial)),
            _ => {}
        }
    }
    api.acknowledged().await?;
    found.map(Json).ok_or_else(unknown)
}
