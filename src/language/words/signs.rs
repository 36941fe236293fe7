//! Sensors that are known by their names: those of the open air, those of `signs.toml`, and what tells of people who come
//! and go.
//!
//! What it is *not*: how a phrase is linked to devices otherwise; that is `predicate.rs`. Start at [`signed`].

use crate::phrases::link::{self, Scene, inside, places};
use crate::phrases::phrase::Np;
use crate::questions::ground::{Grounded, devices};
use crate::text::normalise::{Text, holds};
use crate::words::concept::{self, Concept};
use base::id::{DeviceId, PointId};
use base::{Dimension, Value};
use documents::{Comparison, Condition, Refusal};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use things::{PointKind, PointSpec, Product, SpaceKind, World};

/// The words of `signs.toml`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signs {
    pub(crate) sign: Vec<Sign>,
}

/// What is said of sensors that are known by their names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sign {
    /// Words of the sensor's name.
    pub(crate) named: Vec<String>,
    /// What is said when it shows something.
    pub(crate) shown: Vec<String>,
    /// What is said when it no longer does.
    pub(crate) gone: Vec<String>,
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| read().unwrap_or_default());

fn read() -> Result<Signs, toml::de::Error> {
    toml::from_str(include_str!("signs.toml"))
}

/// What is said of a sensor with these names.
pub(crate) fn told(names: &[String]) -> impl Iterator<Item = &'static Sign> {
    let signs: &'static Signs = &SIGNS;
    let called = |s: &&Sign| s.named.iter().any(|w| names.iter().any(|n| holds(n, w)));
    signs.sign.iter().filter(called)
}

/// "colder than ten outside": where no place is called so, the sensors whose names say that they are there.
pub(crate) fn outdoors(scene: &Scene<'_>, np: &Np, able: &dyn Fn(DeviceId) -> bool) -> Option<Vec<DeviceId>> {
    let says = |word: &str| concept::means(word, Concept::Outdoors);
    if np.unknown.is_empty() || np.head.is_some() || !np.unknown.iter().all(|(w, _)| says(w)) {
        return None;
    }
    let found: Vec<DeviceId> = called_outdoors(scene).into_iter().filter(|d| able(*d)).collect();
    (!found.is_empty()).then_some(found)
}

/// Devices whose names say that they are in the open air, by id.
pub(crate) fn called_outdoors(scene: &Scene<'_>) -> Vec<DeviceId> {
    let words = concept::forms().filter(|(_, senses)| senses.contains(&Concept::Outdoors));
    let found: BTreeSet<DeviceId> = words.flat_map(|(word, _)| scene.lexicon.devices_with(word)).collect();
    let named = |name: &str| concept::contains(&Text::form(name), Concept::Outdoors);
    found.into_iter().filter(|d| scene.world.device(*d).is_some_and(|d| d.names.all().any(named))).collect()
}

/// Sensors that carry the words in their names: "outside" of "outside temperature", the battery of a lock.
pub(crate) fn called(scene: &Scene<'_>, np: &Np, able: &dyn Fn(DeviceId) -> bool) -> Vec<DeviceId> {
    let strange = np.unknown.iter().map(|(word, _)| word).chain(&np.modifiers).map(|w| Text::form(w));
    let head = np.head.and_then(|h| scene.lexicon.entry(h)).map(|e| e.form.clone());
    let head = head.map(|h| if np.plural && h.is_ascii() { h.trim_end_matches('s').to_string() } else { h });
    let words: Vec<String> = strange.chain(head).filter(|w| w.chars().count() > 1).collect();
    if np.props.is_empty() && np.modifiers.is_empty() {
        return Vec::new();
    }
    let Some((first, rest)) = words.split_first() else { return Vec::new() };
    let within = |name: &str| {
        let name = Text::form(name);
        holds(&name, first) && rest.iter().all(|w| holds(&name, w))
    };
    let named = |d: &DeviceId| scene.world.device(*d).is_some_and(|d| d.names.all().any(within));
    let scope = places(scene, np);
    let known = scene.lexicon.devices_with(first).into_iter().filter(|d| inside(scene, *d, &scope));
    known.filter(|d| able(*d)).filter(named).collect()
}

/// What sensors show that are known by their names, where the phrase says.
pub(crate) fn signed(scene: &Scene<'_>, np: &Np, entry: usize) -> Result<Grounded, Refusal> {
    let signs = scene.lexicon.entry(entry).map(|e| e.signs.clone()).unwrap_or_default();
    let placed = np.has_place() || !np.unknown.is_empty();
    let np = Np { head: None, apposition: None, props: Vec::new(), pronoun: false, ..np.clone() };
    let found = match placed {
        true => devices(scene, &np, &|d| signs.iter().any(|(x, _, _)| *x == d))?,
        false => signs.iter().map(|(d, _, _)| *d).collect(),
    };
    let test = |(_, point, value): &(DeviceId, PointId, bool)| {
        (*point, Condition { op: Comparison::Eq, value: Value::Bool(*value) })
    };
    let tests = signs.iter().filter(|(d, _, _)| found.contains(d)).map(test).collect();
    Ok(Grounded { any: !np.all, devices: found, tests, second: None })
}

/// The only yes or no that a sensor tells, where it is said to turn on or off.
pub(crate) fn sensed(world: &World, device: DeviceId, states: &[(String, String)]) -> Option<(PointId, Condition)> {
    let (_, value) = states.iter().find(|(t, _)| t == "on_off")?;
    let mut points = world.points_of(device).filter(|p| p.kind == PointKind::Bool && !p.writable);
    let only = points.next().filter(|_| points.next().is_none() && !world.points_of(device).any(|p| p.writable))?;
    Some((only.id, Condition { op: Comparison::Eq, value: Value::Bool(value == "true") }))
}

/// People who come and go: what tells of them stands in no room.
fn persons(scene: &Scene<'_>, np: &Np) -> Vec<DeviceId> {
    let site = |i: &usize| {
        let spaces = scene.lexicon.entry(*i).map(|e| e.spaces.clone()).unwrap_or_default();
        !spaces.is_empty() && spaces.iter().all(|s| scene.world.space(*s).is_some_and(|s| s.kind == SpaceKind::Site))
    };
    let whole = np.head.is_none() && np.unknown.is_empty() && np.places.iter().all(site);
    let anywhere = !np.here && (!np.places.is_empty() || np.everywhere || scene.space.is_none());
    if !whole || !anywhere {
        return Vec::new();
    }
    let only = |d: &DeviceId| scene.world.points_of(*d).nth(1).is_none();
    roomless(scene).into_iter().filter(only).collect()
}

/// What tells of presence and stands in no room, by id.
pub(crate) fn roomless(scene: &Scene<'_>) -> Vec<DeviceId> {
    // Devices of one product are alike.
    let tells = |p: &Product| {
        let first = scene.world.devices_of(p.id).next();
        first.is_some_and(|d| scene.world.point_with(d.id, "occupancy").is_some())
    };
    let found = link::of_products(scene.world, tells).into_iter();
    found.filter(|d| scene.world.device(*d).is_some_and(|d| d.space_at(scene.now).is_none())).collect()
}

/// "nobody is at home": what tells of persons, where there is such a thing and no room is said.
pub(crate) fn at_home(scene: &Scene<'_>, np: &Np, there: bool) -> Option<Grounded> {
    let persons = persons(scene, np);
    let condition = Condition { op: Comparison::Eq, value: Value::Bool(there) };
    let points = persons.iter().filter_map(|d| scene.world.point_with(*d, "occupancy"));
    let tests: Vec<(PointId, Condition)> = points.map(|p| (p.id, condition.clone())).collect();
    (!tests.is_empty()).then_some(Grounded { any: there, devices: persons, tests, second: None })
}

/// Whether a point can never show a number: a humidity of 140 %.
pub(crate) fn impossible(spec: &PointSpec, number: f64) -> bool {
    let share = spec.is("measure.humidity") || spec.is("measure.soil_moisture") || spec.is("battery");
    let percent = spec.unit().is_some_and(|u| u.dimension() == Dimension::Ratio && u.code() == "%");
    match spec.kind {
        PointKind::Number { min, max, .. } if spec.writable => {
            min.is_some_and(|m| number < m) || max.is_some_and(|m| number > m)
        }
        _ => share && percent && !(0.0..=100.0).contains(&number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_said_and_named() {
        for s in read().unwrap().sign {
            assert!(!s.named.is_empty() && !s.shown.is_empty());
        }
    }
}
