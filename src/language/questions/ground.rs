//! The points behind a predicate, each with the condition that it must satisfy.
//!
//! What it is *not*: how the words of a predicate are read is `predicate.rs`. Start at [`ground`].

use crate::answers::refuse;
use crate::phrases::link::{self, Purpose, Scene, Target};
use crate::phrases::phrase::Np;
use crate::phrases::pieces::Compare;
use crate::phrases::strangers;
use crate::questions::predicate::{Check, Predicate, boolean};
use crate::text::literals::Literal;
use crate::text::normalise::Text;
use crate::words::signs;
use base::id::{DeviceId, PointId};
use base::{Bilingual, Dimension, Unit, Value};
use documents::{Comparison, Condition, Reason, Refusal};
use things::{Assistant, PointKind, PointSpec, World};

/// Most points that one predicate compares.
pub(crate) const POINTS_MAX: usize = 16;

/// A predicate on points: what each must satisfy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grounded {
    /// The points, each with its condition; any of them, or all of them.
    pub(crate) tests: Vec<(PointId, Condition)>,
    /// For "between": a second condition on the same points.
    pub(crate) second: Option<Condition>,
    /// Whether one is enough.
    pub(crate) any: bool,
    /// The devices.
    pub(crate) devices: Vec<DeviceId>,
}

fn readable(p: &PointSpec) -> bool {
    p.assistant != Assistant::Hidden && p.kind != PointKind::Service
}

/// The numeric points of a device that a property word or a unit can mean, the best first.
pub(crate) fn numeric_point<'a>(
    world: &'a World,
    device: DeviceId,
    props: &[&'static str],
    dimension: Option<Dimension>,
) -> Option<&'a PointSpec> {
    let fits = |p: &&PointSpec| {
        readable(p)
            && matches!(p.kind, PointKind::Number { .. })
            && dimension.is_none_or(|d| p.unit().is_some_and(|u| u.dimension() == d))
    };
    if !props.is_empty() {
        // What is measured comes before what is set.
        let mut order: Vec<&str> = props.to_vec();
        order.sort_by_key(|p| !p.starts_with("measure") && !p.starts_with("meter"));
        return order.iter().find_map(|t| world.points_of(device).filter(fits).find(|p| p.is(t)));
    }
    let measured = world.points_of(device).filter(fits).find(|p| !p.writable);
    measured.or_else(|| world.points_of(device).find(fits))
}

/// The point of a device that a state is about, and the condition on it.
pub(crate) fn state_point(
    world: &World,
    device: DeviceId,
    states: &[(String, String)],
) -> Option<(PointId, Condition)> {
    for (trait_id, value) in states {
        let Some(p) = world.points_of(device).find(|p| p.is(trait_id) && readable(p)) else { continue };
        let value = match &p.kind {
            PointKind::Bool => Value::Bool(value == "true"),
            PointKind::Enum { tokens } if tokens.iter().any(|t| t.token == *value) => Value::text(value.clone()),
            _ => continue,
        };
        return Some((p.id, Condition { op: Comparison::Eq, value }));
    }
    // A valve that is on is open.
    let valve = world.kind_of(device) == Some("valve");
    if let Some((_, value)) = states.iter().find(|(t, _)| t == "on_off").filter(|_| valve)
        && let Some(p) = world.points_of(device).find(|p| p.is("opening") && readable(p))
    {
        return Some((p.id, Condition { op: Comparison::Eq, value: Value::Bool(value == "true") }));
    }
    let (_, value) = states.iter().find(|(t, _)| matches!(t.as_str(), "opening" | "contact"))?;
    let p = world.points_of(device).find(|p| p.is("position") && readable(p))?;
    let PointKind::Number { min, .. } = p.kind else { return None };
    let op = if value == "true" { Comparison::Gt } else { Comparison::Le };
    Some((p.id, Condition { op, value: Value::Number(min.unwrap_or(0.0)) }))
}

/// A device with nothing to read but one yes or no of no known meaning: any state of it is that.
pub(crate) fn plain_point(
    world: &World,
    device: DeviceId,
    states: &[(String, String)],
) -> Option<(PointId, Condition)> {
    let mut points = world.points_of(device).filter(|p| readable(p));
    let only = points.next().filter(|p| p.kind == PointKind::Bool && p.trait_.is_none() && !p.writable)?;
    let no =
        states.iter().map(|(_, v)| v).find(|v| matches!(v.as_str(), "true" | "false")).is_some_and(|v| v == "false");
    let condition = Condition { op: Comparison::Eq, value: Value::Bool(!no) };
    points.next().is_none().then_some((only.id, condition))
}

fn comparison(c: Compare) -> Comparison {
    match c {
        Compare::Above => Comparison::Gt,
        Compare::AtLeast | Compare::Between => Comparison::Ge,
        Compare::Below => Comparison::Lt,
        Compare::AtMost => Comparison::Le,
        Compare::Equal => Comparison::Eq,
    }
}

/// A literal in the unit of a point.
pub(crate) fn in_unit(l: &Literal, spec: &PointSpec) -> Result<f64, Refusal> {
    let own = spec.unit().unwrap_or_else(Unit::one);
    let wrong = || refuse::wrong_unit(&spec.names.bilingual(), spec);
    match l {
        Literal::Number(n) => Ok(*n),
        Literal::Degrees(n) if own.dimension() == Dimension::Temperature => Ok(*n),
        Literal::Quantity(q) => q.unit.convert(q.number, own).ok_or_else(wrong),
        Literal::Degrees(_) | Literal::Duration(_) | Literal::When(_) => Err(wrong()),
    }
}

fn dimension_of(l: &Literal) -> Option<Dimension> {
    match l {
        Literal::Degrees(_) => Some(Dimension::Temperature),
        Literal::Quantity(q) => Some(q.unit.dimension()),
        _ => None,
    }
}

/// What has no words: whether the property itself holds.
fn check_of(p: &Predicate) -> Option<Check> {
    p.check.clone().or_else(|| {
        let props = &p.np.as_ref()?.props;
        if props.contains(&"occupancy") {
            return Some(Check::People(true));
        }
        let held: Vec<(String, String)> =
            props.iter().filter(|t| boolean(t)).map(|t| ((*t).to_string(), "true".to_string())).collect();
        (!held.is_empty()).then_some(Check::State(held))
    })
}

/// The points of a predicate.
pub(crate) fn ground(p: &Predicate, scene: &Scene<'_>) -> Result<Grounded, Refusal> {
    if let Some(word) = p.unknown.first() {
        let pointed = p.np.as_ref().is_none_or(Np::only_place);
        return Err(if pointed && strangers::is_room(word) {
            refuse::unknown_place(word, scene.lexicon, scene.world)
        } else if pointed {
            refuse::unknown_device(word, scene.lexicon, scene.world)
        } else {
            refuse::not_understood(&p.unknown)
        });
    }
    if let Some(word) = &p.time {
        return Err(refuse::timed(word));
    }
    let check = check_of(p).ok_or_else(|| refuse::not_understood(&[]))?;
    let np = p.np.clone().unwrap_or_default();
    match check {
        Check::Number(c, values) => numbers(scene, &np, c, &values),
        Check::State(states) => stated(scene, &np, &states),
        Check::People(there) => people(scene, &np, there),
        Check::Sign(entry) => signs::signed(scene, &np, entry),
    }
}

/// The devices of a phrase that have what is asked about.
pub(crate) fn devices(scene: &Scene<'_>, np: &Np, able: &dyn Fn(DeviceId) -> bool) -> Result<Vec<DeviceId>, Refusal> {
    found(scene, np, able, false)
}

/// The same; `lock`: a door stands for its lock.
fn found(scene: &Scene<'_>, np: &Np, able: &dyn Fn(DeviceId) -> bool, lock: bool) -> Result<Vec<DeviceId>, Refusal> {
    let purpose = Purpose { able, common: &|_| true, lock, reading: true, lights: false };
    if let Some(found) = signs::outdoors(scene, np, able) {
        return Ok(found);
    }
    let np = if np.is_empty() && scene.space.is_some() { Np { here: true, ..np.clone() } } else { np.clone() };
    match link::resolve(scene, &np, &[], &purpose) {
        Target::Refuse(r) => match signs::called(scene, &np, able) {
            found if found.is_empty() => Err(r),
            found => Ok(found),
        },
        Target::Ask(_) => {
            Err(Refusal::new(Reason::Ambiguous, Bilingual::new("指的是哪个？", "which one do you mean?")))
        }
        Target::Devices(ids, _) => {
            let able_is = able;
            let able: Vec<DeviceId> = ids.iter().copied().filter(|d| able_is(*d)).collect();
            if able.is_empty() {
                let found = signs::called(scene, &np, able_is);
                if !found.is_empty() {
                    return Ok(found);
                }
                let name =
                    ids.first().map_or_else(Bilingual::default, |d| crate::answers::render::device(*d, scene.world));
                return Err(refuse::no_capability(&name, Vec::new()));
            }
            Ok(able)
        }
    }
}

/// Of several devices those that are called after the room they stand in.
pub(crate) fn named_after_its_room(world: &World, devices: &[DeviceId]) -> Vec<DeviceId> {
    let own = |d: &&DeviceId| {
        let device = world.device(**d);
        let room = device.and_then(|d| d.space()).and_then(|s| world.space(s));
        let rooms: Vec<String> = room.into_iter().flat_map(|r| r.names.all()).map(Text::form).collect();
        device
            .into_iter()
            .flat_map(|d| d.names.all())
            .map(Text::form)
            .any(|n| rooms.iter().any(|r| n.starts_with(r.as_str())))
    };
    devices.iter().filter(own).copied().collect()
}

/// The one number that a device measures, whatever it is called.
fn only_number(world: &World, device: DeviceId) -> Option<&PointSpec> {
    let mut points = world.points_of(device).filter(|p| readable(p));
    let only = points.next().filter(|p| matches!(p.kind, PointKind::Number { .. }) && !p.writable)?;
    points.next().is_none().then_some(only)
}

fn numbers(scene: &Scene<'_>, np: &Np, c: Compare, values: &[Literal]) -> Result<Grounded, Refusal> {
    let first = values.first().ok_or_else(|| refuse::not_understood(&[]))?;
    let dimension = dimension_of(first);
    let free = Np::default();
    let np = if np.pronoun && scene.salient.is_empty() { &free } else { np };
    // "if the bedroom is below 18": a bare number of a room is its temperature.
    let warmth = Np { props: vec!["measure.temperature"], ..np.clone() };
    let bare = np.props.is_empty() && np.head.is_none() && !np.pronoun && dimension.is_none();
    let np = if bare { &warmth } else { np };
    let point = |d: DeviceId| {
        numeric_point(scene.world, d, &np.props, dimension)
            .or_else(|| numeric_point(scene.world, d, &np.props, None).filter(|_| !np.props.is_empty()))
            .or_else(|| only_number(scene.world, d).filter(|_| np.head.is_some()))
    };
    let found = devices(scene, np, &|d| point(d).is_some())?;
    let found = sensors_first(scene.world, found, np);
    let mut tests = Vec::new();
    let mut second = None;
    for d in &found {
        let Some(spec) = point(*d) else { continue };
        let mut numbers = Vec::new();
        for v in values {
            let number = in_unit(v, spec)?;
            if signs::impossible(spec, number) {
                return Err(refuse::out_of_range(&crate::answers::render::device(*d, scene.world), spec));
            }
            numbers.push(number);
        }
        numbers.sort_by(f64::total_cmp);
        let low = numbers.first().copied().unwrap_or(0.0);
        tests.push((spec.id, Condition { op: comparison(c), value: Value::Number(low) }));
        if c == Compare::Between {
            let high = numbers.last().copied().unwrap_or(low);
            second = Some(Condition { op: Comparison::Le, value: Value::Number(high) });
        }
    }
    Ok(Grounded { any: !np.all, devices: found, tests, second })
}

/// Where a room has a sensor, an air conditioner's own thermometer does not count, unless it was named.
pub(crate) fn sensors_first(world: &World, found: Vec<DeviceId>, np: &Np) -> Vec<DeviceId> {
    if np.head.is_some() {
        return found;
    }
    let pure: Vec<DeviceId> = found.iter().copied().filter(|d| !world.points_of(*d).any(|p| p.writable)).collect();
    if pure.is_empty() { found } else { pure }
}

fn stated(scene: &Scene<'_>, np: &Np, states: &[(String, String)]) -> Result<Grounded, Refusal> {
    let states: Vec<(String, String)> = if np.props.is_empty() || np.head.is_some() {
        states.to_vec()
    } else {
        let own: Vec<(String, String)> =
            states.iter().filter(|(t, _)| np.props.iter().any(|p| p == t)).cloned().collect();
        // "motion is detected": the property itself.
        if own.is_empty() {
            np.props.iter().filter(|p| boolean(p)).map(|p| ((*p).to_string(), "true".to_string())).collect()
        } else {
            own
        }
    };
    let np = &locks(scene, np, &states);
    let known = |d: DeviceId| state_point(scene.world, d, &states);
    let plain = |d: DeviceId| plain_point(scene.world, d, &states);
    let tested = |at: &dyn Fn(DeviceId) -> Option<(PointId, Condition)>| {
        let lock = states.iter().any(|(t, _)| t == "lock");
        let found = found(scene, np, &|d| at(d).is_some(), lock)?;
        let tests = found.iter().filter_map(|d| at(*d)).collect();
        Ok(Grounded { any: !np.all, devices: found, tests, second: None })
    };
    match tested(&known) {
        Err(_) if np.head.is_some() && (np.props.is_empty() || crate::questions::values::one_reading(np, scene)) => {
            tested(&plain).or_else(|_: Refusal| tested(&known))
        }
        // "when the presence sensor turns on": what it senses.
        Err(r) if np.head.is_some() && states.iter().any(|(t, _)| t == "on_off") => {
            tested(&|d| signs::sensed(scene.world, d, &states)).map_err(|_| r)
        }
        other => other,
    }
}

/// "are the doors locked": doors are locked by their locks.
fn locks(scene: &Scene<'_>, np: &Np, states: &[(String, String)]) -> Np {
    const DOORS: &[&str] = &["door", "gate", "garage_door"];
    let head = np.head.and_then(|h| scene.lexicon.entry(h));
    let doors = head.is_some_and(|e| {
        (e.devices.is_empty() || np.all || np.any || np.plural)
            && e.kinds.iter().any(|(k, _)| DOORS.contains(&k.as_str()))
    });
    if !doors || !states.iter().any(|(t, _)| t == "lock") {
        return np.clone();
    }
    Np { head: scene.lexicon.index().usual("lock"), ..np.clone() }
}

fn people(scene: &Scene<'_>, np: &Np, there: bool) -> Result<Grounded, Refusal> {
    if let Some(found) = signs::at_home(scene, np, there) {
        return Ok(found);
    }
    let plain = vec![("plain".to_string(), there.to_string())];
    if crate::questions::values::one_reading(np, scene)
        && devices(scene, np, &|d| plain_point(scene.world, d, &plain).is_some()).is_ok()
    {
        return stated(scene, np, &plain);
    }
    let has = |d: DeviceId, t: &str| scene.world.point_with(d, t).is_some();
    let kind = if devices(scene, np, &|d| has(d, "occupancy")).is_ok_and(|l| l.iter().any(|d| has(*d, "occupancy"))) {
        "occupancy"
    } else {
        "motion"
    };
    let found = devices(scene, np, &|d| has(d, kind))?;
    let condition = Condition { op: Comparison::Eq, value: Value::Bool(there) };
    let tests =
        found.iter().filter_map(|d| scene.world.point_with(*d, kind)).map(|p| (p.id, condition.clone())).collect();
    // Somebody is there when one sensor says so; nobody when all do.
    Ok(Grounded { any: there, devices: found, tests, second: None })
}
