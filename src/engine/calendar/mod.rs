//! Local time for nodes: days, times of the day, sunrise and sunset in the zone of the site, and what comes next.
//!
//! A time that clocks skip in spring comes as much later as they are put forward; one that they show twice in autumn
//! counts the first time. What it is *not*: it has no clock, and knows no node. Start at [`Local`].

pub(crate) mod cron;
mod pattern;
pub(crate) mod sun;

pub(crate) use pattern::Pattern;
pub use pattern::check_time_pattern;

use crate::compile::Scope;
use base::{Bilingual, Span, Timestamp};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use things::Site;
use things::calendar::{Calendar, Region};
use things::registry::Place;
use things::schedule::{Days, TimeOfDay};

/// How far ahead the next time is looked for, in days: two polar nights and more.
const DAYS_AHEAD_MAX: usize = 800;
/// Farthest that a time may be from sunrise or sunset: 12 hours, in seconds.
const OFFSET_SECONDS_MAX: i64 = 12 * 3600;
const MINUTE: i64 = 60;

/// The zone and the place of the site as they stand in a plan, by name: what the zone is, is looked up anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Local {
    zone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
}

/// A time of the day, written `07:30`, `07:30:15`, `sunset`, `sunrise-00:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// What clocks show.
    Clock(TimeOfDay),
    /// Seconds after what the sun does, or before it.
    Sun(Sun, i64),
}

/// What the sun does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sun {
    /// It is 6 degrees below the horizon in the morning.
    Dawn,
    /// It rises.
    Sunrise,
    /// It sets.
    Sunset,
    /// It is 6 degrees below the horizon in the evening.
    Dusk,
}

/// When the sun rises and sets at a site on a day; none where it does not, or where the site has no place on Earth.
pub fn sun_on(site: &Site, date: Date) -> (Option<Timestamp>, Option<Timestamp>) {
    let local = Local::of(site);
    (local.instant(date, &At::Sun(Sun::Sunrise, 0)), local.instant(date, &At::Sun(Sun::Sunset, 0)))
}

/// Days as they stand in a plan: with the calendar of the site where that decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DaySet {
    days: Days,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calendar: Option<Calendar>,
}

/// What a calendar period is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Period {
    /// From full hour to full hour.
    Hour,
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
    /// A year of the calendar.
    Year,
}

impl Local {
    /// Of the site.
    pub(crate) fn of(site: &Site) -> Local {
        Local { zone: site.time_zone.clone(), place: site.place }
    }
    /// Whether these times are known at the site; says so if not.
    pub(crate) fn knows(&self, times: &[At], field: &str, scope: &mut Scope<'_>) -> bool {
        let known = self.place.is_some() || !times.iter().any(|at| matches!(at, At::Sun(..)));
        if !known {
            scope.no_place(field);
        }
        known
    }
    /// The place on Earth.
    pub(crate) fn place(&self) -> Option<Place> {
        self.place
    }
    /// The zone; UTC where its name is none.
    pub(crate) fn zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }
    /// The local day of an instant.
    pub(crate) fn date(&self, at: Timestamp) -> Date {
        at.to_jiff().to_zoned(self.zone()).date()
    }
    /// When a day begins.
    pub(crate) fn midnight(&self, date: Date) -> Option<Timestamp> {
        self.instant(date, &At::Clock(TimeOfDay::default()))
    }

    /// When a time comes on a day; none where the sun does not do so.
    pub(crate) fn instant(&self, date: Date, at: &At) -> Option<Timestamp> {
        match at {
            At::Clock(time) => {
                date.to_datetime(time.time()).to_zoned(self.zone()).ok().map(|z| Timestamp::from_jiff(z.timestamp()))
            }
            At::Sun(event, seconds) => {
                let place = self.place?;
                // The day of the sun whose noon is on this day: clocks can be far from the sun.
                let day = [Some(date), date.yesterday().ok(), date.tomorrow().ok()]
                    .into_iter()
                    .flatten()
                    .find(|day| self.date(sun::noon(*day, place)) == date)?;
                Some(sun::event(*event, day, place)? + Span::from_secs(*seconds))
            }
        }
    }

    /// The first of the times of these days that is later than an instant.
    pub(crate) fn next(&self, after: Timestamp, days: &DaySet, times: &[At]) -> Option<Timestamp> {
        self.first(after, |date| {
            let included = days.includes(date);
            times.iter().filter(move |_| included).filter_map(move |at| self.instant(date, at)).collect()
        })
    }

    /// The first instant later than this one among what each day brings. What belongs to a day can come up to a day
    /// before or after it.
    pub(crate) fn first(&self, after: Timestamp, of_day: impl Fn(Date) -> Vec<Timestamp>) -> Option<Timestamp> {
        let start = self.date(after).checked_sub(2.days()).ok()?;
        let mut best: Option<Timestamp> = None;
        let mut more = 2;
        for date in start.series(1.day()).take(DAYS_AHEAD_MAX) {
            if best.is_some() {
                if more == 0 {
                    break;
                }
                more -= 1;
            }
            let found = of_day(date).into_iter().filter(|t| *t > after).min();
            best = best.into_iter().chain(found).min();
        }
        best
    }

    /// When the calendar period of an instant begins.
    pub(crate) fn begin(&self, period: Period, at: Timestamp) -> Timestamp {
        let date = self.date(at);
        let day = match period {
            Period::Hour => {
                let time = at.to_jiff().to_zoned(self.zone()).time();
                let within = i64::from(time.minute()) * MINUTE + i64::from(time.second());
                let micros = i64::from(time.subsec_nanosecond()) / 1_000;
                return at - Span::from_secs(within) - Span::from_micros(micros);
            }
            Period::Day => Some(date),
            Period::Week => date.checked_sub(i32::from(date.weekday().to_monday_zero_offset()).days()).ok(),
            Period::Month => Some(date.first_of_month()),
            Period::Year => Some(date.first_of_year()),
        };
        day.and_then(|day| self.midnight(day)).unwrap_or(at)
    }

    /// When the calendar period after that of an instant begins.
    pub(crate) fn end(&self, period: Period, at: Timestamp) -> Option<Timestamp> {
        let begin = self.date(self.begin(period, at));
        let day = match period {
            Period::Hour => return Some(self.begin(period, at) + Span::from_secs(3600)),
            Period::Day => begin.tomorrow(),
            Period::Week => begin.checked_add(7.days()),
            Period::Month => begin.checked_add(1.month()),
            Period::Year => begin.checked_add(1.year()),
        };
        day.ok().and_then(|day| self.midnight(day))
    }
}

impl At {
    /// Reads it.
    pub(crate) fn parse(text: &str) -> Option<At> {
        for (name, event) in Sun::ALL {
            let Some(rest) = text.strip_prefix(name) else { continue };
            let seconds = match rest.strip_prefix('+').map(|r| (1, r)).or(rest.strip_prefix('-').map(|r| (-1, r))) {
                Some((sign, time)) => sign * i64::from(TimeOfDay::parse(time)?.seconds()),
                None if rest.is_empty() => 0,
                None => return None,
            };
            return (seconds.abs() <= OFFSET_SECONDS_MAX).then_some(At::Sun(event, seconds));
        }
        TimeOfDay::parse(text).map(At::Clock)
    }
}

impl Sun {
    const ALL: [(&str, Sun); 4] =
        [("dawn", Sun::Dawn), ("sunrise", Sun::Sunrise), ("sunset", Sun::Sunset), ("dusk", Sun::Dusk)];

    /// Its name in parameters.
    pub(crate) fn name(self) -> &'static str {
        Sun::ALL.iter().find(|(_, sun)| *sun == self).map_or("", |(name, _)| name)
    }
    /// Whether it is in the morning.
    pub(crate) fn is_morning(self) -> bool {
        matches!(self, Sun::Dawn | Sun::Sunrise)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Clock(time) => time.fmt(f),
            At::Sun(event, 0) => f.write_str(event.name()),
            At::Sun(event, seconds) => {
                let sign = if *seconds < 0 { '-' } else { '+' };
                let offset = u32::try_from(seconds.abs()).ok().and_then(TimeOfDay::from_seconds).unwrap_or_default();
                write!(f, "{}{sign}{offset}", event.name())
            }
        }
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        At::parse(&text).ok_or_else(|| {
            de::Error::custom(
                "expected a time such as 07:30, or sunrise, sunset, dawn, dusk with an offset: sunset-00:30",
            )
        })
    }
}

impl JsonSchema for At {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeOrSun".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let time = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?";
        schemars::json_schema!({
            "type": "string",
            "pattern": format!("^({time}|(dawn|sunrise|sunset|dusk)([+-]{time})?)$"),
            "description": "A time of the day: 07:30, sunset, sunrise+00:30.",
        })
    }
}

impl DaySet {
    /// Days of the site; says what its calendar does not know.
    pub(crate) fn checked(days: Days, scope: &mut Scope<'_>) -> Option<DaySet> {
        if days.is_empty() {
            let message = Bilingual::new("至少要有一天", "give one day of the week at least");
            scope.fault("rule.params", "days", message);
            return None;
        }
        let site = scope.world.site();
        let by_calendar = matches!(days, Days::Workdays | Days::DaysOff);
        let calendar = by_calendar.then(|| site.calendar.resolved(&site.time_zone));
        match calendar.as_ref().and_then(|c| c.region) {
            Some(Region::None) => {
                scope.warn(
                    "rule.calendar",
                    "days",
                    Bilingual::new(
                        "站点没有节假日地区：只有周末和站点自己的日子算休息日",
                        "the site has no region of public holidays: only weekends and the site's own days are days off",
                    ),
                );
                scope.help("在站点的日历里写明地区", "give the site's calendar a region");
            }
            Some(Region::Cn) => {
                let last = Region::Cn.years().end().to_owned();
                scope.warn(
                    "rule.calendar",
                    "days",
                    Bilingual::new(
                        format!("已知的节假日安排到 {last} 年为止；之后只认周末和站点自己的日子"),
                        format!("public holidays are known up to {last}; after it only weekends and the site's own days count"),
                    ),
                );
                scope.help(
                    "新的安排公布后升级本程序，或写进站点的日历",
                    "once new ones are announced take a newer version, or write them into the site's calendar",
                );
            }
            Some(Region::De | Region::Fr | Region::Us) | None => {}
        }
        Some(DaySet { days, calendar })
    }
    /// As they were written.
    pub(crate) fn days(&self) -> &Days {
        &self.days
    }
    /// Whether a day is one of them.
    pub(crate) fn includes(&self, date: Date) -> bool {
        let works = self.calendar.as_ref().is_none_or(|c| c.is_workday(date));
        self.days.has(date, works)
    }
}

#[cfg(test)]
mod tests;
