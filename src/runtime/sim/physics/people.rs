//! Who is where: the people of the building as a function of seed, room and time, with working days, lunch, meetings,
//! evenings and nights.

use super::super::building::Use;
use super::calendar::Local;
use super::noise::{unit, whole};

/// Minutes for which a meeting's room is taken at least.
const MEETING_MINUTES: i64 = 30;
/// Share of the half hours of a working day in which there is a meeting.
const MEETINGS: f64 = 0.42;
/// Minutes after which somebody may come or go.
const STIR_MINUTES: i64 = 10;

/// A straight line through (hour, share) pairs.
fn along(line: &[(f64, f64)], hour: f64) -> f64 {
    let after = line.iter().position(|p| p.0 > hour).unwrap_or(line.len());
    match (after.checked_sub(1).and_then(|i| line.get(i)), line.get(after)) {
        (Some(a), Some(b)) => a.1 + (b.1 - a.1) * (hour - a.0) / (b.0 - a.0),
        (Some(end), None) => end.1,
        (None, first) => first.map_or(0.0, |p| p.1),
    }
}

/// Share of those who work here that are here.
pub(super) fn at_work(local: Local) -> f64 {
    const WORKDAY: &[(f64, f64)] = &[
        (0.0, 0.0),
        (7.5, 0.0),
        (9.5, 0.85),
        (11.9, 0.9),
        (12.3, 0.35),
        (13.2, 0.4),
        (13.8, 0.88),
        (17.3, 0.85),
        (19.0, 0.2),
        (21.0, 0.02),
        (21.5, 0.0),
    ];
    let share = along(WORKDAY, local.hour);
    if local.is_working_day() { share } else { share * 0.06 }
}

/// Share of those who live here that are at home and awake.
fn at_home(local: Local) -> f64 {
    const WORKDAY: &[(f64, f64)] = &[
        (0.0, 0.0),
        (6.5, 0.0),
        (7.0, 0.7),
        (8.3, 0.5),
        (8.8, 0.0),
        (17.8, 0.0),
        (19.0, 0.75),
        (22.3, 0.8),
        (23.0, 0.0),
    ];
    const WEEKEND: &[(f64, f64)] =
        &[(0.0, 0.0), (8.0, 0.0), (9.0, 0.7), (13.0, 0.6), (15.0, 0.35), (18.0, 0.6), (22.5, 0.8), (23.5, 0.0)];
    along(if local.is_working_day() { WORKDAY } else { WEEKEND }, local.hour)
}

/// How many people are in a room.
pub(super) fn present(seed: u64, channel: u64, usage: Use, most: f64, local: Local) -> f64 {
    // Each room has its own minutes in which people come and go.
    let shift = whole(unit(seed, channel, 0) * 10.0);
    let part = (local.minute + shift).div_euclid(STIR_MINUTES);
    let chance = unit(seed, channel, part);
    let about = |share: f64| libm::floor(most * share + chance);
    let now_and_then = |often: f64, share: f64| {
        if chance < often { 1.0 + libm::floor(most * share * unit(seed, channel + 1, part)) } else { 0.0 }
    };
    let work = at_work(local);
    let some = match usage {
        Use::Office if work < 0.02 => 0.0,
        Use::Office => about(work * (0.75 + 0.3 * unit(seed, channel + 2, local.day))),
        Use::Meeting => meeting(seed, channel, most, local),
        Use::Passage => now_and_then(work * 0.75, 0.25),
        Use::Break => now_and_then(work * 0.6, 0.5),
        Use::Wash => now_and_then((work + at_home(local) * 0.3).min(1.0) * 0.4, 0.4),
        Use::Machines => now_and_then(if work > 0.3 { 0.02 } else { 0.0 }, 0.2),
        Use::Parking => now_and_then(rush(local) * 0.5 + work * 0.05, 0.1),
        Use::Outdoor => now_and_then(if (12.0..14.0).contains(&local.hour) { work * 0.7 } else { work * 0.05 }, 0.5),
        Use::Living => about(at_home(local) * 0.6),
        Use::Kitchen => now_and_then(at_home(local) * 0.35, 0.5),
        Use::Sleeping if local.hour < 6.8 || local.hour >= 22.9 => most,
        Use::Sleeping => now_and_then(at_home(local) * 0.12, 0.3),
        Use::Other => 0.0,
    };
    some.min(most)
}

/// How busy the way in and out is, for cars and doors.
pub(super) fn rush(local: Local) -> f64 {
    let peak = |at: f64| (1.0 - (local.hour - at).abs() / 1.3).max(0.0);
    let share = peak(9.0) + peak(18.0) + 0.2 * peak(12.3);
    if local.is_working_day() { share.min(1.0) } else { share.min(1.0) * 0.08 }
}

fn meeting(seed: u64, channel: u64, most: f64, local: Local) -> f64 {
    let hours = local.is_working_day() && (9.0..18.0).contains(&local.hour) && !(12.0..13.0).contains(&local.hour);
    let slot = local.part(MEETING_MINUTES);
    // A meeting of an hour takes the next half hour too.
    let begins = |slot: i64| unit(seed, channel + 3, slot) < MEETINGS * 0.7;
    let lasts = |slot: i64| begins(slot) && unit(seed, channel + 4, slot) < 0.6;
    if !hours || !(begins(slot) || lasts(slot - 1)) {
        return 0.0;
    }
    let whose = if begins(slot) { slot } else { slot - 1 };
    2.0 + libm::floor((most - 2.0).max(0.0) * unit(seed, channel + 5, whose))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Timestamp;

    fn day(text: &str) -> Vec<f64> {
        let start = Timestamp::parse(text).unwrap();
        let at = |m: i64| Local::of(start + base::Span::from_secs(m * 600));
        (0..144).map(|m| present(7, 40, Use::Office, 20.0, at(m))).collect()
    }

    #[test]
    fn offices_are_full_on_working_days_and_nearly_empty_else() {
        // A Wednesday and a Sunday, from midnight local time.
        let (wednesday, sunday) = (day("2026-11-17T16:00:00Z"), day("2026-11-21T16:00:00Z"));
        assert!(wednesday[60..70].iter().all(|n| *n >= 8.0), "{wednesday:?}");
        assert!(wednesday[0..40].iter().all(|n| *n == 0.0));
        assert!(sunday.iter().sum::<f64>() * 5.0 < wednesday.iter().sum::<f64>());
    }
}
