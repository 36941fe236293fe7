//! Sentences that run a scene: by the forms of `scenes.toml`, as whole sentences. A scene of the site and a device that
//! keeps a scene of its own are called in one way.
//!
//! What it is *not*: nothing is guessed. A name that no scene has is asked about where a scene is surely meant, and left to
//! the grammar of commands otherwise. Start at [`read`].

use crate::Utterance;
use crate::forms::devices::plain;
use crate::forms::{Form, Gap};
use crate::phrases::link;
use crate::text::normalise::Text;
use crate::words::lexicon::Lexicon;
use base::{Bilingual, Value};
use documents::draft::{Choice, OPTIONS_MAX};
use documents::{Act, Draft, Question, Reason, Refusal, Setting, Verdict};
use serde::Deserialize;
use std::sync::LazyLock;
use things::{Assistant, Names, World};

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Weight {
    /// A scene is meant where one has the name.
    #[default]
    Known,
    /// Also where the name is nothing else.
    New,
    /// In any case.
    Sure,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    #[serde(default)]
    sure: bool,
    #[serde(default)]
    new: bool,
    en: Vec<String>,
    zh: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    form: Vec<Lines>,
}

fn file() -> Result<File, toml::de::Error> {
    toml::from_str(include_str!("scenes.toml"))
}

static FORMS: LazyLock<Vec<(Weight, Form)>> = LazyLock::new(|| {
    let mut forms = Vec::new();
    for lines in file().unwrap_or_default().form {
        let weight = match (lines.sure, lines.new) {
            (true, _) => Weight::Sure,
            (_, true) => Weight::New,
            _ => Weight::Known,
        };
        for form in lines.en.iter().chain(&lines.zh).filter_map(|line| Form::read(line)).flatten() {
            forms.push((weight, form));
        }
    }
    forms
});

/// Something that can be called as a scene.
struct Callable {
    name: Bilingual,
    /// Where it belongs.
    near: bool,
    acts: Vec<Act>,
}

/// The scene that a sentence runs; none when it is about something else, or the site has no scenes.
pub(crate) fn read(text: &Text, u: &Utterance, world: &World, lexicon: &Lexicon) -> Option<Verdict> {
    world.scenes().next()?;
    let said = plain(text);
    let mut unknown = None;
    for (weight, form) in FORMS.iter() {
        for gaps in form.fits(&said) {
            let Some(name) = gaps.get(&Gap::Name).and_then(|(from, to)| said.get(*from..*to)) else { continue };
            let name: String = name.iter().collect();
            let name = name.trim();
            let called = called(name, u, world);
            if !called.is_empty() {
                return Some(verdict(called));
            }
            let asks = *weight == Weight::Sure || (*weight == Weight::New && is_new(name, lexicon));
            // What says most stands first: the shortest name is what is left of it.
            if asks && unknown.as_ref().is_none_or(|u: &String| name.chars().count() < u.chars().count()) {
                unknown = Some(name.to_owned());
            }
        }
    }
    unknown.map(|name| ask(&name, world))
}

/// The scenes with a name; those where the speaker is, when there are some.
fn called(name: &str, u: &Utterance, world: &World) -> Vec<Callable> {
    let form = Text::form(name);
    let has = |names: &Names| names.all().any(|n| Text::form(n) == form);
    let near = |space| u.space.is_some_and(|here| world.path_of(here).contains(&space));
    let scenes = world.scenes().filter(|s| has(&s.names)).map(|s| Callable {
        name: s.names.bilingual(),
        near: s.space.is_some_and(near),
        acts: open(Act::of_scene(s, world), world),
    });
    let devices = link::of_kind(world, "scene").into_iter().filter_map(|d| world.device(d)).filter(|d| has(&d.names));
    let devices = devices.filter_map(|d| {
        let point = world.point_with(d.id, "activate")?.id;
        let acts = vec![Act { point, setting: Setting::Call(Value::no_arguments()) }];
        Some(Callable { name: d.names.bilingual(), near: d.space().is_some_and(near), acts: open(acts, world) })
    });
    let mut all: Vec<Callable> = scenes.chain(devices).collect();
    if all.iter().any(|c| c.near) {
        all.retain(|c| c.near);
    }
    all
}

/// What the assistant may touch of it, and what is still there.
fn open(mut acts: Vec<Act>, world: &World) -> Vec<Act> {
    acts.retain(|act| world.point(act.point).is_some_and(|p| p.assistant != Assistant::Hidden));
    acts
}

/// Whether a name is no word for anything here. A form inside of an English word is none.
fn is_new(name: &str, lexicon: &Lexicon) -> bool {
    let text = Text::new(name).chars.iter().collect::<String>();
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let whole = |from: usize, to: usize| {
        let (before, after) = (text.get(..from).unwrap_or_default(), text.get(to..).unwrap_or_default());
        let (first, last) =
            (text.get(from..).and_then(|t| t.chars().next()), text.get(..to).and_then(|t| t.chars().last()));
        !(letter(first) && letter(before.chars().last()) || letter(last) && letter(after.chars().next()))
    };
    lexicon
        .matches(&text)
        .into_iter()
        .filter(|(from, to, _)| whole(*from, *to))
        .filter_map(|(_, _, entry)| lexicon.entry(entry))
        .all(|e| !e.is_reference() && e.traits.is_empty() && e.states.is_empty() && !e.is_place())
}

fn verdict(mut called: Vec<Callable>) -> Verdict {
    if called.len() > 1 {
        let text = Bilingual::new("有几个同名的场景，要哪一个？", "Several scenes have that name. Which one?");
        return Verdict::Question(Question {
            text,
            options: called.into_iter().take(OPTIONS_MAX).map(choice).collect(),
        });
    }
    match called.pop() {
        Some(scene) if !scene.acts.is_empty() => Verdict::Draft(Draft::Commands(scene.acts)),
        _ => {
            let text = Bilingual::new("这个场景没有可以执行的内容", "there is nothing in this scene that can be done");
            Verdict::Refusal(Refusal::new(Reason::NothingToDo, text))
        }
    }
}

fn choice(scene: Callable) -> Choice {
    Choice { label: scene.name, draft: Draft::Commands(scene.acts) }
}

fn ask(name: &str, world: &World) -> Verdict {
    let text = Bilingual::new(
        format!("没有叫“{name}”的场景，要哪一个？"),
        format!("There is no scene called “{name}”. Which one?"),
    );
    let known: Vec<&str> = world.scenes().flat_map(|s| s.names.all()).collect();
    let near = base::diagnostic::nearest(name, known, OPTIONS_MAX);
    let rank = |names: &Names| near.iter().position(|n| names.all().any(|m| m == *n)).unwrap_or(usize::MAX);
    let mut scenes: Vec<_> = world.scenes().collect();
    scenes.sort_by_key(|s| rank(&s.names));
    let options = scenes.into_iter().map(|s| Callable {
        name: s.names.bilingual(),
        near: false,
        acts: open(Act::of_scene(s, world), world),
    });
    let options = options.filter(|s| !s.acts.is_empty()).take(OPTIONS_MAX).map(choice).collect();
    Verdict::Question(Question { text, options })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_well_formed() {
        let lines = file().unwrap().form;
        let all = lines.iter().flat_map(|l| l.en.iter().chain(&l.zh));
        for line in all {
            assert!(Form::read(line).is_some_and(|f| !f.is_empty()), "{line}");
        }
    }
}
