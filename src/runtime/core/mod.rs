//! The deterministic core: one event in, outcomes out. It holds everything that matters for control (world, present
//! values, rules, commands in flight, proposals, what turns did) and is saved and restored as a whole.
//!
//! What it is *not*: it has no clock, no store, no drivers. The same events give the same outcomes byte for byte.

pub mod alarms;
mod commands;
pub mod configure;
pub mod hops;
pub mod lists;
pub mod notices;
pub mod occurrence;
pub mod posts;
mod request;
mod rule_changes;
mod rules;
pub mod scenes;
pub mod schedules;
pub mod shadow;
pub mod timers;
mod together;
mod traces;
mod trail;
mod turns;
pub mod why;

use alarms::{Alarms, Cause};
use base::id::{CommandId, DeviceId, ListId, NoticeId, PointId, ProposalId, RuleId, TimerId, TurnId};
use base::{Bilingual, IdGen, Quality, Sample, Span, Timestamp, Value};
use commands::Flight;
use configure::Removed;
use documents::alarm::{AlarmSeverity, AlarmSource};
use documents::journal::{Denial, RuleRevision};
use documents::{Actor, Event, List, Notice, Outcome, Proposal, ProposalState, Receipt, Timer};
use engine::Engine;
use occurrence::Occurrence;
use rules::Known;
use serde::{Deserialize, Serialize};
use shadow::Shadow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use things::{States, World, WorldDoc};
use traces::Traces;
use turns::TurnRecord;

/// Most commands that are remembered.
pub const COMMANDS_MAX: usize = 10_000;
/// Most turns that can still be taken back.
pub const TURNS_MAX: usize = 500;
/// Most proposals that are remembered.
pub const PROPOSALS_MAX: usize = 1_000;
/// How long a proposal waits.
pub const PROPOSAL_LIFE: Span = Span::from_secs(24 * 3600);
/// How far a device's clock may be ahead before its time is replaced by ours.
pub const CLOCK_AHEAD_MAX: Span = Span::from_secs(60);
/// How far a device's clock may be behind and its report still confirm a command.
pub const CLOCK_BEHIND_MAX: Span = Span::from_secs(60);
/// Form of a checkpoint.
pub const CHECKPOINT_VERSION: u16 = 1;

/// Whether a device can be reached, and since when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Whether it can be reached.
    pub online: bool,
    /// Since when.
    pub since: Timestamp,
    /// Why, in the protocol's words.
    pub reason: String,
}

/// What is saved of the core.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct State {
    ids: IdGen,
    started: bool,
    /// Started with `--safe`: no rule runs.
    rules_off: bool,
    world: WorldDoc,
    states: States,
    links: BTreeMap<DeviceId, Link>,
    engine: Engine,
    rules: BTreeMap<RuleId, RuleRevision>,
    proposals: BTreeMap<ProposalId, Proposal>,
    flights: BTreeMap<CommandId, Flight>,
    /// The flights that are not final.
    open: BTreeSet<CommandId>,
    /// The last command that was sent to a point.
    last: BTreeMap<PointId, CommandId>,
    holds: BTreeMap<PointId, Timestamp>,
    traces: Traces,
    turns: VecDeque<(TurnId, TurnRecord)>,
    #[serde(default)]
    removed: VecDeque<Removed>,
    #[serde(default)]
    occurrences: VecDeque<Occurrence>,
    #[serde(default)]
    alarms: Alarms,
    /// Rules on trial, beside what really happened.
    #[serde(default)]
    shadows: BTreeMap<RuleId, Shadow>,
    #[serde(default)]
    notices: BTreeMap<NoticeId, Notice>,
    /// How many posts of a rule have failed in a row; none while they arrive.
    #[serde(default)]
    unposted: BTreeMap<RuleId, u32>,
    #[serde(default)]
    timers: BTreeMap<TimerId, Timer>,
    #[serde(default)]
    lists: BTreeMap<ListId, List>,
}

/// The core.
#[derive(Debug, Clone)]
pub struct Core {
    state: State,
    world: Arc<World>,
    /// How many rules in a row led to what is being applied; zero between events.
    hops: u8,
}

impl Default for Core {
    fn default() -> Self {
        Core {
            state: State {
                ids: IdGen::new(0),
                started: false,
                rules_off: false,
                world: WorldDoc::default(),
                states: States::new(),
                links: BTreeMap::new(),
                engine: Engine::default(),
                rules: BTreeMap::new(),
                proposals: BTreeMap::new(),
                flights: BTreeMap::new(),
                open: BTreeSet::new(),
                last: BTreeMap::new(),
                holds: BTreeMap::new(),
                traces: Traces::default(),
                turns: VecDeque::new(),
                removed: VecDeque::new(),
                occurrences: VecDeque::new(),
                alarms: Alarms::default(),
                shadows: BTreeMap::new(),
                notices: BTreeMap::new(),
                unposted: BTreeMap::new(),
                timers: BTreeMap::new(),
                lists: BTreeMap::new(),
            },
            world: Arc::new(World::default()),
            hops: 0,
        }
    }
}

impl Core {
    /// Applies events that arrived together, in order, and gives the outcomes of each.
    pub fn apply_all(&mut self, events: &[Event], now: Timestamp) -> Vec<Vec<Outcome>> {
        events.iter().map(|e| self.apply(e, now)).collect()
    }

    /// Applies one event. Total: whatever is wrong with it becomes an outcome.
    pub fn apply(&mut self, event: &Event, now: Timestamp) -> Vec<Outcome> {
        let mut out = Vec::new();
        match event {
            Event::Started { seed, safe, .. } => self.on_started(*seed, *safe, now, &mut out),
            Event::Tick => self.on_tick(now, &mut out),
            Event::World { doc, by, .. } => self.on_world(doc, by, now, &mut out),
            Event::Report { device, values } => self.on_report(*device, values, now, &mut out),
            Event::Link { device, online, reason } => self.on_link(*device, *online, reason, now, &mut out),
            Event::Delivered { command, refused, reply } => {
                self.on_delivered(*command, refused.as_deref(), reply.as_ref(), now, &mut out);
            }
            Event::Posted { cause, failed } => self.on_posted(cause, failed.as_deref(), now, &mut out),
            Event::Occurrence { device, event, output, at } => {
                self.on_occurrence(*device, event, output, *at, now, &mut out);
            }
            Event::Message(message) => self.step_message(message, now, &mut out),
            Event::Configure { actor, turn, changes } => self.on_configure(actor, *turn, changes, now, &mut out),
            Event::Request { actor, turn, acts } => self.on_request(actor, *turn, acts, now, &mut out),
            Event::SceneRun { actor, turn, scene } => self.on_scene_run(actor, *turn, *scene, now, &mut out),
            Event::Propose { actor, turn, document } => self.on_propose(actor, *turn, document, now, &mut out),
            Event::Decide { actor, turn, proposal, hash, approve } => {
                self.on_decide(actor, *turn, (*proposal, hash, *approve), now, &mut out);
            }
            Event::RuleSwitch { actor, turn, rule, state } => {
                self.on_rule_switch(actor, *turn, (*rule, *state), now, &mut out)
            }
            Event::RuleRun { actor, turn, rule } => self.on_rule_run(actor, *turn, *rule, now, &mut out),
            Event::Acknowledge { actor, alarm } => self.on_acknowledge(actor, *alarm, now, &mut out),
            Event::NoticesRead { actor, notices } => self.on_notices_read(actor, notices, now, &mut out),
            Event::TimerStart { actor, turn, timer } => self.on_timer_start(actor, *turn, timer, now, &mut out),
            Event::TimerChange { actor, turn, timers, change } => {
                self.on_timer_change(actor, *turn, (timers, *change), now, &mut out);
            }
            Event::ListChange { actor, turn, list, change } => {
                self.on_list_change(actor, *turn, (*list, change), now, &mut out);
            }
            Event::Undo { actor, turn, within } => self.on_undo(actor, *turn, *within, now, &mut out),
        }
        self.tell_rules(now, &mut out);
        self.judge_runs(&out);
        out
    }

    /// When [`Event::Tick`] is wanted next.
    pub fn deadline(&self) -> Option<Timestamp> {
        let rules = if self.state.rules_off { None } else { self.state.engine.deadline() };
        let proposals =
            self.state.proposals.values().filter(|p| p.state == ProposalState::Pending).map(|p| p.expires).min();
        rules
            .into_iter()
            .chain(self.next_timeout())
            .chain(proposals)
            .chain(self.next_alarm())
            .chain(self.next_timer())
            .min()
    }

    /// Everything that has to survive, as canonical JSON.
    pub fn save(&self) -> Vec<u8> {
        base::canonical::to_string(&self.state).unwrap_or_default().into_bytes()
    }

    /// Restores what [`Core::save`] gave.
    ///
    /// # Errors
    /// When the text is not such a state.
    pub fn restore(saved: &[u8]) -> Result<Core, serde_json::Error> {
        let state: State = serde_json::from_slice(saved)?;
        let (world, _) = World::build(state.world.clone());
        Ok(Core { state, world: Arc::new(world), hops: 0 })
    }

    /// What exists.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }
    /// Present values.
    pub fn states(&self) -> &States {
        &self.state.states
    }
    /// All rules, in use or not.
    pub fn rules(&self) -> &BTreeMap<RuleId, RuleRevision> {
        &self.state.rules
    }
    /// Proposals, decided ones too.
    pub fn proposals(&self) -> &BTreeMap<ProposalId, Proposal> {
        &self.state.proposals
    }
    /// The newest receipt of a command.
    pub fn receipt(&self, command: CommandId) -> Option<&Receipt> {
        self.state.flights.get(&command).map(|f| &f.receipt)
    }
    /// The newest receipts, newest first.
    pub fn receipts(&self) -> impl Iterator<Item = &Receipt> {
        self.state.flights.values().rev().map(|f| &f.receipt)
    }
    /// Whether a receipt can still change by itself.
    pub fn is_settled(&self, command: CommandId) -> bool {
        self.state.flights.get(&command).is_none_or(Flight::is_final)
    }
    /// Whether a device can be reached; none when nothing was heard of it yet.
    pub fn link(&self, device: DeviceId) -> Option<&Link> {
        self.state.links.get(&device)
    }
    /// Whether a rule has a plan that runs.
    pub fn rule_runs(&self, rule: RuleId) -> bool {
        !self.state.rules_off && self.state.engine.contains(rule)
    }
    /// When a rule begins by itself next; none where it begins at no times, or does not run.
    pub fn rule_due(&self, rule: RuleId) -> Option<Timestamp> {
        if self.state.rules_off { None } else { self.state.engine.due(rule) }
    }
    /// Whether rules are off as a whole.
    pub fn rules_are_off(&self) -> bool {
        self.state.rules_off
    }

    fn on_started(&mut self, seed: u64, safe: bool, now: Timestamp, out: &mut Vec<Outcome>) {
        self.state.rules_off = safe;
        if !self.state.started {
            self.state.started = true;
            self.state.ids = IdGen::new(seed);
        }
        self.forget_flights(now, out);
        let mut away = Vec::new();
        for (device, link) in self.state.links.iter_mut().filter(|(_, l)| l.online) {
            *link = Link { online: false, since: now, reason: "restart".into() };
            away.push(*device);
        }
        for device in away {
            self.went_away(device, now);
            self.step_link(device, false, now, out);
        }
        self.step_message(&rules::reserved("$started".into(), &Value::Map(BTreeMap::new())), now, out);
    }

    fn on_tick(&mut self, now: Timestamp, out: &mut Vec<Outcome>) {
        self.time_out_flights(now, out);
        self.raise_due(now, out);
        self.end_timers(now, out);
        for p in self.state.proposals.values_mut() {
            if p.state == ProposalState::Pending && p.expires <= now {
                p.state = ProposalState::Expired;
                out.push(Outcome::Proposal(Box::new(p.clone())));
            }
        }
        self.state.holds.retain(|_, until| *until > now);
        self.step_rules(&[], now, out);
    }

    fn on_world(&mut self, doc: &WorldDoc, by: &Actor, now: Timestamp, out: &mut Vec<Outcome>) {
        let (world, diagnostics) = World::build(doc.clone());
        if base::diagnostic::has_errors(&diagnostics) {
            let text = Bilingual::new("配置有错误，未采用", "the configuration has errors and is not used");
            out.push(Outcome::Denied(Denial {
                refusal: documents::Refusal::new(documents::Reason::Contradiction, text),
                safety: things::Safety::None,
                diagnostics,
            }));
            return;
        }
        self.install_world(world, now, out);
        for schedule in &doc.schedules {
            self.follow_schedule(schedule, by, Some(by), now, out);
        }
    }

    /// Makes a document that was checked what exists.
    fn adopt(&mut self, doc: WorldDoc, now: Timestamp, out: &mut Vec<Outcome>) {
        let (world, _) = World::build(doc);
        self.install_world(world, now, out);
    }

    fn install_world(&mut self, world: World, now: Timestamp, out: &mut Vec<Outcome>) {
        self.state.world = world.doc().clone();
        self.world = Arc::new(world);
        self.state.states.retain(|p, _| self.world.point(*p).is_some());
        self.state.links.retain(|d, _| self.world.device(*d).is_some());
        let present = Known { states: &self.state.states, links: &self.state.links };
        let graphs = self.state.rules.values().map(|r| &r.graph);
        for (rule, found) in self.state.engine.world_changed(graphs, &self.world, &present, now) {
            let name = self.state.rules.get(&rule).map_or_else(Bilingual::default, |r| r.graph.name.clone());
            let first = found.first().map_or_else(Bilingual::default, |d| d.message.clone());
            let text = Bilingual::new(
                format!("规则“{}”不再适用于当前配置，继续按旧版本运行：{}", name.zh, first.zh),
                format!("Rule “{}” no longer fits what exists and keeps its old plan: {}", name.en, first.en),
            );
            let (source, severity) = (AlarmSource::Rule(rule), AlarmSeverity::Major);
            self.raise(Cause { code: "rule.world_changed".into(), source, severity, text }, now, out);
        }
        self.follow_shadows();
        self.clear_gone(now, out);
    }

    fn on_report(&mut self, device: DeviceId, values: &[(PointId, Sample)], now: Timestamp, out: &mut Vec<Outcome>) {
        let mut changed = Vec::with_capacity(values.len());
        let mut misfits = false;
        for (point, sample) in values {
            let mut sample = sample.clone();
            if sample.at > now + CLOCK_AHEAD_MAX {
                sample.at = now;
            }
            let refusal = match self.world.point(*point) {
                None => Some("no such point".to_string()),
                Some(spec) if spec.device != device => Some("the point is another device's".to_string()),
                Some(spec) => spec.check(&sample.value).err().map(|e| e.to_string()),
            };
            if let Some(why) = refusal {
                let text = Bilingual::new(
                    format!("设备 {device} 上报的 {point} 无效：{why}"),
                    format!("{device} reported {point} wrongly: {why}"),
                );
                let (source, severity) = (AlarmSource::Device(device), AlarmSeverity::Warning);
                self.raise(Cause { code: "ingest.misfit".into(), source, severity, text }, now, out);
                misfits = true;
                continue;
            }
            // A value that is older than what is known is history, not the present.
            if self.state.states.get(point).is_some_and(|s| s.at > sample.at) {
                continue;
            }
            let before = self.state.states.insert(*point, sample.clone());
            self.shadows_see_report(*point, before.as_ref().map(|b| &b.value), &sample, now);
            changed.push((*point, sample));
        }
        if !misfits {
            self.clear("ingest.misfit", AlarmSource::Device(device), now, out);
        }
        for (point, sample) in &changed {
            self.match_flights(*point, sample, now, out);
            self.watch(*point, sample, now, out);
        }
        self.hops = self.hops_to(&changed, now);
        self.step_rules(&changed, now, out);
        self.hops = 0;
    }

    fn on_link(&mut self, device: DeviceId, online: bool, reason: &str, now: Timestamp, out: &mut Vec<Outcome>) {
        if self.world.device(device).is_none() || self.state.links.get(&device).is_some_and(|l| l.online == online) {
            return;
        }
        self.state.links.insert(device, Link { online, since: now, reason: reason.into() });
        self.step_link(device, online, now, out);
        if online {
            return self.came_back(device, now, out);
        }
        self.went_away(device, now);
        let points: Vec<PointId> = self.world.points_of(device).map(|p| p.id).collect();
        let mut changed = Vec::new();
        for point in points {
            if let Some(sample) = self.state.states.get_mut(&point) {
                sample.quality = Quality::Bad;
                changed.push((point, sample.clone()));
            }
        }
        self.step_rules(&changed, now, out);
    }
}

/// Drops the oldest of a queue.
fn bound_queue<T>(queue: &mut VecDeque<T>, most: usize) {
    while queue.len() > most {
        queue.pop_front();
    }
}

/// Drops the oldest of a map that is ordered by time.
fn bound<K: Ord + Copy, V>(map: &mut BTreeMap<K, V>, most: usize, may_go: impl Fn(&V) -> bool) {
    while map.len() > most {
        let Some(oldest) = map.iter().find(|(_, v)| may_go(v)).map(|(k, _)| *k) else { return };
        map.remove(&oldest);
    }
}

#[cfg(test)]
mod alarm_tests;
#[cfg(test)]
mod configure_tests;
#[cfg(test)]
mod rule_change_tests;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod timer_tests;
#[cfg(test)]
mod together_tests;
#[cfg(test)]
mod trial_tests;
