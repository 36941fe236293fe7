//! What devices say: taken, refused, answered, and acknowledged when it is on disk.

use crate::bench::*;
use base::Value;
use documents::Signal;
use serde_json::{Value as Json, json};
use std::sync::atomic::Ordering;

fn told(bench: &Bench, v: u8, topic: &str, payload: &str, qos: u8) -> (String, Json) {
    let text = run(&bench.device(
        "lamp",
        v,
        json!({ "do": [
        ["sub", "/sys/pk/lamp/#", 1], ["wait", "suback 1"], ["pub", topic, payload, qos],
        ["wait", "puback"], ["wait", format!("message {topic}_reply")]] }),
    ));
    let line = text.lines().find(|l| l.starts_with("message")).unwrap_or_else(|| panic!("{text}"));
    let json = line.get(line.find('{').unwrap()..=line.rfind('}').unwrap()).unwrap();
    (text.clone(), serde_json::from_str(json).unwrap())
}

#[test]
fn what_fits_is_taken_and_answered() {
    let bench = Bench::new();
    for (v, qos) in [(4, 0), (4, 1), (4, 2), (5, 0), (5, 1), (5, 2)] {
        bench.taken.signals.lock().unwrap().clear();
        let (text, reply) = told(
            &bench,
            v,
            POST,
            &post(&json!({ "temperature": { "value": 21.5, "time": 1_700_000_000_000i64 } })),
            qos,
        );
        assert!(text.contains("puback 0"), "{text}");
        assert_eq!((&reply["code"], &reply["id"]), (&json!(200), &json!("7")), "{reply}");
        assert_eq!(bench.reports(), [(point("temperature"), Value::Number(21.5))]);
    }
    let event = json!({ "id": 9, "params": { "level": 3 } }).to_string();
    let (_, reply) = told(&bench, 5, "/sys/pk/lamp/thing/event/alarm/post", &event, 1);
    assert_eq!(reply["code"], 200, "{reply}");
    let Some(Signal::Occurrence { event, output, .. }) = bench.said().pop() else { panic!("{:?}", bench.said()) };
    assert_eq!((event.as_str(), output), ("alarm", Value::Map([("level".to_owned(), Value::Number(3.0))].into())));
}

#[test]
fn what_does_not_fit_is_answered_kept_for_inspection_and_goes_nowhere() {
    let bench = Bench::new();
    let event = "/sys/pk/lamp/thing/event/alarm/post";
    let cases = [
        (POST, "no json".to_owned(), 460, "alink.json"),
        (POST, "[1]".to_owned(), 460, "alink.shape"),
        (POST, "{\"id\":\"1\"}".to_owned(), 460, "alink.shape"),
        (POST, format!("{{\"id\":\"1\",\"params\":{}1{}}}", "[".repeat(60), "]".repeat(60)), 460, "alink.depth"),
        (POST, post(&json!({ "colour": 1 })), 6304, "ingest.unknown"),
        (POST, post(&json!({ "temperature": "warm" })), 6307, "ingest.type"),
        (POST, post(&json!({ "temperature": 900 })), 6307, "ingest.range"),
        (POST, post(&json!({ "power": 2 })), 6308, "ingest.type"),
        (event, json!({ "id": "1", "params": { "level": 77 } }).to_string(), 6306, "ingest.range"),
        (
            "/sys/pk/lamp/thing/event/unheard/post",
            json!({ "id": "1", "params": {} }).to_string(),
            6304,
            "ingest.unknown",
        ),
    ];
    for (v, qos, acknowledged) in [(5, 1, "puback 153"), (4, 0, "puback 0")] {
        let mut steps = vec![json!(["sub", "/sys/pk/lamp/#", 1]), json!(["wait", "suback 1"])];
        for (n, (topic, payload, ..)) in (1..).zip(&cases) {
            steps.push(json!(["pub", topic, payload, qos]));
            steps.push(json!(["wait", "message", 15, n]));
            steps.push(json!(["wait", "puback", 15, n]));
        }
        let text = run(&bench.device("lamp", v, json!({ "do": steps })));
        assert_eq!(text.matches(acknowledged).count(), cases.len(), "{text}");
        let replies = text.lines().filter(|l| l.starts_with("message"));
        for ((_, payload, code, _), reply) in cases.iter().zip(replies) {
            assert!(reply.contains(&format!("\"code\":{code},")), "{payload}: {reply}");
        }
        let rejected = bench.broker().rejected();
        for ((topic, payload, _, code), kept) in cases.iter().zip(rejected.iter().take(cases.len()).rev()) {
            assert_eq!((kept.topic.as_str(), kept.code.as_str(), kept.device), (*topic, *code, lamp()));
            assert!(!kept.message.zh.is_empty() && kept.excerpt.starts_with(payload.get(..3).unwrap()), "{kept:?}");
        }
    }
    assert_eq!(bench.broker().metrics().rejected, 2 * cases.len() as u64);
    assert_eq!(bench.said(), []);
}

#[test]
fn a_good_value_beside_a_bad_one_counts() {
    let bench = Bench::new();
    let (_, reply) = told(&bench, 5, POST, &post(&json!({ "temperature": 20, "power": 7 })), 1);
    assert_eq!((&reply["code"], &reply["data"]["power"]["code"]), (&json!(200), &json!(6308)), "{reply}");
    assert_eq!(bench.reports(), [(point("temperature"), Value::Number(20.0))]);
    assert_eq!(bench.broker().rejected()[0].code, "ingest.type");
}

#[test]
fn nothing_is_acknowledged_that_is_not_on_disk() {
    let bench = Bench::new();
    let held = bench.runtime.block_on(bench.taken.disk.write());
    let steps = json!({ "do": [["sub", "/sys/pk/lamp/#", 1], ["wait", "suback"],
        ["pub", POST, post(&json!({ "temperature": 1 })), 1], ["pub", POST, post(&json!({ "temperature": 2 })), 2],
        ["pub", POST, post(&json!({ "temperature": 3 })), 0], ["wait", "puback 0"], ["sleep", 0.5]] });
    let client = start("lamp", &bench.device("lamp", 5, steps));
    crate::peers::wait_until("quality 0 is never held", || bench.reports().len() == 1);
    assert!(!client.output().contains("_reply {\"id\":\"7\",\"code\":200,\"data\":{},\"message\":\"success\",\"method\":\"thing.event.property.post\",\"version\":\"1.0\"} qos=1"));
    drop(held);
    client.wait_for_text("qos=1");
    crate::peers::wait_until("all three came", || bench.reports().len() == 3);

    bench.taken.broken.store(true, Ordering::Relaxed);
    let steps = json!({ "do": [["sub", "/sys/pk/lamp/#", 1], ["wait", "suback"],
        ["pub", POST, post(&json!({ "temperature": 4 })), 1], ["wait", "puback 131"], ["wait", "message"]] });
    let text = run(&bench.device("lamp", 5, steps.clone()));
    assert!(text.contains("puback 131") && text.contains("\"code\":500"), "{text}");
    let steps = json!({ "do": [["pub", POST, post(&json!({ "temperature": 5 })), 1], ["wait", "disconnect"]] });
    let text = run(&bench.device("lamp", 4, steps));
    assert!(!text.contains("puback") && text.contains("disconnect"), "{text}");
    assert_eq!(bench.reports().len(), 3);
}

#[test]
fn answers_go_where_mqtt_5_says() {
    let bench = Bench::new();
    let text = run(&bench.device("lamp", 5, json!({ "do": [
        ["sub", "/sys/pk/lamp/my/answers", 1], ["wait", "suback 1"],
        ["pub", POST, post(&json!({ "temperature": 1 })), 1, false, { "response": "/sys/pk/lamp/my/answers", "correlation": "c42" }],
        ["wait", "message"]] })));
    assert!(text.contains("message /sys/pk/lamp/my/answers") && text.contains("correlation=c42"), "{text}");
    // Another's topic gets nothing, since only the device itself is told.
    let desk = start(
        "desk",
        &bench.device("desk", 5, json!({ "do": [["sub", "/sys/pk/desk/#", 1], ["wait", "message", 3]] })),
    );
    desk.wait_for_text("suback 1");
    run(&bench.device("lamp", 5, json!({ "do": [
        ["pub", POST, post(&json!({ "temperature": 1 })), 1, false, { "response": "/sys/pk/desk/thing/service/property/set" }],
        ["wait", "puback 0"]] })));
    desk.wait_for_text("missing message");
}

#[test]
fn tags_packs_and_wills() {
    let bench = Bench::new();
    let update = json!({ "id": "1", "params": [{ "attrKey": "floor", "attrValue": "3" }] }).to_string();
    let (_, reply) = told(&bench, 5, "/sys/pk/lamp/thing/deviceinfo/update", &update, 1);
    assert_eq!(reply["code"], 200);
    let tags = bench.taken.tags.lock().unwrap()[&lamp()].clone();
    assert_eq!(tags, ["by hand".to_owned(), "floor=3".to_owned()].into());

    let pack = json!({ "id": "1", "params": { "properties": { "temperature": [
        { "value": 1, "time": 1_700_000_000_000i64 }, { "value": 2, "time": 1_700_000_001_000i64 }] },
        "events": { "alarm": { "value": { "level": 1 }, "time": 1_700_000_000_000i64 } } } })
    .to_string();
    let (_, reply) = told(&bench, 5, "/sys/pk/lamp/thing/event/property/pack/post", &pack, 1);
    assert_eq!(reply["code"], 200, "{reply}");
    assert_eq!(bench.reports().len(), 2);

    let will = json!([POST, post(&json!({ "power": 0 }))]);
    run(&bench.device("lamp", 4, json!({ "will": will, "do": [["bye"]] })));
    run(&bench.device("lamp", 4, json!({ "will": will, "do": [["drop"]] })));
    crate::peers::wait_until("the will of the one that broke came", || bench.reports().len() == 3);
    assert_eq!(bench.reports()[2], (point("power"), Value::Bool(false)));
}

#[test]
fn the_same_over_http() {
    let bench = Bench::new();
    let broker = bench.broker();
    bench.runtime.block_on(async {
        assert!(broker.device_of_token("nobody's").await.is_err());
        let device = broker.device_of_token("lamp's token").await.unwrap();
        let taken = broker.post(device, &access::http::Post::Properties, &json!({ "temperature": 5 })).await.unwrap();
        assert_eq!(taken.taken, 1);
        let event = access::http::Post::Event("alarm".into());
        broker.post(device, &event, &json!({ "level": 2 })).await.unwrap();
        for (post, body) in [
            (access::http::Post::Properties, json!({ "power": 9 })),
            (event, json!({ "level": "x" })),
            (access::http::Post::Properties, json!([])),
        ] {
            let refused = broker.post(device, &post, &body).await.unwrap_err();
            assert_eq!(refused.code(), "post.payload");
        }
    });
    assert_eq!((bench.said().len(), bench.broker().rejected().len()), (2, 2));
}

#[test]
fn frames_in_the_layout_of_the_product() {
    let bench = Bench::new();
    let topic = "/sys/raw/meter/thing/model/up_raw";
    let say = |frame: &str| {
        run(&bench.device(
            "meter",
            5,
            json!({ "do": [["sub", "/sys/raw/meter/#", 1], ["wait", "suback"],
        ["pub", topic, "", 1, false, { "hex": frame }], ["wait", "puback"], ["wait", "message"]] }),
        ))
    };
    let text = say("a500d77c");
    assert!(text.contains("puback 0") && text.contains("\"code\":200"), "{text}");
    let Some(Signal::Report { values, .. }) = bench.said().pop() else { panic!("{:?}", bench.said()) };
    assert_eq!(values[0].1.value, Value::Number(21.5));
    for (frame, code) in [("a500d700", "layout.checksum"), ("00", "layout.no_frame")] {
        let text = say(frame);
        assert!(text.contains("puback 153") && text.contains("\"code\":6450"), "{text}");
        assert_eq!(bench.broker().rejected()[0].code, code);
    }
    assert_eq!(bench.said().len(), 1);
    let text = run(&bench.device(
        "lamp",
        5,
        json!({ "do": [["pub", "/sys/pk/lamp/thing/model/up_raw", "x", 1], ["wait", "puback"]] }),
    ));
    assert!(text.contains("puback 153"), "{text}");
}
