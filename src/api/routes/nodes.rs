//! The catalogue of rule nodes: what editors, models and documentation know of them.

use crate::Api;
use crate::auth::Identity;
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use engine::NodeSpec;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/nodes",
        get_with(list, |o| {
            o.id("listNodes").tag("rules").summary("Kinds of rule nodes: ports, parameters, documentation, examples.")
        }),
    )
}

/// Every kind of node.
#[derive(Serialize, JsonSchema)]
struct Catalogue {
    /// By type.
    items: Vec<NodeSpec>,
}

async fn list(who: Identity) -> Result<Json<Catalogue>, Problem> {
    who.may(policy::Effect::Read)?;
    Ok(Json(Catalogue { items: engine::catalogue() }))
}
