//! API tokens: minted and shown once, listed without their text, revoked. Only the owner.

use crate::Api;
use crate::auth::{Identity, store_failed};
use crate::extract::{Args, Body, Of};
use crate::limits::TOKEN_DAYS_MAX;
use crate::page::{self, Page};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::NoContent;
use base::id::{Token as TokenKind, TokenId};
use base::{Span, Timestamp, limits};
use documents::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{StoreError, Token};

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/tokens",
            get_with(list, |o| o.id("listTokens").tag("tokens").summary("Tokens, oldest first; never their text."))
                .post_with(mint, |o| {
                    o.id("mintToken").tag("tokens").summary("Makes a token; its text is shown this once.")
                }),
        )
        .api_route(
            "/api/tokens/{id}",
            delete_with(revoke, |o| o.id("revokeToken").tag("tokens").summary("Takes a token back.")),
        )
}

/// What is known of a token; never its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenView {
    /// Its id.
    pub id: TokenId,
    /// Whose or what for.
    pub name: String,
    /// What it may do at most.
    pub role: Role,
    /// When it was minted.
    pub created: Timestamp,
    /// Until when it is good; for ever when absent.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used: Option<Timestamp>,
    /// When it was taken back.
    pub revoked: Option<Timestamp>,
}

impl From<Token> for TokenView {
    fn from(t: Token) -> Self {
        TokenView {
            id: t.id,
            name: t.name,
            role: t.role,
            created: t.created,
            expires: t.expires,
            last_used: t.last_used,
            revoked: t.revoked,
        }
    }
}

/// A token that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Minted {
    /// What is known of it.
    pub token: TokenView,
    /// Its text. It is not kept and cannot be shown again.
    pub secret: String,
}

/// The token that is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    /// Whose or what for.
    name: String,
    /// What it may do at most.
    role: Role,
    /// For how many days it is good; for ever when absent.
    #[serde(default)]
    days: Option<u32>,
}

async fn list(
    State(api): State<Api>,
    who: Identity,
    Args(wanted): Args<page::Wanted>,
) -> Result<Json<Page<TokenView>>, Problem> {
    who.may(policy::Effect::Administer)?;
    let tokens = api.store().tokens().list().await.map_err(|e| store_failed(&e))?;
    page::of_list(tokens.into_iter().map(TokenView::from), &wanted, |t| t.id.to_string()).map(Json)
}

async fn mint(State(api): State<Api>, who: Identity, Body(wanted): Body<NewToken>) -> Result<Json<Minted>, Problem> {
    who.may(policy::Effect::Administer)?;
    let name = wanted.name.trim();
    if name.is_empty() || name.chars().count() > limits::NAME_CHARS_MAX {
        let most = limits::NAME_CHARS_MAX;
        return Err(Problem::unprocessable(
            "token.name",
            format!("名称须为 1 到 {most} 个字符"),
            format!("a name has 1 to {most} characters"),
        ));
    }
    if wanted.days.is_some_and(|d| d == 0 || d > TOKEN_DAYS_MAX) {
        return Err(Problem::unprocessable(
            "token.days",
            format!("有效期须为 1 到 {TOKEN_DAYS_MAX} 天"),
            format!("a token is good for 1 to {TOKEN_DAYS_MAX} days"),
        ));
    }
    let now = api.wall();
    let expires = wanted.days.map(|d| now + Span::from_secs(i64::from(d) * 24 * 3600));
    let (token, secret) = api.store().tokens().mint(name, wanted.role, expires, now).await.map_err(|e| failed(&e))?;
    tracing::info!(id = %token.id, name, role = ?token.role, by = who.name, "a token was minted");
    Ok(Json(Minted { token: token.into(), secret: secret.expose().into() }))
}

async fn revoke(State(api): State<Api>, who: Identity, Of(id): Of<TokenKind>) -> Result<NoContent, Problem> {
    who.may(policy::Effect::Administer)?;
    api.store().tokens().revoke(id, api.wall()).await.map_err(|e| failed(&e))?;
    api.login_ended();
    if let Some(broker) = api.broker() {
        broker.revoke(id);
    }
    tracing::info!(%id, by = who.name, "a token was revoked");
    Ok(NoContent)
}

fn failed(error: &StoreError) -> Problem {
    match error {
        StoreError::NotFound { .. } => Problem::not_found("没有这个令牌", "there is no such token"),
        StoreError::TooMuch { max, .. } => Problem::new(
            StatusCode::CONFLICT,
            "token.limit",
            format!("令牌最多 {max} 个"),
            format!("at most {max} tokens are possible"),
        ),
        other => store_failed(other),
    }
}
