//! From a noun phrase to devices: by name, kind, place, what the device can do, what was spoken of, where the speaker
//! is. An unknown name or place never widens the scope.
//!
//! What it is *not*: nothing is decided about values; `deed.rs` does that. Start at [`resolve`].

use crate::answers::refuse;
use crate::answers::render;
use crate::phrases::phrase::Np;
use crate::text::normalise::Text;
use crate::words::common::SYNONYM_RANK;
use crate::words::lexicon::{Entry, Lexicon};
use base::id::{DeviceId, SpaceId};
use base::{Bilingual, Timestamp};
use documents::draft::OPTIONS_MAX;
use documents::{Reason, Refusal};
use std::collections::BTreeSet;
use things::{Device, Product, Safety, States, World};

/// Kinds whose words people use for each other, where only one of them is there.
const RELATED: &[&[&str]] = &[&["air_conditioner", "thermostat"], &["curtain", "blind", "shade", "shutter"]];
/// Most devices that are looked at one by one when only those of a place are meant.
const FEW: usize = 16;
/// Kinds that "turn on the kitchen" is about.
const LIT: &str = "light";

/// What is known while a phrase is linked.
#[derive(Clone)]
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a World,
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) states: &'a States,
    pub(crate) now: Timestamp,
    /// Where the speaker is.
    pub(crate) space: Option<SpaceId>,
    /// Devices last spoken of, in this request or before.
    pub(crate) salient: Vec<DeviceId>,
    /// Those spoken of before these.
    pub(crate) before: Vec<DeviceId>,
}

impl Scene<'_> {
    /// The room that devices share.
    pub(crate) fn room_of(&self, devices: &[DeviceId]) -> Option<SpaceId> {
        let mut rooms = devices.iter().filter_map(|d| self.world.device(*d)).map(|d| d.space_at(self.now));
        let first = rooms.next()??;
        rooms.all(|r| r == Some(first)).then_some(first)
    }
}

/// What the phrase is wanted for.
pub(crate) struct Purpose<'a> {
    /// Whether a device can do what is asked.
    pub(crate) able: &'a dyn Fn(DeviceId) -> bool,
    /// Whether a device belongs to "everything": what is switched, not doors or locks.
    pub(crate) common: &'a dyn Fn(DeviceId) -> bool,
    /// Rescues by capability: "lock the front door".
    pub(crate) lock: bool,
    /// A question may look at several where a command must ask.
    pub(crate) reading: bool,
    /// The act takes the lights of a room when nothing but the room is said.
    pub(crate) lights: bool,
}

/// What a phrase stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    /// These devices, and how sure that is.
    Devices(Vec<DeviceId>, f64),
    /// None, for this reason.
    Refuse(Refusal),
    /// One of these sets.
    Ask(Vec<(Bilingual, Vec<DeviceId>)>),
}

/// The devices of a phrase.
pub(crate) fn resolve(s: &Scene<'_>, np: &Np, except: &[Np], purpose: &Purpose<'_>) -> Target {
    if let Some((word, place)) = np.unknown.first() {
        let refusal = if *place {
            refuse::unknown_place(word, s.lexicon, s.world)
        } else {
            refuse::unknown_device(word, s.lexicon, s.world)
        };
        return Target::Refuse(refusal);
    }
    let scope = match scope(s, np) {
        Ok(scope) => scope,
        Err(r) => return Target::Refuse(r),
    };
    let mut found = candidates(s, np, purpose, &scope);
    // "lock the doors" where the doors are known by their locks only.
    if found.is_empty()
        && purpose.lock
        && np
            .head
            .and_then(|h| s.lexicon.entry(h))
            .is_some_and(|e| e.kinds.iter().any(|(k, _)| matches!(k.as_str(), "door" | "gate" | "garage_door")))
    {
        found = there(s, &scope).into_iter().filter(|d| (purpose.able)(*d)).collect();
    }
    let mut excluded = BTreeSet::new();
    for e in except {
        match exception(s, e, &scope) {
            Ok(ids) => excluded.extend(ids),
            Err(r) => return Target::Refuse(r),
        }
    }
    if np.other && except.is_empty() {
        excluded.extend(s.salient.iter().copied());
    }
    let without: Vec<DeviceId> = found.iter().copied().filter(|d| !excluded.contains(d)).collect();
    if without.is_empty() {
        return Target::Refuse(nothing(s, np, &scope, !found.is_empty()));
    }
    let able: Vec<DeviceId> = without.iter().copied().filter(|d| (purpose.able)(*d)).collect();
    let able = if able.is_empty() && purpose.lock { rescue(s, np, &without, purpose) } else { able };
    if able.is_empty() {
        // The refusal of the first says what it can do instead.
        return Target::Devices(without.into_iter().take(1).collect(), 1.0);
    }
    let able = if np.all || purpose.reading { able } else { narrow_kinds(s, np, able) };
    choose(s, np, able, &scope, purpose)
}

/// The places that are named, each with the spaces its word can mean.
pub(crate) fn places(s: &Scene<'_>, np: &Np) -> Vec<Vec<SpaceId>> {
    let said = np.places.iter().filter_map(|p| s.lexicon.entry(*p));
    said.map(|e| if e.spaces.is_empty() { e.group.clone() } else { e.spaces.clone() }).collect()
}

/// Where to look: sets of spaces that must all hold, each with the spaces one word can mean.
fn scope(s: &Scene<'_>, np: &Np) -> Result<Vec<Vec<SpaceId>>, Refusal> {
    let mut out = places(s, np);
    if np.here && out.is_empty() {
        match s.space {
            Some(space) => out.push(vec![space]),
            None => {
                let text = Bilingual::new(
                    "不知道您在哪个房间，请说出房间",
                    "I do not know which room you are in; please name it",
                );
                return Err(Refusal::new(Reason::Ambiguous, text));
            }
        }
    }
    Ok(out)
}

/// Whether nobody has said where a device is: then no place excludes it, if it is called by its name.
fn unplaced(s: &Scene<'_>, device: DeviceId) -> bool {
    s.world.device(device).is_some_and(|d| d.space_at(s.now).is_none())
}

/// Whether a device is where a scope says.
pub(crate) fn inside(s: &Scene<'_>, device: DeviceId, scope: &[Vec<SpaceId>]) -> bool {
    if scope.is_empty() {
        return s.world.device(device).is_some();
    }
    let Some(own) = s.world.device(device).and_then(|d| d.space_at(s.now)) else { return false };
    let path = s.world.path_of(own);
    scope.iter().all(|any| any.iter().any(|space| path.contains(space)))
}

fn candidates(s: &Scene<'_>, np: &Np, purpose: &Purpose<'_>, scope: &[Vec<SpaceId>]) -> Vec<DeviceId> {
    let mut found: Vec<DeviceId> = if np.pronoun {
        // "when it drops below 24 turn it off": the second "it" is what can be turned off.
        let able = s.salient.iter().any(|d| (purpose.able)(*d));
        if able || s.before.is_empty() { s.salient.clone() } else { s.before.clone() }
    } else if let Some(head) = np.head.and_then(|h| s.lexicon.entry(h)) {
        of_head(s, np, head, scope, purpose)
    } else if np.everything {
        there(s, scope).into_iter().filter(|d| (purpose.common)(*d)).collect()
    } else if !np.props.is_empty() {
        there(s, scope).into_iter().filter(|d| (purpose.able)(*d)).collect()
    } else if np.has_place() && purpose.lights {
        there(s, scope).into_iter().filter(|d| s.world.kind_of(*d) == Some(LIT)).collect()
    } else {
        there(s, scope).into_iter().filter(|d| (purpose.able)(*d) && !secure(s.world, *d)).collect()
    };
    if let Some(kind) = np.apposition.and_then(|a| s.lexicon.entry(a)) {
        found.retain(|d| kind.is_kind_of(s.world, *d));
    }
    let named = np.head.and_then(|h| s.lexicon.entry(h)).map(|e| e.devices.clone()).unwrap_or_default();
    found.retain(|d| (inside(s, *d, scope) || named.contains(d) && unplaced(s, *d)) && fits(s, np, *d));
    found
}

/// Whether a device is in the state that the phrase asks for, and is called or placed as its words say. What is not
/// known does not exclude.
fn fits(s: &Scene<'_>, np: &Np, device: DeviceId) -> bool {
    let having = np.having.is_empty()
        || crate::questions::ground::state_point(s.world, device, &np.having)
            .is_some_and(|(p, c)| s.states.get(&p).is_none_or(|v| c.op.holds(&v.value, &c.value)));
    let called = |word: &String| {
        let own = s.world.device(device);
        let room = own.and_then(|d| d.space_at(s.now)).and_then(|p| s.world.space(p));
        let names = own.into_iter().flat_map(|d| d.names.all()).chain(room.into_iter().flat_map(|r| r.names.all()));
        names
            .map(Text::form)
            .any(|n| if word.is_ascii() { n.split(' ').any(|w| w == word) } else { n.contains(word.as_str()) })
    };
    having && np.modifiers.iter().all(called)
}

/// All devices in service, by id.
pub(crate) fn all<'a>(s: &Scene<'a>) -> impl Iterator<Item = DeviceId> + use<'a> {
    s.world.devices().filter(|d| !d.disabled).map(|d| d.id)
}

/// The devices in service where a scope says, by id.
pub(crate) fn there(s: &Scene<'_>, scope: &[Vec<SpaceId>]) -> Vec<DeviceId> {
    let Some((first, rest)) = scope.split_first() else { return all(s).collect() };
    let own = first.iter().flat_map(|space| s.world.devices_in(*space, s.now)).filter(|d| !d.disabled).map(|d| d.id);
    let found: BTreeSet<DeviceId> = own.filter(|d| inside(s, *d, rest)).collect();
    found.into_iter().collect()
}

/// Those of some devices, by id, that are where a scope says.
fn among(s: &Scene<'_>, list: &[DeviceId], scope: &[Vec<SpaceId>]) -> Vec<DeviceId> {
    if scope.is_empty() || list.len() <= FEW {
        return list.iter().copied().filter(|d| inside(s, *d, scope)).collect();
    }
    there(s, scope).into_iter().filter(|d| list.binary_search(d).is_ok()).collect()
}

/// The devices in service of products, by id.
pub(crate) fn of_products(world: &World, wanted: impl Fn(&Product) -> bool) -> Vec<DeviceId> {
    let all = world.products().filter(|p| wanted(p)).flat_map(|p| world.devices_of(p.id));
    let mut found: Vec<DeviceId> = all.filter(|d| !d.disabled).map(|d| d.id).collect();
    found.sort_unstable();
    found
}

/// The devices in service of a kind, by id.
pub(crate) fn of_kind(world: &World, kind: &str) -> Vec<DeviceId> {
    of_products(world, |p| p.model.x.kind == kind)
}

/// A word for a device: its name first, then its name without its place, then its kind, then its tag.
fn of_head(s: &Scene<'_>, np: &Np, head: &Entry, scope: &[Vec<SpaceId>], purpose: &Purpose<'_>) -> Vec<DeviceId> {
    let usable = |list: &[DeviceId]| -> Vec<DeviceId> {
        let mut there = among(s, list, scope);
        if there.is_empty() && head.kinds.is_empty() {
            there = list.iter().copied().filter(|d| head.devices.contains(d) && unplaced(s, *d)).collect();
        }
        if head.kinds.is_empty() || there.iter().any(|d| (purpose.able)(*d)) { there } else { Vec::new() }
    };
    let kinds = || -> Vec<DeviceId> {
        let of = |wanted: &dyn Fn(&Product) -> bool| -> Vec<DeviceId> {
            let meant = |d: &DeviceId| s.world.device(*d).and_then(|d| s.world.product(d.product)).is_some_and(wanted);
            match scope {
                [] => of_products(s.world, wanted),
                _ => there(s, scope).into_iter().filter(meant).collect(),
            }
        };
        let here = |p: &Product| s.world.devices_of(p.id).any(|d| !d.disabled);
        let mut families =
            RELATED.iter().filter(|f| head.kinds.iter().any(|(k, _)| f.contains(&k.as_str()))).peekable();
        if families.peek().is_none() || s.world.products().any(|p| head.is_kind(p) && here(p)) {
            return of(&|p| head.is_kind(p));
        }
        // "blinds" are the curtains where there are no blinds at all.
        let related: Vec<&str> = families.flat_map(|family| family.iter().copied()).collect();
        of(&|p| related.contains(&p.model.x.kind.as_str()))
    };
    let tagged = || -> Vec<DeviceId> {
        if head.tags.is_empty() {
            return Vec::new();
        }
        let has = |d: &Device| head.tags.iter().any(|t| d.tags.contains(t));
        there(s, scope).into_iter().filter(|d| s.world.device(*d).is_some_and(has)).collect()
    };
    let by_name = usable(&head.devices);
    let by_kind = kinds();
    let set = np.all || np.plural || np.any;
    let near = scope.is_empty()
        && s.space.is_some_and(|here| {
            by_kind.iter().any(|d| inside(s, *d, &[vec![here]]))
                && !by_name.iter().any(|d| inside(s, *d, &[vec![here]]))
        });
    // 空调, where one of two in the room is called just that: a bare word for a kind means both.
    let here = s.space.map(|here| vec![vec![here]]).filter(|_| scope.is_empty() && !head.form.is_ascii());
    if let Some(here) = here.filter(|here| by_name.iter().all(|d| inside(s, *d, here)))
        && !by_name.is_empty()
        && head.kinds.iter().any(|(_, rank)| *rank == 0)
    {
        let others = by_kind.iter().filter(|d| inside(s, **d, &here) && !by_name.contains(d));
        return by_name.iter().chain(others).copied().collect();
    }
    if !by_name.is_empty() && !((set || near) && by_kind.len() > by_name.len()) {
        return by_name;
    }
    let by_part = usable(&head.parts);
    // 主灯: who says more than the usual word means the one that is called so.
    if !by_part.is_empty() && !set && head.kinds.iter().all(|(_, rank)| *rank == SYNONYM_RANK) {
        return by_part;
    }
    if !by_part.is_empty() && by_kind.is_empty() {
        return by_part;
    }
    if !by_kind.is_empty() {
        return by_kind;
    }
    let tagged = tagged();
    if !tagged.is_empty() || head.kinds.is_empty() {
        return tagged;
    }
    // 停泵, where what is called a pump is a socket.
    let called = |name: &str| {
        let rest = Text::form(name);
        rest.strip_suffix(head.form.as_str()).is_some_and(|r| !head.form.is_ascii() || r.ends_with(' '))
    };
    let named = s.lexicon.devices_with(&head.form).into_iter();
    let named = named.filter(|d| s.world.device(*d).is_some_and(|d| d.names.all().any(called)));
    let named: Vec<DeviceId> = named.filter(|d| inside(s, *d, scope) && (purpose.able)(*d)).collect();
    // "lock the tv": the one that is called so, though it cannot do that.
    if named.is_empty() { head.devices.iter().copied().filter(|d| inside(s, *d, scope)).collect() } else { named }
}

/// "lock the front door" means its lock: one whose name contains the words, or the lock of the same place.
fn rescue(s: &Scene<'_>, np: &Np, found: &[DeviceId], purpose: &Purpose<'_>) -> Vec<DeviceId> {
    let Some(head) = np.head.and_then(|h| s.lexicon.entry(h)) else { return Vec::new() };
    let place = |d: &DeviceId| s.world.device(*d).and_then(|d| d.space_at(s.now));
    let places: BTreeSet<SpaceId> = found.iter().filter_map(place).collect();
    let beside = |d: &DeviceId| place(d).is_some_and(|p| places.contains(&p));
    let called =
        |d: &DeviceId| s.world.device(*d).is_some_and(|d| d.names.all().any(|n| Text::form(n).contains(&head.form)));
    let named = s.lexicon.devices_with(&head.form).into_iter().filter(|d| head.kinds.is_empty() || beside(d));
    let named: Vec<DeviceId> = named.filter(|d| (purpose.able)(*d)).filter(called).collect();
    if !named.is_empty() {
        return named;
    }
    let beside = there(s, &[places.iter().copied().collect()]).into_iter().filter(beside);
    beside.filter(|d| (purpose.able)(*d)).collect()
}

/// A word that names several kinds means those it is the usual word for, where there are any.
fn narrow_kinds(s: &Scene<'_>, np: &Np, found: Vec<DeviceId>) -> Vec<DeviceId> {
    let Some(head) = np.head.and_then(|h| s.lexicon.entry(h)).filter(|h| h.kinds.len() > 1) else { return found };
    let rank = |d: &DeviceId| {
        s.world.kind_of(*d).and_then(|k| head.kinds.iter().find(|(w, _)| w == k)).map_or(usize::MAX, |(_, r)| *r)
    };
    let best = found.iter().map(rank).min().unwrap_or(usize::MAX);
    let usual = |r: usize| r <= best.max(1) || best > 1;
    found.iter().copied().filter(|d| usual(rank(d)) || head.devices.contains(d)).collect()
}

/// One device, a whole set, or a question.
fn choose(s: &Scene<'_>, np: &Np, found: Vec<DeviceId>, scope: &[Vec<SpaceId>], purpose: &Purpose<'_>) -> Target {
    if purpose.reading {
        return Target::Devices(near_first(s, np, found), 1.0);
    }
    if found.len() == 1 || np.all || !np.having.is_empty() || np.everywhere || np.pronoun {
        return Target::Devices(found, 1.0);
    }
    let several_places = scope.iter().any(|any| any.len() > 1);
    if np.has_place() && !several_places {
        // A room's lights together; but only one lock at a time.
        let risky = found.iter().any(|d| secure(s.world, *d));
        return if risky && !np.plural { ask_devices(s, found) } else { Target::Devices(found, 1.0) };
    }
    if let Some(here) = s.space {
        let near: Vec<DeviceId> = found.iter().copied().filter(|d| inside(s, *d, &[vec![here]])).collect();
        if !near.is_empty() {
            return Target::Devices(near, 1.0);
        }
    }
    if np.everything {
        return Target::Devices(found, 1.0);
    }
    // 灯都关了, where nobody knows which room it is said in.
    if np.each && s.space.is_none() {
        return Target::Devices(found, 1.0);
    }
    let spoken: Vec<DeviceId> = found.iter().copied().filter(|d| s.salient.contains(d)).collect();
    if !spoken.is_empty() && !several_places && !np.plural {
        return Target::Devices(spoken, 0.95);
    }
    // 客厅灯打开，窗帘拉上: where the last thing stands that was spoken of.
    if let Some(room) = s.room_of(&s.salient).filter(|_| !np.has_place()) {
        let near: Vec<DeviceId> = found.iter().copied().filter(|d| inside(s, *d, &[vec![room]])).collect();
        if !near.is_empty() && near.len() < found.len() {
            return Target::Devices(near, 0.95);
        }
    }
    let rooms: BTreeSet<Option<SpaceId>> =
        found.iter().map(|d| s.world.device(*d).and_then(|d| d.space_at(s.now))).collect();
    if rooms.len() == 1
        && rooms.first().is_some_and(Option::is_some)
        && named_kind(s, np)
        && !found.iter().any(|d| secure(s.world, *d))
    {
        return Target::Devices(found, 1.0);
    }
    if rooms.len() == found.len() { ask_devices(s, found) } else { ask_rooms(s, found) }
}

/// A question without a place is about where the speaker is, if there is such a thing there.
fn near_first(s: &Scene<'_>, np: &Np, found: Vec<DeviceId>) -> Vec<DeviceId> {
    let Some(here) = s.space.filter(|_| !np.has_place() && !np.all && !np.any && !np.pronoun) else {
        return found;
    };
    let near: Vec<DeviceId> = found.iter().copied().filter(|d| inside(s, *d, &[vec![here]])).collect();
    if near.is_empty() { found } else { near }
}

fn named_kind(s: &Scene<'_>, np: &Np) -> bool {
    np.head.is_none_or(|h| s.lexicon.entry(h).is_some_and(|e| e.devices.is_empty()))
}

/// Whether a wrong write to the device is more than uncomfortable.
pub(crate) fn secure(world: &World, device: DeviceId) -> bool {
    world.points_of(device).any(|p| p.writable && p.safety >= Safety::Security)
}

fn ask_devices(s: &Scene<'_>, found: Vec<DeviceId>) -> Target {
    Target::Ask(found.iter().take(OPTIONS_MAX).map(|d| (placed(s, *d), vec![*d])).collect())
}

/// A device with its room, so that two of one name can be told apart.
fn placed(s: &Scene<'_>, device: DeviceId) -> Bilingual {
    let own = render::device(device, s.world);
    let place = s
        .world
        .device(device)
        .and_then(|d| d.space_at(s.now))
        .and_then(|p| s.world.space(p))
        .map(|p| p.names.bilingual());
    match place {
        Some(p) if !own.en.to_lowercase().contains(&p.en.to_lowercase()) && !own.zh.contains(&p.zh) => {
            Bilingual::new(format!("{}的{}", p.zh, own.zh), format!("{} ({})", own.en, p.en))
        }
        _ => own,
    }
}

fn ask_rooms(s: &Scene<'_>, found: Vec<DeviceId>) -> Target {
    let mut options: Vec<(Option<SpaceId>, Vec<DeviceId>)> = Vec::new();
    for d in found {
        let room = s.world.device(d).and_then(|d| d.space_at(s.now));
        if let Some((_, list)) = options.iter_mut().find(|(r, _)| *r == room) {
            list.push(d);
        } else if options.len() < OPTIONS_MAX {
            options.push((room, vec![d]));
        }
    }
    let label = |room: Option<SpaceId>| {
        room.and_then(|r| s.world.space(r))
            .map_or_else(|| Bilingual::new("未分配房间", "no room"), |r| r.names.bilingual())
    };
    Target::Ask(options.into_iter().map(|(room, list)| (label(room), list)).collect())
}

/// The devices that an exception takes out.
fn exception(s: &Scene<'_>, np: &Np, scope: &[Vec<SpaceId>]) -> Result<Vec<DeviceId>, Refusal> {
    if let Some((word, place)) = np.unknown.first() {
        return Err(if *place {
            refuse::unknown_place(word, s.lexicon, s.world)
        } else {
            refuse::unknown_device(word, s.lexicon, s.world)
        });
    }
    let own = self::scope(s, np)?;
    let head = np.head.and_then(|h| s.lexicon.entry(h));
    let open = Purpose { able: &|_| true, common: &|_| true, lock: false, reading: true, lights: false };
    let found: Vec<DeviceId> = match head {
        // 除了客厅: everything there.
        None => there(s, &own),
        Some(head) => {
            let set = Np { all: np.all || np.plural, ..np.clone() };
            // A word that is a place too takes out what is there: "all lights but the garage".
            let spaces = if head.spaces.is_empty() { head.group.clone() } else { head.spaces.clone() };
            let there = if head.is_place() { there(s, &[spaces]) } else { Vec::new() };
            // What is not among those that are meant cannot be left out: somebody means something else.
            let found = of_head(s, &set, head, &own, &open).into_iter().chain(there);
            found.filter(|d| inside(s, *d, scope) && fits(s, np, *d)).collect()
        }
    };
    if found.is_empty() || (head.is_none() && own.is_empty() && !np.pronoun) {
        return Err(nothing(s, np, &own, false));
    }
    if np.pronoun && own.is_empty() {
        return Ok(s.salient.clone());
    }
    Ok(found)
}

/// Why nothing is left.
fn nothing(s: &Scene<'_>, np: &Np, scope: &[Vec<SpaceId>], excepted: bool) -> Refusal {
    if excepted {
        return refuse::nothing_to_do();
    }
    if !np.having.is_empty() {
        return refuse::nothing_to_do();
    }
    if !np.modifiers.is_empty() {
        // "the ballroom lights", 枫树灯: named whole.
        let own = np.modifiers.join(" ");
        let gap = if own.is_ascii() { " " } else { "" };
        let whole = np.head.and_then(|h| s.lexicon.entry(h)).map(|e| format!("{own}{gap}{}", e.form)).unwrap_or(own);
        return refuse::unknown_device(&whole, s.lexicon, s.world);
    }
    if np.pronoun {
        return Refusal::new(
            Reason::Ambiguous,
            Bilingual::new("不知道“它”指哪个设备", "I do not know what \"it\" refers to"),
        );
    }
    let place = scope.iter().flatten().next().and_then(|p| s.world.space(*p)).map(|p| p.names.bilingual());
    let what = match np.head.and_then(|h| s.lexicon.entry(h)) {
        Some(e) => Bilingual::same(e.form.clone()),
        None => np
            .props
            .first()
            .and_then(|p| things::traits::by_id(p))
            .map_or_else(|| Bilingual::new("这样的设备", "such device"), |t| t.names().bilingual()),
    };
    let elsewhere = np.head.and_then(|h| s.lexicon.entry(h)).map(|e| {
        let open = Purpose { able: &|_| true, common: &|_| true, lock: false, reading: true, lights: false };
        of_head(s, np, e, &[], &open)
    });
    let mut nearest: Vec<Bilingual> =
        elsewhere.unwrap_or_default().into_iter().map(|d| placed(s, d)).take(refuse::NEAREST_MAX).collect();
    nearest.dedup();
    refuse::none_there(&what, place.as_ref(), nearest)
}
