//! The thirty days before the demo building began: the same physics in steps of a minute, day by day.

use super::building;
use super::physics::calendar::Local;
use super::physics::slots::SlotKind;
use super::physics::{MINUTE, Physics};
use base::id::PointId;
use base::{Sample, Span, Timestamp};
use things::World;

/// How many days there are.
pub const DAYS: i64 = 30;
/// Minutes between two values of what is a number; everything else is told when it changes.
pub const EVERY_MINUTES: i64 = 10;

const DAY: Span = Span::from_secs(24 * 3600);

/// The past of a seed. Its last values are those with which [`super::Simulation`] begins at the same time, meters
/// included.
#[derive(Debug, Clone)]
pub struct Past {
    physics: Physics,
    from: Timestamp,
    until: Timestamp,
    /// Values of the last minute of what is told on change.
    told: Vec<Option<f64>>,
    started: bool,
}

impl Past {
    /// The past of a seed until a time. What it costs, it costs in [`Past::next_day`].
    pub fn new(seed: u64, until: Timestamp) -> Past {
        let (world, _) = World::build(building::world());
        let from = Local::midnight(until - Span::from_micros(DAYS * DAY.as_micros()));
        let physics = Physics::new(seed, &world, from);
        let told = vec![None; physics.row().slots.len()];
        Past { physics, from, until, told, started: false }
    }

    /// Its first and last moment.
    pub fn range(&self) -> (Timestamp, Timestamp) {
        (self.from, self.until)
    }

    /// Days given so far, and days in all; the first one counts from midnight, the last one ends where the past ends.
    pub fn progress(&self) -> (u32, u32) {
        let days = |span: Span| u32::try_from(span.as_micros().div_euclid(DAY.as_micros())).unwrap_or(0);
        let part = u32::from((self.until - self.from).as_micros() % DAY.as_micros() > 0);
        let total = days(self.until - self.from) + part;
        let done = if self.physics.at() >= self.until { total } else { days(self.physics.at() - self.from) };
        (done, total)
    }

    /// The samples of the next day by point, each in the order of time; none when there is no further day.
    pub fn next_day(&mut self) -> Option<Vec<(PointId, Vec<Sample>)>> {
        if self.physics.at() >= self.until {
            return None;
        }
        if !self.started {
            self.started = true;
            self.physics.meters_end_at(self.until);
        }
        let end = (Local::midnight(self.physics.at()) + DAY).min(self.until);
        let mut days: Vec<Vec<Sample>> = vec![Vec::new(); self.told.len()];
        while self.physics.at() < end {
            self.physics.advance((self.physics.at() + MINUTE).min(end));
            self.sample(&mut days);
        }
        let slots = &self.physics.row().slots;
        Some(slots.iter().map(|s| s.point).zip(days).filter(|(_, samples)| !samples.is_empty()).collect())
    }

    fn sample(&mut self, days: &mut [Vec<Sample>]) {
        let (at, row) = (self.physics.at(), self.physics.row());
        let due = at.as_micros().rem_euclid(MINUTE.as_micros() * EVERY_MINUTES) == 0 || at == self.until;
        for (place, slot) in row.slots.iter().enumerate() {
            let number = row.numbers[place];
            let tells = match slot.kind {
                SlotKind::Number => due,
                SlotKind::Bool | SlotKind::Token => self.told[place].is_none_or(|told| slot.differs(told, number)),
            };
            if tells && let Some(value) = slot.told(number) {
                self.told[place] = Some(number);
                days[place].push(Sample::good(value, at));
            }
        }
    }
}
