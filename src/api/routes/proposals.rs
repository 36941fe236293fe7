//! Proposals: what waits for a person, and the person's answer. An agent's token is not admitted to the answer.

use super::rules::{Ahead, PLAYED, played};
use super::{Changed, changed, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base::id::{Proposal as ProposalKind, ProposalId};
use documents::{Event, Proposal, ProposalState};
use runtime::sandbox::play::{Play, Subject};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/proposals",
            get_with(list, |o| o.id("listProposals").tag("proposals").summary("Proposals, oldest first.")),
        )
        .api_route(
            "/api/proposals/{id}",
            get_with(one, |o| o.id("getProposal").tag("proposals").summary("One proposal.")),
        )
        .api_route(
            "/api/proposals/{id}/approve",
            post_with(approve, |o| {
                o.id("approveProposal").tag("proposals").summary("Says yes; what was proposed is done.")
            }),
        )
        .api_route(
            "/api/proposals/{id}/reject",
            post_with(reject, |o| o.id("rejectProposal").tag("proposals").summary("Says no.")),
        )
        .api_route(
            "/api/proposals/{id}/play",
            post_with(play, |o| {
                o.id("playProposal")
                    .tag("proposals")
                    .summary("Runs a copy of the building ahead until the proposed rule acts.")
                    .description(PLAYED)
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
    /// Only those in this state.
    state: Option<ProposalState>,
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<Wanted>,
) -> Result<Json<Page<Proposal>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<ProposalId>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        let proposals = core
            .proposals()
            .values()
            .filter(|p| after.is_none_or(|a| p.id > a))
            .filter(|p| wanted.state.is_none_or(|s| p.state == s))
            .cloned();
        page::cut(proposals, limit, |p| p.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

async fn find(api: &Api, id: ProposalId) -> Result<Proposal, Problem> {
    let found = api.handle().read(move |core| core.proposals().get(&id).cloned()).await.map_err(|e| stopped(&e))?;
    found.ok_or_else(|| Problem::not_found("没有这个提案", "there is no such proposal"))
}

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<ProposalKind>) -> Result<Json<Proposal>, Problem> {
    who.may(policy::Effect::Read)?;
    find(&api, id).await.map(Json)
}

async fn play(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ProposalKind>,
    Body(ahead): Body<Ahead>,
) -> Result<Json<Play>, Problem> {
    who.may(policy::Effect::Read)?;
    played(&api, Subject::Proposal(id), &ahead).await
}

/// What the person saw.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Seen {
    /// Hash of the proposal as it was shown, so that what is answered is what was seen.
    hash: String,
}

async fn approve(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ProposalKind>,
    Body(seen): Body<Seen>,
) -> Result<Json<Changed>, Problem> {
    decide(&api, &who, id, seen, true).await
}

async fn reject(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ProposalKind>,
    Body(seen): Body<Seen>,
) -> Result<Json<Changed>, Problem> {
    decide(&api, &who, id, seen, false).await
}

async fn decide(
    api: &Api,
    who: &Identity,
    id: ProposalId,
    seen: Seen,
    approve: bool,
) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Approve)?;
    let proposal = find(api, id).await?;
    if proposal.hash != seen.hash {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "proposal.hash",
            "提案内容与所见不同，请重新查看",
            "the proposal is not the one that was shown; look at it again",
        ));
    }
    if proposal.state != ProposalState::Pending {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "proposal.decided",
            "该提案已处理或已过期",
            "the proposal was decided already, or its time is over",
        ));
    }
    let event = Event::Decide { actor: who.actor(), turn: None, proposal: id, hash: seen.hash, approve };
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    changed(api, outcomes).await.map(Json)
}
