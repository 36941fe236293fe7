//! Timers, reminders, commands for later and lists: what they become, what survives, what is taken back.

use super::tests::{at, demo_core, operator, report, sent};
use super::*;
use crate::sim;
use base::id::ListId;
use documents::timer::{End, NewTimer, Purpose, TimerState};
use documents::{Act, Channel, ListChange, ListRef, Reason, Role, TimerChange};

fn wanted(purpose: Purpose, seconds: i64, text: &str, acts: Vec<Act>) -> Box<NewTimer> {
    Box::new(NewTimer { purpose, end: End::AfterMs(Span::from_secs(seconds)), text: text.into(), space: None, acts })
}

fn start(core: &mut Core, turn: Option<TurnId>, timer: Box<NewTimer>, s: i64) -> Vec<Outcome> {
    core.apply(&Event::TimerStart { actor: operator(Channel::Chat), turn, timer }, at(s))
}

fn change(core: &mut Core, id: TimerId, change: TimerChange, s: i64) -> Vec<Outcome> {
    core.apply(&Event::TimerChange { actor: operator(Channel::Chat), turn: None, timers: vec![id], change }, at(s))
}

fn only(outcomes: &[Outcome]) -> Timer {
    let timers: Vec<&Timer> =
        outcomes.iter().filter_map(|o| if let Outcome::Timer(t) = o { Some(&**t) } else { None }).collect();
    assert_eq!(timers.len(), 1, "{outcomes:?}");
    timers[0].clone()
}

fn denied(outcomes: &[Outcome]) -> Vec<Reason> {
    outcomes.iter().filter_map(|o| if let Outcome::Denied(d) = o { Some(d.refusal.reason) } else { None }).collect()
}

fn told(outcomes: &[Outcome]) -> Vec<String> {
    outcomes.iter().filter_map(|o| if let Outcome::Notice(n) = o { Some(n.text.en.clone()) } else { None }).collect()
}

fn lamp(on: bool) -> Vec<Act> {
    vec![Act::to(sim::point("lobby_light", "power"), on)]
}

#[test]
fn a_timer_ends_with_a_notice_and_survives_a_restart() {
    let mut core = demo_core();
    let timer = only(&start(&mut core, None, wanted(Purpose::Timer, 60, "tea", Vec::new()), 100));
    assert_eq!(timer.state, TimerState::Running { due: at(160) });
    assert_eq!(core.deadline(), Some(at(160)).min(core.deadline()));
    let mut core = Core::restore(&core.save()).unwrap();
    assert!(told(&core.apply(&Event::Tick, at(159))).is_empty());
    let out = core.apply(&Event::Tick, at(160));
    assert_eq!(told(&out), ["The “tea” timer is over"]);
    assert_eq!(only(&out).state, TimerState::Finished { at: at(160) });
    assert!(told(&core.apply(&Event::Tick, at(161))).is_empty());
    assert_eq!(denied(&change(&mut core, timer.id, TimerChange::Cancel, 162)), [Reason::NothingToDo]);
}

#[test]
fn it_stands_still_goes_on_and_runs_longer() {
    let mut core = demo_core();
    let id = only(&start(&mut core, None, wanted(Purpose::Timer, 60, "", Vec::new()), 0)).id;
    let paused = only(&change(&mut core, id, TimerChange::Pause, 20));
    assert_eq!(paused.state, TimerState::Paused { left_ms: Span::from_secs(40) });
    let longer = only(&change(&mut core, id, TimerChange::ByMs(Span::from_secs(5)), 30));
    assert_eq!(longer.left(at(50)), Span::from_secs(45));
    assert!(told(&core.apply(&Event::Tick, at(90))).is_empty());
    assert_eq!(only(&change(&mut core, id, TimerChange::Resume, 100)).due(), Some(at(145)));
    assert_eq!(denied(&change(&mut core, id, TimerChange::ByMs(Span::from_secs(-60)), 101)), [Reason::NothingToDo]);
    assert_eq!(only(&change(&mut core, id, TimerChange::Cancel, 102)).state, TimerState::Cancelled { at: at(102) });
    assert!(told(&core.apply(&Event::Tick, at(200))).is_empty());
}

#[test]
fn commands_are_done_when_they_are_due_and_taken_back() {
    let mut core = demo_core();
    let (turn, power) = (TurnId::of_name("later"), sim::point("lobby_light", "power"));
    let timer = only(&start(&mut core, Some(turn), wanted(Purpose::Commands, 600, "lobby on", lamp(true)), 0));
    assert!(core.turn_can_be_undone(turn));
    let out = core.apply(&Event::Tick, at(600));
    assert_eq!(sent(&out), [(power, Value::Bool(true))]);
    let command = out.iter().find_map(|o| if let Outcome::Send(c) = o { Some(c) } else { None }).unwrap();
    assert_eq!(command.cause, documents::Cause::Timer { timer: timer.id, turn: Some(turn) });
    core.apply(&report(sim::device("lobby_light"), power, true, 601), at(601));
    assert!(core.why(power).unwrap().words.en.contains("had asked for it at this time"));
    let actor = operator(Channel::Chat);
    let out = core.apply(&Event::Undo { actor, turn, within: None }, at(610));
    assert_eq!((sent(&out), denied(&out)), (vec![(power, Value::Bool(false))], vec![]));
}

#[test]
fn taking_back_the_turn_ends_what_it_set() {
    let mut core = demo_core();
    let turn = TurnId::of_name("later");
    start(&mut core, Some(turn), wanted(Purpose::Commands, 600, "lobby on", lamp(true)), 0);
    let actor = operator(Channel::Chat);
    let out = core.apply(&Event::Undo { actor, turn, within: None }, at(10));
    assert_eq!(only(&out).state, TimerState::Cancelled { at: at(10) });
    assert!(sent(&core.apply(&Event::Tick, at(600))).is_empty());
}

#[test]
fn policy_is_asked_when_it_is_due() {
    let mut core = demo_core();
    let secure = |p: &&things::PointSpec| p.safety == things::Safety::Security && p.writable;
    let lock = core.world().points().find(secure).unwrap().id;
    let act = vec![Act::to(lock, false)];
    start(&mut core, None, wanted(Purpose::Commands, 60, "unlock", act), 0);
    let out = core.apply(&Event::Tick, at(60));
    assert!(sent(&out).is_empty(), "{out:?}");
    assert!(out.iter().any(|o| matches!(o, Outcome::Proposal(_))), "{out:?}");
    let viewer = Actor::person("V", Role::Viewer, Channel::Ui);
    let timer = wanted(Purpose::Timer, 60, "", Vec::new());
    assert_eq!(
        denied(&core.apply(&Event::TimerStart { actor: viewer, turn: None, timer }, at(61))),
        [Reason::NotAllowed]
    );
}

#[test]
fn what_is_far_too_late_is_told_and_not_done() {
    let mut core = demo_core();
    start(&mut core, None, wanted(Purpose::Commands, 60, "lobby on", lamp(true)), 0);
    let out = core.apply(&Event::Tick, at(60 + timers::LATE_MAX.as_millis() / 1000 + 1));
    assert!(sent(&out).is_empty());
    assert_eq!(told(&out), ["It was not done when it was due, and is given up: lobby on"]);
}

#[test]
fn timers_have_limits() {
    let mut core = demo_core();
    for seconds in [0, 367 * 24 * 3600] {
        let out = start(&mut core, None, wanted(Purpose::Timer, seconds, "", Vec::new()), 0);
        assert_eq!(denied(&out), [Reason::OutOfRange]);
    }
    assert_eq!(
        denied(&start(&mut core, None, wanted(Purpose::Commands, 60, "", Vec::new()), 0)),
        [Reason::NothingToDo]
    );
    for _ in 0..timers::TIMERS_MAX {
        only(&start(&mut core, None, wanted(Purpose::Timer, 60, "", Vec::new()), 0));
    }
    assert_eq!(denied(&start(&mut core, None, wanted(Purpose::Timer, 60, "", Vec::new()), 0)), [Reason::OutOfRange]);
}

#[test]
fn lists_are_kept_and_taken_back() {
    let mut core = demo_core();
    let (list, names) = ListRef::Shopping.common().unwrap();
    let mut put = |turn: &str, change: ListChange, s: i64| {
        let turn = Some(TurnId::of_name(turn));
        core.apply(&Event::ListChange { actor: operator(Channel::Chat), turn, list, change }, at(s))
    };
    assert_eq!(denied(&put("0", ListChange::Add(vec!["milk".into()]), 0)), [Reason::UnknownDevice]);
    put("1", ListChange::Put(names), 1);
    put("2", ListChange::Add(vec!["Milk".into(), "salt".into(), "milk".into()]), 2);
    put("3", ListChange::Complete(vec!["milk".into()]), 3);
    assert_eq!(denied(&put("4", ListChange::Drop(vec!["bread".into()]), 4)), [Reason::UnknownDevice]);
    let open = |core: &Core| core.list(list).unwrap().open().map(|i| i.text.clone()).collect::<Vec<_>>();
    assert_eq!(open(&core), ["salt"]);
    let actor = operator(Channel::Chat);
    core.apply(&Event::Undo { actor, turn: TurnId::of_name("3"), within: None }, at(5));
    assert_eq!(open(&core), ["Milk", "salt"]);
    let mut core = Core::restore(&core.save()).unwrap();
    let gone = Event::ListChange { actor: operator(Channel::Ui), turn: None, list, change: ListChange::Remove };
    assert_eq!(core.apply(&gone, at(6)), [Outcome::ListGone(list)]);
    assert!(core.list(list).is_none() && core.list(ListId::of_name("x")).is_none());
}
