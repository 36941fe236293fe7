use super::*;
use proptest::prelude::*;
use std::sync::Arc;

/// What device a shows at first.
const FIRST_A: [&str; 7] =
    ["a on: answers", "a on false", "a setpoint 20", "a mode cool", "a alarm true", "a level 40", "a temperature 21.5"];

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

fn asks_of(field: &Field, unit: u8) -> Vec<Timestamp> {
    let of = |ask: &Ask| matches!(ask, Ask::Call { unit: u, .. } if *u == unit);
    field.asked.iter().filter(|(_, ask)| of(ask)).map(|(t, _)| *t).collect()
}

#[test]
fn only_news_is_told_and_everything_now_and_then() {
    let (mut bus, mut field) = (bus(json!({}), &["a"]), Field::of(&[1]));
    assert_eq!(short(&field.run(&mut bus, at(0), at(900))), FIRST_A);
    assert_eq!(field.asked.len(), 4, "opened, and three blocks: {:?}", field.asked);
    field.set(1, Table::Input, 0, &[216]);
    field.set(1, Table::Coil, 3, &[1]);
    assert_eq!(short(&field.run(&mut bus, at(900), at(1_900))), ["a on true", "a temperature 21.6"]);
    assert_eq!(short(&field.run(&mut bus, at(1_900), at(9_900))), [""; 0]);
    let again = short(&field.run(&mut bus, at(9_900), at(65_000)));
    assert_eq!(again.len(), 6, "each value once more: {again:?}");
    assert_eq!(asks_of(&field, 1).len(), 3 * 65, "three blocks a second");
}

#[test]
fn writes_go_first_and_are_confirmed_by_what_the_device_shows() {
    let (mut bus, mut field) = (bus(json!({}), &["a", "b"]), Field::of(&[1, 2]));
    field.run(&mut bus, at(0), at(999));
    assert_eq!(tell(&mut bus, Input::Command(command("c", "a", "setpoint", 22.5)), at(999)), [""; 0]);
    let said = field.run(&mut bus, at(1_000), at(1_500));
    assert_eq!(short(&said), ["ok", "a setpoint 22.5"]);
    let (sent, told) = (said[0].0, said[1].0);
    assert_eq!((sent, told), (at(1_010), at(1_020)), "before any poll, and read back at once");
    assert_eq!(field.writes(), [Request::Write { start: 10, raw: Raw::Words(vec![225]), many: false }]);
}

#[test]
fn the_same_value_is_told_again_after_a_write() {
    let (mut bus, mut field) = (bus(json!({}), &["a"]), Field::of(&[1]));
    field.run(&mut bus, at(0), at(500));
    tell(&mut bus, Input::Command(command("c", "a", "setpoint", 20.0)), at(500));
    assert_eq!(short(&field.run(&mut bus, at(500), at(900))), ["ok", "a setpoint 20"]);
}

#[test]
fn bits_leave_their_neighbours_alone() {
    let masked = json!({ "maps": { "ctl": { "registers": [
        { "identifier": "mode", "address": 11, "bits": { "from": 4, "count": 2 }, "write": "mask" },
        { "identifier": "alarm", "address": 11, "bits": { "from": 0, "count": 1 } },
    ]}}});
    for (changes, write) in [
        (json!({}), Request::Write { start: 11, raw: Raw::Words(vec![0b10_0001]), many: false }),
        (masked, Request::Mask { address: 11, and: !0b11_0000, or: 0b10_0000 }),
    ] {
        let (mut bus, mut field) = (bus(changes, &["a"]), Field::of(&[1]));
        field.run(&mut bus, at(0), at(500));
        tell(&mut bus, Input::Command(command("c", "a", "mode", "heat")), at(500));
        assert_eq!(short(&field.run(&mut bus, at(500), at(900))), ["ok", "a mode heat"]);
        assert_eq!(field.writes(), [write]);
        assert_eq!(field.words[&(1, Table::Holding, 11)], 0b10_0001);
    }
}

#[test]
fn a_device_that_ignores_a_write_confirms_nothing() {
    let (mut bus, mut field) = (bus(json!({ "poll_ms": 60_000 }), &["a"]), Field::of(&[1]));
    field.deaf.insert(1);
    field.run(&mut bus, at(0), at(500));
    let before = field.asked.len();
    let deaf = Command { deadline: at(10_500), ..command("c", "a", "setpoint", 22.5) };
    tell(&mut bus, Input::Command(deaf), at(500));
    assert_eq!(short(&field.run(&mut bus, at(500), at(20_000))), ["ok", "a setpoint 20"]);
    let looks = field.asked.len() - before - 1;
    assert!((8..16).contains(&looks), "looked {looks} times, ever more seldom, until the deadline");
    assert_eq!(field.writes().len(), 1);
}

#[test]
fn a_device_that_takes_its_time_is_confirmed_when_it_shows_it() {
    let (mut bus, mut field) = (bus(json!({ "poll_ms": 60_000 }), &["a"]), Field::of(&[1]));
    field.deaf.insert(1);
    field.run(&mut bus, at(0), at(500));
    tell(&mut bus, Input::Command(command("c", "a", "setpoint", 22.5)), at(500));
    assert_eq!(short(&field.run(&mut bus, at(500), at(3_000))), ["ok", "a setpoint 20"]);
    field.set(1, Table::Holding, 10, &[225]);
    assert_eq!(short(&field.run(&mut bus, at(3_000), at(5_100))), ["a setpoint 22.5"]);
}

#[test]
fn what_cannot_be_written_is_refused_with_its_reason() {
    let mut bus = bus(json!({}), &["a", "b"]);
    for (command, expected) in [
        (command("1", "c", "setpoint", 20.0), "no: the device is not on this bus"),
        (command("2", "a", "label", "x"), "no: the property has no register"),
        (command("3", "a", "temperature", 20.0), "no: the register can only be read"),
        (command("4", "a", "setpoint", 99_999.0), "no: 99999 is outside of -3276.8..3276.7"),
        (command("5", "a", "mode", "cold"), "no: u16 takes a number, not text"),
    ] {
        assert_eq!(tell(&mut bus, Input::Command(command), at(0)), [expected]);
    }
    for n in 0..super::super::session::WRITES_MAX {
        assert_eq!(tell(&mut bus, Input::Command(command(&n.to_string(), "a", "level", 1.0)), at(0)), [""; 0]);
    }
    assert_eq!(tell(&mut bus, Input::Command(command("x", "a", "level", 1.0)), at(0)), ["no: the bus is busy"]);
    let closed = bus.close();
    assert_eq!(closed.len(), super::super::session::WRITES_MAX, "who waits is told");
}

#[test]
fn a_refusal_of_the_device_is_told_in_words() {
    let (mut bus, mut field) = (bus(json!({}), &["a"]), Field::of(&[1]));
    field.run(&mut bus, at(0), at(500));
    field.refuses = Some(3);
    tell(&mut bus, Input::Command(command("c", "a", "setpoint", 22.5)), at(500));
    assert_eq!(short(&field.run(&mut bus, at(500), at(900))), ["no: illegal data value (Modbus exception 3)"]);
}

#[test]
fn what_waited_too_long_is_not_written() {
    let (mut bus, mut field) = (bus(json!({}), &["a"]), Field::of(&[1]));
    tell(&mut bus, Input::Command(Command { deadline: at(400), ..command("c", "a", "setpoint", 22.5) }), at(0));
    assert_eq!(sorted(short(&field.run(&mut bus, at(400), at(900)))), sorted(FIRST_A.map(String::from).into()));
    assert_eq!(field.writes(), []);
}

#[test]
fn a_write_without_an_answer_is_not_sent_twice() {
    let (mut bus, mut field) = (bus(json!({}), &["a"]), Field::of(&[1]));
    field.run(&mut bus, at(0), at(500));
    tell(&mut bus, Input::Command(command("c", "a", "setpoint", 22.5)), at(500));
    field.silent.insert(1);
    let said = field.run(&mut bus, at(500), at(1_400));
    assert_eq!(short(&said), [""; 0], "nobody knows whether it was taken");
    field.silent.clear();
    assert_eq!(short(&field.run(&mut bus, at(1_500), at(1_900))), ["a setpoint 20"], "what it shows tells");
    assert_eq!(field.writes().len(), 1);
}

#[test]
fn one_bad_register_does_not_blind_its_neighbours() {
    let (mut bus, mut field) = (bus(json!({}), &["a"]), Field::of(&[1]));
    field.words.remove(&(1, Table::Holding, 11));
    let said = short(&field.run(&mut bus, at(0), at(900)));
    let mut expected: Vec<String> = FIRST_A.map(String::from).into();
    expected.retain(|s| !s.starts_with("a alarm") && !s.starts_with("a mode"));
    assert_eq!(sorted(said), sorted(expected));
    assert_eq!(bus.requests(), 5);
    assert_eq!(short(&field.run(&mut bus, at(900), at(59_000))), [""; 0]);
    field.set(1, Table::Holding, 11, &[0b10_0000]);
    let said = short(&field.run(&mut bus, at(59_000), at(700_000)));
    assert!(said.contains(&"a mode heat".to_string()), "it is looked at again");
    assert_eq!(bus.requests(), 3, "and read with its neighbours");
}

#[test]
fn a_hole_between_registers_costs_one_more_request() {
    let (mut bus, mut field) = (bus(json!({}), &["a"]), Field::of(&[1]));
    field.words.remove(&(1, Table::Holding, 12));
    assert_eq!(sorted(short(&field.run(&mut bus, at(0), at(900)))), sorted(FIRST_A.map(String::from).into()));
    assert_eq!(bus.requests(), 4);
}

#[test]
fn a_device_that_is_silent_does_not_hold_up_the_others() {
    let (mut bus, mut field) = (bus(json!({ "timeout_ms": 1000 }), &["a", "b"]), Field::of(&[1, 2]));
    field.run(&mut bus, at(0), at(900));
    field.silent.insert(1);
    let said = short(&field.run(&mut bus, at(900), at(10_000)));
    assert_eq!(said, ["a off: no answer within 1000 ms"]);
    let refused = tell(&mut bus, Input::Command(command("c", "a", "setpoint", 22.5)), at(10_000));
    assert_eq!(refused, ["no: the device does not answer"]);
    let before = asks_of(&field, 1).len();
    field.run(&mut bus, at(10_000), at(310_000));
    let tried = asks_of(&field, 1).len() - before;
    assert!((4..10).contains(&tried), "tried {tried} times in five minutes");
    let others = asks_of(&field, 2);
    let late = others.windows(2).map(|w| w[1] - w[0]).max().unwrap();
    assert!(late <= Span::from_millis(2_100), "the other waited {} ms", late.as_millis());
    field.silent.clear();
    let back = short(&field.run(&mut bus, at(310_000), at(372_000)));
    let of_a: Vec<String> = back.into_iter().filter(|s| s.starts_with("a ")).collect();
    assert_eq!(of_a.first().map(String::as_str), Some("a on: answers"));
    for shown in FIRST_A {
        assert!(of_a.iter().any(|s| s == shown), "{shown} is told anew: {of_a:?}");
    }
}

#[test]
fn a_line_that_breaks_is_opened_at_once_and_then_ever_more_seldom() {
    let (mut bus, mut field) = (bus(json!({}), &["a", "b"]), Field::of(&[1, 2]));
    field.run(&mut bus, at(0), at(900));
    let opened = |field: &Field| field.asked.iter().filter(|(_, a)| *a == Ask::Open).count();
    // One loss that is mended at once is nobody's business.
    let ask = bus.next(at(1_000)).unwrap();
    assert!(matches!(ask, Ask::Call { .. }));
    assert_eq!(bus.heard(Heard::Lost("closed".into()), at(1_005)), []);
    assert_eq!(short(&field.run(&mut bus, at(1_005), at(1_500))), [""; 0]);
    assert_eq!(opened(&field), 2);
    field.cut = true;
    let said = short(&field.run(&mut bus, at(1_500), at(61_500)));
    assert_eq!(said, ["a off: cannot connect", "b off: cannot connect"]);
    let tries = opened(&field) - 2;
    assert!((6..9).contains(&tries), "tried {tries} times in a minute");
    let refused = tell(&mut bus, Input::Command(command("c", "a", "setpoint", 22.5)), at(61_500));
    assert_eq!(refused, ["no: the device does not answer"]);
    field.cut = false;
    let said = short(&field.run(&mut bus, at(61_500), at(92_500)));
    assert_eq!(said.len(), 14, "both are back with all they show: {said:?}");
}

#[test]
fn a_world_that_changes_keeps_what_is_known_of_the_others() {
    let (mut bus, mut field) = (bus(json!({}), &["a", "b"]), Field::of(&[1, 2]));
    field.run(&mut bus, at(0), at(900));
    tell(&mut bus, Input::Command(command("c", "b", "setpoint", 22.5)), at(900));
    let without = tell(&mut bus, Input::World(Arc::new(world(&["a", "-b"]))), at(900));
    assert_eq!(without, ["no: the device is no longer on this bus"]);
    let before = asks_of(&field, 2).len();
    assert_eq!(short(&field.run(&mut bus, at(900), at(5_000))), [""; 0]);
    assert_eq!(asks_of(&field, 2).len(), before, "a disabled device is not read");
    assert_eq!(tell(&mut bus, Input::World(Arc::new(world(&["a", "b"]))), at(5_000)), [""; 0]);
    let said = short(&field.run(&mut bus, at(5_000), at(6_500)));
    assert!(said.len() == 7 && said.iter().all(|s| s.starts_with("b ")), "{said:?}");
    assert_eq!(tell(&mut bus, Input::World(Arc::new(world(&[]))), at(7_000)), [""; 0]);
    assert_eq!((bus.next(at(9_000)), bus.deadline()), (None, None), "nothing to do");
}

#[test]
fn values_that_make_no_sense_are_marked() {
    let changes = json!({ "maps": { "ctl": { "registers": [
        { "identifier": "temperature", "table": "input", "address": 0, "type": "f32" },
        { "identifier": "mode", "address": 10 },
    ]}}});
    let (mut bus, mut field) = (bus(changes, &["a"]), Field::default());
    field.set(1, Table::Input, 0, &[0x41c8, 0]);
    field.set(1, Table::Holding, 10, &[2]);
    let said = short(&field.run(&mut bus, at(0), at(900)));
    assert_eq!(said, ["a on: answers", "a mode heat", "a temperature 25"]);
    field.set(1, Table::Input, 0, &[0x7fc0, 0]); // not a number
    field.set(1, Table::Holding, 10, &[9]);
    let said = short(&field.run(&mut bus, at(900), at(5_000)));
    assert_eq!(said, ["a mode heat Bad", "a temperature 25 Bad",]);
    field.set(1, Table::Input, 0, &[0x42c8, 0]); // 100, beyond its 85
    field.set(1, Table::Holding, 10, &[2]);
    let said = short(&field.run(&mut bus, at(5_000), at(9_000)));
    assert_eq!(said, ["a mode heat"], "one is good again, the other is still bad, which was told");
}

/// Two hundred registers as a meter has them: 50 floats in five groups with small holes.
#[test]
fn two_hundred_registers_in_few_requests() {
    let slot = |n: u16| super::super::plan::Slot {
        table: Table::Input,
        start: n / 10 * 24 + n % 10 * 2,
        count: 2,
        period: Span::from_secs(5),
    };
    let slots: Vec<_> = (0..100).map(slot).collect();
    let requests = |gap, registers| {
        super::super::plan::plan(&slots, super::super::plan::Limits { registers, bits: 2000, gap }).len()
    };
    assert_eq!((requests(8, 125), requests(0, 125), requests(8, 20)), (2, 10, 10));
}

/// What may come of a request, good or bad.
fn any_heard() -> impl Strategy<Value = Option<Heard>> {
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(Heard::Silent)),
        1 => Just(Some(Heard::Lost("gone".into()))),
        1 => Just(Some(Heard::Garbled("noise".into()))),
        1 => (0u8..13).prop_map(|c| Some(Heard::Answer(Answer::Exception(c)))),
        1 => Just(Some(Heard::Answer(Answer::Done))),
        1 => proptest::collection::vec(any::<u16>(), 0..6)
            .prop_map(|w| Some(Heard::Answer(Answer::Raw(Raw::Words(w))))),
        1 => proptest::collection::vec(any::<bool>(), 0..6)
            .prop_map(|b| Some(Heard::Answer(Answer::Raw(Raw::Bits(b))))),
        1 => Just(Some(Heard::Opened(Err("no".into())))),
    ]
}

fn any_input() -> impl Strategy<Value = Option<u8>> {
    prop_oneof![5 => Just(None), 2 => (0u8..8).prop_map(Some)]
}

proptest! {
    /// Whatever is lost, garbled, refused or answered wrongly: each command is sent once at most and answered once at
    /// most, nothing spins, and once the bus is well again, everything is back.
    #[test]
    fn every_bus_recovers(
        steps in proptest::collection::vec((any_heard(), any_input(), 1i64..3_000), 1..150), serial: bool,
    ) {
        let way = if serial { json!({ "rtu": { "device": "/dev/x" } }) } else { json!({ "tcp": { "host": "x" } }) };
        let mut bus = bus(json!({ "transport": way, "refresh_ms": 5_000 }), &["a", "b"]);
        let mut field = Field::of(&[1, 2]);
        let mut now = at(0);
        let mut said = Vec::new();
        for (n, (heard, input, wait)) in steps.into_iter().enumerate() {
            match input {
                Some(what @ 0..6) => {
                    let (device, value) = if what % 2 == 0 { ("a", 20.0) } else { ("b", 7.0) };
                    let command = command(&n.to_string(), device, "level", value);
                    said.extend(bus.handle(Input::Command(Command { deadline: now + Span::from_secs(5), ..command }), now));
                }
                Some(what) => {
                    let devices: &[&str] = if what == 6 { &["a"] } else { &["a", "b"] };
                    said.extend(bus.handle(Input::World(Arc::new(world(devices))), now));
                }
                None => {}
            }
            match bus.next(now) {
                Some(ask) => {
                    field.asked.push((now, ask.clone()));
                    prop_assert!(bus.next(now).is_none() && bus.deadline().is_none(), "one at a time");
                    let heard = heard.unwrap_or_else(|| field.answers(&ask));
                    now = now + Span::from_millis(wait);
                    said.extend(bus.heard(heard, now));
                }
                None => {
                    let next = bus.deadline().unwrap_or(now + Span::from_millis(wait));
                    prop_assert!(next > now);
                    now = next;
                }
            }
        }
        let commands: Vec<_> = said.iter().filter_map(|s| match s {
            Signal::Delivered { command, .. } => Some(*command),
            _ => None,
        }).collect();
        prop_assert_eq!(commands.iter().collect::<BTreeSet<_>>().len(), commands.len(), "answered once");
        // All is well from here on.
        let mut well = Field::of(&[1, 2]);
        bus.handle(Input::World(Arc::new(world(&["a", "b"]))), now);
        let end = now + Span::from_secs(1_900);
        let all = well.run(&mut bus, now, end);
        let late: Vec<_> = all.into_iter().filter(|(t, _)| *t > now + Span::from_secs(1_300)).collect();
        let late: BTreeSet<String> = short(&late).into_iter().collect();
        for device in ["a", "b"] {
            // A write may have been taken at the very end.
            for shown in FIRST_A.iter().skip(1).filter(|s| !s.contains("level")) {
                let shown = shown.replacen('a', device, 1);
                prop_assert!(late.contains(&shown), "{} is told: {:?}", shown, late);
            }
        }
        prop_assert!(late.iter().all(|s| !s.contains(" off:")), "{:?}", late);
        prop_assert_eq!(bus.requests(), 6);
    }
}
