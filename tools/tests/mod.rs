//! The tools over the real runtime: the demo building with simulated devices on a clock of its own.

mod agents;
mod devices;
mod examples;
mod turns;

use agent::Caller;
use base::id::{DeviceId, RevisionId, RuleId, TurnId};
use base::{Lang, Timestamp};
use documents::{Act, Actor, Change, Channel, Event, Outcome, ProposalDoc, Role, RuleGraph};
use drivers::simulated::{Config, Simulated};
use runtime::{Handle, Host, Options, Time, sim};
use serde_json::json;
use store::Store;
use things::{Device, Names, Route, WorldDoc};

/// A running demo building in which Li has turned on the desk lamp, approved a rule, set a timer and written down the milk,
/// and the server room is wet.
async fn building() -> Handle {
    let handle = start(sim::world()).await;
    let acts = vec![Act::to(sim::point("desk_lamp", "power"), true)];
    let out =
        handle.apply(Event::Request { actor: li(Channel::Chat), turn: Some(example_turn()), acts }).await.unwrap();
    let sent = out.iter().filter_map(|o| if let Outcome::Send(c) = o { Some(c.id) } else { None }).collect();
    assert_eq!(handle.settled(sent).await.unwrap().len(), 1);
    approve(&handle, ProposalDoc::Rule(Box::new(rule())), None).await;
    for changes in [vec![Change::PutDevice(Box::new(old_lamp()))], vec![removal(old_lamp().id)]] {
        let out = handle.apply(Event::Configure { actor: li(Channel::Ui), turn: None, changes }).await.unwrap();
        assert!(matches!(out.as_slice(), [Outcome::Configured(_)]), "{out:?}");
    }
    handle.measure(sim::point("server_leak", "leak"), true.into()).await.unwrap();
    let timer = documents::NewTimer {
        purpose: documents::timer::Purpose::Timer,
        end: documents::timer::End::AfterMs(base::Span::from_secs(30 * 60)),
        text: "tea".into(),
        space: None,
        acts: Vec::new(),
    };
    handle.apply(Event::TimerStart { actor: li(Channel::Ui), turn: None, timer: Box::new(timer) }).await.unwrap();
    let (list, names) = documents::ListRef::Shopping.common().unwrap();
    for change in [documents::ListChange::Put(names), documents::ListChange::Add(vec!["milk".into()])] {
        handle.apply(Event::ListChange { actor: li(Channel::Ui), turn: None, list, change }).await.unwrap();
    }
    handle
}

/// A lamp that was there once.
fn old_lamp() -> Device {
    Device {
        id: DeviceId::of_name("old lamp"),
        product: sim::world().products.iter().find(|p| p.key == "light_dimmable").unwrap().id,
        key: "old".into(),
        names: Names::new("旧台灯", "Old lamp"),
        placements: Vec::new(),
        route: Route::Simulated,
        tags: Default::default(),
        disabled: false,
    }
}

fn removal(device: DeviceId) -> Change {
    Change::RemoveDevice { device, force: true }
}

/// A running building of simulated devices.
async fn start(world: WorldDoc) -> Handle {
    let at = Timestamp::from_millis(1_790_000_000_000);
    let options = Options { time: Time::Manual(at), seed: 1, safe: false, build: "test".into() };
    let (handle, mut host) = Host::start(Store::open_in_memory(), options).await.unwrap();
    let (revision, doc) = (RevisionId::of_name("demo"), Box::new(world));
    host.configure(Event::World { revision, doc, by: Actor::system() }).await;
    let devices = Simulated::new(Config::default(), host.core().world().clone(), sim::values());
    host.attach(Box::new(devices));
    tokio::spawn(host.run());
    handle
}

/// Li proposes something in a turn and approves it.
async fn approve(handle: &Handle, document: ProposalDoc, turn: Option<TurnId>) {
    let out = handle.apply(Event::Propose { actor: li(Channel::Ui), turn, document }).await.unwrap();
    let [Outcome::Proposal(p)] = out.as_slice() else { panic!("{out:?}") };
    let (proposal, hash) = (p.id, p.hash.clone());
    let out =
        handle.apply(Event::Decide { actor: li(Channel::Ui), turn, proposal, hash, approve: true }).await.unwrap();
    assert!(out.len() > 1, "{out:?}");
}

/// When the CO2 in the meeting room is high, its fan goes on.
fn rule() -> RuleGraph {
    let mut graph = RuleGraph::new(RuleId::of_name("example"), base::Bilingual::new("换气", "Fresh air"));
    graph.node("co2", "point", json!({ "point": sim::point("meeting_air", "co2") }));
    graph.node("high", "compare", json!({ "op": ">", "value": 1000, "hysteresis": 200 }));
    graph.node("start", "edge", json!({}));
    graph.node("fan", "command", json!({ "point": sim::point("meeting_fan", "power"), "setting": { "to": true } }));
    graph.edge("co2.out", "high.in").edge("high.out", "start.in").edge("start.out", "fan.in");
    graph
}

fn example_turn() -> TurnId {
    TurnId::of_name("example")
}

fn li(channel: Channel) -> Actor {
    Actor::person("Li", Role::Operator, channel)
}

fn caller(actor: Actor, turn: u128) -> Caller {
    Caller { actor, conversation: None, turn: TurnId::from_bits(turn), lang: Lang::En, space: None }
}
