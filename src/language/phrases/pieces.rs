//! Pieces of a clause: acts, phrases, values, marks. The same pieces for both languages.
//!
//! What it is *not*: the pieces are not yet put together; `clause.rs` does that. Start at [`pieces`].

use crate::phrases::phrase::{Np, Reader};
use crate::phrases::strangers::{self, MODIFIED};
use crate::reading::sentence::{tells, told_at};
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::words::concept::Concept as C;
use crate::words::lexicon::{Entry, Lexicon};
use base::{Quantity, Span, Unit};

/// What shall be done, apart from any device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verb {
    On,
    Off,
    /// 打开: on or open.
    OnOrOpen,
    /// 关: off or closed.
    OffOrClose,
    Open,
    Close,
    /// An awning is stowed by closing it, a blind by opening it.
    Stow,
    Set,
    Up,
    Down,
    Toggle,
    Lock,
    Unlock,
    Start,
    Clean,
    Mow,
    Stop,
    Pause,
    Resume,
    Dock,
    Play,
    Next,
    Previous,
    Mute,
    Unmute,
    Activate,
    Press,
    /// "turn", "put": a particle says what.
    Turn,
    Halve,
    Double,
    /// Somebody is in the dark: on, or brighter when it is on.
    Light,
    /// Somebody is cold, hot, short of air, in dry or damp air, in the sun: what helps, by its own value or switched on; plants are dry.
    Heat,
    Cool,
    Air,
    Moisten,
    Dry,
    Shade,
    Water,
}

/// An act, with the property that its word implies: "dim" is down with brightness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) verb: Verb,
    pub(crate) trait_: Option<&'static str>,
}

/// A value as it was said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Val {
    Literal(Literal),
    /// A state word, as an entry.
    State(usize),
    /// A state word that is an act too: "goes off".
    Either(usize, Verb),
    Max,
    Min,
    Bit,
    Lot,
}

/// How a value compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    Above,
    AtLeast,
    Below,
    AtMost,
    Equal,
    Between,
}

/// Words that structure a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    And,
    Or,
    Comma,
    Stop,
    Then,
    To,
    By,
    Not,
    Same,
    Again,
    /// It shall stay as it is.
    Keep,
    /// It is so at present, says somebody.
    Told,
    Except,
    /// 以外: what stands before it is excepted.
    Besides,
    Now,
    At,
    On,
    Off,
    Up,
    Down,
    Become,
    /// A comparison, with the property that its word implies: "warmer than".
    Compare(Compare, Option<&'static str>),
    /// People are there, or nobody is.
    Somebody(bool),
    For,
    /// 全部, 都 behind what they count.
    All,
    Each,
    /// "in", "after", 后 beside a duration.
    After,
}

/// A piece.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    Act(Act),
    Np(Np),
    Val(Val),
    Mark(Mark),
    For(Span),
    /// What a sensor shows, as an entry.
    Sign(usize),
    /// A time of day or a date.
    Time(String),
    /// Asks to be told.
    Notify,
    Unknown(String),
}

/// A piece and where it stands, in normalised characters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) item: Item,
}

/// Acts by concept, the more specific first.
const ACTS: &[(C, Verb, Option<&str>)] = &[
    (C::Unlock, Verb::Unlock, None),
    (C::Lock, Verb::Lock, None),
    (C::Unmute, Verb::Unmute, None),
    (C::Mute, Verb::Mute, None),
    (C::LightUp, Verb::On, Some("brightness")),
    (C::Brighten, Verb::Up, Some("brightness")),
    (C::Dim, Verb::Down, Some("brightness")),
    (C::Warmer, Verb::Up, Some("setpoint")),
    (C::Cooler, Verb::Down, Some("setpoint")),
    (C::Louder, Verb::Up, Some("volume")),
    (C::Quieter, Verb::Down, Some("volume")),
    (C::Faster, Verb::Up, Some("fan_speed")),
    (C::Slower, Verb::Down, Some("fan_speed")),
    (C::Dock, Verb::Dock, None),
    (C::Mow, Verb::Mow, None),
    (C::Clean, Verb::Clean, None),
    (C::Next, Verb::Next, None),
    (C::Previous, Verb::Previous, None),
    (C::Halve, Verb::Halve, None),
    (C::Double, Verb::Double, None),
    (C::OpenOrOn, Verb::OnOrOpen, None),
    (C::CloseOrOff, Verb::OffOrClose, None),
    (C::Set, Verb::Set, None),
    (C::TurnOn, Verb::On, None),
    (C::TurnOff, Verb::Off, None),
    (C::Open, Verb::Open, None),
    (C::Close, Verb::Close, None),
    (C::Stow, Verb::Stow, None),
    (C::Water, Verb::Water, None),
    (C::Increase, Verb::Up, None),
    (C::Decrease, Verb::Down, None),
    (C::Toggle, Verb::Toggle, None),
    (C::Stop, Verb::Stop, None),
    (C::Pause, Verb::Pause, None),
    (C::Resume, Verb::Resume, None),
    (C::Play, Verb::Play, None),
    (C::Press, Verb::Press, None),
    (C::Start, Verb::Start, None),
    (C::Activate, Verb::Activate, None),
    (C::Turn, Verb::Turn, None),
    (C::Keep, Verb::Turn, None),
];

/// The act of a token.
pub(crate) fn act_of(t: &Token) -> Option<Act> {
    ACTS.iter().find(|(c, _, _)| t.is(*c)).map(|(_, verb, trait_)| Act { verb: *verb, trait_: *trait_ })
}

/// Whether a concept is an act.
pub(crate) fn is_act(concept: C) -> bool {
    ACTS.iter().any(|(c, _, _)| *c == concept)
}

/// 开没开, 关了没, 锁没锁: the word that asks is the state that is asked about.
pub(crate) fn asked_state(t: &Token) -> Option<Verb> {
    match t.text.chars().next().filter(|_| t.is(C::YesNo))? {
        '开' => Some(Verb::OnOrOpen),
        '关' => Some(Verb::OffOrClose),
        '锁' => Some(Verb::Lock),
        _ => None,
    }
}

const COMPARES: &[(C, Compare, Option<&str>)] = &[
    (C::WarmerThan, Compare::Above, Some("measure.temperature")),
    (C::ColderThan, Compare::Below, Some("measure.temperature")),
    (C::BrighterThan, Compare::Above, Some("measure.illuminance")),
    (C::DarkerThan, Compare::Below, Some("measure.illuminance")),
    (C::DamperThan, Compare::Above, Some("measure.humidity")),
    (C::DrierThan, Compare::Below, Some("measure.humidity")),
    (C::LouderThan, Compare::Above, Some("measure.noise")),
    (C::Above, Compare::Above, None),
    (C::Below, Compare::Below, None),
    (C::AtLeast, Compare::AtLeast, None),
    (C::AtMost, Compare::AtMost, None),
    (C::Between, Compare::Between, None),
    (C::Equal, Compare::Equal, None),
];

/// Cuts tokens into pieces. In a predicate (question, condition) state words are states, elsewhere they are acts.
pub(crate) fn pieces(tokens: &[Token], lexicon: &Lexicon, predicate: bool) -> Vec<Piece> {
    let reader = Reader { tokens, lexicon, predicate };
    let mut out: Vec<Piece> = Vec::new();
    let mut noun = false;
    let mut i = 0;
    while let Some(t) = tokens.get(i) {
        if let Some(np) = strangers::numbered_room(tokens, i) {
            out.push(Piece { from: np.from, to: np.to, item: Item::Np(np) });
            i += 2;
            continue;
        }
        if let Some(mut next) = phrase(&reader, i, t, noun, &mut out) {
            noun = false;
            next = next.max(i + 1);
            i = next;
            continue;
        }
        // "the left one": one of what is spoken of, by a word of its name.
        if t.unknown() && t.text.is_ascii() && tokens.get(i + 1).is_some_and(|n| n.is(C::One) || n.is(C::Portion)) {
            let to = tokens.get(i + 1).map_or(t.to, |n| n.to);
            let np = Np { to, modifiers: vec![t.text.clone()], sure: MODIFIED, ..Np::new(t.from) };
            out.push(Piece { from: t.from, to, item: Item::Np(np) });
            i += 2;
            continue;
        }
        if noun && t.unknown() {
            i = strangers::called(&reader, i, &mut out);
            noun = false;
            continue;
        }
        if let Some((np, next)) = strangers::numbered(&reader, i) {
            out.push(Piece { from: np.from, to: np.to, item: Item::Np(np) });
            i = next;
            continue;
        }
        // "until 80 percent" in a command is where it ends.
        let valued =
            |t: &Token| matches!(t.literal, Some(Literal::Number(_) | Literal::Quantity(_) | Literal::Degrees(_)));
        if !predicate && t.is(C::Until) && tokens.get(i + 1).is_some_and(valued) {
            out.push(Piece { from: t.from, to: t.to, item: Item::Mark(Mark::To) });
            i += 1;
            continue;
        }
        if t.is(C::AfterTime) && beside_duration(tokens, i) {
            out.push(Piece { from: t.from, to: t.to, item: Item::Mark(Mark::After) });
            i += 1;
            continue;
        }
        if !predicate && told_at(tokens, i, lexicon) {
            out.push(Piece { from: t.from, to: t.to, item: Item::Mark(Mark::Told) });
            i += 1;
            continue;
        }
        noun = t.is(C::Article) || (t.text.is_ascii() && t.is(C::Of));
        let item = if predicate { predicate_item(&reader, t) } else { command_item(&reader, t, &out) };
        if let Some(item) = item {
            // Unknown characters that stand together are one word.
            let between = strangers::inside(tokens, i);
            match (&item, out.last_mut()) {
                (Item::Unknown(word), Some(Piece { to, item: Item::Unknown(before), .. }))
                    if *to + between.chars().count() == t.from && !word.is_ascii() =>
                {
                    before.push_str(&between);
                    before.push_str(word);
                    *to = t.to;
                }
                _ => out.push(Piece { from: t.from, to: t.to, item }),
            }
        }
        i += 1;
    }
    out
}

/// Whether a duration stands next to a token.
fn beside_duration(tokens: &[Token], i: usize) -> bool {
    let span = |t: Option<&Token>| t.is_some_and(|t| matches!(t.literal, Some(Literal::Duration(_))));
    let ascii = tokens.get(i).is_some_and(|t| t.text.is_ascii());
    if ascii {
        span(tokens.get(i + 1))
            || tokens.get(i).is_some_and(|t| t.text == "later") && span(i.checked_sub(1).and_then(|p| tokens.get(p)))
    } else {
        span(i.checked_sub(1).and_then(|p| tokens.get(p))) || span(tokens.get(i + 1))
    }
}

/// A phrase, where one starts and the word is not better read as an act or a state.
fn phrase(reader: &Reader<'_>, i: usize, t: &Token, noun: bool, out: &mut Vec<Piece>) -> Option<usize> {
    if !reader.starts(i) || t.literal.as_ref().is_some_and(|l| !matches!(l, Literal::Number(_))) {
        return None;
    }
    let attribute = reader.attributive(i);
    let entry = t.entry(reader.lexicon);
    let refers = entry.is_some_and(Entry::is_reference);
    let after_act = matches!(out.last(), Some(Piece { item: Item::Act(_), .. }));
    let other_sense = if reader.predicate {
        entry.is_some_and(|e| !e.states.is_empty()) || t.is_any(&[C::Nobody, C::Somebody])
    } else {
        act_of(t).is_some_and(|a| a.verb != Verb::Turn || t.text.is_ascii())
    };
    if !attribute
        && other_sense
        && !noun
        && !(refers && (after_act || named(reader, i)))
        && !t.is_any(&[C::Other, C::Everything, C::Everywhere, C::All])
    {
        return None;
    }
    // A mode said as a value: "to heating", 模式设为通风.
    if refers
        && entry.is_some_and(|e| !e.states.is_empty())
        && matches!(out.last(), Some(Piece { item: Item::Mark(Mark::To) | Item::Act(Act { verb: Verb::Set, .. }), .. }))
        && out.iter().any(|p| matches!(p.item, Item::Np(_)))
    {
        return None;
    }
    // 制热模式: the property behind its value.
    if entry.is_some_and(|e| !e.traits.is_empty() && e.devices.is_empty())
        && matches!(out.last(), Some(Piece { item: Item::Val(Val::State(_)), .. }))
    {
        return Some(i + 1);
    }
    let (mut np, next) = reader.read(i);
    if np.is_empty() {
        return None;
    }
    let next = strangers::another(reader, &mut np, next);
    strangers::before(reader, i, &mut np, out);
    out.push(Piece { from: np.from, to: np.to, item: Item::Np(np) });
    Some(next)
}

/// Whether the token names a device and nothing makes it an act.
fn named(reader: &Reader<'_>, i: usize) -> bool {
    reader.entry(i).is_some_and(|e| !e.devices.is_empty())
        && reader.token(i).is_some_and(|t| t.to - t.from > 1 || act_of(t).is_none())
}

fn command_item(reader: &Reader<'_>, t: &Token, out: &[Piece]) -> Option<Item> {
    if let Some(item) = literal(t) {
        return Some(item);
    }
    let before = out.last().map(|p| &p.item);
    let object = out.iter().any(|p| matches!(p.item, Item::Np(_)));
    let states = t.entry(reader.lexicon).is_some_and(|e| !e.states.is_empty());
    let wants_value = matches!(before, Some(Item::Mark(Mark::To) | Item::Act(Act { verb: Verb::Set, .. })));
    if let Some(e) = t.entry.filter(|_| states && wants_value && !t.is(C::Not)) {
        return Some(Item::Val(Val::State(e)));
    }
    if let Some(item) = structure(t) {
        return item;
    }
    if let Some(val) = amount(t, object || before.is_some()) {
        return Some(Item::Val(val));
    }
    if let Some(particle) = particle(t) {
        return Some(Item::Mark(particle));
    }
    if t.is(C::Keep) {
        return Some(Item::Mark(Mark::Keep));
    }
    if let Some(act) = act_of(t) {
        // "the tv turns off" tells, it does not order.
        let told = t.text.is_ascii() && tells(t) && object;
        return Some(if told { Item::Unknown(t.text.clone()) } else { Item::Act(act) });
    }
    if let Some(e) = t.entry.filter(|_| states) {
        return Some(Item::Val(Val::State(e)));
    }
    rest(t)
}

fn predicate_item(reader: &Reader<'_>, t: &Token) -> Option<Item> {
    if let Some(item) = literal(t) {
        return Some(item);
    }
    if let Some(verb) = asked_state(t) {
        return Some(Item::Act(Act { verb, trait_: None }));
    }
    if t.is(C::Nobody) || t.is(C::Somebody) {
        return Some(Item::Mark(Mark::Somebody(t.is(C::Somebody))));
    }
    if let Some((_, c, of)) = COMPARES.iter().find(|(c, _, _)| t.is(*c)) {
        return Some(Item::Mark(Mark::Compare(*c, *of)));
    }
    if let Some(item) = structure(t) {
        return item;
    }
    if let Some(e) = t.entry.filter(|_| t.entry(reader.lexicon).is_some_and(|e| !e.signs.is_empty())) {
        return Some(Item::Sign(e));
    }
    if let Some(e) = t.entry.filter(|_| t.entry(reader.lexicon).is_some_and(|e| !e.states.is_empty())) {
        let switched = act_of(t).filter(|a| t.text.is_ascii() && matches!(a.verb, Verb::On | Verb::Off));
        return Some(Item::Val(switched.map_or(Val::State(e), |a| Val::Either(e, a.verb))));
    }
    if t.is(C::ForTime) && !t.is(C::At) {
        return Some(Item::Mark(Mark::For));
    }
    if t.is(C::Rises) {
        return Some(Item::Mark(Mark::Become));
    }
    if let Some(act) = act_of(t).filter(|a| a.verb != Verb::Turn && a.verb != Verb::Set) {
        return Some(Item::Act(act));
    }
    if let Some(p) = particle(t) {
        return Some(Item::Mark(p));
    }
    let general = act_of(t).is_some_and(|a| a.verb == Verb::Set);
    if general || t.is_any(&[C::Is, C::YesNo, C::What, C::Reading, C::HowMuch]) {
        return None;
    }
    rest(t)
}

fn literal(t: &Token) -> Option<Item> {
    Some(match t.literal.as_ref()? {
        Literal::Duration(span) => Item::For(*span),
        Literal::When(_) if t.is(C::ABit) => return None,
        Literal::When(_) => Item::Time(t.text.clone()),
        // "that one" is no number.
        Literal::Number(_) if t.is(C::One) => return None,
        Literal::Number(_) if t.is(C::Rises) || t.is(C::Article) => return None,
        other => Item::Val(Val::Literal(other.clone())),
    })
}

/// Words that mean the same wherever they stand. `Some(None)`: recognised, and nothing to keep.
fn structure(t: &Token) -> Option<Option<Item>> {
    let mark = |m| Some(Some(Item::Mark(m)));
    if t.punctuation() {
        return match t.text.as_str() {
            "," | ":" | ";" | "；" => mark(Mark::Comma),
            "、" | "&" => mark(Mark::And),
            "." | "。" | "!" | "?" | "…" => mark(Mark::Stop),
            _ => Some(None),
        };
    }
    if t.is(C::TimeWord) && t.literal.is_none() && !t.is(C::Is) {
        return Some(Some(Item::Time(t.text.clone())));
    }
    if t.is(C::Notify) {
        return Some(Some(Item::Notify));
    }
    if t.is(C::Not) && !t.is(C::Except) {
        return mark(Mark::Not);
    }
    if t.is(C::Except) {
        let behind = matches!(t.text.as_str(), "以外" | "之外" | "外" | "除外");
        return mark(if behind { Mark::Besides } else { Mark::Except });
    }
    if t.is(C::And) {
        return mark(Mark::And);
    }
    if t.is(C::Or) {
        return mark(Mark::Or);
    }
    if t.is(C::Then) {
        return mark(Mark::Then);
    }
    if t.is(C::Now) {
        return mark(Mark::Now);
    }
    None
}

fn amount(t: &Token, inside: bool) -> Option<Val> {
    if t.is(C::Maximum) {
        return Some(Val::Max);
    }
    if t.is(C::Minimum) {
        return Some(Val::Min);
    }
    if t.is(C::ABit) && inside {
        return Some(Val::Bit);
    }
    let level =
        [(C::LevelHigh, 100.0), (C::LevelMedium, 50.0), (C::LevelLow, 25.0)].into_iter().find(|(c, _)| t.is(*c));
    if let Some((n, unit)) = level.filter(|_| inside).and_then(|(_, n)| Some((n, Unit::by_code("%")?))) {
        return Some(Val::Literal(Literal::Quantity(Quantity::new(n, unit))));
    }
    let kelvin =
        [(C::WarmWhite, 2700.0), (C::NeutralWhite, 4000.0), (C::ColdWhite, 6000.0)].into_iter().find(|(c, _)| t.is(*c));
    if let Some((k, unit)) = kelvin.and_then(|(_, k)| Some((k, Unit::by_code("[K_cct]")?))) {
        return Some(Val::Literal(Literal::Quantity(Quantity::new(k, unit))));
    }
    (t.is(C::ALot) && inside).then_some(Val::Lot)
}

fn particle(t: &Token) -> Option<Mark> {
    [(C::On, Mark::On), (C::Off, Mark::Off), (C::Up, Mark::Up), (C::Down, Mark::Down)]
        .into_iter()
        .find(|(c, _)| t.is(*c))
        .map(|(_, m)| m)
}

fn rest(t: &Token) -> Option<Item> {
    if t.is(C::All) && !t.text.is_ascii() {
        return Some(Item::Mark(if matches!(t.text.as_str(), "都" | "全" | "一律") {
            Mark::Each
        } else {
            Mark::All
        }));
    }
    const MARKS: &[(C, Mark)] = &[
        (C::To, Mark::To),
        (C::Again, Mark::Again),
        (C::Same, Mark::Same),
        (C::At, Mark::At),
        (C::ForTime, Mark::For),
        (C::By, Mark::By),
        (C::AfterTime, Mark::For),
    ];
    if let Some((_, m)) = MARKS.iter().find(|(c, _)| t.is(*c)) {
        return Some(Item::Mark(*m));
    }
    const SILENT: &[C] = &[
        C::Filler,
        C::Article,
        C::Of,
        C::Object,
        C::One,
        C::Only,
        C::Is,
        C::Reading,
        C::All,
        C::Here,
        C::It,
        C::Any,
        C::Then,
        C::Told,
    ];
    if t.is_any(SILENT) {
        return None;
    }
    Some(Item::Unknown(t.text.clone()))
}
