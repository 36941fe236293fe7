//! What changes, as it changes: receipts, proposals, rules, links and reports as server-sent events.
//!
//! What it is *not*: no history. A client that was away reads the collections again.

use super::stopped;
use crate::auth::Identity;
use crate::limits::{STREAM_TIME_MAX, STREAMS_MAX};
use crate::metrics::Metric;
use crate::problem::Problem;
use crate::sse::{EventStream, event};
use crate::{Api, views};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::Event as SseEvent;
use base::id::{DeviceId, PointId, RevisionId};
use base::{Bilingual, Sample};
use documents::{Batch, Event, Outcome};
use futures::stream::{self, StreamExt};
use serde::Serialize;
use std::sync::Arc;
use things::World;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, broadcast};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().api_route(
        "/api/events",
        get_with(events, |o| {
            o.id("streamEvents").tag("events").summary("What changes, as server-sent events.").description(
                "Events: `receipt`, `proposal`, `rule`, `link` {device, online}, `report` [{point, sample, words}], and \
                 `missed` {batches} when the client was too slow: it reads the collections again then. The stream ends \
                 after a quarter of an hour; clients connect again.",
            )
        }),
    )
}

#[derive(Serialize)]
struct LinkDelta {
    device: DeviceId,
    online: bool,
}

#[derive(Serialize)]
struct WorldDelta {
    revision: RevisionId,
}

#[derive(Serialize)]
struct ReportDelta<'a> {
    point: PointId,
    sample: &'a Sample,
    words: Option<Bilingual>,
}

#[derive(Serialize)]
struct Missed {
    batches: u64,
}

/// One open stream. Dropping it, in whatever way it ends, frees its place.
struct Open {
    api: Api,
    who: Identity,
    world: Arc<World>,
    batches: broadcast::Receiver<Arc<Batch>>,
    _place: OwnedSemaphorePermit,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.api.metrics().sub(Metric::Streams, 1);
    }
}

async fn events(State(api): State<Api>, who: Identity) -> Result<EventStream, Problem> {
    who.may(policy::Effect::Read)?;
    let place = api.streams().clone().try_acquire_owned().map_err(|_| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "events.full",
            format!("同时最多 {STREAMS_MAX} 个事件流"),
            format!("at most {STREAMS_MAX} event streams are open at a time"),
        )
        .retry_after(5)
    })?;
    let batches = api.handle().subscribe();
    let world = api.handle().read(|core| core.world().clone()).await.map_err(|e| stopped(&e))?;
    api.metrics().add(Metric::Streams, 1);
    let mut stop = api.stop();
    let over = async move {
        let stopped = async { drop(stop.wait_for(|stop| *stop).await) };
        drop(tokio::time::timeout(STREAM_TIME_MAX, stopped).await);
    };
    let open = Open { api, who, world, batches, _place: place };
    let deltas = stream::unfold(open, |mut open| async {
        let batch = match open.batches.recv().await {
            Ok(batch) => Ok(batch),
            Err(RecvError::Lagged(batches)) => Err(Missed { batches }),
            Err(RecvError::Closed) => return None,
        };
        let said = match batch {
            Ok(batch) => open.deltas(&batch).await,
            Err(missed) => event("missed", &missed).into_iter().collect(),
        };
        Some((stream::iter(said), open))
    });
    // The first bytes leave at once, so that a client knows the stream is open.
    let hello = stream::once(async { SseEvent::default().comment("open") });
    Ok(EventStream::new(hello.chain(deltas.flatten().take_until(Box::pin(over)))))
}

impl Open {
    /// What a batch changed, as far as this client may see it.
    async fn deltas(&mut self, batch: &Batch) -> Vec<SseEvent> {
        if (batch.events.iter().any(|e| matches!(e, Event::World { .. }))
            || batch.outcomes.iter().any(|o| matches!(o, Outcome::Configured(_))))
            && let Ok(world) = self.api.handle().read(|core| core.world().clone()).await
        {
            self.world = world;
        }
        let inputs = batch.events.iter().filter_map(|e| self.input(e));
        let outcomes = batch.outcomes.iter().filter_map(|o| self.outcome(o));
        inputs.chain(outcomes).map(|e| e.id(batch.seq.to_string())).collect()
    }

    fn input(&self, input: &Event) -> Option<SseEvent> {
        match input {
            Event::Link { device, online, .. } => event("link", &LinkDelta { device: *device, online: *online }),
            Event::Report { values, .. } => {
                let seen: Vec<ReportDelta<'_>> = values
                    .iter()
                    .filter_map(|(point, sample)| {
                        let spec = self.world.point(*point).filter(|p| self.who.sees(p))?;
                        Some(ReportDelta { point: *point, sample, words: Some(spec.words(&sample.value)) })
                    })
                    .collect();
                if seen.is_empty() { None } else { event("report", &seen) }
            }
            _ => None,
        }
    }

    fn outcome(&self, outcome: &Outcome) -> Option<SseEvent> {
        match outcome {
            Outcome::Receipt(receipt) => {
                let seen = self.world.point(receipt.point).is_none_or(|p| self.who.sees(p));
                seen.then(|| event("receipt", receipt)).flatten()
            }
            Outcome::Proposal(proposal) => event("proposal", proposal),
            Outcome::Rule(saved) => event("rule", &views::rule(&self.world, saved)),
            Outcome::Configured(done) => event("world", &WorldDelta { revision: done.revision }),
            Outcome::Send(_) | Outcome::Publish(_) | Outcome::Trace(_) | Outcome::Denied(_) | Outcome::Alarm { .. } => {
                None
            }
        }
    }
}
