//! Timers: timers, reminders and commands that are done later.

use super::{denied, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base::id::{Timer as TimerMark, TimerId};
use base::{Bilingual, Span, Timestamp};
use documents::{Event, NewTimer, Outcome, Timer, TimerChange};
use runtime::Core;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/timers",
            get_with(list, |o| {
                o.id("listTimers").tag("timers").summary("Timers, reminders and commands that wait.").description(
                    "The last thousand are kept, those that are over included. What happens again and again is a rule.",
                )
            })
            .post_with(start, |o| {
                o.id("startTimer")
                    .tag("timers")
                    .summary("Sets a timer, a reminder, or commands that are done later.")
                    .description(
                        "Commands are asked about by policy when they are due, as if they were requested then: what it \
                         lets through is done, what a person has to approve becomes a proposal.",
                    )
                    .response::<201, Json<TimerView>>()
            }),
        )
        .api_route(
            "/api/timers/{id}",
            get_with(one, |o| o.id("getTimer").tag("timers").summary("One timer.")).patch_with(change, |o| {
                o.id("changeTimer")
                    .tag("timers")
                    .summary("Ends, pauses or resumes a timer, or makes it longer or shorter.")
            }),
        )
}

/// A timer, with what is left of it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct TimerView {
    /// The timer.
    timer: Timer,
    /// What is left of it, in milliseconds.
    left_ms: Span,
    /// What is done when it is over, in words; of commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    does: Option<Bilingual>,
}

fn view(timer: &Timer, core: &Core, now: Timestamp) -> TimerView {
    let does = (!timer.acts.is_empty()).then(|| core.acts_in_words(&timer.acts));
    TimerView { timer: timer.clone(), left_ms: timer.left(now), does }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// How many, 1 to 500.
    #[schemars(range(min = 1, max = crate::limits::PAGE_MAX))]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those that are over, or that are not.
    over: Option<bool>,
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<Wanted>,
) -> Result<Json<Page<TimerView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<TimerId>(wanted.cursor.as_deref())?);
    let now = api.now();
    let look = move |core: &Core| {
        let timers = core
            .timers()
            .filter(|t| after.is_none_or(|last| t.id > last))
            .filter(|t| wanted.over.is_none_or(|over| over != t.is_open()));
        page::cut(timers.map(|t| view(t, core, now)), limit, |v| v.timer.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<TimerMark>) -> Result<Json<TimerView>, Problem> {
    who.may(policy::Effect::Read)?;
    let now = api.now();
    let look = move |core: &Core| core.timer(id).map(|t| view(t, core, now));
    api.handle().read(look).await.map_err(|e| stopped(&e))?.map(Json).ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::not_found("没有这个计时器", "there is no such timer")
}

async fn start(
    State(api): State<Api>,
    who: Identity,
    Body(timer): Body<NewTimer>,
) -> Result<(StatusCode, Json<TimerView>), Problem> {
    who.may(policy::Effect::Actuate)?;
    let event = Event::TimerStart { actor: who.actor(), turn: None, timer: Box::new(timer) };
    applied(&api, event).await.map(|view| (StatusCode::CREATED, view))
}

/// What shall become of a timer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// `"cancel"`, `"pause"`, `"resume"` or `{"by_ms": 60000}`.
    change: TimerChange,
}

async fn change(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<TimerMark>,
    Body(wish): Body<Wish>,
) -> Result<Json<TimerView>, Problem> {
    who.may(policy::Effect::Actuate)?;
    if api.handle().read(move |core| core.timer(id).is_none()).await.map_err(|e| stopped(&e))? {
        return Err(unknown());
    }
    applied(&api, Event::TimerChange { actor: who.actor(), turn: None, timers: vec![id], change: wish.change }).await
}

async fn applied(api: &Api, event: Event) -> Result<Json<TimerView>, Problem> {
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    let mut timer = None;
    for outcome in outcomes {
        match outcome {
            Outcome::Timer(changed) => timer = Some(*changed),
            Outcome::Denied(denial) => return Err(denied(denial)),
            _ => {}
        }
    }
    api.acknowledged().await?;
    let (timer, now) = (timer.ok_or_else(unknown)?, api.now());
    api.handle().read(move |core| view(&timer, core, now)).await.map(Json).map_err(|e| stopped(&e))
}
