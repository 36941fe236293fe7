//! The sample's bus in the hands of the harness that every driver passes.

use super::*;
use crate::harness::Trial;
use std::sync::Arc;
use things::Connection;

/// A gateway with an air conditioner and a room sensor that answer as they should, when they are let.
pub(crate) struct Gateway {
    bus: Bus,
    now: Timestamp,
    /// What is under way.
    asked: Option<Ask>,
    room: u16,
    /// What was written, by address; true for coils.
    written: BTreeMap<(bool, u16), u16>,
}

impl Gateway {
    /// The next request, however long the bus wants to wait for it.
    fn next(&mut self) -> Option<Ask> {
        // A command that has waited too long is due and comes to nothing.
        while self.asked.is_none() {
            self.now = self.bus.deadline()?.max(self.now);
            self.asked = self.bus.next(self.now);
        }
        self.asked.clone()
    }

    fn hear(&mut self, heard: Heard) -> Vec<Signal> {
        self.asked = None;
        self.bus.heard(heard, self.now)
    }

    /// What a device answers that does what it is told and shows the same all the time, but for one register.
    fn answer(&mut self, ask: &Ask) -> Heard {
        let Ask::Call { request, .. } = ask else { return Heard::Opened(Ok(())) };
        let shown =
            |bits: bool, address: u16, otherwise: u16| self.written.get(&(bits, address)).copied().unwrap_or(otherwise);
        Heard::Answer(match request {
            Request::Read { table, start, count } if table.is_bits() => {
                let bit = |address| shown(true, address, self.room % 2) == 1;
                Answer::Raw(Raw::Bits((*start..start + count).map(bit).collect()))
            }
            Request::Read { table: Table::Holding, start, count } => {
                let word = |(address, word)| shown(false, address, word);
                Answer::Raw(Raw::Words((*start..start + count).zip([200 + self.room % 2, 1]).map(word).collect()))
            }
            Request::Read { count, .. } => Answer::Raw(Raw::Words(vec![self.room % 100; (*count).into()])),
            Request::Write { start, raw, .. } => {
                let values: Vec<u16> = match raw {
                    Raw::Bits(bits) => bits.iter().map(|b| u16::from(*b)).collect(),
                    Raw::Words(words) => words.clone(),
                };
                let bits = matches!(raw, Raw::Bits(_));
                self.written.extend((*start..).zip(values).map(|(address, value)| ((bits, address), value)));
                Answer::Done
            }
            Request::Mask { .. } => Answer::Done,
        })
    }
}

impl Trial for Gateway {
    const RIGHT: u8 = 4;

    fn new(connection: &Connection, world: Arc<World>) -> Self {
        let now = Timestamp::MIN;
        let bus = Bus::new(Config::parse(&connection.config).unwrap(), connection.id, &world, now);
        Gateway { bus, now, asked: None, room: 0, written: BTreeMap::new() }
    }

    fn devices() -> &'static [(&'static str, &'static str)] {
        &[("air_conditioner", "ac-101"), ("room_sensor", "room-101")]
    }

    fn connect(&mut self, now: Timestamp) -> Vec<Signal> {
        self.now = self.now.max(now);
        match self.next() {
            Some(Ask::Open) => self.hear(Heard::Opened(Ok(()))),
            asked => panic!("{asked:?} without a line"),
        }
    }

    fn lose(&mut self, now: Timestamp) -> Vec<Signal> {
        self.now = self.now.max(now);
        let mut out = Vec::new();
        // The line breaks in the middle of a request, and cannot be opened again.
        for _ in 0..2 {
            match self.next() {
                Some(Ask::Open) => out.extend(self.hear(Heard::Opened(Err("cannot connect".into())))),
                Some(Ask::Call { .. }) => out.extend(self.hear(Heard::Lost("gone".into()))),
                None => panic!("nothing is due"),
            }
        }
        out
    }

    fn right(&mut self, choice: u8, now: Timestamp) -> Vec<Signal> {
        self.now = self.now.max(now);
        self.room = self.room.wrapping_add(choice.into());
        let mut out = Vec::new();
        // A device that did not answer is asked again within a minute.
        let until = self.now + Span::from_secs(61);
        let due = |s: &Self| s.asked.is_some() || s.bus.deadline().is_some_and(|at| at <= s.now);
        while due(self) || (self.bus.misses_somebody() && self.now < until) {
            let Some(ask) = self.next() else { break };
            let heard = self.answer(&ask);
            out.extend(self.hear(heard));
        }
        out
    }

    fn garbage(&mut self, bytes: &[u8], now: Timestamp) -> Vec<Signal> {
        self.now = self.now.max(now);
        let Some(ask) = self.next() else { return Vec::new() };
        if ask == Ask::Open {
            return self.hear(Heard::Opened(Ok(())));
        }
        let words = || bytes.chunks(2).map(|c| c.iter().fold(0, |sum, b| sum << 8 | u16::from(*b))).collect();
        self.hear(match bytes {
            [] => Heard::Silent,
            [0, rest @ ..] => Heard::Garbled(format!("{rest:?}")),
            [1..120, code, ..] => Heard::Answer(Answer::Exception(*code)),
            [120..180, ..] => Heard::Answer(Answer::Raw(Raw::Bits(bytes.iter().map(|b| b % 2 == 1).collect()))),
            [180..250, ..] => Heard::Answer(Answer::Raw(Raw::Words(words()))),
            _ => Heard::Answer(Answer::Done),
        })
    }

    fn told(&mut self, input: Input, now: Timestamp) -> Vec<Signal> {
        self.now = self.now.max(now);
        self.bus.handle(input, self.now)
    }

    fn obey(&mut self, now: Timestamp) -> Vec<Signal> {
        let mut out = self.right(0, now);
        // What was written is looked at a moment later.
        self.now = self.now + Span::from_secs(1);
        out.extend(self.right(0, now));
        out
    }
}
