//! Commands and calls, and what became of them.

use crate::bench::*;
use access::RrpcResult;
use base::id::{CommandId, DeviceId};
use base::{Span, Value};
use documents::{Actor, Cause, Command, Priority, Signal};
use serde_json::json;
use std::time::Duration;
use things::PointSpec;

fn command(identifier: &str, value: Value) -> Command {
    let at = now();
    Command {
        id: CommandId::of_name(identifier),
        device: lamp(),
        point: point(identifier),
        value,
        actor: Actor::agent("test", documents::Channel::System),
        cause: Cause::Direct,
        priority: Priority::Normal,
        at,
        deadline: at + Span::from_secs(10),
        expect: None,
    }
}

#[test]
fn commands_end_in_the_devices_own_answer() {
    let bench = Bench::new();
    let set = command("power", Value::Bool(true));
    let offline = Signal::Delivered { command: set.id, refused: Some("offline".into()), reply: None };
    assert_eq!(bench.broker().command(&set), Some(offline));

    let deaf = start("deaf", &bench.device("lamp", 5, json!({ "do": [["sleep", 30]] })));
    deaf.wait_for_text("connack 0");
    let refused = Signal::Delivered { command: set.id, refused: Some("not_subscribed".into()), reply: None };
    assert_eq!(bench.broker().command(&set), Some(refused));
    drop(deaf);

    for (answer, value, expected) in [
        ("service:200:{}", Value::Bool(true), (None, None)),
        ("service:500:{}", Value::Bool(false), (Some("500".to_owned()), None)),
    ] {
        bench.taken.signals.lock().unwrap().clear();
        let client = start(
            "lamp",
            &bench.device(
                "lamp",
                4,
                json!({ "do": [["answer", answer], ["sub", "/sys/pk/lamp/#", 1], ["wait", "suback"], ["sleep", 30]] }),
            ),
        );
        client.wait_for_text("suback 1");
        assert_eq!(bench.broker().command(&command("power", value.clone())), None);
        let code = u8::from(value.as_bool().unwrap());
        client.wait_for_text(&format!("\"params\":{{\"power\":{code}}}"));
        let Some(Signal::Delivered { refused, reply, .. }) = bench.wait_said(1).pop() else {
            panic!("{:?}", bench.said())
        };
        assert_eq!((refused, reply), expected);
    }

    bench.taken.signals.lock().unwrap().clear();
    let client = start("lamp", &bench.device("lamp", 5, json!({ "do": [["answer", "service:200:{\"done\":1}"], ["sub", "/sys/pk/lamp/#", 1], ["wait", "suback"], ["sleep", 30]] })));
    client.wait_for_text("suback 1");
    let arguments = Value::Map([("times".to_owned(), Value::Number(3.0))].into());
    assert_eq!(bench.broker().command(&command("blink", arguments)), None);
    client.wait_for_text("message /sys/pk/lamp/thing/service/blink {\"id\":");
    let Some(Signal::Delivered { refused: None, reply: Some(reply), .. }) = bench.wait_said(1).pop() else {
        panic!("{:?}", bench.said())
    };
    assert_eq!(reply, Value::Map([("done".to_owned(), Value::Bool(true))].into()));
}

#[test]
fn devices_that_speak_bytes_are_told_in_bytes() {
    let bench = Bench::new();
    let client = start(
        "meter",
        &bench.device("meter", 5, json!({ "do": [["sub", "/sys/raw/meter/#", 1], ["wait", "suback"], ["sleep", 30]] })),
    );
    client.wait_for_text("suback 1");
    let meter = DeviceId::of_name("meter");
    let set = Command { device: meter, point: PointSpec::id_of(meter, "power"), ..command("power", Value::Bool(true)) };
    assert_eq!(bench.broker().command(&set), None);
    client.wait_for_text("message /sys/raw/meter/thing/model/down_raw P\u{1} qos=1");
    assert_eq!(bench.wait_said(1), [Signal::Delivered { command: set.id, refused: None, reply: None }]);
}

#[test]
fn an_answer_that_nobody_asked_for_goes_nowhere() {
    let bench = Bench::new();
    let reply = json!({ "id": "1", "code": 200, "data": {} }).to_string();
    let text = run(&bench.device(
        "desk",
        5,
        json!({ "do": [["pub", "/sys/pk/desk/thing/service/property/set_reply", reply, 1], ["wait", "puback"]] }),
    ));
    assert!(text.contains("puback 0"), "{text}");
    assert_eq!((bench.said(), bench.broker().metrics().late), (vec![], 1));
}

#[test]
fn calls_have_five_results() {
    let bench = Bench::new();
    let call = |device: DeviceId, topic: Option<&str>| {
        bench.runtime.block_on(bench.broker().rrpc(device, topic, b"ping".to_vec(), Duration::from_secs(1)))
    };
    assert_eq!(call(DeviceId::of_name("ghost"), None), RrpcResult::Unknown);
    assert_eq!(call(DeviceId::of_name("off"), None), RrpcResult::Unknown);
    assert_eq!(call(lamp(), None), RrpcResult::Offline);
    let deaf = start("deaf", &bench.device("lamp", 5, json!({ "do": [["sleep", 30]] })));
    deaf.wait_for_text("connack 0");
    assert_eq!(call(lamp(), None), RrpcResult::HalfConn);
    drop(deaf);
    let silent = start(
        "silent",
        &bench.device(
            "lamp",
            5,
            json!({ "do": [["sub", "/sys/pk/lamp/rrpc/request/+", 1], ["wait", "suback"], ["wait", "message"],
        ["pub", "/sys/pk/lamp/rrpc/response/999", "guess", 1], ["sleep", 30]] }),
        ),
    );
    silent.wait_for_text("suback 1");
    assert_eq!(call(lamp(), None), RrpcResult::Timeout);
    drop(silent);
    for (answer, filter, topic, expected) in [
        ("rrpc", "/sys/pk/lamp/rrpc/request/+", None, "pong:ping"),
        ("ext", "/ext/rrpc/+/my/own", Some("my/own"), "ext:ping"),
    ] {
        let client = start(
            "lamp",
            &bench.device(
                "lamp",
                4,
                json!({ "do": [["answer", answer], ["sub", filter, 1], ["wait", "suback"], ["sleep", 30]] }),
            ),
        );
        client.wait_for_text("suback 1");
        assert_eq!(call(lamp(), topic), RrpcResult::Success(expected.into()));
    }
    assert!(bench.broker().metrics().late >= 1, "the guess was counted");
    assert_eq!(bench.said(), []);
}
