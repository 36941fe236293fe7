//! Local time of the site for the physics: the sun and the habits of people go by it. It has no summer time.

use base::Timestamp;

/// East of Greenwich, in microseconds.
const OFFSET_US: i64 = 8 * 3_600_000_000;
const DAY_US: i64 = 86_400_000_000;
const MINUTE_US: i64 = 60_000_000;

/// A local time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Local {
    /// Days since 1970-01-01.
    pub(crate) day: i64,
    /// Hour of the day with its fraction.
    pub(crate) hour: f64,
    /// Minutes since 1970-01-01.
    pub(crate) minute: i64,
}

impl Local {
    pub(crate) fn of(at: Timestamp) -> Local {
        let us = at.as_micros() + OFFSET_US;
        let rest = us.rem_euclid(DAY_US);
        let hour = rest as f64 / 3_600_000_000.0;
        Local { day: us.div_euclid(DAY_US), hour, minute: us.div_euclid(MINUTE_US) }
    }
    /// Monday is 0.
    pub(crate) fn weekday(self) -> i64 {
        (self.day + 3).rem_euclid(7)
    }
    pub(crate) fn is_working_day(self) -> bool {
        self.weekday() < 5
    }
    /// Hours since 1970-01-01.
    pub(crate) fn hours(self) -> f64 {
        days(self.day) * 24.0 + self.hour
    }
    /// Days since the year began, near enough for the sun.
    pub(crate) fn day_of_year(self) -> f64 {
        let t = days(self.day) + self.hour / 24.0;
        t - 365.2425 * libm::floor(t / 365.2425)
    }
    /// Number of the part of so many minutes in which this is.
    pub(crate) fn part(self, minutes: i64) -> i64 {
        self.minute.div_euclid(minutes)
    }
    /// The first moment of the local day in which a time lies.
    pub(crate) fn midnight(at: Timestamp) -> Timestamp {
        let us = at.as_micros() + OFFSET_US;
        Timestamp::from_micros(us - us.rem_euclid(DAY_US) - OFFSET_US)
    }
}

/// A number of days as a float.
fn days(n: i64) -> f64 {
    f64::from(i32::try_from(n).unwrap_or(0))
}
