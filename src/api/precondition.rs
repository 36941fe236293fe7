//! `ETag` and `If-Match`: every JSON answer to a GET carries a tag of its content, and what changes an object may name
//! the tag of the content that it was made for. Then nobody overwrites what somebody else changed in between.
//!
//! What it is *not*: a client may leave `If-Match` out, and the last one counts then.

use crate::Api;
use crate::limits::BODY_BYTES_MAX;
use crate::problem::Problem;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value as Json;

/// Characters of a tag.
const TAG_CHARS: usize = 32;

fn tag_of(content: &[u8]) -> String {
    let digest = base::canonical::hex(&base::canonical::sha256(content));
    format!("\"{}\"", digest.get(..TAG_CHARS).unwrap_or_default())
}

/// Whether a list of tags has this one; `weakly`: also when it is named as a weak one.
fn names(list: &HeaderValue, tag: &str, weakly: bool) -> bool {
    let Ok(list) = list.to_str() else { return false };
    let plain = |t: &str| t == "*" || t == tag || (weakly && t.strip_prefix("W/") == Some(tag));
    list.split(',').any(|t| plain(t.trim()))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes() == b"application/json")
}

/// Layer: every JSON answer to GET carries an `ETag`, and costs nothing when the client has it already.
pub(crate) async fn etag(request: Request, next: Next) -> Response {
    let wanted = request.headers().get(header::IF_NONE_MATCH).cloned();
    let get = request.method() == Method::GET;
    let response = next.run(request).await;
    if !get || !is_json(response.headers()) || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Some(bytes) = read(body).await else {
        return Problem::internal("internal", &"an answer could not be read back").into_response();
    };
    let tag = tag_of(&bytes);
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    if wanted.is_some_and(|list| names(&list, &tag, true)) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// The body of an answer that a handler made, which is in memory as a whole.
async fn read(body: Body) -> Option<Bytes> {
    to_bytes(body, usize::MAX).await.ok()
}

/// Layer: what changes an object is done one after the other, and only when the object is still the one that the client
/// names. It lies over everything else, so that reading the object first is a request like any other.
pub(crate) async fn if_match(State(api): State<Api>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::PUT | Method::PATCH | Method::DELETE) {
        return next.run(request).await;
    }
    // Before it is its turn: nobody waits for a body that comes slowly.
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, BODY_BYTES_MAX).await else {
        return crate::answer(&api, Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE), &parts.headers);
    };
    let request = Request::from_parts(parts, Body::from(bytes));
    let _turn = api.changes().await;
    let Some(wanted) = request.headers().get(header::IF_MATCH).cloned() else { return next.run(request).await };
    let now = next.clone().run(read_of(&request)).await;
    match now.status() {
        StatusCode::OK => {}
        // It cannot be read, so no tag of it can be known.
        StatusCode::METHOD_NOT_ALLOWED => return crate::answer(&api, stale(None, None), request.headers()),
        // Why it cannot be changed says the change itself.
        _ => return next.run(request).await,
    }
    let tag = now.headers().get(header::ETAG).cloned();
    if tag.as_ref().and_then(|t| t.to_str().ok()).is_some_and(|tag| names(&wanted, tag, false)) {
        return next.run(request).await;
    }
    let current = read(now.into_body()).await.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    crate::answer(&api, stale(tag, current), request.headers())
}

/// The request that reads what another one changes, by the same client.
fn read_of(request: &Request) -> Request {
    let mut read = Request::new(Body::empty());
    *read.uri_mut() = request.uri().clone();
    read.extensions_mut().clone_from(request.extensions());
    read.headers_mut().clone_from(request.headers());
    for name in [header::IF_MATCH, header::IF_NONE_MATCH, header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        read.headers_mut().remove(name);
    }
    read
}

/// The same for what is changed below its own address, such as the state of a rule.
///
/// # Errors
/// When the object is not the one that the client names.
pub(crate) fn still(headers: &HeaderMap, current: &impl Serialize) -> Result<(), Problem> {
    let Some(wanted) = headers.get(header::IF_MATCH) else { return Ok(()) };
    let bytes = serde_json::to_vec(current).map_err(|e| Problem::internal("internal", &e))?;
    let tag = tag_of(&bytes);
    if names(wanted, &tag, false) {
        return Ok(());
    }
    Err(stale(HeaderValue::from_str(&tag).ok(), serde_json::from_slice(&bytes).ok()))
}

fn stale(tag: Option<HeaderValue>, current: Option<Json>) -> Problem {
    Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "precondition.failed",
        "对象已被更改，请按现在的内容重试",
        "it was changed in between; look at it as it is now and try again",
    )
    .current(tag, current)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_as_a_list() {
        let tag = tag_of(b"{}");
        for (list, weakly, found) in [
            (tag.clone(), false, true),
            (format!("\"x\", {tag}"), false, true),
            (format!("W/{tag}"), false, false),
            (format!("W/{tag}"), true, true),
            ("*".into(), false, true),
            ("\"x\"".into(), true, false),
        ] {
            assert_eq!(names(&HeaderValue::from_str(&list).unwrap(), &tag, weakly), found, "{list}");
        }
    }
}
