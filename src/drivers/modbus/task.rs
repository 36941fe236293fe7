//! The loop around the session: it takes inputs, does what the bus asks for, and says what was heard.
//!
//! What it is *not*: it decides nothing; that is [`super::session`]. Start at [`start`].

use super::config::Config;
use super::line::Line;
use super::session::{Bus, Heard};
use crate::contract::{INPUTS_MAX, SAID_MAX};
use crate::{Input, Said, Session, Setup, Started};
use base::{Clock, Diagnostics, Span, Timestamp};
use documents::Signal;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Signals that were not taken yet, beyond which the bus waits.
const SIGNALS_MAX: usize = SAID_MAX;
/// The shortest sleep, so that a clock that stands still costs nothing.
const SLEEP_MIN: Duration = Duration::from_millis(1);

/// A request that is under way; it gives the line back.
type Flight = Pin<Box<dyn Future<Output = (Line, Heard)> + Send>>;

/// Starts the driver.
pub(super) fn start(setup: Setup) -> Result<Started, Diagnostics> {
    let config = Config::parse(&setup.connection.config)?;
    let (inputs, told) = mpsc::channel(INPUTS_MAX);
    let line = Line::new(config.transport.clone(), duration(config.timeout()));
    let bus = Bus::new(config, setup.connection.id, &setup.world, setup.clock.now());
    let task = tokio::spawn(Loop { bus, told, said: setup.said, clock: setup.clock, signals: Vec::new() }.run(line));
    Ok(Started { inputs, task })
}

fn duration(span: Span) -> Duration {
    Duration::from_micros(u64::try_from(span.as_micros()).unwrap_or(0))
}

struct Loop {
    bus: Bus,
    told: mpsc::Receiver<Input>,
    said: mpsc::Sender<Said>,
    clock: Arc<dyn Clock>,
    /// Heard and not said yet.
    signals: Vec<Signal>,
}

impl Loop {
    /// Runs until the inputs are closed, or nobody listens any more. What is under way then is dropped, and with it the
    /// line.
    async fn run(mut self, line: Line) {
        let mut idle = Some(line);
        let mut flight: Option<Flight> = None;
        loop {
            let waits = self.signals.len() >= SIGNALS_MAX;
            if let Some(line) = idle.take() {
                match Some(()).filter(|()| !waits).and_then(|()| self.bus.next(self.clock.now())) {
                    Some(ask) => flight = Some(Box::pin(line.perform(ask))),
                    None => idle = Some(line),
                }
            }
            let wake = self.bus.deadline().filter(|_| idle.is_some() && !waits);
            tokio::select! {
                input = self.told.recv() => match input {
                    Some(input) => self.signals.extend(self.bus.handle(input, self.clock.now())),
                    None => break,
                },
                room = self.said.reserve(), if !self.signals.is_empty() => match room {
                    Ok(room) => room.send(Said { signals: std::mem::take(&mut self.signals), ..Said::default() }),
                    Err(_) => return,
                },
                (line, heard) = done(&mut flight) => {
                    (idle, flight) = (Some(line), None);
                    self.signals.extend(self.bus.heard(heard, self.clock.now()));
                }
                () = sleep(wake, self.clock.now()) => {}
            }
        }
        self.signals.extend(self.bus.close());
        // Whoever stops it may not listen any more.
        drop(self.said.try_send(Said { signals: self.signals, ..Said::default() }));
    }
}

/// What comes of a request; never, when none is under way.
async fn done(flight: &mut Option<Flight>) -> (Line, Heard) {
    match flight {
        Some(flight) => flight.await,
        None => pending().await,
    }
}

/// Waits until a time by the injected clock; for ever when there is none.
async fn sleep(wake: Option<Timestamp>, now: Timestamp) {
    match wake {
        Some(wake) => drop(tokio::time::timeout(duration(wake - now).max(SLEEP_MIN), pending::<()>()).await),
        None => pending().await,
    }
}
