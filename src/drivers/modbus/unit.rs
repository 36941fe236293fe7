//! One device on the bus: what is read when, what it showed last, and whether it answers. Pure.
//!
//! What it is *not*: it does not know who else is on the bus; turns are given by [`super::session`]. Start at [`Unit`].

use super::codec::{self, Raw};
use super::config::{Config, Register};
use super::plan::{Block, Limits, Slot, plan, split};
use base::id::{ConnectionId, DeviceId, PointId};
use base::{Quality, Sample, Span, Timestamp, Value};
use documents::Signal;
use std::collections::BTreeSet;
use things::{Access, PointKind, PointSpec, Route, World};

/// After which time a device that refused an address is asked again as if it never had.
const REPLAN: Span = Span::from_secs(600);
/// How long a device that does not answer is left alone, at first.
const PROBE_MIN: Span = Span::from_secs(2);
/// How long it is left alone at most.
const PROBE_MAX: Span = Span::from_secs(60);

/// A property with its register.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub(super) register: Register,
    pub(super) spec: PointSpec,
    /// What it showed last; none: whatever it shows is news.
    last: Option<Value>,
    said_at: Timestamp,
    /// It could not be read, which was told.
    bad: bool,
}

/// A block and its turn.
#[derive(Debug, Clone)]
struct Poll {
    block: Block,
    due: Timestamp,
    tries: u8,
}

/// Whether a device answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Unknown,
    Online,
    Offline { probe_at: Timestamp, wait: Span },
}

/// A device on the bus.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) device: DeviceId,
    pub(super) address: u8,
    /// Those that can be read come first and have the index of their slot.
    points: Vec<Point>,
    slots: Vec<Slot>,
    polls: Vec<Poll>,
    limits: Limits,
    refresh: Span,
    link: Link,
    misses: u8,
    /// A device that let the bus wait leaves it to the others for as long.
    rests_until: Timestamp,
    replan_at: Option<Timestamp>,
}

/// The devices of a configuration that exist, are enabled and are reached over this connection.
pub(super) fn resolve(config: &Config, connection: ConnectionId, world: &World, now: Timestamp) -> Vec<Unit> {
    let mut out: Vec<Unit> = Vec::new();
    for (i, entry) in config.devices.iter().enumerate() {
        let device = world.device_by_key(&entry.product, &entry.device);
        let Some(device) = device.filter(|d| d.route == Route::Via(connection) && !d.disabled) else { continue };
        if out.iter().any(|u| u.device == device.id) {
            continue;
        }
        let model = world.model_of(device.id);
        let (mut readable, mut others) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        let mut slots = Vec::new();
        for placed in config.registers(i, entry).0 {
            let register = placed.register;
            let spec = world.points_of(device.id).find(|p| p.identifier == register.identifier);
            let usable = |p: &&PointSpec| !matches!(p.kind, PointKind::Service | PointKind::Other);
            let Some(spec) = spec.filter(usable).filter(|p| seen.insert(p.id)).cloned() else { continue };
            let property = model.and_then(|m| m.properties.iter().find(|p| p.identifier == register.identifier));
            let is_readable = property.is_some_and(|p| p.access_mode != Access::Write);
            if is_readable {
                slots.push(Slot {
                    table: register.table,
                    start: register.address,
                    count: register.count(),
                    period: config.period(entry, &register),
                });
            }
            let point = Point { register, spec, last: None, said_at: now, bad: false };
            if is_readable { readable.push(point) } else { others.push(point) }
        }
        readable.extend(others);
        let limits = Limits { registers: config.max_registers, bits: config.max_bits, gap: config.max_gap };
        let mut unit = Unit {
            device: device.id,
            address: entry.unit,
            points: readable,
            slots,
            polls: Vec::new(),
            limits,
            refresh: Span::from_millis(i64::from(config.refresh_ms)),
            link: Link::Unknown,
            misses: 0,
            rests_until: now,
            replan_at: None,
        };
        unit.replan(now);
        out.push(unit);
    }
    out
}

impl Unit {
    /// Whether it is the same device with the same registers, so that what is known of it still holds.
    pub(super) fn is_as(&self, other: &Unit) -> bool {
        let same = |(a, b): (&Point, &Point)| a.register == b.register && a.spec == b.spec;
        self.device == other.device
            && self.address == other.address
            && self.slots == other.slots
            && self.points.len() == other.points.len()
            && self.points.iter().zip(&other.points).all(same)
    }

    /// The property of a point.
    pub(super) fn point(&self, id: PointId) -> Option<&Point> {
        self.points.iter().find(|p| p.spec.id == id)
    }

    /// Whether it can be read at all; what can only be written is never known to be there.
    fn is_readable(&self) -> bool {
        !self.polls.is_empty()
    }

    /// Whether it does not answer. One that is never read is always tried.
    pub(super) fn is_offline(&self) -> bool {
        self.is_readable() && matches!(self.link, Link::Offline { .. })
    }

    /// How many requests read everything once.
    #[cfg(test)]
    pub(super) fn requests(&self) -> usize {
        self.polls.len()
    }

    fn replan(&mut self, now: Timestamp) {
        let block = |block| Poll { block, due: now, tries: 0 };
        self.polls = plan(&self.slots, self.limits).into_iter().map(block).collect();
        self.replan_at = None;
    }

    /// Forgets what a device refused, when it is time to look again.
    pub(super) fn on_time(&mut self, now: Timestamp) {
        if self.replan_at.is_some_and(|at| at <= now) {
            self.replan(now);
        }
    }

    /// The block whose turn is next, and when that is. Of a device that does not answer only one is asked for.
    pub(super) fn next(&self) -> Option<(Timestamp, &Block)> {
        let poll = self.polls.iter().min_by_key(|p| p.due)?;
        let at = match self.link {
            Link::Offline { probe_at, .. } => probe_at,
            Link::Unknown | Link::Online => {
                self.replan_at.map_or(poll.due, |at| at.min(poll.due)).max(self.rests_until)
            }
        };
        Some((at, &poll.block))
    }

    fn poll(&mut self, block: &Block) -> Option<&mut Poll> {
        self.polls.iter_mut().find(|p| p.block == *block)
    }

    /// It answered, whatever it was.
    pub(super) fn is_there(&mut self, now: Timestamp) -> Option<Signal> {
        self.misses = 0;
        if self.link == Link::Online {
            return None;
        }
        self.link = Link::Online;
        self.forget(now);
        Some(Signal::Link { device: self.device, online: true, reason: "answers".into() })
    }

    /// Everything it shows next is news.
    pub(super) fn forget(&mut self, now: Timestamp) {
        for point in &mut self.points {
            point.last = None;
        }
        for poll in &mut self.polls {
            poll.due = poll.due.min(now);
        }
    }

    /// It did not answer. Whether it counts as offline from now on.
    pub(super) fn missed(&mut self, why: &str, config: &Config, now: Timestamp) -> Option<Signal> {
        self.misses = self.misses.saturating_add(1);
        self.rests_until = now + config.timeout();
        if let Link::Offline { wait, .. } = self.link {
            let wait = Span::from_micros((wait.as_micros() * 2).min(PROBE_MAX.as_micros()));
            self.link = Link::Offline { probe_at: now + wait, wait };
            return None;
        }
        if self.misses < config.offline_after { None } else { self.goes(why, now) }
    }

    /// It cannot be reached any more.
    pub(super) fn goes(&mut self, why: &str, now: Timestamp) -> Option<Signal> {
        if matches!(self.link, Link::Offline { .. }) {
            return None;
        }
        self.link = Link::Offline { probe_at: now + PROBE_MIN, wait: PROBE_MIN };
        Some(Signal::Link { device: self.device, online: false, reason: why.into() })
    }

    /// It may be back: it is asked at once.
    pub(super) fn probe(&mut self, now: Timestamp) {
        if let Link::Offline { probe_at, wait } = &mut self.link {
            (*probe_at, *wait) = (now, PROBE_MIN);
        }
    }

    /// A block was not answered; it has its turn again soon, or in its next period.
    pub(super) fn poll_missed(&mut self, block: &Block, retries: u8, now: Timestamp) {
        let Some(poll) = self.poll(block) else { return };
        if poll.tries < retries {
            poll.tries += 1;
        } else {
            poll.tries = 0;
            poll.due = after(poll.due, poll.block.period, now);
        }
    }

    /// The device has no time now; the block has its turn again in its next period.
    pub(super) fn poll_later(&mut self, block: &Block, now: Timestamp) {
        let Some(poll) = self.poll(block) else { return };
        (poll.tries, poll.due) = (0, after(poll.due, poll.block.period, now));
    }

    /// A block was read.
    pub(super) fn polled(&mut self, block: &Block, raw: &Raw, now: Timestamp) -> Option<Signal> {
        self.poll_later(block, now);
        let mut values = Vec::new();
        for index in &block.members {
            // What exists may have changed since this was asked.
            let Some(point) = self.points.get_mut(*index).filter(|p| p.register.table == block.table) else { continue };
            let Some(from) = point.register.address.checked_sub(block.start) else { continue };
            let Some(part) = raw.part(from.into(), point.register.count().into()) else { continue };
            match codec::read(&point.register, &point.spec, &part) {
                Ok(value) => values.extend(point.shows(value, self.refresh, now)),
                Err(e) => values.extend(point.spoil(&e.to_string(), now)),
            }
        }
        self.report(values)
    }

    fn report(&self, values: Vec<(PointId, Sample)>) -> Option<Signal> {
        (!values.is_empty()).then_some(Signal::Report { device: self.device, values })
    }

    /// A block was refused: it is read in smaller ones, down to the register that is to blame.
    pub(super) fn poll_refused(&mut self, block: &Block, why: &str, now: Timestamp) -> Option<Signal> {
        let parts = split(block, &self.slots, self.limits);
        let at = self.polls.iter().position(|p| p.block == *block)?;
        self.replan_at = self.replan_at.or(Some(now + REPLAN));
        if let Some(parts) = parts {
            self.polls.splice(at..=at, parts.into_iter().map(|block| Poll { block, due: now, tries: 0 }));
            return None;
        }
        if let Some(poll) = self.polls.get_mut(at) {
            // Asked again with the next plan.
            poll.due = now + REPLAN + REPLAN;
        }
        let values = block.members.iter().filter_map(|i| self.points.get_mut(*i)?.spoil(why, now)).collect();
        self.report(values)
    }

    /// One property was read by itself.
    pub(super) fn showed(&mut self, id: PointId, raw: &Raw, now: Timestamp) -> (Option<Value>, Option<Signal>) {
        let refresh = self.refresh;
        let Some(point) = self.points.iter_mut().find(|p| p.spec.id == id) else { return (None, None) };
        let (value, news) = match codec::read(&point.register, &point.spec, raw) {
            Ok(value) => (Some(value.clone()), point.shows(value, refresh, now)),
            Err(e) => (None, point.spoil(&e.to_string(), now)),
        };
        (value, self.report(news.into_iter().collect()))
    }

    /// A property was written: what it shows next is news even if it is what it was.
    pub(super) fn was_written(&mut self, id: PointId) {
        if let Some(point) = self.points.iter_mut().find(|p| p.spec.id == id) {
            point.last = None;
        }
    }

    /// Whether a point can be read.
    pub(super) fn can_read(&self, id: PointId) -> bool {
        self.points.iter().take(self.slots.len()).any(|p| p.spec.id == id)
    }
}

impl Point {
    /// What is to be told of a value that was read.
    fn shows(&mut self, value: Value, refresh: Span, now: Timestamp) -> Option<(PointId, Sample)> {
        let old = self.said_at + refresh <= now;
        let news = self.bad || self.last.as_ref() != Some(&value) || old;
        self.bad = false;
        if !news {
            return None;
        }
        self.last = Some(value.clone());
        self.said_at = now;
        Some((self.spec.id, Sample::good(value, now)))
    }

    /// It cannot be read; told once, with the value that it had.
    fn spoil(&mut self, why: &str, now: Timestamp) -> Option<(PointId, Sample)> {
        if std::mem::replace(&mut self.bad, true) {
            return None;
        }
        let (device, property) = (self.spec.device, &self.spec.identifier);
        tracing::warn!(%device, property, why, "a register cannot be read");
        Some((self.spec.id, Sample { value: self.last.clone()?, quality: Quality::Bad, at: now }))
    }
}

/// The next turn of something that was due at a time: in step with its period, and never in the past.
fn after(due: Timestamp, period: Span, now: Timestamp) -> Timestamp {
    let period = period.as_micros().max(1);
    let late = (now - due).as_micros().max(0);
    due + Span::from_micros(late / period * period + period)
}

impl Register {
    /// The request that reads it alone.
    pub(super) fn request(&self) -> codec::Request {
        codec::Request::Read { table: self.table, start: self.address, count: self.count() }
    }
}

/// The table of what a request reads is that of the block.
impl From<&Block> for codec::Request {
    fn from(block: &Block) -> Self {
        codec::Request::Read { table: block.table, start: block.start, count: block.count }
    }
}
