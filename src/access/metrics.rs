//! What device access counts.

use schemars::JsonSchema;
use serde::Serialize;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Counters of the broker.
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $($(#[$doc])* pub(crate) $name: AtomicU64,)*
        }

        /// What the broker has counted since it started, and how much there is of what has a limit.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
        pub struct Metrics {
            $($(#[$doc])* pub $name: u64,)*
            /// Clients that are connected.
            pub connections: u64,
            /// Sessions, connected or not.
            pub sessions: u64,
            /// Subscriptions of raw topics.
            pub subscriptions: u64,
            /// Retained messages.
            pub retained: u64,
            /// Payloads of devices that were not taken.
            pub rejected: u64,
            /// Signals that the runtime did not take and nobody waited for.
            pub lost: u64,
            /// Times that kept sessions could not be written at once.
            pub keep_failed: u64,
            /// Messages of away clients that are not kept over a restart, since too much waited to be written.
            pub keep_dropped: u64,
        }

        impl Counters {
            pub(crate) fn read(&self) -> Metrics {
                Metrics { $($name: self.$name.load(Ordering::Relaxed),)* ..Metrics::default() }
            }
        }
    };
}

counters! {
    /// Logins that were let in.
    accepted,
    /// Logins that were refused.
    refused,
    /// Publishes that came.
    received,
    /// Messages that were given to clients.
    delivered,
    /// Messages that were dropped since too much waited for a client.
    dropped,
    /// Publishes and subscriptions on topics that are not the client's own.
    denied,
    /// Connections that were closed since a limit was passed.
    limited,
    /// Answers that came after nobody waited for them any more.
    late,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
