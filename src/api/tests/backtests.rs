//! Rules before they act, over HTTP: over the past, over a table, on trial.

use super::*;
use runtime::sim;
use serde_json::json;

fn rule(name: &str) -> Json {
    json!({
        "schemaVersion": 1,
        "id": base::id::RuleId::of_name(name),
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
async fn a_draft_a_proposal_and_a_rule_are_run_over_the_past() {
    let site = Site::new().await;
    let (agent, operator, viewer) = (As::Token(Role::Agent), As::Token(Role::Operator), As::Token(Role::Viewer));
    site.handle.advance(base::Span::from_secs(60)).await.unwrap();
    site.handle.measure(sim::point("meeting_air", "co2"), base::Value::Number(1500.0)).await.unwrap();
    site.handle.durable().await.unwrap();
    site.handle.advance(base::Span::from_secs(60)).await.unwrap();
    let draft = site.post(&viewer, "/api/rules/backtest", &json!({ "graph": rule("air") })).await.json();
    assert_eq!((&draft["fired"], &draft["firings"][0]["actions"][0]["really"]), (&json!(1), &json!(false)), "{draft}");
    let asked = site.post(&agent, "/api/rules", &rule("air")).await.json();
    let proposal = format!("/api/proposals/{}/backtest", asked["proposals"][0]["id"].as_str().unwrap());
    let done = site.post(&viewer, &proposal, &json!({ "range": { "last": "1h" } })).await.json();
    assert_eq!((&done["fired"], &done["points"][0]["role"]), (&json!(1), &json!("written")), "{done}");
    site.approve(&operator, &asked).await;
    let path = format!("/api/rules/{}/backtest", base::id::RuleId::of_name("air"));
    assert_eq!(site.post(&viewer, &path, &json!({})).await.json()["fired"], 1);
    let mut broken = rule("air");
    broken["nodes"][1]["params"]["op"] = json!("?");
    for (path, body, expected) in [
        (path.as_str(), json!({ "range": { "last": "500d" } }), (422, "backtest.range")),
        (path.as_str(), json!({ "range": { "last": "soon" } }), (422, "history.question")),
        ("/api/rules/backtest", json!({ "graph": broken }), (422, "backtest.unfit")),
        ("/api/rules/rl_00000000000000000000000000000001/backtest", json!({}), (404, "not_found")),
    ] {
        assert_eq!(site.post(&viewer, path, &body).await.problem(), (expected.0, expected.1.into()), "{path} {body}");
    }
}

#[tokio::test]
async fn a_draft_is_run_over_a_table() {
    let site = Site::new().await;
    let viewer = As::Token(Role::Viewer);
    let table = "| time | meeting_air.co2 | expect |\n|---|---|---|\n| 0:00 | 600 | - |\n| 5:00 | 1200 | meeting_fan.power=true |";
    let body = json!({ "graph": rule("air"), "table": table, "start": "2026-11-17T00:00:00Z" });
    let done = site.post(&viewer, "/api/rules/scenario", &body).await.json();
    assert_eq!((&done["differs"], &done["steps"][1]["at"]), (&json!([]), &json!("2026-11-17T00:05:00Z")), "{done}");
    assert_eq!(done["steps"][1]["actions"][0]["code"], "meeting_fan.power=true");
    let body = json!({ "graph": rule("air"), "table": "time,meeting_air.co3\n0:00,1" });
    let refused = site.post(&viewer, "/api/rules/scenario", &body).await;
    assert_eq!(refused.problem(), (422, "scenario.table".into()));
    assert_eq!(refused.json()["diagnostics"][0]["path"], "/rows/0/1");
    let body = json!({ "table": "time,meeting_air.co2\n0:00,1" });
    assert_eq!(site.post(&viewer, "/api/rules/scenario", &body).await.problem(), (422, "scenario.subject".into()));
}

#[tokio::test]
async fn a_rule_on_trial_is_shown_beside_what_happens() {
    let site = Site::new().await;
    let (agent, operator, viewer) = (As::Token(Role::Agent), As::Token(Role::Operator), As::Token(Role::Viewer));
    let mut graph = rule("trial");
    graph["state"] = json!("shadow");
    let asked = site.post(&agent, "/api/rules", &graph).await.json();
    site.approve(&operator, &asked).await;
    let rule = base::id::RuleId::of_name("trial");
    let shadow = format!("/api/rules/{rule}/shadow");
    assert_eq!(site.get(&viewer, &shadow).await.json()["entries"], json!([]));
    site.handle.measure(sim::point("meeting_air", "co2"), base::Value::Number(1500.0)).await.unwrap();
    let told = site.get(&viewer, &shadow).await.json();
    assert_eq!((&told["open"], &told["entries"][0]["would"]["value"]), (&json!(1), &json!(true)), "{told}");
    let traces = site.get(&viewer, &format!("/api/traces?rule={rule}&class=acted")).await.json();
    assert_eq!((&traces["items"][0]["class"], &traces["items"][0]["commands"]), (&json!("acted"), &Json::Null));
    assert_eq!(site.get(&viewer, &format!("/api/traces?rule={rule}&class=failed")).await.json()["items"], json!([]));
    let live = site.post(&operator, &format!("/api/rules/{rule}/state"), &json!({ "state": "live" })).await;
    assert_eq!(live.status, StatusCode::OK, "{}", live.text());
    assert!(site.get(&viewer, &shadow).await.json()["until"].is_string());
    let never = site.post(&agent, "/api/rules", &self::rule("never")).await.json();
    site.approve(&operator, &never).await;
    let path = format!("/api/rules/{}/shadow", base::id::RuleId::of_name("never"));
    assert_eq!(site.get(&viewer, &path).await.problem(), (404, "not_found".into()));
}
