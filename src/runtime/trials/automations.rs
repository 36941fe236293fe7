//! Sixty automations of the demo building, thirty in each language: a rule in the words in which rules are read back, and
//! a table of what happens. The rule is read from its words, run over the table, and its steps are golden.

use crate::sim;
use base::{Lang, Timestamp};
use engine::scenario::Scenario;
use things::World;

/// One automation.
struct Automation<'t> {
    title: &'t str,
    words: String,
    table: String,
}

/// Sections of a document: a heading, the words, the table.
fn sections(text: &str) -> Vec<Automation<'_>> {
    let section = |part| {
        let (title, rest) = str::split_once(part, '\n').unwrap();
        let (table, words): (Vec<&str>, Vec<&str>) = rest.lines().partition(|line| line.starts_with('|'));
        Automation { title: title.trim(), words: words.join(" ").trim().to_owned(), table: table.join("\n") }
    };
    text.split("\n## ").skip(1).map(section).collect()
}

/// What the rule did, a line a step.
fn run(automation: &Automation<'_>, lang: Lang, world: &World) -> String {
    let Automation { title, words, table } = automation;
    // A Tuesday at six in the morning of the site, where the table names no date.
    let start = Timestamp::parse("2026-11-16T22:00:00Z").unwrap();
    let rule = match engine::read(words, lang, world) {
        Ok(rule) => rule,
        Err(found) => return format!("{title}: not read: {found:#?}"),
    };
    let scenario = match Scenario::parse(table, world, start) {
        Ok(scenario) => scenario,
        Err(found) => return format!("{title}: no table: {found:#?}"),
    };
    let done = match scenario.run(&rule, world) {
        Ok(done) => done,
        Err(found) => return format!("{title}: does not compile: {found:#?}"),
    };
    if !done.differs.is_empty() {
        return format!("{title}: {:#?}", done.differs.iter().map(|d| (&d.path, &d.message.en)).collect::<Vec<_>>());
    }
    let mut text = format!("## {title}\n");
    for step in &done.steps {
        let changes = step.traces.iter().flat_map(|t| &t.entries);
        let changes = changes.map(|e| {
            let value = e.value.as_ref().map_or_else(|| "!".to_owned(), ToString::to_string);
            format!("{}.{}={value}", e.node, e.port)
        });
        let actions: Vec<&str> = step.actions.iter().map(|a| a.code.as_str()).collect();
        let line = [step.at.to_jiff().to_string(), changes.collect::<Vec<_>>().join(" "), actions.join("; ")];
        text.push_str(&format!("{}\n", line.join(" | ")));
    }
    text
}

fn golden(lang: Lang, text: &str, name: &str) {
    let (world, _) = World::build(sim::world());
    let all = sections(text);
    assert_eq!(all.len(), 30);
    let done: Vec<String> = all.iter().map(|a| run(a, lang, &world)).collect();
    let wrong: Vec<&str> = done.iter().filter(|t| !t.starts_with("## ")).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    insta::assert_snapshot!(name, done.join("\n"));
}

#[test]
fn automations_in_english() {
    golden(Lang::En, include_str!("automations/en.md"), "automations_en");
}

#[test]
fn automations_in_chinese() {
    golden(Lang::Zh, include_str!("automations/zh.md"), "automations_zh");
}
