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

/// Each GET that gives a list gives it page by page; none gives a bare array.
#[tokio::test]
async fn every_list_has_pages() {
    let site = Site::new().await;
    let description: Json = serde_json::from_str(&crate::openapi::generate().unwrap()).unwrap();
    let mut lists = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        let schema = &item["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        assert_ne!(schema["type"], "array", "{path}");
        let name = schema["$ref"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let fields = &description["components"]["schemas"][name]["properties"];
        // One thing by its id may have items of its own, as a shopping list has.
        if fields["items"]["type"] != "array" || path.ends_with('}') {
            continue;
        }
        lists += 1;
        let parameters: Vec<&str> =
            item["get"]["parameters"].as_array().into_iter().flatten().filter_map(|p| p["name"].as_str()).collect();
        assert!(parameters.contains(&"limit") && parameters.contains(&"cursor"), "{path}: {parameters:?}");
        assert!(!fields["next_cursor"].is_null(), "{path}");
        let wants = item["get"]["parameters"].as_array().into_iter().flatten().any(|p| p["required"] == true);
        if wants {
            continue;
        }
        let page = site.get(&As::Token(Role::Owner), &format!("{path}?limit=1")).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text());
        assert!(page.json()["items"].as_array().unwrap().len() <= 1, "{path}");
        let none = site.get(&As::Token(Role::Owner), &format!("{path}?limit=0")).await;
        assert_eq!(none.problem(), (400, "page.limit".into()), "{path}");
    }
    assert!(lists >= 15, "{lists}");
}

#[tokio::test]
async fn what_was_changed_in_between_is_not_overwritten() {
    let site = Site::new().await;
    let owner = As::Token(Role::Owner);
    let path = format!("/api/spaces/{}", sim::space("lobby"));
    let seen = site.get(&owner, &path).await.header(header::ETAG).to_owned();
    let change = async |tag: Option<&str>, name: &str| {
        let mut headers = vec![(header::CONTENT_TYPE, "application/json")];
        headers.extend(tag.map(|t| (header::IF_MATCH, t)));
        site.send(&owner, Method::PATCH, &path, &headers, json!({ "names": { "en": [name] } }).to_string()).await
    };
    assert_eq!(change(Some(&seen), "Hall").await.status, StatusCode::OK);
    let stale = change(Some(&seen), "Foyer").await;
    assert_eq!(stale.problem(), (412, "precondition.failed".into()));
    assert_eq!(stale.json()["current"]["names"]["en"][0], "Hall");
    let now = stale.header(header::ETAG).to_owned();
    assert_eq!(now, site.get(&owner, &path).await.header(header::ETAG));
    assert_eq!(change(Some(&format!("\"x\", {now}")), "Foyer").await.status, StatusCode::OK);
    for any in [None, Some("*")] {
        assert_eq!(change(any, "Lobby").await.status, StatusCode::OK, "{any:?}");
    }
    let gone = [(header::IF_MATCH, seen.as_str())];
    assert_eq!(site.send(&owner, Method::DELETE, &path, &gone, "").await.problem().0, 412);
    let none = format!("/api/spaces/{}", base::id::SpaceId::from_bits(1));
    assert_eq!(site.send(&owner, Method::DELETE, &none, &gone, "").await.problem().0, 404);
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
