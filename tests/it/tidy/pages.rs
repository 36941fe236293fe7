//! What people read stays in step: both languages, the commands that a page names, the tests that hold the invariants,
//! the change log's fragments, the golden files. It does not judge a sentence.

use super::{Files, clean, files, finds, folder_of, has_word, name_of};

/// Pages of the root in both languages.
const PAIRS: &[(&str, &str)] = &[("README.md", "README.zh-CN.md")];

const DOCS: (&str, &str) = ("web/docs/en/", "web/docs/zh-CN/");

/// The kinds of a fragment of the change log.
const KINDS: &[&str] = &["added", "changed", "fixed", "security"];

/// The shape of a page: the depth of each heading, the number of fenced blocks and of table rows.
fn shape(page: &str) -> (Vec<usize>, usize, usize) {
    let (mut headings, mut fences, mut rows) = (Vec::new(), 0, 0);
    for line in page.lines() {
        if line.starts_with("```") {
            fences += 1;
        } else if fences % 2 == 0 && line.starts_with('#') {
            headings.push(line.chars().take_while(|c| *c == '#').count());
        } else if fences % 2 == 0 && line.starts_with('|') {
            rows += 1;
        }
    }
    (headings, fences, rows)
}

/// Both languages have every page, and each page the same parts.
fn check_languages(files: &Files) -> Vec<String> {
    let docs = |from: &str, to: &str| {
        let pages = files.keys().filter_map(|path| path.strip_prefix(from).map(str::to_owned)).collect::<Vec<_>>();
        pages.into_iter().map(|page| (format!("{from}{page}"), format!("{to}{page}"))).collect::<Vec<_>>()
    };
    let mut pairs: Vec<(String, String)> = PAIRS.iter().map(|(en, zh)| ((*en).to_owned(), (*zh).to_owned())).collect();
    pairs.extend(docs(DOCS.0, DOCS.1));
    let mut found = Vec::new();
    for (_, zh) in docs(DOCS.1, DOCS.0).iter().map(|(zh, en)| (en, zh)).filter(|(en, _)| !files.contains_key(*en)) {
        found.push(format!("{zh}: has no English page"));
    }
    for (en, zh) in &pairs {
        match (files.get(en), files.get(zh)) {
            (Some(a), Some(b)) if shape(a) != shape(b) => {
                found.push(format!(
                    "{en} and {zh} differ in headings, fenced blocks or table rows: {:?} {:?}",
                    shape(a),
                    shape(b)
                ));
            }
            (Some(_), Some(_)) => {}
            (None, _) => found.push(format!("{en}: missing")),
            (_, None) => found.push(format!("{en}: has no Chinese page")),
        }
    }
    found
}

/// Every `make NAME` of a page is a target, and every target is explained by `make help`.
fn check_commands(files: &Files) -> Vec<String> {
    let makefile = files.get("Makefile").map(String::as_str).unwrap_or_default();
    let targets: Vec<(&str, bool)> = makefile
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()) && !line.contains('='))
        .filter_map(|line| line.split_once(':').map(|(target, rest)| (target.trim(), rest.contains("## "))))
        .collect();
    let mut found: Vec<String> = targets
        .iter()
        .filter(|(_, said)| !said)
        .map(|(target, _)| format!("Makefile: `{target}` is not explained by `## `"))
        .collect();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".md")) {
        let mut in_code = false;
        for line in text.lines() {
            if line.starts_with("```") {
                in_code = !in_code;
            }
            let pieces: Vec<&str> = if in_code { vec![line] } else { line.split('`').skip(1).step_by(2).collect() };
            for piece in pieces.iter().filter_map(|piece| piece.trim().strip_prefix("make ")) {
                let words = piece.split_whitespace().take_while(|w| !w.starts_with('#'));
                for word in words.filter(|w| !w.contains('=') && !targets.iter().any(|(target, _)| target == w)) {
                    found.push(format!("{path}: `make {word}` is no target of the Makefile"));
                }
            }
        }
    }
    found
}

/// Every test that `src/README.md` names as `file::test` exists, and every invariant names one.
fn check_invariants(files: &Files) -> Vec<String> {
    let readme = files.get("src/README.md").map(String::as_str).unwrap_or_default();
    let section = readme.split("\n## ").find(|section| section.starts_with("Invariants")).unwrap_or_default();
    let mut items: Vec<String> = Vec::new();
    for line in section.lines() {
        match items.last_mut() {
            _ if line.starts_with(|c: char| c.is_ascii_digit()) => items.push(line.to_owned()),
            Some(item) if line.starts_with(' ') => item.push_str(line),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (n, item) in items.iter().enumerate() {
        let number = n + 1;
        let tests: Vec<(&str, &str)> =
            item.split('`').skip(1).step_by(2).filter_map(|code| code.split_once(".rs::")).collect();
        if tests.is_empty() {
            found.push(format!("src/README.md: invariant {number} names no test"));
        }
        for (file, test) in tests {
            let path = format!("{file}.rs");
            if !files.get(&path).is_some_and(|text| has_word(text, &format!("fn {test}"))) {
                found.push(format!("src/README.md: invariant {number}: no test {test} in {path}"));
            }
        }
    }
    if items.is_empty() {
        found.push("src/README.md: has no invariants".to_owned());
    }
    found
}

/// A fragment is called `slug.kind.md` and says something.
fn check_changes(files: &Files) -> Vec<String> {
    let wrong = |(path, text): (&String, &String)| {
        let name = path.strip_prefix("changelog.d/").filter(|name| *name != "README.md")?;
        let parts: Vec<&str> = name.split('.').collect();
        let slug =
            |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let named = matches!(parts.as_slice(), [what, kind, "md"] if slug(what) && KINDS.contains(kind));
        (!named || text.trim().is_empty())
            .then(|| format!("{path}: should be SLUG.{}.md with a sentence in it", KINDS.join("|")))
    };
    files.iter().filter_map(wrong).collect()
}

/// A golden file belongs to a test: its source is there and writes a snapshot of this name.
fn check_golden(files: &Files) -> Vec<String> {
    let sources: Vec<(&String, String)> =
        files.iter().filter(|(p, _)| p.ends_with(".rs")).map(|(p, t)| (p, t.clone())).collect();
    let mut found = Vec::new();
    for (path, text) in files {
        let name = name_of(path);
        if let Some(snapshot) = name.strip_suffix(".snap") {
            // CRATE__MODULE__NAME; the name is a literal of the source, its test, or made from data beside a glob.
            let source =
                text.lines().find_map(|line| line.strip_prefix("source: ")).unwrap_or_default().trim_matches('"');
            let source = files.get(source).map(String::as_str).unwrap_or_default();
            let own = snapshot.rsplit("__").next().unwrap_or(snapshot).split('@').next().unwrap_or_default();
            let counted = own.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
            let named =
                has_word(source, own) || has_word(source, counted) || has_word(source, &format!("fn {counted}"));
            let made = ["format!(", "name", "spec.name"].iter().any(|n| source.contains(&format!("_snapshot!({n}")));
            if !source.contains("_snapshot!") || !(named || made) {
                found.push(format!("{path}: no test writes it"));
            }
        } else if name_of(folder_of(path)) == "golden" {
            let area = folder_of(folder_of(path));
            let uses = |p: &str, text: &str| p.starts_with(area) && (text.contains(name) || text.contains("golden/*"));
            if !sources.iter().any(|(p, text)| uses(p, text)) {
                found.push(format!("{path}: no test reads it"));
            }
        }
    }
    found
}

/// The Rust version that the manifest asks for is the one that people are told.
fn check_version(files: &Files) -> Vec<String> {
    let manifest: toml::Table = files["Cargo.toml"].parse().unwrap();
    let version = manifest["workspace"]["package"]["rust-version"].as_str().unwrap();
    let told =
        ["README.md", "README.zh-CN.md"].into_iter().filter(|page| !files[*page].contains(&format!("Rust {version}")));
    told.map(|page| format!("{page}: does not ask for Rust {version}")).collect()
}

#[test]
fn both_languages_have_every_page() {
    clean(&check_languages(&super::REPOSITORY));
}

#[test]
fn commands_exist() {
    clean(&check_commands(&super::REPOSITORY));
    clean(&check_version(&super::REPOSITORY));
}

#[test]
fn invariants_are_held_by_tests() {
    clean(&check_invariants(&super::REPOSITORY));
}

#[test]
fn changes_are_named() {
    clean(&check_changes(&super::REPOSITORY));
}

#[test]
fn golden_files_are_used() {
    clean(&check_golden(&super::REPOSITORY));
}

#[test]
fn pages_out_of_step_are_found() {
    let repository = files(&[
        ("README.md", "# A\n## B\n```\n# no heading\n```\n"),
        ("README.zh-CN.md", "# A\n"),
        ("web/docs/en/a.md", "# A\n"),
        ("web/docs/zh-CN/b.md", "# B\n"),
    ]);
    finds(
        &check_languages(&repository),
        &[
            "web/docs/zh-CN/b.md: has no English page",
            "README.md and README.zh-CN.md differ in headings, fenced blocks or table rows: ([1, 2], 2, 0) ([1], 0, 0)",
            "web/docs/en/a.md: has no Chinese page",
        ],
    );
}

#[test]
fn commands_that_do_not_exist_are_found() {
    let repository = files(&[
        ("Cargo.toml", "[workspace.package]\nrust-version = '1.95'"),
        ("Makefile", "X := 1\nrun: web ## starts it\nweb:\n\techo\n"),
        (
            "README.md",
            "Rust 1.95, `make run PORT=1` make nothing `make fly`\n```\nmake run  # starts\nmake walk\n```\n",
        ),
        ("README.zh-CN.md", "Rust 1.94"),
    ]);
    finds(
        &check_commands(&repository),
        &[
            "Makefile: `web` is not explained by `## `",
            "README.md: `make fly` is no target of the Makefile",
            "README.md: `make walk` is no target of the Makefile",
        ],
    );
    finds(&check_version(&repository), &["README.zh-CN.md: does not ask for Rust 1.95"]);
}

#[test]
fn invariants_without_a_test_are_found() {
    let readme = "# A\n1. no list\n## Invariants\n1. One. `src/a.rs::holds`\n2. Two.\n   `src/a.rs::gone`\n3. Three.\n## After\n4. x\n";
    let repository = files(&[("src/README.md", readme), ("src/a.rs", "fn holds() {}")]);
    finds(
        &check_invariants(&repository),
        &["src/README.md: invariant 2: no test gone in src/a.rs", "src/README.md: invariant 3 names no test"],
    );
    finds(&check_invariants(&files(&[])), &["src/README.md: has no invariants"]);
}

#[test]
fn misnamed_fragments_and_orphans_are_found() {
    let repository = files(&[
        ("changelog.d/README.md", ""),
        ("changelog.d/chat-page.added.md", "A page."),
        ("changelog.d/Chat.added.md", "A page."),
        ("changelog.d/chat.new.md", "A page."),
        ("changelog.d/empty.fixed.md", "\n"),
    ]);
    assert_eq!(check_changes(&repository).len(), 3);
    let repository = files(&[
        ("src/a/lib.rs", "fn table() { insta::assert_snapshot!(x); insta::assert_snapshot!(\"named\", y); }"),
        ("src/a/b.rs", "include_str!(\"golden/used.json\")"),
        ("src/a/snapshots/a__table.snap", "source: src/a/lib.rs\n"),
        ("src/a/snapshots/a__table-2.snap", "source: src/a/lib.rs\n"),
        ("src/a/snapshots/a__named.snap", "source: src/a/lib.rs\n"),
        ("src/a/snapshots/a__gone.snap", "source: src/a/lib.rs\n"),
        ("src/a/snapshots/a__moved.snap", "source: src/a/moved.rs\n"),
        ("src/a/golden/used.json", ""),
        ("src/a/golden/gone.json", ""),
    ]);
    finds(
        &check_golden(&repository),
        &[
            "src/a/golden/gone.json: no test reads it",
            "src/a/snapshots/a__gone.snap: no test writes it",
            "src/a/snapshots/a__moved.snap: no test writes it",
        ],
    );
}
