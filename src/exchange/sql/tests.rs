//! Every function of stream rules with what it gives, and what is said about a wrong use, with its place.

use super::{Sample, trial};
use crate::tests::world;
use base::Timestamp;

fn sample(payload: &str) -> Sample {
    Sample {
        topic: None,
        payload: payload.into(),
        product_key: Some("plant".into()),
        device_name: Some("pump-1".into()),
    }
}

/// What an expression gives for one message, as JSON.
fn given(expression: &str) -> String {
    let sql = format!("SELECT {expression} AS r FROM \"/plant/+/user/report\"");
    let payload = r#"{"t": -2.5, "n": 7, "s": "Äpfel-Öl", "on": true, "list": [{"v": 3}, {"v": 4}], "none": null}"#;
    let at = Timestamp::parse("2026-11-21T08:05:09.042Z").unwrap();
    let tried = trial(&sql, &sample(payload), &world(), at);
    match tried.published.map(|m| m.payload) {
        Some(documents::signal::Payload::Text(text)) => text,
        other => panic!("{expression}: {other:?} {:?} {:?}", tried.diagnostics, tried.why),
    }
}

#[test]
fn functions_are_calculated() {
    for (expression, expected) in [
        ("abs(t)", "2.5"),
        ("-t", "2.5"),
        ("mod(n, 4)", "3"),
        ("n % 4", "3"),
        ("power(n, 2)", "49"),
        ("round(t)", "-3"),
        ("round(n / 3, 2)", "2.33"),
        ("floor(t)", "-3"),
        ("ceil(t)", "-2"),
        ("log(exp(n))", "7"),
        ("n / 0", "null"),
        ("sqrt(t)", "null"),
        ("list[2].v + payload.list[1].v", "7"),
        ("concat(s, '/', n + 0)", "\"Äpfel-Öl/7\""),
        ("s || '!'", "\"Äpfel-Öl!\""),
        ("lower(s)", "\"äpfel-öl\""),
        ("upper(s)", "\"ÄPFEL-ÖL\""),
        ("replace(s, '-', '+')", "\"Äpfel+Öl\""),
        ("substring(s, 1, 3)", "\"pf\""),
        ("substring(s, 6)", "\"Öl\""),
        ("substring(s FROM 2 FOR 3)", "\"pfe\""),
        ("substr(s, 1, 3)", "\"pfe\""),
        ("substring(s, 20)", "\"\""),
        ("substring(missing, 1)", "null"),
        ("md5('')", "\"d41d8cd98f00b204e9800998ecf8427e\""),
        ("crypto(s, 'SHA-256')", "\"d457cd78e87ad168d13e95494cbb1819746ee78eaa0d185d2e0b13285ba75c00\""),
        ("sha1('abc')", "\"a9993e364706816aba3e25717850c26c9cd0d89d\""),
        ("startswith(s, 'Äp')", "true"),
        ("endswith(s, 'x')", "false"),
        ("contains(s, 'l-Ö')", "true"),
        ("coalesce(missing, 5)", "5"),
        ("ifnull(s, 'x')", "\"Äpfel-Öl\""),
        ("CASE n WHEN 6 THEN 'six' WHEN 7 THEN 'seven' ELSE 'more' END", "\"seven\""),
        ("CASE WHEN s LIKE 'Ä%' AND NOT on = false THEN 1 ELSE 0 END", "1"),
        ("CASE WHEN n NOT BETWEEN 1 AND 5 THEN n IN (6, 7) ELSE false END", "true"),
        ("none IS NULL", "true"),
        ("deviceName()", "\"pump-1\""),
        ("productKey()", "\"plant\""),
        ("topic()", "\"/plant/pump-1/user/report\""),
        ("topic(3)", "\"user\""),
        ("timestamp()", "1795248309042"),
        ("timestamp('yyyy-MM-dd''T''HH:mm:ss.SSSXXX')", "\"2026-11-21T16:05:09.042+08:00\""),
        ("list", "[{\"v\":3},{\"v\":4}]"),
        ("'a{b}'", "\"a{b}\""),
    ] {
        assert_eq!(given(expression), format!("{{\"r\":{expected}}}"), "{expression}");
    }
    assert_eq!(given("newuuid()").len(), r#"{"r":"00000000-0000-8000-8000-000000000000"}"#.len());
    assert!(given("payload('utf-8')").contains("list") && given("payload('json')").contains("list"));
}

#[test]
fn faults_are_told_with_their_place() {
    let mut told = String::new();
    for sql in [
        "SELECT attribute('floor') AS f FROM \"/plant/+/user/report\"",
        "SELECT timestamp('hh:mm') AS at FROM \"a/b\"",
        "SELECT timestamp(t) AS at FROM \"a/b\"",
        "SELECT substring(s, n) FROM \"a/b\"",
        "SELECT substring(s, 4, 4) FROM \"a/b\"",
        "SELECT substring(1, 4) FROM \"a/b\"",
        "SELECT crypto(s, 'MD2') FROM \"a/b\"",
        "SELECT md5(t + 1) FROM \"a/b\"",
        "SELECT rand() FROM \"a/b\"",
        "SELECT payload('hex') FROM \"a/b\"",
        "SELECT topic('x') FROM \"a/b\"",
        "SELECT CASE WHEN t > 1 THEN 'x' END FROM \"a/b\"",
        "SELECT CASE WHEN t > 1 THEN 'x' ELSE 2 END FROM \"a/b\"",
        "SELECT coalesce(t, u) FROM \"a/b\"",
        "SELECT t FROM \"a/b\"\nWHERE s LIKE 'a%b'",
        "SELECT t FROM \"a/b\" WHERE t IN (SELECT 1)",
        "SELECT * FROM \"$events/client_connected\"",
        "SELECT * FROM \"/sys/plant/+/thing/event/property/post\"",
        "SELECT * FROM \"a/b\" JOIN \"c/d\"",
        "SELECT *, t FROM \"a/b\"",
        "DELETE FROM \"a/b\"",
        "SELECT t FROM \"a/b\" ORDER BY t",
        "",
    ] {
        let found = trial(sql, &sample("{}"), &world(), Timestamp::MIN).diagnostics;
        for d in found {
            let help = d.help.map(|h| format!(" ({})", h.en)).unwrap_or_default();
            told.push_str(&format!("{sql}\n  {} {}: {}{help}\n", d.path, d.code, d.message.en));
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn long_and_deep_statements_are_refused_or_taken() {
    let found = |part: &str| {
        let sql = format!("SELECT t FROM \"a/b\" WHERE {part}");
        trial(&sql, &sample("{}"), &world(), Timestamp::MIN).diagnostics
    };
    let many = |part: &str, times: usize| part.repeat(times);
    assert_eq!(found(&format!("{} a = 1", many("a = 1 AND ", 60))), vec![]);
    for (deep, code) in [
        (format!("{}t > 1", many("t > 1 OR ", 3_000)), "sql.limit"),
        (format!("{}t > 1", many("t + ", 400)), "sql.limit"),
        (format!("t = 1{}", many(" IS NULL", 400)), "sql.null"),
        (format!("{}t{} > 1", many("abs(", 200), many(")", 200)), "sql.limit"),
        (format!("{}t > 1{}", many("(", 4_000), many(")", 4_000)), "sql.limit"),
        (format!("{}t > 1", many("NOT ", 900)), "sql.syntax"),
        (format!("t > 1{}", many("0", 600)), "sql.expression"),
        (format!("t LIKE '{}'", many("%a", 4_000)), "sql.like"),
    ] {
        let told = found(&deep);
        assert_eq!(told.first().map(|d| d.code.as_str()), Some(code), "{:.60} {told:?}", deep);
    }
}
