//! The manual is open to everybody, in both languages, and has nothing of the building in it.

use super::*;
use axum::http::HeaderName;

#[tokio::test]
async fn the_manual_is_read_without_a_login() {
    let site = Site::new().await;
    let language = |tag: &'static str| [(header::ACCEPT_LANGUAGE, tag)];
    for (asked, to) in [("zh-CN,zh;q=0.9,en;q=0.8", "/docs/zh-CN"), ("fr, en;q=0.5", "/docs/en"), ("fr", "/docs/en")] {
        let reply = site.send(&As::Nobody, Method::GET, "/docs", &language(asked), "").await;
        assert_eq!((reply.status, reply.header(header::LOCATION)), (StatusCode::TEMPORARY_REDIRECT, to));
        assert_eq!(reply.header(header::VARY), "Accept-Language");
    }
    let reply = site.get(&As::Nobody, "/docs/zh/modbus").await;
    assert_eq!(reply.header(header::LOCATION), "/docs/zh-CN/modbus");
    for (path, title) in [
        ("/docs/en", "Manual"),
        ("/docs/zh-CN/", "使用手册"),
        ("/docs/en/modbus", "Devices on a Modbus bus"),
        ("/docs/zh-CN/search?q=%E5%AF%84%E5%AD%98%E5%99%A8", "寄存器"),
        ("/docs/en/api", "listDevices"),
    ] {
        let reply = site.get(&As::Nobody, path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert_eq!(reply.header(header::CONTENT_TYPE), "text/html; charset=utf-8", "{path}");
        let language = reply.header(header::CONTENT_LANGUAGE).to_owned();
        assert!(path.starts_with(&format!("/docs/{language}")), "{path} {language}");
        let text = reply.text();
        assert!(text.contains(title), "{path}");
        for bad in ["<script", " style=", "<style"] {
            assert!(!text.contains(bad), "{path}: {bad}");
        }
        let tag = [(header::IF_NONE_MATCH, reply.header(header::ETAG))];
        let again = site.send(&As::Nobody, Method::GET, path, &tag, "").await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
    }
    let style = site.get(&As::Nobody, "/docs/manual.css").await;
    assert_eq!(style.header(header::CONTENT_TYPE), "text/css; charset=utf-8");
}

#[tokio::test]
async fn what_is_not_there_is_said_on_a_page() {
    let site = Site::new().await;
    let reply = site.get(&As::Nobody, "/docs/en/modbuss").await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert!(reply.text().contains("There is no such page"), "{}", reply.text());
    assert_eq!(site.get(&As::Nobody, "/docs/fr/modbus").await.problem(), (404, "not_found".into()));
}

#[tokio::test]
async fn sections_are_found_page_by_page() {
    let site = Site::new().await;
    let none: [(HeaderName, &str); 0] = [];
    let path = "/api/docs/search?q=modbus%20register&lang=en&limit=2";
    let reply = site.send(&As::Nobody, Method::GET, path, &none, "").await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let first = reply.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    assert!(first["items"][0]["url"].as_str().unwrap().starts_with("/docs/en/modbus"), "{first}");
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = site.get(&As::Nobody, &format!("{path}&cursor={cursor}")).await.json();
    assert_ne!(first["items"], second["items"]);
    for (query, status, problem) in
        [("q=x&lang=fr", 422, "query.lang"), ("q=x&limit=0", 400, "page.limit"), ("lang=en", 400, "query.shape")]
    {
        let reply = site.get(&As::Nobody, &format!("/api/docs/search?{query}")).await;
        assert_eq!(reply.problem(), (status, problem.into()));
    }
}
