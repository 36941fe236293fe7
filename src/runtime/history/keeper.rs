//! What goes on in the background for the history, beside the host: sealing what the log has, writing the past of a demo
//! building day by day, and looking for findings.
//!
//! Each is done in small pieces with a rest after it, so that whoever asks something is answered in between.

use super::History;
use crate::clock::{SystemClock, sleep_until};
use crate::findings;
use crate::handle::Handle;
use base::id::PointId;
use base::{Clock, Sample, Span, Timestamp};
use documents::history::{PastProgress, PastState};
use std::sync::Arc;
use store::telemetry::SEAL_VALUES;
use store::{Past, StoreError};
use tokio::sync::watch;

/// Name of the demo building's past in the store.
pub const PAST: &str = "demo";
/// How long values wait at most until they are sealed.
const SEAL_AGE: Span = Span::from_secs(2 * 3600);
/// How often it is looked whether there is something to do.
const LOOK: Span = Span::from_secs(2);
/// How long a failure is left alone.
const AFTER_FAILURE: Span = Span::from_secs(60);
/// How often findings are looked for.
const FINDINGS_EVERY: Span = Span::from_secs(24 * 3600);

/// A past that can be written: what happened each day, always the same of one seed.
pub trait Source: Send + 'static {
    /// Its first and last moment.
    fn range(&self) -> (Timestamp, Timestamp);
    /// Days given so far, and days in all.
    fn progress(&self) -> (u32, u32);
    /// The samples of the next day by point; none when there is no further day.
    fn next_day(&mut self) -> Option<Vec<(PointId, Vec<Sample>)>>;
}

impl Source for crate::sim::Past {
    fn range(&self) -> (Timestamp, Timestamp) {
        self.range()
    }
    fn progress(&self) -> (u32, u32) {
        self.progress()
    }
    fn next_day(&mut self) -> Option<Vec<(PointId, Vec<Sample>)>> {
        self.next_day()
    }
}

/// The past that a building may have.
pub struct Plan {
    /// Where it ends, if it is begun now; one that was begun goes on in any case.
    pub begin: Option<Timestamp>,
    /// Makes the past that ends at a time.
    pub make: Box<dyn FnOnce(Timestamp) -> Box<dyn Source> + Send>,
}

/// The task's own things.
struct Keeper {
    handle: Handle,
    history: History,
    clock: SystemClock,
    stop: watch::Receiver<bool>,
}

/// Looks after the history until it is told to stop.
pub async fn keep(handle: Handle, plan: Option<Plan>, stop: watch::Receiver<bool>) {
    let history = handle.history().clone();
    let keeper = Keeper { handle, history, clock: SystemClock::default(), stop };
    let mut stopped = keeper.stop.clone();
    let work = async { tokio::join!(keeper.write_past(plan), keeper.seal_always(), keeper.look_always()) };
    tokio::select! {
        _ = work => {}
        // An error means that who could tell is gone.
        _ = stopped.wait_for(|stop| *stop) => {}
    }
}

impl Keeper {
    async fn rest(&self, span: Span) {
        sleep_until(&self.clock, Some(self.clock.now() + span)).await;
    }

    /// Rests as long as the work took: half of the time is everybody else's.
    async fn rest_after(&self, began: Timestamp) {
        self.rest(self.clock.now() - began).await;
    }

    fn tell(&self, state: PastState, past: &Past) {
        self.history.past.send_replace(PastProgress {
            state,
            done: past.done,
            total: past.days,
            values: past.samples,
            from: Some(past.from),
            to: Some(past.to),
        });
    }

    async fn write_past(&self, plan: Option<Plan>) {
        let Some(plan) = plan else { return };
        if let Err(error) = self.try_write_past(plan).await {
            tracing::error!(%error, "the past of the demo building could not be written; it goes on at the next start");
        }
    }

    async fn try_write_past(&self, plan: Plan) -> Result<(), StoreError> {
        let records = self.history.store.records();
        let known = records.past(PAST).await?;
        let until = match known {
            Some(past) if past.done >= past.days => {
                self.tell(PastState::Done, &past);
                return Ok(());
            }
            Some(past) => past.to,
            None => match plan.begin {
                Some(until) => until,
                None => return Ok(()),
            },
        };
        let made = tokio::task::spawn_blocking(move || (plan.make)(until)).await;
        let mut source = made.map_err(|_| StoreError::Closed)?;
        let ((from, to), (_, days)) = (source.range(), source.progress());
        let past = records.begin_past(PAST, Past { from, to, days, done: 0, samples: 0 }).await?;
        self.tell(PastState::Running, &past);
        tracing::info!(days, done = past.done, "the past of the demo building is being written");
        let began = self.clock.now();
        let mut day = 0;
        loop {
            let turn = self.clock.now();
            let made = tokio::task::spawn_blocking(move || {
                let day = source.next_day();
                (source, day)
            });
            let (back, values) = made.await.map_err(|_| StoreError::Closed)?;
            source = back;
            let Some(values) = values else { break };
            // What was written before a restart is made again, since each day follows from the one before.
            if day >= past.done {
                records.write_day(PAST, values).await?;
                if let Some(past) = records.past(PAST).await? {
                    tracing::debug!(done = past.done, days, values = past.samples, "a day of the past is written");
                    self.tell(PastState::Running, &past);
                }
            }
            day += 1;
            self.rest_after(turn).await;
        }
        while records.tidy().await? {
            self.rest(Span::from_millis(1)).await;
        }
        let Some(past) = records.past(PAST).await? else { return Ok(()) };
        let took_ms = (self.clock.now() - began).as_millis();
        tracing::info!(days, values = past.samples, took_ms, "the past of the demo building is written");
        self.tell(PastState::Done, &past);
        Ok(())
    }

    /// Seals what a process before left, then whenever there is much or it is old.
    async fn seal_always(&self) {
        let records = self.history.store.records();
        let mut sealed_at: Option<Timestamp> = None;
        loop {
            let old = sealed_at.is_none_or(|at| self.clock.now() - at >= SEAL_AGE);
            if old || records.waiting() >= SEAL_VALUES {
                match self.seal().await {
                    Ok(()) => sealed_at = Some(self.clock.now()),
                    Err(error) => {
                        tracing::warn!(%error, "the history could not be sealed; it stays in the log and is tried again");
                        self.rest(AFTER_FAILURE).await;
                    }
                }
            }
            self.rest(LOOK).await;
        }
    }

    async fn seal(&self) -> Result<(), StoreError> {
        let records = self.history.store.records();
        loop {
            let began = self.clock.now();
            let more = records.seal().await?;
            if !more {
                break;
            }
            self.rest_after(began).await;
        }
        while records.tidy().await? {
            self.rest(Span::from_millis(1)).await;
        }
        Ok(())
    }

    /// Looks for findings once the past is written, then daily.
    async fn look_always(&self) {
        let mut past = self.history.past.subscribe();
        // A past that is about to be written says so at once.
        self.rest(LOOK).await;
        loop {
            if past.wait_for(|p| p.state != PastState::Running).await.is_err() {
                return;
            }
            let again = match self.look().await {
                Ok(()) => FINDINGS_EVERY,
                Err(why) => {
                    tracing::warn!(%why, "no findings could be looked for; it is tried again");
                    AFTER_FAILURE
                }
            };
            self.rest(again).await;
        }
    }

    async fn look(&self) -> Result<(), String> {
        let world = self.handle.read(|core| core.world().clone()).await.map_err(|e| e.to_string())?;
        let began = self.clock.now();
        let found = findings::find(&self.history.store, &world, self.handle.now()).await.map_err(|e| e.to_string())?;
        let took_ms = (self.clock.now() - began).as_millis();
        tracing::info!(findings = found.len(), took_ms, "looked for findings in the past month");
        self.history.findings.send_replace(Arc::new(found));
        Ok(())
    }
}
