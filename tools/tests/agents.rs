//! No sequence of tool calls by an agent reaches an effect that policy does not allow; none makes a rule run, and none
//! changes which devices there are.

use super::{approve, caller, li, old_lamp, removal, rule, start};
use agent::{TurnLimits, TurnRequest};
use base::Value;
use base::id::{DeviceId, PointId, RuleId, TurnId};
use documents::{Act, Actor, ActorKind, Change, Channel, Event, Outcome, ProposalDoc, RuleState};
use policy::{Decision, Effect};
use proptest::prelude::*;
use runtime::{Handle, sim};
use serde_json::{Value as Json, json};
use things::{Assistant, PointKind, World, WorldDoc};

/// Turns of Li, in order: a lamp, a lock, a rule, the rule taken out of use again, and a device that is added and
/// removed.
const TURNS: u128 = 6;

/// The demo building with every exposure.
fn exposed() -> WorldDoc {
    let mut doc = sim::world();
    for product in &mut doc.products {
        for property in &mut product.model.properties {
            property.x.assistant = match (product.key.as_str(), property.identifier.as_str()) {
                ("outlet", _) => Some(Assistant::Hidden),
                ("speaker", "volume") => Some(Assistant::Confirm),
                ("ventilation", "speed") => Some(Assistant::Read),
                _ => property.x.assistant,
            };
        }
    }
    doc
}

/// What Li did before the agent came.
async fn before(handle: &Handle) {
    let turn = |n: u128| Some(TurnId::from_bits(n));
    let acts = vec![Act::to(sim::point("desk_lamp", "power"), true)];
    handle.apply(Event::Request { actor: li(Channel::Ui), turn: turn(1), acts }).await.unwrap();
    let unlock = ProposalDoc::Commands(vec![Act::to(sim::point("front_lock", "locked"), false)]);
    approve(handle, unlock, turn(2)).await;
    approve(handle, ProposalDoc::Rule(Box::new(rule())), turn(3)).await;
    let off = Event::RuleSwitch { actor: li(Channel::Ui), turn: turn(4), rule: rule().id, state: RuleState::Draft };
    handle.apply(off).await.unwrap();
    for (n, change) in [(5, Change::PutDevice(Box::new(old_lamp()))), (6, removal(old_lamp().id))] {
        let event = Event::Configure { actor: li(Channel::Ui), turn: turn(n), changes: vec![change] };
        handle.apply(event).await.unwrap();
    }
    // Something waits, which only a person may approve.
    let document = ProposalDoc::Commands(vec![Act::to(sim::point("lobby_light", "power"), true)]);
    handle.apply(Event::Propose { actor: li(Channel::Ui), turn: None, document }).await.unwrap();
}

/// One step of an agent.
#[derive(Debug, Clone)]
enum Step {
    Command(Vec<(usize, u8)>),
    Rule(usize, bool),
    Enable(bool, RuleState),
    Undo(u128),
    Look(usize),
    Register(usize, u16),
    Update(usize, bool),
    Remove(usize, bool),
    Restore,
    Scene(usize),
    Say(&'static str),
}

const PRODUCTS: &[&str] = &["outlet", "pump", "温湿度传感器", "light", "zorbo"];

/// By name; some write what is hidden from agents, or a lock.
const SCENES: &[&str] = &["Meeting", "下班", "Movie", "Good night", "Zorbo"];

/// At least as many as the demo building has, so that every one of them is tried and now and then none.
const POINTS: usize = 310;
const DEVICES: usize = 130;

const SAYINGS: &[&str] = &[
    "run the leave scene",
    "打开晚安模式",
    "yes",
    "确认",
    "undo",
    "撤销",
    "add a pump to the pantry",
    "删除咖啡机",
    "remove the lobby light anyway",
    "把台灯移到大厅",
    "rename the desk lamp to Mine",
    "恢复设备旧台灯",
];

fn step() -> impl Strategy<Value = Step> {
    let states = prop_oneof![Just(RuleState::Draft), Just(RuleState::Shadow), Just(RuleState::Live)];
    prop_oneof![
        3 => proptest::collection::vec((0..POINTS, 0..6u8), 1..4).prop_map(Step::Command),
        2 => (0..POINTS, any::<bool>()).prop_map(|(p, r)| Step::Rule(p, r)),
        2 => (any::<bool>(), states).prop_map(|(known, s)| Step::Enable(known, s)),
        2 => (1..30u128).prop_map(Step::Undo),
        1 => (0..POINTS).prop_map(Step::Look),
        2 => (0..PRODUCTS.len(), 0..60u16).prop_map(|(p, n)| Step::Register(p, n)),
        1 => (0..DEVICES, any::<bool>()).prop_map(|(d, disabled)| Step::Update(d, disabled)),
        1 => (0..DEVICES, any::<bool>()).prop_map(|(d, force)| Step::Remove(d, force)),
        1 => Just(Step::Restore),
        2 => (0..SCENES.len()).prop_map(Step::Scene),
        2 => prop::sample::select(SAYINGS).prop_map(Step::Say),
    ]
}

/// A setting that the point may take, or not.
fn setting(world: &World, point: PointId, choice: u8) -> Json {
    let kind = world.point(point).map(|p| &p.kind);
    match (choice, kind) {
        (0, _) => json!({ "to": true }),
        (1, _) => json!({ "to": false }),
        (2, Some(PointKind::Number { min, .. })) => json!({ "to": min.unwrap_or(0.0) }),
        (3, Some(PointKind::Number { .. })) => json!({ "by": 1 }),
        (4, Some(PointKind::Enum { tokens })) => json!({ "to": tokens.first().map(|t| &t.token) }),
        (_, Some(PointKind::Service)) => json!({ "call": Value::no_arguments() }),
        _ => json!("toggle"),
    }
}

fn call(step: &Step, points: &[PointId], world: &World) -> Option<(&'static str, Json)> {
    let point = |n: &usize| points.get(*n).copied().unwrap_or_else(|| PointId::from_bits(1));
    let device = |n: &usize| world.devices().nth(*n).map_or_else(|| DeviceId::from_bits(1), |d| d.id);
    Some(match step {
        Step::Command(acts) => {
            let acts: Vec<Json> = acts
                .iter()
                .map(|(p, choice)| json!({ "point": point(p), "setting": setting(world, point(p), *choice) }))
                .collect();
            ("command_propose", json!({ "acts": acts }))
        }
        Step::Rule(target, replaces) => {
            let mut graph = rule();
            graph.nodes.retain(|n| n.id != "fan");
            graph.node(
                "fan",
                "command",
                json!({ "point": point(target), "setting": setting(world, point(target), 0) }),
            );
            let replaces = replaces.then_some(graph.id);
            let input = json!({ "name": graph.name, "nodes": graph.nodes, "edges": graph.edges, "replaces": replaces });
            ("rule_propose", input)
        }
        Step::Enable(known, state) => {
            let rule = if *known { rule().id } else { RuleId::from_bits(1) };
            ("rule_enable", json!({ "rule": rule, "state": state }))
        }
        Step::Undo(turn) => ("turn_undo", json!({ "turn": TurnId::from_bits(*turn) })),
        Step::Register(product, count) => {
            ("device_register", json!({ "product": PRODUCTS[*product], "count": count, "space": "Lobby" }))
        }
        Step::Update(n, disabled) => {
            ("device_update", json!({ "device": device(n), "names": { "en": ["Mine"] }, "disabled": disabled }))
        }
        Step::Remove(n, force) => ("device_remove", json!({ "device": device(n), "force": force })),
        Step::Scene(n) => ("scene_run", json!({ "scene": SCENES[*n] })),
        Step::Restore => ("device_restore", json!({ "device": "Old lamp" })),
        Step::Look(n) => ("cause_explain", json!({ "point": point(n) })),
        Step::Say(_) => return None,
    })
}

async fn run(steps: Vec<Step>, channel: Channel) {
    let handle = start(exposed()).await;
    before(&handle).await;
    let (world, rules) = handle.read(|c| (c.world().clone(), c.rules().clone())).await.unwrap();
    let doc = world.doc().clone();
    let points: Vec<PointId> = world.points().map(|p| p.id).collect();
    assert!(points.len() <= POINTS && world.devices().count() <= DEVICES, "every one has to be tried");
    let agent = crate::agent(&handle, 3, TurnLimits::default()).unwrap();
    let bot = || Actor::agent("bot", channel);
    let mut batches = handle.subscribe();
    for (n, step) in steps.iter().enumerate() {
        if let Step::Say(text) = step {
            let request =
                TurnRequest { actor: bot(), text: (*text).into(), lang: None, conversation: None, space: None };
            agent.turn(request, None).await.unwrap();
        } else if let Some((tool, input)) = call(step, &points, &world) {
            let turn = TURNS + 1 + n as u128;
            // Refusals are as good as results here: what counts is what leaves.
            drop(agent.tools().call(tool, &caller(bot(), turn), input).await);
        }
        while let Ok(batch) = batches.try_recv() {
            for outcome in &batch.outcomes {
                match outcome {
                    Outcome::Send(command) => {
                        let spec = world.point(command.point).unwrap();
                        let (exposure, safety) = (spec.assistant, spec.safety);
                        let (role, effect) = (command.actor.role, Effect::Actuate);
                        let verdict = policy::decide(&policy::Request { role, channel, effect, exposure, safety });
                        assert_eq!(command.actor.kind, ActorKind::Agent, "{step:?}");
                        assert_eq!(verdict.decision, Decision::Allow, "{step:?} sent {command:?}");
                    }
                    Outcome::Rule(saved) => panic!("{step:?} changed a rule: {saved:?}"),
                    Outcome::Configured(done) => panic!("{step:?} changed what exists: {done:?}"),
                    _ => {}
                }
            }
        }
    }
    assert_eq!(handle.read(|c| c.rules().clone()).await.unwrap(), rules);
    assert_eq!(*handle.read(|c| c.world().clone()).await.unwrap().doc(), doc);
    handle.stop().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn agents_stay_within_policy(steps in proptest::collection::vec(step(), 1..16), channel in 0..3usize) {
        let channel = [Channel::Mcp, Channel::Api, Channel::Chat][channel];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(steps, channel));
    }
}

/// The same sequence does reach devices where policy allows it: the test above is not empty.
#[tokio::test]
async fn what_policy_allows_is_done() {
    let handle = start(exposed()).await;
    let agent = crate::agent(&handle, 3, TurnLimits::default()).unwrap();
    let input = json!({ "acts": [{ "point": sim::point("lobby_light", "power"), "setting": { "to": true } }] });
    let bot = Actor::agent("bot", Channel::Mcp);
    let out = agent.tools().call("command_propose", &caller(bot, 9), input).await.unwrap();
    assert_eq!(out["receipts"][0]["state"], "confirmed");
}

/// Found by the test above: taking back that a rule was put out of use would put it into use.
#[tokio::test]
async fn an_agent_takes_no_change_of_a_rule_back() {
    run(vec![Step::Undo(4), Step::Undo(5), Step::Undo(6)], Channel::Mcp).await;
}

#[tokio::test]
async fn a_hidden_point_does_not_exist() {
    let handle = start(exposed()).await;
    let tools = crate::all(&handle).unwrap();
    let hidden = sim::point("coffee", "power");
    for channel in [Channel::Chat, Channel::Ui, Channel::Mcp] {
        let who = caller(li(channel), 9);
        let found = tools.call("point_search", &who, json!({ "query": "coffee machine" })).await.unwrap();
        assert_eq!(found["total"], json!(0));
        assert!(!found["suggestions"].to_string().contains("Coffee"), "{}", found["suggestions"]);
        let select = json!({ "select": { "devices": [sim::device("coffee")] } });
        for tool in ["device_update", "device_remove"] {
            let named = tools.call(tool, &who, json!({ "device": "Coffee machine" })).await.unwrap_err();
            assert_eq!(named.fault().code, "unknown_device", "{tool}");
        }
        assert_eq!(tools.call("point_read", &who, select).await.unwrap()["frames"][0]["points"], 0);
        let mut graph = rule();
        graph.nodes[0].params.insert("point".into(), json!(hidden));
        for (tool, input) in [
            ("rule_propose", json!({ "name": graph.name, "nodes": graph.nodes, "edges": graph.edges })),
            ("point_read", json!({ "select": { "points": [hidden] } })),
            ("cause_explain", json!({ "point": hidden })),
            ("command_propose", json!({ "acts": [{ "point": hidden, "setting": "toggle" }] })),
        ] {
            assert_eq!(tools.call(tool, &who, input).await.unwrap_err().fault().code, "unknown_point", "{tool}");
        }
    }
}
