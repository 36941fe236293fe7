//! Noun phrases: what is pointed at, in the order either language says it.
//!
//! What it is *not*: nothing is looked up in the world yet; a phrase keeps entries of the lexicon. Start at [`Np`].

use crate::phrases::pieces::act_of;
use crate::questions::predicate::states_of;
use crate::text::lattice::Token;
use crate::words::concept::Concept;
use crate::words::lexicon::{Entry, Lexicon};

/// A noun phrase: quantity, places, one head, properties.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Np {
    /// Where it stands, in normalised characters.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// All of them.
    pub(crate) all: bool,
    /// Any of them.
    pub(crate) any: bool,
    /// The others.
    pub(crate) other: bool,
    /// Everything, without a kind.
    pub(crate) everything: bool,
    /// In the whole building.
    pub(crate) everywhere: bool,
    /// Where the speaker is.
    pub(crate) here: bool,
    /// Said as a plural.
    pub(crate) plural: bool,
    /// 都 stands behind it.
    pub(crate) each: bool,
    /// Something said before.
    pub(crate) pronoun: bool,
    /// Places, as entries.
    pub(crate) places: Vec<usize>,
    /// A name or kind, as an entry.
    pub(crate) head: Option<usize>,
    /// The kind said behind a name: "Nest thermostat".
    pub(crate) apposition: Option<usize>,
    /// Properties.
    pub(crate) props: Vec<&'static str>,
    /// Only those in one of these states: "the lights that are on".
    pub(crate) having: Vec<(String, String)>,
    /// Words of the name or of the room, said before the kind: "the maple light".
    pub(crate) modifiers: Vec<String>,
    /// Words that nobody knows, and whether they stand for a place.
    pub(crate) unknown: Vec<(String, bool)>,
    /// How sure the spelling is.
    pub(crate) sure: f64,
}

impl Np {
    pub(crate) fn new(from: usize) -> Np {
        Np { from, to: from, sure: 1.0, ..Np::default() }
    }
    /// Only places, nothing in them.
    pub(crate) fn only_place(&self) -> bool {
        self.head.is_none()
            && !self.everything
            && !self.pronoun
            && self.props.is_empty()
            && self.unknown.is_empty()
            && self.has_place()
    }
    /// Only places, known or not.
    pub(crate) fn placeish(&self) -> bool {
        let strange = !self.unknown.is_empty() && self.unknown.iter().all(|(_, place)| *place);
        self.only_place() || (strange && self.head.is_none() && self.props.is_empty() && !self.everything)
    }
    /// Whether a place is said.
    pub(crate) fn has_place(&self) -> bool {
        !self.places.is_empty() || self.here || self.everywhere
    }
    /// Whether nothing at all is said.
    pub(crate) fn is_empty(&self) -> bool {
        self.head.is_none()
            && !self.has_place()
            && !self.everything
            && !self.pronoun
            && self.props.is_empty()
            && self.unknown.is_empty()
            && self.modifiers.is_empty()
            && !self.all
            && !self.any
            && !self.other
    }
    /// Only properties: "the temperature".
    pub(crate) fn only_prop(&self) -> bool {
        !self.props.is_empty() && self.head.is_none() && !self.everything && !self.pronoun
    }
}

/// Reads phrases from tokens.
pub(crate) struct Reader<'a> {
    pub(crate) tokens: &'a [Token],
    pub(crate) lexicon: &'a Lexicon,
    /// States are predicates here, not acts: in questions and conditions.
    pub(crate) predicate: bool,
}

impl Reader<'_> {
    pub(crate) fn token(&self, i: usize) -> Option<&Token> {
        self.tokens.get(i)
    }

    pub(crate) fn entry(&self, i: usize) -> Option<&Entry> {
        let t = self.token(i)?;
        // A room called 502 is a place, but not in "to 502"; in "set 502 to 21" it is one.
        let value = || {
            let set = |p: &Token| p.is(Concept::Set) && !self.is(i + 1, Concept::To);
            let ends = |p: &Token| p.is_any(&[Concept::To, Concept::By]) || set(p);
            i.checked_sub(1).and_then(|p| self.token(p)).is_some_and(|p| ends(p) && !p.is(Concept::At))
        };
        t.entry(self.lexicon).filter(|_| t.literal.is_none() || !value())
    }

    fn is(&self, i: usize, c: Concept) -> bool {
        self.token(i).is_some_and(|t| t.is(c))
    }

    /// Whether a token is a name, a kind, a place or a property: something a phrase can be made of.
    pub(crate) fn nominal(&self, i: usize) -> bool {
        self.entry(i).is_some_and(|e| e.is_reference() || !e.traits.is_empty())
            || self.is(i, Concept::RoomWord)
            || self.is(i, Concept::ApplianceWord)
    }

    pub(crate) fn refers(&self, i: usize) -> bool {
        self.entry(i)
            .is_some_and(|e| !e.devices.is_empty() || !e.parts.is_empty() || !e.kinds.is_empty() || !e.tags.is_empty())
    }

    fn place(&self, i: usize) -> bool {
        self.entry(i).is_some_and(Entry::is_place) || (self.is(i, Concept::RoomWord) && !self.refers(i))
    }

    /// Whether a token is a place.
    pub(crate) fn place_at(&self, i: usize) -> bool {
        self.place(i)
    }

    /// Skips articles and particles.
    fn skip_articles(&self, mut i: usize) -> usize {
        while self.token(i).is_some_and(|t| t.is_any(&[Concept::Article, Concept::Of]) && !self.nominal(i)) {
            i += 1;
        }
        i
    }

    /// 啲灯, 客厅啲灯: some of what follows, in Cantonese.
    fn several(&self, i: usize) -> bool {
        self.token(i).is_some_and(|t| t.text == "啲") && self.nominal(i + 1)
    }

    /// Whether a phrase starts here.
    pub(crate) fn starts(&self, i: usize) -> bool {
        let Some(t) = self.token(i) else { return false };
        if self.attributive(i)
            || self.several(i)
            || self.nominal(i)
            || t.is_any(&[
                Concept::Everything,
                Concept::Everywhere,
                Concept::OtherRooms,
                Concept::Here,
                Concept::Them,
                Concept::It,
                Concept::Other,
            ])
        {
            return true;
        }
        let next = self.skip_articles(i + 1);
        t.is_any(&[Concept::All, Concept::Any])
            && (self.nominal(next) || self.is(next, Concept::Other) || self.of_nominal(next))
    }

    fn of_nominal(&self, i: usize) -> bool {
        self.token(i).is_some_and(|t| t.is_any(&[Concept::Of, Concept::At])) && self.nominal(self.skip_articles(i + 1))
    }

    /// Reads the phrase that starts at a token; gives it and the token behind it.
    pub(crate) fn read(&self, start: usize) -> (Np, usize) {
        let mut np = Np::new(self.token(start).map_or(0, |t| t.from));
        let mut i = start;
        while let Some(t) = self.token(i) {
            let next = match self.step(&mut np, i, t) {
                Some(next) => next,
                None => break,
            };
            np.to = self.token(next - 1).map_or(np.to, |t| t.to);
            np.sure = np.sure.min(t.sure);
            i = next;
        }
        (np, i)
    }

    /// Takes one more token into the phrase, if it belongs to it.
    fn step(&self, np: &mut Np, i: usize, t: &Token) -> Option<usize> {
        if let Some(next) = self.attribute(np, i).or_else(|| self.relative(np, i)).or_else(|| self.quantity(np, i, t)) {
            return Some(next);
        }
        if self.several(i) {
            np.plural = true;
            return Some(i + 1);
        }
        if self.nominal(i) {
            return self.noun(np, i, t);
        }
        // Glue counts only when the phrase goes on behind it.
        if t.is(Concept::On) && !self.is(i + 1, Concept::Article) {
            return None;
        }
        if t.is_any(&[Concept::Article, Concept::Of, Concept::At]) && !np.is_empty() {
            let next = self.skip_articles(i + 1);
            let next = if self.is(next, Concept::At)
                && t.text != self.token(next).map(|t| t.text.clone()).unwrap_or_default()
            {
                self.skip_articles(next + 1)
            } else {
                next
            };
            let pointing =
                self.token(next).is_some_and(|n| n.is_any(&[Concept::Here, Concept::Everywhere, Concept::Everything]));
            let quantity =
                self.token(next).is_some_and(|n| n.is_any(&[Concept::All, Concept::Other])) && !t.is(Concept::At);
            if pointing || quantity || (self.nominal(next) && self.continues(np, next, t)) {
                return Some(next);
            }
            // 客厅里, 客厅的: a particle that closes the place.
            if !t.text.is_ascii() {
                return Some(i + 1);
            }
        }
        None
    }

    /// The states that a token says something is in.
    fn states(&self, i: usize) -> Vec<(String, String)> {
        let Some(t) = self.token(i) else { return Vec::new() };
        let own = self.entry(i).map(|e| e.states.clone()).unwrap_or_default();
        if own.is_empty() { act_of(t).and_then(|a| states_of(a.verb)).unwrap_or_default() } else { own }
    }

    /// 开着的灯: a state, 的, a noun.
    pub(crate) fn attributive(&self, i: usize) -> bool {
        let chinese = self.token(i).is_some_and(|t| !t.text.is_ascii() && t.to - t.from > 1);
        chinese
            && self.token(i + 1).is_some_and(|t| t.text == "的")
            && self.nominal(i + 2)
            && !self.place(i + 2)
            && !self.states(i).is_empty()
    }

    fn attribute(&self, np: &mut Np, i: usize) -> Option<usize> {
        if !self.attributive(i) || np.head.is_some() {
            return None;
        }
        np.having = self.states(i);
        Some(i + 2)
    }

    /// "that are on" behind a noun.
    fn relative(&self, np: &mut Np, i: usize) -> Option<usize> {
        let that = self.token(i).is_some_and(|t| matches!(t.text.as_str(), "that" | "which"));
        let be = self.token(i + 1).is_some_and(|t| matches!(t.text.as_str(), "is" | "are"));
        let mut state = i + 2;
        while self
            .token(state)
            .is_some_and(|t| matches!(t.text.as_str(), "still" | "currently" | "now" | "left" | "already"))
        {
            state += 1;
        }
        if !that || !be || (np.head.is_none() && !np.everything) || self.states(state).is_empty() {
            return None;
        }
        np.having = self.states(state);
        Some(state + 1)
    }

    /// Whether a noun behind glue still belongs to this phrase.
    fn continues(&self, np: &Np, next: usize, glue: &Token) -> bool {
        let at = glue.is(Concept::At) && glue.text.is_ascii();
        if at {
            // "the light in the kitchen"; "the light on the fan" is another phrase.
            return self.place(next);
        }
        let of = glue.is(Concept::Of);
        of && (np.head.is_none()
            || self.place(next)
            || self.refers(next)
            || self.entry(next).is_some_and(|e| !e.traits.is_empty()))
    }

    fn quantity(&self, np: &mut Np, i: usize, t: &Token) -> Option<usize> {
        let next = self.skip_articles(i + 1);
        let noun = self.nominal(next) || self.is(next, Concept::Other) || self.of_nominal(next);
        if t.is(Concept::OtherRooms) {
            (np.other, np.all, np.everywhere) = (true, true, true);
        } else if t.is(Concept::Everything) {
            if np.head.is_some() {
                return None;
            }
            np.everything = true;
        } else if t.is(Concept::Everywhere) && !(self.nominal(i) && noun) && !self.entry(i).is_some_and(Entry::is_place)
        {
            np.everywhere = true;
        } else if t.is(Concept::Here) && !self.nominal(i) {
            np.here = true;
        } else if t.is(Concept::Other) && np.head.is_none() {
            np.other = true;
            np.all = true;
            np.everything |= t.text == "everything else" || t.text == "all else";
        } else if t.is(Concept::All)
            && !self.nominal(i)
            && np.head.is_none()
            && (noun || np.has_place())
            && self.quantifies(i, next)
        {
            np.all = true;
        } else if t.is(Concept::Any) && np.head.is_none() && (noun || t.text == "anything") && t.literal.is_none() {
            np.any = true;
            np.everything |= t.text == "anything";
        } else if t.is_any(&[Concept::It, Concept::Them]) && np.is_empty() && !noun && !self.nominal(i) {
            np.pronoun = true;
        } else {
            return None;
        }
        Some(i + 1)
    }

    /// 都 stands before the verb: it does not begin a phrase, but 全 and 所有 do.
    fn quantifies(&self, i: usize, next: usize) -> bool {
        self.token(i).is_some_and(|t| t.text != "都" && t.text != "全都") || self.nominal(next)
    }

    fn noun(&self, np: &mut Np, i: usize, t: &Token) -> Option<usize> {
        let entry = self.entry(i);
        if self.reads_as_place(np, i) {
            // A second place without glue belongs to the next phrase, unless it says where the first one is.
            if np.head.is_some() && !self.behind_glue(i) {
                return None;
            }
            match t.entry.filter(|_| entry.is_some_and(Entry::is_place)) {
                Some(e) => np.places.push(e),
                None => np.unknown.push((t.text.clone(), true)),
            }
            np.plural |= entry.is_some_and(|e| e.plural);
            np.all |= !np.any && entry.is_some_and(|e| e.plural && !e.group.is_empty() && e.spaces.is_empty());
            return Some(i + 1);
        }
        if entry.is_none_or(|e| !e.is_reference() && e.traits.is_empty()) {
            if np.head.is_some() || !np.unknown.is_empty() && np.unknown.iter().any(|(_, place)| !place) {
                return None;
            }
            np.unknown.push((t.text.clone(), false));
            return Some(i + 1);
        }
        let (entry, id) = (entry?, t.entry?);
        // 电视静音: behind a thing it is the act.
        if !self.predicate && !self.refers(i) && np.head.is_some() && t.text.chars().count() > 1 && act_of(t).is_some()
        {
            return None;
        }
        // 电视在播放吗: behind a thing it is its state.
        if self.predicate && !self.refers(i) && np.head.is_some() && !entry.states.is_empty() {
            return None;
        }
        if !self.refers(i) || self.property_of(np, entry) {
            np.props = if np.props.is_empty() { entry.traits.clone() } else { merge(&np.props, &entry.traits) };
            return Some(i + 1);
        }
        match np.head {
            None => np.head = Some(id),
            Some(head) => {
                let first = self.lexicon.entry(head);
                let named = first.is_some_and(|e| !e.devices.is_empty() || !e.parts.is_empty());
                let kind = !entry.kinds.is_empty();
                let of = self.token(i.wrapping_sub(1)).is_some_and(|g| g.is(Concept::Of));
                if named
                    && kind
                    && np.apposition.is_none()
                    && (t.text.is_ascii() || of)
                    && first.is_some_and(|e| e.kinds.is_empty())
                {
                    np.apposition = Some(id);
                } else if !named && kind && t.text.is_ascii() && !self.behind_glue(i) && !np.plural {
                    // "window blinds": the last noun is what is meant.
                    np.head = Some(id);
                } else {
                    return None;
                }
            }
        }
        np.plural |= entry.plural;
        Some(i + 1)
    }

    /// "power" and "switch" are things or properties: behind a head they are properties.
    fn property_of(&self, np: &Np, entry: &Entry) -> bool {
        np.head.is_some() && !entry.traits.is_empty() && entry.devices.is_empty()
    }

    fn behind_glue(&self, i: usize) -> bool {
        i.checked_sub(1)
            .and_then(|p| self.token(p))
            .is_some_and(|g| g.is_any(&[Concept::At, Concept::Of, Concept::Article, Concept::All]))
    }

    /// "in the hall, the shed and the garage": what follows a place in a list is a place.
    fn listed(&self, i: usize) -> bool {
        let before = |mut at: usize, skip: &dyn Fn(&Token) -> bool| {
            while at > 0 && self.token(at - 1).is_some_and(skip) {
                at -= 1;
            }
            at
        };
        let noun = before(i, &|t| t.is(Concept::Article));
        let list = before(noun, &|t| t.is(Concept::And) || matches!(t.text.as_str(), "," | "、"));
        list < noun && list > 0 && self.place(list - 1)
    }

    /// A word that is both a place and a thing is a place before a noun and behind "in".
    fn reads_as_place(&self, np: &Np, i: usize) -> bool {
        if !self.place(i) {
            return false;
        }
        if !self.refers(i) {
            return true;
        }
        let next = self.skip_articles(i + 1);
        let noun = self.refers(next) || self.entry(next).is_some_and(|e| !e.traits.is_empty() && !e.is_place());
        let glue = i.checked_sub(1).map_or(i, |p| if self.is(p, Concept::Article) && p > 0 { p - 1 } else { p });
        let located = i > 0 && self.token(glue).is_some_and(|g| g.is(Concept::At) && g.text != "for");
        noun || self.listed(i) || (located && !np.is_empty()) || (np.head.is_some() && self.behind_glue(i))
    }
}

/// Two words for a property narrow each other; without overlap the later one counts.
fn merge(a: &[&'static str], b: &[&'static str]) -> Vec<&'static str> {
    let both: Vec<&'static str> = a.iter().copied().filter(|t| b.contains(t)).collect();
    if both.is_empty() { b.to_vec() } else { both }
}
