//! Times as cron writes them: five fields, or six with seconds first.
//!
//! Where the hour is `*`, what comes next is counted on: on a day of 25 hours the hour that comes twice has its minutes
//! twice. Where hours are named, each comes once a day, as [`super::Local`] says. What it is *not*: it knows no `L`, `W`
//! and `#`. Start at [`Cron`].

use super::Local;
use base::{Bilingual, Span, Timestamp};
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;

/// Longest expression, in characters.
pub(crate) const CHARS_MAX: usize = 256;
/// How far ahead the next day is looked for: from one 29 February to the next but one.
const DAYS_AHEAD_MAX: usize = 366 * 13;
/// Most moments that are looked at within a day.
const MOMENTS_MAX: usize = 100_000;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const NICKNAMES: [(&str, &str); 7] = [
    ("@annually", "0 0 1 1 *"),
    ("@daily", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
    ("@midnight", "0 0 * * *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@yearly", "0 0 1 1 *"),
];

/// An expression, taken apart. Stored as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Cron {
    text: String,
    second: Set,
    minute: Set,
    hour: Set,
    day: Set,
    month: Set,
    weekday: Set,
}

/// The numbers of one field, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set {
    bits: u64,
    /// It begins with `*`.
    any: bool,
}

impl Set {
    fn has(self, n: i8) -> bool {
        u32::try_from(n).is_ok_and(|n| self.bits & (1 << n) != 0)
    }
    fn iter(self, range: RangeInclusive<i8>) -> impl Iterator<Item = i8> {
        range.filter(move |n| self.has(*n))
    }
}

/// When an expression comes due, day by day.
pub(crate) struct Pattern {
    /// Seconds of the day.
    pub(crate) seconds: Vec<u32>,
    /// Days of the week, counted from Monday.
    pub(crate) weekdays: Vec<i8>,
    /// Days of the month.
    pub(crate) days: Vec<i8>,
    /// Months.
    pub(crate) months: Vec<i8>,
    /// A day of the week or one of the month is enough.
    pub(crate) either: bool,
}

impl Cron {
    /// When it comes due; none where that is more often in a day than this.
    pub(crate) fn pattern(&self, most: usize) -> Option<Pattern> {
        let part = |set: Set, range| set.iter(range).filter_map(|n| u32::try_from(n).ok()).collect::<Vec<u32>>();
        let (hours, minutes, seconds) = (part(self.hour, 0..=23), part(self.minute, 0..=59), part(self.second, 0..=59));
        if hours.len() * minutes.len() * seconds.len() > most {
            return None;
        }
        let of_hour = |hour: &u32| -> Vec<u32> {
            let of_minute = |minute: &u32| seconds.iter().map(|s| hour * 3_600 + minute * 60 + s).collect::<Vec<u32>>();
            minutes.iter().flat_map(of_minute).collect()
        };
        Some(Pattern {
            seconds: hours.iter().flat_map(of_hour).collect(),
            weekdays: (0..=6).filter(|day| self.weekday.has((day + 1) % 7)).collect(),
            days: self.day.iter(1..=31).collect(),
            months: self.month.iter(1..=12).collect(),
            either: !self.day.any && !self.weekday.any,
        })
    }

    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Cron, Bilingual> {
        let plain = text.trim().to_ascii_lowercase();
        if plain.len() > CHARS_MAX {
            let (zh, en) = (format!("最多 {CHARS_MAX} 个字符"), format!("at most {CHARS_MAX} characters are possible"));
            return Err(Bilingual::new(zh, en));
        }
        let fields = NICKNAMES.iter().find(|(name, _)| *name == plain).map_or(plain.as_str(), |(_, fields)| fields);
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        let (second, rest) = match fields.as_slice() {
            [second, rest @ ..] if rest.len() == 5 => (*second, rest),
            rest if rest.len() == 5 => ("0", rest),
            other => {
                let n = other.len();
                return Err(Bilingual::new(
                    format!("应有 5 项（分 时 日 月 周）或 6 项（前面加秒），现有 {n} 项"),
                    format!("has 5 fields (minute hour day month weekday), or 6 with seconds first, not {n}"),
                ));
            }
        };
        let field = |i: usize, range, names| set(rest.get(i).copied().unwrap_or("*"), range, names);
        let mut weekday = field(4, 0..=7, &WEEKDAYS)?;
        // Sunday is 0 and 7.
        weekday.bits |= weekday.bits >> 7 & 1;
        let cron = Cron {
            text: text.to_owned(),
            second: set(second, 0..=59, &[])?,
            minute: field(0, 0..=59, &[])?,
            hour: field(1, 0..=23, &[])?,
            day: field(2, 1..=31, &[])?,
            month: field(3, 1..=12, &MONTHS)?,
            weekday,
        };
        // The longest that each month can be tells whether such a day ever comes.
        let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let comes = |(month, days): (i8, i8)| cron.month.has(month) && cron.day.iter(1..=days).next().is_some();
        if cron.weekday.any && !(1..=12).zip(longest).any(comes) {
            return Err(Bilingual::new("这样的日期不存在", "there is no such day"));
        }
        Ok(cron)
    }

    /// The first moment later than an instant.
    pub(crate) fn next(&self, after: Timestamp, local: &Local) -> Option<Timestamp> {
        let start = local.date(after).yesterday().ok()?;
        let zone = local.zone();
        start.series(1.day()).take(DAYS_AHEAD_MAX).filter(|date| self.on(*date)).find_map(|date| {
            if self.hour.any { self.walked(date, after, &zone) } else { self.named(date, after, &zone) }
        })
    }

    /// Day of the month and day of the week: where both are given, either is enough.
    fn on(&self, date: Date) -> bool {
        let (day, weekday) = (self.day.has(date.day()), self.weekday.has(date.weekday().to_sunday_zero_offset()));
        self.month.has(date.month()) && if self.day.any || self.weekday.any { day && weekday } else { day || weekday }
    }

    /// The first moment of a day whose hours are named.
    fn named(&self, date: Date, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let at = |h, m, s| {
            let zoned = date.to_datetime(Time::new(h, m, s, 0).ok()?).to_zoned(zone.clone()).ok()?;
            Some(Timestamp::from_jiff(zoned.timestamp()))
        };
        let minutes = self.hour.iter(0..=23).flat_map(|h| self.minute.iter(0..=59).map(move |m| (h, m)));
        minutes
            .filter(|(h, m)| at(*h, *m, 59).is_some_and(|t| t > after))
            .flat_map(|(h, m)| self.second.iter(0..=59).filter_map(move |s| at(h, m, s)))
            .filter(|t| *t > after)
            .min()
    }

    /// The first moment of a day by what clocks show from second to second.
    fn walked(&self, date: Date, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let begin = Timestamp::from_jiff(date.to_zoned(zone.clone()).ok()?.timestamp());
        let second = Span::from_secs(1);
        let next = Timestamp::from_micros(after.as_micros().div_euclid(1_000_000) * 1_000_000) + second;
        let mut at = begin.max(next);
        for _ in 0..MOMENTS_MAX {
            let zoned = at.to_jiff().to_zoned(zone.clone());
            if zoned.date() != date {
                return None;
            }
            if !self.hour.has(zoned.hour()) || !self.minute.has(zoned.minute()) {
                at = at + Span::from_secs(60 - i64::from(zoned.second()));
            } else if !self.second.has(zoned.second()) {
                at = at + second;
            } else {
                return Some(at);
            }
        }
        None
    }
}

/// Reads one field.
fn set(text: &str, range: RangeInclusive<u32>, names: &[&str]) -> Result<Set, Bilingual> {
    let fault = || {
        let (low, high) = (range.start(), range.end());
        Bilingual::new(
            format!("看不懂“{text}”：应为 {low} 到 {high}，可写 *、a-b、a,b、*/n"),
            format!("`{text}` is not understood: takes {low} to {high}, written *, a-b, a,b or */n"),
        )
    };
    let number = |text: &str| -> Option<u32> {
        let named = names.iter().position(|name| *name == text).and_then(|n| u32::try_from(n).ok());
        let plain = || text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        named.map(|n| n + range.start()).or_else(plain).filter(|n| range.contains(n))
    };
    let mut bits = 0;
    for part in text.split(',') {
        let (span, step) = match part.split_once('/') {
            Some((span, step)) => (span, step.parse().ok().filter(|n| *n > 0).ok_or_else(fault)?),
            None => (part, 1),
        };
        let (first, last) = match (span, span.split_once('-')) {
            ("*" | "?", _) => (*range.start(), *range.end()),
            (_, Some((a, b))) => (number(a).ok_or_else(fault)?, number(b).ok_or_else(fault)?),
            (one, None) => {
                let n = number(one).ok_or_else(fault)?;
                // `5/15` goes on to the end.
                (n, if part.contains('/') { *range.end() } else { n })
            }
        };
        if first > last {
            return Err(fault());
        }
        for n in (first..=last).step_by(step) {
            bits |= 1 << n;
        }
    }
    Ok(Set { bits, any: text.starts_with(['*', '?']) })
}

impl TryFrom<String> for Cron {
    type Error = String;
    fn try_from(text: String) -> Result<Cron, String> {
        Cron::parse(&text).map_err(|why| why.en)
    }
}

impl From<Cron> for String {
    fn from(cron: Cron) -> String {
        cron.text
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
