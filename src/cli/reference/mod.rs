//! The pages of reference in `web/docs`, made from what they describe: nodes, tools, traits, templates, the command line
//! and configurations, errors, metrics. A test writes them, or says that they are out of date.
//!
//! What it is *not*: nothing of it is in the program. Chinese for texts that the code has in English alone stands in
//! `manual::chinese`.

mod command_line;
mod commands;
mod errors;
mod metrics;
mod nodes;
mod schema;
mod source;
mod templates;
mod tools;
mod traits;
mod writer;

use base::Lang;
use manual::chinese;
use std::collections::BTreeSet;
use std::path::PathBuf;
use writer::Writer;

/// Writes a page.
type Write = fn(&mut Writer);

/// Every page with what makes it.
const PAGES: &[(&str, Write)] = &[
    ("reference-configuration", command_line::write),
    ("reference-errors", errors::write),
    ("reference-metrics", metrics::write),
    ("reference-nodes", nodes::write),
    ("reference-templates", templates::write),
    ("reference-tools", tools::write),
    ("reference-traits", traits::write),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// `INSTA_UPDATE=always cargo test -p castellan reference` writes the pages anew.
#[test]
fn the_reference_is_what_the_program_says() {
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|v| v == "always");
    let (mut stale, mut missing, mut used) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for lang in [Lang::Zh, Lang::En] {
        for (slug, write) in PAGES {
            let mut writer = Writer::new(lang);
            write(&mut writer);
            let (text, lacks, has) = writer.finish();
            missing.extend(lacks);
            used.extend(has);
            let path = root().join("web/docs").join(lang.tag()).join(format!("{slug}.md"));
            if std::fs::read_to_string(&path).unwrap_or_default() != text {
                if update {
                    std::fs::write(&path, text).unwrap();
                } else {
                    stale.push(path.display().to_string());
                }
            }
        }
    }
    let list = |texts: &BTreeSet<String>| texts.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(missing.is_empty(), "src/manual/zh.txt lacks the Chinese of {} texts:\n{}", missing.len(), list(&missing));
    let unused: BTreeSet<String> = chinese::texts().filter(|en| !used.contains(*en)).map(str::to_owned).collect();
    assert!(unused.is_empty(), "src/manual/zh.txt has texts that nothing says any more:\n{}", list(&unused));
    assert!(
        stale.is_empty(),
        "out of date; INSTA_UPDATE=always cargo test -p castellan reference writes them:\n{}",
        stale.join("\n")
    );
}
