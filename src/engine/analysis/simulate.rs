//! Witnesses: values are chosen from regions, and the engine itself runs the rules over them.
//!
//! What it is *not*: it proves nothing; it shows one case. Points that no report names stay as they were. Start at
//! [`Stage`].

use super::effects::{Doing, Outline};
use super::meaning::{Chance, Meaning, Occasion};
use super::region::{Cell, Region, Set, Var};
use super::term::Term;
use crate::limits::{SITUATIONS_MAX, SPAN_MS_MAX, WAITS_MAX, WITNESS_ACTIONS_MAX, WITNESS_STEPS_MAX};
use crate::topic::Filter;
use crate::{Effect, Engine, scenario};
use base::id::PointId;
use base::{Bilingual, IdGen, Sample, Span, Timestamp, Value};
use documents::rule_finding::{WitnessAction, WitnessInput, WitnessStep};
use documents::signal::Payload;
use documents::{Act, Deed, Message, PortValue};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use things::{PointKind, States, World};

/// Seed of the ids of runs: the same rules give the same witness.
const SEED: u64 = 1;
/// Time between the rows of a witness that nothing else sets.
const PACE: Span = Span::from_secs(60);
/// How long an actuator takes to report what it was told.
const LAG: Span = Span::from_secs(1);

/// Minutes of a day.
const DAY: f64 = 1_440.0;
/// How many days are looked at for one that is asked for: in 28 years every date comes on every day of the week.
const DAYS_MAX: usize = 366 * 28;

/// Values of points.
pub(super) type Situation = BTreeMap<PointId, Value>;

/// Some rules that run on a clock of their own.
pub(super) struct Stage<'a> {
    engine: Engine,
    world: &'a World,
    states: States,
    ids: IdGen,
    pub(super) now: Timestamp,
    steps: Vec<WitnessStep>,
    /// The messages that were published last.
    published: Vec<Message>,
}

/// What rules did.
pub(super) type Done = Vec<WitnessAction>;

impl<'a> Stage<'a> {
    /// Enables rules at a time, with these values known.
    pub(super) fn new(rules: &[&Outline<'_>], known: &Situation, now: Timestamp, world: &'a World) -> Stage<'a> {
        let states: States = known.iter().map(|(p, v)| (*p, Sample::good(v.clone(), now))).collect();
        let mut engine = Engine::beginning(now);
        for rule in rules {
            engine.run(rule.plan.clone(), &states);
        }
        let mut stage =
            Stage { engine, world, states, ids: IdGen::new(SEED), now, steps: Vec::new(), published: Vec::new() };
        let inputs = known.iter().map(|(p, v)| stage.input(*p, v)).collect();
        stage.steps.push(WitnessStep { at: now, inputs, message: None, actions: Vec::new() });
        stage
    }

    /// A minute later these values are reported, in this order.
    pub(super) fn report(&mut self, values: &[(PointId, Value)]) -> Done {
        self.now = self.now + PACE;
        self.reported(values)
    }

    /// A moment later what was written is reported, and what was published is heard; none where nothing was.
    pub(super) fn obey(&mut self, done: &Done) -> Option<Done> {
        let mut last: BTreeMap<PointId, Value> = BTreeMap::new();
        for action in done {
            if let (Some(point), Some(value)) = (action.point, &action.value) {
                last.insert(point, value.clone());
            }
        }
        last.retain(|point, _| self.world.point(*point).is_some_and(|p| p.feedback));
        let published = std::mem::take(&mut self.published);
        if last.is_empty() && published.is_empty() {
            return None;
        }
        self.now = self.now + LAG;
        let mut all = Done::new();
        if !last.is_empty() {
            all.extend(self.reported(&last.into_iter().collect::<Vec<_>>()));
        }
        for message in published {
            all.extend(self.heard(message));
        }
        Some(all)
    }

    /// A moment later this is said.
    pub(super) fn hear(&mut self, message: Message) -> Done {
        self.now = self.now + LAG;
        self.heard(message)
    }

    fn heard(&mut self, message: Message) -> Done {
        let effects = self.engine.message(&message, self.now, &mut self.ids);
        self.told(Vec::new(), Some(message), effects)
    }

    fn reported(&mut self, values: &[(PointId, Value)]) -> Done {
        let samples: Vec<(PointId, Sample)> =
            values.iter().map(|(p, v)| (*p, Sample::good(v.clone(), self.now))).collect();
        self.states.extend(samples.iter().cloned());
        let effects = self.engine.step(&samples, self.now, &mut self.ids);
        let inputs = values.iter().map(|(p, v)| self.input(*p, v)).collect();
        self.told(inputs, None, effects)
    }

    /// Goes to the next time that a rule waits for; none where none does within the longest time a node may wait.
    pub(super) fn wait(&mut self) -> Option<Done> {
        self.wait_until(self.now + Span::from_millis(SPAN_MS_MAX))
    }

    fn wait_until(&mut self, limit: Timestamp) -> Option<Done> {
        self.now = self.engine.deadline().filter(|at| *at <= limit)?.max(self.now);
        let effects = self.engine.step(&[], self.now, &mut self.ids);
        Some(self.told(Vec::new(), None, effects))
    }

    fn told(&mut self, inputs: Vec<WitnessInput>, message: Option<Message>, effects: Vec<Effect>) -> Done {
        let mut done = Done::new();
        for effect in effects {
            if let Effect::Deed { deed: Deed::Publish(message), .. } = &effect {
                self.published.push(message.clone());
            }
            done.extend(self.acts_of(effect).iter().filter_map(|effect| self.action(effect)));
        }
        let something = !inputs.is_empty() || message.is_some() || !done.is_empty();
        if something && self.steps.len() < WITNESS_STEPS_MAX {
            let actions = done.iter().take(WITNESS_ACTIONS_MAX).cloned().collect();
            self.steps.push(WitnessStep { at: self.now, inputs, message, actions });
        }
        done
    }

    /// What a scene writes, one by one; anything else as it is.
    fn acts_of(&self, effect: Effect) -> Vec<Effect> {
        match effect {
            Effect::Deed { rule, run, node, instance, deed: Deed::Scene(scene) } => {
                let acts = self.world.scene(scene).map(|s| Act::of_scene(s, self.world)).unwrap_or_default();
                let deed = |act| Effect::Deed {
                    rule,
                    run,
                    node: node.clone(),
                    instance: instance.clone(),
                    deed: Deed::Act(act),
                };
                acts.into_iter().map(deed).collect()
            }
            other => vec![other],
        }
    }

    /// What a rule does by an effect; none where it is a trace.
    fn action(&self, effect: &Effect) -> Option<WitnessAction> {
        let Effect::Deed { rule, .. } = effect else { return None };
        let action = scenario::action(effect, self.world, |p| self.states.get(&p).map(|s| &s.value))?;
        let (node, point, value, words) = (action.node, action.point, action.value, action.text);
        Some(WitnessAction { rule: *rule, node, point, value, words })
    }

    fn input(&self, point: PointId, value: &Value) -> WitnessInput {
        let name = self.world.point_words(point);
        let said = self.world.point(point).map_or_else(Bilingual::default, |spec| spec.words(value));
        let words = Bilingual::new(format!("{}：{}", name.zh, said.zh), format!("{}: {}", name.en, said.en));
        WitnessInput { point, value: value.clone(), words }
    }

    /// The present values of a rule's outputs.
    pub(super) fn values(&self, rule: &Outline<'_>) -> Vec<PortValue> {
        let (rule, here) = rule.who();
        self.engine.values(rule, here).unwrap_or_default()
    }

    /// What was reported and done, row by row.
    pub(super) fn witness(self) -> Vec<WitnessStep> {
        self.steps
    }
}

/// What a simulation showed.
pub(super) struct Shown<'a> {
    /// For each doing that should happen what it did; empty where it did not happen.
    pub(super) done: Vec<Done>,
    /// What was known in the end.
    pub(super) situation: Situation,
    /// The rules as they are then.
    pub(super) stage: Stage<'a>,
}

impl Shown<'_> {
    /// Whether everything happened.
    pub(super) fn all(&self) -> bool {
        self.done.iter().all(|d| !d.is_empty())
    }
}

/// Runs rules so that these doings happen as a chance says: from a situation in which nothing calls for them, first what
/// is asked beside the triggers, then the triggers, then the message, then the time that passes; who has not acted is
/// triggered anew.
pub(super) fn show<'a>(
    rules: &[&Outline<'_>],
    wanted: &[(&Outline<'_>, &Doing)],
    chance: &Chance,
    world: &'a World,
) -> Shown<'a> {
    let regions: Vec<&Region> = wanted.iter().flat_map(|(_, d)| d.moment.regions()).collect();
    let before = situations(rules, &regions, world)
        .find(|s| is_outside(&regions, s))
        .or_else(|| situations(rules, &regions, world).next())
        .unwrap_or_default();
    show_from(rules, wanted, chance, &before, world)
}

/// The same, from this situation on.
pub(super) fn show_from<'a>(
    rules: &[&Outline<'_>],
    wanted: &[(&Outline<'_>, &Doing)],
    chance: &Chance,
    before: &Situation,
    world: &'a World,
) -> Shown<'a> {
    let points: BTreeSet<PointId> = rules.iter().flat_map(|r| r.plan.reads()).collect();
    let triggers: BTreeSet<PointId> = wanted.iter().flat_map(|(_, d)| d.triggers.points.iter().copied()).collect();
    let inside: Situation = points
        .iter()
        .filter_map(|p| {
            let fixed = chance.cell.get(&Var::Point(*p)).map(|set| within(*p, set, world));
            Some((*p, fixed.unwrap_or_else(|| before.get(p).cloned())?))
        })
        .collect();
    let moment = moment(&chance.cell, world);
    let mut stage = Stage::new(rules, before, moment.map_or_else(|| begin(world), |at| at - PACE), world);
    // What the clock calls for comes at its time, or not at all.
    let until = chance.occasions.contains(&Occasion::Clock).then(|| stage.now + PACE + LAG);
    let mut done = vec![Done::new(); wanted.len()];
    let changed = |of: &dyn Fn(&PointId) -> bool| -> Vec<(PointId, Value)> {
        inside.iter().filter(|(p, v)| of(p) && before.get(p) != Some(v)).map(|(p, v)| (*p, v.clone())).collect()
    };
    let (beside, calling) = (changed(&|p| !triggers.contains(p)), changed(&|p| triggers.contains(p)));
    let first: Vec<(PointId, Value)> = beside.into_iter().chain(calling).collect();
    note(wanted, &stage.report(&first), &mut done);
    if let Some(message) = message(rules, chance) {
        note(wanted, &stage.hear(message), &mut done);
    }
    settle(&mut stage, wanted, until, &mut done);
    for (place, (_, doing)) in wanted.iter().enumerate() {
        if done.get(place).is_some_and(|d| !d.is_empty()) {
            continue;
        }
        let regions: Vec<&Region> = doing.moment.regions().collect();
        let Some(off) = situations(rules, &regions, world).find(|s| is_outside(&regions, s)) else { continue };
        for point in &doing.triggers.points {
            let (Some(off), Some(on)) = (off.get(point), inside.get(point)) else { continue };
            for value in [off, on] {
                note(wanted, &stage.report(&[(*point, value.clone())]), &mut done);
            }
            settle(&mut stage, wanted, until, &mut done);
        }
    }
    Shown { done, situation: inside, stage }
}

/// A time that lies in a box; none where any does.
fn moment(cell: &Cell, world: &World) -> Option<Timestamp> {
    let vars = [Var::Week, Var::Workday, Var::Month, Var::Day];
    vars.iter().any(|var| cell.get(var).is_some()).then_some(())?;
    let calendar = world.site().calendar.resolved(&world.site().time_zone);
    first_day().series(1.day()).take(DAYS_MAX).find_map(|date| {
        let fits = |var, value: Value| cell.get(&var).is_none_or(|set| set.contains(&value));
        let dated = fits(Var::Month, Value::Number(f64::from(date.month())))
            && fits(Var::Day, Value::Number(f64::from(date.day())))
            && fits(Var::Workday, Value::Bool(calendar.is_workday(date)));
        let begins = f64::from(date.weekday().to_monday_zero_offset()) * DAY;
        let minutes = Set::from_until(begins, begins + DAY);
        let minutes = cell.get(&Var::Week).map_or_else(|| minutes.clone(), |set| set.meet(&minutes));
        let minute = minutes.sample().filter(|_| dated)?.as_number()? - begins;
        #[expect(clippy::cast_possible_truncation, reason = "a day has far fewer milliseconds")]
        let after = (libm::round(minute * 60_000.0) as i64).milliseconds();
        let at = date.at(0, 0, 0, 0).checked_add(after).ok()?;
        Some(Timestamp::from_jiff(zone(world).to_zoned(at).ok()?.timestamp()))
    })
}

/// A message that is one of each of these occasions, and carries what the box asks for; none where nothing is heard.
fn message(rules: &[&Outline<'_>], chance: &Chance) -> Option<Message> {
    let heard = |occasion: &Occasion| match occasion {
        Occasion::Heard(connection, filter) => Some((*connection, filter.clone())),
        Occasion::Level | Occasion::Clock | Occasion::Event(_) => None,
    };
    let heard: Vec<_> = chance.occasions.iter().filter_map(heard).collect();
    let connection = heard.first()?.0;
    let level = |level| chance.cell.get(&Var::Level(level))?.sample()?.as_text().map(str::to_owned);
    let topic = Filter::topic_of_all(heard.iter().map(|(_, filter)| filter.as_ref()), level);
    // What rules look at beside the box only has to be there.
    let of_rules = rules.iter().flat_map(|rule| &rule.meanings).filter_map(|meaning| match meaning {
        Meaning::Value(Term::Var(Var::Field(path), Some(domain))) => Some((path, domain)),
        Meaning::Value(_) | Meaning::Condition(_) | Meaning::Moment(_) => None,
    });
    let of_cell = chance.cell.iter().filter_map(|(var, set)| match var {
        Var::Field(path) => Some((path, set)),
        _ => None,
    });
    let mut json = Json::Object(Map::new());
    for (path, value) in of_rules.chain(of_cell).filter_map(|(path, set)| Some((path, set.sample()?))) {
        put(&mut json, path, &value);
    }
    Some(Message { connection, topic, payload: Payload::Text(json.to_string()), qos: 0, retain: false })
}

/// Writes a value at a path.
fn put(json: &mut Json, path: &[String], value: &Value) {
    let place = path.iter().fold(json, |at, step| {
        if !at.is_object() {
            *at = Json::Object(Map::new());
        }
        &mut at[step.as_str()]
    });
    *place = serde_json::to_value(value).unwrap_or_default();
}

/// Writes down what the wanted doings have done.
fn note(wanted: &[(&Outline<'_>, &Doing)], all: &Done, done: &mut [Done]) {
    for ((outline, doing), mine) in wanted.iter().zip(done) {
        let node = outline.node(doing.node);
        mine.extend(all.iter().filter(|a| a.rule == outline.id() && a.node == node).cloned());
    }
}

/// Lets time pass until everything has happened.
fn settle(stage: &mut Stage<'_>, wanted: &[(&Outline<'_>, &Doing)], until: Option<Timestamp>, done: &mut [Done]) {
    for _ in 0..WAITS_MAX {
        if done.iter().all(|d| !d.is_empty()) {
            break;
        }
        let all = if let Some(until) = until { stage.wait_until(until) } else { stage.wait() };
        let Some(all) = all else { break };
        note(wanted, &all, done);
    }
}

/// Whether a situation lies in none of the regions.
fn is_outside(regions: &[&Region], situation: &Situation) -> bool {
    regions.iter().all(|r| !r.cells().iter().any(|c| holds(c, situation)))
}

/// Situations of the points that rules read, with the values that matter to regions: at most [`SITUATIONS_MAX`].
pub(super) fn situations(
    rules: &[&Outline<'_>],
    regions: &[&Region],
    world: &World,
) -> impl Iterator<Item = Situation> + use<> {
    let points: BTreeSet<PointId> = rules.iter().flat_map(|r| r.plan.reads()).collect();
    let choices: Vec<(PointId, Vec<Value>)> =
        points.into_iter().map(|p| (p, choices(p, regions, world))).filter(|(_, values)| !values.is_empty()).collect();
    let combinations = choices.iter().fold(1_usize, |n, (_, values)| n.saturating_mul(values.len()));
    (0..combinations.min(SITUATIONS_MAX)).map(move |mut number| {
        let mut situation = Situation::new();
        for (point, values) in &choices {
            if let Some(value) = values.get(number % values.len()) {
                situation.insert(*point, value.clone());
            }
            number /= values.len();
        }
        situation
    })
}

/// Values of a point that tell the boxes of regions apart: those outside first.
fn choices(point: PointId, regions: &[&Region], world: &World) -> Vec<Value> {
    let sets = || regions.iter().flat_map(|r| r.cells()).filter_map(|c| c.get(&Var::Point(point)));
    let mut values: Vec<Value> = Vec::new();
    let none = sets().map(Set::complement).reduce(|a, b| a.meet(&b));
    let all = none.into_iter().chain(sets().map(Set::complement)).chain(sets().cloned());
    for value in all.filter_map(|set| within(point, &set, world)) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if values.is_empty() {
        values.extend(any(point, world));
    }
    values
}

/// A value of a point that lies in a set.
fn within(point: PointId, set: &Set, world: &World) -> Option<Value> {
    let spec = world.point(point)?;
    let domain = super::meaning::domain(&spec.kind);
    let value = domain.map_or_else(|| set.clone(), |domain| domain.meet(set)).sample()?;
    // Settable values have a distance; the nearest one may still lie in the set.
    let settled = spec.settle(value.clone());
    let value = if set.contains(&settled) { settled } else { value };
    spec.check(&value).is_ok().then_some(value)
}

/// Any value of a point.
fn any(point: PointId, world: &World) -> Option<Value> {
    match &world.point(point)?.kind {
        PointKind::Enum { tokens } => tokens.first().map(|t| Value::text(t.token.clone())),
        PointKind::Text { .. } => Some(Value::text("text")),
        PointKind::Bool => Some(Value::Bool(false)),
        PointKind::Number { .. } => within(point, &Set::numbers(), world),
        PointKind::Other | PointKind::Service => None,
    }
}

/// Whether a situation lies in a box, as far as points tell.
pub(super) fn holds(cell: &Cell, situation: &Situation) -> bool {
    cell.iter().all(|(var, set)| match var {
        Var::Point(point) => situation.get(point).is_some_and(|v| set.contains(v)),
        Var::Week | Var::Workday | Var::Month | Var::Day | Var::Field(_) | Var::Level(_) => true,
        Var::Wait(_) | Var::Derived(_) | Var::Hidden(_) => true,
    })
}

/// A Monday at midnight at the site.
pub(super) fn begin(world: &World) -> Timestamp {
    let monday = first_day().at(0, 0, 0, 0);
    zone(world).to_zoned(monday).map(|z| Timestamp::from_jiff(z.timestamp())).unwrap_or_default()
}

fn first_day() -> Date {
    date(2026, 1, 5)
}

fn zone(world: &World) -> TimeZone {
    TimeZone::get(&world.site().time_zone).unwrap_or(TimeZone::UTC)
}
