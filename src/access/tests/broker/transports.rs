//! TLS and WebSocket.

use crate::bench::*;
use access::Certificate;
use serde_json::json;

#[test]
fn tls_and_web_socket() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    std::fs::write(&chain, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let bench = Bench::with(|o| {
        let any = Some(([127, 0, 0, 1], 0).into());
        (o.tls, o.ws, o.wss) = (any, any, any);
        o.certificate = Some(Certificate { chain: chain.clone(), key });
    });
    let bound = bench.broker().bound();
    let steps = |n: u8| {
        json!([
            ["sub", "/sys/pk/lamp/#", 1],
            ["wait", "suback 1"],
            ["pub", POST, post(&json!({ "temperature": n })), 1],
            ["wait", "puback 0"],
            ["wait", "message"]
        ])
    };
    let doors = [(bound.tls, true, false), (bound.ws, false, true), (bound.wss, true, true)];
    for (n, (at, tls, ws)) in (1..).zip(doors) {
        for v in [4, 5] {
            let mut plan = bench.device("lamp", v, json!({ "do": steps(n), "port": at.unwrap().port(), "ws": ws }));
            if tls {
                plan["ca"] = json!(chain);
            }
            let text = run(&plan);
            assert!(text.contains("puback 0") && text.contains("\"code\":200"), "{text}");
        }
    }
    assert_eq!(bench.reports().len(), 6);
    // With TLS the timestamp may be left out; mosquitto checks the certificate.
    let signed = login_at("lamp", None);
    let (ok, text) = mosquitto(
        "mosquitto_pub",
        &[
            "-h",
            "localhost",
            "-p",
            &bound.tls.unwrap().port().to_string(),
            "--cafile",
            chain.to_str().unwrap(),
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
            "-m",
            &post(&json!({ "temperature": 9 })),
        ],
    );
    assert!(ok, "{text}");
    assert_eq!(bench.reports().len(), 7);
    // Over a WebSocket without TLS it is needed.
    let plan = json!({ "port": bound.ws.unwrap().port(), "ws": true, "id": signed.client_id, "user": signed.username, "pass": signed.password });
    assert!(run(&plan).starts_with("connack 135"));
}
