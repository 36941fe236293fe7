//! What is written is what a server of another's hand reads; what may arrive later is posted again, and nothing else is.

use super::codec::{ANSWER_BYTES_MAX, Answer, Target, answer, request};
use super::config::{Config, Proof};
use crate::contract::Password;
use crate::peers::{self, Peer};
use crate::{Input, Said, Setup, Started, registry};
use base::id::{ConnectionId, RuleId, RunId};
use base::{Clock, Timestamp};
use documents::{Cause, Post, Signal};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use things::{Connection, Names, World};
use tokio::sync::mpsc;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }
}

fn object(value: Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

fn post(path: &str, body: &str) -> Post {
    let cause = Cause::Run { rule: RuleId::of_name("r"), run: RunId::of_name(body), node: "post".into() };
    Post { connection: ConnectionId::of_name("hook"), path: path.into(), body: body.into(), cause: Some(cause) }
}

/// What became of the next post: its body's run, and why it did not arrive.
async fn told(heard: &mut mpsc::Receiver<Said>) -> (RunId, Option<String>) {
    match heard.recv().await.unwrap().signals.pop() {
        Some(Signal::Posted { cause: Cause::Run { run, .. }, failed }) => (run, failed),
        other => panic!("{other:?}"),
    }
}

fn started(config: Json, secret: Option<&str>) -> (Started, mpsc::Receiver<Said>) {
    let driver = registry::by_name("webhook").unwrap();
    let config = object(config);
    assert_eq!((driver.check)(&config, &World::default()), vec![]);
    let connection = Connection {
        id: ConnectionId::of_name("hook"),
        driver: "webhook".into(),
        names: Names::new("通知", "Hook"),
        config,
        disabled: false,
    };
    let (said, heard) = mpsc::channel(8);
    let (world, clock) = (Arc::new(World::default()), Arc::new(Still));
    let password = Password(secret.map(str::to_owned));
    ((driver.start)(Setup { connection, password, world, clock, said }).unwrap(), heard)
}

/// The requests that a peer has taken.
fn taken(peer: &Peer) -> Vec<Json> {
    peer.output().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn hook(port: u16, statuses: &[&str]) -> Peer {
    let mut peer =
        Peer::start("hook", peers::python().arg(peers::script("hook.py")).arg(port.to_string()).args(statuses));
    peer.wait_for_port(port);
    peer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_server_of_another_hand_takes_what_is_posted_in_order() {
    let port = peers::free_port();
    let peer = hook(port, &["503"]);
    let config = json!({
        "url": format!("http://127.0.0.1:{port}/services/"), "headers": { "X-Source": "castellan" }, "proof": "bearer",
    });
    let (driver, mut heard) = started(config, Some("s3cret"));
    driver.inputs.send(Input::Post(post("door?x=1", "{\"n\":1}"))).await.unwrap();
    driver.inputs.send(Input::Post(post("", "{\"n\":2}"))).await.unwrap();
    peer.wait_for_text("\\\"n\\\":2");
    let all = taken(&peer);
    let shown: Vec<(&str, &str, u64)> = all
        .iter()
        .map(|r| (r["path"].as_str().unwrap(), r["body"].as_str().unwrap(), r["status"].as_u64().unwrap()))
        .collect();
    // It was busy at first: posted again, before what came later.
    let expected = [
        ("/services/door?x=1", "{\"n\":1}", 503),
        ("/services/door?x=1", "{\"n\":1}", 200),
        ("/services/", "{\"n\":2}", 200),
    ];
    assert_eq!(shown, expected);
    let headers = &all[2]["headers"];
    assert_eq!(
        (&headers["authorization"], &headers["x-source"], &headers["content-type"]),
        (&json!("Bearer s3cret"), &json!("castellan"), &json!("application/json"))
    );
    for body in ["{\"n\":1}", "{\"n\":2}"] {
        assert_eq!(told(&mut heard).await, (RunId::of_name(body), None));
    }
    drop(driver.inputs);
    driver.task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn no_redirect_is_followed_and_what_is_refused_is_not_said_again() {
    let port = peers::free_port();
    let peer = hook(port, &["302", "404"]);
    let (driver, mut heard) =
        started(json!({ "url": format!("http://127.0.0.1:{port}/a"), "proof": "hmac" }), Some("key"));
    for n in 1..=3 {
        driver.inputs.send(Input::Post(post("", &format!("{{\"n\":{n}}}")))).await.unwrap();
    }
    driver.inputs.send(Input::Post(post("no such path", "{}"))).await.unwrap();
    peer.wait_for_text("\\\"n\\\":3");
    let all = taken(&peer);
    let paths: Vec<&str> = all.iter().map(|r| r["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["/a", "/a", "/a"]);
    // printf '{"n":1}' | openssl dgst -sha256 -hmac key
    let signature = "sha256=105f53bf3b432ed2e10c1a2f4f0cdc165d1ecdcf1412664224a905f19651c2b2";
    assert_eq!(all[0]["headers"]["x-castellan-signature"], signature);
    let mut failed = Vec::new();
    for _ in 0..4 {
        failed.push(told(&mut heard).await.1);
    }
    let (redirect, missing) = (Some("the server answered 302".into()), Some("the server answered 404".into()));
    assert_eq!(failed, [redirect, missing, None, Some("`no such path` cannot stand in an address".into())]);
    drop(driver.inputs);
    driver.task.await.unwrap();
}

#[test]
fn addresses_are_taken_apart() {
    let of = |url: &str| Target::parse(url).map(|t| (t.tls, t.host, t.port)).ok();
    for (url, expected) in [
        ("https://a.example/x", Some((true, "a.example".into(), 443))),
        ("http://127.0.0.1:8080", Some((false, "127.0.0.1".into(), 8080))),
        ("https://[::1]:9/x?y", Some((true, "::1".into(), 9))),
        ("https://a.example?x=1", Some((true, "a.example".into(), 443))),
        ("ftp://a.example", None),
        ("https://", None),
        ("https://a.example:0", None),
        ("https://a.example:x", None),
        ("https://user:pw@a.example", None),
        ("https://a.example/ x", None),
        ("https://a.example/\r\nx: y", None),
    ] {
        assert_eq!(of(url), expected, "{url}");
    }
}

#[test]
fn faults_of_a_configuration_name_their_place() {
    let check = |config: Json| {
        let found = (registry::by_name("webhook").unwrap().check)(&object(config), &World::default());
        found.into_iter().map(|d| format!("{}@{}", d.code, d.path)).collect::<Vec<_>>()
    };
    assert_eq!(check(json!({ "url": "http://a.example", "proof": "bearer" })), ["webhook.plain@/url"]);
    assert!(check(json!({ "url": "http://a.example", "proof": "hmac" })).is_empty());
    let headers = json!({ "Authorization": "x", "a b": "c", "ok": "line\nbreak", "fine": "yes" });
    assert_eq!(
        check(json!({ "url": "x", "headers": headers })),
        [
            "webhook.url@/url",
            "webhook.header@/headers/Authorization",
            "webhook.header@/headers/a b",
            "webhook.header@/headers/ok",
        ]
    );
}

#[test]
fn the_status_is_read_wherever_the_answer_is_cut() {
    let whole = b"HTTP/1.1 100 Continue\r\nx: y\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
    for cut in 0..whole.len() {
        let found = answer(&whole[..cut]);
        assert!(matches!(found, Answer::More | Answer::Status(204)), "{cut}: {found:?}");
    }
    assert_eq!(answer(whole), Answer::Status(204));
    assert_eq!(answer(b"SSH-2.0-x\r\n"), Answer::Garbage);
    assert_eq!(answer(&[b'x'; ANSWER_BYTES_MAX]), Answer::Garbage);
}

proptest! {
    /// Whatever a rule says, nothing but its path and its body goes into the request, and any bytes are an answer or none.
    #[test]
    fn nothing_gets_into_the_head(path in "\\PC{0,40}|[\\r\\n a-z:/?]{0,40}", body in "\\PC{0,60}", bytes: Vec<u8>) {
        let target = Target::parse("https://a.example/base").unwrap();
        let config = Config {
            url: String::new(), headers: BTreeMap::new(), proof: Proof::Bearer, ca: None, timeout_s: 1, retries: 0,
        };
        if let Some(written) = request(&target, &config, Some("s"), &post(&path, &body)) {
            let text = String::from_utf8(written).unwrap();
            let (head, rest) = text.split_once("\r\n\r\n").unwrap();
            prop_assert_eq!(rest, body);
            prop_assert_eq!(head.split("\r\n").count(), 7);
        }
        answer(&bytes);
    }
}
