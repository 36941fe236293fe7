//! Surface forms of the registry: names, kinds, rooms, floors, tags, properties, states. Built once for each revision
//! of the world, so that a new device is understood at once.
//!
//! What it is *not*: acts and function words; those are in `concept.rs`. Start at [`Lexicon::build`].

use crate::text::normalise::Text;
use crate::words::concept::{self, Concept};
use crate::words::nicknames::{FEEDING, short_forms};
use crate::words::places;
use crate::words::signs;
use aho_corasick::AhoCorasick;
use base::id::{DeviceId, PointId, ProductId, SpaceId};
use serde::Deserialize;
use std::collections::BTreeMap;
use things::{Device, Names, PointKind, World, templates, traits};

/// Fewest digits of a room's number: shorter ones are values.
const ROOM_DIGITS_MIN: usize = 3;
/// Fewest letters of a Latin name without its kind.
const PART_LETTERS_MIN: usize = 5;
/// Where a synonym stands among the names of a kind.
pub(crate) const SYNONYM_RANK: usize = 1;
/// The kind that all plain sensors share.
const SENSOR: &str = "sensor";

/// What one form can mean.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Entry {
    /// The form, normalised.
    pub(crate) form: String,
    /// Devices of this name.
    pub(crate) devices: Vec<DeviceId>,
    /// Devices whose name this is once their place is said apart.
    pub(crate) parts: Vec<DeviceId>,
    /// Kinds of device, with the place of the form among the kind's names: the lower, the more it means this kind.
    pub(crate) kinds: Vec<(String, usize)>,
    /// Products of this name: sensors share a kind, but not what they measure.
    pub(crate) products: Vec<ProductId>,
    /// Spaces of this name.
    pub(crate) spaces: Vec<SpaceId>,
    /// Spaces of which this is the common part of the name: "meeting room".
    pub(crate) group: Vec<SpaceId>,
    /// Properties.
    pub(crate) traits: Vec<&'static str>,
    /// States: trait and value.
    pub(crate) states: Vec<(String, String)>,
    /// Tags of devices.
    pub(crate) tags: Vec<String>,
    /// Sensors that show this, and what they show then.
    pub(crate) signs: Vec<(DeviceId, PointId, bool)>,
    /// Said as a plural.
    pub(crate) plural: bool,
    /// What its parts make: who wants coffee wants the coffee machine on.
    pub(crate) serves: bool,
}

impl Entry {
    /// Whether it names something that can be pointed at.
    pub(crate) fn is_reference(&self) -> bool {
        !self.devices.is_empty()
            || !self.parts.is_empty()
            || !self.kinds.is_empty()
            || self.is_place()
            || !self.tags.is_empty()
    }
    /// Whether its kinds take in a device.
    pub(crate) fn is_kind_of(&self, world: &World, device: DeviceId) -> bool {
        let Some(product) = world.device(device).map(|d| d.product) else { return false };
        let kind = world.kind_of(device).unwrap_or_default();
        self.products.contains(&product) || self.kinds.iter().any(|(k, _)| k == kind && k != SENSOR)
    }
    /// Whether it names a place.
    pub(crate) fn is_place(&self) -> bool {
        !self.spaces.is_empty() || !self.group.is_empty()
    }
}

/// What can be said in one world.
#[derive(Debug, Clone)]
pub struct Lexicon {
    entries: Vec<Entry>,
    automaton: Option<AhoCorasick>,
}

#[derive(Default)]
struct Builder {
    entries: BTreeMap<String, Entry>,
    /// What devices make, by a word of their name.
    serves: BTreeMap<String, Vec<String>>,
}

impl Lexicon {
    /// Collects the forms of a world.
    pub fn build(world: &World) -> Lexicon {
        concept::warm();
        let mut b = Builder::default();
        for t in traits::ALL {
            b.property(t);
        }
        let synonyms = synonyms().unwrap_or_default();
        b.synonyms(&synonyms);
        for (_, model) in templates::all() {
            b.kind(&model.x.kind, &model.x.names, None);
        }
        for product in world.products() {
            b.kind(&product.model.x.kind, &product.model.x.names, Some(product.id));
        }
        for point in world.points() {
            if let (PointKind::Enum { tokens }, Some(t)) = (&point.kind, &point.trait_) {
                for token in tokens {
                    b.state(t, &token.token, &token.names);
                }
            }
        }
        b.spaces(world, &synonyms.rooms);
        for device in world.devices().filter(|d| !d.disabled) {
            b.device(device, world);
        }
        b.signs(world);
        Lexicon::of(b.entries.into_iter().map(|(form, e)| Entry { form, ..e }).collect())
    }

    /// A lexicon of entries that are in the order of their forms.
    pub(crate) fn of(entries: Vec<Entry>) -> Lexicon {
        let automaton = AhoCorasick::new(entries.iter().map(|e| e.form.as_str())).ok();
        Lexicon { entries, automaton }
    }

    pub(crate) fn entry(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index)
    }

    /// The entry of a form.
    pub(crate) fn find(&self, form: &str) -> Option<usize> {
        self.entries.binary_search_by(|e| e.form.as_str().cmp(form)).ok()
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Every occurrence of every form in a text: bytes and entry.
    pub(crate) fn matches(&self, text: &str) -> Vec<(usize, usize, usize)> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        automaton.find_overlapping_iter(text).map(|m| (m.start(), m.end(), m.pattern().as_usize())).collect()
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Synonyms {
    traits: BTreeMap<String, Vec<String>>,
    states: BTreeMap<String, Vec<String>>,
    kinds: BTreeMap<String, Vec<String>>,
    serves: BTreeMap<String, Vec<String>>,
    rooms: BTreeMap<String, Vec<String>>,
}

fn synonyms() -> Result<Synonyms, toml::de::Error> {
    toml::from_str(include_str!("synonyms.toml"))
}

impl Builder {
    /// The words of `signs.toml`, for the sensors that there are.
    fn signs(&mut self, world: &World) {
        let yes_or_no = |d: &Device| {
            let mut points = world.points_of(d.id).filter(|p| p.kind == PointKind::Bool && !p.writable);
            points.next().map(|p| p.id).filter(|_| points.next().is_none())
        };
        let sensors: Vec<(DeviceId, PointId, Vec<String>)> = world
            .devices()
            .filter(|d| !d.disabled)
            .filter_map(|d| Some((d.id, yes_or_no(d)?, d.names.all().map(Text::form).collect())))
            .collect();
        for sign in signs::told().unwrap_or_default().sign {
            let called = |name: &String| {
                sign.named.iter().any(|w| {
                    if w.is_ascii() {
                        format!(" {name} ").contains(&format!(" {w} "))
                    } else {
                        name.contains(w.as_str())
                    }
                })
            };
            for (device, point, _) in sensors.iter().filter(|(_, _, names)| names.iter().any(called)) {
                for (words, value) in [(&sign.shown, true), (&sign.gone, false)] {
                    for word in words {
                        if let Some(e) = self.at(word) {
                            e.signs.push((*device, *point, value));
                        }
                    }
                }
            }
        }
    }

    /// The words of `synonyms.toml`. Those for kinds come after a kind's own names.
    fn synonyms(&mut self, all: &Synonyms) {
        self.serves.clone_from(&all.serves);
        for (id, words) in &all.traits {
            for word in traits::by_id(id).into_iter().flat_map(|t| words.iter().map(move |w| (t.id, w))) {
                self.property_word(word.1, word.0);
            }
        }
        for (state, words) in &all.states {
            if let Some((t, value)) = state.rsplit_once('.') {
                self.state(t, value, &Names { zh: words.clone(), en: Vec::new() });
            }
        }
        for (kind, words) in &all.kinds {
            for word in words {
                let form = Text::form(word);
                self.kind_form(&form, (kind, None), SYNONYM_RANK, false);
                for p in plurals(&form) {
                    self.kind_form(&p, (kind, None), SYNONYM_RANK, true);
                }
            }
        }
    }

    fn property_word(&mut self, word: &str, id: &'static str) {
        let form = Text::form(word);
        for f in std::iter::once(form.clone()).chain(plurals(&form)) {
            if let Some(e) = self.at(&f)
                && !e.traits.contains(&id)
            {
                e.traits.push(id);
            }
        }
    }

    fn at(&mut self, form: &str) -> Option<&mut Entry> {
        let form = Text::form(form);
        if form.is_empty() || form.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        Some(self.entries.entry(form).or_default())
    }

    /// A space may be called by a number alone, if it is long enough not to be a value.
    fn space_at(&mut self, name: &str) -> Option<&mut Entry> {
        let form = Text::form(name);
        if form.chars().count() >= ROOM_DIGITS_MIN && form.chars().all(|c| c.is_ascii_digit()) {
            return Some(self.entries.entry(form).or_default());
        }
        self.at(&form)
    }

    fn part(&mut self, form: &str, device: DeviceId) {
        for f in std::iter::once(form.to_string()).chain(plurals(form)) {
            if let Some(e) = self.at(&f)
                && !e.parts.contains(&device)
            {
                e.parts.push(device);
            }
        }
    }

    fn property(&mut self, t: &'static traits::Trait) {
        // A service's words are acts, and "power" is a measure.
        if matches!(t.shape, traits::Shape::Service) {
            return;
        }
        for word in t.zh.iter().chain(t.en) {
            self.property_word(word, t.id);
        }
        for s in t.states {
            self.state(t.id, s.value, &s.names());
        }
    }

    fn state(&mut self, trait_id: &str, value: &str, names: &Names) {
        for word in names.all() {
            if let Some(e) = self.at(word) {
                let state = (trait_id.to_string(), value.to_string());
                if !e.states.contains(&state) {
                    e.states.push(state);
                }
            }
        }
    }

    fn kind(&mut self, kind: &str, names: &Names, product: Option<ProductId>) {
        for list in [&names.zh, &names.en] {
            for (rank, word) in list.iter().enumerate() {
                let form = Text::form(word);
                let plural = list.iter().any(|other| plurals(&Text::form(other)).contains(&form));
                self.kind_form(&form, (kind, product), rank, plural);
                for p in plurals(&form) {
                    self.kind_form(&p, (kind, product), rank, true);
                }
                if let Some(one) = singular(&form) {
                    self.kind_form(&one, (kind, product), rank, false);
                }
            }
        }
    }

    fn kind_form(&mut self, form: &str, (kind, product): (&str, Option<ProductId>), rank: usize, plural: bool) {
        if kind == SENSOR && concept::means(form, Concept::Reading) {
            return;
        }
        let Some(e) = self.at(form) else { return };
        // "battery" is what is measured, not the sensor that measures it.
        if kind == SENSOR && !e.traits.is_empty() {
            return;
        }
        e.products.extend(product.filter(|p| !e.products.contains(p)));
        e.plural |= plural;
        match e.kinds.iter_mut().find(|(k, _)| k == kind) {
            Some((_, r)) => *r = rank.min(*r),
            None => e.kinds.push((kind.to_string(), rank)),
        }
    }

    fn device(&mut self, device: &Device, world: &World) {
        let place = device.space().and_then(|s| world.space(s));
        for form in device.names.all().map(Text::form).flat_map(|f| std::iter::once(f.clone()).chain(other_sides(&f))) {
            for f in std::iter::once(form.clone()).chain(plurals(&form)).chain(singular(&form)) {
                if let Some(e) = self.at(&f)
                    && !e.devices.contains(&device.id)
                {
                    e.devices.push(device.id);
                }
            }
            self.short(&form, device, world);
            let Some(place) = place else { continue };
            for prefix in place.names.all().map(Text::form) {
                let Some(rest) =
                    form.strip_prefix(&prefix).map(|r| r.trim_start_matches("'s").trim_start_matches('的').trim())
                else {
                    continue;
                };
                if rest.is_empty() || prefix.is_empty() {
                    continue;
                }
                self.part(rest, device.id);
                self.without_kind(rest, device.id, world);
                self.short(rest, device, world);
            }
            // "Mia's AC" in "Mia's room".
            let shared = |place: String| {
                let same = form.split(' ').zip(place.split(' ')).take_while(|(a, b)| a == b).count();
                form.split(' ').skip(same).collect::<Vec<_>>().join(" ")
            };
            for rest in place.names.all().map(Text::form).map(shared).filter(|r| !r.is_empty() && *r != form) {
                self.part(&rest, device.id);
            }
        }
        for name in device.names.all().map(Text::form) {
            if let Some(rest) = unnumbered(&name) {
                self.part(rest, device.id);
            }
            // "circulation fan" of "tomato bay circulation fan".
            let words: Vec<&str> = name.split(' ').collect();
            for tail in (1..words.len().saturating_sub(1)).filter_map(|n| words.get(n..)) {
                if name.is_ascii() && !tail.iter().any(|w| w.chars().all(|c| c.is_ascii_digit())) {
                    let tail = tail.join(" ");
                    self.part(&tail, device.id);
                    self.without_kind(&tail, device.id, world);
                }
            }
            self.serving(&name, device.id);
        }
        self.lock(device, world);
        for tag in &device.tags {
            let words = tag.replace('_', " ");
            if let Some(e) = self.at(&words) {
                e.tags.push(tag.clone());
            }
        }
    }

    /// 滴灌 stands for 滴灌阀: the name in its place, without the word for the kind.
    fn without_kind(&mut self, name: &str, device: DeviceId, world: &World) {
        let Some(kind) = world.model_of(device).map(|m| &m.x.names) else { return };
        let ends: Vec<String> = kind.all().map(Text::form).chain(["仪".into(), "机".into()]).collect();
        for rest in ends.iter().filter_map(|w| name.strip_suffix(w.as_str()).map(str::trim)) {
            let long = rest.chars().count() >= if rest.is_ascii() { PART_LETTERS_MIN } else { 2 };
            if long && !concept::known(rest) && self.entries.get(rest).is_none_or(|e| !e.parts.is_empty()) {
                self.part(rest, device);
            }
        }
    }

    /// What a device makes is a word for it.
    fn serving(&mut self, name: &str, device: DeviceId) {
        let made: Vec<String> = self
            .serves
            .iter()
            .filter(|(word, _)| name.contains(word.as_str()))
            .flat_map(|(_, made)| made.clone())
            .collect();
        for form in made {
            self.part(&form, device);
            if let Some(e) = self.at(&form) {
                e.serves = true;
            }
        }
    }

    /// Short forms of a name, unless they are a place or a property.
    fn short(&mut self, form: &str, device: &Device, world: &World) {
        let mut own: Vec<String> = Vec::new();
        if let Some(model) = world.model_of(device.id).filter(|m| FEEDING.contains(&m.x.kind.as_str())) {
            own.extend(model.x.names.all().map(Text::form));
        }
        let acts = world.points_of(device.id).any(|p| p.writable);
        let measured = world.points_of(device.id).filter(|p| !p.writable).filter_map(|p| p.trait_.as_deref());
        for t in measured.filter_map(traits::by_id).filter(|_| !acts) {
            own.extend(t.zh.iter().chain(t.en).map(|w| Text::form(w)));
        }
        let room: Vec<String> = device
            .space()
            .and_then(|s| world.space(s))
            .into_iter()
            .flat_map(|s| s.names.all())
            .map(Text::form)
            .collect();
        for f in short_forms(form, &own, acts) {
            // "the maple light": a word of the room's name is the room's.
            if room.iter().any(|r| r.contains(f.as_str())) {
                continue;
            }
            let taken =
                self.entries.get(&f).is_some_and(|e| e.is_place() || !e.traits.is_empty() || !e.states.is_empty());
            if !taken {
                self.part(&f, device.id);
            }
        }
    }

    /// "the main entrance" stands for its lock.
    fn lock(&mut self, device: &Device, world: &World) {
        let Some(model) = world.model_of(device.id).filter(|m| m.x.kind == "lock") else { return };
        let words: Vec<String> = model.x.names.all().map(Text::form).collect();
        for name in device.names.all().map(Text::form) {
            for rest in words
                .iter()
                .filter_map(|w| name.strip_suffix(w.as_str()))
                .map(str::trim)
                .filter(|r| r.chars().count() > 1)
            {
                if let Some(e) = self.at(rest)
                    && !e.parts.contains(&device.id)
                {
                    e.parts.push(device.id);
                }
            }
        }
    }

    fn spaces(&mut self, world: &World, rooms: &BTreeMap<String, Vec<String>>) {
        for called in places::called(world, rooms) {
            if called.shared {
                self.group(&called.form, called.space);
            } else if let Some(e) = self.space_at(&called.form)
                && !e.spaces.contains(&called.space)
            {
                e.spaces.push(called.space);
            }
        }
    }

    fn group(&mut self, form: &str, id: SpaceId) {
        let singular = Text::form(form);
        for (f, plural) in
            std::iter::once((singular.clone(), false)).chain(plurals(&singular).into_iter().map(|p| (p, true)))
        {
            if let Some(e) = self.at(&f) {
                e.plural |= plural;
                if !e.group.contains(&id) {
                    e.group.push(id);
                }
            }
        }
    }
}

/// 卷帘门 of 1号卷帘门, "roller door" of "roller door 1".
fn unnumbered(name: &str) -> Option<&str> {
    let digit = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let front = name.trim_start_matches(digit).strip_prefix(['号', '#']).filter(|rest| rest.chars().count() > 1);
    let behind = name.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix(' ');
    front.or(behind).filter(|rest| *rest != name && !rest.is_empty())
}

/// What people say for a side of something.
const SIDES: &[&str] = &["侧", "边", "面", "边的", "侧的", "面的"];

/// 左边窗帘 and 左边的窗帘 of what is called 左侧窗帘.
fn other_sides(form: &str) -> Vec<String> {
    let said = |way: &str| SIDES.iter().rev().map(|s| format!("{way}{s}")).find(|s| form.contains(s.as_str()));
    let own = ["左", "右", "前", "后", "里", "外"].iter().find_map(|way| Some((*way, said(way)?)));
    let Some((way, own)) = own else { return Vec::new() };
    SIDES.iter().map(|s| form.replacen(&own, &format!("{way}{s}"), 1)).filter(|f| f != form).collect()
}

/// "air purifier" of what is called "air purifiers".
fn singular(form: &str) -> Option<String> {
    let ends = |list: &[&str]| list.iter().any(|e| form.ends_with(e));
    let last = form.rsplit(' ').next()?;
    let plural =
        last.len() > 4 && last.is_ascii() && last.ends_with('s') && !ends(&["ss", "us", "is", "'s", "ies", "xes"]);
    plural.then(|| form.get(..form.len() - 1).map(str::to_owned)).flatten()
}

/// English plurals of a form's last word.
fn plurals(form: &str) -> Vec<String> {
    let Some(last) = form.chars().last().filter(char::is_ascii_alphabetic) else { return Vec::new() };
    if last == 's' && !form.ends_with("ss") {
        return Vec::new();
    }
    let y = form.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    let sibilant = ["ch", "sh", "x", "ss", "z"].iter().any(|e| form.ends_with(e));
    vec![match y {
        Some(stem) => format!("{stem}ies"),
        None if sibilant => format!("{form}es"),
        None => format!("{form}s"),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_name_what_exists() {
        let all = synonyms().unwrap();
        for id in all.traits.keys() {
            assert!(traits::by_id(id).is_some(), "{id}");
        }
        for state in all.states.keys() {
            let (t, value) = state.rsplit_once('.').unwrap();
            assert!(traits::by_id(t).unwrap().state(value).is_some(), "{state}");
        }
        let kinds: Vec<&str> = templates::all().map(|(_, m)| m.x.kind.as_str()).collect();
        for kind in all.kinds.keys() {
            assert!(kinds.contains(&kind.as_str()), "{kind}");
        }
    }

    #[test]
    fn plurals_and_singulars() {
        assert_eq!(plurals("lobby"), vec!["lobbies"]);
        assert_eq!(plurals("switch"), vec!["switches"]);
        assert_eq!(plurals("lights"), Vec::<String>::new());
        assert_eq!(singular("air purifiers").as_deref(), Some("air purifier"));
        assert_eq!(singular("glass"), None);
        assert!(other_sides("左侧窗帘").contains(&"左边的窗帘".to_string()) && other_sides("窗帘").is_empty());
    }
}
