//! Days: of the week, those on which people work, all of them; with exceptions.
//!
//! What it is *not*: dates. Start at [`days_at`].

use super::{Part, boundary, here, word};
use std::collections::BTreeSet;
use things::schedule::{Days, Weekday};

/// Sets of days. What people call weekdays are the working days of the calendar where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Every,
    Work,
    Off,
    Weekend,
}

const SETS: &[(&str, Set)] = &[
    ("day", Set::Every),
    ("single day", Set::Every),
    ("days of the week", Set::Every),
    ("weekday", Set::Work),
    ("weekdays", Set::Work),
    ("week day", Set::Work),
    ("workday", Set::Work),
    ("workdays", Set::Work),
    ("work day", Set::Work),
    ("work days", Set::Work),
    ("working day", Set::Work),
    ("working days", Set::Work),
    ("business day", Set::Work),
    ("business days", Set::Work),
    ("school day", Set::Work),
    ("school days", Set::Work),
    ("weekend", Set::Weekend),
    ("weekends", Set::Weekend),
    ("the weekend", Set::Weekend),
    ("the weekends", Set::Weekend),
    ("holiday", Set::Off),
    ("holidays", Set::Off),
    ("public holidays", Set::Off),
    ("day off", Set::Off),
    ("days off", Set::Off),
    ("non working days", Set::Off),
    ("天天", Set::Every),
    ("工作日", Set::Work),
    ("上班日", Set::Work),
    ("上班的日子", Set::Work),
    ("上学日", Set::Work),
    ("上学的日子", Set::Work),
    ("平日", Set::Work),
    ("周末", Set::Weekend),
    ("双休日", Set::Weekend),
    ("大周末", Set::Weekend),
    ("节假日", Set::Off),
    ("假日", Set::Off),
    ("假期", Set::Off),
    ("节日", Set::Off),
    ("休息日", Set::Off),
    ("休息天", Set::Off),
    ("放假", Set::Off),
    ("非工作日", Set::Off),
];
/// Days counted from today, with a part of them.
const AHEAD: &[(&str, (u8, Option<Part>))] = &[
    ("just for today", (0, None)),
    ("only for today", (0, None)),
    ("just today", (0, None)),
    ("only today", (0, None)),
    ("just for tonight", (0, Some(Part::Evening))),
    ("just tonight", (0, Some(Part::Evening))),
    ("only tonight", (0, Some(Part::Evening))),
    ("仅限今天", (0, None)),
    ("只限今天", (0, None)),
    ("就今天", (0, None)),
    ("只在今天", (0, None)),
    ("仅今天", (0, None)),
    ("就今晚", (0, Some(Part::Dark))),
    ("只在今晚", (0, Some(Part::Dark))),
    ("just for tomorrow", (1, None)),
    ("仅限明天", (1, None)),
    ("tomorrow", (1, None)),
    ("tomorrow morning", (1, Some(Part::Morning))),
    ("tomorrow afternoon", (1, Some(Part::Afternoon))),
    ("tomorrow evening", (1, Some(Part::Evening))),
    ("tomorrow night", (1, Some(Part::Evening))),
    ("the day after tomorrow", (2, None)),
    ("明天", (1, None)),
    ("明早", (1, Some(Part::Morning))),
    ("明晚", (1, Some(Part::Dark))),
    ("明日", (1, None)),
    ("后天", (2, None)),
];

/// A day counted from today.
pub(super) fn ahead_at(chars: &[char], at: usize) -> Option<((u8, Option<Part>), usize)> {
    word(chars, at, AHEAD)
}

/// Every day, with a part of it.
const DAILY: &[(&str, Option<Part>)] = &[
    ("daily", None),
    ("every day", None),
    ("each day", None),
    ("everyday", None),
    ("every single day", None),
    ("all week", None),
    ("nightly", Some(Part::Night)),
    ("every morning", Some(Part::Morning)),
    ("each morning", Some(Part::Morning)),
    ("every afternoon", Some(Part::Afternoon)),
    ("each afternoon", Some(Part::Afternoon)),
    ("every evening", Some(Part::Evening)),
    ("each evening", Some(Part::Evening)),
    ("every night", Some(Part::Night)),
    ("each night", Some(Part::Night)),
    ("每天", None),
    ("每日", None),
    ("天天", None),
    ("每一天", None),
    ("每晚", Some(Part::Dark)),
    ("每早", Some(Part::Morning)),
    ("每夜", Some(Part::Night)),
];

const NAMES: &[(&str, Weekday)] = &[
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];
/// Short names count only beside another day: "sun" alone is the sun.
const SHORT: &[(&str, Weekday)] = &[
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("tues", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("thur", Weekday::Thu),
    ("thurs", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];
const HAN: &[(char, Weekday)] = &[
    ('一', Weekday::Mon),
    ('二', Weekday::Tue),
    ('三', Weekday::Wed),
    ('四', Weekday::Thu),
    ('五', Weekday::Fri),
    ('六', Weekday::Sat),
    ('日', Weekday::Sun),
    ('天', Weekday::Sun),
];
const WEEK: &[&str] = &["星期", "礼拜", "周"];

/// Days and the part of the day that their word says.
pub(super) fn days_at(chars: &[char], at: usize) -> Option<(Days, Option<Part>, usize)> {
    if let Some((days, to)) = without(chars, at) {
        return Some((days, None, to));
    }
    let (days, part, to) = named_at(chars, at)?;
    // "every day except sundays", 每天（周日除外）.
    for words in [
        " except on ",
        " except for ",
        " except ",
        " but not on ",
        " but not ",
        " excluding ",
        ", except on ",
        ", not on ",
    ] {
        if let Some((less, end)) = here(chars, to, words).and_then(|next| plain(chars, next)) {
            return Some((difference(&days, &less), part, end));
        }
    }
    for words in ["除了", ",除了", "除"] {
        if let Some((less, end)) = here(chars, to, words).and_then(|next| plain(chars, next)) {
            let end = besides(chars, end).unwrap_or(end);
            return Some((difference(&days, &less), part, end));
        }
    }
    Some((days, part, to))
}

/// "except on sundays", 周末除外, 除了周末.
fn without(chars: &[char], at: usize) -> Option<(Days, usize)> {
    let every = Days::Everyday;
    for words in ["except on ", "except at ", "except ", "but not on ", "but not at ", "not on ", "除了", "除"] {
        if let Some((less, end)) = here(chars, at, words).and_then(|next| plain(chars, next)) {
            return Some((difference(&every, &less), besides(chars, end).unwrap_or(end)));
        }
    }
    let (less, end) = plain(chars, at)?;
    let end = ["除外", "以外", "之外", "不算"].iter().find_map(|w| here(chars, end, w))?;
    Some((difference(&every, &less), end))
}

fn besides(chars: &[char], at: usize) -> Option<usize> {
    ["以外的每天", "之外的每天", "外的每天", "以外", "之外", "外"].iter().find_map(|w| here(chars, at, w))
}

fn named_at(chars: &[char], at: usize) -> Option<(Days, Option<Part>, usize)> {
    if let Some((part, to)) = word(chars, at, DAILY) {
        return Some((Days::Everyday, part, to));
    }
    let (days, to) = plain(chars, at)?;
    let parts = [
        (" mornings", Part::Morning),
        (" morning", Part::Morning),
        (" afternoons", Part::Afternoon),
        (" afternoon", Part::Afternoon),
        (" evenings", Part::Evening),
        (" evening", Part::Evening),
        (" nights", Part::Night),
        (" night", Part::Night),
    ];
    match parts.into_iter().find_map(|(w, p)| Some((p, here(chars, to, w).filter(|e| boundary(chars, *e))?))) {
        Some((part, end)) => Some((days, Some(part), end)),
        None => Some((days, None, to)),
    }
}

/// Days without exceptions.
fn plain(chars: &[char], at: usize) -> Option<(Days, usize)> {
    let led = ["every ", "each ", "on ", "all ", "any ", "每逢", "每到", "每个", "每一个", "每", "逢"]
        .iter()
        .find_map(|w| here(chars, at, w));
    let start = led.unwrap_or(at);
    if let Some((set, to)) = word(chars, start, SETS) {
        // "day" alone is none.
        let bare = set == Set::Every && led.is_none() && chars.get(at).is_some_and(char::is_ascii);
        return (!bare).then(|| (of_set(set), to));
    }
    list(chars, start).or_else(|| han(chars, start))
}

fn of_set(set: Set) -> Days {
    match set {
        Set::Every => Days::Everyday,
        Set::Work => Days::Workdays,
        Set::Off => Days::DaysOff,
        Set::Weekend => Days::Weekdays([Weekday::Sat, Weekday::Sun].into()),
    }
}

/// "monday, wednesday and friday", "mon-fri".
fn list(chars: &[char], at: usize) -> Option<(Days, usize)> {
    let mut days = BTreeSet::new();
    let mut last: Option<Weekday> = None;
    let (mut i, mut end, mut full, mut range) = (at, None, false, false);
    while let Some((day, long, to)) = name(chars, i) {
        full |= long;
        match last.filter(|_| range) {
            Some(first) => days.extend(through(first, day)),
            None => drop(days.insert(day)),
        }
        (last, end) = (Some(day), Some(to));
        let joins = [
            (", and ", false),
            (" and ", false),
            (", ", false),
            (",", false),
            (" & ", false),
            (" to ", true),
            (" through ", true),
            (" thru ", true),
            (" until ", true),
            (" till ", true),
            (" - ", true),
            ("-", true),
            ("/", false),
        ];
        let joined = joins
            .into_iter()
            .find_map(|(w, r)| here(chars, to, w).filter(|next| name(chars, *next).is_some()).map(|next| (next, r)));
        let Some((next, r)) = joined else { break };
        (i, range) = (next, r);
    }
    (full || days.len() > 1).then_some((Days::Weekdays(days), end?))
}

fn name(chars: &[char], at: usize) -> Option<(Weekday, bool, usize)> {
    for (w, day) in NAMES {
        let to = here(chars, at, w).map(|to| here(chars, to, "s").unwrap_or(to));
        if let Some(to) = to.filter(|to| boundary(chars, *to)) {
            return Some((*day, true, to));
        }
    }
    word(chars, at, SHORT).map(|(day, to)| (day, false, to))
}

/// 周一三五, 周一到周五, 星期二和星期四.
fn han(chars: &[char], at: usize) -> Option<(Days, usize)> {
    let week = |i: usize| WEEK.iter().find_map(|w| here(chars, i, w));
    let day = |i: usize| chars.get(i).and_then(|c| HAN.iter().find(|(h, _)| h == c)).map(|(_, d)| (*d, i + 1));
    let (first, mut end) = day(week(at)?)?;
    let mut days = BTreeSet::from([first]);
    let mut last = first;
    loop {
        let bare = |i: usize| week(i).and_then(day).or_else(|| day(i).filter(|(_, to)| !counts(chars, *to)));
        if let Some((to_day, to)) = ["到", "至", "-", "~"].iter().find_map(|w| here(chars, end, w).and_then(bare)) {
            days.extend(through(last, to_day));
            (last, end) = (to_day, to);
            continue;
        }
        let listed = ["、每", "和每", "、", "和", "跟", "与", "及", ",", ""].iter().find_map(|w| {
            let next = here(chars, end, w)?;
            // A comma begins something else, unless a day follows.
            if w.is_empty() || *w == "、" { bare(next) } else { week(next).and_then(day) }
        });
        let Some((more, to)) = listed else { break };
        days.insert(more);
        (last, end) = (more, to);
    }
    Some((Days::Weekdays(days), end))
}

/// Whether a number goes on or counts something: 周一三点 is three o'clock.
fn counts(chars: &[char], at: usize) -> bool {
    chars
        .get(at)
        .is_some_and(|c| matches!(c, '点' | '十' | '时' | '个' | '度' | '成' | '分' | '楼' | '号' | '次' | '盏' | '台'))
}

/// From one day to another, over the end of the week.
fn through(first: Weekday, last: Weekday) -> Vec<Weekday> {
    let place = |d: Weekday| Weekday::ALL.iter().position(|x| *x == d).unwrap_or(0);
    let (a, b) = (place(first), place(last));
    let count = (b + Weekday::ALL.len() - a) % Weekday::ALL.len();
    Weekday::ALL.iter().cycle().skip(a).take(count + 1).copied().collect()
}

/// The days of the week that are usually meant.
fn weekdays(days: &Days) -> BTreeSet<Weekday> {
    match days {
        Days::Everyday => Weekday::ALL.into_iter().collect(),
        Days::Workdays => Weekday::ALL.into_iter().take(5).collect(),
        Days::DaysOff => [Weekday::Sat, Weekday::Sun].into(),
        Days::Weekdays(set) => set.clone(),
    }
}

/// The days of both sets. Working days stay those of the calendar.
pub(super) fn both(a: &Days, b: &Days) -> Days {
    let left: BTreeSet<Weekday> = weekdays(a).intersection(&weekdays(b)).copied().collect();
    [a, b].into_iter().find(|d| weekdays(d) == left).cloned().unwrap_or(Days::Weekdays(left))
}

/// All days of one set that are not in another.
pub(super) fn difference(days: &Days, less: &Days) -> Days {
    match (days, less) {
        (Days::Everyday, Days::Workdays) => Days::DaysOff,
        (Days::Everyday, Days::DaysOff) => Days::Workdays,
        // Weekends are no working days anyway.
        (Days::Workdays, Days::DaysOff) => Days::Workdays,
        (Days::Workdays, Days::Weekdays(set)) if *set == weekdays(&Days::DaysOff) => Days::Workdays,
        (all, some) => Days::Weekdays(weekdays(all).difference(&weekdays(some)).copied().collect()),
    }
}
