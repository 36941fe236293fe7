//! The catalogue of rule nodes: what editors, models and documentation know of them.

use crate::Api;
use crate::auth::Identity;
use crate::extract::Args;
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use engine::NodeSpec;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/nodes",
        get_with(list, |o| {
            o.id("listNodes").tag("rules").summary("Kinds of rule nodes: ports, parameters, documentation, examples.")
        }),
    )
}

async fn list(who: Identity, Args(wanted): Args<page::Wanted>) -> Result<Json<Page<NodeSpec>>, Problem> {
    who.may(policy::Effect::Read)?;
    page::of_list(engine::catalogue().into_iter(), &wanted, |n| n.type_.to_owned()).map(Json)
}
