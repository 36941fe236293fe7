//! The clocks: the one of the machine, and one that stands still until it is told. The only place that reads the time.

use base::{Clock, Span, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The machine's clock. Never goes back within a process.
#[derive(Debug, Default, Clone)]
pub struct SystemClock {
    latest: Arc<AtomicI64>,
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let us = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
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

/// Sleeps until a time of the machine's clock; at most an hour, so that a clock that is set back does no harm.
#[expect(clippy::disallowed_methods, reason = "this is the one place that sleeps on the machine's clock")]
pub(crate) async fn sleep_until(clock: &SystemClock, wake: Option<Timestamp>) {
    let longest = Span::from_secs(3600);
    let left = wake.map_or(longest, |w| (w - clock.now()).min(longest));
    let us = u64::try_from(left.as_micros()).unwrap_or(0);
    tokio::time::sleep(std::time::Duration::from_micros(us)).await;
}
