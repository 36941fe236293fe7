//! The command line against the built program: what it prints, how it ends, what it leaves.

use crate::server::{Server, run};
use base::{Span, Timestamp};
use documents::Role;
use serde_json::Value as Json;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn on(data: &Path, args: &[&str]) -> Output {
    let mut all = args.to_vec();
    all.extend(["--data", data.to_str().unwrap()]);
    run(&all)
}

/// A file in a folder, by its path.
fn written(dir: &TempDir, name: &str, content: &str) -> String {
    let path = dir.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Exit code, and whether standard error holds a text.
fn fails(out: &Output, code: i32, why: &str) {
    let said = text(&out.stderr);
    assert!(out.status.code() == Some(code) && said.contains(why), "{:?} {said}", out.status);
}

#[test]
fn a_taken_port_gives_way_to_the_next() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Server::start(one.path());
    let port = first.base.rsplit(':').next().unwrap();
    let second = Server::start_with(two.path(), &["--demo", "--port", port]);
    let other: u16 = second.base.rsplit(':').next().unwrap().parse().unwrap();
    assert!(other > port.parse().unwrap(), "{other} after {port}");
}

#[tokio::test]
async fn the_time_of_the_building_goes_as_fast_as_wanted() {
    let dir = tempfile::tempdir().unwrap();
    fails(&on(dir.path(), &["serve", "--speed", "60", "--port", "0"]), 2, "--demo");
    fails(&on(dir.path(), &["serve", "--demo", "--speed", "3601", "--port", "0"]), 2, "3601");
    let server = Server::start_with(dir.path(), &["--demo", "--speed", "3600"]);
    let owner = server.token(Role::Owner);
    let now = async |server: &Server| {
        let state = server.get(&owner, "/api/simulation").await;
        (state["speed"].as_u64().unwrap(), Timestamp::parse(state["now"].as_str().unwrap()).unwrap())
    };
    let (speed, began) = now(&server).await;
    assert_eq!(speed, 3_600);
    crate::server::pause(1_000).await;
    let (_, later) = now(&server).await;
    assert!(later - began > Span::from_secs(3_000), "{began} to {later}");
    // Devices still do what they are told, and tokens are still good.
    let reply = server.say(&owner, None, "turn on the lobby light").await;
    assert_eq!(reply["receipts"][0]["state"], "confirmed", "{reply}");
    server.stop();
    let again = Server::start(dir.path());
    let (speed, after) = now(&again).await;
    assert!(speed == 1 && after >= later, "{later}, then {after}");
}

#[test]
fn one_process_owns_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    fails(&on(dir.path(), &["serve", "--port", "0"]), 4, "in use by another process");
    let socket = std::fs::metadata(dir.path().join("control.sock")).unwrap();
    assert_eq!(socket.permissions().mode() & 0o777, 0o600);
    server.stop();
    assert!(!dir.path().join("control.sock").exists());
    fails(&on(dir.path(), &["chat", "hello"]), 3, "no server runs");
    fails(&on(dir.path(), &["serve", "--empty", "--port", "0"]), 1, "is not empty");
}

#[test]
fn a_folder_whose_server_was_killed_is_served_again() {
    let dir = tempfile::tempdir().unwrap();
    Server::start(dir.path()).kill();
    assert!(dir.path().join("control.sock").exists());
    fails(&on(dir.path(), &["open"]), 3, "no server runs");
    let again = Server::start_with(dir.path(), &["--safe"]);
    let said = on(dir.path(), &["chat", "is the lobby light on?", "--json"]);
    let answer: Json = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(answer["response"]["response_type"], "query_answer", "{answer}");
    let found = text(&on(dir.path(), &["doctor"]).stdout);
    assert!(found.contains("safe mode"), "{found}");
    again.stop();
}

#[test]
fn tokens_are_printed_once_with_and_without_a_server() {
    let dir = tempfile::tempdir().unwrap();
    let create = || {
        let out = on(dir.path(), &["token", "create", "--name", "panel", "--role", "viewer"]);
        assert!(out.status.success(), "{}", text(&out.stderr));
        let token = text(&out.stdout).trim().to_owned();
        assert!(token.starts_with("cst_") && !text(&out.stderr).contains(&token), "{token}");
        token
    };
    let list = || -> Vec<Json> {
        let out = text(&on(dir.path(), &["token", "list", "--json"]).stdout);
        assert!(!out.contains("cst_"));
        serde_json::from_str(&out).unwrap()
    };
    let first = create();
    let server = Server::start(dir.path());
    let second = create();
    assert_ne!(first, second);
    let tokens = list();
    assert_eq!(tokens.len(), 2);
    let id = tokens[1]["id"].as_str().unwrap();
    assert!(on(dir.path(), &["token", "revoke", id]).status.success());
    server.stop();
    let revoked = &list()[1]["revoked"];
    assert!(Timestamp::parse(revoked.as_str().unwrap()).is_some());
    fails(&on(dir.path(), &["token", "revoke", "tk_1"]), 1, "not the id of a token");
    assert_eq!(on(dir.path(), &["token", "create", "--role", "king"]).status.code(), Some(2));
}

#[test]
fn a_sentence_over_the_control_socket_in_both_languages() {
    let dir = tempfile::tempdir().unwrap();
    // The server makes it, so that it is the owner's alone.
    let data = dir.path().join("data");
    let server = Server::start(&data);
    for (sentence, part) in [("turn on the lobby light", "Lobby light"), ("关闭大厅灯", "大厅灯")] {
        let out = on(&data, &["chat", sentence]);
        assert!(out.status.success() && text(&out.stdout).contains(part), "{out:?}");
    }
    let link = text(&on(&data, &["open"]).stdout);
    assert!(link.starts_with(&format!("{}/#code=", server.base)), "{link}");
    let replayed = || {
        let out = on(&data, &["replay", "--json"]);
        let report: Json = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!((&report["differs"], &report["commands"]), (&Json::Null, &Json::from(2)), "{report}");
    };
    replayed();
    server.stop();
    replayed();
    let out = on(&data, &["doctor", "--json", "--port", "0"]);
    let found: Vec<Json> = serde_json::from_slice(&out.stdout).unwrap();
    assert!(out.status.success() && found.iter().all(|f| f["health"] == "good"), "{found:?}");
}

fn json(out: &Output) -> Json {
    assert!(out.status.success(), "{out:?}");
    serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"))
}

#[test]
fn devices_are_registered_and_looked_after() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let on = |args: &[&str]| on(dir.path(), args);
    let add = [
        "device",
        "add",
        "--product",
        "pump",
        "--key",
        "p-1",
        "--name",
        "循环泵",
        "--name-en",
        "Pump",
        "--space",
        "Lobby",
    ];
    let shown = on(&add);
    let printed = text(&shown.stdout);
    assert!(shown.status.success() && printed.contains("p-1") && printed.contains("Pump"), "{shown:?}");
    assert!(text(&shown.stderr).contains("only this once"), "{shown:?}");
    fails(&on(&add), 1, "register.key");
    fails(&on(&["device", "add", "--product", "pomp"]), 1, "the nearest are: pump");

    let made = json(&on(&["device", "add", "--product", "pump", "--json"]));
    let secret = made["credential"]["device_secret"].as_str().unwrap();
    assert_eq!((secret.len(), &made["device"]["key"]), (32, &Json::from("pump_2")));
    let listed = json(&on(&["device", "list", "--json"]));
    assert_eq!(listed.as_array().unwrap().len(), runtime::sim::world().devices.len() + 2);
    assert!(!listed.to_string().contains(secret));
    assert!(text(&on(&["device", "list"]).stdout).contains("pump/p-1  Pump  never seen"));

    fails(&on(&["device", "secret", "pump_2"]), 1, "secret.seen");
    let rotated = json(&on(&["device", "secret", "pump_2", "--rotate", "--json"]));
    assert_ne!(rotated["device_secret"], secret);
    let token = text(&on(&["device", "token", "pump_2"]).stdout);
    assert!(token.starts_with("cdt_"), "{token}");
    let replaced = json(&on(&["device", "replace", "pump/pump_2", "--key", "p-2", "--json"]));
    assert_eq!((&replaced["device"]["id"], &replaced["device"]["key"]), (&made["device"]["id"], &Json::from("p-2")));

    assert_eq!(json(&on(&["device", "disable", "循环泵", "--json"]))["disabled"], true);
    assert_eq!(json(&on(&["device", "enable", "p-1", "--json"]))["disabled"], false);
    assert!(on(&["device", "remove", "p-1"]).status.success());
    assert!(text(&on(&["device", "list", "--removed"]).stdout).contains("pump/p-1"));
    fails(&on(&["device", "remove", "p-1"]), 1, "no device `p-1`");
    assert_eq!(json(&on(&["device", "restore", "p-1", "--json"]))["key"], "p-1");
    server.stop();
    fails(&on(&["device", "list"]), 3, "no server runs");
}

#[test]
fn tables_models_and_connections_come_from_files() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = Server::start(&data);
    let on = |args: &[&str]| on(&data, args);
    let file = |name: &str, content: &str| written(&dir, name, content);
    let template = on(&["device", "import", "--template"]);
    assert!(text(&template.stdout).contains("product,key,name_zh,name_en,space,tags"), "{template:?}");
    let table = file("devices.csv", "product,key,space\npump,p-1,Lobby\npump,p-2,\n");
    let imported = text(&on(&["device", "import", &table]).stdout);
    let rows: Vec<Vec<&str>> = imported.lines().map(|l| l.split(',').collect()).collect();
    assert_eq!(rows[0], ["device", "product_key", "device_key", "device_secret"]);
    assert_eq!((rows.len(), rows[2][2], rows[2][3].len()), (3, "p-2", 32));
    let wrong = file("wrong.csv", "product,key\npomp,\npump,p-1\npump,p-3\n");
    fails(&on(&["device", "import", &wrong]), 1, "/2/product");
    fails(&on(&["device", "import", &wrong]), 1, "/3/key");
    let partly = on(&["device", "import", &wrong, "--partial", "--json"]);
    assert_eq!(json(&partly)["credentials"][0]["device_key"], "p-3");
    fails(&on(&["device", "import", "/nowhere.csv"]), 1, "cannot be read");

    let templates = json(&on(&["template", "list", "--json"]));
    assert!(templates.as_array().unwrap().len() > 50);
    let model = file(
        "model.json",
        r#"{"profile":{"productKey":"th2"},"properties":[{"identifier":"t","name":"t","accessMode":"r","dataType":{"type":"double"}}]}"#,
    );
    assert_eq!(json(&on(&["product", "import", &model, "--json"]))["product"]["key"], "th2");
    fails(&on(&["product", "import", &model]), 1, "product.taken");
    fails(&on(&["product", "import", &file("broken.json", "{")]), 1, "is not JSON");
    assert!(text(&on(&["product", "list"]).stdout).contains("th2"));

    fails(
        &on(&["connection", "add", "--driver", "none", "--config", &file("none.json", "{}")]),
        1,
        "connection.driver",
    );
    assert_eq!(json(&on(&["connection", "list", "--json"])), serde_json::json!([]));
    fails(&on(&["connection", "remove", "cn_1"]), 1, "not the id of a connection");
    server.stop();
}

#[test]
fn a_lost_key_file_is_told_and_its_secrets_can_be_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let on = |args: &[&str]| on(dir.path(), args);
    let made = json(&on(&["device", "add", "--product", "pump", "--key", "p-1", "--json"]));
    assert!(made["credential"]["device_secret"].is_string(), "{made}");
    let refused = on(&["doctor", "--discard-secrets"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("stop the server"), "{refused:?}");
    server.stop();
    std::fs::remove_file(dir.path().join("castellan.key")).unwrap();
    let key = |args: &[&str]| {
        let out = on(&[&["doctor", "--json", "--port", "0"], args].concat());
        let found: Vec<Json> = serde_json::from_slice(&out.stdout).unwrap();
        (out.status.success(), found.into_iter().find(|f| f["name"] == "key").unwrap())
    };
    let (good, found) = key(&[]);
    assert!(!good && found["text"]["en"].as_str().unwrap().contains("--discard-secrets"), "{found}");
    assert!(key(&["--discard-secrets"]).0 && key(&[]).0);
    let server = Server::start(dir.path());
    let again = json(&on(&["device", "secret", "p-1", "--rotate", "--json"]));
    assert_ne!(again["device_secret"], made["credential"]["device_secret"]);
    server.stop();
}

#[tokio::test]
async fn rules_of_other_systems_are_proposed_and_written_again() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = Server::start(&data);
    let on = |args: &[&str]| on(&data, args);
    let file = |name: &str, content: &str| written(&dir, name, content);
    let automation = file(
        "air.yaml",
        "alias: Air\ntriggers:\n  - trigger: numeric_state\n    entity_id: sensor.meeting_co2\n    above: 1000\n  - trigger: tag\n\
         actions:\n  - action: switch.turn_on\n    target: {entity_id: switch.meeting_fan}\n",
    );
    let co2 = format!("sensor.meeting_co2={}", runtime::sim::point("meeting_air", "co2"));
    let fan = format!("switch.meeting_fan={}", runtime::sim::point("meeting_fan", "power"));
    let import = ["rule", "import", &automation, "--map", &co2, "--map", &fan];
    let dry = on(&[&import[..], &["--dry-run"]].concat());
    assert!(dry.status.success() && text(&dry.stdout).contains("1000"), "{dry:?}");
    let known = || json(&on(&["rule", "list", "--json"])).as_array().unwrap().clone();
    let before = known().len();
    let shown = on(&import);
    let (out, beside) = (text(&shown.stdout), text(&shown.stderr));
    assert!(shown.status.success() && out.starts_with("pp_") && out.contains("1000"), "{shown:?}");
    assert!(beside.contains("/triggers/1") && beside.contains("as given") && beside.contains("1 proposed"), "{beside}");
    // What was proposed waits for a person.
    assert_eq!(known().len(), before);
    let done = json(&on(&[&import[..], &["--json"]].concat()));
    assert_eq!(
        (&done["proposals"][0]["state"], &done["imported"]["matches"][0]["how"]),
        (&"pending".into(), &"given".into())
    );
    let proposal = &done["proposals"][0];
    let approve = format!("/api/proposals/{}/approve", proposal["id"].as_str().unwrap());
    let hash = serde_json::json!({ "hash": proposal["hash"] });
    assert_eq!(server.post(&server.token(Role::Operator), &approve, hash).await.0, 200);
    assert!(text(&on(&["rule", "show", "air"]).stdout).contains("Air  live"));
    let theirs = text(&on(&["rule", "export", "Air", "--format", "home_assistant"]).stdout);
    assert!(theirs.contains("numeric_state") && theirs.contains("above: 1000"), "{theirs}");
    fails(&on(&["rule", "export", "Air", "--format", "sql"]), 1, "not written as SQL");

    let blueprint = file(
        "blueprint.yaml",
        "blueprint:\n  name: Airing\n  domain: automation\n  input:\n    fan:\n      selector: {entity: {domain: switch}}\n    \
         limit:\n      default: 900\n      selector: {number: {min: 400, max: 2000, unit_of_measurement: ppm}}\n\
         triggers:\n  - trigger: numeric_state\n    entity_id: sensor.meeting_co2\n    above: !input limit\n\
         actions:\n  - action: switch.turn_on\n    target: {entity_id: !input fan}\n",
    );
    let asked = on(&["rule", "import", &blueprint, "--map", &co2]);
    fails(&asked, 1, "fan: a value is needed");
    fails(&asked, 1, "limit  limit  number  [900");
    let fan = format!("fan={}", runtime::sim::point("meeting_fan", "power"));
    let filled = on(&["rule", "import", &blueprint, "--map", &co2, "--input", &fan, "--input", "limit=1200"]);
    assert!(filled.status.success() && text(&filled.stdout).contains("1200"), "{filled:?}");

    fails(&on(&["rule", "import", &file("flows.json", "[]")]), 1, "--format");
    fails(&on(&["rule", "import", &file("broken.yaml", "a: [")]), 1, "is no YAML");
    fails(&on(&["rule", "import", &automation, "--map", "light"]), 2, "NAME=VALUE");
    fails(&on(&["rule", "show", "no such rule"]), 1, "no rule `no such rule`");
    assert!(text(&on(&["rule", "templates"]).stdout).contains("frost_guard"));
    server.stop();
    fails(&on(&["rule", "list"]), 3, "no server runs");
}
