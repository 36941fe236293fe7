//! Words that are there whatever the devices are called: properties, states, kinds, products, places.
//!
//! What it is *not*: names of devices; those are in `own.rs`. Start at [`Common::of`].

use crate::text::normalise::Text;
use crate::words::concept::{self, Concept};
use crate::words::inflect::{plurals, singular};
use crate::words::lexicon::Entry;
use crate::words::nicknames::{FEEDERS, FEEDING};
use crate::words::places;
use base::id::{DeviceId, ProductId, SpaceId};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use things::{Names, PointKind, World, templates, traits};

/// Fewest digits of a room's number: shorter ones are values.
const ROOM_DIGITS_MIN: usize = 3;
/// Where a synonym stands among the names of a kind.
pub(crate) const SYNONYM_RANK: usize = 1;
/// The kind that all plain sensors share.
pub(crate) const SENSOR: &str = "sensor";

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Synonyms {
    traits: BTreeMap<String, Vec<String>>,
    states: BTreeMap<String, Vec<String>>,
    kinds: BTreeMap<String, Vec<String>>,
    serves: BTreeMap<String, Vec<String>>,
    rooms: BTreeMap<String, Vec<String>>,
}

static SYNONYMS: LazyLock<Synonyms> = LazyLock::new(|| synonyms().unwrap_or_default());

fn synonyms() -> Result<Synonyms, toml::de::Error> {
    toml::from_str(include_str!("synonyms.toml"))
}

/// What a world says apart from its devices.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Common {
    /// By form.
    pub(crate) entries: BTreeMap<String, Arc<Entry>>,
    /// The normal forms of the names of spaces.
    rooms: BTreeMap<SpaceId, Vec<String>>,
    kins: BTreeMap<ProductId, Kin>,
}

/// What the devices of a product share.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Kin {
    /// Words for its kind.
    pub(crate) kind: Vec<String>,
    /// Words for its kind and for what it measures, which short names leave out.
    pub(crate) own: Vec<String>,
    /// Whether it can be written.
    pub(crate) acts: bool,
    pub(crate) lock: bool,
}

impl Kin {
    fn of(device: DeviceId, world: &World) -> Kin {
        let Some(model) = world.model_of(device) else { return Kin::default() };
        let kind: Vec<String> = model.x.names.all().map(Text::form).collect();
        let acts = world.points_of(device).any(|p| p.writable);
        let mut own = if FEEDING.contains(&model.x.kind.as_str()) {
            kind.iter().cloned().chain(FEEDERS.iter().map(|w| (*w).to_owned())).collect()
        } else {
            Vec::new()
        };
        let measured = world.points_of(device).filter(|p| !p.writable).filter_map(|p| p.trait_.as_deref());
        for t in measured.filter_map(traits::by_id).filter(|_| !acts) {
            own.extend(t.zh.iter().chain(t.en).map(|w| Text::form(w)));
        }
        Kin { kind, own, acts, lock: model.x.kind == "lock" }
    }
}

/// What is the same in every world: the words for properties and for the kinds that are shipped.
static SHIPPED: LazyLock<Common> = LazyLock::new(|| {
    concept::warm();
    let mut out = Common::default();
    for t in traits::ALL {
        out.property(t);
    }
    out.synonyms(&SYNONYMS);
    for (_, model) in templates::all() {
        out.kind(&model.x.kind, &model.x.names, None);
    }
    out
});

/// What devices make, by a word of their name.
pub(crate) fn served(name: &str) -> impl Iterator<Item = &'static String> {
    let synonyms: &'static Synonyms = &SYNONYMS;
    synonyms.serves.iter().filter(|(word, _)| name.contains(word.as_str())).flat_map(|(_, made)| made)
}

/// Whether a form can be a word: a number is a value.
pub(crate) fn is_word(form: &str) -> bool {
    !form.chars().all(|c| c.is_ascii_digit())
}

impl Common {
    /// Collects the forms of a world.
    pub(crate) fn of(world: &World) -> Common {
        let mut out = SHIPPED.clone();
        for product in world.products() {
            out.kind(&product.model.x.kind, &product.model.x.names, Some(product.id));
        }
        // Devices of one product are alike.
        for device in world.products().filter_map(|p| world.devices_of(p.id).next()) {
            for point in world.points_of(device.id) {
                if let (PointKind::Enum { tokens }, Some(t)) = (&point.kind, &point.trait_) {
                    for token in tokens {
                        out.state(t, &token.token, &token.names);
                    }
                }
            }
            out.kins.insert(device.product, Kin::of(device.id, world));
        }
        out.rooms = world.spaces().map(|s| (s.id, s.names.all().map(Text::form).collect())).collect();
        out.spaces(world);
        out
    }

    /// The normal forms of the names of a space.
    pub(crate) fn room(&self, space: Option<SpaceId>) -> &[String] {
        space.and_then(|s| self.rooms.get(&s)).map_or(&[], Vec::as_slice)
    }
    /// What the devices of a product share.
    pub(crate) fn kin(&self, product: ProductId) -> Option<&Kin> {
        self.kins.get(&product)
    }

    /// The words of `synonyms.toml`. Those for kinds come after a kind's own names.
    fn synonyms(&mut self, all: &Synonyms) {
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
        is_word(&form).then(|| self.entry(form))
    }

    fn entry(&mut self, form: String) -> &mut Entry {
        let new = || Arc::new(Entry { form: form.clone(), ..Entry::default() });
        Arc::make_mut(self.entries.entry(form.clone()).or_insert_with(new))
    }

    /// A space may be called by a number alone, if it is long enough not to be a value.
    fn space_at(&mut self, name: &str) -> Option<&mut Entry> {
        let form = Text::form(name);
        if form.chars().count() >= ROOM_DIGITS_MIN && form.chars().all(|c| c.is_ascii_digit()) {
            return Some(self.entry(form));
        }
        self.at(&form)
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

    fn spaces(&mut self, world: &World) {
        for called in places::called(world, &SYNONYMS.rooms) {
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
}
