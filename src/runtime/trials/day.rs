//! One bad day: the simulated devices on true time, what they say through a bad line, and the core on a clock that is
//! not always right.

use super::rules;
use super::watch::Watch;
use crate::core::Core;
use crate::sim::{self, Simulation};
use base::canonical::splitmix64;
use base::id::{PointId, RevisionId};
use base::{Span, Timestamp, Value};
use documents::{Act, Actor, Channel, Event, Outcome, ProposalDoc, ProposalState, Role, Setting, Signal};
use drivers::simulated::Fault;
use drivers::{Input, Session};
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// How long a day of a trial is.
const HOURS: i64 = 6;
/// Time between two steps of the physics.
const STEP: Span = Span::from_secs(60);
/// Devices that fail: those that rules read and write.
const FRAIL: &[&str] =
    &["meeting_air", "meeting_fan", "parking_co", "open_window", "open_ac", "training_air", "corridor1_motion"];

/// What went wrong, counted.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Troubles {
    lost: u64,
    late: u64,
    doubled: u64,
    failed: u64,
    jumped: u64,
    restarted: u64,
    by_hand: u64,
    /// Commands that rules sent.
    sent: u64,
}

impl Troubles {
    pub(super) fn is_bad_enough(self) -> bool {
        [self.lost, self.late, self.doubled, self.sent].iter().all(|n| *n > 100)
            && [self.failed, self.jumped, self.restarted, self.by_hand].iter().all(|n| *n > 10)
    }
}

impl AddAssign for Troubles {
    fn add_assign(&mut self, other: Troubles) {
        self.lost += other.lost;
        self.late += other.late;
        self.doubled += other.doubled;
        self.failed += other.failed;
        self.jumped += other.jumped;
        self.restarted += other.restarted;
        self.by_hand += other.by_hand;
        self.sent += other.sent;
    }
}

pub(super) struct Day {
    seed: u64,
    dice: u64,
    core: Core,
    devices: Simulation,
    /// True time.
    now: Timestamp,
    until: Timestamp,
    /// How far the core's clock is from true time.
    skew: Span,
    /// What is on its way, by when it arrives.
    line: BTreeMap<(Timestamp, u64), Event>,
    sent: u64,
    /// Of a thousand reports, how many are lost, late, doubled.
    odds: (u64, u64, u64),
    failing: Option<(&'static str, Timestamp)>,
    /// Everything that the core was told, and when by its clock.
    log: Vec<(Event, Timestamp)>,
    outcomes: usize,
    watch: Watch,
    troubles: Troubles,
}

impl Day {
    pub(super) fn new(seed: u64) -> Day {
        // Some night, morning, noon or evening of the first days of November.
        let hour = splitmix64(seed) % 240;
        let begin = Timestamp::from_millis(1_761_955_200_000) + Span::from_secs(hour.cast_signed() * 3_600);
        let mut core = Core::default();
        let started = Event::Started { build: "trial".into(), time_zone_data: "x".into(), seed, safe: false };
        let doc = Box::new(sim::world());
        let world = Event::World { revision: RevisionId::of_name("trial"), doc, by: Actor::system() };
        let mut log = Vec::new();
        for event in [started, world] {
            core.apply(&event, begin);
            log.push((event, begin));
        }
        let devices = Simulation::new(seed, core.world().clone(), begin, &BTreeMap::new()).with_step(STEP);
        let dice = splitmix64(seed ^ 0x5eed);
        let odds = match seed % 4 {
            0 => (0, 0, 0),
            1 => (30, 20, 20),
            2 => (100, 100, 50),
            _ => (250, 200, 100),
        };
        let (skew, until) = (Span::ZERO, begin + Span::from_secs(HOURS * 3_600));
        let (line, watch, troubles) = (BTreeMap::new(), Watch::new(seed, core.world().clone()), Troubles::default());
        let (sent, outcomes, failing, now) = (0, 0, None, begin);
        Day { seed, dice, core, devices, now, until, skew, line, sent, odds, failing, log, outcomes, watch, troubles }
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = splitmix64(self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15));
        self.dice % sides.max(1)
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap_or(0)]
    }

    /// Runs it, and says what went wrong on the way. What must not happen panics with the seed.
    pub(super) fn run(mut self) -> Troubles {
        for signal in self.devices.handle(Input::Start, self.now) {
            self.tell(signal.into());
        }
        self.enable_rules();
        while self.now < self.until {
            self.go_on();
            self.misfortune();
        }
        self.replay();
        self.troubles
    }

    /// Rules are proposed and approved, as they always are.
    fn enable_rules(&mut self) {
        let actor = Actor::person("Li", Role::Operator, Channel::Ui);
        for graph in rules::all() {
            let document = ProposalDoc::Rule(Box::new(graph));
            let hash = document.hash();
            self.tell(Event::Propose { actor: actor.clone(), turn: None, document });
            let pending = self.core.proposals().values().find(|p| p.state == ProposalState::Pending && p.hash == hash);
            let proposal = pending.map(|p| p.id).unwrap_or_else(|| panic!("seed {}: the rule is refused", self.seed));
            self.tell(Event::Decide { actor: actor.clone(), turn: None, proposal, hash, approve: true });
        }
        assert!(self.core.rules().keys().all(|rule| self.core.rule_runs(*rule)), "seed {}", self.seed);
    }

    /// To the next moment at which something is due.
    fn go_on(&mut self) {
        let core = self.core.deadline().map(|t| t - self.skew);
        let line = self.line.keys().next().map(|(at, _)| *at);
        let next = [core, line, self.devices.deadline()].into_iter().flatten().min().unwrap_or(self.until);
        self.now = next.clamp(self.now, self.until);
        if self.core.deadline().is_some_and(|t| t <= self.now + self.skew) {
            self.tell(Event::Tick);
        }
        while let Some(entry) = self.line.first_entry().filter(|e| e.key().0 <= self.now) {
            let event = entry.remove();
            self.tell(event);
        }
        if self.devices.deadline().is_some_and(|t| t <= self.now) {
            let said = self.devices.handle(Input::Tick, self.now);
            self.hear(said);
        }
    }

    /// What devices say goes through the line.
    fn hear(&mut self, said: Vec<Signal>) {
        for signal in said {
            self.watch.truth(&signal, self.now);
            let (lost, late, doubled) = self.odds;
            let report = matches!(signal, Signal::Report { .. });
            let event = Event::from(signal);
            if report && self.roll(1_000) < lost {
                self.troubles.lost += 1;
                continue;
            }
            if report && self.roll(1_000) < doubled {
                self.troubles.doubled += 1;
                self.send(event.clone(), 5);
            }
            let late = report && self.roll(1_000) < late;
            self.troubles.late += u64::from(late);
            let seconds = if late { 1 + self.roll(90) } else { 0 };
            self.send(event, seconds);
        }
    }

    fn send(&mut self, event: Event, seconds: u64) {
        self.sent += 1;
        self.line.insert((self.now + Span::from_secs(seconds.cast_signed()), self.sent), event);
    }

    /// The core is told something, and what leaves it reaches the devices.
    fn tell(&mut self, event: Event) {
        let now = self.now + self.skew;
        let outcomes = self.core.apply(&event, now);
        self.log.push((event, now));
        self.outcomes += outcomes.len();
        for outcome in outcomes {
            self.troubles.sent += u64::from(self.watch.outcome(&outcome, self.now));
            if let Outcome::Send(command) = outcome {
                let said = self.devices.handle(Input::Command(command), self.now);
                self.hear(said);
            }
        }
    }

    /// Now and then something happens that nobody wanted.
    fn misfortune(&mut self) {
        if let Some((device, _)) = self.failing.filter(|(_, until)| *until <= self.now) {
            self.failing = None;
            let said = self.devices.handle(Input::Fault(sim::device(device), Fault::None), self.now);
            self.hear(said);
        }
        match self.roll(1_200) {
            0 if self.failing.is_none() => {
                let device = self.one_of(FRAIL);
                let fault = self.one_of(&[Fault::Offline, Fault::Silent, Fault::Refusing, Fault::Stuck]);
                self.failing = Some((device, self.now + Span::from_secs(60 + self.roll(1_800).cast_signed())));
                self.watch.fails(self.now);
                let said = self.devices.handle(Input::Fault(sim::device(device), fault), self.now);
                self.hear(said);
                self.troubles.failed += 1;
            }
            1 => {
                let minutes = self.one_of(&[30, -10, 2, -1]);
                self.skew = Span::from_micros(self.skew.as_micros() + minutes * 60_000_000);
                self.watch.jumps(self.now);
                self.troubles.jumped += 1;
            }
            2 => self.restart(),
            3 | 4 => self.by_hand(),
            _ => {}
        }
    }

    /// The process ends and starts again from what it had saved.
    fn restart(&mut self) {
        let saved = self.core.save();
        self.core = Core::restore(&saved).unwrap_or_else(|e| panic!("seed {}: {e}", self.seed));
        assert!(self.core.save() == saved, "seed {}: what was saved is not what is restored", self.seed);
        self.watch.restarts(self.now);
        let build = "trial".into();
        self.tell(Event::Started { build, time_zone_data: "x".into(), seed: self.seed, safe: false });
        let said = self.devices.handle(Input::Start, self.now);
        self.hear(said);
        self.troubles.restarted += 1;
    }

    /// A person moves the blind, or switches the fan.
    fn by_hand(&mut self) {
        let (point, value): (PointId, Value) = match self.roll(3) {
            0 => (sim::point("meeting_fan", "power"), Value::Bool(self.roll(2) == 0)),
            _ => (sim::point("meeting_blind", "position"), Value::Number(self.roll(101) as f64)),
        };
        let actor = Actor::person("Wang", Role::Operator, Channel::Ui);
        let acts = vec![Act { point, setting: Setting::To(value) }];
        self.tell(Event::Request { actor, turn: None, acts });
        self.troubles.by_hand += 1;
    }

    /// Without any restart, the same events in the same order give the same building.
    fn replay(&self) {
        let mut core = Core::default();
        let again: usize = self.log.iter().map(|(event, now)| core.apply(event, *now).len()).sum();
        assert_eq!(again, self.outcomes, "seed {}: a replay gives other outcomes", self.seed);
        assert!(core.save() == self.core.save(), "seed {}: a replay ends elsewhere", self.seed);
    }
}
