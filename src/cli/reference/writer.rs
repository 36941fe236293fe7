//! Writes a page of Markdown in one language, and gathers which texts have no Chinese yet.

use base::{Bilingual, Lang};
use manual::chinese;
pub(super) use manual::chinese::plain;
use std::collections::BTreeSet;

/// A page while it is written.
pub(super) struct Writer {
    pub(super) lang: Lang,
    out: String,
    missing: BTreeSet<String>,
    used: BTreeSet<String>,
}

impl Writer {
    pub(super) fn new(lang: Lang) -> Self {
        Writer { lang, out: String::new(), missing: BTreeSet::new(), used: BTreeSet::new() }
    }

    /// The page, the texts without Chinese, and those whose Chinese was used.
    pub(super) fn finish(self) -> (String, BTreeSet<String>, BTreeSet<String>) {
        (format!("{}\n", self.out.trim_end()), self.missing, self.used)
    }

    /// One of two texts.
    pub(super) fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// A text of the code in the language of the page.
    pub(super) fn said(&mut self, en: &str) -> String {
        let en = plain(en);
        if self.lang == Lang::En || en.is_empty() {
            return en;
        }
        match chinese::of(&en) {
            Some(zh) => {
                self.used.insert(en);
                zh.into()
            }
            None => {
                self.missing.insert(en.clone());
                en
            }
        }
    }

    pub(super) fn both(&self, text: &Bilingual) -> String {
        plain(text.get(self.lang))
    }

    /// The title of the page, and what is on it.
    pub(super) fn title(&mut self, zh: &str, en: &str, about_zh: &str, about_en: &str) {
        let text = format!("# {}\n\n{}\n\n", self.pick(zh, en), self.pick(about_zh, about_en));
        self.out.push_str(&text);
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.out.push_str(&format!("## {text}\n\n"));
    }

    pub(super) fn smaller_heading(&mut self, text: &str) {
        self.out.push_str(&format!("### {text}\n\n"));
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        if !text.is_empty() {
            self.out.push_str(&format!("{text}\n\n"));
        }
    }

    pub(super) fn code(&mut self, kind: &str, text: &str) {
        self.out.push_str(&format!("```{kind}\n{}\n```\n\n", text.trim_end()));
    }

    /// A table; none without rows.
    pub(super) fn table(&mut self, heads: &[&str], rows: &[Vec<String>]) {
        if rows.is_empty() {
            return;
        }
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        self.out.push_str(&line(heads.iter().map(|h| (*h).to_owned()).collect()));
        self.out.push_str(&format!("|{}\n", "---|".repeat(heads.len())));
        for row in rows {
            self.out.push_str(&line(row.iter().map(|cell| cell.replace('|', "\\|")).collect()));
        }
        self.out.push('\n');
    }
}

/// As code.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}
