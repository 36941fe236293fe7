//! The plug is pulled again and again under load: what was acknowledged is there, and no command leaves twice.

use crate::server::{Server, pause, run, soak};
use documents::Role;
use runtime::sim;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// Rounds in `make test`.
const ROUNDS: usize = 4;

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_no_command_is_sent_twice() {
    let dir = tempfile::tempdir().unwrap();
    let point = sim::point("lobby_light", "brightness").to_string();
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    let mut tokens = None;
    for round in 0..ROUNDS * soak() {
        let server = Server::start(dir.path());
        let token = tokens.get_or_insert_with(|| server.token(Role::Operator)).clone();
        let path = format!("/api/points/{point}/command");
        let load = async {
            for i in 0..200 {
                let value = (round * 7 + i) % 100;
                let (status, body) = server.post(&token, &path, json!({ "value": value })).await;
                assert_eq!(status, 200, "{body}");
                acknowledged.extend(
                    body["receipts"].as_array().unwrap().iter().map(|r| r["command"].as_str().unwrap().to_string()),
                );
            }
        };
        // At a moment of its own in each round, in the middle of whatever is under way.
        let plug = pause(150 + (round as u64 * 37) % 400);
        tokio::select! { () = load => {}, () = plug => {} }
        server.kill();
    }
    let out = run(&["replay", "--json", "--data", dir.path().to_str().unwrap()]);
    let report: Json = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((out.status.success(), &report["differs"]), (true, &Json::Null), "{report}");

    let store = store::Store::open(dir.path()).await.unwrap();
    let mut sent: Vec<String> = Vec::new();
    let mut reader = store.log().read_from(1);
    while let Some(page) = reader.next_page().await.unwrap() {
        for batch in page {
            for outcome in batch.outcomes {
                if let documents::Outcome::Send(command) = outcome {
                    sent.push(command.id.to_string());
                }
            }
        }
    }
    let once: BTreeSet<String> = sent.iter().cloned().collect();
    assert_eq!(once.len(), sent.len(), "a command left twice");
    let lost: Vec<&String> = acknowledged.difference(&once).collect();
    assert!(!acknowledged.is_empty() && lost.is_empty(), "{} acknowledged, lost: {lost:?}", acknowledged.len());
    store.close().await;
}
