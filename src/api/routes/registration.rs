//! Registering devices: one by one, or many from a table, all or those that are right. What they log in with is in the
//! answer, this once.

use super::credentials::{self, Credential, Registered, shown};
use super::{devices, spaces};
use crate::Api;
use crate::auth::Identity;
use crate::configure::{Applied, Made, apply};
use crate::extract::{Args, Body, Csv, Table};
use crate::limits::{FINDINGS_MAX, TABLE_BYTES_MAX};
use crate::problem::{self, Problem};
use crate::table;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::id::DeviceId;
use base::{Bilingual, Diagnostic, Diagnostics};
use documents::Change;
use runtime::registration::{self, NewDevice};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::Identity as Names;
use things::{Device, Route, World};

pub(super) fn routes() -> ApiRouter<Api> {
    let import = ApiRouter::new()
        .api_route(
            "/api/devices/import",
            post_with(import, |o| {
                o.id("importDevices")
                    .tag("devices")
                    .summary("Registers the devices of a table, comma-separated, and shows their secrets, once.")
                    .description(
                        "Columns `product`, `key`, `name_zh`, `name_en`, `space`, `tags`, or their Chinese names; only \
                         `product` is needed. Nothing is done unless every row is right, or `partial` is true. The \
                         path of a finding is `/LINE/COLUMN`; the line of the column names is 1.",
                    )
            }),
        )
        .layer(DefaultBodyLimit::max(TABLE_BYTES_MAX));
    ApiRouter::new()
        .api_route(
            "/api/devices",
            post_with(register, |o| {
                o.id("registerDevice")
                    .tag("devices")
                    .summary("Registers a device and shows what it logs in with, once.")
                    .description(
                        "The product is one that exists here, or a shipped template, which becomes one. For a program \
                         of role `agent` a proposal is made instead; once it is approved, a person has the secret shown.",
                    )
            }),
        )
        .api_route(
            "/api/devices/import/template.csv",
            get_with(template, |o| {
                o.id("getImportTemplate")
                    .tag("devices")
                    .summary("An empty table to fill in, in the language of `Accept-Language`.")
                    .response::<200, Csv>()
            }),
        )
        .merge(import)
}

/// A device to register.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Key of a product that exists here, or name of a shipped template (`room_sensor`), which becomes one.
    product: String,
    /// Name with which the device logs in, unique within its product. Made from the product when absent.
    #[serde(default)]
    key: Option<String>,
    /// What people call it. The product's name and a number when absent.
    #[serde(default)]
    names: things::Names,
    /// Where it is: the id of a space, or a name that only it has.
    #[serde(default)]
    space: Option<String>,
    /// Marks for selecting.
    #[serde(default)]
    tags: BTreeSet<String>,
    /// By which way it is reached; `direct` when absent: it logs in here with credentials of its own.
    #[serde(default)]
    route: Option<Route>,
}

async fn register(
    State(api): State<Api>,
    who: Identity,
    Body(wanted): Body<Wanted>,
) -> Result<Made<Registered, 201>, Problem> {
    who.may(policy::Effect::Configure)?;
    let mut ids = api.ids().await;
    let world = api.world().await?;
    let space = wanted.space.as_deref().map(|s| spaces::named(&world, s, "/space")).transpose()?;
    let Wanted { product, key, names, tags, route, .. } = wanted;
    let new = NewDevice { product, key, names, space, tags, route };
    let registered = registration::register(&world, &[new], api.now(), &mut ids);
    let (changes, made) = registered.map_err(refused)?;
    let applied = apply(&api, &who, changes).await?;
    Made::of(applied, async {
        let Some(id) = made.first().copied() else {
            return Err(Problem::internal("internal", &"a device was registered and has no id"));
        };
        Ok(Registered { device: devices::view(&api, &who, id).await?, credential: first_sight(&api, id).await? })
    })
    .await
}

/// What a registration is refused for; a key that is taken is a conflict.
fn refused(mut found: Diagnostics) -> Problem {
    for d in &mut found {
        d.path = d.path.strip_prefix("/0").unwrap_or(&d.path).to_owned();
    }
    let first = found.first().map_or_else(Bilingual::default, |d| d.message.clone());
    let (status, code) = if found.iter().all(|d| d.code == "register.key") {
        (StatusCode::CONFLICT, "register.key")
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, "register.invalid")
    };
    Problem::new(status, code, first.zh, first.en).diagnostics(found)
}

/// The credential of a device that was just made; none where a driver reaches it.
async fn first_sight(api: &Api, id: DeviceId) -> Result<Option<Credential>, Problem> {
    let world = api.world().await?;
    let Some(device) = world.device(id).filter(|d| d.route == Route::Direct) else { return Ok(None) };
    let secret = api.store().credentials().show(id).await.map_err(|e| credentials::failed(&e))?;
    Ok(Some(shown(api, &world, device, &secret)))
}

async fn template(headers: HeaderMap) -> Response {
    let text = table::template(problem::language_of(&headers));
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"devices.csv\""),
    ];
    (kind, text).into_response()
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Importing {
    /// Registers the rows that are right and names the others.
    #[serde(default)]
    partial: bool,
}

/// Devices that were registered from a table, with what they log in with.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Imported {
    /// In the order of the table.
    pub credentials: Vec<Credential>,
    /// The rows that were left out, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Diagnostics,
}

async fn import(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<Importing>,
    Table(text): Table,
) -> Result<Made<Imported, 201>, Problem> {
    who.may(policy::Effect::Configure)?;
    let mut ids = api.ids().await;
    let world = api.world().await?;
    let (rows, mut faults) = table::read(&text, &world);
    let mut good: Vec<(u64, NewDevice)> = rows;
    let now = api.now();
    // A row that is at fault is taken out and the rest looked at again, so that all faults are named at once.
    let (changes, made) = loop {
        let new: Vec<NewDevice> = good.iter().map(|(_, n)| n.clone()).collect();
        let found = match registration::register(&world, &new, now, &mut ids) {
            Err(found) => table::of_rows(found, &good),
            Ok((changes, made)) => match check(&api, &changes, now).await? {
                found if found.is_empty() => break (changes, made),
                found => table::of_rows(of_devices(found, &changes), &good),
            },
        };
        let bad: BTreeSet<u64> = found.iter().filter_map(|d| table::line_of(&d.path)).collect();
        faults.extend(found);
        let before = good.len();
        good.retain(|(line, _)| !bad.contains(line));
        if good.len() == before {
            // Not of one row: nothing can be done.
            good.clear();
        }
    };
    faults.sort_by_key(|d| table::line_of(&d.path));
    let left_out = faults.len();
    faults.truncate(FINDINGS_MAX);
    if made.is_empty() || (left_out > 0 && !wanted.partial) {
        return Err(no_table(left_out, faults));
    }
    let applied = apply(&api, &who, changes).await?;
    if let Applied::Proposed(changed) = applied {
        return Ok(Made::Proposed(changed));
    }
    tracing::info!(devices = made.len(), left_out, by = who.name, "devices were registered from a table");
    Ok(Made::Done(Imported { credentials: all_secrets(&api, &made).await?, faults }))
}

fn no_table(left_out: usize, faults: Diagnostics) -> Problem {
    let (zh, en) = match left_out {
        0 => ("表格里没有设备，未登记".to_owned(), "the table has no device, so nothing was registered".to_owned()),
        n => (
            format!("表格有 {n} 处错误，未登记任何设备"),
            format!("the table has {n} faults, so nothing was registered"),
        ),
    };
    Problem::unprocessable("import.invalid", zh, en).diagnostics(faults)
}

/// What the core would say to changes.
async fn check(api: &Api, changes: &[Change], now: base::Timestamp) -> Result<Diagnostics, Problem> {
    let changes = changes.to_vec();
    let look = move |core: &runtime::Core| core.check_changes(&changes, now);
    let checked = api.handle().read(look).await.map_err(|e| super::stopped(&e))?;
    Ok(checked.err().map(|denial| denial.diagnostics).unwrap_or_default())
}

/// Findings about changes become findings about devices, in their order: `/changes/4/key` is `/2/key` when the fifth
/// change puts the third device.
fn of_devices(found: Diagnostics, changes: &[Change]) -> Diagnostics {
    let mut devices: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        if matches!(change, Change::PutDevice(_)) {
            devices.insert(at, devices.len());
        }
    }
    let device = |d: &Diagnostic| {
        let (at, rest) = d.path.strip_prefix("/changes/")?.split_once('/')?;
        Some(format!("/{}/{rest}", devices.get(&at.parse().ok()?)?))
    };
    found.into_iter().map(|d| Diagnostic { path: device(&d).unwrap_or_default(), ..d }).collect()
}

/// The secrets of devices that were just made, in one step.
async fn all_secrets(api: &Api, made: &[DeviceId]) -> Result<Vec<Credential>, Problem> {
    let world: std::sync::Arc<World> = api.world().await?;
    let devices: Vec<&Device> = made.iter().filter_map(|id| world.device(*id)).collect();
    let names = devices.iter().map(|d| {
        let product = world.product(d.product).map(|p| p.key.clone()).unwrap_or_default();
        Names::new(d.id, product, d.key.as_str())
    });
    let issued = api.store().credentials().issue_many(names.collect(), api.now()).await;
    let secrets = issued.map_err(|e| credentials::failed(&e))?;
    Ok(devices.iter().zip(&secrets).map(|(device, secret)| shown(api, &world, device, secret)).collect())
}
