//! What the analysis of all rules costs, in milliseconds: a generated site of 1,000 rules, then one rule against them.
//!
//! `cargo run --release -p engine --example analysis`. It is no test: what it prints depends on the machine.

mod site;

use std::time::Instant;

/// Rules of the site.
const RULES: usize = 1_000;
/// Faults of each kind.
const FAULTS: usize = 3;
/// How often; the fastest counts.
const ROUNDS: usize = 5;

fn main() {
    let site = site::generate(RULES, FAULTS, 1);
    let mut best = f64::MAX;
    let mut found = 0;
    for _ in 0..ROUNDS {
        let began = now();
        found = engine::analyse(&site.rules, &site.world).len();
        best = best.min(began.elapsed().as_secs_f64() * 1e3);
    }
    report(&format!("{} rules, {found} of {} faults found: {best:.1} ms", site.rules.len(), site.planted.len()));
    let Some(one) = site.rules.first() else { return };
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let began = now();
        engine::analyse_rule(one, &site.rules, &site.world);
        best = best.min(began.elapsed().as_secs_f64() * 1e3);
    }
    report(&format!("one rule against them: {best:.1} ms"));
}

#[expect(clippy::disallowed_methods, reason = "it measures the machine")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::print_stdout, reason = "figures are what it is for")]
fn report(line: &str) {
    println!("{line}");
}
