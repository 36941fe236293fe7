//! Reading texts out of the sources: what an error says stands where it is made.

use super::root;
use std::path::Path;

/// The sources below a folder, without their tests, by path.
pub(super) fn sources(folder: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    read(&root().join(folder), folder, &mut out);
    out.sort();
    out
}

fn read(folder: &Path, name: &str, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let file = entry.file_name().into_string().unwrap();
        let path = format!("{name}/{file}");
        if entry.file_type().unwrap().is_dir() {
            if file != "tests" && file != "cases" && file != "reference" && file != "node_modules" {
                read(&entry.path(), &path, out);
            }
        } else if file.ends_with(".rs") && !file.ends_with("tests.rs") {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            out.push((path, code.to_owned()));
        }
    }
}

/// The texts in quotes, in their order, as they are when the program runs.
pub(super) fn literals(code: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut chars = code.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => while chars.next().is_some_and(|c| c != '\n') {},
            '\'' => {
                // A character in quotes, or a lifetime.
                let rest: String = chars.clone().take(3).collect();
                let skip = if rest.starts_with('\\') {
                    3
                } else if rest.chars().nth(1) == Some('\'') {
                    2
                } else {
                    0
                };
                chars.by_ref().take(skip).for_each(drop);
            }
            '"' => out.push(text(&mut chars, before == 'r')),
            _ => {}
        }
        before = c;
    }
    out
}

fn text(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, raw: bool) -> String {
    let mut out = String::new();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' if !raw => match chars.next() {
                Some('n') => out.push('\n'),
                Some('\n') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    out
}

/// The code of each call of a function: what stands between its brackets.
pub(super) fn calls<'a>(code: &'a str, function: &str) -> Vec<&'a str> {
    let mut out = Vec::new();
    for (at, _) in code.match_indices(function) {
        let Some(inner) = code.get(at + function.len()..) else { continue };
        let (mut depth, mut quoted, mut escaped) = (1, false, false);
        for (i, c) in inner.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                '(' if !quoted => depth += 1,
                ')' if !quoted => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                out.extend(inner.get(..i));
                break;
            }
        }
    }
    out
}

#[test]
fn texts_are_read_as_the_program_has_them() {
    let code = "f(\"a\\\"b\", 'x', '\"', \"c \\\n   d\"); // \"no\"\ng(\"x\", h(\"y\"))";
    assert_eq!(literals(code), ["a\"b", "c d", "x", "y"]);
    assert_eq!(calls(code, "g("), ["\"x\", h(\"y\")"]);
}
