//! A sentence of which words are taken one by one, so that what is left over is seen.

use crate::forms::devices::placed;
use crate::text::literals::duration_at;
use crate::text::normalise::Text;
use crate::text::times::{boundary, here};
use base::Span;
use base::bilingual::is_han;

/// Longest sentence that is looked at, in characters.
const CHARS_MAX: usize = 200;

/// From and to, in characters.
pub(super) type Place = (usize, usize);

/// A sentence in its normal form, each character with its place in what was written.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) chars: Vec<char>,
    /// For each character the one of the original.
    origin: Vec<(usize, usize)>,
    original: Vec<char>,
    taken: Vec<bool>,
}

impl Said {
    /// Without politeness and marks at its end; empty when it is too long for any of these readers.
    pub(super) fn new(text: &Text, original: &str) -> Said {
        let (mut chars, places) = placed(text);
        // "a 5-minute timer".
        for i in 1..chars.len() {
            let between = chars.get(i - 1).is_some_and(char::is_ascii_alphanumeric)
                && chars.get(i + 1).is_some_and(char::is_ascii_alphabetic);
            if chars.get(i) == Some(&'-') && between {
                chars[i] = ' ';
            }
        }
        while chars.last().is_some_and(|c| matches!(c, '?' | '？' | ' ' | ',')) {
            chars.pop();
        }
        if chars.len() > CHARS_MAX {
            chars.clear();
        }
        let origin = places.iter().take(chars.len()).map(|p| text.original(*p, p + 1)).collect();
        let taken = vec![false; chars.len()];
        Said { chars, origin, original: original.chars().collect(), taken }
    }

    /// What was written at a place.
    pub(super) fn written(&self, (from, to): Place) -> String {
        let first = self.origin.get(from).map_or(0, |o| o.0);
        let last = to.checked_sub(1).and_then(|i| self.origin.get(i)).map_or(first, |o| o.1);
        self.original.get(first..last.max(first)).unwrap_or_default().iter().collect::<String>().trim().to_owned()
    }

    /// The normal form of a place.
    pub(super) fn form(&self, (from, to): Place) -> String {
        self.chars.get(from..to).unwrap_or_default().iter().collect()
    }

    /// The first of some words that stands whole and is not taken; of those at one place the longest.
    pub(super) fn find(&self, words: &[&str]) -> Option<Place> {
        (0..self.chars.len()).find_map(|at| self.word_at(at, words).map(|to| (at, to)))
    }

    /// Whether any of some words stands there.
    pub(super) fn has(&self, words: &[&str]) -> bool {
        self.find(words).is_some()
    }

    /// The end of the longest of some words that stands whole at a place.
    pub(super) fn word_at(&self, at: usize, words: &[&str]) -> Option<usize> {
        if !boundary(&self.chars, at) {
            return None;
        }
        let whole = |w: &&str| here(&self.chars, at, w).filter(|to| boundary(&self.chars, *to) && self.free((at, *to)));
        words.iter().filter_map(whole).max()
    }

    /// The end of the longest of some words that ends at a place; where it begins.
    pub(super) fn word_before(&self, end: usize, words: &[&str]) -> Option<usize> {
        words
            .iter()
            .filter_map(|w| {
                let at = end.checked_sub(w.chars().count())?;
                (self.word_at(at, &[w]) == Some(end)).then_some(at)
            })
            .min()
    }

    /// Whether nothing of a place is taken.
    pub(super) fn free(&self, (from, to): Place) -> bool {
        self.taken.get(from..to).is_some_and(|t| t.iter().all(|t| !t))
    }

    /// Takes a place.
    pub(super) fn take(&mut self, (from, to): Place) {
        for t in self.taken.get_mut(from..to).into_iter().flatten() {
            *t = true;
        }
    }

    /// Takes every one of some words.
    pub(super) fn take_all(&mut self, words: &[&str]) -> bool {
        let mut any = false;
        while let Some(place) = self.find(words) {
            self.take(place);
            any = true;
        }
        any
    }

    /// Durations that stand in what is not taken.
    pub(super) fn durations(&self) -> Vec<(Span, Place)> {
        let (mut found, mut at) = (Vec::new(), 0);
        while at < self.chars.len() {
            match boundary(&self.chars, at).then(|| duration_at(&self.chars, at)).flatten() {
                Some((span, to)) if self.free((at, to)) => {
                    found.push((span, (at, to)));
                    at = to;
                }
                _ => at += 1,
            }
        }
        self.together(found)
    }

    /// "1 hour, 15 minutes, and 30 seconds" is one duration.
    fn together(&self, found: Vec<(Span, Place)>) -> Vec<(Span, Place)> {
        let mut out: Vec<(Span, Place)> = Vec::new();
        for (span, (from, to)) in found {
            if let Some((before, (_, end))) = out.last_mut()
                && span < *before
                && matches!(self.form((*end, from)).as_str(), ", " | ", and " | " and " | ",")
            {
                *before = Span::from_micros(before.as_micros() + span.as_micros());
                *end = to;
                continue;
            }
            out.push((span, (from, to)));
        }
        out
    }

    /// What is not taken, piece by piece, without words of some kinds at its ends.
    pub(super) fn left(&self, idle: &[&str]) -> Vec<Place> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.chars.len() {
            let to = at + self.taken.iter().skip(at).take_while(|t| !**t).count();
            if let Some(place) = self.trimmed((at, to), idle) {
                found.push(place);
            }
            at = to.max(at + 1);
        }
        found
    }

    /// A place without marks and some words at its ends; none when nothing is left of it.
    pub(super) fn trimmed(&self, (mut from, mut to): Place, idle: &[&str]) -> Option<Place> {
        let mark = |c: Option<&char>| c.is_some_and(|c| !c.is_alphanumeric() && !is_han(*c));
        loop {
            if from >= to {
                return None;
            }
            if mark(self.chars.get(from)) {
                from += 1;
            } else if mark(self.chars.get(to - 1)) {
                to -= 1;
            } else if let Some(end) = self.word_at(from, idle).filter(|end| *end <= to) {
                from = end;
            } else if let Some(begin) = self.word_before(to, idle).filter(|b| *b >= from) {
                to = begin;
            } else {
                return Some((from, to));
            }
        }
    }
}
