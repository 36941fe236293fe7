//! Web hooks of others: what a rule posts goes to an address, with a secret or signed by it.
//!
//! What it is *not*: no device is behind it, nothing is read from it, and no answer but its status counts. Start at
//! [`config::Config`], then [`codec`] (what is written and read), then [`task`].

mod check;
pub mod codec;
pub mod config;
mod task;

use crate::Driver;
use base::Bilingual;
use serde_json::{Map, Value as Json, json};

/// The driver.
pub const DRIVER: Driver = Driver {
    name: "webhook",
    title: || Bilingual::new("对外 Webhook", "Web hook of others"),
    schema: || schemars::schema_for!(config::Config),
    sample,
    check: check::check,
    start: task::start,
    adopt: None,
};

fn sample() -> Map<String, Json> {
    let sample = json!({
        "url": "https://hooks.example.com/services/building",
        "headers": { "x-source": "castellan" },
        "proof": "bearer",
    });
    match sample {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
