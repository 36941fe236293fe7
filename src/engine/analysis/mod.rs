//! All rules together, looked at before they run: what would trigger itself, contradict another, or never happen.
//!
//! Each rule is reduced to its effects (`effects.rs`): what it writes, and the situations in which it does
//! (`meaning.rs`, `region.rs`), also where they depend on what is calculated (`term.rs`, `function.rs`). What may be wrong is found by the points that rules share, and then the engine itself
//! runs the rules concerned over inputs that should show it (`simulate.rs`): what is shown is certain, what is not is
//! dropped or said to be possible. What it is *not*: it changes nothing, and approves nothing. Start at [`analyse`].

mod effects;
mod function;
mod influence;
mod loops;
mod meaning;
mod region;
mod same;
mod simulate;
mod single;
mod term;
#[cfg(test)]
mod tests;
pub(crate) mod week;
mod words;
mod writes;

pub(crate) use function::Function;
pub(crate) use meaning::{Condition, Meaning, Moment, Seen};
pub(crate) use region::{Region, Set, Var};
pub(crate) use term::Term;

use crate::compile::compile;
use crate::limits::RULE_FINDINGS_MAX;
use base::Bilingual;
use base::diagnostic::Severity;
use base::id::{PointId, RuleId};
use documents::rule_finding::{Certainty, Concerned, WitnessStep};
use documents::{RuleFinding, RuleFindingKind, RuleGraph};
use effects::{Doing, Outline};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use things::World;

/// What rules do together. Rules that do not compile are left out; the worst comes first, at most
/// [`RULE_FINDINGS_MAX`](crate::limits::RULE_FINDINGS_MAX) of each kind.
pub fn analyse<'a>(rules: impl IntoIterator<Item = &'a RuleGraph>, world: &'a World) -> Vec<RuleFinding> {
    Survey::new(rules, world).findings()
}

/// What one rule does, alone and together with others. Another rule of the same id is the one it takes the place of.
pub fn analyse_rule<'a>(
    rule: &'a RuleGraph,
    others: impl IntoIterator<Item = &'a RuleGraph>,
    world: &'a World,
) -> Vec<RuleFinding> {
    let others = others.into_iter().filter(|other| other.id != rule.id);
    let mut survey = Survey::new(std::iter::once(rule).chain(others), world);
    survey.asked = survey.outlines.iter().take_while(|outline| outline.id() == rule.id).count();
    if survey.asked > 0 { survey.findings() } else { Vec::new() }
}

/// A doing among all: the place of its rule, and its own in the rule.
type Place = (usize, usize);

/// All rules, and who shares what.
struct Survey<'a> {
    world: &'a World,
    /// One for each rule, and for each room or device that it stands for.
    outlines: Vec<Outline<'a>>,
    /// How many of them are asked about, from the first one on.
    asked: usize,
    /// Who writes each point.
    writers: BTreeMap<PointId, Vec<Place>>,
    /// Whom each point triggers.
    triggered: BTreeMap<PointId, Vec<Place>>,
}

impl<'a> Survey<'a> {
    fn new(rules: impl IntoIterator<Item = &'a RuleGraph>, world: &'a World) -> Survey<'a> {
        let plans = |graph: &'a RuleGraph| compile(graph, world).0.into_iter().map(move |plan| (graph, plan));
        let outlines: Vec<Outline<'a>> =
            rules.into_iter().flat_map(plans).map(|(graph, plan)| Outline::new(graph, plan, world)).collect();
        let asked = outlines.len();
        let mut survey = Survey { world, outlines, asked, writers: BTreeMap::new(), triggered: BTreeMap::new() };
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
        let several = self.outlines.iter().filter(|o| o.plan.here().is_some()).map(Outline::id).collect();
        let mut all = Findings { found: Vec::new(), several };
        loops::check(self, &mut all);
        writes::check(self, &mut all);
        same::check(self, &mut all);
        single::check(self, &mut all);
        all.told()
    }

    /// The rules that are asked about.
    fn asked(&self) -> impl Iterator<Item = (usize, &Outline<'a>)> {
        self.outlines.iter().enumerate().take(self.asked)
    }
    /// Whether one of these rules is asked about.
    fn asks(&self, rules: impl IntoIterator<Item = usize>) -> bool {
        rules.into_iter().any(|rule| rule < self.asked)
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

/// What was found so far: one finding about the same rules and points, the clearest of them. What is so in many of the
/// rooms or devices that a rule stands for is one finding too.
struct Findings {
    found: Vec<Found>,
    /// The rules that stand for several.
    several: BTreeSet<RuleId>,
}

struct Found {
    finding: RuleFinding,
    /// How often the same is so elsewhere in the same rules.
    more: usize,
}

impl Findings {
    /// Adds a finding, or counts it with one that is known; nothing where there are enough of its kind.
    fn add(&mut self, finding: RuleFinding) {
        let several = finding.rules.iter().any(|r| self.several.contains(&r.rule));
        if let Some(known) = self.found.iter_mut().find(|known| known.is_repeated_by(&finding, several)) {
            known.repeat(finding);
        } else if self.is_room(finding.kind) {
            self.found.push(Found { finding, more: 0 });
        }
    }
    /// Whether there are not enough of a kind yet.
    fn is_room(&self, kind: RuleFindingKind) -> bool {
        self.found.iter().filter(|f| f.finding.kind == kind).count() < RULE_FINDINGS_MAX
    }
    /// All of them, the worst first.
    fn told(self) -> Vec<RuleFinding> {
        let mut all: Vec<RuleFinding> = self.found.into_iter().map(Found::told).collect();
        all.sort_by(|a, b| (b.severity, b.certainty, a.kind).cmp(&(a.severity, a.certainty, b.kind)));
        all
    }
}

impl Found {
    /// Whether another finding says the same of the same rules. What never or always is, is said of each node. Of rules
    /// that stand for several it is the same wherever it is about the same nodes.
    fn is_repeated_by(&self, other: &RuleFinding, several: bool) -> bool {
        let mine = &self.finding;
        let of_node = matches!(mine.kind, RuleFindingKind::Never | RuleFindingKind::Always);
        let rules = |f: &RuleFinding| f.rules.iter().map(|r| r.rule).collect::<BTreeSet<RuleId>>();
        let within = |a: &RuleFinding, b: &RuleFinding| a.points.iter().all(|p| b.points.contains(p));
        let nodes = |f: &RuleFinding| f.rules.iter().map(|r| (r.rule, r.nodes.clone())).collect::<BTreeSet<_>>();
        if several && mine.kind == other.kind && nodes(mine) == nodes(other) {
            return true;
        }
        !of_node
            && mine.kind == other.kind
            && rules(mine) == rules(other)
            && (within(mine, other) || within(other, mine))
    }

    /// Keeps the clearer one: what is certain, of more points, with fewer inputs.
    fn repeat(&mut self, mut other: RuleFinding) {
        let clear = |f: &RuleFinding| {
            let inputs: usize = f.witness.iter().map(|step| 1 + step.inputs.len()).sum();
            (f.severity, f.certainty, f.points.len(), Reverse(inputs))
        };
        if clear(&other) > clear(&self.finding) {
            std::mem::swap(&mut self.finding, &mut other);
        }
        self.more += 1;
        for rule in other.rules {
            let Some(mine) = self.finding.rules.iter_mut().find(|r| r.rule == rule.rule) else { continue };
            let new: Vec<String> = rule.nodes.into_iter().filter(|node| !mine.nodes.contains(node)).collect();
            mine.nodes.extend(new);
        }
        let new: Vec<PointId> = other.points.into_iter().filter(|p| !self.finding.points.contains(p)).collect();
        self.finding.points.extend(new);
    }

    fn told(self) -> RuleFinding {
        let Found { mut finding, more } = self;
        if more > 0 {
            let Bilingual { zh, en } = &finding.message;
            let places = if more == 1 { "place" } else { "places" };
            finding.message = Bilingual::new(
                format!("{zh}（这些规则中另有 {more} 处也是如此）"),
                format!("{en} (so it is in {more} other {places} of these rules)"),
            );
        }
        finding
    }
}
