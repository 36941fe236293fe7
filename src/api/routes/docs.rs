//! The manual: pages for reading, without a script and without a login, and the search in it. Nothing of this building
//! is in it.

use crate::extract::Args;
use crate::page::{self, Page};
use crate::problem::{Problem, language_of};
use crate::{Api, openapi};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::Lang;
use manual::{Hit, search, site};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::LazyLock;

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/docs/search",
            get_with(find, |o| {
                o.id("searchDocs")
                    .tag("documentation")
                    .summary("Sections of the manual that fit a query best, the best first.")
                    .description("Wants no login: the manual is the same everywhere.")
                    .security_requirement_multi([])
            }),
        )
        .route("/docs", get(front_door))
        .route("/docs/", get(front_door))
        .route(site::STYLE_ADDRESS, get(style))
        .route("/docs/{lang}", get(front))
        .route("/docs/{lang}/", get(front))
        .route("/docs/{lang}/{slug}", get(page))
}

/// What is looked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// What is looked for, in words.
    q: String,
    /// In which language: `zh-CN` or `en`; that of the request when absent.
    lang: Option<String>,
    /// How many, 1 to 500; at most 50 are found.
    #[schemars(range(min = 1, max = crate::limits::PAGE_MAX))]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

async fn find(headers: HeaderMap, Args(wish): Args<Wish>) -> Result<Json<Page<Hit>>, Problem> {
    let lang = match &wish.lang {
        Some(tag) => Lang::parse(tag).ok_or_else(|| {
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "query.lang",
                format!("没有语言“{tag}”，可用 zh-CN 或 en"),
                format!("there is no language “{tag}”; zh-CN and en are possible"),
            )
        })?,
        None => language_of(&headers),
    };
    let (limit, given) = (page::limit(wish.limit)?, page::after::<usize>(wish.cursor.as_deref())?.unwrap_or(0));
    let hits = search(&wish.q, lang, search::HITS_MAX).into_iter().zip(1_usize..).skip(given);
    let page = page::cut(hits, limit, |(_, rank)| *rank);
    Ok(Json(Page { items: page.items.into_iter().map(|(hit, _)| hit).collect(), next_cursor: page.next_cursor }))
}

/// To the language of the reader.
async fn front_door(headers: HeaderMap) -> Response {
    let mut response = Redirect::temporary(&format!("/docs/{}", language_of(&headers).tag())).into_response();
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    response
}

async fn style(headers: HeaderMap) -> Response {
    sent(&headers, "text/css; charset=utf-8", None, site::STYLE.to_owned())
}

async fn front(headers: HeaderMap, Path(tag): Path<String>) -> Response {
    match named(&tag) {
        Ok(lang) => html(&headers, StatusCode::OK, lang, site::front(lang)),
        Err(elsewhere) => {
            elsewhere.map_or_else(nowhere, |lang| Redirect::permanent(&format!("/docs/{}", lang.tag())).into_response())
        }
    }
}

/// The query of the page of the search.
#[derive(Debug, Deserialize)]
struct Sought {
    #[serde(default)]
    q: String,
}

async fn page(
    headers: HeaderMap,
    Path((tag, slug)): Path<(String, String)>,
    sought: Result<Query<Sought>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let lang = match named(&tag) {
        Ok(lang) => lang,
        Err(Some(lang)) => return Redirect::permanent(&manual::address(lang, &slug, "")).into_response(),
        Err(None) => return nowhere(),
    };
    let sought = sought.map(|Query(s)| s.q).unwrap_or_default();
    let text = match slug.as_str() {
        site::SEARCH => Some(site::search_page(&sought, lang)),
        site::API => Some(described(lang).to_owned()),
        slug => site::guide_page(slug, lang),
    };
    match text {
        Some(text) => html(&headers, StatusCode::OK, lang, text),
        None => html(&headers, StatusCode::NOT_FOUND, lang, site::missing(&slug, lang)),
    }
}

/// The page about the API, made once.
fn described(lang: Lang) -> &'static str {
    static PAGES: LazyLock<[String; 2]> = LazyLock::new(|| {
        let description = serde_json::from_str(openapi::TEXT).unwrap_or_default();
        [Lang::Zh, Lang::En].map(|lang| site::api_page(&description, lang))
    });
    match lang {
        Lang::Zh => &PAGES[0],
        Lang::En => &PAGES[1],
    }
}

/// The language of an address; where it is written differently, the language whose address is meant.
fn named(tag: &str) -> Result<Lang, Option<Lang>> {
    match Lang::parse(tag) {
        Some(lang) if lang.tag() == tag => Ok(lang),
        other => Err(other),
    }
}

fn nowhere() -> Response {
    Problem::not_found("没有这个地址", "there is nothing at this address").into_response()
}

fn html(headers: &HeaderMap, status: StatusCode, lang: Lang, text: String) -> Response {
    let mut response = sent(headers, "text/html; charset=utf-8", Some(lang), text);
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}

/// A text with its kind and its tag; nothing but the tag when the reader has it already.
fn sent(headers: &HeaderMap, kind: &'static str, lang: Option<Lang>, text: String) -> Response {
    let digest = base::canonical::hex(&base::canonical::sha256(text.as_bytes()));
    let tag = format!("\"{}\"", digest.get(..32).unwrap_or_default());
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes());
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { text.into_response() };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(lang) = lang {
        out.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    response
}
