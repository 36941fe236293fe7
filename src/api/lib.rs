//! The HTTP surface: REST, the socket, login, the page's files, figures. Every route but the few of
//! [`auth`]'s list of open ones wants a token, the page's cookie or the control socket.
//!
//! What it is *not*: it decides nothing about devices and rules (the runtime does, with policy), it speaks no SQL and no
//! TLS. Start at [`router`]; one file per noun in `routes/`.

pub mod auth;
mod bucket;
mod configure;
mod extract;
mod limiter;
pub mod limits;
pub mod listen;
mod mcp;
mod metrics;
pub mod openapi;
mod page;
mod precondition;
mod problem;
mod routes;
mod socket;
mod sse;
mod table;
mod views;
mod web;

pub use auth::{Door, Identity};
pub use metrics::{Metric, Metrics, resident_bytes};
pub use page::Page;
pub use problem::{Problem, ProblemBody};
pub use routes::Changed;
pub use routes::connections::ConnectionView;
pub use routes::conversation::Answer;
pub use routes::credentials::{Credential, DeviceToken, MqttLogin, Registered};
pub use routes::devices::RemovedView;
pub use routes::drivers::DriverView;
pub use routes::exchange::ExportedRule;
pub use routes::health::Ready;
pub use routes::pins::PinView;
pub use routes::products::{ProductDetail, ProductMade, ProductView};
pub use routes::registration::Imported;
pub use routes::session::LoginLink;
pub use routes::templates::{TemplateProperty, TemplateView};
pub use routes::tokens::{Minted, TokenView};
pub use socket::{LinkEvent, ReportedPoint, Snapshot, SocketEvent, SocketMessage, SocketRequest};
pub use views::{DeviceView, LinkView, PointView, RuleDetail, RuleView, SceneView, SpaceView};

use access::Broker;
use agent::Agent;
use auth::{Asker, LoginLimit};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use base::id::DeviceId;
use base::{IdGen, Timestamp};
use bucket::Buckets;
use limiter::Limiter;
use runtime::Handle;
use socket::hub::Hub;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use store::Store;
use things::World;
use tokio::sync::{Mutex, MutexGuard, Semaphore, watch};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

/// What the surface is made of.
pub struct Parts {
    /// The runtime.
    pub handle: Handle,
    /// The store.
    pub store: Store,
    /// Who understands what is said.
    pub agent: Arc<Agent>,
    /// Whether the devices are simulated, so that they may be told what to measure.
    pub simulated: bool,
    /// Seed of the ids of what is registered; taken from the operating system by the caller.
    pub seed: u64,
    /// Where devices log in by themselves.
    pub broker: Option<Arc<Broker>>,
    /// Where the page is served; its host is one of the names that are answered.
    pub address: SocketAddr,
    /// Whether it is served over TLS.
    pub tls: bool,
    /// Other names by which it is reached; links have the first.
    pub names: Vec<String>,
    /// Becomes true when the server stops: sockets end then.
    pub stop: watch::Receiver<bool>,
}

/// The surface's own state. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    parts: Parts,
    hosts: Vec<String>,
    metrics: Metrics,
    logins: LoginLimit,
    posts: Limiter<DeviceId>,
    hook_calls: Limiter<u64>,
    requests: Buckets<Asker>,
    /// Held while an object is changed, so that what a client names of it still holds.
    changes: Mutex<()>,
    ids: Mutex<IdGen>,
    turns: Arc<Semaphore>,
    hub: Arc<Hub>,
    /// Counts up when a token is taken back or a session ends.
    logins_ended: watch::Sender<u64>,
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Somebody over TCP.
    Tcp(IpAddr),
    /// Somebody who could open the control socket: the owner of the data folder.
    Socket,
    /// Not known; treated like TCP.
    Unknown,
}

impl Api {
    /// The state over its parts.
    pub fn new(parts: Parts) -> Api {
        let ip = parts.address.ip();
        let bound = if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() };
        let mut hosts = vec!["127.0.0.1".into(), "localhost".into(), "[::1]".into(), bound];
        hosts.extend(parts.names.iter().cloned());
        let hub = Hub::new(parts.handle.clone());
        Api(Arc::new(Inner {
            ids: Mutex::new(IdGen::new(parts.seed)),
            parts,
            hosts,
            metrics: Metrics::default(),
            logins: LoginLimit::default(),
            posts: Limiter::new(limits::POSTS_MAX, limits::POST_WINDOW, limits::POST_DEVICES_MAX),
            hook_calls: Limiter::new(limits::HOOK_CALLS_MAX, limits::HOOK_WINDOW, store::hooks::HOOKS_MAX),
            requests: Buckets::new(limits::REQUESTS_PER_S, limits::REQUESTS_BURST, limits::REQUESTERS_MAX),
            changes: Mutex::default(),
            turns: Arc::new(Semaphore::new(limits::TURNS_AT_ONCE_MAX)),
            hub,
            logins_ended: watch::Sender::new(0),
        }))
    }

    /// A link that opens the page logged in, once.
    ///
    /// # Errors
    /// When the store cannot keep the code, or no picture can be made of the link.
    pub async fn login_link(&self, name: &str, role: documents::Role) -> Result<LoginLink, Problem> {
        let expires = self.wall() + limits::LOGIN_CODE_TIME;
        let minted = self.store().sessions().mint_code(name, role, expires, self.wall()).await;
        let code = minted.map_err(|e| auth::store_failed(&e))?;
        let url = format!("{}/#code={}", self.url(), code.expose());
        LoginLink::new(url, expires, self.is_reachable())
    }

    /// Where the page is, for somebody else to open.
    pub fn url(&self) -> String {
        let Parts { address, tls, names, .. } = &self.0.parts;
        let scheme = if *tls { "https" } else { "http" };
        match names.first() {
            Some(name) => format!("{scheme}://{name}:{}", address.port()),
            None => format!("{scheme}://{address}"),
        }
    }

    /// Whether others than this machine reach it.
    fn is_reachable(&self) -> bool {
        !self.0.parts.address.ip().is_loopback()
    }

    /// Whether it is served over TLS.
    fn is_secure(&self) -> bool {
        self.0.parts.tls
    }

    fn handle(&self) -> &Handle {
        &self.0.parts.handle
    }
    fn store(&self) -> &Store {
        &self.0.parts.store
    }
    fn agent(&self) -> &Agent {
        &self.0.parts.agent
    }
    fn now(&self) -> Timestamp {
        self.handle().now()
    }
    /// The time by which logins, cookies and tokens go, however fast the building's own time goes.
    fn wall(&self) -> Timestamp {
        self.handle().wall()
    }
    /// What exists.
    async fn world(&self) -> Result<Arc<World>, Problem> {
        self.handle().read(|core| core.world().clone()).await.map_err(|e| routes::stopped(&e))
    }
    /// Makes ids. Held while a change is made out of what exists, so that two requests do not overwrite each other.
    async fn ids(&self) -> MutexGuard<'_, IdGen> {
        self.0.ids.lock().await
    }
    fn address(&self) -> SocketAddr {
        self.0.parts.address
    }
    fn broker(&self) -> Option<&Arc<Broker>> {
        self.0.parts.broker.as_ref()
    }
    fn posts(&self) -> &Limiter<DeviceId> {
        &self.0.posts
    }
    fn hook_calls(&self) -> &Limiter<u64> {
        &self.0.hook_calls
    }
    /// Waits until everything that has happened is on the disk: only then is a change answered as done.
    async fn acknowledged(&self) -> Result<(), Problem> {
        self.handle().durable().await.map_err(|e| routes::stopped(&e))
    }
    fn simulated(&self) -> bool {
        self.0.parts.simulated
    }
    fn stop(&self) -> watch::Receiver<bool> {
        self.0.parts.stop.clone()
    }
    fn hosts(&self) -> &[String] {
        &self.0.hosts
    }
    fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
    fn logins(&self) -> &LoginLimit {
        &self.0.logins
    }
    fn requests(&self) -> &Buckets<Asker> {
        &self.0.requests
    }
    async fn changes(&self) -> MutexGuard<'_, ()> {
        self.0.changes.lock().await
    }
    fn turns(&self) -> &Arc<Semaphore> {
        &self.0.turns
    }
    fn hub(&self) -> &Arc<Hub> {
        &self.0.hub
    }
    /// Moves when a token is taken back or a session ends.
    fn logins_ended(&self) -> watch::Receiver<u64> {
        self.0.logins_ended.subscribe()
    }
    /// Who reads on with a login that has ended is sent away.
    fn login_ended(&self) {
        self.0.logins_ended.send_modify(|n| *n += 1);
    }
}

/// All routes with their layers. The order of the layers is from the inside out.
pub fn router(api: Api) -> Router {
    let (routes, _) = openapi::describe(routes::all());
    let inner = routes
        .merge(mcp::route(&api))
        .fallback(web::file)
        .layer(middleware::from_fn(precondition::etag))
        .layer(middleware::from_fn_with_state(api.clone(), auth::admit))
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::REQUEST_TIMEOUT, limits::ANSWER_TIME_MAX))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(problem::shape))
        .layer(middleware::from_fn_with_state(api.clone(), protect))
        .layer(middleware::from_fn_with_state(api.clone(), measure))
        .with_state(api.clone());
    Router::new().fallback_service(inner).layer(middleware::from_fn_with_state(api, precondition::if_match))
}

/// What is answered in place of the routes.
fn answer(api: &Api, problem: Problem, asked: &HeaderMap) -> Response {
    let mut response = problem.response(problem::language_of(asked));
    tell_browsers(api, &mut response);
    response
}

/// What browsers are told about every answer: nothing from elsewhere and nothing inline, no frames, no guessing of
/// types.
const PROTECTION: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; media-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    // No window of another site keeps a handle to this one, and no other origin embeds or reads what is served.
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(self), \
         payment=(), usb=()",
    ),
];

/// Browsers that came by TLS come by nothing else for this long.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000");

async fn protect(State(api): State<Api>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    tell_browsers(&api, &mut response);
    response
}

fn tell_browsers(api: &Api, response: &mut Response) {
    for (name, value) in PROTECTION {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if api.is_secure() {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
}

async fn measure(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let began = api.now();
    let response = next.run(request).await;
    let took = api.now() - began;
    let status = response.status();
    let metric = match status.as_u16() {
        ..400 => Metric::RequestsDone,
        400..500 => Metric::RequestsRefused,
        _ => Metric::RequestsFailed,
    };
    api.metrics().add(metric, 1);
    api.metrics().add(Metric::RequestMicros, u64::try_from(took.as_micros()).unwrap_or(0));
    // Neither query nor headers: they may hold what is nobody's business.
    tracing::debug!(%method, path, status = status.as_u16(), took_us = took.as_micros(), "request");
    response
}

#[cfg(test)]
mod tests;
