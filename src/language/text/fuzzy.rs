//! Mends spelling: what no word covers is compared with the names of the registry by Damerau-Levenshtein distance.
//!
//! What it is *not*: acts, numbers and function words are never mended, only names, kinds and places.

use crate::text::lattice::Token;
use crate::text::normalise::Text;
use crate::text::sounds;
use crate::words::concept::Concept;
use crate::words::lexicon::{Entry, Lexicon};

/// Most words of one name that are mended together.
const WORDS_MAX: usize = 4;
/// Most unknown words of a request that may be misspelt; with more of them it is about something else.
const UNKNOWN_MAX: usize = 16;
/// Confidence that one edit costs.
const EDIT: f64 = 0.12;

/// Confidence of a device that is called by one word of its name.
const PART: f64 = 0.85;

/// Characters of the shortest name that is known by its sound.
const SOUND_MIN: usize = 2;
/// What says where something is: no misspelt name ends with it.
const SIDES: &[char] =
    &['左', '右', '前', '后', '上', '下', '里', '外', '东', '南', '西', '北', '中', '旁', '边', '侧', '角'];

/// How many edits a name of this length allows. Two only in a long one: a ballroom is no misspelt bathroom.
fn allowed(chars: usize, han: bool) -> usize {
    match (chars, han) {
        (0..=2, true) | (0..=3, false) => 0,
        (3..=5, true) | (4..=8, false) => 1,
        _ => 2,
    }
}

/// Proposes an entry for each uncovered stretch that is nearly a name; whether there was any.
pub(crate) fn mend(
    tokens: &[Token],
    text: &Text,
    lexicon: &Lexicon,
    mut propose: impl FnMut(usize, usize, usize, f64),
) -> bool {
    let mut any = false;
    if tokens.iter().filter(|t| t.unknown()).count() > UNKNOWN_MAX {
        return any;
    }
    for t in tokens.iter().filter(|t| t.entry.is_none() && (t.unknown() || t.is(Concept::ApplianceWord))) {
        if let Some(entry) = part_of_name(&t.text, lexicon) {
            propose(t.from, t.to, entry, PART);
            any = true;
        }
    }
    for (i, _) in tokens.iter().enumerate().filter(|(_, t)| t.unknown()) {
        for first in i.saturating_sub(WORDS_MAX - 1)..=i {
            for last in i..(first + WORDS_MAX).min(tokens.len()) {
                let Some(part) = tokens.get(first..=last) else { continue };
                if part.iter().any(|t| t.punctuation() || t.literal.is_some()) {
                    continue;
                }
                // 竹园会议室 is no misspelt 大会议室: an unknown word is mended as a whole.
                let beside = |at: Option<usize>, edge: usize| {
                    at.and_then(|a| tokens.get(a))
                        .is_some_and(|t| t.unknown() && !t.text.is_ascii() && (t.to == edge || t.from == edge))
                };
                let (left, right) = (part.first().map_or(0, |t| t.from), part.last().map_or(0, |t| t.to));
                if beside(first.checked_sub(1), left) || beside(Some(last + 1), right) {
                    continue;
                }
                let (Some(a), Some(b)) = (part.first(), part.last()) else { continue };
                let words: Vec<&str> = part.iter().map(|t| t.text.as_str()).collect();
                let latin = words.len() > 1 && words.iter().all(|w| w.chars().all(|c| c.is_ascii_alphanumeric()));
                if let Some(entry) = latin.then(|| words_of_name(&words, lexicon)).flatten() {
                    propose(a.from, b.to, entry, 1.0);
                    any = true;
                    continue;
                }
                let chars: Vec<char> = text.chars.iter().skip(a.from).take(b.to - a.from).copied().collect();
                if let Some((entry, edits)) = nearest(&chars, lexicon) {
                    let sure = 1.0 - EDIT * f64::from(u32::try_from(edits).unwrap_or(u32::MAX));
                    propose(a.from, b.to, entry, sure);
                    any = true;
                }
            }
        }
    }
    any
}

/// The one device whose name has all these words, in this order: "tomato vent" of "tomato bay roof vent".
fn words_of_name(words: &[&str], lexicon: &Lexicon) -> Option<usize> {
    let holds = |form: &str| {
        let mut left = words.iter().peekable();
        for word in form.split(' ') {
            left.next_if(|w| **w == word || word.strip_suffix('s') == Some(**w) || w.strip_suffix('s') == Some(word));
        }
        left.peek().is_none()
    };
    let mut found = lexicon.entries().iter().enumerate().filter(|(_, e)| !e.devices.is_empty() && holds(&e.form));
    let (first, entry) = found.next()?;
    let same = found.all(|(_, e)| e.devices == entry.devices);
    (same && entry.devices.len() == 1).then_some(first)
}

/// The one device whose name has this word in it.
fn part_of_name(word: &str, lexicon: &Lexicon) -> Option<usize> {
    if word.chars().count() < if word.is_ascii() { 4 } else { 2 } {
        return None;
    }
    let holds = |form: &str| if word.is_ascii() { form.split(' ').any(|w| w == word) } else { form.contains(word) };
    let mut found = lexicon.entries().iter().enumerate().filter(|(_, e)| !e.devices.is_empty() && holds(&e.form));
    let (first, entry) = found.next()?;
    let same = found.all(|(_, e)| e.devices == entry.devices);
    (same && entry.devices.len() == 1).then_some(first)
}

/// The one nearest name within the allowed distance; none when two are equally near.
fn nearest(chars: &[char], lexicon: &Lexicon) -> Option<(usize, usize)> {
    let han = chars.iter().any(|c| !c.is_ascii());
    let limit = allowed(chars.len(), han);
    // Two characters that sound like a name may be it; other spellings of so short a name are other words.
    if limit == 0 && !(han && chars.len() == SOUND_MIN) {
        return None;
    }
    let mut best: Option<(usize, usize)> = None;
    let mut tie = false;
    for (i, e) in lexicon.entries().iter().enumerate().filter(|(_, e)| e.is_reference()) {
        let length = e.form.chars().count();
        if length.abs_diff(chars.len()) > limit || allowed(length, han) == 0 && length != SOUND_MIN {
            continue;
        }
        let form: Vec<char> = e.form.chars().collect();
        // A word too many is no misspelling: it may say something.
        let words = |c: &[char]| c.iter().filter(|c| **c == ' ').count();
        if han && form.len() != chars.len() || words(&form) != words(chars) {
            continue;
        }
        // 客厅左 is no misspelt 客厅灯: it says which side.
        if han && form.last() != chars.last() && chars.last().is_some_and(|c| SIDES.contains(c)) {
            continue;
        }
        // The first letter is rarely wrong in Latin words.
        if !han && form.first() != chars.first() {
            continue;
        }
        let alike = han && sounds::alike(chars, &form);
        let d = if alike { 1 } else { distance(chars, &form) };
        if d > limit.max(usize::from(alike)) {
            continue;
        }
        match best {
            Some((_, b)) if d > b => {}
            // What is here is meant rather than a kind that is not.
            Some((other, b))
                if d == b && lexicon.entry(other).is_some_and(|o| o.devices.is_empty()) && !e.devices.is_empty() =>
            {
                best = Some((i, d));
                tie = false;
            }
            Some((other, b))
                if d == b && e.devices.is_empty() && lexicon.entry(other).is_some_and(|o| !o.devices.is_empty()) => {}
            Some((other, b)) if d == b => tie |= !same(lexicon.entry(other), e),
            _ => {
                best = Some((i, d));
                tie = false;
            }
        }
    }
    best.filter(|_| !tie)
}

/// Whether two entries mean the same, as singular and plural do.
fn same(a: Option<&Entry>, b: &Entry) -> bool {
    a.is_some_and(|a| {
        a.devices == b.devices && a.kinds == b.kinds && a.spaces == b.spaces && a.parts == b.parts && a.group == b.group
    })
}

/// Insertions, deletions, replacements and swaps of neighbours.
pub(crate) fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut rows: Vec<Vec<usize>> = vec![(0..width).collect()];
    for (i, x) in a.iter().enumerate() {
        let above = rows.get(i).cloned().unwrap_or_default();
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let up = above.get(j + 1).copied().unwrap_or(0) + 1;
            let left = row.get(j).copied().unwrap_or(0) + 1;
            let diagonal = above.get(j).copied().unwrap_or(0) + usize::from(x != y);
            let mut d = up.min(left).min(diagonal);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                d = d.min(rows.get(i - 1).and_then(|r| r.get(j - 1)).copied().unwrap_or(0) + 1);
            }
            row.push(d);
        }
        rows.push(row);
    }
    rows.last().and_then(|r| r.last()).copied().unwrap_or(0)
}

/// The names nearest to a text, for refusals.
pub(crate) fn suggestions(text: &str, lexicon: &Lexicon, wanted: impl Fn(&Entry) -> bool, most: usize) -> Vec<usize> {
    let chars: Vec<char> = text.chars().collect();
    let mut found: Vec<(usize, usize)> = lexicon
        .entries()
        .iter()
        .enumerate()
        .filter(|(_, e)| wanted(e))
        .filter_map(|(i, e)| {
            let form: Vec<char> = e.form.chars().collect();
            let d = distance(&chars, &form);
            (d * 2 <= chars.len().max(form.len())).then_some((d, i))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, i)| i).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_its_own_is_no_misspelling() {
        assert_eq!(allowed("ballroom".len(), false), 1);
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        assert!(distance(&letters("ballroom"), &letters("bathroom")) > 1);
    }

    #[test]
    fn distances() {
        for (a, b, d) in
            [("lamp", "lamp", 0), ("lmap", "lamp", 1), ("kichen", "kitchen", 1), ("客听灯", "客厅灯", 1), ("", "ab", 2)]
        {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            assert_eq!(distance(&a, &b), d);
        }
    }
}
