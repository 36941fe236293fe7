//! Points: present values, why they are so, and writing one by hand.

use super::{Changed, changed, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::views::{self, PointView};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use base::Value;
use base::id::{DeviceId, Point, PointId};
use documents::{Act, Event, Setting};
use runtime::why::Chain;
use schemars::JsonSchema;
use serde::Deserialize;
use things::PointKind;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/points",
            get_with(list, |o| o.id("listPoints").tag("points").summary("Points with their present values, by id.")),
        )
        .api_route("/api/points/{id}", get_with(one, |o| o.id("getPoint").tag("points").summary("One point.")))
        .api_route(
            "/api/points/{id}/why",
            get_with(why, |o| o.id("explainPoint").tag("points").summary("Why a point is as it is.")),
        )
        .api_route(
            "/api/points/{id}/command",
            post_with(command, |o| {
                o.id("commandPoint").tag("points").summary("Sets a point, or calls a service.").description(
                    "Answers when the device has reported or its time is over; the receipts say how far it came. Where \
                     policy asks a person first, a proposal comes back instead.",
                )
            }),
        )
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// How many, 1 to 500.
    #[schemars(range(min = 1, max = crate::limits::PAGE_MAX))]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those of this device.
    device: Option<DeviceId>,
    /// Only those with this trait: `brightness`.
    #[serde(rename = "trait")]
    trait_: Option<String>,
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<Wanted>,
) -> Result<Json<Page<PointView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<PointId>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        let points = core
            .world()
            .points()
            .filter(|p| after.is_none_or(|a| p.id > a) && who.sees(p))
            .filter(|p| wanted.device.is_none_or(|d| p.device == d))
            .filter(|p| wanted.trait_.as_deref().is_none_or(|t| p.is(t)))
            .map(|p| views::point(core, p));
        page::cut(points, limit, |p| p.spec.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

fn unknown() -> Problem {
    Problem::not_found("没有这个点位", "there is no such point")
}

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<Point>) -> Result<Json<PointView>, Problem> {
    who.may(policy::Effect::Read)?;
    let look =
        move |core: &runtime::Core| core.world().point(id).filter(|p| who.sees(p)).map(|p| views::point(core, p));
    api.handle().read(look).await.map_err(|e| stopped(&e))?.map(Json).ok_or_else(unknown)
}

async fn why(State(api): State<Api>, who: Identity, Of(id): Of<Point>) -> Result<Json<Chain>, Problem> {
    who.may(policy::Effect::Read)?;
    let look = move |core: &runtime::Core| {
        let world = core.world();
        let mut chain = world.point(id).filter(|p| who.sees(p)).and_then(|_| core.why(id))?;
        // What is hidden keeps its place in the trail to itself.
        chain.trail.retain(|link| link.point.and_then(|p| world.point(p)).is_none_or(|p| who.sees(p)));
        Some(chain)
    };
    api.handle().read(look).await.map_err(|e| stopped(&e))?.map(Json).ok_or_else(unknown)
}

/// What a point shall become.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PointWish")]
struct Wish {
    /// The value in the point's own unit, or the arguments of a service.
    value: serde_json::Value,
}

async fn command(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<Point>,
    Body(wish): Body<Wish>,
) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Actuate)?;
    let value = Value::from_json(&wish.value).ok_or_else(|| {
        Problem::unprocessable(
            "value.shape",
            "值无效：不能为空，也不能过长或过深",
            "the value is null, too long or too deep",
        )
    })?;
    let actor = who.actor();
    let look = move |core: &runtime::Core| {
        core.world().point(id).filter(|p| who.sees(p)).map(|p| p.kind == PointKind::Service)
    };
    let service = api.handle().read(look).await.map_err(|e| stopped(&e))?.ok_or_else(unknown)?;
    let setting = if service { Setting::Call(value) } else { Setting::To(value) };
    let acts = vec![Act { point: id, setting }];
    let outcomes = api.handle().apply(Event::Request { actor, turn: None, acts }).await.map_err(|e| stopped(&e))?;
    changed(&api, outcomes).await.map(Json)
}
