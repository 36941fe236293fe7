//! Rules before they act: over the past, over a table, on trial; and their present values.

use super::history::refused;
use super::stopped;
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Body, Of};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base::id::{Proposal, ProposalId, Rule, RuleId};
use base::{Bilingual, Timestamp};
use documents::chart::Range;
use documents::scenario::TABLE_BYTES_MAX;
use documents::{Backtest, RuleGraph, RuleValues, ScenarioRun, ShadowReport};
use runtime::Core;
use runtime::backtest::{BacktestError, DAYS_MAX, Subject};
use schemars::JsonSchema;
use serde::Deserialize;

/// Seconds after which it is tried again while others are under way.
const BUSY_S: u32 = 2;

/// What a backtest means, for the description.
const RUN: &str = "Recorded values go through the same engine on a clock of its own. Says when the rule would have acted \
    and what really happened then, when nothing is known of what it reads, how the points it writes were used and would \
    have been, and what has to be known to judge it. Nothing is sent and nothing is kept.";

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/rules/{id}/backtest",
            post_with(of_rule, |o| {
                o.id("backtestRule")
                    .tag("rules")
                    .summary("What a rule would have done with recorded values.")
                    .description(RUN)
            }),
        )
        .api_route(
            "/api/proposals/{id}/backtest",
            post_with(of_proposal, |o| {
                o.id("backtestProposal")
                    .tag("proposals")
                    .summary("What a proposed rule would have done with recorded values.")
                    .description(RUN)
            }),
        )
        .api_route(
            "/api/rules/backtest",
            post_with(of_draft, |o| {
                o.id("backtestDraft")
                    .tag("rules")
                    .summary("What a rule that is only written down would have done with recorded values.")
                    .description(RUN)
            }),
        )
        .api_route(
            "/api/rules/scenario",
            post_with(scenario, |o| {
                o.id("runScenario")
                    .tag("rules")
                    .summary("What a rule does with values that somebody wrote into a table.")
                    .description(
                        "The first column is the time, every other one a point by name, `device NAME`, `topic NAME`, \
                         `expect`, or `=NODE.PORT`. Faults of the table come with row and column.",
                    )
            }),
        )
        .api_route(
            "/api/rules/{id}/shadow",
            get_with(shadow, |o| {
                o.id("getRuleShadow").tag("rules").summary(
                    "What a rule on trial would have done, beside what others really did with the same points.",
                )
            }),
        )
        .api_route(
            "/api/rules/{id}/values",
            get_with(values, |o| {
                o.id("getRuleValues")
                    .tag("rules")
                    .summary("The present value of every output of a rule.")
                    .description("Over the socket they come as they change: see there.")
            }),
        )
}

/// Over which time.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BacktestWish {
    /// The last 30 days when absent; at most 400.
    range: Option<Range>,
}

/// A draft, and over which time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DraftWish {
    /// The rule.
    graph: Box<RuleGraph>,
    /// The last 30 days when absent; at most 400.
    range: Option<Range>,
}

/// A table, and the rule that is run over it: exactly one of `graph`, `rule` and `proposal`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ScenarioWish {
    /// A rule that is only written down.
    graph: Option<Box<RuleGraph>>,
    /// A saved rule.
    rule: Option<RuleId>,
    /// A proposed rule.
    proposal: Option<ProposalId>,
    /// The table: Markdown, or columns parted by tabs, semicolons or commas.
    #[schemars(length(max = TABLE_BYTES_MAX))]
    table: String,
    /// When a table begins that names no date; now when absent.
    start: Option<Timestamp>,
}

fn failed(error: BacktestError) -> Problem {
    let unfit = |code, zh: &str, en: &str, found| Problem::unprocessable(code, zh, en).diagnostics(found);
    match error {
        BacktestError::Unknown => Problem::not_found("没有这条规则或提案", "there is no such rule or proposal"),
        BacktestError::NotARule => {
            Problem::unprocessable("backtest.not_a_rule", "该提案不是规则", "the proposal is not of a rule")
        }
        BacktestError::Hidden => hidden(),
        BacktestError::Days => Problem::unprocessable(
            "backtest.range",
            format!("最多回放 {DAYS_MAX} 天"),
            format!("at most {DAYS_MAX} days are looked at"),
        ),
        BacktestError::Busy => Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "backtest.busy",
            "其他回放正在进行，请稍候",
            "others are under way; try again in a moment",
        )
        .retry_after(BUSY_S),
        BacktestError::Unfit(found) => {
            unfit("backtest.unfit", "规则未通过检查", "the rule did not pass its checks", found)
        }
        BacktestError::Table(found) => unfit("scenario.table", "表格有误", "the table has faults", found),
        BacktestError::History(error) => refused(error),
        BacktestError::Host(error) => stopped(&error),
    }
}

fn hidden() -> Problem {
    Problem::forbidden(
        "policy.denied",
        Bilingual::new("规则涉及不对你开放的点位", "the rule touches points that are not open to you"),
    )
}

async fn over(api: &Api, who: Identity, subject: Subject, range: Option<Range>) -> Result<Json<Backtest>, Problem> {
    who.may(policy::Effect::Read)?;
    api.handle().backtest(subject, range, move |p| who.sees(p)).await.map(Json).map_err(failed)
}

async fn of_rule(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<Rule>,
    Body(wish): Body<BacktestWish>,
) -> Result<Json<Backtest>, Problem> {
    over(&api, who, Subject::Rule(id), wish.range).await
}

async fn of_proposal(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<Proposal>,
    Body(wish): Body<BacktestWish>,
) -> Result<Json<Backtest>, Problem> {
    over(&api, who, Subject::Proposal(id), wish.range).await
}

async fn of_draft(
    State(api): State<Api>,
    who: Identity,
    Body(wish): Body<DraftWish>,
) -> Result<Json<Backtest>, Problem> {
    over(&api, who, Subject::Draft(wish.graph), wish.range).await
}

async fn scenario(
    State(api): State<Api>,
    who: Identity,
    Body(wish): Body<ScenarioWish>,
) -> Result<Json<ScenarioRun>, Problem> {
    who.may(policy::Effect::Read)?;
    let subject = match (wish.graph, wish.rule, wish.proposal) {
        (Some(graph), None, None) => Subject::Draft(graph),
        (None, Some(rule), None) => Subject::Rule(rule),
        (None, None, Some(proposal)) => Subject::Proposal(proposal),
        _ => {
            return Err(Problem::unprocessable(
                "scenario.subject",
                "请给出 graph、rule 或 proposal 之一",
                "give one of `graph`, `rule` and `proposal`",
            ));
        }
    };
    api.handle().scenario(subject, wish.table, wish.start, move |p| who.sees(p)).await.map(Json).map_err(failed)
}

/// Looks at a rule of which the asker may see every point.
async fn seen<T: Send + 'static>(
    api: &Api,
    who: Identity,
    rule: RuleId,
    look: impl FnOnce(&Core) -> Option<T> + Send + 'static,
) -> Result<Json<T>, Problem> {
    who.may(policy::Effect::Read)?;
    let look = move |core: &Core| core.sees_rule(rule, |p| who.sees(p)).map(|sees| sees.then(|| look(core)));
    match api.handle().read(look).await.map_err(|e| stopped(&e))? {
        None => Err(Problem::not_found("没有这条规则", "there is no such rule")),
        Some(None) => Err(hidden()),
        Some(Some(None)) => Err(Problem::not_found("这条规则没有试运行过", "this rule was never on trial")),
        Some(Some(Some(found))) => Ok(Json(found)),
    }
}

async fn shadow(State(api): State<Api>, who: Identity, Of(id): Of<Rule>) -> Result<Json<ShadowReport>, Problem> {
    let now = api.now();
    seen(&api, who, id, move |core| core.shadow(id, now)).await
}

async fn values(State(api): State<Api>, who: Identity, Of(id): Of<Rule>) -> Result<Json<RuleValues>, Problem> {
    seen(&api, who, id, move |core| core.rule_values(id)).await
}
