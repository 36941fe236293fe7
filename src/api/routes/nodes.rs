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
            o.id("listNodes").tag("rules").summary("Kinds of rule nodes: ports, parameters, documentation, examples.").description(
                "In the schema of the parameters `x-description-zh` stands beside each description and says it in Chinese.",
            )
        }),
    )
}

async fn list(who: Identity, Args(wanted): Args<page::Wanted>) -> Result<Json<Page<NodeSpec>>, Problem> {
    who.may(policy::Effect::Read)?;
    page::of_list(engine::catalogue().into_iter().map(bilingual), &wanted, |n| n.type_.to_owned()).map(Json)
}

/// A kind whose parameters are described in both languages.
fn bilingual(mut kind: NodeSpec) -> NodeSpec {
    let mut params = kind.params.clone().to_value();
    manual::chinese::beside(&mut params);
    if let Ok(params) = params.try_into() {
        kind.params = params;
    }
    kind
}
