//! What becomes of units when numbers are added, multiplied, divided.
//!
//! Numbers that are temperatures on a scale (°C, °F) are points, not amounts: two of them have a difference, in K, but
//! neither a sum nor a product. What it is *not*: it calculates nothing. Start at [`Calculation::of`].

use base::Unit;
use base::unit::{Dimension, UNITS};
use serde::{Deserialize, Serialize};

/// How numbers are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

/// A number in one unit as one in another: `number * factor + offset`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Affine {
    pub(crate) factor: f64,
    pub(crate) offset: f64,
}

/// How two numbers are brought together, and in which unit the result is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Calculation {
    pub(crate) a: Affine,
    pub(crate) b: Affine,
    pub(crate) unit: Unit,
}

/// The dimensions of which the third is the product of the first two.
const PRODUCTS: &[(Dimension, Dimension, Dimension)] = &[
    (Dimension::Power, Dimension::Time, Dimension::Energy),
    (Dimension::Voltage, Dimension::Current, Dimension::Power),
    (Dimension::Speed, Dimension::Time, Dimension::Length),
    (Dimension::Flow, Dimension::Time, Dimension::Volume),
];

impl Affine {
    /// As it is.
    pub(crate) const SAME: Affine = Affine { factor: 1.0, offset: 0.0 };

    /// Only by a factor.
    pub(crate) fn times(factor: f64) -> Affine {
        Affine { factor, offset: 0.0 }
    }
    /// From one unit to another of the same dimension.
    pub(crate) fn between(from: Unit, to: Unit) -> Option<Affine> {
        if from == to {
            return Some(Affine::SAME);
        }
        let (f, t) = (from.def(), to.def());
        (f.dimension == t.dimension)
            .then(|| Affine { factor: f.factor / t.factor, offset: (f.offset - t.offset) / t.factor })
    }
    /// The other number.
    pub(crate) fn of(self, n: f64) -> f64 {
        n * self.factor + self.offset
    }
}

impl Calculation {
    /// Of numbers in these units; none where the result has no meaning, or no unit that we know.
    pub(crate) fn of(join: Join, a: Unit, b: Unit) -> Option<Calculation> {
        match join {
            Join::Add | Join::Subtract | Join::Remainder => alike(join, a, b),
            Join::Multiply => product(a, b).or_else(|| {
                let turned = product(b, a)?;
                Some(Calculation { a: turned.b, b: turned.a, unit: turned.unit })
            }),
            Join::Divide => quotient(a, b),
            Join::Power => (a == Unit::one() && b == Unit::one()).then_some(plain(a)),
        }
    }
}

/// The unit in which a result of this dimension is given.
pub(crate) fn unit_of(dimension: Dimension) -> Option<Unit> {
    if dimension == Dimension::Energy {
        return Unit::by_code("kW.h");
    }
    UNITS.iter().find(|u| u.dimension == dimension).and_then(|u| Unit::by_code(u.code))
}

/// What this, going on for a time, adds up to: power to energy.
pub(crate) fn over_time(unit: Unit) -> Option<Dimension> {
    PRODUCTS.iter().find(|(a, b, _)| *a == unit.dimension() && *b == Dimension::Time).map(|(.., product)| *product)
}

/// How fast this changes, as a dimension: energy to power.
pub(crate) fn by_time(unit: Unit) -> Option<Dimension> {
    PRODUCTS.iter().find(|(_, b, c)| *c == unit.dimension() && *b == Dimension::Time).map(|(first, ..)| *first)
}

/// Whether numbers in it are points on a scale whose zero is nothing special.
pub(crate) fn is_scale(unit: Unit) -> bool {
    unit.def().offset.abs() > 0.0
}

fn plain(unit: Unit) -> Calculation {
    Calculation { a: Affine::SAME, b: Affine::SAME, unit }
}

/// A share as a pure number: 50 % is 0.5.
fn share(unit: Unit) -> Option<Affine> {
    match unit.dimension() {
        Dimension::One => Some(Affine::SAME),
        Dimension::Ratio => Some(Affine::times(unit.def().factor)),
        _ => None,
    }
}

/// Sums, differences and remainders: of one dimension. A pure number counts in the unit of the other.
fn alike(join: Join, a: Unit, b: Unit) -> Option<Calculation> {
    let one = Unit::one();
    let difference = |from: Unit, to: Unit| Some(Affine::times(from.def().factor / to.def().factor));
    match (is_scale(a), is_scale(b)) {
        _ if b == one => Some(plain(a)),
        _ if a == one && join == Join::Add => Some(plain(b)),
        _ if a.dimension() != b.dimension() && a != one => None,
        (true, true) if join == Join::Subtract => {
            let kelvin = Unit::by_code("K")?;
            Some(Calculation { a: Affine::between(a, kelvin)?, b: Affine::between(b, kelvin)?, unit: kelvin })
        }
        (true, false) if join != Join::Remainder => {
            Some(Calculation { a: Affine::SAME, b: difference(b, a)?, unit: a })
        }
        (false, true) if join == Join::Add => Some(Calculation { a: difference(a, b)?, b: Affine::SAME, unit: b }),
        (false, false) if a == one => Some(plain(b)),
        (false, false) => Some(Calculation { a: Affine::SAME, b: Affine::between(b, a)?, unit: a }),
        _ => None,
    }
}

fn product(a: Unit, b: Unit) -> Option<Calculation> {
    if let Some(share) = share(b).filter(|_| !is_scale(a)) {
        // Of two shares the one that is written first gives the unit; a pure number gives way to a share.
        let gives_way = a == Unit::one() && b != Unit::one();
        return (!gives_way).then_some(Calculation { a: Affine::SAME, b: share, unit: a });
    }
    let (.., dimension) = PRODUCTS.iter().find(|(x, y, _)| (*x, *y) == (a.dimension(), b.dimension()))?;
    let unit = unit_of(*dimension)?;
    let factor = a.def().factor * b.def().factor / unit.def().factor;
    Some(Calculation { a: Affine::times(factor), b: Affine::SAME, unit })
}

fn quotient(a: Unit, b: Unit) -> Option<Calculation> {
    if a.dimension() == b.dimension() && !is_scale(a) && !is_scale(b) {
        return Some(Calculation { a: Affine::SAME, b: Affine::between(b, a)?, unit: Unit::one() });
    }
    if let Some(share) = share(b).filter(|_| !is_scale(a) && a != Unit::one()) {
        return Some(Calculation { a: Affine::SAME, b: share, unit: a });
    }
    let of = |(x, y, product): &(Dimension, Dimension, Dimension)| {
        if *product != a.dimension() {
            return None;
        }
        if *x == b.dimension() { Some(*y) } else { (*y == b.dimension()).then_some(*x) }
    };
    let unit = unit_of(PRODUCTS.iter().find_map(of)?)?;
    let factor = a.def().factor / b.def().factor / unit.def().factor;
    Some(Calculation { a: Affine::times(factor), b: Affine::SAME, unit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_worked_out_or_refused() {
        use Join::{Add, Divide, Multiply, Power, Remainder, Subtract};
        let unit = |code: &str| Unit::by_code(code).unwrap();
        for (a, join, b, expected) in [
            ((20.0, "Cel"), Subtract, (59.0, "[degF]"), Some((5.0, "K"))),
            ((20.0, "Cel"), Add, (9.0, "K"), Some((29.0, "Cel"))),
            ((68.0, "[degF]"), Add, (5.0, "K"), Some((77.0, "[degF]"))),
            ((20.0, "Cel"), Add, (2.0, "1"), Some((22.0, "Cel"))),
            ((20.0, "Cel"), Add, (20.0, "Cel"), None),
            ((20.0, "Cel"), Multiply, (2.0, "1"), None),
            ((1.0, "kW"), Add, (500.0, "W"), Some((1.5, "kW"))),
            ((1.0, "kW"), Add, (500.0, "lx"), None),
            ((2.0, "kW"), Multiply, (30.0, "min"), Some((1.0, "kW.h"))),
            ((30.0, "min"), Multiply, (2.0, "kW"), Some((1.0, "kW.h"))),
            ((230.0, "V"), Multiply, (2.0, "A"), Some((460.0, "W"))),
            ((50.0, "%"), Multiply, (8.0, "kW"), Some((4.0, "kW"))),
            ((50.0, "%"), Multiply, (50.0, "%"), Some((25.0, "%"))),
            ((3.0, "1"), Multiply, (5.0, "%"), Some((15.0, "%"))),
            ((6.0, "kW.h"), Divide, (2.0, "h"), Some((3000.0, "W"))),
            ((6.0, "kW.h"), Divide, (3.0, "kW"), Some((7200.0, "s"))),
            ((500.0, "W"), Divide, (2.0, "kW"), Some((0.25, "1"))),
            ((6.0, "1"), Divide, (2.0, "kW"), None),
            ((90.0, "min"), Remainder, (1.0, "h"), Some((30.0, "min"))),
            ((3.0, "1"), Power, (2.0, "1"), Some((9.0, "1"))),
            ((3.0, "m"), Power, (2.0, "1"), None),
        ] {
            let got = Calculation::of(join, unit(a.1), unit(b.1)).map(|c| {
                let (x, y) = (c.a.of(a.0), c.b.of(b.0));
                let n = match join {
                    Add => x + y,
                    Subtract => x - y,
                    Multiply => x * y,
                    Divide => x / y,
                    Remainder => x % y,
                    Power => libm::pow(x, y),
                };
                (libm::round(n * 1e6) / 1e6, c.unit.code())
            });
            assert_eq!(got, expected, "{a:?} {join:?} {b:?}");
        }
    }
}
