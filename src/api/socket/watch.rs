//! Watching a rule: the values of its outputs, all of them at first, then those that changed, at most one message each
//! [`crate::limits::FRAME_TIME`]. Whoever lags gets the newest ones; nothing is kept for it.

use super::hub::Hub;
use super::ring::READERS;
use super::{SocketMessage, SocketRequest};
use crate::auth::Identity;
use base::Bilingual;
use base::id::RuleId;
use documents::{PortValue, RuleValues};
use runtime::{Core, Handle, HostError};
use std::sync::Arc;

/// One more that watches; dropping it makes room.
pub(crate) struct Watcher(Arc<Hub>);

impl Watcher {
    pub(super) fn new(hub: Arc<Hub>) -> Watcher {
        Watcher(hub)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.watch_ends();
    }
}

/// What one socket watches.
pub(crate) struct Watching {
    rule: RuleId,
    reader: usize,
    /// What was sent last.
    sent: Option<RuleValues>,
    _place: Watcher,
}

/// What a client says, read.
pub(crate) enum Said {
    /// It watches a rule from now on, or none.
    Watch(Option<RuleId>),
    /// It is no message that a client may say.
    Nothing,
}

impl Said {
    pub(crate) fn read(text: &str) -> Said {
        match serde_json::from_str(text) {
            Ok(SocketRequest::Watch { rule }) => Said::Watch(rule),
            Err(_) => Said::Nothing,
        }
    }
}

/// Why a rule is not watched.
fn refused(rule: RuleId, zh: &str, en: &str) -> SocketMessage {
    SocketMessage::Unwatched { rule, why: Bilingual::new(zh, en) }
}

impl Watching {
    /// Begins to watch, or says why not.
    pub(crate) async fn begin(
        hub: &Arc<Hub>,
        handle: &Handle,
        reader: usize,
        rule: RuleId,
    ) -> Result<Result<Watching, SocketMessage>, HostError> {
        let Some(role) = READERS.get(reader).copied() else { return Err(HostError::Stopped) };
        let who = Identity::reader(role);
        let sees = handle.read(move |core: &Core| core.sees_rule(rule, |p| who.sees(p))).await?;
        Ok(match sees {
            None => Err(refused(rule, "没有这条规则", "there is no such rule")),
            Some(false) => {
                Err(refused(rule, "规则涉及不对你开放的点位", "the rule touches points that are not open to you"))
            }
            Some(true) => match hub.watch_begins() {
                None => Err(refused(rule, "同时观看的人太多，请稍候", "too many watch rules at present")),
                Some(place) => Ok(Watching { rule, reader, sent: None, _place: place }),
            },
        })
    }

    /// What has changed since it was asked last.
    pub(crate) async fn look(&mut self, handle: &Handle) -> Result<Option<SocketMessage>, HostError> {
        let (rule, reader) = (self.rule, self.reader);
        let look = move |core: &Core| {
            let who = Identity::reader(*READERS.get(reader)?);
            core.sees_rule(rule, |p| who.sees(p)).filter(|sees| *sees).and_then(|_| core.rule_values(rule))
        };
        let Some(values) = handle.read(look).await? else { return Ok(None) };
        let message = match &self.sent {
            Some(sent) if sent.runs == values.runs && same_ports(sent, &values) => {
                let changed = values.ports.iter().zip(&sent.ports).filter(|(new, old)| new != old);
                let ports: Vec<PortValue> = changed.map(|(new, _)| new.clone()).collect();
                (!ports.is_empty()).then_some(SocketMessage::Values { rule, runs: values.runs, whole: false, ports })
            }
            _ => Some(SocketMessage::Values { rule, runs: values.runs, whole: true, ports: values.ports.clone() }),
        };
        self.sent = Some(values);
        Ok(message)
    }
}

/// Whether a rule still has the same outputs.
fn same_ports(a: &RuleValues, b: &RuleValues) -> bool {
    a.ports.len() == b.ports.len() && a.ports.iter().zip(&b.ports).all(|(a, b)| a.node == b.node && a.port == b.port)
}
