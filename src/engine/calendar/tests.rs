//! Days that are not like others, in several zones; the sun against published tables; cron against a walk.

use super::cron::Cron;
use super::*;
use jiff::civil::date;
use proptest::prelude::*;
use things::schedule::Weekday;

fn local(zone: &str) -> Local {
    Local { zone: zone.into(), place: None }
}

fn ts(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn every() -> DaySet {
    DaySet { days: Days::Everyday, calendar: None }
}

fn at(text: &str) -> At {
    At::parse(text).unwrap()
}

/// The times that follow one another from a start.
fn following(mut next: impl FnMut(Timestamp) -> Option<Timestamp>, from: &str, count: usize) -> Vec<String> {
    let mut out = Vec::new();
    let mut now = ts(from);
    for _ in 0..count {
        let Some(t) = next(now) else { break };
        assert!(t > now);
        out.push(t.to_string());
        now = t;
    }
    out
}

#[test]
fn times_that_clocks_skip_or_show_twice() {
    // Clocks go forward at 02:00 on 2026-03-29 and back at 03:00 on 2026-10-25.
    let berlin = local("Europe/Berlin");
    let next = |t| berlin.next(t, &every(), &[at("02:30")]);
    assert_eq!(
        following(next, "2026-03-28T00:00:00Z", 3),
        ["2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]
    );
    assert_eq!(
        following(next, "2026-10-24T00:00:00Z", 3),
        ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    );
    // Two times that fall together are one.
    let next = |t| berlin.next(t, &every(), &[at("02:30"), at("03:30")]);
    assert_eq!(following(next, "2026-03-29T00:00:00Z", 2), ["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]);
    // Half an hour, and a midnight that does not exist.
    let lord_howe = local("Australia/Lord_Howe");
    let next = |t| lord_howe.next(t, &every(), &[at("02:10")]);
    assert_eq!(following(next, "2026-10-03T12:00:00Z", 2), ["2026-10-03T15:40:00Z", "2026-10-04T15:10:00Z"]);
    let santiago = local("America/Santiago");
    let next = |t| santiago.next(t, &every(), &[at("00:00")]);
    assert_eq!(following(next, "2026-09-05T12:00:00Z", 2), ["2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"]);
}

#[test]
fn midnight_the_end_of_the_year_and_leap_days() {
    let shanghai = local("Asia/Shanghai");
    let next = |t| shanghai.next(t, &every(), &[at("00:00"), at("23:59:59")]);
    assert_eq!(
        following(next, "2026-12-31T00:00:00Z", 3),
        ["2026-12-31T15:59:59Z", "2026-12-31T16:00:00Z", "2027-01-01T15:59:59Z"]
    );
    // A leap second is none here: what is measured in seconds since the epoch has no name for it.
    let next = |t| local("UTC").next(t, &every(), &[at("23:59:59")]);
    assert_eq!(following(next, "2016-12-31T12:00:00Z", 2), ["2016-12-31T23:59:59Z", "2017-01-01T23:59:59Z"]);
    assert_eq!(At::parse("23:59:60"), None);
    let leap = Cron::parse("0 0 29 2 *").unwrap();
    assert_eq!(leap.next(ts("2096-03-01T00:00:00Z"), &local("UTC")), Some(ts("2104-02-29T00:00:00Z")));
    // A zone that left out a whole day.
    let apia = local("Pacific/Apia");
    let next = |t| apia.next(t, &every(), &[at("12:00")]);
    assert_eq!(
        following(next, "2011-12-29T00:00:00Z", 3),
        ["2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z", "2011-12-31T22:00:00Z"]
    );
}

#[test]
fn periods_of_the_calendar() {
    let berlin = local("Europe/Berlin");
    for (period, at, begin, end) in [
        (Period::Hour, "2026-10-25T01:20:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"),
        (Period::Day, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        (Period::Week, "2026-10-25T12:00:00Z", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z"),
        (Period::Month, "2026-10-25T12:00:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"),
        (Period::Year, "2026-10-25T12:00:00Z", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"),
    ] {
        assert_eq!(berlin.begin(period, ts(at)), ts(begin), "{period:?}");
        assert_eq!(berlin.end(period, ts(at)), Some(ts(end)), "{period:?}");
        assert_eq!(berlin.begin(period, ts(begin)), ts(begin), "{period:?}");
    }
}

/// Published times: Finnish Meteorological Institute and national almanacs for solstices, by way of the tables that
/// encyclopedias print.
#[test]
fn the_sun_is_where_tables_say() {
    for (zone, latitude, longitude, day, rise, set) in [
        ("Europe/Berlin", 52.52, 13.40, date(2015, 12, 22), "08:15", "15:54"),
        ("Europe/Rome", 41.90, 12.50, date(2015, 12, 22), "07:34", "16:42"),
        ("Europe/Paris", 48.86, 2.35, date(2015, 12, 22), "08:41", "16:56"),
        ("Europe/Helsinki", 60.17, 24.94, date(2022, 12, 21), "09:23", "15:12"),
        ("Africa/Cairo", 30.04, 31.24, date(2015, 12, 22), "06:47", "16:59"),
        ("Asia/Shanghai", 39.90, 116.41, date(2021, 12, 21), "07:32", "16:53"),
    ] {
        let local = Local { zone: zone.into(), place: Some(Place { latitude, longitude }) };
        for (event, expected) in [("sunrise", rise), ("sunset", set)] {
            let found = local.instant(day, &at(event)).unwrap();
            let expected = local.instant(day, &at(expected)).unwrap();
            assert!((found - expected).as_micros().abs() <= 120_000_000, "{zone} {event}: {found}, not {expected}");
        }
        let order: Vec<_> =
            ["dawn", "sunrise", "sunset", "dusk"].iter().map(|e| local.instant(day, &at(e)).unwrap()).collect();
        assert!(order.is_sorted());
        let (elevation, azimuth) = sun::position(order[1], local.place.unwrap());
        assert!(
            (-0.95..-0.7).contains(&elevation) && (110.0..145.0).contains(&azimuth),
            "{zone} {elevation} {azimuth}"
        );
    }
}

#[test]
fn the_sun_of_odd_places() {
    // The clocks of Kiritimati are a day ahead of its sun; the day that is meant is the one that clocks show.
    let kiritimati =
        Local { zone: "Pacific/Kiritimati".into(), place: Some(Place { latitude: 1.87, longitude: -157.4 }) };
    assert_eq!(
        kiritimati.instant(date(2026, 3, 20), &at("sunrise")).map(|t| kiritimati.date(t)),
        Some(date(2026, 3, 20))
    );
    let tromso = Local { zone: "Europe/Oslo".into(), place: Some(Place { latitude: 69.65, longitude: 18.96 }) };
    assert_eq!(tromso.instant(date(2026, 12, 21), &at("sunrise")), None);
    assert_eq!(tromso.instant(date(2026, 6, 21), &at("sunset")), None);
    let back = tromso.next(ts("2026-12-01T00:00:00Z"), &every(), &[at("sunrise")]).unwrap();
    assert!(back > ts("2027-01-10T00:00:00Z") && back < ts("2027-01-20T00:00:00Z"), "{back}");
    let pole = Local { zone: "UTC".into(), place: Some(Place { latitude: 90.0, longitude: 0.0 }) };
    assert_eq!(pole.instant(date(2026, 1, 1), &at("sunrise")), None);
    assert_eq!(local("UTC").next(ts("2026-01-01T00:00:00Z"), &every(), &[at("sunset")]), None);
    // 21 June at noon on the tropic the sun is overhead.
    let (elevation, _) = sun::position(ts("2026-06-21T12:02:00Z"), Place { latitude: 23.44, longitude: 0.0 });
    assert!(elevation > 89.5, "{elevation}");
}

#[test]
fn times_as_they_are_written() {
    for text in ["07:30", "07:30:15", "00:00", "sunset", "sunrise-00:30", "dusk+01:00", "dawn+12:00"] {
        assert_eq!(at(text).to_string(), text);
    }
    assert_eq!(at("07:30:00").to_string(), "07:30");
    for bad in ["", "7:30", "24:00", "07:60", "07", "07:30:15:00", "sunset+", "sunset 00:30", "noon", "sunset+12:01"] {
        assert_eq!(At::parse(bad), None, "{bad}");
    }
}

#[test]
fn cron_expressions() {
    for (text, from, expected) in [
        ("*/15 * * * *", "2026-11-21T10:07:00Z", ["2026-11-21T10:15:00Z", "2026-11-21T10:30:00Z"]),
        ("30 6 * * 1-5", "2026-11-21T00:00:00Z", ["2026-11-23T06:30:00Z", "2026-11-24T06:30:00Z"]),
        ("0 0 13 * fri", "2026-11-21T00:00:00Z", ["2026-11-27T00:00:00Z", "2026-12-04T00:00:00Z"]),
        ("0 12 1 jan,jul *", "2026-11-21T00:00:00Z", ["2027-01-01T12:00:00Z", "2027-07-01T12:00:00Z"]),
        ("10/20 30 7 * * 0", "2026-11-21T00:00:00Z", ["2026-11-22T07:30:10Z", "2026-11-22T07:30:30Z"]),
        ("0 0 31 * *", "2026-11-01T00:00:00Z", ["2026-12-31T00:00:00Z", "2027-01-31T00:00:00Z"]),
        ("@weekly", "2026-11-21T00:00:00Z", ["2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z"]),
        ("0 0 * * 7", "2026-11-21T00:00:00Z", ["2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z"]),
    ] {
        let cron = Cron::parse(text).unwrap();
        assert_eq!(following(|t| cron.next(t, &local("UTC")), from, 2), expected, "{text}");
        let stored = serde_json::to_string(&cron).unwrap();
        assert_eq!(serde_json::from_str::<Cron>(&stored).unwrap(), cron);
    }
    for bad in [
        "",
        "* * * *",
        "* * * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "a * * * *",
        "1,,2 * * * *",
        "+1 * * * *",
        "0 0 30 2 *",
        "0 0 31 4,6 *",
        "* * L * *",
        "@reboot",
    ] {
        assert!(Cron::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn cron_on_days_of_23_and_25_hours() {
    let berlin = local("Europe/Berlin");
    let of = |text: &str, from: &str, count| {
        let cron = Cron::parse(text).unwrap();
        following(|t| cron.next(t, &berlin), from, count)
    };
    // Every half hour goes on while clocks show an hour twice, and a named hour comes once.
    assert_eq!(
        of("*/30 * * * *", "2026-10-25T00:00:00Z", 4),
        ["2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"]
    );
    assert_eq!(of("30 2 * * *", "2026-10-25T00:00:00Z", 2), ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    assert_eq!(of("30 2 * * *", "2026-03-28T12:00:00Z", 2), ["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]);
    assert_eq!(of("0 * * * *", "2026-03-29T00:00:00Z", 2), ["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]);
}

const ZONES: [&str; 6] =
    ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// What comes next is what a walk from minute to minute meets first.
    #[test]
    fn what_comes_next_is_what_a_walk_meets(
        zone in prop::sample::select(ZONES.to_vec()),
        start in 1_700_000_000_i64..1_900_000_000,
        times in prop::collection::vec(0..1440_u32, 1..4),
        days in prop::collection::btree_set(prop::sample::select(Weekday::ALL.to_vec()), 1..7),
    ) {
        let local = local(zone);
        let days = DaySet { days: Days::Weekdays(days), calendar: None };
        let times: Vec<At> = times.iter().map(|m| at(&TimeOfDay::from_seconds(m * 60).unwrap().to_string())).collect();
        let from = Timestamp::from_millis(start / 60 * 60_000);
        let found = local.next(from, &days, &times).unwrap();
        let mut walked = from + Span::from_secs(60);
        for _ in 0..8 * 24 * 60 {
            let date = local.date(walked);
            if days.includes(date) && times.iter().any(|t| local.instant(date, t) == Some(walked)) {
                break;
            }
            walked = walked + Span::from_secs(60);
        }
        prop_assert_eq!(found, walked);
    }

    #[test]
    fn cron_is_what_a_walk_meets(
        zone in prop::sample::select(ZONES.to_vec()),
        start in 1_700_000_000_i64..1_900_000_000,
        minute in prop::sample::select(vec!["*", "*/7", "0", "15,45", "50-59"]),
        day in prop::sample::select(vec!["*", "1-7", "15", "*/2"]),
        weekday in prop::sample::select(vec!["*", "1-5", "sun", "3"]),
    ) {
        let local = local(zone);
        let cron = Cron::parse(&format!("{minute} * {day} * {weekday}")).unwrap();
        let from = Timestamp::from_millis(start / 60 * 60_000);
        let found = cron.next(from, &local).unwrap();
        let plain = |field: &str, n: i8, range| set(field, range, n);
        let mut walked = from + Span::from_secs(60);
        for _ in 0..40 * 24 * 60 {
            let shown = walked.to_jiff().to_zoned(local.zone());
            let by_day = plain(day, shown.day(), 1);
            let by_weekday = plain(weekday, shown.date().weekday().to_sunday_zero_offset(), 0);
            let either = !day.starts_with('*') && !weekday.starts_with('*');
            let on = if either { by_day || by_weekday } else { by_day && by_weekday };
            if on && plain(minute, shown.minute(), 0) {
                break;
            }
            walked = walked + Span::from_secs(60);
        }
        prop_assert_eq!(found, walked);
    }

    #[test]
    fn any_expression_is_read_or_refused(text in "[0-9*/,a-z@ -]{0,24}", start in 0_i64..4_000_000_000) {
        if let Ok(cron) = Cron::parse(&text) {
            let next = cron.next(Timestamp::from_millis(start * 1000), &local("Europe/Berlin"));
            prop_assert!(next.is_some(), "{}", text);
        }
    }
}

/// Whether a number is in a field of one of the forms that the test above makes.
fn set(field: &str, first: i8, n: i8) -> bool {
    match field {
        "*" => true,
        "sun" => n == 0,
        f if f.starts_with("*/") => (n - first) % f.trim_start_matches("*/").parse::<i8>().unwrap() == 0,
        f if f.contains('-') => {
            let (a, b) = f.split_once('-').unwrap();
            (a.parse::<i8>().unwrap()..=b.parse().unwrap()).contains(&n)
        }
        f => f.split(',').any(|one| one.parse::<i8>().unwrap() == n),
    }
}
