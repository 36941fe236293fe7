//! Values as variables and what is worked out of them: where such a value lies in a set, and which values it can have.
//!
//! What it is *not*: it calculates no value. Start at [`Term::region`].

use super::function::Function;
use super::meaning::Condition;
use super::region::{Cut, Region, Set, Var};
use base::Value;
use documents::Comparison;

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Term {
    /// Always the same.
    Is(Value),
    /// Never known.
    Unknown,
    /// A variable, and the values it can have where they are known.
    Var(Var, Option<Set>),
    /// Worked out of one number.
    Of(Box<Term>, Function),
    /// The largest of several numbers.
    Largest(Vec<Term>),
    /// The smallest of several numbers.
    Smallest(Vec<Term>),
    /// A variable that is near a number.
    Near(Box<Near>),
    /// One of several, each where it is the one.
    Cases(Vec<(Region, Term)>),
}

/// A variable that is near a number: that number is at most so far below it, and so far above it.
#[derive(Debug, Clone)]
pub(crate) struct Near {
    pub(crate) var: Var,
    pub(crate) domain: Option<Set>,
    pub(crate) number: Term,
    pub(crate) below: f64,
    pub(crate) above: f64,
}

impl Term {
    /// What a function makes of it.
    pub(crate) fn through(self, function: Function) -> Term {
        Term::Of(Box::new(self), function)
    }
    /// The number that it always is.
    pub(crate) fn number(&self) -> Option<f64> {
        if let Term::Is(value) = self { value.as_number() } else { None }
    }

    /// Where it compares so with a value.
    pub(crate) fn compared(&self, op: Comparison, value: &Value) -> Condition {
        let Some(set) = Set::compared(op, value) else { return Condition::unknown() };
        self.within(&set)
    }
    /// Whether it is one of these values. Where it is not known that may count as either.
    pub(crate) fn within(&self, set: &Set) -> Condition {
        Condition::exact(self.or_unknown(self.region(set)), self.or_unknown(self.region(&set.complement())))
    }

    fn or_unknown(&self, region: Region) -> Region {
        let unknown = self.unknown();
        if unknown.is_empty() { region } else { region.join(&unknown.rough()) }
    }

    /// Where it is not known although what it is worked out of is.
    pub(super) fn unknown(&self) -> Region {
        let any = |all: &[Term]| all.iter().fold(Region::nothing(), |so_far, term| so_far.join(&term.unknown()));
        match self {
            Term::Unknown => Region::everything(),
            Term::Is(_) | Term::Var(..) => Region::nothing(),
            Term::Of(term, function) => term.unknown().join(&term.region(&function.undefined())),
            Term::Largest(all) | Term::Smallest(all) => any(all),
            Term::Near(near) => near.number.unknown(),
            Term::Cases(cases) => {
                cases.iter().fold(Region::nothing(), |so_far, (at, term)| so_far.join(&at.meet(&term.unknown())))
            }
        }
    }

    /// Where it is one of these values.
    pub(crate) fn region(&self, set: &Set) -> Region {
        match self {
            Term::Is(value) if set.contains(value) => Region::everything(),
            Term::Is(_) | Term::Unknown => Region::nothing(),
            Term::Var(var, domain) => Region::of(var.clone(), of_domain(set, domain.as_ref())),
            Term::Of(term, function) => term.region(&function.whence(set)),
            Term::Largest(all) => intervals(set).fold(Region::nothing(), |so_far, (low, high)| {
                so_far.join(&every(all, Cut::LOWEST, high).meet(&some(all, low, Cut::HIGHEST)))
            }),
            Term::Smallest(all) => intervals(set).fold(Region::nothing(), |so_far, (low, high)| {
                so_far.join(&every(all, low, Cut::HIGHEST).meet(&some(all, Cut::LOWEST, high)))
            }),
            Term::Near(near) => {
                let set = of_domain(set, near.domain.as_ref());
                let number = near.number.or_unknown(near.number.region(&set.widened(near.below, near.above)));
                Region::of(near.var.clone(), set).meet(&number)
            }
            Term::Cases(cases) => {
                cases.iter().fold(Region::nothing(), |so_far, (at, term)| so_far.join(&at.meet(&term.region(set))))
            }
        }
    }

    /// The values it can have, where they are known.
    pub(crate) fn domain(&self) -> Option<Set> {
        let hull = |(low, high): (f64, f64)| Some(Set::between(low, high));
        match self {
            Term::Is(value) => Set::compared(Comparison::Eq, value),
            Term::Unknown => None,
            Term::Var(_, domain) => domain.clone(),
            Term::Near(near) => near.domain.clone(),
            Term::Of(term, function) => hull(function.image(term.bounds())),
            Term::Largest(all) => hull(ends(all, f64::max)),
            Term::Smallest(all) => hull(ends(all, f64::min)),
            Term::Cases(cases) => {
                let known = cases.iter().filter(|(_, term)| !matches!(term, Term::Unknown));
                let mut domains = known.map(|(_, term)| term.domain());
                let first = domains.next()??;
                domains.try_fold(first, |all, domain| all.join(&domain?))
            }
        }
    }

    /// Numbers between which it lies.
    pub(crate) fn bounds(&self) -> (f64, f64) {
        self.domain().and_then(|domain| domain.bounds()).unwrap_or((f64::NEG_INFINITY, f64::INFINITY))
    }
}

fn of_domain(set: &Set, domain: Option<&Set>) -> Set {
    domain.map_or_else(|| set.clone(), |domain| domain.meet(set))
}

fn intervals(set: &Set) -> impl Iterator<Item = (Cut, Cut)> {
    let all = if let Set::Numbers(all) = set { all.as_slice() } else { &[] };
    all.iter().copied()
}

/// Where all lie between two cuts.
fn every(all: &[Term], low: Cut, high: Cut) -> Region {
    if (low, high) == (Cut::LOWEST, Cut::HIGHEST) {
        return Region::everything();
    }
    let set = Set::intervals(vec![(low, high)]);
    all.iter().fold(Region::everything(), |so_far, term| so_far.meet(&term.region(&set)))
}

/// Where one of them does.
fn some(all: &[Term], low: Cut, high: Cut) -> Region {
    if (low, high) == (Cut::LOWEST, Cut::HIGHEST) {
        return Region::everything();
    }
    let set = Set::intervals(vec![(low, high)]);
    all.iter().fold(Region::nothing(), |so_far, term| so_far.join(&term.region(&set)))
}

fn ends(all: &[Term], which: fn(f64, f64) -> f64) -> (f64, f64) {
    let both = |a: (f64, f64), b: (f64, f64)| (which(a.0, b.0), which(a.1, b.1));
    all.iter().map(Term::bounds).reduce(both).unwrap_or((f64::NEG_INFINITY, f64::INFINITY))
}
