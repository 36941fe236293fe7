//! A message on its way through the broker. It is shared by all who get it; only header fields differ.

use crate::contract::KeptMessage;
use crate::limits::OVERHEAD_BYTES;
use base::{Span, Timestamp};
use bytes::Bytes;
use bytestring::ByteString;
use rmqtt_codec::v5::PublishProperties;
use std::num::NonZeroU32;
use std::sync::Arc;

/// A message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Post {
    pub(crate) topic: ByteString,
    pub(crate) payload: Bytes,
    pub(crate) qos: u8,
    pub(crate) retain: bool,
    /// When nobody wants it any more.
    pub(crate) expires: Option<Timestamp>,
    /// The session that published it; none is this server.
    pub(crate) from: Option<Arc<str>>,
    pub(crate) extra: Option<Box<Extra>>,
}

/// What only MQTT 5 has.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Extra {
    pub(crate) content_type: Option<ByteString>,
    pub(crate) response_topic: Option<ByteString>,
    pub(crate) correlation: Option<Bytes>,
    pub(crate) user: Vec<(ByteString, ByteString)>,
    pub(crate) utf8: bool,
}

impl Post {
    /// From this server.
    pub(crate) fn ours(topic: impl Into<ByteString>, payload: impl Into<Bytes>, qos: u8) -> Post {
        Post { topic: topic.into(), payload: payload.into(), qos, ..Post::default() }
    }

    /// Reads what MQTT 5 adds.
    pub(crate) fn with(mut self, properties: PublishProperties, now: Timestamp) -> Post {
        self.expires = properties.message_expiry_interval.map(|s| now + Span::from_secs(i64::from(s.get())));
        let extra = Extra {
            content_type: properties.content_type,
            response_topic: properties.response_topic,
            correlation: properties.correlation_data,
            user: properties.user_properties,
            utf8: properties.is_utf8_payload,
        };
        self.extra = (extra != Extra::default()).then(|| Box::new(extra));
        self
    }

    /// What MQTT 5 adds when it is sent on.
    pub(crate) fn properties(&self, ids: &[u32], now: Timestamp) -> PublishProperties {
        let left = self.expires.map(|at| (at - now).as_millis().div_euclid(1_000).max(1));
        let extra = self.extra.as_deref().cloned().unwrap_or_default();
        PublishProperties {
            topic_alias: None,
            correlation_data: extra.correlation,
            message_expiry_interval: left.and_then(|s| NonZeroU32::new(u32::try_from(s).unwrap_or(u32::MAX))),
            content_type: extra.content_type,
            user_properties: extra.user,
            is_utf8_payload: extra.utf8,
            response_topic: extra.response_topic,
            subscription_ids: ids.iter().filter_map(|i| NonZeroU32::new(*i)).collect(),
        }
    }

    /// Whether nobody wants it any more.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|at| at <= now)
    }

    /// Its size for limits.
    pub(crate) fn weight(&self) -> usize {
        self.topic.len() + self.payload.len() + OVERHEAD_BYTES
    }

    /// A copy that shares no memory with what was read from a socket, for what is held for long.
    pub(crate) fn detached(&self) -> Post {
        Post {
            topic: ByteString::from(self.topic.to_string()),
            payload: Bytes::copy_from_slice(&self.payload),
            extra: self.extra.clone(),
            from: self.from.clone(),
            ..*self
        }
    }

    pub(crate) fn kept(&self) -> KeptMessage {
        let extra = self.extra.as_deref().cloned().unwrap_or_default();
        KeptMessage {
            topic: self.topic.to_string(),
            payload: self.payload.to_vec(),
            qos: self.qos,
            expires: self.expires,
            content_type: extra.content_type.map(|c| c.to_string()),
            response_topic: extra.response_topic.map(|t| t.to_string()),
            correlation: extra.correlation.map(|c| c.to_vec()),
            user: extra.user.into_iter().map(|(k, v)| (k.to_string(), v.to_string())).collect(),
        }
    }

    pub(crate) fn of_kept(kept: KeptMessage) -> Post {
        let extra = Extra {
            content_type: kept.content_type.map(Into::into),
            response_topic: kept.response_topic.map(Into::into),
            correlation: kept.correlation.map(Into::into),
            user: kept.user.into_iter().map(|(k, v)| (k.into(), v.into())).collect(),
            utf8: false,
        };
        Post {
            topic: kept.topic.into(),
            payload: kept.payload.into(),
            qos: kept.qos,
            retain: false,
            expires: kept.expires,
            from: None,
            extra: (extra != Extra::default()).then(|| Box::new(extra)),
        }
    }
}
