//! Slips of tongue and typing: a word said twice, and an act with two letters swapped, one missing or one too many.
//!
//! What it is *not*: names are mended by [`crate::text::fuzzy`]. A letter replaced by another makes another word too often
//! ("plan" is no "play"), so acts are not mended by it; in Chinese only what switches, with its first character as it is
//! written (加纸 is no 加至).

use crate::phrases::pieces;
use crate::text::fuzzy::within;
use crate::text::lattice::Token;
use crate::text::normalise::Text;
use crate::text::sounds;
use crate::words::concept::{self, Concept};
use base::bilingual::is_han;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Shortest Latin word that is mended.
const LATIN_MIN: usize = 4;
/// Shortest act in Chinese that is mended.
const HAN_MIN: usize = 2;
/// Most words of a mended act.
const WORDS_MAX: usize = 2;
/// How sure a mended act is.
pub(crate) const SURE: f64 = 0.8;

/// What is known by its sound in Chinese.
const SWITCHING: &[Concept] = &[
    Concept::TurnOn,
    Concept::TurnOff,
    Concept::OpenOrOn,
    Concept::CloseOrOff,
    Concept::Open,
    Concept::Close,
    Concept::Pause,
    Concept::Unlock,
];

/// Whether the words before `at` only say again what stands there: 打打开, "turn turn on". `long` tells whether a known
/// word of two characters or more begins at a place.
pub(crate) fn doubled(chars: &[char], long: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let han = (1..chars.len()).filter(|i| {
        let twice = chars.get(*i) == chars.get(i - 1) && chars.get(*i).is_some_and(|c| is_han(*c));
        let thrice = i.checked_sub(2).is_some_and(|b| chars.get(b) == chars.get(*i));
        twice && !thrice && long(*i)
    });
    let mut out: Vec<(usize, usize)> = han.map(|i| (i - 1, i)).collect();
    let mut last: Option<(usize, usize)> = None;
    let mut from = 0;
    for word in chars.split(|c| *c == ' ') {
        let to = from + word.len();
        if let Some((a, b)) = last.filter(|(a, b)| chars.get(*a..*b) == Some(word))
            && word.len() > 1
            && word.iter().all(char::is_ascii_alphabetic)
        {
            out.push((a, b));
        }
        last = Some((from, to));
        from = to + 1;
    }
    out
}

/// Forms of acts, as characters.
static ACTS: LazyLock<BTreeSet<Vec<char>>> = LazyLock::new(|| {
    let forms = concept::forms().filter(|(_, senses)| senses.iter().any(|s| pieces::is_act(*s)));
    forms.map(|(form, _)| form.chars().collect()).collect()
});

/// Proposes the senses of an act for each stretch with an unknown word that is nearly one; whether there was any.
pub(crate) fn acts(tokens: &[Token], text: &Text, mut propose: impl FnMut(usize, usize, &'static [Concept])) -> bool {
    let mut any = false;
    for (i, _) in tokens.iter().enumerate().filter(|(_, t)| t.unknown()) {
        for first in i.saturating_sub(WORDS_MAX - 1)..=i {
            for last in i..(first + WORDS_MAX).min(tokens.len()) {
                let Some(part) = tokens.get(first..=last) else { continue };
                if part.iter().any(|t| t.punctuation() || t.literal.is_some() || t.entry.is_some()) {
                    continue;
                }
                let (Some(a), Some(b)) = (part.first(), part.last()) else { continue };
                let said = text.chars.get(a.from..b.to).unwrap_or_default();
                if let Some(act) = nearly(said) {
                    propose(a.from, b.to, concept::senses(&act));
                    any = true;
                }
            }
        }
    }
    any
}

/// The one act that a text nearly is.
fn nearly(said: &[char]) -> Option<String> {
    let han = said.iter().all(|c| is_han(*c));
    let latin = said.iter().all(|c| c.is_ascii_alphabetic() || *c == ' ');
    if said.len() < if han { HAN_MIN } else { LATIN_MIN } || !(han || latin) {
        return None;
    }
    let form = |chars: &[char]| chars.iter().collect::<String>();
    let switches = |act: &[char]| concept::senses(&form(act)).iter().any(|s| SWITCHING.contains(s));
    let heard = |act: &[char]| said.first() == act.first() && sounds::alike(said, act) && switches(act);
    let mut found = ACTS.iter().filter(|act| if han { heard(act) } else { slipped(said, act) });
    let first = found.next()?;
    let act = form(first);
    // Several forms of one meaning are no doubt.
    found.all(|other| concept::senses(&form(other)) == concept::senses(&act)).then_some(act)
}

/// Whether a word has two neighbouring letters swapped, one missing or one too many.
fn slipped(said: &[char], act: &[char]) -> bool {
    let letters = |chars: &[char]| {
        let mut sorted = chars.to_vec();
        sorted.sort_unstable();
        sorted
    };
    said.first() == act.first()
        && said.len().abs_diff(act.len()) <= 1
        && (said.len() != act.len() || letters(said) == letters(act))
        && within(said, act, 1) == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_twice() {
        let spans = |text: &str| doubled(&text.chars().collect::<Vec<_>>(), |_| true);
        assert_eq!(spans("打打开灯"), [(0, 1)]);
        assert_eq!(spans("turn turn on the the lamp"), [(0, 4), (13, 16)]);
        assert_eq!(spans("a a b"), []);
        assert_eq!(spans("哈哈哈"), [(0, 1)]);
    }

    #[test]
    fn acts_with_a_slip() {
        let of = |text: &str| nearly(&text.chars().collect::<Vec<_>>());
        for (said, act) in
            [("trun", "turn"), ("swich", "switch"), ("clsoe", "close"), ("打凯", "打开"), ("关必", "关闭")]
        {
            assert_eq!(of(said).as_deref(), Some(act), "{said}");
        }
        for other in ["plan", "lack", "打飞", "加纸", "塔的", "厅的", "to", "关"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
