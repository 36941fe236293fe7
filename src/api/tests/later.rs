//! Timers and lists over REST: set, changed, ended; written down, ticked off, removed; and who may not.

use super::*;
use serde_json::json;

#[tokio::test]
async fn a_timer_is_set_changed_and_ends() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let wish = json!({ "purpose": "timer", "end": { "after_ms": 60_000 }, "text": "tea" });
    let made = site.post(&operator, "/api/timers", &wish).await;
    assert_eq!((made.status, &made.json()["left_ms"]), (StatusCode::CREATED, &json!(60_000)), "{}", made.text());
    let path = format!("/api/timers/{}", made.json()["timer"]["id"].as_str().unwrap());
    let paused = site.say(&operator, Method::PATCH, &path, &json!({ "change": "pause" })).await.json();
    assert_eq!(paused["timer"]["state"], json!({ "paused": { "left_ms": 60_000 } }));
    let longer = site.say(&operator, Method::PATCH, &path, &json!({ "change": { "by_ms": 30_000 } })).await.json();
    assert_eq!(longer["left_ms"], json!(90_000));
    assert_eq!(site.say(&operator, Method::PATCH, &path, &json!({ "change": "pause" })).await.problem().0, 409);
    let all = site.get(&As::Token(Role::Viewer), "/api/timers?over=false").await.json();
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    site.say(&operator, Method::PATCH, &path, &json!({ "change": "cancel" })).await;
    assert_eq!(site.get(&operator, "/api/timers?over=false").await.json()["items"], json!([]));
    assert_eq!(site.post(&As::Token(Role::Viewer), "/api/timers", &wish).await.status, StatusCode::FORBIDDEN);
    let past = json!({ "purpose": "reminder", "end": { "at": "2020-01-01T00:00:00Z" }, "text": "call" });
    assert!(site.post(&operator, "/api/timers", &past).await.problem().0 >= 400);
}

#[tokio::test]
async fn a_list_is_kept_by_hand() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let made = site.post(&operator, "/api/lists", &json!({ "names": { "en": ["Camping"] } })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let path = format!("/api/lists/{}", made.json()["id"].as_str().unwrap());
    let change = format!("{path}/change");
    for (wish, open) in [
        (json!({ "add": ["tent", "rope"] }), vec!["tent", "rope"]),
        (json!({ "complete": ["tent"] }), vec!["rope"]),
        (json!({ "reopen": ["tent"] }), vec!["tent", "rope"]),
        (json!({ "drop": ["rope"] }), vec!["tent"]),
        (json!({ "complete": ["tent"] }), vec![]),
        (json!("tidy"), vec![]),
    ] {
        let list = site.post(&operator, &change, &wish).await.json();
        let items = list["items"].as_array().unwrap().iter();
        let left: Vec<&str> = items.filter(|i| i["done"] == false).map(|i| i["text"].as_str().unwrap()).collect();
        assert_eq!(left, open, "{wish}");
    }
    assert_eq!(site.get(&operator, &path).await.json()["items"], json!([]), "what is done is taken off");
    assert_eq!(site.post(&operator, &change, &json!("tidily")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(site.post(&operator, &change, &json!(["tidy"])).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(site.post(&operator, &change, &json!({ "drop": ["stove"] })).await.problem().0 >= 400);
    assert_eq!(site.get(&As::Token(Role::Viewer), "/api/lists").await.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(site.delete(&As::Token(Role::Viewer), &path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.delete(&operator, &path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.get(&operator, &path).await.problem().0, 404);
}
