//! The list of routes, one file per noun, and what the handlers share.

mod alarms;
mod backtests;
mod calls;
pub(crate) mod connections;
pub(crate) mod conversation;
mod conversations;
pub(crate) mod credentials;
mod description;
mod device;
pub(crate) mod devices;
mod docs;
pub(crate) mod drivers;
pub(crate) mod exchange;
mod findings;
pub(crate) mod health;
mod history;
mod hooks;
mod inference;
mod lists;
mod nodes;
mod notices;
pub(crate) mod pins;
mod points;
pub(crate) mod products;
mod proposals;
pub(crate) mod registration;
mod replay;
mod rule_findings;
mod rules;
mod scenes;
mod schedules;
pub(crate) mod session;
mod simulation;
mod site;
mod socket;
mod spaces;
pub(crate) mod templates;
mod timers;
pub(crate) mod tokens;
mod traces;
mod turns;

pub(crate) use spaces::find as space_named;

use crate::problem::Problem;
use crate::{Api, views};
use aide::axum::ApiRouter;
use axum::http::StatusCode;
use base::id::{CommandId, RevisionId};
use documents::journal::Denial;
use documents::{Outcome, Proposal, Reason, Receipt, Refusal};
use runtime::HostError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use views::RuleView;

/// Every documented route.
pub(crate) fn all() -> ApiRouter<Api> {
    ApiRouter::new()
        .merge(alarms::routes())
        .merge(backtests::routes())
        .merge(calls::routes())
        .merge(connections::routes())
        .merge(conversation::routes())
        .merge(conversations::routes())
        .merge(credentials::routes())
        .merge(description::routes())
        .merge(device::routes())
        .merge(devices::routes())
        .merge(docs::routes())
        .merge(drivers::routes())
        .merge(exchange::routes())
        .merge(findings::routes())
        .merge(health::routes())
        .merge(history::routes())
        .merge(hooks::routes())
        .merge(inference::routes())
        .merge(lists::routes())
        .merge(nodes::routes())
        .merge(notices::routes())
        .merge(pins::routes())
        .merge(points::routes())
        .merge(products::routes())
        .merge(proposals::routes())
        .merge(registration::routes())
        .merge(replay::routes())
        .merge(rule_findings::routes())
        .merge(rules::routes())
        .merge(scenes::routes())
        .merge(schedules::routes())
        .merge(session::routes())
        .merge(simulation::routes())
        .merge(site::routes())
        .merge(socket::routes())
        .merge(spaces::routes())
        .merge(templates::routes())
        .merge(timers::routes())
        .merge(tokens::routes())
        .merge(traces::routes())
        .merge(turns::routes())
}

/// Longest time that a request waits for the devices' own reports; after it the receipts say how far they are.
const SETTLE_TIME_MAX: Duration = Duration::from_secs(12);

/// What a change led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Changed {
    /// What became of the commands.
    pub receipts: Vec<Receipt>,
    /// What was proposed or decided.
    pub proposals: Vec<Proposal>,
    /// Rules that were saved or switched.
    pub rules: Vec<RuleView>,
    /// Revisions of what exists that were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revisions: Vec<RevisionId>,
    /// What was left as it is, and why.
    pub refusals: Vec<Refusal>,
}

/// Waits for the receipts of a change and gathers what it led to.
///
/// # Errors
/// When the change was denied.
pub(crate) async fn changed(api: &Api, outcomes: Vec<Outcome>) -> Result<Changed, Problem> {
    let mut out = Changed::default();
    let mut commands: Vec<CommandId> = Vec::new();
    let (mut rules, mut denials) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Outcome::Receipt(receipt) => {
                if !commands.contains(&receipt.command) {
                    commands.push(receipt.command);
                }
            }
            Outcome::Proposal(proposal) => out.proposals.push(*proposal),
            Outcome::Rule(saved) => rules.push(saved),
            Outcome::Denied(denial) => denials.push(denial),
            Outcome::Configured(done) => out.revisions.push(done.revision),
            Outcome::Send(_)
            | Outcome::Publish(_)
            | Outcome::Trace(_)
            | Outcome::Notice(_)
            | Outcome::Timer(_)
            | Outcome::List(_)
            | Outcome::ListGone(_)
            | Outcome::RuleGone(_)
            | Outcome::Post(_)
            | Outcome::Alarm(_)
            | Outcome::Told { .. } => {}
        }
    }
    // Where part of it was done, the answer says both; where nothing was, the first reason is the answer.
    let nothing = commands.is_empty() && out.proposals.is_empty() && rules.is_empty() && out.revisions.is_empty();
    if nothing && !denials.is_empty() {
        return Err(denied(denials.swap_remove(0)));
    }
    out.refusals = denials.into_iter().map(|d| d.refusal).collect();
    if !rules.is_empty() {
        let world = api.handle().read(|core| core.world().clone()).await.map_err(|e| stopped(&e))?;
        out.rules = rules.iter().map(|saved| views::rule(&world, saved)).collect();
    }
    out.receipts = receipts(api, commands).await?;
    api.acknowledged().await?;
    Ok(out)
}

async fn receipts(api: &Api, commands: Vec<CommandId>) -> Result<Vec<Receipt>, Problem> {
    if commands.is_empty() {
        return Ok(Vec::new());
    }
    if let Ok(settled) = tokio::time::timeout(SETTLE_TIME_MAX, api.handle().settled(commands.clone())).await {
        return settled.map_err(|e| stopped(&e));
    }
    let now = move |core: &runtime::Core| commands.iter().filter_map(|c| core.receipt(*c)).cloned().collect();
    api.handle().read(now).await.map_err(|e| stopped(&e))
}

/// What policy or the validator said no to.
fn denied(denial: Denial) -> Problem {
    let text = denial.refusal.text;
    let (status, code) = match denial.refusal.reason {
        Reason::NotAllowed => (StatusCode::FORBIDDEN, "policy.denied"),
        Reason::UnknownDevice | Reason::UnknownPlace => (StatusCode::NOT_FOUND, "not_found"),
        Reason::NothingToDo | Reason::Contradiction => (StatusCode::CONFLICT, "conflict"),
        other => (StatusCode::UNPROCESSABLE_ENTITY, other.code()),
    };
    Problem::new(status, code, text.zh, text.en).diagnostics(denial.diagnostics)
}

/// The runtime did not answer.
pub(crate) fn stopped(error: &HostError) -> Problem {
    tracing::error!(%error, "the runtime did not answer");
    let (zh, en) = match error {
        HostError::Stopped => ("服务器正在停止", "the server is stopping"),
        HostError::NotWritten(_) => (
            "日志写入失败，操作已执行但未确认",
            "the log cannot be written: what was asked has happened and is not acknowledged",
        ),
        HostError::RealTime => ("该操作只能用于模拟时钟", "this needs a simulated clock"),
    };
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.code(), zh, en)
}
