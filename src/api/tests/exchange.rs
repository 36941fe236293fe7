//! Rules of other systems and templates over HTTP: read, written, tried out, filled in; saved only by a proposal.

use super::*;
use runtime::sim;
use serde_json::json;

/// An automation with something that cannot be taken.
const AUTOMATION: &str = r#"
- alias: Air when stuffy
  triggers:
    - trigger: numeric_state
      entity_id: sensor.meeting_co2
      above: 1000
      for: "00:05:00"
    - trigger: conversation
      command: it is stuffy
  actions:
    - action: switch.turn_on
      target: {entity_id: switch.meeting_fan}
"#;

/// A flow from one topic to another.
const FLOW: &str = r#"[
  {"id": "t", "type": "tab", "label": "Copy"},
  {"id": "b", "type": "mqtt-broker", "broker": "localhost"},
  {"id": "in", "type": "mqtt in", "z": "t", "topic": "raw/+", "broker": "b", "wires": [["sw", "fn"]]},
  {"id": "sw", "type": "switch", "z": "t", "property": "payload.t", "propertyType": "msg", "checkall": "true",
   "rules": [{"t": "gt", "v": "30", "vt": "num"}], "wires": [["ch"]]},
  {"id": "ch", "type": "change", "z": "t", "rules": [{"t": "set", "p": "payload", "pt": "msg", "to": "hot", "tot": "str"}],
   "wires": [["out"]]},
  {"id": "fn", "type": "function", "z": "t", "func": "return msg;", "wires": [["out"]]},
  {"id": "out", "type": "mqtt out", "z": "t", "topic": "alarm/heat", "broker": "b", "wires": []}
]"#;

fn codes(found: &Json) -> Vec<String> {
    let found = found.as_array().unwrap();
    found.iter().map(|d| format!("{}@{}", d["code"].as_str().unwrap(), d["path"].as_str().unwrap())).collect()
}

impl Site {
    async fn read_rules(&self, format: &str, text: &str, mapping: Json) -> Json {
        let body = json!({ "format": format, "text": text, "mapping": mapping });
        let reply = self.post(&As::Token(Role::Viewer), "/api/rules/import", &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        reply.json()
    }
}

#[tokio::test]
async fn an_automation_is_read_proposed_and_written_again() {
    let site = Site::new().await;
    let mapping = json!({
        "sensor.meeting_co2": sim::point("meeting_air", "co2"),
        "switch.meeting_fan": sim::point("meeting_fan", "power"),
    });
    let read = site.read_rules("home_assistant", AUTOMATION, mapping).await;
    let rule = &read["rules"][0];
    assert_eq!((&rule["path"], &rule["diagnostics"]), (&json!("/0"), &json!([])), "{read}");
    assert_eq!(read["matches"][0]["how"], "given");
    // What cannot be taken is told with its place.
    assert!(codes(&read["report"]).iter().any(|d| d.ends_with("/0/triggers/1")), "{read}");
    // Nothing is saved before a person said yes.
    let viewer = As::Token(Role::Viewer);
    let id = rule["graph"]["id"].as_str().unwrap();
    let export = |format: &str| format!("/api/rules/{id}/export?format={format}");
    assert_eq!(site.get(&viewer, &export("castellan")).await.problem(), (404, "not_found".into()));
    let asked = site.post(&As::Token(Role::Agent), "/api/rules", &rule["graph"]).await.json();
    assert_eq!(site.approve(&As::Token(Role::Operator), &asked).await.status, StatusCode::OK, "{asked}");

    let ours = site.get(&viewer, &export("castellan")).await.json();
    let text = ours["text"].as_str().unwrap();
    let again = site.read_rules("castellan", text, json!({})).await;
    assert_eq!((&again["rules"][0]["graph"]["id"], &again["report"]), (&json!(id), &json!([])), "{again}");
    assert_eq!(base::canonical::to_string_pretty(&again["rules"][0]["graph"]).unwrap(), text);
    let theirs = site.get(&viewer, &export("home_assistant")).await.json();
    assert!(theirs["text"].as_str().unwrap().contains("numeric_state"), "{theirs}");
    // A format that cannot say the rule names what stands in the way.
    let refused = site.get(&viewer, &export("sql")).await;
    assert_eq!(refused.problem(), (422, "export.invalid".into()));
    assert_eq!(codes(&refused.json()["diagnostics"]), ["export.format@"]);
}

#[tokio::test]
async fn a_flow_is_read_without_its_functions() {
    let site = Site::new().await;
    let read = site.read_rules("node_red", FLOW, json!({})).await;
    let kinds = |rule: &Json| -> Vec<String> {
        rule["graph"]["nodes"].as_array().unwrap().iter().map(|n| n["type"].as_str().unwrap().to_owned()).collect()
    };
    let all: Vec<String> = read["rules"].as_array().unwrap().iter().flat_map(kinds).collect();
    for kind in ["mqtt_topic", "publish"] {
        assert!(all.iter().any(|k| k == kind), "{kind}: {read}");
    }
    assert!(read["report"][0]["message"]["en"].as_str().unwrap().contains("function"), "{read}");
}

#[tokio::test]
async fn any_text_is_answered_and_any_other_form_refused() {
    let site = Site::new().await;
    for format in ::exchange::Format::ALL {
        let read = site.read_rules(format.name(), "}{", json!({})).await;
        assert_eq!(read["rules"], json!([]), "{read}");
        assert_ne!(read["report"], json!([]), "{read}");
    }
    let body = json!({ "format": "smoke_signals", "text": "" });
    let refused = site.post(&As::Socket, "/api/rules/import", &body).await;
    assert!(refused.status.is_client_error(), "{}", refused.text());
    let body = json!({ "format": "sql", "text": "" });
    assert_eq!(site.post(&As::Nobody, "/api/rules/import", &body).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_statement_is_tried_on_a_message() {
    let site = Site::new().await;
    let sql = r#"SELECT t * 2 AS twice INTO "out/t" FROM "bench/+" WHERE t > 20"#;
    let try_out = async |payload: &str| {
        let body = json!({ "sql": sql, "sample": { "topic": "bench/1", "payload": payload } });
        site.post(&As::Token(Role::Viewer), "/api/rules/sql/test", &body).await.json()
    };
    let hot = try_out(r#"{"t": 21}"#).await;
    assert_eq!((&hot["published"]["topic"], &hot["diagnostics"]), (&json!("out/t"), &json!([])), "{hot}");
    assert!(hot["published"].to_string().contains("twice"), "{hot}");
    let cold = try_out(r#"{"t": 19}"#).await;
    assert!(cold["published"].is_null() && cold["why"]["zh"].is_string(), "{cold}");
    let body = json!({ "sql": "SELECT FROM", "sample": { "payload": "{}" } });
    let broken = site.post(&As::Token(Role::Viewer), "/api/rules/sql/test", &body).await.json();
    assert!(codes(&broken["diagnostics"])[0].contains("@/1/"), "{broken}");
}

#[tokio::test]
async fn a_template_is_filled_in_and_proposed() {
    let site = Site::new().await;
    let viewer = As::Token(Role::Viewer);
    let list = site.get(&viewer, "/api/rules/templates").await.json();
    let names: Vec<&str> = list["items"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && names.contains(&"ventilation_by_co2"), "{names:?}");
    let first = site.get(&viewer, "/api/rules/templates?limit=1").await.json();
    let next = format!("/api/rules/templates?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
    assert_eq!(site.get(&viewer, &next).await.json()["items"][0]["name"], names[1]);

    let path = "/api/rules/templates/ventilation_by_co2/instantiate";
    let good = json!({ "values": {
        "co2": sim::point("meeting_air", "co2"), "fan": sim::point("meeting_fan", "power"), "limit": 900,
    } });
    let made = site.post(&viewer, path, &good).await.json();
    assert_eq!(
        (&made["diagnostics"], &made["graph"]["meta"]["template"]["version"]),
        (&json!([]), &json!(1)),
        "{made}"
    );
    assert!(made["readback"]["en"].as_str().unwrap().contains("900"), "{made}");
    // The same values are the same rule.
    assert_eq!(site.post(&viewer, path, &good).await.json()["graph"]["id"], made["graph"]["id"]);
    let asked = site.post(&As::Token(Role::Agent), "/api/rules", &made["graph"]).await.json();
    assert_eq!(site.approve(&As::Token(Role::Operator), &asked).await.status, StatusCode::OK, "{asked}");

    let bad = json!({ "values": { "co2": "pt_0", "limit": 1, "fun": 1 } });
    let faults = site.post(&viewer, path, &bad).await.json();
    let expected = [
        "template.unknown_input@/values/fun",
        "template.value@/values/co2",
        "template.value@/values/limit",
        "template.value@/values/fan",
    ];
    assert_eq!((&faults["graph"], codes(&faults["diagnostics"])), (&Json::Null, expected.map(String::from).to_vec()));
    let none = site.post(&viewer, "/api/rules/templates/perpetual_motion/instantiate", &good).await;
    assert_eq!(none.problem(), (404, "not_found".into()));
}
