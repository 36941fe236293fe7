use super::*;
use jiff::civil::date;

fn of(region: Region) -> Calendar {
    Calendar { region: Some(region), ..Calendar::default() }
}

fn off(calendar: &Calendar, year: i16, on: &[(i8, i8)]) {
    for (month, day) in on {
        assert!(!calendar.is_workday(date(year, *month, *day)), "{year}-{month}-{day}");
    }
}

fn worked(calendar: &Calendar, year: i16, on: &[(i8, i8)]) {
    for (month, day) in on {
        assert!(calendar.is_workday(date(year, *month, *day)), "{year}-{month}-{day}");
    }
}

#[test]
fn the_file_is_read_to_the_last_word() {
    let text = include_str!("cn.txt");
    let words: usize = text.lines().filter(|l| !l.starts_with('#')).map(|l| l.split(' ').count() - 2).sum();
    let ranges = |days: &BTreeSet<Date>| {
        days.iter().filter(|d| !d.yesterday().is_ok_and(|y| y.year() == d.year() && days.contains(&y))).count()
    };
    assert_eq!(CHINA.values().map(|y| ranges(&y.off) + ranges(&y.work)).sum::<usize>(), words);
    for (year, days) in &*CHINA {
        assert!(days.off.is_disjoint(&days.work), "{year}");
        // Only days of weekends are worked instead, and as many as days of the week are given for them, or fewer.
        let weekend = weekend();
        assert!(days.work.iter().all(|d| weekend.contains(&Weekday::of(*d))), "{year}");
        assert!(days.off.iter().filter(|d| !weekend.contains(&Weekday::of(**d))).count() >= days.work.len(), "{year}");
    }
    assert_eq!(Region::Cn.years(), 2020..=2026);
}

#[test]
fn mainland_china_works_weekends_instead() {
    let china = of(Region::Cn);
    off(&china, 2026, &[(1, 1), (1, 2), (2, 16), (2, 23), (5, 5), (6, 19), (9, 25), (10, 7), (11, 21)]);
    worked(&china, 2026, &[(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10), (2, 24), (11, 20)]);
    assert!(china.knows(2026) && !china.knows(2027));
    // Of a year that is not announced only weekends are known.
    worked(&china, 2027, &[(1, 1), (10, 1)]);
    off(&china, 2027, &[(1, 2)]);
}

#[test]
fn holidays_by_rule() {
    off(&of(Region::De), 2026, &[(1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (10, 3), (12, 25)]);
    worked(&of(Region::De), 2026, &[(4, 2), (10, 2), (12, 24)]);
    off(&of(Region::Fr), 2026, &[(4, 6), (5, 8), (5, 14), (5, 25), (7, 14), (11, 11)]);
    worked(&of(Region::Fr), 2026, &[(4, 3)]);
    // The fourth of July 2026 is a Saturday, the first of January 2028 too.
    off(
        &of(Region::Us),
        2026,
        &[(1, 1), (1, 19), (2, 16), (5, 25), (6, 19), (7, 3), (9, 7), (10, 12), (11, 11), (11, 26)],
    );
    off(&of(Region::Us), 2027, &[(12, 31), (7, 5)]);
    worked(&of(Region::Us), 2026, &[(7, 6), (11, 27)]);
    for (year, month, day) in [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25), (2285, 3, 22)]
    {
        assert_eq!(easter(year), Some(date(year, month, day)));
    }
}

#[test]
fn the_site_has_the_last_word() {
    let mut site = of(Region::Cn);
    site.holidays.insert(Day::new(date(2026, 11, 20)));
    site.workdays.insert(Day::new(date(2026, 10, 1)));
    site.workdays.insert(Day::new(date(2026, 11, 21)));
    off(&site, 2026, &[(11, 20)]);
    worked(&site, 2026, &[(10, 1), (11, 21)]);
    site.weekend = BTreeSet::from([Weekday::Fri]);
    worked(&site, 2026, &[(11, 22)]);
    off(&site, 2026, &[(11, 27)]);
}

#[test]
fn written_and_read() {
    let text = r#"{"region":"cn","weekend":["sat","sun"],"holidays":["2026-12-24"]}"#;
    let calendar: Calendar = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&calendar).unwrap(), text);
    for bad in [r#"{"holidays":["2026-02-30"]}"#, r#"{"holidays":["2026-02-03T00:00"]}"#, r#"{"region":"xx"}"#] {
        assert!(serde_json::from_str::<Calendar>(bad).is_err(), "{bad}");
    }
    assert_eq!(Calendar::default().resolved("Asia/Shanghai").region, Some(Region::Cn));
    assert_eq!(Calendar::default().resolved("Antarctica/Troll").region, Some(Region::None));
}
