//! What is wrong with something a person or a model wrote: all faults at once, each with path, message and help.

use crate::Bilingual;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The document can be used; somebody should know.
    Warning,
    /// The document cannot be used.
    Error,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// Stable code such as `rule.port_type`.
    pub code: String,
    /// Warning or error.
    pub severity: Severity,
    /// Where, as a JSON Pointer (RFC 6901); empty for the whole document.
    pub path: String,
    /// What is wrong.
    pub message: Bilingual,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Bilingual>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: impl Into<String>, path: impl Into<String>, message: Bilingual) -> Self {
        Diagnostic { code: code.into(), severity: Severity::Error, path: path.into(), message, help: None }
    }
    /// A warning.
    pub fn warning(code: impl Into<String>, path: impl Into<String>, message: Bilingual) -> Self {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, path, message) }
    }
    /// Says how to mend it.
    pub fn help(mut self, help: Bilingual) -> Self {
        self.help = Some(help);
        self
    }
    /// Whether it stops the document from being used.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// All findings about one document.
pub type Diagnostics = Vec<Diagnostic>;

/// Whether any of the findings is an error.
pub fn has_errors(findings: &[Diagnostic]) -> bool {
    findings.iter().any(Diagnostic::is_error)
}

/// The candidates nearest to what was written, best first, for "did you mean". At most `most`.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let mut scored: Vec<(usize, &str)> = candidates
        .into_iter()
        .map(|c| (distance(&written.to_lowercase(), &c.to_lowercase()), c))
        .filter(|(d, c)| *d * 2 <= c.chars().count().max(written.chars().count()))
        .collect();
    scored.sort();
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(most).map(|(_, c)| c).collect()
}

/// Optimal string alignment distance (Damerau-Levenshtein without crossing edits), in characters.
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names() {
        assert_eq!(nearest("kitchn lamp", ["kitchen lamp", "desk lamp", "fan"], 2), ["kitchen lamp"]);
        assert_eq!(nearest("会义室", ["会议室", "办公室"], 1), ["会议室"]);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
