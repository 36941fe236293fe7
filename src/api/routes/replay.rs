//! Applies the log again and compares: proof that it tells the truth. Only the owner.

use crate::Api;
use crate::auth::{Identity, store_failed};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/replay",
        post_with(replay, |o| {
            o.id("replayLog")
                .tag("log")
                .summary("Applies the whole log again and compares every outcome byte for byte.")
        }),
    )
}

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
struct ReplayReport {
    /// First and last batch that was replayed.
    batches: (u64, u64),
    /// How many events were applied.
    events: u64,
    /// How many outcomes were compared.
    outcomes: u64,
    /// How many of them are commands.
    commands: u64,
    /// How many of them are traces.
    traces: u64,
    /// SHA-256 over all outcomes.
    hash: String,
    /// The first batch whose outcomes differ; absent when all are the same.
    differs: Option<ReplayDifference>,
}

/// A batch whose outcomes differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
struct ReplayDifference {
    /// The batch.
    seq: u64,
    /// What the log has.
    logged: String,
    /// What came out now.
    replayed: String,
}

async fn replay(State(api): State<Api>, who: Identity) -> Result<Json<ReplayReport>, Problem> {
    who.may(policy::Effect::Administer)?;
    let report = runtime::replay::replay(api.store(), |_| ()).await.map_err(|e| store_failed(&e))?;
    Ok(Json(ReplayReport {
        batches: report.batches,
        events: report.events,
        outcomes: report.outcomes,
        commands: report.commands,
        traces: report.traces,
        hash: report.hash,
        differs: report.differs.map(|d| ReplayDifference { seq: d.seq, logged: d.logged, replayed: d.replayed }),
    }))
}
