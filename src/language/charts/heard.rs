//! What a sentence about a chart says, part by part, before anything is linked.
//!
//! What it is *not*: nothing is decided here that one part does not say by itself. Start at [`Heard::of`].

use super::ranges::{Clock, Stretch};
use super::words::{Sign, Signs, Word, wanted};
use crate::phrases::link::Scene;
use crate::phrases::phrase::Np;
use crate::phrases::pieces::{Item, Mark, Piece, Val, Verb, act_of, pieces};
use crate::questions::predicate::states_of;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::words::concept::Concept as C;
use crate::words::lexicon::Entry;
use documents::Bucket;
use documents::chart::{Aggregation, ChartKind, Direction, GroupBy, Range, Shift};

/// Shortest word that stands for the name of a place that it is a part of, in characters.
const PART_MIN: usize = 3;

/// What was heard.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// A word says that a chart is wanted.
    pub(super) wanted: bool,
    pub(super) kinds: Vec<ChartKind>,
    pub(super) agg: Option<Aggregation>,
    pub(super) bucket: Option<Bucket>,
    pub(super) group: Vec<GroupBy>,
    pub(super) shift: Option<Shift>,
    pub(super) sort: Option<Direction>,
    pub(super) top: Option<Direction>,
    pub(super) limit: Option<u32>,
    /// Values at which lines are wanted.
    pub(super) lines: Vec<Literal>,
    pub(super) range: Option<Range>,
    pub(super) edit: bool,
    pub(super) only: bool,
    pub(super) add: bool,
    pub(super) remove: bool,
    /// Rooms that go by a number only are meant.
    pub(super) numbered: bool,
    /// What is outside is not meant.
    pub(super) indoors: bool,
    /// What is pointed at.
    pub(super) nps: Vec<Np>,
    /// States that were said: "when was it open".
    pub(super) states: Vec<(String, String)>,
    /// Words that were not understood.
    pub(super) left: Vec<String>,
    /// A question word stands in it.
    pub(super) asks: bool,
    /// An act stands in it.
    pub(super) acts: bool,
}

/// A number that waits for what it counts.
struct Number {
    from: usize,
    literal: Literal,
    counts: bool,
    text: String,
}

impl Heard {
    /// What the tokens of one cover say; none when they are an order, a condition or a wish to be told.
    pub(super) fn of(tokens: &[Token], signs: &Signs, scene: &Scene<'_>, clock: &Clock) -> Option<Heard> {
        if tokens
            .iter()
            .any(|t| t.is_any(&[C::Notify, C::If, C::Unless, C::Until]) && signs_of(t, signs, scene).is_none())
        {
            return None;
        }
        let mut heard = Heard::default();
        let mut rest: Vec<Vec<Token>> = vec![Vec::new()];
        let mut extra: Vec<Piece> = Vec::new();
        let mut times: Vec<Stretch> = Vec::new();
        let mut numbers: Vec<Number> = Vec::new();
        let mut threshold = false;
        let mut extremes: Vec<(usize, Direction)> = Vec::new();
        let mut i = 0;
        while let Some(t) = tokens.get(i) {
            i += 1;
            heard.asks |= t.is_any(&[C::Which, C::HowMany, C::HowMuch, C::What, C::Where, C::Why, C::YesNo, C::Is])
                && t.entry.is_none();
            let act = act_of(t).is_some_and(|a| a.verb != Verb::Turn) && !reference(t, scene);
            heard.acts |= act;
            if let Some(list) = signs_of(t, signs, scene) {
                heard.wanted |= wanted(list);
                extremes.extend(list.iter().filter_map(extreme).map(|dir| (t.from, dir)));
                // What stands on both sides of such a word is not one phrase.
                let between = |s: &Sign| {
                    matches!(
                        s,
                        Sign::Word(Word::Versus | Word::Edit)
                            | Sign::Traits(_)
                            | Sign::Series(_)
                            | Sign::Kind(ChartKind::Scatter, _)
                    )
                };
                if list.iter().any(between) {
                    rest.push(Vec::new());
                }
                extra.extend(heard.sign(t, list, &mut rest, &mut times, &mut threshold, scene));
                continue;
            }
            match &t.literal {
                Some(Literal::Duration(_)) if t.entry.is_none() => heard.left.push(t.text.clone()),
                Some(literal @ (Literal::Number(_) | Literal::Quantity(_) | Literal::Degrees(_)))
                    if !reference(t, scene) && !t.is(C::One) && !t.is(C::Article) =>
                {
                    let passed = |s: &Vec<Sign>| {
                        s.as_slice() == [Sign::Word(Word::Filler)] || s.iter().any(|s| extreme(s).is_some())
                    };
                    let next = tokens.iter().skip(i).find(|n| signs_of(n, signs, scene).is_none_or(|s| !passed(s)));
                    let counts =
                        next.is_some_and(|n| counted(n, signs, scene)) && matches!(literal, Literal::Number(_));
                    numbers.push(Number { from: t.from, literal: literal.clone(), counts, text: t.text.clone() });
                }
                _ => match part_of_place(t, scene) {
                    Some(place) => extra.extend(series(t, &[place], scene)),
                    None => keep(&mut rest, t),
                },
            }
        }
        heard.few(&mut numbers, &extremes);
        heard.numbers(numbers, threshold);
        heard.times(&times, clock)?;
        let mut list: Vec<Piece> = rest.iter().flat_map(|part| pieces(part, scene.lexicon, true)).collect();
        list.extend(extra);
        list.sort_by_key(|p| p.from);
        heard.phrases(list, scene);
        Some(heard)
    }

    /// What one word says.
    fn sign(
        &mut self,
        t: &Token,
        list: &[Sign],
        rest: &mut [Vec<Token>],
        times: &mut Vec<Stretch>,
        threshold: &mut bool,
        scene: &Scene<'_>,
    ) -> Vec<Piece> {
        let mut extra = Vec::new();
        for sign in list {
            match sign {
                Sign::Word(Word::Filler) if structural(t) => keep(rest, t),
                Sign::Word(Word::Threshold) => *threshold = true,
                Sign::Word(Word::Versus) => {
                    extra.push(Piece { from: t.from, to: t.to, item: Item::Mark(Mark::And) });
                }
                Sign::Word(Word::Edit) if matches!(t.text.as_str(), "不是" | "not" | "不要") => {
                    self.edit = true;
                    extra.push(Piece { from: t.from, to: t.to, item: Item::Mark(Mark::Not) });
                }
                Sign::Kind(ChartKind::Scatter, _) => {
                    self.kinds.push(ChartKind::Scatter);
                    extra.push(Piece { from: t.from, to: t.to, item: Item::Mark(Mark::And) });
                }
                Sign::Traits(list) => extra.extend(quantities(t, list)),
                Sign::Series(list) => extra.extend(series(t, list, scene)),
                Sign::Time(stretch) => times.push(stretch.clone()),
                Sign::Length(range) => self.range = Some(range.clone()),
                other => self.take(other),
            }
        }
        extra
    }

    fn take(&mut self, sign: &Sign) {
        match sign {
            Sign::Kind(kind, _) => self.kinds.push(*kind),
            Sign::Agg(agg) => self.agg = self.agg.or(Some(*agg)),
            Sign::Bucket(bucket) => self.bucket = self.bucket.or(Some(*bucket)),
            Sign::Group(group) if !self.group.contains(group) => self.group.push(*group),
            Sign::Shift(shift) => self.shift = Some(*shift),
            Sign::Sort(dir) => self.sort = Some(*dir),
            Sign::Top(dir) => self.top = Some(*dir),
            Sign::Word(Word::Edit) => self.edit = true,
            Sign::Word(Word::Only) => self.only = true,
            Sign::Word(Word::Add) => self.add = true,
            Sign::Word(Word::Remove) => self.remove = true,
            Sign::Word(Word::Numbered) => self.numbered = true,
            Sign::Word(Word::Indoors) => self.indoors = true,
            _ => {}
        }
    }

    /// So many groups, then which end: "the five rooms with the highest co2", "the three coldest rooms".
    fn few(&mut self, numbers: &mut Vec<Number>, extremes: &[(usize, Direction)]) {
        let grouped = self.group.iter().any(|g| matches!(g, GroupBy::Area | GroupBy::Floor | GroupBy::Device));
        let [(at, dir)] = extremes else { return };
        let counting = |n: &Number| n.counts && n.from < *at;
        if !grouped || self.bucket.is_some() || self.top.is_some() {
            return;
        }
        if let Some(i) = numbers.iter().position(counting)
            && let Some(limit) = numbers.get(i).and_then(|n| whole(&n.literal))
        {
            numbers.remove(i);
            (self.top, self.limit, self.agg) = (Some(*dir), Some(limit), None);
        }
    }

    /// Numbers are values of lines, how many are shown, or count what everybody sees.
    fn numbers(&mut self, numbers: Vec<Number>, threshold: bool) {
        for n in numbers {
            match &n.literal {
                _ if threshold && !n.counts => self.lines.push(n.literal),
                literal if self.top.is_some() && self.limit.is_none() && whole(literal).is_some() => {
                    self.limit = whole(literal);
                }
                _ if n.counts => {}
                _ => self.left.push(n.text),
            }
        }
    }

    /// One range; two of one kind are a comparison, "this week with last week".
    fn times(&mut self, times: &[Stretch], clock: &Clock) -> Option<()> {
        let mut list = times.iter();
        let Some(mut whole) = list.next().cloned() else {
            return Some(());
        };
        for more in list {
            let (later, grain) = match (whole.back_to(more), more.back_to(&whole)) {
                (Some(g), _) => (whole.clone(), Some(g)),
                (_, Some(g)) => (more.clone(), Some(g)),
                _ => (whole.join(more, clock)?, None),
            };
            whole = later;
            self.shift = grain.and_then(super::days::Grain::shift).or(self.shift);
        }
        self.range = Some(whole.range);
        Some(())
    }

    /// Noun phrases; what belongs together is one.
    fn phrases(&mut self, list: Vec<Piece>, scene: &Scene<'_>) {
        let (mut joined, mut not) = (true, false);
        for piece in list {
            match piece.item {
                Item::Np(np) if not => {
                    not = np.is_empty();
                }
                Item::Np(np) => {
                    let np = quantity(np, scene);
                    let glued = !joined && self.nps.last_mut().is_some_and(|last| merge(last, &np));
                    if !glued {
                        self.nps.extend(apart(np, scene));
                    }
                    joined = false;
                }
                Item::Mark(Mark::Not) => not = true,
                Item::Mark(Mark::And | Mark::Or) => joined = true,
                Item::Mark(Mark::Comma) => joined = self.nps.last().is_none_or(|n| !n.only_place()),
                Item::Mark(Mark::Somebody(_)) => self.states.push(("occupancy".into(), "true".into())),
                Item::Mark(Mark::Compare(..)) if !self.lines.is_empty() => {}
                Item::Mark(
                    Mark::Stop
                    | Mark::To
                    | Mark::By
                    | Mark::At
                    | Mark::On
                    | Mark::All
                    | Mark::Each
                    | Mark::Now
                    | Mark::For
                    | Mark::Then
                    | Mark::Same
                    | Mark::Become,
                ) => {}
                Item::Val(Val::State(e)) => {
                    self.states.extend(scene.lexicon.entry(e).map(|e| e.states.clone()).unwrap_or_default());
                }
                Item::Act(act) => match states_of(act.verb).filter(|_| self.wanted || self.agg.is_some()) {
                    Some(states) => self.states.extend(states),
                    None => self.acts = true,
                },
                Item::Unknown(word) => self.left.push(word),
                Item::Notify | Item::For(_) | Item::Time(_) | Item::Mark(_) | Item::Val(_) | Item::Sign(_) => {
                    self.left.push(scene_text(&piece))
                }
            }
        }
        if self.nps.iter().any(|n| !n.pronoun) {
            self.nps.retain(|n| !n.pronoun || !n.props.is_empty());
        }
        let unknown: Vec<String> = self.nps.iter().flat_map(|n| &n.unknown).map(|(w, _)| w.clone()).collect();
        if !self.wanted {
            self.left.extend(unknown);
        }
    }

    /// Whether it can change the chart before.
    pub(super) fn changes(&self) -> bool {
        let about = self.nps.iter().any(|n| n.head.is_some() || !n.props.is_empty());
        let said = self.edit || self.only || self.add || self.remove;
        let part = self.range.is_some()
            || self.agg.is_some()
            || self.bucket.is_some()
            || !self.group.is_empty()
            || self.shift.is_some()
            || self.sort.is_some()
            || self.top.is_some()
            || !self.lines.is_empty()
            || !self.kinds.is_empty();
        self.left.is_empty() && (said || (part && !(about && (self.wanted || self.range.is_some()))))
    }

    /// Whether it asks for a course of values without a word of charts.
    pub(super) fn speaks_of_the_past(&self) -> bool {
        let gathered = self.bucket.is_some() || !self.group.is_empty();
        let changes = self.edit || self.only || self.add || self.remove;
        (self.range.is_some() || self.bucket.is_some())
            && !self.acts
            && !changes
            && (!self.asks || gathered)
            && (self.top.is_none() || !self.asks)
    }
}

/// Which end a word is about.
fn extreme(sign: &Sign) -> Option<Direction> {
    match sign {
        Sign::Agg(Aggregation::Max) => Some(Direction::Desc),
        Sign::Agg(Aggregation::Min) => Some(Direction::Asc),
        _ => None,
    }
}

/// A whole number that can be how many are shown.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number that is checked")]
fn whole(literal: &Literal) -> Option<u32> {
    match literal {
        Literal::Number(k) if k.fract() == 0.0 && (1.0..1000.0).contains(k) => Some(*k as u32),
        _ => None,
    }
}

fn scene_text(piece: &Piece) -> String {
    match &piece.item {
        Item::Time(word) => word.clone(),
        other => format!("{other:?}").chars().take_while(|c| c.is_alphanumeric()).collect::<String>().to_lowercase(),
    }
}

/// What a token says about charts, unless it points at something of the registry.
fn signs_of<'a>(t: &Token, signs: &'a Signs, scene: &Scene<'_>) -> Option<&'a Vec<Sign>> {
    let series = |list: &Vec<Sign>| list.iter().any(|s| matches!(s, Sign::Series(_)));
    signs.get(&(t.from, t.to)).filter(|list| series(list) || !reference(t, scene))
}

fn keep(rest: &mut [Vec<Token>], t: &Token) {
    if let Some(part) = rest.last_mut() {
        part.push(t.clone());
    }
}

/// A word that nobody knows and that is a word of one place's name: "Leo's window", "in tomato and cucumber".
fn part_of_place(t: &Token, scene: &Scene<'_>) -> Option<usize> {
    if !t.unknown() || t.text.chars().count() < PART_MIN {
        return None;
    }
    let singular = t.text.strip_suffix('s').unwrap_or(&t.text);
    let is_word = |w: &str| w == t.text || w == singular || w.strip_suffix("'s") == Some(&t.text);
    let named = |e: &Entry| !e.spaces.is_empty() && e.form.split(' ').any(is_word);
    let places = scene.lexicon.index().places().iter().filter_map(|i| Some((*i, scene.lexicon.entry(*i)?)));
    let mut found = places.filter(|(_, e)| named(e));
    let (index, first) = found.next()?;
    let place = first.spaces.first()?;
    (first.spaces.len() == 1 && found.all(|(_, e)| e.spaces.as_slice() == [*place])).then_some(index)
}

/// Two places side by side are two, unless one lies in the other: "B1 B2", but not "the kitchen upstairs".
fn apart(np: Np, scene: &Scene<'_>) -> Vec<Np> {
    let spaces = |entry: &usize| {
        let entry = scene.lexicon.entry(*entry);
        entry.map(|e| if e.spaces.is_empty() { e.group.clone() } else { e.spaces.clone() }).unwrap_or_default()
    };
    let within = |a: &usize, b: &usize| {
        let outer = spaces(b);
        spaces(a).iter().any(|s| scene.world.path_of(*s).iter().any(|p| outer.contains(p)))
    };
    let nested = |a: &usize| np.places.iter().any(|b| a != b && (within(a, b) || within(b, a)));
    if np.places.len() < 2 || np.places.iter().any(nested) {
        return vec![np];
    }
    np.places.iter().map(|p| Np { places: vec![*p], ..np.clone() }).collect()
}

fn reference(t: &Token, scene: &Scene<'_>) -> bool {
    t.sure >= 1.0 && t.entry(scene.lexicon).is_some_and(Entry::is_reference)
}

/// Words of grammar that phrases are read by.
fn structural(t: &Token) -> bool {
    t.is_any(&[
        C::Article,
        C::Of,
        C::At,
        C::All,
        C::Any,
        C::It,
        C::Them,
        C::And,
        C::Or,
        C::Here,
        C::Other,
        C::Everything,
        C::Everywhere,
    ])
}

/// Whether a number before it counts it: "four meeting rooms", 三条线.
fn counted(t: &Token, signs: &Signs, scene: &Scene<'_>) -> bool {
    let noun =
        t.entry(scene.lexicon).is_some_and(|e| e.plural || e.is_place() || !e.kinds.is_empty() || !e.group.is_empty());
    let sign = signs_of(t, signs, scene)
        .is_some_and(|l| l.iter().any(|s| matches!(s, Sign::Group(_) | Sign::Kind(..) | Sign::Word(Word::Numbered))));
    noun || sign || t.is_any(&[C::RoomWord, C::ApplianceWord])
}

fn np_piece(t: &Token, np: Np) -> Piece {
    Piece { from: t.from, to: t.to, item: Item::Np(Np { to: t.to, ..np }) }
}

/// "temperature" is a quantity here, not the sensors that go by it.
fn quantity(np: Np, scene: &Scene<'_>) -> Np {
    match np.head.and_then(|h| scene.lexicon.entry(h)) {
        Some(e) if e.devices.is_empty() && !e.traits.is_empty() && np.props.is_empty() => {
            Np { head: None, props: e.traits.clone(), ..np }
        }
        _ => np,
    }
}

/// Quantities that a word implies, as phrases.
fn quantities(t: &Token, list: &[&'static str]) -> Vec<Piece> {
    let mut out = Vec::new();
    for (n, id) in list.iter().enumerate() {
        if n > 0 {
            out.push(Piece { from: t.from, to: t.to, item: Item::Mark(Mark::And) });
        }
        out.push(np_piece(t, Np { props: vec![*id], ..Np::new(t.from) }));
    }
    out
}

/// Several names in one, as phrases.
fn series(t: &Token, list: &[usize], scene: &Scene<'_>) -> Vec<Piece> {
    let mut out = Vec::new();
    for entry in list {
        let place = scene.lexicon.entry(*entry).is_some_and(Entry::is_place);
        let mut np = Np::new(t.from);
        if place {
            np.places.push(*entry)
        } else {
            np.head = Some(*entry)
        }
        out.push(Piece { from: t.from, to: t.to, item: Item::Mark(Mark::And) });
        out.push(np_piece(t, np));
    }
    out
}

/// A place and a quantity said apart belong together.
fn merge(last: &mut Np, np: &Np) -> bool {
    if np.only_prop() && !np.has_place() && last.props.is_empty() && (last.only_place() || last.everything) {
        last.props.clone_from(&np.props);
    } else if np.head.is_some() && !np.has_place() && !np.pronoun && last.only_place() {
        *last = Np { places: last.places.clone(), here: last.here, everywhere: last.everywhere, ..np.clone() };
    } else if np.only_place() && last.only_prop() && !last.has_place() {
        (last.places, last.here, last.everywhere) = (np.places.clone(), np.here, np.everywhere);
        (last.all, last.plural) = (last.all || np.all, last.plural || np.plural);
    } else if np.only_prop() && !np.has_place() && last.only_prop() && np.props == last.props {
        return true;
    } else if last.only_prop() && !last.has_place() && np.has_place() && np.props.is_empty() && np.head.is_none() {
        let props = last.props.clone();
        *last = Np { props, ..np.clone() };
    } else {
        return false;
    }
    true
}
