//! The whole way, over HTTP on the built program, in both languages: a sentence makes a rule, a person approves it, the
//! sensor crosses the threshold, the plug is pulled in the dwell, the command goes out once, the device's own report
//! confirms it, `why` names everybody, undo takes it back, and a replay agrees byte for byte.

use crate::server::{Server, run};
use documents::Role;
use runtime::sim;
use serde_json::{Value as Json, json};

/// What is said in one language.
struct Script {
    rule: &'static str,
    readback: &'static [&'static str],
    undo: &'static str,
    why_says: &'static [&'static str],
}

const ENGLISH: Script = Script {
    rule: "When the CO2 in the meeting room is above 1000 ppm for 6 seconds, turn on the meeting room fan",
    readback: &["1000 ppm", "6", "Meeting room fan"],
    undo: "undo that",
    why_says: &["rule", "agent", "operator"],
};

const CHINESE: Script = Script {
    rule: "如果会议室二氧化碳持续6秒超过1000ppm，就打开会议室新风",
    readback: &["1000 ppm", "6", "会议室新风"],
    undo: "撤销",
    why_says: &["规则", "agent", "operator"],
};

#[tokio::test]
async fn a_sentence_becomes_a_rule_that_acts_in_english() {
    tell(&ENGLISH).await;
}

#[tokio::test]
async fn a_sentence_becomes_a_rule_that_acts_in_chinese() {
    tell(&CHINESE).await;
}

async fn tell(script: &Script) {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let (agent, operator, owner) = (server.token(Role::Agent), server.token(Role::Operator), server.token(Role::Owner));

    // An agent's sentence makes a proposal with read-back and no fault; it cannot approve it, an operator can.
    let reply = server.say(&agent, None, script.rule).await;
    let proposal = &reply["proposals"][0];
    assert_eq!(proposal["state"], "pending", "{reply}");
    let readback = proposal["readback"].to_string();
    for part in script.readback {
        assert!(readback.contains(part), "{readback} lacks {part}");
    }
    let (id, hash) = (proposal["id"].as_str().unwrap(), &proposal["hash"]);
    let approve = format!("/api/proposals/{id}/approve");
    assert_eq!(server.post(&agent, &approve, json!({ "hash": hash })).await.0, 403);
    assert_eq!(server.post(&operator, &approve, json!({ "hash": "0".repeat(64) })).await.0 / 100, 4);
    let (status, approved) = server.post(&operator, &approve, json!({ "hash": hash })).await;
    assert_eq!(status, 200, "{approved}");

    // The threshold is crossed, and the plug is pulled in the dwell.
    measure(&server, &owner, "co2", 1200.0).await;
    let fan = sim::point("meeting_fan", "power").to_string();
    crate::server::pause(1_000).await;
    assert_eq!(server.get(&owner, &format!("/api/points/{fan}")).await["sample"]["value"], false);
    server.kill();
    let server = Server::start(dir.path());
    server.until(&owner, &format!("/api/points/{fan}"), |p| p["sample"]["value"] == true).await;

    // Once, confirmed by the device's own report, and everybody is named.
    let why = server.get(&owner, &format!("/api/points/{fan}/why")).await;
    assert_eq!(
        (&why["receipt"]["state"], &why["rule"]["trigger"]["value"]),
        (&json!("confirmed"), &json!(1200.0)),
        "{why}"
    );
    assert!(why["rule"]["run"].is_string() && why["rule"]["node"].is_string(), "{why}");
    for part in script.why_says {
        assert!(why["words"].to_string().contains(part), "{} lacks {part}", why["words"]);
    }
    let traces = server.get(&owner, &format!("/api/traces?rule={}", why["rule"]["rule"].as_str().unwrap())).await;
    let commands: usize =
        traces["items"].as_array().unwrap().iter().map(|t| t["commands"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(commands, 1, "{traces}");

    // Undo in the conversation of the operator's own command.
    let reply = server.say(&operator, None, say_lamp(script)).await;
    assert_eq!(reply["receipts"][0]["state"], "confirmed", "{reply}");
    assert_eq!(reply["can_undo"], true);
    let lamp = format!("/api/points/{}", sim::point("lobby_light", "power"));
    assert_eq!(server.get(&owner, &lamp).await["sample"]["value"], true);
    let conversation = reply["conversation_id"].as_str().unwrap();
    let undone = server.say(&operator, Some(conversation), script.undo).await;
    assert_eq!(undone["receipts"][0]["state"], "confirmed", "{undone}");
    assert_eq!(server.get(&owner, &lamp).await["sample"]["value"], false);

    // The turn that asked for the rule is taken back as one: the rule is out of use.
    let turn = why["turn"].as_str().unwrap();
    let (status, body) = server.post(&operator, &format!("/api/turns/{turn}/undo"), json!({})).await;
    assert_eq!(status, 200, "{body}");
    let rule = server.get(&owner, &format!("/api/rules/{}", why["rule"]["rule"].as_str().unwrap())).await;
    assert_eq!(state_of(&rule), "draft", "{rule}");

    server.stop();
    let out = run(&["replay", "--json", "--data", dir.path().to_str().unwrap()]);
    let report: Json = serde_json::from_slice(&out.stdout).unwrap();
    assert!(out.status.success(), "{report}");
    assert_eq!(report["differs"], Json::Null);
    assert!(report["commands"].as_u64().unwrap() >= 3 && report["traces"].as_u64().unwrap() >= 2, "{report}");
}

fn say_lamp(script: &Script) -> &'static str {
    if std::ptr::eq(script, &ENGLISH) { "turn on the lobby light" } else { "打开大厅灯" }
}

fn state_of(rule: &Json) -> &str {
    rule["state"].as_str().or(rule["graph"]["state"].as_str()).unwrap_or_default()
}

async fn measure(server: &Server, owner: &str, identifier: &str, value: f64) {
    let path = format!("/api/simulation/points/{}", sim::point("meeting_air", identifier));
    let (status, body) = server.post(owner, &path, json!({ "value": value })).await;
    assert!(status < 300, "{body}");
}
