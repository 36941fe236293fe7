//! Functions of one number as nodes compute them, and where they give the values of a set.
//!
//! Between its turns a function only rises or only falls, and rounding changes nothing of that: where a limit is reached
//! is looked for with the function itself, so that it is found to the last digit. What it is *not*: it solves no
//! equations, and knows no node. Start at [`Function::whence`].

use super::region::{Cut, Set};
use base::Value;
use std::fmt;
use std::rc::Rc;

/// How far out a function is looked at: as far as its value is a number.
const FARTHEST: [f64; 7] = [f64::MAX, 1e300, 1e200, 1e100, 1e50, 1e20, 1.0];
/// Numbers beyond this one are not reported, and values count as unbounded.
const UNBOUNDED: f64 = 1e50;

/// A function of one number; what is no number or infinite is unknown.
#[derive(Clone)]
pub(crate) struct Function {
    /// Where it may jump, or rise instead of fall.
    turns: Vec<f64>,
    of: Rc<dyn Fn(f64) -> f64>,
}

/// Numbers between two turns, with the cuts that stand for their ends.
struct Piece {
    first: f64,
    last: f64,
    low: Cut,
    high: Cut,
}

impl Function {
    /// One that rises all along, or falls.
    pub(crate) fn steady(of: impl Fn(f64) -> f64 + 'static) -> Function {
        Function::turning([], of)
    }
    /// One that does so between its turns.
    pub(crate) fn turning(turns: impl IntoIterator<Item = f64>, of: impl Fn(f64) -> f64 + 'static) -> Function {
        let mut turns: Vec<f64> = turns.into_iter().filter(|n| n.is_finite()).collect();
        turns.sort_by(f64::total_cmp);
        turns.dedup_by(|a, b| a.total_cmp(b).is_eq());
        Function { turns, of: Rc::new(of) }
    }

    /// The numbers at which its value is in a set.
    pub(super) fn whence(&self, set: &Set) -> Set {
        let Set::Numbers(wanted) = set else { return Set::nothing() };
        let at_turn = |n: &&f64| (self.of)(**n).is_finite() && set.contains(&Value::Number((self.of)(**n)));
        let turns = self.turns.iter().filter(at_turn).map(|n| (Cut::below(*n), Cut::above(*n)));
        let between = self.pieces().into_iter().flat_map(|piece| self.within(&piece, wanted));
        Set::intervals(turns.chain(between).collect())
    }

    /// The numbers at which it has no value; of those that are so large that nothing reports them, it is not said.
    pub(super) fn undefined(&self) -> Set {
        let endless = [(Cut::LOWEST, Cut::below(f64::MIN)), (Cut::above(f64::MAX), Cut::HIGHEST)];
        let turns = self.turns.iter().filter(|n| !(self.of)(**n).is_finite());
        let turns = turns.map(|n| (Cut::below(*n), Cut::above(*n)));
        let between = self.pieces().into_iter().flat_map(|piece| {
            let unknown = (self.of)(piece.first).is_nan() || (self.of)(piece.last).is_nan();
            if unknown { vec![(piece.low, piece.high)] } else { self.within(&piece, &endless) }
        });
        Set::intervals(turns.chain(between).collect()).meet(&Set::between(-UNBOUNDED, UNBOUNDED))
    }

    /// All values that it can have for numbers between two.
    pub(super) fn image(&self, (low, high): (f64, f64)) -> (f64, f64) {
        let ends = [low.max(self.end(-1.0)), high.min(self.end(1.0))];
        let turns = self.turns.iter().flat_map(|n| [n.next_down(), *n, n.next_up()]);
        let inside = turns.filter(|n| low <= *n && *n <= high);
        let values = ends.into_iter().chain(inside).map(|n| (self.of)(n)).filter(|n| !n.is_nan());
        let range = |(low, high): (f64, f64), n: f64| (low.min(n), high.max(n));
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), range);
        let low = if low <= high && low > -UNBOUNDED { low } else { f64::NEG_INFINITY };
        (low, if low <= high && high < UNBOUNDED { high } else { f64::INFINITY })
    }

    /// The farthest number on one side whose value is one; the farthest of all where there is none.
    fn end(&self, side: f64) -> f64 {
        let all = FARTHEST.map(|n| n * side);
        all.into_iter().find(|n| !(self.of)(*n).is_nan()).unwrap_or(f64::MAX * side)
    }

    fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::with_capacity(self.turns.len() + 1);
        let (mut first, mut low) = (self.end(-1.0), Cut::LOWEST);
        for turn in &self.turns {
            let last = turn.next_down().max(first);
            pieces.push(Piece { first, last, low, high: Cut::below(*turn) });
            (first, low) = (turn.next_up(), Cut::above(*turn));
        }
        pieces.push(Piece { first, last: self.end(1.0).max(first), low, high: Cut::HIGHEST });
        pieces
    }

    fn within(&self, piece: &Piece, wanted: &[(Cut, Cut)]) -> Vec<(Cut, Cut)> {
        let (begin, end) = ((self.of)(piece.first), (self.of)(piece.last));
        if begin.is_nan() || end.is_nan() {
            let unknown = begin.is_nan() && end.is_nan();
            return if unknown { Vec::new() } else { vec![(piece.low, piece.high)] };
        }
        let rises = begin <= end;
        let part = |(low, high): &(Cut, Cut)| {
            let high_enough = |n: f64| *low <= Cut::below((self.of)(n));
            let low_enough = |n: f64| Cut::above((self.of)(n)) <= *high;
            let (from, to) = if rises {
                (first_where(piece, high_enough)?, last_where(piece, low_enough)?)
            } else {
                (first_where(piece, low_enough)?, last_where(piece, high_enough)?)
            };
            (from < to).then_some((from, to))
        };
        wanted.iter().filter_map(part).collect()
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("turns", &self.turns).finish_non_exhaustive()
    }
}

/// From where on something holds that holds for all that follow; none where it never does.
fn first_where(piece: &Piece, holds: impl Fn(f64) -> bool) -> Option<Cut> {
    if holds(piece.first) {
        return Some(piece.low);
    }
    let (before, at) = border(piece, holds)?;
    Some(if is_shorter(before, at) { Cut::above(before) } else { Cut::below(at) })
}

/// Until where something holds that holds for all before.
fn last_where(piece: &Piece, holds: impl Fn(f64) -> bool) -> Option<Cut> {
    if holds(piece.last) {
        return Some(piece.high);
    }
    if !holds(piece.first) {
        return None;
    }
    let (at, after) = border(piece, |n| !holds(n))?;
    Some(if is_shorter(after, at) { Cut::below(after) } else { Cut::above(at) })
}

/// The last number at which something does not hold yet, and the first one at which it does.
fn border(piece: &Piece, holds: impl Fn(f64) -> bool) -> Option<(f64, f64)> {
    if !holds(piece.last) {
        return None;
    }
    let (mut before, mut at) = (rank(piece.first), rank(piece.last));
    while at - before > 1 {
        let middle = before + (at - before) / 2;
        if holds(ranked(middle)) { at = middle } else { before = middle }
    }
    Some((ranked(before), ranked(at)))
}

/// The place of a number among all of them.
fn rank(n: f64) -> i128 {
    let bits = i64::from_ne_bytes(n.to_ne_bytes());
    i128::from(if bits < 0 { i64::MIN - bits } else { bits })
}

/// The number at a place.
fn ranked(rank: i128) -> f64 {
    let rank = i64::try_from(rank).unwrap_or_default();
    f64::from_ne_bytes((if rank < 0 { i64::MIN - rank } else { rank }).to_ne_bytes())
}

/// Whether a number has fewer digits than another: limits are written by people.
fn is_shorter(a: f64, b: f64) -> bool {
    format!("{a:e}").len() < format!("{b:e}").len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use documents::Comparison;
    use proptest::prelude::*;

    fn functions() -> Vec<Function> {
        vec![
            Function::steady(|n| n * 1.8 + 32.0),
            Function::steady(|n| -n / 3.0),
            Function::steady(|n| n.clamp(18.0, 26.0)),
            Function::steady(|n| libm::round(n / 0.5) * 0.5),
            Function::turning([0.0], f64::abs),
            Function::turning([0.0], f64::sqrt),
            Function::turning([0.0], |n| 7.0 / n),
            Function::turning([-5.0, 0.0, 15.0], |n| if n < -5.0 { 9.0 } else { n.min(15.0) * 2.0 }),
        ]
    }

    #[test]
    fn limits_are_found_as_people_write_them() {
        let above = |n: f64| Set::compared(Comparison::Gt, &Value::Number(n)).unwrap();
        let fahrenheit = Function::steady(|n| n * 1.8 + 32.0);
        assert_eq!(Function::steady(|n| n * 2.0).whence(&above(50.0)), above(25.0));
        assert_eq!(Function::steady(|n| n.clamp(18.0, 26.0)).whence(&above(26.0)), Set::nothing());
        assert_eq!(Function::turning([0.0], f64::abs).whence(&above(2.0)).ends(), [-2.0, 2.0]);
        assert_eq!(Function::turning([0.0], f64::sqrt).whence(&above(3.0)), above(9.0));
        assert_eq!(fahrenheit.image((0.0, 100.0)), (32.0, 212.0));
        assert_eq!(fahrenheit.undefined(), Set::nothing());
        assert_eq!(Function::turning([0.0], f64::sqrt).undefined().bounds(), Some((-UNBOUNDED, 0.0)));
        assert!(Function::turning([0.0], |n| 7.0 / n).undefined().covers(&Set::these([0.0])));
    }

    proptest! {
        /// Exactly those numbers are found whose value is in the set.
        #[test]
        fn the_numbers_are_those_with_such_a_value(which in 0..8_usize, n in -40.0..40.0_f64, low in -50..50_i32, width in 0..40_i32, whole in any::<bool>()) {
            let function = &functions()[which];
            let n = if whole { libm::round(n) } else { n };
            let set = Set::from_until(f64::from(low), f64::from(low + width));
            let value = (function.of)(n);
            prop_assume!(value.is_finite());
            let found = function.whence(&set).contains(&Value::Number(n));
            prop_assert_eq!(found, set.contains(&Value::Number(value)), "{} is {}", n, value);
            let (least, most) = function.image((-40.0, 40.0));
            prop_assert!(least <= value && value <= most);
        }
    }
}
