//! Sentences that run a scene: by the forms of `scenes.toml`, as whole sentences. A scene of the site and a device that
//! keeps a scene of its own are called in one way: by their names, or by the occasion that they are for.
//!
//! What it is *not*: nothing is guessed. A name that no scene has is asked about where a scene is surely meant, and left to
//! the grammar of commands otherwise. Start at [`read`].

use crate::Utterance;
use crate::forms::devices::plain;
use crate::forms::{Form, Gap};
use crate::phrases::link;
use crate::text::normalise::Text;
use crate::words::lexicon::Lexicon;
use base::id::{DeviceId, SpaceId};
use base::{Bilingual, Value};
use documents::draft::{Choice, OPTIONS_MAX};
use documents::{Act, Draft, Question, Reason, Refusal, Setting, Verdict};
use serde::Deserialize;
use std::sync::LazyLock;
use things::{Assistant, Names, PointSpec, Scene, World};

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

/// What people say at an occasion, and names of a scene that is for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Occasion {
    names: Vec<String>,
    en: Vec<String>,
    zh: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    form: Vec<Lines>,
    occasion: Vec<Occasion>,
}

fn file() -> Result<File, toml::de::Error> {
    toml::from_str(include_str!("scenes.toml"))
}

struct Table {
    forms: Vec<(Weight, Form)>,
    /// Forms of each occasion, with the names.
    occasions: Vec<(Vec<Form>, Vec<String>)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let File { form, occasion } = file().unwrap_or_default();
    let mut forms = Vec::new();
    for lines in form {
        let weight = match (lines.sure, lines.new) {
            (true, _) => Weight::Sure,
            (_, true) => Weight::New,
            _ => Weight::Known,
        };
        for form in lines.en.iter().chain(&lines.zh).filter_map(|line| Form::read(line)).flatten() {
            forms.push((weight, form));
        }
    }
    let read = |o: Occasion| {
        let forms = o.en.iter().chain(&o.zh).filter_map(|line| Form::read(line)).flatten().collect();
        (forms, o.names.iter().map(|n| Text::form(n)).collect())
    };
    Table { forms, occasions: occasion.into_iter().map(read).collect() }
});

/// Something that can be called as a scene.
struct Callable<'a> {
    names: &'a Names,
    /// Its names in their normal form.
    forms: Vec<String>,
    /// It belongs where the speaker is.
    near: bool,
    source: Source<'a>,
}

enum Source<'a> {
    Site(&'a Scene),
    Device(DeviceId),
}

impl Callable<'_> {
    fn acts(&self, world: &World) -> Vec<Act> {
        let acts = match self.source {
            Source::Site(scene) => Act::of_scene(scene, world),
            Source::Device(device) => {
                let point = world.point_with(device, "activate");
                let act = |p: &PointSpec| Act { point: p.id, setting: Setting::Call(Value::no_arguments()) };
                point.map(act).into_iter().collect()
            }
        };
        open(acts, world)
    }
}

/// All that can be called as scenes.
fn callables<'a>(u: &Utterance, world: &'a World) -> Vec<Callable<'a>> {
    let near = |space| u.space.is_some_and(|here| world.path_of(here).contains(&space));
    let made = |names: &'a Names, space: Option<SpaceId>, source| Callable {
        names,
        forms: names.all().map(Text::form).collect(),
        near: space.is_some_and(near),
        source,
    };
    let devices = link::of_kind(world, "scene").into_iter().filter_map(|d| world.device(d));
    let scenes = world.scenes().map(|s| made(&s.names, s.space, Source::Site(s)));
    scenes.chain(devices.map(|d| made(&d.names, d.space(), Source::Device(d.id)))).collect()
}

/// The scene that a sentence runs; none when it is about something else, or there are no scenes.
pub(crate) fn read(text: &Text, u: &Utterance, world: &World, lexicon: &Lexicon) -> Option<Verdict> {
    let all = callables(u, world);
    if all.is_empty() {
        return None;
    }
    let said = plain(text);
    let mut unknown = None;
    for (weight, form) in &TABLE.forms {
        for gaps in form.fits(&said) {
            let Some(name) = gaps.get(&Gap::Name).and_then(|(from, to)| said.get(*from..*to)) else { continue };
            let name: String = name.iter().collect();
            let name = name.trim();
            let form = Text::form(name);
            let called = nearest(&all, |c| c.forms.contains(&form));
            if !called.is_empty() {
                return Some(verdict(&called, world));
            }
            let asks = *weight == Weight::Sure || (*weight == Weight::New && is_new(name, lexicon));
            // What says most stands first: the shortest name is what is left of it.
            if asks && unknown.as_ref().is_none_or(|u: &String| name.chars().count() < u.chars().count()) {
                unknown = Some(name.to_owned());
            }
        }
    }
    for (_, names) in TABLE.occasions.iter().filter(|(forms, _)| forms.iter().any(|f| !f.fits(&said).is_empty())) {
        let called = nearest(&all, |c| c.forms.iter().any(|form| names.iter().any(|name| bare(form) == name)));
        if !called.is_empty() {
            return Some(verdict(&called, world));
        }
    }
    unknown.map(|name| ask(&name, &all, world))
}

/// A name without the word for what it is: 睡眠模式, "sleep mode".
fn bare(name: &str) -> &str {
    const SCENES: &[&str] = &["模式", "场景", "情景", " mode", " scene"];
    SCENES.iter().find_map(|w| name.strip_suffix(w)).unwrap_or(name)
}

/// The scenes of some kind; those where the speaker is, when there are some.
fn nearest<'a>(all: &'a [Callable<'a>], of: impl Fn(&Callable<'_>) -> bool) -> Vec<&'a Callable<'a>> {
    let mut called: Vec<_> = all.iter().filter(|c| of(c)).collect();
    if called.iter().any(|c| c.near) {
        called.retain(|c| c.near);
    }
    called
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

fn verdict(called: &[&Callable<'_>], world: &World) -> Verdict {
    let [scene] = called else {
        let text = Bilingual::new("有几个场景都可能，要哪一个？", "Several scenes can be meant. Which one?");
        let options = called.iter().take(OPTIONS_MAX).map(|c| choice(c, world)).collect();
        return Verdict::Question(Question { text, options });
    };
    let acts = scene.acts(world);
    if acts.is_empty() {
        let text = Bilingual::new("这个场景没有可以执行的内容", "there is nothing in this scene that can be done");
        return Verdict::Refusal(Refusal::new(Reason::NothingToDo, text));
    }
    Verdict::Draft(Draft::Commands(acts))
}

fn choice(scene: &Callable<'_>, world: &World) -> Choice {
    Choice { label: scene.names.bilingual(), draft: Draft::Commands(scene.acts(world)) }
}

fn ask(name: &str, all: &[Callable<'_>], world: &World) -> Verdict {
    let text = Bilingual::new(
        format!("没有叫“{name}”的场景，要哪一个？"),
        format!("There is no scene called “{name}”. Which one?"),
    );
    let known: Vec<&str> = all.iter().flat_map(|c| c.names.all()).collect();
    let near = base::diagnostic::nearest(name, known, OPTIONS_MAX);
    let rank = |names: &Names| near.iter().position(|n| names.all().any(|m| m == *n)).unwrap_or(usize::MAX);
    let mut scenes: Vec<_> = all.iter().filter(|c| !c.acts(world).is_empty()).collect();
    scenes.sort_by_key(|c| rank(c.names));
    Verdict::Question(Question {
        text,
        options: scenes.into_iter().take(OPTIONS_MAX).map(|c| choice(c, world)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_well_formed() {
        let file = file().unwrap();
        let lines = &file.form;
        let lines = lines.iter().flat_map(|l| l.en.iter().chain(&l.zh));
        let occasions = file.occasion.iter().flat_map(|o| o.en.iter().chain(&o.zh));
        for line in lines.chain(occasions) {
            assert!(Form::read(line).is_some_and(|f| !f.is_empty()), "{line}");
        }
    }
}
