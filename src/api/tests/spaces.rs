//! Spaces: added, changed, removed.

use super::*;
use runtime::sim;
use serde_json::json;

#[tokio::test]
async fn rooms_are_added_changed_and_removed() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let wanted = json!({ "kind": "room", "names": { "zh": ["机房"], "en": ["Boiler"] }, "parent": "Second floor", "tags": ["plant"] });
    let reply = site.post(&operator, "/api/spaces", &wanted).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    let room = reply.json();
    assert_eq!(room["parent"], json!(sim::space("floor2")));
    let path = format!("/api/spaces/{}", room["id"].as_str().unwrap());
    assert_eq!(site.get(&operator, &path).await.json(), room);
    let change = async |body: Json| site.say(&operator, Method::PATCH, &path, &body).await;
    let named = change(json!({ "names": { "en": ["Boiler room"] } })).await.json();
    assert_eq!((&named["names"], &named["parent"]), (&json!({ "en": ["Boiler room"] }), &room["parent"]));
    assert_eq!(change(json!({ "parent": null, "kind": "zone" })).await.json()["kind"], "zone");
    assert_eq!(change(json!({ "parent": room["id"] })).await.problem(), (422, "configure.invalid".into()));
    let device =
        site.post(&operator, "/api/devices", &json!({ "product": "pump", "space": "Boiler room" })).await.json();
    assert_eq!(device["device"]["space"], room["id"]);
    assert_eq!(site.delete(&operator, &path).await.problem(), (409, "configure.used".into()));
    let device = format!("/api/devices/{}", device["device"]["id"].as_str().unwrap());
    site.say(&operator, Method::PATCH, &device, &json!({ "space": null })).await;
    assert_eq!(site.delete(&operator, &path).await.status, StatusCode::OK);
    assert_eq!(site.get(&operator, &path).await.problem().0, 404);
}

#[tokio::test]
async fn a_name_of_two_rooms_needs_the_floor() {
    let site = Site::new().await;
    for floor in ["First floor", "Second floor"] {
        let wanted = json!({ "kind": "room", "names": { "en": ["Larder"] }, "parent": floor });
        let reply = site.post(&As::Socket, "/api/spaces", &wanted).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{floor} {}", reply.text());
    }
    let put =
        async |space: &str| site.post(&As::Socket, "/api/devices", &json!({ "product": "pump", "space": space })).await;
    let unclear = put("larder").await;
    assert_eq!(unclear.problem(), (422, "space.unknown".into()));
    assert!(unclear.json()["diagnostics"][0]["help"]["zh"].as_str().unwrap().contains('/'));
    assert_eq!(put("Second floor / Larder").await.status, StatusCode::CREATED);
    for (role, status) in [(Role::Viewer, 403), (Role::Agent, 202)] {
        let wanted = json!({ "kind": "room", "names": { "en": ["Attic"] } });
        assert_eq!(site.post(&As::Token(role), "/api/spaces", &wanted).await.status.as_u16(), status);
    }
}
