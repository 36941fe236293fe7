//! The virtual clock: from report to report and to whatever is due in between.

use super::course::Course;
use super::feed::Feed;
use super::{BacktestError, Found, SAMPLES_MAX, STEPS_MAX, TIME_MAX, checked, told};
use crate::clock::SystemClock;
use crate::history::aggregate::hold_of;
use base::id::{DeviceId, PointId};
use base::{Clock, IdGen, Quality, Sample, Timestamp, Value};
use documents::backtest::{FIRINGS_MAX, Firing, FiringAction};
use documents::trace::Trigger;
use documents::{Backtest, Deed};
use engine::{Effect, Engine, Present};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use store::Store;
use things::{PointSpec, States, World};

/// Seed of the ids of runs; nobody sees them.
const SEED: u64 = 1;
/// How often what the rule wrote wakes it again within one moment; a loop ends there.
const ROUNDS_MAX: usize = 16;
/// Steps between two looks at the machine's clock.
const LOOK_EVERY: u64 = 1_024;

/// Runs a rule over a range.
pub(super) async fn over(
    store: &Store,
    found: &Found,
    (from, to): (Timestamp, Timestamp),
    sees: &impl Fn(&PointSpec) -> bool,
) -> Result<Backtest, BacktestError> {
    let clock = SystemClock::default();
    let began = clock.now();
    let plans = checked(found, sees)?;
    let (reads, writes) = engine::touched(&plans);
    let points =
        reads.union(&writes).filter_map(|p| found.world.point(*p)).map(|s| (s.id, hold_of(s))).collect::<Vec<_>>();
    let (mut feed, known) = Feed::open(store, &points, (from, to)).await?;
    let mut past = Past::begin(found, (&reads, &writes), known, (from, to))?;
    let mut reached = to;
    while let Some((at, reports)) = feed.next().await? {
        past.until(at, &clock, began);
        if past.stopped.is_none() && feed.read() > SAMPLES_MAX {
            past.stopped = Some(at);
        }
        if past.stopped.is_some() {
            break;
        }
        past.report(at, reports);
    }
    past.until(to, &clock, began);
    reached = past.stopped.unwrap_or(reached);
    past.end(reached);
    let facts = told::Facts { found, plans: &plans, from, to: reached, whole: reached == to, samples: feed.read() };
    let took = clock.now() - began;
    told::tell(store, facts, past, took).await
}

/// What is known at the beginning. When devices came and went is not recorded: they are taken to be there.
struct Known<'a>(&'a States);

impl Present for Known<'_> {
    fn sample(&self, point: PointId) -> Option<&Sample> {
        self.0.get(&point)
    }
    fn online(&self, _: DeviceId) -> Option<bool> {
        Some(true)
    }
}

/// An action whose value may really have come later.
struct Pending {
    /// Number of the firing, from the first one on.
    firing: usize,
    action: usize,
    value: Value,
}

/// A scene as the writes that it is made of.
fn parts(effect: Effect, world: &World) -> Vec<Effect> {
    let Effect::Deed { rule, run, node, instance, deed: Deed::Scene(_) } = &effect else { return vec![effect] };
    let deed = |act| Effect::Deed {
        rule: *rule,
        run: *run,
        node: node.clone(),
        instance: instance.clone(),
        deed: Deed::Act(act),
    };
    engine::scenario::spelled_out(&effect, world).into_iter().map(deed).collect()
}

/// A rule on its way through the past.
pub(super) struct Past<'a> {
    world: &'a World,
    engine: Engine,
    ids: IdGen,
    reads: BTreeSet<PointId>,
    /// What really was.
    pub(super) real: BTreeMap<PointId, Course>,
    /// What would have been, of what the rule writes.
    pub(super) would: BTreeMap<PointId, Course>,
    /// How many values are recorded of each point.
    pub(super) counts: BTreeMap<PointId, u64>,
    pub(super) firings: VecDeque<Firing>,
    pub(super) fired: usize,
    pub(super) actions: usize,
    pub(super) idle: usize,
    pub(super) errors: usize,
    pub(super) steps: u64,
    /// The last report that moved the rule.
    moved: Option<Trigger>,
    pending: BTreeMap<PointId, Vec<Pending>>,
    /// Where a limit was reached.
    pub(super) stopped: Option<Timestamp>,
}

impl<'a> Past<'a> {
    fn begin(
        found: &'a Found,
        (reads, writes): (&BTreeSet<PointId>, &BTreeSet<PointId>),
        known: Vec<(PointId, Sample)>,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Past<'a>, BacktestError> {
        let states: States = known.into_iter().collect();
        let course = |point: PointId| (point, Course::begin(from, to, states.get(&point).map(|s| s.value.clone())));
        let mut engine = Engine::default();
        let diagnostics = engine.enable(&found.graph, &found.world, &Known(&states), from);
        if !engine.contains(found.graph.id) {
            return Err(BacktestError::Unfit(diagnostics));
        }
        Ok(Past {
            world: &found.world,
            engine,
            ids: IdGen::new(SEED),
            real: reads.union(writes).copied().map(course).collect(),
            would: writes.iter().copied().map(course).collect(),
            counts: BTreeMap::new(),
            reads: reads.clone(),
            firings: VecDeque::new(),
            fired: 0,
            actions: 0,
            idle: 0,
            errors: 0,
            steps: 0,
            moved: None,
            pending: BTreeMap::new(),
            stopped: None,
        })
    }

    /// Does what is due before a moment.
    fn until(&mut self, at: Timestamp, clock: &SystemClock, began: Timestamp) {
        while let Some(due) = self.engine.deadline().filter(|due| *due < at && self.stopped.is_none()) {
            let effects = self.engine.step(&[], due, &mut self.ids);
            self.follow(due, effects);
            let late = self.steps.is_multiple_of(LOOK_EVERY) && clock.now() - began > TIME_MAX;
            if late || self.steps >= STEPS_MAX {
                self.stopped = Some(due);
            }
        }
        if self.steps.is_multiple_of(LOOK_EVERY) && clock.now() - began > TIME_MAX {
            self.stopped.get_or_insert(at);
        }
    }

    /// What was reported at a moment.
    fn report(&mut self, at: Timestamp, reports: Vec<(PointId, Sample)>) {
        let mut seen = Vec::with_capacity(reports.len());
        for (point, sample) in reports {
            let known = (sample.quality != Quality::Bad).then(|| sample.value.clone());
            *self.counts.entry(point).or_default() += u64::from(known.is_some());
            let changed = self.real.get_mut(&point).is_some_and(|course| course.set(at, known.clone()));
            match self.would.get_mut(&point) {
                // Somebody really changed it: that counts from here on.
                Some(would) if changed => {
                    would.set(at, known.clone());
                    self.came(point, at, known.as_ref());
                }
                // It was told again; what the rule wrote still holds.
                Some(would) if would.value() != known.as_ref() => continue,
                _ => {}
            }
            if self.reads.contains(&point) {
                seen.push((point, sample));
            }
        }
        let effects = self.engine.step(&seen, at, &mut self.ids);
        self.follow(at, effects);
    }

    /// A value really came that the rule would have set before.
    fn came(&mut self, point: PointId, at: Timestamp, value: Option<&Value>) {
        let Some(waiting) = self.pending.get_mut(&point) else { return };
        let dropped = self.fired - self.firings.len();
        let tolerance = self.world.point(point).map_or(0.0, PointSpec::tolerance);
        waiting.retain(|p| {
            let same = value.is_some_and(|v| v.close_to(&p.value, tolerance));
            if same
                && let Some(firing) = p.firing.checked_sub(dropped).and_then(|i| self.firings.get_mut(i))
                && let Some(action) = firing.actions.get_mut(p.action)
            {
                action.later = Some(at);
            }
            !same
        });
    }

    /// Takes down what the rule asks for, and lets it see what it wrote.
    fn follow(&mut self, at: Timestamp, effects: Vec<Effect>) {
        let mut effects = effects;
        self.steps += 1;
        for _ in 0..ROUNDS_MAX {
            let mut written = Vec::new();
            let mut actions = Vec::new();
            for effect in effects.into_iter().flat_map(|effect| parts(effect, self.world)) {
                if let Effect::Trace(trace) = effect {
                    self.errors += usize::from(!trace.errors.is_empty());
                    if trace.trigger.is_some() {
                        self.moved = trace.trigger;
                    }
                    self.fire(at, std::mem::take(&mut actions));
                } else if let Some(asked) = self.asked(at, &effect, &mut written) {
                    actions.push(asked);
                }
            }
            self.fire(at, actions);
            if written.is_empty() {
                return;
            }
            self.steps += 1;
            effects = self.engine.step(&written, at, &mut self.ids);
        }
    }

    fn asked(&mut self, at: Timestamp, effect: &Effect, written: &mut Vec<(PointId, Sample)>) -> Option<FiringAction> {
        let present = |point: PointId| self.would.get(&point).or(self.real.get(&point)).and_then(Course::value);
        let asked = engine::scenario::action(effect, self.world, present)?;
        let spec = asked.point.and_then(|p| self.world.point(p));
        let same = |value: &Value| {
            let now = asked.point.and_then(present);
            spec.zip(now).is_some_and(|(spec, now)| now.close_to(value, spec.tolerance()))
        };
        let idle = asked.value.as_ref().is_some_and(same);
        let really = asked.point.and_then(|p| self.real.get(&p)?.value().cloned());
        if let (Some(spec), Some(value)) = (spec, &asked.value) {
            let course = self.would.get_mut(&spec.id);
            if course.is_some_and(|course| course.set(at, Some(value.clone())))
                && spec.feedback
                && self.reads.contains(&spec.id)
            {
                written.push((spec.id, Sample::good(value.clone(), at)));
            }
        }
        Some(FiringAction {
            node: asked.node,
            text: asked.text,
            point: asked.point,
            value: asked.value,
            really,
            idle,
            later: None,
        })
    }

    fn fire(&mut self, at: Timestamp, actions: Vec<FiringAction>) {
        if actions.is_empty() {
            return;
        }
        for (i, action) in actions.iter().enumerate() {
            let (Some(point), Some(value)) = (action.point, &action.value) else { continue };
            let waiting = self.pending.entry(point).or_default();
            waiting.clear();
            let differs = action.really.as_ref() != Some(value);
            waiting.extend(differs.then(|| Pending { firing: self.fired, action: i, value: value.clone() }));
        }
        self.fired += 1;
        self.actions += actions.len();
        self.idle += actions.iter().filter(|a| a.idle).count();
        self.firings.push_back(Firing { at, trigger: self.moved.clone(), actions });
        if self.firings.len() > FIRINGS_MAX {
            self.firings.pop_front();
        }
    }

    fn end(&mut self, at: Timestamp) {
        self.real.values_mut().chain(self.would.values_mut()).for_each(|course| course.end(at));
    }
}
