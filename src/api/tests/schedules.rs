//! Schedules: added, read with what they say, replaced, followed and removed.

use super::*;
use runtime::sim;
use serde_json::json;

#[tokio::test]
async fn schedules_are_added_followed_replaced_and_removed() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let fan = sim::point("meeting_fan", "power");
    let week = json!([{ "days": "everyday", "from": "08:00", "to": "22:00", "value": true }]);
    let wanted = json!({
        "names": { "zh": ["营业时间"], "en": ["Opening hours"] }, "space": "Meeting room", "says": "switch",
        "otherwise": false, "week": week, "followers": [{ "point": fan }],
    });
    let made = site.post(&operator, "/api/schedules", &wanted).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = made.json();
    assert_eq!(
        (&made["value"], &made["words"]["zh"], &made["space"]),
        (&json!(true), &json!("开"), &json!(sim::space("meeting")))
    );
    assert_eq!((&made["next"][0]["value"], &made["next"].as_array().unwrap().len()), (&json!(false), &5));
    let path = format!("/api/schedules/{}", made["id"].as_str().unwrap());

    // What follows it is a rule like any other, and sets the fan at once.
    let rule = site.get(&operator, &format!("/api/rules/{}", made["rule"].as_str().unwrap())).await.json();
    assert_eq!((&rule["state"], &rule["name"]["en"]), (&json!("live"), &json!("Schedule “Opening hours”")), "{rule}");
    site.handle.advance(base::Span::from_secs(5)).await.unwrap();
    let point = site.get(&operator, &format!("/api/points/{fan}")).await.json();
    assert_eq!(point["sample"]["value"], true, "{point}");

    let mut wrong = wanted.clone();
    wrong["week"][0]["value"] = json!(3);
    wrong["followers"] = json!([{ "point": sim::point("meeting_air", "co2") }]);
    let refused = site.say(&operator, Method::PUT, &path, &wrong).await.json();
    let found: Vec<&Json> = refused["diagnostics"].as_array().unwrap().iter().map(|d| &d["path"]).collect();
    assert_eq!(found, ["/week/0/value", "/followers/0/point"]);

    // Somebody else has changed it in between.
    let tag = site.get(&operator, &path).await.header(header::ETAG).to_owned();
    let mut paused = wanted.clone();
    paused["disabled"] = json!(true);
    let replaced = site.say(&operator, Method::PUT, &path, &paused).await.json();
    assert_eq!((&replaced["disabled"], &replaced["rule"]), (&json!(true), &Json::Null));
    let headers = [(header::IF_MATCH, tag.as_str()), (header::CONTENT_TYPE, "application/json")];
    let stale = site.send(&operator, Method::PUT, &path, &headers, wanted.to_string()).await;
    assert_eq!(stale.problem(), (412, "precondition.failed".into()));

    let listed = site.get(&As::Token(Role::Viewer), "/api/schedules").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(site.post(&As::Token(Role::Viewer), "/api/schedules", &wanted).await.problem().0, 403);
    assert_eq!(site.post(&As::Token(Role::Agent), "/api/schedules", &wanted).await.status, StatusCode::ACCEPTED);
    assert_eq!(site.delete(&operator, &path).await.status, StatusCode::OK);
    assert_eq!(site.get(&operator, &path).await.problem().0, 404);
}
