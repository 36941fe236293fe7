//! What came out of our own cases: a table by suite, language and category, and what is wrong that was right before.
//!
//! What it is *not*: nothing is run and no file is written here; the page for people is [`crate::page`]. Start at
//! [`Report`].

use crate::cases::SUITES;
use crate::judge::Verdict;
use crate::measure::Timing;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What came out.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// By suite, language and category.
    pub rows: Vec<Row>,
    /// What was wrong, in the order of the suites.
    pub failures: Vec<Failure>,
    /// Suites with less right than they must have: `suite/language`.
    pub below: Vec<String>,
    /// Cases that were right in the baseline or unknown to it, and are wrong; empty without a baseline.
    pub regressions: Vec<String>,
    /// From a sentence to its reply.
    pub reply: Timing,
    /// Understanding alone.
    pub understand: Timing,
    /// Resident memory at the end, in MiB.
    pub resident_mib: Option<f64>,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The suite.
    pub suite: String,
    /// The language.
    pub lang: String,
    /// The category; `all` is the whole suite.
    pub category: String,
    /// How many are right.
    pub right: usize,
    /// Of how many.
    pub of: usize,
}

impl Row {
    /// The share that is right, in percent.
    pub fn percent(&self) -> f64 {
        self.right as f64 * 100.0 / self.of.max(1) as f64
    }
}

/// A case that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The suite.
    pub suite: String,
    /// The language.
    pub lang: String,
    /// The category.
    pub category: String,
    /// The case.
    pub id: String,
    /// What kind of fault.
    pub kind: &'static str,
    /// What was said.
    pub said: String,
    /// What was wrong.
    pub detail: String,
    /// What was replied.
    pub reply: String,
}

/// The cases of a suite in one language that are known to be wrong: what a later run is compared with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Cases that were wrong, by suite and language: `suite/language`.
    pub wrong: BTreeMap<String, BTreeSet<String>>,
}

/// What is measured of one suite in one language.
pub struct Measured {
    /// The suite.
    pub suite: &'static str,
    /// The language.
    pub lang: &'static str,
    /// What became of its cases.
    pub verdicts: Vec<Verdict>,
}

impl Measured {
    fn key(&self) -> String {
        format!("{}/{}", self.suite, self.lang)
    }
    fn wrong(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|v| v.fault.is_some())
    }
    fn row<'v>(&self, category: &str, verdicts: impl Iterator<Item = &'v Verdict>) -> Row {
        let (mut right, mut of) = (0, 0);
        for v in verdicts {
            of += 1;
            right += usize::from(v.fault.is_none());
        }
        Row { suite: self.suite.into(), lang: self.lang.into(), category: category.into(), right, of }
    }
    fn rows(&self) -> Vec<Row> {
        let categories: BTreeSet<&str> = self.verdicts.iter().map(|v| v.category.as_str()).collect();
        let all = self.row("all", self.verdicts.iter());
        // A suite of one category needs no line for it.
        let parts = categories.iter().filter(|_| categories.len() > 1);
        let parts = parts.map(|c| self.row(c, self.verdicts.iter().filter(|v| v.category == **c)));
        [all].into_iter().chain(parts).collect()
    }
    fn failures(&self) -> impl Iterator<Item = Failure> {
        self.verdicts.iter().filter_map(|v| {
            let fault = v.fault.clone()?;
            Some(Failure {
                suite: self.suite.into(),
                lang: self.lang.into(),
                category: v.category.clone(),
                id: v.id.clone(),
                kind: fault.kind.words(),
                said: fault.said,
                detail: fault.detail,
                reply: fault.reply,
            })
        })
    }
    fn below(&self) -> bool {
        let least = SUITES.iter().find(|s| s.name == self.suite).map_or(0, |s| s.right_min);
        (self.verdicts.len() - self.wrong().count()) * 100 < self.verdicts.len() * least
    }
}

impl Baseline {
    /// What is wrong now.
    pub fn of(measured: &[Measured]) -> Baseline {
        let wrong = |m: &Measured| m.wrong().map(|v| v.id.clone()).collect();
        Baseline { wrong: measured.iter().map(|m| (m.key(), wrong(m))).collect() }
    }
    /// Cases that are wrong now and are not known to be.
    fn regressions(&self, measured: &[Measured]) -> Vec<String> {
        let known = |m: &Measured, id: &str| self.wrong.get(&m.key()).is_some_and(|ids| ids.contains(id));
        let found = |m: &Measured| {
            m.wrong().filter(|v| !known(m, &v.id)).map(|v| format!("{}: {}", m.key(), v.id)).collect::<Vec<_>>()
        };
        measured.iter().flat_map(found).collect()
    }
}

impl Report {
    /// Puts together what was measured.
    pub fn of(measured: &[Measured], baseline: Option<&Baseline>, resident_mib: Option<f64>) -> Report {
        let verdicts = || measured.iter().flat_map(|m| &m.verdicts);
        Report {
            rows: measured.iter().flat_map(Measured::rows).collect(),
            failures: measured.iter().flat_map(Measured::failures).collect(),
            below: measured.iter().filter(|m| m.below()).map(Measured::key).collect(),
            regressions: baseline.map(|b| b.regressions(measured)).unwrap_or_default(),
            reply: Timing::of(verdicts().flat_map(|v| v.took.iter().copied()).collect()),
            understand: Timing::of(verdicts().flat_map(|v| v.thought.iter().copied()).collect()),
            resident_mib,
        }
    }
    /// Whether nothing is worse than it may be.
    pub fn passes(&self) -> bool {
        self.below.is_empty() && self.regressions.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:14} {:8} {:18} {:>6} {:>6} {:>8}", "suite", "language", "category", "right", "of", "share")?;
        for r in &self.rows {
            let (suite, lang, category) = (&r.suite, &r.lang, &r.category);
            writeln!(f, "{suite:14} {lang:8} {category:18} {:6} {:6} {:6.1} %", r.right, r.of, r.percent())?;
        }
        for x in &self.failures {
            writeln!(f, "wrong: {} ({}/{}): {}: {}; {}", x.id, x.suite, x.lang, x.said, x.kind, x.detail)?;
        }
        for key in &self.below {
            writeln!(f, "below its threshold: {key}")?;
        }
        for id in &self.regressions {
            writeln!(f, "worse than the baseline: {id}")?;
        }
        writeln!(f, "sentence to reply: {}", self.reply)?;
        writeln!(f, "understanding alone: {}", self.understand)?;
        if let Some(mib) = self.resident_mib {
            writeln!(f, "resident memory: {mib:.0} MiB")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{Fault, FaultKind};

    fn verdict(id: &str, category: &str, wrong: bool) -> Verdict {
        let fault =
            Fault { kind: FaultKind::Missing, said: "x".into(), detail: "did nothing".into(), reply: "Eh?".into() };
        Verdict {
            id: id.into(),
            category: category.into(),
            fault: wrong.then_some(fault),
            took: Vec::new(),
            thought: Vec::new(),
        }
    }

    fn measured(wrong: &[&str]) -> Measured {
        let ids = ["a", "b", "c", "d"];
        let verdicts = ids.map(|id| verdict(id, if id < "c" { "one" } else { "two" }, wrong.contains(&id)));
        Measured { suite: "commands", lang: "en", verdicts: verdicts.into() }
    }

    #[test]
    fn rows_count_by_category_and_the_threshold_is_held() {
        let report = Report::of(&[measured(&["d"])], None, None);
        let rows: Vec<_> = report.rows.iter().map(|r| (r.category.as_str(), r.right, r.of)).collect();
        assert_eq!(rows, [("all", 3, 4), ("one", 2, 2), ("two", 1, 2)]);
        assert_eq!(report.below, ["commands/en"]);
        assert!(Report::of(&[measured(&[])], None, None).passes());
    }

    #[test]
    fn only_what_the_baseline_does_not_know_is_a_regression() {
        let baseline = Baseline::of(&[measured(&["a", "d"])]);
        let report = |wrong: &[&str]| Report::of(&[measured(wrong)], Some(&baseline), None).regressions;
        assert_eq!(report(&["a", "d"]), [""; 0]);
        assert_eq!(report(&["d"]), [""; 0]);
        assert_eq!(report(&["a", "b"]), ["commands/en: b"]);
        let text = serde_json::to_string(&baseline).unwrap();
        assert_eq!(serde_json::from_str::<Baseline>(&text).unwrap(), baseline);
    }
}
