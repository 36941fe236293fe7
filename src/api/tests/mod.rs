//! The surface over a real store in a folder of its own and the demo building on a clock that only moves when told.

mod alarms;
mod backtests;
mod collections;
mod connections;
mod devices;
mod docs;
mod doors;
mod errors;
mod exchange;
mod field;
mod hooks;
mod import;
mod later;
mod mcp;
mod pins;
mod play;
mod products;
mod scenes;
mod schedules;
mod site;
mod socket;
mod spaces;
mod talk;
mod tls;

use crate::{Api, Parts, Peer, router};
use access::Broker;
use agent::TurnLimits;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base::{IdGen, Timestamp};
use documents::{Actor, Event, Role};
use drivers::simulated::{Config, Simulated};
use runtime::{Handle, Host, Options, Time, sim};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use store::Store;
use tempfile::TempDir;
use tokio::sync::watch;
use tower::ServiceExt;

/// A saturday noon.
const NOON_MS: i64 = 1_795_262_400_000;
/// Where the page would be served.
const HOST: &str = "127.0.0.1:8080";
/// Every role.
const ROLES: [Role; 5] = [Role::Owner, Role::Operator, Role::Viewer, Role::Agent, Role::Bridge];

/// A whole server without sockets.
struct Site {
    router: Router,
    api: Api,
    handle: Handle,
    store: Store,
    broker: Arc<Broker>,
    tokens: BTreeMap<Role, String>,
    /// Kept open: streams end when it says so.
    _stop: watch::Sender<bool>,
    _folder: TempDir,
}

/// Who asks in a test.
#[derive(Debug, Clone)]
enum As {
    Nobody,
    Token(Role),
    Cookie(String),
    Socket,
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or(Json::Null)
    }
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
    /// Status and stable code of an error, which has to be a problem.
    fn problem(&self) -> (u16, String) {
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json", "{}", self.text());
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16());
        assert_eq!(json["type"], format!("urn:castellan:problem:{}", json["code"].as_str().unwrap()));
        (self.status.as_u16(), json["code"].as_str().unwrap().to_owned())
    }
}

impl Site {
    async fn new() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let at = Timestamp::from_millis(NOON_MS);
        let options = Options { time: Time::Manual(at), seed: 7, safe: false, build: "test".into() };
        let (handle, mut host) = Host::start(store.clone(), options).await.unwrap();
        // Not the host's own seed: on a clock that stands still the ids would be the same.
        let revision = IdGen::new(70).next(at);
        host.configure(Event::World { revision, doc: Box::new(sim::world()), by: Actor::system() }).await;
        let world = host.core().world().clone();
        host.attach(Box::new(Simulated::new(Config::default(), world.clone(), sim::values())));
        let options = access::Options { tcp: Some("127.0.0.1:0".parse().unwrap()), ..access::Options::default() };
        let (broker, session) = runtime::access::open(&handle, &store, world, options).await.unwrap();
        host.attach(session);
        tokio::spawn(host.run());
        let agent = Arc::new(tools::agent(&handle, 8, TurnLimits::default()).unwrap());
        let (stop, stopped) = watch::channel(false);
        let address: SocketAddr = HOST.parse().unwrap();
        let (h, s) = (handle.clone(), store.clone());
        let b = Some(broker.clone());
        let parts = Parts {
            handle: h,
            store: s,
            agent,
            simulated: true,
            seed: 9,
            broker: b,
            address,
            tls: false,
            names: Vec::new(),
            stop: stopped,
        };
        let api = Api::new(parts);
        let mut tokens = BTreeMap::new();
        for role in ROLES {
            let (_, secret) = store.tokens().mint(&format!("{role:?}"), role, None, at).await.unwrap();
            tokens.insert(role, secret.expose().to_owned());
        }
        Site { router: router(api.clone()), api, handle, store, broker, tokens, _stop: stop, _folder: folder }
    }

    /// A request as somebody, with more headers and a body.
    async fn send(
        &self,
        who: &As,
        method: Method,
        path: &str,
        headers: &[(header::HeaderName, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        match who {
            As::Nobody => {}
            As::Token(role) => {
                request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.tokens[role]));
            }
            As::Cookie(value) => {
                request = request.header(header::COOKIE, format!("castellan_session={value}"));
                request = request.header(crate::auth::PAGE_HEADER, "1");
            }
            As::Socket => request = request.extension(Peer::Socket),
        }
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 16 << 20).await.unwrap().to_vec();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, who: &As, path: &str) -> Reply {
        self.send(who, Method::GET, path, &[], Body::empty()).await
    }

    /// A JSON body by any method.
    async fn say(&self, who: &As, method: Method, path: &str, body: &Json) -> Reply {
        let json = [(header::CONTENT_TYPE, "application/json")];
        self.send(who, method, path, &json, body.to_string()).await
    }

    async fn delete(&self, who: &As, path: &str) -> Reply {
        self.send(who, Method::DELETE, path, &[], Body::empty()).await
    }

    async fn post(&self, who: &As, path: &str, body: &Json) -> Reply {
        self.say(who, Method::POST, path, body).await
    }

    /// Says yes to the only proposal that an answer has.
    async fn approve(&self, who: &As, asked: &Json) -> Reply {
        let proposal = &asked["proposals"][0];
        let path = format!("/api/proposals/{}/approve", proposal["id"].as_str().unwrap());
        self.post(who, &path, &serde_json::json!({ "hash": proposal["hash"] })).await
    }

    /// Everything that a person can read, in one text: every collection, and the log.
    async fn everything(&self) -> String {
        let mut out = String::new();
        let reads = [
            "devices",
            "devices/removed",
            "points",
            "spaces",
            "products",
            "templates",
            "connections",
            "drivers",
            "proposals",
            "rules",
            "traces",
            "conversations",
            "tokens",
        ];
        for path in reads {
            let reply = self.get(&As::Socket, &format!("/api/{path}")).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
            out.push_str(&reply.text());
        }
        self.handle.durable().await.unwrap();
        let mut log = self.store.log().read_from(1);
        while let Some(batches) = log.next_page().await.unwrap() {
            out.push_str(&base::canonical::to_string(&batches).unwrap());
        }
        out
    }

    /// Logs in and gives the cookie.
    async fn log_in(&self) -> String {
        let link = self.api.login_link("owner", Role::Owner).await.unwrap();
        let (_, code) = link.url.split_once("#code=").unwrap();
        let reply = self.post(&As::Nobody, "/api/session", &serde_json::json!({ "code": code })).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text());
        let set = reply.header(header::SET_COOKIE);
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
        set.split_once('=').unwrap().1.split(';').next().unwrap().to_owned()
    }
}
