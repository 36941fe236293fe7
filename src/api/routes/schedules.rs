//! Schedules: a value for every time, and what follows it. Making one is a change of what exists; what follows it is a
//! rule that is seen with all others.

use super::spaces::named;
use super::{Changed, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::configure::{Made, apply};
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use base::id::{RuleId, Schedule as ScheduleMark, ScheduleId};
use base::{Bilingual, Timestamp, Value};
use documents::Change;
use runtime::core::schedules::rule_id;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::schedule::{Day, Entry, Exception, Follower, Local, Says, Step};
use things::{Names, Schedule, World};

/// Changes that are told ahead.
const CHANGES_TOLD: usize = 5;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/schedules",
            get_with(list, |o| {
                o.id("listSchedules").tag("schedules").summary("Schedules, by id, with what they say now and next.")
            })
            .post_with(create, |o| {
                o.id("createSchedule").tag("schedules").summary("Adds a schedule.").description(
                    "What follows it is set at once to what it says now. A rule does that; it is seen with the other rules.",
                )
            }),
        )
        .api_route(
            "/api/schedules/{id}",
            get_with(one, |o| o.id("getSchedule").tag("schedules").summary("One schedule."))
                .put_with(replace, |o| {
                    o.id("replaceSchedule").tag("schedules").summary("Replaces a schedule; its id stays.")
                })
                .delete_with(remove, |o| {
                    o.id("removeSchedule").tag("schedules").summary("Removes a schedule that no other rule reads.")
                }),
        )
}

/// A schedule, and what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ScheduleView {
    /// The schedule.
    #[serde(flatten)]
    schedule: Schedule,
    /// What it says now.
    value: Value,
    /// The same in words.
    words: Bilingual,
    /// What it says next, at most five changes, none more than a year ahead.
    next: Vec<ChangeView>,
    /// The rule by which points and scenes follow it; absent while nothing does.
    rule: Option<RuleId>,
}

/// From when on a schedule says something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct ChangeView {
    /// When.
    at: Timestamp,
    /// What.
    value: Value,
    /// The same in words.
    words: Bilingual,
}

fn view_of(core: &runtime::Core, schedule: &Schedule, now: Timestamp) -> ScheduleView {
    let local = Local::of(core.world().site());
    let value = schedule.value_at(now, &local).clone();
    let said =
        |step: &Step<'_>| ChangeView { at: step.at, value: step.value.clone(), words: schedule.says.words(step.value) };
    let id = rule_id(schedule.id);
    ScheduleView {
        words: schedule.says.words(&value),
        next: schedule.changes(now, CHANGES_TOLD, &local).iter().map(said).collect(),
        rule: core.rule_runs(id).then_some(id),
        schedule: schedule.clone(),
        value,
    }
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<ScheduleView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<ScheduleId>(wanted.cursor.as_deref())?);
    let now = api.now();
    let look = move |core: &runtime::Core| {
        let schedules = core.world().schedules().filter(|s| after.is_none_or(|a| s.id > a));
        page::cut(schedules.map(|s| view_of(core, s, now)), limit, |s| s.schedule.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<ScheduleMark>) -> Result<Json<ScheduleView>, Problem> {
    who.may(policy::Effect::Read)?;
    view(&api, id).await.map(Json)
}

async fn view(api: &Api, id: ScheduleId) -> Result<ScheduleView, Problem> {
    let now = api.now();
    let look = move |core: &runtime::Core| core.world().schedule(id).map(|s| view_of(core, s, now));
    api.handle().read(look).await.map_err(|e| stopped(&e))?.ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::not_found("没有这个时间表", "there is no such schedule")
}

/// A schedule as it shall be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ScheduleWanted {
    /// What it is called.
    names: Names,
    /// Where it belongs: the id of a space, or a name that only it has; absent for the whole site.
    #[serde(default)]
    space: Option<String>,
    /// What kind of value it says.
    says: Says,
    /// What it says where nothing else counts.
    otherwise: Value,
    /// The programme of the week.
    #[serde(default)]
    week: Vec<Entry>,
    /// Days with a programme of their own; of several that fit a day the first counts.
    #[serde(default)]
    exceptions: Vec<Exception>,
    /// The first day on which it counts.
    #[serde(default)]
    first: Option<Day>,
    /// The last day on which it counts.
    #[serde(default)]
    last: Option<Day>,
    /// What is set when the value changes.
    #[serde(default)]
    followers: Vec<Follower>,
    /// Whether nothing follows it for the time being.
    #[serde(default)]
    disabled: bool,
}

impl ScheduleWanted {
    fn schedule(self, id: ScheduleId, world: &World) -> Result<Schedule, Problem> {
        let space = self.space.as_deref().map(|s| named(world, s, "/space")).transpose()?;
        Ok(Schedule {
            id,
            names: self.names,
            space,
            says: self.says,
            otherwise: self.otherwise,
            week: self.week,
            exceptions: self.exceptions,
            first: self.first,
            last: self.last,
            followers: self.followers,
            disabled: self.disabled,
        })
    }
}

async fn create(
    State(api): State<Api>,
    who: Identity,
    Body(wanted): Body<ScheduleWanted>,
) -> Result<Made<ScheduleView, 201>, Problem> {
    who.may(policy::Effect::Configure)?;
    let mut ids = api.ids().await;
    let world = api.world().await?;
    let id = ids.next(api.now());
    let schedule = wanted.schedule(id, &world)?;
    let applied = apply(&api, &who, vec![Change::PutSchedule(Box::new(schedule))]).await?;
    Made::of(applied, view(&api, id)).await
}

async fn replace(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<ScheduleMark>,
    Body(wanted): Body<ScheduleWanted>,
) -> Result<Made<ScheduleView>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    let world = api.world().await?;
    let before = world.schedule(id).ok_or_else(unknown)?;
    let schedule = wanted.schedule(id, &world)?;
    if schedule == *before {
        return view(&api, id).await.map(Made::Done);
    }
    let applied = apply(&api, &who, vec![Change::PutSchedule(Box::new(schedule))]).await?;
    Made::of(applied, view(&api, id)).await
}

async fn remove(State(api): State<Api>, who: Identity, Of(id): Of<ScheduleMark>) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Configure)?;
    let _turn = api.ids().await;
    apply(&api, &who, vec![Change::RemoveSchedule(id)]).await.map(|applied| Json(applied.changed()))
}
