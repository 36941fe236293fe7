//! Who gets in, who does not, and what each is told.

use crate::bench::*;
use access::login::{Signed, paste_line};
use base::id::DeviceId;
use serde_json::{Value as Json, json};
use std::sync::atomic::Ordering;

/// A login that at once says something.
fn attempt(bench: &Bench, signed: &Signed, v: u8, will: Option<&str>) -> Json {
    let mut plan = json!({ "port": bench.port(), "v": v, "id": signed.client_id, "user": signed.username,
        "pass": signed.password, "do": [["pub", POST, post(&json!({ "temperature": 21 })), 1]] });
    if let Some(will) = will {
        plan["will"] = json!([will, post(&json!({ "temperature": 66 }))]);
    }
    plan
}

/// The answer of CONNACK as paho reads it; it shows the codes of 3.1.1 as those of 5.
fn answer(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn refused(bench: &Bench, signed: &Signed) -> String {
    answer(&run(&attempt(bench, signed, 5, None))).to_owned()
}

#[test]
fn the_right_secret_opens_both_versions() {
    let bench = Bench::new();
    for (n, version) in ["mqttv311", "mqttv5"].into_iter().enumerate() {
        let signed = login("lamp");
        let port = bench.port().to_string();
        let (ok, text) = mosquitto(
            "mosquitto_pub",
            &[
                "-p",
                &port,
                "-V",
                version,
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
                &post(&json!({ "temperature": 21.5 })),
            ],
        );
        assert!(ok, "{text}");
        assert_eq!(bench.reports().len(), n + 1, "acknowledged is taken");
    }
    assert_eq!(bench.reports()[0], (point("temperature"), base::Value::Number(21.5)));
    assert_eq!(bench.links()[0], (true, "connected".into()));
}

#[test]
fn the_line_to_paste_works_as_it_stands() {
    let bench = Bench::new();
    let secret = format!("{SECRET} {}", lamp());
    let line = paste_line("127.0.0.1", bench.port(), "pk", "lamp", &secret, &json!({ "power": 1 }));
    for _ in 0..2 {
        let output = crate::peers::run(crate::peers::program("sh").args(["-c", &line]));
        assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(bench.reports(), vec![(point("power"), base::Value::Bool(true)); 2]);
}

#[test]
fn nobody_else_gets_in_and_each_is_told_why() {
    let bench = Bench::new();
    let good = login("lamp");
    let used = login("desk");
    assert!(refused(&bench, &used).starts_with("connack 0 "));
    let at = u64::try_from(now().as_millis()).unwrap();
    let with = |f: &dyn Fn(&mut Signed)| {
        let mut signed = good.clone();
        f(&mut signed);
        signed
    };
    let cases = [
        ("wrong secret", with(&|s| s.password = "0".repeat(64)), None, 134, 134),
        ("no secret", with(&|s| s.password = String::new()), None, 134, 134),
        ("another's secret", with(&|s| s.username = "desk&pk".into()), None, 134, 134),
        ("unknown device", with(&|s| s.username = "ghost&pk".into()), None, 134, 134),
        ("replayed", used.clone(), None, 135, 135),
        ("stale", login_at("desk", Some(at - 3_600_000)), None, 135, 135),
        ("no timestamp without TLS", login_at("lamp", None), None, 135, 135),
        ("far ahead", login_at("lamp", Some(at + 48 * 3_600_000)), None, 135, 135),
        ("disabled", login("off"), None, 135, 135),
        ("malformed client id", with(&|s| s.client_id = "lamp".into()), None, 133, 133),
        ("wrong token", with(&|s| (s.username, s.password) = ("token".into(), "x".into())), None, 134, 134),
        ("foreign will", good.clone(), Some("/sys/pk/desk/thing/event/property/post"), 135, 135),
        ("will for all", good.clone(), Some("$SYS/broker"), 135, 135),
    ];
    let both = |(_, signed, will, ..): &(&str, Signed, Option<&str>, u8, u8)| {
        [4, 5].map(|v| attempt(&bench, signed, v, *will))
    };
    let answers = run_all(&cases.iter().flat_map(both).collect::<Vec<_>>());
    for ((what, _, _, three, five), answers) in cases.iter().zip(answers.chunks(2)) {
        let expected = [three, five].map(|code| format!("connack {code} new"));
        assert_eq!([&answers[0], &answers[1]].map(|a| answer(a)), expected, "{what}");
    }
    // What was let in once said what it had to; nothing else came.
    assert_eq!(bench.said().len(), 0, "{:?}", bench.said());
    assert_eq!(bench.register.writes.load(Ordering::Relaxed), 1, "refused logins write nothing");
    assert_eq!(bench.broker().metrics().refused, 26);
}

#[test]
fn mosquitto_says_it_too() {
    let bench = Bench::new();
    let port = bench.port().to_string();
    for (version, password, words) in
        [("mqttv311", "wrong", "bad user name or password"), ("mqttv5", "wrong", "bad user name or password")]
    {
        let signed = login("lamp");
        let arguments = [
            "-p",
            &port,
            "-V",
            version,
            "-i",
            &signed.client_id,
            "-u",
            &signed.username,
            "-P",
            password,
            "-t",
            POST,
            "-m",
            "x",
        ];
        let (ok, text) = mosquitto("mosquitto_pub", &arguments);
        assert!(!ok && text.to_lowercase().contains(&words.to_lowercase()), "{version}: {text}");
    }
    assert_eq!(bench.said(), []);
}

#[test]
fn a_revoked_right_ends_the_connection() {
    let bench = Bench::new();
    let plan = bench.device(
        "lamp",
        5,
        json!({ "will": [POST, post(&json!({ "temperature": 66 }))],
        "do": [["wait", "disconnect"]] }),
    );
    let client = start("lamp", &plan);
    client.wait_for_text("connack 0");
    bench.broker().world(world(&["lamp"]));
    client.wait_for_text("disconnect 152");
    assert_eq!(refused(&bench, &login("lamp")), "connack 135 new");
    crate::peers::wait_until("not said to be offline", || bench.links().last().is_some_and(|l| !l.0));
    assert_eq!(bench.links().last().unwrap().1, "disabled");
    assert_eq!(bench.said(), [], "whom we threw out has no last will");
    bench.broker().world(world(&[]));
    assert!(refused(&bench, &login("lamp")).starts_with("connack 0"));
    assert!(!bench.broker().is_online(DeviceId::of_name("ghost")));
}
