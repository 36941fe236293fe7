//! Every error is a problem with a stable code, whatever refused.

use super::*;
use crate::limits::BODY_BYTES_MAX;
use runtime::sim;
use serde_json::json;

/// Method, path, headers, body; status and code.
type Case<'a> = (Method, &'a str, &'a [(header::HeaderName, &'a str)], String, (u16, &'a str));

#[tokio::test]
async fn everything_that_refuses_says_so_in_one_form() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let json_type = [(header::CONTENT_TYPE, "application/json")];
    let command = format!("/api/points/{}/command", sim::point("lobby_light", "power"));
    let large = format!(r#"{{"value":"{}"}}"#, "x".repeat(BODY_BYTES_MAX));
    let cases: Vec<Case<'_>> = vec![
        (Method::GET, "/api/nothing", &[], String::new(), (404, "not_found")),
        (Method::GET, "/missing.js", &[], String::new(), (404, "not_found")),
        (Method::GET, "/api/devices/pt_1", &[], String::new(), (404, "not_found")),
        (Method::PUT, "/api/devices", &[], String::new(), (405, "method_not_allowed")),
        (Method::POST, &command, &json_type, large, (413, "body.too_large")),
        (Method::POST, &command, &[], r#"{"value":true}"#.into(), (415, "body.media_type")),
        (Method::POST, &command, &json_type, "{".into(), (400, "body.syntax")),
        (Method::POST, &command, &json_type, "{}".into(), (422, "body.shape")),
        (Method::POST, &command, &json_type, r#"{"value":true,"x":1}"#.into(), (422, "body.shape")),
        (Method::POST, &command, &json_type, r#"{"value":null}"#.into(), (422, "value.shape")),
        (Method::GET, "/api/devices?limit=0", &[], String::new(), (400, "page.limit")),
        (Method::GET, "/api/devices?limit=x", &[], String::new(), (400, "query.shape")),
        (Method::GET, "/api/devices?nonsense=1", &[], String::new(), (400, "query.shape")),
        (Method::GET, "/api/devices?cursor=%21", &[], String::new(), (422, "page.cursor")),
    ];
    for (method, path, headers, body, (status, code)) in cases {
        let reply = site.send(&operator, method.clone(), path, headers, body).await;
        assert_eq!(reply.problem(), (status, code.to_owned()), "{method} {path}");
    }
    let shape = site.send(&operator, Method::POST, &command, &json_type, "{}").await.json();
    assert_eq!(shape["diagnostics"][0]["code"], "body.shape");
    let other = site.send(&operator, Method::PUT, "/api/devices", &[], "").await;
    assert_eq!(other.header(header::ALLOW), "GET,HEAD,POST");
}

#[tokio::test]
async fn errors_speak_the_language_that_is_asked_for() {
    let site = Site::new().await;
    let path = format!("/api/devices/{}", base::id::DeviceId::from_bits(1));
    for (accept, detail, lang) in [
        ("zh-CN,zh;q=0.9", "没有这个设备", "zh-CN"),
        ("en", "there is no such device", "en"),
        ("fr", "there is no such device", "en"),
    ] {
        let reply = site.send(&As::Socket, Method::GET, &path, &[(header::ACCEPT_LANGUAGE, accept)], "").await;
        assert_eq!(reply.json()["detail"], detail);
        assert_eq!(reply.header(header::CONTENT_LANGUAGE), lang);
    }
}

/// The page's files are sent packed to who takes that, and not again to who has them.
#[tokio::test]
async fn the_page_is_sent_as_small_as_it_can_be() {
    let site = Site::new().await;
    let plain = site.get(&As::Nobody, "/").await;
    let gzip = [(header::ACCEPT_ENCODING, "br, gzip;q=0.8")];
    let packed = site.send(&As::Nobody, Method::GET, "/", &gzip, "").await;
    // Without a built page, or with a very small one, there is nothing to pack.
    if packed.header(header::CONTENT_ENCODING) == "gzip" {
        assert!(packed.body.len() < plain.body.len() && packed.body.starts_with(&[0x1f, 0x8b]));
        assert_eq!(packed.header(header::VARY), "accept-encoding");
    }
    if let Some(tag) = packed.headers.get(header::ETAG).and_then(|t| t.to_str().ok()) {
        let known = [(header::IF_NONE_MATCH, tag), (header::ACCEPT_ENCODING, "gzip")];
        let again = site.send(&As::Nobody, Method::GET, "/", &known, "").await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    }
    let refused = [(header::ACCEPT_ENCODING, "gzip;q=0")];
    assert_eq!(site.send(&As::Nobody, Method::GET, "/", &refused, "").await.body, plain.body);
}

#[tokio::test]
async fn what_the_runtime_denies_is_a_problem_too() {
    let site = Site::new().await;
    let viewer = As::Token(Role::Viewer);
    let path = format!("/api/points/{}/command", sim::point("lobby_light", "power"));
    let reply = site.post(&viewer, &path, &json!({ "value": true })).await;
    assert_eq!(reply.problem(), (403, "policy.denied".into()));
    let turn = format!("/api/turns/{}/undo", base::id::TurnId::from_bits(1));
    let reply = site.post(&As::Token(Role::Owner), &turn, &json!({})).await;
    assert!(reply.status.is_client_error(), "{}", reply.text());
}
