//! Rules on raw messages: what they do, what they leave behind, and what is refused.

use super::{Bench, at, graph, message, world};
use crate::{Effect, compile, explain};
use base::Value;
use base::diagnostic::has_errors;
use base::id::{ConnectionId, RuleId};
use documents::rule::RuleMode;
use documents::signal::TOPIC_BYTES_MAX;
use documents::{Deed, Message, Payload, RuleGraph, TraceEntry};
use serde_json::{Value as Json, json};

/// When a temperature is above 25, the device that sent it is told so.
pub(crate) fn reference() -> RuleGraph {
    reference_on("bench/+/temp", "cmd/{1}/set")
}

pub(crate) fn reference_on(topic: &str, answer: &str) -> RuleGraph {
    graph(
        &[
            ("heard", "mqtt_topic", json!({"topic": topic})),
            ("t", "json_field", json!({"path": "/t", "as": "number", "unit": "Cel"})),
            ("hot", "compare", json!({"op": ">", "value": 25})),
            ("gate", "gate", json!({})),
            ("seq", "json_field", json!({"path": "/seq", "as": "number"})),
            ("tell", "publish", json!({"topic": answer, "payload": {"on": true, "seq": "{seq}"}})),
        ],
        &[
            "heard.message -> t.in",
            "t.out -> hot.in",
            "heard.message -> gate.in",
            "hot.out -> gate.if",
            "heard.message -> seq.in",
            "gate.out -> tell.in",
            "seq.out -> tell.seq",
        ],
    )
}

/// Topic, payload, what is published.
type Row<'a> = (&'a str, &'a str, &'a [&'a str]);

#[track_caller]
fn check(bench: &mut Bench, table: &[Row<'_>]) {
    for (topic, payload, expected) in table {
        assert_eq!(bench.message(1.0, &message(topic, payload)), *expected, "{topic} {payload}");
    }
}

#[test]
fn every_hot_message_is_answered_once() {
    let mut bench = Bench::new(&reference(), &[]);
    let answer: &[&str] = &[r#"cmd/7/set {"on":true,"seq":123}"#];
    check(
        &mut bench,
        &[
            ("bench/7/temp", r#"{"t":26.3,"seq":123}"#, answer),
            ("bench/7/temp", r#"{"t":26.3,"seq":123}"#, answer),
            ("bench/7/temp", r#"{"t":25,"seq":124}"#, &[]),
            ("bench/7/temp", r#" { "more": [{"t": 1}], "seq": 123, "t": 99 } "#, answer),
            ("bench/7/temp", r#"{"t":26.3,"seq":-0.5}"#, &[r#"cmd/7/set {"on":true,"seq":-0.5}"#]),
            (
                "bench/7/temp",
                r#"{"t":26.3,"seq":9007199254740992}"#,
                &[r#"cmd/7/set {"on":true,"seq":9007199254740992}"#],
            ),
            ("bench/8/humidity", r#"{"t":26.3,"seq":123}"#, &[]),
            ("bench/temp", r#"{"t":26.3,"seq":123}"#, &[]),
        ],
    );
}

#[test]
fn a_missing_or_mistyped_field_answers_nothing() {
    let mut bench = Bench::new(&reference(), &[]);
    for payload in [
        "",
        "hot",
        "26.3",
        "[26.3, 123]",
        r#"{"seq":123}"#,
        r#"{"t":"26.3","seq":123}"#,
        r#"{"t":null,"seq":123}"#,
        r#"{"t":[26.3],"seq":123}"#,
        r#"{"t":26.3,"seq":123"#,
        r#"{"t":26.3,"seq":123}}"#,
        r#"{"t":1e999,"seq":123}"#,
        r#"{"t":26.3,"seq":"123"}"#,
        r#"{"t":26.3,"seq":9007199254740993}"#,
        r#"{"t":26.3}"#,
    ] {
        // A hot one before: nothing of it is taken.
        assert_eq!(bench.message(1.0, &message("bench/7/temp", r#"{"t":30,"seq":1}"#)).len(), 1);
        check(&mut bench, &[("bench/7/temp", payload, &[])]);
    }
    let bytes = Message { payload: Payload::Base64("/////w==".into()), ..message("bench/7/temp", "") };
    assert_eq!(bench.message(1.0, &bytes), Vec::<String>::new());
}

#[test]
fn a_message_leaves_nothing_behind() {
    let mut bench = Bench::new(&reference(), &[]);
    bench.step(1.0, &[]);
    let before = bench.engine.clone();
    bench.message(1.0, &message("bench/7/temp", r#"{"t":26.3,"seq":123}"#));
    bench.message(1.0, &message("bench/8/temp", r#"{"t":20}"#));
    assert_eq!(bench.engine, before);
    bench.restart();
    check(&mut bench, &[("bench/7/temp", r#"{"t":26.3,"seq":1}"#, &[r#"cmd/7/set {"on":true,"seq":1}"#])]);
}

#[test]
fn only_what_fired_is_traced() {
    let mut bench = Bench::new(&reference(), &[]);
    bench.message(1.0, &message("bench/7/temp", r#"{"t":20,"seq":1}"#));
    bench.message(1.0, &message("bench/7/temp", "not JSON"));
    assert_eq!(bench.traces, vec![]);
    bench.message(2.0, &message("bench/7/temp", r#"{"t":26.5,"seq":2}"#));
    bench.message(3.0, &message("bench/7/temp", r#"{"t":26.5}"#));
    let entry = |node: &str, port: &str, value| TraceEntry { node: node.into(), port: port.into(), value };
    let entries = |seq| {
        [
            entry("heard", "message", Some(Value::text("bench/7/temp"))),
            entry("seq", "out", seq),
            entry("t", "out", Some(Value::Number(26.5))),
            entry("hot", "out", Some(Value::Bool(true))),
            entry("gate", "out", None),
        ]
    };
    let [told, missing] = bench.traces.as_slice() else { panic!("{:?}", bench.traces) };
    assert_eq!((told.run.is_some(), &told.trigger, told.at), (true, &None, at(2.0)));
    assert_eq!(told.entries, entries(Some(Value::Number(2.0))));
    // It was hot, and could not say so: one sees why.
    assert_eq!((missing.run.is_some(), missing.entries.as_slice()), (true, entries(None).as_slice()));
}

/// A message and the state of the building together turn a light on.
fn with_level() -> RuleGraph {
    graph(
        &[
            ("heard", "mqtt_topic", json!({"topic": "button/#"})),
            ("pressed", "json_field", json!({"path": "/pressed", "as": "bool"})),
            ("door", "point", json!({"point": "@door.open"})),
            ("both", "and", json!({})),
            ("gate", "gate", json!({})),
            ("light", "command", json!({"point": "@hall_light.power", "setting": {"to": true}})),
        ],
        &[
            "heard.message -> pressed.in",
            "pressed.out -> both.in1",
            "door.out -> both.in2",
            "heard.message -> gate.in",
            "both.out -> gate.if",
            "gate.out -> light.in",
        ],
    )
}

#[test]
fn a_message_meets_the_state_of_the_building() {
    let mut bench = Bench::new(&with_level(), &[("door.open", Value::Bool(false))]);
    let pressed = ("button/1", r#"{"pressed":true}"#);
    check(&mut bench, &[(pressed.0, pressed.1, &[])]);
    assert_eq!(bench.step(2.0, &[("door.open", Value::Bool(true))]), Vec::<String>::new(), "no message, no event");
    check(
        &mut bench,
        &[
            (pressed.0, pressed.1, &["hall_light.power=true"]),
            ("button/1", r#"{"pressed":false}"#, &[]),
            ("button", pressed.1, &["hall_light.power=true"]),
        ],
    );
    assert_eq!(bench.step(3.0, &[("door.open", Value::Bool(false))]), Vec::<String>::new());
    check(&mut bench, &[(pressed.0, pressed.1, &[])]);
}

/// A button starts a fan that stops 60 s later; a message that is no press is none.
fn timed(mode: RuleMode) -> RuleGraph {
    let mut rule = graph(
        &[
            ("heard", "mqtt_topic", json!({"topic": "button"})),
            ("pressed", "json_field", json!({"path": "", "as": "bool"})),
            ("gate", "gate", json!({})),
            ("on", "publish", json!({"topic": "fan", "payload": "on"})),
            ("later", "delay", json!({"span_ms": 60_000})),
            ("off", "publish", json!({"topic": "fan", "payload": "off", "retain": true, "qos": 1})),
        ],
        &[
            "heard.message -> pressed.in",
            "heard.message -> gate.in",
            "pressed.out -> gate.if",
            "gate.out -> on.in",
            "gate.out -> later.in",
            "later.out -> off.in",
        ],
    );
    rule.mode = mode;
    rule
}

#[test]
fn modes_count_only_messages_that_get_through() {
    let cases: [(RuleMode, &[(f64, &str)]); 3] = [
        (RuleMode::Single, &[(10.0, "on"), (70.0, "off (retained)")]),
        (RuleMode::Restart, &[(10.0, "on"), (40.0, "on"), (100.0, "off (retained)")]),
        (RuleMode::Parallel, &[(10.0, "on"), (40.0, "on"), (70.0, "off (retained)"), (100.0, "off (retained)")]),
    ];
    for (mode, expected) in cases {
        let mut bench = Bench::new(&timed(mode), &[]);
        let mut seen = Vec::new();
        for tick in 0..200_u32 {
            let second = f64::from(tick);
            let payload = if matches!(tick, 10 | 40) { "true" } else { "false" };
            let told = bench.message(second, &message("button", payload));
            seen.extend(told.into_iter().map(|t| (second, t)));
            if matches!(tick, 45 | 69) {
                bench.restart();
            }
        }
        let expected: Vec<(f64, String)> = expected.iter().map(|(t, v)| (*t, format!("fan {v}"))).collect();
        assert_eq!(seen, expected, "{mode:?}");
        assert_eq!(bench.engine.deadline(), None);
    }
}

#[test]
fn each_source_counts_on_its_own() {
    let mut rule = reference();
    rule.nodes[0].id = "heard".into();
    rule.node("other", "mqtt_topic", json!({"topic": "+/kitchen/temp"}));
    for to in ["t.in", "seq.in", "gate.in"] {
        rule.edge("other.message", to);
    }
    let mut bench = Bench::new(&rule, &[]);
    let hot = r#"{"t":26,"seq":1}"#;
    let told = |device: &str| format!(r#"cmd/{device}/set {{"on":true,"seq":1}}"#);
    check(
        &mut bench,
        &[
            ("bench/7/temp", hot, &[&told("7")]),
            ("home/kitchen/temp", hot, &[&told("home")]),
            ("bench/kitchen/temp", hot, &[&told("kitchen"), &told("bench")]),
        ],
    );
}

#[test]
fn an_edge_publishes_what_points_say() {
    let rule = graph(
        &[
            ("door", "point", json!({"point": "@door.open"})),
            ("edge", "edge", json!({"on": "both"})),
            ("mode", "point", json!({"point": "@ac.mode"})),
            (
                "say",
                "publish",
                json!({"topic": "panel", "payload": ["{door}", "the AC is \"{mode}\" {{}}", "{mode}", 1.50]}),
            ),
        ],
        &["door.out -> edge.in", "edge.out -> say.in", "door.out -> say.door", "mode.out -> say.mode"],
    );
    let mut bench = Bench::new(&rule, &[("door.open", Value::Bool(false))]);
    assert_eq!(
        bench.step(1.0, &[("door.open", Value::Bool(true))]),
        Vec::<String>::new(),
        "one of the values is unknown"
    );
    bench.step(2.0, &[("ac.mode", Value::text("cool"))]);
    let told = bench.step(3.0, &[("door.open", Value::Bool(false))]);
    assert_eq!(told, [r#"panel [false,"the AC is \"cool\" {}","cool",1.5]"#]);
}

#[test]
fn topics_are_told_per_connection() {
    let workshop = ConnectionId::of_name("mqtt");
    let mut bench = Bench::new(&reference(), &[]);
    let mut second = reference();
    second.id = RuleId::of_name("second");
    second.nodes[0].params.insert("connection".into(), json!(workshop));
    second.nodes[5].params.insert("connection".into(), json!(workshop));
    assert_eq!(bench.engine.enable(&second, &bench.world, &bench.states, at(0.0)), vec![]);
    let mut third = reference();
    third.id = RuleId::of_name("third");
    assert_eq!(bench.engine.enable(&third, &bench.world, &bench.states, at(0.0)), vec![]);
    let filter = || "bench/+/temp".to_owned();
    assert_eq!(bench.engine.topics(), [(None, filter()), (Some(workshop), filter())]);
    let hot = message("bench/7/temp", r#"{"t":26,"seq":1}"#);
    let from = |connection| Message { connection, ..hot.clone() };
    let publishes = |bench: &mut Bench, message: &Message| -> Vec<(RuleId, Option<ConnectionId>)> {
        let effects = bench.engine.message(message, at(1.0), &mut bench.ids);
        let published = |e| {
            if let Effect::Deed { rule, deed: Deed::Publish(message), .. } = e {
                Some((rule, message.connection))
            } else {
                None
            }
        };
        effects.into_iter().filter_map(published).collect()
    };
    let mut both = [(reference().id, None), (third.id, None)];
    both.sort_unstable();
    assert_eq!(publishes(&mut bench, &hot), both);
    assert_eq!(publishes(&mut bench, &from(Some(workshop))), [(second.id, Some(workshop))]);
    assert_eq!(publishes(&mut bench, &from(Some(ConnectionId::of_name("elsewhere")))), []);
    bench.engine.disable(third.id);
    bench.engine.disable(second.id);
    assert_eq!(bench.engine.topics(), [(None, filter())]);
    assert_eq!(publishes(&mut bench, &from(Some(workshop))), []);
    let plan = bench.engine.plans(reference().id).next().unwrap();
    assert_eq!(plan.listens(), [(None, filter())]);
    assert_eq!(plan.publishes(), [(None, "cmd/+/set".to_owned(), "tell")]);
    assert_eq!((plan.reads().count(), plan.writes().len()), (0, 0));
    bench.engine.disable(reference().id);
    assert_eq!(bench.engine.topics(), []);
    // Nothing of what listened is left.
    bench.restart();
}

/// Faults as `code path`.
fn faults(graph: &RuleGraph) -> Vec<String> {
    let (plan, found) = compile(graph, &world());
    assert_eq!(plan.is_empty(), has_errors(&found));
    for d in &found {
        assert!(!d.message.zh.is_empty() && !d.message.en.is_empty() && d.message.zh != d.message.en, "{d:?}");
    }
    found.iter().map(|d| format!("{} {}", d.code, d.path)).collect()
}

#[test]
fn filters_are_checked() {
    let check = |params: Json, expected: &[&str]| {
        let mut rule = reference_on("x", "cmd");
        rule.nodes[0].params = params.as_object().unwrap().clone();
        assert_eq!(faults(&rule), expected, "{params}");
    };
    let workshop = json!(ConnectionId::of_name("mqtt"));
    let topic = "rule.topic /nodes/0/params/topic";
    let device = "rule.device_topic /nodes/0/params/topic";
    for filter in ["bench/+", "+/temp", "bench/+/#", "/pk/+/user/x", "a//+", "sensors/#"] {
        check(json!({"topic": filter}), &[]);
    }
    for filter in ["", "a+/b", "a/#/b", "a/b#", "a\0/+", "$share/g/+", &"x".repeat(TOPIC_BYTES_MAX + 1)] {
        check(json!({"topic": filter}), &[topic]);
        check(json!({"topic": filter, "connection": workshop}), &[topic]);
    }
    for filter in [
        "#",
        "+/#",
        "/#",
        "/+/#",
        "/sys/+",
        "/sys/#",
        "+/+/+/thing",
        "/+/pk/user",
        "/ota/device/+",
        "/ext/rrpc/+",
        "sys/+",
        "$SYS/+",
        "$events/+",
    ] {
        check(json!({"topic": filter}), &[device]);
    }
    check(json!({"topic": "$SYS/+", "connection": workshop}), &[]);
    check(
        json!({"topic": "a/+", "connection": ConnectionId::of_name("modbus")}),
        &["rule.connection /nodes/0/params/connection"],
    );
    check(
        json!({"topic": "a/+", "connection": ConnectionId::of_name("gone")}),
        &["rule.unknown_connection /nodes/0/params/connection"],
    );
}

#[test]
fn what_is_published_is_checked() {
    let check = |params: Json, expected: &[&str]| {
        let mut rule = reference();
        rule.nodes[5].params = params.as_object().unwrap().clone();
        assert_eq!(faults(&rule), expected, "{params}");
    };
    let seq = || json!({"seq": "{seq}"});
    let to = |topic: &str| json!({"topic": topic, "payload": {"seq": "{seq}"}});
    let topic = "rule.topic /nodes/5/params/topic";
    let device = "rule.device_topic /nodes/5/params/topic";
    let slot = "rule.slot /nodes/5/params/topic";
    for fine in ["out", "out/{1}/{seq}", "/out/{1}", "/pk/{1}/user/get", "bench/{1}/set", "a{{b}}"] {
        check(to(fine), &[]);
    }
    for bad in ["out/+", "out/#", "$share/g/x", "a\0b", ""] {
        check(to(bad), &[topic]);
    }
    for bad in [
        "/sys/pk/{1}/thing/service/property/set",
        "sys/x",
        "{1}/set",
        "{1}ys/x",
        "/{1}/x",
        "/sy{1}/x",
        "$SYS/x",
        "/ota/device/x",
    ] {
        check(to(bad), &[device]);
    }
    check(to("out/{2}"), &[slot]);
    check(to("out/{nothing}"), &[slot]);
    check(to("out/{1"), &["rule.template /nodes/5/params/topic"]);
    check(to("out/{0}"), &["rule.template /nodes/5/params/topic"]);
    check(json!({"topic": "out", "payload": "{seq}}"}), &["rule.template /nodes/5/params/payload"]);
    check(json!({"topic": "out", "payload": {"a": ["{s q}"]}}), &["rule.template /nodes/5/params/payload"]);
    check(json!({"topic": "out", "payload": "x"}), &["rule.slot /nodes/5/params"]);
    check(json!({"topic": "out", "payload": seq(), "qos": 2}), &["rule.params /nodes/5/params/qos"]);
    check(json!({"topic": "bench/{1}/temp", "payload": seq()}), &["rule.loop /nodes/5/params/topic"]);
    check(json!({"topic": "bench/7/temp", "payload": seq()}), &["rule.loop /nodes/5/params/topic"]);
    // It depends on a value: a warning.
    let mut rule = reference_on("bench/+/temp", "bench/x/{seq}");
    assert_eq!(faults(&rule), ["rule.loop /nodes/5/params/topic"]);
    assert!(!compile(&rule, &world()).0.is_empty());
    // Elsewhere it is another topic.
    rule.nodes[5].params.insert("connection".into(), json!(ConnectionId::of_name("mqtt")));
    assert_eq!(faults(&rule), [""; 0]);
    // What `#` stood for can only come last.
    assert_eq!(faults(&reference_on("a/#", "copy/{1}")), [""; 0]);
    assert_eq!(faults(&reference_on("a/#", "copy/{1}/x")), [topic]);
    assert_eq!(faults(&reference_on("a/#", "copy/x{1}")), [topic]);
    assert_eq!(faults(&reference_on("a/#", "a/{1}")), ["rule.loop /nodes/5/params/topic"]);
}

#[test]
fn values_of_messages_stay_with_their_message() {
    let check = |change: &dyn Fn(&mut RuleGraph), expected: &[&str]| {
        let mut rule = reference();
        change(&mut rule);
        assert_eq!(faults(&rule), expected);
    };
    check(&|g| g.nodes[2].params["value"] = json!("hot"), &["rule.value_kind /nodes/2/params/value"]);
    check(
        &|g| _ = g.nodes[2].params.insert("hysteresis".into(), json!(1)),
        &["rule.message /nodes/2/params/hysteresis"],
    );
    check(&|g| g.nodes[1].params["path"] = json!("t"), &["rule.path /nodes/1/params/path"]);
    check(&|g| g.nodes[1].params["path"] = json!("/a~2"), &["rule.path /nodes/1/params/path"]);
    check(
        &|g| g.nodes[1].params = json!({"path": "/t", "as": "bool", "unit": "Cel"}).as_object().unwrap().clone(),
        &["rule.unit /nodes/1/params/unit", "rule.value_kind /nodes/2/params/value"],
    );
    // How a condition on messages changes in time is not seen.
    check(
        &|g| {
            g.nodes[3].type_ = "edge".into();
            g.edges.remove(2);
            g.edges[2].to.port = "in".into();
        },
        &["rule.message /nodes/3/params", "rule.slot /nodes/5/params/topic", "rule.message /nodes/5"],
    );
    check(
        &|g| _ = g.node("long", "for_duration", json!({"span_ms": 1000})).edge("hot.out", "long.in"),
        &["rule.message /nodes/6/params"],
    );
    // The event is another message, or none, or later.
    check(
        &|g| {
            g.node("other", "mqtt_topic", json!({"topic": "other"}));
            g.edge("other.message", "gate.in");
        },
        &["rule.message /nodes/3"],
    );
    check(
        &|g| {
            g.node("later", "delay", json!({"span_ms": 1000})).edge("gate.out", "later.in");
            g.edges[5].from.node = "later".into();
        },
        &["rule.slot /nodes/5/params/topic", "rule.message /nodes/5"],
    );
    // Two messages are never there together.
    check(
        &|g| {
            g.node("other", "mqtt_topic", json!({"topic": "other"}));
            g.node("u", "json_field", json!({"path": "/u", "as": "bool"})).edge("other.message", "u.in");
            g.node("both", "and", json!({})).edge("hot.out", "both.in1").edge("u.out", "both.in2");
        },
        &["rule.message /nodes/8"],
    );
    // Only messages have fields; names of slots are names.
    check(
        &|g| g.edges[4].from = documents::rule::Port { node: "gate".into(), port: "out".into() },
        &["rule.port_type /edges/4"],
    );
    check(
        &|g| g.edges[6].to.port = "9".into(),
        &["rule.edge_port /edges/6/to/port", "rule.slot /nodes/5/params/payload"],
    );
    check(&|g| g.edges.push(g.edges[6].clone()), &["rule.port_taken /edges/7/to"]);
    let mut rule = timed(RuleMode::Queued);
    assert_eq!(faults(&rule), ["rule.mode /mode"]);
    rule.mode = RuleMode::Restart;
    assert_eq!(faults(&rule), [""; 0]);
}

#[test]
fn values_in_a_topic_stay_within_their_level() {
    let mut rule = reference_on("bench/#", "out/{1}");
    rule.nodes[4].params["as"] = json!("text");
    rule.nodes[5].params = json!({"topic": "out/{seq}/x", "payload": "{1}"}).as_object().unwrap().clone();
    let mut bench = Bench::new(&rule, &[]);
    let deep = "x".repeat(TOPIC_BYTES_MAX);
    for (name, expected) in [("a", "out/a/x y/z"), ("", "out//x y/z"), ("a b \u{e9}", "out/a b \u{e9}/x y/z")] {
        let payload = json!({"t": 30, "seq": name}).to_string();
        assert_eq!(bench.message(1.0, &message("bench/y/z", &payload)), [expected]);
    }
    for name in ["a/b", "+", "#", "a\0", deep.as_str()] {
        let payload = json!({"t": 30, "seq": name}).to_string();
        assert_eq!(bench.message(1.0, &message("bench/y/z", &payload)), Vec::<String>::new(), "{name}");
    }
    // A topic that is none cannot make another one.
    let mut bench = Bench::new(&reference(), &[]);
    for odd in ["bench/+/temp", "bench/#/temp", "bench/\0/temp"] {
        assert_eq!(bench.message(1.0, &message(odd, r#"{"t":30,"seq":1}"#)), Vec::<String>::new());
    }
}

#[test]
fn rules_on_messages_are_read_back() {
    let check = |rule: &RuleGraph, en: &str, zh: &str| {
        let words = explain(rule, &world());
        assert_eq!(words.en, en);
        assert_eq!(words.zh, zh);
        super::reading::reads_back(rule);
    };
    check(
        &reference(),
        r#"Each time a message arrives on `bench/+/temp`, if its /t is above 25°C, publish `{"on":true,"seq":"{seq}"}` to `cmd/{1}/set` ({1} is what wildcard 1 stood for and {seq} is its /seq)."#,
        r#"每当“bench/+/temp”收到消息时，如果其 /t 高于 25°C，向“cmd/{1}/set”发布“{"on":true,"seq":"{seq}"}”（{1} 为第 1 个通配符所匹配的，{seq} 为其 /seq）。"#,
    );
    let mut elsewhere = timed(RuleMode::Restart);
    elsewhere.nodes[0].params.insert("connection".into(), json!(ConnectionId::of_name("mqtt")));
    check(
        &elsewhere,
        "Each time a message arrives on `button` of Workshop, if its payload is true, publish `on` to `fan`. 1 minute after a message arrives on `button` of Workshop (if its payload is true then), publish and retain `off` to `fan` at least once. If it is triggered again meanwhile, it starts over.",
        "每当车间的“button”收到消息时，如果其载荷为真，向“fan”发布“on”。车间的“button”收到消息（且当时其载荷为真）1 分钟后，向“fan”确保送达地发布并保留“off”。运行期间再次触发则重新开始。",
    );
    check(
        &with_level(),
        "Each time a message arrives on `button/#`, if its /pressed is true and Front door is open, turn on Hall light.",
        "每当“button/#”收到消息时，如果其 /pressed 为真且前门打开，打开走廊灯。",
    );
}
