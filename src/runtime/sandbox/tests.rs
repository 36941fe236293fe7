//! Playing rules in a copy of the demo building: what acts and why, what does not and how near it came, and that the
//! building itself is the same byte for byte.

use super::Sandbox;
use super::play::{Play, PlayError, Subject, play};
use crate::core::Core;
use crate::sim::{self, Simulation};
use base::id::{RevisionId, RuleId};
use base::{Bilingual, Lang, Timestamp};
use documents::{Actor, Channel, Event, Outcome, ProposalDoc, ReceiptState, Role, RuleGraph, RuleState};
use drivers::{Input, Session};
use serde_json::json;
use std::collections::BTreeMap;
use things::Route;

/// A Tuesday, six o'clock in the evening at the site.
fn evening() -> Timestamp {
    Timestamp::parse("2026-11-17T10:00:00Z").unwrap()
}

/// A core with the demo building and its devices.
fn building() -> (Core, Simulation) {
    let (mut core, now) = (Core::default(), evening());
    core.apply(&Event::Started { build: "test".into(), time_zone_data: "test".into(), seed: 7, safe: false }, now);
    let (revision, doc) = (RevisionId::of_name("demo"), Box::new(sim::world()));
    core.apply(&Event::World { revision, doc, by: Actor::system() }, now);
    let mut devices = Simulation::new(sim::SEED, core.world().clone(), now, &BTreeMap::new());
    for signal in devices.handle(Input::Start, now) {
        core.apply(&signal.into(), now);
    }
    (core, devices)
}

fn copy(core: &Core, devices: &Simulation) -> Sandbox {
    Sandbox::new(core.clone(), BTreeMap::from([(Route::Simulated, devices.copy().unwrap())]), evening())
}

/// When the CO2 of the meeting room is above a limit for a time, its fan is switched on.
fn rule(limit: f64, state: RuleState) -> RuleGraph {
    let mut graph = RuleGraph::new(RuleId::of_name("fresh air"), Bilingual::new("新风", "Fresh air"));
    graph.state = state;
    graph.node("co2", "point", json!({ "point": sim::point("meeting_air", "co2") }));
    graph.node("high", "compare", json!({ "op": ">", "value": limit }));
    graph.node("held", "for_duration", json!({ "span_ms": 120_000 }));
    graph.node("begin", "edge", json!({ "on": "rising" }));
    graph.node("fan", "command", json!({ "point": sim::point("meeting_fan", "power"), "setting": { "to": true } }));
    graph.edge("co2.out", "high.in").edge("high.out", "held.in").edge("held.out", "begin.in");
    graph.edge("begin.out", "fan.in");
    graph
}

/// A building in which somebody proposed a rule.
fn proposed(limit: f64) -> (Core, Simulation, Subject) {
    let (mut core, devices) = building();
    let actor = Actor::person("Li", Role::Operator, Channel::Ui);
    let document = ProposalDoc::Rule(Box::new(rule(limit, RuleState::Live)));
    let out = core.apply(&Event::Propose { actor, turn: None, document }, evening());
    let id = out.iter().find_map(|o| if let Outcome::Proposal(p) = o { Some(p.id) } else { None });
    (core, devices, Subject::Proposal(id.unwrap_or_else(|| panic!("{out:?}"))))
}

fn played(limit: f64, hours: u32) -> Play {
    let (core, devices, subject) = proposed(limit);
    play(copy(&core, &devices), subject, hours).unwrap()
}

#[test]
fn a_proposal_is_played_until_it_acts() {
    let play = played(700.0, 48);
    assert!(play.fired, "{}", play.why.en);
    let fired_at = play.fired_at.unwrap();
    assert!(fired_at > evening() && play.simulated_ms == fired_at - evening());
    let trigger = play.trigger.unwrap();
    assert_eq!(trigger.point, sim::point("meeting_air", "co2"));
    assert!(trigger.value.as_number().unwrap() > 700.0);
    assert_eq!(play.commands.iter().map(|c| c.state).collect::<Vec<_>>(), [ReceiptState::Confirmed]);
    assert_eq!(play.trace.unwrap().at, fired_at);
    for lang in [Lang::Zh, Lang::En] {
        let all = play.steps.iter().map(|s| s.text.get(lang)).chain([play.why.get(lang)]);
        assert!(all.clone().all(|t| !t.is_empty()));
        assert!(all.clone().any(|t| t.contains(if lang == Lang::Zh { "新风" } else { "Fresh air" })));
    }
    assert!(play.steps.windows(2).all(|w| w[0].at <= w[1].at), "{:#?}", play.steps);
    assert!(play.series.iter().any(|s| s.point == trigger.point && s.samples.len() > 3));
    assert!(play.series.iter().all(|s| s.samples.windows(2).all(|w| w[0].at <= w[1].at)));
}

#[test]
fn what_does_not_act_says_how_near_it_came() {
    let play = played(9_000.0, 24);
    assert!(!play.fired && play.fired_at.is_none() && play.trace.is_none() && play.commands.is_empty());
    assert!(play.why.en.contains("9000 ppm") && play.why.en.contains("was between"), "{}", play.why.en);
    assert!(play.why.zh.contains("9000 ppm"), "{}", play.why.zh);
    assert_eq!(play.simulated_ms.as_millis(), 24 * 3_600_000);
}

#[test]
fn the_building_itself_is_untouched() {
    let (core, mut devices, subject) = proposed(700.0);
    let before = core.save();
    let shown = format!("{devices:?}");
    assert!(play(copy(&core, &devices), subject, 48).unwrap().fired);
    assert_eq!(core.save(), before);
    assert_eq!(format!("{devices:?}"), shown);
    // And it goes on as if nothing had been.
    assert!(devices.handle(Input::Tick, evening()).is_empty());
}

#[test]
fn the_same_copy_gives_the_same_play() {
    let (core, devices, subject) = proposed(700.0);
    let once = play(copy(&core, &devices), subject, 48).unwrap();
    assert_eq!(play(copy(&core, &devices), subject, 48).unwrap(), once);
}

#[test]
fn what_cannot_be_played_is_refused() {
    let (core, devices, _) = proposed(700.0);
    let gone = Subject::Rule(RuleId::of_name("gone"));
    assert_eq!(play(copy(&core, &devices), gone, 1).unwrap_err(), PlayError::Unknown);
}
