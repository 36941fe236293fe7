//! What may not be left in a text: markers of unfinished work, paths of somebody's machine, hosts of package
//! registries, folders beside the repository. The words are put together from halves, so that this file has none.

use super::{Files, around, clean, files, finds, has_word, root, rust};

/// Markers for later, in any text: what is missing is an issue, or it is done now.
const MARKERS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("<<<<", "<<<"), concat!(">>>>", ">>>")];

/// Macros that stand for code that is not there.
const MACROS: &[&str] = &["todo!", "unimplemented!", "dbg!"];

/// Folders of one machine.
const MACHINE: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("C:", "\\Users"),
];

/// Registries are settings of a machine; the lock files hold checksums.
const HOSTS: &[&str] = &[
    concat!("index.cra", "tes.io"),
    concat!("static.cra", "tes.io"),
    concat!("registry.npm", "js.org"),
    concat!("registry.npm", "mirror.com"),
    concat!("rs", "proxy.cn"),
    concat!("py", "pi.org"),
    concat!("proxy.go", "lang.org"),
];

/// Data beside the repository that only measuring code may read, and only when it is given.
const BESIDE: &[&str] = &[concat!("shared", "/evals"), concat!("shared", "/bench"), concat!("shared", "/design")];

/// Who may measure with data beside the repository.
const MEASURES: &[&str] = &["evals/", "tests/it/", "web/docs/en/benchmarks.md", "web/docs/zh-CN/benchmarks.md"];

fn check(files: &Files, checkout: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        let masked = if path.ends_with(".rs") { rust::mask(text) } else { String::new() };
        for (n, (line, code)) in text.lines().zip(masked.lines().chain(std::iter::repeat(""))).enumerate() {
            let mut report = |word: &str, why: &str| found.push(format!("{path}:{}: `{word}`: {why}", n + 1));
            for word in MARKERS.iter().filter(|w| has_word(line, w)) {
                report(word, "do it, or open an issue");
            }
            for word in MACROS.iter().filter(|w| has_word(code, w)) {
                report(word, "finish the code");
            }
            for word in MACHINE.iter().filter(|w| is_absolute(line, w)) {
                report(word, "a path of one machine");
            }
            if checkout.matches('/').count() > 1 && is_absolute(line, checkout) {
                report("checkout", "the path of this checkout");
            }
            for word in HOSTS.iter().filter(|w| line.contains(**w)) {
                report(word, "a registry belongs into the machine's settings");
            }
            let measures = MEASURES.iter().any(|place| path.starts_with(place));
            for word in BESIDE.iter().filter(|w| !measures && line.contains(**w)) {
                report(word, "the repository stands alone");
            }
        }
    }
    found
}

/// Whether the line has the path from its start, not as the tail of a relative one.
fn is_absolute(line: &str, path: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || "_-.}*~".contains(c);
    around(line, path).into_iter().any(|(before, _)| !before.is_some_and(inner))
}

#[test]
fn nothing_is_left_behind() {
    clean(&check(&super::REPOSITORY, &root().to_string_lossy()));
}

#[test]
fn what_is_left_behind_is_found() {
    let (later, home, host) = (MARKERS[0], MACHINE[0], HOSTS[0]);
    let texts = [
        ("a.rs", format!("// {later}: x\nfn f() {{ todo!() }}\nconst S: &str = \"todo!\";\n")),
        ("b.md", format!("see {home}me/notes\nsee web{home}x and {later}S\nat /srv/castellan\n")),
        ("c.lock", format!("from https://{host}/x")),
        ("evals/d.rs", BESIDE[0].to_owned()),
        ("e.sh", BESIDE[0].to_owned()),
    ];
    let texts: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let expected = [
        format!("a.rs:1: `{later}`: do it, or open an issue"),
        "a.rs:2: `todo!`: finish the code".to_owned(),
        format!("b.md:1: `{home}`: a path of one machine"),
        "b.md:3: `checkout`: the path of this checkout".to_owned(),
        format!("c.lock:1: `{host}`: a registry belongs into the machine's settings"),
        format!("e.sh:1: `{}`: the repository stands alone", BESIDE[0]),
    ];
    finds(&check(&files(&texts), "/srv/castellan"), &expected.each_ref().map(String::as_str));
}
