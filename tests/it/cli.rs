//! The command line against the built program: what it prints, how it ends, what it leaves.

use crate::server::{Server, run};
use base::Timestamp;
use serde_json::Value as Json;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn on(data: &Path, args: &[&str]) -> Output {
    let mut all = args.to_vec();
    all.extend(["--data", data.to_str().unwrap()]);
    run(&all)
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
