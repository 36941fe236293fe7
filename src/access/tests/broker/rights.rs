//! What a client may publish and subscribe, and that a filter for everything shows no device.

use crate::bench::*;
use documents::Signal;
use documents::signal::Payload;
use serde_json::json;

#[test]
fn a_foreign_topic_is_not_published() {
    let bench = Bench::new();
    let spoof = "/sys/pk/desk/thing/event/property/post";
    let values = post(&json!({ "temperature": 99 }));
    let topics = [spoof, "bench/1", "$SYS/x", "/pk/desk/user/x", "/sys/pk/lamp/rrpc/request/1"];
    let steps = |topics: &[&str], qos: u8| {
        let each = topics.iter().map(|topic| json!(["pub", topic, values, qos]));
        each.chain([json!(["wait", "puback", 15, topics.len()])]).collect::<Vec<_>>()
    };
    // paho goes on after a refused PUBREC; then it is told that nothing is there to release.
    for (qos, code) in [(1, "puback 135"), (2, "puback 146")] {
        let text = run(&bench.device("lamp", 5, json!({ "do": steps(&topics, qos) })));
        assert_eq!(text.matches(code).count(), topics.len(), "{text}");
    }
    for topic in topics {
        let text = run(&bench.device("lamp", 5, json!({ "do": [["pub", topic, values, 0], ["wait", "disconnect"]] })));
        assert!(text.contains("disconnect 135"), "{topic}: {text}");
        let text = run(&bench.device("lamp", 4, json!({ "do": [["pub", topic, values, 1], ["wait", "disconnect"]] })));
        assert!(text.contains("disconnect") && !text.contains("puback"), "{topic}: {text}");
    }
    let topics =
        [spoof, "$SYS/x", "/ota/device/inform/pk/lamp", "ext/rrpc/1/x", "sys/pk/lamp/thing/event/property/post"];
    let text = run(&bench.bridge(5, json!({ "do": steps(&topics, 1) })));
    assert_eq!(text.matches("puback 135").count(), topics.len(), "{text}");
    assert_eq!(bench.said(), []);
    assert_eq!(bench.broker().metrics().denied, 25);
}

#[test]
fn a_foreign_filter_is_not_subscribed() {
    let bench = Bench::new();
    let steps = |filters: &[&str]| {
        let each = filters.iter().map(|filter| json!(["sub", filter, 1]));
        each.chain([json!(["wait", "suback", 15, filters.len()])]).collect::<Vec<_>>()
    };
    let filters = [
        "#",
        "+/#",
        "/#",
        "/sys/#",
        "/sys/+/+/thing/#",
        "/sys/pk/+/thing/#",
        "$SYS/#",
        "$share/g/#",
        "$share/g//sys/pk/desk/#",
        "/ext/#",
        "/pk/desk/user/#",
        "/+/lamp/user/#",
        "bench/#",
    ];
    for (v, code) in [(5, "suback 135"), (4, "suback 128")] {
        let text = run(&bench.device("lamp", v, json!({ "do": steps(&filters) })));
        assert_eq!(text.matches(code).count(), filters.len(), "{text}");
    }
    let filters = ["/sys/#", "$SYS/#", "$share/g/$SYS/#", "/ext/rrpc/+/x", "sys/pk/lamp/#"];
    let text = run(&bench.bridge(5, json!({ "do": steps(&filters) })));
    assert_eq!(text.matches("suback 135").count(), filters.len(), "{text}");
    for filter in ["$share/g", "a/#/b", "a+"] {
        // paho itself refuses malformed filters; mosquitto_sub does too. The unit tests of `filter` cover them.
        assert!(!access::filter::is_filter(filter) || access::filter::shared(filter).is_err());
    }
}

#[test]
fn everything_subscribed_by_a_bridge_shows_no_device() {
    let bench = Bench::new();
    let mut listeners = Vec::new();
    for (name, filter) in [("all", "#"), ("deep", "/+/pk/#"), ("shared", "$share/g/#"), ("slash", "+/sys/#")] {
        let plan = bench.bridge(5, json!({ "id": name, "do": [["sub", filter, 1], ["wait", "message last", 60]] }));
        let listener = start(name, &plan);
        listener.wait_for_text("suback 1");
        listeners.push(listener);
    }
    let listens = start(
        "lamp",
        &bench.device(
            "lamp",
            5,
            json!({ "do": [
        ["sub", "/sys/pk/lamp/#", 1], ["wait", "suback 1"],
        ["pub", POST, post(&json!({ "temperature": 21 })), 1, true], ["wait", "puback 0"],
        ["wait", format!("message {POST}_reply")],
        ["pub", "/pk/lamp/user/hello", "free", 1], ["sleep", 0.2]] }),
        ),
    );
    listens.wait_for_text("_reply");
    listeners[0].wait_for_text("message /pk/lamp/user/hello free");
    let sent = run(&bench.bridge(5, json!({ "id": "sender", "do": [["pub", "last", "x", 1], ["wait", "puback"]] })));
    assert!(sent.contains("puback"), "{sent}");
    listeners[0].wait_for_text("message last");
    for listener in &listeners {
        let text = listener.output();
        assert!(!text.contains("message /sys"), "{text}");
    }
    // And what is retained on such a topic is kept from those who come later.
    let late =
        run(&bench.bridge(5, json!({ "id": "late", "do": [["sub", "#", 1], ["wait", "suback"], ["sleep", 0.3]] })));
    assert!(!late.contains("message"), "{late}");
}

#[test]
fn bridges_speak_with_each_other_and_rules_hear_what_they_listen_to() {
    let bench = Bench::new();
    bench.broker().listens(&["bench/+/temp".into(), "/pk/+/user/#".into()]).unwrap();
    for wrong in ["/sys/#", "a/#/b", "$SYS/#"] {
        assert!(bench.broker().listens(&[wrong.into()]).is_err());
    }
    let listener = start(
        "l",
        &bench.bridge(4, json!({ "id": "l", "do": [["sub", "bench/#", 1], ["wait", "message bench/last"]] })),
    );
    listener.wait_for_text("suback 1");
    run(&bench.bridge(5, json!({ "do": [
        ["pub", "bench/1/temp", "{\"t\":26}", 0], ["pub", "bench/1/other", "no rule", 1], ["pub", "bench/2/temp", "two", 2],
        ["pub", "bench/last", "x", 1], ["wait", "puback"], ["sleep", 0.3]] })));
    run(&bench.device("lamp", 5, json!({ "do": [["pub", "pk/lamp/user/a", "free", 1], ["wait", "puback 0"]] })));
    listener.wait_for_text("message bench/last");
    let text = listener.output();
    assert!(
        text.contains("message bench/1/temp {\"t\":26} qos=0") && text.contains("message bench/2/temp two qos=1"),
        "{text}"
    );
    let mut said: Vec<(String, Payload, u8)> = bench
        .wait_said(3)
        .into_iter()
        .map(|s| match s {
            Signal::Message(m) => {
                assert_eq!(m.connection, None);
                (m.topic, m.payload, m.qos)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    said.sort_by(|a, b| a.0.cmp(&b.0));
    let text = |t: &str| Payload::Text(t.into());
    assert_eq!(
        said,
        [
            ("/pk/lamp/user/a".into(), text("free"), 1),
            ("bench/1/temp".into(), text("{\"t\":26}"), 0),
            ("bench/2/temp".into(), text("two"), 2),
        ]
    );
}
