//! What must not change a reading: manners, marks, wide digits, capitals, a device's new name, a device that is not spoken
//! of. Every first sentence of our own cases is tried, so that the list grows with them.

use crate::cases::{self, SUITES};
use crate::predict::moment;
use base::Lang;
use base::id::SpaceId;
use language::{Dialogue, Lexicon, Utterance};
use runtime::sim;
use serde_json::Value as Json;
use things::{Names, States, World, WorldDoc};

/// Least share of sentences whose reading holds, in percent, for each change.
const HELD_MIN: usize = 97;
/// A name that no sentence and no shipped word contains, in both languages.
const NEW_NAME: (&str, &str) = ("珊瑚石", "Quillback");

/// The demo building, or one like it, and its words.
struct Place {
    world: World,
    lexicon: Lexicon,
}

impl Place {
    fn of(doc: WorldDoc) -> Place {
        let (world, found) = World::build(doc);
        assert_eq!(found, vec![]);
        let lexicon = Lexicon::build(&world);
        Place { world, lexicon }
    }

    fn hear(&self, said: &str, space: Option<SpaceId>) -> Json {
        let utterance = Utterance { space, ..Utterance::new(said, moment(None)) };
        language::understand(&utterance, &Dialogue::default(), &self.world, &self.lexicon, &States::new()).meaning()
    }
}

/// A first sentence of a case.
struct Sentence {
    suite: &'static str,
    lang: Lang,
    said: String,
    space: Option<SpaceId>,
}

fn sentences() -> Vec<Sentence> {
    let mut out = Vec::new();
    for suite in SUITES {
        for (lang, text) in suite.files {
            for case in cases::parse(text).unwrap().into_iter().filter(|c| c.names.is_empty()) {
                let said = case.turns.into_iter().next().unwrap().said;
                let space = case.room.as_deref().map(sim::space);
                out.push(Sentence { suite: suite.name, lang: Lang::parse(lang).unwrap(), said, space });
            }
        }
    }
    out
}

/// Tries a change on every sentence that it can be made of; `None` where it cannot.
fn held(change: impl Fn(&Sentence) -> Option<(String, Json)>) {
    let place = Place::of(sim::world());
    let (mut tried, mut broken) = (0, Vec::new());
    for sentence in sentences() {
        let Some((changed, meant)) = change(&sentence) else { continue };
        tried += 1;
        let before = place.hear(&sentence.said, sentence.space);
        // What a notice says keeps the capitals that it was told in.
        if before.to_string().to_lowercase() != meant.to_string().to_lowercase() {
            broken.push(format!("{} -> {changed}\n    {before}\n    {meant}", sentence.said));
        }
    }
    assert!(tried > 0);
    assert!((tried - broken.len()) * 100 >= tried * HELD_MIN, "{} of {tried}\n{}", broken.len(), broken.join("\n"));
}

/// A change of the words alone.
fn words_may_change(change: impl Fn(&Sentence) -> Option<String>) {
    let place = Place::of(sim::world());
    held(|s| {
        let changed = change(s).filter(|c| *c != s.said)?;
        let meant = place.hear(&changed, s.space);
        Some((changed, meant))
    });
}

/// Whether somebody wants something done; a "please" before anything else is no sentence.
fn wishes(s: &Sentence) -> bool {
    matches!(s.suite, "commands" | "several" | "rules")
}

#[test]
fn manners() {
    words_may_change(|s| {
        wishes(s).then(|| match s.lang {
            Lang::En => format!("please {}", s.said),
            Lang::Zh => format!("请{}", s.said),
        })
    });
    words_may_change(|s| {
        wishes(s).then(|| match s.lang {
            Lang::En => format!("{}, thanks", s.said),
            Lang::Zh => format!("{}，谢谢", s.said),
        })
    });
}

#[test]
fn marks_at_the_end_and_spaces() {
    let plain = |s: &Sentence| s.said.ends_with(|c: char| c.is_alphanumeric());
    words_may_change(|s| plain(s).then(|| format!("{}{}", s.said, if s.lang == Lang::Zh { "！" } else { "!" })));
    words_may_change(|s| Some(format!("  {} ", s.said.replace(' ', "  "))));
}

#[test]
fn wide_digits_and_capitals() {
    let wide = |c: char| c.to_digit(10).and_then(|d| char::from_u32('０' as u32 + d)).unwrap_or(c);
    words_may_change(|s| Some(s.said.chars().map(wide).collect()));
    words_may_change(|s| (s.suite != "security").then(|| s.said.to_uppercase()));
}

#[test]
fn a_new_name() {
    let spoken = |names: &Names, s: &Sentence| {
        let name = names.display(s.lang).to_owned();
        (s.said.to_lowercase().matches(&name.to_lowercase()).count() == 1).then_some(name)
    };
    held(|s| {
        let mut doc = sim::world();
        let longest = |d: &things::Device| spoken(&d.names, s).map_or(0, |n| n.len());
        let device = doc.devices.iter_mut().max_by_key(|d| longest(d)).filter(|d| longest(d) > 0)?;
        let name = spoken(&device.names, s)?;
        // Only a command names a device so that its kind may go with its name.
        if !matches!(s.suite, "commands" | "several") {
            return None;
        }
        let at = s.said.to_lowercase().find(&name.to_lowercase())?;
        let new = if s.lang == Lang::Zh { NEW_NAME.0 } else { NEW_NAME.1 };
        let changed = format!("{}{new}{}", s.said.get(..at)?, s.said.get(at + name.len()..)?);
        device.names = Names::new(NEW_NAME.0, NEW_NAME.1);
        let meant = Place::of(doc).hear(&changed, s.space);
        Some((changed, meant))
    });
}

#[test]
fn a_device_that_is_not_spoken_of() {
    let mut doc = sim::world();
    let mut another = doc.devices.iter().find(|d| d.key == "garden_soil").cloned().unwrap();
    (another.id, another.key) = (sim::device("another"), "another".into());
    another.names = Names::new(NEW_NAME.0, NEW_NAME.1);
    doc.devices.push(another);
    let place = Place::of(doc);
    held(|s| Some((s.said.clone(), place.hear(&s.said, s.space))));
}
