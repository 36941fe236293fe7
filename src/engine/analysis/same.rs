//! Rules that do what others do: the same at the same time, or only what another one has done already.
//!
//! What it is *not*: it does not say which one to remove. Start at [`check`].

use super::effects::{Doing, Outline};
use super::meaning::{Case, Occasion};
use super::simulate::show;
use super::{Draft, Findings, Survey, words};
use base::Bilingual;
use base::diagnostic::Severity;
use documents::rule_finding::Certainty;
use documents::{RuleFinding, RuleFindingKind, Setting};
use std::collections::{BTreeMap, BTreeSet};
use things::World;

/// Finds them by the actions that rules share.
pub(super) fn check(survey: &Survey<'_>, all: &mut Findings) {
    let mut by_action: BTreeMap<u128, Vec<usize>> = BTreeMap::new();
    for (rule, outline) in survey.outlines.iter().enumerate() {
        for doing in &outline.doings {
            let rules = by_action.entry(doing.what).or_default();
            if rules.last() != Some(&rule) {
                rules.push(rule);
            }
        }
    }
    let mut told: BTreeSet<usize> = BTreeSet::new();
    for (rule, outline) in survey.outlines.iter().enumerate() {
        let Some(first) = outline.doings.first() else { continue };
        for other in by_action.get(&first.what).into_iter().flatten().filter(|o| **o != rule) {
            // A rule is told about once: what it repeats, not everything that repeats it.
            let Some(by) = survey.outlines.get(*other).filter(|_| survey.asks([rule, *other])) else { continue };
            if told.contains(&rule) || !is_within(outline, by) {
                continue;
            }
            let mutual = is_within(by, outline);
            if mutual && told.contains(other) {
                continue;
            }
            // Of two that are equal the later one repeats the earlier one.
            if mutual && *other > rule && !(survey.asked < survey.outlines.len() && rule < survey.asked) {
                continue;
            }
            told.insert(rule);
            let found = finding(outline, by, mutual, survey.world);
            if !all.is_room(found.kind) {
                return;
            }
            all.add(found);
        }
    }
}

/// Whether everything that a rule does has been done by the other one.
fn is_within(rule: &Outline<'_>, by: &Outline<'_>) -> bool {
    rule.doings.iter().all(|d| by.doings.iter().any(|o| o.whole == d.whole || (o.what == d.what && covers(o, d))))
}

fn covers(by: &Doing, doing: &Doing) -> bool {
    let known = !doing.writes.is_empty() && doing.writes.iter().all(|(_, s)| matches!(s, Some(Setting::To(_))));
    let case = |d: &Case, o: &Case| {
        let lasting = d.occasion != Occasion::Level || !o.gated;
        o.occasion.covers(&d.occasion) && lasting && o.region.covers(&d.region)
    };
    known
        && !doing.moment.cases.is_empty()
        && doing.moment.cases.iter().all(|d| by.moment.cases.iter().any(|o| case(d, o)))
}

fn finding(rule: &Outline<'_>, by: &Outline<'_>, mutual: bool, world: &World) -> RuleFinding {
    let pairs: Vec<(&Doing, &Doing)> = rule
        .doings
        .iter()
        .filter_map(|d| Some((d, by.doings.iter().find(|o| o.what == d.what && (o.whole == d.whole || covers(o, d)))?)))
        .collect();
    let mut certain = false;
    let mut witness = Vec::new();
    if let Some((doing, other)) = pairs.first()
        && let Some(chance) = doing.moment.chances().next()
    {
        let shown = show(&[rule, by], &[(rule, doing), (by, other)], &chance, world);
        certain = shown.all();
        witness = shown.stage.witness();
    }
    let (a, b) = (words::name(rule), words::name(by));
    let (kind, message) = if mutual {
        let message = Bilingual::new(
            format!("规则{}与{}做的事完全相同", a.zh, b.zh),
            format!("Rule {} does exactly what {} does", a.en, b.en),
        );
        (RuleFindingKind::Duplicate, message)
    } else {
        let message = Bilingual::new(
            format!("规则{}要做的，规则{}已先做：它的条件包含在后者的条件之内", a.zh, b.zh),
            format!(
                "Whatever rule {} does, {} has done already: its condition lies within that of the other",
                a.en, b.en
            ),
        );
        (RuleFindingKind::Shadowed, message)
    };
    let help = Bilingual::new(
        "只保留其中一条，或改变其条件或动作",
        "keep one of them, or change its condition or what it does",
    );
    let mut points: Vec<_> = pairs.iter().flat_map(|(d, _)| d.writes.iter().map(|(p, _)| *p)).collect();
    points.sort_unstable();
    points.dedup();
    let draft = Draft {
        kind,
        severity: Severity::Warning,
        certainty: if certain { Certainty::Certain } else { Certainty::Possible },
        points,
        message,
        help,
        witness,
    };
    let nodes = pairs.iter().map(|(d, _)| (rule, d.node)).chain(pairs.iter().map(|(_, o)| (by, o.node)));
    draft.about(nodes.collect::<Vec<_>>())
}
