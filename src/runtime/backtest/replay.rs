//! How fast a day of the demo building is replayed: what its devices said is taken down once, then a fresh core with
//! rules in every room applies all of it again.

use crate::clock::SystemClock;
use crate::core::Core;
use crate::sandbox::Sandbox;
use crate::sim::{self, Simulation};
use base::id::{RevisionId, RuleId, SpaceId};
use base::{Bilingual, Clock, Span, Timestamp};
use documents::{Actor, Channel, Event, Outcome, ProposalDoc, Role, RuleGraph};
use drivers::{Input, Session};
use serde_json::json;
use std::collections::BTreeMap;
use things::{Route, World};

/// Seed of the ids.
const SEED: u64 = 7;
/// What is replayed.
const DAY: Span = Span::from_secs(24 * 3600);

/// What a replay took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replayed {
    /// Rules that ran.
    pub rules: usize,
    /// Events that were applied.
    pub events: u64,
    /// Values that were reported in them.
    pub values: u64,
    /// What came out.
    pub outcomes: u64,
    /// How much of the building's time it was.
    pub simulated: Span,
    /// How long it took.
    pub took: Span,
}

impl Replayed {
    /// How many times as fast as real time.
    pub fn factor(&self) -> f64 {
        self.simulated.as_micros() as f64 / self.took.as_micros().max(1) as f64
    }
}

/// Takes down a day of the demo building from a time on, with a rule for the lights and the air of every room, and
/// replays it.
pub fn replay_day(from: Timestamp) -> Replayed {
    let mut log: Vec<(Timestamp, Event)> = Vec::new();
    let mut core = Core::default();
    let mut first = |core: &mut Core, event: Event| {
        let outcomes = core.apply(&event, from);
        log.push((from, event));
        outcomes
    };
    let (build, time_zone_data) = ("bench".to_owned(), base::time::time_zone_data_version().to_owned());
    first(&mut core, Event::Started { build, time_zone_data, seed: SEED, safe: false });
    let (revision, doc) = (RevisionId::of_name("demo"), Box::new(sim::world()));
    first(&mut core, Event::World { revision, doc, by: Actor::system() });
    let world = core.world().clone();
    let mut devices = Simulation::new(sim::SEED, world.clone(), from, &BTreeMap::new());
    for signal in devices.handle(Input::Start, from) {
        first(&mut core, signal.into());
    }
    let rules = rules(&world);
    let actor = Actor::person("bench", Role::Owner, Channel::Api);
    for rule in &rules {
        let document = ProposalDoc::Rule(Box::new(rule.clone()));
        let made = first(&mut core, Event::Propose { actor: actor.clone(), turn: None, document });
        for proposal in made.into_iter().filter_map(|o| if let Outcome::Proposal(p) = o { Some(p) } else { None }) {
            let (proposal, hash) = (proposal.id, proposal.hash);
            first(&mut core, Event::Decide { actor: actor.clone(), turn: None, proposal, hash, approve: true });
        }
    }
    let mut sandbox =
        Sandbox::new(core, BTreeMap::from([(Route::Simulated, Box::new(devices) as Box<dyn Session>)]), from);
    while sandbox.now() < from + DAY {
        sandbox.step(from + DAY, |event, _, at| log.push((at, event.clone())));
    }
    let clock = SystemClock::default();
    let (began, mut fresh, mut outcomes) = (clock.now(), Core::default(), 0);
    for (at, event) in &log {
        outcomes += fresh.apply(event, *at).len() as u64;
    }
    let took = clock.now() - began;
    let values = log.iter().map(|(_, e)| if let Event::Report { values, .. } = e { values.len() as u64 } else { 0 });
    Replayed { rules: rules.len(), events: log.len() as u64, values: values.sum(), outcomes, simulated: DAY, took }
}

/// For every room: lights go off when nobody moved for ten minutes, and fans run while the air is bad.
fn rules(world: &World) -> Vec<RuleGraph> {
    let in_room = |room: SpaceId, trait_: &'static str| {
        world.points().filter(move |p| p.is(trait_) && world.device(p.device).and_then(|d| d.space()) == Some(room))
    };
    let mut all = Vec::new();
    for room in world.spaces() {
        let (zh, en) = (room.names.bilingual().zh, room.names.bilingual().en);
        let named = |what: &str| {
            RuleGraph::new(RuleId::of_name(&format!("{what}.{}", room.id)), Bilingual::new(zh.clone(), en.clone()))
        };
        let lights: Vec<_> = in_room(room.id, "on_off").filter(|p| world.kind_of(p.device) == Some("light")).collect();
        if let (Some(motion), false) = (in_room(room.id, "motion").next(), lights.is_empty()) {
            let mut rule = named("lights");
            rule.node("motion", "point", json!({ "point": motion.id })).node("nobody", "not", json!({}));
            rule.node("long", "for_duration", json!({ "span_ms": 600_000 })).node("start", "edge", json!({}));
            rule.edge("motion.out", "nobody.in").edge("nobody.out", "long.in").edge("long.out", "start.in");
            for (i, light) in lights.iter().enumerate() {
                let id = format!("off{i}");
                rule.node(&id, "command", json!({ "point": light.id, "setting": { "to": false } }));
                rule.edge("start.out", &format!("{id}.in"));
            }
            all.push(rule);
        }
        let fan = in_room(room.id, "on_off").find(|p| world.kind_of(p.device) == Some("fan"));
        if let (Some(air), Some(fan)) = (in_room(room.id, "measure.co2").next(), fan) {
            let mut rule = named("air");
            rule.node("co2", "point", json!({ "point": air.id }));
            rule.node("high", "compare", json!({ "op": ">", "value": 1000, "hysteresis": 200 }));
            rule.node("start", "edge", json!({})).node("stop", "edge", json!({ "on": "falling" }));
            rule.node("on", "command", json!({ "point": fan.id, "setting": { "to": true } }));
            rule.node("off", "command", json!({ "point": fan.id, "setting": { "to": false } }));
            rule.edge("co2.out", "high.in").edge("high.out", "start.in").edge("high.out", "stop.in");
            rule.edge("start.out", "on.in").edge("stop.out", "off.in");
            all.push(rule);
        }
    }
    all
}
