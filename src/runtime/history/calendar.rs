//! Ranges and pieces of time in the site's time zone. Pure: the present is passed in.
//!
//! Steps up to an hour are counted from local midnight, so that a day of 23 or 25 hours has that many of them; longer
//! ones begin at the same wall-clock times every day, so that one of them is shorter or longer then.

use super::HistoryError;
use base::{Bilingual, Span, Timestamp};
use documents::chart::{Range, Shift};
use documents::history::{BUCKETS_MAX, Bucket, RANGE_DAYS_MAX};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

/// Pieces that [`Bucket::Auto`] gives at most.
const AUTO_BUCKETS_MAX: usize = 300;
const MINUTE: Span = Span::from_secs(60);
const DAY: Span = Span::from_secs(24 * 3600);

/// The zone of that name; UTC where there is none.
pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// When a local day begins.
fn begin(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    day.to_zoned(zone.clone()).ok().map(|z| Timestamp::from_jiff(z.timestamp()))
}

/// The local day of an instant.
fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_jiff().to_zoned(zone.clone()).date()
}

/// When the local day of an instant begins.
pub(crate) fn midnight(at: Timestamp, zone: &TimeZone) -> Timestamp {
    begin(day_of(at, zone), zone).unwrap_or(at)
}

/// From when until when; the end is not included and not in the future where the range names none.
///
/// # Errors
/// When the range is none, or longer than [`RANGE_DAYS_MAX`].
pub(crate) fn resolve(range: &Range, now: Timestamp, zone: &TimeZone) -> Result<(Timestamp, Timestamp), HistoryError> {
    let found = match range {
        Range::Between { from, to } => Some((*from, *to)),
        Range::Last(text) => before(text, now, zone).map(|from| (from, now)),
        Range::Calendar(text) => named(text, now, zone).map(|(from, to)| (from, to.min(now))),
    };
    let (from, to) = found.ok_or_else(|| {
        let text = match range {
            Range::Last(text) | Range::Calendar(text) => text.as_str(),
            Range::Between { .. } => "",
        };
        HistoryError::Ask {
            code: "history.range",
            path: "/range".into(),
            text: Bilingual::new(format!("看不懂时间范围“{text}”"), format!("`{text}` is no range of time")),
            help: Box::new(Bilingual::new(
                "last 写作 30m、24h、7d、4w、1mo；calendar 可为 today、yesterday、this_week、last_week、this_month、last_month、this_year",
                "last is written 30m, 24h, 7d, 4w, 1mo; calendar is one of today, yesterday, this_week, last_week, this_month, last_month, this_year",
            )),
        }
    })?;
    if from >= to {
        return Err(HistoryError::Ask {
            code: "history.range",
            path: "/range".into(),
            text: Bilingual::new("时间范围是空的", "the range of time is empty"),
            help: Box::new(Bilingual::new("开始时间须早于结束时间", "it has to begin before it ends")),
        });
    }
    if (to - from).as_micros() / DAY.as_micros() > RANGE_DAYS_MAX {
        return Err(HistoryError::limit("range", RANGE_DAYS_MAX, "/range"));
    }
    Ok((from, to))
}

/// The instant so long before now: `30m`, `24h`, `7d`, `4w`, `1mo`.
fn before(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let n: i64 = number.parse().ok().filter(|n| (1..=1_000_000).contains(n))?;
    let span = match unit {
        "m" => Span::from_secs(n * 60),
        "h" => Span::from_secs(n * 3600),
        "d" => Span::from_secs(n * 24 * 3600),
        "w" => Span::from_secs(n * 7 * 24 * 3600),
        "mo" => {
            let there: Zoned = now.to_jiff().to_zoned(zone.clone());
            let months = i32::try_from(n).ok().filter(|n| *n <= 1_200)?;
            return there.checked_sub(months.months()).ok().map(|z| Timestamp::from_jiff(z.timestamp()));
        }
        _ => return None,
    };
    Some(now - span)
}

/// A range with a name.
fn named(text: &str, now: Timestamp, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let today = day_of(now, zone);
    let monday = today.checked_sub(i32::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
    let first = today.first_of_month();
    let (from, to) = match text {
        "today" => (today, today.tomorrow().ok()?),
        "yesterday" => (today.yesterday().ok()?, today),
        "this_week" => (monday, monday.checked_add(7.days()).ok()?),
        "last_week" => (monday.checked_sub(7.days()).ok()?, monday),
        "this_month" => (first, first.checked_add(1.month()).ok()?),
        "last_month" => (first.checked_sub(1.month()).ok()?, first),
        "this_year" => (today.first_of_year(), today.first_of_year().checked_add(1.year()).ok()?),
        _ => return None,
    };
    Some((begin(from, zone)?, begin(to, zone)?))
}

/// About how long a step is.
fn length(step: Bucket) -> Span {
    match (step.minutes(), step) {
        (Some(minutes), _) => Span::from_micros(MINUTE.as_micros() * minutes),
        (None, Bucket::Week) => Span::from_micros(DAY.as_micros() * 7),
        (None, Bucket::Month) => Span::from_micros(DAY.as_micros() * 28),
        (None, _) => DAY,
    }
}

/// The step that is used, and the borders of its pieces: one more than there are pieces, the first at `from`, the last
/// at `to`.
///
/// # Errors
/// When there were more than [`BUCKETS_MAX`].
pub(super) fn pieces(
    from: Timestamp,
    to: Timestamp,
    bucket: Bucket,
    zone: &TimeZone,
) -> Result<(Bucket, Vec<Timestamp>), HistoryError> {
    pieces_of(from, to, bucket, zone, AUTO_BUCKETS_MAX, BUCKETS_MAX)
}

/// As [`pieces`]: at most `usual` of them where the step is left open, and never more than `most`.
///
/// # Errors
/// When there were more than that.
pub(super) fn pieces_of(
    from: Timestamp,
    to: Timestamp,
    bucket: Bucket,
    zone: &TimeZone,
    usual: usize,
    most: usize,
) -> Result<(Bucket, Vec<Timestamp>), HistoryError> {
    let (usual, most) = (i64::try_from(usual).unwrap_or(i64::MAX), i64::try_from(most).unwrap_or(i64::MAX));
    let about = |step: Bucket| (to - from).as_micros() / length(step).as_micros().max(1);
    let step = match bucket {
        Bucket::Auto => {
            let fits = |step: &&Bucket| about(**step) <= usual;
            Bucket::STEPS.iter().find(fits).copied().unwrap_or(Bucket::Month)
        }
        other => other,
    };
    if step == Bucket::Whole {
        return Ok((step, vec![from, to]));
    }
    if about(step) + 1 > most {
        return Err(HistoryError::limit("buckets", most, "/bucket"));
    }
    let mut borders = vec![from];
    let mut day = first_day(day_of(from, zone), step);
    while let Some(begins) = begin(day, zone).filter(|b| *b < to) {
        let next = match step {
            Bucket::Week => day.checked_add(7.days()),
            Bucket::Month => day.checked_add(1.month()),
            _ => day.tomorrow(),
        };
        let Ok(next) = next else { break };
        let ends = begin(next, zone).unwrap_or(to);
        borders.extend(within(day, begins, ends, step, zone).into_iter().filter(|t| *t > from && *t < to));
        day = next;
    }
    borders.push(to);
    Ok((step, borders))
}

/// The same wall clock so much earlier; the last day of a shorter month where the day is none.
pub(super) fn shifted(at: Timestamp, back: Shift, zone: &TimeZone) -> Timestamp {
    let there = at.to_jiff().to_zoned(zone.clone());
    let before = match back {
        Shift::Day => there.checked_sub(1.day()),
        Shift::Week => there.checked_sub(1.week()),
        Shift::Month => there.checked_sub(1.month()),
        Shift::Year => there.checked_sub(1.year()),
    };
    before.map_or(at, |z| Timestamp::from_jiff(z.timestamp()))
}

fn first_day(day: Date, step: Bucket) -> Date {
    match step {
        Bucket::Week => day.checked_sub(i32::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day),
        Bucket::Month => day.first_of_month(),
        _ => day,
    }
}

/// Where pieces begin within a day.
fn within(day: Date, begins: Timestamp, ends: Timestamp, step: Bucket, zone: &TimeZone) -> Vec<Timestamp> {
    let Some(minutes) = step.minutes() else { return vec![begins] };
    let mut out = Vec::new();
    if minutes <= 60 {
        let mut at = begins;
        while at < ends {
            out.push(at);
            at = at + length(step);
        }
        return out;
    }
    for minute in (0..24 * 60).step_by(usize::try_from(minutes).unwrap_or(1)) {
        let hour = i8::try_from(minute / 60).unwrap_or(0);
        if let Ok(z) = day.at(hour, 0, 0, 0).to_zoned(zone.clone()) {
            out.push(Timestamp::from_jiff(z.timestamp()));
        }
    }
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn hours(borders: &[Timestamp]) -> Vec<i64> {
        borders.windows(2).map(|w| (w[1] - w[0]).as_micros() / 3_600_000_000).collect()
    }

    #[test]
    fn days_that_lose_or_gain_an_hour_have_pieces_of_their_own() {
        let berlin = zone("Europe/Berlin");
        // Clocks went forward on 2026-03-29 and back on 2026-10-25.
        for (from, to, day, n_hours, six) in [
            ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23, 23, vec![5, 6, 6, 6]),
            ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25, 25, vec![7, 6, 6, 6]),
            ("2026-06-09T22:00:00Z", "2026-06-10T22:00:00Z", 24, 24, vec![6, 6, 6, 6]),
        ] {
            let of = |bucket| pieces(at(from), at(to), bucket, &berlin).unwrap().1;
            assert_eq!(hours(&of(Bucket::Day)), [day], "{from}");
            assert_eq!(of(Bucket::Hour).len() - 1, n_hours, "{from}");
            assert!(hours(&of(Bucket::Hour)).iter().all(|h| *h == 1));
            assert_eq!(hours(&of(Bucket::Hours6)), six, "{from}");
        }
        let week = pieces(at("2026-03-25T12:00:00Z"), at("2026-04-02T12:00:00Z"), Bucket::Day, &berlin).unwrap().1;
        assert_eq!(hours(&week), [11, 24, 24, 24, 23, 24, 24, 24, 14]);
        let months = pieces(at("2026-01-15T00:00:00Z"), at("2026-04-15T00:00:00Z"), Bucket::Month, &berlin).unwrap().1;
        assert_eq!(months.len(), 5);
        assert_eq!(months[3], at("2026-03-31T22:00:00Z"));
    }

    #[test]
    fn ranges_are_those_of_the_site() {
        let shanghai = zone("Asia/Shanghai");
        let now = at("2026-11-21T10:00:00Z");
        let of = |range: Range| resolve(&range, now, &shanghai).map(|(a, b)| (a.to_string(), b.to_string()));
        for (name, from, to) in [
            ("today", "2026-11-20T16:00:00Z", "2026-11-21T10:00:00Z"),
            ("yesterday", "2026-11-19T16:00:00Z", "2026-11-20T16:00:00Z"),
            ("last_week", "2026-11-08T16:00:00Z", "2026-11-15T16:00:00Z"),
            ("this_month", "2026-10-31T16:00:00Z", "2026-11-21T10:00:00Z"),
            ("last_month", "2026-09-30T16:00:00Z", "2026-10-31T16:00:00Z"),
            ("this_year", "2025-12-31T16:00:00Z", "2026-11-21T10:00:00Z"),
        ] {
            assert_eq!(of(Range::Calendar(name.into())).unwrap(), (from.into(), to.into()), "{name}");
        }
        for (last, from) in [
            ("30m", "2026-11-21T09:30:00Z"),
            ("24h", "2026-11-20T10:00:00Z"),
            ("7d", "2026-11-14T10:00:00Z"),
            ("1mo", "2026-10-21T10:00:00Z"),
        ] {
            assert_eq!(of(Range::Last(last.into())).unwrap().0, from, "{last}");
        }
        for bad in ["", "d", "7", "7x", "0d", "-1d", "99999999999999999999d", "yesterday", "20000d"] {
            assert!(of(Range::Last(bad.into())).is_err(), "{bad}");
        }
        assert!(of(Range::Calendar("tomorrow".into())).is_err());
        assert!(of(Range::Between { from: now, to: now }).is_err());
    }

    #[test]
    fn auto_gives_few_pieces_and_too_many_are_refused() {
        let zone = zone("Asia/Shanghai");
        let to = at("2026-11-21T10:00:00Z");
        for (days, step) in [(1, Bucket::Minutes5), (7, Bucket::Hour), (30, Bucket::Hours6), (365, Bucket::Week)] {
            let (used, borders) = pieces(to - Span::from_secs(days * 86_400), to, Bucket::Auto, &zone).unwrap();
            assert_eq!(used, step, "{days}");
            assert!(borders.len() <= 302, "{days}");
            assert!(borders.windows(2).all(|w| w[0] < w[1]));
        }
        assert!(pieces(to - Span::from_secs(30 * 86_400), to, Bucket::Minute, &zone).is_err());
        assert_eq!(pieces(to - Span::from_secs(60), to, Bucket::Whole, &zone).unwrap().1.len(), 2);
    }
}
