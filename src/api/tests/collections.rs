//! Collections and objects: pages, tags, filters, figures.

use super::*;
use runtime::sim;
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test]
async fn pages_hold_everything_once() {
    let site = Site::new().await;
    let viewer = As::Token(Role::Viewer);
    for (path, field) in [("/api/devices", "id"), ("/api/points", "id"), ("/api/spaces", "id")] {
        let all = site.get(&viewer, &format!("{path}?limit=500")).await.json();
        assert!(all.get("next_cursor").is_none());
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = site.get(&viewer, &format!("{path}?limit=3{cursor}")).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|i| i[field].clone()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let expected: Vec<Json> = all["items"].as_array().unwrap().iter().map(|i| i[field].clone()).collect();
        assert_eq!(seen, expected, "{path}");
    }
}

#[tokio::test]
async fn filters_choose() {
    let site = Site::new().await;
    let viewer = As::Token(Role::Viewer);
    for (path, key, expected) in [
        (
            format!("/api/devices?space={}", sim::space("garage")),
            "key",
            vec![
                "garage_door",
                "parking_light",
                "parking_motion",
                "parking_co",
                "parking_fan",
                "charger1",
                "charger2",
                "charging_meter",
            ],
        ),
        ("/api/devices?kind=lock".into(), "key", vec!["front_lock"]),
        (format!("/api/points?device={}", sim::device("front_lock")), "identifier", vec!["locked"]),
    ] {
        let items = site.get(&viewer, &path).await.json();
        let got: BTreeSet<&str> = items["items"].as_array().unwrap().iter().map(|i| i[key].as_str().unwrap()).collect();
        assert!(expected.iter().all(|e| got.contains(e)), "{path} {got:?}");
        if key == "key" {
            assert_eq!(got.len(), expected.len(), "{path}");
        }
    }
}

#[tokio::test]
async fn objects_carry_a_tag_that_changes_with_them() {
    let site = Site::new().await;
    let (viewer, owner) = (As::Token(Role::Viewer), As::Token(Role::Owner));
    let point = sim::point("meeting_air", "temperature");
    let path = format!("/api/points/{point}");
    let first = site.get(&viewer, &path).await;
    assert_eq!(first.json()["sample"]["value"], 23.5);
    assert_eq!(first.json()["words"]["en"], "23.5°C");
    let tag = first.header(header::ETAG).to_owned();
    let known = [(header::IF_NONE_MATCH, tag.as_str())];
    let again = site.send(&viewer, Method::GET, &path, &known, "").await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let told = site.post(&owner, &format!("/api/simulation/points/{point}"), &json!({ "value": 30.0 })).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.text());
    let changed = site.send(&viewer, Method::GET, &path, &known, "").await;
    assert_eq!((changed.status, &changed.json()["sample"]["value"]), (StatusCode::OK, &json!(30.0)));
    let misfit = site.post(&owner, &format!("/api/simulation/points/{point}"), &json!({ "value": "warm" })).await;
    assert_eq!(misfit.problem(), (422, "value.misfit".into()));
}

#[tokio::test]
async fn a_command_answers_by_what_the_device_reports() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let light = sim::point("lobby_light", "power");
    let path = format!("/api/points/{light}/command");
    let done = site.post(&operator, &path, &json!({ "value": true })).await.json();
    assert_eq!(done["receipts"][0]["state"], "confirmed", "{done}");
    let why = site.get(&operator, &format!("/api/points/{light}/why")).await.json();
    assert_eq!((&why["actor"]["name"], &why["actor"]["channel"]), (&json!("Operator"), &json!("api")));
    let device = sim::device("lobby_light");
    let silent =
        site.post(&As::Socket, &format!("/api/simulation/devices/{device}"), &json!({ "fault": "refusing" })).await;
    assert_eq!(silent.status, StatusCode::NO_CONTENT, "{}", silent.text());
    let refused = site.post(&operator, &path, &json!({ "value": false })).await.json();
    assert_eq!(refused["receipts"][0]["state"], "refused", "{refused}");
}

#[tokio::test]
async fn figures_and_health() {
    let site = Site::new().await;
    assert_eq!(site.get(&As::Nobody, "/healthz").await.text(), "ok\n");
    let ready = site.get(&As::Nobody, "/readyz").await.json();
    assert_eq!((&ready["status"], &ready["rules_run"]), (&json!("ready"), &json!(true)));
    let figures = site.get(&As::Token(Role::Viewer), "/metrics").await.text();
    let devices = sim::world().devices.len();
    let expected = [("devices", devices), ("devices_online", devices), ("rules_live", 0)];
    for line in expected.map(|(name, n)| format!("castellan_{name} {n}")) {
        assert!(figures.lines().any(|l| l == line), "{line}\n{figures}");
    }
    let description = site.get(&As::Token(Role::Viewer), "/api/openapi.json").await.json();
    assert_eq!(description["openapi"], "3.1.0");
    let replay = site.post(&As::Socket, "/api/replay", &json!({})).await.json();
    assert!(replay["differs"].is_null() && replay["events"].as_u64().unwrap() > 0, "{replay}");
}
