//! An explicit list and its folder agree; no file is dead; every module says what it is. A component cannot be
//! forgotten in its list, and a list cannot name what is gone (the compiler sees to that).

use super::{Files, clean, files, finds, folder_of, has_word, is_test, name_of, rust, stem_of};

/// A folder whose files are components, and the file that lists them all.
struct List {
    folder: &'static str,
    ending: &'static str,
    list: &'static str,
}

const LISTS: &[List] = &[
    List { folder: "src/engine/nodes", ending: ".rs", list: "src/engine/nodes/mod.rs" },
    List { folder: "src/things/traits", ending: ".rs", list: "src/things/traits/mod.rs" },
    List { folder: "src/things/templates", ending: ".json", list: "src/things/templates.rs" },
    List { folder: "evals/cases", ending: ".toml", list: "evals/cases.rs" },
    List { folder: "tools", ending: ".rs", list: "tools/lib.rs" },
];

/// Whether the list has the component: as a word beside its `mod` line, or quoted when it is no module.
fn has_entry(list: &str, name: &str, ending: &str) -> bool {
    if ending != ".rs" {
        return list.contains(&quoted(name));
    }
    let code: String =
        rust::mask(list).lines().filter(|line| !line.contains(&format!("mod {name};"))).collect::<Vec<_>>().join("\n");
    has_word(&code, name)
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// In the folder, or in a folder of it: components may stand in groups.
fn is_in(path: &str, folder: &str) -> bool {
    let place = folder_of(path);
    place == folder || folder != "tools" && folder_of(place) == folder
}

fn check(files: &Files) -> Vec<String> {
    let mut found = Vec::new();
    for List { folder, ending, list } in LISTS {
        let Some(text) = files.get(*list) else {
            found.push(format!("{list}: the list of {folder} is missing"));
            continue;
        };
        let components =
            files.keys().filter(|path| is_in(path, folder) && path.ends_with(ending) && path != list && !is_test(path));
        let mut any = false;
        for path in components {
            any = true;
            if !has_entry(text, stem_of(path), ending) {
                found.push(format!("{list}: does not list {path}"));
            }
        }
        if !any {
            found.push(format!("{folder}: the folder of the list {list} is empty"));
        }
    }
    found
}

/// Migrations are numbered without a gap within the folder of their data base, and are in the list.
fn check_migrations(files: &Files) -> Vec<String> {
    const FOLDER: &str = "src/store/migrations";
    let list = files.get("src/store/migrations.rs").map(String::as_str).unwrap_or_default();
    let mut last = ("", 0);
    let mut found = Vec::new();
    for path in files.keys().filter(|path| path.starts_with(FOLDER) && path.ends_with(".sql")) {
        last = if last.0 == folder_of(path) { (last.0, last.1 + 1) } else { (folder_of(path), 1) };
        let (name, number) = (name_of(path), format!("{:04}_", last.1));
        if !name.strip_prefix(&number).and_then(|rest| rest.strip_suffix(".sql")).is_some_and(is_slug) {
            found.push(format!("{path}: should be {number}what_it_does.sql"));
        }
        if !list.contains(&quoted(stem_of(path))) {
            found.push(format!("{FOLDER}.rs: has no `{}` for {path}", quoted(stem_of(path))));
        }
    }
    found
}

fn is_slug(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Every file of Rust is declared by its parent and begins with what it is; every folder of a crate has a crate.
fn check_modules(files: &Files) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let first = text.lines().find(|l| !l.trim().is_empty() && !l.contains("@generated"));
        let says = first.is_some_and(|l| l.strip_prefix("//! ").is_some_and(|said| said.len() > 3));
        if !says && (path.starts_with("tests/") || !is_test(path)) {
            found.push(format!("{path}: does not begin with `//!` and what it is"));
        }
        if let Some(parents) = parents(path) {
            let name = if name_of(path) == "mod.rs" { stem_of(folder_of(path)) } else { stem_of(path) };
            let declares = |parent: &String| {
                let code = files.get(parent).map(|text| rust::mask(text)).unwrap_or_default();
                has_word(&code, &format!("mod {name}"))
            };
            // Or inside of a module that its parent writes out: `mod source { mod point; }`.
            let folder = folder_of(path);
            let inline = format!("{}/mod.rs", folder_of(folder));
            let code = files.get(&inline).map(|text| rust::mask(text)).unwrap_or_default();
            let written_out = code.contains(&format!("mod {} {{", stem_of(folder))) && declares(&inline);
            if !written_out && !parents.iter().any(declares) {
                found.push(format!("{path}: no module declares it"));
            }
        }
        for line in rust::modules_in_macros(&rust::mask(text)) {
            found.push(format!("{path}:{line}: a module inside a macro; `cargo fmt` skips its file"));
        }
    }
    found
}

/// Where a file may be declared; nowhere for the root of a crate, of a test or of a build script.
fn parents(path: &str) -> Option<Vec<String>> {
    let is_module = name_of(path) == "mod.rs";
    if ["lib.rs", "main.rs", "build.rs"].contains(&name_of(path)) {
        return None;
    }
    let folder = if is_module { folder_of(folder_of(path)) } else { folder_of(path) };
    let beside = ["lib.rs", "main.rs", "mod.rs"].map(|name| format!("{folder}/{name}"));
    Some(beside.into_iter().chain([format!("{folder}.rs")]).collect())
}

/// A member has the workspace's settings and begins its library with what it is.
fn check_members(files: &Files) -> Vec<String> {
    let root: toml::Table = files["Cargo.toml"].parse().unwrap();
    let listed = |key: &str| {
        let list = root["workspace"].get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
        list.iter().filter_map(|m| m.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let members = listed("members");
    let mut found = Vec::new();
    for path in files.keys().filter(|path| name_of(path) == "Cargo.toml" && *path != "Cargo.toml") {
        let folder = folder_of(path).to_owned();
        if !members.contains(&folder) {
            found.push(format!("{path}: no member of the workspace"));
        }
    }
    for member in &members {
        if !listed("default-members").contains(member) {
            found.push(format!("{member}: no default member, so a plain `cargo test` forgets it"));
        }
        if !files.contains_key(&format!("{member}/lib.rs")) {
            found.push(format!("{member}/lib.rs: missing"));
        }
        let manifest = files.get(&format!("{member}/Cargo.toml")).map(String::as_str).unwrap_or_default();
        let inherited =
            ["version", "edition", "rust-version", "license", "publish"].map(|key| format!("{key}.workspace = true"));
        for line in inherited.iter().map(String::as_str).chain(["[lints]\nworkspace = true"]) {
            if !manifest.contains(line) {
                found.push(format!("{member}/Cargo.toml: has no `{}`", line.replace('\n', " ")));
            }
        }
    }
    found
}

#[test]
fn lists_and_folders_agree() {
    clean(&check(&super::REPOSITORY));
    clean(&check_migrations(&super::REPOSITORY));
}

#[test]
fn modules_are_declared_and_documented() {
    clean(&check_modules(&super::REPOSITORY));
}

#[test]
fn members_are_alike() {
    clean(&check_members(&super::REPOSITORY));
}

#[test]
fn a_forgotten_component_is_found() {
    let repository = files(&[
        ("src/engine/nodes/mod.rs", "mod edge;\nmod latch;\nALL = &[&edge::NODE];\n// latch::NODE"),
        ("src/engine/nodes/edge.rs", ""),
        ("src/engine/nodes/logic/latch.rs", ""),
        ("src/things/traits/mod.rs", ""),
        ("src/things/templates.rs", "\"fan\""),
        ("src/things/templates/fan.json", ""),
        ("src/things/templates/valve.json", ""),
        ("src/store/migrations.rs", "\"0001_start\" \"0003_more\""),
        ("src/store/migrations/a/0001_start.sql", ""),
        ("src/store/migrations/a/0003_more.sql", ""),
        ("src/store/migrations/b/0001_other.sql", ""),
    ]);
    finds(
        &check(&repository),
        &[
            "src/engine/nodes/mod.rs: does not list src/engine/nodes/logic/latch.rs",
            "src/things/traits: the folder of the list src/things/traits/mod.rs is empty",
            "src/things/templates.rs: does not list src/things/templates/valve.json",
            "evals/cases.rs: the list of evals/cases is missing",
            "tools/lib.rs: the list of tools is missing",
        ],
    );
    finds(
        &check_migrations(&repository),
        &[
            "src/store/migrations/a/0003_more.sql: should be 0002_what_it_does.sql",
            "src/store/migrations.rs: has no `\"0001_other\"` for src/store/migrations/b/0001_other.sql",
        ],
    );
}

#[test]
fn a_dead_or_silent_module_is_found() {
    let said = "//! What it is, at length.\n";
    let lib = format!("{said}mod a;\n// mod dead;\nlist! {{ mod b; }}\n");
    let a = format!("{said}mod inner;");
    let repository = files(&[
        ("src/x/lib.rs", lib.as_str()),
        ("src/x/a.rs", a.as_str()),
        ("src/x/a/inner.rs", "fn f() {}"),
        ("src/x/b/mod.rs", said),
        ("src/x/dead.rs", said),
    ]);
    finds(
        &check_modules(&repository),
        &[
            "src/x/a/inner.rs: does not begin with `//!` and what it is",
            "src/x/dead.rs: no module declares it",
            "src/x/lib.rs:4: a module inside a macro; `cargo fmt` skips its file",
        ],
    );
}

#[test]
fn a_member_apart_is_found() {
    let good = "version.workspace = true\nedition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\n\
                publish.workspace = true\n[lints]\nworkspace = true";
    let repository = files(&[
        ("Cargo.toml", "[workspace]\nmembers = ['a', 'b']\ndefault-members = ['.', 'a']"),
        ("a/Cargo.toml", good),
        ("a/lib.rs", ""),
        ("b/Cargo.toml", good.split("[lints]").next().unwrap()),
        ("c/Cargo.toml", good),
    ]);
    finds(
        &check_members(&repository),
        &[
            "c/Cargo.toml: no member of the workspace",
            "b: no default member, so a plain `cargo test` forgets it",
            "b/lib.rs: missing",
            "b/Cargo.toml: has no `[lints] workspace = true`",
        ],
    );
}
