//! Sentences that were pinned as tests: what each shall mean, and whether it still does. Looking at the list runs them.

use super::conversation::{not_begun, space_called};
use crate::Api;
use crate::auth::{Identity, store_failed};
use crate::extract::{Args, Body};
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::NoContent;
use base::{Bilingual, Timestamp};
use policy::Effect;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::pins::PINS_MAX;
use store::{Pin, StoreError};
use things::Safety;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/pins",
            get_with(list, |o| {
                o.id("listPins").tag("conversation").summary("Pinned sentences, each read again: does it still mean what it shall?")
            })
            .post_with(make, |o| {
                o.id("createPin").tag("conversation").summary("Pins a sentence as a test.").description(
                    "What it shall mean is what it means now, or what other words mean now. Nothing is done. A sentence \
                     about times is read as it was on the day on which it was pinned.",
                )
            }),
        )
        .api_route(
            "/api/pins/{id}",
            delete_with(remove, |o| o.id("removePin").tag("conversation").summary("Removes a pinned sentence.")),
        )
}

/// A pinned sentence, read again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PinView {
    /// Its number.
    pub id: i64,
    /// What is said.
    pub text: String,
    /// Whether it still means what it shall.
    pub holds: bool,
    /// What it shall mean.
    pub shall: Vec<Bilingual>,
    /// What it means now.
    pub means: Vec<Bilingual>,
    /// When it was pinned.
    pub created: Timestamp,
    /// By whom.
    pub created_by: String,
}

async fn view(api: &Api, pin: Pin) -> Result<PinView, Problem> {
    let (understood, means) = api.agent().reading(&pin.text, pin.space, Some(pin.created)).await.map_err(not_begun)?;
    let Pin { id, text, meaning, shall, created, created_by, .. } = pin;
    Ok(PinView { id, text, holds: understood.meaning() == meaning, shall, means, created, created_by })
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<PinView>>, Problem> {
    who.may(Effect::Read)?;
    let pins = api.store().pins().list().await.map_err(|e| store_failed(&e))?;
    let mut views = Vec::with_capacity(pins.len());
    for pin in pins {
        views.push(view(&api, pin).await?);
    }
    page::of_list(views.into_iter(), &wanted, |v| v.id.to_string()).map(Json)
}

/// The sentence that is pinned.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPin {
    /// What is said.
    text: String,
    /// Id or name of the room where it is said.
    #[serde(default)]
    area: Option<String>,
    /// Other words that mean what it shall mean; its own when absent.
    #[serde(default)]
    like: Option<String>,
}

async fn make(State(api): State<Api>, who: Identity, Body(wanted): Body<NewPin>) -> Result<Json<PinView>, Problem> {
    who.must(Effect::Propose, Safety::None)?;
    let space = match wanted.area {
        Some(area) => Some(space_called(&api, area).await?),
        None => None,
    };
    let (text, created) = (wanted.text.trim().to_owned(), api.now());
    let like = wanted.like.as_deref().map(str::trim).filter(|l| !l.is_empty()).unwrap_or(&text);
    let (understood, shall) = api.agent().reading(like, space, Some(created)).await.map_err(not_begun)?;
    let mut pin =
        Pin { id: 0, text, space, meaning: understood.meaning(), shall, created, created_by: who.name.clone() };
    pin.id = api.store().pins().make(&pin).await.map_err(|e| failed(&e))?;
    view(&api, pin).await.map(Json)
}

/// Which pinned sentence.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "PinNumber")]
struct Which {
    /// Its number.
    id: i64,
}

async fn remove(State(api): State<Api>, who: Identity, Path(which): Path<Which>) -> Result<NoContent, Problem> {
    who.must(Effect::Propose, Safety::None)?;
    api.store().pins().remove(which.id).await.map_err(|e| failed(&e))?;
    Ok(NoContent)
}

fn failed(error: &StoreError) -> Problem {
    match error {
        StoreError::NotFound { .. } => Problem::not_found("没有这条固定的句子", "there is no such pinned sentence"),
        StoreError::TooMuch { .. } => Problem::new(
            StatusCode::CONFLICT,
            "pin.limit",
            format!("最多固定 {PINS_MAX} 句话，每句的含义也有大小限制"),
            format!("at most {PINS_MAX} sentences are pinned, and what one means has a largest size"),
        ),
        other => store_failed(other),
    }
}
