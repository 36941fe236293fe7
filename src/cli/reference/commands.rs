//! Every command that a page shows can be typed: what stands in a block is parsed as it stands, what a sentence names has
//! at least to exist.

use super::root;
use crate::cli::args::Args;
use clap::{Command, CommandFactory};
use std::path::{Path, PathBuf};

/// The pages of people: the guides and the readmes of the root.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md"), root().join("README.zh-CN.md")];
    for lang in ["en", "zh-CN"] {
        pages.extend(std::fs::read_dir(root().join("web/docs").join(lang)).unwrap().map(|f| f.unwrap().path()));
    }
    pages.sort();
    pages
}

#[test]
fn commands_of_the_pages_exist() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let mut fenced = false;
        let mut longer = String::new();
        for (n, line) in text.lines().enumerate() {
            if line.starts_with("```") {
                fenced = !fenced;
                continue;
            }
            if fenced {
                longer.push_str(line.trim_end_matches('\\'));
                if !line.ends_with('\\') {
                    let whole = std::mem::take(&mut longer);
                    wrong.extend(command_of(&whole).and_then(|words| typed(&words)).map(|why| told(&page, n, &why)));
                }
            } else {
                let named = line.split('`').skip(1).step_by(2).filter_map(command_of);
                wrong.extend(named.filter_map(|words| exists(&words)).map(|why| told(&page, n, &why)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn told(page: &Path, line: usize, why: &str) -> String {
    format!("{}:{}: {why}", page.display(), line + 1)
}

/// The words of a call of the program in a line of shell, without what the shell does with it.
fn command_of(line: &str) -> Option<Vec<String>> {
    let at = line.find("castellan ")?;
    let before = line.get(..at)?;
    // A file of that name, or a variable before the call.
    let called = before.is_empty() || before.ends_with(['(', '/', ' ']) && !before.ends_with("-u ");
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.get(at..)?.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), c) => word.push(c),
            (None, '"' | '\'') => quote = Some(c),
            (None, '|' | '>' | ')' | ';' | '&' | '#') => break,
            (None, ' ') => words.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty())),
            (None, c) => word.push(c),
        }
    }
    words.extend(Some(word).filter(|w| !w.is_empty()));
    (called && words.len() > 1).then_some(words)
}

/// What is wrong with a command as it would be typed.
fn typed(words: &[String]) -> Option<String> {
    let error = Args::command().try_get_matches_from(words).err()?;
    (error.use_stderr()).then(|| error.to_string().lines().next().unwrap_or_default().to_owned())
}

/// What of a command does not exist: the way to it, or an option of it.
fn exists(words: &[String]) -> Option<String> {
    let mut command: Command = Args::command();
    command.build();
    for word in words.iter().skip(1) {
        let word = word.trim_start_matches('[').trim_end_matches(']');
        if let Some(option) = word.strip_prefix("--") {
            let name = option.split(['=', '\\', '|', ']']).next().unwrap_or_default();
            if !command.get_arguments().any(|a| a.get_long() == Some(name)) {
                return Some(format!("`{}` has no option --{name}", command.get_name()));
            }
        } else if let Some(inner) = command.find_subcommand(word) {
            command = inner.clone();
        } else if command.has_subcommands() && word.chars().all(|c| c.is_ascii_lowercase()) {
            return Some(format!("`{}` has no command {word}", command.get_name()));
        }
    }
    None
}

#[test]
fn commands_that_cannot_be_typed_are_found() {
    let found = |line: &str| command_of(line).and_then(|words| typed(&words));
    assert_eq!(found("castellan serve --demo --data data  # starts"), None);
    assert_eq!(found("TOKEN=$(castellan token create --role operator --data data)"), None);
    assert!(found("castellan serve --demoo").is_some());
    let named = |line: &str| command_of(line).and_then(|words| exists(&words));
    assert_eq!(named("castellan device secret --rotate"), None);
    assert!(named("castellan device secrets").is_some() && named("castellan doctor --rotate").is_some());
}
