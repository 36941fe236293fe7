//! Rules on trial beside what really happens, and trails over several rules.

use super::tests::*;
use super::*;
use crate::sim;
use base::Value;
use base::id::{ConnectionId, RevisionId};
use documents::alarm::AlarmState;
use documents::shadow::{ShadowKind, ShadowReport};
use documents::{Actor, Cause, Channel, ProposalDoc, RuleGraph, RuleState, Setting, Trace, TraceClass};
use serde_json::json;
use trail::TrailKind;

/// When somebody comes, a light goes on.
fn lights(name: &str, state: RuleState) -> RuleGraph {
    let mut graph = RuleGraph::new(RuleId::of_name(name), Bilingual::new(format!("规则{name}"), name));
    graph.state = state;
    graph
        .node("motion", "point", json!({"point": sim::point("lobby_motion", "motion")}))
        .node("came", "edge", json!({"on": "rising"}))
        .node("on", "command", json!({"point": sim::point("lobby_light", "power"), "setting": {"to": true}}))
        .edge("motion.out", "came.in")
        .edge("came.out", "on.in");
    graph
}

/// While a light is on for a minute, the fan goes on.
fn follows(state: RuleState) -> RuleGraph {
    let mut graph = RuleGraph::new(RuleId::of_name("follows"), Bilingual::new("跟随", "follows"));
    graph.state = state;
    graph
        .node("light", "point", json!({"point": sim::point("lobby_light", "power")}))
        .node("long", "for_duration", json!({"span_ms": 60_000}))
        .node("start", "edge", json!({}))
        .node("fan", "command", json!({"point": sim::point("meeting_fan", "power"), "setting": {"to": true}}))
        .edge("light.out", "long.in")
        .edge("long.out", "start.in")
        .edge("start.out", "fan.in");
    graph
}

fn approved(core: &mut Core, graph: RuleGraph, s: i64) {
    let document = ProposalDoc::Rule(Box::new(graph));
    let out = core.apply(&Event::Propose { actor: operator(Channel::Ui), turn: None, document }, at(s));
    let [Outcome::Proposal(p)] = &out[..] else { panic!("{out:?}") };
    let (proposal, hash) = (p.id, p.hash.clone());
    let decide = Event::Decide { actor: operator(Channel::Ui), turn: None, proposal, hash, approve: true };
    let out = core.apply(&decide, at(s));
    assert!(out.iter().any(|o| matches!(o, Outcome::Rule(_))), "{out:?}");
}

fn says(core: &mut Core, device: &str, point: &str, value: impl Into<Value>, s: i64) -> Vec<Outcome> {
    core.apply(&report(sim::device(device), sim::point(device, point), value, s), at(s))
}

/// A motion that comes and goes.
fn comes(core: &mut Core, s: i64) {
    let out = says(core, "lobby_motion", "motion", true, s);
    assert_eq!(sent(&out), vec![]);
    says(core, "lobby_motion", "motion", false, s + 1);
}

fn kinds(report: &ShadowReport) -> Vec<ShadowKind> {
    report.entries.iter().rev().map(|e| e.kind).collect()
}

#[test]
fn a_trial_stands_beside_what_really_happens() {
    let mut core = demo_core();
    approved(&mut core, lights("a", RuleState::Shadow), 1);
    let rule = RuleId::of_name("a");
    assert_eq!(core.rules()[&rule].graph.state, RuleState::Shadow);
    says(&mut core, "lobby_motion", "motion", false, 1);
    let light = sim::point("lobby_light", "power");
    let person = |on: bool| request(operator(Channel::Ui), None, light, Setting::To(on.into()));
    // Somebody does the same a minute later, and the device says so.
    comes(&mut core, 10);
    core.apply(&person(true), at(70));
    says(&mut core, "lobby_light", "power", true, 71);
    // It is on already.
    comes(&mut core, 100);
    // Somebody switches it off at the wall; nothing of the rule is near.
    says(&mut core, "lobby_light", "power", false, 2_000);
    // Only the rule would have.
    comes(&mut core, 5_000);
    let told = core.shadow(rule, at(9_000)).unwrap();
    let expected = [ShadowKind::Agreed, ShadowKind::Already, ShadowKind::Missing, ShadowKind::Extra];
    assert_eq!(kinds(&told), expected, "{told:#?}");
    assert_eq!((told.agreed, told.already, told.missing, told.extra, told.open), (1, 1, 1, 1, 0));
    assert!(told.entries[3].text.en.contains("and Li did"), "{:?}", told.entries[3].text);
    // What is too new is open.
    comes(&mut core, 8_900);
    assert_eq!(core.shadow(rule, at(9_000)).unwrap().open, 1);
    // All of it survives a restart, and an unchanged rule goes on with it.
    let mut core = Core::restore(&core.save()).unwrap();
    let before = core.shadow(rule, at(9_000)).unwrap();
    assert_eq!((before.agreed, before.entries.len()), (1, 5));
    // A person makes it live: the trial ends and stays readable.
    let switch = |state| Event::RuleSwitch { actor: operator(Channel::Ui), turn: None, rule, state };
    core.apply(&switch(RuleState::Live), at(9_100));
    assert_eq!(core.shadow(rule, at(9_200)).unwrap().until, Some(at(9_100)));
    says(&mut core, "lobby_motion", "motion", true, 9_200);
    assert_eq!(core.shadow(rule, at(9_300)).unwrap().entries.len(), 5);
}

#[test]
fn two_rules_for_one_purpose_are_compared() {
    let mut core = demo_core();
    approved(&mut core, lights("live", RuleState::Live), 1);
    approved(&mut core, lights("trial", RuleState::Shadow), 2);
    says(&mut core, "lobby_motion", "motion", false, 3);
    says(&mut core, "lobby_motion", "motion", true, 10);
    let told = core.shadow(RuleId::of_name("trial"), at(1_000)).unwrap();
    assert_eq!(kinds(&told), [ShadowKind::Agreed]);
    assert!(told.entries[0].text.en.contains("rule “live” did"), "{:?}", told.entries[0].text);
    let trial = core.traces_of(RuleId::of_name("trial")).next().unwrap();
    assert_eq!((trial.class, trial.commands.len()), (Some(TraceClass::Acted), 0));
}

#[test]
fn an_agent_asks_for_a_trial() {
    let mut core = demo_core();
    approved(&mut core, lights("a", RuleState::Live), 1);
    let (rule, state) = (RuleId::of_name("a"), RuleState::Shadow);
    let agent = Actor::agent("helper", Channel::Mcp);
    let out = core.apply(&Event::RuleSwitch { actor: agent, turn: None, rule, state }, at(2));
    let [Outcome::Proposal(p)] = &out[..] else { panic!("{out:?}") };
    let (proposal, hash) = (p.id, p.hash.clone());
    core.apply(&Event::Decide { actor: operator(Channel::Ui), turn: None, proposal, hash, approve: true }, at(3));
    assert_eq!(core.rules()[&rule].graph.state, RuleState::Shadow);
}

#[test]
fn a_trail_goes_over_rules_and_times_to_who_asked() {
    let mut core = demo_core();
    approved(&mut core, lights("lights", RuleState::Live), 1);
    approved(&mut core, follows(RuleState::Live), 2);
    says(&mut core, "lobby_motion", "motion", false, 3);
    says(&mut core, "lobby_motion", "motion", true, 10);
    says(&mut core, "lobby_light", "power", true, 11);
    let out = core.apply(&Event::Tick, at(71));
    assert_eq!(sent(&out), vec![(sim::point("meeting_fan", "power"), Value::Bool(true))]);
    says(&mut core, "meeting_fan", "power", true, 72);
    let why = core.why(sim::point("meeting_fan", "power")).unwrap();
    let kinds: Vec<TrailKind> = why.trail.iter().map(|l| l.kind).collect();
    use TrailKind::{Author, Command, Device, Run, State, Timer};
    let expected = [State, Command, Run, Timer, Author, State, Command, Run, Author, State, Device];
    assert_eq!(kinds, expected, "{:#?}", why.trail);
    assert!(why.trail[3].text.en.contains("the 60 s that node long (for_duration) waited"), "{:?}", why.trail[3]);
    assert_eq!(why.trail[7].text.en, "node on of rule “lights” asked for it");
    assert!(why.trail[8].text.en.contains("asked for by Li and approved by Li"), "{:?}", why.trail[8]);
    let values = core.rule_values(RuleId::of_name("follows")).unwrap();
    let port = |node: &str| values.ports.iter().find(|p| p.node == node).unwrap();
    assert_eq!((port("long").value.clone(), port("start").fired), (Some(Value::Bool(true)), Some(at(71))));
}

#[test]
fn a_message_and_a_scene_are_links_of_their_own() {
    let mut core = demo_core();
    let mut graph = RuleGraph::new(RuleId::of_name("topic"), Bilingual::same("topic"));
    graph
        .node("heard", "mqtt_topic", json!({"topic": "bell"}))
        .node("on", "command", json!({"point": sim::point("lobby_light", "power"), "setting": {"to": true}}))
        .edge("heard.message", "on.in");
    approved(&mut core, graph, 1);
    let payload = documents::Payload::Text("ring".into());
    let message = documents::Message { connection: None, topic: "bell".into(), payload, qos: 0, retain: false };
    core.apply(&Event::Message(message), at(10));
    says(&mut core, "lobby_light", "power", true, 11);
    let why = core.why(sim::point("lobby_light", "power")).unwrap();
    let link = why.trail.iter().find(|l| l.kind == TrailKind::Message).unwrap();
    assert_eq!(link.text.en, "a message came on topic bell");
    // A command that fails later makes its run a failed one.
    let out = core.apply(
        &request(operator(Channel::Ui), None, sim::point("lobby_light", "power"), Setting::To(false.into())),
        at(20),
    );
    assert_eq!(sent(&out).len(), 1);
    let class = |core: &Core| core.traces_of(RuleId::of_name("topic")).next().unwrap().class;
    assert_eq!(class(&core), Some(TraceClass::Acted));
    let payload = documents::Payload::Text("ring".into());
    let message = documents::Message { connection: None, topic: "bell".into(), payload, qos: 0, retain: false };
    core.apply(&Event::Message(message), at(30));
    core.apply(&Event::Tick, at(60));
    assert_eq!(class(&core), Some(TraceClass::Failed));
}

#[test]
fn posts_that_fail_are_told_in_their_run_and_become_an_alarm() {
    let mut core = demo_core();
    let mut doc = core.world().doc().clone();
    let connection = ConnectionId::of_name("hook");
    doc.connections.push(things::Connection {
        id: connection,
        driver: "webhook".into(),
        names: things::Names::new("值班", "On call"),
        config: serde_json::Map::new(),
        disabled: false,
    });
    core.apply(&Event::World { revision: RevisionId::of_name("w"), doc: Box::new(doc), by: Actor::system() }, at(0));
    let (rule, source) = (RuleId::of_name("post"), AlarmSource::Rule(RuleId::of_name("post")));
    let mut graph = RuleGraph::new(rule, Bilingual::new("通知", "Tell"));
    graph.state = RuleState::Live;
    graph
        .node("motion", "point", json!({"point": sim::point("lobby_motion", "motion")}))
        .node("seen", "edge", json!({}))
        .node("tell", "webhook_post", json!({"connection": connection, "body": {"seen": true}}))
        .edge("motion.out", "seen.in")
        .edge("seen.out", "tell.in");
    approved(&mut core, graph, 1);
    says(&mut core, "lobby_motion", "motion", false, 2);
    let active = |core: &Core| core.alarms().any(|a| a.source == source && a.state == AlarmState::Active);
    for round in 1..=4_u32 {
        let s = i64::from(round) * 10;
        let out = says(&mut core, "lobby_motion", "motion", true, s);
        let post =
            out.iter().find_map(|o| if let Outcome::Post(post) = o { Some(post.clone()) } else { None }).unwrap();
        let Some(Cause::Run { run, .. }) = post.cause.clone() else { panic!("{post:?}") };
        says(&mut core, "lobby_motion", "motion", false, s + 1);
        let failed = (round < 4).then(|| "nobody answered in time".to_owned());
        core.apply(&Event::Posted { cause: post.cause.unwrap(), failed }, at(s + 5));
        // Where it failed, its own step is a failure too, and the reason stands in a step of the same run.
        let of_run: Vec<&Trace> = core.traces_of(rule).filter(|t| t.run == Some(run)).collect();
        let told = |t: &&Trace| (t.class.unwrap(), t.errors.iter().map(|e| (e.node.clone(), e.code.clone())).collect());
        let told: Vec<(TraceClass, Vec<(String, String)>)> = of_run.iter().map(told).collect();
        let why = ("tell".to_owned(), "post.failed".to_owned());
        match round {
            1..=3 => assert_eq!(told, [(TraceClass::Failed, vec![why]), (TraceClass::Failed, vec![])]),
            _ => assert_eq!(told, [(TraceClass::Acted, vec![])]),
        }
        assert_eq!(active(&core), round == 3, "round {round}");
    }
}

#[test]
fn what_older_builds_kept_still_opens() {
    let mut core = demo_core();
    approved(&mut core, lights("a", RuleState::Live), 1);
    comes_live(&mut core);
    let saved = String::from_utf8(core.save()).unwrap();
    let older =
        saved.replace(",\"class\":\"acted\"", "").replace("\"class\":\"acted\",", "").replace("\"shadows\":{},", "");
    assert_ne!(saved, older);
    let core = Core::restore(older.as_bytes()).unwrap();
    assert_eq!(core.traces_of(RuleId::of_name("a")).filter(|t| !t.commands.is_empty()).count(), 1);
}

fn comes_live(core: &mut Core) {
    says(core, "lobby_motion", "motion", false, 3);
    says(core, "lobby_motion", "motion", true, 10);
}

#[test]
fn a_trial_of_many_days_stays_small() {
    let mut core = demo_core();
    approved(&mut core, lights("a", RuleState::Shadow), 1);
    says(&mut core, "lobby_motion", "motion", false, 1);
    (1..=2 * shadow::KEPT_MAX as i64).for_each(|i| comes(&mut core, i * 1_000));
    let told = core.shadow(RuleId::of_name("a"), at(9_000_000)).unwrap();
    assert_eq!((told.extra as u64, told.forgotten), (shadow::KEPT_MAX as u64, shadow::KEPT_MAX as u64));
    assert_eq!(told.entries.len(), documents::shadow::ENTRIES_MAX);
}
