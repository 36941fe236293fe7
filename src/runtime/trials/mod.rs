//! The demo building on bad days: rules run for hours while reports are lost, late or doubled, devices fail, the clock
//! jumps and the process starts again, and people touch what rules touch. A seed gives one day; what comes out is looked
//! at by [`watch`].
//!
//! Seeds that once failed are kept in [`FOUND`].

mod automations;
mod day;
mod rules;
mod watch;

use day::Day;

/// Seeds that a run of the tests goes through; `SOAK` times as many in a soak.
const SEEDS: u64 = 200;
/// Tests that share them, so that they run side by side.
const SHARES: u64 = 4;
/// Seeds whose day once went wrong.
const FOUND: &[u64] = &[];

fn soak() -> u64 {
    std::env::var("SOAK").ok().and_then(|s| s.parse().ok()).unwrap_or(1)
}

fn share(of: u64) {
    for seed in (0..SEEDS * soak()).filter(|seed| seed % SHARES == of) {
        Day::new(seed).run();
    }
}

#[test]
fn bad_days_first_share() {
    share(0);
}

#[test]
fn bad_days_second_share() {
    share(1);
}

#[test]
fn bad_days_third_share() {
    share(2);
}

#[test]
fn bad_days_fourth_share() {
    share(3);
}

#[test]
fn days_that_once_went_wrong() {
    for seed in FOUND {
        Day::new(*seed).run();
    }
}

/// The faults are there, and the rules do act: a day without either would prove nothing.
#[test]
fn the_days_are_bad_enough() {
    let mut all = day::Troubles::default();
    for seed in 0..24 {
        all += Day::new(seed).run();
    }
    assert!(all.is_bad_enough(), "{all:?}");
}
