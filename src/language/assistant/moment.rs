//! Moments that come once: "tomorrow at eight", 明天早上八点, "on friday evening", 25号.
//!
//! What it is *not*: what recurs is read by `times`. A bare hour is the next one that clocks show so. Start at
//! [`moment_at`].

use crate::text::numerals::number_at;
use crate::text::times::{boundary, either_at, here, part_of_day_at};
use base::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use things::Site;

/// Minutes of a day, and of half of one.
const DAY: i32 = 24 * 60;
const HALF: i32 = 12 * 60;
/// When a day begins for what is said of it without a time.
const DAY_BEGINS: i32 = 9 * 60;
/// Hours of another day that are meant in the morning when nothing else is said.
const MORNING_FROM: i32 = 6 * 60;

/// Days by their distance from today, with the time of day that the word says.
const DAYS: &[(&str, i32, Option<i32>)] = &[
    ("today", 0, None),
    ("tonight", 0, Some(20 * 60)),
    ("this morning", 0, Some(9 * 60)),
    ("this afternoon", 0, Some(15 * 60)),
    ("this evening", 0, Some(19 * 60)),
    ("tomorrow", 1, None),
    ("tomorrow night", 1, Some(20 * 60)),
    ("the day after tomorrow", 2, None),
    ("day after tomorrow", 2, None),
    ("今天", 0, None),
    ("今日", 0, None),
    ("今晚", 0, Some(20 * 60)),
    ("今夜", 0, Some(20 * 60)),
    ("今早", 0, Some(9 * 60)),
    ("明天", 1, None),
    ("明日", 1, None),
    ("明早", 1, Some(9 * 60)),
    ("明晚", 1, Some(20 * 60)),
    ("后天", 2, None),
    ("大后天", 3, None),
    ("聽日", 1, None),
    ("听日", 1, None),
];
const WEEKDAYS: &[(&str, i8)] = &[
    ("monday", 1),
    ("tuesday", 2),
    ("wednesday", 3),
    ("thursday", 4),
    ("friday", 5),
    ("saturday", 6),
    ("sunday", 7),
    ("周一", 1),
    ("周二", 2),
    ("周三", 3),
    ("周四", 4),
    ("周五", 5),
    ("周六", 6),
    ("周日", 7),
    ("周天", 7),
    ("星期一", 1),
    ("星期二", 2),
    ("星期三", 3),
    ("星期四", 4),
    ("星期五", 5),
    ("星期六", 6),
    ("星期日", 7),
    ("星期天", 7),
    ("礼拜一", 1),
    ("礼拜二", 2),
    ("礼拜三", 3),
    ("礼拜四", 4),
    ("礼拜五", 5),
    ("礼拜六", 6),
    ("礼拜天", 7),
];
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Words before a moment that belong to it.
const BEFORE: &[&str] = &["at ", "on ", "for ", "by ", "around ", "about ", "in the ", "the ", "在", "于"];
/// Words between its parts.
const BETWEEN: &[&str] =
    &[" ", ", ", ",", " at ", " on ", " in the ", " on the ", " around ", ", at ", " for ", "的", "的时候"];

/// A moment that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    /// A day was said, or the word for one.
    pub(super) has_day: bool,
    /// A time of the day was said.
    pub(super) has_time: bool,
}

/// The day and the time at the site when something is said.
pub(super) struct Today {
    date: Date,
    minutes: i32,
    zone: TimeZone,
}

impl Today {
    /// At a site, at an instant.
    pub(super) fn of(site: &Site, now: Timestamp) -> Today {
        let zone = TimeZone::get(&site.time_zone).unwrap_or(TimeZone::UTC);
        let local = now.to_jiff().to_zoned(zone.clone());
        Today { date: local.date(), minutes: i32::from(local.hour()) * 60 + i32::from(local.minute()), zone }
    }
}

#[derive(Default, Clone, Copy)]
struct Parts {
    day: Option<i32>,
    /// The time that the word for the day says.
    usual: Option<i32>,
    part: Option<crate::text::times::Part>,
    /// Minutes of the day, and whether both halves of a day can be meant.
    time: Option<(i32, bool)>,
}

/// The moment that stands at a place, and where it ends.
pub(super) fn moment_at(chars: &[char], at: usize, today: &Today) -> Option<(Moment, usize)> {
    if !boundary(chars, at) {
        return None;
    }
    let mut parts = Parts::default();
    let mut end = at;
    let mut sure = false;
    // "on the" and the like may stand one behind the other.
    while let Some((to, word)) = BEFORE.iter().find_map(|w| Some((here(chars, end, w)?, *w))) {
        sure |= word == "at ";
        end = to;
    }
    let start = end;
    end = parts.take(chars, end, today.date, sure)?;
    while let Some(to) = std::iter::once(&"").chain(BETWEEN).find_map(|w| {
        let next = here(chars, end, w)?;
        parts.take(chars, next, today.date, true)
    }) {
        end = to;
    }
    if !boundary(chars, end) || end == start {
        return None;
    }
    let moment = Moment {
        at: parts.resolve(today)?,
        has_day: parts.day.is_some(),
        has_time: parts.time.is_some() || parts.part.is_some() || parts.usual.is_some(),
    };
    Some((moment, end))
}

/// The distance of a day from today that is named at a place.
fn day_at(chars: &[char], at: usize, today: Date) -> Option<(i32, Option<i32>, usize)> {
    let whole = |w: &str| here(chars, at, w).filter(|to| boundary(chars, *to));
    let words = DAYS.iter().filter_map(|(w, d, t)| Some((*d, *t, whole(w)?)));
    if let Some(found) = words.max_by_key(|(_, _, to)| *to) {
        return Some(found);
    }
    weekday_at(chars, at, today).or_else(|| date_at(chars, at, today)).map(|(days, to)| (days, None, to))
}

fn weekday_at(chars: &[char], at: usize, today: Date) -> Option<(i32, usize)> {
    let (weeks, next) =
        [("next ", 1), ("this ", 0), ("coming ", 0), ("下个", 1), ("下", 1), ("这个", 0), ("这", 0), ("本", 0)]
            .into_iter()
            .find_map(|(w, n)| Some((Some(n), here(chars, at, w)?)))
            .unwrap_or((None, at));
    let (day, to) = WEEKDAYS
        .iter()
        .filter_map(|(w, d)| Some((*d, here(chars, next, w).filter(|to| boundary(chars, *to))?)))
        .max_by_key(|(_, to)| *to)?;
    let wanted = i32::from(day) - i32::from(today.weekday().to_monday_one_offset());
    Some((
        match weeks {
            Some(1) => wanted + 7,
            _ if wanted <= 0 => wanted + 7,
            _ => wanted,
        },
        to,
    ))
}

/// 11月25日, 25号, "november 25th", "25 november", "the 25th".
fn date_at(chars: &[char], at: usize, today: Date) -> Option<(i32, usize)> {
    let whole = |at: usize, most: f64| {
        let (n, to) = number_at(chars, at)?;
        #[expect(clippy::cast_possible_truncation, reason = "a whole number up to 31")]
        ((1.0..=most).contains(&n) && n.fract() == 0.0).then_some((n as i8, to))
    };
    let month_at = |at: usize| {
        MONTHS.iter().zip(1i8..).find_map(|(m, i)| Some((i, here(chars, at, m).filter(|to| boundary(chars, *to))?)))
    };
    let ordinal = |to: usize| ["st", "nd", "rd", "th"].iter().find_map(|w| here(chars, to, w));
    let (month, day, end) = if let Some((month, to)) = month_at(at) {
        let (day, to) = whole(here(chars, to, " ")?, 31.0)?;
        (Some(month), day, ordinal(to).unwrap_or(to))
    } else {
        let (first, to) = whole(at, 31.0)?;
        if let Some(next) = here(chars, to, "月").filter(|_| first <= 12) {
            let (day, to) = whole(next, 31.0)?;
            (Some(first), day, here(chars, to, "日").or_else(|| here(chars, to, "号"))?)
        } else if let Some(end) = here(chars, to, "号") {
            (None, first, end)
        } else {
            let close = ordinal(to).unwrap_or(to);
            let of = here(chars, close, " of ").or_else(|| here(chars, close, " "));
            match of.and_then(month_at) {
                Some((month, end)) => (Some(month), first, end),
                None => (None, first, ordinal(to)?),
            }
        }
    };
    let next = (0..=12i16).find_map(|months| {
        let (year, m) = match month {
            Some(m) => (today.year() + months, m),
            None => {
                let later = today.first_of_month().checked_add(i32::from(months).months()).ok()?;
                (later.year(), later.month())
            }
        };
        Date::new(year, m, day).ok().filter(|d| *d >= today)
    })?;
    let days = today.until(next).ok()?.get_days();
    Some((days, end)).filter(|_| boundary(chars, end))
}

impl Parts {
    fn take(&mut self, chars: &[char], at: usize, today: Date, known: bool) -> Option<usize> {
        if self.day.is_none()
            && let Some((day, usual, to)) = day_at(chars, at, today)
        {
            (self.day, self.usual) = (Some(day), usual);
            return Some(to);
        }
        if self.time.is_none()
            && let Some((minutes, either, to)) = either_at(chars, at, known)
        {
            self.time = Some((minutes, either));
            return Some(to);
        }
        if self.part.is_none()
            && let Some((part, to)) = part_of_day_at(chars, at)
        {
            self.part = Some(part);
            return Some(to);
        }
        None
    }

    fn resolve(self, today: &Today) -> Option<Timestamp> {
        let (mut day, now) = (self.day.unwrap_or(0), today.minutes);
        let evening = self.usual.is_some_and(|u| u >= HALF);
        let minutes = match (self.time, self.part) {
            (Some((m, true)), Some(part)) => part.minutes(m),
            (Some((m, true)), None) => match day {
                _ if evening => m % HALF + HALF,
                0 if m > now => m,
                0 if m % HALF + HALF > now => m % HALF + HALF,
                0 => m,
                _ if m < MORNING_FROM => m + HALF,
                _ => m,
            },
            (Some((m, false)), _) => m,
            (None, Some(part)) => part.begins(),
            (None, None) => self.usual.unwrap_or(DAY_BEGINS),
        };
        let minutes = minutes.rem_euclid(DAY);
        if self.day.is_none() && minutes <= now {
            day += 1;
        }
        let date = today.date.checked_add(day.days()).ok()?;
        let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        let time = jiff::civil::Time::new(hour, minute, 0, 0).ok()?;
        date.to_datetime(time).to_zoned(today.zone.clone()).ok().map(|z| Timestamp::from_jiff(z.timestamp()))
    }
}
