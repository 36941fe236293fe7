//! Puts the pieces of commands together: which act goes with which phrases and values, in both word orders, with
//! coordination.
//!
//! What it is *not*: no device is looked up here; what a clause leaves out is found in `ellipsis.rs`. Start at [`clauses`].

use crate::orders::ellipsis;
use crate::phrases::phrase::Np;
use crate::phrases::pieces::{Act, Item, Mark, Piece, Val, Verb};
use crate::words::lexicon::Lexicon;
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
    /// 再开两成: more of it, by so much.
    pub(crate) again: bool,
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
    /// It shall stay as it is: an exception from what is ordered beside it.
    pub(crate) keep: bool,
    /// A present state, not an order: what follows is about the same things.
    pub(crate) told: bool,
    /// An act without anything to act on before "and": it is for what the next act is for.
    pub(crate) joined: bool,
    /// "then" stands before it: it comes after what was said before.
    pub(crate) then: bool,
    /// A place said alone in front, with a break behind it: it holds for all that follows.
    pub(crate) setting: Option<Np>,
    /// An order of its own, even where its words are not understood.
    pub(crate) own: bool,
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
    /// Something known is named, and nothing is to be done with it: "the meeting in Oak is over".
    pub(crate) fn only_remarks(&self) -> bool {
        let known = |n: &Np| n.unknown.is_empty() && !n.pronoun && (n.has_place() || n.head.is_some());
        let states = self.vals.iter().all(|v| matches!(v, Val::State(_)));
        let idle = self.act.is_none_or(|a| a.verb == Verb::Turn) && states && !self.absolute && !self.keep && !self.not;
        (self.told || (idle && (!self.unknown.is_empty() || !self.vals.is_empty())))
            && self.except.is_empty()
            && self.time.is_none()
            && self.lasting.is_none()
            && self.after.is_none()
            && !self.notify
            && self.nps.iter().any(known)
            && self.nps.iter().all(|n| n.unknown.is_empty())
    }
    /// Whether something is ordered.
    pub(crate) fn orders(&self) -> bool {
        !self.told && (self.act.is_some_and(|a| a.verb != Verb::Turn) || !self.vals.is_empty())
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
    ellipsis::complete(&mut out, lexicon);
    out
}

impl Assembler<'_> {
    fn item(&self, i: usize) -> Option<&Item> {
        self.pieces.get(i).map(|p| &p.item)
    }

    fn finish(&mut self) {
        let mut done = std::mem::take(&mut self.now);
        // What shall stay and is not understood is no order: it takes something out of one.
        done.own |= done.orders() || done.nps.iter().any(|n| n.head.is_some());
        done.own &= !done.keep && !done.not;
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
            Item::Act(_) | Item::Val(_) | Item::Unknown(_) | Item::Time(_) if self.now.told => self.extend(i),
            // "but leave the fan running".
            Item::Val(Val::State(_)) if self.stays_excepted(i) => self.extend(i),
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
            Item::Sign(_) => {}
            Item::Notify => {
                self.extend(i);
                self.now.notify = true;
            }
            // "in Oak and Birch".
            Item::Unknown(word) if self.another_place(i) => {
                self.extend(i);
                let mut np = Np::new(piece.from);
                np.to = piece.to;
                np.unknown.push((word.clone(), true));
                self.now.nps.push(np);
            }
            Item::Unknown(word) => {
                let place =
                    matches!(i.checked_sub(1).and_then(|p| self.item(p)), Some(Item::Mark(Mark::At | Mark::On)));
                self.extend(i);
                // "frobnicate the lamp": what stands where a verb does. In Chinese it may as well be part of the phrase.
                let first = word.is_ascii() && self.now.is_empty();
                // "when it rains": a pronoun is no object of it.
                self.now.own |= first && matches!(self.item(i + 1), Some(Item::Np(np)) if !np.pronoun);
                self.now.unknown.push((word.clone(), place));
            }
        }
    }

    fn another_place(&self, i: usize) -> bool {
        let and = matches!(i.checked_sub(1).and_then(|p| self.item(p)), Some(Item::Mark(Mark::And)));
        let before = i.checked_sub(2).and_then(|p| self.item(p));
        and && matches!(before, Some(Item::Np(np)) if !np.places.is_empty()) && self.now.act.is_some()
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
        if self.stays_excepted(i) {
            return;
        }
        // 再往上开两成: the direction says how.
        let hung = match i.checked_sub(1).and_then(|p| self.item(p)) {
            Some(Item::Mark(Mark::Up | Mark::Down)) => true,
            Some(Item::Act(before)) => before.trait_.is_none() && act.verb != Verb::Set,
            _ => false,
        };
        let moves = matches!(act.verb, Verb::OnOrOpen | Verb::OffOrClose | Verb::Open | Verb::Close | Verb::Set);
        let goes = self.now.act.is_some_and(|a| matches!(a.verb, Verb::Up | Verb::Down));
        if hung && moves && goes && self.now.vals.is_empty() {
            return self.extend(i);
        }
        // "make the light brighter": a general verb waits for what is made of it.
        let set = self.now.act.is_some_and(|a| a.verb == Verb::Set) && !self.now.act_last;
        let amount = !self.now.absolute && matches!(act.verb, Verb::Up | Verb::Down);
        let open = set && (self.now.vals.is_empty() || amount);
        let complete = self.now.act.is_some_and(|a| a.verb != Verb::Turn) && !open;
        let adjacent = matches!(i.checked_sub(1).and_then(|p| self.item(p)), Some(Item::Act(_)));
        let objects = !self.now.nps.is_empty() || !self.now.vals.is_empty();
        // "return it to its base", 播放客厅的下一首: the later word only says it better.
        let better = self.now.act.is_some_and(|a| {
            (a == act && self.now.vals.is_empty())
                || a.verb == Verb::Play && matches!(act.verb, Verb::Next | Verb::Previous)
                || a.verb == Verb::Start && matches!(act.verb, Verb::Clean | Verb::Mow)
        }) && !self.now.act_last;
        if complete && !adjacent && !better && (objects || self.now.act_last) {
            self.finish();
        }
        self.extend(i);
        // 开始清扫, "want ... turned on": the later verb says what; up and down say how.
        match self.now.act {
            Some(before) if complete && adjacent => {
                let ends = matches!(before.verb, Verb::Pause | Verb::Stop | Verb::Dock);
                if ends && matches!(act.verb, Verb::Play | Verb::Start | Verb::Clean | Verb::Mow) {
                    // 暂停播放, 停止清扫: the first verb says what becomes of the second.
                    let trait_ = match act.verb {
                        Verb::Play => Some("playback"),
                        Verb::Clean | Verb::Mow => Some("run"),
                        _ => before.trait_,
                    };
                    self.now.act = Some(Act { trait_, ..before });
                } else if matches!((before.verb, act.verb), (Verb::Up | Verb::Down, Verb::Set)) {
                    self.now.absolute = true;
                } else {
                    self.now.act = Some(act);
                }
            }
            _ => self.now.act = Some(act),
        }
        // A place said in front with a break behind it is no object of the act.
        self.now.act_last = self.now.nps.iter().any(|n| self.now.setting.as_ref() != Some(n));
    }

    /// "ac on in Cedar": where the thing before stands.
    fn located(&self, np: &Np, i: usize) -> bool {
        let before = i.checked_sub(1).and_then(|p| self.item(p));
        np.only_place()
            && matches!(before, Some(Item::Mark(Mark::At | Mark::To | Mark::On)))
            && !self.now.nps.iter().any(Np::has_place)
    }

    /// "... but leave the fan running": how it is, is no order.
    fn stays_excepted(&self, i: usize) -> bool {
        let behind = matches!(i.checked_sub(1).and_then(|p| self.item(p)), Some(Item::Np(_)));
        let ordered = self.now.act.is_some_and(|a| a.verb != Verb::Turn);
        self.excepting && ordered && !self.now.except.is_empty() && behind
    }

    fn np(&mut self, np: &Np, i: usize) {
        // 除了台灯其他灯: the others are what is meant again.
        let first = !self.now.except.is_empty() && self.now.nps.is_empty();
        let behind_mark =
            matches!(i.checked_sub(1).and_then(|p| self.item(p)), Some(Item::Mark(Mark::And | Mark::Comma)));
        let set = np.all || !behind_mark && matches!(self.item(i + 1), Some(Item::Mark(Mark::Each | Mark::All)));
        self.excepting &= !(np.other || set && first);
        if self.excepting {
            self.extend(i);
            self.now.except.push(np.clone());
            return;
        }
        let behind_and = matches!(i.checked_sub(1).and_then(|p| self.item(p)), Some(Item::Mark(Mark::And)));
        let said = self.now.act.is_some_and(|a| a.verb != Verb::Turn);
        // "on the tv increase the volume to 90": the property of what was said.
        let its =
            np.only_prop() && !np.has_place() && self.now.nps.iter().all(|n| n.props.is_empty() && n.head.is_some());
        // 打开客厅灯，亮度20%: a property with its value behind a break is set.
        let valued = matches!(self.item(i + 1), Some(Item::Val(Val::Literal(_))));
        let before = self.done.last().and_then(Clause::verb);
        let switched = matches!(before, Some(Verb::On | Verb::OnOrOpen | Verb::Open | Verb::Start | Verb::Activate));
        if behind_mark && valued && switched && np.only_prop() && self.now.is_empty() {
            self.now.act = Some(Act { verb: Verb::Set, trait_: None });
        }
        // "in the gym run the fan at 60 percent": the place in front is where that is.
        let there = !np.only_place() && self.now.nps.iter().all(Np::only_place);
        // 客厅灯打开卧室灯关掉; "set A to 22 B to 20".
        if said
            && !its
            && !there
            && !self.located(np, i)
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
            Mark::Stop => self.finish(),
            Mark::Then => {
                self.finish();
                self.now.then = true;
            }
            Mark::Comma => self.comma(i),
            Mark::And | Mark::Or => self.and(i),
            Mark::Not => self.now.not = true,
            Mark::Told => {
                self.extend(i);
                self.now.told = true;
            }
            Mark::Keep => {
                self.extend(i);
                if self.stays_excepted(i) {
                    return;
                }
                if self.now.act.is_some_and(|a| a.verb != Verb::Turn) && !self.now.nps.is_empty() {
                    self.finish();
                }
                self.now.keep = true;
                self.now.act = Some(Act { verb: Verb::Turn, trait_: None });
            }
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
            Mark::On | Mark::Off | Mark::Up | Mark::Down if self.now.told || self.stays_excepted(i) => self.extend(i),
            Mark::On | Mark::Off | Mark::Up | Mark::Down => self.particle(mark, i),
            Mark::All => self.now.nps.iter_mut().for_each(|n| n.all = true),
            Mark::Each => self.now.nps.iter_mut().for_each(|n| (n.plural, n.each) = (true, true)),
            Mark::Again => self.now.again = true,
            Mark::Same | Mark::Now | Mark::At | Mark::For | Mark::After | Mark::Somebody(_) => {}
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
        // "on the tv increase the volume".
        let opens = self.now.act.is_none() && self.now.nps.is_empty() && mark == Mark::On;
        if opens && matches!((self.item(i + 1), self.item(i + 2)), (Some(Item::Np(_)), Some(Item::Act(_)))) {
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
        if self.now.told {
            return self.finish();
        }
        if self.now.only_place() {
            self.now.setting = self.now.nps.last().cloned();
            return;
        }
        if only_except {
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
        front
            && starts
            && !rest.any(|x| {
                matches!(
                    x,
                    Item::Act(_)
                        | Item::Val(_)
                        | Item::Unknown(_)
                        | Item::Mark(Mark::On | Mark::Off | Mark::Keep | Mark::Not)
                )
            })
    }

    fn and(&mut self, i: usize) {
        match self.item(i + 1) {
            Some(Item::Act(_)) if self.now.act.is_none() && !self.now.vals.is_empty() && !self.now.nps.is_empty() => {
                self.finish();
            }
            // "24 in the kitchen and 25 in the hall".
            Some(Item::Val(_)) if self.now.nps.iter().any(Np::has_place) && self.place_behind(i + 2) => self.finish(),
            Some(Item::Act(next)) if self.now.act.is_some() => {
                let switches = |a: &Act| {
                    use Verb::{Close, Lock, Off, OffOrClose, On, OnOrOpen, Open, Unlock};
                    matches!(a.verb, On | Off | OnOrOpen | OffOrClose | Open | Close | Lock | Unlock)
                };
                self.now.joined = switches(next) && self.now.act.as_ref().is_some_and(switches);
                self.finish();
            }
            Some(Item::Val(_)) if !self.now.vals.is_empty() => {}
            // "open the blind and frobnicate the lamp": an order of its own that nobody understands.
            Some(Item::Unknown(_))
                if self.now.orders()
                    && !self.now.nps.is_empty()
                    && matches!(self.item(i + 2), Some(Item::Np(np)) if np.head.is_some() || !np.unknown.is_empty()) =>
            {
                self.finish();
            }
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

    fn place_behind(&self, i: usize) -> bool {
        let preposition = matches!(self.item(i), Some(Item::Mark(Mark::At | Mark::To | Mark::On)));
        matches!(self.item(i + usize::from(preposition)), Some(Item::Np(np)) if np.only_place())
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
