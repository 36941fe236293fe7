//! Sentences about which devices there are: adding, renaming, moving, taking out of service, removing, restoring. Only
//! whole sentences by the forms of `devices.toml`; everything else is left to the grammar of commands and questions.
//!
//! What it is *not*: nothing is guessed. Who names a product, device or place that nobody knows is told the nearest,
//! and who names several is asked. Start at [`read`].

use crate::Utterance;
use crate::answers::refuse::{self, NEAREST_MAX};
use crate::answers::render;
use crate::forms::{Form, Gap, Gaps};
use crate::phrases::link::{self, Purpose, Scene, Target};
use crate::phrases::pieces::{Item, pieces};
use crate::text::lattice;
use crate::text::normalise::Text;
use crate::text::numerals::number_at;
use base::bilingual::is_han;
use base::id::{DeviceId, SpaceId};
use base::{Bilingual, Lang};
use documents::draft::{Choice, OPTIONS_MAX};
use documents::{DeviceAct, Draft, Question, Reason, Refusal, Verdict};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use things::{Names, World, templates};

/// Most devices of one sentence.
const COUNT_MAX: u16 = 50;
/// Ends of a place that say only "in it".
const INSIDE: &[&str] = &["里面", "里边", "里", "内", "中"];
/// A name without quotation marks ends before a place.
const PLACES_BEGIN: &[&str] = &[" in the ", " to the ", " into the ", " for the ", " at the "];
/// Where the speaker is.
const HERE: &[&str] = &["here", "this room", "这里", "这儿", "这个房间", "本房间"];

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Register,
    Rename,
    Move,
    Retire,
    Reinstate,
    Remove,
    RemoveAnyway,
    Restore,
    SaveScene,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    act: Kind,
    #[serde(default)]
    sure: bool,
    #[serde(default)]
    en: Vec<String>,
    #[serde(default)]
    zh: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Polite {
    before: Vec<String>,
    after: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    polite: Polite,
    form: Vec<Lines>,
    generic: Names,
    apparent: Names,
    products: BTreeMap<String, Names>,
}

struct Table {
    forms: Vec<(Kind, bool, Form)>,
    polite: Polite,
    generic: Names,
    apparent: Names,
    products: BTreeMap<String, Names>,
}

fn file() -> Result<File, toml::de::Error> {
    toml::from_str(include_str!("devices.toml"))
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let File { polite, form, generic, apparent, products } = file().unwrap_or_default();
    let mut forms = Vec::new();
    for lines in form {
        for form in lines.en.iter().chain(&lines.zh).filter_map(|line| Form::read(line)).flatten() {
            forms.push((lines.act, lines.sure, form));
        }
    }
    Table { forms, polite, generic, apparent, products }
});

/// What a gap was resolved to: it, a question about it, or why not.
type Found<T> = Result<T, Box<Miss>>;

enum Miss {
    /// Several are possible: what they are called, each.
    Ask(Vec<(Bilingual, Meant)>),
    /// It is not there.
    No(Refusal),
}

/// One of several things that a word can mean.
#[derive(Clone)]
enum Meant {
    Product(String),
    Device(DeviceId),
    Place(SpaceId),
}

/// The sentence without spaces around Chinese, politeness and final marks, each character with its place in the text.
struct Sentence {
    chars: Vec<char>,
    places: Vec<usize>,
}

impl Sentence {
    fn new(text: &Text, polite: &Polite) -> Sentence {
        let all: Vec<(usize, char)> = text.chars.iter().copied().enumerate().collect();
        let han = |i: Option<usize>| i.and_then(|i| text.chars.get(i)).is_some_and(|c| is_han(*c));
        let kept = all.iter().filter(|(i, c)| *c != ' ' || !(han(i.checked_sub(1)) || han(Some(i + 1))));
        let (places, chars) = kept.map(|(i, c)| (*i, *c)).unzip();
        let mut s = Sentence { chars, places };
        while s.strip(polite) {}
        s
    }

    /// Takes one word of politeness or mark off; whether there was any.
    fn strip(&mut self, polite: &Polite) -> bool {
        let begins =
            |w: &&String| self.chars.len() > w.chars().count() && w.chars().zip(&self.chars).all(|(a, b)| a == *b);
        let ends = |w: &&String| {
            self.chars.len() > w.chars().count() && w.chars().rev().zip(self.chars.iter().rev()).all(|(a, b)| a == *b)
        };
        if let Some(n) = polite.before.iter().find(begins).map(|w| w.chars().count()) {
            self.chars.drain(..n);
            self.places.drain(..n);
            return true;
        }
        let mark = self.chars.last().is_some_and(|c| matches!(c, '.' | '!' | '。' | ' '));
        let n = if mark { 1 } else { polite.after.iter().find(ends).map_or(0, |w| w.chars().count()) };
        let left = self.chars.len().saturating_sub(n);
        self.chars.truncate(left);
        self.places.truncate(left);
        n > 0
    }
}

/// The sentence as forms see it, without politeness.
pub(crate) fn plain(text: &Text) -> Vec<char> {
    Sentence::new(text, &TABLE.polite).chars
}

/// The same, each character with its place in the text.
pub(crate) fn placed(text: &Text) -> (Vec<char>, Vec<usize>) {
    let Sentence { chars, places } = Sentence::new(text, &TABLE.polite);
    (chars, places)
}

/// One sentence while it is resolved.
struct Reader<'a> {
    sentence: &'a Sentence,
    text: &'a Text,
    original: &'a str,
    scene: Scene<'a>,
}

/// What a sentence says about which devices there are; none when it says nothing about it.
pub(crate) fn read(text: &Text, u: &Utterance, scene: Scene<'_>) -> Option<Verdict> {
    let table: &Table = &TABLE;
    let sentence = Sentence::new(text, &table.polite);
    let reader = Reader { sentence: &sentence, text, original: &u.text, scene };
    let (mut asked, mut refused) = (None, None);
    for (kind, sure, form) in &table.forms {
        for gaps in form.fits(&sentence.chars) {
            match reader.verdict(*kind, *sure, &gaps) {
                Some(Verdict::Draft(draft)) => return Some(Verdict::Draft(draft)),
                Some(question @ Verdict::Question(_)) => asked = asked.or(Some(question)),
                Some(refusal) => refused = refused.or(Some(refusal)),
                None => {}
            }
        }
    }
    asked.or(refused)
}

impl Reader<'_> {
    fn said(&self, gaps: &Gaps, gap: Gap) -> Option<String> {
        let (from, to) = *gaps.get(&gap)?;
        let words: String = self.sentence.chars.get(from..to)?.iter().collect();
        Some(words.trim().to_owned()).filter(|w| !w.is_empty())
    }

    /// A name as it was written, in its own language.
    fn name(&self, gaps: &Gaps) -> Option<String> {
        let (from, to) = *gaps.get(&Gap::Name)?;
        let (first, last) = (*self.sentence.places.get(from)?, *self.sentence.places.get(to.checked_sub(1)?)?);
        let (a, b) = self.text.original(first, last + 1);
        let name: String = self.original.chars().skip(a).take(b - a).collect();
        let quotes = |c: char| c.is_whitespace() || "\"'“”‘’「」『』《》".contains(c);
        Some(name.trim_matches(quotes).to_owned()).filter(|n| !n.is_empty())
    }

    /// What a form that fits comes to; none when the sentence is left to the commands.
    fn verdict(&self, kind: Kind, sure: bool, gaps: &Gaps) -> Option<Verdict> {
        let act = |act| Draft::Device(act);
        match kind {
            Kind::Register => self.register(sure, gaps),
            Kind::Restore => Some(Verdict::Draft(act(DeviceAct::Restore { name: self.name(gaps)? }))),
            Kind::SaveScene => {
                let names = names(&self.name(gaps)?);
                Some(Verdict::Draft(Draft::SaveScene { names, space: self.scene.space }))
            }
            Kind::Move => self.moving(sure, gaps),
            Kind::Rename => {
                let names = names(&self.name(gaps)?);
                self.of_device(gaps, sure, |device| act(DeviceAct::Rename { device, names: names.clone() }))
            }
            Kind::Retire | Kind::Reinstate => {
                let disabled = kind == Kind::Retire;
                self.of_device(gaps, sure, |device| act(DeviceAct::Service { device, disabled }))
            }
            Kind::Remove | Kind::RemoveAnyway => {
                let force = kind == Kind::RemoveAnyway;
                self.of_device(gaps, sure, |device| act(DeviceAct::Remove { device, force }))
            }
        }
    }

    fn of_device(&self, gaps: &Gaps, sure: bool, draft: impl Fn(DeviceId) -> Draft) -> Option<Verdict> {
        let said = self.said(gaps, Gap::Device)?;
        match self.device(&said)? {
            Ok(device) => Some(Verdict::Draft(draft(device))),
            Err(miss) => match *miss {
                Miss::Ask(options) => Some(ask(options, |meant| match meant {
                    Meant::Device(device) => Some(draft(*device)),
                    _ => None,
                })),
                Miss::No(refusal) => {
                    let ours = sure || refusal.reason == Reason::Ambiguous || apparent(&said);
                    ours.then_some(Verdict::Refusal(refusal))
                }
            },
        }
    }

    fn moving(&self, sure: bool, gaps: &Gaps) -> Option<Verdict> {
        let place = self.said(gaps, Gap::Place)?;
        match self.place(&place) {
            Ok(space) => self.of_device(gaps, true, |device| Draft::Device(DeviceAct::Move { device, space })),
            Err(miss) => {
                let Ok(device) = self.device(&self.said(gaps, Gap::Device)?)? else { return None };
                match *miss {
                    Miss::Ask(options) => Some(ask(options, |meant| match meant {
                        Meant::Place(space) => Some(Draft::Device(DeviceAct::Move { device, space: *space })),
                        _ => None,
                    })),
                    // 把窗帘移到一半 is a command.
                    Miss::No(refusal) => (sure || self.strange(&place)).then_some(Verdict::Refusal(refusal)),
                }
            }
        }
    }

    fn register(&self, sure: bool, gaps: &Gaps) -> Option<Verdict> {
        let said = self.said(gaps, Gap::Product)?;
        let count = match self.said(gaps, Gap::Count) {
            Some(words) => count(&words)?,
            None => 1,
        };
        let words = self.said(gaps, Gap::Name).unwrap_or_default();
        if !words.starts_with('"') && PLACES_BEGIN.iter().any(|begin| words.contains(begin)) {
            return None;
        }
        let names = self.name(gaps).map(|n| names(&n)).unwrap_or_default();
        let draft = |product: &str, space| {
            let (product, names) = (product.to_owned(), names.clone());
            Draft::Device(DeviceAct::Register { product, count, names, space })
        };
        let place = self.said(gaps, Gap::Place);
        // "a kitchen temperature sensor", 会议室的温湿度传感器: the place stands in front.
        let (product, place) = match self.product(&said) {
            Err(miss) if place.is_none() && matches!(*miss, Miss::No(_)) => {
                self.placed(&said).map_or((Err(miss), None), |(product, place)| (product, Some(place)))
            }
            product => (product, place),
        };
        let space = match place.map(|p| self.place(&p)).transpose() {
            Ok(space) => space,
            Err(miss) => {
                // Only of something that is a product: the sentence is about devices.
                let product = match product {
                    Ok(product) => Some(product),
                    Err(several) if matches!(*several, Miss::Ask(_)) => None,
                    Err(_) => return None,
                };
                return Some(match (*miss, product) {
                    (Miss::Ask(options), Some(product)) => ask(options, |meant| match meant {
                        Meant::Place(space) => Some(draft(&product, Some(*space))),
                        _ => None,
                    }),
                    (Miss::Ask(_), None) => Verdict::Refusal(refuse::not_understood(&[said])),
                    (Miss::No(refusal), _) => Verdict::Refusal(refusal),
                });
            }
        };
        match product {
            Ok(product) => Some(Verdict::Draft(draft(&product, space))),
            Err(miss) => match *miss {
                Miss::Ask(options) => Some(ask(options, |meant| match meant {
                    Meant::Product(product) => Some(draft(product, space)),
                    _ => None,
                })),
                Miss::No(refusal) => (sure || apparent(&said)).then_some(Verdict::Refusal(refusal)),
            },
        }
    }

    /// A product with its place in front of it.
    fn placed(&self, said: &str) -> Option<(Found<String>, String)> {
        let chars: Vec<char> = said.chars().collect();
        (1..chars.len()).find_map(|cut| {
            let place: String = chars.get(..cut)?.iter().collect();
            let rest: String = chars.get(cut..)?.iter().collect();
            let place = place.trim_end_matches('的').trim().to_owned();
            // A word is not cut in two.
            let whole = !rest.is_ascii() || rest.starts_with(' ');
            self.place(&place).ok().filter(|_| whole)?;
            let product = self.product(rest.trim_start_matches('的').trim());
            let known = match &product {
                Ok(_) => true,
                Err(miss) => matches!(**miss, Miss::Ask(_)),
            };
            known.then_some((product, place))
        })
    }

    /// The product of a name: the key of one that exists here, or of a shipped template.
    fn product(&self, said: &str) -> Found<String> {
        let known = catalogue(self.scene.world);
        let matching: Vec<&(String, Names)> =
            known.iter().filter(|(key, names)| called(said, names) || key.replace('_', " ") == said).collect();
        if let [(key, _)] = matching.as_slice() {
            return Ok(key.clone());
        }
        let label = |(key, names): &(String, Names)| {
            let own = names.bilingual();
            let shared = known.iter().filter(|(_, other)| other.bilingual() == own).count() > 1;
            let synonym = TABLE.products.get(key).filter(|_| shared);
            synonym.map_or(own, Names::bilingual)
        };
        if (2..=OPTIONS_MAX).contains(&matching.len()) {
            let options = matching.iter().map(|p| (label(p), Meant::Product(p.0.clone()))).collect();
            return Err(Box::new(Miss::Ask(options)));
        }
        let mut near: Vec<Bilingual> = if matching.is_empty() {
            let words = known.iter().flat_map(|(_, names)| names.all());
            let near = base::diagnostic::nearest(said, words, NEAREST_MAX);
            known.iter().filter(|(_, names)| names.all().any(|n| near.contains(&n))).map(label).collect()
        } else {
            matching.iter().map(|p| label(p)).collect()
        };
        let generic = called(said, &TABLE.generic);
        if near.is_empty() || generic {
            near = self.scene.world.products().map(|p| p.names.bilingual()).collect();
        }
        near.dedup();
        near.truncate(NEAREST_MAX);
        let (reason, text) = if generic || !matching.is_empty() {
            let text = Bilingual::new(
                format!("“{said}”可能是很多种设备，请说出是哪一种"),
                format!("\"{said}\" can be many kinds of device; please say which one"),
            );
            (Reason::Ambiguous, text)
        } else {
            let text = Bilingual::new(
                format!("没有叫“{said}”的产品或模板"),
                format!("there is no product or template called \"{said}\""),
            );
            (Reason::UnknownDevice, text)
        };
        Err(Box::new(Miss::No(Refusal { reason, text, nearest: near, sought: None })))
    }

    fn place(&self, said: &str) -> Found<SpaceId> {
        let bare = said.strip_prefix("the ").unwrap_or(said).trim();
        let inner = INSIDE.iter().find_map(|end| bare.strip_suffix(end)).filter(|rest| !rest.is_empty());
        if HERE.contains(&bare)
            && let Some(space) = self.scene.space
        {
            return Ok(space);
        }
        let spaces = |form: &str| -> Vec<SpaceId> {
            let entry =
                self.scene.lexicon.find(form).and_then(|i| self.scene.lexicon.entry(i)).filter(|e| e.is_place());
            entry.map_or_else(Vec::new, |e| if e.spaces.is_empty() { e.group.clone() } else { e.spaces.clone() })
        };
        let found = Some(spaces(bare)).filter(|f| !f.is_empty()).or_else(|| inner.map(spaces)).unwrap_or_default();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(Box::new(Miss::No(refuse::unknown_place(
                inner.unwrap_or(bare),
                self.scene.lexicon,
                self.scene.world,
            )))),
            several => {
                let names = several.iter().filter_map(|s| self.scene.world.space(*s));
                Err(Box::new(Miss::Ask(names.map(|s| (s.names.bilingual(), Meant::Place(s.id))).collect())))
            }
        }
    }

    /// The device of a name or description; none when the words are no such thing.
    fn device(&self, said: &str) -> Option<Found<DeviceId>> {
        let world = self.scene.world;
        let bare = said.strip_prefix("the ").unwrap_or(said).trim();
        // By name first: what is out of service, or has a number for a name, is in no lexicon.
        let lexicon = self.scene.lexicon;
        let listed = [bare, bare.strip_suffix('s').unwrap_or(bare)].into_iter().filter_map(|f| lexicon.find(f));
        let listed = listed.filter_map(|i| lexicon.entry(i)).flat_map(|e| e.devices.iter().copied());
        let number = bare.chars().all(|c| c.is_ascii_digit());
        let unlisted = world.devices().filter(|d| d.disabled || number).map(|d| d.id);
        let named: BTreeSet<DeviceId> = listed.chain(unlisted).collect();
        let meant = |d: &DeviceId| world.device(*d).is_some_and(|d| called(bare, &d.names));
        let named: Vec<DeviceId> = named.into_iter().filter(meant).collect();
        if let Some(found) = self.one_of(&named) {
            return Some(found);
        }
        let no = || Err(Box::new(Miss::No(refuse::unknown_device(bare, self.scene.lexicon, world))));
        let text = Text::new(bare);
        let cover = lattice::covers(&text, self.scene.lexicon).into_iter().next()?;
        if cover.tokens.iter().all(|t| t.unknown() || t.punctuation()) {
            return Some(no());
        }
        let list = pieces(&cover.tokens, self.scene.lexicon, false);
        let [piece] = list.as_slice() else { return Some(no()) };
        let Item::Np(np) = &piece.item else { return Some(no()) };
        if np.head.is_none() && !np.pronoun || !np.props.is_empty() || !np.unknown.is_empty() {
            return Some(no());
        }
        let any = |_| true;
        let purpose = Purpose { able: &any, common: &any, lock: false, reading: false, lights: false };
        Some(match link::resolve(&self.scene, np, &[], &purpose) {
            Target::Devices(devices, _) => self.one_of(&devices).unwrap_or_else(no),
            Target::Ask(sets) => {
                let all: Vec<DeviceId> = sets.into_iter().flat_map(|(_, devices)| devices).collect();
                self.one_of(&all).unwrap_or_else(no)
            }
            Target::Refuse(refusal) => Err(Box::new(Miss::No(refusal))),
        })
    }

    /// One device, or which of several; none when there are none.
    fn one_of(&self, devices: &[DeviceId]) -> Option<Found<DeviceId>> {
        let name = |d: &DeviceId| render::device(*d, self.scene.world);
        match devices {
            [] => None,
            [one] => Some(Ok(*one)),
            few if few.len() <= OPTIONS_MAX => {
                Some(Err(Box::new(Miss::Ask(few.iter().map(|d| (name(d), Meant::Device(*d))).collect()))))
            }
            many => {
                let text = Bilingual::new(
                    format!("可能是 {} 台设备，请说出是哪一台", many.len()),
                    format!("it can be any of {} devices; please name the one", many.len()),
                );
                let nearest = many.iter().take(NEAREST_MAX).map(name).collect();
                Some(Err(Box::new(Miss::No(Refusal { reason: Reason::Ambiguous, text, nearest, sought: None }))))
            }
        }
    }

    /// Whether a phrase has no word that a command could use.
    fn strange(&self, said: &str) -> bool {
        let text = Text::new(said);
        let cover = lattice::covers(&text, self.scene.lexicon).into_iter().next();
        cover.is_some_and(|c| c.tokens.iter().all(|t| t.literal.is_none()) && c.tokens.iter().any(|t| t.unknown()))
    }
}

/// Every product that can be named, by key: those that exist and the shipped templates, with the words of the file.
fn catalogue(world: &World) -> Vec<(String, Names)> {
    let mut all: Vec<(String, Names)> = world.products().map(|p| (p.key.clone(), p.names.clone())).collect();
    for (name, model) in templates::all() {
        if !all.iter().any(|(key, _)| key == name) {
            all.push((name.to_owned(), model.x.names.clone()));
        }
    }
    for (key, names) in &mut all {
        if let Some(more) = TABLE.products.get(key) {
            names.zh.extend(more.zh.iter().cloned());
            names.en.extend(more.en.iter().cloned());
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Whether words are one of these names, in the singular or plural.
fn called(said: &str, names: &Names) -> bool {
    let singular = said.strip_suffix('s').unwrap_or(said);
    names.all().map(Text::form).any(|form| form == said || said.is_ascii() && form == singular)
}

/// Whether a phrase ends like a device.
fn apparent(said: &str) -> bool {
    let ends = |word: &String| {
        said.strip_suffix(word.as_str()).is_some_and(|rest| !word.is_ascii() || rest.is_empty() || rest.ends_with(' '))
    };
    TABLE.apparent.en.iter().chain(&TABLE.apparent.zh).any(ends)
}

fn count(words: &str) -> Option<u16> {
    let chars: Vec<char> = words.chars().collect();
    let (n, end) = number_at(&chars, 0)?;
    let n = (1..=COUNT_MAX).find(|k| (f64::from(*k) - n).abs() < 1e-9)?;
    (end == chars.len()).then_some(n)
}

fn names(name: &str) -> Names {
    match Lang::of_text(name) {
        Lang::Zh => Names { zh: vec![name.into()], en: Vec::new() },
        Lang::En => Names { zh: Vec::new(), en: vec![name.into()] },
    }
}

/// A question about which of several is meant.
fn ask(options: Vec<(Bilingual, Meant)>, draft: impl Fn(&Meant) -> Option<Draft>) -> Verdict {
    if options.len() > OPTIONS_MAX {
        let text = Bilingual::new("有多种可能，请说得更具体", "several are possible; please be more specific");
        let nearest = options.into_iter().take(NEAREST_MAX).map(|(label, _)| label).collect();
        return Verdict::Refusal(Refusal { reason: Reason::Ambiguous, text, nearest, sought: None });
    }
    let choices = options.into_iter().filter_map(|(label, meant)| Some(Choice { label, draft: draft(&meant)? }));
    Verdict::Question(Question {
        text: Bilingual::new("您指的是哪一个？", "Which one do you mean?"),
        options: choices.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_form_and_every_product_a_template() {
        let file = file().unwrap();
        for line in file.form.iter().flat_map(|l| l.en.iter().chain(&l.zh)) {
            assert!(Form::read(line).is_some(), "{line}");
        }
        for key in file.products.keys() {
            assert!(templates::by_name(key).is_some(), "{key}");
        }
        for word in file.polite.before.iter().chain(&file.polite.after) {
            assert_eq!(Text::form(word), word.trim(), "{word}");
        }
    }
}
