//! Sets of situations: what numbers and words the variables of rules can have, as a bounded union of boxes.
//!
//! A [`Region`] is always an over-approximation of the situations that are meant: where it gets too large it is widened,
//! never narrowed. So an empty region proves that something cannot be, and one that is not empty proves nothing yet.
//! What it is *not*: it knows no rule and no time. Start at [`Region`].

use crate::limits::CELLS_MAX;
use base::Value;
use base::id::PointId;
use documents::Comparison;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What situations differ in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Var {
    /// The value of a point.
    Point(PointId),
    /// The time of the week at the site, in minutes from Monday 00:00 on.
    Week,
    /// Whether it is a workday by the calendar of the site.
    Workday,
    /// The month, from 1 on.
    Month,
    /// The day of the month, from 1 on.
    Day,
    /// What stands at a path of the payload of the message that is looked at.
    Field(Rc<[String]>),
    /// A level of its topic, counted from 1 without a leading slash.
    Level(usize),
    /// Whether enough time has gone by for a node, by what it computes.
    Wait(u128),
    /// What follows another variable of the same box without being told by it, by what it computes.
    Derived(u128),
    /// What a node gives that is not looked into, by what it computes.
    Hidden(u128),
}

/// A place between numbers: just below one, or just above it.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(crate) struct Cut {
    at: f64,
    above: bool,
}

impl Cut {
    pub(super) const LOWEST: Cut = Cut { at: f64::NEG_INFINITY, above: false };
    pub(super) const HIGHEST: Cut = Cut { at: f64::INFINITY, above: true };

    pub(super) fn below(at: f64) -> Cut {
        Cut { at, above: false }
    }
    pub(super) fn above(at: f64) -> Cut {
        Cut { at, above: true }
    }
    fn max(self, other: Cut) -> Cut {
        if self < other { other } else { self }
    }
    fn min(self, other: Cut) -> Cut {
        if other < self { other } else { self }
    }
}

/// Values of one variable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Set {
    /// Numbers: intervals from cut to cut, in order and apart.
    Numbers(Vec<(Cut, Cut)>),
    /// Words, `true` and `false` among them: these, or all but these.
    Words {
        /// All but these.
        but: bool,
        /// Which.
        these: BTreeSet<String>,
    },
}

impl Set {
    /// No number.
    pub(crate) fn nothing() -> Set {
        Set::Numbers(Vec::new())
    }
    /// Every number.
    pub(crate) fn numbers() -> Set {
        Set::nothing().complement()
    }
    /// Numbers from `low` to `high`, both among them.
    pub(crate) fn between(low: f64, high: f64) -> Set {
        Set::Numbers(vec![(Cut::below(low), Cut::above(high))]).tidied()
    }
    /// Numbers from `low` on and below `high`.
    pub(crate) fn from_until(low: f64, high: f64) -> Set {
        Set::Numbers(vec![(Cut::below(low), Cut::below(high))]).tidied()
    }
    /// Numbers of several intervals, in any order.
    pub(super) fn intervals(all: Vec<(Cut, Cut)>) -> Set {
        Set::Numbers(all).tidied()
    }
    /// These numbers.
    pub(crate) fn these(numbers: impl IntoIterator<Item = f64>) -> Set {
        Set::intervals(numbers.into_iter().map(|n| (Cut::below(n), Cut::above(n))).collect())
    }
    /// Both booleans.
    pub(crate) fn booleans() -> Set {
        Set::words(["true", "false"])
    }
    /// These words.
    pub(crate) fn words<'a>(these: impl IntoIterator<Item = &'a str>) -> Set {
        Set::Words { but: false, these: these.into_iter().map(str::to_owned).collect() }
    }
    /// One boolean.
    pub(crate) fn is(value: bool) -> Set {
        Set::words([if value { "true" } else { "false" }])
    }
    /// The values that compare so with another; none for values that do not compare.
    pub(crate) fn compared(op: Comparison, value: &Value) -> Option<Set> {
        if let Value::Number(n) = value {
            let (low, high) = (Cut::LOWEST, Cut::HIGHEST);
            return Some(Set::Numbers(match op {
                Comparison::Lt => vec![(low, Cut::below(*n))],
                Comparison::Le => vec![(low, Cut::above(*n))],
                Comparison::Gt => vec![(Cut::above(*n), high)],
                Comparison::Ge => vec![(Cut::below(*n), high)],
                Comparison::Eq => vec![(Cut::below(*n), Cut::above(*n))],
                Comparison::Ne => vec![(low, Cut::below(*n)), (Cut::above(*n), high)],
            }));
        }
        let word = word(value)?;
        match op {
            Comparison::Eq | Comparison::Ne => {
                Some(Set::Words { but: op == Comparison::Ne, these: BTreeSet::from([word]) })
            }
            Comparison::Lt | Comparison::Le | Comparison::Gt | Comparison::Ge => None,
        }
    }

    /// Everything else of its kind.
    pub(crate) fn complement(&self) -> Set {
        match self {
            Set::Words { but, these } => Set::Words { but: !but, these: these.clone() },
            Set::Numbers(all) => {
                let mut rest = Vec::with_capacity(all.len() + 1);
                let mut from = Cut::LOWEST;
                for (low, high) in all {
                    rest.push((from, *low));
                    from = *high;
                }
                rest.push((from, Cut::HIGHEST));
                Set::Numbers(rest).tidied()
            }
        }
    }

    /// What is in both.
    pub(crate) fn meet(&self, other: &Set) -> Set {
        match (self, other) {
            (Set::Numbers(a), Set::Numbers(b)) => {
                let (mut mine, mut its) = (a.iter().peekable(), b.iter().peekable());
                let mut both = Vec::new();
                while let (Some(x), Some(y)) = (mine.peek(), its.peek()) {
                    let (low, high) = (x.0.max(y.0), x.1.min(y.1));
                    if low < high {
                        both.push((low, high));
                    }
                    if x.1 < y.1 {
                        mine.next()
                    } else {
                        its.next()
                    };
                }
                Set::Numbers(both)
            }
            (Set::Words { but: a, these: x }, Set::Words { but: b, these: y }) => {
                let (but, these) = match (a, b) {
                    (false, false) => (false, x.intersection(y).cloned().collect()),
                    (false, true) => (false, x.difference(y).cloned().collect()),
                    (true, false) => (false, y.difference(x).cloned().collect()),
                    (true, true) => (true, x.union(y).cloned().collect()),
                };
                Set::Words { but, these }
            }
            // Of two kinds: nothing is both.
            (Set::Numbers(_), Set::Words { .. }) | (Set::Words { .. }, Set::Numbers(_)) => Set::Numbers(Vec::new()),
        }
    }

    /// What is in one of two sets of one kind.
    pub(crate) fn united(&self, other: &Set) -> Set {
        self.complement().meet(&other.complement()).complement()
    }

    /// What is in one of them; none where they are of two kinds, so that anything may be.
    pub(super) fn join(&self, other: &Set) -> Option<Set> {
        match (self, other) {
            (Set::Numbers(_), Set::Words { .. }) | (Set::Words { .. }, Set::Numbers(_)) => None,
            _ => Some(self.united(other)),
        }
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Set::Numbers(all) => all.is_empty(),
            Set::Words { but, these } => !but && these.is_empty(),
        }
    }

    /// Whether all of another is in it.
    pub(crate) fn covers(&self, other: &Set) -> bool {
        other.meet(&self.complement()).is_empty()
    }

    /// Whether a value is in it.
    pub(crate) fn contains(&self, value: &Value) -> bool {
        Set::compared(Comparison::Eq, value).is_some_and(|one| !one.meet(self).is_empty())
    }

    /// One of its values: of numbers a short one from the middle of the first interval.
    pub(crate) fn sample(&self) -> Option<Value> {
        match self {
            Set::Numbers(all) => all.first().map(|(low, high)| Value::Number(within(*low, *high))),
            Set::Words { but: false, these } => these.first().map(|w| value(w)),
            Set::Words { but: true, these } => {
                let mut other = "other".to_owned();
                while these.contains(&other) {
                    other.push('_');
                }
                Some(Value::Text(other))
            }
        }
    }

    /// The lowest and the highest number, or what none of them reaches.
    pub(crate) fn bounds(&self) -> Option<(f64, f64)> {
        let Set::Numbers(all) = self else { return None };
        Some((all.first()?.0.at, all.last()?.1.at))
    }

    /// What lies at most so far below or above a number of it.
    pub(super) fn widened(&self, below: f64, above: f64) -> Set {
        let Set::Numbers(all) = self else { return self.clone() };
        // Differences are rounded: what is as far away may look a little farther.
        let down = |cut: Cut| if below > 0.0 { Cut::below((cut.at - below).next_down()) } else { cut };
        let up = |cut: Cut| if above > 0.0 { Cut::above((cut.at + above).next_up()) } else { cut };
        Set::intervals(all.iter().map(|(low, high)| (down(*low), up(*high))).collect())
    }

    /// Whether its numbers only differ in their last digits: calculations come so near to a limit, values do not.
    pub(super) fn is_sliver(&self) -> bool {
        let Set::Numbers(all) = self else { return false };
        let width = |(low, high): &(Cut, Cut)| (high.at - low.at) / low.at.abs().max(1.0);
        all.iter().all(|piece| width(piece) < 1e-6) && all.iter().any(|piece| width(piece) > 0.0)
    }

    /// The distance between two sets of numbers; zero where they touch or meet.
    pub(crate) fn gap(&self, other: &Set) -> Option<f64> {
        let (Set::Numbers(a), Set::Numbers(b)) = (self, other) else { return None };
        let distance = |x: &(Cut, Cut), y: &(Cut, Cut)| (y.0.at - x.1.at).max(x.0.at - y.1.at).max(0.0);
        a.iter().flat_map(|x| b.iter().map(move |y| distance(x, y))).min_by(f64::total_cmp)
    }

    /// The finite ends of its intervals.
    pub(crate) fn ends(&self) -> Vec<f64> {
        match self {
            Set::Numbers(all) => all.iter().flat_map(|(a, b)| [a.at, b.at]).filter(|n| n.is_finite()).collect(),
            Set::Words { .. } => Vec::new(),
        }
    }

    /// In order, apart, without what is empty.
    fn tidied(self) -> Set {
        let Set::Numbers(mut all) = self else { return self };
        all.retain(|(low, high)| low < high);
        all.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        let mut apart: Vec<(Cut, Cut)> = Vec::with_capacity(all.len());
        for (low, high) in all {
            match apart.last_mut() {
                Some(last) if low <= last.1 => last.1 = last.1.max(high),
                _ => apart.push((low, high)),
            }
        }
        Set::Numbers(apart)
    }
}

/// A text or boolean as a word.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::Bool(b) => Some(b.to_string()),
        Value::Text(t) => Some(t.clone()),
        Value::Number(_) | Value::List(_) | Value::Map(_) => None,
    }
}

/// A word as a value.
fn value(word: &str) -> Value {
    match word {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text => Value::text(text),
    }
}

/// A number between two cuts, with as few digits as there can be near the middle.
fn within(low: Cut, high: Cut) -> f64 {
    let inside = |n: f64| low <= Cut::below(n) && Cut::above(n) <= high;
    let middle = match (low.at.is_finite(), high.at.is_finite()) {
        (true, true) => f64::midpoint(low.at, high.at),
        (true, false) => low.at + 1.0,
        (false, true) => high.at - 1.0,
        (false, false) => 0.0,
    };
    let mut digits = 1.0;
    while digits < 1e9 {
        let short = libm::round(middle * digits) / digits;
        if inside(short) {
            return short;
        }
        digits *= 10.0;
    }
    middle
}

/// A box: for some variables the values they have at once. What is not named can be anything.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Cell(BTreeMap<Var, Set>);

impl Cell {
    /// What it says of each variable.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Var, &Set)> {
        self.0.iter()
    }
    /// What it says of a variable.
    pub(crate) fn get(&self, var: &Var) -> Option<&Set> {
        self.0.get(var)
    }
    /// What is in both, if anything is.
    fn meet(&self, other: &Cell) -> Option<Cell> {
        let mut both = self.0.clone();
        for (var, set) in &other.0 {
            let set = both.get(var).map_or_else(|| set.clone(), |mine| mine.meet(set));
            if set.is_empty() {
                return None;
            }
            both.insert(var.clone(), set);
        }
        Some(Cell(both))
    }
    /// Whether all of another is in it.
    fn covers(&self, other: &Cell) -> bool {
        self.0.iter().all(|(var, set)| other.0.get(var).is_some_and(|o| set.covers(o)))
    }
    /// The smallest box with both in it.
    fn hull(&self, other: &Cell) -> Cell {
        let both = |(var, set): (&Var, &Set)| Some((var.clone(), set.join(other.0.get(var)?)?));
        Cell(self.0.iter().filter_map(both).collect())
    }
}

/// Situations: those in any of its boxes, at most [`CELLS_MAX`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Region {
    cells: Vec<Cell>,
    /// Whether it holds no situation too many.
    exact: bool,
}

impl Region {
    /// No situation.
    pub(crate) fn nothing() -> Region {
        Region { cells: Vec::new(), exact: true }
    }
    /// Every situation.
    pub(crate) fn everything() -> Region {
        Region { cells: vec![Cell::default()], exact: true }
    }
    /// The same, where it may hold too many.
    pub(crate) fn rough(self) -> Region {
        Region { exact: false, ..self }
    }
    /// Where a variable has one of these values.
    pub(crate) fn of(var: Var, set: Set) -> Region {
        let cells = if set.is_empty() { Vec::new() } else { vec![Cell(BTreeMap::from([(var, set)]))] };
        Region { cells, exact: true }
    }
    /// What is in both.
    pub(crate) fn meet(&self, other: &Region) -> Region {
        let both = self.cells.iter().flat_map(|a| other.cells.iter().filter_map(|b| a.meet(b))).collect();
        Region::tidied(both, self.exact && other.exact)
    }
    /// What is in one of them.
    pub(crate) fn join(&self, other: &Region) -> Region {
        Region::tidied(self.cells.iter().chain(&other.cells).cloned().collect(), self.exact && other.exact)
    }
    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
    /// Whether it holds no situation too many.
    pub(crate) fn is_exact(&self) -> bool {
        self.exact
    }
    /// Whether all of another lies in it, as far as boxes show.
    pub(crate) fn covers(&self, other: &Region) -> bool {
        self.exact && other.cells.iter().all(|o| self.cells.iter().any(|c| c.covers(o)))
    }
    /// Its boxes.
    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }
    /// The variables it speaks of.
    pub(crate) fn vars(&self) -> BTreeSet<Var> {
        self.cells.iter().flat_map(|c| c.0.keys().cloned()).collect()
    }
    /// Whether a variable can have this value in it.
    pub(crate) fn admits(&self, var: &Var, value: &Value) -> bool {
        self.cells.iter().any(|cell| cell.get(var).is_none_or(|set| set.contains(value)))
    }

    /// Without boxes that lie in others, and not too many.
    fn tidied(cells: Vec<Cell>, mut exact: bool) -> Region {
        let mut kept: Vec<Cell> = Vec::with_capacity(cells.len().min(CELLS_MAX));
        for cell in cells {
            if kept.iter().any(|k| k.covers(&cell)) {
                continue;
            }
            kept.retain(|k| !cell.covers(k));
            kept.push(cell);
        }
        if kept.len() > CELLS_MAX {
            let hull = kept.into_iter().reduce(|a, b| a.hull(&b)).unwrap_or_default();
            kept = vec![hull];
            exact = false;
        }
        Region { cells: kept, exact }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers() -> impl Strategy<Value = Set> {
        let cut = (0..8_i32, any::<bool>()).prop_map(|(at, above)| Cut { at: f64::from(at), above });
        prop::collection::vec((cut.clone(), cut), 0..4).prop_map(|all| Set::Numbers(all).tidied())
    }

    fn words() -> impl Strategy<Value = Set> {
        let these = prop::collection::btree_set(prop::sample::select(vec!["a", "b", "true"]), 0..3);
        (any::<bool>(), these)
            .prop_map(|(but, these)| Set::Words { but, these: these.into_iter().map(str::to_owned).collect() })
    }

    fn region() -> impl Strategy<Value = Region> {
        let cell = (numbers(), words()).prop_map(|(n, w)| {
            let word = Region::of(Var::Hidden(0), w);
            Region::of(Var::Week, n).meet(&word)
        });
        prop::collection::vec(cell, 0..4)
            .prop_map(|all| all.iter().fold(Region::nothing(), |so_far, cell| so_far.join(cell)))
    }

    /// Every situation that matters to the regions of these tests.
    fn situations() -> Vec<(Value, Value)> {
        let numbers = (-1..18).map(|n| Value::Number(f64::from(n) / 2.0));
        let words = [Value::text("a"), Value::text("b"), Value::Bool(true), Value::text("c")];
        numbers.flat_map(|n| words.iter().map(move |w| (n.clone(), w.clone())).collect::<Vec<_>>()).collect()
    }

    fn inside(region: &Region, (number, word): &(Value, Value)) -> bool {
        let fits = |cell: &Cell, var, value| cell.get(var).is_none_or(|set: &Set| set.contains(value));
        region.cells().iter().any(|c| fits(c, &Var::Week, number) && fits(c, &Var::Hidden(0), word))
    }

    proptest! {
        #[test]
        fn sets_are_sets(a in numbers(), b in numbers(), x in words(), y in words()) {
            for (a, b) in [(&a, &b), (&x, &y)] {
                for value in situations().into_iter().flat_map(|(n, w)| [n, w]) {
                    let same_kind = Set::compared(Comparison::Eq, &value).unwrap().join(a).is_some();
                    prop_assert_eq!(a.meet(b).contains(&value), a.contains(&value) && b.contains(&value));
                    prop_assert_eq!(same_kind && !a.contains(&value), a.complement().contains(&value));
                    if a.covers(b) {
                        prop_assert!(a.contains(&value) || !b.contains(&value));
                    }
                }
                prop_assert_eq!(a.sample().is_some(), !a.is_empty());
                if let Some(one) = a.sample() {
                    prop_assert!(a.contains(&one), "{one:?} of {a:?}");
                }
            }
        }

        #[test]
        fn regions_hold_what_they_should(a in region(), b in region()) {
            for at in situations() {
                prop_assert_eq!(inside(&a.meet(&b), &at), inside(&a, &at) && inside(&b, &at));
                prop_assert_eq!(inside(&a.join(&b), &at), inside(&a, &at) || inside(&b, &at));
            }
        }
    }

    #[test]
    fn what_gets_too_large_is_widened() {
        let one = |n: u32| {
            let number = Region::of(Var::Week, Set::between(f64::from(n), f64::from(n)));
            number.meet(&Region::of(Var::Hidden(u128::from(n)), Set::is(true)))
        };
        let many = (0..200).fold(Region::nothing(), |all, n| all.join(&one(n)));
        assert!(many.cells().len() <= CELLS_MAX);
        assert!(many.admits(&Var::Week, &Value::Number(7.0)) && !many.admits(&Var::Week, &Value::Number(-1.0)));
    }

    #[test]
    fn samples_are_short() {
        let of = |op, n| Set::compared(op, &Value::Number(n)).unwrap();
        assert_eq!(of(Comparison::Gt, 1000.0).sample(), Some(Value::Number(1001.0)));
        assert_eq!(of(Comparison::Gt, 20.0).meet(&of(Comparison::Lt, 20.5)).sample(), Some(Value::Number(20.3)));
        assert_eq!(of(Comparison::Lt, 20.0).gap(&of(Comparison::Gt, 20.5)), Some(0.5));
        assert_eq!(of(Comparison::Lt, 20.0).gap(&of(Comparison::Gt, 18.0)), Some(0.0));
    }
}
