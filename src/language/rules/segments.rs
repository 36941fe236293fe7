//! Cuts a request into conditions, times and acts: by the words that open or close a condition, by breaks, and by what
//! stands between them.
//!
//! What it is *not*: which condition belongs to which acts is `assemble.rs`. Start at [`segments`].

use crate::phrases::pieces::{Verb, act_of};
use crate::reading::sentence::third_person;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::text::times::When;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Lexicon;

/// Words that compare with a number, or with what is comfortable.
pub(super) const COMPARING: &[C] =
    &[C::Above, C::Below, C::AtLeast, C::AtMost, C::WarmerThan, C::ColderThan, C::BrighterThan, C::DarkerThan];

/// What a segment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Begins something: "when", "if", 的时候.
    When,
    /// Must hold: "only if", "as long as".
    Guard,
    /// Must not hold.
    Unless,
    Until,
    Otherwise,
    /// A time, days or a period.
    Time,
    Acts,
}

/// Words with one role.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Segment {
    pub(crate) role: Role,
    pub(crate) tokens: Vec<Token>,
    /// A full stop or a semicolon stands before it.
    pub(crate) fresh: bool,
    /// It says when something happens: "when", "once", not "if".
    pub(crate) event: bool,
}

/// Words that make what follows a guard.
const GUARDS: &[&str] = &[
    "only if",
    "only when",
    "only while",
    "provided",
    "provided that",
    "as long as",
    "assuming",
    "given that",
    "while",
    "whilst",
    "前提是",
    "条件是",
    "只要还",
    "只有",
    "只在",
    "仅在",
    "仅当",
    "只有当",
];

pub(super) struct Cutter<'a> {
    tokens: &'a [Token],
    pub(super) lexicon: &'a Lexicon,
    /// Some word says that a condition or a time is meant, so that weaker signs count too.
    marked: bool,
}

/// The segments of a request.
pub(crate) fn segments(tokens: &[Token], lexicon: &Lexicon) -> Vec<Segment> {
    let tokens = &hours(tokens);
    let mut cutter = Cutter { tokens, lexicon, marked: false };
    cutter.marked = (0..tokens.len()).any(|i| cutter.opens(i).is_some() || cutter.closes(i) || time(tokens.get(i)));
    let mut out: Vec<Segment> = Vec::new();
    let (mut i, mut fresh) = (0, true);
    while let Some(t) = tokens.get(i) {
        if t.punctuation() {
            fresh |= hard(t);
            i += 1;
            continue;
        }
        if cutter.idle(i) {
            i += 1;
            continue;
        }
        // 就把两个天窗都关上，...: behind such a word something is done, whatever follows it.
        let led = out.last().is_some_and(|s| s.role == Role::When)
            && i.checked_sub(1).is_some_and(|p| cutter.then(p) && tokens.get(p).is_some_and(|t| !t.text.is_ascii()))
            && cutter.opens(i).is_none()
            && !time(Some(t));
        let (role, from, end) = if led { (Role::Acts, i, cutter.acts_end(i)) } else { cutter.next(i) };
        if end > from || role == Role::Otherwise {
            let mut upto = end;
            let trails = |t: &Token| {
                t.entry.is_none()
                    && (t.punctuation() || t.is(C::Only) || t.text == "到" || joins(t) && act_of(t).is_none())
            };
            while role == Role::Acts && upto > from + 1 && tokens.get(upto - 1).is_some_and(trails) {
                upto -= 1;
            }
            let words = tokens.get(from..upto).unwrap_or_default().iter();
            let words = words.filter(|t| role != Role::When || !opener(t)).cloned().collect();
            let opener = from.checked_sub(1).filter(|o| *o >= i).and_then(|o| tokens.get(o));
            let event = role == Role::When
                && opener
                    .map_or_else(|| cutter.threshold(from), |o| o.is(C::When) && !o.is(C::If) && o.text.is_ascii());
            out.push(Segment { role, tokens: words, fresh, event });
            fresh = false;
        }
        i = end.max(i + 1);
    }
    out
}

/// "at ten pm ..., and at six ...": beside another time a bare hour behind "at" is one too.
fn hours(tokens: &[Token]) -> Vec<Token> {
    if !tokens.iter().any(moment) {
        return tokens.to_vec();
    }
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for (i, t) in tokens.iter().enumerate() {
        let begins = |p: Option<&Token>| p.is_none_or(|p| p.punctuation() || p.is(C::And));
        let led = i.checked_sub(1).and_then(|p| tokens.get(p)).is_some_and(|p| p.text == "at")
            && begins(i.checked_sub(2).and_then(|p| tokens.get(p)));
        match (&t.literal, led.then(|| out.pop()).flatten()) {
            (Some(Literal::Number(n)), Some(at)) => match When::hour(*n) {
                Some(when) => {
                    let literal = Some(Literal::When(Box::new(when)));
                    out.push(Token { from: at.from, text: format!("at {}", t.text), literal, ..t.clone() });
                }
                None => out.extend([at, t.clone()]),
            },
            (_, at) => out.extend(at.into_iter().chain([t.clone()])),
        }
    }
    out
}

/// A time that something can begin at, or days and periods.
fn time(t: Option<&Token>) -> bool {
    t.is_some_and(|t| t.entry.is_none() && matches!(t.literal, Some(Literal::When(_))))
}

fn hard(t: &Token) -> bool {
    matches!(t.text.as_str(), "." | "。" | ";" | "；" | "!" | "?" | ":" | "-")
}

/// Words that close the condition before them: 时, 的时候, 的话.
pub(super) fn behind(t: &Token) -> bool {
    const BEHIND: &[&str] =
        &["的时候", "时候", "时", "之后", "以后", "后", "的话", "的那一刻", "的同时", "之际", "期间", "的期间"];
    BEHIND.contains(&t.text.as_str()) && t.is_any(&[C::When, C::If, C::AfterTime, C::While])
}

/// A word for "if" inside of what it opens.
fn opener(t: &Token) -> bool {
    t.is(C::If) && t.entry.is_none() && t.literal.is_none() && !t.text.is_ascii()
}

/// Words that only join: they begin nothing.
fn joins(t: &Token) -> bool {
    t.is_any(&[C::And, C::Then])
        || matches!(t.text.as_str(), "but" | "但" | "但是" | "不过" | "so" | "再" | "也" | "才" | "便")
}

impl Cutter<'_> {
    fn at(&self, i: usize) -> Option<&Token> {
        self.tokens.get(i)
    }

    /// Whether a token says nothing here: joints and fillers in front of something else.
    fn idle(&self, i: usize) -> bool {
        let Some(t) = self.at(i) else { return false };
        (i > 0 && self.closes(i))
            || (t.text == "到"
                && time(self.at(i + 1))
                && i.checked_sub(1).and_then(|p| self.at(p)).is_none_or(Token::punctuation))
            || (joins(t) && t.entry.is_none() && self.opens(i).is_none() && act_of(t).is_none())
            || (t.is(C::Filler) && t.entry.is_none() && act_of(t).is_none() && !t.is_any(&[C::Notify, C::Is, C::Not]))
    }

    /// 窗户要是开着: the word that opens the condition stands behind what the condition is about.
    fn inverted(&self, i: usize) -> Option<usize> {
        let names = |t: &Token| {
            t.entry.is_some()
                || t.is_any(&[
                    C::At,
                    C::Of,
                    C::All,
                    C::Any,
                    C::Article,
                    C::Here,
                    C::It,
                    C::Filler,
                    C::RoomWord,
                    C::And,
                    C::Or,
                    C::Everything,
                    C::Meanwhile,
                ])
                || t.unknown()
        };
        let count = self
            .tokens
            .iter()
            .skip(i)
            .take_while(|t| !t.punctuation() && self.at(i).is_some() && names(t) && !t.is_any(&[C::If, C::When]))
            .count();
        let at = i + count;
        let opening = self.at(at).is_some_and(|t| !t.text.is_ascii() && t.is(C::If) && !behind(t));
        (count > 0 && opening && self.opens(at).is_some()).then_some(at)
    }

    fn next(&self, i: usize) -> (Role, usize, usize) {
        if let Some(at) = self.inverted(i) {
            return (Role::When, i, self.condition_end(at + 1));
        }
        if let Some((role, from)) = self.opens(i) {
            return match role {
                Role::Otherwise => (role, from, from),
                _ => (role, from, self.condition_end(from)),
            };
        }
        if time(self.at(i)) && !self.within_condition(i) {
            let closed = self.at(i + 1).is_some_and(behind);
            return (Role::Time, i, if closed { i + 2 } else { i + 1 });
        }
        if self.threshold(i) {
            let more = self
                .tokens
                .iter()
                .skip(i + 2)
                .take_while(|t| t.entry.is_some() || t.is_any(&[C::At, C::Of, C::Article]))
                .count();
            return (Role::When, i, i + 2 + more);
        }
        if let Some(end) = self.unmarked(i) {
            return (Role::When, i, end);
        }
        (Role::Acts, i, self.acts_end(i))
    }

    /// 晚上十点以后有人走动就开灯: a period that belongs to the condition behind it is taken out of it later.
    fn within_condition(&self, i: usize) -> bool {
        self.at(i + 1).is_some_and(|t| !t.punctuation())
            && self.unmarked(i + 1).is_some()
            && self.at(i).is_some_and(|t| !moment(t))
    }

    /// The role that a word gives to what follows, and where that begins.
    fn opens(&self, i: usize) -> Option<(Role, usize)> {
        let t = self.at(i)?;
        if t.literal.is_some() || t.entry.is_some() || behind(t) {
            return None;
        }
        let next = self.at(i + 1);
        let duration = |t: Option<&Token>| t.is_some_and(|t| matches!(t.literal, Some(Literal::Duration(_))));
        let only = t.is(C::Only) && next.is_some_and(|n| n.is_any(&[C::If, C::When, C::While]) && !behind(n));
        if only {
            return Some((Role::Guard, i + 2));
        }
        // "but only between nine and five", "and never running at night".
        if t.is(C::Only) && time(next) && !moment_at(next) {
            return Some((Role::Guard, i + 1));
        }
        if t.is(C::Not) && t.text.is_ascii() {
            let acts = usize::from(next.is_some_and(|n| act_of(n).is_some() || n.unknown() || n.entry.is_some()));
            if time(self.at(i + 1 + acts)) && !moment_at(self.at(i + 1 + acts)) {
                return Some((Role::Unless, i + 1 + acts));
            }
        }
        if GUARDS.contains(&t.text.as_str()) {
            return Some((Role::Guard, i + 1));
        }
        if t.is(C::Unless) {
            return Some((Role::Unless, i + 1));
        }
        if t.is(C::Until) && (t.text.is_ascii() || t.text.starts_with('直') || t.text.starts_with("一直")) {
            return Some((Role::Until, i + 1));
        }
        if t.is(C::Otherwise) {
            return Some((Role::Otherwise, i + 1));
        }
        // "should the window open, ..." only at the start; "when is" asks; "after ten minutes" waits.
        let modal = t.text == "should" && i > 0;
        let asking = t.text == "when"
            && next.is_some_and(|n| matches!(n.text.as_str(), "is" | "was" | "did" | "does" | "do" | "are" | "will"));
        let waits = t.is(C::AfterTime) && (duration(next) || duration(i.checked_sub(1).and_then(|p| self.at(p))));
        // "after five minutes with nobody there".
        let waits = waits
            && !(t.text == "after"
                && self.at(i + 2).is_some_and(|n| matches!(n.text.as_str(), "with" | "of" | "without")));
        let whens = t.is_any(&[C::If, C::When]) && !modal && !asking && !waits && !t.is(C::Notify);
        whens.then_some((Role::When, i + 1))
    }

    /// Whether a word closes the condition before it.
    fn closes(&self, i: usize) -> bool {
        let Some(t) = self.at(i).filter(|t| t.literal.is_none() && t.entry.is_none()) else { return false };
        let before = i.checked_sub(1).and_then(|p| self.at(p));
        let waits = t.is(C::AfterTime) && before.is_some_and(|p| matches!(p.literal, Some(Literal::Duration(_))));
        behind(t) && (!waits || self.dwells(i))
    }

    /// 超过五分钟后: the time that something has to hold.
    fn dwells(&self, i: usize) -> bool {
        let start = self.tokens.iter().take(i).rposition(Token::punctuation).map_or(0, |p| p + 1);
        let said = self.tokens.get(start..i).unwrap_or_default();
        said.iter().any(|t| t.is_any(&[C::ForTime, C::Above, C::AtLeast]) && t.literal.is_none())
            || said.iter().any(|t| t.is_any(&[C::Nobody]))
    }

    /// Where a condition that begins at a place ends.
    fn condition_end(&self, from: usize) -> usize {
        let mut checked = false;
        for i in from..self.tokens.len() {
            let Some(t) = self.at(i) else { break };
            if i > from {
                if hard(t) && t.punctuation() && t.text != "-" || self.closes(i) || self.splits(i, from) {
                    return i;
                }
                if self.then(i) && (self.acts_within(i + 1) || t.is_any(&[C::Void, C::Not])) {
                    return i;
                }
                let joint = (t.text == "," || t.is(C::And)) && t.entry.is_none();
                if joint
                    && (self.order(i + 1) > 0
                        || t.text == "," && checked && (self.waits(self.behind_joints(i)) || self.part_orders(i + 1))
                        || self.opens(self.behind_joints(i)).is_some_and(|(r, _)| r != Role::When))
                {
                    return i;
                }
                if joint
                    && t.text == ","
                    && self.opens(self.behind_joints(i)).is_some()
                    && checked
                    && !self.or_before(i)
                {
                    return i;
                }
                if checked && (self.begins_act(i) || self.immediate(i) || self.object(i)) {
                    return i;
                }
            }
            checked |= self.checks(t);
        }
        self.plain_end(from)
    }

    /// Nothing says outright where the acts begin: behind the first break that has a whole condition before it.
    fn plain_end(&self, from: usize) -> usize {
        let mut checked = false;
        for (i, t) in self.tokens.iter().enumerate().skip(from) {
            if i > from && checked && t.text == "," && self.acts_within(i + 1) {
                return i;
            }
            checked |= self.checks(t);
        }
        self.tokens.len()
    }

    /// 就, 才, "then"; 再 in front of an act.
    fn then(&self, i: usize) -> bool {
        let Some(t) = self.at(i).filter(|t| t.literal.is_none() && t.entry.is_none()) else { return false };
        let again = matches!(t.text.as_str(), "再" | "才")
            && self.tokens.iter().skip(i + 1).take(2).any(|n| act_of(n).is_some() || n.is_any(&[C::Object, C::Undo]));
        // 降到60以下再过五分钟才停.
        let waits = t.text.starts_with('再')
            && t.is(C::AfterTime)
            && self.at(i + 1).is_some_and(|n| matches!(n.literal, Some(Literal::Duration(_))));
        // 就别亮了, 就算了.
        let not = t.text.starts_with('就') && t.is_any(&[C::Not, C::Void, C::Cancel]) && t.text != "就";
        (t.is(C::Then) && !t.is(C::And)) || again || waits || not
    }

    /// 门一开灯就亮: behind 一 and its verb another thing is spoken of.
    fn immediate(&self, i: usize) -> bool {
        let once = i.checked_sub(2).and_then(|p| self.at(p)).is_some_and(|t| t.text == "一");
        let names =
            self.at(i).is_some_and(|t| t.entry(self.lexicon).is_some_and(crate::words::lexicon::Entry::is_reference));
        once && names && self.acts_within(i + 1)
    }

    /// "over 800 the doser off": behind a number, a thing with its particle.
    fn object(&self, i: usize) -> bool {
        let numbered = i.checked_sub(1).and_then(|p| self.at(p)).is_some_and(|p| {
            p.entry.is_none()
                && matches!(p.literal, Some(Literal::Number(_) | Literal::Quantity(_) | Literal::Degrees(_)))
        });
        let mut rest = self.tokens.iter().skip(i).skip_while(|t| {
            t.is(C::Article)
                || t.entry(self.lexicon).is_some_and(crate::words::lexicon::Entry::is_reference)
                    && !t.is_any(&[C::On, C::Off])
        });
        let names = self.at(i).is_some_and(|t| {
            t.is(C::Article) || t.entry(self.lexicon).is_some_and(crate::words::lexicon::Entry::is_reference)
        });
        numbered && names && rest.next().is_some_and(|t| t.is_any(&[C::On, C::Off]))
    }

    /// 过十分钟, "ten minutes later": a time to wait begins here.
    fn waits(&self, i: usize) -> bool {
        let span = |t: Option<&Token>| t.is_some_and(|t| matches!(t.literal, Some(Literal::Duration(_))));
        let after = |t: Option<&Token>| t.is_some_and(|t| t.is(C::AfterTime) && t.literal.is_none());
        after(self.at(i)) && span(self.at(i + 1)) && !self.at(i).is_some_and(|t| t.is(C::ForTime))
            || span(self.at(i)) && after(self.at(i + 1)) && self.at(i + 1).is_some_and(|t| !t.text.is_ascii())
    }

    /// 门廊灯和小路灯都打开: up to the next break something is done, and no word for "then" follows.
    fn part_orders(&self, i: usize) -> bool {
        let rest = self.tokens.get(i..).unwrap_or_default();
        let end = rest.iter().position(Token::punctuation).unwrap_or(rest.len());
        let part = rest.get(..end).unwrap_or_default();
        let sentence = rest.iter().position(|t| t.punctuation() && hard(t)).unwrap_or(rest.len());
        let then = rest.iter().take(sentence).any(|t| t.text.starts_with('就') || t.text == "则" || behind(t));
        let acts =
            part.last().is_some_and(|t| act_of(t).is_some() && !t.text.ends_with('着') && !t.text.ends_with('了'));
        let names =
            part.first().is_some_and(|t| t.entry(self.lexicon).is_some_and(crate::words::lexicon::Entry::is_reference));
        !english_only(part) && !then && acts && names && !compares(part)
    }

    /// The first place behind joints and fillers.
    fn behind_joints(&self, i: usize) -> usize {
        let mut j = i + 1;
        while self.at(j).is_some_and(|t| t.text == "," || self.idle(j)) {
            j += 1;
        }
        j
    }

    fn or_before(&self, i: usize) -> bool {
        self.at(i + 1).is_some_and(|t| t.is(C::Or))
    }

    /// A word that gives another role without a break before it: "... unless", "... until".
    fn splits(&self, i: usize, from: usize) -> bool {
        let or = i.checked_sub(1).and_then(|p| self.at(p)).is_some_and(|p| p.is_any(&[C::Or, C::And]));
        i > from
            && !or
            && self.opens(i).is_some_and(|(r, _)| {
                r != Role::When || self.at(i).is_some_and(|t| t.text.is_ascii() && t.text != "after")
            })
    }

    /// Whether an act or a time to wait stands up to the next stop.
    fn acts_within(&self, from: usize) -> bool {
        self.tokens.iter().skip(from).take_while(|t| !(hard(t) && t.punctuation() && t.text != ":")).any(|t| {
            act_of(t).is_some()
                || t.literal.is_some()
                || t.is_any(&[C::Notify, C::On, C::Off, C::Minimum, C::Maximum, C::Void, C::Undo])
        })
    }

    /// A condition without a word that opens it: what it says, and acts behind it.
    fn unmarked(&self, from: usize) -> Option<usize> {
        let end = self.condition_end(from);
        if end >= self.tokens.len() || end <= from {
            return None;
        }
        let words = self.tokens.get(from..end)?;
        let closer = self.at(end)?;
        // "all the way above 30", 再过五分钟才: an amount, or a time to wait.
        let waits = |t: &Token| {
            t.is_any(&[C::AfterTime, C::Filler, C::And, C::Then]) || matches!(t.literal, Some(Literal::Duration(_)))
        };
        if words.first().is_some_and(|t| t.is_any(&[C::Maximum, C::Minimum, C::On, C::Off])) || words.iter().all(waits)
        {
            return None;
        }
        // 关掉灯，门关上了再打开: what stands before a break is something to do.
        let chunk = self.chunk(from);
        // 喷灌15分钟，...: a thing that runs for a time.
        let runs = chunk.iter().any(|t| matches!(t.literal, Some(Literal::Duration(_))))
            && !compares(chunk)
            && !chunk
                .iter()
                .any(|t| t.is_any(&[C::Somebody, C::Nobody, C::ForTime, C::AfterTime]) || self.told_state(t));
        if from + chunk.len() < end && runs {
            return None;
        }
        if from + chunk.len() < end && self.order_of(chunk) > 0 {
            return None;
        }
        // 开了十分钟还没关，就…: the word for "then" behind a break.
        let behind_break =
            closer.text == "," && self.then(end + 1) && self.at(end + 1).is_some_and(|t| t.text.starts_with('就'));
        let closed = self.closes(end) || (self.then(end) && !closer.text.is_ascii()) || behind_break;
        let states = words.iter().any(|t| self.checks(t));
        // "smoke in the kitchen: ...", 按一下床头按钮，...: something that happens.
        let orders = words.iter().any(|t| act_of(t).is_some_and(|a| a.verb != Verb::Press) && !third_person(t));
        let happens = closer.text == ":" && states && !orders && self.order_of(words) <= 0
            || closer.text == ","
                && !orders
                && words.iter().any(|t| t.is(C::Press))
                && words.iter().any(|t| t.entry.is_some());
        if happens && self.acts_within(end + 1) {
            return Some(end);
        }
        if closed {
            let told = words.iter().all(|t| t.is_any(&[C::Filler, C::And, C::Then]) || t.punctuation());
            let not = closer.is_any(&[C::Not, C::Void, C::Cancel]);
            return (states && !told && (not || self.acts_within(end + 1))).then_some(end);
        }
        let numbered = compares(words)
            && words
                .iter()
                .any(|t| matches!(t.literal, Some(Literal::Number(_) | Literal::Quantity(_) | Literal::Degrees(_))));
        // 门敞着超过五分钟，...
        let lasts = |t: &Token| t.is_any(&[C::ForTime, C::Above, C::AtLeast]) && t.literal.is_none();
        let dwelt = states
            && closer.text == ","
            && !english_only(words)
            && words.iter().any(lasts)
            && words.iter().any(|t| matches!(t.literal, Some(Literal::Duration(_))));
        let people =
            words.iter().any(|t| t.is_any(&[C::Somebody, C::Nobody])) && !words.iter().any(|t| t.text.is_ascii());
        let english = words.iter().any(|t| t.text.is_ascii() && t.literal.is_none());
        // 一拔卡，...: what shows itself at once.
        let sign = |t: &Token| t.entry(self.lexicon).is_some_and(|e| !e.signs.is_empty());
        let once = words.iter().any(|t| t.text == "一" || t.text.starts_with('一') && sign(t))
            && states
            && !english_only(words);
        let sure = numbered || dwelt || once || (people && self.marked);
        (sure && (!english || self.marked || self.order_of(words) < 0) && self.acts_within(end)).then_some(end)
    }

    /// Where acts end that begin at a place.
    fn acts_end(&self, from: usize) -> usize {
        for i in from + 1..self.tokens.len() {
            let Some(t) = self.at(i) else { break };
            if self.opens(i).is_some() || (time(Some(t)) && !self.timed_act(i)) {
                return i;
            }
            if self.threshold(i) {
                return i;
            }
            let joint = (t.punctuation() || joins(t)) && t.entry.is_none();
            if joint {
                let next = self.behind_joints(i);
                let told =
                    self.unmarked(next).is_some_and(|end| self.order_of(self.chunk(next)) < 0 || self.told(next, end));
                if told || self.inverted(next).is_some() {
                    return i;
                }
                if hard(t) && t.punctuation() && t.text != "-" {
                    return i;
                }
            }
        }
        self.tokens.len()
    }

    /// 关上了再打开: what is closed by such a word is so, whatever it looks like.
    fn told(&self, from: usize, end: usize) -> bool {
        let done = end.checked_sub(1).and_then(|p| self.at(p)).is_some_and(|t| t.text.ends_with('了'));
        let then = self.at(end).is_some_and(|t| t.is(C::Then) && !t.is(C::And));
        end > from && (self.closes(end) || then || done)
    }

    /// A number of hours that belongs to the act is none of its times.
    fn timed_act(&self, i: usize) -> bool {
        self.at(i).is_some_and(|t| t.is(C::ABit))
    }

    /// "... off above 28": a comparison right behind an act.
    fn threshold(&self, i: usize) -> bool {
        let compares = self.at(i).is_some_and(|t| {
            t.text.is_ascii() && t.is_any(&[C::Above, C::Below, C::AtLeast, C::AtMost]) && t.literal.is_none()
        });
        let number = self.at(i + 1).is_some_and(|t| {
            matches!(t.literal, Some(Literal::Number(_) | Literal::Quantity(_) | Literal::Degrees(_)))
        });
        let before = i.checked_sub(1).and_then(|p| self.at(p));
        let behind_act = before.is_some_and(|p| {
            p.is_any(&[C::On, C::Off, C::Maximum, C::It, C::Them])
                || p.entry.is_some()
                || p.literal.is_some()
                || act_of(p).is_some()
        });
        // "..., over 60 the siren too".
        let broken = before.is_some_and(|p| p.text == "," || p.is(C::And)) && self.acts_within(i + 2);
        compares && number && (behind_act || broken)
    }

    /// The words up to the next break.
    fn chunk(&self, from: usize) -> &[Token] {
        let rest = self.tokens.get(from..).unwrap_or_default();
        let end = rest.iter().enumerate().skip(1).position(|(k, t)| {
            t.punctuation()
                || (t.is_any(&[C::And, C::Then]) && t.entry.is_none())
                || self.opens(from + k).is_some()
                || self.closes(from + k)
                || self.threshold(from + k)
        });
        let end = end.map_or(rest.len(), |e| e + 1);
        let closed = usize::from(self.closes(from + end));
        rest.get(..(end + closed).min(rest.len())).unwrap_or_default()
    }

    /// How much the words behind a joint look like something to do.
    fn order(&self, i: usize) -> i32 {
        self.order_of(self.chunk(self.behind_joints(i.saturating_sub(1))))
    }

    /// A word for a state.
    fn told_state(&self, t: &Token) -> bool {
        t.entry(self.lexicon).is_some_and(|e| !e.states.is_empty() || !e.signs.is_empty())
    }

    /// Whether a token can complete a predicate.
    fn checks(&self, t: &Token) -> bool {
        let when = matches!(t.literal, Some(Literal::When(_)));
        (t.literal.is_some() && !when)
            || t.entry(self.lexicon).is_some_and(|e| {
                !e.states.is_empty()
                    || !e.signs.is_empty()
                    || e.traits.iter().any(|p| crate::questions::predicate::boolean(p))
            })
            || t.is_any(&[C::Somebody, C::Nobody, C::Rises, C::On, C::Off, C::Press])
            || act_of(t).is_some_and(|_| third_person(t) || !t.text.is_ascii())
    }

    /// Whether an order begins here: an act in its base form with its object behind it.
    fn begins_act(&self, i: usize) -> bool {
        let Some(t) = self.at(i) else { return false };
        if t.is(C::Object) && t.literal.is_none() && t.entry.is_none() && self.acts_within(i) {
            return true;
        }
        if asks_notice(t) {
            return true;
        }
        // "... leave it": what is not to be done.
        if t.is(C::Cancel) && t.entry.is_none() && t.text.is_ascii() && t.text.contains(' ') {
            return true;
        }
        let Some(act) = act_of(t) else { return false };
        // 门一开灯就亮: behind 一 it is what begins the rule.
        if i.checked_sub(1).and_then(|p| self.at(p)).is_some_and(|p| p.text == "一") {
            return false;
        }
        let comparing =
            t.is_any(&[C::Above, C::Below, C::AtLeast, C::AtMost, C::Rises, C::ForTime, C::WarmerThan, C::ColderThan]);
        if comparing || t.literal.is_some() {
            return false;
        }
        if t.text.is_ascii() {
            let state = i.checked_sub(1).and_then(|p| self.at(p)).is_some_and(|p| {
                p.is_any(&[C::Is, C::Not, C::Rises, C::Article, C::To]) && !p.is(C::Filler)
                    || matches!(p.text.as_str(), "is" | "are")
            });
            let verb = act.verb != Verb::Turn || matches!(t.text.as_str(), "turn" | "switch" | "put" | "shift");
            return verb && !third_person(t) && !state && self.tokens.len() > i + 1;
        }
        // 温度超过26度打开空调: the act has its object behind it.
        self.at(i + 1).is_some_and(|n| {
            n.entry.is_some() || n.is_any(&[C::All, C::Everything, C::It, C::Here, C::RoomWord, C::Them, C::Other])
        })
    }
}

fn moment_at(t: Option<&Token>) -> bool {
    t.is_some_and(moment)
}

fn moment(t: &Token) -> bool {
    matches!(&t.literal, Some(Literal::When(w)) if w.is_moment())
}

fn english_only(words: &[Token]) -> bool {
    words.iter().all(|t| t.text.is_ascii())
}

/// Whether a word asks for a notice: "tell me", 通知我.
pub(crate) fn asks_notice(t: &Token) -> bool {
    t.is(C::Notify) || t.is(C::LookUp) && (t.text.contains("me") || t.text.contains('我'))
}

/// Whether something is compared with a number.
fn compares(words: &[Token]) -> bool {
    let damp = [C::DamperThan, C::DrierThan];
    words.iter().any(|t| (t.is_any(COMPARING) || t.is_any(&damp)) && t.literal.is_none())
}
