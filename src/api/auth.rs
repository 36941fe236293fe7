//! Who asks, and whether the request may come in at all. One layer in front of every route: what is not in [`OPEN`] wants
//! a bearer token, the page's cookie, or the control socket, whose file only the owner of the data folder can open.
//!
//! What it is *not*: what the one who asks may *do* is policy's ([`Identity::may`] asks it). Start at [`admit`].

use crate::limiter::Limiter;
use crate::limits::{LOGIN_CLIENTS_MAX, LOGIN_WINDOW, LOGINS_MAX, REQUESTS_BURST, REQUESTS_PER_S};
use crate::metrics::Metric;
use crate::problem::Problem;
use crate::{Api, Peer};
use aide::operation::OperationInput;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base::{Bilingual, Timestamp};
use documents::{Actor, ActorKind, Channel, Role};
use std::net::IpAddr;
use store::StoreError;

/// Name of the page's cookie.
pub const COOKIE: &str = "castellan_session";

/// The routes that want nothing. The page's own files are open too: they are what the fallback serves outside `/api`.
/// Devices have a door of their own, which wants their token and takes no other.
const OPEN: &[(&str, &str)] = &[
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("POST", "/api/session"),
    ("POST", "/api/device/properties"),
    ("POST", "/api/device/events/{identifier}"),
    // By the secret of the web hook.
    ("POST", "/api/hooks/{name}"),
    // The manual is the same everywhere; nothing of this building is in it.
    ("GET", "/api/docs/search"),
    ("GET", "/docs"),
    ("GET", "/docs/"),
    ("GET", "/docs/manual.css"),
    ("GET", "/docs/{lang}"),
    ("GET", "/docs/{lang}/"),
    ("GET", "/docs/{lang}/{slug}"),
];

/// The header that our page sends with everything. A form cannot send it, and a script of another site only after this
/// server has agreed to it, which it never does.
pub const PAGE_HEADER: HeaderName = HeaderName::from_static("x-castellan-page");
/// What browsers say about where a request comes from.
const SITE_HEADER: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asker {
    /// A token or cookie.
    Login(u64),
    /// Somebody without one, by address.
    Client(Option<IpAddr>),
}

/// By which door a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// A bearer token.
    Bearer,
    /// The page's cookie.
    Cookie,
    /// The control socket in the data folder.
    Socket,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Name of the token or person.
    pub name: String,
    /// What it may do at most.
    pub role: Role,
    /// By which door.
    pub door: Door,
    /// Stands for the token or cookie, so that what one login does is counted; tells nothing of its text.
    pub(crate) key: u64,
}

impl Identity {
    /// As the one who acts on something directly.
    pub fn actor(&self) -> Actor {
        self.on(match self.door {
            Door::Cookie => Channel::Ui,
            Door::Bearer | Door::Socket => Channel::Api,
        })
    }
    /// Anybody of a role, as far as reading goes.
    pub(crate) fn reader(role: Role) -> Identity {
        Identity { name: String::new(), role, door: Door::Bearer, key: 0 }
    }
    /// As the one who says something in a conversation.
    pub fn speaker(&self) -> Actor {
        self.on(Channel::Chat)
    }
    fn on(&self, channel: Channel) -> Actor {
        let kind = if self.role == Role::Agent { ActorKind::Agent } else { ActorKind::Person };
        Actor { kind, name: self.name.clone(), role: self.role, channel }
    }
    /// Whether policy lets it do something that touches no point.
    ///
    /// # Errors
    /// When policy says no; "ask" is left to the runtime, which makes a proposal of it.
    pub(crate) fn may(&self, effect: policy::Effect) -> Result<(), Problem> {
        let verdict = self.decide(effect, things::Assistant::Act, things::Safety::None);
        match verdict.decision {
            policy::Decision::Deny => Err(Problem::forbidden("policy.denied", verdict.why)),
            policy::Decision::Allow | policy::Decision::Ask => Ok(()),
        }
    }
    /// Whether policy lets it do something at once: what would be asked for first is refused too. For what cannot be
    /// proposed, such as showing a secret.
    ///
    /// # Errors
    /// When policy says anything but yes.
    pub(crate) fn must(&self, effect: policy::Effect, safety: things::Safety) -> Result<(), Problem> {
        let verdict = self.decide(effect, things::Assistant::Act, safety);
        match verdict.decision {
            policy::Decision::Allow => Ok(()),
            policy::Decision::Ask | policy::Decision::Deny => Err(Problem::forbidden("policy.denied", verdict.why)),
        }
    }
    /// Whether it may see a point.
    pub(crate) fn sees(&self, point: &things::PointSpec) -> bool {
        self.decide(policy::Effect::Read, point.assistant, point.safety).decision == policy::Decision::Allow
    }
    fn decide(&self, effect: policy::Effect, exposure: things::Assistant, safety: things::Safety) -> policy::Verdict {
        let channel = self.actor().channel;
        policy::decide(&policy::Request { role: self.role, channel, effect, exposure, safety })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Identity>().cloned().ok_or_else(nobody)
    }
}

impl OperationInput for Identity {}

fn nobody() -> Problem {
    Problem::unauthorised(
        "auth.required",
        "需要登录：请附上令牌（Authorization: Bearer …），或用启动时显示的地址打开页面",
        "say who you are: send a token (Authorization: Bearer ...), or open the page by the address that `serve` printed",
    )
}

/// Layer: lets a request in, with its [`Identity`], or refuses it.
pub(crate) async fn admit(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied().unwrap_or(Peer::Unknown);
    let checked = match peer {
        Peer::Socket => Ok(()),
        Peer::Tcp(_) | Peer::Unknown => known_host(&api, request.headers(), request.uri()),
    };
    if let Err(problem) = checked {
        return refuse(&api, problem);
    }
    let client = match peer {
        Peer::Tcp(ip) => Some(Asker::Client(Some(ip))),
        Peer::Unknown => Some(Asker::Client(None)),
        // Whoever may read the data folder is not kept waiting.
        Peer::Socket => None,
    };
    if is_open(&request) {
        return match within_rate(&api, client) {
            Ok(()) => next.run(request).await,
            Err(problem) => refuse(&api, problem),
        };
    }
    // The headers are kept by this future, and a request's body is not `Sync`.
    let headers = request.headers().clone();
    let identified = match identify(&api, peer, &headers).await {
        Ok(who) => within_rate(&api, (who.door != Door::Socket).then_some(Asker::Login(who.key))).map(|()| who),
        // Guessing is bounded too.
        Err(problem) => within_rate(&api, client).and(Err(problem)),
    };
    match identified.and_then(|who| from_own_page(&api, who, request.method(), &headers)) {
        Ok(identity) => {
            request.extensions_mut().insert(identity);
            next.run(request).await
        }
        Err(problem) => refuse(&api, problem),
    }
}

/// Whether there is room for one more request.
fn within_rate(api: &Api, asker: Option<Asker>) -> Result<(), Problem> {
    let Some(asker) = asker else { return Ok(()) };
    api.requests().take(asker, api.wall()).map_err(|wait_s| {
        Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "requests.limited",
            format!("请求过多：每秒最多 {REQUESTS_PER_S} 次，突发最多 {REQUESTS_BURST} 次"),
            format!("too many requests: {REQUESTS_PER_S} a second at most, {REQUESTS_BURST} at once"),
        )
        .retry_after(wait_s)
    })
}

fn refuse(api: &Api, problem: Problem) -> Response {
    api.metrics().add(Metric::RequestsNotAdmitted, 1);
    problem.into_response()
}

fn is_open(request: &Request) -> bool {
    let method = request.method();
    match request.extensions().get::<MatchedPath>() {
        Some(path) => OPEN
            .iter()
            .any(|(m, p)| *p == path.as_str() && (method.as_str() == *m || (*m == "GET" && method == Method::HEAD))),
        None => matches!(*method, Method::GET | Method::HEAD) && !request.uri().path().starts_with("/api"),
    }
}

/// Whose the token or cookie of a request is.
pub(crate) async fn identify(api: &Api, peer: Peer, headers: &HeaderMap) -> Result<Identity, Problem> {
    let identity = if let Some(token) = bearer(headers)? {
        let key = key_of(token);
        let token = api.store().tokens().verify(token, api.wall()).await.map_err(|e| unknown(&e))?;
        Identity { name: token.name, role: token.role, door: Door::Bearer, key }
    } else if peer == Peer::Socket {
        Identity { name: "local".into(), role: Role::Owner, door: Door::Socket, key: 0 }
    } else if let Some(cookie) = cookie(headers) {
        let session = api.store().sessions().verify(cookie, api.wall()).await.map_err(|e| unknown(&e))?;
        Identity { name: session.name, role: session.role, door: Door::Cookie, key: key_of(cookie) }
    } else {
        return Err(nobody());
    };
    if identity.role == Role::Bridge {
        let why = Bilingual::new("网关令牌只能收发原始主题", "a bridge token may only use raw topics");
        return Err(Problem::forbidden("auth.bridge", why));
    }
    Ok(identity)
}

/// A number that stands for a secret.
fn key_of(secret: &str) -> u64 {
    let digest = base::canonical::sha256(secret.as_bytes());
    digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// A browser sends the cookie by itself, so the request has to show that our own page made it; a token or the control
/// socket nobody sends by accident. Each of these alone would do in a browser that keeps the standards; together they
/// hold when one of them has a hole:
///
/// - `SameSite=Strict`: other sites' requests come without the cookie. Another port of this machine is the *same* site.
/// - `Sec-Fetch-Site`: the browser's own word that the page is of this very origin. Reading from elsewhere is refused too.
/// - `Origin` is this server, for all that changes something. It is demanded and not only compared when present, and for
///   sockets as well: browsers let every site open them, with cookies, and read what comes.
/// - [`PAGE_HEADER`] for all that changes something: a form cannot send it, and a script of another origin only after a
///   preflight, which this server never answers. A socket cannot carry it; there `Origin` stands alone.
fn from_own_page(api: &Api, who: Identity, method: &Method, headers: &HeaderMap) -> Result<Identity, Problem> {
    if who.door != Door::Cookie {
        return Ok(who);
    }
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let opens_socket = headers.contains_key(header::UPGRADE);
    match headers.get(SITE_HEADER).map(|v| v.as_bytes()) {
        None | Some(b"same-origin") => {}
        // Typed into the address bar.
        Some(b"none") if reads && !opens_socket => {}
        Some(_) => return Err(from_elsewhere()),
    }
    if reads && !opens_socket {
        return Ok(who);
    }
    same_origin(api.is_secure(), headers, true)?;
    if !opens_socket && !headers.contains_key(PAGE_HEADER) {
        return Err(Problem::forbidden(
            "auth.page",
            Bilingual::new(
                "使用页面登录更改时须带 X-Castellan-Page 头；程序请使用令牌",
                "with the page's login, changes carry the header X-Castellan-Page; programs use a token",
            ),
        ));
    }
    Ok(who)
}

fn from_elsewhere() -> Problem {
    Problem::forbidden(
        "auth.origin",
        Bilingual::new("请求不是来自本页面", "the request does not come from this server's own page"),
    )
}

/// The token of the request, if it brings one.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    token.map(Some).ok_or_else(|| {
        Problem::unauthorised(
            "auth.scheme",
            "只接受 Authorization: Bearer 令牌",
            "only Authorization: Bearer with a token is accepted",
        )
    })
}

/// The page's cookie, if the request brings one.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

/// A secret that the store does not accept. What else can fail in the store is no answer about the secret.
fn unknown(error: &StoreError) -> Problem {
    let (zh, en) = match error.code() {
        "secret.expired" => ("令牌或登录已过期", "the token or login has expired"),
        "secret.revoked" => ("令牌已被吊销", "the token was revoked"),
        "secret.unknown" => ("令牌或登录无效", "the token or login is not known here"),
        _ => return store_failed(error),
    };
    Problem::unauthorised(error.code(), zh, en)
}

/// The store failed.
pub(crate) fn store_failed(error: &StoreError) -> Problem {
    Problem::internal(error.code(), error)
}

/// Against pages that let their own name point here (DNS rebinding): only the names of this server are answered.
fn known_host(api: &Api, headers: &HeaderMap, uri: &Uri) -> Result<(), Problem> {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).or(uri.authority().map(|a| a.as_str()));
    let known = host.map(host_name).is_some_and(|name| api.hosts().iter().any(|h| h.eq_ignore_ascii_case(name)));
    if known {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "host.unknown",
        "此服务器不以该名称应答，请用启动时显示的地址",
        "this server does not answer to that name; use the address that `serve` printed",
    ))
}

/// A host without its port; the brackets of an IPv6 address stay.
fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Against other sites that make the browser send our cookie: what changes something must come from our own page.
pub(crate) fn same_origin(tls: bool, headers: &HeaderMap, wanted: bool) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let origin = text(header::ORIGIN).map(|o| o.split_once("://").unwrap_or(("", o)));
    match (origin, text(header::HOST)) {
        (Some((scheme, origin)), Some(host)) if origin.eq_ignore_ascii_case(host) && (!tls || scheme == "https") => {
            Ok(())
        }
        (None, _) if !wanted => Ok(()),
        _ => Err(from_elsewhere()),
    }
}

/// Counts attempts to log in per client, so that a code cannot be guessed.
#[derive(Debug)]
pub(crate) struct LoginLimit(Limiter<Option<IpAddr>>);

impl Default for LoginLimit {
    fn default() -> Self {
        LoginLimit(Limiter::new(LOGINS_MAX, LOGIN_WINDOW, LOGIN_CLIENTS_MAX))
    }
}

impl LoginLimit {
    /// One more attempt.
    ///
    /// # Errors
    /// When the client had its attempts.
    pub(crate) fn attempt(&self, client: Option<IpAddr>, now: Timestamp) -> Result<(), Problem> {
        self.0.take(client, now).map_err(|wait_s| {
            Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "login.limited",
                "登录尝试过多，请稍后再试",
                "too many attempts to log in; wait a little",
            )
            .retry_after(wait_s)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};
    use base::Span;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.clone(), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn cookies_are_found_among_others() {
        let h = headers(&[(header::COOKIE, "a=b; castellan_session=xyz; c=d")]);
        assert_eq!(cookie(&h), Some("xyz"));
        assert_eq!(cookie(&headers(&[(header::COOKIE, "castellan_sessions=xyz")])), None);
    }

    #[test]
    fn hosts_lose_their_port() {
        for (host, name) in [("127.0.0.1:8080", "127.0.0.1"), ("localhost", "localhost"), ("[::1]:80", "[::1]")] {
            assert_eq!(host_name(host), name);
        }
    }

    #[test]
    fn origins_are_compared_with_the_host() {
        let host = (header::HOST, "127.0.0.1:8080");
        for (origin, wanted, ok) in [
            (Some("http://127.0.0.1:8080"), true, true),
            (Some("http://127.0.0.1:9090"), true, false),
            (Some("http://evil.example"), false, false),
            (Some("null"), false, false),
            (None, true, false),
            (None, false, true),
        ] {
            let mut h = headers(std::slice::from_ref(&host));
            if let Some(o) = origin {
                h.insert(header::ORIGIN, HeaderValue::from_static(o));
            }
            assert_eq!(same_origin(false, &h, wanted).is_ok(), ok, "{origin:?} {wanted}");
            // Over TLS, a page that came without it is another origin.
            assert_eq!(same_origin(true, &h, wanted).is_ok(), ok && origin.is_none(), "{origin:?} {wanted}");
        }
    }

    #[test]
    fn attempts_are_counted_per_client_and_forgotten() {
        let limit = LoginLimit::default();
        let (now, a, b) = (Timestamp::from_millis(1_000), Some(IpAddr::from([10, 0, 0, 1])), None);
        for _ in 0..LOGINS_MAX {
            limit.attempt(a, now).unwrap();
        }
        assert_eq!(limit.attempt(a, now).unwrap_err().code(), "login.limited");
        limit.attempt(b, now).unwrap();
        limit.attempt(a, now + LOGIN_WINDOW + Span::from_millis(1)).unwrap();
    }
}
