//! Writes what must outlive a restart behind what happens: changes that cancel each other out before they are written
//! are never written, the rest goes to the store in groups.

use crate::contract::{Keep, KeepChange, KeptMessage, KeptSession};
use crate::lanes::{is_stopped, stopped};
use crate::limits::{KEEP_GROUP_MAX, KEEP_MAX};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How long changes are gathered before they are written, and how long a failed group waits for its next try.
const GATHER: Duration = Duration::from_millis(50);
const RETRY: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
struct Pending {
    /// Whether the old session ends first, and what it is now.
    sessions: BTreeMap<String, (bool, Option<KeptSession>)>,
    /// None: no longer waits.
    queued: BTreeMap<(String, u64), Option<KeptMessage>>,
    /// None: no longer retained.
    retained: BTreeMap<String, Option<KeptMessage>>,
}

impl Pending {
    fn len(&self) -> usize {
        self.sessions.len() + self.queued.len() + self.retained.len()
    }
    fn into_changes(self) -> Vec<KeepChange> {
        let mut changes = Vec::with_capacity(self.len());
        for (key, (ended, session)) in self.sessions {
            if ended {
                changes.push(KeepChange::NoSession(key));
            }
            changes.extend(session.map(KeepChange::Session));
        }
        changes.extend(self.queued.into_iter().map(|((session, seq), message)| match message {
            Some(message) => KeepChange::Queued { session, seq, message },
            None => KeepChange::Unqueued { session, seq },
        }));
        changes.extend(self.retained.into_iter().map(|(topic, message)| match message {
            Some(message) => KeepChange::Retained(message),
            None => KeepChange::NotRetained(topic),
        }));
        changes
    }
}

/// What waits to be written.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    pending: Mutex<Pending>,
    wake: Notify,
    numbers: AtomicU64,
    /// Messages that were not kept since too much waited.
    pub(crate) dropped: AtomicU64,
    /// Groups that could not be written at once.
    pub(crate) failed: AtomicU64,
}

impl Keeper {
    fn change(&self, change: impl FnOnce(&mut Pending)) {
        change(&mut self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        self.wake.notify_one();
    }

    /// A number for a message that is kept; they rise, whatever session it is.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Numbers go on after one that was kept.
    pub(crate) fn number_after(&self, kept: u64) {
        self.numbers.fetch_max(kept + 1, Ordering::Relaxed);
    }

    pub(crate) fn session(&self, session: KeptSession) {
        let key = session.key.clone();
        self.change(|p| p.sessions.entry(key).or_default().1 = Some(session));
    }

    pub(crate) fn no_session(&self, key: &str) {
        self.change(|p| {
            p.sessions.insert(key.to_owned(), (true, None));
            p.queued.retain(|(session, _), _| session != key);
        });
    }

    pub(crate) fn queued(&self, session: &str, seq: u64, message: impl FnOnce() -> KeptMessage) {
        self.change(|p| {
            if p.len() < KEEP_MAX {
                p.queued.insert((session.to_owned(), seq), Some(message()));
            } else {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        });
    }

    pub(crate) fn unqueued(&self, session: &str, seq: u64) {
        self.change(|p| {
            let key = (session.to_owned(), seq);
            // One that was not written yet needs no deletion.
            if p.queued.remove(&key).is_none() {
                p.queued.insert(key, None);
            }
        });
    }

    pub(crate) fn retained(&self, topic: &str, message: Option<KeptMessage>) {
        self.change(|p| {
            p.retained.insert(topic.to_owned(), message);
        });
    }

    /// What is written next. Sessions go before their messages, so a large rest of messages can wait.
    fn take(&self) -> Vec<KeepChange> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = pending.queued.keys().nth(KEEP_GROUP_MAX).cloned().map(|key| pending.queued.split_off(&key));
        let taken = std::mem::take(&mut *pending);
        if let Some(rest) = rest {
            pending.queued = rest;
            self.wake.notify_one();
        }
        taken.into_changes()
    }

    /// Writes until `stop` says so, and then what is left.
    pub(crate) async fn run(&self, keep: &dyn Keep, mut stop: watch::Receiver<bool>) {
        let mut changes = Vec::new();
        loop {
            let ended = is_stopped(&stop);
            if !ended && changes.is_empty() {
                tokio::select! {
                    () = self.wake.notified() => {}
                    () = stopped(&mut stop) => {}
                }
                let _gathered = tokio::time::timeout(GATHER, stopped(&mut stop)).await;
            }
            if changes.is_empty() {
                changes = self.take();
            }
            let written = if changes.is_empty() { Ok(()) } else { keep.write(changes.clone()).await };
            match written {
                Ok(()) => changes.clear(),
                Err(error) => {
                    self.failed.fetch_add(1, Ordering::Relaxed);
                    tracing::warn!(%error, changes = changes.len(), "MQTT sessions are not kept");
                    let _waited = tokio::time::timeout(RETRY, stopped(&mut stop)).await;
                }
            }
            if ended {
                // What came while the last group was written goes with one try.
                loop {
                    let rest = self.take();
                    if rest.is_empty() {
                        return;
                    }
                    if keep.write(rest).await.is_err() {
                        self.failed.fetch_add(1, Ordering::Relaxed);
                        return;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(topic: &str) -> KeptMessage {
        KeptMessage {
            topic: topic.into(),
            payload: b"1".to_vec(),
            qos: 1,
            expires: None,
            content_type: None,
            response_topic: None,
            correlation: None,
            user: Vec::new(),
        }
    }

    #[test]
    fn what_cancels_out_is_not_written() {
        let keeper = Keeper::default();
        let session = KeptSession { key: "s".into(), subscriptions: Vec::new(), expiry_secs: 60, expires: None };
        keeper.session(session.clone());
        keeper.queued("s", 1, || message("a"));
        keeper.queued("s", 2, || message("b"));
        keeper.unqueued("s", 1);
        keeper.retained("t", Some(message("t")));
        keeper.retained("t", None);
        assert_eq!(
            keeper.take(),
            [
                KeepChange::Session(session.clone()),
                KeepChange::Queued { session: "s".into(), seq: 2, message: message("b") },
                KeepChange::NotRetained("t".into()),
            ]
        );
        keeper.unqueued("s", 2);
        assert_eq!(keeper.take(), [KeepChange::Unqueued { session: "s".into(), seq: 2 }]);
        keeper.queued("s", 3, || message("c"));
        keeper.no_session("s");
        keeper.session(session.clone());
        assert_eq!(keeper.take(), [KeepChange::NoSession("s".into()), KeepChange::Session(session)]);
        assert_eq!(keeper.take(), []);
    }
}
