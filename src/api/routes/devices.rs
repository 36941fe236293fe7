//! Devices: what there is and whether it can be reached; changing, removing and restoring them. Registering new ones is
//! in `registration`, what they log in with in `credentials`.

use super::{Changed, spaces, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::configure::{Made, apply, given};
use crate::extract::{Args, Body, Of};
use crate::limits::PLACEMENTS_MAX;
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::views::{self, DeviceView, RuleView};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use base::Timestamp;
use base::id::{Device as DeviceMark, DeviceId, SpaceId};
use documents::Change;
use runtime::core::configure::RESTORE_WINDOW;
use runtime::core::occurrence::Occurrence;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use things::{Device, Names, Placement};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route("/api/devices", get_with(list, |o| o.id("listDevices").tag("devices").summary("Devices, by id.")))
        .api_route(
            "/api/devices/removed",
            get_with(removed, |o| {
                o.id("listRemovedDevices").tag("devices").summary("Devices that can be restored, newest first.")
            }),
        )
        .api_route(
            "/api/devices/{id}",
            get_with(one, |o| o.id("getDevice").tag("devices").summary("One device."))
                .patch_with(change, |o| {
                    o.id("changeDevice").tag("devices").summary("Changes what is named, and no more.").description(
                        "A disabled device is neither read nor written, and cannot log in.",
                    )
                })
                .delete_with(remove, |o| {
                    o.id("removeDevice").tag("devices").summary("Removes a device; it can be restored for a day.").description(
                        "Refused with 409 while rules use it, unless `force` is true. Its credentials stop at once.",
                    )
                }),
        )
        .api_route(
            "/api/devices/{id}/restore",
            post_with(restore, |o| o.id("restoreDevice").tag("devices").summary("A removed device comes back as it was.")),
        )
        .api_route(
            "/api/devices/{id}/uses",
            get_with(uses, |o| o.id("listDeviceUses").tag("devices").summary("The rules that read or write it.")),
        )
        .api_route(
            "/api/devices/{id}/events",
            get_with(events, |o| {
                o.id("listDeviceEvents").tag("devices").summary("Events of its thing model, newest first.")
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

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<DeviceMark>) -> Result<Json<DeviceView>, Problem> {
    who.may(policy::Effect::Read)?;
    view(&api, &who, id).await.map(Json)
}

/// A device as somebody sees it.
///
/// # Errors
/// When there is none.
pub(super) async fn view(api: &Api, who: &Identity, id: DeviceId) -> Result<DeviceView, Problem> {
    let who = who.clone();
    let look = move |core: &runtime::Core| core.world().device(id).map(|d| views::device(core, d, &who));
    api.handle().read(look).await.map_err(|e| stopped(&e))?.ok_or_else(unknown)
}

pub(super) fn unknown() -> Problem {
    Problem::not_found("没有这个设备", "there is no such device")
}

/// What changes of a device; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeviceChange {
    /// What it is called.
    #[serde(default)]
    names: Option<Names>,
    /// Where it is from now on: the id of a space, or a name that only it has; `null`: in store.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    space: Option<Option<String>>,
    /// Marks for selecting.
    #[serde(default)]
    tags: Option<BTreeSet<String>>,
    /// Whether it is neither read nor written.
    #[serde(default)]
    disabled: Option<bool>,
}

async fn change(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<DeviceMark>,
    Body(wanted): Body<DeviceChange>,
) -> Result<Made<DeviceView>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    let world = api.world().await?;
    let before = world.device(id).ok_or_else(unknown)?;
    let mut device = before.clone();
    if let Some(names) = wanted.names {
        device.names = names;
    }
    if let Some(space) = wanted.space {
        let space = space.as_deref().map(|s| spaces::named(&world, s, "/space")).transpose()?;
        place(&mut device, space, api.now());
    }
    if let Some(tags) = wanted.tags {
        device.tags = tags;
    }
    device.disabled = wanted.disabled.unwrap_or(device.disabled);
    if device == *before {
        return view(&api, &who, id).await.map(Made::Done);
    }
    let applied = apply(&api, &who, vec![Change::PutDevice(Box::new(device))]).await?;
    Made::of(applied, view(&api, &who, id)).await
}

/// Moves a device; where it was before stays known.
fn place(device: &mut Device, space: Option<SpaceId>, now: Timestamp) {
    if device.space() == space {
        return;
    }
    device.placements.push(Placement { space, from: now });
    let most = device.placements.len().saturating_sub(PLACEMENTS_MAX);
    device.placements.drain(..most);
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Removing {
    /// Although rules use it.
    #[serde(default)]
    force: bool,
}

async fn remove(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<DeviceMark>,
    Args(wanted): Args<Removing>,
) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    let change = Change::RemoveDevice { device: id, force: wanted.force };
    apply(&api, &who, vec![change]).await.map(|applied| Json(applied.changed()))
}

async fn restore(State(api): State<Api>, who: Identity, Of(id): Of<DeviceMark>) -> Result<Made<DeviceView>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    let applied = apply(&api, &who, vec![Change::RestoreDevice(id)]).await?;
    Made::of(applied, view(&api, &who, id)).await
}

/// A device that was removed and can come back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RemovedView {
    /// Its id.
    pub id: DeviceId,
    /// Name in topics and imports.
    pub key: String,
    /// Key of its product.
    pub product: String,
    /// What it is called.
    pub names: Names,
    /// When it was removed.
    pub at: Timestamp,
    /// Until when it can be restored.
    pub until: Timestamp,
}

async fn removed(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<RemovedView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let now = api.now();
    let look = move |core: &runtime::Core| {
        let world = core.world();
        let still = core.removed().filter(|r| now - r.at < RESTORE_WINDOW);
        let mut items: Vec<RemovedView> = still
            .map(|r| RemovedView {
                id: r.device.id,
                key: r.device.key.clone(),
                product: world.product(r.device.product).map(|p| p.key.clone()).unwrap_or_default(),
                names: r.device.names.clone(),
                at: r.at,
                until: r.at + RESTORE_WINDOW,
            })
            .collect();
        items.reverse();
        items
    };
    let items = api.handle().read(look).await.map_err(|e| stopped(&e))?;
    page::of_list(items.into_iter(), &wanted, |r| r.id.to_string()).map(Json)
}

async fn uses(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<DeviceMark>,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<RuleView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let look = move |core: &runtime::Core| {
        core.world().device(id)?;
        let rules = core.uses_of(id).into_iter().filter_map(|rule| core.rules().get(&rule));
        Some(rules.map(|saved| views::rule(core.world(), saved)).collect::<Vec<_>>())
    };
    let items = api.handle().read(look).await.map_err(|e| stopped(&e))?.ok_or_else(unknown)?;
    page::of_list(items.into_iter(), &wanted, |r| r.id.to_string()).map(Json)
}

async fn events(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<DeviceMark>,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<Occurrence>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<page::Place>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        core.world().device(id)?;
        let told = core.occurrences().rev().filter(|o| o.device == id);
        Some(page::cut_newest(told, after, limit, |o| o.at))
    };
    api.handle().read(look).await.map_err(|e| stopped(&e))?.map(Json).ok_or_else(unknown)
}
