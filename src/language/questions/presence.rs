//! Who is at home, and which rooms have people in them.
//!
//! What it is *not*: people in one room; that is a predicate. Start at [`persons`] and [`take_rooms`].

use crate::phrases::link::Scene;
use crate::questions::asking::Form;
use crate::text::lattice::Token;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;
use crate::words::signs;
use base::Value;
use base::id::{PointId, SpaceId};
use documents::{Ask, Comparison, Condition, Draft, Query};
use std::collections::{BTreeMap, BTreeSet};
use things::Selector;

/// "is Ann at home", 谁在家: a person is a presence without a room. None where nobody is known, or it is about something
/// else.
pub(crate) fn persons(tokens: &[Token], form: Form, scene: &Scene<'_>) -> Option<Draft> {
    let home = tokens.iter().any(|t| t.is(C::AtHome));
    let roomless = signs::roomless(scene).into_iter();
    let known: Vec<PointId> = roomless.filter_map(|d| Some(scene.world.point_with(d, "occupancy")?.id)).collect();
    let of = |t: &Token| -> Vec<PointId> {
        let devices = t.entry(scene.lexicon).map(|e| e.devices.clone()).unwrap_or_default();
        let is = |p: &&PointId| scene.world.point(**p).is_some_and(|s| devices.contains(&s.device));
        known.iter().filter(is).copied().collect()
    };
    let named: Vec<PointId> = tokens.iter().flat_map(of).collect();
    let strange =
        |t: &Token| t.unknown() || t.entry(scene.lexicon).is_some_and(|e| e.is_reference()) && of(t).is_empty();
    if known.is_empty() || !named.is_empty() && !home && form != Form::Where || named.is_empty() && !home {
        return None;
    }
    if tokens.iter().any(|t| !t.is(C::AtHome) && strange(t)) {
        return None;
    }
    let there = Condition { op: Comparison::Eq, value: Value::Bool(!tokens.iter().any(|t| t.is(C::Nobody))) };
    let everybody = tokens.iter().any(|t| t.is_any(&[C::All, C::Everything]) || t.is(C::Everybody));
    let ask = match form {
        Form::Value | Form::Where if !named.is_empty() => Ask::Value,
        Form::Count => Ask::Count(there),
        _ if tokens.iter().any(|t| t.is(C::HowManyPeople)) => Ask::Count(there),
        Form::Which => Ask::Which(there),
        _ if !named.is_empty() || everybody || !there.value.as_bool()? => Ask::All(there),
        _ => Ask::Any(there),
    };
    let points = if named.is_empty() { known } else { named };
    Some(Draft::Query(Query { select: Selector { points, ..Selector::default() }, ask }))
}

/// Takes "empty" and "occupied" before rooms out of a question: what is asked is asked of such rooms only.
pub(crate) fn take_rooms(tokens: &mut Vec<Token>, lexicon: &Lexicon) -> Option<bool> {
    let room = |t: &Token| t.is(C::RoomWord) || t.entry(lexicon).is_some_and(|e| e.is_place());
    let at = tokens.iter().enumerate().position(|(i, t)| {
        let glue = |t: &&Token| t.text == "的";
        let noun = tokens.iter().skip(i + 1).find(|t| !glue(t)).is_some_and(room);
        let joined = t.text.is_ascii() || t.text.ends_with('的') || tokens.get(i + 1).is_some_and(|t| glue(&t));
        noun && joined && state(t, lexicon).is_some()
    })?;
    let there = state(tokens.get(at)?, lexicon);
    tokens.remove(at);
    if tokens.get(at).is_some_and(|t| t.text == "的") {
        tokens.remove(at);
    }
    there
}

/// Whether a word says that people are there, or that they are not.
fn state(t: &Token, lexicon: &Lexicon) -> Option<bool> {
    let states = t.entry(lexicon).map(|e| e.states.clone()).unwrap_or_default();
    let own = states.iter().find(|(of, _)| of == "occupancy").map(|(_, v)| v == "true");
    own.or_else(|| t.is(C::Nobody).then_some(false)).or_else(|| t.is(C::Somebody).then_some(true))
}

/// Rooms in which people are, or are not, as far as it is known.
pub(crate) fn rooms(scene: &Scene<'_>, there: bool) -> BTreeSet<SpaceId> {
    let seen = |of: &str| {
        let mut rooms: BTreeMap<SpaceId, bool> = BTreeMap::new();
        for device in scene.world.devices().filter(|d| !d.disabled) {
            let Some(room) = device.space_at(scene.now).filter(|r| scene.world.space(*r).is_some()) else { continue };
            let points = scene.world.points_of(device.id).filter(|p| p.is(of));
            for value in points.filter_map(|p| scene.states.get(&p.id)).filter_map(|s| s.value.as_bool()) {
                *rooms.entry(room).or_default() |= value;
            }
        }
        rooms
    };
    let mut rooms = seen("motion");
    rooms.extend(seen("occupancy"));
    rooms.into_iter().filter(|(_, seen)| *seen == there).map(|(room, _)| room).collect()
}
