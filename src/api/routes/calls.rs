//! Straight to a device that logs in here: a call with its answer (RRPC), and what it said that was not taken.

use super::devices::unknown;
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use access::{Rejected, RrpcResult};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base::Bilingual;
use base::id::Device as DeviceMark;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use documents::Role;
use documents::signal::Payload;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use things::Safety;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/devices/{id}/rrpc",
            post_with(call, |o| {
                o.id("callDevice").tag("devices").summary("Asks a device and waits for its answer (RRPC).").description(
                    "Past the thing model, so only for people, and only where policy lets them write the most \
                     dangerous point of the device at once. A late answer goes nowhere.",
                )
            }),
        )
        .api_route(
            "/api/devices/{id}/rejected",
            get_with(rejected, |o| {
                o.id("listRejected").tag("devices").summary(
                    "What a device said and was not taken, newest first; the last ones of all devices are kept.",
                )
            }),
        )
}

/// Nothing here logs in by itself.
pub(super) fn off() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "access.off",
        "设备接入未启用",
        "devices cannot log in here: the embedded broker does not run",
    )
}

/// What is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Call {
    /// What the request carries.
    payload: Payload,
    /// A topic of one's own (`/ext/rrpc/{id}/{topic}`); the device's own kind of call when absent.
    #[serde(default)]
    topic: Option<String>,
    /// How long the answer is waited for, from 1000 to 8000 milliseconds; 5000 when absent.
    #[serde(default)]
    timeout_ms: Option<u64>,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Called {
    /// `SUCCESS`, `TIMEOUT`, `OFFLINE`, `HALFCONN` or `UNKNOWN`.
    pub(crate) code: String,
    /// What the device answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) payload: Option<Payload>,
}

async fn call(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<DeviceMark>,
    Body(call): Body<Call>,
) -> Result<Json<Called>, Problem> {
    only_people(&who)?;
    who.must(policy::Effect::Actuate, Safety::None)?;
    let world = api.world().await?;
    world.device(id).ok_or_else(unknown)?;
    let strictest = world.points_of(id).map(|p| p.safety).max().unwrap_or(Safety::None);
    who.must(policy::Effect::Actuate, strictest)?;
    let timeout = call.timeout_ms.map_or(access::RRPC_TIMEOUT, Duration::from_millis);
    if !(access::RRPC_TIMEOUT_MIN..=access::RRPC_TIMEOUT_MAX).contains(&timeout) {
        let (min, max) = (access::RRPC_TIMEOUT_MIN.as_millis(), access::RRPC_TIMEOUT_MAX.as_millis());
        return Err(Problem::unprocessable(
            "rrpc.timeout",
            format!("timeout_ms 须在 {min} 到 {max} 之间"),
            format!("timeout_ms is between {min} and {max}"),
        ));
    }
    let payload = match call.payload {
        Payload::Text(text) => text.into_bytes(),
        Payload::Base64(text) => STANDARD.decode(text).map_err(|_| {
            Problem::unprocessable("rrpc.payload", "载荷不是合法的 base64", "the payload is not valid base64")
        })?,
    };
    let broker = api.broker().ok_or_else(off)?;
    tracing::info!(%id, by = who.name, bytes = payload.len(), "a device is called");
    let result = broker.rrpc(id, call.topic.as_deref(), payload, timeout).await;
    Ok(Json(said(result)))
}

fn said(result: RrpcResult) -> Called {
    let (code, payload) = match result {
        RrpcResult::Success(bytes) => ("SUCCESS", Some(bytes)),
        RrpcResult::Timeout => ("TIMEOUT", None),
        RrpcResult::Offline => ("OFFLINE", None),
        RrpcResult::HalfConn => ("HALFCONN", None),
        RrpcResult::Unknown => ("UNKNOWN", None),
    };
    let payload = payload.map(|bytes| match String::from_utf8(bytes) {
        Ok(text) => Payload::Text(text),
        Err(other) => Payload::Base64(STANDARD.encode(other.into_bytes())),
    });
    Called { code: code.into(), payload }
}

/// Raw payloads pass the thing model by, and with it what is hidden from agents.
fn only_people(who: &Identity) -> Result<(), Problem> {
    if who.role != Role::Agent {
        return Ok(());
    }
    let why = Bilingual::new("代理不能收发原始数据", "an agent neither sends nor sees raw payloads");
    Err(Problem::forbidden("policy.denied", why))
}

async fn rejected(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<DeviceMark>,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<Rejected>>, Problem> {
    who.may(policy::Effect::Read)?;
    only_people(&who)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<page::Place>(wanted.cursor.as_deref())?);
    api.world().await?.device(id).ok_or_else(unknown)?;
    let all = api.broker().map(|b| b.rejected()).unwrap_or_default();
    Ok(Json(page::cut_newest(all.iter().filter(|r| r.device == id), after, limit, |r| r.at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_keep_their_bytes() {
        for (result, code, payload) in [
            (RrpcResult::Success(b"on".to_vec()), "SUCCESS", Some(Payload::Text("on".into()))),
            (RrpcResult::Success(vec![0xff]), "SUCCESS", Some(Payload::Base64("/w==".into()))),
            (RrpcResult::Timeout, "TIMEOUT", None),
            (RrpcResult::Offline, "OFFLINE", None),
            (RrpcResult::HalfConn, "HALFCONN", None),
            (RrpcResult::Unknown, "UNKNOWN", None),
        ] {
            assert_eq!(said(result), Called { code: code.into(), payload });
        }
    }
}
