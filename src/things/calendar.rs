//! Which days people work: weekends, public holidays, and the days of weekends that are worked instead (调休).
//!
//! Public holidays of a region come from a bundled file where they are announced year by year, and from rules where a
//! law fixes them; a site adds its own. What it is *not*: it knows no clock and no zone; days come as dates. Start at
//! [`Calendar`].

use crate::schedule::{Day, Weekday};
use jiff::ToSpan;
use jiff::civil::{self, Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// Most days that a site may add to its calendar, of each kind.
pub const SITE_DAYS_MAX: usize = 400;

/// What mainland China announces year by year.
static CHINA: LazyLock<BTreeMap<i16, Year>> = LazyLock::new(|| read(include_str!("calendar/cn.txt")));

/// What is announced for one year.
#[derive(Debug, Clone, PartialEq, Default)]
struct Year {
    off: BTreeSet<Date>,
    work: BTreeSet<Date>,
}

/// Whose public holidays count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// Nobody's: weekends and the days that the site adds.
    None,
    /// Mainland China, as announced; with the days that are worked instead.
    Cn,
    /// Germany, the days that hold in every state.
    De,
    /// France.
    Fr,
    /// The United States, federal.
    Us,
}

/// The calendar of a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Calendar {
    /// Whose public holidays count; by the time zone when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The days of the week that nobody works.
    #[serde(default = "weekend")]
    pub weekend: BTreeSet<Weekday>,
    /// Days off of this site alone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub holidays: BTreeSet<Day>,
    /// Days that this site works, whatever else they are.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub workdays: BTreeSet<Day>,
}

fn weekend() -> BTreeSet<Weekday> {
    BTreeSet::from([Weekday::Sat, Weekday::Sun])
}

impl Default for Calendar {
    fn default() -> Self {
        Calendar { region: None, weekend: weekend(), holidays: BTreeSet::new(), workdays: BTreeSet::new() }
    }
}

impl Calendar {
    /// With the region written out, if need be by the time zone.
    pub fn resolved(&self, time_zone: &str) -> Calendar {
        Calendar { region: Some(self.region.unwrap_or(Region::of_zone(time_zone))), ..self.clone() }
    }

    /// Whether people work on a day.
    pub fn is_workday(&self, date: Date) -> bool {
        let day = Day::new(date);
        if self.workdays.contains(&day) || self.holidays.contains(&day) {
            return self.workdays.contains(&day);
        }
        match self.region.unwrap_or(Region::None).public(date) {
            Some(works) => works,
            None => !self.weekend.contains(&Weekday::of(date)),
        }
    }

    /// Whether the public holidays of a year are known.
    pub fn knows(&self, year: i16) -> bool {
        self.region.unwrap_or(Region::None).years().contains(&year)
    }
}

impl Region {
    /// Of a time zone that lies in one country.
    pub fn of_zone(time_zone: &str) -> Region {
        match time_zone {
            "Asia/Shanghai" | "Asia/Urumqi" | "Asia/Chongqing" | "Asia/Harbin" | "Asia/Kashgar" | "PRC" => Region::Cn,
            "Europe/Berlin" => Region::De,
            "Europe/Paris" => Region::Fr,
            "America/New_York" | "America/Chicago" | "America/Denver" | "America/Phoenix" | "America/Los_Angeles" => {
                Region::Us
            }
            _ => Region::None,
        }
    }

    /// The years that are known.
    pub fn years(self) -> RangeInclusive<i16> {
        match self {
            Region::Cn => {
                let first = CHINA.keys().next().copied().unwrap_or(0);
                first..=CHINA.keys().next_back().copied().unwrap_or(-1)
            }
            // Since then the present laws are in force.
            Region::De | Region::Fr | Region::Us => 2022..=i16::MAX,
            Region::None => i16::MIN..=i16::MAX,
        }
    }

    /// Whether a day is one that people work although it may be a weekend (true), or a public holiday (false).
    fn public(self, date: Date) -> Option<bool> {
        match self {
            Region::None => None,
            Region::Cn => {
                let year = CHINA.get(&date.year())?;
                let works = year.work.contains(&date);
                (works || year.off.contains(&date)).then_some(works)
            }
            Region::De => is_any(date, &GERMANY).then_some(false),
            Region::Fr => is_any(date, &FRANCE).then_some(false),
            Region::Us => observed(date).then_some(false),
        }
    }
}

/// A public holiday that a law fixes.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// Month and day.
    On(i8, i8),
    /// Days after Easter Sunday.
    Easter(i64),
    /// The n-th such weekday of a month; the last one where n is -1.
    Nth(i8, civil::Weekday, i8),
}

const GERMANY: [Rule; 9] = [
    Rule::On(1, 1),
    Rule::Easter(-2),
    Rule::Easter(1),
    Rule::On(5, 1),
    Rule::Easter(39),
    Rule::Easter(50),
    Rule::On(10, 3),
    Rule::On(12, 25),
    Rule::On(12, 26),
];

const FRANCE: [Rule; 11] = [
    Rule::On(1, 1),
    Rule::Easter(1),
    Rule::On(5, 1),
    Rule::On(5, 8),
    Rule::Easter(39),
    Rule::Easter(50),
    Rule::On(7, 14),
    Rule::On(8, 15),
    Rule::On(11, 1),
    Rule::On(11, 11),
    Rule::On(12, 25),
];

/// Title 5 of the United States Code, section 6103.
const UNITED_STATES: [Rule; 11] = [
    Rule::On(1, 1),
    Rule::Nth(3, civil::Weekday::Monday, 1),
    Rule::Nth(3, civil::Weekday::Monday, 2),
    Rule::Nth(-1, civil::Weekday::Monday, 5),
    Rule::On(6, 19),
    Rule::On(7, 4),
    Rule::Nth(1, civil::Weekday::Monday, 9),
    Rule::Nth(2, civil::Weekday::Monday, 10),
    Rule::On(11, 11),
    Rule::Nth(4, civil::Weekday::Thursday, 11),
    Rule::On(12, 25),
];

impl Rule {
    fn holds(self, date: Date) -> bool {
        match self {
            Rule::On(month, day) => (date.month(), date.day()) == (month, day),
            Rule::Easter(days) => {
                easter(date.year()).and_then(|e| e.checked_add(days.days()).ok()).is_some_and(|d| d == date)
            }
            Rule::Nth(n, weekday, month) => {
                date.month() == month && date.nth_weekday_of_month(n, weekday).is_ok_and(|d| d == date)
            }
        }
    }
}

fn is_any(date: Date, rules: &[Rule]) -> bool {
    rules.iter().any(|rule| rule.holds(date))
}

/// A federal holiday on a Saturday is observed on the Friday before, one on a Sunday on the Monday after.
fn observed(date: Date) -> bool {
    let neighbour = match date.weekday() {
        civil::Weekday::Friday => date.tomorrow(),
        civil::Weekday::Monday => date.yesterday(),
        _ => return is_any(date, &UNITED_STATES),
    };
    is_any(date, &UNITED_STATES) || neighbour.is_ok_and(|d| is_any(d, &UNITED_STATES))
}

/// Easter Sunday of the Gregorian calendar, by the algorithm of Meeus, Jones and Butcher.
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Reads a table of years: `2026 off 01-01..01-03 ...`, `2026 work 01-04 ...`. What cannot be read is left out; a test
/// reads every line.
fn read(text: &str) -> BTreeMap<i16, Year> {
    let mut years: BTreeMap<i16, Year> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let (Some(Ok(year)), Some(kind)) = (words.next().map(str::parse), words.next()) else { continue };
        let entry = years.entry(year).or_default();
        let days = if kind == "work" { &mut entry.work } else { &mut entry.off };
        days.extend(words.flat_map(|range| dates(year, range)));
    }
    years
}

/// The days of `10-01` or `10-01..10-07`.
fn dates(year: i16, range: &str) -> Vec<Date> {
    let day = |text: &str| {
        let (month, day) = text.split_once('-')?;
        Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
    };
    let (first, last) = range.split_once("..").unwrap_or((range, range));
    let (Some(first), Some(last)) = (day(first), day(last)) else { return Vec::new() };
    first.series(1.day()).take_while(|d| *d <= last).collect()
}

#[cfg(test)]
mod tests;
