//! The site: read and changed as a whole.

use super::*;
use serde_json::json;

#[tokio::test]
async fn the_site_is_read_and_changed() {
    let site = Site::new().await;
    let owner = As::Token(Role::Owner);
    let mut wanted = site.get(&owner, "/api/site").await.json();
    assert_eq!(wanted["time_zone"], "Asia/Shanghai");
    wanted["place"] = json!({ "latitude": 39.9, "longitude": 116.4 });
    wanted["calendar"] = json!({ "holidays": ["2026-12-24"] });
    let put = async |body: &Json| site.say(&owner, Method::PUT, "/api/site", body).await;
    let made = put(&wanted).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    assert_eq!(made.json()["place"], wanted["place"]);
    assert_eq!(site.get(&owner, "/api/site").await.json()["calendar"]["holidays"], json!(["2026-12-24"]));
    for (field, value) in [("time_zone", json!("Asia/Peking")), ("place", json!({ "latitude": 91, "longitude": 0 }))] {
        let mut wrong = wanted.clone();
        wrong[field] = value;
        assert_eq!(put(&wrong).await.problem(), (422, "configure.invalid".into()), "{field}");
    }
    assert_eq!(
        site.say(&As::Token(Role::Viewer), Method::PUT, "/api/site", &wanted).await.status,
        StatusCode::FORBIDDEN
    );
}
