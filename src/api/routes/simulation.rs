//! The simulated building by hand: what a sensor measures, how a device misbehaves. Only where devices are simulated,
//! and only for the owner.

use super::stopped;
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Body, Of};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::extract::State;
use axum::response::NoContent;
use base::Value;
use base::id::{Device, Point};
use drivers::simulated::Fault;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/simulation/points/{id}",
            post_with(measure, |o| {
                o.id("simulatePoint").tag("simulation").summary("Lets a simulated device measure a value.")
            }),
        )
        .api_route(
            "/api/simulation/devices/{id}",
            post_with(misbehave, |o| {
                o.id("simulateDevice").tag("simulation").summary("Lets a simulated device misbehave, or behave again.")
            }),
        )
}

/// What is measured.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Measured {
    /// The value in the point's own unit.
    value: serde_json::Value,
}

/// How a device misbehaves.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Misbehaviour {
    /// In which way.
    fault: Fault,
}

fn admitted(api: &Api, who: &Identity) -> Result<(), Problem> {
    who.may(policy::Effect::Administer)?;
    if api.simulated() {
        return Ok(());
    }
    Err(Problem::not_found("这里没有模拟设备", "no device is simulated here"))
}

async fn measure(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<Point>,
    Body(measured): Body<Measured>,
) -> Result<NoContent, Problem> {
    admitted(&api, &who)?;
    let value = Value::from_json(&measured.value).ok_or_else(|| misfit("null"))?;
    let checked = value.clone();
    let look =
        move |core: &runtime::Core| core.world().point(id).map(|p| p.check(&checked).err().map(|m| m.to_string()));
    match api.handle().read(look).await.map_err(|e| stopped(&e))? {
        None => Err(Problem::not_found("没有这个点位", "there is no such point")),
        Some(Some(why)) => Err(misfit(&why)),
        Some(None) => api.handle().measure(id, value).await.map(|()| NoContent).map_err(|e| stopped(&e)),
    }
}

fn misfit(why: &str) -> Problem {
    Problem::unprocessable(
        "value.misfit",
        format!("该点位不接受该值：{why}"),
        format!("the point does not take it: {why}"),
    )
}

async fn misbehave(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<Device>,
    Body(wanted): Body<Misbehaviour>,
) -> Result<NoContent, Problem> {
    admitted(&api, &who)?;
    let known = api.handle().read(move |core| core.world().device(id).is_some()).await.map_err(|e| stopped(&e))?;
    if !known {
        return Err(Problem::not_found("没有这个设备", "there is no such device"));
    }
    api.handle().fault(id, wanted.fault).await.map(|()| NoContent).map_err(|e| stopped(&e))
}
