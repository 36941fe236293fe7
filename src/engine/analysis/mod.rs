//! All rules together, looked at before they run: what would trigger itself, contradict another, or never happen.
//!
//! Each rule is reduced to its effects (`effects.rs`): what it writes, and the situations in which it does
//! (`meaning.rs`, `region.rs`). What may be wrong is found by the points that rules share, and then the engine itself
//! runs the rules concerned over inputs that should show it (`simulate.rs`): what is shown is certain, what is not is
//! dropped or said to be possible. What it is *not*: it changes nothing, and approves nothing. Start at [`analyse`].

mod effects;
mod influence;
mod loops;
mod meaning;
mod region;
mod same;
mod simulate;
mod single;
#[cfg(test)]
mod tests;
pub(crate) mod week;
mod words;
mod writes;

pub(crate) use meaning::{Condition, Meaning, Moment, Seen};
pub(crate) use region::{Region, Set};

use crate::compile::compile;
use crate::limits::RULE_FINDINGS_MAX;
use base::Bilingual;
use base::diagnostic::Severity;
use base::id::PointId;
use documents::rule_finding::{Certainty, Concerned, WitnessStep};
use documents::{RuleFinding, RuleFindingKind, RuleGraph};
use effects::{Doing, Outline};
use std::collections::BTreeMap;
use things::World;

/// What rules do together. Rules that do not compile are left out; the worst comes first, at most
/// [`RULE_FINDINGS_MAX`](crate::limits::RULE_FINDINGS_MAX) of each kind.
pub fn analyse<'a>(rules: impl IntoIterator<Item = &'a RuleGraph>, world: &'a World) -> Vec<RuleFinding> {
    Survey::new(rules, world, false).findings()
}

/// What one rule does, alone and together with others. Another rule of the same id is the one it takes the place of.
pub fn analyse_rule<'a>(
    rule: &'a RuleGraph,
    others: impl IntoIterator<Item = &'a RuleGraph>,
    world: &'a World,
) -> Vec<RuleFinding> {
    let others = others.into_iter().filter(|other| other.id != rule.id);
    let survey = Survey::new(std::iter::once(rule).chain(others), world, true);
    if survey.first_only { survey.findings() } else { Vec::new() }
}

/// A doing among all: the place of its rule, and its own in the rule.
type Place = (usize, usize);

/// All rules, and who shares what.
struct Survey<'a> {
    world: &'a World,
    outlines: Vec<Outline<'a>>,
    /// Only what concerns the first rule is asked.
    first_only: bool,
    /// Who writes each point.
    writers: BTreeMap<PointId, Vec<Place>>,
    /// Whom each point triggers.
    triggered: BTreeMap<PointId, Vec<Place>>,
}

impl<'a> Survey<'a> {
    fn new(rules: impl IntoIterator<Item = &'a RuleGraph>, world: &'a World, first_only: bool) -> Survey<'a> {
        let outline = |graph: &'a RuleGraph| Some(Outline::new(graph, compile(graph, world).0?, world));
        let mut rules = rules.into_iter();
        let first = rules.next().and_then(outline);
        let first_only = first_only && first.is_some();
        let outlines: Vec<Outline<'a>> = first.into_iter().chain(rules.filter_map(outline)).collect();
        let mut survey = Survey { world, outlines, first_only, writers: BTreeMap::new(), triggered: BTreeMap::new() };
        for (rule, outline) in survey.outlines.iter().enumerate() {
            for (place, doing) in outline.doings.iter().enumerate() {
                for (point, _) in &doing.writes {
                    survey.writers.entry(*point).or_default().push((rule, place));
                }
                for point in &doing.triggers.points {
                    survey.triggered.entry(*point).or_default().push((rule, place));
                }
            }
        }
        survey
    }

    fn findings(&self) -> Vec<RuleFinding> {
        let mut all = Vec::new();
        loops::check(self, &mut all);
        writes::check(self, &mut all);
        same::check(self, &mut all);
        single::check(self, &mut all);
        all.sort_by(|a, b| (b.severity, b.certainty, a.kind).cmp(&(a.severity, a.certainty, b.kind)));
        all
    }

    /// The rules that are asked about.
    fn asked(&self) -> impl Iterator<Item = (usize, &Outline<'a>)> {
        self.outlines.iter().enumerate().take(if self.first_only { 1 } else { usize::MAX })
    }
    /// Whether one of these rules is asked about.
    fn asks(&self, rules: impl IntoIterator<Item = usize>) -> bool {
        !self.first_only || rules.into_iter().any(|r| r == 0)
    }
    fn at(&self, (rule, place): Place) -> Option<(&Outline<'a>, &Doing)> {
        let outline = self.outlines.get(rule)?;
        Some((outline, outline.doings.get(place)?))
    }
}

/// A finding that is being written.
struct Draft {
    kind: RuleFindingKind,
    severity: Severity,
    certainty: Certainty,
    points: Vec<PointId>,
    message: Bilingual,
    help: Bilingual,
    witness: Vec<WitnessStep>,
}

impl Draft {
    /// About these doings, one rule after the other.
    fn about<'a>(self, doings: impl IntoIterator<Item = (&'a Outline<'a>, usize)>) -> RuleFinding {
        let mut rules: Vec<Concerned> = Vec::new();
        for (outline, node) in doings {
            let node = outline.node(node);
            match rules.iter_mut().find(|r| r.rule == outline.id()) {
                Some(known) if known.nodes.contains(&node) => {}
                Some(known) => known.nodes.push(node),
                None => {
                    let (rule, name) = (outline.id(), outline.graph.name.clone());
                    rules.push(Concerned { rule, name, nodes: vec![node] });
                }
            }
        }
        let Draft { kind, severity, certainty, points, message, help, witness } = self;
        let code = kind.code().to_owned();
        RuleFinding { kind, code, severity, certainty, rules, points, message, help, witness }
    }
}

/// Adds a finding unless there are enough of its kind; false where there are.
fn add(all: &mut Vec<RuleFinding>, finding: RuleFinding) -> bool {
    let room = is_room(all, finding.kind);
    if room {
        all.push(finding);
    }
    room
}

fn is_room(all: &[RuleFinding], kind: RuleFindingKind) -> bool {
    all.iter().filter(|f| f.kind == kind).count() < RULE_FINDINGS_MAX
}
