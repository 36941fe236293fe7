//! Where to look in the words of a large building, so that no sentence need go through all of them.
//!
//! What it is *not*: it knows nothing that the entries do not say. Start at [`Index::of`].

use crate::words::lexicon::Entry;
use base::id::SpaceId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Places of entries, by what they are asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Index {
    /// Names of devices and places by the Latin letters and digits that stand together in them.
    runs: BTreeMap<String, Vec<usize>>,
    /// Names of devices and places by two other characters that stand together in them.
    pairs: BTreeMap<(char, char), Vec<usize>>,
    /// Names of devices and places.
    names: Vec<usize>,
    /// Names of places.
    places: Vec<usize>,
    /// The first name of a place that is nothing else.
    only: BTreeMap<SpaceId, usize>,
    /// The first usual word of a kind.
    usual: BTreeMap<String, usize>,
    /// What can be pointed at, by how many characters it has.
    spelled: BTreeMap<usize, Vec<Spelled>>,
}

/// What rules most forms out before their letters are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spelled {
    entry: usize,
    letters: u64,
}

/// The characters of a form as a set; different ones can share a place in it.
fn letters(form: impl Iterator<Item = char>) -> u64 {
    form.fold(0, |set, c| set | 1 << (u32::from(c) % u64::BITS))
}

/// Fewest edits that make one form of another, by their characters alone.
fn apart(a: u64, b: u64) -> usize {
    let ones = |set: u64| usize::try_from(set.count_ones()).unwrap_or(usize::MAX);
    ones(a & !b).max(ones(b & !a))
}

/// Latin letters and digits that stand together.
fn runs(form: &str) -> impl Iterator<Item = &str> {
    form.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| !run.is_empty())
}

/// Other characters, two by two.
fn pairs(form: &str) -> impl Iterator<Item = (char, char)> {
    form.chars().zip(form.chars().skip(1)).filter(|(a, b)| !a.is_ascii() && !b.is_ascii())
}

/// Adds a place to a list that is in order, once.
fn push(list: &mut Vec<usize>, place: usize) {
    if list.last() != Some(&place) {
        list.push(place);
    }
}

impl Index {
    /// Of entries in the order of their forms.
    pub(crate) fn of(entries: &[Arc<Entry>]) -> Index {
        let mut out = Index::default();
        for (i, e) in entries.iter().enumerate() {
            if !e.devices.is_empty() || e.is_place() {
                out.names.push(i);
                for run in runs(&e.form) {
                    match out.runs.get_mut(run) {
                        Some(list) => push(list, i),
                        None => drop(out.runs.insert(run.to_owned(), vec![i])),
                    }
                }
                pairs(&e.form).for_each(|pair| push(out.pairs.entry(pair).or_default(), i));
            }
            if e.is_place() {
                out.places.push(i);
            }
            if let [space] = e.spaces.as_slice()
                && e.group.is_empty()
                && e.kinds.is_empty()
                && e.devices.is_empty()
            {
                out.only.entry(*space).or_insert(i);
            }
            for (kind, _) in e.kinds.iter().filter(|(_, rank)| *rank == 0) {
                out.usual.entry(kind.clone()).or_insert(i);
            }
            if e.is_reference() {
                let spelled = Spelled { entry: i, letters: letters(e.form.chars()) };
                out.spelled.entry(e.form.chars().count()).or_default().push(spelled);
            }
        }
        out
    }

    /// Names of devices and places that may have this text in them, in order: all that do, and others.
    pub(crate) fn with(&self, text: &str) -> Vec<usize> {
        let pair = pairs(text).map(|p| self.pairs.get(&p).map_or(&[][..], Vec::as_slice)).min_by_key(|list| list.len());
        if let Some(list) = pair {
            return list.to_vec();
        }
        // The text may begin or end within a word.
        let Some(run) = runs(text).max_by_key(|run| run.len()) else { return self.names.clone() };
        let found = self.runs.iter().filter(|(own, _)| own.contains(run)).flat_map(|(_, list)| list);
        found.copied().collect::<BTreeSet<usize>>().into_iter().collect()
    }
    /// Names of devices and places that have this Latin word, or it within a word of other characters, in order.
    pub(crate) fn with_word(&self, word: &str) -> &[usize] {
        let run = runs(word).max_by_key(|run| run.len()).unwrap_or(word);
        self.runs.get(run).map_or(&[], Vec::as_slice)
    }
    /// The names of places, in order.
    pub(crate) fn places(&self) -> &[usize] {
        &self.places
    }
    /// The first name of a place that is nothing else.
    pub(crate) fn only(&self, space: SpaceId) -> Option<usize> {
        self.only.get(&space).copied()
    }
    /// The first usual word of a kind.
    pub(crate) fn usual(&self, kind: &str) -> Option<usize> {
        self.usual.get(kind).copied()
    }

    /// What can be pointed at and may be as near to a form as `edits` says for its length: how many edits it takes at
    /// least, and the entry.
    pub(crate) fn spelled_like(&self, chars: &[char], edits: impl Fn(usize) -> usize) -> Vec<(usize, usize)> {
        let own = letters(chars.iter().copied());
        let mut found = Vec::new();
        for (length, list) in &self.spelled {
            let most = edits(*length);
            if length.abs_diff(chars.len()) > most {
                continue;
            }
            found.extend(list.iter().map(|s| (apart(own, s.letters), s.entry)).filter(|(least, _)| *least <= most));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::id::DeviceId;

    #[test]
    fn characters_rule_out_what_is_far() {
        let set = |w: &str| letters(w.chars());
        assert_eq!(apart(set("kitchen"), set("kitchen")), 0);
        assert_eq!(apart(set("kichen"), set("kitchen")), 1);
        assert!(apart(set("lounge"), set("kitchen")) > 2);
    }

    #[test]
    fn names_are_found_by_what_stands_in_them() {
        let forms = ["garage doorbell", "leo's lamp", "patio ac", "二楼ac", "客厅左灯", "客厅灯"];
        let entry = |f: &&str| Entry { form: (*f).into(), devices: vec![DeviceId::of_name(f)], ..Entry::default() };
        let index = Index::of(&forms.iter().map(entry).map(Arc::new).collect::<Vec<_>>());
        for (text, found) in [
            ("door", vec![0]),
            ("leo's", vec![1]),
            ("厅灯", vec![5]),
            ("客厅", vec![4, 5]),
            ("灯", vec![0, 1, 2, 3, 4, 5]),
        ] {
            assert_eq!(index.with(text), found, "{text}");
        }
        assert_eq!(index.with_word("ac"), [2, 3]);
        assert_eq!(index.with_word("door"), [0; 0]);
    }
}
