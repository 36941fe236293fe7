//! Web hooks that others call: made with a secret that is shown once, and called without any other login. A call is what
//! rules hear that begin with this web hook.
//!
//! What it is *not*: no door into anything else; the secret of a web hook opens nothing but it.

use super::stopped;
use crate::Api;
use crate::auth::{self, Identity, store_failed};
use crate::configure::Once;
use crate::extract::{Args, Body};
use crate::limits::HOOK_BODY_BYTES_MAX;
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::NoContent;
use base::{Timestamp, canonical};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use documents::{Event, Message, Payload};
use policy::Effect;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::hooks::{HOOKS_MAX, NAME_CHARS_MAX, SECRET_PREFIX};
use store::{Hook, Proof, StoreError};
use things::Safety;

/// The headers in which a call may be signed, ours and the one that others use.
const SIGNATURES: [&str; 2] = ["x-castellan-signature", "x-hub-signature-256"];

pub(super) fn routes() -> ApiRouter<Api> {
    let called = "Wants the secret of the web hook, as `Authorization: Bearer csh_…`, or a signature of the body by it: \
                  `X-Castellan-Signature: sha256=…`, HMAC-SHA256 in hexadecimal; `X-Hub-Signature-256` is the same. At most \
                  60 calls in 10 seconds; the body has at most 64 KiB.";
    ApiRouter::new()
        .api_route(
            "/api/hooks",
            get_with(list, |o| o.id("listHooks").tag("hooks").summary("Web hooks, by name; never their secret."))
                .post_with(make, |o| {
                    o.id("createHook").tag("hooks").summary("Makes a web hook; its secret is shown this once.")
                }),
        )
        .api_route(
            "/api/hooks/{name}",
            post_with(call, move |o| {
                o.id("callHook")
                    .tag("hooks")
                    .summary("Calls a web hook: rules that begin with it hear the body.")
                    .description(called)
                    .security_requirement_multi([])
            }),
        )
        .api_route(
            "/api/hooks/{name}",
            delete_with(remove, |o| o.id("removeHook").tag("hooks").summary("Removes a web hook.")),
        )
        .api_route(
            "/api/hooks/{name}/secret",
            post_with(renew, |o| {
                o.id("renewHook")
                    .tag("hooks")
                    .summary("Gives a web hook another secret, shown this once; the old one stops at once.")
            }),
        )
}

/// What is known of a web hook; never its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct HookView {
    /// Its name.
    name: String,
    /// Where it is called.
    url: String,
    /// When it was made.
    created: Timestamp,
    /// By whom.
    created_by: String,
    /// When it was last called, to the minute.
    last_used: Option<Timestamp>,
}

/// A web hook with its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct HookMade {
    /// What is known of it.
    hook: HookView,
    /// Its secret. It is sealed and not shown again.
    secret: String,
}

fn view(api: &Api, hook: Hook) -> HookView {
    let url = format!("{}/api/hooks/{}", api.url(), hook.name);
    let Hook { name, created, created_by, last_used } = hook;
    HookView { name, url, created, created_by, last_used }
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<HookView>>, Problem> {
    who.may(Effect::Administer)?;
    let hooks = api.store().hooks().list().await.map_err(|e| failed(&e))?;
    page::of_list(hooks.into_iter().map(|h| view(&api, h)), &wanted, |h| h.name.clone()).map(Json)
}

/// The web hook that is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewHook {
    /// Its name: lower-case letters, digits, `-` and `_`; rules name it so.
    #[schemars(length(min = 1, max = NAME_CHARS_MAX), regex(pattern = "^[a-z0-9_-]+$"))]
    name: String,
}

async fn make(State(api): State<Api>, who: Identity, Body(wanted): Body<NewHook>) -> Result<Once<HookMade>, Problem> {
    who.must(Effect::Administer, Safety::None)?;
    let name = wanted.name;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || !name.chars().all(fits) {
        return Err(Problem::unprocessable(
            "hook.name",
            format!("名称须为 1 到 {NAME_CHARS_MAX} 个小写字母、数字、- 或 _"),
            format!("a name has 1 to {NAME_CHARS_MAX} lower-case letters, digits, `-` or `_`"),
        ));
    }
    let (hook, secret) = api.store().hooks().make(&name, &who.name, api.wall()).await.map_err(|e| failed(&e))?;
    tracing::info!(name, by = who.name, "a web hook was made");
    Ok(Once(HookMade { hook: view(&api, hook), secret: secret.expose().into() }))
}

/// Which web hook.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "HookName")]
struct Which {
    /// Its name.
    name: String,
}

async fn renew(State(api): State<Api>, who: Identity, Path(which): Path<Which>) -> Result<Once<HookMade>, Problem> {
    who.must(Effect::Administer, Safety::None)?;
    let hooks = api.store().hooks();
    let secret = hooks.renew(&which.name).await.map_err(|e| failed(&e))?;
    let found = hooks.list().await.map_err(|e| failed(&e))?.into_iter().find(|h| h.name == which.name);
    let hook = found.ok_or_else(unknown)?;
    tracing::info!(name = which.name, by = who.name, "a web hook has another secret");
    Ok(Once(HookMade { hook: view(&api, hook), secret: secret.expose().into() }))
}

async fn remove(State(api): State<Api>, who: Identity, Path(which): Path<Which>) -> Result<NoContent, Problem> {
    who.must(Effect::Administer, Safety::None)?;
    api.store().hooks().remove(&which.name).await.map_err(|e| failed(&e))?;
    tracing::info!(name = which.name, by = who.name, "a web hook was removed");
    Ok(NoContent)
}

/// What became of a call.
#[derive(Debug, Serialize, JsonSchema)]
struct HookCalled {
    /// Whether a rule in use begins with this web hook.
    heard: bool,
}

async fn call(
    State(api): State<Api>,
    Path(which): Path<Which>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<HookCalled>, Problem> {
    if body.len() > HOOK_BODY_BYTES_MAX {
        let most = HOOK_BODY_BYTES_MAX / 1024;
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body.too_large",
            format!("请求体最多 {most} KiB"),
            format!("a body has at most {most} KiB"),
        ));
    }
    let proof = proof(&headers)?;
    let admitted = api.store().hooks().admit(&which.name, proof, &body, api.wall()).await;
    admitted.map_err(|e| if matches!(e, StoreError::SecretUnknown(_)) { refused() } else { failed(&e) })?;
    api.hook_calls().take(key(&which.name), api.wall()).map_err(|wait_s| {
        Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "hook.limited",
            "此 Webhook 调用过于频繁，请稍后再试",
            "this web hook is called too often; wait a little",
        )
        .retry_after(wait_s)
    })?;
    let topic = format!("$webhooks/{}", which.name);
    let asked = topic.clone();
    let heard = api.handle().read(move |core| core.is_heard(&asked)).await.map_err(|e| stopped(&e))?;
    if heard {
        let payload = match std::str::from_utf8(&body) {
            Ok(text) => Payload::Text(text.to_owned()),
            Err(_) => Payload::Base64(STANDARD.encode(&body)),
        };
        let message = Message { connection: None, topic, payload, qos: 0, retain: false };
        api.handle().apply(Event::Message(message)).await.map_err(|e| stopped(&e))?;
        api.acknowledged().await?;
    }
    Ok(Json(HookCalled { heard }))
}

/// What a call proves itself with.
fn proof(headers: &HeaderMap) -> Result<Proof<'_>, Problem> {
    let signed = SIGNATURES.iter().find_map(|name| headers.get(*name)).and_then(|h| h.to_str().ok());
    if let Some(signature) = signed {
        return signature.strip_prefix("sha256=").map(Proof::Signature).ok_or_else(refused);
    }
    auth::bearer(headers)?.filter(|t| t.starts_with(SECRET_PREFIX)).map(Proof::Secret).ok_or_else(refused)
}

/// Stands for a name where calls are counted.
fn key(name: &str) -> u64 {
    canonical::sha256(name.as_bytes()).iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}

fn refused() -> Problem {
    Problem::unauthorised(
        "hook.refused",
        "没有这个 Webhook，或密钥不对：Authorization: Bearer csh_…",
        "there is no such web hook, or its secret is another: Authorization: Bearer csh_...",
    )
}

fn unknown() -> Problem {
    Problem::not_found("没有这个 Webhook", "there is no such web hook")
}

fn failed(error: &StoreError) -> Problem {
    match error {
        StoreError::NotFound { .. } => unknown(),
        StoreError::Taken { .. } => {
            Problem::new(StatusCode::CONFLICT, "hook.taken", "已有同名的 Webhook", "there is a web hook of that name")
        }
        StoreError::TooMuch { .. } => Problem::new(
            StatusCode::CONFLICT,
            "hook.limit",
            format!("Webhook 最多 {HOOKS_MAX} 个"),
            format!("at most {HOOKS_MAX} web hooks are possible"),
        ),
        other => store_failed(other),
    }
}
