//! The API of the built program, as a browser and a client over the network see it.

use crate::server::Server;
use documents::Role;
use futures::StreamExt;
use reqwest::header;
use runtime::sim;
use serde_json::{Value as Json, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// What a browser would do with the address that `serve` prints.
async fn log_in(server: &Server, http: &reqwest::Client) -> String {
    let (page, code) = server.url.split_once("/#code=").unwrap();
    let answer = http
        .post(format!("{page}/api/session"))
        .header(header::ORIGIN, page)
        .json(&json!({ "code": code }))
        .send()
        .await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), 204);
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_browser_logs_in_talks_and_hears_what_happens() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let http = reqwest::Client::new();
    let cookie = log_in(&server, &http).await;
    let base = server.base.clone();
    let mut request = format!("{}/api/socket", base.replace("http", "ws")).into_client_request().unwrap();
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    request.headers_mut().insert("origin", base.parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    let say = |origin: Option<&str>| {
        let request = http
            .post(format!("{base}/api/conversation/stream"))
            .header(header::COOKIE, &cookie)
            .header("x-castellan-page", "1");
        let request = request.json(&json!({ "text": "打开大厅灯", "language": "zh_Hans" }));
        origin.map_or(request.try_clone().unwrap(), |o| request.header(header::ORIGIN, o))
    };
    assert_eq!(say(None).send().await.unwrap().status(), 403);
    assert_eq!(say(Some("http://127.0.0.1:1")).send().await.unwrap().status(), 403);
    let stream = say(Some(&base)).send().await.unwrap().text().await.unwrap();
    let reply = stream.lines().filter_map(|l| l.strip_prefix("data: ")).next_back().unwrap();
    let reply: Json = serde_json::from_str(reply).unwrap();
    assert_eq!(reply["receipts"][0]["state"], "confirmed", "{reply}");

    let mut heard = String::new();
    while !(heard.contains(r#""event":"receipt""#) && heard.contains(r#""event":"report""#)) {
        heard.push_str(&socket.next().await.unwrap().unwrap().into_text().unwrap());
    }
    assert!(heard.starts_with(r#"{"type":"snapshot""#), "{heard}");
    assert!(heard.contains(&sim::point("lobby_light", "power").to_string()), "{heard}");
    // An open socket does not keep the server from stopping.
    server.stop();
}

#[tokio::test]
async fn the_page_is_served_and_nothing_else_without_a_login() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let http = reqwest::Client::new();
    let get = async |path: &str| http.get(format!("{}{path}", server.base)).send().await.unwrap();
    let page = get("/").await;
    assert!(page.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    assert!(!page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("unsafe"));
    assert!(page.text().await.unwrap().contains("Castellan"));
    for (path, status) in
        [("/healthz", 200), ("/readyz", 200), ("/metrics", 401), ("/api/devices", 401), ("/api/x", 401)]
    {
        assert_eq!(get(path).await.status(), status, "{path}");
    }
    let misled =
        http.get(format!("{}/healthz", server.base)).header(header::HOST, "evil.example").send().await.unwrap();
    assert_eq!(misled.status(), 421);
    server.stop();
}

#[tokio::test]
async fn a_token_reaches_what_its_role_may() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let (viewer, agent) = (server.token(Role::Viewer), server.token(Role::Agent));
    let light = sim::point("lobby_light", "power");
    let command = format!("/api/points/{light}/command");
    let (status, refused) = server.post(&viewer, &command, json!({ "value": true })).await;
    assert_eq!((status, &refused["code"]), (403, &json!("policy.denied")));
    let (status, done) = server.post(&agent, &command, json!({ "value": true })).await;
    assert_eq!((status, &done["receipts"][0]["state"]), (200, &json!("confirmed")), "{done}");
    let lock = format!("/api/points/{}/command", sim::point("front_lock", "locked"));
    let (status, asked) = server.post(&agent, &lock, json!({ "value": false })).await;
    assert_eq!((status, &asked["proposals"][0]["state"]), (200, &json!("pending")), "{asked}");
    let proposal = &asked["proposals"][0];
    let path = format!("/api/proposals/{}/approve", proposal["id"].as_str().unwrap());
    let hash = json!({ "hash": proposal["hash"] });
    assert_eq!(server.post(&agent, &path, hash.clone()).await.0, 403);
    let operator = server.token(Role::Operator);
    let (status, wrong) = server.post(&operator, &path, json!({ "hash": "0" })).await;
    assert_eq!((status, &wrong["code"]), (409, &json!("proposal.hash")));
    let (status, opened) = server.post(&operator, &path, hash.clone()).await;
    assert_eq!((status, &opened["receipts"][0]["state"]), (200, &json!("confirmed")), "{opened}");
    assert_eq!(server.post(&operator, &path, hash).await.1["code"], "proposal.decided");
    let figures = server.get(&viewer, "/metrics").await;
    assert!(figures.as_str().unwrap().contains(&format!("castellan_devices_online {}", sim::world().devices.len())));
    server.stop();
}
