//! How many of any rules are read back from their words, for each kind of node in each language.

use super::generate::{Dice, with_kind};
use super::world;
use crate::limits::READ_STEPS_MAX;
use crate::nodes::{Group, KINDS};
use crate::speech::steps;
use crate::{compile, explain, meaning_hash, read};
use base::Lang;
use documents::RuleGraph;
use proptest::prelude::*;
use std::fmt::Write;
use things::World;

/// Graphs for each kind; `PROPTEST_CASES` makes more.
const GRAPHS: usize = 3;
/// Most steps that reading one of them takes, and a sentence that is none.
const STEPS: usize = 5_000;
const STEPS_REFUSED: usize = 300;
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

/// Whether the words of a rule in this language are that rule again, and are read quickly.
fn is_read_back(rule: &RuleGraph, lang: Lang, world: &World) -> bool {
    let words = explain(rule, world);
    let text = words.get(lang);
    let steps = steps(text, lang, world);
    assert!(steps <= STEPS, "{steps} steps: {text}");
    match read(text, lang, world) {
        Ok(again) if meaning_hash(&again, world) == meaning_hash(rule, world) => return true,
        Ok(again) => eprintln!("another rule: {text}\n  {}", explain(&again, world).get(lang)),
        Err(why) => eprintln!("{text}\n  {}", why[0].message.en),
    }
    false
}

#[test]
fn what_people_say_is_refused_at_once() {
    let world = world();
    for (lang, text) in [
        (Lang::Zh, "把走廊灯打开，谢谢。"),
        (Lang::Zh, "会议室的二氧化碳是不是太高了？"),
        (Lang::Zh, "前门打开以后，把走廊灯打开。"),
        (Lang::Zh, "当前门打开的时候，打开走廊的灯。"),
        (Lang::En, "Please switch the hall light on."),
        (Lang::En, "When the front door opens, switch on the hall light."),
        (Lang::En, "When Front door is open it gets cold in the hall."),
    ] {
        assert!(read(text, lang, &world).is_err(), "{text}");
        let steps = steps(text, lang, &world);
        assert!(steps <= STEPS_REFUSED, "{steps} steps: {text}");
    }
}

#[test]
fn long_texts_come_to_an_end() {
    let world = world();
    for (lang, start, again, end) in [
        (Lang::Zh, "", "当前门打开时，打开走廊灯。", "完"),
        (Lang::Zh, "当", "会议室二氧化碳、", "后"),
        (Lang::Zh, "当", "（前门打开且", ""),
        (Lang::Zh, "当前门打开", "时，或当前门打开", "时，打开走廊灯。"),
        (Lang::Zh, "当前门打开时，关闭", "客厅的所有灯（落地灯除外）、", "。"),
        (Lang::En, "", "When Front door is open, turn on Hall light. ", "End"),
        (Lang::En, "When ", "the smallest of Meeting room CO2, ", ""),
        (Lang::En, "When ", "(Front door is open and ", ""),
        (Lang::En, "When Front door is open, turn on Hall light", ", turn on Hall light", " and"),
    ] {
        let text = format!("{start}{}{end}", again.repeat(10_000 / again.len()));
        let why = read(&text, lang, &world).unwrap_err();
        assert!(matches!(why[0].code.as_str(), "rule.words" | "rule.limit"), "{why:?}");
        let steps = steps(&text, lang, &world);
        assert!(steps <= READ_STEPS_MAX + text.len(), "{steps} steps: {start}{again}…");
    }
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
