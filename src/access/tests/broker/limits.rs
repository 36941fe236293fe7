//! Each limit with its answer, and attackers that find nothing.

use crate::bench::*;
use crate::peers;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::Ordering;
use std::time::Duration;

#[test]
fn payload_and_packet() {
    let bench = Bench::new();
    let large = |size: usize, qos: u8| json!({ "do": [["pub", "/pk/lamp/user/x", "", qos, false, { "size": size }], ["wait", "disconnect", 5]] });
    // A payload beyond the limit in a packet within it.
    let text = run(&bench.device("lamp", 5, large(300 * 1024, 1)));
    assert!(text.contains("puback 151"), "{text}");
    let text = run(&bench.device("lamp", 4, large(300 * 1024, 1)));
    assert!(text.contains("disconnect") && !text.contains("puback"), "{text}");
    // A megabyte.
    let text = run(&bench.device("lamp", 4, large(1024 * 1024, 1)));
    assert!(text.contains("disconnect") && !text.contains("puback"), "{text}");
    let port = bench.port().to_string();
    let signed = login("lamp");
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(1024 * 1024).unwrap();
    let (_ok, _said) = mosquitto(
        "mosquitto_pub",
        &[
            "-p",
            &port,
            "-V",
            "mqttv5",
            "-q",
            "1",
            "-i",
            &signed.client_id,
            "-u",
            &signed.username,
            "-P",
            &signed.password,
            "-t",
            POST,
            "-f",
            file.path().to_str().unwrap(),
        ],
    );
    assert_eq!(bench.broker().metrics().limited, 3, "mosquitto knows the limit from CONNACK and does not even send it");
    assert_eq!(bench.said(), []);
}

#[test]
fn subscriptions_topics_aliases_and_rate() {
    let bench = Bench::with(|o| {
        o.limits.subscriptions = 3;
        o.limits.device_rate = 5;
    });
    let text = run(&bench.bridge(5, json!({ "do": [["sub", "a"], ["sub", "b"], ["sub", "c"], ["sub", "d"], ["sub", "a", 1], ["wait", "suback 1"], ["sleep", 0.2]] })));
    let codes: Vec<&str> = text.lines().filter(|l| l.starts_with("suback")).collect();
    assert_eq!(codes, ["suback 0", "suback 0", "suback 0", "suback 151", "suback 1"]);
    let deep = vec!["x"; 40].join("/");
    let text = run(&bench
        .bridge(5, json!({ "do": [["pub", deep, "x", 1], ["wait", "puback"], ["sub", deep], ["wait", "suback"]] })));
    assert!(text.contains("puback 144") && text.contains("suback 143"), "{text}");
    let text =
        run(&bench.bridge(5, json!({ "do": [["pub", "a", "x", 0, false, { "alias": 3 }], ["wait", "disconnect"]] })));
    assert!(text.contains("disconnect 148"), "{text}");
    for v in [4, 5] {
        let flood =
            json!({ "do": [["pub", "/pk/lamp/user/x", "x", 0, false, { "times": 200 }], ["wait", "disconnect"]] });
        let text = run(&bench.device("lamp", v, flood));
        assert!(text.contains(if v == 5 { "disconnect 150" } else { "disconnect" }), "{text}");
    }
    assert!(bench.broker().metrics().limited >= 2);
}

#[test]
fn connections_and_retained() {
    let bench = Bench::with(|o| {
        o.limits.connections = 1;
        o.limits.retained = 1;
    });
    let first = start("first", &bench.bridge(5, json!({ "id": "first", "do": [
        ["pub", "r/1", "x", 1, true], ["wait", "puback 0"], ["pub", "r/2", "x", 1, true], ["wait", "puback 151"], ["sleep", 30]] })));
    first.wait_for_text("puback 151");
    for (v, code) in [(4, 136), (5, 151)] {
        let text = run(&bench.bridge(v, json!({ "id": "second" })));
        assert!(text.starts_with(&format!("connack {code}")), "{text}");
    }
    drop(first);
    peers::wait_until("a place is free", || bench.broker().metrics().connections == 0);
    assert!(run(&bench.bridge(5, json!({ "id": "second" }))).starts_with("connack 0"));
}

/// A CONNECT of MQTT 3.1.1 with these, as bytes.
fn connect(id: &str, user: &str, password: &str) -> Vec<u8> {
    let mut body = b"\x00\x04MQTT\x04\xc2\x00\x3c".to_vec();
    for text in [id, user, password] {
        body.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        body.extend(text.as_bytes());
    }
    let (low, high) = (body.len() % 128, body.len() / 128);
    let mut packet = vec![0x10];
    if high > 0 {
        packet.extend([u8::try_from(low | 128).unwrap(), u8::try_from(high).unwrap()]);
    } else {
        packet.push(u8::try_from(low).unwrap());
    }
    packet.extend(body);
    packet
}

/// How much longer the long tests run.
fn soak() -> usize {
    std::env::var("SOAK").ok().and_then(|s| s.parse().ok()).unwrap_or(1)
}

#[test]
fn a_burst_of_wrong_logins_hurts_nobody() {
    let bench = Bench::new();
    let address = ("127.0.0.1", bench.port());
    let bystander =
        start("desk", &bench.device("desk", 5, json!({ "do": [["sub", "/sys/pk/desk/#", 1], ["sleep", 60]] })));
    bystander.wait_for_text("suback 1");
    let (threads, each) = (8, 125 * soak());
    let refused = std::thread::scope(|scope| {
        let attackers: Vec<_> = (0..threads)
            .map(|t| {
                scope.spawn(move || {
                    (0..each)
                        .filter(|n| {
                            let signed = login("lamp");
                            let mut socket = TcpStream::connect(address).unwrap();
                            socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                            let user = if (n + t) % 2 == 0 { signed.username } else { "ghost&pk".to_owned() };
                            socket.write_all(&connect(&signed.client_id, &user, &"0".repeat(64))).unwrap();
                            let mut answer = Vec::new();
                            socket.read_to_end(&mut answer).unwrap();
                            answer == [0x20, 2, 0, 4]
                        })
                        .count()
                })
            })
            .collect();
        // In the middle of it, who has the secret gets in and is heard.
        let text = run(&bench.device(
            "lamp",
            4,
            json!({ "do": [["pub", POST, post(&json!({ "temperature": 1 })), 1], ["wait", "puback"]] }),
        ));
        assert!(text.contains("connack 0") && text.contains("puback 0"), "{text}");
        attackers.into_iter().map(|a| a.join().unwrap()).sum::<usize>()
    });
    assert_eq!(refused, threads * each, "each was told, and closed");
    assert_eq!(bench.register.writes.load(Ordering::Relaxed), 2, "only who was let in wrote");
    assert!(
        bench.register.reads.load(Ordering::Relaxed) <= u64::try_from(threads * each / 2 + 2).unwrap(),
        "nobody reads for who does not exist"
    );
    assert_eq!(bench.reports().len(), 1);
    assert!(bench.broker().is_online(base::id::DeviceId::of_name("desk")));
    peers::wait_until("connections are left", || bench.broker().metrics().connections <= 1);
}

#[test]
fn bytes_that_are_no_mqtt_are_closed() {
    let bench = Bench::new();
    for bytes in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"\x10\xff\xff\xff\x7f\x00\x04MQTT\x04",
        b"\x10\x02\x00\x00",
        b"\xc0\x00",
        b"\x10\x0c\x00\x04MQTT\x09\x02\x00\x3c\x00\x00",
        &[0; 64],
    ] {
        let mut socket = TcpStream::connect(("127.0.0.1", bench.port())).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        let _reset = socket.read_to_end(&mut answer);
        assert!(answer.len() <= 16, "{answer:?}");
    }
    assert_eq!(bench.broker().metrics().accepted, 0);
}
