//! What the rules do together: loops, contradictions, oscillation, repeated rules and more, each with a witness.

use super::stopped;
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Body};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use base::id::{PointId, RuleId};
use documents::{RuleFinding, RuleFindingKind, RuleGraph};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/rules/findings",
        get_with(list, |o| {
            o.id("listRuleFindings")
                .tag("rules")
                .summary("What the rules in use do together, the worst first.")
                .description(
                    "Each finding has a witness: inputs and times at which the engine showed it. One about a point that \
                     the asker does not see is left out.",
                )
        })
        .post_with(draft, |o| {
            o.id("checkRule")
                .tag("rules")
                .summary("What a rule that is only written down would do, alone and among those in use.")
                .description("Nothing is saved. A rule that does not compile has no findings of this kind.")
        }),
    )
}

/// Which findings are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Only those about this rule.
    rule: Option<RuleId>,
    /// Only those of this kind.
    kind: Option<RuleFindingKind>,
}

/// Findings about rules.
#[derive(Debug, Serialize, JsonSchema)]
struct Found {
    /// The findings, the worst first.
    findings: Vec<RuleFinding>,
}

async fn list(State(api): State<Api>, who: Identity, Args(wanted): Args<Wanted>) -> Result<Json<Found>, Problem> {
    who.may(policy::Effect::Read)?;
    let mut found = seen(&api, &who, None).await?;
    found.retain(|f| wanted.rule.is_none_or(|r| f.concerns(r)) && wanted.kind.is_none_or(|k| f.kind == k));
    Ok(Json(Found { findings: found }))
}

async fn draft(State(api): State<Api>, who: Identity, Body(graph): Body<RuleGraph>) -> Result<Json<Found>, Problem> {
    who.may(policy::Effect::Read)?;
    Ok(Json(Found { findings: seen(&api, &who, Some(graph)).await? }))
}

/// The findings about points that the asker sees.
async fn seen(api: &Api, who: &Identity, about: Option<RuleGraph>) -> Result<Vec<RuleFinding>, Problem> {
    let found = api.handle().rule_findings(about).await.map_err(|e| stopped(&e))?;
    let who = who.clone();
    let look = move |core: &runtime::Core| {
        let sees = |p: &PointId| core.world().point(*p).is_some_and(|p| who.sees(p));
        let shown = |f: &RuleFinding| {
            f.points.iter().chain(f.witness.iter().flat_map(|s| s.inputs.iter().map(|i| &i.point))).all(sees)
        };
        found.into_iter().filter(shown).collect()
    };
    api.handle().read(look).await.map_err(|e| stopped(&e))
}
