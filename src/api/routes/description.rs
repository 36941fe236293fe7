//! The description of the API itself.

use crate::{Api, openapi};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::http::{HeaderName, header};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/openapi.json",
        get_with(description, |o| {
            o.id("getDescription")
                .tag("description")
                .summary("This description, OpenAPI 3.1.")
                .response::<200, Json<serde_json::Value>>()
        }),
    )
}

async fn description() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "application/json")], openapi::TEXT)
}
