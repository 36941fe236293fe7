//! What one device is called: its names, their short forms, what is left of them in its place, and what it shows or
//! makes.
//!
//! What it is *not*: a form says nothing here of other devices that have it; the lexicon brings them together. Start at
//! [`forms`].

use crate::text::normalise::Text;
use crate::words::common::{self, Common, Kin};
use crate::words::concept;
use crate::words::inflect::{other_sides, plurals, singular};
use crate::words::nicknames::short_forms;
use crate::words::signs;
use base::id::PointId;
use std::collections::BTreeMap;
use things::{Device, PointKind, World};

/// Fewest letters of a Latin name without its kind.
const PART_LETTERS_MIN: usize = 5;

/// What a form is to a device.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Own {
    /// A name.
    pub(crate) name: bool,
    /// A name once its place is said apart.
    pub(crate) part: bool,
    /// What it makes.
    pub(crate) serves: bool,
    /// Its tag.
    pub(crate) tag: Option<String>,
    /// What one of its points shows then.
    pub(crate) signs: Vec<(PointId, bool)>,
}

/// The forms of a device in service.
pub(crate) fn forms(device: &Device, world: &World, common: &Common) -> BTreeMap<String, Own> {
    let Some(kin) = common.kin(device.product).filter(|_| !device.disabled) else { return BTreeMap::new() };
    let names: Vec<String> = device.names.all().map(Text::form).collect();
    let mut called = Called { common, kin, room: common.room(device.space()), forms: BTreeMap::new() };
    called.names(&names);
    called.tags(device);
    called.signs(&names, device, world);
    called.forms
}

struct Called<'a> {
    common: &'a Common,
    kin: &'a Kin,
    /// Names of its place.
    room: &'a [String],
    forms: BTreeMap<String, Own>,
}

impl Called<'_> {
    fn at(&mut self, form: &str) -> Option<&mut Own> {
        if !common::is_word(form) {
            return None;
        }
        if !self.forms.contains_key(form) {
            self.forms.insert(form.to_owned(), Own::default());
        }
        self.forms.get_mut(form)
    }

    fn name(&mut self, form: &str) {
        if let Some(own) = self.at(form) {
            own.name = true;
        }
    }

    fn part(&mut self, form: &str) {
        for f in std::iter::once(form.to_owned()).chain(plurals(form)) {
            if let Some(own) = self.at(&f) {
                own.part = true;
            }
        }
    }

    fn names(&mut self, names: &[String]) {
        let room = self.room;
        for form in names.iter().flat_map(|f| std::iter::once(f.clone()).chain(other_sides(f))) {
            self.name(&form);
            plurals(&form).into_iter().chain(singular(&form)).for_each(|f| self.name(&f));
            self.short(&form);
            for prefix in room {
                let Some(rest) = form
                    .strip_prefix(prefix.as_str())
                    .map(|r| r.trim_start_matches("'s").trim_start_matches('的').trim())
                else {
                    continue;
                };
                if rest.is_empty() || prefix.is_empty() {
                    continue;
                }
                self.part(rest);
                self.without_kind(rest);
                self.short(rest);
            }
            // "Mia's AC" in "Mia's room".
            for place in room {
                let same = form.split(' ').zip(place.split(' ')).take_while(|(a, b)| a == b).count();
                let rest = form.split(' ').skip(same).collect::<Vec<_>>().join(" ");
                if !rest.is_empty() && rest != form {
                    self.part(&rest);
                }
            }
        }
        for name in names {
            if let Some(rest) = unnumbered(name) {
                self.part(rest);
            }
            self.tails(name);
            self.serving(name);
        }
        for name in names.iter().filter(|_| self.kin.lock) {
            self.lock(name);
        }
    }

    /// "circulation fan" of "tomato bay circulation fan".
    fn tails(&mut self, name: &str) {
        let words: Vec<&str> = name.split(' ').collect();
        for tail in (1..words.len().saturating_sub(1)).filter_map(|n| words.get(n..)) {
            if name.is_ascii() && !tail.iter().any(|w| w.chars().all(|c| c.is_ascii_digit())) {
                let tail = tail.join(" ");
                self.part(&tail);
                self.without_kind(&tail);
            }
        }
    }

    /// 滴灌 stands for 滴灌阀: the name in its place, without the word for the kind.
    fn without_kind(&mut self, name: &str) {
        for rest in self.kin.kind.iter().map(String::as_str).chain(["仪", "机"]).filter_map(|w| name.strip_suffix(w))
        {
            let rest = rest.trim();
            let long = rest.chars().count() >= if rest.is_ascii() { PART_LETTERS_MIN } else { 2 };
            if long && !concept::known(rest) && !self.common.entries.contains_key(rest) {
                self.part(rest);
            }
        }
    }

    /// What a device makes is a word for it.
    fn serving(&mut self, name: &str) {
        for form in common::served(name).map(|w| Text::form(w)) {
            self.part(&form);
            if let Some(own) = self.at(&form) {
                own.serves = true;
            }
        }
    }

    /// Short forms of a name, unless they are a place or a property.
    fn short(&mut self, form: &str) {
        for f in short_forms(form, &self.kin.own, self.kin.acts) {
            // "the maple light": a word of the room's name is the room's.
            let of_room = self.room.iter().any(|r| r.contains(f.as_str()));
            let known = self.common.entries.get(&f);
            let taken = known.is_some_and(|e| e.is_place() || !e.traits.is_empty() || !e.states.is_empty());
            if !of_room && !taken {
                self.part(&f);
            }
        }
    }

    /// "the main entrance" stands for its lock.
    fn lock(&mut self, name: &str) {
        let rests = self.kin.kind.iter().filter_map(|w| name.strip_suffix(w.as_str())).map(str::trim);
        for rest in rests.filter(|r| r.chars().count() > 1) {
            if let Some(own) = self.at(rest) {
                own.part = true;
            }
        }
    }

    fn tags(&mut self, device: &Device) {
        for tag in &device.tags {
            if let Some(own) = self.at(&Text::form(&tag.replace('_', " "))) {
                own.tag = Some(tag.clone());
            }
        }
    }

    /// The words of `signs.toml`, for a sensor that tells only yes or no.
    fn signs(&mut self, names: &[String], device: &Device, world: &World) {
        let mut points = world.points_of(device.id).filter(|p| p.kind == PointKind::Bool && !p.writable);
        let Some(point) = points.next().map(|p| p.id).filter(|_| points.next().is_none()) else { return };
        for sign in signs::told(names) {
            for (words, value) in [(&sign.shown, true), (&sign.gone, false)] {
                for word in words {
                    if let Some(own) = self.at(&Text::form(word)) {
                        own.signs.push((point, value));
                    }
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
