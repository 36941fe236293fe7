//! The door for other people's agents: the Model Context Protocol over streamable HTTP at `/mcp`. It offers the tools of
//! the embedded agent, with the same policy.
//!
//! What it is *not*: nobody approves anything here, and no person comes in: only tokens of role `agent`, and whoever can
//! open the control socket, as an agent. Start at [`route`]; what a call does is in `server`.

mod server;
mod words;

use crate::Api;
use crate::auth::{Door, Identity, same_origin};
use crate::limits::{MCP_BODY_BYTES_MAX, MCP_IDLE_TIME, MCP_SESSIONS_MAX};
use crate::metrics::Metric;
use crate::problem::Problem;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete_service, post_service};
use base::Bilingual;
use documents::Role;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use server::Server;
use std::sync::Arc;

/// Where it is.
pub(crate) const PATH: &str = "/mcp";
/// The header that names a session.
const SESSION: &str = "mcp-session-id";
/// The header that names the version of the protocol; a client sends it once it has begun.
const VERSION: &str = "mcp-protocol-version";

/// What the door keeps: who may come in, and how many at once.
#[derive(Clone)]
struct Doorkeeper {
    api: Api,
    sessions: Arc<LocalSessionManager>,
}

/// The route. Nothing is told but in answers, so there is no stream to listen to: GET is not known here.
pub(crate) fn route(api: &Api) -> Router<Api> {
    let mut sessions = LocalSessionManager::default();
    sessions.session_config.keep_alive = Some(MCP_IDLE_TIME);
    sessions.session_config.sse_retry = None;
    let sessions = Arc::new(sessions);
    // Hosts are known before this is reached, and where a request comes from is looked at by `admit`.
    let config = StreamableHttpServerConfig::default()
        .with_sse_retry(None)
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_max_request_body_bytes(MCP_BODY_BYTES_MAX);
    let end = config.cancellation_token.clone();
    let mut stop = api.stop();
    tokio::spawn(async move {
        drop(stop.wait_for(|stop| *stop).await);
        end.cancel();
    });
    let server = Server::new(api.clone());
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions.clone(), config);
    let methods = post_service(service.clone()).merge(delete_service(service));
    let keeper = Doorkeeper { api: api.clone(), sessions };
    Router::new().route(PATH, methods).layer(middleware::from_fn_with_state(keeper, admit))
}

async fn admit(State(keeper): State<Doorkeeper>, mut request: Request, next: Next) -> Response {
    let agent = known(&keeper.api, &request);
    let checked = if agent.is_ok() && begins(request.headers()) { keeper.room().await } else { Ok(()) };
    match agent.and_then(|agent| checked.map(|()| agent)) {
        Ok(agent) => {
            request.extensions_mut().insert(agent);
            next.run(request).await
        }
        Err(problem) => {
            keeper.api.metrics().add(Metric::RequestsNotAdmitted, 1);
            problem.into_response()
        }
    }
}

impl Doorkeeper {
    /// Whether another session fits in.
    async fn room(&self) -> Result<(), Problem> {
        if self.sessions.sessions.read().await.len() < MCP_SESSIONS_MAX {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "mcp.full",
            format!("同时最多 {MCP_SESSIONS_MAX} 个 MCP 会话"),
            format!("at most {MCP_SESSIONS_MAX} MCP sessions are open at a time"),
        )
        .retry_after(60))
    }
}

/// The agent that a request comes from.
fn known(api: &Api, request: &Request) -> Result<Identity, Problem> {
    let agent = request.extensions().get::<Identity>().and_then(as_agent).ok_or_else(|| {
        let why = Bilingual::new(
            "这里只接受 agent 角色的令牌：castellan token create --role agent",
            "only tokens of role `agent` come in here: castellan token create --role agent",
        );
        Problem::forbidden("mcp.agents_only", why)
    })?;
    same_origin(api.is_secure(), request.headers(), false)?;
    Ok(agent)
}

/// Whether a request begins a session: it names none, and no version of the protocol yet.
fn begins(headers: &HeaderMap) -> bool {
    !headers.contains_key(SESSION) && !headers.contains_key(VERSION)
}

/// Whoever opened the control socket is taken for an agent here: less than an owner, and never one who approves.
fn as_agent(who: &Identity) -> Option<Identity> {
    match (who.door, who.role) {
        (Door::Bearer, Role::Agent) => Some(who.clone()),
        (Door::Socket, _) => Some(Identity { role: Role::Agent, ..who.clone() }),
        _ => None,
    }
}
