//! The past: of one point, of any selection, and how far the writing of a demo building's past is.

use crate::Api;
use crate::auth::Identity;
use crate::extract::{Args, Body, Of};
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use base::id::{Point, PointId};
use base::{Sample, Span, Timestamp};
use documents::chart::Range;
use documents::history::{Bucket, PastProgress, PointHistory};
use documents::{HistoryFrame, HistoryQuery};
use runtime::HistoryError;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use store::StoreError;
use things::{PointKind, PointSpec, World};

/// What is shown where nobody says from when.
const RANGE: Span = Span::from_secs(24 * 3600);

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/points/{id}/history",
            get_with(point, |o| {
                o.id("getPointHistory").tag("history").summary("The past of a point, in pieces of time.").description(
                    "The last 24 hours where no time is named. Numbers are weighed by the time they held; a measured \
                     number holds for at most an hour, so that silence shows as null.",
                )
            }),
        )
        .api_route(
            "/api/points/{id}/samples",
            get_with(samples, |o| {
                o.id("listPointSamples").tag("history").summary("The stored values of a point, oldest first.")
            }),
        )
        .api_route(
            "/api/history/query",
            post_with(query, |o| {
                o.id("queryHistory").tag("history").summary("Answers a question about the past.").description(
                    "Points that the asker does not see are left out. A selection that finds nothing is an error that \
                     says what is there.",
                )
            }),
        )
        .api_route(
            "/api/history/progress",
            get_with(progress, |o| {
                o.id("getHistoryProgress")
                    .tag("history")
                    .summary("How far the writing of a demo building's past is, in days.")
            }),
        )
}

/// Why the past cannot be told.
pub(super) fn refused(error: HistoryError) -> Problem {
    match error {
        HistoryError::Ask { code: "history.limit", text, .. } => {
            Problem::unprocessable("history.limit", text.zh, text.en)
        }
        HistoryError::Ask { .. } => {
            let diagnostics: Vec<_> = error.diagnostic().into_iter().collect();
            let text = diagnostics.first().map(|d| d.message.clone()).unwrap_or_default();
            Problem::unprocessable("history.question", text.zh, text.en).diagnostics(diagnostics)
        }
        HistoryError::Store(e) => Problem::internal("history.store", &e),
    }
}

fn unknown() -> Problem {
    Problem::not_found("没有这个点位", "there is no such point")
}

/// A point that the asker sees and that has values.
async fn seen(api: &Api, who: &Identity, id: PointId) -> Result<(Arc<World>, PointSpec), Problem> {
    who.may(policy::Effect::Read)?;
    let world = api.world().await?;
    let spec = world.point(id).filter(|p| who.sees(p) && p.kind != PointKind::Service).cloned().ok_or_else(unknown)?;
    Ok((world, spec))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Pieces {
    /// From when; 24 hours before the end when absent.
    from: Option<Timestamp>,
    /// Until when, not included; now when absent.
    to: Option<Timestamp>,
    /// Into which pieces of time.
    bucket: Option<Bucket>,
}

fn range(api: &Api, from: Option<Timestamp>, to: Option<Timestamp>) -> (Timestamp, Timestamp) {
    let to = to.unwrap_or_else(|| api.now());
    (from.unwrap_or(to - RANGE), to)
}

async fn point(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<Point>,
    Args(wanted): Args<Pieces>,
) -> Result<Json<PointHistory>, Problem> {
    let (world, spec) = seen(&api, &who, id).await?;
    let (from, to) = range(&api, wanted.from, wanted.to);
    let bucket = wanted.bucket.unwrap_or_default();
    let history = api.handle().history();
    history.point(&world, &spec, &Range::Between { from, to }, bucket).await.map(Json).map_err(refused)
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// How many, 1 to 500.
    #[schemars(range(min = 1, max = crate::limits::PAGE_MAX))]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// From when; 24 hours before the end when absent.
    from: Option<Timestamp>,
    /// Until when, not included; now when absent.
    to: Option<Timestamp>,
}

async fn samples(
    State(api): State<Api>,
    who: Identity,
    Of(id): Of<Point>,
    Args(wanted): Args<Wanted>,
) -> Result<Json<Page<Sample>>, Problem> {
    let (limit, after) = (page::limit(wanted.limit)?, page::after::<i64>(wanted.cursor.as_deref())?);
    let (_, spec) = seen(&api, &who, id).await?;
    let (from, to) = range(&api, wanted.from, wanted.to);
    let from = after.map_or(from, |a| from.max(Timestamp::from_micros(a) + Span::from_micros(1)));
    let found = api.handle().history().samples(spec.id, from, to, limit + 1).await;
    let found = found.map_err(|e: StoreError| refused(e.into()))?;
    Ok(Json(page::cut(found.into_iter(), limit, |s| s.at.as_micros())))
}

async fn query(
    State(api): State<Api>,
    who: Identity,
    Body(query): Body<HistoryQuery>,
) -> Result<Json<HistoryFrame>, Problem> {
    who.may(policy::Effect::Read)?;
    let world = api.world().await?;
    api.handle().history().query(&world, &query, |p| who.sees(p)).await.map(Json).map_err(refused)
}

async fn progress(State(api): State<Api>, who: Identity) -> Result<Json<PastProgress>, Problem> {
    who.may(policy::Effect::Read)?;
    Ok(Json(api.handle().history().progress()))
}
