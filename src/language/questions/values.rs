//! Which points a question about values is about: measured or set, of rooms, of kinds, of one name.
//!
//! What it is *not*: states that hold or not; those are predicates. Start at [`points_of`].

use crate::answers::refuse;
use crate::phrases::link::Scene;
use crate::phrases::phrase::Np;
use crate::questions::ground;
use base::Unit;
use base::id::{DeviceId, PointId};
use documents::{Ask, Refusal};
use things::{PointKind, PointSpec};

/// What can be set, in the order in which "what is it set to" most likely asks for it.
const SET: &[&[&str]] =
    &[&["setpoint"], &["humidity_setpoint"], &["position"], &["fan_speed"], &["volume"], &["brightness"]];

/// "the temperature" and "the office" said apart belong together.
pub(crate) fn merge(nps: &mut Vec<Np>, np: &Np) {
    match nps.last_mut() {
        Some(last) if last.only_prop() && !np.only_prop() && np.props.is_empty() => {
            let props = last.props.clone();
            let (mut places, here) = (last.places.clone(), last.here || np.here);
            places.extend(&np.places);
            *last = Np { props, places, here, ..np.clone() };
        }
        Some(last) if np.only_prop() && !np.has_place() && last.props.is_empty() => last.props = np.props.clone(),
        Some(last) if np.only_place() && !last.has_place() => {
            last.places = np.places.clone();
            last.here = np.here;
            last.everywhere = np.everywhere;
        }
        Some(last) if last.only_place() && np.only_prop() && np.has_place() && last.everywhere => *last = np.clone(),
        _ => nps.push(np.clone()),
    }
}

/// A property that is also the rest of sensors' names ("CO2" of "office CO2") is the property.
pub(crate) fn as_property(np: &Np, scene: &Scene<'_>) -> Np {
    let entry = np.head.and_then(|h| scene.lexicon.entry(h));
    match entry.filter(|e| e.devices.is_empty() && e.kinds.is_empty() && !e.traits.is_empty()) {
        Some(e) if np.apposition.is_none() && np.modifiers.is_empty() => {
            Np { head: None, props: e.traits.clone(), ..np.clone() }
        }
        _ => np.clone(),
    }
}

/// The points that a question about values is about.
pub(crate) fn points_of(np: &Np, ask: &Ask, scene: &Scene<'_>) -> Result<Vec<PointId>, Refusal> {
    let numeric = *ask != Ask::Value;
    let named = named(np, scene);
    let own = np.head.and_then(|h| scene.lexicon.entry(h)).map(|e| e.devices.clone()).unwrap_or_default();
    let fitting = own.iter().any(|d| scene.world.points_of(*d).any(|p| np.props.iter().any(|t| p.is(t))));
    let point = |d: DeviceId| -> Option<PointId> {
        if np.props.is_empty() {
            return main_point(scene, d, numeric);
        }
        let found = ground::numeric_point(scene.world, d, &np.props, None).map(|p| p.id);
        let other = || {
            let mut readable = scene.world.points_of(d).filter(|p| !matches!(p.kind, PointKind::Service));
            let of =
                |t: &&'static str| scene.world.points_of(d).find(|p| p.is(t) && !matches!(p.kind, PointKind::Service));
            // Whatever the one reading of what was named is called.
            let only = readable.next().filter(|_| named && !fitting && readable.next().is_none());
            np.props.iter().find_map(of).or(only).map(|p| p.id)
        };
        found.or_else(other)
    };
    // What is measured comes before what is set, wherever both go by one word.
    let measured: Vec<&'static str> = np.props.iter().copied().filter(|p| p.starts_with("measure")).collect();
    if !measured.is_empty() && measured.len() < np.props.len() && np.head.is_none() {
        let narrow = Np { props: measured, ..np.clone() };
        if let Ok(found) = points_of(&narrow, ask, scene) {
            return Ok(found);
        }
    }
    let found = match (ground::devices(scene, np, &|d| point(d).is_some()), scene.room_of(&scene.salient)) {
        // 那设定的是几度, of a sensor: of its room.
        (Err(_), Some(room)) if np.pronoun => {
            let there = Scene { space: Some(room), ..scene.clone() };
            ground::devices(&there, &Np { pronoun: false, here: true, ..np.clone() }, &|d| point(d).is_some())?
        }
        (found, _) => found?,
    };
    let found = if np.props.is_empty() { found } else { ground::sensors_first(scene.world, found, np) };
    Ok(found.into_iter().filter_map(point).collect())
}

/// What a thing is set to.
pub(crate) fn settings_of(np: &Np, scene: &Scene<'_>) -> Result<Vec<PointId>, Refusal> {
    let plain = np.props.is_empty() || np.props.contains(&"setpoint") || np.props.contains(&"measure.temperature");
    if !plain {
        return points_of(np, &Ask::Value, scene);
    }
    let mut first = None;
    for props in SET {
        match points_of(&Np { props: props.to_vec(), ..np.clone() }, &Ask::Value, scene) {
            Ok(found) => return Ok(found),
            Err(e) => first = first.or(Some(e)),
        }
    }
    Err(first.unwrap_or_else(refuse::nothing_to_do))
}

/// Whether a phrase names devices, not a kind.
pub(crate) fn named(np: &Np, scene: &Scene<'_>) -> bool {
    np.head.and_then(|h| scene.lexicon.entry(h)).is_some_and(|e| !e.devices.is_empty() && e.kinds.is_empty())
}

/// Whether a phrase names devices each of which has one reading.
pub(crate) fn one_reading(np: &Np, scene: &Scene<'_>) -> bool {
    let devices = np.head.and_then(|h| scene.lexicon.entry(h)).map(|e| e.devices.clone()).unwrap_or_default();
    let readings = |d: &DeviceId| scene.world.points_of(*d).filter(|p| !matches!(p.kind, PointKind::Service)).count();
    !devices.is_empty() && devices.iter().all(|d| readings(d) == 1)
}

/// Whether numbers can be added, averaged and ranked: they measure one thing.
pub(crate) fn alike(points: &[PointId], scene: &Scene<'_>) -> bool {
    let specs: Vec<&PointSpec> = points.iter().filter_map(|p| scene.world.point(*p)).collect();
    let dimension = |s: &PointSpec| s.unit().map(Unit::dimension);
    specs.windows(2).all(|w| matches!(w, [a, b] if dimension(a) == dimension(b)))
}

/// What "how is X" asks of a device: its state, or what it measures.
pub(crate) fn main_point(scene: &Scene<'_>, device: DeviceId, numeric: bool) -> Option<PointId> {
    const FIRST: &[&str] = &["on_off", "lock", "contact", "opening", "position", "run", "playback"];
    let readable = || scene.world.points_of(device).filter(|p| !matches!(p.kind, PointKind::Service));
    if numeric {
        return readable().find(|p| matches!(p.kind, PointKind::Number { .. })).map(|p| p.id);
    }
    FIRST.iter().find_map(|t| readable().find(|p| p.is(t))).or_else(|| readable().next()).map(|p| p.id)
}
