//! Two actions on one point: different values in situations that can be at once, and an actuator that is set and reset
//! at nearly the same value of what it drives.
//!
//! Conditions that hold for a while are compared with each other, times of the clock with times of the clock, and
//! messages with the same messages: a button and a timetable do not contradict each other. What it is *not*: it does not
//! decide which of two is right. Start at [`check`].

use super::effects::{Doing, Outline};
use super::influence::drives;
use super::meaning::{Case, Chance, Occasion};
use super::region::{Region, Set, Var};
use super::simulate::{Done, Shown, Stage, begin, holds, show};
use super::{Draft, Findings, Place, Survey, words};
use base::diagnostic::Severity;
use base::id::PointId;
use base::{Bilingual, Value};
use documents::rule_finding::{Certainty, WitnessStep};
use documents::{RuleFinding, RuleFindingKind, Setting};
use std::collections::{BTreeMap, BTreeSet};
use things::{PointKind, World};

/// How many small changes of what is measured a simulation of an oscillation makes.
const SWINGS: usize = 16;
/// How often an actuator has to be switched over meanwhile for it to count.
const SWITCHES: usize = 4;
/// Most ways in which two actions can happen at once that are tried.
const CHANCES_MAX: usize = 8;

/// Finds them, point by point.
pub(super) fn check(survey: &Survey<'_>, all: &mut Findings) {
    let mut contradictions: BTreeMap<(Place, Place), (BTreeSet<PointId>, Vec<Chance>)> = BTreeMap::new();
    let mut driven: BTreeSet<(Place, Place)> = BTreeSet::new();
    for (point, writers) in &survey.writers {
        for (i, a) in writers.iter().enumerate() {
            for b in writers.iter().skip(i + 1).filter(|b| survey.asks([a.0, b.0])) {
                let pair = (*a, *b);
                let (Some((of_a, x)), Some((of_b, y))) = (survey.at(*a), survey.at(*b)) else { continue };
                if a == b || !differ(*point, x, y, survey.world) {
                    continue;
                }
                let chances = common(x, y);
                if !chances.is_empty() {
                    contradictions.entry(pair).or_insert_with(|| (BTreeSet::new(), chances)).0.insert(*point);
                } else if let Some(band) = band(*point, x, y, survey.world).filter(|_| !driven.contains(&pair))
                    && let Some(found) = oscillation(*point, (of_a, x), (of_b, y), &band, survey.world)
                {
                    driven.insert(pair);
                    all.add(found);
                }
            }
        }
    }
    for ((a, b), (points, chances)) in contradictions {
        if !all.is_room(RuleFindingKind::Contradiction) {
            break;
        }
        if let (Some(a), Some(b)) = (survey.at(a), survey.at(b))
            && let Some(found) = contradiction(points.into_iter().collect(), a, b, &chances, survey.world)
        {
            all.add(found);
        }
    }
}

/// Whether two doings ask for different values of a point.
fn differ(point: PointId, a: &Doing, b: &Doing, world: &World) -> bool {
    let of =
        |doing: &Doing| doing.writes.iter().filter(|(p, _)| *p == point).map(|(_, s)| s.clone()).collect::<Vec<_>>();
    let Some(spec) = world.point(point).filter(|spec| spec.kind != PointKind::Service) else { return false };
    let tolerance = spec.tolerance();
    of(a).iter().any(|x| {
        of(b).iter().any(|y| match (x, y) {
            (Some(Setting::To(x)), Some(Setting::To(y))) => !x.close_to(y, tolerance),
            (Some(Setting::By(x)), Some(Setting::By(y))) => x.signum() * y.signum() < 0.0,
            (Some(Setting::Toggle), Some(Setting::To(_) | Setting::Toggle))
            | (Some(Setting::To(_)), Some(Setting::Toggle)) => true,
            (None, Some(Setting::To(_)) | None) | (Some(Setting::To(_)), None) => a.whole != b.whole,
            _ => false,
        })
    })
}

/// How both can happen at once, in the first few ways.
fn common(a: &Doing, b: &Doing) -> Vec<Chance> {
    let pairs = a.moment.cases.iter().flat_map(|x| b.moment.cases.iter().map(move |y| (x, y)));
    let chances = pairs.filter(|(x, y)| x.occasion.meets(&y.occasion)).flat_map(|(x, y)| {
        let occasions = [x, y].map(|case| case.occasion.clone()).to_vec();
        let mut cells = x.region.meet(&y.region).cells().to_vec();
        cells.retain(|cell| !cell.iter().any(|(_, set)| set.is_sliver()));
        cells.into_iter().map(move |cell| Chance { occasions: occasions.clone(), cell })
    });
    chances.take(CHANCES_MAX).collect()
}

fn contradiction(
    points: Vec<PointId>,
    (of_a, a): (&Outline<'_>, &Doing),
    (of_b, b): (&Outline<'_>, &Doing),
    chances: &[Chance],
    world: &World,
) -> Option<RuleFinding> {
    let rules = distinct(of_a, of_b);
    let mut tried = chances.iter().map(|chance| {
        let shown = show(&rules, &[(of_a, a), (of_b, b)], chance, world);
        let certain = shown.all() && differently(&shown, &points) && still(&shown, &[a, b]);
        (certain, chance, shown)
    });
    let first = tried.next()?;
    let (certain, Chance { cell, .. }, shown) =
        if first.0 { first } else { tried.find(|(certain, ..)| *certain).unwrap_or(first) };
    // Regions that hold too much may only touch.
    let exact = [a, b].iter().all(|d| d.moment.regions().all(Region::is_exact));
    if !certain && !exact {
        return None;
    }
    let looked_at: BTreeSet<PointId> = cell.iter().filter_map(|(v, _)| point_of(v)).collect();
    let at = words::situation(&shown.situation, &looked_at, world);
    let what = words::points(&points, world);
    let (zh, en) = match (rules.len(), at.zh.is_empty()) {
        (1, true) => (String::new(), String::new()),
        (_, true) => ("同时".into(), " at once".into()),
        (_, false) => {
            (format!("在同一情形下（例如{}）", at.zh), format!(" in one situation, for example with {}", at.en))
        }
    };
    let who = words::names(&rules);
    let message = if rules.len() == 1 {
        Bilingual::new(
            format!("规则{}{zh}把{}设为不同的值", who.zh, what.zh),
            format!("Rule {} sets {} to different values{en}", who.en, what.en),
        )
    } else {
        Bilingual::new(
            format!("规则{}{zh}把{}设为不同的值，后写的生效", who.zh, what.zh),
            format!("Rules {} set {} to different values{en}; the later one wins", who.en, what.en),
        )
    };
    let help = Bilingual::new(
        "让两个条件互不重叠，或用 gate 让其中一条在另一条的条件成立时不动作",
        "make the conditions exclude each other, or let a `gate` keep one of them quiet while the condition of the other holds",
    );
    let draft = Draft {
        kind: RuleFindingKind::Contradiction,
        severity: Severity::Warning,
        certainty: if certain { Certainty::Certain } else { Certainty::Possible },
        points,
        message,
        help,
        witness: shown.stage.witness(),
    };
    Some(draft.about([(of_a, a.node), (of_b, b.node)]))
}

/// Two rules, or the one that both are.
pub(super) fn distinct<'r, 'a>(a: &'r Outline<'a>, b: &'r Outline<'a>) -> Vec<&'r Outline<'a>> {
    if a.who() == b.who() { vec![a] } else { vec![a, b] }
}

fn point_of(var: &Var) -> Option<PointId> {
    if let Var::Point(point) = var { Some(*point) } else { None }
}

/// Whether the two wrote one of the points differently.
fn differently(shown: &Shown<'_>, points: &[PointId]) -> bool {
    let last = |done: &Done, point| done.iter().rev().find(|a| a.point == Some(point)).and_then(|a| a.value.clone());
    let [a, b] = shown.done.as_slice() else { return false };
    points.iter().any(|p| last(a, *p).is_some() && last(a, *p) != last(b, *p))
}

/// Whether what calls for each of them holds in the end.
fn still(shown: &Shown<'_>, doings: &[&Doing]) -> bool {
    doings.iter().all(|d| d.moment.regions().flat_map(|r| r.cells()).any(|c| holds(c, &shown.situation)))
}

/// A dead band that is too narrow: what is measured, and where either action is called for.
struct Band {
    sensor: PointId,
    set: Set,
    reset: Set,
    /// How finely it is measured.
    step: f64,
}

/// The dead band between two doings, where the point drives what both look at, and where it is not wider than one step
/// of measurement. What waits for a time does not oscillate quickly and is let through.
fn band(point: PointId, a: &Doing, b: &Doing, world: &World) -> Option<Band> {
    let level =
        |d: &Doing| d.moment.cases.iter().filter(|c| c.occasion == Occasion::Level).cloned().collect::<Vec<_>>();
    let (of_a, of_b) = (level(a), level(b));
    let waits = |cases: &[Case]| cases.iter().any(|c| c.region.vars().iter().any(|v| matches!(v, Var::Wait(_))));
    let absolute = |d: &Doing| d.writes.iter().any(|(p, s)| *p == point && matches!(s, Some(Setting::To(_))));
    if waits(&of_a) || waits(&of_b) || !absolute(a) || !absolute(b) {
        return None;
    }
    let cells = |cases: &[Case]| cases.iter().flat_map(|c| c.region.cells().to_vec()).collect::<Vec<_>>();
    for (x, y) in cells(&of_a).iter().flat_map(|x| cells(&of_b).into_iter().map(move |y| (x.clone(), y))) {
        for (sensor, set) in x.iter().filter_map(|(v, set)| Some((point_of(v)?, set))) {
            let Some(PointKind::Number { step, .. }) = world.point(sensor).map(|s| &s.kind) else { continue };
            let Some((reset, gap)) = y.get(&Var::Point(sensor)).and_then(|r| Some((r, set.gap(r)?))) else { continue };
            let step = step.unwrap_or_default();
            if gap <= step + f64::EPSILON && set != reset && drives(point, sensor, world) {
                return Some(Band { sensor, set: set.clone(), reset: reset.clone(), step });
            }
        }
    }
    None
}

fn oscillation(
    point: PointId,
    (of_a, a): (&Outline<'_>, &Doing),
    (of_b, b): (&Outline<'_>, &Doing),
    band: &Band,
    world: &World,
) -> Option<RuleFinding> {
    let rules = distinct(of_a, of_b);
    let witness = swing(&rules, (of_a, a), (of_b, b), band, world)?;
    let (who, what) = (words::names(&rules), world.point_words(point));
    let measured = world.point_words(band.sensor);
    let message = Bilingual::new(
        format!("规则{}在{}几乎相同的值上反复切换{}，而后者又改变前者", who.zh, measured.zh, what.zh),
        format!(
            "{} {} {} over and over at nearly the same value of {}, which it moves itself",
            if rules.len() == 1 { "Rule" } else { "Rules" },
            format_args!("{} {}", who.en, if rules.len() == 1 { "switches" } else { "switch" }),
            what.en,
            measured.en
        ),
    );
    let help = Bilingual::new(
        "让两个界限相距更远（或给 compare 设 hysteresis），或先持续一段时间再动作（for_duration）",
        "move the two limits apart (or give `compare` a `hysteresis`), or let the condition last for a time first (`for_duration`)",
    );
    let draft = Draft {
        kind: RuleFindingKind::Oscillation,
        severity: Severity::Warning,
        certainty: Certainty::Certain,
        points: vec![point, band.sensor],
        message,
        help,
        witness,
    };
    Some(draft.about([(of_a, a.node), (of_b, b.node)]))
}

/// The sensor moves by small steps: towards the reset while the actuator is set, and back while it is reset. What is
/// switched over again and again oscillates.
fn swing(
    rules: &[&Outline<'_>],
    (of_a, a): (&Outline<'_>, &Doing),
    (of_b, b): (&Outline<'_>, &Doing),
    band: &Band,
    world: &World,
) -> Option<Vec<WitnessStep>> {
    let chance = a.moment.chances().find(|c| c.cell.get(&Var::Point(band.sensor)).is_some())?;
    let mut known = show(rules, &[(of_a, a)], &chance, world).situation;
    let limit = nearest_end(&band.set, &band.reset)?;
    let step = if band.step > 0.0 { band.step } else { (limit.abs() / 1000.0).max(0.1) };
    let up = is_above(&band.reset, &band.set)?;
    let towards_reset = if up { step } else { -step };
    let mut value = limit + towards_reset;
    known.insert(band.sensor, Value::Number(value));
    let mut stage = Stage::new(rules, &known, begin(world), world);
    let (mut towards, mut switches) = (-towards_reset, 0);
    for _ in 0..SWINGS {
        value = libm::round((value + towards) * 1e6) / 1e6;
        world.point(band.sensor)?.check(&Value::Number(value)).ok()?;
        let done = stage.report(&[(band.sensor, Value::Number(value))]);
        let did = |outline: &Outline<'_>, doing: &Doing| {
            done.iter().any(|d| d.rule == outline.id() && d.node == outline.node(doing.node))
        };
        let next = match (did(of_a, a), did(of_b, b)) {
            (true, false) => towards_reset,
            (false, true) => -towards_reset,
            _ => towards,
        };
        switches += usize::from(next.total_cmp(&towards).is_ne());
        towards = next;
    }
    (switches >= SWITCHES).then(|| stage.witness())
}

/// The end of a set that is nearest to another.
fn nearest_end(set: &Set, other: &Set) -> Option<f64> {
    let distance = |n: &f64| other.ends().into_iter().map(|o| (o - n).abs()).min_by(f64::total_cmp).unwrap_or_default();
    set.ends().into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// Whether the numbers of a set lie above those of another.
fn is_above(set: &Set, other: &Set) -> Option<bool> {
    let (Value::Number(a), Value::Number(b)) = (set.sample()?, other.sample()?) else { return None };
    Some(a > b)
}
