//! Web hooks: made, called with their secret or signed, limited, removed; rules run by hand; notices.

use super::*;
use serde_json::json;

async fn made(site: &Site, name: &str) -> String {
    let owner = As::Token(Role::Owner);
    let made = site.post(&owner, "/api/hooks", &json!({ "name": name })).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    assert_eq!(made.header(header::CACHE_CONTROL), "no-store");
    assert_eq!(made.json()["hook"]["url"], format!("http://{HOST}/api/hooks/{name}"));
    made.json()["secret"].as_str().unwrap().to_owned()
}

async fn call(site: &Site, name: &str, headers: &[(header::HeaderName, &str)], body: &'static [u8]) -> Reply {
    site.send(&As::Nobody, Method::POST, &format!("/api/hooks/{name}"), headers, body).await
}

#[tokio::test]
async fn a_hook_opens_by_its_secret_alone() {
    let site = Site::new().await;
    let secret = made(&site, "bell").await;
    let bearer = format!("Bearer {secret}");
    let good = [(header::AUTHORIZATION, bearer.as_str())];
    let answer = call(&site, "bell", &good, b"{\"door\": 1}").await;
    assert_eq!((answer.status, &answer.json()["heard"]), (StatusCode::OK, &json!(false)), "no rule listens yet");
    let sign = header::HeaderName::from_static("x-hub-signature-256");
    let owner = format!("Bearer {}", site.tokens[&Role::Owner]);
    for headers in [
        &[][..],
        &[(header::AUTHORIZATION, "Bearer csh_00")],
        &[(header::AUTHORIZATION, &owner)],
        &[(sign.clone(), "sha256=00")],
        &[(sign, "md5=00")],
    ] {
        assert_eq!(call(&site, "bell", headers, b"{}").await.problem(), (401, "hook.refused".into()), "{headers:?}");
    }
    assert_eq!(call(&site, "other", &good, b"{}").await.problem(), (401, "hook.refused".into()));
    // Nor does the secret open anything else.
    let reply = site.send(&As::Nobody, Method::GET, "/api/devices", &good, Body::empty()).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);

    let owner = As::Token(Role::Owner);
    let taken = site.post(&owner, "/api/hooks", &json!({ "name": "bell" })).await;
    assert_eq!(taken.problem(), (409, "hook.taken".into()));
    let wrong = site.post(&owner, "/api/hooks", &json!({ "name": "Door bell" })).await;
    assert_eq!(wrong.problem(), (422, "hook.name".into()));
    assert_eq!(site.post(&As::Token(Role::Operator), "/api/hooks", &json!({ "name": "x" })).await.problem().0, 403);
    let listed = site.get(&owner, "/api/hooks").await;
    assert!(listed.json()["items"][0]["last_used"].is_string() && !listed.text().contains(&secret));

    let newer = site.post(&owner, "/api/hooks/bell/secret", &json!({})).await.json();
    assert_eq!(call(&site, "bell", &good, b"{}").await.problem().0, 401);
    let bearer = format!("Bearer {}", newer["secret"].as_str().unwrap());
    let good = [(header::AUTHORIZATION, bearer.as_str())];
    let mut answers = Vec::new();
    for _ in 0..61 {
        answers.push(call(&site, "bell", &good, b"").await.status.as_u16());
    }
    assert_eq!((answers.first(), answers.last()), (Some(&200), Some(&429)));
    assert_eq!(call(&site, "bell", &good, &[b'x'; 64 * 1024 + 1]).await.problem(), (413, "body.too_large".into()));
    assert_eq!(site.delete(&owner, "/api/hooks/bell").await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.delete(&owner, "/api/hooks/bell").await.problem().0, 404);
}

/// A rule that says so when something sets it going: `source` with its parameters, whose output is `port`.
async fn telling(site: &Site, name: &str, source: (&str, Json), port: &str) -> String {
    let operator = As::Token(Role::Operator);
    let (type_, params) = source;
    let graph = json!({
        "schemaVersion": 1, "id": base::id::RuleId::of_name(name), "name": { "zh": name, "en": name }, "state": "live",
        "nodes": [
            { "id": "begin", "type": type_, "params": params },
            { "id": "tell", "type": "notify", "params": { "level": "warning", "zh": name, "en": name } },
        ],
        "edges": [{ "from": { "node": "begin", "port": port }, "to": { "node": "tell", "port": "in" } }],
    });
    let asked = site.post(&operator, "/api/rules", &graph).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text());
    let proposal = asked.json()["proposals"][0].clone();
    let path = format!("/api/proposals/{}/approve", proposal["id"].as_str().unwrap());
    let approved = site.post(&operator, &path, &json!({ "hash": proposal["hash"] })).await;
    assert_eq!(approved.json()["rules"][0]["state"], "live", "{}", approved.text());
    graph["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn calls_hands_and_events_set_rules_going_and_people_read_of_it() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let told = async || {
        let notices = site.get(&As::Token(Role::Viewer), "/api/notices").await.json();
        let texts = notices["items"].as_array().unwrap().iter().map(|n| n["text"]["en"].as_str().unwrap().to_owned());
        texts.collect::<Vec<_>>()
    };
    let secret = made(&site, "bell").await;
    telling(&site, "bell rang", ("webhook", json!({ "name": "bell" })), "message").await;
    let bearer = format!("Bearer {secret}");
    let answer = call(&site, "bell", &[(header::AUTHORIZATION, bearer.as_str())], b"{\"door\": 1}").await;
    assert_eq!(answer.json()["heard"], true);
    assert_eq!(told().await, ["bell rang"]);

    let rule = telling(&site, "run by hand", ("manual", json!({})), "message").await;
    let run = format!("/api/rules/{rule}/run");
    assert_eq!(site.post(&operator, &run, &json!({})).await.status, StatusCode::OK);
    assert_eq!(told().await, ["run by hand", "bell rang"]);
    assert_eq!(site.post(&As::Token(Role::Viewer), &run, &json!({})).await.problem().0, 403);
    let bell = base::id::RuleId::of_name("bell rang");
    assert_eq!(site.post(&operator, &format!("/api/rules/{bell}/run"), &json!({})).await.problem().0, 422);

    // Who has read it.
    let notices = site.get(&operator, "/api/notices?read=false").await.json();
    let ids: Vec<&Json> = notices["items"].as_array().unwrap().iter().map(|n| &n["id"]).collect();
    let agent = site.post(&As::Token(Role::Agent), "/api/notices/read", &json!({ "notices": ids })).await;
    assert_eq!(agent.problem().0, 403);
    let read = site.post(&operator, "/api/notices/read", &json!({ "notices": [ids[0]] })).await.json();
    assert_eq!(
        (&read["notices"][0]["read"]["by"]["name"], read["notices"].as_array().unwrap().len()),
        (&json!("Operator"), 1)
    );
    let again = site.post(&operator, "/api/notices/read", &json!({ "notices": [ids[0]] })).await.json();
    assert_eq!(again["notices"], json!([]));
    let unread = site.get(&operator, "/api/notices?read=false&level=warning").await.json();
    assert_eq!(unread["items"].as_array().unwrap().len(), 1);
    assert_eq!(site.post(&operator, "/api/notices/read", &json!({ "notices": [] })).await.problem().0, 422);
}
