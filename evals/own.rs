//! A run of our own cases: all suites or one, compared with a baseline, reported in a folder.
//!
//! What it is *not*: how a case is judged stands in [`crate::judge`], what is made of it in [`crate::report`]. Start at
//! [`run`].

use crate::cases::{self, SUITES};
use crate::report::{Baseline, Measured, Report};
use crate::{judge, measure, page};
use anyhow::{Context, bail};
use base::Clock;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The report for programs, and the one for people.
const REPORT_FILES: (&str, &str) = ("report.json", "report.html");

/// What to run.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only the suite of this name.
    pub only: Option<String>,
    /// What was wrong before: whatever else is wrong now is a regression.
    pub baseline: Option<PathBuf>,
    /// Writes the baseline instead of comparing with it.
    pub renew: bool,
    /// The folder in which the report is written.
    pub report: Option<PathBuf>,
}

/// Runs our own cases.
///
/// # Errors
/// When there is no such suite, the runtime fails, or a file cannot be read or written.
pub async fn run(wanted: &Wanted, clock: &Arc<dyn Clock>) -> anyhow::Result<Report> {
    let known = match &wanted.baseline {
        Some(path) if !wanted.renew => Some(read(path)?),
        _ => None,
    };
    let suites: Vec<_> = SUITES.iter().filter(|s| wanted.only.as_ref().is_none_or(|o| o == s.name)).collect();
    if suites.is_empty() {
        let names: Vec<_> = SUITES.iter().map(|s| s.name).collect();
        bail!("there is no such suite; there are {}", names.join(", "));
    }
    let mut measured = Vec::new();
    for suite in suites {
        for (lang, text) in suite.files {
            let cases = cases::parse(text)?;
            measured.push(Measured { suite: suite.name, lang, verdicts: judge::run(&cases, clock).await? });
        }
    }
    let report = Report::of(&measured, known.as_ref(), measure::resident_mib());
    if let Some(path) = wanted.baseline.as_ref().filter(|_| wanted.renew) {
        write(path, &format!("{}\n", serde_json::to_string_pretty(&Baseline::of(&measured))?))?;
    }
    if let Some(folder) = &wanted.report {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        write(&folder.join(REPORT_FILES.0), &format!("{}\n", serde_json::to_string_pretty(&report)?))?;
        write(&folder.join(REPORT_FILES.1), &page::html(&report))?;
    }
    Ok(report)
}

fn read(path: &Path) -> anyhow::Result<Baseline> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_run_writes_its_report_and_is_no_worse_than_itself() {
        let clock: Arc<dyn Clock> = Arc::new(runtime::SystemClock::default());
        let folder = tempfile::tempdir().unwrap();
        let baseline = Some(folder.path().join("baseline.json"));
        let mut wanted = Wanted { only: Some("talk".into()), baseline, renew: true, report: None };
        run(&wanted, &clock).await.unwrap();
        (wanted.renew, wanted.report) = (false, Some(folder.path().join("out")));
        let report = run(&wanted, &clock).await.unwrap();
        assert!(report.passes() && report.reply.count > 0);
        for name in [REPORT_FILES.0, REPORT_FILES.1] {
            assert!(folder.path().join("out").join(name).exists());
        }
        wanted.only = Some("nothing".into());
        assert!(run(&wanted, &clock).await.is_err());
    }
}
