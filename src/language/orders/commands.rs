//! Commands: clauses linked to devices and turned into acts, each with its own verdict.
//!
//! What it is *not*: conditions and questions. Start at [`commands`].

use crate::answers::refuse;
use crate::orders::clause::{self, Clause};
use crate::orders::deed::{self, Wish};
use crate::orders::sought;
use crate::phrases::link::{self, Purpose, Scene, Target};
use crate::phrases::phrase::Np;
use crate::phrases::pieces::{Act as Said, Piece, Val, Verb};
use crate::text::literals::Literal;
use crate::text::normalise::Text;
use base::id::{DeviceId, SpaceId};
use base::{Bilingual, Dimension, Value, limits};
use documents::draft::Choice;
use documents::{Act, Draft, Question, Reason, Refusal, Setting, Verdict};
use things::{Safety, States, World};

/// Confidence when only a room is said and its lights are taken.
const ROOM_ONLY: f64 = 0.9;
/// Confidence when no object is said.
const NO_OBJECT: f64 = 0.9;
/// Below this spelling confidence a secured device is asked about.
const SURE: f64 = 0.999;

/// A verdict, where its words stand, and how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) verdict: Verdict,
    pub(crate) confidence: f64,
    /// Words that were lost and belong to no order of their own: what is said beside them may depend on them.
    pub(crate) loose: bool,
}

/// The commands of a run of pieces.
pub(crate) fn commands(pieces: &[Piece], scene: &mut Scene<'_>, states: &States) -> Vec<Found> {
    let mut out: Vec<Found> = Vec::new();
    let mut since = 0;
    let mut there = None;
    for mut c in clause::clauses(pieces, scene.lexicon) {
        if c.then {
            since = out.len();
        }
        let found = match there.and_then(|room| in_room(&mut c.clone(), room, scene, states)) {
            Some(found) => found,
            None => clause(&mut c, scene, states),
        };
        there = said_room(&c, &found, scene).or(there);
        let against =
            out.iter().skip(since).any(|before| found.iter().any(|now| contradict(&before.verdict, &now.verdict)));
        if against {
            out.truncate(since);
            let (from, to) = (pieces.first().map_or(c.from, |p| p.from), c.to);
            out.push(Found {
                from,
                to,
                verdict: Verdict::Refusal(refuse::contradiction()),
                confidence: 1.0,
                loose: false,
            });
            continue;
        }
        out.extend(found);
    }
    out
}

/// The room that a clause names, by itself or in the name of its device.
fn said_room(c: &Clause, found: &[Found], scene: &Scene<'_>) -> Option<SpaceId> {
    let devices: Vec<DeviceId> = found.iter().filter_map(|f| devices_of(&f.verdict, scene.world)).flatten().collect();
    let room = scene.room_of(&devices)?;
    let names: Vec<String> = scene.world.space(room)?.names.all().map(Text::form).collect();
    let named = |h: usize| scene.lexicon.entry(h).is_some_and(|e| names.iter().any(|n| e.form.contains(n.as_str())));
    c.nps.iter().any(|n| !n.places.is_empty() || n.head.is_some_and(named)).then_some(room)
}

/// 把次卧空调关掉，窗帘拉上: a kind without a place is that of the room spoken of, where it has one.
fn in_room(c: &mut Clause, room: SpaceId, scene: &mut Scene<'_>, states: &States) -> Option<Vec<Found>> {
    let of_kind = |n: &Np| {
        let kind = n.head.and_then(|h| scene.lexicon.entry(h)).is_some_and(|e| !e.kinds.is_empty());
        kind && !n.has_place() && !n.pronoun && !n.all && !n.each && !n.other && !n.everything
    };
    if c.nps.is_empty() || !c.nps.iter().all(of_kind) {
        return None;
    }
    let mut moved = Scene { space: Some(room), ..scene.clone() };
    let found = clause(c, &mut moved, states);
    let here = |d: &DeviceId| scene.world.device(*d).is_some_and(|x| scene.world.is_in(x, room, scene.now));
    let all = found.iter().all(|f| devices_of(&f.verdict, scene.world).is_some_and(|d| d.iter().all(here)));
    all.then(|| {
        scene.salient = moved.salient;
        found
    })
}

/// Whether two switch the same thing both ways at once.
fn contradict(a: &Verdict, b: &Verdict) -> bool {
    let (Verdict::Draft(Draft::Commands(a)), Verdict::Draft(Draft::Commands(b))) = (a, b) else { return false };
    let switched = |x: &Act| {
        matches!(&x.setting, Setting::To(Value::Bool(_)))
            || matches!(&x.setting, Setting::To(Value::Number(n)) if *n <= 0.0 || *n >= 100.0)
    };
    a.len() == b.len()
        && a.iter().zip(b).all(|(x, y)| x.point == y.point && x.setting != y.setting && switched(x) && switched(y))
}

/// What one clause asks for; what it spoke of is spoken of from then on.
pub(crate) fn clause(c: &mut Clause, scene: &mut Scene<'_>, states: &States) -> Vec<Found> {
    normalise(c, scene);
    let found = one(c, scene, states);
    let spoken: Vec<DeviceId> = found.iter().filter_map(|f| devices_of(&f.verdict, scene.world)).flatten().collect();
    if !spoken.is_empty() {
        scene.salient = spoken;
    }
    found
}

/// Values without an act set; a general verb with a value sets.
fn normalise(c: &mut Clause, scene: &Scene<'_>) {
    let set = Some(Said { verb: Verb::Set, trait_: None });
    match c.verb() {
        None if !c.vals.is_empty() => c.act = set,
        // A scene's name alone calls it.
        None if !c.nps.is_empty() && c.nps.iter().all(|n| is_scene(n, scene)) => {
            c.act = Some(Said { verb: Verb::Activate, trait_: None });
        }
        Some(Verb::Turn) if !c.vals.is_empty() => c.act = set,
        // "send the robot home".
        Some(Verb::Turn) if c.nps.iter().any(|n| sent_home(n, scene)) => {
            c.act = Some(Said { verb: Verb::Dock, trait_: None });
            c.nps.iter_mut().for_each(|n| n.places.clear());
        }
        // 切换到聚会模式: a scene is not set to anything.
        Some(Verb::Set | Verb::Turn | Verb::Toggle)
            if c.vals.is_empty() && c.nps.iter().any(|n| is_scene(n, scene)) =>
        {
            c.nps.retain(|n| is_scene(n, scene));
            c.act = Some(Said { verb: Verb::Activate, trait_: None });
        }
        // "activate another colour", "turn the lights to a random colour".
        Some(Verb::Activate | Verb::Turn | Verb::On | Verb::Set)
            if c.vals.is_empty() && c.nps.iter().any(|n| n.props == ["colour"]) =>
        {
            let things = c.nps.iter().any(|n| n.head.is_some());
            c.nps.retain(|n| !things || !n.only_prop());
            c.nps.iter_mut().for_each(|n| n.props = vec!["colour"]);
            c.act = set;
        }
        // "make me a coffee".
        None | Some(Verb::Set | Verb::Turn | Verb::Play)
            if c.vals.is_empty() && !c.nps.is_empty() && c.nps.iter().all(|n| serves(n, scene)) =>
        {
            c.act = Some(Said { verb: Verb::On, trait_: None });
        }
        _ => {}
    }
}

/// Whether something that drives about is named, and as its place the one where it rests.
fn sent_home(np: &Np, scene: &Scene<'_>) -> bool {
    let rests = |(t, state): &(String, String)| t == "run" && state == "docked";
    let home = np.places.iter().filter_map(|p| scene.lexicon.entry(*p)).any(|e| e.states.iter().any(rests));
    let drives = |d: &DeviceId| scene.world.point_with(*d, "run").is_some();
    home && np.head.and_then(|h| scene.lexicon.entry(h)).is_some_and(|e| {
        e.devices.iter().chain(&e.parts).any(drives)
            || e.kinds.iter().any(|(k, _)| link::of_kind(scene.world, k).iter().any(drives))
    })
}

/// Whether a phrase says what a device makes instead of the device.
fn serves(np: &Np, scene: &Scene<'_>) -> bool {
    np.head.and_then(|h| scene.lexicon.entry(h)).is_some_and(|e| e.serves && e.devices.is_empty())
}

fn is_scene(np: &Np, scene: &Scene<'_>) -> bool {
    let named = np.head.and_then(|h| scene.lexicon.entry(h)).map(|e| e.devices.clone()).unwrap_or_default();
    !named.is_empty() && named.iter().all(|d| scene.world.kind_of(*d) == Some("scene"))
}

fn devices_of(v: &Verdict, world: &World) -> Option<Vec<DeviceId>> {
    let Verdict::Draft(Draft::Commands(acts)) = v else { return None };
    let mut ids: Vec<DeviceId> = acts.iter().filter_map(|a| world.point(a.point)).map(|p| p.device).collect();
    ids.sort();
    ids.dedup();
    Some(ids)
}

/// What stands in the way of a clause before any device is looked up.
fn obstacle(c: &Clause, scene: &Scene<'_>) -> Option<Refusal> {
    if let Some((word, place)) = c.unknown.first() {
        let pointed = c.act.is_some() && c.nps.iter().all(Np::only_place);
        return Some(if *place {
            refuse::unknown_place(word, scene.lexicon, scene.world)
        } else if pointed {
            refuse::unknown_device(word, scene.lexicon, scene.world)
        } else {
            refuse::not_understood(&c.unknown.iter().map(|(w, _)| w.clone()).collect::<Vec<_>>())
        });
    }
    if c.notify {
        return Some(Refusal::new(
            Reason::NoCapability,
            Bilingual::new("还不能发送通知", "I cannot send notifications yet"),
        ));
    }
    if let Some(time) = &c.time {
        return Some(refuse::timed(time));
    }
    if c.after.is_some() || c.lasting.is_some() {
        return Some(refuse::timed(""));
    }
    if c.not {
        return Some(refuse::nothing_to_do());
    }
    match c.act {
        None if c.nps.is_empty() => Some(refuse::not_understood(&[])),
        None => {
            Some(Refusal::new(Reason::NotUnderstood, Bilingual::new("要对它做什么？", "what shall be done with it?")))
        }
        Some(a) if a.verb == Verb::Turn => Some(refuse::not_understood(&[])),
        // "change", 换一个: nothing is said of what.
        Some(a) if a.verb == Verb::Set && c.vals.is_empty() && c.nps.iter().all(Np::is_empty) => {
            Some(refuse::not_understood(&[]))
        }
        Some(_) => None,
    }
}

fn one(c: &Clause, scene: &Scene<'_>, states: &States) -> Vec<Found> {
    let loose = !c.own;
    let found = |verdict, confidence| Found { from: c.from, to: c.to, verdict, confidence, loose };
    if let Some(r) = obstacle(c, scene) {
        return vec![found(Verdict::Refusal(r), 1.0)];
    }
    // "leave the lamp on and turn off the rest": the rest of what the exception is one of.
    let rest = |n: &Np| n.other && n.head.is_none() && !n.everything && !n.has_place();
    let nps =
        if c.nps.iter().all(|n| rest(n) && !c.except.is_empty()) { vec![implied(c, scene)] } else { c.nps.clone() };
    let (mut acts, mut confidence, mut others) = (Vec::new(), 1.0_f64, Vec::new());
    let mut scene = scene.clone();
    for np in &nps {
        // "the kitchen light and the fan": the fan of the same room, unless the speaker's is known.
        let room =
            devices_of(&Verdict::Draft(Draft::Commands(acts.clone())), scene.world).and_then(|d| scene.room_of(&d));
        scene.space = scene.space.or(room);
        match link_one(c, np, &scene, states) {
            Ok((more, sure)) => {
                acts.extend(more);
                confidence = confidence.min(sure);
            }
            Err(verdict) => others.push(found(*verdict, 1.0)),
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    acts.retain(|a: &Act| seen.insert(a.point));
    if acts.len() > limits::COMMANDS_PER_REQUEST_MAX {
        let n = limits::COMMANDS_PER_REQUEST_MAX;
        let text =
            Bilingual::new(format!("一次最多执行{n}条命令"), format!("at most {n} commands are possible at once"));
        return vec![found(Verdict::Refusal(Refusal::new(Reason::NotAllowed, text)), 1.0)];
    }
    let mut out = Vec::new();
    if !acts.is_empty() {
        // What an exception takes out of one of several is no refusal.
        let idle = |f: &Found| matches!(&f.verdict, Verdict::Refusal(r) if r.reason == Reason::NothingToDo);
        others.retain(|f| c.except.is_empty() || !idle(f));
        out.push(found(Verdict::Draft(Draft::Commands(acts)), confidence));
    }
    out.extend(others);
    out
}

/// Nothing is pointed at: what was spoken of, or what is here.
fn implied(c: &Clause, scene: &Scene<'_>) -> Np {
    let mut np = Np::new(c.from);
    np.to = c.to;
    // "turn off except the lamp": the kind of the exception.
    if let Some(e) = c.except.iter().find(|e| e.head.is_some()) {
        let kind = e
            .head
            .and_then(|h| scene.lexicon.entry(h))
            .and_then(|e| e.devices.first().or(e.parts.first()))
            .and_then(|d| scene.world.kind_of(*d));
        let named = kind.and_then(|k| scene.lexicon.index().usual(k));
        np.head = e
            .head
            .filter(|h| scene.lexicon.entry(*h).is_some_and(|e| !e.kinds.is_empty() && e.devices.is_empty()))
            .or(named);
        np.all = true;
        np.everything = np.head.is_none();
    } else if !c.except.is_empty() {
        (np.everything, np.all) = (true, true);
    }
    np
}

type Linked = Result<(Vec<Act>, f64), Box<Verdict>>;

fn link_one(c: &Clause, np: &Np, scene: &Scene<'_>, states: &States) -> Linked {
    let here = np.pronoun && np.has_place() && scene.salient.is_empty();
    // "the bedroom is too cold, turn it up": nothing else was spoken of.
    let np = &if here { Np { pronoun: false, ..np.clone() } } else { np.clone() };
    let np = &roaming(c, np, scene);
    let props = room_props(c, np);
    let wish = Wish { clause: c, props: &props, world: scene.world, states, lexicon: scene.lexicon };
    // Where no thing is named, the unit says which one is meant.
    let pointed = np.head.is_some() || !np.props.is_empty() || np.pronoun;
    let able = |d: DeviceId| match deed::deed(&wish, d) {
        Err(r) => r.reason != Reason::NoCapability && (pointed || r.reason != Reason::WrongUnit),
        Ok(_) => true,
    };
    let common = |d: DeviceId| common(scene.world, d);
    let verb = c.verb();
    let switching = matches!(verb, Some(Verb::On | Verb::Off | Verb::OnOrOpen | Verb::OffOrClose | Verb::Toggle));
    let lit = switching || verb == Some(Verb::Light);
    const SWITCHED: &[&str] = &["on_off", "playback", "mute", "run", "lock", "opening", "contact", "position"];
    if np.only_prop() && switching && !np.props.iter().any(|p| SWITCHED.contains(p)) {
        return Err(Box::new(Verdict::Refusal(refuse::not_understood(&[]))));
    }
    let purpose = Purpose {
        able: &able,
        common: &common,
        lock: matches!(verb, Some(Verb::Lock | Verb::Unlock)),
        reading: false,
        lights: lit && !c.vals.iter().any(|v| matches!(v, Val::State(_))),
    };
    let dummy = np.pronoun && scene.salient.is_empty() && c.act.is_some_and(|a| a.trait_.is_some());
    let (target, confidence) = if dummy
        || np.is_empty()
        || (np.all && np.head.is_none() && !np.everything && !np.has_place() && np.props.is_empty() && !np.pronoun)
    {
        (bare(scene, np, c, &able, states), NO_OBJECT)
    } else {
        (link::resolve(scene, np, &c.except, &purpose), if np.only_place() && switching { ROOM_ONLY } else { 1.0 })
    };
    match target {
        Target::Refuse(r) if r.reason == Reason::UnknownDevice => {
            let sought = sought::sought(c, np, &props, scene).map(Box::new);
            Err(Box::new(Verdict::Refusal(Refusal { sought, ..r })))
        }
        Target::Refuse(r) => Err(Box::new(Verdict::Refusal(r))),
        Target::Devices(ids, sure) => {
            // "pause in the lounge": what plays, not what cleans.
            let playing: Vec<DeviceId> =
                ids.iter().copied().filter(|d| scene.world.point_with(*d, "playback").is_some()).collect();
            let media = matches!(verb, Some(Verb::Pause | Verb::Resume | Verb::Stop)) && np.only_place();
            let ids = if media && !playing.is_empty() { playing } else { ids };
            let acts = deeds(&wish, &ids, np.all || ids.len() > 1).map_err(|v| only_told(*v, c, np, &ids, scene))?;
            let confidence = confidence * sure * np.sure;
            if np.sure < SURE && ids.iter().any(|d| link::secure(scene.world, *d)) {
                return Err(Box::new(ask(
                    &wish,
                    ids.iter().map(|d| (crate::answers::render::device(*d, scene.world), vec![*d])).collect(),
                )));
            }
            Ok((acts, confidence))
        }
        Target::Ask(options) => Err(Box::new(ask(&wish, options))),
    }
}

/// "close the garage door", where there is but a sensor that tells whether it is open: what could do it is not there.
fn only_told(verdict: Verdict, c: &Clause, np: &Np, ids: &[DeviceId], scene: &Scene<'_>) -> Box<Verdict> {
    let writable = |d: &DeviceId| scene.world.points_of(*d).any(|p| p.writable);
    match verdict {
        Verdict::Refusal(r) if r.reason == Reason::NoCapability && !ids.iter().any(writable) => {
            let sought = sought::sought(c, np, &np.props, scene).map(Box::new);
            Box::new(Verdict::Refusal(Refusal { sought, ..r }))
        }
        other => Box::new(other),
    }
}

/// "clean the kitchen", "start the robot in the hall": a place says where a robot shall go, unless one stands there.
fn roaming<'a>(c: &Clause, np: &'a Np, scene: &Scene<'_>) -> std::borrow::Cow<'a, Np> {
    let cleans = matches!(c.verb(), Some(Verb::Clean | Verb::Mow));
    let robots = |d: &DeviceId| scene.world.points_of(*d).any(|p| p.is("run") && p.writable);
    let of_head = np.head.and_then(|h| scene.lexicon.entry(h)).is_some_and(|e| {
        let named: Vec<DeviceId> = e.devices.iter().chain(&e.parts).copied().collect();
        (!named.is_empty() && named.iter().all(robots))
            || e.kinds.iter().any(|(k, _)| k == "vacuum" || k == "lawn_mower")
    });
    let places: Vec<_> =
        np.places.iter().filter_map(|p| scene.lexicon.entry(*p)).flat_map(|e| e.spaces.clone()).collect();
    let here = scene.space.into_iter().filter(|_| np.here);
    let stands = || places.into_iter().chain(here).any(|p| scene.world.devices_in(p, scene.now).any(|d| robots(&d.id)));
    if (of_head || cleans && np.only_place()) && np.has_place() && !stands() {
        return std::borrow::Cow::Owned(Np { places: Vec::new(), here: false, everywhere: false, ..np.clone() });
    }
    std::borrow::Cow::Borrowed(np)
}

/// "set the bedroom to 21": of a room without a word for the property, the unit says which one is meant.
fn room_props(c: &Clause, np: &Np) -> Vec<&'static str> {
    if !np.only_place() || c.act.is_some_and(|a| a.trait_.is_some()) {
        return np.props.clone();
    }
    let percent = |l: &Literal| matches!(l, Literal::Quantity(q) if q.unit.dimension() == Dimension::Ratio);
    let literal = c.vals.iter().find_map(|v| if let Val::Literal(l) = v { Some(l) } else { None });
    match literal {
        Some(l) if percent(l) => vec!["brightness"],
        Some(Literal::Number(_) | Literal::Degrees(_)) => vec!["setpoint"],
        _ => Vec::new(),
    }
}

/// What "everything" means: what is switched and nobody depends on.
fn common(world: &World, device: DeviceId) -> bool {
    let kind = world.kind_of(device).unwrap_or_default();
    world.points_of(device).any(|p| {
        p.writable && p.safety <= Safety::Comfort && matches!(p.trait_.as_deref(), Some("on_off" | "playback"))
    }) && !matches!(kind, "siren" | "pump")
}

/// No object at all: what was spoken of, then what is here, then the only one there is.
fn bare(scene: &Scene<'_>, np: &Np, c: &Clause, able: &dyn Fn(DeviceId) -> bool, states: &States) -> Target {
    let lock = matches!(c.verb(), Some(Verb::Lock | Verb::Unlock));
    let spoken: Vec<DeviceId> = scene.salient.iter().copied().filter(|d| able(*d)).collect();
    if !spoken.is_empty() && !np.all {
        return Target::Devices(spoken, 1.0);
    }
    let earlier: Vec<DeviceId> = scene.before.iter().copied().filter(|d| able(*d)).collect();
    if !earlier.is_empty() && !np.all {
        return Target::Devices(earlier, 1.0);
    }
    let fit = |d: &DeviceId| able(*d) && (lock || !link::secure(scene.world, *d));
    let here: Vec<DeviceId> =
        scene.space.into_iter().flat_map(|s| link::there(scene, &[vec![s]])).filter(fit).collect();
    // "lock up": everything that can be.
    let near =
        if here.is_empty() || c.verb() == Some(Verb::Lock) { link::all(scene).filter(fit).collect() } else { here };
    let playing: Vec<DeviceId> = near.iter().copied().filter(|d| plays(scene.world, states, *d)).collect();
    let players = near.iter().copied().filter(|d| scene.world.point_with(*d, "playback").is_some()).collect();
    // 关了 alone is no word for what plays.
    let switches = matches!(
        c.verb(),
        Some(Verb::On | Verb::Off | Verb::OnOrOpen | Verb::OffOrClose | Verb::Toggle | Verb::Open | Verb::Close)
    );
    let near = [playing, players]
        .into_iter()
        .filter(|_| !switches)
        .find(|list: &Vec<DeviceId>| !list.is_empty())
        .unwrap_or(near);
    let one_kind = near.windows(2).all(|w| matches!(w, [a, b] if scene.world.kind_of(*a) == scene.world.kind_of(*b)));
    match near.as_slice() {
        [] => Target::Refuse(Refusal::new(
            Reason::UnknownDevice,
            Bilingual::new("没有能做这个的设备", "there is no device that can do that"),
        )),
        [only] => Target::Devices(vec![*only], 1.0),
        many if scene.space.is_some() && one_kind => Target::Devices(many.to_vec(), 1.0),
        many => Target::Ask(
            many.iter()
                .map(|d| (crate::answers::render::device(*d, scene.world), vec![*d]))
                .take(documents::draft::OPTIONS_MAX)
                .collect(),
        ),
    }
}

fn plays(world: &World, states: &States, device: DeviceId) -> bool {
    world
        .point_with(device, "playback")
        .and_then(|p| states.get(&p.id))
        .is_some_and(|s| s.value == Value::text("playing"))
        || world
            .point_with(device, "run")
            .and_then(|p| states.get(&p.id))
            .is_some_and(|s| s.value == Value::text("cleaning"))
}

fn deeds(wish: &Wish<'_>, ids: &[DeviceId], set: bool) -> Result<Vec<Act>, Box<Verdict>> {
    let mut out = Vec::new();
    let mut first = None;
    for d in ids {
        match deed::deed(wish, *d) {
            Ok(acts) => out.extend(acts),
            Err(r) if set && r.reason == Reason::NoCapability => first = first.or(Some(r)),
            Err(r) => return Err(Box::new(Verdict::Refusal(r))),
        }
    }
    match (out.is_empty(), first) {
        (true, Some(r)) => Err(Box::new(Verdict::Refusal(r))),
        _ => Ok(out),
    }
}

/// A question whose options are the drafts of each choice; a single possible one is still asked about.
fn ask(wish: &Wish<'_>, options: Vec<(Bilingual, Vec<DeviceId>)>) -> Verdict {
    let mut choices = Vec::new();
    for (label, ids) in options {
        match deeds(wish, &ids, true) {
            Ok(acts) => choices.push(Choice { label, draft: Draft::Commands(acts) }),
            Err(v) => {
                if let Verdict::Refusal(r) = *v {
                    return Verdict::Refusal(r);
                }
            }
        }
    }
    Verdict::Question(Question {
        text: Bilingual::new("您指的是哪一个？", "Which one do you mean?"), options: choices
    })
}
