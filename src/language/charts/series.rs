//! Names that differ by their number only, said together: "rooms 1, 2 and 4", 501到503, 一到四号教室.
//!
//! What it is *not*: a name said by itself is one of the registry's. Start at [`series_at`].

use crate::text::numerals::{number_at, space};
use crate::text::times::{boundary, here};
use crate::words::lexicon::Lexicon;

/// Most names of one series.
const NAMES_MAX: u32 = 60;
/// Longest part of a name before and behind its number, in characters.
const PART_MAX: usize = 16;
const THROUGH: &[&str] = &[" to ", " through ", " till ", "到", "至", "-", "~", " - "];
const AND: &[&str] = &[", and ", " and ", ", ", ",", " & ", "、", "和", "，"];

/// The entries of a series that starts here, and where it ends.
pub(super) fn series_at(chars: &[char], at: usize, lexicon: &Lexicon) -> Option<(Vec<usize>, usize)> {
    if !boundary(chars, at) {
        return None;
    }
    if let Some((numbers, to)) = numbers_at(chars, at).or_else(|| alone(chars, at)) {
        return named("", &numbers, chars, to, lexicon).or_else(|| bare(&numbers, to, lexicon));
    }
    // The word before the numbers begins where a word can begin, and only the nearest one is of the name.
    let length = chars.iter().skip(at).take(PART_MAX).position(|c| c.is_ascii_digit())?;
    let part: String = chars.iter().skip(at).take(length).collect();
    if part.trim_end().contains(' ') || part.is_empty() {
        return None;
    }
    let (numbers, to) = numbers_at(chars, at + length)?;
    let single = part.trim_end().strip_suffix('s').map(|p| format!("{p} "));
    std::iter::once(part.clone()).chain(single).find_map(|p| named(&p, &numbers, chars, to, lexicon))
}

/// A number long enough to be a room's.
fn alone(chars: &[char], at: usize) -> Option<(Vec<u32>, usize)> {
    let (n, to) = whole(chars, at)?;
    (n >= 100 && chars.get(at).is_some_and(char::is_ascii_digit) && boundary(chars, to)).then(|| (vec![n], to))
}

/// Rooms that go by a number only have longer names too.
fn bare(numbers: &[u32], to: usize, lexicon: &Lexicon) -> Option<(Vec<usize>, usize)> {
    let room = |n: &u32| {
        let forms = [format!("{n}房"), format!("{n}号房"), format!("{n}室"), format!("{n}房间"), format!("room {n}")];
        forms.iter().find_map(|f| lexicon.find(f)).filter(|e| lexicon.entry(*e).is_some_and(|e| !e.spaces.is_empty()))
    };
    numbers.iter().map(room).collect::<Option<Vec<usize>>>().map(|list| (list, to))
}

/// Two numbers or more, listed or from one to another.
fn numbers_at(chars: &[char], at: usize) -> Option<(Vec<u32>, usize)> {
    let (first, mut end) = whole(chars, at)?;
    let mut out = vec![first];
    loop {
        let through = THROUGH.iter().find_map(|w| whole(chars, here(chars, end, w)?));
        if let Some((last, to)) = through.filter(|(n, _)| *n > first && n - first < NAMES_MAX && out.len() == 1) {
            out.extend(first + 1..=last);
            end = to;
            break;
        }
        match AND.iter().find_map(|w| whole(chars, here(chars, end, w)?)) {
            Some((n, to)) if out.len() < 60 => {
                out.push(n);
                end = to;
            }
            _ => break,
        }
    }
    (out.len() > 1).then_some((out, end))
}

fn whole(chars: &[char], at: usize) -> Option<(u32, usize)> {
    let (n, to) = number_at(chars, at)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number that is checked")]
    (n.fract() == 0.0 && (0.0..100_000.0).contains(&n)).then_some((n as u32, to))
}

/// The entries whose names are the numbers with one part before and the longest one behind.
fn named(before: &str, numbers: &[u32], chars: &[char], to: usize, lexicon: &Lexicon) -> Option<(Vec<usize>, usize)> {
    let mut best = None;
    let from = space(chars, to);
    for length in 0..=PART_MAX {
        let end = if length == 0 { to } else { from + length };
        if end > chars.len() {
            break;
        }
        let behind: String = chars.iter().take(end).skip(to).collect();
        let found: Option<Vec<usize>> = numbers
            .iter()
            .map(|n| [n.to_string(), han(*n)].iter().find_map(|w| lexicon.find(&format!("{before}{w}{behind}"))))
            .collect();
        let places = |list: &Vec<usize>| list.iter().all(|e| lexicon.entry(*e).is_some_and(|e| e.is_reference()));
        if let Some(list) = found.filter(places).filter(|_| boundary(chars, end)) {
            best = Some((list, end));
        }
    }
    best
}

/// A number below a hundred in Chinese.
fn han(n: u32) -> String {
    const DIGITS: &[&str] = &["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u32| usize::try_from(n).ok().and_then(|i| DIGITS.get(i)).copied().unwrap_or_default();
    match (n / 10, n % 10) {
        (0, ones) => digit(ones).to_owned(),
        (1, ones) => format!("十{}", digit(ones)),
        (tens, ones) => format!("{}十{}", digit(tens), digit(ones)),
    }
}
