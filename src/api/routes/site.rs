//! The site: what it is called, its time zone, where on Earth it is, and which days people work there.

use crate::Api;
use crate::auth::Identity;
use crate::configure::{Made, apply};
use crate::extract::Body;
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use documents::Change;
use things::Site;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/site",
        get_with(one, |o| o.id("getSite").tag("spaces").summary("The site: names, time zone, place, calendar."))
            .put_with(replace, |o| {
                o.id("replaceSite").tag("spaces").summary("Changes the site.").description(
                    "Rules by the clock follow its time zone and calendar at once; sunrise and sunset need its place.",
                )
            }),
    )
}

async fn one(State(api): State<Api>, who: Identity) -> Result<Json<Site>, Problem> {
    who.may(policy::Effect::Read)?;
    view(&api).await.map(Json)
}

async fn replace(State(api): State<Api>, who: Identity, Body(site): Body<Site>) -> Result<Made<Site>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    if view(&api).await? == site {
        return Ok(Made::Done(site));
    }
    let applied = apply(&api, &who, vec![Change::PutSite(Box::new(site))]).await?;
    Made::of(applied, view(&api)).await
}

async fn view(api: &Api) -> Result<Site, Problem> {
    api.world().await.map(|world| world.site().clone())
}
