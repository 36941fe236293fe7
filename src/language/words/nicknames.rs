//! Short forms of device names: without the letter or number that tells it from its like, without the word for what
//! it is, without the word for what it measures. "Drip valve A" is a drip valve and the drip; what "table saw power"
//! measures is the table saw.
//!
//! What it is *not*: names without their place; those are in `lexicon.rs`. Start at [`short_forms`].

use crate::words::concept::{self, Concept};

/// Shortest Latin and Chinese short form.
const LATIN_MIN: usize = 3;
const HAN_MIN: usize = 2;
/// Shortest last word that stands for a whole name.
const TAIL_MIN: usize = 4;
/// Kinds that people call by what they feed: the washing machine stands for its socket.
pub(crate) const FEEDING: &[&str] = &["outlet", "switch", "valve"];
/// What such a thing is called beside its kind: the car charger is what charges the car.
pub(crate) const FEEDERS: &[&str] = &["plug", "socket", "charger", "插座", "插头", "充电桩", "充电器"];

/// Short forms of a name. `own` are the words for its kind and for what it measures; `acts` tells that it can be
/// written.
pub(crate) fn short_forms(name: &str, own: &[String], acts: bool) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let bare = untagged(name);
    if let Some((bare, tagged)) = &bare {
        out.push(bare.clone());
        out.extend(tagged.clone());
    }
    let bare = bare.map_or_else(|| name.to_owned(), |(b, _)| b);
    out.extend(own.iter().filter_map(|w| without(&bare, w)));
    out.extend(sided(&bare));
    if let Some(tail) = bare.rsplit_once(' ').map(|(_, t)| t).filter(|t| acts && t.len() >= TAIL_MIN) {
        out.push(tail.to_owned());
    }
    out.retain(|f| usable(f));
    out
}

/// A form that no other word has.
fn usable(form: &str) -> bool {
    let long = if form.is_ascii() { form.len() >= LATIN_MIN } else { form.chars().count() >= HAN_MIN };
    long && concept::senses(form).iter().all(|c| *c == Concept::ApplianceWord)
}

/// The name without its letter or number, and the last word with it: "pump 2".
fn untagged(name: &str) -> Option<(String, Option<String>)> {
    let tag = |t: &str| t.len() == 1 && t.is_ascii() || !t.is_empty() && t.chars().all(|c| c.is_ascii_digit());
    if let Some((rest, last)) = name.rsplit_once(' ').filter(|(_, last)| tag(last)) {
        let word = rest.rsplit_once(' ').map(|(_, w)| format!("{w} {last}"));
        return Some((rest.to_owned(), word));
    }
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let behind = name.trim_start_matches(number).strip_prefix('号').filter(|r| !r.is_empty());
    behind.map(|r| (r.to_owned(), None))
}

/// 左床头灯 is also 左边床头灯, 左侧的床头灯.
fn sided(name: &str) -> Vec<String> {
    const SIDES: &[char] = &['左', '右', '前', '后', '东', '南', '西', '北'];
    const WORDS: &[&str] = &["边", "边的", "侧", "侧的", "面", "面的"];
    let mut rest = name.chars();
    let Some(side) = rest.next().filter(|c| SIDES.contains(c)) else { return Vec::new() };
    let rest = rest.as_str();
    if rest.chars().count() < HAN_MIN || WORDS.iter().any(|w| rest.starts_with(w)) {
        return Vec::new();
    }
    WORDS.iter().map(|w| format!("{side}{w}{rest}")).collect()
}

/// A name without the word at its end.
fn without(name: &str, word: &str) -> Option<String> {
    let rest = name.strip_suffix(word).filter(|r| !r.is_empty())?;
    let apart = !word.is_ascii() || rest.ends_with(' ');
    apart.then(|| rest.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_kinds_and_measures_are_left_out() {
        let own = |w: &[&str]| w.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(short_forms("drip valve a", &own(&["valve"]), true), ["drip valve", "valve a", "drip", "valve"]);
        assert_eq!(short_forms("table saw power", &own(&["power"]), false), ["table saw"]);
        assert_eq!(short_forms("台锯功率", &own(&["功率"]), false), ["台锯"]);
        assert_eq!(short_forms("一号循环泵", &own(&[]), true), ["循环泵"]);
        assert!(short_forms("左床头灯", &own(&[]), true).contains(&"左边的床头灯".to_owned()));
        assert_eq!(short_forms("fan", &own(&["fan"]), true), Vec::<String>::new());
    }
}
