//! What holds for every kind by itself, whatever its parameters are and whatever arrives at any time: nothing breaks, what
//! comes out has the type that was said, and a restart changes nothing.

use super::world;
use crate::compile::Scope;
use crate::nodes::{Carries, Example, KINDS, Registration, State};
use crate::origin::Origin;
use crate::plan::{Board, News, PlanNode, Wake, step};
use crate::ports::{PortKind, PortSpec, PortType};
use crate::rows::Rows;
use base::{Diagnostics, Quality, Sample, Span, Timestamp, Unit, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// Numbers that parameters and inputs take, beside those of the examples.
const NUMBERS: [f64; 16] = [
    0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    10.0,
    100.0,
    1_000.0,
    1_001.0,
    60_000.0,
    3_600_000.0,
    -273.0,
    1e9,
    1e300,
    -1e300,
    1e-300,
];

/// Milliseconds from one moment to the next: none, a little, hours, and into the past.
const WAITS: [i64; 8] = [0, 1, 999, 1_000, 30_000, 61_000, 7_200_000, 100 * 86_400_000];

/// An endless row of choices.
struct Genes<'a>(&'a [usize], usize);

impl Genes<'_> {
    fn pick(&mut self) -> usize {
        self.1 += 1;
        self.0.get(self.1 % self.0.len().max(1)).map_or(0, |gene| gene.wrapping_mul(self.1) / 3)
    }
    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.pick() % of.len()].clone()
    }
}

/// Parameters like those of an example, some of them changed or left out.
fn changed(params: &Json, genes: &mut Genes<'_>) -> Json {
    match params {
        _ if !genes.pick().is_multiple_of(3) && !params.is_object() && !params.is_array() => params.clone(),
        Json::Number(_) => {
            let n = genes.one(&NUMBERS);
            #[expect(clippy::cast_possible_truncation, reason = "times are whole")]
            if n.abs() > 10.0 && n.abs() < 1e10 { json!(n as i64) } else { json!(n) }
        }
        Json::Bool(b) => json!(!b),
        Json::Array(items) => {
            let kept = items.iter().filter(|_| genes.0.first().is_some_and(|g| !g.is_multiple_of(5)));
            kept.collect::<Vec<_>>().into_iter().map(|item| changed(item, genes)).collect()
        }
        Json::Object(fields) => {
            let mut all = serde_json::Map::new();
            for (name, value) in fields {
                if !genes.pick().is_multiple_of(11) {
                    all.insert(name.clone(), changed(value, genes));
                }
            }
            Json::Object(all)
        }
        other => other.clone(),
    }
}

fn type_of(carries: &Carries, genes: &mut Genes<'_>) -> PortType {
    match carries {
        Carries::Bool => PortType::Bool,
        Carries::Number(unit) => {
            let other = genes.one(&["1", "Cel", "[degF]", "kW", "%", "kW.h", "s"]);
            PortType::Number(Unit::by_code(if !genes.pick().is_multiple_of(4) { unit } else { other }).unwrap())
        }
        Carries::Enum(tokens) => PortType::Enum(tokens.iter().map(|t| (*t).into()).collect()),
        Carries::Event | Carries::Report | Carries::Message(_) => PortType::Event,
    }
}

fn value_of(type_: &PortType, genes: &mut Genes<'_>) -> Option<Value> {
    let known = !genes.pick().is_multiple_of(5);
    let value = match type_ {
        PortType::Bool => Value::Bool(genes.pick().is_multiple_of(2)),
        PortType::Number(_) => Value::Number(genes.one(&NUMBERS)),
        PortType::Enum(tokens) => Value::text(genes.one(tokens)),
        PortType::Text => Value::text(genes.one(&["", "a", "a/b", "21.5"])),
        PortType::Event | PortType::Message => return None,
    };
    known.then_some(value)
}

/// A kind as one of its examples wires it.
struct Wired<'a> {
    kind: &'a Registration,
    node: PlanNode,
    inputs: Vec<PortType>,
    gives: Vec<Option<PortType>>,
}

fn wired<'a>(kind: &'a Registration, example: &Example, genes: &mut Genes<'_>) -> Option<Wired<'a>> {
    if example.inputs.iter().any(|(_, c)| matches!(c, Carries::Message(_))) {
        return None;
    }
    let ports: Vec<&(&str, Carries)> = example.inputs.iter().filter(|_| !kind.inputs.is_empty()).collect();
    let base = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let port_of = |name: &str| {
        let is_meant = |p: &PortSpec| p.name == if p.many { base(name) } else { name.to_owned() };
        kind.inputs.iter().position(is_meant).or_else(|| kind.inputs.iter().position(|p| p.named)).unwrap()
    };
    let count = kind.inputs.len();
    let (mut slots, mut types, mut names) = (vec![Vec::new(); count], vec![Vec::new(); count], vec![Vec::new(); count]);
    let mut origins = vec![Some(Vec::new()); count];
    let mut inputs = Vec::new();
    for (slot, (name, carries)) in ports.iter().enumerate() {
        let (port, type_) = (port_of(name), type_of(carries, genes));
        slots[port].push(slot);
        types[port].push(type_.clone());
        names[port].push((*name).to_owned());
        origins[port].as_mut().unwrap().push(Origin::always());
        inputs.push(type_);
    }
    let world = world();
    let mut found = Diagnostics::new();
    let mut scope = Scope::alone(&world, types, names, origins, &mut found);
    let params = changed(&serde_json::from_str(example.params).unwrap(), genes);
    let op = (kind.compile)(params.as_object().unwrap(), &mut scope);
    let gives = (0..kind.outputs.len()).map(|port| scope.produced(port).cloned()).collect();
    let Some(op) = op else {
        assert!(!found.is_empty(), "{} refuses {params} without a word", kind.type_);
        return None;
    };
    let node = PlanNode { id: "n".into(), op, inputs: Rows::new(&slots).unwrap(), output: inputs.len() };
    Some(Wired { kind, node, inputs, gives })
}

/// Steps both copies with the same, one of them through its stored form.
fn run(wired: &Wired<'_>, genes: &mut Genes<'_>, steps: usize) {
    let Wired { kind, node, inputs, gives } = wired;
    let mut now = Timestamp::from_millis(1_700_000_000_000);
    let mut states = [node.op.init(), node.op.init()];
    let mut boards = [Board::default(), Board::default()];
    let mut values = vec![None; inputs.len() + kind.outputs.len()];
    for i in 0..steps {
        let wait = Span::from_millis(genes.one(&WAITS));
        let due = node.op.deadline(&states[0]).filter(|_| genes.pick().is_multiple_of(3));
        now = due.unwrap_or(now + wait).max(now);
        for (slot, type_) in inputs.iter().enumerate() {
            if genes.pick().is_multiple_of(2) {
                values[slot] = value_of(type_, genes);
            }
        }
        let fired: Vec<bool> = inputs.iter().map(|t| *t == PortType::Event && genes.pick().is_multiple_of(2)).collect();
        let quality = if genes.pick().is_multiple_of(4) { Quality::Bad } else { Quality::Good };
        let reported = genes.one(&[Value::Number(1e300), Value::Number(-5.0), Value::Bool(true), Value::text("a")]);
        let sample = Sample { value: reported, quality, at: now };
        let wakes = node.op.wakes();
        let news = match wakes.get(genes.pick() % wakes.len().max(1)) {
            Some(Wake::Point(point)) => News::Report(*point, &sample),
            Some(Wake::Device(device)) => News::Link(*device, genes.pick().is_multiple_of(2)),
            None => News::Nothing,
        };
        for (state, board) in states.iter_mut().zip(&mut boards) {
            board.begin(values.clone(), false);
            for (place, fired) in board.fired.iter_mut().zip(&fired) {
                *place = *fired;
            }
            step(node, state, board, now, i == 0, news);
        }
        let [board, other] = &boards;
        assert_eq!((&board.values, &board.fired, &board.deeds), (&other.values, &other.fired, &other.deeds));
        for (port, spec) in kind.outputs.iter().enumerate() {
            let given = &board.values[inputs.len() + port];
            let fits = match (given, &gives[port]) {
                (None, _) => true,
                (Some(Value::Bool(_)), None) => spec.kind == PortKind::Bool,
                (Some(value), Some(type_)) => type_.admits(value),
                (Some(_), None) => false,
            };
            assert!(fits, "{} gives {given:?} at {}, which is {:?}", kind.type_, spec.name, gives[port]);
        }
        values.clone_from(&board.values);
        let text = serde_json::to_string(&states[1]).unwrap();
        states[1] = serde_json::from_str::<State>(&text).unwrap();
        assert_eq!(states[0], states[1], "{} after a restart", kind.type_);
        let again = node.op.deadline(&states[0]);
        assert!(i == 0 || again.is_none_or(|t| t > now), "{} wants to be stepped at once again", kind.type_);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks_a_kind(
        which in any::<prop::sample::Index>(),
        example in any::<prop::sample::Index>(),
        genes in prop::collection::vec(0_usize..1_000_000, 1..60),
        steps in 1_usize..40,
    ) {
        let kind = which.get(KINDS);
        let spec = (kind.spec)(kind.group);
        let mut genes = Genes(&genes, 0);
        if let Some(wired) = wired(kind, example.get(spec.examples), &mut genes) {
            run(&wired, &mut genes, steps);
        }
    }
}
