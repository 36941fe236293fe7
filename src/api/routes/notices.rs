//! Notices: what rules have told people, and who has read it.

use super::stopped;
use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Body};
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use base::id::{NoticeId, RuleId};
use documents::{Event, Notice, NoticeLevel, Outcome};
use runtime::core::notices::READ_MAX;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/notices",
            get_with(list, |o| {
                o.id("listNotices")
                    .tag("notices")
                    .summary("What rules have told people, the newest first.")
                    .description(
                        "The last thousand are kept. A notice is said once; what lasts until it is over is an alarm.",
                    )
            }),
        )
        .api_route(
            "/api/notices/read",
            post_with(read, |o| {
                o.id("readNotices").tag("notices").summary("Says that a person has read notices.").description(
                    "Those that were read before stay as they are, and those that are no longer kept are passed over.",
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
    /// Only those that somebody has read, or nobody.
    read: Option<bool>,
    /// Only those of this level.
    level: Option<NoticeLevel>,
    /// Only those of this rule.
    rule: Option<RuleId>,
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<Wanted>,
) -> Result<Json<Page<Notice>>, Problem> {
    who.may(policy::Effect::Read)?;
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<NoticeId>(wanted.cursor.as_deref())?);
    let look = move |core: &runtime::Core| {
        let notices = core
            .notices()
            .rev()
            .filter(|n| after.is_none_or(|last| n.id < last))
            .filter(|n| wanted.read.is_none_or(|read| n.read.is_some() == read))
            .filter(|n| wanted.level.is_none_or(|level| n.level == level))
            .filter(|n| wanted.rule.is_none_or(|rule| n.rule == Some(rule)));
        page::cut(notices.cloned(), limit, |n| n.id)
    };
    api.handle().read(look).await.map(Json).map_err(|e| stopped(&e))
}

/// Which notices were read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WasRead {
    /// Their ids.
    #[schemars(length(min = 1, max = READ_MAX))]
    notices: Vec<NoticeId>,
}

/// The notices that are read now.
#[derive(Debug, Serialize, JsonSchema)]
struct NowRead {
    /// Those that nobody had read before.
    notices: Vec<Notice>,
}

async fn read(State(api): State<Api>, who: Identity, Body(was): Body<WasRead>) -> Result<Json<NowRead>, Problem> {
    who.may(policy::Effect::Actuate)?;
    if was.notices.is_empty() || was.notices.len() > READ_MAX {
        return Err(Problem::unprocessable(
            "notices.limit",
            format!("须为 1 到 {READ_MAX} 条通知"),
            format!("1 to {READ_MAX} notices are read at once"),
        ));
    }
    let event = Event::NoticesRead { actor: who.actor(), notices: was.notices };
    let outcomes = api.handle().apply(event).await.map_err(|e| stopped(&e))?;
    let mut notices = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Notice(notice) => notices.push(*notice),
            Outcome::Denied(denial) => return Err(super::denied(denial)),
            _ => {}
        }
    }
    api.acknowledged().await?;
    Ok(Json(NowRead { notices }))
}
