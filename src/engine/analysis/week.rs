//! Times of the day as sets of minutes of the week: when a window is open, and when it is time.
//!
//! What the sun does is taken at its earliest and its latest in a year, so that such regions hold a little too much. What
//! it is *not*: it knows no dates; workdays are a variable of their own. Start at [`window`] and [`times`].

use super::meaning::{Case, Condition, Moment, Occasion};
use super::region::{Region, Set, Var};
use crate::calendar::{At, DaySet, Local};
use base::canonical::sha256;
use jiff::civil::date;
use things::schedule::Days;

/// Minutes of a day.
const DAY: f64 = 1440.0;
/// Days of a year at which the sun is asked, and by how many minutes it may differ in between.
const SUN_DAYS: i32 = 7;
const SUN_MARGIN: f64 = 15.0;

/// Whether it is between two times of the day, on days of a set.
pub(crate) fn window((from, to): (&At, &At), overnight: bool, days: &DaySet, local: &Local) -> Condition {
    let (Some(begins), Some(ends)) = (minutes(from, local), minutes(to, local)) else { return Condition::unknown() };
    let next = if overnight { DAY } else { 0.0 };
    // Open at most from the earliest begin to the latest end, at least from the latest begin to the earliest end.
    let most = on_days(days, begins.0, ends.1 + next);
    let least = on_days(days, begins.1, ends.0 + next);
    let (open, shut) = (Region::of(Var::Week, most), Region::of(Var::Week, least.complement().meet(&week())));
    let sun = begins.0 < begins.1 || ends.0 < ends.1;
    let exact = |region: Region| if sun { region.rough() } else { region };
    match works(days) {
        None => Condition::exact(exact(open), exact(shut)),
        // What begins on one day and ends on the next is not told apart by what the next day is.
        Some(_) if overnight => Condition::exact(open.rough(), Region::everything().rough()),
        Some(works) => {
            let day = |is: bool| Region::of(Var::Workday, Set::is(is));
            Condition::exact(exact(open.meet(&day(works))), exact(shut.join(&day(!works))))
        }
    }
}

/// The moments at which it is one of these times, on days of a set.
pub(crate) fn times(times: &[At], days: &DaySet, local: &Local) -> Moment {
    let day = works(days).map_or_else(Region::everything, |works| Region::of(Var::Workday, Set::is(works)));
    let case = |at: &At| {
        let (occasion, region) = match (at, minutes(at, local)) {
            (At::Clock(_), Some((minute, _))) => {
                (Occasion::Clock, Region::of(Var::Week, on_days(days, minute, minute)))
            }
            // The same moment of the sun is the same occasion in every rule.
            _ => (Occasion::Event(sun_event(at)), Region::everything()),
        };
        Case { occasion, region: region.meet(&day), gated: false }
    };
    Moment { cases: times.iter().map(case).filter(|c| !c.region.is_empty()).collect() }
}

fn sun_event(at: &At) -> u128 {
    sha256(at.to_string().as_bytes()).iter().take(16).fold(0, |n, byte| (n << 8) | u128::from(*byte))
}

/// Which days are meant by whether people work: none where that does not matter.
fn works(days: &DaySet) -> Option<bool> {
    match days.days() {
        Days::Workdays => Some(true),
        Days::DaysOff => Some(false),
        Days::Everyday | Days::Weekdays(_) => None,
    }
}

fn week() -> Set {
    Set::from_until(0.0, 7.0 * DAY)
}

/// Minutes of the week from one minute of each day to another, which may lie on the next one.
fn on_days(days: &DaySet, from: f64, to: f64) -> Set {
    let monday = date(2026, 1, 5);
    let included = |day: i32| match days.days() {
        Days::Weekdays(_) => monday.checked_add(jiff::Span::new().days(day)).is_ok_and(|d| days.includes(d)),
        Days::Everyday | Days::Workdays | Days::DaysOff => true,
    };
    let mut minutes = Set::nothing();
    for day in (0..7).filter(|d| included(*d)) {
        let begin = f64::from(day) * DAY;
        let piece =
            if from < to { Set::from_until(begin + from, begin + to) } else { Set::between(begin + from, begin + to) };
        // Sunday night is the beginning of the week.
        let wrapped = Set::from_until(begin + from - 7.0 * DAY, begin + to - 7.0 * DAY);
        minutes = minutes.united(&piece).united(&wrapped);
    }
    minutes.meet(&week())
}

/// The earliest and the latest minute of the day at which a time comes.
fn minutes(at: &At, local: &Local) -> Option<(f64, f64)> {
    if let At::Clock(time) = at {
        let minute = f64::from(time.seconds()) / 60.0;
        return Some((minute, minute));
    }
    let mut found: Option<(f64, f64)> = None;
    for day in (0..366).step_by(usize::try_from(SUN_DAYS).unwrap_or(1)) {
        let date = date(2026, 1, 1).checked_add(jiff::Span::new().days(day)).ok()?;
        let after = local.instant(date, at)? - local.midnight(date)?;
        #[expect(clippy::cast_precision_loss, reason = "a day has few minutes")]
        let minute = after.as_millis() as f64 / 60_000.0;
        found = Some(found.map_or((minute, minute), |(low, high)| (low.min(minute), high.max(minute))));
    }
    found.map(|(low, high)| (low - SUN_MARGIN, high + SUN_MARGIN))
}
