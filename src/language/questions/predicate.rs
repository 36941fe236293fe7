//! Predicates: what the words of a condition or a question say about states. Shared by rules and questions.
//!
//! What it is *not*: which points that is about is `ground.rs`; who answers or acts on it is elsewhere. Start at [`tree`].

use crate::phrases::phrase::Np;
use crate::phrases::pieces::{Compare, Item, Mark, Piece, Val, Verb};
use crate::text::literals::Literal;
use crate::words::lexicon::Lexicon;
use base::Span;

/// What is said of a subject.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Check {
    /// It is in a state: pairs of trait and value.
    State(Vec<(String, String)>),
    /// It compares with numbers (two for "between").
    Number(Compare, Vec<Literal>),
    /// People are there or not.
    People(bool),
    /// Sensors show it, as an entry.
    Sign(usize),
}

/// One predicate.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Predicate {
    pub(crate) np: Option<Np>,
    pub(crate) check: Option<Check>,
    pub(crate) not: bool,
    pub(crate) dwell: Option<Span>,
    /// Words that nobody knows.
    pub(crate) unknown: Vec<String>,
    /// Bound to a time of day.
    pub(crate) time: Option<String>,
}

/// Predicates joined.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    One(Box<Predicate>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
}

/// States that acts bring about: "when the door opens".
pub(crate) fn states_of(verb: Verb) -> Option<Vec<(String, String)>> {
    let pairs: &[(&str, &str)] = match verb {
        Verb::On => &[("on_off", "true"), ("playback", "playing"), ("run", "cleaning")],
        Verb::Off => &[("on_off", "false"), ("playback", "idle")],
        Verb::Open | Verb::Stow | Verb::OnOrOpen => &[("contact", "true"), ("opening", "true"), ("on_off", "true")],
        Verb::Close | Verb::OffOrClose => &[("contact", "false"), ("opening", "false"), ("on_off", "false")],
        Verb::Lock => &[("lock", "true")],
        Verb::Unlock => &[("lock", "false")],
        Verb::Play | Verb::Resume => &[("playback", "playing")],
        Verb::Pause => &[("playback", "paused"), ("run", "paused")],
        Verb::Start | Verb::Clean | Verb::Mow => &[("run", "cleaning"), ("on_off", "true")],
        Verb::Stop => &[("playback", "idle"), ("run", "idle"), ("on_off", "false")],
        Verb::Dock => &[("run", "docked")],
        Verb::Mute => &[("mute", "true")],
        Verb::Unmute => &[("mute", "false")],
        Verb::Press => &[("press", "true")],
        _ => return None,
    };
    Some(pairs.iter().map(|(t, v)| ((*t).to_string(), (*v).to_string())).collect())
}

struct Builder<'a> {
    lexicon: &'a Lexicon,
    /// Predicates so far, each with whether "or" stands before it.
    done: Vec<(bool, Predicate)>,
    now: Predicate,
    or: bool,
    compare: Option<Compare>,
    implied: Option<&'static str>,
    values: Vec<Literal>,
    /// Phrases joined before their predicate: "the door or the window is open".
    joined: Vec<(bool, Np)>,
    /// A break stands before what follows.
    ended: bool,
}

/// Reads the pieces of a condition.
pub(crate) fn tree(pieces: &[Piece], lexicon: &Lexicon, subject: Option<&Np>) -> Option<Tree> {
    let now = Predicate { np: None, ..Predicate::default() };
    let mut b = Builder {
        lexicon,
        done: Vec::new(),
        now,
        or: false,
        compare: None,
        implied: None,
        values: Vec::new(),
        joined: Vec::new(),
        ended: false,
    };
    for i in 0..pieces.len() {
        b.ended = i > 0 && matches!(pieces.get(i - 1).map(|p| &p.item), Some(Item::Mark(Mark::Comma | Mark::And)));
        b.take(pieces, i);
    }
    b.finish();
    let mut list = b.done;
    if let (Some(np), Some((_, first))) = (subject, list.first_mut())
        && first.np.as_ref().is_none_or(|n| n.pronoun)
    {
        first.np = Some(np.clone());
    }
    // Later predicates take the subject of the one before: "above 20 and below 30".
    let mut before: Option<Np> = None;
    for (_, p) in &mut list {
        match &mut p.np {
            Some(np) => {
                if let Some(b) = before.as_ref().filter(|b| b.has_place() && np.only_prop() && !np.has_place()) {
                    np.places = b.places.clone();
                    np.here = b.here;
                }
                before = Some(np.clone());
            }
            None if !matches!(p.check, Some(Check::People(_))) => p.np = before.clone(),
            None => {}
        }
    }
    join(list)
}

/// "and" binds more tightly than "or".
fn join(list: Vec<(bool, Predicate)>) -> Option<Tree> {
    let mut groups: Vec<Vec<Tree>> = Vec::new();
    for (or, p) in list {
        match groups.last_mut().filter(|_| !or) {
            Some(last) => last.push(Tree::One(Box::new(p))),
            None => groups.push(vec![Tree::One(Box::new(p))]),
        }
    }
    let mut any: Vec<Tree> =
        groups.into_iter().filter_map(|mut g| if g.len() > 1 { Some(Tree::And(g)) } else { g.pop() }).collect();
    if any.len() > 1 { Some(Tree::Or(any)) } else { any.pop() }
}

impl Builder<'_> {
    fn checked(&self) -> bool {
        self.now.check.is_some() || !self.values.is_empty() || self.property_alone()
    }

    /// "motion" alone is a predicate.
    fn property_alone(&self) -> bool {
        self.now.np.as_ref().is_some_and(|n| n.props.iter().any(|p| boolean(p)))
    }

    fn finish(&mut self) {
        let compare = self.compare.take().unwrap_or(Compare::Equal);
        // 三个会议室都没人: the number counts places.
        if self.now.check.is_some() && compare == Compare::Equal {
            self.values.clear();
        }
        if !self.values.is_empty() {
            self.now.check = Some(Check::Number(compare, std::mem::take(&mut self.values)));
        }
        if let Some(of) = self.implied.take() {
            let np = self.now.np.get_or_insert_with(Np::default);
            if np.props.is_empty() && np.head.is_none() {
                np.props = vec![of];
            }
        }
        let p = std::mem::take(&mut self.now);
        if p == Predicate::default() {
            return;
        }
        // "... and that for half an hour".
        if p.dwell.is_some() && p == (Predicate { dwell: p.dwell, ..Predicate::default() }) && !self.done.is_empty() {
            self.done.iter_mut().for_each(|(_, d)| d.dwell = p.dwell);
            return;
        }
        let joined = std::mem::take(&mut self.joined);
        let mut or = self.or;
        for (next_or, mut np) in joined {
            if let Some(last) = p.np.as_ref().filter(|_| np.only_place()) {
                np = Np { places: np.places.clone(), here: np.here, ..last.clone() };
            }
            self.done.push((or, Predicate { np: Some(np), ..p.clone() }));
            or = next_or;
        }
        self.done.push((or, p));
        self.or = false;
    }

    /// "open in the garage": a word for a thing and a place is the place behind "in".
    fn located(&self, pieces: &[Piece], i: usize) -> Option<Np> {
        let Item::Np(np) = &pieces.get(i)?.item else { return None };
        let behind = matches!(pieces.get(i.checked_sub(1)?)?.item, Item::Mark(Mark::At));
        let head = np.head.filter(|h| self.lexicon.entry(*h).is_some_and(crate::words::lexicon::Entry::is_place))?;
        let other = self.now.np.as_ref().is_some_and(|n| n.head.is_some());
        (behind && other).then(|| Np { head: None, places: vec![head], ..np.clone() })
    }

    fn take(&mut self, pieces: &[Piece], i: usize) {
        let Some(piece) = pieces.get(i) else { return };
        let located = self.located(pieces, i).map(Item::Np);
        match located.as_ref().unwrap_or(&piece.item) {
            // 没人移动: the property of the people that were spoken of.
            Item::Np(np)
                if np.only_prop()
                    && !np.has_place()
                    && matches!(self.now.check, Some(Check::People(_)))
                    && np.props.contains(&"motion") =>
            {
                let there = matches!(self.now.check, Some(Check::People(true)));
                self.now.check = Some(Check::State(vec![("motion".into(), there.to_string())]));
            }
            // "are the lights on in the kitchen": the place behind the state.
            Item::Np(np)
                if np.placeish() && self.now.check.is_some() && self.now.np.as_ref().is_none_or(|n| !n.has_place()) =>
            {
                self.subject(np);
            }
            // 二楼开着几盏灯: the thing behind the state.
            Item::Np(np)
                if self.now.check.is_some()
                    && !self.ended
                    && np.head.is_some()
                    && self.now.np.as_ref().is_some_and(|n| n.placeish() && !np.has_place()) =>
            {
                self.subject(np);
            }
            Item::Np(np) => {
                if self.checked() && self.now.np.is_some() && self.now.check.is_some() {
                    self.finish();
                }
                self.subject(np);
            }
            Item::Val(val) => self.value(val),
            Item::Mark(m) => self.mark(*m, pieces, i),
            Item::Act(a) => {
                if let Some(states) = states_of(a.verb) {
                    self.now.check = Some(Check::State(states));
                }
            }
            Item::For(span) => {
                self.now.dwell = Some(*span);
                if self.values.is_empty() {
                    self.compare = None;
                }
            }
            Item::Sign(entry) => {
                if self.now.check.is_some() {
                    self.finish();
                }
                self.now.check = Some(Check::Sign(*entry));
            }
            Item::Time(word) => self.now.time = Some(word.clone()),
            Item::Notify => {}
            Item::Unknown(word) => self.now.unknown.push(word.clone()),
        }
    }

    /// A second phrase before the predicate says where or of what.
    fn subject(&mut self, np: &Np) {
        if !np.having.is_empty() && self.now.check.is_none() {
            self.now.check = Some(Check::State(np.having.clone()));
        }
        let np = &Np { having: Vec::new(), ..np.clone() };
        match &mut self.now.np {
            None => self.now.np = Some(np.clone()),
            // "if it gets warmer than 28 in the lab".
            Some(first) if first.pronoun => *first = np.clone(),
            Some(first) if np.placeish() => {
                first.places.extend(&np.places);
                first.unknown.extend(np.unknown.iter().cloned());
                first.here |= np.here;
            }
            Some(first) if first.only_place() => {
                let mut second = np.clone();
                second.places.extend(&first.places);
                second.here |= first.here;
                *first = second;
            }
            Some(first) if np.only_prop() && first.props.is_empty() => first.props = np.props.clone(),
            Some(first) if first.only_prop() && np.props.is_empty() => {
                let props = first.props.clone();
                *first = Np { props, ..np.clone() };
            }
            Some(first) => {
                let earlier = std::mem::replace(first, np.clone());
                self.joined.push((false, earlier));
            }
        }
    }

    fn value(&mut self, val: &Val) {
        match val {
            Val::Literal(l) => self.values.push(l.clone()),
            Val::State(entry) | Val::Either(entry, _) => {
                let mut states = self.lexicon.entry(*entry).map(|e| e.states.clone()).unwrap_or_default();
                if let Val::Either(_, verb) = val {
                    states.extend(states_of(*verb).unwrap_or_default());
                }
                // What is off is switched off, before it is in a mode of that name.
                states.sort_by_key(|(t, _)| t != "on_off");
                // "somebody comes back".
                let switched = states.iter().all(|(t, _)| t == "on_off");
                if !(switched && matches!(self.now.check, Some(Check::People(_)))) {
                    self.now.check = Some(Check::State(states));
                }
            }
            Val::Max | Val::Min | Val::Bit | Val::Lot => {}
        }
    }

    fn mark(&mut self, mark: Mark, pieces: &[Piece], i: usize) {
        match mark {
            Mark::Compare(c, of) => {
                self.implied = self.implied.or(of);
                // 26度以上: behind the number.
                self.compare = Some(match (self.compare, c) {
                    (Some(first), Compare::Equal) => first,
                    _ => c,
                });
            }
            Mark::All | Mark::Each => {
                if let Some(np) = &mut self.now.np {
                    np.all = true;
                }
                self.joined.iter_mut().for_each(|(_, n)| n.all = true);
            }
            Mark::Not => self.now.not = !self.now.not,
            Mark::Somebody(there) => self.now.check = Some(Check::People(there)),
            Mark::On => self.now.check = states_of(Verb::On).map(Check::State),
            Mark::Off => self.now.check = states_of(Verb::Off).map(Check::State),
            Mark::And | Mark::Or | Mark::Comma => {
                let or = mark == Mark::Or;
                let between = self.compare == Some(Compare::Between) && self.values.len() == 1;
                if between || pieces.get(i + 1).is_none() {
                    return;
                }
                let bare_phrase = self.now.np.is_some() && !self.checked();
                if bare_phrase {
                    if mark == Mark::Comma {
                        return;
                    }
                    if let Some(np) = self.now.np.take() {
                        self.joined.push((or, np));
                    }
                } else {
                    self.finish();
                    self.or = or;
                }
            }
            _ => {}
        }
    }
}

/// Whether a property is true or false.
pub(crate) fn boolean(trait_id: &str) -> bool {
    matches!(trait_id, "motion" | "occupancy" | "smoke" | "gas" | "leak" | "problem" | "contact" | "mute")
}
