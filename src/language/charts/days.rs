//! Days and longer periods of the calendar that were: "last Friday", 上个月, "1 October", 双十一, this quarter.
//!
//! What it is *not*: times of the day. Start at [`period_at`].

use super::ranges::{longest, skip};
use crate::text::numerals::{number_at, space};
use crate::text::times::{Part, boundary, here};
use Grain::{Day, Month, Other, Week, Year};
use Said::{Back, Quarter, Weekend};
use documents::chart::Shift;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// What kind of period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grain {
    Day,
    Week,
    Month,
    Year,
    /// A weekend, a quarter.
    Other,
}

/// How a period was said, before it is known what day it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// This one is so many back.
    Back(i64),
    /// A day of this month, or of the last one where it has not come yet; and how many from there on.
    DayOfMonth(i8, i8),
    /// A date; without a year the last one that was.
    Date(Option<i16>, i8, i8),
    Month(Option<i16>, i8),
    Year(i16),
    /// A weekday of a week so many back; without a week the last one that was.
    Weekday(Option<i64>, Weekday, i8),
    /// A weekend so many weeks back.
    Weekend(i64),
    Quarter(i64),
    /// As it is.
    Fixed,
}

/// A period of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    said: Said,
    pub(super) grain: Grain,
    pub(super) from: Date,
    /// The first day that is no longer in it.
    pub(super) to: Date,
}

impl Grain {
    /// Whether one period lies one step behind another.
    pub(super) fn back(self, later: Date, earlier: Date) -> Option<Grain> {
        let one = |span: jiff::Span| later.checked_sub(span).is_ok_and(|d| d == earlier);
        match self {
            Day if one(1.day()) => Some(Day),
            Day | Week if one(7.days()) => Some(Week),
            Month if one(1.month()) => Some(Month),
            Month | Year if one(1.year()) => Some(Year),
            _ => None,
        }
    }
    pub(crate) fn shift(self) -> Option<Shift> {
        Some(match self {
            Day => Shift::Day,
            Week => Shift::Week,
            Month => Shift::Month,
            Year => Shift::Year,
            Other => return None,
        })
    }
}

impl Period {
    fn said(said: Said, grain: Grain) -> Period {
        Period { said, grain, from: Date::ZERO, to: Date::ZERO }
    }
    fn fixed(grain: Grain, from: Date, to: Date) -> Period {
        Period { said: Said::Fixed, grain, from, to }
    }
    pub(super) fn day(day: Date) -> Period {
        Period::fixed(Day, day, day.tomorrow().unwrap_or(day))
    }
    pub(super) fn contains(self, day: Date) -> bool {
        self.from <= day && day < self.to
    }
    /// Where it lies, seen from a day.
    pub(super) fn since_today(self, today: Date) -> Period {
        self.found(today).unwrap_or(self)
    }
    /// The same, where the period that it ends has begun: 九月一号到十月三十一号 is one year's.
    pub(super) fn near(self, first: Date, today: Date) -> Period {
        let seen = first.checked_add(360.days()).unwrap_or(first);
        match self.said {
            Said::Date(None, ..) | Said::Month(None, _) => self.since_today(seen),
            Said::DayOfMonth(..) => self.since_today(first.last_of_month()),
            Said::Weekday(None, day, n) => {
                let ahead = (i64::from(day.to_monday_zero_offset())
                    - i64::from(first.weekday().to_monday_zero_offset()))
                .rem_euclid(7);
                let from = first.checked_add(ahead.days()).unwrap_or(first);
                Period::fixed(Day, from, from.checked_add(i64::from(n).days()).unwrap_or(from))
            }
            _ => self.since_today(today),
        }
    }
    /// A day of the month in which it begins, before it.
    pub(super) fn day_of_month(self, day: i8) -> Option<Date> {
        let date = matches!(self.said, Said::Date(..)).then(|| self.from.with().day(day).build().ok())??;
        (date < self.from).then_some(date)
    }
    /// Whether one can be said to last until the other: nobody says "from Monday to the 4th".
    pub(super) fn goes_with(self, last: Period) -> bool {
        !matches!(
            (self.said, last.said),
            (Said::Weekday(..), Said::DayOfMonth(..)) | (Said::DayOfMonth(..), Said::Weekday(..))
        )
    }
    /// Its name in a chart's range.
    pub(super) fn name(self, today: Date) -> Option<&'static str> {
        let names: &[(&'static str, Grain, i64)] = &[
            ("today", Day, 0),
            ("yesterday", Day, 1),
            ("this_week", Week, 0),
            ("last_week", Week, 1),
            ("this_month", Month, 0),
            ("last_month", Month, 1),
            ("this_year", Year, 0),
        ];
        let same = |grain: Grain, back: i64| {
            grain == self.grain
                && Period::said(Back(back), grain).found(today).is_some_and(|p| (p.from, p.to) == (self.from, self.to))
        };
        names.iter().find(|(_, grain, back)| same(*grain, *back)).map(|(name, ..)| *name)
    }

    fn found(self, today: Date) -> Option<Period> {
        let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
        let of = |from: Date, to: Date| Some(Period { from, to, ..self });
        match self.said {
            Said::Fixed => Some(self),
            Back(n) => match self.grain {
                Day | Other => {
                    let day = today.checked_sub(n.days()).ok()?;
                    of(day, day.tomorrow().ok()?)
                }
                Week => {
                    let from = monday.checked_sub((7 * n).days()).ok()?;
                    of(from, from.checked_add(7.days()).ok()?)
                }
                Month => {
                    let from = today.first_of_month().checked_sub(n.months()).ok()?;
                    of(from, from.checked_add(1.month()).ok()?)
                }
                Year => {
                    let from = today.first_of_year().checked_sub(n.years()).ok()?;
                    of(from, from.checked_add(1.year()).ok()?)
                }
            },
            Said::DayOfMonth(day, days) => {
                let this = today.first_of_month();
                let date = |month: Date| month.with().day(day).build().ok().filter(|d| *d <= today);
                let found = date(this).or_else(|| date(this.checked_sub(1.month()).ok()?))?;
                of(found, found.checked_add(i64::from(days).days()).ok()?)
            }
            Said::Date(year, month, day) => {
                let date = |year: i16| Date::new(year, month, day).ok();
                let found = match year {
                    Some(year) => date(year)?,
                    None => date(today.year()).filter(|d| *d <= today).or_else(|| date(today.year() - 1))?,
                };
                of(found, found.tomorrow().ok()?)
            }
            Said::Month(year, month) => {
                let date = |year: i16| Date::new(year, month, 1).ok();
                let from = match year {
                    Some(year) => date(year)?,
                    None => date(today.year()).filter(|d| *d <= today).or_else(|| date(today.year() - 1))?,
                };
                of(from, from.checked_add(1.month()).ok()?)
            }
            Said::Year(year) => of(Date::new(year, 1, 1).ok()?, Date::new(year + 1, 1, 1).ok()?),
            Said::Weekday(week, day, days) => {
                let offset = i64::from(day.to_monday_zero_offset());
                let from = match week {
                    Some(back) => monday.checked_add((offset - 7 * back).days()).ok()?,
                    None => {
                        let behind = i64::from(today.weekday().to_monday_zero_offset()) - offset;
                        today.checked_sub(behind.rem_euclid(7).days()).ok()?
                    }
                };
                let from = if from > today { from.checked_sub(7.days()).ok()? } else { from };
                of(from, from.checked_add(i64::from(days).days()).ok()?)
            }
            Weekend(back) => {
                let from = monday.checked_add((5 - 7 * back).days()).ok()?;
                let from = if from > today { from.checked_sub(7.days()).ok()? } else { from };
                of(from, from.checked_add(2.days()).ok()?)
            }
            Quarter(back) => {
                let month = (today.month() - 1) / 3 * 3 + 1;
                let from = Date::new(today.year(), month, 1).ok()?.checked_sub((3 * back).months()).ok()?;
                of(from, from.checked_add(3.months()).ok()?)
            }
        }
    }
}

/// Periods with a name, and the part of the day that the name says.
/// A word, and what it says of days.
type NamedDays = (&'static str, (Said, Grain, Option<Part>));

const NAMED: &[NamedDays] = &[
    ("today", (Back(0), Day, None)),
    ("this day", (Back(0), Day, None)),
    ("this morning", (Back(0), Day, Some(Part::Morning))),
    ("this afternoon", (Back(0), Day, Some(Part::Afternoon))),
    ("this evening", (Back(0), Day, Some(Part::Evening))),
    ("tonight", (Back(0), Day, Some(Part::Dark))),
    ("yesterday", (Back(1), Day, None)),
    ("last night", (Back(1), Day, Some(Part::Dark))),
    ("the day before yesterday", (Back(2), Day, None)),
    ("day before yesterday", (Back(2), Day, None)),
    ("this week", (Back(0), Week, None)),
    ("week to date", (Back(0), Week, None)),
    ("the current week", (Back(0), Week, None)),
    ("last week", (Back(1), Week, None)),
    ("previous week", (Back(1), Week, None)),
    ("the previous week", (Back(1), Week, None)),
    ("the last calendar week", (Back(1), Week, None)),
    ("the week before last", (Back(2), Week, None)),
    ("this month", (Back(0), Month, None)),
    ("the current month", (Back(0), Month, None)),
    ("month to date", (Back(0), Month, None)),
    ("last month", (Back(1), Month, None)),
    ("previous month", (Back(1), Month, None)),
    ("the previous month", (Back(1), Month, None)),
    ("last calendar month", (Back(1), Month, None)),
    ("the last calendar month", (Back(1), Month, None)),
    ("the last full month", (Back(1), Month, None)),
    ("the month before last", (Back(2), Month, None)),
    ("this year", (Back(0), Year, None)),
    ("year to date", (Back(0), Year, None)),
    ("ytd", (Back(0), Year, None)),
    ("the current year", (Back(0), Year, None)),
    ("last year", (Back(1), Year, None)),
    ("previous year", (Back(1), Year, None)),
    ("the last calendar year", (Back(1), Year, None)),
    ("this weekend", (Weekend(0), Other, None)),
    ("the weekend", (Weekend(0), Other, None)),
    ("last weekend", (Weekend(1), Other, None)),
    ("this quarter", (Quarter(0), Other, None)),
    ("last quarter", (Quarter(1), Other, None)),
    ("previous quarter", (Quarter(1), Other, None)),
    ("今天", (Back(0), Day, None)),
    ("今日", (Back(0), Day, None)),
    ("当天", (Back(0), Day, None)),
    ("今儿", (Back(0), Day, None)),
    ("今早", (Back(0), Day, Some(Part::Morning))),
    ("今晨", (Back(0), Day, Some(Part::Morning))),
    ("今晚", (Back(0), Day, Some(Part::Dark))),
    ("昨天", (Back(1), Day, None)),
    ("昨日", (Back(1), Day, None)),
    ("昨儿", (Back(1), Day, None)),
    ("昨早", (Back(1), Day, Some(Part::Morning))),
    ("昨晚", (Back(1), Day, Some(Part::Dark))),
    ("昨夜", (Back(1), Day, Some(Part::Dark))),
    ("前天", (Back(2), Day, None)),
    ("前日", (Back(2), Day, None)),
    ("前晚", (Back(2), Day, Some(Part::Dark))),
    ("大前天", (Back(3), Day, None)),
    ("这周", (Back(0), Week, None)),
    ("本周", (Back(0), Week, None)),
    ("这一周", (Back(0), Week, None)),
    ("这星期", (Back(0), Week, None)),
    ("这个星期", (Back(0), Week, None)),
    ("本星期", (Back(0), Week, None)),
    ("这礼拜", (Back(0), Week, None)),
    ("这个礼拜", (Back(0), Week, None)),
    ("上周", (Back(1), Week, None)),
    ("上一周", (Back(1), Week, None)),
    ("上星期", (Back(1), Week, None)),
    ("上个星期", (Back(1), Week, None)),
    ("上礼拜", (Back(1), Week, None)),
    ("上个礼拜", (Back(1), Week, None)),
    ("上个周", (Back(1), Week, None)),
    ("上上周", (Back(2), Week, None)),
    ("上上个星期", (Back(2), Week, None)),
    ("这个月", (Back(0), Month, None)),
    ("这月", (Back(0), Month, None)),
    ("本月", (Back(0), Month, None)),
    ("当月", (Back(0), Month, None)),
    ("上个月", (Back(1), Month, None)),
    ("上月", (Back(1), Month, None)),
    ("上一个月", (Back(1), Month, None)),
    ("上个自然月", (Back(1), Month, None)),
    ("上上个月", (Back(2), Month, None)),
    ("今年", (Back(0), Year, None)),
    ("本年", (Back(0), Year, None)),
    ("本年度", (Back(0), Year, None)),
    ("去年", (Back(1), Year, None)),
    ("上一年", (Back(1), Year, None)),
    ("前年", (Back(2), Year, None)),
    ("这周末", (Weekend(0), Other, None)),
    ("这个周末", (Weekend(0), Other, None)),
    ("本周末", (Weekend(0), Other, None)),
    ("周末", (Weekend(0), Other, None)),
    ("上周末", (Weekend(1), Other, None)),
    ("上个周末", (Weekend(1), Other, None)),
    ("本季度", (Quarter(0), Other, None)),
    ("这个季度", (Quarter(0), Other, None)),
    ("这季度", (Quarter(0), Other, None)),
    ("上季度", (Quarter(1), Other, None)),
    ("上个季度", (Quarter(1), Other, None)),
];
/// Days of the year that have a name.
const FESTIVALS: &[(&str, (i8, i8))] = &[
    ("new year's day", (1, 1)),
    ("new years day", (1, 1)),
    ("valentine's day", (2, 14)),
    ("halloween", (10, 31)),
    ("christmas eve", (12, 24)),
    ("christmas day", (12, 25)),
    ("christmas", (12, 25)),
    ("boxing day", (12, 26)),
    ("new year's eve", (12, 31)),
    ("元旦", (1, 1)),
    ("情人节", (2, 14)),
    ("妇女节", (3, 8)),
    ("五一", (5, 1)),
    ("劳动节", (5, 1)),
    ("儿童节", (6, 1)),
    ("六一八", (6, 18)),
    ("618", (6, 18)),
    ("国庆节", (10, 1)),
    ("国庆", (10, 1)),
    ("万圣节", (10, 31)),
    ("双十一", (11, 11)),
    ("双11", (11, 11)),
    ("双十二", (12, 12)),
    ("双12", (12, 12)),
    ("平安夜", (12, 24)),
    ("圣诞节", (12, 25)),
    ("圣诞", (12, 25)),
    ("跨年夜", (12, 31)),
];
const MONTHS: &[(&str, i8)] = &[
    ("january", 1),
    ("jan", 1),
    ("february", 2),
    ("feb", 2),
    ("march", 3),
    ("april", 4),
    ("apr", 4),
    ("may", 5),
    ("june", 6),
    ("jun", 6),
    ("july", 7),
    ("jul", 7),
    ("august", 8),
    ("aug", 8),
    ("september", 9),
    ("sept", 9),
    ("sep", 9),
    ("october", 10),
    ("oct", 10),
    ("november", 11),
    ("nov", 11),
    ("december", 12),
    ("dec", 12),
];
/// Months that are other words too: alone they are none.
const DOUBTFUL: &[&str] =
    &["may", "march", "mar", "jan", "dec", "sep", "jun", "jul", "apr", "aug", "oct", "nov", "feb", "sept"];
const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("tues", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("thurs", Weekday::Thursday),
    ("fri", Weekday::Friday),
];
const HAN_DAYS: &[(&str, Weekday)] = &[
    ("一", Weekday::Monday),
    ("二", Weekday::Tuesday),
    ("三", Weekday::Wednesday),
    ("四", Weekday::Thursday),
    ("五", Weekday::Friday),
    ("六", Weekday::Saturday),
    ("日", Weekday::Sunday),
    ("天", Weekday::Sunday),
];
const HAN_WEEKS: &[(&str, Option<i64>)] = &[
    ("上上周", Some(2)),
    ("上周", Some(1)),
    ("上个周", Some(1)),
    ("上星期", Some(1)),
    ("上个星期", Some(1)),
    ("上礼拜", Some(1)),
    ("上个礼拜", Some(1)),
    ("本周", Some(0)),
    ("这周", Some(0)),
    ("这个周", Some(0)),
    ("这星期", Some(0)),
    ("这个星期", Some(0)),
    ("这礼拜", Some(0)),
    ("周", None),
    ("星期", None),
    ("礼拜", None),
];

/// The longest period that starts at a place, and the part of the day that it says.
pub(super) fn period_at(chars: &[char], at: usize) -> Option<(Period, Option<Part>, usize)> {
    if !boundary(chars, at) {
        return None;
    }
    let plain = |found: Option<(Period, usize)>| found.map(|(p, to)| (p, None, to));
    let all = [
        longest(chars, at, NAMED).map(|((said, grain, part), to)| (Period::said(said, grain), part, to)),
        longest(chars, at, FESTIVALS).map(|((m, d), to)| (Period::said(Said::Date(None, m, d), Day), None, to)),
        plain(ago(chars, at)),
        plain(weekday(chars, at)),
        plain(english_date(chars, at)),
        plain(chinese_date(chars, at)),
        plain(written(chars, at)),
    ];
    all.into_iter().flatten().filter(|(_, _, to)| boundary(chars, *to)).max_by_key(|(_, _, to)| *to)
}

fn whole(chars: &[char], at: usize, most: i16) -> Option<(i16, usize)> {
    let (n, to) = number_at(chars, at)?;
    #[expect(clippy::cast_possible_truncation, reason = "a whole number that is checked")]
    (n.fract() == 0.0 && (1.0..=f64::from(most)).contains(&n)).then_some((n as i16, to))
}

fn small(chars: &[char], at: usize, most: i16) -> Option<(i8, usize)> {
    let (n, to) = whole(chars, at, most)?;
    Some((i8::try_from(n).ok()?, to))
}

/// "three days ago", 三天前.
fn ago(chars: &[char], at: usize) -> Option<(Period, usize)> {
    let (n, to) = whole(chars, at, 1000)?;
    let units = [
        (" days ago", Day),
        (" day ago", Day),
        (" weeks ago", Week),
        (" months ago", Month),
        (" years ago", Year),
        ("天前", Day),
        ("周前", Week),
        ("个星期前", Week),
        ("个月前", Month),
        ("年前", Year),
    ];
    let (grain, end) = longest(chars, to, &units)?;
    Some((Period::said(Back(i64::from(n)), grain), end))
}

/// "last Friday", "Saturday and Sunday", 上周五.
fn weekday(chars: &[char], at: usize) -> Option<(Period, usize)> {
    if let Some((week, to)) = longest(chars, at, HAN_WEEKS)
        && let Some((day, end)) = longest(chars, to, HAN_DAYS)
    {
        let both = ["和周", "周", "和"].iter().find_map(|w| longest(chars, here(chars, end, w)?, HAN_DAYS));
        let (days, end) = follows(day, both).map_or((1, end), |to| (2, to));
        return Some((Period::said(Said::Weekday(week, day, days), Day), end));
    }
    let start = skip(chars, at, &["last ", "this past ", "this ", "past "]);
    let (day, end) = longest(chars, start, WEEKDAYS)?;
    let both = [" and ", " & ", ", "].iter().find_map(|w| longest(chars, here(chars, end, w)?, WEEKDAYS));
    let (days, end) = follows(day, both).map_or((1, end), |to| (2, to));
    // "Friday the 13th": the date says which.
    if let Some(next) = here(chars, end, " the ")
        && let Some((date, to)) = ordinal(chars, next)
    {
        return Some((Period::said(Said::DayOfMonth(date, 1), Day), to));
    }
    Some((Period::said(Said::Weekday(None, day, days), if days == 1 { Day } else { Other }), end))
}

/// Where a second weekday ends that follows on the first.
fn follows(first: Weekday, second: Option<(Weekday, usize)>) -> Option<usize> {
    second.filter(|(day, _)| first.next() == *day).map(|(_, to)| to)
}

/// "14th".
fn ordinal(chars: &[char], at: usize) -> Option<(i8, usize)> {
    const WORDS: &[(&str, i8)] = &[
        ("first", 1),
        ("second", 2),
        ("third", 3),
        ("fourth", 4),
        ("fifth", 5),
        ("tenth", 10),
        ("fifteenth", 15),
        ("twentieth", 20),
    ];
    let digits: String = chars.iter().skip(at).take_while(|c| c.is_ascii_digit()).collect();
    let Ok(n) = digits.parse::<i8>() else { return longest(chars, at, WORDS) };
    let to = at + digits.len();
    let end = ["st", "nd", "rd", "th"].iter().find_map(|w| here(chars, to, w).filter(|t| boundary(chars, *t)))?;
    (1..=31).contains(&n).then_some((n, end))
}

/// A day of a month, with or without its ending.
fn day_number(chars: &[char], at: usize) -> Option<(i8, usize)> {
    if let Some(found) = ordinal(chars, at) {
        return Some(found);
    }
    let digits: String = chars.iter().skip(at).take_while(|c| c.is_ascii_digit()).collect();
    let to = at + digits.len();
    let ends = boundary(chars, to) && !matches!(chars.get(to), Some(':' | '.' | '%'));
    digits.parse::<i8>().ok().filter(|n| (1..=31).contains(n) && ends).map(|n| (n, to))
}

fn year(chars: &[char], at: usize) -> (Option<i16>, usize) {
    let next = skip(chars, at, &[", ", " of ", " "]);
    let digits: String = chars.iter().skip(next).take_while(|c| c.is_ascii_digit()).collect();
    match digits.parse::<i16>() {
        Ok(n) if (2000..2100).contains(&n) => (Some(n), next + digits.len()),
        _ => (None, at),
    }
}

/// "October", "October 1st", "1st of October", "31 August 2026", "the 14th and 15th", "2025".
fn english_date(chars: &[char], at: usize) -> Option<(Period, usize)> {
    let start = skip(chars, at, &["last ", "this "]);
    if let Some((month, to)) = longest(chars, start, MONTHS) {
        if let Some((day, end)) = day_number(chars, skip(chars, to, &[" the ", " "])).filter(|(_, e)| *e > to + 1) {
            let (year, end) = year(chars, end);
            return Some((Period::said(Said::Date(year, month, day), Day), end));
        }
        let word: String = chars.iter().skip(start).take(to - start).collect();
        let (year, end) = year(chars, to);
        // "may" and "march" alone are other words.
        let governed = at.checked_sub(3).is_some_and(|b| ["in ", "of "].iter().any(|w| here(chars, b, w) == Some(at)))
            || start > at;
        if DOUBTFUL.contains(&word.as_str()) && year.is_none() && !governed {
            return None;
        }
        return Some((Period::said(Said::Month(year, month), Month), end));
    }
    if let Some((day, to)) = day_number(chars, skip(chars, at, &["the "])) {
        let next = skip(chars, to, &[" of ", " "]);
        if next > to
            && let Some((month, end)) = longest(chars, next, MONTHS)
        {
            let (year, end) = year(chars, end);
            return Some((Period::said(Said::Date(year, month, day), Day), end));
        }
        let the = here(chars, at, "the ").is_some();
        if let Some((n, end)) = ordinal(chars, skip(chars, at, &["the "])).filter(|_| the) {
            let both = here(chars, end, " and ").and_then(|t| ordinal(chars, skip(chars, t, &["the "])));
            let (days, end) = both.filter(|(m, _)| *m == n + 1).map_or((1, end), |(_, t)| (2, t));
            return Some((Period::said(Said::DayOfMonth(n, days), if days == 1 { Day } else { Other }), end));
        }
    }
    None
}

/// 2026年11月15日, 十月, 15号, 去年十月.
fn chinese_date(chars: &[char], at: usize) -> Option<(Period, usize)> {
    let digits: String = chars.iter().skip(at).take_while(|c| c.is_ascii_digit()).collect();
    let written = digits
        .parse::<i16>()
        .ok()
        .filter(|n| (2000..2100).contains(n))
        .and_then(|n| Some((n, here(chars, at + digits.len(), "年")?)));
    let start = written.map_or(at, |(_, to)| to);
    let year = written.map(|(n, _)| n);
    if let Some((month, to)) = small(chars, start, 12)
        && let Some(next) = here(chars, to, "月")
    {
        if let Some((day, end)) = small(chars, next, 31)
            && let Some(end) = ["号", "日"].iter().find_map(|w| here(chars, end, w))
        {
            return Some((Period::said(Said::Date(year, month, day), Day), end));
        }
        return Some((Period::said(Said::Month(year, month), Month), skip(chars, next, &["份"])));
    }
    if let Some(year) = year {
        return Some((Period::said(Said::Year(year), Year), start));
    }
    let (day, to) = small(chars, at, 31)?;
    let end = here(chars, to, "号")?;
    Some((Period::said(Said::DayOfMonth(day, 1), Day), end))
}

/// 2026-11-15, 11-15, 11/15, "in 2025".
fn written(chars: &[char], at: usize) -> Option<(Period, usize)> {
    let number = |at: usize| -> Option<(i16, usize)> {
        let digits: String = chars.iter().skip(at).take(4).take_while(|c| c.is_ascii_digit()).collect();
        Some((digits.parse().ok()?, at + digits.len()))
    };
    let (year, to) = number(space(chars, at)).filter(|(n, _)| (2000..2100).contains(n))?;
    let Some(next) = ["-", "/", "."].iter().find_map(|w| here(chars, to, w)) else {
        let governed = at.checked_sub(3).is_some_and(|b| here(chars, b, "in ") == Some(at));
        return governed.then(|| (Period::said(Said::Year(year), Year), to));
    };
    let (month, to) = number(next)?;
    let (day, end) = number(["-", "/", "."].iter().find_map(|w| here(chars, to, w))?)?;
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok()?;
    Some((Period::said(Said::Date(Some(year), month, day), Day), end))
}
