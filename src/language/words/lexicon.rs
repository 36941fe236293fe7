//! Surface forms of the registry: names, kinds, rooms, floors, tags, properties, states. Built once, and renewed with
//! each revision of the world, so that a new device is understood at once.
//!
//! What it is *not*: acts and function words; those are in `concept.rs`. Which forms there are is said by `common.rs`
//! and `own.rs`; where to look for them, by `index.rs`. Start at [`Lexicon::build`].

use crate::words::common::{Common, SENSOR};
use crate::words::index::Index;
use crate::words::own::{self, Own};
use base::id::{DeviceId, PointId, ProductId, SpaceId};
use std::collections::BTreeSet;
use std::sync::Arc;
use things::{Device, Product, World};

/// Most devices that may differ between two worlds for the words of one to be made from those of the other.
const CHANGED_MAX: usize = 200;

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
        world.device(device).and_then(|d| world.product(d.product)).is_some_and(|p| self.is_kind(p))
    }
    /// Whether its kinds take in the devices of a product.
    pub(crate) fn is_kind(&self, product: &Product) -> bool {
        let kind = &product.model.x.kind;
        self.products.contains(&product.id) || self.kinds.iter().any(|(k, _)| k == kind && k != SENSOR)
    }
    /// Whether it names a place.
    pub(crate) fn is_place(&self) -> bool {
        !self.spaces.is_empty() || !self.group.is_empty()
    }

    /// Takes a device in, at its place by id.
    fn add(&mut self, device: DeviceId, own: Own) {
        let lists = [(own.name, &mut self.devices), (own.part, &mut self.parts)];
        for (_, list) in lists.into_iter().filter(|(is, _)| *is) {
            list.insert(list.partition_point(|d| *d < device), device);
        }
        let at = self.signs.partition_point(|(d, _, _)| *d < device);
        self.signs.splice(at..at, own.signs.into_iter().map(|(point, value)| (device, point, value)));
        self.tags.extend(own.tag.filter(|t| !self.tags.contains(t)));
        self.serves |= own.serves;
    }

    /// Leaves a device out.
    fn leave_out(&mut self, device: DeviceId) {
        self.devices.retain(|d| *d != device);
        self.parts.retain(|d| *d != device);
        self.signs.retain(|(d, _, _)| *d != device);
    }
}

/// What can be said in one world.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lexicon {
    /// In the order of their forms.
    entries: Vec<Arc<Entry>>,
    index: Index,
    common: Arc<Common>,
}

impl Lexicon {
    /// Collects the forms of a world.
    pub fn build(world: &World) -> Lexicon {
        let common = Common::of(world);
        let mut entries = common.entries.clone();
        for device in world.devices() {
            for (form, own) in own::forms(device, world, &common) {
                let new = || Arc::new(Entry { form: form.clone(), ..Entry::default() });
                Arc::make_mut(entries.entry(form.clone()).or_insert_with(new)).add(device.id, own);
            }
        }
        Lexicon::indexed(entries.into_values().collect(), Arc::new(common))
    }

    /// The forms of a world that is another one after a change. Where little has changed, as when a device came, most
    /// of them are kept, which is much quicker.
    pub fn renewed(&self, before: &World, world: &World) -> Lexicon {
        let (old, new) = (before.doc(), world.doc());
        if old.products != new.products || old.spaces != new.spaces {
            return Lexicon::build(world);
        }
        let differs = |other: &World, d: &Device| other.device(d.id) != Some(d);
        let gone: Vec<&Device> = before.devices().filter(|d| differs(world, d)).collect();
        let come: Vec<&Device> = world.devices().filter(|d| differs(before, d)).collect();
        // The devices of a product say what they share: not for the first of them, nor after the last.
        let alike = |d: &&Device| self.common.kin(d.product).is_some() && world.devices_of(d.product).next().is_some();
        if gone.len() + come.len() > CHANGED_MAX || !gone.iter().chain(&come).all(alike) {
            return Lexicon::build(world);
        }
        let mut entries = self.entries.clone();
        for device in gone {
            for (form, own) in own::forms(device, before, &self.common) {
                // Whether others have the tag, or make the same, is not known here.
                if own.serves || own.tag.is_some() {
                    return Lexicon::build(world);
                }
                let Ok(at) = place(&entries, &form) else { continue };
                let Some(entry) = entries.get_mut(at) else { continue };
                Arc::make_mut(entry).leave_out(device.id);
                if **entry == (Entry { form, ..Entry::default() }) {
                    entries.remove(at);
                }
            }
        }
        for device in come {
            for (form, own) in own::forms(device, world, &self.common) {
                let at = place(&entries, &form).unwrap_or_else(|at| {
                    entries.insert(at, Arc::new(Entry { form, ..Entry::default() }));
                    at
                });
                if let Some(entry) = entries.get_mut(at) {
                    Arc::make_mut(entry).add(device.id, own);
                }
            }
        }
        Lexicon::indexed(entries, self.common.clone())
    }

    /// A lexicon of entries that are in the order of their forms.
    fn indexed(entries: Vec<Arc<Entry>>, common: Arc<Common>) -> Lexicon {
        Lexicon { index: Index::of(&entries), entries, common }
    }

    #[cfg(test)]
    pub(crate) fn of(entries: Vec<Entry>) -> Lexicon {
        Lexicon::indexed(entries.into_iter().map(Arc::new).collect(), Arc::default())
    }

    pub(crate) fn entry(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index).map(Arc::as_ref)
    }

    /// The entry of a form.
    pub(crate) fn find(&self, form: &str) -> Option<usize> {
        place(&self.entries, form).ok()
    }

    /// All entries, in the order of their forms.
    pub(crate) fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    /// The entries whose forms begin so, in order.
    pub(crate) fn beginning(&self, with: &str) -> impl Iterator<Item = &Entry> {
        let from = self.entries.partition_point(|e| e.form.as_str() < with);
        self.entries.iter().skip(from).map(Arc::as_ref).take_while(move |e| e.form.starts_with(with))
    }

    /// Devices in service that may have this text in a name, by id: all that do, and others.
    pub(crate) fn devices_with(&self, text: &str) -> BTreeSet<DeviceId> {
        let entries = self.index.with(text).into_iter().filter_map(|i| self.entry(i));
        entries.flat_map(|e| e.devices.iter().copied()).collect()
    }

    /// Where to look.
    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// Every occurrence of a form in a text that does not begin within a Latin word or a number: bytes and entry.
    pub(crate) fn matches(&self, text: &str) -> Vec<(usize, usize, usize)> {
        let bytes = text.as_bytes();
        let within = |at: usize| {
            let pair = at.checked_sub(1).and_then(|b| bytes.get(b)).zip(bytes.get(at));
            pair.is_some_and(|(a, b)| {
                a.is_ascii_alphabetic() && b.is_ascii_alphabetic() || a.is_ascii_digit() && b.is_ascii_digit()
            })
        };
        let mut out = Vec::new();
        for (from, _) in text.char_indices().filter(|(at, _)| !within(*at)) {
            let mut alike = self.entries.as_slice();
            let mut first = 0;
            for (depth, byte) in bytes.iter().skip(from).enumerate() {
                (first, alike) = narrowed(alike, first, depth, *byte);
                let Some(shortest) = alike.first() else { break };
                if shortest.form.len() == depth + 1 {
                    out.push((from, from + depth + 1, first));
                }
            }
        }
        out
    }
}

fn place(entries: &[Arc<Entry>], form: &str) -> Result<usize, usize> {
    entries.binary_search_by(|e| e.form.as_str().cmp(form))
}

/// Of entries that are alike up to a byte, those that have this one there.
fn narrowed(alike: &[Arc<Entry>], first: usize, depth: usize, byte: u8) -> (usize, &[Arc<Entry>]) {
    let there = |e: &Arc<Entry>| e.form.as_bytes().get(depth).copied();
    if alike.first().and_then(there) == Some(byte) && alike.last().and_then(there) == Some(byte) {
        return (first, alike);
    }
    let from = alike.partition_point(|e| there(e) < Some(byte));
    let to = alike.partition_point(|e| there(e) <= Some(byte));
    (first + from, alike.get(from..to).unwrap_or_default())
}
