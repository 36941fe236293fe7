//! Quantities, durations and times of day, in both languages. One recogniser: every place of the text is tried.
//!
//! What it is *not*: comparators, "a bit" and "maximum" are concepts of the lexicon; what a bare number means is
//! settled when it meets a point. Start at [`scan`].

use crate::text::numerals::{number_at, space};
use crate::text::times::{When, here, when_at};
use base::unit::UNITS;
use base::{Dimension, Quantity, Span, Unit};
use std::sync::LazyLock;

/// Longest duration that is read.
const DURATION_MAX_S: f64 = 366.0 * 86_400.0;

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    /// A number without a unit.
    Number(f64),
    /// A number with a unit.
    Quantity(Quantity),
    /// So many degrees: of what scale, the point says.
    Degrees(f64),
    /// How long.
    Duration(Span),
    /// When: a time of day, days, a period.
    When(Box<When>),
}

/// A literal and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) literal: Literal,
}

/// Words of units, the longest first. Time is left out: it makes durations.
static UNIT_WORDS: LazyLock<Vec<(Vec<char>, Unit)>> = LazyLock::new(|| {
    let mut words: Vec<(Vec<char>, Unit)> = Vec::new();
    for def in UNITS.iter().filter(|d| d.dimension != Dimension::Time && d.dimension != Dimension::Angle) {
        let Some(unit) = Unit::by_code(def.code) else { continue };
        for word in def.en.iter().chain(def.zh).filter(|w| **w != "百分之") {
            words.push((crate::text::normalise::Text::form(word).chars().collect(), unit));
        }
    }
    words.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
    words
});

const DEGREES: &[&str] = &["degrees", "degree", "deg", "°", "度"];
const TIME_WORDS: &[(&str, f64)] = &[
    ("seconds", 1.0),
    ("second", 1.0),
    ("secs", 1.0),
    ("sec", 1.0),
    ("minutes", 60.0),
    ("minute", 60.0),
    ("mins", 60.0),
    ("min", 60.0),
    ("hours", 3600.0),
    ("hour", 3600.0),
    ("hrs", 3600.0),
    ("hr", 3600.0),
    ("days", 86_400.0),
    ("day", 86_400.0),
    ("weeks", 604_800.0),
    ("week", 604_800.0),
    ("个小时", 3600.0),
    ("小时", 3600.0),
    ("个钟头", 3600.0),
    ("个钟", 3600.0),
    ("钟头", 3600.0),
    ("分钟", 60.0),
    ("秒钟", 1.0),
    ("刻钟", 900.0),
    ("分", 60.0),
    ("秒", 1.0),
    ("天", 86_400.0),
    ("周", 604_800.0),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
];

/// Every literal that starts anywhere; several may start at one place.
pub(crate) fn scan(chars: &[char]) -> Vec<Found> {
    let mut out = Vec::new();
    for at in 0..chars.len() {
        let mut push = |found: Option<(Literal, usize)>| {
            if let Some((literal, to)) = found.filter(|(_, to)| *to > at) {
                out.push(Found { from: at, to, literal });
            }
        };
        push(when_at(chars, at).map(|(w, to)| (Literal::When(Box::new(w)), to)));
        push(duration_at(chars, at).map(|(s, to)| (Literal::Duration(s), to)));
        push(share_at(chars, at));
        push(degrees_at(chars, at));
        push(scaled_at(chars, at));
        if let Some((n, to)) = signed_at(chars, at) {
            push(Some((Literal::Number(n), to)));
            push(unit_at(chars, n, to));
        }
    }
    out
}

/// "a degree and a half", 半度, 两度半.
fn degrees_at(chars: &[char], at: usize) -> Option<(Literal, usize)> {
    const WORDS: &[(&str, f64)] = &[
        ("a degree and a half", 1.5),
        ("one degree and a half", 1.5),
        ("one and a half degrees", 1.5),
        ("half a degree", 0.5),
        ("a couple of degrees", 2.0),
        ("a few degrees", 2.0),
        ("a degree", 1.0),
        ("半度", 0.5),
        ("个半度", 1.5),
    ];
    if !boundary(chars, at) {
        return None;
    }
    if let Some((n, to)) = WORDS.iter().find_map(|(w, n)| Some((*n, stands_text(chars, at, w)?))) {
        return Some((Literal::Degrees(n), to));
    }
    let (n, to) = number_at(chars, at)?;
    stands_text(chars, to, "度半").map(|to| (Literal::Degrees(n + 0.5), to))
}

/// 华氏68度: the scale in front.
fn scaled_at(chars: &[char], at: usize) -> Option<(Literal, usize)> {
    let (code, next) = [("华氏", "[degF]"), ("摄氏", "Cel")]
        .into_iter()
        .find_map(|(w, c)| stands_text(chars, at, w).map(|to| (c, to)))?;
    let (n, to) = signed_at(chars, next)?;
    let unit = Unit::by_code(code)?;
    Some((Literal::Quantity(Quantity::new(n, unit)), stands_text(chars, to, "度").unwrap_or(to)))
}

/// 零下五 is below zero.
fn signed_at(chars: &[char], at: usize) -> Option<(f64, usize)> {
    if chars.get(at) == Some(&'零') && chars.get(at + 1) == Some(&'下') {
        return number_at(chars, at + 2).map(|(n, to)| (-n, to));
    }
    number_at(chars, at)
}

/// Whether a text stands at a place, as a whole word when it is Latin.
fn stands(chars: &[char], at: usize, text: &[char]) -> bool {
    let here = chars.get(at..).is_some_and(|rest| rest.starts_with(text));
    let latin = text.last().is_some_and(char::is_ascii_alphanumeric);
    here && !(latin && chars.get(at + text.len()).is_some_and(char::is_ascii_alphanumeric))
}

fn stands_text(chars: &[char], at: usize, text: &str) -> Option<usize> {
    let to = here(chars, at, text)?;
    let goes_on = chars.get(to).is_some_and(char::is_ascii_alphanumeric);
    (!(goes_on && text.ends_with(|c: char| c.is_ascii_alphanumeric()))).then_some(to)
}

fn unit_at(chars: &[char], n: f64, end: usize) -> Option<(Literal, usize)> {
    let at = space(chars, end);
    for (word, unit) in UNIT_WORDS.iter() {
        let single = word.len() == 1 && word.first().is_some_and(char::is_ascii_alphabetic);
        // "5 a", "10 m" are not units; "22 c" is, and "22c".
        if single && at != end && !matches!(word.first(), Some('c' | 'f' | 'w')) {
            continue;
        }
        if stands(chars, at, word) {
            return Some((Literal::Quantity(Quantity::new(n, kelvin(n, *unit))), at + word.len()))
                .filter(|_| plausible(n, *unit, word));
        }
    }
    DEGREES.iter().find_map(|w| stands_text(chars, at, w)).map(|to| (Literal::Degrees(n), to))
}

/// Thousands of kelvin are a colour of light.
fn kelvin(n: f64, unit: Unit) -> Unit {
    if unit.code() == "K" && n >= 1000.0 { Unit::by_code("[K_cct]").unwrap_or(unit) } else { unit }
}

/// 开 behind a small number is a verb.
fn plausible(n: f64, unit: Unit, word: &[char]) -> bool {
    unit.code() != "[K_cct]" || n >= 1000.0 || word.len() > 1
}

/// Shares: 百分之三十, 三成, 一半, half, a quarter, three quarters, 1/3.
fn share_at(chars: &[char], at: usize) -> Option<(Literal, usize)> {
    let percent = |share: f64, to: usize| {
        let unit = Unit::by_code("%")?;
        Some((Literal::Quantity(Quantity::new((share * 1e4).round() / 100.0, unit)), to))
    };
    if let Some(to) = stands_text(chars, at, "百分之") {
        let (n, to) = number_at(chars, to)?;
        return percent(n / 100.0, to);
    }
    for half in ["一半", "对半", "the halfway point", "halfway point", "half way", "halfway", "half"] {
        if let Some(to) = stands_text(chars, at, half).filter(|_| boundary(chars, at)) {
            return percent(0.5, to);
        }
    }
    for (words, share) in [
        ("a quarter", 0.25),
        ("three quarters", 0.75),
        ("a third", 1.0 / 3.0),
        ("one third", 1.0 / 3.0),
        ("two thirds", 2.0 / 3.0),
        ("one quarter", 0.25),
    ] {
        if let Some(to) = stands_text(chars, at, words).filter(|_| boundary(chars, at)) {
            return percent(share, to);
        }
    }
    let (n, to) = number_at(chars, at)?;
    if chars.get(to) == Some(&'成') && n > 0.0 && n <= 10.0 {
        // 三成亮 is a share of light; its 亮 switches nothing on.
        return match chars.get(to + 1) {
            Some('半') => percent(n / 10.0 + 0.05, to + 2),
            Some('亮' | '光') => percent(n / 10.0, to + 2),
            _ => percent(n / 10.0, to + 1),
        };
    }
    if let Some(end) = stands_text(chars, to, "巴仙") {
        return percent(n / 100.0, end);
    }
    if let Some(next) = stands_text(chars, to, "分之") {
        let (m, end) = number_at(chars, next)?;
        return if n > 0.0 { percent(m / n, end) } else { None };
    }
    if chars.get(to) == Some(&'/') {
        let (m, end) = number_at(chars, to + 1)?;
        return if m > n && n > 0.0 { percent(n / m, end) } else { None };
    }
    None
}

fn boundary(chars: &[char], at: usize) -> bool {
    at == 0 || !chars.get(at - 1).is_some_and(char::is_ascii_alphanumeric)
}

/// One number with a unit of time: `5 minutes`, 半小时, `half an hour`, 一个半小时.
fn span_at(chars: &[char], at: usize) -> Option<(f64, usize)> {
    if !boundary(chars, at) {
        return None;
    }
    for (words, n) in [
        ("half an", 0.5),
        ("half a", 0.5),
        ("a quarter of an", 0.25),
        ("quarter of an", 0.25),
        ("a couple of", 2.0),
        ("a few", 3.0),
        ("an", 1.0),
        ("a", 1.0),
        ("半个", 0.5),
        ("半", 0.5),
        ("几", 3.0),
    ] {
        if let Some((unit, to)) = stands_text(chars, at, words).and_then(|to| time_unit(chars, to, false)) {
            return Some((n * unit, to));
        }
    }
    let (n, to) = number_at(chars, at)?;
    // 一个半小时, and "one and a half hours".
    for (words, more) in [("个半", 0.5), (" and a half", 0.5), (" and a quarter", 0.25)] {
        if let Some((unit, end)) = stands_text(chars, to, words).and_then(|next| time_unit(chars, next, false)) {
            return Some(((n + more) * unit, end));
        }
    }
    let (unit, end) = time_unit(chars, to, true)?;
    Some((n * unit, end))
}

fn time_unit(chars: &[char], end: usize, attached: bool) -> Option<(f64, usize)> {
    let at = space(chars, end);
    TIME_WORDS.iter().find_map(|(word, unit)| {
        let single = word.len() == 1;
        let to = stands_text(chars, at, word).filter(|_| !single || (attached && at == end))?;
        // 分之 and 分贝 are no minutes, 天 is a part of many words.
        let next = chars.get(to);
        let other = (*word == "分" && matches!(next, Some('之' | '贝' | '开' | '别' | '点')))
            || (*word == "天" && matches!(next, Some('花' | '气' | '台' | '窗' | '井')));
        (!other).then_some((*unit, to))
    })
}

/// A duration of one or several parts.
pub(crate) fn duration_at(chars: &[char], at: usize) -> Option<(Span, usize)> {
    let (mut seconds, mut end) = span_at(chars, at)?;
    loop {
        let next = space(chars, end);
        if let Some(to) = ["and a half", "半"].iter().find_map(|w| stands_text(chars, next, w)) {
            seconds += 0.5 * last_unit(seconds);
            end = to;
            break;
        }
        let next = stands_text(chars, next, "and ").or_else(|| stands_text(chars, next, "零")).unwrap_or(next);
        match span_at(chars, next) {
            Some((more, to)) if more < last_unit(seconds) => {
                seconds += more;
                end = to;
            }
            _ => break,
        }
    }
    if !(seconds > 0.0 && seconds <= DURATION_MAX_S) {
        return None;
    }
    // Within the limit above, milliseconds fit well below 2^53.
    #[allow(clippy::cast_possible_truncation, reason = "bounded by DURATION_MAX_S")]
    let ms = (seconds * 1000.0).round() as i64;
    Some((Span::from_millis(ms), end))
}

/// The unit that a number of seconds was said in: what "and a half" refers to.
fn last_unit(seconds: f64) -> f64 {
    [86_400.0, 3600.0, 60.0].into_iter().find(|u| seconds >= *u && (seconds % u).abs() < 1e-6).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest(text: &str) -> Option<(Literal, usize)> {
        let chars: Vec<char> = text.chars().collect();
        let found = scan(&chars)
            .into_iter()
            .filter(|f| f.from == 0)
            .max_by_key(|f| (f.to, matches!(f.literal, Literal::When(_) | Literal::Duration(_))))?;
        Some((found.literal, found.to))
    }

    fn quantity(n: f64, code: &str) -> Literal {
        Literal::Quantity(Quantity::new(n, Unit::by_code(code).unwrap()))
    }

    #[test]
    fn quantities() {
        for (text, literal) in [
            ("50%", quantity(50.0, "%")),
            ("50 percent", quantity(50.0, "%")),
            ("fifty percent", quantity(50.0, "%")),
            ("百分之三十", quantity(30.0, "%")),
            ("三成", quantity(30.0, "%")),
            ("六成亮", quantity(60.0, "%")),
            ("七成半", quantity(75.0, "%")),
            ("一半", quantity(50.0, "%")),
            ("half", quantity(50.0, "%")),
            ("a quarter", quantity(25.0, "%")),
            ("三分之一", quantity(33.33, "%")),
            ("22 degrees", Literal::Degrees(22.0)),
            ("二十二度", Literal::Degrees(22.0)),
            ("零下五度", Literal::Degrees(-5.0)),
            ("22°c", quantity(22.0, "Cel")),
            ("72 f", quantity(72.0, "[degF]")),
            ("72 degrees fahrenheit", quantity(72.0, "[degF]")),
            ("26摄氏度", quantity(26.0, "Cel")),
            ("华氏68度", quantity(68.0, "[degF]")),
            ("1000 ppm", quantity(1000.0, "[ppm]")),
            ("300 lux", quantity(300.0, "lx")),
            ("2700k", quantity(2700.0, "[K_cct]")),
            ("4000开", quantity(4000.0, "[K_cct]")),
            ("1.5 kw", quantity(1.5, "kW")),
            ("60分贝", quantity(60.0, "dB")),
            ("3度电", quantity(3.0, "kW.h")),
            ("22", Literal::Number(22.0)),
            ("5 a", Literal::Number(5.0)),
        ] {
            assert_eq!(longest(text).map(|f| f.0), Some(literal), "{text}");
        }
    }

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("5 minutes", 300),
            ("five minutes", 300),
            ("10min", 600),
            ("90s", 90),
            ("half an hour", 1800),
            ("an hour and a half", 5400),
            ("one and a half hours", 5400),
            ("1 hour 30 minutes", 5400),
            ("an hour and ten minutes", 4200),
            ("a couple of minutes", 120),
            ("十分钟", 600),
            ("半小时", 1800),
            ("半个小时", 1800),
            ("一个半小时", 5400),
            ("一小时三十分", 5400),
            ("两个小时", 7200),
            ("一刻钟", 900),
            ("5分半", 330),
            ("30秒", 30),
            ("三天", 259_200),
        ] {
            let chars = text.chars().count();
            assert_eq!(longest(text), Some((Literal::Duration(Span::from_secs(seconds)), chars)), "{text}");
        }
    }
}
