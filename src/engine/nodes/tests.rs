//! What holds for every kind: the list is the folder, and examples are true.

use super::*;
use crate::compile::Scope;
use crate::message::{Heard, Incoming};
use crate::origin::Origin;
use crate::plan::{Board, News, PlanNode, Wake, step};
use crate::ports::PortType;
use crate::tests::{message, message_text, world};
use base::{Diagnostics, Sample, Unit, Value};
use documents::{Deed, Setting};

#[test]
fn the_list_is_the_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/nodes");
    let names = |path: &str| {
        let entries = std::fs::read_dir(path).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.filter(|f| f != "mod.rs" && f != "tests.rs").collect();
        names.sort();
        names
    };
    let group = |g: Group| serde_json::to_value(g).unwrap().as_str().unwrap().to_owned();
    let listed = |g: Group| KINDS.iter().filter(move |k| k.group == g).map(|k| format!("{}.rs", k.type_));
    let mut groups: Vec<String> = Group::ALL.into_iter().filter(|g| listed(*g).next().is_some()).map(group).collect();
    groups.sort();
    assert_eq!(names(folder), groups);
    for g in Group::ALL {
        let files: Vec<String> = listed(g).collect();
        if !files.is_empty() {
            assert_eq!(names(&format!("{folder}/{}", group(g))), files, "in alphabetical order");
        }
    }
}

#[test]
fn every_kind_is_documented() {
    for spec in catalogue() {
        assert!(
            spec.title.zh != spec.title.en && spec.doc.zh != spec.doc.en && !spec.doc.en.is_empty(),
            "{}",
            spec.type_
        );
        assert!(!spec.examples.is_empty(), "{} needs an example", spec.type_);
        let schema = serde_json::to_value(&spec.params).unwrap();
        assert_eq!(schema["additionalProperties"], false, "{} must refuse unknown parameters", spec.type_);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            assert!(property["description"].is_string(), "{}.{name} needs a doc comment", spec.type_);
        }
    }
}

#[test]
fn examples_are_true() {
    for kind in KINDS {
        for example in (kind.spec)(kind.group).examples {
            run(kind, example);
        }
    }
}

/// Wires the node to slots that the table fills, and compares what it gives.
fn run(kind: &Registration, example: &Example) {
    let title = format!("{}: {}", kind.type_, example.title.en);
    // What a node that begins a rule hears or reads arrives at no port.
    let wired: Vec<&(&str, Carries)> = example.inputs.iter().filter(|_| !kind.inputs.is_empty()).collect();
    let base = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let port_of = |name: &str| {
        let is_meant = |p: &PortSpec| p.name == if p.many { base(name) } else { name.to_owned() };
        let named = || kind.inputs.iter().position(|p| p.named);
        kind.inputs.iter().position(is_meant).or_else(named).unwrap()
    };
    let mut inputs = vec![Vec::new(); kind.inputs.len()];
    let mut types = vec![Vec::new(); kind.inputs.len()];
    let mut names = vec![Vec::new(); kind.inputs.len()];
    let mut origins = vec![Some(Vec::new()); kind.inputs.len()];
    let filter = example.inputs.iter().find_map(|(_, carries)| match carries {
        Carries::Message(filter) => Some(Filter::parse(filter).unwrap()),
        _ => None,
    });
    for (slot, (name, carries)) in wired.iter().enumerate() {
        inputs[port_of(name)].push(slot);
        types[port_of(name)].push(type_of(carries));
        names[port_of(name)].push((*name).to_owned());
        let origin = match (carries, &filter) {
            (Carries::Event, _) | (_, None) => Origin::always(),
            (_, Some(filter)) => Origin::message("", filter),
        };
        origins[port_of(name)].as_mut().unwrap().push(origin);
    }
    let world = world();
    let mut found = Diagnostics::new();
    let mut scope = Scope::alone(&world, types, names, origins, &mut found);
    let op = (kind.compile)(&serde_json::from_str(example.params).unwrap(), &mut scope);
    assert_eq!(found, vec![], "{title}");
    let inputs = crate::rows::Rows::new(&inputs).unwrap();
    let node = PlanNode { id: "n".into(), op: op.unwrap(), inputs, output: wired.len() };
    let mut state = node.op.init();
    let mut board = Board::default();
    board.begin(vec![None; wired.len() + kind.outputs.len()], false);
    let wake = node.op.wakes().first().copied();
    for (i, row) in example.rows.iter().enumerate() {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let now = time(cells[0]);
        let (mut report, mut heard) = (None, None);
        for (slot, ((_, carries), cell)) in example.inputs.iter().zip(&cells[1..]).enumerate() {
            match (carries, *cell) {
                (Carries::Report, "-") => {}
                (Carries::Report, cell) => report = Some(sample(cell, now)),
                (Carries::Event, cell) => board.fired[slot] = cell == "!",
                (Carries::Message(_), "-") => {}
                (Carries::Message(_), cell) => {
                    board.fired[slot] = !wired.is_empty();
                    heard = cell.split_once(' ').map(|(topic, payload)| message(topic, payload));
                }
                (_, "-") => {}
                (_, cell) => board.values[slot] = value(cell),
            }
        }
        let incoming = heard.as_ref().map(|m| Incoming::new(m, true));
        let news = match (&report, &incoming, &filter) {
            (Some(sample), ..) => match wake {
                Some(Wake::Point(point)) => News::Report(point, sample),
                Some(Wake::Device(device)) => News::Link(device, sample.value == Value::Bool(true)),
                None => panic!("{title}: nothing is reported to this node"),
            },
            (_, Some(incoming), Some(filter)) => News::Message(Heard { incoming, filter }),
            _ => News::Nothing,
        };
        step(&node, &mut state, &mut board, now, i == 0, news);
        assert_eq!(
            given(kind, &board, wired.len()),
            cells[1 + example.inputs.len()..].join(" "),
            "{title}, row `{row}`"
        );
        board.fired.fill(false);
        board.deeds.clear();
    }
}

/// The outputs as an example writes them; of a node without outputs what it asks for.
fn given(kind: &Registration, board: &Board, first: usize) -> String {
    if kind.outputs.is_empty() {
        let deeds: Vec<String> = board.deeds.iter().map(deed_text).collect();
        return if deeds.is_empty() { "-".into() } else { deeds.join(", ") };
    }
    let output = |(i, port): (usize, &PortSpec)| match (port.kind, &board.values[first + i]) {
        (PortKind::Event | PortKind::Message, _) => if board.fired[first + i] { "!" } else { "-" }.to_owned(),
        (PortKind::Bool | PortKind::Value, value) => value.as_ref().map_or("?".into(), Value::to_string),
    };
    kind.outputs.iter().enumerate().map(output).collect::<Vec<_>>().join(" ")
}

/// What is asked for, as an example writes it: of a setting the value, of a message topic and payload.
fn deed_text(deed: &Deed) -> String {
    match deed {
        Deed::Act(act) => match &act.setting {
            Setting::To(v) => v.to_string(),
            other => format!("{other:?}"),
        },
        Deed::Publish(message) => message_text(message),
        Deed::Scene(id) => format!("scene {id}"),
        Deed::Notify(told) => format!("{}: {} / {}", word(&told.level), told.text.zh, told.text.en),
        Deed::Raise(alarm) => {
            format!("raise {} {}: {} / {}", word(&alarm.severity), alarm.code, alarm.text.zh, alarm.text.en)
        }
        Deed::Clear { code, .. } => format!("clear {code}"),
        Deed::Post(post) => format!("post {} {}", post.path, post.body),
    }
}

/// What a variant is called in JSON.
fn word(variant: &impl Serialize) -> String {
    serde_json::to_value(variant).unwrap().as_str().unwrap().to_owned()
}

fn type_of(carries: &Carries) -> PortType {
    match carries {
        Carries::Bool => PortType::Bool,
        Carries::Number(unit) => PortType::Number(Unit::by_code(unit).unwrap()),
        Carries::Enum(tokens) => PortType::Enum(tokens.iter().map(|t| (*t).into()).collect()),
        Carries::Report => PortType::Text,
        Carries::Event => PortType::Event,
        Carries::Message(_) => PortType::Message,
    }
}

fn value(cell: &str) -> Option<Value> {
    match cell {
        "?" => None,
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        other => Some(other.parse().map_or_else(|_| Value::text(other), Value::Number)),
    }
}

fn sample(cell: &str, now: Timestamp) -> Sample {
    match cell {
        "bad" => Sample { value: Value::Number(0.0), quality: base::Quality::Bad, at: now },
        other => Sample::good(value(other).unwrap(), now),
    }
}

/// `m:ss`.
fn time(cell: &str) -> Timestamp {
    let (minutes, seconds) = cell.split_once(':').unwrap();
    Timestamp::from_millis((minutes.parse::<i64>().unwrap() * 60 + seconds.parse::<i64>().unwrap()) * 1000)
}
