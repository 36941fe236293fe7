//! The page's own files, embedded in the binary. What is hashed in its name is kept by browsers for ever, the rest is
//! asked for again each time.
//!
//! What it is *not*: it needs no login, since it holds nothing of this building.

use crate::problem::Problem;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::{EmbeddedFile, RustEmbed};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

/// What `npm run build` in `web/` makes.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Built;

/// Smaller files are sent as they are.
const PACKED_BYTES_MIN: usize = 1_024;

/// Files as gzip, made the first time that somebody asks for them. There are as many as the page has files.
static PACKED: Mutex<BTreeMap<String, Bytes>> = Mutex::new(BTreeMap::new());

/// A file as gzip, where that is worth it.
fn packed(path: &str, file: &EmbeddedFile) -> Option<Bytes> {
    let kind = file.metadata.mimetype();
    let text =
        kind.starts_with("text/") || kind.contains("javascript") || kind.contains("json") || kind.contains("svg");
    if !text || file.data.len() < PACKED_BYTES_MIN {
        return None;
    }
    let mut all = PACKED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.get(path) {
        return Some(known.clone());
    }
    let mut to = GzEncoder::new(Vec::new(), Compression::best());
    to.write_all(&file.data).ok()?;
    let bytes = Bytes::from(to.finish().ok()?);
    all.insert(path.to_owned(), bytes.clone());
    Some(bytes)
}

/// Whether a client takes gzip.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let listed = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
    listed.flat_map(|line| line.split(',')).any(|one| {
        let (name, rest) = one.split_once(';').unwrap_or((one, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(rest.trim(), "q=0" | "q=0.0")
    })
}

/// Served when the page was not built before the server.
const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Castellan</title>\n\
<h1>Castellan</h1>\n\
<p lang=\"zh-CN\">服务器正在运行，但编译时没有页面。请在 <code>web</code> 文件夹中运行 <code>npm ci</code> 和 <code>npm run build</code>，然后重新编译。API 可以照常使用。</p>\n\
<p>The server runs, but it was compiled without the page. Run <code>npm ci</code> and <code>npm run build</code> in the \
folder <code>web</code>, then compile again. The API works as it is.</p>\n</html>\n";

/// Serves a file of the page; addresses without a dot are views of the page itself.
pub(crate) async fn file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Problem::not_found("没有这个地址", "there is nothing at this address").into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Some(file) = Built::get(path) {
        return serve(path, file, &headers);
    }
    if path.rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return Problem::not_found("没有这个文件", "there is no such file").into_response();
    }
    match Built::get("index.html") {
        Some(file) => serve("index.html", file, &headers),
        None => (StatusCode::SERVICE_UNAVAILABLE, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT)
            .into_response(),
    }
}

fn serve(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    // A weak one: it stands for the file in either form.
    let tag = format!("W/\"{}\"", base::canonical::hex(&file.metadata.sha256_hash()));
    // Vite puts a hash of the content into the names of what it writes to `assets/`.
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes());
    let packed = if takes_gzip(headers) { packed(path, &file) } else { None };
    let is_packed = packed.is_some();
    let kind = file.metadata.mimetype().to_owned();
    let mut response = match packed {
        _ if known => StatusCode::NOT_MODIFIED.into_response(),
        Some(bytes) => Response::new(Body::from(bytes)),
        None => Response::new(Body::from(file.data.into_owned())),
    };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_packed && !known {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
    for (name, value) in [(header::CONTENT_TYPE, kind), (header::ETAG, tag)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            out.insert(name, value);
        }
    }
    response
}
