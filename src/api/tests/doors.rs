//! Who is let in, where, and as whom.

use super::*;
use crate::limits::{LOGIN_CODE_TIME, LOGINS_MAX, REQUESTS_BURST};
use axum::http::HeaderName;
use base::Span;
use runtime::sim;
use serde_json::json;
use std::fmt::Write;

/// Every method and path of the description, with an id that exists or could.
fn routes() -> Vec<(Method, String, String)> {
    let description: Json = serde_json::from_str(&crate::openapi::generate().unwrap()).unwrap();
    let mut out = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        let id = match path.split('/').nth(2).unwrap_or_default() {
            "devices" => sim::device("lobby_light").to_string(),
            "points" => sim::point("lobby_light", "power").to_string(),
            "spaces" => sim::space("lobby").to_string(),
            "products" => base::id::ProductId::from_bits(1).to_string(),
            "connections" => base::id::ConnectionId::from_bits(1).to_string(),
            "simulation" if path.contains("points") => sim::point("meeting_air", "temperature").to_string(),
            "simulation" => sim::device("meeting_air").to_string(),
            "rules" => base::id::RuleId::from_bits(1).to_string(),
            "proposals" => base::id::ProposalId::from_bits(1).to_string(),
            "turns" => base::id::TurnId::from_bits(1).to_string(),
            "conversations" => base::id::ConversationId::from_bits(1).to_string(),
            _ => base::id::TokenId::from_bits(1).to_string(),
        };
        for method in ["get", "post", "put", "patch", "delete"].iter().filter(|m| item.get(**m).is_some()) {
            let verb = method.to_uppercase().parse().unwrap();
            out.push((
                verb,
                path.clone(),
                path.replace("{id}", &id).replace("{key}", "x").replace("{identifier}", "x"),
            ));
        }
    }
    out
}

/// A body that every route could take apart from its own fields.
fn body_of(path: &str) -> Json {
    match path {
        "/api/conversation/process" | "/api/conversation/stream" => json!({ "text": "hello" }),
        "/api/points/{id}/command" => json!({ "value": true }),
        "/api/simulation/points/{id}" => json!({ "value": 21.0 }),
        "/api/simulation/devices/{id}" => json!({ "fault": "none" }),
        "/api/proposals/{id}/approve" | "/api/proposals/{id}/reject" => json!({ "hash": "" }),
        "/api/rules/{id}/state" => json!({ "state": "draft" }),
        "/api/devices" => json!({ "product": "pump" }),
        "/api/products" => json!({ "template": "siren" }),
        "/api/products/{id}" => json!({ "model": {} }),
        "/api/spaces" => json!({ "kind": "room", "names": { "en": ["New room"] } }),
        "/api/connections" | "/api/connections/{id}" => json!({ "driver": "none", "names": { "en": ["New"] } }),
        "/api/devices/{id}/rrpc" => json!({ "payload": { "text": "x" } }),
        "/api/tokens" => json!({ "name": "t", "role": "viewer" }),
        "/api/session" => json!({ "code": "none" }),
        _ => json!({}),
    }
}

/// The golden table: what each role gets where. It shows the open routes, what a viewer may not do, that an agent
/// approves nothing, and that a bridge gets nothing at all.
#[tokio::test]
async fn routes_by_role() {
    let site = Site::new().await;
    let mut table = format!("{:7}{:48}{:>8}", "", "", "nobody");
    for role in ROLES {
        write!(table, "{:>9}", format!("{role:?}").to_lowercase()).unwrap();
    }
    table.push('\n');
    for (method, path, address) in routes() {
        write!(table, "{:7}{path:48}", method.as_str()).unwrap();
        let body = body_of(&path);
        for who in [As::Nobody].into_iter().chain(ROLES.map(As::Token)) {
            let json = [(header::CONTENT_TYPE, "application/json")];
            let body = if method == Method::GET { String::new() } else { body.to_string() };
            let status = site.send(&who, method.clone(), &address, &json, body).await.status;
            let width = if matches!(who, As::Nobody) { 8 } else { 9 };
            write!(table, "{:>width$}", status.as_u16()).unwrap();
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn routes_without_a_login() {
    let site = Site::new().await;
    let mut open = Vec::new();
    for (method, path, address) in routes() {
        let json = [(header::CONTENT_TYPE, "application/json")];
        let reply = site.send(&As::Nobody, method.clone(), &address, &json, body_of(&path).to_string()).await;
        if reply.status != StatusCode::UNAUTHORIZED || reply.problem().1 != "auth.required" {
            open.push(format!("{method} {path}"));
        }
    }
    insta::assert_snapshot!(open.join("\n"));
}

#[tokio::test]
async fn the_page_logs_in_once_by_a_code_and_out_again() {
    let site = Site::new().await;
    let link = site.api.login_link("owner", Role::Owner).await.unwrap();
    let (_, code) = link.url.split_once("#code=").unwrap();
    assert!(link.url.starts_with("http://127.0.0.1:8080/#code="));
    let code = json!({ "code": code });
    assert_eq!(site.post(&As::Nobody, "/api/session", &code).await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.post(&As::Nobody, "/api/session", &code).await.problem(), (401, "login.code".into()));

    let page = As::Cookie(site.log_in().await);
    let session = site.get(&page, "/api/session").await.json();
    assert_eq!((&session["role"], &session["site"]["en"]), (&json!("owner"), &json!("Demo office")));
    let own = [(header::ORIGIN, "http://127.0.0.1:8080")];
    let out = site.send(&page, Method::DELETE, "/api/session", &own, Body::empty()).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(site.get(&page, "/api/session").await.problem(), (401, "secret.unknown".into()));

    let late = site.api.login_link("owner", Role::Owner).await.unwrap();
    site.handle.advance(LOGIN_CODE_TIME).await.unwrap();
    let code = json!({ "code": late.url.split_once("#code=").unwrap().1 });
    assert_eq!(site.post(&As::Nobody, "/api/session", &code).await.problem(), (401, "login.code".into()));
}

#[tokio::test]
async fn codes_cannot_be_tried_without_end() {
    let site = Site::new().await;
    let wrong = json!({ "code": "0".repeat(32) });
    for _ in 0..LOGINS_MAX {
        assert_eq!(site.post(&As::Nobody, "/api/session", &wrong).await.problem(), (401, "login.code".into()));
    }
    let reply = site.post(&As::Nobody, "/api/session", &wrong).await;
    assert_eq!(reply.problem(), (429, "login.limited".into()));
    assert!(reply.header(header::RETRY_AFTER).parse::<u32>().unwrap() > 0);
}

#[tokio::test]
async fn other_sites_cannot_act_with_the_cookie() {
    let site = Site::new().await;
    let page = As::Cookie(site.log_in().await);
    let path = format!("/api/points/{}/command", sim::point("lobby_light", "power"));
    for (origin, status) in [
        (Some("http://127.0.0.1:8080"), 200),
        (Some("http://127.0.0.1:9999"), 403),
        (Some("https://evil.example"), 403),
        (Some("null"), 403),
        (None, 403),
    ] {
        let mut headers = vec![(header::CONTENT_TYPE, "application/json")];
        headers.extend(origin.map(|o| (header::ORIGIN, o)));
        let reply = site.send(&page, Method::POST, &path, &headers, r#"{"value":true}"#).await;
        assert_eq!(reply.status.as_u16(), status, "{origin:?} {}", reply.text());
    }
    // What a form or a plain script could send is not enough, and neither is what the browser says comes from elsewhere.
    let json = (header::CONTENT_TYPE, "application/json");
    let own = (header::ORIGIN, "http://127.0.0.1:8080");
    let cookie = match &page {
        As::Cookie(value) => format!("castellan_session={value}"),
        other => panic!("{other:?}"),
    };
    let bare = [json.clone(), own.clone(), (header::COOKIE, cookie.as_str())];
    let reply = site.send(&As::Nobody, Method::POST, &path, &bare, r#"{"value":true}"#).await;
    assert_eq!(reply.problem(), (403, "auth.page".into()));
    let fetched = HeaderName::from_static("sec-fetch-site");
    for (place, posts, reads) in
        [("same-origin", 200, 200), ("same-site", 403, 403), ("cross-site", 403, 403), ("none", 403, 200)]
    {
        let headers = [json.clone(), own.clone(), (fetched.clone(), place)];
        let posted = site.send(&page, Method::POST, &path, &headers, r#"{"value":true}"#).await;
        let read = site.send(&page, Method::GET, "/api/session", &headers[2..], "").await;
        assert_eq!((posted.status.as_u16(), read.status.as_u16()), (posts, reads), "{place}");
    }
    // Logging somebody in from elsewhere is refused too; reading is the browser's to forbid, and nothing allows it.
    let evil = [(header::CONTENT_TYPE, "application/json"), (header::ORIGIN, "https://evil.example")];
    let reply = site.send(&As::Nobody, Method::POST, "/api/session", &evil, r#"{"code":"x"}"#).await;
    assert_eq!(reply.problem(), (403, "auth.origin".into()));
    let reply = site.send(&page, Method::GET, "/api/session", &[(header::ORIGIN, "https://evil.example")], "").await;
    assert!(!reply.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
}

/// Whatever is answered, browsers are told the same.
#[tokio::test]
async fn every_answer_protects_itself() {
    let site = Site::new().await;
    let others = ["/", "/x.js", "/api/nothing", "/anything"].map(|p| (Method::GET, p.to_owned(), p.to_owned()));
    for (method, path, address) in routes().into_iter().chain(others) {
        let json = [(header::CONTENT_TYPE, "application/json")];
        let reply =
            site.send(&As::Token(Role::Owner), method.clone(), &address, &json, body_of(&path).to_string()).await;
        for (name, value) in crate::PROTECTION {
            assert_eq!(reply.header(HeaderName::from_static(name)), *value, "{method} {path}: {name}");
        }
        let policy = reply.header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && !policy.contains('*'));
    }
}

#[tokio::test]
async fn nobody_asks_without_end() {
    let site = Site::new().await;
    let (viewer, other) = (As::Token(Role::Viewer), As::Token(Role::Operator));
    for _ in 0..REQUESTS_BURST {
        assert_eq!(site.get(&viewer, "/api/templates?limit=1").await.status, StatusCode::OK);
    }
    let refused = site.get(&viewer, "/api/templates").await;
    assert_eq!(refused.problem(), (429, "requests.limited".into()));
    assert_eq!(refused.header(header::RETRY_AFTER), "1");
    // Others are not kept waiting, nor is the owner of the data folder; and it passes.
    assert_eq!(site.get(&other, "/api/templates").await.status, StatusCode::OK);
    assert_eq!(site.get(&As::Socket, "/api/templates").await.status, StatusCode::OK);
    site.handle.advance(Span::from_secs(1)).await.unwrap();
    assert_eq!(site.get(&viewer, "/api/templates").await.status, StatusCode::OK);
    // Who guesses at tokens is slowed down as well.
    let guess = [(header::AUTHORIZATION, "Bearer cst_wrong")];
    for _ in 0..REQUESTS_BURST {
        assert_eq!(
            site.send(&As::Nobody, Method::GET, "/api/rules", &guess, "").await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    assert_eq!(site.send(&As::Nobody, Method::GET, "/api/rules", &guess, "").await.problem().0, 429);
}

#[tokio::test]
async fn only_known_names_are_answered() {
    let site = Site::new().await;
    for (host, known) in [
        ("127.0.0.1:8080", true),
        ("localhost:8080", true),
        ("[::1]:8080", true),
        ("evil.example:8080", false),
        ("127.0.0.1.evil.example", false),
    ] {
        let request = Request::builder().uri("/healthz").header(header::HOST, host).body(Body::empty()).unwrap();
        let status = site.router.clone().oneshot(request).await.unwrap().status();
        assert_eq!(status, if known { StatusCode::OK } else { StatusCode::MISDIRECTED_REQUEST }, "{host}");
    }
    let nameless = Request::builder().uri("/healthz").body(Body::empty()).unwrap();
    assert_eq!(site.router.clone().oneshot(nameless).await.unwrap().status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn tokens_are_shown_once_and_end() {
    let site = Site::new().await;
    let owner = As::Socket;
    let minted = site.post(&owner, "/api/tokens", &json!({ "name": "x", "role": "viewer", "days": 1 })).await.json();
    let (id, secret) = (minted["token"]["id"].as_str().unwrap(), minted["secret"].as_str().unwrap());
    let bearer = format!("Bearer {secret}");
    let ask =
        async || site.send(&As::Nobody, Method::GET, "/api/devices", &[(header::AUTHORIZATION, &bearer)], "").await;
    assert_eq!(ask().await.status, StatusCode::OK);
    assert!(!site.get(&owner, "/api/tokens").await.text().contains(secret));
    site.send(&owner, Method::DELETE, &format!("/api/tokens/{id}"), &[], "").await;
    assert_eq!(ask().await.problem(), (401, "secret.revoked".into()));

    let minted = site.post(&owner, "/api/tokens", &json!({ "name": "y", "role": "viewer", "days": 1 })).await.json();
    let bearer = format!("Bearer {}", minted["secret"].as_str().unwrap());
    site.handle.advance(Span::from_secs(86_400)).await.unwrap();
    let late = site.send(&As::Nobody, Method::GET, "/api/devices", &[(header::AUTHORIZATION, &bearer)], "").await;
    assert_eq!(late.problem(), (401, "secret.expired".into()));
    let basic = site.send(&As::Nobody, Method::GET, "/api/devices", &[(header::AUTHORIZATION, "Basic eDp5")], "").await;
    assert_eq!(basic.problem(), (401, "auth.scheme".into()));
    assert!(basic.header(header::WWW_AUTHENTICATE).starts_with("Bearer"));
}
