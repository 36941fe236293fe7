//! What a sentence about the past says: what is asked, over which time, of which state or quantity.
//!
//! What it is *not*: which points that is about is found as for questions about the present. Start at [`Heard::of`].

use super::words::{Signs, Word};
use super::{meters, today};
use crate::charts::{Clock, Stretch};
use crate::phrases::link::Scene;
use crate::phrases::pieces::{act_of, asked_state};
use crate::questions::asking::{self, Form};
use crate::questions::compared::degree;
use crate::questions::question;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::words::concept::Concept as C;
use documents::chart::{Range, Shift};
use documents::{Ask, Condition, Draft, PastAsk, PastQuery, Query, Refusal};
use std::collections::BTreeSet;
use things::Selector;

/// What was heard.
pub(super) struct Heard {
    words: BTreeSet<Word>,
    range: Option<Range>,
    /// Two times were said, one of them so much earlier.
    shift: Option<Shift>,
    /// What is left, without the words of such questions.
    rest: Vec<Token>,
    /// The words themselves say that it was: a tense, 过, a time that is over.
    was: bool,
    /// It can be answered by yes or no.
    whether: bool,
    /// A question word for a value.
    what: bool,
    /// The whole sentence, for words that say both what is asked and of what.
    tokens: Vec<Token>,
}

/// What is asked, before it is known of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Last,
    Who,
    Since,
    HowLong,
    HowOften,
    Ever,
    Extreme { highest: bool },
    Mean,
    Used,
    Value,
}

/// Words that ask for a value.
const VALUES: &[C] =
    &[C::What, C::HowMuch, C::HasUsed, C::HowHot, C::HowBright, C::HowHumid, C::HowLoud, C::HowManyPeople];

impl Heard {
    /// What tokens say; none when they are an order, a condition, a wish to be told, or about what is to come.
    pub(super) fn of(
        tokens: &[Token],
        signs: &Signs,
        times: &[((usize, usize), Stretch)],
        clock: &Clock,
        scene: &Scene<'_>,
    ) -> Option<Heard> {
        let time = |t: &Token| times.iter().find(|(span, _)| *span == (t.from, t.to)).map(|(_, s)| s);
        let reference = |t: &Token| t.entry(scene.lexicon).is_some_and(crate::words::lexicon::Entry::is_reference);
        let senses = |t: &Token| signs.get(&(t.from, t.to)).map(Vec::as_slice).filter(|_| !reference(t)).unwrap_or(&[]);
        let bars = [C::If, C::Unless, C::Until, C::Notify, C::Otherwise, C::Then, C::Except];
        let barred = |t: &Token| {
            t.is_any(&bars) && t.entry.is_none() && senses(t).is_empty() && time(t).is_none()
                || senses(t).contains(&Word::Ahead)
                || matches!(t.literal, Some(Literal::Duration(_))) && time(t).is_none() && senses(t).is_empty()
        };
        if tokens.iter().any(barred) {
            return None;
        }
        let mut heard = Heard {
            words: BTreeSet::new(),
            range: None,
            shift: None,
            rest: Vec::new(),
            was: false,
            whether: false,
            what: false,
            tokens: tokens.to_vec(),
        };
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut on: Vec<Token> = Vec::new();
        for t in tokens {
            if let Some(stretch) = time(t) {
                stretches.push(stretch.clone());
                // "was it on yesterday": the state has become part of the time.
                if t.text.starts_with("on ") {
                    on.push(Token { text: "on".into(), concepts: vec![C::On, C::At], to: t.from + 2, ..t.clone() });
                }
                continue;
            }
            let found = senses(t);
            heard.words.extend(found);
            heard.words.extend(said_by_form(t, scene));
            heard.what |= t.entry.is_none() && t.is_any(VALUES);
            let asks = t.is_any(&[C::What, C::LookUp, C::Is, C::YesNo, C::HowMany]) && t.entry.is_none();
            let silent = found.iter().any(|w| !matches!(w, Word::Run | Word::End));
            if (silent || asks || t.is(C::Filler) && !reference(t)) && asked_state(t).is_none() {
                continue;
            }
            let runs = found.contains(&Word::Run) && t.entry.is_none();
            heard.rest.push(if runs {
                Token { text: "on".into(), concepts: vec![C::On], ..t.clone() }
            } else {
                t.clone()
            });
        }
        let stated = |t: &Token| {
            act_of(t).is_some()
                || t.is_any(&[C::On, C::Off])
                || t.entry(scene.lexicon).is_some_and(|e| !e.states.is_empty())
        };
        if !heard.rest.iter().any(stated) {
            heard.rest.append(&mut on);
        }
        heard.take_times(&stretches, clock)?;
        if heard.shift.is_some() {
            let compares =
                |t: &Token| t.is_any(&[C::Than, C::And, C::Higher, C::Lower, C::Above, C::Below, C::Differs]);
            heard.rest.retain(|t| t.entry.is_some() || !compares(t));
        }
        heard.conclude();
        Some(heard)
    }

    /// Whether it asks yes or no, and about what was.
    fn conclude(&mut self) {
        self.whether =
            asking::asks_yes_no(&self.tokens) || starts_so(&self.tokens) || self.tokens.iter().any(|t| t.text == "?");
        let english = self.tokens.iter().any(|t| t.text.is_ascii() && t.text.chars().any(char::is_alphabetic));
        self.was = [Word::Past, Word::Last, Word::Ever].iter().any(|w| self.words.contains(w))
            || !english && self.range.is_some() && !self.until_now()
            || self.tokens.last().is_some_and(|t| t.text == "的");
    }

    /// One range; two are compared with one another.
    fn take_times(&mut self, stretches: &[Stretch], clock: &Clock) -> Option<()> {
        let [first, more @ ..] = stretches else { return Some(()) };
        let mut whole = first.clone();
        for other in more {
            let (later, grain) = match (whole.back_to(other), other.back_to(&whole)) {
                (Some(g), _) => (whole.clone(), Some(g)),
                (_, Some(g)) => (other.clone(), Some(g)),
                _ => (whole.join(other, clock)?, None),
            };
            (whole, self.shift) = (later, grain.and_then(crate::charts::Grain::shift).or(self.shift));
        }
        self.range = Some(whole.range);
        Some(())
    }

    /// Whether the time lasts until now: "today" is not over yet.
    fn until_now(&self) -> bool {
        matches!(&self.range, Some(Range::Calendar(name)) if name.starts_with("this_") || name == "today")
    }

    fn has(&self, word: Word) -> bool {
        self.words.contains(&word)
    }

    fn any(&self, concepts: &[C]) -> bool {
        self.tokens.iter().any(|t| t.is_any(concepts) && t.entry.is_none())
    }

    /// "and yesterday?", 上周呢: the same question about another time.
    pub(super) fn at_another_time(&self, before: &PastQuery) -> Option<PastQuery> {
        let range = self.range.clone()?;
        let idle = |t: &Token| t.punctuation() || t.is_any(&[C::Same, C::And, C::AboutIt, C::Filler, C::What, C::It]);
        let asked = [Word::When, Word::Who, Word::Long, Word::Often, Word::Since, Word::Used, Word::Run];
        let alone = self.rest.iter().all(idle) && !asked.iter().any(|w| self.has(*w));
        alone.then(|| PastQuery { range: Some(range), ..before.clone() })
    }

    /// What is asked; none where it is nothing about the past.
    fn kind(&self) -> Option<Kind> {
        let compares = self.tokens.iter().any(|t| t.entry.is_none() && degree(t).is_some());
        if self.has(Word::Who) && !self.any(&[C::AtHome]) && !compares {
            return Some(Kind::Who);
        }
        if self.has(Word::Often) && (self.was || self.range.is_some()) {
            return Some(Kind::HowOften);
        }
        if self.has(Word::Since) {
            return Some(Kind::Since);
        }
        if let Some(highest) = self.extreme() {
            return Some(Kind::Extreme { highest });
        }
        if self.has(Word::Long) && (self.was || self.range.is_some()) {
            let total =
                self.range.is_some() || self.tokens.iter().any(|t| matches!(t.text.as_str(), "was" | "did" | "were"));
            return Some(if total { Kind::HowLong } else { Kind::Since });
        }
        if self.has(Word::When) && self.was {
            return Some(Kind::Last);
        }
        let (asked, ranged) = (self.what || self.any(&[C::LookUp]), self.range.is_some());
        if self.any(&[C::Average]) && ranged && (asked || self.whether) {
            return Some(Kind::Mean);
        }
        if self.has(Word::Used) && ranged && (asked || self.shift.is_some()) {
            return Some(Kind::Used);
        }
        if self.what && ranged && self.was {
            return Some(Kind::Value);
        }
        let ever = self.has(Word::Ever) && (self.was || ranged);
        (self.whether && self.was && (ranged || ever)).then_some(Kind::Ever)
    }

    /// "how hot did it get", 最高多少度, "when was it coldest": which end, where it is about a time or what was.
    fn extreme(&self) -> Option<bool> {
        let (up, down) = (
            [C::Highest, C::Hottest, C::Brightest, C::Dampest, C::Noisiest, C::Stuffiest, C::Busiest, C::Maximum],
            [C::Lowest, C::Coldest, C::Darkest, C::Driest, C::Quietest, C::Minimum],
        );
        let reached = self.has(Word::Reached);
        let cold = self
            .tokens
            .iter()
            .any(|t| t.is(C::HowHot) && (t.text.contains("col") || t.text.contains("coo") || t.text.contains('冷')));
        let highest = match (self.any(&up), self.any(&down)) {
            // "the lowest and the highest" is all of it.
            (true, true) => return None,
            (true, _) => true,
            (_, true) => false,
            _ if reached && self.any(&[C::HowHot]) => !cold,
            _ if reached && self.any(&[C::HowMuch, C::HowBright, C::HowHumid, C::HowLoud, C::HowManyPeople]) => true,
            _ => return None,
        };
        let asked = self.what || self.has(Word::When) || self.any(&[C::LookUp, C::Which, C::Where]);
        (asked && (self.range.is_some() || self.has(Word::Past) && (reached || self.has(Word::When))))
            .then_some(highest)
    }

    /// The question, or why it cannot be asked.
    pub(super) fn query(
        &self,
        spoken: Option<(Selector, Condition)>,
        scene: &Scene<'_>,
    ) -> Option<Result<PastQuery, Refusal>> {
        let kind = self.kind()?;
        let told = |select: Selector, ask: PastAsk, range: Option<Range>| {
            Some(Ok(PastQuery { select, range, ask, compare: self.shift }))
        };
        let alone = self.rest.iter().all(|t| t.punctuation() || t.is_any(&[C::It, C::Same, C::And, C::AboutIt]));
        if let (true, Some((select, condition))) = (alone, spoken) {
            return told(select, ask(kind, condition)?, self.over(kind));
        }
        match kind {
            Kind::Used => match meters::meters(&self.rest, &self.tokens, scene)? {
                Ok(select) => told(select, PastAsk::Used, self.range.clone()),
                Err(r) => Some(Err(r)),
            },
            Kind::Extreme { .. } | Kind::Mean | Kind::Value => {
                let (form, past) = match kind {
                    Kind::Extreme { highest: true } => (Form::Extreme { highest: true }, PastAsk::Highest),
                    Kind::Extreme { highest: false } => (Form::Extreme { highest: false }, PastAsk::Lowest),
                    Kind::Mean => (Form::Mean, PastAsk::Mean),
                    _ => (Form::Value, PastAsk::Value),
                };
                match self.present(form, scene)? {
                    Ok(query) => told(query.select, past, self.over(kind)),
                    Err(r) => Some(Err(r)),
                }
            }
            _ => match self.present(Form::YesNo, scene)? {
                Ok(Query { select, ask: Ask::All(c) | Ask::Any(c) | Ask::Which(c) | Ask::Count(c) }) => {
                    told(select, ask(kind, c)?, self.over(kind))
                }
                Ok(_) => None,
                Err(r) => Some(Err(r)),
            },
        }
    }

    /// The time: what has a length, or an end of a scale, is of today where none was said.
    fn over(&self, kind: Kind) -> Option<Range> {
        let needs = matches!(kind, Kind::HowLong | Kind::HowOften | Kind::Extreme { .. } | Kind::Mean | Kind::Value);
        self.range.clone().or_else(|| needs.then(today))
    }

    /// What is left, asked of the present.
    fn present(&self, form: Form, scene: &Scene<'_>) -> Option<Result<Query, Refusal>> {
        let mut tokens = self.rest.clone();
        let named = |t: &Token| t.entry(scene.lexicon).is_some_and(|e| e.is_reference() || !e.traits.is_empty());
        // "how hot did it get in the lab": of nothing but the lab.
        if tokens.iter().any(named) {
            tokens.retain(|t| !(t.is(C::It) && t.text.is_ascii()) || named(t));
        } else if !self.implies() && !tokens.iter().any(|t| t.is_any(&[C::It, C::Them, C::Here])) {
            // 什么时候开的: what was spoken of.
            let first = tokens.first().filter(|_| !scene.salient.is_empty())?.clone();
            tokens.insert(0, Token { text: "它".into(), concepts: vec![C::It], entry: None, to: first.from, ..first });
        }
        // Words that ask of what they say themselves stand among what was taken out.
        let implying = |t: &&Token| {
            t.entry.is_none() && t.is_any(&[C::HowHot, C::HowBright, C::HowHumid, C::HowLoud, C::HowManyPeople])
        };
        if form != Form::YesNo {
            let out: Vec<Token> =
                self.tokens.iter().filter(implying).filter(|t| !tokens.contains(t)).cloned().collect();
            tokens.extend(out);
        }
        match question::question(&tokens, form, scene, &[]) {
            Ok(Draft::Query(query)) => Some(Ok(query)),
            Ok(_) => None,
            Err(r) => Some(Err(r)),
        }
    }

    /// Whether a word that asks says of what: "how hot", "the dampest".
    fn implies(&self) -> bool {
        let ends = [C::Hottest, C::Coldest, C::Dampest, C::Driest, C::Brightest, C::Darkest, C::Noisiest, C::Stuffiest];
        self.any(&ends) || self.any(&[C::HowHot, C::HowHumid, C::HowBright, C::HowLoud])
    }
}

/// What is asked of a state.
fn ask(kind: Kind, condition: Condition) -> Option<PastAsk> {
    Some(match kind {
        Kind::Last => PastAsk::Last(condition),
        Kind::Who => PastAsk::Who(condition),
        Kind::Since => PastAsk::Since(condition),
        Kind::HowLong => PastAsk::HowLong(condition),
        Kind::HowOften => PastAsk::HowOften(condition),
        Kind::Ever => PastAsk::Ever(condition),
        _ => return None,
    })
}

/// "did the pump run", "has anybody been in the lab".
fn starts_so(tokens: &[Token]) -> bool {
    let first = tokens.iter().find(|t| !t.punctuation() && (!t.is(C::Filler) || t.is(C::Is)));
    first.is_some_and(|t| t.text.is_ascii() && t.is(C::Is))
}

/// What the form of a word says: 开过 once was, 开了 has been, "used" asks how much.
fn said_by_form(t: &Token, scene: &Scene<'_>) -> Vec<Word> {
    let told = |c: &str| t.entry.is_none() && !t.text.is_ascii() && t.text.contains(c);
    let acted = act_of(t).is_some() || t.is(C::YesNo) || t.entry(scene.lexicon).is_some_and(|e| !e.states.is_empty());
    let mut words = Vec::new();
    if acted && told("过") {
        words.extend([Word::Ever, Word::Past]);
    }
    if acted && told("了") {
        words.push(Word::Past);
    }
    if t.is(C::HasUsed) {
        words.push(Word::Used);
    }
    words
}
