//! The two ways into the runtime. What nobody waits for goes in groups as large as what has gathered; what a client is
//! acknowledged goes in groups that are on disk when they are done. Both have a length, and whoever fills them waits.

use crate::contract::{Inlet, InletError};
use crate::limits::{GROUP_MAX, LANE_MAX};
use documents::Signal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot, watch};

/// Says what became of a group.
pub(crate) type Done = oneshot::Receiver<Result<(), InletError>>;
type Durable = (Vec<Signal>, oneshot::Sender<Result<(), InletError>>);

/// Both lanes.
#[derive(Debug)]
pub(crate) struct Lanes {
    plain: mpsc::Sender<Vec<Signal>>,
    durable: mpsc::Sender<Durable>,
    /// Signals that were not taken and that nobody waited for.
    pub(crate) lost: Arc<AtomicU64>,
}

impl Lanes {
    /// Both lanes, and the tasks that empty them until `stop` says so.
    pub(crate) fn start(
        inlet: Arc<dyn Inlet>,
        stop: &watch::Receiver<bool>,
    ) -> (Lanes, [tokio::task::JoinHandle<()>; 2]) {
        let (plain, plain_rx) = mpsc::channel(LANE_MAX);
        let (durable, durable_rx) = mpsc::channel(LANE_MAX);
        let lost = Arc::new(AtomicU64::new(0));
        let tasks = [
            tokio::spawn(run_plain(inlet.clone(), plain_rx, stop.clone(), lost.clone())),
            tokio::spawn(run_durable(inlet, durable_rx, stop.clone())),
        ];
        (Lanes { plain, durable, lost }, tasks)
    }

    /// Hands signals over that nobody waits for. Waits while there is no room.
    pub(crate) async fn hand_over(&self, signals: Vec<Signal>) {
        let count = signals.len();
        if count > 0 && self.plain.send(signals).await.is_err() {
            self.lost.fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
        }
    }

    /// Hands signals over; the answer says when they are on disk. Waits while there is no room.
    pub(crate) async fn keep(&self, signals: Vec<Signal>) -> Done {
        let (done, answer) = oneshot::channel();
        // When the lane is closed the answer is dropped with it, and that is an answer.
        let _closed = self.durable.send((signals, done)).await;
        answer
    }
}

/// Whether all shall stop; also when the broker was dropped.
pub(crate) fn is_stopped(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

/// Until all shall stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _now = stop.wait_for(|s| *s).await;
}

/// The next of a lane; none when it is empty and closed. Closes it when all shall stop.
async fn next<T>(lane: &mut mpsc::Receiver<T>, stop: &mut watch::Receiver<bool>) -> Option<T> {
    if !is_stopped(stop) {
        tokio::select! {
            biased;
            item = lane.recv() => return item,
            () = stopped(stop) => {}
        }
    }
    lane.close();
    lane.recv().await
}

async fn run_plain(
    inlet: Arc<dyn Inlet>,
    mut lane: mpsc::Receiver<Vec<Signal>>,
    mut stop: watch::Receiver<bool>,
    lost: Arc<AtomicU64>,
) {
    while let Some(mut group) = next(&mut lane, &mut stop).await {
        while group.len() < GROUP_MAX
            && let Ok(more) = lane.try_recv()
        {
            group.extend(more);
        }
        let count = u64::try_from(group.len()).unwrap_or(0);
        if let Err(error) = inlet.accept(group, false).await {
            lost.fetch_add(count, Ordering::Relaxed);
            tracing::warn!(%error, count, "signals of devices were not taken");
        }
    }
}

async fn run_durable(inlet: Arc<dyn Inlet>, mut lane: mpsc::Receiver<Durable>, mut stop: watch::Receiver<bool>) {
    while let Some((mut group, first)) = next(&mut lane, &mut stop).await {
        let mut waiting = vec![first];
        while group.len() < GROUP_MAX
            && let Ok((more, done)) = lane.try_recv()
        {
            group.extend(more);
            waiting.push(done);
        }
        let result = inlet.accept(group, true).await;
        if let Err(error) = result {
            tracing::warn!(%error, "signals of devices were not kept");
        }
        for done in waiting {
            // A client that is gone waits for nothing.
            let _gone = done.send(result);
        }
    }
}
