//! Puts the pieces of commands together: which act goes with which phrases and values, in both word orders, with
//! coordination and with what a later clause leaves out.
//!
//! What it is *not*: no device is looked up here. Start at [`clauses`].

use crate::lexicon::Lexicon;
use crate::phrase::Np;
use crate::pieces::{Act, Item, Mark, Piece, Val, Verb};
use base::Span;

/// One command as it was said.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Clause {
    /// Where it stands, in normalised characters.
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) act: Option<Act>,
    pub(crate) nps: Vec<Np>,
    pub(crate) except: Vec<Np>,
    pub(crate) vals: Vec<Val>,
    /// "to 50", against "by 50".
    pub(crate) absolute: bool,
    pub(crate) delta: bool,
    /// "not", "don't".
    pub(crate) not: bool,
    /// Up and down beside the act: "turn it up to 50".
    pub(crate) direction: Option<Verb>,
    /// A time that the clause is bound to.
    pub(crate) time: Option<String>,
    /// How long it is waited before.
    pub(crate) after: Option<Span>,
    /// How long what is done lasts.
    pub(crate) lasting: Option<Span>,
    /// Asks for a message.
    pub(crate) notify: bool,
    /// Words that nobody knows, and whether they stand for a place.
    pub(crate) unknown: Vec<(String, bool)>,
    /// The act came behind its objects, as Chinese does.
    act_last: bool,
}

impl Clause {
    /// Whether nothing is said but, perhaps, how long.
    pub(crate) fn is_empty(&self) -> bool {
        self.act.is_none()
            && self.nps.is_empty()
            && self.vals.is_empty()
            && self.unknown.is_empty()
            && self.except.is_empty()
            && !self.notify
            && self.time.is_none()
    }
    /// Nothing but places: what follows happens there.
    fn only_place(&self) -> bool {
        self.act.is_none()
            && self.vals.is_empty()
            && self.unknown.is_empty()
            && !self.nps.is_empty()
            && self.nps.iter().all(Np::only_place)
    }
    /// Acts that say all by themselves where the speaker is or what was spoken of.
    pub(crate) fn verb(&self) -> Option<Verb> {
        self.act.map(|a| a.verb)
    }
}

struct Assembler<'a> {
    pieces: &'a [Piece],
    done: Vec<Clause>,
    now: Clause,
    /// Phrases that follow are exceptions.
    excepting: bool,
    /// How many phrases stand before the last break.
    listed: usize,
}

/// The commands of a run of pieces.
pub(crate) fn clauses(pieces: &[Piece], lexicon: &Lexicon) -> Vec<Clause> {
    let mut a = Assembler { pieces, done: Vec::new(), now: Clause::default(), excepting: false, listed: 0 };
    for i in 0..pieces.len() {
        a.take(i);
    }
    a.finish();
    let mut out = a.done;
    inherit(&mut out, lexicon);
    for c in &mut out {
        spread_places(c);
    }
    out
}

impl Assembler<'_> {
    fn item(&self, i: usize) -> Option<&Item> {
        self.pieces.get(i).map(|p| &p.item)
    }

    fn finish(&mut self) {
        let done = std::mem::take(&mut self.now);
        (self.excepting, self.listed) = (false, 0);
        if !done.is_empty() || done.after.is_some() || done.lasting.is_some() {
            self.done.push(done);
        }
    }

    fn extend(&mut self, i: usize) {
        let Some(p) = self.pieces.get(i) else { return };
        if self.now.is_empty() && self.now.to == 0 {
            self.now.from = p.from;
        }
        self.now.to = self.now.to.max(p.to);
    }

    fn take(&mut self, i: usize) {
        let Some(piece) = self.pieces.get(i) else { return };
        match &piece.item {
            Item::Act(act) => self.act(*act, i),
            Item::Np(np) => self.np(np, i),
            Item::Val(val) => {
                self.extend(i);
                self.now.vals.push(val.clone());
            }
            Item::Mark(mark) => self.mark(*mark, i),
            Item::Time(word) => {
                self.extend(i);
                self.now.time = Some(word.clone());
            }
            Item::For(span) => self.span(*span, i),
            Item::Notify => {
                self.extend(i);
                self.now.notify = true;
            }
            Item::Unknown(word) => {
                let place =
                    matches!(i.checked_sub(1).and_then(|p| self.item(p)), Some(Item::Mark(Mark::At | Mark::On)));
                self.extend(i);
                self.now.unknown.push((word.clone(), place));
            }
        }
    }

    /// "in ten minutes", 十分钟后; a bare duration lasts.
    fn span(&mut self, span: Span, i: usize) {
        let after = |x: Option<&Item>| matches!(x, Some(Item::Mark(Mark::After)));
        let waits = after(i.checked_sub(1).and_then(|p| self.item(p))) || after(self.item(i + 1));
        // What is done before has its own time: "A on, after ten minutes off".
        if waits && self.now.act.is_some() && !self.now.act_last && self.another_act(i) {
            self.finish();
        }
        self.extend(i);
        *(if waits { &mut self.now.after } else { &mut self.now.lasting }) = Some(span);
    }

    fn act(&mut self, act: Act, i: usize) {
        // "make the light brighter": a general verb waits for what is made of it.
        let set = self.now.act.is_some_and(|a| a.verb == Verb::Set) && !self.now.act_last;
        let amount = !self.now.absolute && matches!(act.verb, Verb::Up | Verb::Down);
        let open = set && (self.now.vals.is_empty() || amount);
        let complete = self.now.act.is_some_and(|a| a.verb != Verb::Turn) && !open;
        let adjacent = matches!(i.checked_sub(1).and_then(|p| self.item(p)), Some(Item::Act(_)));
        let objects = !self.now.nps.is_empty() || !self.now.vals.is_empty();
        if complete && !adjacent && (objects || self.now.act_last) {
            self.finish();
        }
        self.extend(i);
        // 开始清扫, "want ... turned on": the later verb says what; up and down say how.
        match self.now.act {
            Some(before) if complete && adjacent => {
                let ends = matches!(before.verb, Verb::Pause | Verb::Stop | Verb::Dock);
                if ends && matches!(act.verb, Verb::Play | Verb::Start | Verb::Clean) {
                    // 暂停播放, 停止清扫: the first verb says what becomes of the second.
                } else if matches!((before.verb, act.verb), (Verb::Up | Verb::Down, Verb::Set)) {
                    self.now.absolute = true;
                } else {
                    self.now.act = Some(act);
                }
            }
            _ => self.now.act = Some(act),
        }
        self.now.act_last = !self.now.nps.is_empty();
    }

    fn np(&mut self, np: &Np, i: usize) {
        // 除了台灯其他灯: the others are what is meant again.
        self.excepting &= !(np.other || np.all && !self.now.except.is_empty() && self.now.nps.is_empty());
        if self.excepting {
            self.extend(i);
            self.now.except.push(np.clone());
            return;
        }
        let behind_and = matches!(i.checked_sub(1).and_then(|p| self.item(p)), Some(Item::Mark(Mark::And)));
        let said = self.now.act.is_some_and(|a| a.verb != Verb::Turn);
        // 客厅灯打开卧室灯关掉; "set A to 22 B to 20".
        if said
            && !behind_and
            && ((self.now.act_last && !self.now.nps.is_empty())
                || (!self.now.nps.is_empty() && !self.now.vals.is_empty()))
            && self.another_act(i)
        {
            self.finish();
        }
        self.extend(i);
        self.now.nps.push(np.clone());
    }

    /// Whether what follows a phrase, up to the next break, is an act, a particle or a value of its own.
    fn another_act(&self, i: usize) -> bool {
        self.pieces
            .iter()
            .skip(i + 1)
            .map(|p| &p.item)
            .take_while(|x| !matches!(x, Item::Mark(Mark::Comma | Mark::Stop | Mark::Then)))
            .any(|x| matches!(x, Item::Act(_) | Item::Val(_) | Item::Mark(Mark::On | Mark::Off)))
    }

    fn mark(&mut self, mark: Mark, i: usize) {
        match mark {
            Mark::Then if self.now.act.is_none() && self.now.vals.is_empty() => {}
            Mark::Stop | Mark::Then => self.finish(),
            Mark::Comma => self.comma(i),
            Mark::And | Mark::Or => self.and(i),
            Mark::Not => self.now.not = true,
            Mark::To | Mark::Compare(..) | Mark::Become => self.now.absolute = true,
            Mark::By => self.now.delta = true,
            Mark::Except => self.excepting = true,
            // 以外 closes what 除了 opened; without 除了 it excepts the phrases before it.
            Mark::Besides if self.excepting => self.excepting = false,
            Mark::Besides => {
                // 所有的灯，台灯除外: only what stands behind the break.
                let behind = if self.listed < self.now.nps.len() { self.listed } else { 0 };
                let mut excepted = self.now.nps.split_off(behind);
                self.now.except.append(&mut excepted);
            }
            Mark::On | Mark::Off | Mark::Up | Mark::Down => self.particle(mark, i),
            Mark::All => self.now.nps.iter_mut().for_each(|n| n.all = true),
            Mark::Each => self.now.nps.iter_mut().for_each(|n| (n.plural, n.each) = (true, true)),
            Mark::Same | Mark::Again | Mark::Now | Mark::At | Mark::For | Mark::After | Mark::Somebody(_) => {}
        }
    }

    fn particle(&mut self, mark: Mark, i: usize) {
        let verb = match mark {
            Mark::On => Verb::On,
            Mark::Off => Verb::Off,
            Mark::Up => Verb::Up,
            _ => Verb::Down,
        };
        let generic = self.now.act.is_none_or(|a| matches!(a.verb, Verb::Turn));
        // "the lights on the second floor": a preposition.
        let before_place = matches!(self.item(i + 1), Some(Item::Np(np)) if np.only_place()) && mark == Mark::On;
        if before_place && (!generic || self.another_particle(i + 1)) {
            return;
        }
        self.extend(i);
        if generic {
            self.now.act_last = self.now.act.is_none() && !self.now.nps.is_empty();
            self.now.act = Some(Act { verb, trait_: None });
        } else if matches!(mark, Mark::Up | Mark::Down) && self.now.act.is_some_and(|a| a.verb == Verb::Set) {
            self.now.direction = Some(verb);
        }
    }

    fn another_particle(&self, i: usize) -> bool {
        self.pieces
            .iter()
            .skip(i)
            .take_while(|p| !matches!(p.item, Item::Mark(Mark::Comma | Mark::Stop | Mark::Then | Mark::And)))
            .any(|p| matches!(p.item, Item::Mark(Mark::On | Mark::Off)))
    }

    fn comma(&mut self, i: usize) {
        self.listed = self.now.nps.len();
        let next = self.pieces.iter().skip(i + 1).map(|p| &p.item);
        let excepts = next
            .take_while(|x| matches!(x, Item::Np(_) | Item::Mark(Mark::And | Mark::Besides)))
            .any(|x| matches!(x, Item::Mark(Mark::Besides)));
        if excepts && !self.excepting && !self.now.nps.is_empty() {
            return;
        }
        // "in the kitchen, turn on ...", 除了台灯, 客厅灯，卧室灯都关掉: what follows belongs to it.
        let only_except = !self.now.except.is_empty() && self.now.act.is_none() && self.now.nps.is_empty();
        self.excepting = false;
        if only_except || self.now.only_place() {
            return;
        }
        if self.now.act.is_none() && self.now.vals.is_empty() && self.now.unknown.is_empty() {
            return;
        }
        // "all lights off, except the lamp".
        if matches!(self.item(i + 1), Some(Item::Mark(Mark::Except))) {
            return;
        }
        // "A, B and C": a list goes on while its clause has one act in front.
        if self.lists(i) {
            return;
        }
        self.finish();
    }

    /// Whether the next phrase has no act or value of its own, so that it continues a list.
    fn lists(&self, i: usize) -> bool {
        let front =
            self.now.act.is_some() && !self.now.act_last && !self.now.nps.is_empty() && self.now.vals.is_empty();
        let mut rest = self.pieces.iter().skip(i + 1).map(|p| &p.item);
        let starts = matches!(self.item(i + 1), Some(Item::Np(_)))
            || matches!((self.item(i + 1), self.item(i + 2)), (Some(Item::Mark(Mark::And)), Some(Item::Np(_))));
        front && starts && !rest.any(|x| matches!(x, Item::Act(_) | Item::Val(_) | Item::Mark(Mark::On | Mark::Off)))
    }

    fn and(&mut self, i: usize) {
        match self.item(i + 1) {
            Some(Item::Act(_)) if self.now.act.is_some() => self.finish(),
            Some(Item::Val(_)) if !self.now.vals.is_empty() => {}
            Some(Item::Np(_)) if self.excepting => {
                // "except A and turn on B" is caught by the act; a list of exceptions goes on.
            }
            Some(Item::Np(_)) => {
                let act = self.now.act;
                let own = self.own_act(i + 1);
                let valued = !self.now.vals.is_empty() && !self.now.nps.is_empty();
                let split = match own {
                    Own::Value => valued,
                    Own::Particle | Own::Act => {
                        act.is_some_and(|a| a.verb != Verb::Turn)
                            && (self.now.act_last || own == Own::Particle)
                            && !self.now.nps.is_empty()
                    }
                    Own::None => false,
                };
                if split {
                    self.finish();
                }
            }
            _ => {}
        }
    }

    /// What the phrase behind "and" has of its own before the next break.
    fn own_act(&self, i: usize) -> Own {
        for p in self.pieces.iter().skip(i) {
            match &p.item {
                Item::Val(_) => return Own::Value,
                Item::Act(_) => return Own::Act,
                Item::Mark(Mark::On | Mark::Off | Mark::Up | Mark::Down) => return Own::Particle,
                Item::Mark(Mark::Comma | Mark::Stop | Mark::Then) => return Own::None,
                _ => {}
            }
        }
        Own::None
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    None,
    Act,
    Particle,
    Value,
}

/// What later clauses leave out is that of the clause before; a first clause without an act takes the next one's.
fn inherit(clauses: &mut [Clause], lexicon: &Lexicon) {
    let mut before: Option<Clause> = None;
    let following: Vec<Option<Act>> = clauses.iter().skip(1).map(|c| c.act).chain([None]).collect();
    for (c, next) in clauses.iter_mut().zip(following) {
        // "wait half a minute".
        if c.is_empty() {
            continue;
        }
        if let Some(b) = &before {
            if c.act.is_none() && !c.nps.is_empty() {
                let own_value = !c.vals.is_empty();
                c.act = b.act.or(next);
                c.not |= b.not && !own_value;
                if !own_value {
                    c.vals = b.vals.clone();
                }
                c.absolute |= b.absolute;
                c.delta |= b.delta;
                c.direction = c.direction.or(b.direction);
            } else if c.act.is_none() && !c.vals.is_empty() {
                c.act = Some(Act { verb: Verb::Set, trait_: None });
            }
            if c.nps.is_empty() && c.act.is_some() && !c.notify {
                c.nps = b.nps.clone();
                c.except.extend(b.except.iter().cloned());
            } else {
                complete(c, b, lexicon);
            }
        } else if c.act.is_none() && c.vals.is_empty() {
            c.act = next;
        }
        before = Some(c.clone());
    }
}

/// 客厅灯打开，卧室的关掉: a place alone takes the kind, a name alone the property of the clause before.
fn complete(c: &mut Clause, before: &Clause, lexicon: &Lexicon) {
    let kind = before
        .nps
        .iter()
        .rev()
        .find_map(|n| n.head)
        .filter(|h| lexicon.entry(*h).is_some_and(|e| !e.kinds.is_empty() || !e.parts.is_empty()));
    let props: Vec<&'static str> =
        before.nps.iter().rev().find(|n| !n.props.is_empty()).map(|n| n.props.clone()).unwrap_or_default();
    for np in &mut c.nps {
        if np.only_place() {
            np.head = kind;
            if kind.is_none() {
                np.props = props.clone();
            }
        } else if np.props.is_empty() && np.head.is_some() && !c.vals.is_empty() && before.vals.len() == c.vals.len() {
            np.props = props.clone();
        }
        np.all |= before.nps.iter().any(|n| n.all) && np.only_place();
    }
}

/// "the kitchen and bedroom lights", 客厅的灯和空调, "in the kitchen turn on the light".
fn spread_places(c: &mut Clause) {
    join_properties(&mut c.nps);
    let headed = c.nps.iter().any(|n| !n.placeish());
    if !headed {
        return;
    }
    // Places alone take the next phrase's head, or else the one before; a place in front of everything is everybody's.
    let mut out: Vec<Np> = Vec::new();
    let mut waiting: Vec<Np> = Vec::new();
    for np in std::mem::take(&mut c.nps) {
        if np.placeish() {
            match out.last() {
                Some(last) if last.has_place() && last.head.is_some() => {
                    let mut more = last.clone();
                    more.places = np.places;
                    more.unknown = np.unknown;
                    more.here = np.here;
                    more.everywhere = np.everywhere;
                    (more.from, more.to) = (np.from, np.to);
                    out.push(more);
                }
                Some(_) => out.iter_mut().filter(|n| !n.has_place()).for_each(|n| place(n, &np)),
                None => waiting.push(np),
            }
            continue;
        }
        for w in waiting.drain(..) {
            let mut first = np.clone();
            if np.has_place() {
                first.places = Vec::new();
            }
            place(&mut first, &w);
            out.push(first);
        }
        // The phrase that gave its head to the places before it stands for itself only with a place of its own.
        let lent = out.last().is_some_and(|o| o.head == np.head && o.to == np.to && !np.has_place());
        if !lent {
            out.push(np);
        }
    }
    // "turn on the light and the fan in the bedroom", 客厅的灯和空调: one place serves the phrases without one.
    let placed: Vec<Np> = out.iter().filter(|n| n.has_place()).cloned().collect();
    if let [one] = placed.as_slice() {
        out.iter_mut().filter(|n| !n.has_place() && !n.pronoun).for_each(|n| {
            n.places = one.places.clone();
            n.here = one.here;
            n.unknown.extend(one.unknown.iter().filter(|(_, place)| *place).cloned());
        });
    }
    c.nps = out;
}

/// "volume up on the tv": a property and the thing it belongs to, said apart.
fn join_properties(nps: &mut Vec<Np>) {
    let mut out: Vec<Np> = Vec::new();
    for np in std::mem::take(nps) {
        match out.last_mut() {
            Some(last) if last.only_prop() && !last.has_place() && np.head.is_some() && np.props.is_empty() => {
                *last = Np { props: last.props.clone(), from: last.from.min(np.from), ..np };
            }
            Some(last) if np.only_prop() && !np.has_place() && last.head.is_some() && last.props.is_empty() => {
                last.props = np.props;
            }
            _ => out.push(np),
        }
    }
    *nps = out;
}

fn place(np: &mut Np, from: &Np) {
    np.places.extend(&from.places);
    np.here |= from.here;
    np.everywhere |= from.everywhere;
    np.unknown.extend(from.unknown.iter().cloned());
    np.all |= from.all;
    np.plural |= from.plural;
    np.from = np.from.min(from.from);
}
