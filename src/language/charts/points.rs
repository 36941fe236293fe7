//! Which points a chart draws.
//!
//! What it is *not*: how they are drawn. Start at [`points`].

use super::heard::Heard;
use crate::answers::refuse;
use crate::phrases::link::Scene;
use crate::phrases::phrase::Np;
use crate::questions::values::points_of;
use crate::text::normalise::Text;
use base::id::{PointId, SpaceId};
use documents::chart::GroupBy;
use documents::{Ask, Refusal};
use things::{PointKind, Selector, SpaceKind};

/// The points, in the order in which their quantities were said.
pub(super) fn points(heard: &Heard, scene: &Scene<'_>) -> Result<Vec<PointId>, Refusal> {
    let mut nps: Vec<Np> = heard.nps.iter().filter(|n| !n.is_empty()).cloned().collect();
    if let Some((word, place)) = nps.iter().flat_map(|n| &n.unknown).next() {
        return Err(if *place {
            refuse::unknown_place(word, scene.lexicon, scene.world)
        } else {
            refuse::unknown_device(word, scene.lexicon, scene.world)
        });
    }
    nps = spread(nps);
    let everywhere = heard.group.iter().any(|g| matches!(g, GroupBy::Area | GroupBy::Floor | GroupBy::Device))
        || heard.top.is_some();
    let mut out: Vec<PointId> = Vec::new();
    let mut rooms: Vec<SpaceId> = Vec::new();
    for np in nps.iter().filter(|n| n.head.is_some() || !n.props.is_empty() || n.pronoun) {
        let mut found = of_phrase(np, heard, everywhere, scene)?;
        // "the lab's temperature and the humidity": the same room.
        if np.only_prop() && !np.has_place() && !rooms.is_empty() {
            let there: Vec<PointId> =
                found.iter().copied().filter(|p| room_of(*p, scene).is_some_and(|r| rooms.contains(&r))).collect();
            if !there.is_empty() {
                found = there;
            }
        }
        rooms.extend(found.iter().filter_map(|p| room_of(*p, scene)));
        out.extend(found);
    }
    let quantity = out.iter().find_map(|p| trait_of(*p, scene));
    let stated: Vec<&'static str> =
        heard.states.iter().filter_map(|(t, _)| things::traits::by_id(t)).map(|t| t.id).collect();
    for np in nps.iter().filter(|n| n.only_place()) {
        let props = quantity.map_or_else(|| stated.clone(), |q| vec![q]);
        if props.is_empty() {
            return Err(refuse::not_understood(&[]));
        }
        out.extend(of_phrase(&Np { props, ..np.clone() }, heard, everywhere, scene)?);
    }
    if heard.numbered {
        out.retain(|p| room_of(*p, scene).is_some_and(|r| numbered(r, scene)));
    }
    if heard.indoors {
        out.retain(|p| room_of(*p, scene).is_none_or(|r| !outside(r, scene)));
    }
    // Meters of the whole house are in no room.
    if heard.group.contains(&GroupBy::Area) || heard.top.is_some() {
        let placed: Vec<PointId> = out.iter().copied().filter(|p| room_of(*p, scene).is_some()).collect();
        if !placed.is_empty() {
            out = placed;
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|p| seen.insert(*p));
    Ok(out)
}

/// What was said of one is meant of the others: "humidity in the lab and the studio", "the lab's temperature and humidity".
fn spread(nps: Vec<Np>) -> Vec<Np> {
    let bare = |n: &Np| n.only_prop() && !n.has_place();
    let (loose, rest): (Vec<Np>, Vec<Np>) = nps.into_iter().partition(bare);
    let (places, mut out): (Vec<Np>, Vec<Np>) = rest.into_iter().partition(Np::only_place);
    let placed: Vec<Np> = out.iter().filter(|n| n.has_place() && n.head.is_none()).cloned().collect();
    let said: Vec<Np> = if loose.is_empty() { placed.iter().take(1).cloned().collect() } else { loose };
    if places.is_empty() {
        let own = |n: &Np, p: &Np| Np { props: n.props.clone(), ..p.clone() };
        let loose: Vec<&Np> = said.iter().filter(|n| bare(n)).collect();
        out.extend(loose.iter().flat_map(|n| placed.iter().map(|p| own(n, p))));
        out.extend(loose.into_iter().filter(|_| placed.is_empty()).cloned());
    } else if said.is_empty() {
        out.extend(places);
    } else {
        out.extend(said.iter().flat_map(|n| places.iter().map(|p| Np { props: n.props.clone(), ..p.clone() })));
    }
    out
}

fn of_phrase(np: &Np, heard: &Heard, everywhere: bool, scene: &Scene<'_>) -> Result<Vec<PointId>, Refusal> {
    let mut np = np.clone();
    np.all = true;
    np.everywhere |= !np.has_place() && (everywhere || heard.numbered);
    let ask = if np.props.is_empty() { Ask::Value } else { Ask::Mean };
    let found = points_of(&np, &ask, scene);
    if found.is_err() && np.head.is_some() && !np.props.is_empty() {
        beside(&np, scene).map_or(found, Ok)
    } else {
        found
    }
}

/// What is measured of a device by another one: "the boiler's gas" is that of the meter with its name, or in its room.
fn beside(np: &Np, scene: &Scene<'_>) -> Option<Vec<PointId>> {
    let head = scene.lexicon.entry(np.head?)?;
    let wide = Np { head: None, everywhere: true, modifiers: Vec::new(), ..np.clone() };
    let found = points_of(&wide, &Ask::Mean, scene).ok()?;
    let device = |p: &PointId| scene.world.point(*p).and_then(|p| scene.world.device(p.device));
    let called = |p: &PointId| device(p).is_some_and(|d| d.names.all().any(|n| Text::form(n).contains(&head.form)));
    let named: Vec<PointId> = found.iter().copied().filter(called).collect();
    if !named.is_empty() {
        return Some(named);
    }
    let rooms: Vec<SpaceId> = head.devices.iter().filter_map(|d| scene.world.device(*d)?.space_at(scene.now)).collect();
    let near = |p: &PointId| device(p).and_then(|d| d.space_at(scene.now)).is_some_and(|s| rooms.contains(&s));
    let near: Vec<PointId> = found.into_iter().filter(near).collect();
    (!near.is_empty()).then_some(near)
}

/// Whether a place is outside.
fn outside(room: SpaceId, scene: &Scene<'_>) -> bool {
    const OUTSIDE: &[&str] =
        &["outside", "outdoors", "outdoor", "garden", "yard", "室外", "户外", "外面", "棚外", "屋外", "院子", "花园"];
    let path = scene.world.path_of(room);
    let mut names = path.iter().filter_map(|s| scene.world.space(*s)).flat_map(|s| s.names.all());
    names.any(|n| OUTSIDE.contains(&Text::form(n).as_str()))
}

/// The room or zone of a point.
pub(super) fn room_of(point: PointId, scene: &Scene<'_>) -> Option<SpaceId> {
    let device = scene.world.point(point)?.device;
    let space = scene.world.device(device)?.space_at(scene.now)?;
    scene
        .world
        .path_of(space)
        .into_iter()
        .find(|s| scene.world.space(*s).is_some_and(|s| matches!(s.kind, SpaceKind::Room | SpaceKind::Zone)))
}

/// A room that goes by a number: 501, "Room 12".
fn numbered(room: SpaceId, scene: &Scene<'_>) -> bool {
    let digits = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_digit());
    scene.world.space(room).is_some_and(|s| s.names.all().any(|n| digits(n.trim())))
}

/// What a point measures.
pub(super) fn trait_of(point: PointId, scene: &Scene<'_>) -> Option<&'static str> {
    let id = scene.world.point(point)?.trait_.as_deref()?;
    things::traits::by_id(id).map(|t| t.id)
}

/// Whether a point has numbers.
pub(super) fn is_number(point: PointId, scene: &Scene<'_>) -> bool {
    scene.world.point(point).is_some_and(|p| matches!(p.kind, PointKind::Number { .. }))
}

/// Points as a description where one selects exactly them, so that a chart that is kept takes in new devices.
pub(super) fn describe(points: &[PointId], scene: &Scene<'_>) -> Selector {
    let mut list = points.to_vec();
    list.sort();
    let by_list = Selector { points: list.clone(), ..Selector::default() };
    let Some(quantity) = points.first().and_then(|p| trait_of(*p, scene)) else { return by_list };
    let described = Selector { everything: true, trait_: Some(quantity.to_owned()), ..Selector::default() };
    if list.len() > 1 && described.points(scene.world, scene.now) == list { described } else { by_list }
}
