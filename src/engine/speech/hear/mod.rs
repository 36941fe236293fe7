//! Ways<Found> the rule that a text says: the other way of `say/`, by the same tables and the same rules about brackets.
//!
//! It looks for everything that a text can be from a place on and remembers what it has found there. Where a text can be
//! read in several ways, all of them are found; which one is meant is decided by saying them again.

mod clauses;
mod events;
mod rows;
mod sentences;
mod table;
mod values;

use super::literal::{
    by_symbol, eat, read_days, read_json, read_number, read_plain, read_quantity, read_quoted, read_span, read_times,
    separator, whole,
};
use super::names::Index;
use super::say::{
    Implied, NOTHING, Rank, common_message, comparison_words, event_port, message_of, mode_words, rises_on, start_words,
};
use super::{deeds, each, pick};
use crate::compile::MQTT_DRIVER;
use crate::form::{Feed, Form, Knot, NAMES, Out, is_source};
use crate::limits::{READ_DEPTH_MAX, READ_STEPS_MAX, READINGS_MAX};
use crate::nodes::{self, Registration};
use crate::ports::{PortKind, PortSpec};
use crate::words::{OUT, Piece, so};
use base::id::RuleId;
use base::{Bilingual, Lang, Unit};
use documents::{Comparison, RuleGraph, RuleMode};
use rows::Bound;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use table::{Gives, Row, rows_at};
use things::World;

/// What is looked for at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sought {
    Value { slot: bool },
    Clause(Rank),
    Happening { delays: bool },
}

/// What was found: an output, or a value of the present message whose kind follows from what is done with it.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    Out(Out),
    Field(String, Vec<Feed>),
}

/// A parameter, and the symbol of its unit where it is a number.
type Parameter = (Json, Option<&'static str>);

/// What is done, before it is known when.
#[derive(Debug, Clone)]
struct Act {
    kind: &'static Registration,
    params: Map<String, Json>,
    inputs: Vec<Vec<Feed>>,
}

impl PartialEq for Act {
    fn eq(&self, other: &Act) -> bool {
        self.kind.type_ == other.kind.type_ && self.params == other.params && self.inputs == other.inputs
    }
}

/// A sentence: when, and what.
#[derive(Debug, Clone, PartialEq)]
struct Sentence {
    moments: Vec<Feed>,
    /// None is "do nothing".
    acts: Vec<Option<Act>>,
}

/// A whole text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    sentences: Vec<Rc<Sentence>>,
    mode: RuleMode,
    names: BTreeMap<usize, Out>,
}

/// A place of a text, and the message that is spoken of there.
type Place = (usize, Option<usize>);

/// What stands at a place: where each way ends, and what it is.
type Ways<T> = Rc<Vec<(usize, T)>>;

/// A sentence or what stands in its place.
#[derive(Debug, Clone)]
enum Step {
    Nothing,
    Mode(RuleMode),
    Name(usize, Out),
    Sentence(Rc<Sentence>),
}

/// Where a sentence can begin: the place, and the condition that the sentence before was about.
type Start = (usize, Option<Out>);

impl Reading {
    fn with(&self, step: &Step) -> Reading {
        let mut reading = self.clone();
        match step {
            Step::Nothing => {}
            Step::Mode(mode) => reading.mode = *mode,
            Step::Name(name, out) => drop(reading.names.insert(*name, *out)),
            Step::Sentence(sentence) => reading.sentences.push(Rc::clone(sentence)),
        }
        reading
    }
}

/// A text that is being read.
pub(crate) struct Hearing<'a> {
    pub(crate) text: &'a str,
    lang: Lang,
    pub(crate) index: Index<'a>,
    world: &'a World,
    form: Form,
    /// What was found before.
    found: BTreeMap<(Sought, Place), Ways<Found>>,
    arrived: BTreeMap<(PortKind, bool, bool, Place), Ways<Vec<Feed>>>,
    happened: BTreeMap<Place, Ways<Vec<Feed>>>,
    acted: BTreeMap<Place, Ways<Option<Act>>>,
    parameters: BTreeMap<(&'static str, usize), Ways<Parameter>>,
    names: BTreeMap<String, usize>,
    message: Option<usize>,
    depth: usize,
    /// Where the first sentence begins: behind what the rule stands for.
    start: usize,
    pub(crate) steps: usize,
    /// How far the text made sense.
    pub(crate) furthest: usize,
}

impl<'a> Hearing<'a> {
    pub(crate) fn new(text: &'a str, lang: Lang, world: &'a World) -> Hearing<'a> {
        let mut hearing = Hearing {
            text,
            lang,
            index: Index::new(world, lang, &[]),
            world,
            form: Form::default(),
            found: BTreeMap::new(),
            arrived: BTreeMap::new(),
            happened: BTreeMap::new(),
            acted: BTreeMap::new(),
            parameters: BTreeMap::new(),
            names: BTreeMap::new(),
            message: None,
            depth: 0,
            start: 0,
            steps: 0,
            furthest: 0,
        };
        if let Some((len, each)) = each::read(&hearing.index, text).into_iter().max_by_key(|(len, _)| *len) {
            hearing.form.stand_for(Some(each), world);
            hearing.index.places.clone_from(&hearing.form.places);
            (hearing.start, hearing.furthest) = (len, len);
        }
        hearing
    }

    fn t(&self, zh: &'static str, en: &'static str) -> &'static str {
        pick(self.lang, zh, en)
    }

    fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    /// Where the text goes on after these words.
    fn eat(&mut self, at: usize, words: &str) -> Option<usize> {
        let end = at + eat(self.rest(at), words, self.lang)?;
        self.furthest = self.furthest.max(end);
        Some(end)
    }

    fn say(&mut self, at: usize, zh: &'static str, en: &'static str) -> Option<usize> {
        let words = self.t(zh, en);
        self.eat(at, words)
    }

    /// In Chinese spaces stand between scripts only.
    fn skip(&self, at: usize) -> usize {
        let rest = self.rest(at);
        if self.lang == Lang::Zh { at + rest.len() - rest.trim_start_matches(' ').len() } else { at }
    }

    /// Everything that the text can be as a whole.
    pub(crate) fn readings(&mut self) -> Vec<Reading> {
        let end = self.text.len();
        let mut steps: BTreeMap<Start, Vec<(Start, Step)>> = BTreeMap::new();
        let mut open: Vec<Start> = vec![(self.start, None)];
        while let Some(start) = open.pop().filter(|_| !self.spent()) {
            if start.0 < end && !steps.contains_key(&start) {
                let next = self.steps_from(start);
                open.extend(next.iter().map(|(start, _)| *start));
                steps.insert(start, next);
            }
        }
        // Only what leads to the end is followed.
        let mut leads: BTreeSet<Start> = BTreeSet::new();
        for (start, next) in steps.iter_mut().rev() {
            next.retain(|(next, _)| next.0 == end || leads.contains(next));
            if !next.is_empty() {
                leads.insert(*start);
            }
        }
        let mut open = vec![((self.start, None), Reading::default())];
        let mut done = Vec::new();
        while let Some((start, reading)) = open.pop() {
            if done.len() >= READINGS_MAX {
                break;
            }
            if start.0 == end {
                done.push(reading);
                continue;
            }
            for (next, step) in steps.get(&start).into_iter().flatten().rev() {
                open.push((*next, reading.with(step)));
            }
        }
        done
    }

    /// The sentences that can follow.
    fn steps_from(&mut self, (at, then): Start) -> Vec<(Start, Step)> {
        let at = if self.lang == Lang::En && at > self.start { self.eat(at, " ").unwrap_or(at) } else { at };
        let mut next: Vec<(Start, Step)> = Vec::new();
        let nothing = self.say(at, NOTHING.0, NOTHING.1).filter(|_| at == self.start);
        next.extend(nothing.map(|end| ((end, then), Step::Nothing)));
        for mode in [RuleMode::Single, RuleMode::Restart, RuleMode::Queued, RuleMode::Parallel] {
            next.extend(self.eat(at, mode_words(mode, self.lang)).map(|end| ((end, then), Step::Mode(mode))));
        }
        let definitions = self.definitions(at).into_iter();
        next.extend(definitions.map(|(end, name, out)| ((end, then), Step::Name(name, out))));
        let mut sentences: Vec<(usize, Sentence)> = Vec::new();
        for one in self.sentences(at, then) {
            if !sentences.contains(&one) {
                sentences.push(one);
            }
        }
        for (end, sentence) in sentences {
            let then = if let [one] = sentence.moments.as_slice() { rises_on(&self.form, one) } else { None };
            next.push(((end, then), Step::Sentence(Rc::new(sentence))));
        }
        next.truncate(READINGS_MAX);
        next
    }

    /// The graph that a reading is; its name is the text.
    pub(crate) fn built(&mut self, reading: &Reading, id: RuleId) -> RuleGraph {
        // Saying it again costs more the longer it is.
        self.steps += self.text.len();
        self.form.roots.clear();
        self.form.mode = reading.mode;
        self.form.names.clone_from(&reading.names);
        for sentence in &reading.sentences {
            for act in &sentence.acts {
                let Some(act) = act else {
                    self.form.roots.extend(sentence.moments.first().map(|m| m.from.node));
                    continue;
                };
                let mut inputs = act.inputs.clone();
                if let Some(place) = event_port(Some(act.kind)).and_then(|port| inputs.get_mut(port)) {
                    place.clone_from(&sentence.moments);
                }
                let root = self.form.put(act.kind, act.params.clone(), inputs, false, self.world);
                self.form.roots.push(root);
            }
        }
        self.form.graph(id, Bilingual::same(self.text))
    }

    /// Whether more work was needed than a text may cost.
    pub(crate) fn spent(&self) -> bool {
        self.steps > READ_STEPS_MAX
    }

    fn name(&mut self, name: String) -> usize {
        let next = NAMES + self.names.len();
        *self.names.entry(name).or_insert(next)
    }

    /// A name in quotes between two words.
    fn named(
        &mut self,
        at: usize,
        before: (&'static str, &'static str),
        after: (&'static str, &'static str),
    ) -> Option<(usize, Found)> {
        let at = self.say(at, before.0, before.1)?;
        let (len, name) = read_quoted(self.rest(at), self.lang)?;
        let end = self.say(at + len, after.0, after.1)?;
        let name = self.name(name);
        Some((end, Found::Out(Out::of(name))))
    }

    /// Everything of this kind that the text can be from here on.
    fn find(&mut self, sought: Sought, at: usize) -> Ways<Found> {
        let at = self.skip(at);
        let key = (sought, (at, self.message));
        if let Some(found) = self.found.get(&key) {
            return Rc::clone(found);
        }
        self.steps += 1;
        if self.depth >= READ_DEPTH_MAX || self.spent() {
            return Rc::default();
        }
        self.depth += 1;
        let mut found = match sought {
            Sought::Value { slot } => self.values(at, slot),
            Sought::Clause(rank) => self.clauses(at, rank),
            Sought::Happening { delays } => {
                let mut found = self.happening(at);
                if delays {
                    found.extend(self.later(at));
                }
                found
            }
        };
        self.depth -= 1;
        let mut only: Vec<(usize, Found)> = Vec::new();
        for one in found.drain(..) {
            if !only.contains(&one) {
                only.push(one);
            }
        }
        self.furthest = only.iter().map(|f| f.0).fold(self.furthest, usize::max);
        let found = Rc::new(only);
        self.found.insert(key, Rc::clone(&found));
        found
    }

    /// What was found as an output; a value of a message as the place implies.
    fn settled(&mut self, what: &Found, implied: Implied) -> Out {
        match what {
            Found::Out(out) => *out,
            Found::Field(path, feeds) => self.field(path, feeds.clone(), implied.as_, implied.unit),
        }
    }

    fn field(&mut self, path: &str, feeds: Vec<Feed>, as_: &str, unit: Option<Unit>) -> Out {
        let Some(kind) = nodes::by_type("json_field") else { return self.form.unknown() };
        let mut params = Map::from_iter([("path".to_owned(), json!(path)), ("as".to_owned(), json!(as_))]);
        params.extend(unit.map(|u| ("unit".to_owned(), json!(u))));
        let params = (kind.normal)(&params).unwrap_or(params);
        Out::of(self.form.put_nth(kind, params, vec![feeds], false, 0))
    }

    /// Something in brackets.
    fn bracketed(&mut self, sought: Sought, at: usize) -> Vec<(usize, Found)> {
        let Some(start) = self.say(at, "（", "(") else { return Vec::new() };
        let inside = self.find(sought, start);
        let mut found = Vec::new();
        for (end, what) in inside.iter() {
            found.extend(self.say(*end, "）", ")").map(|end| (end, what.clone())));
        }
        found
    }
}
