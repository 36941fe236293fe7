//! Rules for every room of some kind: "in every meeting room, …", 每间会议室…, 哪间…就…那间. They are read as if one of
//! the rooms had been named, and what was found there becomes what is there in each of them.
//!
//! What it is *not*: a rule about many rooms at once ("when all bedrooms are dark") stays one. Start at [`every`].

use super::assemble::RuleWords;
use crate::phrases::link::Scene;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Entry;
use base::Timestamp;
use base::id::{PointId, SpaceId};
use documents::{Edge, Node, RuleGraph};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use things::{Each, PointKind, PointSpec, SpaceKind, Spaces, World};

/// Most rooms that are tried as the one that stands for all.
const ROOMS_TRIED_MAX: usize = 8;
/// Most words between "every" and what it counts.
const BETWEEN_MAX: usize = 2;

/// A rule for each of several rooms, as it was said.
pub(super) struct Every {
    each: Spaces,
    rooms: Vec<SpaceId>,
    /// Where the rooms are spoken of, in the condition or in front of the acts.
    at: (usize, usize),
    front: bool,
}

/// Which rooms a rule stands for, where its words say that it is for each of several.
pub(super) fn every(words: &RuleWords, scene: &Scene<'_>) -> Option<Every> {
    let of_condition = || {
        let list = &words.condition;
        let found = listed(list, scene).or_else(|| (0..list.len()).find_map(|i| counted(list, i, scene)));
        found.or_else(|| uncounted(words, scene)).map(|found| (found, false))
    };
    // "in every meeting room, when …": what stands in front of everything is with the acts.
    let in_front = || {
        let list = &words.acts;
        let found = listed(list, scene).or_else(|| (0..list.len().min(2)).find_map(|i| counted(list, i, scene)))?;
        let ends = list.get(found.0.1).is_some_and(Token::punctuation);
        (found.0.0 == 0 && found.3 && ends && !words.condition.is_empty()).then_some((found, true))
    };
    let ((at, each, rooms, distributes), front) = in_front().or_else(of_condition)?;
    let acts = if front { words.acts.get(at.1..)? } else { &words.acts };
    let back = acts.iter().any(points_back);
    let place = |t: &Token| t.entry(scene.lexicon).is_some_and(|e| e.is_place() && group(e, scene.world) != rooms);
    let placed = acts.iter().any(place);
    (rooms.len() > 1 && (back || distributes) && !placed).then_some(Every { each, rooms, at, front })
}

/// "every meeting room", 哪间会议室, "each room" at a place of the condition: where it ends, which rooms, and whether each
/// is by itself even where nothing points back to it.
#[expect(clippy::type_complexity, reason = "it is taken apart at once")]
fn counted(list: &[Token], i: usize, scene: &Scene<'_>) -> Option<((usize, usize), Spaces, Vec<SpaceId>, bool)> {
    const ROOMS: &[&str] = &["room", "rooms", "房间", "屋子", "屋", "房"];
    const WHOLE: &[&str] = &["every room", "in every room", "each room", "每个房间", "各个房间", "每间房", "每间屋子"];
    let token = list.get(i)?;
    let all = Spaces { kind: Some(SpaceKind::Room), ..Spaces::default() };
    let of_kind = |each: &Spaces| -> Vec<SpaceId> {
        scene.world.spaces().map(|s| s.id).filter(|s| each.selects(scene.world, *s)).collect()
    };
    if WHOLE.contains(&token.text.as_str()) {
        let rooms = of_kind(&all);
        return Some(((i, i + 1), all, rooms, true));
    }
    let one = token.is_any(&[C::All, C::Any, C::Which]) && token.entry.is_none();
    let indefinite = token.is(C::Article) && matches!(token.text.as_str(), "a" | "an" | "一间");
    if !one && !indefinite {
        return None;
    }
    let single = ["every", "each", "每", "各"].iter().any(|w| token.text.starts_with(w));
    let before = i.checked_sub(1).and_then(|b| list.get(b));
    let local =
        before.is_some_and(|t| matches!(t.text.as_str(), "in" | "for" | "at")) || token.text.starts_with("each");
    let distributes = single && (local || !token.text.is_ascii());
    let from = if before.is_some_and(|t| matches!(t.text.as_str(), "in" | "for" | "at")) { i - 1 } else { i };
    for k in i + 1..=i + 1 + BETWEEN_MAX {
        let noun = list.get(k)?;
        if numbered(list, k) {
            return None;
        }
        let group = noun.entry(scene.lexicon).map(|e| group(e, scene.world)).unwrap_or_default();
        if group.len() > 1 {
            return Some(((from, k + 1), described(&group, scene.world), group, distributes));
        }
        if ROOMS.contains(&noun.text.as_str()) {
            let rooms = of_kind(&all);
            return Some(((from, k + 1), all, rooms, distributes));
        }
        if !noun.is_any(&[C::Filler, C::Article]) {
            return None;
        }
    }
    None
}

/// "in 301, 302 and 303, …", A区B区各管各的: rooms that are named one by one.
#[expect(clippy::type_complexity, reason = "it is taken apart at once")]
fn listed(list: &[Token], scene: &Scene<'_>) -> Option<((usize, usize), Spaces, Vec<SpaceId>, bool)> {
    let led = list.first().is_some_and(|t| matches!(t.text.as_str(), "in" | "for" | "at" | "在"));
    let mut at = usize::from(led);
    let mut rooms: Vec<SpaceId> = Vec::new();
    let mut end = at;
    while let Some(token) = list.get(at) {
        match token.entry(scene.lexicon).filter(|e| e.is_place() && e.devices.is_empty()).map(|e| e.spaces.as_slice()) {
            Some([one]) => {
                rooms.push(*one);
                end = at + 1;
            }
            _ if !rooms.is_empty() && (token.punctuation() || token.is(C::And)) => {}
            _ => break,
        }
        at += 1;
    }
    let own = |t: &&Token| {
        let each = t.text.starts_with('各') || matches!(t.text.as_str(), "each" | "respectively" | "分别");
        t.entry.is_none() && (each || t.is_any(&[C::InForce, C::Of, C::Regardless]))
    };
    let apart = list.iter().skip(end).take_while(own).count();
    let breaks = list.get(end).is_some_and(Token::punctuation);
    let only = Spaces { only: rooms.clone(), ..Spaces::default() };
    (rooms.len() > 1 && (apart > 0 || breaks)).then_some(((0, end + apart), only, rooms, apart > 0 || led))
}

/// 客房里…就把这间…: a kind of room, and what is done is done in that one.
#[expect(clippy::type_complexity, reason = "it is taken apart at once")]
fn uncounted(words: &RuleWords, scene: &Scene<'_>) -> Option<((usize, usize), Spaces, Vec<SpaceId>, bool)> {
    let that = |t: &Token| t.is(C::Here) && t.entry.is_none() && points_back(t);
    words.acts.iter().any(that).then_some(())?;
    words.condition.iter().enumerate().find_map(|(i, t)| {
        let group = t.entry(scene.lexicon).filter(|e| e.is_place()).map(|e| group(e, scene.world))?;
        (group.len() > 1 && !numbered(&words.condition, i))
            .then(|| ((i, i + 1), described(&group, scene.world), group, false))
    })
}

/// "room 305": one room, and perhaps one that nobody knows.
fn numbered(list: &[Token], i: usize) -> bool {
    list.get(i + 1).is_some_and(|t| matches!(t.literal, Some(Literal::Number(_))) && t.entry.is_none())
}

/// The rooms that a word counts: those of which it is the common part of the name, or, where one room is called by what it
/// is (会议室), those that are the same.
fn group(entry: &Entry, world: &World) -> Vec<SpaceId> {
    let [one] = entry.spaces.as_slice() else { return entry.group.clone() };
    let tag = world.space(*one).and_then(|s| s.tags.first()).filter(|_| entry.group.len() < 2);
    let Some(tag) = tag else { return entry.group.clone() };
    world.spaces().filter(|s| s.tags.contains(tag)).map(|s| s.id).collect()
}

/// Rooms by the tag that they alone have, so that those that come are among them; else one by one.
fn described(rooms: &[SpaceId], world: &World) -> Spaces {
    let tags = rooms.first().and_then(|r| world.space(*r)).map(|s| s.tags.clone()).unwrap_or_default();
    let all: BTreeSet<SpaceId> = rooms.iter().copied().collect();
    let alone = |tag: &String| world.spaces().all(|s| s.tags.contains(tag) == all.contains(&s.id));
    match tags.into_iter().find(alone) {
        Some(tag) => Spaces { tags: vec![tag], ..Spaces::default() },
        None => Spaces { only: all.into_iter().collect(), ..Spaces::default() },
    }
}

/// "its", "that room", 那间: what the acts say of the room of the condition.
fn points_back(token: &Token) -> bool {
    const OWN: &[&str] = &["own", "respective", "corresponding", "各自", "各自的", "自己的", "对应的", "相应的", "那"];
    token.entry.is_none() && (token.is_any(&[C::It, C::Them, C::Here]) || OWN.contains(&token.text.as_str()))
}

impl Every {
    /// The same rooms, for a rule of the same request that speaks of no other place.
    pub(super) fn carried(&self, words: &RuleWords, scene: &Scene<'_>) -> Option<Every> {
        let placed = |t: &Token| t.entry(scene.lexicon).is_some_and(|e| e.is_place() || !e.devices.is_empty());
        let own = words.condition.iter().chain(&words.acts).any(placed);
        (!own && !words.condition.is_empty()).then(|| Every {
            each: self.each.clone(),
            rooms: self.rooms.clone(),
            at: (0, 0),
            front: false,
        })
    }

    /// The words as if each of these rooms had been named, and the room; rooms whose name says nothing else.
    pub(super) fn named(&self, words: &RuleWords, scene: &Scene<'_>) -> Vec<(RuleWords, SpaceId)> {
        let rooms = self.rooms.iter().filter_map(|room| Some((*room, scene.lexicon.index().only(*room)?)));
        let told = |(room, entry): (SpaceId, usize)| {
            let mut words = words.clone();
            let (from, to) = self.at;
            let place = |from, to| Token {
                from,
                to,
                text: scene.lexicon.entry(entry).map_or_else(String::new, |e| e.form.clone()),
                concepts: Vec::new(),
                entry: Some(entry),
                literal: None,
                sure: 1.0,
            };
            let list = if self.front { &mut words.acts } else { &mut words.condition };
            let last = to.checked_sub(1).and_then(|last| list.get(last));
            let span = (list.get(from).map_or(0, |t| t.from), last.map_or(0, |t| t.to));
            list.drain(from..to);
            words.condition.insert(if self.front { 0 } else { from }, place(span.0, span.1));
            let again = |t: &Token| t.entry(scene.lexicon).is_some_and(|e| group(e, scene.world) == self.rooms);
            words.acts = of_room(&words.acts, &again, &place);
            words.otherwise = of_room(&words.otherwise, &again, &place);
            (words, room)
        };
        rooms.map(told).take(ROOMS_TRIED_MAX).collect()
    }

    /// The graph for each of the rooms, from that of one; none where it is about something of that room alone.
    pub(super) fn graph(&self, graph: &RuleGraph, room: SpaceId, world: &World) -> Option<RuleGraph> {
        let mut lifted = Lift { world, room, graph: graph.clone() }.done()?;
        lifted.each = Some(Each::Spaces(self.each.clone()));
        Some(lifted)
    }
}

/// What points back to the room names it, where something of the room follows; "it" alone stays what it is. The kind of
/// room that is said again is the same room.
fn of_room(acts: &[Token], again: &impl Fn(&Token) -> bool, place: &impl Fn(usize, usize) -> Token) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut named = false;
    // 自己那区的: a word for a part of the building that no room is called by.
    let part = |t: &Token| t.unknown() && matches!(t.text.as_str(), "区" | "间" | "层" | "屋" | "户" | "处" | "边");
    for (i, token) in acts.iter().enumerate() {
        if part(token) && i.checked_sub(1).and_then(|p| acts.get(p)).is_some_and(points_back) {
            continue;
        }
        let followed =
            acts.get(i + 1).is_some_and(|next| next.entry.is_some() || next.is(C::ApplianceWord) || part(next));
        let possessive = token.text.ends_with("的") || matches!(token.text.as_str(), "its" | "their" | "own" | "各自");
        let back = points_back(token) && (token.is(C::Here) || (followed && (possessive || !token.text.is_ascii())));
        if !back && !again(token) {
            named &= token.is_any(&[C::Filler, C::Article]);
            out.push(token.clone());
        } else if !named {
            named = true;
            out.push(place(token.from, token.to));
        }
    }
    out
}

/// From what is in one room to what is here.
struct Lift<'a> {
    world: &'a World,
    room: SpaceId,
    graph: RuleGraph,
}

impl Lift<'_> {
    fn done(mut self) -> Option<RuleGraph> {
        let sources: Vec<PointId> = self.points("point").into_iter().filter(|p| self.is_there(*p)).collect();
        if sources.is_empty() {
            return None;
        }
        for source in &sources {
            self.source(*source, &sources)?;
        }
        self.commands()?;
        let left = self.graph.nodes.iter().any(|n| {
            let of = |name: &str| n.params.get(name).and_then(Json::as_str).map(str::to_owned);
            let point = of("point").and_then(|p| p.parse().ok()).is_some_and(|p| self.is_there(p));
            let device = of("device").and_then(|d| d.parse().ok()).and_then(|d| self.world.device(d));
            point || device.is_some_and(|d| self.world.is_in(d, self.room, Timestamp::MAX))
        });
        self.unnamed(&sources);
        (!left).then_some(self.graph)
    }

    fn is_there(&self, point: PointId) -> bool {
        let device = self.world.point(point).and_then(|p| self.world.device(p.device));
        device.is_some_and(|d| self.world.is_in(d, self.room, Timestamp::MAX))
    }

    fn points(&self, type_: &str) -> Vec<PointId> {
        let of = |n: &Node| n.params.get("point").and_then(Json::as_str)?.parse().ok();
        self.graph.nodes.iter().filter(|n| n.type_ == type_).filter_map(of).collect()
    }

    /// The points of the room that a trait is the same of.
    fn alike<'w>(&'w self, spec: &'w PointSpec) -> impl Iterator<Item = &'w PointSpec> {
        let same = |p: &&PointSpec| p.trait_ == spec.trait_ && p.trait_.is_some();
        let here = self.world.devices_in(self.room, Timestamp::MAX);
        here.flat_map(|d| self.world.points_of(d.id)).filter(same)
    }

    /// A value of the room: of everything there that has the trait, or of devices of the kind.
    fn source(&mut self, point: PointId, all: &[PointId]) -> Option<()> {
        let spec = self.world.point(point)?;
        let trait_ = spec.trait_.as_deref()?;
        let whole = self.alike(spec).all(|p| all.contains(&p.id));
        let kind = self.world.kind_of(spec.device)?;
        let select = if whole {
            json!({"everything": true, "trait": trait_})
        } else {
            json!({"kinds": [kind], "trait": trait_})
        };
        let at =
            self.graph.nodes.iter().position(|n| n.type_ == "point" && n.params.get("point") == Some(&json!(point)))?;
        let id = self.graph.nodes.get(at)?.id.clone();
        let params = match &spec.kind {
            PointKind::Number { unit, .. } => json!({"select": select, "here": true, "op": "mean", "unit": unit}),
            PointKind::Bool => {
                let op = if self.all_hold(&id, spec) { "all" } else { "any" };
                json!({"select": select, "here": true, "op": op})
            }
            PointKind::Enum { .. } | PointKind::Text { .. } => return self.compared(&id, &select),
            PointKind::Service | PointKind::Other => return None,
        };
        let node = self.graph.nodes.get_mut(at)?;
        node.type_ = "aggregate".into();
        node.params = object(params);
        Some(())
    }

    /// Whether several of the kind are all asked to be on.
    fn all_hold(&self, id: &str, spec: &PointSpec) -> bool {
        let feeds = |from: &str| -> Vec<String> {
            self.graph.edges.iter().filter(|e| e.from.node == from).map(|e| e.to.node.clone()).collect()
        };
        let node = |id: &str| self.graph.nodes.iter().find(|n| n.id == id);
        let on = |n: &&Node| n.type_ == "compare" && n.params.get("value") == Some(&Json::Bool(true));
        self.alike(spec).count() > 1
            && feeds(id)
                .iter()
                .filter_map(|c| node(c).filter(on).map(|n| n.id.clone()))
                .any(|c| feeds(&c).iter().any(|next| node(next).is_some_and(|n| n.type_ == "and")))
    }

    /// Tokens are compared where they are taken: a room has no mean of them.
    fn compared(&mut self, id: &str, select: &Json) -> Option<()> {
        let takers: Vec<String> =
            self.graph.edges.iter().filter(|e| e.from.node == id).map(|e| e.to.node.clone()).collect();
        for taker in takers {
            let node = self.graph.nodes.iter_mut().find(|n| n.id == taker && n.type_ == "compare")?;
            let (is, value) = (node.params.get("op")?.clone(), node.params.get("value")?.clone());
            node.type_ = "aggregate".into();
            node.params = object(json!({"select": select, "here": true, "op": "any", "is": is, "value": value}));
        }
        self.graph.edges.retain(|e| e.from.node != id);
        self.graph.nodes.retain(|n| n.id != id);
        Some(())
    }

    /// Commands to everything of a kind in the room become one command to what is here; to less than that they are no
    /// rule for every room.
    fn commands(&mut self) -> Option<()> {
        let mut groups: Vec<(Node, Vec<Edge>, Vec<PointId>)> = Vec::new();
        for node in self.graph.nodes.iter().filter(|n| n.type_ == "command") {
            let points: Vec<PointId> = targets(node);
            let there = points.iter().filter(|p| self.is_there(**p)).count();
            if there == 0 {
                continue;
            }
            if there < points.len() {
                return None;
            }
            let into: Vec<Edge> = self.graph.edges.iter().filter(|e| e.to.node == node.id).cloned().collect();
            let trait_ = |p: &PointId| self.world.point(*p).and_then(|s| s.trait_.clone());
            let same = |(other, edges, known): &&mut (Node, Vec<Edge>, Vec<PointId>)| {
                other.params.get("setting") == node.params.get("setting")
                    && edges.iter().map(|e| &e.from).eq(into.iter().map(|e| &e.from))
                    && known.first().and_then(trait_) == points.first().and_then(trait_)
            };
            match groups.iter_mut().find(same) {
                Some((.., known)) => known.extend(points),
                None => groups.push((node.clone(), into, points)),
            }
        }
        for (node, _, points) in groups {
            let spec = self.world.point(*points.first()?)?;
            let kinds: BTreeSet<&str> =
                points.iter().filter_map(|p| self.world.kind_of(self.world.point(*p)?.device)).collect();
            let of_kinds = |p: &&PointSpec| self.world.kind_of(p.device).is_some_and(|k| kinds.contains(k));
            if self.alike(spec).filter(of_kinds).any(|p| !points.contains(&p.id)) {
                return None;
            }
            let select = json!({"kinds": kinds, "trait": spec.trait_.as_deref()?});
            let params = json!({"select": select, "here": true, "setting": node.params.get("setting")?});
            let gone: Vec<String> = self
                .graph
                .nodes
                .iter()
                .filter(|n| {
                    n.id != node.id && n.type_ == "command" && n.params.get("setting") == node.params.get("setting")
                })
                .filter(|n| targets(n).iter().any(|p| points.contains(p)))
                .map(|n| n.id.clone())
                .collect();
            self.graph.nodes.retain(|n| !gone.contains(&n.id));
            self.graph.edges.retain(|e| !gone.contains(&e.to.node));
            self.graph.nodes.iter_mut().find(|n| n.id == node.id)?.params = object(params);
        }
        Some(())
    }

    /// A notice names the room by itself, not a device of the one room that was looked at.
    fn unnamed(&mut self, sources: &[PointId]) {
        let names: Vec<_> = sources.iter().filter_map(|p| self.world.device(self.world.point(*p)?.device)).collect();
        for node in self.graph.nodes.iter_mut().filter(|n| n.type_ == "notify") {
            for (lang, field, mark) in [(base::Lang::Zh, "zh", "："), (base::Lang::En, "en", ": ")] {
                let Some(Json::String(text)) = node.params.get_mut(field) else { continue };
                for device in &names {
                    *text = text.replace(&format!("{}{mark}{{", device.names.display(lang)), "{");
                }
            }
        }
    }
}

/// The points that a command names.
fn targets(node: &Node) -> Vec<PointId> {
    let one = |p: &Json| p.as_str().and_then(|p| p.parse().ok());
    let listed = node.params.get("select").and_then(|s| s.get("points")).and_then(Json::as_array);
    node.params.get("point").and_then(one).into_iter().chain(listed.into_iter().flatten().filter_map(one)).collect()
}

fn object(json: Json) -> Map<String, Json> {
    if let Json::Object(map) = json { map } else { Map::new() }
}
