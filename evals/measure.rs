//! Figures of a run: how long, how much memory.

use base::Span;
use serde::Serialize;
use std::fmt;

/// How long something took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Timing {
    /// How often it was measured.
    pub count: usize,
    /// Half of them took at most this, in milliseconds.
    pub p50_ms: f64,
    /// All but one in a hundred took at most this, in milliseconds.
    pub p99_ms: f64,
}

impl Timing {
    /// Of a list of times.
    pub fn of(mut spans: Vec<Span>) -> Timing {
        spans.sort();
        let at = |percent: usize| {
            let index = (spans.len().saturating_sub(1) * percent).div_ceil(100);
            spans.get(index).map_or(0.0, |s| s.as_micros() as f64 / 1000.0)
        };
        Timing { count: spans.len(), p50_ms: at(50), p99_ms: at(99) }
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p50 {:.2} ms, p99 {:.2} ms of {}", self.p50_ms, self.p99_ms, self.count)
    }
}

/// Memory of this process that is resident, in MiB; none where the system does not tell.
pub fn resident_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles() {
        let spans = |n: i64| (1..=n).rev().map(Span::from_millis).collect();
        for (n, p50, p99) in [(0, 0.0, 0.0), (1, 1.0, 1.0), (101, 51.0, 100.0)] {
            assert_eq!(Timing::of(spans(n)), Timing { count: usize::try_from(n).unwrap(), p50_ms: p50, p99_ms: p99 });
        }
    }
}
