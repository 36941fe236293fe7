//! All readings of the characters as words, and the best few covers of the text by them.
//!
//! What it is *not*: nothing here knows grammar; a token keeps all its senses, and what covers the text best is a
//! matter of few and long words. Start at [`covers`].

use crate::text::fuzzy;
use crate::text::literals::{self, Literal};
use crate::text::normalise::Text;
use crate::text::slips;
use crate::words::concept::{self, Concept};
use crate::words::lexicon::{Entry, Lexicon};
use base::bilingual::is_han;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::iter::successors;
use std::rc::Rc;

/// How many covers are kept.
pub(crate) const COVERS_MAX: usize = 3;
/// Most words of one request; what is longer is no request, and would take long to read.
pub(crate) const WORDS_MAX: usize = 300;
/// Cost of a word.
const WORD: u32 = 10;
/// Cost of a name of the registry: it wins against words of equal length.
const NAME: u32 = 8;
/// Further cost of a single Chinese character: it is often part of another word.
const SINGLE: u32 = 5;
/// Cost of a mark: "-5" is a number, not a dash and a number.
const MARK: u32 = 1;
/// Cost of a Chinese character that no word covers.
const UNKNOWN_HAN: u32 = 40;
/// Cost of a Latin word that is not known.
const UNKNOWN_WORD: u32 = 60;

/// A word of a cover, with all its senses.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// Where it stands, in normalised characters.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Its text.
    pub(crate) text: String,
    /// What the concept lexicon says.
    pub(crate) concepts: Vec<Concept>,
    /// What the registry says.
    pub(crate) entry: Option<usize>,
    /// Numbers and times.
    pub(crate) literal: Option<Literal>,
    /// How sure the match is: below 1 when the spelling had to be mended.
    pub(crate) sure: f64,
}

impl Token {
    /// Whether the concept lexicon has this sense.
    pub(crate) fn is(&self, concept: Concept) -> bool {
        self.concepts.contains(&concept)
    }
    /// Whether it has one of these senses.
    pub(crate) fn is_any(&self, concepts: &[Concept]) -> bool {
        concepts.iter().any(|c| self.is(*c))
    }
    /// Whether nothing is known about it.
    pub(crate) fn unknown(&self) -> bool {
        self.concepts.is_empty() && self.entry.is_none() && self.literal.is_none() && !self.punctuation()
    }
    /// Whether it is a mark, not a word.
    pub(crate) fn punctuation(&self) -> bool {
        self.text.chars().all(|c| !c.is_alphanumeric()) && self.literal.is_none()
    }
    /// What the registry says.
    pub(crate) fn entry<'a>(&self, lexicon: &'a Lexicon) -> Option<&'a Entry> {
        self.entry.and_then(|e| lexicon.entry(e))
    }
}

#[derive(Debug, Clone, Default)]
struct Edge {
    concepts: Vec<Concept>,
    entry: Option<usize>,
    literal: Option<Literal>,
    sure: f64,
}

/// A cover of the text by words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cover {
    pub(crate) tokens: Vec<Token>,
    /// How much it costs beyond the best one.
    pub(crate) excess: u32,
}

/// Edges by start and end.
type Edges = BTreeMap<(usize, usize), Edge>;

/// The best covers of a text, the best first.
pub(crate) fn covers(text: &Text, lexicon: &Lexicon) -> Vec<Cover> {
    covers_with(text, lexicon, &[])
}

/// The best covers, with words that only the caller knows, and what they name.
pub(crate) fn covers_with(text: &Text, lexicon: &Lexicon, known: &[((usize, usize), Option<usize>)]) -> Vec<Cover> {
    let mut edges = edges(text, lexicon);
    for (span, entry) in known {
        edges.entry(*span).or_insert_with(|| Edge { sure: 1.0, entry: *entry, ..Edge::default() });
    }
    let long = |at: usize, edges: &Edges| edges.range((at, at + 2)..(at + 1, 0)).next().is_some();
    for span in slips::doubled(&text.chars, |at| long(at, &edges)) {
        edges.insert(span, Edge { sure: 1.0, concepts: vec![Concept::Filler], ..Edge::default() });
    }
    let mut found = best(text, &edges, lexicon);
    // What is too long to be read need not be mended.
    if found.first().is_some_and(|c| c.tokens.len() > WORDS_MAX) {
        return found;
    }
    if found.first().is_some_and(|c| {
        slips::acts(&c.tokens, text, |from, to, senses| {
            let edge = edges.entry((from, to)).or_insert_with(|| Edge { sure: slips::SURE, ..Edge::default() });
            if edge.concepts.is_empty() {
                edge.concepts.extend(senses);
            }
        })
    }) {
        found = best(text, &edges, lexicon);
    }
    if let Some(first) = found.first()
        && fuzzy::mend(&first.tokens, text, lexicon, |from, to, entry, sure| {
            let edge = edges.entry((from, to)).or_insert_with(|| Edge { sure, ..Edge::default() });
            if edge.entry.is_none() {
                (edge.entry, edge.sure) = (Some(entry), sure);
            }
        })
    {
        found = best(text, &edges, lexicon);
    }
    found
}

fn edges(text: &Text, lexicon: &Lexicon) -> Edges {
    let mut string = String::new();
    let mut index = BTreeMap::new();
    for (i, c) in text.chars.iter().enumerate() {
        index.insert(string.len(), i);
        string.push(*c);
    }
    index.insert(string.len(), text.chars.len());
    let mut out: Edges = BTreeMap::new();
    let span = |from: usize, to: usize| {
        let (a, b) = (*index.get(&from)?, *index.get(&to)?);
        whole(&text.chars, a, b).then_some((a, b))
    };
    for m in concept::matches(&string) {
        if let Some(s) = span(m.from, m.to) {
            let e = out.entry(s).or_insert_with(|| Edge { sure: 1.0, ..Edge::default() });
            e.concepts.extend(m.senses);
        }
    }
    for (from, to, entry) in lexicon.matches(&string) {
        if let Some(s) = span(from, to) {
            out.entry(s).or_insert_with(|| Edge { sure: 1.0, ..Edge::default() }).entry = Some(entry);
        }
    }
    for found in literals::scan(&text.chars) {
        let e = out.entry((found.from, found.to)).or_insert_with(|| Edge { sure: 1.0, ..Edge::default() });
        // At equal length a clock or duration says more than a bare number.
        if e.literal.is_none() || matches!(e.literal, Some(Literal::Number(_))) {
            e.literal = Some(found.literal);
        }
    }
    out
}

/// Whether a match does not cut a Latin word or a number in two.
pub(crate) fn whole(chars: &[char], from: usize, to: usize) -> bool {
    let cut = |left: Option<&char>, right: Option<&char>| match (left, right) {
        (Some(l), Some(r)) => {
            (l.is_ascii_alphabetic() && r.is_ascii_alphabetic()) || (l.is_ascii_digit() && r.is_ascii_digit())
        }
        _ => false,
    };
    !cut(from.checked_sub(1).and_then(|i| chars.get(i)), chars.get(from))
        && !cut(to.checked_sub(1).and_then(|i| chars.get(i)), chars.get(to))
}

/// The way to a place of the text: its last word, and the way before that. Ways share what they have in common.
#[derive(Debug, Clone)]
struct Path {
    cost: u32,
    last: Option<Rc<Word>>,
}

/// Where a word stands.
type Span = (usize, usize);

#[derive(Debug)]
struct Word {
    span: Span,
    /// How many words there are up to this one.
    count: usize,
    before: Option<Rc<Word>>,
    /// A word farther back, so that the way back to where two ways part is short.
    far: Option<Rc<Word>>,
}

/// How many words a way has.
fn count(last: Option<&Rc<Word>>) -> usize {
    last.map_or(0, |w| w.count)
}

/// Whether two ways are one up to here.
fn same(a: Option<&Rc<Word>>, b: Option<&Rc<Word>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Rc::ptr_eq(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// The word with this number on a way.
fn nth(mut last: Option<&Rc<Word>>, number: usize) -> Option<&Rc<Word>> {
    while let Some(word) = last.filter(|w| w.count > number) {
        let far = word.far.as_ref();
        last = if count(far) >= number { far } else { word.before.as_ref() };
    }
    last.filter(|w| w.count == number)
}

impl Word {
    fn after(before: Option<Rc<Word>>, span: Span) -> Word {
        // Two equal leaps back make one of twice the length.
        let leap = before.as_ref().map(|b| {
            let first = b.far.as_ref();
            let second = first.and_then(|f| f.far.as_ref());
            if b.count - count(first) == count(first) - count(second) { second.cloned() } else { Some(b.clone()) }
        });
        Word { span, count: count(before.as_ref()) + 1, before, far: leap.flatten() }
    }
}

impl Path {
    /// The words from the start.
    fn spans(&self) -> Vec<(usize, usize)> {
        let mut spans: Vec<_> = successors(self.last.as_ref(), |w| w.before.as_ref()).map(|w| w.span).collect();
        spans.reverse();
        spans
    }

    /// The first words in which two ways differ; none where one has no more.
    fn parting(&self, other: &Path) -> (Option<Span>, Option<Span>) {
        let (own, its) = (self.last.as_ref(), other.last.as_ref());
        let shorter = count(own).min(count(its));
        let (mut a, mut b) = (nth(own, shorter), nth(its, shorter));
        if same(a, b) {
            let next = |way| nth(way, shorter + 1).map(|w| w.span);
            return (next(own), next(its));
        }
        while let (Some(x), Some(y)) = (a, b) {
            if same(x.before.as_ref(), y.before.as_ref()) {
                return (Some(x.span), Some(y.span));
            }
            let leap = !same(x.far.as_ref(), y.far.as_ref());
            (a, b) = if leap { (x.far.as_ref(), y.far.as_ref()) } else { (x.before.as_ref(), y.before.as_ref()) };
        }
        (None, None)
    }

    /// The cheaper way first, then the one that has the longer word where they part.
    fn order(&self, other: &Path) -> Ordering {
        self.cost.cmp(&other.cost).then_with(|| {
            let (own, its) = self.parting(other);
            its.cmp(&own)
        })
    }
}

/// Cheapest covers by dynamic programming over the places of the text.
fn best(text: &Text, edges: &Edges, lexicon: &Lexicon) -> Vec<Cover> {
    let n = text.chars.len();
    let mut paths: Vec<Vec<Path>> = vec![Vec::new(); n + 1];
    if let Some(start) = paths.first_mut() {
        start.push(Path { cost: 0, last: None });
    }
    for at in 0..n {
        let here = paths.get(at).cloned().unwrap_or_default();
        if here.is_empty() {
            continue;
        }
        for (from, to, cost) in steps(text, edges, lexicon, at) {
            let Some(list) = paths.get_mut(to) else { continue };
            for path in &here {
                let before = path.last.clone();
                let space = text.chars.get(from) == Some(&' ');
                let last = if space { before } else { Some(Rc::new(Word::after(before, (from, to)))) };
                list.push(Path { cost: path.cost + cost, last });
            }
            list.sort_by(Path::order);
            list.truncate(COVERS_MAX);
        }
    }
    let last = paths.pop().unwrap_or_default();
    let cheapest = last.first().map_or(0, |p| p.cost);
    last.iter()
        .map(|p| Cover {
            tokens: p.spans().iter().map(|s| token(text, edges, *s)).collect(),
            excess: p.cost - cheapest,
        })
        .collect()
}

/// What can follow at a place: every edge, one space, one mark, or something unknown.
fn steps(text: &Text, edges: &Edges, lexicon: &Lexicon, at: usize) -> Vec<(usize, usize, u32)> {
    let mut out: Vec<(usize, usize, u32)> = edges
        .range((at, 0)..(at + 1, 0))
        .map(|((from, to), e)| (*from, *to, cost(text, e, *from, *to, lexicon)))
        .collect();
    let Some(c) = text.chars.get(at) else { return out };
    if *c == ' ' || !c.is_alphanumeric() {
        out.push((at, at + 1, if *c == ' ' { 0 } else { MARK }));
    } else if c.is_ascii_alphanumeric() {
        let digits = c.is_ascii_digit();
        let to = at
            + text
                .chars
                .iter()
                .skip(at)
                .take_while(|c| c.is_ascii_alphanumeric() && c.is_ascii_digit() == digits)
                .count();
        out.push((at, to, UNKNOWN_WORD));
    } else if is_han(*c) {
        out.push((at, at + 1, UNKNOWN_HAN));
    } else {
        let to = at
            + text
                .chars
                .iter()
                .skip(at)
                .take_while(|c| c.is_alphanumeric() && !c.is_ascii_alphanumeric() && !is_han(**c))
                .count();
        out.push((at, to.max(at + 1), UNKNOWN_WORD));
    }
    out
}

fn cost(text: &Text, edge: &Edge, from: usize, to: usize, lexicon: &Lexicon) -> u32 {
    let named = edge.entry.and_then(|e| lexicon.entry(e)).is_some_and(Entry::is_reference);
    let single = to == from + 1 && text.chars.get(from).is_some_and(|c| is_han(*c));
    (if named { NAME } else { WORD }) + if single { SINGLE } else { 0 }
}

fn token(text: &Text, edges: &Edges, (from, to): (usize, usize)) -> Token {
    let words: String = text.chars.iter().skip(from).take(to - from).collect();
    let e = edges.get(&(from, to)).cloned().unwrap_or(Edge { sure: 1.0, ..Edge::default() });
    Token { from, to, text: words, concepts: e.concepts, entry: e.entry, literal: e.literal, sure: e.sure }
}
