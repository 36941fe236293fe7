//! What devices log in with: the secret, shown once to a person, and the token for HTTP. Never in a list, never to an
//! agent, never in a proposal.

use super::devices::{unknown, view};
use crate::Api;
use crate::auth::{Identity, store_failed};
use crate::configure::{Applied, Made, Once, apply};
use crate::extract::{Args, Body, Of};
use crate::problem::Problem;
use crate::views::DeviceView;
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::extract::State;
use axum::http::StatusCode;
use base::Bilingual;
use base::id::{Device as DeviceMark, DeviceId};
use documents::Change;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::net::SocketAddr;
use store::{Secret, StoreError};
use things::{Access, Device, PointKind, Product, Route, Safety, ThingModel, World};

/// A number that fits what most sensors measure, for the example of a report.
const EXAMPLE_NUMBER: f64 = 21.0;
/// Properties of the example of a report.
const EXAMPLE_PROPERTIES: usize = 3;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/devices/{id}/secret",
            post_with(secret, |o| {
                o.id("showDeviceSecret").tag("devices").summary("Shows the secret of a device, once.").description(
                    "Answered with 409 when somebody has seen it; `rotate=true` makes a new one, and the old one stops \
                     at once.",
                )
            }),
        )
        .api_route(
            "/api/devices/{id}/token",
            post_with(token, |o| {
                o.id("mintDeviceToken")
                    .tag("devices")
                    .summary("Makes the token with which a device posts over HTTP; an older one stops at once.")
            }),
        )
        .api_route(
            "/api/devices/{id}/replace",
            post_with(replace, |o| {
                o.id("replaceDevice").tag("devices").summary("Other hardware takes the place of a device.").description(
                    "Its id, names, place, rules and history stay. The new hardware has a secret of its own, shown \
                     here once; the old one cannot log in any more.",
                )
            }),
        )
}

/// What a device logs in with. The secret is shown this once.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Credential {
    /// The device.
    pub device: DeviceId,
    /// Key of its product.
    pub product_key: String,
    /// Its name within the product.
    pub device_key: String,
    /// What its logins are signed with. It is sealed here and not shown again.
    pub device_secret: String,
    /// Where it logs in by MQTT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mqtt: Option<MqttLogin>,
}

/// How a device logs in by MQTT.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MqttLogin {
    /// The host.
    pub host: String,
    /// The port; without TLS.
    pub port: u16,
    /// The client id; `TIMESTAMP` stands for the present time in milliseconds, larger than at the last login.
    pub client_id: String,
    /// The username.
    pub username: String,
    /// How the password is made, in words.
    pub password: Bilingual,
    /// A line for a shell that logs in as the device and reports an example. It works as often as it is pasted.
    pub line: String,
}

/// The credential of a device, to be shown now.
pub(super) fn shown(api: &Api, world: &World, device: &Device, secret: &Secret) -> Credential {
    let product = world.product(device.product);
    let product_key = product.map(|p| p.key.clone()).unwrap_or_default();
    let mqtt = api
        .broker()
        .and_then(|b| b.bound().tcp)
        .map(|at| mqtt(at, &product_key, &device.key, secret.expose(), product));
    let (device_key, device_secret) = (device.key.clone(), secret.expose().to_owned());
    Credential { device: device.id, product_key, device_key, device_secret, mqtt }
}

fn mqtt(at: SocketAddr, product_key: &str, device_key: &str, secret: &str, product: Option<&Product>) -> MqttLogin {
    // A server that listens everywhere is reached from this machine too.
    let host = if at.ip().is_unspecified() { "127.0.0.1".to_owned() } else { at.ip().to_string() };
    let report = product.map(|p| example(&p.model)).unwrap_or_default();
    let line = access::login::paste_line(&host, at.port(), product_key, device_key, secret, &report);
    let signed = format!("clientId{device_key}deviceName{device_key}productKey{product_key}timestampTIMESTAMP");
    MqttLogin {
        host,
        port: at.port(),
        client_id: format!("{device_key}|securemode=3,signmethod=hmacsha256,timestamp=TIMESTAMP|"),
        username: format!("{device_key}&{product_key}"),
        password: Bilingual::new(
            format!("以设备密钥对“{signed}”做 HMAC-SHA256，取小写十六进制"),
            format!("lower-case hexadecimal HMAC-SHA256, keyed by the device secret, of `{signed}`"),
        ),
        line,
    }
}

/// A report that the model takes.
fn example(model: &ThingModel) -> Json {
    let readable = model.properties.iter().filter(|p| p.access_mode != Access::Write);
    let values: Map<String, Json> = readable
        .filter_map(|p| {
            let value = match PointKind::of_property(p).ok()? {
                PointKind::Bool => json!(1),
                PointKind::Number { min, max, step, .. } => number(min, max, step),
                PointKind::Enum { tokens } => json!(tokens.first()?.code),
                PointKind::Text { .. } => json!("hello"),
                PointKind::Other | PointKind::Service => return None,
            };
            Some((p.identifier.clone(), value))
        })
        .take(EXAMPLE_PROPERTIES)
        .collect();
    Json::Object(values)
}

/// A number that is in the range: the usual one, or the lowest with room above it.
fn number(min: Option<f64>, max: Option<f64>, step: Option<f64>) -> Json {
    let fits = min.is_none_or(|m| m <= EXAMPLE_NUMBER) && max.is_none_or(|m| EXAMPLE_NUMBER <= m);
    let on_step = step.is_none_or(|s| s <= 1.0);
    let value = if fits && on_step { EXAMPLE_NUMBER } else { min.or(max).unwrap_or(EXAMPLE_NUMBER) };
    // Whole numbers are written without a point, as integers have to be.
    if value.fract() == 0.0 { serde_json::from_str(&format!("{value:.0}")).unwrap_or_default() } else { json!(value) }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Showing {
    /// Makes a new secret, whether or not somebody has seen the old one.
    #[serde(default)]
    rotate: bool,
}

async fn secret(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<DeviceMark>,
    Args(wanted): Args<Showing>,
) -> Result<Once<Credential>, Problem> {
    who.must(policy::Effect::Configure, Safety::Comfort)?;
    let _turn = api.ids().await;
    let world = api.world().await?;
    let device = world.device(id).ok_or_else(unknown)?;
    by_itself(device)?;
    let credentials = api.store().credentials();
    let shown_once = if wanted.rotate { None } else { credentials.show(id).await.map(Some).or_else(unseen)? };
    let secret = match shown_once {
        Some(secret) => secret,
        None if wanted.rotate || !has_secret(&api, &world, device).await? => issue(&api, &world, device).await?,
        None => {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "secret.seen",
                "密钥只显示一次，已有人看过；加上 rotate=true 可换新密钥，旧的立即失效",
                "a secret is shown once, and somebody has seen this one; rotate=true makes a new one, and the old one \
                 stops at once",
            ));
        }
    };
    kick(&api, id, wanted.rotate);
    tracing::info!(%id, rotate = wanted.rotate, by = who.name, "the secret of a device was shown");
    Ok(Once(shown(&api, &world, device, &secret)))
}

/// Who is connected with what is no longer good is disconnected.
fn kick(api: &Api, device: DeviceId, other: bool) {
    if let Some(broker) = api.broker().filter(|_| other) {
        broker.kick(device);
    }
}

fn unseen(error: StoreError) -> Result<Option<Secret>, Problem> {
    match error {
        StoreError::NotFound { .. } => Ok(None),
        other => Err(failed(&other)),
    }
}

async fn has_secret(api: &Api, world: &World, device: &Device) -> Result<bool, Problem> {
    let product = world.product(device.product).map(|p| p.key.as_str()).unwrap_or_default();
    let found = api.store().credentials().find(product, &device.key).await.map_err(|e| failed(&e))?;
    Ok(found.is_some_and(|c| c.device == device.id))
}

/// A new secret for a device; the old one stops.
async fn issue(api: &Api, world: &World, device: &Device) -> Result<Secret, Problem> {
    let product = world.product(device.product).map(|p| p.key.as_str()).unwrap_or_default();
    let issued = api.store().credentials().issue(device.id, product, &device.key, api.now()).await;
    issued.map_err(|e| failed(&e))
}

/// Only devices that log in by themselves have credentials.
fn by_itself(device: &Device) -> Result<(), Problem> {
    if device.route == Route::Direct {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::CONFLICT,
        "device.route",
        "该设备不直接登录本服务器，没有自己的凭据",
        "this device does not log in here by itself and has no credentials of its own",
    ))
}

/// The store could not make or read a secret. What a person can mend is said.
pub(super) fn failed(error: &StoreError) -> Problem {
    match error {
        StoreError::Key { fault, .. } => {
            tracing::error!(%error, "secrets cannot be used");
            let text = fault.text();
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.code(), text.zh, text.en)
        }
        StoreError::TooMuch { max, .. } => Problem::new(
            StatusCode::CONFLICT,
            "secret.limit",
            format!("最多 {max}"),
            format!("at most {max} are possible"),
        ),
        other => store_failed(other),
    }
}

/// The token of a device, shown this once.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeviceToken {
    /// The device.
    pub device: DeviceId,
    /// Its text. It is not kept and cannot be shown again.
    pub token: String,
    /// A line for a shell that reports an example.
    pub line: String,
}

async fn token(State(api): State<Api>, who: Identity, Of(id): Of<DeviceMark>) -> Result<Once<DeviceToken>, Problem> {
    who.must(policy::Effect::Configure, Safety::Comfort)?;
    let _turn = api.ids().await;
    let world = api.world().await?;
    let device = world.device(id).ok_or_else(unknown)?;
    by_itself(device)?;
    let token = api.store().credentials().mint_device_token(id, api.now()).await.map_err(|e| failed(&e))?;
    let token = token.expose().to_owned();
    let report = json!({ "params": world.model_of(id).map(example).unwrap_or_default() });
    let address = api.address();
    let line = format!(
        "curl -sS http://{address}/api/device/properties -H 'Authorization: Bearer {token}' \
         -H 'Content-Type: application/json' -d '{report}'"
    );
    tracing::info!(%id, by = who.name, "a device token was minted");
    Ok(Once(DeviceToken { device: id, token, line }))
}

/// The new hardware.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Replacement {
    /// Name with which it logs in; that of the old one when absent.
    #[serde(default)]
    key: Option<String>,
}

/// A device that was registered or replaced, with what it logs in with.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Registered {
    /// The device.
    pub device: DeviceView,
    /// What it logs in with; none where a driver reaches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Credential>,
}

async fn replace(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<DeviceMark>,
    Body(new): Body<Replacement>,
) -> Result<Made<Registered>, Problem> {
    // Its secret is shown at once, so this is a person's.
    who.must(policy::Effect::Configure, Safety::Comfort)?;
    let _turn = api.ids().await;
    let world = api.world().await?;
    let before = world.device(id).ok_or_else(unknown)?;
    by_itself(before)?;
    let device = Device { key: new.key.unwrap_or_else(|| before.key.clone()), ..before.clone() };
    if world.devices().any(|d| d.id != id && d.product == device.product && d.key == device.key) {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "register.key",
            format!("该产品已有设备“{}”", device.key),
            format!("the product already has a device `{}`", device.key),
        ));
    }
    if device != *before {
        let applied = apply(&api, &who, vec![Change::PutDevice(Box::new(device.clone()))]).await?;
        if let Applied::Proposed(changed) = applied {
            return Ok(Made::Proposed(changed));
        }
    }
    // Secret and token of the old hardware go before those of the new one come.
    api.store().credentials().remove(id).await.map_err(|e| failed(&e))?;
    let secret = issue(&api, &world, &device).await?;
    kick(&api, id, true);
    tracing::info!(%id, key = device.key, by = who.name, "the hardware of a device was replaced");
    let credential = Some(shown(&api, &world, &device, &secret));
    Ok(Made::Done(Registered { device: view(&api, &who, id).await?, credential }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_taken_by_their_model() {
        let now = base::Timestamp::from_millis(1_795_262_400_000);
        for (name, model) in things::templates::all() {
            let new = runtime::registration::NewDevice { product: name.into(), ..Default::default() };
            let (changes, devices) =
                runtime::registration::register(&World::default(), &[new], now, &mut base::IdGen::new(1)).unwrap();
            let mut doc = things::WorldDoc::default();
            for change in changes {
                match change {
                    Change::PutProduct(product) => doc.products.push(*product),
                    Change::PutDevice(device) => doc.devices.push(*device),
                    other => panic!("{other:?}"),
                }
            }
            let (world, found) = World::build(doc);
            assert_eq!(found, [], "{name}");
            let report = example(model);
            let taken = things::ingest::properties(&world, devices[0], report.as_object().unwrap(), now);
            assert_eq!(taken.faults, [], "{name} {report}");
            let most = model.properties.len().min(EXAMPLE_PROPERTIES);
            assert_eq!(taken.values.len(), most, "{name} {report}");
        }
    }

    #[test]
    fn numbers_are_in_their_range() {
        for (min, max, step, expected) in [
            (None, None, None, json!(21)),
            (Some(0.0), Some(100.0), None, json!(21)),
            (Some(30.0), Some(40.0), None, json!(30)),
            (None, Some(5.5), None, json!(5.5)),
            (Some(0.0), Some(100.0), Some(50.0), json!(0)),
            (Some(-5.0), Some(-1.0), None, json!(-5)),
        ] {
            assert_eq!(number(min, max, step), expected, "{min:?} {max:?} {step:?}");
        }
    }
}
