//! Mends spelling: what no word covers is compared with the names of the registry by Damerau-Levenshtein distance.
//!
//! What it is *not*: acts, numbers and function words are never mended, only names, kinds and places.

use crate::text::lattice::Token;
use crate::text::normalise::Text;
use crate::text::sounds;
use crate::words::concept::Concept;
use crate::words::lexicon::{Entry, Lexicon};
use std::collections::BTreeSet;

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
    // Each word stands in the name as it is, or with a plural's letter more or less: the rarest is looked up.
    let with = |word: &str| {
        let more = format!("{word}s");
        let ways = [Some(word), word.strip_suffix('s'), Some(more.as_str())];
        let found = ways.into_iter().flatten().flat_map(|w| lexicon.index().with_word(w));
        found.copied().collect::<BTreeSet<usize>>()
    };
    let rarest = words.iter().map(|w| with(w)).min_by_key(BTreeSet::len)?;
    only(rarest.into_iter(), holds, lexicon)
}

/// The first of some entries, in order, that are names of devices and hold something, if all of them are of one device.
fn only(entries: impl Iterator<Item = usize>, holds: impl Fn(&str) -> bool, lexicon: &Lexicon) -> Option<usize> {
    let all = entries.filter_map(|i| Some((i, lexicon.entry(i)?)));
    let mut found = all.filter(|(_, e)| !e.devices.is_empty() && holds(&e.form));
    let (first, entry) = found.next().filter(|(_, e)| e.devices.len() == 1)?;
    found.all(|(_, e)| e.devices == entry.devices).then_some(first)
}

/// The one device whose name has this word in it.
fn part_of_name(word: &str, lexicon: &Lexicon) -> Option<usize> {
    if word.chars().count() < if word.is_ascii() { 4 } else { 2 } {
        return None;
    }
    if word.is_ascii() {
        let own = lexicon.index().with_word(word).iter().copied();
        return only(own, |form| form.split(' ').any(|w| w == word), lexicon);
    }
    only(lexicon.index().with(word).into_iter(), |form| form.contains(word), lexicon)
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
    // What sounds alike may be written with other characters throughout; a Chinese name keeps its length.
    let edits = |length: usize| match (han, length == chars.len()) {
        (true, true) => length,
        (true, false) => 0,
        (false, _) => limit,
    };
    let mut near = lexicon.index().spelled_like(chars, edits);
    near.sort_unstable_by_key(|(_, entry)| *entry);
    let words = |c: &[char]| c.iter().filter(|c| **c == ' ').count();
    for (_, i) in near {
        let Some(e) = lexicon.entry(i) else { continue };
        let form: Vec<char> = e.form.chars().collect();
        if allowed(form.len(), han) == 0 && form.len() != SOUND_MIN {
            continue;
        }
        // A word too many is no misspelling: it may say something.
        if words(&form) != words(chars) {
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
        let alike = (han && sounds::alike(chars, &form)).then_some(1);
        let Some(d) = alike.or_else(|| within(chars, &form, limit)) else { continue };
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

/// Insertions, deletions, replacements and swaps of neighbours that make one of the other; none if more than a limit.
pub(crate) fn within(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    // Three rows are enough: a swap looks back two.
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX - 1);
            let mut d = (at(&above, j + 1) + 1).min(at(&row, j) + 1).min(at(&above, j) + usize::from(x != y));
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                d = d.min(at(&before, j - 1) + 1);
            }
            row.push(d);
        }
        if row.iter().chain(&above).all(|d| *d > limit) {
            return None;
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().filter(|d| *d <= limit)
}

/// The names nearest to a text, for refusals: those of which at least half is the same.
pub(crate) fn suggestions(text: &str, lexicon: &Lexicon, wanted: impl Fn(&Entry) -> bool, most: usize) -> Vec<usize> {
    let chars: Vec<char> = text.chars().collect();
    let half = |length: usize| chars.len().max(length) / 2;
    let mut near = lexicon.index().spelled_like(&chars, half);
    near.sort_unstable();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (least, i) in near {
        // With as many found already, only what may be nearer than the last of them counts.
        let worst = if found.len() < most { usize::MAX } else { found.last().map_or(usize::MAX, |(d, _)| *d) };
        if least > worst {
            break;
        }
        let Some(e) = lexicon.entry(i).filter(|e| wanted(e)) else { continue };
        let form: Vec<char> = e.form.chars().collect();
        if let Some(d) = within(&chars, &form, worst.min(half(form.len()))) {
            let at = found.partition_point(|known| *known < (d, i));
            found.insert(at, (d, i));
            found.truncate(most);
        }
    }
    found.into_iter().map(|(_, i)| i).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_its_own_is_no_misspelling() {
        assert_eq!(allowed("ballroom".len(), false), 1);
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        assert_eq!(within(&letters("ballroom"), &letters("bathroom"), 1), None);
    }

    #[test]
    fn distances() {
        for (a, b, d) in
            [("lamp", "lamp", 0), ("lmap", "lamp", 1), ("kichen", "kitchen", 1), ("客听灯", "客厅灯", 1), ("", "ab", 2)]
        {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            assert_eq!(within(&a, &b, 2), Some(d));
            assert_eq!(within(&a, &b, 0), Some(0).filter(|_| d == 0));
        }
    }
}
