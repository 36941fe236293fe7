//! Ranges of the past: "last week", 近三天, "since Monday", 昨晚八点到今早六点; resolved in the site's zone.
//!
//! What it is *not*: times at which something shall happen; those are in `times`. Start at [`read`].

use super::days::{Grain, Period, period_at};
use crate::text::numerals::{number_at, space};
use crate::text::times::{Part, boundary, clock_at, day_part_at, here};
use base::Timestamp;
use documents::chart::Range;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

/// Most words that make one point of time: a day, a part of it, a time.
const WORDS_MAX: usize = 4;

/// The present, in the site's zone.
pub(crate) struct Clock {
    now: Zoned,
}

/// A range of time that was said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stretch {
    /// As a chart has it.
    pub(crate) range: Range,
    /// The period of the calendar that it is.
    pub(super) period: Option<Period>,
    /// The hours of a day, where no day was said.
    hours: Option<(Ends, Ends)>,
}

/// A time of the day, or none: where the day begins or ends.
type Ends = Option<i32>;

impl Clock {
    pub(crate) fn new(now: Timestamp, zone: &str) -> Clock {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        Clock { now: now.to_jiff().to_zoned(zone) }
    }
    pub(super) fn today(&self) -> Date {
        self.now.date()
    }
    fn present(&self) -> Timestamp {
        Timestamp::from_jiff(self.now.timestamp())
    }
    /// Minutes of a day as an instant; 24 hours and more are on the next one.
    fn at(&self, day: Date, minutes: i32) -> Option<Timestamp> {
        let day = day.checked_add(i64::from(minutes.div_euclid(1440)).days()).ok()?;
        let minutes = minutes.rem_euclid(1440);
        let time = Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()?;
        let zoned = day.to_datetime(time).to_zoned(self.now.time_zone().clone()).ok()?;
        Some(Timestamp::from_jiff(zoned.timestamp()))
    }
    fn stretch(&self, from: Timestamp, to: Timestamp) -> Option<Stretch> {
        let to = if from < self.present() { to.min(self.present()) } else { to };
        (from < to).then_some(Stretch { range: Range::Between { from, to }, period: None, hours: None })
    }
    /// A period of the calendar, until now where it is not over.
    fn whole(&self, period: Period) -> Option<Stretch> {
        let found = self.stretch(self.at(period.from, 0)?, self.at(period.to, 0)?)?;
        let range = period.name(self.today()).map_or(found.range, |name| Range::Calendar(name.into()));
        Some(Stretch { range, period: Some(period), hours: None })
    }
    fn since(&self, from: Timestamp) -> Option<Stretch> {
        self.stretch(from, self.present())
    }
    /// Some hours of a day.
    fn within(&self, day: Date, from: Ends, to: Ends) -> Option<Stretch> {
        let start = from.unwrap_or(0);
        let end = to.unwrap_or(1440);
        let end = if end <= start { end + 1440 } else { end };
        self.stretch(self.at(day, start)?, self.at(day, end)?)
    }
}

impl Stretch {
    /// The same time so much further back: one and one make a comparison, "this week with last week".
    pub(crate) fn back_to(&self, earlier: &Stretch) -> Option<Grain> {
        let (a, b) = (self.period?, earlier.period?);
        a.grain.back(a.from, b.from).filter(|_| a.grain == b.grain)
    }
    /// Two that were said apart: a day and hours of it, or the narrower one.
    pub(crate) fn join(&self, other: &Stretch, clock: &Clock) -> Option<Stretch> {
        for (day, hours) in [(self, other), (other, self)] {
            if let (Some(period), Some((from, to))) = (day.period.filter(|p| p.grain == Grain::Day), hours.hours) {
                return clock.within(period.from, from, to);
            }
        }
        match (&self.period, &other.period) {
            (Some(a), Some(b)) if a.from >= b.from && a.to <= b.to => Some(self.clone()),
            (Some(a), Some(b)) if b.from >= a.from && b.to <= a.to => Some(other.clone()),
            _ => (self.range == other.range).then(|| self.clone()),
        }
    }
}

/// The longest range that starts at a place.
pub(super) fn read(chars: &[char], at: usize, clock: &Clock) -> Option<(Stretch, usize)> {
    if !boundary(chars, at) {
        return None;
    }
    let found =
        [last_at(chars, at), since_at(chars, at, clock), between_at(chars, at, clock), plain_at(chars, at, clock)];
    let (stretch, to) = found.into_iter().flatten().max_by_key(|(_, to)| *to)?;
    let to = ["'s", "'"].iter().find_map(|w| here(chars, to, w)).unwrap_or(to);
    boundary(chars, to).then_some((stretch, to))
}

/// Every word of a table that stands here, the longest.
pub(super) fn longest<T: Copy>(chars: &[char], at: usize, table: &[(&str, T)]) -> Option<(T, usize)> {
    table
        .iter()
        .filter_map(|(w, v)| Some((*v, here(chars, at, w).filter(|to| boundary(chars, *to))?)))
        .max_by_key(|(_, to)| *to)
}

/// The end of the longest of some words that stands here; `at` where none does.
pub(super) fn skip(chars: &[char], at: usize, words: &[&str]) -> usize {
    words.iter().filter_map(|w| here(chars, at, w)).max().unwrap_or(at)
}

/// Units of "the last ten ...", as a range writes them.
const UNITS: &[(&str, (i64, &str))] = &[
    ("minutes", (1, "m")),
    ("minute", (1, "m")),
    ("mins", (1, "m")),
    ("min", (1, "m")),
    ("quarter of an hour", (15, "m")),
    ("quarter hour", (15, "m")),
    ("half an hour", (30, "m")),
    ("half hour", (30, "m")),
    ("hours", (1, "h")),
    ("hour", (1, "h")),
    ("hrs", (1, "h")),
    ("hr", (1, "h")),
    ("h", (1, "h")),
    ("days", (1, "d")),
    ("day", (1, "d")),
    ("d", (1, "d")),
    ("nights", (1, "d")),
    ("weeks", (1, "w")),
    ("week", (1, "w")),
    ("fortnight", (2, "w")),
    ("fortnights", (2, "w")),
    ("half a year", (6, "mo")),
    ("half year", (6, "mo")),
    ("months", (1, "mo")),
    ("month", (1, "mo")),
    ("quarters", (3, "mo")),
    ("years", (12, "mo")),
    ("year", (12, "mo")),
    ("分钟", (1, "m")),
    ("刻钟", (15, "m")),
    ("半个小时", (30, "m")),
    ("半小时", (30, "m")),
    ("半个钟头", (30, "m")),
    ("小时", (1, "h")),
    ("个小时", (1, "h")),
    ("钟头", (1, "h")),
    ("个钟头", (1, "h")),
    ("个钟", (1, "h")),
    ("半天", (12, "h")),
    ("天", (1, "d")),
    ("日", (1, "d")),
    ("周", (1, "w")),
    ("个周", (1, "w")),
    ("星期", (1, "w")),
    ("个星期", (1, "w")),
    ("礼拜", (1, "w")),
    ("个礼拜", (1, "w")),
    ("半个月", (15, "d")),
    ("个月", (1, "mo")),
    ("月", (1, "mo")),
    ("季度", (3, "mo")),
    ("个季度", (3, "mo")),
    ("半年", (6, "mo")),
    ("年", (12, "mo")),
];
/// Numbers that no numeral says.
const FEW: &[(&str, i64)] = &[
    ("a couple of ", 2),
    ("couple of ", 2),
    ("couple ", 2),
    ("few ", 3),
    ("a few ", 3),
    ("several ", 3),
    ("a ", 1),
    ("an ", 1),
    ("one ", 1),
    ("几", 3),
    ("数", 3),
    ("两三", 3),
];

/// So much time: "three days", 半年.
pub(super) fn length_at(chars: &[char], at: usize) -> Option<(Range, usize)> {
    let ((n, unit), to) = counted_at(chars, at)?;
    Some((Range::Last(format!("{n}{unit}")), to))
}

fn counted_at(chars: &[char], at: usize) -> Option<((i64, &'static str), usize)> {
    let few = FEW.iter().filter_map(|(w, n)| Some((*n, here(chars, at, w)?))).max_by_key(|(_, to)| *to);
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below ten thousand")]
    let whole = number_at(chars, at)
        .filter(|(n, _)| n.fract() == 0.0 && (1.0..10_000.0).contains(n))
        .map(|(n, to)| (n as i64, to));
    let (count, next) = whole.or(few).unwrap_or((1, at));
    let next = skip(chars, space(chars, next), &["whole ", "full ", "整"]);
    let ((size, unit), to) = longest(chars, next, UNITS)?;
    Some(((count * size, unit), to))
}

/// Words before "ten days".
const LAST: &[&str] = &[
    "over the last ",
    "over the past ",
    "for the last ",
    "for the past ",
    "in the last ",
    "in the past ",
    "during the last ",
    "during the past ",
    "within the last ",
    "within the past ",
    "from the last ",
    "from the past ",
    "of the last ",
    "of the past ",
    "the last ",
    "the past ",
    "these last ",
    "these past ",
    "last ",
    "past ",
    "previous ",
    "the previous ",
    "over the previous ",
    "for last ",
    "for past ",
    "in last ",
    "in past ",
    "最近这",
    "最近的",
    "最近",
    "过去的",
    "过去这",
    "过去",
    "这过去",
    "近",
    "近这",
    "前",
    "往前",
    "之前的",
    "之前",
    "这",
    "在过去",
    "在最近",
];
/// What reads as "the last one" and is of the calendar, or another day.
const CALENDAR: &[&str] = &[
    "last week",
    "last month",
    "last year",
    "last day",
    "previous week",
    "previous month",
    "previous year",
    "前天",
    "前日",
    "前年",
    "前月",
    "前周",
    "这天",
    "这日",
    "这年",
    "这月",
    "这周",
    "这星期",
    "这个星期",
    "这个礼拜",
    "这礼拜",
    "这个月",
    "这个周",
    "这个季度",
    "这季度",
];

/// "the past three days", 近两周, 48小时内. "last week" is one of the calendar, "the last week" is seven days.
fn last_at(chars: &[char], at: usize) -> Option<(Stretch, usize)> {
    let start = LAST.iter().filter_map(|w| here(chars, at, w)).max();
    let behind = |to: usize| ["以内", "之内", "内", "里", "以来"].iter().find_map(|w| here(chars, to, w));
    let (count, to) = counted_at(chars, start.unwrap_or(at))?;
    let word: String = chars.iter().skip(at).take(to - at).collect();
    let english = word.is_ascii();
    if CALENDAR.contains(&word.as_str()) || (start.is_none() && english) {
        return None;
    }
    let first = start.unwrap_or(at);
    let numbered = number_at(chars, first).is_some() || ["几", "半"].iter().any(|w| here(chars, first, w).is_some());
    if (start.is_none() || matches!(word.chars().next(), Some('前' | '这'))) && !numbered {
        return None;
    }
    let to = match (start, behind(to)) {
        (None, None) => return None,
        (_, Some(end)) => end,
        (Some(_), None) => to,
    };
    let (n, unit) = count;
    Some((Stretch { range: Range::Last(format!("{n}{unit}")), period: None, hours: None }, to))
}

/// A point of time: a day or a longer period, a part of the day, a time; each at most once.
#[derive(Default, Clone, Copy)]
struct Point {
    period: Option<Period>,
    part: Option<Part>,
    /// Where the time stands in the text.
    time: Option<usize>,
    now: bool,
}

impl Point {
    fn clock(self, chars: &[char], part: Option<Part>) -> Option<i32> {
        clock_at(chars, self.time?, true, self.part.or(part)).map(|(m, _)| m)
    }
}

const NOW: &[&str] = &[
    "until now",
    "till now",
    "up to now",
    "right now",
    "now",
    "today's now",
    "现在",
    "目前",
    "此刻",
    "如今",
    "这会儿",
    "当前",
];

fn point_at(chars: &[char], at: usize, known: bool, timed: bool) -> Option<(Point, usize)> {
    if let Some(to) = NOW.iter().filter_map(|w| here(chars, at, w).filter(|t| boundary(chars, *t))).max() {
        return Some((Point { now: true, ..Point::default() }, to));
    }
    let mut point = Point::default();
    let mut end = at;
    for n in 0..WORDS_MAX {
        let glue: &[&str] = if n == 0 {
            &["", "the ", "at ", "on ", "in "]
        } else {
            &["", " ", " at ", " on ", " in the ", "的", "，", ", "]
        };
        let next = glue
            .iter()
            .filter_map(|g| here(chars, end, g))
            .filter_map(|from| word_at(chars, from, point, known, timed));
        match next.max_by_key(|(_, to)| *to) {
            Some((more, to)) => (point, end) = (more, to),
            None => break,
        }
    }
    (end > at).then_some((point, end))
}

/// One word more of a point of time.
fn word_at(chars: &[char], at: usize, mut point: Point, known: bool, timed: bool) -> Option<(Point, usize)> {
    if point.period.is_none()
        && let Some((period, part, to)) = period_at(chars, at)
    {
        (point.period, point.part) = (Some(period), part.or(point.part));
        return Some((point, to));
    }
    let dated = point.period.is_some();
    if point.part.is_none()
        && let Some((part, to)) =
            day_part_at(chars, at).or_else(|| if dated { longest(chars, at, PARTS) } else { None })
        && clock_at(chars, at, false, None).is_none_or(|(_, t)| t <= to)
    {
        point.part = Some(part);
        return Some((point, to));
    }
    if timed
        && point.time.is_none()
        && let Some((_, to)) = clock_at(chars, at, known || dated || point.part.is_some(), point.part)
    {
        point.time = Some(at);
        return Some((point, to));
    }
    None
}

/// Parts of a day behind its name: "yesterday morning".
const PARTS: &[(&str, Part)] = &[
    ("morning", Part::Morning),
    ("lunchtime", Part::Noon),
    ("afternoon", Part::Afternoon),
    ("evening", Part::Evening),
    ("night", Part::Dark),
    ("晚", Part::Dark),
    ("早", Part::Morning),
];

/// "since noon", "from 1 October on", 周一到现在, 今年以来.
fn since_at(chars: &[char], at: usize, clock: &Clock) -> Option<(Stretch, usize)> {
    const SINCE: &[&str] = &["ever since ", "since ", "自从", "自打", "自", "打从"];
    const FROM: &[&str] = &["starting from ", "starting on ", "starting ", "beginning ", "from ", "从", "打"];
    const BEHIND: &[&str] = &[
        " until now",
        " till now",
        " up to now",
        " to now",
        " to date",
        " so far",
        " onwards",
        " onward",
        " on",
        " until today",
        "到现在为止",
        "到目前为止",
        "一直到现在",
        "到现在",
        "至现在",
        "到目前",
        "到今天",
        "至今天",
        "至今",
        "以来",
        "开始到现在",
        "开始算",
        "开始",
        "算起",
        "起到现在",
        "起",
        "往后",
        "之后",
        "到此刻",
    ];
    let since = SINCE.iter().filter_map(|w| here(chars, at, w)).max();
    let from = FROM.iter().filter_map(|w| here(chars, at, w)).max();
    let start = since.or(from).unwrap_or(at);
    let (point, to) = point_at(chars, start, since.is_some() || from.is_some(), true)?;
    let behind = BEHIND.iter().filter_map(|w| here(chars, to, w).filter(|t| boundary(chars, *t))).max();
    let to = match behind {
        Some(end) => end,
        None if since.is_some() => to,
        None => return None,
    };
    let minutes = point.clock(chars, None).or_else(|| point.part.map(|p| p.hours().0));
    let day = point.period.map_or(clock.today(), |p| p.since_today(clock.today()).from);
    // "so far this week" is the week.
    if let (Some(period), None) = (point.period, minutes)
        && period.since_today(clock.today()).contains(clock.today())
    {
        return Some((clock.whole(period.since_today(clock.today()))?, to));
    }
    if minutes == Some(0) && point.period.is_none() {
        return Some((clock.whole(Period::day(clock.today()))?, to));
    }
    let from = clock.at(day, minutes.unwrap_or(0))?;
    Some((clock.since(from)?, to))
}

/// "from 8 to 10 this morning", 九月一号到十月三十一号, "yesterday 6am till 6pm".
fn between_at(chars: &[char], at: usize, clock: &Clock) -> Option<(Stretch, usize)> {
    let start = skip(chars, at, &["from ", "between ", "从", "在", "自"]);
    let between = here(chars, at, "between ").is_some();
    let framed = start > at;
    let (mut first, mut to) = point_at(chars, start, framed, true)?;
    // "yesterday between 9 and 12": the day, then the frame.
    let inner = [" from ", " between ", "从", "的"].iter().find_map(|w| here(chars, to, w));
    if first.time.is_none()
        && let Some(next) = inner
        && let Some((more, end)) = point_at(chars, next, true, true)
        && more.period.is_none()
        && more.time.is_some()
    {
        (first, to) = (Point { period: first.period, ..more }, end);
    }
    let framed = framed || first.period.is_some();
    let joins: &[&str] = if between || inner.is_some() {
        &[" and ", " to ", " till ", " until ", "-", " - ", "到", "至"]
    } else {
        &[" to ", " until ", " till ", " through ", " thru ", " - ", "-", "~", "一直到", "直到", "到", "至"]
    };
    let next = joins.iter().filter_map(|w| here(chars, to, w)).max()?;
    let (last, end) = point_at(chars, next, framed, true)?;
    let end = skip(chars, end, &["之间", "期间", "这段时间", "这段", "为止", "内"]);
    if first.period.zip(last.period).is_some_and(|(a, b)| !a.goes_with(b)) {
        return None;
    }
    if first.now || (first.time.is_none() && first.period.is_none() && first.part.is_none()) {
        return None;
    }
    // Two bare numbers are no times.
    let sure = |p: &Point| {
        p.time.is_some_and(|t| clock_at(chars, t, false, None).is_some())
            || p.part.is_some()
            || p.period.is_some()
            || p.now
    };
    if !sure(&first) && !sure(&last) && here(chars, at, "from ").is_none() {
        return None;
    }
    Some((resolve(chars, first, last, clock)?, end))
}

fn resolve(chars: &[char], first: Point, last: Point, clock: &Clock) -> Option<Stretch> {
    let today = clock.today();
    let begins = first.clock(chars, last.part).or_else(|| first.part.map(|p| p.hours().0));
    // "from 3 to 5 September": a bare number before a date is a day of its month.
    if let (None, None, Some(at), Some(end), None) = (first.period, first.part, first.time, last.period, last.time)
        && clock_at(chars, at, false, None).is_none()
        && let Some((n, _)) = number_at(chars, at)
    {
        #[expect(clippy::cast_possible_truncation, reason = "a bare hour is small")]
        let from = end.since_today(today).day_of_month(n as i8)?;
        return clock.stretch(clock.at(from, 0)?, clock.at(end.since_today(today).to, 0)?);
    }
    let day = first.period.or(last.period).map_or(today, |p| p.since_today(today).from);
    if last.now {
        return clock.since(clock.at(day, begins.unwrap_or(0))?);
    }
    let ends = last.clock(chars, first.part).or_else(|| last.part.map(|p| p.hours().1));
    // A day as the end is in it.
    let last_period = last.period.map(|p| p.near(day, today));
    let (last_day, last_end) = match (last_period, ends) {
        (Some(p), Some(m)) => (p.from, m),
        (Some(p), None) => (p.to, 0),
        (None, Some(m)) => (day, m),
        (None, None) => return None,
    };
    let from = clock.at(day, begins.unwrap_or(0))?;
    let mut to = clock.at(last_day, last_end)?;
    if to <= from && last.period.is_none() {
        to = clock.at(
            last_day,
            last_end + if last_end <= 720 && begins.is_some_and(|b| b < last_end + 720) { 720 } else { 1440 },
        )?;
    }
    let found = clock.stretch(from, to)?;
    let undated = first.period.is_none() && last.period.is_none();
    Some(Stretch { hours: undated.then_some((begins, Some(last_end))), ..found })
}

/// A period alone, or a part of a day: "yesterday", "October", 昨晚, 上周末, "this week so far".
fn plain_at(chars: &[char], at: usize, clock: &Clock) -> Option<(Stretch, usize)> {
    const BEFORE: &[&str] = &[
        "so far ",
        "for ",
        "in ",
        "on ",
        "during ",
        "of ",
        "throughout ",
        "all of ",
        "all through ",
        "over ",
        "from ",
        "all ",
        "for all of ",
        "of all ",
        "在",
    ];
    let start = BEFORE.iter().filter_map(|w| here(chars, at, w)).max();
    let of = |from: usize| point_at(chars, from, false, false).filter(|(p, _)| !p.now);
    let (point, to) = of(at).or_else(|| of(start?))?;
    let to = skip(
        chars,
        to,
        &[
            " so far",
            " to date",
            "一整天",
            "全天",
            "整天",
            "当天",
            "当日",
            "这一天",
            "那天",
            "这天",
            "期间",
            "的时候",
            "以来",
            "至今",
        ],
    );
    let today = clock.today();
    match (point.period, point.part) {
        (Some(period), Some(part)) if period.grain == Grain::Day => {
            let (from, until) = part.hours();
            let day = period.since_today(today).from;
            Some((clock.within(day, Some(from), Some(until))?, to))
        }
        (Some(period), None) => Some((clock.whole(period.since_today(today))?, to)),
        _ => None,
    }
}
