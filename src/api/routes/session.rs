//! The page's login: a one-time code becomes an HttpOnly cookie.

use super::stopped;
use crate::auth::{self, COOKIE, Door, Identity, store_failed};
use crate::configure::Once;
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
use qrcode::QrCode;
use qrcode::render::svg;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Class;

/// Least width and height of a QR code, in pixels.
const QR_PIXELS: u32 = 240;

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
            "/api/session/link",
            post_with(link, |o| {
                o.id("makeLoginLink")
                    .tag("session")
                    .summary("Makes another link that opens the page logged in, once, such as on a phone.")
                    .description(
                        "Whoever opens it may do what the one who made it may. Programs make none, but an owner's.",
                    )
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
    let now = api.wall();
    api.logins().attempt(client, now)?;
    auth::same_origin(api.is_secure(), &headers, false)?;
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
    set_cookie(&api, cookie.expose(), SESSION_TIME.as_millis() / 1_000)
}

async fn end(State(api): State<Api>, who: Identity, headers: HeaderMap) -> Result<Response, Problem> {
    if who.door == Door::Cookie
        && let Some(cookie) = auth::cookie(&headers)
    {
        api.store().sessions().end(cookie).await.map_err(|e| store_failed(&e))?;
        api.login_ended();
    }
    set_cookie(&api, "", 0)
}

/// Without TLS, `Secure` is left out: browsers would not keep the cookie.
fn set_cookie(api: &Api, value: &str, max_age_s: i64) -> Result<Response, Problem> {
    let secure = if api.is_secure() { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}");
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
    /// The address as a QR code, an SVG text.
    pub qr: String,
    /// Whether other devices reach it; `false` while it is served to this machine only.
    pub reachable: bool,
}

impl LoginLink {
    /// A link with its picture.
    pub(crate) fn new(url: String, expires: Timestamp, reachable: bool) -> Result<LoginLink, Problem> {
        let code = QrCode::new(&url).map_err(|e| Problem::internal("internal", &e))?;
        let qr = code
            .render()
            .min_dimensions(QR_PIXELS, QR_PIXELS)
            .dark_color(svg::Color("#000"))
            .light_color(svg::Color("#fff"))
            .build();
        Ok(LoginLink { url, expires, qr, reachable })
    }
}

/// Somebody at the page lets themselves in on another device, with the same role and no more. A token makes no link, since
/// the login would outlive the token; an owner's does, for who may do everything may also make tokens.
async fn link(State(api): State<Api>, who: Identity) -> Result<Once<LoginLink>, Problem> {
    match who.door {
        Door::Socket => api.login_link("owner", Role::Owner).await,
        Door::Cookie => api.login_link(&who.name, who.role).await,
        Door::Bearer => {
            who.may(policy::Effect::Administer)?;
            api.login_link("owner", Role::Owner).await
        }
    }
    .map(Once)
}
