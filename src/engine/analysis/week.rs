//! Times of the day as sets of minutes of the week: when a window is open, and when it is time.
//!
//! What the sun does is taken at its earliest and its latest in a year, so that such regions hold a little too much.
//! Workdays, months and days of the month are variables of their own. What it is *not*: it knows no single dates. Start at
//! [`window`] and [`times`].

use super::meaning::{Case, Condition, Moment, Occasion};
use super::region::{Cut, Region, Set, Var};
use super::term::Term;
use crate::calendar::cron::Cron;
use crate::calendar::{At, DaySet, Local};
use base::canonical::sha256;
use base::{Span, Value};
use jiff::civil::date;
use things::Site;
use things::schedule::course::Local as LocalTime;
use things::schedule::{Days, Schedule};

/// Minutes of a day.
const DAY: f64 = 1440.0;
/// Days of a year at which the sun is asked, and by how many minutes it may differ in between.
const SUN_DAYS: i32 = 7;
const SUN_MARGIN: f64 = 15.0;
/// Most moments of a day that are told apart: each minute.
const MOMENTS_MAX: usize = 1_440;
/// Most changes of a programme in a week that are looked at.
const CHANGES_MAX: usize = 1_000;

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
            _ => (Occasion::Event(sun_event(at)), Region::of(Var::Week, on_days(days, 0.0, DAY))),
        };
        Case { occasion, region: region.meet(&day), gated: false }
    };
    Moment { cases: times.iter().map(case).filter(|c| !c.region.is_empty()).collect() }
}

/// The moments of a cron expression.
pub(crate) fn cron(expression: &Cron) -> Moment {
    let Some(pattern) = expression.pattern(MOMENTS_MAX) else { return clock(Region::everything().rough()) };
    let of = |var: Var, numbers: &[i8], most: usize| match numbers.len() {
        all if all == most => Region::everything(),
        _ => Region::of(var, Set::these(numbers.iter().map(|n| f64::from(*n)))),
    };
    let on = |weekdays: &[i8]| weekly(weekdays, &pattern.seconds);
    let (every_weekday, every_day) = (on(&[0, 1, 2, 3, 4, 5, 6]), of(Var::Day, &pattern.days, 31));
    let days = if pattern.either {
        on(&pattern.weekdays).join(&every_weekday.meet(&every_day))
    } else {
        on(&pattern.weekdays).meet(&every_day)
    };
    clock(days.meet(&of(Var::Month, &pattern.months, 12)))
}

/// Again and again from midnight on.
pub(crate) fn interval(every: Span) -> Moment {
    let (hour, every) = (3_600_000, every.as_millis());
    // What is not in step with full hours comes at other times on days on which clocks are changed.
    if every < 60_000 || hour % every != 0 {
        return clock(Region::everything().rough());
    }
    let seconds: Vec<u32> = (0..24 * hour / every).filter_map(|n| u32::try_from(n * every / 1_000).ok()).collect();
    clock(weekly(&[0, 1, 2, 3, 4, 5, 6], &seconds))
}

/// What a schedule says in the course of a week; none where that is not the same in all weeks.
pub(crate) fn programme(schedule: &Schedule, site: &Site) -> Option<Term> {
    let weekly = |days: &Days| matches!(days, Days::Everyday | Days::Weekdays(_));
    let lasting = schedule.first.is_none() && schedule.last.is_none() && schedule.exceptions.is_empty();
    if !lasting || !schedule.week.iter().all(|entry| weekly(&entry.days)) {
        return None;
    }
    let local = LocalTime::of(site);
    let monday = Local::of(site).midnight(date(2026, 1, 5))?;
    #[expect(clippy::cast_precision_loss, reason = "a week has few minutes")]
    let minute = |at: base::Timestamp| (at - monday).as_millis() as f64 / 60_000.0;
    let mut pieces: Vec<(Value, Vec<(Cut, Cut)>)> = Vec::new();
    let mut add = |value: &Value, from: f64, to: f64| {
        let piece = (Cut::below(from), Cut::below(to.min(7.0 * DAY)));
        match pieces.iter_mut().find(|(known, _)| known == value) {
            Some((_, all)) => all.push(piece),
            None => pieces.push((value.clone(), vec![piece])),
        }
    };
    let (mut from, mut value) = (0.0, schedule.value_at(monday, &local));
    for step in schedule.changes(monday, CHANGES_MAX, &local) {
        add(value, from, minute(step.at));
        (from, value) = (minute(step.at), step.value);
        if from >= 7.0 * DAY {
            break;
        }
    }
    add(value, from, 7.0 * DAY);
    let case = |(value, all)| (Region::of(Var::Week, Set::intervals(all)), Term::Is(value));
    Some(Term::Cases(pieces.into_iter().map(case).collect()))
}

fn clock(region: Region) -> Moment {
    Moment::of(Occasion::Clock, region)
}

/// These seconds of the day on days of the week, counted from Monday.
fn weekly(weekdays: &[i8], seconds: &[u32]) -> Region {
    let moment = |day: &i8, second: &u32| f64::from(*day) * DAY + f64::from(*second) / 60.0;
    let all = weekdays.iter().flat_map(|day| seconds.iter().map(move |second| moment(day, second)));
    Region::of(Var::Week, Set::these(all))
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
