//! The time machine: a rule is run over a small table of times and values that somebody wrote.
//!
//! A table is Markdown (rows with `|`; whatever else stands in the text is passed over) or plain columns parted by tabs,
//! semicolons or commas. The first column is the time: `m:ss` or `h:mm:ss` since the rule is enabled, or a date
//! `2026-11-17 08:00` and from there on clock times of the site. Every other column is
//! - a point, by `device.identifier`, by its name in either language, or by its id: its reports;
//! - `device NAME`: whether it can be reached, `online` or `offline`; without such a column it can;
//! - `topic NAME`: raw messages on that topic, payload by payload;
//! - `expect`: what the rule asks for in this row, as `device.identifier=value` or in words, several parted by `;`;
//! - `=NODE.PORT`: what that output is after this row; of an event `!` where it happened.
//!
//! In a cell, `-` is nothing, `?` a point of which nothing is known any more, `bad` a report that cannot be trusted. The
//! first row is the moment at which the rule is enabled: its values are known then. Points that are written and have no
//! column do at once as they are told.
//!
//! What it is *not*: no recorded values (that is a backtest, in the runtime). Start at [`Scenario::parse`], then
//! [`Scenario::run`].

mod run;
mod table;
#[cfg(test)]
mod tests;

pub use run::{action, spelled_out};

use base::id::{DeviceId, PointId};
use base::{Diagnostics, Sample, Timestamp};
use documents::Message;
use things::World;

/// A table that was read against a world.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// The points that have a column.
    points: Vec<PointId>,
    /// Whether there is a column of expectations.
    expects: bool,
    rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    at: Timestamp,
    reports: Vec<(PointId, Sample)>,
    links: Vec<(DeviceId, bool)>,
    messages: Vec<Message>,
    /// What the rule shall ask for; none where nobody says so.
    expected: Vec<Expected>,
}

/// Something that is expected of a row, and the column that says so.
#[derive(Debug, Clone, PartialEq)]
struct Expected {
    column: usize,
    what: What,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    /// The rule asks for this and nothing else.
    Actions(Vec<String>),
    /// An output is so.
    Port { node: String, port: String, cell: String },
}

impl Scenario {
    /// Reads a table. `start` is when a table begins that names no date.
    ///
    /// # Errors
    /// Every fault with its row and column.
    pub fn parse(text: &str, world: &World, start: Timestamp) -> Result<Scenario, Diagnostics> {
        table::parse(text, world, start)
    }
}
