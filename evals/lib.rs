//! The eval runner: sentences of third parties and of our own, said in a simulated building through the same tools as a
//! person's, on virtual time.
//!
//! What it is *not*: it speaks no HTTP and judges no third party's item; it writes predictions, and the scorer of the
//! evaluation folder compares. Start at [`run`] for third parties' sentences, whose homes become worlds in [`homes`], and
//! at [`own::run`] for our own, which are in [`cases`].

pub mod assistant;
pub mod building;
pub mod cases;
pub mod charts;
mod frames;
mod generic;
pub mod homes;
pub mod judge;
#[cfg(test)]
mod limits;
pub mod measure;
#[cfg(test)]
mod metamorphic;
pub mod own;
pub mod page;
pub mod predict;
pub mod report;
mod scenarios;
pub mod suite;
pub mod watched;

use crate::measure::Timing;
use crate::predict::Bench;
use agent::{Backend, Embedded};
use anyhow::{Context, bail};
use base::Clock;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// What to measure.
#[derive(Debug, Clone, Default)]
pub struct Args {
    /// The evaluation folder: `*.jsonl` and `homes/`.
    pub suite: PathBuf,
    /// The back end; `embedded` is the only one so far.
    pub backend: String,
    /// Where predictions are written, one JSON object a line.
    pub predictions: Option<PathBuf>,
    /// Only the suite of this name.
    pub only: Option<String>,
    /// Whether the sensors of a room are one device.
    pub merged: bool,
}

/// What came out. `Display` is for people.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Suites in order.
    pub suites: Vec<SuiteReport>,
    /// From a sentence to its reply.
    pub reply: Timing,
    /// Understanding alone.
    pub understand: Timing,
    /// Resident memory at the end, in MiB.
    pub resident_mib: Option<f64>,
}

/// What came out of one suite.
#[derive(Debug, Clone, Serialize)]
pub struct SuiteReport {
    /// Its name.
    pub name: String,
    /// How many items.
    pub items: usize,
    /// How many of them were not understood or not possible, by kind of item.
    pub rejected: BTreeMap<String, usize>,
    /// Items that could not be run, with the reason.
    pub failed: BTreeMap<String, String>,
    /// Most devices of one home that have no template.
    pub left_out: usize,
}

/// The back end of a name.
fn backend(name: &str) -> anyhow::Result<Arc<dyn Fn() -> Arc<dyn Backend> + Send + Sync>> {
    match name {
        "embedded" => Ok(Arc::new(|| Arc::new(Embedded::default()))),
        other => bail!("there is no back end `{other}` yet; `embedded` is the one there is"),
    }
}

/// Measures.
///
/// # Errors
/// When the evaluation folder is absent or cannot be read, the back end is unknown, or predictions cannot be written.
pub async fn run(args: Args, clock: Arc<dyn Clock>) -> anyhow::Result<Report> {
    let suites = suite::load(&args.suite, args.only.as_deref())?;
    let bench = Bench { backend: backend(&args.backend)?, clock, merged: args.merged };
    let mut file = match &args.predictions {
        Some(path) => Some(BufWriter::new(File::create(path).with_context(|| path.display().to_string())?)),
        None => None,
    };
    let (mut took, mut thought) = (Vec::new(), Vec::new());
    let mut reports = Vec::new();
    for suite in &suites {
        let mut report = SuiteReport {
            name: suite.name.clone(),
            items: suite.items.len(),
            rejected: BTreeMap::new(),
            failed: BTreeMap::new(),
            left_out: 0,
        };
        for item in &suite.items {
            let home = item.home.as_ref().and_then(|h| suite.homes.get(h));
            let mut outcome = match bench.predict(item, home).await {
                Ok(outcome) => outcome,
                Err(error) => {
                    report.failed.insert(item.id.clone(), error.to_string());
                    continue;
                }
            };
            if outcome.prediction.contains_key("reject") {
                *report.rejected.entry(item.kind().to_owned()).or_default() += 1;
            }
            report.left_out = report.left_out.max(outcome.left_out);
            took.append(&mut outcome.took);
            thought.append(&mut outcome.thought);
            outcome.prediction.insert("id".into(), item.id.clone().into());
            if let Some(file) = &mut file {
                writeln!(file, "{}", serde_json::to_string(&outcome.prediction)?)?;
            }
        }
        reports.push(report);
    }
    if let Some(mut file) = file {
        file.flush()?;
    }
    let (reply, understand) = (Timing::of(took), Timing::of(thought));
    Ok(Report { suites: reports, reply, understand, resident_mib: measure::resident_mib() })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:26} {:>6} {:>9} {:>7} {:>9}", "suite", "items", "rejected", "failed", "left out")?;
        for s in &self.suites {
            let rejected: usize = s.rejected.values().sum();
            writeln!(f, "{:26} {:6} {:9} {:7} {:9}", s.name, s.items, rejected, s.failed.len(), s.left_out)?;
        }
        for (id, why) in self.suites.iter().flat_map(|s| &s.failed) {
            writeln!(f, "could not be run: {id}: {why}")?;
        }
        writeln!(f, "sentence to reply: {}", self.reply)?;
        writeln!(f, "understanding alone: {}", self.understand)?;
        if let Some(mib) = self.resident_mib {
            writeln!(f, "resident memory: {mib:.0} MiB")?;
        }
        Ok(())
    }
}
