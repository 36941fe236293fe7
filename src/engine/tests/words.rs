//! How many of any rules are read back from their words, for each kind of node in each language.

use super::generate::{Dice, with_kind};
use super::world;
use crate::nodes::{Group, KINDS};
use crate::{compile, content_hash, explain, read};
use base::Lang;
use documents::RuleGraph;
use proptest::prelude::*;
use std::fmt::Write;
use things::World;

/// Graphs for each kind; `PROPTEST_CASES` makes more.
const GRAPHS: usize = 3;
/// In percent: what every kind reaches, and a group all together.
const FLOOR: usize = 80;
const GOAL: usize = 95;

/// A test for each group, so that they run side by side.
macro_rules! read_back {
    ($($test:ident $group:ident)*) => {$(
        #[test]
        fn $test() {
            rules_are_read_back(Group::$group);
        }
    )*};
}

read_back! {
    sources_are_read_back Source
    conditions_are_read_back Condition
    times_are_read_back Time
    logic_is_read_back Logic
    math_is_read_back Math
    statistics_are_read_back Statistics
    texts_are_read_back Text
    data_are_read_back Data
    actions_are_read_back Action
}

fn rules_are_read_back(group: Group) {
    let world = world();
    let graphs = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(GRAPHS);
    let (mut table, mut low, mut all) = (String::new(), Vec::new(), [0, 0, 0]);
    for kind in KINDS.iter().filter(|k| k.group == group) {
        let rules: Vec<RuleGraph> =
            (0..graphs).filter_map(|n| with_kind(kind.type_, &mut Dice::new(n as u64), &world)).collect();
        let bare = format!("`{}` {{", kind.type_);
        let bare = rules.iter().filter(|rule| explain(rule, &world).en.contains(&bare)).count();
        let [zh, en] =
            [Lang::Zh, Lang::En].map(|lang| rules.iter().filter(|rule| is_read_back(rule, lang, &world)).count());
        let share = |n: usize| (n * 100).checked_div(rules.len()).unwrap_or(0);
        let [zh_share, en_share, bare] = [zh, en, bare].map(share);
        writeln!(table, "{:16} zh {zh_share:3}  en {en_share:3}  without words {bare:3}", kind.type_).unwrap();
        if zh_share.min(en_share) < FLOOR {
            low.push(kind.type_);
        }
        all = [all[0] + rules.len(), all[1] + zh, all[2] + en];
    }
    let [zh, en] = [all[1], all[2]].map(|n| (n * 100).checked_div(all[0]).unwrap_or(0));
    println!("{table}all {}: zh {zh}, en {en}", all[0]);
    assert_eq!(low, [""; 0]);
    assert!(zh.min(en) >= GOAL);
}

/// Whether the words of a rule in this language are that rule again.
fn is_read_back(rule: &RuleGraph, lang: Lang, world: &World) -> bool {
    let words = explain(rule, world);
    let text = words.get(lang);
    match read(text, lang, world) {
        Ok(again) if content_hash(&again, world) == content_hash(rule, world) => return true,
        Ok(again) => eprintln!("another rule: {text}\n  {}", explain(&again, world).get(lang)),
        Err(why) => eprintln!("{text}\n  {}", why[0].message.en),
    }
    false
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,80}", cut in 0..400_usize, seed in 0..1000_u64, kind in 0..KINDS.len()) {
        let world = world();
        for lang in [Lang::Zh, Lang::En] {
            if let Ok(rule) = read(&text, lang, &world) {
                prop_assert!(!rule.nodes.is_empty());
            }
        }
        let Some(rule) = with_kind(KINDS[kind].type_, &mut Dice::new(seed), &world) else { return Ok(()) };
        let words = explain(&rule, &world);
        for lang in [Lang::Zh, Lang::En] {
            let broken: String = words.get(lang).chars().enumerate().filter(|(i, _)| *i != cut).map(|(_, c)| c).collect();
            if let Ok(again) = read(&broken, lang, &world) {
                // What was understood is what was written.
                prop_assert!(compile(&again, &world).1.len() < 1000);
                prop_assert!(!explain(&again, &world).get(lang).is_empty());
            }
        }
    }
}
