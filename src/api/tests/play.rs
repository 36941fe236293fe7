//! Playing rules in a copy over HTTP, and what the simulated building says of itself.

use super::*;
use runtime::sim;
use serde_json::json;

fn rule() -> Json {
    json!({
        "schemaVersion": 1,
        "id": base::id::RuleId::of_name("fresh air"),
        "name": { "zh": "新风", "en": "Fresh air" },
        "nodes": [
            { "id": "co2", "type": "point", "params": { "point": sim::point("meeting_air", "co2") } },
            { "id": "high", "type": "compare", "params": { "op": ">", "value": 1000 } },
            { "id": "start", "type": "edge", "params": { "on": "rising" } },
            { "id": "fan", "type": "command",
              "params": { "point": sim::point("meeting_fan", "power"), "setting": { "to": true } } },
        ],
        "edges": [
            { "from": { "node": "co2", "port": "out" }, "to": { "node": "high", "port": "in" } },
            { "from": { "node": "high", "port": "out" }, "to": { "node": "start", "port": "in" } },
            { "from": { "node": "start", "port": "out" }, "to": { "node": "fan", "port": "in" } },
        ],
    })
}

#[tokio::test]
async fn a_rule_is_played_in_a_copy() {
    let site = Site::new().await;
    let (agent, operator, viewer) = (As::Token(Role::Agent), As::Token(Role::Operator), As::Token(Role::Viewer));
    let asked = site.post(&agent, "/api/rules", &rule()).await.json();
    let proposal = format!("/api/proposals/{}/play", asked["proposals"][0]["id"].as_str().unwrap());
    let before = site.handle.read(|core| core.save()).await.unwrap();
    // Nothing changes here by itself, so that it does not act; it says how near it came.
    let play = site.post(&viewer, &proposal, &json!({ "hours": 3 })).await.json();
    assert_eq!((&play["fired"], &play["simulated_ms"]), (&json!(false), &json!(3 * 3_600_000)), "{play}");
    assert!(play["why"]["en"].as_str().unwrap().contains("it wants > 1000 ppm"), "{play}");
    assert_eq!(site.handle.read(|core| core.save()).await.unwrap(), before);

    site.approve(&operator, &asked).await;
    let path = format!("/api/rules/{}/play", base::id::RuleId::of_name("fresh air"));
    assert_eq!(site.post(&viewer, &path, &json!({})).await.json()["simulated_ms"], 48 * 3_600_000);
    for (path, body, expected) in [
        (path.as_str(), json!({ "hours": 0 }), (422, "play.hours")),
        (path.as_str(), json!({ "hours": 400 }), (422, "play.hours")),
        ("/api/rules/rl_00000000000000000000000000000001/play", json!({}), (404, "not_found")),
    ] {
        assert_eq!(site.post(&viewer, path, &body).await.problem(), (expected.0, expected.1.into()), "{path} {body}");
    }
    let other = site.post(&agent, "/api/devices", &json!({ "product": "pump" })).await.json();
    let other = format!("/api/proposals/{}/play", other["proposals"][0]["id"].as_str().unwrap());
    assert_eq!(site.post(&viewer, &other, &json!({})).await.problem(), (422, "play.not_a_rule".into()));
}

#[tokio::test]
async fn the_simulation_says_which_devices_misbehave() {
    let site = Site::new().await;
    let (owner, valve) = (As::Socket, sim::device("water_valve"));
    let path = format!("/api/simulation/devices/{valve}");
    assert_eq!(site.post(&owner, &path, &json!({ "fault": "leaking" })).await.status, StatusCode::NO_CONTENT);
    let lamp = format!("/api/simulation/devices/{}", sim::device("lobby_light"));
    assert_eq!(site.post(&owner, &lamp, &json!({ "fault": "leaking" })).await.problem(), (422, "fault.misfit".into()));
    let state = site.get(&As::Token(Role::Viewer), "/api/simulation").await.json();
    assert_eq!((&state["simulated"], &state["speed"]), (&json!(true), &json!(1)));
    assert_eq!(state["faults"], json!([{ "device": valve, "fault": "leaking" }]));
    site.post(&owner, &path, &json!({ "fault": "none" })).await;
    assert_eq!(site.get(&owner, "/api/simulation").await.json()["faults"], json!([]));
}
