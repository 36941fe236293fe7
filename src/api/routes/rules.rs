//! Rules: what they do and how far they are in use. Making one goes through a proposal.

use super::{Changed, changed, stopped};
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::precondition;
use crate::problem::Problem;
use crate::views::{self, RuleDetail, RuleView};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base::id::{Rule, RuleId};
use documents::{Event, ProposalDoc, RuleGraph, RuleState};
use runtime::sandbox::play::{HOURS_DEFAULT, HOURS_MAX, Play, PlayError, Subject};
use schemars::JsonSchema;
use serde::Deserialize;

/// Seconds after which a play is tried again while another one is under way.
const BUSY_S: u32 = 3;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/rules",
            get_with(list, |o| o.id("listRules").tag("rules").summary("Rules, by id.")).post_with(propose, |o| {
                o.id("proposeRule")
                    .tag("rules")
                    .summary("Proposes a rule graph, new or in place of the one with its id.")
                    .description(
                        "The graph is checked against what exists, with all faults at once, and read back in words. It \
                         runs once a person has approved the proposal.",
                    )
            }),
        )
        .api_route(
            "/api/rules/{id}",
            get_with(one, |o| o.id("getRule").tag("rules").summary("One rule with its graph.")),
        )
        .api_route(
            "/api/rules/{id}/state",
            post_with(switch, |o| {
                o.id("switchRule")
                    .tag("rules")
                    .summary("Makes a rule run, or stops it.")
                    .description("Only a revision that a person approved can become live.")
            }),
        )
        .api_route(
            "/api/rules/{id}/run",
            post_with(run, |o| {
                o.id("runRule")
                    .tag("rules")
                    .summary("Runs a rule by hand.")
                    .description("The rule has to be in use and to have a `manual` node, where such a run begins.")
            }),
        )
        .api_route(
            "/api/rules/{id}/play",
            post_with(play, |o| {
                o.id("playRule")
                    .tag("rules")
                    .summary("Runs a copy of the building ahead until the rule acts.")
                    .description(PLAYED)
            }),
        )
}

/// What playing means, for the description.
pub(super) const PLAYED: &str = "Says what set it off, what it did and what the devices reported, or how near it came. \
    The building itself is untouched, nothing is sent to a real device, and one play runs at a time.";

/// How far ahead.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ahead {
    /// Hours of the building's time at most, 1 to 336; 48 when absent.
    pub(super) hours: Option<u32>,
}

/// Plays and says why it could not.
pub(super) async fn played(api: &Api, subject: Subject, ahead: &Ahead) -> Result<Json<Play>, Problem> {
    let hours = ahead.hours.unwrap_or(HOURS_DEFAULT);
    api.handle().play(subject, hours).await.map(Json).map_err(|error| match error {
        PlayError::Unknown => Problem::not_found("没有这条规则或提案", "there is no such rule or proposal"),
        PlayError::NotARule => Problem::unprocessable(
            "play.not_a_rule",
            "该提案不是规则，无法试运行",
            "the proposal is not of a rule and cannot be played",
        ),
        PlayError::Hours => Problem::unprocessable(
            "play.hours",
            format!("试运行须为 1 到 {HOURS_MAX} 小时"),
            format!("a play takes 1 to {HOURS_MAX} hours"),
        ),
        PlayError::Busy => Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "play.busy",
            "另一次试运行正在进行，请稍候",
            "another play is under way; try again in a moment",
        )
        .retry_after(BUSY_S),
        PlayError::Unfit(denial) => {
            let text = denial.refusal.text;
            Problem::unprocessable("play.unfit", text.zh, text.en).diagnostics(denial.diagnostics)
        }
        PlayError::Host(error) => stopped(&error),
    })
}

async fn play(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<Rule>,
    Body(ahead): Body<Ahead>,
) -> Result<Json<Play>, Problem> {
    who.may(policy::Effect::Read)?;
    played(&api, Subject::Rule(id), &ahead).await
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
    state: Option<RuleState>,
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<Wanted>,
) -> Result<Json<Page<RuleView>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<RuleId>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        let rules = core
            .rules()
            .values()
            .filter(|r| after.is_none_or(|a| r.graph.id > a))
            .filter(|r| wanted.state.is_none_or(|s| r.graph.state == s))
            .map(|r| views::rule(core.world(), r));
        page::cut(rules, limit, |r| r.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

async fn propose(
    State(api): State<Api>,
    who: Identity,
    Body(graph): Body<RuleGraph>,
) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Propose)?;
    let document = ProposalDoc::Rule(Box::new(graph));
    let event = Event::Propose { actor: who.actor(), turn: None, document };
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    changed(&api, outcomes).await.map(Json)
}

async fn one(State(api): State<Api>, who: Identity, Of(id): Of<Rule>) -> Result<Json<RuleDetail>, Problem> {
    who.may(policy::Effect::Read)?;
    find(&api, id).await.map(Json)
}

async fn find(api: &Api, id: RuleId) -> Result<RuleDetail, Problem> {
    let look = move |core: &runtime::Core| {
        core.rules().get(&id).map(|r| RuleDetail {
            rule: views::rule(core.world(), r),
            runs: core.rule_runs(id),
            graph: r.graph.clone(),
        })
    };
    let found = api.handle().read(look).await.map_err(|e| stopped(&e))?;
    found.ok_or_else(|| Problem::not_found("没有这条规则", "there is no such rule"))
}

/// How far a rule shall be in use.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Switch {
    /// The wanted state.
    state: RuleState,
}

async fn run(State(api): State<Api>, who: Identity, Of(rule): Of<Rule>) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Actuate)?;
    let event = Event::RuleRun { actor: who.actor(), turn: None, rule };
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    changed(&api, outcomes).await.map(Json)
}

async fn switch(
    State(api): State<Api>,
    who: Identity,
    Of(rule): Of<Rule>,
    headers: HeaderMap,
    Body(wanted): Body<Switch>,
) -> Result<Json<Changed>, Problem> {
    who.may(policy::Effect::Configure)?;
    precondition::still(&headers, &find(&api, rule).await?)?;
    let event = Event::RuleSwitch { actor: who.actor(), turn: None, rule, state: wanted.state };
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    changed(&api, outcomes).await.map(Json)
}
