//! Shipped product templates: thing models of common devices, ready to register.

use crate::Api;
use crate::auth::Identity;
use crate::extract::Args;
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::{Names, templates};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/templates",
        get_with(list, |o| o.id("listTemplates").tag("products").summary("Shipped product templates, by name.")),
    )
}

/// A template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TemplateView {
    /// Its name, to register devices of it: `room_sensor`.
    pub name: String,
    /// What kind of device: `light`.
    pub kind: String,
    /// What people call such a device.
    pub names: Names,
    /// What such a device measures and can be set to.
    pub properties: Vec<TemplateProperty>,
}

/// A property of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TemplateProperty {
    /// Its identifier.
    pub identifier: String,
    /// What it means, from the closed list of traits.
    #[serde(rename = "trait", default, skip_serializing_if = "Option::is_none")]
    pub trait_: Option<String>,
    /// Whether it can be set.
    pub writable: bool,
}

async fn list(who: Identity, Args(wanted): Args<page::Wanted>) -> Result<Json<Page<TemplateView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let all = templates::all().map(|(name, model)| TemplateView {
        name: name.into(),
        kind: model.x.kind.clone(),
        names: model.x.names.clone(),
        properties: model
            .properties
            .iter()
            .map(|p| TemplateProperty {
                identifier: p.identifier.clone(),
                trait_: p.x.trait_.clone(),
                writable: p.access_mode.writable(),
            })
            .collect(),
    });
    page::of_list(all, &wanted, |t| t.name.clone()).map(Json)
}
