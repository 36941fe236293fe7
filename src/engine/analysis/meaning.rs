//! What the outputs of a node mean, apart from any moment: the situations in which a condition can hold, and in which an
//! event can happen.
//!
//! A kind says it in its own file by `Kind::meaning`; what says nothing is opaque: a variable of its own, the same for
//! the same computation in every rule. Every region holds at least the situations that are meant, so a kind may leave out
//! what it cannot say, but never claim more than is true. Start at [`Meaning`] and [`Seen`].

use super::region::{Region, Set, Var};
use crate::ports::{PortKind, PortSpec};
use base::Value;
use base::id::PointId;
use documents::Comparison;
use things::{PointKind, World};

/// What an output means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning {
    /// A value: a variable.
    Value(Term),
    /// True or false.
    Condition(Condition),
    /// An event.
    Moment(Moment),
}

/// A value: a variable, and the values it can have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    /// Which.
    pub(crate) var: Var,
    /// Its values, where they are known.
    pub(crate) domain: Option<Set>,
}

/// The situations in which a condition can be true, and can be false. Both at once only where it remembers something.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    /// Where it can be true.
    pub(crate) yes: Region,
    /// Where it can be false.
    pub(crate) no: Region,
    /// Where it can become true.
    pub(crate) rise: Region,
    /// Where it can become false.
    pub(crate) fall: Region,
}

/// The ways in which an event can happen.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Moment {
    /// Each way.
    pub(crate) cases: Vec<Case>,
}

/// One way in which an event can happen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    /// What makes it happen.
    pub(crate) occasion: Occasion,
    /// Where it can.
    pub(crate) region: Region,
    /// Whether something else is asked beside what makes it happen, at that moment only.
    pub(crate) gated: bool,
}

/// What makes an event happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Occasion {
    /// A condition changes, and then holds for some time.
    Level,
    /// The clock, at the times of the week in the region.
    Clock,
    /// This source, for a moment.
    Event(u128),
}

impl Term {
    /// Where it compares so with a value.
    pub(crate) fn compared(&self, op: Comparison, value: &Value) -> Condition {
        let Some(set) = Set::compared(op, value) else { return Condition::unknown() };
        self.within(&set)
    }
    /// Whether it is one of these values.
    pub(crate) fn within(&self, set: &Set) -> Condition {
        Condition::exact(self.region(set), self.region(&set.complement()))
    }
    /// Where it is one of these values.
    pub(crate) fn region(&self, set: &Set) -> Region {
        Region::of(self.var, self.domain.as_ref().map_or_else(|| set.clone(), |domain| domain.meet(set)))
    }
}

impl Condition {
    /// True here, false there.
    pub(crate) fn exact(yes: Region, no: Region) -> Condition {
        Condition { rise: yes.clone(), fall: no.clone(), yes, no }
    }
    /// Nothing is known of it.
    pub(crate) fn unknown() -> Condition {
        Condition::exact(Region::everything().rough(), Region::everything().rough())
    }
    /// Always, or never.
    pub(crate) fn always(holds: bool) -> Condition {
        let (yes, no) = (Region::everything(), Region::nothing());
        if holds { Condition::exact(yes, no) } else { Condition::exact(no, yes) }
    }
    /// The opposite.
    pub(crate) fn not(self) -> Condition {
        Condition { yes: self.no, no: self.yes, rise: self.fall, fall: self.rise }
    }
    /// Whether all hold.
    pub(crate) fn all(parts: impl IntoIterator<Item = Condition>) -> Condition {
        parts.into_iter().fold(Condition::always(true), |a, b| a.and(&b))
    }
    /// Whether one holds.
    pub(crate) fn any(parts: impl IntoIterator<Item = Condition>) -> Condition {
        Condition::all(parts.into_iter().map(Condition::not)).not()
    }
    /// Whether both hold. It becomes true where one does so while the other holds.
    pub(crate) fn and(&self, other: &Condition) -> Condition {
        Condition {
            yes: self.yes.meet(&other.yes),
            no: self.no.join(&other.no),
            rise: self.rise.meet(&other.yes).join(&self.yes.meet(&other.rise)),
            fall: self.fall.join(&other.fall),
        }
    }
    /// Whether one of the two holds and the other does not.
    pub(crate) fn differs(&self, other: &Condition) -> Condition {
        let not = |c: &Condition| c.clone().not();
        Condition::any([self.and(&not(other)), not(self).and(other)])
    }
    /// True from where one condition holds, false from where another one does; both at once count as `both`.
    pub(crate) fn latched(set: &Condition, reset: &Condition, both: bool) -> Condition {
        if both {
            let (yes, fall) = (set.yes.join(&reset.no), reset.yes.meet(&set.no));
            return Condition { yes, no: set.no.clone(), rise: set.yes.clone(), fall };
        }
        Condition::latched(reset, set, true).not()
    }
    /// Whether it holds, or has ended less than the time of a node ago.
    pub(crate) fn lingering(&self, wait: Var) -> Condition {
        let over = Term { var: wait, domain: Some(Set::booleans()) }.within(&Set::is(true));
        let no = self.no.meet(&over.yes);
        Condition { yes: self.yes.join(&over.no), rise: self.rise.clone(), fall: no.clone(), no }
    }
    /// Whether it has held for the time of a node: it needs the condition, and the time.
    pub(crate) fn lasting(&self, wait: Var) -> Condition {
        let long = Term { var: wait, domain: Some(Set::booleans()) }.within(&Set::is(true));
        Condition { fall: self.fall.clone(), ..self.and(&long) }
    }
}

impl Moment {
    /// Where it can happen.
    pub(crate) fn regions(&self) -> impl Iterator<Item = &Region> {
        self.cases.iter().map(|c| &c.region)
    }
    /// By a change of conditions, where the region holds from then on.
    pub(crate) fn level(region: Region) -> Moment {
        Moment::of(Occasion::Level, region)
    }
    /// One way; none where it cannot be.
    pub(crate) fn of(occasion: Occasion, region: Region) -> Moment {
        Moment { cases: if region.is_empty() { Vec::new() } else { vec![Case { occasion, region, gated: false }] } }
    }
    /// Not every time.
    pub(crate) fn sometimes(&self) -> Moment {
        self.only(&Region::everything().rough())
    }
    /// Only while this holds.
    pub(crate) fn only(&self, region: &Region) -> Moment {
        let case = |c: &Case| Case { occasion: c.occasion, region: c.region.meet(region), gated: true };
        Moment { cases: self.cases.iter().map(case).filter(|c| !c.region.is_empty()).collect() }
    }
}

/// What a kind sees when it is asked what it means: the meaning of its inputs, and what exists.
pub(crate) struct Seen<'a> {
    pub(crate) world: &'a World,
    /// For each declared input what arrives there.
    pub(crate) inputs: Vec<Vec<&'a Meaning>>,
    /// What the node computes, as a number: the same for the same computation in every rule.
    pub(crate) hash: u128,
}

impl Seen<'_> {
    /// The condition at an input.
    pub(crate) fn condition(&self, port: usize) -> Condition {
        self.conditions(port).into_iter().next().unwrap_or_else(Condition::unknown)
    }
    /// The conditions at an input that there are several of.
    pub(crate) fn conditions(&self, port: usize) -> Vec<Condition> {
        self.arriving(port).map(Meaning::condition).collect()
    }
    /// The value at an input.
    pub(crate) fn term(&self, port: usize) -> Term {
        match self.arriving(port).next() {
            Some(Meaning::Value(term)) => term.clone(),
            _ => self.hidden(0, None),
        }
    }
    /// Whether the value at an input, a boolean too, compares so with another.
    pub(crate) fn compared(&self, port: usize, op: Comparison, value: &Value) -> Condition {
        match (self.arriving(port).next(), value, op) {
            (Some(Meaning::Value(term)), ..) => term.compared(op, value),
            (Some(Meaning::Condition(c)), Value::Bool(b), Comparison::Eq | Comparison::Ne) => {
                if *b == (op == Comparison::Eq) { c.clone() } else { c.clone().not() }
            }
            _ => Condition::unknown(),
        }
    }
    /// The events at an input.
    pub(crate) fn moment(&self, port: usize) -> Moment {
        let cases = |m: &Meaning| if let Meaning::Moment(moment) = m { moment.cases.clone() } else { Vec::new() };
        Moment { cases: self.arriving(port).flat_map(cases).collect() }
    }
    /// The events that arrive anywhere.
    pub(crate) fn events(&self, inputs: &[PortSpec]) -> Moment {
        let ports = inputs.iter().enumerate().filter(|(_, spec)| spec.kind.is_event());
        Moment { cases: ports.flat_map(|(port, _)| self.moment(port).cases).collect() }
    }
    /// The value of a point.
    pub(crate) fn point(&self, point: PointId) -> Term {
        Term { var: Var::Point(point), domain: self.world.point(point).and_then(|spec| domain(&spec.kind)) }
    }
    /// What an output gives, not looked into.
    pub(crate) fn hidden(&self, port: usize, domain: Option<Set>) -> Term {
        Term { var: Var::Hidden(self.hash.wrapping_add(port as u128)), domain }
    }
    /// The time of this node.
    pub(crate) fn wait(&self) -> Var {
        Var::Wait(self.hash)
    }
    /// An event of this node alone.
    pub(crate) fn event(&self, port: usize) -> Moment {
        Moment::of(Occasion::Event(self.hash.wrapping_add(port as u128)), Region::everything())
    }
    /// An output of this kind that is not looked into.
    pub(crate) fn opaque(&self, port: usize, kind: PortKind) -> Meaning {
        match kind {
            PortKind::Bool => Meaning::Condition(self.hidden(port, Some(Set::booleans())).within(&Set::is(true))),
            PortKind::Value => Meaning::Value(self.hidden(port, None)),
            PortKind::Event | PortKind::Message => Meaning::Moment(self.event(port)),
        }
    }

    fn arriving(&self, port: usize) -> impl Iterator<Item = &Meaning> {
        self.inputs.get(port).into_iter().flatten().copied()
    }
}

impl Meaning {
    fn condition(&self) -> Condition {
        match self {
            Meaning::Condition(c) => c.clone(),
            Meaning::Value(term) => term.within(&Set::is(true)),
            Meaning::Moment(_) => Condition::unknown(),
        }
    }
}

/// The values that a point can have: reports of others are refused.
pub(super) fn domain(kind: &PointKind) -> Option<Set> {
    match kind {
        PointKind::Bool => Some(Set::booleans()),
        PointKind::Number { min, max, .. } => {
            Some(Set::between(min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY)))
        }
        PointKind::Enum { tokens } => Some(Set::words(tokens.iter().map(|t| t.token.as_str()))),
        PointKind::Text { .. } | PointKind::Other | PointKind::Service => None,
    }
}
