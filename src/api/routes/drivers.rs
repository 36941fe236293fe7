//! The drivers for connections: what each is called, and the form of its configuration.

use crate::Api;
use crate::auth::Identity;
use crate::extract::Args;
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use base::Bilingual;
use drivers::Driver;
use drivers::registry::DRIVERS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/drivers",
        get_with(list, |o| {
            o.id("listDrivers")
                .tag("connections")
                .summary("Drivers for connections, with the form of their configuration.")
        }),
    )
}

/// A driver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DriverView {
    /// Its name in connections: `mqtt`.
    pub name: String,
    /// What it is called.
    pub title: Bilingual,
    /// JSON Schema of its configuration; `x-description-zh` says a description in Chinese.
    #[schemars(with = "Map<String, Value>")]
    pub schema: Value,
    /// A configuration to begin with.
    #[schemars(with = "Map<String, Value>")]
    pub sample: Map<String, Value>,
    /// Whether it finds devices by itself.
    pub discovers: bool,
}

impl From<&Driver> for DriverView {
    fn from(driver: &Driver) -> Self {
        let mut schema = (driver.schema)().to_value();
        manual::chinese::beside(&mut schema);
        DriverView {
            name: driver.name.into(),
            title: (driver.title)(),
            schema,
            sample: (driver.sample)(),
            discovers: driver.adopt.is_some(),
        }
    }
}

async fn list(who: Identity, Args(wanted): Args<page::Wanted>) -> Result<Json<Page<DriverView>>, Problem> {
    who.may(policy::Effect::Read)?;
    page::of_list(DRIVERS.iter().map(DriverView::from), &wanted, |d| d.name.clone()).map(Json)
}
