//! Rules that trigger each other in a circle, through points that they write and topics that they publish to.
//!
//! An action leads to another where it writes what triggers it, with a value at which it can happen. Each circle is run:
//! what goes on is a loop, what comes to rest is only possible, since devices that answer late can keep it going. Start
//! at [`check`].

use super::effects::{Doing, Outline};
use super::meaning::Occasion;
use super::region::{Region, Var};
use super::simulate::{Done, Shown, show_from, situations};
use super::{Draft, Findings, Place, Survey, words};
use crate::limits::{ROUNDS_MAX, WAITS_MAX};
use base::diagnostic::Severity;
use base::id::PointId;
use base::{Bilingual, Span};
use documents::rule_finding::{Certainty, WitnessStep};
use documents::{RuleFinding, RuleFindingKind, Setting};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use things::World;

/// A round that takes longer is a timetable of its own: it is told, and hinders nothing.
const FAST: Span = Span::from_secs(10);
/// Most situations from which one circle is started.
const STARTS_MAX: usize = 32;

/// Finds the circles.
pub(super) fn check(survey: &Survey<'_>, all: &mut Findings) {
    let next = links(survey);
    let mut told: BTreeSet<Place> = BTreeSet::new();
    for start in next.keys().filter(|place| survey.asks([place.0])) {
        if told.contains(start) || !all.is_room(RuleFindingKind::Loop) {
            continue;
        }
        let Some(circle) = circle(*start, &next) else { continue };
        told.extend(&circle);
        finding(&circle, survey).into_iter().for_each(|found| all.add(found));
    }
}

/// Which doings each one can lead to.
fn links(survey: &Survey<'_>) -> BTreeMap<Place, Vec<Place>> {
    let listeners: Vec<(Place, &Outline<'_>, &Doing)> =
        places(survey).filter(|(_, _, doing)| !doing.triggers.heard.is_empty()).collect();
    let mut next: BTreeMap<Place, Vec<Place>> = BTreeMap::new();
    for (place, outline, doing) in places(survey) {
        for (point, setting) in &doing.writes {
            for to in survey.triggered.get(point).into_iter().flatten() {
                if survey.at(*to).is_some_and(|(_, other)| leads_to(*point, setting.as_ref(), other)) {
                    next.entry(place).or_default().push(*to);
                }
            }
        }
        let Some((connection, reach)) = outline.plan.nodes.get(doing.node).and_then(|n| n.op.publishes()) else {
            continue;
        };
        for (to, other, heard) in &listeners {
            let mut filters = heard.triggers.heard.iter().filter_map(|n| other.plan.nodes.get(*n)?.op.listens());
            if filters.any(|(of, filter)| of == connection && filter.meets(reach)) {
                next.entry(place).or_default().push(*to);
            }
        }
    }
    next
}

fn places<'s>(survey: &'s Survey<'_>) -> impl Iterator<Item = (Place, &'s Outline<'s>, &'s Doing)> {
    survey.outlines.iter().enumerate().flat_map(|(rule, outline)| {
        outline.doings.iter().enumerate().map(move |(place, doing)| ((rule, place), outline, doing))
    })
}

/// Whether a write can make a doing happen.
fn leads_to(point: PointId, setting: Option<&Setting>, doing: &Doing) -> bool {
    doing.moment.cases.iter().any(|case| match (setting, &case.occasion) {
        (Some(Setting::To(value)), Occasion::Level) => case.region.admits(&Var::Point(point), value),
        (Some(Setting::Call(_)), _) | (_, Occasion::Clock | Occasion::Heard(..)) => false,
        _ => true,
    })
}

/// The shortest circle through a doing.
fn circle(start: Place, next: &BTreeMap<Place, Vec<Place>>) -> Option<Vec<Place>> {
    let mut from: BTreeMap<Place, Place> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for to in next.get(&at).into_iter().flatten() {
            if *to == start {
                let mut path = vec![at];
                while let Some(before) = path.last().filter(|p| **p != start).and_then(|p| from.get(p)) {
                    path.push(*before);
                }
                path.reverse();
                return Some(path);
            }
            if !from.contains_key(to) {
                from.insert(*to, at);
                queue.push_back(*to);
            }
        }
    }
    None
}

fn finding(circle: &[Place], survey: &Survey<'_>) -> Option<RuleFinding> {
    let doings: Vec<(&Outline<'_>, &Doing)> = circle.iter().filter_map(|p| survey.at(*p)).collect();
    let mut seen = BTreeSet::new();
    let rules: Vec<&Outline<'_>> = doings.iter().map(|(o, _)| *o).filter(|o| seen.insert(o.who())).collect();
    let run = run(&rules, &doings, survey.world);
    let endless = run.as_ref().is_some_and(|r| r.endless);
    // An action that leads to itself has to find its condition false again first: alone it comes to rest.
    if !endless && doings.len() == 1 {
        return None;
    }
    let slow = run.as_ref().is_some_and(|r| r.pace > FAST);
    let mut points: Vec<PointId> = doings.iter().flat_map(|(_, d)| d.writes.iter().map(|(p, _)| *p)).collect();
    points.retain(|p| doings.iter().any(|(_, d)| d.triggers.points.contains(p)));
    points.sort_unstable();
    points.dedup();
    let by =
        if points.is_empty() { Bilingual::new("消息", "messages") } else { words::points(&points, survey.world) };
    let who = words::names(&rules);
    let message = match (rules.len(), endless) {
        (1, true) => Bilingual::new(
            format!("规则{}通过{}不断触发自己", who.zh, by.zh),
            format!("Rule {} triggers itself without end, through {}", who.en, by.en),
        ),
        (_, true) => Bilingual::new(
            format!("规则{}通过{}不断互相触发", who.zh, by.zh),
            format!("Rules {} trigger each other without end, through {}", who.en, by.en),
        ),
        (1, false) => Bilingual::new(
            format!("规则{}会通过{}触发自己；模拟中会停下，但设备应答慢时可能持续", who.zh, by.zh),
            format!(
                "Rule {} triggers itself through {}; it comes to rest in the simulation, but slow devices can keep it going",
                who.en, by.en
            ),
        ),
        (_, false) => Bilingual::new(
            format!("规则{}通过{}互相触发；模拟中会停下，但设备应答慢时可能持续", who.zh, by.zh),
            format!(
                "Rules {} trigger each other through {}; they come to rest in the simulation, but slow devices can keep them going",
                who.en, by.en
            ),
        ),
    };
    let help = Bilingual::new(
        "让其中一条只在值还不对时动作，或改由另一个点位触发；确需周期动作时用一条带 delay 的规则",
        "let one of them act only while the value is not right yet, or trigger it by another point; for something periodic \
         take one rule with a `delay`",
    );
    let draft = Draft {
        kind: RuleFindingKind::Loop,
        severity: if endless && !slow { Severity::Error } else { Severity::Warning },
        certainty: if endless { Certainty::Certain } else { Certainty::Possible },
        points,
        message,
        help,
        witness: run.map(|r| r.witness).unwrap_or_default(),
    };
    Some(draft.about(doings.iter().map(|(o, d)| (*o, d.node))))
}

/// What a circle did when it was run.
struct Run {
    endless: bool,
    /// How long one round takes.
    pace: Span,
    witness: Vec<WitnessStep>,
}

/// Runs a circle from several situations, until one does not come to rest.
fn run(rules: &[&Outline<'_>], doings: &[(&Outline<'_>, &Doing)], world: &World) -> Option<Run> {
    let regions: Vec<&Region> = doings.iter().flat_map(|(_, d)| d.moment.regions()).collect();
    let mut best = None;
    for first in doings {
        let Some(chance) = first.1.moment.chances().next() else { continue };
        for before in situations(rules, &regions, world).take(STARTS_MAX) {
            let shown = show_from(rules, &[*first], &chance, &before, world);
            if !shown.all() {
                continue;
            }
            let run = round_and_round(shown, doings);
            if run.endless {
                return Some(run);
            }
            best.get_or_insert(run);
        }
    }
    best
}

/// Reports what is written, again and again.
fn round_and_round(shown: Shown<'_>, doings: &[(&Outline<'_>, &Doing)]) -> Run {
    let Shown { done, mut stage, .. } = shown;
    let began = stage.now;
    let mut last: Done = done.into_iter().flatten().collect();
    let (mut rounds, mut waits) = (0, 0);
    let wanted = ROUNDS_MAX * doings.len();
    while rounds < wanted {
        let acted = last.iter().any(|a| doings.iter().any(|(o, d)| a.rule == o.id() && a.node == o.node(d.node)));
        rounds += usize::from(acted);
        let next = stage.obey(&last).or_else(|| {
            waits += 1;
            if waits > WAITS_MAX { None } else { stage.wait() }
        });
        match next {
            Some(done) => last = done,
            None => break,
        }
    }
    let spent = stage.now.as_millis() - began.as_millis();
    let pace = Span::from_millis(spent / i64::try_from(rounds.max(1)).unwrap_or(1));
    let mut witness = stage.witness();
    // Two rounds show what goes on.
    witness.truncate(2 + 2 * doings.len());
    Run { endless: rounds >= wanted, pace, witness }
}
