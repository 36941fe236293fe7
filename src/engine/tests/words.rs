//! How many of any rules are read back from their words, for each kind of node in each language.

use super::generate::{Dice, with_kind};
use super::world;
use crate::nodes::KINDS;
use crate::{compile, content_hash, explain, read};
use base::Lang;
use proptest::prelude::*;
use std::fmt::Write;

/// Graphs for each kind; `PROPTEST_CASES` makes more.
const GRAPHS: u64 = 5;
/// In percent: what every kind reaches, and all together.
const FLOOR: usize = 80;
const GOAL: usize = 95;

#[test]
fn rules_are_read_back() {
    let world = world();
    let graphs = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(GRAPHS);
    let (mut table, mut low, mut all) = (String::new(), Vec::new(), [0, 0, 0]);
    for kind in KINDS {
        let (mut made, mut back, mut bare) = (0, [0, 0], 0);
        for seed in 0..graphs {
            let Some(rule) = with_kind(kind.type_, &mut Dice::new(seed), &world) else { continue };
            made += 1;
            let (words, hash) = (explain(&rule, &world), content_hash(&rule, &world));
            bare += usize::from(words.en.contains(&format!("`{}` {{", kind.type_)));
            for (lang, count) in [Lang::Zh, Lang::En].into_iter().zip(&mut back) {
                let text = words.get(lang);
                match read(text, lang, &world) {
                    Ok(again) if content_hash(&again, &world) == hash => *count += 1,
                    Ok(again) => {
                        eprintln!("{}: another rule: {text}\n  {}", kind.type_, explain(&again, &world).get(lang))
                    }
                    Err(why) => eprintln!("{}: {text}\n  {}", kind.type_, why[0].message.en),
                }
            }
        }
        let share = |n: usize| if made > 0 { n * 100 / made } else { 0 };
        let [zh, en] = back.map(share);
        writeln!(table, "{:16} made {made:3}  zh {zh:3}  en {en:3}  without words {:3}", kind.type_, share(bare))
            .unwrap();
        if made == 0 || zh < FLOOR || en < FLOOR {
            low.push(kind.type_);
        }
        all = [all[0] + made, all[1] + back[0], all[2] + back[1]];
    }
    println!("{table}");
    let total = |n: usize| n * 100 / all[0].max(1);
    println!("all: zh {}, en {}", total(all[1]), total(all[2]));
    assert_eq!(low, [""; 0]);
    assert!(total(all[1]) >= GOAL && total(all[2]) >= GOAL);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,80}", cut in 0..400_usize, seed in 0..1000_u64, kind in 0..KINDS.len()) {
        let world = world();
        for lang in [Lang::Zh, Lang::En] {
            let _ = read(&text, lang, &world);
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
