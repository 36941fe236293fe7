//! What a turn leaves out is that of the turn before: another device, another place, another value, the same again.
//! It is taken from what was drafted, not from how it was said, so that the language may change in between.
//!
//! What it is *not*: whole requests; those are read as if nothing had been said before. Start at [`read`].

use crate::answers::refuse;
use crate::answers::render;
use crate::dialogue::Dialogue;
use crate::orders::clause::{self, Clause};
use crate::orders::commands::{self, Found};
use crate::past;
use crate::phrases::link::{self, Purpose, Scene, Target};
use crate::phrases::phrase::Np;
use crate::phrases::pieces::{Item, Mark, Val, Verb, pieces};
use crate::questions::asking;
use crate::questions::values;
use crate::text::lattice::{self, Token};
use crate::text::literals::Literal;
use crate::text::normalise::Text;
use crate::words::concept::Concept as C;
use base::id::{DeviceId, PointId};
use base::{Bilingual, Value};
use documents::draft::{Choice, OPTIONS_MAX};
use documents::{Act, Ask, DialogueAct, Draft, Query, Question, Refusal, Setting, Verdict};
use std::collections::BTreeSet;
use things::{Assistant, PointKind, PointSpec, Selector};

/// How sure it is what is meant when it was left out.
const LEFT_OUT: f64 = 0.95;
/// Most rooms that a question without a place goes back to.
const ROOMS_MAX: usize = 3;

/// What an incomplete turn says.
#[derive(Default)]
struct Said {
    nps: Vec<Np>,
    vals: Vec<Val>,
    /// Words that are in no lexicon: perhaps part of a name.
    words: Vec<String>,
    act: Option<Verb>,
    /// "another five", 再来.
    more: bool,
    /// "no, ...", 不是.
    corrects: bool,
    /// "too", 也, "and".
    too: bool,
    /// "the same", 一样: what it came to, not by how much.
    same: bool,
    /// The words as they were said.
    text: String,
    /// A pause between a direction and a number.
    paused: bool,
}

/// Reads a turn that only continues the one before; none when it stands for itself.
pub(crate) fn read(tokens: &[Token], corrects: bool, dialogue: &Dialogue, scene: &mut Scene<'_>) -> Option<Vec<Found>> {
    let (from, to) = (tokens.first().map_or(0, |t| t.from), tokens.last().map_or(0, |t| t.to));
    let found = |verdict| Found { from, to, verdict, confidence: LEFT_OUT, loose: false };
    let said = Said { corrects, ..said(tokens, scene)? };
    if let Some(list) = dialogue.held(scene.now).and_then(|held| said.completes(held, scene)) {
        return Some(list.into_iter().map(|f| Found { from, to, ..f }).collect());
    }
    match dialogue.last(scene.now).last()? {
        Draft::Commands(acts) => {
            let again = said.nps.is_empty() && said.vals.is_empty() && said.words.is_empty() && said.act.is_none();
            if again {
                return only_again(tokens).then(|| vec![found(Verdict::Draft(Draft::Commands(acts.clone())))]);
            }
            if said.act.is_some() && !said.words.is_empty() {
                return said.done_to(acts, tokens, scene);
            }
            let verdict = if said.nps.is_empty() && said.words.is_empty() {
                said.value(acts, scene)?
            } else if said.act.is_none() && said.vals.is_empty() {
                said.others(acts, scene)?
            } else {
                return None;
            };
            let undone = said.corrects && !said.nps.is_empty() && matches!(verdict, Verdict::Draft(_));
            let undo = undone.then(|| found(Verdict::Draft(Draft::Dialogue(DialogueAct::Undo))));
            Some(undo.into_iter().chain([found(verdict)]).collect())
        }
        Draft::Query(query) if said.act.is_none() && said.vals.is_empty() && said.words.is_empty() => {
            said.asked(query, scene).map(|q| vec![found(Verdict::Draft(Draft::Query(q)))])
        }
        Draft::Past(query) if said.act.is_none() && said.vals.is_empty() && said.words.is_empty() => {
            let other = said.asked(&past::as_query(query), scene)?;
            Some(vec![found(Verdict::Draft(Draft::Past(past::of_others(query, other)?)))])
        }
        _ => None,
    }
}

/// Takes an incomplete turn apart; none when something in it cannot be left to the turn before.
fn said(tokens: &[Token], scene: &Scene<'_>) -> Option<Said> {
    let mut said = Said::default();
    let conditional = [C::If, C::When, C::Unless, C::Until, C::While, C::Otherwise, C::Notify, C::Except, C::Why];
    let asks = |t: &Token| {
        t.is_any(&[C::HowMany, C::Which, C::Where, C::HowMuch, C::Highest, C::Lowest, C::SetTo])
            || asking::asks_value(t) && !t.is(C::AboutIt)
    };
    if tokens.iter().any(|t| t.is_any(&conditional) || t.entry.is_none() && asks(t)) {
        return None;
    }
    let mut kept = Vec::new();
    for (i, t) in tokens.iter().enumerate() {
        let named = t.entry(scene.lexicon).is_some_and(|e| e.is_reference() || !e.traits.is_empty());
        said.same |= matches!(t.text.as_str(), "same" | "the same" | "same for" | "一样" | "同样" | "照样" | "照样来");
        said.text.push_str(&t.text);
        said.too |= t.is_any(&[C::Same, C::And]);
        said.more |= t.is(C::Again) || t.text == "another" || t.is(C::Increase) && t.text == "more";
        let silent = t.is_any(&[C::Same, C::AboutIt, C::Portion]) || i == 0 && t.is_any(&[C::Confirm, C::Now]);
        if !silent || named {
            kept.push(t.clone());
        }
    }
    for (i, p) in pieces(&kept, scene.lexicon, false).iter().enumerate() {
        match &p.item {
            Item::Np(np) if np.pronoun => {}
            Item::Np(np) => said.phrase(np, scene),
            Item::Val(Val::Bit) => said.more |= said.act.is_some() || kept.iter().any(|t| t.is(C::Increase)),
            Item::Val(v) => said.vals.push(v.clone()),
            Item::Act(a) if a.verb == Verb::Turn || a.verb == Verb::Set => {}
            Item::Act(a) if said.act.is_none() => said.act = Some(a.verb),
            Item::Mark(Mark::Up) if said.act.is_none() => said.act = Some(Verb::Up),
            Item::Mark(Mark::Down) if said.act.is_none() => said.act = Some(Verb::Down),
            Item::Mark(Mark::Comma) => said.paused |= said.act.is_some() && i > 0,
            Item::Mark(
                Mark::And
                | Mark::Stop
                | Mark::Then
                | Mark::To
                | Mark::By
                | Mark::Same
                | Mark::Again
                | Mark::Now
                | Mark::At
                | Mark::For
                | Mark::Not
                | Mark::Become,
            ) => {}
            Item::Unknown(word) => said.words.push(word.clone()),
            _ => return None,
        }
    }
    Some(said)
}

/// "again", 再来一次: nothing else.
fn only_again(tokens: &[Token]) -> bool {
    tokens.iter().any(|t| t.is_any(&[C::Again, C::Repeat]))
        && tokens.iter().all(|t| t.punctuation() || t.is_any(&[C::Again, C::Repeat, C::Filler, C::It, C::Same, C::And]))
}

impl Said {
    fn phrase(&mut self, np: &Np, scene: &Scene<'_>) {
        self.words.extend(np.unknown.iter().map(|(w, _)| w.clone()));
        self.words.extend(np.modifiers.iter().cloned());
        let np = Np { unknown: Vec::new(), modifiers: Vec::new(), ..values::as_property(np, scene) };
        if !np.is_empty() {
            self.nps.push(np);
        }
    }

    /// What was held back for want of a device, a place or a possible value, with what is said now.
    fn completes(&self, held: &str, scene: &mut Scene<'_>) -> Option<Vec<Found>> {
        let unheard = self.nps.is_empty() && self.vals.is_empty();
        let placed = self.nps.iter().all(Np::only_place);
        if unheard || !self.words.is_empty() || self.act.is_some() && !placed {
            return None;
        }
        let cover = lattice::covers(&Text::new(held), scene.lexicon).into_iter().next()?;
        let list = pieces(&cover.tokens, scene.lexicon, false);
        let mut clauses = clause::clauses(&list, scene.lexicon);
        clauses.retain(|c| c.act.is_some() || !c.vals.is_empty());
        let mut c: Clause = clauses.pop()?;
        if !self.vals.is_empty() {
            c.vals.clone_from(&self.vals);
            c.absolute = true;
        }
        if !self.nps.is_empty() {
            let before = c.nps.first().cloned().unwrap_or_default();
            // Another place does not tell what the unknown thing is.
            let strange = !c.unknown.is_empty() || before.unknown.iter().any(|(_, place)| !place);
            if placed && strange && before.head.is_none() && before.has_place() {
                return None;
            }
            let instead = |np: &Np| match np.only_place() {
                true => Np {
                    places: np.places.clone(),
                    here: np.here,
                    unknown: Vec::new(),
                    modifiers: Vec::new(),
                    ..before.clone()
                },
                false => Np { props: before.props.clone(), ..np.clone() },
            };
            c.nps = self.nps.iter().map(instead).collect();
            c.unknown.clear();
        }
        let found = commands::clause(&mut c, scene, scene.states);
        found.iter().any(|f| !matches!(f.verdict, Verdict::Refusal(_))).then_some(found)
    }

    /// The same acts with another value: "make it 40", "another five".
    fn value(&self, acts: &[Act], scene: &Scene<'_>) -> Option<Verdict> {
        let [Val::Literal(literal)] = self.vals.as_slice() else { return None };
        let (number, quantity) = match literal {
            Literal::Number(n) | Literal::Degrees(n) => (*n, None),
            Literal::Quantity(q) => (q.number, Some(q.unit)),
            _ => return None,
        };
        let direction = match self.act {
            None => None,
            Some(Verb::Up) => Some(1.0),
            Some(Verb::Down) => Some(-1.0),
            Some(_) => return None,
        };
        let mut out = Vec::new();
        for act in acts {
            let spec = scene.world.point(act.point).filter(|s| matches!(s.kind, PointKind::Number { .. }))?;
            let before = match act.setting {
                Setting::By(n) => n.signum(),
                _ => 1.0,
            };
            let own = spec.unit();
            let n = match (quantity, own) {
                (Some(unit), Some(own)) => unit.convert_delta(number, own)?,
                (None, _) => number,
                _ => return None,
            };
            let now = scene.states.get(&spec.id).and_then(|s| s.value.as_number());
            // "lower, 30" says where to, when that is further down.
            let further = self.paused
                && !self.more_is_amount()
                && now.is_some_and(|now| direction.is_some_and(|d| (n - now) * d > 0.0));
            if (self.more || direction.is_some()) && !further {
                out.push(Act { point: spec.id, setting: Setting::By(n * direction.unwrap_or(before)) });
                continue;
            }
            let value = Value::Number(match (quantity, own) {
                (Some(unit), Some(own)) => unit.convert(number, own)?,
                _ => number,
            });
            if spec.check(&value).is_err() {
                return Some(Verdict::Refusal(refuse::out_of_range(&render::device(spec.device, scene.world), spec)));
            }
            out.push(Act { point: spec.id, setting: Setting::To(spec.settle(value)) });
        }
        (!out.is_empty()).then_some(Verdict::Draft(Draft::Commands(out)))
    }

    /// An act on something that is named by part of its name: "C off", 一号停掉.
    fn done_to(&self, acts: &[Act], tokens: &[Token], scene: &mut Scene<'_>) -> Option<Vec<Found>> {
        let devices = self.called(acts, self.nps.first(), scene);
        if devices.is_empty() || self.nps.len() > 1 {
            return None;
        }
        scene.salient = devices;
        let list = pieces(tokens, scene.lexicon, false);
        let mut c = clause::clauses(&list, scene.lexicon).into_iter().rfind(|c| c.act.is_some())?;
        c.unknown.clear();
        c.nps = vec![Np { pronoun: true, ..Np::new(c.from) }];
        Some(commands::clause(&mut c, scene, scene.states))
    }

    fn more_is_amount(&self) -> bool {
        self.more && self.act != Some(Verb::Down)
    }

    /// The same acts on other devices: "the bedroom one too", 还有橡树.
    fn others(&self, acts: &[Act], scene: &Scene<'_>) -> Option<Verdict> {
        let mut devices = Vec::new();
        if self.nps.is_empty() {
            devices = self.called(acts, None, scene);
        }
        for np in &self.nps {
            if np.only_prop() {
                return None;
            }
            if !self.words.is_empty() {
                devices.extend(self.called(acts, Some(np), scene));
                continue;
            }
            match targets(np, acts, scene) {
                Target::Devices(found, _) => devices.extend(found),
                Target::Ask(options) => return Some(ask(options, acts, scene)),
                Target::Refuse(r) => return Some(Verdict::Refusal(r)),
            }
        }
        if devices.is_empty() {
            return self.too.then(|| {
                let word = self.words.join(" ");
                Verdict::Refusal(refuse::unknown_device(&word, scene.lexicon, scene.world))
            });
        }
        Some(match transfer(&self.results(acts, scene), &devices, scene) {
            Ok(acts) => Verdict::Draft(Draft::Commands(acts)),
            Err(r) => Verdict::Refusal(r),
        })
    }

    /// "the same": what a change came to.
    fn results(&self, acts: &[Act], scene: &Scene<'_>) -> Vec<Act> {
        let of = |a: &Act| match (&a.setting, scene.states.get(&a.point)) {
            (Setting::By(_), Some(now)) if self.same => Act { point: a.point, setting: Setting::To(now.value.clone()) },
            _ => a.clone(),
        };
        acts.iter().map(of).collect()
    }

    /// Devices of the same kind whose names have the words, in the room that was spoken of where there are some.
    fn called(&self, acts: &[Act], np: Option<&Np>, scene: &Scene<'_>) -> Vec<DeviceId> {
        let kinds: BTreeSet<&str> = kinds(acts, scene).into_iter().collect();
        let alike: BTreeSet<DeviceId> = kinds.into_iter().flat_map(|k| link::of_kind(scene.world, k)).collect();
        let part = |name: &str| self.words.iter().all(|w| part_of(name, w));
        let has = |d: &DeviceId| scene.world.device(*d).is_some_and(|d| d.names.all().any(|n| part(&Text::form(n))));
        let there = alike.into_iter().filter(|d| np.is_none_or(|np| inside(*d, np, scene)));
        let named: Vec<DeviceId> = there.filter(has).filter(|d| able(*d, acts, scene)).collect();
        let likeness = |d: &DeviceId| {
            let names = scene.world.device(*d).into_iter().flat_map(|d| d.names.all());
            names.map(|n| shared(&Text::form(n), &self.text)).max().unwrap_or_default()
        };
        let most = named.iter().map(likeness).max().unwrap_or_default();
        nearer(named.into_iter().filter(|d| likeness(d) == most).collect(), scene)
    }

    /// The same question about something else: "and the lab?", 湿度呢.
    fn asked(&self, query: &Query, scene: &Scene<'_>) -> Option<Query> {
        let [np] = self.nps.as_slice() else { return None };
        let points = query.select.points(scene.world, scene.now);
        let specs: Vec<&PointSpec> = points.iter().filter_map(|p| scene.world.point(*p)).collect();
        let mut traits: Vec<&'static str> =
            specs.iter().filter_map(|s| things::traits::by_id(s.trait_.as_deref()?)).map(|t| t.id).collect();
        traits.sort_unstable();
        traits.dedup();
        let again = |found: Vec<PointId>, ask: Ask| {
            (!found.is_empty()).then(|| Query { select: Selector { points: found, ..Selector::default() }, ask })
        };
        if np.only_prop() && !np.has_place() {
            let rooms = rooms(specs.iter().map(|s| s.device), scene)?;
            let found: Vec<PointId> =
                values::points_of(&Np { everywhere: true, ..np.clone() }, &Ask::Value, scene).ok()?;
            let room = |p: &PointId| scene.world.device(scene.world.point(*p)?.device)?.space_at(scene.now);
            let found = found.into_iter().filter(|p| room(p).is_some_and(|r| rooms.contains(&r))).collect();
            return again(found, Ask::Value);
        }
        let plain = np.props.is_empty() && !np.everything && !np.other && !traits.is_empty();
        if !plain || !(np.only_place() || np.head.is_some()) || matches!(query.ask, Ask::Difference(_) | Ask::Than(_)) {
            return None;
        }
        let kinds: Vec<&str> = specs.iter().filter_map(|s| scene.world.kind_of(s.device)).collect();
        let able = |d: DeviceId| {
            let has = scene.world.points_of(d).any(|p| traits.iter().any(|t| p.is(t)));
            has && (np.head.is_some() || scene.world.kind_of(d).is_some_and(|k| kinds.contains(&k)))
        };
        let found = crate::questions::ground::devices(scene, np, &able).ok()?;
        let of = |d: &DeviceId| scene.world.points_of(*d).find(|p| traits.iter().any(|t| p.is(t))).map(|p| p.id);
        again(found.iter().filter_map(of).collect(), query.ask.clone())
    }
}

/// The rooms of devices, where they are few.
fn rooms(devices: impl Iterator<Item = DeviceId>, scene: &Scene<'_>) -> Option<Vec<base::id::SpaceId>> {
    let mut out: Vec<_> = devices.filter_map(|d| scene.world.device(d)?.space_at(scene.now)).collect();
    out.sort();
    out.dedup();
    (!out.is_empty() && out.len() <= ROOMS_MAX).then_some(out)
}

/// Whether a device is where a phrase says.
fn inside(device: DeviceId, np: &Np, scene: &Scene<'_>) -> bool {
    link::inside(scene, device, &link::places(scene, np))
}

/// How many characters of a name stand together in a text.
fn shared(name: &str, text: &str) -> usize {
    let name: Vec<char> = name.chars().collect();
    let longest = |from: usize| {
        (from + 1..=name.len())
            .take_while(|to| {
                let part: String = name.get(from..*to).unwrap_or_default().iter().collect();
                text.contains(&part)
            })
            .count()
    };
    (0..name.len()).map(longest).max().unwrap_or_default()
}

/// Whether a word is part of a name; a plural counts as its singular.
fn part_of(name: &str, word: &str) -> bool {
    let word = Text::form(word);
    if !word.is_ascii() || !name.is_ascii() {
        return name.contains(word.as_str());
    }
    let stem = word.strip_suffix("es").or_else(|| word.strip_suffix('s')).filter(|s| s.len() > 2).unwrap_or(&word);
    name.split(' ').any(|w| w == word || w == stem)
}

/// Kinds of the devices of acts.
fn kinds<'a>(acts: &[Act], scene: &Scene<'a>) -> Vec<&'a str> {
    acts.iter().filter_map(|a| scene.world.kind_of(scene.world.point(a.point)?.device)).collect()
}

/// Whether a device takes what was done.
fn able(device: DeviceId, acts: &[Act], scene: &Scene<'_>) -> bool {
    acts.iter().any(|a| counterpart(a, device, scene).is_some())
}

/// The point of another device for an act: of the same property; a cover that only opens and one with a position are
/// opened alike.
fn counterpart<'a>(act: &Act, device: DeviceId, scene: &Scene<'a>) -> Option<&'a PointSpec> {
    let of = scene.world.point(act.point)?.trait_.as_deref()?;
    let open = |p: &&PointSpec| p.writable && p.assistant != Assistant::Hidden || p.kind == PointKind::Service;
    let own = || scene.world.points_of(device).filter(open);
    own().find(|p| p.is(of)).or_else(|| {
        let other = match of {
            "opening" => "position",
            "position" => "opening",
            _ => return None,
        };
        own().find(|p| p.is(other))
    })
}

/// Devices where the last ones are, where some are there.
fn nearer(devices: Vec<DeviceId>, scene: &Scene<'_>) -> Vec<DeviceId> {
    let rooms = rooms(scene.salient.iter().copied(), scene).unwrap_or_default();
    let near =
        |d: &&DeviceId| scene.world.device(**d).and_then(|d| d.space_at(scene.now)).is_some_and(|r| rooms.contains(&r));
    let close: Vec<DeviceId> = devices.iter().filter(near).copied().collect();
    if close.is_empty() || close.len() == devices.len() { devices } else { close }
}

/// What the devices of acts are called without their rooms.
fn namesakes(acts: &[Act], scene: &Scene<'_>) -> Vec<String> {
    acts.iter().filter_map(|a| rest_of_name(scene.world.point(a.point)?.device, scene)).collect()
}

/// A device's name without that of its room: "vent" of "north bay vent".
fn rest_of_name(device: DeviceId, scene: &Scene<'_>) -> Option<String> {
    let device = scene.world.device(device)?;
    let room = device.space_at(scene.now).and_then(|s| scene.world.space(s))?;
    let rooms: Vec<String> = room.names.all().map(Text::form).collect();
    device.names.all().map(Text::form).find_map(|name| {
        let rest = rooms.iter().find_map(|r| name.strip_prefix(r.as_str()))?.trim();
        (!rest.is_empty()).then(|| rest.to_owned())
    })
}

/// The devices that a phrase means beside those that were spoken of.
fn targets(np: &Np, acts: &[Act], scene: &Scene<'_>) -> Target {
    let can = |d: DeviceId| able(d, acts, scene);
    let kinds = kinds(acts, scene);
    let alike = |d: DeviceId| can(d) && scene.world.kind_of(d).is_some_and(|k| kinds.contains(&k));
    // Nothing but a place: what is there of the same kind, or what does the same.
    let resolved = |able: &dyn Fn(DeviceId) -> bool| {
        let all = Np { all: np.all || np.only_place(), ..np.clone() };
        let purpose = Purpose { able, common: &|_| true, lock: false, reading: np.only_place(), lights: false };
        match link::resolve(scene, &all, &[], &purpose) {
            Target::Devices(found, sure) => {
                let found: Vec<DeviceId> = found.into_iter().filter(|d| able(*d)).collect();
                if found.is_empty() { Target::Refuse(refuse::nothing_to_do()) } else { Target::Devices(found, sure) }
            }
            other => other,
        }
    };
    let namesakes = namesakes(acts, scene);
    let namesake = |d: &DeviceId| {
        can(*d) && inside(*d, np, scene) && rest_of_name(*d, scene).is_some_and(|n| namesakes.contains(&n))
    };
    if np.only_place() && !np.places.is_empty() {
        let there = link::there(scene, &link::places(scene, np));
        let found: Vec<DeviceId> = there.into_iter().filter(namesake).collect();
        if !found.is_empty() {
            return Target::Devices(found, LEFT_OUT);
        }
    }
    let first = resolved(&alike);
    let first = if matches!(first, Target::Refuse(_)) { resolved(&can) } else { first };
    match first {
        Target::Ask(options) => {
            let all: Vec<DeviceId> = options.iter().flat_map(|(_, d)| d.iter().copied()).collect();
            let near = nearer(all.clone(), scene);
            if near.len() < all.len() { Target::Devices(near, LEFT_OUT) } else { Target::Ask(options) }
        }
        other => other,
    }
}

/// The acts on other devices.
fn transfer(acts: &[Act], devices: &[DeviceId], scene: &Scene<'_>) -> Result<Vec<Act>, Refusal> {
    let first = acts.first().and_then(|a| scene.world.point(a.point)).map(|p| p.device);
    let mut out = Vec::new();
    for device in devices {
        let own = acts.iter().filter(|a| scene.world.point(a.point).map(|p| p.device) == first);
        let mut done = false;
        for act in own {
            let Some(spec) = counterpart(act, *device, scene) else { continue };
            let setting =
                setting(act, spec).ok_or_else(|| refuse::out_of_range(&render::device(*device, scene.world), spec))?;
            out.push(Act { point: spec.id, setting });
            done = true;
        }
        if !done {
            return Err(refuse::no_capability(&render::device(*device, scene.world), Vec::new()));
        }
    }
    Ok(out)
}

/// A setting for another point, where that takes it.
fn setting(act: &Act, spec: &PointSpec) -> Option<Setting> {
    let Setting::To(value) = &act.setting else { return Some(act.setting.clone()) };
    let value = match (value, &spec.kind) {
        (Value::Bool(open), PointKind::Number { min, max, .. }) => Value::Number(if *open { (*max)? } else { (*min)? }),
        (Value::Number(n), PointKind::Bool) => Value::Bool(*n > 0.0),
        (value, _) => value.clone(),
    };
    spec.check(&value).is_ok().then(|| Setting::To(spec.settle(value)))
}

/// A question whose options are the same acts on each.
fn ask(options: Vec<(Bilingual, Vec<DeviceId>)>, acts: &[Act], scene: &Scene<'_>) -> Verdict {
    let choice = |(label, devices): (Bilingual, Vec<DeviceId>)| {
        Some(Choice { label, draft: Draft::Commands(transfer(acts, &devices, scene).ok()?) })
    };
    let text = Bilingual::new("您指的是哪一个？", "Which one do you mean?");
    Verdict::Question(Question { text, options: options.into_iter().filter_map(choice).take(OPTIONS_MAX).collect() })
}
