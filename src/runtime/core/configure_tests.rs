//! Changes of what exists: policy, all or nothing, removal with its users, restoring, taking a turn back.

use super::tests::{approve_rule, at, demo_core, operator, request, sent};
use super::*;
use crate::sim;
use base::Value;
use base::id::{ConnectionId, ProductId, ScheduleId, SpaceId};
use documents::{Actor, Change, Channel, ProposalDoc, Role, Setting};
use serde_json::json;
use things::schedule::{Follower, TimeOfDay};
use things::{Connection, Device, Names, Placement, Product, Route, Scene, Schedule};

fn sensor(key: &str, product: ProductId) -> Device {
    Device {
        id: DeviceId::of_name(key),
        product,
        key: key.into(),
        names: Names::new("新传感器", "New sensor"),
        placements: vec![Placement { space: demo_space(), from: at(0) }],
        route: Route::Direct,
        tags: Default::default(),
        disabled: false,
    }
}

fn demo_space() -> Option<SpaceId> {
    World::build(sim::world()).0.device(sim::device("meeting_air")).and_then(Device::space)
}

fn product_of(key: &str) -> ProductId {
    World::build(sim::world()).0.device(sim::device(key)).unwrap().product
}

fn configure(actor: Actor, turn: Option<TurnId>, changes: Vec<Change>) -> Event {
    Event::Configure { actor, turn, changes }
}

fn codes(outcomes: &[Outcome]) -> Vec<String> {
    let denied = outcomes.iter().filter_map(|o| if let Outcome::Denied(d) = o { Some(d) } else { None });
    denied.flat_map(|d| d.diagnostics.iter().map(|d| format!("{}@{}", d.code, d.path))).collect()
}

fn put_product(name: &str, key: &str) -> Change {
    let product = World::build(sim::world()).0.product(product_of("meeting_air")).unwrap().clone();
    Change::PutProduct(Box::new(Product { id: ProductId::of_name(name), key: key.into(), ..product }))
}

fn add() -> Change {
    Change::PutDevice(Box::new(sensor("s1", product_of("meeting_air"))))
}

fn remove(device: DeviceId) -> Change {
    Change::RemoveDevice { device, force: false }
}

#[test]
fn a_new_device_can_be_read_at_once_and_written_once_it_is_there() {
    let mut core = demo_core();
    let mut device = sensor("lamp", product_of("lobby_light"));
    device.names = Names::new("新灯", "New lamp");
    let id = device.id;
    let out = core.apply(&configure(operator(Channel::Api), None, vec![Change::PutDevice(Box::new(device))]), at(1));
    let [Outcome::Configured(done)] = &out[..] else { panic!("{out:?}") };
    assert_eq!((done.changes.len(), done.at), (1, at(1)));
    let power = core.world().point_with(id, "on_off").unwrap().id;
    let on =
        |core: &mut Core| core.apply(&request(operator(Channel::Api), None, power, Setting::To(true.into())), at(2));
    assert!(sent(&on(&mut core)).is_empty(), "nothing was heard of it yet");
    core.apply(&Event::Link { device: id, online: true, reason: "connected".into() }, at(2));
    assert_eq!(sent(&on(&mut core)).len(), 1);
}

#[test]
fn who_may_change_what_exists() {
    for (actor, expected) in [
        (operator(Channel::Api), "configured"),
        (operator(Channel::Chat), "proposal"),
        (Actor::agent("helper", Channel::Mcp), "proposal"),
        (Actor::person("Wang", Role::Viewer, Channel::Ui), "denied"),
        (Actor::agent("gateway", Channel::Api), "proposal"),
        (Actor { role: Role::Bridge, ..Actor::agent("gateway", Channel::Api) }, "denied"),
    ] {
        let mut core = demo_core();
        let out = core.apply(&configure(actor.clone(), None, vec![add()]), at(1));
        let got = match &out[..] {
            [Outcome::Configured(_)] => "configured",
            [Outcome::Proposal(p)] => {
                assert!(p.readback.en.contains("add device “New sensor” in Meeting room"), "{}", p.readback.en);
                assert!(p.readback.zh.contains("添加设备“新传感器”（会议室）"), "{}", p.readback.zh);
                "proposal"
            }
            [Outcome::Denied(_)] => "denied",
            other => panic!("{other:?}"),
        };
        assert_eq!(got, expected, "{actor:?}");
        assert_eq!(core.world().device(DeviceId::of_name("s1")).is_some(), expected == "configured");
    }
}

#[test]
fn a_proposed_device_exists_once_a_person_approves_and_goes_with_its_turn() {
    let mut core = demo_core();
    let turn = IdGen::new(3).next(at(0));
    let out = core.apply(&configure(operator(Channel::Chat), Some(turn), vec![add()]), at(1));
    let [Outcome::Proposal(p)] = &out[..] else { panic!("{out:?}") };
    assert!(matches!(p.document, ProposalDoc::Configuration(_)));
    let decide =
        Event::Decide { actor: operator(Channel::Ui), turn: None, proposal: p.id, hash: p.hash.clone(), approve: true };
    let out = core.apply(&decide, at(2));
    assert!(matches!(&out[..], [Outcome::Proposal(_), Outcome::Configured(c)] if c.approved_by.is_some()), "{out:?}");
    assert!(core.world().device(DeviceId::of_name("s1")).is_some() && core.turn_can_be_undone(turn));
    let saved = Core::restore(&core.save()).unwrap();
    assert_eq!(saved.save(), core.save());
    core.apply(&Event::Undo { actor: operator(Channel::Chat), turn, within: None }, at(3));
    assert!(core.world().device(DeviceId::of_name("s1")).is_none());
}

#[test]
fn what_was_changed_since_stays_when_a_turn_is_taken_back() {
    let mut core = demo_core();
    let turn = IdGen::new(3).next(at(0));
    let owner = Actor::person("Li", Role::Owner, Channel::Ui);
    core.apply(&configure(owner.clone(), Some(turn), vec![add()]), at(1));
    let mut renamed = sensor("s1", product_of("meeting_air"));
    renamed.names = Names::new("改名", "Renamed");
    core.apply(&configure(owner.clone(), None, vec![Change::PutDevice(Box::new(renamed.clone()))]), at(2));
    let out = core.apply(&Event::Undo { actor: owner, turn, within: None }, at(3));
    assert!(matches!(&out[..], [Outcome::Denied(d)] if d.refusal.text.en.contains("changed since")), "{out:?}");
    assert_eq!(core.world().device(renamed.id), Some(&renamed));
}

#[test]
fn all_faults_are_named_and_nothing_changes() {
    let mut core = demo_core();
    let before = core.world().doc().clone();
    let good = sensor("s1", product_of("meeting_air"));
    let cases: Vec<(Vec<Change>, Vec<&str>)> = vec![
        (
            vec![
                add(),
                Change::PutDevice(Box::new(Device { key: "a/b".into(), ..sensor("s2", product_of("meeting_air")) })),
                Change::PutDevice(Box::new(Device { names: Names::default(), ..sensor("s3", good.product) })),
                remove(DeviceId::of_name("nothing")),
            ],
            vec!["configure.key@/changes/1/key", "configure.name@/changes/2/names", "configure.unknown@/changes/3"],
        ),
        (
            vec![Change::PutDevice(Box::new(Device { product: ProductId::of_name("none"), ..good.clone() }))],
            vec!["world.product@/devices/N/product"],
        ),
        (
            vec![Change::PutDevice(Box::new(Device {
                id: DeviceId::of_name("twin"),
                key: "meeting_air".into(),
                ..good.clone()
            }))],
            vec!["world.duplicate_key@/devices/N/key"],
        ),
        (
            vec![Change::PutDevice(Box::new(Device { route: Route::Via(ConnectionId::of_name("c")), ..good.clone() }))],
            vec!["world.connection@/devices/N/route"],
        ),
        (vec![Change::RemoveProduct(product_of("meeting_air"))], vec!["configure.used@/changes/0"]),
        (vec![Change::RemoveSpace(demo_space().unwrap())], vec!["configure.used@/changes/0"]),
        (vec![Change::RestoreDevice(good.id)], vec!["configure.unknown@/changes/0"]),
        (
            ["sys", "room_sensor"].map(|key| put_product(&format!("another {key}"), key)).into(),
            vec!["configure.reserved@/changes/0/key", "configure.product_key@/changes/1/key"],
        ),
    ];
    for (changes, expected) in cases {
        let out = core.apply(&configure(operator(Channel::Api), None, changes), at(1));
        // The new device stands behind those that are there.
        let place = format!("/devices/{}/", before.devices.len());
        let expected: Vec<String> = expected.iter().map(|e| e.replace("/devices/N/", &place)).collect();
        assert_eq!(codes(&out), expected);
        assert_eq!(*core.world().doc(), before);
    }
}

#[test]
fn a_connection_goes_only_when_nothing_is_behind_it() {
    let mut core = demo_core();
    let connection = Connection {
        id: ConnectionId::of_name("bus"),
        driver: "modbus".into(),
        names: Names::new("总线", "Bus"),
        config: Default::default(),
        disabled: false,
    };
    let id = connection.id;
    let device = Device { route: Route::Via(id), ..sensor("s1", product_of("meeting_air")) };
    let who = || operator(Channel::Api);
    let both = vec![Change::PutConnection(Box::new(connection)), Change::PutDevice(Box::new(device.clone()))];
    assert!(matches!(core.apply(&configure(who(), None, both), at(1))[..], [Outcome::Configured(_)]));
    let out = core.apply(&configure(who(), None, vec![Change::RemoveConnection(id)]), at(2));
    assert_eq!(codes(&out), ["configure.used@/changes/0"]);
    let both = vec![remove(device.id), Change::RemoveConnection(id)];
    assert!(matches!(core.apply(&configure(who(), None, both), at(3))[..], [Outcome::Configured(_)]));
}

#[test]
fn a_removed_device_names_its_users_and_comes_back_within_a_day() {
    let mut core = demo_core();
    approve_rule(&mut core, IdGen::new(3).next(at(0)));
    let device = sim::device("meeting_air");
    let out = core.apply(&configure(operator(Channel::Api), None, vec![remove(device)]), at(10));
    assert_eq!(codes(&out), ["configure.used@/changes/0"]);
    let Outcome::Denied(denied) = &out[0] else { panic!() };
    assert!(denied.diagnostics[0].message.en.contains("Air the meeting room"));
    assert_eq!(core.uses_of(device).len(), 1);

    let force = vec![Change::RemoveDevice { device, force: true }];
    let out = core.apply(&configure(operator(Channel::Api), None, force), at(11));
    assert!(out.iter().any(|o| matches!(o, Outcome::Alarm(a) if a.code == "rule.world_changed")), "{out:?}");
    assert!(core.world().device(device).is_none() && core.removed().count() == 1);
    let restore = || configure(operator(Channel::Api), None, vec![Change::RestoreDevice(device)]);
    let mut late = core.clone();
    let day = RESTORE_DAY_S;
    assert_eq!(codes(&late.apply(&restore(), at(11 + day))), ["configure.unknown@/changes/0"]);
    let out = core.apply(&restore(), at(11 + day - 1));
    assert!(matches!(out.last(), Some(Outcome::Configured(_))), "{out:?}");
    assert!(core.world().device(device).is_some() && core.removed().count() == 0);
}

const RESTORE_DAY_S: i64 = 24 * 3600;

#[test]
fn a_device_event_is_kept_and_an_alert_is_an_alarm() {
    let mut core = demo_core();
    let mut product = core.world().product(product_of("meeting_air")).unwrap().clone();
    let event = |id: &str, type_: &str| json!({"identifier": id, "name": id, "type": type_, "outputData": []});
    let events = json!([event("started", "info"), event("tampered", "alert"), event("broken", "error")]);
    product.model.events = serde_json::from_value(events).unwrap();
    core.apply(&configure(operator(Channel::Api), None, vec![Change::PutProduct(Box::new(product))]), at(1));
    let device = sim::device("meeting_air");
    let say = |event: &str| Event::Occurrence { device, event: event.into(), output: Value::no_arguments(), at: at(5) };
    for (event, alarm) in [("started", None), ("tampered", Some("device.alert")), ("broken", Some("device.error"))] {
        let out = core.apply(&say(event), at(6));
        let codes: Vec<&str> =
            out.iter().filter_map(|o| if let Outcome::Alarm(a) = o { Some(a.code.as_str()) } else { None }).collect();
        assert_eq!(codes, alarm.into_iter().collect::<Vec<_>>(), "{out:?}");
        assert_eq!(core.occurrences().last().map(|o| (o.device, o.event.as_str())), Some((device, event)));
    }
    assert!(core.apply(&say("unheard_of"), at(6)).is_empty() && core.occurrences().count() == 3);
}

#[test]
fn a_scene_outlives_its_device_and_comes_back_with_its_turn() {
    let mut core = demo_core();
    let who = || operator(Channel::Api);
    let scene = core.world().scene(sim::scene("meeting")).unwrap().clone();
    let device = sim::device("meeting_fan");
    core.apply(&configure(who(), None, vec![remove(device)]), at(2));
    assert_eq!(core.world().scene(scene.id), Some(&scene));
    // What it can no longer write is refused; nobody puts such a scene down again.
    let acts = documents::Act::of_scene(&scene, core.world());
    let out = core.apply(&Event::Request { actor: who(), turn: None, acts }, at(3));
    assert_eq!(sent(&out).len(), scene.acts.len() - 1);
    let again = vec![Change::PutScene(Box::new(Scene { names: Names::new("开会", "Meet"), ..scene.clone() }))];
    assert_eq!(codes(&core.apply(&configure(who(), None, again), at(4))), ["scene.point@/changes/0/acts/3/point"]);

    let mut core = demo_core();
    let turn = Some(TurnId::from_bits(5));
    core.apply(&configure(who(), turn, vec![Change::RemoveScene(scene.id)]), at(5));
    assert_eq!(core.world().scene(scene.id), None);
    core.apply(&Event::Undo { actor: who(), turn: TurnId::from_bits(5), within: None }, at(6));
    assert_eq!(core.world().scene(scene.id), Some(&scene));
}

/// A schedule of the meeting room's fan and its scene.
fn opening_hours(disabled: bool) -> Schedule {
    serde_json::from_value(json!({
        "id": ScheduleId::of_name("hours"), "names": { "en": ["Opening hours"] }, "says": "switch", "otherwise": false,
        "week": [{ "days": "everyday", "from": "09:00", "to": "18:00", "value": true }],
        "followers": [{ "point": sim::point("meeting_fan", "power") }],
        "disabled": disabled,
    }))
    .unwrap()
}

#[test]
fn what_follows_a_schedule_is_a_rule() {
    let mut core = demo_core();
    let put = |schedule: Schedule, turn| {
        configure(operator(Channel::Api), turn, vec![Change::PutSchedule(Box::new(schedule))])
    };
    // 10:00 in Shanghai: what is so now is set at once, and what follows in its time.
    let ten = Timestamp::parse("2026-11-20T02:00:00Z").unwrap();
    let rule = schedules::rule_id(ScheduleId::of_name("hours"));
    let out = core.apply(&put(opening_hours(false), Some(TurnId::from_bits(3))), ten);
    assert!(matches!(out.last(), Some(Outcome::Configured(_))), "{out:?}");
    assert!(core.rule_runs(rule) && core.rules()[&rule].approved_by.is_some());
    assert_eq!(core.rules()[&rule].graph.name.en, "Schedule “Opening hours”");
    let tick = core.apply(&Event::Tick, ten);
    assert_eq!(sent(&tick), [(sim::point("meeting_fan", "power"), Value::Bool(true))]);
    let six = Timestamp::parse("2026-11-20T10:00:00Z").unwrap();
    assert_eq!(core.state.engine.deadline(), Some(six));
    assert_eq!(sent(&core.apply(&Event::Tick, six)), [(sim::point("meeting_fan", "power"), Value::Bool(false))]);

    // Another name changes nothing; another programme counts at once.
    let night = six + Span::from_secs(3600);
    let renamed = Schedule { names: Names::new("营业", "Open"), ..opening_hours(false) };
    core.apply(&put(renamed, None), night);
    assert!(sent(&core.apply(&Event::Tick, night)).is_empty());
    let mut later = opening_hours(false);
    later.week[0].to = TimeOfDay::parse("20:00");
    core.apply(&put(later, None), night);
    assert_eq!(sent(&core.apply(&Event::Tick, night)), [(sim::point("meeting_fan", "power"), Value::Bool(true))]);

    // It is named when its device shall go, a rule that reads it keeps it, and without it nothing is left running.
    let device = sim::device("meeting_fan");
    assert!(core.uses_of(device).contains(&rule));
    core.apply(&put(opening_hours(true), None), night);
    assert!(!core.rule_runs(rule));
    core.apply(&put(opening_hours(false), None), night);
    let gone = configure(
        operator(Channel::Api),
        Some(TurnId::from_bits(4)),
        vec![Change::RemoveSchedule(ScheduleId::of_name("hours"))],
    );
    let out = core.apply(&gone, night);
    assert!(!core.rule_runs(rule) && !out.iter().any(|o| matches!(o, Outcome::Alarm(_))), "{out:?}");
    core.apply(&Event::Undo { actor: operator(Channel::Api), turn: TurnId::from_bits(4), within: None }, night);
    assert!(core.rule_runs(rule) && core.world().schedule(ScheduleId::of_name("hours")).is_some());
}

#[test]
fn a_schedule_asks_for_what_its_followers_are() {
    let mut core = demo_core();
    let lock = sim::point("front_lock", "locked");
    let mut schedule = opening_hours(false);
    schedule.followers = vec![Follower::Point(lock)];
    let agent = Actor::agent("a", Channel::Mcp);
    let out = core.apply(&configure(agent, None, vec![Change::PutSchedule(Box::new(schedule.clone()))]), at(1));
    let Some(Outcome::Proposal(asked)) = out.last() else { panic!("{out:?}") };
    assert_eq!(asked.safety, things::Safety::Security);
    schedule.followers = vec![Follower::Point(sim::point("meeting_air", "co2"))];
    let out =
        core.apply(&configure(operator(Channel::Api), None, vec![Change::PutSchedule(Box::new(schedule))]), at(2));
    assert_eq!(codes(&out), ["schedule.misfit@/changes/0/followers/0/point"]);
}
