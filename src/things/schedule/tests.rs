//! What schedules say, against a walk minute by minute, and what of them is refused.

use super::*;
use crate::Site;
use crate::calendar::{Calendar, Region};
use base::{Span, Timestamp};
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::json;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn schedule(json: serde_json::Value) -> Schedule {
    let mut whole = json!({ "id": "sd_00000000000070008000000000000001", "names": { "en": ["S"] } });
    whole.as_object_mut().unwrap().extend(json.as_object().unwrap().clone());
    serde_json::from_value(whole).unwrap()
}

/// 1 to 7 October 2026 are days off, Saturday the 10th is worked in their place.
fn local(zone: &str) -> Local {
    let day = |d| Day::new(date(2026, 10, d));
    let (holidays, workdays) = ((1..=7).map(day).collect(), [day(10)].into());
    let calendar = Calendar { region: Some(Region::None), holidays, workdays, ..Calendar::default() };
    Local::of(&Site { time_zone: zone.into(), calendar, ..Site::default() })
}

/// What it says, written shortly.
fn said(s: &Schedule, zone_name: &str, times: &[&str]) -> Vec<String> {
    let local = local(zone_name);
    times.iter().map(|t| s.value_at(at(t), &local).to_string()).collect()
}

#[test]
fn office_hours_by_the_calendar() {
    let office = schedule(json!({ "says": "switch", "otherwise": false, "week": [
        { "days": "workdays", "from": "08:00", "to": "18:00", "value": true },
    ]}));
    let times = [
        "2026-09-30T09:59:59Z", // Wednesday 17:59:59
        "2026-09-30T10:00:00Z", // the end is not included
        "2026-10-01T02:00:00Z", // a holiday
        "2026-10-10T00:00:00Z", // a Saturday that is worked
        "2026-10-11T02:00:00Z", // a Sunday
    ];
    assert_eq!(said(&office, "Asia/Shanghai", &times), ["true", "false", "false", "true", "false"]);
    let changes = office.changes(at("2026-09-30T04:00:00Z"), 3, &local("Asia/Shanghai"));
    let changes: Vec<(String, &Value)> = changes.iter().map(|s| (s.at.to_string(), s.value)).collect();
    assert_eq!(
        changes,
        [
            ("2026-09-30T10:00:00Z".into(), &Value::Bool(false)),
            ("2026-10-08T00:00:00Z".into(), &Value::Bool(true)),
            ("2026-10-08T10:00:00Z".into(), &Value::Bool(false)),
        ]
    );
}

#[test]
fn single_times_last_and_periods_lie_over_them() {
    let heating = schedule(json!({
        "says": { "number": "Cel" }, "otherwise": 16,
        "week": [
            { "days": { "weekdays": ["mon"] }, "from": "06:00", "value": 21 },
            { "days": "everyday", "from": "22:00", "to": "05:00", "value": 18 },
            { "days": { "weekdays": ["fri"] }, "from": "20:00", "value": 17 },
        ],
        "exceptions": [
            { "first": "2026-11-18", "last": "2026-11-18", "slots": [{ "from": "12:00", "to": "13:00", "value": 25 }] },
            { "first": "2026-11-19", "slots": [] },
        ],
        "first": "2026-11-02", "last": "2026-11-22",
    }));
    let times = [
        "2026-11-02T05:59:59Z", // Monday, nothing before it
        "2026-11-02T06:00:00Z",
        "2026-11-03T12:00:00Z", // carried over midnight
        "2026-11-03T23:00:00Z", // a night
        "2026-11-04T04:59:59Z",
        "2026-11-04T05:00:00Z", // back to what lasts
        "2026-11-07T12:00:00Z", // since Friday
        "2026-11-18T12:30:00Z", // a day of its own
        "2026-11-18T23:00:00Z", // without its night
        "2026-11-19T23:00:00Z", // nothing begins any more
        "2026-11-23T00:00:00Z", // it does not count any more
    ];
    let expected = ["16", "21", "21", "18", "18", "21", "17", "25", "21", "21", "16"];
    assert_eq!(said(&heating, "UTC", &times), expected);
}

#[test]
fn clocks_that_jump() {
    let night = schedule(json!({ "says": "switch", "otherwise": false, "week": [
        { "days": "everyday", "from": "02:30", "to": "03:30", "value": true },
    ]}));
    let berlin = local("Europe/Berlin");
    let hours = |day: &str| {
        let changes = night.changes(at(day), 2, &berlin);
        (changes[0].at.to_string(), changes[1].at.to_string())
    };
    // 02:30 is not there on 2026-03-29: what begins then would begin after the gap, when it ends.
    assert_eq!(hours("2026-03-28T23:00:00Z"), ("2026-03-30T00:30:00Z".into(), "2026-03-30T01:30:00Z".into()));
    // 02:30 comes twice on 2026-10-25: the first one counts.
    assert_eq!(hours("2026-10-24T22:00:00Z"), ("2026-10-25T00:30:00Z".into(), "2026-10-25T02:30:00Z".into()));
}

#[test]
fn faults_are_found_at_once() {
    let wrong = schedule(json!({
        "says": "switch", "otherwise": 1, "first": "2026-02-01", "last": "2026-01-01",
        "week": [{ "days": { "weekdays": [] }, "from": "08:00", "value": true }],
        "exceptions": [{ "slots": [{ "from": "08:00", "value": "x" }] }],
        "followers": [{ "point": "pt_00000000000070008000000000000001" }],
    }));
    let found: Vec<(String, String)> = wrong.check(&World::default()).into_iter().map(|d| (d.code, d.path)).collect();
    let found: Vec<(&str, &str)> = found.iter().map(|(c, p)| (c.as_str(), p.as_str())).collect();
    assert_eq!(
        found,
        [
            ("schedule.value", "/otherwise"),
            ("schedule.value", "/exceptions/0/slots/0/value"),
            ("schedule.days", "/week/0/days"),
            ("schedule.exception", "/exceptions/0"),
            ("schedule.dates", "/last"),
            ("schedule.point", "/followers/0/point"),
        ]
    );
}

#[test]
fn the_last_single_time_is_found_a_year_back() {
    let yearly = schedule(json!({ "says": "switch", "otherwise": false, "exceptions": [
        { "first": "2025-03-01", "last": "2025-03-01", "slots": [{ "from": "00:00", "value": true }] },
    ]}));
    assert_eq!(said(&yearly, "UTC", &["2025-02-28T12:00:00Z", "2026-02-28T12:00:00Z"]), ["false", "true"]);
}

fn time() -> impl Strategy<Value = TimeOfDay> {
    (0u8..24, prop::sample::select(vec![0u8, 15, 30, 59])).prop_map(|(h, m)| TimeOfDay::new(h, m, 0).unwrap())
}

fn days() -> impl Strategy<Value = Days> {
    prop_oneof![
        Just(Days::Everyday),
        Just(Days::Workdays),
        Just(Days::DaysOff),
        prop::collection::btree_set(prop::sample::select(Weekday::ALL.to_vec()), 1..4).prop_map(Days::Weekdays),
    ]
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let value = (0u8..4).prop_map(|n| Value::Number(f64::from(n)));
    let entry = (days(), time(), prop::option::of(time()), value.clone()).prop_map(|(days, from, to, value)| Entry {
        days,
        from,
        to,
        value,
    });
    let slot = (time(), prop::option::of(time()), value).prop_map(|(from, to, value)| Slot { from, to, value });
    let exception =
        (prop::option::of(days()), 20i8..30, prop::collection::vec(slot, 0..3)).prop_map(|(days, d, slots)| {
            let day = Day::new(date(2026, 3, d));
            Exception { days, first: Some(day), last: None, slots }
        });
    (prop::collection::vec(entry, 0..6), prop::collection::vec(exception, 0..3)).prop_map(|(week, exceptions)| {
        let bare = schedule(json!({ "says": { "number": "1" }, "otherwise": 0 }));
        Schedule { week, exceptions, ..bare }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Walking minute by minute sees the same changes, also where clocks jump; what is written reads back.
    #[test]
    fn changes_are_those_of_a_walk(s in any_schedule(), day in 22i64..32, name in prop::sample::select(vec![
        "Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe",
    ])) {
        let again: Schedule = serde_json::from_value(serde_json::to_value(&s).unwrap()).unwrap();
        prop_assert_eq!(&again, &s);
        let local = local(name);
        let from = at("2026-03-01T00:00:00Z") + Span::from_secs((day - 1) * 86_400);
        let mut walked = Vec::new();
        let mut present = s.value_at(from, &local);
        for minute in 1..=2 * 24 * 60 {
            let now = from + Span::from_secs(minute * 60);
            let value = s.value_at(now, &local);
            if value != present {
                walked.push((now, value));
                present = value;
            }
        }
        let until = from + Span::from_secs(2 * 86_400);
        let said: Vec<_> = s.changes(from, 1_000, &local).iter().map(|c| (c.at, c.value)).filter(|c| c.0 <= until).collect();
        prop_assert_eq!(said, walked);
    }
}
