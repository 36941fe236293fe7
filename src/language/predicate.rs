//! Predicates: what a condition or a question says about states. Shared by rules and questions.
//!
//! What it is *not*: who answers or acts on it. Start at [`tree`] for the words and [`ground`] for the points.

use crate::lexicon::Lexicon;
use crate::link::{self, Purpose, Scene, Target};
use crate::literals::Literal;
use crate::normalise::Text;
use crate::phrase::Np;
use crate::pieces::{Compare, Item, Mark, Piece, Val, Verb};
use crate::refuse;
use crate::signs;
use base::id::{DeviceId, PointId};
use base::{Bilingual, Dimension, Span, Unit, Value};
use documents::{Comparison, Condition, Reason, Refusal};
use things::{Assistant, PointKind, PointSpec, World};

/// Most points that one predicate compares.
pub(crate) const POINTS_MAX: usize = 16;

/// What is said of a subject.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Check {
    /// It is in a state: pairs of trait and value.
    State(Vec<(String, String)>),
    /// It compares with numbers (two for "between").
    Number(Compare, Vec<Literal>),
    /// People are there or not.
    People(bool),
    /// Sensors show it, as an entry.
    Sign(usize),
}

/// One predicate.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Predicate {
    pub(crate) np: Option<Np>,
    pub(crate) check: Option<Check>,
    pub(crate) not: bool,
    pub(crate) dwell: Option<Span>,
    /// Words that nobody knows.
    pub(crate) unknown: Vec<String>,
    /// Bound to a time of day.
    pub(crate) time: Option<String>,
}

/// Predicates joined.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    One(Box<Predicate>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
}

/// States that acts bring about: "when the door opens".
pub(crate) fn states_of(verb: Verb) -> Option<Vec<(String, String)>> {
    let pairs: &[(&str, &str)] = match verb {
        Verb::On => &[("on_off", "true"), ("playback", "playing"), ("run", "cleaning")],
        Verb::Off => &[("on_off", "false"), ("playback", "idle")],
        Verb::Open | Verb::OnOrOpen => &[("contact", "true"), ("opening", "true"), ("on_off", "true")],
        Verb::Close | Verb::OffOrClose => &[("contact", "false"), ("opening", "false"), ("on_off", "false")],
        Verb::Lock => &[("lock", "true")],
        Verb::Unlock => &[("lock", "false")],
        Verb::Play | Verb::Resume => &[("playback", "playing")],
        Verb::Pause => &[("playback", "paused"), ("run", "paused")],
        Verb::Start | Verb::Clean => &[("run", "cleaning"), ("on_off", "true")],
        Verb::Stop => &[("playback", "idle"), ("run", "idle"), ("on_off", "false")],
        Verb::Dock => &[("run", "docked")],
        Verb::Mute => &[("mute", "true")],
        Verb::Unmute => &[("mute", "false")],
        Verb::Press => &[("press", "true")],
        _ => return None,
    };
    Some(pairs.iter().map(|(t, v)| ((*t).to_string(), (*v).to_string())).collect())
}

struct Builder<'a> {
    lexicon: &'a Lexicon,
    /// Predicates so far, each with whether "or" stands before it.
    done: Vec<(bool, Predicate)>,
    now: Predicate,
    or: bool,
    compare: Option<Compare>,
    implied: Option<&'static str>,
    values: Vec<Literal>,
    /// Phrases joined before their predicate: "the door or the window is open".
    joined: Vec<(bool, Np)>,
    /// A break stands before what follows.
    ended: bool,
}

/// Reads the pieces of a condition.
pub(crate) fn tree(pieces: &[Piece], lexicon: &Lexicon, subject: Option<&Np>) -> Option<Tree> {
    let now = Predicate { np: None, ..Predicate::default() };
    let mut b = Builder {
        lexicon,
        done: Vec::new(),
        now,
        or: false,
        compare: None,
        implied: None,
        values: Vec::new(),
        joined: Vec::new(),
        ended: false,
    };
    for i in 0..pieces.len() {
        b.ended = i > 0 && matches!(pieces.get(i - 1).map(|p| &p.item), Some(Item::Mark(Mark::Comma | Mark::And)));
        b.take(pieces, i);
    }
    b.finish();
    let mut list = b.done;
    if let (Some(np), Some((_, first))) = (subject, list.first_mut())
        && first.np.as_ref().is_none_or(|n| n.pronoun)
    {
        first.np = Some(np.clone());
    }
    // Later predicates take the subject of the one before: "above 20 and below 30".
    let mut before: Option<Np> = None;
    for (_, p) in &mut list {
        match &mut p.np {
            Some(np) => {
                if let Some(b) = before.as_ref().filter(|b| b.has_place() && np.only_prop() && !np.has_place()) {
                    np.places = b.places.clone();
                    np.here = b.here;
                }
                before = Some(np.clone());
            }
            None if !matches!(p.check, Some(Check::People(_))) => p.np = before.clone(),
            None => {}
        }
    }
    join(list)
}

/// "and" binds more tightly than "or".
fn join(list: Vec<(bool, Predicate)>) -> Option<Tree> {
    let mut groups: Vec<Vec<Tree>> = Vec::new();
    for (or, p) in list {
        match groups.last_mut().filter(|_| !or) {
            Some(last) => last.push(Tree::One(Box::new(p))),
            None => groups.push(vec![Tree::One(Box::new(p))]),
        }
    }
    let mut any: Vec<Tree> =
        groups.into_iter().filter_map(|mut g| if g.len() > 1 { Some(Tree::And(g)) } else { g.pop() }).collect();
    if any.len() > 1 { Some(Tree::Or(any)) } else { any.pop() }
}

impl Builder<'_> {
    fn checked(&self) -> bool {
        self.now.check.is_some() || !self.values.is_empty() || self.property_alone()
    }

    /// "motion" alone is a predicate.
    fn property_alone(&self) -> bool {
        self.now.np.as_ref().is_some_and(|n| n.props.iter().any(|p| boolean(p)))
    }

    fn finish(&mut self) {
        let compare = self.compare.take().unwrap_or(Compare::Equal);
        // 三个会议室都没人: the number counts places.
        if self.now.check.is_some() && compare == Compare::Equal {
            self.values.clear();
        }
        if !self.values.is_empty() {
            self.now.check = Some(Check::Number(compare, std::mem::take(&mut self.values)));
        }
        if let Some(of) = self.implied.take() {
            let np = self.now.np.get_or_insert_with(Np::default);
            if np.props.is_empty() && np.head.is_none() {
                np.props = vec![of];
            }
        }
        let p = std::mem::take(&mut self.now);
        if p == Predicate::default() {
            return;
        }
        // "... and that for half an hour".
        if p.dwell.is_some() && p == (Predicate { dwell: p.dwell, ..Predicate::default() }) && !self.done.is_empty() {
            self.done.iter_mut().for_each(|(_, d)| d.dwell = p.dwell);
            return;
        }
        let joined = std::mem::take(&mut self.joined);
        let mut or = self.or;
        for (next_or, mut np) in joined {
            if let Some(last) = p.np.as_ref().filter(|_| np.only_place()) {
                np = Np { places: np.places.clone(), here: np.here, ..last.clone() };
            }
            self.done.push((or, Predicate { np: Some(np), ..p.clone() }));
            or = next_or;
        }
        self.done.push((or, p));
        self.or = false;
    }

    /// "open in the garage": a word for a thing and a place is the place behind "in".
    fn located(&self, pieces: &[Piece], i: usize) -> Option<Np> {
        let Item::Np(np) = &pieces.get(i)?.item else { return None };
        let behind = matches!(pieces.get(i.checked_sub(1)?)?.item, Item::Mark(Mark::At));
        let head = np.head.filter(|h| self.lexicon.entry(*h).is_some_and(crate::lexicon::Entry::is_place))?;
        let other = self.now.np.as_ref().is_some_and(|n| n.head.is_some());
        (behind && other).then(|| Np { head: None, places: vec![head], ..np.clone() })
    }

    fn take(&mut self, pieces: &[Piece], i: usize) {
        let Some(piece) = pieces.get(i) else { return };
        let located = self.located(pieces, i).map(Item::Np);
        match located.as_ref().unwrap_or(&piece.item) {
            // 没人移动: the property of the people that were spoken of.
            Item::Np(np)
                if np.only_prop()
                    && !np.has_place()
                    && matches!(self.now.check, Some(Check::People(_)))
                    && np.props.contains(&"motion") =>
            {
                let there = matches!(self.now.check, Some(Check::People(true)));
                self.now.check = Some(Check::State(vec![("motion".into(), there.to_string())]));
            }
            // "are the lights on in the kitchen": the place behind the state.
            Item::Np(np)
                if np.placeish() && self.now.check.is_some() && self.now.np.as_ref().is_none_or(|n| !n.has_place()) =>
            {
                self.subject(np);
            }
            // 二楼开着几盏灯: the thing behind the state.
            Item::Np(np)
                if self.now.check.is_some()
                    && !self.ended
                    && np.head.is_some()
                    && self.now.np.as_ref().is_some_and(|n| n.placeish() && !np.has_place()) =>
            {
                self.subject(np);
            }
            Item::Np(np) => {
                if self.checked() && self.now.np.is_some() && self.now.check.is_some() {
                    self.finish();
                }
                self.subject(np);
            }
            Item::Val(val) => self.value(val),
            Item::Mark(m) => self.mark(*m, pieces, i),
            Item::Act(a) => {
                if let Some(states) = states_of(a.verb) {
                    self.now.check = Some(Check::State(states));
                }
            }
            Item::For(span) => {
                self.now.dwell = Some(*span);
                if self.values.is_empty() {
                    self.compare = None;
                }
            }
            Item::Sign(entry) => {
                if self.now.check.is_some() {
                    self.finish();
                }
                self.now.check = Some(Check::Sign(*entry));
            }
            Item::Time(word) => self.now.time = Some(word.clone()),
            Item::Notify => {}
            Item::Unknown(word) => self.now.unknown.push(word.clone()),
        }
    }

    /// A second phrase before the predicate says where or of what.
    fn subject(&mut self, np: &Np) {
        if !np.having.is_empty() && self.now.check.is_none() {
            self.now.check = Some(Check::State(np.having.clone()));
        }
        let np = &Np { having: Vec::new(), ..np.clone() };
        match &mut self.now.np {
            None => self.now.np = Some(np.clone()),
            // "if it gets warmer than 28 in the lab".
            Some(first) if first.pronoun => *first = np.clone(),
            Some(first) if np.placeish() => {
                first.places.extend(&np.places);
                first.unknown.extend(np.unknown.iter().cloned());
                first.here |= np.here;
            }
            Some(first) if first.only_place() => {
                let mut second = np.clone();
                second.places.extend(&first.places);
                second.here |= first.here;
                *first = second;
            }
            Some(first) if np.only_prop() && first.props.is_empty() => first.props = np.props.clone(),
            Some(first) if first.only_prop() && np.props.is_empty() => {
                let props = first.props.clone();
                *first = Np { props, ..np.clone() };
            }
            Some(first) => {
                let earlier = std::mem::replace(first, np.clone());
                self.joined.push((false, earlier));
            }
        }
    }

    fn value(&mut self, val: &Val) {
        match val {
            Val::Literal(l) => self.values.push(l.clone()),
            Val::State(entry) | Val::Either(entry, _) => {
                let mut states = self.lexicon.entry(*entry).map(|e| e.states.clone()).unwrap_or_default();
                if let Val::Either(_, verb) = val {
                    states.extend(states_of(*verb).unwrap_or_default());
                }
                // "somebody comes back".
                let switched = states.iter().all(|(t, _)| t == "on_off");
                if !(switched && matches!(self.now.check, Some(Check::People(_)))) {
                    self.now.check = Some(Check::State(states));
                }
            }
            Val::Max | Val::Min | Val::Bit | Val::Lot => {}
        }
    }

    fn mark(&mut self, mark: Mark, pieces: &[Piece], i: usize) {
        match mark {
            Mark::Compare(c, of) => {
                self.implied = self.implied.or(of);
                // 26度以上: behind the number.
                self.compare = Some(match (self.compare, c) {
                    (Some(first), Compare::Equal) => first,
                    _ => c,
                });
            }
            Mark::All | Mark::Each => {
                if let Some(np) = &mut self.now.np {
                    np.all = true;
                }
                self.joined.iter_mut().for_each(|(_, n)| n.all = true);
            }
            Mark::Not => self.now.not = !self.now.not,
            Mark::Somebody(there) => self.now.check = Some(Check::People(there)),
            Mark::On => self.now.check = states_of(Verb::On).map(Check::State),
            Mark::Off => self.now.check = states_of(Verb::Off).map(Check::State),
            Mark::And | Mark::Or | Mark::Comma => {
                let or = mark == Mark::Or;
                let between = self.compare == Some(Compare::Between) && self.values.len() == 1;
                if between || pieces.get(i + 1).is_none() {
                    return;
                }
                let bare_phrase = self.now.np.is_some() && !self.checked();
                if bare_phrase {
                    if mark == Mark::Comma {
                        return;
                    }
                    if let Some(np) = self.now.np.take() {
                        self.joined.push((or, np));
                    }
                } else {
                    self.finish();
                    self.or = or;
                }
            }
            _ => {}
        }
    }
}

/// Whether a property is true or false.
pub(crate) fn boolean(trait_id: &str) -> bool {
    matches!(trait_id, "motion" | "occupancy" | "smoke" | "gas" | "leak" | "problem" | "contact" | "mute")
}

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
        return Err(if pointed {
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
                let name = ids.first().map_or_else(Bilingual::default, |d| crate::render::device(*d, scene.world));
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
                return Err(refuse::out_of_range(&crate::render::device(*d, scene.world), spec));
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
        Err(_) if np.head.is_some() && (np.props.is_empty() || crate::values::one_reading(np, scene)) => {
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
    let lock = |e: &crate::lexicon::Entry| e.kinds.iter().any(|(k, rank)| k == "lock" && *rank == 0);
    if !doors || !states.iter().any(|(t, _)| t == "lock") {
        return np.clone();
    }
    Np { head: scene.lexicon.entries().iter().position(lock), ..np.clone() }
}

fn people(scene: &Scene<'_>, np: &Np, there: bool) -> Result<Grounded, Refusal> {
    if let Some(found) = signs::at_home(scene, np, there) {
        return Ok(found);
    }
    let plain = vec![("plain".to_string(), there.to_string())];
    if crate::values::one_reading(np, scene)
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
