//! The limits of device access, each with the answer that a client gets, and the token bucket of one client.
//!
//! | limit | MQTT 5 | MQTT 3.1.1 |
//! |---|---|---|
//! | connections | CONNACK 0x97 | CONNACK 3 |
//! | payload | PUBACK or PUBREC 0x97; DISCONNECT 0x95 when the packet itself is too large | closed |
//! | messages per second | DISCONNECT 0x96 | closed |
//! | unacknowledged publishes | Receive Maximum; DISCONNECT 0x93 beyond it | not read until acknowledged |
//! | changes of its own tags per second | PUBACK or PUBREC 0x83 and `_reply` 500 | closed and `_reply` 500 |
//! | subscriptions of a session | SUBACK 0x97 | SUBACK 0x80 |
//! | levels and length of a topic | PUBACK or PUBREC 0x90, SUBACK 0x8F | closed, SUBACK 0x80 |
//! | retained messages | PUBACK or PUBREC 0x97 | delivered, not retained |
//! | messages that wait for a client | publishers are slowed; then the newest is dropped and counted | the same |
//! | a client that does not read | closed after [`WRITE_TIMEOUT`] | the same |

use base::{Span, Timestamp};
use std::time::Duration;

/// Largest payload of a publish, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = documents::signal::PAYLOAD_BYTES_MAX;
/// Largest packet, in bytes: the largest payload and room for topic and properties.
pub const PACKET_BYTES_MAX: u32 = 320 * 1024;
/// Largest first packet: who has not logged in yet cannot make the server hold more.
pub const CONNECT_BYTES_MAX: u32 = 16 * 1024;
/// Logins that are checked at the same time; others wait in the backlog of the socket.
pub const HANDSHAKES_MAX: usize = 512;
/// Time for TLS, WebSocket and the first packet.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for a client to read what it is sent.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client that was told why is still listened to: what it was sending would otherwise break the connection
/// before it has read the reason.
pub const LINGER: Duration = Duration::from_millis(500);
/// Publishes of one client that are not acknowledged yet.
pub const RECEIVE_MAX: u16 = 256;
/// Messages to one client that it has not acknowledged yet.
pub const INFLIGHT_MAX: usize = 64;
/// Messages that wait for one client.
pub const QUEUE_MAX: usize = 10_000;
/// Messages that wait for one client, from which on those who publish to it are slowed.
pub const CROWD: usize = QUEUE_MAX / 2;
/// How long a publisher is slowed at most, for what it said at once.
pub const CROWD_WAIT: Duration = Duration::from_millis(50);
/// Bytes that wait for one client, with [`OVERHEAD_BYTES`] for each message.
pub const QUEUE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// What a waiting message costs beside its topic and payload.
pub const OVERHEAD_BYTES: usize = 200;
/// Changes of kept sessions that are written at once at most.
pub const KEEP_GROUP_MAX: usize = 5_000;
/// Sessions whose clients are away.
pub const SESSIONS_MAX: usize = 200_000;
/// Longest life of a session without a connection.
pub const SESSION_EXPIRY_MAX: Span = Span::from_secs(7 * 24 * 3600);
/// Life of the session of an MQTT 3.1.1 client that asked to keep it, without a connection.
pub const CLIENT_SESSION: Span = SESSION_EXPIRY_MAX;
/// Calls that wait for one device's answer.
pub const RRPC_PER_DEVICE_MAX: usize = 8;
/// Calls that wait in all.
pub const RRPC_MAX: usize = 1_000;
/// Commands that wait for a device's answer, in all.
pub const COMMANDS_MAX: usize = 100_000;
/// How many rejected payloads are kept for inspection.
pub const REJECTED_MAX: usize = 200;
/// How much of a rejected payload is kept, in characters.
pub const EXCERPT_CHARS_MAX: usize = 400;
/// Groups of signals that wait for the runtime in one lane; devices are held back beyond.
pub const LANE_MAX: usize = 64;
/// Signals that are handed over at once at most.
pub const GROUP_MAX: usize = 4_096;
/// Changes of kept sessions that wait to be written; beyond it the oldest state wins until there is room.
pub const KEEP_MAX: usize = 100_000;
/// Messages per second of a device on average; bursts may be [`BURST`] times as many.
pub const DEVICE_RATE: u32 = 5_000;
/// Changes of its own tags per second of a device on average: each is a revision of what exists.
pub const TAGS_RATE: u32 = 1;
/// How many seconds of the rate may come at once.
pub const BURST: u32 = 4;

/// What a site may set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections at the same time.
    pub connections: usize,
    /// Messages per second of one device; bridges are held back by the sockets alone.
    pub device_rate: u32,
    /// Subscriptions of one session.
    pub subscriptions: usize,
    /// Retained messages.
    pub retained: usize,
    /// How long a device may be away before it counts as offline.
    pub grace: Span,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 50_000,
            device_rate: DEVICE_RATE,
            subscriptions: 100,
            retained: 20_000,
            grace: Span::from_secs(10),
        }
    }
}

/// A bucket that fills at a rate. A rate of 0 never runs dry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    rate: u32,
    /// Millionths of a message.
    left: i64,
    at: Timestamp,
}

impl Bucket {
    pub(crate) fn new(rate: u32, now: Timestamp) -> Self {
        Bucket { rate, left: Bucket::full(rate), at: now }
    }
    fn full(rate: u32) -> i64 {
        i64::from(rate) * i64::from(BURST) * 1_000_000
    }
    /// Takes messages out; says whether there were as many.
    pub(crate) fn take(&mut self, messages: u32, now: Timestamp) -> bool {
        if self.rate == 0 {
            return true;
        }
        let gained = (now - self.at).as_micros().max(0).saturating_mul(i64::from(self.rate));
        self.left = self.left.saturating_add(gained).min(Bucket::full(self.rate));
        self.at = now;
        self.left -= i64::from(messages) * 1_000_000;
        self.left >= 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_runs_dry_and_fills() {
        let at = |ms: i64| Timestamp::from_millis(1_700_000_000_000 + ms);
        let mut bucket = Bucket::new(10, at(0));
        assert!((0..40).all(|_| bucket.take(1, at(0))));
        assert!(!bucket.take(1, at(0)));
        assert!(bucket.take(1, at(1_000)));
        let mut free = Bucket::new(0, at(0));
        assert!(free.take(u32::MAX, at(0)));
    }
}
