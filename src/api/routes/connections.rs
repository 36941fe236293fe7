//! Connections: buses, brokers and gateways behind which devices are. A password goes in and never out: it is sealed in
//! the store before the connection is there, and stands in no answer, proposal or log.

use super::credentials::failed;
use super::{Changed, devices, spaces, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::configure::{Applied, Made, apply, fault, invalid, nearest};
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::views::DeviceView;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base::Bilingual;
use base::id::{Connection as ConnectionMark, ConnectionId};
use documents::Change;
use drivers::{Candidate, registry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::Secret;
use things::{Connection, Device, Names, Placement, Route, Safety, World};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/connections",
            get_with(list, |o| {
                o.id("listConnections").tag("connections").summary("Connections, by id; never their passwords.")
            })
            .post_with(create, |o| {
                o.id("createConnection").tag("connections").summary("Opens a connection to a bus, broker or gateway.")
            }),
        )
        .api_route(
            "/api/connections/{id}",
            get_with(one, |o| o.id("getConnection").tag("connections").summary("One connection."))
                .put_with(change, |o| {
                    o.id("changeConnection")
                        .tag("connections")
                        .summary("Replaces what a connection is; it is opened anew.")
                })
                .delete_with(remove, |o| {
                    o.id("removeConnection")
                        .tag("connections")
                        .summary("Removes a connection that no device is behind.")
                }),
        )
        .api_route(
            "/api/connections/{id}/found",
            get_with(found, |o| {
                o.id("listFound").tag("connections").summary("Devices that its driver found and nobody registered.")
            }),
        )
        .api_route(
            "/api/connections/{id}/found/{key}/adopt",
            post_with(adopt, |o| {
                o.id("adoptFound").tag("connections").summary("Registers a device that was found, as it was described.")
            }),
        )
}

/// A connection; never its password.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConnectionView {
    /// Its id.
    pub id: ConnectionId,
    /// Name of its driver.
    pub driver: String,
    /// What it is called.
    pub names: Names,
    /// Its configuration, as the driver's schema says.
    #[schemars(with = "Map<String, Value>")]
    pub config: Map<String, Value>,
    /// A disabled connection is closed.
    pub disabled: bool,
    /// Whether a password is kept for it.
    pub has_password: bool,
    /// How many devices are behind it.
    pub devices: usize,
}

async fn view(api: &Api, world: &World, connection: &Connection) -> Result<ConnectionView, Problem> {
    let Connection { id, driver, names, config, disabled } = connection.clone();
    let has_password = api.store().credentials().connection_password(id).await.map_err(|e| failed(&e))?.is_some();
    let devices = world.devices().filter(|d| d.route == Route::Via(id)).count();
    Ok(ConnectionView { id, driver, names, config, disabled, has_password, devices })
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<ConnectionView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<ConnectionId>(wanted.cursor.as_deref())?);
    let world = api.world().await?;
    let page = page::cut(world.connections().filter(|c| after.is_none_or(|a| c.id > a)), limit, |c| c.id);
    let mut items = Vec::with_capacity(page.items.len());
    for connection in page.items {
        items.push(view(&api, &world, connection).await?);
    }
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

async fn one(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ConnectionMark>,
) -> Result<Json<ConnectionView>, Problem> {
    who.may(policy::Effect::Read)?;
    detail(&api, id).await.map(Json)
}

async fn detail(api: &Api, id: ConnectionId) -> Result<ConnectionView, Problem> {
    let world = api.world().await?;
    view(api, &world, world.connection(id).ok_or_else(unknown)?).await
}

fn unknown() -> Problem {
    Problem::not_found("没有这个连接", "there is no such connection")
}

/// What a connection shall be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConnectionWish")]
struct Wish {
    /// Name of its driver, as `/api/drivers` lists them.
    driver: String,
    /// What it is called.
    names: Names,
    /// Its configuration, as the driver's schema says.
    #[serde(default)]
    #[schemars(with = "Map<String, Value>")]
    config: Map<String, Value>,
    /// Whether it is closed.
    #[serde(default)]
    disabled: bool,
    /// Its password; sealed, and never given back. The one that is kept stays when this is absent, and goes when it is
    /// empty.
    #[serde(default)]
    password: Option<String>,
}

/// A password that was written, which only who may change connections at once may send: in a proposal it would be lost.
fn password(who: &Identity, wish: &Wish) -> Result<Option<Secret>, Problem> {
    let Some(text) = &wish.password else { return Ok(None) };
    who.must(policy::Effect::Configure, Safety::Comfort)?;
    let most = store::credentials::PASSWORD_BYTES_MAX;
    if text.len() > most {
        let long = Bilingual::new(format!("密码最多 {most} 字节"), format!("a password has at most {most} bytes"));
        return Err(fault("connection.password", "/password", long, None));
    }
    Ok(Some(Secret::new(text.clone())))
}

/// Looks whether the driver takes the configuration; all faults at once.
fn check(world: &World, wish: &Wish) -> Result<(), Problem> {
    let Some(driver) = registry::by_name(&wish.driver) else {
        let none =
            Bilingual::new(format!("没有驱动“{}”", wish.driver), format!("there is no driver `{}`", wish.driver));
        let help = nearest(&wish.driver, registry::DRIVERS.iter().map(|d| d.name));
        return Err(fault("connection.driver", "/driver", none, help));
    };
    let found = (driver.check)(&wish.config, world);
    if base::diagnostic::has_errors(&found) {
        let what = Bilingual::new("连接的配置有错误，未采用", "the configuration has errors and is not used");
        return Err(invalid("connection.config", "/config", what, found));
    }
    Ok(())
}

/// Seals a password, or forgets the one that is kept when the new one is empty.
async fn keep(api: &Api, id: ConnectionId, password: Option<&Secret>) -> Result<(), Problem> {
    let credentials = api.store().credentials();
    match password {
        Some(password) if !password.expose().is_empty() => credentials.put_connection_password(id, password).await,
        Some(_) | None => credentials.remove_connection_password(id).await,
    }
    .map_err(|e| failed(&e))
}

async fn create(
    State(api): State<Api>,
    who: Identity,
    Body(wish): Body<Wish>,
) -> Result<Made<ConnectionView, 201>, Problem> {
    who.may(policy::Effect::Configure)?;
    let mut ids = api.ids().await;
    let world = api.world().await?;
    let password = password(&who, &wish)?;
    check(&world, &wish)?;
    let id = ids.next(api.now());
    if password.is_some() {
        keep(&api, id, password.as_ref()).await?;
    }
    let Wish { driver, names, config, disabled, .. } = wish;
    let connection = Connection { id, driver, names, config, disabled };
    match apply(&api, &who, vec![Change::PutConnection(Box::new(connection))]).await {
        Ok(applied) => Made::of(applied, detail(&api, id)).await,
        Err(problem) => {
            keep(&api, id, None).await?;
            Err(problem)
        }
    }
}

async fn change(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ConnectionMark>,
    Body(wish): Body<Wish>,
) -> Result<Made<ConnectionView>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    let world = api.world().await?;
    let before = world.connection(id).ok_or_else(unknown)?;
    let password = password(&who, &wish)?;
    check(&world, &wish)?;
    let kept = api.store().credentials().connection_password(id).await.map_err(|e| failed(&e))?;
    if password.is_some() {
        keep(&api, id, password.as_ref()).await?;
    }
    let Wish { driver, names, config, disabled, .. } = wish;
    let connection = Connection { id, driver, names, config, disabled };
    if connection == *before {
        if password.is_some() {
            // Only the password differs: the driver has to log in with it.
            api.handle().reconnect(id).await.map_err(|e| stopped(&e))?;
        }
        return detail(&api, id).await.map(Made::Done);
    }
    match apply(&api, &who, vec![Change::PutConnection(Box::new(connection))]).await {
        Ok(applied) => Made::of(applied, detail(&api, id)).await,
        Err(problem) => {
            if password.is_some() {
                keep(&api, id, kept.as_ref()).await?;
            }
            Err(problem)
        }
    }
}

async fn remove(State(api): State<Api>, who: Identity, Of(id): Of<ConnectionMark>) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    let applied = apply(&api, &who, vec![Change::RemoveConnection(id)]).await?;
    if let Applied::Done(_) = applied {
        keep(&api, id, None).await?;
    }
    Ok(Json(applied.changed()))
}

async fn found(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ConnectionMark>,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<Candidate>>, Problem> {
    who.may(policy::Effect::Read)?;
    api.world().await?.connection(id).ok_or_else(unknown)?;
    let items = api.handle().found(id).await.map_err(|e| stopped(&e))?;
    page::of_list(items.into_iter(), &wanted, |c| c.key.clone()).map(Json)
}

/// Which of the devices that were found.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "CandidateKey")]
struct Which {
    /// The connection.
    id: ConnectionId,
    /// Key of the candidate.
    key: String,
}

/// What a device that was found becomes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Adoption {
    /// What it is called; as it was described when absent.
    #[serde(default)]
    names: Option<Names>,
    /// Where it is: the id of a space, or a name that only it has.
    #[serde(default)]
    space: Option<String>,
}

async fn adopt(
    State(api): State<Api>,
    who: Identity,
    Path(Which { id, key }): Path<Which>,
    Body(wanted): Body<Adoption>,
) -> Result<Made<DeviceView, 201>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    let world = api.world().await?;
    let connection = world.connection(id).ok_or_else(unknown)?;
    let candidate = api.handle().found(id).await.map_err(|e| stopped(&e))?.into_iter().find(|c| c.key == key);
    let candidate = candidate.ok_or_else(|| Problem::not_found("没有发现这个设备", "no such device was found"))?;
    let adopts = registry::by_name(&connection.driver).and_then(|d| d.adopt);
    let adopts = adopts.ok_or_else(|| Problem::not_found("该驱动不会发现设备", "this driver finds no devices"))?;
    if world.product_by_key(&candidate.product.key).is_some_and(|p| p.id != candidate.product.id) {
        let key = &candidate.product.key;
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "product.taken",
            format!("已有另一个产品“{key}”"),
            format!("there is another product `{key}`"),
        ));
    }
    let space = wanted.space.as_deref().map(|s| spaces::named(&world, s, "/space")).transpose()?;
    let connection = Connection { config: adopts(&connection.config, &candidate), ..connection.clone() };
    let device = Device {
        names: wanted.names.unwrap_or(candidate.device.names),
        placements: space.map(|s| Placement { space: Some(s), from: api.now() }).into_iter().collect(),
        ..candidate.device
    };
    let made = device.id;
    let mut changes = vec![Change::PutDevice(Box::new(device)), Change::PutConnection(Box::new(connection))];
    // A product that exists stays as it is: somebody may have changed it.
    if world.product(candidate.product.id).is_none() {
        changes.insert(0, Change::PutProduct(Box::new(candidate.product)));
    }
    let applied = apply(&api, &who, changes).await?;
    Made::of(applied, devices::view(&api, &who, made)).await
}
