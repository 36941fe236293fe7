//! What a schedule says at a time, and when it says something else. Pure: zone and calendar are passed in.
//!
//! Times that the clocks skip count as the moment after the gap, times that come twice as the first one.

use super::{Schedule, TimeOfDay};
use crate::{Calendar, Site};
use base::{Timestamp, Value};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How far back the last single time is looked for, in days.
pub const LOOK_BACK_DAYS: usize = 400;
/// How far ahead the next change is looked for, in days: a change once a year is found.
pub const LOOK_AHEAD_DAYS: usize = 400;

/// Time and calendar of a site.
#[derive(Debug, Clone)]
pub struct Local {
    zone: TimeZone,
    calendar: Calendar,
}

/// From a time on a schedule says this.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step<'a> {
    /// Since when.
    pub at: Timestamp,
    /// What.
    pub value: &'a Value,
}

/// A slot on a day.
struct Placed<'a> {
    from: Timestamp,
    /// None: a single time.
    to: Option<Timestamp>,
    value: &'a Value,
}

impl Local {
    /// Of a site; its zone counts as UTC where nobody knows it.
    pub fn of(site: &Site) -> Local {
        let zone = TimeZone::get(&site.time_zone).unwrap_or(TimeZone::UTC);
        Local { zone, calendar: site.calendar.resolved(&site.time_zone) }
    }

    fn date(&self, at: Timestamp) -> Date {
        at.to_jiff().to_zoned(self.zone.clone()).date()
    }

    /// When a day begins.
    fn begins(&self, date: Date) -> Option<Timestamp> {
        let midnight = date.to_zoned(self.zone.clone()).ok()?.start_of_day().ok()?;
        Some(Timestamp::from_jiff(midnight.timestamp()))
    }

    fn at(&self, date: Date, time: TimeOfDay) -> Option<Timestamp> {
        let there = date.to_datetime(time.time()).to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp::from_jiff(there.timestamp()))
    }
}

impl Schedule {
    /// What it says at a time.
    pub fn value_at(&self, at: Timestamp, local: &Local) -> &Value {
        let date = local.date(at);
        let steps = self.steps_of(date, self.carried(date, local), local);
        steps.iter().rev().find(|s| s.at <= at).map_or(&self.otherwise, |s| s.value)
    }

    /// When it says something else than at this time, in order, and what; at most so many, and none beyond
    /// [`LOOK_AHEAD_DAYS`].
    pub fn changes(&self, after: Timestamp, most: usize, local: &Local) -> Vec<Step<'_>> {
        let mut date = local.date(after);
        let mut carried = self.carried(date, local);
        let mut present = None;
        let mut found: Vec<Step<'_>> = Vec::new();
        for _ in 0..LOOK_AHEAD_DAYS {
            for step in self.steps_of(date, carried, local) {
                let before = found.last().map(|s| s.value).or(present);
                if step.at <= after {
                    present = Some(step.value);
                } else if before != Some(step.value) {
                    found.push(step);
                    if found.len() >= most {
                        return found;
                    }
                }
            }
            carried = self.last_single(date, local).unwrap_or(carried);
            let Ok(next) = date.tomorrow() else { return found };
            date = next;
        }
        found
    }

    /// Whether it counts on a day.
    fn counts(&self, date: Date) -> bool {
        self.first.is_none_or(|d| d.date() <= date) && self.last.is_none_or(|d| d.date() >= date)
    }

    /// What begins on a day, in the order of the document.
    fn placed(&self, date: Date, local: &Local) -> Vec<Placed<'_>> {
        if !self.counts(date) {
            return Vec::new();
        }
        let workday = local.calendar.is_workday(date);
        let exception = self.exceptions.iter().find(|e| {
            e.days.as_ref().is_none_or(|d| d.has(date, workday))
                && e.first.is_none_or(|d| d.date() <= date)
                && e.last.is_none_or(|d| d.date() >= date)
        });
        let place = |from: TimeOfDay, to: Option<TimeOfDay>, value| {
            let ends = match to {
                Some(to) if to > from => Some(local.at(date, to)?),
                Some(to) => Some(local.at(date.tomorrow().ok()?, to)?),
                None => None,
            };
            Some(Placed { from: local.at(date, from)?, to: ends, value })
        };
        match exception {
            Some(exception) => exception.slots.iter().filter_map(|s| place(s.from, s.to, &s.value)).collect(),
            None => {
                let today = self.week.iter().filter(|e| e.days.has(date, workday));
                today.filter_map(|e| place(e.from, e.to, &e.value)).collect()
            }
        }
    }

    /// What the last single time of a day says.
    fn last_single(&self, date: Date, local: &Local) -> Option<&Value> {
        self.placed(date, local).into_iter().filter(|p| p.to.is_none()).max_by_key(|p| p.from).map(|p| p.value)
    }

    /// What single times before a day say.
    fn carried(&self, date: Date, local: &Local) -> &Value {
        let single = self.week.iter().any(|e| e.to.is_none())
            || self.exceptions.iter().flat_map(|e| &e.slots).any(|s| s.to.is_none());
        let mut day = date;
        for _ in 0..if single { LOOK_BACK_DAYS } else { 0 } {
            let Ok(before) = day.yesterday() else { break };
            if let Some(value) = self.last_single(before, local) {
                return value;
            }
            day = before;
        }
        &self.otherwise
    }

    /// What it says from midnight on, and at each time of the day at which something begins or ends.
    fn steps_of<'a>(&'a self, date: Date, carried: &'a Value, local: &Local) -> Vec<Step<'a>> {
        let (Some(begins), Some(ends)) = (local.begins(date), date.tomorrow().ok().and_then(|d| local.begins(d)))
        else {
            return Vec::new();
        };
        if !self.counts(date) {
            return vec![Step { at: begins, value: &self.otherwise }];
        }
        let yesterday = date.yesterday().map(|d| self.placed(d, local)).unwrap_or_default();
        let periods = yesterday.into_iter().filter(|p| p.to.is_some());
        let placed: Vec<Placed<'_>> = periods.chain(self.placed(date, local)).collect();
        let mut times: Vec<Timestamp> = placed.iter().flat_map(|p| std::iter::once(p.from).chain(p.to)).collect();
        times.push(begins);
        times.retain(|t| *t >= begins && *t < ends);
        times.sort();
        times.dedup();
        let value = |at: Timestamp| {
            let open = placed.iter().filter(|p| p.from <= at && p.to.is_some_and(|to| at < to));
            let single = placed.iter().filter(|p| p.from <= at && p.to.is_none());
            // Of what began at one time the last of the document counts.
            let counts = open.max_by_key(|p| p.from).or_else(|| single.max_by_key(|p| p.from));
            counts.map_or(carried, |p| p.value)
        };
        times.into_iter().map(|at| Step { at, value: value(at) }).collect()
    }
}
