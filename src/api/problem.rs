//! Errors as people and programs get them: `application/problem+json` (RFC 9457) with a stable `code`, in the language
//! that the request asks for. Everything that is not a success leaves through here, also what the router refuses.
//!
//! What it is *not*: it decides nothing. Start at [`Problem`].

use crate::mcp;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as Described, SchemaObject, StatusCode as DescribedStatus};
use aide::operation::OperationOutput;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base::{Bilingual, Diagnostics, Lang};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Media type of an error.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong with a request.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Bilingual,
    diagnostics: Diagnostics,
    retry_after_s: Option<u32>,
    current: Option<Box<Current>>,
}

/// The object as it is now, and its tag. Apart and boxed: every handler gives a [`Problem`] by value, few have this.
#[derive(Debug, Clone)]
struct Current {
    tag: Option<HeaderValue>,
    object: Option<Json>,
}

/// An error as it is written (RFC 9457).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct ProblemBody {
    /// A URI that names the kind of error.
    #[serde(rename = "type")]
    pub type_: String,
    /// The kind of error in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable code such as `auth.required`.
    pub code: String,
    /// What is wrong with this request, and what to do.
    pub detail: String,
    /// All findings, where a document is at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Diagnostics,
    /// The object as it is now, where the request was about what it was before; its tag is in `ETag`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Json>,
}

impl Problem {
    /// An error with its status, code and words.
    pub fn new(status: StatusCode, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Problem {
            status,
            code,
            detail: Bilingual::new(zh, en),
            diagnostics: Diagnostics::new(),
            retry_after_s: None,
            current: None,
        }
    }
    /// Nobody said who they are.
    pub fn unauthorised(code: &'static str, zh: &str, en: &str) -> Self {
        Problem::new(StatusCode::UNAUTHORIZED, code, zh, en)
    }
    /// It is known who asks, and it is not allowed.
    pub fn forbidden(code: &'static str, why: Bilingual) -> Self {
        Problem::new(StatusCode::FORBIDDEN, code, why.zh, why.en)
    }
    /// There is no such thing.
    pub fn not_found(zh: &str, en: &str) -> Self {
        Problem::new(StatusCode::NOT_FOUND, "not_found", zh, en)
    }
    /// The request is well formed, and asks for something that cannot be.
    pub fn unprocessable(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, zh, en)
    }
    /// Something inside failed; the words for the programmer go to the log, not out.
    pub fn internal(code: &'static str, error: &dyn std::fmt::Display) -> Self {
        tracing::error!(code, %error, "a request failed inside");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            code,
            "服务器内部出错，详情见日志",
            "something failed inside the server; its log says what",
        )
    }
    /// With the findings about a document.
    pub fn diagnostics(mut self, diagnostics: Diagnostics) -> Self {
        self.diagnostics = diagnostics;
        self
    }
    /// With the object as it is now, and its tag.
    pub(crate) fn current(mut self, tag: Option<HeaderValue>, object: Option<Json>) -> Self {
        self.current = Some(Box::new(Current { tag, object }));
        self
    }
    /// Says when it makes sense to try again.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What the router or a layer refused without words of its own.
    pub(crate) fn of_status(status: StatusCode) -> Problem {
        let (code, zh, en) = match status {
            StatusCode::NOT_FOUND => ("not_found", "没有这个地址", "there is nothing at this address"),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method_not_allowed", "该地址不支持此方法", "this address does not know this method")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("body.too_large", "请求体过大", "the body of the request is too large"),
            StatusCode::REQUEST_TIMEOUT => ("timeout", "处理超时", "the request took too long"),
            StatusCode::BAD_REQUEST => ("bad_request", "请求无法读取", "the request cannot be read"),
            _ => ("internal", "服务器内部出错，详情见日志", "something failed inside the server; its log says what"),
        };
        Problem::new(status, code, zh, en)
    }

    fn body(&self, lang: Lang) -> ProblemBody {
        ProblemBody {
            type_: format!("urn:castellan:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error").into(),
            status: self.status.as_u16(),
            code: self.code.into(),
            detail: self.detail.get(lang).into(),
            diagnostics: self.diagnostics.clone(),
            current: self.current.as_ref().and_then(|c| c.object.clone()),
        }
    }

    pub(crate) fn response(&self, lang: Lang) -> Response {
        let text = serde_json::to_string(&self.body(lang)).unwrap_or_else(|_| "{}".into());
        let mut response = (self.status, text).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"castellan\""));
        }
        if self.status == StatusCode::UPGRADE_REQUIRED {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        if let Some(tag) = self.current.as_ref().and_then(|c| c.tag.as_ref()) {
            headers.insert(header::ETAG, tag.clone());
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.response(Lang::En);
        response.extensions_mut().insert(self);
        response
    }
}

impl OperationOutput for Problem {
    type Inner = ProblemBody;

    fn operation_response(ctx: &mut GenContext, _: &mut Operation) -> Option<Described> {
        let json_schema = ctx.schema.subschema_for::<ProblemBody>();
        let schema = Some(SchemaObject { json_schema, example: None, external_docs: None });
        let content = [(MEDIA_TYPE.to_owned(), MediaType { schema, ..MediaType::default() })].into_iter().collect();
        Some(Described { description: "What went wrong.".into(), content, ..Described::default() })
    }

    fn inferred_responses(
        ctx: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<DescribedStatus>, Described)> {
        Self::operation_response(ctx, operation).map(|r| (None, r)).into_iter().collect()
    }
}

/// The language that a request asks for: the first of `Accept-Language` that is ours, English otherwise.
pub(crate) fn language_of(headers: &HeaderMap) -> Lang {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .and_then(|tags| tags.split(',').find_map(|tag| Lang::parse(tag.split(';').next()?.trim())))
        .unwrap_or_default()
}

/// Whether an answer is a page that says itself what is wrong.
fn is_for_people(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|t| t.to_str().ok());
    kind.is_some_and(|t| t.starts_with("text/html"))
}

/// Layer: gives every error its form and its language.
pub(crate) async fn shape(request: Request, next: Next) -> Response {
    let lang = language_of(request.headers());
    let agents = request.uri().path() == mcp::PATH;
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_for_people(&response) {
        return response;
    }
    let known = response.extensions().get::<Problem>().cloned();
    // What the protocol of agents says of a wrong request is read by their programs as it stands.
    if agents && known.is_none() && status != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let problem = known.unwrap_or_else(|| Problem::of_status(status));
    let mut shaped = problem.response(lang);
    if let Some(allow) = response.headers().get(header::ALLOW) {
        shaped.headers_mut().insert(header::ALLOW, allow.clone());
    }
    shaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_language_counts() {
        for (accept, lang) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("fr-FR, en-GB;q=0.7, zh;q=0.3", Lang::En),
            ("fr", Lang::En),
            ("zh_Hans", Lang::Zh),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accept))]);
            assert_eq!(language_of(&headers), lang, "{accept}");
        }
    }
}
