//! Puts segments together into rules: which condition, time and exception belong to which acts, in both orders, and
//! where the next rule of the same request begins.
//!
//! What it is *not*: nothing is linked here. Start at [`rules`].

use super::prepare;
use super::segments::{Role, Segment, asks_notice, segments};
use crate::phrases::pieces::act_of;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::text::times::{Moment, When};
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;
use base::Span;

/// A condition beside the one that begins a rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Guard {
    pub(crate) words: Vec<Token>,
    pub(crate) when: When,
    /// "unless".
    pub(crate) negated: bool,
}

/// The words of one rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RuleWords {
    /// What begins it.
    pub(crate) condition: Vec<Token>,
    /// Only the opposite of the condition begins it: "unless".
    pub(crate) negated: bool,
    /// When it begins, or when it holds.
    pub(crate) when: When,
    pub(crate) guards: Vec<Guard>,
    pub(crate) acts: Vec<Token>,
    pub(crate) until: Vec<Token>,
    pub(crate) until_when: When,
    pub(crate) otherwise: Vec<Token>,
    /// What calls off that which still waits: "unless ... by then".
    pub(crate) cancel: Vec<Token>,
    /// Said again so often, while the condition holds.
    pub(crate) repeat: Option<Span>,
    /// One time and no more.
    pub(crate) once: bool,
    /// The condition stands behind the acts.
    suffixed: bool,
}

impl RuleWords {
    fn begins(&self) -> bool {
        !self.condition.is_empty() || self.when.is_moment()
    }
    fn has_time(&self) -> bool {
        self.when != When::default()
    }
    /// "turn it off in an hour, unless ...": nothing else begins it, so that it begins with the time that passes.
    fn called_off(&mut self) {
        if self.cancel.is_empty() || self.begins() {
            return;
        }
        let span = self.acts.iter().enumerate().find_map(|(i, t)| match t.literal {
            Some(Literal::Duration(span)) => Some((i, span)),
            _ => None,
        });
        let Some((at, span)) = span else { return };
        let beside = |i: usize| (i + 1 == at || i == at + 1) && self.acts.get(i).is_some_and(|t| t.is(C::AfterTime));
        self.acts =
            self.acts.iter().enumerate().filter(|(i, _)| *i != at && !beside(*i)).map(|(_, t)| t.clone()).collect();
        (self.when.every, self.once) = (Some(span), true);
    }
    /// 橱窗灯天黑就开, 关上门灯就灭: the thing at the edge of a condition that is whole without it is what the acts,
    /// which name none, are for.
    fn lend(&mut self, lexicon: &Lexicon) {
        let names = |t: &Token| t.entry(lexicon).is_some_and(|e| e.is_reference());
        let thing =
            |t: &Token| t.entry(lexicon).is_some_and(|e| e.is_reference() && !e.is_place() && e.signs.is_empty());
        let tells = |t: &Token| {
            t.is_any(&[C::Somebody, C::Nobody])
                || t.entry(lexicon)
                    .is_some_and(|e| e.is_reference() && !e.is_place() || !e.traits.is_empty() || !e.signs.is_empty())
        };
        let checks = |t: &Token| {
            t.literal.is_some()
                || t.is_any(&[C::Somebody, C::Nobody])
                || t.entry(lexicon).is_some_and(|e| !e.states.is_empty() || !e.signs.is_empty())
        };
        let plain = |t: &Token| {
            !names(t) && !t.is_any(&[C::It, C::Them, C::Notify, C::Here, C::Everything, C::All]) && !t.text.is_ascii()
                || t.punctuation()
        };
        if !self.acts.iter().all(plain) || !self.acts.iter().any(|t| act_of(t).is_some()) {
            return;
        }
        let whole = |rest: &[Token]| rest.iter().any(tells) && rest.iter().any(checks);
        let lent = match self.condition.as_slice() {
            [first, rest @ ..] if thing(first) && whole(rest) => 0,
            [rest @ .., last] if thing(last) && whole(rest) => rest.len(),
            _ => return,
        };
        let token = self.condition.remove(lent);
        self.acts.insert(0, token);
    }
    /// Whether it says nothing but that what is on goes off, or the other way round.
    fn echoes(&self, lexicon: &Lexicon) -> bool {
        let state = |t: &Token| {
            t.punctuation()
                || t.is_any(&[C::It, C::Is, C::On, C::Off, C::Filler, C::Then])
                || act_of(t).is_some() && !t.entry(lexicon).is_some_and(|e| e.is_reference())
        };
        !self.condition.is_empty() && self.condition.iter().chain(&self.acts).all(state)
    }
    fn complete(&self) -> bool {
        (self.begins() || !self.when.periods().is_empty()) && !self.acts.is_empty()
    }
}

/// The rules of a request, if it says when something shall be done.
pub(crate) fn rules(tokens: &[Token], lexicon: &Lexicon) -> Option<Vec<RuleWords>> {
    let (tokens, once) = prepare::prepared(tokens, lexicon);
    let list = segments(&tokens, lexicon);
    if list.iter().all(|s| s.role == Role::Acts) {
        return None;
    }
    let list = topical(list, lexicon);
    let mut a =
        Assembler { lexicon, list: &list, done: Vec::new(), now: RuleWords::default(), otherwise: false, again: false };
    for i in 0..list.len() {
        a.take(i);
    }
    a.finish();
    a.done.iter_mut().for_each(|r| {
        r.once = once;
        r.called_off();
        r.lend(lexicon);
    });
    let toggles = |r: &RuleWords| r.acts.iter().any(|t| t.is(C::Toggle));
    if a.done.first().is_some_and(toggles) {
        // "toggle it, off if it is on, on if it is off".
        a.done =
            a.done.into_iter().enumerate().filter(|(i, r)| *i == 0 || !r.echoes(lexicon)).map(|(_, r)| r).collect();
    }
    let standing = a.done.len() > 1 || a.done.iter().any(standing);
    let whole = a.done.iter().all(|r| r.complete() || !r.until.is_empty() && r.begins());
    (whole && standing && !a.done.is_empty()).then_some(a.done)
}

/// "library: if the humidity ...": what stands before a break and asks for nothing is what the rest is about; a place
/// goes to the first condition, a thing to the first acts, and anything else is a remark.
fn topical(mut list: Vec<Segment>, lexicon: &Lexicon) -> Vec<Segment> {
    let says = |t: &Token| act_of(t).is_some() || t.is_any(&[C::Notify, C::On, C::Off]) || t.literal.is_some();
    let heads = list.len() > 1
        && list.first().is_some_and(|s| s.role == Role::Acts && !s.tokens.iter().any(says))
        && list.get(1).is_some_and(|s| s.fresh);
    if !heads {
        return list;
    }
    let topic = list.remove(0).tokens;
    let of = |f: &dyn Fn(&crate::words::lexicon::Entry) -> bool| topic.iter().any(|t| t.entry(lexicon).is_some_and(f));
    let place = of(&|e| e.is_place());
    let thing = of(&|e| e.is_reference() && !e.is_place());
    let to = |r: Role| match () {
        () if thing => r == Role::Acts,
        () if place => r == Role::When,
        () => false,
    };
    if let Some(s) = list.iter_mut().find(|s| to(s.role)) {
        s.tokens.splice(0..0, topic);
    }
    list
}

/// Whether something happens again and again: once at seven is no rule.
fn standing(r: &RuleWords) -> bool {
    !r.condition.is_empty()
        || !r.guards.is_empty()
        || r.when.days.is_some()
        || r.when.every.is_some()
        || r.when.ahead.is_some()
        || !r.when.windows.is_empty()
        || r.when.times.len() > 1
        || r.when.times.iter().any(|t| matches!(t, Moment::Sun(..)))
}

/// 超过1000就开，低于800再关: the second speaks of nothing of its own and ends what the first began.
fn ends(first: &RuleWords, second: &RuleWords, lexicon: &Lexicon) -> bool {
    let refers = |t: &Token| t.entry(lexicon).is_some_and(|e| e.is_reference() || !e.traits.is_empty());
    let number = |t: &Token| t.literal.is_some() || t.is_any(&[C::Above, C::Below, C::AtLeast, C::AtMost]);
    let plain = |r: &RuleWords| {
        r.guards.iter().all(|g| g.words.is_empty()) && r.until.is_empty() && r.otherwise.is_empty() && !r.negated
    };
    let numbers = |r: &RuleWords| r.condition.iter().any(number);
    plain(first)
        && plain(second)
        && !second.has_time()
        && numbers(first)
        && numbers(second)
        && !second.condition.iter().chain(&second.acts).any(refers)
        && !second
            .acts
            .iter()
            .any(|t| asks_notice(t) || matches!(t.literal, Some(Literal::Number(_) | Literal::Quantity(_))))
}

struct Assembler<'a> {
    lexicon: &'a Lexicon,
    list: &'a [Segment],
    done: Vec<RuleWords>,
    now: RuleWords,
    /// Acts that follow are those of "otherwise".
    otherwise: bool,
    /// "... and once more when ...": the next condition has the same acts.
    again: bool,
}

impl Assembler<'_> {
    fn role(&self, i: usize) -> Option<Role> {
        self.list.get(i).map(|s| s.role)
    }

    fn take(&mut self, i: usize) {
        let Some(s) = self.list.get(i) else { return };
        match s.role {
            Role::When => self.condition(i, s),
            Role::Guard => self.guard(i, s, false),
            Role::Unless if self.now.acts.is_empty() && !self.now.begins() => {
                self.condition(i, s);
                self.now.negated = true;
            }
            Role::Unless if s.tokens.iter().any(|t| t.is(C::Meanwhile)) => self.now.cancel = meanwhile(&s.tokens),
            Role::Unless => self.guard(i, s, true),
            // "... till it is shut": that is when it is no longer said again.
            Role::Until if self.now.repeat.is_some() => {}
            Role::Until => {
                let (words, when) = apart(&s.tokens);
                (self.now.until, self.now.until_when) = (words, when);
            }
            Role::Otherwise => {
                // 除非 A，否则 B: B is what is done.
                self.otherwise = !self.now.acts.is_empty();
            }
            Role::Time => self.time(i, s),
            Role::Acts => self.acts(i, s),
        }
    }

    /// Whether acts follow a segment, so that it stands in front of them.
    fn leads(&self, i: usize) -> bool {
        let mut k = i + 1;
        while matches!(self.role(k), Some(Role::When | Role::Guard | Role::Unless | Role::Time))
            && !self.list.get(k).is_some_and(|s| s.fresh)
        {
            k += 1;
        }
        self.role(k) == Some(Role::Acts) && !self.list.get(k).is_some_and(|s| s.fresh)
    }

    fn condition(&mut self, i: usize, s: &Segment) {
        let (words, when) = apart(&s.tokens);
        let only_time = words.iter().all(idle);
        // "as soon as that is no longer so".
        if words.iter().any(|t| t.is(C::Otherwise))
            && words.iter().all(|t| idle(t) || t.is_any(&[C::Otherwise, C::Filler, C::Any]))
        {
            self.otherwise = !self.now.acts.is_empty();
            return;
        }
        if !self.now.acts.is_empty() && self.now.begins() && (self.leads(i) || s.fresh) {
            self.finish();
        }
        if self.again && !self.now.acts.is_empty() && self.now.begins() {
            let acts = self.now.acts.clone();
            self.finish();
            self.now.acts = acts;
        }
        let repeated = words.len();
        let words = without_again(words);
        self.again = words.len() < repeated;
        // "when A do B, and do C when D": the last act is that of the condition behind it.
        if (s.event || self.also()) && self.now.begins() && !self.now.acts.is_empty() {
            let tail = self.last_act();
            if !tail.is_empty() {
                self.finish();
                self.now.acts = tail;
            }
        }
        self.now.suffixed |= self.now.acts.iter().any(orders);
        if only_time {
            self.now.when.join(when);
        } else if self.now.begins() {
            self.now.guards.push(Guard { words, when, negated: false });
        } else {
            self.now.condition = words;
            self.now.when.join(when);
        }
    }

    fn guard(&mut self, i: usize, s: &Segment, negated: bool) {
        let (mut words, when) = apart(&s.tokens);
        if when != When::default() {
            words.retain(|t| !t.is(C::InForce) || t.entry.is_some());
        }
        let words = if words.iter().all(idle) { Vec::new() } else { words };
        if !self.now.acts.is_empty() && self.now.begins() && s.fresh && self.leads(i) {
            self.finish();
        }
        // "turn it on while ...": nothing else begins it.
        if !self.now.begins() && !words.is_empty() && !negated {
            self.now.suffixed |= self.now.acts.iter().any(orders);
            self.now.condition = words;
            self.now.when.join(when);
            return;
        }
        let only_time = words.is_empty();
        if only_time && !negated && (self.now.acts.is_empty() || !self.now.begins()) {
            self.now.when.join(when);
        } else {
            self.now.guards.push(Guard { words, when, negated });
        }
    }

    fn time(&mut self, i: usize, s: &Segment) {
        let (_, when) = apart(&s.tokens);
        if self.now.repeat.is_some() && when.every == self.now.repeat {
            return;
        }
        let another = self.now.complete() && (self.leads(i) || s.fresh && when.is_moment());
        let begins_again = when.is_moment() && !self.now.when.times.is_empty();
        // "at eight A, then B at six": the last act is that of the time behind it.
        let tail = begins_again && !self.leads(i) && !s.fresh;
        let acts = if tail { self.last_act() } else { Vec::new() };
        let ends = self.now.when.windows.last().or_else(|| self.done.last()?.when.windows.last()).map(|w| w.to);
        let earlier = self.now.when.times.last().copied().or(ends);
        if another || begins_again && !self.now.acts.is_empty() {
            self.finish();
        }
        self.now.acts.extend(acts);
        let when = if begins_again || ends.is_some() { later(when, earlier, s) } else { when };
        self.now.suffixed |= self.now.acts.iter().any(orders);
        self.now.when.join(when);
    }

    /// "..., also off if the lights go off": the last act says that it is one more.
    fn also(&self) -> bool {
        let at = self.now.acts.iter().rposition(|t| t.punctuation() || t.is(C::Then));
        at.and_then(|at| self.now.acts.get(at + 1)).is_some_and(|t| t.is(C::Same) && t.entry.is_none())
    }

    /// Takes the words behind the last joint away from the acts.
    fn last_act(&mut self) -> Vec<Token> {
        let joint = |t: &Token| t.punctuation() || t.is_any(&[C::Then, C::And]) && t.entry.is_none();
        let at = self.now.acts.iter().rposition(joint);
        let cut =
            at.filter(|at| self.now.acts.iter().take(*at).any(orders) && self.now.acts.iter().skip(at + 1).any(orders));
        let Some(at) = cut else { return Vec::new() };
        let tail = self.now.acts.split_off(at + 1);
        while self.now.acts.last().is_some_and(joint) {
            self.now.acts.pop();
        }
        tail
    }

    fn acts(&mut self, i: usize, s: &Segment) {
        if s.fresh && self.now.complete() && remark(s, self.lexicon) {
            return;
        }
        // 午休: a name for a time that is said.
        if s.tokens.iter().all(|t| t.punctuation() || t.is_any(&[C::TimeWord, C::Filler])) {
            return;
        }
        // "Just a message, don't switch anything."
        let names = |t: &Token| {
            act_of(t).is_none() && t.entry(self.lexicon).is_some_and(crate::words::lexicon::Entry::is_reference)
        };
        if s.fresh && self.now.complete() && refrains(&s.tokens) && !s.tokens.iter().any(names) {
            return;
        }
        // "... and keep pinging every five minutes".
        let again = |t: &Token| t.is_any(&[C::Notify, C::Filler, C::Again]) || t.punctuation();
        let every = self.list.get(i + 1).filter(|n| n.role == Role::Time).and_then(|n| apart(&n.tokens).1.every);
        if self.now.complete() && every.is_some() && s.tokens.iter().all(again) && !self.now.condition.is_empty() {
            self.now.repeat = every;
            return;
        }
        if self.otherwise {
            self.now.otherwise.extend(s.tokens.iter().cloned());
            self.otherwise = false;
            return;
        }
        // "X on when A, off when B".
        let next = matches!(self.role(i + 1), Some(Role::When | Role::Time | Role::Guard))
            && !self.list.get(i + 1).is_some_and(|n| n.fresh);
        let own = next && (!self.leads(i + 1) || self.now.suffixed);
        if self.now.complete() && own {
            self.finish();
        }
        // "remind me every friday to ...": what shall be said stands behind the time.
        if let Some(last) = self.now.acts.last().filter(|t| !t.text.contains("remind")) {
            let at = last.to;
            self.now.acts.push(comma(at));
        }
        self.now.acts.extend(s.tokens.iter().cloned());
    }

    /// 晚上十点以后…；早上六点往后就不用管了: until when the open period of a rule before lasts.
    fn closes_period(&mut self, rule: &RuleWords) -> bool {
        let open = |r: &RuleWords| matches!(r.when.windows.as_slice(), [w] if w.open);
        let [until] = rule.when.windows.as_slice() else { return false };
        if !(until.open && rule.condition.is_empty() && refrains(&rule.acts) && self.done.iter().any(open)) {
            return false;
        }
        let windows = self.done.iter_mut().filter(|r| open(r)).flat_map(|r| r.when.windows.iter_mut());
        windows.for_each(|w| (w.to, w.open) = (until.from, false));
        true
    }

    /// Ends a rule. One that only says when nothing shall be done is an exception of the rule before it.
    fn finish(&mut self) {
        let rule = std::mem::take(&mut self.now);
        self.otherwise = false;
        if rule == RuleWords::default() {
            return;
        }
        if self.closes_period(&rule) {
            return;
        }
        if let Some(before) = self.done.last_mut() {
            if refrains(&rule.acts) && rule.condition.iter().any(|t| t.is(C::Meanwhile)) {
                before.cancel = meanwhile(&rule.condition);
                return;
            }
            if rule.acts.iter().any(|t| t.is(C::Undo)) && rule.acts.iter().all(takes_back) && rule.begins() {
                (before.until, before.until_when, before.otherwise) = (rule.condition, rule.when, rule.acts);
                return;
            }
            // 又下起来就重新算: what has to last begins anew by itself.
            if rule.acts.iter().any(|t| t.is(C::Void) && t.text.starts_with("重新")) {
                return;
            }
            // 周日改成九点半.
            if rule.condition.is_empty() && !rule.when.times.is_empty() && changes(&rule.acts) {
                let (own, mut other) = (rule.when.clone(), before.clone());
                before.when.spare(&own);
                other.when.times = own.times;
                other.when.days = own.days.or(other.when.days);
                self.done.push(other);
                return;
            }
            if refrains(&rule.acts) {
                let guard = Guard { words: rule.condition, when: rule.when, negated: true };
                if guard.words.is_empty() {
                    // "from six on never mind": all of it.
                    self.done.iter_mut().for_each(|r| r.guards.push(guard.clone()));
                    return;
                }
                before.guards.push(guard);
                before.guards.extend(rule.guards);
                return;
            }
            if ends(before, &rule, self.lexicon) {
                (before.until, before.otherwise) = (rule.condition, rule.acts);
                before.guards.extend(rule.guards);
                return;
            }
            let mut rule = rule;
            // The days of the first are those of the next, unless it says others.
            if rule.when.is_moment() && rule.when.days.is_none() {
                rule.when.days = before.when.days.clone();
            }
            // "when A: on weekdays B, on weekends C".
            if !rule.begins() && rule.when != When::default() {
                rule.condition = before.condition.clone();
            }
            self.done.push(rule);
            return;
        }
        self.done.push(rule);
    }
}

/// 12点半…1点半…: a bare hour that would be before the one said first is in the afternoon.
fn later(mut when: When, earlier: Option<Moment>, s: &Segment) -> When {
    const HALF: i32 = 12 * 60;
    let said = s.tokens.iter().any(|t| {
        t.text.contains(':')
            || t.text.ends_with('m')
            || ["早", "晚", "晨", "午", "夜", "morning", "evening"].iter().any(|w| t.text.contains(w))
    });
    if let (Some(Moment::Clock(first)), [Moment::Clock(m)]) = (earlier, when.times.as_mut_slice())
        && !said
        && (1..HALF).contains(m)
        && *m < first
        && *m + HALF >= first
    {
        *m += HALF;
    }
    when
}

/// "... below 50 and once more": a condition without the words that say that another follows.
fn without_again(mut words: Vec<Token>) -> Vec<Token> {
    let repeats = |t: &Token| t.entry.is_none() && t.is_any(&[C::Repeat, C::Again]) && !t.is(C::Rises);
    if let [.., and, last] = words.as_slice()
        && repeats(last)
        && (and.is(C::And) || and.punctuation())
    {
        words.truncate(words.len() - 2);
    }
    words
}

/// Whether a word says what shall be done.
fn orders(t: &Token) -> bool {
    act_of(t).is_some() || t.is_any(&[C::On, C::Off, C::Maximum, C::Minimum, C::Undo, C::Notify]) || t.literal.is_some()
}

/// 就别动了, "leave it": nothing shall be done.
fn refrains(acts: &[Token]) -> bool {
    let words: Vec<&Token> =
        acts.iter().filter(|t| !t.punctuation() && !t.is_any(&[C::Filler, C::Then, C::And])).collect();
    let skipped = words.iter().any(|t| t.is(C::Void) && t.entry.is_none());
    let not = words.iter().position(|t| t.is(C::Not) && t.entry.is_none());
    let value = words.iter().any(|t| t.literal.is_some() || t.is(C::Notify));
    let first = words.iter().position(|t| act_of(t).is_some());
    !words.is_empty() && !value && (skipped || not.is_some_and(|n| first.is_none_or(|f| n < f)))
}

/// The condition of a guard without the words that say until when it counts.
fn meanwhile(tokens: &[Token]) -> Vec<Token> {
    tokens.iter().filter(|t| !t.is(C::Meanwhile)).cloned().collect()
}

/// "on sundays make it half past nine": only the time is another.
fn changes(acts: &[Token]) -> bool {
    let mut words = acts.iter().filter(|t| !t.punctuation() && !t.is_any(&[C::Filler, C::Then, C::It])).peekable();
    words.peek().is_some() && words.all(|t| t.is(C::Set) && t.entry.is_none() && t.literal.is_none())
}

/// Words of "put it back as it was".
fn takes_back(t: &Token) -> bool {
    t.entry.is_none()
        && (t.punctuation() || t.is_any(&[C::Undo, C::Filler, C::And, C::Then, C::Again, C::It, C::Them, C::Object]))
}

/// Words that say nothing beside a time: "it is".
fn idle(t: &Token) -> bool {
    t.entry.is_none()
        && (t.punctuation()
            || t.is_any(&[
                C::Filler,
                C::It,
                C::Is,
                C::Rises,
                C::Article,
                C::At,
                C::To,
                C::Reading,
                C::Only,
                C::Between,
            ])
            || t.text == "time")
}

/// "One ring is nothing special.": a sentence of its own that points at nothing here.
fn remark(s: &Segment, lexicon: &Lexicon) -> bool {
    let says = |t: &Token| {
        t.entry(lexicon).is_some_and(|e| e.is_reference() || !e.traits.is_empty() || !e.states.is_empty())
            || t.is_any(&[
                C::Notify,
                C::Object,
                C::It,
                C::Them,
                C::On,
                C::Off,
                C::All,
                C::Everything,
                C::RoomWord,
                C::ApplianceWord,
            ])
            || t.is_any(&[C::If, C::When, C::Undo])
    };
    !s.tokens.iter().any(says) && (refrains(&s.tokens) || s.tokens.iter().any(Token::unknown))
}

fn comma(at: usize) -> Token {
    Token { from: at, to: at, text: ",".into(), concepts: Vec::new(), entry: None, literal: None, sure: 1.0 }
}

/// The words without their times, and the times.
fn apart(tokens: &[Token]) -> (Vec<Token>, When) {
    let mut when = When::default();
    let mut words: Vec<Token> = Vec::new();
    let mut taken = false;
    for t in tokens {
        match &t.literal {
            Some(Literal::When(w)) if t.entry.is_none() => {
                when.join((**w).clone());
                // "it is after sunset and ...".
                while words
                    .last()
                    .is_some_and(|l| l.text == "it" || l.text == "is" || l.text == "it is" || l.is(C::And))
                {
                    words.pop();
                }
                taken = words.is_empty();
            }
            _ if taken && t.is_any(&[C::And, C::Filler]) && t.entry.is_none() => {}
            _ => {
                taken = false;
                words.push(t.clone());
            }
        }
    }
    while words.last().is_some_and(Token::punctuation) {
        words.pop();
    }
    let empty = words.iter().all(Token::punctuation);
    (if empty { Vec::new() } else { words }, when)
}
