//! The bus as a state machine: who may speak next, and what follows from each answer. Pure; time is passed in.
//!
//! One request is under way at a time. Writes go first, then what was just written is read back, then polls in the
//! order in which they are due. What it is *not*: a socket; [`super::task`] does what [`Bus::next`] asks for. Start at
//! [`Bus`].

use super::codec::{self, Answer, Raw, Request};
use super::config::{Config, Transport};
use super::plan::Block;
use super::unit::{Unit, resolve};
use crate::{Input, Session};
use base::id::{CommandId, ConnectionId, DeviceId, PointId};
use base::{Span, Timestamp, Value};
use documents::{Command, Signal};
use std::collections::VecDeque;
use things::{Route, World};

/// Writes that wait for the bus at most; one beyond is refused.
pub const WRITES_MAX: usize = 64;
/// How long a line that failed is left alone, at first.
const RECONNECT_MIN: Span = Span::from_secs(1);
/// How long it is left alone at most.
const RECONNECT_MAX: Span = Span::from_secs(30);
/// Silence on a serial line after a request without an answer: one that comes late is not taken for the next.
const QUIET: Span = Span::from_millis(100);
/// From a write to the first look at what the device shows.
const READ_BACK_MIN: Span = Span::from_millis(20);
/// Between two looks at most.
const READ_BACK_MAX: Span = Span::from_secs(2);

/// What the bus wants done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Open the line.
    Open,
    /// Ask a unit.
    Call {
        /// Its address.
        unit: u8,
        /// What.
        request: Request,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The line is open, or why not.
    Opened(Result<(), String>),
    /// The unit answered.
    Answer(Answer),
    /// It did not, within the time for it.
    Silent,
    /// Something came that is no answer.
    Garbled(String),
    /// The line is gone.
    Lost(String),
}

/// A command that waits for the bus.
#[derive(Debug, Clone)]
struct Write {
    command: Command,
    /// What stands there, for a write that leaves other bits as they are.
    present: Option<Raw>,
}

/// A look at what was written.
#[derive(Debug, Clone)]
struct ReadBack {
    device: DeviceId,
    point: PointId,
    expect: Value,
    due: Timestamp,
    wait: Span,
    until: Timestamp,
}

/// What is under way.
#[derive(Debug, Clone)]
enum Flight {
    Open,
    Poll { device: DeviceId, block: Block },
    Present(Write),
    Write(Write),
    ReadBack(ReadBack),
}

/// The state of the line.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    open: bool,
    /// It failed again after it was tried again, and its devices are told to be offline.
    down: bool,
    /// Failures in a row since the last answer.
    failures: u32,
    try_at: Timestamp,
}

/// The session.
#[derive(Debug)]
pub struct Bus {
    config: Config,
    connection: ConnectionId,
    units: Vec<Unit>,
    writes: VecDeque<Write>,
    read_backs: Vec<ReadBack>,
    line: Line,
    flight: Option<(Flight, Ask)>,
    quiet_until: Timestamp,
}

impl Bus {
    /// A bus with the devices that exist.
    pub fn new(config: Config, connection: ConnectionId, world: &World, now: Timestamp) -> Bus {
        let units = resolve(&config, connection, world, now);
        Bus {
            config,
            connection,
            units,
            writes: VecDeque::new(),
            read_backs: Vec::new(),
            line: Line { try_at: now, ..Line::default() },
            flight: None,
            quiet_until: now,
        }
    }

    /// What is to be done now. The next is asked for once [`Bus::heard`] was told what came of this.
    pub fn next(&mut self, now: Timestamp) -> Option<Ask> {
        if self.flight.is_some() || self.units.is_empty() {
            return None;
        }
        let (flight, ask) = if !self.line.open {
            (self.line.try_at <= now).then_some((Flight::Open, Ask::Open))?
        } else if self.quiet_until > now {
            return None;
        } else {
            self.write(now).or_else(|| self.read_back(now)).or_else(|| self.poll(now))?
        };
        self.flight = Some((flight, ask.clone()));
        Some(ask)
    }

    fn unit(&mut self, device: DeviceId) -> Option<&mut Unit> {
        self.units.iter_mut().find(|u| u.device == device)
    }

    fn write(&mut self, now: Timestamp) -> Option<(Flight, Ask)> {
        while let Some(write) = self.writes.pop_front() {
            // One that waited too long has timed out already.
            if write.command.deadline <= now {
                continue;
            }
            let Some(unit) = self.unit(write.command.device) else { continue };
            let Some(point) = unit.point(write.command.point) else { continue };
            let (address, register) = (unit.address, &point.register);
            if codec::needs_present(register) && write.present.is_none() {
                let request = register.request();
                return Some((Flight::Present(write), Ask::Call { unit: address, request }));
            }
            let request = codec::write(register, &point.spec, &write.command.value, write.present.as_ref());
            let Ok(request) = request else { continue };
            return Some((Flight::Write(write), Ask::Call { unit: address, request }));
        }
        None
    }

    fn read_back(&mut self, now: Timestamp) -> Option<(Flight, Ask)> {
        let at = self.read_backs.iter().position(|r| r.due <= now)?;
        let look = self.read_backs.remove(at);
        let unit = self.unit(look.device)?;
        let (address, request) = (unit.address, unit.point(look.point)?.register.request());
        Some((Flight::ReadBack(look), Ask::Call { unit: address, request }))
    }

    fn poll(&mut self, now: Timestamp) -> Option<(Flight, Ask)> {
        for unit in &mut self.units {
            unit.on_time(now);
        }
        let due = self.units.iter().filter_map(|u| u.next().map(|(at, block)| (at, u, block)));
        let (_, unit, block) = due.filter(|(at, ..)| *at <= now).min_by_key(|(at, ..)| *at)?;
        let ask = Ask::Call { unit: unit.address, request: block.into() };
        Some((Flight::Poll { device: unit.device, block: block.clone() }, ask))
    }

    /// What came of the request that is under way.
    pub fn heard(&mut self, heard: Heard, now: Timestamp) -> Vec<Signal> {
        let Some((flight, ask)) = self.flight.take() else { return Vec::new() };
        self.quiet_until = now + self.config.pause();
        match heard {
            Heard::Opened(Ok(())) => {
                self.line.open = true;
                if std::mem::take(&mut self.line.down) {
                    self.units.iter_mut().for_each(|u| u.probe(now));
                }
                Vec::new()
            }
            Heard::Opened(Err(why)) => {
                self.line.failures = self.line.failures.max(1);
                self.fails(&why, now)
            }
            Heard::Lost(why) => {
                let mut out = self.unanswered(flight, now);
                out.extend(self.fails(&why, now));
                out
            }
            Heard::Silent => {
                let why = format!("no answer within {} ms", self.config.timeout_ms);
                self.misses(flight, &why, now)
            }
            Heard::Garbled(why) => self.misses(flight, &format!("an answer that cannot be read: {why}"), now),
            Heard::Answer(answer) => match (&answer, &ask) {
                (Answer::Exception(code @ (10 | 11)), _) => {
                    self.line.failures = 0;
                    let why = codec::exception(*code);
                    let mut out = self.miss(&flight, &why, now);
                    out.extend(self.unanswered(flight, now));
                    out
                }
                (Answer::Exception(_), _) => self.answered(flight, answer, now),
                (Answer::Done, Ask::Call { request: Request::Write { .. } | Request::Mask { .. }, .. }) => {
                    self.answered(flight, answer, now)
                }
                (Answer::Raw(raw), Ask::Call { request: Request::Read { table, count, .. }, .. })
                    if raw.len() == usize::from(*count) && matches!(raw, Raw::Bits(_)) == table.is_bits() =>
                {
                    self.answered(flight, answer, now)
                }
                _ => self.misses(flight, "an answer to something else", now),
            },
        }
    }

    /// The line is gone.
    fn fails(&mut self, why: &str, now: Timestamp) -> Vec<Signal> {
        let line = &mut self.line;
        line.open = false;
        line.failures = line.failures.saturating_add(1);
        let doublings = line.failures.saturating_sub(2).min(16);
        let wait = (RECONNECT_MIN.as_micros() << doublings).min(RECONNECT_MAX.as_micros());
        // The first loss is tried at once: many devices close a line that was idle.
        if line.failures == 1 {
            line.try_at = now;
            return Vec::new();
        }
        (line.down, line.try_at) = (true, now + Span::from_micros(wait));
        let mut out: Vec<Signal> = self.units.iter_mut().filter_map(|u| u.goes(why, now)).collect();
        self.read_backs.clear();
        out.extend(self.writes.drain(..).map(|w| refused(w.command.id, why)));
        out
    }

    /// A unit did not answer, on a line that is there.
    fn misses(&mut self, flight: Flight, why: &str, now: Timestamp) -> Vec<Signal> {
        match self.config.transport {
            // What comes late would be taken for the answer to the next request, so the line is opened anew.
            Transport::Tcp(_) => (self.line.open, self.line.try_at) = (false, now),
            Transport::Rtu(_) => self.quiet_until = self.quiet_until.max(now + QUIET),
        }
        let mut out = self.miss(&flight, why, now);
        out.extend(self.unanswered(flight, now));
        out
    }

    /// Counts a request without an answer; what waits for a device that is gone is refused.
    fn miss(&mut self, flight: &Flight, why: &str, now: Timestamp) -> Vec<Signal> {
        let Some(device) = flight.device() else { return Vec::new() };
        let config = &self.config;
        let gone = self.units.iter_mut().find(|u| u.device == device).and_then(|u| u.missed(why, config, now));
        if gone.is_none() {
            return Vec::new();
        }
        let mut out: Vec<Signal> = gone.into_iter().collect();
        self.read_backs.retain(|r| r.device != device);
        self.writes.retain(|w| {
            if w.command.device == device {
                out.push(refused(w.command.id, why));
            }
            w.command.device != device
        });
        out
    }

    /// What becomes of a request that nobody answered.
    fn unanswered(&mut self, flight: Flight, now: Timestamp) -> Vec<Signal> {
        match flight {
            Flight::Open => {}
            Flight::Poll { device, block } => {
                let retries = self.config.retries;
                if let Some(unit) = self.unit(device) {
                    unit.poll_missed(&block, retries, now);
                }
            }
            Flight::Present(w) => {
                return vec![refused(w.command.id, "not written: what stands there could not be read")];
            }
            // The device may have taken it. It is not sent again; what the device shows tells.
            Flight::Write(w) => self.look(&w.command, now),
            Flight::ReadBack(look) => self.look_again(look, now),
        }
        Vec::new()
    }

    fn answered(&mut self, flight: Flight, answer: Answer, now: Timestamp) -> Vec<Signal> {
        self.line.failures = 0;
        let Some(device) = flight.device() else { return Vec::new() };
        let Some(unit) = self.unit(device) else { return Vec::new() };
        let mut out: Vec<Signal> = unit.is_there(now).into_iter().collect();
        match (flight, answer) {
            (Flight::Poll { block, .. }, Answer::Raw(raw)) => out.extend(unit.polled(&block, &raw, now)),
            (Flight::Poll { block, .. }, Answer::Exception(5 | 6)) => unit.poll_later(&block, now),
            (Flight::Poll { block, .. }, Answer::Exception(code)) => {
                out.extend(unit.poll_refused(&block, &codec::exception(code), now));
            }
            (Flight::Present(write), Answer::Raw(raw)) => {
                self.writes.push_front(Write { present: Some(raw), ..write });
            }
            (Flight::Write(write), Answer::Done | Answer::Exception(5)) => {
                out.push(Signal::Delivered { command: write.command.id, refused: None, reply: None });
                self.look(&write.command, now);
            }
            (Flight::Present(write) | Flight::Write(write), Answer::Exception(code)) => {
                out.push(refused(write.command.id, &codec::exception(code)));
            }
            (Flight::ReadBack(look), Answer::Raw(raw)) => {
                let (value, signals) = unit.showed(look.point, &raw, now);
                let tolerance = unit.point(look.point).map_or(0.0, |p| p.spec.tolerance());
                out.extend(signals);
                if !value.is_some_and(|v| v.close_to(&look.expect, tolerance)) {
                    self.look_again(look, now);
                }
            }
            (Flight::ReadBack(look), Answer::Exception(_)) => self.look_again(look, now),
            _ => {}
        }
        out
    }

    /// Looks at what was written until the device shows it, or its time is over.
    fn look(&mut self, command: &Command, now: Timestamp) {
        let Some(unit) = self.unit(command.device) else { return };
        unit.was_written(command.point);
        let gone = unit.is_offline();
        let wanted = unit.can_read(command.point) && unit.point(command.point).is_some_and(|p| p.register.read_back);
        // An older write of the same point is not waited for.
        self.read_backs.retain(|r| r.point != command.point);
        if wanted && !gone {
            self.read_backs.push(ReadBack {
                device: command.device,
                point: command.point,
                expect: command.expect.clone().unwrap_or_else(|| command.value.clone()),
                due: now,
                wait: READ_BACK_MIN,
                until: command.deadline,
            });
        }
    }

    fn look_again(&mut self, look: ReadBack, now: Timestamp) {
        let wait = Span::from_micros((look.wait.as_micros() * 2).min(READ_BACK_MAX.as_micros()));
        let due = now + look.wait;
        let gone = self.unit(look.device).is_none_or(|u| u.is_offline());
        if !gone && due < look.until && !self.read_backs.iter().any(|r| r.point == look.point) {
            self.read_backs.push(ReadBack { due, wait, ..look });
        }
    }

    fn take(&mut self, command: Command) -> Option<Signal> {
        let down = self.line.down;
        let full = self.writes.len() >= WRITES_MAX;
        let Some(unit) = self.unit(command.device) else {
            return Some(refused(command.id, "the device is not on this bus"));
        };
        let Some(point) = unit.point(command.point) else {
            return Some(refused(command.id, "the property has no register"));
        };
        if !point.register.table.is_writable() || !point.spec.writable {
            return Some(refused(command.id, "the register can only be read"));
        }
        if let Err(e) = codec::write(&point.register, &point.spec, &command.value, None) {
            return Some(refused(command.id, &e.to_string()));
        }
        if down || unit.is_offline() {
            return Some(refused(command.id, "the device does not answer"));
        }
        if full {
            return Some(refused(command.id, "the bus is busy"));
        }
        self.writes.push_back(Write { command, present: None });
        None
    }

    /// What exists changed. What is known of devices that stay as they were is kept.
    fn become_world(&mut self, world: &World, now: Timestamp) -> Vec<Signal> {
        let mut old = std::mem::take(&mut self.units);
        self.units = resolve(&self.config, self.connection, world, now);
        for unit in &mut self.units {
            if let Some(at) = old.iter().position(|o| o.is_as(unit)) {
                *unit = old.swap_remove(at);
            }
        }
        let units = &self.units;
        let is_there = |device, point| units.iter().any(|u| u.device == device && u.point(point).is_some());
        self.read_backs.retain(|r| is_there(r.device, r.point));
        let mut out = Vec::new();
        self.writes.retain(|w| {
            let stays = is_there(w.command.device, w.command.point);
            if !stays {
                out.push(refused(w.command.id, "the device is no longer on this bus"));
            }
            stays
        });
        out
    }

    /// The connection is closed: what waits will not be written.
    pub fn close(&mut self) -> Vec<Signal> {
        self.writes.drain(..).map(|w| refused(w.command.id, "the connection is being closed")).collect()
    }

    /// Whether a device does not answer.
    #[cfg(test)]
    pub(super) fn misses_somebody(&self) -> bool {
        self.units.iter().any(Unit::is_offline)
    }

    /// How many requests read all registers of all devices once.
    #[cfg(test)]
    pub(super) fn requests(&self) -> usize {
        self.units.iter().map(Unit::requests).sum()
    }
}

impl Flight {
    fn device(&self) -> Option<DeviceId> {
        Some(match self {
            Flight::Open => return None,
            Flight::Poll { device, .. } => *device,
            Flight::Present(w) | Flight::Write(w) => w.command.device,
            Flight::ReadBack(look) => look.device,
        })
    }
}

fn refused(command: CommandId, why: &str) -> Signal {
    Signal::Delivered { command, refused: Some(why.into()), reply: None }
}

impl Session for Bus {
    fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Signal> {
        match input {
            Input::Start => {
                self.units.iter_mut().for_each(|u| u.forget(now));
                Vec::new()
            }
            Input::Command(command) => self.take(command).into_iter().collect(),
            Input::World(world) => self.become_world(&world, now),
            Input::Tick
            | Input::Publish(_)
            | Input::Post(_)
            | Input::Listen(_)
            | Input::Measure(..)
            | Input::Fault(..) => Vec::new(),
        }
    }

    fn deadline(&self) -> Option<Timestamp> {
        if self.flight.is_some() || self.units.is_empty() {
            return None;
        }
        if !self.line.open {
            return Some(self.line.try_at);
        }
        let writes = self.writes.front().map(|_| self.quiet_until);
        let looks = self.read_backs.iter().map(|r| r.due);
        let polls = self.units.iter().filter_map(|u| u.next()).map(|(at, _)| at);
        writes.into_iter().chain(looks).chain(polls).min().map(|at| at.max(self.quiet_until))
    }

    fn route(&self) -> Route {
        Route::Via(self.connection)
    }
}
