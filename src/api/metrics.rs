//! Figures for Prometheus (text format 0.0.4). One closed enum names every counter and gauge that the HTTP surface keeps;
//! what the runtime knows is read when the figures are asked for.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters and gauges that are kept by the HTTP surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Metric {
    /// Requests that succeeded.
    RequestsDone,
    /// Requests that the client got wrong.
    RequestsRefused,
    /// Requests that failed inside.
    RequestsFailed,
    /// Requests that were not let in.
    RequestsNotAdmitted,
    /// Time spent on requests until the head of the answer, in microseconds.
    RequestMicros,
    /// Attempts to log in by a code.
    Logins,
    /// Turns of conversations that ended.
    Turns,
    /// Turns that run now.
    TurnsRunning,
    /// Tool calls of outside agents.
    AgentCalls,
    /// Sockets that are open now.
    Sockets,
    /// Snapshots that were sent over sockets.
    SocketSnapshots,
    /// Sockets that were cut, since the other end took or answered nothing.
    SocketsCut,
    /// Connections that are open now.
    Connections,
}

/// Name, type, help, label.
const TABLE: &[(Metric, &str, &str, &str, &str)] = &[
    (
        Metric::RequestsDone,
        "castellan_http_requests_total",
        "counter",
        "HTTP requests by outcome.",
        "{outcome=\"done\"}",
    ),
    (Metric::RequestsRefused, "castellan_http_requests_total", "", "", "{outcome=\"refused\"}"),
    (Metric::RequestsFailed, "castellan_http_requests_total", "", "", "{outcome=\"failed\"}"),
    (
        Metric::RequestsNotAdmitted,
        "castellan_http_not_admitted_total",
        "counter",
        "HTTP requests without a valid token, cookie, host or origin.",
        "",
    ),
    (
        Metric::RequestMicros,
        "castellan_http_request_microseconds_total",
        "counter",
        "Time until the head of the answer, summed.",
        "",
    ),
    (Metric::Logins, "castellan_logins_total", "counter", "Attempts to log in by a one-time code.", ""),
    (Metric::Turns, "castellan_turns_total", "counter", "Turns of conversations that ended.", ""),
    (Metric::TurnsRunning, "castellan_turns_running", "gauge", "Turns of conversations that run now.", ""),
    (Metric::AgentCalls, "castellan_mcp_calls_total", "counter", "Tool calls of outside agents.", ""),
    (Metric::Sockets, "castellan_sockets", "gauge", "Sockets that are open now.", ""),
    (Metric::SocketSnapshots, "castellan_socket_snapshots_total", "counter", "Snapshots sent over sockets.", ""),
    (
        Metric::SocketsCut,
        "castellan_sockets_cut_total",
        "counter",
        "Sockets whose other end took or answered nothing.",
        "",
    ),
    (Metric::Connections, "castellan_connections", "gauge", "Connections that are open now.", ""),
];

/// The figures.
#[derive(Debug, Default)]
pub struct Metrics {
    values: [AtomicU64; TABLE.len()],
}

impl Metrics {
    /// Counts up.
    pub fn add(&self, metric: Metric, n: u64) {
        self.values[metric as usize].fetch_add(n, Ordering::Relaxed);
    }
    /// Counts a gauge down.
    pub fn sub(&self, metric: Metric, n: u64) {
        self.values[metric as usize].fetch_sub(n, Ordering::Relaxed);
    }
    /// The present figure.
    pub fn get(&self, metric: Metric) -> u64 {
        self.values[metric as usize].load(Ordering::Relaxed)
    }
    /// All figures as text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (metric, name, kind, help, label) in TABLE {
            if !kind.is_empty() {
                line(&mut out, format_args!("# HELP {name} {help}"));
                line(&mut out, format_args!("# TYPE {name} {kind}"));
            }
            line(&mut out, format_args!("{name}{label} {}", self.get(*metric)));
        }
        out
    }
}

/// One gauge that was read just now.
pub(crate) fn gauge(out: &mut String, name: &str, help: &str, value: u64) {
    line(out, format_args!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}"));
}

/// One counter that is kept elsewhere.
pub(crate) fn counter(out: &mut String, name: &str, help: &str, value: u64) {
    line(out, format_args!("# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}"));
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    out.write_fmt(text).unwrap_or_default();
    out.push('\n');
}

/// Memory of this process that is resident, in bytes; 0 where the system does not say.
pub fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|l| l.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lists_every_metric_in_order() {
        for (i, (metric, ..)) in TABLE.iter().enumerate() {
            assert_eq!(*metric as usize, i);
        }
        let metrics = Metrics::default();
        metrics.add(Metric::Turns, 2);
        assert!(metrics.text().contains("# TYPE castellan_turns_total counter\ncastellan_turns_total 2\n"));
    }
}
