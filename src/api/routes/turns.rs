//! Turns of conversations: taking back what one did.

use super::{Changed, changed, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::extract::Of;
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::Json;
use axum::extract::State;
use base::id::Turn;
use documents::Event;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/turns/{id}/undo",
        post_with(undo, |o| {
            o.id("undoTurn").tag("conversation").summary("Takes back what a turn did.").description(
                "Sends the inverse of what the turn changed and nobody changed since, and takes its rules back. Policy \
                 applies again.",
            )
        }),
    )
}

async fn undo(State(api): State<Api>, who: Identity, Of(turn): Of<Turn>) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Actuate)?;
    let event = Event::Undo { actor: who.actor(), turn, within: None };
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    changed(&api, outcomes).await.map(Json)
}
