//! Traces: what rules did, newest first.

use super::stopped;
use crate::Api;
use crate::auth::Identity;
use crate::extract::Args;
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use base::id::RuleId;
use documents::{Trace, TraceClass};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/traces",
        get_with(list, |o| {
            o.id("listTraces").tag("traces").summary("What rules did, newest first.").description(
                "Failures and actions of a rule are kept apart from steps in which only values changed, so that they \
                 survive thousands of those.",
            )
        }),
    )
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// How many, 1 to 500.
    #[schemars(range(min = 1, max = crate::limits::PAGE_MAX))]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those of this rule.
    rule: Option<RuleId>,
    /// Only those of which this came.
    class: Option<TraceClass>,
}

async fn list(State(api): State<Api>, who: Identity, Args(wanted): Args<Wanted>) -> Result<Json<Page<Trace>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<page::Place>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        let fits = |t: &&Trace| wanted.class.is_none_or(|class| t.class == Some(class));
        let traces = core.traces().rev().filter(|t| wanted.rule.is_none_or(|r| t.rule == r)).filter(fits);
        page::cut_newest(traces, after, limit, |t| t.at)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}
