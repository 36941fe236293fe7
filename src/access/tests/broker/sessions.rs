//! Take-over, restart, shutdown, presence, and exactly once.

use crate::bench::*;
use documents::Message;
use documents::signal::Payload;
use serde_json::json;

fn message(topic: &str, text: &str, qos: u8, retain: bool) -> Message {
    Message { connection: None, topic: topic.into(), payload: Payload::Text(text.into()), qos, retain }
}

#[test]
fn a_new_login_takes_the_old_session_over() {
    let bench = Bench::new();
    for v in [4, 5] {
        let keep = json!({ "clean": false, "expiry": 600, "do": [["sub", "/pk/lamp/user/#", 1], ["wait", "suback 1"], ["wait", "disconnect", 60]] });
        let first = start("first", &bench.device("lamp", v, keep));
        first.wait_for_text("suback 1");
        // Another timestamp, so another client id; the same identity, so the same session.
        let second = start(
            "second",
            &bench.device("lamp", v, json!({ "clean": false, "expiry": 600, "do": [["wait", "message", 60]] })),
        );
        second.wait_for_text("connack 0 present");
        first.wait_for_text(if v == 5 { "disconnect 142" } else { "disconnect" });
        bench.broker().publish(&message("/pk/lamp/user/x", "live", 1, false)).unwrap();
        second.wait_for_text("message /pk/lamp/user/x live");
        drop(second);
        crate::peers::wait_until("still online", || !bench.broker().is_online(lamp()));
        bench.broker().publish(&message("/pk/lamp/user/x", "queued", 1, false)).unwrap();
        bench.broker().publish(&message("/pk/lamp/user/x", "not queued", 0, false)).unwrap();
        let third =
            run(&bench.device("lamp", v, json!({ "clean": false, "do": [["wait", "message"], ["sleep", 0.2]] })));
        assert!(
            third.contains("present") && third.contains("queued qos=1") && !third.contains("not queued"),
            "{third}"
        );
        let clean = run(&bench.device("lamp", v, json!({ "clean": true, "do": [["sleep", 0.2]] })));
        assert!(clean.contains("connack 0 new"), "{clean}");
        bench.broker().publish(&message("/pk/lamp/user/x", "nobody", 1, false)).unwrap();
        let after = run(&bench.device("lamp", v, json!({ "clean": false, "do": [["sleep", 0.2]] })));
        assert!(after.contains("connack 0 new") && !after.contains("message"), "{after}");
        run(&bench.device("lamp", v, json!({ "clean": true })));
    }
}

#[test]
fn sessions_and_retained_messages_outlive_a_restart() {
    let mut bench = Bench::new();
    run(&bench.device(
        "lamp",
        5,
        json!({ "clean": false, "expiry": 600, "do": [["sub", "/pk/lamp/user/#", 2], ["wait", "suback 2"]] }),
    ));
    run(&bench.bridge(4, json!({ "clean": false, "do": [["sub", "b/#", 1], ["wait", "suback 1"]] })));
    for n in 0..3 {
        bench.broker().publish(&message("/pk/lamp/user/x", &format!("waits {n}"), 1, false)).unwrap();
    }
    bench.broker().publish(&message("b/1", "for the bridge", 1, false)).unwrap();
    bench.broker().publish(&message("r/1", "retained", 1, true)).unwrap();
    bench.broker().publish(&message("r/2", "taken away", 1, true)).unwrap();
    bench.broker().publish(&message("r/2", "", 1, true)).unwrap();
    bench.stop();
    bench.start();
    let lamp = run(&bench.device(
        "lamp",
        5,
        json!({ "clean": false, "expiry": 600, "do": [["wait", "message /pk/lamp/user/x waits 2"], ["sleep", 0.3]] }),
    ));
    assert!(lamp.contains("connack 0 present"), "{lamp}");
    let order: Vec<&str> = lamp.lines().filter(|l| l.starts_with("message")).collect();
    assert_eq!(order.len(), 3, "{lamp}");
    assert!(order.iter().enumerate().all(|(n, l)| l.contains(&format!("waits {n}"))), "{lamp}");
    let bridge = run(&bench.bridge(4, json!({ "clean": false, "do": [["wait", "message b/1 for the bridge"], ["sub", "r/+", 1], ["wait", "message r/1 retained qos=1 retain=1"], ["sleep", 0.2]] })));
    assert!(!bridge.contains("missing") && !bridge.contains("r/2"), "{bridge}");
    bench.stop();
    bench.start();
    let again = run(&bench.device("lamp", 5, json!({ "clean": false, "expiry": 600, "do": [["sleep", 0.3]] })));
    assert!(
        again.contains("present") && !again.contains("message"),
        "what was acknowledged does not come again: {again}"
    );
}

#[test]
fn stopping_tells_clients_and_fires_no_will() {
    let mut bench = Bench::new();
    let will = json!([POST, post(&json!({ "temperature": 66 }))]);
    let five = start("lamp", &bench.device("lamp", 5, json!({ "will": will, "do": [["wait", "disconnect", 60]] })));
    let three = start("desk", &bench.device("desk", 4, json!({ "do": [["wait", "disconnect", 60]] })));
    five.wait_for_text("connack 0");
    three.wait_for_text("connack 0");
    let port = bench.port();
    bench.stop();
    five.wait_for_text("disconnect 139");
    three.wait_for_text("disconnect");
    assert_eq!(bench.said(), []);
    let open = std::net::TcpListener::bind(("127.0.0.1", port));
    assert!(open.is_ok(), "the port is free again");
}

#[test]
fn silence_and_breaking_are_told_with_their_reason() {
    let bench = Bench::new();
    let plan = bench.device("lamp", 5, json!({ "keepalive": 2, "do": [["wait", "disconnect", 60]] }));
    let client = start("lamp", &plan);
    client.wait_for_text("connack 0");
    client.signal("STOP");
    crate::peers::wait_until("silence is not noticed", || bench.links().len() >= 2);
    client.signal("CONT");
    run(&bench.device("lamp", 5, json!({ "do": [["bye"]] })));
    crate::peers::wait_until("going is not told", || bench.links().len() >= 4);
    run(&bench.device("lamp", 5, json!({ "do": [["drop"]] })));
    crate::peers::wait_until("breaking is not told", || bench.links().len() >= 6);
    let links: Vec<(bool, String)> = bench.links();
    let reasons: Vec<&str> = links.iter().map(|l| l.1.as_str()).collect();
    assert_eq!(reasons, ["connected", "keep_alive", "connected", "disconnected", "connected", "connection_lost"]);
}

#[test]
fn exactly_once_both_ways() {
    let bench = Bench::new();
    bench.broker().listens(&["once".into()]).unwrap();
    let listener = start(
        "l",
        &bench.bridge(
            5,
            json!({ "id": "l", "do": [["sub", "once", 2], ["wait", "message once x qos=2"], ["sleep", 0.3]] }),
        ),
    );
    listener.wait_for_text("suback 2");
    let text = run(&bench.bridge(4, json!({ "do": [["pub", "once", "x", 2], ["wait", "puback"]] })));
    assert!(text.contains("puback 0"), "{text}");
    listener.wait_for_text("message once x qos=2");
    assert_eq!(bench.wait_said(1).len(), 1);
}
