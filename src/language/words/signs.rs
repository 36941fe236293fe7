//! Sensors that are known by their names: those of the open air, those of `signs.toml`, and what tells of people who come
//! and go.
//!
//! What it is *not*: how a phrase is linked to devices otherwise; that is `predicate.rs`. Start at [`signed`].

use crate::phrases::link::Scene;
use crate::phrases::phrase::Np;
use crate::questions::ground::{Grounded, devices};
use crate::text::normalise::Text;
use crate::words::concept::{self, Concept};
use base::id::{DeviceId, PointId};
use base::{Dimension, Value};
use documents::{Comparison, Condition, Refusal};
use serde::Deserialize;
use things::{Device, PointKind, PointSpec, SpaceKind, World};

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

/// What is said of which sensors.
pub(crate) fn told() -> Result<Signs, toml::de::Error> {
    toml::from_str(include_str!("signs.toml"))
}

/// "colder than ten outside": where no place is called so, the sensors whose names say that they are there.
pub(crate) fn outdoors(scene: &Scene<'_>, np: &Np, able: &dyn Fn(DeviceId) -> bool) -> Option<Vec<DeviceId>> {
    let says = |word: &str| concept::means(word, Concept::Outdoors);
    if np.unknown.is_empty() || np.head.is_some() || !np.unknown.iter().all(|(w, _)| says(w)) {
        return None;
    }
    let named = |name: &str| concept::contains(&Text::form(name), Concept::Outdoors);
    let own = scene.world.devices().filter(|d| !d.disabled && able(d.id) && d.names.all().any(named));
    let found: Vec<DeviceId> = own.map(|d| d.id).collect();
    (!found.is_empty()).then_some(found)
}

/// Sensors that carry the words in their names: "outside" of "outside temperature", the battery of a lock.
pub(crate) fn called(scene: &Scene<'_>, np: &Np, able: &dyn Fn(DeviceId) -> bool) -> Vec<DeviceId> {
    let strange = np.unknown.iter().map(|(word, _)| word).chain(&np.modifiers).map(|w| Text::form(w));
    let head = np.head.and_then(|h| scene.lexicon.entry(h)).map(|e| e.form.clone());
    let head = head.map(|h| if np.plural && h.is_ascii() { h.trim_end_matches('s').to_string() } else { h });
    let words: Vec<String> = strange.chain(head).filter(|w| w.chars().count() > 1).collect();
    if words.is_empty() || np.props.is_empty() && np.modifiers.is_empty() {
        return Vec::new();
    }
    let within = |name: &str| {
        words.iter().all(|w| {
            if w.is_ascii() { format!(" {name} ").contains(&format!(" {w} ")) } else { name.contains(w.as_str()) }
        })
    };
    let place = |d: DeviceId| {
        let device = scene.world.device(d);
        let spaces = np.places.iter().filter_map(|p| scene.lexicon.entry(*p));
        spaces
            .map(|e| if e.spaces.is_empty() { &e.group } else { &e.spaces })
            .all(|any| any.iter().any(|s| device.is_some_and(|d| scene.world.is_in(d, *s, scene.now))))
    };
    let all = scene.world.devices().filter(|d| !d.disabled && d.names.all().any(|n| within(&Text::form(n))));
    all.map(|d| d.id).filter(|d| able(*d) && place(*d)).collect()
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
    let away = |d: &&Device| !d.disabled && d.space_at(scene.now).is_none();
    let there = |d: &Device| {
        let mut points = scene.world.points_of(d.id);
        points.next().is_some_and(|p| p.is("occupancy")) && points.next().is_none()
    };
    scene.world.devices().filter(away).filter(|d| there(d)).map(|d| d.id).collect()
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
        for s in told().unwrap().sign {
            assert!(!s.named.is_empty() && !s.shown.is_empty());
        }
    }
}
