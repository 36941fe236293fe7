//! The socket: everything a page shows, and what changes as it changes.

use crate::auth::Identity;
use crate::extract::Args;
use crate::limits::{HEARTBEAT, RING_FRAMES_MAX, SOCKET_BUFFER_BYTES, SOCKET_SAID_BYTES_MAX, SOCKETS_MAX};
use crate::problem::Problem;
use crate::socket::SocketMessage;
use crate::socket::hub::reader_of;
use crate::socket::reader::Reader;
use crate::{Api, Peer};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::operation::OperationInput;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::{Extension, Json};
use base::Bilingual;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> ApiRouter<Api> {
    let beat = HEARTBEAT.as_secs();
    ApiRouter::new().api_route(
        "/api/socket",
        get_with(open, |o| {
            o.id("openSocket")
                .tag("socket")
                .summary("Everything a page shows, and what changes as it changes, over a WebSocket.")
                .description(&format!(
                    "Each text is one message: first `snapshot`, then `delta` with rising numbers, at most ten a second; \
                     values that follow each other at once come as the last of them. A client that was away names the \
                     `epoch` and the last number that it had: `resumed` comes in place of the snapshot when the last \
                     {RING_FRAMES_MAX} deltas reach back so far. A new snapshot may come at any time, for instance when \
                     devices were added. `alive` comes when nothing changed for {beat} s. The client says nothing but \
                     pongs and `{{\"type\": \"watch\", \"rule\": ID}}`: then `values` come with the outputs of that \
                     rule, all at first and those that changed afterwards; without `rule` it ends. The code 4401 ends a socket whose login ended, 1001 one of a server that stops."
                ))
                .response_with::<101, Json<SocketMessage>, _>(|r| r.description("What is said over the socket."))
                .response_with::<426, Problem, _>(|r| r.description("The request opens no WebSocket."))
        }),
    )
}

/// Where a client goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The `epoch` of the snapshot that it had.
    epoch: Option<String>,
    /// The number of the last delta that it had.
    after: Option<u64>,
}

/// A request that becomes a socket.
struct Upgrade(WebSocketUpgrade);

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        WebSocketUpgrade::from_request_parts(parts, state).await.map(Upgrade).map_err(|e| {
            Problem::new(
                StatusCode::UPGRADE_REQUIRED,
                "socket.upgrade",
                "此地址只用于 WebSocket 连接",
                format!("only a WebSocket is opened at this address: {}", e.body_text()),
            )
        })
    }
}

impl OperationInput for Upgrade {}

async fn open(
    State(api): State<Api>,
    who: Identity,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Args(wanted): Args<Wanted>,
    Upgrade(upgrade): Upgrade,
) -> Result<Response, Problem> {
    who.may(policy::Effect::Read)?;
    let kind = reader_of(who.role).ok_or_else(|| {
        Problem::forbidden("policy.denied", Bilingual::new("该角色无权读取", "this role may not read"))
    })?;
    let place = api.hub().join(who.key).ok_or_else(|| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "socket.full",
            format!("同时最多 {SOCKETS_MAX} 个连接，且每个登录不超过其中一半"),
            format!("at most {SOCKETS_MAX} sockets are open at a time, and half of them by one login"),
        )
        .retry_after(5)
    })?;
    let resumes = |(epoch, after): (String, u64)| api.hub().can_resume(&epoch, after).then_some(after);
    let after = wanted.epoch.zip(wanted.after).and_then(resumes);
    let kept = [header::AUTHORIZATION, header::COOKIE].into_iter();
    let headers = kept.flat_map(|name| headers.get_all(&name).iter().map(move |v| (name.clone(), v.clone()))).collect();
    let peer = peer.map_or(Peer::Unknown, |Extension(peer)| peer);
    let reader = Reader { api, place, kind, peer, headers, after };
    Ok(upgrade
        .read_buffer_size(SOCKET_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(SOCKET_SAID_BYTES_MAX)
        .max_frame_size(SOCKET_SAID_BYTES_MAX)
        .on_upgrade(|socket| reader.attend(socket)))
}
