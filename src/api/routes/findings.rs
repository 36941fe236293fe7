//! Findings: what the past month shows, and making a proposal of what would mend it.

use super::{Changed, changed, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Of};
use crate::page::{self, Page, Wanted};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use base::id::{Finding as FindingIdKind, FindingId};
use documents::{Event, Finding, ProposalDoc};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/findings",
            get_with(list, |o| {
                o.id("listFindings")
                    .tag("findings")
                    .summary("What the past month shows that somebody should know, the costliest first.")
                    .description(
                        "One that is mended by a rule is left out, and one about a point that the asker does not see.",
                    )
            }),
        )
        .api_route(
            "/api/findings/{id}/propose",
            post_with(propose, |o| {
                o.id("proposeFinding").tag("findings").summary("Proposes the rule that would mend a finding.")
            }),
        )
}

/// The findings that the asker sees and nobody mended.
async fn seen(api: &Api, who: &Identity) -> Result<Vec<Finding>, Problem> {
    let (found, who) = (api.handle().history().findings(), who.clone());
    let look = move |core: &runtime::Core| {
        let open = |f: &&Finding| {
            !core.rules().contains_key(&f.rule.id)
                && f.points.iter().all(|p| core.world().point(*p).is_some_and(|p| who.sees(p)))
        };
        found.iter().filter(open).cloned().collect()
    };
    api.handle().read(look).await.map_err(|e| stopped(&e))
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<Wanted>,
) -> Result<Json<Page<Finding>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<FindingId>(wanted.cursor.as_deref())?);
    let found = seen(&api, &who).await?;
    let begin = after.and_then(|a| found.iter().position(|f| f.id == a)).map_or(0, |at| at + 1);
    Ok(Json(page::cut(found.into_iter().skip(begin), limit, |f| f.id)))
}

async fn propose(State(api): State<Api>, who: Identity, Of(id): Of<FindingIdKind>) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Propose)?;
    let found = seen(&api, &who).await?.into_iter().find(|f| f.id == id);
    let Some(found) = found else {
        return Err(Problem::not_found("没有这个发现", "there is no such finding"));
    };
    let mut rule = found.rule;
    rule.meta.insert("author".into(), who.name.clone().into());
    rule.meta.insert("finding".into(), found.id.to_string().into());
    let event = Event::Propose { actor: who.actor(), turn: None, document: ProposalDoc::Rule(Box::new(rule)) };
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    changed(&api, outcomes).await.map(Json)
}
