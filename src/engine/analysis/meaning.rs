//! What the outputs of a node mean, apart from any moment: the situations in which a condition can hold, and in which an
//! event can happen.
//!
//! A kind says it in its own file by `Kind::meaning`; what says nothing is opaque: a variable of its own, the same for
//! the same computation in every rule. Every region holds at least the situations that are meant, so a kind may leave out
//! what it cannot say, but never claim more than is true. Start at [`Meaning`] and [`Seen`].

use super::region::{Cell, Region, Set, Var};
use super::term::{Near, Term};
use crate::ports::{PortKind, PortSpec};
use crate::topic::Filter;
use base::Value;
use base::id::{ConnectionId, PointId};
use documents::Comparison;
use std::rc::Rc;
use things::{PointKind, World};

/// What an output means.
#[derive(Debug, Clone)]
pub(crate) enum Meaning {
    /// A value.
    Value(Term),
    /// True or false.
    Condition(Condition),
    /// An event.
    Moment(Moment),
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// A condition changes, and then holds for some time.
    Level,
    /// The clock, at the times of the week in the region.
    Clock,
    /// A message: of a connection, where none is the embedded broker, and with such a topic.
    Heard(Option<ConnectionId>, Rc<Filter>),
    /// This source, for a moment.
    Event(u128),
}

/// A box of situations in which events can happen at once, and what makes them happen.
#[derive(Debug, Clone, Default)]
pub(super) struct Chance {
    pub(super) occasions: Vec<Occasion>,
    pub(super) cell: Cell,
}

impl Occasion {
    /// Whether one moment can be of both.
    pub(super) fn meets(&self, other: &Occasion) -> bool {
        match (self, other) {
            (Occasion::Heard(a, mine), Occasion::Heard(b, its)) => a == b && mine.meets(its),
            _ => self == other,
        }
    }
    /// Whether every moment of another is one of it.
    pub(super) fn covers(&self, other: &Occasion) -> bool {
        match (self, other) {
            (Occasion::Heard(a, mine), Occasion::Heard(b, its)) => a == b && mine.covers(its),
            _ => self == other,
        }
    }
}

impl Condition {
    /// As a value.
    fn term(&self) -> Term {
        let case = |region: &Region, is: bool| (region.clone(), Term::Is(Value::Bool(is)));
        Term::Cases(vec![case(&self.yes, true), case(&self.no, false)])
    }
    /// True here, false there.
    pub(crate) fn exact(yes: Region, no: Region) -> Condition {
        Condition { rise: yes.clone(), fall: no.clone(), yes, no }
    }
    /// Nothing is known of it.
    pub(crate) fn unknown() -> Condition {
        Condition::exact(Region::everything().rough(), Region::everything().rough())
    }
    /// The same, where it may hold too many situations.
    fn rough(self) -> Condition {
        let Condition { yes, no, rise, fall } = self;
        Condition { yes: yes.rough(), no: no.rough(), rise: rise.rough(), fall: fall.rough() }
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
        let over = Term::Var(wait, Some(Set::booleans())).within(&Set::is(true));
        let no = self.no.meet(&over.yes);
        Condition { yes: self.yes.join(&over.no), rise: self.rise.clone(), fall: no.clone(), no }
    }
    /// Whether it has held for the time of a node: it needs the condition, and the time.
    pub(crate) fn lasting(&self, wait: Var) -> Condition {
        let long = Term::Var(wait, Some(Set::booleans())).within(&Set::is(true));
        Condition { fall: self.fall.clone(), ..self.and(&long) }
    }
}

impl Moment {
    /// Where it can happen.
    pub(crate) fn regions(&self) -> impl Iterator<Item = &Region> {
        self.cases.iter().map(|c| &c.region)
    }
    /// Where and how it can happen.
    pub(super) fn chances(&self) -> impl Iterator<Item = Chance> {
        let of = |case: &Case| {
            let occasion = case.occasion.clone();
            let cells = case.region.cells().to_vec();
            cells.into_iter().map(move |cell| Chance { occasions: vec![occasion.clone()], cell })
        };
        self.cases.iter().flat_map(of)
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
    /// One or the other.
    pub(crate) fn or(mut self, other: Moment) -> Moment {
        self.cases.extend(other.cases);
        self
    }
    /// Only while this holds.
    pub(crate) fn only(&self, region: &Region) -> Moment {
        let case = |c: &Case| Case { occasion: c.occasion.clone(), region: c.region.meet(region), gated: true };
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
        self.terms(port).into_iter().next().unwrap_or_else(|| self.hidden(0, None))
    }
    /// The values at an input that there are several of.
    pub(crate) fn terms(&self, port: usize) -> Vec<Term> {
        let term = |meaning: &Meaning| match meaning {
            Meaning::Value(term) => term.clone(),
            Meaning::Condition(condition) => condition.term(),
            Meaning::Moment(_) => self.hidden(0, None),
        };
        self.arriving(port).map(term).collect()
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
    /// Whether the value at an input is as good as another.
    pub(crate) fn close_to(&self, port: usize, value: &Value, tolerance: f64) -> Condition {
        match value {
            Value::Number(n) => {
                self.term(port).within(&Set::between((n - tolerance).next_down(), (n + tolerance).next_up())).rough()
            }
            other => self.compared(port, Comparison::Eq, other),
        }
    }
    /// Whether a condition arrives at an input.
    pub(crate) fn is_condition(&self, port: usize) -> bool {
        matches!(self.arriving(port).next(), Some(Meaning::Condition(_)))
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
    /// An event that follows those at an input after a time, if there are any.
    pub(crate) fn later(&self, port: usize) -> Moment {
        if self.moment(port).cases.is_empty() { Moment::default() } else { self.event(0) }
    }
    /// The value of a point.
    pub(crate) fn point(&self, point: PointId) -> Term {
        Term::Var(Var::Point(point), self.world.point(point).and_then(|spec| domain(&spec.kind)))
    }
    /// What an output gives, not looked into.
    pub(crate) fn hidden(&self, port: usize, domain: Option<Set>) -> Term {
        let var = Term::Var(Var::Hidden(self.hash.wrapping_add(port as u128)), domain);
        // Where what it is worked out of is not known, it need not be either.
        let unknown = self.inputs.iter().flatten().fold(Region::nothing(), |so_far, meaning| match meaning {
            Meaning::Value(term) => so_far.join(&term.unknown()),
            Meaning::Condition(_) | Meaning::Moment(_) => so_far,
        });
        if unknown.is_empty() {
            return var;
        }
        Term::Cases(vec![(Region::everything(), var), (unknown.rough(), Term::Unknown)])
    }
    /// A number that is not looked into but for its bounds.
    pub(crate) fn bounded(&self, bounds: (f64, f64)) -> Meaning {
        Meaning::Value(self.hidden(0, Some(Set::between(bounds.0, bounds.1))))
    }
    /// A number that is never far from the one at an input: that one is at most so far below it, and so far above.
    pub(crate) fn near(&self, port: usize, below: f64, above: f64) -> Meaning {
        let number = self.term(port);
        let (low, high) = number.bounds();
        let (domain, var) = (Some(Set::between(low, high)), Var::Derived(self.hash));
        Meaning::Value(Term::Near(Box::new(Near { var, domain, number, below, above })))
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
