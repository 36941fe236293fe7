//! The simulated building by hand: what a sensor measures, how a device misbehaves. Only where devices are simulated,
//! and only for the owner.

use super::stopped;
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Body, Of};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use axum::response::NoContent;
use base::Value;
use base::id::{Device, DeviceId, Point};
use drivers::simulated::Fault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/simulation",
            get_with(state, |o| {
                o.id("getSimulation")
                    .tag("simulation")
                    .summary("Whether devices are simulated, how fast time goes, and which devices misbehave.")
            }),
        )
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

/// The simulated building.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Simulated {
    /// Whether there are simulated devices.
    simulated: bool,
    /// How many times as fast as the machine's clock time goes.
    speed: u32,
    /// The present time of the building.
    now: base::Timestamp,
    /// The devices that misbehave since somebody wanted it.
    faults: Vec<Misbehaving>,
}

/// A device that misbehaves.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Misbehaving {
    /// Which.
    device: DeviceId,
    /// How.
    fault: Fault,
}

async fn state(State(api): State<Api>, who: Identity) -> Result<Json<Simulated>, Problem> {
    who.may(policy::Effect::Read)?;
    let faults = api.handle().faults().await.map_err(|e| stopped(&e))?;
    let faults = faults.into_iter().map(|(device, fault)| Misbehaving { device, fault }).collect();
    let (speed, now) = (api.handle().speed(), api.now());
    Ok(Json(Simulated { simulated: api.simulated(), speed, now, faults }))
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
    let look = move |core: &runtime::Core| {
        let world = core.world();
        world.device(id).map(|_| world.points_of(id).any(|p| p.is("opening")))
    };
    let Some(valve) = api.handle().read(look).await.map_err(|e| stopped(&e))? else {
        return Err(Problem::not_found("没有这个设备", "there is no such device"));
    };
    if wanted.fault == Fault::Leaking && !valve {
        return Err(Problem::unprocessable("fault.misfit", "只有阀门会漏水", "only a valve can leak"));
    }
    api.handle().fault(id, wanted.fault).await.map(|()| NoContent).map_err(|e| stopped(&e))
}
