//! Alarms: what somebody should know, and who has seen it.

use super::stopped;
use crate::auth::Identity;
use crate::extract::{Args, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::{Api, views};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use base::id::{Alarm as AlarmMark, AlarmId};
use documents::alarm::AlarmState;
use documents::{Alarm, Event, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/alarms",
            get_with(list, |o| {
                o.id("listAlarms").tag("alarms").summary("Alarms, the one that was raised last first.").description(
                    "An alarm lasts until what raised it is over, and is kept until a person has seen it. What comes \
                     and goes is one alarm that counts.",
                )
            }),
        )
        .api_route(
            "/api/alarms/{id}/acknowledge",
            post_with(acknowledge, |o| {
                o.id("acknowledgeAlarm").tag("alarms").summary("Says that a person has seen an alarm.")
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
    /// Only those that last, or that are over.
    state: Option<AlarmState>,
    /// Only those that somebody has seen, or nobody.
    acknowledged: Option<bool>,
}

async fn list(State(api): State<Api>, who: Identity, Args(wanted): Args<Wanted>) -> Result<Json<Page<Alarm>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<AlarmId>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        let alarms = core
            .alarms()
            .rev()
            .filter(|a| after.is_none_or(|last| a.id < last))
            .filter(|a| wanted.state.is_none_or(|s| a.state == s))
            .filter(|a| wanted.acknowledged.is_none_or(|seen| a.acknowledged.is_some() == seen))
            .filter(|a| views::sees_alarm(core.world(), a, &who));
        page::cut(alarms.cloned(), limit, |a| a.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

async fn acknowledge(State(api): State<Api>, who: Identity, Of(id): Of<AlarmMark>) -> Result<Json<Alarm>, Problem> {
    who.may(policy::Effect::Actuate)?;
    let event = Event::Acknowledge { actor: who.actor(), alarm: id };
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    let mut answer = Err(Problem::not_found("没有这个告警", "there is no such alarm"));
    for outcome in outcomes {
        match outcome {
            Outcome::Alarm(alarm) => answer = Ok(Json(*alarm)),
            Outcome::Denied(denial) => answer = Err(super::denied(denial)),
            _ => {}
        }
    }
    api.acknowledged().await?;
    answer
}
