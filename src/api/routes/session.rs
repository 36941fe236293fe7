//! The page's login: a one-time code becomes an HttpOnly cookie.

use super::stopped;
use crate::auth::{self, COOKIE, Door, Identity, store_failed};
use crate::extract::Body;
use crate::limits::SESSION_TIME;
use crate::metrics::Metric;
use crate::problem::Problem;
use crate::{Api, Peer};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, NoContent, Response};
use axum::{Extension, Json};
use base::{Bilingual, Lang, Timestamp};
use documents::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Class;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/session",
            get_with(present, |o| o.id("getSession").tag("session").summary("Who is asking, and where."))
                .post_with(begin, |o| {
                    o.id("beginSession")
                        .tag("session")
                        .summary("Exchanges a one-time code for the page's cookie.")
                        .security_requirement_multi([])
                        .response::<204, ()>()
                })
                .delete_with(end, |o| {
                    o.id("endSession").tag("session").summary("Logs the page out.").response::<204, ()>()
                }),
        )
        .api_route(
            "/api/session/links",
            post_with(link, |o| {
                o.id("makeLoginLink").tag("session").summary("Makes another link that opens the page logged in, once.")
            }),
        )
}

/// Who is asking, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Present {
    /// Name of the person or token.
    name: String,
    /// What they may do at most.
    role: Role,
    /// Language of the site.
    language: Lang,
    /// What the site is called.
    site: Bilingual,
    /// Version of the server.
    version: String,
    /// Whether rules run; `false` after a start with `--safe`.
    rules_run: bool,
    /// Whether the devices are simulated.
    simulated: bool,
}

async fn present(State(api): State<Api>, who: Identity) -> Result<Json<Present>, Problem> {
    let look = |core: &runtime::Core| {
        let site = core.world().site();
        (site.language, site.names.bilingual(), !core.rules_are_off())
    };
    let (language, site, rules_run) = api.handle().read(look).await.map_err(|e| stopped(&e))?;
    let version = env!("CARGO_PKG_VERSION").into();
    Ok(Json(Present { name: who.name, role: who.role, language, site, version, rules_run, simulated: api.simulated() }))
}

/// A one-time code.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Code {
    /// What stands behind `#code=` in the address that `serve` prints.
    code: String,
}

async fn begin(
    State(api): State<Api>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Body(given): Body<Code>,
) -> Result<Response, Problem> {
    api.metrics().add(Metric::Logins, 1);
    let client = match peer {
        Some(Extension(Peer::Tcp(ip))) => Some(ip),
        _ => None,
    };
    let now = api.now();
    api.logins().attempt(client, now)?;
    auth::same_origin(&headers, false)?;
    let redeemed = api.store().sessions().redeem(&given.code, now + SESSION_TIME, now).await;
    let (session, cookie) = redeemed.map_err(|e| match e.class() {
        Class::Deny => Problem::unauthorised(
            "login.code",
            "登录码无效、已用过或已过期；运行 castellan open 可得到新的登录地址",
            "the code is not valid, was used or is too old; `castellan open` prints a new address",
        ),
        _ => store_failed(&e),
    })?;
    tracing::info!(name = session.name, role = ?session.role, "logged in by a one-time code");
    set_cookie(cookie.expose(), SESSION_TIME.as_millis() / 1_000)
}

async fn end(State(api): State<Api>, who: Identity, headers: HeaderMap) -> Result<Response, Problem> {
    if who.door == Door::Cookie
        && let Some(cookie) = auth::cookie(&headers)
    {
        api.store().sessions().end(cookie).await.map_err(|e| store_failed(&e))?;
        api.login_ended();
    }
    set_cookie("", 0)
}

/// `Secure` is left out: browsers would not keep the cookie over plain HTTP, and there is no TLS yet.
fn set_cookie(value: &str, max_age_s: i64) -> Result<Response, Problem> {
    let text = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}");
    let mut value = HeaderValue::from_str(&text).map_err(|e| Problem::internal("internal", &e))?;
    value.set_sensitive(true);
    Ok(([(header::SET_COOKIE, value)], NoContent).into_response())
}

/// A link that opens the page logged in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoginLink {
    /// The address, with the code in its fragment.
    pub url: String,
    /// Until when the code is good.
    pub expires: Timestamp,
}

/// Only whoever may read the data folder, or an owner, lets somebody in.
async fn link(State(api): State<Api>, who: Identity) -> Result<Json<LoginLink>, Problem> {
    who.may(policy::Effect::Administer)?;
    api.login_link("owner", Role::Owner).await.map(Json).map_err(|e| store_failed(&e))
}
