//! What the broker keeps, in the store. A message is stored as one line of JSON and then its payload as it is.

use access::contract::{Keep, KeepChange, KeepError, Kept, KeptMessage, KeptSession, Subscription};
use async_trait::async_trait;
use base::Clock;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::broker::{self, BATCH_CHANGES_MAX};

/// The store as the broker sees it.
pub(super) struct Keeper {
    pub(super) store: broker::Broker,
    pub(super) clock: Arc<dyn Clock>,
}

#[derive(Serialize, Deserialize)]
struct State {
    expiry_secs: u32,
}

fn failed(error: impl std::fmt::Display) -> KeepError {
    KeepError(error.to_string())
}

fn message_bytes(message: KeptMessage) -> Result<Vec<u8>, KeepError> {
    let KeptMessage { payload, .. } = &message;
    let payload = payload.clone();
    let mut bytes = serde_json::to_vec(&KeptMessage { payload: Vec::new(), ..message }).map_err(failed)?;
    bytes.push(b'\n');
    bytes.extend(payload);
    Ok(bytes)
}

fn message_of(bytes: &[u8]) -> Result<KeptMessage, KeepError> {
    let end = bytes.iter().position(|b| *b == b'\n').ok_or_else(|| KeepError("a message has no head".into()))?;
    let (head, rest) = bytes.split_at(end);
    let message: KeptMessage = serde_json::from_slice(head).map_err(failed)?;
    Ok(KeptMessage { payload: rest.get(1..).unwrap_or_default().to_vec(), ..message })
}

fn stored_session(session: KeptSession) -> Result<broker::Session, KeepError> {
    let option = |s: Subscription| {
        let filter = s.filter.clone();
        Ok(broker::Subscription { filter, options: serde_json::to_value(s).map_err(failed)? })
    };
    Ok(broker::Session {
        key: session.key,
        state: serde_json::to_vec(&State { expiry_secs: session.expiry_secs }).map_err(failed)?,
        subscriptions: session.subscriptions.into_iter().map(option).collect::<Result<_, KeepError>>()?,
        expires: session.expires,
    })
}

fn kept_session(session: broker::Session) -> Result<KeptSession, KeepError> {
    let state: State = serde_json::from_slice(&session.state).map_err(failed)?;
    let subscription = |s: broker::Subscription| serde_json::from_value::<Subscription>(s.options).map_err(failed);
    Ok(KeptSession {
        key: session.key,
        subscriptions: session.subscriptions.into_iter().map(subscription).collect::<Result<_, _>>()?,
        expiry_secs: state.expiry_secs,
        expires: session.expires,
    })
}

fn stored(change: KeepChange) -> Result<broker::Keep, KeepError> {
    Ok(match change {
        KeepChange::Session(session) => broker::Keep::Session(stored_session(session)?),
        KeepChange::NoSession(session) => broker::Keep::EndSession { session },
        KeepChange::Queued { session, seq, message } => {
            let expires = message.expires;
            let message = broker::Message { number: seq, data: message_bytes(message)?, expires };
            broker::Keep::Queue { session, message }
        }
        KeepChange::Unqueued { session, seq } => broker::Keep::Unqueue { session, number: seq },
        KeepChange::Retained(message) => {
            let (topic, payload, qos, expires) =
                (message.topic.clone(), message.payload.clone(), message.qos, message.expires);
            let bare = KeptMessage { payload: Vec::new(), ..message };
            let properties = serde_json::to_vec(&bare).map_err(failed)?;
            broker::Keep::Retain(broker::Retained { topic, payload, qos, properties, expires })
        }
        KeepChange::NotRetained(topic) => broker::Keep::Release { topic },
    })
}

/// What cannot be read any more is left out: a damaged message must not keep the others away.
fn or_left_out<T>(what: &str, read: Result<T, KeepError>) -> Option<T> {
    read.inspect_err(|why| tracing::warn!(what, %why, "what was kept of MQTT is damaged and left out")).ok()
}

#[async_trait]
impl Keep for Keeper {
    async fn load(&self) -> Result<Kept, KeepError> {
        self.store.remove_expired(self.clock.now()).await.map_err(failed)?;
        let mut kept = Kept::default();
        let mut after: Option<String> = None;
        loop {
            let page = self.store.sessions(after.as_deref()).await.map_err(failed)?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            for session in page {
                self.load_queue(&session.key, &mut kept).await?;
                kept.sessions.extend(or_left_out("session", kept_session(session)));
            }
        }
        let mut after: Option<String> = None;
        loop {
            let page = self.store.retained(after.as_deref()).await.map_err(failed)?;
            let Some(last) = page.last() else { break };
            after = Some(last.topic.clone());
            for retained in page {
                let bare = serde_json::from_slice::<KeptMessage>(&retained.properties).map_err(failed);
                let whole = bare.map(|m| KeptMessage { payload: retained.payload, ..m });
                kept.retained.extend(or_left_out("retained message", whole));
            }
        }
        Ok(kept)
    }

    async fn write(&self, changes: Vec<KeepChange>) -> Result<(), KeepError> {
        let mut changes = changes.into_iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        while !changes.is_empty() {
            let rest = changes.split_off(changes.len().min(BATCH_CHANGES_MAX));
            let applied = self.store.apply(changes).await.map_err(failed)?;
            if !applied.refused.is_empty() || !applied.dropped.is_empty() {
                let (refused, dropped) = (applied.refused.len(), applied.dropped.values().sum::<u64>());
                tracing::warn!(refused, dropped, "there is no room to keep all that waits for MQTT clients");
            }
            changes = rest;
        }
        Ok(())
    }
}

impl Keeper {
    async fn load_queue(&self, session: &str, kept: &mut Kept) -> Result<(), KeepError> {
        let mut after: Option<u64> = None;
        loop {
            let page = self.store.messages(session, after).await.map_err(failed)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.number);
            for message in page {
                let read = or_left_out("waiting message", message_of(&message.data));
                kept.queued.extend(read.map(|m| (session.to_owned(), message.number, m)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemClock;
    use base::Timestamp;
    use store::Store;

    fn message(topic: &str, payload: &[u8]) -> KeptMessage {
        KeptMessage {
            topic: topic.into(),
            payload: payload.to_vec(),
            qos: 1,
            expires: None,
            content_type: Some("text/plain".into()),
            response_topic: None,
            correlation: Some(vec![0, 255, 10]),
            user: vec![("名".into(), "值".into())],
        }
    }

    #[tokio::test]
    async fn what_is_kept_comes_back_as_it_was() {
        let store = Store::open_in_memory();
        let keeper = Keeper { store: store.broker().clone(), clock: Arc::new(SystemClock::default()) };
        let session = |key: &str| KeptSession {
            key: key.into(),
            subscriptions: vec![Subscription {
                filter: "a/+/b".into(),
                qos: 1,
                no_local: true,
                retain_as_published: false,
                id: Some(7),
            }],
            expiry_secs: 3600,
            expires: Some(Timestamp::from_millis(4_000_000_000_000)),
        };
        let queued = |session: &str, seq, payload: &[u8]| KeepChange::Queued {
            session: session.into(),
            seq,
            message: message("t", payload),
        };
        let payloads: [&[u8]; 3] = [b"plain", b"two\nlines\n", &[0, 10, 255]];
        let mut changes = vec![KeepChange::Session(session("a")), KeepChange::Session(session("b"))];
        changes.extend(payloads.iter().zip(0..).map(|(p, i)| queued("a", i, p)));
        changes.extend([
            KeepChange::Unqueued { session: "a".into(), seq: 0 },
            KeepChange::NoSession("b".into()),
            KeepChange::Retained(message("kept/topic", b"\n\n")),
            KeepChange::Retained(message("gone", b"x")),
            KeepChange::NotRetained("gone".into()),
        ]);
        keeper.write(changes).await.unwrap();
        let kept = keeper.load().await.unwrap();
        assert_eq!(kept.sessions, [session("a")]);
        assert_eq!(kept.retained, [message("kept/topic", b"\n\n")]);
        let expected =
            [("a".to_string(), 1, message("t", payloads[1])), ("a".to_string(), 2, message("t", payloads[2]))];
        assert_eq!(kept.queued, expected);
    }
}
