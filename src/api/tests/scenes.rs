//! Scenes: added, replaced, run and removed.

use super::*;
use runtime::sim;
use runtime::sim::scene;
use serde_json::json;

#[tokio::test]
async fn scenes_are_added_replaced_run_and_removed() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let (lamp, blind) = (sim::point("desk_lamp", "power"), sim::point("meeting_blind", "position"));
    let acts = json!([{ "point": lamp, "value": true }, { "point": blind, "value": 30 }]);
    let wanted = json!({ "names": { "zh": ["阅读"], "en": ["Reading"] }, "space": "Manager's office", "acts": acts });
    let made = site.post(&operator, "/api/scenes", &wanted).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = made.json();
    assert_eq!((&made["space"], &made["active"]), (&json!(sim::space("study")), &json!(false)));
    assert_eq!(made["acts"][0]["words"]["en"], "Desk lamp power: on");
    let path = format!("/api/scenes/{}", made["id"].as_str().unwrap());

    let run = site.post(&operator, &format!("{path}/run"), &json!({})).await.json();
    let states: Vec<&Json> = run["receipts"].as_array().unwrap().iter().map(|r| &r["state"]).collect();
    assert_eq!(states, ["confirmed", "confirmed"]);
    assert_eq!(site.get(&operator, &path).await.json()["active"], true);

    let put = async |body: Json| site.say(&operator, Method::PUT, &path, &body).await;
    let shorter = json!({ "names": { "en": ["Reading"] }, "acts": [{ "point": lamp, "value": false }] });
    let replaced = put(shorter).await.json();
    assert_eq!((&replaced["space"], replaced["acts"].as_array().unwrap().len()), (&Json::Null, 1));
    let sensor = sim::point("meeting_air", "co2");
    let wrong = json!({ "names": {}, "acts": [] });
    assert_eq!(put(wrong).await.problem(), (422, "configure.invalid".into()));
    let wrong = json!({ "names": { "en": ["x"] }, "acts": [
        { "point": blind, "value": 101 }, { "point": blind, "value": 5 }, { "point": sensor, "value": 5 },
    ]});
    let refused = put(wrong).await.json();
    let found: Vec<&Json> = refused["diagnostics"].as_array().unwrap().iter().map(|d| &d["path"]).collect();
    assert_eq!(found, ["/acts/0/value", "/acts/1/point", "/acts/2/value"]);

    assert_eq!(site.delete(&operator, &path).await.status, StatusCode::OK);
    assert_eq!(site.get(&operator, &path).await.problem().0, 404);
    assert_eq!(site.post(&operator, &format!("{path}/run"), &json!({})).await.problem().0, 404);
}

#[tokio::test]
async fn policy_decides_about_each_write_and_a_person_about_new_scenes() {
    let site = Site::new().await;
    let leave = format!("/api/scenes/{}/run", scene("leave"));
    assert_eq!(site.post(&As::Token(Role::Viewer), &leave, &json!({})).await.problem(), (403, "policy.denied".into()));
    let run = site.post(&As::Token(Role::Agent), &leave, &json!({})).await.json();
    assert!(run["receipts"].as_array().unwrap().iter().all(|r| r["state"] == "confirmed"), "{run}");
    assert_eq!(run["proposals"][0]["safety"], "security", "locking waits for a person");
    let lamp = sim::point("desk_lamp", "power");
    let wanted = json!({ "names": { "en": ["Mine"] }, "acts": [{ "point": lamp, "value": true }] });
    let asked = site.post(&As::Token(Role::Agent), "/api/scenes", &wanted).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED);
    assert_eq!(asked.json()["proposals"][0]["readback"]["en"], "add scene “Mine”");
    assert_eq!(site.post(&As::Token(Role::Viewer), "/api/scenes", &wanted).await.problem().0, 403);
}

#[tokio::test]
async fn the_present_state_becomes_a_scene() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    let take = async |who: &As, body: Json| site.post(who, "/api/scenes/snapshot", &body).await;
    let names = json!({ "en": ["As it is"] });
    let taken = take(&operator, json!({ "names": names, "space": "Meeting room" })).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text());
    let taken = taken.json();
    let scene = &taken["scene"];
    assert_eq!((&scene["space"], &scene["active"]), (&json!(sim::space("meeting")), &json!(true)));
    let written: Vec<&Json> = scene["acts"].as_array().unwrap().iter().map(|a| &a["point"]).collect();
    assert!(written.contains(&&json!(sim::point("meeting_blind", "position"))), "{taken}");
    assert!(!written.contains(&&json!(sim::point("meeting_air", "co2"))), "what can only be read is no part of it");

    // Points by name, and a device that is gone is told.
    let lamp = sim::point("desk_lamp", "power");
    site.handle.fault(sim::device("desk_lamp"), drivers::simulated::Fault::Offline).await.unwrap();
    let one = json!({ "names": names, "points": [lamp] });
    assert_eq!(take(&operator, one).await.problem(), (422, "scene.nothing".into()));
    let two = json!({ "names": names, "points": [lamp, sim::point("meeting_blind", "position")] });
    let two = take(&operator, two).await.json();
    assert_eq!((&two["left_out"][0]["point"], &two["scene"]["space"]), (&json!(lamp), &Json::Null));
    assert_eq!(two["left_out"][0]["why"]["en"], "its present value cannot be relied on");

    assert_eq!(take(&As::Token(Role::Agent), json!({ "names": names, "points": [lamp] })).await.problem().0, 422);
    let asked = take(&As::Token(Role::Agent), json!({ "names": names, "space": "Meeting room" })).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "a person is asked");
}

#[tokio::test]
async fn why_names_the_scene_that_was_run() {
    let site = Site::new().await;
    let operator = As::Token(Role::Operator);
    site.post(&operator, &format!("/api/scenes/{}/run", scene("meeting")), &json!({})).await;
    let why = format!("/api/points/{}/why", sim::point("meeting_blind", "position"));
    let words = site.get(&operator, &why).await.json()["words"]["en"].as_str().unwrap().to_owned();
    assert!(words.contains("ran scene “Meeting”"), "{words}");
}
