//! What devices say over HTTP, what was not taken, and calls to them.

use super::*;
use base::id::DeviceId;
use runtime::sim;
use serde_json::json;

/// A device that posts, with its token.
async fn poster(site: &Site, product: &str) -> (DeviceId, String) {
    let made = site.post(&As::Socket, "/api/devices", &json!({ "product": product })).await.json();
    let id = made["device"]["id"].as_str().unwrap();
    let token = site.post(&As::Socket, &format!("/api/devices/{id}/token"), &json!({})).await.json();
    let token = token["token"].as_str().unwrap().to_owned();
    (DeviceId::parse(id).unwrap(), token)
}

impl Site {
    async fn says(&self, token: &str, path: &str, body: &Json) -> Reply {
        let bearer = format!("Bearer {token}");
        let headers = [(header::CONTENT_TYPE, "application/json"), (header::AUTHORIZATION, bearer.as_str())];
        self.send(&As::Nobody, Method::POST, path, &headers, body.to_string()).await
    }
}

const PROPERTIES: &str = "/api/device/properties";

#[tokio::test]
async fn a_device_posts_what_its_model_has() {
    let site = Site::new().await;
    let (device, token) = poster(&site, "room_sensor").await;
    let reply = site.says(&token, PROPERTIES, &json!({ "temperature": 21.5, "humidity": { "value": 40 } })).await;
    assert_eq!((reply.status, &reply.json()["taken"]), (StatusCode::OK, &json!(2)), "{}", reply.text());
    // Answered means durable.
    assert_eq!(site.store.log().durable_seq(), site.store.log().last_seq());
    let points = site.get(&As::Socket, &format!("/api/points?device={device}")).await.json();
    let value = |name: &str| {
        points["items"].as_array().unwrap().iter().find(|p| p["identifier"] == name).unwrap()["sample"]["value"].clone()
    };
    assert_eq!((value("temperature"), value("humidity")), (json!(21.5), json!(40.0)));
    // In the envelope, one of two.
    let envelope = json!({ "id": "7", "version": "1.0", "params": { "temperature": 22, "colour": 1 } });
    let partly = site.says(&token, PROPERTIES, &envelope).await.json();
    assert_eq!((&partly["taken"], &partly["faults"][0]["identifier"]), (&json!(1), &json!("colour")), "{partly}");

    let wrong = site.says(&token, PROPERTIES, &json!({ "temperature": "warm", "noise": 1 })).await;
    assert_eq!(wrong.problem(), (422, "post.payload".into()));
    let paths: Vec<Json> = wrong.json()["diagnostics"].as_array().unwrap().iter().map(|d| d["path"].clone()).collect();
    assert_eq!(paths, [json!("/temperature"), json!("/noise")]);
    // Both are kept for inspection, newest first, for people.
    let rejected = site.get(&As::Token(Role::Viewer), &format!("/api/devices/{device}/rejected")).await.json();
    let excerpts: Vec<&str> =
        rejected["items"].as_array().unwrap().iter().map(|r| r["excerpt"].as_str().unwrap()).collect();
    assert!(excerpts.len() == 2 && excerpts[0].contains("warm") && excerpts[1].contains("colour"), "{rejected}");
    let agent = site.get(&As::Token(Role::Agent), &format!("/api/devices/{device}/rejected")).await;
    assert_eq!(agent.problem(), (403, "policy.denied".into()));
    let figures = site.get(&As::Token(Role::Viewer), "/metrics").await.text();
    assert!(figures.contains("castellan_ingest_rejected_total 2\n"), "{figures}");
}

#[tokio::test]
async fn events_come_by_the_same_door() {
    let site = Site::new().await;
    let mut model = things::templates::by_name("pump").unwrap().clone();
    let event = json!([{ "identifier": "dry", "name": "dry", "type": "alert",
        "outputData": [{ "identifier": "minutes", "name": "minutes", "dataType": { "type": "int" } }] }]);
    model.events = serde_json::from_value(event).unwrap();
    let product = json!({ "key": "well", "names": { "en": ["Well pump"] }, "model": model });
    site.post(&As::Socket, "/api/products", &product).await;
    let (device, token) = poster(&site, "well").await;
    let told = site.says(&token, "/api/device/events/dry", &json!({ "minutes": 3 })).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    let kept = site.get(&As::Socket, &format!("/api/devices/{device}/events")).await.json();
    assert_eq!((&kept["items"][0]["event"], &kept["items"][0]["output"]["minutes"]), (&json!("dry"), &json!(3.0)));
    for (path, body) in
        [("/api/device/events/wet", json!({})), ("/api/device/events/dry", json!({ "minutes": "three" }))]
    {
        assert_eq!(site.says(&token, path, &body).await.problem(), (422, "post.payload".into()), "{path}");
    }
}

#[tokio::test]
async fn only_a_device_token_opens_the_door_and_nothing_else() {
    let site = Site::new().await;
    let (device, token) = poster(&site, "room_sensor").await;
    let body = json!({ "temperature": 21 });
    for who in ROLES.map(As::Token).into_iter().chain([As::Nobody, As::Socket, As::Cookie(site.log_in().await)]) {
        let reply = site.post(&who, PROPERTIES, &body).await;
        assert_eq!(reply.problem(), (401, "post.token".into()), "{who:?}");
    }
    for wrong in ["cdt_", &format!("{token}0"), &token.to_uppercase()] {
        assert_eq!(site.says(wrong, PROPERTIES, &body).await.problem(), (401, "post.token".into()), "{wrong}");
    }
    // A device's token opens no other door.
    let bearer = format!("Bearer {token}");
    let headers = [(header::AUTHORIZATION, bearer.as_str())];
    let reply = site.send(&As::Nobody, Method::GET, "/api/devices", &headers, "").await;
    assert_eq!(reply.problem(), (401, "secret.unknown".into()));
    assert!(!site.everything().await.contains(&token));
    // A newer token, a disabled device and a removed one.
    let again = site.post(&As::Socket, &format!("/api/devices/{device}/token"), &json!({})).await.json();
    assert_eq!(site.says(&token, PROPERTIES, &body).await.problem().0, 401);
    let token = again["token"].as_str().unwrap();
    assert!(again["line"].as_str().unwrap().contains(token));
    assert_eq!(site.says(token, PROPERTIES, &body).await.status, StatusCode::OK);
    let path = format!("/api/devices/{device}");
    site.say(&As::Socket, Method::PATCH, &path, &json!({ "disabled": true })).await;
    assert_eq!(site.says(token, PROPERTIES, &body).await.problem(), (403, "post.disabled".into()));
    site.delete(&As::Socket, &path).await;
    assert_eq!(site.says(token, PROPERTIES, &body).await.problem(), (401, "post.token".into()));
}

#[tokio::test]
async fn a_device_cannot_post_without_end() {
    let site = Site::new().await;
    let (_, token) = poster(&site, "room_sensor").await;
    let body = json!({ "temperature": 21 });
    for n in 0..crate::limits::POSTS_MAX {
        assert_eq!(site.says(&token, PROPERTIES, &body).await.status, StatusCode::OK, "{n}");
    }
    let reply = site.says(&token, PROPERTIES, &body).await;
    assert_eq!(reply.problem(), (429, "post.limited".into()));
    assert!(reply.header(header::RETRY_AFTER).parse::<u32>().unwrap() > 0);
    site.handle.advance(crate::limits::POST_WINDOW).await.unwrap();
    assert_eq!(site.says(&token, PROPERTIES, &body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn calls_are_for_people_and_need_the_device() {
    let site = Site::new().await;
    let (device, _) = poster(&site, "outlet").await;
    let path = format!("/api/devices/{device}/rrpc");
    let call = json!({ "payload": { "text": "ping" }, "timeout_ms": 1000 });
    let operator = As::Token(Role::Operator);
    let answered = site.post(&operator, &path, &call).await;
    assert_eq!((answered.status, answered.json()), (StatusCode::OK, json!({ "code": "OFFLINE" })));
    for role in [Role::Viewer, Role::Agent] {
        assert_eq!(
            site.post(&As::Token(role), &path, &call).await.problem(),
            (403, "policy.denied".into()),
            "{role:?}"
        );
    }
    for (body, code) in [
        (json!({ "payload": { "text": "x" }, "timeout_ms": 1 }), "rrpc.timeout"),
        (json!({ "payload": { "base64": "%" } }), "rrpc.payload"),
        (json!({}), "body.shape"),
    ] {
        assert_eq!(site.post(&operator, &path, &body).await.problem(), (422, code.to_owned()), "{body}");
    }
    // What policy asks about first cannot be called: a lock is of class security.
    let lock = format!("/api/devices/{}/rrpc", sim::device("front_lock"));
    assert_eq!(site.post(&operator, &lock, &call).await.problem(), (403, "policy.denied".into()));
    let unknown = format!("/api/devices/{}/rrpc", DeviceId::from_bits(1));
    assert_eq!(site.post(&operator, &unknown, &call).await.problem().0, 404);
}
