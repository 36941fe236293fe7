//! A thing model proposed from what devices said, for a person to approve.

use super::device::params;
use super::{changed, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::configure::fault;
use crate::extract::{Body, Of};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::Json;
use axum::extract::State;
use base::Bilingual;
use base::id::Product as ProductMark;
use documents::{Change, Event, Proposal, ProposalDoc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use things::infer::{self, Guess, Inferred, MESSAGES_MAX};
use things::ingest::Fault;
use things::{Names, Product, ThingModel, World};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/products/{id}/infer",
        post_with(propose, |o| {
            o.id("inferModel").tag("products").summary("Proposes a thing model from what devices said.").description(
                "From the payloads that are given, or else from those of its devices that were not taken. Properties \
                 that the product has stay as they are. Nothing changes before a person approves the proposal.",
            )
        }),
    )
}

/// From what the model is inferred.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct From {
    /// What devices said: objects of properties, bare or in the envelope of MQTT. Those that were not taken when absent.
    #[serde(default)]
    #[schemars(with = "Option<Vec<Map<String, Value>>>")]
    payloads: Option<Vec<Value>>,
}

/// A model that waits for a person.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct Inference {
    /// The proposal.
    proposal: Proposal,
    /// What was guessed and why, one for each new property, and one for the kind of device.
    guesses: Vec<Guess>,
    /// What could not become a property.
    left_out: Vec<Fault>,
}

async fn propose(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ProductMark>,
    Body(from): Body<From>,
) -> Result<Json<Inference>, Problem> {
    who.may(policy::Effect::Propose)?;
    let _turn = api.ids().await;
    let world = api.world().await?;
    let product =
        world.product(id).ok_or_else(|| Problem::not_found("没有这个产品", "there is no such product"))?.clone();
    let messages = match from.payloads {
        Some(payloads) => given(&payloads)?,
        None => kept(&api, &world, &product),
    };
    let Inferred { model, guesses, left_out } = infer::propose(&product.key, &messages);
    let (product, new) = grown(product, model);
    if new.is_empty() {
        return Err(Problem::unprocessable(
            "infer.nothing",
            "从这些消息中得不出新的属性；请先让设备上报，或在 payloads 中给出消息",
            "no new property follows from these messages; let a device report first, or give messages in `payloads`",
        ));
    }
    let document = ProposalDoc::Configuration(vec![Change::PutProduct(Box::new(product))]);
    let event = Event::Propose { actor: who.actor(), turn: None, document };
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    let proposal = changed(&api, outcomes).await?.proposals.pop();
    let proposal = proposal.ok_or_else(|| Problem::internal("internal", &"a proposal was not made"))?;
    let guesses = guesses.into_iter().filter(|g| g.identifier.is_empty() || new.contains(&g.identifier)).collect();
    Ok(Json(Inference { proposal, guesses, left_out }))
}

/// The messages of a request.
fn given(payloads: &[Value]) -> Result<Vec<Map<String, Value>>, Problem> {
    if payloads.len() > MESSAGES_MAX {
        let many = Bilingual::new(format!("最多 {MESSAGES_MAX} 条消息"), format!("at most {MESSAGES_MAX} messages"));
        return Err(fault("infer.limit", "/payloads", many, None));
    }
    let message = |(at, payload): (usize, &Value)| {
        let none = Bilingual::new("每条消息应为 JSON 对象", "each message is a JSON object");
        params(payload)
            .as_object()
            .cloned()
            .ok_or_else(|| fault("infer.message", &format!("/payloads/{at}"), none, None))
    };
    payloads.iter().enumerate().map(message).collect()
}

/// What devices of a product said and was not taken, as far as it was kept whole.
fn kept(api: &Api, world: &World, product: &Product) -> Vec<Map<String, Value>> {
    let all = api.broker().map(|b| b.rejected()).unwrap_or_default();
    let of_product = all.iter().filter(|r| world.device(r.device).is_some_and(|d| d.product == product.id));
    let messages = of_product.filter_map(|r| serde_json::from_str::<Value>(&r.excerpt).ok());
    messages.filter_map(|m| params(&m).as_object().cloned()).take(MESSAGES_MAX).collect()
}

/// A product with what an inferred model has beyond its own, and what that is.
fn grown(mut product: Product, inferred: ThingModel) -> (Product, BTreeSet<String>) {
    let model = &mut product.model;
    let mut new = BTreeSet::new();
    for property in inferred.properties {
        if model.properties.iter().all(|p| p.identifier != property.identifier) {
            new.insert(property.identifier.clone());
            model.properties.push(property);
        }
    }
    if model.x.kind.is_empty() {
        model.x.kind = inferred.x.kind;
    }
    if model.x.names == Names::default() {
        model.x.names = inferred.x.names;
    }
    (product, new)
}
