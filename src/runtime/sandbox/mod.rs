//! A copy of the building to try something out on: the core and the simulated devices as they are now, on a clock that
//! is moved from one deadline to the next. Nothing real hears of it and nothing is written down.
//!
//! What it is *not*: a second runtime. It has no log, no drivers and no history. Start at [`Sandbox::run`]; what a rule
//! does in it is told by [`play`].

pub mod play;

use crate::core::Core;
use base::{Sample, Timestamp};
use documents::{Command, Event, Outcome};
use drivers::{Input, Session};
use std::collections::{BTreeMap, VecDeque};
use things::Route;

/// Rounds of devices answering at once within one moment; what is left is dropped, so that no loop holds a copy.
const ROUNDS_MAX: usize = 64;

/// A copy.
pub struct Sandbox {
    pub(crate) core: Core,
    sessions: BTreeMap<Route, Box<dyn Session>>,
    now: Timestamp,
    inbox: VecDeque<Event>,
}

impl Sandbox {
    pub(crate) fn new(core: Core, sessions: BTreeMap<Route, Box<dyn Session>>, now: Timestamp) -> Sandbox {
        Sandbox { core, sessions, now, inbox: VecDeque::new() }
    }

    /// The moment that it shows.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Goes on to the next moment at which something is due, at most until a time. `look` sees each event with its
    /// outcomes.
    pub fn step(&mut self, until: Timestamp, mut look: impl FnMut(&Event, &[Outcome], Timestamp)) {
        self.now = self.deadline().unwrap_or(until).clamp(self.now, until);
        let now = self.now;
        for session in self.sessions.values_mut() {
            if session.deadline().is_some_and(|t| t <= now) {
                self.inbox.extend(session.handle(Input::Tick, now).into_iter().map(Event::from));
            }
        }
        if self.core.deadline().is_some_and(|t| t <= now) {
            self.inbox.push_back(Event::Tick);
        }
        for _ in 0..ROUNDS_MAX {
            let round: Vec<Event> = self.inbox.drain(..).collect();
            if round.is_empty() {
                return;
            }
            for event in round {
                let outcomes = self.core.apply(&event, now);
                look(&event, &outcomes, now);
                outcomes.into_iter().for_each(|outcome| self.let_leave(outcome));
            }
        }
        self.inbox.clear();
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.core.deadline().into_iter().chain(self.sessions.values().filter_map(|s| s.deadline())).min()
    }

    fn let_leave(&mut self, outcome: Outcome) {
        let Outcome::Send(command) = outcome else { return };
        let route = self.core.world().device(command.device).map(|d| d.route).unwrap_or_default();
        match self.sessions.get_mut(&route) {
            Some(session) => {
                let said = session.handle(Input::Command(command), self.now);
                self.inbox.extend(said.into_iter().map(Event::from));
            }
            None => self.obey(command),
        }
    }

    /// A real device is not there in a copy; it is taken to do what it is told.
    fn obey(&mut self, command: Command) {
        self.inbox.push_back(Event::Delivered { command: command.id, refused: None, reply: None });
        if let Some(value) = command.expect {
            let values = vec![(command.point, Sample::good(value, self.now))];
            self.inbox.push_back(Event::Report { device: command.device, values });
        }
    }
}

#[cfg(test)]
mod tests;
