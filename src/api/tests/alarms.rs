//! Alarms: listed, and seen by people.

use super::*;
use runtime::sim;
use serde_json::json;

#[tokio::test]
async fn alarms_are_listed_and_seen_by_people_once() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    assert_eq!(site.get(&operator, "/api/alarms").await.json()["items"], json!([]));
    site.handle.measure(sim::point("server_leak", "leak"), true.into()).await.unwrap();
    let open = "/api/alarms?state=active&acknowledged=false";
    let alarm = site.get(&As::Token(Role::Viewer), open).await.json()["items"][0].clone();
    assert_eq!(
        (&alarm["code"], &alarm["severity"], &alarm["count"]),
        (&json!("point.leak"), &json!("major"), &json!(1))
    );
    let path = format!("/api/alarms/{}/acknowledge", alarm["id"].as_str().unwrap());
    for role in [Role::Viewer, Role::Agent] {
        assert_eq!(
            site.post(&As::Token(role), &path, &json!({})).await.problem(),
            (403, "policy.denied".into()),
            "{role:?}"
        );
    }
    let seen = site.post(&operator, &path, &json!({})).await.json();
    assert_eq!((&seen["acknowledged"]["by"]["role"], &seen["state"]), (&json!("operator"), &json!("active")));
    assert_eq!(site.post(&operator, &path, &json!({})).await.problem(), (409, "conflict".into()));
    assert_eq!(site.get(&operator, open).await.json()["items"], json!([]));
    assert_eq!(site.get(&operator, "/api/alarms?acknowledged=true").await.json()["items"][0], seen);
    let unknown = format!("/api/alarms/{}/acknowledge", base::id::AlarmId::from_bits(1));
    assert_eq!(site.post(&operator, &unknown, &json!({})).await.problem().0, 404);
}
