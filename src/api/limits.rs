//! Every limit of the HTTP surface, in one place.

use base::Span;
use std::time::Duration;

/// Longest body of a request, in bytes.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// Largest table of devices to register, in bytes.
pub const TABLE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Findings about a table that are told at once.
pub const FINDINGS_MAX: usize = 500;
/// Places that are remembered of a device; beyond it the oldest is forgotten.
pub const PLACEMENTS_MAX: usize = 256;
/// Longest time until the head of an answer, for everything but a stream. Longer than a turn may take.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(75);
/// Longest time a client may take for the head of a request.
pub const HEAD_TIME_MAX: Duration = Duration::from_secs(15);
/// Most connections at once, on each listener.
pub const CONNECTIONS_MAX: usize = 512;
/// Time until the next connection is accepted after the system refused one.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Longest time that answers under way are waited for when the server stops.
pub const DRAIN_TIME_MAX: Duration = Duration::from_secs(5);
/// Items of a page when the client names no number.
pub const PAGE_DEFAULT: usize = 50;
/// Most items of a page.
pub const PAGE_MAX: usize = 500;
/// Turns of one conversation that are given back at most.
pub const TURNS_MAX: usize = 200;
/// Turns that run at the same time.
pub const TURNS_AT_ONCE_MAX: usize = 16;
/// Event streams that are open at the same time.
pub const STREAMS_MAX: usize = 64;
/// Events that wait for a slow reader of a stream; beyond it, a turn's stream is cut and the turn goes on.
pub const STREAM_QUEUE: usize = 256;
/// Time between two heartbeats of a stream.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// An event stream ends after this time, so that a revoked token does not read for ever; a page connects again.
pub const STREAM_TIME_MAX: Duration = Duration::from_secs(15 * 60);
/// Attempts to log in that one client has within [`LOGIN_WINDOW`].
pub const LOGINS_MAX: usize = 10;
/// See [`LOGINS_MAX`].
pub const LOGIN_WINDOW: Span = Span::from_secs(60);
/// Clients whose attempts are remembered; beyond it the oldest is forgotten.
pub const LOGIN_CLIENTS_MAX: usize = 1_024;
/// Posts over HTTP that one device has within [`POST_WINDOW`].
pub const POSTS_MAX: usize = 200;
/// See [`POSTS_MAX`].
pub const POST_WINDOW: Span = Span::from_secs(10);
/// Devices whose posts are counted; beyond it the oldest is forgotten.
pub const POST_DEVICES_MAX: usize = 10_000;
/// How long a one-time login code is valid.
pub const LOGIN_CODE_TIME: Span = Span::from_secs(10 * 60);
/// How long a page stays logged in.
pub const SESSION_TIME: Span = Span::from_secs(30 * 24 * 3600);
/// Longest validity of a token that names an end, in days.
pub const TOKEN_DAYS_MAX: u32 = 3_650;
