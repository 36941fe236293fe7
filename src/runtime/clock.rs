//! The clocks: the one of the machine, and one that stands still until it is told. The only place that reads the time.

use base::{Clock, Span, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Fastest that a clock goes.
pub const SPEED_MAX: u32 = 3_600;

/// The machine's clock, or one that goes faster than it. Never goes back within a process.
#[derive(Debug, Default, Clone)]
pub struct SystemClock {
    latest: Arc<AtomicI64>,
    pace: Option<Pace>,
}

/// How a clock goes that is not the machine's.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// When it was set, on the machine's clock.
    set: i64,
    /// What it showed then.
    shown: i64,
    speed: u32,
}

impl SystemClock {
    /// A clock that shows a time now and goes so many times as fast as the machine's, at most [`SPEED_MAX`].
    pub fn paced(speed: u32, shown: Timestamp) -> SystemClock {
        let speed = speed.clamp(1, SPEED_MAX);
        let pace = Pace { set: machine_us(), shown: shown.as_micros(), speed };
        SystemClock { latest: Arc::default(), pace: Some(pace) }
    }

    /// How many times as fast as the machine's clock it goes.
    pub fn speed(&self) -> u32 {
        self.pace.map_or(1, |p| p.speed)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
fn machine_us() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let machine = machine_us();
        let us = match self.pace {
            None => machine,
            Some(pace) => pace.shown.saturating_add((machine - pace.set).saturating_mul(i64::from(pace.speed))),
        };
        Timestamp::from_micros(self.latest.fetch_max(us, Ordering::Relaxed).max(us))
    }
}

/// A clock that stands still until it is set; for tests, evals and backtests.
#[derive(Debug, Clone)]
pub struct ManualClock {
    us: Arc<AtomicI64>,
}

impl ManualClock {
    /// A clock that shows a time.
    pub fn at(start: Timestamp) -> Self {
        ManualClock { us: Arc::new(AtomicI64::new(start.as_micros())) }
    }
    /// Sets it; it never goes back.
    pub fn set(&self, now: Timestamp) {
        self.us.fetch_max(now.as_micros(), Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.us.load(Ordering::Relaxed))
    }
}

/// Sleeps until a time of a clock; at most an hour of it, so that a clock that is set back does no harm.
#[expect(clippy::disallowed_methods, reason = "this is the one place that sleeps on the machine's clock")]
pub(crate) async fn sleep_until(clock: &SystemClock, wake: Option<Timestamp>) {
    let longest = Span::from_secs(3600);
    let left = wake.map_or(longest, |w| (w - clock.now()).min(longest));
    let us = u64::try_from(left.as_micros()).unwrap_or(0).div_ceil(u64::from(clock.speed()));
    tokio::time::sleep(std::time::Duration::from_micros(us)).await;
}
