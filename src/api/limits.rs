//! Every limit of the HTTP surface, in one place.

use base::Span;
use std::time::Duration;

/// Longest body of a request, in bytes.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// Largest table of devices to register, in bytes.
pub const TABLE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Longest body of a call of a web hook, in bytes.
pub const HOOK_BODY_BYTES_MAX: usize = 64 * 1024;
/// Calls of one web hook within [`HOOK_WINDOW`].
pub const HOOK_CALLS_MAX: usize = 60;
/// See [`HOOK_CALLS_MAX`].
pub const HOOK_WINDOW: Span = Span::from_secs(10);
/// Findings about a table that are told at once.
pub const FINDINGS_MAX: usize = 500;
/// Places that are remembered of a device; beyond it the oldest is forgotten.
pub const PLACEMENTS_MAX: usize = 256;
/// Longest time until the head of an answer, for everything but a stream. Longer than a turn may take.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(75);
/// Longest time a client may take for the head of a request.
pub const HEAD_TIME_MAX: Duration = Duration::from_secs(15);
/// Most connections at once, on each listener; one that became a socket is counted by [`SOCKETS_MAX`].
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
/// Sessions of outside agents (MCP) that are open at the same time.
pub const MCP_SESSIONS_MAX: usize = 64;
/// A session of an outside agent that says nothing for so long is closed; it begins another one.
pub const MCP_IDLE_TIME: Duration = Duration::from_secs(30 * 60);
/// Calls of outside agents that run at the same time; more wait.
pub const MCP_CALLS_MAX: usize = 16;
/// Longest request of an outside agent, in bytes.
pub const MCP_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Tools of one page of the list.
pub const MCP_TOOLS_PAGE: usize = 50;
/// Events that wait for a slow reader of a turn's stream; beyond it the stream is cut and the turn goes on.
pub const STREAM_QUEUE: usize = 256;
/// Time between two heartbeats of a stream or socket.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// Sockets that are open at the same time.
pub const SOCKETS_MAX: usize = 2_048;
/// Sockets that are open at the same time with one token or cookie.
pub const SOCKETS_OF_ONE_MAX: usize = SOCKETS_MAX / 2;
/// Sockets that watch the values inside a rule at the same time.
pub const WATCHERS_MAX: usize = 64;
/// Most that a client says over a socket between two heartbeats.
pub const SOCKET_SAID_MAX: u32 = 30;
/// Shortest time between two deltas of a socket.
pub const FRAME_TIME: Duration = Duration::from_millis(100);
/// Deltas at least between two snapshots that are sent since what exists changed.
pub const WORLD_FRAMES: u32 = 10;
/// Deltas that can be repeated to who was away.
pub const RING_FRAMES_MAX: usize = 600;
/// Bytes of the deltas that can be repeated.
pub const RING_BYTES_MAX: usize = 4 << 20;
/// Deltas after which a snapshot is taken anew for who comes next.
pub const SNAPSHOT_FRAMES_MAX: u64 = 20;
/// How long changes are still followed when nobody reads them, so that who was away goes on.
pub const RESUME_TIME: Duration = Duration::from_secs(60);
/// Receipts in a snapshot.
pub const RECEIPTS_SHOWN: usize = 200;
/// Unread notices in a snapshot.
pub const NOTICES_SHOWN: usize = 100;
/// Longest time that a socket may take nothing of a message before it is cut.
pub const SEND_TIME_MAX: Duration = Duration::from_secs(10);
/// Heartbeats of a socket without an answer before it is cut.
pub const SILENT_BEATS_MAX: u32 = 3;
/// Heartbeats between two looks whether a socket's login is still good; what ends a login here is seen at once.
pub const RECHECK_BEATS: u32 = 4;
/// Longest message that a socket takes; clients say which rule they watch, and nothing else.
pub const SOCKET_SAID_BYTES_MAX: usize = 4 * 1024;
/// Bytes that are read from a socket at once.
pub const SOCKET_BUFFER_BYTES: usize = 4 * 1024;
/// Requests that one token or cookie, or one client without either, may send in a second over time.
pub const REQUESTS_PER_S: u32 = 100;
/// Requests that it may send at once; a page that is loaded and used by hand stays far below.
pub const REQUESTS_BURST: u32 = 600;
/// Logins and clients whose requests are counted; beyond it the one that rested longest is forgotten.
pub const REQUESTERS_MAX: usize = 10_000;
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
