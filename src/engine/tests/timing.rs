//! Rules by the clock as a whole: in several zones, over days of 23 and 25 hours, after a pause, with the site's
//! calendar; calls and their answers.

use super::{Bench, building, graph, message, pt};
use crate::{Effect, Engine, compile};
use base::{IdGen, Span, Timestamp, Value};
use documents::{Deed, RuleGraph};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use things::schedule::Day;
use things::{States, World};

const ZONES: [&str; 5] =
    ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "America/Santiago"];

fn ts(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// The test building in another zone, with a public holiday of its own on 24 December 2026.
fn world_in(zone: &str) -> World {
    let mut doc = building();
    doc.site.time_zone = zone.into();
    doc.site.calendar.holidays.insert(Day::new(jiff::civil::date(2026, 12, 24)));
    World::build(doc).0
}

/// A rule that turns the hall light off and on with a source of events, or of a condition.
fn rule(type_: &str, params: Json) -> RuleGraph {
    let lit = json!({"point": "@hall_light.power", "setting": "toggle"});
    if type_ == "time_window" {
        let nodes = [("a", type_, params), ("e", "edge", json!({"on": "both"})), ("b", "command", lit)];
        return graph(&nodes, &["a.out -> e.in", "e.out -> b.in"]);
    }
    graph(&[("a", type_, params), ("b", "command", lit)], &["a.out -> b.in"])
}

/// When the rule acts, going from timer to timer.
fn acts(rule: &RuleGraph, world: &World, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    let (mut engine, mut ids) = (Engine::default(), IdGen::new(1));
    engine.enable(rule, world, &States::new(), from);
    assert!(engine.contains(rule.id), "{:?}", compile(rule, world).1);
    let mut all = Vec::new();
    while let Some(due) = engine.deadline().filter(|t| *t <= to) {
        let effects = engine.step(&[], due, &mut ids);
        all.extend(effects.iter().filter(|e| matches!(e, Effect::Deed { .. })).map(|_| due));
        assert!(engine.deadline().is_none_or(|next| next > due), "what was due is done");
    }
    all
}

fn acted(type_: &str, params: Json, zone: &str, from: &str, to: &str) -> Vec<String> {
    acts(&rule(type_, params), &world_in(zone), ts(from), ts(to)).iter().map(Timestamp::to_string).collect()
}

#[test]
fn windows_and_times_on_days_that_are_not_like_others() {
    let night = json!({"from": "22:00", "to": "02:30"});
    // Clocks go forward: 02:30 does not exist on 29 March; and back: it comes twice on 25 October.
    assert_eq!(
        acted("time_window", night.clone(), "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z"),
        ["2026-03-28T21:00:00Z", "2026-03-29T01:30:00Z", "2026-03-29T20:00:00Z", "2026-03-30T00:30:00Z"]
    );
    assert_eq!(
        acted("time_window", night, "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"),
        ["2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z"]
    );
    // A made-up workday is a Saturday; the site's own holiday is a Thursday.
    let work = json!({"times": ["08:00"], "days": "workdays"});
    assert_eq!(
        acted("schedule", work.clone(), "Asia/Shanghai", "2026-10-08T00:00:00Z", "2026-10-12T12:00:00Z"),
        ["2026-10-09T00:00:00Z", "2026-10-10T00:00:00Z", "2026-10-12T00:00:00Z"]
    );
    assert_eq!(
        acted("schedule", work, "Asia/Shanghai", "2026-12-22T16:00:00Z", "2026-12-25T12:00:00Z"),
        ["2026-12-23T00:00:00Z", "2026-12-25T00:00:00Z"]
    );
    // Full hours of a day of 25.
    let hours = acted(
        "interval",
        json!({"every_ms": 3_600_000}),
        "Europe/Berlin",
        "2026-10-24T22:00:00Z",
        "2026-10-25T23:00:00Z",
    );
    assert_eq!(hours.len(), 25);
}

#[test]
fn what_the_calendar_does_not_know_is_said() {
    let codes = |zone: &str| {
        let found = compile(&rule("schedule", json!({"times": ["08:00"], "days": "days_off"})), &world_in(zone)).1;
        found.iter().map(|d| format!("{}@{}", d.code, d.path)).collect::<Vec<_>>()
    };
    assert_eq!(codes("Asia/Shanghai"), ["rule.calendar@/nodes/0/params/days"]);
    assert_eq!(codes("Antarctica/Troll"), ["rule.calendar@/nodes/0/params/days"]);
    assert_eq!(codes("Europe/Berlin"), Vec::<String>::new());
    let mut nowhere = building();
    nowhere.site.place = None;
    let found = compile(&rule("schedule", json!({"times": ["sunset"]})), &World::build(nowhere).0).1;
    assert_eq!(found.first().map(|d| d.code.as_str()), Some("rule.place"));
}

#[test]
fn a_pause_is_made_up_for_once_or_not_at_all() {
    for (missed, expected) in [("skip", 0), ("once", 1)] {
        let world = world_in("Asia/Shanghai");
        let rule = rule("schedule", json!({"times": ["08:00", "09:00", "10:00"], "missed": missed}));
        let (mut engine, mut ids) = (Engine::default(), IdGen::new(1));
        engine.enable(&rule, &world, &States::new(), ts("2026-11-20T12:00:00Z"));
        let stored = serde_json::to_string(&engine).unwrap();
        let mut engine: Engine = serde_json::from_str(&stored).unwrap();
        let late = engine.step(&[], ts("2026-11-21T02:30:00Z"), &mut ids);
        assert_eq!(late.iter().filter(|e| matches!(e, Effect::Deed { .. })).count(), expected, "{missed}");
        assert_eq!(engine.deadline(), Some(ts("2026-11-22T00:00:00Z")));
    }
}

#[test]
fn arguments_of_a_call_can_arrive() {
    let rule = |port: &str, from: &str, fixed: serde_json::Value| {
        graph(
            &[
                ("heard", "mqtt_topic", json!({"topic": "door/hold"})),
                ("minutes", "json_field", json!({"path": "/minutes", "as": "number", "unit": "min"})),
                ("co2", "point", json!({"point": "@co2.co2"})),
                ("call", "call", json!({"point": "@curtain.hold_open", "arguments": fixed, "timeout_ms": 8000})),
                ("bad", "command", json!({"point": "@hall_light.power", "setting": {"to": false}})),
            ],
            &[
                "heard.message -> call.in",
                "heard.message -> minutes.in",
                &format!("{from}.out -> call.{port}"),
                "call.failed -> bad.in",
            ],
        )
    };
    let world = super::world();
    let faults = |port: &str, from: &str, fixed: serde_json::Value| -> Vec<String> {
        let found = compile(&rule(port, from, fixed), &world).1;
        found.iter().filter(|d| d.is_error()).map(|d| format!("{} {}", d.code, d.path)).collect()
    };
    assert_eq!(faults("minute", "minutes", json!({})), ["rule.token /nodes/3/params"]);
    assert_eq!(faults("seconds", "co2", json!({})), ["rule.unit /nodes/3/params"]);
    assert_eq!(faults("seconds", "minutes", json!({"seconds": 3})), ["rule.params /nodes/3/params/arguments"]);

    let rule = rule("seconds", "minutes", json!({"code": "7"}));
    let mut engine = Engine::default();
    engine.enable(&rule, &world, &States::new(), super::at(0.0));
    let mut ids = IdGen::new(1);
    let asked = engine.message(&message("door/hold", r#"{"minutes": 2}"#), super::at(1.0), &mut ids);
    let Some(Effect::Deed { deed: Deed::Act(act), .. }) = asked.first() else { panic!("{asked:?}") };
    let arguments = [("code".to_owned(), Value::text("7")), ("seconds".to_owned(), Value::Number(120.0))];
    assert_eq!(act.setting, documents::Setting::Call(Value::Map(arguments.into())));
    engine.step(&[], super::at(20.0), &mut ids);
    // Unknown: it has failed at once, and the trace says why.
    let asked = engine.message(&message("door/hold", "{}"), super::at(30.0), &mut ids);
    let [Effect::Trace(trace)] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(trace.errors.iter().any(|e| (e.node.as_str(), e.code.as_str()) == ("call", "call.argument")));
    assert_eq!(engine.deadline(), Some(super::at(30.001)));
    let failed = engine.step(&[], super::at(30.001), &mut ids);
    assert!(failed.iter().any(|e| matches!(e, Effect::Deed { node, .. } if node == "bad")), "{failed:?}");
}

#[test]
fn an_answer_goes_to_the_run_that_waits_for_it() {
    let rule = graph(
        &[
            ("heard", "mqtt_topic", json!({"topic": "panel/stop"})),
            ("call", "call", json!({"point": "@curtain.stop", "timeout_ms": 8000})),
            ("good", "command", json!({"point": "@hall_light.power", "setting": {"to": true}})),
            ("bad", "command", json!({"point": "@hall_light.power", "setting": {"to": false}})),
        ],
        &["heard.message -> call.in", "call.done -> good.in", "call.failed -> bad.in"],
    );
    for (answer, expected) in [
        (Some("$replies/done"), vec!["hall_light.power=true"]),
        (Some("$replies/failed"), vec!["hall_light.power=false"]),
        (None, vec!["hall_light.power=false"]),
    ] {
        let mut bench = Bench::new(&rule, &[]);
        let now = super::at(1.0);
        let asked = bench.engine.message(&message("panel/stop", "{}"), now, &mut bench.ids);
        let Some(Effect::Deed { run, node, deed: Deed::Act(act), .. }) = asked.first() else { panic!("{asked:?}") };
        assert_eq!((node.as_str(), act.point), ("call", pt("curtain.stop")));
        assert!(bench.engine.awaits(rule.id, *run, "call"));
        bench.restart();
        let effects = match answer {
            Some(topic) => {
                let by = (rule.id, *run, "call");
                bench.engine.reply(by, &message(topic, "{}"), now + Span::from_secs(2), &mut bench.ids)
            }
            None => bench.engine.step(&[], now + Span::from_secs(8), &mut bench.ids),
        };
        let told: Vec<String> = effects
            .iter()
            .filter_map(|e| match e {
                Effect::Deed { deed: Deed::Act(act), .. } => match &act.setting {
                    documents::Setting::To(Value::Bool(on)) => Some(format!("hall_light.power={on}")),
                    other => Some(format!("{other:?}")),
                },
                _ => None,
            })
            .collect();
        assert_eq!(told, expected, "{answer:?}");
        assert!(!bench.engine.awaits(rule.id, *run, "call"));
    }
}

/// Whether clocks are put forward or back on a day.
fn is_odd(date: Date, zone: &TimeZone) -> bool {
    let begins = |d: Date| d.to_zoned(zone.clone()).unwrap().timestamp();
    let seconds = begins(date.tomorrow().unwrap()).as_second() - begins(date).as_second();
    seconds != 86_400
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// A window is true exactly when clocks show a time within it; on days on which they are put forward or back what
    /// happens by night is a case of its own, above.
    #[test]
    fn a_window_is_what_clocks_show(
        zone in prop::sample::select(ZONES.to_vec()),
        start in 1_780_000_000_i64..1_840_000_000,
        from in 0..48_i64,
        length in 1..48_i64,
        monday in any::<bool>(),
    ) {
        let (from, to) = (from * 30, (from + length) % 48 * 30);
        let text = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let days = if monday { json!({"weekdays": ["mon", "thu"]}) } else { json!("everyday") };
        let on = |date: Date| !monday || matches!(date.weekday(), Weekday::Monday | Weekday::Thursday);
        let world = world_in(zone);
        let rule = rule("time_window", json!({"from": text(from), "to": text(to), "days": days}));
        let begin = Timestamp::from_millis(start / 60 * 60_000);
        let end = begin + Span::from_secs(9 * 86_400);
        let acts = acts(&rule, &world, begin, end);
        let tz = TimeZone::get(zone).unwrap();
        let within = |at: Timestamp| {
            let shown = at.to_jiff().to_zoned(tz.clone());
            let minute = i64::from(shown.hour()) * 60 + i64::from(shown.minute());
            let date = shown.date();
            if from < to { on(date) && (from..to).contains(&minute) } else {
                (on(date) && minute >= from) || (on(date.yesterday().unwrap()) && minute < to)
            }
        };
        let mut now = begin;
        while now < end {
            let next = now + Span::from_secs(60);
            let date = next.to_jiff().to_zoned(tz.clone()).date();
            if !is_odd(date, &tz) && !is_odd(date.yesterday().unwrap(), &tz) {
                let changes = within(now) != within(next);
                prop_assert_eq!(acts.iter().filter(|t| **t > now && **t <= next).count() % 2 == 1, changes, "{}", next);
            }
            now = next;
        }
    }
}
