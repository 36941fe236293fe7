//! A file and a function stay small enough to be read in one go. Golden files and generated ones (`@generated` in
//! their first lines) are read by comparing and have no limit.

use super::{Files, clean, files, finds, rust};

/// Lines of a source file.
const FILE_LINES_MAX: usize = 700;

/// Lines of a Rust function, from `fn` to its last brace.
const FUNCTION_LINES_MAX: usize = 80;

const SOURCES: &[&str] = &[".rs", ".ts", ".tsx", ".mjs", ".css", ".sh"];

fn check(files: &Files) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        let generated = text.lines().take(3).any(|line| line.contains("@generated"));
        if generated || path.contains("/golden/") || !SOURCES.iter().any(|ending| path.ends_with(ending)) {
            continue;
        }
        let lines = text.lines().count();
        if lines > FILE_LINES_MAX {
            found.push(format!("{path}: {lines} lines, the limit is {FILE_LINES_MAX}: split it by what it knows"));
        }
        if path.ends_with(".rs") {
            for f in rust::functions(&rust::mask(text)).iter().filter(|f| f.lines > FUNCTION_LINES_MAX) {
                let (name, line, lines) = (&f.name, f.line, f.lines);
                found.push(format!("{path}:{line}: `{name}` has {lines} lines, the limit is {FUNCTION_LINES_MAX}"));
            }
        }
    }
    found
}

#[test]
fn files_and_functions_are_short() {
    clean(&check(&super::REPOSITORY));
}

#[test]
fn long_ones_are_found() {
    let long = "x();\n".repeat(FUNCTION_LINES_MAX);
    let function = format!("fn f() {{\n{long}}}\n");
    let file = "\n".repeat(FILE_LINES_MAX + 1);
    let generated = format!("// @generated\n{file}");
    finds(
        &check(&files(&[("a.rs", &function), ("b.ts", &file), ("c.ts", &generated), ("d/golden/e.rs", &file)])),
        &["a.rs:1: `f` has 82 lines, the limit is 80", "b.ts: 701 lines, the limit is 700: split it by what it knows"],
    );
}
