//! Devices: what there is and whether it can be reached.

use super::stopped;
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::views::{self, DeviceView};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use base::id::{Device, DeviceId, SpaceId};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route("/api/devices", get_with(list, |o| o.id("listDevices").tag("devices").summary("Devices, by id.")))
        .api_route("/api/devices/{id}", get_with(one, |o| o.id("getDevice").tag("devices").summary("One device.")))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// How many, 1 to 500.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those in this space or a part of it.
    space: Option<SpaceId>,
    /// Only those of this kind: `light`.
    kind: Option<String>,
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<Wanted>,
) -> Result<Json<Page<DeviceView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<DeviceId>(wanted.cursor.as_deref())?);
    let now = api.now();
    let look = move |core: &runtime::Core| {
        let world = core.world();
        let devices = world
            .devices()
            .filter(|d| after.is_none_or(|a| d.id > a))
            .filter(|d| wanted.space.is_none_or(|s| world.is_in(d, s, now)))
            .filter(|d| wanted.kind.as_deref().is_none_or(|k| world.kind_of(d.id) == Some(k)))
            .map(|d| views::device(core, d, &who));
        page::cut(devices, limit, |d| d.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<Device>) -> Result<Json<DeviceView>, Problem> {
    who.may(policy::Effect::Read)?;
    let look = move |core: &runtime::Core| core.world().device(id).map(|d| views::device(core, d, &who));
    let found = api.handle().read(look).await.map_err(|e| stopped(&e))?;
    found.map(Json).ok_or_else(|| Problem::not_found("没有这个设备", "there is no such device"))
}
