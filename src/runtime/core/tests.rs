use super::*;
use crate::sim;
use base::Value;
use base::id::RevisionId;
use documents::{Act, Actor, Channel, ProposalDoc, Reason, ReceiptState, Role, RuleGraph, RuleState, Setting};
use serde_json::json;

pub(crate) fn at(s: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + s * 1000)
}

/// The demo building with every device online and its first values reported.
pub(crate) fn demo_core() -> Core {
    let mut core = Core::default();
    core.apply(&Event::Started { build: "test".into(), time_zone_data: "test".into(), seed: 7, safe: false }, at(0));
    core.apply(
        &Event::World { revision: RevisionId::of_name("demo"), doc: Box::new(sim::world()), by: Actor::system() },
        at(0),
    );
    let world = core.world().clone();
    for device in world.devices() {
        core.apply(&Event::Link { device: device.id, online: true, reason: String::new() }, at(0));
    }
    let (device, power, brightness) = lobby();
    core.apply(&report(device, power, false, 0), at(0));
    core.apply(&report(device, brightness, 0.0, 0), at(0));
    for (point, value) in sim::values() {
        let device = world.point(point).unwrap().device;
        core.apply(&report(device, point, value, 0), at(0));
    }
    core
}

pub(super) fn report(device: DeviceId, point: PointId, value: impl Into<Value>, s: i64) -> Event {
    Event::Report { device, values: vec![(point, Sample::good(value, at(s)))] }
}

pub(super) fn operator(channel: Channel) -> Actor {
    Actor::person("Li", Role::Operator, channel)
}

pub(super) fn request(actor: Actor, turn: Option<TurnId>, point: PointId, setting: Setting) -> Event {
    Event::Request { actor, turn, acts: vec![Act { point, setting }] }
}

pub(super) fn states_of(outcomes: &[Outcome]) -> Vec<ReceiptState> {
    outcomes.iter().filter_map(|o| if let Outcome::Receipt(r) = o { Some(r.state) } else { None }).collect()
}

pub(super) fn sent(outcomes: &[Outcome]) -> Vec<(PointId, Value)> {
    outcomes
        .iter()
        .filter_map(|o| if let Outcome::Send(c) = o { Some((c.point, c.value.clone())) } else { None })
        .collect()
}

fn lobby() -> (DeviceId, PointId, PointId) {
    (sim::device("lobby_light"), sim::point("lobby_light", "power"), sim::point("lobby_light", "brightness"))
}

/// CO2 above 1000 ppm for five minutes switches the fan on.
fn co2_rule() -> RuleGraph {
    let mut graph = RuleGraph::new(RuleId::of_name("co2"), Bilingual::new("会议室换气", "Air the meeting room"));
    graph
        .node("co2", "point", json!({"point": sim::point("meeting_air", "co2")}))
        .node("high", "compare", json!({"op": ">", "value": 1000}))
        .node("dwell", "for_duration", json!({"span_ms": 300_000}))
        .node("start", "edge", json!({"on": "rising"}))
        .node("fan", "command", json!({"point": sim::point("meeting_fan", "power"), "setting": {"to": true}}))
        .edge("co2.out", "high.in")
        .edge("high.out", "dwell.in")
        .edge("dwell.out", "start.in")
        .edge("start.out", "fan.in");
    graph
}

/// Saves and enables the rule as an agent proposes and an operator approves.
pub(super) fn approve_rule(core: &mut Core, turn: TurnId) {
    let agent = Actor::agent("helper", Channel::Mcp);
    let out = core.apply(
        &Event::Propose { actor: agent, turn: Some(turn), document: ProposalDoc::Rule(Box::new(co2_rule())) },
        at(1),
    );
    let [Outcome::Proposal(p)] = &out[..] else { panic!("{out:?}") };
    let decide = |actor: Actor, hash: &str| Event::Decide {
        actor,
        turn: None,
        proposal: p.id,
        hash: hash.into(),
        approve: true,
    };
    for refused in [
        decide(Actor::agent("helper", Channel::Api), &p.hash),
        decide(Actor::person("Wang", Role::Viewer, Channel::Ui), &p.hash),
        decide(operator(Channel::Ui), "another"),
    ] {
        assert!(matches!(core.apply(&refused, at(2))[..], [Outcome::Denied(_)]));
    }
    let out = core.apply(&decide(operator(Channel::Ui), &p.hash), at(3));
    assert!(
        matches!(&out[..], [Outcome::Proposal(_), Outcome::Rule(r)] if r.graph.state == RuleState::Live && r.approved_by.is_some())
    );
}

#[test]
fn a_command_is_confirmed_by_the_devices_own_report() {
    let (device, power, _) = lobby();
    let mut core = demo_core();
    let out = core.apply(&request(operator(Channel::Chat), None, power, Setting::To(true.into())), at(10));
    assert_eq!((sent(&out), states_of(&out)), (vec![(power, Value::Bool(true))], vec![ReceiptState::Sent]));
    let Outcome::Send(command) = &out[0] else { panic!() };
    let out = core.apply(&Event::Delivered { command: command.id, refused: None, reply: None }, at(11));
    assert_eq!(states_of(&out), vec![ReceiptState::Acked]);
    // A report of the old value, or one from before the command, confirms nothing.
    assert_eq!(states_of(&core.apply(&report(device, power, false, 11), at(11))), vec![]);
    assert_eq!(states_of(&core.apply(&report(device, power, true, 12), at(12))), vec![ReceiptState::Confirmed]);
    assert_eq!(core.deadline(), None);
}

#[test]
fn no_report_times_out_and_a_late_one_resolves_it() {
    let (device, power, _) = lobby();
    let mut core = demo_core();
    core.apply(&request(operator(Channel::Chat), None, power, Setting::To(true.into())), at(10));
    assert_eq!(core.deadline(), Some(at(20)));
    assert_eq!(states_of(&core.apply(&Event::Tick, at(20))), vec![ReceiptState::TimedOut]);
    assert_eq!(states_of(&core.apply(&report(device, power, true, 30), at(30))), vec![ReceiptState::Confirmed]);
}

#[test]
fn a_restart_leaves_commands_unknown_and_sends_nothing() {
    let (device, power, _) = lobby();
    let mut core = demo_core();
    core.apply(&request(operator(Channel::Chat), None, power, Setting::To(true.into())), at(10));
    let mut core = Core::restore(&core.save()).unwrap();
    let out = core
        .apply(&Event::Started { build: "test".into(), time_zone_data: "test".into(), seed: 8, safe: false }, at(11));
    assert_eq!((sent(&out), states_of(&out)), (vec![], vec![ReceiptState::Unknown]));
    core.apply(&Event::Link { device, online: true, reason: String::new() }, at(12));
    assert_eq!(states_of(&core.apply(&report(device, power, false, 12), at(12))), vec![ReceiptState::TimedOut]);
}

#[test]
fn what_cannot_be_done_says_why() {
    let (device, power, brightness) = lobby();
    let mut core = demo_core();
    let mut reason = |event: Event| {
        let out = core.apply(&event, at(10));
        assert_eq!(sent(&out), vec![]);
        match &out[..] {
            [Outcome::Receipt(r)] => r.reason.as_ref().map(|r| r.reason),
            [Outcome::Denied(d)] => Some(d.refusal.reason),
            other => panic!("{other:?}"),
        }
    };
    let person = || operator(Channel::Chat);
    assert_eq!(reason(request(person(), None, brightness, Setting::To(300.0.into()))), Some(Reason::OutOfRange));
    assert_eq!(reason(request(person(), None, brightness, Setting::To("bright".into()))), Some(Reason::NoCapability));
    assert_eq!(
        reason(request(person(), None, sim::point("meeting_air", "co2"), Setting::To(400.0.into()))),
        Some(Reason::NoCapability)
    );
    assert_eq!(reason(request(person(), None, PointId::of_name("nothing"), Setting::Toggle)), Some(Reason::NotAllowed));
    assert_eq!(
        reason(request(Actor::person("Wang", Role::Viewer, Channel::Chat), None, power, Setting::Toggle)),
        Some(Reason::NotAllowed)
    );
    core.apply(&Event::Link { device, online: false, reason: "gone".into() }, at(10));
    let out = core.apply(&request(operator(Channel::Chat), None, power, Setting::To(true.into())), at(11));
    assert!(
        matches!(&out[..], [Outcome::Receipt(r)] if r.reason.as_ref().is_some_and(|r| r.reason == Reason::Offline))
    );
    assert_eq!(core.states()[&power].quality, Quality::Bad);
}

#[test]
fn security_is_asked_for_and_done_once_approved() {
    let lock = sim::point("front_lock", "locked");
    let mut core = demo_core();
    let out = core.apply(&request(operator(Channel::Chat), None, lock, Setting::To(false.into())), at(10));
    let [Outcome::Proposal(p)] = &out[..] else { panic!("{out:?}") };
    let decide = |channel| Event::Decide {
        actor: operator(channel),
        turn: None,
        proposal: p.id,
        hash: p.hash.clone(),
        approve: true,
    };
    assert!(
        matches!(core.apply(&decide(Channel::Chat), at(11))[..], [Outcome::Denied(_)]),
        "a typed yes is not enough for security"
    );
    assert_eq!(sent(&core.apply(&decide(Channel::Ui), at(12))), vec![(lock, Value::Bool(false))]);
    assert!(matches!(core.apply(&decide(Channel::Ui), at(13))[..], [Outcome::Denied(_)]), "once only");
}

#[test]
fn the_latest_command_wins_and_a_persons_blind_holds_against_rules() {
    let (_, _, brightness) = lobby();
    let mut core = demo_core();
    core.apply(&request(operator(Channel::Chat), None, brightness, Setting::To(30.0.into())), at(10));
    let out = core.apply(&request(operator(Channel::Ui), None, brightness, Setting::By(25.0)), at(11));
    assert_eq!(
        (sent(&out), states_of(&out)),
        (vec![(brightness, Value::Number(55.0))], vec![ReceiptState::Refused, ReceiptState::Sent])
    );

    let blind = sim::point("meeting_blind", "position");
    core.apply(&request(operator(Channel::Chat), None, blind, Setting::To(50.0.into())), at(20));
    let rule = Actor::rule(RuleId::of_name("r"));
    let by_rule = |at_s: i64, core: &mut Core| {
        sent(&core.apply(&request(rule.clone(), None, blind, Setting::To(0.0.into())), at(at_s)))
    };
    assert_eq!(by_rule(30, &mut core), vec![]);
    assert_eq!(by_rule(20 + 2 * 3600, &mut core).len(), 1);
}

#[test]
fn a_rule_is_approved_holds_its_dwell_over_a_restart_and_says_why() {
    let (air, co2, fan) =
        (sim::device("meeting_air"), sim::point("meeting_air", "co2"), sim::point("meeting_fan", "power"));
    let turn = TurnId::of_name("t1");
    let mut core = demo_core();
    approve_rule(&mut core, turn);
    assert_eq!(sent(&core.apply(&report(air, co2, 1200.0, 100), at(100))), vec![]);
    assert_eq!(core.deadline(), Some(at(400)));
    let mut core = Core::restore(&core.save()).unwrap();
    core.apply(&Event::Started { build: "test".into(), time_zone_data: "test".into(), seed: 9, safe: false }, at(200));
    for device in core.world().clone().devices() {
        core.apply(&Event::Link { device: device.id, online: true, reason: String::new() }, at(201));
    }
    assert_eq!(core.deadline(), Some(at(400)), "the timer survived");
    let out = core.apply(&Event::Tick, at(400));
    assert_eq!(sent(&out), vec![(fan, Value::Bool(true))]);
    core.apply(&report(sim::device("meeting_fan"), fan, true, 401), at(401));
    let chain = core.why(fan).unwrap();
    let rule = chain.rule.unwrap();
    assert_eq!(
        (rule.node.as_str(), rule.author.name.as_str(), rule.approved_by.unwrap().name.as_str()),
        ("fan", "helper", "Li")
    );
    assert_eq!(rule.trigger.map(|t| t.point), Some(co2));
    assert_eq!(chain.turn, Some(turn));
    assert_eq!(sent(&core.apply(&Event::Tick, at(500))), vec![], "once");

    assert!(core.turn_can_be_undone(turn));
    let out = core.apply(&Event::Undo { actor: operator(Channel::Chat), turn, within: None }, at(600));
    assert!(matches!(&out[..], [Outcome::Rule(r)] if r.graph.state == RuleState::Draft));
    assert!(!core.rule_runs(RuleId::of_name("co2")));
    assert!(!core.turn_can_be_undone(turn));
}

#[test]
fn undo_takes_back_only_what_nobody_changed_since() {
    let (device, power, brightness) = lobby();
    let turn = TurnId::of_name("t");
    let mut core = demo_core();
    core.apply(&report(device, power, false, 1), at(1));
    core.apply(&report(device, brightness, 0.0, 1), at(1));
    for (point, value) in [(power, Value::Bool(true)), (brightness, Value::Number(40.0))] {
        core.apply(&request(operator(Channel::Chat), Some(turn), point, Setting::To(value.clone())), at(10));
        core.apply(&report(device, point, value, 11), at(11));
    }
    core.apply(&request(operator(Channel::Ui), None, brightness, Setting::To(80.0.into())), at(20));
    let out = core.apply(&Event::Undo { actor: operator(Channel::Chat), turn, within: None }, at(30));
    assert_eq!(sent(&out), vec![(power, Value::Bool(false))]);
    assert!(out.iter().any(|o| matches!(o, Outcome::Denied(_))), "says what stays as it is");
}

#[test]
fn a_bad_report_reaches_nothing() {
    let (_, power, brightness) = lobby();
    let mut core = demo_core();
    for (point, value) in [
        (brightness, Value::Number(1000.0)),
        (brightness, Value::text("x")),
        (sim::point("open_light", "power"), Value::Bool(true)),
    ] {
        let before = core.states().clone();
        let out = core.apply(&report(sim::device("lobby_light"), point, value, 50), at(50));
        assert!(out.iter().all(|o| matches!(o, Outcome::Alarm(a) if a.code == "ingest.misfit")), "{out:?}");
        assert_eq!(core.states(), &before);
    }
    assert_eq!(core.alarms().map(|a| a.count).collect::<Vec<_>>(), [3]);
    // An older value is history; one from the far future is taken as now.
    core.apply(&report(sim::device("lobby_light"), power, true, 60), at(60));
    core.apply(&report(sim::device("lobby_light"), power, false, 55), at(61));
    assert_eq!(core.states()[&power].value, Value::Bool(true));
    core.apply(&report(sim::device("lobby_light"), power, false, 9_999), at(62));
    assert_eq!(core.states()[&power].at, at(62));
}

fn rename_everything(core: &mut Core) {
    let mut doc = core.world().doc().clone();
    for device in &mut doc.devices {
        device.names = things::Names::new("新名", "New name");
    }
    core.apply(
        &Event::World { revision: RevisionId::of_name("renamed"), doc: Box::new(doc), by: Actor::system() },
        at(50),
    );
}

#[test]
fn a_rename_changes_no_behaviour() {
    let (air, co2, fan) =
        (sim::device("meeting_air"), sim::point("meeting_air", "co2"), sim::point("meeting_fan", "power"));
    let mut core = demo_core();
    approve_rule(&mut core, TurnId::of_name("t"));
    core.apply(&report(air, co2, 1200.0, 40), at(40));
    rename_everything(&mut core);
    assert_eq!(core.deadline(), Some(at(340)), "a running timer goes on");
    assert_eq!(sent(&core.apply(&Event::Tick, at(340))), vec![(fan, Value::Bool(true))]);
}

#[test]
fn a_rule_that_no_longer_compiles_keeps_its_plan() {
    let (air, co2) = (sim::device("meeting_air"), sim::point("meeting_air", "co2"));
    let rule = RuleId::of_name("co2");
    let mut core = demo_core();
    approve_rule(&mut core, TurnId::of_name("t"));
    let out = without_the_fan(&mut core);
    assert!(matches!(&out[..], [Outcome::Alarm(a)] if a.code == "rule.world_changed"));
    assert!(core.rule_runs(rule));
    core.apply(&report(air, co2, 1200.0, 60), at(60));
    let out = core.apply(&Event::Tick, at(360));
    assert!(
        sent(&out).is_empty()
            && out.iter().any(|o| matches!(o, Outcome::Receipt(r) if r.state == ReceiptState::Refused))
    );
    // A broken edit is refused as a whole.
    let mut broken = co2_rule();
    broken.nodes[1].params.insert("value".into(), json!("high"));
    let out = core.apply(
        &Event::Propose { actor: operator(Channel::Ui), turn: None, document: ProposalDoc::Rule(Box::new(broken)) },
        at(400),
    );
    assert!(matches!(&out[..], [Outcome::Denied(d)] if base::diagnostic::has_errors(&d.diagnostics)));
    assert!(core.rule_runs(rule));
}

#[test]
fn with_rules_off_nothing_fires() {
    let mut core = demo_core();
    approve_rule(&mut core, TurnId::of_name("t"));
    core.apply(&Event::Started { build: "test".into(), time_zone_data: "test".into(), seed: 9, safe: true }, at(50));
    core.apply(&report(sim::device("meeting_air"), sim::point("meeting_air", "co2"), 1200.0, 60), at(60));
    // What did not come back after the start is waited for; nothing else is.
    core.apply(&Event::Tick, at(50) + alarms::OFFLINE_DELAY);
    assert_eq!(core.deadline(), None);
    assert_eq!(sent(&core.apply(&Event::Tick, at(900))), vec![]);
}

/// The demo building without its fan.
fn without_the_fan(core: &mut Core) -> Vec<Outcome> {
    let mut doc = core.world().doc().clone();
    doc.devices.retain(|d| d.id != sim::device("meeting_fan"));
    core.apply(&Event::World { revision: RevisionId::of_name("w"), doc: Box::new(doc), by: Actor::system() }, at(50))
}

#[test]
fn what_no_longer_compiles_is_neither_approved_nor_switched_on() {
    let rule = RuleId::of_name("co2");
    let mut core = demo_core();
    let propose = |core: &mut Core| {
        let document = ProposalDoc::Rule(Box::new(co2_rule()));
        let out = core.apply(&Event::Propose { actor: operator(Channel::Ui), turn: None, document }, at(10));
        let [Outcome::Proposal(p)] = &out[..] else { panic!("{out:?}") };
        Event::Decide { actor: operator(Channel::Ui), turn: None, proposal: p.id, hash: p.hash.clone(), approve: true }
    };
    let refused = |out: &[Outcome]| matches!(out, [Outcome::Denied(d)] if base::diagnostic::has_errors(&d.diagnostics));
    let decide = propose(&mut core);
    without_the_fan(&mut core);
    assert!(refused(&core.apply(&decide, at(60))));
    assert!(!core.rules().contains_key(&rule) && !core.rule_runs(rule));

    let mut core = demo_core();
    approve_rule(&mut core, TurnId::of_name("t"));
    let switch = |state| Event::RuleSwitch { actor: operator(Channel::Ui), turn: None, rule, state };
    core.apply(&switch(RuleState::Draft), at(40));
    without_the_fan(&mut core);
    assert!(refused(&core.apply(&switch(RuleState::Live), at(60))));
    assert_eq!((core.rules()[&rule].graph.state, core.rule_runs(rule)), (RuleState::Draft, false));
}

#[test]
fn a_rule_that_reads_what_the_assistant_does_not_see_is_not_proposed() {
    let mut core = demo_core();
    let mut doc = core.world().doc().clone();
    for product in &mut doc.products {
        for p in product.model.properties.iter_mut().filter(|p| p.identifier == "co2") {
            p.x.assistant = Some(things::Assistant::Hidden);
        }
    }
    core.apply(
        &Event::World { revision: RevisionId::of_name("hidden"), doc: Box::new(doc), by: Actor::system() },
        at(5),
    );
    let propose = |actor| Event::Propose { actor, turn: None, document: ProposalDoc::Rule(Box::new(co2_rule())) };
    for actor in [operator(Channel::Chat), Actor::agent("helper", Channel::Api)] {
        assert!(matches!(core.apply(&propose(actor), at(10))[..], [Outcome::Denied(_)]));
    }
    assert!(matches!(core.apply(&propose(operator(Channel::Ui)), at(11))[..], [Outcome::Proposal(_)]));
}
