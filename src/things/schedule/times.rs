//! Days and times of day as people write them: `2026-10-01`, `08:30`, `workdays`.

use jiff::civil::{Date, Time};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// From calendar arithmetic.
    pub fn new(date: Date) -> Self {
        Day(date)
    }
    /// For calendar arithmetic.
    pub fn date(self) -> Date {
        self.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(d)?;
        // Nothing but `2026-10-01`: jiff would also take the date of a time.
        let plain = text.len() == 10;
        let date = text.parse().ok().filter(|_| plain);
        date.map(Day).ok_or_else(|| de::Error::custom("expected a day such as 2026-10-01"))
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date", "description": "a day, as in 2026-10-01" })
    }
}

/// A time of day by the clock on the wall, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct TimeOfDay(u32);

impl TimeOfDay {
    /// Hours, minutes, seconds.
    pub fn new(hour: u8, minute: u8, second: u8) -> Option<Self> {
        let fits = hour < 24 && minute < 60 && second < 60;
        fits.then(|| TimeOfDay(u32::from(hour) * 3600 + u32::from(minute) * 60 + u32::from(second)))
    }
    /// From seconds since midnight by the clock.
    pub fn from_seconds(seconds: u32) -> Option<Self> {
        (seconds < 24 * 3600).then_some(TimeOfDay(seconds))
    }
    /// From `08:30` or `08:30:15`.
    pub fn parse(text: &str) -> Option<Self> {
        let number =
            |p: &str| if p.len() == 2 && p.bytes().all(|b| b.is_ascii_digit()) { p.parse().ok() } else { None };
        let mut parts = text.split(':');
        let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
        let second = parts.next().map_or(Some(0), number)?;
        if parts.next().is_some() { None } else { TimeOfDay::new(hour, minute, second) }
    }
    /// Seconds since midnight by the clock.
    pub fn seconds(self) -> u32 {
        self.0
    }
    /// For calendar arithmetic.
    pub fn time(self) -> Time {
        let part = |n: u32| i8::try_from(n).unwrap_or(0);
        Time::new(part(self.0 / 3600), part(self.0 / 60 % 60), part(self.0 % 60), 0).unwrap_or(Time::MIN)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 3600, self.0 / 60 % 60)?;
        if self.0.is_multiple_of(60) { Ok(()) } else { write!(f, ":{:02}", self.0 % 60) }
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(d)?;
        TimeOfDay::parse(&text).ok_or_else(|| de::Error::custom("expected a time of day such as 08:30"))
    }
}

impl JsonSchema for TimeOfDay {
    fn schema_name() -> Cow<'static, str> {
        "TimeOfDay".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
            "description": "a time by the clock of the site, as in 08:30"
        })
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// All of them, from Monday.
    pub const ALL: [Weekday; 7] =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

    /// That of a day.
    pub fn of(date: Date) -> Self {
        match date.weekday() {
            jiff::civil::Weekday::Monday => Weekday::Mon,
            jiff::civil::Weekday::Tuesday => Weekday::Tue,
            jiff::civil::Weekday::Wednesday => Weekday::Wed,
            jiff::civil::Weekday::Thursday => Weekday::Thu,
            jiff::civil::Weekday::Friday => Weekday::Fri,
            jiff::civil::Weekday::Saturday => Weekday::Sat,
            jiff::civil::Weekday::Sunday => Weekday::Sun,
        }
    }
}

/// Which days.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// All of them.
    #[default]
    Everyday,
    /// Those on which people work, by the calendar of the site.
    Workdays,
    /// Those on which they do not: weekends and holidays.
    DaysOff,
    /// These days of the week.
    Weekdays(BTreeSet<Weekday>),
}

impl Days {
    /// Whether a day is one of them.
    pub fn has(&self, date: Date, is_workday: bool) -> bool {
        match self {
            Days::Everyday => true,
            Days::Workdays => is_workday,
            Days::DaysOff => !is_workday,
            Days::Weekdays(days) => days.contains(&Weekday::of(date)),
        }
    }
    /// Whether it is all of them.
    pub fn is_every(&self) -> bool {
        *self == Days::Everyday
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        matches!(self, Days::Weekdays(days) if days.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written_to_the_second() {
        for (text, seconds) in [("00:00", 0), ("08:30", 30_600), ("23:59:59", 86_399)] {
            let time = TimeOfDay::parse(text).unwrap();
            assert_eq!((time.seconds(), time.to_string().as_str()), (seconds, text));
        }
        for bad in ["24:00", "8:30", "08:60", "08", "08:30:", "08:30:15:1", "+8:30", "0８:30", ""] {
            assert_eq!(TimeOfDay::parse(bad), None, "{bad}");
        }
        assert!(serde_json::from_str::<Day>("\"2026-02-28\"").is_ok());
        for bad in ["\"2026-02-30\"", "\"2026-2-3\"", "\"2026-02-03T10:00\"", "\"20260203\""] {
            assert!(serde_json::from_str::<Day>(bad).is_err(), "{bad}");
        }
    }
}
