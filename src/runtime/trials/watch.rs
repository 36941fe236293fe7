//! What must hold on any day, however bad.

use crate::sim;
use base::id::{PointId, RuleId, RunId};
use base::{Span, Timestamp, Value};
use documents::{ActorKind, Cause, Outcome, Signal};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use things::World;

/// Commands of rules to one point within this time that are still no oscillation.
const OFTEN: usize = 5;
const WITHIN: Span = Span::from_secs(600);
/// How long a person's blind holds against rules.
const HOLD: Span = Span::from_secs(2 * 3_600);
/// How long the air of the meeting room may be bad with the fan off: dwell, lost reports and a physical delay.
const BAD_AIR_MAX: Span = Span::from_secs(30 * 60);
/// After something failed, nothing is asked of comfort for this long.
const RECOVERY: Span = Span::from_secs(3_600);

pub(super) struct Watch {
    seed: u64,
    world: Arc<World>,
    /// What was commanded by which node of which run.
    causes: BTreeSet<(RuleId, RunId, String, PointId)>,
    recent: BTreeMap<PointId, VecDeque<Timestamp>>,
    /// When a person moved a blind last.
    held: BTreeMap<PointId, Timestamp>,
    /// The true state of the meeting room.
    co2: f64,
    fan: bool,
    bad_since: Option<Timestamp>,
    /// Until when comfort is not asked for.
    excused: Timestamp,
    /// The rule acts when the air becomes bad, once: after something failed it has to become good again first.
    spent: bool,
}

impl Watch {
    pub(super) fn new(seed: u64, world: Arc<World>) -> Watch {
        Watch {
            seed,
            world,
            causes: BTreeSet::new(),
            recent: BTreeMap::new(),
            held: BTreeMap::new(),
            co2: f64::MAX,
            fan: false,
            bad_since: None,
            excused: Timestamp::MIN,
            // What is already so when the rules are enabled sets nothing off.
            spent: true,
        }
    }

    fn excuse(&mut self, now: Timestamp) {
        self.excused = self.excused.max(now + RECOVERY);
        self.spent = true;
    }

    pub(super) fn fails(&mut self, now: Timestamp) {
        self.excuse(now);
    }

    pub(super) fn jumps(&mut self, now: Timestamp) {
        self.excuse(now);
        // By the core's clock the two hours may be over, or not be.
        self.held.clear();
        self.recent.clear();
    }

    pub(super) fn restarts(&mut self, now: Timestamp) {
        self.excuse(now);
    }

    /// What is really so, before the line spoils it.
    pub(super) fn truth(&mut self, signal: &Signal, now: Timestamp) {
        let Signal::Report { values, .. } = signal else { return };
        for (point, sample) in values {
            match &sample.value {
                Value::Number(n) if *point == sim::point("meeting_air", "co2") => self.co2 = *n,
                Value::Bool(on) if *point == sim::point("meeting_fan", "power") => self.fan = *on,
                _ => {}
            }
        }
        self.spent &= self.co2 >= 600.0;
        let bad = self.co2 > 900.0 && !self.fan && !self.spent;
        self.bad_since = self.bad_since.filter(|_| bad).or(bad.then_some(now));
        let since = self.bad_since.map(|t| t.max(self.excused));
        assert!(
            since.is_none_or(|t| now - t <= BAD_AIR_MAX),
            "seed {}: at {now:?} the meeting room has had {} ppm for too long with its fan off",
            self.seed,
            self.co2
        );
    }

    /// What the core lets leave; whether a rule sent a command.
    pub(super) fn outcome(&mut self, outcome: &Outcome, now: Timestamp) -> bool {
        let Outcome::Send(command) = outcome else { return false };
        let (seed, point) = (self.seed, command.point);
        if command.actor.kind == ActorKind::Person {
            if point == sim::point("meeting_blind", "position") {
                self.held.insert(point, now);
            } else {
                // Who switches the fan off by hand has bad air.
                self.excuse(now);
            }
            return false;
        }
        let Cause::Run { rule, run, node } = &command.cause else { return false };
        let name = self.world.point_words(point).en;
        assert!(
            self.causes.insert((*rule, *run, node.clone(), point)),
            "seed {seed}: at {now:?} {name} is commanded twice by one cause"
        );
        let held = self.held.get(&point).is_some_and(|since| now - *since < HOLD);
        assert!(!held, "seed {seed}: at {now:?} a rule moves {name}, which a person holds");
        let recent = self.recent.entry(point).or_default();
        recent.push_back(now);
        while recent.front().is_some_and(|t| now - *t > WITHIN) {
            recent.pop_front();
        }
        assert!(recent.len() <= OFTEN, "seed {seed}: at {now:?} {name} is switched again and again");
        true
    }
}
