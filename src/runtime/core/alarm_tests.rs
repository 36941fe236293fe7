//! Alarms: raised, counted, over, seen, bounded; and kept as they are over a restart.

use super::alarms::{ALARMS_MAX, FLAP_WINDOW, OFFLINE_DELAY};
use super::tests::{at, demo_core, operator, report};
use super::*;
use crate::sim;
use base::id::AlarmId;
use documents::alarm::AlarmState;
use documents::{Actor, Alarm, Change, Channel, Role};

fn leak(core: &mut Core, wet: bool, s: i64) -> Vec<Outcome> {
    core.apply(&report(sim::device("server_leak"), sim::point("server_leak", "leak"), wet, s), at(s))
}

fn link(core: &mut Core, online: bool, s: i64) -> Vec<Outcome> {
    core.apply(&Event::Link { device: sim::device("open_ac"), online, reason: "test".into() }, at(s))
}

fn see(core: &mut Core, actor: Actor, alarm: AlarmId, s: i64) -> Vec<Outcome> {
    core.apply(&Event::Acknowledge { actor, alarm }, at(s))
}

fn only(core: &Core) -> Alarm {
    let all: Vec<&Alarm> = core.alarms().collect();
    let [one] = all[..] else { panic!("{all:?}") };
    one.clone()
}

#[test]
fn a_leak_lasts_until_it_is_dry_and_waits_to_be_seen() {
    let mut core = demo_core();
    let out = leak(&mut core, true, 100);
    let [Outcome::Alarm(raised)] = &out[..] else { panic!("{out:?}") };
    assert_eq!((raised.code.as_str(), raised.severity, raised.count), ("point.leak", AlarmSeverity::Major, 1));
    assert_eq!(raised.text.en, "Server room leak sensor: wet");
    assert!(leak(&mut core, true, 101).is_empty(), "it is one alarm");
    leak(&mut core, false, 110);
    assert_eq!((only(&core).state, only(&core).cleared), (AlarmState::Cleared, Some(at(110))));
    // It comes and goes: one alarm that counts.
    for s in (120..200).step_by(10) {
        leak(&mut core, s % 20 == 0, s);
    }
    assert_eq!((only(&core).count, only(&core).raised, only(&core).last), (5, at(100), at(180)));
    let id = only(&core).id;
    assert!(matches!(see(&mut core, operator(Channel::Ui), id, 210)[..], [Outcome::Alarm(_)]));
    assert_eq!(only(&core).acknowledged.map(|a| a.by), Some(operator(Channel::Ui)));
    // Soon after, it has to be seen again; long after, it is another one.
    leak(&mut core, true, 220);
    assert_eq!((only(&core).count, only(&core).acknowledged), (6, None));
    leak(&mut core, false, 230);
    see(&mut core, operator(Channel::Ui), id, 240);
    leak(&mut core, true, 230 + FLAP_WINDOW.as_micros() / 1_000_000);
    assert_eq!(core.alarms().map(|a| a.count).collect::<Vec<_>>(), [6, 1]);
    let restored = Core::restore(&core.save()).unwrap();
    assert!(restored.alarms().eq(core.alarms()));
}

#[test]
fn only_a_person_who_may_operate_acknowledges_and_once() {
    let mut core = demo_core();
    leak(&mut core, true, 100);
    let id = only(&core).id;
    for actor in [
        Actor::agent("bot", Channel::Mcp),
        Actor::person("Guest", Role::Viewer, Channel::Ui),
        Actor::rule(RuleId::from_bits(1)),
    ] {
        assert!(matches!(see(&mut core, actor, id, 101)[..], [Outcome::Denied(_)]));
    }
    assert_eq!(only(&core).acknowledged, None);
    assert!(matches!(see(&mut core, operator(Channel::Chat), id, 102)[..], [Outcome::Alarm(_)]));
    assert!(matches!(see(&mut core, operator(Channel::Ui), id, 103)[..], [Outcome::Denied(_)]), "once");
    assert!(matches!(see(&mut core, operator(Channel::Ui), AlarmId::from_bits(1), 103)[..], [Outcome::Denied(_)]));
}

#[test]
fn a_device_is_an_alarm_when_it_stays_away() {
    let delay = OFFLINE_DELAY.as_micros() / 1_000_000;
    let mut core = demo_core();
    link(&mut core, false, 100);
    link(&mut core, true, 110);
    core.apply(&Event::Tick, at(100 + delay));
    assert_eq!(core.alarms().count(), 0, "it came back in time");
    link(&mut core, false, 200);
    assert_eq!(core.deadline(), Some(at(200 + delay)));
    let out = core.apply(&Event::Tick, at(200 + delay));
    assert!(matches!(&out[..], [Outcome::Alarm(a)] if a.text.en == "Open office AC cannot be reached"), "{out:?}");
    link(&mut core, true, 300);
    assert_eq!(only(&core).state, AlarmState::Cleared);
    // After a restart nobody is there at first; who does not come back is an alarm.
    let started = Event::Started { build: "test".into(), time_zone_data: "x".into(), seed: 1, safe: false };
    core.apply(&started, at(400));
    for device in core.world().clone().devices().filter(|d| d.id != sim::device("open_ac")) {
        core.apply(&Event::Link { device: device.id, online: true, reason: "back".into() }, at(410));
    }
    core.apply(&Event::Tick, at(400 + delay));
    assert_eq!((only(&core).state, only(&core).count), (AlarmState::Active, 2));
    // What is taken out is no alarm any more.
    let changes = vec![Change::RemoveDevice { device: sim::device("open_ac"), force: true }];
    core.apply(&Event::Configure { actor: operator(Channel::Api), turn: None, changes }, at(500));
    assert_eq!(only(&core).state, AlarmState::Cleared);
}

#[test]
fn what_a_device_says_wrongly_is_over_with_the_next_right_report() {
    let mut core = demo_core();
    let (device, point) = (sim::device("lobby_light"), sim::point("lobby_light", "brightness"));
    let mut raised = 0;
    for s in 0..50 {
        raised += core.apply(&report(device, point, 999.0, 100 + s), at(100 + s)).len();
    }
    assert_eq!((raised, only(&core).count), (1, 50), "fifty times, told once");
    core.apply(&report(device, point, 50.0, 200), at(200));
    assert_eq!(only(&core).state, AlarmState::Cleared);
}

#[test]
fn alarms_are_bounded_and_the_closed_ones_go_first() {
    let mut core = demo_core();
    let mut out = Vec::new();
    let source = |n: usize| AlarmSource::Rule(RuleId::from_bits(n as u128));
    let cause = |n| Cause {
        code: "test".into(),
        source: source(n),
        severity: AlarmSeverity::Minor,
        text: Bilingual::default(),
    };
    for n in 0..ALARMS_MAX {
        core.raise(cause(n), at(100), &mut out);
    }
    core.clear("test", source(5), at(101), &mut out);
    let seen = core.alarms().nth(5).unwrap().id;
    see(&mut core, operator(Channel::Ui), seen, 102);
    core.clear("test", source(3), at(103), &mut out);
    for n in 0..3 {
        core.raise(cause(ALARMS_MAX + n), at(104), &mut out);
    }
    let left: Vec<AlarmSource> = core.alarms().map(|a| a.source).collect();
    assert_eq!(left.len(), ALARMS_MAX);
    assert!([0, 3, 5].iter().all(|n| !left.contains(&source(*n))) && left.contains(&source(1)));
}
