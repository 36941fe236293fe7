//! The house rules, each a pure function over the repository's texts that returns what it found, and two tests per
//! rule: the repository is clean, and a small bad example is not. It judges form, never behaviour. A rule is added by
//! writing such a function; the table of the rules for people is `src/README.md`.

mod floors;
mod licences;
mod lists;
mod pages;
mod rust;
mod sizes;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The repository's texts by path from its root, with `/` between folders.
type Files = BTreeMap<String, String>;

/// Folders that tools make.
const MADE: &[&str] = &[".git", "target", "node_modules", "dist"];

/// The folder of the root that a running server makes.
const DATA: &str = "data";

static REPOSITORY: LazyLock<Files> = LazyLock::new(|| {
    let mut files = Files::new();
    read(&root(), "", &mut files);
    files
});

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads every text below a folder; what is not UTF-8 is not a text.
fn read(folder: &Path, prefix: &str, files: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && !MADE.contains(&name.as_str()) && path != DATA {
            read(&entry.path(), &format!("{path}/"), files);
        } else if kind.is_file()
            && let Ok(text) = std::fs::read_to_string(entry.path())
        {
            files.insert(path, text);
        }
    }
}

/// A small repository for a bad example.
fn files(texts: &[(&str, &str)]) -> Files {
    texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// Fails with everything that was found, one line each.
#[track_caller]
fn clean(findings: &[String]) {
    assert!(findings.is_empty(), "{} finding(s):\n{}", findings.len(), findings.join("\n"));
}

/// The bad example is found, and nothing else.
#[track_caller]
fn finds(findings: &[String], expected: &[&str]) {
    assert_eq!(findings, expected);
}

/// The file's name without its folder.
fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The file's folder, empty for the root.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The file's name without folder and extension.
fn stem_of(path: &str) -> &str {
    name_of(path).split('.').next().unwrap_or(path)
}

/// Whether the file has only tests, so that what it may use and how it begins is its own affair.
fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || stem_of(path).rsplit('_').next() == Some("tests")
}

/// The characters before and after each occurrence of the word.
fn around(text: &str, word: &str) -> Vec<(Option<char>, Option<char>)> {
    let beside = |at: usize| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        (before, text.get(at + word.len()..).and_then(|t| t.chars().next()))
    };
    text.match_indices(word).map(|(at, _)| beside(at)).collect()
}

/// Whether the text has the word with no letter, digit or underscore beside it.
fn has_word(text: &str, word: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    around(text, word).into_iter().any(|(before, after)| !joins(before) && !joins(after))
}
