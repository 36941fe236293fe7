//! The door of devices that speak HTTP: they post properties and events with a token of their own. What is answered
//! with 200 is on the disk.
//!
//! What it is *not*: no door for people. A session, an API token and the control socket open nothing here, and a
//! device's token opens nothing else.

use super::calls::off;
use crate::Api;
use crate::auth;
use crate::extract::Body;
use crate::problem::Problem;
use access::http::{Accepted, Post, PostError};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use aide::operation::OperationInput;
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use base::id::DeviceId;
use base::{Diagnostic, Severity};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use store::credentials::DEVICE_TOKEN_PREFIX;
use things::ingest::Fault;

pub(super) fn routes() -> ApiRouter<Api> {
    let token = "Wants `Authorization: Bearer cdt_…`, the token of the device.";
    ApiRouter::new()
        .api_route(
            "/api/device/properties",
            post_with(properties, move |o| {
                o.id("postProperties")
                    .tag("device")
                    .summary("A device reports properties: an object of them, each bare or as `{value, time}`.")
                    .description(token)
                    .security_requirement_multi([])
            }),
        )
        .api_route(
            "/api/device/events/{identifier}",
            post_with(event, move |o| {
                o.id("postEvent")
                    .tag("device")
                    .summary("A device tells of an event of its model: an object of its output.")
                    .description(token)
                    .security_requirement_multi([])
            }),
        )
}

/// The device that posts, by its token.
struct Poster(DeviceId);

impl OperationInput for Poster {}

impl FromRequestParts<Api> for Poster {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let broker = api.broker().ok_or_else(off)?;
        let token = auth::bearer(&parts.headers)?.filter(|t| t.starts_with(DEVICE_TOKEN_PREFIX)).ok_or_else(nobody)?;
        let device = broker.device_of_token(token).await.map_err(refused)?;
        api.posts().take(device, api.now()).map_err(|wait_s| {
            Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "post.limited",
                "上报过于频繁，请稍后再试",
                "the device posts too often; wait a little",
            )
            .retry_after(wait_s)
        })?;
        Ok(Poster(device))
    }
}

fn nobody() -> Problem {
    Problem::unauthorised(
        "post.token",
        "需要设备令牌：Authorization: Bearer cdt_…",
        "the token of a device is needed: Authorization: Bearer cdt_...",
    )
}

/// What a device posts; the object itself, or as `params` of the envelope that devices use on MQTT.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
struct Posted(#[schemars(with = "Map<String, Value>")] Value);

/// What is said, out of the envelope.
pub(super) fn params(said: &Value) -> &Value {
    const ENVELOPE: &[&str] = &["id", "version", "sys", "params", "method"];
    let whole = said.as_object().filter(|o| o.keys().all(|k| ENVELOPE.contains(&k.as_str())));
    whole.and_then(|o| o.get("params")).filter(|p| p.is_object()).unwrap_or(said)
}

/// Which event.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "EventName")]
struct Which {
    /// Its identifier in the thing model.
    identifier: String,
}

async fn properties(
    State(api): State<Api>,
    Poster(device): Poster,
    Body(posted): Body<Posted>,
) -> Result<Json<Accepted>, Problem> {
    post(&api, device, Post::Properties, &posted).await
}

async fn event(
    State(api): State<Api>,
    Poster(device): Poster,
    Path(which): Path<Which>,
    Body(posted): Body<Posted>,
) -> Result<Json<Accepted>, Problem> {
    post(&api, device, Post::Event(which.identifier), &posted).await
}

async fn post(api: &Api, device: DeviceId, post: Post, posted: &Posted) -> Result<Json<Accepted>, Problem> {
    let broker = api.broker().ok_or_else(off)?;
    broker.post(device, &post, params(&posted.0)).await.map(Json).map_err(refused)
}

fn refused(error: PostError) -> Problem {
    let words = error.words();
    let (status, faults) = match error {
        PostError::Token => return nobody(),
        PostError::Disabled => (StatusCode::FORBIDDEN, Vec::new()),
        PostError::Payload(_, _, faults) => (StatusCode::UNPROCESSABLE_ENTITY, faults),
        PostError::Inlet(_) | PostError::Registry(_) => (StatusCode::SERVICE_UNAVAILABLE, Vec::new()),
    };
    let code = match status {
        StatusCode::FORBIDDEN => "post.disabled",
        StatusCode::UNPROCESSABLE_ENTITY => "post.payload",
        _ => "post.unavailable",
    };
    let problem = Problem::new(status, code, words.zh, words.en).diagnostics(faults.iter().map(finding).collect());
    if status == StatusCode::SERVICE_UNAVAILABLE { problem.retry_after(1) } else { problem }
}

fn finding(fault: &Fault) -> Diagnostic {
    let path = if fault.identifier.is_empty() { String::new() } else { format!("/{}", fault.identifier) };
    let found = Diagnostic::error(fault.code, path, fault.message.clone());
    if fault.severity == Severity::Error { found } else { Diagnostic { severity: fault.severity, ..found } }
}
