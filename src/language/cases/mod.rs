//! Sentences by grammar: acts, ways to point at things, values, questions, conditions, in both languages, on one test
//! world. Expected drafts are written as `device.property=value`, devices in any order.

mod assistant;
mod charts;
mod commands;
mod devices;
mod dialogues;
mod each;
mod orders;
mod past;
mod product;
mod properties;
mod provenance;
mod questions;
mod refused;
mod replies;
mod rules;
mod scenes;
mod slips;
mod speech;
mod standing;
mod world;

use crate::{Dialogue, Lexicon, Utterance, understand};
use base::Timestamp;
use base::id::{DeviceId, PointId, SpaceId};
use documents::{Act, Ask, DeviceAct, Draft, Setting, Understanding, Verdict};
use std::sync::LazyLock;
use things::{Names, States, World};

struct Fixture {
    world: World,
    lexicon: Lexicon,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let world = world::world();
    let lexicon = Lexicon::build(&world);
    Fixture { world, lexicon }
});

fn now() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

/// What a text is understood as, said in a room or nowhere.
fn hear(text: &str, room: &str, dialogue: &Dialogue) -> Understanding {
    let mut u = Utterance::new(text, now());
    u.space = (!room.is_empty()).then(|| world::space(room));
    understand(&u, dialogue, &FIXTURE.world, &FIXTURE.lexicon, &States::new())
}

fn act(a: &Act) -> String {
    let p = FIXTURE.world.point(a.point).unwrap();
    let setting = match &a.setting {
        Setting::To(v) => v.to_string(),
        Setting::By(n) if *n > 0.0 => format!("+{n}"),
        Setting::By(n) => n.to_string(),
        Setting::Toggle => "toggle".into(),
        Setting::Call(_) => "call".into(),
    };
    format!("{}.{}={setting}", world::key(&FIXTURE.world, p.device), p.identifier)
}

fn sorted(mut list: Vec<String>) -> String {
    list.sort();
    list.join(" ")
}

/// A draft in one line.
fn draft(d: &Draft) -> String {
    match d {
        Draft::Commands(acts) => sorted(acts.iter().map(act).collect()),
        Draft::Query(q) => {
            let points = q.select.points(&FIXTURE.world, now());
            let names = points
                .iter()
                .map(|p| FIXTURE.world.point(*p).unwrap())
                .map(|p| format!("{}.{}", world::key(&FIXTURE.world, p.device), p.identifier));
            let name = |p: &PointId| {
                let spec = FIXTURE.world.point(*p).unwrap();
                format!("{}.{}", world::key(&FIXTURE.world, spec.device), spec.identifier)
            };
            let ask = match &q.ask {
                Ask::Difference(other) => format!("difference:{}", name(other)),
                Ask::Than(than) => format!("than:{:?}:{}", than.op, name(&than.point)).to_lowercase(),
                ask => serde_json::to_string(ask).unwrap().replace(['"', '{', '}'], ""),
            };
            format!("{ask} of {}", sorted(names.collect()))
        }
        Draft::Past(q) => past::shown(q),
        Draft::Dialogue(a) => format!("{a:?}").to_lowercase(),
        Draft::Device(a) => device(a),
        Draft::SaveScene { names, .. } => {
            format!("scene:{}", names.all().collect::<Vec<_>>().join("/").replace(' ', "_"))
        }
        Draft::Chart(q) => charts::shown(q),
        Draft::Rule(_) => "rule".into(),
        Draft::Rules(a) => standing::shown(a),
        Draft::Timer(a) => assistant::timer(a),
        Draft::List(a) => assistant::list(a),
        Draft::Clock(a) => format!("{a:?}").to_lowercase(),
    }
}

/// A change of devices in one line.
fn device(a: &DeviceAct) -> String {
    let key = |d: &DeviceId| world::key(&FIXTURE.world, *d);
    let called = |n: &Names| n.zh.iter().chain(&n.en).cloned().collect::<Vec<_>>().join("/");
    let place = |s: &SpaceId| FIXTURE.world.space(*s).unwrap().names.en[0].replace(' ', "_");
    match a {
        DeviceAct::Register { product, count, names, space } => {
            let space = space.as_ref().map_or_else(|| "-".into(), place);
            format!("register {count} {product} in {space} as {}", called(names)).trim_end().to_owned()
        }
        DeviceAct::Rename { device, names } => format!("rename {} as {}", key(device), called(names)),
        DeviceAct::Move { device, space } => format!("move {} to {}", key(device), place(space)),
        DeviceAct::Service { device, disabled } => format!("service {} {}", key(device), !disabled),
        DeviceAct::Remove { device, force } => format!("remove {}{}", key(device), if *force { " anyway" } else { "" }),
        DeviceAct::Restore { name } => format!("restore {name}"),
    }
}

/// An understanding in one line: parts by `; `, refusals by their code, questions by the number of options.
fn shown(u: &Understanding) -> String {
    let part = |v: &Verdict| match v {
        Verdict::Draft(d) => draft(d),
        Verdict::Question(q) => format!("ask {}", q.options.len()),
        Verdict::Refusal(r) => format!("no {}", r.reason.code()),
    };
    u.parts.iter().map(|p| part(&p.verdict)).collect::<Vec<_>>().join("; ")
}

/// Compares every sentence of a table and shows all that differ.
fn check_in(room: &str, table: &[(&str, &str)]) {
    let whole = |p: &str| p.contains(" of ") || p.starts_with("ask") || p.starts_with("no ");
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let parts = expected
            .split("; ")
            .map(|p| if whole(p) { p.to_string() } else { sorted(p.split(' ').map(String::from).collect()) });
        let (expected, got) = (parts.collect::<Vec<_>>().join("; "), shown(&hear(text, room, &Dialogue::default())));
        if got != expected {
            wrong.push(format!("{text}\n    expected {expected}\n    got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check(table: &[(&str, &str)]) {
    check_in("", table);
}

/// A table with a column for each language.
fn check_both(room: &str, table: &[(&str, &str, &str)]) {
    let each: Vec<(&str, &str)> =
        table.iter().flat_map(|(en, zh, expected)| [(*en, *expected), (*zh, *expected)]).collect();
    check_in(room, &each);
}
