//! What an identifier says: its words, and the trait whose words they are.

use super::seen::Seen;
use super::usual_unit;
use crate::traits::{self, Shape, Trait};
use base::{Bilingual, Dimension, Unit};

/// Short forms that firmware uses, and the words that traits use.
const SHORT: &[(&str, &[&str])] = &[
    ("amp", &["current"]),
    ("batt", &["battery"]),
    ("bri", &["brightness"]),
    ("cct", &["colour", "temperature"]),
    ("door", &["contact"]),
    ("hum", &["humidity"]),
    ("lux", &["illuminance"]),
    ("kwh", &["energy"]),
    ("magnet", &["contact"]),
    ("on", &["switch"]),
    ("onoff", &["switch"]),
    ("pir", &["motion"]),
    ("pm25", &["pm2", "5"]),
    ("present", &["presence"]),
    ("relay", &["switch"]),
    ("rh", &["humidity"]),
    ("temp", &["temperature"]),
    ("volt", &["voltage"]),
    ("window", &["contact"]),
];

/// Units in which a pressure of air is written, and where such a number then lies.
const AIR: &[(&str, f64, f64)] = &[("hPa", 300.0, 1_200.0), ("kPa", 30.0, 120.0), ("Pa", 30_000.0, 120_000.0)];

/// A trait that the identifier speaks of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Match {
    pub(super) trait_: &'static Trait,
    pub(super) unit: Option<Unit>,
    /// The words by which it was recognised.
    by: String,
}

impl Match {
    pub(super) fn words(&self) -> Bilingual {
        let name = self.trait_.names().bilingual();
        let (zh, en) = (
            format!("标识符可读作“{}”，即{}", self.by, name.zh),
            format!("the identifier reads as \"{}\", which is {}", self.by, name.en),
        );
        match self.unit.map(Unit::symbol).filter(|s| !s.is_empty()) {
            Some(unit) => Bilingual::new(format!("{zh}，单位估计为 {unit}"), format!("{en}, presumably in {unit}")),
            None => Bilingual::new(zh, en),
        }
    }
}

/// The words of an identifier in lower case: `roomTemp_2` has `room`, `temp` and `2`.
pub(super) fn of(identifier: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut last = ' ';
    for (c, next) in identifier.chars().zip(identifier.chars().skip(1).map(Some).chain([None])) {
        let hump =
            c.is_uppercase() && (last.is_lowercase() || (last.is_uppercase() && next.is_some_and(char::is_lowercase)));
        let number = c.is_alphabetic() && last.is_ascii_digit();
        if hump || number || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        last = c;
    }
    words.retain(|w| !w.is_empty());
    words
}

/// The trait whose words the identifier has most of, among those that what was seen can have.
pub(super) fn best(identifier: &str, seen: &Seen) -> Option<Match> {
    let own = of(identifier);
    let spoken: Vec<&str> = own.iter().flat_map(|w| long(w)).collect();
    let mut found: Option<((usize, bool, usize), &'static Trait, String)> = None;
    for t in traits::ALL.iter().filter(|t| can_be(t, seen)) {
        for (i, phrase) in t.en.iter().enumerate() {
            let words = of(phrase);
            let Some(at) = spoken.windows(words.len().max(1)).position(|w| w == words.as_slice()) else { continue };
            // The longest phrase, of equals the one that is a trait's first name, then the one furthest back.
            let rank = (words.iter().map(String::len).sum(), i == 0, at);
            if found.as_ref().is_none_or(|(best, ..)| rank > *best) {
                found = Some((rank, t, words.join(" ")));
            }
        }
    }
    found.map(|(_, trait_, by)| Match { trait_, unit: unit(trait_, &own, seen), by })
}

/// A word as traits spell it; a number at its end is a counter.
fn long(word: &str) -> Vec<&str> {
    let known = |w: &str| SHORT.iter().find(|(short, _)| *short == w).map(|(_, long)| long.to_vec());
    let plain = word.trim_end_matches(|c: char| c.is_ascii_digit());
    known(word).or_else(|| known(plain)).unwrap_or_else(|| {
        let named = traits::ALL.iter().flat_map(|t| t.en).any(|phrase| of(phrase).iter().any(|w| w == word));
        vec![if named || plain.is_empty() { word } else { plain }]
    })
}

fn can_be(t: &Trait, seen: &Seen) -> bool {
    matches!(
        (t.shape, seen),
        (Shape::Bool, Seen::Bool | Seen::Number { bits: true, .. })
            | (Shape::Number(_), Seen::Number { .. })
            | (Shape::Token, Seen::Text { .. })
    )
}

/// The unit that the identifier names, or that fits the size of the numbers, or that is usual.
fn unit(t: &Trait, words: &[String], seen: &Seen) -> Option<Unit> {
    let Shape::Number(dimension) = t.shape else { return None };
    let named = |word: &String| {
        base::unit::UNITS.iter().find(|u| u.dimension == dimension && u.en.contains(&word.as_str())).map(|u| u.code)
    };
    let by_size = || {
        let Seen::Number { most, .. } = seen else { return None };
        let air = AIR.iter().filter(|_| dimension == Dimension::Pressure);
        air.into_iter().find(|(_, low, high)| (low..=high).contains(&most)).map(|(code, ..)| *code)
    };
    let code = words.iter().skip(1).find_map(named).or_else(by_size);
    code.and_then(Unit::by_code).or_else(|| usual_unit(t))
}
