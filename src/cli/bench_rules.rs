//! `bench rules`: what a reported value costs on its way through the rules, among one and among ten thousand of them,
//! what a rule takes of memory, and how long it takes to look at a thousand rules together.
//!
//! One thread, the engine alone: neither log nor drivers are in it.

use super::args::BenchRules;
use super::failure::Failure;
use super::{say, say_json};
use base::id::{DeviceId, PointId, ProductId, RuleId};
use base::{Bilingual, Clock, IdGen, Lang, Sample, Timestamp, Value};
use documents::RuleGraph;
use engine::Engine;
use runtime::SystemClock;
use runtime::registration::product_of_template;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::process::ExitCode;
use things::{Device, Names, PointSpec, Product, Route, States, World, WorldDoc};

/// Template of the devices: a temperature that is read, a switch that is written.
const TEMPLATE: &str = "fan_coil";
/// Rules of the large set; each reads one point and writes another.
const RULES: usize = 10_000;
/// Updates of one round; of all rounds the fastest counts, since other work on the machine only ever adds.
const ROUND: usize = 20_000;
/// Rounds.
const ROUNDS: usize = 50;

#[derive(Serialize)]
struct Figures {
    rules: usize,
    /// Values that go through 10,000 rules in a second, each of which concerns one of them.
    updates_per_s: f64,
    /// The same where every value makes the condition of its rule true or false, arms its timer and leaves a trace.
    crossings_per_s: f64,
    /// What a value costs among 10,000 rules that do not read it, of what it costs alone.
    cost_ratio_10000_rules: f64,
    /// Resident memory of one rule: point, comparison with hysteresis, five minutes, edge, command.
    bytes_per_rule: u64,
}

pub(super) fn run(args: &BenchRules, lang: Lang) -> Result<ExitCode, Failure> {
    let figures = measure()?;
    if args.json {
        say_json(&figures)?;
    } else {
        show(&figures, lang);
    }
    Ok(ExitCode::SUCCESS)
}

fn measure() -> Result<Figures, Failure> {
    let product = product_of_template(TEMPLATE)
        .ok_or_else(|| Failure::system("没有这个产品模板", "there is no such product template", &TEMPLATE))?;
    let world = world(product);
    let mut one = Engine::default();
    enable(&mut one, RULES / 2, &world)?;
    let mut many = Engine::default();
    let before = api::resident_bytes();
    for n in 0..RULES {
        enable(&mut many, n, &world)?;
    }
    let bytes_per_rule = api::resident_bytes().saturating_sub(before) / RULES as u64;
    let all: Vec<PointId> = (0..RULES).map(|n| point(n, "current_temperature")).collect();
    let middle = all.get(RULES / 2..=RULES / 2).unwrap_or_default();
    let mut updates = Updates { clock: SystemClock::default(), ids: IdGen::new(1), at: 0, sent: 0 };
    // In turn, so that both meet the same machine.
    let (mut alone, mut among, mut through, mut crossing) = (f64::MAX, f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        alone = alone.min(updates.round(&mut one, middle, QUIET));
        among = among.min(updates.round(&mut many, middle, QUIET));
        through = through.min(updates.round(&mut many, &all, QUIET));
        crossing = crossing.min(updates.round(&mut many, &all, CROSSING));
    }
    Ok(Figures {
        rules: RULES,
        updates_per_s: (1e9 / through).round(),
        crossings_per_s: (1e9 / crossing).round(),
        cost_ratio_10000_rules: (among / alone * 100.0).round() / 100.0,
        bytes_per_rule,
    })
}

/// Temperatures of which no rule takes notice, and those that each rule does.
const QUIET: &[f64] = &[20.0, 20.3, 20.9, 21.4, 22.2, 21.7, 20.8];
const CROSSING: &[f64] = &[20.0, 30.0];

/// Reports, one after the other.
struct Updates {
    clock: SystemClock,
    ids: IdGen,
    /// Milliseconds of the rules' own time.
    at: i64,
    sent: usize,
}

impl Updates {
    /// Nanoseconds of one update.
    fn round(&mut self, engine: &mut Engine, points: &[PointId], values: &[f64]) -> f64 {
        let began = self.clock.now();
        for _ in 0..ROUND {
            self.at += 1;
            self.sent += 1;
            let (Some(point), now) = (points.get(self.sent % points.len()), Timestamp::from_millis(self.at)) else {
                continue;
            };
            let place = (self.sent / points.len() + self.sent % points.len()) % values.len();
            let value = values.get(place).copied().unwrap_or_default();
            let update = [(*point, Sample::good(Value::Number(value), now))];
            std::hint::black_box(engine.step(&update, now, &mut self.ids));
        }
        (self.clock.now() - began).as_micros() as f64 * 1e3 / ROUND as f64
    }
}

fn enable(engine: &mut Engine, n: usize, world: &World) -> Result<(), Failure> {
    let found = engine.enable(&rule(n), world, &States::new(), Timestamp::from_millis(0));
    match found.into_iter().find(|d| d.is_error()) {
        None => Ok(()),
        Some(fault) => Err(Failure::system("规则未通过检查", "a rule did not pass its checks", &fault.message.en)),
    }
}

fn rule(n: usize) -> RuleGraph {
    let mut rule = RuleGraph::new(RuleId::of_name(&format!("bench{n}")), Bilingual::same(format!("bench {n}")));
    rule.node("source", "point", json!({ "point": point(n, "current_temperature") }))
        .node("high", "compare", json!({ "op": ">", "value": 26, "hysteresis": 1 }))
        .node("long", "for_duration", json!({ "span_ms": 300_000 }))
        .node("edge", "edge", json!({ "on": "rising" }))
        .node("act", "command", json!({ "point": point(n, "power"), "setting": { "to": true } }))
        .edge("source.out", "high.in")
        .edge("high.out", "long.in")
        .edge("long.out", "edge.in")
        .edge("edge.out", "act.in");
    rule
}

fn device(n: usize) -> DeviceId {
    DeviceId::of_name(&format!("bench{n}"))
}

fn point(n: usize, identifier: &str) -> PointId {
    PointSpec::id_of(device(n), identifier)
}

fn world(product: Product) -> World {
    let id: ProductId = product.id;
    let device = |n: usize| Device {
        id: device(n),
        product: id,
        key: format!("bench{n}"),
        names: Names::new(&format!("风机盘管 {n}"), &format!("Fan coil {n}")),
        placements: Vec::new(),
        route: Route::Simulated,
        tags: BTreeSet::new(),
        disabled: false,
    };
    let devices = (0..RULES).map(device).collect();
    World::build(WorldDoc { products: vec![product], devices, ..WorldDoc::default() }).0
}

fn show(f: &Figures, lang: Lang) {
    let row = |zh: &str, en: &str, figure: String| say(&format!("{}  {figure}", Bilingual::new(zh, en).get(lang)));
    row("一万条规则，每秒更新", "updates a second through 10,000 rules", format!("{:.0}", f.updates_per_s));
    row("其中每次都越限", "the same, each crossing a limit", format!("{:.0}", f.crossings_per_s));
    row("与只有一条规则相比", "cost beside one rule alone", format!("{:.2}", f.cost_ratio_10000_rules));
    row("每条规则的内存", "memory of a rule", format!("{} B", f.bytes_per_rule));
}
